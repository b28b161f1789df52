/* SPDX-License-Identifier: ISC */
/*
 * Leaps over steady states.  A cluster in which nothing is wrong does the same
 * in every period.  When two periods one after the other led to the same state,
 * moments moved by a period and counters grown by as much, then by induction
 * all that follow do, until something comes that is not of the period: the next
 * happening, a timer that stood still, the end.  We go there at once.
 *
 * A state is all that decides what comes next: every byte of each daemon, of
 * its kernel and of what is watched, the state of chance, and what is counted.
 * Bytes that are named here as a moment may move by the period or stand, those
 * named as a counter may grow, any other byte that differs forbids the leap.
 * Left out is what decides nothing: records, unused frames, empty queues.
 *
 * That it is right is not believed but compared: sim -c makes every run twice,
 * with leaps and step by step, and both must end in the same bytes.
 */

#define LEAP_PICTURES	3
#define LEAP_FAILURES	7	/* in a row that are told apart */
#define LEAP_AFTER	(10 * SECOND_US) /* the longest that one counts */
#define LEAP_LONGEST	(12 * 3600 * SECOND_US)	/* period */

enum place_kind { PLACE_MOMENT, PLACE_16, PLACE_32, PLACE_64 };

/* A number of the state that need not stay as it is. */
struct leap_place {
	void		*at;
	size_t		offset;		/* in a picture */
	usec_t		clock;		/* its moments are so much later */
	uint8_t		kind;		/* enum place_kind */
};

struct region {
	void		*at;
	size_t		size;
};

/* The state of a cluster, several times. */
struct leap {
	struct leap_place	*places;
	struct region	*regions;
	uint32_t	place_count, place_room, region_count, region_room;
	size_t		size, room;
	usec_t		again;		/* when to try next */
	uint8_t		*pictures[LEAP_PICTURES]; /* places are 0 in them */
	uint64_t	*values[LEAP_PICTURES];	/* of the places */
};

/* Memory that grew; what was in it stays. */
static void *
leap_grow(void *memory, size_t size)
{
	memory = realloc(memory, size);
	if (memory == NULL)
		abort();
	return memory;
}

/* Adds bytes to the state; they must stay as they are but for its places. */
static void
leap_region(struct leap *l, void *at, size_t size)
{
	if (l->region_count == l->region_room) {
		l->region_room = 2 * l->region_room + 64;
		l->regions = leap_grow(l->regions,
		    l->region_room * sizeof(*l->regions));
	}
	l->regions[l->region_count++] = (struct region){ at, size };
	l->size += size;
}

/* Names a number in the region that was added last. */
static void
leap_name(struct leap *l, enum place_kind kind, void *at, usec_t clock)
{
	const struct region *region = &l->regions[l->region_count - 1];

	if (l->place_count == l->place_room) {
		l->place_room = 2 * l->place_room + 1024;
		l->places = leap_grow(l->places,
		    l->place_room * sizeof(*l->places));
		for (int n = 0; n < LEAP_PICTURES; n++)
			l->values[n] = leap_grow(l->values[n],
			    l->place_room * sizeof(*l->values[n]));
	}
	l->places[l->place_count++] = (struct leap_place){ .at = at,
	    .offset = l->size - region->size +
	    (size_t)((uint8_t *)at - (uint8_t *)region->at),
	    .clock = clock, .kind = (uint8_t)kind };
}

/* Adds counters of 64 bits, which may all grow. */
static void
leap_counters(struct leap *l, uint64_t *counters, size_t count)
{
	leap_region(l, counters, count * sizeof(*counters));
	for (size_t i = 0; i < count; i++)
		leap_name(l, PLACE_64, &counters[i], 0);
}

/*
 * Names the numbers of one virtual router that need not stay.  Not those of a
 * conflict: how long one lasts decides when it is told.
 */
static void
leap_vr(struct leap *l, struct daemon *d, struct vr *vr, usec_t clock)
{
	usec_t *moments[] = { &vr->machine.timer, &vr->timer.due,
	    &vr->linger_until, &vr->restore_at, &vr->preempt_at,
	    &vr->announce_at, &vr->again_at, &vr->refresh_at, &vr->claim_at,
	    &vr->episode_at, &vr->answered_at, &vr->weaker_at,
	    &vr->reminded_at, &vr->form_at, &vr->last_advert,
	    &vr->changed_at };

	for (size_t i = 0; i < COUNT_OF(moments); i++)
		leap_name(l, PLACE_MOMENT, moments[i], clock);
	for (unsigned i = 0; i < COUNTER_KINDS; i++)
		leap_name(l, PLACE_32, counter_of(d, vr, i), 0);
	leap_name(l, PLACE_16, &vr->ip_id, 0);
}

