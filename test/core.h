/* SPDX-License-Identifier: ISC */
/*
 * A daemon on a bench: a configuration made by hand, a virtual clock, a kernel
 * played by the test, and every effect noted.  For tests that include vrrpd.c.
 */

#include <stdlib.h>

#define BENCH_VRS	4
#define BENCH_EFFECTS	4096

struct noted {
	struct effect	effect;
	uint8_t		bytes[512];
	usec_t		at;
};

struct bench {
	struct conf	conf;
	struct conf_vr	vrs[BENCH_VRS];
	struct conf_address addresses[BENCH_VRS][4];
	struct conf_interface interfaces[3];
	struct conf_group groups[1];
	uint16_t	members[BENCH_VRS];
	struct daemon	d;
	struct arena	arena;
	struct effects	out;
	_Alignas(16) uint8_t memory[1 << 19], queue[65536];
	struct noted	noted[BENCH_EFFECTS];
	size_t		count;		/* of effects noted */
	size_t		mark;		/* where bench_find begins */
	usec_t		now;
	bool		kernel_obeys;	/* requests are reported as done */
};

static struct ip
bench_ip(const char *text)
{
	struct ip ip;

	if (!ip_parse(text, strlen(text), &ip))
		abort();
	return ip;
}

/* A configuration of n instances of VRID 51, 52, … on eth0, one address each. */
static void
bench_conf(struct bench *b, uint16_t n)
{
	memset(b, 0, sizeof(*b));
	b->arena.at = b->memory;
	b->arena.end = b->memory + sizeof(b->memory);
	for (int i = 0; i < 3; i++)
		snprintf(b->interfaces[i].name, sizeof(b->interfaces[i].name),
		    "eth%d", i);
	for (uint16_t i = 0; i < n; i++) {
		struct conf_address *address = b->addresses[i];
		struct conf_vr *vr = &b->vrs[i];

		address->ip = bench_ip("10.0.0.100");
		address->ip.bytes[3] = (uint8_t)(100 + i);
		address->prefix = 24;
		vr->name = i == 0 ? "VI_1" : i == 1 ? "VI_2" : "VI_3";
		vr->addresses = address;
		vr->address_count = 1;
		vr->interval_us = 1000000;
		vr->garp_repeat = vr->garp_lower_prio_repeat = 2;
		vr->garp_delay_us = vr->garp_lower_prio_delay_us = 5000000;
		vr->garp_refresh_us = 60000000;
		vr->garp_refresh_repeat = 1;
		vr->group = NONE;
		vr->destination = bench_ip("224.0.0.18");
		vr->family = 4;
		vr->version = 2;
		vr->vrid = (uint8_t)(51 + i);
		vr->priority = 100;
		vr->down_timer_adverts = 3;
		vr->unicast_ttl = 255;
		vr->accept = true;
	}
	b->conf.vrs = b->vrs;
	b->conf.vr_count = n;
	b->conf.interfaces = b->interfaces;
	b->conf.interface_count = 3;
	b->conf.groups = b->groups;
	b->now = 1000 * SECOND_US;
	b->kernel_obeys = true;
}

static void
bench_feed(struct bench *b, const struct event *event)
{
	daemon_event(&b->d, b->now, event);
}

/* Tells of a link; deleted: that it is gone. */
static void
bench_link(struct bench *b, uint32_t ifindex, const char *name, uint32_t flags,
    bool deleted)
{
	uint8_t bytes[256], mac[6] = { 2, 0, 0, 0, 0, (uint8_t)ifindex };
	struct packer p = packer_over(bytes, sizeof(bytes));
	struct ifinfomsg body = { .ifi_type = 1, .ifi_index = (int)ifindex,
	    .ifi_flags = flags };
	struct event event = { .kind = EVENT_NETLINK, .bytes = bytes };

	nl_begin(&p, deleted ? RTM_DELLINK : RTM_NEWLINK, 0, 0);
	packer_bytes(&p, &body, sizeof(body));
	nl_attribute(&p, IFLA_IFNAME, name, strlen(name) + 1);
	nl_attribute(&p, IFLA_ADDRESS, mac, sizeof(mac));
	event.length = nl_finish(&p);
	bench_feed(b, &event);
}

/* Tells of an IPv4 address, with a mark (0: none). */
static void
bench_address(struct bench *b, uint32_t ifindex, const char *text,
    uint8_t prefix, uint8_t protocol, bool deleted)
{
	uint8_t bytes[256];
	struct ip ip = bench_ip(text);
	struct packer p = packer_over(bytes, sizeof(bytes));
	struct ifaddrmsg body = { .ifa_family = ip.family == 4 ? 2 : 10,
	    .ifa_prefixlen = prefix, .ifa_index = ifindex };
	struct event event = { .kind = EVENT_NETLINK, .bytes = bytes };

	nl_begin(&p, deleted ? RTM_DELADDR : RTM_NEWADDR, 0, 0);
	packer_bytes(&p, &body, sizeof(body));
	nl_attribute(&p, IFA_LOCAL, ip.bytes, ip_size(ip.family));
	nl_attribute(&p, IFA_ADDRESS, ip.bytes, ip_size(ip.family));
	if (protocol != 0)
		nl_attribute(&p, IFA_PROTO_, &protocol, 1);
	event.length = nl_finish(&p);
	bench_feed(b, &event);
}

