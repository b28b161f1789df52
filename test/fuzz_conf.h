/* SPDX-License-Identifier: ISC */
/*
 * Configurations for fuzzers: a reader that serves the parts of a text as
 * files and touches nothing, and what must hold for every configuration.
 */
#ifndef FUZZ_CONF_H
#define FUZZ_CONF_H

#include "fuzz.h"

JUDGES

#define FUZZ_PART	0xff		/* what stands between two files */

/*
 * From then on no file is found: files that include each other would make a
 * second's work of an input, of which libFuzzer then makes thousands like it.
 */
#ifdef LIBFUZZER
#define FUZZ_SERVED	(16U << 10)
#else
#define FUZZ_SERVED	CONF_BYTES_MAX
#endif

/* A text of several files; the n-th answers to every path that ends in n. */
struct fuzz_files {
	const uint8_t	*bytes;
	size_t		length;
	bool		one;			/* all of it is file 0 */
	size_t		served;			/* bytes of files opened */
};

/* A parsed configuration, with the memory and the findings. */
struct fuzz_conf {
	struct fuzz_files files;
	struct arena	keep, scratch;
	struct diagnostics findings;
	const struct conf *conf;	/* NULL: it cannot run */
};

static const char *
fuzz_open(const struct reader *reader, struct arena *a, const char *path,
    size_t *length, const char **why)
{
	struct fuzz_files *files = reader->context;
	struct cursor c = cursor_over(files->bytes, files->length);
	size_t last = strlen(path);
	int n = last == 0 ? -1 : path[last - 1] - '0';
	const uint8_t *start, *end;

	*why = "No such file or directory";
	if (n < 0 || n > (files->one ? 0 : 9) || files->served > FUZZ_SERVED)
		return NULL;
	for (; n > 0; n--) {
		end = memchr(c.at, FUZZ_PART, cursor_left(&c));
		if (end == NULL)
			return NULL;
		cursor_bytes(&c, (size_t)(end - c.at) + 1);
	}
	start = c.at;
	end = files->one ? NULL :
	    memchr(start, FUZZ_PART, cursor_left(&c));
	*length = end == NULL ? cursor_left(&c) : (size_t)(end - start);
	files->served += *length + FILE_COST_MIN;
	return arena_string(a, (const char *)start, *length);
}

/* A pattern that ends in '*' finds 1 and 2, one that ends in 0 to 9 that. */
static int
fuzz_glob(const struct reader *reader, struct arena *a, const char *pattern,
    const char ***paths)
{
	static const char digits[] = "12";
	size_t last = strlen(pattern);
	bool all = last > 0 && pattern[last - 1] == '*';
	int count = all ? 2 : last > 0 && pattern[last - 1] >= '0' &&
	    pattern[last - 1] <= '9';

	(void)reader;
	*paths = arena_array(a, 2, sizeof(**paths));
	for (int i = 0; *paths != NULL && i < count; i++) {
		char *path = arena_string(a, pattern, last);

		if (path == NULL)
			return -1;
		if (all)
			path[last - 1] = digits[i];
		(*paths)[i] = path;
	}
	return *paths == NULL ? -1 : count;
}

static const char *
fuzz_environment(const struct reader *reader, const char *name)
{
	(void)reader;
	return name[0] == 'E' ? "one \"two\" { 3" : NULL;
}

static const char *
fuzz_host_name(const struct reader *reader)
{
	(void)reader;
	return "left.example";
}

static uint32_t
fuzz_random(const struct reader *reader)
{
	(void)reader;
	return 4;
}

static const char *
fuzz_user(const struct reader *reader, const char *name, uint32_t *uid,
    uint32_t *gid)
{
	int64_t number = 0;

	(void)reader;
	if (name[0] != '\0' && strcmp(name, "root") != 0 &&
	    (!number_parse(name, &number) || number > UINT32_MAX))
		return "no such user";
	*uid = *gid = (uint32_t)number;
	return NULL;
}

static const char *
fuzz_group(const struct reader *reader, const char *name, uint32_t *gid)
{
	uint32_t uid;

	return fuzz_user(reader, name, &uid, gid);
}

