/* SPDX-License-Identifier: ISC */
/*
 * Goal: what the kernel is asked about links and their settings is asked word
 * for word, only when it is lacking, and put back unless others have changed
 * it since.
 * Method: a daemon on a bench (core.h) whose kernel does not obey; a reader of
 * requests that shares nothing with the one of vrrpd.c.
 */
#define VRRPD_PURE
#include "../vrrpd.c"

#include "check.h"
#include "core.h"

#define OWN	9U			/* the ifindex of our link */

static struct bench bench;
static struct conf_vmac its_vmac[2];
static struct conf_link its_links[2];

/* -- a reader of requests -- */

static uint32_t
u32_at(const uint8_t *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

static uint16_t
u16_at(const uint8_t *at)
{
	uint16_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

/* The next attribute of at[*left]: its type, its value in *value[*length]. */
static int
attribute(const uint8_t **at, size_t *left, const uint8_t **value,
    size_t *length)
{
	size_t whole = *left < 4 ? 0 : u16_at(*at);
	size_t padded = (whole + 3) & ~(size_t)3;
	int type;

	if (whole < 4 || whole > *left)
		return -1;
	type = u16_at(*at + 2) & 0x3fff;
	*value = *at + 4;
	*length = whole - 4;
	*at += padded < *left ? padded : *left;
	*left -= padded < *left ? padded : *left;
	return type;
}

/* Writes settings of IPv4 (family 2), or the mode of IPv6 addresses (10). */
static void
tell_settings(struct text *t, const uint8_t *at, size_t left)
{
	const uint8_t *inner, *array, *value;
	size_t inner_left, array_left, length;
	int family, type;

	while ((family = attribute(&at, &left, &inner, &inner_left)) >= 0) {
		text_format(t, family == 2 ? " ipv4" : " ipv6");
		if (family == 2 && attribute(&inner, &inner_left, &array,
		    &array_left) != 1)
			text_string(t, " broken");
		if (family == 10) {
			array = inner;
			array_left = inner_left;
		}
		while ((type = attribute(&array, &array_left, &value,
		    &length)) >= 0)
			text_format(t, " %u=%u", type, family == 2 ?
			    u32_at(value) : value[0]);
	}
}

/* Writes the kind of a link, and its mode. */
static void
tell_kind(struct text *t, const uint8_t *at, size_t left)
{
	const uint8_t *value, *mode;
	size_t length, mode_length;
	int type;

	while ((type = attribute(&at, &left, &value, &length)) >= 0) {
		if (type == 1)
			text_format(t, " %s", (const char *)value);
		else if (type == 2 && attribute(&value, &length, &mode,
		    &mode_length) == 1)
			text_format(t, " mode %u", u32_at(mode));
	}
}

/* Writes an attribute of a link. */
static void
tell_attribute(struct text *t, int type, const uint8_t *value, size_t length)
{
	switch (type) {
	case 1:
		text_string(t, " mac ");
		for (size_t i = 0; i < length; i++)
			text_format(t, "%02x", value[i]);
		break;
	case 3:
		text_format(t, " %s", (const char *)value);
		break;
	case 4:
		text_format(t, " mtu %u", u32_at(value));
		break;
	case 5:
		text_format(t, " on %u", u32_at(value));
		break;
	case 10:
		text_format(t, " master %u", u32_at(value));
		break;
	case 18:
		tell_kind(t, value, length);
		break;
	case 20:
		text_string(t, " alias ");
		for (size_t i = 0; i < length; i++)
			text_char(t, (char)value[i]);
		break;
	case 26:
		tell_settings(t, value, length);
		break;
	case 27:
		text_format(t, " group %x", u32_at(value));
		break;
	default:
		text_format(t, " ?%u", type);
	}
}

/* Writes a request about a link: what, (its number), which, and how. */
static void
tell_request(struct text *t, const struct noted *noted)
{
	const uint8_t *at = noted->bytes, *value;
	size_t left = noted->effect.length, length;
	int type;

	CHECK_INT(left, u32_at(at));
	CHECK_INT(u32_at(at + 8), noted->effect.index);
	text_format(t, "%s", u16_at(at + 4) == 17 ? "delete" :
	    u16_at(at + 6) & 0x400 ? "create" : "set");
	if (noted->effect.index == REMAINDER_NUMBER)
		text_string(t, " (r)");
	else if (noted->effect.index != 0)
		text_format(t, " (%u)", noted->effect.index - 0x80000000U);
	if (u32_at(at + 20) != 0)
		text_format(t, " %u", u32_at(at + 20));
	if (u32_at(at + 28) == 1 && u32_at(at + 24) <= 1)
		text_string(t, u32_at(at + 24) == 1 ? " up" : " down");
	else if (u32_at(at + 28) != 0 || u32_at(at + 24) != 0)
		text_string(t, " odd");
	at += 32;
	left -= 32;
	while ((type = attribute(&at, &left, &value, &length)) >= 0)
		tell_attribute(t, type, value, length);
	text_char(t, '\n');
}

/* All that was asked for since bench_watch about links, a line each. */
static const char *
asked(struct bench *b)
{
	static char text[4096];
	struct text t = text_over(text, sizeof(text));

	bench_note(b);
	for (size_t i = b->mark; i < b->count; i++) {
		const struct noted *noted = &b->noted[i % BENCH_EFFECTS];

		if (noted->effect.kind == EFFECT_SYSCTL) {
			CHECK_INT(strlen((const char *)noted->bytes) + 1,
			    noted->effect.length);
			text_format(&t, "%s = %d\n", (const char *)noted->bytes,
			    noted->effect.value);
		}
		if (noted->effect.kind == EFFECT_NETLINK &&
		    u16_at(noted->bytes + 4) < 20)
			tell_request(&t, noted);
	}
	return text_end(&t);
}

/* -- the settings of an interface -- */

/* C-125, C-127: raised where it is lower, put back where it still is ours. */
static void
check_settle(void)
{
	static const struct {
		int setting, is, before;
		bool wants, stop;
		int want, is_then, before_then;	/* want -1: nothing asked */
	} rows[] = {
		{ 0, 0, -1, true, false, 1, 1, 0 },
		{ 0, 1, -1, true, false, -1, 1, -1 },
		{ 0, 2, -1, true, false, -1, 2, -1 },
		{ 0, -1, -1, true, false, -1, -1, -1 },
		{ 1, 0, -1, true, false, 2, 2, 0 },
		{ 1, 1, -1, true, false, 2, 2, 1 },
		{ 1, 2, -1, true, false, -1, 2, -1 },
		{ 2, 0, -1, true, false, 1, 1, 0 },
		/* changed by others while we run: raised once more */
		{ 1, 1, 0, true, false, 2, 2, 1 },
		/* given back: at the end, or wanted no more */
		{ 0, 1, 0, true, true, 0, 0, -1 },
		{ 0, 1, 0, false, false, 0, 0, -1 },
		{ 1, 2, 0, true, true, 0, 0, -1 },
		{ 1, 2, 1, false, true, 1, 1, -1 },
		{ 2, 1, 0, false, false, 0, 0, -1 },
		/* never ours, or others' by now */
		{ 0, 1, -1, false, true, -1, 1, -1 },
		{ 0, 0, -1, false, true, -1, 0, -1 },
		{ 0, 2, 0, true, true, -1, 2, 0 },
		{ 1, 1, 0, true, true, -1, 1, 0 },
	};
	static const uint8_t numbers[] = { IPV4_DEVCONF_ARP_IGNORE,
	    IPV4_DEVCONF_ARP_ANNOUNCE, IPV4_DEVCONF_PROMOTE_SECONDARIES };
	struct bench *b = &bench;
	char want[64];

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		int k = rows[i].setting;
		struct interface *eth1;

		bench_begin(b, 1);
		b->kernel_obeys = false;
		bench_watch(b);
		eth1 = &b->d.interfaces[1];
		eth1->settings[k] = (int8_t)rows[i].is;
		eth1->before[k] = (int8_t)rows[i].before;
		eth1->wants[k] = rows[i].wants;
		interface_settle(&b->d, 1, rows[i].stop);
		snprintf(want, sizeof(want), "set 3 ipv4 %u=%d\n", numbers[k],
		    rows[i].want);
		CHECK_STR(asked(b), rows[i].want < 0 ? "" : want);
		CHECK_INT(eth1->settings[k], rows[i].is_then);
		CHECK_INT(eth1->before[k], rows[i].before_then);
	}
	/* all three, each for itself; and none of what is not there */
	bench_begin(b, 1);
	b->kernel_obeys = false;
	for (int there = 1; there >= 0; there--) {
		bench_watch(b);
		for (int k = 0; k < SETTINGS4; k++) {
			b->d.interfaces[1].settings[k] = 0;
			b->d.interfaces[1].wants[k] = true;
		}
		b->d.interfaces[1].ifindex = there ? 3 : 0;
		interface_settle(&b->d, 1, false);
		CHECK_STR(asked(b), !there ? "" : "set 3 ipv4 19=1\n"
		    "set 3 ipv4 18=2\nset 3 ipv4 20=1\n");
	}
}

/* What does not fit into a request is not asked at all. */
static void
check_no_room(void)
{
	struct bench *b = &bench;
	uint8_t small[16];
	struct packer p = packer_over(small, sizeof(small));

	bench_begin(b, 1);
	bench_watch(b);
	nl_begin(&p, RTM_NEWLINK, 0, 0);
	packer_bytes(&p, small, sizeof(small));
	link_request(&b->d, &p, 0);
	bench_note(b);
	CHECK_INT(bench_count(b, EFFECT_NETLINK), 0);
}

/* -- a link of ours -- */

/*
 * n instances whose links are eth2 and eth1 of the bench, both above eth0; the
 * kernel has told of eth0 alone.
 */
static struct bench *
with_links(uint16_t n)
{
	static const uint16_t own[2] = { 2, 1 };
	struct bench *b = &bench;

	bench_conf(b, n);
	for (uint16_t i = 0; i < n; i++) {
		struct conf_interface *interface = &b->interfaces[own[i]];

		its_vmac[i] = (struct conf_vmac){ .mac_length = 6,
		    .mac = { 0, 0, 0x5e, 0, 1, (uint8_t)(51 + i) },
		    .kind = LINK_MACVLAN };
		snprintf(its_vmac[i].name, sizeof(its_vmac[i].name), "vrrp.%u",
		    51U + i);
		its_links[i] = (struct conf_link){ .interface = own[i],
		    .ip4 = true, .vr = i, .vmac = &its_vmac[i] };
		memcpy(interface->name, its_vmac[i].name,
		    sizeof(its_vmac[i].name));
		interface->link = &its_links[i];
		b->vrs[i].vmac = &its_vmac[i];
		b->vrs[i].link = i;
		b->vrs[i].link_count = 1;
		b->addresses[i][0].interface = own[i];
	}
	b->conf.links = its_links;
	b->conf.link_count = n;
	b->kernel_obeys = false;
	return b;
}

/* Starts it: eth0 is up and has an address. */
static struct bench *
start(struct bench *b)
{
	bench_launch(b);
	bench_mark(b, DUMP_LINKS);
	bench_link(b, 2, "eth0", UP, false);
	bench_mark(b, DUMP_ADDRESSES);
	bench_address(b, 2, "10.0.0.1", 24, 0, false);
	bench_mark(b, DUMP_DONE);
	bench_watch(b);
	return b;
}

/* D-8, C-124: how a link is made: down, and silent but for its addresses. */
static void
check_made(void)
{
	struct bench *b = start(with_links(2));

	bench_run(b, 0);
	CHECK_STR(asked(b),
	    "create (0) vrrp.51 on 2 mac 00005e000133 macvlan mode 2\n"
	    "set vrrp.51 alias vrrpd arp_ignore,arp_announce=00 "
	    "ipv4 19=1 8=2 23=1 20=1\n"
	    "set vrrp.51 ipv6 8=1\n"
	    "/proc/sys/net/ipv6/conf/vrrp.51/disable_ipv6 = 1\n"
	    "create (1) vrrp.52 on 2 mac 00005e000134 macvlan mode 2\n"
	    "set vrrp.52 alias vrrpd arp_ignore,arp_announce=00 "
	    "ipv4 19=1 8=2 23=1 20=1\n"
	    "set vrrp.52 ipv6 8=1\n"
	    "/proc/sys/net/ipv6/conf/vrrp.52/disable_ipv6 = 1\n");
	for (int i = 0; i < 2; i++) {
		CHECK(b->d.links[i].there && b->d.links[i].ours);
		CHECK(!b->d.links[i].up);
	}
}

/* What is known of the base: its VRF, and how it was before we came. */
static void
check_setup_of_base(void)
{
	static const struct { int8_t is[2], before[2]; const char *digits; }
	    rows[] = {
		{ { 0, 0 }, { -1, -1 }, "00" }, { { 1, 2 }, { -1, -1 }, "12" },
		{ { 1, 2 }, { 0, 0 }, "00" }, { { 1, 2 }, { 0, 1 }, "01" },
		{ { -1, -1 }, { -1, -1 }, "00" }, { { 7, 8 }, { -1, 3 }, "73" },
		{ { 0, 1 }, { 2, 0 }, "20" }, { { 8, 9 }, { -1, -1 }, "01" },
	};
	struct bench *b = &bench;
	char want[256];

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct interface *base;

		start(with_links(1));
		base = &b->d.interfaces[0];
		bench_watch(b);
		for (int k = 0; k < 2; k++) {
			base->settings[k] = rows[i].is[k];
			base->before[k] = rows[i].before[k];
		}
		base->master = i % 2 ? 77 : 0;
		its_links[0].ip6 = i % 2;
		link_setup(&b->d, 0, NULL);
		snprintf(want, sizeof(want), "set vrrp.51 alias vrrpd "
		    "arp_ignore,arp_announce=%s%s ipv4 19=1 8=2 23=1 20=1\n"
		    "set vrrp.51 ipv6 8=1\n"
		    "/proc/sys/net/ipv6/conf/vrrp.51/disable_ipv6 = %d\n%s",
		    rows[i].digits, i % 2 ? " master 77" : "", i % 2 == 0,
		    i % 2 ? "/proc/sys/net/ipv6/conf/vrrp.51/accept_ra = 0\n" :
		    "");
		CHECK_STR(asked(b), want);
	}
}

