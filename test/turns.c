/* SPDX-License-Identifier: ISC */
/*
 * Goal: what time brings comes at its moment and in its order: a Backup reads
 * before it takes over, an Active waits for nothing, advertisements that are
 * due soon join those that are due, and nothing else is moved by that.
 * Method: a daemon on a bench (core.h) that is told the time turn by turn.
 */
#define VRRPD_PURE
#include "../vrrpd.c"

#include "check.h"
#include "core.h"

static struct bench bench;

/* One turn at this very moment; drained: all that came before it was read. */
static void
turn(struct bench *b, bool drained)
{
	struct event event = { .kind = EVENT_TIME, .drained = drained };

	bench_feed(b, &event);
	bench_note(b);
}

/* Lets a router's machine, and its timer, wake at this moment. */
static void
wake_at(struct bench *b, int i, usec_t due)
{
	b->d.vrs[i].machine.timer = due;
	timer_set(&b->d, &b->d.vrs[i].timer, due);
}

/* n Active routers, quiet for the next 9 seconds; effects count from here. */
static struct bench *
actives(uint16_t n)
{
	struct bench *b = &bench;

	bench_begin(b, n);
	bench_run(b, 20 * SECOND_US);
	for (int i = 0; i < n; i++) {
		CHECK_INT(state(b, i), VR_MASTER);
		wake_at(b, i, b->now + 9 * SECOND_US);
	}
	bench_watch(b);
	return b;
}

/* What was sent since bench_watch: the VRIDs less 50. */
static const char *
sent(const struct bench *b)
{
	static char text[32];
	const struct noted *noted;
	size_t n = 0;

	while (n < sizeof(text) - 1 &&
	    (noted = bench_find(b, EFFECT_SEND, (int)n)) != NULL)
		text[n++] = (char)('0' + noted->bytes[21] - 50);
	text[n] = '\0';
	return text;
}

/* Reading comes before a takeover: what was sent in time counts as heard. */
static void
check_backup_reads_first(void)
{
	struct bench *b = &bench;

	for (int heard = 0; heard < 2; heard++) {
		usec_t due;

		bench_begin(b, 1);
		bench_advert(b, 0, 2, 200);
		bench_watch(b);
		due = b->d.vrs[0].machine.timer;
		b->now = due - 1;
		turn(b, true);
		CHECK_INT(state(b, 0), VR_BACKUP);
		b->now = due;
		for (int i = 0; i < 3; i++) {	/* it goes on waiting */
			turn(b, false);
			CHECK_INT(state(b, 0), VR_BACKUP);
			CHECK_INT(b->d.vrs[0].machine.timer, due);
			CHECK(daemon_deadline(&b->d) <= b->now);
			CHECK_INT(b->d.deferred_count, 0);
			CHECK(!b->d.vrs[0].timer.deferred);
		}
		if (heard)
			bench_advert(b, 0, 2, 200);
		turn(b, true);
		CHECK_INT(state(b, 0), heard ? VR_BACKUP : VR_MASTER);
		CHECK_STR(sent(b), heard ? "" : "1");
		CHECK(daemon_deadline(&b->d) > b->now);
	}
}

/* effects.drain: nothing but the advertisement is there to be sent. */
static void
drain_advert(struct effects *out)
{
	out->drain = NULL;
	bench_note(&bench);
	CHECK_STR(sent(&bench), "1");
	CHECK_INT(bench_count(&bench, EFFECT_NETLINK), 0);
	CHECK_INT(bench_count(&bench, EFFECT_ETHERNET), 0);
}

/* Who takes over sends before it looks at what addresses it lacks. */
static void
check_sends_first(void)
{
	struct bench *b = &bench;

	bench_begin(b, 1);
	bench_advert(b, 0, 2, 200);
	bench_watch(b);
	b->out.drain = drain_advert;
	b->now = b->d.vrs[0].machine.timer;
	turn(b, true);
	CHECK(b->out.drain == NULL);
	CHECK_STR(sent(b), "1");
	CHECK(bench_count(b, EFFECT_NETLINK) > 0);
	CHECK(bench_count(b, EFFECT_ETHERNET) > 0);
}

