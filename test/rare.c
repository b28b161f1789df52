/* SPDX-License-Identifier: ISC */
/*
 * Goal: what seldom happens is done right as well: refusals of the kernel, news
 * that were lost, broken messages, sources that come and go, tables that are
 * full, memory that is not there, a reload in the midst of something, an
 * end in the midst of more.
 * Method: a daemon on a bench (core.h), as in router.c, with a kernel that does
 * not obey.
 */
#define VRRPD_PURE
#include "../vrrpd.c"

#include "check.h"
#include "core.h"

static struct bench bench, second;

/* A daemon with one instance, Active, whose kernel no longer obeys. */
static struct bench *
stubborn(void)
{
	struct bench *b = &bench;

	bench_begin(b, 1);
	bench_run(b, WAIT_DOWN);
	b->kernel_obeys = false;
	bench_watch(b);
	return b;
}

static void
refuse(struct bench *b, uint32_t index, int error)
{
	struct event event = { .kind = EVENT_NETLINK_ERROR, .index = index,
	    .value = error };

	bench_feed(b, &event);
	bench_run(b, 0);
}

/* A whole picture: eth0 and eth1 are up, eth0 has these addresses. */
static void
picture(struct bench *b, const char *const *addresses)
{
	bench_mark(b, DUMP_LINKS);
	bench_link(b, 2, "eth0", UP, false);
	bench_link(b, 3, "eth1", UP, false);
	bench_mark(b, DUMP_ADDRESSES);
	for (; *addresses != NULL; addresses++)
		bench_address(b, 2, *addresses, 24, 0, false);
	bench_mark(b, DUMP_DONE);
	bench_run(b, 0);
}

/* -- the kernel refuses -- */

/* What is there already, or gone already, is as good as done. */
static void
check_as_good_as_done(void)
{
	static const int gone[] = { EADDRNOTAVAIL, ENODEV };
	struct bench *b;

	for (size_t i = 0; i < COUNT_OF(gone); i++) {
		b = stubborn();
		bench_address(b, 2, "10.0.0.100", 24, 0, true);
		bench_run(b, 0);
		CHECK_INT(b->d.vips[0].state, VIP_ASKED);
		refuse(b, 1, EEXIST);
		CHECK_INT(b->d.vips[0].state, VIP_PRESENT);
		CHECK_INT(b->d.vrs[0].restore_at, NEVER);
		bench_advert(b, 0, 2, 200);
		bench_run(b, 30 * MS_US);
		CHECK_INT(b->d.vips[0].state, VIP_REMOVING);
		refuse(b, 1, gone[i]);
		CHECK_INT(b->d.vips[0].state, VIP_ABSENT);
		CHECK_INT(b->d.vrs[0].restore_at, NEVER);
	}
}

/* Any other refusal is tried again, and a removal refused leaves it there. */
static void
check_refused_removal(void)
{
	struct bench *b = stubborn();

	bench_advert(b, 0, 2, 200);
	bench_run(b, 30 * MS_US);
	refuse(b, 1, EPERM);
	CHECK_INT(b->d.vips[0].state, VIP_PRESENT);
	bench_watch(b);
	bench_run(b, 2 * SECOND_US);
	CHECK(bench_count(b, EFFECT_NETLINK) >= 1);
	CHECK_INT(b->d.vips[0].state, VIP_REMOVING);
	refuse(b, 77, EPERM);		/* nobody's request */
	refuse(b, 0, EPERM);
	CHECK_INT(b->d.vips[0].state, VIP_REMOVING);
	bench_address(b, 2, "10.0.0.100", 24, 0, true);
	CHECK_INT(b->d.vips[0].state, VIP_ABSENT);
	refuse(b, 1, EPERM);		/* too late to matter */
	CHECK_INT(b->d.vips[0].state, VIP_ABSENT);
}

/* -- news that were lost -- */

/* A picture without our address: it is put back.  One with it: it is there. */
static void
check_lost_news(void)
{
	static const char *const without[] = { "10.0.0.1", NULL };
	static const char *const with[] = { "10.0.0.1", "10.0.0.100", NULL };
	struct bench *b = stubborn();

	picture(b, without);
	CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_restored), 1);
	CHECK_INT(bench_count(b, EFFECT_NETLINK), 1);
	CHECK_INT(b->d.vips[0].state, VIP_ASKED);
	picture(b, with);
	CHECK_INT(b->d.vips[0].state, VIP_PRESENT);
	bench_advert(b, 0, 2, 200);
	bench_run(b, 30 * MS_US);
	CHECK_INT(b->d.vips[0].state, VIP_REMOVING);
	bench_watch(b);
	picture(b, with);		/* still there: asked once more */
	CHECK_INT(bench_count(b, EFFECT_NETLINK), 1);
	CHECK_INT(b->d.vips[0].state, VIP_REMOVING);
}

/* A picture without the source: the fault that its loss would have been. */
static void
check_lost_source(void)
{
	static const char *const other[] = { "10.0.0.9", NULL };
	static const char *const none[] = { NULL };
	struct bench *b = stubborn();

	picture(b, other);
	CHECK_INT(b->d.vrs[0].source.bytes[3], 9);
	picture(b, none);
	CHECK_INT(b->d.vrs[0].faults, FAULT_NO_ADDRESS);
	CHECK_INT(state(b, 0), VR_FAULT);
}

