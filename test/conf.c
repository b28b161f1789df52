/* SPDX-License-Identifier: ISC */
/*
 * Goal: the keyword table covers every field, reads every kind of value to its
 * limits and not beyond, and what looks across keywords and blocks (defaults,
 * strict mode, families, sync groups, conflicts) comes out as documented.
 * Method: configurations from memory, parsed whole; the fields, the findings
 * and the text of --print-config are compared.
 */
#include <stdlib.h>

#define VRRPD_PURE
#include "../vrrpd.c"
#include "check.h"

/* What stands in the file that is parsed; and in "other". */
static const char *main_text, *other_text;
static const char *main_path = "test.conf";
static char opened[64];			/* the file that was read last */
static unsigned opens;			/* how many were */
static unsigned chunks_left;		/* before memory runs out */
static size_t chunk_least;
static bool has_script_user, no_passwd;

static void *
chunk(struct arena *a, size_t size)
{
	size_t bytes = size > chunk_least ? size : chunk_least;
	void **memory = chunks_left == 0 ? NULL : calloc(1, bytes + 16);

	if (memory == NULL)
		return NULL;
	chunks_left--;
	*memory = a->chunks;
	a->chunks = memory;
	a->at = (uint8_t *)memory + 16;
	a->end = a->at + bytes;
	return memory;
}

static void
chunks_free(struct arena *a)
{
	while (a->chunks != NULL) {
		void *next = *(void **)a->chunks;

		free(a->chunks);
		a->chunks = next;
	}
	*a = (struct arena){ .more = chunk };
}

static const char *
memory_open(const struct reader *r, struct arena *a, const char *path,
    size_t *length, const char **why)
{
	const char *text = strncmp(path, "other", 5) == 0 ? other_text :
	    main_text;
	struct text t = text_over(opened, sizeof(opened));

	opens++;
	(void)r;
	text_string(&t, path);
	text_end(&t);
	*why = "no memory";
	*length = strlen(text);
	return arena_string(a, text, *length);
}

static int
memory_glob(const struct reader *r, struct arena *a, const char *pattern,
    const char ***paths)
{
	(void)r;
	*paths = arena_array(a, 1, sizeof(**paths));
	if (*paths == NULL)
		return -1;
	**paths = arena_string(a, pattern, strlen(pattern));
	return **paths == NULL ? -1 : 1;
}

static const char *
environment(const struct reader *r, const char *name)
{
	(void)r;
	(void)name;
	return NULL;
}

static const char *
host_name(const struct reader *r)
{
	(void)r;
	return "left";
}

static uint32_t
random_number(const struct reader *r)
{
	(void)r;
	return 4;
}

static const char *
user_ids(const struct reader *r, const char *name, uint32_t *uid,
    uint32_t *gid)
{
	int64_t number;

	(void)r;
	*uid = *gid = 0;
	if (name[0] == '\0' || strcmp(name, "root") == 0)
		return NULL;
	if (no_passwd)
		return "Input/output error";
	if (strcmp(name, "keepalived_script") == 0 && has_script_user)
		number = 300;
	else if (!number_parse(name, &number))
		return "no such user";
	*uid = *gid = (uint32_t)number;
	return NULL;
}

static const char *
group_id(const struct reader *r, const char *name, uint32_t *gid)
{
	uint32_t uid;

	return user_ids(r, name, &uid, gid);
}

/* /bin/NAME runs, /loose/NAME can be replaced, the others are not there. */
static const char *
script(const struct reader *r, struct arena *a, const char *path, uint32_t uid,
    uint32_t gid, const char **resolved, bool *insecure)
{
	(void)r;
	(void)uid;
	(void)gid;
	*insecure = strncmp(path, "/loose/", 7) == 0;
	if (!*insecure && strncmp(path, "/bin/", 5) != 0)
		return "No such file or directory";
	*resolved = arena_string(a, path, strlen(path));
	return *resolved == NULL ? "no memory" : NULL;
}

static int
interfaces(const struct reader *r, struct arena *a, const char ***names)
{
	static const char *const here[] = { "lo", "eth0", "eth1" };

	(void)r;
	*names = arena_array(a, COUNT_OF(here), sizeof(**names));
	for (size_t i = 0; *names != NULL && i < COUNT_OF(here); i++)
		(*names)[i] = here[i];
	return *names == NULL ? -1 : (int)COUNT_OF(here);
}

/* Others may read a file whose name says so. */
static bool
exposed(const struct reader *r, const char *path)
{
	(void)r;
	return strstr(path, "open") != NULL;
}

static const struct reader reader = { NULL, memory_open, memory_glob,
    environment, host_name, random_number, user_ids, group_id, script,
    interfaces, exposed };

static struct arena keep, scratch, kept;
static struct diagnostics findings;
static char said[65536];		/* the findings, a line each */

/*
 * Parses a text, in memory that comes in at most `chunks` chunks of `least`
 * bytes or more.  0: each piece is a chunk of its own, which ASan guards.
 */
static const struct conf *
parse_within(const char *text, bool origins, size_t least, unsigned chunks)
{
	struct conf_input input = { .reader = &reader, .path = main_path };
	const struct conf *conf;
	struct text t = text_over(said, sizeof(said));

	chunk_least = least;
	chunks_left = chunks;
	chunks_free(&keep);
	chunks_free(&scratch);
	chunks_free(&kept);
	memset(&findings, 0, sizeof(findings));
	findings.arena = &kept;
	findings.last = &findings.first;
	main_text = text;
	input.keep_origins = origins;
	conf = conf_parse(&keep, &scratch, &input, &findings);
	for (const struct diagnostic *d = findings.first; d != NULL;
	    d = d->next) {
		diagnostic_print(&t, d);
		text_char(&t, '\n');
	}
	text_end(&t);
	return conf;
}

static const struct conf *
parse(const char *text)
{
	return parse_within(text, false, 0, UINT32_MAX);
}

/* The text of --print-config without the origins. */
static const char *
printed(const struct conf *conf, bool secrets)
{
	static char text[65536];
	struct text t = text_over(text, sizeof(text));
	char *to = text;

	conf_print(&t, conf, secrets);
	text_end(&t);
	for (char *line = text, *next; *line != '\0'; line = next) {
		char *end = strstr(line, " # ");

		next = strchr(line, '\n') + 1;
		if (end == NULL || end >= next)
			end = next - 1;
		while (end > line && end[-1] == ' ')
			end--;
		memmove(to, line, (size_t)(end - line));
		to += end - line;
		*to++ = '\n';
	}
	*to = '\0';
	return text;
}

/* Whether a text has that line, whatever blanks stand before it. */
static bool
has_line(const char *text, const char *line)
{
	size_t length = strlen(line);

	for (const char *at = text; at != NULL; at = strchr(at, '\n')) {
		at += strspn(at, "\n\t ");
		if (strncmp(at, line, length) == 0 && at[length] == '\n')
			return true;
		if (*at == '\0')
			break;
	}
	return false;
}

/* -- the table -- */

struct span_of { size_t offset, size; };
#define OF(type, field) \
	{ offsetof(struct type, field), sizeof(((struct type *)0)->field) }
#define PADDING(type, before, after) \
	{ offsetof(struct type, before) + sizeof(((struct type *)0)->before), \
	offsetof(struct type, after) - offsetof(struct type, before) - \
	sizeof(((struct type *)0)->before) }

/*
 * Poisons an object, sets what rows of a block and `derived` cover, and checks
 * that nothing is left but padding at the end of the object.
 */
static void
check_covered(const char *name, const enum block *blocks, size_t base,
    size_t size, const struct span_of *derived, size_t n)
{
	static uint8_t bytes[4096];
	size_t last = size;

	memset(bytes, 0xa5, sizeof(bytes));
	for (size_t i = 0; i < COUNT_OF(keywords); i++) {
		const struct keyword *k = &keywords[i];

		if ((k->block == blocks[0] || k->block == blocks[1] ||
		    k->block == blocks[2]) && k->offset >= base &&
		    k->offset + k->size <= base + size)
			memset(bytes + k->offset - base, 0, k->size);
	}
	for (size_t i = 0; i < n; i++)
		memset(bytes + derived[i].offset, 0, derived[i].size);
	while (last > 0 && bytes[last - 1] == 0xa5 && size - last < 7)
		last--;
	for (size_t i = 0; i < last; i++) {
		if (!CHECK(bytes[i] == 0)) {
			printf("\t%s: byte %zu has no row\n", name, i);
			return;
		}
	}
}

static void
test_coverage(void)
{
	static const enum block vr[] = { IN_INSTANCE, IN_AUTHENTICATION,
	    IN_HMAC };
	static const enum block global[] = { IN_GLOBAL, IN_ROOT, IN_ROOT };
	static const enum block file[] = { IN_FILE, IN_FILE, IN_FILE };
	static const enum block check[] = { IN_SCRIPT, IN_SCRIPT,
	    IN_SCRIPT };
	static const enum block group[] = { IN_GROUP, IN_GROUP, IN_GROUP };
	static const enum block process[] = { IN_PROCESS, IN_PROCESS,
	    IN_PROCESS };
	static const enum block bfd[] = { IN_BFD, IN_BFD, IN_BFD };
	static const struct span_of vr_derived[] = {
		OF(conf_vr, name), OF(conf_vr, peers), OF(conf_vr, addresses),
		OF(conf_vr, tracks), OF(conf_vr, notify), OF(conf_vr, line),
		OF(conf_vr, peer_count), OF(conf_vr, address_count),
		OF(conf_vr, excluded_count), OF(conf_vr, track_count),
		OF(conf_vr, group), OF(conf_vr, family), OF(conf_vr, unicast),
		OF(conf_vr, first_entry), OF(conf_vr, entry_count),
		PADDING(conf_vr, native_ipv6, peer_count),
		PADDING(conf_vr, group, interval_us),
		PADDING(conf_vr, hmac.replay, garp_delay_us)
	};
	static const struct span_of global_derived[] = {
		OF(conf_global, fifo), OF(conf_global, umask_set),
		OF(conf_global, delays), OF(conf_global, delay_count),
		PADDING(conf_global, delay_count, fifo),
		OF(conf_global, script),
		PADDING(conf_global, group6, startup_delay_us)
	};
	static const struct span_of check_derived[] = {
		OF(conf_script, name), OF(conf_script, command),
		OF(conf_script, weight), OF(conf_script, reverse),
		OF(conf_script, used), PADDING(conf_script, used, check),
		PADDING(conf_script, init_fail, interval_us)
	};
	static const struct span_of file_derived[] = {
		OF(conf_file, name), OF(conf_file, weight),
		OF(conf_file, reverse), OF(conf_file, used),
		PADDING(conf_file, used, path),
		OF(conf_file, init_overwrite), OF(conf_file, init_value),
		PADDING(conf_file, init_overwrite, init_value)
	};
	static const struct span_of process_derived[] = {
		OF(conf_process, name), OF(conf_process, weight),
		OF(conf_process, reverse), OF(conf_process, used),
		PADDING(conf_process, used, words), OF(conf_process, length)
	};
	static const struct span_of bfd_derived[] = {
		OF(conf_bfd, name), OF(conf_bfd, weight),
		OF(conf_bfd, reverse), OF(conf_bfd, used)
	};
	static const struct span_of group_derived[] = {
		OF(conf_group, name), OF(conf_group, members),
		OF(conf_group, notify), OF(conf_group, member_count)
	};

	check_covered("conf_vr", vr, offsetof(struct draft_vr, conf),
	    sizeof(struct conf_vr), vr_derived, COUNT_OF(vr_derived));
	check_covered("conf_global", global, offsetof(struct draft_global,
	    conf), sizeof(struct conf_global), global_derived,
	    COUNT_OF(global_derived));
	check_covered("conf_script", check, offsetof(struct draft_script,
	    conf), sizeof(struct conf_script), check_derived,
	    COUNT_OF(check_derived));
	check_covered("conf_file", file, offsetof(struct draft_file, conf),
	    sizeof(struct conf_file), file_derived, COUNT_OF(file_derived));
	check_covered("conf_process", process, offsetof(struct draft_process,
	    conf), sizeof(struct conf_process), process_derived,
	    COUNT_OF(process_derived));
	check_covered("conf_bfd", bfd, offsetof(struct draft_bfd, conf),
	    sizeof(struct conf_bfd), bfd_derived, COUNT_OF(bfd_derived));
	check_covered("conf_group", group, offsetof(struct draft_group, conf),
	    sizeof(struct conf_group), group_derived,
	    COUNT_OF(group_derived));
}

