/* SPDX-License-Identifier: ISC */
/*
 * The dumps, with names as hostile as the configuration lets them be: what the
 * lines of an input hold is put into a configuration.  JSON stays JSON (RFC
 * 8259), in UTF-8; no password is shown.
 */
#include "fuzz_lab.h"

#define STATUS_SECRET	"qZ7+kV2x"
#define STATUS_MOMENTS	5		/* one or two are looked at */

/* A byte of 1 to 9 stands for that line of the input. */
static const char status_text[] =
    "global_defs {\n router_id \1\n json_version 2\n}\n"
    "vrrp_script \2 {\n script \3\n}\n"
    "track_file \4 {\n file \5\n}\n"
    "vrrp_sync_group \6 {\n group {\n \7\n x\n }\n notify \3\n}\n"
    "vrrp_instance \7 {\n interface \10\n virtual_router_id 1\n"
    " authentication {\n auth_pass " STATUS_SECRET "\n }\n"
    " virtual_ipaddress {\n 10.0.0.1/24 label \11\n }\n"
    " track_script {\n \2\n }\n track_file {\n \4\n }\n"
    " notify_master \3\n}\n"
    "vrrp_instance x {\n interface eth1\n virtual_router_id 2\n version 3\n"
    " virtual_ipaddress {\n fe80::1\n }\n}\n";

/* What stands in a line that the input does not have, or leaves empty. */
static const char *const status_defaults[9] = {
	"id", "check", "/bin/check", "file", "/f", "G", "VI_1", "eth0", "eth0:1"
};

/* Appends line n of an input, or what it is by default. */
static void
status_line(struct text *t, const uint8_t *bytes, size_t length, int n)
{
	const char *at = (const char *)bytes, *end = at + length, *stop = at;

	for (int i = 0; at != NULL && i < n; i++) {
		at = memchr(at, '\n', (size_t)(end - at));
		at = at == NULL ? NULL : at + 1;
	}
	stop = at == NULL ? NULL : memchr(at, '\n', (size_t)(end - at));
	if (stop == NULL)
		stop = end;
	if (at == NULL || at == stop)
		text_string(t, status_defaults[n]);
	else
		text_bytes(t, at, (size_t)(stop - at));
}

JUDGES

/* -- a judge of JSON -- */

/* How many bytes of valid UTF-8 (RFC 3629 4) or ASCII stand here; 0: none. */
static size_t
json_character(const uint8_t *c)
{
	size_t n = c[0] < 0x80 ? 1 : c[0] < 0xc2 ? 0 : c[0] < 0xe0 ? 2 :
	    c[0] < 0xf0 ? 3 : c[0] < 0xf5 ? 4 : 0;

	for (size_t i = 1; i < n; i++) {
		if (c[i] >> 6 != 2)
			return 0;
	}
	if ((c[0] == 0xe0 && c[1] < 0xa0) || (c[0] == 0xed && c[1] > 0x9f) ||
	    (c[0] == 0xf0 && c[1] < 0x90) || (c[0] == 0xf4 && c[1] > 0x8f))
		return 0;
	return n;
}

/* Behind the string that begins here. */
static const char *
json_text(const char *at)
{
	FUZZ_CHECK(*at++ == '"');
	while (*at != '"') {
		size_t n = json_character((const uint8_t *)at);

		FUZZ_CHECK((uint8_t)*at >= ' ' && n > 0);
		if (*at == '\\') {
			n = at[1] == 'u' ? 6 : 2;
			FUZZ_CHECK(at[1] != '\0' &&
			    strchr("\"\\/bfnrtu", at[1]) != NULL);
			FUZZ_CHECK(n == 2 || strspn(at + 2,
			    "0123456789abcdefABCDEF") >= 4);
		}
		at += n;
	}
	return at + 1;
}

/* Behind the number or word that begins here. */
static const char *
json_plain(const char *at)
{
	static const char *const words[] = { "true", "false", "null" };
	const char *digits;

	for (size_t i = 0; i < COUNT_OF(words); i++) {
		if (strncmp(at, words[i], strlen(words[i])) == 0)
			return at + strlen(words[i]);
	}
	at += *at == '-';
	digits = at;
	at += strspn(at, "0123456789");
	FUZZ_CHECK(at > digits && (*digits != '0' || at == digits + 1));
	if (*at == '.') {
		FUZZ_CHECK(strspn(at + 1, "0123456789") > 0);
		at += 1 + strspn(at + 1, "0123456789");
	}
	return at;
}

/* Behind the value that begins here; objects and arrays nest a little. */
static const char *
json_value(const char *at, int depth)
{
	char close = *at == '{' ? '}' : ']';

	FUZZ_CHECK(depth < 8);
	if (*at == '"')
		return json_text(at);
	if (*at != '{' && *at != '[')
		return json_plain(at);
	if (at[1] == close)
		return at + 2;
	do {
		at++;
		if (close == '}') {
			at = json_text(at);
			FUZZ_CHECK(*at == ':');
			at++;
		}
		at = json_value(at, depth + 1);
	} while (*at == ',');
	FUZZ_CHECK(*at == close);
	return at + 1;
}

JUDGES_END

/* -- the dumps -- */

