/* SPDX-License-Identifier: ISC */
/*
 * Goal: two and three routers that run the table of chapter Machine end, a
 * bounded time after the last fault, with exactly one Active, the right one,
 * whatever happened before and in whatever order things happen.
 * Method: every reachable state of a small system is visited.  The routers are
 * machine_step and judge_advert themselves; what is abstracted is this:
 *
 * - Time comes in ticks, a fraction of the smallest Advertisement_Interval, and
 *   a timer fires at the tick at or after its moment.  Priorities are chosen to
 *   have skews of 1, 2 and 3 ticks (an owner's 1/256 interval counts as one),
 *   so that their order is the real one; real skews differ by less.
 * - An advertisement arrives within the tick in which it was sent, before or
 *   after anything else of that tick.  Each pair of routers has a queue of
 *   three; one that equals the last in the queue is not added, since hearing
 *   the same twice in a row does what hearing it once does.
 * - While faults last, any advertisement may be lost, and any router may start,
 *   stop, crash or take another priority at any moment.  One deaf or cut off
 *   for a while is one whose advertisements get lost.  At some moment the
 *   faults end for good; who is down then stays down.
 * - A router's number stands for its address.  preempt_delay, sync groups and
 *   lingering belong to Policy and are not here.
 *
 * `model full' explores more, `model promela FILE' writes the table for spin,
 * which judges it in model.pml: there the guards, the timers, the faults and
 * what is right are written again in another language.
 */
#include <stdlib.h>

#define VRRPD_PURE
#include "../vrrpd.c"

#include "check.h"

#define ROUTERS	3
#define TICK_US	((usec_t)250000)
#define OFF	31			/* ticks of a timer that does not run */
#define EMPTY	1			/* a queue; see below */

/*
 * A queue is a number: a one, and then the messages, the oldest first, in a bit
 * each or, where a priority can change, in two.  Three fit.
 */
enum message { FAREWELL, ADVERT, ADVERT_REDUCED };

/* What may not change during an exploration. */
struct plan {
	int		count;			/* of routers */
	uint8_t		priority[ROUTERS];
	uint8_t		interval[ROUTERS];	/* in ticks */
	bool		preempt[ROUTERS];
	bool		quiet;			/* lower_prio_no_advert */
	uint8_t		reduced;	/* what tracking takes off router 0 */
};

/* Fits into 64 bits; packed and unpacked below. */
struct system {
	struct {
		uint8_t	state;			/* enum machine_state */
		uint8_t	ticks;			/* of the timer; OFF */
		uint8_t	follows;	/* whose interval is adopted */
	} routers[ROUTERS];
	uint8_t		queue[ROUTERS][ROUTERS];	/* from, to */
	bool		is_reduced;
	uint8_t		age;	/* ticks and one since the faults ended; 0 */
	uint8_t		spell;		/* ticks of none or of two Actives */
};

/* A visited state and where its successors were last looked at. */
struct visit {
	uint64_t	key;
	uint32_t	next;
	bool		ticked;		/* the tick led here */
};

static const struct plan *plan;
static int bound;			/* ticks until all must be well */
static uint64_t *keys;			/* a hash table; 0 is a free place */
static uint32_t *places;	/* 1 and where on the stack; 0: left it */
static size_t capacity, count, steps;
static struct visit *stack;
static size_t depth, stack_size;
static const char *fault;		/* the first rule that was broken */

/* -- states as numbers -- */

static uint64_t
put(uint64_t key, unsigned width, unsigned value)
{
	return key << width | value;
}

static unsigned
get(uint64_t *key, unsigned width)
{
	unsigned value = (unsigned)(*key & ((1U << width) - 1));

	*key >>= width;
	return value;
}

static unsigned
message_bits(void)
{
	return plan->reduced > 0 ? 2 : 1;
}

static uint64_t
pack(const struct system *s)
{
	uint64_t key = 0;		/* but no state is 0 */

	for (int i = plan->count - 1; i >= 0; i--) {
		key = put(key, 2, s->routers[i].state);
		key = put(key, 5, s->routers[i].ticks);
		key = put(key, 2, s->routers[i].follows);
		for (int k = plan->count - 1; k >= 0; k--) {
			if (k != i)
				key = put(key, 3 * message_bits() + 1,
				    s->queue[i][k]);
		}
	}
	key = put(key, 1, s->is_reduced);
	key = put(key, 6, s->age);
	return put(key, 5, s->spell);
}

