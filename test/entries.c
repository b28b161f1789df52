/* SPDX-License-Identifier: ISC */
/*
 * Goal: routes, rules and static addresses are there when they shall be, come
 * back when somebody takes them, and are nobody's business but ours: what a
 * foreign hand put there stays.
 * Method: a daemon on a bench (core.h) with a static address, a static route, a
 * static rule, and three routes of VI_1; the test plays the kernel where it
 * does not obey.
 */
#define VRRPD_PURE
#include "../vrrpd.c"

#include "check.h"
#include "core.h"

enum { ADDRESS, STATIC, RULE, ROUTE, LOOSE, HOPPING, ENTRIES };


static struct bench bench;
static struct conf_entry items[ENTRIES];
static uint8_t bodies[ENTRIES][64];

/* An IPv4 or IPv6 route to a network in eth0 (1) or eth1 (2), or by both. */
static void
make_route(int i, uint8_t family, uint8_t number, uint32_t interface)
{
	struct rtmsg body = { .rtm_family = family == 4 ? 2 : 10,
	    .rtm_dst_len = family == 4 ? 24 : 64, .rtm_table = RT_TABLE_MAIN,
	    .rtm_protocol = 112, .rtm_type = RTN_UNICAST };
	struct rtnexthop hops[2] = { { .rtnh_len = sizeof(hops[0]),
	    .rtnh_ifindex = 1 }, { .rtnh_len = sizeof(hops[0]),
	    .rtnh_ifindex = 2 } };
	uint8_t network[16] = { 0x20, number, [4] = 2 };
	struct packer p = packer_over(bodies[i], sizeof(bodies[i]));

	packer_bytes(&p, &body, sizeof(body));
	nl_attribute(&p, RTA_DST, network, ip_size(family));
	if (interface != 0)
		nl_attribute(&p, RTA_OIF, &interface, sizeof(interface));
	else
		nl_attribute(&p, RTA_MULTIPATH, hops, sizeof(hops));
	items[i] = (struct conf_entry){ .kind = ENTRY_ROUTE, .text = "r",
	    .vr = i == STATIC ? NONE : 0, .group = NONE, .body = bodies[i],
	    .length = (uint16_t)packer_length(&p), .flags = NLM_F_CREATE |
	    (family == 4 ? NLM_F_EXCL : 0) };
}

/* The static address, in eth1, and the static rule. */
static void
make_others(void)
{
	static const uint8_t ip[4] = { 192, 0, 2, 9 };
	struct ifaddrmsg address = { .ifa_family = 2, .ifa_prefixlen = 32,
	    .ifa_index = 2 };
	struct fib_rule_hdr rule = { .family = 2, .table = 5,
	    .action = FR_ACT_TO_TBL };
	uint32_t number = 100, jump = 2;	/* no interface's number */
	uint8_t protocol = 112;
	struct packer p = packer_over(bodies[ADDRESS], sizeof(bodies[0]));

	packer_bytes(&p, &address, sizeof(address));
	nl_attribute(&p, IFA_LOCAL, ip, sizeof(ip));
	nl_attribute(&p, IFA_ADDRESS, ip, sizeof(ip));
	nl_attribute(&p, IFA_PROTO_, &protocol, sizeof(protocol));
	items[ADDRESS] = (struct conf_entry){ .kind = ENTRY_ADDRESS,
	    .text = "a", .vr = NONE, .group = NONE, .body = bodies[ADDRESS],
	    .length = (uint16_t)packer_length(&p),
	    .flags = NLM_F_CREATE | NLM_F_EXCL };
	p = packer_over(bodies[RULE], sizeof(bodies[0]));
	packer_bytes(&p, &rule, sizeof(rule));
	nl_attribute(&p, FRA_PRIORITY, &number, sizeof(number));
	nl_attribute(&p, FRA_GOTO, &jump, sizeof(jump));
	nl_attribute(&p, FRA_PROTOCOL, &protocol, sizeof(protocol));
	items[RULE] = (struct conf_entry){ .kind = ENTRY_RULE, .text = "u",
	    .vr = NONE, .group = NONE, .body = bodies[RULE],
	    .length = (uint16_t)packer_length(&p),
	    .flags = NLM_F_CREATE | NLM_F_EXCL };
}

/* The configuration that all of this is about. */
static void
make_conf(struct bench *b)
{
	bench_conf(b, 1);
	make_others();
	make_route(STATIC, 4, 1, 2);
	make_route(ROUTE, 4, 2, 1);
	make_route(LOOSE, 4, 3, 1);
	make_route(HOPPING, 6, 4, 0);
	items[LOOSE].no_track = true;
	items[HOPPING].renew = true;
	b->conf.entries = items;
	b->conf.entry_count = ENTRIES;
	b->conf.static_count = ROUTE;
	b->vrs[0].first_entry = ROUTE;
	b->vrs[0].entry_count = ENTRIES - ROUTE;
}

/* The same, running; VI_1 is Active and has all that it shall have. */
static struct bench *
active(void)
{
	struct bench *b = &bench;

	make_conf(b);
	bench_start(b);
	bench_run(b, WAIT_DOWN);
	bench_watch(b);
	return b;
}

/*
 * What the kernel was asked since bench_watch: + to add, - to remove; entries
 * by their number, a: an address, ?: a removal that nobody waits for.
 */
static const char *
asked(struct bench *b)
{
	static char line[256];
	struct text t = text_over(line, sizeof(line));
	const struct noted *noted;

	bench_note(b);
	for (int n = 0; (noted = bench_find(b, EFFECT_NETLINK, n)) != NULL;
	    n++) {
		const struct nlmsghdr *head =
		    (const struct nlmsghdr *)(const void *)noted->bytes;
		uint32_t index = noted->effect.index;

		text_char(&t, head->nlmsg_type % 4 == 0 ? '+' : '-');
		text_char(&t, index >= ENTRY_REQUESTS ?
		    (char)('0' + index - ENTRY_REQUESTS) :
		    index == 0 ? '?' : 'a');
	}
	return text_end(&t);
}

/* The kernel reports an entry, as the daemon would have it, or its end. */
static void
tell(struct bench *b, int i, bool added)
{
	uint8_t bytes[256];
	struct event event = { .kind = EVENT_NETLINK, .bytes = bytes };

	event.length = nl_entry_request(bytes, sizeof(bytes), added,
	    &b->conf.entries[i], b->d.interfaces, 0);
	bench_feed(b, &event);
	bench_run(b, 0);
}

/* It refuses the request about an entry. */
static void
refuse(struct bench *b, int i, int error)
{
	struct event event = { .kind = EVENT_NETLINK_ERROR,
	    .index = ENTRY_REQUESTS + (uint32_t)i, .value = error };

	bench_feed(b, &event);
	bench_run(b, 0);
}

/* Static ones come first and stay; others after the addresses, in order. */
static void
test_life(void)
{
	struct bench *b = &bench;
	struct event stop = { .kind = EVENT_SHUTDOWN };

	make_conf(b);
	bench_start(b);
	CHECK_STR(asked(b), "+0+1+2");
	bench_watch(b);
	bench_run(b, WAIT_DOWN);
	CHECK_STR(asked(b), "+a+3+4-?+5");
	for (int i = 0; i < ENTRIES; i++)
		CHECK_INT(b->d.entries[i].state, VIP_PRESENT);
	bench_watch(b);
	bench_advert(b, 0, 2, 200);
	bench_run(b, SECOND_US);
	CHECK_STR(asked(b), "-5-4-3-a");
	for (int i = 0; i < ENTRIES; i++)
		CHECK_INT(b->d.entries[i].state, i < ROUTE ? VIP_PRESENT :
		    VIP_ABSENT);
	bench_watch(b);
	bench_feed(b, &stop);
	bench_run(b, SECOND_US);
	CHECK_STR(asked(b), "-2-1-0");
}

