/* SPDX-License-Identifier: ISC */
/*
 * Goal: the daemon as a value does what protocol.md 2 and design 6 say: when it
 * takes over, when it yields, what it does with addresses, faults, groups,
 * scripts and reloads.
 * Method: a daemon on a bench (core.h): its events are made here, the clock is
 * virtual, the effects are read back.
 */
#define VRRPD_PURE
#include "../vrrpd.c"

#include "check.h"
#include "core.h"

static struct bench bench, second;

/* C-077, C-082, C-097, C-104, C-110: takeover, its time and its order. */
static void
check_takeover(void)
{
	struct bench *b = &bench;

	bench_begin(b, 1);
	CHECK_INT(state(b, 0), VR_BACKUP);
	bench_watch(b);
	bench_run(b, 3609374);
	CHECK_INT(bench_count(b, EFFECT_SEND), 0);
	bench_run(b, 1);
	CHECK_INT(state(b, 0), VR_MASTER);
	CHECK_INT(bench_count(b, EFFECT_SEND), 1);
	CHECK_INT(bench_count(b, EFFECT_NETLINK), 1);
	CHECK_INT(bench_count(b, EFFECT_ETHERNET), 2);
	CHECK(bench_find(b, EFFECT_SEND, 0) <
	    bench_find(b, EFFECT_NETLINK, 0));
	CHECK(bench_find(b, EFFECT_NETLINK, 0) <
	    bench_find(b, EFFECT_ETHERNET, 0));
	CHECK_INT(b->d.vips[0].state, VIP_PRESENT);
	bench_watch(b);
	bench_run(b, 5 * SECOND_US);
	CHECK_INT(bench_count(b, EFFECT_SEND), 5);
	CHECK_INT(bench_count(b, EFFECT_ETHERNET), 2);	/* the second burst */
	bench_watch(b);
	bench_run(b, 60 * SECOND_US);
	CHECK_INT(bench_count(b, EFFECT_ETHERNET), 1);	/* C-114, D-15 */
	CHECK_INT(b->out.dropped, 0);
}

/* C-084, D-20: an Active bows, and its addresses wait for the winner's GARP. */
static void
check_yield(void)
{
	struct bench *b = &bench;
	uint8_t frame[64], mac[6] = { 2, 9, 9, 9, 9, 9 };
	struct event claim = { .kind = EVENT_NEIGHBOUR, .family = 4,
	    .ifindex = 2, .bytes = frame };

	bench_begin(b, 1);
	bench_run(b, 4 * SECOND_US);
	bench_watch(b);
	bench_advert(b, 0, 2, 101);
	CHECK_INT(state(b, 0), VR_BACKUP);
	CHECK_INT(bench_count(b, EFFECT_SEND), 0);
	CHECK_INT(bench_count(b, EFFECT_NETLINK), 0);
	bench_run(b, 19 * MS_US);
	CHECK_INT(bench_count(b, EFFECT_NETLINK), 0);
	bench_run(b, 1 * MS_US);
	CHECK_INT(bench_count(b, EFFECT_NETLINK), 1);
	CHECK_INT(b->d.vips[0].state, VIP_ABSENT);
	bench_run(b, 10 * SECOND_US);
	CHECK_INT(state(b, 0), VR_MASTER);
	bench_advert(b, 0, 2, 101);
	bench_watch(b);
	claim.length = garp_encode(&b->addresses[0][0].ip, mac, frame,
	    sizeof(frame));
	bench_feed(b, &claim);
	bench_run(b, 0);
	CHECK_INT(bench_count(b, EFFECT_NETLINK), 1);
}

