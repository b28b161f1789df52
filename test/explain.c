/* SPDX-License-Identifier: ISC */
/*
 * Goal: what `vrrpd explain' says of a router is so, sentence by sentence, and
 * the state dump has all that is tracked.
 * Method: daemons on a bench (core.h), brought into each of the situations; the
 * texts as people read them.
 */
#define VRRPD_PURE
#include "../vrrpd.c"

#include "check.h"
#include "core.h"

static struct bench bench;
static char told[32768];

/* What explain says of the first router now. */
static const char *
explained(struct bench *b)
{
	struct text t = text_over(told, sizeof(told));

	explain(&t, &b->d, &b->d.vrs[0], b->now);
	return text_end(&t);
}

/* The state dump. */
static const char *
dumped(struct bench *b)
{
	struct text t = text_over(told, sizeof(told));

	status_data(&t, &b->d, b->now, 0);
	return text_end(&t);
}

/* Checks that a text has a line, and says which it has not. */
static void
check_has(const char *text, const char *line)
{
	if (!check(strstr(text, line) != NULL, line))
		printf("\tis missing in:\n%s", text);
}

/* Why a Backup is one: nobody heard, somebody better, somebody let be. */
static void
test_backup(void)
{
	struct bench *b = &bench;

	bench_begin(b, 1);
	bench_run(b, SECOND_US);
	check_has(explained(b), "VI_1 is BACKUP since 1.000s: ");
	check_has(told, "\n  Its priority is 100: 100 configured.\n"
	    "  It has heard no MASTER.\n"
	    "  It takes over if nothing is heard for another 2.609 s.\n");
	CHECK(strstr(told, "would") == NULL);
	bench_advert(b, 0, 2, 150);
	bench_run(b, 500 * MS_US);
	check_has(explained(b), "  10.0.0.2 has priority 150 and was heard "
	    "0.5 s ago.\n");
	check_has(told, "  It takes over if nothing as good is heard for "
	    "another 3.109 s.\n");
	check_has(told, "  It would take over with a priority above 150.\n");
	b->vrs[0].no_preempt = true;
	CHECK(strstr(explained(b), "would") == NULL);
	bench_advert(b, 0, 2, 50);
	check_has(explained(b), "  nopreempt: it lets a weaker MASTER go "
	    "on.\n");
	b->vrs[0].no_preempt = false;
	b->d.vrs[0].preempt_at = b->now + 7 * SECOND_US / 2;
	check_has(explained(b), "  preempt_delay: it takes over in 3.5 s.\n");
	b->d.vrs[0].preempt_at = NEVER;
	CHECK(strstr(explained(b), "preempt") == NULL);
	b->d.vrs[0].wants_active = true;
	check_has(explained(b), "  It waits until all members of its sync "
	    "group can take over.\n");
	b->d.vrs[0].active_priority = 150;
	CHECK(strstr(explained(b), "would") == NULL);
}

/* What is heard now is told as the cause as long as it would be one. */
static void
test_cause(void)
{
	static const struct {
		uint8_t cause, theirs, host;
		const char *why;
	} rows[] = {
		{ CAUSE_BETTER, 150, 2, "10.0.0.2 has priority 150, we have "
		    "100" },
		{ CAUSE_BETTER, 100, 2, "10.0.0.2 has priority 100, we have "
		    "100 and a lower address" },
		{ CAUSE_BETTER, 100, 0, "another router was better than we" },
		{ CAUSE_BETTER, 50, 2, "another router was better than we" },
		{ CAUSE_WEAKER, 50, 2, "10.0.0.2 has priority 50, we have "
		    "100" },
		{ CAUSE_WEAKER, 150, 2, "another router was weaker than we" },
	};
	struct bench *b = &bench;
	char want[128];

	bench_begin(b, 1);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct vr *vr = &b->d.vrs[0];

		vr->cause = rows[i].cause;
		vr->active = bench_ip("10.0.0.2");
		vr->active.bytes[3] = rows[i].host;
		vr->active_priority = rows[i].theirs;
		snprintf(want, sizeof(want), ": %s.\n", rows[i].why);
		check_has(explained(b), want);
	}
}

