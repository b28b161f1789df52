/* SPDX-License-Identifier: ISC */
/*
 * Goal: what the simulator found stays mended.
 * Method: each is told again on a bench (core.h), with the reports of a kernel
 * as Linux makes them.
 */
#define main vrrpd_main
static int main(int, char **);	/* unused: it and what it calls go */
#include "../vrrpd.c"
#undef main

#include "check.h"
#include "core.h"

static struct bench bench;
static struct conf_entry entry;
static uint8_t body[NETLINK_MAX];

/* One instance, and a static IPv6 address in eth1. */
static struct bench *
with_static_address(void)
{
	struct conf_address address = { .prefix = 64,
	    .ip = bench_ip("2001:db8::9") };
	size_t head = sizeof(struct nlmsghdr), length;
	uint8_t request[NETLINK_MAX];
	struct bench *b = &bench;

	bench_conf(b, 1);
	length = nl_address_request(request, sizeof(request), true, &address,
	    2, 0, ADDRESS_PROTOCOL);
	memcpy(body, request + head, length - head);
	entry = (struct conf_entry){ .kind = ENTRY_ADDRESS, .text = "a",
	    .vr = NONE, .group = NONE, .body = body,
	    .length = (uint16_t)(length - head),
	    .flags = NLM_F_CREATE | NLM_F_EXCL };
	b->conf.entries = &entry;
	b->conf.entry_count = b->conf.static_count = 1;
	b->kernel_obeys = false;
	return b;
}

/* Linux tells of an IPv6 address: without peer there is no IFA_LOCAL. */
static void
told(struct bench *b, const char *text, uint8_t protocol, bool deleted)
{
	uint8_t bytes[256];
	struct ip ip = bench_ip(text);
	struct packer p = packer_over(bytes, sizeof(bytes));
	struct ifaddrmsg head = { .ifa_family = NL_FAMILY_6,
	    .ifa_prefixlen = 64, .ifa_index = 3 };
	struct event event = { .kind = EVENT_NETLINK, .bytes = bytes };

	nl_begin(&p, deleted ? RTM_DELADDR : RTM_NEWADDR, 0, 0);
	packer_bytes(&p, &head, sizeof(head));
	nl_attribute(&p, IFA_ADDRESS, ip.bytes, 16);
	nl_attribute(&p, IFA_PROTO_, &protocol, 1);
	event.length = nl_finish(&p);
	bench_feed(b, &event);
	bench_run(b, 0);
}

/* A dump begins, and shows the links. */
static void
dump_links(struct bench *b)
{
	bench_mark(b, DUMP_LINKS);
	bench_link(b, 2, "eth0", UP, false);
	bench_link(b, 3, "eth1", UP, false);
	bench_mark(b, DUMP_ADDRESSES);
	bench_address(b, 2, "10.0.0.1", 24, 0, false);
}

/* A static IPv6 address that somebody takes away comes back. */
static void
test_static6_comes_back(void)
{
	struct bench *b = with_static_address();

	bench_start(b);
	CHECK_INT(b->d.entries[0].state, VIP_ASKED);
	told(b, "2001:db8::9", ADDRESS_PROTOCOL, false);
	CHECK_INT(b->d.entries[0].state, VIP_PRESENT);
	bench_watch(b);
	told(b, "2001:db8::9", ADDRESS_PROTOCOL, true);
	bench_run(b, 2 * SECOND_US);
	CHECK_INT(b->d.entries[0].state, VIP_ASKED);
	CHECK_INT(bench_count(b, EFFECT_NETLINK), 1);
}

/* Another address is not taken for it. */
static void
test_static6_is_this_one(void)
{
	struct bench *b = with_static_address();

	bench_start(b);
	told(b, "2001:db8::8", 0, false);
	CHECK_INT(b->d.entries[0].state, VIP_ASKED);
}

/*
 * A static address that a crash left behind is no remainder: it stays.  What
 * nobody has configured goes, as before.
 */
