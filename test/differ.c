/* SPDX-License-Identifier: ISC */
/*
 * Goal: whoever starts with one configuration and reloads another ends where
 * one ends that starts with the other; one that goes back, where it was; and
 * whatever happened meanwhile, all being well again, nothing is left of it.
 * Method: all pairs of configurations that differ in one keyword, and many that
 * differ in several; a kernel that does what it is asked, and a peer or none.
 * Compared is what the kernel has, and what the daemon holds of what lasts.
 *
 *	build/test/differ 7		the seventh row of mishaps alone
 *	build/test/differ 0 6000	so many of them
 */
#include "fuzz_lab.h"
#include "check.h"

#define THINGS_MAX	48
#define PAIRS		150		/* of several keywords */
#define CALM_US		(20 * SECOND_US)
#define STEP_US		(400 * MS_US)
#define PAGE		32768
#define WORKS		(IFF_UP | IFF_RUNNING)
#define GONE		UINT32_MAX
#define MISHAPS		400		/* rows of them */

/*
 * What may be said, in place of a mark in the text: the first choice is what
 * the others are compared with.
 */
static const struct slot {
	char		mark;
	const char	*choices[5];		/* NULL ends them */
} slots[] = {
	{ 'G', { "", "vrrp_garp_master_refresh 0\n", "vrrp_version 3\n",
	    "vrrp_garp_interval 0.001\n", "vrrp_strict\n" } },
	{ 'G', { "", "vrrp_garp_lower_prio_repeat 0\n",
	    "vrrp_down_timer_adverts 5\n" } },
	{ 'T', { "", "static_routes {\n 192.0.2.0/24 dev eth1\n}\n",
	    "static_ipaddress {\n 10.0.9.9/24 dev eth1\n}\n",
	    "static_rules {\n from 10.7.0.0/16 table 7 priority 900\n}\n" } },
	{ 'T', { "vrrp_script s {\n script /bin/good\n interval 1\n}\n",
	    "vrrp_script s {\n script /bin/bad\n interval 1\n}\n",
	    "vrrp_script s {\n script /bin/good\n interval 2\n rise 3\n"
	    " fall 2\n}\n",
	    "vrrp_script s {\n tcp 10.0.0.9 80\n interval 3\n}\n" } },
	{ 'T', { "vrrp_track_process p {\n process p\n}\n",
	    "vrrp_track_process p {\n process p\n quorum 5\n}\n",
	    "vrrp_track_process p {\n process q\n quorum_max 1\n}\n" } },
	{ 'T', { "track_file f {\n file /f\n weight 2\n}\n",
	    "track_file f {\n file /g\n weight -1\n}\n" } },
	{ 'T', { "", "vrrp_sync_group g {\n group {\n a\n b\n }\n}\n",
	    "vrrp_sync_group g {\n group {\n b\n c\n }\n"
	    " track_script {\n s\n }\n}\n" } },
	{ 'a', { "interface eth0\n", "interface eth1\n" } },
	{ 'a', { "virtual_router_id 1\n", "virtual_router_id 9\n" } },
	{ 'a', { "priority 150\n", "priority 90\n", "priority 255\n" } },
	{ 'a', { "", "advert_int 2\n", "advert_int 0.5\n version 3\n" } },
	{ 'a', { "", "version 3\n" } },
	{ 'a', { "", "nopreempt\n", "preempt_delay 4\n", "state MASTER\n" } },
	{ 'a', { "", "mcast_src_ip 10.0.0.51\n", "track_src_ip\n"
	    " mcast_src_ip 10.0.0.51\n", "mcast_src_ip 10.0.0.52\n" } },
	{ 'a', { "", "use_vmac\n", "use_vmac v9\n vmac_xmit_base\n",
	    "use_ipvlan\n" } },
	{ 'a', { "", "no_accept\n", "strict_mode on\n" } },
	{ 'a', { "", "dont_track_primary\n", "promote_secondaries\n",
	    "skip_check_adv_addr\n" } },
	{ 'a', { "", "authentication {\n auth_type PASS\n auth_pass x\n }\n",
	    "authentication {\n auth_type AH\n auth_pass x\n }\n" } },
	{ 'a', { "", "unicast_peer {\n 10.0.0.9\n }\n",
	    "unicast_peer {\n 10.0.0.9\n 10.0.0.8\n }\n"
	    " unicast_src_ip 10.0.0.51\n" } },
	{ 'a', { "", "track_script {\n s\n }\n",
	    "track_script {\n s weight 20\n }\n",
	    "track_script {\n s weight -20\n }\n" } },
	{ 'a', { "", "track_interface {\n eth1\n }\n",
	    "track_interface {\n eth1 weight 10\n }\n",
	    "track_interface {\n eth2\n }\n" } },
	{ 'a', { "", "track_process {\n p\n }\n",
	    "track_process {\n p weight -5\n }\n" } },
	{ 'a', { "", "track_file {\n f weight 3\n }\n",
	    "track_file {\n f weight 0\n }\n" } },
	{ 'a', { "", "garp_master_refresh 5\n", "garp_master_delay 0\n",
	    "garp_master_repeat 1\n" } },
	{ 'a', { "", "virtual_routes {\n 198.51.100.0/24 via 10.0.0.7\n }\n",
	    "virtual_routes {\n 198.51.100.0/24 dev eth1\n }\n",
	    "virtual_rules {\n from 10.8.0.0/16 table 8 priority 800\n }\n",
	    "virtual_routes {\n 198.51.100.0/24 dev eth1 metric 9\n }\n" } },
	{ 'v', { "10.0.0.1/24\n", "10.0.0.1/32\n", "10.0.0.1/24 dev eth1\n",
	    "10.0.0.1/24 label eth0:1\n" } },
	{ 'v', { "", "10.0.0.2/24\n", "10.0.1.2/24 dev eth1\n",
	    "10.0.0.4/24 no_track\n" } },
	{ 'a', { "", "virtual_ipaddress_excluded {\n 10.0.0.3/24\n"
	    " 2001:db8::3/64\n }\n" } },
	{ 'b', { "2001:db8::1/64\n", "2001:db8::1/128\n",
	    "2001:db8::1/64 dev eth1\n" } },
	{ 'C', { "", "vrrp_instance c {\n interface eth0\n"
	    " virtual_router_id 3\n virtual_ipaddress {\n 10.0.0.1/24\n"
	    " 10.0.0.30/24\n }\n}\n", "vrrp_instance c {\n interface eth1\n"
	    " virtual_router_id 1\n virtual_ipaddress {\n 10.0.0.1/24\n"
	    " }\n}\n" } },
};

