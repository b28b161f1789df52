/* SPDX-License-Identifier: ISC */
/*
 * Goal: a daemon is built with room for all that it may have to hold, from a
 * known state, and a new configuration changes of a router what it says.
 * Method: daemons built on a bench (core.h), and looked at before they run.
 */
#define VRRPD_PURE
#include "../vrrpd.c"

#include "check.h"
#include "core.h"

static struct bench bench;

/* Builds a daemon; nothing has happened yet. */
static struct daemon *
built(struct bench *b)
{
	b->out = effects_over(b->queue, sizeof(b->queue), NULL, NULL);
	if (!daemon_build(&b->d, &b->arena, &b->conf, &b->out))
		abort();
	return &b->d;
}

/* Nothing is under way, and nothing that is rationed was used up lately. */
static void
check_fresh(void)
{
	struct bench *b = &bench;

	bench_conf(b, 2);
	built(b);
	for (int i = 0; i < 2; i++) {
		const struct vr *vr = &b->d.vrs[i];

		CHECK(vr->conf == &b->vrs[i]);
		CHECK_INT(vr->machine.state, MACHINE_INITIALIZE);
		CHECK_INT(vr->machine.timer, NEVER);
		CHECK_INT(vr->timer.kind, TIMER_VR);
		CHECK_INT(vr->timer.slot, NO_SLOT);
		CHECK_INT(vr->preempt_at, NEVER);
		CHECK_INT(vr->linger_until, NEVER);
		CHECK_INT(vr->restore_at, NEVER);
		CHECK_INT(vr->announce_at, NEVER);
		CHECK_INT(vr->again_at, NEVER);
		CHECK_INT(vr->refresh_at, NEVER);
		CHECK_INT(vr->claim_at, NEVER);
		CHECK_INT(vr->answered_at, -10 * SECOND_US);
		CHECK_INT(vr->weaker_at, -10 * SECOND_US);
		CHECK_INT(vr->reminded_at, -10 * SECOND_US);
		CHECK_INT(vr->episode_at, -10 * SECOND_US);
		CHECK_INT(vr->conflict_at, LONG_AGO);
		CHECK_INT(vr->faults, FAULT_STARTUP);
		CHECK_INT(vr->told, VR_INIT);
		CHECK_INT(vr->notifier, NONE);
		CHECK_INT(vr->machine.priority, 100);
		CHECK_INT(vr->told_priority, 100);
	}
}

/* What a configuration says of the machine; a Backup's timer moves along. */
static void
check_configured(void)
{
	static const struct {
		uint8_t state;
		uint32_t interval;	/* of before: 1 s, heard: 2 s */
		uint8_t adverts;	/* of before: 3 */
		uint32_t heard_then;
		usec_t moved;
	} rows[] = {
		{ MACHINE_ACTIVE, 1000000, 3, 1000000, 0 },
		{ MACHINE_ACTIVE, 3000000, 3, 3000000, 0 },
		{ MACHINE_ACTIVE, 500000, 5, 500000, 0 },
		{ MACHINE_BACKUP, 3000000, 3, 2000000, 0 },
		{ MACHINE_BACKUP, 1000000, 5, 2000000, 4 * SECOND_US },
		{ MACHINE_INITIALIZE, 3000000, 5, 2000000, 0 },
	};
	struct bench *b = &bench;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct conf_vr conf;
		struct machine *m;

		bench_conf(b, 1);
		b->vrs[0].version = 3;
		m = &built(b)->vrs[0].machine;
		m->state = rows[i].state;
		m->timer = 50 * SECOND_US;
		m->active_interval_us = rows[i].state == MACHINE_ACTIVE ?
		    1000000 : 2000000;
		m->priority = 77;	/* as trackers left it */
		conf = b->vrs[0];
		conf.interval_us = rows[i].interval;
		conf.down_timer_adverts = rows[i].adverts;
		conf.priority = 90;
		vr_configure(&b->d.vrs[0], &conf);
		CHECK(b->d.vrs[0].conf == &conf);
		CHECK_INT(m->interval_us, rows[i].interval);
		CHECK_INT(m->down_adverts, rows[i].adverts);
		CHECK_INT(m->active_interval_us, rows[i].heard_then);
		CHECK_INT(m->timer, 50 * SECOND_US + rows[i].moved);
		CHECK_INT(m->priority, 77);
		CHECK_INT(m->version, 3);
	}
}

