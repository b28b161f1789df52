/* SPDX-License-Identifier: ISC */
/*
 * Goal: a dump is a whole picture: what it shows is there, what it does not
 * show is gone, and before it is complete nothing is concluded from it.
 * Method: a daemon on a bench (core.h) that is told a dump piece by piece.
 */
#define VRRPD_PURE
#include "../vrrpd.c"

#include "check.h"
#include "core.h"

static struct bench bench;

/* Whether an address of an interface is remembered, and was seen. */
static int
remembered(const struct daemon *d, int interface, const char *text)
{
	struct ip ip = bench_ip(text);
	uint32_t k = d->interfaces[interface].first_address;

	while (k != NO_LOCAL && !ip_equal(&d->locals[k].news.ip, &ip))
		k = d->locals[k].next;
	return k == NO_LOCAL ? -1 : d->locals[k].seen;
}

/* Everything is seen; the kernel does what the test says. */
static struct bench *
seen(void)
{
	static struct entry entries[2];
	struct bench *b = &bench;

	bench_begin(b, 2);
	bench_address(b, 3, "10.1.0.1", 24, 0, false);
	bench_run(b, 0);
	b->kernel_obeys = false;
	for (int i = 0; i < 2; i++) {
		b->d.interfaces[i].seen = b->d.vips[i].seen = true;
		entries[i].seen = true;
	}
	b->d.entries = entries;
	b->conf.entry_count = 2;
	bench_watch(b);
	return b;
}

/* At its beginning no interface is known to be there; then no address. */
static void
check_begins(void)
{
	for (int addresses = 0; addresses < 2; addresses++) {
		struct bench *b = seen();

		dump_begins(&b->d, addresses, b->now);
		b->conf.entry_count = 0;
		bench_note(b);
		CHECK_INT(b->count, b->mark);
		for (int i = 0; i < 2; i++) {
			CHECK_INT(b->d.interfaces[i].seen, addresses);
			CHECK_INT(b->d.vips[i].seen, !addresses);
			CHECK_INT(b->d.entries[i].seen, !addresses);
		}
		CHECK_INT(remembered(&b->d, 0, "10.0.0.1"), !addresses);
		CHECK_INT(remembered(&b->d, 1, "10.1.0.1"), !addresses);
	}
}