/* The same of what authenticates it, which lies elsewhere. */
static void
leap_auth(struct leap *l, struct vr *vr)
{
	if (vr->auth == NULL)
		return;
	leap_name(l, PLACE_64, &vr->auth->sequence, 0);
	leap_name(l, PLACE_64, &vr->auth->heard, 0);
	for (uint16_t i = 0; i < vr->auth->mark_count; i++)
		leap_name(l, PLACE_64, &vr->auth->marks[i].sequence, 0);
}

/* Names what need not stay of the routers that were heard. */
static void
leap_speakers(struct leap *l, struct daemon *d, usec_t clock)
{
	for (uint32_t i = 0; i <= d->speaker_count; i++) {
		struct speaker *speaker = &d->speakers[i];

		leap_name(l, PLACE_MOMENT, &speaker->heard_at, clock);
		leap_name(l, PLACE_MOMENT, &speaker->say_at, clock);
		leap_name(l, PLACE_32, &speaker->heard, 0);
		leap_name(l, PLACE_32, &speaker->refused, 0);
	}
}

/* Names what need not stay of interfaces, checks and notifiers. */
static void
leap_rest(struct leap *l, struct daemon *d, usec_t clock)
{
	for (uint16_t i = 0; i < d->conf->interface_count; i++) {
		leap_name(l, PLACE_MOMENT, &d->interfaces[i].timer.due,
		    clock);
		for (int n = 0; n < 2; n++)
			leap_name(l, PLACE_MOMENT,
			    &d->interfaces[i].announce_at[n], clock);
	}
	for (uint16_t i = 0; i < d->conf->script_count; i++) {
		leap_name(l, PLACE_MOMENT, &d->scripts[i].timer.due, clock);
		leap_name(l, PLACE_MOMENT, &d->scripts[i].next_run, clock);
		leap_name(l, PLACE_MOMENT, &d->scripts[i].deadline, clock);
	}
	for (uint16_t i = 0; i < d->conf->process_count; i++)
		leap_name(l, PLACE_MOMENT, &d->processes[i].timer.due, clock);
	for (uint32_t i = 0; i < d->notifier_count; i++)
		leap_name(l, PLACE_MOMENT, &d->notifiers[i].timer.due, clock);
}

/* Adds a daemon to the state: itself, and all memory that it took. */
static void
leap_daemon(struct leap *l, struct router *r)
{
	struct daemon *d = r->d;
	uint8_t *used = (uint8_t *)&d->locals[d->local_used];
	uint8_t *unused = (uint8_t *)&d->locals[d->local_capacity];
	usec_t clock = r->offset;
	usec_t *moments[] = { &d->start_at, &d->stop_at, &d->answer_at,
	    &d->clean_at, &d->statics_at, &d->statics_restored,
	    &d->timer.due };
	uint32_t *counters = &d->counters.packets;

	leap_region(l, d, sizeof(*d));
	for (size_t i = 0; i < COUNT_OF(moments); i++)
		leap_name(l, PLACE_MOMENT, moments[i], clock);
	for (size_t i = 0; i < sizeof(d->counters) / sizeof(*counters); i++)
		leap_name(l, PLACE_32, &counters[i], 0);
	leap_name(l, PLACE_32, &d->last_token, 0);
	leap_region(l, r->made->memory, (size_t)(used - r->made->memory));
	for (uint16_t i = 0; i < d->conf->vr_count; i++)
		leap_vr(l, d, &d->vrs[i], clock);
	leap_rest(l, d, clock);
	leap_region(l, unused, (size_t)(r->made->arena.at - unused));
	leap_speakers(l, d, clock);
	for (uint16_t i = 0; i < d->conf->vr_count; i++)
		leap_auth(l, &d->vrs[i]);
	leap_region(l, &r->w->dump, sizeof(r->w->dump));
}

