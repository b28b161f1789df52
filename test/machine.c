/* SPDX-License-Identifier: ISC */
/*
 * Goal: the machine does what RFC 9568 6.4.1 to 6.4.3 say, cell by cell, with
 * the RFC's intervals (6.1) and RFC 3768's for version 2.
 * Method: the RFC's sentences, written down again here as one row per cell with
 * the timer as a formula, are held against machine_step; what no row names must
 * be impossible and change nothing.
 */
#define VRRPD_PURE
#include "../vrrpd.c"

#include "check.h"

#define NOW	(1000 * SECOND_US)
#define OWN_US	(1 * SECOND_US)		/* Advertisement_Interval */
#define ACTIVE_US (3 * SECOND_US)	/* of the Active that was followed */
#define HEARD_US (2 * SECOND_US)	/* of the advertisement in hand */
#define PRIORITY 100

enum timer_wanted { OFF, KEPT, OWN_DOWN, HEARD_DOWN, SAME_DOWN, SAME_SKEW,
	ADVERT };

/* One cell in the RFC's words. */
struct cell {
	const char	*says;
	uint8_t		state, event, next;
	uint8_t		timer;		/* enum timer_wanted */
	uint32_t	outside;	/* actions that others see */
	usec_t		interval;	/* Active_Adver_Interval afterwards */
};

#define TAKEOVER (ACT_SEND_ADVERT | ACT_TAKE_ADDRESSES | ACT_ANNOUNCE)

static const struct cell cells[] = {
	/* C-077, C-096, C-097 */
	{ "(115)-(120) start: Active_Adver_Interval own, down timer, Backup",
	    MACHINE_INITIALIZE, MACHINE_STARTUP, MACHINE_BACKUP, OWN_DOWN, 0,
	    OWN_US },
	{ "(105)-(110) start with 255: advert, announce, Adver_Timer, Active",
	    MACHINE_INITIALIZE, MACHINE_STARTUP_OWNER, MACHINE_ACTIVE, ADVERT,
	    TAKEOVER, OWN_US },
	/* 6.4.1 waits for a Startup only; a stop finds nothing to do: D-20 */
	{ "a stop before the start", MACHINE_INITIALIZE, MACHINE_SHUTDOWN,
	    MACHINE_INITIALIZE, KEPT, 0, ACTIVE_US },
	/* C-156 */
	{ "(325) stop of a Backup: cancel the timer, send nothing",
	    MACHINE_BACKUP, MACHINE_SHUTDOWN, MACHINE_INITIALIZE, OFF, 0,
	    ACTIVE_US },
	/* C-081 */
	{ "(345) down timer fires: advert, announce, own interval, Active",
	    MACHINE_BACKUP, MACHINE_TIMER, MACHINE_ACTIVE, ADVERT, TAKEOVER,
	    OWN_US },
	/* C-082 */
	{ "(425) priority 0: down timer to Skew_Time", MACHINE_BACKUP,
	    MACHINE_ZERO, MACHINE_BACKUP, SAME_SKEW, 0, ACTIVE_US },
	/* C-080 */
	{ "(440) follow: adopt the interval, recompute, restart",
	    MACHINE_BACKUP, MACHINE_YIELD, MACHINE_BACKUP, HEARD_DOWN, 0,
	    HEARD_US },
	/* C-091 */
	{ "(450) weaker: discard, the timer runs on", MACHINE_BACKUP,
	    MACHINE_WEAKER, MACHINE_BACKUP, KEPT, 0, ACTIVE_US },
	/* C-088, C-091: who may answer is an Active's business */
	{ "weaker, quiet: the same for a Backup", MACHINE_BACKUP,
	    MACHINE_WEAKER_QUIET, MACHINE_BACKUP, KEPT, 0, ACTIVE_US },
	/* C-145 */
	{ "sync group not ready: wait another down interval", MACHINE_BACKUP,
	    MACHINE_HOLD, MACHINE_BACKUP, SAME_DOWN, 0, ACTIVE_US },
	/* C-146 */
	{ "sync group lost: wait from now", MACHINE_BACKUP, MACHINE_STEP_BACK,
	    MACHINE_BACKUP, SAME_DOWN, 0, ACTIVE_US },
	/* C-155 */
	{ "(655) stop of an Active: priority 0, timer off", MACHINE_ACTIVE,
	    MACHINE_SHUTDOWN, MACHINE_INITIALIZE, OFF,
	    ACT_SEND_ZERO | ACT_DROP_ADDRESSES, ACTIVE_US },
	/* C-033 */
	{ "(665) Adver_Timer fires: advert, restart it", MACHINE_ACTIVE,
	    MACHINE_TIMER, MACHINE_ACTIVE, ADVERT, ACT_SEND_ADVERT,
	    ACTIVE_US },
	/* C-083 */
	{ "(705) priority 0: advert at once, restart the timer",
	    MACHINE_ACTIVE, MACHINE_ZERO, MACHINE_ACTIVE, ADVERT,
	    ACT_SEND_ADVERT, ACTIVE_US },
	/* C-084, C-085: no priority 0 */
	{ "(725) better: adopt, recompute, down timer, Backup",
	    MACHINE_ACTIVE, MACHINE_YIELD, MACHINE_BACKUP, HEARD_DOWN,
	    ACT_DROP_ADDRESSES, HEARD_US },
	/* C-086, C-087, C-089 */
	{ "(760) weaker: discard, advert at once", MACHINE_ACTIVE,
	    MACHINE_WEAKER, MACHINE_ACTIVE, ADVERT,
	    ACT_SEND_ADVERT | ACT_ANNOUNCE_WEAKER, ACTIVE_US },
	/* C-088, RFC 5798 6.4.3 (760): discard, and that is all */
	{ "weaker, quiet: keep the schedule", MACHINE_ACTIVE,
	    MACHINE_WEAKER_QUIET, MACHINE_ACTIVE, KEPT, ACT_ANNOUNCE_WEAKER,
	    ACTIVE_US },
	/* C-145 */
	{ "sync group not ready: nothing for an Active", MACHINE_ACTIVE,
	    MACHINE_HOLD, MACHINE_ACTIVE, KEPT, 0, ACTIVE_US },
	/* C-146: no priority 0 */
	{ "sync group lost: Backup without priority 0", MACHINE_ACTIVE,
	    MACHINE_STEP_BACK, MACHINE_BACKUP, OWN_DOWN, ACT_DROP_ADDRESSES,
	    OWN_US },
};

