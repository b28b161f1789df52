/* SPDX-License-Identifier: ISC */
/*
 * A daemon for fuzzers: made of a text, fed events, with everything that it
 * asks for and everything that it holds checked after each.
 */
#ifndef FUZZ_LAB_H
#define FUZZ_LAB_H

#include "fuzz_conf.h"

#define LAB_QUEUE	(1 << 17)
#define LAB_VRS		10		/* at most, in a lab */
#define LAB_TURNS	10000		/* until a daemon must be at rest */

struct lab {
	const struct conf *conf;
	struct daemon	*d;		/* one of these */
	struct daemon	daemons[2];
	struct arena	arena;		/* of that one */
	struct effects	out;
	usec_t		now;
	usec_t		wall_us;	/* real time less `now' */
	/* What was before the event in hand. */
	struct vr	before[LAB_VRS];
	uint32_t	counts_before[LAB_VRS * COUNTER_KINDS];
	struct auth	auth_before[LAB_VRS];
	struct mark	marks_before[LAB_VRS][MARKS_MULTICAST];
	usec_t		heard_wall_before;
	unsigned	effects;		/* of it */
	unsigned	sent;			/* advertisements of it */
	/* Told of each effect, if not NULL; not during an event. */
	void		(*tell)(struct lab *, const struct effect *,
			    const uint8_t *bytes);
	void		(*turn)(struct lab *);	/* NULL, or after each turn */
	const struct lab_saved *saved;	/* whose memory the arena is, or NULL */
	_Alignas(16) uint8_t queue[LAB_QUEUE];
};

/* A lab as it was at a moment, to be so again. */
struct lab_saved {
	struct lab	*lab;		/* NULL: none yet */
	uint8_t		*memory;	/* what its arena held */
};

JUDGES

/* Whether the event in hand made a counter of a virtual router grow. */
static bool
lab_counted(const struct lab *l, uint32_t i, enum counter which)
{
	return l->d->counts[which * l->conf->vr_count + i] >
	    l->counts_before[which * l->conf->vr_count + i];
}

/* -- effects -- */

/* An advertisement: its sender is, or was, Active, and it is well made. */
static void
lab_check_send(const struct lab *l, const struct effect *effect,
    const uint8_t *bytes)
{
	uint32_t i = effect->index < l->conf->vr_count ? effect->index : 0;
	size_t header = effect->value == 0 ? 0 : ETHERNET_HEADER +
	    (effect->source.family == 6 ? IP6_HEADER : 0U);
	const struct vr *vr = &l->d->vrs[i], *before = &l->before[i];
	const struct conf_vr *conf = &l->conf->vrs[i];
	struct event event = { .family = conf->family,
	    .bytes = bytes + header, .protocol = 112,
	    .length = effect->length - header,
	    .source = effect->source, .destination = effect->destination,
	    .hop_limit = effect->hop_limit };
	struct packet packet;
	struct advert advert;
	enum counter counter;

	FUZZ_CHECK(effect->index == i);
	FUZZ_CHECK((effect->value == 1) == (vr_sender_mac(conf) != NULL));
	FUZZ_CHECK(header == 0 || memcmp(bytes + 6, vr_sender_mac(conf),
	    6) == 0);
	FUZZ_CHECK(effect->ifindex != 0 || conf->interface == NONE);
	FUZZ_CHECK(effect->source.family == conf->family);
	FUZZ_CHECK(effect->destination.family == conf->family);
	FUZZ_CHECK(packet_open(&event, &packet) == COUNTER_KINDS);
	FUZZ_CHECK(ip_equal(&packet.source, &effect->source));
	FUZZ_CHECK(ip_equal(&packet.destination, &effect->destination));
	counter = advert_check(conf, &packet, &advert);
	FUZZ_CHECK(counter == COUNTER_KINDS || (conf->unicast &&
	    (counter == COUNT_ttl || counter == COUNT_not_peer)));
	FUZZ_CHECK(advert.vrid == conf->vrid);
	FUZZ_CHECK(advert_addresses_match(conf, &advert));
	FUZZ_CHECK(before->machine.state == MACHINE_ACTIVE ||
	    lab_counted(l, i, COUNT_became_master) ||
	    vr->machine.state == MACHINE_ACTIVE ||
	    before->linger_until <= l->now);	/* vr_prompt */
	FUZZ_CHECK(advert.priority == 0 ||
	    advert.priority == vr->machine.priority ||
	    advert.priority == before->machine.priority);
}

