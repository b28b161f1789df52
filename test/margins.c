/* SPDX-License-Identifier: ISC */
/*
 * Goal: the edges of what Router decides, as edges.c shows Policy's: which
 * address is asked for, put back or left alone, and when, to the microsecond.
 * Method: a daemon on a bench (core.h), with a kernel that is the test.
 */
#define VRRPD_PURE
#include "../vrrpd.c"

#include "check.h"
#include "core.h"

static struct bench bench, later;
static const struct event stop = { .kind = EVENT_SHUTDOWN };

/* One instance that is Active, all being quiet; effects count from here. */
static struct vr *
active(struct bench *b)
{
	bench_start(b);
	bench_run(b, 20 * SECOND_US);
	CHECK_INT(vr_state(&b->d.vrs[0]), VR_MASTER);
	bench_watch(b);
	return &b->d.vrs[0];
}

/* Somebody removes the virtual address. */
static void
rob(struct bench *b)
{
	bench_address(b, 2, "10.0.0.100", 24, ADDRESS_PROTOCOL, true);
	bench_run(b, 0);
}

/* Who goes on for ever is told of less and less often, and then no more. */
static void
check_patience(struct bench *b, const struct vr *vr)
{
	bench_watch(b);
	for (int i = 7; i < 400; i++) {
		bench_run(b, SECOND_US);
		rob(b);
		CHECK_INT(vr->restore_at, b->now + SECOND_US);
	}
	CHECK_INT(vr->episodes, UINT8_MAX);
	CHECK_INT(bench_count(b, EFFECT_LOG), 5);	/* 8, 16, 32, 64 */
	CHECK_STR(bench_line(b, EFFECT_LOG, 4), "VI_1: somebody keeps removing "
	    "its addresses (128 times); they are put back once a second");
}

/* D-16: what is lost within 50 ms is one episode; the fifth has to wait. */
static void
check_episodes(void)
{
	struct bench *b = &bench;
	struct vr *vr;

	bench_conf(b, 1);
	vr = active(b);
	for (int i = 1; i < 5; i++) {
		rob(b);
		CHECK_INT(vr->episodes, i);
		CHECK_INT(bench_count(b, EFFECT_NETLINK), 2 * i - 1);
		CHECK_INT(bench_count(b, EFFECT_LOG), i);
		bench_run(b, 50 * MS_US - 1);
		rob(b);
		CHECK_INT(vr->episodes, i);
		CHECK_INT(bench_count(b, EFFECT_NETLINK), 2 * i);
		CHECK_INT(bench_count(b, EFFECT_LOG), i);
		CHECK_INT(*counter_of(&b->d, vr, COUNT_restored), 2 * i);
		bench_run(b, 1);
	}
	CHECK_STR(bench_line(b, EFFECT_LOG, 3), "VI_1: somebody removed its "
	    "addresses; they are put back");
	rob(b);
	CHECK_STR(bench_line(b, EFFECT_LOG, 4), "VI_1: somebody keeps removing "
	    "its addresses (5 times); they are put back once a second");
	CHECK_INT(vr->episodes, 5);
	CHECK_INT(vr->restore_at, b->now + SECOND_US);
	rob(b);				/* it is not there: no more loss */
	CHECK_INT(*counter_of(&b->d, vr, COUNT_restored), 9);
	bench_run(b, SECOND_US - 1);
	CHECK_INT(bench_count(b, EFFECT_NETLINK), 8);
	bench_run(b, 1);
	CHECK_INT(bench_count(b, EFFECT_NETLINK), 9);
	CHECK_INT(vr->restore_at, NEVER);
	bench_run(b, 9 * SECOND_US);		/* 10 s after the last */
	rob(b);
	CHECK_INT(vr->restore_at, b->now + SECOND_US);
	CHECK_INT(vr->episodes, 6);
	check_patience(b, vr);
	bench_run(b, 10 * SECOND_US + 1);
	bench_watch(b);
	rob(b);
	CHECK_INT(vr->restore_at, NEVER);
	CHECK_INT(vr->episodes, 1);
	CHECK_INT(bench_count(b, EFFECT_NETLINK), 1);
	CHECK_INT(bench_count(b, EFFECT_ETHERNET), 2);	/* and announced */
}

