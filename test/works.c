/* SPDX-License-Identifier: ISC */
/*
 * Goal: work on addresses, links and announcements is done in the order and at
 * the pace that was promised, and what others send is counted for what it is.
 * Method: a daemon on a bench (core.h) whose kernel does not obey.
 */
#define VRRPD_PURE
#include "../vrrpd.c"

#include "check.h"
#include "core.h"

#define PLENTY	520		/* addresses: more than the work of a turn */

static struct bench bench;
static struct conf_address plenty[PLENTY];
static struct conf_vmac its_vmac = { .name = "vrrp.51", .kind = LINK_MACVLAN };
static struct conf_link its_links[3];
static struct link own[3];

/* n quiet routers; effects count from here. */
static struct bench *
quiet(uint16_t n)
{
	struct bench *b = &bench;

	bench_begin(b, n);
	b->kernel_obeys = false;
	bench_watch(b);
	return b;
}

/* Router 0 has links 1 and 2 of three, which are there, ours and up. */
static struct bench *
with_links(void)
{
	struct bench *b = quiet(2);

	for (int i = 0; i < 3; i++) {
		its_links[i] = (struct conf_link){ .interface = 1,
		    .vmac = &its_vmac };
		own[i] = (struct link){ .there = true, .up = true,
		    .ours = true };
	}
	b->conf.links = its_links;
	b->conf.link_count = 3;
	b->d.links = own;
	b->vrs[0].link = 1;
	b->vrs[0].link_count = 2;
	return b;
}

/* -- links -- */

/* Which links go down when, and that one did. */
static void
check_links(void)
{
	static const struct { bool ip6, has_ip6, stopping, ours, down; }
	    rows[] = {
		{ false, false, false, true, true },
		{ false, true, false, false, true },
		{ false, false, true, true, false },	/* it goes itself */
		{ false, false, true, false, true },
		{ true, true, false, true, true },
		{ true, true, true, true, true },
		{ true, false, false, true, false },
		{ true, false, true, false, false },
	};

	for (size_t i = 0; i < 2 * COUNT_OF(rows); i++) {
		size_t k = i / 2;
		struct bench *b = with_links();

		b->d.stopping = rows[k].stopping;
		for (int n = 0; n < 3; n++) {
			its_links[n].ip6 = rows[k].has_ip6;
			own[n].ours = rows[k].ours;
		}
		own[2 - i % 2].up = false;	/* one of the two has gone */
		CHECK_INT(vr_reconcile_links(&b->d, &b->d.vrs[0], rows[k].ip6),
		    rows[k].down);
		CHECK(own[0].up);
		CHECK_INT(own[1 + i % 2].up, !rows[k].down);
		CHECK(!own[2 - i % 2].up);
		b->conf.link_count = 0;
	}
}

/* D-20: addresses go first, a link in a later turn; and one link a turn. */
static void
check_links_go_last(void)
{
	struct bench *b = with_links();
	struct vr *vr = &b->d.vrs[0];

	b->vrs[0].excluded_count = 0;
	b->d.vips[0].state = VIP_PRESENT;
	CHECK(!vr_reconcile(&b->d, vr));
	CHECK_INT(b->d.vips[0].state, VIP_REMOVING);
	CHECK(own[1].up && own[2].up && vr->dirty);
	vr->dirty = false;
	b->d.work_count = 0;
	CHECK(vr_reconcile(&b->d, vr));
	CHECK(!own[1].up && !own[2].up && !vr->dirty);
	CHECK(!vr_reconcile(&b->d, vr));
	/* one that is wanted is not looked at twice, nor one without links */
	b = with_links();
	vr = &b->d.vrs[0];
	vr->wanted = true;
	CHECK(!vr_reconcile(&b->d, vr));
	CHECK_INT(b->d.vips[0].state, VIP_ASKED);
	b->d.vips[1].state = VIP_PRESENT;
	CHECK(!vr_reconcile(&b->d, &b->d.vrs[1]));
	CHECK(!b->d.vrs[1].dirty);
	/* a link that goes down may take long: others wait for the next turn */
	b = with_links();
	b->vrs[1].link = 0;
	b->vrs[1].link_count = 1;
	vr_touch(&b->d, &b->d.vrs[0]);
	vr_touch(&b->d, &b->d.vrs[1]);
	daemon_work(&b->d, b->now);
	CHECK_INT(b->d.work_count, 1);
	CHECK(own[0].up && !own[1].up);
	daemon_work(&b->d, b->now);
	CHECK(!own[0].up);
	b->conf.link_count = 0;
}