/* A request to the kernel: about an address or a link, and sound. */
static void
lab_check_request(const struct lab *l, const struct effect *effect,
    const uint8_t *bytes)
{
	struct cursor c = cursor_over(bytes, effect->length);
	struct nl_message message;
	struct nl_address address;
	struct nl_link link;

	FUZZ_CHECK(nl_next(&c, &message) && cursor_left(&c) == 0);
	if (message.type == RTM_NEWLINK || message.type == RTM_DELLINK) {
		FUZZ_CHECK(effect->index < LINK_NUMBER ||
		    effect->index - LINK_NUMBER < l->conf->link_count);
		FUZZ_CHECK(nl_link_parse(&message, &link));
		/* at the end, all of our group */
		FUZZ_CHECK(link.ifindex != 0 || link.name[0] != '\0' ||
		    (l->d->stopping && message.type == RTM_DELLINK));
		return;
	}
	if (message.type >= RTM_NEWROUTE || effect->ifindex == 0) {
		FUZZ_CHECK(effect->index == 0 ||
		    (effect->index > l->d->vip_count && effect->index <=
		    l->d->vip_count + l->d->orphan_count) ||
		    effect->index - ENTRY_REQUESTS < l->conf->entry_count);
		return;
	}
	FUZZ_CHECK(effect->index <= l->d->vip_count + l->d->orphan_count ||
	    effect->index == REMAINDER_NUMBER);
	FUZZ_CHECK(message.type == RTM_NEWADDR || message.type == RTM_DELADDR);
	FUZZ_CHECK(nl_address_parse(&message, &address));
	FUZZ_CHECK(address.ifindex == effect->ifindex);
	FUZZ_CHECK(effect->index == 0 || effect->index > l->d->vip_count ||
	    ip_equal(&address.ip,
	    &vip_address(l->d, &l->d->vips[effect->index - 1])->ip));
}

/* A line for a FIFO: one, and nothing that would begin another. */
static void
lab_check_line(const uint8_t *bytes, size_t length)
{
	FUZZ_CHECK(length > 1 && bytes[length - 1] == '\n');
	for (size_t i = 0; i + 1 < length; i++)
		FUZZ_CHECK(bytes[i] >= ' ' && bytes[i] != 0x7f);
}

