/* SPDX-License-Identifier: ISC */
/*
 * Goal: the links of use_vmac are made, mended and removed as the configuration
 * and the state ask for, whatever the kernel and others do; frames leave as
 * RFC 9568 has them.
 * Method: a daemon on a bench (core.h), whose kernel reports what a macvlan's
 * would: the requests are read back by the parser of links.
 */
#define VRRPD_PURE
#include "../vrrpd.c"

#include "check.h"
#include "core.h"

#define OWN	9U			/* the ifindex of our link */

static const uint8_t virtual_mac[6] = { 0, 0, 0x5e, 0, 1, 51 };

static struct bench bench, second;
static struct conf_vmac its_vmac;
static struct conf_link conf_link;

/* One instance with use_vmac: eth2 of the bench becomes its link. */
static void
vmac_conf(struct bench *b)
{
	bench_conf(b, 1);
	its_vmac = (struct conf_vmac){ .name = "vrrp.51", .mac_length = 6,
	    .kind = LINK_MACVLAN };
	memcpy(its_vmac.mac, virtual_mac, sizeof(its_vmac.mac));
	conf_link = (struct conf_link){ .interface = 2, .base = 0, .ip4 = true,
	    .vmac = &its_vmac };
	memcpy(b->interfaces[2].name, its_vmac.name, sizeof(its_vmac.name));
	b->interfaces[2].link = &conf_link;
	b->conf.links = &conf_link;
	b->conf.link_count = 1;
	b->vrs[0].vmac = &its_vmac;
	b->vrs[0].link_count = 1;
	b->addresses[0][0].interface = 2;
}

/* How the kernel reports a link; settings: arp_ignore, arp_announce. */
struct told_link {
	uint32_t	ifindex, lower, flags, mode;
	const char	*name, *kind, *alias;
	const uint8_t	*mac;
	int		ignore, announce;	/* -1: not said */
};

static void
report(struct bench *b, const struct told_link *r, bool deleted)
{
	uint32_t settings[IPV4_DEVCONF_MAX] = { 0 };
	uint8_t bytes[512];
	struct event event = { .kind = EVENT_NETLINK, .bytes = bytes };
	struct packer p = nl_link_begin(bytes, sizeof(bytes),
	    deleted ? RTM_DELLINK : RTM_NEWLINK, 0, r->ifindex, NULL,
	    r->flags, 0);
	uint16_t ethernet = ARPHRD_ETHERNET;
	uint8_t *outer, *inner;

	memcpy(bytes + sizeof(struct nlmsghdr) +
	    offsetof(struct ifinfomsg, ifi_type), &ethernet, sizeof(ethernet));
	nl_attribute(&p, IFLA_IFNAME, r->name, strlen(r->name) + 1);
	nl_attribute(&p, IFLA_ADDRESS, r->mac, 6);
	if (r->lower != 0)
		nl_attribute(&p, IFLA_LINK, &r->lower, sizeof(r->lower));
	if (r->alias != NULL)
		nl_attribute(&p, IFLA_IFALIAS, r->alias, strlen(r->alias) + 1);
	if (r->kind != NULL) {
		outer = nl_nest(&p, IFLA_LINKINFO);
		nl_attribute(&p, IFLA_INFO_KIND, r->kind, strlen(r->kind) + 1);
		inner = nl_nest(&p, IFLA_INFO_DATA);
		nl_attribute(&p, IFLA_MACVLAN_MODE, &r->mode, sizeof(r->mode));
		nl_nest_end(&p, inner);
		nl_nest_end(&p, outer);
	}
	settings[IPV4_DEVCONF_ARP_IGNORE - 1] = (uint32_t)r->ignore;
	settings[IPV4_DEVCONF_ARP_ANNOUNCE - 1] = (uint32_t)r->announce;
	outer = nl_nest(&p, IFLA_AF_SPEC);
	inner = nl_nest(&p, NL_FAMILY_4);
	nl_attribute(&p, IFLA_INET_CONF, settings, sizeof(settings));
	nl_nest_end(&p, inner);
	nl_nest_end(&p, outer);
	event.length = nl_finish(&p);
	CHECK(event.length > 0);
	bench_feed(b, &event);
}

static const uint8_t base_mac[6] = { 2, 0, 0, 0, 0, 2 };
static const struct told_link base = { .ifindex = 2, .name = "eth0",
    .flags = IFF_UP | IFF_RUNNING, .mac = base_mac };