/* One that is there: without our mark, but with our MAC and mode. */
static void
check_setup_of_found(void)
{
	static const struct { uint8_t kind, mac; uint32_t mode; bool mended; }
	    rows[] = {
		{ LINK_MACVLAN, 51, MACVLAN_MODE_VEPA, false },
		{ LINK_MACVLAN, 50, MACVLAN_MODE_VEPA, true },
		{ LINK_MACVLAN, 51, MACVLAN_MODE_BRIDGE, true },
		{ LINK_MACVLAN, 50, MACVLAN_MODE_BRIDGE, true },
		{ LINK_IPVLAN, 50, 0, false },
	};
	struct bench *b = &bench;
	char want[256];

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct nl_link news = { .ifindex = OWN, .kind = rows[i].kind,
		    .mac = { 0, 0, 0x5e, 0, 1, rows[i].mac },
		    .mode = rows[i].mode };

		start(with_links(2));
		its_vmac[1].kind = rows[i].kind;
		its_vmac[1].mac[5] = 51;
		bench_watch(b);
		link_setup(&b->d, 1, &news);
		snprintf(want, sizeof(want),
		    "set 9 ipv4 19=1 8=2 23=1 20=1\n%sset 9 ipv6 8=1\n"
		    "/proc/sys/net/ipv6/conf/vrrp.52/disable_ipv6 = 1\n",
		    rows[i].mended ?
		    "set (1) 9 mac 00005e000133 macvlan mode 2\n" : "");
		CHECK_STR(asked(b), want);
	}
}