/* Refused: told once, tried again, and what is there already is done. */
static void
test_refused(void)
{
	struct bench *b = active();

	b->kernel_obeys = false;
	tell(b, ROUTE, false);
	CHECK_STR(asked(b), "+3");
	CHECK_INT(b->d.entries[ROUTE].state, VIP_ASKED);
	tell(b, ROUTE, false);			/* one before it */
	CHECK_INT(b->d.entries[ROUTE].state, VIP_ASKED);
	bench_watch(b);
	refuse(b, ROUTE, EINVAL);
	CHECK_INT(b->d.entries[ROUTE].state, VIP_REFUSED);
	CHECK(is_logged(b, "VI_1: the kernel refuses to add 'r': Invalid "
	    "argument"));
	CHECK_STR(asked(b), "");
	bench_run(b, SECOND_US - 1);
	CHECK_STR(asked(b), "");
	bench_run(b, 1);
	CHECK_STR(asked(b), "+3");
	bench_watch(b);
	refuse(b, ROUTE, EINVAL);
	CHECK(!is_logged(b, "refuses"));
	bench_run(b, SECOND_US);
	refuse(b, ROUTE, EEXIST);
	CHECK_INT(b->d.entries[ROUTE].state, VIP_PRESENT);
	refuse(b, ROUTE, EINVAL);		/* of no request under way */
	CHECK_INT(b->d.entries[ROUTE].state, VIP_PRESENT);
	refuse(b, ENTRIES, EINVAL);
	/* and a removal */
	bench_watch(b);
	bench_advert(b, 0, 2, 200);
	bench_run(b, 50 * MS_US);
	CHECK_STR(asked(b), "-5-4-3-a");
	tell(b, LOOSE, true);			/* from before the request */
	CHECK_INT(b->d.entries[LOOSE].state, VIP_REMOVING);
	refuse(b, HOPPING, ESRCH);
	refuse(b, LOOSE, ENOENT);
	CHECK_INT(b->d.entries[HOPPING].state, VIP_ABSENT);
	CHECK_INT(b->d.entries[LOOSE].state, VIP_ABSENT);
	bench_watch(b);
	refuse(b, ROUTE, EPERM);
	CHECK_INT(b->d.entries[ROUTE].state, VIP_PRESENT);
	bench_run(b, SECOND_US);
	CHECK_STR(asked(b), "-3");
	tell(b, ROUTE, false);
	CHECK_INT(b->d.entries[ROUTE].state, VIP_ABSENT);
}

/* A lost answer is asked for once more, also where there is no address. */
static void
test_answer_lost(void)
{
	struct bench *b = &bench;

	make_conf(b);
	b->vrs[0].address_count = 0;
	bench_start(b);
	bench_run(b, WAIT_DOWN);
	b->kernel_obeys = false;
	tell(b, ROUTE, false);
	CHECK_INT(b->d.entries[ROUTE].state, VIP_ASKED);
	bench_mark(b, DUMP_LINKS);
	bench_link(b, 2, "eth0", UP, false);
	bench_link(b, 3, "eth1", UP, false);
	bench_mark(b, DUMP_ADDRESSES);
	bench_address(b, 2, "10.0.0.1", 24, 0, false);
	for (int n = 0; n < ENTRIES; n++)
		b->d.entries[n].seen = n != ROUTE;
	bench_mark(b, DUMP_DONE);
	bench_watch(b);
	bench_run(b, 0);
	CHECK_STR(asked(b), "+3");
}

/* Who takes over does not wait for what was refused before he lost it. */
static void
test_taken_over_again(void)
{
	struct bench *b = active();

	b->kernel_obeys = false;
	tell(b, ROUTE, false);
	refuse(b, ROUTE, EINVAL);
	b->kernel_obeys = true;
	bench_advert(b, 0, 2, 200);
	bench_run(b, 50 * MS_US);
	CHECK_INT(b->d.vips[0].state, VIP_ABSENT);
	bench_watch(b);
	bench_advert(b, 0, 2, 0);
	bench_run(b, 700 * MS_US);	/* Skew_Time is 609 ms */
	CHECK_INT(state(b, 0), VR_MASTER);
	CHECK_STR(asked(b), "+a+3+4-?+5");
}

/* Each of two has an item; the first becomes Active and asks for its own. */
static void
items_parted(struct bench *b)
{
	items[1].vr = 1;
	b->conf.entries = items;
	b->conf.entry_count = 2;
	b->vrs[1].first_entry = 1;
	b->vrs[0].entry_count = b->vrs[1].entry_count = 1;
	bench_start(b);
	bench_watch(b);
	bench_adverts(b, 1, 2, 200);
	CHECK_INT(state(b, 0), VR_MASTER);
	CHECK_INT(state(b, 1), VR_BACKUP);
	CHECK_STR(asked(b), "+a+0");
}

/* A route of two is there as long as one of them wants it. */
static void
test_shared(void)
{
	struct bench *b = &bench;

	bench_conf(b, 2);
	make_route(0, 4, 2, 1);
	make_route(1, 4, 2, 1);
	items_parted(b);
	bench_advert(b, 1, 2, 0);
	bench_run(b, SECOND_US);
	CHECK_INT(state(b, 1), VR_MASTER);
	bench_advert(b, 0, 2, 200);
	bench_run(b, SECOND_US);
	CHECK_INT(state(b, 0), VR_BACKUP);
	CHECK_STR(asked(b), "+a+0+a-a");
	bench_advert(b, 1, 2, 200);
	bench_run(b, SECOND_US);
	CHECK_STR(asked(b), "+a+0+a-a-1-a");
	CHECK_INT(b->d.entries[0].state, VIP_ABSENT);
	CHECK_INT(b->d.entries[1].state, VIP_ABSENT);
}

/* Two that say more or less of one route: who does not want it leaves it. */
static void
test_alike(void)
{
	struct bench *b = &bench;
	const uint32_t gateway = 0x0a0a0a0a;
	struct packer p;

	bench_conf(b, 2);
	make_route(0, 4, 2, 1);
	p = packer_over(bodies[0] + items[0].length, 8);
	nl_attribute(&p, RTA_GATEWAY, &gateway, sizeof(gateway));
	items[0].length += 8;
	make_route(1, 4, 2, 1);
	items_parted(b);
	CHECK_INT(b->d.entries[0].state, VIP_PRESENT);
	CHECK_INT(b->d.entries[1].state, VIP_ABSENT);
	bench_advert(b, 0, 2, 200);
	bench_run(b, SECOND_US);
	CHECK_STR(asked(b), "+a+0-0-a");
	tell(b, 0, true);		/* left of an earlier run */
	CHECK(strchr(asked(b) + 8, '-') != NULL);
}