/* One that wakes too early, having heard since, sleeps on: it has no hurry. */
static void
check_backup_sleeps_on(void)
{
	struct bench *b = &bench;
	usec_t due;

	bench_begin(b, 1);
	bench_advert(b, 0, 2, 200);
	b->now = b->d.vrs[0].machine.timer - 1;
	bench_advert(b, 0, 2, 200);
	due = b->d.vrs[0].machine.timer;
	b->now += 1;
	CHECK_INT(daemon_deadline(&b->d), b->now);
	turn(b, false);
	CHECK_INT(state(b, 0), VR_BACKUP);
	CHECK_INT(daemon_deadline(&b->d), due);
}

/* An Active's own advertisement does not wait for what is there to be read. */
static void
check_active_waits_for_nothing(void)
{
	struct bench *b = actives(1);

	wake_at(b, 0, b->now + 5);
	b->now += 4;
	turn(b, false);
	CHECK_STR(sent(b), "");
	b->now += 1;
	turn(b, false);
	CHECK_STR(sent(b), "1");
	CHECK_INT(b->d.vrs[0].machine.timer, b->now + SECOND_US);
	CHECK_INT(daemon_deadline(&b->d), b->now + SECOND_US);
}

/* A timer that wakes for something else sends nothing, and wakes again. */
static void
check_other_wakes(void)
{
	struct bench *b = actives(2);
	usec_t due = b->d.vrs[0].machine.timer;

	wake_at(b, 1, b->now + 5 * MS_US);
	b->d.vrs[0].claim_at = b->now;
	vr_arm(&b->d, &b->d.vrs[0]);
	turn(b, true);
	CHECK_STR(sent(b), "");		/* no batch that one could join */
	CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_claimed), 1);
	CHECK_INT(b->d.vrs[0].machine.timer, due);
	CHECK(b->d.vrs[0].timer.slot != NO_SLOT);
	CHECK(b->d.vrs[0].timer.due <= due);
	b->now = due;
	turn(b, false);
	CHECK(strchr(sent(b), '1') != NULL);
}

