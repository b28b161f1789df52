/* SPDX-License-Identifier: ISC */
/*
 * What is tracked decides, and in time (I16): a virtual router is at fault, and
 * has its priority, by what checks find, the file holds and how many processes
 * run, once that has stood for as long as the daemon may take.
 */

/* What checks find begins to count: the daemon was away, or begins. */
static void
track_begins(struct sim *s, struct router *r)
{
	for (int i = 0; i < SIM_SCRIPTS; i++)
		r->checks_since[i] = s->now;
}

/* How long a check may take to change its mind: a run may hang before it. */
static usec_t
track_span(const struct router *r)
{
	const struct plan *plan = &r->made->plan;
	uint32_t runs = plan->rise > plan->fall ? plan->rise : plan->fall;

	return (runs + 2) * (usec_t)plan->script_us + 4 * SECOND_US;
}

/*
 * A packet of BFD came.  One that is for another session, or an earlier one, is
 * none (RFC 5880 6.8.6).
 */
static void
session_hears(struct router *r, const uint8_t *bytes)
{
	struct cursor c = cursor_over(bytes + 8, 8);
	uint32_t yours = cursor_u32(&c), least = cursor_u32(&c);
	uint8_t state = bytes[1] >> 6;
	const struct bfd *session = r->d->bfds;

	if (r->d->conf->bfd_count == 0 || session->state == BFD_ADMIN_DOWN ||
	    (yours == 0 ? state > BFD_DOWN : yours != session->mine))
		return;
	r->neighbour_at = r->local;
	r->neighbour_us = bytes[2] * usec_max(least, r->made->plan.bfd_us);
	if (state == BFD_DOWN)
		r->neighbour_fell = true;
	/* What was overtaken by its end does not begin it again. */
	if (r->neighbour_state != BFD_ADMIN_DOWN || state != BFD_UP)
		r->neighbour_state = state;
}

/* Whether the neighbour is silent for longer than it may be. */
static bool
session_silent(const struct router *r)
{
	return r->neighbour_at == NEVER ||
	    r->local - r->neighbour_at > r->neighbour_us;
}

/*
 * A session fails for a reason: the neighbour was silent, or said that it is
 * down (I17).
 */
static void
session_check(struct sim *s, struct router *r)
{
	const struct bfd *session = r->d->bfds;

	tally(s, TALLY_I17);
	if (session->status == CHECK_FAILED && r->session == CHECK_GOOD) {
		tally(s, TALLY_I17_failed);
		if (r->local - r->neighbour_at < r->neighbour_us &&
		    r->neighbour_state != BFD_DOWN && !r->neighbour_fell)
			broken(s, r, "I17: the session fails, and the "
			    "neighbour spoke %lld us ago", (long long)
			    (r->local - r->neighbour_at));
	}
	r->session = session->status;
	r->neighbour_fell = false;
}

/*
 * Whether it is known how a session is.  A neighbour that was told to stop has
 * not failed (RFC 5882 3.2).
 */
static bool
session_stands(const struct sim *s, const struct router *r)
{
	const struct router *other = &s->routers[r->index ^ 1];

	if (session_silent(r))
		return r->neighbour_at == NEVER ||
		    r->neighbour_state != BFD_ADMIN_DOWN;
	return s->calm_since != NEVER && s->now - usec_max(s->calm_since,
	    usec_max(r->disturbed_at, other->disturbed_at)) >
	    10 * SECOND_US + 5 * s->bfd_us;
}

/* Whether what is tracked has been as it is for long enough. */
static bool
track_stands(const struct sim *s, const struct router *r,
    const struct conf_track *track)
{
	const struct plan *plan = &r->made->plan;

	if (track->kind == TRACK_FILE)
		return !r->file_changed;
	if (track->kind == TRACK_PROCESS)
		return !r->count_changed && r->local - r->counted_at >
		    usec_max(plan->fork_delay_us, plan->terminate_delay_us);
	if (track->kind == TRACK_BFD)
		return session_stands(s, r);
	return !r->kernel.no_fork && s->now - usec_max(r->paused_until,
	    r->checks_since[track->index]) > track_span(r);
}

/* Whether it is good: truly, not by the daemon. */
static bool
track_good(struct sim *s, const struct router *r,
    const struct conf_track *track)
{
	bool counts = !s->even, program;

	s->tallies[TALLY_I16_file] += counts && track->kind == TRACK_FILE;
	s->tallies[TALLY_I16_process] += counts &&
	    track->kind == TRACK_PROCESS;
	s->tallies[TALLY_I16_bfd] += track->kind == TRACK_BFD;
	if (track->kind == TRACK_BFD)
		return !session_silent(r);
	if (track->kind == TRACK_FILE)
		return r->file_value == 0;
	if (track->kind == TRACK_PROCESS)
		return r->count >= (int32_t)r->made->plan.quorum;
	program = r->made->plan.checks[track->index] == CHECK_COMMAND;
	s->tallies[TALLY_I16_script] += counts && program;
	s->tallies[TALLY_I16_check] += counts && !program;
	return !r->kernel.fails[track->index] && !r->kernel.hangs[track->index];
}

/* What it adds to the priority; a file that takes too much is a fault. */
static int
track_adds(const struct router *r, const struct conf_track *track, bool good,
    bool *fault)
{
	int sum = r->file_value * track->weight;

	if (track->weight == 0)
		*fault |= !good;
	if (track->kind != TRACK_FILE)
		return good == (track->weight > 0) ? track->weight : 0;
	*fault |= sum <= -254;
	return sum < -253 ? -253 : sum > 253 ? 253 : sum;
}

/* Compares one virtual router with what is tracked (I16). */
static void
track_check(struct sim *s, struct router *r, uint32_t n)
{
	const struct vr *vr = &r->d->vrs[n];
	const struct watch *watch = &r->watches[r->made->planned[n]];
	const struct conf_vr *conf = vr->conf;
	int priority = watch->set_priority > 0 ? watch->set_priority :
	    conf->priority;
	bool fault = false;

	if (r->d->stopping || !r->d->dumped)
		return;
	for (uint16_t i = 0; i < conf->track_count; i++) {
		if (!track_stands(s, r, &conf->tracks[i]))
			return;
	}
	for (uint16_t i = 0; i < conf->track_count; i++)
		priority += track_adds(r, &conf->tracks[i], track_good(s, r,
		    &conf->tracks[i]), &fault);
	if (conf->priority == PRIORITY_OWNER)
		priority = PRIORITY_OWNER;
	else
		priority = priority < 1 ? 1 : priority > 254 ? 254 : priority;
	s->tallies[TALLY_I16] += !s->even;
	s->tallies[TALLY_I16_fault] += !s->even && fault;
	s->tallies[TALLY_I16_weight] += !s->even && !fault &&
	    priority != conf->priority;
	if (fault != ((vr->faults & FAULT_TRACKED) != 0) ||
	    (vr->faults & FAULT_PENDING) != 0)
		broken(s, r, "I16: VR %u: what is tracked is %s, and its "
		    "faults are %#x", r->made->planned[n], fault ? "bad" :
		    "good", vr->faults);
	if (priority != vr->machine.priority)
		broken(s, r, "I16: VR %u has priority %u, by what is tracked "
		    "%d", r->made->planned[n], vr->machine.priority, priority);
}