/* A static one that the kernel does not take is a fault of its track_group. */
static void
test_refused_static(void)
{
	static const uint16_t members[] = { 0 };
	static const struct conf_group group = { .name = "T",
	    .members = members, .member_count = 1 };
	struct bench *b = &bench;

	make_conf(b);
	items[STATIC].group = 0;
	b->conf.track_groups = &group;
	b->conf.track_group_count = 1;
	bench_start(b);
	bench_run(b, WAIT_DOWN);
	CHECK_INT(state(b, 0), VR_MASTER);
	b->kernel_obeys = false;
	tell(b, STATIC, false);
	bench_run(b, SECOND_US);
	bench_watch(b);
	refuse(b, STATIC, ENETDOWN);
	CHECK(is_logged(b, "static: the kernel refuses to add 'r': "
	    "Network is down"));
	CHECK(is_logged(b, "-> FAULT: a tracked check failed (r)"));
	CHECK_INT(state(b, 0), VR_FAULT);
	CHECK_STR(asked(b), "-5-4-3-a");
	bench_watch(b);
	bench_run(b, SECOND_US);
	CHECK_STR(asked(b), "+1");
	refuse(b, STATIC, ENETDOWN);
	tell(b, STATIC, true);
	CHECK_INT(b->d.entries[STATIC].state, VIP_PRESENT);
	CHECK(state(b, 0) != VR_FAULT);
}

/* Taken away: put back, or left alone; static ones once a second. */
static void
test_taken(void)
{
	struct bench *b = active();

	tell(b, ROUTE, false);
	CHECK_STR(asked(b), "+3");
	bench_watch(b);
	tell(b, LOOSE, false);
	bench_run(b, 5 * SECOND_US);
	CHECK_STR(asked(b), "");
	CHECK_INT(b->d.entries[LOOSE].state, VIP_LEFT);
	tell(b, LOOSE, false);
	CHECK_INT(b->d.entries[LOOSE].state, VIP_LEFT);
	tell(b, LOOSE, true);			/* and put back by them */
	CHECK_INT(b->d.entries[LOOSE].state, VIP_PRESENT);
	tell(b, LOOSE, false);
	CHECK_STR(asked(b), "");
	tell(b, RULE, false);
	CHECK_STR(asked(b), "+2");
	tell(b, RULE, false);
	bench_run(b, SECOND_US - 1);
	CHECK_STR(asked(b), "+2");
	bench_run(b, 1);
	CHECK_STR(asked(b), "+2+2");
	/* what was taken may be there again without a word: it goes too */
	bench_watch(b);
	bench_advert(b, 0, 2, 200);
	bench_run(b, SECOND_US);
	CHECK_STR(asked(b), "-5-4-3-a");
	CHECK_INT(b->d.entries[LOOSE].state, VIP_ABSENT);
	tell(b, ROUTE, true);			/* left of an earlier run */
	CHECK_STR(asked(b), "-5-4-3-a-3");
}

/* What is nobody's of ours: other entries, and those with another's mark. */
static void
test_foreign(void)
{
	struct bench *b = &bench;
	struct event event = { .kind = EVENT_SHUTDOWN };

	make_conf(b);
	b->kernel_obeys = false;
	bench_launch(b);
	bench_mark(b, DUMP_LINKS);
	bench_link(b, 2, "eth0", UP, false);
	bench_link(b, 3, "eth1", UP, false);
	bench_mark(b, DUMP_ADDRESSES);
	bench_address(b, 2, "10.0.0.1", 24, 3, false);
	tell(b, RULE, true);
	CHECK_STR(asked(b), "");		/* not before all is known */
	bench_address(b, 3, "192.0.2.9", 32, 3, false);
	bench_mark(b, DUMP_DONE);
	bench_run(b, 0);
	CHECK_STR(asked(b), "+1");
	CHECK(b->d.entries[ADDRESS].foreign);
	CHECK(!b->d.entries[RULE].foreign);
	bench_address(b, 3, "192.0.2.9", 24, 3, true);	/* another prefix */
	bench_address(b, 2, "192.0.2.9", 32, 3, true);	/* another link */
	CHECK_INT(b->d.entries[ADDRESS].state, VIP_PRESENT);
	tell(b, STATIC, true);
	bench_watch(b);
	bench_feed(b, &event);
	bench_run(b, 0);
	CHECK_STR(asked(b), "-2-1");
}

/* A dump tells what is there: whatever it does not show is gone. */
static void
test_dump(void)
{
	struct bench *b = active();

	items[HOPPING].unheard = true;
	b->kernel_obeys = false;
	tell(b, ROUTE, false);
	CHECK_INT(b->d.entries[ROUTE].state, VIP_ASKED);
	bench_watch(b);
	bench_mark(b, DUMP_LINKS);
	bench_link(b, 2, "eth0", UP, false);
	bench_link(b, 3, "eth1", UP, false);
	bench_mark(b, DUMP_ADDRESSES);
	bench_address(b, 2, "10.0.0.1", 24, 0, false);
	bench_address(b, 2, "10.0.0.100", 24, 112, false);
	bench_address(b, 3, "192.0.2.9", 32, 112, false);
	tell(b, STATIC, true);
	bench_mark(b, DUMP_DONE);
	bench_run(b, 0);
	CHECK_INT(b->d.entries[STATIC].state, VIP_PRESENT);
	CHECK_INT(b->d.entries[RULE].state, VIP_ASKED);
	CHECK_INT(b->d.entries[ROUTE].state, VIP_ASKED);
	CHECK_INT(b->d.entries[LOOSE].state, VIP_LEFT);
	CHECK_INT(b->d.entries[HOPPING].state, VIP_PRESENT);
	bench_watch(b);
	bench_advert(b, 0, 2, 200);
	bench_run(b, 50 * MS_US);
	CHECK_INT(b->d.entries[ROUTE].state, VIP_REMOVING);
	bench_mark(b, DUMP_LINKS);
	bench_link(b, 2, "eth0", UP, false);
	bench_link(b, 3, "eth1", UP, false);
	bench_mark(b, DUMP_ADDRESSES);
	bench_address(b, 2, "10.0.0.1", 24, 0, false);
	tell(b, ROUTE, true);
	bench_watch(b);
	bench_mark(b, DUMP_DONE);
	CHECK_INT(b->d.entries[ROUTE].state, VIP_PRESENT);
	CHECK_INT(b->d.entries[HOPPING].state, VIP_ABSENT);
}

/* With its interface an entry is forgotten, and comes with the next one. */
static void
test_interface(void)
{
	struct bench *b = active();

	bench_link(b, 3, "eth1", UP, true);
	CHECK_INT(b->d.entries[ADDRESS].state, VIP_ABSENT);
	CHECK_INT(b->d.entries[STATIC].state, VIP_ABSENT);
	CHECK_INT(b->d.entries[RULE].state, VIP_PRESENT);
	CHECK_INT(b->d.entries[ROUTE].state, VIP_PRESENT);
	CHECK_INT(b->d.entries[HOPPING].state, VIP_ABSENT);
	bench_run(b, SECOND_US);
	CHECK(b->d.entries[HOPPING].state == VIP_ABSENT);
	bench_watch(b);
	bench_link(b, 7, "eth1", UP, false);
	bench_run(b, 2 * SECOND_US);
	CHECK_INT(b->d.entries[ADDRESS].state, VIP_ABSENT);
	CHECK(bench_count(b, EFFECT_DUMP) > 0);
	bench_mark(b, DUMP_LINKS);
	bench_link(b, 2, "eth0", UP, false);
	bench_link(b, 7, "eth1", UP, false);
	bench_mark(b, DUMP_ADDRESSES);
	bench_address(b, 2, "10.0.0.1", 24, 0, false);
	bench_address(b, 2, "10.0.0.100", 24, 112, false);
	tell(b, RULE, true);
	tell(b, ROUTE, true);
	tell(b, LOOSE, true);
	bench_mark(b, DUMP_DONE);
	bench_run(b, 0);
	for (int i = 0; i < HOPPING; i++)
		CHECK_INT(b->d.entries[i].state, VIP_PRESENT);
}