static void
test_rows(void)
{
	/* option_once has 64 bits; what shares one is never in one line. */
	for (size_t i = 64; i < COUNT_OF(entry_options); i++)
		CHECK(entry_options[i].where == ENTRY_ON_RULE &&
		    (entry_options[i - 64].where & ~ENTRY_ON_ENCAP) == 0);
	CHECK_INT(COUNT_OF(readers), T_ANY);
	CHECK_STR(list_item(wishes, T_BLOCK), "a name");
	CHECK_STR(list_item(wishes, T_DELAYS), "interfaces and seconds");
	for (size_t i = 0; i < COUNT_OF(keywords); i++) {
		const struct keyword *k = &keywords[i];

		for (const char *word = k->word; word != NULL;
		    word = keyword_next(k, word)) {
			CHECK(keyword_find((enum block)k->block, word) == k);
			CHECK(strlen(word) > 1);
		}
		CHECK((k->verdict == TAKEN) == (k->type != T_ANY));
		CHECK((k->type != T_NUMBER && k->type != T_SECONDS &&
		    k->type != T_WEIGHT) || (k->detail < RANGES &&
		    ranges[k->detail].min < ranges[k->detail].max));
		CHECK(*list_item(wishes, k->type) != '\0');
	}
}

/* -- values -- */

static const char header[] = "vrrp_script chk {\n script \"/bin/true\"\n}\n"
    "vrrp_instance V {\n interface eth0\n virtual_router_id 1\n";
static const char footer[] = "\n virtual_ipaddress {\n 192.0.2.1/24\n }\n"
    " track_script {\n chk\n }\n}\n";

/* The instance that has one more line. */
static const char *
with_line(const char *line)
{
	static char text[4096];
	struct text t = text_over(text, sizeof(text));

	text_format(&t, "%s%s%s", header, line, footer);
	return text_end(&t);
}

static void
test_values(void)
{
	/* Lines that are taken as they stand, or as what follows ->. */
	static const char *const good[] = {
		"priority 1", "priority 254", "priority +7 -> priority 7",
		"priority \"42\" -> priority 42", "priority 007 -> priority 7",
		"advert_int 255", "advert_int 2",
		"advert_int 3. -> advert_int 3",
		"preempt_delay 1000", "preempt_delay .5 -> preempt_delay 0.5",
		"preempt_delay 0.000001",
		"garp_master_delay 4294", "garp_master_delay 0",
		"garp_master_repeat 2147483647", "garp_master_refresh 0",
		"garp_lower_prio_repeat 0", "down_timer_adverts 100",
		"nopreempt", "nopreempt on -> nopreempt",
		"nopreempt no -> preempt_delay 0", "strict_mode on",
		"strict_mode -> strict_mode on", "strict_mode true -> "
		    "strict_mode on", "accept no -> accept off",
		"skip_check_adv_addr -> skip_check_adv_addr on",
		"version 2", "version 3", "state BACKUP",
		"v3_checksum_as_v2 -> v3_checksum_as_v2 on",
		"v3_checksum_as_v2 off", "mcast_src_ip 192.0.2.9",
		"mcast_dst_ip 224.1.2.3", "authentication {\n auth_type PASS\n"
		    " auth_pass a\n }\n -> auth_pass \"a\"",
		"notify_master /bin/x -> notify_master \"/bin/x\" 0 0",
		"notify \"/bin/x 'a b' \\x41\" 7 8 -> "
		    "notify \"/bin/x 'a b' A\" 7 8",
		"notify \"/bin/x \\\\x22 f\" 7 8 -> "
		    "notify \"/bin/x '\\\\042' f\" 7 8",
		"notify_stop \"/bin/x\" 7 :8 -> notify_stop \"/bin/x\" 7 :8",
		"track_interface {\n eth1 weight -99 reverse\n } -> "
		    "eth1 weight -99 reverse",
		"virtual_ipaddress {\n 192.0.2.2 dev eth1 label eth1:x brd +\n"
		    "} -> 192.0.2.2/32 dev eth1 brd + label eth1:x",
		"virtual_ipaddress_excluded { 2001:db8::1 } -> "
		    "2001:db8::1/128 dev eth0"
	};

	for (size_t i = 0; i < COUNT_OF(good); i++) {
		char line[256];
		const char *arrow = strstr(good[i], " -> "), *want = good[i];
		size_t length = arrow == NULL ? strlen(want) :
		    (size_t)(arrow - want);
		const struct conf *conf;

		memcpy(line, good[i], length);
		line[length] = '\0';
		want = arrow == NULL ? line : arrow + 4;
		conf = parse(with_line(line));
		if (!CHECK(conf != NULL && findings.first == NULL) ||
		    !CHECK(*want == '\0' || has_line(printed(conf, true),
		    want)))
			printf("\t%s\n%s", line, said);
	}
}

static void
test_wrong_values(void)
{
	/* Lines, and what is said of them behind the place. */
	static const struct { const char *line, *want; } wrong_lines[] = {
		{ "priority 0", "8:10: error: priority must be a number 1-255, "
		    "not '0'" },
		{ "priority 256", "8:10: error: priority must be a number "
		    "1-255, not '256'" },
		{ "priority 0x10", "8:10: error: priority must be a number "
		    "1-255, not '0x10'" },
		{ "priority 99999999999999999999", "8:10: error: priority "
		    "must be a number 1-255, not '99999999999999999999'" },
		{ "priority \"\"", "8:11: error: priority must be a number "
		    "1-255, not ''" },
		{ "priority", "8:9: error: 'priority' needs a number 1-255" },
		{ "advert_int 0.009", "8:12: error: advert_int must be "
		    "0.01-255 seconds, not '0.009'" },
		{ "advert_int 255.000001", "8:12: error: advert_int must be "
		    "0.01-255 seconds, not '255.000001'" },
		{ "advert_int -1", "8:12: error: advert_int must be 0.01-255 "
		    "seconds, not '-1'" },
		{ "preempt_delay 1e2", "8:15: error: preempt_delay must be "
		    "0-1000 seconds, not '1e2'" },
		{ "preempt_delay .", "8:15: error: preempt_delay must be "
		    "0-1000 seconds, not '.'" },
		{ "strict_mode TRUE", "8:13: error: strict_mode must be on or "
		    "off, not 'TRUE'" },
		{ "strict_mode 1", "8:13: error: strict_mode must be on or "
		    "off, not '1'" },
		{ "nopreempt 1", "8:11: warning: '1' is not read" },
		{ "state master", "8:7: error: state must be MASTER or "
		    "BACKUP, not 'master'" },
		{ "mcast_src_ip 224.0.0.1", "8:14: error: mcast_src_ip must "
		    "be a unicast address, not '224.0.0.1'" },
		{ "mcast_src_ip 192.0.2.1000", "8:22: error: '192.0.2.1000' "
		    "has a number that is not 0-255" },
		{ "mcast_dst_ip 192.0.2.1", "8:14: error: mcast_dst_ip must "
		    "be a multicast address, not '192.0.2.1'" },
		{ "mcast_dst_ip ff02::99", "10:2: error: vrrp_instance V is "
		    "for IPv6 since line 8, and this is IPv4; move it to "
		    "virtual_ipaddress_excluded or another instance" }
	};

	for (size_t i = 0; i < COUNT_OF(wrong_lines); i++) {
		char want[256];
		struct text t = text_over(want, sizeof(want));
		char line[128];
		struct text l = text_over(line, sizeof(line));

		text_format(&t, "test.conf:%s", wrong_lines[i].want);
		text_format(&l, "\n%s", wrong_lines[i].line);
		(void)parse(with_line(text_end(&l)));
		if (!CHECK(strstr(said, text_end(&t)) != NULL))
			printf("\twant %s\n\tgot  %s", want, said);
	}
}

/* -- completion -- */

/* The first instance that a text makes; its findings are to be `count`. */
static const struct conf_vr *
first_vr(const char *text, uint32_t count)
{
	const struct conf *conf = parse(text);
	uint32_t n = 0;

	for (const struct diagnostic *d = findings.first; d != NULL;
	    d = d->next)
		n++;
	if (!CHECK(n == count) || !CHECK(conf != NULL))
		printf("%s%s", text, said);
	return conf == NULL ? NULL : &conf->vrs[0];
}

#define INSTANCE "vrrp_instance V {\n interface eth0\n virtual_router_id 1\n"
#define IP4 " virtual_ipaddress {\n 192.0.2.1\n }\n"
#define IP6 " virtual_ipaddress {\n fe80::1\n }\n"

static void
test_defaults(void)
{
	const struct conf_vr *vr = first_vr(INSTANCE IP4 "}\n", 0);
	const struct conf *conf;
	static const struct ip none;

	if (vr == NULL)
		return;
	CHECK_INT(vr->priority, 100);
	CHECK_INT(vr->initial_state, VR_BACKUP);
	CHECK_INT(vr->version, 2);
	CHECK_INT(vr->family, 4);
	CHECK_INT(vr->interval_us, 1000000);
	CHECK_INT(vr->down_timer_adverts, 3);
	CHECK_INT(vr->garp_delay_us, 5000000);
	CHECK_INT(vr->garp_repeat, 5);
	CHECK_INT(vr->garp_lower_prio_delay_us, 5000000);
	CHECK_INT(vr->garp_lower_prio_repeat, 5);
	CHECK_INT(vr->garp_refresh_us, 60000000);	/* D-15 */
	CHECK_INT(vr->garp_refresh_repeat, 1);
	CHECK_INT(vr->unicast_ttl, 255);		/* C-031 */
	CHECK(vr->check_unicast_source);		/* C-068, D-9 */
	CHECK(vr->accept && !vr->no_preempt && !vr->unicast && !vr->strict);
	CHECK_INT(vr->checksum_form, CHECKSUM_AUTO);	/* D-1 */
	CHECK_INT(vr->group, NONE);
	CHECK(vr->notify == NULL && ip_equal(&vr->source, &none));
	CHECK_INT(vr->addresses[0].prefix, 32);		/* C-106 */
	CHECK_INT(vr->addresses[0].interface, vr->interface);
	CHECK_INT(vr->line, 1);
	conf = parse(INSTANCE IP6 "}\n");
	vr = &conf->vrs[0];
	CHECK_INT(vr->version, 3);
	CHECK_INT(vr->addresses[0].prefix, 128);	/* C-106 */
	CHECK_INT(vr->addresses[0].preferred_s, 0);	/* C-108 */
	CHECK_STR(conf->global.router_id, "left");
	CHECK_INT(conf->interface_count, 1);
}