/* Broken messages are counted, and nothing else. */
static void
check_broken_news(void)
{
	struct bench *b = stubborn();
	uint8_t bytes[64];
	struct packer p = packer_over(bytes, sizeof(bytes));
	struct event event = { .kind = EVENT_NETLINK, .bytes = bytes };
	uint32_t bad = b->d.counters.netlink_bad;

	nl_begin(&p, RTM_NEWLINK, 0, 0);	/* without a body */
	event.length = nl_finish(&p);
	bench_feed(b, &event);
	CHECK_INT(b->d.counters.netlink_bad, bad + 1);
	p = packer_over(bytes, sizeof(bytes));
	nl_begin(&p, RTM_NEWADDR, 0, 0);
	event.length = nl_finish(&p);
	bench_feed(b, &event);
	CHECK_INT(b->d.counters.netlink_bad, bad + 2);
	event.length = 7;			/* less than a header */
	bench_feed(b, &event);
	CHECK_INT(b->d.counters.netlink_bad, bad + 3);
	CHECK_INT(state(b, 0), VR_MASTER);
	CHECK_INT(bench_count(b, EFFECT_NETLINK), 0);
}

/* -- addresses -- */

/* C-123: no_track: who takes it away is left alone, until we come again. */
static void
check_no_track(void)
{
	static const char *const others[] = { "10.0.0.1", NULL };
	struct bench *b = &bench;

	bench_conf(b, 1);
	b->addresses[0][0].flags = ADDRESS_NO_TRACK;
	bench_start(b);
	bench_run(b, WAIT_DOWN);
	bench_watch(b);
	bench_address(b, 2, "10.0.0.100", 24, ADDRESS_PROTOCOL, true);
	bench_run(b, 10 * SECOND_US);
	CHECK_INT(b->d.vips[0].state, VIP_LEFT);
	CHECK_INT(bench_count(b, EFFECT_NETLINK), 0);
	CHECK_INT(state(b, 0), VR_MASTER);
	picture(b, others);		/* nor when the news come late */
	bench_run(b, 100 * SECOND_US);
	CHECK_INT(b->d.vips[0].state, VIP_LEFT);
	CHECK_INT(bench_count(b, EFFECT_NETLINK), 0);
	bench_advert(b, 0, 2, 200);
	bench_run(b, SECOND_US);
	CHECK_INT(b->d.vips[0].state, VIP_ABSENT);
	bench_run(b, WAIT_DOWN);
	CHECK_INT(b->d.vips[0].state, VIP_PRESENT);
}

/* A picture with one address of the machine's and one with our mark. */
static void
picture_marked(struct bench *b)
{
	bench_mark(b, DUMP_LINKS);
	bench_link(b, 2, "eth0", UP, false);
	bench_mark(b, DUMP_ADDRESSES);
	bench_watch(b);
	bench_address(b, 2, "10.0.0.1", 24, 0, false);
	bench_address(b, 2, "10.0.0.55", 24, ADDRESS_PROTOCOL, false);
	bench_mark(b, DUMP_DONE);
	bench_run(b, 0);
}

/*
 * C-121: a marked address that is nobody's goes at the start, not later, and
 * only if no other daemon may have it.
 */
static void
check_marked_remainder(void)
{
	struct bench *b = &bench;

	for (int shared = 0; shared < 2; shared++) {
		bench_conf(b, 1);
		bench_launch(b);
		b->d.shared = shared;
		b->kernel_obeys = false;
		picture_marked(b);
		CHECK_INT(bench_count(b, EFFECT_NETLINK), !shared);
		CHECK_INT(ip_is_own(&b->d, &(struct ip){ { 10, 0, 0, 55 }, 4 },
		    NONE),
		    shared);
		bench_watch(b);
		bench_address(b, 2, "10.0.0.56", 24, ADDRESS_PROTOCOL, false);
		bench_run(b, 0);
		CHECK_INT(bench_count(b, EFFECT_NETLINK), 0);
	}
}

/*
 * T24: a remainder that the kernel does not remove is looked for again a second
 * later, and said once; what then bears our mark is no remainder any more.
 */
static void
check_refused_remainder(void)
{
	struct bench *b = &bench;

	bench_conf(b, 1);
	bench_launch(b);
	b->kernel_obeys = false;
	for (int round = 0; round < 3; round++) {
		picture_marked(b);
		CHECK_INT(bench_count(b, EFFECT_NETLINK), 1);
		refuse(b, REMAINDER_NUMBER, round < 2 ? ENOMEM :
		    EADDRNOTAVAIL);
		CHECK_STR(bench_line(b, EFFECT_LOG, 1), round > 0 ? "" :
		    "the kernel refuses to remove what an earlier run left: "
		    "Cannot allocate memory; it is tried once a second");
		CHECK_INT(bench_count(b, EFFECT_DUMP), 0);
		bench_run(b, SECOND_US);
		CHECK_INT(bench_count(b, EFFECT_DUMP), round < 2);
	}
	bench_watch(b);
	bench_address(b, 2, "10.0.0.56", 24, ADDRESS_PROTOCOL, false);
	bench_run(b, 0);
	CHECK_INT(bench_count(b, EFFECT_NETLINK), 0);
}

