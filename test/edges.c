/* SPDX-License-Identifier: ISC */
/*
 * Goal: the edges of what Policy and Router decide: a limit holds to the
 * microsecond, a counter counts what its name says and nothing else, a
 * condition with two halves needs both.
 * Method: a daemon on a bench (core.h).  Each check was written because `make
 * mutate' could break what it guards without any other test noticing.
 */
#define main vrrpd_main
#include "../vrrpd.c"
#undef main

#include "check.h"
#include "core.h"

#define WAIT_DOWN	(4 * SECOND_US)	/* longer than any down interval here */
#define UP		(IFF_UP | IFF_RUNNING)

static struct bench bench;
static const struct event stop = { .kind = EVENT_SHUTDOWN };

static enum vr_state
state(const struct bench *b, int i)
{
	return vr_state(&b->d.vrs[i]);
}

/* 1.3: the IP identification counts up from 1 and is never 0. */
static void
check_identification(void)
{
	struct bench *b = &bench;

	bench_conf(b, 1);
	bench_start(b);
	bench_watch(b);
	bench_run(b, WAIT_DOWN + 3 * SECOND_US);
	for (int i = 0; i < 3; i++) {
		const struct noted *sent = bench_find(b, EFFECT_SEND, i);

		CHECK_INT(sent->bytes[4] << 8 | sent->bytes[5], i + 1);
	}
	b->d.vrs[0].ip_id = UINT16_MAX - 1;
	bench_watch(b);
	bench_run(b, 3 * SECOND_US);
	CHECK_INT(bench_find(b, EFFECT_SEND, 0)->bytes[5], 0xff);
	CHECK_INT(bench_find(b, EFFECT_SEND, 1)->bytes[5], 1);
	CHECK_INT(bench_find(b, EFFECT_SEND, 1)->bytes[4], 0);
	CHECK_INT(bench_find(b, EFFECT_SEND, 2)->bytes[5], 2);
}

/* C-001, C-007: over IPv6 the kernel makes the header; we send the message. */
static void
check_ipv6_has_no_header(void)
{
	struct bench *b = &bench;
	const struct noted *sent;

	bench_conf(b, 1);
	b->vrs[0].family = 6;
	b->vrs[0].version = 3;
	b->vrs[0].destination = bench_ip("ff02::12");
	b->addresses[0][0].ip = bench_ip("fe80::64");
	b->addresses[0][0].prefix = 64;
	bench_start(b);
	bench_address(b, 2, "fe80::5", 64, 0, false);
	bench_watch(b);
	bench_run(b, WAIT_DOWN);
	sent = bench_find(b, EFFECT_SEND, 0);
	CHECK(sent != NULL);
	CHECK_INT(sent->effect.length, 8 + 16);
	CHECK_INT(sent->bytes[0], 0x31);
	CHECK_INT(sent->bytes[2], 100);
}

/* C-144, C-155: what was sent, and how much of it was a farewell. */
static void
check_sent_counters(void)
{
	struct bench *b = &bench;
	const struct counters *counters;

	bench_conf(b, 1);
	bench_start(b);
	bench_run(b, WAIT_DOWN);
	counters = &b->d.vrs[0].counters;
	CHECK_INT(counters->sent, 1);
	CHECK_INT(counters->zero_sent, 0);
	CHECK_INT(counters->became_master, 1);
	CHECK_INT(counters->released_master, 0);
	CHECK_INT(counters->announced, 2);
	bench_feed(b, &stop);
	bench_run(b, 0);
	CHECK_INT(counters->sent, 2);
	CHECK_INT(counters->zero_sent, 1);
	CHECK_INT(counters->released_master, 1);
}

/* C-030, 1.4: unicast with a source of its own needs no interface. */
static void
check_without_interface(void)
{
	struct bench *b = &bench;

	bench_conf(b, 1);
	b->vrs[0].interface = b->vrs[0].vrf = NONE;
	b->vrs[0].unicast = true;
	b->vrs[0].source = bench_ip("10.0.0.1");
	b->peers[0][0] = (struct conf_peer){ .ttl_max = 255,
	    .ip = bench_ip("10.0.0.2") };
	b->vrs[0].peer_count = 1;
	bench_start(b);
	bench_watch(b);
	bench_run(b, WAIT_DOWN);
	CHECK_INT(state(b, 0), VR_MASTER);
	CHECK_INT(bench_count(b, EFFECT_SEND), 1);
	CHECK_INT(bench_find(b, EFFECT_SEND, 0)->effect.ifindex, 0);
}