/* A machine of version 3 that has followed an Active of another interval. */
static struct machine
sample(enum machine_state state)
{
	struct machine m = { .timer = state == MACHINE_INITIALIZE ? NEVER :
	    NOW + 77, .interval_us = (uint32_t)OWN_US,
	    .active_interval_us = (uint32_t)ACTIVE_US,
	    .heard_interval_us = (uint32_t)HEARD_US,
	    .state = (uint8_t)state, .version = 3, .priority = PRIORITY,
	    .down_adverts = 3, .preempt = true };

	return m;
}

/* 3 intervals and the skew, by the RFC's formula in whole microseconds. */
static usec_t
down(usec_t interval)
{
	return 3 * interval + (256 - PRIORITY) * interval / 256;
}

static usec_t
timer_wanted(const struct cell *cell, usec_t before)
{
	switch ((enum timer_wanted)cell->timer) {
	case OFF:
		return NEVER;
	case KEPT:
		return before;
	case OWN_DOWN:
		return NOW + down(OWN_US);
	case HEARD_DOWN:
		return NOW + down(HEARD_US);
	case SAME_DOWN:
		return NOW + down(ACTIVE_US);
	case SAME_SKEW:
		return NOW + (256 - PRIORITY) * ACTIVE_US / 256;
	case ADVERT:
		return NOW + OWN_US;
	}
	return -1;
}

/* The one action that sets the timer so; the table says nothing twice. */
static unsigned
timer_action(const struct cell *cell)
{
	switch ((enum timer_wanted)cell->timer) {
	case OFF:
		return ACT_STOP_TIMER;
	case KEPT:
		return 0;
	case OWN_DOWN:
	case HEARD_DOWN:
	case SAME_DOWN:
		return ACT_DOWN_TIMER;
	case SAME_SKEW:
		return ACT_SKEW_TIMER;
	case ADVERT:
		return ACT_ADVERT_TIMER;
	}
	return ACT_IMPOSSIBLE;
}