#define SLOTS	COUNT_OF(slots)

/* The text that the marks stand in, each behind an @. */
static const char frame[] =
    "global_defs {\n@G}\n@T"
    "vrrp_instance a {\n@a virtual_ipaddress {\n@v}\n}\n"
    "vrrp_instance b {\n interface eth0\n virtual_router_id 2\n version 3\n"
    " priority 120\n virtual_ipaddress {\n fe80::1/64\n @b}\n}\n"
    "@C";

/* Which choice of each slot. */
struct choice {
	uint8_t		of[SLOTS];
};

/* A peer that is better, none, or one that is weaker. */
enum company { COMPANY_NONE, COMPANY_BETTER, COMPANY_WEAKER, COMPANIES };

/* Something that the kernel has: its message. */
struct thing {
	size_t		length;
	_Alignas(4) uint8_t bytes[512];
};

/* A daemon with a kernel of its own. */
struct course {
	struct lab	lab;
	struct fuzz_conf confs[2];
	unsigned	which;
	enum company	company;
	struct thing	items[THINGS_MAX];	/* addresses, routes, rules */
	size_t		item_count;
	struct thing	news[THINGS_MAX];	/* not read yet */
	size_t		news_count;
	uint32_t	refused[THINGS_MAX];
	int		errors[THINGS_MAX];
	size_t		refused_count;
	uint32_t	tokens[64];
	int32_t		results[64];
	size_t		token_count;
	struct {
		char	name[16];
		uint32_t ifindex, lower, flags, mode;
		int	kind;
		uint8_t	mac[6];
	} links[8];
	size_t		link_count;
	uint32_t	last_ifindex;
	uint32_t	flags[2];		/* of eth0 and eth1; 0: gone */
	bool		failing;		/* scripts do the opposite */
	bool		dump;
	struct { struct ip ip; uint32_t ifindex; } joined[32];
	size_t		joined_count;
};

static struct course courses[2];
static const char *const bases[] = { "eth0", "eth1" };

/* -- texts -- */

/* Writes the configuration that a choice makes. */
static void
choice_text(const struct choice *choice, char *buffer, size_t size)
{
	struct text t = text_over(buffer, size);

	for (const char *c = frame; *c != '\0'; c++) {
		if (*c != '@') {
			text_char(&t, *c);
			continue;
		}
		c++;
		for (size_t i = 0; i < SLOTS; i++) {
			if (slots[i].mark == *c)
				text_string(&t,
				    slots[i].choices[choice->of[i]]);
		}
	}
	text_end(&t);
}

/* Parses it; NULL: it cannot run, as when two things exclude each other. */
static const struct conf *
choice_conf(struct fuzz_conf *fc, const struct choice *choice)
{
	static char texts[2][8192];
	static unsigned n;
	char *text = texts[n++ % 2];

	choice_text(choice, text, sizeof(texts[0]));
	return fuzz_parse_text(fc, text, strlen(text));
}

/* -- the kernel -- */

/* What a message is about, as the kernel tells one from another. */
static size_t
thing_key(const struct thing *item, uint8_t *key)
{
	struct cursor c = cursor_over(item->bytes, item->length);
	struct nl_message message;
	struct nl_address address;
	size_t n = 0;

	FUZZ_CHECK(nl_next(&c, &message));
	if (nl_address_parse(&message, &address)) {
		key[n++] = 'a';
		memcpy(key + n, &address.ifindex, 4);
		n += 4;
		memcpy(key + n, &address.ip, sizeof(address.ip));
		n += sizeof(address.ip);
		key[n++] = address.ip.family == 4 ? address.prefix : 0;
		return n;
	}
	key[n++] = message.type < RTM_NEWRULE ? 'r' : 'u';
	memcpy(key + n, item->bytes + sizeof(struct nlmsghdr), item->length -
	    sizeof(struct nlmsghdr));
	return n + item->length - sizeof(struct nlmsghdr);
}