/* C-085, C-086, C-087, C-092, C-093: ties, weaker ones, nopreempt. */
static void
check_election(void)
{
	struct bench *b = &bench;

	bench_begin(b, 1);
	bench_run(b, 4 * SECOND_US);
	bench_watch(b);
	bench_advert(b, 0, 200, 99);
	CHECK_INT(state(b, 0), VR_MASTER);
	CHECK_INT(bench_count(b, EFFECT_SEND), 1);
	CHECK_INT(bench_count(b, EFFECT_ETHERNET), 2);
	for (int i = 0; i < 100; i++)
		bench_advert(b, 0, 200, 99);
	CHECK_INT(bench_count(b, EFFECT_SEND), 10);	/* T5 */
	bench_advert(b, 0, 2, 100);
	CHECK_INT(state(b, 0), VR_BACKUP);

	bench_conf(b, 1);
	b->vrs[0].no_preempt = true;
	b->vrs[0].priority = 200;
	bench_start(b);
	for (int i = 0; i < 20; i++) {
		bench_advert(b, 0, 2, 50);
		bench_run(b, SECOND_US);
	}
	CHECK_INT(state(b, 0), VR_BACKUP);
	bench_run(b, 3 * SECOND_US);
	CHECK_INT(state(b, 0), VR_MASTER);
}

/* C-094, C-095: preempt_delay runs from the first weaker advertisement. */
static void
check_preempt_delay(void)
{
	struct bench *b = &bench;
	usec_t start;

	bench_conf(b, 1);
	b->vrs[0].preempt_delay_us = 10000000;
	b->vrs[0].priority = 200;
	bench_start(b);
	start = b->now;
	while (state(b, 0) == VR_BACKUP && b->now < start + 30 * SECOND_US) {
		bench_advert(b, 0, 2, 50);
		bench_run(b, SECOND_US);
	}
	CHECK(b->now - start >= 10 * SECOND_US);
	CHECK(b->now - start <= 14 * SECOND_US);
	bench_conf(b, 1);
	b->vrs[0].preempt_delay_us = 10000000;
	bench_start(b);
	bench_run(b, 4 * SECOND_US);
	CHECK_INT(state(b, 0), VR_MASTER);
}

/* C-096, C-102, C-156, D-3: owners. */
static void
check_owner(void)
{
	struct bench *b = &bench;

	bench_conf(b, 1);
	b->vrs[0].priority = 255;
	bench_start(b);
	CHECK_INT(state(b, 0), VR_MASTER);
	bench_link(b, 2, "eth0", IFF_UP, false);
	CHECK_INT(state(b, 0), VR_FAULT);
	bench_link(b, 2, "eth0", IFF_UP | IFF_RUNNING, false);
	CHECK_INT(state(b, 0), VR_MASTER);	/* at once */
	bench_advert(b, 0, 2, 255);
	CHECK_INT(state(b, 0), VR_BACKUP);
}

/*
 * D-3: an owner's address that others removed is put back as it was, without
 * our mark, and is still its own at the end.
 */
static void
check_owner_robbed(void)
{
	struct bench *b = &bench;
	struct event stop = { .kind = EVENT_SHUTDOWN };
	struct nl_message message;
	struct nl_address news;
	struct cursor c;

	bench_conf(b, 1);
	b->vrs[0].priority = 255;
	bench_start(b);
	b->d.vips[0].foreign = true;	/* as if it had stood there unmarked */
	bench_watch(b);
	bench_address(b, 2, "10.0.0.100", 24, 0, true);
	bench_run(b, 0);
	CHECK_INT(bench_count(b, EFFECT_NETLINK), 1);
	c = cursor_over(bench_find(b, EFFECT_NETLINK, 0)->bytes,
	    bench_find(b, EFFECT_NETLINK, 0)->effect.length);
	CHECK(nl_next(&c, &message) && nl_address_parse(&message, &news));
	CHECK_INT(message.type, RTM_NEWADDR);
	CHECK(!news.has_protocol);
	bench_watch(b);
	bench_feed(b, &stop);
	bench_run(b, 3 * SECOND_US);
	CHECK_INT(bench_count(b, EFFECT_NETLINK), 0);
	CHECK_INT(bench_count(b, EFFECT_STOPPED), 1);
}