static void
lab_check_effect(const struct lab *l, const struct effect *effect,
    const uint8_t *bytes)
{
	uint8_t mac[6];
	struct event event = { .bytes = bytes, .length = effect->length,
	    .family = 4 };
	struct ip ip;

	switch ((enum effect_kind)effect->kind) {
	case EFFECT_SEND:
		lab_check_send(l, effect, bytes);
		break;
	case EFFECT_UDP:
		FUZZ_CHECK(effect->length == BFD_DATAGRAM +
		    (effect->destination.family == 4 ? IP4_HEADER : 0));
		break;
	case EFFECT_ETHERNET:
		FUZZ_CHECK(effect->ifindex != 0);
		FUZZ_CHECK(effect->length == NA_FRAME ||
		    (effect->length == GARP_FRAME &&
		    claim_decode(&event, &ip, mac)));
		break;
	case EFFECT_NETLINK:
		lab_check_request(l, effect, bytes);
		break;
	case EFFECT_JOIN:
	case EFFECT_LEAVE:
		FUZZ_CHECK(effect->ifindex != 0);
		FUZZ_CHECK(ip_is_multicast(&effect->destination));
		break;
	case EFFECT_SYSCTL:
		FUZZ_CHECK(effect->value == 0 || effect->value == 1);
		FUZZ_CHECK(memchr(bytes, 0, effect->length) ==
		    bytes + effect->length - 1);
		break;
	case EFFECT_RUN:
		FUZZ_CHECK(effect->index < l->conf->command_count);
		FUZZ_CHECK(effect->token != 0);
		break;
	case EFFECT_CHECK:
		FUZZ_CHECK(effect->index > CHECK_COMMAND &&
		    effect->index < CHECK_KINDS);
		FUZZ_CHECK(effect->token != 0);
		FUZZ_CHECK(effect->length < CHECK_REQUEST);
		FUZZ_CHECK(effect->index == CHECK_PIDFILE ||
		    effect->destination.family != 0);
		break;
	case EFFECT_SIGNAL:
		FUZZ_CHECK(effect->token != 0);
		break;
	case EFFECT_FIFO:
		FUZZ_CHECK(effect->index < 2);
		lab_check_line(bytes, effect->length);
		break;
	case EFFECT_LOG:
		FUZZ_CHECK(effect->length < LINE_MAX_LOG);
		break;
	case EFFECT_DUMP:
	case EFFECT_STOPPED:
		FUZZ_CHECK(effect->length == 0);
		break;
	case EFFECT_KINDS:
		FUZZ_CHECK(effect->kind < EFFECT_KINDS);
	}
}

/* The queue is whole, and each effect in it is sound. */
static void
lab_check_queue(struct lab *l)
{
	uint8_t *at = l->out.start;
	const struct effect *effect;
	const uint8_t *bytes;

	while ((effect = effect_next(&l->out, &at, &bytes)) != NULL) {
		FUZZ_CHECK(at <= l->out.at);
		FUZZ_CHECK(effect->kind < EFFECT_KINDS);
		lab_check_effect(l, effect, bytes);
		if (fuzz_trace)
			fprintf(stderr, "%12.6f   effect %u #%u %.*s\n",
			    (double)l->now / SECOND_US, effect->kind,
			    effect->index, effect->kind == EFFECT_LOG ?
			    effect->length : 0, (const char *)bytes);
		l->sent += effect->kind == EFFECT_SEND;
		l->effects++;
	}
	FUZZ_CHECK(at == l->out.at && l->out.dropped == 0);
}

/* Checks the effects, tells of them, and empties the queue. */
static void
lab_empty(struct lab *l)
{
	uint8_t *at = l->out.start;
	const struct effect *effect;
	const uint8_t *bytes;

	lab_check_queue(l);
	while (l->tell != NULL &&
	    (effect = effect_next(&l->out, &at, &bytes)) != NULL)
		l->tell(l, effect, bytes);
	l->out.at = l->out.start;
}

/* A queue that is to be emptied in the middle of an event. */
static void
lab_drain(struct effects *out)
{
	lab_empty(out->context);
}

/* -- what a daemon holds -- */

/* The earliest moment that a virtual router waits for. */
static usec_t
lab_vr_due(const struct vr *vr)
{
	const usec_t moments[] = { vr->machine.timer, vr->linger_until,
	    vr->announce_at, vr->again_at, vr->refresh_at, vr->restore_at,
	    vr->claim_at };
	usec_t due = NEVER;

	for (size_t i = 0; i < COUNT_OF(moments); i++)
		due = usec_min(due, moments[i]);
	return due;
}

