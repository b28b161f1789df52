/* SPDX-License-Identifier: ISC */
/*
 * Goal: what the kernel reports of interfaces and of their addresses is taken
 * for what it is, and what follows from it follows, once, for whom it concerns.
 * Method: a daemon on a bench (core.h) that is told what a kernel would tell;
 * effects, and what the daemon knows then, are looked at.
 */
#define VRRPD_PURE
#include "../vrrpd.c"

#include "check.h"
#include "core.h"

static struct bench bench;

/* A report of an interface, all of it. */
static struct nl_link
link_of(uint32_t ifindex, uint32_t flags)
{
	return (struct nl_link){ .ifindex = ifindex, .flags = flags,
	    .mtu = 1500, .type = ARPHRD_ETHERNET, .mac_length = 6,
	    .mac = { 2, 0, 0, 0, 0, (uint8_t)ifindex },
	    .before = { UNKNOWN, UNKNOWN },
	    .settings = { UNKNOWN, UNKNOWN, UNKNOWN } };
}

/* n routers on eth0, Active and quiet; effects count from here. */
static struct bench *
actives(uint16_t n)
{
	struct bench *b = &bench;

	bench_begin(b, n);
	bench_run(b, 20 * SECOND_US);
	for (int i = 0; i < n; i++)
		CHECK_INT(state(b, i), VR_MASTER);
	b->kernel_obeys = false;
	bench_watch(b);
	return b;
}

/* -- up and down -- */

/*
 * Who stayed Active while its interface was down, or whose change was held back
 * and undone, announces its addresses: another may have, meanwhile.
 */
static void
check_up_again(void)
{
	static const struct conf_delay delay = { .interface = 0,
	    .down_us = 5 * SECOND_US };
	struct bench *b;

	for (int held = 0; held < 2; held++) {
		b = actives(1);
		b->vrs[0].dont_track_primary = true;
		b->conf.global.delays = &delay;
		b->conf.global.delay_count = (uint16_t)held;
		bench_link(b, 2, "eth0", IFF_UP, false);
		bench_run(b, 100 * MS_US);
		CHECK_INT(state(b, 0), VR_MASTER);
		CHECK_INT(bench_count(b, EFFECT_ETHERNET), 0);
		bench_link(b, 2, "eth0", UP, false);
		bench_run(b, 100 * MS_US);
		CHECK_INT(bench_count(b, EFFECT_ETHERNET), 2);
		CHECK_INT(state(b, 0), VR_MASTER);
	}
}

/* interface_up_down_delays: what is held back, for how long, and what not. */
static void
check_delays(void)
{
	static const struct {
		uint32_t before, flags;
		bool dumped, known;
		uint16_t interface;	/* that eth1's line is about */
		usec_t delay;		/* 0: it counts at once */
	} rows[] = {
		{ UP, IFF_UP, true, true, 1, 3 * SECOND_US },
		{ UP, 0, true, true, 1, 3 * SECOND_US },
		{ IFF_UP, UP, true, true, 1, 2 * SECOND_US },
		{ UP, IFF_UP, false, true, 1, 0 },
		{ UP, IFF_UP, true, false, 1, 0 },
		{ UP, UP | IFF_PROMISC, true, true, 1, 0 },
		{ 0, IFF_UP, true, true, 1, 0 },
		{ UP, IFF_UP, true, true, 2, 0 },
		{ IFF_UP, UP, false, false, 1, 0 },
	};
	struct bench *b = &bench;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct conf_delay delays[] = {
			{ .interface = 0, .down_us = 7, .up_us = 8 },
			{ .interface = rows[i].interface, .down_us = 3000000,
			    .up_us = 2000000 },
			{ .interface = 2, .down_us = 9, .up_us = 5 } };
		struct interface *eth1;

		bench_begin(b, 1);
		b->conf.global.delays = delays;
		b->conf.global.delay_count = 3;
		eth1 = &b->d.interfaces[1];
		eth1->flags = rows[i].before;
		eth1->known = rows[i].known;
		b->d.dumped = rows[i].dumped;
		if (rows[i].delay == 0)		/* an older change is undone */
			timer_wake(&b->d, &eth1->timer, b->now + 1);
		interface_flags(&b->d, 1, rows[i].flags, b->now);
		CHECK_INT(eth1->flags, rows[i].delay > 0 ? rows[i].before :
		    rows[i].flags);
		CHECK_INT(eth1->timer.slot != NO_SLOT, rows[i].delay > 0);
		if (rows[i].delay == 0)
			continue;
		CHECK_INT(eth1->timer.due, b->now + rows[i].delay);
		CHECK_INT(eth1->next_flags, rows[i].flags);
		/* what comes in the meantime does not put it off */
		interface_flags(&b->d, 1, rows[i].flags | IFF_PROMISC,
		    b->now + 1);
		CHECK_INT(eth1->timer.due, b->now + rows[i].delay);
		CHECK_INT(eth1->next_flags, rows[i].flags | IFF_PROMISC);
	}
}