/* -a: addresses that come and go are logged. */
static void
check_address_log(void)
{
	struct bench *b = stubborn();

	b->d.log_addresses = true;
	bench_address(b, 2, "10.0.0.77", 24, 0, false);
	bench_address(b, 2, "10.0.0.77", 24, 0, true);
	bench_run(b, 0);
	CHECK_STR(bench_line(b, EFFECT_LOG, 0),
	    "interface eth0: 10.0.0.77/24 came");
	CHECK_STR(bench_line(b, EFFECT_LOG, 1),
	    "interface eth0: 10.0.0.77/24 went");
}

/* A virtual address that is a duplicate is said to be one, once. */
static void
check_duplicate(void)
{
	struct bench *b = stubborn();

	for (int i = 0; i < 3; i++)
		bench_address_flags(b, 2, "10.0.0.100", 24, ADDRESS_PROTOCOL,
		    false, IFA_F_DADFAILED);
	bench_run(b, 0);
	CHECK_INT(bench_count(b, EFFECT_LOG), 1);
	CHECK(strstr(bench_line(b, EFFECT_LOG, 0), "duplicate address") !=
	    NULL);
	CHECK_INT(b->d.vips[0].state, VIP_PRESENT);
}

/* The type of a request. */
static int
type_of(const struct noted *noted)
{
	struct nlmsghdr head;

	memcpy(&head, noted->bytes, sizeof(head));
	return head.nlmsg_type;
}

/*
 * A duplicate comes anew, removed before it is added: after a second, then
 * after as long as it was MASTER by then, and a minute at most; it counts as
 * missing until then.  A Backup repairs it when it takes over.
 */
static void
check_duplicate_renewed(void)
{
	static const int waits[] = { 1, 2, 4, 8, 16, 32, 60, 60 };
	struct bench *b = &bench;
	struct vr *vr;

	bench_begin(b, 1);
	b->kernel_obeys = false;
	vr = &b->d.vrs[0];
	bench_address_flags(b, 2, "10.0.0.100", 24, 0, false, 0);
	bench_address_flags(b, 2, "10.0.0.100", 24, 0, false, IFA_F_DADFAILED);
	bench_watch(b);
	bench_run(b, WAIT_DOWN - 200 * MS_US);
	CHECK_INT(state(b, 0), VR_MASTER);
	CHECK_INT(bench_count(b, EFFECT_NETLINK), 2);
	CHECK_INT(b->d.vips[0].state, VIP_ASKED);
	vr->changed_at = b->now - SECOND_US;
	for (size_t i = 0; i < COUNT_OF(waits); i++) {
		bench_address(b, 2, "10.0.0.100", 24, ADDRESS_PROTOCOL, true);
		bench_address(b, 2, "10.0.0.100", 24, ADDRESS_PROTOCOL, false);
		bench_run(b, 0);
		CHECK(vr_has_all(&b->d, vr));
		for (int k = 0; k < 2; k++)
			bench_address_flags(b, 2, "10.0.0.100", 24,
			    ADDRESS_PROTOCOL, false, IFA_F_DADFAILED);
		bench_watch(b);
		CHECK_INT(vr_present_count(&b->d, vr), 0);
		bench_run(b, waits[i] * SECOND_US - 1);
		CHECK_INT(bench_count(b, EFFECT_NETLINK), 0);
		bench_run(b, 1);
		CHECK_INT(bench_count(b, EFFECT_NETLINK), 2);
		CHECK_INT(type_of(bench_find(b, EFFECT_NETLINK, 0)),
		    RTM_DELADDR);
		CHECK_INT(type_of(bench_find(b, EFFECT_NETLINK, 1)),
		    RTM_NEWADDR);
		CHECK(!is_logged(b, "duplicate") || i == 0);
	}
}

/* That somebody else set it, and that it is a duplicate, are two things. */
static void
check_duplicate_told(void)
{
	struct bench *b = &bench;

	bench_begin(b, 1);
	b->d.kernel_tags = true;
	bench_watch(b);
	bench_address_flags(b, 2, "10.0.0.100", 24, 0, false, IFA_F_DADFAILED);
	bench_run(b, 0);
	CHECK(is_logged(b, "somebody else set"));
	CHECK(is_logged(b, "duplicate address"));
	CHECK_INT(bench_count(b, EFFECT_LOG), 2);
	CHECK(b->d.vrs[0].restore_at == NEVER);
}

/* C-013: of two addresses the one that the kernel calls secondary loses. */
static void
check_secondary_source(void)
{
	struct bench *b = &bench;

	bench_begin(b, 1);
	bench_address_flags(b, 2, "10.0.0.5", 24, 0, false, IFA_F_SECONDARY);
	bench_address(b, 2, "10.9.0.6", 24, 0, false);
	CHECK_INT(b->d.vrs[0].source.bytes[3], 1);
	bench_address(b, 2, "10.0.0.1", 24, 0, true);
	CHECK_INT(b->d.vrs[0].source.bytes[3], 6);
	bench_address(b, 2, "10.9.0.6", 24, 0, true);
	CHECK_INT(b->d.vrs[0].source.bytes[3], 5);
}