/*
 * When a link is asked for what: with its base, once the kernel has told all,
 * and at the end no more; up and down as the addresses are wanted.  What has
 * its name but is not ours is never touched.
 */
static void
check_reconciled(void)
{
	static const struct {
		bool dumped, base, stopping, there, up, wanted, taken;
		const char *want;	/* m: made; u, d: set up or down */
	} rows[] = {
		{ true, true, false, false, false, false, false, "m" },
		{ true, true, false, false, false, true, false, "mu" },
		{ true, true, false, false, true, false, false, "m" },
		{ true, true, false, true, false, true, false, "u" },
		{ true, true, false, true, true, false, false, "d" },
		{ true, true, false, true, true, true, false, "" },
		{ true, true, false, true, false, false, false, "" },
		{ true, true, true, true, true, false, false, "d" },
		{ true, true, true, false, true, false, false, "" },
		{ true, true, true, false, false, true, false, "" },
		{ false, true, false, false, false, true, false, "" },
		{ false, true, false, true, false, true, false, "" },
		{ true, false, false, false, false, true, false, "" },
		{ true, false, false, true, true, false, false, "" },
		{ true, true, false, false, false, true, true, "" },
		{ true, true, false, false, false, false, true, "" },
	};
	struct bench *b = &bench;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct link *link;
		const char *got, *way = strpbrk(rows[i].want, "ud");

		start(with_links(2));
		link = &b->d.links[1];
		*link = (struct link){ .there = rows[i].there,
		    .up = rows[i].up, .refused = true };
		b->d.dumped = rows[i].dumped;
		b->d.stopping = rows[i].stopping;
		b->d.interfaces[0].ifindex = rows[i].base ? 2 : 0;
		b->d.interfaces[1].ifindex = rows[i].there || rows[i].taken ?
		    OWN : 0;
		bench_watch(b);
		CHECK_INT(link_reconcile(&b->d, 1, rows[i].wanted),
		    way != NULL && *way == 'd');
		got = asked(b);
		CHECK_INT(strncmp(got, "create (1) vrrp.52 ", 19) == 0,
		    rows[i].want[0] == 'm');
		CHECK_INT(strstr(got, "alias") != NULL,
		    rows[i].want[0] == 'm');
		if (way == NULL) {
			CHECK(strstr(got, " up") == NULL);
			CHECK(strstr(got, " down") == NULL);
		} else if (rows[i].there) {
			CHECK_STR(got, *way == 'u' ? "set (1) 9 up\n" :
			    "set (1) 9 down\n");
		} else {
			CHECK(strstr(got, "set (1) up vrrp.52\n") != NULL);
		}
		CHECK_INT(link->up, way != NULL ? *way == 'u' :
		    rows[i].want[0] == 'm' ? 0 : rows[i].up);
		CHECK_INT(link->there, rows[i].there ||
		    rows[i].want[0] == 'm');
		CHECK_INT(link->ours, rows[i].want[0] == 'm');
		CHECK(link->refused);
	}
}