/* Adds a router to the state: its kernel, and what is watched of it. */
static void
leap_router(struct leap *l, struct router *r)
{
	usec_t clock = r->offset;
	uint8_t *rest = (uint8_t *)&r->kernel.processes;

	leap_region(l, r, offsetof(struct router, kernel) +
	    offsetof(struct kernel, first));
	leap_region(l, rest, (size_t)((uint8_t *)r +
	    offsetof(struct router, inbox_count) - rest));
	leap_name(l, PLACE_MOMENT, &r->local, clock);
	leap_name(l, PLACE_MOMENT, &r->next, 0);
	leap_name(l, PLACE_MOMENT, &r->paused_until, 0);
	leap_name(l, PLACE_MOMENT, &r->disturbed_at, 0);
	leap_name(l, PLACE_MOMENT, &r->second_at, clock);
	leap_name(l, PLACE_MOMENT, &r->tables_wrong, 0);
	for (uint32_t v = 0; v < SIM_VRS; v++) {
		struct watch *watch = &r->watches[v];

		leap_name(l, PLACE_MOMENT, &watch->sent_at, clock);
		leap_name(l, PLACE_MOMENT, &watch->active_at, clock);
		leap_name(l, PLACE_MOMENT, &watch->wrong_since, 0);
		leap_name(l, PLACE_MOMENT, &watch->preempt_at, clock);
		leap_name(l, PLACE_MOMENT, &watch->second_at, clock);
		for (int i = 0; i < SIM_MARKS; i++)
			leap_name(l, PLACE_64, &watch->heard[i], 0);
		leap_name(l, PLACE_64, &watch->number, 0);
		leap_name(l, PLACE_64, &watch->heard_number, 0);
		leap_name(l, PLACE_64, &watch->sent_number, 0);
	}
	if (r->d != NULL)
		leap_daemon(l, r);
}

/* Works out what the state is made of now. */
static void
leap_map(struct sim *s)
{
	struct leap *l = s->state;

	l->place_count = l->region_count = 0;
	l->size = 0;
	for (uint32_t n = 0; n < s->router_count; n++)
		leap_router(l, &s->routers[n]);
	leap_region(l, s->judged, sizeof(s->judged));
	for (uint32_t v = 0; v < SIM_VRS; v++) {
		leap_name(l, PLACE_MOMENT, &s->judged[v].none_since, 0);
		leap_name(l, PLACE_MOMENT, &s->judged[v].dual_since, 0);
	}
	leap_region(l, s->heap, s->heap_count * sizeof(*s->heap));
	leap_region(l, &s->stream, sizeof(s->stream));
	leap_name(l, PLACE_MOMENT, &s->stream.sent_at, 0);
	leap_name(l, PLACE_MOMENT, &s->stream.alarm_at, 0);
	leap_name(l, PLACE_MOMENT, &s->stream.partition_until, 0);
	leap_name(l, PLACE_MOMENT, &s->stream.rough_until, 0);
	leap_name(l, PLACE_64, &s->stream.hash, 0);
	leap_name(l, PLACE_64, &s->stream.order, 0);
	leap_counters(l, &s->total->sent, 1);
	leap_counters(l, &s->total->heard, 1);
	leap_counters(l, &s->total->steps, 1);
	leap_counters(l, s->tallies, TALLY_KINDS);
	leap_region(l, s->mishaps, sizeof(s->mishaps));
	leap_region(l, &s->takeovers, sizeof(s->takeovers));
	leap_region(l, &s->duals, sizeof(s->duals));
	if (l->size <= l->room)
		return;
	l->room = 2 * l->size;
	for (int n = 0; n < LEAP_PICTURES; n++)
		l->pictures[n] = leap_grow(l->pictures[n], l->room);
}

/* Whether the first two pictures are of the same state; says what is not. */
static bool
leap_alike(const struct leap *l)
{
	size_t start = 0;
	bool alike = true;

	for (uint32_t i = 0; i < l->place_count; i++) {
		if (l->values[0][i] == l->values[1][i])
			continue;
		printf("number at %zu: %llu with leaps, %llu without\n",
		    l->places[i].offset, (unsigned long long)l->values[0][i],
		    (unsigned long long)l->values[1][i]);
		alike = false;
	}
	for (uint32_t i = 0; i < l->region_count; i++) {
		if (memcmp(l->pictures[0] + start, l->pictures[1] + start,
		    l->regions[i].size) != 0) {
			printf("bytes from %zu on differ\n", start);
			alike = false;
		}
		start += l->regions[i].size;
	}
	return alike;
}

static const uint8_t place_sizes[] = { 8, 2, 4, 8 };

/* The number in a place. */
static uint64_t
place_read(const struct leap_place *place)
{
	if (place->kind == PLACE_32)
		return *(const uint32_t *)place->at;
	if (place->kind == PLACE_16)
		return *(const uint16_t *)place->at;
	return *(const uint64_t *)place->at;
}

