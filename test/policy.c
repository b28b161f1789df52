/* SPDX-License-Identifier: ISC */
/*
 * Goal: trackers, sync groups, notifications, announcements and reloads do what
 * protocol.md 2 says, to the line and to the microsecond, and what is odd (late
 * wake-ups, floods, a thousand instances, a reload in the middle of things)
 * breaks nothing.
 * Method: a daemon on a bench (core.h), as in router.c.  Each check builds the
 * smallest configuration that shows its point.
 */
#define VRRPD_PURE
#include "../vrrpd.c"

#include "check.h"
#include "core.h"

static struct bench bench, second;

/* The n-th advertisement since bench_watch as version 3 over IPv4 sums it. */
static bool
sum_is_plain(const struct bench *b, int n)
{
	const struct noted *noted = bench_find(b, EFFECT_SEND, n);

	return noted != NULL && checksum_finish(checksum_add(0,
	    noted->bytes + IP4_HEADER,
	    noted->effect.length - (size_t)IP4_HEADER)) == 0;
}

/* -- tracking scripts -- */

/* C-134, C-135: the first result decides; then rise and fall do. */
static void
check_rise_and_fall(void)
{
	struct bench *b = &bench;

	bench_conf(b, 1);
	bench_track(b, 0, TRACK_SCRIPT, 0, 0);
	b->scripts[0].rise = 2;
	b->scripts[0].fall = 3;
	bench_start(b);
	CHECK_INT(bench_count(b, EFFECT_RUN), 1);
	CHECK_INT(bench_find(b, EFFECT_RUN, 0)->effect.index, 0);
	CHECK_INT(bench_find(b, EFFECT_RUN, 0)->effect.value, 0);
	CHECK_INT(state(b, 0), VR_INIT);
	CHECK_INT(b->d.vrs[0].faults, FAULT_PENDING);
	bench_run(b, 500 * MS_US);
	CHECK_INT(bench_count(b, EFFECT_SEND), 0);
	bench_ended(b, 0, 0);			/* one is enough */
	CHECK_INT(state(b, 0), VR_BACKUP);
	beat(b, FAILED);
	beat(b, FAILED);
	CHECK_INT(state(b, 0), VR_BACKUP);
	beat(b, 0);			/* forgets the failures */
	beat(b, FAILED);
	beat(b, 2 << 8);
	CHECK(state(b, 0) != VR_FAULT);
	beat(b, SIGNAL_TERM);
	CHECK_INT(state(b, 0), VR_FAULT);
	CHECK_INT(b->d.vrs[0].faults, FAULT_TRACKED);
	beat(b, 0);
	CHECK_INT(state(b, 0), VR_FAULT);
	beat(b, FAILED);
	beat(b, 0);
	CHECK_INT(state(b, 0), VR_FAULT);
	beat(b, 0);
	CHECK_INT(state(b, 0), VR_BACKUP);
}

/* C-135, C-136: a first failure, and init_fail. */
static void
check_first_result(void)
{
	struct bench *b = &bench;

	bench_conf(b, 1);
	bench_track(b, 0, TRACK_SCRIPT, 0, 0);
	b->scripts[0].fall = 5;
	bench_start(b);
	bench_ended(b, 0, FAILED);
	CHECK_INT(state(b, 0), VR_FAULT);

	bench_conf(b, 1);
	bench_track(b, 0, TRACK_SCRIPT, 0, 0);
	b->scripts[0].init_fail = true;
	b->scripts[0].rise = 2;
	bench_start(b);
	CHECK_INT(state(b, 0), VR_FAULT);
	bench_ended(b, 0, 0);
	CHECK_INT(state(b, 0), VR_FAULT);
	beat(b, 0);
	CHECK_INT(state(b, 0), VR_BACKUP);
}

/* C-139: TERM at the timeout, KILL 2 s later, no second run beside it. */
static void
check_timeout(void)
{
	struct bench *b = &bench;
	uint32_t token;

	bench_conf(b, 1);
	bench_track(b, 0, TRACK_SCRIPT, 0, 0);
	b->scripts[0].timeout_us = 700000;
	bench_start(b);
	token = bench_find(b, EFFECT_RUN, 0)->effect.token;
	bench_run(b, 699999);
	CHECK_INT(bench_count(b, EFFECT_SIGNAL), 0);
	CHECK_INT(state(b, 0), VR_INIT);
	bench_run(b, 1);
	CHECK_INT(bench_count(b, EFFECT_SIGNAL), 1);
	CHECK_INT(bench_find(b, EFFECT_SIGNAL, 0)->effect.value, 15);
	CHECK_INT(bench_find(b, EFFECT_SIGNAL, 0)->effect.token, token);
	CHECK_INT(state(b, 0), VR_FAULT);
	bench_run(b, 1999999);
	CHECK_INT(bench_count(b, EFFECT_SIGNAL), 1);
	bench_run(b, 1);
	CHECK_INT(bench_count(b, EFFECT_SIGNAL), 2);
	CHECK_INT(bench_find(b, EFFECT_SIGNAL, 1)->effect.value, 9);
	CHECK_INT(bench_count(b, EFFECT_RUN), 1);
	bench_watch(b);
	b->mark = 0;
	bench_ended(b, 0, 9);			/* at last: 2.7 s */
	bench_watch(b);
	bench_run(b, 299999);
	CHECK_INT(bench_count(b, EFFECT_RUN), 0);
	bench_run(b, 1);			/* the next beat: 3 s */
	CHECK_INT(bench_count(b, EFFECT_RUN), 1);
	bench_ended(b, 0, 0);
	CHECK_INT(state(b, 0), VR_BACKUP);
	bench_watch(b);
	bench_run(b, 10 * SECOND_US);	/* one that never ends: KILL, KILL */
	CHECK_INT(bench_count(b, EFFECT_RUN), 1);
	CHECK(bench_count(b, EFFECT_SIGNAL) < 8);
}

/*
 * A check that ended while we slept is not overdue (C-139): it is judged only
 * when all that came before has been read.
 */
static void
check_slept(void)
{
	struct bench *b = &bench;
	struct event late = { .kind = EVENT_TIME, .drained = false };

	bench_conf(b, 1);
	bench_track(b, 0, TRACK_SCRIPT, 0, 0);
	b->scripts[0].timeout_us = 700000;
	bench_start(b);
	bench_ended(b, 0, 0);
	bench_watch(b);
	bench_run(b, 1100 * MS_US);
	CHECK_INT(bench_count(b, EFFECT_RUN), 1);
	b->now += 5 * SECOND_US;
	bench_feed(b, &late);
	bench_ended(b, 0, 0);
	bench_run(b, 0);
	CHECK_INT(bench_count(b, EFFECT_SIGNAL), 0);
	CHECK(state(b, 0) != VR_FAULT);
}

/* C-166, D-6: a script that cannot be run has failed, and says so once. */
static void
check_unusable(void)
{
	struct bench *b = &bench;

	bench_conf(b, 1);
	bench_track(b, 0, TRACK_SCRIPT, 0, 0);
	b->commands[0].path = NULL;
	b->commands[0].why = "no such file";
	bench_start(b);
	CHECK_INT(state(b, 0), VR_FAULT);
	bench_run(b, 10 * SECOND_US);
	CHECK_INT(bench_count(b, EFFECT_RUN), 0);
	CHECK_STR(bench_line(b, EFFECT_LOG, 0), "script check: cannot be run "
	    "and counts as failed: /bin/check: no such file");
}

/* C-137, C-138: weights, their reverse, and the limits. */
static void
check_weights(void)
{
	static const struct {
		int16_t weight;
		bool reverse;
		uint8_t base;
		int good, failed;
	} rows[] = {
		{ 20, false, 100, 120, 100 }, { -20, false, 100, 100, 80 },
		{ 20, true, 100, 80, 100 }, { -20, true, 100, 100, 120 },
		{ 253, false, 100, 254, 100 }, { -253, false, 100, 100, 1 },
		{ 20, false, 254, 254, 254 }, { -20, false, 255, 255, 255 },
	};
	struct bench *b = &bench;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		bench_conf(b, 1);
		b->vrs[0].priority = rows[i].base;
		bench_track(b, 0, TRACK_SCRIPT, 0, rows[i].weight);
		b->tracks[0][0].reverse = rows[i].reverse;
		bench_start(b);
		CHECK_INT(priority(b, 0), rows[i].base);
		CHECK(state(b, 0) == VR_BACKUP || rows[i].base == 255);
		bench_ended(b, 0, 0);
		CHECK_INT(priority(b, 0), rows[i].good);
		beat(b, FAILED);
		CHECK_INT(priority(b, 0), rows[i].failed);
	}
}

/* C-134, C-141: no weight, and reverse. */
static void
check_reverse_fault(void)
{
	struct bench *b = &bench;

	bench_conf(b, 1);
	bench_track(b, 0, TRACK_SCRIPT, 0, 0);
	b->tracks[0][0].reverse = true;
	bench_start(b);
	bench_ended(b, 0, 0);
	CHECK_INT(state(b, 0), VR_FAULT);
	beat(b, FAILED);
	CHECK_INT(state(b, 0), VR_BACKUP);

	bench_conf(b, 1);
	bench_track(b, 0, TRACK_INTERFACE, 1, 0);
	b->tracks[0][0].reverse = true;
	bench_start(b);
	CHECK_INT(state(b, 0), VR_FAULT);
	bench_link(b, 3, "eth1", IFF_UP, false);
	CHECK_INT(state(b, 0), VR_BACKUP);
}

/* C-141: tracked interfaces; IFF_UP alone is not up, absent is down. */
static void
check_track_interface(void)
{
	struct bench *b = &bench;

	bench_conf(b, 1);
	bench_track(b, 0, TRACK_INTERFACE, 1, 0);
	bench_start(b);
	CHECK_INT(state(b, 0), VR_BACKUP);
	bench_run(b, WAIT_DOWN);
	bench_watch(b);
	bench_link(b, 3, "eth1", IFF_UP, false);
	bench_run(b, 0);
	CHECK_INT(state(b, 0), VR_FAULT);
	CHECK_INT(bench_priority(b, 0), 0);	/* C-144 */
	bench_link(b, 3, "eth1", UP, false);
	CHECK_INT(state(b, 0), VR_BACKUP);
	bench_link(b, 3, "eth1", 0, true);
	CHECK_INT(state(b, 0), VR_FAULT);

	bench_conf(b, 1);
	bench_track(b, 0, TRACK_INTERFACE, 1, -30);
	bench_track(b, 0, TRACK_INTERFACE, 2, 7);	/* eth2 is absent */
	bench_start(b);
	CHECK_INT(priority(b, 0), 100);
	bench_link(b, 3, "eth1", IFF_UP, false);
	CHECK_INT(priority(b, 0), 70);
	bench_link(b, 5, "eth2", UP, false);
	CHECK_INT(priority(b, 0), 77);
}

/* C-140: tracked files. */
static void
check_track_file(void)
{
	struct bench *b = &bench;

	bench_conf(b, 1);
	bench_track(b, 0, TRACK_FILE, 0, 0);
	bench_start(b);
	CHECK_INT(state(b, 0), VR_INIT);
	bench_file(b, 0);
	CHECK_INT(state(b, 0), VR_BACKUP);
	bench_file(b, 1);
	CHECK_INT(state(b, 0), VR_FAULT);
	bench_file(b, 0);
	CHECK_INT(state(b, 0), VR_BACKUP);

	bench_conf(b, 1);
	bench_track(b, 0, TRACK_FILE, 0, 2);
	bench_start(b);
	CHECK_INT(state(b, 0), VR_BACKUP);
	bench_file(b, 10);
	CHECK_INT(priority(b, 0), 120);
	bench_file(b, 500);
	CHECK_INT(priority(b, 0), 254);
	bench_file(b, INT32_MAX);
	CHECK_INT(priority(b, 0), 254);
	bench_file(b, -126);
	CHECK_INT(priority(b, 0), 1);
	CHECK_INT(state(b, 0), VR_BACKUP);
	bench_file(b, -127);
	CHECK_INT(state(b, 0), VR_FAULT);
	bench_file(b, INT32_MIN);
	CHECK_INT(state(b, 0), VR_FAULT);
	bench_file(b, 0);
	CHECK_INT(state(b, 0), VR_BACKUP);
	b->tracks[0][0].reverse = true;
	bench_file(b, 10);
	CHECK_INT(priority(b, 0), 80);
}

/* interface_up_down_delays: what does not last does not count. */
static void
check_interface_delays(void)
{
	static const struct conf_delay delay = { 2 * SECOND_US, 3 * SECOND_US,
	    0 };
	struct bench *b = &bench;

	bench_conf(b, 1);
	b->conf.global.delays = &delay;
	b->conf.global.delay_count = 1;
	bench_start(b);
	CHECK_INT(state(b, 0), VR_BACKUP);
	bench_link(b, 2, "eth0", IFF_UP, false);
	bench_run(b, 2 * SECOND_US - 1);
	CHECK(state(b, 0) != VR_FAULT);
	bench_link(b, 2, "eth0", UP, false);	/* back in time */
	bench_run(b, 5 * SECOND_US);
	CHECK(state(b, 0) != VR_FAULT);
	bench_link(b, 2, "eth0", IFF_UP, false);
	bench_run(b, SECOND_US);
	bench_link(b, 2, "eth0", 0, false);	/* still down: no new delay */
	bench_run(b, SECOND_US);
	CHECK_INT(state(b, 0), VR_FAULT);
	bench_link(b, 2, "eth0", UP, false);
	bench_run(b, 3 * SECOND_US - 1);
	CHECK_INT(state(b, 0), VR_FAULT);
	bench_run(b, 1);
	CHECK(state(b, 0) != VR_FAULT);
	bench_link(b, 2, "eth0", 0, true);	/* gone is gone */
	CHECK_INT(state(b, 0), VR_FAULT);
}

/* Built-in checks: what is asked for, what its end means, what is said. */
static void
check_built_in(void)
{
	static const struct { uint16_t status; int32_t value; bool good; }
	    rows[] = {
		{ 0, FOUND_STATUS | 200 << 8, true },
		{ 0, FOUND_STATUS | 399 << 8, true },
		{ 0, FOUND_STATUS | 199 << 8, false },
		{ 0, FOUND_STATUS | 400 << 8, false },
		{ 404, FOUND_STATUS | 404 << 8, true },
		{ 404, FOUND_STATUS | 200 << 8, false },
		{ 0, FOUND_REFUSED, false }, { 0, FOUND_CLOSED, false },
	};
	struct bench *b = &bench;
	struct conf_check *conf = &b->scripts[0].check;
	const struct noted *run;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct conf_script script = { .check = { .kind = CHECK_HTTP,
		    .status = rows[i].status } };

		CHECK_INT(script_succeeds(&script, rows[i].value),
		    rows[i].good);
	}
	bench_conf(b, 1);
	bench_track(b, 0, TRACK_SCRIPT, 0, 0);
	*conf = (struct conf_check){ .kind = CHECK_HTTP, .port = 8080,
	    .ip = bench_ip("10.0.0.9"), .path = "/x", .interface = NONE };
	b->scripts[0].command = NONE;
	bench_start(b);
	CHECK_INT(bench_count(b, EFFECT_RUN), 0);
	run = bench_find(b, EFFECT_CHECK, 0);
	if (!CHECK(run != NULL))
		return;
	CHECK_INT(run->effect.index, CHECK_HTTP);
	CHECK_INT(run->effect.value, 8080);
	CHECK(ip_equal(&run->effect.destination, &conf->ip));
	CHECK(memcmp(run->bytes, "GET /x HTTP/1.1\r\n", 17) == 0);
	CHECK_INT(state(b, 0), VR_INIT);
	bench_feed(b, &(struct event){ .kind = EVENT_PROCESS,
	    .token = run->effect.token, .value = FOUND_STATUS | 200 << 8 });
	CHECK_INT(state(b, 0), VR_BACKUP);
	bench_watch(b);
	bench_run(b, SECOND_US);
	run = bench_find(b, EFFECT_CHECK, 0);
	if (!CHECK(run != NULL))
		return;
	bench_feed(b, &(struct event){ .kind = EVENT_PROCESS,
	    .token = run->effect.token, .value = FOUND_STATUS | 503 << 8 });
	bench_run(b, 0);
	CHECK_INT(state(b, 0), VR_FAULT);
	CHECK_STR(bench_line(b, EFFECT_LOG, 0),
	    "script check: failed: the status of the answer is 503");
	bench_watch(b);
	bench_run(b, SECOND_US);
	bench_run(b, SECOND_US);	/* it hangs: ended like a script */
	CHECK_INT(bench_count(b, EFFECT_SIGNAL), 1);
}