/* C-140: nopreempt; an owner preempts in any case.  D-1: the checksum. */
static void
check_choices(void)
{
	static const struct { uint8_t form; bool plain, then; } forms[] = {
		{ CHECKSUM_AUTO, false, false }, { CHECKSUM_AUTO, true, true },
		{ CHECKSUM_PSEUDO, true, false },
		{ CHECKSUM_PSEUDO, false, false },
		{ CHECKSUM_PLAIN, false, true }, { CHECKSUM_PLAIN, true, true },
	};
	struct bench *b = &bench;

	for (int bits = 0; bits < 4; bits++) {
		bench_conf(b, 1);
		b->vrs[0].no_preempt = bits & 1;
		b->vrs[0].priority = bits & 2 ? 255 : 254;
		CHECK_INT(built(b)->vrs[0].machine.preempt, bits != 1);
	}
	for (size_t i = 0; i < COUNT_OF(forms); i++) {
		bench_conf(b, 1);
		b->vrs[0].checksum_form = forms[i].form;
		built(b)->vrs[0].checksum_plain = forms[i].plain;
		vr_configure(&b->d.vrs[0], &b->vrs[0]);
		CHECK_INT(b->d.vrs[0].checksum_plain, forms[i].then);
	}
}

/* There is a place for each timer, each address, each notifier. */
static void
check_room(void)
{
	static const struct { uint16_t addresses; uint32_t mask; } rows[] = {
		{ 1, 15 }, { 14, 15 }, { 15, 31 }, { 30, 31 }, { 31, 63 },
		{ 62, 63 }, { 63, 127 } };
	static const struct conf_bfd bfds[2] = { { .name = "a" },
	    { .name = "b" } };
	static const struct conf_notify notify;
	const struct conf_group groups[3] = { { .notify = &notify },
	    { .name = "none" }, { .notify = &notify } };
	struct bench *b = &bench;
	const struct daemon *d;
	uint32_t used = 0;

	bench_conf(b, 3);
	b->vrs[1].notify = &notify;
	b->vrs[1].excluded_count = 2;
	b->vrs[2].peer_count = 2;
	b->conf.bfds = bfds;
	b->conf.bfd_count = 2;
	b->conf.groups = groups;
	b->conf.group_count = 3;
	b->conf.process_count = 1;
	d = built(b);
	CHECK_INT(d->notifier_count, 3);
	/* 3 routers, 2 scripts, 1 process, 2 sessions, 3 interfaces, itself */
	CHECK_INT(d->heap_capacity, 3 + 2 + 1 + 2 + 3 + 3 + 1);
	CHECK_INT(d->vip_count, 5);
	CHECK_INT(d->local_capacity, 3 * 8 + 1024);	/* C-014 */
	CHECK_INT(d->speaker_capacity, 32 + 2 * 3 + 2);
	for (uint32_t i = 0; i <= d->vip_hash_mask; i++) {
		for (uint32_t k = d->vip_hash[i]; k != NO_SLOT && used < 99;
		    k = d->vips[k].next)
			used++;
	}
	CHECK_INT(used, 5);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct conf_vr one = { .address_count = rows[i].addresses,
		    .excluded_count = 1 };
		struct conf conf = { .vrs = &one, .vr_count = 1 };
		struct daemon small = { .conf = &conf };

		daemon_count(&small);
		CHECK_INT(small.vip_hash_mask, rows[i].mask);
	}
}

