/* SPDX-License-Identifier: ISC */
/*
 * Goal: a packet finds the virtual router that it is for, and a virtual router
 * the address that it sends from; what is remembered of addresses is right.
 * Method: a daemon on a bench (core.h), and tables of what is to be found.
 */
#define VRRPD_PURE
#include "../vrrpd.c"

#include "check.h"
#include "core.h"

#define ROUTERS	300		/* virtual routers to be put in order */

static struct bench bench;

/* -- whose a packet is -- */

/* However many there are and however they stand, all are put in order. */
static void
check_order(void)
{
	static struct conf_vr vrs[ROUTERS + 1];
	static uint16_t by_key[ROUTERS];
	static bool there[ROUTERS];

	for (uint32_t count = 0; count <= ROUTERS; count++) {
		struct conf conf = { .vrs = vrs, .vr_count = (uint16_t)count };
		struct daemon d = { .conf = &conf, .by_key = by_key };
		uint32_t random = count + 1, found = 0;

		for (uint32_t i = 0; i < count; i++) {
			random = random * 1103515245U + 12345U;
			vrs[i] = (struct conf_vr){ .family = random >> 16 & 1 ?
			    4 : 6, .vrid = (uint8_t)(random >> 17),
			    .interface = (uint16_t)(random >> 26) };
			if (count % 2)	/* the worst order */
				vrs[i].interface = (uint16_t)(count - i);
			there[i] = false;
		}
		wire_keys_sort(&d);
		for (uint32_t i = 0; i < count; i++) {
			CHECK(i == 0 || wire_key_at(&d, i - 1) <=
			    wire_key_at(&d, i));
			found += !there[by_key[i]];
			there[by_key[i]] = true;
		}
		CHECK_INT(found, count);
	}
}

/* Of several with one VRID: its kind, multicast or unicast, and its peer. */
static void
check_whose(void)
{
	static const struct {
		const char *from, *to;
		int whose;		/* which of the routers below */
	} rows[] = {
		{ "10.0.0.9", "224.0.0.18", 0 }, { "10.0.0.2", "10.0.0.1", 1 },
		{ "10.0.0.3", "10.0.0.1", 2 },
	};
	struct bench *b = &bench;

	for (int order = 0; order < 2; order++) {
		bench_conf(b, 3);
		for (int i = 0; i < 3; i++) {
			int k = order ? 2 - i : i;

			b->vrs[k].vrid = 51;
			b->vrs[k].unicast = i > 0;
			b->vrs[k].peer_count = i > 0;
			b->peers[k][0] = (struct conf_peer){ .ttl_max = 255,
			    .ip = bench_ip(i == 1 ? "10.0.0.2" : "10.0.0.3") };
		}
		bench_start(b);
		for (size_t i = 0; i < COUNT_OF(rows); i++) {
			struct packet packet = { .source =
			    bench_ip(rows[i].from), .destination =
			    bench_ip(rows[i].to) };
			int k = order ? 2 - rows[i].whose : rows[i].whose;

			CHECK(vr_find(&b->d, 0, 51, &packet) == &b->d.vrs[k]);
			CHECK(vr_find(&b->d, 1, 51, &packet) == NULL);
			CHECK(vr_find(&b->d, 0, 52, &packet) == NULL);
		}
	}
}

/* RFC 9568 1: a VRID over IPv4 and the same over IPv6 are two routers. */
static void
check_families(void)
{
	struct packet packet = { .source = bench_ip("10.0.0.9"),
	    .destination = bench_ip("224.0.0.18") };
	struct bench *b = &bench;

	bench_conf(b, 2);
	b->vrs[0].vrid = b->vrs[1].vrid = 51;
	b->vrs[0].family = 6;
	b->vrs[0].destination = bench_ip("ff02::12");
	bench_start(b);
	CHECK(vr_find(&b->d, 0, 51, &packet) == &b->d.vrs[1]);
	packet.source = bench_ip("fe80::9");
	packet.destination = bench_ip("ff02::12");
	CHECK(vr_find(&b->d, 0, 51, &packet) == &b->d.vrs[0]);
}