/* Every program can be run but those of /no; anybody writes into /loose. */
static const char *
fuzz_script(const struct reader *reader, struct arena *a, const char *path,
    uint32_t uid, uint32_t gid, const char **resolved, bool *insecure)
{
	(void)reader;
	(void)uid;
	(void)gid;
	*insecure = strncmp(path, "/loose/", 7) == 0;
	if (strncmp(path, "/no/", 4) == 0)
		return "No such file or directory";
	*resolved = arena_string(a, path, strlen(path));
	return *resolved == NULL ? "no memory" : NULL;
}

static int
fuzz_interfaces(const struct reader *reader, struct arena *a,
    const char ***names)
{
	static const char *const here[] = { "lo", "eth0", "eth1" };

	(void)reader;
	*names = arena_array(a, COUNT_OF(here), sizeof(**names));
	for (size_t i = 0; *names != NULL && i < COUNT_OF(here); i++)
		(*names)[i] = here[i];
	return *names == NULL ? -1 : (int)COUNT_OF(here);
}

static bool
fuzz_exposed(const struct reader *reader, const char *path)
{
	(void)reader;
	return path[0] == '/';
}

/* The key of all that authenticate themselves, as a file has it. */
#define FUZZ_KEY "0123456789abcdef0123456789abcdef"

/*
 * Makes an authentication header or a trailer that a packet has authentic, for
 * one with FUZZ_KEY as its key 1, or as AH's password.
 */
static inline void
fuzz_authenticate(const struct packet *packet, uint8_t *message)
{
	struct conf_vr ah = { .auth_pass = "" };
	struct conf_key key = { .length = 32 };
	size_t at = (size_t)(packet->message - packet->header);
	size_t length = packet->length - HMAC_TRAILER;
	uint8_t digest[DIGEST_MAX], *header = message - AH_HEADER;

	memcpy(key.bytes, FUZZ_KEY, 32);
	memcpy(ah.auth_pass, FUZZ_KEY, sizeof(ah.auth_pass));
	if (packet->authenticated_header && packet->header != NULL) {
		memcpy(header + 4, packet->source.bytes, 4);
		ah_icv(&ah, message - at, at - AH_HEADER, at + packet->length,
		    digest);
		memcpy(header + AH_ICV, digest, AH_HEADER - AH_ICV);
	}
	if (packet->length < VRRP_HEADER + HMAC_TRAILER)
		return;
	memcpy(message + length, "\1\1\0", 4);
	hmac_tag(&key, &packet->source, message, length, message + length,
	    digest);
	memcpy(message + length + HMAC_TAG, digest, HMAC_TAG_LENGTH);
}

/* Parses what `input` says, its files being those of fc->files. */
static const struct conf *
fuzz_parse(struct fuzz_conf *fc, const struct conf_input *input)
{
	const struct reader reader = { &fc->files, fuzz_open, fuzz_glob,
	    fuzz_environment, fuzz_host_name, fuzz_random, fuzz_user,
	    fuzz_group, fuzz_script, fuzz_interfaces, fuzz_exposed };
	struct conf_input copy = *input;

	copy.reader = &reader;
	fc->keep = fc->scratch = fuzz_arena();
	diagnostics_start(&fc->findings, &fc->scratch);
	fc->conf = conf_parse(&fc->keep, &fc->scratch, &copy, &fc->findings);
	FUZZ_CHECK(!fc->keep.failed && !fc->scratch.failed);
	FUZZ_CHECK((fc->conf == NULL) ==
	    (fc->findings.counts[SEVERITY_FATAL] > 0));
	return fc->conf;
}

/* Parses a text as file 0, whatever bytes it holds. */
static const struct conf *
fuzz_parse_text(struct fuzz_conf *fc, const void *text, size_t length)
{
	struct conf_input input = { .path = "0" };

	fc->files = (struct fuzz_files){ text, length, true, 0 };
	return fuzz_parse(fc, &input);
}

static void
fuzz_conf_free(struct fuzz_conf *fc)
{
	fuzz_arena_free(&fc->keep);
	fuzz_arena_free(&fc->scratch);
	fc->conf = NULL;
}