static struct system
unpack(uint64_t key)
{
	struct system s = { .spell = (uint8_t)get(&key, 5) };

	s.age = (uint8_t)get(&key, 6);
	s.is_reduced = get(&key, 1);
	for (int i = 0; i < plan->count; i++) {
		for (int k = 0; k < plan->count; k++) {
			if (k != i)
				s.queue[i][k] = (uint8_t)get(&key,
				    3 * message_bits() + 1);
		}
		s.routers[i].follows = (uint8_t)get(&key, 2);
		s.routers[i].ticks = (uint8_t)get(&key, 5);
		s.routers[i].state = (uint8_t)get(&key, 2);
	}
	return s;
}

/* -- what a router does -- */

static void
broken(const char *rule)
{
	if (fault == NULL)
		fault = rule;
}

static uint8_t
priority_of(const struct system *s, int i)
{
	return (uint8_t)(plan->priority[i] - (i == 0 && s->is_reduced ?
	    plan->reduced : 0));
}

/* Ticks of a router's timer when it follows its own interval or another's. */
static int
down_ticks(const struct system *s, int i, int interval)
{
	return 3 * interval + ((256 - priority_of(s, i)) * interval + 255) /
	    256;
}

static struct machine
machine_of(const struct system *s, int i, int sender)
{
	struct machine m = { .timer = s->routers[i].ticks * TICK_US,
	    .interval_us = (uint32_t)(plan->interval[i] * TICK_US),
	    .active_interval_us = (uint32_t)(
	    plan->interval[s->routers[i].follows] * TICK_US),
	    .heard_interval_us = (uint32_t)(plan->interval[sender] * TICK_US),
	    .state = s->routers[i].state, .version = 3,
	    .priority = priority_of(s, i), .down_adverts = 3,
	    .preempt = plan->preempt[i] };

	if (s->routers[i].ticks == OFF)
		m.timer = NEVER;
	return m;
}

/* Writes a machine back; sender is whose interval it may have adopted. */
static void
machine_store(struct system *s, int i, int sender, const struct machine *m)
{
	usec_t ticks = m->timer <= 0 ? 0 : m->timer == NEVER ? OFF :
	    (m->timer - 1) / TICK_US + 1;

	if (ticks > OFF)
		broken("a timer runs longer than any down interval");
	s->routers[i].ticks = (uint8_t)ticks;
	s->routers[i].state = m->state;
	if (m->active_interval_us == plan->interval[i] * TICK_US)
		sender = i;
	else if (m->active_interval_us != plan->interval[sender] * TICK_US)
		sender = s->routers[i].follows;
	s->routers[i].follows = (uint8_t)sender;
}

/* How many bits of messages a queue holds. */
static unsigned
queue_bits(unsigned queue)
{
	unsigned bits = 0;

	while (queue >> bits > 1)
		bits += message_bits();
	return bits;
}

/* Takes out the oldest message. */
static enum message
queue_take(uint8_t *queue)
{
	unsigned rest = queue_bits(*queue) - message_bits();
	unsigned message = *queue >> rest & ((1U << message_bits()) - 1);

	*queue = (uint8_t)(1U << rest | (*queue & ((1U << rest) - 1)));
	return (enum message)message;
}

static void
post(struct system *s, int from, enum message message)
{
	unsigned bits = message_bits();

	for (int to = 0; to < plan->count; to++) {
		uint8_t *queue = &s->queue[from][to];

		if (to == from || (*queue != EMPTY &&
		    (*queue & ((1U << bits) - 1)) == message))
			continue;
		if (queue_bits(*queue) == 3 * bits) {
			if (s->age > 0)
				broken("more advertisements than a queue has "
				    "places");
			queue_take(queue);
		}
		*queue = (uint8_t)(*queue << bits | message);
	}
}

/* The rules for one step, written without looking at the table. */
static void
check_step(const struct machine *before, const struct machine *after,
    enum machine_event event, unsigned actions)
{
	bool was = before->state == MACHINE_ACTIVE;
	bool is = after->state == MACHINE_ACTIVE;