/* A configuration without the first route of VI_1 and without the rule. */
static struct bench *
make_less(void)
{
	static struct bench less;
	static struct conf_entry kept[ENTRIES];

	bench_conf(&less, 1);
	kept[0] = items[STATIC];
	kept[1] = items[ADDRESS];
	kept[2] = items[HOPPING];
	kept[3] = items[LOOSE];
	less.conf.entries = kept;
	less.conf.entry_count = 4;
	less.conf.static_count = 2;
	less.vrs[0].first_entry = 2;
	less.vrs[0].entry_count = 2;
	return &less;
}

/*
 * Where an address goes the kernel may drop routes without a word: they are
 * listed anew.  Not so for one of ours that is to go, unless there are static
 * ones, which may need the last address of the interface.
 */
static void
test_silence(void)
{
	static const struct {
		const char	*ip;
		uint8_t		state;
		bool		wanted, statics, goes;
		unsigned	dumps;
	} rows[] = {
		{ "10.0.0.1", VIP_PRESENT, true, true, true, 1 },
		{ "10.0.0.100", VIP_PRESENT, true, true, true, 1 },
		{ "10.0.0.100", VIP_PRESENT, true, false, true, 1 },
		{ "10.0.0.100", VIP_ASKED, true, false, true, 1 },
		{ "10.0.0.100", VIP_REMOVING, false, true, true, 1 },
		{ "10.0.0.100", VIP_REMOVING, false, false, true, 0 },
		/* its removal was refused: it is not going */
		{ "10.0.0.100", VIP_PRESENT, false, false, true, 1 },
		{ "10.0.0.2", VIP_PRESENT, true, true, false, 0 },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct bench *b = active();

		b->d.vrs[0].wanted = rows[i].wanted;
		b->d.vips[0].state = rows[i].state;
		if (!rows[i].statics)
			b->conf.static_count = 0;
		bench_address(b, 2, rows[i].ip, 24, 0, rows[i].goes);
		bench_note(b);
		CHECK_INT(bench_count(b, EFFECT_DUMP), rows[i].dumps);
	}
}

/* At a reload what is the same stays as it is, and what is not wanted goes. */
static void
test_reload(void)
{
	static struct bench again;
	struct bench *b = active(), *less;
	struct event refusal = { .kind = EVENT_NETLINK_ERROR };
	struct event time = { .kind = EVENT_TIME };

	b->d.entries[LOOSE].foreign = true;
	b->d.entries[STATIC].told = true;
	less = make_less();
	less->kernel_obeys = false;
	bench_reload(b, less);
	for (int i = 0; i < 4; i++)
		CHECK_INT(less->d.entries[i].state, VIP_PRESENT);
	CHECK(less->d.entries[0].told && less->d.entries[3].foreign);
	CHECK_INT(less->d.orphan_count, 2);
	CHECK_STR(asked(less), "-a-a");
	/* refused: tried again, and at the next reload wanted again */
	refusal.index = less->d.vip_count + 1;
	refusal.value = EPERM;
	bench_watch(less);
	bench_feed(less, &refusal);
	CHECK(is_logged(less, "remove a link or a route that is configured no "
	    "longer: Operation not permitted"));
	make_conf(&again);
	again.kernel_obeys = false;
	bench_reload(less, &again);
	bench_watch(&again);
	bench_feed(&again, &time);
	CHECK_INT(again.d.entries[ROUTE].state, VIP_PRESENT);
	CHECK_INT(again.d.orphan_count, 0);
	/* the removal of the rule is under way: it comes anew */
	CHECK_INT(again.d.entries[RULE].state, VIP_ASKED);
	CHECK_INT(again.d.entries[ADDRESS].state, VIP_PRESENT);
	CHECK(again.d.entries[LOOSE].foreign);
}

/* What was not there before a reload leaves nothing to remove after it. */
static void
test_reload_absent(void)
{
	struct bench *b = &bench, *less;

	make_conf(b);
	bench_start(b);			/* Backup: routes are not there */
	bench_link(b, 3, "eth1", UP, true);
	bench_run(b, 0);
	less = make_less();
	bench_reload(b, less);
	CHECK_INT(less->d.entries[1].state, VIP_ABSENT);
	CHECK_INT(less->d.entries[2].state, VIP_ABSENT);
	CHECK_INT(less->d.orphan_count, 1);	/* the rule */
}

/* -- an entry's life, step by step -- */