static const struct told_link ours = { .ifindex = OWN, .lower = 2,
    .name = "vrrp.51", .kind = "macvlan", .mac = virtual_mac,
    .mode = MACVLAN_MODE_VEPA,
    .alias = "vrrpd arp_ignore,arp_announce=00" };

/* A report of our link with these flags. */
static struct told_link
ours_with(uint32_t flags)
{
	struct told_link r = ours;

	r.flags = flags;
	return r;
}

/*
 * Starts the daemon with eth0 in the kernel and, if given, a link of ours; what
 * it asks for is not done by itself.
 */
static void
start(struct bench *b, const struct told_link *eth0,
    const struct told_link *link)
{
	b->kernel_obeys = false;
	bench_launch(b);
	bench_watch(b);
	bench_mark(b, DUMP_LINKS);
	report(b, eth0, false);
	if (link != NULL)
		report(b, link, false);
	bench_mark(b, DUMP_ADDRESSES);
	bench_address(b, 2, "10.0.0.1", 24, 0, false);
	bench_mark(b, DUMP_DONE);
	bench_run(b, 0);
}

/*
 * What was asked for since bench_watch about links and addresses, in order:
 * C create, D delete, U up, d down, S settings, M MAC and mode, E no EUI-64,
 * +- addresses, s sysctls.
 */
static const char *
asked(const struct bench *b)
{
	static char text[128];
	size_t n = 0;

	for (size_t i = b->mark; i < b->count && n < sizeof(text) - 1; i++) {
		const struct noted *noted = &b->noted[i % BENCH_EFFECTS];
		struct cursor c = cursor_over(noted->bytes,
		    noted->effect.length);
		struct ifinfomsg body;
		struct nl_message m;
		struct nl_link link;

		if (noted->effect.kind == EFFECT_SYSCTL)
			text[n++] = 's';
		if (noted->effect.kind != EFFECT_NETLINK || !nl_next(&c, &m))
			continue;
		memcpy(&body, m.body.at, sizeof(body));
		if (m.type == RTM_NEWADDR || m.type == RTM_DELADDR) {
			text[n++] = m.type == RTM_NEWADDR ? '+' : '-';
			continue;
		}
		CHECK(nl_link_parse(&m, &link));
		text[n++] = m.type == RTM_DELLINK ? 'D' :
		    m.flags & NLM_F_CREATE ? 'C' : body.ifi_change != 0 ?
		    (body.ifi_flags & IFF_UP ? 'U' : 'd') :
		    link.mac_length > 0 ? 'M' :
		    memchr(noted->bytes + 32, NL_FAMILY_6,
		    noted->effect.length - 32) != NULL &&
		    noted->effect.length < 64 ? 'E' : 'S';
	}
	text[n] = '\0';
	return text;
}

/* The settings that a request of kind S, the n-th netlink one, asks for. */
static int
setting_asked(const struct bench *b, int n, uint8_t number)
{
	const struct noted *noted = bench_find(b, EFFECT_NETLINK, n);
	struct cursor c = cursor_over(noted->bytes, noted->effect.length);
	struct cursor inet, array, value;
	struct nl_message m;

	CHECK(nl_next(&c, &m));
	cursor_bytes(&m.body, sizeof(struct ifinfomsg));
	value = nl_attribute_find(&m.body, IFLA_AF_SPEC);
	inet = nl_attribute_find(&value, NL_FAMILY_4);
	array = nl_attribute_find(&inet, IFLA_INET_CONF);
	value = nl_attribute_find(&array, number);
	return cursor_left(&value) == 4 ? (int)cursor_u32_native(&value) : -1;
}