	if (actions & ACT_IMPOSSIBLE)
		broken("an event that the table has no cell for");
	if ((actions & ACT_SEND_ADVERT) && !is)
		broken("an advertisement from one that is not Active");
	if ((actions & ACT_SEND_ZERO ? true : false) !=
	    (was && event == MACHINE_SHUTDOWN))
		broken("priority 0 is sent by an Active that stops, always "
		    "and only");
	if (is && !was && (actions & ACT_SEND_ADVERT) == 0)
		broken("a new Active that says nothing");
	if (is && !was && event != MACHINE_TIMER &&
	    !(event == MACHINE_STARTUP_OWNER && before->priority == 255))
		broken("Active without having waited");
	if ((actions & ACT_TAKE_ADDRESSES ? true : false) != (is && !was) ||
	    (actions & ACT_ANNOUNCE ? true : false) != (is && !was))
		broken("addresses are taken by a new Active, always and only");
	if ((actions & ACT_DROP_ADDRESSES ? true : false) != (was && !is))
		broken("addresses are dropped by who ceases to be Active");
	if ((after->timer == NEVER) != (after->state == MACHINE_INITIALIZE))
		broken("a timer that runs when it should not, or the reverse");
	if (is && after->timer > after->interval_us)
		broken("an Active that is silent for too long");
}

static void
step(struct system *s, int i, enum machine_event event, int sender)
{
	struct machine before = machine_of(s, i, sender), after = before;
	unsigned actions = machine_step(&after, event, 0);

	check_step(&before, &after, event, actions);
	machine_store(s, i, sender, &after);
	if (actions & ACT_SEND_ADVERT)
		post(s, i, i == 0 && s->is_reduced ? ADVERT_REDUCED : ADVERT);
	if (actions & ACT_SEND_ZERO)
		post(s, i, FAREWELL);
}

/*
 * An election without looking at judge_advert: an Active bows to who is better,
 * and to nobody else; ties go by address.
 */
static void
check_election(const struct machine *before, const struct machine *after,
    int priority, bool is_greater)
{
	bool better = priority > before->priority ||
	    (priority == before->priority && is_greater);

	if (before->state == MACHINE_ACTIVE &&
	    better != (after->state == MACHINE_BACKUP))
		broken("an Active bows to who is better, always and only");
}

/*
 * A Backup whose timer fires although it hears an Active: it must be better,
 * and allowed to preempt.  After the first interval without faults it has heard
 * whoever is Active, unless the advertisement is still in its queue.
 */
static void
check_takeover(const struct system *s, int i)
{
	int longest = 0;

	for (int k = 0; k < plan->count; k++)
		longest = plan->interval[k] > longest ? plan->interval[k] :
		    longest;
	for (int k = 0; k < plan->count && s->age > longest + 1; k++) {
		if (k != i && s->routers[k].state == MACHINE_ACTIVE &&
		    s->routers[i].state == MACHINE_BACKUP &&
		    s->queue[k][i] == EMPTY && (!plan->preempt[i] ||
		    priority_of(s, i) <= priority_of(s, k)))
			broken("a takeover from an Active that is there");
	}
}

/* What Policy makes of an advertisement (vr_hear), without its rate limits. */
static void
deliver(struct system *s, int from, int to)
{
	enum message message = queue_take(&s->queue[from][to]);
	struct machine m = machine_of(s, to, from), after;
	enum machine_event event;
	int priority = message == FAREWELL ? 0 : plan->priority[from] -
	    (message == ADVERT_REDUCED ? plan->reduced : 0);

	if (m.state == MACHINE_INITIALIZE)
		return;
	event = judge_advert(&m, (uint8_t)priority, from - to);
	if (m.state == MACHINE_ACTIVE && event == MACHINE_WEAKER &&
	    plan->quiet)
		event = MACHINE_WEAKER_QUIET;
	step(s, to, event, from);
	after = machine_of(s, to, from);
	check_election(&m, &after, priority, from > to);
}

/* -- what can happen -- */

