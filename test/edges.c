/* SPDX-License-Identifier: ISC */
/*
 * Goal: the edges of what Policy and Router decide: a limit holds to the
 * microsecond, a counter counts what its name says and nothing else, a
 * condition with two halves needs both.
 * Method: a daemon on a bench (core.h).  Each check was written because `make
 * mutate' could break what it guards without any other test noticing.
 */
#define VRRPD_PURE
#include "../vrrpd.c"

#include "check.h"
#include "core.h"

static struct bench bench, second;
static const struct event stop = { .kind = EVENT_SHUTDOWN };

/* 1.3: the IP identification counts up from 1 and is never 0. */
static void
check_identification(void)
{
	struct bench *b = &bench;

	bench_begin(b, 1);
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
	const struct vr *vr;

	bench_begin(b, 1);
	bench_run(b, WAIT_DOWN);
	vr = &b->d.vrs[0];
	CHECK_INT(*counter_of(&b->d, vr, COUNT_sent), 1);
	CHECK_INT(*counter_of(&b->d, vr, COUNT_zero_sent), 0);
	CHECK_INT(*counter_of(&b->d, vr, COUNT_became_master), 1);
	CHECK_INT(*counter_of(&b->d, vr, COUNT_released_master), 0);
	CHECK_INT(*counter_of(&b->d, vr, COUNT_announced), 2);
	bench_feed(b, &stop);
	bench_run(b, 0);
	CHECK_INT(*counter_of(&b->d, vr, COUNT_sent), 2);
	CHECK_INT(*counter_of(&b->d, vr, COUNT_zero_sent), 1);
	CHECK_INT(*counter_of(&b->d, vr, COUNT_released_master), 1);
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

/* Of two with one VRID and one peer, a packet is for whose source it names. */
static void
check_two_sources(void)
{
	struct bench *b = &bench;

	bench_conf(b, 2);
	for (int i = 0; i < 2; i++) {
		b->vrs[i].vrid = 51;
		b->vrs[i].unicast = true;
		b->vrs[i].source = bench_ip(i == 0 ? "10.0.0.1" : "10.0.0.11");
		b->peers[i][0] = (struct conf_peer){ .ttl_max = 255,
		    .ip = bench_ip("10.0.0.2") };
		b->vrs[i].peer_count = 1;
	}
	bench_start(b);
	for (int i = 0; i < 6; i++) {
		for (int k = 0; k < 2; k++)
			bench_hear(b, &b->vrs[k], 2, "10.0.0.2", k == 0 ?
			    "10.0.0.1" : "10.0.0.11", 200, false);
		bench_run(b, SECOND_US);
	}
	CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_received), 6);
	CHECK_INT(*counter_of(&b->d, &b->d.vrs[1], COUNT_received), 6);
	/* to neither of them: one counts it */
	bench_hear(b, &b->vrs[0], 2, "10.0.0.2", "10.0.0.12", 200, false);
	CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_received) +
	    *counter_of(&b->d, &b->d.vrs[1], COUNT_received), 13);
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
		bench_begin(b, 1);
		link_of_type(b, links[i].type, links[i].flags);
		bench_watch(b);
		bench_run(b, WAIT_DOWN);
		CHECK_INT(state(b, 0), VR_MASTER);
		CHECK_INT(bench_count(b, EFFECT_ETHERNET), links[i].frames);
		CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_announced),
		    links[i].frames);
	}
	bench_conf(b, 1);		/* an address on an absent interface */
	b->addresses[0][0].interface = 2;
	b->addresses[0][0].flags = ADDRESS_NO_TRACK;
	bench_start(b);
	bench_watch(b);
	bench_run(b, WAIT_DOWN);
	CHECK_INT(state(b, 0), VR_MASTER);
	CHECK_INT(bench_count(b, EFFECT_ETHERNET), 0);
	CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_announced), 0);
}

/* Every process has a token of its own, and none has 0, which means idle. */
static void
check_tokens(uint32_t last)
{
	struct bench *b = &bench;
	uint32_t seen[8];
	int n = 0, first;

	bench_conf(b, 1);
	b->vrs[0].notify = &b->notify[0];
	b->notify[0].command[NOTIFY_BACKUP] = 3;
	b->notify[0].command[NOTIFY_MASTER] = 2;
	bench_track(b, 0, TRACK_SCRIPT, 0, 10);
	bench_start(b);
	b->d.last_token = last;
	first = bench_count(b, EFFECT_RUN);
	for (int i = 0; i < 6 && bench_find(b, EFFECT_RUN, i) != NULL; i++) {
		bench_ended(b, i, 0);
		bench_run(b, WAIT_DOWN);
	}
	for (; n < 8 && bench_find(b, EFFECT_RUN, n) != NULL; n++) {
		seen[n] = bench_find(b, EFFECT_RUN, n)->effect.token;
		CHECK(seen[n] != 0);
		for (int k = first; k < n; k++)
			CHECK(seen[k] != seen[n]);
	}
	CHECK(n >= first + 4);
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
	bench_launch(b);
	bench_mark(b, DUMP_LINKS);
	bench_link(b, 2, "eth0", UP, false);
	bench_mark(b, DUMP_ADDRESSES);
	bench_run(b, 10 * SECOND_US);
	CHECK_INT(state(b, 0), VR_INIT);
}

/* Promise `honest' of the design: a change of state is logged with a cause. */
static void
check_causes(void)
{
	struct bench *b = &bench;
	char said[1024];
	struct text t = text_over(said, sizeof(said));

	bench_begin(b, 1);
	CHECK(is_logged(b, "VI_1: INIT -> BACKUP: starting"));
	bench_advert(b, 0, 9, 200);
	bench_watch(b);
	bench_run(b, WAIT_DOWN);
	CHECK(is_logged(b, "BACKUP -> MASTER: nothing heard from 10.0.0.9"));
	explain(&t, &b->d, &b->d.vrs[0], b->now);
	CHECK(strstr(text_end(&t), "nothing heard from 10.0.0.9 for ") != NULL);
	/* who spoke since is not who was silent then */
	bench_advert(b, 0, 8, 50);
	t = text_over(said, sizeof(said));
	explain(&t, &b->d, &b->d.vrs[0], b->now);
	CHECK(strstr(text_end(&t), "no other router was heard") != NULL);
	/* nor is who speaks at that very moment */
	bench_begin(b, 1);
	bench_advert(b, 0, 9, 200);
	while (b->d.vrs[0].machine.state != MACHINE_ACTIVE)
		bench_run(b, daemon_deadline(&b->d) - b->now);
	bench_advert(b, 0, 8, 50);
	t = text_over(said, sizeof(said));
	explain(&t, &b->d, &b->d.vrs[0], b->now);
	CHECK(strstr(text_end(&t), "no other router was heard") != NULL);
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

	bench_conf_group(b, 2);
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
	CHECK(b->d.vrs[0].machine.timer > b->now);
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

	bench_conf_group(b, 2);
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
		bench_conf_group(b, 2);
		b->vrs[0].priority = bits & 1 ? 255 : 100;
		b->vrs[1].priority = bits & 2 ? 255 : 100;
		bench_start(b);
		CHECK_INT(state(b, 0), bits == 3 ? VR_MASTER : VR_BACKUP);
		CHECK_INT(state(b, 1), bits == 3 ? VR_MASTER : VR_BACKUP);
	}
}

/* -- what leaves -- */