/* C-129, C-130, C-131, C-132, C-133, C-144: interfaces and sources. */
static void
check_interfaces(void)
{
	struct bench *b = &bench;

	bench_begin(b, 1);
	bench_run(b, 4 * SECOND_US);
	bench_watch(b);
	bench_link(b, 2, "eth0", IFF_UP, false);
	bench_run(b, 0);
	CHECK_INT(state(b, 0), VR_FAULT);
	CHECK_INT(bench_priority(b, 0), 0);
	CHECK_INT(bench_count(b, EFFECT_NETLINK), 1);
	bench_link(b, 2, "eth0", IFF_UP | IFF_RUNNING, false);
	bench_run(b, 3600 * MS_US);
	CHECK_INT(state(b, 0), VR_BACKUP);
	bench_run(b, 10 * MS_US);
	CHECK_INT(state(b, 0), VR_MASTER);
	bench_watch(b);
	bench_address(b, 2, "10.0.0.1", 24, 0, true);
	bench_run(b, 0);
	CHECK_INT(state(b, 0), VR_FAULT);
	CHECK_INT(bench_priority(b, 0), 0);
	bench_address(b, 2, "10.0.0.7", 24, 0, false);
	CHECK_INT(state(b, 0), VR_BACKUP);
	CHECK_INT(b->d.vrs[0].source.bytes[3], 7);
	bench_link(b, 2, "wan0", IFF_UP | IFF_RUNNING, false);
	CHECK_INT(state(b, 0), VR_FAULT);
	bench_link(b, 2, "eth0", IFF_UP | IFF_RUNNING, false);
	bench_address(b, 2, "10.0.0.1", 24, 0, false);
	CHECK_INT(state(b, 0), VR_BACKUP);
	bench_watch(b);
	bench_link(b, 2, "eth0", 0, true);
	CHECK_INT(state(b, 0), VR_FAULT);
	bench_link(b, 9, "eth0", IFF_UP | IFF_RUNNING, false);
	bench_address(b, 9, "10.0.0.1", 24, 0, false);
	bench_run(b, 4 * SECOND_US);
	CHECK_INT(state(b, 0), VR_MASTER);
	CHECK_INT(bench_count(b, EFFECT_LEAVE), 1);
	CHECK_INT(bench_count(b, EFFECT_JOIN), 1);
}

/*
 * A changed link address is announced, one that a report does not tell stays,
 * and an interface that gets its name back is asked for its addresses.
 */
static void
check_link_address(void)
{
	struct bench *b = &bench;
	uint32_t up = IFF_UP | IFF_RUNNING;
	uint8_t mac[6] = { 2, 0, 0, 0, 7, 7 };

	bench_begin(b, 1);
	bench_run(b, 4 * SECOND_US);
	CHECK_INT(state(b, 0), VR_MASTER);
	bench_watch(b);
	bench_link_mac(b, 2, "eth0", up, NULL, false);
	bench_run(b, 0);
	CHECK_INT(bench_count(b, EFFECT_ETHERNET), 0);
	CHECK_INT(b->d.interfaces[0].mac[5], 2);
	bench_link_mac(b, 2, "eth0", up, mac, false);
	bench_run(b, 0);
	CHECK_INT(bench_count(b, EFFECT_ETHERNET), 2);
	CHECK_BYTES(b->noted[b->mark].bytes + 6, mac, 6);
	CHECK_INT(bench_count(b, EFFECT_DUMP), 0);
	bench_watch(b);
	bench_link(b, 2, "wan0", up, false);
	bench_run(b, 0);
	CHECK_INT(bench_count(b, EFFECT_NETLINK), 1);	/* it loses ours */
	bench_link(b, 2, "eth0", up, false);
	bench_run(b, 0);
	CHECK_INT(state(b, 0), VR_FAULT);
	CHECK_INT(bench_count(b, EFFECT_DUMP), 1);
}