/* Parses a text that can run, or ends in abort() with what is wrong. */
static const struct conf *
fuzz_good_text(struct fuzz_conf *fc, const char *text)
{
	char buffer[1024];
	struct text t = text_over(buffer, sizeof(buffer));
	const struct conf *conf = fuzz_parse_text(fc, text, strlen(text));

	if (conf == NULL && fc->findings.first != NULL) {
		diagnostic_print(&t, fc->findings.first);
		fprintf(stderr, "%s\n", text_end(&t));
	}
	FUZZ_CHECK(conf != NULL);
	return conf;
}

/* -- a page of text that grows -- */

struct fuzz_page {
	char		*bytes;
	size_t		length, room;
	char		buffer[4096];
	struct text	text;			/* over buffer */
};

static void
fuzz_page_flush(struct text *t)
{
	struct fuzz_page *page = t->context;
	size_t n = (size_t)(t->at - t->start);

	if (page->length + n + 1 > page->room) {
		page->room = 2 * (page->length + n + 1);
		page->bytes = realloc(page->bytes, page->room);
		FUZZ_CHECK(page->bytes != NULL);
	}
	memcpy(page->bytes + page->length, t->start, n);
	page->length += n;
	page->bytes[page->length] = '\0';
	t->at = t->start;
}

/* An empty page; what is written into page->text comes into it. */
static struct text *
fuzz_page_open(struct fuzz_page *page)
{
	*page = (struct fuzz_page){ .length = 0 };
	page->text = text_over(page->buffer, sizeof(page->buffer));
	page->text.flush = fuzz_page_flush;
	page->text.context = page;
	return &page->text;
}

/* Ends a page; page->bytes is to be freed. */
static void
fuzz_page_end(struct fuzz_page *page)
{
	fuzz_page_flush(&page->text);
	FUZZ_CHECK(strlen(page->bytes) == page->length);
}

/* -- what is printed makes the same configuration -- */

/* Two configurations that should be one. */
struct fuzz_pair {
	const struct conf *a, *b;
};

static bool
same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* Interfaces need not come in the same order. */
static bool
same_interface(const struct fuzz_pair *p, uint16_t a, uint16_t b)
{
	return a == NONE || b == NONE ? a == b :
	    strcmp(p->a->interfaces[a].name, p->b->interfaces[b].name) == 0;
}

static bool
same_command(const struct fuzz_pair *p, uint16_t a, uint16_t b)
{
	const struct conf_command *one, *two;
	size_t i = 0;

	if (a == NONE || b == NONE)
		return a == b;
	one = &p->a->commands[a];
	two = &p->b->commands[b];
	while (one->argv[i] != NULL && two->argv[i] != NULL &&
	    strcmp(one->argv[i], two->argv[i]) == 0)
		i++;
	return one->argv[i] == NULL && two->argv[i] == NULL &&
	    one->uid == two->uid && one->gid == two->gid &&
	    one->supplementary == two->supplementary;
}

static bool
same_notify(const struct fuzz_pair *p, const struct conf_notify *a,
    const struct conf_notify *b)
{
	for (int i = 0; a != NULL && b != NULL && i < NOTIFY_KINDS; i++) {
		if (!same_command(p, a->command[i], b->command[i]))
			return false;
	}
	return (a == NULL) == (b == NULL);
}

static bool
same_address(const struct fuzz_pair *p, const struct conf_address *a,
    const struct conf_address *b)
{
	static const struct conf_address_more nothing;
	const struct conf_address_more *one = a->more, *two = b->more;

	one = one == NULL ? &nothing : one;
	two = two == NULL ? &nothing : two;
	return ip_equal(&a->ip, &b->ip) && a->prefix == b->prefix &&
	    a->scope == b->scope && a->flags == b->flags &&
	    a->preferred_s == b->preferred_s &&
	    same_interface(p, a->interface, b->interface) &&
	    same_text(one->label, two->label) &&
	    ip_equal(&one->broadcast, &two->broadcast) &&
	    ip_equal(&one->peer, &two->peer) &&
	    one->peer_prefix == two->peer_prefix;
}