static void
check_cells(void)
{
	const uint32_t timers = ACT_STOP_TIMER | ACT_DOWN_TIMER |
	    ACT_SKEW_TIMER | ACT_ADVERT_TIMER;
	const uint32_t intervals = ACT_OWN_INTERVAL | ACT_ADOPT_INTERVAL;

	for (size_t i = 0; i < COUNT_OF(cells); i++) {
		const struct cell *cell = &cells[i];
		struct machine m = sample(cell->state);
		usec_t before = m.timer;
		unsigned actions = machine_step(&m, cell->event, NOW);
		unsigned long bad = check_bad;

		CHECK_INT(m.state, cell->next);
		CHECK_INT(actions & ~(timers | intervals), cell->outside);
		CHECK_INT(actions & timers, timer_action(cell));
		CHECK((actions & intervals) != intervals);
		CHECK_INT(m.timer, timer_wanted(cell, before));
		CHECK_INT(m.active_interval_us, cell->interval);
		CHECK_INT(m.interval_us, OWN_US);
		CHECK_INT(m.priority, PRIORITY);
		if (check_bad != bad)
			printf("\tin: %s\n", cell->says);
	}
}

static bool
is_listed(int state, int event)
{
	for (size_t i = 0; i < COUNT_OF(cells); i++) {
		if (cells[i].state == state && cells[i].event == event)
			return true;
	}
	return false;
}

static void
check_impossible_cells(void)
{
	for (int state = MACHINE_INITIALIZE; state < MACHINE_STATES; state++) {
		for (int event = 0; event < MACHINE_EVENTS; event++) {
			struct machine m = sample(state), before = m;

			if (is_listed(state, event))
				continue;
			CHECK_INT(machine_step(&m, event, NOW),
			    ACT_IMPOSSIBLE);
			CHECK(memcmp(&m, &before, sizeof(m)) == 0);
		}
	}
}

/* C-077, C-078, C-079, C-098: vectors of keepalived. */
static void
check_intervals(void)
{
	struct machine m = sample(MACHINE_BACKUP);

	m.version = 2;
	m.priority = 150;
	CHECK_INT(active_down_interval(&m), 3414062);
	m.interval_us = (uint32_t)(10 * SECOND_US);
	CHECK_INT(skew_time(&m), 414062);	/* whatever the interval */
	m.version = 3;
	m.priority = 200;
	m.active_interval_us = 500000;
	CHECK_INT(active_down_interval(&m), 1609375);
	m.down_adverts = 10;
	CHECK_INT(active_down_interval(&m), 5109375);
	m.priority = 255;
	m.active_interval_us = 10000;
	CHECK_INT(skew_time(&m), 39);
}

/*
 * Skew_Time in whole microseconds, of centiseconds.  RFC 9568 6.1: ((256 -
 * priority) * Active_Adver_Interval) / 256; RFC 3768 6.1: ((256 - priority) /
 * 256) seconds.
 */
static usec_t
skew_wanted(int version, int priority, int64_t interval_cs)
{
	return version == 3 ? (256 - priority) * interval_cs * 625 / 16 :
	    (256 - priority) * (int64_t)15625 / 4;
}

/* Active_Down_Interval, 6.1 of both: 3 * interval + Skew_Time. */
static usec_t
down_wanted(int version, int priority, int64_t interval_cs, int adverts)
{
	return adverts * interval_cs * 10000 +
	    skew_wanted(version, priority, interval_cs);
}

/* One priority, own interval, that of the Active, and down_timer_adverts. */
static void
check_formulas_of(struct machine m, int own, int other)
{
	int counted = m.version == 3 ? other : own;
	int v = m.version, p = m.priority, n = m.down_adverts;
	struct machine was;

	m.interval_us = (uint32_t)(own * CS_US);
	m.active_interval_us = m.heard_interval_us = (uint32_t)(other * CS_US);
	was = m;
	CHECK_INT(skew_time(&m), skew_wanted(v, p, counted));
	CHECK_INT(active_down_interval(&m), down_wanted(v, p, counted, n));
	machine_step(&m, MACHINE_ZERO, NOW);
	CHECK_INT(m.timer, NOW + skew_wanted(v, p, counted));
	m = was;
	machine_step(&m, MACHINE_HOLD, NOW);
	CHECK_INT(m.timer, NOW + down_wanted(v, p, counted, n));
	m = was;
	m.active_interval_us = (uint32_t)(own * CS_US);
	machine_step(&m, MACHINE_YIELD, NOW);	/* C-080: adopts `other' */
	CHECK_INT(m.timer, NOW + down_wanted(v, p, counted, n));
	m.state = MACHINE_INITIALIZE;
	machine_step(&m, MACHINE_STARTUP, NOW);
	CHECK_INT(m.timer, NOW + down_wanted(v, p, own, n));
	m = was;
	machine_step(&m, MACHINE_TIMER, NOW);	/* C-081: its own again */
	CHECK_INT(m.timer, NOW + own * CS_US);
	CHECK_INT(m.interval_us, own * CS_US);
	CHECK_INT(m.active_interval_us, own * CS_US);
}