/* C-122, D-16: addresses that others remove come back, but not for ever. */
static void
check_restore(void)
{
	struct bench *b = &bench;

	bench_begin(b, 1);
	bench_run(b, 4 * SECOND_US);
	bench_watch(b);
	bench_address(b, 2, "10.0.0.100", 24, ADDRESS_PROTOCOL, true);
	bench_run(b, 0);
	CHECK_INT(bench_count(b, EFFECT_NETLINK), 1);
	CHECK_INT(b->d.vips[0].state, VIP_PRESENT);
	CHECK_INT(state(b, 0), VR_MASTER);
	for (int i = 0; i < 50; i++) {
		if (b->d.vips[0].state == VIP_PRESENT)
			bench_address(b, 2, "10.0.0.100", 24,
			    ADDRESS_PROTOCOL, true);
		bench_run(b, 100 * MS_US);
	}
	CHECK(bench_count(b, EFFECT_NETLINK) >= 8);
	CHECK(bench_count(b, EFFECT_NETLINK) <= 10);
	bench_run(b, 1100 * MS_US);
	CHECK_INT(b->d.vips[0].state, VIP_PRESENT);
	bench_watch(b);
	b->kernel_obeys = false;	/* and an answer that gets lost */
	bench_address(b, 2, "10.0.0.100", 24, ADDRESS_PROTOCOL, true);
	bench_run(b, 1100 * MS_US);
	CHECK_INT(b->d.vips[0].state, VIP_ASKED);
	bench_mark(b, DUMP_LINKS);
	bench_link(b, 2, "eth0", IFF_UP | IFF_RUNNING, false);
	bench_mark(b, DUMP_ADDRESSES);
	bench_address(b, 2, "10.0.0.1", 24, 0, false);
	bench_mark(b, DUMP_DONE);
	b->kernel_obeys = true;
	bench_run(b, 1100 * MS_US);
	CHECK_INT(b->d.vips[0].state, VIP_PRESENT);
	CHECK_INT(state(b, 0), VR_MASTER);
}

/* D-16: what is refused is no reason to let another one wait. */
static void
check_restore_beside(void)
{
	struct bench *b = &bench;
	struct event no = { .kind = EVENT_NETLINK_ERROR, .index = 2,
	    .value = EACCES };

	bench_conf(b, 1);
	b->addresses[0][1] = b->addresses[0][0];
	b->addresses[0][1].ip.bytes[3] = 101;
	b->vrs[0].address_count = 2;
	bench_start(b);
	bench_run(b, 4 * SECOND_US);
	b->kernel_obeys = false;
	bench_address(b, 2, "10.0.0.101", 24, ADDRESS_PROTOCOL, true);
	bench_run(b, 0);
	bench_feed(b, &no);
	bench_run(b, 100 * MS_US);
	CHECK_INT(b->d.vips[1].state, VIP_REFUSED);
	bench_watch(b);
	bench_address(b, 2, "10.0.0.100", 24, ADDRESS_PROTOCOL, true);
	bench_run(b, 0);
	CHECK_INT(b->d.vips[0].state, VIP_ASKED);
	bench_watch(b);
	bench_feed(b, &no);
	bench_run(b, 999 * MS_US);
	CHECK_INT(bench_count(b, EFFECT_NETLINK), 0);
	bench_run(b, MS_US);
	CHECK_INT(bench_count(b, EFFECT_NETLINK), 1);
}

/* An address of two is there as long as one of them wants it. */
static void
check_shared(void)
{
	struct bench *b = &bench;
	struct event stop = { .kind = EVENT_SHUTDOWN };

	bench_conf(b, 2);
	b->addresses[1][0] = b->addresses[0][0];
	bench_start(b);
	bench_watch(b);
	bench_adverts(b, 1, 2, 200);
	CHECK_INT(state(b, 0), VR_MASTER);
	CHECK_INT(state(b, 1), VR_BACKUP);
	CHECK_INT(bench_count(b, EFFECT_NETLINK), 1);
	CHECK_INT(b->d.vips[0].state, VIP_PRESENT);
	bench_advert(b, 1, 2, 0);
	bench_run(b, SECOND_US);
	CHECK_INT(state(b, 1), VR_MASTER);
	bench_advert(b, 0, 2, 200);
	bench_run(b, SECOND_US);
	CHECK_INT(state(b, 0), VR_BACKUP);
	CHECK_INT(bench_count(b, EFFECT_NETLINK), 1);
	CHECK_INT(b->d.vips[1].state, VIP_PRESENT);
	CHECK(!is_logged(b, "removed"));
	bench_feed(b, &stop);
	bench_run(b, 3 * SECOND_US);
	CHECK_INT(bench_count(b, EFFECT_NETLINK), 2);
	CHECK_INT(b->d.vips[0].state, VIP_ABSENT);
	CHECK_INT(b->d.vips[1].state, VIP_ABSENT);
}