/* When all links are told, those that were not are gone, without a request. */
static void
check_links_gone(void)
{
	static const struct { uint32_t ifindex; bool seen, gone; } rows[] = {
		{ 3, false, true }, { 1, false, true }, { 3, true, false },
		{ 0, false, false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct bench *b = seen();

		b->conf.entry_count = 0;
		b->addresses[1][0].interface = 1;
		b->d.vips[1].state = VIP_PRESENT;
		b->d.interfaces[1].ifindex = rows[i].ifindex;
		b->d.interfaces[1].seen = rows[i].seen;
		bench_mark(b, DUMP_ADDRESSES);
		CHECK_INT(is_logged(b, "interface eth1 is gone"), rows[i].gone);
		CHECK_INT(bench_count(b, EFFECT_NETLINK), 0);
		CHECK_INT(b->d.interfaces[1].ifindex, rows[i].gone ? 0 :
		    rows[i].ifindex);
		CHECK_INT(b->d.interfaces[0].ifindex, 2);
		CHECK(!is_logged(b, "eth0"));
	}
}

/* What a complete picture tells of a virtual address. */
static void
check_vips(void)
{
	static const struct {
		uint8_t state, after;
		bool seen, restored;
	} rows[] = {
		{ VIP_ABSENT, VIP_ABSENT, false, false },
		{ VIP_ASKED, VIP_ABSENT, false, false },
		{ VIP_PRESENT, VIP_ABSENT, false, true },
		{ VIP_REMOVING, VIP_ABSENT, false, false },
		{ VIP_REFUSED, VIP_ABSENT, false, false },
		{ VIP_LEFT, VIP_ABSENT, false, false },
		{ VIP_ASKED, VIP_ASKED, true, false },
		{ VIP_PRESENT, VIP_PRESENT, true, false },
		{ VIP_REMOVING, VIP_PRESENT, true, false },
		{ VIP_REFUSED, VIP_REFUSED, true, false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct bench *b = seen();

		b->conf.entry_count = 0;
		for (int k = 0; k < 2; k++) {
			b->d.vips[k].state = rows[i].state;
			b->d.vips[k].seen = rows[i].seen;
			b->d.vrs[k].wanted = true;
		}
		b->d.cleaning = true;
		bench_mark(b, DUMP_DONE);
		CHECK(b->d.dumped && !b->d.cleaning);
		for (int k = 0; k < 2; k++) {
			CHECK_INT(b->d.vips[k].state, rows[i].after);
			CHECK_INT(*counter_of(&b->d, &b->d.vrs[k],
			    COUNT_restored), rows[i].restored);
			CHECK(b->d.vrs[k].dirty);
		}
	}
}

/* Interfaces are known now, and set as we need them; addresses may be gone. */
static void
check_interfaces(void)
{
	struct bench *b = seen();

	b->conf.entry_count = 0;
	bench_address(b, 2, "10.0.0.2", 24, 0, false);
	bench_address(b, 2, "10.0.0.3", 24, 0, false);
	bench_mark(b, DUMP_LINKS);
	b->d.interfaces[0].seen = b->d.interfaces[1].seen = true;
	bench_mark(b, DUMP_ADDRESSES);
	bench_address(b, 2, "10.0.0.2", 24, 0, false);
	for (int i = 0; i < 3; i++) {
		b->d.interfaces[i].known = false;
		b->d.interfaces[i].wants[0] = true;
		b->d.interfaces[i].settings[0] = 0;
	}
	bench_watch(b);
	bench_mark(b, DUMP_DONE);
	bench_note(b);
	CHECK_INT(bench_count(b, EFFECT_NETLINK), 2);	/* eth2 is absent */
	for (int i = 0; i < 3; i++)
		CHECK(b->d.interfaces[i].known);
	CHECK_INT(remembered(&b->d, 0, "10.0.0.1"), -1);
	CHECK_INT(remembered(&b->d, 0, "10.0.0.2"), true);
	CHECK_INT(remembered(&b->d, 0, "10.0.0.3"), -1);
	CHECK_INT(remembered(&b->d, 1, "10.1.0.1"), -1);
	for (int i = 0; i < 2; i++)
		CHECK_INT(b->d.vrs[i].source.bytes[3], 2);
}

/*
 * A link of ours is up as the picture shows its interface, and without one not
 * there; whether one that is there is ours was told when it was seen.
 */
static void
check_own_links(void)
{
	static const struct {
		uint32_t ifindex, flags;
		bool up;
	} rows[] = {
		{ 3, UP, true }, { 3, 0, false }, { 3, IFF_RUNNING, false },
		{ 0, 0, false },
	};
	static const struct conf_vmac vmac = { .kind = LINK_MACVLAN };

	for (size_t i = 0; i < 2 * COUNT_OF(rows); i++) {
		size_t k = i / 2;
		struct conf_link conf[2] = { { .interface = 1, .vmac = &vmac },
		    { .interface = 1, .vr = 1, .vmac = &vmac } };
		struct link links[2] = { { .there = i % 2, .up = i % 2 },
		    { .there = i % 2, .up = i % 2 } };
		struct bench *b = seen();

		b->conf.entry_count = 0;
		b->conf.links = conf;
		b->conf.link_count = 2;
		b->d.links = links;
		b->d.interfaces[1].ifindex = rows[k].ifindex;
		b->d.interfaces[1].flags = rows[k].flags;
		b->d.vip_count = 0;		/* they touch it as well */
		dump_ends(&b->d, b->now);
		for (int n = 0; n < 2; n++) {
			CHECK_INT(links[n].there, i % 2 && rows[k].ifindex);
			CHECK_INT(links[n].up, rows[k].up);
			CHECK(b->d.vrs[n].dirty);
		}
		b->conf.link_count = 0;
	}
}

/* Before the picture is whole no source is chosen: a better one may come. */
static void
check_no_early_source(void)
{
	struct bench *b = &bench;

	bench_conf(b, 1);
	bench_launch(b);
	bench_mark(b, DUMP_LINKS);
	bench_link(b, 2, "eth0", UP, false);
	bench_mark(b, DUMP_ADDRESSES);
	bench_address_flags(b, 2, "10.0.0.8", 24, 0, false, IFA_F_SECONDARY);
	CHECK_INT(b->d.vrs[0].source.family, 0);
	bench_address(b, 2, "10.0.0.9", 24, 0, false);
	bench_mark(b, DUMP_DONE);
	CHECK_INT(b->d.vrs[0].source.bytes[3], 9);
}

/* What is asked of the kernel: routes and rules if any are configured. */
static void
check_question(void)
{
	for (uint32_t count = 0; count < 3; count++) {
		struct bench *b = seen();

		b->conf.entry_count = count;
		dump_ask(&b->d);
		b->conf.entry_count = 0;
		bench_note(b);
		CHECK_INT(bench_count(b, EFFECT_DUMP), 1);
		CHECK_INT(bench_find(b, EFFECT_DUMP, 0)->effect.value,
		    count > 0);
		CHECK_INT(bench_find(b, EFFECT_DUMP, 0)->effect.token, 0);
	}
}

/* C-121: what an earlier run left and has gone meanwhile is not removed. */
static void
check_gone_remainder(void)
{
	for (int deleted = 0; deleted < 2; deleted++) {
		struct bench *b = seen();

		b->conf.entry_count = 0;
		b->d.cleaning = true;
		bench_address(b, 2, "10.0.0.77", 24, ADDRESS_PROTOCOL, deleted);
		bench_note(b);
		CHECK_INT(bench_count(b, EFFECT_NETLINK), !deleted);
		if (!deleted) {
			const struct noted *noted = bench_find(b,
			    EFFECT_NETLINK, 0);
			struct nlmsghdr head;

			memcpy(&head, noted->bytes, sizeof(head));
			CHECK_INT(noted->effect.index, REMAINDER_NUMBER);
			CHECK_INT(head.nlmsg_type, RTM_DELADDR);
			CHECK_INT(noted->bytes[16 + 8 + 4 + 3], 77);
		}
	}
}

/* A message about an address that is broken changes nothing. */
static void
check_broken(void)
{
	struct bench *b = seen();
	uint8_t bytes[64];
	struct packer p = packer_over(bytes, sizeof(bytes));
	struct ifaddrmsg body = { .ifa_family = 2, .ifa_prefixlen = 24,
	    .ifa_index = 2 };
	struct event event = { .kind = EVENT_NETLINK, .bytes = bytes };
	uint32_t used = b->d.local_used;

	b->conf.entry_count = 0;
	b->d.log_addresses = true;
	nl_begin(&p, RTM_NEWADDR, 0, 0);
	packer_bytes(&p, &body, sizeof(body));
	nl_attribute(&p, IFA_LOCAL, "\12\0", 2);
	event.length = nl_finish(&p);
	bench_feed(b, &event);
	bench_note(b);
	CHECK_INT(b->d.local_used, used);
	CHECK_INT(b->count, b->mark);
	CHECK_INT(b->d.counters.netlink_bad, 1);
}

int
main(void)
{
	check_begins();
	check_links_gone();
	check_vips();
	check_interfaces();
	check_own_links();
	check_no_early_source();
	check_question();
	check_gone_remainder();
	check_broken();
	return check_end("dumps");
}
