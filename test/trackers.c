/* SPDX-License-Identifier: ISC */
/*
 * Goal: what is tracked is judged as it was configured: static entries,
 * processes, built-in checks.
 * Method: the functions of Policy that judge, asked one by one, and a daemon on
 * a bench (core.h) where time or effects matter.
 */
#define VRRPD_PURE
#include "../vrrpd.c"

#include "check.h"
#include "core.h"

static struct bench bench;

/* -- static entries and their track_group -- */

/*
 * Entries 0 and 2 are of nobody, 1 of a group of VI_1, 3 of one of VI_3 and
 * VI_2; behind each group's members stands one that is none.
 */
static void
check_statics(void)
{
	struct bench *b = &bench;
	static const uint8_t states[] = { VIP_ABSENT, VIP_ASKED, VIP_PRESENT,
	    VIP_REMOVING, VIP_REFUSED };
	static const uint16_t first[] = { 0, 1 }, others[] = { 2, 1, 0 };
	static const struct conf_group groups[] = {
		{ .name = "A", .members = first, .member_count = 1 },
		{ .name = "B", .members = others, .member_count = 2 },
	};
	struct conf_entry entries[4] = { { .group = NONE }, { .group = 0 },
	    { .group = NONE }, { .group = 1 } };
	struct entry kept[4];

	bench_begin(b, 3);
	b->conf.entries = entries;
	b->conf.static_count = 4;
	b->conf.track_groups = groups;
	b->d.entries = kept;
	for (size_t i = 0; i < COUNT_OF(states); i++) {
		bool there = states[i] == VIP_ASKED || states[i] == VIP_PRESENT;
		struct vr *vrs = b->d.vrs;

		for (int k = 0; k < 4; k++)
			kept[k].state = VIP_PRESENT;
		kept[0].state = kept[1].state = states[i];
		CHECK(missing_static(&b->d, &vrs[0]) ==
		    (there ? NULL : &entries[1]));
		CHECK(missing_static(&b->d, &vrs[1]) == NULL);
		CHECK(missing_static(&b->d, &vrs[2]) == NULL);
		kept[1].state = VIP_ASKED;
		kept[2].state = kept[3].state = states[i];
		CHECK(missing_static(&b->d, &vrs[0]) == NULL);
		CHECK(missing_static(&b->d, &vrs[1]) ==
		    (there ? NULL : &entries[3]));
		CHECK(missing_static(&b->d, &vrs[2]) ==
		    (there ? NULL : &entries[3]));
	}
	/* the very first entry counts, and it is one of the router's faults */
	entries[0].group = 0;
	kept[0].state = VIP_ABSENT;
	kept[3].state = VIP_PRESENT;
	CHECK(missing_static(&b->d, &b->d.vrs[0]) == &entries[0]);
	CHECK_INT(vr_own_faults(&b->d, &b->d.vrs[0], 0), FAULT_TRACKED);
	b->d.vrs[0].machine.state = MACHINE_INITIALIZE;
	CHECK_INT(vr_own_faults(&b->d, &b->d.vrs[0], FAULT_PENDING),
	    FAULT_TRACKED | FAULT_PENDING);
	entries[0].text = "10.0.0.7";
	CHECK_STR(faulty_tracker(&b->d, &b->d.vrs[0]), "10.0.0.7");
	CHECK_STR(faulty_tracker(&b->d, &b->d.vrs[1]), "");
	CHECK_INT(vr_own_faults(&b->d, &b->d.vrs[1], 0), 0);
}

/* One that waits for the kernel's word about its interface lacks nothing. */
static void
check_unknown_interface(void)
{
	struct bench *b = &bench;

	bench_begin(b, 1);
	b->d.vrs[0].machine.state = MACHINE_INITIALIZE;
	b->d.vrs[0].source.family = 0;
	CHECK_INT(vr_own_faults(&b->d, &b->d.vrs[0], 0), FAULT_NO_ADDRESS);
	b->d.interfaces[0].known = false;
	CHECK_INT(vr_own_faults(&b->d, &b->d.vrs[0], 0), FAULT_STARTUP);
}

/* -- processes -- */