/* A source that is another's virtual address comes and goes with it. */
static void
check_source_shared(void)
{
	struct bench *b = &bench;

	bench_conf(b, 2);
	b->vrs[1].source = b->addresses[0][0].ip;
	b->vrs[1].track_source = true;
	bench_start(b);
	CHECK_INT(state(b, 1), VR_FAULT);
	bench_run(b, 2 * WAIT_DOWN);
	CHECK_INT(state(b, 0), VR_MASTER);
	CHECK_INT(state(b, 1), VR_MASTER);
	bench_advert(b, 0, 2, 200);
	bench_run(b, SECOND_US);
	CHECK_INT(state(b, 0), VR_BACKUP);
	CHECK_INT(state(b, 1), VR_FAULT);
}

/* C-121, C-168, D-3: what an earlier run left, and what is not ours. */
static void
check_remainders(void)
{
	struct bench *b = &bench;

	for (int marked = 0; marked < 2; marked++) {
		bench_conf(b, 1);
		bench_launch(b);
		bench_watch(b);
		bench_mark(b, DUMP_LINKS);
		bench_link(b, 2, "eth0", IFF_UP | IFF_RUNNING, false);
		bench_mark(b, DUMP_ADDRESSES);
		bench_address(b, 1, "127.0.0.1", 8, 1, false);
		bench_address(b, 2, "10.0.0.100", 24,
		    marked ? ADDRESS_PROTOCOL : 0, false);
		bench_address(b, 2, "10.0.0.1", 24, 0, false);
		bench_mark(b, DUMP_DONE);
		bench_run(b, 0);
		CHECK_INT(bench_count(b, EFFECT_NETLINK), marked);
		CHECK_INT(b->d.vrs[0].source.bytes[3], 1);
		bench_run(b, 4 * SECOND_US);
		bench_watch(b);
		bench_advert(b, 0, 2, 200);
		bench_run(b, SECOND_US);
		CHECK_INT(bench_count(b, EFFECT_NETLINK), 1);
	}
}

/* C-145, C-146, C-147: sync groups. */
static void
check_group(void)
{
	struct bench *b = &bench;

	bench_conf_group(b, 2);
	bench_start(b);
	for (int i = 0; i < 6; i++) {
		bench_run(b, SECOND_US);
		bench_advert(b, 1, 2, 150);	/* VI_2 has a better one */
	}
	CHECK_INT(state(b, 0), VR_BACKUP);
	CHECK(b->d.vrs[0].wants_active);
	bench_run(b, 8 * SECOND_US);
	CHECK_INT(state(b, 0), VR_MASTER);
	CHECK_INT(state(b, 1), VR_MASTER);
	CHECK_INT(b->d.groups[0].told, VR_MASTER);
	bench_watch(b);
	bench_advert(b, 1, 2, 150);
	CHECK_INT(state(b, 0), VR_BACKUP);
	CHECK_INT(state(b, 1), VR_BACKUP);
	CHECK_INT(bench_count(b, EFFECT_SEND), 0);
	CHECK_INT(b->d.groups[0].told, VR_BACKUP);
	b->vrs[1].interface = 1;
	bench_start(b);			/* eth1 has no address */
	CHECK_INT(state(b, 0), VR_FAULT);
	bench_address(b, 3, "10.1.0.1", 24, 0, false);
	CHECK_INT(state(b, 0), VR_BACKUP);
	CHECK_INT(state(b, 1), VR_BACKUP);
}