static void
lab_check_vr(const struct lab *l, const struct vr *vr)
{
	const struct machine *m = &vr->machine;
	bool active = m->state == MACHINE_ACTIVE;
	bool lingers = vr->linger_until != NEVER;
	usec_t due = lab_vr_due(vr);

	FUZZ_CHECK(m->state >= MACHINE_INITIALIZE && m->state < MACHINE_STATES);
	FUZZ_CHECK(m->priority > 0 && m->interval_us > 0);
	FUZZ_CHECK(m->priority != PRIORITY_OWNER || vr_is_owner(vr));
	FUZZ_CHECK((m->state == MACHINE_INITIALIZE) == (vr->faults != 0));
	FUZZ_CHECK((m->state == MACHINE_INITIALIZE) == (m->timer == NEVER));
	/* who stepped back with its sync group may wait an interval longer */
	FUZZ_CHECK(m->timer == NEVER || m->timer <= l->now +
	    (usec_t)m->interval_us + (active ? 0 : active_down_interval(m)));
	FUZZ_CHECK(!active || vr->wanted);
	FUZZ_CHECK(!active || !lingers);
	FUZZ_CHECK(!vr->wanted || active || lingers || vr->keep_addresses);
	FUZZ_CHECK(due == NEVER || (vr->timer.slot != NO_SLOT &&
	    vr->timer.due <= due));
	FUZZ_CHECK(vr->announce_left == 0 || vr->announce_at != NEVER ||
	    vr->dirty || !vr->wanted);
}

static void
lab_check_heap(const struct daemon *d)
{
	FUZZ_CHECK(d->heap_count <= d->heap_capacity);
	FUZZ_CHECK(d->deferred_count == 0);
	for (uint32_t i = 0; i < d->heap_count; i++) {
		FUZZ_CHECK(d->heap[i]->slot == i && !d->heap[i]->deferred);
		FUZZ_CHECK(d->heap[(i - (i > 0)) / 2]->due <= d->heap[i]->due);
	}
}

/* Every remembered address is in one list: an interface's, or the free one. */
static void
lab_check_locals(const struct daemon *d)
{
	uint32_t count = 0, k = d->local_free;

	FUZZ_CHECK(d->local_used <= d->local_capacity);
	for (; k != NO_LOCAL && count <= d->local_used; k = d->locals[k].next)
		count++;
	for (uint16_t i = 0; i < d->conf->interface_count; i++) {
		k = d->interfaces[i].first_address;
		for (; k != NO_LOCAL && count <= d->local_used;
		    k = d->locals[k].next)
			count++;
		FUZZ_CHECK(k == NO_LOCAL || d->interfaces[i].ifindex != 0);
	}
	FUZZ_CHECK(count == d->local_used);
}

/* Scripts and notify scripts: a run has its end planned. */
static void
lab_check_programs(const struct daemon *d)
{
	for (uint32_t i = 0; i < d->conf->script_count; i++) {
		const struct script *script = &d->scripts[i];
		const struct conf_script *conf = &d->conf->scripts[i];

		FUZZ_CHECK(script->result < conf->rise + conf->fall);
		FUZZ_CHECK(script->token == 0 || d->stopping ||
		    script->timer.slot != NO_SLOT);
	}
	for (uint32_t i = 0; i < d->notifier_count; i++) {
		FUZZ_CHECK(d->notifiers[i].count <= NOTICES_MAX);
		FUZZ_CHECK(d->notifiers[i].token == 0 || d->stopped ||
		    d->notifiers[i].timer.slot != NO_SLOT);
		FUZZ_CHECK(d->notifiers[i].token != 0 ||
		    d->notifiers[i].count == 0);
	}
}

static void
lab_check(const struct lab *l)
{
	const struct daemon *d = l->d;
	uint32_t dirty = 0;

	for (uint32_t i = 0; i < l->conf->vr_count; i++) {
		lab_check_vr(l, &d->vrs[i]);
		dirty += d->vrs[i].dirty;
	}
	FUZZ_CHECK(d->work_count == dirty);
	for (uint32_t i = 0; i < d->vip_count; i++)
		FUZZ_CHECK(d->vips[i].state <= VIP_LEFT);
	lab_check_heap(d);
	lab_check_locals(d);
	lab_check_programs(d);
}

/* Nor does it change what authentication remembers. */
static void
lab_check_auth(const struct lab *l)
{
	for (uint32_t i = 0; i < l->conf->vr_count; i++) {
		const struct auth *auth = l->d->vrs[i].auth;

		if (auth == NULL)
			continue;
		FUZZ_CHECK(auth->sequence == l->auth_before[i].sequence);
		FUZZ_CHECK(auth->heard == l->auth_before[i].heard);
		FUZZ_CHECK(auth->mark_count <= MARKS_MULTICAST);
		for (uint16_t k = 0; k < auth->mark_count; k++)
			FUZZ_CHECK(memcmp(&auth->marks[k],
			    &l->marks_before[i][k], sizeof(struct mark)) == 0);
	}
	FUZZ_CHECK(l->d->heard_wall_us == l->heard_wall_before);
}