/* Without one of its kind, whoever has the VRID counts it as wrong. */
static void
check_nobodys(void)
{
	struct bench *b = &bench;

	for (int unicast = 0; unicast < 2; unicast++) {
		struct packet packet = { .source = bench_ip("10.0.0.77"),
		    .destination = bench_ip(unicast ? "10.0.0.1" :
		    "224.0.0.18") };

		bench_conf(b, 2);
		b->vrs[1].vrid = 51;
		b->vrs[0].unicast = b->vrs[1].unicast = true;
		b->vrs[1].peer_count = 1;
		b->peers[1][0] = (struct conf_peer){
		    .ip = bench_ip("10.0.0.2") };
		bench_start(b);
		CHECK(vr_find(&b->d, 0, 51, &packet) != NULL);
		bench_conf(b, 2);	/* a stranger's, to the unicast one */
		b->vrs[1].vrid = 51;
		b->vrs[1].unicast = true;
		bench_start(b);
		CHECK(vr_find(&b->d, 0, 51, &packet) ==
		    &b->d.vrs[unicast ? 1 : 0]);
	}
}

/* -- what is remembered -- */

static void
told(struct bench *b, const char *text, uint8_t prefix, bool deleted)
{
	bench_address(b, 3, text, prefix, 0, deleted);
	bench_note(b);
}

/* How many addresses of eth1 are remembered. */
static int
count(const struct daemon *d)
{
	int n = 0;

	for (uint32_t k = d->interfaces[1].first_address; k != NO_LOCAL &&
	    n < 100; k = d->locals[k].next)
		n++;
	return n;
}

/* Whether an address of eth1 is remembered. */
static bool
has(struct bench *b, const char *text, uint8_t prefix)
{
	struct nl_address news = { .ip = bench_ip(text), .prefix = prefix };

	return *local_link(&b->d, &b->d.interfaces[1], &news) != NO_LOCAL;
}

/* Addresses come and go, and each has a place of its own. */
static void
check_places(void)
{
	struct bench *b = &bench;
	uint32_t used;

	bench_begin(b, 1);
	told(b, "10.1.0.1", 24, false);
	told(b, "10.1.0.2", 24, false);
	told(b, "10.1.0.3", 24, false);
	told(b, "10.1.0.3", 25, false);	/* another prefix is another one */
	told(b, "10.1.0.3", 25, false);
	CHECK_INT(count(&b->d), 4);
	used = b->d.local_used;
	told(b, "10.1.0.2", 24, true);
	told(b, "10.1.0.3", 25, true);
	told(b, "10.1.0.9", 24, true);		/* never heard of it */
	CHECK_INT(count(&b->d), 2);
	told(b, "10.1.0.4", 24, false);
	told(b, "10.1.0.5", 24, false);
	CHECK_INT(count(&b->d), 4);
	CHECK_INT(b->d.local_used, used);
	CHECK(has(b, "10.1.0.1", 24) && has(b, "10.1.0.3", 24));
	CHECK(has(b, "10.1.0.4", 24) && has(b, "10.1.0.5", 24));
	CHECK(!has(b, "10.1.0.2", 24) && !has(b, "10.1.0.3", 25));
	/* no room: counted, and said the first time */
	b->d.local_capacity = used;
	for (int lost = 1; lost < 4; lost++) {
		bench_watch(b);
		told(b, "10.1.0.6", 24, false);
		CHECK_INT(b->d.locals_lost, lost);
		CHECK_INT(bench_count(b, EFFECT_LOG), lost == 1);
		CHECK(!has(b, "10.1.0.6", 24));
	}
	CHECK_INT(count(&b->d), 4);
}

/* Whether an address is there: a virtual one, or another of an interface. */
static void
check_present(void)
{
	static const struct { const char *ip; uint8_t state; bool there; }
	    rows[] = {
		{ "10.0.0.100", VIP_PRESENT, true },
		{ "10.0.0.100", VIP_REMOVING, false },
		{ "10.0.0.100", VIP_ASKED, false },
		{ "10.0.0.100", VIP_ABSENT, false },
		{ "10.0.0.1", VIP_ABSENT, true },
		{ "10.0.0.9", VIP_PRESENT, false },
	};
	struct bench *b = &bench;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct ip ip = bench_ip(rows[i].ip);

		bench_conf(b, 1);
		b->conf.interface_count = 2;
		bench_start(b);
		b->d.vips[0].state = rows[i].state;
		CHECK_INT(ip_is_own(&b->d, &ip, NONE) ||
		    ip_is_virtual(&b->d, &ip, NONE, true), rows[i].there);
		CHECK_INT(ip_is_own(&b->d, &ip, NONE), i == 4);
		CHECK_INT(ip_is_virtual(&b->d, &ip, NONE, false), i < 4);
	}
}