/* What /proc says of a process: its name, unless it has ended. */
static void
check_process_name(void)
{
	static const struct { const char *stat, *name; } rows[] = {
		{ "1 (init) S 0 1", "init" }, { "7 (a b) R 1", "a b" },
		{ "7 (a) b) S) S 1", "a) b) S" }, { "7 () S 1", "" },
		{ "7 (x) Z 1", NULL }, { "7 (x) X 1", NULL },
		{ "7 (x) ", NULL }, { "7 (x)", NULL }, { "7 x) S", NULL },
		{ "7 (x", NULL }, { "7 (", NULL }, { "", NULL },
		{ "7 (x) S", "x" }, { "7 (x) S )", NULL },
		{ "7 ( S 1", NULL }, { "7 (x)-S 1", NULL },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		size_t length = strlen(rows[i].stat), got = 0;
		char *copy = malloc(length + 1);	/* for the sanitizer */
		const char *name;

		memcpy(copy, rows[i].stat, length);
		name = process_name(copy, length, &got);
		CHECK((name == NULL) == (rows[i].name == NULL));
		if (name != NULL && rows[i].name != NULL)
			CHECK(got == strlen(rows[i].name) &&
			    memcmp(name, rows[i].name, got) == 0);
		free(copy);
	}
}

/* Which processes a vrrp_track_process is about. */
static void
check_process_matches(void)
{
#define WORDS(text)	text, sizeof(text)
	static const struct {
		const char	*words;
		size_t		length;
		int		match;
		bool		full;
		const char	*text;
		size_t		text_length;
		bool		yes;
	} rows[] = {
		{ WORDS("haproxy"), PARAMS_ANY, false, "haproxy", 7, true },
		{ WORDS("haproxy"), PARAMS_ANY, false, "haprox", 6, false },
		{ WORDS("haproxy"), PARAMS_ANY, false, "haproxyd", 8, false },
		{ WORDS("haproxy"), PARAMS_ANY, false, "haproxx", 7, false },
		{ WORDS("0123456789abcdef"), PARAMS_ANY, false,
		  "0123456789abcde", 15, true },
		{ WORDS("0123456789abcde"), PARAMS_ANY, false,
		  "0123456789abcdef", 16, true },
		{ WORDS("0123456789abcd"), PARAMS_ANY, false,
		  "0123456789abcde", 15, false },
		{ WORDS("x\0-f"), PARAMS_PARTIAL, false, "x\0-f", 2, false },
		{ WORDS("0123456789abcdefgh"), PARAMS_ANY, false,
		  "0123456789abcde", 15, true },
		{ WORDS("0123456789abcde"), PARAMS_ANY, false,
		  "0123456789abcd", 14, false },
		{ WORDS("/x"), PARAMS_ANY, true, WORDS("/x\0-a"), true },
		{ WORDS("/x"), PARAMS_ANY, true, WORDS("/xy"), false },
		{ WORDS("/x"), PARAMS_EXACT, false, WORDS("/x"), true },
		{ WORDS("/x"), PARAMS_EXACT, false, WORDS("/x\0-a"), false },
		{ WORDS("x\0-f"), PARAMS_EXACT, false, WORDS("x\0-f"), true },
		{ WORDS("x\0-f"), PARAMS_EXACT, false, WORDS("x"), false },
		{ WORDS("x\0-f"), PARAMS_PARTIAL, false, WORDS("x\0-f\0b"),
		  true },
		{ WORDS("x\0-f"), PARAMS_PARTIAL, false, WORDS("x\0-fb"),
		  false },
		{ WORDS("x\0-f"), PARAMS_INITIAL, false, WORDS("x\0-fb\0c"),
		  true },
		{ WORDS("x\0-f"), PARAMS_INITIAL, false, WORDS("x\0-g"),
		  false },
		{ WORDS("x\0-f"), PARAMS_INITIAL, false, "", 0, false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct conf_process conf = { .words = rows[i].words,
		    .length = (uint16_t)rows[i].length,
		    .param_match = (uint8_t)rows[i].match,
		    .full_command = rows[i].full };

		if (!CHECK(process_matches(&conf, rows[i].text,
		    rows[i].text_length) == rows[i].yes))
			printf("\trow %zu\n", i);
	}
}

/* Tracked processes: quorums, and delays that a bounce does not outlast. */
static void
check_track_process(void)
{
	struct bench *b = &bench;
	struct conf_process *conf = &b->processes[0];

	bench_conf(b, 1);
	bench_track(b, 0, TRACK_PROCESS, 0, 0);
	conf->quorum = 2;
	conf->quorum_max = 3;
	bench_start(b);
	CHECK_INT(state(b, 0), VR_INIT);
	bench_count_processes(b, 2);
	CHECK_INT(state(b, 0), VR_BACKUP);
	bench_count_processes(b, 1);
	CHECK_INT(state(b, 0), VR_FAULT);
	bench_count_processes(b, 3);
	CHECK_INT(state(b, 0), VR_BACKUP);
	bench_count_processes(b, 4);
	CHECK_INT(state(b, 0), VR_FAULT);
	bench_count_processes(b, 3);
	CHECK_INT(state(b, 0), VR_BACKUP);

	bench_conf(b, 1);
	bench_track(b, 0, TRACK_PROCESS, 0, 7);
	conf->fork_delay_us = 2 * SECOND_US;
	conf->terminate_delay_us = 3 * SECOND_US;
	bench_start(b);
	bench_count_processes(b, 0);	/* the first one decides at once */
	CHECK_INT(state(b, 0), VR_BACKUP);
	CHECK_INT(priority(b, 0), 100);
	bench_count_processes(b, 1);
	bench_run(b, SECOND_US);
	bench_count_processes(b, 2);	/* more of the same: no new delay */
	bench_run(b, SECOND_US - 1);
	CHECK_INT(priority(b, 0), 100);
	bench_run(b, 1);
	CHECK_INT(priority(b, 0), 107);
	bench_count_processes(b, 0);
	bench_run(b, 3 * SECOND_US - 1);
	CHECK_INT(priority(b, 0), 107);
	bench_count_processes(b, 1);	/* it was restarted */
	bench_run(b, 5 * SECOND_US);
	CHECK_INT(priority(b, 0), 107);
	bench_count_processes(b, 0);
	bench_run(b, SECOND_US);
	bench_count_processes(b, 0);	/* the same told again */
	CHECK_INT(priority(b, 0), 107);
	bench_run(b, 2 * SECOND_US);
	CHECK_INT(priority(b, 0), 100);

	bench_conf(b, 1);
	bench_track(b, 0, TRACK_PROCESS, 0, 0);
	conf->quorum_max = 0;		/* none may run */
	bench_start(b);
	bench_count_processes(b, 0);
	CHECK_INT(state(b, 0), VR_BACKUP);
	bench_count_processes(b, 1);
	CHECK_INT(state(b, 0), VR_FAULT);
	bench_watch(b);
	bench_feed(b, &(struct event){ .kind = EVENT_COUNT, .index = 1 });
	CHECK_INT(state(b, 0), VR_FAULT);
}

/* A reload forgets neither the count nor a delay that runs. */
static void
check_track_process_reload(void)
{
	static struct bench next;
	struct bench *b = &bench;

	for (int changed = 0; changed < 2; changed++) {
		bench_conf(b, 1);
		bench_track(b, 0, TRACK_PROCESS, 0, 7);
		b->processes[0].terminate_delay_us = 3 * SECOND_US;
		bench_start(b);
		bench_count_processes(b, 1);
		CHECK_INT(priority(b, 0), 107);
		bench_count_processes(b, 0);
		bench_run(b, SECOND_US);
		bench_conf(&next, 1);
		bench_track(&next, 0, TRACK_PROCESS, 0, 7);
		if (changed)
			next.processes[0].words = "another";
		bench_reload(b, &next);
		CHECK_INT(next.d.processes[0].status, changed ?
		    CHECK_PENDING : CHECK_GOOD);
		CHECK_INT(priority(&next, 0), changed ? 100 : 107);
		bench_run(&next, 2 * SECOND_US);
		CHECK_INT(priority(&next, 0), 100);
	}
}

/* C-142: a Backup's timer moves with the priority, and is not restarted. */
static void
check_priority_moves_timer(void)
{
	struct bench *b = &bench;
	usec_t before;

	bench_conf(b, 1);
	bench_track(b, 0, TRACK_INTERFACE, 1, -50);
	bench_start(b);
	bench_run(b, 2 * SECOND_US);
	before = b->d.vrs[0].machine.timer;
	bench_link(b, 3, "eth1", IFF_UP, false);
	CHECK_INT(b->d.vrs[0].machine.timer, before + 206 * SECOND_US / 256 -
	    156 * SECOND_US / 256);
	bench_run(b, 1609 * MS_US + 190 * MS_US);
	CHECK_INT(state(b, 0), VR_BACKUP);
	bench_run(b, 10 * MS_US);
	CHECK_INT(state(b, 0), VR_MASTER);
	bench_link(b, 3, "eth1", UP, false);
	bench_watch(b);
	bench_run(b, SECOND_US);
	CHECK_INT(bench_priority(b, 0), 100);

	bench_conf(b, 1);		/* sooner than now: at once, once */
	bench_track(b, 0, TRACK_FILE, 0, 1);
	b->vrs[0].priority = 1;
	bench_start(b);
	bench_run(b, 3500 * MS_US);
	bench_file(b, 252);
	CHECK_INT(state(b, 0), VR_MASTER);
}

/* C-143: FAULT ends when the last of its reasons does. */
static void
check_fault_reasons(void)
{
	struct bench *b = &bench;

	bench_conf(b, 1);
	bench_track(b, 0, TRACK_FILE, 0, 0);
	bench_track(b, 0, TRACK_INTERFACE, 1, 0);
	bench_start(b);
	bench_file(b, 3);
	bench_link(b, 3, "eth1", 0, false);
	bench_link(b, 2, "eth0", IFF_UP, false);
	bench_address(b, 2, "10.0.0.1", 24, 0, true);
	CHECK_INT(b->d.vrs[0].faults, FAULT_TRACKED | FAULT_INTERFACE_DOWN |
	    FAULT_NO_ADDRESS);
	bench_file(b, 0);
	CHECK(b->d.vrs[0].faults & FAULT_TRACKED);
	bench_link(b, 3, "eth1", UP, false);
	CHECK_INT(b->d.vrs[0].faults, FAULT_INTERFACE_DOWN | FAULT_NO_ADDRESS);
	bench_link(b, 2, "eth0", UP, false);
	CHECK_INT(state(b, 0), VR_FAULT);
	bench_address(b, 2, "10.0.0.9", 24, 0, false);
	CHECK_INT(state(b, 0), VR_BACKUP);
	bench_run(b, 3609374);		/* a whole down interval */
	CHECK_INT(state(b, 0), VR_BACKUP);
	bench_run(b, 1);
	CHECK_INT(state(b, 0), VR_MASTER);
}

/* -- sync groups -- */

/* C-135, C-147: one that waits makes all wait, one at fault faults all. */
static void
check_group_faults(void)
{
	struct bench *b = &bench;

	bench_conf_group(b, 3);
	bench_track(b, 2, TRACK_SCRIPT, 0, 0);
	bench_track(b, 1, TRACK_FILE, 0, 0);
	b->scripts[0].interval_us = 4294000000U;
	bench_start(b);
	CHECK_INT(state(b, 0), VR_INIT);
	CHECK_INT(b->d.vrs[0].faults, FAULT_GROUP_PENDING);
	bench_file(b, 0);
	CHECK_INT(state(b, 0), VR_INIT);
	bench_ended(b, 0, 0);
	for (int i = 0; i < 3; i++)
		CHECK_INT(state(b, i), VR_BACKUP);
	bench_run(b, 2 * WAIT_DOWN);
	for (int i = 0; i < 3; i++)
		CHECK_INT(state(b, i), VR_MASTER);
	bench_watch(b);
	bench_file(b, 1);
	for (int i = 0; i < 3; i++) {
		CHECK_INT(state(b, i), VR_FAULT);
		CHECK_INT(bench_priority(b, i), 0);
	}
	CHECK_INT(bench_count(b, EFFECT_SEND), 3);
	CHECK_INT(bench_count(b, EFFECT_NETLINK), 3);
	bench_link(b, 2, "eth0", IFF_UP, false);
	bench_file(b, 0);
	CHECK_INT(state(b, 1), VR_FAULT);
	bench_link(b, 2, "eth0", UP, false);
	for (int i = 0; i < 3; i++)
		CHECK_INT(state(b, i), VR_BACKUP);
}

/* C-145, C-147, C-150: what a group's FIFO lines say, and when. */
static void
check_group_lines(void)
{
	static const char *const lines[] = {
		"INSTANCE \"VI_1\" BACKUP 100", "INSTANCE \"VI_2\" BACKUP 100",
		"GROUP \"G\" BACKUP 0",
		"INSTANCE \"VI_2\" MASTER 100", "INSTANCE \"VI_1\" MASTER 100",
		"GROUP \"G\" MASTER 0",
		"INSTANCE \"VI_2\" BACKUP 100", "INSTANCE \"VI_1\" BACKUP 100",
		"GROUP \"G\" BACKUP 0",
		"INSTANCE \"VI_1\" FAULT 100", "INSTANCE \"VI_2\" FAULT 100",
		"GROUP \"G\" FAULT 0", "" };
	struct bench *b = &bench;

	bench_conf_group(b, 2);
	bench_track(b, 1, TRACK_FILE, 0, 0);
	b->conf.global.fifo[0].path = "/fifo";
	b->vrs[1].interval_us = 2000000;
	bench_start(b);
	bench_file(b, 0);
	bench_run(b, 4 * WAIT_DOWN);
	CHECK_INT(state(b, 0), VR_MASTER);
	bench_advert(b, 1, 2, 200);
	bench_link(b, 2, "eth0", IFF_UP, false);
	bench_run(b, 0);
	for (size_t i = 0; i < COUNT_OF(lines); i++)
		CHECK_STR(bench_line(b, EFFECT_FIFO, (int)i), lines[i]);
}

/* An owner among others starts as Backup; owners alone as Active (D-3). */
static void
check_group_owners(void)
{
	struct bench *b = &bench;

	for (int owners = 1; owners <= 2; owners++) {
		bench_conf_group(b, 2);
		b->vrs[0].priority = 255;
		b->vrs[1].priority = owners == 2 ? 255 : 100;
		bench_start(b);
		CHECK_INT(state(b, 0), owners == 2 ? VR_MASTER : VR_BACKUP);
		CHECK_INT(state(b, 1), owners == 2 ? VR_MASTER : VR_BACKUP);
		bench_run(b, 2 * WAIT_DOWN);
		CHECK_INT(state(b, 0), VR_MASTER);
		CHECK_INT(state(b, 1), VR_MASTER);
	}
}

/* C-089: a weaker one on one member makes all members announce. */
static void
check_group_weaker(void)
{
	struct bench *b = &bench;

	bench_conf_group(b, 2);
	bench_start(b);
	bench_run(b, 20 * SECOND_US);
	bench_watch(b);
	bench_advert(b, 0, 2, 50);
	CHECK_INT(bench_count(b, EFFECT_SEND), 1);
	CHECK_INT(bench_count(b, EFFECT_ETHERNET), 4);
}

/*
 * T5 in a group: however many of its members hear a weaker one, each announces
 * once a second, and so it is again a second later.
 */
static void
check_group_weaker_often(void)
{
	struct bench *b = &bench;

	bench_conf_group(b, 4);
	for (int i = 0; i < 4; i++)
		b->vrs[i].garp_lower_prio_delay_us = 0;
	bench_start(b);
	bench_run(b, 20 * SECOND_US);
	for (int n = 1; n <= 2; n++) {
		bench_watch(b);
		for (uint16_t i = 0; i < 4; i++) {
			bench_advert(b, i, 2, 50);
			bench_run(b, 249 * MS_US);
		}
		CHECK_INT(bench_count(b, EFFECT_ETHERNET), 8);
		bench_run(b, 4 * MS_US);
	}
}

/* C-152 in a group: the group asks for the lines of its members. */
static void
check_priority_lines(void)
{
	struct bench *b = &bench;

	for (int group = 0; group < 2; group++) {
		bench_conf(b, 1);
		if (group)
			bench_group(b, 1);
		b->groups[0].notify_priority_changes = group != 0;
		b->vrs[0].notify_priority_changes = group == 0;
		b->conf.global.fifo[0].path = "/fifo";
		bench_track(b, 0, TRACK_FILE, 0, 1);
		bench_start(b);
		bench_watch(b);
		bench_file(b, 10);
		CHECK_STR(bench_line(b, EFFECT_FIFO, 0),
		    "INSTANCE \"VI_1\" BACKUP_PRIORITY 110");
		bench_run(b, WAIT_DOWN);
		bench_watch(b);
		bench_file(b, 20);
		bench_file(b, 20);
		CHECK_STR(bench_line(b, EFFECT_FIFO, 0),
		    "INSTANCE \"VI_1\" MASTER_PRIORITY 120");
		CHECK_INT(bench_count(b, EFFECT_FIFO), 1);
	}
}

/* -- who is told -- */

/* C-148, C-149: two scripts a change, the state's first, one at a time. */
static void
check_notify_order(void)
{
	static const char arguments[] = "INSTANCE\0VI_1\0BACKUP\000100";
	struct bench *b = &bench;
	const struct noted *run;

	bench_conf(b, 1);
	b->vrs[0].notify = &b->notify[0];
	b->notify[0].command[NOTIFY_BACKUP] = 3;
	b->notify[0].command[NOTIFY_MASTER] = 2;
	b->notify[0].command[NOTIFY_ANY] = 4;
	bench_start(b);
	CHECK_INT(bench_count(b, EFFECT_RUN), 1);
	run = bench_find(b, EFFECT_RUN, 0);
	CHECK_INT(run->effect.index, 3);
	CHECK_INT(run->effect.length, 0);
	CHECK_INT(run->effect.value, 1);
	bench_ended(b, 0, 0);
	run = bench_find(b, EFFECT_RUN, 1);
	CHECK(run != NULL && run->effect.index == 4);
	CHECK_INT(run->effect.length, sizeof(arguments));
	CHECK_BYTES(run->bytes, arguments, sizeof(arguments));
	bench_run(b, WAIT_DOWN);		/* MASTER waits for it */
	CHECK_INT(state(b, 0), VR_MASTER);
	CHECK_INT(bench_count(b, EFFECT_RUN), 2);
	bench_ended(b, 1, 0);
	CHECK_INT(bench_find(b, EFFECT_RUN, 2)->effect.index, 2);
	bench_ended(b, 2, FAILED);
	CHECK_INT(bench_find(b, EFFECT_RUN, 3)->effect.index, 4);
	bench_ended(b, 3, 0);
	bench_run(b, 60 * SECOND_US);
	CHECK_INT(bench_count(b, EFFECT_RUN), 4);
}

/* C-148: a group's arguments; its priority is 0. */
static void
check_notify_group(void)
{
	static const char arguments[] = "GROUP\0G\0BACKUP\0000";
	struct bench *b = &bench;

	bench_conf_group(b, 1);
	b->groups[0].notify = &b->notify[0];
	b->notify[0].command[NOTIFY_ANY] = 4;
	bench_start(b);
	CHECK_INT(bench_count(b, EFFECT_RUN), 1);
	CHECK_INT(bench_find(b, EFFECT_RUN, 0)->effect.length,
	    sizeof(arguments));
	CHECK_BYTES(bench_find(b, EFFECT_RUN, 0)->bytes, arguments,
	    sizeof(arguments));
}

/* C-149 as decided: a hung one holds up the next for 10 s; newest is kept. */
static void
check_notify_hang(void)
{
	struct bench *b = &bench;
	const struct noted *last = NULL;

	bench_conf(b, 1);
	b->vrs[0].notify = &b->notify[0];
	b->notify[0].command[NOTIFY_ANY] = 4;
	bench_track(b, 0, TRACK_FILE, 0, 0);
	bench_start(b);
	bench_file(b, 0);
	CHECK_INT(bench_count(b, EFFECT_RUN), 1);
	for (int i = 0; i < 20; i++) {
		bench_file(b, 1);
		bench_file(b, 0);
	}
	bench_file(b, 1);
	bench_run(b, 9999 * MS_US);
	CHECK_INT(bench_count(b, EFFECT_RUN), 1);
	bench_run(b, 1 * MS_US);
	CHECK_INT(bench_count(b, EFFECT_RUN), 2);
	bench_ended(b, 0, 0);	/* the hung one, at last: nobody waits for it */
	CHECK_INT(bench_count(b, EFFECT_RUN), 2);
	for (int i = 1; i < 9; i++)
		bench_ended(b, i, 0);
	CHECK_INT(bench_count(b, EFFECT_RUN), 1 + NOTICES_MAX);
	last = bench_find(b, EFFECT_RUN, NOTICES_MAX);
	CHECK_STR((const char *)last->bytes + 14, "FAULT");
	CHECK_STR((const char *)bench_find(b, EFFECT_RUN, NOTICES_MAX - 1)
	    ->bytes + 14, "BACKUP");
}

/* C-150, C-154: lines at the start and after; an owner's first is MASTER. */
static void
check_fifo_lines(void)
{
	static const char *const lines[] = {
		"INSTANCE \"VI_1\" MASTER 255", "INSTANCE \"VI_2\" BACKUP 100",
		"INSTANCE \"VI_3\" FAULT 100", "INSTANCE \"VI_2\" MASTER 100",
		"INSTANCE \"VI_2\" BACKUP 100", "" };
	struct bench *b = &bench;

	bench_conf(b, 3);
	b->vrs[0].priority = 255;
	b->vrs[2].interface = 2;
	b->conf.global.fifo[0].path = "/fifo";
	b->conf.global.fifo[1].path = "/fifo2";
	bench_start(b);
	bench_run(b, WAIT_DOWN);
	bench_advert(b, 1, 2, 200);
	for (size_t i = 0; i < COUNT_OF(lines); i++)
		CHECK_STR(bench_line(b, EFFECT_FIFO, (int)i), lines[i]);
	CHECK_INT(bench_count(b, EFFECT_FIFO), 10);	/* both get all */
	bench_begin(b, 1);
	CHECK_INT(bench_count(b, EFFECT_FIFO), 0);
}

/* C-149: a FAULT whose reason gives way to a pending check is told once. */
static void
check_told_once(void)
{
	struct bench *b = &bench;

	bench_conf(b, 1);
	bench_track(b, 0, TRACK_SCRIPT, 0, 0);
	b->conf.global.fifo[0].path = "/fifo";
	bench_start(b);
	bench_link(b, 2, "eth0", IFF_UP, false);
	CHECK_INT(state(b, 0), VR_FAULT);
	bench_link(b, 2, "eth0", UP, false);
	CHECK_INT(state(b, 0), VR_INIT);
	bench_ended(b, 0, FAILED);
	CHECK_INT(state(b, 0), VR_FAULT);
	CHECK_STR(bench_line(b, EFFECT_FIFO, 0), "INSTANCE \"VI_1\" FAULT 100");
	CHECK_STR(bench_line(b, EFFECT_FIFO, 1), "");
	beat(b, 0);
	CHECK_INT(state(b, 0), VR_BACKUP);
	CHECK_STR(bench_line(b, EFFECT_FIFO, 0),
	    "INSTANCE \"VI_1\" BACKUP 100");
}

/* Wakes at a moment, all that came before being read. */
static void
wake_at(struct bench *b, usec_t now)
{
	struct event event = { .kind = EVENT_TIME, .drained = true };

	b->now = now;
	bench_feed(b, &event);
	bench_note(b);
}

/* notify_deleted with a script: it runs, then the generic one. */
static void
check_deleted_script(void)
{
	struct bench *b = &bench, *next = &second;

	bench_conf(b, 2);
	b->vrs[1].notify = &b->notify[1];
	b->vrs[1].notify_deleted = true;
	b->notify[1].command[NOTIFY_DELETED] = 5;
	b->notify[1].command[NOTIFY_FAULT] = 6;
	b->notify[1].command[NOTIFY_ANY] = 7;
	bench_start(b);
	bench_run(b, WAIT_DOWN);
	bench_ended(b, 0, 0);
	bench_ended(b, 1, 0);
	bench_watch(b);
	bench_conf(next, 1);
	bench_reload(b, next);
	CHECK_INT(bench_count(b, EFFECT_RUN), 2);
	CHECK_INT(bench_find(b, EFFECT_RUN, 0)->effect.index, 5);
	CHECK_INT(bench_find(b, EFFECT_RUN, 1)->effect.index, 7);
}

/* fifo_write_vrrp_states_on_reload: the states again, and nothing else. */
static void
check_states_on_reload(void)
{
	struct bench *b = &bench, *next = &second;

	bench_conf(b, 2);
	bench_group(b, 1);
	bench_start(b);
	bench_run(b, WAIT_DOWN);
	bench_conf(next, 2);
	bench_group(next, 1);
	next->conf.global.fifo[0].path = "/fifo";
	next->conf.global.fifo_states_on_reload = true;
	bench_reload(b, next);
	CHECK_INT(bench_count(next, EFFECT_FIFO), 3);
	CHECK_STR(bench_line(next, EFFECT_FIFO, 0),
	    "INSTANCE \"VI_1\" MASTER 100");
	CHECK_STR(bench_line(next, EFFECT_FIFO, 2), "GROUP \"G\" MASTER 0");
	bench_conf(b, 2);
	bench_group(b, 1);
	b->conf.global.fifo[0].path = "/fifo";
	bench_reload(next, b);
	CHECK_INT(bench_count(b, EFFECT_FIFO), 0);
}

/*
 * timer_expired_backup: an Active that slept over the down interval of a router
 * of that priority yields; one microsecond less and it goes on (protocol 2.2).
 */
static void
check_stalled(void)
{
	struct bench *b = &bench;

	for (int version = 2; version <= 3; version++) {
		for (int late = 0; late <= 1; late++) {
			bench_conf(b, 2);
			b->vrs[0].version = b->vrs[1].version =
			    (uint8_t)version;
			b->vrs[0].interval_us = b->vrs[1].interval_us =
			    2000000;
			b->vrs[0].no_preempt = true;
			b->vrs[0].expired_backup = 192;	/* 64/256 */
			bench_start(b);
			bench_run(b, 20 * SECOND_US);
			CHECK_INT(state(b, 0), VR_MASTER);
			bench_watch(b);
			wake_at(b, b->d.vrs[0].machine.timer + 4 * SECOND_US +
			    (version == 2 ? SECOND_US : 2 * SECOND_US) / 4 +
			    late);
			CHECK_INT(state(b, 0), late ? VR_BACKUP : VR_MASTER);
			CHECK_INT(state(b, 1), VR_MASTER);
			if (late)
				CHECK_STR(bench_line(b, EFFECT_LOG, 0), "VI_1: "
				    "MASTER -> BACKUP: stalled for too long");
		}
	}
}

/* The members of a group follow one that was stalled. */
static void
check_stalled_group(void)
{
	struct bench *b = &bench;

	bench_conf_group(b, 2);
	b->vrs[0].no_preempt = true;
	b->vrs[0].expired_backup = 254;
	bench_start(b);
	bench_run(b, 2 * WAIT_DOWN);
	CHECK_INT(state(b, 1), VR_MASTER);
	wake_at(b, b->now + 60 * SECOND_US);
	CHECK_INT(state(b, 0), VR_BACKUP);
	CHECK_INT(state(b, 1), VR_BACKUP);
}

/* C-151: a weaker one: line and script, once a second at most (T5). */
static void
check_lower_priority_line(void)
{
	struct bench *b = &bench;

	bench_conf(b, 1);
	b->vrs[0].notify = &b->notify[0];
	b->notify[0].command[NOTIFY_MASTER_RX_LOWER_PRI] = 5;
	b->conf.global.fifo[0].path = "/fifo";
	bench_start(b);
	bench_run(b, WAIT_DOWN);
	bench_watch(b);
	for (int i = 0; i < 50; i++)
		bench_advert(b, 0, 2, 50);
	CHECK_STR(bench_line(b, EFFECT_FIFO, 0),
	    "INSTANCE \"VI_1\" MASTER_RX_LOWER_PRI 100");
	CHECK_INT(bench_count(b, EFFECT_FIFO), 1);
	CHECK_INT(bench_count(b, EFFECT_RUN), 1);
	CHECK_INT(bench_find(b, EFFECT_RUN, 0)->effect.index, 5);
	CHECK_INT(bench_find(b, EFFECT_RUN, 0)->effect.length, 0);
	CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_lower_received), 50);
	bench_ended(b, 0, 0);
	bench_run(b, SECOND_US);
	bench_watch(b);
	bench_advert(b, 0, 2, 50);
	CHECK_INT(bench_count(b, EFFECT_FIFO), 2);
	CHECK_STR(bench_line(b, EFFECT_FIFO, 1),
	    "INSTANCE \"VI_1\" MASTER_RX_LOWER_PRI 100");
	CHECK_INT(bench_count(b, EFFECT_RUN), 1);
}