/* How an Active stands; ages are told in seconds, hours or days. */
static void
test_active(void)
{
	struct bench *b = &bench;

	struct event refusal = { .kind = EVENT_RESEND, .value = 1 };

	bench_begin(b, 1);
	bench_run(b, WAIT_DOWN);
	CHECK(strstr(explained(b), "missing") == NULL);
	CHECK(strstr(told, "refused") == NULL);
	bench_feed(b, &refusal);
	bench_run(b, SECOND_US / 2);
	check_has(explained(b), "  The kernel refused to send an "
	    "advertisement 0.5 s ago.\n");
	bench_run(b, 6 * SECOND_US);
	CHECK(strstr(explained(b), "refused") == NULL);
	check_has(told, "  It yields to a priority above 100, or to the same "
	    "with an address above 10.0.0.1.\n");
	b->kernel_obeys = false;
	bench_address(b, 2, "10.0.0.100", 24, 0, true);
	check_has(explained(b), "  1 of 1 addresses are missing.\n");
	bench_advert(b, 0, 2, 50);
	bench_run(b, SECOND_US);
	bench_advert(b, 0, 2, 50);
	bench_run(b, SECOND_US / 4);
	check_has(explained(b), "  10.0.0.2 with priority 50 was last heard "
	    "0.25 s ago.\n");
	check_has(told, "  Another machine was seen to be MASTER too: first "
	    "1.25 s, last 0.25 s ago.\n");
	b->d.vrs[0].changed_at = b->now - 3661 * SECOND_US;
	check_has(explained(b), "VI_1 is MASTER since 01:01:01: ");
	b->d.vrs[0].changed_at = b->now - 60 * SECOND_US;
	check_has(explained(b), "VI_1 is MASTER since 00:01:00: ");
	b->d.vrs[0].changed_at = b->now - 60 * SECOND_US + MS_US;
	check_has(explained(b), "VI_1 is MASTER since 59.999s: ");
	b->d.vrs[0].changed_at = b->now - (90000 + 86400) * SECOND_US;
	check_has(explained(b), "VI_1 is MASTER since 2d01h: ");
	b->d.vrs[0].faults |= FAULT_MAINTENANCE;
	b->d.vrs[0].linger_until = NEVER - 1;
	check_has(explained(b), "VI_1 is MAINT since ");
	check_has(told, "  An operator has put it into maintenance: vrrpd "
	    "maint VI_1 off\n  It keeps its addresses until another router "
	    "has them.\n");
}

/* Who waits since the daemon began has done so since then, for no fault. */
static void
test_waiting(void)
{
	struct bench *b = &bench;

	bench_conf(b, 1);
	b->conf.global.startup_delay_us = 20 * SECOND_US;
	bench_start(b);
	bench_run(b, 3 * SECOND_US);
	check_has(explained(b), "VI_1 is INIT since 3.000s: starting.\n");
	check_has(told, "  Nothing else counts until this is over: its startup "
	    "delay.\n");
}

/* Who left its sync group has still become MASTER with it. */
static void
test_ungrouped(void)
{
	static struct bench next;
	struct bench *b = &bench;

	bench_conf_group(b, 2);
	b->vrs[1].priority = 50;
	bench_start(b);
	bench_run(b, WAIT_DOWN);
	bench_conf(&next, 3);
	bench_reload(b, &next);
	CHECK_INT(next.d.vrs[0].cause, CAUSE_GROUP);
	check_has(explained(&next), "with its former sync group.\n");
	CHECK_INT(next.d.vrs[2].changed_at, next.now);
}

/* Who left is not taken for one who spoke up since. */
static void
test_resigned(void)
{
	struct bench *b = &bench;

	bench_begin(b, 1);
	bench_advert(b, 0, 2, 150);
	bench_advert(b, 0, 2, 0);
	bench_run(b, SECOND_US);
	check_has(explained(b), ": 10.0.0.2 left.\n");
	bench_advert(b, 0, 3, 50);
	check_has(explained(b), ": the MASTER before it left.\n");
}