/* A link of a hardware type of ours, with flags. */
static void
link_of_type(struct bench *b, uint16_t type, uint32_t flags)
{
	uint8_t bytes[256];
	struct packer p = packer_over(bytes, sizeof(bytes));
	struct ifinfomsg body = { .ifi_type = type, .ifi_index = 2,
	    .ifi_flags = flags };
	struct event event = { .kind = EVENT_NETLINK, .bytes = bytes };

	nl_begin(&p, RTM_NEWLINK, 0, 0);
	packer_bytes(&p, &body, sizeof(body));
	nl_attribute(&p, IFLA_IFNAME, "eth0", 5);
	event.length = nl_finish(&p);
	bench_feed(b, &event);
}

/* 2.6: nothing is announced where there is no Ethernet or no ARP. */
static void
check_where_nobody_listens(void)
{
	static const struct { uint16_t type; uint32_t flags; int frames; }
	    links[] = { { 1, UP, 2 }, { 772, UP, 0 }, { 1, UP | IFF_NOARP, 0 },
	    { 0, UP, 0 }, { 2, UP, 0 } };
	struct bench *b = &bench;

	for (size_t i = 0; i < COUNT_OF(links); i++) {
		bench_conf(b, 1);
		bench_start(b);
		link_of_type(b, links[i].type, links[i].flags);
		bench_watch(b);
		bench_run(b, WAIT_DOWN);
		CHECK_INT(state(b, 0), VR_MASTER);
		CHECK_INT(bench_count(b, EFFECT_ETHERNET), links[i].frames);
		CHECK_INT(b->d.vrs[0].counters.announced, links[i].frames);
	}
	bench_conf(b, 1);		/* an address on an absent interface */
	b->addresses[0][0].interface = 2;
	b->addresses[0][0].flags = ADDRESS_NO_TRACK;
	bench_start(b);
	bench_watch(b);
	bench_run(b, WAIT_DOWN);
	CHECK_INT(state(b, 0), VR_MASTER);
	CHECK_INT(bench_count(b, EFFECT_ETHERNET), 0);
	CHECK_INT(b->d.vrs[0].counters.announced, 0);
}

/* Every process has a token of its own, and none has 0, which means idle. */
static void
check_tokens(void)
{
	struct bench *b = &bench;
	uint32_t seen[8];
	int n = 0;

	bench_conf(b, 1);
	b->vrs[0].notify = &b->notify[0];
	b->notify[0].command[NOTIFY_BACKUP] = 3;
	b->notify[0].command[NOTIFY_MASTER] = 2;
	bench_track(b, 0, TRACK_SCRIPT, 0, 10);
	bench_start(b);
	for (int i = 0; i < 4 && bench_find(b, EFFECT_RUN, i) != NULL; i++) {
		bench_ended(b, i, 0);
		bench_run(b, WAIT_DOWN);
	}
	for (; n < 8 && bench_find(b, EFFECT_RUN, n) != NULL; n++) {
		seen[n] = bench_find(b, EFFECT_RUN, n)->effect.token;
		CHECK(seen[n] != 0);
		for (int k = 0; k < n; k++)
			CHECK(seen[k] != seen[n]);
	}
	CHECK(n >= 4);
}

/* D-20: addresses stay for the weakest one's skew and 50 ms, 2 s at most. */
static void
check_linger_span(void)
{
	struct bench *b = &bench;
	const usec_t spans[] = { 255 * SECOND_US / 256 + 50 * MS_US,
	    2 * SECOND_US };

	for (int i = 0; i < 2; i++) {
		bench_conf(b, 1);
		if (i == 1) {		/* its skew alone would be 9.96 s */
			b->vrs[0].version = 3;
			b->vrs[0].interval_us = 10000000;
		}
		bench_start(b);
		bench_run(b, 60 * SECOND_US);
		CHECK_INT(state(b, 0), VR_MASTER);
		bench_watch(b);
		bench_feed(b, &stop);
		bench_run(b, spans[i] - 1);
		CHECK_INT(bench_count(b, EFFECT_NETLINK), 0);
		bench_run(b, 1);
		CHECK_INT(bench_count(b, EFFECT_NETLINK), 1);
	}
}

/* C-138: a sum of 0 is priority 1, one of 255 is 254. */
static void
check_priority_limits(void)
{
	static const struct { int16_t weight; int status, priority; } rows[] = {
		{ -99, 256, 1 }, { -100, 256, 1 }, { -98, 256, 2 },
		{ 153, 0, 253 }, { 154, 0, 254 }, { 155, 0, 254 } };
	struct bench *b = &bench;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		bench_conf(b, 1);
		bench_track(b, 0, TRACK_SCRIPT, 0, rows[i].weight);
		bench_start(b);
		bench_ended(b, 0, rows[i].status);
		CHECK_INT(b->d.vrs[0].machine.priority, rows[i].priority);
	}
}