/* While a command hangs, one piece of news of a weaker one waits, not more. */
static void
check_lower_priority_once(void)
{
	struct bench *b = &bench;

	bench_conf(b, 1);
	b->vrs[0].notify = &b->notify[0];
	b->notify[0].command[NOTIFY_MASTER_RX_LOWER_PRI] = 5;
	bench_start(b);
	bench_run(b, WAIT_DOWN);
	bench_watch(b);
	for (int i = 0; i < 3; i++) {
		bench_advert(b, 0, 2, 50);
		bench_run(b, SECOND_US);
	}
	CHECK_INT(bench_count(b, EFFECT_RUN), 1);
	CHECK_INT(b->d.notifiers[0].count, 1);
}

/* Commands that hang lose no state to the news of a weaker one. */
static void
check_lower_priority_waits(void)
{
	struct bench *b = &bench;
	int runs[8] = { 0 };

	bench_conf(b, 1);
	b->vrs[0].notify = &b->notify[0];
	b->notify[0].command[NOTIFY_BACKUP] = 2;
	b->notify[0].command[NOTIFY_MASTER] = 3;
	b->notify[0].command[NOTIFY_ANY] = 4;
	b->notify[0].command[NOTIFY_MASTER_RX_LOWER_PRI] = 5;
	bench_watch(b);
	bench_start(b);
	for (int i = 0; i < 60; i++) {
		bench_run(b, SECOND_US);
		bench_advert(b, 0, 2, 50);
	}
	for (int n = 0; bench_find(b, EFFECT_RUN, n) != NULL; n++)
		runs[bench_find(b, EFFECT_RUN, n)->effect.index]++;
	CHECK_INT(runs[2], 1);
	CHECK_INT(runs[3], 1);
	CHECK_INT(runs[4], 2);
	CHECK(runs[5] > 0);
}