/* C-127: what we made goes in one request; what others made stays. */
static void
check_released(void)
{
	struct bench *b = &bench;

	for (int ours = 0; ours < 4; ours++) {
		char want[256];

		start(with_links(2));
		b->d.links[0] = (struct link){ .there = true,
		    .ours = ours & 1 };
		b->d.links[1] = (struct link){ .there = ours & 2,
		    .ours = true };
		b->d.interfaces[2].ifindex = OWN;
		b->d.interfaces[1].ifindex = OWN + 1;
		for (int i = 0; i < 2; i++) {
			b->d.interfaces[i].settings[0] = 1;
			b->d.interfaces[i].before[0] = 0;
		}
		bench_watch(b);
		links_release(&b->d);
		snprintf(want, sizeof(want), "%s%s%sset 2 ipv4 19=0\n"
		    "set 10 ipv4 19=0\n",
		    ours & 1 ? "set 9 group 56525250\n" : "",
		    ours & 2 ? "set 10 group 56525250\n" : "",
		    ours != 0 ? "delete group 56525250\n" : "");
		CHECK_STR(asked(b), want);
	}
}

/* -- the kernel reports -- */

/* C-128: one that others removed is made again, or waited for, or let go. */
static void
check_gone(void)
{
	static const struct {
		bool dumped, stopping, wanted, lingers, refused;
		bool restored, later;
	} rows[] = {
		{ true, false, true, false, false, true, false },
		{ true, false, true, false, true, true, false },
		{ true, false, false, false, false, false, true },
		{ true, false, true, true, false, false, true },
		{ false, false, true, false, false, false, false },
		{ false, false, false, false, false, false, false },
		{ true, true, true, false, false, false, false },
		{ true, true, false, false, true, false, false },
	};
	struct bench *b = &bench;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct vr *vr;

		start(with_links(2));
		bench_run(b, 0);
		vr = &b->d.vrs[1];
		b->d.dumped = rows[i].dumped;
		b->d.stopping = rows[i].stopping;
		vr->wanted = rows[i].wanted;
		vr->linger_until = rows[i].lingers ? b->now + SECOND_US : NEVER;
		b->d.links[1] = (struct link){ .there = true, .up = true,
		    .ours = true, .refused = rows[i].refused };
		link_gone(&b->d, 1, 0, b->now);
		CHECK(!b->d.links[1].there && !b->d.links[1].up);
		CHECK(!b->d.links[1].ours);
		CHECK_INT(b->d.links[1].refused, rows[i].refused);
		CHECK_INT(*counter_of(&b->d, vr, COUNT_restored),
		    rows[i].restored);
		CHECK_INT(vr->dirty, rows[i].restored);
		CHECK_INT(vr->restore_at, rows[i].later ? b->now + SECOND_US :
		    NEVER);
		CHECK(!rows[i].later || vr->timer.due <= b->now + SECOND_US);
	}
}

/* A report of the second link, as it should be. */
static struct nl_link
good_news(uint32_t flags)
{
	return (struct nl_link){ .ifindex = OWN, .lower = 2, .flags = flags,
	    .kind = LINK_MACVLAN, .mac = { 0, 0, 0x5e, 0, 1, 52 },
	    .mode = MACVLAN_MODE_VEPA, .before = { UNKNOWN, UNKNOWN },
	    .settings = { UNKNOWN, UNKNOWN, UNKNOWN } };
}

/* Which one is ours: of the same kind, and above the same interface. */
static void
check_kinship(void)
{
	static const struct {
		uint8_t kind;
		uint32_t base, lower;
		bool marked, refused, taken;
	} rows[] = {
		{ LINK_MACVLAN, 2, 2, true, false, true },
		{ LINK_MACVLAN, 2, 2, false, false, true },
		{ LINK_MACVLAN, 2, 2, false, true, true },
		{ LINK_MACVLAN, 0, 3, false, false, true },
		{ LINK_MACVLAN, 1, 3, false, false, false },
		{ LINK_MACVLAN, 2, 3, false, false, false },
		{ LINK_MACVLAN, 2, 3, false, true, false },
		{ LINK_MACVLAN, 2, 3, true, false, false },
		{ LINK_MACVLAN, 2, 3, true, true, false },
		{ LINK_IPVLAN, 2, 2, false, false, false },
		{ LINK_IPVLAN, 0, 2, true, false, false },
		{ 0, 2, 2, false, false, false },
	};
	struct bench *b = &bench;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct nl_link news = good_news(0);
		bool fault = !rows[i].taken && !rows[i].marked;
		struct link *link;

		start(with_links(2));
		bench_run(b, 0);
		link = &b->d.links[1];
		*link = (struct link){ .there = true,
		    .refused = rows[i].refused };
		b->d.interfaces[0].ifindex = rows[i].base;
		news.kind = rows[i].kind;
		news.lower = rows[i].lower;
		news.before[0] = rows[i].marked ? 0 : UNKNOWN;
		news.before[1] = 0;	/* the first one tells */
		bench_watch(b);
		link_seen(&b->d, 1, &news, false, false, b->now);
		CHECK_STR(asked(b), !rows[i].taken && rows[i].marked ?
		    "delete (1) 9\n" : "");
		CHECK_INT(link->there, rows[i].taken);
		CHECK_INT(link->ours, rows[i].taken && rows[i].marked);
		CHECK_INT(link->refused, !rows[i].taken &&
		    (rows[i].refused || !rows[i].marked));
		CHECK_STR(bench_line(b, EFFECT_LOG, 0), fault &&
		    !rows[i].refused ? "VI_2: interface vrrp.52 is there, but "
		    "no macvlan of eth0" : "");
	}
}