/* track_src_ip: a configured source that is not there is a fault. */
static void
check_tracked_source(void)
{
	struct bench *b = &bench;

	bench_conf(b, 2);
	b->vrs[0].source = bench_ip("10.0.0.8");
	b->vrs[0].track_source = true;
	b->vrs[1].source = bench_ip("10.0.0.8");
	bench_start(b);
	CHECK_INT(b->d.vrs[0].faults, FAULT_NO_ADDRESS);
	CHECK_INT(b->d.vrs[1].faults, 0);
	bench_address(b, 2, "10.0.0.8", 24, 0, false);
	CHECK_INT(state(b, 0), VR_BACKUP);
	CHECK_INT(b->d.vrs[0].source.bytes[3], 8);
	bench_address(b, 2, "10.0.0.8", 24, 0, true);
	CHECK_INT(b->d.vrs[0].faults, FAULT_NO_ADDRESS);
}

/* More addresses than are remembered: said once, and nothing breaks. */
static void
check_full_table(void)
{
	struct bench *b = stubborn();
	char text[32];

	for (unsigned i = 0; i < 2 * b->d.local_capacity; i++) {
		snprintf(text, sizeof(text), "10.%u.%u.7", 50 + i / 250,
		    i % 250);
		bench_address(b, 2, text, 24, 0, false);
		bench_note(b);
	}
	CHECK_INT(bench_count(b, EFFECT_LOG), 1);
	CHECK(b->d.locals_lost >= b->d.local_capacity);
	CHECK_INT(b->d.vrs[0].source.bytes[3], 1);
	bench_address(b, 2, "10.50.0.7", 24, 0, true);	/* room again */
	bench_address(b, 2, "10.99.99.7", 24, 0, false);
	CHECK(ip_is_own(&b->d, &(struct ip){ { 10, 99, 99, 7 }, 4 }, 0));
}

/* -- interfaces -- */

/* C-132: another interface of that name, and nobody said the old one went. */
static void
check_other_index(void)
{
	struct bench *b = stubborn();

	bench_link(b, 8, "eth0", UP, false);
	bench_run(b, 0);
	CHECK_INT(bench_find(b, EFFECT_LEAVE, 0)->effect.ifindex, 2);
	CHECK_INT(bench_find(b, EFFECT_JOIN, 0)->effect.ifindex, 8);
	CHECK_INT(b->d.interfaces[0].ifindex, 8);
	CHECK_INT(b->d.vrs[0].faults, FAULT_NO_ADDRESS);
	bench_address(b, 8, "10.0.0.1", 24, 0, false);
	CHECK_INT(b->d.vrs[0].faults, 0);
}

/* Only Ethernet that does ARP hears announcements. */
static void
check_no_arp(void)
{
	struct bench *b = stubborn();

	bench_link(b, 2, "eth0", UP | IFF_NOARP, false);
	bench_run(b, 0);
	bench_watch(b);
	bench_run(b, 120 * SECOND_US);
	CHECK_INT(bench_count(b, EFFECT_ETHERNET), 0);
	CHECK(bench_count(b, EFFECT_SEND) > 100);
}

/* -- packets -- */

/* A frame that is no packet of VRRP is counted, and nothing else. */
static void
check_short_frame(void)
{
	struct bench *b = stubborn();
	static const uint8_t bytes[24] = { 0x45 };
	struct event event = { .kind = EVENT_FRAME, .family = 4,
	    .protocol = 112, .ifindex = 2, .bytes = bytes,
	    .length = sizeof(bytes) };

	bench_feed(b, &event);
	bench_run(b, 0);
	CHECK_INT(b->d.counters.packets, 1);
	CHECK_INT(b->d.counters.short_packets, 1);
	CHECK_INT(b->d.counters.unknown_vrid, 0);
	CHECK_INT(state(b, 0), VR_MASTER);
}

/* C-070: our own is what comes from any address of ours. */
static void
check_own_sources(void)
{
	struct bench *b = stubborn();

	bench_address(b, 3, "10.7.0.44", 24, 0, false);
	bench_hear(b, b->vrs, 2, "10.7.0.44", "224.0.0.18", 200, false);
	bench_hear(b, b->vrs, 2, "10.0.0.1", "224.0.0.18", 200, false);
	CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_own_source), 2);
	CHECK_INT(state(b, 0), VR_MASTER);
	bench_address(b, 3, "10.7.0.44", 24, 0, true);
	bench_hear(b, b->vrs, 2, "10.7.0.44", "224.0.0.18", 200, false);
	CHECK_INT(state(b, 0), VR_BACKUP);
}

/* C-155: a group's STOP is told once, whatever comes after. */
static void
check_group_stop(void)
{
	struct bench *b = &bench;
	struct event stop = { .kind = EVENT_SHUTDOWN };

	bench_conf_group(b, 2);
	b->conf.global.fifo[0].path = "/fifo";
	bench_start(b);
	bench_watch(b);
	bench_feed(b, &stop);
	bench_feed(b, &stop);
	bench_run(b, SECOND_US);
	CHECK_STR(bench_line(b, EFFECT_FIFO, 2), "GROUP \"G\" STOP 0");
	CHECK_INT(bench_count(b, EFFECT_FIFO), 3);
}

