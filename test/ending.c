/* SPDX-License-Identifier: ISC */
/*
 * Goal: a daemon that is told to stop waits for what must be done and for
 * nothing else, and a request that the kernel refuses is known by its number.
 * Method: a daemon on a bench (core.h), put into the state in question.
 */
#define VRRPD_PURE
#include "../vrrpd.c"

#include "check.h"
#include "core.h"

static struct bench bench;
static const struct event stop = { .kind = EVENT_SHUTDOWN };

/* Two routers, two scripts, two notifiers; all quiet, effects count from here.
 */
static struct bench *
quiet(void)
{
	struct bench *b = &bench;

	bench_conf(b, 2);
	for (int i = 0; i < 2; i++) {
		b->notify[i].command[NOTIFY_STOP] = (uint16_t)(2 + i);
		b->vrs[i].notify = &b->notify[i];
	}
	bench_start(b);
	b->kernel_obeys = false;
	bench_watch(b);
	return b;
}

/* -- what is waited for -- */

/* Whether an address is still to be removed. */
static void
check_removes(void)
{
	static const struct { uint8_t state; usec_t restore_at; bool removes; }
	    rows[] = {
		{ VIP_REMOVING, NEVER, true }, { VIP_REMOVING, 1, true },
		{ VIP_PRESENT, 1, true }, { VIP_PRESENT, 0, true },
		{ VIP_PRESENT, NEVER, false }, { VIP_ABSENT, 1, false },
		{ VIP_ASKED, 1, false }, { VIP_REFUSED, 1, false },
		{ VIP_LEFT, NEVER, false },
	};

	for (size_t i = 0; i < 2 * COUNT_OF(rows); i++) {
		struct bench *b = quiet();
		size_t k = i % 2;

		b->d.vips[k].state = rows[i / 2].state;
		b->d.vrs[k].restore_at = rows[i / 2].restore_at;
		CHECK_INT(daemon_removes(&b->d), rows[i / 2].removes);
	}
}

enum cause_to_wait { NOTHING, WORK, LINGERS, ORPHAN, ANSWER, REMOVAL, NOTIFY,
	SCRIPT, CAUSES_TO_WAIT };

/* Two orphans, both gone already. */
static struct orphan its_orphans[2];

/* Puts a daemon into a state in which it has one thing to wait for. */
static struct bench *
waiting(enum cause_to_wait cause, int which)
{
	struct bench *b = quiet();
	struct daemon *d = &b->d;

	for (int i = 0; i < 2; i++)
		its_orphans[i] = (struct orphan){ .remove_at = NEVER };
	d->orphans = its_orphans;
	d->orphan_count = 2;
	d->stopping = true;
	d->stop_at = b->now + SECOND_US;
	timer_stop(d, &d->timer);
	d->work_count = cause == WORK;
	d->vrs[which].linger_until = cause == LINGERS ? b->now + 5 : NEVER;
	its_orphans[which].remove_at = cause == ORPHAN ? b->now + 5 : NEVER;
	d->answer_at = cause == ANSWER ? b->now + 50 : b->now;
	d->vips[which].state = cause == REMOVAL ? VIP_REMOVING : VIP_ABSENT;
	d->notifiers[which].token = cause == NOTIFY ? 1 : 0;
	d->scripts[which].token = cause == SCRIPT ? 1 : 0;
	return b;
}

/* Whether it has ended, which is said once. */
static bool
ended(struct bench *b)
{
	const struct noted *noted;

	bench_note(b);
	noted = bench_find(b, EFFECT_STOPPED, 0);
	CHECK_INT(b->d.stopped, noted != NULL);
	CHECK(bench_find(b, EFFECT_STOPPED, 1) == NULL);
	if (noted != NULL) {
		CHECK_INT(noted->effect.token, 0);
		CHECK_INT(noted->effect.value, 0);
	}
	return noted != NULL;
}