static void
bench_mark(struct bench *b, int value)
{
	struct event event = { .kind = EVENT_NETLINK, .value = value };

	bench_feed(b, &event);
}

/* Plays the kernel for a request: reports what it did. */
static void
bench_obey(struct bench *b, const struct noted *noted)
{
	uint8_t copy[512];
	struct event event = { .kind = EVENT_NETLINK, .bytes = copy,
	    .length = noted->effect.length };

	memcpy(copy, noted->bytes, sizeof(copy));
	bench_feed(b, &event);
}

/* Notes every effect in the queue and empties it. */
static void
bench_note(struct bench *b)
{
	uint8_t *at = b->out.start;
	const uint8_t *bytes;
	const struct effect *effect;
	size_t first = b->count;

	while ((effect = effect_next(&b->out, &at, &bytes)) != NULL) {
		struct noted *noted = &b->noted[b->count++ % BENCH_EFFECTS];

		noted->effect = *effect;
		noted->at = b->now;
		memcpy(noted->bytes, bytes, effect->length < 512 ?
		    effect->length : 512);
		if (effect->kind == EFFECT_LOG && getenv("BENCH_LOG"))
			printf("%.3f %.*s\n", (double)b->now / 1e6,
			    effect->length, (const char *)bytes);
	}
	b->out.at = b->out.start;
	for (size_t i = first; b->kernel_obeys && i < b->count; i++) {
		if (b->noted[i % BENCH_EFFECTS].effect.kind == EFFECT_NETLINK)
			bench_obey(b, &b->noted[i % BENCH_EFFECTS]);
	}
}

/* Lets time pass, waking the daemon when it wants to be woken. */
static void
bench_run(struct bench *b, usec_t span)
{
	usec_t end = b->now + span;
	struct event event = { .kind = EVENT_TIME, .drained = true };
	int turns = 0;

	bench_note(b);
	while (daemon_deadline(&b->d) <= end && turns++ < 100000) {
		b->now = usec_max(b->now, daemon_deadline(&b->d));
		bench_feed(b, &event);
		bench_note(b);
	}
	b->now = end;
}

/* Builds and starts the daemon in a world with eth0 up as 10.0.0.1/24. */
static void
bench_start(struct bench *b)
{
	b->out = effects_over(b->queue, sizeof(b->queue), NULL, NULL);
	if (!daemon_build(&b->d, &b->arena, &b->conf, &b->out))
		abort();
	daemon_start(&b->d, b->now, 0);
	bench_mark(b, DUMP_LINKS);
	bench_link(b, 2, "eth0", IFF_UP | IFF_RUNNING, false);
	bench_link(b, 3, "eth1", IFF_UP | IFF_RUNNING, false);
	bench_mark(b, DUMP_ADDRESSES);
	bench_address(b, 1, "127.0.0.1", 8, 1, false);
	bench_address(b, 2, "10.0.0.1", 24, 0, false);
	bench_mark(b, DUMP_DONE);
	bench_run(b, 0);
}

/* An advertisement from 10.0.0.<host>, made as the sender's conf says. */
static void
bench_advert_of(struct bench *b, const struct conf_vr *conf, uint8_t host,
    uint8_t priority)
{
	uint8_t message[256], whole[512];
	struct ip source = bench_ip("10.0.0.0");
	struct packet packet = { .destination = conf->destination,
	    .hop_limit = 255, .protocol = 112, .message = message };
	struct event event = { .kind = EVENT_FRAME, .family = 4,
	    .protocol = 112, .ifindex = 2, .bytes = whole };

	source.bytes[3] = host;
	packet.source = source;
	packet.length = advert_encode(conf, priority, &source,
	    &packet.destination, false, message, sizeof(message));
	event.length = ip4_encode(&packet, 1, whole, sizeof(whole));
	bench_feed(b, &event);
	bench_run(b, 0);
}

/* An advertisement for instance i, configured as we are. */
static void
bench_advert(struct bench *b, uint16_t i, uint8_t host, uint8_t priority)
{
	bench_advert_of(b, &b->vrs[i], host, priority);
}

/* From here on effects count. */
static void
bench_watch(struct bench *b)
{
	bench_note(b);
	b->mark = b->count;
}

/* How many effects of this kind there were since bench_watch. */
static int
bench_count(const struct bench *b, enum effect_kind kind)
{
	int n = 0;

	for (size_t i = b->mark; i < b->count; i++)
		n += b->noted[i % BENCH_EFFECTS].effect.kind == kind;
	return n;
}

/* The n-th effect of a kind since bench_watch, or NULL. */
static const struct noted *
bench_find(const struct bench *b, enum effect_kind kind, int n)
{
	for (size_t i = b->mark; i < b->count; i++) {
		const struct noted *noted = &b->noted[i % BENCH_EFFECTS];

		if (noted->effect.kind == kind && n-- == 0)
			return noted;
	}
	return NULL;
}

/* The priority in the n-th advertisement since bench_watch; -1: none. */
static int
bench_priority(const struct bench *b, int n)
{
	const struct noted *noted = bench_find(b, EFFECT_SEND, n);

	return noted == NULL ? -1 : noted->bytes[22];
}