/* A refused packet counts, may be logged, is known as who sent it; no more. */
static void
lab_check_refused(const struct lab *l)
{
	for (uint32_t i = 0; i < l->conf->vr_count; i++) {
		if (lab_counted(l, i, COUNT_received) ||
		    lab_counted(l, i, COUNT_ignored) ||
		    lab_counted(l, i, COUNT_address_list))
			return;
	}
	for (uint32_t i = 0; i < l->conf->vr_count; i++) {
		struct vr pair[2];

		memcpy(&pair[0], &l->before[i], sizeof(pair[0]));
		memcpy(&pair[1], &l->d->vrs[i], sizeof(pair[1]));
		pair[0].first_speaker = pair[1].first_speaker;
		FUZZ_CHECK(memcmp(&pair[0], &pair[1], sizeof(pair[0])) == 0);
	}
	lab_check_auth(l);
	FUZZ_CHECK(l->sent == 0);
}

/* -- driving it -- */

/* Begins to note what an event does. */
static void
lab_begin(struct lab *l)
{
	FUZZ_CHECK(l->conf->vr_count <= LAB_VRS);
	memcpy(l->before, l->d->vrs, l->conf->vr_count * sizeof(*l->d->vrs));
	memcpy(l->counts_before, l->d->counts, l->conf->vr_count *
	    COUNTER_KINDS * sizeof(*l->d->counts));
	for (uint32_t i = 0; i < l->conf->vr_count; i++) {
		const struct auth *auth = l->d->vrs[i].auth;

		if (auth == NULL)
			continue;
		l->auth_before[i] = *auth;
		memcpy(l->marks_before[i], auth->marks,
		    auth->mark_count * sizeof(*auth->marks));
	}
	l->heard_wall_before = l->d->heard_wall_us;
	l->effects = l->sent = 0;
}

/* Checks what an event did. */
static void
lab_end(struct lab *l)
{
	lab_empty(l);
	lab_check(l);
}

/* Feeds an event whose bytes, if any, end where their memory does. */
static void
lab_feed(struct lab *l, const struct event *event)
{
	if (fuzz_trace)
		fprintf(stderr, "%12.6f event %d #%u\n",
		    (double)l->now / SECOND_US, event->kind, event->index);
	lab_begin(l);
	daemon_event(l->d, l->now, event);
	if (event->kind == EVENT_FRAME)
		lab_check_refused(l);
	lab_end(l);
}

/* Feeds bytes as an event. */
static void
lab_feed_bytes(struct lab *l, struct event event, const void *bytes,
    size_t length)
{
	uint8_t *copy = fuzz_copy(bytes, length);

	event.bytes = copy;
	event.length = length;
	lab_feed(l, &event);
	free(copy);
}

/*
 * Another router advertises what conf says, from packet->source to
 * packet->destination, with its hop limit; `plain': without pseudo-header.
 */
static void
lab_feed_advert(struct lab *l, const struct conf_vr *conf, uint8_t priority,
    struct packet *packet, uint32_t ifindex, bool plain)
{
	uint8_t message[MESSAGE_MAX], whole[MESSAGE_MAX + IP4_HEADER];
	struct event event = { .kind = EVENT_FRAME, .family = conf->family,
	    .protocol = IPPROTO_VRRP_, .hop_limit = 255, .ifindex = ifindex,
	    .source = packet->source, .destination = packet->destination };

	packet->protocol = IPPROTO_VRRP_;
	packet->message = message;
	packet->length = advert_encode(conf, priority, &packet->source,
	    &packet->destination, plain, message, sizeof(message));
	if (conf->family == 4)
		lab_feed_bytes(l, event, whole, ip4_encode(packet, 1, whole,
		    sizeof(whole)));
	else
		lab_feed_bytes(l, event, message, packet->length);
}