/* What is asked for an entry, given what is known of it; ?: once more. */
static void
test_reconciled(void)
{
	static const struct {
		int entry;
		bool wanted, foreign;
		uint8_t state, after;
		const char *asked;
	} rows[] = {
		{ ROUTE, true, false, VIP_ABSENT, VIP_ASKED, "+3" },
		{ ROUTE, true, false, VIP_REFUSED, VIP_ASKED, "+3" },
		{ ROUTE, true, false, VIP_REMOVING, VIP_ASKED, "+3" },
		{ ROUTE, true, false, VIP_LEFT, VIP_ASKED, "+3" },
		{ ROUTE, true, false, VIP_ASKED, VIP_ASKED, "" },
		{ ROUTE, true, true, VIP_PRESENT, VIP_PRESENT, "" },
		{ ROUTE, true, true, VIP_ABSENT, VIP_ASKED, "+3" },
		{ LOOSE, true, false, VIP_LEFT, VIP_LEFT, "" },
		{ LOOSE, true, false, VIP_REFUSED, VIP_ASKED, "+4" },
		{ HOPPING, true, false, VIP_ABSENT, VIP_ASKED, "-?+5" },
		{ ROUTE, false, false, VIP_PRESENT, VIP_REMOVING, "-3" },
		{ ROUTE, false, false, VIP_ASKED, VIP_REMOVING, "-3" },
		{ ROUTE, false, true, VIP_PRESENT, VIP_PRESENT, "" },
		{ ROUTE, false, false, VIP_ABSENT, VIP_ABSENT, "" },
		{ ROUTE, false, false, VIP_REMOVING, VIP_REMOVING, "" },
		{ ROUTE, false, false, VIP_REFUSED, VIP_ABSENT, "" },
		{ ROUTE, false, false, VIP_LEFT, VIP_ABSENT, "" },
		{ LOOSE, false, false, VIP_LEFT, VIP_REMOVING, "-4" },
		{ LOOSE, false, true, VIP_LEFT, VIP_ABSENT, "" },
		{ HOPPING, false, false, VIP_PRESENT, VIP_REMOVING, "-5" },
		/* without its interface it cannot be asked for */
		{ STATIC, true, false, VIP_REFUSED, VIP_ABSENT, "" },
		{ STATIC, false, false, VIP_PRESENT, VIP_ABSENT, "" },
		{ STATIC, false, false, VIP_ABSENT, VIP_ABSENT, "" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct bench *b = active();
		struct entry *entry = &b->d.entries[rows[i].entry];

		b->kernel_obeys = false;
		entry->state = rows[i].state;
		entry->foreign = rows[i].foreign;
		if (rows[i].entry == STATIC)
			b->d.interfaces[1].ifindex = 0;
		entry_reconcile(&b->d, (uint32_t)rows[i].entry, rows[i].wanted);
		CHECK_INT(entry->state, rows[i].after);
		CHECK_STR(asked(b), rows[i].asked);
	}
}

/* One that is seen: left of an earlier run, asked for, or put back. */
static void
test_appeared(void)
{
	static const struct {
		uint8_t state, after;
		bool marked, foreign, touched;
	} rows[] = {
		{ VIP_ABSENT, VIP_PRESENT, true, false, true },
		{ VIP_ABSENT, VIP_PRESENT, false, true, true },
		{ VIP_ASKED, VIP_PRESENT, false, false, false },
		{ VIP_PRESENT, VIP_PRESENT, false, false, false },
		{ VIP_REFUSED, VIP_PRESENT, false, false, true },
		{ VIP_LEFT, VIP_PRESENT, false, false, true },
		{ VIP_REMOVING, VIP_REMOVING, true, false, false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct bench *b = active();
		struct entry *entry = &b->d.entries[ROUTE];

		entry->state = rows[i].state;
		entry->foreign = entry->seen = false;
		entry->told = true;
		entry_appeared(&b->d, ROUTE, rows[i].marked, b->now);
		CHECK_INT(entry->state, rows[i].after);
		CHECK_INT(entry->foreign, rows[i].foreign);
		CHECK(entry->seen);
		CHECK_INT(entry->told, rows[i].after != VIP_PRESENT);
		CHECK_INT(b->d.vrs[0].dirty, rows[i].touched);
		CHECK_INT(b->d.vrs[0].restore_at, NEVER);
	}
}

/* One that is gone: a loss, or what one wanted, or told too late. */
static void
test_vanished(void)
{
	static const struct {
		int entry;
		uint8_t state, after;
		bool wanted, lingers, foreign, restored;
	} rows[] = {
		{ ROUTE, VIP_PRESENT, VIP_ABSENT, true, false, false, true },
		{ ROUTE, VIP_PRESENT, VIP_ABSENT, true, true, false, false },
		{ ROUTE, VIP_PRESENT, VIP_ABSENT, false, false, false, false },
		{ ROUTE, VIP_ASKED, VIP_ASKED, true, false, true, false },
		{ ROUTE, VIP_REMOVING, VIP_ABSENT, true, false, false, false },
		{ ROUTE, VIP_REFUSED, VIP_ABSENT, true, false, false, false },
		{ ROUTE, VIP_LEFT, VIP_ABSENT, true, false, false, false },
		{ LOOSE, VIP_PRESENT, VIP_LEFT, true, false, false, false },
		{ LOOSE, VIP_LEFT, VIP_LEFT, true, false, false, false },
		{ LOOSE, VIP_PRESENT, VIP_LEFT, true, true, false, false },
		{ LOOSE, VIP_PRESENT, VIP_ABSENT, false, false, false, false },
		{ LOOSE, VIP_REMOVING, VIP_ABSENT, true, false, false, false },
		{ LOOSE, VIP_REFUSED, VIP_ABSENT, true, false, false, false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct bench *b = active();
		struct entry *entry = &b->d.entries[rows[i].entry];
		struct vr *vr = &b->d.vrs[0];

		entry->state = rows[i].state;
		entry->foreign = true;
		vr->wanted = rows[i].wanted;
		vr->linger_until = rows[i].lingers ? b->now + 1 : NEVER;
		entry_vanished(&b->d, (uint32_t)rows[i].entry, b->now);
		CHECK_INT(entry->state, rows[i].after);
		CHECK_INT(entry->foreign, rows[i].foreign);
		CHECK_INT(*counter_of(&b->d, vr, COUNT_restored),
		    rows[i].restored);
		CHECK_INT(vr->dirty, rows[i].restored);
		CHECK_INT(b->d.statics_at, NEVER);
	}
}

/* Static ones: put back at once, and then once a second; never at the end. */
static void
test_vanished_static(void)
{
	struct bench *b = active();
	struct daemon *d = &b->d;

	d->statics_restored = -SECOND_US;
	entry_vanished(d, RULE, b->now);
	CHECK_INT(d->statics_at, b->now);
	CHECK_INT(d->statics_restored, b->now);
	CHECK(daemon_deadline(d) <= b->now);
	bench_run(b, 0);
	d->entries[RULE].state = VIP_PRESENT;
	entry_vanished(d, RULE, b->now + 1);
	CHECK_INT(d->statics_at, b->now + SECOND_US);
	CHECK_INT(d->entries[RULE].state, VIP_ABSENT);
	CHECK_INT(*counter_of(d, &d->vrs[0], COUNT_restored), 0);
	d->statics_at = NEVER;
	d->stopping = true;
	entry_vanished(d, STATIC, b->now);
	CHECK_INT(d->statics_at, NEVER);
	CHECK_INT(d->entries[STATIC].state, VIP_ABSENT);
}

/* What a whole picture that shows an entry, or does not, tells of it. */
static void
test_dumped(void)
{
	static const struct {
		uint8_t state, after;
		bool seen, unheard, restored;
	} rows[] = {
		{ VIP_ABSENT, VIP_ABSENT, false, false, false },
		{ VIP_ASKED, VIP_ABSENT, false, false, false },
		{ VIP_PRESENT, VIP_ABSENT, false, false, true },
		{ VIP_REMOVING, VIP_ABSENT, false, false, false },
		{ VIP_REFUSED, VIP_ABSENT, false, false, false },
		{ VIP_LEFT, VIP_ABSENT, false, false, false },
		{ VIP_PRESENT, VIP_PRESENT, true, false, false },
		{ VIP_ASKED, VIP_ASKED, true, false, false },
		{ VIP_REMOVING, VIP_PRESENT, true, false, false },
		{ VIP_REFUSED, VIP_REFUSED, true, false, false },
		{ VIP_LEFT, VIP_LEFT, true, false, false },
		/* of those with a protocol of their own it tells nothing */
		{ VIP_PRESENT, VIP_PRESENT, false, true, false },
		{ VIP_ASKED, VIP_ASKED, false, true, false },
		{ VIP_REMOVING, VIP_ABSENT, true, true, false },
		{ VIP_REFUSED, VIP_ABSENT, true, true, false },
		{ VIP_ABSENT, VIP_ABSENT, true, true, false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		for (int k = 0; k <= ROUTE; k += ROUTE) {
			struct bench *b = active();
			struct entry *entry = &b->d.entries[k];

			for (int n = 0; n < ENTRIES; n++)
				b->d.entries[n].seen = true;
			b->d.statics_restored = -SECOND_US;
			b->kernel_obeys = false;
			items[k].unheard = rows[i].unheard;
			entry->state = rows[i].state;
			entry->seen = rows[i].seen;
			b->d.vrs[0].wanted = true;
			b->d.stopping = k == 0;	/* nothing is put back */
			entries_dumped(&b->d, b->now);
			CHECK_INT(entry->state, rows[i].after);
			CHECK_INT(*counter_of(&b->d, &b->d.vrs[0],
			    COUNT_restored), k == ROUTE && rows[i].restored);
			CHECK_INT(b->d.statics_at, NEVER);
		}
	}
}

/* Whose a static address is: by its mark, or by the configuration alone. */
static void
test_address_marks(void)
{
	static const struct { bool tags; uint8_t protocol; bool foreign; }
	    rows[] = {
		{ false, 0, false }, { true, 0, true },
		{ true, ADDRESS_PROTOCOL, false }, { true, 3, true },
		{ false, 3, true }, { false, ADDRESS_PROTOCOL, false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct bench *b = active();

		b->d.entries[ADDRESS].state = VIP_ABSENT;
		b->d.entries[ADDRESS].foreign = false;
		b->d.kernel_tags = rows[i].tags;
		bench_address(b, 3, "192.0.2.9", 32, rows[i].protocol, false);
		CHECK_INT(b->d.entries[ADDRESS].state, VIP_PRESENT);
		CHECK_INT(b->d.entries[ADDRESS].foreign, rows[i].foreign);
	}
}

/* One that was not there before is no loss, and comes without delay. */
static void
test_dumped_absent(void)
{
	struct bench *b = active();

	b->kernel_obeys = false;
	for (int n = 0; n < ENTRIES; n++)
		b->d.entries[n].seen = n != STATIC;
	b->d.entries[STATIC].state = VIP_ABSENT;
	b->d.statics_restored = -7;
	entries_dumped(&b->d, b->now);
	CHECK_INT(b->d.statics_restored, -7);
	CHECK_STR(asked(b), "+1");
}

/*
 * A route by an interface that is not there is none that the kernel has, though
 * the number of another one is as the body has it before it is filled in.
 */
static void
test_number_of_another(void)
{
	struct bench *b = &bench;
	uint8_t bytes[128];
	struct event event = { .kind = EVENT_NETLINK, .bytes = bytes };
	uint32_t number;

	make_conf(b);
	b->kernel_obeys = false;
	bench_start(b);
	bench_link(b, 3, "eth1", UP, true);
	event.length = sizeof(struct nlmsghdr) + items[STATIC].length;
	memcpy(bytes, &(struct nlmsghdr){ .nlmsg_type = RTM_NEWROUTE,
	    .nlmsg_len = (uint32_t)event.length }, sizeof(struct nlmsghdr));
	memcpy(bytes + sizeof(struct nlmsghdr), bodies[STATIC],
	    items[STATIC].length);
	memcpy(&number, bytes + sizeof(struct nlmsghdr) + 24, sizeof(number));
	CHECK_INT(number, 2);
	bench_feed(b, &event);
	CHECK_INT(b->d.entries[STATIC].state, VIP_ABSENT);
	CHECK_INT(b->d.counters.netlink_bad, 0);
}

/* All members of the track_group of a static entry are reviewed. */
static void
test_all_members(void)
{
	static const uint16_t members[] = { 1, 0 };
	static const struct conf_group group = { .name = "T",
	    .members = members, .member_count = 2 };
	struct bench *b = &bench;

	make_conf(b);
	b->vrs[1] = b->vrs[0];
	b->vrs[1].vrid = 77;
	b->vrs[1].name = "VI_2";
	b->vrs[1].entry_count = 0;
	b->addresses[1][0] = b->addresses[0][0];
	b->addresses[1][0].ip.bytes[3] = 177;
	b->vrs[1].addresses = b->addresses[1];
	b->conf.vr_count = 2;
	items[STATIC].group = 0;
	b->conf.track_groups = &group;
	b->conf.track_group_count = 1;
	bench_start(b);
	b->kernel_obeys = false;
	b->d.entries[STATIC].state = VIP_ASKED;
	refuse(b, STATIC, ENETDOWN);
	CHECK_INT(state(b, 0), VR_FAULT);
	CHECK_INT(state(b, 1), VR_FAULT);
	tell(b, STATIC, true);
	CHECK_INT(state(b, 0), VR_BACKUP);
	CHECK_INT(state(b, 1), VR_BACKUP);
}

/* What a refusal makes of an entry, and when it is asked for again. */
static void
test_refusals(void)
{
	static const struct {
		uint8_t state;
		int error;
		uint8_t after;
	} rows[] = {
		{ VIP_ASKED, EEXIST, VIP_PRESENT },
		{ VIP_ASKED, ESRCH, VIP_REFUSED },
		{ VIP_ASKED, EPERM, VIP_REFUSED },
		{ VIP_REMOVING, ESRCH, VIP_ABSENT },
		{ VIP_REMOVING, ENOENT, VIP_ABSENT },
		{ VIP_REMOVING, ENODEV, VIP_ABSENT },
		{ VIP_REMOVING, EADDRNOTAVAIL, VIP_ABSENT },
		{ VIP_REMOVING, EEXIST, VIP_PRESENT },
		{ VIP_REMOVING, EPERM, VIP_PRESENT },
		{ VIP_PRESENT, EPERM, VIP_PRESENT },
		{ VIP_ABSENT, EPERM, VIP_ABSENT },
		{ VIP_LEFT, EEXIST, VIP_LEFT },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct event event = { .kind = EVENT_NETLINK_ERROR,
		    .index = ENTRY_REQUESTS + ROUTE, .value = rows[i].error };
		struct bench *b = active();
		struct entry *entry = &b->d.entries[ROUTE];
		bool told = rows[i].after == VIP_REFUSED ||
		    (rows[i].state == VIP_REMOVING &&
		    rows[i].after == VIP_PRESENT);
		char want[128], number[ERROR_SIZE];

		b->kernel_obeys = false;
		entry->state = rows[i].state;
		bench_watch(b);
		bench_feed(b, &event);
		bench_note(b);
		CHECK_INT(entry->state, rows[i].after);
		CHECK_INT(b->d.vrs[0].restore_at, told ? b->now + SECOND_US :
		    NEVER);
		CHECK_INT(entry->told, told);
		snprintf(want, sizeof(want), "VI_1: the kernel refuses to %s "
		    "'r': %s", rows[i].state == VIP_ASKED ? "add" : "remove",
		    error_text(number, rows[i].error));
		CHECK_STR(bench_line(b, EFFECT_LOG, 0), told ? want : "");
		CHECK_INT(b->d.entries[STATIC].state, VIP_PRESENT);
	}
}

/* The interface of some is gone: they are, too; those of others are not. */
static void
test_forgotten(void)
{
	static const struct {
		uint8_t state;
		bool there, foreign;
		const char *asked;
	} rows[] = {
		{ VIP_PRESENT, true, false, "-?" },
		{ VIP_ASKED, true, false, "-?" },
		{ VIP_PRESENT, true, true, "" },
		{ VIP_ABSENT, true, false, "" },
		{ VIP_PRESENT, false, false, "" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct bench *b = active();
		struct interface *eth1 = &b->d.interfaces[1];

		b->kernel_obeys = false;
		for (int n = 0; n < ENTRIES; n++)
			b->d.entries[n].state = VIP_ABSENT;
		b->d.entries[HOPPING].state = rows[i].state;
		b->d.entries[HOPPING].foreign = rows[i].foreign;
		b->d.entries[ROUTE].state = VIP_PRESENT;	/* on eth0 */
		interface_forget(&b->d, 1, rows[i].there);
		CHECK_STR(asked(b), rows[i].asked);
		CHECK_INT(eth1->ifindex, 0);
		CHECK_INT(b->d.entries[HOPPING].state, VIP_ABSENT);
		CHECK_INT(b->d.entries[ROUTE].state, VIP_PRESENT);
		CHECK_INT(b->d.vrs[0].dirty, rows[i].state != VIP_ABSENT);
		CHECK_INT(b->d.vrs[0].restore_at, NEVER);
	}
}

/* The kernel reports eth1, as a VRF of that table. */
static void
tell_vrf(struct bench *b, uint32_t ifindex, uint32_t table)
{
	uint8_t bytes[256], *info, *data;
	struct packer p = packer_over(bytes, sizeof(bytes));
	struct ifinfomsg body = { .ifi_type = 1, .ifi_index = (int)ifindex,
	    .ifi_flags = UP };
	struct event event = { .kind = EVENT_NETLINK, .bytes = bytes };

	nl_begin(&p, RTM_NEWLINK, 0, 0);
	packer_bytes(&p, &body, sizeof(body));
	nl_attribute(&p, IFLA_IFNAME, "eth1", 5);
	info = nl_nest(&p, IFLA_LINKINFO);
	nl_attribute(&p, IFLA_INFO_KIND, "vrf", 4);
	data = nl_nest(&p, IFLA_INFO_DATA);
	nl_attribute(&p, IFLA_VRF_TABLE, &table, sizeof(table));
	nl_nest_end(&p, data);
	nl_nest_end(&p, info);
	event.length = nl_finish(&p);
	bench_feed(b, &event);
	bench_run(b, 0);
}

/* The table that the n-th request since bench_watch is about; 0: none. */
static uint32_t
asked_table(struct bench *b, int n)
{
	const struct noted *noted;
	struct cursor value;

	bench_note(b);
	noted = bench_find(b, EFFECT_NETLINK, n);
	if (noted == NULL)
		return 0;
	value = cursor_over(noted->bytes + 28, noted->effect.length - 28U);
	value = nl_attribute_find(&value, RTA_TABLE);
	return cursor_u32_native(&value);
}

/*
 * A route in a VRF waits for it, and for it to be one; takes its table, also
 * when it is another one; and leaves that when the VRF goes, as the table does
 * not.
 */
static void
test_vrf(void)
{
	static const uint32_t eth1 = 2;
	struct bench *b = &bench;
	struct packer p;

	make_conf(b);
	make_route(ROUTE, 4, 2, 1);
	p = packer_over(bodies[ROUTE] + items[ROUTE].length, 8);
	nl_attribute(&p, RTA_TABLE, &eth1, sizeof(eth1));
	items[ROUTE].length += 8;
	items[ROUTE].vrf = true;
	bench_start(b);
	bench_watch(b);
	bench_run(b, WAIT_DOWN);
	CHECK_STR(asked(b), "+a+4-?+5");
	CHECK_INT(b->d.entries[ROUTE].state, VIP_ABSENT);
	for (uint32_t i = 0; i < 2; i++) {
		bench_link(b, 3 + i, "eth1", UP, true);
		bench_watch(b);
		tell_vrf(b, 4 + i, 4711 + i);
		CHECK_STR(asked(b), "+0+1+3-?+5");
		CHECK_INT(asked_table(b, 2), 4711 + i);
		CHECK_INT(b->d.entries[ROUTE].state, VIP_PRESENT);
	}
	bench_watch(b);
	bench_link(b, 5, "eth1", UP, true);
	CHECK_STR(asked(b), "-?");
	CHECK_INT(asked_table(b, 0), 4712);
	CHECK_INT(b->d.entries[ROUTE].state, VIP_ABSENT);
}

/* The sequence and the type of a request that nobody waits for. */
static void
test_given_back(void)
{
	struct bench *b = active();
	const struct noted *noted;
	struct nlmsghdr head;
	uint32_t ifindex;

	b->kernel_obeys = false;
	interface_forget(&b->d, 1, true);
	bench_note(b);
	/* the last one first */
	noted = bench_find(b, EFFECT_NETLINK, 1);
	memcpy(&head, noted->bytes, sizeof(head));
	memcpy(&ifindex, noted->bytes + sizeof(head) + 24, sizeof(ifindex));
	CHECK_INT(head.nlmsg_type, RTM_DELROUTE);
	CHECK_INT(head.nlmsg_seq, 0);
	CHECK_INT(noted->effect.index, 0);
	CHECK_INT(ifindex, 3);
	noted = bench_find(b, EFFECT_NETLINK, 2);
	memcpy(&head, noted->bytes, sizeof(head));
	CHECK_INT(head.nlmsg_type, RTM_DELADDR);
	CHECK(bench_find(b, EFFECT_NETLINK, 3) == NULL);
}

/* When static entries are looked at: the earliest moment that was asked for. */
static void
test_statics_wake(void)
{
	struct bench *b = active();
	struct daemon *d = &b->d;
	usec_t now = b->now;

	timer_stop(d, &d->timer);
	d->timer.due = 0;
	statics_wake(d, now + 50);
	CHECK_INT(d->statics_at, now + 50);
	CHECK_INT(d->timer.due, now + 50);
	statics_wake(d, now + 60);
	CHECK_INT(d->statics_at, now + 50);
	statics_wake(d, now + 40);
	CHECK_INT(d->statics_at, now + 40);
	CHECK_INT(d->timer.due, now + 40);
	/* something else of the daemon's comes first */
	timer_set(d, &d->timer, now + 10);
	d->statics_at = NEVER;
	statics_wake(d, now + 20);
	CHECK_INT(d->timer.due, now + 10);
	/* at the end, or before all is known, nothing comes any more */
	b->kernel_obeys = false;
	for (int bits = 0; bits < 4; bits++) {
		bench_watch(b);
		d->entries[RULE].state = VIP_ABSENT;
		d->dumped = bits & 1;
		d->stopping = bits & 2;
		d->statics_at = now;
		statics_reconcile(d);
		CHECK_STR(asked(b), bits == 1 ? "+2" : "");
		CHECK_INT(d->statics_at, NEVER);
	}
}

/* The smallest buffers, bodies and interfaces that there are. */
static void
test_requests(void)
{
	static const struct interface none[2];
	struct bench *b = active();
	uint8_t bytes[256];

	for (int i = 0; i < ENTRIES; i++) {
		const struct conf_entry *entry = &b->conf.entries[i];
		size_t length = nl_entry_request(bytes, sizeof(bytes), true,
		    entry, b->d.interfaces, 0), head = sizeof(struct nlmsghdr);
		uint8_t *report = malloc(length);

		if (report == NULL)
			abort();
		memcpy(report, bytes, length);
		for (size_t n = 0; n < length; n++) {
			CHECK_INT(nl_entry_request(bytes, n, true, entry,
			    b->d.interfaces, 0), 0);
		}
		nl_entry_request(bytes, sizeof(bytes), true, entry,
		    b->d.interfaces, 0);
		CHECK(nl_entry_matches((enum entry_kind)entry->kind, bytes,
		    length, cursor_over(report + head, length - head)));
		CHECK(!nl_entry_matches((enum entry_kind)entry->kind, bytes,
		    length, cursor_over(report + head, 7)));
		CHECK_INT(nl_entry_hash((enum entry_kind)entry->kind,
		    cursor_over(report + head, 7)), 0);
		CHECK_INT(nl_entry_request(bytes, sizeof(bytes), true, entry,
		    none, 0), i == RULE ? length : 0);
		free(report);
	}
}

/* Which bytes before the attributes tell one entry from another. */
static const char *const telling[ENTRY_KINDS] = {
	[ENTRY_ADDRESS] = "yynnyyyy", [ENTRY_ROUTE] = "yyyynyny",
	[ENTRY_RULE] = "yyyynnny"
};

/*
 * A request is the body with the numbers of interfaces in their places; what
 * lies behind it in the buffer is none of it.
 */
static void
test_bytes(void)
{
	static const uint8_t behind[8] = { 8, 0, RTA_OIF, 0, 1 };
	static const struct { uint16_t type; uint8_t at[2], index[2]; } rows[] =
	{ { RTM_NEWADDR, { 4 }, { 3 } }, { RTM_NEWROUTE, { 24 }, { 3 } },
	  { RTM_NEWRULE, { 0 }, { 0 } }, { RTM_NEWROUTE, { 24 }, { 2 } },
	  { RTM_NEWROUTE, { 24 }, { 2 } }, { RTM_NEWROUTE, { 40, 48 },
	  { 2, 3 } } };
	struct bench *b = active();

	for (int i = 0; i < ENTRIES; i++) {
		const struct conf_entry *entry = &b->conf.entries[i];
		uint8_t want[64], got[128];

		memcpy(want, bodies[i], entry->length);
		for (int k = 0; k < 2; k++)
			if (rows[i].at[k] != 0)
				memcpy(want + rows[i].at[k],
				    &(uint32_t){ rows[i].index[k] }, 4);
		for (int add = 0; add < 2; add++) {
			struct nlmsghdr head;
			size_t length;

			memcpy(got + sizeof(head) + entry->length, behind, 8);
			length = nl_entry_request(got, sizeof(got), add, entry,
			    b->d.interfaces, 4711);
			CHECK_BYTES(got + length, behind, 8);
			memcpy(&head, got, sizeof(head));
			CHECK_INT(length, sizeof(head) + entry->length);
			CHECK_INT(head.nlmsg_len, length);
			CHECK_INT(head.nlmsg_type, rows[i].type + !add);
			CHECK_INT(head.nlmsg_flags, NLM_F_REQUEST |
			    (add ? entry->flags : 0));
			CHECK_INT(head.nlmsg_seq, 4711);
			CHECK_BYTES(got + sizeof(head), want, entry->length);
		}
	}
}

/* A report that differs in a byte before its attributes, or in the first. */
static void
test_matches(void)
{
	struct bench *b = active();
	const size_t head = sizeof(struct nlmsghdr);

	for (int i = 0; i < ENTRIES; i++) {
		const struct conf_entry *entry = &b->conf.entries[i];
		enum entry_kind kind = (enum entry_kind)entry->kind;
		size_t fixed = kind == ENTRY_ADDRESS ? 8 : 12, length;
		uint8_t ours[128], report[128];
		struct cursor body;
		struct packer more;	/* what follows the request */

		length = nl_entry_request(ours, sizeof(ours), true, entry,
		    b->d.interfaces, 0);
		memcpy(report, ours, length);
		more = packer_over(ours + length, sizeof(ours) - length);
		nl_attribute(&more, ours[head + fixed + 2], "?!?", 4);
		body = cursor_over(report + head, length - head);
		CHECK(nl_entry_matches(kind, ours, length, body));
		for (size_t k = 0; k < fixed; k++) {
			report[head + k] ^= 0x40;
			CHECK_INT(nl_entry_matches(kind, ours, length, body),
			    k >= 8 || telling[kind][k] == 'n');
			report[head + k] ^= 0x40;
		}
		report[head + fixed + 4] ^= 0x40;
		CHECK(!nl_entry_matches(kind, ours, length, body));
		/* without any attribute it is another */
		CHECK(!nl_entry_matches(kind, ours, length,
		    cursor_over(report + head, fixed)));
	}
}

/* Where the value of an attribute of a route stands. */
static uint8_t *
bytes_of(uint8_t *body, size_t length, uint16_t type)
{
	struct cursor all = cursor_over(body + sizeof(struct rtmsg),
	    length - sizeof(struct rtmsg));

	return body + (nl_attribute_find(&all, type).at - body);
}

/* Attributes: a metric of its own counts, an old kernel's rule says less. */
static void
test_attributes(void)
{
	struct bench *b = active();
	const size_t head = sizeof(struct nlmsghdr);
	const uint32_t metric = 5;
	uint8_t ours[128], report[128];
	size_t length;
	struct packer p;

	length = nl_entry_request(ours, sizeof(ours), true, &items[ROUTE],
	    b->d.interfaces, 0);
	memcpy(report, ours, length);
	p = packer_over(report + length, sizeof(report) - length);
	nl_attribute(&p, RTA_PRIORITY, &metric, sizeof(metric));
	CHECK(!nl_entry_matches(ENTRY_ROUTE, ours, length, cursor_over(report +
	    head, length - head + packer_length(&p))));
	p = packer_over(report + length, sizeof(report) - length);
	nl_attribute(&p, RTA_METRICS, &metric, sizeof(metric));
	CHECK(nl_entry_matches(ENTRY_ROUTE, ours, length, cursor_over(report +
	    head, length - head + packer_length(&p))));
	/* given twice: the kernel takes the last one, and tells only that */
	p = packer_over(ours + length, sizeof(ours) - length);
	nl_attribute(&p, RTA_DST, &metric, sizeof(metric));
	memcpy(report, ours, length + packer_length(&p));
	CHECK_INT(*bytes_of(report + head, length - head, RTA_DST), 0x20);
	memcpy(bytes_of(report + head, length - head, RTA_DST), &metric,
	    sizeof(metric));
	CHECK(nl_entry_matches(ENTRY_ROUTE, ours, length + packer_length(&p),
	    cursor_over(report + head, length - head)));
	CHECK_INT(nl_entry_hash(ENTRY_ROUTE, cursor_over(ours + head, length -
	    head + packer_length(&p))), nl_entry_hash(ENTRY_ROUTE,
	    cursor_over(report + head, length - head)));
	length = nl_entry_request(ours, sizeof(ours), true, &items[ADDRESS],
	    b->d.interfaces, 0);
	memcpy(report, ours, length);
	p = packer_over(report + length, sizeof(report) - length);
	nl_attribute(&p, IFA_CACHEINFO, &metric, sizeof(metric));
	CHECK(nl_entry_matches(ENTRY_ADDRESS, ours, length, cursor_over(report +
	    head, length - head + packer_length(&p))));
	length = nl_entry_request(ours, sizeof(ours), true, &items[RULE],
	    b->d.interfaces, 0);
	memcpy(report, ours, length);
	CHECK(nl_entry_matches(ENTRY_RULE, ours, length, cursor_over(report +
	    head, length - head - 8)));	/* FRA_PROTOCOL is the last */
	report[length - 4]++;
	CHECK(!nl_entry_matches(ENTRY_RULE, ours, length, cursor_over(report +
	    head, length - head)));
	memset(report, 0, 4);			/* of no interface */
	CHECK(nl_entry_interface(report, b->d.interfaces));
	CHECK(!nl_attribute_equal(cursor_over(ours, 4), cursor_over(ours, 5)));
	CHECK(!nl_attribute_equal(cursor_over(ours, 0),
	    (struct cursor){ .failed = true }));
	CHECK(nl_attribute_equal(cursor_over(ours, 0), cursor_over(report, 0)));
	CHECK(!nl_attribute_equal(cursor_over((const uint8_t *)"a", 1),
	    cursor_over((const uint8_t *)"b", 1)));
}

/* The hash, by its definition. */
static void
test_hash(void)
{
	static uint8_t values[ENTRIES][6] = { { 4, 192, 0, 2, 9 },
	    { 4, 0x20, 1, 0, 0 }, { 4 }, { 4, 0x20, 2, 0, 0 } };
	const uint32_t hundred = 100;		/* as this machine has it */

	memcpy(&values[2][1], &hundred, sizeof(hundred));
	(void)active();
	for (int i = 0; i < LOOSE; i++) {
		uint32_t want = 2166136261U;

		for (int k = 1; k <= values[i][0]; k++)
			want = (want ^ values[i][k]) * 16777619U;
		want ^= want >> 16;
		want ^= (uint32_t)items[i].kind * 65536U +
		    bodies[i][0] * 256U + bodies[i][1];
		CHECK_INT(nl_entry_hash((enum entry_kind)items[i].kind,
		    cursor_over(bodies[i], items[i].length)), want);
	}
}

int
main(void)
{
	test_life();
	test_refused();
	test_answer_lost();
	test_taken_over_again();
	test_shared();
	test_alike();
	test_refused_static();
	test_taken();
	test_foreign();
	test_dump();
	test_interface();
	test_silence();
	test_reload();
	test_reload_absent();
	test_reconciled();
	test_appeared();
	test_vanished();
	test_vanished_static();
	test_dumped();
	test_address_marks();
	test_dumped_absent();
	test_number_of_another();
	test_all_members();
	test_refusals();
	test_forgotten();
	test_given_back();
	test_vrf();
	test_statics_wake();
	test_requests();
	test_bytes();
	test_matches();
	test_attributes();
	test_hash();
	return check_end("entries");
}
