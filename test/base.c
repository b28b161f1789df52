/* SPDX-License-Identifier: ISC */
/*
 * Goal: text, numbers, addresses, memory, timers and effects keep their
 * promises at their limits: what does not fit is cut and says so, what is no
 * number or address is none.
 * Method: tables of strings with what RFC 4291, RFC 5952 and C's printf make of
 * them; libc's inet_pton judges addresses, its snprintf numbers.
 */
#include <arpa/inet.h>

#define VRRPD_PURE
#include "../vrrpd.c"

#include "check.h"

/* -- text -- */

static void
test_format(void)
{
	char got[96], want[96];
	struct text t = text_over(got, sizeof(got));

	text_format(&t, "%d %d %05d %05d %ld %lld %u %lu %llu %x %04lx %c%% "
	    "%.*s %s", 0, -7, -42, 42, -1L, (long long)INT64_MIN, 7U, 8UL,
	    (unsigned long long)UINT64_MAX, 0xbeefU, 0xaUL, 'c', 2, "abc",
	    "");
	snprintf(want, sizeof(want), "%d %d %05d %05d %ld %lld %u %lu %llu %x "
	    "%04lx %c%% %.*s %s", 0, -7, -42, 42, -1L, (long long)INT64_MIN,
	    7U, 8UL, (unsigned long long)UINT64_MAX, 0xbeefU, 0xaUL, 'c', 2,
	    "abc", "");
	CHECK_STR(text_end(&t), want);
	CHECK(!t.truncated);
}

static void
test_cut(void)
{
	char small[4];
	struct text t = text_over(small, sizeof(small));

	text_string(&t, "abc");
	CHECK(!t.truncated);
	text_string(&t, "d");
	CHECK(t.truncated);
	CHECK_STR(text_end(&t), "abc");
}