/* global_defs, above or below, are the defaults of instances. */
static void
test_inheritance(void)
{
#define DEFAULTS "global_defs {\n vrrp_garp_master_delay 2\n" \
	" vrrp_garp_master_repeat 3\n vrrp_down_timer_adverts 4\n" \
	" vrrp_version 3\n vrrp_lower_prio_no_advert\n" \
	" vrrp_check_unicast_src off\n v3_checksum_as_v2\n" \
	" vrrp_mcast_group4 224.0.0.99\n}\n"
	static const char *const texts[] = {
		DEFAULTS INSTANCE IP4 " down_timer_adverts 5\n}\n",
		INSTANCE " down_timer_adverts 5\n" IP4 "}\n" DEFAULTS
	};

	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		const struct conf_vr *vr = first_vr(texts[i], 0);

		if (vr == NULL)
			continue;
		CHECK_INT(vr->garp_delay_us, 2000000);
		CHECK_INT(vr->garp_lower_prio_delay_us, 2000000);
		CHECK_INT(vr->garp_repeat, 3);
		CHECK_INT(vr->garp_lower_prio_repeat, 3);
		CHECK_INT(vr->down_timer_adverts, 5);
		CHECK_INT(vr->version, 3);
		CHECK(vr->lower_prio_no_advert && !vr->check_unicast_source);
		CHECK_INT(vr->checksum_form, CHECKSUM_PLAIN);
		CHECK_INT(vr->destination.bytes[3], 99);
	}
}

static void
test_min_garp(void)
{
	const struct conf_vr *vr = first_vr("global_defs {\n vrrp_min_garp\n}\n"
	    INSTANCE IP4 " garp_master_delay 3\n}\n", 0);

	CHECK_INT(vr->garp_repeat, 1);
	CHECK_INT(vr->garp_delay_us, 3000000);
	vr = first_vr(INSTANCE IP4 " garp_master_delay 3\n"
	    " garp_master_repeat 2\n garp_lower_prio_repeat 0\n}\n", 0);
	CHECK_INT(vr->garp_lower_prio_delay_us, 3000000);
	CHECK_INT(vr->garp_lower_prio_repeat, 0);
	CHECK_INT(vr->garp_repeat, 2);
}

/* C-100, C-101: what an interval becomes; version 2, then 3. */
static void
test_intervals(void)
{
	static const struct {
		const char *written;
		uint32_t v2, v3;
	} intervals[] = {
		{ "0.01", 1000000, 10000 }, { "0.5", 1000000, 500000 },
		{ "1.4", 1000000, 1400000 }, { "1.5", 2000000, 1500000 },
		{ "0.123", 1000000, 120000 }, { "0.015", 1000000, 20000 },
		{ "40.95", 41000000, 40950000 }, { "41", 41000000, 40950000 },
		{ "255", 255000000, 40950000 }
	};

	for (size_t i = 0; i < COUNT_OF(intervals); i++) {
		for (unsigned version = 2; version <= 3; version++) {
			char text[256];
			struct text t = text_over(text, sizeof(text));
			uint32_t want = version == 2 ? intervals[i].v2 :
			    intervals[i].v3;
			usec_t written;
			bool inexact;

			text_format(&t, INSTANCE " version %u\n"
			    " advert_int %s\n" IP4 "}\n", version,
			    intervals[i].written);
			seconds_parse(intervals[i].written, &written,
			    &inexact);
			CHECK_INT(first_vr(text_end(&t),
			    written != want)->interval_us, want);
			CHECK_INT(findings.counts[SEVERITY_ERROR],
			    written != want);
		}
	}
}

static void
test_roles(void)
{
	const struct conf_vr *vr = first_vr(INSTANCE IP4 "state MASTER\n}\n",
	    1);

	CHECK_INT(vr->priority, 255);		/* with a warning */
	CHECK_INT(findings.counts[SEVERITY_WARNING], 1);
	vr = first_vr(INSTANCE IP4 "priority 255\n}\n", 0);
	CHECK_INT(vr->initial_state, VR_MASTER);
	vr = first_vr(INSTANCE IP4 "priority 255\n nopreempt\n"
	    " preempt_delay 3\n}\n", 1);
	CHECK(!vr->no_preempt && vr->preempt_delay_us == 0);
	/* D-14 */
	vr = first_vr(INSTANCE IP4 "state MASTER\n priority 9\n"
	    " nopreempt\n}\n", 1);
	CHECK(vr->no_preempt && vr->initial_state == VR_MASTER);
	vr = first_vr(INSTANCE IP4 "nopreempt\n preempt\n}\n", 1);
	CHECK(!vr->no_preempt);
	vr = first_vr(INSTANCE IP4 "state MASTER\n state BACKUP\n"
	    " priority 1\n}\n", 1);
	CHECK_INT(vr->initial_state, VR_MASTER);
	vr = first_vr(INSTANCE IP4 "state SLAVE\n}\n", 1);
	CHECK_INT(vr->initial_state, VR_BACKUP);
	/* A bad value is as if it were not there. */
	vr = first_vr(INSTANCE IP4 "state MASTER\n priority 300\n}\n", 1);
	CHECK_INT(vr->priority, 100);
}

static void
test_strict(void)
{
	const struct conf_vr *vr = first_vr(INSTANCE IP4 "strict_mode\n"
	    " state MASTER\n priority 100\n}\n", 0);

	CHECK_INT(vr->initial_state, VR_BACKUP);
	CHECK(!vr->accept && vr->owner_ignore_adverts);
	CHECK(!vr->lower_prio_no_advert);	/* D-4 */
	CHECK_INT(vr->garp_lower_prio_repeat, 0);
	vr = first_vr(INSTANCE IP4 "strict_mode\n priority 255\n}\n", 0);
	CHECK(vr->accept);
	vr = first_vr(INSTANCE IP4 "strict_mode\n version 3\n accept\n"
	    " garp_lower_prio_repeat 2\n owner_ignore_adverts off\n}\n", 0);
	CHECK(vr->accept && !vr->owner_ignore_adverts);
	CHECK_INT(vr->garp_lower_prio_repeat, 2);
	vr = first_vr(INSTANCE IP4 "strict_mode\n preempt_delay 1\n"
	    " down_timer_adverts 2\n higher_prio_send_advert\n}\n", 3);
	CHECK(vr->preempt_delay_us == 0 && vr->down_timer_adverts == 3 &&
	    !vr->higher_prio_send_advert);
	vr = first_vr(INSTANCE IP4 "strict_mode\n unicast_peer {\n"
	    " 192.0.2.9\n }\n}\n", 1);
	CHECK(!vr->strict && vr->unicast && vr->accept);
}

static void
test_authentication(void)
{
#define AUTH(x) INSTANCE IP4 " authentication {\n" x " }\n"
#define PASS " auth_type PASS\n"
	const struct conf_vr *vr = first_vr(AUTH(PASS " auth_pass 12345678\n")
	    "}\n", 0);

	CHECK_INT(vr->auth_type, AUTH_PASS);
	CHECK_BYTES(vr->auth_pass, "12345678", 8);
	vr = first_vr(AUTH(PASS " auth_pass 123456789\n") "}\n", 1);
	CHECK_BYTES(vr->auth_pass, "12345678", 8);
	vr = first_vr(AUTH(PASS " auth_pass 12\n") "}\n", 0);
	CHECK_BYTES(vr->auth_pass, "12\0\0\0\0\0\0", 8);
	vr = first_vr(AUTH(PASS " auth_pass 123456789\n") " version 3\n}\n",
	    1);
	CHECK_INT(vr->auth_type, AUTH_NONE);
	CHECK_INT(vr->auth_pass[0], 0);
	vr = first_vr(AUTH(PASS) "}\n", 1);
	CHECK_INT(vr->auth_type, AUTH_NONE);
	vr = first_vr(AUTH(" auth_pass a\n") "}\n", 1);
	CHECK_INT(vr->auth_type, AUTH_NONE);
	vr = first_vr(AUTH(" auth_type AH\n auth_pass a\n") "}\n", 0);
	CHECK_INT(vr->auth_type, AUTH_AH);
	CHECK_BYTES(vr->auth_pass, "a\0\0\0\0\0\0\0", 8);
	vr = first_vr(AUTH(" auth_type AH\n auth_pass a\n") " version 3\n}\n",
	    1);
	CHECK_INT(vr->auth_type, AUTH_NONE);
}

#define TEXT_KEY "0123456789abcdef0123456789abcdef"	/* 32 characters */
#define HMAC(x) INSTANCE IP4 " auth_hmac {\n" x " }\n"
#define KEY_1 " key 1 " TEXT_KEY "\n active_key 1\n"

/* auth_hmac: keys in all their forms, what goes without saying, rotation. */
static void
test_hmac(void)
{
	const struct conf_vr *vr = first_vr(HMAC(KEY_1) "}\n", 0);

	other_text = "hex:ffeedd" TEXT_KEY TEXT_KEY TEXT_KEY "0123456789"
	    "0123456789abcdef\r\n";
	CHECK_INT(vr->hmac.keys.count, 1);
	CHECK_INT(vr->hmac.keys.first[0].length, 32);
	CHECK_BYTES(vr->hmac.keys.first[0].bytes, TEXT_KEY, 32);
	CHECK_INT(vr->hmac.active, 1);
	CHECK_INT(vr->hmac.mode, HMAC_ENFORCE);
	CHECK_INT(vr->hmac.replay, REPLAY_TIME);
	CHECK_INT(vr->hmac.window_s, 5);
	vr = first_vr(HMAC(KEY_1 " key 1 " TEXT_KEY TEXT_KEY "\n key 255 hex:"
	    TEXT_KEY TEXT_KEY "\n key 3 file:other\n key 4 " TEXT_KEY "0\n"
	    " key 5 hex:" TEXT_KEY TEXT_KEY TEXT_KEY TEXT_KEY "\n"
	    " mode receive-only\n anti_replay monotonic\n") " version 3\n"
	    " advert_int 5.5\n}\n", 1);
	CHECK_INT(vr->hmac.keys.count, 5);
	CHECK_INT(vr->hmac.keys.first[0].length, 32);
	CHECK_INT(vr->hmac.keys.first[1].id, 255);
	CHECK_INT(vr->hmac.keys.first[1].length, 32);
	CHECK_BYTES(vr->hmac.keys.first[1].bytes,
	    "\x01\x23\x45\x67\x89\xab\xcd\xef", 8);
	CHECK_INT(vr->hmac.keys.first[2].length, 64);
	CHECK_BYTES(vr->hmac.keys.first[2].bytes, "\xff\xee\xdd", 3);
	CHECK_INT(vr->hmac.keys.first[3].length, 33);
	CHECK_INT(vr->hmac.keys.first[4].length, 64);
	CHECK_INT(vr->hmac.mode, HMAC_RECEIVE_ONLY);
	CHECK_INT(vr->hmac.replay, REPLAY_MONOTONIC);
	CHECK_INT(vr->hmac.window_s, 16);
	vr = first_vr(HMAC(KEY_1 " time_window 300\n mode permissive\n")
	    "strict_mode\n}\n", 1);
	CHECK_INT(vr->hmac.mode, HMAC_ENFORCE);
	CHECK_INT(vr->hmac.window_s, 300);
	vr = first_vr(HMAC(KEY_1) " advert_int 200\n authentication {\n" PASS
	    " auth_pass a\n }\n}\n", 1);
	CHECK_INT(vr->auth_type, AUTH_NONE);
	CHECK_INT(vr->hmac.window_s, 300);
	(void)first_vr(HMAC(KEY_1 " time_window 6\n anti_replay monotonic\n")
	    "}\n", 1);
	(void)first_vr(HMAC(KEY_1 " key 2 file:other-open\n") "}\n", 1);
	CHECK(findings.insecure[SEVERITY_WARNING] == 1 &&
	    conf_exit_code(&findings) == 6);
}

