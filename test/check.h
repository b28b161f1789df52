/* SPDX-License-Identifier: ISC */
/* What a test program needs: a check that fails says where and why and lets the
 * rest run; main ends with `return check_end("wire");`. */

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define CHECK_TEXT_(x)	#x
#define CHECK_LINE_(x)	CHECK_TEXT_(x)
#define CHECK_AT_(what)	__FILE__ ":" CHECK_LINE_(__LINE__) ": " what
#define CHECK(condition) check((condition), CHECK_AT_(#condition))
#define CHECK_INT(got, want) \
	check_int((intmax_t)(got), (intmax_t)(want), CHECK_AT_(#got))
#define CHECK_STR(got, want) check_str((got), (want), CHECK_AT_(#got))
#define CHECK_BYTES(got, want, length) check_bytes((const void *)(got), \
	(const void *)(want), (length), CHECK_AT_(#got))

static unsigned long check_good, check_bad;

static int
check(int good, const char *at)
{
	*(good ? &check_good : &check_bad) += 1;
	if (!good)
		printf("%s\n", at);
	return good;
}

static void
check_int(intmax_t got, intmax_t want, const char *at)
{
	if (!check(got == want, at))
		printf("\tgot %jd, want %jd\n", got, want);
}

static void
check_str(const char *got, const char *want, const char *at)
{
	if (!check(got != NULL && strcmp(got, want) == 0, at))
		printf("\tgot  \"%s\"\n\twant \"%s\"\n", got ? got : "", want);
}

static void
check_bytes(const uint8_t *got, const uint8_t *want, size_t n, const char *at)
{
	size_t i = 0;

	while (i < n && got[i] == want[i])
		i++;
	if (!check(i == n, at))
		printf("\tbyte %zu: got %02x, want %02x\n", i, got[i], want[i]);
}

static int
check_end(const char *name)
{
	printf("%s: %lu passed, %lu failed\n", name, check_good, check_bad);
	return check_bad > 0 || check_good == 0;
}