/* Trackers of one kind keep their order, kinds among each other do not. */
static bool
same_track(const struct fuzz_pair *p, const struct conf_vr *a,
    const struct conf_vr *b, uint16_t n)
{
	const struct conf_track *one = &a->tracks[n], *two = b->tracks;
	unsigned before = 0;

	for (uint16_t i = 0; i < n; i++)
		before += a->tracks[i].kind == one->kind;
	for (uint16_t i = 0; i < b->track_count; i++, two++) {
		if (two->kind == one->kind && before-- == 0)
			return two->weight == one->weight &&
			    two->reverse == one->reverse &&
			    (one->kind == TRACK_INTERFACE ? same_interface(p,
			    one->index, two->index) :
			    one->index == two->index);
	}
	return false;
}

/* Clears what cannot be compared as it is, and what means nothing here. */
static void
clear_values(struct conf_vr *vr)
{
	vr->name = NULL;
	vr->peers = NULL;
	vr->addresses = NULL;
	vr->tracks = NULL;
	vr->notify = NULL;
	vr->line = 0;
	vr->interface = NONE;
	vr->vmac = NULL;
	vr->vrf = NONE;
	vr->link = NONE;
	vr->first_entry = 0;
	if (vr->unicast) {
		memset(&vr->destination, 0, sizeof(vr->destination));
	} else {
		vr->unicast_ttl = 0;
		vr->old_checksum = 0;
		vr->check_unicast_source = false;
		vr->unicast_fault_no_peer = false;
	}
}

/* Whether all is alike that no pointer and no index leads to. */
static void
check_same_values(const struct conf_vr *one, const struct conf_vr *two)
{
	struct conf_vr copies[2];

	memcpy(&copies[0], one, sizeof(*one));
	memcpy(&copies[1], two, sizeof(*two));
	clear_values(&copies[0]);
	clear_values(&copies[1]);
	FUZZ_CHECK(memcmp(&copies[0], &copies[1], sizeof(copies[0])) == 0);
}

static void
check_same_vr(const struct fuzz_pair *p, const struct conf_vr *a,
    const struct conf_vr *b)
{
	check_same_values(a, b);
	FUZZ_CHECK(same_text(a->name, b->name));
	FUZZ_CHECK(same_interface(p, a->interface, b->interface));
	FUZZ_CHECK(same_notify(p, a->notify, b->notify));
	FUZZ_CHECK(a->vmac == b->vmac || memcmp(a->vmac, b->vmac,
	    sizeof(*a->vmac)) == 0);
	FUZZ_CHECK(!a->unicast || same_interface(p, a->vrf, b->vrf));
	for (uint16_t i = 0; i < a->peer_count; i++)
		FUZZ_CHECK(ip_equal(&a->peers[i].ip, &b->peers[i].ip) &&
		    a->peers[i].ttl_min == b->peers[i].ttl_min &&
		    a->peers[i].ttl_max == b->peers[i].ttl_max);
	for (uint16_t i = 0; i < a->address_count + a->excluded_count; i++)
		FUZZ_CHECK(same_address(p, &a->addresses[i],
		    &b->addresses[i]));
	for (uint16_t i = 0; i < a->track_count; i++)
		FUZZ_CHECK(same_track(p, a, b, i));
}