/* Who becomes the owner has no other priority any more. */
static void
test_owner(void)
{
	static struct bench next;
	struct bench *b = &bench;
	struct event event = { .kind = EVENT_OPERATOR,
	    .token = OPERATION_PRIORITY, .value = 77 };

	bench_begin(b, 1);
	bench_feed(b, &event);
	check_has(explained(b), "  Its priority is 77: 77 set by an operator");
	bench_conf(&next, 1);
	next.vrs[0].priority = 255;
	bench_reload(b, &next);
	check_has(explained(&next), "  Its priority is 255: 255 configured.");
	check_has(told, "  It yields to an owner with an address above "
	    "10.0.0.1.\n");
	CHECK(strstr(told, "above 255") == NULL);
	next.vrs[0].owner_ignore_adverts = true;
	CHECK(strstr(explained(&next), "yields") == NULL);
	/* and no other can have a higher one */
	bench_begin(b, 1);
	bench_advert(b, 0, 2, 255);
	check_has(explained(b), "  10.0.0.2 has priority 255");
	CHECK(strstr(told, "would") == NULL);
}

/* A fault comes before all else; what is tracked counts in the priority. */
static void
test_faults(void)
{
	struct bench *b = &bench;

	bench_conf(b, 1);
	bench_track(b, 0, TRACK_FILE, 0, 3);
	bench_track(b, 0, TRACK_INTERFACE, 1, 0);
	bench_start(b);
	bench_file(b, -7);
	bench_run(b, WAIT_DOWN);
	check_has(explained(b), "  Its priority is 79: 100 configured, -21 "
	    "from ");
	bench_link(b, 3, "eth1", 0, false);
	bench_run(b, 0);
	check_has(explained(b), "VI_1 is FAULT since ");
	check_has(told, "  Nothing else counts until this is over: ");
	CHECK(strstr(told, "yields") == NULL && strstr(told, "takes") == NULL);
}

/* The dump of what is tracked: a check, a process, a session of BFD. */
static void
test_dump(void)
{
	static struct conf_bfd bfd = { .name = "far", .multiplier = 3,
	    .max_hops = -1, .multihop = true, .weight = -5, .reverse = true,
	    .min_rx_us = 10000, .min_tx_us = 10000, .idle_tx_us = 1000000 };
	struct bench *b = &bench;

	bench_conf(b, 1);
	bfd.neighbor = bench_ip("10.9.0.2");
	b->conf.bfds = &bfd;
	b->conf.bfd_count = 1;
	b->scripts[0].check = (struct conf_check){ .kind = CHECK_TCP,
	    .ip = bench_ip("127.0.0.1"), .port = 80 };
	b->processes[0].fork_delay_us = 1500000;
	b->processes[0].weight = 4;
	bench_start(b);
	bench_count_processes(b, 2);
	b->d.bfds[0].mine = 0x1234;
	b->d.bfds[0].state = BFD_INIT;
	b->d.bfds[0].remote_state = BFD_UP;
	b->d.counters.bfd[BFD_TTL] = 77;
	check_has(dumped(b), "------< BFD Instances >------\n"
	    " BFD Instance = far\n   Neighbor IP = 10.9.0.2\n"
	    "   Source IP = none\n   Weight = -5 reverse\n   State = Init\n"
	    "   Remote state = Up\n   Diagnostic = 0\n"
	    "   Discriminator = 0x00001234\n"
	    "   Remote discriminator = 0x00000000\n");
	check_has(told, "   Packets refused: TTL or hop limit = 77\n"
	    "   Packets ignored: stopping = 0\n   Packets accepted = 0\n"
	    "   Packets sent = 1\n");
	check_has(told, "------< VRRP Track processes >------\n"
	    " Track process = process\n   Process = haproxy\n"
	    "   Min processes = 1\n");
	check_has(told, "   Fork delay = 1.5 sec\n"
	    "   Terminate delay = 0 sec\n   Weight = 4\n"
	    "   Current processes = 2\n   Status = ");
	check_has(told, " VRRP Script = check\n   Check = tcp");
	check_has(told, " VRRP Script = check2\n   Command = '/bin/check', "
	    "uid:gid 0:0\n");
}

int
main(void)
{
	test_backup();
	test_cause();
	test_active();
	test_waiting();
	test_ungrouped();
	test_resigned();
	test_owner();
	test_faults();
	test_dump();
	return check_end("explain");
}