/* C-124, D-8: made at once, down, and up with the first advertisement. */
static void
check_made(void)
{
	struct bench *b = &bench;
	struct told_link up = ours_with(IFF_UP | IFF_RUNNING);
	const struct noted *sent;

	vmac_conf(b);
	start(b, &base, NULL);
	/* arp_ignore, arp_announce of the base; then the link */
	CHECK_STR(asked(b), "SSCSEs");
	CHECK_INT(setting_asked(b, 0, IPV4_DEVCONF_ARP_IGNORE), 1);
	CHECK_INT(setting_asked(b, 1, IPV4_DEVCONF_ARP_ANNOUNCE), 2);
	CHECK_INT(setting_asked(b, 3, IPV4_DEVCONF_RP_FILTER), 2);
	CHECK_INT(bench_find(b, EFFECT_NETLINK, 2)->effect.index, LINK_NUMBER);
	report(b, &ours, false);
	bench_watch(b);
	bench_run(b, 3700000);
	CHECK_INT(vr_state(&b->d.vrs[0]), VR_MASTER);
	CHECK_STR(asked(b), "U+");
	sent = bench_find(b, EFFECT_SEND, 0);
	CHECK(sent < bench_find(b, EFFECT_NETLINK, 0));
	CHECK_INT(sent->effect.value, 1);
	CHECK_INT(sent->effect.ifindex, 2);
	CHECK(memcmp(sent->bytes, "\1\0\x5e\0\0\x12", 6) == 0);	/* C-035 */
	CHECK(memcmp(sent->bytes + 6, virtual_mac, 6) == 0);	/* C-021 */
	CHECK_INT(sent->bytes[14], 0x45);
	sent = bench_find(b, EFFECT_ETHERNET, 0);
	CHECK_INT(sent->effect.ifindex, 2);
	CHECK(memcmp(sent->bytes + 6, virtual_mac, 6) == 0);	/* C-113 */
	CHECK(memcmp(sent->bytes + 22, virtual_mac, 6) == 0);
	report(b, &up, false);
	bench_address(b, OWN, "10.0.0.100", 24, 112, false);
	bench_watch(b);
	bench_advert(b, 0, 2, 150);
	CHECK_INT(vr_state(&b->d.vrs[0]), VR_BACKUP);
	CHECK_STR(asked(b), "-d");	/* first it ceases to answer */
}

/* C-128, D-16: deleted or set down by others, while MASTER and before. */
static void
check_mended(void)
{
	struct bench *b = &bench;
	struct told_link up = ours_with(IFF_UP | IFF_RUNNING);
	struct told_link again = ours_with(0);

	vmac_conf(b);
	start(b, &base, NULL);
	report(b, &ours, false);
	bench_run(b, 0);
	bench_watch(b);
	report(b, &ours, true);
	bench_run(b, 500 * MS_US);
	CHECK_STR(asked(b), "");		/* no fight over a Backup's */
	bench_run(b, 600 * MS_US);
	CHECK_STR(asked(b), "CSEs");
	report(b, &ours, false);
	bench_run(b, 3700000);
	report(b, &up, false);
	bench_address(b, OWN, "10.0.0.100", 24, 112, false);
	bench_run(b, 0);
	bench_watch(b);
	report(b, &ours, false);		/* down */
	bench_run(b, 0);
	CHECK_STR(asked(b), "U");
	CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_restored), 1);
	report(b, &up, false);
	bench_watch(b);
	report(b, &up, true);
	bench_run(b, 0);
	CHECK_STR(asked(b), "CSEsU");
	again.ifindex = OWN + 1;
	bench_watch(b);
	report(b, &again, false);
	bench_run(b, 0);
	CHECK_STR(asked(b), "+");
	CHECK_INT(vr_state(&b->d.vrs[0]), VR_MASTER);
}

/* C-127: all is as before at the end; not with -V. */
static void
check_stop(void)
{
	struct event stop = { .kind = EVENT_SHUTDOWN };
	struct bench *b = &bench;

	for (int keep = 0; keep < 2; keep++) {
		vmac_conf(b);
		start(b, &base, NULL);
		report(b, &ours, false);
		bench_run(b, 0);
		bench_watch(b);
		b->d.keep_addresses = keep;
		bench_feed(b, &stop);
		bench_run(b, 5 * SECOND_US);
		CHECK(b->d.stopped);
		CHECK_STR(asked(b), keep ? "" : "SDSS");
		if (!keep)
			CHECK_INT(setting_asked(b, 2, IPV4_DEVCONF_ARP_IGNORE),
			    0);
	}
}

