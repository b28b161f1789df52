/* SPDX-License-Identifier: ISC */
/*
 * Sequences of events: a daemon whose peers, kernel, scripts, files and clock
 * do whatever the bytes of an input say.  All that fuzz_lab.h checks holds
 * after every event.  At the end all is calm, and then every virtual router
 * without a fault is Active, and the kernel has the addresses that should be
 * there and no others; one that was told to end has ended.
 */
#include "fuzz_lab.h"

#define EVENTS_KEPT	64		/* of each kind that is remembered */
#define CALM_US		(200 * SECOND_US)	/* 3 of the longest intervals */

#define EVENTS_A(priority, more) \
    "vrrp_instance a {\n interface eth0\n virtual_router_id 1\n" \
    " priority " priority "\n virtual_ipaddress {\n 10.0.0.1/24\n" \
    " 10.0.0.2/24 no_track\n }\n notify /bin/tell\n" more "}\n"
#define EVENTS_B \
    "vrrp_instance b {\n interface eth1\n virtual_router_id 2\n use_vmac\n" \
    " version 3\n" \
    " nopreempt\n virtual_ipaddress {\n fe80::1/64\n }\n" \
    " notify_master /bin/tell\n}\n"
#define EVENTS_C \
    "vrrp_instance c {\n interface eth0\n virtual_router_id 3\n version 3\n" \
    " priority 255\n virtual_ipaddress {\n 10.0.0.50/24\n }\n}\n"
#define EVENTS_D(interval) \
    "vrrp_instance d {\n interface eth1\n virtual_router_id 4\n version 3\n" \
    " preempt_delay 2\n advert_int " interval "\n" \
    " unicast_peer {\n 10.0.1.9\n }\n virtual_ipaddress {\n" \
    " 10.0.1.4/24\n 10.0.0.4/24 dev eth0\n }\n}\n"
#define EVENTS_TRACKERS \
    "vrrp_script s {\n script /bin/check\n interval 1\n timeout 2\n" \
    " rise 2\n fall 3\n}\nvrrp_script t {\n script /bin/more\n" \
    " interval 3\n weight -60\n init_fail\n}\n" \
    "interface_up_down_delays {\n eth1 1 2\n}\n" \
    "vrrp_script h {\n http 10.0.0.9 80 /\n weight 5\n fall 2\n}\n" \
    "track_file f {\n file /f\n weight 2\n}\n" \
    "vrrp_track_process p {\n process p\n quorum_max 2\n" \
    " fork_delay 1\n terminate_delay 2\n}\n"
#define EVENTS_TRACKED \
    " track_script {\n s\n t\n h\n }\n track_file {\n f\n }\n" \
    " track_interface {\n eth1 weight -20\n }\n" \
    " track_process {\n p\n }\n"

/* The configurations between which an input may reload. */
static const char *const events_texts[] = {
	EVENTS_A("100", "") EVENTS_B EVENTS_C EVENTS_D("1"),
	EVENTS_TRACKERS EVENTS_A("150", EVENTS_TRACKED " use_vmac\n")
	    EVENTS_D("0.1"),
	"vrrp_sync_group g {\n group {\n a\n b\n }\n notify /bin/group\n}\n"
	    EVENTS_A("90", " use_vmac\n use_vmac_addr\n") EVENTS_B EVENTS_C,
	EVENTS_TRACKERS "global_defs {\n vrrp_garp_interval 0.2\n}\n"
	    "vrrp_sync_group g {\n group {\n b\n d\n }\n"
	    " track_script {\n s\n }\n}\n" EVENTS_B EVENTS_D("4"),
};

struct events_address {
	struct ip	ip;
	uint32_t	ifindex;
	uint8_t		prefix, protocol;
	bool		ours;			/* the daemon asked for it */
};

/* A message that waits in the listening socket. */
struct events_report {
	uint8_t		bytes[256];
	size_t		length;
};