/* A link-local address is of a link, and any other of a VRF. */
static void
check_scopes(void)
{
	static const struct {
		const char *ip;
		uint32_t masters[2];
		uint16_t on;
		bool same;
	} rows[] = {
		{ "10.0.0.7", { 0, 0 }, 0, true },
		{ "10.0.0.7", { 0, 0 }, 1, true },
		{ "10.0.0.7", { 0, 0 }, NONE, true },
		{ "10.0.0.7", { 7, 7 }, 1, true },
		{ "10.0.0.7", { 7, 0 }, 1, false },
		{ "10.0.0.7", { 0, 7 }, 1, false },
		{ "10.0.0.7", { 7, 0 }, 0, true },
		{ "10.0.0.7", { 7, 0 }, NONE, true },
		{ "2001:db8::7", { 0, 0 }, 1, true },
		{ "2001:db8::7", { 7, 8 }, 1, false },
		{ "fe80::7", { 0, 0 }, 0, true },
		{ "fe80::7", { 0, 0 }, 1, false },
		{ "fe80::7", { 0, 0 }, NONE, true },
	};
	struct bench *b = &bench;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct ip ip = bench_ip(rows[i].ip);
		struct nl_address local = { .ip = ip };

		bench_begin(b, 1);
		b->d.interfaces[0].master = rows[i].masters[0];
		b->d.interfaces[1].master = rows[i].masters[1];
		bench_address(b, 2, rows[i].ip, 64 / ip.family, 0, false);
		CHECK_INT(ip_is_own(&b->d, &ip, rows[i].on), rows[i].same);
		/* and the same of a virtual one: it is no source there */
		b->addresses[0][0].ip = ip;
		vips_build(&b->d);
		CHECK_INT(ip_is_virtual(&b->d, &ip, rows[i].on, false),
		    rows[i].same);
		b->vrs[0].interface = rows[i].on == NONE ? 0 : rows[i].on;
		b->vrs[0].family = ip.family;
		CHECK_INT(local_is_source(&b->d, &b->d.vrs[0], &local),
		    !rows[i].same && (ip.family == 4 ||
		    ip_is_link_local(&ip)));
	}
}

/* Whom another link has with our address there is heard here all the same. */
static void
check_namesake(void)
{
	struct bench *b = &bench;

	for (int here = 0; here < 2; here++) {
		bench_conf(b, 1);
		b->vrs[0].family = 6;
		b->vrs[0].version = 3;
		b->vrs[0].destination = bench_ip("ff02::12");
		b->addresses[0][0].ip = bench_ip("fe80::99");
		bench_start(b);
		bench_address(b, 2, "fe80::1", 64, 0, false);
		bench_address(b, here ? 2 : 3, "fe80::2", 64, 0, false);
		bench_run(b, 0);
		bench_hear(b, &b->vrs[0], 2, "fe80::2", "ff02::12", 200, false);
		CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_own_source),
		    here);
		CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_received),
		    !here);
	}
}

/* A virtual address is found by itself, its prefix and its interface. */
static void
check_vip(void)
{
	struct bench *b = &bench;
	struct ip ip = bench_ip("10.0.0.100");

	bench_conf(b, 2);
	b->addresses[1][0] = b->addresses[0][0];
	b->addresses[1][0].interface = 1;
	bench_start(b);
	CHECK(vip_find(&b->d, &ip, 24, 2) == &b->d.vips[0]);
	CHECK(vip_find(&b->d, &ip, 24, 3) == &b->d.vips[1]);
	CHECK(vip_find(&b->d, &ip, 24, 4) == NULL);
	CHECK(vip_find(&b->d, &ip, 25, 2) == NULL);
}

/* -- what is sent from -- */

