/* SPDX-License-Identifier: ISC */
/*
 * A daemon on a bench: a configuration made by hand, a virtual clock, a kernel
 * played by the test, and every effect noted.  For tests that include vrrpd.c.
 */

#include <stdlib.h>

#define BENCH_VRS	4
#define BENCH_EFFECTS	4096
#define BENCH_PIECES	256
#define WAIT_DOWN	(4 * SECOND_US)	/* longer than any down interval here */
#define FAILED		(1 << 8)	/* wait status of exit code 1 */
#define UP		(IFF_UP | IFF_RUNNING)

/* Whether the address sanitizer is there: gcc says so by a macro, clang not. */
#ifdef __has_feature
#define BENCH_PIECEMEAL	__has_feature(address_sanitizer)
#elif defined(__SANITIZE_ADDRESS__)
#define BENCH_PIECEMEAL	1
#else
#define BENCH_PIECEMEAL	0
#endif

struct noted {
	struct effect	effect;
	uint8_t		bytes[512];
	usec_t		at;
};

struct bench {
	struct conf	conf;
	struct conf_vr	vrs[BENCH_VRS + 1];	/* and one to trip over */
	struct conf_address addresses[BENCH_VRS][4];
	struct conf_interface interfaces[3];
	struct conf_group groups[1];
	uint16_t	members[BENCH_VRS + 1];
	struct conf_command commands[8];
	struct conf_script scripts[2];
	struct conf_file files[1];
	struct conf_process processes[1];
	struct conf_track tracks[BENCH_VRS][4];
	struct conf_notify notify[2];
	struct conf_peer peers[BENCH_VRS][2];
	struct daemon	d;
	struct arena	arena;
	void		*pieces[BENCH_PIECES];	/* of the sanitizers' arena */
	size_t		piece_count;
	struct effects	out;
	_Alignas(16) uint8_t memory[1 << 19], queue[65536];
	struct noted	noted[BENCH_EFFECTS];
	size_t		count;		/* of effects noted */
	size_t		mark;		/* where bench_find begins */
	usec_t		now;
	usec_t		wall_us;	/* real time less `now' */
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

/*
 * Commands 0 and 1 are those of scripts, 2 to 7 are free for notify; nobody
 * uses any yet.
 */
static void
bench_conf_programs(struct bench *b)
{
	static const char *const argv[] = { "/bin/check", NULL };

	for (int i = 0; i < 8; i++)
		b->commands[i] = (struct conf_command){ .argv = argv,
		    .path = "/bin/check" };
	for (uint16_t i = 0; i < 2; i++) {
		b->scripts[i] = (struct conf_script){
		    .name = i == 0 ? "check" : "check2", .command = i,
		    .interval_us = 1000000, .rise = 1, .fall = 1 };
		for (int k = 0; k < NOTIFY_KINDS; k++)
			b->notify[i].command[k] = NONE;
	}
	b->files[0] = (struct conf_file){ .name = "file", .path = "/f" };
	b->processes[0] = (struct conf_process){ .name = "process",
	    .words = "haproxy", .length = 8, .quorum = 1,
	    .quorum_max = QUORUM_MAX };
	b->conf.processes = b->processes;
	b->conf.process_count = 1;
	b->conf.commands = b->commands;
	b->conf.command_count = 8;
	b->conf.scripts = b->scripts;
	b->conf.script_count = 2;
	b->conf.files = b->files;
	b->conf.file_count = 1;
}

/* A piece of its own for whatever is taken: what reads past one is caught. */
static void *
bench_more(struct arena *arena, size_t size)
{
	struct bench *b = arena->context;

	arena->at = calloc(1, size + (size == 0));
	if (arena->at == NULL || b->piece_count == BENCH_PIECES)
		abort();
	arena->end = arena->at + size;
	return b->pieces[b->piece_count++] = arena->at;
}

/* An empty bench: nothing is configured yet. */
static void
bench_clear(struct bench *b)
{
	while (b->piece_count > 0)
		free(b->pieces[--b->piece_count]);
	memset(b, 0, sizeof(*b));
	b->arena.at = b->memory;
	b->arena.end = b->memory + sizeof(b->memory);
#if BENCH_PIECEMEAL
	b->arena.end = b->memory;
	b->arena.more = bench_more;
	b->arena.context = b;
#endif
}

/* n instances of VRID 51, 52 and so on, on eth0, with one address each. */
static void
bench_conf(struct bench *b, uint16_t n)
{
	bench_clear(b);
	memset(&b->vrs[n], 0xff, sizeof(b->vrs[n]));
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
		vr->group = vr->vrf = NONE;
		vr->destination = bench_ip("224.0.0.18");
		vr->family = 4;
		vr->version = 2;
		vr->vrid = (uint8_t)(51 + i);
		vr->priority = 100;
		vr->down_timer_adverts = 3;
		vr->unicast_ttl = 255;
		vr->accept = true;
		vr->tracks = b->tracks[i];
		vr->peers = b->peers[i];
	}
	b->conf.vrs = b->vrs;
	b->conf.vr_count = n;
	b->conf.interfaces = b->interfaces;
	b->conf.interface_count = 3;
	bench_conf_programs(b);
	b->now = 1000 * SECOND_US;
	b->kernel_obeys = true;
}