/* At the end an address that the kernel does not remove is tried again. */
static void
check_stop_refused(void)
{
	struct bench *b = &bench;
	struct event stop = { .kind = EVENT_SHUTDOWN };
	struct event refused = { .kind = EVENT_NETLINK_ERROR, .index = 1,
	    .value = ENOMEM };

	for (int turns = 1; turns < 100; turns += 98) {
		bench_begin(b, 1);
		bench_run(b, 4 * SECOND_US);
		b->kernel_obeys = false;
		bench_feed(b, &stop);
		bench_run(b, 0);
		bench_watch(b);
		bench_advert(b, 0, 2, 50);	/* lingers no more */
		bench_run(b, 0);
		CHECK_INT(bench_count(b, EFFECT_NETLINK), 1);
		CHECK_INT(bench_count(b, EFFECT_STOPPED), 0);
		for (int i = 0; i < turns; i++) {
			bench_feed(b, &refused);
			bench_run(b, 100 * MS_US);
		}
		CHECK_INT(bench_count(b, EFFECT_STOPPED), turns > 1);
		b->kernel_obeys = true;
		bench_feed(b, &refused);
		bench_run(b, SECOND_US);
		CHECK_INT(bench_count(b, EFFECT_STOPPED), 1);
		CHECK(turns > 1 || bench_count(b, EFFECT_NETLINK) == 3);
	}
}

/* C-155, D-20: stop; D-10: a second TERM. */
static void
check_stop(void)
{
	struct bench *b = &bench;
	struct event stop = { .kind = EVENT_SHUTDOWN };

	for (int how = 0; how < 3; how++) {
		bench_begin(b, 1);
		bench_run(b, 4 * SECOND_US);
		bench_watch(b);
		bench_feed(b, &stop);
		bench_run(b, 0);
		CHECK_INT(bench_priority(b, 0), 0);
		CHECK_INT(bench_count(b, EFFECT_NETLINK), 0);
		if (how == 0)
			bench_run(b, 1046 * MS_US);
		CHECK_INT(bench_count(b, EFFECT_NETLINK), 0);
		if (how == 0)
			bench_run(b, SECOND_US);
		else if (how == 1)
			bench_advert(b, 0, 2, 50);
		else
			bench_feed(b, &stop);
		bench_run(b, 0);
		CHECK_INT(bench_count(b, EFFECT_NETLINK), 1);
		CHECK_INT(bench_count(b, EFFECT_SEND), 1);
		CHECK_INT(bench_count(b, EFFECT_STOPPED), 1);
	}
	bench_begin(b, 1);
	bench_watch(b);
	bench_feed(b, &stop);
	bench_run(b, 0);
	CHECK_INT(bench_count(b, EFFECT_SEND), 0);	/* C-156 */
	CHECK_INT(bench_count(b, EFFECT_STOPPED), 1);
	bench_begin(b, 1);
	b->d.keep_addresses = true;			/* -V */
	bench_run(b, 4 * SECOND_US);
	bench_watch(b);
	bench_feed(b, &stop);
	bench_run(b, 3 * SECOND_US);
	CHECK_INT(bench_count(b, EFFECT_SEND), 0);
	CHECK_INT(bench_count(b, EFFECT_NETLINK), 0);
	CHECK_INT(bench_count(b, EFFECT_STOPPED), 1);
}

/* T24: a removal that the kernel refused is asked for again at the end. */
static void
check_stop_once_more(void)
{
	struct bench *b = &bench;
	struct event refusal = { .kind = EVENT_NETLINK_ERROR, .index = 1,
	    .value = EPERM };
	struct event stop = { .kind = EVENT_SHUTDOWN };

	bench_begin(b, 1);
	bench_run(b, 4 * SECOND_US);
	b->kernel_obeys = false;
	bench_watch(b);
	bench_link(b, 2, "eth0", 0, false);
	bench_run(b, 0);
	CHECK_INT(bench_count(b, EFFECT_NETLINK), 1);
	bench_feed(b, &refusal);
	bench_feed(b, &stop);
	bench_run(b, 0);
	CHECK_INT(bench_count(b, EFFECT_NETLINK), 2);
	CHECK_INT(bench_count(b, EFFECT_STOPPED), 0);
	bench_run(b, 5 * SECOND_US);		/* no answer: not for ever */
	CHECK_INT(bench_count(b, EFFECT_STOPPED), 1);
}