/* A change that was held back counts when its time has come. */
static void
check_delayed(void)
{
	static const struct conf_delay delay = { .interface = 0,
	    .down_us = 3000000, .up_us = 2000000 };
	struct bench *b = actives(1);

	b->conf.global.delays = &delay;
	b->conf.global.delay_count = 1;
	bench_link(b, 2, "eth0", IFF_UP, false);
	bench_run(b, 3 * SECOND_US - 1);
	CHECK_INT(state(b, 0), VR_MASTER);
	bench_run(b, 1);
	CHECK_INT(state(b, 0), VR_FAULT);
	CHECK(is_logged(b, "interface eth0 is down"));
	bench_watch(b);
	bench_link(b, 2, "eth0", UP, false);
	bench_run(b, 2 * SECOND_US - 1);
	CHECK_INT(state(b, 0), VR_FAULT);
	bench_run(b, 1);
	CHECK_INT(state(b, 0), VR_BACKUP);
	CHECK(is_logged(b, "interface eth0 is up"));
	/* one that goes meanwhile is gone, and its change with it */
	bench_link(b, 2, "eth0", IFF_UP, false);
	CHECK(b->d.interfaces[0].timer.slot != NO_SLOT);
	bench_link(b, 2, "eth0", UP, true);
	CHECK(b->d.interfaces[0].timer.slot == NO_SLOT);
	CHECK_INT(state(b, 0), VR_FAULT);
}

/* -- what is known of an interface -- */

/* Reports may leave something out; of another interface nothing is kept. */
static void
check_facts(void)
{
	static const struct {
		uint32_t ifindex, mtu, mtu_then;
		uint8_t mac_length, mac_then;
		int8_t setting, setting_then;
	} rows[] = {
		{ 3, 9000, 9000, 6, 8, 1, 1 }, { 3, 1, 1, 1, 8, 0, 0 },
		{ 3, 0, 1500, 0, 7, UNKNOWN, 4 },
		{ 5, 9000, 9000, 6, 8, 1, 1 },
		{ 5, 0, 0, 0, 8, UNKNOWN, UNKNOWN },
	};
	struct bench *b = &bench;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct nl_link news = link_of(rows[i].ifindex, UP);
		struct interface *eth1;

		bench_begin(b, 1);
		eth1 = &b->d.interfaces[1];
		eth1->mtu = 1500;
		eth1->mac[5] = 7;
		eth1->master = 66;
		eth1->type = 0;
		for (int k = 0; k < SETTINGS4; k++)
			eth1->settings[k] = eth1->before[k] = 4;
		news.mtu = rows[i].mtu;
		news.mac_length = rows[i].mac_length;
		news.mac[5] = 8;
		news.master = i % 2 ? 77 : 0;
		for (int k = 0; k < SETTINGS4; k++)
			news.settings[k] = rows[i].setting;
		b->d.dumped = false;	/* nothing is settled yet */
		interface_set(&b->d, 1, &news, b->now);
		CHECK_INT(eth1->ifindex, rows[i].ifindex);
		CHECK_INT(eth1->mtu, rows[i].mtu_then);
		CHECK_INT(eth1->mac[5], rows[i].mac_then);
		CHECK_INT(eth1->master, news.master);
		CHECK_INT(eth1->type, ARPHRD_ETHERNET);
		CHECK(eth1->seen);
		for (int k = 0; k < SETTINGS4; k++) {
			CHECK_INT(eth1->settings[k], rows[i].setting_then);
			CHECK_INT(eth1->before[k], rows[i].ifindex == 3 ? 4 :
			    UNKNOWN);
		}
	}
}