/* Instance i tracks something more. */
static void
bench_track(struct bench *b, uint16_t i, enum track_kind kind, uint16_t index,
    int16_t weight)
{
	struct conf_vr *vr = &b->vrs[i];

	b->tracks[i][vr->track_count++] = (struct conf_track){
	    .kind = (uint8_t)kind, .index = index, .weight = weight };
	b->scripts[0].used |= kind == TRACK_SCRIPT && index == 0;
	b->scripts[1].used |= kind == TRACK_SCRIPT && index == 1;
}

/* The first n instances are one sync group. */
static void
bench_group(struct bench *b, uint16_t n)
{
	for (uint16_t i = 0; i < n; i++) {
		b->members[i] = i;
		b->vrs[i].group = 0;
	}
	b->members[n] = NONE;
	b->groups[0] = (struct conf_group){ .name = "G",
	    .members = b->members, .member_count = n };
	b->conf.groups = b->groups;
	b->conf.group_count = 1;
}

/* bench_conf with n instances, all of them one sync group. */
static void
bench_conf_group(struct bench *b, uint16_t n)
{
	bench_conf(b, n);
	bench_group(b, n);
}

static void
bench_feed(struct bench *b, const struct event *event)
{
	daemon_event(&b->d, b->now, event);
}

/* Tells of a link with this address, or without saying any; or that it left. */
static void
bench_link_mac(struct bench *b, uint32_t ifindex, const char *name,
    uint32_t flags, const uint8_t *mac, bool deleted)
{
	uint8_t bytes[256];
	struct packer p = packer_over(bytes, sizeof(bytes));
	struct ifinfomsg body = { .ifi_type = 1, .ifi_index = (int)ifindex,
	    .ifi_flags = flags };
	struct event event = { .kind = EVENT_NETLINK, .bytes = bytes };

	nl_begin(&p, deleted ? RTM_DELLINK : RTM_NEWLINK, 0, 0);
	packer_bytes(&p, &body, sizeof(body));
	nl_attribute(&p, IFLA_IFNAME, name, strlen(name) + 1);
	if (mac != NULL)
		nl_attribute(&p, IFLA_ADDRESS, mac, 6);
	event.length = nl_finish(&p);
	bench_feed(b, &event);
}

/* Tells of a link; deleted: that it is gone. */
static void
bench_link(struct bench *b, uint32_t ifindex, const char *name, uint32_t flags,
    bool deleted)
{
	uint8_t mac[6] = { 2, 0, 0, 0, 0, (uint8_t)ifindex };

	bench_link_mac(b, ifindex, name, flags, mac, deleted);
}