static void
check_process_names(void)
{
	static const struct {
		const char *stat, *name;
	} rows[] = {
		{ "1 (init) S 0", "init" },
		{ "1 (a) S", "a" },
		{ "1 (a) (b)) R 0", "a) (b)" },
		{ "1 () S 0", "" },
		{ "1 (init) Z 0", NULL },
		{ "1 (init) X 0", NULL },
		{ "1 (init)S 0", NULL },
		{ "1 (init) ", NULL },
		{ "1 (init)", NULL },
		{ "1 init) S 0", NULL },
		{ "1 (init S 0", NULL },
		{ "(", NULL },
		{ "1", NULL },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		size_t length = strlen(rows[i].stat), found = 99;
		char *copy = malloc(length);	/* its end is watched */
		const char *name;

		if (copy == NULL)
			abort();
		memcpy(copy, rows[i].stat, length);
		name = process_name(copy, length, &found);
		if (!CHECK((name == NULL) == (rows[i].name == NULL)))
			printf("\trow %zu\n", i);
		if (name != NULL && rows[i].name != NULL) {
			CHECK_INT(found, strlen(rows[i].name));
			CHECK_BYTES(name, rows[i].name, found);
		}
		free(copy);
	}
}

/* The kernel keeps 15 bytes of a name: more of it is believed. */
static void
check_process_lengths(void)
{
	static const char sixteen[] = "0123456789abcdef";
	static const char more[] = "0123456789abcdefXYZ";

	for (size_t wanted = 13; wanted <= 16; wanted++) {
		char words[17] = { 0 };
		struct conf_process conf = { .words = words,
		    .length = (uint16_t)(wanted + 1) };

		memcpy(words, sixteen, wanted);
		for (size_t length = 12; length <= 18; length++) {
			bool same = length == wanted ||
			    (wanted >= 15 && length >= 15);

			if (!CHECK(process_matches(&conf, more, length) ==
			    same))
				printf("\t%zu of %zu\n", length, wanted);
		}
	}
}

/* A daemon whose VI_1 gains 7 by the process; it is counted once. */
static void
start_counted(uint32_t count)
{
	struct bench *b = &bench;

	bench_conf(b, 1);
	bench_track(b, 0, TRACK_PROCESS, 0, 7);
	b->processes[0].fork_delay_us = 2 * SECOND_US;
	b->processes[0].terminate_delay_us = 3 * SECOND_US;
	bench_start(b);
	bench_watch(b);
	bench_count_processes(b, (int32_t)count);
}

static int
priority_now(void)
{
	return bench.d.vrs[0].machine.priority;
}

/* The first count decides at once, whatever it is; a delay that was undone is
 * over, and the next begins anew. */
static void
check_process_delays(void)
{
	struct bench *b = &bench;

	start_counted(1);
	CHECK_INT(priority_now(), 107);
	CHECK_STR(bench_line(b, EFFECT_LOG, 0), "process process: good: "
	    "1 running");
	bench_run(b, 10 * SECOND_US);	/* it is Active by now */
	bench_watch(b);
	bench_count_processes(b, 0);
	bench_run(b, 2 * SECOND_US);
	bench_count_processes(b, 1);
	CHECK_STR(bench_line(b, EFFECT_LOG, 0), "");
	bench_run(b, SECOND_US / 2);
	bench_count_processes(b, 0);
	bench_run(b, 3 * SECOND_US - 1);
	CHECK_INT(priority_now(), 107);
	CHECK_STR(bench_line(b, EFFECT_LOG, 0), "");
	bench_run(b, 1);
	CHECK_INT(priority_now(), 100);
	CHECK_STR(bench_line(b, EFFECT_LOG, 0), "process process: failed: "
	    "0 running");
	start_counted(0);
	CHECK_INT(priority_now(), 100);
	CHECK_STR(bench_line(b, EFFECT_LOG, 0), "process process: failed: "
	    "0 running");
}

/* Each direction has its delay; without one the change is judged at once. */
static void
check_process_one_delay(void)
{
	struct bench *b = &bench;

	for (int fork = 0; fork < 2; fork++) {
		start_counted(1);
		b->processes[0].fork_delay_us = fork ? 2000000 : 0;
		b->processes[0].terminate_delay_us = fork ? 0 : 2000000;
		bench_count_processes(b, 0);
		CHECK_INT(priority_now(), fork ? 100 : 107);
		bench_run(b, 2 * SECOND_US);
		CHECK_INT(priority_now(), 100);
		bench_count_processes(b, 1);
		CHECK_INT(priority_now(), fork ? 100 : 107);
		bench_run(b, 2 * SECOND_US);
		CHECK_INT(priority_now(), 107);
	}
	/* a delay that is configured while none runs is not begun by a count
	   that changes nothing */
	start_counted(1);
	bench_count_processes(b, 1);
	bench_count_processes(b, 2);
	CHECK(b->d.processes[0].timer.slot == NO_SLOT);
}

/* -- built-in checks -- */