/* What a link that is ours lacks of what we need is asked for. */
static void
check_mended(void)
{
	static const struct {
		uint8_t kind;
		bool fresh, there, other_mac, other_mode, asked;
	} rows[] = {
		{ LINK_MACVLAN, true, false, false, false, true },
		{ LINK_MACVLAN, true, true, false, false, false },
		{ LINK_MACVLAN, false, false, false, false, false },
		{ LINK_MACVLAN, false, true, true, false, true },
		{ LINK_MACVLAN, false, true, false, true, true },
		{ LINK_MACVLAN, true, true, true, true, true },
		{ LINK_IPVLAN, false, true, true, true, false },
		{ LINK_IPVLAN, true, true, true, true, false },
		{ LINK_IPVLAN, true, false, true, true, true },
	};
	struct bench *b = &bench;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct nl_link news = good_news(0);

		start(with_links(2));
		bench_run(b, 0);
		its_vmac[1].kind = news.kind = rows[i].kind;
		b->d.links[1] = (struct link){ .there = rows[i].there,
		    .ours = true };
		if (rows[i].other_mac)
			news.mac[5]++;
		if (rows[i].other_mode)
			news.mode = MACVLAN_MODE_PRIVATE;
		bench_watch(b);
		link_seen(&b->d, 1, &news, rows[i].fresh, false, b->now);
		CHECK_INT(strstr(asked(b), "set 9 ipv4 19=1") != NULL,
		    rows[i].asked);
		CHECK(b->d.links[1].there && b->d.links[1].ours);
	}
}

/* D-16: one that others set down is set up again, as an address put back. */
static void
check_set_down(void)
{
	static const struct {
		bool fresh, was_up, up;		/* as the kernel reports */
		bool link_up, wanted, lingers;	/* as we have it */
		bool restored, up_then, touched;
	} rows[] = {
		{ false, true, false, true, true, false, true, false, true },
		{ false, true, false, true, true, true, false, false, true },
		{ false, true, false, true, false, false, false, false, false },
		{ false, true, false, false, true, false, false, false, true },
		/* our own request to set it up is under way */
		{ false, false, false, true, true, false, false, true, false },
		{ true, false, false, true, true, false, false, true, true },
		/* it goes up, as we asked, or others did so */
		{ false, false, true, true, true, false, false, true, false },
		{ false, false, true, false, true, false, false, true, false },
		{ false, false, true, false, false, false, false, true, true },
		{ false, true, true, true, true, false, false, true, false },
		{ true, true, true, true, true, false, false, true, true },
		{ false, false, false, false, false, false, false, false,
		    false },
		{ false, false, false, false, true, false, false, false, true },
	};
	struct bench *b = &bench;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct nl_link news = good_news(rows[i].up ? UP : IFF_RUNNING);
		struct vr *vr;

		start(with_links(2));
		bench_run(b, 0);
		vr = &b->d.vrs[1];
		vr->wanted = rows[i].wanted;
		vr->linger_until = rows[i].lingers ? b->now + SECOND_US : NEVER;
		b->d.links[1] = (struct link){ .there = true,
		    .up = rows[i].link_up };
		link_seen(&b->d, 1, &news, rows[i].fresh, rows[i].was_up,
		    b->now);
		CHECK_INT(*counter_of(&b->d, vr, COUNT_restored),
		    rows[i].restored);
		CHECK_INT(b->d.links[1].up, rows[i].up_then);
		CHECK_INT(vr->dirty, rows[i].touched);
		CHECK(!b->d.links[1].ours);
	}
}

/* C-168: what a mark tells of the base is believed where nothing is known. */
static void
check_marked(void)
{
	static const struct { int8_t before; bool wants, over; int want; }
	    rows[] = {
		{ -1, true, false, 3 }, { -1, false, false, -1 },
		{ -1, true, true, 3 }, { -1, false, true, 3 },
		{ 0, true, false, 0 }, { 0, false, true, 0 },
		{ 1, true, true, 1 },
	};
	struct bench *b = &bench;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		for (int k = 0; k < 2; k++) {
			struct nl_link news = good_news(0);
			struct interface *base;

			start(with_links(2));
			base = &b->d.interfaces[0];
			base->before[0] = base->before[1] = 5;
			base->before[k] = rows[i].before;
			base->wants[k] = rows[i].wants;
			news.before[0] = news.before[1] = 3;
			if (rows[i].over)
				marked_settings(base, &news, true);
			else	/* of a link that goes on */
				link_seen(&b->d, 1, &news, false, false,
				    b->now);
			CHECK_INT(base->before[k], rows[i].want);
			CHECK_INT(base->before[1 - k], 5);
			CHECK_INT(base->before[2], UNKNOWN);
		}
	}
}

/* How the kernel reports a link, in a message of its own. */
struct told {
	uint32_t	ifindex, lower, flags;
	const char	*name, *kind, *alias;
	bool		deleted, broken;
};

static void
report(struct bench *b, const struct told *r)
{
	static const uint8_t mac[6] = { 0, 0, 0x5e, 0, 1, 52 };
	uint8_t bytes[512];
	struct event event = { .kind = EVENT_NETLINK, .bytes = bytes };
	struct packer p = packer_over(bytes, sizeof(bytes));
	struct ifinfomsg body = { .ifi_type = ARPHRD_ETHERNET,
	    .ifi_index = (int)r->ifindex, .ifi_flags = r->flags };
	uint32_t mode = MACVLAN_MODE_VEPA;
	uint8_t *outer, *inner;

	nl_begin(&p, r->deleted ? RTM_DELLINK : RTM_NEWLINK, 0, 0);
	packer_bytes(&p, &body, sizeof(body));
	nl_attribute(&p, IFLA_IFNAME, r->name, strlen(r->name) + 1);
	nl_attribute(&p, IFLA_ADDRESS, mac, sizeof(mac));
	if (r->lower != 0)
		nl_attribute(&p, IFLA_LINK, &r->lower, sizeof(r->lower));
	if (r->alias != NULL)
		nl_attribute(&p, IFLA_IFALIAS, r->alias, strlen(r->alias) + 1);
	if (r->kind != NULL) {
		outer = nl_nest(&p, IFLA_LINKINFO);
		nl_attribute(&p, IFLA_INFO_KIND, r->kind, strlen(r->kind) + 1);
		inner = nl_nest(&p, IFLA_INFO_DATA);
		nl_attribute(&p, IFLA_MACVLAN_MODE, &mode, sizeof(mode));
		nl_nest_end(&p, inner);
		nl_nest_end(&p, outer);
	}
	if (r->broken)		/* too short to be one */
		nl_attribute(&p, IFLA_MTU, &mode, 1);
	event.length = nl_finish(&p);
	bench_feed(b, &event);
	bench_run(b, 0);
}