/* C-033: up to 1 % of the interval early, 20 ms at most, to join a batch. */
static void
check_joined(void)
{
	static const struct { uint32_t interval_us; usec_t after; bool joins; }
	    rows[] = {
		{ 1000000, 0, true }, { 1000000, 10000, true },
		{ 1000000, 10001, false }, { 1000000, 20000, false },
		{ 40000000, 20000, true }, { 40000000, 20001, false },
		{ 2000000, 20000, true }, { 1990000, 20000, false },
		{ 100000, 1000, true }, { 100000, 1001, false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct bench *b = actives(2);
		struct machine *m = &b->d.vrs[1].machine;
		usec_t due = b->now + rows[i].after;

		m->interval_us = rows[i].interval_us;
		wake_at(b, 0, b->now);
		wake_at(b, 1, due);
		turn(b, false);
		CHECK_STR(sent(b), rows[i].joins ? "12" : "1");
		CHECK_INT(m->timer, rows[i].joins ? b->now +
		    rows[i].interval_us : due);
		CHECK_INT(b->d.vrs[1].timer.due, m->timer);
		CHECK(b->d.vrs[1].timer.slot != NO_SLOT);
		CHECK_INT(b->d.deferred_count, 0);
	}
}

/* Whatever else wakes in that turn, before or behind: a batch is a batch. */
static void
check_joined_among_others(void)
{
	for (int last = 0; last < 2; last++) {
		struct bench *b = actives(3);

		timer_wake(&b->d, &b->d.timer, b->now - 1 + 2 * last);
		wake_at(b, 0, b->now);
		wake_at(b, 1, b->now + 10 * MS_US);
		b->now += last;
		turn(b, true);
		CHECK_STR(sent(b), "12");
	}
}

/* Nor does one that is due again within 20 ms hide who comes behind it. */
static void
check_joined_behind(void)
{
	struct bench *b = actives(2);

	b->d.vrs[0].machine.interval_us = 5000;
	wake_at(b, 0, b->now);
	wake_at(b, 1, b->now + 10 * MS_US);
	turn(b, true);
	CHECK_STR(sent(b), "12");
	CHECK_INT(b->d.vrs[0].timer.due, b->now + 5000);
}

/* Without an advertisement that is due there is no batch to join. */
static void
check_no_batch(void)
{
	struct bench *b = actives(2);

	wake_at(b, 0, b->now + 1);
	turn(b, true);
	CHECK_STR(sent(b), "");
	/* a Backup's takeover moves nobody's advertisement */
	bench_begin(b, 2);
	bench_advert(b, 0, 2, 200);
	bench_advert(b, 1, 2, 200);
	bench_run(b, 2 * SECOND_US);
	vr_step(&b->d, &b->d.vrs[1], MACHINE_TIMER, b->now);
	wake_at(b, 0, b->now + 1000);
	wake_at(b, 1, b->now + 2000);
	b->now += 1000;
	bench_watch(b);
	turn(b, true);
	CHECK_STR(sent(b), "1");
	CHECK_INT(b->d.vrs[1].machine.timer, b->now + 1000);
}

/* A batch takes along nothing but advertisements, each as late as it was. */
static void
check_left_alone(void)
{
	struct bench *b = actives(4);
	usec_t soon = b->now + MS_US;
	struct timer *timers[4];

	/* a Backup; one that wakes for its announcements; no router at all */
	b->d.vrs[1].machine.state = MACHINE_BACKUP;
	wake_at(b, 1, soon);
	b->d.vrs[2].again_at = soon + 1;
	vr_arm(&b->d, &b->d.vrs[2]);
	wake_at(b, 3, soon + 2);
	b->d.vrs[3].timer.kind = TIMER_PROCESS;
	timer_wake(&b->d, &b->d.timer, soon + 3);
	wake_at(b, 0, b->now);
	for (int i = 1; i < 4; i++)
		timers[i - 1] = &b->d.vrs[i].timer;
	timers[3] = &b->d.timer;
	turn(b, true);
	CHECK_STR(sent(b), "1");
	CHECK_INT(bench_count(b, EFFECT_ETHERNET), 0);
	for (int i = 0; i < 4; i++) {
		CHECK(timers[i]->slot != NO_SLOT);
		CHECK_INT(timers[i]->due, soon + i);
		CHECK(!timers[i]->deferred);
	}
	CHECK_INT(state(b, 1), VR_BACKUP);
	CHECK_INT(b->d.vrs[3].machine.timer, soon + 2);
	b->d.vrs[3].timer.kind = TIMER_VR;
	b->now = soon;				/* and each in its turn */
	turn(b, true);
	CHECK_INT(state(b, 1), VR_MASTER);
	b->now = soon + 1;
	bench_watch(b);
	turn(b, true);
	CHECK_INT(bench_count(b, EFFECT_ETHERNET), 2);
}

/* An interval shorter than 20 ms: once a turn is enough. */
static void
check_short_interval(void)
{
	struct bench *b = &bench;

	bench_conf(b, 2);
	for (int i = 0; i < 2; i++) {
		b->vrs[i].version = 3;
		b->vrs[i].interval_us = 10000;
	}
	bench_start(b);
	bench_run(b, 20 * SECOND_US);
	for (int i = 0; i < 2; i++) {
		vr_arm(&b->d, &b->d.vrs[i]);
		b->d.vrs[i].refresh_at = NEVER;
		wake_at(b, i, b->now + i);
	}
	bench_watch(b);
	turn(b, false);
	CHECK_STR(sent(b), "12");
	CHECK_INT(b->d.heap_count, 2);
	b->now += 10 * MS_US - 1;
	turn(b, false);
	CHECK_STR(sent(b), "12");
	b->now += 1;
	turn(b, false);
	CHECK_INT(bench_count(b, EFFECT_SEND), 4);
}

/* What waits is kept once, and put back as it was. */
static void
check_deferred(void)
{
	struct bench *b = actives(2);
	struct daemon *d = &b->d;

	timer_stop(d, &d->vrs[0].timer);
	timer_stop(d, &d->vrs[1].timer);
	for (int i = 0; i < 2; i++) {
		timer_defer(d, &d->vrs[1].timer);
		CHECK_INT(d->deferred_count, 1);
	}
	timer_defer(d, &d->vrs[0].timer);
	CHECK_INT(d->deferred_count, 2);
	CHECK(d->deferred[0] == &d->vrs[1].timer);
	CHECK(d->deferred[1] == &d->vrs[0].timer);
	d->vrs[0].timer.due = b->now + 70;
	d->vrs[1].timer.due = b->now + 71;
	turn(b, true);
	CHECK_INT(d->deferred_count, 0);
	for (int i = 0; i < 2; i++) {
		CHECK(!d->vrs[i].timer.deferred);
		CHECK(d->vrs[i].timer.slot != NO_SLOT);
		CHECK_INT(d->vrs[i].timer.due, b->now + 70 + i);
	}
}

/* The daemon's own timer: what a reload left goes, each when it is time. */
static void
check_orphans_go(void)
{
	static uint8_t requests[4][16];
	static struct orphan orphans[4];
	struct bench *b = actives(2);

	for (int i = 0; i < 4; i++) {
		requests[i][0] = 16;
		orphans[i] = (struct orphan){ .request = requests[i],
		    .length = 16, .remove_at = b->now + 10 };
	}
	orphans[0].remove_at = NEVER;
	orphans[3].remove_at = b->now + 30;
	b->d.orphans = orphans;
	b->d.orphan_count = 4;
	b->kernel_obeys = false;
	b->now += 10;
	b->d.statics_at = b->now + 50;
	timer_set(&b->d, &b->d.timer, b->now);
	turn(b, true);
	CHECK_INT(bench_count(b, EFFECT_NETLINK), 2);
	for (int i = 0; i < 2; i++) {
		const struct noted *noted = bench_find(b, EFFECT_NETLINK, i);
		uint32_t number;

		memcpy(&number, noted->bytes + 8, sizeof(number));
		CHECK_INT(number, 2 + 1 + 1 + i);	/* behind the vips */
		CHECK_INT(noted->effect.index, number);
		CHECK_INT(noted->effect.length, 16);
	}
	CHECK_INT(b->d.answer_at, b->now + 100 * MS_US);
	CHECK_INT(orphans[1].remove_at, NEVER);
	CHECK_INT(orphans[3].remove_at, b->now + 20);
	CHECK_INT(b->d.timer.due, b->now + 20);
	b->now += 20;
	turn(b, true);
	CHECK_INT(bench_count(b, EFFECT_NETLINK), 3);
	CHECK_INT(b->d.timer.due, b->now + 30);	/* the static entries' */
	CHECK_INT(b->d.statics_at, b->now + 30);
	b->now += 30;
	turn(b, true);
	CHECK_INT(b->d.statics_at, NEVER);
	CHECK(b->d.timer.slot == NO_SLOT);
	b->d.orphan_count = 0;
}

/* The same: all begin when the startup delay has passed, and not before. */
static void
check_startup_delay(void)
{
	struct bench *b = &bench;

	bench_conf(b, 2);
	b->conf.global.startup_delay_us = 5000000;
	bench_start(b);
	bench_run(b, 5 * SECOND_US - 1);
	for (int i = 0; i < 2; i++)
		CHECK_INT(state(b, i), VR_INIT);
	bench_run(b, 1);
	for (int i = 0; i < 2; i++)
		CHECK_INT(state(b, i), VR_BACKUP);
	CHECK_INT(b->d.start_at, NEVER);
}

int
main(void)
{
	check_backup_reads_first();
	check_sends_first();
	check_backup_sleeps_on();
	check_active_waits_for_nothing();
	check_other_wakes();
	check_joined();
	check_joined_among_others();
	check_joined_behind();
	check_no_batch();
	check_left_alone();
	check_short_interval();
	check_deferred();
	check_orphans_go();
	check_startup_delay();
	return check_end("turns");
}