/* A macvlan. */
struct events_macvlan {
	uint32_t	ifindex, base, flags, mode, group;
	uint8_t		mac[6];
	bool		marked;
	char		name[16];
};

/* A request that the kernel refused. */
struct events_refusal {
	uint32_t	index;
	int		error;
};

/* The world: a kernel with two links, and processes. */
struct events {
	struct lab	lab;
	struct cursor	input;
	uint32_t	ifindex[2];		/* 0: absent */
	uint32_t	flags[2];
	uint32_t	last_ifindex;
	struct events_address addresses[EVENTS_KEPT];
	unsigned	address_count;
	struct events_macvlan macvlans[8];
	unsigned	macvlan_count;
	struct events_report reports[EVENTS_KEPT];
	unsigned	report_count;		/* not read yet */
	struct events_refusal refusals[EVENTS_KEPT];
	unsigned	refusal_count;
	uint32_t	tokens[EVENTS_KEPT];	/* of processes */
	unsigned	token_count;
	int		refuse;			/* the next request; 0: no */
	bool		overrun;		/* a report was lost */
	bool		dump_wanted;
};

static const char *const events_links[2] = { "eth0", "eth1" };

/* -- the kernel -- */

/* Where an address of the kernel stands, or address_count. */
static unsigned
kernel_find(const struct events *e, const struct ip *ip, uint8_t prefix,
    uint32_t ifindex)
{
	unsigned i = 0;

	while (i < e->address_count && (e->addresses[i].ifindex != ifindex ||
	    e->addresses[i].prefix != prefix ||
	    !ip_equal(&e->addresses[i].ip, ip)))
		i++;
	return i;
}

/* Puts a report into the socket; it is lost if there is no room for it. */
static void
kernel_report(struct events *e, const struct events_report *report, bool lost)
{
	if (lost || e->report_count == EVENTS_KEPT)
		e->overrun = true;
	else
		e->reports[e->report_count++] = *report;
}

/* Reports a macvlan; or, not `there`, that it is gone. */
static void
macvlan_report(const struct events_macvlan *m, bool there,
    struct events_report *report)
{
	struct packer p = nl_link_begin(report->bytes, sizeof(report->bytes),
	    there ? RTM_NEWLINK : RTM_DELLINK, 0, m->ifindex, NULL, m->flags,
	    0);
	uint8_t *info, *data;
	static const char mark[] = "vrrpd arp_ignore,arp_announce=00";

	nl_attribute(&p, IFLA_IFNAME, m->name, strlen(m->name) + 1);
	nl_attribute(&p, IFLA_ADDRESS, m->mac, sizeof(m->mac));
	nl_attribute(&p, IFLA_LINK, &m->base, sizeof(m->base));
	if (m->marked)
		nl_attribute(&p, IFLA_IFALIAS, mark, sizeof(mark));
	info = nl_nest(&p, IFLA_LINKINFO);
	nl_attribute(&p, IFLA_INFO_KIND, "macvlan", 8);
	data = nl_nest(&p, IFLA_INFO_DATA);
	nl_attribute(&p, IFLA_MACVLAN_MODE, &m->mode, sizeof(m->mode));
	nl_nest_end(&p, data);
	nl_nest_end(&p, info);
	report->length = nl_finish(&p);
	FUZZ_CHECK(report->length > 0);
}

/* The macvlan with this number or, it being 0, this name; or NULL. */
static struct events_macvlan *
macvlan_find(struct events *e, uint32_t ifindex, const char *name)
{
	for (unsigned i = 0; i < e->macvlan_count; i++) {
		struct events_macvlan *m = &e->macvlans[i];

		if (ifindex != 0 ? m->ifindex == ifindex :
		    strcmp(m->name, name) == 0)
			return m;
	}
	return NULL;
}

/* A link is gone, and its addresses with it. */
static void
addresses_gone(struct events *e, uint32_t ifindex)
{
	for (unsigned i = 0; i < e->address_count;) {
		if (e->addresses[i].ifindex == ifindex)
			e->addresses[i] = e->addresses[--e->address_count];
		else
			i++;
	}
}

