/* SPDX-License-Identifier: ISC */
/*
 * Drills: one event in a cluster that has settled, with the bounds that the
 * protocol and the design give for it.
 */

static void
phase_drills(struct sim *s, const struct plan *plans)
{
	(void)plans;
	(void)s;
}
