/* SPDX-License-Identifier: ISC */
/*
 * Text of a configuration, in up to ten files (fuzz_conf.h): any bytes end in a
 * result or in findings, each of them one printable line; what --print-config
 * prints makes the same configuration.
 */
#include "fuzz_conf.h"

JUDGES
/* Findings are in the order of their places, and fit for a terminal. */
static void
check_findings(const struct diagnostics *d)
{
	char line[LINE_MAX_LOG];
	uint32_t counts[SEVERITY_FATAL + 1] = { 0 };

	for (const struct diagnostic *one = d->first; one != NULL;
	    one = one->next) {
		struct text t = text_over(line, sizeof(line));

		FUZZ_CHECK(one->severity <= SEVERITY_FATAL);
		counts[one->severity]++;
		diagnostic_print(&t, one);
		for (const char *c = text_end(&t); *c != '\0'; c++)
			FUZZ_CHECK(*c >= ' ' && *c <= '~');
	}
	for (int i = 0; i <= SEVERITY_FATAL; i++)
		FUZZ_CHECK(counts[i] <= d->counts[i]);
	FUZZ_CHECK(conf_exit_code(d) == 4 || d->counts[SEVERITY_FATAL] == 0);
}
JUDGES_END

static void
fuzz_conf(const uint8_t *bytes, size_t length)
{
	struct fuzz_conf fc = { .files = { bytes, length, false, 0 } };
	struct conf_input input = { .path = "0", .keep_origins = true,
	    .all_includes = length & 1,
	    .config_id = length & 2 ? "here" : NULL };

	fuzz_parse(&fc, &input);
	check_findings(&fc.findings);
	if (fc.conf != NULL)
		fuzz_round_trip(&fc, length & 4);
	fuzz_conf_free(&fc);
}

FUZZER(conf)