/* What vanishes: whether it is a loss, and what is known of it afterwards. */
static void
check_vanished(void)
{
	static const struct {
		uint8_t state, after;
		bool wanted, lingers, no_track, owner, restored, touched;
	} rows[] = {
		{ VIP_PRESENT, VIP_ABSENT, true, false, false, false, true,
		    true },
		{ VIP_ASKED, VIP_ASKED, true, false, false, false, false,
		    false },
		{ VIP_REFUSED, VIP_ABSENT, true, false, false, false, false,
		    true },
		{ VIP_REMOVING, VIP_ABSENT, true, false, false, false, false,
		    true },
		{ VIP_LEFT, VIP_ABSENT, true, false, false, true, false, true },
		{ VIP_PRESENT, VIP_ABSENT, true, true, false, false, false,
		    false },
		{ VIP_PRESENT, VIP_ABSENT, false, false, false, true, false,
		    false },
		{ VIP_PRESENT, VIP_LEFT, true, false, true, false, false,
		    false },
		{ VIP_ASKED, VIP_ASKED, true, false, true, true, false, false },
		{ VIP_LEFT, VIP_LEFT, true, false, true, false, false, false },
		{ VIP_REFUSED, VIP_ABSENT, true, false, true, false, false,
		    true },
		{ VIP_PRESENT, VIP_ABSENT, false, false, true, false, false,
		    false },
	};
	struct bench *b = &bench;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct vip *vip;
		struct vr *vr;

		bench_conf(b, 1);
		b->vrs[0].priority = rows[i].owner ? 255 : 100;
		b->addresses[0][0].flags = rows[i].no_track ?
		    ADDRESS_NO_TRACK : 0;
		bench_start(b);
		bench_run(b, 0);
		vr = &b->d.vrs[0];
		vip = &b->d.vips[0];
		vip->state = rows[i].state;
		vip->foreign = true;
		vr->wanted = rows[i].wanted;
		vr->linger_until = rows[i].lingers ? b->now + 1 : NEVER;
		vip_vanished(&b->d, vip, b->now);
		CHECK_INT(vip->state, rows[i].after);
		CHECK_INT(vip->foreign, rows[i].owner);
		CHECK_INT(*counter_of(&b->d, vr, COUNT_restored),
		    rows[i].restored);
		CHECK_INT(vr->dirty, rows[i].touched);
	}
}

/* Which address is asked for or given back, and as what it counts then. */
static void
check_reconciled(void)
{
	static const struct {
		uint8_t state, after;
		bool wanted, no_track, foreign, owner, release;
	} rows[] = {
		{ VIP_ABSENT, VIP_ASKED, true, false, false, false, false },
		{ VIP_REFUSED, VIP_ASKED, true, false, false, false, false },
		{ VIP_REMOVING, VIP_ASKED, true, false, false, false, false },
		{ VIP_LEFT, VIP_ASKED, true, false, false, false, false },
		{ VIP_LEFT, VIP_LEFT, true, true, false, false, false },
		{ VIP_PRESENT, VIP_PRESENT, true, true, false, false, false },
		{ VIP_ASKED, VIP_ASKED, true, false, false, false, false },
		{ VIP_ABSENT, VIP_ABSENT, false, false, false, false, true },
		{ VIP_REMOVING, VIP_REMOVING, false, false, false, false,
		    false },
		{ VIP_PRESENT, VIP_REMOVING, false, false, false, false,
		    false },
		{ VIP_ASKED, VIP_REMOVING, false, true, false, false, false },
		{ VIP_LEFT, VIP_REMOVING, false, true, false, false, false },
		{ VIP_LEFT, VIP_LEFT, false, false, false, false, false },
		{ VIP_PRESENT, VIP_PRESENT, false, false, true, false, false },
		{ VIP_PRESENT, VIP_REMOVING, false, false, true, false, true },
		{ VIP_PRESENT, VIP_PRESENT, false, false, true, true, true },
		{ VIP_PRESENT, VIP_REMOVING, false, false, false, true, true },
		{ VIP_ABSENT, VIP_ASKED, true, false, true, true, false },
	};
	struct bench *b = &bench;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct vip *vip;

		bench_conf(b, 2);
		b->vrs[1].priority = rows[i].owner ? 255 : 100;
		b->addresses[1][0].flags = rows[i].no_track ?
		    ADDRESS_NO_TRACK : 0;
		bench_start(b);
		bench_note(b);
		bench_watch(b);
		b->kernel_obeys = false;
		b->d.release_all = rows[i].release;
		b->d.vrs[1].wanted = rows[i].wanted;
		vip = &b->d.vips[1];
		vip->state = rows[i].state;
		vip->foreign = rows[i].foreign;
		CHECK_INT(vip_reconcile(&b->d, vip, rows[i].wanted),
		    rows[i].wanted && rows[i].after != rows[i].state);
		bench_note(b);
		CHECK_INT(vip->state, rows[i].after);
		CHECK_INT(bench_count(b, EFFECT_NETLINK), rows[i].after !=
		    rows[i].state);
		if (rows[i].after != rows[i].state)
			CHECK_INT(bench_find(b, EFFECT_NETLINK, 0)->effect
			    .index, 2);
		CHECK_INT(vip->foreign, rows[i].foreign && (rows[i].owner ||
		    !rows[i].wanted));
		b->d.interfaces[0].ifindex = 0;	/* nowhere to ask for it */
		vip->state = rows[i].state;
		CHECK(!vip_reconcile(&b->d, vip, rows[i].wanted));
		CHECK_INT(vip->state, rows[i].state);
	}
}