static void
test_static_is_no_remainder(void)
{
	struct bench *b = with_static_address();

	bench_launch(b);
	bench_note(b);
	bench_watch(b);
	dump_links(b);
	told(b, "2001:db8::9", ADDRESS_PROTOCOL, false);
	CHECK_INT(bench_count(b, EFFECT_NETLINK), 0);
	CHECK_INT(b->d.entries[0].state, VIP_PRESENT);
	told(b, "2001:db8::8", ADDRESS_PROTOCOL, false);
	CHECK_INT(bench_count(b, EFFECT_NETLINK), 1);
	CHECK_INT(bench_find(b, EFFECT_NETLINK, 0)->effect.index,
	    REMAINDER_NUMBER);
	bench_mark(b, DUMP_DONE);
	bench_run(b, 2 * SECOND_US);
	CHECK_INT(b->d.entries[0].state, VIP_PRESENT);
}

/*
 * When a remainder could not be removed, the addresses are listed once more:
 * and the routes, of which the list would not show any else.
 */
static void
test_remainder_lists_entries(void)
{
	struct bench *b = with_static_address();
	struct event refused = { .kind = EVENT_NETLINK_ERROR,
	    .index = REMAINDER_NUMBER, .value = EPERM };

	bench_start(b);
	bench_watch(b);
	bench_feed(b, &refused);
	bench_run(b, 2 * SECOND_US);
	CHECK_INT(bench_count(b, EFFECT_DUMP), 1);
	CHECK_INT(bench_find(b, EFFECT_DUMP, 0)->effect.value, 1);
}

/*
 * With the last IPv4 address of an interface the kernel drops its routes in
 * silence: static ones, too, when that was a virtual one that nobody wants.
 */
static void
test_last_address_lists_entries(void)
{
	struct bench *b = with_static_address();

	bench_start(b);
	bench_address(b, 2, "10.0.0.100", 24, 0, false);
	bench_run(b, 0);
	bench_address(b, 2, "10.0.0.1", 24, 0, true);
	bench_run(b, 0);
	CHECK(!b->d.vrs[0].wanted);
	bench_watch(b);
	bench_address(b, 2, "10.0.0.100", 24, 0, true);
	bench_run(b, 0);
	CHECK_INT(bench_count(b, EFFECT_DUMP), 1);
}

/*
 * The copies of one advertisement, one for each peer, have one number of AH:
 * whoever heard the first one may send the next number, which the others must
 * not have heard already.
 */
static void
test_copies_have_one_number(void)
{
	struct bench *b = &bench;
	const uint8_t *first, *second;

	bench_conf(b, 1);
	b->vrs[0].auth_type = AUTH_AH;
	b->vrs[0].unicast = true;
	b->vrs[0].peer_count = 2;
	for (int k = 0; k < 2; k++)
		b->peers[0][k] = (struct conf_peer){ .ttl_max = 255,
		    .ip = bench_ip(k == 0 ? "10.0.0.20" : "10.0.0.21") };
	bench_start(b);
	bench_watch(b);
	bench_run(b, 10 * SECOND_US);
	CHECK_INT(b->d.vrs[0].machine.state, MACHINE_ACTIVE);
	CHECK(bench_count(b, EFFECT_SEND) > 3);
	first = bench_find(b, EFFECT_SEND, 0)->bytes + IP4_HEADER + 8;
	second = bench_find(b, EFFECT_SEND, 1)->bytes + IP4_HEADER + 8;
	CHECK_INT(memcmp(first, second, 4), 0);
	second = bench_find(b, EFFECT_SEND, 2)->bytes + IP4_HEADER + 8;
	CHECK(memcmp(first, second, 4) < 0);
}

int
main(void)
{
	test_static6_comes_back();
	test_static6_is_this_one();
	test_static_is_no_remainder();
	test_remainder_lists_entries();
	test_last_address_lists_entries();
	test_copies_have_one_number();
	return check_end("simfound");
}