/* skip_check_adv_addr: a list is looked at once for each master followed. */
static void
check_skipped_list(void)
{
	struct bench *b = &bench;
	struct conf_vr sender;

	bench_conf(b, 1);
	b->vrs[0].skip_check_advert_addresses = true;
	bench_start(b);
	sender = b->vrs[0];
	sender.address_count = 0;
	for (int i = 0; i < 3; i++)
		bench_advert_of(b, &sender, 2, 200);
	CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_address_list), 1);
	CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_received), 3);
	bench_advert_of(b, &sender, 3, 200);
	CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_address_list), 2);
	bench_run(b, WAIT_DOWN);
	CHECK_INT(state(b, 0), VR_MASTER);
	bench_advert_of(b, &sender, 3, 200);
	CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_address_list), 3);
}

/* The identification of IPv4 is never 0, which the kernel would fill in. */
static void
check_identification(void)
{
	struct bench *b = stubborn();
	const struct noted *sent;

	b->d.vrs[0].ip_id = UINT16_MAX - 1;
	bench_run(b, 3 * SECOND_US);
	for (int i = 0; i < 3; i++) {
		static const unsigned want[] = { UINT16_MAX, 1, 2 };

		sent = bench_find(b, EFFECT_SEND, i);
		CHECK(sent != NULL);
		if (sent != NULL)
			CHECK_INT(sent->bytes[4] << 8 | sent->bytes[5],
			    want[i]);
	}
}

/* C-082: who takes over after a priority 0 says why. */
static void
check_resigned(void)
{
	struct bench *b = &bench;

	bench_begin(b, 1);
	bench_advert(b, 0, 2, 200);
	bench_watch(b);
	bench_advert(b, 0, 2, 0);
	bench_run(b, SECOND_US);
	CHECK_INT(state(b, 0), VR_MASTER);
	CHECK_STR(bench_line(b, EFFECT_LOG, 0),
	    "VI_1: BACKUP -> MASTER: 10.0.0.2 left");
}

/* A claim is forgotten when another has won before it is judged. */
static void
check_old_claim(void)
{
	struct bench *b = stubborn();
	uint8_t frame[64], mac[6] = { 2, 9, 9, 9, 9, 9 };
	struct event event = { .kind = EVENT_NEIGHBOUR, .family = 4,
	    .ifindex = 2, .bytes = frame };
	struct ip ours = bench_ip("10.0.0.100"), theirs = bench_ip("10.0.0.7");

	event.length = garp_encode(&theirs, mac, frame, sizeof(frame));
	bench_feed(b, &event);
	event.ifindex = 3;		/* ours, on another interface */
	event.length = garp_encode(&ours, mac, frame, sizeof(frame));
	bench_feed(b, &event);
	event.ifindex = 99;		/* on none of ours */
	bench_feed(b, &event);
	event.ifindex = 2;
	event.length = 20;		/* cut short */
	bench_feed(b, &event);
	bench_run(b, SECOND_US);
	CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_claimed), 0);
	CHECK_INT(bench_count(b, EFFECT_ETHERNET), 0);
}

/* An event that the table has no cell for is a defect, and changes nothing. */
static void
check_defect(void)
{
	struct bench *b = stubborn();
	usec_t timer = b->d.vrs[0].machine.timer;

	vr_step(&b->d, &b->d.vrs[0], MACHINE_STARTUP, b->now);
	bench_note(b);
	CHECK_INT(state(b, 0), VR_MASTER);
	CHECK_INT(b->d.vrs[0].machine.timer, timer);
	CHECK(strstr(bench_line(b, EFFECT_LOG, 0), "defect") != NULL);
	CHECK_INT(bench_count(b, EFFECT_SEND), 0);
}

/* -- memory -- */

/* Whatever is missing, a daemon is built whole or not at all. */
static void
check_memory(void)
{
	struct bench *b = &bench;
	size_t need;

	bench_conf(b, 3);
	bench_group(b, 2);
	bench_track(b, 0, TRACK_SCRIPT, 0, 0);
	bench_track(b, 1, TRACK_FILE, 0, 2);
	b->vrs[2].notify = &b->notify[0];
	b->out = effects_over(b->queue, sizeof(b->queue), NULL, NULL);
	CHECK(daemon_build(&b->d, &b->arena, &b->conf, &b->out));
	need = b->arena.taken;
	for (size_t size = 0; size < need; size += 16) {
		memset(b->memory, 0, sizeof(b->memory));
		memset(&b->d, 0, sizeof(b->d));
		b->arena = (struct arena){ .at = b->memory,
		    .end = b->memory + size };
		CHECK(!daemon_build(&b->d, &b->arena, &b->conf, &b->out));
	}
	CHECK_INT(b->out.at - b->out.start, 0);	/* and nothing was done */
}

/* -- reload -- */