/* A sum of 16 bit words in network byte order (RFC 1071), carries folded. */
static unsigned
words(unsigned sum, const uint8_t *bytes, size_t length)
{
	for (size_t i = 0; i < length; i += 2)
		sum += (unsigned)bytes[i] << 8 | bytes[i + 1];
	while (sum > 0xffff)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

/* The sum of the first advertisement with a pseudo-header to `to`. */
static unsigned
pseudo_sum(const struct bench *b, const char *to)
{
	const struct noted *sent = bench_find(b, EFFECT_SEND, 0);
	const struct ip source = sent->effect.source, destination =
	    bench_ip(to);
	size_t header = source.family == 4 ? IP4_HEADER : 0;
	size_t length = sent->effect.length - header;
	uint8_t tail[4] = { 0, 112, (uint8_t)(length >> 8), (uint8_t)length };
	unsigned sum = words(0, sent->bytes + header, length);

	sum = words(sum, source.bytes, source.family == 4 ? 4 : 16);
	sum = words(sum, destination.bytes, source.family == 4 ? 4 : 16);
	return words(sum, tail, sizeof(tail));
}

/* unicast_peer with old_unicast_checksum: summed as if it went to the group. */
static void
check_old_checksum(void)
{
	struct bench *b = &bench;

	for (uint8_t old = OLD_HEARD; old <= OLD_REFUSED; old++) {
		for (uint8_t family = 4; family <= 6; family += 2) {
			const char *peer = family == 4 ? "10.0.0.2" : "fe80::2";

			bench_conf(b, 1);
			b->vrs[0].version = 3;
			b->vrs[0].old_checksum = old;
			b->vrs[0].unicast = true;
			b->vrs[0].family = family;
			b->vrs[0].source = bench_ip(family == 4 ? "10.0.0.1" :
			    "fe80::1");
			b->vrs[0].peer_count = 1;
			b->peers[0][0].ip = bench_ip(peer);
			if (family == 6)
				b->addresses[0][0].ip = bench_ip("fe80::64");
			bench_start(b);
			bench_watch(b);
			bench_run(b, WAIT_DOWN);
			CHECK_INT(pseudo_sum(b, old == OLD_SENT && family == 4 ?
			    "224.0.0.18" : peer), 0xffff);
		}
	}
}

/* 2.6: an address on an interface that went is not announced. */
static void
check_gone_is_silent(void)
{
	struct bench *b = &bench;

	bench_conf(b, 1);
	b->addresses[0][0].interface = 1;
	b->addresses[0][0].flags = ADDRESS_NO_TRACK;
	bench_start(b);
	bench_run(b, WAIT_DOWN);
	bench_link(b, 3, "eth1", UP, true);
	bench_watch(b);
	bench_run(b, 100 * SECOND_US);
	CHECK_INT(state(b, 0), VR_MASTER);
	CHECK_INT(bench_count(b, EFFECT_ETHERNET), 0);
	bench_conf(b, 1);			/* but ifindex 1 is as good */
	bench_start(b);
	bench_link(b, 2, "eth0", UP, true);
	bench_link(b, 1, "eth0", UP, false);
	bench_address(b, 1, "10.0.0.1", 24, 0, false);
	bench_watch(b);
	bench_run(b, WAIT_DOWN);
	CHECK_INT(bench_count(b, EFFECT_ETHERNET), 2);
}

/* -- trackers -- */

/* C-140: a file weighs 253 at most either way; from -254 on it is a fault. */
static void
check_file_limits(void)
{
	static const struct { int32_t value; int priority; uint32_t faults; }
	    rows[] = { { 252, 154 - 1, 0 }, { 253, 154, 0 }, { 254, 154, 0 },
	    { 300, 154, 0 }, { -152, 54, 0 }, { -252, 54 - 52 - 48, 0 } };
	struct bench *b = &bench;

	for (size_t i = 0; i < 4; i++) {
		bench_conf(b, 1);		/* 1 - 100 and the file */
		b->vrs[0].priority = 1;
		bench_track(b, 0, TRACK_INTERFACE, 1, -100);
		bench_track(b, 0, TRACK_FILE, 0, 1);
		bench_start(b);
		bench_link(b, 3, "eth1", IFF_UP, false);
		bench_file(b, rows[i].value);
		CHECK_INT(b->d.vrs[0].machine.priority, rows[i].priority);
		CHECK_INT(b->d.vrs[0].faults, 0);
	}
	for (int32_t value = -252; value >= -300; value -= value > -255 ? 1 :
	    45) {
		bench_conf(b, 1);		/* 200 + 200 and the file */
		b->vrs[0].priority = 200;
		bench_track(b, 0, TRACK_SCRIPT, 0, 0);
		bench_track(b, 0, TRACK_INTERFACE, 1, 200);
		bench_track(b, 0, TRACK_FILE, 0, 1);
		bench_start(b);
		bench_file(b, value);
		CHECK_INT(b->d.vrs[0].machine.priority, value == -252 ? 148 :
		    147);
		CHECK_INT(b->d.vrs[0].faults, FAULT_PENDING | (value < -253 ?
		    FAULT_TRACKED : 0));
	}
}

/* C-137: a weight of 1 counts. */
static void
check_weight_of_one(void)
{
	struct bench *b = &bench;

	bench_conf(b, 1);
	bench_track(b, 0, TRACK_SCRIPT, 0, 1);
	bench_start(b);
	bench_ended(b, 0, 0);
	CHECK_INT(b->d.vrs[0].machine.priority, 101);
}

/* The first line of the log since bench_watch must be this. */
static void
check_line(struct bench *b, const char *want)
{
	bench_note(b);
	CHECK_STR(bench_line(b, EFFECT_LOG, 0), want);
	bench_watch(b);
}

/* Promise `honest': the tracker that is at fault is named. */
static void
check_culprits(void)
{
	struct bench *b = &bench;

	bench_conf(b, 1);
	bench_track(b, 0, TRACK_SCRIPT, 1, 5);
	bench_track(b, 0, TRACK_SCRIPT, 0, 0);
	bench_track(b, 0, TRACK_INTERFACE, 1, 0);
	bench_track(b, 0, TRACK_FILE, 0, 1);
	b->scripts[1].init_fail = true;
	bench_start(b);
	bench_file(b, -254);
	CHECK(is_logged(b, "-> FAULT: a tracked check failed (file)"));
	bench_file(b, 1);
	b->mark = 0;
	for (b->mark = 0; bench_find(b, EFFECT_RUN, 0)->effect.index != 0;)
		b->mark++;
	bench_ended(b, 0, 0);
	CHECK_INT(state(b, 0), VR_BACKUP);
	bench_watch(b);
	bench_link(b, 3, "eth1", IFF_UP, false);
	CHECK(is_logged(b, "BACKUP -> FAULT: a tracked check failed (eth1)"));
	bench_link(b, 3, "eth1", UP, false);
	bench_watch(b);
	bench_run(b, SECOND_US);
	while (bench_find(b, EFFECT_RUN, 0)->effect.index != 0)
		b->mark++;
	bench_ended(b, 0, 256);
	CHECK(is_logged(b, "BACKUP -> FAULT: a tracked check failed (check)"));
}

/* So is the interface; one that does not matter is not blamed. */
static void
check_culprit_interfaces(void)
{
	struct bench *b = &bench;

	bench_conf(b, 1);
	for (int i = 1; i < 4; i++) {
		b->addresses[0][i] = b->addresses[0][0];
		b->addresses[0][i].ip.bytes[3] = (uint8_t)(200 + i);
	}
	b->vrs[0].address_count = 2;
	b->vrs[0].excluded_count = 2;
	b->vrs[0].dont_track_primary = true;
	b->addresses[0][1].interface = 2;	/* absent */
	b->addresses[0][1].flags = ADDRESS_NO_TRACK;
	b->addresses[0][3].interface = 1;
	bench_start(b);
	bench_link(b, 2, "eth0", IFF_UP, false);
	CHECK_INT(state(b, 0), VR_BACKUP);
	bench_watch(b);
	bench_link(b, 3, "eth1", IFF_UP, false);
	CHECK_INT(b->d.vrs[0].faults, FAULT_INTERFACE_DOWN);
	CHECK(is_logged(b, "BACKUP -> FAULT: interface is down (eth1)"));
	bench_link(b, 3, "eth1", UP, false);
	CHECK_INT(state(b, 0), VR_BACKUP);
	bench_run(b, WAIT_DOWN);
	CHECK(b->d.vrs[0].wanted);
	bench_watch(b);
	bench_link(b, 3, "eth1", UP, true);
	CHECK(!b->d.vrs[0].wanted);	/* no lingering with a fault */
	CHECK_INT(b->d.vrs[0].faults, FAULT_INTERFACE_ABSENT);
	CHECK(is_logged(b, "-> FAULT: interface does not exist (eth1)"));
	bench_watch(b);
	bench_link(b, 2, "eth0", UP, true);
	bench_link(b, 2, "eth0", IFF_UP, false);
	bench_link(b, 3, "eth1", IFF_UP, false);
	CHECK_INT(b->d.vrs[0].faults & ~(uint32_t)FAULT_NO_ADDRESS,
	    FAULT_INTERFACE_DOWN);
	bench_conf(b, 1);		/* no interface of its own */
	b->vrs[0].interface = NONE;
	b->vrs[0].unicast = true;
	b->vrs[0].source = bench_ip("10.0.0.1");
	b->peers[0][0] = (struct conf_peer){ .ttl_max = 255,
	    .ip = bench_ip("10.0.0.2") };
	b->vrs[0].peer_count = 1;
	bench_start(b);
	bench_watch(b);
	bench_link(b, 2, "eth0", IFF_UP, false);
	CHECK(is_logged(b, "BACKUP -> FAULT: interface is down (eth0)"));
}

/* The first of two is blamed. */
static void
check_first_culprit(void)
{
	struct bench *b = &bench;

	bench_conf(b, 1);
	b->addresses[0][0].interface = 1;
	bench_start(b);
	b->d.interfaces[1].flags = IFF_UP;
	bench_watch(b);
	bench_link(b, 2, "eth0", IFF_UP, false);
	CHECK(is_logged(b, "BACKUP -> FAULT: interface is down (eth0)"));
	check_line(b, "interface eth0 is down");
}

/* A VRF is what is sent by without an interface; it need not be up. */
static void
check_vrf(void)
{
	struct bench *b = &bench;

	for (int own = 0; own < 3; own++) {
		bench_conf(b, 1);
		b->vrs[0].interface = own == 1 ? 0 : NONE;
		b->vrs[0].vrf = own == 2 ? 0 : 1;
		b->vrs[0].unicast = true;
		b->vrs[0].source = bench_ip("10.0.0.1");
		b->peers[0][0].ip = bench_ip("10.0.0.2");
		b->vrs[0].peer_count = 1;
		bench_start(b);
		bench_link(b, 3, "eth1", IFF_UP, false);
		CHECK_INT(b->d.vrs[0].faults, 0);
		bench_watch(b);
		bench_run(b, WAIT_DOWN);
		CHECK_INT(bench_find(b, EFFECT_SEND, 0)->effect.ifindex,
		    own ? 2 : 3);
		bench_link(b, 3, "eth1", IFF_UP, true);
		CHECK_INT(b->d.vrs[0].faults, own ? 0 :
		    FAULT_INTERFACE_ABSENT);
	}
}

/* A priority of 1 that was set from outside counts. */
static void
check_set_priority(void)
{
	struct bench *b = &bench;

	bench_begin(b, 1);
	b->d.vrs[0].set_priority = 1;
	vr_review(&b->d, &b->d.vrs[0], b->now);
	CHECK_INT(b->d.vrs[0].machine.priority, 1);
	b->d.vrs[0].set_priority = 0;
	vr_review(&b->d, &b->d.vrs[0], b->now);
	CHECK_INT(b->d.vrs[0].machine.priority, 100);
}

/* quorum_max of 65535 is no limit. */
static void
check_quorums(void)
{
	static const struct { uint32_t least, most, count; bool good; } rows[] =
	    { { 1, QUORUM_MAX, QUORUM_MAX + 1, true }, { 1, 1, 1, true },
	    { 1, 1, 2, false }, { 2, 3, 1, false }, { 2, 3, 2, true },
	    { 1, 0, 0, true }, { 1, 0, 1, false } };

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct conf_process conf = {
		    .quorum = (uint16_t)rows[i].least,
		    .quorum_max = (uint16_t)rows[i].most };

		CHECK_INT(process_suffices(&conf, rows[i].count),
		    rows[i].good);
	}
}