/* A key's file is looked for beside the file that names it, at a reload too. */
static void
test_key_beside(void)
{
	other_text = TEXT_KEY;
	main_path = "/etc/there/test.conf";
	(void)parse(HMAC(" key 1 file:other\n active_key 1\n") "}\n");
	CHECK_STR(opened, "/etc/there/other");
	(void)parse(HMAC(" key 1 file:/run/other\n active_key 1\n") "}\n");
	CHECK_STR(opened, "/run/other");
	main_path = "test.conf";
}

/* Each of these leaves nothing that the others would hear: one finding. */
static void
test_hmac_fatal(void)
{
	static const char *const texts[] = {
		"", " active_key 1\n", " key 1 " TEXT_KEY "\n",
		" key 1 " TEXT_KEY "\n active_key 2\n",
		" key 1 " TEXT_KEY "\n active_key 0\n",
		" key 0 " TEXT_KEY "\n", " key 256 " TEXT_KEY "\n",
		" key " TEXT_KEY "\n", " key 1\n",
		" key 1 0123456789abcdef0123456789abcde\n active_key 1\n",
		" key 1 " TEXT_KEY TEXT_KEY "0\n active_key 1\n",
		" key 1 hex:" TEXT_KEY "\n active_key 1\n",
		" key 1 hex:" TEXT_KEY TEXT_KEY "0\n active_key 1\n",
		" key 1 hex:" TEXT_KEY TEXT_KEY "0g\n active_key 1\n",
		" key 1 hex:\n active_key 1\n",
		" key 1 \"\"\n active_key 1\n",
		" key 1 file:short\n active_key 1\n",
		KEY_1 " time_window 0\n", KEY_1 " time_window 301\n",
		KEY_1 " mode x\n", KEY_1 " anti_replay x\n"
	};

	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		char text[512];
		struct text t = text_over(text, sizeof(text));

		text_format(&t, HMAC("%s") "}\n", texts[i]);
		if (!CHECK(parse(text_end(&t)) == NULL &&
		    findings.counts[SEVERITY_FATAL] == 1 &&
		    findings.first->next == NULL))
			printf("%s%s", text, said);
		CHECK(strstr(said, "0123456789") == NULL);
	}
}

/* No finding, and no print that is not to show secrets, shows a password. */
static void
test_secrets(void)
{
	static const char *const lines[] = {
		PASS "auth_pass hunter2\n", PASS "auth_pass hunter2hunter2\n",
		PASS "auth_pass x hunter2\n", PASS "auth_pass=hunter2\n",
		PASS "auth_pass: hunter2\n", PASS "auth_pas=hunter2\n",
		PASS "password hunter2\n", PASS "auth_pass hunter2;\n",
		PASS "auth_pass hunter2\n auth_pass hunter2\n",
		PASS "auth_pass \"hunter2\n", PASS "auth_pass x,$hunter2\n",
		PASS "password x,$hunter2\n", PASS "auth_pas x,$hunter2\n",
		PASS "key\t1 x,$hunter2\n"
	};

	CHECK(strstr(printed(parse(HMAC(KEY_1) "}\n"), false), "0123") ==
	    NULL);
	for (size_t i = 0; i < COUNT_OF(lines); i++) {
		char text[256];
		struct text t = text_over(text, sizeof(text));
		const struct conf *conf;

		text_format(&t, AUTH("%s") "}\n", lines[i]);
		conf = parse(text_end(&t));
		CHECK(conf != NULL && strstr(said, "hunter2") == NULL);
		CHECK(strstr(printed(conf, false), "hunter2") == NULL);
		CHECK(i > 0 || has_line(printed(conf, true),
		    "auth_pass \"hunter2\""));
	}
}

static void
test_unicast(void)
{
	const struct conf_vr *vr = first_vr(INSTANCE IP4 "unicast_peer {\n"
	    " 192.0.2.8 min_ttl 3 max_ttl 4\n 192.0.2.9\n }\n}\n", 0);

	CHECK(vr->unicast);
	CHECK_INT(vr->peer_count, 2);
	CHECK_INT(vr->peers[0].ttl_min, 3);
	CHECK_INT(vr->peers[0].ttl_max, 4);
	CHECK_INT(vr->peers[1].ttl_max, 255);
	vr = first_vr(INSTANCE IP4 "unicast_src_ip 192.0.2.8\n unicast_peer {\n"
	    " 192.0.2.8\n 192.0.2.9\n }\n}\n", 1);
	CHECK_INT(vr->peer_count, 1);		/* itself is left out */
	CHECK_INT(findings.counts[SEVERITY_NOTE], 1);
	vr = first_vr(INSTANCE IP4 "unicast_peer {\n }\n}\n", 1);
	CHECK(!vr->unicast);
	CHECK_INT(findings.counts[SEVERITY_ERROR], 1);
	vr = first_vr(INSTANCE IP4 "unicast_fault_no_peer\n unicast_peer {\n"
	    " }\n}\n", 0);
	CHECK(vr->unicast && vr->peer_count == 0);
	vr = first_vr("vrrp_instance V {\n virtual_router_id 1\n"
	    " unicast_src_ip 192.0.2.8\n unicast_peer {\n 192.0.2.9\n }\n" IP4
	    "}\n", 0);
	CHECK_INT(vr->interface, NONE);
	CHECK(vr->addresses[0].interface != NONE);	/* default_interface */
}

static void
test_fatal(void)
{
	/* C-165, C-167, C-164: nothing to run with, and one fatal finding. */
	static const char *const texts[] = {
		INSTANCE " version 2\n" IP6 "}\n",
		INSTANCE " version 3\n}\n",
		INSTANCE " version 3\n no_virtual_ipaddress\n}\n",
		"vrrp_instance V {\n interface eth0\n" IP4 "}\n",
		"vrrp_instance V {\n interface eth0\n virtual_router_id 0\n" IP4
		    "}\n",
		"vrrp_instance V {\n interface eth0\n virtual_router_id 256\n"
		    IP4 "}\n",
		"vrrp_instance V {\n virtual_router_id 1\n" IP4 "}\n",
		"vrrp_instance V {\n interface eth0 virtual_router_id 1\n" IP4
		    "}\n",
		"vrrp_instance V {\n interface eth0\n virtual_router_i 1\n" IP4
		    "}\n",
		INSTANCE IP4 "}\nvrrp_instance W {\n interface eth0\n"
		    " virtual_router_id 1\n no_virtual_ipaddress\n}\n",
		INSTANCE IP4 " authentication {\n auth_type AH\n }\n}\n",
		INSTANCE IP4 " track_process {\n haproxy\n }\n}\n",
		INSTANCE IP4 " track_process {\n p\n }\n}\n"
		    "vrrp_track_process p {\n}\n",
		INSTANCE IP4 " track_file {\n nowhere\n }\n}\n",
		"", "\n! nothing\n", "virtual_server 192.0.2.1 80 {\n}\n"
	};

	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		const struct conf *conf = parse(texts[i]);

		if (!CHECK(conf == NULL &&
		    findings.counts[SEVERITY_FATAL] == 1 &&
		    findings.counts[SEVERITY_ERROR] == 0))
			printf("%s%s", texts[i], said);
		CHECK_INT(conf_exit_code(&findings), 4);	/* C-163 */
	}
}

/* The same VRID is fine where advertisements cannot meet. */
static void
test_no_conflict(void)
{
	static const char *const others[] = {
		" interface eth1\n virtual_router_id 1\n",
		" interface eth0\n virtual_router_id 2\n",
		" interface eth0\n virtual_router_id 1\n"
		    " mcast_dst_ip 224.0.0.99\n",
		" interface eth0\n virtual_router_id 1\n"
		    " unicast_peer {\n 192.0.2.9\n }\n"
	};

	for (size_t i = 0; i < COUNT_OF(others); i++) {
		char text[512];
		struct text t = text_over(text, sizeof(text));

		text_format(&t, INSTANCE IP4 "}\nvrrp_instance W {\n%s"
		    " no_virtual_ipaddress\n}\n", others[i]);
		CHECK(first_vr(text_end(&t), 0) != NULL);
	}
	CHECK(first_vr(INSTANCE IP4 "}\nvrrp_instance W {\n interface eth0\n"
	    " virtual_router_id 1\n" IP6 "}\n", 0) != NULL);	/* C-074 */
}

/* C-034, C-037: what is advertised, and in which order (C-005). */
static void
test_addresses(void)
{
	const struct conf_vr *vr = first_vr(INSTANCE " virtual_ipaddress {\n"
	    " ~SEQ(n, 1, 255) 192.0.2.${n}\n }\n}\n", 0);

	CHECK_INT(vr->address_count, 255);
	CHECK_INT(vr->addresses[0].ip.bytes[3], 1);
	CHECK_INT(vr->addresses[254].ip.bytes[3], 255);
	vr = first_vr(INSTANCE " virtual_ipaddress {\n"
	    " ~SEQ(n, 0, 255) 192.0.2.${n}\n }\n virtual_ipaddress_excluded {\n"
	    " 198.51.100.1\n }\n}\n", 1);
	CHECK_INT(vr->address_count, 255);
	CHECK_INT(vr->excluded_count, 2);
	CHECK_INT(vr->addresses[255].ip.bytes[3], 255);
	CHECK_INT(vr->addresses[256].ip.bytes[0], 198);
	vr = first_vr(INSTANCE " virtual_ipaddress {\n fe80::1\n"
	    " ~SEQ(n, 1, 89) 2001:db8::${n}\n }\n}\n", 1);
	CHECK_INT(vr->address_count, 89);
	CHECK_INT(vr->excluded_count, 1);
	vr = first_vr(INSTANCE " virtual_ipaddress {\n 2001:db8::1\n"
	    " fe80::1\n 2001:db8::2\n }\n}\n", 1);
	CHECK(ip_is_link_local(&vr->addresses[0].ip));
	CHECK_INT(vr->addresses[1].ip.bytes[15], 1);
	CHECK_INT(vr->addresses[2].ip.bytes[15], 2);
	CHECK_INT(vr->address_count, 3);
	vr = first_vr(INSTANCE " virtual_ipaddress {\n 192.0.2.1\n 192.0.2.2\n"
	    " 192.0.2.1\n }\n virtual_ipaddress_excluded {\n 192.0.2.2\n"
	    " 192.0.2.3\n }\n}\n", 2);
	CHECK_INT(vr->address_count, 2);	/* each once */
	CHECK_INT(vr->excluded_count, 1);
	vr = first_vr(INSTANCE "}\n", 1);
	CHECK_INT(vr->address_count, 0);
	CHECK(first_vr(INSTANCE " no_virtual_ipaddress\n}\n", 0) != NULL);
}

/* What -t tells who comes from keepalived: each keyword once, in its class. */
static void
test_migration(void)
{
	char buffer[2048];
	struct text t = text_over(buffer, sizeof(buffer));

	parse("global_defs {\n smtp_server x\n process_names\n smtp_server y\n"
	    "}\nbfd_instance a {\n}\n" INSTANCE IP4 " nopreempt\n}\n");
	migration_print(&t, &findings);
	CHECK_STR(text_end(&t), "coming from keepalived 2.4.3:\n"
	    "understood (7):\n    global_defs bfd_instance vrrp_instance "
	    "interface virtual_router_id\n    virtual_ipaddress nopreempt\n"
	    "different here:\n"
	    "    interface is waited for while it does not exist\n"
	    "    virtual_ipaddress is put back when others remove it; at a "
	    "stop it goes when another router has it\n"
	    "    nopreempt counts whatever state says\n"
	    "    garp_master_refresh is 60, not 0, unless written\n"
	    "without effect, and not needed (1):\n    process_names\n"
	    "not done here (1):\n    smtp_server\n");
}