/* What tells two instances on the wire apart tells them apart at a reload. */
static void
check_reload_of_another(void)
{
	struct bench *b = &bench, *next = &second;

	for (int how = 0; how < 5; how++) {
		bench_begin(b, 1);
		bench_run(b, WAIT_DOWN);
		bench_conf(next, 1);
		if (how == 1)
			next->vrs[0].interface = 1;
		if (how == 2)
			next->vrs[0].unicast = true;
		if (how == 3)
			next->vrs[0].destination = bench_ip("224.0.0.99");
		if (how == 4)
			next->vrs[0].vrid = 99;
		bench_reload(b, next);
		CHECK_INT(bench_count(b, EFFECT_SEND), how > 0);
		if (how > 0)
			CHECK_INT(bench_priority(b, 0), 0);
		CHECK_INT(state(next, 0) == VR_MASTER, how == 0);
	}
}

/*
 * One on an interface that the kernel has not been asked about is not at fault:
 * it waits for the dump, and only what that lacks is a fault.
 */
static void
check_reload_of_unseen(void)
{
	struct bench *b = &bench, *next = &second;

	for (int there = 0; there < 2; there++) {
		bench_conf(b, 1);
		b->conf.interface_count = 1;
		bench_start(b);
		bench_run(b, WAIT_DOWN);
		bench_conf(next, 2);
		next->vrs[1].interface = 1;
		next->conf.global.fifo[0].path = "/fifo";
		bench_reload(b, next);
		CHECK_INT(bench_count(next, EFFECT_DUMP), 1);
		if (there)
			bench_link(next, 3, "eth1", UP, false);
		bench_run(next, 0);
		CHECK_INT(state(next, 1), VR_INIT);
		CHECK_STR(bench_line(next, EFFECT_FIFO, 0), "");
		bench_mark(next, DUMP_LINKS);
		bench_link(next, 2, "eth0", UP, false);
		if (there)
			bench_link(next, 3, "eth1", UP, false);
		bench_mark(next, DUMP_ADDRESSES);
		bench_address(next, 2, "10.0.0.1", 24, 0, false);
		bench_address(next, 2, "10.0.0.100", 24, 0, false);
		bench_mark(next, DUMP_DONE);
		bench_run(next, 0);
		CHECK_INT(state(next, 1), VR_FAULT);	/* has no address */
		CHECK_STR(bench_line(next, EFFECT_FIFO, 0),
		    "INSTANCE \"VI_2\" FAULT 100");
		bench_address(next, 3, "10.1.0.1", 24, 0, false);
		CHECK_INT(state(next, 1), there ? VR_BACKUP : VR_FAULT);
		CHECK_INT(state(next, 0), VR_MASTER);
	}
}

/* C-160's better half: the form of the checksum is that of the new file. */
static void
check_reload_checksum(void)
{
	struct bench *b = &bench, *next = &second;

	bench_conf(b, 1);
	b->vrs[0].version = 3;
	bench_start(b);
	bench_run(b, WAIT_DOWN);
	bench_conf(next, 1);
	next->vrs[0].version = 3;
	next->vrs[0].checksum_form = CHECKSUM_PLAIN;
	bench_reload(b, next);
	CHECK(next->d.vrs[0].checksum_plain);
	CHECK_INT(state(next, 0), VR_MASTER);
}

/* What belongs to the daemon and to no block of the file outlives a reload. */
static void
check_reload_kept(void)
{
	static const usec_t never = NEVER;
	struct bench *b = &bench, *next = &second;
	struct daemon *d = &b->d;

	for (int pending = 0; pending < 2; pending++) {
		bench_begin(b, 1);
		d->kernel_tags = d->keep_addresses = d->release_all = true;
		d->log_addresses = d->clean_refused = d->no_bfd = true;
		d->last_token = 4711;
		d->random = 99;
		d->wall_us = 5;
		d->heard_wall_us = 6;
		d->clean_at = pending ? b->now : never;
		d->counters.netlink_overruns = 3;
		bench_conf(next, 1);
		next->out = effects_over(next->queue, sizeof(next->queue),
		    NULL, NULL);
		CHECK(daemon_build(&next->d, &next->arena, &next->conf,
		    &next->out));
		daemon_inherit(&next->d, d, &next->arena, b->now);
		d = &next->d;
		CHECK(d->dumped && d->kernel_tags && d->keep_addresses);
		CHECK(d->release_all && d->log_addresses && d->clean_refused);
		CHECK(d->no_bfd);
		CHECK_INT(d->last_token, 4711);
		CHECK_INT(d->random, 99);
		CHECK_INT(d->wall_us, 5);
		CHECK_INT(d->heard_wall_us, 6);
		CHECK_INT(d->cleaning, pending);
		CHECK_INT(d->counters.netlink_overruns, 3);
		d = &b->d;
	}
}

/* A delayed start is as late after a reload, and no later. */
static void
check_reload_delayed(void)
{
	struct bench *b = &bench, *next = &second;

	bench_conf(b, 1);
	b->conf.global.startup_delay_us = 10000000;
	bench_start(b);
	bench_conf(next, 1);
	bench_reload(b, next);
	bench_run(next, 9 * SECOND_US);
	CHECK_INT(state(next, 0), VR_INIT);
	bench_run(next, 1 * SECOND_US);
	CHECK_INT(state(next, 0), VR_BACKUP);
}