/* What a virtual router itself is told of: each once, not one for another. */
static void
check_said_once(void)
{
	struct vr vr = { .logged = 0 };

	CHECK(vr_says(&vr, COUNT_claimed));
	CHECK(vr_says(&vr, COUNT_announced));
	CHECK(!vr_says(&vr, COUNT_claimed));
	CHECK(!vr_says(&vr, COUNT_announced));
}

/* Why it changed: a group alone, and who left at the moment it was heard. */
static void
check_causes_in_words(void)
{
	static const struct {
		enum cause	cause;
		uint32_t	faults;
		usec_t		ago;
		const char	*text;
	} rows[] = {
		{ CAUSE_GROUP, FAULT_GROUP, 0, "with sync group G" },
		{ CAUSE_RESIGNED, 0, 0, "10.0.0.9 left" },
		{ CAUSE_RESIGNED, 0, -1, "the MASTER before it left" },
		{ CAUSE_FAULT, FAULT_LINK, 0, "its link cannot be made as "
		    "configured ()" },
	};
	struct bench *b = &bench;
	char said[256];

	bench_conf_group(b, 2);
	bench_start(b);
	b->d.vrs[0].active = bench_ip("10.0.0.9");
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct text t = text_over(said, sizeof(said));

		b->d.vrs[0].cause = rows[i].cause;
		b->d.vrs[0].faults = rows[i].faults;
		b->d.vrs[0].last_advert = b->now - rows[i].ago;
		cause_text(&t, &b->d, &b->d.vrs[0], b->now);
		CHECK_STR(text_end(&t), rows[i].text);
	}
}

/* Between equals: the lower address is blamed only where ours is lower. */
static void
check_lower_address(void)
{
	static const struct {
		const char	*ours;
		const char	*text;
	} rows[] = {
		{ "10.0.0.8", "10.0.0.9 has priority 100, we have 100 and a "
		    "lower address" },
		{ "10.0.0.9", "10.0.0.9 has priority 100, we have 100" },
		{ "10.0.0.10", "another router was better than we" },
	};
	struct bench *b = &bench;
	struct vr *vr;
	char said[256];

	bench_conf(b, 1);
	bench_start(b);
	vr = &b->d.vrs[0];
	vr->active = bench_ip("10.0.0.9");
	vr->active_priority = vr->machine.priority = 100;
	vr->cause = CAUSE_BETTER;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct text t = text_over(said, sizeof(said));

		vr->source = bench_ip(rows[i].ours);	/* as a reload may */
		cause_text(&t, &b->d, vr, b->now);
		CHECK_STR(text_end(&t), rows[i].text);
	}
}

/* A fault that leaves a check without a result behind: it starts again. */
static void
check_waits_after_fault(void)
{
	struct bench *b = &bench;
	char said[256];
	struct text t = text_over(said, sizeof(said));

	bench_conf(b, 1);
	bench_track(b, 0, TRACK_SCRIPT, 0, 0);
	bench_start(b);
	bench_link(b, 2, "eth0", IFF_UP, false);
	CHECK_INT(state(b, 0), VR_FAULT);
	CHECK_INT(b->d.vrs[0].cause, CAUSE_FAULT);
	bench_link(b, 2, "eth0", IFF_UP | IFF_RUNNING, false);
	CHECK_INT(state(b, 0), VR_INIT);
	cause_text(&t, &b->d, &b->d.vrs[0], b->now);
	CHECK_STR(text_end(&t), "starting");
}

/* Who backed off from restoring, lost and takes over again waits no longer. */
static void
check_takes_after_backing_off(void)
{
	struct bench *b = &bench;
	struct vr *vr;

	bench_conf(b, 1);
	bench_start(b);
	bench_run(b, WAIT_DOWN);
	vr = &b->d.vrs[0];
	CHECK_INT(state(b, 0), VR_MASTER);
	vr->episodes = EPISODES_MAX - 1;
	vr->episode_at = b->now - EPISODE_US;
	vr_restore(&b->d, vr, b->now);
	CHECK(vr->backs_off);
	bench_advert(b, 0, 9, 200);
	CHECK_INT(state(b, 0), VR_BACKUP);
	bench_advert(b, 0, 9, 0);
	bench_run(b, 700 * MS_US);	/* its skew; the wait is longer */
	CHECK_INT(state(b, 0), VR_MASTER);
	bench_run(b, 2 * SECOND_US);
	CHECK_INT(b->d.vips[0].state, VIP_PRESENT);
}