/* An option with a bad value is as if it were not there. */
static void
test_address_options_bad(void)
{
	const struct conf_vr *vr = first_vr(INSTANCE " virtual_ipaddress {\n"
	    " 192.0.2.1/24 brd 192.0.2.255 label sixteen-letters-\n"
	    " 192.0.2.2/24 brd 2001:db8::1\n"
	    " 192.0.2.3/24 peer 2001:db8::1/64\n"
	    " 192.0.2.4/24 scope 256 preferred_lft never\n"
	    " }\n}\n", 5);
	const struct conf_address *a = vr->addresses;

	CHECK_INT(a[0].flags, ADDRESS_BROADCAST);
	CHECK(a[0].more->label == NULL);
	for (int i = 1; i < 4; i++) {
		CHECK_INT(a[i].flags, 0);
		CHECK_INT(a[i].scope, 0);
		CHECK(a[i].preferred_s == UINT32_MAX);
		CHECK(a[i].more == NULL || (a[i].more->peer.family == 0 &&
		    a[i].more->broadcast.family == 0));
	}
}

/* Of an option that is there twice the last one counts, with a warning. */
static void
test_address_options_twice(void)
{
	const struct conf_vr *vr = first_vr(INSTANCE " virtual_ipaddress {\n"
	    " 192.0.2.1/24 dev eth0 brd 192.0.2.9 dev eth1 broadcast +\n"
	    " 192.0.2.2/24 home label home home\n"
	    " 192.0.2.3/24 label label\n }\n}\n", 3);

	CHECK_INT(findings.counts[SEVERITY_WARNING], 3);
	CHECK_INT(vr->addresses[0].flags, ADDRESS_BROADCAST_ONES);
	CHECK_INT(vr->addresses[0].interface, 1);
	CHECK_STR(vr->addresses[2].more->label, "label");
}

static void
test_address_options(void)
{
	const struct conf_vr *vr = first_vr(INSTANCE " virtual_ipaddress {\n"
	    " 192.0.2.1/24 brd 192.0.2.255 label x peer 192.0.2.7/31"
	    " scope host -nodad home no_track\n"
	    " 192.0.2.2/24 broadcast - noprefixroute preferred_lft 9\n"
	    " }\n virtual_ipaddress_excluded {\n"
	    " 2001:db8::1/64 mngtmpaddr autojoin preferred_lft forever\n"
	    " 2001:db8::2/64\n }\n}\n", 0);
	const struct conf_address *a = vr->addresses;

	CHECK_INT(a[0].flags, ADDRESS_BROADCAST | ADDRESS_PEER | ADDRESS_SCOPE |
	    ADDRESS_LABEL |
	    ADDRESS_DAD | ADDRESS_HOME | ADDRESS_NO_TRACK);
	CHECK_INT(a[0].scope, 254);
	CHECK_STR(a[0].more->label, "x");
	CHECK_INT(a[0].more->broadcast.bytes[3], 255);
	CHECK_INT(a[0].more->peer.bytes[3], 7);
	CHECK_INT(a[0].more->peer_prefix, 31);
	CHECK_INT(a[1].flags, ADDRESS_BROADCAST_ZEROS | ADDRESS_PREFERRED |
	    ADDRESS_NOPREFIXROUTE);
	CHECK_INT(a[1].preferred_s, 9);
	CHECK(a[1].more == NULL);
	CHECK_INT(a[2].flags, ADDRESS_MNGTMPADDR | ADDRESS_AUTOJOIN |
	    ADDRESS_PREFERRED);
	CHECK_INT(a[2].preferred_s, UINT32_MAX);
	CHECK_INT(a[3].flags, 0);
	CHECK_INT(a[3].preferred_s, UINT32_MAX);
}

/* -- trackers, scripts, groups -- */

static void
test_tracks(void)
{
	const struct conf_vr *vr = first_vr("vrrp_script a {\n"
	    " script /bin/a\n weight -5 reverse\n}\n" INSTANCE IP4
	    " track_script {\n a\n b\n }\n track_interface {\n eth0\n"
	    " eth1 weight 7\n }\n track_file {\n f\n }\n}\n"
	    "vrrp_script b {\n script /bin/b\n weight 2\n}\n"
	    "track_file f {\n file /f\n weight 3\n}\n", 1);
	const struct conf_track want[] = {
		{ 0, -5, TRACK_SCRIPT, true }, { 1, 2, TRACK_SCRIPT, false },
		{ 1, 7, TRACK_INTERFACE, false }, { 0, 3, TRACK_FILE, false }
	};

	CHECK_INT(vr->track_count, 4);		/* without its own interface */
	for (size_t i = 0; i < COUNT_OF(want); i++) {
		CHECK_INT(vr->tracks[i].index, want[i].index);
		CHECK_INT(vr->tracks[i].weight, want[i].weight);
		CHECK_INT(vr->tracks[i].kind, want[i].kind);
		CHECK_INT(vr->tracks[i].reverse, want[i].reverse);
	}
}

/* C-166, D-6: an error, and it fails. */
static void
test_unusable_scripts(void)
{
	static const char *const texts[] = {
		"vrrp_script s {\n script /missing\n}\n",
		"vrrp_script s {\n script /bin/x\n user nobody\n}\n",
		"vrrp_script s {\n}\n", "vrrp_script s {\n script \"\"\n}\n",
		"vrrp_script s {\n script \"</dev/tcp/x/1\"\n}\n", "",
		("global_defs {\n enable_script_security\n script_user root\n"
		    "}\nvrrp_script s {\n script /loose/x\n}\n")
	};

	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		char text[512];
		struct text t = text_over(text, sizeof(text));
		const struct conf_vr *vr;
		const struct conf *conf;
		const struct conf_command *command;

		text_format(&t, "%s" INSTANCE IP4
		    " track_script {\n s\n }\n}\n", texts[i]);
		vr = first_vr(text_end(&t), 1);
		CHECK_INT(findings.counts[SEVERITY_ERROR], 1);
		CHECK_INT(conf_exit_code(&findings), strstr(text, "loose") ==
		    NULL ? 5 : 6);
		if (vr == NULL || !CHECK(vr->track_count == 1))
			continue;
		conf = parse(text);
		vr = &conf->vrs[0];
		CHECK_INT(vr->tracks[0].weight, 0);
		CHECK(conf->scripts[vr->tracks[0].index].used);
		command = &conf->commands[conf->scripts[
		    vr->tracks[0].index].command];
		CHECK(command->path == NULL && command->why != NULL);
		CHECK_INT(conf->scripts[vr->tracks[0].index].interval_us,
		    1000000);
		CHECK_INT(conf->scripts[vr->tracks[0].index].fall, 1);
	}
}

static void
test_commands(void)
{
	const struct conf *conf = parse("global_defs {\n script_user 5 6\n}\n"
	    "vrrp_script s {\n script \"/bin/s 'a b' \\x41\"\n user 7\n}\n"
	    INSTANCE IP4 " notify_master \"/bin/m x\"\n notify /bin/n 8 9\n"
	    " notify_master /bin/other\n track_script {\n s\n }\n}\n"
	    "vrrp_instance W {\n interface eth1\n virtual_router_id 1\n"
	    " no_virtual_ipaddress\n notify_master \"/bin/m  x\"\n"
	    " notify /bin/n 8 9\n notify_fault /missing\n}\n");
	const struct conf_command *c;

	CHECK(conf != NULL);
	CHECK_INT(findings.counts[SEVERITY_ERROR], 1);
	CHECK_INT(findings.counts[SEVERITY_WARNING], 1); /* the first counts */
	/* What two have alike is there once. */
	CHECK(conf->vrs[0].notify == conf->vrs[1].notify);
	c = &conf->commands[conf->vrs[0].notify->command[NOTIFY_MASTER]];
	CHECK_STR(c->argv[0], "/bin/m");
	CHECK_STR(c->argv[1], "x");
	CHECK(c->argv[2] == NULL);
	CHECK_STR(c->path, "/bin/m");
	CHECK_INT(c->uid, 5);
	CHECK_INT(c->gid, 6);
	CHECK_INT(conf->vrs[1].notify->command[NOTIFY_FAULT], NONE);
	c = &conf->commands[conf->vrs[0].notify->command[NOTIFY_ANY]];
	CHECK_INT(c->uid, 8);
	CHECK_INT(c->gid, 9);
	c = &conf->commands[conf->scripts[0].command];
	CHECK_STR(c->argv[1], "a b");
	CHECK_STR(c->argv[2], "A");
	CHECK_INT(c->uid, 7);
	has_script_user = true;
	conf = parse("vrrp_script s {\n script /bin/s\n}\n" INSTANCE IP4
	    " track_script {\n s\n }\n}\n");
	CHECK_INT(conf->commands[0].uid, 300);	/* keepalived_script */
	has_script_user = false;
}

/* A script whose user cannot be told never runs, nor is printed, as root. */
static void
test_no_user(void)
{
	static const struct {
		const char	*owner;
		bool		no_passwd;
		const char	*said;
	} rows[] = {
		{ " user root nobody\n", false,
		  "test.conf:3:7: error: 'root nobody': no such user\n" },
		{ " user nobody\n", false,
		  "test.conf:3:7: error: 'nobody': no such user\n" },
		{ "", true,
		  "error: 'keepalived_script': Input/output error\n" },
	};
	char text[512];

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct text t = text_over(text, sizeof(text));
		const struct conf *conf;

		no_passwd = rows[i].no_passwd;
		text_format(&t, "vrrp_script s {\n script /bin/s\n%s}\n"
		    INSTANCE IP4 " track_script {\n s\n }\n}\n",
		    rows[i].owner);
		conf = parse(text_end(&t));
		CHECK_STR(said, rows[i].said);
		CHECK(conf->commands[0].path == NULL);
		CHECK(has_line(printed(conf, false),
		    "user 4294967295 4294967295"));
	}
	no_passwd = false;
}

static void
test_security(void)
{
#define LOOSE "vrrp_script s {\n script /loose/x\n%s}\n" INSTANCE IP4 \
	" track_script {\n s\n }\n}\n"
	char text[512];
	struct text t = text_over(text, sizeof(text));

	text_format(&t, LOOSE, "");
	CHECK(parse(text_end(&t)) != NULL);
	CHECK_INT(conf_exit_code(&findings), 6);
	t = text_over(text, sizeof(text));
	text_format(&t, LOOSE, " user 7\n");	/* not root: no matter */
	CHECK(parse(text_end(&t)) != NULL);
	CHECK_INT(conf_exit_code(&findings), 0);
	t = text_over(text, sizeof(text));
	text_format(&t, "global_defs {\n enable_script_security\n}\n" LOOSE,
	    " user 7\n");
	CHECK(parse(text_end(&t)) != NULL);
	CHECK_INT(conf_exit_code(&findings), 0);
	t = text_over(text, sizeof(text));
	text_format(&t, LOOSE "oops\n", "");	/* the error is worse */
	CHECK(parse(text_end(&t)) != NULL);
	CHECK_INT(conf_exit_code(&findings), 5);
	CHECK(parse("global_defs {\n enable_script_security\n}\n"
	    "vrrp_script s {\n script \"/loose/x\n}\n" INSTANCE IP4
	    " track_script {\n s\n }\n}\n") != NULL);
	CHECK_INT(conf_exit_code(&findings), 5);	/* so is that of '"' */
	CHECK(parse("global_defs {\n enable_script_security\n}\n~SEQ(N,1001)"
	    " vrrp_script s$N { script /loose/${N} }\n" INSTANCE IP4
	    " track_script {\n~SEQ(N,1001) s$N\n}\n}\n") != NULL);
	CHECK_INT(findings.counts[SEVERITY_ERROR], 1001);	/* 1 is lost */
	CHECK_INT(conf_exit_code(&findings), 6);
}