static int
actives(const struct system *s)
{
	int n = 0;

	for (int i = 0; i < plan->count; i++)
		n += s->routers[i].state == MACHINE_ACTIVE;
	return n;
}

static bool
is_settled(const struct system *s)
{
	for (int i = 0; i < plan->count; i++) {
		if (s->routers[i].ticks == 0)
			return false;
		for (int k = 0; k < plan->count; k++) {
			if (k != i && s->queue[i][k] != EMPTY)
				return false;
		}
	}
	return true;
}

/* Time passes: only when all that was due in this tick has happened. */
static void
tick(struct system *s)
{
	for (int i = 0; i < plan->count; i++)
		s->routers[i].ticks -= s->routers[i].ticks != OFF;
	if (s->age == 0)
		return;
	if (s->age <= bound)
		s->age++;
	if (actives(s) != 1 && s->spell < 31)
		s->spell++;
}

/* A fault: number 0 and 1 lose what is oldest, and so on. */
static bool
inject(struct system *s, int i, uint32_t kind)
{
	bool up = s->routers[i].state != MACHINE_INITIALIZE;
	int other = (i + 1 + (int)kind) % plan->count;
	struct machine m = machine_of(s, i, i);

	if (kind < ROUTERS - 1) {
		if ((int)kind >= plan->count - 1 ||
		    s->queue[i][other] == EMPTY)
			return false;
		queue_take(&s->queue[i][other]);
	} else if (kind == ROUTERS - 1) {
		step(s, i, up ? MACHINE_SHUTDOWN : plan->priority[i] == 255 ?
		    MACHINE_STARTUP_OWNER : MACHINE_STARTUP, i);
	} else if (kind == ROUTERS) {
		s->routers[i].state = MACHINE_INITIALIZE;	/* a crash */
		s->routers[i].ticks = OFF;
		s->routers[i].follows = (uint8_t)i;
		return up;
	} else {
		if (i != 0 || plan->reduced == 0)
			return false;
		s->is_reduced = !s->is_reduced;
		machine_set_priority(&m, priority_of(s, i));
		machine_store(s, i, i, &m);
	}
	return true;
}

/*
 * The n-th thing that can happen in a state: true, and *s is what it leads to;
 * false if this one cannot.  Numbers from EVENTS_MAX on mean nothing.
 */
#define FAULT_KINDS	(ROUTERS + 2)
#define DUE		1			/* after the tick */
#define ARRIVAL		(DUE + ROUTERS)
#define CALM		(ARRIVAL + ROUTERS * ROUTERS)
#define FAULT		(CALM + 1)
#define EVENTS_MAX	(FAULT + ROUTERS * FAULT_KINDS)
static bool
happen(struct system *s, uint32_t n)
{
	int i = n >= FAULT ? (int)(n - FAULT) / FAULT_KINDS : n >= ARRIVAL ?
	    (int)(n - ARRIVAL) / ROUTERS : (int)n - DUE;
	int to = (int)(n - ARRIVAL) % ROUTERS;

	if (n == 0) {
		if (!is_settled(s))
			return false;
		tick(s);
	} else if (n == CALM) {
		if (s->age > 0 || !is_settled(s))
			return false;
		s->age = 1;
	} else if (i >= plan->count) {
		return false;
	} else if (n < ARRIVAL) {
		if (s->routers[i].ticks != 0)
			return false;
		check_takeover(s, i);
		step(s, i, MACHINE_TIMER, i);
	} else if (n < CALM) {
		if (to >= plan->count || to == i || s->queue[i][to] == EMPTY)
			return false;
		deliver(s, i, to);
	} else {
		return s->age == 0 &&
		    inject(s, i, (n - FAULT) % FAULT_KINDS);
	}
	return true;
}

/* -- what must be true -- */

/* Who is Active, as bits. */
static unsigned
who(const struct system *s)
{
	unsigned bits = 0;

	for (int i = 0; i < plan->count; i++)
		bits |= (s->routers[i].state == MACHINE_ACTIVE ? 1U : 0) << i;
	return bits;
}

static bool
is_up(const struct system *s, int i)
{
	return s->routers[i].state != MACHINE_INITIALIZE;
}