/* Lets the daemon do all that is due now; it comes to an end with that. */
static void
lab_settle(struct lab *l)
{
	struct event event = { .kind = EVENT_TIME, .drained = true,
	    .wall_us = l->wall_us };
	unsigned turns = 0;

	while (!l->d->stopped && daemon_deadline(l->d) <= l->now) {
		FUZZ_CHECK(turns++ < LAB_TURNS);
		lab_feed(l, &event);
		if (l->turn != NULL)
			l->turn(l);
	}
}

/* Lets time pass as the loop does, waking the daemon when it wants. */
static void
lab_run(struct lab *l, usec_t span)
{
	usec_t end = l->now + span;

	lab_settle(l);
	while (!l->d->stopped && daemon_deadline(l->d) <= end) {
		l->now = daemon_deadline(l->d);
		lab_settle(l);
	}
	l->now = end;
}

/* The same, but no longer than to a moment: many inputs see more than long. */
static inline void
lab_wait(struct lab *l, usec_t span, usec_t end)
{
	lab_run(l, usec_min(span, end - l->now));
}

/* Writes the kernel's message about a link; its length. */
static size_t
lab_link_message(uint8_t *bytes, size_t size, uint32_t ifindex,
    const char *name, uint32_t flags, bool there)
{
	uint8_t mac[6] = { 2, 0, 0, 0, 0, (uint8_t)ifindex };
	struct packer p = packer_over(bytes, size);
	struct ifinfomsg body = { .ifi_type = 1, .ifi_index = (int)ifindex,
	    .ifi_flags = flags };

	nl_begin(&p, there ? RTM_NEWLINK : RTM_DELLINK, 0, 0);
	packer_bytes(&p, &body, sizeof(body));
	nl_attribute(&p, IFLA_IFNAME, name, strlen(name) + 1);
	nl_attribute(&p, IFLA_ADDRESS, mac, sizeof(mac));
	return nl_finish(&p);
}

/* The same about an address, with a mark (0: none). */
static size_t
lab_address_message(uint8_t *bytes, size_t size, uint32_t ifindex,
    const struct ip *ip, uint8_t prefix, uint8_t protocol, bool there)
{
	struct packer p = packer_over(bytes, size);
	struct ifaddrmsg body = { .ifa_family = ip->family == 4 ? 2 : 10,
	    .ifa_prefixlen = prefix, .ifa_index = ifindex };

	nl_begin(&p, there ? RTM_NEWADDR : RTM_DELADDR, 0, 0);
	packer_bytes(&p, &body, sizeof(body));
	nl_attribute(&p, IFA_LOCAL, ip->bytes, ip_size(ip->family));
	nl_attribute(&p, IFA_ADDRESS, ip->bytes, ip_size(ip->family));
	if (protocol != 0)
		nl_attribute(&p, IFA_PROTO_, &protocol, 1);
	return nl_finish(&p);
}

/* Tells of a link. */
static void
lab_link(struct lab *l, uint32_t ifindex, const char *name, uint32_t flags,
    bool there)
{
	uint8_t bytes[128];
	struct event event = { .kind = EVENT_NETLINK };

	lab_feed_bytes(l, event, bytes, lab_link_message(bytes, sizeof(bytes),
	    ifindex, name, flags, there));
}

/* Tells of an address, with a mark (0: none). */
static void
lab_address(struct lab *l, uint32_t ifindex, const struct ip *ip,
    uint8_t prefix, uint8_t protocol, bool there)
{
	uint8_t bytes[128];
	struct event event = { .kind = EVENT_NETLINK };

	lab_feed_bytes(l, event, bytes, lab_address_message(bytes,
	    sizeof(bytes), ifindex, ip, prefix, protocol, there));
}

static struct ip
lab_ip(const char *text)
{
	struct ip ip;

	FUZZ_CHECK(ip_parse(text, strlen(text), &ip));
	return ip;
}