/*
 * One advertisement of a weaker router may have crossed ours; one that goes on
 * for half an interval is a conflict: told at once, and after 1 and 4 minutes,
 * and shown until three intervals and seconds passed without it.
 */
static void
check_conflict(void)
{
	struct bench *b = &bench;
	struct vr *vr;

	bench_conf(b, 1);
	b->conf.global.fifo[0].path = "/fifo";
	bench_start(b);
	vr = &b->d.vrs[0];
	bench_run(b, WAIT_DOWN);
	bench_watch(b);
	bench_advert(b, 0, 2, 50);
	bench_run(b, 500 * MS_US - 1);
	bench_advert(b, 0, 2, 50);
	CHECK(!vr_has_conflict(vr, b->now));
	CHECK_STR(bench_line(b, EFFECT_LOG, 0), "");
	bench_run(b, 1);
	bench_advert(b, 0, 2, 50);
	CHECK(vr_has_conflict(vr, b->now));
	CHECK_STR(bench_line(b, EFFECT_LOG, 0), "VI_1: conflict: 10.0.0.2 is "
	    "MASTER too, and does not yield to us (for 0.5 s)");
	CHECK_STR(bench_line(b, EFFECT_FIFO, 1),
	    "INSTANCE \"VI_1\" MASTER_CONFLICT 100");
	CHECK_INT(*counter_of(&b->d, vr, COUNT_conflicts), 1);
	for (int s = 1; s <= 400; s++) {
		bench_run(b, SECOND_US);
		bench_advert(b, 0, 2, 50);
		CHECK_INT(*counter_of(&b->d, vr, COUNT_conflicts),
		    1 + (s >= 60) + (s >= 240));
	}
	bench_run(b, 6 * SECOND_US);
	CHECK(vr_has_conflict(vr, b->now));
	bench_run(b, 1);
	CHECK(!vr_has_conflict(vr, b->now));
	/* it begins anew, and a change of state ends it */
	bench_advert(b, 0, 2, 50);
	CHECK_INT(*counter_of(&b->d, vr, COUNT_conflicts), 3);
	bench_run(b, SECOND_US);
	bench_advert(b, 0, 2, 50);
	CHECK_INT(*counter_of(&b->d, vr, COUNT_conflicts), 4);
	bench_advert(b, 0, 2, 150);
	CHECK(!vr_has_conflict(vr, b->now));
	/* a claim of the address is a sign as well */
	bench_run(b, 2 * WAIT_DOWN);
	CHECK_INT(state(b, 0), VR_MASTER);
	bench_watch(b);
	vr_conflict_seen(&b->d, vr, b->now);
	bench_run(b, SECOND_US);
	vr_conflict_seen(&b->d, vr, b->now);
	bench_note(b);
	CHECK_STR(bench_line(b, EFFECT_LOG, 0), "VI_1: conflict: another "
	    "machine has our addresses (for 1 s)");
	CHECK_INT(*counter_of(&b->d, vr, COUNT_conflicts), 5);
	/* three intervals and seconds are not over at their end; nobody was
	   heard in the first seconds */
	vr->conflict_at = b->now - conflict_span(vr);
	vr->conflict_since = b->now - 60 * SECOND_US;
	vr->last_advert = b->now - conflict_span(vr);
	bench_watch(b);
	vr_conflict_seen(&b->d, vr, b->now);
	bench_note(b);
	CHECK_INT(*counter_of(&b->d, vr, COUNT_conflicts), 6);
	CHECK_INT(vr->conflicts_told, 2);
	CHECK(strstr(bench_line(b, EFFECT_LOG, 0), "10.0.0.2 is MASTER too") !=
	    NULL);
	vr->conflict_since = b->now - 240 * SECOND_US;
	vr->active.family = 0;
	bench_watch(b);
	vr_conflict_seen(&b->d, vr, b->now);
	bench_note(b);
	CHECK(strstr(bench_line(b, EFFECT_LOG, 0), "another machine") != NULL);
	/* a sign every two seconds is one conflict at any interval */
	b->vrs[0].version = 3;
	vr->machine.interval_us = 10000;
	vr->conflict_at = LONG_AGO;
	*counter_of(&b->d, vr, COUNT_conflicts) = 0;
	for (int i = 0; i < 50; i++)
		vr_conflict_seen(&b->d, vr, b->now + 2 * i * SECOND_US);
	CHECK_INT(*counter_of(&b->d, vr, COUNT_conflicts), 2);
}

/*
 * A conflict that nobody mends, a sign every five seconds for two months: told
 * after half an interval, 1, 4, 16 minutes and so on to eleven days, and from
 * then on every eleven days; a change of state ends it at once.
 */
static void
check_conflict_lasts(void)
{
	struct bench *b = &bench;
	const usec_t eleven_days = (usec_t)983040 * SECOND_US;
	usec_t start, due = 5 * SECOND_US, pause = 15 * SECOND_US;
	struct vr *vr;
	uint32_t count = 0;

	bench_begin(b, 1);
	vr = &b->d.vrs[0];
	bench_run(b, WAIT_DOWN);
	start = b->now;
	for (int i = 0; i < 1000000; i++) {
		usec_t at = (usec_t)i * 5 * SECOND_US;

		if (at >= due) {
			count++;
			pause = pause < eleven_days ? 4 * pause : pause;
			due = count <= 8 ? pause : due + pause;
		}
		vr_conflict_seen(&b->d, vr, start + at);
		b->out.at = b->out.start;
		if (*counter_of(&b->d, vr, COUNT_conflicts) != count) {
			CHECK_INT(*counter_of(&b->d, vr, COUNT_conflicts),
			    count);
			break;
		}
	}
	CHECK_INT(count, 8 + 1 + 4);
	vr->conflict_at = b->now;
	CHECK(vr_has_conflict(vr, b->now));
	bench_advert(b, 0, 2, 150);
	CHECK(!vr_has_conflict(vr, b->now));
	CHECK(!vr_has_conflict(vr, 0));		/* nor right after a boot */
}

/* -- the election -- */

/* C-099: silent and deaf during the startup delay, then as just started. */
static void
check_startup_delay(void)
{
	struct bench *b = &bench;

	bench_conf(b, 1);
	b->conf.global.startup_delay_us = 20000000;
	b->conf.global.fifo[0].path = "/fifo";
	bench_start(b);
	bench_run(b, 10 * SECOND_US);
	bench_advert(b, 0, 2, 0);
	CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_ignored), 1);
	bench_run(b, 9999 * MS_US);
	CHECK_INT(state(b, 0), VR_INIT);
	CHECK_INT(bench_count(b, EFFECT_FIFO), 0);
	bench_run(b, 1 * MS_US);
	CHECK_INT(state(b, 0), VR_BACKUP);
	bench_run(b, 3609374);
	CHECK_INT(bench_count(b, EFFECT_SEND), 0);
	bench_run(b, 1);
	CHECK_INT(state(b, 0), VR_MASTER);
	bench_conf(b, 1);
	b->conf.global.delay_after_boot_us = 100000000;
	b->vrs[0].priority = 255;
	b->out = effects_over(b->queue, sizeof(b->queue), NULL, NULL);
	CHECK(daemon_build(&b->d, &b->arena, &b->conf, &b->out));
	daemon_start(&b->d, b->now, 90 * SECOND_US);
	CHECK_INT(b->d.start_at, b->now + 10 * SECOND_US);
	daemon_start(&b->d, b->now, 200 * SECOND_US);
}

/* C-094: a better one cancels the delay; nothing stale is left of one. */
static void
check_preempt_delay(void)
{
	struct bench *b = &bench;

	bench_conf_group(b, 2);
	b->vrs[0].preempt_delay_us = 5000000;
	b->vrs[0].priority = 150;
	bench_start(b);
	bench_advert(b, 0, 2, 100);
	CHECK_INT(b->d.vrs[0].preempt_at, b->now + 5 * SECOND_US);
	bench_run(b, SECOND_US);
	bench_advert(b, 0, 2, 200);
	CHECK_INT(b->d.vrs[0].preempt_at, NEVER);
	bench_run(b, SECOND_US);
	bench_advert(b, 0, 2, 100);
	bench_run(b, 20 * SECOND_US);
	CHECK_INT(state(b, 0), VR_MASTER);
	bench_advert(b, 1, 2, 200);	/* the group goes back */
	CHECK_INT(state(b, 0), VR_BACKUP);
	bench_run(b, SECOND_US);
	bench_advert(b, 0, 2, 100);	/* a new delay */
	CHECK(!b->d.vrs[0].machine.preempt);
	CHECK_INT(b->d.vrs[0].preempt_at, b->now + 5 * SECOND_US);
}

/* D-15: who bowed and hears no announcement of the winner prompts it, once. */
static void
check_prompt(void)
{
	static const struct {
		bool claimed, strict, other_interval, maintained;
		uint8_t then;		/* heard before the addresses go */
		int sent;
	} rows[] = {
		{ false, false, false, false, 200, 1 },
		{ true, false, false, false, 200, 0 },
		{ false, true, false, false, 200, 0 },
		{ false, false, true, false, 200, 0 },
		{ false, false, false, false, 50, 0 },
		{ false, false, false, false, 0, 0 },
		{ false, false, false, true, 200, 0 },
	};
	struct bench *b = &bench;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		bench_conf(b, 1);
		b->vrs[0].strict = rows[i].strict;
		b->vrs[0].version = 3;
		bench_start(b);
		bench_run(b, WAIT_DOWN);
		if (rows[i].other_interval)
			b->d.vrs[0].machine.interval_us = 2000000;
		bench_watch(b);
		bench_advert(b, 0, 9, 200);
		CHECK_INT(state(b, 0), VR_BACKUP);
		if (rows[i].claimed)
			bench_claim(b, 2, "10.0.0.100", 9);
		if (rows[i].maintained) {
			struct event event = { .kind = EVENT_OPERATOR,
			    .token = OPERATION_MAINTENANCE, .value = 1 };

			bench_feed(b, &event);
		}
		bench_advert(b, 0, 9, rows[i].then);
		bench_run(b, 19 * MS_US);
		CHECK_INT(bench_count(b, EFFECT_SEND), 0);
		bench_run(b, 100 * MS_US);
		CHECK_INT(bench_count(b, EFFECT_SEND), rows[i].sent);
		CHECK_INT(bench_priority(b, 0), rows[i].sent > 0 ? 100 : -1);
		CHECK(!b->d.vrs[0].wanted);
	}
}

/* C-088, C-090, C-098: what the election keywords change. */
static void
check_election_keywords(void)
{
	struct bench *b = &bench;
	usec_t timer;

	bench_conf(b, 1);
	b->vrs[0].higher_prio_send_advert = true;
	b->vrs[0].lower_prio_no_advert = true;
	b->vrs[0].down_timer_adverts = 5;
	bench_start(b);
	bench_run(b, 5609374);
	CHECK_INT(state(b, 0), VR_BACKUP);
	bench_run(b, 1);
	CHECK_INT(state(b, 0), VR_MASTER);
	bench_run(b, 300 * MS_US);
	timer = b->d.vrs[0].machine.timer;
	bench_watch(b);
	bench_advert(b, 0, 2, 50);
	CHECK_INT(bench_count(b, EFFECT_SEND), 0);
	CHECK_INT(bench_count(b, EFFECT_ETHERNET), 2);
	CHECK_INT(b->d.vrs[0].machine.timer, timer);
	bench_watch(b);
	bench_advert(b, 0, 2, 150);
	CHECK_INT(bench_count(b, EFFECT_SEND), 1);
	CHECK_INT(bench_priority(b, 0), 100);
	CHECK_INT(state(b, 0), VR_BACKUP);
}

/* C-102: an owner that ignores; one that does not elects by address. */
static void
check_owner_ignores(void)
{
	struct bench *b = &bench;

	bench_conf(b, 1);
	b->vrs[0].priority = 255;
	b->vrs[0].owner_ignore_adverts = true;
	bench_start(b);
	bench_advert(b, 0, 200, 255);
	CHECK_INT(state(b, 0), VR_MASTER);
	CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_ignored), 1);
	CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_received), 0);
	b->vrs[0].owner_ignore_adverts = false;
	b->d.vrs[0].source = bench_ip("10.0.0.1");
	bench_advert(b, 0, 200, 255);
	CHECK_INT(state(b, 0), VR_BACKUP);
	CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_owner_heard), 1);
}

/* C-079, C-080, C-081: version 3 counts in the Active's interval. */
static void
check_v3_interval(void)
{
	struct bench *b = &bench;
	struct conf_vr sender;

	bench_conf(b, 1);
	b->vrs[0].version = 3;
	bench_start(b);
	sender = b->vrs[0];
	sender.interval_us = 3000000;
	bench_advert_of(b, &sender, 2, 200);
	CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_interval_differs), 1);
	bench_watch(b);
	bench_run(b, 9 * SECOND_US + 156 * 3 * SECOND_US / 256 - 1);
	CHECK_INT(bench_count(b, EFFECT_SEND), 0);
	bench_run(b, 1);
	CHECK_INT(bench_count(b, EFFECT_SEND), 1);
	CHECK_INT(bench_find(b, EFFECT_SEND, 0)->bytes[25], 100);
	bench_run(b, 10 * SECOND_US);
	CHECK_INT(bench_count(b, EFFECT_SEND), 11);
	bench_advert_of(b, &sender, 2, 200);
	bench_advert_of(b, &sender, 2, 0);	/* C-082: skew of 3 s */
	CHECK_INT(b->d.vrs[0].machine.timer - b->now,
	    156 * 3 * SECOND_US / 256);
}

/* D-1: a Backup copies the form; an Active only after three, and in vain. */
static void
check_checksum_form(void)
{
	struct bench *b = &bench;
	const struct conf_vr *conf = b->vrs;
	const char *group = "224.0.0.18";

	bench_conf(b, 1);
	b->vrs[0].version = 3;
	bench_start(b);
	bench_run(b, WAIT_DOWN);
	CHECK(!sum_is_plain(b, 0));		/* C-018 */
	for (int i = 0; i < 12; i++) {	/* two sources: nobody insists */
		bench_hear(b, conf, 2, i % 2 ? "10.0.0.2" : "10.0.0.3", group,
		    50, true);
		bench_run(b, SECOND_US);
	}
	CHECK(!b->d.vrs[0].checksum_plain);
	for (int i = 0; i < 60; i++)		/* a burst is no insisting */
		bench_hear(b, conf, 2, "10.0.0.2", group, 50, true);
	CHECK(!b->d.vrs[0].checksum_plain);
	for (int i = 0; i < 30; i++) {	/* our form is still spoken */
		bench_hear(b, conf, 2, "10.0.0.2", group, 50, i % 5 != 0);
		bench_run(b, 500 * MS_US);
	}
	CHECK(!b->d.vrs[0].checksum_plain);
	for (int i = 0; i < 5; i++) {
		bench_run(b, SECOND_US);
		bench_hear(b, conf, 2, "10.0.0.2", group, 50, true);
	}
	CHECK(b->d.vrs[0].checksum_plain);
	bench_watch(b);
	bench_run(b, SECOND_US);
	CHECK(sum_is_plain(b, 0));
	bench_hear(b, conf, 2, "10.0.0.2", group, 150, false);
	bench_hear(b, conf, 2, "10.0.0.2", group, 150, false);
	CHECK(!b->d.vrs[0].checksum_plain);	/* as Backup at once */
	b->vrs[0].checksum_form = CHECKSUM_PSEUDO;
	bench_hear(b, conf, 2, "10.0.0.2", group, 150, true);
	CHECK(!b->d.vrs[0].checksum_plain);
}