/* Where what a request is about stands in the kernel, or item_count. */
static size_t
thing_find(const struct course *r, const struct thing *item)
{
	uint8_t a[600], b[600];
	size_t length = thing_key(item, a), i = 0;
	struct cursor c = cursor_over(item->bytes, item->length);
	struct nl_message message;

	FUZZ_CHECK(nl_next(&c, &message));
	for (; i < r->item_count; i++) {
		struct cursor there = cursor_over(r->items[i].bytes,
		    r->items[i].length);
		struct nl_message other;
		size_t n = thing_key(&r->items[i], b);

		FUZZ_CHECK(nl_next(&there, &other));
		if (a[0] != b[0])
			continue;
		if (a[0] == 'a' ? n == length && memcmp(a, b, n) == 0 :
		    nl_entry_matches(a[0] == 'r' ? ENTRY_ROUTE : ENTRY_RULE,
		    item->bytes, item->length, other.body))
			break;
	}
	return i;
}

static void
course_report(struct course *r, const struct thing *item, int type)
{
	struct thing *news = &r->news[r->news_count++];
	uint16_t kind = (uint16_t)type;

	FUZZ_CHECK(r->news_count <= THINGS_MAX);
	*news = *item;
	memcpy(news->bytes + 4, &kind, sizeof(kind));
}

/* Carries out a request about an address, a route or a rule; 0 or an errno. */
static int
kernel_change(struct course *r, const struct thing *item, int type)
{
	size_t at = thing_find(r, item);
	bool add = type % 2 == 0;

	if (add && at < r->item_count)
		return EEXIST;
	if (!add && at == r->item_count)
		return type == RTM_DELADDR ? EADDRNOTAVAIL : ESRCH;
	if (add) {
		FUZZ_CHECK(at < THINGS_MAX);
		r->items[r->item_count++] = *item;
		course_report(r, item, type);
		return 0;
	}
	course_report(r, &r->items[at], type);
	r->items[at] = r->items[--r->item_count];
	return 0;
}

/* Makes the kernel's message of a link of ours. */
static void
link_thing(const struct course *r, size_t i, struct thing *item)
{
	static const char mark[] = "vrrpd arp_ignore,arp_announce=00";
	static const char *const kinds[] = { "", "macvlan", "ipvlan" };
	struct packer p = nl_link_begin(item->bytes, sizeof(item->bytes),
	    RTM_NEWLINK, 0, r->links[i].ifindex, NULL, r->links[i].flags, 0);
	uint8_t *info, *data;

	nl_attribute(&p, IFLA_IFNAME, r->links[i].name,
	    strlen(r->links[i].name) + 1);
	nl_attribute(&p, IFLA_ADDRESS, r->links[i].mac, 6);
	nl_attribute(&p, IFLA_LINK, &r->links[i].lower, 4);
	nl_attribute(&p, IFLA_IFALIAS, mark, sizeof(mark));
	info = nl_nest(&p, IFLA_LINKINFO);
	nl_attribute(&p, IFLA_INFO_KIND, kinds[r->links[i].kind],
	    strlen(kinds[r->links[i].kind]) + 1);
	data = nl_nest(&p, IFLA_INFO_DATA);
	if (r->links[i].kind == LINK_MACVLAN)
		nl_attribute(&p, IFLA_MACVLAN_MODE, &r->links[i].mode, 4);
	nl_nest_end(&p, data);
	nl_nest_end(&p, info);
	item->length = nl_finish(&p);
}

/* A link goes, and what it has. */
static void
link_goes(struct course *r, size_t i)
{
	struct thing item;

	link_thing(r, i, &item);
	for (size_t k = 0; k < r->item_count;) {
		struct cursor c = cursor_over(r->items[k].bytes,
		    r->items[k].length);
		struct nl_message message;
		struct nl_address address = { .ifindex = 0 };

		if (nl_next(&c, &message) && nl_address_parse(&message,
		    &address) && address.ifindex == r->links[i].ifindex) {
			course_report(r, &r->items[k], RTM_DELADDR);
			r->items[k] = r->items[--r->item_count];
		} else {
			k++;
		}
	}
	course_report(r, &item, RTM_DELLINK);
	r->links[i] = r->links[--r->link_count];
}

/* Carries out a request about a link; 0 or an errno. */
static int
kernel_link(struct course *r, struct nl_message *message)
{
	struct cursor raw = message->body;
	struct nl_link link;
	uint32_t change;
	size_t i = 0;
	struct thing item;

	cursor_bytes(&raw, 12);
	change = cursor_u32_native(&raw);
	FUZZ_CHECK(nl_link_parse(message, &link));
	if (link.ifindex == 2 || link.ifindex == 3)
		return 0;
	while (i < r->link_count && (link.ifindex != 0 ?
	    r->links[i].ifindex != link.ifindex :
	    strcmp(r->links[i].name, link.name) != 0))
		i++;
	if (message->flags & NLM_F_CREATE) {
		if (i < r->link_count)
			return EEXIST;
		FUZZ_CHECK(i < COUNT_OF(r->links));
		memset(&r->links[i], 0, sizeof(r->links[i]));
		r->link_count++;
		r->links[i].ifindex = ++r->last_ifindex;
		r->links[i].lower = link.lower;
		r->links[i].kind = link.kind;
		memcpy(r->links[i].name, link.name, 16);
	}
	if (i == r->link_count)
		return ENODEV;
	if (message->type == RTM_DELLINK) {
		link_goes(r, i);
		return 0;
	}
	r->links[i].flags = (r->links[i].flags & ~change) |
	    (link.flags & change);
	if (r->links[i].flags & IFF_UP)
		r->links[i].flags |= IFF_RUNNING;
	else
		r->links[i].flags &= ~(uint32_t)IFF_RUNNING;
	if (link.mac_length > 0)
		memcpy(r->links[i].mac, link.mac, 6);
	if (link.kind == LINK_MACVLAN)
		r->links[i].mode = link.mode;
	link_thing(r, i, &item);
	course_report(r, &item, RTM_NEWLINK);
	return 0;
}