/* C-168: one that an earlier run left goes, if it is known to be of one. */
static void
check_remainder(void)
{
	static const struct {
		const char *kind, *alias;
		uint32_t lower;
		bool dumped, cleaning, deleted, goes;
	} rows[] = {
		{ "macvlan", "vrrpd arp_ignore,arp_announce=03", 2, false,
		    false, false, true },
		{ "ipvlan", "vrrpd arp_ignore,arp_announce=13", 2, false,
		    false, false, true },
		{ "macvlan", "vrrpd arp_ignore,arp_announce=03", 2, true,
		    true, false, true },
		{ "macvlan", "vrrpd arp_ignore,arp_announce=03", 2, true,
		    false, false, false },
		{ "macvlan", "vrrpd arp_ignore,arp_announce=03", 2, false,
		    false, true, false },
		{ "macvlan", "vrrpd arp_ignore", 2, false, false, false,
		    false },
		{ "macvlan", NULL, 2, false, false, false, false },
		{ "bridge", "vrrpd arp_ignore,arp_announce=03", 2, false,
		    false, false, false },
		{ NULL, "vrrpd arp_ignore,arp_announce=03", 2, false, false,
		    false, false },
		{ "macvlan", "vrrpd arp_ignore,arp_announce=03", 3, false,
		    false, false, false },
		{ "macvlan", "vrrpd arp_ignore,arp_announce=03", 0, false,
		    false, false, false },
	};
	struct bench *b = &bench;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct told r = { .ifindex = 17, .name = "vrrp.99",
		    .lower = rows[i].lower, .kind = rows[i].kind,
		    .alias = rows[i].alias, .deleted = rows[i].deleted };

		start(with_links(1));
		bench_run(b, 0);
		b->d.dumped = rows[i].dumped;
		b->d.cleaning = rows[i].cleaning;
		b->d.interfaces[0].before[1] = UNKNOWN;
		bench_watch(b);
		report(b, &r);
		CHECK_STR(asked(b), rows[i].goes ? "delete (r) 17\n" : "");
		CHECK_INT(b->d.interfaces[0].before[1], rows[i].goes ? 3 :
		    UNKNOWN);
	}
}

/* Whose a report is: by its name, and by the number that it had before. */
static void
check_reports(void)
{
	static const struct { struct told r; uint32_t then; int gone; }
	    rows[] = {
		{ { .ifindex = 2, .name = "eth0", .flags = UP }, 2, 0 },
		{ { .ifindex = 1, .name = "eth0", .flags = UP }, 1, 0 },
		{ { .ifindex = 2, .name = "eth7", .flags = UP }, 0, 1 },
		{ { .ifindex = 3, .name = "eth7", .flags = UP }, 2, 0 },
		{ { .ifindex = 0, .name = "eth7", .flags = UP }, 2, 0 },
		{ { .ifindex = 0, .name = "eth0", .flags = UP }, 2, 0 },
		{ { .ifindex = 2, .name = "eth0", .deleted = true }, 0, 1 },
		{ { .ifindex = 2, .name = "eth7", .deleted = true }, 0, 1 },
		{ { .ifindex = 5, .name = "eth0", .deleted = true }, 2, 0 },
		{ { .ifindex = 2, .name = "eth7", .broken = true }, 2, 0 },
	};
	struct bench *b = &bench;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		start(with_links(1));
		bench_run(b, 0);
		bench_watch(b);
		report(b, &rows[i].r);
		CHECK_INT(b->d.interfaces[0].ifindex, rows[i].then);
		CHECK_INT(b->d.interfaces[1].ifindex, 0);
		CHECK_INT(b->d.interfaces[2].ifindex, 0);
		CHECK_INT(is_logged(b, "interface eth0 is gone"), rows[i].gone);
		CHECK_INT(b->d.counters.netlink_bad, rows[i].r.broken);
	}
}

/* What is not configured is nobody's, and nothing is done about it. */
static void
check_unconfigured(void)
{
	static const struct told eth1 = { .ifindex = 3, .name = "eth1",
	    .flags = UP }, eth2 = { .ifindex = 4, .name = "eth2",
	    .flags = UP };
	struct bench *b = &bench;

	for (uint16_t count = 1; count <= 2; count++) {
		bench_conf(b, 1);
		b->conf.interface_count = count;
		start(b);
		bench_run(b, 0);
		bench_watch(b);
		report(b, count == 1 ? &eth1 : &eth2);
		links_release(&b->d);
		bench_note(b);
		CHECK_INT(b->count, b->mark);
		CHECK_INT(state(b, 0), VR_BACKUP);
	}
}

/* D-16: it went down if it was up before, it and no other of its name. */
static void
check_went_down(void)
{
	static const struct { uint32_t before, flags; int restored; } rows[] = {
		{ OWN, UP, 1 }, { OWN, IFF_RUNNING, 0 }, { OWN + 1, UP, 0 },
		{ OWN + 1, 0, 0 },
	};
	struct told r = { .ifindex = OWN, .lower = 2, .name = "vrrp.52",
	    .kind = "macvlan", .flags = IFF_RUNNING };
	struct bench *b = &bench;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		start(with_links(2));
		report(b, &r);
		b->d.interfaces[1].ifindex = rows[i].before;
		b->d.interfaces[1].flags = rows[i].flags;
		b->d.links[1].up = b->d.vrs[1].wanted = true;
		report(b, &r);
		CHECK_INT(*counter_of(&b->d, &b->d.vrs[1], COUNT_restored),
		    rows[i].restored);
		CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_restored), 0);
		CHECK_INT(b->d.interfaces[1].ifindex, OWN);
	}
}