static void
macvlan_gone(struct events *e, struct events_macvlan *m, bool lost)
{
	struct events_report report;

	addresses_gone(e, m->ifindex);
	macvlan_report(m, false, &report);
	kernel_report(e, &report, lost);
	*m = e->macvlans[--e->macvlan_count];
}

/* All macvlans of a group go. */
static void
macvlans_gone(struct events *e, uint32_t group)
{
	for (unsigned i = 0; i < e->macvlan_count;) {
		if (e->macvlans[i].group == group)
			macvlan_gone(e, &e->macvlans[i], false);
		else
			i++;
	}
}

/* Carries out a request about a link, and reports it; 0, or an errno value. */
static int
kernel_macvlan(struct events *e, struct nl_message *message)
{
	bool remove = message->type == RTM_DELLINK;
	bool create = message->flags & NLM_F_CREATE;
	struct cursor raw = message->body, grouped;
	struct events_report report;
	struct events_macvlan *m;
	struct nl_link link;
	uint32_t change;

	cursor_bytes(&raw, 12);
	change = cursor_u32_native(&raw);
	grouped = nl_attribute_find(&raw, IFLA_GROUP);
	FUZZ_CHECK(nl_link_parse(message, &link));
	if (remove && link.ifindex == 0 && link.name[0] == '\0') {
		macvlans_gone(e, cursor_u32_native(&grouped));
		return 0;
	}
	m = macvlan_find(e, link.ifindex, link.name);
	if (link.ifindex != 0 && (link.ifindex == e->ifindex[0] ||
	    link.ifindex == e->ifindex[1]))
		return 0;			/* settings of a base */
	if (create && m != NULL)
		return 17;
	if (create && (link.lower == 0 || (link.lower != e->ifindex[0] &&
	    link.lower != e->ifindex[1])))
		return 19;
	if (create && e->macvlan_count == COUNT_OF(e->macvlans))
		return 12;
	if (create) {
		m = &e->macvlans[e->macvlan_count++];
		*m = (struct events_macvlan){ .ifindex = ++e->last_ifindex,
		    .base = link.lower };
		memcpy(m->name, link.name, sizeof(m->name));
	}
	if (m == NULL)
		return 19;
	if (remove) {
		macvlan_gone(e, m, false);
		return 0;
	}
	if (cursor_left(&grouped) > 0)
		m->group = cursor_u32_native(&grouped);
	m->flags = (m->flags & ~change) | (link.flags & change);
	m->marked = m->marked || link.before[0] > UNKNOWN;
	if (link.mac_length > 0)
		memcpy(m->mac, link.mac, sizeof(m->mac));
	if (link.kind == LINK_MACVLAN)
		m->mode = link.mode;
	macvlan_report(m, true, &report);
	kernel_report(e, &report, false);
	return 0;
}

/* Adds or removes an address, and reports it; 0, or an errno value. */
static int
kernel_change(struct events *e, const struct events_address *address,
    bool add, bool lost)
{
	unsigned at = kernel_find(e, &address->ip, address->prefix,
	    address->ifindex);
	struct events_report report;

	if (address->ifindex == 0 || (address->ifindex != e->ifindex[0] &&
	    address->ifindex != e->ifindex[1] &&
	    macvlan_find(e, address->ifindex, NULL) == NULL))
		return 19;
	if (add && (at < e->address_count || at == EVENTS_KEPT))
		return 17;
	if (!add && at == e->address_count)
		return 99;
	if (add)
		e->addresses[e->address_count++] = *address;
	else
		e->addresses[at] = e->addresses[--e->address_count];
	report.length = lab_address_message(report.bytes,
	    sizeof(report.bytes), address->ifindex, &address->ip,
	    address->prefix, address->protocol, add);
	kernel_report(e, &report, lost);
	return 0;
}