/* Each address knows whose it is, and which one of that router's. */
static void
check_vips(void)
{
	static const struct { uint32_t vr; uint16_t address; } want[4] = {
		{ 0, 0 }, { 1, 0 }, { 1, 1 }, { 2, 0 } };
	struct bench *b = &bench;
	const struct daemon *d;

	bench_conf(b, 3);
	b->vrs[1].excluded_count = 1;
	d = built(b);
	CHECK_INT(d->vip_count, 4);
	for (int i = 0; i < 4; i++) {
		CHECK_INT(d->vips[i].vr, want[i].vr);
		CHECK_INT(d->vips[i].address, want[i].address);
		CHECK_INT(d->vips[i].state, VIP_ABSENT);
	}
	CHECK_INT(d->vrs[0].first_vip, 0);
	CHECK_INT(d->vrs[1].first_vip, 1);
	CHECK_INT(d->vrs[2].first_vip, 3);
}

/* C-125: which settings an interface needs: below macvlans that have IPv4. */
static void
check_interfaces(void)
{
	static const struct { uint8_t kind; bool ip4, promote, wants; } rows[] =
	{ { LINK_MACVLAN, true, false, true },
	  { LINK_MACVLAN, false, true, false },
	  { LINK_IPVLAN, true, true, false },
	  { LINK_IPVLAN, false, false, false } };
	struct bench *b = &bench;
	const struct interface *interface;

	for (size_t i = 0; i < 2 * COUNT_OF(rows); i++) {
		size_t k = i / 2;
		const struct conf_vmac vmacs[2] = {
		    { .kind = rows[k].kind }, { .kind = LINK_IPVLAN } };
		const struct conf_link links[2] = { { .base = 1,
		    .ip4 = rows[k].ip4, .vmac = &vmacs[0] }, { .base = 1,
		    .ip4 = true, .vmac = &vmacs[1] } };
		const struct conf_link turned[2] = { links[1], links[0] };

		bench_conf(b, 3);
		b->conf.links = i % 2 ? turned : links;
		b->conf.link_count = 2;
		b->vrs[0].interface = NONE;
		b->vrs[0].promote_secondaries = true;
		b->vrs[1 + i % 2].interface = 1;
		b->vrs[1 + i % 2].promote_secondaries = rows[k].promote;
		built(b);
		for (int n = 0; n < 3; n++) {
			interface = &b->d.interfaces[n];
			CHECK_INT(interface->ifindex, 0);
			CHECK_INT(interface->first_address, NO_LOCAL);
			CHECK_INT(interface->timer.kind, TIMER_INTERFACE);
			CHECK_INT(interface->timer.slot, NO_SLOT);
			CHECK_INT(interface->wants[SET_ARP_IGNORE], n == 1 &&
			    rows[k].wants);
			CHECK_INT(interface->wants[SET_ARP_ANNOUNCE], n == 1 &&
			    rows[k].wants);
			CHECK_INT(interface->wants[SET_PROMOTE], n == 1 &&
			    rows[k].promote);
			for (int m = 0; m < SETTINGS4; m++) {
				CHECK_INT(interface->settings[m], UNKNOWN);
				CHECK_INT(interface->before[m], UNKNOWN);
			}
		}
	}
}

/* Each notifier knows whose it is, and the other way round. */
static void
check_notifiers(void)
{
	static const struct conf_notify notify;
	const struct conf_group groups[3] = { { .notify = &notify },
	    { .name = "none" }, { .notify = &notify } };
	static const uint16_t owners[4] = { 0, 2, 0, 2 };
	struct bench *b = &bench;
	const struct daemon *d;

	bench_conf(b, 3);
	b->vrs[0].notify = b->vrs[2].notify = &notify;
	b->conf.groups = groups;
	b->conf.group_count = 3;
	d = built(b);
	CHECK_INT(d->notifier_count, 4);
	for (int i = 0; i < 4; i++) {
		CHECK_INT(d->notifiers[i].owner, owners[i]);
		CHECK_INT(d->notifiers[i].is_group, i >= 2);
		CHECK_INT(d->notifiers[i].timer.kind, TIMER_NOTIFIER);
		CHECK_INT(d->notifiers[i].timer.slot, NO_SLOT);
	}
	CHECK_INT(d->vrs[0].notifier, 0);
	CHECK_INT(d->vrs[1].notifier, NONE);
	CHECK_INT(d->vrs[2].notifier, 1);
	CHECK_INT(d->groups[0].notifier, 2);
	CHECK_INT(d->groups[1].notifier, NONE);
	CHECK_INT(d->groups[2].notifier, 3);
}