/* C-168: what a crash left is used, and so is what it knew. */
static void
check_crashed(void)
{
	struct event stop = { .kind = EVENT_SHUTDOWN };
	struct bench *b = &bench;
	struct told_link left = ours_with(IFF_UP | IFF_RUNNING);
	struct told_link eth0 = base;

	eth0.ignore = 1;
	eth0.announce = 2;
	left.alias = "vrrpd arp_ignore,arp_announce=01";
	vmac_conf(b);
	start(b, &eth0, &left);
	CHECK_STR(asked(b), "SEsd");
	bench_watch(b);
	bench_feed(b, &stop);
	bench_run(b, 5 * SECOND_US);
	CHECK_STR(asked(b), "SDSS");
	CHECK_INT(setting_asked(b, 2, IPV4_DEVCONF_ARP_IGNORE), 0);
	CHECK_INT(setting_asked(b, 3, IPV4_DEVCONF_ARP_ANNOUNCE), 1);

	/* Nobody has it any more: removed, and the base set back. */
	bench_conf(b, 1);
	start(b, &eth0, &left);
	CHECK_STR(asked(b), "DSS");
	CHECK_INT(bench_find(b, EFFECT_NETLINK, 0)->effect.index,
	    REMAINDER_NUMBER);

	/* Without our mark it is somebody else's. */
	bench_conf(b, 1);
	left.alias = "vrrpd";
	start(b, &eth0, &left);
	CHECK_STR(asked(b), "");
}

/* Links of others: used, but not removed; or of another kind: a fault. */
static void
check_foreign(void)
{
	struct event stop = { .kind = EVENT_SHUTDOWN };
	struct bench *b = &bench;
	struct told_link other = ours;

	other.alias = NULL;
	other.mode = MACVLAN_MODE_PRIVATE;
	vmac_conf(b);
	start(b, &base, &other);
	CHECK_STR(asked(b), "SMEsSS");
	bench_watch(b);
	bench_feed(b, &stop);
	bench_run(b, 5 * SECOND_US);
	CHECK_STR(asked(b), "SS");		/* the base's settings */

	other.kind = "bridge";
	vmac_conf(b);
	start(b, &base, &other);
	CHECK_INT(vr_state(&b->d.vrs[0]), VR_FAULT);
	CHECK_INT(b->d.vrs[0].faults, FAULT_LINK);
	bench_watch(b);
	report(b, &other, true);
	bench_run(b, 1100 * MS_US);
	CHECK_STR(asked(b), "CSEs");
	report(b, &ours, false);
	bench_run(b, 0);
	CHECK_INT(vr_state(&b->d.vrs[0]), VR_BACKUP);

	/* One of ours above another interface is made anew. */
	other = ours;
	other.lower = 3;
	vmac_conf(b);
	start(b, &base, &other);
	CHECK(strchr(asked(b), 'D') != NULL);
	CHECK_INT(vr_state(&b->d.vrs[0]), VR_BACKUP);
}

/* One that is renamed and is ours goes, and is made again; others' stays. */
static void
check_renamed(void)
{
	struct bench *b = &bench;

	for (int others = 0; others < 2; others++) {
		struct told_link link = ours;

		if (others)
			link.alias = NULL;
		vmac_conf(b);
		start(b, &base, &link);
		bench_watch(b);
		link.name = "other";
		report(b, &link, false);
		bench_run(b, 1100 * MS_US);
		CHECK_STR(asked(b), others ? "CSEs" : "DCSEs");
	}
}

/* What the kernel refuses is tried once a second, and a fault. */
static void
check_refused(void)
{
	struct event no = { .kind = EVENT_NETLINK_ERROR, .index = LINK_NUMBER,
	    .value = EOPNOTSUPP };
	struct bench *b = &bench;

	vmac_conf(b);
	start(b, &base, NULL);
	bench_watch(b);
	bench_feed(b, &no);
	bench_run(b, 900 * MS_US);
	CHECK_STR(asked(b), "");
	CHECK_INT(vr_state(&b->d.vrs[0]), VR_FAULT);
	CHECK(strstr(bench_line(b, EFFECT_LOG, 0), "such links") != NULL);
	bench_run(b, 200 * MS_US);
	CHECK_STR(asked(b), "CSEs");
	no.index = LINK_NUMBER + 1;		/* there is no such link */
	bench_feed(b, &no);
	report(b, &ours, false);
	bench_run(b, 0);
	CHECK_INT(vr_state(&b->d.vrs[0]), VR_BACKUP);
}