/* C-014: which address will do, for multicast and for peers near and far. */
static void
check_sources(void)
{
	static const struct {
		uint8_t family;
		bool unicast;
		const char *peer, *local;	/* peer NULL: none */
		uint32_t flags;
		bool good;
	} rows[] = {
		{ 4, false, NULL, "10.0.0.5", 0, true },
		{ 4, false, NULL, "10.0.0.5", IFA_F_TENTATIVE, true },
		{ 4, false, NULL, "10.0.0.100", 0, false },
		{ 4, false, NULL, "fe80::5", 0, false },
		{ 6, false, NULL, "10.0.0.5", 0, false },
		{ 6, false, NULL, "fe80::5", 0, true },
		{ 6, false, NULL, "2001:db8::5", 0, false },
		{ 6, false, "2001:db8::9", "fe80::5", 0, true },
		{ 6, true, "2001:db8::9", "fe80::5", 0, false },
		{ 6, true, "2001:db8::9", "2001:db8::5", 0, true },
		{ 6, true, "fe80::9", "fe80::5", 0, true },
		{ 6, true, "fe80::9", "2001:db8::5", 0, false },
		{ 6, true, NULL, "fe80::5", 0, true },
		{ 6, true, NULL, "2001:db8::5", 0, false },
		{ 6, false, NULL, "fe80::5", IFA_F_TENTATIVE, false },
		{ 6, false, NULL, "fe80::5", IFA_F_DADFAILED, false },
		{ 6, false, NULL, "fe80::5", IFA_F_SECONDARY, true },
	};
	struct bench *b = &bench;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct nl_address local = { .ip = bench_ip(rows[i].local),
		    .flags = rows[i].flags };

		bench_begin(b, 1);
		b->vrs[0].family = rows[i].family;
		b->vrs[0].unicast = rows[i].unicast;
		b->vrs[0].peer_count = rows[i].peer != NULL;
		/* what stands behind the last peer is none */
		b->peers[0][0].ip = bench_ip(rows[i].peer != NULL ?
		    rows[i].peer : "2001:db8::9");
		b->peers[0][1].ip = bench_ip("fe80::7");
		CHECK_INT(local_is_source(&b->d, &b->d.vrs[0], &local),
		    rows[i].good);
	}
}

/* C-013: the first that will do, but a primary one before a secondary one. */
static void
check_choice(void)
{
	static const struct { uint32_t flags[3]; int want; } rows[] = {
		{ { 0, 0, 0 }, 11 },
		{ { IFA_F_SECONDARY, 0, 0 }, 12 },
		{ { IFA_F_SECONDARY, IFA_F_SECONDARY, 0 }, 13 },
		{ { IFA_F_SECONDARY, IFA_F_SECONDARY, IFA_F_SECONDARY }, 11 },
		{ { 0, IFA_F_SECONDARY, IFA_F_SECONDARY }, 11 },
		{ { IFA_F_PERMANENT, 0, 0 }, 11 },
	};
	struct bench *b = &bench;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		bench_begin(b, 1);
		bench_address(b, 2, "10.0.0.1", 24, 0, true);
		for (int k = 0; k < 3; k++) {
			char text[16];

			snprintf(text, sizeof(text), "10.0.0.%d", 11 + k);
			bench_address_flags(b, 2, text, 24, 0, false,
			    (uint8_t)rows[i].flags[k]);
		}
		b->d.vrs[0].source.family = 0;	/* none until now */
		CHECK_INT(vr_choose_source(&b->d, &b->d.vrs[0]).bytes[3],
		    rows[i].want);
		/* the one that it has is kept */
		b->d.vrs[0].source = bench_ip("10.0.0.13");
		CHECK_INT(vr_choose_source(&b->d, &b->d.vrs[0]).bytes[3], 13);
	}
}

/* An owner without another address sends from the first that is its own. */
static void
check_owner(void)
{
	static const struct {
		uint8_t first, second;
		bool owner, wanted;
		int want;		/* 0: none */
	} rows[] = {
		{ VIP_PRESENT, VIP_PRESENT, true, false, 101 },
		{ VIP_ABSENT, VIP_PRESENT, true, false, 7 },
		{ VIP_ABSENT, VIP_ASKED, true, false, 0 },
		{ VIP_ABSENT, VIP_ABSENT, true, true, 101 },
		{ VIP_PRESENT, VIP_PRESENT, false, true, 0 },
	};
	struct bench *b = &bench;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct ip source;

		bench_conf(b, 2);
		b->vrs[1].priority = rows[i].owner ? 255 : 100;
		b->addresses[1][1] = b->addresses[1][0];
		b->addresses[1][1].ip.bytes[3] = 7;
		b->vrs[1].address_count = 2;
		bench_start(b);
		bench_address(b, 2, "10.0.0.1", 24, 0, true);
		b->d.vips[0].state = VIP_PRESENT;	/* of the other one */
		b->d.vips[1].state = rows[i].first;
		b->d.vips[2].state = rows[i].second;
		b->d.vrs[1].wanted = rows[i].wanted;
		source = vr_choose_source(&b->d, &b->d.vrs[1]);
		CHECK_INT(source.family, rows[i].want == 0 ? 0 : 4);
		if (rows[i].want != 0)
			CHECK_INT(source.bytes[3], rows[i].want);
	}
}

int
main(void)
{
	check_order();
	check_whose();
	check_families();
	check_nobodys();
	check_places();
	check_present();
	check_scopes();
	check_namesake();
	check_vip();
	check_sources();
	check_choice();
	check_owner();
	return check_end("sources");
}