static struct course *
course_of(struct lab *l)
{
	return (struct course *)(void *)((char *)l -
	    offsetof(struct course, lab));
}

/* A group is joined or left. */
static void
course_member(struct course *r, const struct effect *effect)
{
	size_t i = 0;

	while (i < r->joined_count && (r->joined[i].ifindex !=
	    effect->ifindex || !ip_equal(&r->joined[i].ip,
	    &effect->destination)))
		i++;
	if (effect->kind == EFFECT_LEAVE) {
		if (i < r->joined_count)
			r->joined[i] = r->joined[--r->joined_count];
	} else if (i == r->joined_count) {
		FUZZ_CHECK(i < COUNT_OF(r->joined));
		r->joined[i].ip = effect->destination;
		r->joined[i].ifindex = effect->ifindex;
		r->joined_count++;
	}
}

/* What the daemon asks for. */
static void
course_tell(struct lab *l, const struct effect *effect, const uint8_t *bytes)
{
	struct course *r = course_of(l);
	struct cursor c = cursor_over(bytes, effect->length);
	struct nl_message message;
	struct thing item = { .length = effect->length };
	int error;

	switch ((enum effect_kind)effect->kind) {
	case EFFECT_NETLINK:
		FUZZ_CHECK(effect->length <= sizeof(item.bytes));
		memcpy(item.bytes, bytes, effect->length);
		FUZZ_CHECK(nl_next(&c, &message));
		error = message.type <= RTM_DELLINK ?
		    kernel_link(r, &message) :
		    kernel_change(r, &item, message.type);
		if (error == 0)
			break;
		r->refused[r->refused_count] = effect->index;
		r->errors[r->refused_count++] = error;
		break;
	case EFFECT_RUN:
	case EFFECT_CHECK:
		FUZZ_CHECK(r->token_count < COUNT_OF(r->tokens));
		r->results[r->token_count] = effect->kind == EFFECT_RUN &&
		    strcmp(l->conf->commands[effect->index].argv[0],
		    "/bin/bad") == 0 ? 256 : 0;
		if (r->failing)
			r->results[r->token_count] ^= 256;
		r->tokens[r->token_count++] = effect->token;
		break;
	case EFFECT_DUMP:
		r->dump = true;
		break;
	case EFFECT_JOIN:
	case EFFECT_LEAVE:
		course_member(r, effect);
		break;
	default:
		break;
	}
}

/* Shows all that there is. */
static void
course_dump(struct course *r)
{
	struct event event = { .kind = EVENT_NETLINK };
	struct thing copy[THINGS_MAX];
	size_t count = r->item_count, links = r->link_count;

	r->dump = false;
	memcpy(copy, r->items, count * sizeof(copy[0]));
	lab_mark(&r->lab, DUMP_LINKS);
	for (uint32_t i = 0; i < 2; i++)
		if (r->flags[i] != GONE)
			lab_link(&r->lab, 2 + i, bases[i], r->flags[i], true);
	for (size_t i = 0; i < links; i++) {
		struct thing item;

		link_thing(r, i, &item);
		lab_feed_bytes(&r->lab, event, item.bytes, item.length);
	}
	lab_mark(&r->lab, DUMP_ADDRESSES);
	for (size_t i = 0; i < count; i++)
		lab_feed_bytes(&r->lab, event, copy[i].bytes, copy[i].length);
	lab_mark(&r->lab, DUMP_DONE);
}

/* A turn: the daemon reads what there is to be read. */
static void
course_turn(struct lab *l)
{
	struct course *r = course_of(l);

	for (int round = 0; round < 50 && (r->news_count > 0 ||
	    r->refused_count > 0 || r->token_count > 0 || r->dump); round++) {
		struct thing news[THINGS_MAX];
		size_t count = r->news_count;
		struct event event = { .kind = EVENT_NETLINK };

		while (r->refused_count > 0) {
			struct event error = { .kind = EVENT_NETLINK_ERROR };

			r->refused_count--;
			error.index = r->refused[r->refused_count];
			error.value = r->errors[r->refused_count];
			lab_feed(l, &error);
		}
		memcpy(news, r->news, count * sizeof(news[0]));
		r->news_count = 0;
		for (size_t i = 0; i < count; i++)
			lab_feed_bytes(l, event, news[i].bytes,
			    news[i].length);
		if (r->dump && r->news_count == 0)
			course_dump(r);
		if (r->token_count > 0) {
			struct event ended = { .kind = EVENT_PROCESS };

			r->token_count--;
			ended.token = r->tokens[r->token_count];
			ended.value = r->results[r->token_count];
			lab_feed(l, &ended);
		}
	}
}

/* -- driving it -- */

/* The peer of a virtual router advertises. */
static void
course_advert(struct course *r, uint32_t i)
{
	const struct vr *vr = &r->lab.d->vrs[i];
	const struct conf_vr *conf = vr->conf;
	struct packet packet = { .hop_limit = 255,
	    .destination = conf->unicast ? vr->source : conf->destination,
	    .source = lab_ip(conf->family == 6 ? "fe80::9" : "10.0.0.9") };

	if (vr->source.family != 0 && conf->auth_type != AUTH_AH)
		lab_feed_advert(&r->lab, conf, r->company == COMPANY_BETTER ?
		    200 : 1, &packet,
		    r->lab.d->interfaces[conf->interface].ifindex, false);
}