/* A router with several links is told of the one that was refused. */
static void
check_second_refused(void)
{
	struct bench *b = &bench;
	struct conf_link three[3];
	const struct vr *vr;

	vmac_conf(b);
	start(b, &base, &ours);
	vr = &b->d.vrs[0];
	for (int i = 0; i < 3; i++)
		three[i] = conf_link;
	three[0].interface = 0;
	three[1].interface = 1;
	b->conf.links = three;
	b->d.links = (struct link[]){ { .refused = true }, { .refused = false },
	    { .refused = false }, { .refused = true } };
	b->vrs[0].link = 1;
	b->vrs[0].link_count = 2;
	CHECK_INT(vr_own_faults(&b->d, vr, 0), 0);
	CHECK_STR(faulty_interface(&b->d, vr, FAULT_LINK), "");
	b->d.links[2].refused = true;
	CHECK_INT(vr_own_faults(&b->d, vr, FAULT_TRACKED), FAULT_TRACKED |
	    FAULT_LINK);
	CHECK_STR(faulty_interface(&b->d, vr, FAULT_LINK), "vrrp.51");
	b->d.links[1].refused = true;		/* the first one is named */
	CHECK_STR(faulty_interface(&b->d, vr, FAULT_LINK), "eth1");
	b->d.interfaces[0].ifindex = 0;		/* another fault */
	CHECK_STR(faulty_interface(&b->d, vr, FAULT_LINK), "eth1");
	CHECK_STR(faulty_interface(&b->d, vr, FAULT_INTERFACE_ABSENT), "eth0");
}

/* Whose MAC is in what is sent: RFC 9568 7.2 for a macvlan alone. */
static void
check_sender(void)
{
	struct bench *b = &bench;
	struct ip ip = bench_ip("10.0.0.100");

	vmac_conf(b);
	CHECK(vr_sender_mac(&b->vrs[0]) == its_vmac.mac);
	b->vrs[0].unicast = true;
	CHECK(vr_sender_mac(&b->vrs[0]) == NULL);
	b->vrs[0].unicast = false;
	b->vrs[0].xmit_base = true;
	CHECK(vr_sender_mac(&b->vrs[0]) == NULL);
	b->vrs[0].xmit_base = false;
	start(b, &base, &ours);
	for (int kind = LINK_MACVLAN; kind <= LINK_IPVLAN; kind++) {
		const struct noted *noted;

		its_vmac.kind = (uint8_t)kind;
		CHECK((vr_sender_mac(&b->vrs[0]) == NULL) ==
		    (kind == LINK_IPVLAN));
		bench_watch(b);
		CHECK(announce_ip(&b->d, 2, &ip));
		bench_note(b);
		noted = bench_find(b, EFFECT_ETHERNET, 0);
		CHECK_INT(noted->effect.ifindex, 2);
		CHECK_BYTES(noted->bytes + 6, kind == LINK_MACVLAN ?
		    virtual_mac : base_mac, 6);
	}
	/* the first interface may be a link as well */
	conf_link.base = 1;
	b->interfaces[0].link = &conf_link;
	CHECK_INT(interface_base(&b->conf, 0), 1);
	CHECK_INT(interface_base(&b->conf, 1), 1);
	CHECK_INT(interface_base(&b->conf, NONE), NONE);
}

/* C-159: a link that a reload takes away goes when its router has gone. */
static void
check_reload(void)
{
	struct bench *b = &bench, *next = &second;
	struct told_link up = ours_with(IFF_UP | IFF_RUNNING);

	for (int known = 0; known < 2; known++) {
		vmac_conf(b);
		start(b, &base, NULL);
		if (known) {
			report(b, &ours, false);
			bench_run(b, 3700000);
			report(b, &up, false);
			bench_address(b, OWN, "10.0.0.100", 24, 112, false);
			bench_run(b, 0);
		}
		bench_conf(next, 1);
		next->vrs[0].vrid = 52;
		next->kernel_obeys = false;
		bench_watch(next);
		bench_reload(b, next);
		bench_mark(next, DUMP_LINKS);
		report(next, &base, false);
		bench_mark(next, DUMP_ADDRESSES);
		bench_mark(next, DUMP_DONE);
		bench_run(next, 0);
		/* at once when nobody lingers on it */
		CHECK(known ? strchr(asked(next), 'D') == NULL :
		    asked(next)[0] == 'D');
		bench_run(next, 3 * SECOND_US);
		CHECK(strchr(asked(next), 'D') != NULL);
	}
}

/* RFC 9568 6.4.3: while Active others are heard on base and link alike. */
static void
check_heard(void)
{
	struct bench *b = &bench;

	for (uint32_t ifindex = 2; ifindex <= OWN; ifindex += OWN - 2) {
		vmac_conf(b);
		start(b, &base, NULL);
		report(b, &ours, false);
		bench_run(b, 3700000);
		CHECK_INT(vr_state(&b->d.vrs[0]), VR_MASTER);
		bench_hear(b, &b->vrs[0], ifindex, "10.0.0.2", "224.0.0.18",
		    150, false);
		CHECK_INT(vr_state(&b->d.vrs[0]), VR_BACKUP);
		CHECK_INT(b->d.vrs[0].linger_until, NEVER);
	}
}