/* RFC 5227 3: a new link address is announced, of whom it concerns. */
static void
check_moved(void)
{
	static const struct {
		uint32_t ifindex;
		uint8_t mac_length, mac;
		bool moved;
	} rows[] = {
		{ 2, 6, 9, true }, { 2, 6, 2, false }, { 2, 0, 9, false },
		{ 4, 6, 9, false }, { 2, 1, 9, true },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct nl_link news = link_of(rows[i].ifindex, UP);
		struct bench *b = actives(3);

		news.mac_length = rows[i].mac_length;
		news.mac[5] = rows[i].mac;
		b->addresses[0][0].interface = 1;
		b->d.vrs[1].machine.state = MACHINE_BACKUP;
		for (int k = 0; k < 3; k++)
			b->d.vrs[k].conf = &b->vrs[k];
		b->d.dumped = false;	/* no more than that follows */
		interface_set(&b->d, 0, &news, b->now);
		CHECK_INT(b->d.vrs[0].announce_left, 0);
		CHECK_INT(b->d.vrs[1].announce_left, 0);
		CHECK_INT(b->d.vrs[2].announce_left, rows[i].moved ? 2 : 0);
		CHECK_INT(memcmp(b->d.interfaces[0].mac, news.mac, 6) == 0,
		    rows[i].moved || rows[i].ifindex == 4 ||
		    rows[i].mac == 2);
	}
}

/* What follows from a report: D dump, S settings, L log; in any order. */
static void
check_follows(void)
{
	static const struct {
		bool fresh, dumped, known, made, routes;
		uint32_t before, flags;
		const char *want;
	} rows[] = {
		{ false, true, true, false, false, UP, UP, "S" },
		{ false, true, true, false, true, UP, UP, "S" },
		{ false, true, true, false, false, UP, IFF_UP, "SL" },
		{ false, true, true, false, true, UP, IFF_UP, "SDL" },
		{ false, true, true, false, true, 0, UP, "SDL" },
		{ false, true, true, false, true, 0, IFF_UP, "S" },
		{ true, true, true, false, false, UP, UP, "SDL" },
		{ true, true, true, false, false, UP, 0, "SDL" },
		{ true, false, true, false, true, UP, 0, "" },
		{ true, true, false, false, true, UP, 0, "" },
		{ false, false, true, false, true, UP, 0, "" },
		{ false, true, false, false, true, UP, 0, "" },
		{ true, true, true, true, true, UP, 0, "" },
		{ false, true, true, true, true, UP, 0, "" },
	};
	static const struct conf_link made = { .interface = 2 };
	struct bench *b = &bench;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct nl_link news = link_of(rows[i].fresh ? 9 : 3,
		    rows[i].flags);
		struct interface *eth1;
		char got[4];
		size_t n = 0;

		bench_begin(b, 1);
		b->conf.entry_count = 0;
		b->interfaces[1].link = rows[i].made ? &made : NULL;
		eth1 = &b->d.interfaces[1];
		eth1->flags = rows[i].before;
		eth1->known = rows[i].known;
		eth1->wants[0] = true;
		news.settings[0] = 0;
		b->d.dumped = rows[i].dumped;
		b->kernel_obeys = false;
		bench_watch(b);
		b->conf.entry_count = rows[i].fresh ? 0 : rows[i].routes;
		interface_set(&b->d, 1, &news, b->now);
		b->conf.entry_count = 0;
		bench_note(b);
		if (bench_count(b, EFFECT_NETLINK) > 0)
			got[n++] = 'S';
		if (bench_count(b, EFFECT_DUMP) > 0)
			got[n++] = 'D';
		if (bench_count(b, EFFECT_LOG) > 0)
			got[n++] = 'L';
		got[n] = '\0';
		CHECK_STR(got, rows[i].want);
		CHECK_INT(b->d.interfaces[1].flags, rows[i].flags);
	}
}