/* Maintenance is a fault beside others, and is named. */
static void
check_maintenance_named(void)
{
	struct bench *b = &bench;

	bench_conf(b, 1);
	b->vrs[0].dont_track_primary = true;
	bench_start(b);
	bench_watch(b);
	b->d.vrs[0].faults |= FAULT_MAINTENANCE;
	vr_review(&b->d, &b->d.vrs[0], b->now);
	CHECK_INT(b->d.vrs[0].faults, FAULT_MAINTENANCE);
	CHECK(vr_in_maintenance(&b->d.vrs[0]));
	b->d.vrs[0].faults = ~(uint32_t)FAULT_MAINTENANCE;
	CHECK(!vr_in_maintenance(&b->d.vrs[0]));
	check_line(b, "VI_1: BACKUP -> FAULT: maintenance");
}

/* Use_vmac: who bows gives its addresses back at once (RFC 9568 7.3). */
static void
check_bows_with_vmac(void)
{
	static const struct conf_vmac vmac = { .mac = { 0, 0, 0x5e, 0, 1, 51 },
	    .kind = LINK_MACVLAN };
	struct bench *b = &bench;

	for (int i = 0; i < 2; i++) {
		bench_conf(b, 1);
		b->vrs[0].vmac = i ? &vmac : NULL;
		bench_start(b);
		bench_run(b, WAIT_DOWN);
		bench_watch(b);
		bench_run(b, SECOND_US);
		CHECK_INT(bench_find(b, EFFECT_SEND, 0)->effect.value, i);
		CHECK_INT(bench_find(b, EFFECT_SEND, 0)->bytes[i ? 14 : 0],
		    0x45);
		if (i)
			CHECK_BYTES(bench_find(b, EFFECT_SEND, 0)->bytes + 6,
			    vmac.mac, 6);
		bench_advert(b, 0, 2, 200);
		CHECK_INT(b->d.vrs[0].wanted, !i);
		CHECK_INT(b->d.vrs[0].linger_until, i ? NEVER : b->now +
		    20 * MS_US);
	}
}

/* All reasons, in one line, and no more than there are. */
static void
check_reasons(void)
{
	struct bench *b = &bench;

	bench_conf_group(b, 2);
	bench_track(b, 1, TRACK_FILE, 0, 0);
	b->vrs[1].interface = b->addresses[1][0].interface = 1;
	bench_start(b);
	bench_address(b, 3, "10.0.1.1", 24, 0, false);
	bench_file(b, 0);
	CHECK_INT(state(b, 1), VR_BACKUP);
	bench_watch(b);
	b->vrs[1].unicast = b->vrs[1].unicast_fault_no_peer = true;
	bench_link(b, 3, "eth1", IFF_UP, false);
	bench_note(b);
	CHECK(is_logged(b, "VI_1: BACKUP -> FAULT: another member of its sync "
	    "group is at fault"));
	CHECK(is_logged(b, "VI_2: BACKUP -> FAULT: interface is down (eth1), "
	    "it has no unicast peer"));
	CHECK(!is_logged(b, "peer, "));
	CHECK(!is_logged(b, "peer ("));
	CHECK(!is_logged(b, "fault,"));
}

/* -- causes -- */

/* The whole line of each change of state. */
static void
check_whole_lines(void)
{
	struct bench *b = &bench, *next = &second;

	bench_begin(b, 1);
	bench_watch(b);
	bench_run(b, WAIT_DOWN);
	check_line(b, "VI_1: BACKUP -> MASTER: no other router was heard");
	bench_advert(b, 0, 9, 200);
	CHECK_INT(b->d.vrs[0].cause, CAUSE_BETTER);
	check_line(b, "VI_1: MASTER -> BACKUP: 10.0.0.9 has priority 200, we "
	    "have 100");
	bench_run(b, 3609374);
	CHECK_INT(bench_count(b, EFFECT_LOG), 0);
	bench_run(b, 1);
	check_line(b, "VI_1: BACKUP -> MASTER: nothing heard from 10.0.0.9 for "
	    "3.609 s");
	bench_advert(b, 0, 9, 200);
	bench_advert(b, 0, 9, 0);
	bench_watch(b);
	bench_run(b, SECOND_US);
	CHECK_INT(b->d.vrs[0].cause, CAUSE_RESIGNED);
	check_line(b, "VI_1: BACKUP -> MASTER: 10.0.0.9 left");
	bench_advert(b, 0, 9, 200);
	bench_run(b, 3 * SECOND_US);
	bench_watch(b);
	bench_advert(b, 0, 8, 50);	/* it spoke, and too weakly */
	bench_watch(b);
	bench_run(b, SECOND_US);
	CHECK_INT(b->d.vrs[0].cause, CAUSE_WEAKER);
	check_line(b, "VI_1: BACKUP -> MASTER: 10.0.0.8 has priority 50, we "
	    "have 100");
	bench_advert(b, 0, 9, 100);
	check_line(b, "VI_1: MASTER -> BACKUP: 10.0.0.9 has priority 100, we "
	    "have 100 and a lower address");
	bench_run(b, WAIT_DOWN);
	bench_watch(b);
	bench_conf(next, 0);
	bench_reload(b, next);
	check_line(b, "VI_1: MASTER -> FAULT: removed from the configuration");
	bench_conf_group(b, 1);
	bench_start(b);
	bench_watch(b);
	bench_link(b, 2, "eth0", IFF_UP, false);
	check_line(b, "interface eth0 is down");
	bench_begin(b, 1);
	bench_file(b, 0);
	bench_watch(b);
	bench_address(b, 2, "10.0.0.1", 24, 0, true);
	check_line(b, "VI_1: BACKUP -> FAULT: there is no address to send "
	    "from");
	bench_conf_group(b, 2);
	bench_start(b);
	bench_watch(b);
	bench_run(b, 2 * WAIT_DOWN);
	CHECK(is_logged(b, "VI_1: BACKUP -> MASTER: with sync group G"));
	CHECK(!is_logged(b, "with sync group Gs"));
}

/* Why a Backup took over: what it last heard from whom, and when. */
static void
check_takeover_causes(void)
{
	static const struct {
		uint8_t family, priority;
		usec_t ago;
		enum cause cause;
	} rows[] = {
		{ 0, 0, 0, CAUSE_SILENCE }, { 0, 50, 0, CAUSE_SILENCE },
		{ 4, 0, 0, CAUSE_RESIGNED }, { 6, 0, 0, CAUSE_RESIGNED },
		{ 4, 99, 1999999, CAUSE_WEAKER }, { 4, 1, 0, CAUSE_WEAKER },
		{ 4, 99, 2000000, CAUSE_SILENCE },
		{ 4, 100, 10, CAUSE_SILENCE }, { 4, 101, 10, CAUSE_SILENCE },
	};
	struct vr vr = { .machine = { .priority = 100, .version = 2,
	    .interval_us = 1000000, .active_interval_us = 7000000 } };

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		vr.active.family = rows[i].family;
		vr.active_priority = rows[i].priority;
		vr.last_advert = 1000 * SECOND_US - rows[i].ago;
		CHECK_INT(takeover_cause(&vr, 1000 * SECOND_US),
		    rows[i].cause);
	}
}

/* -- telling -- */

/* C-076: what was said once is said again after a change of state. */
static void
check_said_again(void)
{
	struct bench *b = &bench;

	bench_conf(b, 1);
	b->vrs[0].version = 3;
	bench_start(b);
	bench_run(b, WAIT_DOWN);
	for (int i = 0; i < 2; i++) {
		struct conf_vr sender = b->vrs[0];

		sender.interval_us = 2000000;
		bench_watch(b);
		bench_advert_of(b, &sender, 2, 50);
		bench_advert_of(b, &sender, 2, 50);
		CHECK_INT(bench_count(b, EFFECT_LOG), 1);
		bench_link(b, 2, "eth0", IFF_UP, false);
		CHECK_INT(b->d.speakers[1].said, 0);
		bench_link(b, 2, "eth0", UP, false);
		bench_run(b, WAIT_DOWN);
	}
}