/* Once calm: none too long, two too long, and in the end the right one. */
static void
check_calm(const struct system *s)
{
	int best = -1, active = -1, longest = plan->interval[0];

	for (int i = 0; i < plan->count; i++) {
		if (plan->interval[i] > longest)
			longest = plan->interval[i];
		if (s->routers[i].state == MACHINE_ACTIVE)
			active = i;
		if (is_up(s, i) && (best < 0 || priority_of(s, i) >
		    priority_of(s, best)))
			best = i;
	}
	if (best < 0)
		return;
	if (actives(s) == 0 && s->spell > down_ticks(s, best, longest))
		broken("no Active for longer than Active_Down_Interval");
	if (actives(s) > 1 && s->spell > longest)
		broken("two Actives for longer than an interval");
	if (s->age <= bound || !is_settled(s))
		return;
	if (actives(s) != 1) {
		broken("not one Active within the bound");
		return;
	}
	for (int i = 0; i < plan->count; i++) {
		if (is_up(s, i) && plan->preempt[i] &&
		    priority_of(s, i) > priority_of(s, active))
			broken("not the right Active within the bound");
	}
}

/* One thing happened; a spell of none or of two Actives may end by it. */
static void
check_change(const struct system *before, struct system *after)
{
	int were = actives(before), are = actives(after);

	if (are == 1 || (were == 0) != (are == 0))
		after->spell = 0;
	if (before->age > bound && who(before) != who(after))
		broken("another Active although nothing happened");
	if (after->age > 0)
		check_calm(after);
}

/* -- the exploration: depth first -- */

static size_t
place_of(uint64_t key)
{
	size_t i = (size_t)((key ^ key >> 29) * 0x9e3779b97f4a7c15u >> 20) &
	    (capacity - 1);

	while (keys[i] != 0 && keys[i] != key)
		i = (i + 1) & (capacity - 1);
	return i;
}

static void *
allocate(void *old, size_t n, size_t size)
{
	void *memory = realloc(old, n * size);

	if (memory == NULL)
		abort();
	return memory;
}

/* Makes the table n places large; what is in it stays. */
static void
table_resize(size_t n)
{
	uint64_t *old_keys = keys;
	uint32_t *old_places = places;
	size_t old = capacity;

	keys = allocate(NULL, n, sizeof(*keys));
	places = allocate(NULL, n, sizeof(*places));
	memset(keys, 0, n * sizeof(*keys));
	capacity = n;
	for (size_t i = 0; i < old; i++) {
		if (old_keys[i] != 0) {
			size_t to = place_of(old_keys[i]);

			keys[to] = old_keys[i];
			places[to] = old_places[i];
		}
	}
	free(old_keys);
	free(old_places);
}

static void
push(uint64_t key, bool ticked)
{
	size_t i = place_of(key);

	if (depth == stack_size) {
		stack_size = 2 * stack_size + 1024;
		stack = allocate(stack, stack_size, sizeof(*stack));
	}
	stack[depth++] = (struct visit){ .key = key, .ticked = ticked };
	keys[i] = key;
	places[i] = (uint32_t)depth;
	if (2 * ++count > capacity)
		table_resize(2 * capacity);
}

/*
 * A state that is on the stack was reached again.  If no time passed on the way
 * round, and no fault either, that could go on for ever.
 */
static void
check_circle(uint32_t place, bool ticked)
{
	struct system s = unpack(stack[place - 1].key);

	if (s.age == 0 || ticked)
		return;
	for (size_t i = depth; i > place; i--) {
		if (stack[i - 1].ticked)
			return;
	}
	broken("routers that talk for ever and let no time pass");
}

/* Looks at the next successor of the state on top of the stack. */
static void
advance(void)
{
	struct visit *top = &stack[depth - 1];
	struct system before = unpack(top->key), after = before;
	uint32_t n = top->next++;
	uint64_t key;
	size_t i;

	if (n == EVENTS_MAX) {
		places[place_of(top->key)] = 0;
		depth--;
		return;
	}
	if (!happen(&after, n))
		return;
	steps++;
	check_change(&before, &after);
	key = pack(&after);
	i = place_of(key);
	if (keys[i] == 0)
		push(key, n == 0);
	else if (places[i] > 0)
		check_circle(places[i], n == 0);
}