/* The link is gone, or has another number now, and its addresses with it. */
static void
kernel_link(struct events *e, int n, uint32_t ifindex, uint32_t flags,
    bool lost)
{
	uint32_t before = e->ifindex[n];
	struct events_report report;

	e->ifindex[n] = ifindex;
	e->flags[n] = flags;
	if (before != ifindex)
		addresses_gone(e, before);
	for (unsigned i = 0; i < e->macvlan_count && before != ifindex;) {
		if (e->macvlans[i].base == before)
			macvlan_gone(e, &e->macvlans[i], lost);
		else
			i++;
	}
	report.length = lab_link_message(report.bytes, sizeof(report.bytes),
	    before, events_links[n], 0, false);
	if (before != ifindex && before != 0)
		kernel_report(e, &report, lost);
	report.length = lab_link_message(report.bytes, sizeof(report.bytes),
	    ifindex, events_links[n], flags, true);
	if (ifindex != 0)
		kernel_report(e, &report, lost);
}

/* Carries out a request at once, or refuses it; not at the end, though. */
static void
kernel_request(struct events *e, const struct effect *effect,
    const uint8_t *bytes)
{
	struct cursor c = cursor_over(bytes, effect->length);
	struct nl_message message;
	struct nl_address news;
	struct events_address address;
	int error = e->lab.d->stopping ? 0 : e->refuse;

	FUZZ_CHECK(nl_next(&c, &message));
	e->refuse = 0;
	if (message.type == RTM_NEWLINK || message.type == RTM_DELLINK) {
		if (error == 0)
			error = kernel_macvlan(e, &message);
	} else {
		FUZZ_CHECK(nl_address_parse(&message, &news));
		address = (struct events_address){ news.ip, news.ifindex,
		    news.prefix, news.protocol, true };
		if (error == 0)
			error = kernel_change(e, &address,
			    message.type == RTM_NEWADDR, false);
	}
	if (error == 0)
		return;
	FUZZ_CHECK(e->refusal_count < EVENTS_KEPT);
	e->refusals[e->refusal_count++] = (struct events_refusal){
	    effect->index, error };
}

static struct events *
events_of(struct lab *l)
{
	return (struct events *)(void *)((char *)l -
	    offsetof(struct events, lab));
}

/* What the daemon asks for. */
static void
events_tell(struct lab *l, const struct effect *effect, const uint8_t *bytes)
{
	struct events *e = events_of(l);

	if (effect->kind == EFFECT_NETLINK)
		kernel_request(e, effect, bytes);
	if ((effect->kind == EFFECT_RUN || effect->kind == EFFECT_CHECK) &&
	    e->token_count < EVENTS_KEPT)
		e->tokens[e->token_count++] = effect->token;
	if (effect->kind == EFFECT_DUMP)
		e->dump_wanted = true;
}

/* Tells what the kernel refused: that is known at once. */
static void
events_refusals(struct events *e)
{
	struct event event = { .kind = EVENT_NETLINK_ERROR };

	while (e->refusal_count > 0) {
		event.index = e->refusals[0].index;
		event.value = e->refusals[0].error;
		e->refusal_count--;
		memmove(e->refusals, e->refusals + 1,
		    e->refusal_count * sizeof(e->refusals[0]));
		lab_feed(&e->lab, &event);
	}
}

/* Has the daemon read so many reports, and that it missed some. */
static void
events_read(struct events *e, unsigned count)
{
	struct event event = { .kind = EVENT_NETLINK };
	struct event lost = { .kind = EVENT_NETLINK_LOST };

	while (count-- > 0 && e->report_count > 0) {
		struct events_report report = e->reports[0];

		e->report_count--;
		memmove(e->reports, e->reports + 1,
		    e->report_count * sizeof(e->reports[0]));
		lab_feed_bytes(&e->lab, event, report.bytes, report.length);
	}
	if (e->report_count == 0 && e->overrun) {
		e->overrun = false;
		lab_feed(&e->lab, &lost);
	}
}