/* C-155: after a group's STOP there is nothing to be said of it. */
static void
check_stopped_group(void)
{
	struct bench *b = &bench;

	bench_conf_group(b, 2);
	b->conf.global.fifo[0].path = "/fifo";
	bench_start(b);
	bench_run(b, 2 * WAIT_DOWN);
	CHECK_INT(b->d.groups[0].told, VR_MASTER);
	bench_watch(b);
	bench_feed(b, &stop);
	bench_run(b, 100 * MS_US);
	CHECK_INT(bench_count(b, EFFECT_FIFO), 3);
	bench_link(b, 2, "eth0", IFF_UP, false);
	bench_run(b, 2 * SECOND_US);
	CHECK_INT(bench_count(b, EFFECT_FIFO), 3);
	CHECK_INT(bench_count(b, EFFECT_STOPPED), 1);
}

/* C-152: an instance asks for itself, whatever its group does; the old one. */
static void
check_priority_told(void)
{
	struct bench *b = &bench;

	bench_conf_group(b, 1);
	b->vrs[0].notify_priority_changes = true;
	b->conf.global.fifo[0].path = "/fifo";
	bench_track(b, 0, TRACK_FILE, 0, 1);
	bench_start(b);
	bench_watch(b);
	bench_file(b, 10);
	CHECK_STR(bench_line(b, EFFECT_FIFO, 0),
	    "INSTANCE \"VI_1\" BACKUP_PRIORITY 110");
	check_line(b, "VI_1: priority 100 -> 110");
	bench_file(b, 20);
	check_line(b, "VI_1: priority 110 -> 120");
}

/* -- announcements and addresses -- */

/* C-114: without garp_master_refresh there are two bursts and no more. */
static void
check_no_refresh(void)
{
	struct bench *b = &bench;

	bench_conf(b, 1);
	b->vrs[0].garp_refresh_us = 0;
	bench_start(b);
	bench_watch(b);
	bench_run(b, 200 * SECOND_US);
	CHECK_INT(bench_count(b, EFFECT_ETHERNET), 4);
	CHECK_INT(b->d.vrs[0].refresh_at, NEVER);
	bench_conf(b, 1);
	b->vrs[0].garp_refresh_us = 1;
	bench_start(b);
	bench_run(b, WAIT_DOWN);
	CHECK(b->d.vrs[0].refresh_at != NEVER);
}

/* C-089: no burst, a burst of one, and what a takeover still has to say. */
static void
check_weaker_bursts(void)
{
	struct bench *b = &bench;

	bench_conf(b, 1);
	b->vrs[0].garp_lower_prio_repeat = 0;
	bench_start(b);
	bench_run(b, WAIT_DOWN);
	bench_watch(b);
	bench_advert(b, 0, 2, 50);
	bench_run(b, 20 * SECOND_US);
	CHECK_INT(bench_count(b, EFFECT_ETHERNET), 2);
	for (uint32_t repeat = 0; repeat < 3; repeat++) {
		bench_conf(b, 1);
		b->vrs[0].garp_repeat = 4;
		b->vrs[0].garp_lower_prio_repeat = repeat;
		b->vrs[0].garp_lower_prio_delay_us = 0;
		bench_start(b);
		bench_run(b, WAIT_DOWN);
		bench_watch(b);
		bench_advert(b, 0, 2, 50);
		bench_run(b, 0);
		CHECK_INT(bench_count(b, EFFECT_ETHERNET), repeat);
		bench_run(b, 20 * SECOND_US);	/* the takeover's second one */
		CHECK_INT(bench_count(b, EFFECT_ETHERNET), repeat + 4);
	}
	bench_begin(b, 1);
	bench_run(b, 20 * SECOND_US);
	bench_watch(b);			/* T5: once a second */
	bench_advert(b, 0, 2, 50);
	CHECK_INT(bench_count(b, EFFECT_ETHERNET), 2);
	bench_run(b, 999 * MS_US);
	bench_advert(b, 0, 2, 50);
	CHECK_INT(bench_count(b, EFFECT_ETHERNET), 2);
	bench_run(b, MS_US);
	bench_advert(b, 0, 2, 50);
	CHECK_INT(bench_count(b, EFFECT_ETHERNET), 4);
}

/* D-20: bursts under way and to come end when the addresses linger. */
static void
check_bursts_end(void)
{
	struct bench *b = &bench;

	bench_conf(b, 1);
	b->vrs[0].garp_delay_us = 1000000;
	bench_start(b);
	bench_run(b, WAIT_DOWN);
	bench_watch(b);
	bench_feed(b, &stop);
	bench_run(b, SECOND_US);
	CHECK(b->d.vrs[0].linger_until != NEVER);
	CHECK_INT(bench_count(b, EFFECT_ETHERNET), 0);
	bench_conf(b, 1);
	b->conf.global.garp_interval_us = 1000;
	b->vrs[0].garp_repeat = 200;
	bench_start(b);
	bench_run(b, 3609375 + 10 * MS_US);
	CHECK(b->d.vrs[0].announce_left > 100);
	bench_advert(b, 0, 2, 200);
	bench_watch(b);
	bench_mark(b, DUMP_LINKS);		/* all is looked at again */
	bench_link(b, 2, "eth0", UP, false);
	bench_mark(b, DUMP_ADDRESSES);
	bench_address(b, 2, "10.0.0.1", 24, 0, false);
	bench_address(b, 2, "10.0.0.100", 24, ADDRESS_PROTOCOL, false);
	bench_mark(b, DUMP_DONE);
	bench_run(b, 15 * MS_US);
	CHECK(b->d.vrs[0].linger_until != NEVER);
	CHECK_INT(bench_count(b, EFFECT_ETHERNET), 0);
}

/*
 * Room is left for the end of the round that is under way, and a burst that
 * ends gives up the turn that it had.
 */
static void
check_bursts_limits(void)
{
	struct vr vr = { .announce_left = 1, .has_turn = true };

	CHECK_INT(announce_frames(UINT32_MAX, 3), UINT32_MAX - 3);
	announce_stop(&vr);
	CHECK_INT(vr.announce_left, 0);
	CHECK(!vr.has_turn);
}

/* As many rounds as can be configured, over several addresses, are no fewer. */
static void
check_bursts_most(void)
{
	struct bench *b = &bench;
	struct conf_address many[4];

	bench_conf(b, 1);
	for (uint8_t i = 0; i < COUNT_OF(many); i++) {
		many[i] = b->vrs[0].addresses[0];
		many[i].ip.bytes[3] = (uint8_t)(120 + i);
	}
	b->conf.global.garp_interval_us = 1000;
	b->vrs[0].addresses = many;
	b->vrs[0].address_count = COUNT_OF(many);
	b->vrs[0].garp_repeat = 1 << 30;
	bench_start(b);
	bench_run(b, 3609375);
	bench_watch(b);
	bench_run(b, 10 * MS_US);
	CHECK(bench_count(b, EFFECT_ETHERNET) >= 10);
	CHECK(b->d.vrs[0].announce_left > UINT32_MAX - 30U);
}

/* -V: a Backup has no addresses to keep, however often it is told to stop. */
static void
check_keeps_nothing(void)
{
	struct bench *b = &bench;

	bench_conf(b, 1);
	b->vrs[0].notify = &b->notify[0];
	b->notify[0].command[NOTIFY_STOP] = 3;
	bench_start(b);
	b->d.keep_addresses = true;
	bench_watch(b);
	bench_feed(b, &stop);
	bench_run(b, 0);
	CHECK_INT(bench_count(b, EFFECT_STOPPED), 0);
	bench_feed(b, &stop);
	bench_run(b, SECOND_US);
	CHECK_INT(bench_count(b, EFFECT_STOPPED), 1);
	CHECK_INT(bench_count(b, EFFECT_NETLINK), 0);
}