/* C-077 to C-082, C-098: all priorities, and intervals from end to end. */
static void
check_formulas(void)
{
	static const int intervals_cs[] = { 1, 2, 3, 7, 10, 33, 99, 100, 101,
	    255, 256, 1000, 4094, 4095 };
	static const int adverts[] = { 1, 2, 3, 10, 100 };
	struct machine m = sample(MACHINE_BACKUP);

	for (int priority = 1; priority <= 255; priority++) {
		m.priority = (uint8_t)priority;
		for (size_t i = 0; i < COUNT_OF(intervals_cs); i++) {
			m.version = 3;
			m.down_adverts = 3;
			check_formulas_of(m, 100, intervals_cs[i]);
			check_formulas_of(m, intervals_cs[i], 4095);
		}
		for (size_t i = 0; i < COUNT_OF(adverts); i++) {
			m.down_adverts = (uint8_t)adverts[i];
			m.version = 3;
			check_formulas_of(m, 100, 50);
			m.version = 2;
			check_formulas_of(m, 100, 300);
			check_formulas_of(m, 25500, 100);
		}
	}
}

/*
 * RFC 9568 6.4.2 (420) to (450), 6.4.3 (700) to (760), without a word of the
 * code: what an advertisement of priority `heard` is to one of priority `own`.
 */
static enum machine_event
event_wanted(enum machine_state state, bool preempt, int own, int heard,
    bool is_greater)
{
	if (heard == 0)
		return MACHINE_ZERO;
	if (state == MACHINE_BACKUP && (!preempt || heard >= own))
		return MACHINE_YIELD;		/* (440) */
	if (state == MACHINE_ACTIVE && (heard > own ||
	    (heard == own && is_greater)))
		return MACHINE_YIELD;		/* (725) */
	return MACHINE_WEAKER;			/* (450), (760) */
}

/* C-082 to C-087, C-091, C-092: who is better; ties are sticky. */
static void
check_judgement(void)
{
	static const uint8_t own[] = { 1, 2, 99, 100, 254, 255 };

	for (int n = 0; n < 256 * 12 * (int)COUNT_OF(own); n++) {
		enum machine_state state = n & 1 ? MACHINE_ACTIVE :
		    MACHINE_BACKUP;
		struct machine m = sample(state);
		int heard = n / 12 % 256, order = n / 2 % 3 - 1;

		m.preempt = n / 6 % 2 != 0;
		m.priority = own[n / 12 / 256];
		CHECK_INT(judge_advert(&m, (uint8_t)heard, order),
		    event_wanted(state, m.preempt, m.priority, heard,
		    order > 0));
	}
}

/* C-142: a Backup's timer moves by the difference of the down intervals. */
static void
check_priority_change(void)
{
	for (int n = 0; n < 255 * 255; n++) {
		struct machine m = sample(MACHINE_BACKUP);
		int from = n / 255 + 1, to = n % 255 + 1;

		m.priority = (uint8_t)from;
		machine_set_priority(&m, (uint8_t)to);
		CHECK_INT(m.priority, to);
		CHECK_INT(m.timer, NOW + 77 + down_wanted(3, to, 300, 3) -
		    down_wanted(3, from, 300, 3));
		m = sample(MACHINE_ACTIVE);
		machine_set_priority(&m, (uint8_t)to);
		CHECK_INT(m.timer, NOW + 77);
		m = sample(MACHINE_INITIALIZE);
		machine_set_priority(&m, (uint8_t)to);
		CHECK_INT(m.timer, NEVER);
	}
}

int
main(void)
{
	check_cells();
	check_impossible_cells();
	check_intervals();
	check_formulas();
	check_judgement();
	check_priority_change();
	return check_end("machine");
}