/* Sets its bytes in a picture to 0. */
static void
place_clear(const struct leap_place *place, uint8_t *bytes)
{
	if (place->kind == PLACE_32)
		memset(bytes, 0, 4);
	else if (place->kind == PLACE_16)
		memset(bytes, 0, 2);
	else
		memset(bytes, 0, 8);
}

/* Takes the n-th picture of the state. */
static void
leap_take(struct leap *l, int n)
{
	uint8_t *to = l->pictures[n];

	for (uint32_t i = 0; i < l->region_count; i++) {
		memcpy(to, l->regions[i].at, l->regions[i].size);
		to += l->regions[i].size;
	}
	for (uint32_t i = 0; i < l->place_count; i++) {
		const struct leap_place *place = &l->places[i];

		l->values[n][i] = place_read(place);
		place_clear(place, l->pictures[n] + place->offset);
	}
}

/* Whether a later picture is an earlier one, moved by a period. */
static bool
leap_repeats(const struct leap *l, int n, usec_t period)
{
	for (uint32_t i = 0; i < l->place_count; i++) {
		uint64_t moved = l->values[n + 1][i] - l->values[n][i];

		if (l->places[i].kind == PLACE_MOMENT && moved != 0 &&
		    moved != (uint64_t)period)
			return false;
	}
	return memcmp(l->pictures[n], l->pictures[n + 1], l->size) == 0;
}

/* A number of so many bytes: what does not fit is cut. */
static uint64_t
place_cut(uint64_t number, enum place_kind kind)
{
	return kind == PLACE_16 ? (uint16_t)number :
	    kind == PLACE_32 ? (uint32_t)number : number;
}

/* Whether two periods moved every number by as much. */
static bool
leap_steady(const struct leap *l)
{
	for (uint32_t i = 0; i < l->place_count; i++) {
		const uint64_t *const *v = (const uint64_t *const *)l->values;

		if (place_cut(v[1][i] - v[0][i] - (v[2][i] - v[1][i]),
		    (enum place_kind)l->places[i].kind) != 0)
			return false;
	}
	return true;
}

/*
 * How many periods may be leapt over before the end or the first moment that
 * stands still: no moment that moves may pass it.  None if one of those that
 * stand still has passed of late, and may not have been noticed in both periods
 * that we saw, or counts for some time after it.  A number of 16 bits is not to
 * begin anew: the next after 65535 is not 0 but 1.  Behind that it leaps again.
 */
static int64_t
leap_count(const struct sim *s, usec_t period, usec_t end)
{
	struct leap *l = s->leap;
	int64_t most = INT64_MAX, fit;
	usec_t again = 0, last = end;
	usec_t after = LEAP_AFTER + 4 * s->longest_us;
	usec_t ahead = 0, passed = s->now - 2 * period - after;

	if (s->heap_count > 0)
		end = usec_min(end, s->heap[0].at);
	for (uint32_t i = 0; i < l->place_count; i++) {
		usec_t at = (usec_t)l->values[2][i];
		uint64_t moved = l->values[2][i] - l->values[1][i];

		if (l->places[i].kind == PLACE_16 && moved != 0)
			most = usec_min(most, (UINT16_MAX - at) /
			    (uint16_t)moved);
		if (l->places[i].kind != PLACE_MOMENT || at == NEVER)
			continue;
		at -= l->places[i].clock;
		if (moved != 0)
			ahead = usec_max(ahead, at - s->now);
		else if (at > s->now)
			end = usec_min(end, at);
		else if (at > passed)
			again = usec_max(again, at + after);
	}
	fit = (end - ahead - 1 - s->now) / period;
	l->again = again > 0 || end == last || most < fit ? again :
	    end + after;
	return again > 0 ? 0 : usec_min(most, fit);
}

/* Leaps over so many periods: all that moved moves on. */
static void
leap_over(struct sim *s, usec_t period, int64_t count)
{
	struct leap *l = s->leap;

	for (uint32_t i = 0; i < l->place_count; i++) {
		const struct leap_place *place = &l->places[i];
		uint64_t value = l->values[2][i] + (uint64_t)count *
		    (l->values[2][i] - l->values[1][i]);

		memcpy(place->at, &value, place_sizes[place->kind]);
	}
	s->now += count * period;
	s->total->leapt += (double)(count * period) / 3600e6 *
	    s->router_count;
	s->total->leaps++;
	note(s, NULL, "leaps over %lld times %.6f s", (long long)count,
	    (double)period / 1e6);
}