/* Its routers know its number; those above it that have links are looked at. */
static void
check_concerned(void)
{
	static const struct conf_vmac vmac;
	struct bench *b = &bench;

	for (int fresh = 0; fresh < 2; fresh++) {
		struct conf_link links[3] = { { .base = 1, .vr = 1 },
		    { .base = 0, .vr = 2 }, { .base = 1, .vr = 3 } };
		struct nl_link news = link_of(fresh ? 9 : 3, UP);

		bench_conf(b, 4);
		b->vrs[0].interface = b->vrs[2].interface = 1;
		b->vrs[3].unicast = true;
		b->vrs[3].interface = 1;
		b->vrs[2].destination = bench_ip("224.0.0.99");
		b->vrs[4] = b->vrs[2];		/* it is none of ours */
		bench_start(b);
		for (int i = 0; i < 3; i++)
			links[i].vmac = &vmac;
		b->conf.links = links;
		b->conf.link_count = 3;
		b->d.dumped = false;
		b->d.interfaces[1].mtu = news.mtu;
		bench_watch(b);
		interface_set(&b->d, 1, &news, b->now);
		for (int i = 0; i < 4; i++) {
			CHECK_INT(b->d.vrs[i].dirty, fresh && i % 2 == 1);
			b->d.vrs[i].dirty = false;
		}
		b->d.work_count = 0;
		b->conf.link_count = 0;
		bench_note(b);
		CHECK_INT(bench_count(b, EFFECT_LEAVE), fresh ? 2 : 0);
		CHECK_INT(bench_count(b, EFFECT_JOIN), fresh ? 2 : 0);
		for (int i = 0; i < 2 && fresh; i++) {
			const struct effect *join = &bench_find(b, EFFECT_JOIN,
			    i)->effect;

			CHECK_INT(join->ifindex, 9);
			CHECK_INT(join->destination.bytes[3], i ? 99 : 18);
			CHECK_INT(bench_find(b, EFFECT_LEAVE, i)->effect
			    .ifindex, 3);
		}
	}
}

/* With an MTU below 1280 the kernel forgets all of IPv6, groups too. */
static void
check_mtu(void)
{
	static const uint16_t mtu[] = { 1279, 1000, 1280, 1500 };
	struct bench *b = &bench;

	bench_conf(b, 1);
	bench_start(b);
	for (size_t i = 0; i < COUNT_OF(mtu); i++) {
		struct nl_link news = link_of(2, UP);

		news.mtu = mtu[i];
		bench_watch(b);
		interface_set(&b->d, 0, &news, b->now);
		bench_note(b);
		CHECK_INT(bench_count(b, EFFECT_LEAVE), mtu[i] == 1280);
		CHECK_INT(bench_count(b, EFFECT_JOIN), mtu[i] == 1280);
	}
}

/* -- an interface is gone -- */