/* The groups that are wanted are joined anew: World leaves the others. */
static void
check_reload_joins(void)
{
	struct bench *b = &bench, *next = &second;

	bench_conf(b, 2);
	b->vrs[1].interface = 1;
	bench_start(b);
	bench_conf(next, 1);
	next->conf.interface_count = 1;
	bench_reload(b, next);
	bench_note(b);
	CHECK_INT(bench_count(next, EFFECT_JOIN), 1);
	CHECK_INT(bench_find(next, EFFECT_JOIN, 0)->effect.ifindex, 2);
}

/*
 * A check that runs during a reload is given its time and no more; if it is
 * another command by then, or another user's, it is ended at once.
 */
static void
check_reload_running(void)
{
	static const char *const argv[] = { "/bin/check", "-v", NULL };
	struct bench *b = &bench, *next = &second;

	for (int how = 0; how < 5; how++) {
		bench_conf(b, 1);
		bench_track(b, 0, TRACK_SCRIPT, 0, 0);
		b->scripts[0].timeout_us = 3000000;
		bench_start(b);
		CHECK(b->d.scripts[0].token != 0);
		bench_conf(next, 1);
		bench_track(next, 0, TRACK_SCRIPT, 0, 0);
		next->scripts[0].timeout_us = 3000000;
		next->commands[0].uid = how == 1;
		next->commands[0].gid = how == 2;
		next->commands[0].supplementary = how == 3;
		if (how == 4)
			next->commands[0].argv = argv;
		bench_reload(b, next);
		CHECK_INT(bench_count(next, EFFECT_SIGNAL), how > 0);
		CHECK_INT(bench_count(next, EFFECT_RUN), how > 0);
		bench_watch(next);
		bench_run(next, 3 * SECOND_US);
		CHECK_INT(bench_count(next, EFFECT_SIGNAL), 1);
	}
}

/* -- the end -- */

/* A check that does not end is not waited for longer than a second. */
static void
check_stop_of_check(void)
{
	struct bench *b = &bench;
	struct event stop = { .kind = EVENT_SHUTDOWN };

	bench_conf(b, 1);
	bench_track(b, 0, TRACK_SCRIPT, 0, 0);
	bench_start(b);
	CHECK(b->d.scripts[0].token != 0);
	bench_watch(b);
	bench_feed(b, &stop);
	bench_run(b, SECOND_US - 1);
	CHECK_INT(bench_count(b, EFFECT_STOPPED), 0);
	CHECK_INT(bench_count(b, EFFECT_SIGNAL), 1);
	bench_run(b, 1);
	CHECK_INT(bench_count(b, EFFECT_STOPPED), 1);
	CHECK_INT(bench_count(b, EFFECT_SIGNAL), 2);
	CHECK_INT(bench_find(b, EFFECT_SIGNAL, 0)->effect.value, SIGNAL_TERM);
	CHECK_INT(bench_find(b, EFFECT_SIGNAL, 1)->effect.value, SIGNAL_KILL);
}

/* What a reload left to remove is removed before the end. */
static void
check_stop_of_orphan(void)
{
	struct bench *b = &bench, *next = &second;
	struct event stop = { .kind = EVENT_SHUTDOWN };

	bench_begin(b, 1);
	bench_run(b, WAIT_DOWN);
	bench_conf(next, 1);
	next->vrs[0].vrid = 99;
	next->addresses[0][0].ip = bench_ip("10.0.0.199");
	bench_reload(b, next);
	CHECK_INT(next->d.orphan_count, 1);
	CHECK(next->d.orphans[0].remove_at > next->now);
	bench_feed(next, &stop);
	bench_run(next, 5 * SECOND_US);
	CHECK_INT(bench_count(next, EFFECT_STOPPED), 1);
	CHECK_INT(bench_count(next, EFFECT_NETLINK), 1);
	CHECK(bench_find(next, EFFECT_NETLINK, 0) <
	    bench_find(next, EFFECT_STOPPED, 0));
}

/* -- what comes in -- */

/* Without routes there is nothing that could be dropped in silence. */
static void
check_no_routes(void)
{
	struct bench *b = &bench;

	bench_begin(b, 1);
	bench_watch(b);
	bench_address(b, 2, "10.0.0.1", 24, 0, true);
	bench_note(b);
	CHECK_INT(bench_count(b, EFFECT_DUMP), 0);
}

/* What a daemon does first is to ask what there is. */
static void
check_first_question(void)
{
	struct bench *b = &bench;

	bench_conf(b, 1);
	bench_launch(b);
	bench_note(b);
	CHECK_INT(bench_count(b, EFFECT_DUMP), 1);
}

/* Whom an advertisement is for is found in whatever order they stand. */
static void
check_any_order(void)
{
	static const uint8_t vrids[BENCH_VRS] = { 90, 60, 70, 50 };
	struct bench *b = &bench;

	bench_conf(b, BENCH_VRS);
	for (uint16_t i = 0; i < BENCH_VRS; i++)
		b->vrs[i].vrid = vrids[i];
	bench_start(b);
	for (uint16_t i = 0; i < BENCH_VRS; i++)
		bench_advert(b, i, 9, 200);
	for (uint16_t i = 0; i < BENCH_VRS; i++)
		CHECK_INT(*counter_of(&b->d, &b->d.vrs[i], COUNT_received), 1);
	CHECK_INT(b->d.counters.unknown_vrid, 0);
}