/* Time passes, in the company that there is. */
static void
course_for(struct course *r, usec_t span)
{
	usec_t end = r->lab.now + span;

	while (r->lab.now < end) {
		for (uint32_t i = 0; r->company != COMPANY_NONE &&
		    i < r->lab.conf->vr_count; i++)
			course_advert(r, i);
		course_turn(&r->lab);
		lab_run(&r->lab, STEP_US);
		course_turn(&r->lab);
		lab_settle(&r->lab);
	}
	for (uint32_t i = 0; r->company != COMPANY_NONE &&
	    i < r->lab.conf->vr_count; i++)
		course_advert(r, i);
}

/* What World tells of files and processes at a start and at a reload. */
static void
course_world(struct course *r)
{
	for (uint16_t i = 0; i < r->lab.conf->file_count; i++) {
		struct event event = { .kind = EVENT_FILE, .index = i,
		    .value = 5 };

		lab_feed(&r->lab, &event);
	}
	for (uint16_t i = 0; i < r->lab.conf->process_count; i++) {
		struct event event = { .kind = EVENT_COUNT, .index = i,
		    .value = 2 };

		if (r->lab.conf->processes[i].used)
			lab_feed(&r->lab, &event);
	}
}

/* Somebody's own address. */
static void
course_address(struct course *r, uint32_t ifindex, const char *text,
    uint8_t prefix, uint8_t mark)
{
	struct thing *item = &r->items[r->item_count++];
	struct ip ip = lab_ip(text);

	item->length = lab_address_message(item->bytes, sizeof(item->bytes),
	    ifindex, &ip, prefix, mark, true);
}

/* Starts a daemon with a configuration; false: it cannot run. */
static bool
course_start(struct course *r, const struct choice *choice,
    enum company company)
{
	const struct conf *conf;

	memset(r, 0, sizeof(*r));
	conf = choice_conf(&r->confs[0], choice);
	if (conf == NULL) {
		fuzz_conf_free(&r->confs[0]);
		return false;
	}
	r->company = company;
	r->last_ifindex = 10;
	r->flags[0] = r->flags[1] = WORKS;
	course_address(r, 1, "127.0.0.1", 8, 1);
	course_address(r, 2, "10.0.0.50", 24, 0);
	course_address(r, 2, "10.0.0.51", 24, 0);
	course_address(r, 2, "fe80::50", 64, 0);
	course_address(r, 3, "10.0.1.50", 24, 0);
	course_address(r, 3, "fe80::60", 64, 0);
	r->lab.tell = course_tell;
	r->lab.turn = course_turn;
	lab_start(&r->lab, conf, 1000 * SECOND_US);
	course_world(r);
	course_for(r, CALM_US);
	return true;
}

/* Has it reload; false: not with that. */
static bool
course_reload_only(struct course *r, const struct choice *choice)
{
	struct fuzz_conf *fc = &r->confs[++r->which % 2];
	const struct conf *conf = choice_conf(fc, choice);

	if (conf == NULL) {
		fuzz_conf_free(fc);
		r->which--;
		return false;
	}
	r->joined_count = 0;	/* all are left, unless joined again */
	lab_reload(&r->lab, conf);
	fuzz_conf_free(&r->confs[(r->which + 1) % 2]);
	course_world(r);
	return true;
}

/* The same, and long enough for all to be calm. */
static bool
course_reload(struct course *r, const struct choice *choice)
{
	if (!course_reload_only(r, choice))
		return false;
	course_for(r, CALM_US);
	return true;
}

static void
course_end(struct course *r)
{
	lab_stop(&r->lab);
	fuzz_conf_free(&r->confs[r->which % 2]);
}

/* -- mishaps -- */

/* What is on a link goes: IPv6 addresses, or all; routes in silence. */
static void
base_loses(struct course *r, uint32_t n, bool all)
{
	for (size_t i = 0; i < r->item_count;) {
		struct cursor c = cursor_over(r->items[i].bytes,
		    r->items[i].length), oif;
		struct nl_message message;
		struct nl_address news = { .ifindex = 0 };
		bool lost = false, route;

		FUZZ_CHECK(nl_next(&c, &message));
		route = message.type == RTM_NEWROUTE;
		if (route) {
			cursor_bytes(&message.body, sizeof(struct rtmsg));
			oif = nl_attribute_find(&message.body, RTA_OIF);
			lost = cursor_u32_native(&oif) == 2 + n;
		} else if (nl_address_parse(&message, &news)) {
			lost = news.ifindex == 2 + n &&
			    (all || news.ip.family == 6);
		}
		if (!lost) {
			i++;
			continue;
		}
		if (!route)
			course_report(r, &r->items[i], RTM_DELADDR);
		r->items[i] = r->items[--r->item_count];
	}
}