/* Tells of an address, with a mark (0: none) and IFA_F_ flags. */
static void
bench_address_flags(struct bench *b, uint32_t ifindex, const char *text,
    uint8_t prefix, uint8_t protocol, bool deleted, uint8_t flags)
{
	uint8_t bytes[256];
	struct ip ip = bench_ip(text);
	struct packer p = packer_over(bytes, sizeof(bytes));
	struct ifaddrmsg body = { .ifa_family = ip.family == 4 ? 2 : 10,
	    .ifa_prefixlen = prefix, .ifa_index = ifindex,
	    .ifa_flags = flags };
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

/* Tells of an address without flags. */
static void
bench_address(struct bench *b, uint32_t ifindex, const char *text,
    uint8_t prefix, uint8_t protocol, bool deleted)
{
	bench_address_flags(b, ifindex, text, prefix, protocol, deleted, 0);
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
	struct event event = { .kind = EVENT_TIME, .drained = true,
	    .wall_us = b->wall_us };
	int turns = 0;

	bench_note(b);
	while (daemon_deadline(&b->d) <= end && turns++ < 100000) {
		b->now = usec_max(b->now, daemon_deadline(&b->d));
		bench_feed(b, &event);
		bench_note(b);
	}
	b->now = end;
	bench_note(b);			/* what the kernel's answers led to */
}

/* Somebody with a MAC that ends so claims an address by ARP. */
static void
bench_claim(struct bench *b, uint32_t ifindex, const char *address,
    uint8_t last)
{
	struct ip ip = bench_ip(address);
	uint8_t frame[64], mac[6] = { 2, 0, 0, 0, 0, last };
	struct event event = { .kind = EVENT_NEIGHBOUR, .family = 4,
	    .ifindex = ifindex, .bytes = frame };

	event.length = garp_encode(&ip, mac, frame, sizeof(frame));
	bench_feed(b, &event);
	bench_run(b, 0);
}

/* Builds and starts the daemon; of the world it knows nothing yet. */
static void
bench_launch(struct bench *b)
{
	b->out = effects_over(b->queue, sizeof(b->queue), NULL, NULL);
	if (!daemon_build(&b->d, &b->arena, &b->conf, &b->out))
		abort();
	daemon_start(&b->d, b->now, 0);
}

/* Builds and starts the daemon in a world with eth0 up as 10.0.0.1/24. */
static void
bench_start(struct bench *b)
{
	bench_launch(b);
	bench_mark(b, DUMP_LINKS);
	bench_link(b, 2, "eth0", UP, false);
	bench_link(b, 3, "eth1", UP, false);
	bench_mark(b, DUMP_ADDRESSES);
	bench_address(b, 1, "127.0.0.1", 8, 1, false);
	bench_address(b, 2, "10.0.0.1", 24, 0, false);
	bench_mark(b, DUMP_DONE);
	bench_run(b, 0);
}

/* Starts a daemon with n instances as bench_conf makes them. */
static void
bench_begin(struct bench *b, uint16_t n)
{
	bench_conf(b, n);
	bench_start(b);
}

static enum vr_state
state(const struct bench *b, int i)
{
	return vr_state(&b->d.vrs[i]);
}

static int
priority(const struct bench *b, int i)
{
	return b->d.vrs[i].machine.priority;
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

/* The same over what link, from whom, to whom and with what checksum form. */
static void
bench_hear(struct bench *b, const struct conf_vr *conf, uint32_t ifindex,
    const char *from, const char *to, uint8_t priority, bool plain)
{
	uint8_t message[256], whole[512];
	struct packet packet = { .source = bench_ip(from),
	    .destination = bench_ip(to), .hop_limit = 255, .protocol = 112,
	    .message = message };
	struct event event = { .kind = EVENT_FRAME, .protocol = 112,
	    .hop_limit = 255, .ifindex = ifindex, .bytes = whole,
	    .source = packet.source, .destination = packet.destination };

	event.family = packet.source.family;
	packet.length = advert_encode(conf, priority, &packet.source,
	    &packet.destination, plain, message, sizeof(message));
	if (event.family == 4) {
		event.length = ip4_encode(&packet, 1, whole, sizeof(whole));
	} else {
		event.bytes = message;
		event.length = packet.length;
	}
	bench_feed(b, &event);
	bench_run(b, 0);
}

/* An advertisement for instance i, configured as we are. */
static void
bench_advert(struct bench *b, uint16_t i, uint8_t host, uint8_t priority)
{
	bench_advert_of(b, &b->vrs[i], host, priority);
}

/* The same once a second for five seconds: who hears it stays Backup. */
static void
bench_adverts(struct bench *b, uint16_t i, uint8_t host, uint8_t priority)
{
	for (int n = 0; n < 5; n++) {
		bench_advert(b, i, host, priority);
		bench_run(b, SECOND_US);
	}
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

/* The n-th line for FIFO 0, or log line, since bench_watch; "": none. */
static const char *
bench_line(const struct bench *b, enum effect_kind kind, int n)
{
	static char line[512];
	const struct noted *noted;
	int k = 0;

	for (noted = bench_find(b, kind, k); noted != NULL;
	    noted = bench_find(b, kind, ++k)) {
		if (kind == EFFECT_FIFO && noted->effect.index != 0)
			continue;
		if (n-- == 0)
			break;
	}
	line[0] = '\0';
	if (noted != NULL)
		snprintf(line, sizeof(line), "%.*s", noted->effect.length,
		    (const char *)noted->bytes);
	return line;
}

/* A process ended: the n-th that was started since bench_watch. */
static void
bench_ended(struct bench *b, int n, int status)
{
	const struct noted *noted = bench_find(b, EFFECT_RUN, n);
	struct event event = { .kind = EVENT_PROCESS, .value = status };

	if (noted == NULL)
		abort();
	event.token = noted->effect.token;
	bench_feed(b, &event);
	bench_run(b, 0);
}

/* The value of tracked file 0. */
static void
bench_file(struct bench *b, int32_t value)
{
	struct event event = { .kind = EVENT_FILE, .value = value };

	bench_feed(b, &event);
	bench_run(b, 0);
}

/* How many there are of tracked process 0. */
static void
bench_count_processes(struct bench *b, int32_t count)
{
	struct event event = { .kind = EVENT_COUNT, .value = count };

	bench_feed(b, &event);
	bench_run(b, 0);
}

/* Hands a running bench's daemon over to a new configuration. */
static void
bench_reload(struct bench *b, struct bench *next)
{
	next->out = effects_over(next->queue, sizeof(next->queue), NULL, NULL);
	next->now = b->now;
	if (!daemon_build(&next->d, &next->arena, &next->conf, &next->out))
		abort();
	bench_watch(b);
	daemon_retire(&b->d, &next->d, b->now);
	bench_note(b);
	daemon_inherit(&next->d, &b->d, &next->arena, b->now);
	bench_run(next, 0);
}

/* The priority in the n-th advertisement since bench_watch; -1: none. */
static int
bench_priority(const struct bench *b, int n)
{
	const struct noted *noted = bench_find(b, EFFECT_SEND, n);

	return noted == NULL ? -1 : noted->bytes[22];
}

/* Whether a line of the log since bench_watch has this text. */
static bool
is_logged(struct bench *b, const char *text)
{
	bench_note(b);
	for (int n = 0; bench_find(b, EFFECT_LOG, n) != NULL; n++) {
		if (strstr(bench_line(b, EFFECT_LOG, n), text) != NULL)
			return true;
	}
	return false;
}

/* Runs script 0 once more, with this result. */
static void
beat(struct bench *b, int status)
{
	bench_watch(b);
	bench_run(b, SECOND_US);
	bench_ended(b, 0, status);
}