/* C-132, C-133: all is forgotten; what may still be there is given back. */
static void
check_forgotten(void)
{
	static const struct {
		bool there, foreign;
		uint8_t state;
		bool asked;
	} rows[] = {
		{ true, false, VIP_PRESENT, true },
		{ true, false, VIP_ASKED, true },
		{ true, false, VIP_REMOVING, true },
		{ true, false, VIP_ABSENT, false },
		{ true, true, VIP_PRESENT, false },
		{ false, false, VIP_PRESENT, false },
		{ false, true, VIP_ABSENT, false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct bench *b = actives(3);
		struct interface *eth0 = &b->d.interfaces[0];

		b->addresses[1][0].interface = 1;
		b->d.vips[2].state = rows[i].state;
		b->d.vips[2].foreign = rows[i].foreign;
		b->d.vips[0].foreign = true;
		for (int k = 0; k < SETTINGS4; k++)
			eth0->settings[k] = eth0->before[k] = 1;
		timer_wake(&b->d, &eth0->timer, b->now + 1);
		interface_forget(&b->d, 0, rows[i].there);
		bench_note(b);
		CHECK_INT(bench_count(b, EFFECT_NETLINK), rows[i].asked);
		if (rows[i].asked) {
			const struct noted *noted = bench_find(b,
			    EFFECT_NETLINK, 0);
			struct nlmsghdr head;

			memcpy(&head, noted->bytes, sizeof(head));
			CHECK_INT(head.nlmsg_type, RTM_DELADDR);
			CHECK_INT(head.nlmsg_seq, 0);
			CHECK_INT(noted->effect.index, 0);
			CHECK_INT(noted->effect.ifindex, 2);
			CHECK_INT(noted->bytes[16 + 8 + 4 + 3], 102);
		}
		CHECK_INT(b->d.vips[0].state, VIP_ABSENT);
		CHECK_INT(b->d.vips[1].state, VIP_PRESENT);
		CHECK_INT(b->d.vips[2].state, VIP_ABSENT);
		CHECK_INT(eth0->ifindex, 0);
		CHECK_INT(eth0->flags, 0);
		CHECK(eth0->timer.slot == NO_SLOT);
		CHECK_INT(eth0->first_address, NO_LOCAL);
		for (int k = 0; k < SETTINGS4; k++) {
			CHECK_INT(eth0->settings[k], UNKNOWN);
			CHECK_INT(eth0->before[k], UNKNOWN);
		}
		CHECK_INT(b->d.interfaces[1].ifindex, 3);
	}
}

/* C-132: an interface of the same name: the other one gives back at once. */
static void
check_replaced(void)
{
	struct bench *b = actives(1);
	const struct noted *noted;
	struct nlmsghdr head;

	bench_link(b, 9, "eth0", UP, false);
	bench_note(b);
	noted = bench_find(b, EFFECT_NETLINK, 0);
	CHECK(noted != NULL);
	memcpy(&head, noted->bytes, sizeof(head));
	CHECK_INT(head.nlmsg_type, RTM_DELADDR);
	CHECK_INT(noted->effect.ifindex, 2);
	/* and one that had the number 1 is no less one */
	b = actives(1);
	b->d.interfaces[0].ifindex = 1;
	bench_link(b, 9, "eth0", UP, false);
	bench_note(b);
	CHECK_INT(bench_find(b, EFFECT_LEAVE, 0)->effect.ifindex, 1);
}

/* Only the routers on it have no interface any more. */
static void
check_gone(void)
{
	struct bench *b = &bench;

	bench_conf(b, 3);
	b->vrs[1].interface = b->addresses[1][0].interface = 1;
	b->vrs[3].interface = 0;		/* it is none of ours */
	bench_start(b);
	bench_address(b, 3, "10.1.0.1", 24, 0, false);
	bench_run(b, 0);
	CHECK_INT(state(b, 1), VR_BACKUP);
	bench_watch(b);
	bench_link(b, 2, "eth0", UP, true);
	bench_run(b, 0);
	CHECK(is_logged(b, "interface eth0 is gone"));
	for (int i = 0; i < 3; i++) {
		CHECK_INT(state(b, i), i == 1 ? VR_BACKUP : VR_FAULT);
	}
}

/* What the kernel numbers and we do not have is found nowhere. */
static void
check_not_found(void)
{
	struct bench *b = &bench;

	bench_conf(b, 1);
	b->conf.interface_count = 2;
	bench_start(b);
	CHECK_INT(interface_find(&b->d, 2), 0);
	CHECK_INT(interface_find(&b->d, 3), 1);
	CHECK_INT(interface_find(&b->d, 99), NONE);
	CHECK_INT(interface_find(&b->d, 0), NONE);
	b->d.interfaces[0].ifindex = 0;
	CHECK_INT(interface_find(&b->d, 0), NONE);
	b->d.interfaces[1].ifindex = 1;
	CHECK_INT(interface_find(&b->d, 1), 1);
}

/* -- addresses -- */

/* The prefix that the kernel reports is that of the peer, if there is one. */
static void
check_prefix(void)
{
	static const struct conf_address_more more = { .peer_prefix = 30 };
	struct conf_address address = { .prefix = 24, .more = &more };

	CHECK_INT(address_prefix(&address), 24);
	address.flags = ADDRESS_PEER;
	CHECK_INT(address_prefix(&address), 30);
	address.flags = (uint16_t)~ADDRESS_PEER;
	CHECK_INT(address_prefix(&address), 24);
}

/* C-121, D-3: whose a virtual address is that nobody asked for. */
static void
check_appeared(void)
{
	static const struct {
		uint8_t state, protocol;
		bool tags, owner, wanted;
		uint8_t after;
		bool foreign, touched, told;
	} rows[] = {
		/* ours of an earlier run, by the mark or for want of marks */
		{ VIP_ABSENT, ADDRESS_PROTOCOL, true, false, false,
		    VIP_PRESENT, false, true, false },
		{ VIP_ABSENT, KEEPALIVED_PROTOCOL, true, false, false,
		    VIP_PRESENT, false, true, false },
		{ VIP_ABSENT, 0, false, false, false, VIP_PRESENT, false,
		    true, false },
		{ VIP_ABSENT, ADDRESS_PROTOCOL, true, true, false,
		    VIP_PRESENT, false, true, false },
		/* somebody else's, or an owner's own */
		{ VIP_ABSENT, 0, true, false, false, VIP_PRESENT, true, true,
		    true },
		{ VIP_ABSENT, 0, true, false, true, VIP_PRESENT, true, true,
		    false },
		{ VIP_ABSENT, 0, true, true, false, VIP_PRESENT, true, true,
		    false },
		{ VIP_ABSENT, 0, false, true, false, VIP_PRESENT, true, true,
		    false },
		{ VIP_ABSENT, 0, false, true, true, VIP_PRESENT, true, true,
		    false },
		{ VIP_REFUSED, 0, true, false, false, VIP_PRESENT, true, true,
		    true },
		{ VIP_LEFT, 0, true, false, false, VIP_PRESENT, true, true,
		    true },
		/* asked for: nothing to wonder about */
		{ VIP_ASKED, 0, true, false, false, VIP_PRESENT, false, false,
		    false },
		{ VIP_PRESENT, 0, true, false, false, VIP_PRESENT, false,
		    false, false },
		/* a report from before the removal that is under way */
		{ VIP_REMOVING, 0, true, false, false, VIP_REMOVING, false,
		    false, false },
		{ VIP_REMOVING, ADDRESS_PROTOCOL, true, false, true,
		    VIP_REMOVING, false, false, false },
	};
	struct bench *b = &bench;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct nl_address news = { .ip = bench_ip("10.0.0.101"),
		    .prefix = 24, .ifindex = 2, .protocol = rows[i].protocol };
		struct vip *vip;

		bench_conf(b, 2);
		b->vrs[1].priority = rows[i].owner ? 255 : 100;
		bench_start(b);
		bench_watch(b);
		vip = &b->d.vips[1];
		vip->state = rows[i].state;
		vip->foreign = vip->seen = false;
		b->d.kernel_tags = rows[i].tags;
		b->d.vrs[1].wanted = rows[i].wanted;
		vip_appeared(&b->d, vip, &news, b->now);
		CHECK_INT(vip->state, rows[i].after);
		CHECK_INT(vip->foreign, rows[i].foreign);
		CHECK_INT(b->d.vrs[1].dirty, rows[i].touched);
		CHECK_INT(b->d.vrs[0].dirty, false);
		CHECK(vip->seen);
		bench_note(b);
		CHECK_STR(bench_line(b, EFFECT_LOG, 0), rows[i].told ?
		    "VI_2: 10.0.0.101: somebody else set this virtual address "
		    "here" : "");
	}
}

