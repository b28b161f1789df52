/* SPDX-License-Identifier: ISC */
/*
 * Drills: one event in a cluster that has settled, with the bounds that the
 * protocol and the design give for it.
 */

/* The router that is Active for a virtual router. */
static struct router *
active_router(struct sim *s, uint32_t v)
{
	for (uint32_t n = 0; n < s->router_count; n++) {
		if (s->routers[n].watches[v].state == MACHINE_ACTIVE)
			return &s->routers[n];
	}
	broken(s, NULL, "I2: VR %u has no Active", v);
}

/* What Skew_Time is a part of: an interval, of version 2 a second. */
static usec_t
skew_scale(const struct sim *s, uint32_t v, const struct router *from)
{
	return s->vrs[v].version == 2 ? SECOND_US :
	    from->plan.vrs[v].interval_us;
}

/*
 * Who must take over when `from` leaves: the one with the best priority, if the
 * next best is so far behind that its timer cannot fire first.  NULL: several
 * may, or members of a sync group have timers of their own.
 */
static struct router *
drill_heir(struct sim *s, const struct router *from, uint32_t v, int *best)
{
	struct router *heir = NULL;
	int second = 0;

	*best = 0;
	for (uint32_t n = 0; n < s->router_count; n++) {
		int priority = true_priority(&s->routers[n].plan, v);

		if (&s->routers[n] == from)
			continue;
		if (priority > *best) {
			second = *best;
			*best = priority;
			heir = &s->routers[n];
		} else if (priority > second) {
			second = priority;
		}
	}
	return s->vr_count > 1 || (*best - second) * skew_scale(s, v, from) /
	    256 < 2 * DELAY_US + s->longest_us / 100 ? NULL : heir;
}

/* Lets all settle after a drill, and judges it. */
static void
drill_settles(struct sim *s)
{
	s->expected = NONE;
	s->covered = 0;
	s->steady = false;
	run_until(s, s->now + healing_span(s) + settling_span(s));
	settled_check(s);
}

/* How long nobody has been Active after a drill's event, within a bound. */
static void
drill_wait(struct sim *s, uint32_t v, usec_t limit)
{
	s->awaited = v;
	tally(s, TALLY_I4);
	run_until(s, s->now + limit);
	s->awaited = SIM_VRS;
	if (s->judged[v].none_since != NEVER)
		broken(s, NULL, "VR %u: nobody took over within %lld us", v,
		    (long long)limit);
}

/* Skew_Time of a priority, with room for clocks, delays and early adverts. */
static usec_t
drill_skew(const struct sim *s, uint32_t v, const struct router *from,
    int priority)
{
	return (256 - priority) * skew_scale(s, v, from) / 256 +
	    from->plan.vrs[v].interval_us / 100 + 2 * DELAY_US;
}

/*
 * The Active is told to stop, or an operator takes it out: the next is Active
 * after Skew_Time (I4), and the address is always on one of them (D-20).
 */
static void
drill_stop(struct sim *s, uint32_t v)
{
	struct router *from = active_router(s, v), *heir;
	bool stops = from->plan.vrs[v].priority == PRIORITY_OWNER ||
	    chance_one_in(s, 2);
	int best;

	heir = drill_heir(s, from, v, &best);
	tally(s, stops ? TALLY_drill_stop : TALLY_drill_maint);
	note(s, NULL, "drill: router %u is %s", from->index, stops ?
	    "told to stop" : "taken out");
	s->expected = heir == NULL ? NONE : heir->index;
	s->covered = s->group_count > 0 || (256 - best) * s->longest_us / 256 >
	    1900 * MS_US ? 0 : 1U << v;
	from->stop_asked = stops;
	if (!stops)
		from->order = ORDER_MAINTENANCE;
	from->order_vr = (uint8_t)v;
	router_rouse(s, from);
	run_until(s, s->now + 2 * MS_US);
	if (s->group_count == 0)
		drill_wait(s, v, drill_skew(s, v, from, best));
	run_until(s, s->now + 4 * SECOND_US);
	s->covered = 0;
	if (!stops)
		from->order = ORDER_RESET;
	router_rouse(s, from);
	router_start(s, from);
}

/*
 * The Active dies, or its cable does: the next is Active after three intervals
 * and its Skew_Time (I3).
 */
static void
drill_death(struct sim *s, uint32_t v)
{
	struct router *from = active_router(s, v), *heir;
	usec_t interval = from->plan.vrs[v].interval_us;
	bool crash = chance_one_in(s, 2);
	int best;

	heir = drill_heir(s, from, v, &best);
	tally(s, crash ? TALLY_drill_crash : TALLY_drill_cable);
	if (crash) {
		router_crash(s, from);
	} else {
		note(s, from, "drill: its cable is pulled");
		kernel_carrier(s, from, s->vrs[v].segment, false);
	}
	disturb(s, from, 0);
	s->expected = heir == NULL ? NONE : heir->index;
	run_until(s, s->now + 2 * MS_US);
	if (s->group_count == 0)
		drill_wait(s, v, 3 * interval + drill_skew(s, v, from, best));
	run_until(s, s->now + 2 * interval);
	s->expected = NONE;
	if (crash)
		router_start(s, from);
	else
		kernel_carrier(s, from, s->vrs[v].segment, true);
	disturb(s, from, 0);
}