/* A link is down, up, gone or there again, with the same number. */
static void
base_turn(struct course *r, uint32_t n, uint32_t flags)
{
	static const char *const own[2][3] = {
	    { "10.0.0.50", "10.0.0.51", "fe80::50" },
	    { "10.0.1.50", NULL, "fe80::60" } };
	uint32_t before = r->flags[n];
	struct thing item;

	if (before == flags)
		return;
	r->flags[n] = flags;
	item.length = lab_link_message(item.bytes, sizeof(item.bytes), 2 + n,
	    bases[n], flags == GONE ? 0 : flags, true);
	if (flags != WORKS) {
		base_loses(r, n, flags == GONE);
		for (size_t i = 0; flags == GONE && i < r->link_count;) {
			if (r->links[i].lower == 2 + n)
				link_goes(r, i);
			else
				i++;
		}
	}
	course_report(r, &item, flags == GONE ? RTM_DELLINK : RTM_NEWLINK);
	for (int i = 0; i < 3 && flags == WORKS; i++) {
		struct ip ip;

		if (own[n][i] == NULL || (before != GONE && i < 2))
			continue;
		ip = lab_ip(own[n][i]);
		item.length = lab_address_message(item.bytes,
		    sizeof(item.bytes), 2 + n, &ip, i < 2 ? 24 : 64, 0, true);
		(void)kernel_change(r, &item, RTM_NEWADDR);
	}
}

static uint32_t
draw(uint32_t *random, uint32_t below)
{
	*random = *random * 1664525 + 1013904223;
	return (*random >> 8) % below;
}

/* Whether it is an address of ours that comes back when somebody takes it. */
static bool
thing_is_ours(const struct thing *thing)
{
	struct cursor c = cursor_over(thing->bytes, thing->length);
	struct nl_message message;
	struct nl_address news;

	return nl_next(&c, &message) && nl_address_parse(&message, &news) &&
	    news.protocol == ADDRESS_PROTOCOL && news.ip.bytes[3] != 4;
}

/* Something happens. */
static void
mishap(struct course *r, uint32_t *random, const struct choice *told)
{
	struct event event = { .kind = EVENT_OPERATOR,
	    .token = OPERATION_MAINTENANCE };
	uint32_t n = draw(random, 2), what = draw(random, 9);
	size_t i;

	switch (what) {
	case 0:
		(void)course_reload_only(r, &told[draw(random, 3)]);
		break;
	case 1:
		base_turn(r, n, r->flags[n] == WORKS ? 0 : WORKS);
		break;
	case 2:
		base_turn(r, n, r->flags[n] == WORKS ? GONE : WORKS);
		break;
	case 3:
		base_turn(r, n, r->flags[n] == WORKS ? 0 : WORKS);
		base_turn(r, n, r->flags[n] == WORKS ? 0 : WORKS);
		break;
	case 4:
		if (r->item_count == 0)
			break;
		i = draw(random, (uint32_t)r->item_count);
		if (thing_is_ours(&r->items[i])) {
			course_report(r, &r->items[i], RTM_DELADDR);
			r->items[i] = r->items[--r->item_count];
		}
		break;
	case 5:
		event.index = draw(random, r->lab.conf->vr_count);
		event.value = (int32_t)n;
		lab_feed(&r->lab, &event);
		break;
	case 6:
		r->company = (enum company)draw(random, COMPANIES);
		break;
	case 7:
		r->failing = !r->failing;
		break;
	default:
		course_turn(&r->lab);
		lab_run(&r->lab, draw(random, 3000) * MS_US);
		break;
	}
	if (draw(random, 2) == 0)
		course_for(r, STEP_US * draw(random, 4));
}

/* All is well again. */
static void
mishaps_end(struct course *r, const struct choice *last, enum company company)
{
	struct event event = { .kind = EVENT_OPERATOR,
	    .token = OPERATION_MAINTENANCE };

	base_turn(r, 0, WORKS);
	base_turn(r, 1, WORKS);
	r->failing = false;
	r->company = company;
	course_turn(&r->lab);
	FUZZ_CHECK(course_reload_only(r, last));
	for (uint32_t i = 0; i < r->lab.conf->vr_count; i++) {
		event.index = i;
		lab_feed(&r->lab, &event);
	}
	course_for(r, 2 * CALM_US);
}

/* -- what there is -- */