/* -- addresses -- */

/* What is added is announced, whichever of the addresses it is. */
static void
check_added(void)
{
	struct bench *b = &bench;

	for (int i = 0; i < 3; i++) {
		bench_conf(b, 1);
		b->addresses[0][1] = b->addresses[0][0];
		b->addresses[0][1].ip.bytes[3] = 7;
		b->vrs[0].address_count = 2;
		bench_start(b);
		b->kernel_obeys = false;
		b->d.vrs[0].wanted = true;
		b->d.vips[0].state = i == 1 ? VIP_ABSENT : VIP_PRESENT;
		b->d.vips[1].state = i == 2 ? VIP_ABSENT : VIP_PRESENT;
		vr_reconcile(&b->d, &b->d.vrs[0]);
		CHECK_INT(b->d.vrs[0].announce_left, i == 0 ? 0 : 4);
	}
	/* what is not ours any more is not announced */
	b = quiet(1);
	b->d.vrs[0].announce_left = 2;
	CHECK(!vr_work(&b->d, &b->d.vrs[0], b->now));
	bench_note(b);
	CHECK_INT(bench_count(b, EFFECT_ETHERNET), 0);
	b->d.vrs[0].linger_until = b->now + 1;
	CHECK(!vr_work(&b->d, &b->d.vrs[0], b->now));
}

/* A turn ends with about 512 effects; the loop looks at the timers then. */
static void
check_budget(void)
{
	static const struct { uint16_t addresses; uint32_t left; } rows[] = {
		{ 510, 0 }, { 511, 1 }, { 519, 1 }, { 1, 0 } };
	struct bench *b = &bench;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		bench_conf(b, 2);
		for (int k = 0; k < PLENTY; k++) {
			plenty[k] = b->addresses[0][0];
			plenty[k].ip.bytes[2] = (uint8_t)(1 + k / 256);
			plenty[k].ip.bytes[3] = (uint8_t)k;
		}
		b->vrs[0].addresses = plenty;
		b->vrs[0].address_count = rows[i].addresses;
		bench_start(b);
		vr_touch(&b->d, &b->d.vrs[0]);
		vr_touch(&b->d, &b->d.vrs[1]);
		daemon_work(&b->d, b->now);
		CHECK_INT(b->d.work_count, rows[i].left);
		CHECK(!b->d.vrs[0].dirty);
		CHECK_INT(b->d.vrs[1].dirty, rows[i].left);
	}
}

/* D-16: the end of a pause wakes, though nothing else does for long. */
static void
check_pause_wakes(void)
{
	struct bench *b = &bench;
	struct vr *vr;

	bench_conf(b, 1);
	b->vrs[0].version = 3;
	b->vrs[0].interval_us = 40000000;
	bench_start(b);
	vr = &b->d.vrs[0];
	bench_run(b, 200 * SECOND_US);
	CHECK_INT(state(b, 0), VR_MASTER);
	vr->episodes = EPISODES_MAX;
	vr->episode_at = b->now - SECOND_US;
	vr_restore(&b->d, vr, b->now);
	CHECK_INT(vr->restore_at, b->now + SECOND_US);
	CHECK(vr->timer.due <= b->now + SECOND_US);
	/* the first one ever is no part of another */
	bench_begin(b, 1);
	vr = &b->d.vrs[0];
	vr->episode_at = b->now;
	vr_restore(&b->d, vr, b->now);
	CHECK_INT(vr->episodes, 1);
}

/* C-115: the interfaces of a garp_group have one pace, that of its line. */
static void
check_group_pace(void)
{
	static const uint16_t members[2] = { 1, 0 };
	static const struct conf_garp garps[2] = { { .name = "1" },
	    { .name = "2", .interfaces = members, .interface_count = 2,
	    .garp_interval_us = 100, .gna_interval_us = 300 } };
	struct bench *b = quiet(1);
	usec_t now = b->now;

	b->conf.garps = garps;
	b->conf.garp_count = 2;
	b->interfaces[0].garp_group = b->interfaces[1].garp_group = 2;
	b->conf.global.garp_interval_us = b->conf.global.gna_interval_us = 7;
	CHECK_INT(announce_pace(&b->d, 0, 4, now), now);
	CHECK_INT(announce_pace(&b->d, 0, 6, now), now);
	CHECK_INT(b->d.interfaces[1].announce_at[0], now + 100);
	CHECK_INT(b->d.interfaces[1].announce_at[1], now + 300);
	CHECK_INT(b->d.interfaces[0].announce_at[0], 0);
	CHECK_INT(announce_pace(&b->d, 1, 4, now + 50), now + 100);
	CHECK_INT(announce_pace(&b->d, 1, 6, now + 50), now + 300);
	b->conf.global.garp_interval_us = 1;	/* the least there is */
	CHECK_INT(announce_pace(&b->d, 2, 4, now), now);
	CHECK_INT(announce_pace(&b->d, 2, 4, now), now + 1);
}