/* C-134, C-143: a check that is good does not hide one that has failed. */
static void
check_faults_add_up(void)
{
	struct bench *b = &bench;

	bench_conf(b, 1);
	bench_track(b, 0, TRACK_SCRIPT, 0, 0);
	bench_track(b, 0, TRACK_SCRIPT, 1, 0);
	b->vrs[0].address_count = 2;
	b->addresses[0][1] = b->addresses[0][0];
	b->addresses[0][1].ip.bytes[3] = 200;
	b->addresses[0][1].interface = 1;
	b->vrs[0].unicast = b->vrs[0].unicast_fault_no_peer = true;
	bench_start(b);
	bench_ended(b, 0, 256);
	bench_ended(b, 1, 0);
	CHECK_INT(b->d.vrs[0].faults, FAULT_TRACKED | FAULT_NO_PEER);
	bench_link(b, 3, "eth1", IFF_UP, false);
	CHECK_INT(b->d.vrs[0].faults, FAULT_TRACKED | FAULT_NO_PEER |
	    FAULT_INTERFACE_DOWN);
}

/* 1.4: no peer is a fault for unicast alone, and if that is wanted. */
static void
check_no_peer(void)
{
	struct bench *b = &bench;

	for (int bits = 0; bits < 8; bits++) {
		bench_conf(b, 1);
		b->vrs[0].unicast = (bits & 1) != 0;
		b->vrs[0].unicast_fault_no_peer = (bits & 2) != 0;
		b->vrs[0].peer_count = (bits & 4) != 0;
		b->peers[0][0] = (struct conf_peer){ .ttl_max = 255,
		    .ip = bench_ip("10.0.0.2") };
		bench_start(b);
		CHECK_INT(b->d.vrs[0].faults, bits == 3 ? FAULT_NO_PEER : 0);
	}
}

/* 2.7: interfaces of addresses, excluded ones too, count unless no_track. */
static void
check_address_interfaces(void)
{
	struct bench *b = &bench;

	for (int i = 0; i < 3; i++) {
		bench_conf(b, 1);
		b->addresses[0][1] = b->addresses[0][0];
		b->addresses[0][1].ip.bytes[3] = 200;
		b->vrs[0].address_count = i == 1 ? 2 : 1;
		b->vrs[0].excluded_count = i == 2;
		b->addresses[0][i > 0].interface = 1;
		bench_start(b);
		CHECK_INT(state(b, 0), VR_BACKUP);
		bench_link(b, 3, "eth1", IFF_UP, false);
		CHECK_INT(b->d.vrs[0].faults, FAULT_INTERFACE_DOWN);
		bench_link(b, 3, "eth1", UP, false);
		CHECK_INT(state(b, 0), VR_BACKUP);
		b->addresses[0][i > 0].flags = ADDRESS_NO_TRACK;
		bench_link(b, 3, "eth1", IFF_UP, false);
		CHECK_INT(b->d.vrs[0].faults, 0);
		b->addresses[0][i > 0].flags = ADDRESS_NO_TRACK << 1;
		bench_link(b, 3, "eth1", UP, false);
		bench_link(b, 3, "eth1", IFF_UP, false);
		CHECK_INT(b->d.vrs[0].faults, FAULT_INTERFACE_DOWN);
	}
	bench_conf(b, 1);			/* C-130 */
	b->vrs[0].dont_track_primary = true;
	bench_start(b);
	bench_link(b, 2, "eth0", IFF_UP, false);
	CHECK_INT(b->d.vrs[0].faults, 0);
}

/* Nobody starts before the kernel's whole picture is there. */
static void
check_waits_for_the_picture(void)
{
	struct bench *b = &bench;

	bench_conf(b, 1);
	b->vrs[0].interface = b->vrs[0].vrf = NONE;
	b->addresses[0][0].interface = NONE;
	b->vrs[0].unicast = true;
	b->vrs[0].source = bench_ip("10.0.0.1");
	b->out = effects_over(b->queue, sizeof(b->queue), NULL, NULL);
	CHECK(daemon_build(&b->d, &b->arena, &b->conf, &b->out));
	daemon_start(&b->d, b->now, 0);
	bench_mark(b, DUMP_LINKS);
	bench_link(b, 2, "eth0", UP, false);
	bench_mark(b, DUMP_ADDRESSES);
	bench_run(b, 10 * SECOND_US);
	CHECK_INT(state(b, 0), VR_INIT);
}

/* Whether a line of the log since bench_watch has this text. */
static bool
is_logged(const struct bench *b, const char *text)
{
	for (int n = 0; bench_find(b, EFFECT_LOG, n) != NULL; n++) {
		if (strstr(bench_line(b, EFFECT_LOG, n), text) != NULL)
			return true;
	}
	return false;
}