/*
 * A router sleeps longer than any timer runs.  Not one that signs: what comes
 * meanwhile is older than its window when it wakes, and so is refused.
 */
static void
drill_sleep(struct sim *s, uint32_t v, const struct router *active,
    struct router *r)
{
	usec_t interval = active->plan.vrs[v].interval_us;

	if (r == active || s->vr_count > 1 || s->bfd || s->vrs[v].signs ||
	    active->plan.vrs[v].priority == true_priority(&r->plan, v))
		return;
	tally(s, TALLY_drill_sleep);
	note(s, r, "drill: it sleeps");
	r->paused_until = s->now + 5 * interval + chance_range(s, 0,
	    interval);
	r->next = usec_max(r->next, r->paused_until);
	run_until(s, r->paused_until);
}

/* What must not change any state: s->steady watches. */
static void
drill_steady(struct sim *s, uint32_t v)
{
	struct router *active = active_router(s, v);
	struct router *r = &s->routers[chance_range(s, 0,
	    s->router_count - 1)];
	struct kernel_interface *i = vr_interface(s, active, v);
	struct ip ip = virtual_address(s, v, 0);
	usec_t interval = active->plan.vrs[v].interval_us;

	s->steady = true;
	disturb(s, r, 0);
	switch (chance_range(s, 0, 6)) {
	case 0:			/* row 8: back in 50 ms */
		if (active->plan.vrs[v].priority == PRIORITY_OWNER)
			break;
		tally(s, TALLY_drill_row8);
		note(s, active, "drill: somebody deletes its address");
		kernel_address_remove(s, active, i, &ip, s->vrs[v].prefix);
		run_until(s, s->now + 50 * MS_US);
		if (kernel_address_find(i, &ip, 0) == NULL)
			broken(s, active, "row 8: VR %u: its address is not "
			    "back in 50 ms", v);
		break;
	case 1:			/* row 47: a lost theft is found in 1 s */
		tally(s, TALLY_drill_row47);
		disturb(s, active, 0);
		mishap_burst(s, active);
		run_until(s, s->now + SECOND_US);
		if (!kernel_as_wanted(s, active, 0))
			broken(s, active, "row 47: after an overrun the "
			    "addresses are wrong for a second");
		break;
	case 2:			/* row 20: who slept hears before it speaks */
		drill_sleep(s, v, active, r);
		break;
	case 3:			/* I14 */
		tally(s, TALLY_drill_reload);
		note(s, r, "drill: it reloads");
		r->reload_asked = true;
		router_rouse(s, r);
		break;
	case 4:			/* D-15 */
		tally(s, TALLY_drill_claim);
		mishap_claim(s, r);
		break;
	case 5:			/* a loop sends all its own packets back */
		tally(s, TALLY_drill_loop);
		s->looping = true;
		break;
	case 6:			/* its macvlan is back in 50 ms */
		if (!active->made->plan.vrs[v].vmac)
			break;
		tally(s, TALLY_drill_link);
		note(s, active, "drill: somebody deletes its link");
		disturb(s, active, 0);
		kernel_drop(s, active, i);
		run_until(s, s->now + 50 * MS_US);
		if (kernel_address_find(i, &ip, 0) == NULL)
			broken(s, active, "I18: VR %u: its link is not back in "
			    "50 ms", v);
		break;
	}
	run_until(s, s->now + 5 * SECOND_US + 4 * interval);
	s->looping = false;
	tally(s, TALLY_I5_steady);
}

/*
 * One of the two that have a session of BFD dies: the other knows in time, by
 * I16.  It may be at fault then, so that nobody is Active.
 */
static void
drill_session(struct sim *s)
{
	struct router *r = &s->routers[chance_range(s, 0, 1)];
	struct router *other = &s->routers[r->index ^ 1];

	tally(s, TALLY_drill_bfd);
	note(s, NULL, "drill: the neighbour of router %u dies", other->index);
	s->calm_since = NEVER;
	router_crash(s, r);
	disturb(s, r, 0);
	run_until(s, s->now + 5 * s->bfd_us + SECOND_US);
	if (other->d->bfds->status != CHECK_FAILED)
		broken(s, other, "I17: the neighbour is dead, and the session "
		    "has not failed");
	router_start(s, r);
	run_until(s, s->now + healing_span(s));
	s->calm_since = s->now;
	alarm_set(s, s->now);
}

/* One drill, or two, for a virtual router of the cluster. */
static void
phase_drills(struct sim *s)
{
	int64_t drills = chance_range(s, 1, 3);

	while (drills-- > 0) {
		uint32_t v = (uint32_t)chance_range(s, 0, s->vr_count - 1);

		switch (s->bfd ? chance_range(s, 2, 4) : chance_range(s, 0,
		    3)) {
		case 0:
			drill_stop(s, v);
			break;
		case 1:
			drill_death(s, v);
			break;
		case 4:
			drill_session(s);
			break;
		default:
			drill_steady(s, v);
			break;
		}
		drill_settles(s);
	}
}