/* Each thing that there is to wait for is waited for, and how long. */
static void
check_waits(void)
{
	/* until when, after stop_at: 0: no longer, NEVER: as long as it is */
	static const usec_t most[CAUSES_TO_WAIT] = { [WORK] = NEVER,
	    [LINGERS] = NEVER, [ORPHAN] = NEVER, [REMOVAL] = 2 * SECOND_US };

	for (int i = 0; i < 2 * CAUSES_TO_WAIT; i++) {
		enum cause_to_wait cause = (enum cause_to_wait)(i / 2);
		struct bench *b = waiting(cause, i % 2);
		usec_t stop_at = b->d.stop_at;

		daemon_finish(&b->d, b->now);
		CHECK_INT(ended(b), cause == NOTHING);
		if (cause == NOTHING)
			continue;
		CHECK_INT(b->d.timer.due, stop_at);
		timer_stop(&b->d, &b->d.timer);
		daemon_finish(&b->d, stop_at - 1);
		CHECK_INT(ended(b), cause == ANSWER);
		daemon_finish(&b->d, stop_at);
		CHECK_INT(ended(b), most[cause] == 0);
		timer_stop(&b->d, &b->d.timer);
		daemon_finish(&b->d, stop_at + 2 * SECOND_US - 1);
		CHECK_INT(ended(b), most[cause] == 0);
		if (most[cause] != 0)
			CHECK_INT(b->d.timer.due, stop_at + 2 * SECOND_US);
		timer_stop(&b->d, &b->d.timer);
		daemon_finish(&b->d, stop_at + 2 * SECOND_US);
		CHECK_INT(ended(b), most[cause] != NEVER);
		if (most[cause] == NEVER)
			CHECK_INT(b->d.timer.due, stop_at + 2 * SECOND_US);
	}
}

/* An answer about an orphan is waited for to its moment, after stop_at too. */
static void
check_waits_for_answer(void)
{
	struct bench *b = waiting(ANSWER, 0);

	b->d.stop_at = b->now - 10;
	daemon_finish(&b->d, b->now);
	CHECK(!ended(b));
	CHECK_INT(b->d.timer.due, b->now + 50);
	daemon_finish(&b->d, b->now + 49);
	CHECK(!ended(b));
	daemon_finish(&b->d, b->now + 50);
	CHECK(ended(b));
	daemon_finish(&b->d, b->now + 51);	/* once is enough */
	CHECK(ended(b));
	b = waiting(NOTHING, 0);		/* nobody asked it to */
	b->d.stopping = false;
	daemon_finish(&b->d, b->now);
	CHECK(!ended(b));
	CHECK(b->d.timer.slot == NO_SLOT);
	b = waiting(NOTHING, 0);		/* more than one thing */
	b->d.vrs[0].linger_until = b->now + 5;
	its_orphans[0].remove_at = b->now + 5;
	b->d.notifiers[0].token = b->d.scripts[0].token = 1;
	daemon_finish(&b->d, b->now);
	CHECK(!ended(b));
}

/* What is done at the very end: what waits is run, what runs is killed. */
static void
check_last_things(void)
{
	static const struct conf_vmac vmac = { .name = "vrrp.51" };
	static const struct conf_link link = { .interface = 2, .vmac = &vmac };
	static uint8_t rule[12] = { 2, [4] = 5, [8] = FR_ACT_TO_TBL };
	static const struct conf_entry entry = { .kind = ENTRY_RULE,
	    .text = "u", .vr = NONE, .group = NONE, .body = rule,
	    .length = sizeof(rule), .flags = NLM_F_CREATE };

	for (int keep = 0; keep < 2; keep++) {
		struct bench *b = waiting(SCRIPT, 1);
		struct link own = { .there = true, .ours = true };
		struct entry state = { .state = VIP_PRESENT };

		b->d.keep_addresses = keep;
		b->conf.links = &link;
		b->conf.link_count = 1;
		b->d.links = &own;
		b->conf.entries = &entry;
		b->conf.entry_count = b->conf.static_count = 1;
		b->d.entries = &state;
		for (int i = 0; i < 2; i++) {
			struct notifier *notifier = &b->d.notifiers[i];

			notifier->token = 77;	/* it hangs */
			notifier->queue[0] = (struct notice){ NOTIFY_STOP,
			    VR_STOP, 100 };
			notifier->count = 1;
		}
		daemon_finish(&b->d, b->d.stop_at);
		CHECK(ended(b));
		CHECK_INT(bench_count(b, EFFECT_RUN), 2);
		CHECK_INT(bench_count(b, EFFECT_SIGNAL), 1);
		CHECK_INT(bench_find(b, EFFECT_SIGNAL, 0)->effect.value,
		    SIGNAL_KILL);
		/* the rule; the link's group, and all of that group */
		CHECK_INT(bench_count(b, EFFECT_NETLINK), keep ? 0 : 3);
		CHECK_INT(state.state, keep ? VIP_PRESENT : VIP_REMOVING);
	}
}

/* -- TERM -- */

/* The first one: everybody is told, no script begins, and those that run end.
 */