/* C-083, T5: a flood of farewells is answered ten times a second. */
static void
check_zero_flood(void)
{
	struct bench *b = &bench;

	bench_conf(b, 1);
	b->conf.global.fifo[0].path = "/fifo";
	bench_start(b);
	bench_run(b, WAIT_DOWN);
	bench_watch(b);
	bench_advert(b, 0, 2, 0);
	CHECK_INT(bench_count(b, EFFECT_SEND), 1);
	bench_advert(b, 0, 2, 50);	/* this is still told and announced */
	CHECK_INT(bench_count(b, EFFECT_FIFO), 1);
	CHECK_INT(bench_count(b, EFFECT_ETHERNET), 2);
	for (int i = 0; i < 1000; i++)
		bench_advert(b, 0, 2, 0);
	CHECK_INT(bench_count(b, EFFECT_SEND), 10);
}

/* -- announcements -- */

/* C-089, C-110: the bursts after a weaker one have settings of their own. */
static void
check_lower_priority_bursts(void)
{
	struct bench *b = &bench;

	bench_conf(b, 1);
	b->vrs[0].garp_repeat = 5;
	b->vrs[0].garp_lower_prio_repeat = 3;
	b->vrs[0].garp_lower_prio_delay_us = 2000000;
	bench_start(b);
	bench_run(b, 20 * SECOND_US);
	CHECK_INT(bench_count(b, EFFECT_ETHERNET), 10);
	bench_watch(b);
	bench_advert(b, 0, 2, 50);
	CHECK_INT(bench_count(b, EFFECT_ETHERNET), 3);
	bench_run(b, 1999999);
	CHECK_INT(bench_count(b, EFFECT_ETHERNET), 3);
	bench_run(b, 1);
	CHECK_INT(bench_count(b, EFFECT_ETHERNET), 6);
	b->vrs[0].garp_lower_prio_repeat = 0;		/* strict */
	bench_run(b, 5 * SECOND_US);
	bench_watch(b);
	bench_advert(b, 0, 2, 50);
	bench_run(b, 5 * SECOND_US);
	CHECK_INT(bench_count(b, EFFECT_ETHERNET), 0);
}

/* C-110: V1 V2 V1 V2; a delay of 0 means no second burst; 4294 s fit. */
static void
check_burst_order(void)
{
	struct bench *b = &bench;

	bench_conf(b, 1);
	b->addresses[0][1] = b->addresses[0][0];
	b->addresses[0][1].ip.bytes[3] = 7;
	b->vrs[0].excluded_count = 1;
	b->vrs[0].garp_delay_us = 0;
	b->vrs[0].garp_refresh_us = 4294000000U;
	b->vrs[0].garp_refresh_repeat = 3;
	b->vrs[0].version = 3;			/* few advertisements */
	b->vrs[0].interval_us = 40000000;
	bench_start(b);
	bench_run(b, 144375000);
	CHECK_INT(bench_count(b, EFFECT_ETHERNET), 4);
	for (int i = 0; i < 4; i++)
		CHECK_INT(bench_find(b, EFFECT_ETHERNET, i)->bytes[31],
		    i % 2 ? 7 : 100);
	bench_watch(b);
	bench_run(b, 4293 * SECOND_US);
	CHECK_INT(bench_count(b, EFFECT_ETHERNET), 0);
	bench_run(b, SECOND_US);
	CHECK_INT(bench_count(b, EFFECT_ETHERNET), 6);
	b->vrs[0].garp_delay_us = 4294000000U;
	bench_advert(b, 0, 2, 200);
	bench_run(b, 200 * SECOND_US);
	CHECK_INT(b->d.vrs[0].refresh_at - b->d.vrs[0].changed_at,
	    2 * (usec_t)4294 * SECOND_US);
}

/* C-115: garp_interval spaces announcements of one interface. */
static void
check_pacing(void)
{
	struct bench *b = &bench;
	usec_t last = 0;
	int n;

	bench_conf(b, 2);
	b->conf.global.garp_interval_us = 100000;
	bench_start(b);
	bench_run(b, 3609375);
	CHECK_INT(bench_count(b, EFFECT_SEND), 2);
	bench_run(b, 390 * MS_US);
	n = bench_count(b, EFFECT_ETHERNET);
	CHECK_INT(n, 4);
	for (int i = 0; i < n; i++) {
		usec_t at = bench_find(b, EFFECT_ETHERNET, i)->at;

		CHECK(i == 0 || at - last >= 100 * MS_US);
		last = at;
	}
	bench_run(b, 5 * SECOND_US);	/* the second burst, cut short */
	bench_watch(b);
	bench_advert(b, 0, 2, 200);
	bench_advert(b, 1, 2, 200);
	bench_run(b, SECOND_US);
	CHECK_INT(bench_count(b, EFFECT_ETHERNET), 0);
}

/* garp_group: two interfaces share one pace, which another does not have. */
static void
check_pacing_group(void)
{
	static const uint16_t members[] = { 1, 0 };
	static const struct conf_garp garp = { .interfaces = members,
	    .interface_count = 2, .garp_interval_us = 100000 };
	struct bench *b = &bench;
	usec_t last = 0;

	bench_conf(b, 3);
	b->conf.garps = &garp;
	b->conf.garp_count = 1;
	b->interfaces[0].garp_group = b->interfaces[1].garp_group = 1;
	b->vrs[1].interface = b->addresses[1][0].interface = 1;
	b->vrs[2].interface = b->addresses[2][0].interface = 2;
	bench_start(b);
	bench_link(b, 3, "eth1", UP, false);
	bench_address(b, 3, "10.0.0.3", 24, 0, false);
	bench_link(b, 4, "eth2", UP, false);
	bench_address(b, 4, "10.0.0.4", 24, 0, false);
	bench_run(b, 3609375 + 390 * MS_US);
	CHECK_INT(state(b, 1), VR_MASTER);
	CHECK_INT(bench_count(b, EFFECT_ETHERNET), 6);
	for (int i = 0, paced = 0; i < 6; i++) {
		const struct noted *noted = bench_find(b, EFFECT_ETHERNET, i);

		if (noted->effect.ifindex == 4)
			continue;
		CHECK(paced++ == 0 || noted->at - last >= 100 * MS_US);
		last = noted->at;
	}
}

/* Two hear a weaker one, a third its Active, which is to take no turn. */
static void
crowd_hears(struct bench *b, uint8_t priority)
{
	bench_advert(b, 0, 2, 50);
	bench_advert(b, 1, 2, 50);
	bench_advert(b, 2, 9, priority);
}

/*
 * C-115: who waits for the pace of an interface has its turn in order, however
 * much the others there still have to say: who takes over waits for one frame
 * of each.
 */
static void
check_pacing_turns(void)
{
	struct bench *b = &bench;
	uint8_t last = 0;

	for (int phase = 0; phase < 1000; phase += 90) {
		bench_conf(b, 3);
		b->conf.global.garp_interval_us = 128000;
		for (int i = 0; i < 2; i++) {
			b->vrs[i].garp_lower_prio_repeat = 20;
			b->vrs[i].garp_lower_prio_delay_us = 0;
		}
		bench_start(b);
		for (int n = 0; n < 10; n++) {
			crowd_hears(b, 200);
			bench_run(b, SECOND_US);
		}
		crowd_hears(b, 200);
		bench_run(b, phase * MS_US);
		bench_advert(b, 2, 9, 0);
		while (state(b, 2) != VR_MASTER)
			bench_run(b, MS_US);
		bench_watch(b);
		bench_run(b, 3 * 128 * MS_US);
		CHECK_INT(bench_count(b, EFFECT_ETHERNET), 3);
		for (int n = 0; n < 3 && last != 102; n++)
			last = bench_find(b, EFFECT_ETHERNET, n)->bytes[31];
		CHECK_INT(last, 102);
		last = 0;
	}
}

/* D-15: a foreign claim is judged 50 ms later, if we are still Active. */
static void
check_claims(void)
{
	struct bench *b = &bench;

	bench_begin(b, 1);
	bench_claim(b, 2, "10.0.0.100", 9);	/* as Backup: nothing */
	bench_run(b, 20 * SECOND_US);
	bench_watch(b);
	bench_claim(b, 2, "10.0.0.100", 2);	/* our own, come back */
	bench_claim(b, 2, "10.0.0.100", 9);
	bench_run(b, 49 * MS_US);
	CHECK_INT(bench_count(b, EFFECT_ETHERNET), 0);
	bench_run(b, 1 * MS_US);
	CHECK_INT(bench_count(b, EFFECT_ETHERNET), 1);
	CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_claimed), 1);
	bench_watch(b);
	for (int i = 0; i < 1000; i++) {
		bench_claim(b, 2, "10.0.0.100", 9);
		bench_run(b, 1 * MS_US);
	}
	CHECK(bench_count(b, EFFECT_ETHERNET) <= 20);	/* T5 */
	bench_run(b, SECOND_US);
	bench_watch(b);
	bench_claim(b, 2, "10.0.0.100", 9);
	bench_advert(b, 0, 2, 200);	/* the winner's advert comes after */
	bench_run(b, 100 * MS_US);
	CHECK_INT(bench_count(b, EFFECT_ETHERNET), 0);
}

/* D-20: who lingers puts nothing back, adds nothing, announces nothing. */
static void
check_lingering_is_quiet(void)
{
	struct bench *b = &bench;
	struct event stop = { .kind = EVENT_SHUTDOWN };

	bench_begin(b, 1);
	bench_run(b, WAIT_DOWN);
	for (int i = 0; i < 7; i++) {	/* D-16 has begun to back off */
		bench_address(b, 2, "10.0.0.100", 24, 112, true);
		bench_run(b, 100 * MS_US);
	}
	CHECK(b->d.vrs[0].restore_at != NEVER);
	bench_watch(b);
	bench_feed(b, &stop);
	bench_run(b, 990 * MS_US);
	CHECK(b->d.vrs[0].linger_until != NEVER);
	CHECK_INT(bench_count(b, EFFECT_NETLINK), 0);
	CHECK_INT(bench_count(b, EFFECT_ETHERNET), 0);
	CHECK_INT(bench_count(b, EFFECT_SEND), 1);
}

/* D-20: a check that TERM ended is no fault, and nobody is told after STOP. */
static void
check_stop_with_check(void)
{
	struct bench *b = &bench;
	struct event stop = { .kind = EVENT_SHUTDOWN };

	bench_conf(b, 1);
	bench_track(b, 0, TRACK_SCRIPT, 0, 0);
	b->conf.global.fifo[0].path = "/fifo";
	bench_start(b);
	bench_ended(b, 0, 0);
	for (int i = 0; i < 4; i++)
		beat(b, 0);
	CHECK_INT(state(b, 0), VR_MASTER);
	bench_run(b, SECOND_US);
	bench_watch(b);
	bench_feed(b, &stop);
	bench_run(b, 0);
	CHECK_INT(bench_find(b, EFFECT_SIGNAL, 0)->effect.value, 15);
	CHECK_STR(bench_line(b, EFFECT_FIFO, 0), "INSTANCE \"VI_1\" STOP 100");
	b->mark = 0;
	bench_ended(b, bench_count(b, EFFECT_RUN) - 1, SIGNAL_TERM);
	bench_watch(b);
	CHECK(b->d.vrs[0].linger_until != NEVER);
	bench_run(b, 900 * MS_US);
	CHECK_INT(bench_count(b, EFFECT_RUN), 0);
	CHECK_INT(bench_count(b, EFFECT_NETLINK), 0);
	bench_link(b, 2, "eth0", IFF_UP, false);	/* a fault ends it */
	bench_run(b, 0);
	CHECK_INT(bench_count(b, EFFECT_NETLINK), 1);
	CHECK_INT(bench_count(b, EFFECT_FIFO), 0);
	CHECK_INT(bench_count(b, EFFECT_STOPPED), 1);
}

/* C-155: the STOP script runs even behind one that hangs. */
static void
check_stop_is_told(void)
{
	struct bench *b = &bench;
	struct event stop = { .kind = EVENT_SHUTDOWN };

	bench_conf(b, 1);
	b->vrs[0].notify = &b->notify[0];
	b->notify[0].command[NOTIFY_MASTER] = 2;
	b->notify[0].command[NOTIFY_STOP] = 3;
	b->notify[0].command[NOTIFY_ANY] = 4;
	bench_start(b);
	bench_ended(b, 0, 0);
	bench_run(b, WAIT_DOWN);
	bench_watch(b);
	bench_feed(b, &stop);
	bench_run(b, 3 * SECOND_US);
	CHECK_INT(bench_count(b, EFFECT_STOPPED), 1);
	CHECK_INT(bench_count(b, EFFECT_RUN), 3);
	CHECK_INT(bench_find(b, EFFECT_RUN, 1)->effect.index, 3);
	CHECK_INT(bench_find(b, EFFECT_RUN, 2)->effect.index, 4);
	CHECK_STR((const char *)bench_find(b, EFFECT_RUN, 2)->bytes + 14,
	    "STOP");
}

/* -- unicast, IPv6, keys -- */

/* C-067, C-068, C-069: unicast; its own address is announced at the start. */
static void
check_unicast_one(void)
{
	struct bench *b = &bench;

	bench_conf(b, 2);
	for (int i = 0; i < 2; i++) {	/* two, told apart by their peers */
		b->vrs[i].unicast = true;
		b->vrs[i].check_unicast_source = true;
		b->vrs[i].vrid = 51;
		b->vrs[i].peer_count = 2;
		for (uint8_t k = 0; k < 2; k++)
			b->peers[i][k] = (struct conf_peer){ .ttl_max = 255,
			    .ip = bench_ip("10.0.0.0") };
		b->peers[i][0].ip.bytes[3] = (uint8_t)(20 + i);
		b->peers[i][1].ip.bytes[3] = (uint8_t)(30 + i);
	}
	b->vrs[0].unicast_ttl = 64;
	bench_start(b);
	CHECK_INT(bench_count(b, EFFECT_JOIN), 0);
	CHECK_INT(bench_count(b, EFFECT_ETHERNET), 2);
	CHECK_INT(bench_find(b, EFFECT_ETHERNET, 0)->bytes[31], 1);
	bench_run(b, 3 * SECOND_US);
	bench_hear(b, &b->vrs[1], 2, "10.0.0.31", "10.0.0.1", 200, false);
	bench_hear(b, &b->vrs[1], 2, "10.0.0.77", "10.0.0.1", 200, false);
	bench_hear(b, &b->vrs[1], 2, "10.0.0.77", "224.0.0.18", 200, false);
	CHECK_INT(*counter_of(&b->d, &b->d.vrs[1], COUNT_received), 1);
	CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_received), 0);
	CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_not_peer) +
	    *counter_of(&b->d, &b->d.vrs[1], COUNT_not_peer), 1);
	CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_destination) +
	    *counter_of(&b->d, &b->d.vrs[1], COUNT_destination), 1);
	bench_watch(b);
	bench_run(b, SECOND_US);
	CHECK_INT(state(b, 0), VR_MASTER);
	CHECK_INT(state(b, 1), VR_BACKUP);
	CHECK_INT(bench_count(b, EFFECT_SEND), 2);	/* a copy each */
	CHECK_INT(bench_find(b, EFFECT_SEND, 0)->bytes[19], 20);
	CHECK_INT(bench_find(b, EFFECT_SEND, 1)->bytes[19], 30);
	CHECK_INT(bench_find(b, EFFECT_SEND, 0)->bytes[8], 64);
	CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_sent), 1);
	bench_conf(b, 1);
	b->vrs[0].unicast = b->vrs[0].unicast_fault_no_peer = true;
	bench_start(b);
	CHECK_INT(b->d.vrs[0].faults, FAULT_NO_PEER);
}

/* Makes the first n instances IPv6 ones with fe80::64 and so on as address. */
static void
make_ipv6(struct bench *b, uint16_t first, uint16_t n)
{
	for (uint16_t i = first; i < first + n; i++) {
		b->vrs[i].family = 6;
		b->vrs[i].version = 3;
		b->vrs[i].destination = bench_ip("ff02::12");
		b->addresses[i][0].ip = bench_ip("fe80::64");
		b->addresses[i][0].prefix = 64;
	}
}