/* -- the kernel refuses -- */

/* C-128: what a refusal about a link means, and when it is asked again. */
static void
check_refused(void)
{
	static const struct {
		int error;
		bool ours, known, refused;
		bool counts, there, told;
		const char *more;	/* of what is logged */
	} rows[] = {
		{ EOPNOTSUPP, true, false, false, true, false, true,
		    ", it may lack such links" },
		{ EADDRINUSE, true, false, false, true, false, true,
		    ", another link has its MAC" },
		{ EPERM, true, false, false, true, false, true, "" },
		{ EPERM, true, true, false, true, true, true, "" },
		{ EPERM, false, true, false, true, true, true, "" },
		{ EPERM, true, false, true, true, false, false, "" },
		/* it has just gone: told elsewhere */
		{ ENODEV, true, false, false, false, true, false, "" },
		{ ENODEV, true, true, true, false, true, false, "" },
		/* made already, by us; or by others before its report came */
		{ EEXIST, true, true, false, false, true, false, "" },
		{ EEXIST, false, true, false, true, true, true, "" },
		{ EEXIST, true, false, false, true, false, true, "" },
	};
	struct bench *b = &bench;
	char want[128];

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct event no = { .kind = EVENT_NETLINK_ERROR,
		    .index = LINK_NUMBER + 1, .value = rows[i].error };
		char number[ERROR_SIZE];
		struct link *link;
		struct vr *vr;

		start(with_links(2));
		bench_run(b, 0);
		link = &b->d.links[1];
		vr = &b->d.vrs[1];
		*link = (struct link){ .there = true, .up = true,
		    .ours = rows[i].ours, .refused = rows[i].refused };
		b->d.interfaces[1].ifindex = rows[i].known ? OWN : 0;
		bench_watch(b);
		bench_feed(b, &no);
		bench_note(b);
		CHECK_INT(link->there, rows[i].there);
		CHECK_INT(link->ours, rows[i].ours && rows[i].there);
		CHECK_INT(link->up, !rows[i].counts);
		CHECK_INT(link->refused, rows[i].counts || rows[i].refused);
		CHECK_INT(vr->restore_at, rows[i].counts ? b->now + SECOND_US :
		    NEVER);
		CHECK(!rows[i].counts || vr->timer.due <= vr->restore_at);
		CHECK_INT(state(b, 1) == VR_FAULT, rows[i].counts &&
		    !rows[i].refused);
		CHECK_INT(state(b, 0), VR_BACKUP);
		CHECK(!b->d.links[0].refused);
		snprintf(want, sizeof(want), "VI_2: the kernel refuses the "
		    "link vrrp.52: %s%s", error_text(number, rows[i].error),
		    rows[i].more);
		CHECK_STR(bench_line(b, EFFECT_LOG, 0), rows[i].told ? want :
		    "");
	}
}

/* Starts with a link that is there; the news that another has its MAC. */
static struct event
clash(struct bench *b, struct link link)
{
	start(with_links(2));
	bench_run(b, 0);
	b->d.links[1] = link;
	b->d.interfaces[1].ifindex = OWN;
	return (struct event){ .kind = EVENT_NETLINK_ERROR,
	    .index = LINK_NUMBER + 1, .value = EADDRINUSE };
}

/*
 * What the kernel refused about a link that is there is asked for once a second
 * and said once; the fault ends when the link is seen to be right.
 */
static void
check_asked_again(void)
{
	struct bench *b = &bench;
	struct event no = clash(b, (struct link){ .there = true });
	struct nl_link news = good_news(0);

	news.mac[5]++;
	for (int round = 0; round < 3; round++) {
		bench_watch(b);
		link_seen(&b->d, 1, &news, false, false, b->now);
		CHECK(strstr(asked(b), "set (1) 9 mac 00005e000134") != NULL);
		bench_watch(b);
		bench_feed(b, &no);
		bench_note(b);
		CHECK_INT(strstr(bench_line(b, EFFECT_LOG, 0), "another link "
		    "has its MAC") != NULL, round == 0);
		CHECK_INT(state(b, 1), VR_FAULT);
		bench_run(b, 0);
		bench_watch(b);
		bench_run(b, SECOND_US);
		CHECK_INT(bench_count(b, EFFECT_DUMP), 1);
		CHECK_INT(state(b, 1), VR_FAULT);
	}
	news.mac[5]--;
	link_seen(&b->d, 1, &news, false, false, b->now);
	CHECK_INT(state(b, 1), VR_BACKUP);
	bench_run(b, SECOND_US);
	bench_watch(b);
	bench_run(b, 2 * SECOND_US);
	CHECK_INT(bench_count(b, EFFECT_DUMP), 0);
}

/*
 * One that could not go up, as another has its MAC, is asked for once a second;
 * that it is there, down, is no sign that it could.
 */
static void
check_stuck(void)
{
	struct bench *b = &bench;
	struct event no = clash(b, (struct link){ .there = true,
	    .up = true });
	struct nl_link news = good_news(0);

	for (int round = 0; round < 3; round++) {
		bench_feed(b, &no);
		CHECK_INT(state(b, 1), VR_FAULT);
		link_seen(&b->d, 1, &news, false, false, b->now);
		CHECK_INT(state(b, 1), VR_FAULT);
		bench_run(b, 0);
		bench_watch(b);
		bench_run(b, SECOND_US);
		CHECK(strstr(asked(b), "up") != NULL);
	}
	news.flags = IFF_UP;
	bench_watch(b);
	link_seen(&b->d, 1, &news, false, false, b->now);
	CHECK_INT(state(b, 1), VR_BACKUP);
	bench_run(b, 0);
	CHECK(strstr(asked(b), "down") != NULL);
	news.flags = 0;
	link_seen(&b->d, 1, &news, false, true, b->now);
	CHECK_INT(state(b, 1), VR_BACKUP);
}