/* What waits: additions for the end of a pause, everything for lingering. */
static void
check_pauses(void)
{
	static const struct { bool wanted, lingers; usec_t pause; int asked; }
	    rows[] = { { true, false, 0, 1 }, { true, false, 1, 0 },
	    { true, false, NEVER, 1 }, { false, false, 1, 1 },
	    { false, true, NEVER, 0 }, { true, true, NEVER, 0 } };
	struct bench *b = &bench;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct vr *vr;

		bench_begin(b, 1);
		bench_watch(b);
		b->kernel_obeys = false;
		vr = &b->d.vrs[0];
		vr->wanted = rows[i].wanted;
		vr->linger_until = rows[i].lingers ? b->now + 9 : NEVER;
		vr->restore_at = rows[i].pause == NEVER ? NEVER :
		    b->now + rows[i].pause;
		vr->backs_off = rows[i].pause == 1;
		b->d.vips[0].state = rows[i].wanted ? VIP_ABSENT : VIP_PRESENT;
		vr->announce_at = b->now + 1;	/* no round of it now */
		vr_work(&b->d, vr, b->now);
		bench_note(b);
		CHECK_INT(bench_count(b, EFFECT_NETLINK), rows[i].asked);
		CHECK_INT(vr->restore_at == NEVER, rows[i].pause == NEVER);
		CHECK_INT(vr->announce_left, rows[i].wanted && rows[i].asked ?
		    2 : 0);
		b->d.vips[0].state = VIP_ABSENT;
		vr->announce_left = 1;	/* a burst under way goes on */
		vr_work(&b->d, vr, b->now);
		CHECK_INT(vr->announce_left, 1);
	}
	bench_conf(b, 1);		/* nothing added, nothing announced */
	CHECK_INT(active(b)->announce_left, 0);
	vr_touch(&b->d, &b->d.vrs[0]);
	bench_run(b, 0);
	CHECK_INT(bench_count(b, EFFECT_ETHERNET), 0);
	for (uint8_t state = VIP_REFUSED; state <= VIP_LEFT; state++) {
		bench_begin(b, 1);
		b->d.vips[0].state = state;
		vr_work(&b->d, &b->d.vrs[0], b->now);
		CHECK_INT(b->d.vips[0].state, VIP_ABSENT);
		CHECK_INT(b->d.vrs[0].announce_left, 0);
	}
}