static void
check_first_stop(void)
{
	struct bench *b = &bench;

	bench_conf_group(b, 2);
	b->conf.global.fifo[0].path = "/fifo";
	bench_track(b, 0, TRACK_SCRIPT, 0, 0);
	bench_track(b, 1, TRACK_SCRIPT, 1, 0);
	bench_start(b);
	bench_ended(b, 0, 0);
	bench_ended(b, 1, FAILED);
	bench_watch(b);
	b->d.scripts[0].token = 5;
	b->d.keep_addresses = true;
	bench_feed(b, &stop);
	bench_note(b);
	CHECK(b->d.stopping);
	CHECK_INT(b->d.stop_at, b->now + SECOND_US);
	CHECK_INT(b->d.timer.due, b->d.stop_at);
	CHECK_STR(bench_line(b, EFFECT_FIFO, 0), "INSTANCE \"VI_1\" STOP 100");
	CHECK_STR(bench_line(b, EFFECT_FIFO, 1), "INSTANCE \"VI_2\" STOP 100");
	CHECK_STR(bench_line(b, EFFECT_FIFO, 2), "GROUP \"G\" STOP 0");
	CHECK_STR(bench_line(b, EFFECT_FIFO, 3), "");
	for (int i = 0; i < 2; i++) {
		CHECK(b->d.vrs[i].keep_addresses);
		CHECK_INT(b->d.vrs[i].cause, CAUSE_STOP);
		CHECK(b->d.vrs[i].faults & FAULT_STOPPING);
		CHECK_INT(b->d.vrs[i].machine.state, MACHINE_INITIALIZE);
		CHECK(b->d.vrs[i].dirty);
		CHECK(b->d.scripts[i].timer.slot == NO_SLOT);
	}
	CHECK(b->d.vrs[1].faults & FAULT_TRACKED);	/* it still is so */
	CHECK_INT(bench_count(b, EFFECT_SIGNAL), 1);
	CHECK_INT(bench_find(b, EFFECT_SIGNAL, 0)->effect.token, 5);
	CHECK_INT(bench_find(b, EFFECT_SIGNAL, 0)->effect.value, SIGNAL_TERM);
}

/* D-20: a second one ends all lingering, and tells nobody anything. */
static void
check_second_stop(void)
{
	static uint8_t request[3][16];
	static struct orphan left[3];
	struct bench *b = &bench;

	bench_conf_group(b, 2);
	b->conf.global.fifo[0].path = "/fifo";
	bench_start(b);
	bench_run(b, WAIT_DOWN);
	CHECK_INT(state(b, 1), VR_MASTER);
	b->kernel_obeys = false;
	bench_feed(b, &stop);
	bench_run(b, 1);
	for (int i = 0; i < 3; i++)
		left[i] = (struct orphan){ .request = request[i], .length = 16,
		    .remove_at = i == 1 ? NEVER : b->now + 70 };
	b->d.orphans = left;
	b->d.orphan_count = 3;
	bench_watch(b);
	bench_feed(b, &stop);
	bench_note(b);
	CHECK_INT(b->d.stop_at, b->now);
	CHECK(daemon_deadline(&b->d) <= b->now);
	CHECK_INT(left[0].remove_at, b->now);
	CHECK_INT(left[1].remove_at, NEVER);
	CHECK_INT(left[2].remove_at, b->now);
	CHECK_STR(bench_line(b, EFFECT_FIFO, 0), "");
	CHECK_INT(bench_count(b, EFFECT_SIGNAL), 0);
	for (int i = 0; i < 2; i++) {
		CHECK_INT(b->d.vrs[i].linger_until, NEVER);
		CHECK(!b->d.vrs[i].wanted);
	}
}

/* -- refusals by their numbers -- */

/* Whom the answer to request `index` is about: a letter for each. */
static const char *
about(struct bench *b, uint32_t index, int error)
{
	static char text[8];
	struct event event = { .kind = EVENT_NETLINK_ERROR, .index = index,
	    .value = error };
	size_t n = 0;

	bench_feed(b, &event);
	for (int i = 0; i < 2; i++) {
		if (b->d.vips[i].state == VIP_REFUSED)
			text[n++] = (char)('a' + i);
		if (b->d.orphans[i].remove_at != NEVER)
			text[n++] = (char)('o' + i);
		if (b->d.entries[i].state == VIP_REFUSED)
			text[n++] = (char)('e' + i);
		if (b->d.links[i].refused)
			text[n++] = (char)('l' + i);
	}
	if (b->d.clean_at != NEVER)
		text[n++] = 'r';
	text[n] = '\0';
	return text;
}