/* Prints how the top of the stack came about, its last steps. */
static void
print_way(void)
{
	static const char names[] = "?-BA";
	size_t first = depth > 60 ? depth - 60 : 0;

	for (size_t k = first; k < depth; k++) {
		struct system s = unpack(stack[k].key);

		printf("\tage %2d spell %2d%s ", s.age, s.spell,
		    s.is_reduced ? " reduced" : "");
		for (int i = 0; i < plan->count; i++) {
			printf(" | %c %2d", names[s.routers[i].state],
			    s.routers[i].ticks);
			for (int n = 0; n < plan->count; n++)
				printf(" %x", s.queue[i][n]);
		}
		printf("  event %u\n", stack[k].next - 1);
	}
}

/* Explores one plan; false: a rule was broken, and the way there is shown. */
static bool
explore(const struct plan *p)
{
	struct system s = { .queue = { { EMPTY, EMPTY, EMPTY },
	    { EMPTY, EMPTY, EMPTY }, { EMPTY, EMPTY, EMPTY } } };
	int longest = 0, skew = 0;

	plan = p;
	for (int i = 0; i < p->count; i++) {
		s.routers[i].state = MACHINE_INITIALIZE;
		s.routers[i].ticks = OFF;
		s.routers[i].follows = (uint8_t)i;
		longest = p->interval[i] > longest ? p->interval[i] : longest;
	}
	for (int i = 0; i < p->count; i++) {
		int one = ((256 - p->priority[i] + (i == 0 ? p->reduced : 0)) *
		    longest + 255) / 256;

		skew = one > skew ? one : skew;
	}
	bound = 3 * longest + skew + 1;
	memset(keys, 0, capacity * sizeof(*keys));
	count = depth = 0;
	fault = NULL;
	push(pack(&s), false);
	while (depth > 0 && fault == NULL)
		advance();
	if (fault == NULL)
		return true;
	printf("model: %s\n", fault);
	print_way();
	return false;
}

/* -- the plans -- */

static size_t plans, all_states, all_steps, largest;
static bool all_good = true;

static void
explore_one(struct plan p)
{
	for (int i = 0; i < p.count; i++) {
		p.interval[i] = p.interval[i] > 0 ? p.interval[i] : 4;
		if (p.priority[i] == 255 && !p.preempt[i])
			return;			/* owners always preempt */
	}
	steps = 0;
	all_good = CHECK(explore(&p)) && all_good;
	if (!all_good)
		printf("\tpriorities %u %u %u, preempt %d %d %d, quiet %d, "
		    "intervals %u %u %u, reduced %u\n", p.priority[0],
		    p.priority[1], p.priority[2], p.preempt[0], p.preempt[1],
		    p.preempt[2], p.quiet, p.interval[0], p.interval[1],
		    p.interval[2], p.reduced);
	plans++;
	all_states += count;
	all_steps += steps;
	largest = count > largest ? count : largest;
}

/* Every value of preempt and quiet with these priorities. */
static void
explore_settings(struct plan p)
{
	for (int bits = 0; bits < 2 << p.count && all_good; bits++) {
		for (int i = 0; i < p.count; i++)
			p.preempt[i] = (bits >> i & 1) != 0;
		p.quiet = (bits >> p.count & 1) != 0;
		explore_one(p);
	}
}

/* Two routers: all orders and ties, intervals that differ, tracking. */
static void
explore_pairs(void)
{
	static const uint8_t priorities[] = { 255, 192, 128 };

	for (int i = 0; i < 9; i++) {
		struct plan p = { .count = 2, .priority = {
		    priorities[i / 3], priorities[i % 3] } };

		explore_settings(p);
		p.interval[0] = 8;
		explore_settings(p);
		p.interval[0] = 4;
		p.interval[1] = 8;
		explore_settings(p);
		p.interval[1] = 4;
		p.reduced = 128;
		if (p.priority[0] == 192)
			explore_settings(p);
	}
}

/* Whether priorities of three use the highest values for their order. */
static bool
is_dense(const uint8_t *priority)
{
	bool high = false, middle = false, low = false;

	for (int i = 0; i < 3; i++) {
		high = high || priority[i] >= 192;
		middle = middle || priority[i] == 128;
		low = low || priority[i] == 64;
	}
	return high && (middle || !low);
}