static void
test_seconds(void)
{
	static const struct {
		usec_t		span;
		const char	*text;
	} rows[] = {
		{ 0, "0" }, { 1, "0.000001" }, { 100000, "0.1" },
		{ 3609375, "3.609375" }, { 60 * SECOND_US, "60" },
		{ -1500000, "-1.5" }, { -253 * SECOND_US, "-253" },
		{ -1, "-0.000001" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char got[40];
		struct text t = text_over(got, sizeof(got));

		text_seconds(&t, rows[i].span);
		CHECK_STR(text_end(&t), rows[i].text);
	}
}

/* -- numbers -- */

static void
test_numbers(void)
{
	static const struct {
		const char	*text;
		bool		c;	/* in C's manner */
		bool		good;
		int64_t		number;
	} rows[] = {
		{ "0", false, true, 0 }, { "+7", false, true, 7 },
		{ "-7", false, true, -7 }, { "", false, false, 0 },
		{ "-", false, false, 0 }, { "--7", false, false, 0 },
		{ "7x", false, false, 0 }, { " 7", false, false, 0 },
		{ "4611686018427387903", false, true, INT64_MAX / 2 },
		{ "4611686018427387904", false, false, 0 },
		{ "99999999999999999999", false, false, 0 },
		{ "0x1F", true, true, 31 }, { "0Xff", true, true, 255 },
		{ "0x", true, false, 0 }, { "0xg", true, false, 0 },
		{ "017", true, true, 15 }, { "08", true, false, 0 },
		{ "0", true, true, 0 }, { "-12", true, true, -12 },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		int64_t number = 0;
		bool good = rows[i].c ? number_parse_c(rows[i].text, &number) :
		    number_parse(rows[i].text, &number);

		if (!CHECK(good == rows[i].good))
			printf("\t\"%s\"\n", rows[i].text);
		if (rows[i].good)
			CHECK_INT(number, rows[i].number);
	}
}

static void
test_seconds_parse(void)
{
	static const struct {
		const char	*text;
		bool		good, inexact;
		usec_t		span;
	} rows[] = {
		{ "1", true, false, 1000000 }, { ".5", true, false, 500000 },
		{ "2.", true, false, 2000000 }, { "", false, false, 0 },
		{ ".", false, false, 0 }, { "1.x", false, false, 0 },
		{ "x.1", false, false, 0 }, { "-1", false, false, 0 },
		{ "+1.5", true, false, 1500000 }, { "++1", false, false, 0 },
		{ "+", false, false, 0 },
		{ "0.1234564", true, true, 123456 },
		{ "0.1234565", true, true, 123457 },
		{ "0.9999999", true, true, 1000000 },
		{ "0.12345649", true, true, 123456 },
		{ "0.1.2", false, false, 0 }, { "0.123456x", false, false, 0 },
		{ "4611686018428", false, false, 0 },
		{ "4611686018427", true, false, 4611686018427000000 },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		usec_t span = 0;
		bool inexact, good = seconds_parse(rows[i].text, &span,
		    &inexact);

		if (!CHECK(good == rows[i].good))
			printf("\t\"%s\"\n", rows[i].text);
		if (!rows[i].good)
			continue;
		CHECK_INT(span, rows[i].span);
		CHECK_INT(inexact, rows[i].inexact);
	}
}

/* -- addresses -- */

static const char *const addresses[] = {
	"0.0.0.0", "255.255.255.255", "10.0.0.1", "256.0.0.1", "1.2.3",
	"1.2.3.", "1.2.3.4.", "1.2.3.4.5", "1..2.3", ".1.2.3", "1.2.3.4 ",
	"1.2.3.x", "0001.2.3.4", "", ":", "::", ":::", "1::", "::1", "::1:",
	":1::", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
	"1:2:3:4:5:6:7:8:", "1::2::3", "::2:3:4:5:6:7:8", "1:2:3:4:5:6:7::",
	"1:2:3:4::5:6:7:8", "::1:2:3:4:5:6:7:8", "12345::", "fe80::g", "ABCD::",
	"aBcD:ef01::2345", "::ffff:1.2.3.4", "1:2:3:4:5:6:1.2.3.4",
	"1:2:3:4:5:6:7:1.2.3.4", "1:2:3:4:5:1.2.3.4", "::1.2.3.256",
	"1.2.3.4::", "::1.2.3.4:5", "1:2:3:4:5:6:7:8::", "fe80::1%eth0",
	"2001:db8:0:0:1:0:0:1", "2001:0:0:1::1", "1:0:2:0:3:0:4:0",
	"0:0:1::", "010.0.0.1", "1.2.3.04", "00.1.2.3", "1.0.2.0", "::1.2.3.04",
};

/* libc agrees on what is an address, and on its bytes, and on its text. */
static void
test_addresses(void)
{
	for (size_t i = 0; i < COUNT_OF(addresses); i++) {
		const char *text = addresses[i];
		uint8_t want[16];
		int family = strchr(text, ':') == NULL ? AF_INET : AF_INET6;
		bool good = inet_pton(family, text, want) == 1;
		char got[64], wanted[64];
		struct text t = text_over(got, sizeof(got));
		struct ip ip;

		if (!CHECK(ip_parse(text, strlen(text), &ip) == good))
			printf("\t\"%s\"\n", text);
		if (!good)
			continue;
		CHECK_INT(ip.family, family == AF_INET ? 4 : 6);
		CHECK_BYTES(ip.bytes, want, ip_size(ip.family));
		text_ip(&t, &ip);
		/* glibc writes IPv4's last bytes so; RFC 5952 5 allows both. */
		if (strchr(text, '.') == NULL || family == AF_INET)
			CHECK_STR(text_end(&t), inet_ntop(family, want, wanted,
			    sizeof(wanted)));
	}
}

static void
test_kinds_of_addresses(void)
{
	static const struct {
		const char	*text;
		bool		multicast, link_local;
	} rows[] = {
		{ "223.255.255.255", false, false },
		{ "224.0.0.18", true, false }, { "239.1.1.1", true, false },
		{ "240.0.0.1", false, false }, { "ff02::12", true, false },
		{ "fe80::1", false, true }, { "febf::1", false, true },
		{ "fec0::1", false, false }, { "fe7f::1", false, false },
		{ "169.254.1.1", false, false },
	};
	char got[8];
	struct text t = text_over(got, sizeof(got));
	struct ip none = { .family = 0 }, ip;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		CHECK(ip_parse(rows[i].text, strlen(rows[i].text), &ip));
		CHECK_INT(ip_is_multicast(&ip), rows[i].multicast);
		CHECK_INT(ip_is_link_local(&ip), rows[i].link_local);
		CHECK(ip_compare(&none, &ip) < 0);
		CHECK(ip_compare(&ip, &none) > 0);
	}
	CHECK(ip_equal(&none, &none));
	text_ip(&t, &none);
	CHECK_STR(text_end(&t), "none");
}

/* -- memory -- */

static _Alignas(16) uint8_t memory[256], more[256];

/* Gives more memory once. */
static void *
give(struct arena *a, size_t size)
{
	if (a->context == NULL || size > sizeof(more))
		return NULL;
	a->context = NULL;
	a->at = more;
	a->end = more + sizeof(more);
	return a->at;
}