/* D-20: who takes over again while it lingers keeps its addresses. */
static void
check_back_while_lingering(void)
{
	struct bench *b = &bench;

	bench_conf(b, 1);
	b->vrs[0].priority = 254;		/* its skew is 7.8 ms */
	bench_start(b);
	bench_run(b, WAIT_DOWN);
	CHECK_INT(state(b, 0), VR_MASTER);
	bench_watch(b);
	bench_advert(b, 0, 2, 255);
	CHECK_INT(state(b, 0), VR_BACKUP);
	bench_advert(b, 0, 2, 0);
	bench_run(b, 10 * MS_US);
	CHECK_INT(state(b, 0), VR_MASTER);
	CHECK_INT(b->d.vrs[0].linger_until, NEVER);
	bench_run(b, SECOND_US);
	CHECK_INT(bench_count(b, EFFECT_NETLINK), 0);
	CHECK(b->d.vrs[0].wanted);
}

/* A script's result before the kernel's picture starts nobody. */
static void
check_early_result(void)
{
	struct bench *b = &bench;

	bench_conf(b, 1);
	bench_track(b, 0, TRACK_SCRIPT, 0, 10);
	b->vrs[0].interface = b->addresses[0][0].interface = NONE;
	b->vrs[0].unicast = true;
	b->vrs[0].source = bench_ip("10.0.0.1");
	b->vrs[0].peer_count = 1;
	b->out = effects_over(b->queue, sizeof(b->queue), NULL, NULL);
	CHECK(daemon_build(&b->d, &b->arena, &b->conf, &b->out));
	b->d.vrs[0].source = b->vrs[0].source;
	daemon_start(&b->d, b->now, 0);
	bench_run(b, 0);
	bench_ended(b, 0, 0);
	CHECK_INT(b->d.vrs[0].machine.priority, 110);
	CHECK_INT(state(b, 0), VR_INIT);
	CHECK_INT(b->d.vrs[0].faults, FAULT_STARTUP);
}

/* -- tracking scripts -- */

/* Each result that changes something is logged, with why; no other one. */
static void
check_script_lines(void)
{
	struct bench *b = &bench;

	bench_conf(b, 1);
	bench_track(b, 0, TRACK_SCRIPT, 0, 10);
	b->scripts[0].fall = 2;
	bench_start(b);
	bench_watch(b);
	b->mark = 0;
	bench_ended(b, 0, 0);
	CHECK(is_logged(b, "script check: good"));
	CHECK(!is_logged(b, "script check: good:"));
	beat(b, 256);
	CHECK(!is_logged(b, "script check"));
	CHECK_INT(b->d.scripts[0].last_exit, 256);
	beat(b, 256);
	CHECK(is_logged(b, "script check: failed: it ended with status 1"));
	bench_conf(b, 1);
	bench_track(b, 0, TRACK_SCRIPT, 0, 10);
	b->scripts[0].timeout_us = 1;
	bench_start(b);
	b->mark = 0;
	bench_run(b, 0);
	CHECK_INT(bench_count(b, EFFECT_SIGNAL), 0);
	bench_run(b, 1);
	CHECK_INT(bench_count(b, EFFECT_SIGNAL), 1);
	CHECK(!b->d.scripts[0].killed);
	CHECK(is_logged(b, "script check: failed: it timed out"));
	bench_run(b, 2 * SECOND_US);
	CHECK(b->d.scripts[0].killed);
}

/* C-134: the counter of rise and fall, seen from inside. */
static void
check_script_counter(void)
{
	static const struct { bool good; uint32_t result; bool is_good; }
	    rows[] = { { false, 0, false }, { true, 1, false },
	    { true, 2, false }, { true, 4, true }, { true, 4, true },
	    { false, 3, true }, { true, 4, true }, { false, 3, true },
	    { false, 0, false }, { true, 1, false }, { false, 0, false } };
	struct conf_script conf = { .rise = 3, .fall = 2 };
	struct script script = { .status = CHECK_PENDING };
	bool was_good = true;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		CHECK_INT(check_count(&script, &conf, rows[i].good),
		    i == 0 || rows[i].is_good != was_good);
		CHECK_INT(script.result, rows[i].result);
		CHECK_INT(script.status, rows[i].is_good ? CHECK_GOOD :
		    CHECK_FAILED);
		was_good = rows[i].is_good;
	}
	script = (struct script){ .status = CHECK_PENDING };
	CHECK(check_count(&script, &conf, true));
	CHECK_INT(script.result, 4);
	CHECK_INT(script.status, CHECK_GOOD);
}

/* C-139: one that ended late runs again at its beat, at once if that is now. */
static void
check_beats(void)
{
	static const struct { usec_t ends, next; } rows[] = {
		{ 500 * MS_US, SECOND_US }, { SECOND_US, SECOND_US },
		{ SECOND_US + 1, 2 * SECOND_US },
		{ 2 * SECOND_US, 2 * SECOND_US },
		{ 2 * SECOND_US + 1, 3 * SECOND_US },
		{ 7300 * MS_US, 8 * SECOND_US },
	};
	struct bench *b = &bench;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		usec_t start;

		bench_conf(b, 1);
		bench_track(b, 0, TRACK_SCRIPT, 0, 10);
		b->scripts[0].timeout_us = 100000000;
		bench_start(b);
		start = b->now;
		bench_run(b, rows[i].ends);
		bench_ended(b, 0, 0);
		bench_watch(b);
		b->mark = 0;
		bench_run(b, start + rows[i].next - 1 - b->now);
		if (rows[i].ends < rows[i].next)
			CHECK_INT(bench_count(b, EFFECT_RUN), 1);
		bench_run(b, 1);
		CHECK_INT(bench_count(b, EFFECT_RUN), 2);
		CHECK_INT(bench_find(b, EFFECT_RUN, 1)->at,
		    start + rows[i].next);
	}
	bench_conf(b, 1);		/* after a sleep too */
	bench_track(b, 0, TRACK_SCRIPT, 0, 10);
	bench_start(b);
	bench_ended(b, 0, 0);
	bench_watch(b);
	b->now += 10300 * MS_US;
	bench_run(b, 0);
	CHECK_INT(bench_count(b, EFFECT_RUN), 1);
	bench_ended(b, 0, 0);
	bench_run(b, 699999);
	CHECK_INT(bench_count(b, EFFECT_RUN), 1);
	bench_run(b, 1);
	CHECK_INT(bench_count(b, EFFECT_RUN), 2);
}

/* D-6: also one that init_fail calls failed is said to be unusable. */
static void
check_unusable_said(void)
{
	struct bench *b = &bench;

	bench_conf(b, 1);
	bench_track(b, 0, TRACK_SCRIPT, 0, 10);
	b->scripts[0].init_fail = true;
	b->commands[0].path = NULL;
	b->commands[0].why = "no such file";
	bench_start(b);
	b->mark = 0;
	CHECK(is_logged(b, "script check: cannot be run and counts as failed: "
	    "/bin/check: no such file"));
	b->d.scripts[0].result = 5;	/* and has to begin from 0 */
	script_unusable(&b->d, &b->d.scripts[0]);
	CHECK_INT(b->d.scripts[0].result, 0);
}