/* Three routers: all orders and ties, with owners and without. */
static void
explore_triples(void)
{
	for (int owner = 0; owner < 2; owner++) {
		const uint8_t high = owner == 1 ? 255 : 192;
		const uint8_t priorities[] = { high, 128, 64 };

		for (int i = 0; i < 27; i++) {
			struct plan p = { .count = 3, .priority = {
			    priorities[i / 9], priorities[i / 3 % 3],
			    priorities[i % 3] } };

			if (is_dense(p.priority))
				explore_settings(p);
		}
	}
}

/* Three routers, one plan: what `make check' has time for. */
static void
explore_triple(void)
{
	struct plan p = { .count = 3, .priority = { 128, 128, 192 },
	    .preempt = { true, true, false } };

	explore_one(p);
}

/* -- the same for spin -- */

/* What an action is called in the Promela text, in the order of a step. */
static const struct {
	enum machine_action action;
	const char *name;
} promela_actions[] = {
	{ ACT_STOP_TIMER, "stop_timer" },
	{ ACT_OWN_INTERVAL, "own_interval" },
	{ ACT_ADOPT_INTERVAL, "adopt_interval" },
	{ ACT_DOWN_TIMER, "down_timer" },
	{ ACT_SKEW_TIMER, "skew_timer" },
	{ ACT_ADVERT_TIMER, "advert_timer" },
	{ ACT_SEND_ADVERT, "send_advert" },
	{ ACT_SEND_ZERO, "send_zero" },
	{ ACT_TAKE_ADDRESSES, "take_addresses" },
	{ ACT_DROP_ADDRESSES, "drop_addresses" },
	{ ACT_ANNOUNCE, "announce" },
	{ ACT_ANNOUNCE_WEAKER, "announce_weaker" },
};

static const char *const promela_states[MACHINE_STATES] = { "", "INITIALIZE",
	"BACKUP", "ACTIVE" };
static const char *const promela_events[MACHINE_EVENTS] = { "STARTUP",
	"STARTUP_OWNER", "SHUTDOWN", "TIMER", "ZERO", "YIELD", "WEAKER",
	"WEAKER_QUIET", "HOLD", "STEP_BACK" };

/* The table of transitions as one inline; a cell that is empty is an error. */
static void
promela_table(FILE *out)
{
	fprintf(out, "inline machine()\n{\n\tif\n");
	for (int n = 0; n < MACHINE_STATES * MACHINE_EVENTS; n++) {
		int state = n / MACHINE_EVENTS, event = n % MACHINE_EVENTS;
		const struct transition *cell = &transitions[state][event];

		if (cell->next == 0)
			continue;
		fprintf(out, "\t:: state[i] == %s && event == %s ->\n"
		    "\t\tstate[i] = %s;\n", promela_states[state],
		    promela_events[event], promela_states[cell->next]);
		for (size_t k = 0; k < COUNT_OF(promela_actions); k++) {
			if (cell->actions & promela_actions[k].action)
				fprintf(out, "\t\t%s();\n",
				    promela_actions[k].name);
		}
	}
	fprintf(out, "\t:: else -> assert(false)\n\tfi;\n"
	    "\tassert(holds[i] == (state[i] == ACTIVE));\n"
	    "\tassert((timer[i] == OFF) == (state[i] == INITIALIZE))\n}\n\n");
}

/* Writes the table for test/model.pml; false if the file cannot be written. */
static bool
promela_write(const char *path)
{
	FILE *out = fopen(path, "w");

	if (out == NULL)
		return false;
	promela_table(out);
	return fclose(out) == 0;
}

int
main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "promela") == 0)
		return !promela_write(argv[2]);
	table_resize(1 << 16);
	explore_pairs();
	if (argc == 2 && strcmp(argv[1], "full") == 0)
		explore_triples();
	else
		explore_triple();
	printf("model: %zu systems, %zu states (at most %zu in one), %zu "
	    "steps\n", plans, all_states, largest, all_steps);
	free(keys);
	free(places);
	free(stack);
	return check_end("model");
}