static void
test_arena(void)
{
	struct arena a = { .at = memory, .end = memory + sizeof(memory) };
	uint8_t *one = arena_take(&a, 1), *two = arena_take(&a, 17);

	CHECK(one == memory && two == memory + 16);	/* aligned */
	CHECK(arena_take(&a, 208) == memory + 48);	/* to the last byte */
	CHECK(!a.failed);
	CHECK(arena_take(&a, 1) == NULL && a.failed);
	a.at = memory;
	CHECK(arena_take(&a, 1) == NULL);	/* once failed, no more */
	CHECK(arena_string(&a, "x", 1) == NULL);

	a = (struct arena){ .at = memory, .end = memory + sizeof(memory) };
	CHECK(arena_take(&a, SIZE_MAX) == NULL);
	CHECK(arena_array(&a, SIZE_MAX / 16, 32) == NULL && a.failed);
	a.failed = false;
	CHECK(arena_array(&a, 0, SIZE_MAX) != NULL);	/* nothing of it */

	a = (struct arena){ .at = memory, .end = memory + 32, .more = give,
	    .context = &a };
	CHECK(arena_take(&a, 33) == more);
	CHECK_INT(a.taken, 48);
	CHECK(arena_take(&a, 256) == NULL && a.failed);

	a = (struct arena){ .at = NULL };	/* nothing of it: none needed */
	CHECK(arena_take(&a, 0) == NULL && !a.failed);
	CHECK(arena_take(&a, 1) == NULL && a.failed);
}

/* What is reserved is there; what is not to be had is told, and harmless. */
static void
test_reserve(void)
{
	struct arena a = { .at = memory, .end = memory + 32, .more = give,
	    .context = &a };

	CHECK(arena_reserve(&a, 32) && a.at == memory);
	CHECK(arena_reserve(&a, 33) && a.at == more);
	CHECK(!arena_reserve(&a, sizeof(more) + 1));
	CHECK(!a.failed && arena_take(&a, sizeof(more)) == more);
	a.more = NULL;
	CHECK(arena_reserve(&a, 0) && !arena_reserve(&a, 1));
}

/* -- effects -- */

static int drained;

static void
drain(struct effects *out)
{
	drained++;
	out->at = out->start;
}

/* What does not fit has the queue drained; what never fits is dropped. */
static void
test_effects(void)
{
	static _Alignas(8) uint8_t buffer[256], large[2 * UINT16_MAX];
	struct effects out = effects_over(buffer, sizeof(buffer), drain, NULL);
	const struct effect *got;
	const uint8_t *bytes;
	uint8_t *at = buffer;

	effect_add(&out, EFFECT_LOG, "one", 3)->value = 3;
	got = effect_next(&out, &at, &bytes);
	CHECK(got != NULL && got->value == 3 && got->length == 3);
	CHECK(got->kind == EFFECT_LOG && got->ifindex == 0);
	CHECK_BYTES(bytes, (const uint8_t *)"one", 3);
	CHECK(effect_next(&out, &at, &bytes) == NULL);
	while (drained == 0)
		effect_add(&out, EFFECT_LOG, "more", 4);
	CHECK_INT(out.dropped, 0);
	CHECK(out.at == buffer + effect_room(4));
	CHECK(effect_add(&out, EFFECT_LOG, large, sizeof(buffer)) ==
	    &out.spare);
	CHECK_INT(out.dropped, 1);
	CHECK_INT(drained, 2);
	out = effects_over(large, sizeof(large), NULL, NULL);
	effect_add(&out, EFFECT_LOG, memory, 0);
	at = large;
	CHECK(effect_next(&out, &at, &bytes)->length == 0);
	effect_add(&out, EFFECT_LOG, large, UINT16_MAX + 1);
	CHECK_INT(out.dropped, 1);		/* though there is room */
}

/* What the kernel says has libc's words, or how they begin; else a number. */
static void
test_errors(void)
{
#define SAID(error, text) error,
	static const int said[] = { ERRORS(SAID)
	    /* a reader that left, one that was killed, a route, a file */
	    EPIPE, ECONNRESET, EHOSTUNREACH, ENOKEY };
#undef SAID
	char number[ERROR_SIZE];

	for (size_t i = 0; i < COUNT_OF(said); i++) {
		const char *text = error_text(number, said[i]);

		CHECK(strncmp(strerror(said[i]), text, strlen(text)) == 0);
	}
	CHECK_STR(error_text(number, INT32_MIN), "error -2147483648");
}

int
main(void)
{
	test_errors();
	test_format();
	test_cut();
	test_seconds();
	test_numbers();
	test_seconds_parse();
	test_addresses();
	test_kinds_of_addresses();
	test_arena();
	test_reserve();
	test_effects();
	return check_end("base");
}