/* C-136: what is known of checks before the first of them has run. */
static void
check_checks(void)
{
	static const struct conf_bfd bfds[2] = { { .name = "a" },
	    { .name = "b" } };
	static const struct conf_process processes[2] = { { .name = "p" },
	    { .name = "q" } };
	struct bench *b = &bench;
	const struct daemon *d;

	bench_conf(b, 1);
	b->scripts[1].init_fail = true;
	b->conf.bfds = bfds;
	b->conf.bfd_count = 2;
	b->conf.processes = processes;
	b->conf.process_count = 2;
	d = built(b);
	for (int i = 0; i < 2; i++) {
		CHECK_INT(d->scripts[i].timer.kind, TIMER_SCRIPT);
		CHECK_INT(d->scripts[i].timer.slot, NO_SLOT);
		CHECK_INT(d->scripts[i].deadline, NEVER);
		CHECK_INT(d->scripts[i].status, i == 0 ? CHECK_PENDING :
		    CHECK_FAILED);
		CHECK_INT(d->processes[i].timer.kind, TIMER_PROCESS);
		CHECK_INT(d->processes[i].timer.slot, NO_SLOT);
		CHECK(d->bfds[i].conf == &bfds[i]);
		CHECK_INT(d->bfds[i].timer.kind, TIMER_BFD);
		CHECK_INT(d->bfds[i].timer.slot, NO_SLOT);
		CHECK_INT(d->bfds[i].send_at, NEVER);
		CHECK_INT(d->bfds[i].detect_at, NEVER);
		CHECK_INT(d->bfds[i].status, CHECK_FAILED);
	}
}

/* Marsaglia, Xorshift RNGs (2003): the generator of 32 bits, 13 17 5. */
static void
check_random(void)
{
	struct daemon d = { .random = 2463534242U };

	CHECK_INT(daemon_random(&d), 723471715U);
	CHECK_INT(daemon_random(&d), 2497366906U);
	CHECK_INT(daemon_random(&d), 2064144800U);
	d.random = 1;
	CHECK_INT(daemon_random(&d), 270369);
	CHECK_INT(daemon_random(&d), 67634689);
	d.random = 0;			/* it would stay 0 for ever */
	CHECK_INT(daemon_random(&d), 270369);
}

/* Whatever memory is missing, with keys and links, nothing is half built. */
static void
check_memory(void)
{
	static const struct conf_key key = { .id = 1 };
	struct bench *b = &bench;
	size_t need;

	bench_conf(b, 2);
	b->vrs[0].auth_type = AUTH_AH;
	b->vrs[1].hmac.keys.count = 1;
	b->vrs[1].hmac.keys.first = &key;
	built(b);
	CHECK_INT(b->d.vrs[0].auth->mark_count, 0);
	CHECK(b->d.vrs[1].auth->marks != NULL);
	CHECK_INT(b->d.vrs[1].auth->mark_count, MARKS_MULTICAST);
	need = b->arena.taken;
	for (size_t size = 0; size < need; size += 16) {
		memset(b->memory, 0, need);
		b->arena = (struct arena){ .at = b->memory,
		    .end = b->memory + size };
		CHECK(!daemon_build(&b->d, &b->arena, &b->conf, &b->out));
	}
}

int
main(void)
{
	check_fresh();
	check_configured();
	check_choices();
	check_room();
	check_vips();
	check_interfaces();
	check_notifiers();
	check_checks();
	check_random();
	check_memory();
	return check_end("building");
}