/* A turn of the loop: it reads all that there is to be read. */
static void
events_turn(struct lab *l)
{
	events_refusals(events_of(l));
	events_read(events_of(l), EVENTS_KEPT);
}

/*
 * Shows all links and addresses as they are now, behind what was reported
 * before; cut short, without the last mark.
 */
static void
events_dump(struct events *e, bool whole)
{
	struct events_address addresses[EVENTS_KEPT];
	struct events_macvlan macvlans[COUNT_OF(e->macvlans)];
	struct event event = { .kind = EVENT_NETLINK };
	struct events_report report;
	unsigned count, macvlan_count;

	events_read(e, EVENTS_KEPT);
	count = e->address_count;
	macvlan_count = e->macvlan_count;
	memcpy(addresses, e->addresses, sizeof(addresses));
	memcpy(macvlans, e->macvlans, sizeof(macvlans));
	lab_mark(&e->lab, DUMP_LINKS);
	for (int i = 0; i < 2; i++) {
		if (e->ifindex[i] != 0)
			lab_link(&e->lab, e->ifindex[i], events_links[i],
			    e->flags[i], true);
	}
	for (unsigned i = 0; i < macvlan_count; i++) {
		macvlan_report(&macvlans[i], true, &report);
		lab_feed_bytes(&e->lab, event, report.bytes, report.length);
	}
	lab_mark(&e->lab, DUMP_ADDRESSES);
	for (unsigned i = 0; i < count; i++)
		lab_address(&e->lab, addresses[i].ifindex, &addresses[i].ip,
		    addresses[i].prefix, addresses[i].protocol, true);
	if (!whole)
		return;
	e->dump_wanted = false;
	lab_mark(&e->lab, DUMP_DONE);
}

/* -- what an input can say -- */

static void
say_time(struct events *e)
{
	uint8_t span = cursor_u8(&e->input);

	lab_run(&e->lab, (span & 15) * (span & 0x80 ? 700 : 10) * MS_US);
}

/* The daemon was not run for a while, and has not read all its sockets. */
static void
say_late(struct events *e)
{
	struct event event = { .kind = EVENT_TIME };

	e->lab.now += cursor_u8(&e->input) * (SECOND_US / 4);
	lab_feed(&e->lab, &event);
}

/* An advertisement, well made but for what the bits say. */
static void
say_advert(struct events *e)
{
	uint8_t which = cursor_u8(&e->input), how = cursor_u8(&e->input);
	uint8_t priority = cursor_u8(&e->input);
	struct conf_vr conf =
	    e->lab.conf->vrs[which % e->lab.conf->vr_count];
	struct packet packet = { .hop_limit = how & 1 ? 254 : 255,
	    .destination = conf.destination };

	packet.source = conf.family == 6 ? lab_ip("fe80::9") :
	    lab_ip(conf.unicast ? "10.0.1.9" : "10.0.0.9");
	packet.source.bytes[conf.family == 6 ? 14 : 2] ^= how >> 7;
	if (conf.unicast)
		packet.destination = lab_ip("10.0.1.50");
	if (how & 2)
		conf.address_count = 1;
	if (how & 4)
		conf.interval_us = (uint32_t)(1 + how) * 160000;
	lab_feed_advert(&e->lab, &conf, priority, &packet,
	    e->ifindex[conf.interface == NONE ? 0 :
	    e->lab.conf->interfaces[conf.interface].name[3] == '1'], how & 8);
}