/*
 * An address of ours with another prefix length.  Of IPv6 the kernel has one
 * only, which stands for ours: that it goes is a loss.  Not so what a reload
 * replaces, when the new one was asked for already.
 */
static void
check_other_prefix(void)
{
	static const struct {
		const char	*ip;
		uint8_t		state, protocol;
		bool		deleted, wanted, tags;
		uint8_t		after;
		bool		told, restored;
	} rows[] = {
		{ "2001:db8::1", VIP_ABSENT, 0, false, false, true,
		    VIP_PRESENT, true, false },
		{ "2001:db8::1", VIP_ASKED, 0, false, true, true,
		    VIP_PRESENT, false, false },
		{ "2001:db8::1", VIP_ABSENT, ADDRESS_PROTOCOL, false, false,
		    true, VIP_ABSENT, false, false },
		{ "2001:db8::1", VIP_PRESENT, 0, true, true, true,
		    VIP_ABSENT, false, true },
		{ "2001:db8::1", VIP_PRESENT, ADDRESS_PROTOCOL, true, true,
		    true, VIP_ABSENT, false, true },
		{ "2001:db8::1", VIP_ASKED, ADDRESS_PROTOCOL, true, true,
		    true, VIP_ASKED, false, false },
		{ "2001:db8::1", VIP_PRESENT, 0, true, false, true,
		    VIP_ABSENT, false, false },
		{ "10.0.0.101", VIP_ABSENT, 0, false, false, true,
		    VIP_ABSENT, true, false },
		{ "10.0.0.101", VIP_ABSENT, 0, false, false, false,
		    VIP_ABSENT, false, false },
		{ "10.0.0.101", VIP_ABSENT, KEEPALIVED_PROTOCOL, false, false,
		    true, VIP_ABSENT, false, false },
		{ "10.0.0.101", VIP_PRESENT, 0, false, true, true,
		    VIP_PRESENT, false, false },
		{ "10.0.0.101", VIP_PRESENT, 0, true, true, true,
		    VIP_PRESENT, false, false },
	};
	struct bench *b = &bench;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		bench_conf(b, 2);
		b->addresses[1][0].ip = bench_ip(rows[i].ip);
		bench_start(b);
		bench_watch(b);
		b->d.dumped = true;
		b->d.vips[1].state = rows[i].state;
		b->d.kernel_tags = rows[i].tags;
		b->d.vrs[1].wanted = rows[i].wanted;
		bench_address(b, 2, rows[i].ip, 20, rows[i].protocol,
		    rows[i].deleted);
		bench_note(b);
		CHECK_INT(b->d.vips[1].state, rows[i].after);
		CHECK_INT(*counter_of(&b->d, &b->d.vrs[1], COUNT_restored),
		    rows[i].restored);
		CHECK_INT(is_logged(b, "somebody else set this"),
		    rows[i].told);
	}
}