/* Maintenance is that of the whole sync group, and of nobody else. */
static void
check_operators(void)
{
	struct bench *b = &bench;
	struct event event = { .kind = EVENT_OPERATOR,
	    .token = OPERATION_MAINTENANCE };

	bench_conf(b, 4);
	bench_group(b, 2);
	bench_start(b);
	for (event.value = 1; event.value >= 0; event.value--) {
		event.index = 1;
		bench_feed(b, &event);
		for (int i = 0; i < 4; i++)
			CHECK_INT(vr_in_maintenance(&b->d.vrs[i]), i < 2 &&
			    event.value);
	}
	event.value = 1;
	event.index = 3;
	bench_feed(b, &event);
	for (int i = 0; i < 4; i++)
		CHECK_INT(vr_in_maintenance(&b->d.vrs[i]), i == 3);
	event.token = OPERATION_PRIORITY;
	event.value = 77;
	event.index = 0;
	bench_feed(b, &event);
	for (int i = 0; i < 4; i++)
		CHECK_INT(b->d.vrs[i].set_priority, i == 0 ? 77 : 0);
	CHECK(!b->d.stopping);
}

/* What of a daemon an event has changed: a letter for each. */
static const char *
changes(const struct daemon *d, const struct daemon *before,
    const struct vr *vr, uint32_t send_errors,
    const struct file_state *file, const struct process_state *process)
{
	static char text[16];
	struct text t = text_over(text, sizeof(text));
	const struct global_counters *now = &d->counters, *then =
	    &before->counters;

	text_string(&t, now->packets != then->packets ? "p" : "");
	text_string(&t, memcmp(now->bfd, then->bfd, sizeof(now->bfd)) != 0 ?
	    "b" : "");
	text_string(&t, d->dumped != before->dumped ? "d" : "");
	text_string(&t, now->netlink_overruns != then->netlink_overruns ?
	    "o" : "");
	text_string(&t, d->files[0].known != file->known ? "f" : "");
	text_string(&t, d->processes[0].count != process->count ? "c" : "");
	text_string(&t, *counter_of(d, &d->vrs[0], COUNT_send_errors) !=
	    send_errors ? "u" : "");
	text_string(&t, vr_in_maintenance(&d->vrs[0]) !=
	    vr_in_maintenance(vr) ? "m" : "");
	text_string(&t, d->stopping ? "s" : "");
	return text_end(&t);
}

/* Each event is taken for what it is, and for nothing else. */
static void
check_each_event(void)
{
	static const struct { enum event_kind kind; const char *want; } rows[] =
	{ { EVENT_TIME, "" }, { EVENT_FRAME, "p" }, { EVENT_NEIGHBOUR, "" },
	  { EVENT_BFD, "b" }, { EVENT_NETLINK, "d" },
	  { EVENT_NETLINK_ERROR, "" }, { EVENT_NETLINK_LOST, "o" },
	  { EVENT_PROCESS, "" }, { EVENT_FILE, "f" }, { EVENT_COUNT, "c" },
	  { EVENT_RESEND, "u" }, { EVENT_OPERATOR, "m" },
	  { EVENT_SHUTDOWN, "s" } };
	struct bench *b = &bench;

	CHECK_INT(COUNT_OF(rows), EVENT_KINDS);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct event event = { .kind = rows[i].kind, .family = 4,
		    .value = rows[i].kind == EVENT_NETLINK ? DUMP_DONE : 7 };
		struct daemon before;
		struct vr vr;
		uint32_t send_errors;
		struct file_state file;
		struct process_state process;

		bench_conf(b, 1);
		if (rows[i].kind == EVENT_NETLINK)
			bench_launch(b);
		else
			bench_start(b);
		before = b->d;
		vr = b->d.vrs[0];
		send_errors = *counter_of(&b->d, &b->d.vrs[0],
		    COUNT_send_errors);
		file = b->d.files[0];
		process = b->d.processes[0];
		bench_feed(b, &event);
		CHECK_STR(changes(&b->d, &before, &vr, send_errors, &file,
		    &process), rows[i].want);
	}
}

int
main(void)
{
	check_as_good_as_done();
	check_refused_removal();
	check_lost_news();
	check_lost_source();
	check_broken_news();
	check_no_track();
	check_marked_remainder();
	check_refused_remainder();
	check_address_log();
	check_duplicate();
	check_duplicate_renewed();
	check_duplicate_told();
	check_secondary_source();
	check_tracked_source();
	check_full_table();
	check_other_index();
	check_no_arp();
	check_short_frame();
	check_own_sources();
	check_group_stop();
	check_skipped_list();
	check_identification();
	check_resigned();
	check_old_claim();
	check_defect();
	check_memory();
	check_reload_of_another();
	check_reload_of_unseen();
	check_reload_checksum();
	check_reload_kept();
	check_reload_delayed();
	check_reload_joins();
	check_reload_running();
	check_stop_of_check();
	check_stop_of_orphan();
	check_no_routes();
	check_first_question();
	check_any_order();
	check_operators();
	check_each_event();
	return check_end("rare");
}