/*
 * A link that could not go up is handed at a reload to an instance that is new,
 * as its VRID is another: it is asked for at once, and once a second.
 */
static void
check_handed_on(void)
{
	static struct bench next;
	struct bench *b = &bench;
	struct event no = clash(b, (struct link){ .there = true,
	    .up = true });
	struct nl_link news = good_news(0);

	bench_feed(b, &no);
	bench_conf(&next, 2);
	memcpy(next.vrs, b->vrs, sizeof(next.vrs));
	next.conf = b->conf;
	next.conf.vrs = next.vrs;
	next.vrs[1].vrid = 99;
	next.kernel_obeys = false;
	bench_reload(b, &next);
	CHECK_INT(state(&next, 1), VR_FAULT);
	for (int round = 0; round < 3; round++) {
		CHECK(strstr(asked(&next), "up") != NULL);
		bench_feed(&next, &no);
		link_seen(&next.d, 1, &news, false, false, next.now);
		bench_watch(&next);
		bench_run(&next, SECOND_US);
	}
	news.flags = IFF_UP;
	link_seen(&next.d, 1, &news, false, false, next.now);
	CHECK_INT(state(&next, 1), VR_BACKUP);
}

/* A whole dump: eth0, what r tells if it is not NULL, and an address. */
static void
dump(struct bench *b, const struct told *r)
{
	bench_mark(b, DUMP_LINKS);
	bench_link(b, 2, "eth0", UP, false);
	if (r != NULL)
		report(b, r);
	bench_mark(b, DUMP_ADDRESSES);
	bench_address(b, 2, "10.0.0.1", 24, 0, false);
	bench_mark(b, DUMP_DONE);
}

/* Refuses what was asked about the second link: how often it was. */
static int
refuse_link(struct bench *b)
{
	struct event no = { .kind = EVENT_NETLINK_ERROR,
	    .index = LINK_NUMBER + 1, .value = EPERM };
	const struct noted *noted;
	int count = 0;

	bench_note(b);
	for (int n = 0; (noted = bench_find(b, EFFECT_NETLINK, n)) != NULL; n++)
		count += noted->effect.index == no.index;
	bench_watch(b);
	for (int n = 0; n < count; n++)
		bench_feed(b, &no);
	return count;
}

/* Whether this is what the second instance lacks. */
static bool
is_faulty(struct bench *b, const char *why)
{
	char text[256];
	struct text t = text_over(text, sizeof(text));

	faults_text(&t, &b->d, &b->d.vrs[1], ~0U);
	return strcmp(text_end(&t), why) == 0;
}

/*
 * The kernel that refuses all about a link, and answers every dump, is asked
 * once a second, for whatever reason: its MAC is not to be changed, or it is of
 * another kind and not to be removed.
 */
static void
check_no_flood(void)
{
	static const char alias[] = "vrrpd arp_ignore,arp_announce=00";
	static const struct told rows[] = {
		{ .kind = "macvlan", .name = "vrrp.52", .lower = 2 },
		{ .kind = "ipvlan", .name = "vrrp.52", .lower = 2,
		    .alias = alias },
		{ .kind = "macvlan", .name = "vrrp.52", .lower = 3,
		    .alias = alias },
	};
	struct bench *b = &bench;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct told r = rows[i];
		int dumps = 0, refused = 0;

		r.ifindex = OWN;
		start(with_links(2));
		its_vmac[1].mac[5] = 99;
		dump(b, &r);
		for (int turn = 0; turn < 100; turn++) {
			refused += refuse_link(b);
			bench_run(b, SECOND_US / 10);
			if (bench_count(b, EFFECT_DUMP) > 0) {
				dumps++;
				dump(b, &r);
			}
		}
		CHECK_INT(dumps, 10);
		CHECK_INT(refused, 10);
		CHECK(is_faulty(b, "its link cannot be made as configured "
		    "(vrrp.52)"));
		r = (struct told){ .kind = "macvlan", .name = "vrrp.52",
		    .lower = 2, .ifindex = OWN };
		its_vmac[1].mac[5] = 52;
		report(b, &r);
		CHECK_INT(state(b, 1), VR_BACKUP);
	}
}

/*
 * The kernel lowers the MTU of a link with that of its base, and raises it
 * never: we do, of those that are ours.
 */
static void
check_mtu(void)
{
	static const struct {
		uint32_t mtu;
		bool ours;
		const char *asked;
	} rows[] = {
		{ 1400, true, "" }, { 1500, true, "mtu 1500" },
		{ 1500, true, "" }, { 0, true, "" }, { 1400, true, "" },
		{ 1500, false, "" }, { 9000, true, "mtu 9000" },
	};
	struct bench *b = &bench;
	struct nl_link base = { .ifindex = 2, .flags = UP, .mtu = 1500,
	    .type = ARPHRD_ETHERNET, .before = { UNKNOWN, UNKNOWN },
	    .settings = { UNKNOWN, UNKNOWN, UNKNOWN } };

	(void)clash(b, (struct link){ .there = true });
	b->d.links[0] = (struct link){ .there = true };
	interface_set(&b->d, 0, &base, b->now);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		b->d.links[1].ours = rows[i].ours;
		base.mtu = rows[i].mtu;
		bench_watch(b);
		interface_set(&b->d, 0, &base, b->now);
		CHECK(rows[i].asked[0] != '\0' || asked(b)[0] == '\0');
		CHECK(strstr(asked(b), rows[i].asked) != NULL);
	}
}

int
main(void)
{
	check_settle();
	check_no_room();
	check_made();
	check_setup_of_base();
	check_setup_of_found();
	check_reconciled();
	check_released();
	check_gone();
	check_kinship();
	check_mended();
	check_set_down();
	check_marked();
	check_remainder();
	check_reports();
	check_unconfigured();
	check_went_down();
	check_refused();
	check_asked_again();
	check_stuck();
	check_handed_on();
	check_no_flood();
	check_mtu();
	return check_end("links");
}