#define TWO INSTANCE IP4 " track_script {\n s weight 9\n }\n" \
	" track_interface {\n eth1 weight 4\n }\n}\n" \
	"vrrp_instance W {\n interface eth1\n virtual_router_id 1\n" \
	" no_virtual_ipaddress\n}\nvrrp_script s {\n script /bin/s\n}\n"

static void
test_groups(void)
{
	const struct conf *conf = parse("vrrp_sync_group G {\n group {\n"
	    " V\n W\n }\n track_script {\n s weight 6\n }\n}\n" TWO);

	/* Weights of members go; those of the group stay. */
	CHECK_INT(conf->group_count, 1);
	CHECK_INT(conf->groups[0].member_count, 2);
	CHECK_INT(conf->groups[0].members[1], 1);
	CHECK_INT(conf->vrs[0].group, 0);
	CHECK_INT(conf->vrs[1].group, 0);
	CHECK_INT(findings.counts[SEVERITY_WARNING], 2);
	CHECK_INT(conf->vrs[0].track_count, 2);
	CHECK_INT(conf->vrs[0].tracks[0].kind, TRACK_INTERFACE);
	CHECK_INT(conf->vrs[0].tracks[0].weight, 0);
	CHECK_INT(conf->vrs[0].tracks[1].weight, 6);
	CHECK_INT(conf->vrs[1].track_count, 1);
	CHECK_INT(conf->vrs[1].tracks[0].weight, 6);
	conf = parse("vrrp_sync_group G {\n group {\n V\n W\n }\n"
	    " sync_group_tracking_weight\n}\n" TWO);
	CHECK_INT(findings.counts[SEVERITY_WARNING], 0);
	CHECK_INT(conf->vrs[0].tracks[0].weight, 9);
	CHECK_INT(conf->vrs[0].tracks[1].weight, 4);
	conf = parse("vrrp_sync_group G {\n group {\n V\n W\n }\n"
	    " global_tracking\n track_script {\n s weight 3\n }\n}\n" TWO);
	CHECK_INT(conf->vrs[0].track_count, 2);
	CHECK(conf->scripts[0].used);
	CHECK_INT(conf->vrs[0].tracks[0].weight, 3);	/* the group's */
	CHECK(!has_line(printed(conf, true), "global_tracking"));
	CHECK(has_line(printed(conf, true), "sync_group_tracking_weight"));
	conf = parse("vrrp_sync_group G {\n group {\n V\n W\n }\n}\n"
	    "vrrp_sync_group H {\n group {\n W\n }\n}\n" TWO);
	CHECK_INT(findings.counts[SEVERITY_ERROR], 1);
	CHECK_INT(conf->group_count, 1);	/* H has nobody left */
	CHECK(!conf->scripts[0].used);		/* V must do without it */
	conf = parse("vrrp_sync_group G {\n group {\n }\n track_script {\n"
	    " s\n }\n}\n" INSTANCE IP4 "}\nvrrp_script s {\n script /bin/s"
	    "\n}\n");
	CHECK(!conf->scripts[0].used);		/* G has no member */
	CHECK(conf->commands[0].path == NULL);
	CHECK_STR(conf->commands[0].why, "nothing uses it");
	conf = parse("vrrp_sync_group G {\n group {\n X\n W\n }\n}\n" TWO);
	CHECK_INT(findings.counts[SEVERITY_ERROR], 1);
	CHECK_INT(conf->groups[0].member_count, 1);
	CHECK_INT(conf->vrs[0].group, NONE);
}

/* -- the whole -- */

/* What is given twice: the last one counts, or the first. */
static void
test_twice(void)
{
	const struct conf *conf = parse("global_defs {\n router_id a\n}\n"
	    "global_defs {\n router_id b\n notify_fifo_script /bin/a\n"
	    " notify_fifo_script /bin/b\n}\n" INSTANCE IP4 " priority 5\n"
	    " priority 6\n virtual_ipaddress {\n 192.0.2.9\n }\n}\n"
	    "vrrp_instance V {\n interface eth1\n virtual_router_id 7\n}\n"
	    "track_file f {\n file /a\n}\ntrack_file f {\n file /b\n}\n");

	CHECK_STR(conf->global.router_id, "b");
	CHECK_STR(conf->commands[conf->global.script[0]].argv[0],
	    "/bin/a");
	CHECK_INT(conf->global.script[1], NONE);
	CHECK_INT(conf->vr_count, 1);
	CHECK_INT(conf->vrs[0].priority, 6);
	CHECK_INT(conf->vrs[0].vrid, 1);
	CHECK_INT(conf->vrs[0].address_count, 2);
	CHECK_STR(conf->files[0].path, "/a");
	CHECK_INT(findings.counts[SEVERITY_WARNING], 4);
	CHECK_INT(findings.counts[SEVERITY_ERROR], 2);
}

/* After a mistake the rest is read as if it were not there. */
static void
test_recovery(void)
{
	static const char *const mistakes[] = {
		"oops", "oops {\n}", "oops {\n a {\n b\n }\n c\n }",
		"oops\n{\n}", "track_scripts { x }", "use_vmac 1:2",
		"virtual_routes {\n x {\n }\n }", "priority { 5 }",
		"{\n priority 5\n }", "priority 9 {\n }",
		"garp_master_delay", "track_interface {\n eth1\n { x }\n }"
	};

	for (size_t i = 0; i < COUNT_OF(mistakes); i++) {
		char text[512];
		struct text t = text_over(text, sizeof(text));
		const struct conf_vr *vr;

		text_format(&t, INSTANCE "%s\n version 3\n" IP4 "}\n",
		    mistakes[i]);
		vr = first_vr(text_end(&t), 1);
		CHECK_INT(findings.counts[SEVERITY_ERROR], 1);
		CHECK(vr != NULL && vr->version == 3 &&
		    vr->address_count == 1);
	}
}

/* A block whose keyword is misspelt is not missed by those who name it. */
static void
test_excused(void)
{
	const struct conf_vr *vr = first_vr("vrrp_scrip s {\n script /bin/s\n"
	    "}\n" INSTANCE IP4 " track_script {\n s\n }\n}\n", 1);

	CHECK_INT(vr->track_count, 1);		/* and counts as failed */
	(void)first_vr("vrrp_instanc W {\n}\n" INSTANCE IP4 "}\n"
	    "vrrp_sync_group G {\n group {\n V\n W\n }\n}\n", 1);
}

#define KEY_DIGITS "000102030405060708090a0b0c0d0e0f" \
    "101112131415161718191a1b1c1d1eff"

static const char everything[] = "global_defs {\n router_id \"a b\"\n"
    " notify_fifo /run/f 5 6\n notify_fifo_script \"/bin/r x\"\n"
    " vrrp_startup_delay 1.5\n umask 027\n json_version 2\n"
    " vrrp_version 3\n max_auto_priority -1\n log_unknown_vrids\n}\n"
    "instance one\nvrrp_script s {\n script \"/bin/s 'a b' \\\\x22 \\\\x24\"\n"
    " interval 0.25\n timeout 3\n weight 5\n rise 2\n fall 3\n"
    " user 5 :6\n init_fail\n}\ntrack_file f {\n file \"/f g\"\n weight 2\n"
    " init_file -3\n}\nvrrp_sync_group G {\n group {\n V\n W\n }\n"
    " notify_stop /bin/stop\n track_file {\n f\n }\n}\n" INSTANCE
    " state MASTER\n priority 200\n version 2\n advert_int 2\n"
    " mcast_src_ip 192.0.2.7\n authentication {\n auth_type PASS\n"
    " auth_pass \"a#b!{}\"\n }\n notify_master \"/bin/m 1\" 3\n"
    " virtual_ipaddress {\n 192.0.2.1/24 dev eth1 brd + label l scope 253\n"
    " 192.0.2.2 peer 192.0.2.3\n }\n virtual_ipaddress_excluded {\n"
    " 2001:db8::1/64 preferred_lft 5 -nodad\n }\n accept off\n"
    " track_script {\n s weight 0\n }\n}\n"
    "vrrp_instance W {\n interface eth1\n virtual_router_id 1\n"
    " unicast_src_ip fe80::7\n unicast_peer {\n fe80::8 min_ttl 4\n }\n"
    " unicast_ttl 0\n check_unicast_src off\n nopreempt\n advert_int 0.5\n"
    " v3_checksum_as_v2\n auth_hmac {\n key 7 hex:" KEY_DIGITS "\n"
    " key 8 \"a b{}#; 789 123456789 123456789 12\"\n active_key 8\n"
    " anti_replay monotonic\n }\n track_interface {\n eth0 weight 0\n }\n"
    IP6 "}\n";

/* The print makes a configuration that prints the same. */
static void
test_print(void)
{
	static char first[32768];
	const struct conf *conf = parse_within(everything, true, 0, UINT32_MAX);
	struct text t = text_over(first, sizeof(first));

	if (!CHECK(conf != NULL && findings.counts[SEVERITY_ERROR] == 0))
		printf("%s", said);
	text_string(&t, printed(conf, true));
	text_end(&t);
	CHECK(has_line(first, "file \"/f g\""));
	CHECK(has_line(first, "fe80::8 min_ttl 4 max_ttl 255"));
	conf = parse(first);
	if (!CHECK(conf != NULL && findings.counts[SEVERITY_ERROR] == 0))
		printf("%s", said);
	CHECK_STR(printed(conf, true), first);
}

/* A value of each type, which is no default; NULL: not printed. */
static const char *const samples[] = {
	[T_FLAG] = "", [T_BOOL] = "", [T_CLEAR] = "", [T_CHECKSUM] = "on",
	[T_NOTIFY_DELETED] = "\"/bin/n 1\" 5 :6", [T_OLD_CHECKSUM] = "never",
	[T_EXPIRED] = "7", [T_LOG_FILE] = "/l", [T_INIT_FILE] = "3",
	[T_PARAM_MATCH] = "partial", [T_VMAC] = "v 02:00:00:00:00:07",
	[T_IPVLAN] = "v bridge", [T_COMMAND] = "\"/bin/s 'a b'\"",
	[T_NOTIFY] = "\"/bin/n 1\" 5 :6", [T_TEXT] = "a.b",
	[T_INTERFACE] = "eth3", [T_STATE] = "MASTER", [T_AUTH_TYPE] = "AH",
	[T_REPLAY] = "monotonic", [T_MODE] = "permissive",
	[T_PASSWORD] = "\"a#\"", [T_KEY] = "9 hex:" KEY_DIGITS,
	[T_UMASK] = "027", [T_WEIGHT] = "7 reverse", [T_USER] = "5 6",
	[T_FIFO] = "/f 5 6", [T_CPUS] = "1 3", [T_GARP_EXTRA] = "all 5",
	[T_PROCESS] = "\"p q\"", [T_GARP_INTERFACE] = "eth4",
	[T_ADDRESSES] = "192.0.2.66", [T_PEERS] = "192.0.2.67",
	[T_MEMBERS] = "W", [T_GARP_INTERFACES] = "eth5",
	[T_DELAYS] = "eth6 0.5 2"
};

static const char *const sample_checks[] = {
	[CHECK_TCP] = "192.0.2.9 80", [CHECK_PIDFILE] = "/p",
	[CHECK_HTTP] = "192.0.2.9 80 /x 204", [CHECK_PING] = "192.0.2.9",
	[CHECK_ROUTE] = "default"
};