/* C-011, C-014: IPv6 sends from a link-local that is neither tentative, nor a
 * duplicate, nor virtual. */
static void
check_ipv6(void)
{
	struct bench *b = &bench;
	const struct noted *sent;

	bench_conf(b, 1);
	make_ipv6(b, 0, 1);
	bench_start(b);
	CHECK_INT(state(b, 0), VR_FAULT);
	bench_address(b, 2, "2001:db8::5", 64, 0, false);
	bench_address(b, 2, "fe80::64", 64, 0, false);
	bench_address(b, 2, "fe80::64", 128, 0, false);
	CHECK_INT(b->d.vrs[0].faults, FAULT_NO_ADDRESS);
	bench_address_flags(b, 2, "fe80::5", 64, 0, false, IFA_F_TENTATIVE);
	CHECK_INT(b->d.vrs[0].faults, FAULT_NO_ADDRESS);
	bench_address_flags(b, 2, "fe80::5", 64, 0, false,
	    IFA_F_PERMANENT | IFA_F_DADFAILED);
	CHECK_INT(b->d.vrs[0].faults, FAULT_NO_ADDRESS);
	bench_address(b, 2, "fe80::5", 64, 0, false);
	CHECK_INT(state(b, 0), VR_BACKUP);
	bench_address(b, 2, "fe80::4", 64, 0, false);
	bench_watch(b);
	bench_run(b, WAIT_DOWN);
	sent = bench_find(b, EFFECT_SEND, 0);
	CHECK(sent != NULL && sent->effect.source.bytes[15] == 5);
	CHECK_INT(sent->effect.destination.bytes[15], 0x12);
	CHECK_INT(sent->effect.hop_limit, 255);
	CHECK_INT(sent->effect.ifindex, 2);
	CHECK_INT(bench_count(b, EFFECT_ETHERNET), 2);
	CHECK_INT(bench_find(b, EFFECT_ETHERNET, 0)->effect.length, NA_FRAME);
	bench_hear(b, &b->vrs[0], 2, "fe80::9", "ff02::12", 200, false);
	CHECK_INT(state(b, 0), VR_BACKUP);
	bench_address(b, 2, "fe80::5", 64, 0, true);
	CHECK_INT(b->d.vrs[0].source.bytes[15], 4);
}

/* C-073, C-074: the same VRID elsewhere, or in the other family. */
static void
check_independence(void)
{
	struct bench *b = &bench;

	bench_conf(b, 3);
	make_ipv6(b, 1, 1);
	b->vrs[1].vrid = b->vrs[2].vrid = 51;
	b->vrs[2].interface = 1;
	bench_start(b);
	bench_address(b, 2, "fe80::5", 64, 0, false);
	bench_address(b, 3, "10.1.0.1", 24, 0, false);
	bench_hear(b, &b->vrs[0], 3, "10.1.0.2", "224.0.0.18", 200, false);
	CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_received), 0);
	CHECK_INT(*counter_of(&b->d, &b->d.vrs[1], COUNT_received), 0);
	CHECK_INT(*counter_of(&b->d, &b->d.vrs[2], COUNT_received), 1);
	bench_hear(b, &b->vrs[1], 2, "fe80::9", "ff02::12", 200, false);
	CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_received), 0);
	CHECK_INT(*counter_of(&b->d, &b->d.vrs[1], COUNT_received), 1);
	bench_hear(b, &b->vrs[0], 2, "10.0.0.2", "224.0.0.18", 200, false);
	CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_received), 1);
	bench_hear(b, &b->vrs[0], 9, "10.0.0.2", "224.0.0.18", 200, false);
	bench_hear(b, &b->vrs[0], 0, "10.0.0.2", "224.0.0.18", 200, false);
	CHECK_INT(b->d.counters.unknown_interface, 2);
	CHECK_INT(*counter_of(&b->d, &b->d.vrs[2], COUNT_received), 1);
}

/* D-3: an owner whose only address is its own, and comes late. */
static void
check_owner_source(void)
{
	struct bench *b = &bench;

	bench_conf(b, 1);
	b->vrs[0].priority = 255;
	bench_start(b);
	bench_address(b, 2, "10.0.0.1", 24, 0, true);
	bench_conf(b, 1);
	b->vrs[0].priority = 255;
	b->vrs[0].interface = b->addresses[0][0].interface = 1;
	bench_start(b);
	CHECK_INT(b->d.vrs[0].faults, FAULT_NO_ADDRESS);
	bench_address(b, 3, "10.0.0.100", 24, 0, false);
	CHECK_INT(state(b, 0), VR_MASTER);
	CHECK_INT(b->d.vrs[0].source.bytes[3], 100);
	bench_address(b, 3, "10.0.0.100", 24, 0, true);	/* D-16 */
	bench_run(b, 0);
	CHECK_INT(b->d.vips[0].state, VIP_PRESENT);
	bench_address(b, 3, "10.1.0.100", 24, 0, false);
	CHECK_INT(state(b, 0), VR_MASTER);
	bench_address(b, 3, "10.1.0.100", 24, 0, true);
	CHECK_INT(state(b, 0), VR_MASTER);
}

/* -- time -- */

/* Lets two routers advertise 20 s from such phases on; counts the batches. */
static int
count_batches(struct bench *b, usec_t first, usec_t other)
{
	usec_t at = 0, last[2] = { 0, 0 };
	int batches = 0;

	bench_conf(b, 2);
	b->vrs[1].interval_us = 2000000;
	bench_start(b);
	bench_run(b, 20 * SECOND_US);
	b->d.vrs[0].machine.timer = b->now + first;
	b->d.vrs[1].machine.timer = b->now + other;
	last[0] = b->now + first - SECOND_US;
	last[1] = b->now + other - 2 * SECOND_US;
	vr_arm(&b->d, &b->d.vrs[0]);
	vr_arm(&b->d, &b->d.vrs[1]);
	bench_watch(b);
	bench_run(b, 20 * SECOND_US);
	for (int i = 0; i < bench_count(b, EFFECT_SEND); i++) {
		const struct noted *noted = bench_find(b, EFFECT_SEND, i);
		uint32_t vr = noted->effect.index;
		usec_t interval = b->vrs[vr].interval_us;

		CHECK(noted->at - last[vr] <= interval);
		CHECK(noted->at - last[vr] >=
		    interval - usec_min(interval / 100, 20 * MS_US));
		last[vr] = noted->at;
		batches += noted->at != at;
		at = noted->at;
	}
	return batches;
}

/* C-033, design 3: what is due soon joins the batch, early but never late. */
static void
check_phases(void)
{
	struct bench *b = &bench;

	CHECK_INT(count_batches(b, 500 * MS_US, 515 * MS_US), 20);
	CHECK_INT(count_batches(b, 515 * MS_US, 500 * MS_US), 30);
	CHECK_INT(count_batches(b, 509 * MS_US, 500 * MS_US), 20);
}

/* Late and not drained: Backups wait, once each, whatever else happens. */
static void
check_late_backups(void)
{
	struct bench *b = &bench;
	struct event late = { .kind = EVENT_TIME };

	bench_conf(b, 4);
	for (uint16_t i = 0; i < 4; i++) {
		bench_track(b, i, TRACK_SCRIPT, 0, -2);
		bench_track(b, i, TRACK_SCRIPT, 1, -3);
	}
	b->scripts[0].interval_us = b->scripts[1].interval_us = 3700000;
	bench_start(b);
	bench_watch(b);
	b->now += 20 * SECOND_US;
	for (int i = 0; i < 3; i++) {
		bench_feed(b, &late);
		bench_note(b);
		CHECK(daemon_deadline(&b->d) <= b->now);
	}
	CHECK(b->d.by_key[0] < 4);	/* what stands behind the deferred */
	CHECK_INT(bench_count(b, EFFECT_SEND), 0);
	for (int i = 0; i < 4; i++)
		CHECK_INT(state(b, i), VR_BACKUP);
	bench_run(b, 0);
	CHECK_INT(bench_count(b, EFFECT_SEND), 4);
	bench_run(b, SECOND_US);
	CHECK_INT(bench_count(b, EFFECT_SEND), 8);
}

/* D-16: a request whose answer never came is asked again, and no loss. */
static void
check_asked_again(void)
{
	struct bench *b = &bench;
	struct event refused = { .kind = EVENT_NETLINK_ERROR, .index = 1,
	    .value = 22 };

	bench_begin(b, 1);
	b->kernel_obeys = false;
	bench_feed(b, &refused);		/* nobody asked for anything */
	CHECK_INT(b->d.vips[0].state, VIP_ABSENT);
	bench_run(b, WAIT_DOWN);
	CHECK_INT(b->d.vips[0].state, VIP_ASKED);
	bench_watch(b);
	bench_mark(b, DUMP_LINKS);
	bench_link(b, 2, "eth0", UP, false);
	bench_mark(b, DUMP_ADDRESSES);
	bench_address(b, 2, "10.0.0.1", 24, 0, false);
	bench_mark(b, DUMP_DONE);
	bench_run(b, 0);
	CHECK_INT(bench_count(b, EFFECT_NETLINK), 1);
	CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_restored), 0);
	bench_feed(b, &refused);
	CHECK_INT(b->d.vips[0].state, VIP_REFUSED);
	bench_run(b, 1100 * MS_US);
	CHECK_INT(b->d.vips[0].state, VIP_ASKED);
	refused.value = EEXIST;
	bench_feed(b, &refused);
	CHECK_INT(b->d.vips[0].state, VIP_PRESENT);
}

#define CROWD	1000

static struct {
	struct conf_vr vrs[CROWD];
	struct conf_address addresses[CROWD];
	uint8_t memory[8 << 20], queue[4 << 20];
} crowd;

/* Counts effects of a turn and empties the queue; plays the kernel. */
static void
crowd_turn(struct bench *b, unsigned counts[EFFECT_KINDS],
    enum effect_kind *last)
{
	struct event turn = { .kind = EVENT_TIME, .drained = true };
	const struct effect *effect;
	const uint8_t *bytes;
	uint8_t *at = b->out.start;
	unsigned work = 0;

	memset(counts, 0, EFFECT_KINDS * sizeof(counts[0]));
	bench_feed(b, &turn);
	while ((effect = effect_next(&b->out, &at, &bytes)) != NULL) {
		counts[effect->kind]++;
		work += effect->kind == EFFECT_NETLINK ||
		    effect->kind == EFFECT_ETHERNET;
		if (effect->kind == EFFECT_SEND)
			CHECK(*last == EFFECT_SEND || *last == EFFECT_LOG);
		if (effect->kind != EFFECT_LOG)
			*last = (enum effect_kind)effect->kind;
	}
	CHECK(work <= WORK_EFFECTS);
	b->out.at = b->out.start;
}

/* A thousand take over at once: adverts first, then bounded work per turn. */
static void
check_crowd(void)
{
	struct bench *b = &bench;
	unsigned counts[EFFECT_KINDS], sends = 0, sets = 0, frames = 0;
	enum effect_kind last = EFFECT_SEND;
	int turns = 0;

	bench_conf(b, 1);
	for (uint32_t i = 0; i < CROWD; i++) {
		crowd.vrs[i] = b->vrs[0];
		crowd.addresses[i] = b->addresses[0][0];
		crowd.vrs[i].addresses = &crowd.addresses[i];
		crowd.vrs[i].vrid = (uint8_t)(1 + i % 250);
		crowd.addresses[i].ip.bytes[2] = (uint8_t)(1 + i / 250);
		crowd.addresses[i].ip.bytes[3] = (uint8_t)(1 + i % 250);
	}
	b->conf.vrs = crowd.vrs;
	b->conf.vr_count = CROWD;
	b->arena.at = crowd.memory;
	b->arena.end = crowd.memory + sizeof(crowd.memory);
	bench_start(b);
	b->out = effects_over(crowd.queue, sizeof(crowd.queue), NULL, NULL);
	b->now += 3609375;
	do {
		crowd_turn(b, counts, &last);
		CHECK(turns > 0 || counts[EFFECT_SEND] == CROWD);
		sends += counts[EFFECT_SEND];
		sets += counts[EFFECT_NETLINK];
		frames += counts[EFFECT_ETHERNET];
	} while (b->d.work_count > 0 && ++turns < 100);
	CHECK_INT(sends, CROWD);
	CHECK_INT(sets, CROWD);
	CHECK_INT(frames, 2 * CROWD);
	CHECK(turns >= 5 && turns < 20);
	for (int i = 0; i < CROWD; i++)
		CHECK(*counter_of(&b->d, &b->d.vrs[i], COUNT_announced) == 2);
}

/* Nothing configured: every event is survived. */
static void
check_empty(void)
{
	struct bench *b = &bench;
	struct event event = { .kind = EVENT_TIME, .drained = true };
	struct conf_vr sender;

	bench_conf(b, 1);
	sender = b->vrs[0];
	b->conf.vr_count = 0;
	b->conf.script_count = b->conf.file_count = 0;
	bench_start(b);
	bench_advert_of(b, &sender, 2, 100);
	bench_claim(b, 2, "10.0.0.100", 9);
	bench_link(b, 2, "eth0", 0, true);
	for (int i = EVENT_TIME; i < EVENT_KINDS; i++) {
		event.kind = (enum event_kind)i;
		if (i != EVENT_FRAME && i != EVENT_NEIGHBOUR)
			bench_feed(b, &event);
	}
	CHECK(b->d.stopped);
	CHECK(daemon_deadline(&b->d) > b->now);
}

/* -- reload -- */

/* C-157: checks go on, with counters that fit the new numbers. */
static void
check_reload_scripts(void)
{
	struct bench *b = &bench, *next = &second;

	bench_conf(b, 1);
	bench_track(b, 0, TRACK_SCRIPT, 0, 0);
	b->scripts[0].fall = b->scripts[0].rise = 20;
	b->scripts[0].interval_us = 3600000000U;
	bench_start(b);
	bench_ended(b, 0, 0);
	bench_run(b, WAIT_DOWN);
	bench_conf(next, 1);
	bench_track(next, 0, TRACK_SCRIPT, 0, 0);
	bench_reload(b, next);
	CHECK_INT(state(next, 0), VR_MASTER);
	bench_run(next, SECOND_US);	/* not in an hour */
	CHECK_INT(bench_count(next, EFFECT_RUN), 1);
	bench_conf(b, 1);
	bench_track(b, 0, TRACK_SCRIPT, 1, 0);	/* the same, in another place */
	b->scripts[1].name = "check";
	b->scripts[0].name = "other";
	b->scripts[0].used = true;
	bench_reload(next, b);
	CHECK_INT(bench_count(b, EFFECT_RUN), 1);	/* only the new one */
	CHECK_INT(bench_find(b, EFFECT_RUN, 0)->effect.index, 0);
	CHECK_INT(state(b, 0), VR_MASTER);
	next->mark = 0;
	b->d.last_token += 100;
	bench_feed(b, &(struct event){ .kind = EVENT_PROCESS, .value = FAILED,
	    .token = bench_find(next, EFFECT_RUN, 0)->effect.token });
	CHECK_INT(state(b, 0), VR_FAULT);	/* fall is 1 now */
	bench_run(b, SECOND_US);
	bench_conf(next, 1);
	bench_reload(b, next);		/* both gone: TERM to the runs */
	CHECK_INT(bench_count(next, EFFECT_SIGNAL), 2);
	CHECK_INT(state(next, 0), VR_BACKUP);
}