/* C-115: gratuitous ARP and neighbour advertisements, each at its own pace. */
static void
check_paces(void)
{
	static const struct { uint8_t family; usec_t at, when; } rows[] = {
		{ 4, 0, 0 }, { 6, 0, 0 }, { 4, 0, 100 }, { 6, 0, 300 },
		{ 4, 99, 200 }, { 4, 299, 300 }, { 4, 400, 400 },
		{ 4, 501, 501 }, { 4, 501, 601 },
		{ 6, 599, 600 }, { 6, 900, 900 }, { 6, 900, 1200 },
	};
	struct bench *b = &bench;

	bench_begin(b, 1);
	CHECK_INT(announce_pace(&b->d, 0, 4, 7), 7);
	CHECK_INT(announce_pace(&b->d, 0, 6, 7), 7);
	CHECK_INT(announce_pace(&b->d, 0, 4, 7), 7);
	b->conf.global.garp_interval_us = 100;
	b->conf.global.gna_interval_us = 300;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		CHECK_INT(announce_pace(&b->d, 1, rows[i].family, b->now +
		    rows[i].at), b->now + rows[i].when);
	CHECK_INT(announce_pace(&b->d, 2, 4, b->now), b->now);
}

/* A burst under pacing: one frame a moment, in order, and then the rest. */
static void
check_paced_burst(void)
{
	struct bench *b = &bench;
	usec_t start;

	bench_conf(b, 1);
	b->conf.global.garp_interval_us = 1000;
	b->addresses[0][1] = b->addresses[0][0];
	b->addresses[0][1].ip.bytes[3] = 7;
	b->vrs[0].address_count = 2;
	bench_start(b);
	start = b->now + 3609375;
	bench_run(b, 3609375 + 10 * MS_US);
	CHECK_INT(bench_count(b, EFFECT_ETHERNET), 4);
	CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_announced), 4);
	for (int i = 0; i < 4; i++) {
		const struct noted *noted = bench_find(b, EFFECT_ETHERNET, i);

		CHECK_INT(noted->at, start + i * 1000);
		CHECK_INT(noted->bytes[31], i % 2 ? 7 : 100);
	}
	CHECK_INT(b->d.vrs[0].announce_at, NEVER);
}

/* D-20: who left waits for its successor, who bowed for the winner's ARP. */
static void
check_successors(void)
{
	struct bench *b = &bench;

	bench_conf(b, 1);
	active(b);
	bench_advert(b, 0, 9, 200);
	bench_run(b, MS_US);
	bench_advert(b, 0, 9, 200);
	bench_advert(b, 0, 9, 0);
	CHECK_INT(bench_count(b, EFFECT_NETLINK), 0);
	bench_conf(b, 1);
	active(b);
	bench_feed(b, &stop);
	bench_run(b, MS_US);
	bench_advert(b, 0, 9, 0);		/* that one leaves, too */
	CHECK_INT(bench_count(b, EFFECT_NETLINK), 0);
	CHECK(b->d.vrs[0].linger_until != NEVER);
	bench_advert(b, 0, 9, 1);
	CHECK_INT(bench_count(b, EFFECT_NETLINK), 1);
	CHECK_INT(b->d.vrs[0].linger_until, NEVER);
	bench_conf(b, 1);			/* one that waits has none */
	bench_start(b);
	bench_link(b, 2, "eth0", IFF_UP, false);
	bench_watch(b);
	b->d.vips[0].state = VIP_PRESENT;
	b->d.vrs[0].wanted = true;
	bench_advert(b, 0, 9, 50);
	CHECK_INT(bench_count(b, EFFECT_NETLINK), 0);
}

/* The end of an address that is asked for anew is that of the one before. */
static void
check_vanished_late(void)
{
	struct bench *b = &bench;
	struct vip *vip;

	bench_conf(b, 1);
	active(b);
	vip = &b->d.vips[0];
	b->kernel_obeys = false;
	bench_advert(b, 0, 9, 200);
	bench_run(b, 20 * MS_US);
	CHECK_INT(vip->state, VIP_REMOVING);
	bench_advert(b, 0, 9, 0);
	bench_run(b, 700 * MS_US);		/* Skew_Time is 609 ms */
	CHECK_INT(vip->state, VIP_ASKED);
	bench_watch(b);
	bench_address(b, 2, "10.0.0.100", 24, 0, true);
	bench_run(b, 0);
	CHECK_INT(vip->state, VIP_ASKED);
	CHECK(!is_logged(b, "somebody removed"));
	CHECK_INT(bench_count(b, EFFECT_NETLINK), 0);
	bench_address(b, 2, "10.0.0.100", 24, 0, false);
	CHECK_INT(vip->state, VIP_PRESENT);
}