/* -- what others send -- */

/* D-15: our own frames are no claims; who claims again and again waits. */
static void
check_claims(void)
{
	static const struct { uint8_t mac; usec_t quiet, wait; } rows[] = {
		{ 9, NEVER, 50 * MS_US }, { 2, NEVER, 0 }, { 3, NEVER, 0 },
		{ 9, 0, SECOND_US }, { 9, -1, 50 * MS_US },
	};
	struct bench *b = &bench;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct vr *vr;

		bench_begin(b, 1);
		bench_run(b, WAIT_DOWN);
		vr = &b->d.vrs[0];
		CHECK_INT(state(b, 0), VR_MASTER);
		its_links[0] = (struct conf_link){ .interface = 1,
		    .vmac = &its_vmac };
		b->interfaces[1].link = &its_links[0];	/* eth1 above eth0 */
		b->addresses[0][0].interface = 1;
		if (rows[i].quiet != NEVER)
			vr->conflict_at = b->now - conflict_span(vr) +
			    rows[i].quiet;
		/* by no interface of ours, then by one */
		bench_claim(b, 77, "10.0.0.100", rows[i].mac);
		CHECK_INT(vr->claim_at, NEVER);
		bench_claim(b, 2, "10.0.0.100", rows[i].mac);
		CHECK_INT(vr->claim_at, rows[i].wait == 0 ? NEVER :
		    b->now + rows[i].wait);
	}
}

/*
 * A claim is a sign of a conflict at the time when it was seen: an Active that
 * stood still reads what another one said meanwhile all at once, and then
 * waits before it judges the claim.
 */
static void
check_claim_seen(void)
{
	struct bench *b = &bench;
	struct vr *vr;

	bench_begin(b, 1);
	bench_run(b, WAIT_DOWN);
	vr = &b->d.vrs[0];
	CHECK_INT(state(b, 0), VR_MASTER);
	bench_advert(b, 0, 2, 50);
	bench_claim(b, 2, "10.0.0.100", 9);
	bench_run(b, 2 * SECOND_US);
	CHECK_INT(*counter_of(&b->d, vr, COUNT_claimed), 1);
	CHECK_INT(*counter_of(&b->d, vr, COUNT_conflicts), 0);
	/* one that comes half an interval later is one */
	bench_claim(b, 2, "10.0.0.100", 9);
	bench_run(b, 2 * SECOND_US);
	CHECK_INT(*counter_of(&b->d, vr, COUNT_conflicts), 1);
}

/* What an advertisement counts as, beside having been received. */
static void
check_counted(void)
{
	struct bench *b = &bench;
	struct conf_vr sender;

	bench_begin(b, 1);
	bench_advert(b, 0, 2, 200);
	CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_zero_received), 0);
	bench_advert(b, 0, 2, 0);
	CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_zero_received), 1);
	CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_received), 2);
	/* owner_ignore_adverts is for owners */
	for (int owner = 0; owner < 2; owner++) {
		bench_conf(b, 1);
		b->vrs[0].priority = owner ? 255 : 100;
		b->vrs[0].owner_ignore_adverts = true;
		bench_start(b);
		bench_advert(b, 0, 2, 200);
		CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_ignored),
		    owner);
		CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_received),
		    !owner);
	}
	/* a source of ours that no interface has is ours all the same */
	bench_conf(b, 1);
	b->vrs[0].source = bench_ip("10.0.0.8");
	bench_start(b);
	bench_advert(b, 0, 8, 200);
	CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_own_source), 1);
	CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_received), 0);
	/* RFC 3768 7.1: another address list, strictly */
	bench_conf(b, 1);
	b->vrs[0].strict = true;
	bench_start(b);
	sender = b->vrs[0];
	sender.address_count = 0;
	bench_advert_of(b, &sender, 2, 200);
	CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_address_list), 1);
	CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_received), 0);
	CHECK_INT(b->d.speakers[b->d.vrs[0].first_speaker].refused, 1);
}

int
main(void)
{
	check_links();
	check_links_go_last();
	check_added();
	check_budget();
	check_pause_wakes();
	check_group_pace();
	check_claims();
	check_claim_seen();
	check_counted();
	return check_end("works");
}