/* C-022, C-023: IPv6, and vmac_xmit_base. */
static void
check_frames(void)
{
	static const uint8_t mac[6] = { 0, 0, 0x5e, 0, 2, 51 };
	const struct noted *sent;
	struct bench *b = &bench;

	vmac_conf(b);
	memcpy(its_vmac.mac, mac, sizeof(mac));
	b->vrs[0].family = 6;
	b->vrs[0].version = 3;
	b->vrs[0].destination = bench_ip("ff02::12");
	b->addresses[0][0].ip = bench_ip("fe80::100");
	start(b, &base, NULL);
	CHECK_STR(asked(b), "SSCSEs");
	bench_address(b, 2, "fe80::1", 64, 0, false);
	bench_run(b, 4 * SECOND_US);
	sent = bench_find(b, EFFECT_SEND, 0);
	CHECK(sent != NULL);
	CHECK(memcmp(sent->bytes, "\x33\x33\0\0\0\x12", 6) == 0);
	CHECK(memcmp(sent->bytes + 6, mac, 6) == 0);
	CHECK(memcmp(sent->bytes + 12, "\x86\xdd\x6c\0\0\0\0\x18\x70\xff",
	    10) == 0);
	CHECK(memcmp(sent->bytes + 22, sent->effect.source.bytes, 16) == 0);
	CHECK_INT(sent->bytes[54], 0x31);
	CHECK_INT(sent->effect.length, 14 + 40 + 24);

	vmac_conf(b);
	b->vrs[0].xmit_base = true;
	start(b, &base, NULL);
	bench_run(b, 4 * SECOND_US);
	sent = bench_find(b, EFFECT_SEND, 0);
	CHECK_INT(sent->effect.value, 0);
	CHECK_INT(sent->bytes[0], 0x45);
	sent = bench_find(b, EFFECT_ETHERNET, 0);
	CHECK(memcmp(sent->bytes + 6, virtual_mac, 6) == 0);
}

/* promote_secondaries is set, and set back, unless it was set already. */
static void
check_promote(void)
{
	struct event stop = { .kind = EVENT_SHUTDOWN };
	struct bench *b = &bench;

	bench_conf(b, 1);
	b->vrs[0].promote_secondaries = true;
	start(b, &base, NULL);
	CHECK_STR(asked(b), "S");
	CHECK_INT(setting_asked(b, 0, IPV4_DEVCONF_PROMOTE_SECONDARIES), 1);
	bench_watch(b);
	bench_feed(b, &stop);
	bench_run(b, 5 * SECOND_US);
	CHECK_STR(asked(b), "S");
	CHECK_INT(setting_asked(b, 0, IPV4_DEVCONF_PROMOTE_SECONDARIES), 0);
}

/* vrf: advertisements leave by it, and it must be there. */
static void
check_vrf(void)
{
	struct bench *b = &bench;
	struct told_link vrf = { .ifindex = 7, .name = "eth1", .mac = base_mac,
	    .flags = IFF_UP | IFF_RUNNING };

	bench_conf(b, 1);
	b->vrs[0].interface = NONE;
	b->vrs[0].vrf = 1;
	b->vrs[0].unicast = true;
	b->vrs[0].source = bench_ip("10.0.0.1");
	b->peers[0][0] = (struct conf_peer){ .ttl_max = 255,
	    .ip = bench_ip("10.0.0.2") };
	b->vrs[0].peer_count = 1;
	start(b, &base, NULL);
	CHECK_INT(b->d.vrs[0].faults, FAULT_INTERFACE_ABSENT);
	start(b, &base, &vrf);
	bench_watch(b);
	bench_run(b, 4 * SECOND_US);
	CHECK_INT(bench_find(b, EFFECT_SEND, 0)->effect.ifindex, 7);
}

int
main(void)
{
	check_made();
	check_mended();
	check_stop();
	check_crashed();
	check_foreign();
	check_renamed();
	check_refused();
	check_second_refused();
	check_sender();
	check_reload();
	check_heard();
	check_frames();
	check_promote();
	check_vrf();
	return check_end("vmac");
}