/* Another machine claims an address of ours; or it is our own frame. */
static void
say_claim(struct events *e)
{
	uint8_t which = cursor_u8(&e->input), frame[NA_FRAME];
	const struct conf_vr *conf =
	    &e->lab.conf->vrs[(which >> 2) % e->lab.conf->vr_count];
	const uint8_t mac[6] = { 2, 0, 0, 0, 0, which & 1 ? 99 : 2 };
	const struct ip *ip = &conf->addresses[0].ip;
	struct event event = { .kind = EVENT_NEIGHBOUR,
	    .family = ip->family, .hop_limit = 255,
	    .ifindex = e->ifindex[which >> 1 & 1] };

	if (ip->family == 4)
		lab_feed_bytes(&e->lab, event, frame, garp_encode(ip, mac,
		    frame, sizeof(frame)));
	else if (unsolicited_na_encode(ip, mac, frame, sizeof(frame)) > 0)
		lab_feed_bytes(&e->lab, event, frame + NA_FRAME - NA_LENGTH,
		    NA_LENGTH);
}

static void
say_link(struct events *e)
{
	uint8_t how = cursor_u8(&e->input);
	int n = how & 1;
	uint32_t ifindex = e->ifindex[n];

	if (how & 2)
		ifindex = how & 4 ? ++e->last_ifindex : 0;
	kernel_link(e, n, ifindex, how & 8 ? 0 : how & 16 ? IFF_UP :
	    IFF_UP | IFF_RUNNING, (how & 0xc0) == 0xc0);
}

/* Somebody else takes a macvlan away, or sets it up or down. */
static void
say_macvlan(struct events *e)
{
	uint8_t how = cursor_u8(&e->input);
	struct events_macvlan *m = e->macvlan_count == 0 ? NULL :
	    &e->macvlans[(how >> 3) % e->macvlan_count];
	struct events_report report;

	if (m == NULL)
		return;
	if (how & 1) {
		macvlan_gone(e, m, (how & 6) == 6);
		return;
	}
	m->flags ^= IFF_UP;
	macvlan_report(m, true, &report);
	kernel_report(e, &report, (how & 6) == 6);
}

/* Somebody else adds or removes an address: one of ours, or not. */
static void
say_address(struct events *e)
{
	uint8_t how = cursor_u8(&e->input), which = cursor_u8(&e->input);
	const struct conf_vr *conf =
	    &e->lab.conf->vrs[which % e->lab.conf->vr_count];
	const struct conf_address *ours = &conf->addresses[
	    (which >> 4) % conf->address_count];
	struct events_address address = { lab_ip(how & 4 ? "10.0.0.50" :
	    how & 8 ? "fe80::51" : "10.0.1.50"), e->ifindex[how & 1], 24,
	    how & 16 ? ADDRESS_PROTOCOL : 0, false };

	if (how & 2) {
		address.ip = ours->ip;
		address.prefix = address_prefix(ours);
	}
	kernel_change(e, &address, how & 32, (how & 0xc0) == 0xc0);
}

/* Some reports are read, or all; or the next request will be refused. */
static void
say_read(struct events *e)
{
	static const uint8_t errors[] = { 1, 12, 16, 105 };
	uint8_t how = cursor_u8(&e->input);

	if ((how & 7) == 0)
		e->refuse = errors[how >> 3 & 3];
	else
		events_read(e, how & 1 ? EVENTS_KEPT : how >> 4);
}

static void
say_process(struct events *e)
{
	uint8_t how = cursor_u8(&e->input);
	struct event event = { .kind = EVENT_PROCESS,
	    .value = how & 1 ? 0 : how & 2 ? 256 : how & 4 ? 9 :
	    FOUND_STATUS | 200 << 8 };
	unsigned which = e->token_count == 0 ? 0 :
	    (how >> 2) % e->token_count;

	if (e->token_count == 0)
		return;
	event.token = e->tokens[which];
	e->tokens[which] = e->tokens[--e->token_count];
	lab_feed(&e->lab, &event);
}

static void
say_file(struct events *e)
{
	struct event event = { .kind = EVENT_FILE,
	    .index = cursor_u8(&e->input) & 3,
	    .value = (int32_t)cursor_u32(&e->input) };

	lab_feed(&e->lab, &event);
}

static void
say_count(struct events *e)
{
	struct event event = { .kind = EVENT_COUNT,
	    .index = cursor_u8(&e->input) & 1,
	    .value = cursor_u8(&e->input) & 3 };

	lab_feed(&e->lab, &event);
}