/*
 * The kernel has not the address that is to go, but one of another length that
 * stood for it: a dump shows which, and that one goes, once.
 */
static void
check_other_prefix_goes(void)
{
	static const struct {
		const char	*ip;
		int		error;
		uint8_t		state;
		bool		dumped;
	} rows[] = {
		{ "2001:db8::1", EADDRNOTAVAIL, VIP_REMOVING, true },
		{ "2001:db8::1", ENODEV, VIP_ABSENT, false },
		{ "10.0.0.101", EADDRNOTAVAIL, VIP_ABSENT, false },
	};
	struct bench *b = &bench;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct event event = { .kind = EVENT_NETLINK_ERROR,
		    .index = 2, .value = rows[i].error };
		const struct noted *noted;
		struct ifaddrmsg body;

		bench_conf(b, 2);
		b->addresses[1][0].ip = bench_ip(rows[i].ip);
		bench_start(b);
		b->kernel_obeys = false;
		b->d.dumped = b->d.kernel_tags = true;
		b->d.vips[1].state = VIP_REMOVING;
		bench_watch(b);
		daemon_event(&b->d, b->now, &event);
		bench_note(b);
		CHECK_INT(b->d.vips[1].state, rows[i].state);
		CHECK_INT(bench_count(b, EFFECT_DUMP), rows[i].dumped);
		if (!rows[i].dumped)
			continue;
		for (uint8_t prefix = 24; prefix >= 20; prefix -= 4) {
			bench_watch(b);
			bench_address(b, 2, rows[i].ip, prefix, 0, false);
			bench_note(b);
			noted = bench_find(b, EFFECT_NETLINK, 0);
			CHECK((noted != NULL) == (prefix == 20));
			CHECK_INT(b->d.vips[1].state, prefix == 20 ?
			    VIP_ABSENT : VIP_REMOVING);
		}
		memcpy(&body, noted->bytes + 16, sizeof(body));
		CHECK_INT(body.ifa_prefixlen, 20);
	}
}