/* -- when -- */

/* Whether nothing is under way that no picture has. */
static bool
leap_quiet(const struct sim *s)
{
	for (uint32_t i = 0; i < s->heap_count; i++) {
		if (s->heap[i].kind == HAPPENS_FRAME ||
		    s->heap[i].kind == HAPPENS_PROCESS)
			return false;
	}
	for (uint32_t n = 0; n < s->router_count; n++) {
		const struct router *r = &s->routers[n];

		if (r->inbox_count > 0 || r->kernel.count > 0 ||
		    (r->d != NULL && (!router_is_quiet(r) ||
		    r->out.at != r->out.start)))
			return false;
	}
	return true;
}

/* The least common multiple of a period and an interval. */
static usec_t
period_with(usec_t period, usec_t interval)
{
	usec_t a = period, b = interval;

	while (b != 0) {
		usec_t rest = a % b;

		a = b;
		b = rest;
	}
	return period > LEAP_LONGEST || interval == 0 ? period :
	    period / a * interval;
}

/*
 * A period with what one router does again and again.  Counts are by second.  A
 * Backup's timer is set anew by each advertisement, but wakes it when it would
 * have fired, every third.
 */
static usec_t
period_of(const struct router *r, usec_t period)
{
	const struct conf *conf = r->d->conf;

	for (uint16_t i = 0; i < conf->vr_count; i++) {
		const struct vr *vr = &r->d->vrs[i];
		usec_t interval = vr->machine.interval_us;

		if (vr->machine.state == MACHINE_BACKUP)
			period = period_with(period, vr->machine.down_adverts *
			    (usec_t)vr->machine.active_interval_us);
		if (vr->machine.state != MACHINE_ACTIVE)
			continue;
		if (interval < SECOND_US)
			interval *= (SECOND_US + interval - 1) / interval;
		period = period_with(period, interval);
		if (vr->conf->garp_refresh_us <= 60 * SECOND_US)
			period = period_with(period,
			    vr->conf->garp_refresh_us);
	}
	for (uint16_t i = 0; i < conf->script_count; i++)
		period = period_with(period, conf->scripts[i].interval_us);
	return period;
}

/* After which span the cluster may be as it was; 0: it will not. */
static usec_t
leap_period(const struct sim *s)
{
	usec_t period = 1;

	for (uint32_t n = 0; n < s->router_count; n++) {
		if (s->routers[n].d != NULL)
			period = period_of(&s->routers[n], period);
	}
	return period > LEAP_LONGEST ? 0 : usec_max(period, 10 * MS_US);
}

static void run_events(struct sim *, usec_t);

/*
 * Runs two periods and leaps over as many as are the same.  False: they were
 * not, or the state cannot be told.
 */
static bool
leap_try(struct sim *s, usec_t period, usec_t end)
{
	const struct happening *heap = s->heap;
	int64_t count;

	if (!leap_quiet(s))
		return false;
	leap_map(s);
	leap_take(s->leap, 0);
	for (int n = 0; n < 2; n++) {
		uint32_t happenings = s->heap_count;

		run_events(s, s->now + period);
		if (s->heap != heap || s->heap_count != happenings ||
		    !leap_quiet(s))
			return false;
		leap_take(s->leap, n + 1);
		if (!leap_repeats(s->leap, n, period))
			return false;
	}
	if (!leap_steady(s->leap))
		return false;
	count = leap_count(s, period, end);
	if (count > 0)
		leap_over(s, period, count);
	return count > 0;
}

/* Lets everything happen until a moment, in leaps where it repeats. */
static void
run_leaping(struct sim *s, usec_t end)
{
	/* How the heap of timers lies may take several to come back. */
	static const uint8_t multiples[LEAP_FAILURES + 1] = { 1, 1, 2, 3, 4,
	    1, 6, 5 };
	int failures = 0;

	for (;;) {
		usec_t period;

		for (int n = 0; n < 100 && !leap_quiet(s); n++)
			run_events(s, usec_min(end, s->now + 97));
		period = leap_period(s) * multiples[failures];
		if (period == 0 || s->now + 4 * period > end)
			break;
		s->leap->again = 0;
		if (leap_try(s, period, end)) {
			failures = 0;
		} else {
			s->leap->again = usec_max(s->leap->again,
			    s->now + (period << failures));
			failures += failures < LEAP_FAILURES;
		}
		run_events(s, usec_min(end, usec_max(s->now,
		    s->leap->again)));
	}
	run_events(s, end);
}