/* What a counter says fits the rise and fall that a reload brings. */
static void
check_counter_adapts(void)
{
	static const struct { uint32_t result, rise, fall, adapted; bool good; }
	    rows[] = {
		{ 5, 3, 3, 5, true }, { 5, 3, 2, 4, true },
		{ 5, 2, 9, 5, true }, { 5, 7, 2, 7, true },
		{ 6, 7, 2, 7, true }, { 2, 3, 3, 2, false },
		{ 3, 3, 3, 2, false }, { 0, 1, 1, 0, false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct script script = { .result = rows[i].result,
		    .status = rows[i].good ? CHECK_GOOD : CHECK_FAILED };
		struct conf_script conf = { .rise = rows[i].rise,
		    .fall = rows[i].fall, .interval_us = 1000 };

		script_adapt(&script, &conf, 0);
		CHECK_INT(script.result, rows[i].adapted);
	}
}

/* How a notify script ended is said; then it is nobody's, and no timer's. */
static void
check_notify_ends(void)
{
	static const struct { int status; const char *line; } rows[] = {
		{ 0, "" },
		{ 1 << 8, "VI_1: its notify script ended with status 1" },
		{ 128 << 8, "VI_1: its notify script ended with status 128" },
		{ 9, "VI_1: its notify script ended with signal 9" },
		{ 1, "VI_1: its notify script ended with signal 1" },
		{ 64, "VI_1: its notify script ended with signal 64" },
		{ 128 | 6, "VI_1: its notify script ended with signal 6" },
	};
	struct bench *b = &bench;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		bench_conf(b, 1);
		b->vrs[0].notify = &b->notify[0];
		b->notify[0].command[NOTIFY_BACKUP] = 3;
		b->notify[0].command[NOTIFY_ANY] = 4;
		bench_start(b);
		for (b->mark = 0; b->noted[b->mark].effect.kind != EFFECT_RUN;)
			b->mark++;
		bench_ended(b, 0, rows[i].status);
		CHECK_STR(bench_line(b, EFFECT_LOG, 0), rows[i].line);
		CHECK_INT(bench_count(b, EFFECT_RUN), 2);
		bench_ended(b, 1, 0);
		CHECK_INT(b->d.notifiers[0].token, 0);
		CHECK_INT(b->d.notifiers[0].timer.slot, NO_SLOT);
		bench_run(b, 12 * SECOND_US);
		CHECK(!is_logged(b, "still runs"));
	}
}

/* -- sync groups -- */

/* C-145: all members become Active at one moment, whoever comes last. */
static void
check_group_at_once(void)
{
	struct bench *b = &bench;

	for (uint16_t last = 0; last < 3; last++) {
		bench_conf_group(b, 3);
		bench_start(b);
		b->d.vrs[last].machine.timer += 500 * MS_US;
		bench_watch(b);
		bench_run(b, 3609375 + 499 * MS_US);
		for (int i = 0; i < 3; i++)
			CHECK_INT(state(b, i), VR_BACKUP);
		bench_run(b, MS_US);
		for (int i = 0; i < 3; i++) {
			CHECK_INT(state(b, i), VR_MASTER);
			CHECK(!b->d.vrs[i].wants_active);
			CHECK_INT(b->d.vrs[i].cause, i == last ?
			    CAUSE_SILENCE : CAUSE_GROUP);
			CHECK_INT(bench_find(b, EFFECT_SEND, i)->at, b->now);
		}
		CHECK_INT(bench_count(b, EFFECT_SEND), 3);
		CHECK(!is_logged(b, "defect"));
	}
}

/* C-145: nobody goes before the others, whichever lacks. */
static void
check_group_waits(void)
{
	struct bench *b = &bench;

	for (uint16_t lacking = 0; lacking < 3; lacking++) {
		bench_conf_group(b, 3);
		bench_start(b);
		for (int i = 0; i < 10; i++) {
			bench_advert(b, lacking, 9, 150);
			bench_run(b, SECOND_US);
		}
		for (int i = 0; i < 3; i++) {
			CHECK_INT(state(b, i), VR_BACKUP);
			CHECK_INT(b->d.vrs[i].wants_active, i != lacking);
		}
		bench_advert(b, (uint16_t)((lacking + 1) % 3), 9, 150);
		CHECK(!b->d.vrs[(lacking + 1) % 3].wants_active);
	}
}

/* C-146: only the Active ones go back; a Backup's timer runs on. */
static void
check_group_goes_back(void)
{
	struct bench *b = &bench;
	usec_t timer;

	bench_conf_group(b, 3);
	bench_start(b);
	bench_run(b, 2 * WAIT_DOWN);
	vr_step(&b->d, &b->d.vrs[1], MACHINE_STEP_BACK, b->now);
	bench_run(b, SECOND_US);
	timer = b->d.vrs[1].machine.timer;
	bench_watch(b);
	b->d.vrs[2].cause = CAUSE_START;
	bench_advert(b, 0, 9, 150);
	CHECK_INT(b->d.vrs[1].machine.timer, timer);
	CHECK_INT(state(b, 0), VR_BACKUP);
	CHECK_INT(state(b, 2), VR_BACKUP);
	CHECK_INT(b->d.vrs[0].cause, CAUSE_BETTER);
	CHECK_INT(b->d.vrs[2].cause, CAUSE_GROUP);
}

/* C-089 in a group: every Active member announces, twice, and nobody else. */
static void
check_group_announces(void)
{
	struct bench *b = &bench;

	bench_conf_group(b, 3);
	for (int i = 0; i < 3; i++) {
		b->vrs[i].version = 3;
		b->vrs[i].interval_us = 40000000;
		b->vrs[i].garp_lower_prio_repeat = 1;
		b->vrs[i].garp_refresh_us = 0;
	}
	bench_start(b);
	bench_run(b, 300 * SECOND_US);
	CHECK_INT(state(b, 0), VR_MASTER);
	bench_run(b, b->d.vrs[0].machine.timer - b->now + SECOND_US);
	CHECK_INT(b->d.vrs[1].machine.timer, b->now + 39 * SECOND_US);
	bench_watch(b);
	bench_advert(b, 2, 9, 50);
	CHECK_INT(bench_count(b, EFFECT_ETHERNET), 3);
	bench_run(b, 5 * SECOND_US - 1);
	CHECK_INT(bench_count(b, EFFECT_ETHERNET), 3);
	bench_run(b, 1);
	CHECK_INT(bench_count(b, EFFECT_ETHERNET), 6);
	vr_step(&b->d, &b->d.vrs[0], MACHINE_STEP_BACK, b->now);
	bench_watch(b);
	bench_advert(b, 2, 9, 50);
	CHECK_INT(bench_count(b, EFFECT_ETHERNET), 2);
}

/* timer_expired_backup of 1 is one, and a Backup that slept takes over. */
static void
check_stalled_edges(void)
{
	struct bench *b = &bench;

	for (int active = 0; active < 2; active++) {
		bench_conf(b, 1);
		b->vrs[0].no_preempt = true;
		b->vrs[0].expired_backup = 1;
		bench_start(b);
		bench_run(b, active ? WAIT_DOWN : 0);
		b->now += 60 * SECOND_US;
		bench_watch(b);
		bench_run(b, 0);
		CHECK_INT(state(b, 0), active ? VR_BACKUP : VR_MASTER);
	}
}

/* -- hearing -- */

/* Hears one of priority 50 from .2, in the plain form or the other. */
static void
hear_form(struct bench *b, bool plain)
{
	bench_hear(b, b->vrs, 2, "10.0.0.2", "224.0.0.18", 50, plain);
}

/* D-1: three in a row, and three intervals from the first to the last. */
static void
check_form_limits(void)
{
	struct bench *b = &bench;
	static const struct { usec_t at[5]; int turns; } rows[] = {
		{ { 0, SECOND_US, 2 * SECOND_US, 2999999, 3 * SECOND_US }, 5 },
		{ { 0, 5 * SECOND_US, 5 * SECOND_US + 1 }, 3 },
		{ { 0, 2999998, 2999999, 3 * SECOND_US }, 4 },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		usec_t start;

		bench_conf(b, 1);
		b->vrs[0].version = 3;
		bench_start(b);
		bench_run(b, WAIT_DOWN);
		start = b->now;
		for (int k = 0; k < rows[i].turns; k++) {
			CHECK(!b->d.vrs[0].checksum_plain);
			bench_run(b, start + rows[i].at[k] - b->now);
			hear_form(b, true);
		}
		CHECK(b->d.vrs[0].checksum_plain);
		bench_run(b, SECOND_US);
		hear_form(b, false);		/* counted anew */
		CHECK(b->d.vrs[0].checksum_plain);
		CHECK_INT(b->d.vrs[0].other_form, 1);
		hear_form(b, true);
		CHECK_INT(b->d.vrs[0].other_form, 0);
		hear_form(b, false);
		CHECK_INT(b->d.vrs[0].other_form, 1);
	}
}