/* The address that is claimed is the one that is told of. */
static void
check_claim_named(void)
{
	struct bench *b = &bench;

	bench_conf(b, 1);
	b->addresses[0][1] = b->addresses[0][0];
	b->addresses[0][1].ip.bytes[3] = 7;
	b->vrs[0].address_count = 2;
	active(b);
	bench_claim(b, 2, "10.0.0.7", 9);
	bench_run(b, 50 * MS_US);
	CHECK_STR(bench_line(b, EFFECT_LOG, 0), "VI_1: 10.0.0.7: "
	    "02:00:00:00:00:09 claims our address by ARP or neighbour "
	    "discovery");
}

/* What was claimed and is ours no more after a reload is judged no more. */
static void
check_claim_reload(void)
{
	struct bench *b = &bench, *next = &later;

	for (uint8_t count = 1; count <= 2; count++) {
		bench_conf(b, 1);
		bench_conf(next, 1);
		b->addresses[0][1] = b->addresses[0][0];
		b->addresses[0][1].ip.bytes[3] = 7;
		next->addresses[0][1] = b->addresses[0][1];
		b->vrs[0].address_count = 2;
		next->vrs[0].address_count = count;
		active(b);
		bench_claim(b, 2, "10.0.0.7", 9);
		bench_reload(b, next);
		bench_run(next, SECOND_US);
		CHECK_INT(*counter_of(&next->d, &next->d.vrs[0],
		    COUNT_claimed), count - 1);
	}
}

/* D-15: claims within 50 ms are one; each is counted, ten a second answered. */
static void
check_claim_limits(void)
{
	struct bench *b = &bench;
	struct vr *vr;

	bench_conf(b, 1);
	b->addresses[0][1] = b->addresses[0][0];
	b->addresses[0][1].ip.bytes[3] = 7;
	b->addresses[0][1].interface = 1;
	b->vrs[0].address_count = 2;
	vr = active(b);
	bench_claim(b, 2, "10.0.0.100", 9);
	bench_run(b, 10 * MS_US);
	bench_claim(b, 2, "10.0.0.100", 9);	/* does not put it off */
	bench_run(b, 40 * MS_US - 1);
	CHECK_INT(*counter_of(&b->d, vr, COUNT_claimed), 0);
	bench_run(b, 1);
	CHECK_INT(*counter_of(&b->d, vr, COUNT_claimed), 1);
	CHECK_INT(bench_count(b, EFFECT_ETHERNET), 2);	/* once over both */
	CHECK_STR(bench_line(b, EFFECT_LOG, 0), "VI_1: 10.0.0.100: "
	    "02:00:00:00:00:09 claims our address by ARP or neighbour "
	    "discovery");
	bench_watch(b);
	bench_claim(b, 2, "10.0.0.7", 9);	/* that one is on eth1 */
	bench_claim(b, 2, "10.0.0.99", 9);
	bench_claim(b, 2, "10.0.0.100", 2);	/* our own MAC */
	bench_run(b, SECOND_US);
	CHECK_INT(*counter_of(&b->d, vr, COUNT_claimed), 1);
	CHECK_INT(bench_count(b, EFFECT_ETHERNET), 0);
	bench_run(b, 10 * SECOND_US);
	bench_watch(b);
	for (int i = 0; i < 12; i++) {
		bench_claim(b, 2, "10.0.0.100", 9);
		bench_run(b, 50 * MS_US);
	}
	/* the first is answered after 50 ms, what follows once a second */
	CHECK_INT(*counter_of(&b->d, vr, COUNT_claimed), 2);
	CHECK_INT(bench_count(b, EFFECT_ETHERNET), 2);
	CHECK_INT(bench_count(b, EFFECT_LOG), 0);
	for (int i = 0; i < 50; i++) {
		bench_claim(b, 2, "10.0.0.100", 9);
		bench_run(b, 100 * MS_US);
	}
	CHECK_INT(*counter_of(&b->d, vr, COUNT_claimed), 7);
	CHECK_INT(bench_count(b, EFFECT_LOG), 1);	/* a conflict */
}