/* C-157, C-158, C-159, C-161: reload. */
static void
check_reload(void)
{
	struct bench *b = &bench, *next = &second;

	bench_begin(b, 2);
	bench_run(b, 4 * SECOND_US);
	bench_conf(next, 2);
	bench_reload(b, next);
	CHECK_INT(bench_count(b, EFFECT_SEND), 0);
	CHECK_INT(bench_count(next, EFFECT_SEND), 0);
	CHECK_INT(bench_count(next, EFFECT_NETLINK), 0);
	CHECK_INT(state(next, 0), VR_MASTER);
	CHECK_INT(*counter_of(&next->d, &next->d.vrs[0], COUNT_sent),
	    *counter_of(&b->d, &b->d.vrs[0], COUNT_sent));
	CHECK_INT(next->d.vrs[0].machine.timer, b->d.vrs[0].machine.timer);
	bench_run(next, 10 * SECOND_US);
	CHECK_INT(bench_count(next, EFFECT_SEND), 20);

	bench_conf(b, 1);		/* VI_2 goes, VI_1 gets an address */
	b->addresses[0][1] = b->addresses[0][0];
	b->addresses[0][1].ip.bytes[3] = 222;
	b->vrs[0].address_count = 2;
	bench_reload(next, b);
	CHECK_INT(bench_count(next, EFFECT_SEND), 1);
	CHECK_INT(bench_priority(next, 0), 0);
	CHECK_INT(bench_count(b, EFFECT_NETLINK), 1);
	CHECK_INT(b->d.vips[1].state, VIP_PRESENT);
	CHECK(bench_count(b, EFFECT_ETHERNET) > 0);
	bench_run(b, 1100 * MS_US);
	CHECK_INT(bench_count(b, EFFECT_NETLINK), 2);	/* VI_2's has gone */
}

/* C-103: after a sleep one advertisement, and a Backup listens first. */
static void
check_sleep(void)
{
	struct bench *b = &bench;
	struct event event = { .kind = EVENT_TIME };

	bench_begin(b, 1);
	bench_run(b, 4 * SECOND_US);
	bench_watch(b);
	b->now += 10 * SECOND_US;
	bench_run(b, 0);
	CHECK_INT(bench_count(b, EFFECT_SEND), 1);
	bench_begin(b, 1);
	b->now += 10 * SECOND_US;
	bench_feed(b, &event);		/* sockets not read yet */
	bench_note(b);
	CHECK_INT(state(b, 0), VR_BACKUP);
	bench_advert(b, 0, 2, 200);
	bench_run(b, 0);
	CHECK_INT(state(b, 0), VR_BACKUP);
}

/* C-070, C-071, C-072: refused packets touch counters alone (D-19). */
static void
check_refusal(void)
{
	struct bench *b = &bench;
	struct conf_vr sender;
	usec_t timer;

	bench_begin(b, 1);
	bench_run(b, 3 * SECOND_US);
	timer = b->d.vrs[0].machine.timer;
	sender = b->vrs[0];
	sender.version = 3;
	bench_advert_of(b, &sender, 2, 200);
	CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_version), 1);
	bench_advert(b, 0, 1, 200);
	CHECK_INT(b->d.vrs[0].machine.timer, timer);
	CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_own_source), 1);
	CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_received), 0);
	bench_run(b, SECOND_US);
	CHECK_INT(state(b, 0), VR_MASTER);
}

/* A router at fault could not send: that is counted, and not said. */
static void
check_unsent_fault(struct bench *b, int error)
{
	struct event event = { .kind = EVENT_RESEND, .value = error };

	CHECK_INT(state(b, 0), VR_FAULT);
	bench_note(b);
	bench_watch(b);
	bench_feed(b, &event);
	bench_note(b);
	CHECK_INT(bench_count(b, EFFECT_LOG), 0);
	CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_send_errors), 1);
}