/*
 * An interface that an instance uses becomes a port of a bridge, which takes
 * its packets: said once for each bridge; not of a VRF, nor where it is only
 * tracked.
 */
static void
check_port(void)
{
	static const struct {
		uint16_t interface;
		bool port;
		uint32_t master;
		bool told;
	} rows[] = {
		{ 0, true, 7, true }, { 0, true, 7, false },
		{ 0, true, 8, true }, { 0, false, 0, false },
		{ 0, false, 9, false }, { 0, true, 7, true },
		{ 1, true, 7, false },
	};
	struct bench *b = actives(2);

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct nl_link news = link_of(2U + rows[i].interface, UP);

		news.port = rows[i].port;
		news.master = rows[i].master;
		bench_watch(b);
		interface_set(&b->d, rows[i].interface, &news, b->now);
		CHECK_INT(is_logged(b, "interface eth0: a bridge or bond that "
		    "it belongs to takes its packets"), rows[i].told);
		CHECK(rows[i].told || !is_logged(b, "bridge"));
	}
}

/*
 * D-16: what goes because its interface does is not said to be put back; what
 * somebody took is, when it is.
 */
static void
check_not_robbed(void)
{
	for (int down = 0; down < 2; down++) {
		struct bench *b = actives(1);

		bench_address(b, 2, "10.0.0.100", 24, 0, true);
		if (down)
			bench_link(b, 2, "eth0", IFF_UP, false);
		bench_run(b, 0);
		CHECK_INT(is_logged(b, "they are put back"), !down);
		CHECK_INT(state(b, 0), down ? VR_FAULT : VR_MASTER);
		bench_link(b, 2, "eth0", UP, false);
		bench_watch(b);
		bench_run(b, 20 * SECOND_US);
		CHECK_INT(state(b, 0), VR_MASTER);
		CHECK(!is_logged(b, "they are put back"));
	}
}

int
main(void)
{
	check_delays();
	check_up_again();
	check_delayed();
	check_facts();
	check_moved();
	check_follows();
	check_concerned();
	check_mtu();
	check_forgotten();
	check_replaced();
	check_gone();
	check_not_found();
	check_prefix();
	check_appeared();
	check_other_prefix();
	check_other_prefix_goes();
	check_port();
	check_not_robbed();
	return check_end("interfaces");
}