/* Every timer of a virtual router acts at its moment, once. */
static void
check_moments(void)
{
	struct bench *b = &bench;
	struct vr *vr;
	usec_t start;

	bench_conf(b, 1);
	b->vrs[0].version = 3;			/* nothing else wakes it */
	b->vrs[0].interval_us = 40000000;
	b->vrs[0].garp_repeat = 1;
	b->vrs[0].garp_refresh_repeat = 3;
	b->vrs[0].garp_refresh_us = 9000000;
	bench_start(b);
	vr = &b->d.vrs[0];
	bench_run(b, vr->machine.timer - b->now);
	start = b->now;
	CHECK_INT(vr_state(vr), VR_MASTER);
	CHECK_INT(bench_count(b, EFFECT_ETHERNET), 1);
	bench_run(b, 5 * SECOND_US - 1);
	CHECK_INT(bench_count(b, EFFECT_ETHERNET), 1);
	bench_run(b, 1);
	CHECK_INT(bench_count(b, EFFECT_ETHERNET), 2);
	CHECK_INT(vr->again_at, NEVER);
	bench_run(b, 9 * SECOND_US - 1);
	CHECK_INT(bench_count(b, EFFECT_ETHERNET), 2);
	bench_run(b, 1);
	CHECK_INT(bench_count(b, EFFECT_ETHERNET), 5);
	CHECK_INT(vr->refresh_at, start + 23 * SECOND_US);
	bench_run(b, 9 * SECOND_US);
	CHECK_INT(bench_count(b, EFFECT_ETHERNET), 8);
	CHECK_INT(bench_count(b, EFFECT_SEND), 1);
	bench_run(b, 40 * SECOND_US - (b->now - start) - 1);
	CHECK_INT(bench_count(b, EFFECT_SEND), 1);
	bench_run(b, 1);
	CHECK_INT(bench_count(b, EFFECT_SEND), 2);
}

/* T24: a refusal pauses what is wanted for a second, at the end for 0.1 s. */
static void
check_refusals(void)
{
	static const struct { uint8_t state; int error; uint8_t after; }
	    rows[] = {
		{ VIP_ASKED, EEXIST, VIP_PRESENT },
		{ VIP_ASKED, EADDRNOTAVAIL, VIP_REFUSED },
		{ VIP_ASKED, EPERM, VIP_REFUSED },
		{ VIP_REMOVING, EADDRNOTAVAIL, VIP_ABSENT },
		{ VIP_REMOVING, ENODEV, VIP_ABSENT },
		{ VIP_REMOVING, EEXIST, VIP_PRESENT },
		{ VIP_REMOVING, EPERM, VIP_PRESENT },
		{ VIP_PRESENT, EPERM, VIP_PRESENT },
		{ VIP_ABSENT, EPERM, VIP_ABSENT },
		{ VIP_LEFT, EEXIST, VIP_LEFT },
	};
	struct bench *b = &bench;

	for (size_t i = 0; i < 2 * COUNT_OF(rows); i++) {
		bool stopping = i >= COUNT_OF(rows);
		size_t k = i % COUNT_OF(rows);
		struct event event = { .kind = EVENT_NETLINK_ERROR,
		    .index = 2, .value = rows[k].error };
		bool paused = (rows[k].state == VIP_ASKED ||
		    rows[k].state == VIP_REMOVING) && rows[k].error != EEXIST;
		struct vr *vr;

		if (rows[k].state == VIP_REMOVING)
			paused = rows[k].after == VIP_PRESENT;
		bench_begin(b, 2);
		bench_watch(b);
		b->kernel_obeys = false;
		vr = &b->d.vrs[1];
		b->d.stopping = stopping;
		b->d.stop_at = b->now + 9 * SECOND_US;
		b->d.vips[1].state = rows[k].state;
		daemon_refused(&b->d, &event, b->now);
		bench_note(b);
		CHECK_INT(b->d.vips[1].state, rows[k].after);
		CHECK_INT(vr->restore_at, !paused ? NEVER : b->now +
		    (stopping ? 100 * MS_US : SECOND_US));
		CHECK_INT(bench_count(b, EFFECT_LOG), paused);
		CHECK(!paused || vr->timer.due <= vr->restore_at);
	}
}

int
main(void)
{
	check_episodes();
	check_vanished();
	check_reconciled();
	check_pauses();
	check_paces();
	check_paced_burst();
	check_successors();
	check_vanished_late();
	check_claim_named();
	check_claim_reload();
	check_claim_limits();
	check_moments();
	check_refusals();
	return check_end("margins");
}