static void
say_dump(struct events *e)
{
	struct event lost = { .kind = EVENT_NETLINK_LOST };
	uint8_t how = cursor_u8(&e->input);

	if (how & 1)
		lab_feed(&e->lab, &lost);
	if (how & 6)
		events_dump(e, how & 4);
}

static const struct conf *
events_conf(unsigned n)
{
	static struct fuzz_conf all[COUNT_OF(events_texts)];

	n %= COUNT_OF(events_texts);
	return all[n].conf != NULL ? all[n].conf :
	    fuzz_good_text(&all[n], events_texts[n]);
}

static void
say_reload(struct events *e)
{
	if (!e->lab.d->stopping)
		lab_reload(&e->lab, events_conf(cursor_u8(&e->input)));
}

static void
say_stop(struct events *e)
{
	struct event event = { .kind = EVENT_SHUTDOWN };

	if ((cursor_u8(&e->input) & 7) == 0)
		lab_feed(&e->lab, &event);
}

static void
say_refused(struct events *e)
{
	struct event event = { .kind = EVENT_RESEND,
	    .index = cursor_u8(&e->input) };

	lab_feed(&e->lab, &event);
}

static void (*const events_says[])(struct events *) = {
	say_time, say_time, say_late, say_advert, say_advert, say_claim,
	say_link, say_address, say_read, say_read, say_process, say_file,
	say_dump, say_reload, say_stop, say_refused, say_count,
	say_macvlan,
};

/* -- calm -- */

/* The world does all that it is asked for. */
static void
calm_obey(struct events *e)
{
	struct lab *l = &e->lab;
	struct event ended = { .kind = EVENT_PROCESS };
	struct event count = { .kind = EVENT_COUNT, .value = 1 };

	lab_feed(l, &count);
	for (int i = 0; i < 100 && !l->d->stopped && (e->report_count > 0 ||
	    e->token_count > 0 || e->dump_wanted || e->overrun); i++) {
		events_read(e, EVENTS_KEPT);
		if (e->dump_wanted)
			events_dump(e, true);
		while (e->token_count > 0) {
			ended.token = e->tokens[--e->token_count];
			lab_feed(l, &ended);
		}
		events_turn(l);
		lab_settle(l);
	}
}

/* Whether every virtual router is Active or has a fault. */
static bool
calm_reached(const struct daemon *d)
{
	for (uint32_t i = 0; i < d->conf->vr_count; i++) {
		if (d->vrs[i].machine.state == MACHINE_BACKUP)
			return false;
	}
	return true;
}

/* Whether the kernel has exactly the addresses that it should have. */
static void
calm_check(struct events *e)
{
	const struct daemon *d = e->lab.d;
	unsigned marked = 0;

	for (unsigned i = 0; i < e->macvlan_count; i++)
		marked += e->macvlans[i].marked;
	FUZZ_CHECK(marked == (d->stopped ? 0 : d->conf->link_count));
	for (unsigned i = 0; i < d->conf->link_count && !d->stopped; i++) {
		const struct conf_link *link = &d->conf->links[i];
		const struct events_macvlan *m = macvlan_find(e, 0,
		    link->vmac->name);

		FUZZ_CHECK(m != NULL && m->base ==
		    d->interfaces[link->base].ifindex);
		FUZZ_CHECK(memcmp(m->mac, link->vmac->mac, 6) == 0);
		FUZZ_CHECK(((m->flags & IFF_UP) != 0) ==
		    d->vrs[link->vr].wanted);
	}
	for (uint32_t i = 0; i < d->vip_count; i++) {
		const struct vip *vip = &d->vips[i];
		const struct vr *vr = &d->vrs[vip->vr];
		const struct conf_address *address = vip_address(d, vip);
		uint32_t ifindex = d->interfaces[address->interface].ifindex;
		unsigned at = kernel_find(e, &address->ip,
		    address_prefix(address), ifindex);
		bool there = at < e->address_count;

		if (d->stopped) {
			FUZZ_CHECK(!there || !e->addresses[at].ours ||
			    vr_is_owner(vr));
			continue;
		}
		FUZZ_CHECK(there == (vip->state == VIP_PRESENT));
		FUZZ_CHECK(there || vr->machine.state != MACHINE_ACTIVE ||
		    (address->flags & ADDRESS_NO_TRACK) != 0);
		FUZZ_CHECK(!there || vr->wanted || vip->foreign ||
		    vr_is_owner(vr));
	}
}