/* C-157: a check, a file or an interface that is new does not unseat us. */
static void
check_reload_new_trackers(void)
{
	struct bench *b = &bench, *next = &second;

	bench_conf(b, 2);
	b->conf.interface_count = 1;
	bench_group(b, 1);
	bench_start(b);
	bench_run(b, WAIT_DOWN);
	bench_conf(next, 2);
	bench_group(next, 2);
	bench_track(next, 0, TRACK_SCRIPT, 0, 0);
	bench_track(next, 0, TRACK_FILE, 0, 0);
	bench_track(next, 0, TRACK_INTERFACE, 1, 0);
	bench_track(next, 1, TRACK_INTERFACE, 1, -9);
	next->addresses[0][1] = next->addresses[0][0];
	next->addresses[0][1].ip.bytes[3] = 55;
	next->addresses[0][1].interface = 1;
	next->vrs[0].excluded_count = 1;
	bench_reload(b, next);
	CHECK_INT(state(next, 0), VR_MASTER);
	CHECK_INT(priority(next, 1), 100);
	CHECK_INT(bench_count(next, EFFECT_SEND), 0);
	bench_mark(next, DUMP_LINKS);
	bench_link(next, 2, "eth0", UP, false);
	bench_link(next, 3, "eth1", UP, false);
	bench_mark(next, DUMP_ADDRESSES);
	bench_address(next, 2, "10.0.0.1", 24, 0, false);
	bench_address(next, 2, "10.0.0.100", 24, 112, false);
	bench_address(next, 2, "10.0.0.101", 24, 112, false);
	bench_mark(next, DUMP_DONE);
	bench_run(next, 0);
	bench_ended(next, 0, 0);
	bench_file(next, 0);
	CHECK_INT(state(next, 0), VR_MASTER);
	CHECK_INT(state(next, 1), VR_MASTER);
	CHECK_INT(bench_priority(next, 0), -1);
	CHECK_INT(next->d.vips[1].state, VIP_PRESENT);
	bench_link(next, 3, "eth1", 0, true);
	CHECK_INT(state(next, 0), VR_FAULT);
}

/* C-147: members come and go; nobody inherits the fault of who has gone. */
static void
check_reload_groups(void)
{
	struct bench *b = &bench, *next = &second;

	bench_conf_group(b, 2);
	b->vrs[1].interface = 2;		/* absent */
	b->conf.global.fifo[0].path = "/fifo";
	bench_start(b);
	CHECK_INT(state(b, 0), VR_FAULT);
	bench_conf(next, 1);
	bench_group(next, 1);
	next->conf.global.fifo[0].path = "/fifo";
	bench_reload(b, next);
	CHECK_INT(state(next, 0), VR_BACKUP);
	CHECK_INT(next->d.groups[0].told, VR_BACKUP);
	bench_run(next, WAIT_DOWN);
	CHECK_INT(state(next, 0), VR_MASTER);
	bench_conf(b, 3);			/* two join an Active one */
	bench_group(b, 3);
	bench_track(b, 1, TRACK_SCRIPT, 0, 0);
	b->scripts[0].interval_us = 4294000000U;
	b->conf.global.fifo[0].path = "/fifo";
	bench_reload(next, b);
	CHECK_INT(state(b, 0), VR_MASTER);
	CHECK_INT(bench_count(b, EFFECT_SEND), 0);
	bench_ended(b, 0, 0);
	bench_run(b, 2 * WAIT_DOWN);
	for (int i = 0; i < 3; i++)
		CHECK_INT(state(b, i), VR_MASTER);
}

/* C-146: who joins an Active group and loses takes it back to Backup. */
static void
check_reload_group_lost(void)
{
	struct bench *b = &bench, *next = &second;

	bench_conf_group(b, 1);
	bench_start(b);
	bench_run(b, WAIT_DOWN);
	CHECK_INT(state(b, 0), VR_MASTER);
	bench_conf(next, 2);
	bench_group(next, 2);
	bench_reload(b, next);
	bench_run(next, 0);
	bench_advert(next, 1, 2, 50);		/* weaker: it will win */
	CHECK_INT(state(next, 0), VR_MASTER);
	CHECK_INT(state(next, 1), VR_BACKUP);
	bench_advert(next, 1, 2, 200);
	CHECK_INT(state(next, 0), VR_BACKUP);
	CHECK_INT(state(next, 1), VR_BACKUP);
	bench_run(next, 2 * WAIT_DOWN);
	CHECK_INT(state(next, 0), VR_MASTER);
	CHECK_INT(state(next, 1), VR_MASTER);
}

/* C-157, C-158: timers that a reload turns off, on, shorter. */
static void
check_reload_timers(void)
{
	struct bench *b = &bench, *next = &second;
	uint64_t announced;
	usec_t timer;

	bench_conf(b, 2);
	b->vrs[0].version = b->vrs[1].version = 3;
	b->vrs[0].interval_us = b->vrs[1].interval_us = 40000000;
	b->vrs[1].down_timer_adverts = 100;
	bench_start(b);
	bench_run(b, 200 * SECOND_US);
	CHECK_INT(state(b, 0), VR_MASTER);
	CHECK_INT(state(b, 1), VR_BACKUP);
	bench_conf(next, 2);
	next->vrs[0].version = next->vrs[1].version = 3;
	next->vrs[0].garp_refresh_us = 0;
	bench_reload(b, next);
	CHECK_INT(next->d.vrs[0].refresh_at, NEVER);
	CHECK_INT(state(next, 0), VR_MASTER);
	bench_watch(next);
	bench_run(next, SECOND_US);
	CHECK(bench_count(next, EFFECT_SEND) > 0);
	announced = *counter_of(&next->d, &next->d.vrs[0], COUNT_announced);
	bench_run(next, 100 * SECOND_US);
	CHECK_INT(*counter_of(&next->d, &next->d.vrs[0], COUNT_announced),
	    announced);
	bench_conf(b, 2);
	b->vrs[0].version = b->vrs[1].version = 3;
	b->vrs[0].garp_refresh_us = 7000000;
	b->vrs[0].interval_us = 2000000;
	timer = next->d.vrs[0].machine.timer;
	bench_reload(next, b);
	CHECK_INT(b->d.vrs[0].refresh_at, b->now + 7 * SECOND_US);
	CHECK_INT(b->d.vrs[0].machine.timer, timer);
}

/*
 * RFC 9568 6.1: who hears us counts in the interval that the last advertisement
 * named, so that the next comes by then; and none is late by what a reload has
 * made the interval shorter (timer_expired_backup).
 */
static void
check_reload_interval(void)
{
	static const struct { uint32_t before, after; usec_t left, then; }
	rows[] = {
		{ 1000000, 40000000, 400000, 400000 },
		{ 40000000, 1000000, 10000000, 0 },
		{ 40000000, 1000000, 39500000, 500000 },
		{ 2000000, 1000000, -90000000, -90000000 },
	};
	struct bench *b = &bench, *next = &second;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		bool stalled = rows[i].left < 0;

		bench_conf(b, 1);
		b->vrs[0].version = 3;
		b->vrs[0].interval_us = rows[i].before;
		bench_start(b);
		bench_run(b, 200 * SECOND_US);
		b->d.vrs[0].machine.timer = b->now + rows[i].left;
		bench_conf(next, 1);
		next->vrs[0].version = 3;
		next->vrs[0].interval_us = rows[i].after;
		next->vrs[0].no_preempt = true;
		next->vrs[0].expired_backup = 254;
		next->out = effects_over(next->queue, sizeof(next->queue),
		    NULL, NULL);
		CHECK(daemon_build(&next->d, &next->arena, &next->conf,
		    &next->out));
		next->now = b->now;
		daemon_inherit(&next->d, &b->d, &next->arena, b->now);
		CHECK_INT(next->d.vrs[0].machine.timer, b->now + rows[i].then);
		bench_watch(next);
		bench_run(next, usec_max(rows[i].then, 0));
		CHECK_INT(state(next, 0), stalled ? VR_BACKUP : VR_MASTER);
		CHECK_INT(bench_count(next, EFFECT_SEND), !stalled);
	}
}

/* C-157: a preempt_delay that runs is cut short, or ends. */
static void
check_reload_preempt_delay(void)
{
	static const struct { uint32_t before, after, left; } rows[] = {
		{ 600000000, 10000000, 10000000 },
		{ 600000000, 800000000, 599000000 },
		{ 600000000, 0, 0 }, { 0, 600000000, 0 },
	};
	struct bench *b = &bench, *next = &second;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		bench_conf(b, 1);
		b->vrs[0].preempt_delay_us = rows[i].before;
		bench_start(b);
		bench_advert(b, 0, 2, 50);
		bench_run(b, SECOND_US);
		bench_conf(next, 1);
		next->vrs[0].preempt_delay_us = rows[i].after;
		bench_reload(b, next);
		CHECK_INT(vr_number(&next->d, &next->d.vrs[0],
		    NUMBER_preempt_delay_seconds, next->now), rows[i].left);
	}
}

/* Four addresses, or another number, announced twice, ten frames a second. */
static void
burst_conf(struct bench *b, uint16_t addresses)
{
	bench_conf(b, 1);
	b->vrs[0].address_count = addresses;
	for (uint8_t i = 0; i < addresses; i++) {
		b->addresses[0][i].ip = bench_ip("10.0.0.100");
		b->addresses[0][i].ip.bytes[3] = (uint8_t)(100 + i);
		b->addresses[0][i].prefix = 24;
	}
	b->conf.global.garp_interval_us = 100000;
}

/* A reload in the middle of a burst that is paced leaves nothing out. */
static void
check_reload_burst(void)
{
	struct bench *b = &bench, *next = &second;

	for (uint16_t addresses = 2; addresses <= 4; addresses++) {
		burst_conf(b, 4);
		bench_start(b);
		while (state(b, 0) != VR_MASTER)
			bench_run(b, MS_US);
		bench_run(b, 250 * MS_US);
		CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_announced), 3);
		burst_conf(next, addresses);
		bench_reload(b, next);
		bench_run(next, 3 * SECOND_US);
		CHECK_INT(*counter_of(&next->d, &next->d.vrs[0],
		    COUNT_announced), addresses == 4 ? 8 : 3 + 2 * addresses);
	}
	bench_watch(b);
	burst_conf(b, 0);
	bench_reload(next, b);
	bench_run(b, 3 * SECOND_US);
	CHECK_INT(bench_count(b, EFFECT_ETHERNET), 0);
}

/*
 * C-089, C-115: a burst that begins while another is under way, at a slow pace,
 * goes on where that was: every address has its turn, however often one begins.
 */
static void
check_burst_again(void)
{
	struct bench *b = &bench;
	int told[4] = { 0 };

	burst_conf(b, 4);
	b->conf.global.garp_interval_us = 400000;
	bench_start(b);
	while (state(b, 0) != VR_MASTER)
		bench_run(b, MS_US);
	bench_watch(b);
	for (int i = 0; i < 20; i++) {
		bench_advert(b, 0, 2, 50);
		bench_run(b, SECOND_US);
	}
	for (int i = 0; i < bench_count(b, EFFECT_ETHERNET); i++)
		told[bench_find(b, EFFECT_ETHERNET, i)->bytes[31] - 100]++;
	for (int i = 0; i < 4; i++)
		CHECK(told[i] >= 12 && told[i] <= 13);
}

/* D-20: maintenance of a sync group lets all addresses linger. */
static void
check_maintenance_lingers(void)
{
	struct bench *b = &bench;
	struct event event = { .kind = EVENT_OPERATOR, .index = 1,
	    .token = OPERATION_MAINTENANCE, .value = 1 };

	bench_conf_group(b, 3);
	bench_start(b);
	bench_run(b, WAIT_DOWN);
	bench_watch(b);
	bench_feed(b, &event);
	bench_run(b, 10 * MS_US);
	CHECK_INT(bench_count(b, EFFECT_SEND), 3);
	CHECK_INT(bench_count(b, EFFECT_NETLINK), 0);
	for (uint16_t i = 0; i < 3; i++) {
		CHECK_INT(state(b, i), VR_FAULT);
		CHECK(b->d.vrs[i].linger_until != NEVER);
		bench_advert(b, i, 2, 50);
	}
	bench_run(b, 10 * MS_US);
	CHECK_INT(bench_count(b, EFFECT_NETLINK), 3);
}

/* A sync group that a reload makes of running instances is told its state. */
static void
check_reload_grouped(void)
{
	struct bench *b = &bench, *next = &second;

	bench_conf(b, 2);
	bench_start(b);
	bench_run(b, WAIT_DOWN);
	bench_conf_group(next, 2);
	next->conf.global.fifo[0].path = "/fifo";
	bench_reload(b, next);
	CHECK_INT(state(next, 0), VR_MASTER);
	CHECK_INT(state(next, 1), VR_MASTER);
	CHECK_INT(bench_count(next, EFFECT_FIFO), 1);
	CHECK_STR(bench_line(next, EFFECT_FIFO, 0), "GROUP \"G\" MASTER 0");
	bench_conf_group(b, 2);
	b->conf.global.fifo[0].path = "/fifo";
	bench_reload(next, b);
	CHECK_INT(bench_count(b, EFFECT_FIFO), 0);
}

/* C-149: queued scripts are those of the new configuration, or nobody's. */
static void
check_reload_notifiers(void)
{
	struct bench *b = &bench, *next = &second;

	bench_conf(b, 2);
	b->vrs[1].notify = &b->notify[0];
	b->notify[0].command[NOTIFY_BACKUP] = 2;
	b->notify[0].command[NOTIFY_ANY] = 3;
	b->notify[0].command[NOTIFY_MASTER] = 4;
	bench_start(b);				/* 2 runs, 3 waits */
	bench_run(b, WAIT_DOWN);		/* 4 waits, 3 waits */
	bench_conf(next, 2);
	next->vrs[0].notify = &next->notify[1];
	next->vrs[1].notify = &next->notify[0];
	next->notify[0].command[NOTIFY_MASTER] = 6;
	bench_reload(b, next);
	CHECK_INT(bench_count(next, EFFECT_RUN), 0);
	b->mark = 0;
	bench_feed(next, &(struct event){ .kind = EVENT_PROCESS,
	    .token = bench_find(b, EFFECT_RUN, 0)->effect.token });
	bench_run(next, 0);
	CHECK_INT(bench_count(next, EFFECT_RUN), 1);
	CHECK_INT(bench_find(next, EFFECT_RUN, 0)->effect.index, 6);
	bench_ended(next, 0, 0);
	CHECK_INT(bench_count(next, EFFECT_RUN), 1);
	CHECK_INT(next->d.notifiers[1].token, 0);
}

/* C-159: who is removed says so: FAULT, or DELETED; to both its scripts. */
static void
check_reload_removal(void)
{
	struct bench *b = &bench, *next = &second;

	for (int deleted = 0; deleted < 2; deleted++) {
		bench_conf(b, 2);
		b->vrs[1].notify = &b->notify[0];
		b->vrs[1].notify_deleted = deleted != 0;
		b->notify[0].command[NOTIFY_BACKUP] = 2;
		b->notify[0].command[NOTIFY_FAULT] = 3;
		b->notify[0].command[NOTIFY_ANY] = 4;
		b->conf.global.fifo[0].path = "/fifo";
		bench_start(b);
		bench_conf(next, 1);
		bench_reload(b, next);
		CHECK_STR(bench_line(b, EFFECT_FIFO, 0), deleted ?
		    "INSTANCE \"VI_2\" DELETED 100" :
		    "INSTANCE \"VI_2\" FAULT 100");
		CHECK_INT(bench_count(b, EFFECT_RUN), deleted ? 2 : 3);
		CHECK_INT(bench_find(b, EFFECT_RUN, 0)->effect.index, 4);
		CHECK_INT(bench_find(b, EFFECT_RUN, 1)->effect.index,
		    deleted ? 4 : 3);
	}
}