/* D-1 is of version 3 over IPv4: no other one remembers a form. */
static void
check_form_elsewhere(void)
{
	struct bench *b = &bench;

	bench_conf(b, 2);
	b->vrs[1].version = 3;
	b->vrs[1].family = 6;
	b->vrs[1].destination = bench_ip("ff02::12");
	b->addresses[1][0].ip = bench_ip("fe80::64");
	bench_start(b);
	bench_address(b, 2, "fe80::5", 64, 0, false);
	bench_advert(b, 0, 9, 150);
	bench_hear(b, &b->vrs[1], 2, "fe80::9", "ff02::12", 150, false);
	for (int i = 0; i < 2; i++) {
		CHECK_INT(*counter_of(&b->d, &b->d.vrs[i], COUNT_received), 1);
		CHECK(!b->d.vrs[i].checksum_plain);
	}
	bench_conf(b, 1);			/* and one that is fixed */
	b->vrs[0].version = 3;
	b->vrs[0].checksum_form = CHECKSUM_PSEUDO;
	bench_start(b);
	hear_form(b, true);
	CHECK(!b->d.vrs[0].checksum_plain);
}

/* C-094, C-095: what begins a preempt_delay, what ends it, and who has none. */
static void
check_preempt_limits(void)
{
	struct bench *b = &bench;
	struct vr *vr;
	usec_t end;

	bench_conf(b, 1);
	b->vrs[0].preempt_delay_us = 5000000;
	bench_start(b);
	vr = &b->d.vrs[0];
	bench_advert(b, 0, 9, 0);		/* a farewell begins none */
	CHECK_INT(vr->preempt_at, NEVER);
	bench_advert(b, 0, 9, 1);
	end = b->now + 5 * SECOND_US;
	CHECK_INT(vr->preempt_at, end);
	bench_run(b, SECOND_US);
	bench_advert(b, 0, 9, 0);
	CHECK_INT(vr->preempt_at, end);
	bench_advert(b, 0, 9, 100);		/* one that is equal ends it */
	CHECK_INT(vr->preempt_at, NEVER);
	bench_advert(b, 0, 9, 99);
	end = b->now + 5 * SECOND_US;
	bench_run(b, 3 * SECOND_US);
	bench_advert(b, 0, 9, 99);
	bench_run(b, end - b->now - 1);
	bench_advert(b, 0, 9, 99);
	CHECK(vr->machine.timer > b->now + 3 * SECOND_US);
	bench_run(b, 1);
	CHECK(!vr->machine.preempt);
	bench_advert(b, 0, 9, 99);		/* at its end */
	CHECK(vr->machine.preempt);
	bench_run(b, WAIT_DOWN);
	CHECK_INT(state(b, 0), VR_MASTER);
	bench_advert(b, 0, 9, 99);		/* an Active does not wait */
	CHECK_INT(vr->preempt_at, NEVER);

	bench_conf(b, 1);
	b->vrs[0].preempt_delay_us = 1;
	bench_start(b);
	vr = &b->d.vrs[0];
	bench_advert(b, 0, 9, 99);
	CHECK_INT(vr->preempt_at, b->now + 1);
	b->vrs[0].preempt_delay_us = 0;
	vr->preempt_at = NEVER;
	bench_advert(b, 0, 9, 99);
	CHECK_INT(vr->preempt_at, NEVER);
	CHECK(vr->machine.preempt);
}

/* C-092, C-102: nopreempt is for good, but not for an owner. */
static void
check_nopreempt_limits(void)
{
	struct bench *b = &bench;

	bench_conf(b, 1);
	b->vrs[0].no_preempt = true;
	b->vrs[0].preempt_delay_us = 2000000;
	bench_start(b);
	for (int i = 0; i < 10; i++) {
		bench_advert(b, 0, 9, 50);
		CHECK(!b->d.vrs[0].machine.preempt);
		bench_run(b, SECOND_US);
	}
	CHECK_INT(state(b, 0), VR_BACKUP);
	bench_conf(b, 1);
	b->vrs[0].priority = 255;
	b->vrs[0].no_preempt = true;
	bench_start(b);
	bench_advert(b, 0, 9, 255);
	CHECK_INT(state(b, 0), VR_BACKUP);
	for (int i = 0; i < 5; i++) {
		bench_advert(b, 0, 9, 50);
		bench_run(b, SECOND_US);
	}
	CHECK_INT(state(b, 0), VR_MASTER);
}

/* T5: ten answers a second, the eleventh when the second is over. */
static void
check_answers(void)
{
	struct bench *b = &bench;

	bench_conf(b, 1);
	b->vrs[0].version = 3;
	b->vrs[0].interval_us = 40000000;
	b->conf.global.fifo[0].path = "/fifo";
	bench_start(b);
	bench_run(b, 200 * SECOND_US);
	bench_watch(b);
	for (int i = 0; i < 100; i++) {
		bench_advert(b, 0, 9, 50);
		if (i < 99)
			bench_run(b, 10 * MS_US);
	}
	CHECK_INT(bench_count(b, EFFECT_SEND), 10);
	CHECK_INT(bench_count(b, EFFECT_FIFO), 1);
	CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_lower_received), 100);
	bench_run(b, 10 * MS_US - 1);
	bench_advert(b, 0, 9, 50);
	CHECK_INT(bench_count(b, EFFECT_SEND), 10);
	CHECK_INT(bench_count(b, EFFECT_FIFO), 1);
	bench_run(b, 1);
	bench_advert(b, 0, 9, 50);
	CHECK_INT(bench_count(b, EFFECT_SEND), 11);
	CHECK_INT(bench_count(b, EFFECT_FIFO), 2);
}

/* C-083: a farewell is answered, and is no weaker one's. */
static void
check_zero_is_not_weaker(void)
{
	struct bench *b = &bench;

	bench_conf(b, 1);
	b->conf.global.fifo[0].path = "/fifo";
	bench_start(b);
	bench_advert(b, 0, 9, 50);
	CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_lower_received), 0);
	bench_run(b, 20 * SECOND_US);
	CHECK_INT(state(b, 0), VR_MASTER);
	bench_watch(b);
	bench_advert(b, 0, 9, 0);
	CHECK_INT(bench_count(b, EFFECT_SEND), 1);
	CHECK_INT(bench_count(b, EFFECT_FIFO), 0);
	CHECK_INT(bench_count(b, EFFECT_ETHERNET), 0);
	bench_advert(b, 0, 9, 200);
	CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_lower_received), 0);
}

/* higher_prio_send_advert is for an Active that bows. */
static void
check_backup_is_silent(void)
{
	struct bench *b = &bench;

	bench_conf(b, 1);
	b->vrs[0].higher_prio_send_advert = true;
	bench_start(b);
	bench_watch(b);
	bench_advert(b, 0, 9, 200);
	CHECK_INT(bench_count(b, EFFECT_SEND), 0);
	CHECK_INT(b->d.vrs[0].cause, CAUSE_START);
}

int
main(void)
{
	check_identification();
	check_ipv6_has_no_header();
	check_sent_counters();
	check_without_interface();
	check_two_sources();
	check_where_nobody_listens();
	check_tokens(1);
	check_tokens(UINT32_MAX - 1);	/* as after years */
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
	check_old_checksum();
	check_gone_is_silent();
	check_file_limits();
	check_weight_of_one();
	check_culprits();
	check_culprit_interfaces();
	check_first_culprit();
	check_vrf();
	check_set_priority();
	check_quorums();
	check_maintenance_named();
	check_lower_address();
	check_waits_after_fault();
	check_takes_after_backing_off();
	check_said_once();
	check_causes_in_words();
	check_bows_with_vmac();
	check_reasons();
	check_whole_lines();
	check_takeover_causes();
	check_said_again();
	check_stopped_group();
	check_priority_told();
	check_no_refresh();
	check_weaker_bursts();
	check_bursts_end();
	check_bursts_limits();
	check_bursts_most();
	check_keeps_nothing();
	check_back_while_lingering();
	check_early_result();
	check_script_lines();
	check_script_counter();
	check_beats();
	check_unusable_said();
	check_counter_adapts();
	check_notify_ends();
	check_group_at_once();
	check_group_waits();
	check_group_goes_back();
	check_group_announces();
	check_stalled_edges();
	check_form_limits();
	check_form_elsewhere();
	check_preempt_limits();
	check_nopreempt_limits();
	check_answers();
	check_zero_is_not_weaker();
	check_backup_is_silent();
	return check_end("edges");
}