/* Promise `honest' of the design: a change of state is logged with a cause. */
static void
check_causes(void)
{
	struct bench *b = &bench;

	bench_conf(b, 1);
	bench_start(b);
	CHECK(is_logged(b, "VI_1: INIT -> BACKUP: starting"));
	bench_advert(b, 0, 9, 200);
	bench_watch(b);
	bench_run(b, WAIT_DOWN);
	CHECK(is_logged(b, "BACKUP -> MASTER: nothing heard from 10.0.0.9"));
	bench_watch(b);
	bench_link(b, 2, "eth0", IFF_UP, false);
	bench_run(b, 0);
	CHECK(is_logged(b, "MASTER -> FAULT: interface is down (eth0)"));
	bench_watch(b);
	bench_link(b, 2, "eth0", UP, false);
	bench_run(b, 0);
	CHECK(is_logged(b, "FAULT -> BACKUP: nothing is wrong any more"));
	bench_watch(b);
	bench_run(b, WAIT_DOWN);
	CHECK(is_logged(b, "BACKUP -> MASTER: no other router was heard"));
	bench_watch(b);
	bench_feed(b, &stop);
	bench_run(b, 0);
	CHECK(is_logged(b, "VI_1: MASTER -> STOP: stopping"));
	CHECK_INT(b->d.vrs[0].cause, CAUSE_STOP);
	bench_conf(b, 1);
	b->vrs[0].priority = 255;
	bench_start(b);
	CHECK(is_logged(b, "VI_1: INIT -> MASTER: it owns the address"));
	CHECK(!is_logged(b, "defect"));
}

/* What one waited for before a fault is forgotten after it (C-129, C-143). */
static void
check_fresh_start(void)
{
	struct bench *b = &bench;

	bench_conf(b, 2);
	bench_group(b, 2);
	b->vrs[0].preempt_delay_us = 30000000;
	bench_start(b);
	bench_advert(b, 0, 9, 50);
	CHECK(b->d.vrs[0].preempt_at != NEVER);
	bench_advert(b, 1, 9, 150);
	for (int i = 0; i < 5; i++) {
		bench_run(b, SECOND_US);
		bench_advert(b, 1, 9, 150);
	}
	CHECK(b->d.vrs[0].wants_active);
	bench_link(b, 2, "eth0", IFF_UP, false);
	bench_run(b, 0);
	bench_link(b, 2, "eth0", UP, false);
	bench_run(b, 0);
	CHECK_INT(state(b, 0), VR_BACKUP);
	CHECK(!b->d.vrs[0].wants_active);
	CHECK_INT(b->d.vrs[0].preempt_at, NEVER);
	CHECK_INT(b->d.vrs[0].changed_at, b->now);
	CHECK(!is_logged(b, "defect"));
}

/* C-147: a group with one at fault and one that waits is at fault. */
static void
check_group_fault_told(void)
{
	struct bench *b = &bench;

	bench_conf(b, 2);
	bench_group(b, 2);
	b->conf.global.fifo[0].path = "/fifo";
	bench_track(b, 0, TRACK_SCRIPT, 0, 0);
	b->vrs[1].interface = 2;		/* absent */
	bench_start(b);
	CHECK_INT(state(b, 0), VR_INIT);
	CHECK_INT(state(b, 1), VR_FAULT);
	CHECK_INT(b->d.groups[0].told, VR_FAULT);
	bench_watch(b);
	bench_link(b, 2, "eth0", IFF_UP, false);
	bench_run(b, 0);
	for (int n = 0; *bench_line(b, EFFECT_FIFO, n) != '\0'; n++)
		CHECK(strncmp(bench_line(b, EFFECT_FIFO, n), "GROUP", 5) != 0);
}

/* D-3: a group starts as Active only if all its members are owners. */
static void
check_group_of_owners(void)
{
	struct bench *b = &bench;

	for (int bits = 0; bits < 4; bits++) {
		bench_conf(b, 2);
		bench_group(b, 2);
		b->vrs[0].priority = bits & 1 ? 255 : 100;
		b->vrs[1].priority = bits & 2 ? 255 : 100;
		bench_start(b);
		CHECK_INT(state(b, 0), bits == 3 ? VR_MASTER : VR_BACKUP);
		CHECK_INT(state(b, 1), bits == 3 ? VR_MASTER : VR_BACKUP);
	}
}

int
main(void)
{
	check_identification();
	check_ipv6_has_no_header();
	check_sent_counters();
	check_without_interface();
	check_where_nobody_listens();
	check_tokens();
	check_linger_span();
	check_priority_limits();
	check_faults_add_up();
	check_no_peer();
	check_address_interfaces();
	check_waits_for_the_picture();
	check_causes();
	check_fresh_start();
	check_group_fault_told();
	check_group_of_owners();
	return check_end("edges");
}