/*
 * The links work, the world obeys, and nobody else speaks: the election comes
 * to its end within three of the longest intervals, or the daemon ends.
 */
static void
calm_down(struct events *e)
{
	struct lab *l = &e->lab;
	struct events_address own[] = {
		{ lab_ip("10.0.0.51"), 0, 24, 0, false },
		{ lab_ip("10.0.1.51"), 0, 24, 0, false },
		{ lab_ip("fe80::51"), 0, 64, 0, false } };
	usec_t end = l->now + CALM_US;

	for (int i = 0; i < 2; i++)
		kernel_link(e, i, e->ifindex[i] != 0 ? e->ifindex[i] :
		    ++e->last_ifindex, IFF_UP | IFF_RUNNING, false);
	for (int i = 0; i < 3; i++) {
		own[i].ifindex = e->ifindex[i > 0];
		kernel_change(e, &own[i], true, false);
	}
	e->refuse = 0;
	e->dump_wanted = true;
	calm_obey(e);
	for (int quiet = 0; quiet < 8 && l->now < end && !l->d->stopped;) {
		lab_run(l, SECOND_US / 2);
		calm_obey(e);
		quiet = calm_reached(l->d) && !l->d->stopping ? quiet + 1 : 0;
	}
	FUZZ_CHECK(l->d->stopping == l->d->stopped);
	FUZZ_CHECK(l->d->stopped || calm_reached(l->d));
	calm_check(e);
}

/* Begins with a configuration: a daemon that has seen the kernel's dump. */
static void
events_begin(struct events *e, unsigned n)
{
	static struct {
		struct lab_saved lab;
		struct events	rest;
	} saved[COUNT_OF(events_texts)];
	size_t rest = offsetof(struct events, ifindex);

	if (saved[n].lab.lab == NULL) {
		memset(&e->lab, 0, sizeof(e->lab));
		memset((char *)e + rest, 0, sizeof(*e) - rest);
		e->lab.tell = events_tell;
		e->lab.turn = events_turn;
		e->last_ifindex = 3;
		lab_start(&e->lab, events_conf(n), 1000 * SECOND_US);
		kernel_link(e, 0, 2, IFF_UP | IFF_RUNNING, false);
		kernel_link(e, 1, 3, IFF_UP | IFF_RUNNING, false);
		kernel_change(e, &(struct events_address){ lab_ip("10.0.0.50"),
		    2, 24, 0, false }, true, false);
		kernel_change(e, &(struct events_address){ lab_ip("10.0.1.50"),
		    3, 24, 0, false }, true, false);
		events_dump(e, true);
		lab_save(&saved[n].lab, &e->lab);
		saved[n].rest = *e;
	}
	lab_restore(&e->lab, &saved[n].lab);
	memcpy((char *)e + rest, (char *)&saved[n].rest + rest,
	    sizeof(*e) - rest);
}

static void
fuzz_events(const uint8_t *bytes, size_t length)
{
	static struct events e;

	e.input = cursor_over(bytes, length);
	events_begin(&e, cursor_u8(&e.input) % COUNT_OF(events_texts));
	while (cursor_left(&e.input) > 0 && !e.lab.d->stopped) {
		events_says[cursor_u8(&e.input) % COUNT_OF(events_says)](&e);
		events_refusals(&e);
	}
	calm_down(&e);
	lab_stop(&e.lab);
}

FUZZER(events)