static void
check_reasons(void)
{
	static const struct {
		uint8_t	kind;
		bool	timed_out;
		int32_t	exit;
		const char *why;
	} rows[] = {
		{ CHECK_TCP, true, 0, "it timed out" },
		{ CHECK_COMMAND, false, 127 << 8, "it ended with status 127" },
		{ CHECK_COMMAND, false, 1, "it ended with signal 1" },
		{ CHECK_COMMAND, false, 11, "it ended with signal 11" },
		{ CHECK_COMMAND, false, 0x8b, "it ended with signal 11" },
		{ CHECK_HTTP, false, FOUND_STATUS | 503 << 8,
		  "the status of the answer is 503" },
		{ CHECK_TCP, false, FOUND_REFUSED, "connection refused" },
		{ CHECK_PIDFILE, false, FOUND_NO_FILE | 2 << 8,
		  "the file cannot be read: No such file or directory" },
		{ CHECK_TCP, false, FOUND_ERROR | 1 << 8,
		  "Operation not permitted" },
		{ CHECK_TCP, false, FOUND_ERROR | 300 << 8, "error 300" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct conf_script conf = { .check.kind = rows[i].kind };
		struct script script = { .last_exit = rows[i].exit,
		    .timed_out = rows[i].timed_out };
		char bytes[128];
		struct text t = text_over(bytes, sizeof(bytes));

		script_why(&t, &conf, &script);
		CHECK_STR(text_end(&t), rows[i].why);
	}
}

static void
check_successes(void)
{
	static const struct {
		uint8_t	kind;
		uint16_t status;
		int32_t	value;
		bool	good;
	} rows[] = {
		{ CHECK_COMMAND, 0, 0, true },
		{ CHECK_COMMAND, 0, 256, false },
		/* an exit status that looks like a finding */
		{ CHECK_COMMAND, 0, FOUND_STATUS | 200 << 8, false },
		{ CHECK_HTTP, 0, FOUND_GOOD, true },
		{ CHECK_HTTP, 0, FOUND_REFUSED | 200 << 8, false },
		{ CHECK_HTTP, 0, FOUND_STATUS | 199 << 8, false },
		{ CHECK_HTTP, 0, FOUND_STATUS | 200 << 8, true },
		{ CHECK_HTTP, 0, FOUND_STATUS | 399 << 8, true },
		{ CHECK_HTTP, 0, FOUND_STATUS | 400 << 8, false },
		{ CHECK_HTTP, 503, FOUND_STATUS | 200 << 8, false },
		{ CHECK_HTTP, 503, FOUND_STATUS | 503 << 8, true },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct conf_script conf = { .check = { .kind = rows[i].kind,
		    .status = rows[i].status } };

		if (!CHECK(script_succeeds(&conf, rows[i].value) ==
		    rows[i].good))
			printf("\trow %zu\n", i);
	}
}

/* What the world is told of a check: each kind has what it needs. */
static void
check_requests(void)
{
	struct bench *b = &bench;
	static const struct {
		struct conf_check check;
		int64_t	value;
		uint32_t ifindex;
		const char *bytes;
		size_t	length;
	} rows[] = {
		{ { .kind = CHECK_TCP, .port = 80, .prefix = 3,
		  .interface = NONE }, 80, 0, "", 0 },
		{ { .kind = CHECK_PING, .interface = 1, .path = "/no" }, 0, 3,
		  "", 0 },
		{ { .kind = CHECK_ROUTE, .port = 7, .prefix = 24,
		  .interface = NONE }, 24, 0, "", 0 },
		{ { .kind = CHECK_PIDFILE, .path = "/run/x.pid",
		  .interface = NONE }, 0, 0, "/run/x.pid", 11 },
	};

	bench_begin(b, 1);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct noted *noted;

		bench_watch(b);
		check_run(&b->d, &rows[i].check, 77);
		bench_note(b);
		noted = bench_find(b, EFFECT_CHECK, 0);
		if (!CHECK(noted != NULL))
			continue;
		CHECK_INT(noted->effect.token, 77);
		CHECK_INT(noted->effect.index, rows[i].check.kind);
		CHECK_INT(noted->effect.value, rows[i].value);
		CHECK_INT(noted->effect.ifindex, rows[i].ifindex);
		CHECK_INT(noted->effect.length, rows[i].length);
		CHECK_BYTES(noted->bytes, rows[i].bytes, rows[i].length);
	}
}

int
main(void)
{
	check_statics();
	check_unknown_interface();
	check_process_names();
	check_process_lengths();
	check_process_delays();
	check_process_one_delay();
	check_reasons();
	check_successes();
	check_requests();
	return check_end("trackers");
}