/* D-20, C-159: what a reload left goes at its time, also when we stop. */
static void
check_orphans(void)
{
	struct bench *b = &bench, *next = &second;
	struct event stop = { .kind = EVENT_SHUTDOWN };

	for (int how = 0; how < 4; how++) {
		bench_begin(b, 2);
		bench_run(b, WAIT_DOWN);
		bench_advert(b, 0, 2, 200);
		bench_run(b, 50 * MS_US);	/* VI_1 has nothing to do */
		bench_conf(next, 1);
		bench_reload(b, next);
		CHECK_INT(bench_priority(b, 0), 0);
		CHECK_INT(bench_count(next, EFFECT_NETLINK), 0);
		bench_watch(next);
		if (how == 2) {		/* the owner it is given to keeps it */
			bench_conf(b, 2);
			b->vrs[1].priority = 255;
			bench_reload(next, b);
			bench_watch(b);
			bench_run(b, 2 * SECOND_US);
			CHECK_INT(bench_count(b, EFFECT_NETLINK), 0);
			continue;
		}
		if (how == 3) {		/* and a Backup that stops removes it */
			bench_conf(b, 2);
			bench_reload(next, b);
			bench_feed(b, &stop);
			bench_run(b, 2 * SECOND_US);
			CHECK_INT(bench_count(b, EFFECT_NETLINK), 1);
			CHECK_INT(bench_count(b, EFFECT_STOPPED), 1);
			continue;
		}
		bench_feed(next, &stop);
		if (how == 1)
			bench_feed(next, &stop);
		bench_run(next, how == 1 ? STOP_RETRY_US : 2 * SECOND_US);
		CHECK_INT(bench_count(next, EFFECT_NETLINK), 1);
		CHECK_INT(bench_count(next, EFFECT_STOPPED), 1);
		CHECK(bench_find(next, EFFECT_NETLINK, 0) <
		    bench_find(next, EFFECT_STOPPED, 0));
	}
}

/* T24: an orphan that was refused to go is asked for again, once a second. */
static void
check_orphan_refused(void)
{
	struct bench *b = &bench, *next = &second;
	struct event refusal = { .kind = EVENT_NETLINK_ERROR,
	    .value = ENOBUFS };

	bench_begin(b, 2);
	bench_run(b, WAIT_DOWN);
	bench_conf(next, 1);
	bench_reload(b, next);
	next->kernel_obeys = false;
	bench_watch(next);
	bench_run(next, 2 * SECOND_US);
	CHECK_INT(bench_count(next, EFFECT_NETLINK), 1);
	refusal.index = bench_find(next, EFFECT_NETLINK, 0)->effect.index;
	bench_feed(next, &refusal);
	bench_run(next, 900 * MS_US);
	CHECK_INT(bench_count(next, EFFECT_NETLINK), 1);
	bench_run(next, 100 * MS_US);
	CHECK_INT(bench_count(next, EFFECT_NETLINK), 2);
	refusal.value = EADDRNOTAVAIL;		/* it is gone: that will do */
	bench_feed(next, &refusal);
	bench_run(next, 2 * SECOND_US);
	CHECK_INT(bench_count(next, EFFECT_NETLINK), 2);
	refusal.index++;			/* of nobody */
	bench_feed(next, &refusal);
	bench_run(next, 2 * SECOND_US);
	CHECK_INT(bench_count(next, EFFECT_NETLINK), 2);
}

/* At the end an orphan is tried again too, ten times a second, for a while. */
static void
check_orphan_stop(void)
{
	struct bench *b = &bench, *next = &second;
	struct event stop = { .kind = EVENT_SHUTDOWN };
	struct event refusal = { .kind = EVENT_NETLINK_ERROR };

	for (int turns = 0; turns < 34; turns += 33) {
		bench_begin(b, 2);
		bench_run(b, WAIT_DOWN);
		bench_advert(b, 0, 2, 200);
		bench_run(b, 50 * MS_US);	/* VI_1 has nothing to do */
		bench_conf(next, 1);
		bench_reload(b, next);
		next->kernel_obeys = false;
		bench_watch(next);
		bench_feed(next, &stop);
		bench_feed(next, &stop);	/* lingers no more */
		bench_run(next, 0);
		CHECK_INT(bench_count(next, EFFECT_NETLINK), 1);
		CHECK_INT(bench_count(next, EFFECT_STOPPED), 0);
		refusal.index = bench_find(next, EFFECT_NETLINK,
		    0)->effect.index;
		refusal.value = ENOMEM;
		for (int i = 0; i < turns; i++) {
			bench_feed(next, &refusal);
			bench_run(next, 100 * MS_US);
		}
		if (turns == 33)
			CHECK_STR(bench_line(next, EFFECT_LOG,
			    bench_count(next, EFFECT_LOG) - 1), "the kernel "
			    "refuses to remove 10.0.0.101: Cannot allocate "
			    "memory");
		refusal.value = EADDRNOTAVAIL;
		bench_feed(next, &refusal);
		bench_run(next, 100 * MS_US);
		CHECK_INT(bench_count(next, EFFECT_STOPPED), 1);
		CHECK(bench_count(next, EFFECT_NETLINK) >=
		    (turns > 20 ? 20 : 1));
	}
}

/* C-157 for two unicast instances that only their peers tell apart. */
static void
check_reload_unicast(void)
{
	struct bench *both[2] = { &bench, &second };

	for (int n = 0; n < 2; n++) {
		bench_conf(both[n], 2);
		for (int i = 0; i < 2; i++) {
			struct bench *b = both[n];

			b->vrs[i].unicast = true;
			b->vrs[i].vrid = 51;
			b->vrs[i].peer_count = 1;
			b->peers[i][0].ip = bench_ip("10.0.0.20");
			b->peers[i][0].ip.bytes[3] =
			    (uint8_t)(20 + (i ^ n));
			b->vrs[i].name = (i ^ n) ? "B" : "A";
			b->addresses[i][0].ip.bytes[3] =
			    (uint8_t)(100 + (i ^ n));
		}
	}
	bench_start(&bench);
	bench_run(&bench, WAIT_DOWN);
	bench_reload(&bench, &second);
	CHECK_INT(state(&second, 0), VR_MASTER);
	CHECK_INT(state(&second, 1), VR_MASTER);
	CHECK_INT(bench_count(&bench, EFFECT_SEND), 0);
	CHECK_INT(bench_count(&second, EFFECT_NETLINK), 0);
}

/* Two unicast instances become one: it goes on as the first. */
static void
check_reload_merger(void)
{
	struct bench *both[2] = { &bench, &second };

	for (uint16_t n = 0; n < 2; n++) {
		struct bench *b = both[n];

		bench_conf(b, (uint16_t)(2 - n));
		for (uint8_t i = 0; i < 2; i++) {
			b->vrs[i].unicast = true;
			b->vrs[i].vrid = 51;
			b->vrs[i].peer_count = (uint16_t)(1 + n);
			for (uint8_t k = 0; k < 2; k++) {
				b->peers[i][k].ip = bench_ip("10.0.0.20");
				b->peers[i][k].ip.bytes[3] =
				    (uint8_t)(20 + i + k);
			}
		}
	}
	second.addresses[0][1] = bench.addresses[1][0];
	second.vrs[0].address_count = 2;
	bench_start(&bench);
	bench_run(&bench, WAIT_DOWN);
	*counter_of(&bench.d, &bench.d.vrs[0], COUNT_received) = 77;
	bench_reload(&bench, &second);
	CHECK_INT(state(&second, 0), VR_MASTER);
	CHECK_INT(*counter_of(&second.d, &second.d.vrs[0], COUNT_received), 77);
	CHECK_INT(second.d.work_count, 0);
	CHECK_INT(bench_count(&second, EFFECT_NETLINK), 0);
	CHECK_INT(second.d.vips[1].state, VIP_PRESENT);
}

/*
 * Counters go on, and what has counted nothing is not even written to: its
 * memory would be taken.
 */
static void
check_reload_counters(void)
{
	struct bench *b = &bench, *next = &second;
	const struct vr *from, *to;

	bench_begin(b, 2);
	bench_begin(next, 1);
	from = &b->d.vrs[1];
	to = &next->d.vrs[0];
	for (unsigned i = 0; i < COUNTER_KINDS; i++) {
		*counter_of(&b->d, from, i) = i % 3 == 0 ? 0 : 100 + i;
		*counter_of(&next->d, to, i) = 7;
	}
	counters_inherit(&next->d, to, &b->d, from);
	for (unsigned i = 0; i < COUNTER_KINDS; i++)
		CHECK_INT(*counter_of(&next->d, to, i),
		    i % 3 == 0 ? 7 : 100 + i);
}

/* A claim, a burst and no address left to announce. */
static void
check_reload_without_addresses(void)
{
	struct bench *b = &bench, *next = &second;

	bench_begin(b, 1);
	bench_run(b, WAIT_DOWN);
	bench_claim(b, 2, "10.0.0.100", 9);
	bench_conf(next, 1);
	next->vrs[0].address_count = 0;
	next->vrs[0].addresses = NULL;
	bench_reload(b, next);
	bench_run(next, 100 * SECOND_US);
	CHECK_INT(state(next, 0), VR_MASTER);
	CHECK_INT(bench_count(next, EFFECT_ETHERNET), 0);
	CHECK_INT(bench_count(next, EFFECT_NETLINK), 1);
}

/* C-076: a complaint is logged once for each source, also the first one. */
static void
check_logged_once(void)
{
	struct bench *b = &bench;
	struct conf_vr sender;

	bench_begin(b, 1);
	sender = b->vrs[0];
	sender.address_count = 0;
	bench_watch(b);
	for (int i = 0; i < 5; i++)
		bench_advert_of(b, &sender, 2, 200);
	CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_address_list), 5);
	CHECK_INT(bench_count(b, EFFECT_LOG), 1);
	bench_advert_of(b, &sender, 3, 200);
	CHECK_INT(bench_count(b, EFFECT_LOG), 2);
}

/* C-049: another interval is accepted, and logged once. */
static void
check_interval_logged(void)
{
	struct bench *b = &bench;
	struct conf_vr sender;

	bench_conf(b, 1);
	b->vrs[0].version = 3;
	bench_start(b);
	sender = b->vrs[0];
	sender.interval_us = 2000000;
	bench_watch(b);
	for (int i = 0; i < 5; i++)
		bench_advert_of(b, &sender, 2, 200);
	CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_received), 5);
	CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_interval_differs), 5);
	CHECK_INT(bench_count(b, EFFECT_LOG), 1);
}

/* C-047: a VRID that is nobody's is logged if that was asked for, once. */
static void
check_unknown_vrid(void)
{
	struct bench *b = &bench;
	struct conf_vr sender;

	for (int asked = 0; asked < 2; asked++) {
		bench_conf(b, 1);
		b->conf.global.log_unknown_vrids = asked != 0;
		bench_start(b);
		sender = b->vrs[0];
		sender.vrid = 77;
		bench_watch(b);
		for (int i = 0; i < 5; i++)
			bench_advert_of(b, &sender, 2, 200);
		CHECK_INT(b->d.counters.unknown_vrid, 5);
		CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_received), 0);
		CHECK_INT(bench_count(b, EFFECT_LOG), asked);
		bench_advert_of(b, &sender, 3, 200);
		CHECK_INT(bench_count(b, EFFECT_LOG), 2 * asked);
	}
	CHECK_STR(bench_line(b, EFFECT_LOG, 1),
	    "10.0.0.3 advertises VRID 77, which is not configured");
}

/* C-065, D-5: strict version 2 discards another list, unless an owner's. */
static void
check_strict_list(void)
{
	struct bench *b = &bench;
	struct conf_vr sender;

	for (uint8_t version = 2; version <= 3; version++) {
		bench_conf(b, 1);
		b->vrs[0].strict = true;
		b->vrs[0].version = version;
		bench_start(b);
		sender = b->vrs[0];
		sender.address_count = 2;
		b->addresses[0][1] = b->addresses[0][0];
		bench_advert_of(b, &sender, 2, 200);
		CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_address_list),
		    1);
		CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_received),
		    version - 2);
		bench_advert_of(b, &sender, 2, 255);
		CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_address_list),
		    2);
		CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_received),
		    version - 1);
	}
}

/* No effect that needs an interface was without. */
static void
check_interfaces_sent(const struct bench *b)
{
	static const bool needs[EFFECT_KINDS] = { [EFFECT_SEND] = true,
	    [EFFECT_ETHERNET] = true, [EFFECT_NETLINK] = true,
	    [EFFECT_JOIN] = true, [EFFECT_LEAVE] = true };

	for (size_t i = 0; i < b->count; i++)
		CHECK(b->noted[i].effect.ifindex != 0 ||
		    !needs[b->noted[i].effect.kind]);
}

/* Nothing is ever sent by an interface that is not there. */
static void
check_no_absent_interface(void)
{
	struct bench *b = &bench, *next = &second;

	bench_conf(b, 2);
	b->vrs[1].interface = 2;
	b->addresses[1][0].interface = 2;
	b->addresses[0][1] = b->addresses[0][0];
	b->addresses[0][1].ip.bytes[3] = 9;
	b->addresses[0][1].interface = 2;
	b->addresses[0][1].flags = ADDRESS_NO_TRACK;
	b->vrs[0].address_count = 2;
	bench_start(b);
	bench_run(b, 20 * SECOND_US);
	CHECK_INT(state(b, 0), VR_MASTER);
	bench_link(b, 2, "eth0", 0, true);
	bench_link(b, 7, "eth2", UP, false);
	bench_run(b, 20 * SECOND_US);
	bench_link(b, 7, "eth2", UP, true);
	bench_run(b, 20 * SECOND_US);
	bench_conf(next, 2);
	next->vrs[1].interface = 2;
	bench_reload(b, next);
	bench_run(next, 20 * SECOND_US);
	check_interfaces_sent(b);
	check_interfaces_sent(next);
}

static void
check_trackers(void)
{
	check_rise_and_fall();
	check_first_result();
	check_timeout();
	check_slept();
	check_unusable();
	check_weights();
	check_reverse_fault();
	check_track_interface();
	check_track_file();
	check_interface_delays();
	check_built_in();
	check_process_name();
	check_process_matches();
	check_track_process();
	check_track_process_reload();
	check_priority_moves_timer();
	check_fault_reasons();
}

static void
check_telling(void)
{
	check_group_faults();
	check_group_lines();
	check_group_owners();
	check_group_weaker();
	check_group_weaker_often();
	check_priority_lines();
	check_notify_order();
	check_notify_group();
	check_notify_hang();
	check_fifo_lines();
	check_told_once();
	check_lower_priority_line();
	check_lower_priority_once();
	check_lower_priority_waits();
	check_conflict();
	check_conflict_lasts();
	check_deleted_script();
	check_states_on_reload();
	check_stalled();
	check_stalled_group();
	check_logged_once();
	check_interval_logged();
	check_unknown_vrid();
	check_strict_list();
}

static void
check_protocol(void)
{
	check_startup_delay();
	check_preempt_delay();
	check_prompt();
	check_election_keywords();
	check_owner_ignores();
	check_v3_interval();
	check_checksum_form();
	check_zero_flood();
	check_lower_priority_bursts();
	check_burst_order();
	check_pacing();
	check_pacing_group();
	check_pacing_turns();
	check_claims();
	check_lingering_is_quiet();
	check_stop_with_check();
	check_stop_is_told();
}

static void
check_reloads(void)
{
	check_reload_scripts();
	check_reload_new_trackers();
	check_reload_groups();
	check_reload_group_lost();
	check_reload_timers();
	check_reload_interval();
	check_reload_preempt_delay();
	check_reload_burst();
	check_burst_again();
	check_reload_grouped();
	check_maintenance_lingers();
	check_reload_notifiers();
	check_reload_removal();
	check_orphans();
	check_orphan_refused();
	check_orphan_stop();
	check_reload_unicast();
	check_reload_merger();
	check_reload_counters();
	check_reload_without_addresses();
}

int
main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	check_trackers();
	check_telling();
	check_protocol();
	check_unicast_one();
	check_ipv6();
	check_independence();
	check_owner_source();
	check_phases();
	check_late_backups();
	check_asked_again();
	check_crowd();
	check_empty();
	check_no_absent_interface();
	check_reloads();
	return check_end("policy");
}