static void
check_same_trackers(const struct fuzz_pair *p)
{
	FUZZ_CHECK(p->a->script_count == p->b->script_count);
	for (uint16_t i = 0; i < p->a->script_count; i++) {
		const struct conf_script *a = &p->a->scripts[i];
		const struct conf_script *b = &p->b->scripts[i];

		FUZZ_CHECK(same_text(a->name, b->name));
		FUZZ_CHECK(a->check.kind != CHECK_COMMAND ?
		    script_is_same(p->a, a, p->b, b) :
		    same_command(p, a->command, b->command));
		FUZZ_CHECK(a->weight == b->weight && a->reverse == b->reverse);
		FUZZ_CHECK(a->interval_us == b->interval_us &&
		    a->timeout_us == b->timeout_us);
		FUZZ_CHECK(a->rise == b->rise && a->fall == b->fall);
		FUZZ_CHECK(a->init_fail == b->init_fail && a->used == b->used);
	}
	FUZZ_CHECK(p->a->file_count == p->b->file_count);
	for (uint16_t i = 0; i < p->a->file_count; i++) {
		const struct conf_file *a = &p->a->files[i];
		const struct conf_file *b = &p->b->files[i];

		FUZZ_CHECK(same_text(a->name, b->name));
		FUZZ_CHECK(same_text(a->path, b->path));
		FUZZ_CHECK(a->weight == b->weight && a->reverse == b->reverse);
		FUZZ_CHECK(a->used == b->used && a->init == b->init);
		FUZZ_CHECK(!a->init || (a->init_value == b->init_value &&
		    a->init_overwrite == b->init_overwrite));
	}
	FUZZ_CHECK(p->a->process_count == p->b->process_count);
	for (uint16_t i = 0; i < p->a->process_count; i++) {
		const struct conf_process *a = &p->a->processes[i];
		const struct conf_process *b = &p->b->processes[i];

		FUZZ_CHECK(same_text(a->name, b->name));
		FUZZ_CHECK(a->length == b->length &&
		    memcmp(a->words, b->words, a->length) == 0);
		FUZZ_CHECK(a->weight == b->weight && a->reverse == b->reverse);
		FUZZ_CHECK(a->used == b->used &&
		    a->full_command == b->full_command &&
		    a->param_match == b->param_match);
		FUZZ_CHECK(a->quorum == b->quorum &&
		    a->quorum_max == b->quorum_max);
		FUZZ_CHECK(a->delay_us == b->delay_us &&
		    a->fork_delay_us == b->fork_delay_us &&
		    a->terminate_delay_us == b->terminate_delay_us);
	}
}

static void
check_same(const struct fuzz_pair *p)
{
	FUZZ_CHECK(p->a->vr_count == p->b->vr_count);
	for (uint16_t i = 0; i < p->a->vr_count; i++)
		check_same_vr(p, &p->a->vrs[i], &p->b->vrs[i]);
	check_same_trackers(p);
	FUZZ_CHECK(p->a->group_count == p->b->group_count);
	for (uint16_t i = 0; i < p->a->group_count; i++) {
		const struct conf_group *a = &p->a->groups[i];
		const struct conf_group *b = &p->b->groups[i];

		FUZZ_CHECK(same_text(a->name, b->name));
		FUZZ_CHECK(same_notify(p, a->notify, b->notify));
		FUZZ_CHECK(a->notify_priority_changes ==
		    b->notify_priority_changes);
		FUZZ_CHECK(a->keep_weights == b->keep_weights);
		FUZZ_CHECK(a->member_count == b->member_count &&
		    memcmp(a->members, b->members, a->member_count *
		    sizeof(*a->members)) == 0);
	}
}

/*
 * Prints a configuration, with the origins or without, and reads what was
 * printed: it makes the same configuration, without an error if the first had
 * none, and prints as the same text.  An error may have excused others, which
 * come up now that it is not printed.
 */
static void
fuzz_round_trip(const struct fuzz_conf *fc, bool origins)
{
	struct conf bare = *fc->conf;
	struct fuzz_page first, second;
	struct fuzz_conf again;
	struct fuzz_pair pair = { fc->conf, NULL };

	if (!origins)
		bare.origins = NULL;
	conf_print(fuzz_page_open(&first), &bare, true);
	fuzz_page_end(&first);
	pair.b = fuzz_good_text(&again, first.bytes);
	FUZZ_CHECK(again.findings.counts[SEVERITY_ERROR] == 0 ||
	    fc->findings.counts[SEVERITY_ERROR] > 0);
	check_same(&pair);
	if (!origins) {
		conf_print(fuzz_page_open(&second), pair.b, true);
		fuzz_page_end(&second);
		FUZZ_CHECK(strcmp(first.bytes, second.bytes) == 0);
		free(second.bytes);
	}
	free(first.bytes);
	fuzz_conf_free(&again);
}

JUDGES_END

#endif