/* An advertisement that the kernel does not send is counted, and said once. */
static void
check_unsent(void)
{
	struct bench *b = &bench;
	struct event event = { .kind = EVENT_RESEND, .value = ENETDOWN };

	bench_begin(b, 1);
	bench_run(b, 4 * SECOND_US);
	bench_watch(b);
	bench_feed(b, &event);
	bench_note(b);
	CHECK_INT(bench_count(b, EFFECT_LOG), 0);
	event.value = EPERM;
	bench_feed(b, &event);
	bench_feed(b, &event);
	bench_note(b);
	CHECK_INT(bench_count(b, EFFECT_LOG), 1);
	CHECK_STR(bench_line(b, EFFECT_LOG, 0), "VI_1: 10.0.0.1: the kernel "
	    "refuses to send advertisements: Operation not permitted, by a "
	    "firewall?");
	CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_send_errors), 3);
	CHECK_INT(state(b, 0), VR_MASTER);

	/* Who resigns from an address that is gone is not told that it is, */
	bench_begin(b, 1);
	bench_run(b, 4 * SECOND_US);
	bench_address(b, 2, "10.0.0.1", 24, 0, true);
	check_unsent_fault(b, EINVAL);
	/* nor, by a link that is down, that no route leads anywhere. */
	bench_begin(b, 1);
	bench_run(b, 4 * SECOND_US);
	bench_link(b, 2, "eth0", 0, false);
	check_unsent_fault(b, ENETUNREACH);
}

/* A goodbye that the kernel refuses is said once more, and told. */
static void
check_unsent_goodbye(void)
{
	struct bench *b = &bench;
	struct event stop = { .kind = EVENT_SHUTDOWN };
	struct event refused = { .kind = EVENT_RESEND, .value = ENOBUFS };

	bench_begin(b, 1);
	bench_run(b, 4 * SECOND_US);
	bench_feed(b, &stop);
	bench_run(b, 0);
	bench_watch(b);
	bench_feed(b, &refused);
	bench_run(b, 0);
	CHECK_INT(bench_count(b, EFFECT_SEND), 1);
	CHECK_INT(bench_priority(b, 0), 0);
	CHECK_STR(bench_line(b, EFFECT_LOG, 0), "VI_1: 10.0.0.1: the kernel "
	    "refuses to send advertisements: No buffer space available");
	bench_feed(b, &refused);
	bench_run(b, 100 * MS_US);
	CHECK_INT(bench_count(b, EFFECT_SEND), 1);
	CHECK_INT(bench_count(b, EFFECT_LOG), 1);

	bench_begin(b, 1);		/* who was no Active has none to say */
	bench_feed(b, &stop);
	bench_watch(b);
	bench_feed(b, &refused);
	bench_run(b, 0);
	CHECK_INT(bench_count(b, EFFECT_SEND), 0);
	CHECK_INT(bench_count(b, EFFECT_LOG), 0);

	bench_begin(b, 1);		/* nor has who yields, and lingers */
	bench_run(b, 4 * SECOND_US);
	bench_advert(b, 0, 2, 200);
	CHECK_INT(state(b, 0), VR_BACKUP);
	CHECK(b->d.vrs[0].linger_until != NEVER);
	bench_watch(b);
	bench_feed(b, &refused);
	CHECK_INT(bench_count(b, EFFECT_SEND), 0);
}

int
main(void)
{
	check_takeover();
	check_yield();
	check_election();
	check_preempt_delay();
	check_owner();
	check_owner_robbed();
	check_interfaces();
	check_link_address();
	check_restore();
	check_restore_beside();
	check_shared();
	check_source_shared();
	check_remainders();
	check_group();
	check_stop_refused();
	check_stop();
	check_stop_once_more();
	check_reload();
	check_sleep();
	check_refusal();
	check_unsent();
	check_unsent_goodbye();
	return check_end("router");
}