static const char *const sample_tracks[] = {
	[TRACK_INTERFACE] = "eth7 weight 7", [TRACK_SCRIPT] = "s weight 7",
	[TRACK_BFD] = "b weight 7", [TRACK_FILE] = "f weight 7",
	[TRACK_PROCESS] = "p weight 7"
};

static const char *const sample_entries[] = {
	[ENTRY_ADDRESS] = "192.0.2.68 dev eth8",
	[ENTRY_ROUTE] = "10.0.0.0/8 dev eth8",
	[ENTRY_RULE] = "from 10.0.0.0/8 preference 7"
};

static const char *
sample_of(const struct keyword *k)
{
	static char number[24];
	struct text t = text_over(number, sizeof(number));
	int max = ranges[k->detail].max;

	switch (k->type) {
	case T_CHECK:
		return sample_checks[k->detail];
	case T_TRACKS:
		return sample_tracks[k->detail];
	case T_ENTRIES:
		return sample_entries[k->detail];
	case T_MULTICAST:
		return k->detail == 6 ? "ff02::99" : "224.0.0.99";
	case T_ADDRESS:
		return k->block == IN_BFD ? "192.0.2.81" : "192.0.2.69";
	case T_SECONDS:
		return k->detail == INTERVALS ? "2" : "1.25";
	case T_MILLISECONDS:
		return k->detail == IDLE_SPANS ? "2000" : "77";
	case T_NUMBER:
		text_format(&t, "%d", max < 7 ? max : 7);
		return text_end(&t);
	default:
		return (size_t)k->type < COUNT_OF(samples) ?
		    samples[k->type] : NULL;
	}
}

/* What stands in a block beside the keyword on trial, so that it counts. */
static const char *
sample_base(const struct keyword *k, enum block block)
{
	static const char *const bases[BLOCKS] = {
		[IN_SCRIPT] = "script /bin/s\n", [IN_FILE] = "file /f\n",
		[IN_PROCESS] = "process p\n",
		[IN_BFD] = "neighbor_ip 192.0.2.80\nsource_ip 192.0.2.8\n",
		[IN_GARP] = "interface eth9\n",
		[IN_GROUP] = "group {\nV\n}\n",
		[IN_INSTANCE] = "interface eth0\nvirtual_router_id 1\n" IP4,
		[IN_AUTHENTICATION] = "auth_type PASS\nauth_pass a\n",
		[IN_HMAC] = "key 8 hex:" KEY_DIGITS "\nkey 7 hex:" KEY_DIGITS
		    "\nactive_key 8\n"
	};

	if (bases[block] == NULL || (k->block == block &&
	    (k->type == T_COMMAND || k->type == T_CHECK ||
	    k->type == T_PROCESS || (k->type == T_MEMBERS &&
	    block == IN_GROUP))))
		return "";
	return bases[block];
}

/* Appends a block with what else is in it and, if `value`, the keyword. */
static void
sample_block(struct text *t, const struct keyword *k, enum block block,
    const char *open, const char *value)
{
	text_format(t, "%s\n%s", open, sample_base(value == NULL ?
	    &keywords[0] : k, block));
	if (value != NULL && k->block == block)
		text_format(t, keyword_is_list(k) ? "%s {\n%s\n}\n" :
		    "%s %s\n", k->word, value);
	if (block == IN_INSTANCE && (k->block == IN_AUTHENTICATION ||
	    k->block == IN_HMAC))
		sample_block(t, k, (enum block)k->block, k->block == IN_HMAC ?
		    "auth_hmac {" : "authentication {", value);
	if (block == IN_INSTANCE && ((k->flags & KEYWORD_UNICAST) != 0 ||
	    strcmp(k->word, "vrrp_check_unicast_src") == 0))
		text_string(t, "unicast_peer {\n192.0.2.7\n}\n");
	if (block == IN_INSTANCE && k->type == T_EXPIRED)
		text_string(t, "nopreempt\n");
	if (block == IN_GROUP && k->type == T_TRACKS)
		text_string(t, "sync_group_tracking_weight\n");
	if (block == IN_INSTANCE && k->block != IN_INSTANCE &&
	    k->block != IN_GROUP)
		text_string(t, "track_script {\ns\n}\ntrack_bfd {\nb\n}\n"
		    "track_file {\nf\n}\ntrack_process {\np\n}\n");
	text_string(t, block == IN_ROOT ? "" : "}\n");
}

/* A configuration, with the keyword unless value is NULL, as it is printed. */
static const char *
sample_print(const struct keyword *k, const char *value)
{
	static char text[8192];
	struct text t = text_over(text, sizeof(text));
	const struct conf *conf;

	sample_block(&t, k, IN_ROOT, "", value);
	sample_block(&t, k, IN_GLOBAL, "global_defs {", value);
	sample_block(&t, k, IN_SCRIPT, "vrrp_script s {", value);
	sample_block(&t, k, IN_FILE, "track_file f {", value);
	sample_block(&t, k, IN_PROCESS, "vrrp_track_process p {", value);
	sample_block(&t, k, IN_BFD, "bfd_instance b {", value);
	sample_block(&t, k, IN_GARP, "garp_group {", value);
	sample_block(&t, k, IN_GROUP, "vrrp_sync_group G {", value);
	sample_block(&t, k, IN_TRACK_GROUP, "track_group T {", value);
	sample_block(&t, k, IN_INSTANCE, "vrrp_instance V {", value);
	text_string(&t, "vrrp_instance W {\ninterface eth1\n"
	    "virtual_router_id 2\nvirtual_ipaddress {\n192.0.2.2\n}\n}\n");
	conf = parse(text_end(&t));
	if (!CHECK(conf != NULL && findings.counts[SEVERITY_ERROR] == 0))
		printf("%s%s", text, said);
	return conf == NULL ? "" : printed(conf, true);
}

/*
 * Each keyword, on or off, changes the print, which is read to the same again.
 * native_ipv6 says what addresses say.
 */
static void
test_print_each(void)
{
	static char without[32768], with[32768];

	for (size_t i = 0; i < COUNT_OF(keywords); i++) {
		const struct keyword *k = &keywords[i];
		const char *value = sample_of(k);
		const struct conf *conf;

		if (k->verdict != TAKEN || k->type == T_BLOCK ||
		    value == NULL || strcmp(k->word, "native_ipv6") == 0)
			continue;
		strcpy(without, sample_print(k, NULL));
		strcpy(with, sample_print(k, value));
		if (*value == '\0' && strcmp(without, with) == 0)
			strcpy(with, sample_print(k, "off"));
		if (!CHECK(strcmp(without, with) != 0))
			printf("\t%s is not printed\n", k->word);
		conf = parse(with);
		if (!CHECK(conf != NULL &&
		    findings.counts[SEVERITY_ERROR] == 0))
			printf("%s%s", with, said);
		else
			CHECK_STR(printed(conf, true), with);
	}
}

/* What is lost on the way through the print unless care is taken. */
static void
test_print_rare(void)
{
	static const char *const texts[] = {
		/* what means something at the start, or begins a comment */
		"garp_group {\n interfaces {\n \"eth#0\"\n }\n}\n"
		"vrrp_sync_group G {\n group {\n \"@a\"\n \"~SEQ(x,2)\"\n }"
		"\n}\nvrrp_instance \"@a\" {\n interface eth0\n"
		" virtual_router_id 1\n use_vmac \"v!1\"\n" IP4 "}\n"
		"vrrp_instance \"~SEQ(x,2)\" {\n interface eth0\n"
		" virtual_router_id 2\n virtual_ipaddress {\n 192.0.2.9\n }\n"
		"}\n",
		/* unicast without a peer, which is no multicast */
		INSTANCE IP4 " unicast_fault_no_peer\n unicast_peer {\n }\n}\n"
	};
	static char first[32768];

	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		const struct conf *conf = parse(texts[i]);
		struct text t = text_over(first, sizeof(first));

		CHECK_INT(findings.counts[SEVERITY_ERROR], 0);
		text_string(&t, printed(conf, true));
		text_end(&t);
		conf = parse(first);
		if (CHECK(conf != NULL) &&
		    !CHECK(findings.counts[SEVERITY_ERROR] +
		    findings.counts[SEVERITY_WARNING] == 0))
			printf("%s", said);
		CHECK_STR(printed(conf, true), first);
	}
}

/* Where each value comes from. */
static void
test_origins(void)
{
	static char text[32768];
	const struct conf *conf;
	struct text t = text_over(text, sizeof(text));

	other_text = " advert_int 3\n";
	conf = parse_within("global_defs {\n vrrp_garp_master_repeat 2\n}\n"
	    INSTANCE " include other\n virtual_ipaddress {\n 192.0.2.1\n"
	    " 192.0.2.2\n }\n}\n", true, 0, UINT32_MAX);
	conf_print(&t, conf, true);
	text_end(&t);
	CHECK(strstr(text, "priority 100                            # default")
	    != NULL);
	CHECK(strstr(text, "virtual_router_id 1                     "
	    "# test.conf:6\n") != NULL);
	CHECK(strstr(text, "advert_int 3                            "
	    "# other:1\n") != NULL);
	CHECK(strstr(text, "garp_master_repeat 2                    "
	    "# test.conf:2\n") != NULL);
	CHECK(strstr(text, "192.0.2.2/32 dev eth0           "
	    "# test.conf:10\n") != NULL);
}

/* A file of names is read once, however many are used; the first one counts. */
static void
test_names(void)
{
	static char names[2048], text[4096];
	struct text n = text_over(names, sizeof(names));
	struct text t = text_over(text, sizeof(text));
	const struct conf *conf;

	text_string(&t, "global_defs {\n iproute_etc_dir other\n}\n" INSTANCE
	    IP4 " virtual_routes {\n");
	for (unsigned i = 0; i < 50; i++) {
		text_format(&n, "%u\tname%u # it\n%u name%u\n", 100 + i, i,
		    200 + i, i);
		text_format(&t, "10.%u.0.0/16 dev eth0 table name%u\n", i, i);
	}
	text_string(&n, "x name50\n5000000000000000000000000 name50\n5\n6 #");
	text_string(&t, "10.99.0.0/16 dev eth0 table name50\n }\n}\n");
	other_text = text_end(&n);
	opens = 0;
	conf = parse_within(text_end(&t), false, 0, UINT32_MAX);
	if (!CHECK(conf != NULL) || !CHECK(!t.truncated && !n.truncated))
		return;
	CHECK_INT(conf->vrs[0].entry_count, 50);
	for (unsigned i = 0; i < 50; i++) {
		const uint8_t *body = conf->entries[i].body;

		CHECK_INT(body[offsetof(struct rtmsg, rtm_table)], 100 + i);
	}
	CHECK(strstr(said, "not 'name50'; this route is left out") != NULL);
	CHECK(opens < 10);
}

/* Of a route's metrics those are locked that say so, and rto_min always. */
static void
test_locks(void)
{
	static const struct {
		const char *words;
		uint32_t locked;
	} rows[] = {
		{ "mtu 1400 rtt 40ms", 0 },
		{ "mtu lock 1400 rtt 40ms", 1U << RTAX_MTU },
		{ "rto_min 40ms", 1U << RTAX_RTO_MIN },
		{ "rto_min lock 40ms rtt lock 1s", 1U << RTAX_RTO_MIN |
		    1U << RTAX_RTT },
	};
	char text[512];

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct text t = text_over(text, sizeof(text));
		const struct conf *conf;
		struct cursor body, metrics, lock;

		text_format(&t, INSTANCE IP4 " virtual_routes {\n"
		    "10.0.0.0/8 dev eth0 %s\n }\n}\n", rows[i].words);
		conf = parse(text_end(&t));
		if (!CHECK(conf != NULL && conf->entry_count == 1))
			continue;
		body = cursor_over(conf->entries[0].body,
		    conf->entries[0].length);
		cursor_bytes(&body, sizeof(struct rtmsg));
		metrics = nl_attribute_find(&body, RTA_METRICS);
		lock = nl_attribute_find(&metrics, RTAX_LOCK);
		CHECK_INT(cursor_u32_native(&lock), rows[i].locked);
	}
}