/* Feeds the mark of a stage of a dump. */
static void
lab_mark(struct lab *l, enum dump_mark mark)
{
	struct event event = { .kind = EVENT_NETLINK, .value = (int32_t)mark };

	lab_feed(l, &event);
}

/* Tells of eth0 (2) and eth1 (3), which work, and of their own addresses. */
static void
lab_dump(struct lab *l)
{
	struct ip own[] = { lab_ip("10.0.0.50"), lab_ip("fe80::50"),
	    lab_ip("10.0.1.50") };

	lab_mark(l, DUMP_LINKS);
	lab_link(l, 2, "eth0", IFF_UP | IFF_RUNNING, true);
	lab_link(l, 3, "eth1", IFF_UP | IFF_RUNNING, true);
	lab_mark(l, DUMP_ADDRESSES);
	for (uint32_t i = 0; i < COUNT_OF(own); i++)
		lab_address(l, i < 2 ? 2 : 3, &own[i], 24, 0, true);
	lab_mark(l, DUMP_DONE);
}

/* Makes a daemon of a configuration and starts it. */
static void
lab_start(struct lab *l, const struct conf *conf, usec_t now)
{
	l->conf = conf;
	l->now = now;
	l->d = &l->daemons[0];
	l->arena = fuzz_arena();
	l->saved = NULL;
	l->out = effects_over(l->queue, sizeof(l->queue), lab_drain, l);
	FUZZ_CHECK(daemon_build(l->d, &l->arena, conf, &l->out));
	lab_begin(l);
	daemon_start(l->d, l->now, 0);
	lab_end(l);
}

/* Gives up a daemon's memory; what was saved is forbidden until then. */
static void
lab_stop(struct lab *l)
{
	fuzz_arena_cut(&l->arena, l->saved == NULL ? NULL :
	    l->saved->lab->arena.chunks);
	if (l->saved != NULL)
		fuzz_arena_forbid(&l->arena);
	l->saved = NULL;
}

/* What was taken over can be told of: nothing points to what is gone. */
static void
lab_explain(const struct lab *l)
{
	char sentences[4096];

	for (uint32_t i = 0; i < l->conf->vr_count; i++) {
		struct text t = text_over(sentences, sizeof(sentences));

		explain(&t, l->d, &l->d->vrs[i], l->now);
	}
}

/*
 * Hands over to a new configuration, as Loop does.  What was before counts as
 * Active: a member of it may resign.
 */
static void
lab_reload(struct lab *l, const struct conf *conf)
{
	struct daemon *old = l->d, *next = &l->daemons[old == l->daemons];
	struct arena arena = fuzz_arena();

	if (fuzz_trace)
		fprintf(stderr, "%12.6f reload\n", (double)l->now / SECOND_US);
	FUZZ_CHECK(daemon_build(next, &arena, conf, &l->out));
	lab_begin(l);
	daemon_retire(old, next, l->now);
	lab_empty(l);
	l->d = next;
	l->conf = conf;
	lab_begin(l);
	for (uint32_t i = 0; i < conf->vr_count; i++)
		l->before[i].machine.state = MACHINE_ACTIVE;
	daemon_inherit(next, old, &arena, l->now);
	lab_explain(l);
	lab_end(l);
	lab_stop(l);
	l->arena = arena;
}

/* Saves a lab, which is at rest. */
static void
lab_save(struct lab_saved *saved, struct lab *l)
{
	FUZZ_CHECK(l->out.at == l->out.start);
	saved->lab = fuzz_copy(l, sizeof(*l));
	saved->lab->saved = saved;
	saved->memory = fuzz_arena_save(&l->arena);
}

/* Has the lab that was saved be again what it was then, byte for byte. */
static void
lab_restore(struct lab *l, const struct lab_saved *saved)
{
	memcpy(l, saved->lab, offsetof(struct lab, queue));
	fuzz_arena_restore(&l->arena, saved->memory);
}

JUDGES_END

#endif