/* The answer is for whom its number says: the first, the last, and no other. */
static void
check_numbers(void)
{
	static const struct { uint32_t index; int error; const char *want; }
	    rows[] = {
		{ 0, EPERM, "" }, { 1, EPERM, "a" }, { 2, EPERM, "b" },
		{ 3, EPERM, "o" }, { 4, EPERM, "p" }, { 5, EPERM, "" },
		{ 3, ESRCH, "" }, { 4, ENODEV, "" },
		{ ENTRY_REQUESTS - 1, EPERM, "" },
		{ ENTRY_REQUESTS, EPERM, "e" },
		{ ENTRY_REQUESTS + 1, EPERM, "f" },
		{ ENTRY_REQUESTS + 2, EPERM, "" },
		{ REMAINDER_NUMBER, EPERM, "r" },
		{ REMAINDER_NUMBER, ESRCH, "" },
		{ LINK_NUMBER, EPERM, "l" }, { LINK_NUMBER + 1, EPERM, "m" },
		{ LINK_NUMBER + 2, EPERM, "" }, { UINT32_MAX, EPERM, "" },
	};
	static const struct conf_vmac vmac = { .name = "vrrp.51" };
	static const struct conf_link links[2] = { { .interface = 2,
	    .vmac = &vmac }, { .interface = 2, .vr = 1, .vmac = &vmac } };
	static const struct conf_entry entries[2] = { { .text = "u",
	    .group = NONE }, { .text = "u", .vr = 1, .group = NONE } };

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct bench *b = waiting(NOTHING, 0);
		struct link own[2] = { { .there = true }, { .there = true } };
		struct entry states[2] = { { .state = VIP_ASKED },
		    { .state = VIP_ASKED } };

		b->d.stopping = false;
		b->conf.links = links;
		b->conf.link_count = 2;
		b->d.links = own;
		b->conf.entries = entries;
		b->conf.entry_count = 2;
		b->d.entries = states;
		b->d.vips[0].state = b->d.vips[1].state = VIP_ASKED;
		CHECK_STR(about(b, rows[i].index, rows[i].error),
		    rows[i].want);
	}
}

/* T24: what is left of another configuration: asked again, and said once. */
static void
check_orphan_refused(void)
{
	static const struct {
		bool address, refused, stopping;
		usec_t late;		/* after stop_at */
		usec_t again;		/* NEVER: it is left */
		const char *said;
	} rows[] = {
		{ true, false, false, 0, SECOND_US, "the kernel refuses to "
		    "remove 10.0.0.100: Operation not permitted" },
		{ false, false, false, 0, SECOND_US, "the kernel refuses to "
		    "remove a link or a route that is configured no longer: "
		    "Operation not permitted" },
		{ true, true, false, 0, SECOND_US, "" },
		{ false, true, false, 9 * SECOND_US, SECOND_US, "" },
		{ true, true, true, -1, 100 * MS_US, "" },
		{ true, true, true, 2 * SECOND_US - 1, 100 * MS_US, "" },
		{ true, true, true, 2 * SECOND_US, NEVER, "" },
		{ true, true, true, 9 * SECOND_US, NEVER, "" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct bench *b = waiting(NOTHING, 0);
		uint8_t request[128];
		struct packer p = packer_over(request, sizeof(request));
		struct orphan *orphan = &its_orphans[1];

		orphan->request = request;
		orphan->refused = rows[i].refused;
		if (rows[i].address) {
			orphan->length = (uint16_t)nl_address_request(request,
			    sizeof(request), false, &b->addresses[0][0], 2, 0,
			    0);
		} else {
			nl_begin(&p, RTM_DELLINK, 0, 0);
			packer_bytes(&p, &(struct ifinfomsg){ .ifi_index = 9 },
			    sizeof(struct ifinfomsg));
			orphan->length = (uint16_t)nl_finish(&p);
		}
		b->d.stopping = rows[i].stopping;
		b->d.stop_at = b->now - rows[i].late;
		orphan_refused(&b->d, orphan, EPERM, b->now);
		bench_note(b);
		CHECK(orphan->refused);
		CHECK_INT(orphan->remove_at, rows[i].again == NEVER ? NEVER :
		    b->now + rows[i].again);
		CHECK(rows[i].again == NEVER ||
		    b->d.timer.due == orphan->remove_at);
		CHECK_STR(bench_line(b, EFFECT_LOG, 0), rows[i].said);
	}
}

int
main(void)
{
	check_removes();
	check_waits();
	check_waits_for_answer();
	check_last_things();
	check_first_stop();
	check_second_stop();
	check_numbers();
	check_orphan_refused();
	return check_end("ending");
}