/* What holds for the text of every dump. */
static void
status_check(struct fuzz_page *page, bool secret)
{
	fuzz_page_end(page);
	FUZZ_CHECK(page->length > 0 && page->bytes[page->length - 1] == '\n');
	FUZZ_CHECK(!secret || strstr(page->bytes, STATUS_SECRET) == NULL);
}

/* The answer to one question, in one of its forms. */
static void
status_answer(const struct lab *l, enum request command,
    enum report_format format)
{
	struct report report = { .command = (uint8_t)command,
	    .format = (uint8_t)format };
	struct fuzz_page page;
	struct text *t = fuzz_page_open(&page);
	const char *end;

	for (int turns = 0; report_piece(t, &report, l->d, l->now); turns++)
		FUZZ_CHECK(turns < 10000);
	fuzz_page_end(&page);
	FUZZ_CHECK(strstr(page.bytes, STATUS_SECRET) == NULL);
	if (format == REPORT_JSON) {
		end = json_value(page.bytes, 0);
		FUZZ_CHECK(strcmp(end, "\n") == 0);
	}
	free(page.bytes);
}

/* A configuration that would become itself: nothing changes. */
static void
status_compare(const struct lab *l)
{
	static char sides[2][1 << 20];
	struct fuzz_page page;
	struct comparison c = { .out = fuzz_page_open(&page),
	    .sides = { sides[0], sides[1] }, .size = sizeof(sides[0]) };

	daemon_compare(&c, l->d, l->d);
	fuzz_page_end(&page);
	FUZZ_CHECK(strcmp(page.bytes, "nothing changes\n") == 0);
	free(page.bytes);
}

static void
status_answers(const struct lab *l)
{
	for (int format = REPORT_TEXT; format <= REPORT_COMPATIBLE; format++)
		status_answer(l, COMMAND_STATUS, (enum report_format)format);
	status_answer(l, COMMAND_EXPLAIN, REPORT_TEXT);
	status_answer(l, COMMAND_PEERS, REPORT_TEXT);
	status_answer(l, COMMAND_PEERS, REPORT_JSON);
}

/* Dumps all, if at this of the STATUS_MOMENTS the next bit says so. */
static void
status_dump(const struct lab *l, int64_t wall_us, bool secret,
    unsigned *moments)
{
	struct fuzz_page page;
	const char *end;
	bool now = *moments & 1;

	*moments >>= 1;
	if (!now)
		return;
	status_stats(fuzz_page_open(&page), l->d);
	status_check(&page, secret);
	free(page.bytes);
	status_data(fuzz_page_open(&page), l->d, l->now, wall_us);
	status_check(&page, secret);
	free(page.bytes);
	status_json(fuzz_page_open(&page), l->d, wall_us);
	status_check(&page, secret);
	end = json_value(page.bytes, 0);
	FUZZ_CHECK(end[strspn(end, "\n")] == '\0');
	free(page.bytes);
	if (secret)
		status_answers(l);
}

/* Takes a daemon through its states, with the dumps in some. */
static void
status_states(struct lab *l, bool secret, unsigned moments)
{
	struct event file = { .kind = EVENT_FILE, .value = INT32_MIN };
	struct event stop = { .kind = EVENT_SHUTDOWN };
	struct event ended = { .kind = EVENT_PROCESS };
	struct event operator = { .kind = EVENT_OPERATOR,
	    .token = OPERATION_PRIORITY, .value = 7 };

	status_dump(l, 0, secret, &moments);
	lab_dump(l);
	lab_feed(l, &file);
	if (l->conf->script_count > 0) {
		ended.token = l->d->scripts[0].token;
		lab_feed(l, &ended);
	}
	lab_run(l, 10 * SECOND_US);
	status_dump(l, 1700000000 * SECOND_US, secret, &moments);
	lab_link(l, 2, "eth0", 0, true);
	lab_run(l, SECOND_US);
	status_dump(l, -1, secret, &moments);
	lab_feed(l, &operator);
	operator.token = OPERATION_MAINTENANCE;
	lab_feed(l, &operator);
	status_dump(l, 1, secret, &moments);
	lab_feed(l, &stop);
	status_dump(l, 0, secret, &moments);
}

static void
fuzz_status(const uint8_t *bytes, size_t length)
{
	static struct fuzz_conf fc;
	static struct lab l;
	struct fuzz_page page;
	struct text *t = fuzz_page_open(&page);
	bool secret = true;
	unsigned sum = 0;

	for (const char *c = status_text; *c != '\0'; c++) {
		if (*c < 10 && *c != '\n')
			status_line(t, bytes, length, *c - 1);
		else
			text_char(t, *c);
	}
	fuzz_page_flush(t);
	for (size_t i = 0; i + 2 < length; i++)
		secret = secret && memcmp(bytes + i, STATUS_SECRET, 3) != 0;
	for (size_t i = 0; i < length; i++)
		sum += bytes[i];
	if (fuzz_parse_text(&fc, page.bytes, page.length) != NULL &&
	    fc.conf->vr_count <= LAB_VRS) {
		lab_start(&l, fc.conf, 1000 * SECOND_US);
		status_states(&l, secret, 1U << sum % STATUS_MOMENTS |
		    1U << sum / STATUS_MOMENTS % STATUS_MOMENTS);
		if (secret)
			status_compare(&l);
		lab_stop(&l);
	}
	fuzz_conf_free(&fc);
	free(page.bytes);
}

FUZZER(status)