/* So many keywords in a block that looking through them takes long. */
static void
test_many_settings(void)
{
	static char text[65536];
	const char *const lists[] = { " track_bfd {}\n", " version 2\n" };

	for (size_t i = 0; i < COUNT_OF(lists); i++) {
		for (unsigned count = 4000; count <= 4200; count += 200) {
			struct text t = text_over(text, sizeof(text));
			const struct conf *conf;

			text_string(&t, INSTANCE IP4);
			for (unsigned n = 0; n < count; n++)
				text_string(&t, lists[i]);
			text_string(&t, "}\n");
			conf = parse(text_end(&t));
			CHECK(!t.truncated);
			CHECK_INT(conf != NULL, count == 4000);
			CHECK_INT(findings.counts[SEVERITY_FATAL],
			    count != 4000);
			if (i == 0 && count > 4096)
				CHECK(strstr(said, ": fatal: a block has more "
				    "than 4096 keywords; the rest is not "
				    "read\n") != NULL);
		}
	}
}

/* A line is printed whole, however long it is, and its origin behind it. */
static void
test_long_lines(void)
{
	static char text[32768], argument[6001], path[5001];
	const struct conf *conf;
	struct text t = text_over(text, sizeof(text));

	memset(argument, 'a', sizeof(argument) - 1);
	memset(path, 'p', sizeof(path) - 1);
	text_format(&t, "global_defs {\n state_dump_file /%s\n}\n" INSTANCE
	    " virtual_ipaddress {\n 192.0.2.1\n }\n"
	    " notify \"/bin/tell %s\" 0 0\n}\n", path, argument);
	text_end(&t);
	conf = parse_within(text, true, 0, UINT32_MAX);
	if (!CHECK(conf != NULL))
		return;
	t = text_over(text, sizeof(text));
	conf_print(&t, conf, true);
	text_end(&t);
	CHECK(strstr(text, path) != NULL && strstr(text, argument) != NULL);
	CHECK(strstr(text, "pppp # test.conf:2\n") != NULL);
	CHECK(strstr(text, "aaaa\" 0 0 # test.conf:10\n") != NULL);
}

/* A seed of 0 is one, too: the numbers are not those of the kernel. */
static void
test_seed(void)
{
	const struct conf *conf = parse("global_defs {\n random_seed 0\n"
	    " router_id $_RANDOM\n}\n" INSTANCE IP4 "}\n");

	CHECK(conf != NULL && strcmp(conf->global.router_id, "4") != 0);
}

/* What people write instead of a keyword, and where. */
static void
test_misnomers(void)
{
	static const char *const rows[][3] = {
		{ "global_defs {\n", "lvs_id", "router_id" },
		{ "", "vrrp_server", "virtual_server" },
		{ INSTANCE, "notify_script", "notify" },
		{ INSTANCE, "virtual_ip", "virtual_ipaddress" },
		{ INSTANCE, "virtual_ips", "virtual_ipaddress" },
		{ INSTANCE, "vip", "virtual_ipaddress" },
		{ INSTANCE, "vrid", "virtual_router_id" },
		{ INSTANCE, "interface_name", "interface" },
		{ INSTANCE " authentication {\n", "password", "auth_pass" },
		{ INSTANCE, "unicast_peers", "unicast_peer" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char text[256], want[64];
		struct text t = text_over(text, sizeof(text));
		struct text w = text_over(want, sizeof(want));

		text_format(&t, "%s%s 1\n}\n", rows[i][0], rows[i][1]);
		text_format(&w, "; did you mean '%s'?\n", rows[i][2]);
		(void)parse(text_end(&t));
		CHECK(strstr(said, text_end(&w)) != NULL);
	}
}

/* l3mdev is one byte, whatever the order of bytes. */
static void
test_l3mdev(void)
{
	const struct conf *conf = parse("static_rules {\n l3mdev preference 9\n"
	    "}\n" INSTANCE IP4 "}\n");
	struct cursor body, value;

	if (!CHECK(conf != NULL && conf->entry_count == 1))
		return;
	body = cursor_over(conf->entries->body + NL_ENTRY_FIXED,
	    conf->entries->length - NL_ENTRY_FIXED);
	value = nl_attribute_find(&body, FRA_L3MDEV);
	CHECK(cursor_left(&value) == 1 && *value.at == 1);
}

/* Whether there is a fatal finding of these words. */
static bool
is_fatal(const char *text)
{
	const struct diagnostic *d = findings.first;

	while (d != NULL && (d->severity != SEVERITY_FATAL ||
	    strcmp(d->text, text) != 0))
		d = d->next;
	return d != NULL;
}

/* What is bad leaves a default that follows from others as it is. */
static void
test_bad_default(void)
{
	const struct conf *conf = parse("global_defs {\n vrrp_min_garp\n}\n"
	    "vrrp_instance V {\n interface e\n virtual_router_id 1\n"
	    " strict_mode\n owner_ignore_adverts x\n garp_master_repeat x\n"
	    IP4 "}\n");

	CHECK_INT(findings.counts[SEVERITY_ERROR], 2);
	if (!CHECK(conf != NULL))
		return;
	CHECK(conf->vrs[0].owner_ignore_adverts);
	CHECK_INT(conf->vrs[0].garp_repeat, 1);
}

/* What a name is like is not looked for thousands of times. */
static void
test_meant(void)
{
	unsigned meant = 0;

	CHECK(parse("$S= \\\nvrrp_script s$N { \\\nscript /x \\\n}\n"
	    "~SEQ(N,1,900) $S\n" INSTANCE IP4 " track_script {\n"
	    "~SEQ(N,1,900) t$N\n}\n}\n") != NULL);
	CHECK_INT(findings.counts[SEVERITY_ERROR], 900);
	for (const struct diagnostic *d = findings.first; d != NULL;
	    d = d->next)
		meant += strstr(d->text, "did you mean") != NULL;
	CHECK(meant > 50 && meant < 450);
}

/* What is numbered in 16 bits has a limit, which is told; nothing wraps. */
static void
test_many(void)
{
	static const char *const notify[] = { "notify", "notify_stop",
	    "notify_fault", "notify_backup", "notify_master" };
	static char text[4 << 20];
	struct text t = text_over(text, sizeof(text));

	for (unsigned i = 0; i < 4; i++)
		text_format(&t, "vrrp_instance V%u {\n track_interface {\n"
		    "~SEQ(N,%u,%u) e$N weight 1\n}\n}\n", i, i * 16384 + 1,
		    i * 16384 + 16384);
	parse_within(text_end(&t), false, 1 << 20, UINT32_MAX);
	CHECK(is_fatal("there are more than 65535 interfaces"));
	t = text_over(text, sizeof(text));
	for (unsigned i = 0; i < 65536; i++)
		text_format(&t, "%s%u%s\n %s /bin/%u\n", i % 5 > 0 ? "#" :
		    i == 0 ? "vrrp_instance V" : "}\nvrrp_instance V", i,
		    i % 5 > 0 ? "" : " {", notify[i % 5], i);
	text_string(&t, " track_script {\n a\n b\n c\n}\n}\n");
	parse_within(text_end(&t), false, 1 << 20, UINT32_MAX);
	CHECK(is_fatal("there are more than 65535 commands"));
	t = text_over(text, sizeof(text));
	text_string(&t, "static_ipaddress {\n 192.0.2.1");
	for (unsigned i = 0; i < 110; i++)
		text_string(&t, " home");
	text_format(&t, "\n}\n" INSTANCE IP4 "}\n");
	CHECK(parse(text_end(&t)) != NULL);
	CHECK(strstr(said, "test.conf:2:2: error: this line is too long and "
	    "left out\n") != NULL);
}

/* A block that does not fit is compared as far as it does, and that is said. */
static void
test_cut(void)
{
	static char sides[2][64], text[1024];
	const struct conf *conf = parse(INSTANCE " virtual_ipaddress {\n"
	    " 192.0.2.1\n }\n}\n");
	struct text t = text_over(text, sizeof(text));
	struct comparison c = { .out = &t, .sides = { sides[0], sides[1] },
	    .size = sizeof(sides[0]) };

	memset(sides, 'x', sizeof(sides));
	if (!CHECK(conf != NULL))
		return;
	block_compare(&c, IN_INSTANCE, conf, 0, conf, 0);
	CHECK_STR(text_end(&t), "vrrp_instance V is too long to be compared "
	    "whole:\n");
	memset(text, 0, sizeof(text));
	t = text_over(text, sizeof(text));
	lines_lacking(&t, '+', block_print(&c, 0, conf, IN_INSTANCE, 0), "");
	CHECK_STR(text, "  + vrrp_instance V {\n  + \tstate BACKUP\n"
	    "  + \tinterface eth0\n");
}

/* Whenever memory runs out, that is fatal, and all else stays sound. */
static void
test_no_memory(void)
{
	unsigned chunks = 0;

	while (parse_within(everything, true, 64, chunks) == NULL) {
		CHECK(findings.counts[SEVERITY_FATAL] > 0);
		if (!CHECK(++chunks < 5000))
			break;
	}
	CHECK(chunks > 100);
}

/* What 4,000 instances leave behind: 0.3 KB each, findings kept in bounds. */
static void
test_size(void)
{
	static char text[1 << 20];
	struct text t = text_over(text, sizeof(text));
	const struct conf *conf;

	for (unsigned i = 0; i < 4000; i++)
		text_format(&t, "vrrp_instance VI_%u {\n interface eth%u\n"
		    " virtual_router_id %u\n priority 150\n nopreempt\n"
		    " notify \"/bin/n x\"\n virtual_ipaddress {\n"
		    " 10.%u.%u.1/24\n }\n}\n", i, i / 250, i % 250 + 1,
		    i / 250, i % 250);
	conf = parse(text_end(&t));
	CHECK(!t.truncated && conf != NULL);
	CHECK_INT(conf->vr_count, 4000);
	CHECK_INT(conf->interface_count, 16);
	CHECK_INT(conf->command_count, 1);
	CHECK(conf->vrs[0].notify == conf->vrs[3999].notify);
	CHECK_INT(findings.counts[SEVERITY_NOTE], 14);	/* eth2 to eth15 */
	CHECK(keep.taken < 4000 * 300);
}

int
main(void)
{
	chunks_free(&keep);
	test_coverage();
	test_rows();
	test_values();
	test_wrong_values();
	test_defaults();
	test_inheritance();
	test_min_garp();
	test_intervals();
	test_roles();
	test_strict();
	test_authentication();
	test_hmac();
	test_key_beside();
	test_hmac_fatal();
	test_secrets();
	test_unicast();
	test_fatal();
	test_no_conflict();
	test_addresses();
	test_address_options();
	test_address_options_bad();
	test_address_options_twice();
	test_migration();
	test_tracks();
	test_unusable_scripts();
	test_commands();
	test_no_user();
	test_security();
	test_groups();
	test_twice();
	test_recovery();
	test_excused();
	test_print();
	test_print_each();
	test_print_rare();
	test_origins();
	test_names();
	test_locks();
	test_many_settings();
	test_long_lines();
	test_cut();
	test_bad_default();
	test_meant();
	test_many();
	test_seed();
	test_l3mdev();
	test_misnomers();
	test_no_memory();
	test_size();
	chunks_free(&keep);
	chunks_free(&scratch);
	chunks_free(&kept);
	return check_end("conf");
}