/* The lines of a page in order. */
static int
line_order(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Sorts the lines of what was written from `from' on. */
static void
lines_sort(char *from)
{
	static char copy[PAGE];
	char *lines[512];
	size_t n = 0;

	snprintf(copy, sizeof(copy), "%s", from);
	for (char *line = strtok(copy, "\n"); line != NULL;
	    line = strtok(NULL, "\n"))
		lines[n++] = line;
	qsort(lines, n, sizeof(lines[0]), line_order);
	for (size_t i = 0; i < n; i++)
		from += sprintf(from, "%s\n", lines[i]);
}

/* What the kernel has. */
static void
page_kernel(struct text *t, const struct course *r)
{
	for (size_t i = 0; i < r->item_count; i++) {
		const struct thing *item = &r->items[i];
		struct cursor c = cursor_over(item->bytes, item->length);
		struct nl_message message;
		struct nl_address news;
		size_t k = sizeof(struct nlmsghdr);

		if (nl_next(&c, &message) && nl_address_parse(&message,
		    &news)) {
			const char *name = "?";

			for (size_t n = 0; n < r->link_count; n++)
				if (r->links[n].ifindex == news.ifindex)
					name = r->links[n].name;
			text_format(t, "address %p/%u on %s, mark %u, scope "
			    "%u, length %u\n", IP(news.ip), news.prefix,
			    news.ifindex == 2 ? "eth0" : news.ifindex == 3 ?
			    "eth1" : name, news.protocol,
			    item->bytes[sizeof(struct nlmsghdr) + 3],
			    (unsigned)item->length);
			continue;
		}
		text_string(t, "item ");
		for (; k < item->length; k++)
			text_format(t, "%02x", item->bytes[k]);
		text_string(t, "\n");
	}
	for (size_t i = 0; i < r->link_count; i++)
		text_format(t, "link %s kind %d flags %x on %u mac %02x%02x\n",
		    r->links[i].name, r->links[i].kind, r->links[i].flags,
		    r->links[i].lower, r->links[i].mac[0],
		    r->links[i].mac[5]);
	for (size_t i = 0; i < r->joined_count; i++)
		text_format(t, "joined %p on %u\n", IP(r->joined[i].ip),
		    r->joined[i].ifindex);
}

/* What a virtual router holds that lasts. */
static void
page_vr(struct text *t, const struct course *r, const struct vr *vr)
{
	const struct machine *m = &vr->machine;
	const struct daemon *d = r->lab.d;

	text_format(t, "%s: state %u prio %u interval %u active %u version %u "
	    "down %u preempt %u\n", vr->conf->name, m->state, m->priority,
	    (unsigned)m->interval_us, m->state == MACHINE_INITIALIZE ? 0 :
	    (unsigned)m->active_interval_us,
	    m->version, m->down_adverts, m->preempt || m->state ==
	    MACHINE_INITIALIZE);
	if (m->state == MACHINE_BACKUP && vr->last_advert == r->lab.now &&
	    vr->active_priority >= m->priority)
		text_format(t, "%s: timer in %u ms\n", vr->conf->name,
		    (unsigned)((m->timer - r->lab.now) / 1000));
	text_format(t, "%s: faults %x wanted %u told %u lingers %u restores "
	    "%u waits %u claims %u refresh %u preempts %u\n",
	    vr->conf->name, vr->faults, vr->wanted, vr->told,
	    vr->linger_until != NEVER, vr->restore_at != NEVER,
	    vr->wants_active, vr->claim_at != NEVER,
	    vr->refresh_at == NEVER ? 0 : vr->refresh_at > r->lab.now +
	    vr->conf->garp_refresh_us ? 2 : 1,
	    vr->preempt_at != NEVER && m->state != MACHINE_INITIALIZE);
	text_format(t, "%s: source %p, told priority %u, backs off %u, plain "
	    "%u, owner %u\n", vr->conf->name, IP(vr->source),
	    vr->told_priority, vr->backs_off, vr->checksum_plain,
	    vr->set_priority);
	for (uint32_t i = 0; i < vr_vip_count(vr); i++)
		text_format(t, "%s: vip %p state %u foreign %u\n",
		    vr->conf->name, IP(vr->conf->addresses[i].ip),
		    d->vips[vr->first_vip + i].state,
		    d->vips[vr->first_vip + i].foreign);
}

/* What the daemon holds that lasts. */
static void
page_daemon(struct text *t, const struct course *r)
{
	const struct daemon *d = r->lab.d;

	for (uint32_t i = 0; i < d->conf->vr_count; i++)
		page_vr(t, r, &d->vrs[i]);
	for (uint32_t i = 0; i < d->conf->entry_count; i++)
		text_format(t, "entry %s state %u foreign %u\n",
		    d->conf->entries[i].text, d->entries[i].state,
		    d->entries[i].foreign);
	for (uint32_t i = 0; i < d->conf->script_count; i++)
		text_format(t, "script %s status %u result %u\n",
		    d->conf->scripts[i].name, d->scripts[i].status,
		    d->scripts[i].result);
	for (uint32_t i = 0; i < d->conf->process_count &&
	    d->conf->processes[i].used; i++)
		text_format(t, "process %s status %u count %u\n",
		    d->conf->processes[i].name, d->processes[i].status,
		    (unsigned)d->processes[i].count);
	for (uint32_t i = 0; i < d->conf->group_count; i++)
		text_format(t, "group %s told %u\n", d->conf->groups[i].name,
		    d->groups[i].told);
	for (uint16_t i = 0; i < d->conf->interface_count; i++) {
		const struct interface *interface = &d->interfaces[i];
		unsigned n = 0;

		for (uint32_t k = interface->first_address; k != NO_LOCAL;
		    k = d->locals[k].next)
			n++;
		text_format(t, "interface %s there %u flags %x known %u wants "
		    "%u%u%u addresses %u\n", d->conf->interfaces[i].name,
		    interface->ifindex != 0, interface->flags,
		    interface->known, interface->wants[0],
		    interface->wants[1], interface->wants[2], n);
	}
	for (uint16_t i = 0; i < d->conf->link_count; i++)
		text_format(t, "our link %s there %u up %u ours %u refused "
		    "%u\n", d->conf->links[i].vmac->name, d->links[i].there,
		    d->links[i].up, d->links[i].ours, d->links[i].refused);
	text_format(t, "timers %u, dumped %u, start %u\n", d->heap_count,
	    d->dumped, d->start_at != NEVER);
}

static void
page_write(char *page, const struct course *r)
{
	struct text t = text_over(page, PAGE);

	page_kernel(&t, r);
	page_daemon(&t, r);
	text_end(&t);
	lines_sort(page);
}

/* Says what differs, and of which configurations. */
static void
differ(const char *what, const char *got, const char *want,
    const struct choice *a, const struct choice *b, enum company company)
{
	static char copies[2][PAGE];
	char *lines[2] = { copies[0], copies[1] };

	snprintf(copies[0], PAGE, "%s", got);
	snprintf(copies[1], PAGE, "%s", want);
	printf("%s, company %d:", what, company);
	for (size_t i = 0; i < SLOTS; i++) {
		if (a->of[i] != b->of[i] || a->of[i] != 0)
			printf("\n  %c '%s' -> '%s'", slots[i].mark,
			    slots[i].choices[a->of[i]],
			    slots[i].choices[b->of[i]]);
	}
	printf("\n");
	while (*lines[0] != '\0' || *lines[1] != '\0') {
		char *ends[2] = { strchr(lines[0], '\n'),
		    strchr(lines[1], '\n') };
		int order;

		for (int i = 0; i < 2; i++)
			if (ends[i] != NULL)
				*ends[i] = '\0';
		order = *lines[0] == '\0' ? 1 : *lines[1] == '\0' ? -1 :
		    strcmp(lines[0], lines[1]);
		if (order < 0)
			printf("    got  %s\n", lines[0]);
		if (order > 0)
			printf("    want %s\n", lines[1]);
		for (int i = 0; i < 2; i++) {
			bool go = i == 0 ? order <= 0 : order >= 0;

			if (go)
				lines[i] = ends[i] == NULL ? lines[i] +
				    strlen(lines[i]) : ends[i] + 1;
			else if (ends[i] != NULL)
				*ends[i] = '\n';
		}
	}
}

/* -- the property -- */

/* Both pages are the same, or it is said how they are not. */
static void
compare(const char *what, const char *got, const char *want,
    const struct choice *from, const struct choice *is, enum company company)
{
	bool same = strcmp(got, want) == 0;

	check(same, what);
	if (!same)
		differ(what, got, want, from, is, company);
}

/* Whether a choice has nopreempt. */
static bool
choice_stays(const struct choice *choice)
{
	bool stays = false;

	for (size_t i = 0; i < SLOTS; i++)
		stays |= strcmp(slots[i].choices[choice->of[i]],
		    "nopreempt\n") == 0;
	return stays;
}

/*
 * A, then B, then A again.  Where somebody is weaker, nopreempt has who came
 * first stay: that is its purpose.
 */
static void
pair(const struct choice *a, const struct choice *b, enum company company)
{
	static char first[PAGE], got[PAGE], want[PAGE];
	struct course *r = &courses[0];

	if ((company == COMPANY_WEAKER && (choice_stays(a) ||
	    choice_stays(b))) || !course_start(r, a, company))
		return;
	page_write(first, r);
	if (course_reload(r, b)) {
		page_write(got, r);
		if (course_start(&courses[1], b, company)) {
			page_write(want, &courses[1]);
			course_end(&courses[1]);
			compare("A to B", got, want, a, b, company);
		}
		if (course_reload(r, a)) {
			page_write(got, r);
			compare("A to B to A", got, first, b, a, company);
		}
	}
	course_end(r);
}

static unsigned
choices_of(size_t slot)
{
	unsigned n = 0;

	while (n < 5 && slots[slot].choices[n] != NULL)
		n++;
	return n;
}

/* A configuration with so many things that are not the first choice. */
static struct choice
choice_draw(uint32_t *random, int count)
{
	struct choice choice = { { 0 } };

	while (count-- > 0) {
		size_t slot = draw(random, SLOTS);

		choice.of[slot] = (uint8_t)draw(random, choices_of(slot));
	}
	return choice;
}

/* Whatever happened: all being well, it is as after a start. */
static void
recovery(uint32_t seed)
{
	static char got[PAGE], want[PAGE];
	struct course *r = &courses[0];
	uint32_t random = seed * 7919 + 1;
	struct choice told[3];
	enum company company = (enum company)draw(&random, COMPANIES);
	int count = (int)draw(&random, 20);

	for (int i = 0; i < 3; i++) {
		told[i] = choice_draw(&random, 5);
		if (choice_stays(&told[i]))
			return;
	}
	if (!course_start(&courses[1], &told[2], company))
		return;
	page_write(want, &courses[1]);
	course_end(&courses[1]);
	if (!course_start(r, &told[0], company))
		return;
	while (count-- > 0)
		mishap(r, &random, told);
	mishaps_end(r, &told[2], company);
	page_write(got, r);
	course_end(r);
	if (strcmp(got, want) != 0)
		printf("seed %u\n", seed);
	compare("mishaps", got, want, &told[0], &told[2], company);
}

int
main(int argc, char **argv)
{
	uint32_t random = 1;

	fuzz_trace = getenv("FUZZ_TRACE") != NULL;
	for (int i = argc > 1 ? atoi(argv[1]) : 0; i < (argc > 2 ?
	    atoi(argv[2]) : argc > 1 ? atoi(argv[1]) + 1 : 0); i++)
		recovery((uint32_t)i);
	if (argc > 1)
		return check_end("differ");
	for (uint32_t i = 0; i < MISHAPS; i++)
		recovery(i);
	for (int company = 0; company < COMPANIES; company++) {
		for (size_t i = 0; i < SLOTS; i++) {
			for (unsigned k = 1; k < choices_of(i); k++) {
				struct choice a = { { 0 } }, b = { { 0 } };

				b.of[i] = (uint8_t)k;
				pair(&a, &b, (enum company)company);
			}
		}
	}
	for (int n = 0; n < PAIRS; n++) {
		struct choice a = choice_draw(&random, 5);
		struct choice b = choice_draw(&random, 5);

		pair(&a, &b, (enum company)(n % COMPANIES));
	}
	return check_end("differ");
}
