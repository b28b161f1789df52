/* SPDX-License-Identifier: ISC */
/* ==== 0. Contents ==== */
/*
 * vrrpd: keeps an address alive.  Two or more machines share a virtual address;
 * when the one that holds it dies, or its service dies, another takes it within
 * the time that RFC 9568 gives.  Manual: vrrpd(8).
 *
 * The rooms, in the order in which one calls the other; a call goes up the page
 * only, since no static function is declared before it is defined:
 *
 *	 1. Base		text, bytes, memory, addresses, timers, effects
 *	 2. Wire		VRRP, ARP, neighbour discovery, BFD as bytes
 *	 3. Netlink		rtnetlink messages as bytes
 *	 4. Configuration	keepalived.conf and flags, to a struct conf
 *	 5. Machine		RFC 9568 section 6, RFC 5880 6.8: a table each
 *	 6. Policy		faults, tracking, sync groups, who is told what
 *	 7. Router		the daemon as a value: events in, effects out
 *	 8. Status		keepalived's dump files, answers to operators
 *	 9. World		sockets, processes, files: all that is outside
 *	10. Loop		select, signals, reload
 *	11. Main		the command line, daemonising
 *
 * Chapters 1 to 8 are pure: no system call, no clock, no allocation but from an
 * arena that was handed in, and they link against string functions alone
 * (make pure).  The daemon, the tests and the fuzzers run the same lines.
 *
 * The life of an advertisement.  The kernel's filter lets it through
 * (world_filter); world_receive makes an EVENT_FRAME of it; daemon_frame opens
 * it (packet_open) and finds its virtual router; vr_packet has it checked
 * (advert_check): if refused, a counter grows, and nothing else happens.  If
 * accepted, vr_hear judges it (judge_advert) and steps the machine
 * (machine_step), whose actions vr_step turns into effects: an advertisement in
 * answer, addresses wanted or not, announcements.  daemon_work has the kernel
 * asked for the difference between wanted and present (vr_reconcile).
 * world_carry_out sends it all, in order.
 *
 * To change
 *	a keyword	a row in keywords[] (4), an item in vrrpd.8, a file in
 *			test/conf
 *	a counter	a line of COUNTERS in vrrpd.h
 *	a check		a row in the table of advert_check (2), a counter, a
 *			case in test/wire.c
 *	a transition	a cell of transitions[] (5), its row in test/machine.c
 *	an option	a row of OPTIONS (11), an item in vrrpd.8
 *	a command	a row of request_rows[] and a word before it (10), its
 *			answer in pieces (8), an item in vrrpd.8, a schema in
 *			test/schema
 */
#include <errno.h>
#include <string.h>
#include <net/if.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/ip.h>
#include <linux/fib_rules.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include "vrrpd.h"

/* ==== 1. Base ==== */
/*
 * What every chapter below stands on: bounded writers of text and of bytes,
 * the one reader of bytes from outside, memory in arenas, addresses and numbers
 * as text, the heap of timers, and the queue of effects.
 *
 * Promises: nothing here writes past an end or reads past one; what does not
 * fit is cut and says so.  Nothing here allocates but arena_take, which asks
 * the function that the arena was given.
 */

/* The smaller of two spans or moments. */
static usec_t
usec_min(usec_t a, usec_t b)
{
	return a < b ? a : b;
}

/* The larger of two spans or moments. */
static usec_t
usec_max(usec_t a, usec_t b)
{
	return a > b ? a : b;
}

/* A span without what is less than a millisecond. */
static usec_t
span_ms(usec_t span)
{
	return span / MS_US * MS_US;
}

/* -- text -- */

/* The first c among text[length], or NULL (musl's memchr is long). */
static char *
byte_find(const char *text, size_t length, char c)
{
	for (; length > 0; text++, length--) {
		if (*text == c)
			return (char *)(uintptr_t)text;
	}
	return NULL;
}

/* The first c in a string, or NULL. */
static char *
text_find(const char *text, char c)
{
	return byte_find(text, strlen(text), c);
}

/* The last c in a string, or NULL. */
static char *
text_find_last(const char *text, char c)
{
	char *last = NULL, *at = text_find(text, c);

	for (; at != NULL; at = text_find(at + 1, c))
		last = at;
	return last;
}

/* How many characters of a set a string begins with (musl's strspn is long). */
static size_t
span_of(const char *text, const char *set)
{
	const char *at = text;

	while (*at != '\0' && text_find(set, *at) != NULL)
		at++;
	return (size_t)(at - text);
}

/* How many characters that are not of a set it begins with. */
static size_t
span_to(const char *text, const char *set)
{
	const char *at = text;

	while (*at != '\0' && text_find(set, *at) == NULL)
		at++;
	return (size_t)(at - text);
}

/* The n-th of the strings that stand in a list, each with a NUL behind it. */
static const char *
list_item(const char *list, unsigned n)
{
	while (n-- > 0)
		list += strlen(list) + 1;
	return list;
}

/* The last part of a path. */
static const char *
path_name(const char *path)
{
	const char *slash = text_find_last(path, '/');

	return slash == NULL ? path : slash + 1;
}

/* A writer into buffer[size]; room for the closing NUL is kept. */
static struct text
text_over(char *buffer, size_t size)
{
	struct text t = { .start = buffer, .at = buffer,
	    .end = buffer + size - 1 };

	return t;
}

/* Appends one character, asking flush for room when there is none. */
static void
text_char(struct text *t, char c)
{
	if (t->at == t->end && t->flush != NULL)
		t->flush(t);
	if (t->at == t->end) {
		t->truncated = true;
		return;
	}
	*t->at++ = c;
}

/* Appends length characters as they are. */
static void
text_bytes(struct text *t, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		text_char(t, bytes[i]);
}

/* Appends a NUL-terminated string as it is. */
static void
text_string(struct text *t, const char *string)
{
	text_bytes(t, string, strlen(string));
}

/* Appends an unsigned number in base 10 or 16, with zeros up to width. */
static void
text_unsigned(struct text *t, uint64_t number, unsigned base, int width)
{
	char digits[24];
	int n = 0;

	do {
		digits[n++] = "0123456789abcdef"[number % base];
		number /= base;
	} while (number > 0);
	for (; width > n; width--)
		text_char(t, '0');
	while (n > 0)
		text_char(t, digits[--n]);
}

/* Appends a signed number in base 10, with zeros up to width. */
static void
text_signed(struct text *t, int64_t number, int width)
{
	uint64_t magnitude = (uint64_t)number;

	if (number < 0) {
		text_char(t, '-');
		magnitude = 0 - magnitude;
		width--;
	}
	text_unsigned(t, magnitude, 10, width);
}

/* Ends the text with a NUL behind what it holds and gives its start. */
static const char *
text_end(struct text *t)
{
	*t->at = '\0';
	return t->start;
}

/* Appends an IPv6 address as RFC 5952 section 4 says. */
static void
text_ip6(struct text *t, const uint8_t *bytes)
{
	int best = -1, best_length = 1;	/* one zero group is not shortened */

	for (int i = 0; i < 8; i++) {
		int n = 0;

		while (i + n < 8 && bytes[2 * (i + n)] == 0 &&
		    bytes[2 * (i + n) + 1] == 0)
			n++;
		if (n > best_length) {
			best = i;
			best_length = n;
		}
	}
	for (int i = 0; i < 8; i++) {
		if (i == best) {
			text_string(t, "::");
			i += best_length - 1;
			continue;
		}
		if (i > 0 && i != best + best_length)
			text_char(t, ':');
		text_unsigned(t, (uint64_t)bytes[2 * i] << 8 | bytes[2 * i + 1],
		    16, 0);
	}
}

/* Appends an address: dotted, or as RFC 5952 says; "none" for family 0. */
static void
text_ip(struct text *t, const struct ip *ip)
{
	if (ip->family == 6) {
		text_ip6(t, ip->bytes);
		return;
	}
	if (ip->family != 4) {
		text_string(t, "none");
		return;
	}
	for (int i = 0; i < 4; i++) {
		if (i > 0)
			text_char(t, '.');
		text_unsigned(t, ip->bytes[i], 10, 0);
	}
}

/* Appends a MAC address. */
static void
text_mac(struct text *t, const uint8_t mac[6])
{
	for (int i = 0; i < 6; i++) {
		if (i > 0)
			text_char(t, ':');
		text_unsigned(t, mac[i], 16, 2);
	}
}

/* Appends a span in seconds, with its decimals but without closing zeros. */
static void
text_seconds(struct text *t, usec_t span)
{
	usec_t rest = span % SECOND_US;

	if (span < 0) {
		text_char(t, '-');
		span = -span;
		rest = -rest;
	}
	text_unsigned(t, (uint64_t)(span / SECOND_US), 10, 0);
	if (rest == 0)
		return;
	text_char(t, '.');
	for (usec_t place = SECOND_US / 10; rest > 0; place /= 10) {
		text_char(t, (char)('0' + rest / place));
		rest %= place;
	}
}

/* Of libc's texts for errors, those that the calls here can give. */
#define ERRORS(X) \
	X(EPERM, "Operation not permitted") \
	X(ENOENT, "No such file or directory") \
	X(EIO, "Input/output error") \
	X(ENXIO, "No such device or address") \
	X(E2BIG, "Argument list too long") \
	X(ENOEXEC, "Exec format error") \
	X(EAGAIN, "Resource temporarily unavailable") \
	X(ENOMEM, "Cannot allocate memory") \
	X(EACCES, "Permission denied") \
	X(EBUSY, "Device or resource busy") \
	X(EEXIST, "File exists") \
	X(ENODEV, "No such device") \
	X(ENOTDIR, "Not a directory") \
	X(EISDIR, "Is a directory") \
	X(EINVAL, "Invalid argument") \
	X(ENFILE, "Too many open files in system") \
	X(EMFILE, "Too many open files") \
	X(ETXTBSY, "Text file busy") \
	X(ENOSPC, "No space left on device") \
	X(EROFS, "Read-only file system") \
	X(EPIPE, "Broken pipe") \
	X(ENAMETOOLONG, "File name too long") \
	X(ENOSYS, "Function not implemented") \
	X(ELOOP, "Too many levels of symbolic links") \
	X(EPROTONOSUPPORT, "Protocol not supported") \
	X(EAFNOSUPPORT, "Address family not supported") \
	X(EADDRINUSE, "Address already in use") \
	X(EADDRNOTAVAIL, "Cannot assign requested address") \
	X(ENETDOWN, "Network is down") \
	X(ENETUNREACH, "Network is unreachable") \
	X(EMSGSIZE, "Message too long") \
	X(EOPNOTSUPP, "Operation not supported") \
	X(ECONNRESET, "Connection reset by peer") \
	X(ENOBUFS, "No buffer space available") \
	X(ECONNREFUSED, "Connection refused") \
	X(ETIMEDOUT, "Connection timed out") \
	X(EHOSTUNREACH, "No route to host") \
	X(EDQUOT, "Disk quota exceeded") \
	X(ENOKEY, "Required key not available")

#define ERROR_SIZE	24	/* for the text of an error without words */

/*
 * What an errno value says; one that is not in the list by its number, which is
 * written to number[ERROR_SIZE].
 */
static const char *
error_text(char *number, int error)
{
#define ERROR_NUMBER(number, text) number,
	static const uint16_t numbers[] = { ERRORS(ERROR_NUMBER) };
#undef ERROR_NUMBER
#define ERROR_TEXT(number, text) text "\0"
	static const char texts[] = ERRORS(ERROR_TEXT);
#undef ERROR_TEXT
	struct text t = text_over(number, ERROR_SIZE);

	for (unsigned i = 0; i < COUNT_OF(numbers); i++) {
		if (numbers[i] == error)
			return list_item(texts, i);
	}
	text_string(&t, "error ");
	text_signed(&t, error, 0);
	return text_end(&t);
}

/* Appends what an errno value says. */
static void
text_error(struct text *t, int error)
{
	char number[ERROR_SIZE];

	text_string(t, error_text(number, error));
}

/*
 * Carries out one conversion of text_format; format points behind the '%'.
 * Returns where the format goes on.
 */
static const char *
text_convert(struct text *t, const char *format, va_list *arguments)
{
	int width = 0, precision = -1;
	bool wide = false;

	while (*format >= '0' && *format <= '9')
		width = width * 10 + (*format++ - '0');
	if (format[0] == '.' && format[1] == '*') {
		precision = va_arg(*arguments, int);
		format += 2;
	}
	for (; *format == 'l'; format++)	/* a long may be an int */
		wide = wide || format[1] == 'l' || sizeof(long) > sizeof(int);
	if (*format == 's') {
		const char *string = va_arg(*arguments, const char *);

		for (; precision != 0 && *string != '\0'; precision--)
			text_char(t, *string++);
	} else if (*format == 'd') {
		text_signed(t, wide ? va_arg(*arguments, long long) :
		    va_arg(*arguments, int), width);
	} else if (*format == 'u' || *format == 'x' || *format == 'o') {
		text_unsigned(t, wide ? va_arg(*arguments, unsigned long long) :
		    va_arg(*arguments, unsigned), *format == 'u' ? 10 :
		    *format == 'x' ? 16 : 8, width);
	} else if (*format == 'X') {
		text_string(t, va_arg(*arguments, int) ? "true" : "false");
	} else if (*format == 'i') {
		text_error(t, va_arg(*arguments, int));
	} else if (*format == 'p') {
		text_ip(t, va_arg(*arguments, const void *));
	} else if (*format == 'j') {
		text_seconds(t, va_arg(*arguments, intmax_t));
		format++;			/* over the d */
	} else {
		text_char(t, *format == 'c' ? (char)va_arg(*arguments, int) :
		    '%');
	}
	return format + 1;
}

/* text_format with its arguments as a list. */
static void __attribute__((format(printf, 2, 0)))
text_vformat(struct text *t, const char *format, va_list *arguments)
{
	while (*format != '\0') {
		if (*format != '%')
			text_char(t, *format++);
		else
			format = text_convert(t, format + 1, arguments);
	}
}

/*
 * Appends as printf does, for %s %d %u %x %o %c and %%, with a width that
 * begins with 0 for numbers, .* for strings, and the length ll.  Four that the
 * compiler knows mean something else: %p is an address (IP), %jd a span in
 * seconds (text_seconds), %i an errno value (text_error), %X true or false.
 */
static void __attribute__((format(printf, 2, 3)))
text_format(struct text *t, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	text_vformat(t, format, &arguments);
	va_end(arguments);
}

/* Appends a string of foreign origin: what is no printable ASCII as \xNN. */
static void
text_escaped(struct text *t, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		text_format(t, bytes[i] >= 0x20 && bytes[i] < 0x7f ? "%c" :
		    "\\x%02x", (unsigned char)bytes[i]);
}

/* An address as an argument of text_format. */
#define IP(ip)	((const void *)&(ip))

/* -- bytes from outside, and to it -- */

/* A reader over bytes[length]. */
static struct cursor
cursor_over(const uint8_t *bytes, size_t length)
{
	/* NULL may not be moved, not even by 0 (C11 6.5.6) */
	struct cursor c = { bytes, bytes, false };

	if (length > 0)
		c.end = bytes + length;
	return c;
}

/* How many bytes are left to read. */
static size_t
cursor_left(const struct cursor *c)
{
	return c->failed ? 0 : (size_t)(c->end - c->at);
}

/* The next n bytes, or NULL and a failed cursor when there are fewer. */
static const uint8_t *
cursor_bytes(struct cursor *c, size_t n)
{
	const uint8_t *bytes = c->at;

	if (cursor_left(c) < n || c->failed) {
		c->failed = true;
		return NULL;
	}
	c->at += n;
	return bytes;
}

/* The next byte; 0 when there is none. */
static uint8_t
cursor_u8(struct cursor *c)
{
	const uint8_t *bytes = cursor_bytes(c, 1);

	return bytes == NULL ? 0 : bytes[0];
}

/* The next two bytes in network order; 0 when there are fewer. */
static uint16_t
cursor_u16(struct cursor *c)
{
	const uint8_t *bytes = cursor_bytes(c, 2);

	return (uint16_t)(bytes == NULL ? 0 : bytes[0] << 8 | bytes[1]);
}

/* The next four bytes in network order; 0 when there are fewer. */
static uint32_t
cursor_u32(struct cursor *c)
{
	const uint8_t *bytes = cursor_bytes(c, 4);

	return bytes == NULL ? 0 : (uint32_t)bytes[0] << 24 |
	    (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* A writer into buffer[size]. */
static struct packer
packer_over(uint8_t *buffer, size_t size)
{
	struct packer p = { buffer, buffer, buffer + size, false };

	return p;
}

/* How many bytes have been written. */
static size_t
packer_length(const struct packer *p)
{
	return (size_t)(p->at - p->start);
}

/* Appends n bytes; fails, and appends nothing more, when they do not fit. */
static void
packer_bytes(struct packer *p, const void *bytes, size_t n)
{
	const uint8_t *from = bytes;
	uint8_t *at = p->at;

	if (p->failed || (size_t)(p->end - p->at) < n) {
		p->failed = true;
		return;
	}
	for (size_t i = 0; i < n; i++)	/* most are 2 or 4: no call for them */
		/* NOLINTNEXTLINE(clang-analyzer-*) a byte of a number */
		at[i] = from[i];
	p->at = at + n;
}

/* Appends one byte. */
static void
packer_u8(struct packer *p, uint8_t value)
{
	packer_bytes(p, &value, 1);
}

/* Appends two bytes in network order. */
static void
packer_u16(struct packer *p, uint16_t value)
{
	uint8_t bytes[2] = { (uint8_t)(value >> 8), (uint8_t)value };

	packer_bytes(p, bytes, sizeof(bytes));
}

/* Appends four bytes in network order. */
static void
packer_u32(struct packer *p, uint32_t value)
{
	packer_u16(p, (uint16_t)(value >> 16));
	packer_u16(p, (uint16_t)value);
}

/* -- memory -- */

/*
 * Takes size zeroed bytes, aligned for anything; `more' gives zeroed memory, so
 * that pages which nobody touches cost nothing.  NULL and arena.failed when
 * there are none: the caller may go on and ask arena.failed at the end.
 */
static void *
arena_take(struct arena *a, size_t size)
{
	uint8_t *piece;
	size_t round = (size + 15) & ~(size_t)15;

	if (a->failed || round < size)
		return NULL;
	if (a->at == NULL && round == 0)
		return NULL;		/* nothing may be added to it */
	if ((a->at == NULL || (size_t)(a->end - a->at) < round) &&
	    (a->more == NULL || a->more(a, round) == NULL)) {
		a->failed = true;
		return NULL;
	}
	piece = a->at;
	a->at += round;
	a->taken += round;
	return piece;
}

/* Makes sure that pieces of so many bytes together can be taken: whether. */
static bool
arena_reserve(struct arena *a, size_t size)
{
	return (size_t)(a->end - a->at) >= size ||
	    (a->more != NULL && a->more(a, size) != NULL);
}

/* Takes room for count members of size bytes each; as arena_take. */
static void *
arena_array(struct arena *a, size_t count, size_t size)
{
	if (count > 0 && size > SIZE_MAX / 2 / count) {
		a->failed = true;
		return NULL;
	}
	return arena_take(a, count * size);
}

/* A NUL-terminated copy of string[length]; as arena_take. */
static char *
arena_string(struct arena *a, const char *string, size_t length)
{
	char *copy = arena_take(a, length + 1);

	if (copy != NULL && length > 0)
		memcpy(copy, string, length);
	return copy;
}

/* -- addresses -- */

static const uint8_t zero_bytes[16];	/* as of no address, and for padding */

/* How many bytes an address of this family has. */
static size_t
ip_size(uint8_t family)
{
	return family == 6 ? 16 : family == 4 ? 4 : 0;
}

/* Sets an address of family from its bytes in network order; NULL: none. */
static void
ip_set(struct ip *ip, uint8_t family, const uint8_t *bytes)
{
	memset(ip, 0, sizeof(*ip));
	if (bytes == NULL)
		return;
	ip->family = family;
	memcpy(ip->bytes, bytes, ip_size(family));
}

/* Below 0, 0 or above 0 as a is less, equal or greater, in network order. */
static int
ip_compare(const struct ip *a, const struct ip *b)
{
	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	return memcmp(a->bytes, b->bytes, ip_size(a->family));
}

/* Whether two addresses are the same; none is equal to none. */
static bool
ip_equal(const struct ip *a, const struct ip *b)
{
	return ip_compare(a, b) == 0;
}

/* Whether it is a multicast address. */
static bool
ip_is_multicast(const struct ip *ip)
{
	return ip->family == 6 ? ip->bytes[0] == 0xff :
	    (ip->bytes[0] & 0xf0) == 0xe0;
}

/* Whether a machine can have it: no group, not 0.0.0.0, "::", or everybody. */
static bool
ip_is_unicast(const struct ip *ip)
{
	static const uint8_t everybody[4] = { 255, 255, 255, 255 };

	return !ip_is_multicast(ip) &&
	    memcmp(ip->bytes, zero_bytes, ip_size(ip->family)) != 0 &&
	    memcmp(ip->bytes, everybody, sizeof(everybody)) != 0;
}

/* Whether it is an IPv6 link-local address (RFC 4291 2.5.6). */
static bool
ip_is_link_local(const struct ip *ip)
{
	return ip->family == 6 && ip->bytes[0] == 0xfe &&
	    (ip->bytes[1] & 0xc0) == 0x80;
}

/* Spreads bytes over 32 bits, for hash tables (FNV-1a). */
static uint32_t
bytes_hash(const void *bytes, size_t length)
{
	const uint8_t *at = bytes;
	uint32_t hash = 2166136261U;

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ at[i]) * 16777619U;
	return hash ^ hash >> 16;
}

/* The same of an address. */
static uint32_t
ip_hash(const struct ip *ip)
{
	return bytes_hash(ip->bytes, ip_size(ip->family));
}

/* -- numbers and addresses from text -- */

/* The value of a digit in a base up to 16, or -1. */
static int
digit_value(char c, unsigned base)
{
	int value = -1;

	if (c >= '0' && c <= '9')
		value = c - '0';
	else if (c >= 'a' && c <= 'f')
		value = c - 'a' + 10;
	else if (c >= 'A' && c <= 'F')
		value = c - 'A' + 10;
	return value < (int)base ? value : -1;
}

/*
 * Reads the whole of text[length] as digits in base.  False when something
 * else stands there, when nothing does, or when it is 2^62 or more.
 */
static bool
number_parse_base(const char *text, size_t length, unsigned base,
    int64_t *number)
{
	int64_t value = 0;

	for (size_t i = 0; i < length; i++) {
		int digit = digit_value(text[i], base);

		if (digit < 0 || value > (INT64_MAX / 2 - digit) / (int)base)
			return false;
		value = value * (int)base + digit;
	}
	*number = value;
	return length > 0;
}

/* Reads the whole of a string as a decimal number with an optional sign. */
static bool
number_parse(const char *text, int64_t *number)
{
	bool minus = *text == '-';

	if (*text == '-' || *text == '+')
		text++;
	if (!number_parse_base(text, strlen(text), 10, number))
		return false;
	if (minus)
		*number = -*number;
	return true;
}

/* As number_parse, but as C has it: 0x is hexadecimal, a leading 0 octal. */
static bool
number_parse_c(const char *text, int64_t *number)
{
	size_t length = strlen(text);

	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
		return number_parse_base(text + 2, length - 2, 16, number);
	if (text[0] == '0')
		return number_parse_base(text, length, 8, number);
	return number_parse(text, number);
}

/*
 * Reads the whole of a string as seconds with decimals (".5" is allowed) into
 * microseconds.  *inexact tells that a seventh decimal was rounded.
 */
static bool
seconds_parse(const char *text, usec_t *span, bool *inexact)
{
	int64_t value = 0;
	int decimals = -1;		/* no point yet */
	bool any = false;

	for (; *text != '\0'; text++) {
		int digit = digit_value(*text, 10);

		if (*text == '.' && decimals < 0) {
			decimals = 0;
			continue;
		}
		if (decimals < 6)
			value = value * 10 + digit;
		else if (decimals == 6 && digit >= 5)
			value++;
		if (digit < 0 || (decimals < 0 &&
		    value > INT64_MAX / SECOND_US / 2))
			return false;
		decimals += decimals >= 0 && decimals < 7;
		any = true;
	}
	*inexact = decimals > 6;
	for (; decimals < 6; decimals++)
		value *= decimals < 0 ? 1 : 10;
	*span = value;
	return any;
}

/*
 * Reads the whole of text[length] as a dotted address: four numbers.  010 is
 * none: others take it for 8 (RFC 6943 3.1.1).
 */
static bool
ip4_parse(const char *text, size_t length, uint8_t *bytes)
{
	size_t at = 0;

	for (int i = 0; i < 4; i++) {
		size_t start = at;
		int64_t octet;

		while (at < length && text[at] != '.')
			at++;
		if (at - start > 3 || (at - start > 1 && text[start] == '0') ||
		    !number_parse_base(text + start, at - start, 10, &octet) ||
		    octet > 255)
			return false;
		bytes[i] = (uint8_t)octet;
		if (i < 3 && at++ == length)
			return false;
	}
	return at == length;
}

/*
 * Reads the whole of text[length] as an IPv6 address (RFC 4291 2.2): groups,
 * the last two of them perhaps dotted, and at most one "::".
 */
static bool
ip6_parse(const char *text, size_t length, uint8_t *bytes)
{
	uint8_t groups[16];
	size_t at = length > 1 && text[0] == ':' && text[1] == ':' ? 2 : 0;
	size_t count = 0, gap = at == 2 ? 0 : SIZE_MAX, skipped;

	while (at < length && count < 16) {
		size_t start = at;
		int64_t group;

		while (at < length && text[at] != ':')
			at++;
		if (at == length && count <= 12 &&
		    ip4_parse(text + start, at - start, groups + count)) {
			count += 4;
			break;
		}
		if (at - start > 4 || !number_parse_base(text + start,
		    at - start, 16, &group))
			return false;
		groups[count++] = (uint8_t)(group >> 8);
		groups[count++] = (uint8_t)group;
		if (at < length && ++at == length)
			return false;	/* a single colon at the end */
		if (at < length && text[at] == ':') {
			if (gap != SIZE_MAX)
				return false;
			gap = count;
			at++;
		}
	}
	if (at < length || (gap == SIZE_MAX ? count != 16 : count > 14))
		return false;
	skipped = 16 - count;
	for (size_t i = 0; i < 16; i++)
		bytes[i] = i < gap ? groups[i] : i < gap + skipped ? 0 :
		    groups[i - skipped];
	return true;
}

/* Reads the whole of text[length] as an address of either family. */
static bool
ip_parse(const char *text, size_t length, struct ip *ip)
{
	memset(ip, 0, sizeof(*ip));
	if (ip4_parse(text, length, ip->bytes))
		ip->family = 4;
	else if (ip6_parse(text, length, ip->bytes))
		ip->family = 6;
	return ip->family != 0;
}

/* -- timers -- */

/* Puts a timer into place `slot` of the heap. */
static void
heap_place(struct timer **heap, uint32_t slot, struct timer *timer)
{
	heap[slot] = timer;
	timer->slot = slot;
}

/* Moves the timer in `slot` towards the root as far as it is due earlier. */
static void
heap_rise(struct timer **heap, uint32_t slot)
{
	struct timer *timer = heap[slot];

	while (slot > 0 && heap[(slot - 1) / 2]->due > timer->due) {
		heap_place(heap, slot, heap[(slot - 1) / 2]);
		slot = (slot - 1) / 2;
	}
	heap_place(heap, slot, timer);
}

/* Moves the timer in `slot` towards the leaves as far as it is due later. */
static void
heap_sink(struct timer **heap, uint32_t count, uint32_t slot)
{
	struct timer *timer = heap[slot];

	for (;;) {
		uint32_t child = 2 * slot + 1;

		if (child + 1 < count &&
		    heap[child + 1]->due < heap[child]->due)
			child++;
		if (child >= count || heap[child]->due >= timer->due)
			break;
		heap_place(heap, slot, heap[child]);
		slot = child;
	}
	heap_place(heap, slot, timer);
}

/* Takes a timer out of the heap; nothing happens when it is not in it. */
static void
timer_stop(struct daemon *d, struct timer *timer)
{
	uint32_t slot = timer->slot;

	if (slot == NO_SLOT)
		return;
	timer->slot = NO_SLOT;
	d->heap_count--;
	if (slot == d->heap_count)
		return;
	heap_place(d->heap, slot, d->heap[d->heap_count]);
	heap_rise(d->heap, slot);
	heap_sink(d->heap, d->heap_count, slot);
}

/*
 * Makes a timer wake no later than `due`.  A later moment than before moves
 * nothing: the timer wakes early, and whoever it wakes sets it anew.  So a
 * Backup that hears advertisements never touches the heap.
 */
static void
timer_wake(struct daemon *d, struct timer *timer, usec_t due)
{
	if (due == NEVER || (timer->slot != NO_SLOT && timer->due <= due))
		return;
	timer->due = due;
	if (timer->slot == NO_SLOT)
		heap_place(d->heap, d->heap_count++, timer);
	heap_rise(d->heap, timer->slot);
}

/* Sets a timer to exactly `due`, earlier or later than before. */
static void
timer_set(struct daemon *d, struct timer *timer, usec_t due)
{
	timer_stop(d, timer);
	timer_wake(d, timer, due);
}

/* -- effects -- */

/* A queue of effects over buffer[size]; drain empties it when it is full. */
static struct effects
effects_over(uint8_t *buffer, size_t size, void (*drain)(struct effects *),
    void *context)
{
	struct effects out = { .start = buffer, .at = buffer,
	    .end = buffer + size, .drain = drain, .context = context };

	return out;
}

/* The room that an effect with length bytes takes, kept aligned. */
static size_t
effect_room(size_t length)
{
	return sizeof(struct effect) + ((length + 7) & ~(size_t)7);
}

/*
 * Appends an effect and its bytes[length].  It is dropped, and counted, only
 * if draining makes no room for it, or if it has 64 KB or more.
 */
static void
effect_add(struct effects *out, const struct effect *effect,
    const void *bytes, size_t length)
{
	struct effect *copy;

	if ((size_t)(out->end - out->at) < effect_room(length) &&
	    out->drain != NULL)
		out->drain(out);
	if ((size_t)(out->end - out->at) < effect_room(length) ||
	    length > UINT16_MAX) {
		out->dropped++;
		return;
	}
	copy = (struct effect *)(void *)out->at;
	*copy = *effect;
	copy->length = (uint16_t)length;
	if (length > 0)
		memcpy(copy + 1, bytes, length);
	out->at += effect_room(length);
}

/* Appends an effect that is nothing but its kind, or concerns a process. */
static void
effect_plain(struct effects *out, enum effect_kind kind, uint32_t token,
    int32_t value)
{
	struct effect effect = { .kind = (uint16_t)kind, .token = token,
	    .value = value };

	effect_add(out, &effect, NULL, 0);
}

/*
 * The effect at *at, its bytes in *bytes, and *at moved behind it; NULL at the
 * end of the queue.
 */
static const struct effect *
effect_next(const struct effects *out, uint8_t **at, const uint8_t **bytes)
{
	struct effect *effect;

	if (*at >= out->at)
		return NULL;
	effect = (struct effect *)(void *)*at;
	*bytes = *at + sizeof(*effect);
	*at += effect_room(effect->length);
	return effect;
}

/* Appends a line to the log: a sentence, the instance first, no newline. */
static void __attribute__((format(printf, 3, 4)))
effect_log(struct effects *out, enum log_level level, const char *format, ...)
{
	char line[LINE_MAX_LOG];
	struct text t = text_over(line, sizeof(line));
	struct effect effect = { .kind = EFFECT_LOG,
	    .value = (int32_t)level };
	va_list arguments;

	va_start(arguments, format);
	text_vformat(&t, format, &arguments);
	va_end(arguments);
	effect_add(out, &effect, line, (size_t)(t.at - t.start));
}

/* ==== 2. Wire ==== */
/*
 * What stands on the wire, both ways: VRRP advertisements of versions 2 and 3
 * (RFC 3768 5, RFC 9568 5) in their IP packets, gratuitous ARP, unsolicited
 * neighbour advertisements, and the claims of others to an address.
 *
 * Promises: what is encoded is computed from scratch each time, checksum
 * included, so no change of priority or source can leave a stale sum behind.
 * What is decoded is read through a cursor; no length that a packet states is
 * used before it has been held against what was received.
 *
 * To add a check of advertisements: a counter in vrrpd.h, a row in
 * advert_checks, a case in test/wire.c.
 *
 * Never: state, time, sockets.  A refusal is a value; the caller counts it.
 */

static const uint8_t mac_broadcast[6] = { 255, 255, 255, 255, 255, 255 };
static const uint8_t mac_all_nodes[6] = { 0x33, 0x33, 0, 0, 0, 1 };
static const struct ip ip_all_nodes = { { 0xff, 2, [15] = 1 }, 6 };
static const struct ip ip_vrrp_group4 = { { 224, 0, 0, 18 }, 4 };

/* -- checksum -- */

/*
 * Adds bytes[length] as 16-bit words in network order to a sum (RFC 1071).
 * Only the last piece may be of odd length; 64 KB in all cannot overflow.
 */
static uint32_t
checksum_add(uint32_t sum, const uint8_t *bytes, size_t length)
{
	for (size_t i = 0; i + 1 < length; i += 2)
		sum += (uint32_t)bytes[i] << 8 | bytes[i + 1];
	if (length % 2 == 1)
		sum += (uint32_t)bytes[length - 1] << 8;
	return sum;
}

/* The checksum for a sum; 0 for one that has a right checksum in it. */
static uint16_t
checksum_finish(uint32_t sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

/*
 * The sum of a pseudo-header (RFC 793 3.1, RFC 8200 8.1).  Those of IPv4 and
 * IPv6 hold the same words, zeros aside; length is below 64 KB.
 */
static uint32_t
checksum_pseudo(const struct ip *source, const struct ip *destination,
    uint8_t protocol, size_t length)
{
	uint32_t sum = protocol + (uint32_t)length;

	sum = checksum_add(sum, source->bytes, ip_size(source->family));
	return checksum_add(sum, destination->bytes,
	    ip_size(destination->family));
}

/* Writes the checksum for a sum to its two bytes in a message. */
static void
checksum_store(uint8_t *field, uint32_t sum)
{
	struct packer p = packer_over(field, 2);

	packer_u16(&p, checksum_finish(sum));
}

/*
 * The sum of an advertisement, over IPv6 with its trailer, over IPv4 without
 * (length says which).  Version 2: the message alone (RFC 3768 5.3.8).
 * Version 3: with a pseudo-header, but over IPv4 there are two readings, and
 * `plain` chooses the message alone (D-1).
 */
static uint32_t
advert_sum(uint8_t version, bool plain, const struct ip *source,
    const struct ip *destination, const uint8_t *message, size_t length)
{
	uint32_t sum = 0;

	if (version != 2 && (source->family == 6 || !plain))
		sum = checksum_pseudo(source, destination, IPPROTO_VRRP_,
		    length);
	return checksum_add(sum, message, length);
}

/* -- digests -- */

/* MD5 (RFC 1321 3.4): 2^32 times the sine of 1 to 64, without its sign. */
static const uint32_t md5_constants[64] = {
	0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf,
	0x4787c62a, 0xa8304613, 0xfd469501, 0x698098d8, 0x8b44f7af,
	0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e,
	0x49b40821, 0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa,
	0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8, 0x21e1cde6,
	0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8,
	0x676f02d9, 0x8d2a4c8a, 0xfffa3942, 0x8771f681, 0x6d9d6122,
	0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
	0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039,
	0xe6db99e5, 0x1fa27cf8, 0xc4ac5665, 0xf4292244, 0x432aff97,
	0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d,
	0x85845dd1, 0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1,
	0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391
};

/* SHA-256 (RFC 6234 5.1): what is behind the point of cube roots of primes. */
static const uint32_t sha256_constants[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b,
	0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01,
	0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7,
	0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc,
	0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152,
	0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
	0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
	0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
	0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08,
	0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f,
	0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
	0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2
};

/* A word rotated to the right, by 1 to 31 bits. */
static uint32_t
rotate(uint32_t word, unsigned bits)
{
	return word >> bits | word << (32 - bits);
}

/* Takes a block of 16 words into the first four of the state (RFC 1321 3.4). */
static void
md5_mix(uint32_t state[8], uint32_t words[16])
{
	static const uint8_t shifts[4][4] = { { 7, 12, 17, 22 },
	    { 5, 9, 14, 20 }, { 4, 11, 16, 23 }, { 6, 10, 15, 21 } };
	static const uint8_t steps[4][2] = { { 1, 0 }, { 5, 1 }, { 3, 5 },
	    { 7, 0 } };
	uint32_t a = state[0], b = state[1], c = state[2], d = state[3];

	for (unsigned i = 0; i < 64; i++) {
		unsigned round = i / 16;
		uint32_t f = round == 0 ? (b & c) | (~b & d) :
		    round == 1 ? (d & b) | (~d & c) :
		    round == 2 ? b ^ c ^ d : c ^ (b | ~d);

		f += a + md5_constants[i] +
		    words[(steps[round][0] * i + steps[round][1]) % 16];
		a = d;
		d = c;
		c = b;
		b += rotate(f, 32U - shifts[round][i % 4]);
	}
	state[0] += a;
	state[1] += b;
	state[2] += c;
	state[3] += d;
}

/* Takes a block of 16 words, which it spoils, into the state (RFC 6234 6.2). */
static void
sha256_mix(uint32_t state[8], uint32_t words[16])
{
	uint32_t v[8];

	memcpy(v, state, sizeof(v));
	for (unsigned i = 0; i < 64; i++) {
		uint32_t *word = &words[i % 16];
		uint32_t before = words[(i + 14) % 16];
		uint32_t after = words[(i + 1) % 16], sum;

		if (i >= 16)
			*word += words[(i + 9) % 16] + (rotate(before, 17) ^
			    rotate(before, 19) ^ before >> 10) +
			    (rotate(after, 7) ^ rotate(after, 18) ^ after >> 3);
		sum = v[7] + (rotate(v[4], 6) ^ rotate(v[4], 11) ^
		    rotate(v[4], 25)) + ((v[4] & v[5]) ^ (~v[4] & v[6])) +
		    sha256_constants[i] + *word;
		memmove(v + 1, v, 7 * sizeof(*v));
		v[4] += sum;
		v[0] = sum + (rotate(v[1], 2) ^ rotate(v[1], 13) ^
		    rotate(v[1], 22)) + ((v[1] & v[2]) ^ (v[1] & v[3]) ^
		    (v[2] & v[3]));
	}
	for (unsigned i = 0; i < 8; i++)
		state[i] += v[i];
}

/* A kind of digest: its words, and whether their first byte is the highest. */
struct digest_kind {
	void		(*mix)(uint32_t state[8], uint32_t words[16]);
	uint32_t	initial[8];
	uint8_t		words;
	bool		big;
};

static const struct digest_kind md5 = {
	md5_mix, { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476 }, 4, false
};
static const struct digest_kind sha256 = {
	sha256_mix, { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
	0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 }, 8, true
};

/* A digest under way: what is mixed in, and the block being filled. */
struct digest {
	const struct digest_kind *kind;
	uint32_t	state[8];
	uint8_t		block[DIGEST_BLOCK];
	uint64_t	length;			/* in bytes */
};

/* Begins a digest. */
static void
digest_begin(struct digest *digest, const struct digest_kind *kind)
{
	digest->kind = kind;
	digest->length = 0;
	memcpy(digest->state, kind->initial, sizeof(digest->state));
}

/* How far byte i of a word is shifted. */
static unsigned
digest_shift(const struct digest_kind *kind, size_t i)
{
	return (unsigned)(kind->big ? 3 - i % 4 : i % 4) * 8;
}

/* Digests a block that is full. */
static void
digest_mix(struct digest *digest)
{
	uint32_t words[16] = { 0 };

	for (size_t i = 0; i < DIGEST_BLOCK; i++)
		words[i / 4] |= (uint32_t)digest->block[i] <<
		    digest_shift(digest->kind, i);
	digest->kind->mix(digest->state, words);
}

/* Appends bytes[length] to what is digested. */
static void
digest_add(struct digest *digest, const void *bytes, size_t length)
{
	const uint8_t *at = bytes;

	for (; length > 0; length--) {
		digest->block[digest->length++ % DIGEST_BLOCK] = *at++;
		if (digest->length % DIGEST_BLOCK == 0)
			digest_mix(digest);
	}
}

/* Ends a digest and writes it: 16 bytes for MD5, 32 for SHA-256. */
static void
digest_end(struct digest *digest, uint8_t result[DIGEST_MAX])
{
	static const uint8_t end[DIGEST_BLOCK] = { 0x80 };
	uint64_t bits = digest->length * 8;
	uint8_t count[8];

	for (size_t i = 0; i < sizeof(count); i++)
		count[i] = (uint8_t)(bits >> (digest->kind->big ? 7 - i : i) *
		    8);
	digest_add(digest, end, 1 + (119 - digest->length % DIGEST_BLOCK) %
	    DIGEST_BLOCK);
	digest_add(digest, count, sizeof(count));
	for (size_t i = 0; i < digest->kind->words * 4U; i++)
		result[i] = (uint8_t)(digest->state[i / 4] >>
		    digest_shift(digest->kind, i));
}

/* A piece of what is authenticated; bytes NULL: zeros, at most 16 of them. */
struct piece {
	const void	*bytes;
	size_t		length;
};

/*
 * HMAC (RFC 2104) of pieces one behind the other, with a key of at most 64
 * bytes.  The result is as long as the digest's.
 */
static void
hmac(const struct digest_kind *kind, const uint8_t *key, size_t key_length,
    const struct piece *pieces, size_t count, uint8_t result[DIGEST_MAX])
{
	uint8_t pads[2][DIGEST_BLOCK];
	struct digest digest;

	for (size_t i = 0; i < DIGEST_BLOCK; i++) {
		uint8_t byte = i < key_length ? key[i] : 0;

		pads[0][i] = byte ^ 0x36;
		pads[1][i] = byte ^ 0x5c;
	}
	digest_begin(&digest, kind);
	digest_add(&digest, pads[0], DIGEST_BLOCK);
	for (size_t i = 0; i < count; i++)
		digest_add(&digest, pieces[i].bytes == NULL ? zero_bytes :
		    pieces[i].bytes, pieces[i].length);
	digest_end(&digest, result);
	digest_begin(&digest, kind);
	digest_add(&digest, pads[1], DIGEST_BLOCK);
	digest_add(&digest, result, kind->words * 4U);
	digest_end(&digest, result);
}

/* Whether bytes are the same, in the same time wherever they differ. */
static bool
secret_equal(const uint8_t *a, const uint8_t *b, size_t length)
{
	uint8_t difference = 0;

	for (size_t i = 0; i < length; i++)
		difference |= a[i] ^ b[i];
	return difference == 0;
}

/* -- sending advertisements -- */

/*
 * Writes the VRRP message that the configuration and priority make.  source
 * and destination are for the checksum, which `plain` restricts to the message.
 * The advertised addresses are all of conf->family, in the order of the
 * configuration.  Returns the length; 0 when it does not fit or there are more
 * addresses than the count can say.
 */
static size_t
advert_encode(const struct conf_vr *conf, uint8_t priority,
    const struct ip *source, const struct ip *destination, bool plain,
    uint8_t *buffer, size_t size)
{
	struct packer p = packer_over(buffer, size);

	if (conf->address_count > ADDRESSES_MAX)
		return 0;
	packer_u32(&p, (uint32_t)(conf->version << 4 | VRRP_ADVERTISEMENT) <<
	    24 | (uint32_t)conf->vrid << 16 | (uint32_t)priority << 8 |
	    conf->address_count);
	packer_u16(&p, (uint16_t)(conf->version == 2 ? conf->auth_type << 8 |
	    conf->interval_us / SECOND_US :
	    conf->interval_us / CS_US & INTERVAL_CS_MAX));
	packer_u16(&p, 0);
	for (size_t i = 0; i < conf->address_count; i++)
		packer_bytes(&p, conf->addresses[i].ip.bytes,
		    ip_size(conf->family));
	if (conf->version == 2)
		packer_bytes(&p, conf->auth_type == AUTH_PASS ?
		    conf->auth_pass : zero_bytes, VRRP_AUTH_DATA);
	if (p.failed)
		return 0;
	checksum_store(buffer + VRRP_CHECKSUM, advert_sum(conf->version, plain,
	    source, destination, buffer, packer_length(&p)));
	return packer_length(&p);
}

/*
 * The HMAC of a message[length] from source and its trailer, as keepalived has
 * it: neither the checksum nor the HMAC itself is covered, and nothing of the
 * IP header but the source, so that unicast copies may be alike.
 */
static void
hmac_tag(const struct conf_key *key, const struct ip *source,
    const uint8_t *message, size_t length, const uint8_t *trailer,
    uint8_t tag[DIGEST_MAX])
{
	const uint8_t first[4] = { source->family, message[0] >> 4,
	    message[1], 0 };
	const size_t size = ip_size(source->family);
	const size_t rest = VRRP_CHECKSUM + 2;
	const struct piece pieces[] = { { first, sizeof(first) },
	    { source->bytes, size }, { NULL, 16 - size },
	    { message, VRRP_CHECKSUM }, { NULL, 2 },
	    { message + rest, length - rest }, { trailer, HMAC_TAG },
	    { NULL, HMAC_TAG_LENGTH } };

	hmac(&sha256, key->bytes, key->length, pieces, COUNT_OF(pieces), tag);
}

/* The key with this id, or NULL. */
static const struct conf_key *
key_find(const struct conf_keys *keys, uint8_t id)
{
	for (size_t i = 0; i < keys->count; i++) {
		if (keys->first[i].id == id)
			return &keys->first[i];
	}
	return NULL;
}

/*
 * Appends the trailer of auth_hmac to the message[length] in buffer[size], and
 * has the checksum of IPv6, which covers it, be that of both.  sequence: its
 * seconds, parts and counter.  Returns the new length; 0 when it does not fit.
 */
static size_t
advert_sign(const struct conf_hmac *conf, uint64_t sequence,
    const struct ip *source, const struct ip *destination, uint8_t *buffer,
    size_t length, size_t size)
{
	const struct conf_key *key = key_find(&conf->keys, conf->active);
	struct packer p;
	uint8_t tag[DIGEST_MAX];
	uint32_t sum;

	if (length == 0 || size < length + HMAC_TRAILER || key == NULL)
		return 0;
	p = packer_over(buffer + length, size - length);
	packer_u32(&p, HMAC_SHA256_128 << 24 | (uint32_t)key->id << 16);
	packer_u32(&p, (uint32_t)(sequence >> 32));
	packer_u32(&p, (uint32_t)sequence);
	hmac_tag(key, source, buffer, length, buffer + length, tag);
	packer_bytes(&p, tag, HMAC_TAG_LENGTH);
	length += HMAC_TRAILER;
	if (source->family == 6) {
		memset(buffer + VRRP_CHECKSUM, 0, 2);
		sum = advert_sum(buffer[0] >> 4, false, source, destination,
		    buffer, length);
		checksum_store(buffer + VRRP_CHECKSUM, sum);
	}
	return length;
}

/*
 * Writes keepalived's authentication header: SPI is the source address.  The
 * ICV is left to ah_icv.
 */
static void
ah_encode(const struct ip *source, uint32_t sequence, uint8_t header[AH_HEADER])
{
	struct packer p = packer_over(header, AH_HEADER);

	packer_u32(&p, IPPROTO_VRRP_ << 24 | AH_WORDS << 16);
	packer_bytes(&p, source->bytes, 4);
	packer_u32(&p, sequence);
}

/*
 * The ICV of an IPv4 packet whose IP header is `header` long and followed by an
 * authentication header: HMAC-MD5-96 (RFC 2403) over all of it with the ICV and
 * what routers change as zeros (RFC 2402 3.3.3.1), but as keepalived has it:
 * the TTL of multicast, which nobody forwards, counts as it stands.
 */
static void
ah_icv(const struct conf_vr *conf, const uint8_t *packet, size_t header,
    size_t length, uint8_t icv[DIGEST_MAX])
{
	const size_t message = header + AH_HEADER;
	const struct piece pieces[] = { { packet, 1 }, { NULL, 1 },
	    { packet + 2, 4 }, { NULL, 2 },
	    { conf->unicast ? NULL : packet + 8, 1 }, { packet + 9, 1 },
	    { NULL, 2 }, { packet + 12, header - 12 + AH_ICV },
	    { NULL, AH_HEADER - AH_ICV }, { packet + message,
	    length - message } };

	hmac(&md5, conf->auth_pass, sizeof(conf->auth_pass), pieces,
	    COUNT_OF(pieces), icv);
}

/*
 * Writes an IPv4 header (RFC 791 3.1) and packet->message behind it, with the
 * packet's addresses, hop limit and protocol.  The message lies elsewhere than
 * buffer.  The kernel replaces an id of 0.  Returns the length; 0 when it does
 * not fit.
 */
static size_t
ip4_encode(const struct packet *packet, uint16_t id, uint8_t *buffer,
    size_t size)
{
	struct packer p = packer_over(buffer, size);
	size_t total = IP4_HEADER + packet->length;

	packer_u16(&p, (4 << 4 | IP4_HEADER / 4) << 8 | VRRP_TOS);
	packer_u16(&p, (uint16_t)total);
	packer_u32(&p, (uint32_t)id << 16);	/* fragments are allowed */
	packer_u32(&p, (uint32_t)packet->hop_limit << 24 |
	    (uint32_t)packet->protocol << 16);
	packer_bytes(&p, packet->source.bytes, 4);
	packer_bytes(&p, packet->destination.bytes, 4);
	packer_bytes(&p, packet->message, packet->length);
	if (p.failed || total > UINT16_MAX)
		return 0;
	checksum_store(buffer + IP4_CHECKSUM,
	    checksum_add(0, buffer, IP4_HEADER));
	return packer_length(&p);
}

/*
 * Writes an Ethernet frame from `mac` around a packet to a multicast group
 * (RFC 1112 6.4, RFC 2464 7): of IPv4 the message is the whole packet, of IPv6
 * what its header comes before.  Returns the length; 0 when it does not fit.
 */
static size_t
multicast_frame_encode(const uint8_t mac[6], const struct packet *packet,
    uint8_t *buffer, size_t size)
{
	struct packer p = packer_over(buffer, size);
	const uint8_t *group = packet->destination.bytes;
	bool ip6 = packet->destination.family == 6;

	packer_u32(&p, ip6 ? 0x33330000U | (uint32_t)group[12] << 8 | group[13]
	    : 0x01005e00U | (group[1] & 0x7f));
	packer_bytes(&p, group + (ip6 ? 14 : 2), 2);
	packer_bytes(&p, mac, 6);
	packer_u16(&p, ip6 ? ETHERTYPE_IP6_ : ETHERTYPE_IP4_);
	if (ip6) {
		packer_u32(&p, (uint32_t)6 << 28 | (uint32_t)VRRP_TOS << 20);
		packer_u32(&p, (uint32_t)packet->length << 16 |
		    (uint32_t)packet->protocol << 8 | packet->hop_limit);
		packer_bytes(&p, packet->source.bytes, 16);
		packer_bytes(&p, group, 16);
	}
	packer_bytes(&p, packet->message, packet->length);
	return p.failed ? 0 : packer_length(&p);
}

/* -- receiving packets -- */

/*
 * Takes what follows the IP header as the message: checks R1 and R2.  An
 * authentication header (RFC 2402 2, with the 12-byte ICV of RFC 2403) is
 * stepped over; advert_ah_good verifies it.
 */
static enum counter
packet_open_payload(struct cursor *c, struct packet *packet)
{
	uint8_t next = packet->protocol, words = AH_WORDS;

	if (packet->protocol == IPPROTO_AH_) {
		packet->authenticated_header = true;
		next = cursor_u8(c);
		words = cursor_u8(c);
		cursor_bytes(c, AH_HEADER - 2);
	}
	if (!c->failed && next != IPPROTO_VRRP_)
		return COUNT_auth_mismatch;
	packet->length = cursor_left(c);
	packet->message = cursor_bytes(c, packet->length);
	return words != AH_WORDS || packet->length < VRRP_HEADER ?
	    COUNT_length : COUNTER_KINDS;
}

/*
 * Opens a received packet that begins with its IPv4 header.  Options are
 * skipped, what the link padded is cut off, and a fragment is refused: no
 * advertisement needs to be one.  The kernel has verified the header checksum.
 */
static enum counter
packet_open_ip4(const struct event *event, struct packet *packet)
{
	struct cursor c = cursor_over(event->bytes, event->length);
	uint32_t first = cursor_u32(&c), second = cursor_u32(&c);
	uint32_t third = cursor_u32(&c);
	const uint8_t *source = cursor_bytes(&c, 4);
	const uint8_t *destination = cursor_bytes(&c, 4);
	size_t header = (first >> 24 & 15) * 4, total = first & UINT16_MAX;

	packet->hop_limit = (uint8_t)(third >> 24);
	packet->protocol = (uint8_t)(third >> 16);
	if (c.failed || first >> 28 != 4 || header < IP4_HEADER ||
	    total > event->length || total < header ||
	    (second & IP4_FRAGMENT) != 0)
		return COUNT_length;
	ip_set(&packet->source, 4, source);
	ip_set(&packet->destination, 4, destination);
	packet->header = event->bytes;
	c = cursor_over(event->bytes, total);
	cursor_bytes(&c, header);
	return packet_open_payload(&c, packet);
}

/*
 * Opens what EVENT_FRAME brought.  IPv4: bytes begin with the IP header.  IPv6:
 * they begin behind it, and the event has its fields.  Returns COUNTER_KINDS,
 * with at least a VRRP header in packet->message, which points into the event;
 * or else the counter of the refusal, and no virtual router to blame.
 */
static enum counter
packet_open(const struct event *event, struct packet *packet)
{
	struct cursor c = cursor_over(event->bytes, event->length);

	*packet = (struct packet){
		.source = event->source, .destination = event->destination,
		.hop_limit = event->hop_limit, .protocol = event->protocol,
	};
	if (event->family == 4)
		return packet_open_ip4(event, packet);
	return packet_open_payload(&c, packet);
}

/*
 * Makes an event for packet_open of what a frame carries, from the IP header
 * on: bytes[length].  False: it is neither VRRP nor AH over IP.
 */
static bool
frame_event(const uint8_t *bytes, size_t length, struct event *event)
{
	struct cursor c = cursor_over(bytes, length);
	const uint8_t *addresses;

	*event = (struct event){ .family = cursor_u8(&c) >> 4, .bytes = bytes,
	    .length = length };
	cursor_bytes(&c, event->family == 6 ? 5 : 8);
	event->protocol = cursor_u8(&c);
	if (event->family == 6) {
		event->hop_limit = cursor_u8(&c);
		addresses = cursor_bytes(&c, 32);
		if (c.failed)
			return false;
		ip_set(&event->source, 6, addresses);
		ip_set(&event->destination, 6, addresses + 16);
		event->length = cursor_left(&c);
		event->bytes = cursor_bytes(&c, event->length);
	}
	return !c.failed && ip_size(event->family) > 0 &&
	    (event->protocol == IPPROTO_VRRP_ ||
	    event->protocol == IPPROTO_AH_);
}

/* The VRID of a packet that packet_open has taken. */
static uint8_t
packet_vrid(const struct packet *packet)
{
	return packet->message[1];
}

/* -- judging advertisements -- */

/* What a check looks at; it may note in the advertisement what it found. */
struct advert_case {
	const struct conf_vr *conf;
	const struct packet *packet;
	struct advert	*advert;
};

/* The configured unicast peer with this address, or NULL. */
static const struct conf_peer *
peer_find(const struct conf_vr *conf, const struct ip *ip)
{
	for (size_t i = 0; i < conf->peer_count; i++) {
		if (ip_equal(&conf->peers[i].ip, ip))
			return &conf->peers[i];
	}
	return NULL;
}

/* R2: an authentication header where one is configured, and only there. */
static bool
advert_header_good(const struct advert_case *a)
{
	return a->packet->authenticated_header ==
	    (a->conf->auth_type == AUTH_AH);
}

/* R4: to our group; for unicast to no group, since the kernel checks ours. */
static bool
advert_destination_good(const struct advert_case *a)
{
	return a->conf->unicast ? !ip_is_multicast(&a->packet->destination) :
	    ip_equal(&a->packet->destination, &a->conf->destination);
}

/*
 * R7: not forwarded by a router (RFC 9568 5.1.1.3); for unicast within what
 * the line of the peer allows.
 */
static bool
advert_ttl_good(const struct advert_case *a)
{
	const struct conf_peer *peer;

	if (!a->conf->unicast)
		return a->packet->hop_limit == VRRP_TTL;
	peer = peer_find(a->conf, &a->packet->source);
	return peer == NULL || (a->packet->hop_limit >= peer->ttl_min &&
	    a->packet->hop_limit <= peer->ttl_max);
}

/* R5 and R8: our version. */
static bool
advert_version_good(const struct advert_case *a)
{
	return a->advert->version == a->conf->version;
}

/* R9: an advertisement; there is no other type (RFC 9568 5.2.2). */
static bool
advert_type_good(const struct advert_case *a)
{
	return a->advert->type == VRRP_ADVERTISEMENT;
}

/* Whether auth_hmac is configured and the advertisement has its trailer. */
static bool
advert_is_signed(const struct advert_case *a)
{
	return a->conf->hmac.keys.count > 0 && a->advert->trailer != NULL;
}

/* R10: exactly as long as its count of addresses makes it, and a trailer. */
static bool
advert_length_good(const struct advert_case *a)
{
	return a->packet->length == a->advert->length || advert_is_signed(a);
}

/* Whether the checksum is right over the message sent to `destination`. */
static bool
advert_sum_good(const struct advert_case *a, const struct ip *destination,
    bool plain)
{
	return checksum_finish(advert_sum(a->advert->version, plain,
	    &a->packet->source, destination, a->packet->message,
	    destination->family == 6 ? a->packet->length :
	    a->advert->length)) == 0;
}

/*
 * R11: the checksum, always.  Version 3 over IPv4 may be with pseudo-header or
 * without (D-1), and old keepalived put the group into it for unicast as well.
 * Elsewhere `plain` makes no other sum, and what was wrong stays wrong.
 */
static bool
advert_checksum_good(const struct advert_case *a)
{
	if (advert_sum_good(a, &a->packet->destination, false))
		return true;
	a->advert->plain = advert_sum_good(a, &a->packet->destination, true);
	return a->advert->plain || (a->conf->unicast &&
	    a->conf->old_checksum != OLD_REFUSED &&
	    a->packet->source.family == 4 &&
	    advert_sum_good(a, &ip_vrrp_group4, false));
}

/* R12: a trailer, where auth_hmac is enforced. */
static bool
advert_hmac_there(const struct advert_case *a)
{
	return a->conf->hmac.keys.count == 0 || a->advert->trailer != NULL ||
	    a->conf->hmac.mode != HMAC_ENFORCE;
}

/* R12: a trailer of the one type that there is. */
static bool
advert_hmac_formed(const struct advert_case *a)
{
	const uint8_t *trailer = a->advert->trailer;

	return !advert_is_signed(a) || (trailer[0] == HMAC_SHA256_128 &&
	    trailer[2] == 0 && trailer[3] == 0);
}

/* R12: with a key that we have: any, so that keys can be changed one by one. */
static bool
advert_hmac_key_known(const struct advert_case *a)
{
	return !advert_is_signed(a) ||
	    key_find(&a->conf->hmac.keys, a->advert->trailer[1]) != NULL;
}

/* R12: the HMAC itself.  Whether it was heard before is Policy's to know. */
static bool
advert_hmac_good(const struct advert_case *a)
{
	const uint8_t *trailer = a->advert->trailer;
	uint8_t tag[DIGEST_MAX];

	if (!advert_is_signed(a))
		return true;
	hmac_tag(key_find(&a->conf->hmac.keys, trailer[1]), &a->packet->source,
	    a->packet->message, a->advert->length, trailer, tag);
	return secret_equal(tag, trailer + HMAC_TAG, HMAC_TAG_LENGTH);
}

/* R13: a known type of authentication (RFC 2338 5.3.6). */
static bool
advert_auth_type_good(const struct advert_case *a)
{
	return a->advert->auth_type <= AUTH_AH;
}

/* R13: the type that we have; version 3 has none, and is read as none. */
static bool
advert_auth_same(const struct advert_case *a)
{
	return a->advert->auth_type == a->conf->auth_type;
}

/* The authentication header of a received packet that has one. */
static const uint8_t *
packet_ah(const struct packet *packet)
{
	return packet->message - AH_HEADER;
}

/*
 * R13: the authentication header: its ICV, and its SPI, which is the source as
 * keepalived has it.
 */
static bool
advert_ah_good(const struct advert_case *a)
{
	const struct packet *packet = a->packet;
	const uint8_t *header = packet->header, *ah = packet_ah(packet);
	uint8_t icv[DIGEST_MAX];

	if (header == NULL)
		return false;
	ah_icv(a->conf, header, (size_t)(ah - header),
	    (size_t)(packet->message + packet->length - header), icv);
	return secret_equal(icv, ah + AH_ICV, AH_HEADER - AH_ICV) &&
	    memcmp(ah + 4, packet->source.bytes, 4) == 0;
}

/* R13: the password, all of its 8 bytes; or the authentication header. */
static bool
advert_auth_good(const struct advert_case *a)
{
	if (a->advert->auth_type == AUTH_AH)
		return advert_ah_good(a);
	return a->advert->auth_type == AUTH_NONE || secret_equal(
	    a->advert->auth_data, a->conf->auth_pass, VRRP_AUTH_DATA);
}

/* R14: version 3 advertises at least one address (RFC 9568 5.2.5). */
static bool
advert_count_good(const struct advert_case *a)
{
	return a->advert->version == 2 || a->advert->count > 0;
}

/*
 * R14 and R15: version 2 has our interval (RFC 3768 7.1), version 3 any but 0,
 * which would make a Backup take over at once.
 */
static bool
advert_interval_good(const struct advert_case *a)
{
	return a->advert->version == 2 ?
	    a->advert->interval_us == a->conf->interval_us :
	    a->advert->interval_us > 0;
}

/*
 * R16: for unicast, a configured peer, unless that was turned off (D-9);
 * auth_hmac needs to know whose sequence it is.
 */
static bool
advert_peer_good(const struct advert_case *a)
{
	return !a->conf->unicast || (!a->conf->check_unicast_source &&
	    a->conf->hmac.keys.count == 0) ||
	    peer_find(a->conf, &a->packet->source) != NULL;
}

/*
 * The checks in their order, cheap ones first; those that read addresses and
 * authentication data rely on the length having been found right before.
 */
static const struct {
	bool		(*good)(const struct advert_case *);
	enum counter	counter;
} advert_checks[] = {
	{ advert_header_good,		COUNT_auth_mismatch },
	{ advert_destination_good,	COUNT_destination },
	{ advert_ttl_good,		COUNT_ttl },
	{ advert_version_good,		COUNT_version },
	{ advert_type_good,		COUNT_type },
	{ advert_length_good,		COUNT_length },
	{ advert_checksum_good,		COUNT_checksum },
	{ advert_hmac_there,		COUNT_hmac_missing },
	{ advert_hmac_formed,		COUNT_hmac_malformed },
	{ advert_hmac_key_known,	COUNT_hmac_key },
	{ advert_hmac_good,		COUNT_hmac_failed },
	{ advert_auth_type_good,	COUNT_auth_type },
	{ advert_auth_same,		COUNT_auth_mismatch },
	{ advert_auth_good,		COUNT_auth_failed },
	{ advert_count_good,		COUNT_count_zero },
	{ advert_interval_good,		COUNT_interval },
	{ advert_peer_good,		COUNT_not_peer },
};

/*
 * Reads a message without judging it.  What is behind the header is NULL when
 * the message is too short for it.
 */
static void
advert_decode(const struct packet *packet, struct advert *advert)
{
	struct cursor c = cursor_over(packet->message, packet->length);
	uint32_t first = cursor_u32(&c), second = cursor_u32(&c) >> 16;
	size_t addresses;

	*advert = (struct advert){
	    .version = (uint8_t)(first >> 28),
	    .type = first >> 24 & 15, .vrid = (uint8_t)(first >> 16),
	    .priority = (uint8_t)(first >> 8), .count = (uint8_t)first };
	if (advert->version == 2) {
		advert->auth_type = (uint8_t)(second >> 8);
		advert->interval_us = (second & 255) * (uint32_t)SECOND_US;
	} else {
		advert->interval_us = (second & INTERVAL_CS_MAX) *
		    (uint32_t)CS_US;
	}
	addresses = advert->count * ip_size(packet->source.family);
	advert->addresses = cursor_bytes(&c, addresses);
	advert->length = VRRP_HEADER + addresses;
	if (advert->version == 2) {
		advert->auth_data = cursor_bytes(&c, VRRP_AUTH_DATA);
		advert->length += VRRP_AUTH_DATA;
	}
	if (cursor_left(&c) == HMAC_TRAILER)
		advert->trailer = cursor_bytes(&c, HMAC_TRAILER);
}

/*
 * What makes an authentic packet another one than those before it: the 64 bits
 * of time and counter in its trailer, or the number in its authentication
 * header.
 */
static uint64_t
advert_sequence(const struct packet *packet, const struct advert *advert)
{
	bool ah = advert->trailer == NULL;
	struct cursor c = cursor_over(ah ? packet_ah(packet) + 8 :
	    advert->trailer + 4, 8);
	uint64_t first = cursor_u32(&c);

	return ah ? first : first << 32 | cursor_u32(&c);
}

/*
 * Reads and judges an advertisement for the virtual router that has its VRID:
 * checks R2 to R16, without R3 (our own source), replays, R6 and R17 (our
 * state), which the caller knows.  Returns COUNTER_KINDS when it is accepted,
 * else the counter of the first check that refuses it.  The advertisement
 * points into the packet.
 */
static enum counter
advert_check(const struct conf_vr *conf, const struct packet *packet,
    struct advert *advert)
{
	struct advert_case a = { conf, packet, advert };

	advert_decode(packet, advert);
	for (size_t i = 0; i < COUNT_OF(advert_checks); i++) {
		if (!advert_checks[i].good(&a))
			return advert_checks[i].counter;
	}
	return COUNTER_KINDS;
}

/*
 * Whether an accepted advertisement lists our addresses, in any order and each
 * as often as we do (R19): each of theirs uses up one of ours.  The search for
 * it begins where it is found at once if the order is the same.
 */
static bool
advert_addresses_match(const struct conf_vr *conf, const struct advert *advert)
{
	bool used[ADDRESSES_MAX] = { false };
	size_t size = ip_size(conf->family), count = conf->address_count;

	if (advert->count != count)
		return false;
	for (size_t i = 0; i < count; i++) {
		size_t k = i, tried = 0;

		while (tried < count && (used[k] ||
		    memcmp(conf->addresses[k].ip.bytes,
		    advert->addresses + i * size, size) != 0)) {
			k = (k + 1) % count;
			tried++;
		}
		if (tried == count)
			return false;
		used[k] = true;
	}
	return true;
}

/* -- announcing addresses, and hearing others do it -- */

/* ARP of IPv4 on Ethernet (RFC 826): types, and the lengths of addresses. */
static const uint8_t arp_head[] = { ETHERTYPE_ARP_ >> 8, ETHERTYPE_ARP_ & 255,
    0, ARP_ETHERNET, ETHERTYPE_IP4_ >> 8, 0, 6, 4 };

/*
 * Writes a gratuitous ARP request for an IPv4 address at `mac` (RFC 5227 3) as
 * an Ethernet frame to all.  Returns the length; 0 when it does not fit.
 */
static size_t
garp_encode(const struct ip *address, const uint8_t mac[6], uint8_t *buffer,
    size_t size)
{
	struct packer p = packer_over(buffer, size);

	packer_bytes(&p, mac_broadcast, 6);
	packer_bytes(&p, mac, 6);
	packer_bytes(&p, arp_head, sizeof(arp_head));
	packer_u16(&p, ARP_REQUEST_);
	packer_bytes(&p, mac, 6);
	packer_bytes(&p, address->bytes, 4);
	packer_bytes(&p, mac_broadcast, 6);
	packer_bytes(&p, address->bytes, 4);
	return p.failed ? 0 : packer_length(&p);
}

/*
 * Writes an unsolicited neighbour advertisement (RFC 4861 4.4, RFC 9568 6.4.2)
 * for an IPv6 address at `mac`, from that address, as an Ethernet frame to all
 * nodes.  Returns the length; 0 when it does not fit.
 */
static size_t
unsolicited_na_encode(const struct ip *address, const uint8_t mac[6],
    uint8_t *buffer, size_t size)
{
	struct packer p = packer_over(buffer, size);
	uint8_t *message;

	packer_bytes(&p, mac_all_nodes, 6);
	packer_bytes(&p, mac, 6);
	packer_u16(&p, ETHERTYPE_IP6_);
	packer_u32(&p, (uint32_t)6 << 28);
	packer_u32(&p, NA_LENGTH << 16 | IPPROTO_ICMP6_ << 8 | 255);
	packer_bytes(&p, address->bytes, 16);
	packer_bytes(&p, ip_all_nodes.bytes, 16);
	message = p.at;
	packer_u32(&p, (uint32_t)ICMP6_NA << 24);
	packer_u32(&p, NA_ROUTER | NA_OVERRIDE);
	packer_bytes(&p, address->bytes, 16);
	packer_u16(&p, ND_TARGET_MAC << 8 | 1);	/* in units of 8 bytes */
	packer_bytes(&p, mac, 6);
	if (p.failed)
		return 0;
	checksum_store(message + ICMP6_CHECKSUM, checksum_add(checksum_pseudo(
	    address, &ip_all_nodes, IPPROTO_ICMP6_, NA_LENGTH), message,
	    NA_LENGTH));
	return packer_length(&p);
}

/*
 * What the sender of an ARP frame, request or reply, says that it has.  False
 * for another frame and for a probe (RFC 5227 2.1.1), whose sender has nothing.
 */
static bool
claim_decode_arp(struct cursor *c, struct ip *address, uint8_t mac[6])
{
	const uint8_t *head, *sender_mac, *sender_ip;

	cursor_bytes(c, 12);			/* Ethernet addresses */
	head = cursor_bytes(c, sizeof(arp_head));
	cursor_u16(c);				/* operation */
	sender_mac = cursor_bytes(c, 6);
	sender_ip = cursor_bytes(c, 4);
	cursor_bytes(c, 10);			/* target */
	if (c->failed || memcmp(head, arp_head, sizeof(arp_head)) != 0 ||
	    memcmp(sender_ip, zero_bytes, 4) == 0)
		return false;
	ip_set(address, 4, sender_ip);
	memcpy(mac, sender_mac, 6);
	return true;
}

/*
 * What a neighbour advertisement says that its sender has.  False for another
 * message, and for one that gives no Ethernet address.
 */
static bool
claim_decode_na(struct cursor *c, struct ip *address, uint8_t mac[6])
{
	uint16_t type_code = cursor_u16(c);
	const uint8_t *target, *option;

	cursor_u16(c);				/* verified by the kernel */
	cursor_u32(c);				/* flags */
	target = cursor_bytes(c, 16);
	if (c->failed || type_code != ICMP6_NA << 8)
		return false;
	ip_set(address, 6, target);
	while (cursor_left(c) > 0) {
		uint8_t type = cursor_u8(c), units = cursor_u8(c);

		option = units == 0 ? NULL :
		    cursor_bytes(c, (size_t)units * 8 - 2);
		if (option == NULL)
			return false;
		if (type == ND_TARGET_MAC && units == 1) {
			memcpy(mac, option, 6);
			return !ip_is_multicast(address);
		}
	}
	return false;
}

/*
 * Reads from EVENT_NEIGHBOUR which address somebody claims, and at which MAC.
 * IPv4: bytes are an Ethernet frame.  IPv6: an ICMPv6 message, whose hop limit
 * must show that no router forwarded it (RFC 4861 7.1.2).  False when there is
 * no claim in it; address and mac are then undefined.
 */
static bool
claim_decode(const struct event *event, struct ip *address, uint8_t mac[6])
{
	struct cursor c = cursor_over(event->bytes, event->length);

	if (event->family == 4)
		return claim_decode_arp(&c, address, mac);
	return event->hop_limit == 255 && claim_decode_na(&c, address, mac);
}

/* -- built-in checks: what they send and what they get -- */

/* Appends the request of an http check (RFC 9112 3). */
static void
http_request(struct text *t, const struct conf_check *check)
{
	bool ip6 = check->ip.family == 6;

	text_format(t, "GET %s HTTP/1.1\r\nHost: %s%p%s:%u\r\n"
	    "User-Agent: vrrpd/" VRRPD_VERSION "\r\nAccept: */*\r\n"
	    "Connection: close\r\n\r\n", check->path, ip6 ? "[" : "",
	    IP(check->ip), ip6 ? "]" : "", check->port);
}

/*
 * The status at the start of an answer, "HTTP/1.1 200 OK" (RFC 9112 4): -1
 * while more of it is needed, 0 when it is nothing of the kind.
 */
static int
http_status(const uint8_t *bytes, size_t length)
{
	static const char shape[] = "HTTP/0.0 000 ";	/* 0: any digit */
	int status = 0;

	for (size_t i = 0; i < sizeof(shape) - 1; i++) {
		bool digit;

		if (i == length)
			return -1;
		digit = bytes[i] >= '0' && bytes[i] <= '9';
		if (i == sizeof(shape) - 2 && (bytes[i] == '\r' ||
		    bytes[i] == '\n'))
			break;
		if (shape[i] == '0' ? !digit : bytes[i] != shape[i])
			return 0;
		if (i > 8 && digit)
			status = 10 * status + bytes[i] - '0';
	}
	return status;
}

/*
 * Writes an echo request (RFC 792, RFC 4443 4.1) that no other has: of process
 * `sender`, with this number.  The kernel puts in the checksum of ICMPv6.
 */
static void
ping_encode(uint8_t family, uint32_t sender, uint32_t number,
    uint8_t request[PING_LENGTH])
{
	struct packer p = packer_over(request, PING_LENGTH);

	packer_u32(&p, (family == 6 ? (uint32_t)ICMP6_ECHO : ICMP4_ECHO) << 24);
	packer_u32(&p, sender << 16 | (number & 0xffff));
	packer_u32(&p, sender);
	packer_u32(&p, number);
	if (family != 6)
		checksum_store(request + 2, checksum_add(0, request,
		    PING_LENGTH));
}

/* Whether a packet, over IPv4 with its header, answers an echo request. */
static bool
ping_answers(uint8_t family, const uint8_t *bytes, size_t length,
    const uint8_t request[PING_LENGTH])
{
	size_t header = family == 6 || length == 0 ? 0 :
	    (size_t)(bytes[0] & 0xf) * 4;

	if (length < header + PING_LENGTH)
		return false;
	bytes += header;
	return bytes[0] == (family == 6 ? ICMP6_ECHO + 1 : 0) &&
	    bytes[1] == 0 && memcmp(bytes + 4, request + 4, PING_LENGTH - 4) ==
	    0 && (family == 6 || checksum_finish(checksum_add(0, bytes,
	    length - header)) == 0);
}

/* -- BFD (RFC 5880 4.1) -- */

/*
 * Reads a control packet: BFD_TAKEN, or which of those checks of RFC 5880 6.8.6
 * refuses it that need no session.  What follows its Length is not looked at.
 */
static enum bfd_counter
bfd_decode(const uint8_t *bytes, size_t length, struct bfd_packet *packet)
{
	struct cursor c = cursor_over(bytes, length);
	uint8_t version = cursor_u8(&c), flags = cursor_u8(&c), total;

	packet->diagnostic = version & 0x1f;
	packet->state = flags >> 6;
	packet->flags = flags & 0x3f;
	packet->multiplier = cursor_u8(&c);
	total = cursor_u8(&c);
	packet->mine = cursor_u32(&c);
	packet->yours = cursor_u32(&c);
	packet->min_tx_us = cursor_u32(&c);
	packet->min_rx_us = cursor_u32(&c);
	if (version >> 5 != 1)
		return BFD_VERSION;
	if (total < BFD_LENGTH + (flags & BFD_AUTHENTICATED ? 2 : 0))
		return BFD_TOO_SHORT;
	if (total > length)
		return BFD_CUT;
	if (packet->multiplier == 0)
		return BFD_MULTIPLIER;
	if (flags & BFD_MULTIPOINT)
		return BFD_POINTS;
	if (packet->mine == 0)
		return BFD_NOT_MINE;
	return packet->yours == 0 && packet->state > BFD_DOWN ?
	    BFD_NOT_YOURS : BFD_TAKEN;
}

/*
 * Writes a control packet in UDP, and over IPv4 in IP, from `source` to the
 * neighbour; the port it comes from is the session's own (RFC 5881 section 4).
 * The kernel puts in a source of family 0; the UDP checksum is then left out
 * (RFC 768), and over IPv6 it is the kernel's.  Returns the length.
 */
static size_t
bfd_encode(const struct conf_bfd *conf, const struct ip *source,
    const struct bfd_packet *what, uint8_t *buffer, size_t size)
{
	const uint32_t words[] = { (BFD_SOURCE_PORT + what->mine %
	    BFD_SOURCE_PORTS) << 16 | (conf->multihop ? BFD_PORT_HOPS :
	    BFD_PORT), (uint32_t)BFD_DATAGRAM << 16,
	    (uint32_t)(1 << 5 | what->diagnostic) << 24 |
	    (uint32_t)(what->state << 6 | what->flags) << 16 |
	    (uint32_t)what->multiplier << 8 | BFD_LENGTH,
	    what->mine, what->yours, what->min_tx_us, what->min_rx_us,
	    0 };				/* no echoes */
	uint8_t datagram[BFD_DATAGRAM];
	struct packer p = packer_over(datagram, sizeof(datagram));
	struct packet packet = { .source = *source,
	    .destination = conf->neighbor, .hop_limit = conf->hop_limit,
	    .protocol = IPPROTO_UDP_, .message = datagram,
	    .length = sizeof(datagram) };

	for (size_t i = 0; i < COUNT_OF(words); i++)
		packer_u32(&p, words[i]);
	if (conf->neighbor.family == 4) {
		if (source->family != 0)
			checksum_store(datagram + UDP_CHECKSUM, checksum_add(
			    checksum_pseudo(source, &conf->neighbor,
			    IPPROTO_UDP_, sizeof(datagram)), datagram,
			    sizeof(datagram)));
		return ip4_encode(&packet, 0, buffer, size);
	}
	p = packer_over(buffer, size);
	packer_bytes(&p, datagram, sizeof(datagram));
	return packer_length(&p);
}

/* ==== 3. Netlink ==== */
/*
 * The kernel's messages about links and addresses (rtnetlink(7)), and our
 * requests to it, as bytes.  Their numbers are in the byte order of the
 * machine, addresses in network order; everything begins at multiples of 4.
 *
 * Promises: reading comes to an end, whatever the bytes are, since every step
 * takes at least a header; nothing is read behind the message or the attribute
 * in hand.  A reader that finds its message broken leaves body.failed set, one
 * that finds a sound message about something else does not.
 *
 * Never: a socket.  Whether a datagram came from the kernel, World knows;
 * which messages matter, Router.
 */

/* -- reading -- */

/* The next two bytes in the machine's order; 0 when there are fewer. */
static uint16_t
cursor_u16_native(struct cursor *c)
{
	uint16_t value = 0;
	const uint8_t *bytes = cursor_bytes(c, sizeof(value));

	if (bytes != NULL)
		memcpy(&value, bytes, sizeof(value));
	return value;
}

/* The next four bytes in the machine's order; 0 when there are fewer. */
static uint32_t
cursor_u32_native(struct cursor *c)
{
	uint32_t value = 0;
	const uint8_t *bytes = cursor_bytes(c, sizeof(value));

	if (bytes != NULL)
		memcpy(&value, bytes, sizeof(value));
	return value;
}

/*
 * Splits off what a header that states `length` is before: the header, of
 * `header` bytes, has been read.  Also steps over the padding, which the last
 * piece may lack.  A length that cannot be fails the cursor.
 */
static struct cursor
nl_split(struct cursor *c, size_t length, size_t header)
{
	size_t padding = -length % NLMSG_ALIGNTO;
	const uint8_t *bytes;

	if (length < header)
		c->failed = true;
	bytes = cursor_bytes(c, length - header);
	if (bytes == NULL)
		return (struct cursor){ .failed = true };
	if (padding > cursor_left(c))
		padding = cursor_left(c);
	cursor_bytes(c, padding);
	return cursor_over(bytes, length - header);
}

/*
 * Reads the next message of a datagram.  False at its end; datagram->failed
 * tells whether that end was a broken message.
 */
static bool
nl_next(struct cursor *datagram, struct nl_message *message)
{
	uint32_t length;

	if (cursor_left(datagram) == 0)
		return false;
	length = cursor_u32_native(datagram);
	message->type = cursor_u16_native(datagram);
	message->flags = cursor_u16_native(datagram);
	message->seq = cursor_u32_native(datagram);
	message->port = cursor_u32_native(datagram);
	message->body = nl_split(datagram, length,
	    sizeof(struct nlmsghdr));
	return !datagram->failed;
}

/*
 * Reads the next attribute: its type, without the flags for nesting and byte
 * order, and its value.  False at the end; c->failed tells of a broken one.
 */
static bool
nl_attribute_next(struct cursor *c, uint16_t *type, struct cursor *value)
{
	uint16_t length;

	if (cursor_left(c) == 0)
		return false;
	length = cursor_u16_native(c);
	*type = (uint16_t)(cursor_u16_native(c) & NLA_TYPE_MASK);
	*value = nl_split(c, length, sizeof(struct nlattr));
	return !c->failed;
}

/* Reads an interface name, with or without its NUL, cut to 15 bytes. */
static void
nl_link_name(struct cursor *value, char name[16])
{
	size_t length = cursor_left(value);
	const uint8_t *bytes = cursor_bytes(value, length);

	memset(name, 0, 16);
	memcpy(name, bytes, length < 15 ? length : 15);
}

/* Reads a link address: 6 bytes on Ethernet, up to 32 elsewhere. */
static void
nl_link_mac(struct cursor *value, struct nl_link *link)
{
	size_t length = cursor_left(value);
	const uint8_t *bytes = cursor_bytes(value, length);

	link->mac_length = (uint8_t)(length > UINT8_MAX ? UINT8_MAX : length);
	memcpy(link->mac, bytes, length < 6 ? length : 6);
}

/* How our links are marked; behind it, how those settings of the base were. */
static const char link_mark[] = "vrrpd arp_ignore,arp_announce=";

/* Reads an interface's alias: whether it is our mark, and with what in it. */
static void
nl_link_alias(struct cursor *value, struct nl_link *link)
{
	const uint8_t *mark = cursor_bytes(value, sizeof(link_mark) - 1);
	const uint8_t *digits = cursor_bytes(value, SETTINGS_MARKED);

	for (int i = 0; i < SETTINGS_MARKED && mark != NULL && digits != NULL &&
	    memcmp(mark, link_mark, sizeof(link_mark) - 1) == 0; i++)
		link->before[i] = (int8_t)((digits[i] - '0') & 7);
	value->failed = false;		/* others write there what they like */
}

/*
 * The value of an attribute of a type among others, of several the last, as
 * the kernel has it; none: failed.
 */
static struct cursor
nl_attribute_find(const struct cursor *attributes, uint16_t wanted)
{
	struct cursor rest = *attributes, value, found = { .failed = true };
	uint16_t type;

	while (nl_attribute_next(&rest, &type, &value)) {
		if (type == wanted)
			found = value;
	}
	return found;
}

/* The kinds of links by the kernel's names. */
static const char *const link_kinds[] = {
	[LINK_MACVLAN] = "macvlan", [LINK_IPVLAN] = "ipvlan", [LINK_VRF] = "vrf"
};

_Static_assert((int)IFLA_MACVLAN_MODE == (int)IFLA_VRF_TABLE,
    "one attribute tells of both");

/* Reads IFLA_LINKINFO: of what kind the link is, its mode or its table. */
static void
nl_link_info(const struct cursor *value, struct nl_link *link)
{
	struct cursor kind = nl_attribute_find(value, IFLA_INFO_KIND);
	struct cursor data = nl_attribute_find(value, IFLA_INFO_DATA);
	struct cursor detail = nl_attribute_find(&data, IFLA_MACVLAN_MODE);
	size_t length = cursor_left(&kind);
	const uint8_t *name = cursor_bytes(&kind, length);

	for (uint8_t i = LINK_MACVLAN; i < COUNT_OF(link_kinds); i++) {
		if (length == strlen(link_kinds[i]) + 1 &&
		    memcmp(name, link_kinds[i], length) == 0)
			link->kind = i;
	}
	if (link->kind == LINK_MACVLAN)
		link->mode = cursor_u32_native(&detail);
	else if (link->kind == LINK_VRF)
		link->table = cursor_u32_native(&detail);
}

/*
 * The settings by their numbers in the kernel's array, and what we need.  With
 * arp_ignore 1 an interface answers for its own addresses alone; with
 * arp_announce 2 it asks with none but those, or it would announce a virtual
 * address with its own MAC.
 */
static const struct {
	uint8_t		number, value;
} settings4[SETTINGS4] = {
	[SET_ARP_IGNORE] = { IPV4_DEVCONF_ARP_IGNORE, 1 },
	[SET_ARP_ANNOUNCE] = { IPV4_DEVCONF_ARP_ANNOUNCE, 2 },
	[SET_PROMOTE] = { IPV4_DEVCONF_PROMOTE_SECONDARIES, 1 },
};

/* Reads IFLA_AF_SPEC: what the sysctl(8)s of the interface are set to. */
static void
nl_link_settings(const struct cursor *value, struct nl_link *link)
{
	struct cursor inet = nl_attribute_find(value, NL_FAMILY_4);
	struct cursor array = nl_attribute_find(&inet, IFLA_INET_CONF);

	for (size_t i = 0; i < SETTINGS4; i++) {
		struct cursor at = array;
		uint32_t number;

		cursor_bytes(&at, 4 * ((size_t)settings4[i].number - 1));
		number = cursor_u32_native(&at);
		if (!at.failed && number <= INT8_MAX)
			link->settings[i] = (int8_t)number;
	}
}

/* Takes one attribute of a link; a value too short for it fails. */
static void
nl_link_attribute(uint16_t type, struct cursor *value, struct nl_link *link)
{
	if (type == IFLA_IFNAME)
		nl_link_name(value, link->name);
	else if (type == IFLA_ADDRESS)
		nl_link_mac(value, link);
	else if (type == IFLA_MTU)
		link->mtu = cursor_u32_native(value);
	else if (type == IFLA_LINK)
		link->lower = cursor_u32_native(value);
	else if (type == IFLA_MASTER)
		link->master = cursor_u32_native(value);
	else if (type == IFLA_IFALIAS)
		nl_link_alias(value, link);
	else if (type == IFLA_LINKINFO)
		nl_link_info(value, link);
	else if (type == IFLA_AF_SPEC)
		nl_link_settings(value, link);
}

/*
 * Reads RTM_NEWLINK or RTM_DELLINK.  False when it is broken, body.failed then
 * being set, and when it is not about a link as such: a port that leaves a
 * bridge is reported as RTM_DELLINK too, with the bridge's address family.
 */
static bool
nl_link_parse(struct nl_message *message, struct nl_link *link)
{
	struct cursor *c = &message->body, value;
	uint8_t family = cursor_u8(c);
	uint16_t type;

	*link = (struct nl_link){ .before = { UNKNOWN, UNKNOWN },
	    .settings = { UNKNOWN, UNKNOWN, UNKNOWN } };
	cursor_u8(c);				/* padding */
	link->type = cursor_u16_native(c);
	link->ifindex = cursor_u32_native(c);
	link->flags = cursor_u32_native(c);
	cursor_u32_native(c);			/* which flags changed */
	while (nl_attribute_next(c, &type, &value)) {
		nl_link_attribute(type, &value, link);
		c->failed = value.failed;
	}
	return !c->failed && family == 0;
}

/* Reads an address of a family; one of family 0 if there is not so much. */
static void
nl_ip(struct cursor *value, uint8_t family, struct ip *ip)
{
	ip_set(ip, family, cursor_bytes(value, ip_size(family)));
}

/* Takes one attribute of an address; a value too short for it fails. */
static void
nl_address_attribute(uint16_t type, struct cursor *value, uint8_t family,
    struct nl_address *address, struct ip *local)
{
	if (type == IFA_ADDRESS) {
		nl_ip(value, family, &address->ip);
	} else if (type == IFA_LOCAL) {
		nl_ip(value, family, local);
	} else if (type == IFA_FLAGS) {
		address->flags = cursor_u32_native(value);
	} else if (type == IFA_PROTO_) {
		address->protocol = cursor_u8(value);
		address->has_protocol = true;
	}
}

/*
 * Reads RTM_NEWADDR or RTM_DELADDR.  Of a point-to-point pair it takes our end
 * (IFA_LOCAL).  False when it is broken, body.failed then being set, and when
 * it gives no IPv4 or IPv6 address.
 */
static bool
nl_address_parse(struct nl_message *message, struct nl_address *address)
{
	struct cursor *c = &message->body, value;
	uint8_t number = cursor_u8(c);
	uint8_t family = number == NL_FAMILY_6 ? 6 :
	    number == NL_FAMILY_4 ? 4 : 0;
	struct ip local = { .family = 0 };
	uint16_t type;

	*address = (struct nl_address){ .ifindex = 0 };
	address->prefix = cursor_u8(c);
	address->flags = cursor_u8(c);
	cursor_u8(c);				/* scope */
	address->ifindex = cursor_u32_native(c);
	while (nl_attribute_next(c, &type, &value)) {
		nl_address_attribute(type, &value, family, address, &local);
		c->failed = value.failed;
	}
	if (local.family != 0)
		address->ip = local;
	return !c->failed && address->ip.family != 0;
}

/*
 * Reads what NLMSG_ERROR says, or the NLMSG_DONE that ends a dump: 0 for
 * success, an errno value, or -1 for a broken message.
 */
static int
nl_error_parse(struct nl_message *message)
{
	uint32_t code = cursor_u32_native(&message->body);

	if (message->body.failed || -code > NL_ERROR_MAX)
		return -1;
	return (int)-code;
}

/*
 * Reads what the kernel tells of processes by connector(7).  News of threads,
 * whose number is not their process's, are none: what is 0 then.
 */
static struct process_news
nl_process_parse(struct nl_message *message)
{
	struct cursor *c = &message->body;
	struct process_news news;
	uint32_t thread;

	cursor_bytes(c, CN_HEADER);
	news.what = cursor_u32_native(c);
	cursor_bytes(c, CN_EVENT_HEADER - sizeof(news.what));
	if (news.what == PROCESS_FORK)
		cursor_u32_native(c);		/* thread that forked */
	news.parent = news.what == PROCESS_FORK ? cursor_u32_native(c) : 0;
	thread = cursor_u32_native(c);
	news.pid = cursor_u32_native(c);
	if (c->failed || thread != news.pid)
		news.what = 0;
	return news;
}

/* Whether one of a route's next hops works; RTA_MULTIPATH. */
static bool
nl_hops_work(struct cursor *value)
{
	bool work = false;

	while (cursor_left(value) > 0) {
		uint16_t length = cursor_u16_native(value);
		uint8_t flags = cursor_u8(value);

		cursor_bytes(value, sizeof(struct rtnexthop) - 3);
		(void)nl_split(value, length, sizeof(struct rtnexthop));
		work = work || (!value->failed &&
		    (flags & (RTNH_F_DEAD | RTNH_F_LINKDOWN)) == 0);
	}
	return work;
}

/*
 * Whether RTM_NEWROUTE tells of a route to just this prefix that packets can
 * take: in the main table, to somewhere, by a link that works.
 */
static bool
nl_route_serves(struct nl_message *message, const struct ip *ip,
    uint8_t prefix)
{
	struct cursor *c = &message->body, value;
	uint8_t family = cursor_u8(c), length = cursor_u8(c), table, type;
	struct ip to = { .family = ip->family };
	uint32_t flags, in_table;
	uint16_t attribute;
	bool works;

	cursor_bytes(c, 2);			/* source, TOS */
	table = cursor_u8(c);
	cursor_bytes(c, 2);			/* protocol, scope */
	type = cursor_u8(c);
	flags = cursor_u32_native(c);
	in_table = table;
	works = (flags & (RTNH_F_DEAD | RTNH_F_LINKDOWN)) == 0;
	while (nl_attribute_next(c, &attribute, &value)) {
		if (attribute == RTA_DST &&
		    cursor_left(&value) == ip_size(ip->family))
			nl_ip(&value, ip->family, &to);
		else if (attribute == RTA_TABLE)
			in_table = cursor_u32_native(&value);
		else if (attribute == RTA_MULTIPATH)
			works = nl_hops_work(&value);
	}
	return !c->failed && works && in_table == RT_TABLE_MAIN &&
	    family == (ip->family == 6 ? NL_FAMILY_6 : NL_FAMILY_4) &&
	    length == prefix && type == RTN_UNICAST &&
	    (flags & RTM_F_CLONED) == 0 && ip_equal(&to, ip);
}

/* -- writing -- */

/* Appends a message's header; its length stays 0 until nl_finish. */
static void
nl_begin(struct packer *p, uint16_t type, uint16_t flags, uint32_t seq)
{
	struct nlmsghdr header = { .nlmsg_type = type,
	    .nlmsg_flags = NLM_F_REQUEST | flags, .nlmsg_seq = seq };

	packer_bytes(p, &header, sizeof(header));
}

/*
 * Puts the length of a message that began at `start' into its header; returns
 * it, or 0 if anything did not fit.
 */
static size_t
nl_end(struct packer *p, uint8_t *start)
{
	uint32_t length = (uint32_t)(p->at - start);

	if (p->failed)
		return 0;
	memcpy(start, &length, sizeof(length));
	return length;
}

/* Ends the only message; as nl_end. */
static size_t
nl_finish(struct packer *p)
{
	return nl_end(p, p->start);
}

/* Appends an attribute with value[length], padded to a multiple of 4. */
static void
nl_attribute(struct packer *p, uint16_t type, const void *value, size_t length)
{
	struct nlattr header = { .nla_type = type,
	    .nla_len = (uint16_t)(sizeof(header) + length) };

	packer_bytes(p, &header, sizeof(header));
	packer_bytes(p, value, length);
	packer_bytes(p, zero_bytes, -length % NLMSG_ALIGNTO);
}

/*
 * Writes a request for all links (RTM_GETLINK), addresses (RTM_GETADDR), routes
 * with our mark (RTM_GETROUTE) or rules (RTM_GETRULE).  The body is the one
 * that strict checking wants; only with that are routes chosen by their mark.
 * Returns the length; 0 when it does not fit.
 */
static size_t
nl_dump_request(uint8_t *buffer, size_t size, uint16_t type, uint32_t seq)
{
	uint8_t body[sizeof(struct ifinfomsg)] = { 0 };	/* the longest */
	struct packer p = packer_over(buffer, size);

	if (type == RTM_GETROUTE)
		body[offsetof(struct rtmsg, rtm_protocol)] =
		    KEEPALIVED_PROTOCOL;
	nl_begin(&p, type, NLM_F_DUMP, seq);
	packer_bytes(&p, body, type == RTM_GETLINK ? sizeof(body) :
	    type == RTM_GETADDR ? sizeof(struct ifaddrmsg) :
	    type == RTM_GETROUTE ? sizeof(struct rtmsg) :
	    sizeof(struct fib_rule_hdr));
	return nl_finish(&p);
}

/* Writes a request for all routes of a family; as nl_dump_request. */
static size_t
nl_routes_request(uint8_t *buffer, size_t size, uint8_t family)
{
	struct rtmsg body = { .rtm_family = family == 6 ? NL_FAMILY_6 :
	    NL_FAMILY_4, .rtm_table = RT_TABLE_MAIN };
	struct packer p = packer_over(buffer, size);

	nl_begin(&p, RTM_GETROUTE, NLM_F_DUMP, 1);
	packer_bytes(&p, &body, sizeof(body));
	return nl_finish(&p);
}

/* Writes what begins or ends the news of processes; as nl_dump_request. */
static size_t
nl_process_request(uint8_t *buffer, size_t size, uint32_t what)
{
	static const uint32_t head[4] = { CN_PROCESSES, CN_PROCESSES };
	uint16_t length[2] = { sizeof(what), 0 };
	struct packer p = packer_over(buffer, size);

	nl_begin(&p, NLMSG_DONE, 0, 0);
	packer_bytes(&p, head, sizeof(head));
	packer_bytes(&p, length, sizeof(length));
	packer_bytes(&p, &what, sizeof(what));
	return nl_finish(&p);
}

/* Begins an attribute that holds others: what nl_nest_end must be told. */
static uint8_t *
nl_nest(struct packer *p, uint16_t type)
{
	uint8_t *start = p->at;

	nl_attribute(p, type, NULL, 0);
	return start;
}

/* Ends an attribute that holds others: its length is known now. */
static void
nl_nest_end(struct packer *p, uint8_t *start)
{
	uint16_t length = (uint16_t)(p->at - start);

	if (!p->failed)
		memcpy(start, &length, sizeof(length));
}

/*
 * Begins a request about a link: by its ifindex or, that being 0, by its name.
 * `change` says which of the flags (IFF_*) count.
 */
static struct packer
nl_link_begin(uint8_t *buffer, size_t size, uint16_t type, uint32_t seq,
    uint32_t ifindex, const char *name, uint32_t flags, uint32_t change)
{
	struct packer p = packer_over(buffer, size);
	struct ifinfomsg body = { .ifi_index = (int)ifindex,
	    .ifi_flags = flags, .ifi_change = change };

	nl_begin(&p, type, 0, seq);
	packer_bytes(&p, &body, sizeof(body));
	if (ifindex == 0 && name != NULL)
		nl_attribute(&p, IFLA_IFNAME, name, strlen(name) + 1);
	return p;
}

/* Appends of what kind a link is to be, and how it is to work. */
static void
nl_link_describe(struct packer *p, const struct conf_vmac *vmac)
{
	uint32_t vepa = MACVLAN_MODE_VEPA;
	uint16_t l2 = IPVLAN_MODE_L2, flags = vmac->mode;
	const char *kind = link_kinds[vmac->kind];
	uint8_t *info = nl_nest(p, IFLA_LINKINFO), *data;

	nl_attribute(p, IFLA_INFO_KIND, kind, strlen(kind) + 1);
	data = nl_nest(p, IFLA_INFO_DATA);
	if (vmac->kind == LINK_MACVLAN) {
		nl_attribute(p, IFLA_MACVLAN_MODE, &vepa, sizeof(vepa));
	} else {
		nl_attribute(p, IFLA_IPVLAN_MODE, &l2, sizeof(l2));
		nl_attribute(p, IFLA_IPVLAN_FLAGS, &flags, sizeof(flags));
	}
	nl_nest_end(p, data);
	nl_nest_end(p, info);
}

/*
 * Writes a request to make a link above `base`; it is down.  A macvlan is of
 * mode vepa: one of mode private would hide from the base what another Active
 * sends from the same MAC, and would have to join the group itself, with that
 * MAC (D-8).  Returns the length; 0 when it does not fit.
 */
static size_t
nl_link_create(uint8_t *buffer, size_t size, const struct conf_vmac *vmac,
    uint32_t base, uint32_t seq)
{
	struct packer p = packer_over(buffer, size);

	nl_begin(&p, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, seq);
	packer_bytes(&p, zero_bytes, sizeof(struct ifinfomsg));
	nl_attribute(&p, IFLA_IFNAME, vmac->name, strlen(vmac->name) + 1);
	nl_attribute(&p, IFLA_LINK, &base, sizeof(base));
	if (vmac->kind == LINK_MACVLAN)
		nl_attribute(&p, IFLA_ADDRESS, vmac->mac, 6);
	if (vmac->group != 0)
		nl_attribute(&p, IFLA_GROUP, &vmac->group,
		    sizeof(vmac->group));
	nl_link_describe(&p, vmac);
	return nl_finish(&p);
}

/* Appends IPv4 settings (IPV4_DEVCONF_*): pairs of a number and a value. */
static void
nl_link_settings4(struct packer *p, const uint8_t *pairs, size_t count)
{
	uint8_t *spec = nl_nest(p, IFLA_AF_SPEC);
	uint8_t *inet = nl_nest(p, NL_FAMILY_4);
	uint8_t *array = nl_nest(p, IFLA_INET_CONF);

	for (size_t i = 0; i < count; i++) {
		uint32_t value = pairs[2 * i + 1];

		nl_attribute(p, pairs[2 * i], &value, sizeof(value));
	}
	nl_nest_end(p, array);
	nl_nest_end(p, inet);
	nl_nest_end(p, spec);
}

/* Appends that the kernel gives the link no IPv6 address (RFC 9568 7.4). */
static void
nl_link_no_eui64(struct packer *p)
{
	uint8_t none = IN6_ADDR_GEN_MODE_NONE;
	uint8_t *spec = nl_nest(p, IFLA_AF_SPEC);
	uint8_t *inet6 = nl_nest(p, NL_FAMILY_6);

	nl_attribute(p, IFLA_INET6_ADDR_GEN_MODE, &none, sizeof(none));
	nl_nest_end(p, inet6);
	nl_nest_end(p, spec);
}

/* The kernel's flags for those of the configuration. */
static uint32_t
nl_address_flags(const struct conf_address *address)
{
	static const struct {
		uint16_t	ours;
		uint32_t	kernel;
	} flags[] = {
		{ ADDRESS_HOME,			IFA_F_HOMEADDRESS },
		{ ADDRESS_MNGTMPADDR,		IFA_F_MANAGETEMPADDR },
		{ ADDRESS_NOPREFIXROUTE,	IFA_F_NOPREFIXROUTE },
		{ ADDRESS_AUTOJOIN,		IFA_F_MCAUTOJOIN },
	};
	uint32_t all = 0;

	if (address->ip.family == 6 && (address->flags & ADDRESS_DAD) == 0)
		all |= IFA_F_NODAD;
	for (size_t i = 0; i < COUNT_OF(flags); i++) {
		if ((address->flags & flags[i].ours) != 0)
			all |= flags[i].kernel;
	}
	return all;
}

/*
 * Appends for how long the address is preferred; it is valid for ever.  An
 * IPv6 /128 is deprecated from the start unless the configuration says
 * otherwise, so that nothing chooses it as a source.
 */
static void
nl_address_lifetime(struct packer *p, const struct conf_address *address)
{
	struct ifa_cacheinfo lifetime = { .ifa_prefered = UINT32_MAX,
	    .ifa_valid = UINT32_MAX };

	if ((address->flags & ADDRESS_PREFERRED) != 0)
		lifetime.ifa_prefered = address->preferred_s;
	else if (address->prefix == 128)
		lifetime.ifa_prefered = 0;
	if (lifetime.ifa_prefered != UINT32_MAX)
		nl_attribute(p, IFA_CACHEINFO, &lifetime, sizeof(lifetime));
}

/*
 * Appends the broadcast address: as given, or the last ("brd +") or first
 * ("brd -") address of the network of `remote`, if it is large enough for one.
 */
static void
nl_address_broadcast(struct packer *p, const struct conf_address *address,
    const struct ip *remote, uint8_t prefix)
{
	struct ip broadcast = *remote;

	if ((address->flags & ADDRESS_BROADCAST) != 0) {
		nl_attribute(p, IFA_BROADCAST, address->more->broadcast.bytes,
		    4);
		return;
	}
	if ((address->flags & (ADDRESS_BROADCAST_ONES |
	    ADDRESS_BROADCAST_ZEROS)) == 0 || prefix > 30)
		return;
	for (uint8_t bit = prefix; bit < 32; bit++) {
		uint8_t mask = (uint8_t)(0x80 >> bit % 8);

		if ((address->flags & ADDRESS_BROADCAST_ONES) != 0)
			broadcast.bytes[bit / 8] |= mask;
		else
			broadcast.bytes[bit / 8] &= (uint8_t)~mask;
	}
	nl_attribute(p, IFA_BROADCAST, broadcast.bytes, 4);
}

/* Appends what only a request to add an address says of it. */
static void
nl_address_details(struct packer *p, const struct conf_address *address,
    const struct ip *remote, uint8_t prefix, uint8_t protocol)
{
	uint32_t flags = nl_address_flags(address);

	if (address->ip.family == 4) {
		nl_address_broadcast(p, address, remote, prefix);
		if (address->more != NULL && address->more->label != NULL)
			nl_attribute(p, IFA_LABEL, address->more->label,
			    strlen(address->more->label) + 1);
	}
	nl_attribute(p, IFA_FLAGS, &flags, sizeof(flags));
	nl_address_lifetime(p, address);
	if (protocol != 0)
		nl_attribute(p, IFA_PROTO_, &protocol, sizeof(protocol));
}

/*
 * Writes a request to add an address to an interface, or to remove it.  Adding
 * changes nothing that is there: the kernel then answers EEXIST, for IPv6 also
 * when the prefix is another one.  To replace instead would put our protocol
 * number on an address that somebody else set, and we would remove it as ours.
 * protocol 0: none.  There is no answer to a request that succeeds.  Returns
 * the length; 0 when it does not fit.
 */
static size_t
nl_address_request(uint8_t *buffer, size_t size, bool add,
    const struct conf_address *address, uint32_t ifindex, uint32_t seq,
    uint8_t protocol)
{
	struct packer p = packer_over(buffer, size);
	bool has_peer = (address->flags & ADDRESS_PEER) != 0;
	const struct ip *remote = has_peer ? &address->more->peer :
	    &address->ip;
	size_t length = ip_size(address->ip.family);
	struct ifaddrmsg body = {
		.ifa_family = address->ip.family == 6 ? NL_FAMILY_6 :
		    NL_FAMILY_4,
		.ifa_prefixlen = has_peer ? address->more->peer_prefix :
		    address->prefix,
		.ifa_scope = (address->flags & ADDRESS_SCOPE) != 0 ?
		    address->scope : RT_SCOPE_UNIVERSE,
		.ifa_index = ifindex,
	};

	if (add)
		nl_begin(&p, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, seq);
	else
		nl_begin(&p, RTM_DELADDR, 0, seq);
	packer_bytes(&p, &body, sizeof(body));
	nl_attribute(&p, IFA_LOCAL, address->ip.bytes, length);
	nl_attribute(&p, IFA_ADDRESS, remote->bytes, length);
	if (add)
		nl_address_details(&p, address, remote, body.ifa_prefixlen,
		    protocol);
	return nl_finish(&p);
}

/* -- routes, rules and static addresses -- */

/* How requests about the kinds of entries look. */
static const struct nl_entry_kind {
	uint8_t		type;			/* RTM_NEW*; RTM_DEL* is next */
	uint8_t		fixed;			/* bytes before attributes */
	uint8_t		first;		/* the attribute that tells most */
	uint8_t		optional;	/* which the kernel may leave out */
	uint8_t		telling[NL_ENTRY_FIXED]; /* 1: as the kernel has it */
	uint32_t	attributes;		/* the same, a bit each */
} nl_entry_kinds[ENTRY_KINDS] = {
	[ENTRY_ADDRESS] = { RTM_NEWADDR, sizeof(struct ifaddrmsg), IFA_ADDRESS,
	    IFA_LOCAL, { 1, 1, 0, 0, 1, 1, 1, 1 }, 1U << IFA_ADDRESS |
	    1U << IFA_LOCAL },
	[ENTRY_ROUTE] = { RTM_NEWROUTE, sizeof(struct rtmsg), RTA_DST, 0,
	    { 1, 1, 1, 1, 0, 1, 0, 1 }, 1U << RTA_DST | 1U << RTA_SRC |
	    1U << RTA_OIF | 1U << RTA_GATEWAY | 1U << RTA_PRIORITY |
	    1U << RTA_PREFSRC | 1U << RTA_TABLE | 1U << RTA_VIA },
	[ENTRY_RULE] = { RTM_NEWRULE, sizeof(struct fib_rule_hdr),
	    FRA_PRIORITY, FRA_PROTOCOL, { 1, 1, 1, 1, 0, 0, 0, 1 },
	    1U << FRA_DST |
	    1U << FRA_SRC | 1U << FRA_IIFNAME | 1U << FRA_GOTO |
	    1U << FRA_PRIORITY | 1U << FRA_FWMARK | 1U << FRA_FLOW |
	    1U << FRA_TUN_ID | 1U << FRA_SUPPRESS_IFGROUP |
	    1U << FRA_SUPPRESS_PREFIXLEN | 1U << FRA_TABLE |
	    1U << FRA_FWMASK | 1U << FRA_OIFNAME | 1U << FRA_L3MDEV |
	    1U << FRA_UID_RANGE | 1U << FRA_PROTOCOL | 1U << FRA_IP_PROTO |
	    1U << FRA_SPORT_RANGE | 1U << FRA_DPORT_RANGE }
};

/*
 * Puts the kernel's number of an interface where 1 more than its index stands;
 * 0 stands for none.  False when there is no such interface now.
 */
static bool
nl_entry_interface(uint8_t *at, const struct interface *interfaces)
{
	uint32_t number;

	memcpy(&number, at, sizeof(number));
	if (number == 0)
		return true;
	number = interfaces[number - 1].ifindex;
	memcpy(at, &number, sizeof(number));
	return number != 0;
}

/* The same for every nexthop within bytes[length]. */
static bool
nl_entry_hops(uint8_t *bytes, size_t length,
    const struct interface *interfaces)
{
	struct rtnexthop hop;

	for (size_t at = 0; at + sizeof(hop) <= length; at += hop.rtnh_len) {
		memcpy(&hop, bytes + at, sizeof(hop));
		if (!nl_entry_interface(bytes + at +
		    offsetof(struct rtnexthop, rtnh_ifindex), interfaces))
			return false;
	}
	return true;
}

/* The same where the table of a VRF belongs; false also: it is no VRF. */
static bool
nl_entry_table(uint8_t *at, const struct interface *interfaces)
{
	const struct interface *vrf;
	uint32_t number;

	memcpy(&number, at, sizeof(number));
	vrf = &interfaces[number - 1];
	memcpy(at, &vrf->table, sizeof(vrf->table));
	return vrf->ifindex != 0 && vrf->table != 0;
}

/*
 * Writes a request to add an entry, or to remove it, for the interfaces as
 * they are now.  Returns the length; 0 when one of them is absent, or when it
 * does not fit.
 */
static size_t
nl_entry_request(uint8_t *buffer, size_t size, bool add,
    const struct conf_entry *entry, const struct interface *interfaces,
    uint32_t seq)
{
	const struct nl_entry_kind *kind = &nl_entry_kinds[entry->kind];
	struct packer p = packer_over(buffer, size);
	uint8_t *body = buffer + sizeof(struct nlmsghdr);
	struct cursor c, value;
	uint16_t type;

	nl_begin(&p, (uint16_t)(kind->type + !add), add ? entry->flags : 0,
	    seq);
	packer_bytes(&p, entry->body, entry->length);
	if (p.failed)
		return 0;
	if (entry->kind == ENTRY_ADDRESS && !nl_entry_interface(body +
	    offsetof(struct ifaddrmsg, ifa_index), interfaces))
		return 0;
	c = cursor_over(body + kind->fixed,
	    (size_t)(entry->length - kind->fixed));
	while (entry->kind == ENTRY_ROUTE &&
	    nl_attribute_next(&c, &type, &value)) {
		uint8_t *at = buffer + (value.at - buffer);

		if ((type == RTA_OIF && !nl_entry_interface(at, interfaces)) ||
		    (type == RTA_MULTIPATH && !nl_entry_hops(at,
		    cursor_left(&value), interfaces)) ||
		    (type == RTA_TABLE && entry->vrf &&
		    !nl_entry_table(at, interfaces)))
			return 0;
	}
	return nl_finish(&p);
}

/* Whether two attributes are alike; both may be missing. */
static bool
nl_attribute_equal(struct cursor a, struct cursor b)
{
	size_t length = cursor_left(&a);

	return a.failed == b.failed && length == cursor_left(&b) &&
	    /* NOLINTNEXTLINE(clang-analyzer-*) of that length, both */
	    (length == 0 || memcmp(a.at, b.at, length) == 0);
}

/*
 * Spreads what tells entries of a kind apart over 32 bits: the family, the
 * length of the prefix, and one attribute.  The body may be any bytes.
 */
static uint32_t
nl_entry_hash(enum entry_kind kind, struct cursor body)
{
	const struct nl_entry_kind *k = &nl_entry_kinds[kind];
	const uint8_t *fixed = cursor_bytes(&body, k->fixed);
	struct cursor first = nl_attribute_find(&body, k->first);

	return fixed == NULL ? 0 : (uint32_t)kind << 16 ^
	    (uint32_t)fixed[0] << 8 ^ fixed[1] ^
	    bytes_hash(first.at, cursor_left(&first));
}

/*
 * Whether the kernel reports an entry: request is ours for it, theirs the body
 * of the report.  What it may fill in, or keep in other words, does not count;
 * a metric counts though none was given.  Old kernels tell of no FRA_PROTOCOL,
 * and none of the IFA_LOCAL of an IPv6 address without peer.
 */
static bool
nl_entry_matches(enum entry_kind kind, const uint8_t *request, size_t length,
    struct cursor theirs)
{
	const struct nl_entry_kind *k = &nl_entry_kinds[kind];
	struct cursor ours = cursor_over(request + sizeof(struct nlmsghdr),
	    length - sizeof(struct nlmsghdr)), rest, value;
	const uint8_t *a = cursor_bytes(&ours, k->fixed);
	const uint8_t *b = cursor_bytes(&theirs, k->fixed);
	uint16_t type;

	for (size_t i = 0; i < k->fixed; i++) {
		if (b == NULL || (k->telling[i] && a[i] != b[i]))
			return false;
	}
	for (rest = ours; nl_attribute_next(&rest, &type, &value); ) {
		struct cursor other = nl_attribute_find(&theirs, type);

		if ((k->attributes >> type & 1) == 0 ||
		    (type == k->optional && other.failed))
			continue;
		if (!nl_attribute_equal(nl_attribute_find(&ours, type), other))
			return false;
	}
	return kind != ENTRY_ROUTE || nl_attribute_equal(
	    nl_attribute_find(&ours, RTA_PRIORITY),
	    nl_attribute_find(&theirs, RTA_PRIORITY));
}

/* -- the firewall of no_accept and of virtual MACs: nf_tables -- */

#define NFT_INET	1U		/* NFPROTO_INET: IPv4 and IPv6 */
#define NFT_TABLE_OWNED	2U	/* it goes with our socket; Linux 5.12 */
#define NFT_MESSAGES	22U		/* beside those about an address */
#define NFT_MESSAGE_BYTES 408U		/* at most, but for the table's name */
#define NFT_DROP	0U		/* the verdicts */
#define NFT_ACCEPT	1U
#define NFT_LOCAL_IN	1U		/* the hooks */
#define NFT_LOCAL_OUT	3U

/* Begins a message to nf_tables about a table: what nl_end must be told. */
static uint8_t *
nft_begin(struct packer *p, uint16_t type, uint16_t flags, const char *table)
{
	static const uint8_t body[4] = { NFT_INET };
	uint8_t *start = p->at;

	nl_begin(p, (uint16_t)(NFNL_SUBSYS_NFTABLES << 8 | type), flags, 0);
	packer_bytes(p, body, sizeof(body));
	nl_attribute(p, NFTA_TABLE_NAME, table, strlen(table) + 1);
	return start;
}

/* Begins or ends a batch, of which all is done or nothing. */
static void
nft_batch(struct packer *p, uint16_t type)
{
	static const uint8_t body[4] = { 0, 0, 0, NFNL_SUBSYS_NFTABLES };
	uint8_t *start = p->at;

	nl_begin(p, type, 0, 0);
	packer_bytes(p, body, sizeof(body));
	nl_end(p, start);
}

/*
 * Appends an attribute within others: `path' has their types, the outermost
 * first.
 */
static void
nft_path(struct packer *p, const char *path, const void *bytes, size_t length)
{
	uint8_t *nest;

	if (path[1] == '\0') {
		nl_attribute(p, (uint16_t)path[0], bytes, length);
		return;
	}
	nest = nl_nest(p, (uint16_t)path[0]);
	nft_path(p, path + 1, bytes, length);
	nl_nest_end(p, nest);
}

/* Appends a number, in the byte order that nf_tables has. */
static void
nft_number(struct packer *p, const char *path, uint32_t number)
{
	uint8_t bytes[4];
	struct packer order = packer_over(bytes, sizeof(bytes));

	packer_u32(&order, number);
	nft_path(p, path, bytes, sizeof(bytes));
}

/*
 * Appends an expression: numbers[count] are its attributes from `first' on;
 * bytes[length] stand at `path' in it, if that is one.
 */
static void
nft_expression(struct packer *p, const char *name, unsigned first,
    const uint32_t *numbers, unsigned count, const char *path,
    const void *bytes, size_t length)
{
	uint8_t *outer = nl_nest(p, NFTA_LIST_ELEM), *inner;

	nl_attribute(p, NFTA_EXPR_NAME, name, strlen(name) + 1);
	inner = nl_nest(p, NFTA_EXPR_DATA);
	for (unsigned i = 0; i < count; i++) {
		const char type[2] = { (char)(first + i), '\0' };

		nft_number(p, type, numbers[i]);
	}
	if (path != NULL)
		nft_path(p, path, bytes, length);
	nl_nest_end(p, inner);
	nl_nest_end(p, outer);
}

/* Appends a comparison of the register's first byte: enum nft_cmp_ops. */
static void
nft_compare(struct packer *p, uint32_t how, uint8_t byte)
{
	const uint32_t numbers[] = { NFT_REG_1, how };

	nft_expression(p, "cmp", 1, numbers, 2, "\3\1", &byte, 1);
}

/* Appends what reads length bytes at an offset: enum nft_payload_bases. */
static void
nft_payload(struct packer *p, uint32_t base, uint32_t offset, uint32_t length)
{
	const uint32_t numbers[] = { NFT_REG_1, base, offset, length };

	nft_expression(p, "payload", 1, numbers, 4, NULL, NULL, 0);
}

/* Appends what takes a property of the packet into a register. */
static void
nft_take(struct packer *p, uint32_t where, uint32_t key)
{
	const uint32_t numbers[] = { where, key };

	nft_expression(p, "meta", 1, numbers, 2, NULL, NULL, 0);
}

/* Appends what reads a property of the packet, and compares it. */
static void
nft_meta(struct packer *p, uint32_t key, uint8_t byte)
{
	nft_take(p, NFT_REG_1, key);
	nft_compare(p, NFT_CMP_EQ, byte);
}

/* Appends the end of a rule, and of the message that it is in. */
static void
nft_verdict(struct packer *p, uint8_t *expressions, uint8_t *start,
    uint8_t verdict)
{
	const uint32_t verdict_register = NFT_REG_VERDICT;
	const uint8_t code[4] = { 0, 0, 0, verdict };

	nft_expression(p, "immediate", 1, &verdict_register, 1, "\2\2\1",
	    code, sizeof(code));
	nl_nest_end(p, expressions);
	nl_end(p, start);
}

/* Begins a rule at the end of a chain; *expressions: for nft_verdict. */
static uint8_t *
nft_rule(struct packer *p, const char *table, const char *chain,
    uint8_t **expressions)
{
	uint8_t *start = nft_begin(p, NFT_MSG_NEWRULE, NLM_F_CREATE |
	    NLM_F_APPEND, table);

	nl_attribute(p, NFTA_RULE_CHAIN, chain, strlen(chain) + 1);
	*expressions = nl_nest(p, NFTA_RULE_EXPRESSIONS);
	return start;
}

/* The sets of the table; their types are for nft(8), which shows them. */
enum nft_set { NFT_IP4, NFT_IP6, NFT_ZONE6, NFT_VMAC };
static const struct {
	char		name[6];
	uint8_t		length;		/* of a member */
	uint16_t	type;
} nft_sets[] = {
	[NFT_IP4] = { "ip4", 4, 7 }, [NFT_IP6] = { "ip6", 16, 8 },
	[NFT_ZONE6] = { "zone6", 32, 8 << 6 | 41 }, /* address, interface */
	[NFT_VMAC] = { "vmac", 16, 41 }
};

/* Appends the name of a set as an attribute. */
static void
nft_set_name(struct packer *p, uint16_t type, enum nft_set set)
{
	nl_attribute(p, type, nft_sets[set].name,
	    strlen(nft_sets[set].name) + 1);
}

/* Appends what looks for the first register, and those behind it, in a set. */
static void
nft_lookup(struct packer *p, enum nft_set set)
{
	static const uint32_t number = NFT_REG_1;

	nft_expression(p, "lookup", NFTA_LOOKUP_SREG, &number, 1, "\1",
	    nft_sets[set].name, strlen(nft_sets[set].name) + 1);
}

/* Appends a set without members. */
static void
nft_set(struct packer *p, const char *table, enum nft_set set)
{
	uint8_t order[6] = { 0, 4 };	/* for nft(8): the machine's, 1 */
	const uint32_t ours = 1;
	uint8_t *start = nft_begin(p, NFT_MSG_NEWSET, NLM_F_CREATE, table);

	nft_set_name(p, NFTA_SET_NAME, set);
	nft_number(p, "\4", nft_sets[set].type);
	nft_number(p, "\5", nft_sets[set].length);
	nft_number(p, "\12", set + 1U);			/* NFTA_SET_ID */
	memcpy(order + 2, &ours, sizeof(ours));
	if (set == NFT_VMAC)
		nl_attribute(p, NFTA_SET_USERDATA, order, sizeof(order));
	nl_end(p, start);
}

/* Appends a member of a set: a key as long as the set's are. */
static void
nft_member(struct packer *p, const char *table, enum nft_set set,
    const void *key)
{
	uint8_t *start = nft_begin(p, NFT_MSG_NEWSETELEM, NLM_F_CREATE, table);

	nft_set_name(p, NFTA_SET_ELEM_LIST_SET, set);
	nft_path(p, "\3\1\1\1", key, nft_sets[set].length);
	nl_end(p, start);
}

/* Ends a rule that drops packets, and may count them. */
static void
nft_dropped(struct packer *p, const struct conf_global *global,
    uint8_t *expressions, uint8_t *start)
{
	if (global->nft_counters)
		nft_expression(p, "counter", 1, NULL, 0, NULL, NULL, 0);
	nft_verdict(p, expressions, start, NFT_DROP);
}

/*
 * Appends a rule that drops what has an address of a set at an offset of the IP
 * header; a link-local one counts with the interface, whose name is `key' of
 * the packet (enum nft_meta_keys).
 */
static void
nft_drop(struct packer *p, const struct conf_global *global, const char *chain,
    enum nft_set set, uint32_t offset, uint32_t key)
{
	uint8_t *expressions, *start = nft_rule(p, global->nft_table, chain,
	    &expressions);

	nft_meta(p, NFT_META_NFPROTO, set == NFT_IP4 ? NL_FAMILY_4 :
	    NL_FAMILY_6);
	nft_payload(p, NFT_PAYLOAD_NETWORK_HEADER, offset,
	    set == NFT_IP4 ? 4 : 16);
	if (set == NFT_ZONE6)
		nft_take(p, NFT_REG_2, key);
	nft_lookup(p, set);
	nft_dropped(p, global, expressions, start);
}

/*
 * Appends a rule that drops what leaves by a link with a virtual MAC and is of
 * a protocol and, if last is not 0, of the types from first to last.
 */
static void
nft_hold(struct packer *p, const struct conf_global *global, uint8_t protocol,
    uint8_t first, uint8_t last)
{
	uint8_t *expressions, *start = nft_rule(p, global->nft_table, "output",
	    &expressions);

	nft_take(p, NFT_REG_1, NFT_META_OIFNAME);
	nft_lookup(p, NFT_VMAC);
	nft_meta(p, NFT_META_L4PROTO, protocol);
	if (last != 0) {
		nft_payload(p, NFT_PAYLOAD_TRANSPORT_HEADER, 0, 1);
		nft_compare(p, NFT_CMP_GTE, first);
		nft_compare(p, NFT_CMP_LTE, last);
	}
	nft_dropped(p, global, expressions, start);
}

/* Whether a link has a virtual MAC, and an IPv6 of its own to speak with it. */
static bool
nft_holds(const struct conf_link *link)
{
	return link->ip6 && link->vmac->kind == LINK_MACVLAN;
}

/*
 * Appends the set of links with a virtual MAC, and that no word about groups
 * (MLD, IGMP) and no router solicitation leaves by them: a switch would take
 * their port for the MAC's (D-8).  Links are known by name, so that the rules
 * are there before they are.
 */
static void
nft_vmacs(struct packer *p, const struct conf *conf)
{
	const struct conf_global *global = &conf->global;

	nft_set(p, global->nft_table, NFT_VMAC);
	for (uint16_t i = 0; i < conf->link_count; i++) {
		const struct conf_link *link = &conf->links[i];

		if (nft_holds(link))
			nft_member(p, global->nft_table, NFT_VMAC,
			    conf->interfaces[link->interface].name);
	}
	nft_hold(p, global, IPPROTO_ICMP6_, 131, 133);	/* MLD, RS */
	nft_hold(p, global, IPPROTO_ICMP6_, 143, 143);	/* MLDv2 */
	nft_hold(p, global, 2, 0, 0);			/* IGMP */
}

/*
 * Appends a chain: neighbour discovery goes through it (RFC 9568 8.2.2), and
 * what has one of our addresses at these offsets of its IP header does not;
 * `key' names the interface, as in nft_drop.
 */
static void
nft_chain(struct packer *p, const struct conf_global *global, const char *chain,
    uint32_t hook, uint32_t offset4, uint32_t offset6, uint32_t key)
{
	uint8_t *expressions, *nest, *start = nft_begin(p, NFT_MSG_NEWCHAIN,
	    NLM_F_CREATE, global->nft_table);

	nl_attribute(p, NFTA_CHAIN_NAME, chain, strlen(chain) + 1);
	nest = nl_nest(p, NFTA_CHAIN_HOOK);
	nft_number(p, "\1", hook);
	nft_number(p, "\2", (uint32_t)global->nft_priority);
	nl_nest_end(p, nest);
	nl_attribute(p, NFTA_CHAIN_TYPE, "filter", sizeof("filter"));
	nl_end(p, start);
	start = nft_rule(p, global->nft_table, chain, &expressions);
	nft_meta(p, NFT_META_L4PROTO, IPPROTO_ICMP6_);
	nft_payload(p, NFT_PAYLOAD_TRANSPORT_HEADER, 0, 1);
	nft_compare(p, NFT_CMP_GTE, ICMP6_NA - 1);
	nft_compare(p, NFT_CMP_LTE, ICMP6_NA);
	nft_verdict(p, expressions, start, NFT_ACCEPT);
	nft_drop(p, global, chain, NFT_IP4, offset4, key);
	nft_drop(p, global, chain, NFT_IP6, offset6, key);
	nft_drop(p, global, chain, NFT_ZONE6, offset6, key);
}

/* Whether the addresses of a virtual router are to be reached by nobody. */
static bool
nft_wanted(const struct conf_vr *vr)
{
	return !vr->accept && vr->priority != PRIORITY_OWNER;
}

/*
 * Appends the addresses of a virtual router that are not to be used, each to
 * the set of its kind: a link-local one with its interface, since every other
 * may have the same (RFC 4291 2.5.6).
 */
static void
nft_addresses(struct packer *p, const struct conf *conf,
    const struct conf_vr *vr)
{
	for (unsigned k = 0; k < (unsigned)vr->address_count +
	    vr->excluded_count; k++) {
		const struct conf_address *address = &vr->addresses[k];
		bool zone = ip_is_link_local(&address->ip);
		char key[16 + 16] = { 0 };

		memcpy(key, address->ip.bytes, 16);
		if (zone)
			memcpy(key + 16,
			    conf->interfaces[address->interface].name, 16);
		nft_member(p, conf->global.nft_table, zone ? NFT_ZONE6 :
		    address->ip.family == 6 ? NFT_IP6 : NFT_IP4, key);
	}
}

/* How many addresses the firewall is about, and links with a virtual MAC. */
static uint32_t
nft_count(const struct conf *conf)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < conf->vr_count; i++) {
		if (nft_wanted(&conf->vrs[i]))
			count += (uint32_t)conf->vrs[i].address_count +
			    conf->vrs[i].excluded_count;
	}
	for (uint16_t i = 0; i < conf->link_count; i++)
		count += nft_holds(&conf->links[i]);
	return count;
}

/*
 * Writes the batch that makes our table anew, or if none is wanted removes it,
 * to buffer[size]; owned: the kernel removes it with the socket, and lets
 * nobody else touch it.  Returns the length; 0 when it does not fit.
 */
static size_t
nft_request(uint8_t *buffer, size_t size, const struct conf *conf, bool owned)
{
	const struct conf_global *global = &conf->global;
	const char *table = global->nft_table;
	struct packer p = packer_over(buffer, size);
	uint8_t *start;

	nft_batch(&p, NFNL_MSG_BATCH_BEGIN);
	start = nft_begin(&p, NFT_MSG_NEWTABLE, NLM_F_CREATE, table);
	nl_end(&p, start);		/* that there is one to delete */
	start = nft_begin(&p, NFT_MSG_DELTABLE, NLM_F_ACK, table);
	nl_end(&p, start);
	if (nft_count(conf) > 0) {
		start = nft_begin(&p, NFT_MSG_NEWTABLE, NLM_F_CREATE, table);
		nft_number(&p, "\2", owned ? NFT_TABLE_OWNED : 0);
		nl_end(&p, start);
		for (unsigned set = NFT_IP4; set <= NFT_ZONE6; set++)
			nft_set(&p, table, set);
		for (uint32_t i = 0; i < conf->vr_count; i++) {
			if (nft_wanted(&conf->vrs[i]))
				nft_addresses(&p, conf, &conf->vrs[i]);
		}
		/* where the IP headers have the receiver, and the sender */
		nft_chain(&p, global, "input", NFT_LOCAL_IN, 16, 24,
		    NFT_META_IIFNAME);
		nft_chain(&p, global, "output", NFT_LOCAL_OUT, 12, 8,
		    NFT_META_OIFNAME);
		nft_vmacs(&p, conf);
	}
	nft_batch(&p, NFNL_MSG_BATCH_END);
	return p.failed ? 0 : packer_length(&p);
}

/* ==== 4. Configuration ==== */
/*
 * From keepalived.conf, or the words of a command line, to a struct conf: the
 * scanner cuts files into words, the keyword table says what each word means,
 * the checks look across blocks.  One pass reads all; what it finds wrong goes
 * into struct diagnostics, each finding once, with the place where it was
 * written, and none because of another.
 *
 * Promises: what works in keepalived works here and means the same, where
 * COMPATIBILITY in vrrpd.8 does not say otherwise.  Any bytes whatever end in
 * a result within time and memory that the limits below bound.
 *
 * Never: touches a file but through struct reader, shows a secret, or gives
 * up at the first mistake.
 */

#define CONF_BYTES_MAX	(4U << 20)	/* of all files together */
#define FILE_COST_MIN	256U		/* what an empty file counts */
#define EXPANSION_MAX	(4 << 20)	/* bytes that $, ~SEQ and {,} make */
#define INCLUDE_DEPTH	10
#define INPUTS_MAX	64		/* files, bodies and loops under way */
#define NESTING_MAX	32		/* of definitions in definitions */
#define ARGUMENTS_MAX	256		/* bytes behind NAME in ${NAME ...} */
#define BRACES_MAX	8		/* {,} groups in one include pattern */
#define PATTERN_MAX	4096		/* length of one */
#define WORDS_MAX	8192		/* in one line */
#define FINDINGS_MAX	1000		/* that are kept, of each severity */
#define ORDINARY	(1U << 31)	/* in a column: a brace cuts no line */

/*
 * Where something was written, lines and columns from 1, columns in bytes; what
 * an expansion made counts as written where it was used.  On the command line
 * (file is COMMAND_LINE) line is the number of the argument.  File names live
 * as long as the diagnostics.
 */
#define COMMAND_LINE	"command line"

struct place {
	const char	*file;
	uint32_t	line, column;
};

struct word {
	const char	*text;
	struct place	place;		/* of its first character */
	bool		quoted;
};

/*
 * Text, and the column that each character was written in; columns NULL: all in
 * `column`.
 */
struct slice {
	const char	*text;
	size_t		length;
	const uint32_t	*columns;
	uint32_t	column;
	char		after;		/* the next character; NUL: the end */
};

enum line_kind { LINE_END, LINE_WORDS, LINE_OPEN, LINE_CLOSE };

/*
 * A keyword with its words, or a brace: what a source of lines gives, the text
 * cut at its braces.  The words stay until the scratch arena goes; raw only
 * until the next line is asked for.
 */
struct line {
	enum line_kind	kind;
	uint32_t	count;		/* of words: 1 or more */
	struct word	*words;
	struct slice	raw;		/* unsplit; text NULL: from flags */
	struct place	place;		/* LINE_END: where the last file ends */
};

/* A keyword that a configuration uses, and what becomes of it. */
struct used_word {
	struct used_word *next;
	const char	*word;
	uint8_t		verdict;		/* enum verdict */
};

/* All findings so far; the arena outlives the parse. */
struct diagnostics {
	struct arena	*arena;
	struct diagnostic *first, **last;	/* last: &first when empty */
	uint32_t	counts[SEVERITY_FATAL + 1];
	uint32_t	insecure[SEVERITY_FATAL + 1];	/* of them: INSECURE */
	uint32_t	errors;		/* those that follow from others, too */
	struct used_word *used;			/* the keywords, each once */
	struct diagnostic spare;		/* to say that memory ran out */
};

/* A hash table of byte strings; value NULL: just added. */
struct map_entry {
	struct map_entry *next;
	const void	*key;
	size_t		length;
	uint32_t	hash;
	void		*value;
};

struct map {
	struct map_entry **heads;
	uint32_t	size, count;
};

/* Text, and for each character the column that it was written in. */
struct run {
	char		*text;
	uint32_t	*columns;
	size_t		length, room;
};

enum include_check {			/* what makes an include fatal */
	INCLUDE_READ		= 1 << 0,	/* a file cannot be read */
	INCLUDE_MATCH		= 1 << 1,	/* nothing is found */
	INCLUDE_WILDCARD	= 1 << 2,	/* a pattern finds nothing */
	INCLUDE_BRACE		= 1 << 3,	/* a part of {,} does */
	INCLUDE_ALL		= (1 << 4) - 1
};

/* What $NAME stands for. */
struct definition {
	const char	*value;			/* '\n' in it: several lines */
	bool		busy;			/* being expanded */
};

/* A file that is to be read. */
struct path {
	struct path	*next;
	const char	*name;
	bool		required;
};

enum input_kind { INPUT_FILE, INPUT_PATHS, INPUT_BODY };

/* Something that lines are being read from. */
struct input {
	enum input_kind	kind;
	struct place	place;		/* of its last line, or of its use */
	struct cursor	rest;		/* FILE, BODY: not read yet */
	struct definition *definition;	/* BODY: of this; NULL: of a loop */
	struct path	*paths;		/* PATHS: those left */
};

/* The scanner; what is used most stands first, for short instructions. */
struct scan {
	struct diagnostics *findings;
	struct arena	*arena;
	const struct reader *reader;
	const struct conf_input *conf;
	struct run	line, spare;		/* the line in hand; scratch */
	size_t		at;			/* where what is left begins */
	bool		stopped;		/* at a limit; reported */
	bool		quote;			/* the expansion is within "" */
	bool		secret;			/* may hold a password */
	unsigned	depth;			/* inputs under way */
	struct place	place;			/* of the line; column unused */
	struct place	spot;			/* of what is complained of */
	const char	*id;			/* what @id is compared with */
	size_t		bytes;			/* read so far */
	int64_t		budget;			/* left of EXPANSION_MAX */
	unsigned	checks;			/* of a plain include */
	uint32_t	seed;			/* of ${_RANDOM}; 0: none set */
	struct input	inputs[INPUTS_MAX];
	struct map	definitions;
	char		none[1];	/* where texts begin that grow */
};

/* -- lists of words, tables of names -- */

/* The word behind one in a list that has a NUL behind each; "" at its end. */
static const char *
list_next(const char *word)
{
	return word + strlen(word) + 1;
}

/* The index of a word in such a list; -1: none. */
static int
list_index(const char *list, const char *word)
{
	for (int i = 0; *list != '\0'; i++, list = list_next(list)) {
		if (strcmp(list, word) == 0)
			return i;
	}
	return -1;
}

/* Doubles the table; without memory it stays as it is, only slower. */
static void
map_grow(struct arena *a, struct map *m)
{
	uint32_t size = m->size == 0 ? 64 : m->size * 2;
	struct map_entry **heads = arena_array(a, size, sizeof(*heads));

	if (heads == NULL)
		return;
	for (uint32_t i = 0; i < m->size; i++) {
		struct map_entry *entry, *next;

		for (entry = m->heads[i]; entry != NULL; entry = next) {
			next = entry->next;
			entry->next = heads[entry->hash & (size - 1)];
			heads[entry->hash & (size - 1)] = entry;
		}
	}
	m->heads = heads;
	m->size = size;
}

/* The entry of key[length], which must not change any more; NULL: none. */
static struct map_entry *
map_find(const struct map *m, const void *key, size_t length)
{
	uint32_t hash = bytes_hash(key, length);
	struct map_entry *entry = m->size == 0 ? NULL :
	    m->heads[hash & (m->size - 1)];

	while (entry != NULL && (entry->hash != hash ||
	    entry->length != length || memcmp(entry->key, key, length) != 0))
		entry = entry->next;
	return entry;
}

/* The entry of key[length], added if need be; NULL: no memory. */
static struct map_entry *
map_entry(struct arena *a, struct map *m, const void *key, size_t length)
{
	struct map_entry *entry = map_find(m, key, length);

	if (entry != NULL)
		return entry;
	if (m->count >= m->size)
		map_grow(a, m);
	entry = arena_take(a, sizeof(*entry));
	if (entry == NULL || m->size == 0)
		return NULL;
	entry->key = key;
	entry->length = length;
	entry->hash = bytes_hash(key, length);
	entry->next = m->heads[entry->hash & (m->size - 1)];
	m->heads[entry->hash & (m->size - 1)] = entry;
	m->count++;
	return entry;
}

/* -- findings -- */

/*
 * Whether a finding at place in these words is known, or follows from it: what
 * is found within a line (it has a column) may.
 */
static bool
finding_covers(const struct diagnostic *known, const struct place *place,
    const char *text)
{
	if (known->file == NULL || place == NULL || place->file == NULL)
		return known->file == NULL &&
		    (place == NULL || place->file == NULL) &&
		    strcmp(known->text, text) == 0;
	return known->line == place->line &&
	    ((known->whole_line && place->column > 0) ||
	    (known->column == place->column && strcmp(known->text, text) == 0))
	    && strcmp(known->file, place->file) == 0;
}

/* Makes a known finding at least as severe as severity. */
static void
finding_raise(struct diagnostics *d, struct diagnostic *finding,
    enum severity severity)
{
	if (finding->severity >= severity)
		return;
	d->counts[finding->severity]--;
	d->counts[severity]++;
	finding->severity = (uint8_t)severity;
}

/* With a severity: what makes the rest of its line mean little. */
#define WHOLE_LINE	0x10U
/* With a severity: what makes a script insecure, exit code 6 of -t. */
#define INSECURE	0x20U

/*
 * Adds a finding whose text is known, or makes the one that it repeats or
 * follows from as severe.  When there is no room it is counted all the same,
 * and that there is none is found once.  `how`: as complain's.
 */
static void
finding_add(struct diagnostics *d, unsigned how, const struct place *place,
    const char *text)
{
	enum severity severity = how & 0xf;
	bool full = d->counts[severity] >= FINDINGS_MAX;
	struct diagnostic *finding = full ? NULL : d->first;

	d->errors += severity == SEVERITY_ERROR;
	while (finding != NULL && !finding_covers(finding, place, text))
		finding = finding->next;
	if (finding != NULL) {
		finding_raise(d, finding, severity);
		finding->whole_line |= (how & WHOLE_LINE) != 0;
		return;
	}
	d->counts[severity]++;
	d->insecure[severity] += (how & INSECURE) != 0;
	if (full)
		return;
	finding = arena_take(d->arena, sizeof(*finding));
	text = arena_string(d->arena, text, strlen(text));
	if (finding == NULL || text == NULL) {
		if (d->spare.text != NULL)
			return;
		finding = &d->spare;
		text = "out of memory";
		place = NULL;
		d->counts[severity]--;
		severity = SEVERITY_FATAL;
		d->counts[severity]++;
	}
	finding->text = text;
	finding->severity = (uint8_t)severity;
	finding->whole_line = (how & WHOLE_LINE) != 0;
	if (place != NULL && place->file != NULL) {
		finding->file = place->file;
		finding->line = place->line;
		finding->column = place->column;
	}
	*d->last = finding;
	d->last = &finding->next;
}

/*
 * Reports a finding about what stands at place, or about no place (NULL).  The
 * text is a sentence without its stop; a foreign word in it stands in ''.  It
 * is cut at LINE_MAX_LOG, and odd bytes in it are escaped.  `how` is a
 * severity, with WHOLE_LINE or INSECURE where they fit.
 */
static void __attribute__((format(printf, 4, 5)))
complain(struct diagnostics *d, unsigned how, const struct place *place,
    const char *format, ...)
{
	char plain[LINE_MAX_LOG], escaped[LINE_MAX_LOG];
	struct text t = text_over(plain, sizeof(plain));
	struct text e = text_over(escaped, sizeof(escaped));
	va_list arguments;

	va_start(arguments, format);
	text_vformat(&t, format, &arguments);
	va_end(arguments);
	text_escaped(&e, t.start, (size_t)(t.at - t.start));
	finding_add(d, how, place, text_end(&e));
}

/* Reports an error that makes the rest of its line mean little. */
#define complain_line(d, place, ...) \
	complain(d, SEVERITY_ERROR | WHOLE_LINE, place, __VA_ARGS__)

/* Reports what makes a script or a key insecure. */
#define complain_insecure(d, severity, place, ...) \
	complain(d, (severity) | INSECURE, place, __VA_ARGS__)

#define NEAREST_MAX	40		/* length of a word with a neighbour */

/* Whether letters differ by more than their case. */
static bool
letters_differ(char a, char b)
{
	return ((a ^ b) & ~0x20) != 0;
}

/*
 * How many letters must be changed, added, left out, or swapped with the next
 * one to make one word the other, upper and lower case being alike; both are at
 * most NEAREST_MAX long.
 */
static unsigned
word_distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
	unsigned rows[3][NEAREST_MAX + 1];
	unsigned *before = rows[0], *above = rows[1], *row = rows[2];

	for (unsigned j = 0; j <= b_length; j++)
		row[j] = j;
	for (unsigned i = 1; i <= a_length; i++) {
		unsigned *spare = before;

		before = above;
		above = row;
		row = spare;
		row[0] = i;
		for (unsigned j = 1; j <= b_length; j++) {
			unsigned best = above[j - 1] +
			    letters_differ(a[i - 1], b[j - 1]);

			if (above[j] + 1 < best)
				best = above[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			if (i > 1 && j > 1 &&
			    !letters_differ(a[i - 1], b[j - 2]) &&
			    !letters_differ(a[i - 2], b[j - 1]) &&
			    before[j - 2] + 1 < best)
				best = before[j - 2] + 1;
			row[j] = best;
		}
	}
	return row[b_length];
}

/* Which of many words is most like `word`. */
struct nearest {
	const char	*word;
	const char	*found;		/* NULL: none is like it */
	unsigned	least;		/* more letters must not differ */
};

/* Begins: no more than a third of a word's letters may differ. */
static struct nearest
nearest_to(const char *word)
{
	size_t length = strlen(word);
	struct nearest n = { word, NULL, length > NEAREST_MAX ? 0 :
	    (unsigned)(length + 1) / 3 + 1 };

	return n;
}

/* Takes a candidate into account; the first of those that differ least is. */
static void
nearest_try(struct nearest *n, const char *candidate)
{
	size_t length = strlen(n->word), other = strlen(candidate);
	unsigned distance;

	if (other > NEAREST_MAX || other >= length + n->least ||
	    length >= other + n->least)
		return;
	distance = word_distance(n->word, length, candidate, other);
	if (distance < n->least) {
		n->least = distance;
		n->found = candidate;
	}
}

/* -- text with its columns -- */

#define BLANKS		" \t\n\v\f\r"	/* what stands between words */

/* Whether it is one of BLANKS. */
static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* How many blanks text[length] begins with. */
static size_t
blanks(const char *text, size_t length)
{
	size_t n = 0;

	while (n < length && is_blank(text[n]))
		n++;
	return n;
}

/* The length of text[length] without the blanks that it ends with. */
static size_t
trimmed(const char *text, size_t length)
{
	while (length > 0 && is_blank(text[length - 1]))
		length--;
	return length;
}

/* Whether a string holds another one (musl's strstr is long). */
static bool
text_holds(const char *text, const char *part)
{
	while (*text != '\0' && strncmp(text, part, strlen(part)) != 0)
		text++;
	return *text != '\0';
}

/* The length of the name that text[length] begins with: C's identifiers. */
static size_t
name_length(const char *text, size_t length)
{
	size_t n = 0;

	while (n < length && (text[n] == '_' ||
	    ((text[n] | 32) >= 'a' && (text[n] | 32) <= 'z') ||
	    (n > 0 && digit_value(text[n], 10) >= 0)))
		n++;
	return n;
}

/* Where something in column of the line in hand was written. */
static struct place
scan_place(const struct scan *s, uint32_t column)
{
	struct place place = s->place;

	place.column = column & ~ORDINARY;
	return place;
}

/* The same, as what is complained of: good until the next one. */
static const struct place *
scan_spot(struct scan *s, uint32_t column)
{
	s->spot = scan_place(s, column);
	return &s->spot;
}

/* Ends the scan at a limit. */
static void
scan_stop(struct scan *s, const char *why)
{
	if (!s->stopped)
		complain(s->findings, SEVERITY_FATAL, scan_spot(s, 0),
		    "%s; the rest is not read", why);
	s->stopped = true;
}

/* Pays for bytes that an expansion makes. */
static void
scan_charge(struct scan *s, size_t bytes)
{
	if (bytes > (size_t)s->budget)
		scan_stop(s, "definitions and loops make more than 4 MB");
	else
		s->budget -= (int64_t)bytes;
}

/* As arena_take from the scratch arena; the scan ends when there is none. */
static void *
scan_take(struct scan *s, size_t size)
{
	void *piece = arena_take(s->arena, size);

	if (piece == NULL)
		s->stopped = true;
	return piece;
}

/* A NUL-terminated copy of text[length]; "" when the scan ends for it. */
static const char *
scan_string(struct scan *s, const char *text, size_t length)
{
	const char *copy = arena_string(s->arena, text, length);

	if (copy != NULL)
		return copy;
	s->stopped = true;
	return "";
}

/* Gives a text of scan_text twice the room. */
static void
scan_text_grow(struct text *t)
{
	struct scan *s = t->context;
	size_t length = (size_t)(t->at - t->start), room = 2 * length + 48;
	char *more = NULL;

	if (length > (size_t)s->budget)
		scan_charge(s, length);		/* which ends the scan */
	else
		more = scan_take(s, room);
	if (more == NULL)
		return;
	memcpy(more, t->start, length);
	t->start = more;
	t->at = more + length;
	t->end = more + room - 1;
}

/* A text in the scratch arena that grows as it must. */
static struct text
scan_text(struct scan *s)
{
	struct text t = { .start = s->none, .at = s->none, .end = s->none,
	    .flush = scan_text_grow, .context = s };

	return t;
}

/* What text_format makes, in the scratch arena. */
static const char * __attribute__((format(printf, 2, 3)))
scan_format(struct scan *s, const char *format, ...)
{
	struct text t = scan_text(s);
	va_list arguments;

	va_start(arguments, format);
	text_vformat(&t, format, &arguments);
	va_end(arguments);
	return text_end(&t);
}

/* Makes room for twice as much; one more byte always fits for a NUL. */
static bool
run_grow(struct scan *s, struct run *run)
{
	size_t room = run->room == 0 ? 256 : 2 * run->room;
	char *text = scan_take(s, room + 1);
	uint32_t *columns = scan_take(s, room * sizeof(*columns));

	if (text == NULL || columns == NULL)
		return false;
	if (run->length > 0) {
		memcpy(text, run->text, run->length);
		memcpy(columns, run->columns, run->length * sizeof(*columns));
	}
	run->text = text;
	run->columns = columns;
	run->room = room;
	return true;
}

/* Appends a character that was written in column. */
static void
run_add(struct scan *s, struct run *run, char c, uint32_t column)
{
	if (run->length == run->room && !run_grow(s, run))
		return;
	run->columns[run->length] = column;
	run->text[run->length++] = c;
}

/* Takes the blanks off the end, and ends the text with a NUL. */
static void
run_end(struct scan *s, struct run *run)
{
	if (run->text == NULL && !run_grow(s, run))
		return;
	run->length = trimmed(run->text, run->length);
	run->text[run->length] = '\0';
}

/* What is left of the line in hand, behind its blanks. */
static struct slice
scan_rest(struct scan *s)
{
	struct slice rest = { .text = s->line.text,
	    .columns = s->line.columns };

	s->at += blanks(s->line.text + s->at, s->line.length - s->at);
	rest.text += s->at;
	rest.columns += s->at;
	rest.length = s->line.length - s->at;
	return rest;
}

/* The column of character i of a slice, or of its last one. */
static uint32_t
slice_column(const struct slice *from, size_t i)
{
	if (from->columns == NULL || from->length == 0)
		return from->column;
	return from->columns[i < from->length ? i : from->length - 1];
}

/* -- definitions -- */

/* The definition of name[length], or NULL. */
static struct definition *
definition_find(const struct scan *s, const char *name, size_t length)
{
	struct map_entry *entry = map_find(&s->definitions, name, length);

	return entry == NULL ? NULL : entry->value;
}

/* Makes a name, which stays where it is, stand for a value from here on. */
static void
definition_set(struct scan *s, const char *name, const char *value)
{
	struct map_entry *entry = map_entry(s->arena, &s->definitions, name,
	    strlen(name));
	struct definition *d = entry == NULL ? NULL : entry->value;

	scan_charge(s, strlen(value) + sizeof(*d));
	if (d == NULL)
		d = scan_take(s, sizeof(*d));
	if (entry == NULL || d == NULL)
		return;
	d->value = value;
	entry->value = d;
}

/* -- inputs: what lines are read from -- */

/* Puts an input on top, to be read first; NULL when there are too many. */
static struct input *
input_push(struct scan *s, enum input_kind kind, const struct place *place)
{
	struct input *in = &s->inputs[s->depth];

	if (s->depth == INPUTS_MAX) {
		complain_line(s->findings, place,
		    "files and definitions in one another: more than %u",
		    INPUTS_MAX);
		return NULL;
	}
	memset(in, 0, sizeof(*in));
	in->kind = kind;
	in->place = *place;
	s->depth++;
	return in;
}

/*
 * Puts lines that stand for what is written in column on top; d: the definition
 * that they are of, or NULL: of a loop, which made them.
 */
static void
body_push(struct scan *s, struct definition *d, const char *text,
    uint32_t column)
{
	struct place place = scan_place(s, column);
	struct input *in = input_push(s, INPUT_BODY, &place);

	if (d == NULL)
		scan_charge(s, strlen(text));
	if (in == NULL)
		return;
	in->rest = cursor_over((const uint8_t *)text, strlen(text));
	in->definition = d;
	if (d != NULL)
		d->busy = true;
}

/* The directory of the file in hand: "" the current one, else "NAME/". */
static const char *
scan_directory(struct scan *s)
{
	for (unsigned i = s->depth; i > 0; i--) {
		const struct input *in = &s->inputs[i - 1];
		const char *slash;

		if (in->kind != INPUT_FILE)
			continue;
		slash = text_find_last(in->place.file, '/');
		return slash == NULL ? "" : scan_string(s,
		    in->place.file, (size_t)(slash + 1 - in->place.file));
	}
	return "";
}

/* Why a file cannot be included from here, or NULL. */
static const char *
file_refused(const struct scan *s, const char *path)
{
	unsigned files = 0;

	for (unsigned i = 0; i < s->depth; i++) {
		if (s->inputs[i].kind != INPUT_FILE)
			continue;
		if (strcmp(s->inputs[i].place.file, path) == 0)
			return "it includes itself";
		files++;
	}
	return files > INCLUDE_DEPTH ? "files include files more than 10 deep" :
	    NULL;
}

/* Reads a file, to go on there; it is fatal that one is too large. */
static void
file_push(struct scan *s, const struct path *path, const struct place *from)
{
	struct place start = { NULL, 0, 0 };
	struct input *in;
	const char *text, *why = file_refused(s, path->name);
	size_t length = 0;

	if (why != NULL) {
		complain_line(s->findings, from, "cannot include '%s': %s",
		    path->name, why);
		return;
	}
	text = s->reader->open(s->reader, s->arena, path->name, &length, &why);
	if (text == NULL) {
		complain(s->findings, path->required || length > 0 ?
		    SEVERITY_FATAL : SEVERITY_WARNING, from,
		    "cannot read '%s': %s", path->name, why);
		return;
	}
	s->bytes += length > FILE_COST_MIN ? length : FILE_COST_MIN;
	if (s->bytes > CONF_BYTES_MAX)
		scan_stop(s, "files have more than 4 MB");
	start.file = arena_string(s->findings->arena, path->name,
	    strlen(path->name));
	in = s->stopped || start.file == NULL ? NULL :
	    input_push(s, INPUT_FILE, &start);
	if (in == NULL)
		return;
	in->rest = cursor_over((const uint8_t *)text, length);
	if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		(void)cursor_bytes(&in->rest, 3);
}

/*
 * Makes text[length], which comes from a file, the line in hand: without its
 * comment and outer blanks.  Only "" protects from ! and #, and a backslash.
 */
static void
line_from_file(struct scan *s, const char *text, size_t length)
{
	bool quote = false;

	for (size_t i = blanks(text, length); i < length; i++) {
		char c = text[i];
		bool mark = !quote && (c == '#' || c == '!');

		if (c == '\0') {
			complain_line(s->findings, scan_spot(s,
			    (uint32_t)i + 1), "a NUL byte; the line is "
			    "ignored");
			s->line.length = 0;
			return;
		}
		if (mark && s->line.length > 9 && !is_blank(text[i - 1]) &&
		    (memcmp(s->line.text, "auth_pass", 9) == 0 ||
		    memcmp(s->line.text, "key", 3) == 0))
			complain(s->findings, SEVERITY_WARNING,
			    scan_spot(s, (uint32_t)i + 1),
			    "'%c' ends the password: a comment begins here; "
			    "put the password in \"\"", c);
		if (mark)
			return;
		quote ^= c == '"';
		if (!quote && c == '\\' && i + 1 < length &&
		    (text[i + 1] == '#' || text[i + 1] == '!'))
			c = text[++i];
		run_add(s, &s->line, c, (uint32_t)i + 1);
	}
}

/*
 * Takes the next line of the input on top, which may be empty, into the line in
 * hand, or puts another input on top.  False: nothing is left of it.
 */
static bool
input_step(struct scan *s)
{
	struct input *in = &s->inputs[s->depth - 1];
	size_t left = cursor_left(&in->rest), length;
	const char *text = (const char *)in->rest.at;
	const char *newline;
	struct path *path = in->paths;

	s->at = 0;
	s->line.length = 0;
	run_end(s, &s->line);
	if (in->kind == INPUT_PATHS && path != NULL) {
		in->paths = path->next;
		file_push(s, path, &in->place);
		return true;
	}
	if (left == 0) {
		if (in->kind == INPUT_FILE)
			s->place = in->place;
		return false;
	}
	newline = byte_find(text, left, '\n');
	length = newline == NULL ? left : (size_t)(newline - text);
	(void)cursor_bytes(&in->rest, length + (newline != NULL));
	in->place.line += in->kind == INPUT_FILE;
	s->place = in->place;
	if (in->kind == INPUT_FILE) {
		line_from_file(s, text, length);
	} else {
		if (in->definition != NULL)
			scan_charge(s, length + 1);
		for (size_t i = 0; i < length; i++)
			run_add(s, &s->line, text[i], in->place.column);
	}
	run_end(s, &s->line);
	return true;
}

/* -- the pipeline: from an input's line to one that is all words -- */

/* Appends what is left of the line in hand to a definition; more follows? */
static bool
definition_append(struct scan *s, struct text *value)
{
	struct slice rest = scan_rest(s);
	bool more = rest.length > 0 && rest.text[rest.length - 1] == '\\';

	rest.length = trimmed(rest.text, rest.length - more);
	if (rest.length > 0 && value->at > value->start)
		text_char(value, '\n');
	text_bytes(value, rest.text, rest.length);
	return more;
}

/*
 * Takes $NAME=VALUE out of the input.  A backslash at the end of a line means
 * that the next line of the same input belongs to the value too; empty lines
 * there do not count.  A blank before '=' is complained of, and then ignored.
 * False: the line is no definition.
 */
static bool
take_definition(struct scan *s, bool keep)
{
	struct slice rest = scan_rest(s);
	size_t length = rest.length < 3 || rest.text[0] != '$' ? 0 :
	    name_length(rest.text + 1, rest.length - 1);
	size_t gap = length == 0 ? 0 : blanks(rest.text + 1 + length,
	    rest.length - 1 - length);
	struct text value = scan_text(s);
	struct place place;
	const char *name;
	bool more;

	if (length == 0 || rest.text[1 + length + gap] != '=')
		return false;
	place = scan_place(s, *rest.columns);
	name = scan_string(s, rest.text + 1, length);
	if (gap > 0 && keep)
		complain(s->findings, SEVERITY_ERROR, &place,
		    "a definition is written $%s=VALUE, without a blank "
		    "before '='", name);
	s->at += length + gap + 2;
	more = definition_append(s, &value);
	while (more && !s->stopped) {
		if (s->inputs[s->depth - 1].kind == INPUT_PATHS ||
		    !input_step(s)) {
			complain(s->findings, SEVERITY_WARNING, &place,
			    "the last line of definition '%s' ends in '\\'",
			    name);
			break;
		}
		more = s->line.length == 0 || definition_append(s, &value);
	}
	if (keep && !s->stopped)
		definition_set(s, name, text_end(&value));
	return true;
}

/*
 * Goes on behind blanks and the marks @ID and @^ID.  False: nothing is left, or
 * the line is for other nodes (with all lines of a definition in it).
 */
static bool
take_marks(struct scan *s)
{
	for (;;) {
		struct slice rest = scan_rest(s);
		const char *id = rest.text + 1;
		size_t length;
		bool other;

		if (rest.length < 2 || rest.text[0] != '@' || is_blank(*id))
			return rest.length > 0;
		other = *id == '^';
		id += other;
		length = span_to(id, BLANKS);
		s->at += 1U + other + length;
		if ((length == strlen(s->id) &&
		    memcmp(id, s->id, length) == 0) != other)
			continue;
		(void)take_definition(s, false);
		return false;
	}
}

/* $NAME, ${NAME} or ${NAME ARGUMENTS} in a slice. */
struct use {
	const char	*name, *arguments;
	size_t		name_length, arguments_length;
	size_t		length;		/* all of it */
	uint32_t	column;
	char		after;
	bool		braces;
};

/* Whether a use of a definition is at place `at` of a slice. */
static bool
use_parse(const struct slice *from, size_t at, struct use *use)
{
	const char *text = from->text + at;
	size_t left = from->length - at, end;

	if (text[0] != '$' || left < 2)
		return false;
	memset(use, 0, sizeof(*use));
	use->column = slice_column(from, at);
	use->braces = text[1] == '{';
	use->name = text + 1 + use->braces;
	use->name_length = name_length(use->name, left - 1 - use->braces);
	end = 1 + use->braces + use->name_length;
	if (use->name_length == 0)
		return false;
	if (use->braces) {
		const char *close = byte_find(text + end, left - end <
		    ARGUMENTS_MAX ? left - end : ARGUMENTS_MAX, '}');

		if (close == NULL || (text + end != close &&
		    !is_blank(text[end])))
			return false;
		end += blanks(text + end, (size_t)(close - text) - end);
		use->arguments = text + end;
		use->arguments_length = trimmed(text + end,
		    (size_t)(close - text) - end);
		end = (size_t)(close - text) + 1;
	}
	use->length = end;
	use->after = end < left ? text[end] : from->after;
	return use->braces || use->after == '\0' || use->after == ',' ||
	    use->after == ')' || is_blank(use->after);
}

/* ${_RANDOM [MIN [MAX]]}: a number from MIN (0) to MAX (32767), or NULL. */
static const char *
random_value(struct scan *s, const char *arguments)
{
	int64_t limits[2] = { 0, 32767 };
	uint32_t random = s->seed;

	for (int i = 0; *arguments != '\0'; i++) {
		size_t length = span_to(arguments, BLANKS);

		if (i == 2 || !number_parse_base(arguments, length, 10,
		    &limits[i]) || limits[i] > INT32_MAX)
			return NULL;
		arguments += length;
		arguments += span_of(arguments, BLANKS);
	}
	if (limits[0] > limits[1])
		return NULL;
	if (random == 0) {
		random = s->reader->random(s->reader);
	} else {			/* xorshift: the same each time */
		random ^= random << 13;
		random ^= random >> 17;
		random ^= random << 5;
		s->seed = random;
	}
	return scan_format(s, "%d", (int)(limits[0] +
	    random % (limits[1] - limits[0] + 1)));
}

/* What needs no definition. */
static const char predefined[] =
    "_PWD\0_INSTANCE\0_RANDOM\0_ENV\0_HASH\0_BANG\0";
enum { DEFINED_PWD, DEFINED_INSTANCE, DEFINED_RANDOM, DEFINED_ENV };

/* The value of one of them; NULL: not with these arguments. */
static const char *
predefined_value(struct scan *s, int which, const char *arguments)
{
	const char *value;
	size_t length;

	switch (which) {
	case DEFINED_PWD:		/* of the file in hand */
		value = scan_directory(s);
		length = strlen(value);
		return length == 0 ? "." :
		    scan_string(s, value, length - (length > 1));
	case DEFINED_INSTANCE:		/* what @ID is compared with */
		return s->id;
	case DEFINED_RANDOM:
		return random_value(s, arguments);
	case DEFINED_ENV:		/* empty when it is not there */
		if (*arguments == '\0')
			return NULL;
		value = s->reader->environment(s->reader, arguments);
		return value == NULL ? "" : value;
	}
	return which == DEFINED_ENV + 1 ? "#" : "!";
}

/*
 * Reports that there is no such definition.  Within "" a shell may be meant,
 * and $NAME may be part of a password, which is not shown; what else stands in
 * the open is meant for us.
 */
static const char *
use_unknown(struct scan *s, const struct use *use)
{
	bool ours = use->braces && !s->quote;

	complain(s->findings, ours ? SEVERITY_ERROR | WHOLE_LINE : s->quote ?
	    SEVERITY_NOTE : s->secret ? SEVERITY_WARNING : SEVERITY_ERROR,
	    scan_spot(s, use->column),
	    "definition '%.*s' does not exist%s", s->secret ? 3 :
	    (int)use->name_length, s->secret ? "..." : use->name, ours ? "" :
	    "; taken as it stands");
	return NULL;
}

/*
 * What a use is replaced by: the definition's value, or of several lines the
 * first, the others to be read next.  NULL after a complaint.
 */
static const char *
use_value(struct scan *s, const struct use *use, struct definition *d,
    unsigned nesting)
{
	const char *name = scan_string(s, use->name, use->name_length);
	const char *why = NULL, *value, *newline;

	if (d == NULL) {
		int which = list_index(predefined, name);

		if (which < 0)
			return use_unknown(s, use);
		value = predefined_value(s, which, scan_string(s,
		    use->arguments, use->arguments_length));
		if (value == NULL)
			why = "has wrong arguments";
	} else {
		value = d->value;
		newline = text_find(value, '\n');
		if (d->busy)
			why = "contains itself";
		else if (nesting == NESTING_MAX)
			why = "is in too many others";
		else if (newline != NULL && use->after != '\0')
			why = "has several lines and can only end a line";
		else if (newline != NULL) {
			value = scan_string(s, value,
			    (size_t)(newline - value));
			body_push(s, d, newline + 1, use->column);
		}
	}
	if (why != NULL) {
		complain_line(s->findings, scan_spot(s, use->column),
		    "definition '%s' %s", name, why);
		return NULL;
	}
	scan_charge(s, strlen(value) + use->length);
	return value;
}

/* Appends an expanded character. */
static void
expand_char(struct scan *s, char c, uint32_t column)
{
	s->quote ^= c == '"';
	run_add(s, &s->spare, c, column);
}

/*
 * Appends a slice with all definitions in it expanded.  What cannot be expanded
 * stands as it is written, with braces that cut no line.
 */
static void
expand(struct scan *s, const struct slice *from, unsigned nesting)
{
	size_t i = 0, literal = 0;	/* up to here */

	while (i < from->length && !s->stopped) {
		struct slice value = { .columns = NULL };
		struct use use;
		struct definition *d;
		bool busy;

		if (i < literal || !use_parse(from, i, &use)) {
			expand_char(s, from->text[i], slice_column(from, i) |
			    (i < literal ? ORDINARY : 0));
			i++;
			continue;
		}
		d = definition_find(s, use.name, use.name_length);
		value.text = use_value(s, &use, d, nesting);
		if (value.text == NULL) {
			literal = i + use.length;
			continue;
		}
		i += use.length;
		value.length = strlen(value.text);
		value.column = use.column;
		value.after = use.after;
		if (d == NULL) {
			for (size_t k = 0; k < value.length; k++)
				expand_char(s, value.text[k], use.column);
			continue;
		}
		busy = d->busy;
		d->busy = true;
		expand(s, &value, nesting + 1);
		d->busy = busy;
	}
}

/* Expands a slice of the line in hand into s->spare. */
static void
expand_slice(struct scan *s, const struct slice *from)
{
	s->spare.length = 0;
	s->quote = false;
	s->secret = text_holds(s->line.text, "pas") ||
	    text_holds(s->line.text, "key");
	expand(s, from, 0);
	run_end(s, &s->spare);
}

/*
 * Takes a line that is but the name of a definition of several out of the
 * input: its lines are read instead, as if they stood there.
 */
static bool
take_body(struct scan *s)
{
	struct slice rest = scan_rest(s);
	struct definition *d;
	struct use use;

	if (!use_parse(&rest, 0, &use) || use.length != rest.length)
		return false;
	d = definition_find(s, use.name, use.name_length);
	if (d == NULL || d->busy || text_find(d->value, '\n') == NULL)
		return false;
	body_push(s, d, d->value, use.column);
	return true;
}

/* Expands what is left of the line in hand. */
static void
take_uses(struct scan *s)
{
	struct slice rest = scan_rest(s);
	struct run expanded;

	if (text_find(rest.text, '$') == NULL)
		return;
	expand_slice(s, &rest);
	expanded = s->spare;
	s->spare = s->line;
	s->line = expanded;
	s->at = 0;
}

/* -- ~SEQ and ~LST: lines that define names, and the text between them -- */

/*
 * Takes the next of the values a,"b,c",{d,e} into a string; NULL at the end of
 * the list, which leaves *list NULL.
 */
static const char *
item_next(struct scan *s, const char **list)
{
	const char *at = *list, *item;
	unsigned braces = 0;
	bool quote = false;

	if (at == NULL)
		return NULL;
	item = at += span_of(at, BLANKS);
	for (; *at != '\0' && (quote || braces > 0 || *at != ','); at++) {
		quote ^= *at == '"';
		if (!quote && *at == '{')
			braces++;
		else if (!quote && *at == '}' && braces > 0)
			braces--;
	}
	*list = *at == ',' ? at + 1 : NULL;
	return scan_string(s, item, trimmed(item, (size_t)(at - item)));
}

/* Takes the braces off an item: the list in them, or the item itself. */
static const char *
item_list(struct scan *s, const char *item)
{
	size_t length = strlen(item);

	return length >= 2 && item[0] == '{' && item[length - 1] == '}' ?
	    scan_string(s, item + 1, length - 2) : item;
}

/*
 * ~SEQ(NAME,[START,[STEP,]]END) or, in hexadecimal, ~SEQx: appends the lines
 * with text for each value.  NULL, or what is wrong.
 */
static const char *
sequence_lines(struct scan *s, struct text *t, const char *list,
    const char *format, const char *text)
{
	const char *name = item_next(s, &list), *item;
	int64_t numbers[3], value, step, last;
	size_t count = 0;

	if (*name == '\0' || name_length(name, strlen(name)) != strlen(name))
		return "the first argument is no name";
	while ((item = item_next(s, &list)) != NULL) {
		bool minus = *item == '-';

		if (count == 3)
			return "too many numbers";
		if (digit_value(item[minus], 10) < 0 ||
		    !number_parse_c(item + minus, &numbers[count]))
			return "not a number";
		if (minus)
			numbers[count] = -numbers[count];
		count++;
	}
	if (count == 0)
		return "no number to end at";
	last = numbers[count - 1];
	value = count > 1 ? numbers[0] : last < 0 ? -1 : 1;
	step = count > 2 ? numbers[1] : last < value ? -1 : 1;
	if (step == 0 || (step > 0) != (last >= value))
		return "the step does not lead to the end";
	for (; (step > 0 ? value <= last : value >= last) && !s->stopped;
	    value += step) {
		text_format(t, "$%s=", name);
		text_format(t, format, (long long)value);
		text_format(t, "\n%s\n", text);
	}
	return NULL;
}

/*
 * ~LST(NAME,VALUE...) or ~LST({NAME...},{VALUE...}...), written in column: as
 * sequence_lines.  A value that is missing is empty.
 */
static const char *
list_lines(struct scan *s, struct text *t, const char *list, const char *text,
    uint32_t column)
{
	const char *names = item_list(s, item_next(s, &list)), *name, *values;

	for (const char *at = names; (name = item_next(s, &at)) != NULL;) {
		if (*name == '\0' ||
		    name_length(name, strlen(name)) != strlen(name))
			return "the first argument is neither a name nor a "
			    "list {NAME,NAME}";
	}
	while ((values = item_next(s, &list)) != NULL && !s->stopped) {
		values = item_list(s, values);
		for (const char *at = names;
		    (name = item_next(s, &at)) != NULL;) {
			const char *value = item_next(s, &values);

			text_format(t, "$%s=%s\n", name, value == NULL ? "" :
			    value);
		}
		if (values != NULL)
			complain(s->findings, SEVERITY_ERROR,
			    scan_spot(s, column),
			    "~LST: more values than names");
		text_format(t, "%s\n", text);
	}
	return NULL;
}

/* The ')' that ends what was opened before `at`, or NULL. */
static const char *
parenthesis_close(const char *at)
{
	bool quote = false;

	for (; *at != '\0'; at++) {
		quote ^= *at == '"';
		if (*at == ')' && !quote)
			return at;
	}
	return NULL;
}

/*
 * Takes ~SEQ(...) TEXT, ~SEQx(...) TEXT or ~LST(...) TEXT out of the input:
 * TEXT is read instead, once for each value.
 */
static bool
take_loop(struct scan *s)
{
	static const char *const words[] = { "~SEQ(", "~SEQx(", "~LST(" };
	struct slice list = scan_rest(s);
	uint32_t column = slice_column(&list, 0), at;
	struct text lines = scan_text(s);
	const char *close, *text, *why;
	size_t which = 0, word;

	while (which < COUNT_OF(words) &&
	    strncmp(list.text, words[which], strlen(words[which])) != 0)
		which++;
	if (which == COUNT_OF(words))
		return false;
	word = strlen(words[which]);
	list.text += word;
	list.columns += word;
	list.length -= word;
	close = parenthesis_close(list.text);
	if (close == NULL) {
		complain_line(s->findings, scan_spot(s, column),
		    "')' is missing");
		return true;
	}
	text = close + 1 + span_of(close + 1, BLANKS);
	at = slice_column(&list, (size_t)(text - list.text));
	list.length = (size_t)(close - list.text);
	list.after = ')';
	expand_slice(s, &list);
	why = which == 2 ? list_lines(s, &lines, s->spare.text, text,
	    column) :
	    sequence_lines(s, &lines, s->spare.text, which == 1 ? "%llx" :
	    "%lld", text);
	if (why != NULL)
		complain_line(s->findings, scan_spot(s, column),
		    "%.*s: %s", (int)word - 1, words[which], why);
	else
		body_push(s, NULL, text_end(&lines), at);
	return true;
}

/* -- include -- */

/* Files found so far by one include. */
struct found {
	struct path	*first, **last;
	size_t		matched;
	unsigned	checks;			/* enum include_check */
	bool		braces;
	const struct place *place;
};

/* Appends a file to those found. */
static void
found_add(struct scan *s, struct found *found, const char *name,
    bool required)
{
	struct path *path = scan_take(s, sizeof(*path));

	if (path == NULL)
		return;
	path->name = name;
	path->required = required;
	*found->last = path;
	found->last = &path->next;
}

/*
 * Looks up one pattern without {,}.  A plain name that is not there counts as
 * found, so that opening it says why.
 */
static void
include_part(struct scan *s, struct found *found, const char *part)
{
	const char *path = scan_format(s, "%s%s", part[0] == '/' ? "" :
	    scan_directory(s), part);
	bool brace = found->braces && (found->checks & INCLUDE_BRACE) != 0;
	bool read = (found->checks & INCLUDE_READ) != 0;
	const char **matches = NULL;
	int n;

	scan_charge(s, strlen(path) + FILE_COST_MIN);
	if (s->stopped)
		return;
	n = s->reader->glob(s->reader, s->arena, path, &matches);
	if (n < 0) {
		complain(s->findings, found->checks == 0 ? SEVERITY_ERROR :
		    SEVERITY_FATAL, found->place,
		    "the files that match '%s' cannot be listed", path);
		found->matched++;	/* perhaps there are some */
		return;
	}
	for (int i = 0; i < n; i++)
		found_add(s, found, matches[i], read);
	if (n > 0)
		found->matched++;
	else if (part[span_to(part, "*?[")] == '\0')
		found_add(s, found, path, brace || read);
	else
		complain(s->findings, brace ||
		    (found->checks & INCLUDE_WILDCARD) != 0 ? SEVERITY_FATAL :
		    SEVERITY_NOTE, found->place, "no file matches '%s'", path);
}

/*
 * Where the brace that opened before `at` closes, or the first `stop` within
 * it; NULL: it does not close.
 */
static const char *
brace_end(const char *at, char stop)
{
	unsigned depth = 0;

	for (; *at != '\0' && (depth > 0 || (*at != '}' && *at != stop));
	    at++) {
		if (at[0] == '\\' && at[1] != '\0')
			at++;
		else
			depth += (*at == '{') - (unsigned)(*at == '}');
	}
	return *at == '\0' ? NULL : at;
}

/* The '{' of a pattern that is to be expanded first; csh leaves {} alone. */
static const char *
brace_open(const char *pattern)
{
	for (const char *at = pattern; *at != '\0'; at++) {
		if (at[0] == '\\' && at[1] != '\0')
			at++;
		else if (*at == '{' && at[1] != '}')
			return brace_end(at + 1, '}') == NULL ? NULL : at;
	}
	return NULL;
}

/* Looks up a pattern: for each a{b,c}d the patterns abd and acd, and so on. */
static void
include_pattern(struct scan *s, struct found *found, const char *pattern,
    unsigned depth)
{
	const char *open = brace_open(pattern), *close, *at;

	if (open == NULL) {
		include_part(s, found, pattern);
		return;
	}
	if (depth == BRACES_MAX) {
		complain_line(s->findings, found->place,
		    "more than %u braces in one name", BRACES_MAX);
		return;
	}
	found->braces = true;
	close = brace_end(open + 1, '}');
	for (at = open; at < close && !s->stopped;) {
		const char *start = at + 1, *one;

		at = brace_end(start, ',');
		one = scan_format(s, "%.*s%.*s%s", (int)(open - pattern),
		    pattern, (int)(at - start), start, close + 1);
		scan_charge(s, strlen(one) + FILE_COST_MIN);
		include_pattern(s, found, one, depth + 1);
	}
}

/* Finds the files that a pattern means, to go on with the first of them. */
static void
include_files(struct scan *s, const char *pattern, unsigned checks,
    const struct place *place)
{
	struct found found = { NULL, &found.first, 0, checks, false, place };
	struct input *in;

	include_pattern(s, &found, pattern, 0);
	if (found.matched == 0 && (checks & INCLUDE_MATCH) != 0) {
		for (struct path *p = found.first; p != NULL; p = p->next)
			p->required = true;
		if (found.first == NULL)
			complain(s->findings, SEVERITY_FATAL, place,
			    "no file matches '%s'", pattern);
	}
	in = found.first == NULL ? NULL : input_push(s, INPUT_PATHS, place);
	if (in != NULL)
		in->paths = found.first;
}

/* What each of them insists on. */
static const char includes[] =
    "include\0includer\0includem\0includew\0includeb\0includea\0";
static const uint8_t include_checks[] = { 0, INCLUDE_READ, INCLUDE_MATCH,
    INCLUDE_WILDCARD, INCLUDE_BRACE, INCLUDE_ALL };

/*
 * Takes `include PATH` out of the input, to read its files.  All that follows
 * the blanks is the path; quotes around it are taken off.
 */
static bool
take_include(struct scan *s)
{
	struct slice rest = scan_rest(s);
	struct place place = scan_place(s, slice_column(&rest, 0));
	size_t length = span_to(rest.text, BLANKS);
	const char *word = scan_string(s, rest.text, length);
	const char *path = rest.text + length;
	int which = list_index(includes, word);

	if (which < 0)
		return false;
	path += span_of(path, BLANKS);
	length = strlen(path);
	if (length >= 2 && path[0] == '"' && path[length - 1] == '"') {
		path++;
		length -= 2;
	}
	if (length == 0 || length > PATTERN_MAX)
		complain_line(s->findings, &place, "'%s' needs a file name of "
		    "at most %u bytes", word, PATTERN_MAX);
	else
		include_files(s, scan_string(s, path, length),
		    s->checks | include_checks[which], &place);
	return true;
}

/* -- lines and words -- */

/*
 * Brings a line that is all words and braces into hand: what means something
 * to the scanner itself is done and gone.  False: the inputs are at their end.
 */
static bool
scan_fetch(struct scan *s)
{
	while (s->depth > 0 && !s->stopped) {
		if (!input_step(s)) {
			struct input *in = &s->inputs[--s->depth];

			if (in->definition != NULL)
				in->definition->busy = false;
			continue;
		}
		if (!take_marks(s) || take_definition(s, true) ||
		    take_loop(s) || take_body(s))
			continue;
		take_uses(s);
		if (take_marks(s) && !take_include(s))
			return !s->stopped;
	}
	return false;
}

/* Whether the character at `at` of the line in hand is a brace that cuts. */
static bool
is_brace(const struct scan *s, size_t at)
{
	return (s->line.text[at] == '{' || s->line.text[at] == '}') &&
	    (s->line.columns[at] & ORDINARY) == 0;
}

/* Where the words end that begin at `at`: before a brace outside of "". */
static size_t
words_end(struct scan *s, size_t at)
{
	size_t quote = SIZE_MAX;

	for (; at < s->line.length; at++) {
		if (s->line.text[at] == '"')
			quote = quote == SIZE_MAX ? at : SIZE_MAX;
		else if (quote == SIZE_MAX && is_brace(s, at))
			break;
	}
	if (quote != SIZE_MAX)
		complain_line(s->findings, scan_spot(s,
		    s->line.columns[quote]), "'\"' opens here and does not "
		    "close on this line");
	return at;
}

/* A word within its line. */
struct span {
	size_t		start, length;
	bool		quoted;
	bool		open;		/* its quote does not close */
};

/*
 * Copies the next word of a slice from *at on into out.  What stands in "" is a
 * word of its own, whatever it touches.  False: there is none.
 */
static bool
word_next(const struct slice *from, size_t *at, char *out, struct span *word)
{
	const char *text = from->text;
	size_t i = *at + blanks(text + *at, from->length - *at);

	if (i == from->length)
		return false;
	word->open = false;
	word->quoted = text[i] == '"';
	i += word->quoted;
	word->start = i;
	while (i < from->length && text[i] != '"' &&
	    (word->quoted || !is_blank(text[i])))
		i++;
	word->length = i - word->start;
	memcpy(out, text + word->start, word->length);
	*at = i + (word->quoted && i < from->length);
	return true;
}

/*
 * The character that the escape at *at, behind its backslash, stands for:
 * \a \b \E \f \n \r \t \v, octal \nnn, hexadecimal \xXX, of more digits the
 * last two, \cC for control and C; of any other it is the character itself.  No
 * digit, but perhaps a brace, stands at the end.
 */
static char
escape_next(const char **at, const char *end)
{
	static const char letters[] = "abEfnrtv", codes[] = "\a\b\33\f\n\r\t\v";
	char c = *(*at)++;
	const char *letter = text_find(letters, c);
	unsigned base = c == 'x' ? 16 : 8, digits = c == 'x' ? ~0U : 3;
	unsigned code = 0;

	if (letter != NULL)
		return codes[letter - letters];
	if (c == 'c' && *at < end)
		return *(*at)++ & 0x1f;
	if (c == 'x' ? digit_value(**at, 16) < 0 : digit_value(c, 8) < 0)
		return c;
	if (c != 'x')
		--*at;
	for (; digits > 0 && digit_value(**at, base) >= 0; digits--)
		code = code * base + (unsigned)digit_value(*(*at)++, base);
	return (char)code;
}

/*
 * Copies the next word of a command from *at on into out: "" and '' quote, and
 * what touches is one word.  A backslash begins an escape.  The word starts
 * behind its quote.
 */
static bool
quoted_next(const struct slice *from, size_t *at, char *out,
    struct span *word)
{
	const char *c = from->text + *at, *end = from->text + from->length;
	char quote = '\0';

	c += blanks(c, (size_t)(end - c));
	if (c == end)
		return false;
	memset(word, 0, sizeof(*word));
	word->start = (size_t)(c - from->text);
	while (c < end && (quote != '\0' || !is_blank(*c))) {
		char next = *c++;

		if (next == '\\' && c < end) {
			next = escape_next(&c, end);
		} else if (next == quote || (quote == '\0' &&
		    (next == '"' || next == '\''))) {
			quote = quote == '\0' ? next : '\0';
			word->quoted = true;
			continue;
		}
		out[word->length++] = next;
	}
	word->start += word->quoted;
	word->open = quote != '\0';
	*at = (size_t)(c - from->text);
	return true;
}

/* How words are found. */
enum split {
	SPLIT_WORDS,
	SPLIT_COMMAND
};

/* Copies the next word of a slice from *at on into out; false: no more. */
static bool
span_next(const struct slice *from, size_t *at, char *out, struct span *word,
    enum split split)
{
	return split == SPLIT_WORDS ? word_next(from, at, out, word) :
	    quoted_next(from, at, out, word);
}

/*
 * Splits a slice of the line at place into words in the scratch arena.  Returns
 * their number.
 */
static uint32_t
words_split(struct scan *s, const struct slice *from,
    const struct place *place, enum split split, struct word **words)
{
	char *copy = scan_take(s, from->length + 1);
	size_t at = 0;
	uint32_t count = 0;
	struct span span;

	while (copy != NULL && span_next(from, &at, copy, &span, split))
		count++;
	if (count > WORDS_MAX) {
		complain_line(s->findings, place,
		    "more than %u words in one line", WORDS_MAX);
		count = WORDS_MAX;
	}
	*words = scan_take(s, count * sizeof(**words));
	if (s->stopped)
		return 0;
	at = 0;
	for (uint32_t i = 0; i < count; i++) {
		struct word *word = &(*words)[i];

		(void)span_next(from, &at, copy, &span, split);
		copy[span.length] = '\0';
		word->text = copy;
		word->quoted = span.quoted;
		word->place = *place;
		word->place.column = slice_column(from, span.start) & ~ORDINARY;
		if (span.open)
			complain_line(s->findings, &word->place,
			    "a quote in this word does not close");
		if (strlen(copy) < span.length)
			complain(s->findings, SEVERITY_ERROR, &word->place,
			    "no argument of a program can hold the character "
			    "NUL");
		copy += span.length + 1;
	}
	return count;
}

/* Takes a brace, or the words before the next one, off the line in hand. */
static bool
scan_piece(struct scan *s, struct line *line)
{
	struct slice rest = scan_rest(s);

	memset(line, 0, sizeof(*line));
	if (rest.length == 0)
		return false;
	line->place = scan_place(s, slice_column(&rest, 0));
	if (is_brace(s, s->at)) {
		line->kind = *rest.text == '{' ? LINE_OPEN : LINE_CLOSE;
		s->at++;
		return true;
	}
	line->kind = LINE_WORDS;
	rest.length = words_end(s, s->at) - s->at;
	line->raw = rest;
	line->count = words_split(s, &rest, &line->place, SPLIT_WORDS,
	    &line->words);
	s->at += rest.length;
	return true;
}

/*
 * The next line of the configuration.  False, and LINE_END with the place where
 * the file ended, when there are no more: if scan.stopped is set because of a
 * limit, which has been reported, or of memory.
 */
static bool
scan_line(struct scan *s, struct line *line)
{
	for (;;) {
		if (s->findings->counts[SEVERITY_ERROR] >= FINDINGS_MAX)
			scan_stop(s, "more than 1000 errors");
		while (!s->stopped && !scan_piece(s, line) && scan_fetch(s))
			;
		if (s->stopped || line->kind == LINE_END)
			break;
		/* NOLINTNEXTLINE(clang-analyzer-*) it has words */
		if (line->kind != LINE_WORDS || line->words[0].quoted ||
		    list_index(includes, line->words[0].text) < 0)
			return true;
		complain_line(s->findings, &line->place,
		    "'%s' must be the first word of its line",
		    line->words[0].text);
	}
	memset(line, 0, sizeof(*line));
	line->place = s->place;
	return false;
}

/*
 * Begins to scan what input names; without a path there is nothing to read, and
 * s serves its other functions.  Memory is taken from scratch, findings go to
 * findings.
 */
static void
scan_start(struct scan *s, const struct conf_input *input,
    struct arena *scratch, struct diagnostics *findings)
{
	static const struct place nowhere;
	const char *host;

	memset(s, 0, sizeof(*s));
	s->conf = input;
	s->reader = input->reader;
	s->arena = scratch;
	s->findings = findings;
	s->budget = EXPANSION_MAX;
	s->checks = input->all_includes ? INCLUDE_ALL : 0;
	s->id = input->config_id;
	if (s->id == NULL) {
		host = s->reader->host_name(s->reader);
		host = host == NULL ? "" : host;
		s->id = scan_string(s, host, span_to(host, "."));
	}
	run_end(s, &s->line);
	run_end(s, &s->spare);
	if (input->path != NULL && !s->stopped)
		include_files(s, input->path, INCLUDE_ALL, &nowhere);
}

/* -- commands: words that are split again -- */

/*
 * Splits a command into arguments in keep, with NULL behind the last.  Returns
 * NULL when there is no memory; a command without any word has no argv[0].
 */
static const char *const *
scan_command_argv(struct scan *s, struct arena *keep,
    const struct word *command)
{
	struct slice from = { .text = command->text,
	    .length = strlen(command->text), .column = command->place.column };
	struct word *words;
	uint32_t count = words_split(s, &from, &command->place, SPLIT_COMMAND,
	    &words);
	const char **argv = arena_array(keep, count + 1, sizeof(*argv));

	for (uint32_t i = 0; argv != NULL && i < count; i++)
		argv[i] = arena_string(keep, words[i].text,
		    strlen(words[i].text));
	return argv;
}

/* -- keywords that are about the scanner -- */

/*
 * include_check [+|-]WHAT...: what a plain include insists on from here on;
 * without a sign, on nothing else; without WHAT, on all.
 */
static void
scan_include_check(struct scan *s, const struct line *line)
{
	bool first = true;

	if (line->count == 1)
		s->checks = INCLUDE_ALL;
	for (uint32_t i = 1; i < line->count; i++) {
		const char *name = line->words[i].text;
		char sign = *name == '+' || *name == '-' ? *name++ : '\0';
		int bit = strcmp(name, "readable") == 0 ? 0 : list_index(
		    "read\0match\0wildcard_match\0brace_match\0", name);

		if (bit < 0) {
			complain(s->findings, SEVERITY_ERROR,
			    &line->words[i].place, "include_check knows read, "
			    "match, wildcard_match and brace_match, not '%s'",
			    name);
			continue;
		}
		if (sign == '\0' && first)
			s->checks = 0;
		first = false;
		s->checks |= 1U << bit;
		if (sign == '-')
			s->checks ^= 1U << bit;
	}
}

/* -- what is being read -- */

/* The blocks that have keywords, in the order in which they are printed. */
enum block {
	IN_ROOT, IN_GLOBAL,
	IN_SCRIPT, IN_BFD, IN_FILE, IN_PROCESS,	/* as in enum track_kind */
	IN_GARP,
	IN_GROUP, IN_TRACK_GROUP, IN_INSTANCE, IN_AUTHENTICATION, IN_HMAC,
	IN_VIRTUAL_SERVER,		/* and below it: all is skipped */
	BLOCKS
};

/* The block that defines what is tracked, which is no interface. */
static enum block
track_block(unsigned kind)
{
	return (enum block)(IN_SCRIPT + kind - TRACK_SCRIPT);
}

/* The words that open them. */
static const char block_words[] = "\0global_defs\0"
    "vrrp_script\0bfd_instance\0track_file\0vrrp_track_process\0"
    "garp_group\0vrrp_sync_group\0track_group\0vrrp_instance\0"
    "authentication\0auth_hmac\0virtual_server\0";

/*
 * How the words after a keyword are read: type, reader, and how a value is
 * called, in `'priority' needs ...` and in --keywords.  In VALUES_WANTED a word
 * must follow; a keyword of LISTS opens a block of lines that have one reader.
 */
#define VALUES_LEFT_OUT(X) \
	X(T_FLAG, flag, "nothing") \
	X(T_BOOL, bool, "on or off") \
	X(T_CLEAR, flag, "nothing") \
	X(T_CHECKSUM, checksum, "on or off") \
	X(T_NOTIFY_DELETED, notify_deleted, "nothing") \
	X(T_OLD_CHECKSUM, old_checksum, "never") \
	X(T_EXPIRED, expired, "a priority 1-254") \
	X(T_LOG_FILE, log_file, "a path") \
	X(T_INIT_FILE, init_file, "a number") \
	X(T_INCLUDE_CHECK, include_check, "a kind of check") \
	X(T_PARAM_MATCH, param_match, "initial, partial or nothing") \
	X(T_VMAC, vmac, "[NAME] [unicast MAC] [group N]") \
	X(T_IPVLAN, vmac, "[NAME] [ADDRESS] [bridge|private|vepa] [group N]")
#define VALUES_WANTED(X) \
	X(T_NUMBER, number, "a number") \
	X(T_COMMAND, command, "a command") \
	X(T_NOTIFY, notify, "a command") \
	X(T_SECONDS, seconds, "seconds") \
	X(T_MILLISECONDS, seconds, "milliseconds") \
	X(T_TEXT, text, "a value") \
	X(T_INTERFACE, interface, "the name of an interface") \
	X(T_ADDRESS, address, "an address") \
	X(T_MULTICAST, address, "a multicast address") \
	X(T_STATE, state, "MASTER or BACKUP") \
	X(T_AUTH_TYPE, choice, "PASS or AH") \
	X(T_REPLAY, choice, "time or monotonic") \
	X(T_MODE, choice, "enforce, permissive or receive-only") \
	X(T_PASSWORD, password, "a password") \
	X(T_KEY, key, "an id 1-255 and a key of 32-64 bytes") \
	X(T_UMASK, umask, "an octal number or IRUSR|IWUSR|...") \
	X(T_WEIGHT, weight, "a number") \
	X(T_USER, user, "a user") \
	X(T_FIFO, fifo, "a path") \
	X(T_RANDOM_SEED, random_seed, "a number") \
	X(T_CPUS, cpus, "numbers 0-255") \
	X(T_GARP_EXTRA, garp_extra, "seconds") \
	X(T_PROCESS, process, "the name of a process") \
	X(T_CHECK, check, "what to check") \
	X(T_GARP_INTERFACE, garp_interface, "the name of an interface")
#define LISTS(X) \
	X(T_ADDRESSES, address, "addresses") \
	X(T_PEERS, peer, "addresses") \
	X(T_TRACKS, track, "names") \
	X(T_MEMBERS, member, "names") \
	X(T_ENTRIES, entry, "routes or rules") \
	X(T_GARP_INTERFACES, garp, "names of interfaces") \
	X(T_DELAYS, delay, "interfaces and seconds")

enum value_type {
#define VALUE_TYPE(type, reader, wish) type,
	VALUES_LEFT_OUT(VALUE_TYPE)
	VALUES_WANTED(VALUE_TYPE)
	T_ANY, T_BLOCK,
	LISTS(VALUE_TYPE)
#undef VALUE_TYPE
};

/* What becomes of a keyword.  From NOTE_MAIL to NOTE_LVS: one note a class. */
enum verdict {
	TAKEN,
	NO_EFFECT,		/* accepted: nothing that others see changes */
	NOTE_MAIL, NOTE_SNMP, NOTE_DBUS, NOTE_LVS
};

enum keyword_flag {
	KEYWORD_REQUIRED	= 1 << 0,	/* fatal where it is bad */
	KEYWORD_OPTIONAL	= 1 << 1,	/* its value may be left out */
	KEYWORD_FIRST		= 1 << 2,	/* of two the first counts */
	KEYWORD_ALIAS		= 1 << 3,	/* other name of a row above */
	KEYWORD_UNICAST		= 1 << 4,	/* means nothing to multicast */
	KEYWORD_MULTICAST	= 1 << 5,	/* means nothing to unicast */
	KEYWORD_DEFAULT		= 1 << 6,	/* it has one */
	KEYWORD_OFF		= 1 << 7	/* it is off by default */
};

/* What numbers and times may be; see ranges[]. */
enum bounds {
	NO_RANGE, FROM_0, FROM_1, OCTETS, OCTETS_FROM_1, UP_TO_100, UP_TO_1000,
	VERSIONS, JSON_VERSIONS, REAL_TIME_PRIORITIES, RUN_PRIORITIES,
	NICE_VALUES, EXPIRED_PRIORITIES, WEIGHTS, FILE_WEIGHTS, SPANS,
	SPANS_OF_RUNS, INTERVALS, DELAYS, HOURS, QUORUMS, QUORUMS_FROM_1,
	WINDOWS, CHAIN_PRIORITIES, BFD_SPANS, IDLE_SPANS, HOPS, RANGES
};

/*
 * A word that keepalived knows, its default as a file has it behind its NUL if
 * flags say so; or a list of those that are not taken.
 */
struct keyword {
	const char	*word;
	uint8_t		block;		/* enum block: where it may stand */
	uint8_t		type;		/* enum value_type */
	uint8_t		verdict;
	uint8_t		flags;		/* enum keyword_flag */
	uint16_t	offset;		/* of its field in the block's draft */
	uint8_t		size;
	uint8_t		detail;		/* by type: enum bounds, the block
					   it opens, enum notify_kind, enum
					   track_kind, enum entry_kind,
					   family, which FIFO */
};

/* A keyword that was given, good or bad; row: index in keywords[]. */
struct setting {
	struct setting	*next;
	struct place	place;
	uint16_t	row;
	bool		good;			/* its field holds the value */
};

struct weight {
	int16_t		value;
	bool		reverse, given;
};

/* A line of a list block. */
struct item {
	struct item	*next;
	struct place	place;
	const struct keyword *keyword;		/* of its list */
	const char	*name;			/* tracker, member or group */
	struct draft_tracker *tracker;		/* NULL: an interface */
	uint16_t	index;			/* of what the name means */
	uint8_t		kind;			/* enum track_kind */
	struct weight	weight;
	struct conf_address address;
	struct conf_address_more more;		/* if address.more is set */
	struct conf_track track;		/* once that is settled */
	struct conf_peer peer;
	struct conf_entry entry;
	struct conf_delay delay;
};

struct list {
	struct item	*first, **last;
	uint32_t	count;
};

/* The names after a script: who runs it; user NULL: the default. */
struct owner {
	const char	*user, *group;
	struct place	place;
	bool		supplementary;
};

/* A script as written, each different one once. */
struct command {
	struct command	*next;
	struct owner	owner;
	struct place	place;
	const struct keyword *keyword;		/* that named it first */
	const struct draft *draft;		/* and where */
	struct conf_command conf;
	uint16_t	index;			/* in conf.commands */
	bool		quoted;
	bool		wanted;			/* something will run it */
};

/* What the drafts of all blocks begin with. */
struct draft {
	struct draft	*next;
	const char	*name;
	struct place	place;			/* of the name */
	struct setting	*settings;		/* latest first */
	uint32_t	index;
	uint32_t	count;			/* of settings */
	uint8_t		block;			/* enum block */
};

struct draft_vr {
	struct draft	draft;
	struct draft_group *group;
	struct list	addresses, excluded, peers, tracks, routes, rules;
	struct conf_vr	conf;
	struct command	*notify[NOTIFY_KINDS];
	struct place	family_place;		/* of what decided on it */
	uint32_t	password_length;	/* as written */
	struct conf_key	*keys;			/* conf.hmac.keys.first */
};

struct draft_group {
	struct draft	draft;
	struct conf_group conf;
	struct list	members, tracks;
	struct command	*notify[NOTIFY_KINDS];
};

/* What scripts, files, processes and BFD sessions have alike. */
struct draft_tracker {
	struct draft	draft;
	struct weight	weight;
	const char	*tracked_by;		/* by the first; NULL: none */
};

struct draft_script {
	struct draft_tracker tracker;
	struct command	*command;
	struct word	script;			/* text NULL: none */
	struct conf_script conf;
	struct owner	owner;
};

struct draft_file {
	struct draft_tracker tracker;
	struct conf_file conf;
};

struct draft_process {
	struct draft_tracker tracker;
	struct conf_process conf;
};

struct draft_bfd {
	struct draft_tracker tracker;
	struct conf_bfd	conf;
};

struct draft_garp {
	struct draft	draft;
	struct conf_garp conf;
	struct list	interfaces;
};

/* global_defs with the top level; vr: what instances have by default. */
struct draft_global {
	struct draft	draft;
	struct conf_global conf;
	struct draft_vr	vr;
	struct list	delays;
	struct owner	script_user;
	struct owner	fifo_owner[2];
	struct command	*script[GLOBAL_SCRIPTS];
	struct list	addresses, routes, rules;	/* static ones */
	bool		min_garp;
};

/* All drafts of one kind, in the order in which they stand. */
struct drafts {
	struct draft	*first, **last;
	uint32_t	count;
	struct map	names;
};

/* What must be there once: in an instance, on an interface. */
struct seen_key {
	enum seen_what { SEEN_PEER, SEEN_ADDRESS, SEEN_TRACKER, SEEN_VRID,
		SEEN_NEIGHBOR, SEEN_ENTRY } what;
	uint32_t	of, index;
	struct ip	ip, other;
	const void	*body;			/* keep_shared's */
};

/* With which instance and item it was seen first. */
struct seen {
	struct seen_key	key;
	const struct draft_vr *vr;
	struct item	*item;
};

/* An interface that something needs, and where it is first named. */
struct draft_interface {
	struct draft_interface *next;
	struct place	place;
	char		name[16];
	uint16_t	index;
	uint16_t	garp_group;		/* as in conf_interface */
	bool		must_work;		/* to send by, or tracked */
	struct draft_link *link;		/* NULL: not ours */
};

/* A link that we make. */
struct draft_link {
	struct draft_link *next;
	struct conf_link conf;
	uint16_t	index;			/* in conf.links */
};

/* The first keywords of a class that is not supported. */
struct class_note {
	struct place	place;
	const char	*words[3];
	uint32_t	count, blocks;
};

/* A block that is open. */
struct frame {
	const struct keyword *keyword;		/* NULL: the top level */
	struct draft	*draft;
	struct place	place;			/* of the keyword */
	struct place	end;			/* of its '}' */
	uint8_t		block;			/* enum block */
};

#define ITEMS_MAX 16384		/* in a list block */
#define SETTINGS_MAX 4096	/* in a block: all are looked through */
#define FRAMES_MAX 5		/* top level, block, misplaced one, its list */
#define TRIES_MAX (1U << 18)	/* names with others, for what is meant */

/* Whose names iproute2 has in a file of their own, all but the last. */
enum names { NO_NAMES, TABLES, PROTOCOLS, SCOPES, FIELDS, REALMS, GROUPS,
	IP_PROTOCOLS };

/* What stands first has the short instructions. */
struct parse {
	struct diagnostics *findings;
	struct arena	*keep, *scratch;
	struct scan	*scan;
	const struct conf_input *input;
	struct frame	*top;			/* that lines belong to */
	uint32_t	used;			/* words that were read */
	uint32_t	skip_depth;		/* its open braces */
	uint16_t	command_count, interface_count, link_count;
	uint16_t	check_count;		/* built-in ones that run */
	bool		opening;		/* '{' must come next */
	bool		empty;			/* nothing came behind it */
	bool		may_skip;		/* if '{' comes, skip it */
	bool		lost;			/* after a '}' too many */
	struct place	suspect;		/* of what may be no instance */
	struct draft_link *links;		/* the latest first */
	struct conf_entry *next_entry;		/* to be filled */
	const struct conf_origin **last_origin;
	struct command	*first_command, **last_command;
	struct place	spot;			/* of what is complained of */
	struct place	end;			/* of what was read */
	struct draft_interface *first_interface, **last_interface;
	struct entry_draft *entry;		/* the line in hand */
	uint32_t	rules_without;		/* a preference */
	uint32_t	compared;		/* of TRIES_MAX */
	struct frame	frames[FRAMES_MAX];	/* the first: the top level */
	struct frame	closed;			/* the block that ended last */
	struct frame	odd;			/* its '}' is too far left */
	struct place	skipped;		/* the block that is skipped */
	struct drafts	drafts[BLOCKS];		/* by enum block */
	struct map	commands, interfaces, seen, shared, excused, above;
	struct map	names[IP_PROTOCOLS + 1];	/* by enum names */
	struct class_note notes[NOTE_LVS + 1];
	struct seen_key	key;			/* being looked up */
	struct draft_global global;
};

/* -- drafts, names, findings -- */

/*
 * A block that there may be `many` of: struct draft_`one` of struct
 * conf_`one`, whose first field is the name.
 */
#define MANY(one, many, count) \
	{ sizeof(struct draft_##one), \
	offsetof(struct draft_##one, conf), sizeof(struct conf_##one), \
	offsetof(struct conf, many), offsetof(struct conf, count) }

static const struct block_kind {
	uint16_t	draft_size;		/* 0: has no name */
	uint16_t	conf;			/* where in a draft */
	uint16_t	conf_size;
	uint16_t	objects, count;		/* where in struct conf */
} block_kinds[BLOCKS] = {
	[IN_GLOBAL] = { 0, offsetof(struct draft_global, conf),
	    sizeof(struct conf_global), 0, 0 },
	[IN_SCRIPT] = MANY(script, scripts, script_count),
	[IN_FILE] = MANY(file, files, file_count),
	[IN_PROCESS] = MANY(process, processes, process_count),
	[IN_BFD] = MANY(bfd, bfds, bfd_count),
	[IN_GARP] = MANY(garp, garps, garp_count),
	[IN_GROUP] = MANY(group, groups, group_count),
	[IN_TRACK_GROUP] = MANY(group, track_groups, track_group_count),
	[IN_INSTANCE] = MANY(vr, vrs, vr_count)
};

/* The word that opens a block; "" for the top level. */
static const char *
block_word(unsigned block)
{
	return list_item(block_words, block);
}

/* A copy of a string in the keep arena; NULL for NULL, or without memory. */
static const char *
keep_text(struct parse *p, const char *text)
{
	return text == NULL ? NULL : arena_string(p->keep, text, strlen(text));
}

/* A copy of bytes in the keep arena, the same for the same bytes. */
static const void *
keep_shared(struct parse *p, const void *bytes, size_t length)
{
	struct map_entry *entry = map_find(&p->shared, bytes, length);
	void *copy;

	if (entry != NULL)
		return entry->key;
	copy = arena_take(p->keep, length);
	if (copy == NULL)
		return NULL;
	memcpy(copy, bytes, length);
	(void)map_entry(p->scratch, &p->shared, copy, length);
	return copy;
}

/* Reports that there are more of something than can be. */
static void
complain_many(struct parse *p, const struct place *place, unsigned limit,
    const char *what)
{
	complain(p->findings, SEVERITY_FATAL, place,
	    "there are more than %u %s", limit, what);
}

/* The draft of that name of a block, or NULL. */
static struct draft *
drafts_find(const struct parse *p, enum block block, const char *name)
{
	struct map_entry *entry = map_find(&p->drafts[block].names, name,
	    strlen(name));

	return entry == NULL ? NULL : entry->value;
}

/*
 * Of the names of drafts the one that is most like this one, or NULL: none is,
 * or as many were compared as a reload has time for.  Those that say nothing
 * may have been made up (track_script).
 */
static const char *
drafts_nearest(struct parse *p, enum block block, const char *name)
{
	struct nearest n = nearest_to(name);

	p->compared += p->drafts[block].count;
	if (p->compared > TRIES_MAX)
		return NULL;
	for (struct draft *at = p->drafts[block].first; at != NULL;
	    at = at->next) {
		if (at->settings != NULL)
			nearest_try(&n, at->name);
	}
	return n.found;
}

/*
 * Adds a draft of a block under a name that none has yet, after a complaint if
 * operators could not ask for that; NULL: no memory, or after a complaint that
 * there are too many.
 */
static struct draft *
drafts_add(struct parse *p, enum block block, const struct word *name)
{
	struct drafts *drafts = &p->drafts[block];
	struct map_entry *entry = map_entry(p->scratch, &drafts->names,
	    name->text, strlen(name->text));
	struct draft *draft = arena_take(p->scratch,
	    block_kinds[block].draft_size);

	if (drafts->count == VRS_MAX)
		complain_many(p, &name->place, VRS_MAX, "blocks of this kind");
	if (strlen(name->text) >= REPORT_NAME)
		complain_many(p, &name->place, REPORT_NAME - 1,
		    "bytes in this name");
	if (entry == NULL || draft == NULL || drafts->count == VRS_MAX)
		return NULL;
	entry->value = draft;
	draft->name = name->text;
	draft->place = name->place;
	draft->block = (uint8_t)block;
	draft->index = drafts->count++;
	if (drafts->last == NULL)
		drafts->last = &drafts->first;
	*drafts->last = draft;
	drafts->last = &draft->next;
	return draft;
}

/* Appends an item to a list; NULL: no memory, or after a complaint. */
static struct item *
list_add(struct parse *p, struct list *list, const struct place *place)
{
	struct item *item = arena_take(p->scratch, sizeof(*item));

	if (list->count == ITEMS_MAX)
		complain_many(p, place, ITEMS_MAX, "lines in this block");
	if (item == NULL || list->count == ITEMS_MAX)
		return NULL;
	item->place = *place;
	item->keyword = p->top->keyword;
	if (list->last == NULL)
		list->last = &list->first;
	*list->last = item;
	list->last = &item->next;
	list->count++;
	return item;
}

/* Takes the item that *link points to out of its list. */
static void
list_remove(struct list *list, struct item **link)
{
	if (list->last == &(*link)->next)
		list->last = link;
	*link = (*link)->next;
	list->count--;
}

/* Takes the items out of a list that do not stay; `of` is passed on. */
static void
list_filter(struct parse *p, struct list *list,
    bool (*stays)(struct parse *, void *, struct item *), void *of)
{
	struct item **link = &list->first;

	while (*link != NULL) {
		if (stays(p, of, *link))
			link = &(*link)->next;
		else
			list_remove(list, link);
	}
}

/* Complains about a word, which the format has at its one %s. */
static void
complain_word(struct parse *p, enum severity severity, const struct word *word,
    const char *format)
{
	complain(p->findings, severity, &word->place, format, word->text);
}

/* Complains about a block; the text begins behind its name. */
static void
complain_draft(struct parse *p, enum severity severity,
    const struct draft *draft, const char *text)
{
	complain(p->findings, severity, &draft->place, "%s %s %s",
	    block_word(draft->block), draft->name, text);
}

/* The place right behind a word; good until the next one. */
static struct place *
place_behind(struct parse *p, const struct word *word)
{
	p->spot = word->place;
	p->spot.column += (uint32_t)strlen(word->text) + word->quoted;
	return &p->spot;
}

/* "line 7", where place is seen from `here`, or with its file if another. */
static const char *
place_text(struct parse *p, const struct place *place,
    const struct place *here)
{
	if (place->file != NULL && here->file != NULL &&
	    strcmp(place->file, here->file) != 0)
		return scan_format(p->scan, "%s:%u", place->file,
		    (unsigned)place->line);
	return scan_format(p->scan, "line %u", (unsigned)place->line);
}

/* What to append to a message about a word that is like another one. */
static const char *
did_you_mean(struct parse *p, const char *nearest)
{
	return nearest == NULL ? "" : scan_format(p->scan,
	    "; did you mean '%s'?", nearest);
}

/*
 * What no keyword can hold and hardly shows on a screen: the first character of
 * word that is not printable ASCII, as "non-ASCII letter U+0435 at column 8".
 * NULL when there is none.
 */
static const char *
odd_byte(struct scan *s, const struct word *word)
{
	const unsigned char *c = (const unsigned char *)word->text;
	uint32_t column = word->place.column;
	unsigned more, letter;

	for (; *c >= 0x20 && *c < 0x7f; c++)
		column++;
	if (*c == '\0')
		return NULL;
	more = *c >= 0xf0 ? 3 : *c >= 0xe0 ? 2 : *c >= 0xc0 ? 1 : 0;
	letter = *c & (0x3fU >> more);
	for (unsigned i = 1; i <= more; i++) {
		if ((c[i] & 0xc0) != 0x80)
			more = 0;
		else
			letter = letter << 6 | (c[i] & 0x3f);
	}
	return scan_format(s, more > 0 ?
	    "non-ASCII letter U+%04x at column %u" :
	    "byte 0x%02x at column %u", more > 0 ? letter : *c, column);
}

/* Whether Linux takes it for the name of an interface. */
static bool
is_interface_name(const char *name)
{
	size_t length = strlen(name);

	return length > 0 && length < 16 &&
	    name[span_to(name, "/:" BLANKS)] == '\0';
}

/*
 * An interface by its name, noted as needed by `place`; NULL after a complaint,
 * or without memory.
 */
static struct draft_interface *
interface_draft(struct parse *p, const char *name, const struct place *place,
    enum severity severity)
{
	size_t length = strlen(name);
	struct map_entry *entry;
	struct draft_interface *interface;

	if (!is_interface_name(name)) {
		complain(p->findings, severity, place, "'%s' is no name of an "
		    "interface: 1-15 characters, no ':', '/' or blank", name);
		return NULL;
	}
	entry = map_entry(p->scratch, &p->interfaces, name, length);
	if (entry == NULL)
		return NULL;
	if (entry->value == NULL && p->interface_count == NONE) {
		complain_many(p, place, NONE, "interfaces");
	} else if (entry->value == NULL) {
		interface = arena_take(p->scratch, sizeof(*interface));
		if (interface == NULL)
			return NULL;
		memcpy(interface->name, name, length);
		interface->place = *place;
		interface->index = p->interface_count++;
		*p->last_interface = interface;
		p->last_interface = &interface->next;
		entry->value = interface;
	}
	return entry->value;
}

/* The index of the interface that a word names; NONE after a complaint. */
static uint16_t
interface_index(struct parse *p, const struct word *word)
{
	const struct draft_interface *interface = interface_draft(p,
	    word->text, &word->place, SEVERITY_ERROR);

	return interface == NULL ? NONE : interface->index;
}

/* -- the values of keywords -- */

/* How values are called, in the order of enum value_type. */
#define WISH(type, reader, wish) wish "\0"
static const char wishes[] = VALUES_LEFT_OUT(WISH) VALUES_WANTED(WISH)
    "anything\0a name\0" LISTS(WISH);
#undef WISH

/* The same of built-in checks, by enum check_kind: keyword, what it wants. */
static const char check_wishes[] =
    "script\0a command\0"
    "pidfile\0an absolute path\0"
    "tcp\0an address and a port\0"
    "http\0an address, a port and a path\0"
    "ping\0an address\0"
    "route\0a prefix, or default\0";

/* Limits as written, but of times in milliseconds. */
static const struct {
	int32_t		min, max;
} ranges[RANGES] = {
	[FROM_0] = { 0, INT32_MAX },	[FROM_1] = { 1, INT32_MAX },
	[OCTETS] = { 0, 255 },		[OCTETS_FROM_1] = { 1, 255 },
	[UP_TO_100] = { 1, 100 },	[UP_TO_1000] = { 1, 1000 },
	[VERSIONS] = { 2, 3 },
	[JSON_VERSIONS] = { 1, 2 },	[REAL_TIME_PRIORITIES] = { -1, 99 },
	[RUN_PRIORITIES] = { 0, 99 },	[NICE_VALUES] = { -20, 19 },
	[EXPIRED_PRIORITIES] = { 1, 254 },
	[CHAIN_PRIORITIES] = { -400, 400 },
	[WEIGHTS] = { -253, 253 },	[FILE_WEIGHTS] = { -254, 254 },
	[SPANS] = { 0, 4294000 },	[SPANS_OF_RUNS] = { 1, 4294000 },
	[INTERVALS] = { 10, 255000 },	[DELAYS] = { 0, 1000000 },
	[HOURS] = { 0, 3600000 },	[QUORUMS] = { 0, QUORUM_MAX },
	[QUORUMS_FROM_1] = { 1, QUORUM_MAX },	[WINDOWS] = { 1, 300 },
	[BFD_SPANS] = { 1, 4294967 },	[IDLE_SPANS] = { 1000, 4294967 },
	[HOPS] = { -1, 255 }
};

/* The default of a keyword as a file has it; "" for none. */
static const char *
keyword_default(const struct keyword *k)
{
	return k->flags & KEYWORD_OFF ? "off" : k->flags & KEYWORD_DEFAULT ?
	    list_next(k->word) : "";
}

/* How bad a bad value of k is; k NULL: of no known keyword. */
static enum severity
keyword_severity(const struct keyword *k)
{
	return k != NULL && (k->flags & KEYWORD_REQUIRED) != 0 ?
	    SEVERITY_FATAL : SEVERITY_ERROR;
}

/* Appends what a keyword wants, with its limits: "a number 1-255". */
static void
wish_text(struct text *t, const struct keyword *k)
{
	int min = ranges[k->detail].min, max = ranges[k->detail].max;
	intmax_t unit = k->type == T_MILLISECONDS ? SECOND_US : MS_US;

	if (k->type == T_SECONDS || k->type == T_MILLISECONDS ||
	    k->type == T_GARP_EXTRA)
		text_format(t, "%jd-%jd ", min * unit, max * unit);
	text_string(t, k->type == T_CHECK ?
	    list_item(check_wishes, 2U * k->detail + 1) :
	    list_item(wishes, k->type));
	if (k->type != T_NUMBER && k->type != T_WEIGHT)
		return;
	if (max == INT32_MAX)
		text_format(t, " of at least %d", min);
	else
		text_format(t, min < 0 ? " %d to %d" : " %d-%d", min, max);
}

/*
 * Complains about word `index` of a keyword's line, or that it is missing;
 * false, for the reader to return.
 */
static bool
wrong(struct parse *p, const struct keyword *k, const struct line *line,
    uint32_t index)
{
	bool missing = index >= line->count;
	const struct word *word = &line->words[missing ? line->count - 1 :
	    index];
	struct text wish = scan_text(p->scan);

	wish_text(&wish, k);
	p->used = line->count;
	complain(p->findings, keyword_severity(k), missing ?
	    place_behind(p, word) : &word->place, missing ? "'%s' needs %s" :
	    "%s must be %s, not '%s'", k->word, text_end(&wish), word->text);
	return false;
}

/* on or off as 1 or 0; -1: neither. */
static int
bool_parse(const char *text)
{
	int index = list_index("off\0on\0no\0yes\0false\0true\0", text);

	return index < 0 ? index : index & 1;
}

/* A flag, alone or with on or off; another word is left for a complaint. */
static bool
read_flag(struct parse *p, const struct keyword *k, const struct line *line,
    void *field)
{
	int value = line->count > 1 ? bool_parse(line->words[1].text) : -1;

	p->used = value < 0 ? 1 : 2;
	*(bool *)field = (value != 0) != (k->type == T_CLEAR);
	return true;
}

/* on or off; nothing is on. */
static bool
read_bool(struct parse *p, const struct keyword *k, const struct line *line,
    void *field)
{
	if (line->count > 1 && bool_parse(line->words[1].text) < 0)
		return wrong(p, k, line, 1);
	return read_flag(p, k, line, field);
}

/* v3_checksum_as_v2: an enum checksum_form. */
static bool
read_checksum(struct parse *p, const struct keyword *k, const struct line *line,
    void *field)
{
	bool plain = false;

	if (!read_bool(p, k, line, &plain))
		return false;
	*(uint8_t *)field = plain ? CHECKSUM_PLAIN : CHECKSUM_PSEUDO;
	return true;
}

/* Stores a number into a field of 1, 2 or 4 bytes, signed or not. */
static void
number_store(void *field, size_t size, int64_t number)
{
	if (size == 1)
		*(uint8_t *)field = (uint8_t)number;
	else if (size == 2)
		*(uint16_t *)field = (uint16_t)number;
	else
		*(uint32_t *)field = (uint32_t)number;
}

/* What number_store stored. */
static int64_t
number_load(const void *field, size_t size, bool is_signed)
{
	if (size == 1)
		return is_signed ? *(const int8_t *)field :
		    *(const uint8_t *)field;
	if (size == 2)
		return is_signed ? *(const int16_t *)field :
		    *(const uint16_t *)field;
	return is_signed ? *(const int32_t *)field :
	    (int64_t)*(const uint32_t *)field;
}

/* A decimal number; less than any limit if the text is none. */
static int64_t
number_of(const char *text)
{
	int64_t number;

	return number_parse(text, &number) ? number : INT64_MIN;
}

/* Reads a decimal number from low to high. */
static bool
number_within(const char *text, int64_t low, int64_t high, int64_t *number)
{
	return number_parse(text, number) && *number >= low && *number <= high;
}

/* The same with the limits of the table. */
static bool
number_in_range(const char *text, enum bounds bounds, int64_t *number)
{
	return number_within(text, ranges[bounds].min, ranges[bounds].max,
	    number);
}

/* A number within the row's limits. */
static bool
read_number(struct parse *p, const struct keyword *k, const struct line *line,
    void *field)
{
	int64_t number;

	if (!number_in_range(line->words[1].text, (enum bounds)k->detail,
	    &number))
		return wrong(p, k, line, 1);
	number_store(field, k->size, number);
	return true;
}

/*
 * Seconds or milliseconds with decimals, stored as microseconds; limits in
 * milliseconds.
 */
static bool
read_seconds(struct parse *p, const struct keyword *k, const struct line *line,
    void *field)
{
	usec_t span, unit = k->type == T_MILLISECONDS ? SECOND_US / MS_US : 1;
	bool inexact;

	if (!seconds_parse(line->words[1].text, &span, &inexact) ||
	    span < ranges[k->detail].min * MS_US * unit ||
	    span > ranges[k->detail].max * MS_US * unit)
		return wrong(p, k, line, 1);
	if (inexact || span % unit != 0)
		complain(p->findings, SEVERITY_WARNING, &line->words[1].place,
		    "%s has more than %d decimals and was rounded", k->word,
		    unit == 1 ? 6 : 3);
	number_store(field, k->size, span / unit);
	return true;
}

/* Any word. */
static bool
read_text(struct parse *p, const struct keyword *k, const struct line *line,
    void *field)
{
	const char *text = line->words[1].text;

	if (*text == '\0')
		return wrong(p, k, line, 1);
	*(const char **)field = keep_text(p, text);
	return true;
}

/* reload_check_config: a path that may be left out. */
static bool
read_log_file(struct parse *p, const struct keyword *k, const struct line *line,
    void *field)
{
	p->used = line->count > 1 ? 2 : 1;
	if (line->count > 1)
		return read_text(p, k, line, field);
	*(const char **)field = "";
	return true;
}

/* The interface that an instance runs on: not the loopback. */
static bool
read_interface(struct parse *p, const struct keyword *k,
    const struct line *line, void *field)
{
	const struct word *word = &line->words[1];
	struct draft_interface *interface;

	if (strcmp(word->text, "lo") == 0) {
		complain(p->findings, keyword_severity(k), &word->place,
		    "VRRP cannot run on the loopback interface");
		return false;
	}
	interface = interface_draft(p, word->text, &word->place,
	    keyword_severity(k));
	if (interface == NULL)
		return false;
	interface->must_work = true;
	*(uint16_t *)field = interface->index;
	return true;
}

/* MASTER or BACKUP; another word is BACKUP; BACKUP does not undo MASTER. */
static bool
read_state(struct parse *p, const struct keyword *k, const struct line *line,
    void *field)
{
	uint8_t *state = field;

	if (strcmp(line->words[1].text, "MASTER") == 0) {
		*state = VR_MASTER;
		return true;
	}
	if (strcmp(line->words[1].text, "BACKUP") != 0)
		wrong(p, k, line, 1);
	if (*state != VR_MASTER)
		*state = VR_BACKUP;
	return true;
}

/* The words of a type; the first is stored as 1. */
static const char *const choices[] = {
	[T_AUTH_TYPE - T_AUTH_TYPE] = "PASS\0AH\0",
	[T_REPLAY - T_AUTH_TYPE] = "time\0monotonic\0",
	[T_MODE - T_AUTH_TYPE] = "enforce\0permissive\0receive-only\0"
};

/* One word of a few. */
static bool
read_choice(struct parse *p, const struct keyword *k, const struct line *line,
    void *field)
{
	int index = list_index(choices[k->type - T_AUTH_TYPE],
	    line->words[1].text);

	if (index < 0)
		return wrong(p, k, line, 1);
	number_store(field, k->size, index + 1);
	return true;
}

/* auth_pass: eight bytes, zero-padded; what is beyond them is not sent. */
static bool
read_password(struct parse *p, const struct keyword *k, const struct line *line,
    void *field)
{
	struct draft_vr *vr = (struct draft_vr *)p->top->draft;
	size_t length = strlen(line->words[1].text);

	if (length == 0)
		return wrong(p, k, line, line->count);
	memset(field, 0, k->size);
	memcpy(field, line->words[1].text, length < k->size ? length : k->size);
	vr->password_length = (uint32_t)length;
	return true;
}

/*
 * The text of a key, its length in *length: as it stands, or the contents of a
 * file, which is looked for beside the one that names it, without the newline
 * at its end.  NULL after a complaint.
 */
static const char *
key_text(struct parse *p, const struct keyword *k, const struct word *word,
    size_t *length)
{
	const struct reader *reader = p->input->reader;
	const char *text = word->text, *path, *why = NULL;

	*length = strlen(text);
	if (strncmp(text, "file:", 5) != 0)
		return text;
	path = scan_format(p->scan, "%s%s", text[5] == '/' ? "" :
	    scan_directory(p->scan), text + 5);
	if (reader->exposed(reader, path))
		complain_insecure(p->findings, SEVERITY_WARNING, &word->place,
		    "the key in '%s' can be read by others than its owner",
		    path);
	text = reader->open(reader, p->scratch, path, length, &why);
	if (text == NULL)
		complain(p->findings, keyword_severity(k), &word->place,
		    "cannot read '%s': %s", path, why);
	while (text != NULL && *length > 0 && (text[*length - 1] == '\n' ||
	    text[*length - 1] == '\r'))
		--*length;
	/* cppcheck-suppress returnDanglingLifetime ; the reader's, not why */
	return text;
}

/* Takes a key from its text, which may be hexadecimal; false: it is none. */
static bool
key_parse(struct conf_key *key, const char *text, size_t length)
{
	bool hex = length >= 4 && memcmp(text, "hex:", 4) == 0;
	size_t size = hex ? (length - 4) / 2 : length;

	if (size < KEY_MIN || size > KEY_MAX || (hex && length % 2 != 0))
		return false;
	key->length = (uint8_t)size;
	if (!hex)
		memcpy(key->bytes, text, size);
	for (size_t i = 4; hex && i < length; i++) {
		int digit = digit_value(text[i], 16);

		if (digit < 0)
			return false;
		key->bytes[i / 2 - 2] = (uint8_t)(key->bytes[i / 2 - 2] << 4 |
		    digit);
	}
	return true;
}

/* Room for one key more than an instance has; NULL: no memory. */
static struct conf_key *
key_room(struct parse *p, struct draft_vr *vr, struct conf_keys *keys)
{
	uint8_t count = keys->count;

	if ((count & (count - 1)) == 0) {	/* doubled at powers of two */
		struct conf_key *room = arena_array(p->keep, count * 2U + 1,
		    sizeof(*room));

		if (room == NULL)
			return NULL;
		if (count > 0)
			memcpy(room, vr->keys, count * sizeof(*room));
		keys->first = vr->keys = room;
	}
	return &vr->keys[count];
}

/*
 * key ID KEY: text, hex: and digits, or file: and a path to either.  What is
 * bad about it is said without showing it.
 */
static bool
read_key(struct parse *p, const struct keyword *k, const struct line *line,
    void *field)
{
	struct draft_vr *vr = (struct draft_vr *)p->top->draft;
	int64_t id;
	struct conf_keys *keys = field;
	struct conf_key *key;
	const char *text;
	size_t length;

	if (!number_within(line->words[1].text, 1, 255, &id) || line->count < 3)
		return wrong(p, k, line, line->count);
	p->used = 3;
	if (key_find(keys, (uint8_t)id) != NULL) {
		complain(p->findings, SEVERITY_WARNING, &line->words[1].place,
		    "key %d has been given before; the first one counts",
		    (int)id);
		return true;
	}
	text = key_text(p, k, &line->words[2], &length);
	key = key_room(p, vr, keys);
	if (key == NULL)
		return false;
	key->id = (uint8_t)id;
	keys->count++;			/* a bad one is not missed, too */
	if (text != NULL && !key_parse(key, text, length))
		complain(p->findings, keyword_severity(k),
		    &line->words[2].place, "key %d is not of %u-%u bytes, or "
		    "its digits are not hexadecimal", (int)id, KEY_MIN,
		    KEY_MAX);
	return true;
}

/* IRUSR|IWUSR|... as a number; -1: something else. */
static int64_t
umask_parse(const char *text)
{
	static const char names[] =
	    "IXOTH IWOTH IROTH IXGRP IWGRP IRGRP IXUSR IWUSR IRUSR";
	int64_t mask = 0;

	for (;;) {
		size_t length = span_to(text, "|"), bit = 0;

		while (bit < 9 && strncmp(text, names + 6 * bit, 5) != 0)
			bit++;
		if (bit == 9 || length != 5)
			return -1;
		mask |= (int64_t)1 << bit;
		if (text[length] == '\0')
			return mask;
		text += length + 1;
	}
}

/* umask: a number as C writes it, or names of bits. */
static bool
read_umask(struct parse *p, const struct keyword *k, const struct line *line,
    void *field)
{
	int64_t mask = -1;

	if (!number_parse_c(line->words[1].text, &mask))
		mask = umask_parse(line->words[1].text);
	if (mask < 0 || mask > 0777)
		return wrong(p, k, line, 1);
	number_store(field, k->size, mask);
	p->global.conf.umask_set = true;
	return true;
}

/* random_seed: ${_RANDOM} gives the same numbers each time. */
static bool
read_random_seed(struct parse *p, const struct keyword *k,
    const struct line *line, void *field)
{
	int64_t seed;

	(void)field;
	if (!number_within(line->words[1].text, 0, UINT32_MAX, &seed))
		return wrong(p, k, line, 1);
	p->scan->seed = seed == 0 ? 1 : (uint32_t)seed;
	return true;
}

/* Which failing includes are fatal; the scanner's. */
static bool
read_include_check(struct parse *p, const struct keyword *k,
    const struct line *line, void *field)
{
	(void)k;
	(void)field;
	scan_include_check(p->scan, line);
	p->used = line->count;
	return true;
}

/*
 * A weight from words[at] on, with `reverse` or `noreverse` behind it.  False
 * after a complaint; p->used is behind what was read.
 */
static bool
read_weight_words(struct parse *p, const struct keyword *k,
    const struct line *line, uint32_t at, enum bounds bounds,
    struct weight *weight)
{
	struct keyword row = *k;
	int64_t number;

	row.type = T_WEIGHT;
	row.word = "weight";
	row.detail = (uint8_t)bounds;
	if (at >= line->count ||
	    !number_in_range(line->words[at].text, bounds, &number))
		return wrong(p, &row, line, at);
	weight->value = (int16_t)number;
	weight->given = true;
	p->used = at + 1;
	if (p->used == line->count)
		return true;
	if (strcmp(line->words[p->used].text, "reverse") == 0)
		weight->reverse = true;
	else if (strcmp(line->words[p->used].text, "noreverse") == 0)
		weight->reverse = false;
	else
		return true;
	p->used++;
	return true;
}

/* weight of a script, file, process or BFD session. */
static bool
read_weight(struct parse *p, const struct keyword *k, const struct line *line,
    void *field)
{
	return read_weight_words(p, k, line, 1, (enum bounds)k->detail, field);
}

/* init_file [VALUE] [overwrite] of a track_file. */
static bool
read_init_file(struct parse *p, const struct keyword *k,
    const struct line *line, void *field)
{
	struct draft_file *draft = (struct draft_file *)p->top->draft;
	struct conf_file *file = &draft->conf;
	int64_t number;

	*(bool *)field = true;
	p->used = 1;
	if (p->used < line->count &&
	    strcmp(line->words[p->used].text, "overwrite") != 0) {
		if (!number_within(line->words[1].text, INT32_MIN, INT32_MAX,
		    &number))
			return wrong(p, k, line, 1);
		file->init_value = (int32_t)number;
		p->used++;
	}
	if (p->used < line->count &&
	    strcmp(line->words[p->used].text, "overwrite") == 0) {
		file->init_overwrite = true;
		p->used++;
	}
	return true;
}

/* process NAME [PARAM...] of a vrrp_track_process. */
static bool
read_process(struct parse *p, const struct keyword *k, const struct line *line,
    void *field)
{
	struct draft_process *draft = (struct draft_process *)p->top->draft;
	char words[CMDLINE_MAX];
	struct text t = text_over(words, sizeof(words));

	for (uint32_t i = 1; i < line->count; i++)
		text_format(&t, "%s%c", line->words[i].text, 0);
	/* NOLINTNEXTLINE(clang-analyzer-*) there is a word */
	if (t.truncated || words[0] == '\0')
		return wrong(p, k, line, 1);
	p->used = line->count;
	draft->conf.length = (uint16_t)(t.at - t.start);
	*(const char **)field = arena_string(p->keep, words,
	    draft->conf.length);
	return true;
}

/* param_match [initial|partial]: an enum param_match. */
static bool
read_param_match(struct parse *p, const struct keyword *k,
    const struct line *line, void *field)
{
	int which = line->count == 1 ? 0 :
	    list_index("partial\0initial\0", line->words[1].text) + 1;

	if (line->count > 1 && which == 0)
		return wrong(p, k, line, 1);
	p->used = line->count < 2 ? 1 : 2;
	*(uint8_t *)field = (uint8_t)(PARAMS_EXACT + which);
	return true;
}

/* Reads five or six bytes, in hexadecimal with ':' between; 0, or how many. */
static uint8_t
mac_parse(const char *text, uint8_t mac[6])
{
	uint8_t count = 0;

	for (;;) {
		size_t length = span_to(text, ":");
		int64_t byte;

		if (count == 6 || length > 2 ||
		    !number_parse_base(text, length, 16, &byte))
			return 0;
		mac[count++] = (uint8_t)byte;
		if (text[length] == '\0')
			return count < 5 ? 0 : count;
		text += length + 1;
	}
}

/*
 * Reads words[at] of use_vmac or use_ipvlan; returns where the next one stands,
 * or 0: it is not understood.  netlink_notify_msg is for daemons that do not
 * listen to the kernel.
 */
static uint32_t
read_vmac_word(const struct line *line, uint32_t at, struct conf_vmac *vmac)
{
	const char *text = line->words[at].text;
	bool macvlan = vmac->kind == LINK_MACVLAN;
	int mode = macvlan ? -1 : list_index("bridge\0private\0vepa\0", text);

	if (strcmp(text, "netlink_notify_msg") == 0)
		return at + 1;
	if (strcmp(text, "group") == 0 && at + 1 < line->count) {
		int64_t number;

		if (!number_within(line->words[at + 1].text, 0, INT32_MAX,
		    &number))
			return 0;
		vmac->group = (uint32_t)number;
		return at + 2;
	}
	if (mode >= 0) {
		vmac->mode = (uint8_t)mode;
		return at + 1;
	}
	if (text_find(text, ':') != NULL && macvlan) {
		vmac->mac_length = mac_parse(text, vmac->mac);
		return vmac->mac_length == 0 || vmac->mac[0] & 1 ? 0 : at + 1;
	}
	if (!macvlan && ip_parse(text, strlen(text), &vmac->source))
		return at + 1;
	if (strcmp(text, "name") == 0 && at + 1 < line->count)
		text = line->words[++at].text;
	if (vmac->name[0] != '\0' || !is_interface_name(text))
		return 0;
	memcpy(vmac->name, text, strlen(text));
	return at + 1;
}

/* use_vmac [[name] IF] [MAC] ..., use_ipvlan [[name] IF] [ADDRESS] [MODE] */
static bool
read_vmac(struct parse *p, const struct keyword *k, const struct line *line,
    void *field)
{
	struct conf_vmac *vmac = arena_take(p->keep, sizeof(*vmac));

	if (vmac == NULL)
		return false;
	vmac->kind = k->detail;
	for (uint32_t at = 1, next; at < line->count; at = next) {
		next = read_vmac_word(line, at, vmac);
		if (next == 0)
			return wrong(p, k, line, at);
	}
	p->used = line->count;
	*(const struct conf_vmac **)field = vmac;
	return true;
}

/* -- addresses -- */

enum option_kind {
	OPTION_FLAG,
	OPTION_DEV,			/* from here on a value must follow */
	OPTION_BROADCAST, OPTION_PEER, OPTION_SCOPE, OPTION_LABEL,
	OPTION_PREFERRED, OPTION_GROUP, OPTION_KINDS
};

/* Whether a word looks like an IPv4 address: digits and dots alone. */
static bool
is_dotted(const char *text, size_t length)
{
	return length > 0 && span_of(text, "0123456789.") >= length;
}

/* Whether a word can be the name of a host: its last part is no number. */
static bool
is_host_name(const char *text)
{
	const char *dot = text_find_last(text, '.');

	return dot != NULL && digit_value(dot[1], 10) < 0 &&
	    text[span_of(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQR"
	    "STUVWXYZ0123456789-.")] == '\0';
}

/* Complains about text[length], which is no address, where it goes wrong. */
static void
complain_dotted(struct parse *p, const struct word *word, size_t length)
{
	const char *text = word->text;
	struct place place = word->place;
	size_t at = 0, octets = 0;

	while (at <= length) {
		size_t start = at;
		int64_t octet;

		while (at < length && text[at] != '.')
			at++;
		octets++;
		place.column = word->place.column + (uint32_t)start;
		if (octets > 4 || at - start > 3 || !number_parse_base(
		    text + start, at - start, 10, &octet) || octet > 255) {
			complain(p->findings, SEVERITY_ERROR, &place,
			    octets > 4 ? "'%.*s' has more than four numbers" :
			    "'%.*s' has a number that is not 0-255",
			    (int)length, text);
			return;
		}
		at++;
	}
	complain(p->findings, SEVERITY_ERROR, &word->place,
	    "'%.*s' is no address: four numbers are wanted, none with a 0 "
	    "before it", (int)length, text);
}

/*
 * Reads text[length], the beginning of a word, as an address; false after a
 * complaint which names what is wrong.  Behind a whole word keepalived passes
 * over the length of a prefix, and so do we: without its peers an instance
 * would speak to the group, where theirs do not hear it.
 */
static bool
read_ip(struct parse *p, const struct word *word, size_t length,
    struct ip *ip)
{
	size_t slash = span_to(word->text, "/");

	if (ip_parse(word->text, length, ip))
		return true;
	if (text_find(word->text, ',') != NULL) {
		complain_word(p, SEVERITY_ERROR, word,
		    "'%s' is no address; one address a line, no commas");
	} else if (length > slash && ip_parse(word->text, slash, ip)) {
		complain_word(p, SEVERITY_WARNING, word,
		    "'%s': the length of a prefix is ignored here");
		return true;
	} else if (is_dotted(word->text, length)) {
		complain_dotted(p, word, length);
	} else {
		complain(p->findings, SEVERITY_ERROR, &word->place,
		    "'%s' is no address%s", word->text, is_host_name(
		    word->text) ? "; names of hosts are not looked up" : "");
	}
	return false;
}

/*
 * Takes ip into account for the family of an instance, which its first address
 * decides; false after a complaint when it is of the other one.
 */
static bool
vr_family_agrees(struct parse *p, struct draft_vr *vr, const struct ip *ip,
    const struct place *place, const char *remedy)
{
	if (vr->conf.family == 0) {
		vr->conf.family = ip->family;
		vr->family_place = *place;
	}
	if (vr->conf.family == ip->family)
		return true;
	complain(p->findings, SEVERITY_ERROR, place, "vrrp_instance %s is for "
	    "IPv%u since %s, and this is IPv%u%s", vr->draft.name,
	    vr->conf.family, place_text(p, &vr->family_place, place),
	    ip->family, remedy);
	return false;
}

/* An address; in an instance it must fit the family. */
static bool
read_address(struct parse *p, const struct keyword *k, const struct line *line,
    void *field)
{
	struct ip ip;
	const struct word *word = &line->words[1];
	bool multicast = k->type == T_MULTICAST;

	if (!read_ip(p, word, strlen(word->text), &ip))
		return false;
	if (!(multicast ? ip_is_multicast : ip_is_unicast)(&ip) ||
	    (k->detail != 0 && k->detail != ip.family)) {
		complain(p->findings, SEVERITY_ERROR, &word->place,
		    "%s must be %s%scast address, not '%s'", k->word,
		    k->detail == 6 ? "an IPv6 " : k->detail == 4 ? "an IPv4 " :
		    "a ",
		    multicast ? "multi" : "uni", word->text);
		return false;
	}
	if (multicast && ip.family == 6 && (ip.bytes[1] & 0xf) != 2)
		complain_word(p, SEVERITY_WARNING, word,
		    "%s is not of link-local scope (ff02::/16)");
	if (k->block == IN_INSTANCE && !vr_family_agrees(p, (struct draft_vr *)
	    (void *)p->top->draft, &ip, &word->place, ""))
		return false;
	*(struct ip *)field = ip;
	return true;
}

/*
 * The prefix length behind the slash at text, which is within word; -1 after a
 * complaint.
 */
static int
read_prefix(struct parse *p, const struct word *word, const char *text,
    uint8_t family)
{
	int64_t length;
	int limit = family == 6 ? 128 : 32;
	struct place place = word->place;

	if (number_parse_base(text + 1, strlen(text + 1), 10, &length) &&
	    length <= limit)
		return (int)length;
	place.column += (uint32_t)(text - word->text);
	complain(p->findings, SEVERITY_ERROR, &place,
	    "'%s': the length of a prefix is 0-%d%s", text, limit,
	    text_find(text, ',') != NULL ? "; one address a line, no commas" :
	    text_find(text, '.') != NULL ? ", not a mask" : "");
	return -1;
}

/* An address with its prefix length, the whole one unless written. */
static bool
read_ip_prefix(struct parse *p, const struct word *word, struct ip *ip,
    uint8_t *prefix)
{
	const char *slash = text_find(word->text, '/');
	size_t length = slash == NULL ? strlen(word->text) :
	    (size_t)(slash - word->text);
	int bits;

	if (!read_ip(p, word, length, ip))
		return false;
	*prefix = ip->family == 6 ? 128 : 32;
	if (slash == NULL)
		return true;
	bits = read_prefix(p, word, slash, ip->family);
	*prefix = (uint8_t)bits;
	return bits >= 0;
}

/* The options of an address: word, bits that say it is there, kind, IPv4. */
#define ADDRESS_OPTIONS(X) \
	X("dev", 0, OPTION_DEV, false) \
	X("brd", ADDRESS_BROADCAST | ADDRESS_BROADCAST_ONES | \
	    ADDRESS_BROADCAST_ZEROS, OPTION_BROADCAST, true) \
	X("broadcast", 0, OPTION_BROADCAST, true) \
	X("peer", ADDRESS_PEER, OPTION_PEER, false) \
	X("scope", ADDRESS_SCOPE, OPTION_SCOPE, false) \
	X("label", ADDRESS_LABEL, OPTION_LABEL, true) \
	X("preferred_lft", ADDRESS_PREFERRED, OPTION_PREFERRED, false) \
	X("-nodad", ADDRESS_DAD, OPTION_FLAG, false) \
	X("home", ADDRESS_HOME, OPTION_FLAG, false) \
	X("mngtmpaddr", ADDRESS_MNGTMPADDR, OPTION_FLAG, false) \
	X("noprefixroute", ADDRESS_NOPREFIXROUTE, OPTION_FLAG, false) \
	X("autojoin", ADDRESS_AUTOJOIN, OPTION_FLAG, false) \
	X("no_track", ADDRESS_NO_TRACK, OPTION_FLAG, false) \
	X("track_group", 0, OPTION_GROUP, false) \
	X("use_vmac", ADDRESS_VMAC, OPTION_FLAG, false)

static const struct address_option {
	uint16_t	flag;			/* enum conf_address_flag */
	uint8_t		kind;			/* enum option_kind */
	bool		ipv4;			/* for IPv4 alone */
} address_options[] = {
#define ROW(word, flag, kind, ipv4) { flag, kind, ipv4 },
	ADDRESS_OPTIONS(ROW)
#undef ROW
};

#define WORD(word, flag, kind, ipv4) word "\0"
static const char address_words[] = ADDRESS_OPTIONS(WORD);
#undef WORD

/*
 * Warns of an option that its line has had; `row` is its number, up to 63, and
 * *had has a bit for each that was.
 */
static void
option_once(struct parse *p, const struct word *word, size_t row,
    uint64_t *had)
{
	uint64_t bit = (uint64_t)1 << row;

	if ((*had & bit) != 0)
		complain_word(p, SEVERITY_WARNING, word,
		    "'%s' is given twice in this line; the last one counts");
	*had |= bit;
}

/* Reads brd A, brd + (all ones) or brd - (all zeros). */
static bool
option_broadcast(struct parse *p, struct item *item, const struct word *value)
{
	int sign = list_index("+\0-\0", value->text);
	uint16_t kind = sign == 0 ? ADDRESS_BROADCAST_ONES : sign > 0 ?
	    ADDRESS_BROADCAST_ZEROS : ADDRESS_BROADCAST;

	if (sign < 0 && !read_ip(p, value, strlen(value->text),
	    &item->more.broadcast))
		return false;
	item->address.flags &= (uint16_t)~(ADDRESS_BROADCAST |
	    ADDRESS_BROADCAST_ONES | ADDRESS_BROADCAST_ZEROS);
	item->address.flags |= kind;
	return true;
}

/* Scopes of addresses by their names in iproute2: a list, and numbers. */
static const char scope_names[] = "global\0site\0link\0host\0nowhere\0";
static const uint8_t scopes[] = { 0, 200, 253, 254, 255 };

/*
 * Reads the value of an option, which stands behind its word; false after a
 * complaint.
 */
static bool
option_value(struct parse *p, enum option_kind kind, struct item *item,
    const struct word *value)
{
	struct conf_address *a = &item->address;
	const struct item before = *item;
	int64_t number = 0;
	const char *wish = NULL;
	int named;

	if (kind == OPTION_DEV) {
		a->interface = interface_index(p, value);
		return a->interface != NONE;
	} else if (kind == OPTION_LABEL) {
		item->more.label = keep_text(p, value->text);
		if (strlen(value->text) > 15 || value->text[0] == '\0')
			wish = "1-15 characters";
	} else if (kind == OPTION_BROADCAST) {
		if (!option_broadcast(p, item, value))
			return false;
		if (item->more.broadcast.family == 6)
			wish = "an IPv4 address";
	} else if (kind == OPTION_PEER) {
		if (!read_ip_prefix(p, value, &item->more.peer,
		    &item->more.peer_prefix))
			return false;
		if (item->more.peer.family != a->ip.family)
			wish = a->ip.family == 6 ? "an IPv6 address" :
			    "an IPv4 address";
	} else if (kind == OPTION_SCOPE) {
		named = list_index(scope_names, value->text);
		if (named < 0 && !number_within(value->text, 0, 255, &number))
			wish = "global, site, link, host, nowhere or a number "
			    "0-255";
		a->scope = named < 0 ? (uint8_t)number : scopes[named];
	} else if (kind == OPTION_GROUP) {
		item->name = value->text;
	} else {
		if (strcmp(value->text, "forever") == 0)
			number = UINT32_MAX;
		else if (!number_within(value->text, 0, UINT32_MAX, &number))
			wish = "forever or a number of seconds";
		a->preferred_s = (uint32_t)number;
	}
	if (wish == NULL)
		return true;
	*item = before;
	complain(p->findings, SEVERITY_ERROR, &value->place,
	    "%s must be %s, not '%s'", value[-1].text, wish, value->text);
	return false;
}

/* Complains about an option that an address does not have. */
static void
complain_option(struct parse *p, const struct word *word)
{
	struct nearest n = nearest_to(word->text);
	struct ip ip;
	size_t length = span_to(word->text, "/,");

	for (const char *at = address_words; *at != '\0'; at = list_next(at))
		nearest_try(&n, at);
	if (ip_parse(word->text, length, &ip)) {
		complain_word(p, SEVERITY_ERROR, word,
		    "'%s' is not read: one address a line");
		return;
	}
	complain(p->findings, SEVERITY_ERROR, &word->place,
	    "'%s' is no option of an address%s", word->text,
	    did_you_mean(p, n.found));
}

/*
 * Reads the option at words[at] of an address.  Returns where the next one
 * stands: line->count after a complaint that makes the rest meaningless.  Of
 * the options before it *had has the bits.
 */
static uint32_t
read_option(struct parse *p, const struct line *line, uint32_t at,
    struct item *item, uint64_t *had)
{
	const struct word *word = &line->words[at];
	int row = list_index(address_words, word->text);
	const struct address_option *option;
	bool is_static = p->top->keyword->type == T_ENTRIES;

	if (row < 0) {
		complain_option(p, word);
		return line->count;
	}
	option = &address_options[row];
	if (option->kind >= OPTION_DEV && at + 1 == line->count) {
		complain(p->findings, SEVERITY_ERROR, place_behind(p, word),
		    "'%s' needs a value", word->text);
		return line->count;
	}
	option_once(p, word, option->kind != OPTION_FLAG ? option->kind :
	    OPTION_KINDS + (size_t)row, had);
	if (option->ipv4 && item->address.ip.family != 4)
		complain_word(p, SEVERITY_ERROR, word,
		    "%s is for IPv4 addresses");
	else if (is_static && option->flag == ADDRESS_VMAC)
		complain_word(p, SEVERITY_ERROR, word,
		    "%s is for addresses of a vrrp_instance");
	else if (!is_static && option->kind == OPTION_GROUP)
		complain_word(p, SEVERITY_ERROR, word,
		    "%s is for what is static");
	else if (option->kind == OPTION_FLAG ||
	    (option_value(p, (enum option_kind)option->kind, item, word + 1) &&
	    option->kind != OPTION_BROADCAST))
		item->address.flags |= option->flag;
	if ((item->address.flags & (ADDRESS_BROADCAST | ADDRESS_PEER |
	    ADDRESS_LABEL)) != 0)
		item->address.more = &item->more;
	return at + (option->kind == OPTION_FLAG ? 1 : 2);
}

/* Whether a machine can have the address in a word; false: a complaint. */
static bool
unicast_good(struct parse *p, const struct word *word, const struct ip *ip)
{
	if (ip_is_unicast(ip))
		return true;
	complain_word(p, SEVERITY_ERROR, word, "'%s' is no unicast address");
	return false;
}

/* A line of virtual_ipaddress or virtual_ipaddress_excluded. */
static void
read_address_item(struct parse *p, struct list *list, const struct line *line)
{
	struct frame *frame = p->top;
	struct draft_vr *vr = (struct draft_vr *)frame->draft;
	const struct word *word = &line->words[0];
	struct ip ip;
	uint8_t prefix;
	uint64_t had = 0;
	struct item *item;

	if (!read_ip_prefix(p, word, &ip, &prefix) ||
	    !unicast_good(p, word, &ip) || (frame->block == IN_INSTANCE &&
	    list == &vr->addresses && !vr_family_agrees(p, vr, &ip,
	    &word->place, "; move it to virtual_ipaddress_excluded or another "
	    "instance")))
		return;
	item = list_add(p, list, &word->place);
	if (item == NULL)
		return;
	item->address.ip = ip;
	item->address.prefix = prefix;
	item->address.interface = NONE;
	item->address.preferred_s = ip.family == 6 && prefix == 128 ? 0 :
	    UINT32_MAX;
	for (uint32_t at = 1; at < line->count; )
		at = read_option(p, line, at, item, &had);
}

/* Whether a word needs no quotes in a file. */
static bool
is_plain(const char *word)
{
	return *word != '\0' && strncmp(word, "include", 7) != 0 &&
	    word[span_to(word, " \t\"#!{}@~;$")] == '\0';
}

/* Appends a word behind what is to stand before it, in quotes if need be. */
static void
print_word(struct text *t, const char *before, const char *word)
{
	const char *quote = is_plain(word) ? "" : "\"";

	text_format(t, "%s%s%s%s", before, quote, word, quote);
}

/* -- routes and rules -- */

/*
 * A line becomes the body of the request that sets what it says.  What may
 * stand where, and where its value goes, the rows of entry_options[] tell.
 */
#define ENTRY_ON_ROUTE	1U
#define ENTRY_ON_RULE	2U
#define ENTRY_ON_HOP	4U		/* behind nexthop */
#define ENTRY_ON_IP	8U		/* behind encap ip, and so on */
#define ENTRY_ON_IP6	16U
#define ENTRY_ON_MPLS	32U
#define ENTRY_FOR_4	64U		/* IPv6 has no such thing */
#define ENTRY_FOR_6	128U		/* IPv4 */
#define ENTRY_ON_ENCAP	(ENTRY_ON_IP | ENTRY_ON_IP6 | ENTRY_ON_MPLS)
#define ENTRY_ON_BOTH	(ENTRY_ON_ROUTE | ENTRY_ON_RULE)
#define ENTRY_TEXT_MAX	512		/* what messages show whole */
#define FIRST_PREFERENCE 16384		/* of rules that have none */

enum encap { ENCAP_MPLS = 1, ENCAP_IP, ENCAP_ILA, ENCAP_IP6 };

enum entry_value {
	V_NUMBER8, V_NUMBER16, V_NUMBER32, V_NUMBER64, /* an attribute */
	V_HEADER,		/* a byte of the fixed part */
	V_TABLE, V_METRIC, V_TIME, V_WEIGHT,
	V_WORDLESS,		/* from here on no number is read */
	V_CONGESTION, V_PREFIX, V_VIA, V_DEV, V_VRF, V_NAME, V_ADDRESS,
	V_REALMS, V_MARK, V_PORTS, V_USERS, V_ENCAP, V_GROUP,
	V_ALONE,		/* from here on no word follows */
	V_FLAG, V_FAMILY, V_ADD, V_ACTION, V_LAYER3, V_NO_TRACK, V_NEXTHOP,
	V_NOTHING, V_OBSOLETE
};

/*
 * Of each of enum names the file of iproute2, and what is known without it,
 * which is never nothing.
 */
static const char name_files[] = "\0\0"
    "rt_tables\0" "255 local\n254 main\n253 default\n\0"
    "rt_protos\0" "1 redirect\n2 kernel\n3 boot\n4 static\n18 keepalived\n\0"
    "rt_scopes\0" "0 global\n200 site\n253 link\n254 host\n255 nowhere\n\0"
    "rt_dsfield\0" "0 0\n\0"
    "rt_realms\0" "0 cosmos\n\0"
    "group\0" "0 default\n\0"
    "\0" "1 icmp\n6 tcp\n17 udp\n47 gre\n50 esp\n51 ah\n58 ipv6-icmp\n"
    "112 vrrp\n132 sctp\n\0";

/*
 * The options: words, the words of its values, if they are no numbers (they
 * count from 0), where it may stand, type, detail, names, and the most.  Those
 * of an encapsulation, the first, and the last ones, of rules, are 64 rows
 * apart and never in one line.
 */
#define ENTRY_OPTIONS(OPTION) \
	OPTION("id", "", IP | ENTRY_ON_IP6, V_NUMBER64, 1, 0, UINT32_MAX) \
	OPTION("dst", "", IP | ENTRY_ON_IP6, V_ADDRESS, 2, 0, 0) \
	OPTION("src", "", IP | ENTRY_ON_IP6, V_ADDRESS, 3, 0, 0) \
	OPTION("ttl", "", IP, V_NUMBER8, 4, 0, 255) \
	OPTION("tos", "", IP, V_NUMBER8, 5, FIELDS, 255) \
	OPTION("hoplimit", "", IP6, V_NUMBER8, 4, 0, 255) \
	OPTION("tc", "", IP6, V_NUMBER8, 5, FIELDS, 255) \
	OPTION("flags", "", IP | ENTRY_ON_IP6, V_NUMBER16, 6, 0, 65535) \
	OPTION("ttl", "", MPLS, V_NUMBER8, 2, 0, 255) \
	OPTION("to", "", BOTH, V_PREFIX, RTA_DST, 0, 0) \
	OPTION("from", "", RULE, V_PREFIX, RTA_SRC, 0, 0) \
	OPTION("from", "", ROUTE | ENTRY_FOR_6, V_PREFIX, RTA_SRC, 0, 0) \
	OPTION("table\0lookup", "", BOTH, V_TABLE, RTA_TABLE, TABLES, \
	    UINT32_MAX) \
	OPTION("preference\0metric\0priority\0order", "", BOTH, V_NUMBER32, \
	    RTA_PRIORITY, 0, UINT32_MAX) \
	OPTION("tos\0dsfield", "", ROUTE | ENTRY_FOR_4, V_HEADER, \
	    offsetof(struct rtmsg, rtm_tos), FIELDS, 255) \
	OPTION("tos\0dsfield", "", RULE, V_HEADER, \
	    offsetof(struct rtmsg, rtm_tos), FIELDS, 255) \
	OPTION("protocol", "", BOTH, V_HEADER, \
	    offsetof(struct rtmsg, rtm_protocol), PROTOCOLS, 255) \
	OPTION("realms", "", BOTH | ENTRY_ON_HOP | ENTRY_FOR_4, V_REALMS, \
	    RTA_FLOW, 0, 0) \
	OPTION("inet", "", BOTH, V_FAMILY, 4, 0, 0) \
	OPTION("inet6", "", BOTH, V_FAMILY, 6, 0, 0) \
	OPTION("no_track", "", BOTH, V_NO_TRACK, 0, 0, 0) \
	OPTION("track_group", "", BOTH, V_GROUP, 0, 0, 0) \
	OPTION("via\0gw", "", ROUTE | ENTRY_ON_HOP, V_VIA, 0, 0, 0) \
	OPTION("dev\0oif", "", ROUTE | ENTRY_ON_HOP, V_DEV, 0, 0, 0) \
	OPTION("onlink", "", ROUTE | ENTRY_ON_HOP, V_FLAG, RTNH_F_ONLINK, 0, \
	    0) \
	OPTION("encap", "", ROUTE | ENTRY_ON_HOP, V_ENCAP, 0, 0, 0) \
	OPTION("nexthop", "", ROUTE | ENTRY_ON_HOP, V_NEXTHOP, 0, 0, 0) \
	OPTION("weight", "", HOP, V_WEIGHT, 0, 0, 256) \
	OPTION("src", "", ROUTE, V_ADDRESS, RTA_PREFSRC, 0, 0) \
	OPTION("vrf", "", ROUTE, V_VRF, 0, 0, 0) \
	OPTION("scope", "", ROUTE | ENTRY_FOR_4, V_HEADER, \
	    offsetof(struct rtmsg, rtm_scope), SCOPES, 255) \
	OPTION("add", "", ROUTE, V_ADD, \
	    (NLM_F_CREATE | NLM_F_EXCL) >> 8, 0, 0) \
	OPTION("prepend", "", ROUTE, V_ADD, NLM_F_CREATE >> 8, 0, 0) \
	OPTION("append", "", ROUTE, V_ADD, \
	    (NLM_F_CREATE | NLM_F_APPEND) >> 8, 0, 0) \
	OPTION("pref", "medium\0high\0-\0low\0", ROUTE | ENTRY_FOR_6, \
	    V_NUMBER8, RTA_PREF, 0, 0) \
	OPTION("expires", "", ROUTE | ENTRY_FOR_6, V_NUMBER32, RTA_EXPIRES, \
	    0, INT32_MAX) \
	OPTION("ttl-propagate", "disabled\0enabled\0", ROUTE, V_NUMBER8, \
	    RTA_TTL_PROPAGATE, 0, 0) \
	OPTION("mtu", "", ROUTE, V_METRIC, RTAX_MTU, 0, UINT32_MAX) \
	OPTION("advmss", "", ROUTE, V_METRIC, RTAX_ADVMSS, 0, UINT32_MAX) \
	OPTION("hoplimit", "", ROUTE, V_METRIC, RTAX_HOPLIMIT, 0, 255) \
	OPTION("rtt", "", ROUTE, V_TIME, RTAX_RTT, 0, 8) \
	OPTION("rttvar", "", ROUTE, V_TIME, RTAX_RTTVAR, 0, 4) \
	OPTION("rto_min", "", ROUTE, V_TIME, RTAX_RTO_MIN, 0, 1) \
	OPTION("reordering", "", ROUTE, V_METRIC, RTAX_REORDERING, 0, \
	    UINT32_MAX) \
	OPTION("window", "", ROUTE, V_METRIC, RTAX_WINDOW, 0, UINT32_MAX) \
	OPTION("cwnd", "", ROUTE, V_METRIC, RTAX_CWND, 0, UINT32_MAX) \
	OPTION("ssthresh", "", ROUTE, V_METRIC, RTAX_SSTHRESH, 0, \
	    UINT32_MAX) \
	OPTION("initcwnd", "", ROUTE, V_METRIC, RTAX_INITCWND, 0, \
	    UINT32_MAX) \
	OPTION("initrwnd", "", ROUTE, V_METRIC, RTAX_INITRWND, 0, \
	    UINT32_MAX) \
	OPTION("features", "-\0ecn\0", ROUTE, V_METRIC, RTAX_FEATURES, 0, 0) \
	OPTION("quickack", "", ROUTE, V_METRIC, RTAX_QUICKACK, 0, 1) \
	OPTION("fastopen_no_cookie", "", ROUTE, V_METRIC, \
	    RTAX_FASTOPEN_NO_COOKIE, 0, 1) \
	OPTION("congctl", "", ROUTE, V_CONGESTION, RTAX_CC_ALGO, 0, 0) \
	OPTION("or", "", ROUTE, V_OBSOLETE, 0, 0, 0) \
	OPTION("dev\0iif", "", RULE, V_NAME, FRA_IIFNAME, 0, 0) \
	OPTION("oif", "", RULE, V_NAME, FRA_OIFNAME, 0, 0) \
	OPTION("fwmark", "", RULE, V_MARK, FRA_FWMARK, 0, 0) \
	OPTION("not", "", RULE, V_FLAG, FIB_RULE_INVERT, 0, 0) \
	OPTION("ipproto\0ip_proto", "", RULE, V_NUMBER8, FRA_IP_PROTO, \
	    IP_PROTOCOLS, 255) \
	OPTION("sport", "", RULE, V_PORTS, FRA_SPORT_RANGE, 0, 65535) \
	OPTION("dport", "", RULE, V_PORTS, FRA_DPORT_RANGE, 0, 65535) \
	OPTION("uidrange", "", RULE, V_USERS, FRA_UID_RANGE, 0, UINT32_MAX) \
	OPTION("l3mdev", "", RULE, V_LAYER3, FRA_L3MDEV, 0, 0) \
	OPTION("tunnel-id\0tun_id", "", RULE, V_NUMBER64, FRA_TUN_ID, 0, \
	    UINT32_MAX) \
	OPTION("suppress_prefixlength\0sup_pl", "", RULE, V_NUMBER32, \
	    FRA_SUPPRESS_PREFIXLEN, 0, 128) \
	OPTION("suppress_ifgroup\0sup_group", "", RULE, V_NUMBER32, \
	    FRA_SUPPRESS_IFGROUP, GROUPS, INT32_MAX) \
	OPTION("type", "", RULE, V_NOTHING, 0, 0, 0) \
	OPTION("blackhole", "", RULE, V_ACTION, FR_ACT_BLACKHOLE, 0, 0) \
	OPTION("unreachable", "", RULE, V_ACTION, FR_ACT_UNREACHABLE, 0, 0) \
	OPTION("prohibit", "", RULE, V_ACTION, FR_ACT_PROHIBIT, 0, 0) \
	OPTION("nop", "", RULE, V_ACTION, FR_ACT_NOP, 0, 0) \
	OPTION("goto", "", RULE, V_NUMBER32, FRA_GOTO, 0, UINT32_MAX)

static const struct entry_option {
	uint8_t		where;		/* ENTRY_ON_*, ENTRY_FOR_* */
	uint8_t		type;			/* enum entry_value */
	uint8_t		detail;			/* attribute, or by type */
	uint8_t		names;			/* enum names */
	uint32_t	max;
} entry_options[] = {
#define ROW(words, values, where, type, detail, names, max) \
	{ ENTRY_ON_##where, type, detail, names, max },
	ENTRY_OPTIONS(ROW)
#undef ROW
};

/* For each of them a list of its words, and one of those of its values. */
#define TEXTS(words, values, where, type, detail, names, max) \
	words "\0\0" values "\0"
static const char entry_words[] = ENTRY_OPTIONS(TEXTS);
#undef TEXTS

/* Where a route leads: its only way, or one of several. */
struct hop {
	struct ip	via;			/* family 0: none */
	uint16_t	interface;		/* NONE: none */
	uint8_t		weight;			/* less 1 */
	uint8_t		flags;			/* RTNH_F_* */
	struct packer	attributes;
	uint8_t		bytes[NETLINK_MAX];
};

/* A line that is being made into a body. */
struct entry_draft {
	struct parse	*p;
	const struct line *line;
	uint32_t	at;			/* the next word */
	unsigned	where;			/* ENTRY_ON_* */
	bool		rule, bad, no_track, has_table, has_scope, has_action;
	bool		vrf;			/* table: 1 + that interface */
	uint8_t		family;			/* 0: not known yet */
	uint8_t		encap_type;
	uint8_t		header[NL_ENTRY_FIXED];
	uint16_t	add;			/* NLM_F_* */
	uint32_t	table, flags, priority, target, lock;
	uint64_t	had;			/* options of this way */
	const char	*group;
	const struct word *of[3];	/* an option: any, of IPv4, of IPv6 */
	struct hop	*hop;			/* in hand */
	struct packer	metrics, encap, ways;
	struct hop	hops[2];		/* the route; the nexthop */
	uint8_t		metric_bytes[NETLINK_MAX], encap_bytes[NETLINK_MAX];
	uint8_t		way_bytes[NETLINK_MAX];
};

/* A complaint about an entry, which is then left out. */
static bool
entry_wrong(struct entry_draft *e, const struct place *place,
    const char *text)
{
	complain(e->p->findings, SEVERITY_ERROR, place, "%s; this %s is left "
	    "out", text, e->rule ? "rule" : "route");
	e->bad = true;
	return false;
}

/* Takes the names in lines of a number and a name each that are not known. */
static void
names_take(struct parse *p, struct map *names, const char *text,
    size_t length)
{
	const char *end = text + length;

	while (text < end) {
		const char *stop = byte_find(text, (size_t)(end - text), '\n');
		const char *words[2] = { "", "" };
		size_t lengths[2] = { 0, 0 };
		char digits[24] = "";
		int64_t *number = arena_take(p->scratch, sizeof(*number));
		struct map_entry *entry;

		if (stop == NULL)
			stop = end;
		for (int i = 0; i < 2; i++) {
			text += blanks(text, (size_t)(stop - text));
			words[i] = text;
			while (text < stop && !is_blank(*text) && *text != '#')
				text++;
			lengths[i] = (size_t)(text - words[i]);
		}
		text = stop + 1;
		if (lengths[0] >= sizeof(digits) || number == NULL)
			continue;
		memcpy(digits, words[0], lengths[0]);
		if (!number_parse_c(digits, number) || *number < 0)
			continue;
		entry = map_entry(p->scratch, names, words[1], lengths[1]);
		if (entry != NULL && entry->value == NULL)
			entry->value = number;
	}
}

/* The same of a file, if there is one. */
static void
names_read(struct parse *p, struct map *names, const char *path)
{
	const struct reader *reader = p->input->reader;
	const char *why;
	size_t length = 0;
	const char *text = reader->open(reader, p->scratch, path, &length,
	    &why);

	if (text != NULL)
		names_take(p, names, text, length);
}

/* Reads iproute2's files: DIR/FILE and DIR/FILE.d, /etc before /usr. */
static void
names_load(struct parse *p, struct map *names, const char *file)
{
	const struct reader *reader = p->input->reader;
	const struct conf_global *global = &p->global.conf;
	const char *directories[] = { global->iproute_etc_dir != NULL ?
	    global->iproute_etc_dir : "/etc/iproute2",
	    global->iproute_usr_dir != NULL ? global->iproute_usr_dir :
	    "/usr/share/iproute2" };

	for (size_t i = 0; i < COUNT_OF(directories); i++) {
		const char *path = scan_format(p->scan, "%s/%s",
		    directories[i], file);
		const char **paths = NULL;
		int count;

		names_read(p, names, path);
		count = reader->glob(reader, p->scratch, scan_format(p->scan,
		    "%s.d/*.conf", path), &paths);
		for (int k = 0; k < count; k++)
			names_read(p, names, paths[k]);
	}
}

/* The number that a name stands for; -1: none.  All are read at the first. */
static int64_t
names_number(struct parse *p, enum names kind, const char *name)
{
	const char *file = list_item(name_files, 2 * kind);
	const char *known = list_next(file);
	struct map *names = &p->names[kind];
	const struct map_entry *entry;

	if (names->size == 0) {
		names_take(p, names, known, strlen(known));
		if (*file != '\0')
			names_load(p, names, file);
	}
	entry = map_find(names, name, strlen(name));
	return entry == NULL ? -1 : *(int64_t *)entry->value;
}

/* What stands behind a list of words. */
static const char *
list_behind(const char *list)
{
	while (*list != '\0')
		list = list_next(list);
	return list + 1;
}

/* The values of an option that are words. */
static const char *
option_choices(const struct entry_option *option)
{
	const char *at = list_behind(entry_words);

	for (; option > entry_options; option--)
		at = list_behind(list_behind(at));
	return at;
}

/* Complains about a value; `wish` says what it must be. */
static bool
value_wrong(struct entry_draft *e, const struct word *word, const char *wish)
{
	return entry_wrong(e, &word->place, scan_format(e->p->scan,
	    "%s must be %s, not '%s'", word[-1].text, wish, word->text));
}

/* The least number that an option takes: there is no weight 0, no table 0. */
static unsigned
option_min(const struct entry_option *option)
{
	return option->type == V_WEIGHT || option->type == V_TABLE;
}

/* Complains about a value that is no number of this option. */
static bool
number_wrong(struct entry_draft *e, const struct entry_option *option,
    const struct word *word)
{
	const char *choice = option_choices(option);
	struct text t = scan_text(e->p->scan);

	if (*choice == '\0')
		text_format(&t, "a number %u-%u", option_min(option),
		    (unsigned)option->max);
	for (bool first = true; *choice != '\0'; choice = list_next(choice)) {
		if (*choice != '-') {
			text_format(&t, "%s%s", first ? "" : " or ", choice);
			first = false;
		}
	}
	if (option->names != NO_NAMES)
		text_format(&t, " or a name%s%s",
		    option->names == IP_PROTOCOLS ? "" : " in ",
		    list_item(name_files, 2U * option->names));
	return value_wrong(e, word, text_end(&t));
}

/* Reads a number, a name of one, or one of the option's words. */
static bool
option_number(struct entry_draft *e, const struct entry_option *option,
    const struct word *word, int64_t *number)
{
	const char *values = option_choices(option);

	if (*values != '\0') {
		*number = list_index(values, word->text);
		if (*number >= 0 && *word->text != '-')
			return true;
	} else {
		if (!number_parse_c(word->text, number))
			*number = option->names == NO_NAMES ? -1 :
			    names_number(e->p, (enum names)option->names,
			    word->text);
		if (*number >= option_min(option) && *number <= option->max)
			return true;
	}
	return number_wrong(e, option, word);
}

/* Takes note of the family that a word has; false after a complaint. */
static bool
entry_family(struct entry_draft *e, const struct word *word, uint8_t family)
{
	if (e->family == 0)
		e->family = family;
	if (e->family == family)
		return true;
	return entry_wrong(e, &word->place, scan_format(e->p->scan,
	    "'%s' is of IPv%u, what stands before it of IPv%u", word->text,
	    family, e->family));
}

/* Clears the bits of an address behind its prefix; whether there were any. */
static bool
ip_mask(struct ip *ip, uint8_t prefix)
{
	bool any = false;

	for (size_t bit = prefix; bit < 8 * ip_size(ip->family); bit++) {
		uint8_t mask = (uint8_t)(0x80 >> bit % 8);

		any = any || (ip->bytes[bit / 8] & mask) != 0;
		ip->bytes[bit / 8] &= (uint8_t)~mask;
	}
	return any;
}

/* Reads to PREFIX, from PREFIX; default, any and all are the whole family. */
static void
option_prefix(struct entry_draft *e, uint8_t type, const struct word *word)
{
	struct ip ip;
	uint8_t prefix;

	if (list_index("default\0any\0all\0", word->text) >= 0)
		return;
	if (!read_ip_prefix(e->p, word, &ip, &prefix)) {
		e->bad = true;
		return;
	}
	if (!entry_family(e, word, ip.family))
		return;
	if (ip_mask(&ip, prefix))
		complain_word(e->p, SEVERITY_WARNING, word,
		    "'%s' has bits behind its prefix, which do not count");
	e->header[type] = prefix;	/* rtm_dst_len, rtm_src_len */
	if (prefix > 0)
		nl_attribute(&e->hops[0].attributes, type, ip.bytes,
		    ip_size(ip.family));
}

/* Reads an address that is an attribute, within an encapsulation or not. */
static void
option_address(struct entry_draft *e, const struct entry_option *option,
    const struct word *word)
{
	bool outer = (option->where & ENTRY_ON_ENCAP) != 0;
	uint8_t family = e->where & ENTRY_ON_IP6 ? 6 : 4;
	struct ip ip;

	if (!read_ip(e->p, word, strlen(word->text), &ip))
		e->bad = true;
	else if (outer && ip.family != family)
		(void)value_wrong(e, word, family == 6 ? "an IPv6 address" :
		    "an IPv4 address");
	else if (outer || entry_family(e, word, ip.family))
		nl_attribute(outer ? &e->encap : &e->hop->attributes,
		    option->detail, ip.bytes, ip_size(ip.family));
}

/* Reads N and what may stand behind it: N-M, N/M; false after a complaint. */
static bool
option_pair(struct entry_draft *e, const struct word *word, char between,
    bool names, uint32_t max, uint32_t pair[2])
{
	const char *cut = text_find(word->text, between);
	size_t length = cut == NULL ? strlen(word->text) :
	    (size_t)(cut - word->text);
	const char *parts[2] = { scan_string(e->p->scan, word->text, length),
	    cut == NULL ? NULL : cut + 1 };

	for (int i = 0; i < 2 && parts[i] != NULL; i++) {
		int64_t number;

		if (!number_parse_c(parts[i], &number))
			number = names ? names_number(e->p, REALMS, parts[i]) :
			    -1;
		if (number < 0 || number > max)
			return value_wrong(e, word, between == '-' ?
			    "a number, or two with '-' between" : names ?
			    "a realm 0-65535, or two with '/' between" :
			    "a mark, or one with '/' and a mask behind");
		pair[i] = (uint32_t)number;
	}
	return true;
}

/* Reads the options whose value is two numbers. */
static void
option_numbers(struct entry_draft *e, const struct entry_option *option,
    const struct word *word)
{
	struct packer *to = &e->hop->attributes;
	uint32_t pair[2] = { 0, UINT32_MAX };
	uint16_t ports[2];
	bool range = option->type == V_PORTS || option->type == V_USERS;

	if (option->type == V_REALMS) {
		if (!option_pair(e, word, '/', true, 65535, pair))
			return;
		if (pair[1] <= 65535)
			pair[0] = pair[0] << 16 | pair[1];
		nl_attribute(to, RTA_FLOW, pair, sizeof(pair[0]));
		return;
	}
	if (!option_pair(e, word, range ? '-' : '/', false, range ?
	    option->max : UINT32_MAX, pair))
		return;
	if (range && text_find(word->text, '-') == NULL)
		pair[1] = pair[0];
	ports[0] = (uint16_t)pair[0];
	ports[1] = (uint16_t)pair[1];
	if (range && pair[0] > pair[1])
		(void)value_wrong(e, word, "a range that goes up");
	else if (option->type == V_PORTS)
		nl_attribute(to, option->detail, ports, sizeof(ports));
	else if (option->type == V_USERS)
		nl_attribute(to, option->detail, pair, sizeof(pair));
	else {
		nl_attribute(to, FRA_FWMARK, &pair[0], sizeof(pair[0]));
		nl_attribute(to, FRA_FWMASK, &pair[1], sizeof(pair[1]));
	}
}

/* Puts a number where the option's row wants it. */
static void
option_put(struct entry_draft *e, const struct entry_option *option,
    int64_t number)
{
	struct packer *to = option->where & ENTRY_ON_ENCAP ? &e->encap :
	    &e->hop->attributes;
	uint8_t bytes[8] = { 0 };
	uint32_t whole = (uint32_t)number;
	struct packer p = packer_over(bytes, sizeof(bytes));

	if (option->type == V_NUMBER8)
		packer_u8(&p, (uint8_t)number);
	else if (option->type == V_NUMBER16)
		packer_u16(&p, (uint16_t)number);
	else if (option->type == V_NUMBER64) {
		packer_u32(&p, 0);
		packer_u32(&p, whole);
	} else
		packer_bytes(&p, &whole, sizeof(whole));
	if (option->type == V_METRIC || option->type == V_TIME)
		to = &e->metrics;
	nl_attribute(to, option->detail, bytes, packer_length(&p));
	if (e->rule && option->detail == FRA_GOTO) {
		e->header[offsetof(struct fib_rule_hdr, action)] =
		    FR_ACT_GOTO;
		e->has_action = true;
		e->target = whole;
	}
}

/* Reads an option whose value is a number. */
static void
option_takes_number(struct entry_draft *e, const struct entry_option *option,
    const struct word *word)
{
	int64_t number;

	if (!option_number(e, option, word, &number))
		return;
	if (option->type == V_TABLE) {
		e->table = (uint32_t)number;
		e->has_table = true;
	} else if (option->type == V_WEIGHT) {
		e->hop->weight = (uint8_t)(number - 1);
	} else if (option->type == V_HEADER) {
		e->header[option->detail] = (uint8_t)number;
		e->has_scope = e->has_scope || option->names == SCOPES;
	} else if (option->type == V_NUMBER32 &&
	    option->detail == RTA_PRIORITY) {
		e->priority = (uint32_t)number;
	} else {
		option_put(e, option, number);
	}
}

/* Reads a time of a metric: milliseconds or seconds, or its bare units. */
static void
option_time(struct entry_draft *e, const struct entry_option *option,
    const struct word *word)
{
	size_t digits = span_of(word->text, "0123456789");
	const char *unit = word->text + digits;
	int64_t number = 0, factor = *unit == '\0' ? 1 :
	    strcmp(unit, "s") == 0 ? 1000 * option->max :
	    strcmp(unit, "ms") == 0 ? option->max : 0;

	if (!number_parse_base(word->text, digits, 10, &number) ||
	    factor == 0 || number > UINT32_MAX / factor)
		(void)value_wrong(e, word, "a time, as 40ms or 2s");
	else
		option_put(e, option, number * factor);
}

/* Reads a way out: via [inet|inet6] ADDRESS. */
static void
option_via(struct entry_draft *e, const struct word *word)
{
	int family = list_index("inet\0inet6\0", word->text);

	if (family >= 0 && e->at < e->line->count)
		word = &e->line->words[e->at++];
	if (!read_ip(e->p, word, strlen(word->text), &e->hop->via))
		e->bad = true;
	else if (family >= 0 && e->hop->via.family != (family == 0 ? 4 : 6))
		(void)value_wrong(e, word, family == 0 ? "an IPv4 address" :
		    "an IPv6 address");
}

/* Reads mpls LABEL[/LABEL...]: a label stack (RFC 3032 2.1). */
static void
option_labels(struct entry_draft *e, const struct word *word)
{
	const char *at = word->text;
	uint8_t stack[64];
	struct packer p = packer_over(stack, sizeof(stack));

	for (;;) {
		size_t length = span_to(at, "/");
		int64_t label;

		if (!number_parse_base(at, length, 10, &label) ||
		    label > 0xfffff) {
			(void)value_wrong(e, word, "labels 0-1048575 with '/' "
			    "between");
			return;
		}
		at += length;
		packer_u32(&p, (uint32_t)label << 12 |
		    (*at == '\0' ? 0x100U : 0U));
		if (*at++ == '\0')
			break;
	}
	if (p.failed)
		(void)value_wrong(e, word, "at most 16 labels");
	nl_attribute(&e->encap, 1, stack, packer_length(&p));
}

/* Reads ila LOCATOR: four groups of 16 bits. */
static void
option_locator(struct entry_draft *e, const struct word *word)
{
	struct ip ip;

	if (!ip_parse(scan_format(e->p->scan, "%s::", word->text),
	    strlen(word->text) + 2, &ip))
		(void)value_wrong(e, word, "a locator, as 2001:db8:0:1");
	else
		nl_attribute(&e->encap, 1, ip.bytes, 8);
}

/* Reads encap KIND and what must stand behind it. */
static void
option_encap(struct entry_draft *e, const struct word *word)
{
	static const uint8_t contexts[] = { 0, ENTRY_ON_MPLS, ENTRY_ON_IP, 0,
	    ENTRY_ON_IP6 };
	int type = list_index("-\0mpls\0ip\0ila\0ip6\0", word->text);
	bool argument = type == ENCAP_MPLS || type == ENCAP_ILA;

	if (type < 1 || (argument && e->at == e->line->count)) {
		(void)value_wrong(e, word, "ip, ip6, mpls LABELS or ila "
		    "LOCATOR");
		return;
	}
	e->encap_type = (uint8_t)type;
	e->where |= contexts[type];
	if (type == ENCAP_MPLS)
		option_labels(e, &e->line->words[e->at++]);
	else if (type == ENCAP_ILA)
		option_locator(e, &e->line->words[e->at++]);
}

/* Ends an encapsulation: it becomes attributes of the way in hand. */
static void
encap_close(struct entry_draft *e)
{
	uint16_t type = e->encap_type;

	e->where &= ~ENTRY_ON_ENCAP;
	if (type == 0)
		return;
	nl_attribute(&e->hop->attributes, RTA_ENCAP_TYPE, &type, sizeof(type));
	nl_attribute(&e->hop->attributes, RTA_ENCAP, e->encap_bytes,
	    packer_length(&e->encap));
	e->hop->attributes.failed |= e->encap.failed;
	e->encap = packer_over(e->encap_bytes, sizeof(e->encap_bytes));
	e->encap_type = 0;
}

/* Appends to a way where it leads: an IPv4 route may do so by IPv6. */
static void
hop_close(struct entry_draft *e, struct hop *hop)
{
	const struct place *place = &e->line->words[0].place;
	uint8_t via[18] = { 0 };
	uint16_t family = hop->via.family == 6 ? NL_FAMILY_6 : NL_FAMILY_4;
	size_t size = ip_size(hop->via.family);

	encap_close(e);
	if (hop->via.family == 0)
		return;
	if (e->family == 0)
		e->family = hop->via.family;
	if (e->family > hop->via.family)
		(void)entry_wrong(e, place, "IPv6 has no IPv4 gateways");
	if (ip_is_link_local(&hop->via) && hop->interface == NONE)
		(void)entry_wrong(e, place, "a link-local gateway needs dev");
	memcpy(via, &family, sizeof(family));
	memcpy(via + 2, hop->via.bytes, size);
	if (e->family == hop->via.family)
		nl_attribute(&hop->attributes, RTA_GATEWAY, via + 2, size);
	else
		nl_attribute(&hop->attributes, RTA_VIA, via, 2 + size);
}

/* Ends a nexthop, if one was begun. */
static void
nexthop_close(struct entry_draft *e)
{
	struct hop *hop = &e->hops[1];
	struct rtnexthop head = { .rtnh_flags = hop->flags,
	    .rtnh_hops = hop->weight };

	if (e->hop != hop)
		return;
	hop_close(e, hop);
	if (hop->via.family == 0 && hop->interface == NONE)
		(void)entry_wrong(e, &e->line->words[0].place,
		    "a nexthop needs via or dev");
	head.rtnh_len = (uint16_t)(sizeof(head) +
	    packer_length(&hop->attributes));
	head.rtnh_ifindex = (uint16_t)(hop->interface + 1);
	packer_bytes(&e->ways, &head, sizeof(head));
	packer_bytes(&e->ways, hop->bytes, packer_length(&hop->attributes));
	e->ways.failed |= hop->attributes.failed;
}

/* Begins a way: the route itself, or a nexthop of it. */
static void
hop_open(struct entry_draft *e, struct hop *hop)
{
	hop->via.family = 0;
	hop->interface = NONE;
	hop->weight = hop->flags = 0;
	hop->attributes = packer_over(hop->bytes, sizeof(hop->bytes));
	e->hop = hop;
	e->had = 0;
}

/* Takes an option that no word follows. */
static void
option_alone(struct entry_draft *e, const struct entry_option *option,
    const struct word *word)
{
	static const uint8_t one = 1;

	if (option->type == V_FLAG && e->rule)
		e->flags |= option->detail;
	else if (option->type == V_FLAG)
		e->hop->flags |= option->detail;
	else if (option->type == V_FAMILY)
		(void)entry_family(e, word, option->detail);
	else if (option->type == V_ADD)
		e->add = (uint16_t)(option->detail << 8);
	else if (option->type == V_ACTION) {
		e->header[offsetof(struct fib_rule_hdr, action)] =
		    option->detail;
		e->has_action = true;
	} else if (option->type == V_LAYER3) {
		nl_attribute(&e->hop->attributes, FRA_L3MDEV, &one,
		    sizeof(one));
		e->has_table = true;
	} else if (option->type == V_NO_TRACK) {
		e->no_track = true;
	} else if (option->type == V_NEXTHOP) {
		encap_close(e);
		nexthop_close(e);
		hop_open(e, &e->hops[1]);
		e->where = ENTRY_ON_HOP;
	} else if (option->type == V_OBSOLETE) {
		(void)entry_wrong(e, &word->place, "'or' is not read: write "
		    "nexthop via A nexthop via B");
	}
}

/* Reads vrf NAME: the table is that of the VRF, whenever that is there. */
static void
option_vrf(struct entry_draft *e, const struct word *word)
{
	uint16_t interface = interface_index(e->p, word);

	e->bad |= interface == NONE;
	e->vrf = true;
	e->table = (uint16_t)(interface + 1);
}

/* Takes an option with its value, which is no plain number. */
static void
option_worded(struct entry_draft *e, const struct entry_option *option,
    const struct word *word)
{
	switch (option->type) {
	case V_CONGESTION:
		if (*word->text == '\0' || strlen(word->text) > 15)
			(void)value_wrong(e, word, "1-15 characters");
		nl_attribute(&e->metrics, RTAX_CC_ALGO, word->text,
		    strlen(word->text) + 1);
		break;
	case V_PREFIX:
		option_prefix(e, option->detail, word);
		break;
	case V_VIA:
		option_via(e, word);
		break;
	case V_VRF:
		option_vrf(e, word);
		break;
	case V_DEV:
	case V_NAME:
		e->hop->interface = interface_index(e->p, word);
		e->bad |= e->hop->interface == NONE;
		if (option->type == V_NAME && !e->bad)
			nl_attribute(&e->hop->attributes, option->detail,
			    word->text, strlen(word->text) + 1);
		break;
	case V_ADDRESS:
		option_address(e, option, word);
		break;
	case V_ENCAP:
		option_encap(e, word);
		break;
	case V_GROUP:
		e->group = word->text;
		break;
	default:
		option_numbers(e, option, word);
	}
}

/* The option that a word names here, what belongs to an encap first; NULL. */
static const struct entry_option *
entry_option_find(const struct entry_draft *e, const char *word)
{
	const struct entry_option *option = entry_options;

	for (const char *at = entry_words; *at != '\0';
	    at = list_behind(list_behind(at)), option++) {
		if ((option->where & e->where) != 0 &&
		    list_index(at, word) >= 0)
			return option;
	}
	return NULL;
}

/* Complains about a word that is no option here. */
static void
complain_entry_option(struct entry_draft *e, const struct word *word)
{
	struct nearest n = nearest_to(word->text);
	const struct entry_option *option = entry_options;

	for (const char *at = entry_words; *at != '\0';
	    at = list_behind(list_behind(at)), option++) {
		for (const char *other = at; *other != '\0' &&
		    (option->where & e->where) != 0; other = list_next(other))
			nearest_try(&n, other);
	}
	(void)entry_wrong(e, &word->place, scan_format(e->p->scan,
	    "'%s' is no option of a %s%s", word->text, e->rule ? "rule" :
	    e->where & ENTRY_ON_HOP ? "nexthop" : "route",
	    did_you_mean(e->p, n.found)));
}

/*
 * Reads one option with its value.  rto_min is locked even if that is not said:
 * the kernel heeds no other (as ip-route(8) does).
 */
static void
entry_option(struct entry_draft *e)
{
	const struct word *word = &e->line->words[e->at++];
	const struct entry_option *option = entry_option_find(e, word->text);
	bool metric, lock;

	if (option == NULL) {
		complain_entry_option(e, word);
		return;
	}
	option_once(e->p, word, (size_t)(option - entry_options) % 64, &e->had);
	e->of[option->where >> 6] = word;
	if ((option->where & e->where & ENTRY_ON_ENCAP) == 0)
		encap_close(e);
	if (option->type >= V_ALONE) {
		option_alone(e, option, word);
		return;
	}
	metric = option->type == V_METRIC || option->type == V_TIME ||
	    option->type == V_CONGESTION;
	lock = metric && e->at < e->line->count &&
	    strcmp(e->line->words[e->at].text, "lock") == 0;
	e->at += lock;
	if (lock || (metric && option->detail == RTAX_RTO_MIN))
		e->lock |= 1U << option->detail;
	if (e->at == e->line->count) {
		(void)entry_wrong(e, place_behind(e->p, word), scan_format(
		    e->p->scan, "'%s' needs a value", word->text));
		return;
	}
	word = &e->line->words[e->at++];
	if (option->type == V_TIME)
		option_time(e, option, word);
	else if (option->type < V_WORDLESS)
		option_takes_number(e, option, word);
	else
		option_worded(e, option, word);
}

/* Reads what a route begins with: [inet|inet6] [TYPE] [to] PREFIX. */
static void
entry_destination(struct entry_draft *e)
{
	static const char types[] = "unicast\0local\0broadcast\0anycast\0"
	    "multicast\0blackhole\0unreachable\0prohibit\0throw\0nat\0";
	const struct word *words = e->line->words;
	uint32_t count = e->line->count;
	int64_t type = RTN_UNICAST, number;

	while (e->at < count &&
	    list_index("inet\0inet6\0", words[e->at].text) >= 0)
		entry_option(e);
	if (e->at < count) {
		number = list_index(types, words[e->at].text) + 1;
		if (number == 0 && (!number_parse(words[e->at].text, &number) ||
		    number > RTN_MAX))
			number = 0;
		if (number > 0) {
			type = number;
			e->at++;
		}
	}
	e->header[offsetof(struct rtmsg, rtm_type)] = (uint8_t)type;
	if (e->at < count && strcmp(words[e->at].text, "to") == 0)
		e->at++;
	if (e->at == count)
		(void)entry_wrong(e, place_behind(e->p, &words[count - 1]),
		    "a route needs a destination, a prefix or default");
	else
		option_prefix(e, RTA_DST, &words[e->at++]);
}

/* The scope of an IPv4 route that gives none: as far as its target is away. */
static uint8_t
route_scope(const struct entry_draft *e, uint8_t type)
{
	if (e->has_scope || e->family == 6)
		return e->header[offsetof(struct rtmsg, rtm_scope)];
	if (type == RTN_LOCAL || type == RTN_NAT)
		return RT_SCOPE_HOST;
	if (type == RTN_BROADCAST || type == RTN_MULTICAST ||
	    type == RTN_ANYCAST)
		return RT_SCOPE_LINK;
	return type == RTN_UNICAST && e->hops[0].via.family == 0 &&
	    packer_length(&e->ways) == 0 ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
}

/* Looks across the options of a route, and settles what it does not say. */
static void
route_settle(struct entry_draft *e)
{
	const struct word *word = e->line->words;
	struct hop *hop = &e->hops[0];
	uint8_t type = e->header[offsetof(struct rtmsg, rtm_type)];
	uint8_t *protocol = &e->header[offsetof(struct rtmsg, rtm_protocol)];
	bool leads = hop->via.family != 0 || hop->interface != NONE;
	uint32_t flags = hop->flags;

	nexthop_close(e);
	e->hop = hop;
	hop_close(e, hop);
	if (leads && packer_length(&e->ways) > 0)
		(void)entry_wrong(e, &word->place,
		    "via and dev stand behind nexthop or before none");
	if (type == RTN_UNICAST && !leads && packer_length(&e->ways) == 0)
		(void)entry_wrong(e, &word->place,
		    "a route needs via, dev or nexthop");
	if (type > RTN_MULTICAST && e->family != 6 && leads)
		(void)entry_wrong(e, &word->place,
		    "a route that refuses packets has neither via nor dev");
	if (*protocol != 0 && *protocol != KEEPALIVED_PROTOCOL && !e->no_track)
		complain(e->p->findings, SEVERITY_WARNING, &word->place,
		    "the protocol of a route is keepalived unless it has "
		    "no_track");
	if (*protocol == 0 || !e->no_track)
		*protocol = KEEPALIVED_PROTOCOL;
	if (e->has_table && e->vrf)
		(void)entry_wrong(e, &word->place, "a route has either a table "
		    "or a vrf");
	if (!e->has_table && !e->vrf)
		e->table = type == RTN_LOCAL || type == RTN_BROADCAST ||
		    type == RTN_ANYCAST || type == RTN_NAT ?
		    RT_TABLE_LOCAL : RT_TABLE_MAIN;
	e->header[offsetof(struct rtmsg, rtm_scope)] = route_scope(e, type);
	memcpy(e->header + offsetof(struct rtmsg, rtm_flags), &flags,
	    sizeof(flags));
	if (e->family != 6)
		return;
	if (e->priority == 0)
		e->priority = 1024;		/* the kernel's default */
	/* refused from Linux 5.18 on, and not heeded before */
	e->header[offsetof(struct rtmsg, rtm_tos)] = 0;
}

/* The same for a rule. */
static void
rule_settle(struct entry_draft *e)
{
	const struct word *word = e->line->words;
	uint8_t *action = &e->header[offsetof(struct fib_rule_hdr, action)];
	uint8_t *protocol = &e->header[offsetof(struct rtmsg, rtm_protocol)];
	uint8_t mark = *protocol == 0 || !e->no_track ? KEEPALIVED_PROTOCOL :
	    *protocol;

	*protocol = 0;
	nl_attribute(&e->hop->attributes, FRA_PROTOCOL, &mark, 1);
	if (*action == 0)
		*action = FR_ACT_TO_TBL;
	if (!e->has_table && !e->has_action)
		e->table = RT_TABLE_MAIN;
	if (e->has_table && e->has_action)
		(void)entry_wrong(e, &word->place, "a rule has either a table "
		    "or an action");
	if (e->priority == 0) {
		e->priority = FIRST_PREFERENCE - e->p->rules_without++ %
		    FIRST_PREFERENCE;
		complain(e->p->findings, SEVERITY_WARNING, &word->place,
		    "a rule without preference above 0: it gets %u",
		    (unsigned)e->priority);
	}
	if (e->target != 0 && e->target <= e->priority)
		(void)entry_wrong(e, &word->place, "goto leads to a rule with "
		    "a preference above its own");
	memcpy(e->header + offsetof(struct fib_rule_hdr, flags), &e->flags,
	    sizeof(e->flags));
}

/* Puts the parts of a body together, into the configuration's memory. */
static void
entry_assemble(struct entry_draft *e, struct conf_entry *entry)
{
	uint8_t body[NETLINK_MAX - NLMSG_HDRLEN];
	struct packer p = packer_over(body, sizeof(body));
	uint32_t interface = (uint16_t)(e->hops[0].interface + 1);

	e->header[0] = e->family == 6 ? NL_FAMILY_6 : NL_FAMILY_4;
	e->header[offsetof(struct rtmsg, rtm_table)] = (uint8_t)
	    (e->table < 256 && !e->vrf ? e->table : RT_TABLE_UNSPEC);
	packer_bytes(&p, e->header, sizeof(e->header));
	packer_bytes(&p, e->hops[0].bytes,
	    packer_length(&e->hops[0].attributes));
	if (e->table != 0)
		nl_attribute(&p, RTA_TABLE, &e->table, sizeof(e->table));
	if (e->priority != 0)
		nl_attribute(&p, RTA_PRIORITY, &e->priority,
		    sizeof(e->priority));
	if (!e->rule && interface != 0)
		nl_attribute(&p, RTA_OIF, &interface, sizeof(interface));
	if (e->lock != 0)
		nl_attribute(&e->metrics, RTAX_LOCK, &e->lock,
		    sizeof(e->lock));
	if (packer_length(&e->metrics) > 0)
		nl_attribute(&p, RTA_METRICS, e->metric_bytes,
		    packer_length(&e->metrics));
	if (packer_length(&e->ways) > 0)
		nl_attribute(&p, RTA_MULTIPATH, e->way_bytes,
		    packer_length(&e->ways));
	if (p.failed || e->ways.failed || e->metrics.failed ||
	    e->hops[0].attributes.failed)
		(void)entry_wrong(e, &e->line->words[0].place,
		    "this is too long for one request");
	entry->length = (uint16_t)packer_length(&p);
	entry->body = keep_shared(e->p, body, entry->length);
	entry->unheard = !e->rule && e->header[offsetof(struct rtmsg,
	    rtm_protocol)] != KEEPALIVED_PROTOCOL;
	entry->renew = e->family == 6 && packer_length(&e->ways) > 0;
	entry->vrf = e->vrf;
}

/*
 * The words of a line, for messages and for --print-config; NULL after a
 * complaint, or without memory.
 */
static const char *
line_text(struct parse *p, const struct line *line)
{
	struct text t = scan_text(p->scan);

	for (uint32_t i = 0; i < line->count; i++)
		print_word(&t, i > 0 ? " " : "", line->words[i].text);
	if (t.at - t.start < ENTRY_TEXT_MAX)
		return keep_text(p, text_end(&t));
	complain(p->findings, SEVERITY_ERROR, &line->words[0].place,
	    "this line is too long and left out");
	return NULL;
}

/* Makes an entry of the draft of a line; false after a complaint. */
static bool
entry_read(struct entry_draft *e, struct conf_entry *entry)
{
	const struct word *word;

	e->hop = &e->hops[0];
	hop_open(e, e->hop);
	e->where = e->rule ? ENTRY_ON_RULE : ENTRY_ON_ROUTE;
	e->add = e->rule ? NLM_F_CREATE | NLM_F_EXCL : NLM_F_CREATE;
	e->metrics = packer_over(e->metric_bytes, sizeof(e->metric_bytes));
	e->encap = packer_over(e->encap_bytes, sizeof(e->encap_bytes));
	e->ways = packer_over(e->way_bytes, sizeof(e->way_bytes));
	if (!e->rule)
		entry_destination(e);
	while (!e->bad && e->at < e->line->count)
		entry_option(e);
	if (e->bad)
		return false;
	if (e->rule)
		rule_settle(e);
	else
		route_settle(e);
	if (e->family == 0)
		e->family = 4;
	entry->kind = e->rule ? ENTRY_RULE : ENTRY_ROUTE;
	entry->flags = e->add;
	entry->no_track = e->no_track;
	word = e->of[e->family == 4 ? 2 : 1];	/* of the other family */
	if (word != NULL)
		complain(e->p->findings, SEVERITY_WARNING, &word->place,
		    "IPv%u has no %s", e->family, word->text);
	if (!e->bad)
		entry_assemble(e, entry);
	return !e->bad;
}

/* A line of static_ipaddress; one that has an error is left out. */
static void
read_static_address(struct parse *p, struct list *list,
    const struct line *line)
{
	uint32_t count = list->count, errors = p->findings->errors;
	struct item **link = list->count == 0 ? &list->first : list->last;

	read_address_item(p, list, line);
	if (list->count == count)
		return;
	(*link)->entry = (struct conf_entry){ .vr = NONE, .group = NONE,
	    .text = line_text(p, line) };
	if (errors != p->findings->errors)
		list_remove(list, link);
}

/* A line of virtual_routes, static_rules and their like. */
static void
read_entry_item(struct parse *p, struct list *list, const struct line *line)
{
	const struct keyword *k = p->top->keyword;
	struct entry_draft *e = p->entry;
	struct conf_entry entry = { .group = NONE, .vr = k->block == IN_ROOT ?
	    NONE : (uint16_t)p->top->draft->index };
	struct item *item;

	if (k->detail == ENTRY_ADDRESS) {
		read_static_address(p, list, line);
		return;
	}
	if (e == NULL)
		e = p->entry = arena_take(p->scratch, sizeof(*e));
	if (e == NULL)
		return;
	memset(e, 0, sizeof(*e));
	e->p = p;
	e->line = line;
	e->rule = k->detail == ENTRY_RULE;
	entry.text = line_text(p, line);
	if (entry.text != NULL && entry_read(e, &entry) && (e->group == NULL ||
	    k->block == IN_ROOT || entry_wrong(e, &line->words[0].place,
	    "track_group is for what is static")) &&
	    (item = list_add(p, list, &line->words[0].place)) != NULL) {
		item->entry = entry;
		item->name = e->group;
	}
}

/* A line of unicast_peer: ADDRESS [min_ttl N] [max_ttl N]. */
static void
read_peer_item(struct parse *p, struct list *list, const struct line *line)
{
	struct draft_vr *vr = (struct draft_vr *)p->top->draft;
	const struct word *words = line->words;
	struct conf_peer peer = { .ttl_min = 0, .ttl_max = 255 };
	uint64_t had = 0;
	struct item *item;

	if (!read_ip(p, &words[0], strlen(words[0].text), &peer.ip) ||
	    !unicast_good(p, &words[0], &peer.ip) ||
	    !vr_family_agrees(p, vr, &peer.ip, &words[0].place, ""))
		return;
	for (uint32_t at = 1; at < line->count; at += 2) {
		bool is_min = strcmp(words[at].text, "min_ttl") == 0;
		bool is_max = strcmp(words[at].text, "max_ttl") == 0;
		int64_t ttl;

		if ((!is_min && !is_max) || at + 1 == line->count ||
		    !number_within(words[at + 1].text, 0, 255, &ttl)) {
			complain_word(p, SEVERITY_ERROR, &words[at],
			    "'%s' is not read: a line has one peer, then "
			    "min_ttl 0-255, max_ttl 0-255");
			break;
		}
		option_once(p, &words[at], is_min, &had);
		*(is_min ? &peer.ttl_min : &peer.ttl_max) = (uint8_t)ttl;
	}
	if (peer.ttl_min > peer.ttl_max)
		complain_word(p, SEVERITY_ERROR, &words[0], "nothing is heard "
		    "of '%s': its min_ttl is above its max_ttl");
	item = list_add(p, list, &words[0].place);
	if (item != NULL)
		item->peer = peer;
}

/* A line of track_interface, track_script, track_file and their like. */
static void
read_track_item(struct parse *p, struct list *list, const struct line *line)
{
	const struct keyword *k = p->top->keyword;
	struct item *item = list_add(p, list, &line->words[0].place);
	enum bounds bounds = k->detail >= TRACK_FILE ? FILE_WEIGHTS : WEIGHTS;
	struct draft_interface *interface;

	if (item == NULL)
		return;
	item->name = line->words[0].text;
	item->kind = k->detail;
	item->index = NONE;
	interface = item->kind != TRACK_INTERFACE ? NULL : interface_draft(p,
	    item->name, &item->place, SEVERITY_ERROR);
	if (interface != NULL) {
		item->index = interface->index;
		interface->must_work = true;
	}
	if (line->count == 1)
		return;
	if (strcmp(line->words[1].text, "weight") != 0) {
		complain(p->findings, SEVERITY_ERROR, &line->words[1].place,
		    "'%s' is not read: a line has one name, then weight %d to "
		    "%d, reverse", line->words[1].text, (int)ranges[bounds].min,
		    (int)ranges[bounds].max);
		return;
	}
	if (read_weight_words(p, k, line, 2, bounds, &item->weight) &&
	    p->used < line->count)
		complain_word(p, SEVERITY_WARNING, &line->words[p->used],
		    "'%s' is not read");
}

/* A line of interface_up_down_delays: INTERFACE DOWN [UP], in seconds. */
static void
read_delay_item(struct parse *p, struct list *list, const struct line *line)
{
	const struct word *words = line->words;
	uint16_t interface = interface_index(p, words);
	usec_t spans[2] = { -1, 0 };
	struct item *item;
	bool inexact;

	for (uint32_t i = 1; i < line->count && i < 3; i++) {
		if (!seconds_parse(words[i].text, &spans[i - 1], &inexact) ||
		    spans[i - 1] > 255 * SECOND_US)
			spans[i - 1] = -1;
	}
	if (interface == NONE)
		return;
	if (spans[0] < 0 || spans[1] < 0 || line->count > 3) {
		complain_word(p, SEVERITY_ERROR, &words[0], "'%s' needs "
		    "seconds 0-255 until it counts as down, and perhaps as up");
		return;
	}
	item = list_add(p, list, &words[0].place);
	if (item == NULL)
		return;
	item->delay = (struct conf_delay){ (uint32_t)spans[0],
	    (uint32_t)spans[1], interface };
}

/* A line of group { }: names of instances. */
static void
read_member_item(struct parse *p, struct list *list, const struct line *line)
{
	for (uint32_t i = 0; i < line->count; i++) {
		struct item *item = list_add(p, list, &line->words[i].place);

		if (item != NULL)
			item->name = line->words[i].text;
	}
}

/* -- commands -- */

/*
 * Takes the user and group behind a script from words[at] on.  A group that
 * begins with ':' asks for the user's other groups as well.
 */
static void
read_owner(struct owner *owner, const struct word *words, uint32_t count,
    uint32_t at)
{
	if (at >= count)
		return;
	owner->user = words[at].text;
	owner->place = words[at].place;
	if (at + 1 >= count)
		return;
	owner->group = words[at + 1].text;
	if (owner->group[0] == ':') {
		owner->supplementary = true;
		owner->group++;
	}
	if (owner->group[0] == '\0')
		owner->group = NULL;
}

/* user or script_user: USER [[:]GROUP] */
static bool
read_user(struct parse *p, const struct keyword *k, const struct line *line,
    void *field)
{
	(void)k;
	read_owner(field, line->words, line->count, 1);
	p->used = line->count < 3 ? line->count : 3;
	return true;
}

/* Whether a program is a shell, which reads what others get as arguments. */
static bool
is_shell(const char *path)
{
	return list_index("sh\0bash\0dash\0ash\0ksh\0zsh\0busybox\0env\0",
	    path_name(path)) >= 0;
}

/* Whether a word means something to a shell alone. */
static bool
is_shell_word(const char *word)
{
	const char *after = text_find("12&", word[0]) != NULL ? word + 1 :
	    word;

	return word[0] == '$' || word[0] == '`' || *after == '>' ||
	    list_index("|\0||\0&\0&&\0;\0<\0", word) >= 0;
}

/* Warns of words that no shell will read. */
static void
check_shell_words(struct parse *p, const char *const *argv,
    const struct place *place)
{
	size_t i = 1;

	while (argv[i] != NULL && !is_shell_word(argv[i]))
		i++;
	if (argv[i] != NULL && !is_shell(argv[0]))
		complain(p->findings, SEVERITY_WARNING, place, "'%s' is passed "
		    "to %s as an argument, no shell reads it; use sh -c or a "
		    "script", argv[i], argv[0]);
}

/*
 * Complains about a quotation mark that is none here, such as word processors
 * make; false when the word begins with no such.
 */
static bool
complain_quote(struct parse *p, const struct word *word)
{
	if (strncmp(word->text, "\xe2\x80", 2) != 0)
		return false;
	complain(p->findings, SEVERITY_ERROR, &word->place, "the command "
	    "begins with the %s; the quote to use is '\"'",
	    odd_byte(p->scan, word));
	return true;
}

/* What tells a command from others: its words and who runs it. */
static const char *
command_key(struct parse *p, const char *const *argv,
    const struct owner *owner, size_t *length)
{
	struct text t = scan_text(p->scan);

	for (; *argv != NULL; argv++)
		text_format(&t, "%s%c", *argv, 0);
	text_format(&t, "%c%s%c%s", owner->supplementary ? ':' : '.',
	    owner->user == NULL ? "" : owner->user, 0,
	    owner->group == NULL ? "" : owner->group);
	*length = (size_t)(t.at - t.start);
	return text_end(&t);
}

/*
 * Appends a command that stands at place; NULL after a complaint, or without
 * memory for it or its words.
 */
static struct command *
command_add(struct parse *p, const char *const *argv,
    const struct place *place)
{
	struct command *command = arena_take(p->scratch, sizeof(*command));

	if (p->command_count == NONE)
		complain_many(p, place, NONE, "commands");
	if (command == NULL || argv == NULL || argv[0] == NULL ||
	    p->command_count == NONE)
		return NULL;
	command->conf.argv = argv;
	command->place = *place;
	command->index = p->command_count++;
	*p->last_command = command;
	p->last_command = &command->next;
	return command;
}

/*
 * The command in `word` with its owner: the same one for the same words.  NULL
 * after a complaint, or without memory.
 */
static struct command *
command_intern(struct parse *p, const struct keyword *k,
    const struct draft *draft, const struct word *word,
    const struct owner *owner)
{
	const char *const *argv = scan_command_argv(p->scan, p->scratch, word);
	const char *key;
	size_t length;
	struct map_entry *entry;
	struct command *command;

	if (argv == NULL)
		return NULL;
	if (argv[0] == NULL || argv[0][0] == '<') {
		complain(p->findings, SEVERITY_ERROR, &word->place,
		    argv[0] == NULL ? "%s: the command is empty" :
		    "%s: a command that begins with '<' is not supported",
		    k->word);
		return NULL;
	}
	key = command_key(p, argv, owner, &length);
	entry = map_entry(p->scratch, &p->commands, key, length);
	if (entry == NULL)
		return NULL;
	if (entry->value != NULL)
		return entry->value;
	argv = scan_command_argv(p->scan, p->keep, word);
	command = command_add(p, argv, &word->place);
	if (command == NULL)
		return NULL;
	entry->value = command;
	command->owner = *owner;
	command->quoted = word->quoted;
	command->keyword = k;
	command->draft = draft;
	check_shell_words(p, argv, &word->place);
	return command;
}

/*
 * The words of a keyword with a command, and their number: "script '/bin/x y'
 * root" are three.  The command is split again into its arguments, quotes and
 * escapes included, so that "/bin/x \"y z\"" has one.  A line of the flags has
 * its words already.  NULL after a complaint, or without memory.
 */
static const struct word *
command_words(struct parse *p, const struct keyword *k,
    const struct line *line, uint32_t *count)
{
	struct word *words = line->words;

	*count = line->raw.text == NULL ? line->count : words_split(p->scan,
	    &line->raw, &line->place, SPLIT_COMMAND, &words);
	p->used = line->count;
	if (*count < 2)
		(void)wrong(p, k, line, line->count);
	return *count < 2 || complain_quote(p, &words[1]) ? NULL : words;
}

/* script of a vrrp_script: one word; its user is a keyword of its own. */
static bool
read_command(struct parse *p, const struct keyword *k, const struct line *line,
    void *field)
{
	uint32_t count;
	const struct word *words = command_words(p, k, line, &count);
	struct text all = scan_text(p->scan);

	if (words == NULL)
		return false;
	*(struct word *)field = words[1];
	for (uint32_t i = 1; i < count; i++)
		text_format(&all, i == 1 ? "%s" : " %s", words[i].text);
	if (count > 2)
		complain(p->findings, SEVERITY_ERROR, &words[2].place,
		    "'%s' is not read, the script runs without it; quote the "
		    "command: script \"%s\"", words[2].text, text_end(&all));
	return true;
}

/* The address that a check is about, ADDRESS or ADDRESS%INTERFACE. */
static bool
read_check_address(struct parse *p, const struct word *word,
    struct conf_check *check)
{
	size_t length = span_to(word->text, "%");
	bool zone = word->text[length] == '%';
	struct word name = { .text = word->text + length + 1,
	    .place = word->place };

	if (!read_ip(p, word, length, &check->ip))
		return false;
	if (ip_is_link_local(&check->ip) != zone)
		complain(p->findings, SEVERITY_ERROR, &word->place, zone ?
		    "'%s': only link-local addresses have an interface" :
		    "'%s' needs its interface behind it: %s%%eth0", word->text,
		    word->text);
	if (ip_is_link_local(&check->ip) && zone)
		check->interface = interface_index(p, &name);
	return zone == (check->interface != NONE) &&
	    ip_is_link_local(&check->ip) == zone;
}

/* The prefix that a route is looked for to; `default' is that of IPv4. */
static bool
read_check_prefix(struct parse *p, const struct word *word,
    struct conf_check *check)
{
	struct word copy = *word;

	if (strcmp(word->text, "default") == 0)
		copy.text = "0.0.0.0/0";
	if (!read_ip_prefix(p, &copy, &check->ip, &check->prefix))
		return false;
	if (!ip_mask(&check->ip, check->prefix))
		return true;
	complain_word(p, SEVERITY_ERROR, word,
	    "'%s' has bits beyond the length of its prefix");
	return false;
}

/* A number from low to high in word `index` of a check. */
static bool
read_check_number(struct parse *p, const struct line *line, uint32_t index,
    uint16_t low, uint16_t high, uint16_t *number)
{
	int64_t value = 0;
	bool good = number_within(line->words[index].text, low, high, &value);

	if (!good)
		complain(p->findings, SEVERITY_ERROR, &line->words[index].place,
		    "%s must be a number %u-%u, not '%s'", low == 1 ?
		    "a port" : "a status", low, high, line->words[index].text);
	*number = (uint16_t)value;
	return good;
}

/* The path of a check: of a file, or of what is asked for by HTTP. */
static bool
read_check_path(struct parse *p, const struct word *word,
    struct conf_check *check)
{
	size_t length = strlen(word->text), i = 0;

	while (i < length && word->text[i] > ' ' && word->text[i] < 0x7f)
		i++;
	if (word->text[0] != '/' || length > CHECK_PATH_MAX ||
	    (check->kind == CHECK_HTTP && i < length)) {
		complain_word(p, SEVERITY_ERROR, word, check->kind ==
		    CHECK_HTTP ? "'%s' is no path: '/', and then no blanks" :
		    "'%s' is no absolute path");
		return false;
	}
	check->path = keep_text(p, word->text);
	return true;
}

/*
 * A built-in check: tcp ADDRESS PORT, http ADDRESS PORT PATH [STATUS],
 * ping ADDRESS, route PREFIX, pidfile PATH.
 */
static bool
read_check(struct parse *p, const struct keyword *k, const struct line *line,
    void *field)
{
	struct conf_check check = { .kind = k->detail, .interface = NONE };
	bool tcp = k->detail == CHECK_TCP || k->detail == CHECK_HTTP;
	uint32_t wanted = k->detail == CHECK_HTTP ? 4 : tcp ? 3 : 2;
	const struct word *words = line->words;

	if (line->count < wanted)
		return wrong(p, k, line, line->count);
	p->used = line->count;
	if (k->detail == CHECK_ROUTE ? !read_check_prefix(p, &words[1],
	    &check) : k->detail != CHECK_PIDFILE &&
	    !read_check_address(p, &words[1], &check))
		return false;
	if (tcp && !read_check_number(p, line, 2, 1, UINT16_MAX, &check.port))
		return false;
	if ((k->detail == CHECK_PIDFILE || k->detail == CHECK_HTTP) &&
	    !read_check_path(p, &words[wanted - 1], &check))
		return false;
	if (k->detail == CHECK_HTTP && line->count > wanted &&
	    !read_check_number(p, line, wanted++, 100, 599, &check.status))
		return false;
	p->used = wanted;
	*(struct conf_check *)field = check;
	return true;
}

/* A script with its user, for notify_* and *_fifo_script; detail: which. */
static bool
read_notify(struct parse *p, const struct keyword *k, const struct line *line,
    void *field)
{
	struct command **commands = field;
	struct owner owner = { NULL, NULL, { NULL, 0, 0 }, false };
	uint32_t count;
	const struct word *words = command_words(p, k, line, &count);

	if (words == NULL)
		return false;
	read_owner(&owner, words, count, 2);
	commands[k->detail] = command_intern(p, k, p->top->draft,
	    &words[1], &owner);
	if (count > 4)
		complain_word(p, SEVERITY_WARNING, &words[4],
		    "'%s' is not read: a script, a user and a group are");
	return commands[k->detail] != NULL;
}

/* notify_deleted, alone or with the script for it. */
static bool
read_notify_deleted(struct parse *p, const struct keyword *k,
    const struct line *line, void *field)
{
	struct draft_vr *vr = (struct draft_vr *)p->top->draft;

	if (line->count == 1 || bool_parse(line->words[1].text) >= 0)
		return read_flag(p, k, line, field);
	*(bool *)field = true;
	return read_notify(p, k, line, vr->notify);
}

/* old_unicast_checksum [never] */
static bool
read_old_checksum(struct parse *p, const struct keyword *k,
    const struct line *line, void *field)
{
	bool never = line->count > 1 && strcmp(line->words[1].text,
	    "never") == 0;

	(void)k;
	p->used = never ? 2 : 1;
	*(uint8_t *)field = never ? OLD_REFUSED : OLD_SENT;
	return true;
}

/* timer_expired_backup [PRIORITY] */
static bool
read_expired(struct parse *p, const struct keyword *k, const struct line *line,
    void *field)
{
	p->used = line->count > 1 ? 2 : 1;
	if (line->count > 1)
		return read_number(p, k, line, field);
	*(uint8_t *)field = (uint8_t)ranges[k->detail].max;
	return true;
}

/* vrrp_cpu_affinity N... */
static bool
read_cpus(struct parse *p, const struct keyword *k, const struct line *line,
    void *field)
{
	uint32_t cpus[CPUS_MAX / 32] = { 0 };

	for (p->used = 1; p->used < line->count; p->used++) {
		int64_t cpu;

		if (!number_within(line->words[p->used].text, 0, CPUS_MAX - 1,
		    &cpu))
			return wrong(p, k, line, p->used);
		cpus[cpu / 32] |= 1U << cpu % 32;
	}
	memcpy(field, cpus, sizeof(cpus));
	return true;
}

/* garp_extra_if [all] SECONDS; all addresses are announced in any case. */
static bool
read_garp_extra(struct parse *p, const struct keyword *k,
    const struct line *line, void *field)
{
	bool all = strcmp(line->words[1].text, "all") == 0;
	struct line rest = { .words = line->words + all,
	    .count = line->count - all };

	if (rest.count < 2)
		return wrong(p, k, line, line->count);
	p->used += all;
	return read_seconds(p, k, &rest, field);
}

/* notify_fifo PATH [USER [GROUP]]; detail: which of the two. */
static bool
read_fifo(struct parse *p, const struct keyword *k, const struct line *line,
    void *field)
{
	p->global.conf.fifo[k->detail].path = keep_text(p,
	    line->words[1].text);
	read_owner(field, line->words, line->count, 2);
	p->used = line->count < 4 ? line->count : 4;
	return true;
}

/* Interfaces of a garp_group: all words of a line. */
static void
read_garp_item(struct parse *p, struct list *list, const struct line *line)
{
	for (uint32_t i = 0; i < line->count; i++) {
		const struct word *word = &line->words[i];
		struct draft_interface *interface = interface_draft(p,
		    word->text, &word->place, SEVERITY_ERROR);
		struct item *item = NULL;

		if (interface != NULL && interface->garp_group > 0)
			complain_word(p, SEVERITY_ERROR, word,
			    "%s is in a garp_group already");
		else if (interface != NULL)
			item = list_add(p, list, &word->place);
		if (item == NULL)
			continue;
		item->index = interface->index;
		interface->garp_group = (uint16_t)(p->top->draft->index + 1);
	}
}

/* interface NAME, in a garp_group */
static bool
read_garp_interface(struct parse *p, const struct keyword *k,
    const struct line *line, void *field)
{
	struct line rest = { .words = line->words + 1, .count = 1 };

	(void)k;
	read_garp_item(p, field, &rest);
	return true;
}

/* -- the keyword table -- */

#define AT(draft, field) \
	offsetof(struct draft, field), sizeof(((struct draft *)0)->field)
#define VR_AT(field)		AT(draft_vr, conf.field)
#define GROUP_AT(field)		AT(draft_group, conf.field)
#define SCRIPT_AT(field)	AT(draft_script, conf.field)
#define FILE_AT(field)		AT(draft_file, conf.field)
#define PROCESS_AT(field)	AT(draft_process, conf.field)
#define BFD_AT(field)		AT(draft_bfd, conf.field)
#define GLOBAL_AT(field)	AT(draft_global, conf.field)
#define DEFAULT_AT(field)	AT(draft_global, vr.conf.field)
#define VR_LIST(field)		AT(draft_vr, field)
#define GROUP_LIST(field)	AT(draft_group, field)
#define NOWHERE			0, 0

/* A word that does something; one that has a default, as a file has it. */
#define KEYWORD(word, block, type, flags, at, detail) \
	{ word, block, type, TAKEN, flags, at, detail }
#define DEFAULTED(word, block, type, flags, at, initial, detail) \
	{ word "\0" initial, block, type, TAKEN, (flags) | KEYWORD_DEFAULT, \
	at, detail }

/* Words that do nothing here. */
#define WITHOUT(block, verdict, words) \
	{ words, block, T_ANY, verdict, 0, NOWHERE, 0 }

/*
 * Every keyword of keepalived that may stand in a block of ours.  To take a new
 * one: a row here, a line in vrrpd.8, a file in test/conf.
 */
static const struct keyword keywords[] = {
	/* top level */
	KEYWORD("global_defs", IN_ROOT, T_BLOCK, 0, NOWHERE, IN_GLOBAL),
	    /* what holds for everything */
	KEYWORD("vrrp_instance", IN_ROOT, T_BLOCK, 0, NOWHERE, IN_INSTANCE),
	    /* a virtual router */
	KEYWORD("vrrp_sync_group", IN_ROOT, T_BLOCK, 0, NOWHERE, IN_GROUP),
	    /* instances that change state together */
	KEYWORD("vrrp_script", IN_ROOT, T_BLOCK, 0, NOWHERE, IN_SCRIPT),
	    /* a check that is run again and again */
	KEYWORD("track_file", IN_ROOT, T_BLOCK, 0, NOWHERE, IN_FILE),
	    /* a file whose number changes priorities */
	KEYWORD("vrrp_track_file", IN_ROOT, T_BLOCK, KEYWORD_ALIAS, NOWHERE,
	    IN_FILE), /* older name of track_file */
	KEYWORD("vrrp_track_process", IN_ROOT, T_BLOCK, 0, NOWHERE,
	    IN_PROCESS), /* a process that must run */
	KEYWORD("static_ipaddress", IN_ROOT, T_ENTRIES, 0,
	    AT(draft_global, addresses), ENTRY_ADDRESS),
	    /* addresses that are there as long as we run */
	KEYWORD("static_routes", IN_ROOT, T_ENTRIES, 0,
	    AT(draft_global, routes), ENTRY_ROUTE), /* routes that are */
	KEYWORD("static_rules", IN_ROOT, T_ENTRIES, 0,
	    AT(draft_global, rules), ENTRY_RULE), /* rules that are */
	KEYWORD("track_group", IN_ROOT, T_BLOCK, 0, NOWHERE, IN_TRACK_GROUP),
	    /* instances that static entries matter to */
	KEYWORD("interface_up_down_delays", IN_ROOT, T_DELAYS, 0,
	    AT(draft_global, delays), 0), /* time until they are down, or up */
	KEYWORD("net_namespace", IN_ROOT, T_TEXT, 0, GLOBAL_AT(net_namespace),
	    0), /* network namespace to run in */
	KEYWORD("instance", IN_ROOT, T_TEXT, 0, GLOBAL_AT(instance), 0),
	    /* name in the pid file and in the log */
	KEYWORD("use_pid_dir", IN_ROOT, T_FLAG, KEYWORD_OFF,
	    GLOBAL_AT(use_pid_dir), 0),
	    /* pid files in a directory of their own */
	WITHOUT(IN_ROOT, NO_EFFECT,
	    "net_namespace_ipvs\0namespace_with_ipsets\0child_wait_time\0"
	    "linkbeat_use_polling\0linkbeat_interfaces\0"),
	WITHOUT(IN_ROOT, NOTE_LVS,
	    "virtual_server\0virtual_server_group\0SSL\0"),
	KEYWORD("bfd_instance", IN_ROOT, T_BLOCK, 0, NOWHERE, IN_BFD),
	    /* a neighbour that must answer */
	KEYWORD("garp_group", IN_ROOT, T_BLOCK, 0, NOWHERE, IN_GARP),
	    /* interfaces that share a pace of announcements */

	/* global_defs: defaults of instances */
	KEYWORD("vrrp_version", IN_GLOBAL, T_NUMBER, 0, DEFAULT_AT(version),
	    VERSIONS), /* version; by default 2 for IPv4, 3 for IPv6 */
	KEYWORD("vrrp_strict", IN_GLOBAL, T_BOOL, 0, DEFAULT_AT(strict), 0),
	    /* strict_mode for all */
	KEYWORD("vrrp_skip_check_adv_addr", IN_GLOBAL, T_BOOL, 0,
	    DEFAULT_AT(skip_check_advert_addresses), 0),
	    /* skip_check_adv_addr for all */
	KEYWORD("vrrp_check_unicast_src", IN_GLOBAL, T_FLAG, 0,
	    DEFAULT_AT(check_unicast_source), 0),
	    /* check_unicast_src for all */
	KEYWORD("vrrp_garp_master_delay", IN_GLOBAL, T_SECONDS, 0,
	    DEFAULT_AT(garp_delay_us), SPANS), /* garp_master_delay for all */
	KEYWORD("vrrp_garp_master_repeat", IN_GLOBAL, T_NUMBER, 0,
	    DEFAULT_AT(garp_repeat), FROM_1), /* garp_master_repeat for all */
	KEYWORD("vrrp_garp_master_refresh", IN_GLOBAL, T_SECONDS, 0,
	    DEFAULT_AT(garp_refresh_us), SPANS),
	    /* garp_master_refresh for all */
	KEYWORD("vrrp_garp_master_refresh_repeat", IN_GLOBAL, T_NUMBER, 0,
	    DEFAULT_AT(garp_refresh_repeat), FROM_1),
	    /* garp_master_refresh_repeat for all */
	KEYWORD("vrrp_garp_lower_prio_delay", IN_GLOBAL, T_SECONDS, 0,
	    DEFAULT_AT(garp_lower_prio_delay_us), SPANS),
	    /* garp_lower_prio_delay for all */
	KEYWORD("vrrp_garp_lower_prio_repeat", IN_GLOBAL, T_NUMBER, 0,
	    DEFAULT_AT(garp_lower_prio_repeat), FROM_0),
	    /* garp_lower_prio_repeat for all */
	KEYWORD("vrrp_garp_extra_if", IN_GLOBAL, T_GARP_EXTRA, 0,
	    DEFAULT_AT(garp_extra_us), SPANS), /* garp_extra_if for all */
	KEYWORD("vrrp_vmac_garp_intvl", IN_GLOBAL, T_GARP_EXTRA, KEYWORD_ALIAS,
	    DEFAULT_AT(garp_extra_us), SPANS),
	    /* older name of vrrp_garp_extra_if */
	KEYWORD("vrrp_min_garp", IN_GLOBAL, T_BOOL, 0,
	    AT(draft_global, min_garp), 0),
	    /* announce once, not in two bursts */
	KEYWORD("vrrp_down_timer_adverts", IN_GLOBAL, T_NUMBER, 0,
	    DEFAULT_AT(down_timer_adverts), UP_TO_100),
	    /* down_timer_adverts for all */
	KEYWORD("vrrp_lower_prio_no_advert", IN_GLOBAL, T_BOOL, 0,
	    DEFAULT_AT(lower_prio_no_advert), 0),
	    /* lower_prio_no_advert for all */
	KEYWORD("vrrp_higher_prio_send_advert", IN_GLOBAL, T_BOOL, 0,
	    DEFAULT_AT(higher_prio_send_advert), 0),
	    /* higher_prio_send_advert for all */
	KEYWORD("vrrp_owner_ignore_adverts", IN_GLOBAL, T_BOOL, 0,
	    DEFAULT_AT(owner_ignore_adverts), 0),
	    /* owner_ignore_adverts for all */
	KEYWORD("v3_checksum_as_v2", IN_GLOBAL, T_CHECKSUM, 0,
	    DEFAULT_AT(checksum_form), 0), /* v3_checksum_as_v2 for all */
	KEYWORD("vrrp_notify_priority_changes", IN_GLOBAL, T_BOOL, 0,
	    DEFAULT_AT(notify_priority_changes), 0),
	    /* notify_priority_changes for all */

	/* global_defs: the rest */
	KEYWORD("router_id", IN_GLOBAL, T_TEXT, 0, GLOBAL_AT(router_id), 0),
	    /* name of this router; by default that of the host */
	DEFAULTED("default_interface", IN_GLOBAL, T_TEXT, 0,
	    GLOBAL_AT(default_interface), "eth0", 0),
	    /* interface of addresses that name none */
	DEFAULTED("vmac_prefix", IN_GLOBAL, T_TEXT, 0,
	    GLOBAL_AT(vmac_prefix), "vrrp", 0),
	    /* how names of the links of use_vmac begin */
	KEYWORD("vmac_addr_prefix", IN_GLOBAL, T_TEXT, 0,
	    GLOBAL_AT(vmac_address_prefix), 0),
	    /* the same of use_vmac_addr; by default vmac_prefix */
	KEYWORD("script_user", IN_GLOBAL, T_USER, 0,
	    AT(draft_global, script_user), 0),
	    /* user and group that run scripts */
	KEYWORD("enable_script_security", IN_GLOBAL, T_FLAG, KEYWORD_OFF,
	    GLOBAL_AT(script_security), 0),
	    /* run nothing as root that others can change */
	DEFAULTED("vrrp_mcast_group4", IN_GLOBAL, T_MULTICAST, 0,
	    GLOBAL_AT(group4), "224.0.0.18", 4), /* multicast group over IPv4 */
	DEFAULTED("vrrp_mcast_group6", IN_GLOBAL, T_MULTICAST, 0,
	    GLOBAL_AT(group6), "ff02::12", 6), /* multicast group over IPv6 */
	DEFAULTED("vrrp_garp_interval", IN_GLOBAL, T_SECONDS, 0,
	    GLOBAL_AT(garp_interval_us), "0", SPANS),
	    /* time between gratuitous ARPs on an interface */
	DEFAULTED("vrrp_gna_interval", IN_GLOBAL, T_SECONDS, 0,
	    GLOBAL_AT(gna_interval_us), "0", SPANS),
	    /* time between unsolicited NAs on an interface */
	DEFAULTED("vrrp_startup_delay", IN_GLOBAL, T_SECONDS, 0,
	    GLOBAL_AT(startup_delay_us), "0", SPANS),
	    /* time to wait before instances start */
	DEFAULTED("vrrp_delay_after_boot", IN_GLOBAL, T_SECONDS, 0,
	    GLOBAL_AT(delay_after_boot_us), "0", SPANS),
	    /* the same, counted from boot */
	KEYWORD("log_unknown_vrids", IN_GLOBAL, T_FLAG, KEYWORD_OFF,
	    GLOBAL_AT(log_unknown_vrids), 0),
	    /* log advertisements of foreign VRIDs */
	KEYWORD("notify_fifo", IN_GLOBAL, T_FIFO, 0,
	    AT(draft_global, fifo_owner[0]), 0),
	    /* FIFO that is told of all changes */
	KEYWORD("notify_fifo_script", IN_GLOBAL, T_NOTIFY, KEYWORD_FIRST,
	    AT(draft_global, script), SCRIPT_FIFO), /* program that reads it */
	KEYWORD("vrrp_notify_fifo", IN_GLOBAL, T_FIFO, 0,
	    AT(draft_global, fifo_owner[1]), 1),
	    /* FIFO that is told of all changes */
	KEYWORD("vrrp_notify_fifo_script", IN_GLOBAL, T_NOTIFY, KEYWORD_FIRST,
	    AT(draft_global, script), SCRIPT_VRRP_FIFO),
	    /* program that reads it */
	KEYWORD("fifo_write_vrrp_states_on_reload", IN_GLOBAL, T_FLAG,
	    KEYWORD_OFF, GLOBAL_AT(fifo_states_on_reload), 0),
	    /* tell the FIFOs all states after a reload */
	KEYWORD("startup_script", IN_GLOBAL, T_NOTIFY, KEYWORD_FIRST,
	    AT(draft_global, script), SCRIPT_STARTUP),
	    /* program to run before anything else */
	DEFAULTED("startup_script_timeout", IN_GLOBAL, T_NUMBER, 0,
	    GLOBAL_AT(startup_limit_s), "10", UP_TO_1000),
	    /* seconds that it may take */
	KEYWORD("shutdown_script", IN_GLOBAL, T_NOTIFY, KEYWORD_FIRST,
	    AT(draft_global, script), SCRIPT_SHUTDOWN),
	    /* program to run after everything */
	DEFAULTED("shutdown_script_timeout", IN_GLOBAL, T_NUMBER, 0,
	    GLOBAL_AT(shutdown_limit_s), "10", UP_TO_1000),
	    /* seconds that it may take */
	KEYWORD("set_supplementary_groups", IN_GLOBAL, T_BOOL, KEYWORD_OFF,
	    GLOBAL_AT(supplementary), 0),
	    /* run all scripts with their users' other groups */
	DEFAULTED("vrrp_priority", IN_GLOBAL, T_NUMBER, 0,
	    GLOBAL_AT(priority), "0", NICE_VALUES), /* nice value to run at */
	DEFAULTED("vrrp_rt_priority", IN_GLOBAL, T_NUMBER, 0,
	    GLOBAL_AT(rt_priority), "0", RUN_PRIORITIES),
	    /* real-time priority to run at; 0: none */
	DEFAULTED("vrrp_rlimit_rttime", IN_GLOBAL, T_NUMBER, 0,
	    GLOBAL_AT(rt_limit_us), "0", FROM_0),
	    /* microseconds at it without a pause; 0: no limit */
	KEYWORD("vrrp_rlimit_rtime", IN_GLOBAL, T_NUMBER, KEYWORD_ALIAS,
	    GLOBAL_AT(rt_limit_us), FROM_0),
	    /* older name of vrrp_rlimit_rttime */
	KEYWORD("vrrp_cpu_affinity", IN_GLOBAL, T_CPUS, 0, GLOBAL_AT(cpus), 0),
	    /* processors to run on */
	KEYWORD("vrrp_no_swap", IN_GLOBAL, T_FLAG, KEYWORD_OFF,
	    GLOBAL_AT(no_swap), 0), /* keep all memory from being swapped out */
	DEFAULTED("max_auto_priority", IN_GLOBAL, T_NUMBER, KEYWORD_OPTIONAL,
	    GLOBAL_AT(max_auto_priority), "0", REAL_TIME_PRIORITIES),
	    /* real-time priority to take when late */
	DEFAULTED("umask", IN_GLOBAL, T_UMASK, 0, GLOBAL_AT(umask), "0177", 0),
	    /* mode that files are made without */
	KEYWORD("reload_check_config", IN_GLOBAL, T_LOG_FILE, 0,
	    GLOBAL_AT(reload_check_log), 0),
	    /* file for what a reload finds wrong */
	KEYWORD("state_dump_file", IN_GLOBAL, T_TEXT, 0,
	    GLOBAL_AT(state_dump_file), 0), /* file that signal USR1 writes */
	KEYWORD("stats_dump_file", IN_GLOBAL, T_TEXT, 0,
	    GLOBAL_AT(stats_dump_file), 0), /* file that signal USR2 writes */
	KEYWORD("json_dump_file", IN_GLOBAL, T_TEXT, 0,
	    GLOBAL_AT(json_dump_file), 0),
	    /* file that the JSON signal writes */
	KEYWORD("state_file_location", IN_GLOBAL, T_TEXT, KEYWORD_ALIAS,
	    GLOBAL_AT(state_dump_file), 0),
	    /* another name of state_dump_file */
	KEYWORD("stats_file_location", IN_GLOBAL, T_TEXT, KEYWORD_ALIAS,
	    GLOBAL_AT(stats_dump_file), 0),
	    /* another name of stats_dump_file */
	KEYWORD("json_file_location", IN_GLOBAL, T_TEXT, KEYWORD_ALIAS,
	    GLOBAL_AT(json_dump_file), 0), /* another name of json_dump_file */
	KEYWORD("reload_time_file", IN_GLOBAL, T_TEXT, 0,
	    GLOBAL_AT(reload_time_file), 0),
	    /* file with the time at which to reload */
	KEYWORD("reload_repeat", IN_GLOBAL, T_FLAG, KEYWORD_OFF,
	    GLOBAL_AT(reload_repeat), 0),
	    /* keep that file, for the same time of every day */
	KEYWORD("data_use_instance", IN_GLOBAL, T_BOOL, KEYWORD_OFF,
	    GLOBAL_AT(data_use_instance), 0),
	    /* the names of dump files have that of the instance */
	DEFAULTED("json_version", IN_GLOBAL, T_NUMBER, 0,
	    GLOBAL_AT(json_version), "1", JSON_VERSIONS),
	    /* shape of the JSON output */
	KEYWORD("iproute_etc_dir", IN_GLOBAL, T_TEXT, 0,
	    GLOBAL_AT(iproute_etc_dir), 0),
	    /* directory of names of tables and protocols */
	KEYWORD("iproute_usr_dir", IN_GLOBAL, T_TEXT, 0,
	    GLOBAL_AT(iproute_usr_dir), 0),
	    /* the same, looked at last */
	KEYWORD("include_check", IN_GLOBAL, T_INCLUDE_CHECK, 0, NOWHERE, 0),
	    /* which failing includes are errors */
	KEYWORD("random_seed", IN_GLOBAL, T_RANDOM_SEED, 0, NOWHERE, 0),
	    /* seed of ${_RANDOM} */
	WITHOUT(IN_GLOBAL, NO_EFFECT,
	    "vrrp_iptables\0vrrp_ipsets\0nftables_ifindex\0"
	    "dynamic_interfaces\0use_symlink_paths\0process_names\0"
	    "process_name\0vrrp_process_name\0min_auto_priority_delay\0"
	    "disable_local_igmp\0vrrp_netlink_cmd_rcv_bufs\0"
	    "vrrp_netlink_cmd_rcv_bufs_force\0"
	    "vrrp_netlink_monitor_rcv_bufs\0"
	    "vrrp_netlink_monitor_rcv_bufs_force\0process_monitor_rcv_bufs\0"
	    "process_monitor_rcv_bufs_force\0vrrp_rx_bufs_policy\0"
	    "vrrp_rx_bufs_multiplier\0"
	    "reload_file\0config_save_dir\0tmp_config_directory\0"),
	WITHOUT(IN_GLOBAL, NOTE_MAIL,
	    "notification_email\0notification_email_from\0smtp_server\0"
	    "smtp_helo_name\0smtp_connect_timeout\0smtp_alert\0"
	    "smtp_alert_vrrp\0smtp_alert_checker\0no_email_faults\0"
	    "no_checker_emails\0"),
	WITHOUT(IN_GLOBAL, NOTE_SNMP,
	    "snmp_socket\0enable_traps\0enable_snmp_vrrp\0"
	    "enable_snmp_keepalived\0enable_snmp_rfc\0enable_snmp_rfcv2\0"
	    "enable_snmp_rfcv3\0enable_snmp_checker\0"
	    "snmp_vs_stats_update_interval\0snmp_rs_stats_update_interval\0"),
	WITHOUT(IN_GLOBAL, NOTE_DBUS,
	    "enable_dbus\0dbus_service_name\0dbus_no_interface_name\0"),
	WITHOUT(IN_GLOBAL, NO_EFFECT,
	    "bfd_process_name\0bfd_priority\0bfd_no_swap\0bfd_rt_priority\0"
	    "bfd_cpu_affinity\0bfd_rlimit_rttime\0bfd_rlimit_rtime\0"),
	WITHOUT(IN_GLOBAL, NOTE_LVS,
	    "checker_process_name\0lvs_process_name\0"
	    "checker_log_all_failures\0lvs_timeouts\0lvs_flush\0"
	    "lvs_flush_on_stop\0lvs_flush_onstop\0lvs_sync_daemon\0"
	    "nftables_ipvs\0nftables_ipvs_priority\0"
	    "nftables_ipvs_start_fwmark\0lvs_notify_fifo\0"
	    "lvs_notify_fifo_script\0checker_priority\0checker_no_swap\0"
	    "checker_rt_priority\0checker_cpu_affinity\0"
	    "checker_rlimit_rttime\0checker_rlimit_rtime\0"
	    "lvs_netlink_cmd_rcv_bufs\0lvs_netlink_cmd_rcv_bufs_force\0"
	    "lvs_netlink_monitor_rcv_bufs\0"
	    "lvs_netlink_monitor_rcv_bufs_force\0rs_init_notifies\0"),
	DEFAULTED("nftables", IN_GLOBAL, T_TEXT, KEYWORD_OPTIONAL,
	    GLOBAL_AT(nft_table), "vrrpd", 0), /* table of no_accept */
	DEFAULTED("nftables_priority", IN_GLOBAL, T_NUMBER, 0,
	    GLOBAL_AT(nft_priority), "-1", CHAIN_PRIORITIES),
	    /* of its chains */
	KEYWORD("nftables_counters", IN_GLOBAL, T_FLAG, KEYWORD_OFF,
	    GLOBAL_AT(nft_counters), 0), /* count what it drops */

	/* vrrp_instance */
	KEYWORD("state", IN_INSTANCE, T_STATE, 0, VR_AT(initial_state), 0),
	    /* where to start; by default from the priority */
	KEYWORD("interface", IN_INSTANCE, T_INTERFACE, KEYWORD_REQUIRED,
	    VR_AT(interface), 0), /* interface that advertisements use */
	KEYWORD("use_vmac", IN_INSTANCE, T_VMAC, 0, VR_AT(vmac), LINK_MACVLAN),
	    /* addresses have the virtual MAC */
	KEYWORD("use_ipvlan", IN_INSTANCE, T_IPVLAN, 0, VR_AT(vmac),
	    LINK_IPVLAN), /* addresses are on an ipvlan */
	KEYWORD("use_vmac_addr", IN_INSTANCE, T_FLAG, KEYWORD_OFF,
	    VR_AT(vmac_addresses), 0),
	    /* use_vmac for addresses on other interfaces */
	KEYWORD("vmac_xmit_base", IN_INSTANCE, T_FLAG, KEYWORD_OFF,
	    VR_AT(xmit_base), 0), /* advertise from the interface's own MAC */
	KEYWORD("vrf", IN_INSTANCE, T_INTERFACE, KEYWORD_UNICAST, VR_AT(vrf),
	    0), /* VRF to send from, without an interface */
	KEYWORD("promote_secondaries", IN_INSTANCE, T_FLAG, KEYWORD_OFF,
	    VR_AT(promote_secondaries), 0),
	    /* removing a primary address keeps the others */
	KEYWORD("virtual_router_id", IN_INSTANCE, T_NUMBER, KEYWORD_REQUIRED,
	    VR_AT(vrid), OCTETS_FROM_1),
	    /* the VRID, the same on all routers of the group */
	DEFAULTED("priority", IN_INSTANCE, T_NUMBER, 0, VR_AT(priority), "100",
	    OCTETS_FROM_1), /* who wins; 255: owns the addresses */
	DEFAULTED("advert_int", IN_INSTANCE, T_SECONDS, 0, VR_AT(interval_us),
	    "1", INTERVALS), /* Advertisement_Interval */
	KEYWORD("version", IN_INSTANCE, T_NUMBER, 0, VR_AT(version), VERSIONS),
	    /* VRRP version; by default 2 for IPv4, 3 for IPv6 */
	KEYWORD("virtual_ipaddress", IN_INSTANCE, T_ADDRESSES, 0,
	    VR_LIST(addresses), 0), /* addresses of the virtual router */
	KEYWORD("virtual_ipaddress_excluded", IN_INSTANCE, T_ADDRESSES, 0,
	    VR_LIST(excluded), 0), /* addresses that are not advertised */
	KEYWORD("virtual_routes", IN_INSTANCE, T_ENTRIES, 0, VR_LIST(routes),
	    ENTRY_ROUTE), /* routes while MASTER */
	KEYWORD("virtual_rules", IN_INSTANCE, T_ENTRIES, 0, VR_LIST(rules),
	    ENTRY_RULE), /* rules while MASTER */
	KEYWORD("no_virtual_ipaddress", IN_INSTANCE, T_FLAG, KEYWORD_OFF,
	    VR_AT(no_virtual_ipaddress), 0),
	    /* having no virtual address is meant */
	KEYWORD("nopreempt", IN_INSTANCE, T_FLAG, KEYWORD_OFF,
	    VR_AT(no_preempt), 0), /* let a weaker router stay MASTER */
	KEYWORD("preempt", IN_INSTANCE, T_CLEAR, KEYWORD_ALIAS,
	    VR_AT(no_preempt), 0), /* the opposite of nopreempt */
	DEFAULTED("preempt_delay", IN_INSTANCE, T_SECONDS, 0,
	    VR_AT(preempt_delay_us), "0", DELAYS),
	    /* time to wait before preempting */
	KEYWORD("authentication", IN_INSTANCE, T_BLOCK, 0, NOWHERE,
	    IN_AUTHENTICATION), /* password or AH, version 2 alone */
	KEYWORD("auth_hmac", IN_INSTANCE, T_BLOCK, 0, NOWHERE, IN_HMAC),
	    /* HMAC-SHA256 behind every advertisement */
	KEYWORD("unicast_src_ip", IN_INSTANCE, T_ADDRESS, KEYWORD_UNICAST,
	    VR_AT(source), 0), /* source address of advertisements */
	KEYWORD("mcast_src_ip", IN_INSTANCE, T_ADDRESS, KEYWORD_MULTICAST,
	    VR_AT(source), 0), /* source address of advertisements */
	KEYWORD("unicast_peer", IN_INSTANCE, T_PEERS, 0, VR_LIST(peers), 0),
	    /* send to these addresses, not to the group */
	DEFAULTED("unicast_ttl", IN_INSTANCE, T_NUMBER, KEYWORD_UNICAST,
	    VR_AT(unicast_ttl), "255", OCTETS),
	    /* TTL or hop limit of unicast advertisements */
	KEYWORD("unicast_fault_no_peer", IN_INSTANCE, T_FLAG,
	    KEYWORD_UNICAST | KEYWORD_OFF, VR_AT(unicast_fault_no_peer), 0),
	    /* FAULT where there is no peer */
	DEFAULTED("check_unicast_src", IN_INSTANCE, T_FLAG, KEYWORD_UNICAST,
	    VR_AT(check_unicast_source), "on", 0), /* hear peers alone */
	KEYWORD("mcast_dst_ip", IN_INSTANCE, T_MULTICAST, KEYWORD_MULTICAST,
	    VR_AT(destination), 0), /* multicast group */
	KEYWORD("track_src_ip", IN_INSTANCE, T_FLAG, KEYWORD_OFF,
	    VR_AT(track_source), 0),
	    /* FAULT while the source address is gone */
	KEYWORD("v3_checksum_as_v2", IN_INSTANCE, T_CHECKSUM, 0,
	    VR_AT(checksum_form), 0),
	    /* v3 over IPv4: checksum without pseudo-header */
	KEYWORD("old_unicast_checksum", IN_INSTANCE, T_OLD_CHECKSUM,
	    KEYWORD_UNICAST, VR_AT(old_checksum), 0),
	    /* v3 over IPv4: checksum with the group's address */
	KEYWORD("timer_expired_backup", IN_INSTANCE, T_EXPIRED, 0,
	    VR_AT(expired_backup), EXPIRED_PRIORITIES),
	    /* yield after having been stalled, with nopreempt */
	KEYWORD("thread_timer_expired", IN_INSTANCE, T_EXPIRED, KEYWORD_ALIAS,
	    VR_AT(expired_backup), EXPIRED_PRIORITIES),
	    /* older name of timer_expired_backup */
	KEYWORD("track_interface", IN_INSTANCE, T_TRACKS, 0, VR_LIST(tracks),
	    TRACK_INTERFACE), /* interfaces that must be up */
	KEYWORD("track_script", IN_INSTANCE, T_TRACKS, 0, VR_LIST(tracks),
	    TRACK_SCRIPT), /* scripts that must succeed */
	KEYWORD("track_file", IN_INSTANCE, T_TRACKS, 0, VR_LIST(tracks),
	    TRACK_FILE), /* files whose numbers count */
	KEYWORD("track_process", IN_INSTANCE, T_TRACKS, 0, VR_LIST(tracks),
	    TRACK_PROCESS), /* processes that must run */
	KEYWORD("track_bfd", IN_INSTANCE, T_TRACKS, 0, VR_LIST(tracks),
	    TRACK_BFD), /* neighbours that must answer */
	KEYWORD("dont_track_primary", IN_INSTANCE, T_FLAG, KEYWORD_OFF,
	    VR_AT(dont_track_primary), 0),
	    /* no FAULT when the interface's link fails */
	KEYWORD("notify_master", IN_INSTANCE, T_NOTIFY, KEYWORD_FIRST,
	    AT(draft_vr, notify), NOTIFY_MASTER),
	    /* script to run on becoming MASTER */
	KEYWORD("notify_backup", IN_INSTANCE, T_NOTIFY, KEYWORD_FIRST,
	    AT(draft_vr, notify), NOTIFY_BACKUP),
	    /* script to run on becoming BACKUP */
	KEYWORD("notify_fault", IN_INSTANCE, T_NOTIFY, KEYWORD_FIRST,
	    AT(draft_vr, notify), NOTIFY_FAULT), /* script to run on FAULT */
	KEYWORD("notify_stop", IN_INSTANCE, T_NOTIFY, KEYWORD_FIRST,
	    AT(draft_vr, notify), NOTIFY_STOP), /* script to run on stopping */
	KEYWORD("notify", IN_INSTANCE, T_NOTIFY, KEYWORD_FIRST,
	    AT(draft_vr, notify), NOTIFY_ANY), /* script to run on any change */
	KEYWORD("notify_master_rx_lower_pri", IN_INSTANCE, T_NOTIFY,
	    KEYWORD_FIRST, AT(draft_vr, notify), NOTIFY_MASTER_RX_LOWER_PRI),
	    /* script to run on a weaker advertisement */
	KEYWORD("notify_deleted", IN_INSTANCE, T_NOTIFY_DELETED, KEYWORD_OFF,
	    VR_AT(notify_deleted), NOTIFY_DELETED),
	    /* tell DELETED, not FAULT, when a reload removes it */
	KEYWORD("notify_priority_changes", IN_INSTANCE, T_BOOL, KEYWORD_OFF,
	    VR_AT(notify_priority_changes), 0),
	    /* tell the FIFOs of changed priorities */
	DEFAULTED("garp_master_delay", IN_INSTANCE, T_SECONDS, 0,
	    VR_AT(garp_delay_us), "5", SPANS),
	    /* time until the second burst of announcements */
	DEFAULTED("garp_master_repeat", IN_INSTANCE, T_NUMBER, 0,
	    VR_AT(garp_repeat), "5", FROM_1),
	    /* announcements of an address in a burst */
	DEFAULTED("garp_master_refresh", IN_INSTANCE, T_SECONDS, 0,
	    VR_AT(garp_refresh_us), "60", SPANS),
	    /* time between announcements while MASTER */
	DEFAULTED("garp_master_refresh_repeat", IN_INSTANCE, T_NUMBER, 0,
	    VR_AT(garp_refresh_repeat), "1", FROM_1),
	    /* announcements each time */
	KEYWORD("garp_lower_prio_delay", IN_INSTANCE, T_SECONDS, 0,
	    VR_AT(garp_lower_prio_delay_us), SPANS),
	    /* garp_master_delay after a weaker advertisement */
	KEYWORD("garp_lower_prio_repeat", IN_INSTANCE, T_NUMBER, 0,
	    VR_AT(garp_lower_prio_repeat), FROM_0),
	    /* garp_master_repeat after a weaker advertisement */
	DEFAULTED("garp_extra_if", IN_INSTANCE, T_GARP_EXTRA, 0,
	    VR_AT(garp_extra_us), "0", SPANS),
	    /* longest time between announcements while MASTER */
	KEYWORD("vmac_garp_intvl", IN_INSTANCE, T_GARP_EXTRA, KEYWORD_ALIAS,
	    VR_AT(garp_extra_us), SPANS), /* older name of garp_extra_if */
	DEFAULTED("down_timer_adverts", IN_INSTANCE, T_NUMBER, 0,
	    VR_AT(down_timer_adverts), "3", UP_TO_100),
	    /* advertisements missed before taking over */
	KEYWORD("lower_prio_no_advert", IN_INSTANCE, T_BOOL, KEYWORD_OFF,
	    VR_AT(lower_prio_no_advert), 0),
	    /* do not answer a weaker advertisement */
	KEYWORD("higher_prio_send_advert", IN_INSTANCE, T_BOOL, KEYWORD_OFF,
	    VR_AT(higher_prio_send_advert), 0),
	    /* send a last advertisement before yielding */
	KEYWORD("owner_ignore_adverts", IN_INSTANCE, T_BOOL, KEYWORD_OFF,
	    VR_AT(owner_ignore_adverts), 0),
	    /* at priority 255: ignore advertisements */
	KEYWORD("strict_mode", IN_INSTANCE, T_BOOL, KEYWORD_OFF, VR_AT(strict),
	    0), /* what RFC 9568 does not know is not done */
	KEYWORD("skip_check_adv_addr", IN_INSTANCE, T_BOOL, KEYWORD_OFF,
	    VR_AT(skip_check_advert_addresses), 0),
	    /* compare the addresses of a sender once */
	DEFAULTED("accept", IN_INSTANCE, T_FLAG, 0, VR_AT(accept), "on", 0),
	    /* take packets for the virtual addresses */
	KEYWORD("no_accept", IN_INSTANCE, T_CLEAR, KEYWORD_ALIAS, VR_AT(accept),
	    0), /* take none, unless priority is 255 */
	KEYWORD("native_ipv6", IN_INSTANCE, T_FLAG, KEYWORD_OFF,
	    VR_AT(native_ipv6), 0), /* the instance is for IPv6 */
	DEFAULTED("kernel_rx_buf_size", IN_INSTANCE, T_NUMBER, 0,
	    VR_AT(kernel_rx_buf_size), "0", FROM_0),
	    /* size of the receive buffer */
	WITHOUT(IN_INSTANCE, NO_EFFECT, "linkbeat_use_polling\0debug\0"),
	WITHOUT(IN_INSTANCE, NOTE_MAIL, "smtp_alert\0"),
	WITHOUT(IN_INSTANCE, NOTE_LVS, "lvs_sync_daemon_interface\0"),

	/* authentication */
	KEYWORD("auth_type", IN_AUTHENTICATION, T_AUTH_TYPE, 0,
	    VR_AT(auth_type), 0), /* PASS, or AH */
	KEYWORD("auth_pass", IN_AUTHENTICATION, T_PASSWORD, 0, VR_AT(auth_pass),
	    0), /* password, 8 characters */

	/* auth_hmac */
	KEYWORD("key", IN_HMAC, T_KEY, KEYWORD_REQUIRED, VR_AT(hmac.keys), 0),
	    /* a key that is accepted, by its id */
	KEYWORD("active_key", IN_HMAC, T_NUMBER, KEYWORD_REQUIRED,
	    VR_AT(hmac.active), OCTETS_FROM_1), /* id of the key to sign with */
	DEFAULTED("anti_replay", IN_HMAC, T_REPLAY, KEYWORD_REQUIRED,
	    VR_AT(hmac.replay), "time", 0), /* what is too old to be heard */
	KEYWORD("time_window", IN_HMAC, T_NUMBER, KEYWORD_REQUIRED,
	    VR_AT(hmac.window_s), WINDOWS), /* seconds that clocks may differ */
	DEFAULTED("mode", IN_HMAC, T_MODE, KEYWORD_REQUIRED, VR_AT(hmac.mode),
	    "enforce", 0), /* who must sign */

	/* vrrp_sync_group */
	KEYWORD("group", IN_GROUP, T_MEMBERS, 0, GROUP_LIST(members), 0),
	    /* its instances */
	KEYWORD("track_interface", IN_GROUP, T_TRACKS, 0, GROUP_LIST(tracks),
	    TRACK_INTERFACE), /* track_interface for all members */
	KEYWORD("track_script", IN_GROUP, T_TRACKS, 0, GROUP_LIST(tracks),
	    TRACK_SCRIPT), /* track_script for all members */
	KEYWORD("track_file", IN_GROUP, T_TRACKS, 0, GROUP_LIST(tracks),
	    TRACK_FILE), /* track_file for all members */
	KEYWORD("track_process", IN_GROUP, T_TRACKS, 0, GROUP_LIST(tracks),
	    TRACK_PROCESS), /* track_process for all members */
	KEYWORD("track_bfd", IN_GROUP, T_TRACKS, 0, GROUP_LIST(tracks),
	    TRACK_BFD), /* track_bfd for all members */
	KEYWORD("notify_master", IN_GROUP, T_NOTIFY, KEYWORD_FIRST,
	    AT(draft_group, notify), NOTIFY_MASTER),
	    /* script to run on becoming MASTER */
	KEYWORD("notify_backup", IN_GROUP, T_NOTIFY, KEYWORD_FIRST,
	    AT(draft_group, notify), NOTIFY_BACKUP),
	    /* script to run on becoming BACKUP */
	KEYWORD("notify_fault", IN_GROUP, T_NOTIFY, KEYWORD_FIRST,
	    AT(draft_group, notify), NOTIFY_FAULT), /* script to run on FAULT */
	KEYWORD("notify_stop", IN_GROUP, T_NOTIFY, KEYWORD_FIRST,
	    AT(draft_group, notify), NOTIFY_STOP),
	    /* script to run on stopping */
	KEYWORD("notify", IN_GROUP, T_NOTIFY, KEYWORD_FIRST,
	    AT(draft_group, notify), NOTIFY_ANY),
	    /* script to run on any change */
	KEYWORD("notify_priority_changes", IN_GROUP, T_BOOL, KEYWORD_OFF,
	    GROUP_AT(notify_priority_changes), 0),
	    /* notify_priority_changes for all members */
	KEYWORD("sync_group_tracking_weight", IN_GROUP, T_FLAG, KEYWORD_OFF,
	    GROUP_AT(keep_weights), 0),
	    /* keep the weights of members' trackers */
	KEYWORD("global_tracking", IN_GROUP, T_FLAG, KEYWORD_ALIAS,
	    GROUP_AT(keep_weights), 0),
	    /* older name of sync_group_tracking_weight */
	WITHOUT(IN_GROUP, NO_EFFECT, "notify_deleted\0"),
	WITHOUT(IN_GROUP, NOTE_MAIL, "smtp_alert\0"),

	/* track_group */
	KEYWORD("group", IN_TRACK_GROUP, T_MEMBERS, 0, GROUP_LIST(members), 0),
	    /* its instances */

	/* vrrp_script */
	KEYWORD("script", IN_SCRIPT, T_COMMAND, 0, AT(draft_script, script), 0),
	    /* command; it succeeds when it returns 0 */
	KEYWORD("tcp", IN_SCRIPT, T_CHECK, 0, SCRIPT_AT(check), CHECK_TCP),
	    /* instead: an address and a port take a connection */
	KEYWORD("http", IN_SCRIPT, T_CHECK, 0, SCRIPT_AT(check), CHECK_HTTP),
	    /* instead: a path gets a good answer there */
	KEYWORD("ping", IN_SCRIPT, T_CHECK, 0, SCRIPT_AT(check), CHECK_PING),
	    /* instead: an address answers an echo request */
	KEYWORD("route", IN_SCRIPT, T_CHECK, 0, SCRIPT_AT(check), CHECK_ROUTE),
	    /* instead: there is a route to a prefix */
	KEYWORD("pidfile", IN_SCRIPT, T_CHECK, 0, SCRIPT_AT(check),
	    CHECK_PIDFILE), /* instead: the process of a pid file lives */
	DEFAULTED("interval", IN_SCRIPT, T_SECONDS, 0, SCRIPT_AT(interval_us),
	    "1", SPANS_OF_RUNS), /* time between runs */
	DEFAULTED("timeout", IN_SCRIPT, T_SECONDS, 0, SCRIPT_AT(timeout_us),
	    "0", SPANS), /* time a run may take; 0: the interval */
	KEYWORD("weight", IN_SCRIPT, T_WEIGHT, 0,
	    AT(draft_script, tracker.weight), WEIGHTS),
	    /* what success adds to the priority; 0: failure is FAULT */
	DEFAULTED("rise", IN_SCRIPT, T_NUMBER, 0, SCRIPT_AT(rise), "1", FROM_1),
	    /* successes in a row to be up */
	DEFAULTED("fall", IN_SCRIPT, T_NUMBER, 0, SCRIPT_AT(fall), "1", FROM_1),
	    /* failures in a row to be down */
	KEYWORD("user", IN_SCRIPT, T_USER, 0, AT(draft_script, owner), 0),
	    /* user and group that run it */
	KEYWORD("init_fail", IN_SCRIPT, T_FLAG, KEYWORD_OFF,
	    SCRIPT_AT(init_fail), 0), /* it has failed until it succeeds */

	/* track_file */
	KEYWORD("file", IN_FILE, T_TEXT, 0, FILE_AT(path), 0),
	    /* path; it holds a number */
	DEFAULTED("weight", IN_FILE, T_WEIGHT, 0,
	    AT(draft_file, tracker.weight), "1", FILE_WEIGHTS),
	    /* factor of the number; 0: not 0 is FAULT */
	KEYWORD("init_file", IN_FILE, T_INIT_FILE, 0, FILE_AT(init), 0),
	    /* write a number into it at start */

	/* vrrp_track_process */
	KEYWORD("process", IN_PROCESS, T_PROCESS,
	    KEYWORD_FIRST | KEYWORD_REQUIRED, PROCESS_AT(words), 0),
	    /* its name and arguments */
	KEYWORD("param_match", IN_PROCESS, T_PARAM_MATCH, 0,
	    PROCESS_AT(param_match), 0), /* how arguments are compared */
	KEYWORD("weight", IN_PROCESS, T_WEIGHT, KEYWORD_FIRST,
	    AT(draft_process, tracker.weight), FILE_WEIGHTS),
	    /* what its running adds to the priority; 0: else FAULT */
	DEFAULTED("quorum", IN_PROCESS, T_NUMBER, 0, PROCESS_AT(quorum), "1",
	    QUORUMS_FROM_1), /* how many must run */
	DEFAULTED("quorum_max", IN_PROCESS, T_NUMBER, 0,
	    PROCESS_AT(quorum_max), "65535", QUORUMS),
	    /* how many may run */
	DEFAULTED("delay", IN_PROCESS, T_SECONDS, 0, PROCESS_AT(delay_us), "0",
	    HOURS), /* fork_delay and terminate_delay */
	KEYWORD("fork_delay", IN_PROCESS, T_SECONDS, 0,
	    PROCESS_AT(fork_delay_us), HOURS),
	    /* time until more of them count */
	KEYWORD("terminate_delay", IN_PROCESS, T_SECONDS, 0,
	    PROCESS_AT(terminate_delay_us), HOURS),
	    /* time until fewer of them count */
	KEYWORD("full_command", IN_PROCESS, T_FLAG, KEYWORD_OFF,
	    PROCESS_AT(full_command), 0),
	    /* compare the command, not the name */

	/* bfd_instance */
	KEYWORD("neighbor_ip", IN_BFD, T_ADDRESS, KEYWORD_REQUIRED,
	    BFD_AT(neighbor), 0), /* its address */
	KEYWORD("neighbour_ip", IN_BFD, T_ADDRESS,
	    KEYWORD_REQUIRED | KEYWORD_ALIAS, BFD_AT(neighbor), 0),
	    /* other spelling of neighbor_ip */
	KEYWORD("source_ip", IN_BFD, T_ADDRESS, KEYWORD_REQUIRED,
	    BFD_AT(source), 0), /* our address; by default as routed */
	DEFAULTED("min_rx", IN_BFD, T_MILLISECONDS, 0, BFD_AT(min_rx_us), "10",
	    BFD_SPANS), /* least time between packets from it */
	DEFAULTED("min_tx", IN_BFD, T_MILLISECONDS, 0, BFD_AT(min_tx_us), "10",
	    BFD_SPANS), /* least time between packets to it */
	DEFAULTED("idle_tx", IN_BFD, T_MILLISECONDS, 0, BFD_AT(idle_tx_us),
	    "1000", IDLE_SPANS), /* the same while it does not answer */
	DEFAULTED("multiplier", IN_BFD, T_NUMBER, 0, BFD_AT(multiplier), "5",
	    OCTETS_FROM_1), /* packets missed before it counts as silent */
	KEYWORD("passive", IN_BFD, T_FLAG, KEYWORD_OFF, BFD_AT(passive), 0),
	    /* it speaks first */
	DEFAULTED("ttl", IN_BFD, T_NUMBER, 0, BFD_AT(hop_limit), "255",
	    OCTETS_FROM_1), /* TTL or hop limit of packets to it */
	KEYWORD("hoplimit", IN_BFD, T_NUMBER, KEYWORD_ALIAS,
	    BFD_AT(hop_limit), OCTETS_FROM_1), /* other name of ttl */
	KEYWORD("max_hops", IN_BFD, T_NUMBER, 0, BFD_AT(max_hops), HOPS),
	    /* what packets from it may lack of 255; -1: anything */
	KEYWORD("multihop", IN_BFD, T_BOOL, KEYWORD_OFF, BFD_AT(multihop), 0),
	    /* there are routers between */
	KEYWORD("weight", IN_BFD, T_WEIGHT, 0, AT(draft_bfd, tracker.weight),
	    WEIGHTS), /* what its answering adds to the priority; 0: FAULT */
	WITHOUT(IN_BFD, NO_EFFECT, "vrrp\0"),
	WITHOUT(IN_BFD, NOTE_LVS, "checker\0"),

	/* garp_group */
	KEYWORD("garp_interval", IN_GARP, T_SECONDS, 0,
	    AT(draft_garp, conf.garp_interval_us), SPANS),
	    /* vrrp_garp_interval for them */
	KEYWORD("gna_interval", IN_GARP, T_SECONDS, 0,
	    AT(draft_garp, conf.gna_interval_us), SPANS),
	    /* vrrp_gna_interval for them */
	KEYWORD("interfaces", IN_GARP, T_GARP_INTERFACES, 0,
	    AT(draft_garp, interfaces), 0), /* which interfaces */
	KEYWORD("interface", IN_GARP, T_GARP_INTERFACE, KEYWORD_ALIAS,
	    AT(draft_garp, interfaces), 0), /* one interface */

	/* virtual_server, for messages alone */
	WITHOUT(IN_VIRTUAL_SERVER, NOTE_LVS,
	    "real_server\0delay_loop\0lb_algo\0lb_kind\0lvs_sched\0"
	    "lvs_method\0persistence_timeout\0protocol\0sorry_server\0"
	    "virtualhost\0TCP_CHECK\0HTTP_GET\0SSL_GET\0MISC_CHECK\0"
	    "connect_timeout\0connect_port\0nb_get_retry\0"
	    "delay_before_retry\0nat_mask\0"),
};

/*
 * Reads a value into its field; false, and the field as it was, after a
 * complaint.  p->used: how many words of the line it understood, by default the
 * keyword and the value that must follow.
 */
static bool (*const readers[])(struct parse *, const struct keyword *,
    const struct line *, void *field) = {
#define READER(type, reader, wish) read_##reader,
	VALUES_LEFT_OUT(READER)
	VALUES_WANTED(READER)
#undef READER
};

/* Reads a line of a list block into its list. */
static void (*const item_readers[])(struct parse *, struct list *,
    const struct line *) = {
#define ITEM_READER(type, reader, wish) read_##reader##_item,
	LISTS(ITEM_READER)
#undef ITEM_READER
};

/* Whether a keyword opens a list block. */
static bool
keyword_is_list(const struct keyword *k)
{
	return k->type >= T_ADDRESSES;
}

/* The word of a row behind another one of its words; NULL: no more. */
static const char *
keyword_next(const struct keyword *k, const char *word)
{
	word = k->verdict == TAKEN ? "" : list_next(word);
	return *word == '\0' ? NULL : word;
}

/* A word as the row has it that is about it; NULL: another row. */
static const char *
keyword_spelt(const struct keyword *k, const char *word)
{
	const char *at = k->word;

	while (at != NULL && strcmp(at, word) != 0)
		at = keyword_next(k, at);
	return at;
}

/* The row of a word in a block, or NULL. */
static const struct keyword *
keyword_find(enum block block, const char *word)
{
	for (size_t i = 0; i < COUNT_OF(keywords); i++) {
		if (keywords[i].block == block &&
		    keyword_spelt(&keywords[i], word) != NULL)
			return &keywords[i];
	}
	return NULL;
}

/* -- blocks -- */

/* Whether lines of the frame are items, not keywords. */
static bool
frame_is_list(const struct frame *frame)
{
	return frame->keyword != NULL && keyword_is_list(frame->keyword);
}

/* What a frame is called: "vrrp_instance VI_1". */
static const char *
frame_title(struct parse *p, const struct frame *frame)
{
	const struct keyword *k = frame->keyword;

	if (k == NULL)
		return "the top level";
	return scan_format(p->scan, k->block == IN_ROOT &&
	    frame->draft->name != NULL ? "%s %s" : "%s", k->word,
	    frame->draft->name);
}

/* "vrrp_instance V of line 7 was closed at 9:1", of a block that was. */
static const char *
frame_end(struct parse *p, const struct frame *frame)
{
	return scan_format(p->scan, "%s of line %u was closed at %u:%u",
	    frame_title(p, frame), (unsigned)frame->place.line,
	    (unsigned)frame->end.line, (unsigned)frame->end.column);
}

/* Fills the fields of a block's draft with the defaults of the table. */
static void
draft_defaults(struct parse *p, enum block block, struct draft *draft)
{
	for (size_t i = 0; i < COUNT_OF(keywords); i++) {
		const struct keyword *k = &keywords[i];
		struct word words[2] = { { .text = k->word },
		    { .text = keyword_default(k) } };
		struct line line = { .kind = LINE_WORDS, .words = words,
		    .count = 2 };

		if (k->block == block && *keyword_default(k) != '\0')
			(void)readers[k->type](p, k, &line,
			    (char *)draft + k->offset);
	}
}

/* Makes the block of keyword k the one that lines belong to. */
static void
frame_push(struct parse *p, const struct keyword *k, struct draft *draft,
    const struct place *place)
{
	struct frame *frame = ++p->top;

	frame->keyword = k;
	frame->draft = draft;
	frame->place = *place;
	frame->block = k->type == T_BLOCK ? k->detail : k->block;
	p->opening = true;
}

/* Notes that a keyword was given, its value not read yet; NULL: no memory. */
static struct setting *
setting_add(struct parse *p, struct draft *draft, const struct keyword *k,
    const struct place *place)
{
	struct setting *setting = arena_take(p->scratch, sizeof(*setting));

	if (setting == NULL)
		return NULL;
	if (draft->count++ == SETTINGS_MAX)
		scan_stop(p->scan, "a block has more than 4096 keywords");
	setting->next = draft->settings;
	setting->place = *place;
	setting->row = (uint16_t)(k - keywords);
	draft->settings = setting;
	return setting;
}

/*
 * Opens the block that keyword k names.  One without a name, or of a name that
 * has been, is skipped after a complaint.
 */
static void
block_open(struct parse *p, const struct keyword *k, const struct line *line)
{
	enum block block = (enum block)k->detail;
	bool named = block_kinds[block].draft_size > 0;
	struct draft *draft = k->block == IN_ROOT ? p->frames->draft :
	    p->top->draft;
	struct word name = { .text = NULL };

	p->used = !named || block == IN_GARP ? 1 : 2;
	if (k->block == IN_INSTANCE)
		(void)setting_add(p, draft, k, &line->words[0].place);
	if (block == IN_GARP) {
		name.place = line->words[0].place;
		name.text = scan_format(p->scan, "%u",
		    (unsigned)p->drafts[block].count + 1);
		draft = drafts_add(p, block, &name);
		if (draft == NULL)
			return;
	} else if (named) {
		p->may_skip = true;
		if (line->count == 1) {
			p->suspect = *place_behind(p, &line->words[0]);
			(void)wrong(p, k, line, 1);
			return;
		}
		draft = drafts_find(p, block, line->words[1].text);
		if (draft != NULL) {
			complain(p->findings, SEVERITY_ERROR,
			    &line->words[1].place, "there is a %s %s already, "
			    "at %s; this one is skipped", k->word, draft->name,
			    place_text(p, &draft->place, &line->place));
			return;
		}
		draft = drafts_add(p, block, &line->words[1]);
		if (draft == NULL)
			return;
		p->may_skip = false;
		if (block < IN_GROUP)
			draft_defaults(p, block, draft);
	}
	frame_push(p, k, draft, &line->words[0].place);
}

/* The place of the latest setting of a keyword, or NULL. */
static const struct place *
setting_place(const struct draft *draft, const char *word)
{
	for (struct setting *s = draft->settings; s != NULL; s = s->next) {
		if (strcmp(keywords[s->row].word, word) == 0)
			return &s->place;
	}
	return NULL;
}

/* Takes note of a keyword of a class that is not supported. */
static void
class_note_add(struct parse *p, const struct keyword *k,
    const struct line *line)
{
	struct class_note *note = &p->notes[k->verdict];
	const char *word = line->words[0].text;
	bool known = false;

	if (note->count++ == 0)
		note->place = line->words[0].place;
	note->blocks += strcmp(word, "virtual_server") == 0;
	for (size_t i = 0; i < COUNT_OF(note->words); i++) {
		known |= note->words[i] != NULL &&
		    strcmp(note->words[i], word) == 0;
		if (!known && note->words[i] == NULL) {
			note->words[i] = word;
			return;
		}
	}
}

/*
 * The latest good setting of what a row sets, by whichever word, or NULL.  The
 * rows of scripts and checks are parts of one field.
 */
static const struct setting *
setting_before(const struct draft *draft, const struct keyword *k)
{
	bool whole = k->size > 0 && k->type != T_NOTIFY && k->type != T_CHECK;
	const struct setting *s = draft->settings;

	while (s != NULL && ((!s->good && k->type != T_MEMBERS) ||
	    (&keywords[s->row] != k &&
	    (!whole || keywords[s->row].offset != k->offset))))
		s = s->next;
	return s;
}

/* Complains about a keyword that was given before, and says which counts. */
static void
complain_repeated(struct parse *p, const struct keyword *k,
    const struct line *line, const struct setting *before)
{
	const char *spot = place_text(p, &before->place, &line->place);

	if (k->type == T_MEMBERS) {
		complain(p->findings, SEVERITY_ERROR, &line->words[0].place,
		    "%s has a second group { }, which is not read; the first "
		    "is at %s", frame_title(p, p->top), spot);
		p->may_skip = true;
	} else if (k->type != T_KEY) {
		complain(p->findings, SEVERITY_WARNING, &line->words[0].place,
		    "%s has been given at %s; %s counts",
		    keywords[before->row].word, spot,
		    k->type == T_STATE ? "MASTER" :
		    (k->flags & KEYWORD_FIRST) != 0 ? "the first one" :
		    "this one");
	}
}

/*
 * Complains about ':', '=' or ';' where other configuration languages have
 * them; false when there is none of them.
 */
static bool
complain_punctuation(struct parse *p, const struct line *line,
    enum severity severity)
{
	const struct word *last = &line->words[line->count - 1];
	const struct word *first = &line->words[0];
	const char *mark = first->text + span_to(first->text, ":=;");
	struct place place = first->place;

	if (*mark != '\0') {
		place.column += (uint32_t)(mark - first->text);
	} else if (line->count > 1 && (strcmp(first[1].text, "=") == 0 ||
	    strcmp(first[1].text, ":") == 0)) {
		mark = first[1].text;
		place = first[1].place;
	} else if (line->count > 1 && !last->quoted && last->text[0] != '\0' &&
	    last->text[strlen(last->text) - 1] == ';') {
		mark = ";";
		place = *place_behind(p, last);
		place.column--;
	} else {
		return false;
	}
	complain(p->findings, severity, &place,
	    "there is no '%c' in this syntax", *mark);
	return true;
}

/* Complains about a comment as in C; false: the word begins none. */
static bool
complain_slashes(struct parse *p, enum severity severity,
    const struct word *word)
{
	if (strncmp(word->text, "//", 2) != 0)
		return false;
	complain(p->findings, severity, &word->place,
	    "'//' begins no comment; '#' or '!' does");
	return true;
}

/*
 * Complains about the first word of a line that nobody read.  Beside a password
 * it may be one: only keywords are shown there.
 */
static void
complain_unread(struct parse *p, const struct line *line)
{
	const struct word *word = &line->words[p->used];
	enum block block = (enum block)p->top->block;
	const struct keyword *k = keyword_find(block, word->text);

	if (strcmp(line->words[0].text, "auth_pass") == 0 ||
	    (block == IN_HMAC && !p->opening)) {
		complain(p->findings, SEVERITY_WARNING, &word->place,
		    "%s is one word; one with blanks stands in \"\"",
		    line->words[0].text);
	} else if (k == NULL) {
		if (!complain_slashes(p, SEVERITY_WARNING, word))
			complain(p->findings, SEVERITY_WARNING, &word->place,
			    "'%s' is not read", block == IN_AUTHENTICATION ||
			    block == IN_HMAC ? "..." : word->text);
	} else {
		complain_word(p, keyword_severity(k), word,
		    "'%s' is not read; one keyword a line");
		(void)setting_add(p, p->top->draft, k, &word->place);
	}
}

/* Takes the value of keyword k, or opens its list. */
static void
keyword_read(struct parse *p, const struct keyword *k, const struct line *line)
{
	struct draft *draft = p->top->draft;
	bool free_text = k->type == T_COMMAND || k->type == T_NOTIFY ||
	    k->type == T_PASSWORD || k->type == T_KEY;
	const struct setting *before = setting_before(draft, k);
	struct setting *setting;

	if (before != NULL && (k->type == T_MEMBERS ||
	    (k->flags & KEYWORD_FIRST) != 0)) {
		complain_repeated(p, k, line, before);
		return;
	}
	setting = setting_add(p, draft, k, &line->words[0].place);
	if (setting == NULL)
		return;
	if (!free_text && complain_punctuation(p, line,
	    keyword_severity(k)))
		return;
	p->used = k->type < T_NUMBER || keyword_is_list(k) ? 1 : 2;
	if (keyword_is_list(k))
		frame_push(p, k, draft, &line->words[0].place);
	else if (line->count == 1 && k->type >= T_NUMBER)
		setting->good = (k->flags & KEYWORD_OPTIONAL) != 0 ||
		    wrong(p, k, line, 1);
	else
		setting->good = readers[k->type](p, k, line,
		    (char *)draft + k->offset);
	if (setting->good && before != NULL)	/* list blocks add up */
		complain_repeated(p, k, line, before);
}

/* Notes that a keyword is used, for who comes from keepalived. */
static void
keyword_note(struct parse *p, const struct keyword *k, const char *word)
{
	struct used_word **at = &p->findings->used;

	while (*at != NULL && strcmp((*at)->word, word) != 0)
		at = &(*at)->next;
	if (*at != NULL)
		return;
	*at = arena_take(p->findings->arena, sizeof(**at));
	if (*at == NULL)
		return;
	(*at)->word = arena_string(p->findings->arena, word, strlen(word));
	(*at)->verdict = k->verdict;
	if ((*at)->word == NULL)
		*at = NULL;
}

/* Takes a line that begins with keyword k into the block on top. */
static void
keyword_take(struct parse *p, const struct keyword *k, const struct line *line)
{
	keyword_note(p, k, line->words[0].text);
	p->lost = false;
	p->used = line->count;
	if (k->verdict > NO_EFFECT)
		class_note_add(p, k, line);
	if (k->verdict != TAKEN)
		p->may_skip = true;
	else if (k->type == T_BLOCK)
		block_open(p, k, line);
	else
		keyword_read(p, k, line);
	if (p->used < line->count)
		complain_unread(p, line);
}

/* Keywords, each with a list of what people write instead behind it. */
static const char misnomers[] = "router_id\0lvs_id\0\0"	/* keepalived 1.1 */
    "virtual_server\0vrrp_server\0\0notify\0notify_script\0\0"
    "notify_master\0notify_active\0\0vrrp_instance\0vrrp\0\0"
    "notify_backup\0notify_slave\0notify_standby\0\0"
    "authentication\0auth\0\0"
    "virtual_ipaddress\0virtual_ip\0virtual_ips\0vip\0\0"
    "virtual_router_id\0vrid\0\0interface\0interface_name\0\0"
    "auth_pass\0password\0\0unicast_peer\0unicast_peers\0\0";

/* The block that a word would be at home in, "" for the top level, or NULL. */
static const char *
block_of_word(const char *word)
{
	for (size_t i = 0; i < COUNT_OF(keywords); i++) {
		if (keyword_spelt(&keywords[i], word) != NULL)
			return block_word(keywords[i].block);
	}
	return NULL;
}

/* A word as the table has it in a block, or NULL. */
static const char *
block_spelt(enum block block, const char *word)
{
	const struct keyword *k = keyword_find(block, word);

	return k == NULL ? NULL : keyword_spelt(k, word);
}

/* Of the words of a block the one that is most like a word, or NULL. */
static const char *
keyword_nearest(enum block block, const char *word)
{
	struct nearest n = nearest_to(word);

	for (size_t i = 0; i < COUNT_OF(keywords); i++) {
		const struct keyword *k = &keywords[i];

		for (const char *at = k->word; k->block == block && at != NULL;
		    at = keyword_next(k, at))
			nearest_try(&n, at);
	}
	return n.found;
}

/*
 * The keyword of a block that an unknown line is meant to begin with, or NULL:
 * a misnomer, one with or without "vrrp_", words that '_' should join, or the
 * nearest one, unless the word is known elsewhere.
 */
static const char *
keyword_meant(struct parse *p, enum block block, const struct line *line,
    bool known)
{
	const char *word = line->words[0].text, *joined = word, *meant;

	for (meant = misnomers; *meant != '\0'; meant = list_behind(meant)) {
		if (list_index(list_next(meant), word) >= 0 &&
		    keyword_find(block, meant) != NULL)
			return meant;
	}
	meant = block_spelt(block, scan_format(p->scan, "vrrp_%s", word));
	if (meant == NULL && strncmp(word, "vrrp_", 5) == 0)
		meant = block_spelt(block, word + 5);
	for (uint32_t i = 1; meant == NULL && i < line->count && i < 4; i++) {
		joined = scan_format(p->scan, "%s_%s", joined,
		    line->words[i].text);
		meant = block_spelt(block, joined);
	}
	return meant != NULL || known ? meant : keyword_nearest(block, word);
}

/*
 * Notes the keyword that an unknown one was meant to be as given, and a block's
 * name as known, so that nobody complains that they are missing.
 */
static void
keyword_excuse(struct parse *p, const struct keyword *k,
    const struct line *line)
{
	if (k->block == IN_ROOT && line->count > 1)
		(void)map_entry(p->scratch, &p->excused, line->words[1].text,
		    strlen(line->words[1].text));
	if (setting_place(p->top->draft, k->word) == NULL)
		(void)setting_add(p, p->top->draft, k, &line->place);
}

/* Whether a block of that name was there, though misspelt. */
static bool
is_excused(const struct parse *p, const char *name)
{
	return map_find(&p->excused, name, strlen(name)) != NULL;
}

/*
 * Complains about an unknown word that would be a keyword but for a ':', '=' or
 * ';' behind it, or that stands before one, and about a mark that stands alone,
 * as in "};"; false when it is no such word.
 */
static bool
complain_mark(struct parse *p, const struct line *line)
{
	const char *word = line->words[0].text;
	const char *stem = scan_string(p->scan, word, span_to(word, ":=;"));
	const struct keyword *k = keyword_find((enum block)p->top->block, stem);

	if ((k == NULL && *stem != '\0') ||
	    !complain_punctuation(p, line, keyword_severity(k)))
		return false;
	if (k != NULL)
		keyword_excuse(p, k, line);
	return true;
}

/*
 * Complains about a line whose first word no row of the block has.  A block of
 * the top level within another is opened all the same, as if it stood outside.
 */
static void
complain_unknown(struct parse *p, const struct line *line)
{
	const struct frame *frame = p->top;
	const struct word *word = &line->words[0];
	enum block block = (enum block)frame->block;
	const struct keyword *k;
	const char *home, *meant, *odd, *title;
	unsigned how;

	p->may_skip = true;
	if (p->lost)
		return;
	if (frame->keyword == NULL && p->suspect.line == 0)
		p->suspect = word->place;
	if (frame->keyword == NULL && p->closed.keyword != NULL &&
	    keyword_find((enum block)p->closed.block, word->text) != NULL) {
		/* What follows of that block is passed over without a word. */
		complain(p->findings, SEVERITY_ERROR, &word->place, "'%s' "
		    "stands outside of any block: %s", word->text,
		    frame_end(p, &p->closed));
		p->lost = true;
		return;
	}
	if (complain_mark(p, line) || complain_slashes(p, SEVERITY_ERROR, word))
		return;
	odd = odd_byte(p->scan, word);
	home = block_of_word(word->text);
	meant = keyword_meant(p, block, line, home != NULL);
	title = frame_title(p, frame);
	/* of an instance's block that is not closed, the instance's */
	k = meant != NULL ? keyword_find(block, meant) :
	    frame->draft->block != IN_INSTANCE ? NULL :
	    keyword_find(IN_INSTANCE, word->text);
	/* an instance that has its interface does not miss it */
	how = k != NULL && k->block == IN_INSTANCE &&
	    setting_place(frame->draft, k->word) != NULL ? SEVERITY_ERROR :
	    keyword_severity(k);
	if (k != NULL && keyword_is_list(k))
		how |= WHOLE_LINE;
	p->lost = home != NULL && meant == NULL && frame->keyword == NULL;
	if (home != NULL)
		complain(p->findings, how, &word->place,
		    "'%s' belongs %s%s, not %s%s%s", word->text,
		    home[0] == '\0' ? "at the top level" : "in ", home,
		    frame->keyword == NULL ? "at " : "in ", title,
		    did_you_mean(p, meant));
	else
		complain(p->findings, how, &word->place,
		    "unknown keyword '%.*s'%s%s%s%s%s",
		    (int)span_to(word->text, ":=;"), word->text,
		    frame->keyword == NULL ? "" : " in ",
		    frame->keyword == NULL ? "" : title,
		    odd == NULL ? "" : ": it contains the ",
		    odd == NULL ? "" : odd, did_you_mean(p, meant));
	if (k != NULL)
		keyword_excuse(p, k, line);
	k = keyword_find(IN_ROOT, word->text);
	if (k != NULL && k->type == T_BLOCK && p->top == p->frames + 1)
		keyword_take(p, k, line);
}

/* Whether a line begins a block that stands at the top level alone. */
static bool
begins_root_block(const struct line *line)
{
	return line->count <= 3 && list_index("vrrp_instance\0global_defs\0"
	    "vrrp_sync_group\0vrrp_script\0virtual_server\0",
	    line->words[0].text) >= 0;
}

/*
 * Says that the '}' of a block opened at `open` is missing, before a word or
 * (NULL) at the end.
 */
static void
complain_unclosed(struct parse *p, const struct place *place,
    const char *before, const char *title, const struct place *open)
{
	bool odd = p->odd.keyword != NULL && p->odd.end.file == open->file;

	complain(p->findings, SEVERITY_ERROR, place,
	    "'}' missing %s%s%s: %s was opened at %u:%u%s%s",
	    before == NULL ? "at the end" : "before '",
	    before == NULL ? "" : before, before == NULL ? "" : "'", title,
	    (unsigned)open->line, (unsigned)open->column, odd ? "; " : "",
	    odd ? frame_end(p, &p->odd) : "");
	p->odd.keyword = NULL;
}

/*
 * Closes, after a complaint, the blocks that a line shows to be open by
 * mistake: all of them before a block of the top level that stands no further
 * right, one within another before a keyword of that one.  Flags forget no
 * brace.
 */
static void
close_forgotten(struct parse *p, const struct line *line)
{
	const struct frame *top = p->top, *outer = top - 1;
	const struct word *word = &line->words[0];
	bool list = frame_is_list(top);
	bool names = list && (top->keyword->type == T_TRACKS ||
	    top->keyword->type == T_MEMBERS);

	if (p->input->flag_count > 0 || top == p->frames)
		return;
	if (begins_root_block(line) && word->place.column <=
	    (names ? top : p->frames + 1)->place.column) {
		complain_unclosed(p, &word->place, word->text,
		    frame_title(p, &p->frames[1]), &p->frames[1].place);
		p->top = p->frames;
		return;
	}
	if (outer == p->frames ||
	    keyword_find((enum block)outer->block, word->text) == NULL ||
	    ((names || !list) && word->place.column > top->place.column) ||
	    (list && top->keyword->type == T_ENTRIES && line->count > 2) ||
	    (!list && keyword_find((enum block)top->block, word->text) != NULL))
		return;
	complain_unclosed(p, &word->place, word->text, frame_title(p, top),
	    &top->place);
	p->top--;
}

/* Complains about the '{' of the block on top, when it does not come. */
static void
complain_unopened(struct parse *p)
{
	p->opening = false;
	complain(p->findings, frame_is_list(p->top) ? SEVERITY_ERROR |
	    WHOLE_LINE : SEVERITY_ERROR, &p->top->place,
	    "'{' missing after %s", frame_title(p, p->top));
}

/* Complains where what describes a tracker stands where it is only named. */
static void
complain_tracker(struct parse *p, const struct keyword *k,
    const struct line *line)
{
	const struct word *word = &line->words[0];
	enum block block = track_block(k->detail);

	if (keyword_find(block, word->text) != NULL &&
	    strcmp(word[1].text, "weight") != 0)
		complain_line(p->findings, &word->place,
		    "'%s' belongs in %s, not in %s", word->text,
		    block_word(block), k->word);
}

/* Takes the words of a line into the block that is open. */
static void
take_words(struct parse *p, const struct line *line)
{
	struct frame *frame;
	const struct keyword *k;

	if (p->opening) {
		complain_unopened(p);
		if (frame_is_list(p->top) && keyword_find((enum block)
		    p->top->block, line->words[0].text) != NULL)
			p->top--;
	}
	p->empty = false;
	close_forgotten(p, line);
	frame = p->top;
	p->used = line->count;
	if (frame_is_list(frame)) {
		struct list *list = (struct list *)(void *)
		    ((char *)frame->draft + frame->keyword->offset);

		if (frame->keyword->type == T_TRACKS && line->count > 1)
			complain_tracker(p, frame->keyword, line);
		item_readers[frame->keyword->type - T_ADDRESSES](p, list, line);
		return;
	}
	k = keyword_find((enum block)frame->block, line->words[0].text);
	if (k == NULL)
		complain_unknown(p, line);
	else
		keyword_take(p, k, line);
}

/* How many findings there are, notes apart. */
static uint32_t
findings_count(const struct parse *p)
{
	const uint32_t *counts = p->findings->counts;

	return counts[SEVERITY_WARNING] + counts[SEVERITY_ERROR] +
	    counts[SEVERITY_FATAL];
}

/* Takes a '{': of the block just named, or of one that is to be skipped. */
static void
take_open(struct parse *p, const struct line *line, bool may_skip)
{
	if (p->opening) {
		p->opening = false;
		p->empty = true;
		return;
	}
	if (!may_skip)
		complain(p->findings, SEVERITY_ERROR, &line->place,
		    "no '{' is wanted here; what it encloses is skipped");
	p->skip_depth = 1;
	p->skipped = line->place;
}

/* Takes a '}': the end of a block, or one too many. */
static void
take_close(struct parse *p, const struct line *line)
{
	struct frame *frame;

	if (p->opening) {
		complain_unopened(p);
		p->top--;
	}
	if (p->top == p->frames) {
		if (!p->lost)
			complain(p->findings, SEVERITY_ERROR, &line->place,
			    p->closed.keyword == NULL ? "'}' without a block" :
			    "'}' without a block; %s",
			    frame_end(p, &p->closed));
		p->lost = false;
		return;
	}
	frame = p->top;
	/* an empty virtual_ipaddress is none */
	if (p->empty && frame->keyword->type == T_ADDRESSES &&
	    frame->draft->settings != NULL)
		frame->draft->settings = frame->draft->settings->next;
	frame->end = line->place;
	if (p->end.line != line->place.line &&
	    line->place.column < frame->place.column &&
	    line->place.file == frame->place.file)
		p->odd = *frame;
	p->closed = *frame;
	if (--p->top == p->frames)
		p->odd.keyword = NULL;
}

/*
 * Passes over a line of a block that is skipped.  A block of the top level that
 * begins no further right than the skipped one shows that its '}' is missing:
 * false then, and the line is to be taken.
 */
static bool
skip_line(struct parse *p, const struct line *line)
{
	if (line->kind == LINE_OPEN)
		p->skip_depth++;
	else if (line->kind == LINE_CLOSE)
		p->skip_depth--;
	else if (begins_root_block(line) && line->words[0].place.column == 1) {
		complain_unclosed(p, &line->words[0].place,
		    line->words[0].text, "the skipped block", &p->skipped);
		p->skip_depth = 0;
		p->top = p->frames;
		return false;
	}
	return true;
}

/* Complains about what is open at the end of the input. */
static void
take_end(struct parse *p, const struct line *line)
{
	if (p->scan->stopped)
		return;
	if (p->skip_depth > 0)
		complain_unclosed(p, &line->place, NULL, "the skipped block",
		    &p->skipped);
	else if (p->top > p->frames)
		complain_unclosed(p, &line->place, NULL,
		    frame_title(p, &p->frames[1]), &p->frames[1].place);
}

/* Takes a line. */
static void
parse_line(struct parse *p, const struct line *line)
{
	bool may_skip = p->may_skip;
	uint32_t findings = findings_count(p);

	if (line->kind == LINE_WORDS && line->words == NULL)
		return;			/* no memory */
	p->may_skip = false;
	if (p->skip_depth > 0 && skip_line(p, line))
		;
	else if (line->kind == LINE_OPEN)
		take_open(p, line, may_skip);
	else if (line->kind == LINE_CLOSE)
		take_close(p, line);
	else
		take_words(p, line);
	if (line->kind == LINE_WORDS && !p->opening &&
	    findings_count(p) != findings)
		p->may_skip = true;	/* no follow-up */
	p->end = line->place;
}

/* Reads all lines of the files into drafts. */
static void
parse_files(struct parse *p)
{
	struct line line;

	while (scan_line(p->scan, &line))
		parse_line(p, &line);
	p->end = line.place;
	take_end(p, &line);
}

/* -- flags: a configuration in the words of a command line -- */

/*
 * The flags become the lines that a file would have: those of global_defs, then
 * a block for each tracker, then one for each instance, in which the flags keep
 * their order.  List blocks are opened again for each of their items, which the
 * parser adds up.
 */

/* Flags that are shorter than their keyword, with that. */
static const char short_flags[] = "vrid\0virtual_router_id\0"
    "prio\0priority\0peer\0unicast_peer\0";

/*
 * List keywords whose items have a block of their own at the top level, from
 * IN_SCRIPT to IN_PROCESS; behind each what stands first in that block.
 */
static const char tracker_words[] = "track_script\0script\0"
    "track_bfd\0neighbor_ip\0track_file\0file\0track_process\0process\0";

/* A flag and what it means. */
struct flag {
	const struct conf_flag *given;
	const struct keyword *keyword;	/* NULL: unknown, and reported */
	enum block	tracker;	/* that it is about; IN_ROOT: none */
	const char	*name;		/* of the tracker that it begins */
	const char	*value;		/* what it says, or the file of @FILE */
	struct place	place;
};

/* The flags of a command line. */
struct flags {
	struct parse	*parse;
	struct flag	*all;
	size_t		count;
	bool		has_auth_type;
};

#define FLAG_NAME_MAX	48
#define FLAG_COLUMN	1		/* of keywords; values have more */

/* The keyword that a flag is called after: '_' for '-', no short name. */
static const char *
flag_word(const char *name, size_t length, char word[FLAG_NAME_MAX])
{
	if (length >= FLAG_NAME_MAX)
		length = FLAG_NAME_MAX - 1;
	for (size_t i = 0; i < length; i++)
		word[i] = name[i] == '-' ? '_' : name[i];
	word[length] = '\0';
	for (const char *at = short_flags; *at != '\0';
	    at = list_next(list_next(at))) {
		if (strcmp(at, word) == 0)
			return list_next(at);
	}
	return word;
}

/* The row of a flag's keyword; `tracker` is the block that it stands behind. */
static const struct keyword *
flag_find(const char *word, enum block tracker)
{
	static const enum block order[] = { IN_INSTANCE, IN_AUTHENTICATION,
	    IN_HMAC, IN_GLOBAL, IN_ROOT };
	const struct keyword *k = tracker == IN_ROOT ? NULL :
	    keyword_find(tracker, word);

	for (size_t i = 0; k == NULL && i < COUNT_OF(order); i++)
		k = keyword_find(order[i], word);
	if (k == NULL || k->type == T_COMMAND || k->type == T_CHECK ||
	    (k->type == T_BLOCK &&
	    strcmp(word, "vrrp_instance") != 0))
		return NULL;
	return k;
}

/* The row of what --NAME may be, wherever it stands; NULL: nothing. */
static const struct keyword *
flag_row(const char *name, size_t length)
{
	char buffer[FLAG_NAME_MAX];
	const char *word = flag_word(name, length, buffer);
	const struct keyword *k = flag_find(word, IN_ROOT);

	for (int block = IN_SCRIPT; k == NULL && block <= IN_PROCESS; block++)
		k = keyword_find((enum block)block, word);
	return k;
}

/* Whether the word behind --NAME is its value: not if one may be left out. */
static bool
flag_needs_value(const char *name, size_t length)
{
	const struct keyword *k = flag_row(name, length);

	return k == NULL || (k->type >= T_NUMBER &&
	    (k->flags & KEYWORD_OPTIONAL) == 0);
}

/* Whether there is a flag --NAME at all. */
static bool
flag_exists(const char *name)
{
	return flag_row(name, strlen(name)) != NULL;
}

/* Whether nobody may see the value of --NAME. */
static bool
flag_is_secret(const char *name)
{
	const struct keyword *k = flag_row(name, strlen(name));

	return k != NULL && (k->type == T_PASSWORD || k->type == T_KEY);
}

/*
 * Reports a flag that is none, with the nearest one that is.  An address behind
 * it is taken for what it looks like, so that nothing is said to lack one.
 */
static void
flag_unknown(struct flags *f, struct flag *flag, const char *word)
{
	struct nearest n = nearest_to(word);
	const char *value = flag->given->value;
	char shown[FLAG_NAME_MAX];
	struct ip ip;

	for (int block = IN_SCRIPT; block <= IN_PROCESS; block++) {
		if (keyword_find((enum block)block, word) == NULL)
			continue;
		complain(f->parse->findings, SEVERITY_FATAL, &flag->place,
		    "--%s must stand behind the --track-script, --track-file, "
		    "--track-process or --track-bfd that it is about",
		    flag->given->name);
		return;
	}
	for (const char *at = short_flags; *at != '\0';
	    at = list_next(list_next(at)))
		nearest_try(&n, at);
	for (size_t i = 0; i < COUNT_OF(keywords); i++) {
		if (keywords[i].verdict == TAKEN &&
		    flag_find(keywords[i].word, IN_ROOT) != NULL)
			nearest_try(&n, keywords[i].word);
	}
	for (size_t i = 0; n.found != NULL && i <= strlen(n.found); i++)
		shown[i] = n.found[i] == '_' ? '-' : n.found[i];
	if (n.found == NULL && value != NULL &&
	    ip_parse(value, span_to(value, "/"), &ip))
		flag->keyword = flag_find("virtual_ipaddress", IN_ROOT);
	complain(f->parse->findings, SEVERITY_FATAL, &flag->place,
	    "there is no flag --%s%s%s%s", flag->given->name,
	    n.found != NULL ? "; did you mean --" : "",
	    n.found != NULL ? shown : flag->keyword == NULL ? "" :
	    "; a virtual address stands by itself",
	    n.found != NULL ? "?" : "");
}

/* Whether one of the flags before `index` begins a tracker of that name. */
static bool
flag_name_taken(const struct flags *f, size_t index, const char *name)
{
	for (size_t i = 0; i < index; i++) {
		if (f->all[i].name != NULL &&
		    strcmp(f->all[i].name, name) == 0)
			return true;
	}
	return false;
}

/*
 * A name for the tracker that flag `index` begins, after the command or file
 * that it is about: "check.sh", or "check.sh-2" if there is one already.
 */
static const char *
flag_tracker_name(struct flags *f, size_t index)
{
	const char *start = f->all[index].given->value, *slash;
	/* NOLINTNEXTLINE(clang-analyzer-*) trackers take a value */
	char *name = arena_take(f->parse->scratch, strlen(start) + 32);
	size_t length;
	struct text t;

	if (name == NULL)
		return "";
	start += span_of(start, " \t\"'$");
	length = span_to(start, " \t\"'$");
	while ((slash = byte_find(start, length, '/')) != NULL) {
		length -= (size_t)(slash + 1 - start);
		start = slash + 1;
	}
	if (length == 0) {		/* a name without letters is lost */
		start = f->all[index].given->name;
		/* NOLINTNEXTLINE(clang-analyzer-*) a flag has a name */
		length = strlen(start);
	}
	for (unsigned n = 1; n == 1 || flag_name_taken(f, index, name); n++) {
		t = text_over(name, length + 16);
		text_bytes(&t, start, length);
		if (n > 1)
			text_format(&t, "-%u", n);
		text_end(&t);
	}
	return name;
}

/* The value of a flag: @FILE of a password's is the first line of FILE. */
static const char *
flag_value(struct flags *f, const struct flag *flag)
{
	const struct reader *reader = f->parse->input->reader;
	const char *value = flag->given->value, *text, *why = NULL;
	size_t length = 0;

	if (value == NULL || value[0] != '@' ||
	    flag->keyword->type != T_PASSWORD)
		return value;
	text = reader->open(reader, f->parse->scratch, value + 1, &length,
	    &why);
	if (text == NULL) {
		complain(f->parse->findings, SEVERITY_FATAL, &flag->place,
		    "cannot read '%s': %s", value + 1, why);
		return value;
	}
	for (size_t i = 0; i < length; i++) {
		if (text[i] == '\n' || text[i] == '\r' || text[i] == '\0')
			length = i;
	}
	return scan_string(f->parse->scan, text, length);
}

/* Whether what a flag says can stand in a file and mean the same there. */
static bool
flag_fits(const struct flag *flag)
{
	const char *value = flag->value;
	bool quotes = flag->keyword->type == T_NOTIFY ||
	    flag->keyword->type == T_KEY || flag->tracker == IN_SCRIPT;

	return value[span_to(value, "\n\v\f\r")] == '\0' && (quotes ||
	    ((flag->tracker == IN_PROCESS || text_find(value, '"') == NULL) &&
	    !text_holds(value, "$_") && !text_holds(value, "${_")));
}

/* Finds out what flag `index` means, the ones before it being known. */
static void
flag_resolve(struct flags *f, size_t index, const struct conf_flag *given)
{
	struct flag *flag = &f->all[index];
	enum block open = index == 0 ? IN_ROOT : f->all[index - 1].tracker;
	char buffer[FLAG_NAME_MAX];
	const char *word = "virtual_ipaddress";
	int tracker;

	flag->given = given;
	flag->value = given->value;
	flag->place = (struct place){ COMMAND_LINE, given->argument,
	    FLAG_COLUMN };
	if (given->name != NULL)
		word = flag_word(given->name, strlen(given->name), buffer);
	else if (given->value[span_to(given->value, ".:")] == '\0' ||
	    text_holds(given->value, ".conf")) {
		complain(f->parse->findings, SEVERITY_FATAL, &flag->place,
		    "'%s' is neither an address nor a command, see vrrpd help; "
		    "a file is read with -f", given->value);
		return;
	}
	flag->keyword = flag_find(word, open);
	if (flag->keyword == NULL) {
		flag_unknown(f, flag, word);
		return;
	}
	if (given->value == NULL && keyword_is_list(flag->keyword)) {
		complain(f->parse->findings, SEVERITY_FATAL, &flag->place,
		    "--%s needs a value", given->name);
		flag->keyword = NULL;
		return;
	}
	if (open != IN_ROOT && flag->keyword->block == open)
		flag->tracker = open;
	tracker = flag->keyword->block != IN_INSTANCE ? -1 :
	    list_index(tracker_words, word);
	if (tracker >= 0) {
		flag->tracker = (enum block)(IN_SCRIPT + tracker / 2);
		flag->name = flag_tracker_name(f, index);
	}
	flag->value = flag_value(f, flag);
	if (flag->value != NULL && !flag_fits(flag)) {
		complain(f->parse->findings, SEVERITY_FATAL, &flag->place,
		    "%s has a line break, '\"' or $_: no file can hold that",
		    word);
		flag->keyword = NULL;
		flag->name = NULL;
		flag->tracker = IN_ROOT;
	} else if (flag->keyword->type == T_AUTH_TYPE) {
		f->has_auth_type = true;
	}
}

/* Gives the parser a line that a flag stands for: `word value`, or less. */
static void
flag_line(struct flags *f, const struct flag *flag, enum line_kind kind,
    const char *word, const char *value)
{
	struct word words[2] = {
		{ .text = word, .place = flag->place },
		{ .text = value, .place = flag->place, .quoted = true }
	};
	struct line line = { .kind = kind, .words = words,
	    .count = (uint32_t)(word != NULL) + (value != NULL),
	    .place = flag->place };

	words[1].place.column = FLAG_COLUMN + 1;
	parse_line(f->parse, &line);
}

/* Gives it the words of a value that are divided by blanks. */
static void
flag_words(struct flags *f, const struct flag *flag, const char *value)
{
	struct slice from = { .text = value, .length = strlen(value),
	    .column = FLAG_COLUMN + 1 };
	struct line line = { .kind = LINE_WORDS, .place = flag->place };

	line.count = words_split(f->parse->scan, &from, &flag->place,
	    SPLIT_WORDS, &line.words);
	if (line.count > 0)
		parse_line(f->parse, &line);
}

/* Gives it the head of a block, `word value {`; value: NULL for none. */
static void
flag_open(struct flags *f, const struct flag *flag, const char *word,
    const char *value)
{
	flag_line(f, flag, LINE_WORDS, word, value);
	flag_line(f, flag, LINE_OPEN, NULL, NULL);
}

/* Gives it the end of a block. */
static void
flag_close(struct flags *f, const struct flag *flag)
{
	flag_line(f, flag, LINE_CLOSE, NULL, NULL);
}

/* Gives the parser the lines that a flag is within its block. */
static void
flag_add(struct flags *f, const struct flag *flag)
{
	const struct keyword *k = flag->keyword;
	const char *value = flag->value;

	if (keyword_is_list(k)) {
		flag_open(f, flag, k->word, NULL);
		flag_words(f, flag, flag->name != NULL ? flag->name : value);
		flag_close(f, flag);
		return;
	}
	if (k->block == IN_AUTHENTICATION || k->block == IN_HMAC)
		flag_open(f, flag, block_word(k->block), NULL);
	if (k->block == IN_AUTHENTICATION) {
		if (!f->has_auth_type)
			flag_line(f, flag, LINE_WORDS, "auth_type", "PASS");
		flag_line(f, flag, LINE_WORDS, k->word, value);
	} else if (value == NULL || k->type == T_NOTIFY || k->type == T_TEXT ||
	    k->type == T_FIFO || k->type == T_LOG_FILE)
		flag_line(f, flag, LINE_WORDS, k->word, value);
	else
		flag_words(f, flag, scan_format(f->parse->scan, "%s %s",
		    k->word, value));
	if (k->block == IN_AUTHENTICATION || k->block == IN_HMAC)
		flag_close(f, flag);
}

/* Gives it all that stands at the top level or in global_defs. */
static void
flags_global(struct flags *f)
{
	for (size_t i = 0; i < f->count; i++) {
		const struct flag *flag = &f->all[i];

		if (flag->keyword == NULL)
			continue;
		if (flag->keyword->block == IN_GLOBAL) {
			flag_open(f, flag, "global_defs", NULL);
			flag_add(f, flag);
			flag_close(f, flag);
		} else if (flag->keyword->block == IN_ROOT &&
		    flag->keyword->type != T_BLOCK) {
			flag_add(f, flag);
		}
	}
}

/* Gives it a block for each tracker, with the flags that belong to it. */
static void
flags_trackers(struct flags *f)
{
	for (size_t i = 0; i < f->count; i++) {
		const struct flag *flag = &f->all[i];
		const char *word;

		if (flag->name == NULL)
			continue;
		flag_open(f, flag, block_word(flag->tracker), flag->name);
		word = list_item(tracker_words,
		    2 * (flag->tracker - IN_SCRIPT) + 1);
		if (flag->tracker == IN_PROCESS)
			flag_words(f, flag, scan_format(f->parse->scan, "%s %s",
			    word, flag->given->value));
		else
			flag_line(f, flag, LINE_WORDS, word,
			    flag->given->value);
		while (i + 1 < f->count && f->all[i + 1].tracker != IN_ROOT &&
		    f->all[i + 1].name == NULL)
			flag_add(f, &f->all[++i]);
		flag_close(f, flag);
	}
}

/* Gives it a block for each instance: VI_1, or those that flags name. */
static void
flags_instances(struct flags *f)
{
	const struct flag *open = NULL;

	for (size_t i = 0; i < f->count; i++) {
		const struct flag *flag = &f->all[i];
		bool begins = flag->keyword != NULL &&
		    flag->keyword->type == T_BLOCK;

		if (!begins && (flag->keyword == NULL ||
		    (flag->keyword->block != IN_INSTANCE &&
		    flag->keyword->block != IN_AUTHENTICATION &&
		    flag->keyword->block != IN_HMAC)))
			continue;
		if (open != NULL && begins)
			flag_close(f, open);
		if (open == NULL || begins) {
			open = flag;
			flag_open(f, flag, "vrrp_instance", begins ?
			    flag->given->value : "VI_1");
		}
		if (!begins)
			flag_add(f, flag);
	}
	if (open != NULL)
		flag_close(f, open);
}

/* Reads all flags of the input into drafts. */
static void
parse_flags(struct parse *p)
{
	const struct conf_input *input = p->input;
	struct flags f = { .parse = p };

	f.all = arena_array(p->scratch, input->flag_count, sizeof(*f.all));
	if (f.all == NULL)
		return;
	for (; f.count < input->flag_count; f.count++)
		flag_resolve(&f, f.count, &input->flags[f.count]);
	flags_global(&f);
	flags_trackers(&f);
	flags_instances(&f);
	p->end.file = COMMAND_LINE;
}

/* -- completion: what looks across keywords -- */

/* What was to write the field at offset of a draft, `good' if it did; NULL. */
static const struct setting *
setting_of(const struct draft *draft, size_t offset, bool good)
{
	const struct setting *s = draft->settings;

	while (s != NULL && (keywords[s->row].offset != offset ||
	    keywords[s->row].size == 0 || s->good < good))
		s = s->next;
	return s;
}

/* The place where something was to write that field, good or not; or NULL. */
static const struct place *
given(const struct draft *draft, size_t offset)
{
	const struct setting *s = setting_of(draft, offset, false);

	return s == NULL ? NULL : &s->place;
}

#define GIVEN(vr, field) given(&(vr)->draft, offsetof(struct draft_vr, field))

/* Whether the instance or global_defs gave a value; offset in conf_vr. */
static bool
given_anywhere(const struct parse *p, const struct draft_vr *vr, size_t offset)
{
	return setting_of(&vr->draft, offsetof(struct draft_vr, conf) + offset,
	    true) != NULL || setting_of(&p->global.draft,
	    offsetof(struct draft_global, vr.conf) + offset, true) != NULL;
}

/* Lays the values that an instance gave over the defaults. */
static void
vr_inherit(struct parse *p, struct draft_vr *vr)
{
	const size_t start = offsetof(struct draft_vr, conf);
	struct conf_vr conf = p->global.vr.conf;

	for (struct setting *s = vr->draft.settings; s != NULL; s = s->next) {
		const struct keyword *k = &keywords[s->row];

		if (s->good && k->offset >= start &&
		    k->offset + k->size <= start + sizeof(conf))
			memcpy((char *)&conf + (k->offset - start),
			    (char *)vr + k->offset, k->size);
	}
	conf.family = vr->conf.family;
	vr->conf = conf;
}

/* Settles the family, and with it the version (C-167). */
static void
vr_version(struct parse *p, struct draft_vr *vr)
{
	struct conf_vr *conf = &vr->conf;
	const struct place *place = GIVEN(vr, conf.version);

	if (conf->family == 0)
		conf->family = conf->native_ipv6 ? 6 :
		    vr->excluded.count > 0 && GIVEN(vr, addresses) == NULL ?
		    vr->excluded.first->address.ip.family : 4;
	if (conf->native_ipv6 && conf->family == 4)
		complain(p->findings, SEVERITY_ERROR,
		    GIVEN(vr, conf.native_ipv6), "native_ipv6 in vrrp_instance "
		    "%s, which is for IPv4", vr->draft.name);
	if (conf->family == 6 && conf->version == 2 && place != NULL)
		complain(p->findings, SEVERITY_FATAL, place,
		    "version 2 has no IPv6; vrrp_instance %s needs version 3",
		    vr->draft.name);
	if (conf->family == 6)
		conf->version = 3;
	else if (conf->version == 0)
		conf->version = 2;
}

/* Settles priority and first state; MASTER without priority is an owner. */
static void
vr_role(struct parse *p, struct draft_vr *vr)
{
	struct conf_vr *conf = &vr->conf;

	if (conf->initial_state == VR_MASTER &&
	    GIVEN(vr, conf.priority) == NULL) {
		conf->priority = PRIORITY_OWNER;
		complain(p->findings, SEVERITY_WARNING,
		    GIVEN(vr, conf.initial_state), "state MASTER without "
		    "priority means priority 255, that of the owner of the "
		    "addresses; give %s a priority", vr->draft.name);
	}
	if (conf->initial_state == 0)
		conf->initial_state = conf->priority == PRIORITY_OWNER ?
		    VR_MASTER : VR_BACKUP;
}

/* Rounds the interval to what its version can say (C-100, C-101). */
static void
vr_interval(struct parse *p, struct draft_vr *vr)
{
	struct conf_vr *conf = &vr->conf;
	usec_t step = conf->version == 2 ? SECOND_US : CS_US;
	usec_t most = conf->version == 2 ? 255 * SECOND_US :
	    INTERVAL_CS_MAX * CS_US;
	usec_t interval = (conf->interval_us + step / 2) / step * step;

	interval = usec_min(usec_max(interval, step), most);
	if (interval == conf->interval_us)
		return;
	complain(p->findings, SEVERITY_ERROR, GIVEN(vr, conf.interval_us),
	    "version %u sends %s: %jd s is used%s", conf->version,
	    conf->version == 2 ? "every 1-255 whole seconds" :
	    "every 0.01-40.95 seconds, in steps of 0.01", (intmax_t)interval,
	    conf->version == 2 && conf->interval_us < SECOND_US ?
	    "; version 3 can do less than a second" : "");
	conf->interval_us = (uint32_t)interval;
}

/* Settles who preempts; nopreempt counts whatever state says (D-14). */
static void
vr_preempt(struct parse *p, struct draft_vr *vr)
{
	struct conf_vr *conf = &vr->conf;
	bool master = GIVEN(vr, conf.initial_state) != NULL &&
	    conf->initial_state == VR_MASTER;
	const char *word = conf->no_preempt ? "nopreempt" : "preempt_delay";
	const struct place *delay = GIVEN(vr, conf.preempt_delay_us);
	const struct place *place = conf->no_preempt ?
	    GIVEN(vr, conf.no_preempt) : delay;

	if (conf->priority == PRIORITY_OWNER) {
		if (conf->no_preempt || conf->preempt_delay_us > 0)
			complain(p->findings, SEVERITY_WARNING, place,
			    "%s has no effect: priority 255 always preempts",
			    word);
		conf->no_preempt = false;
		conf->preempt_delay_us = 0;
	} else if (master && (conf->no_preempt || conf->preempt_delay_us > 0)) {
		complain(p->findings, SEVERITY_WARNING, place,
		    "%s is honoured, but keepalived would drop it because of "
		    "state MASTER; use state BACKUP on both routers", word);
	}
	if (conf->no_preempt && conf->preempt_delay_us > 0) {
		complain(p->findings, SEVERITY_WARNING, delay,
		    "preempt_delay has no effect with nopreempt");
		conf->preempt_delay_us = 0;
	}
	if (conf->expired_backup > 0 && !conf->no_preempt) {
		complain(p->findings, SEVERITY_WARNING,
		    GIVEN(vr, conf.expired_backup),
		    "timer_expired_backup has no effect without nopreempt");
		conf->expired_backup = 0;
	}
}

/* Warns that strict mode turns a keyword off, if it was given. */
static void
strict_off(struct parse *p, const struct draft_vr *vr, size_t offset)
{
	const struct setting *s = setting_of(&vr->draft, offset, false);

	if (s != NULL)
		complain(p->findings, SEVERITY_WARNING, &s->place,
		    "strict mode does without %s", keywords[s->row].word);
}

/*
 * Strict mode: RFC 9568 alone.  Not over unicast, which no RFC has.  D-4: a
 * weaker advertisement is answered all the same.
 */
static void
vr_strict(struct parse *p, struct draft_vr *vr)
{
	struct conf_vr *conf = &vr->conf;

	if (!conf->strict)
		return;
	if (vr->peers.count > 0) {
		complain(p->findings, SEVERITY_ERROR, GIVEN(vr, peers),
		    "strict mode knows no unicast; vrrp_instance %s is not "
		    "strict", vr->draft.name);
		conf->strict = false;
		return;
	}
	conf->initial_state = conf->priority == PRIORITY_OWNER ? VR_MASTER :
	    VR_BACKUP;
	if (conf->preempt_delay_us > 0)
		strict_off(p, vr, offsetof(struct draft_vr,
		    conf.preempt_delay_us));
	if (conf->down_timer_adverts != 3)
		strict_off(p, vr, offsetof(struct draft_vr,
		    conf.down_timer_adverts));
	if (conf->higher_prio_send_advert)
		strict_off(p, vr, offsetof(struct draft_vr,
		    conf.higher_prio_send_advert));
	if (conf->no_virtual_ipaddress)
		strict_off(p, vr, offsetof(struct draft_vr,
		    conf.no_virtual_ipaddress));
	conf->preempt_delay_us = 0;
	conf->down_timer_adverts = 3;
	conf->higher_prio_send_advert = false;
	conf->no_virtual_ipaddress = false;
	if (GIVEN(vr, conf.accept) == NULL || conf->version == 2)
		conf->accept = conf->priority == PRIORITY_OWNER;
	if (!given_anywhere(p, vr, offsetof(struct conf_vr,
	    owner_ignore_adverts)))
		conf->owner_ignore_adverts = true;
}

/*
 * Settles auth_hmac.  It is fatal where there is no key to sign with: the
 * others would hear nothing.  Strict mode enforces it.
 */
static void
vr_hmac(struct parse *p, struct draft_vr *vr)
{
	struct conf_hmac *conf = &vr->conf.hmac;
	const struct place *place = setting_place(&vr->draft, "auth_hmac");
	const struct place *window = GIVEN(vr, conf.hmac.window_s);
	const struct place *mode = GIVEN(vr, conf.hmac.mode);
	usec_t span = 3 * (usec_t)vr->conf.interval_us / SECOND_US;

	if (place == NULL)
		return;
	if (conf->keys.count == 0 && GIVEN(vr, conf.hmac.keys) == NULL)
		complain(p->findings, SEVERITY_FATAL, place,
		    "auth_hmac of vrrp_instance %s has no key",
		    vr->draft.name);
	if (conf->keys.count == 0)
		return;
	if (GIVEN(vr, conf.hmac.active) == NULL ||
	    (conf->active > 0 && key_find(&conf->keys, conf->active) == NULL))
		complain(p->findings, SEVERITY_FATAL, place,
		    "auth_hmac of vrrp_instance %s needs active_key to be the "
		    "id of one of its keys", vr->draft.name);
	if (window != NULL && conf->replay == REPLAY_MONOTONIC)
		complain(p->findings, SEVERITY_WARNING, window,
		    "time_window has no effect with anti_replay monotonic");
	if (conf->window_s == 0)
		conf->window_s = (uint16_t)usec_min(usec_max(span, 5),
		    ranges[WINDOWS].max);
	if (vr->conf.strict && conf->mode != HMAC_ENFORCE) {
		complain(p->findings, SEVERITY_WARNING, mode,
		    "strict mode has mode enforce alone");
		conf->mode = HMAC_ENFORCE;
	}
}

/* Settles the authentication: version 2 alone has one, strict has none. */
static void
vr_authentication(struct parse *p, struct draft_vr *vr)
{
	struct conf_vr *conf = &vr->conf;
	const struct place *type = GIVEN(vr, conf.auth_type);
	const struct place *pass = GIVEN(vr, conf.auth_pass);
	const struct place *any = type != NULL ? type : pass;

	if (any == NULL)
		return;
	if (type != NULL && conf->auth_type == AUTH_NONE)
		;			/* it is bad, and that has been said */
	else if (setting_place(&vr->draft, "auth_hmac") != NULL)
		complain(p->findings, SEVERITY_WARNING, any,
		    "auth_hmac is used; the authentication is left out");
	else if (conf->version == 3 || conf->strict)
		complain(p->findings, SEVERITY_WARNING, any,
		    "%s has no authentication: it is left out",
		    conf->strict ? "strict mode" : "version 3");
	else if (type == NULL || pass == NULL)
		complain(p->findings, type == NULL ? SEVERITY_WARNING :
		    conf->auth_type == AUTH_AH ? SEVERITY_FATAL :
		    SEVERITY_ERROR, any, "%s: there is no authentication",
		    type == NULL ? "auth_pass without auth_type PASS" :
		    "auth_type without auth_pass");
	else if (conf->auth_pass[0] != 0) {
		if (vr->password_length > sizeof(conf->auth_pass))
			complain(p->findings, SEVERITY_WARNING, pass,
			    "auth_pass has %u characters, of which VRRP uses "
			    "the first %u", (unsigned)vr->password_length,
			    (unsigned)sizeof(conf->auth_pass));
		return;
	}
	conf->auth_type = AUTH_NONE;
	memset(conf->auth_pass, 0, sizeof(conf->auth_pass));
}

/* Begins the key of what must be there once; see seen_before. */
static struct seen_key *
seen_key(struct parse *p, enum seen_what what, uint32_t of, uint32_t index)
{
	memset(&p->key, 0, sizeof(p->key));
	p->key.what = what;
	p->key.of = of;
	p->key.index = index;
	return &p->key;
}

/*
 * Looks up the key that was begun last among what was seen before; the first
 * one with it, which is noted as seen now when there is none: then, and without
 * memory, NULL.
 */
static const struct seen *
seen_before(struct parse *p, const struct draft_vr *vr, struct item *item)
{
	struct seen *seen = arena_take(p->scratch, sizeof(*seen));
	struct map_entry *entry;

	if (seen == NULL)
		return NULL;
	seen->key = p->key;
	seen->vr = vr;
	seen->item = item;
	entry = map_entry(p->scratch, &p->seen, &seen->key, sizeof(seen->key));
	if (entry == NULL)
		return NULL;
	if (entry->value != NULL)
		return entry->value;
	entry->value = seen;
	return NULL;
}

/*
 * Warns that an address, a route or a rule has been given before; vr: by whom
 * now, or NULL.
 */
static void
complain_given(struct parse *p, const struct draft_vr *vr,
    const struct item *item, const struct seen *seen)
{
	complain(p->findings, SEVERITY_WARNING, &item->place,
	    "this %s has been given at %s%s%s", list_item(
	    "address\0route\0rule\0", item->entry.kind), place_text(p,
	    &seen->item->place, &item->place),
	    seen->vr == vr ? "" : ", for vrrp_instance ",
	    seen->vr == vr ? "" : seen->vr->draft.name);
}

/*
 * Whether a route or a rule of an instance, or a static one (of is NULL),
 * stays: not twice, which the kernel refuses.
 */
static bool
entry_stays(struct parse *p, void *of, struct item *item)
{
	const struct draft_vr *vr = of;
	const struct seen *seen;

	seen_key(p, SEEN_ENTRY, vr == NULL ? NONE : vr->draft.index,
	    item->entry.kind)->body = item->entry.body;
	seen = seen_before(p, vr, item);
	if (seen != NULL)
		complain_given(p, vr, item, seen);
	return seen == NULL;
}

/* Whether a peer stays: not the router itself, and not one twice. */
static bool
peer_stays(struct parse *p, void *of, struct item *item)
{
	const struct draft_vr *vr = of;

	seen_key(p, SEEN_PEER, vr->draft.index, 0)->ip = item->peer.ip;
	if (ip_equal(&item->peer.ip, &vr->conf.source))
		complain(p->findings, SEVERITY_NOTE, &item->place,
		    "this peer is the router itself and left out");
	else if (seen_before(p, vr, item) != NULL)
		complain(p->findings, SEVERITY_WARNING, &item->place,
		    "this peer has been given before");
	else
		return true;
	return false;
}

/* Warns of each keyword that means nothing to an instance with multicast. */
static void
complain_unicast(struct parse *p, const struct draft_vr *vr)
{
	for (const struct keyword *k = keywords;
	    k < keywords + COUNT_OF(keywords); k++) {
		const struct place *place = k->flags & KEYWORD_UNICAST ?
		    setting_place(&vr->draft, k->word) : NULL;

		if (place != NULL)
			complain(p->findings, SEVERITY_WARNING, place,
			    "%s without unicast_peer: vrrp_instance %s sends "
			    "multicast", k->word, vr->draft.name);
	}
}

/* Settles whether an instance is unicast, and where it sends to. */
static void
vr_unicast(struct parse *p, struct draft_vr *vr)
{
	struct conf_vr *conf = &vr->conf;
	const struct place *peers = GIVEN(vr, peers);

	seen_key(p, SEEN_PEER, vr->draft.index, 0)->ip = conf->source;
	if (conf->priority != PRIORITY_OWNER)
		(void)seen_before(p, vr, NULL);
	list_filter(p, &vr->peers, peer_stays, vr);
	conf->unicast = vr->peers.count > 0 || (conf->unicast_fault_no_peer &&
	    (peers != NULL || setting_place(&vr->draft,
	    "unicast_src_ip") != NULL));
	if (!conf->unicast && peers != NULL)
		complain(p->findings, SEVERITY_ERROR, peers, "unicast_peer "
		    "has no peer: vrrp_instance %s sends multicast",
		    vr->draft.name);
	else if (!conf->unicast)
		complain_unicast(p, vr);
	if (conf->unicast && conf->destination.family != 0)
		complain(p->findings, SEVERITY_WARNING,
		    GIVEN(vr, conf.destination),
		    "mcast_dst_ip has no effect with unicast_peer");
	if (conf->destination.family == 0)
		conf->destination = conf->family == 6 ?
		    p->global.conf.group6 : p->global.conf.group4;
}

/* Fatal without a VRID, or without an interface where there must be one. */
static void
vr_required(struct parse *p, struct draft_vr *vr)
{
	const struct conf_vr *conf = &vr->conf;

	if (GIVEN(vr, conf.vrid) == NULL)
		complain_draft(p, SEVERITY_FATAL, &vr->draft,
		    "has no virtual_router_id");
	if (GIVEN(vr, conf.interface) == NULL && (!conf->unicast ||
	    conf->source.family == 0 || ip_is_link_local(&conf->source)))
		complain_draft(p, SEVERITY_FATAL, &vr->draft,
		    "has no interface");
}

/* Settles how often addresses are announced. */
static void
vr_announcements(struct parse *p, struct draft_vr *vr)
{
	struct conf_vr *conf = &vr->conf;

	if (p->global.min_garp && !given_anywhere(p, vr,
	    offsetof(struct conf_vr, garp_repeat)))
		conf->garp_repeat = 1;
	if (p->global.min_garp && !given_anywhere(p, vr,
	    offsetof(struct conf_vr, garp_delay_us)))
		conf->garp_delay_us = 0;
	if (!given_anywhere(p, vr, offsetof(struct conf_vr,
	    garp_lower_prio_delay_us)))
		conf->garp_lower_prio_delay_us = conf->garp_delay_us;
	if (!given_anywhere(p, vr, offsetof(struct conf_vr,
	    garp_lower_prio_repeat)))
		conf->garp_lower_prio_repeat = conf->strict ? 0 :
		    conf->garp_repeat;
	if (conf->garp_extra_us > 0 && (conf->garp_refresh_us == 0 ||
	    conf->garp_refresh_us > conf->garp_extra_us))
		conf->garp_refresh_us = conf->garp_extra_us;
}

/*
 * The interface that a link gets: the one of that name or, the name being "",
 * one called after prefix and VRID.  NULL after a complaint.
 */
static struct draft_interface *
link_interface(struct parse *p, const struct draft_vr *vr,
    const struct place *place, struct conf_vmac *vmac, const char *prefix)
{
	const struct conf_vr *conf = &vr->conf;
	struct draft_interface *interface;
	const char *why = "another one has it";
	bool generated = vmac->name[0] == '\0';

	for (uint32_t i = 0; ; i++) {
		struct text t = text_over(vmac->name, sizeof(vmac->name));

		if (generated) {
			text_string(&t, prefix);
			if (i > 0)
				text_format(&t, "%u", i == 1 &&
				    conf->family == 6 ? 6 : i);
			text_format(&t, ".%u", conf->vrid);
			text_end(&t);
		}
		if (t.truncated) {
			why = "its name is too long";
			break;
		}
		interface = interface_draft(p, vmac->name, place,
		    SEVERITY_FATAL);
		if (interface == NULL || (interface->link == NULL &&
		    !interface->must_work))
			return interface;
		if (interface->must_work)
			why = "something sends by it or tracks it, but it is "
			    "down while BACKUP";
		if (!generated || interface->must_work)
			break;
	}
	complain(p->findings, SEVERITY_FATAL, place, "vrrp_instance %s cannot "
	    "have the link %s: %s", vr->draft.name, vmac->name, why);
	return NULL;
}

/*
 * The link above the same interface, with the same MAC or (NULL) the first one,
 * which this one is if there was none; NULL without memory.
 */
static const struct draft_link *
link_first(struct parse *p, struct draft_link *link, const uint8_t *mac)
{
	struct map_entry *entry;
	uint8_t *key = arena_take(p->scratch, 8);

	if (key == NULL)
		return NULL;
	memcpy(key, &link->conf.base, 2);
	if (mac != NULL)
		memcpy(key + 2, mac, 6);
	entry = map_entry(p->scratch, &p->above, key, 8);
	if (entry != NULL && entry->value == NULL)
		entry->value = link;
	return entry == NULL ? NULL : entry->value;
}

/*
 * Complains where the kernel is to refuse a link (EBUSY, EADDRINUSE): above one
 * interface are macvlans or ipvlans, and macvlans with a MAC each.
 */
static void
link_beside(struct parse *p, struct draft_link *link,
    const struct place *place)
{
	const struct conf_vmac *vmac = link->conf.vmac;
	const struct draft_link *other = link_first(p, link, NULL);

	if (other != NULL && other->conf.vmac->kind == vmac->kind)
		other = vmac->kind == LINK_MACVLAN ?
		    link_first(p, link, vmac->mac) : NULL;
	if (other != NULL && other != link)
		complain(p->findings, SEVERITY_ERROR, place, "the kernel "
		    "refuses %s beside %s: have both use_vmac, with a MAC "
		    "each, or both use_ipvlan", vmac->name,
		    other->conf.vmac->name);
}

/*
 * Adds a link above `base` for an instance; NULL after a complaint, or without
 * memory.  Without a MAC it gets that of RFC 9568 7.3, with five bytes of one
 * the VRID as the sixth.
 */
static struct draft_link *
link_add(struct parse *p, struct draft_vr *vr, const struct place *place,
    struct conf_vmac *vmac, uint16_t base, const char *prefix)
{
	static const uint8_t virtual_mac[4] = { 0, 0, 0x5e, 0 };
	struct draft_interface *interface = link_interface(p, vr, place, vmac,
	    prefix);
	struct draft_link *link = arena_take(p->scratch, sizeof(*link));

	if (interface == NULL || link == NULL)
		return NULL;
	if (vmac->mac_length == 0) {
		memcpy(vmac->mac, virtual_mac, sizeof(virtual_mac));
		vmac->mac[4] = vr->conf.family == 6 ? 2 : 1;
	}
	if (vmac->mac_length < 6)
		vmac->mac[5] = vr->conf.vrid;
	vmac->mac_length = 6;
	link->conf = (struct conf_link){ .interface = interface->index,
	    .base = base, .vr = (uint16_t)vr->draft.index, .vmac = vmac };
	link_beside(p, link, place);
	link->index = p->link_count++;
	if (vr->conf.link_count++ == 0)
		vr->conf.link = link->index;
	interface->link = link;
	link->next = p->links;
	p->links = link;
	return link;
}

/* Settles use_vmac and use_ipvlan: the link that the instance gets. */
static void
vr_vmac(struct parse *p, struct draft_vr *vr)
{
	struct conf_vr *conf = &vr->conf;
	const struct place *place = GIVEN(vr, conf.vmac);
	struct conf_vmac *vmac;

	if (conf->xmit_base && conf->vmac == NULL)
		complain(p->findings, SEVERITY_WARNING, GIVEN(vr,
		    conf.xmit_base), "vmac_xmit_base has no effect without "
		    "use_vmac");
	if (conf->vmac == NULL)
		return;
	if (conf->interface == NONE) {
		complain(p->findings, SEVERITY_ERROR, place, "use_vmac needs "
		    "an interface: vrrp_instance %s does without it",
		    vr->draft.name);
		conf->vmac = NULL;
		return;
	}
	if (conf->vmac->kind == LINK_MACVLAN && conf->unicast &&
	    !conf->xmit_base) {
		complain(p->findings, SEVERITY_WARNING, place, "unicast is "
		    "sent from the interface's own MAC: vmac_xmit_base is "
		    "meant");
		conf->xmit_base = true;
	}
	vmac = arena_take(p->keep, sizeof(*vmac));
	if (vmac == NULL)
		return;
	*vmac = *conf->vmac;
	conf->vmac = vmac;
	if (conf->source.family == 0 && vmac->source.family == conf->family)
		conf->source = vmac->source;
	if (link_add(p, vr, place, vmac, conf->interface,
	    p->global.conf.vmac_prefix) == NULL)
		conf->vmac = NULL;		/* no follow-up */
}

/* The link of an instance above `base`, added if there is none; or NULL. */
static struct draft_link *
link_above(struct parse *p, struct draft_vr *vr, const struct place *place,
    uint16_t base)
{
	const char *prefix = p->global.conf.vmac_address_prefix;
	struct draft_link *link = p->links;
	struct conf_vmac *vmac;

	while (link != NULL && (link->conf.vr != vr->draft.index ||
	    link->conf.base != base))
		link = link->next;
	vmac = link != NULL ? NULL : arena_take(p->keep, sizeof(*vmac));
	if (vmac == NULL)
		return link;
	vmac->kind = LINK_MACVLAN;
	return link_add(p, vr, place, vmac, base, prefix != NULL ? prefix :
	    p->global.conf.vmac_prefix);
}

/*
 * Puts an address on the instance's link, or on one of its own above the device
 * that it names, and tells the link what families it has.
 */
static void
address_link(struct parse *p, struct draft_vr *vr, struct item *item,
    bool has_device)
{
	struct conf_address *address = &item->address;
	bool wants = has_device ? (address->flags & ADDRESS_VMAC) != 0 ||
	    (vr->conf.vmac_addresses &&
	    address->interface != vr->conf.interface) : vr->conf.vmac != NULL ||
	    (address->flags & ADDRESS_VMAC) != 0;
	/* on no device that it names, it can be on none but its own link */
	struct draft_link *link = wants && !has_device ? NULL : p->links;

	while (link != NULL && link->conf.interface != address->interface)
		link = link->next;
	if (link == NULL && wants)
		link = link_above(p, vr, &item->place, address->interface);
	if (link == NULL)
		return;
	address->interface = link->conf.interface;
	address->flags &= (uint16_t)~ADDRESS_VMAC;
	if (link->conf.vr == vr->draft.index &&
	    link->conf.vmac != vr->conf.vmac)
		address->flags |= ADDRESS_VMAC;
	link->conf.ip4 |= address->ip.family == 4;
	link->conf.ip6 |= address->ip.family == 6;
}

/* The device of an address that names none; NONE after a complaint. */
static uint16_t
default_interface(struct parse *p, const struct item *item)
{
	const struct place *place = given(&p->global.draft,
	    offsetof(struct draft_global, conf.default_interface));

	struct word name = { .text = p->global.conf.default_interface,
	    .place = place == NULL ? item->place : *place };

	return interface_index(p, &name);
}

/*
 * Gives an address its device; whether it stays: not without one, and not
 * twice.
 */
static bool
address_settle(struct parse *p, void *of, struct item *item)
{
	struct draft_vr *vr = of;
	const struct seen *seen;
	bool has_device = item->address.interface != NONE;

	if (!has_device)
		item->address.interface = vr->conf.interface;
	if (item->address.interface == NONE)
		item->address.interface = default_interface(p, item);
	if (item->address.interface == NONE)
		return false;
	if (item->address.more != NULL)
		item->address.more = keep_shared(p, &item->more,
		    sizeof(item->more));
	address_link(p, vr, item, has_device);
	seen_key(p, SEEN_PEER, vr->draft.index, 0)->ip = item->address.ip;
	if (map_find(&p->seen, &p->key, sizeof(p->key)) != NULL)
		complain(p->findings, SEVERITY_WARNING, &item->place,
		    "this address moves; give the source, or the peer, "
		    "another one");
	seen_key(p, SEEN_ADDRESS, item->address.interface, 0)->ip =
	    item->address.ip;
	seen = seen_before(p, vr, item);
	if (seen != NULL)
		complain_given(p, vr, item, seen);
	return seen == NULL || seen->vr != vr;
}

/* Has items, from this one on, count as those of the list of a keyword. */
static void
items_move(struct item *item, enum block block, const char *word)
{
	for (; item != NULL; item = item->next)
		item->keyword = keyword_find(block, word);
}

/* Moves what does not fit into an advertisement to the excluded (C-034). */
static void
vr_overflow(struct parse *p, struct draft_vr *vr)
{
	uint32_t trailer = vr->conf.hmac.keys.count > 0 ? HMAC_TRAILER : 0;
	uint32_t limit = vr->conf.family == 6 ? (ETHERNET_MTU -
	    ETHERNET_HEADER - IP6_HEADER - VRRP_HEADER - trailer) / 16 :
	    ADDRESSES_MAX;
	struct item **link = &vr->addresses.first;

	if (vr->addresses.count <= limit)
		return;
	for (uint32_t i = 0; i < limit; i++)
		/* NOLINTNEXTLINE(clang-analyzer-*) count says so */
		link = &(*link)->next;
	complain(p->findings, SEVERITY_ERROR, &(*link)->place,
	    "an advertisement holds %u addresses; from this one on they are "
	    "as in virtual_ipaddress_excluded", (unsigned)limit);
	items_move(*link, IN_INSTANCE, "virtual_ipaddress_excluded");
	*vr->addresses.last = vr->excluded.first;
	if (vr->excluded.count == 0)
		vr->excluded.last = vr->addresses.last;
	vr->excluded.first = *link;
	vr->excluded.count += vr->addresses.count - limit;
	*link = NULL;
	vr->addresses.last = link;
	vr->addresses.count = limit;
}

/* IPv6: a link-local address is to be the first (RFC 9568 5.2.9, C-037). */
static void
vr_link_local_first(struct parse *p, struct draft_vr *vr)
{
	struct item *first = vr->addresses.first;
	struct item **link = &vr->addresses.first;

	if (vr->conf.family != 6 || first == NULL ||
	    ip_is_link_local(&first->address.ip))
		return;
	while (*link != NULL && !ip_is_link_local(&(*link)->address.ip))
		link = &(*link)->next;
	complain(p->findings, vr->conf.strict ? SEVERITY_ERROR :
	    SEVERITY_WARNING, &first->place, *link != NULL ?
	    "a link-local address must come first; the one of line %u does" :
	    "version 3 wants a link-local address first, such as fe80::1:%u",
	    *link != NULL ? (unsigned)(*link)->place.line : vr->conf.vrid);
	if (*link == NULL)
		return;
	first = *link;
	list_remove(&vr->addresses, link);
	first->next = vr->addresses.first;
	vr->addresses.first = first;
	vr->addresses.count++;
}

/* Settles the addresses: which there are, which are advertised. */
static void
vr_addresses(struct parse *p, struct draft_vr *vr)
{
	const struct conf_vr *conf = &vr->conf;

	vr_link_local_first(p, vr);
	list_filter(p, &vr->addresses, address_settle, vr);
	list_filter(p, &vr->excluded, address_settle, vr);
	vr_overflow(p, vr);
	if (vr->addresses.count > 0)
		return;
	if (conf->version == 3)
		complain_draft(p, SEVERITY_FATAL, &vr->draft,
		    "has no virtual_ipaddress, and version 3 must advertise "
		    "one");
	else if (!conf->no_virtual_ipaddress && GIVEN(vr, addresses) == NULL)
		complain_draft(p, conf->strict ? SEVERITY_ERROR :
		    SEVERITY_WARNING, &vr->draft, conf->strict ?
		    "has no virtual_ipaddress, and strict mode wants one" :
		    "has no virtual_ipaddress; say no_virtual_ipaddress if "
		    "that is meant");
}

/* -- trackers -- */

/* A command that cannot be run, and why; NULL: as command_add. */
static struct command *
command_missing(struct parse *p, const char *name, const struct place *place,
    const char *why)
{
	const char **argv = arena_array(p->keep, 2, sizeof(*argv));
	struct command *command;

	if (argv != NULL)
		argv[0] = keep_text(p, name);
	command = command_add(p, argv, place);
	if (command != NULL)
		command->conf.why = why;
	return command;
}

/*
 * The script that an item names.  One that is not defined is made up: it cannot
 * be run and so fails (D-6).  NULL: no memory.
 */
static struct draft *
track_script(struct parse *p, const struct item *item)
{
	struct word name = { .text = item->name, .place = item->place };
	struct draft *draft = drafts_find(p, IN_SCRIPT, item->name);
	const char *nearest;

	if (draft != NULL)
		return draft;
	nearest = drafts_nearest(p, IN_SCRIPT, item->name);
	if (!is_excused(p, item->name))
		complain(p->findings, SEVERITY_ERROR, &item->place,
		    "there is no vrrp_script %s, so it counts as failed%s",
		    item->name, did_you_mean(p, nearest));
	draft = drafts_add(p, IN_SCRIPT, &name);
	if (draft == NULL)
		return NULL;
	draft_defaults(p, IN_SCRIPT, draft);
	((struct draft_script *)draft)->command = command_missing(p,
	    item->name, &item->place, "it is not defined");
	return draft;
}

/* Complains that there is no block of a kind with the name in an item. */
static void
complain_absent(struct parse *p, enum severity severity,
    const struct item *item, enum block block)
{
	complain(p->findings, severity, &item->place, "there is no %s %s%s",
	    block_word(block), item->name, did_you_mean(p,
	    drafts_nearest(p, block, item->name)));
}

/* What an item names, but a script; or NULL after a complaint. */
static struct draft *
track_named(struct parse *p, const struct item *item)
{
	enum block block = track_block(item->kind);
	struct draft *found = drafts_find(p, block, item->name);

	if (found == NULL)
		complain_absent(p, SEVERITY_FATAL, item, block);
	return found;
}

/* Finds what an item names, and its weight; false: leave it out. */
static bool
track_resolve(struct parse *p, void *of, struct item *item)
{
	(void)of;
	if (item->kind == TRACK_INTERFACE)
		return item->index != NONE;
	item->tracker = (struct draft_tracker *)(item->kind == TRACK_SCRIPT ?
	    track_script(p, item) : track_named(p, item));
	if (item->tracker == NULL)
		return false;
	item->index = (uint16_t)item->tracker->draft.index;
	if (!item->weight.given)
		item->weight = item->tracker->weight;
	return true;
}

/*
 * Whether an instance's own tracker stays.  In a sync group a weight would move
 * one member alone: interfaces lose it, other trackers go, unless the group
 * says sync_group_tracking_weight.
 */
static bool
track_stays(struct parse *p, struct draft_vr *vr, struct item *item)
{
	const struct draft_group *group = vr->group;

	if (item->kind == TRACK_INTERFACE &&
	    item->index == vr->conf.interface) {
		complain(p->findings, SEVERITY_WARNING, &item->place,
		    "%s is the interface of vrrp_instance %s, which %s",
		    item->name, vr->draft.name, vr->conf.dont_track_primary ?
		    "does without it by dont_track_primary" :
		    "follows it anyway");
		return false;
	}
	if (group == NULL || group->conf.keep_weights ||
	    item->weight.value == 0)
		return true;
	complain(p->findings, SEVERITY_WARNING, &item->place,
	    "%s is left out because %s is in vrrp_sync_group %s; see "
	    "sync_group_tracking_weight", item->kind == TRACK_INTERFACE ?
	    "the weight" : "a tracker with a weight", vr->draft.name,
	    group->draft.name);
	item->weight.value = 0;
	return item->kind == TRACK_INTERFACE;
}

/* The tracker of an instance seen before that is the same as item, or NULL. */
static const struct seen *
track_before(struct parse *p, struct draft_vr *vr, struct item *item)
{
	(void)seen_key(p, SEEN_TRACKER, vr->draft.index,
	    (uint32_t)item->kind << 16 | item->index);
	return seen_before(p, vr, item);
}

/*
 * Gives an instance the trackers of its sync group.  Of one that it has itself
 * the group's weight counts, unless its own is 0.
 */
static void
vr_group_tracks(struct parse *p, struct draft_vr *vr)
{
	if (vr->group == NULL)
		return;
	for (struct item *from = vr->group->tracks.first; from != NULL;
	    from = from->next) {
		const struct seen *seen = track_before(p, vr, from);
		struct item *item;

		if (seen != NULL) {
			if (seen->item->weight.value != 0)
				seen->item->weight = from->weight;
			continue;
		}
		if (from->kind == TRACK_INTERFACE &&
		    from->index == vr->conf.interface)
			continue;
		item = list_add(p, &vr->tracks, &from->place);
		if (item == NULL)
			return;
		*item = *from;
		item->next = NULL;
		item->keyword = keyword_find(IN_INSTANCE, from->keyword->word);
	}
}

/* Says where weights cannot do what they seem to. */
static void
vr_weights(struct parse *p, struct draft_vr *vr)
{
	int most = vr->conf.priority, least = most;
	const struct item *weighted = NULL;

	for (struct item *item = vr->tracks.first; item != NULL;
	    item = item->next) {
		int weight = item->weight.reverse ? -item->weight.value :
		    item->weight.value;

		if (item->kind == TRACK_FILE || weight == 0)
			continue;
		weighted = item;
		if (most < 1024)
			most += weight > 0 ? weight : 0;
		if (least > -1024)
			least += weight < 0 ? weight : 0;
	}
	if (weighted == NULL)
		return;
	if (vr->conf.priority == PRIORITY_OWNER)
		complain(p->findings, SEVERITY_WARNING, &weighted->place,
		    "a weight has no effect at priority 255");
	else if (most > PRIORITY_OWNER - 1 || least < 1)
		complain(p->findings, SEVERITY_WARNING, &weighted->place,
		    "with all weights the priority of %s would be %d; %s",
		    vr->draft.name, most > PRIORITY_OWNER - 1 ? most : least,
		    most > PRIORITY_OWNER - 1 ? "254 is the most" :
		    "1 is the least");
}

/* Settles a tracker of an instance; whether it stays. */
static bool
track_settle(struct parse *p, void *of, struct item *item)
{
	if (!track_resolve(p, of, item) || !track_stays(p, of, item))
		return false;
	if (track_before(p, of, item) == NULL)
		return true;
	complain(p->findings, SEVERITY_WARNING, &item->place,
	    "%s has been given before", item->name);
	return false;
}

/* Settles what an instance tracks: only that is run or read. */
static void
vr_tracks(struct parse *p, struct draft_vr *vr)
{
	list_filter(p, &vr->tracks, track_settle, vr);
	vr_group_tracks(p, vr);
	for (struct item *item = vr->tracks.first; item != NULL;
	    item = item->next) {
		item->track = (struct conf_track){ item->index,
		    item->weight.value, item->kind, item->weight.reverse };
		if (item->tracker != NULL && item->tracker->tracked_by == NULL)
			item->tracker->tracked_by = vr->draft.name;
	}
	vr_weights(p, vr);
}

/* -- across blocks -- */

/*
 * Fatal when another instance has the same VRID where advertisements of one
 * would reach the other (C-165): on one interface, in one multicast group, or
 * from one peer to one source, which may be the same where one says none.
 */
static void
vr_conflict(struct parse *p, struct draft_vr *vr, struct item *peer)
{
	const struct conf_vr *conf = &vr->conf;
	struct seen_key *key = seen_key(p, SEEN_VRID, conf->interface,
	    conf->vrid);
	const struct seen *seen;

	if (conf->unicast)
		key->ip = conf->source;
	if (peer != NULL)
		key->other = peer->peer.ip;
	else if (!conf->unicast)
		key->other = conf->destination;
	seen = seen_before(p, vr, peer);
	if (seen == NULL && key->ip.family != 0) {
		memset(&key->ip, 0, sizeof(key->ip));
		seen = seen_before(p, vr, peer);
		if (seen != NULL && seen->vr->conf.source.family != 0)
			return;
	}
	if (seen == NULL || conf->vrid == 0)
		return;
	complain(p->findings, SEVERITY_FATAL, &vr->draft.place,
	    "vrrp_instance %s has virtual_router_id %u over IPv%u as %s of %s "
	    "has on the same interface", vr->draft.name, conf->vrid,
	    conf->family, seen->vr->draft.name, place_text(
	    p, &seen->vr->draft.place, &vr->draft.place));
}

/* Settles an instance, all blocks being known. */
static void
vr_complete(struct parse *p, struct draft_vr *vr)
{
	vr_inherit(p, vr);
	vr_version(p, vr);
	vr_role(p, vr);
	vr_strict(p, vr);
	vr_interval(p, vr);
	vr_preempt(p, vr);
	vr_authentication(p, vr);
	vr_hmac(p, vr);
	vr_announcements(p, vr);
	vr_unicast(p, vr);
	vr_required(p, vr);
	vr_vmac(p, vr);
	vr_addresses(p, vr);
	list_filter(p, &vr->routes, entry_stays, vr);
	list_filter(p, &vr->rules, entry_stays, vr);
	vr_tracks(p, vr);
	if (vr->peers.count == 0)
		vr_conflict(p, vr, NULL);
	for (struct item *peer = vr->peers.first; peer != NULL;
	    peer = peer->next)
		vr_conflict(p, vr, peer);
	for (int kind = 0; kind < NOTIFY_KINDS; kind++) {
		if (vr->notify[kind] != NULL)
			vr->notify[kind]->wanted = true;
	}
}

/*
 * The instance that a member of a group is; NULL after a complaint, unless its
 * block was there, though misspelt.
 */
static struct draft *
member_find(struct parse *p, struct item *item)
{
	struct draft *vr = drafts_find(p, IN_INSTANCE, item->name);

	if (vr != NULL)
		item->index = (uint16_t)vr->index;
	else if (!is_excused(p, item->name))
		complain_absent(p, SEVERITY_ERROR, item, IN_INSTANCE);
	return vr;
}

/* Whether a member of a sync group stays: it may be in one group alone. */
static bool
member_stays(struct parse *p, void *of, struct item *item)
{
	struct draft_group *group = of;
	struct draft_vr *vr = (struct draft_vr *)member_find(p, item);

	if (vr != NULL && vr->group == NULL) {
		vr->group = group;
		return true;
	}
	if (vr != NULL)
		complain(p->findings, vr->group == group ? SEVERITY_WARNING :
		    SEVERITY_ERROR, &item->place,
		    "vrrp_instance %s is in vrrp_sync_group %s already",
		    item->name, vr->group->draft.name);
	return false;
}

/* Settles a sync group: its members and what they all track. */
static void
group_complete(struct parse *p, struct draft_group *group)
{
	uint32_t named = group->members.count;

	list_filter(p, &group->members, member_stays, group);
	if (named < 2 && group->members.count == named)
		complain(p->findings, SEVERITY_WARNING, &group->draft.place,
		    "vrrp_sync_group %s has %s: there is nothing to keep in "
		    "step", group->draft.name, named == 0 ? "no member" :
		    "one member alone");
	list_filter(p, &group->tracks, track_resolve, group);
	for (int kind = 0; kind < NOTIFY_KINDS; kind++) {
		if (group->notify[kind] != NULL && group->members.count > 0)
			group->notify[kind]->wanted = true;
	}
}

/* Warns of a sync group with an owner and with one that is none. */
static void
group_check_owners(struct parse *p, const struct draft_vr *vr)
{
	const struct draft_group *group = vr->group;
	const struct draft_vr *first;

	if (group == NULL || group->members.count == 0)
		return;
	first = (const struct draft_vr *)drafts_find(p, IN_INSTANCE,
	    group->members.first->name);
	if ((first->conf.priority == PRIORITY_OWNER) !=
	    (vr->conf.priority == PRIORITY_OWNER))
		complain_draft(p, SEVERITY_WARNING, &group->draft,
		    "has members with priority 255 and others without");
}

/* Warns of a script, file, process or BFD session that nothing tracks. */
static void
complain_untracked(struct parse *p, const struct draft *draft,
    const char *more)
{
	complain(p->findings, SEVERITY_WARNING, &draft->place,
	    "nothing tracks %s %s%s", block_word(draft->block),
	    draft->name, more);
}

/*
 * The latest setting that says what a vrrp_script does; NULL: none does.  There
 * is an error when others do, too.
 */
static const struct setting *
script_does(struct parse *p, const struct draft_script *script)
{
	const struct setting *does = NULL;

	for (struct setting *s = script->tracker.draft.settings; s != NULL;
	    s = s->next) {
		uint8_t type = keywords[s->row].type;

		if (type != T_COMMAND && type != T_CHECK)
			continue;
		if (does == NULL)
			does = s;
		else if (does->row != s->row)
			complain(p->findings, SEVERITY_ERROR, &does->place,
			    "vrrp_script %s has %s already, at %s; this one "
			    "counts, and the other wants a block of its own",
			    script->tracker.draft.name, keywords[s->row].word,
			    place_text(p, &s->place, &does->place));
	}
	return does;
}

/* Settles a vrrp_script, all trackers being known. */
static void
script_complete(struct parse *p, struct draft_script *script)
{
	const struct keyword *k = keyword_find(IN_SCRIPT, "script");
	const struct conf_script *conf = &script->conf;
	const struct setting *does;

	if (script->command != NULL)
		return;			/* made up by track_script */
	does = script_does(p, script);
	if (does != NULL && &keywords[does->row] != k)
		script->script.text = NULL;
	if (does == NULL || &keywords[does->row] == k || !does->good)
		script->conf.check.kind = CHECK_COMMAND;
	if (does == NULL)
		complain_draft(p, SEVERITY_ERROR, &script->tracker.draft,
		    "has no script, so it counts as failed");
	if (conf->check.kind == CHECK_COMMAND && script->script.text != NULL)
		script->command = command_intern(p, k, &script->tracker.draft,
		    &script->script, &script->owner);
	if (conf->check.kind == CHECK_COMMAND && script->command == NULL)
		script->command = command_missing(p, script->tracker.draft.name,
		    &script->tracker.draft.place, "it has no command");
	if (conf->timeout_us > conf->interval_us)
		complain(p->findings, SEVERITY_WARNING,
		    given(&script->tracker.draft, offsetof(struct draft_script,
		    conf.timeout_us)),
		    "vrrp_script %s may run for longer than its interval: "
		    "while it does, the next runs are left out",
		    script->tracker.draft.name);
	if (script->tracker.tracked_by == NULL)
		complain_untracked(p, &script->tracker.draft,
		    ": it is not run");
	else if (script->command != NULL)
		script->command->wanted = true;
	else if (p->check_count++ == CHECKS_MAX)
		complain_many(p, &script->tracker.draft.place, CHECKS_MAX,
		    "built-in checks");
}

/* Settles a track_file, all trackers being known. */
static void
file_complete(struct parse *p, struct draft_file *file)
{
	if (file->conf.path == NULL)
		complain_draft(p, SEVERITY_FATAL, &file->tracker.draft,
		    "has no file");
	else if (file->tracker.tracked_by == NULL)
		complain_untracked(p, &file->tracker.draft, "");
}

/* Whether a process is compared by its command, not by its name. */
static bool
process_by_command(const struct conf_process *conf)
{
	return conf->full_command || conf->param_match != PARAMS_ANY ||
	    strlen(conf->words) + 1 < conf->length;
}

/* Settles a vrrp_track_process, all trackers being known. */
static void
process_complete(struct parse *p, struct draft_process *process)
{
	struct conf_process *conf = &process->conf;
	struct draft *draft = &process->tracker.draft;

	if (given(draft, offsetof(struct draft_process,
	    conf.fork_delay_us)) == NULL)
		conf->fork_delay_us = conf->delay_us;
	if (given(draft, offsetof(struct draft_process,
	    conf.terminate_delay_us)) == NULL)
		conf->terminate_delay_us = conf->delay_us;
	if (draft->index == TRACKED_PROCESSES)
		complain_many(p, &draft->place, TRACKED_PROCESSES,
		    "vrrp_track_process");
	if (conf->words == NULL) {
		if (setting_place(draft, "process") == NULL)
			complain_draft(p, SEVERITY_FATAL, draft,
			    "has no process");
		return;
	}
	if (conf->quorum_max > 0 && conf->quorum > conf->quorum_max)
		complain(p->findings, SEVERITY_ERROR, &draft->place,
		    "vrrp_track_process %s can never be good: its quorum %u is "
		    "more than its quorum_max %u", draft->name,
		    (unsigned)conf->quorum, (unsigned)conf->quorum_max);
	if (process->tracker.tracked_by == NULL)
		complain_untracked(p, draft, "");
	if (!process_by_command(conf) && text_find(conf->words, '/') != NULL)
		complain(p->findings, SEVERITY_WARNING, &draft->place,
		    "'%s' is a path, which is no name of a process; add "
		    "full_command", conf->words);
	if (process_by_command(conf) && conf->param_match == PARAMS_ANY &&
	    strlen(conf->words) + 1 < conf->length)
		conf->param_match = PARAMS_EXACT;
}

/*
 * Settles a bfd_instance, all trackers being known.  By default a packet from a
 * neighbour on the link has come by no hop, from another one by any (RFC 5881
 * section 5, RFC 5883).
 */
static void
bfd_complete(struct parse *p, struct draft_bfd *bfd)
{
	struct conf_bfd *conf = &bfd->conf;
	struct draft *draft = &bfd->tracker.draft;
	const char *wrong = NULL;

	if (conf->multihop && given(draft, offsetof(struct draft_bfd,
	    conf.max_hops)) == NULL)
		conf->max_hops = -1;
	seen_key(p, SEEN_NEIGHBOR, conf->multihop, 0)->ip = conf->neighbor;
	if (seen_before(p, NULL, NULL) != NULL)
		wrong = "has the neighbor_ip of another one; leave one of them "
		    "out";
	if (conf->neighbor.family == 0)
		wrong = "needs a good neighbor_ip";
	else if (ip_is_link_local(&conf->neighbor))
		wrong = "has a link-local neighbor_ip, which has no interface "
		    "here; use another address of it";
	else if (conf->source.family != 0 &&
	    conf->source.family != conf->neighbor.family)
		wrong = "has a source_ip of another family than its "
		    "neighbor_ip";
	if (wrong != NULL)
		complain_draft(p, SEVERITY_FATAL, draft, wrong);
	else if (bfd->tracker.tracked_by == NULL)
		complain_untracked(p, draft, "");
}

/*
 * The ids of who runs a command; NULL, or what is wrong with them.  By default
 * that is script_user, else keepalived_script where there is such a user, else
 * whoever runs us.
 */
static const char *
command_owner(struct parse *p, const struct owner *owner, uint32_t *uid,
    uint32_t *gid)
{
	const struct reader *reader = p->input->reader;
	const struct place *security = given(&p->global.draft,
	    offsetof(struct draft_global, conf.script_security));
	const char *why;

	if (owner->user == NULL)
		owner = &p->global.script_user;
	if (owner->user == NULL) {
		why = reader->user(reader, "keepalived_script", uid, gid);
		if (why != NULL && strcmp(why, NO_SUCH_USER) != 0)
			return why;
		if (why != NULL && p->global.conf.script_security)
			complain(p->findings, SEVERITY_WARNING, security,
			    "there is no user keepalived_script and no "
			    "script_user: scripts run as who runs vrrpd");
		return why == NULL ? NULL : reader->user(reader, "", uid, gid);
	}
	why = reader->user(reader, owner->user, uid, gid);
	if (why == NULL && owner->group != NULL)
		why = reader->group(reader, owner->group, gid);
	return why;
}

/* Complains about who is to run a command or to own a FIFO. */
static void
complain_owner(struct parse *p, const struct owner *owner, const char *why)
{
	if (owner->user == NULL)
		owner = &p->global.script_user;
	complain(p->findings, SEVERITY_ERROR, &owner->place, "'%s%s%s': %s",
	    owner->user == NULL ? "keepalived_script" : owner->user,
	    owner->group == NULL ? "" : " ",
	    owner->group == NULL ? "" : owner->group, why);
}

/* Complains that a command cannot be run. */
static void
complain_command(struct parse *p, const struct command *command,
    const char *why)
{
	const struct draft_script *script =
	    (const struct draft_script *)command->draft;
	bool check = command->keyword->type == T_COMMAND &&
	    script->tracker.tracked_by != NULL;

	complain(p->findings, SEVERITY_ERROR, &command->place,
	    "%s '%s': %s (%s%s%s)", command->keyword->word,
	    command->conf.argv[0], why, command->draft->name == NULL ?
	    "global_defs" : command->draft->name, check ? ", tracked by " : "",
	    check ? script->tracker.tracked_by : "");
}

/*
 * Finds the program of a command and who runs it.  What cannot be run is an
 * error, and why is kept for the day that it should be (D-6, C-166).
 */
static void
command_complete(struct parse *p, struct command *command)
{
	const struct reader *reader = p->input->reader;
	struct conf_command *conf = &command->conf;
	const struct owner *owner = &command->owner;
	bool insecure = false;

	conf->supplementary = owner->supplementary ||
	    p->global.conf.supplementary;
	conf->why = command_owner(p, owner, &conf->uid, &conf->gid);
	if (conf->why != NULL) {
		conf->uid = conf->gid = UINT32_MAX;	/* not root, printed */
		if (owner->user != NULL && !command->quoted &&
		    command->keyword->type == T_NOTIFY)
			complain(p->findings, SEVERITY_ERROR, &owner->place,
			    "'%s' is read as a user: %s; a command with "
			    "arguments stands in quotes: \"%s %s\"",
			    owner->user, conf->why, command->conf.argv[0],
			    owner->user);
		else
			complain_owner(p, owner, conf->why);
		return;
	}
	conf->why = reader->script(reader, p->keep, command->conf.argv[0],
	    conf->uid, conf->gid, &conf->path, &insecure);
	if (conf->why != NULL) {
		conf->path = NULL;
		complain_command(p, command, conf->why);
	} else if (insecure && conf->uid == 0) {
		bool forbidden = p->global.conf.script_security;

		complain_insecure(p->findings, forbidden ? SEVERITY_ERROR :
		    SEVERITY_WARNING, &command->place, "%s '%s' %s as root, "
		    "but others than root can change it; let root alone write "
		    "to it, or set script_user", command->keyword->word,
		    command->conf.argv[0], forbidden ? "must not run" : "runs");
		if (forbidden) {
			conf->path = NULL;
			conf->why = "others than root can change it";
		}
	}
}

/* Says once for each class what is not supported. */
static void
complain_classes(struct parse *p)
{
	static const char *const texts[] = {
		[NOTE_MAIL] = "mail is not sent%s; use notify scripts",
		[NOTE_SNMP] = "there is no SNMP%s",
		[NOTE_DBUS] = "there is no D-Bus%s; use notify_fifo",
		[NOTE_LVS] = "there is no LVS here%s"
	};

	for (size_t i = NOTE_MAIL; i <= NOTE_LVS; i++) {
		const struct class_note *note = &p->notes[i];
		struct text t = scan_text(p->scan);

		if (note->count == 0)
			continue;
		if (note->blocks > 0)
			text_format(&t, ": %u virtual_server block%s skipped",
			    (unsigned)note->blocks, note->blocks == 1 ? "" :
			    "s");
		for (size_t k = 0; note->blocks == 0 &&
		    k < COUNT_OF(note->words) && note->words[k] != NULL; k++)
			text_format(&t, "%s%s", k == 0 ? " (" : ", ",
			    note->words[k]);
		if (note->blocks == 0)
			text_string(&t, note->count > COUNT_OF(note->words) ?
			    ", ...)" : ")");
		complain(p->findings, SEVERITY_NOTE, &note->place, texts[i],
		    text_end(&t));
	}
}

/* Notes which interfaces this machine does not have: those are waited for. */
static void
complain_interfaces(struct parse *p)
{
	const struct reader *reader = p->input->reader;
	const char **names = NULL;
	struct text t = scan_text(p->scan);
	int count = reader->interfaces(reader, p->scratch, &names);

	if (count < 0)
		return;
	for (int i = 0; i < count; i++) {
		if (i < 6)
			text_format(&t, "%s%s", i == 0 ? "" : ", ", names[i]);
		else if (i == 6)
			text_string(&t, ", ...");
	}
	for (struct draft_interface *interface = p->first_interface;
	    interface != NULL; interface = interface->next) {
		int i = 0;

		while (i < count && strcmp(names[i], interface->name) != 0)
			i++;
		if (i == count && interface->link == NULL)
			complain(p->findings, SEVERITY_NOTE, &interface->place,
			    "this machine has no interface %s (it has %s); "
			    "what uses it waits until it appears",
			    interface->name, count == 0 ? "none" :
			    text_end(&t));
	}
}

/* Whether a member of a track_group stays: there is such an instance. */
static bool
member_exists(struct parse *p, void *of, struct item *item)
{
	(void)of;
	return member_find(p, item) != NULL;
}

/*
 * Makes an entry of a static address; false after a complaint: a Backup would
 * for ever remove a virtual one, and put the static one back.
 */
static bool
static_address(struct parse *p, struct item *item)
{
	const struct seen *seen;
	uint8_t request[NETLINK_MAX];
	size_t head = sizeof(struct nlmsghdr), length;
	struct conf_address *address = &item->address;

	if (address->interface == NONE)
		address->interface = default_interface(p, item);
	if (address->interface == NONE)
		return false;
	seen_key(p, SEEN_ADDRESS, address->interface, 0)->ip = address->ip;
	seen = seen_before(p, NULL, item);
	if (seen != NULL && seen->vr == NULL)
		complain_given(p, NULL, item, seen);
	else if (seen != NULL)
		complain(p->findings, SEVERITY_ERROR, &item->place,
		    "this address is a virtual one of vrrp_instance %s; here "
		    "it is left out", seen->vr->draft.name);
	if (seen != NULL)
		return false;
	length = nl_address_request(request, sizeof(request), true, address,
	    (uint32_t)address->interface + 1, 0, ADDRESS_PROTOCOL);
	item->entry.kind = ENTRY_ADDRESS;
	item->entry.flags = NLM_F_CREATE | NLM_F_EXCL;
	item->entry.no_track = (address->flags & ADDRESS_NO_TRACK) != 0;
	item->entry.length = (uint16_t)(length - head);
	item->entry.body = keep_shared(p, request + head, length - head);
	return true;
}

/* Settles the address and group of a static entry; whether it stays. */
static bool
static_settle(struct parse *p, void *of, struct item *item)
{
	struct draft *group = item->name == NULL ? NULL :
	    drafts_find(p, IN_TRACK_GROUP, item->name);

	(void)of;
	if (group != NULL)
		item->entry.group = (uint16_t)group->index;
	else if (item->name != NULL)
		complain_absent(p, SEVERITY_ERROR, item, IN_TRACK_GROUP);
	return item->keyword->detail == ENTRY_ADDRESS ?
	    static_address(p, item) : entry_stays(p, NULL, item);
}

/*
 * Sees that the interface of an instance counts as down before a Backup misses
 * so many advertisements that it takes over.
 */
static void
vr_delays(struct parse *p, const struct draft_vr *vr)
{
	usec_t most = usec_max((vr->conf.down_timer_adverts - 1) *
	    (usec_t)vr->conf.interval_us - CS_US, 0);

	for (struct item *item = p->global.delays.first; item != NULL;
	    item = item->next) {
		if (item->delay.interface != vr->conf.interface ||
		    item->delay.down_us <= most)
			continue;
		complain(p->findings, SEVERITY_WARNING, &item->place, "the "
		    "delay is longer than others wait for vrrp_instance %s, "
		    "and is shortened to that", vr->draft.name);
		item->delay.down_us = (uint32_t)most;
	}
}

/* Settles everything, all blocks being known. */
static void
parse_complete(struct parse *p)
{
	struct draft *at;

	for (at = p->drafts[IN_GROUP].first; at != NULL; at = at->next)
		group_complete(p, (struct draft_group *)at);
	for (at = p->drafts[IN_TRACK_GROUP].first; at != NULL; at = at->next)
		list_filter(p, &((struct draft_group *)at)->members,
		    member_exists, NULL);
	for (at = p->drafts[IN_INSTANCE].first; at != NULL; at = at->next)
		vr_complete(p, (struct draft_vr *)at);
	list_filter(p, &p->global.addresses, static_settle, NULL);
	list_filter(p, &p->global.routes, static_settle, NULL);
	list_filter(p, &p->global.rules, static_settle, NULL);
	for (at = p->drafts[IN_INSTANCE].first; at != NULL; at = at->next) {
		group_check_owners(p, (struct draft_vr *)at);
		vr_delays(p, (struct draft_vr *)at);
	}
	for (at = p->drafts[IN_SCRIPT].first; at != NULL; at = at->next)
		script_complete(p, (struct draft_script *)at);
	for (at = p->drafts[IN_FILE].first; at != NULL; at = at->next)
		file_complete(p, (struct draft_file *)at);
	for (at = p->drafts[IN_PROCESS].first; at != NULL; at = at->next)
		process_complete(p, (struct draft_process *)at);
	for (at = p->drafts[IN_BFD].first; at != NULL; at = at->next)
		bfd_complete(p, (struct draft_bfd *)at);
	for (int i = 0; i < GLOBAL_SCRIPTS; i++) {
		if (p->global.script[i] != NULL)
			p->global.script[i]->wanted = true;
	}
	for (struct command *command = p->first_command; command != NULL;
	    command = command->next) {
		if (command->wanted && command->keyword != NULL)
			command_complete(p, command);
		else if (command->conf.why == NULL)
			command->conf.why = "nothing uses it";
	}
	complain_interfaces(p);
	complain_classes(p);
}

/*
 * There is no instance, which is fatal.  Where something at the top level was
 * not understood, it is that which becomes fatal.
 */
static void
complain_nothing(struct parse *p)
{
	struct diagnostic *finding = p->findings->first;
	struct place start = { p->end.file, 1, 1 };

	while (finding != NULL && (finding->severity != SEVERITY_ERROR ||
	    finding->line != p->suspect.line ||
	    finding->column != p->suspect.column ||
	    finding->file != p->suspect.file))
		finding = finding->next;
	if (finding != NULL)
		finding_raise(p->findings, finding, SEVERITY_FATAL);
	else if (p->findings->counts[SEVERITY_FATAL] == 0)
		complain(p->findings, SEVERITY_FATAL, &start,
		    "there is no vrrp_instance: nothing to run");
}

/* -- from drafts to a struct conf, each array taken once -- */

/* Notes for --print-config where a value, or an item of a list, comes from. */
static void
origin_add(struct parse *p, const struct keyword *k, uint32_t object,
    const struct place *place)
{
	enum block block = (enum block)k->block;
	struct conf_origin *origin;

	if (!p->input->keep_origins || place->file == NULL)
		return;
	origin = arena_take(p->keep, sizeof(*origin));
	if (origin == NULL)
		return;
	origin->file = keep_shared(p, place->file, strlen(place->file) + 1);
	origin->line = place->line;
	origin->row = (uint16_t)(k - keywords);
	origin->block = (uint8_t)(block == IN_ROOT ? IN_GLOBAL :
	    block == IN_AUTHENTICATION || block == IN_HMAC ? IN_INSTANCE :
	    block);
	origin->object = (uint16_t)object;
	*p->last_origin = origin;
	p->last_origin = &origin->next;
}

/* Notes the origins of all values of a draft, the latest of each row first. */
static void
origins_add(struct parse *p, uint32_t object, const struct draft *draft)
{
	for (struct setting *s = draft->settings; s != NULL; s = s->next) {
		if (s->good)
			origin_add(p, &keywords[s->row], object, &s->place);
	}
}

/* Copies the commands. */
static void
fill_commands(struct parse *p, struct conf *conf)
{
	struct conf_command *to = arena_array(p->keep, p->command_count,
	    sizeof(*to));

	conf->commands = to;
	for (struct command *command = p->first_command; command != NULL &&
	    to != NULL; command = command->next)
		to[conf->command_count++] = command->conf;
}

/* Copies the links that we make. */
static void
fill_links(struct parse *p, struct conf *conf)
{
	struct conf_link *to = arena_array(p->keep, p->link_count,
	    sizeof(*to));

	conf->links = to;
	conf->link_count = p->link_count;
	for (struct draft_link *link = p->links; link != NULL && to != NULL;
	    link = link->next)
		to[link->index] = link->conf;
}

/* Copies the interfaces. */
static void
fill_interfaces(struct parse *p, struct conf *conf)
{
	struct conf_interface *to = arena_array(p->keep, p->interface_count,
	    sizeof(*to));

	conf->interfaces = to;
	for (struct draft_interface *interface = p->first_interface;
	    interface != NULL && to != NULL; interface = interface->next) {
		memcpy(to->name, interface->name, sizeof(interface->name));
		to->garp_group = interface->garp_group;
		to++->link = interface->link == NULL ? NULL :
		    conf->links + interface->link->index;
		conf->interface_count++;
	}
}

/* The notify scripts that can be run, once for all who have the same. */
static const struct conf_notify *
fill_notify(struct parse *p, struct command *const *commands)
{
	struct conf_notify notify;
	bool any = false;

	for (int kind = 0; kind < NOTIFY_KINDS; kind++) {
		bool runs = commands[kind] != NULL &&
		    commands[kind]->conf.path != NULL;

		notify.command[kind] = runs ? commands[kind]->index : NONE;
		any |= runs;
	}
	return any ? keep_shared(p, &notify, sizeof(notify)) : NULL;
}

/*
 * Copies the bytes of one field of each item of a list, and notes where they
 * come from.  Returns what is behind them; `to' NULL: no memory.
 */
static void *
fill_items(struct parse *p, const struct list *list, uint32_t object, void *to,
    size_t offset, size_t size)
{
	for (struct item *item = list->first; item != NULL && to != NULL;
	    item = item->next) {
		memcpy(to, (const char *)item + offset, size);
		to = (char *)to + size;
		origin_add(p, item->keyword, object, &item->place);
	}
	return to;
}

/* The same, into an array of its own, which it returns. */
static const void *
fill_list(struct parse *p, const struct list *list, uint32_t object,
    size_t offset, size_t size)
{
	void *to = arena_array(p->keep, list->count, size);

	(void)fill_items(p, list, object, to, offset, size);
	return to;
}

/* What of an item is copied, for them. */
#define ITEM(field) \
	offsetof(struct item, field), sizeof(((struct item *)0)->field)

/* The same of entries, behind those that were copied before. */
static void
fill_entries(struct parse *p, const struct list *list, uint32_t object)
{
	p->next_entry = fill_items(p, list, object, p->next_entry,
	    ITEM(entry));
}

/* Takes room for all entries and copies the static ones. */
static void
fill_statics(struct parse *p, struct conf *conf)
{
	const struct draft_global *global = &p->global;
	struct draft *at;

	conf->static_count = global->addresses.count + global->routes.count +
	    global->rules.count;
	conf->entry_count = conf->static_count;
	for (at = p->drafts[IN_INSTANCE].first; at != NULL; at = at->next)
		conf->entry_count += ((struct draft_vr *)at)->routes.count +
		    ((struct draft_vr *)at)->rules.count;
	p->next_entry = arena_array(p->keep, conf->entry_count,
	    sizeof(*p->next_entry));
	conf->entries = p->next_entry;
	fill_entries(p, &global->addresses, 0);
	fill_entries(p, &global->routes, 0);
	fill_entries(p, &global->rules, 0);
}

/* Copies what a tracker has besides its keywords; a script its command. */
static void
fill_tracker(const struct draft_tracker *tracker, void *to)
{
	bool script = tracker->draft.block == IN_SCRIPT;
	const struct command *command = !script ? NULL :
	    ((const struct draft_script *)tracker)->command;
	struct conf_tracker head;

	memcpy(&head, to, sizeof(head));
	head.weight = tracker->weight.value;
	head.reverse = tracker->weight.reverse;
	head.used = tracker->tracked_by != NULL;
	memcpy(to, &head, sizeof(head));
	if (script)
		((struct conf_script *)to)->command = command == NULL ? NONE :
		    command->index;
}

/* Copies a garp_group; what it does not say, global_defs do. */
static void
fill_garp(struct parse *p, const struct draft_garp *garp, struct conf_garp *to)
{
	const struct conf_global *global = &p->global.conf;

	if (given(&garp->draft, offsetof(struct draft_garp,
	    conf.garp_interval_us)) == NULL)
		to->garp_interval_us = global->garp_interval_us;
	if (given(&garp->draft, offsetof(struct draft_garp,
	    conf.gna_interval_us)) == NULL)
		to->gna_interval_us = global->gna_interval_us;
	items_move(garp->interfaces.first, IN_GARP, "interfaces");
	to->interfaces = fill_list(p, &garp->interfaces, garp->draft.index,
	    ITEM(index));
	to->interface_count = (uint16_t)garp->interfaces.count;
}

/* Copies what a sync group or track_group has besides its keywords. */
static void
fill_group(struct parse *p, const struct draft_group *group,
    struct conf_group *to)
{
	to->notify = fill_notify(p, group->notify);
	to->member_count = (uint16_t)group->members.count;
	to->members = fill_list(p, &group->members, group->draft.index,
	    ITEM(index));
	/* Members have the group's trackers, with their weights. */
	for (struct item *item = group->tracks.first; item != NULL;
	    item = item->next)
		to->keep_weights |= item->weight.value != 0;
}

/* Copies what an instance has besides its keywords. */
static void
fill_vr(struct parse *p, struct conf *conf, const struct draft_vr *vr,
    struct conf_vr *to)
{
	uint32_t index = vr->draft.index;
	void *addresses = arena_array(p->keep, vr->addresses.count +
	    vr->excluded.count, sizeof(*to->addresses));

	to->line = vr->draft.place.line;
	to->group = vr->group == NULL ? NONE :
	    (uint16_t)vr->group->draft.index;
	to->notify = fill_notify(p, vr->notify);
	to->address_count = (uint16_t)vr->addresses.count;
	to->excluded_count = (uint16_t)vr->excluded.count;
	to->peer_count = (uint16_t)vr->peers.count;
	to->track_count = (uint16_t)vr->tracks.count;
	to->addresses = addresses;
	addresses = fill_items(p, &vr->addresses, index, addresses,
	    ITEM(address));
	(void)fill_items(p, &vr->excluded, index, addresses, ITEM(address));
	to->peers = fill_list(p, &vr->peers, index, ITEM(peer));
	to->tracks = fill_list(p, &vr->tracks, index, ITEM(track));
	to->entry_count = vr->routes.count + vr->rules.count;
	to->first_entry = conf->entry_count;
	conf->entry_count += to->entry_count;
	fill_entries(p, &vr->routes, index);
	fill_entries(p, &vr->rules, index);
}

/* Copies all drafts of a kind of block, but for sync groups without members. */
static void
fill_objects(struct parse *p, struct conf *conf, enum block block)
{
	const struct block_kind *kind = &block_kinds[block];
	const struct drafts *drafts = &p->drafts[block];
	char *to = arena_array(p->keep, drafts->count, kind->conf_size);
	uint16_t count = 0;

	memcpy((char *)conf + kind->objects, &to, sizeof(to));
	for (struct draft *draft = drafts->first; draft != NULL && to != NULL;
	    draft = draft->next) {
		const void *of = draft;
		const char *name;

		if (block == IN_GROUP &&
		    ((const struct draft_group *)of)->members.count == 0)
			continue;
		draft->index = count++;
		name = keep_text(p, draft->name);
		memcpy(to, (char *)draft + kind->conf, kind->conf_size);
		memcpy(to, &name, sizeof(name));
		origins_add(p, draft->index, draft);
		if (block < IN_GARP)
			fill_tracker(of, to);
		else if (block == IN_GARP)
			fill_garp(p, of, (void *)to);
		else if (block == IN_GROUP || block == IN_TRACK_GROUP)
			fill_group(p, of, (void *)to);
		else
			fill_vr(p, conf, of, (void *)to);
		to += kind->conf_size;
	}
	memcpy((char *)conf + kind->count, &count, sizeof(count));
}

/* The owner of one of the two FIFOs. */
static void
fill_fifo(struct parse *p, int which, struct conf_fifo *fifo)
{
	const struct reader *reader = p->input->reader;
	const struct owner *owner = &p->global.fifo_owner[which];
	const char *why = owner->user == NULL ?
	    reader->user(reader, "", &fifo->uid, &fifo->gid) :
	    command_owner(p, owner, &fifo->uid, &fifo->gid);

	if (why != NULL)
		complain_owner(p, owner, why);
}

/* Copies what global_defs and the top level say. */
static void
fill_global(struct parse *p, struct conf_global *to)
{
	*to = p->global.conf;
	to->delays = fill_list(p, &p->global.delays, 0, ITEM(delay));
	to->delay_count = (uint16_t)p->global.delays.count;
	if (to->router_id == NULL)
		to->router_id = keep_text(p,
		    p->input->reader->host_name(p->input->reader));
	fill_fifo(p, 0, &to->fifo[0]);
	fill_fifo(p, 1, &to->fifo[1]);
	for (int i = 0; i < GLOBAL_SCRIPTS; i++) {
		const struct command *script = p->global.script[i];

		to->script[i] = script == NULL || script->conf.path == NULL ?
		    NONE : script->index;
	}
	origins_add(p, 0, &p->global.draft);
}

/* The configuration that the drafts make, in keep; NULL: no memory. */
static const struct conf *
parse_fill(struct parse *p)
{
	struct conf *conf = arena_take(p->keep, sizeof(*conf));

	if (conf == NULL)
		return NULL;
	p->last_origin = &conf->origins;
	fill_commands(p, conf);
	fill_links(p, conf);
	fill_interfaces(p, conf);
	fill_global(p, &conf->global);
	fill_statics(p, conf);
	conf->entry_count = conf->static_count;	/* counts on in fill_vr */
	for (int block = IN_SCRIPT; block <= IN_INSTANCE; block++)
		fill_objects(p, conf, (enum block)block);
	conf->errors = p->findings->counts[SEVERITY_ERROR];
	return p->keep->failed || p->scratch->failed ? NULL : conf;
}

/* Makes a configuration of the input, in keep.  NULL: no memory. */
static const struct conf *
parse_input(struct arena *keep, struct arena *scratch, struct scan *scan,
    const struct conf_input *input, struct diagnostics *findings)
{
	struct parse *p = arena_take(scratch, sizeof(*p));

	if (p == NULL)
		return NULL;
	p->keep = keep;
	p->scratch = scratch;
	p->scan = scan;
	p->input = input;
	p->findings = findings;
	p->last_command = &p->first_command;
	p->last_interface = &p->first_interface;
	p->top = p->frames;
	p->top->draft = &p->global.draft;
	p->global.vr.conf.interface = NONE;
	p->global.vr.conf.vrf = NONE;
	draft_defaults(p, IN_ROOT, &p->global.draft);
	draft_defaults(p, IN_GLOBAL, &p->global.draft);
	draft_defaults(p, IN_INSTANCE, &p->global.vr.draft);
	draft_defaults(p, IN_HMAC, &p->global.vr.draft);
	p->global.conf.umask_set = false;
	if (input->path != NULL)
		parse_files(p);
	else
		parse_flags(p);
	parse_complete(p);
	if (p->drafts[IN_INSTANCE].count == 0)
		complain_nothing(p);
	return parse_fill(p);
}

/* -- printing -- */

/* What is being printed. */
struct printer {
	struct text	*text;
	const struct conf *conf;
	const struct conf_origin *origin;	/* the first of the object's */
	const void	*object;		/* by block */
	const struct conf_vr *vr;		/* NULL: another object */
	const struct conf_notify *notify;
	enum block	block;
	uint32_t	number;			/* of the object */
	unsigned	hidden;			/* rows with these flags */
	bool		secrets;
	bool		bare;			/* without origins */
};

#define ORIGIN_COLUMN 48	/* where they stand behind values */

/*
 * Appends a command so that it will be split into the same arguments again:
 * twice, so that a backslash is written twice.
 */
static void
print_argv(struct text *t, const struct conf_command *command)
{
	static const char plain[] = "+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRS"
	    "TUVWXYZ^_abcdefghijklmnopqrstuvwxyz|~&()*%[]";

	text_char(t, '"');
	for (size_t i = 0; command->argv[i] != NULL; i++) {
		const char *c = command->argv[i];
		const char *quote = c[span_of(c, plain)] != '\0' || *c == '\0' ?
		    "'" : "";

		text_format(t, "%s%s", i == 0 ? "" : " ", quote);
		for (; *c != '\0'; c++)
			text_format(t, text_find(plain, *c) != NULL ||
			    *c == ' ' ? "%c" : "\\\\%03o", (unsigned char)*c);
		text_string(t, quote);
	}
	text_char(t, '"');
}

/* Appends a weight. */
static void
print_weight(struct text *t, int weight, bool reverse)
{
	text_format(t, " %d%s", weight, reverse ? " reverse" : "");
}

/* Appends a peer. */
static void
print_peer(struct text *t, const struct conf_peer *peer)
{
	text_ip(t, &peer->ip);
	if (peer->ttl_min > 0 || peer->ttl_max < 255)
		text_format(t, " min_ttl %u max_ttl %u", peer->ttl_min,
		    peer->ttl_max);
}

/* How many objects there are of a kind of block. */
static uint16_t
conf_count(const struct conf *conf, enum block block)
{
	uint16_t count = 1;

	if (block != IN_GLOBAL)
		memcpy(&count, (const char *)conf + block_kinds[block].count,
		    sizeof(count));
	return count;
}

/* Object i of a kind of block. */
static const void *
conf_object(const struct conf *conf, enum block block, uint32_t i)
{
	const struct block_kind *kind = &block_kinds[block];
	const char *objects;

	if (block == IN_GLOBAL)
		return &conf->global;
	memcpy(&objects, (const char *)conf + kind->objects, sizeof(objects));
	return objects + (size_t)i * kind->conf_size;
}

/* The name of what is tracked. */
static const char *
track_name(const struct conf *conf, const struct conf_track *track)
{
	if (track->kind == TRACK_INTERFACE)
		return conf->interfaces[track->index].name;
	return *(const char *const *)conf_object(conf,
	    track_block(track->kind), track->index);
}

/* Appends the instance's tracker number `item` of a kind; false: none. */
static bool
print_track(struct printer *pr, enum track_kind kind, uint32_t item)
{
	struct text *t = pr->text;

	for (uint16_t i = 0; i < pr->vr->track_count; i++) {
		const struct conf_track *track = &pr->vr->tracks[i];

		if (track->kind != kind || item-- > 0)
			continue;
		print_word(t, "", track_name(pr->conf, track));
		text_string(t, " weight");
		print_weight(t, track->weight, track->reverse);
		return true;
	}
	return false;
}

/* Appends the value of an address's option. */
static void
print_option(struct text *t, enum option_kind kind,
    const struct conf_address *a)
{
	if (kind == OPTION_BROADCAST && (a->flags & ADDRESS_BROADCAST) == 0)
		text_string(t, (a->flags & ADDRESS_BROADCAST_ONES) != 0 ? " +" :
		    " -");
	else if (kind == OPTION_BROADCAST)
		text_format(t, " %p", IP(a->more->broadcast));
	else if (kind == OPTION_PEER)
		text_format(t, " %p/%u", IP(a->more->peer),
		    a->more->peer_prefix);
	else if (kind == OPTION_LABEL)
		print_word(t, " ", a->more->label);
	else if (kind == OPTION_PREFERRED && a->preferred_s == UINT32_MAX)
		text_string(t, " forever");
	else
		text_format(t, " %u", kind == OPTION_SCOPE ? a->scope :
		    (unsigned)a->preferred_s);
}

/* Appends an address of an instance with all its options. */
static void
print_address(struct printer *pr, const struct conf_address *a)
{
	struct text *t = pr->text;
	uint16_t device = (a->flags & ADDRESS_VMAC) == 0 ? a->interface :
	    pr->conf->interfaces[a->interface].link->base;

	text_format(t, "%p/%u", IP(a->ip), a->prefix);
	print_word(t, " dev ", pr->conf->interfaces[device].name);
	for (unsigned i = 0; i < COUNT_OF(address_options); i++) {
		const struct address_option *option = &address_options[i];

		if ((a->flags & option->flag) == 0)
			continue;
		text_format(t, " %s", list_item(address_words, i));
		if (option->kind >= OPTION_DEV)
			print_option(t, (enum option_kind)option->kind, a);
	}
}

/* Whether two rows are one, or names of one field. */
static bool
same_field(const struct keyword *a, const struct keyword *b)
{
	return a == b || (a->block == b->block && a->offset == b->offset &&
	    (a->type == b->type || a->type == T_CLEAR) && a->size > 0 &&
	    a->type != T_NOTIFY && !keyword_is_list(a));
}

/* The origin of item `item` of row k in the object being printed, or NULL. */
static const struct conf_origin *
origin_find(const struct printer *pr, const struct keyword *k, uint32_t item)
{
	const struct conf_origin *origin = pr->origin;

	for (; origin != NULL && origin->block == pr->block &&
	    origin->object == pr->number; origin = origin->next) {
		if (same_field(&keywords[origin->row], k) && item-- == 0)
			return origin;
	}
	return NULL;
}

/* The origin in global_defs of a value that an instance does not give. */
static const struct conf_origin *
origin_inherited(const struct printer *pr, const struct keyword *k)
{
	size_t offset = (size_t)k->offset - offsetof(struct draft_vr, conf) +
	    offsetof(struct draft_global, vr.conf);

	for (const struct conf_origin *origin = pr->conf->origins;
	    pr->block == IN_INSTANCE && origin != NULL &&
	    origin->block == IN_GLOBAL; origin = origin->next) {
		if (keywords[origin->row].offset == offset)
			return origin;
	}
	return NULL;
}

/*
 * Appends to a line that is `width` wide where item `item` of row k comes from:
 * a place or, where lists cannot be, the table.
 */
static void
print_origin(struct printer *pr, size_t width, const struct keyword *k,
    uint32_t item)
{
	const struct conf_origin *origin = origin_find(pr, k, item);

	if (origin == NULL)
		origin = origin_inherited(pr, k);
	do {
		text_char(pr->text, ' ');
	} while (++width < ORIGIN_COLUMN);
	text_string(pr->text, "# ");
	if (origin == NULL) {
		text_string(pr->text, "default");
	} else if (strcmp(origin->file, COMMAND_LINE) == 0) {
		text_string(pr->text, "--");
		for (const char *c = keywords[origin->row].word; *c != '\0';
		    c++)
			text_char(pr->text, *c == '_' ? '-' : *c);
	} else {
		text_escaped(pr->text, origin->file, strlen(origin->file));
		text_format(pr->text, ":%u", (unsigned)origin->line);
	}
}

/* Appends the value of a flag; false: nothing needs to be said. */
static bool
print_bool(struct text *t, const struct keyword *k, const void *field)
{
	bool on = *(const bool *)field;

	if (k->type == T_BOOL || !on)
		text_string(t, on ? " on" : " off");
	return on || strcmp(keyword_default(k), "on") == 0;
}

/* Appends a value that is text; false: there is none. */
static bool
print_string(struct text *t, const void *field)
{
	const char *text = *(const char *const *)field;

	if (text != NULL && *text != '\0')
		print_word(t, " ", text);
	return text != NULL;
}

/* Appends an interface by its index; false: there is none. */
static bool
print_interface(struct printer *pr, const void *field)
{
	uint16_t index = *(const uint16_t *)field;

	if (index == NONE)
		return false;
	print_word(pr->text, " ", pr->conf->interfaces[index].name);
	return true;
}

/* Appends an address; false: there is none. */
static bool
print_ip(struct text *t, const void *field)
{
	const struct ip *ip = field;

	text_format(t, " %p", IP(*ip));
	return ip->family != 0;
}

/* Appends a password, or what hides it; false: there is none. */
static bool
print_password(struct printer *pr, const struct keyword *k, const char *field)
{
	struct text *t = pr->text;

	text_string(t, " \"");
	for (size_t i = 0; i < k->size && field[i] != '\0'; i++)
		text_char(t, pr->secrets ? field[i] : '*');
	text_char(t, '"');
	return *field != '\0';
}

/* Appends what a built-in check is about, as a file has it. */
static void
print_check(struct text *t, const struct conf *conf,
    const struct conf_check *check)
{
	char bytes[96];		/* an address, and a name of 15 */
	struct text word = text_over(bytes, sizeof(bytes));

	if (check->kind == CHECK_PIDFILE) {
		print_word(t, " ", check->path);
		return;
	}
	text_ip(&word, &check->ip);
	if (check->kind == CHECK_ROUTE)
		text_format(&word, "/%u", check->prefix);
	if (check->interface != NONE)
		text_format(&word, "%%%s",
		    conf->interfaces[check->interface].name);
	print_word(t, " ", text_end(&word));
	if (check->port != 0)
		text_format(t, " %u", check->port);
	if (check->kind == CHECK_HTTP)
		print_word(t, " ", check->path);
	if (check->status != 0)
		text_format(t, " %u", check->status);
}

/* Appends the words of a script, or of who runs it; false: there are none. */
static bool
print_script(struct printer *pr, const struct keyword *k)
{
	struct text *t = pr->text;
	const struct conf_global *global = &pr->conf->global;
	const struct conf_command *command;
	uint16_t index = NONE;

	if (k->type == T_FIFO) {
		const struct conf_fifo *fifo = &global->fifo[k->detail];

		if (fifo->path == NULL)
			return false;
		print_word(t, " ", fifo->path);
		text_format(t, " %u %u", (unsigned)fifo->uid,
		    (unsigned)fifo->gid);
		return true;
	}
	if (pr->block == IN_SCRIPT)
		index = ((const struct conf_script *)pr->object)->command;
	else if (pr->block == IN_GLOBAL && k->type == T_NOTIFY)
		index = global->script[k->detail];
	else if (pr->notify != NULL)
		index = pr->notify->command[k->detail];
	if (index == NONE)
		return false;
	command = &pr->conf->commands[index];
	text_char(t, ' ');
	if (k->type != T_USER)
		print_argv(t, command);
	text_string(t, k->type == T_COMMAND || k->type == T_USER ? "" : " ");
	if (k->type != T_COMMAND)
		text_format(t, "%u %s%u", (unsigned)command->uid,
		    command->supplementary ? ":" : "", (unsigned)command->gid);
	return true;
}

/* Appends the link of use_vmac or use_ipvlan; false: there is none. */
static bool
print_vmac(struct text *t, const struct keyword *k, const void *field)
{
	static const char modes[] = " bridge\0 private\0 vepa\0";
	const struct conf_vmac *vmac = *(const struct conf_vmac *const *)field;

	if (vmac == NULL || vmac->kind != k->detail)
		return false;
	print_word(t, " ", vmac->name);
	if (vmac->kind == LINK_MACVLAN) {
		text_char(t, ' ');
		text_mac(t, vmac->mac);
	}
	if (vmac->source.family != 0)
		text_format(t, " %p", IP(vmac->source));
	if (vmac->kind == LINK_IPVLAN)
		text_string(t, list_item(modes, vmac->mode));
	if (vmac->group != 0)
		text_format(t, " group %u", (unsigned)vmac->group);
	return true;
}

/* Appends a number or a time. */
static bool
print_number(struct text *t, const struct keyword *k, const void *field)
{
	int64_t number = number_load(field, k->size,
	    ranges[k->detail].min < 0);

	text_char(t, ' ');
	if (k->type == T_SECONDS || k->type == T_GARP_EXTRA)
		text_seconds(t, number);
	else if (k->type == T_MILLISECONDS)
		text_seconds(t, number * (SECOND_US / MS_US));
	else if (k->type == T_UMASK)
		text_format(t, "0%d%d%d", (int)(number >> 6 & 7),
		    (int)(number >> 3 & 7), (int)(number & 7));
	else
		text_format(t, "%lld", (long long)number);
	return true;
}

/* Appends the numbers of processors; false: there are none. */
static bool
print_cpus(struct text *t, const void *field)
{
	const uint32_t *cpus = field;
	bool any = false;

	for (unsigned i = 0; i < CPUS_MAX; i++) {
		if ((cpus[i / 32] >> i % 32 & 1) == 0)
			continue;
		text_format(t, " %u", i);
		any = true;
	}
	return any;
}

/* Appends the name and the arguments of a process; false: there are none. */
static bool
print_process(struct text *t, const struct conf_process *conf)
{
	for (size_t at = 0; at < conf->length;
	    at += strlen(conf->words + at) + 1)
		print_word(t, " ", conf->words + at);
	return conf->length > 0;
}

/* Appends init_file as its line has it; false: there is none. */
static bool
print_init_file(struct text *t, const struct conf_file *file)
{
	text_format(t, " %d%s", (int)file->init_value,
	    file->init_overwrite ? " overwrite" : "");
	return file->init;
}

/* Appends the value of a field; false: the row is left out. */
static bool
print_field(struct printer *pr, const struct keyword *k, const char *field)
{
	struct text *t = pr->text;

	switch (k->type) {
	case T_FLAG:
	case T_BOOL:
	case T_NOTIFY_DELETED:
		return print_bool(t, k, field);
	case T_NUMBER:
	case T_SECONDS:
	case T_MILLISECONDS:
	case T_GARP_EXTRA:
	case T_UMASK:
		return print_number(t, k, field);
	case T_EXPIRED:
		return print_number(t, k, field) && *field != 0;
	case T_OLD_CHECKSUM:
		text_string(t, *field == OLD_REFUSED ? " never" : "");
		return *field != OLD_HEARD;
	case T_CPUS:
		return print_cpus(t, field);
	case T_TEXT:
	case T_LOG_FILE:
		return print_string(t, field);
	case T_INTERFACE:
		return print_interface(pr, field);
	case T_ADDRESS:
	case T_MULTICAST:
		return print_ip(t, field);
	case T_VMAC:
	case T_IPVLAN:
		return print_vmac(t, k, field);
	case T_STATE:
		text_string(t, *field == VR_MASTER ? " MASTER" : " BACKUP");
		return true;
	case T_CHECKSUM:
		text_string(t, *field == CHECKSUM_PLAIN ? " on" : " off");
		return *field != CHECKSUM_AUTO;
	case T_AUTH_TYPE:
	case T_REPLAY:
	case T_MODE:
		text_format(t, " %s", list_item(choices[k->type - T_AUTH_TYPE],
		    (uint8_t)*field - 1U));
		return true;
	case T_PASSWORD:
		return print_password(pr, k, field);
	case T_INIT_FILE:
		return print_init_file(t, pr->object);
	case T_PROCESS:
		return print_process(t, pr->object);
	case T_PARAM_MATCH:
		text_string(t, list_item("\0\0 partial\0 initial",
		    (uint8_t)*field));
		return *field != PARAMS_ANY;
	}
	return false;
}

/* Appends a key of auth_hmac, or what hides it; false: there are no more. */
static bool
print_key(struct printer *pr, uint32_t item)
{
	struct text *t = pr->text;
	const struct conf_keys *keys = &pr->vr->hmac.keys;
	const struct conf_key *key = keys->first + item;

	if (item >= keys->count)
		return false;
	text_format(t, " %u %s", (unsigned)key->id, pr->secrets ? "hex:" : "");
	for (uint8_t i = 0; i < key->length; i++)
		text_format(t, pr->secrets ? "%02x" : "*", key->bytes[i]);
	return true;
}

/* Appends what follows the word of row k; false: the row is left out. */
static bool
print_value(struct printer *pr, const struct keyword *k)
{
	struct text *t = pr->text;
	const struct block_kind *kind = &block_kinds[pr->block];
	const struct conf_script *script = pr->object;
	struct conf_tracker tracker;

	switch (k->type) {
	case T_NOTIFY_DELETED:
		if (print_script(pr, k))
			return true;
		break;
	case T_COMMAND:
	case T_USER:
	case T_NOTIFY:
	case T_FIFO:
		return print_script(pr, k);
	case T_CHECK:
		if (script->check.kind != k->detail)
			return false;
		print_check(t, pr->conf, &script->check);
		return true;
	case T_WEIGHT:
		memcpy(&tracker, pr->object, sizeof(tracker));
		print_weight(t, tracker.weight, tracker.reverse);
		return true;
	}
	if (k->size == 0 || k->offset < kind->conf ||
	    k->offset + k->size > kind->conf + kind->conf_size)
		return false;
	return print_field(pr, k, (const char *)pr->object +
	    (k->offset - kind->conf));
}

/* Appends entry number `item` of a kind that the object has; false: none. */
static bool
print_entry(struct printer *pr, enum entry_kind kind, uint32_t item)
{
	struct text *t = pr->text;
	const struct conf_entry *entry = pr->conf->entries;
	uint32_t count = pr->conf->static_count;

	if (pr->vr != NULL) {
		entry += pr->vr->first_entry;
		count = pr->vr->entry_count;
	}
	for (; count > 0; entry++, count--) {
		if (entry->kind != kind || item-- > 0)
			continue;
		text_string(t, entry->text);
		return true;
	}
	return false;
}

/* Appends a line of interface_up_down_delays. */
static void
print_delay(const struct conf *conf, struct text *t,
    const struct conf_delay *delay)
{
	print_word(t, "", conf->interfaces[delay->interface].name);
	text_format(t, " %jd %jd", (intmax_t)delay->down_us,
	    (intmax_t)delay->up_us);
}

/* Appends item `item` of the list of row k; false: there is no such item. */
static bool
print_item(struct printer *pr, const struct keyword *k, uint32_t item)
{
	struct text *t = pr->text;
	const struct conf_vr *vr = pr->vr;
	const struct conf_garp *garp = pr->object;
	const struct conf_group *group = pr->object;
	bool excluded = strcmp(k->word, "virtual_ipaddress_excluded") == 0;

	if (k->type == T_ADDRESSES) {
		if (item >= (excluded ? vr->excluded_count : vr->address_count))
			return false;
		print_address(pr, &vr->addresses[item +
		    (excluded ? vr->address_count : 0)]);
	} else if (k->type == T_PEERS) {
		if (item >= vr->peer_count)
			return false;
		print_peer(t, &vr->peers[item]);
	} else if (k->type == T_GARP_INTERFACES) {
		if (item >= garp->interface_count)
			return false;
		print_word(t, "", pr->conf->interfaces[
		    garp->interfaces[item]].name);
	} else if (k->type == T_DELAYS) {
		const struct conf_global *global = &pr->conf->global;

		if (item >= global->delay_count)
			return false;
		print_delay(pr->conf, t, &global->delays[item]);
	} else if (k->type == T_MEMBERS) {
		if (item >= group->member_count)
			return false;
		print_word(t, "", pr->conf->vrs[group->members[item]].name);
	} else if (k->type == T_ENTRIES) {
		return print_entry(pr, (enum entry_kind)k->detail, item);
	} else {
		return vr != NULL && print_track(pr,
		    (enum track_kind)k->detail, item);
	}
	return true;
}

/*
 * Appends a line for row k: its word and value, or item `item` of what it may
 * have several of; false: there is none.
 */
static bool
print_words(struct printer *pr, const struct keyword *k,
    uint32_t item, const char *indent)
{
	struct text *t = pr->text;

	if (keyword_is_list(k)) {
		text_format(t, "%s\t", indent);
		return print_item(pr, k, item);
	}
	text_format(t, "%s%s", indent, k->word);
	return k->type == T_KEY ? print_key(pr, item) :
	    item == 0 && print_value(pr, k);
}

/* How wide the beginning of what print_words appends is; 0: there is none. */
static size_t
row_width(struct printer *pr, const struct keyword *k, uint32_t item,
    const char *indent)
{
	char beginning[ORIGIN_COLUMN + 1];
	struct text t = text_over(beginning, sizeof(beginning));
	struct text *text = pr->text;
	size_t width = 0;

	pr->text = &t;
	if (print_words(pr, k, item, indent))
		width = (size_t)(t.at - t.start);
	pr->text = text;
	for (const char *c = beginning; width > 0 && *c == '\t'; c++)
		width += 7;
	return width;
}

/* Prints what print_words appends and where it comes from; false: nothing. */
static bool
print_row(struct printer *pr, const struct keyword *k, uint32_t item,
    const char *indent)
{
	size_t width = row_width(pr, k, item, indent);

	if (width == 0)
		return false;
	(void)print_words(pr, k, item, indent);
	if (!pr->bare)
		print_origin(pr, width, k, k->type == T_KEY ?
		    pr->vr->hmac.keys.count - item - 1U : item);
	text_char(pr->text, '\n');
	return true;
}

/*
 * Prints a list block, if there is anything in it: of peers there may be none,
 * and it is unicast all the same.
 */
static void
print_list(struct printer *pr, const struct keyword *k, const char *indent)
{
	if (row_width(pr, k, 0, indent) == 0 &&
	    (k->type != T_PEERS || !pr->vr->unicast))
		return;
	text_format(pr->text, "%s%s {\n", indent, k->word);
	for (uint32_t item = 0; print_row(pr, k, item, indent); item++)
		;
	text_format(pr->text, "%s}\n", indent);
}

/* Prints the rows of a block that have something to say. */
static void
print_rows(struct printer *pr, enum block block, const char *indent)
{
	for (const struct keyword *k = keywords;
	    k < keywords + COUNT_OF(keywords); k++) {
		if (k->block != block || k->verdict != TAKEN ||
		    (k->flags & pr->hidden) != 0)
			continue;
		if (keyword_is_list(k))
			print_list(pr, k, indent);
		for (uint32_t item = 0; !keyword_is_list(k) &&
		    print_row(pr, k, item, indent); item++)
			;
	}
}

/* Prints the block of the object in hand, but for its end. */
static void
print_open(struct printer *pr, const char *name)
{
	text_string(pr->text, block_word(pr->block));
	if (name != NULL)
		print_word(pr->text, " ", name);
	text_string(pr->text, " {\n");
	print_rows(pr, pr->block, "\t");
}

/* Prints what makes an instance different from other blocks. */
static void
print_vr(struct printer *pr, const struct conf_vr *vr)
{
	pr->hidden = KEYWORD_ALIAS | (unsigned)(vr->unicast ?
	    KEYWORD_MULTICAST : KEYWORD_UNICAST);
	pr->notify = vr->notify;
	print_open(pr, vr->name);
	if (vr->auth_type != AUTH_NONE) {
		text_string(pr->text, "\tauthentication {\n");
		print_rows(pr, IN_AUTHENTICATION, "\t\t");
		text_string(pr->text, "\t}\n");
	}
	if (vr->hmac.keys.count > 0) {
		text_string(pr->text, "\tauth_hmac {\n");
		print_rows(pr, IN_HMAC, "\t\t");
		text_string(pr->text, "\t}\n");
	}
}

/*
 * Prints object `number` of a kind of block.  Objects come in the order in
 * which origins were noted.  What members of a group track stands with them.
 */
static void
print_object(struct printer *pr, enum block block, uint32_t number)
{
	const struct conf_origin *origin = pr->origin;
	const void *object = conf_object(pr->conf, block, number);

	while (origin != NULL && (origin->block < block ||
	    (origin->block == block && origin->object < number)))
		origin = origin->next;
	pr->origin = origin;
	pr->block = block;
	pr->number = number;
	pr->object = object;
	pr->vr = block == IN_INSTANCE ? object : NULL;
	if (block == IN_GROUP)
		pr->notify = ((const struct conf_group *)object)->notify;
	if (block == IN_GLOBAL) {
		print_rows(pr, IN_ROOT, "");
		print_open(pr, NULL);
	} else if (block == IN_INSTANCE) {
		print_vr(pr, object);
	} else {
		print_open(pr, block == IN_GARP ? NULL :
		    *(const char *const *)object);
	}
	text_string(pr->text, "}\n");
}

/*
 * Prints a configuration as a file which makes the same one, each value with
 * where it comes from if conf_input.keep_origins was set.  Passwords are shown
 * only with `secrets`.
 */
static void
conf_print(struct text *t, const struct conf *conf, bool secrets)
{
	struct printer pr = { .text = t, .conf = conf,
	    .origin = conf->origins, .hidden = KEYWORD_ALIAS,
	    .secrets = secrets };
	for (int block = IN_GLOBAL; block <= IN_INSTANCE; block++) {
		uint16_t count = conf_count(conf, (enum block)block);

		for (uint16_t i = 0; i < count; i++)
			print_object(&pr, (enum block)block, i);
	}
}

/* -- what a reload would change -- */

/* Where two configurations are compared: as they are printed. */
struct comparison {
	struct text	*out;
	char		*sides[2];	/* a block of each, size bytes each */
	size_t		size;
	bool		any;		/* there was a difference */
	bool		cut;		/* a block did not fit */
};

/* Prints a block, as many lines as fit, with all secrets: a string. */
static const char *
block_print(struct comparison *c, unsigned side, const struct conf *conf,
    enum block block, uint32_t i)
{
	struct text t = text_over(c->sides[side], c->size);
	struct printer pr = { .text = &t, .conf = conf,
	    .hidden = KEYWORD_ALIAS, .secrets = true, .bare = true };

	print_object(&pr, block, i);
	c->cut = c->cut || t.truncated;
	while (t.truncated && t.at > t.start && t.at[-1] != '\n')
		t.at--;
	return text_end(&t);
}

/* Prints the lines that one block has and another lacks, but no secret. */
static void
lines_lacking(struct text *t, char mark, const char *one, const char *other)
{
	for (size_t length; *one != '\0'; one += length) {
		const char *at = other;

		length = span_to(one, "\n") + 1;
		while (*at != '\0' && strncmp(at, one, length) != 0)
			at += span_to(at, "\n") + 1;
		if (*at != '\0')
			continue;
		text_format(t, "  %c ", mark);
		if (strncmp(one, "\t\tauth_pass ", 12) == 0)
			text_string(t, "\t\tauth_pass ********\n");
		else if (strncmp(one, "\t\tkey ", 6) == 0)
			text_string(t, "\t\tkey ********\n");
		else
			text_bytes(t, one, length);
	}
}

/* Prints the first line of a block, and what becomes of it. */
static void
block_told(struct comparison *c, const char *block, const char *what)
{
	text_bytes(c->out, block, span_to(block, "{\n"));
	text_format(c->out, "%s\n", what);
	c->any = true;
}

/* Tells what changes between a block and the one that it becomes. */
static void
block_compare(struct comparison *c, enum block block, const struct conf *from,
    uint32_t i, const struct conf *to, uint32_t k)
{
	const char *one, *two;

	c->cut = false;
	one = block_print(c, 0, from, block, i);
	two = block_print(c, 1, to, block, k);
	if (strcmp(one, two) == 0 && !c->cut)
		return;
	block_told(c, one, c->cut ? "is too long to be compared whole:" :
	    "changes:");
	lines_lacking(c->out, '-', one, two);
	lines_lacking(c->out, '+', two, one);
}

/* Tells of a block that only one side has. */
static void
block_alone(struct comparison *c, enum block block, const struct conf *conf,
    uint32_t i, const char *what)
{
	block_told(c, block_print(c, 0, conf, block, i), what);
}

/* The name of object i of a kind of block that has one. */
static const char *
object_name(const struct conf *conf, enum block block, uint32_t i)
{
	return *(const char *const *)conf_object(conf, block, i);
}

/* The place of the block of a kind with a name; as many as there are: none. */
static uint16_t
block_named(const struct conf *conf, enum block block, const char *name)
{
	uint16_t count = conf_count(conf, block), i = 0;

	while (i < count && strcmp(object_name(conf, block, i), name) != 0)
		i++;
	return i;
}

/* Tells what becomes of all blocks of a kind, which go by their names. */
static void
blocks_compare(struct comparison *c, enum block block,
    const struct conf *from, const struct conf *to)
{
	uint16_t count = conf_count(from, block);
	uint16_t others = conf_count(to, block);

	for (uint16_t i = 0; i < count; i++) {
		uint16_t k = block_named(to, block, object_name(from, block,
		    i));

		if (k < others)
			block_compare(c, block, from, i, to, k);
		else
			block_alone(c, block, from, i, "goes");
	}
	for (uint16_t k = 0; k < others; k++) {
		if (block_named(from, block, object_name(to, block, k)) ==
		    count)
			block_alone(c, block, to, k, "is new");
	}
}

/* What keepalived does otherwise, by the keyword: a list of pairs. */
static const char differences[] =
    "virtual_ipaddress\0is put back when others remove it; at a stop it goes "
    "when another router has it\0"
    "interface\0is waited for while it does not exist\0"
    "vrrp_script\0that cannot be run has failed, not succeeded\0"
    "unicast_peer\0nobody else is heard; check_unicast_src off: everybody\0"
    "nopreempt\0counts whatever state says\0"
    "vrrp_strict\0a weaker advertisement is still answered\0"
    "strict_mode\0a weaker advertisement is still answered\0"
    "auth_hmac\0with a mistake is fatal\0"
    "skip_check_adv_addr\0with off is off\0"
    "v3_checksum_as_v2\0with off is off\0"
    "reload_time_file\0has times of UTC alone, with a Z\0"
    "notify\0scripts of an instance run in order, one at a time\0";

/* Prints the words that a configuration uses of some verdicts, in a line. */
static void
migration_words(struct text *t, const struct diagnostics *found,
    const char *title, enum verdict from, enum verdict to)
{
	size_t column = 80;
	unsigned count = 0;

	for (const struct used_word *u = found->used; u != NULL; u = u->next)
		count += u->verdict >= from && u->verdict <= to;
	if (count == 0)
		return;
	text_format(t, "%s (%u):", title, count);
	for (const struct used_word *u = found->used; u != NULL; u = u->next) {
		if (u->verdict < from || u->verdict > to)
			continue;
		column += strlen(u->word) + 1;
		text_string(t, column > 76 ? "\n   " : "");
		column = column > 76 ? 3 + strlen(u->word) + 1 : column;
		text_format(t, " %s", u->word);
	}
	text_char(t, '\n');
}

/*
 * Prints what becomes of keepalived's keywords that a configuration uses: which
 * are the same here, which differ and how, which do nothing.
 */
static void
migration_print(struct text *t, const struct diagnostics *found)
{
	const char *title = "different here:\n";
	bool refresh = false;

	text_string(t, "coming from keepalived " COMPATIBLE_WITH ":\n");
	migration_words(t, found, "understood", TAKEN, TAKEN);
	for (const struct used_word *u = found->used; u != NULL; u = u->next) {
		refresh |= list_index("garp_master_refresh\0"
		    "vrrp_garp_master_refresh\0", u->word) >= 0;
		for (const char *at = differences; *at != '\0';
		    at = list_next(list_next(at))) {
			if (strcmp(at, u->word) != 0)
				continue;
			text_format(t, "%s    %s %s\n", title, at,
			    list_next(at));
			title = "";
		}
	}
	if (!refresh)
		text_format(t, "%s    garp_master_refresh is 60, not 0, unless "
		    "written\n", title);
	migration_words(t, found, "without effect, and not needed", NO_EFFECT,
	    NO_EFFECT);
	migration_words(t, found, "not done here", NOTE_MAIL, NOTE_LVS);
}

/* Prints what a row says about one of its words; see keywords_print. */
static void
keyword_print(struct text *t, const struct keyword *k, const char *word)
{
	/* In the order of enum verdict. */
	static const char verdicts[] = "taken\0no effect\0ignored: mail\0"
	    "ignored: SNMP\0ignored: D-Bus\0ignored: LVS\0";
	const char *initial = keyword_default(k);
	bool limits = k->type == T_NUMBER || k->type == T_WEIGHT ||
	    k->type == T_SECONDS || k->type == T_MILLISECONDS;
	intmax_t unit = k->type == T_SECONDS ? MS_US : SECOND_US;

	text_format(t, "%s\t%s\t%s\t%s\t%s\t", k->block == IN_ROOT ? "-" :
	    block_word(k->block), word, list_item(verdicts, k->verdict),
	    list_item(wishes, k->type), *initial == '\0' ? "-" : initial);
	if (limits)
		text_format(t, "%jd\t%jd\n", ranges[k->detail].min * unit,
		    ranges[k->detail].max * unit);
	else
		text_string(t, "-\t-\n");
}

/*
 * Lists the keyword table: block, word, verdict, type, default, least, most,
 * separated by tabs.
 */
static void
keywords_print(struct text *t)
{
	for (size_t i = 0; i < COUNT_OF(keywords); i++) {
		for (const char *word = keywords[i].word; word != NULL &&
		    keywords[i].block != IN_VIRTUAL_SERVER;
		    word = keyword_next(&keywords[i], word))
			keyword_print(t, &keywords[i], word);
	}
}

/* -- from the input to the configuration -- */

/* An empty list of findings, which takes its memory from an arena. */
static void
diagnostics_start(struct diagnostics *d, struct arena *arena)
{
	memset(d, 0, sizeof(*d));
	d->arena = arena;
	d->last = &d->first;
}

/* Whether a finding stands behind another in the same file. */
static bool
diagnostic_after(const struct diagnostic *a, const struct diagnostic *b)
{
	return a->line > b->line || (a->line == b->line &&
	    a->column > b->column);
}

/* Whether two strings are the same, or both are NULL. */
static bool
string_same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/*
 * Puts the findings in the order of their places, file by file in the order in
 * which the files were first complained of.
 */
static void
diagnostics_sort(struct diagnostics *d)
{
	struct diagnostic *rest = d->first, *next;

	d->first = NULL;
	for (; rest != NULL; rest = next) {
		struct diagnostic **at = &d->first;

		next = rest->next;
		while (*at != NULL && !string_same((*at)->file, rest->file))
			at = &(*at)->next;
		while (*at != NULL && string_same((*at)->file, rest->file) &&
		    !diagnostic_after(*at, rest))
			at = &(*at)->next;
		rest->next = *at;
		*at = rest;
	}
	d->last = &d->first;
	while (*d->last != NULL)
		d->last = &(*d->last)->next;
}

/*
 * Reads a configuration, from a file or from flags, into keep; scratch can go
 * afterwards, when the findings have been used.  NULL after a fatal finding.
 */
static const struct conf *
conf_parse(struct arena *keep, struct arena *scratch,
    const struct conf_input *input, struct diagnostics *findings)
{
	struct scan *scan = arena_take(scratch, sizeof(*scan));
	const struct conf *conf = NULL;

	if (scan != NULL) {
		scan_start(scan, input, scratch, findings);
		conf = parse_input(keep, scratch, scan, input, findings);
	}
	if (keep->failed || scratch->failed) {
		complain(findings, SEVERITY_FATAL, NULL, "out of memory");
		conf = NULL;
	}
	diagnostics_sort(findings);
	return findings->counts[SEVERITY_FATAL] > 0 ? NULL : conf;
}

/*
 * The exit status of -t: 0 it runs clean, 4 it cannot run, 5 it runs but for
 * the errors, 6 a script is insecure and nothing is worse.
 */
static int
conf_exit_code(const struct diagnostics *d)
{
	return d->counts[SEVERITY_FATAL] > 0 ? 4 :
	    d->counts[SEVERITY_ERROR] > d->insecure[SEVERITY_ERROR] ? 5 :
	    d->insecure[SEVERITY_WARNING] + d->insecure[SEVERITY_ERROR] > 0 ?
	    6 : 0;
}

/* Appends a finding as FILE:LINE:COLUMN: SEVERITY: TEXT, without a newline. */
static void
diagnostic_print(struct text *t, const struct diagnostic *d)
{
	if (d->file != NULL) {
		text_escaped(t, d->file, strlen(d->file));
		if (d->line > 0)
			text_format(t, ":%u", d->line);
		if (d->column > 0 && strcmp(d->file, COMMAND_LINE) != 0)
			text_format(t, ":%u", d->column);
		text_string(t, ": ");
	}
	text_format(t, "%s: %s", list_item("note\0warning\0error\0fatal\0",
	    d->severity), d->text);
}

/* Appends all findings, a line each. */
static void
diagnostics_print(struct text *t, const struct diagnostics *found)
{
	for (const struct diagnostic *one = found->first; one != NULL;
	    one = one->next) {
		diagnostic_print(t, one);
		text_char(t, '\n');
	}
}

/* ==== 5. Machine ==== */
/*
 * RFC 9568 section 6, and nothing else: three states, the events that reach
 * them, and what each transition does.  The table is the whole of it; guards
 * live in judge_advert, and what the actions mean outside lives in Policy.
 *
 * Promises: only machine_step writes machine.state; the timer runs if and only
 * if the state is Backup or Active.  It never looks at a clock, a packet or a
 * configuration.  BFD has its own table below, with the same promises.
 *
 *	Initialize --startup--> Backup --timer--> Active --better one--> Backup
 *	     |  ^                  |                ^  |
 *	     |  +-----shutdown-----+                |  |
 *	     +------------startup, priority 255-----+  |
 *	        ^-----------------shutdown-------------+
 */

struct transition {
	uint8_t		next;		/* enum machine_state; 0: impossible */
	uint16_t	actions;	/* enum machine_action */
};

#define BECOME_ACTIVE	(ACT_OWN_INTERVAL | ACT_SEND_ADVERT | \
			 ACT_ADVERT_TIMER | ACT_TAKE_ADDRESSES | ACT_ANNOUNCE)

/*
 * RFC 9568 6.4.1 (Initialize), 6.4.2 (Backup) and 6.4.3 (Active).  The last
 * three events are ours: an Active that is told not to answer (RFC 5798), and
 * two for members of a sync group.
 */
static const struct transition transitions[MACHINE_STATES][MACHINE_EVENTS] = {
	[MACHINE_INITIALIZE] = {
		[MACHINE_STARTUP] = { MACHINE_BACKUP,
		    ACT_OWN_INTERVAL | ACT_DOWN_TIMER },
		[MACHINE_STARTUP_OWNER] = { MACHINE_ACTIVE, BECOME_ACTIVE },
		[MACHINE_SHUTDOWN] = { MACHINE_INITIALIZE, 0 },
	},
	[MACHINE_BACKUP] = {
		[MACHINE_SHUTDOWN] = { MACHINE_INITIALIZE, ACT_STOP_TIMER },
		[MACHINE_TIMER] = { MACHINE_ACTIVE, BECOME_ACTIVE },
		[MACHINE_ZERO] = { MACHINE_BACKUP, ACT_SKEW_TIMER },
		[MACHINE_YIELD] = { MACHINE_BACKUP,
		    ACT_ADOPT_INTERVAL | ACT_DOWN_TIMER },
		[MACHINE_WEAKER] = { MACHINE_BACKUP, 0 },
		[MACHINE_WEAKER_QUIET] = { MACHINE_BACKUP, 0 },
		[MACHINE_HOLD] = { MACHINE_BACKUP, ACT_DOWN_TIMER },
		[MACHINE_STEP_BACK] = { MACHINE_BACKUP, ACT_DOWN_TIMER },
	},
	[MACHINE_ACTIVE] = {
		[MACHINE_SHUTDOWN] = { MACHINE_INITIALIZE, ACT_STOP_TIMER |
		    ACT_SEND_ZERO | ACT_DROP_ADDRESSES },
		[MACHINE_TIMER] = { MACHINE_ACTIVE,
		    ACT_SEND_ADVERT | ACT_ADVERT_TIMER },
		[MACHINE_ZERO] = { MACHINE_ACTIVE,
		    ACT_SEND_ADVERT | ACT_ADVERT_TIMER },
		[MACHINE_YIELD] = { MACHINE_BACKUP, ACT_ADOPT_INTERVAL |
		    ACT_DOWN_TIMER | ACT_DROP_ADDRESSES },
		[MACHINE_WEAKER] = { MACHINE_ACTIVE, ACT_SEND_ADVERT |
		    ACT_ADVERT_TIMER | ACT_ANNOUNCE_WEAKER },
		[MACHINE_WEAKER_QUIET] = { MACHINE_ACTIVE,
		    ACT_ANNOUNCE_WEAKER },
		[MACHINE_HOLD] = { MACHINE_ACTIVE, 0 },
		[MACHINE_STEP_BACK] = { MACHINE_BACKUP, ACT_OWN_INTERVAL |
		    ACT_DOWN_TIMER | ACT_DROP_ADDRESSES },
	},
};

/*
 * The interval that a Backup counts in: version 3 the Active's, version 2 its
 * own (RFC 9568 6.1, RFC 3768 6.1).
 */
static usec_t
counted_interval(const struct machine *m)
{
	return m->version == 3 ? m->active_interval_us : m->interval_us;
}

/*
 * Skew_Time: version 3 scales with the Active's interval (RFC 9568 6.1),
 * version 2 is in 1/256 s whatever the interval (RFC 3768 6.1).
 */
static usec_t
skew_time(const struct machine *m)
{
	usec_t scale = m->version == 3 ? m->active_interval_us : SECOND_US;

	return (256 - m->priority) * scale / 256;
}

/*
 * Active_Down_Interval: this many intervals without an advertisement, and the
 * skew (RFC 9568 6.1).  down_adverts is the RFC's 3 unless configured.
 */
static usec_t
active_down_interval(const struct machine *m)
{
	return m->down_adverts * counted_interval(m) + skew_time(m);
}

/*
 * Which event an advertisement is.  order is the sender's address compared
 * with ours (above 0: the sender's is greater).  Equal priorities go by address
 * for an Active only: ties are sticky (RFC 9568 6.4.2, 6.4.3).
 */
static enum machine_event
judge_advert(const struct machine *m, uint8_t priority, int order)
{
	if (priority == PRIORITY_ZERO)
		return MACHINE_ZERO;
	if (m->state == MACHINE_ACTIVE) {
		if (priority > m->priority ||
		    (priority == m->priority && order > 0))
			return MACHINE_YIELD;
		return MACHINE_WEAKER;
	}
	return !m->preempt || priority >= m->priority ? MACHINE_YIELD :
	    MACHINE_WEAKER;
}

/*
 * Takes one event through the table: sets the state, the intervals and the
 * timer, and returns the actions.  An impossible event changes nothing and
 * returns ACT_IMPOSSIBLE, which the caller counts.
 */
static unsigned
machine_step(struct machine *m, enum machine_event event, usec_t now)
{
	const struct transition *cell = &transitions[m->state][event];

	if (cell->next == 0)
		return ACT_IMPOSSIBLE;
	m->state = cell->next;
	if (cell->actions & ACT_STOP_TIMER)
		m->timer = NEVER;
	if (cell->actions & ACT_OWN_INTERVAL)
		m->active_interval_us = m->interval_us;
	if (cell->actions & ACT_ADOPT_INTERVAL)
		m->active_interval_us = m->heard_interval_us;
	if (cell->actions & ACT_DOWN_TIMER)
		m->timer = now + active_down_interval(m);
	if (cell->actions & ACT_SKEW_TIMER)
		m->timer = now + skew_time(m);
	if (cell->actions & ACT_ADVERT_TIMER)
		m->timer = now + m->interval_us;
	return cell->actions;
}

/*
 * Sets the effective priority.  A Backup's running timer moves by as much as
 * the down interval does; it is not restarted (C-142).
 */
static void
machine_set_priority(struct machine *m, uint8_t priority)
{
	usec_t before = active_down_interval(m);

	m->priority = priority;
	if (m->state == MACHINE_BACKUP)
		m->timer += active_down_interval(m) - before;
}

/* -- BFD: RFC 5880 6.8, asynchronous mode -- */

/*
 * The next state of a session by its own and by that of its neighbour (RFC 5880
 * 6.8.6).  We are in AdminDown when we stop, and stay there.
 */
static const uint8_t bfd_transitions[BFD_STATES][BFD_STATES] = {
	[BFD_ADMIN_DOWN] = { BFD_ADMIN_DOWN, BFD_ADMIN_DOWN, BFD_ADMIN_DOWN,
	    BFD_ADMIN_DOWN },
	[BFD_DOWN] = { BFD_DOWN, BFD_INIT, BFD_UP, BFD_DOWN },
	[BFD_INIT] = { BFD_DOWN, BFD_INIT, BFD_UP, BFD_UP },
	[BFD_UP] = { BFD_DOWN, BFD_DOWN, BFD_UP, BFD_UP },
};

/* DesiredMinTxInterval: at least a second unless Up (RFC 5880 6.8.3). */
static uint32_t
bfd_desired_tx(const struct bfd *b)
{
	return b->state == BFD_UP ? b->conf->min_tx_us : b->conf->idle_tx_us;
}

/*
 * The time between packets that are sent of our own accord, before its jitter;
 * NEVER: there are none, for the neighbour is to speak first, wants none, or
 * asks when it wants to know (RFC 5880 6.8.7).  While Up, a longer one counts
 * once the neighbour has confirmed it (6.8.3).
 */
static usec_t
bfd_interval(const struct bfd *b)
{
	bool both_up = b->state == BFD_UP && b->remote_state == BFD_UP;
	usec_t desired = bfd_desired_tx(b);

	if ((b->conf->passive && b->yours == 0) || b->remote_rx_us == 0 ||
	    (b->remote_demand && both_up && !b->polling))
		return NEVER;
	if (b->state == BFD_UP)
		desired = usec_min(desired, b->tx_us);
	return usec_max(desired, b->remote_rx_us);
}

/*
 * An interval less its jitter, 0 to 25 %, and with a multiplier of 1 at least
 * 10 %, so that one packet is always in time (RFC 5880 6.8.7).
 */
static usec_t
bfd_jittered(const struct bfd *b, usec_t interval, uint32_t random)
{
	uint32_t less = b->conf->multiplier == 1 ? 100 + random % 151 :
	    random % 251;

	return interval - interval * less / 1000;
}

/*
 * How long the neighbour may be silent (RFC 5880 6.8.4).  That it may send more
 * often counts once it has confirmed it (6.8.3).
 */
static usec_t
bfd_detection_time(const struct bfd *b)
{
	return b->remote_multiplier *
	    usec_max(usec_max(b->conf->min_rx_us, b->rx_us), b->remote_tx_us);
}

/* What we ask for counts from now on: it is confirmed, or nobody heard it. */
static void
bfd_settle(struct bfd *b)
{
	b->polling = false;
	b->tx_us = b->conf->min_tx_us;
	b->rx_us = b->conf->min_rx_us;
}

/*
 * Sets the state, and why.  Where that changes what we ask for, the neighbour
 * is to confirm it (RFC 5880 6.8.3).
 */
static void
bfd_enter(struct bfd *b, enum bfd_state state, enum bfd_diagnostic why)
{
	if (state == b->state)
		return;
	if ((state == BFD_UP) != (b->state == BFD_UP))
		b->polling = true;
	b->state = (uint8_t)state;
	b->diagnostic = (uint8_t)why;
}

/*
 * Takes an accepted packet of the neighbour: its variables, the end of a poll,
 * the transition, and the detection time anew (RFC 5880 6.8.6).
 */
static void
bfd_hear(struct bfd *b, const struct bfd_packet *packet, usec_t now)
{
	uint8_t next = bfd_transitions[b->state][packet->state];

	b->yours = packet->mine;
	b->remote_state = packet->state;
	b->remote_demand = (packet->flags & BFD_DEMAND) != 0;
	b->remote_rx_us = packet->min_rx_us;
	b->remote_tx_us = packet->min_tx_us;
	b->remote_multiplier = packet->multiplier;
	if (packet->flags & BFD_FINAL)
		bfd_settle(b);
	b->detect_at = now + bfd_detection_time(b);
	bfd_enter(b, (enum bfd_state)next, next == BFD_DOWN ? BFD_TOLD :
	    BFD_NO_REASON);
}

/*
 * The neighbour was silent for too long, or a session begins: nothing is known
 * of it any more (RFC 5880 6.8.1, 6.8.4).
 */
static void
bfd_forget(struct bfd *b)
{
	b->detect_at = NEVER;
	b->yours = b->remote_tx_us = 0;
	b->remote_rx_us = 1;
	b->remote_state = BFD_DOWN;
	b->remote_demand = false;
	b->source = b->conf->source;
	if (b->state > BFD_DOWN)
		bfd_enter(b, BFD_DOWN, BFD_SILENCE);
	bfd_settle(b);				/* there is nobody to answer */
}

/* ==== 6. Policy ==== */
/*
 * What turns news into events of the machine, and the machine's actions into
 * effects: who is at fault and why, what the trackers are worth, who waits for
 * whom in a sync group, when to preempt, when to linger, and who is told.
 *
 * Promises: faults and priorities are computed anew from what is known, never
 * adjusted, so that no lost event can leave them wrong; users are told of a
 * state once; scripts of one owner run in order, one at a time.  Addresses are
 * only wanted or not wanted here: bringing that about is Router's.
 */

/* Bits of faults that users see as INIT: not at fault, but not ready. */
#define FAULTS_WAITING	(FAULT_PENDING | FAULT_GROUP_PENDING | FAULT_STARTUP | \
			 FAULT_STOPPING)
/* Those that end at once what lingers: the addresses may be of no use here. */
#define FAULTS_HARD	(~(uint32_t)(FAULTS_WAITING | FAULT_MAINTENANCE))

#define LINGER_YIELD_US	(20 * MS_US) /* D-20: until the winner's GARP or NA */
#define LINGER_EXTRA_US	(50 * MS_US)
#define LINGER_MAX_US	(2 * SECOND_US)
#define ANSWERS_MAX	10 /* T5: to weaker ones, or of BFD, a second */
#define CONFLICT_AGAIN_US	(60 * SECOND_US) /* then four times that */
#define LONG_AGO	(INT64_MIN / 2)	/* no span reaches back to it */
#define CONFLICTS_TOLD_MAX 8	/* from then on every eleven days */
#define SCRIPT_KILL_US	(2 * SECOND_US)	/* TERM, and then KILL */

#define ARPHRD_ETHERNET	1
#define SIGNAL_TERM	15
#define SIGNAL_KILL	9

/* The state of a virtual router as users know it. */
static enum vr_state
vr_state(const struct vr *vr)
{
	if (vr->faults & ~(uint32_t)FAULTS_WAITING)
		return VR_FAULT;
	if (vr->machine.state == MACHINE_ACTIVE)
		return VR_MASTER;
	return vr->machine.state == MACHINE_BACKUP ? VR_BACKUP : VR_INIT;
}

/* The name of a state as users, scripts and FIFOs know it. */
static const char *
state_name(enum vr_state state)
{
	if (state == VR_STOP)
		return "STOP";
	return state == VR_DELETED ? "DELETED" :
	    list_item("INIT\0BACKUP\0MASTER\0FAULT", state);
}

/* Its priority without what trackers add. */
static uint8_t
vr_base_priority(const struct vr *vr)
{
	return vr->set_priority > 0 ? vr->set_priority : vr->conf->priority;
}

/* Whether it owns its addresses: priority 255 in the configuration. */
static bool
vr_is_owner(const struct vr *vr)
{
	return vr->conf->priority == PRIORITY_OWNER;
}

/*
 * Whether an interface carries traffic: up, and with carrier.  One that is
 * absent has no flags.
 */
static bool
interface_works(const struct interface *interface)
{
	uint32_t both = IFF_UP | IFF_RUNNING;

	return (interface->flags & both) == both;
}

/* Where a virtual router stands in daemon.vrs. */
static uint32_t
vr_index(const struct daemon *d, const struct vr *vr)
{
	return (uint32_t)(vr - d->vrs);
}

/* How many addresses a virtual router has, excluded ones too. */
static uint32_t
vr_vip_count(const struct vr *vr)
{
	return (uint32_t)vr->conf->address_count + vr->conf->excluded_count;
}

/* Member i of a sync group; NULL: there is no other, or no group. */
static struct vr *
vr_of_group(const struct daemon *d, uint16_t group, uint16_t i)
{
	if (group == NONE || i >= d->conf->groups[group].member_count)
		return NULL;
	return &d->vrs[d->conf->groups[group].members[i]];
}

/* Whether an operator has put it into maintenance. */
static bool
vr_in_maintenance(const struct vr *vr)
{
	return vr->faults & FAULT_MAINTENANCE;
}

/* A counter of a virtual router. */
static uint32_t *
counter_of(const struct daemon *d, const struct vr *vr, unsigned which)
{
	return &d->counts[which * d->conf->vr_count + vr_index(d, vr)];
}

/* Adds one to a counter of a virtual router. */
static void
counter_add(struct daemon *d, const struct vr *vr, enum counter which)
{
	++*counter_of(d, vr, which);
}

/* Has Router look at a virtual router's addresses before this turn ends. */
static void
vr_touch(struct daemon *d, struct vr *vr)
{
	/* NOLINTNEXTLINE(clang-analyzer-*) vr is one */
	uint32_t tail = (d->work_head + d->work_count) % d->conf->vr_count;

	if (vr->dirty)
		return;
	vr->dirty = true;
	d->work[tail] = (uint16_t)vr_index(d, vr);
	d->work_count++;
}

/* Has the timer of a virtual router wake no later than its next moment. */
static void
vr_arm(struct daemon *d, struct vr *vr)
{
	usec_t due = usec_min(vr->machine.timer, vr->linger_until);

	due = usec_min(due, usec_min(vr->announce_at, vr->again_at));
	due = usec_min(due, usec_min(vr->refresh_at, vr->restore_at));
	timer_wake(d, &vr->timer, usec_min(due, vr->claim_at));
}

/* -- the routers that are heard -- */

#define SAY_AGAIN_US	(60 * SECOND_US)
#define SAY_AGAIN_MOST	5		/* quadrupled so often: 17 hours */
#define ACCEPTED_WORTH_US (86400 * SECOND_US)

/*
 * How much an entry is worth keeping: that of a router whose advertisements
 * were accepted outlives a day of ones that were not.
 */
static usec_t
speaker_worth(const struct speaker *speaker)
{
	return speaker->heard_at + (speaker->heard > speaker->refused ?
	    ACCEPTED_WORTH_US : 0);
}

/*
 * The entry of a packet's sender in a list of at most so many.  One that is new
 * takes a free entry, else that of least worth, else the one that all share for
 * whom there is no room.  What was said of the one who had an entry before
 * counts as said: a flood of invented senders is no flood of lines.
 */
static struct speaker *
speaker_find(struct daemon *d, uint32_t *head, uint32_t most,
    const struct packet *packet)
{
	struct speaker *speaker, *least = NULL;
	uint8_t vrid = packet_vrid(packet);
	uint32_t count = 0, *link = head;

	for (; *link != 0; link = &speaker->next, count++) {
		speaker = &d->speakers[*link];
		if (speaker->vrid == vrid &&
		    ip_equal(&speaker->source, &packet->source))
			return speaker;
		if (least == NULL ||
		    speaker_worth(speaker) < speaker_worth(least))
			least = speaker;
	}
	if (count < most && d->speaker_count < d->speaker_capacity) {
		*link = ++d->speaker_count;
		speaker = &d->speakers[*link];
	} else {
		speaker = least == NULL ? &d->speakers[0] : least;
	}
	speaker->source = packet->source;
	speaker->vrid = vrid;
	speaker->heard = speaker->refused = 0;
	speaker->plain = false;
	return speaker;
}

/* The entry of an address in a list; NULL: it was not heard. */
static const struct speaker *
speaker_of(const struct daemon *d, uint32_t head, const struct ip *ip)
{
	while (head != 0 && !ip_equal(&d->speakers[head].source, ip))
		head = d->speakers[head].next;
	return head == 0 ? NULL : &d->speakers[head];
}

/* Notes what an advertisement, good or not, says of its sender. */
static void
speaker_note(struct speaker *speaker, const struct advert *advert, usec_t now)
{
	speaker->version = advert->version;
	speaker->priority = advert->priority;
	speaker->interval_us = advert->interval_us;
	speaker->troubles = 0;
	speaker->heard_at = now;
	speaker->heard++;
}

/*
 * Whether a condition of this router is to be told of: the first time, and as
 * long as it goes on after one minute, four, sixteen and so on (C-076).
 */
static bool
speaker_says(struct speaker *speaker, enum counter counter, usec_t now)
{
	uint64_t bit = (uint64_t)1 << counter;

	if (now >= speaker->say_at) {
		speaker->said = 0;
		speaker->say_at = now +
		    (SAY_AGAIN_US << 2 * speaker->times_said);
		if (speaker->times_said < SAY_AGAIN_MOST)
			speaker->times_said++;
	}
	if (speaker->said & bit)
		return false;
	speaker->said |= bit;
	return true;
}

/* Has everything about the routers that a virtual router hears said anew. */
static void
speakers_forget(struct daemon *d, struct vr *vr)
{
	uint32_t i = vr->first_speaker;

	for (; i != 0; i = d->speakers[i].next)
		d->speakers[i].said = 0;
	vr->logged = 0;
}

/*
 * Whether a condition of a virtual router itself is to be told of: once, and
 * again only after a change of state.
 */
static bool
vr_says(struct vr *vr, enum counter counter)
{
	uint32_t before = vr->logged;

	vr->logged |= 1U << counter;
	return vr->logged != before;
}

/* -- authentication: what is new, and what was heard before -- */

/* A clock before 2024 is not set: a router without a battery begins 1970. */
#define CLOCK_SET_US	(1704067200 * SECOND_US)

/* Whether our own clock tells the time. */
static bool
clock_is_set(const struct daemon *d, usec_t now)
{
	return now + d->wall_us >= CLOCK_SET_US;
}

/*
 * The time as a trailer has it: 32 bits of seconds, 16 bits of fraction, and a
 * counter of 0.  A clock that is not set stands back behind the time that it
 * told while it was, and the latest that others' trailers told since.
 */
static uint64_t
auth_time(const struct daemon *d, usec_t now)
{
	usec_t time = now + d->wall_us;

	if (!clock_is_set(d, now))
		time = usec_max(time, now + d->heard_wall_us);
	return (uint64_t)(time / SECOND_US) << 32 |
	    (uint64_t)(time % SECOND_US * 65536 / SECOND_US) << 16;
}

/* By how many seconds a sequence is ahead of another (RFC 1982 3.2). */
static int64_t
sequence_ahead_s(uint64_t sequence, uint64_t of)
{
	return (int32_t)((uint32_t)(sequence >> 32) - (uint32_t)(of >> 32));
}

/* The place of a sender's mark; that of the last one if it has none. */
static size_t
mark_find(const struct auth *auth, const struct ip *source)
{
	size_t i = 0;

	while (i + 1 < auth->mark_count &&
	    !ip_equal(&auth->marks[i].source, source))
		i++;
	return i;
}

/*
 * Remembers what a sender sent last, in front, in place of its former mark or
 * of that of the sender who was silent longest.  Peers have room for all.
 */
static void
mark_store(struct auth *auth, const struct ip *source, uint64_t sequence)
{
	memmove(&auth->marks[1], &auth->marks[0],
	    mark_find(auth, source) * sizeof(*auth->marks));
	auth->marks[0] = (struct mark){ *source, sequence };
}

/*
 * Judges the time and order of an authentic trailer, and remembers it if it is
 * good.  By the time (anti_replay time) it is to be within the window, but a
 * clock that was never set is told the time by it, unless it is behind what
 * others told.  A mark ahead of the window is none: some clock was set back.
 */
static enum counter
hmac_fresh(struct daemon *d, struct vr *vr, struct speaker *speaker,
    uint64_t sequence, usec_t now)
{
	const struct conf_hmac *conf = &vr->conf->hmac;
	const struct ip *source = &speaker->source;
	bool timed = conf->replay == REPLAY_TIME, set = clock_is_set(d, now);
	uint64_t time = auth_time(d, now);
	int64_t ahead = sequence_ahead_s(sequence, time);
	const struct mark *mark = &vr->auth->marks[mark_find(vr->auth, source)];

	if (timed && (ahead < -(int64_t)conf->window_s ||
	    (set && ahead > conf->window_s))) {
		if (speaker_says(speaker, COUNT_hmac_stale, now))
			effect_log(d->out, LOG_LEVEL_WARNING, "%s: %p: "
			    "advertisement refused: its clock is %lld seconds "
			    "%s ours", vr->conf->name, IP(*source),
			    (long long)(ahead < 0 ? -ahead : ahead),
			    ahead < 0 ? "behind" : "ahead of");
		return COUNT_hmac_stale;
	}
	if (ip_equal(&mark->source, source) &&
	    (int64_t)(sequence - mark->sequence) <= 0 && !(timed && set &&
	    sequence_ahead_s(mark->sequence, time) > conf->window_s))
		return COUNT_hmac_replay;
	mark_store(vr->auth, source, sequence);
	if (!set)
		d->heard_wall_us = usec_max(d->heard_wall_us,
		    (usec_t)(sequence >> 32) * SECOND_US - now);
	return COUNTER_KINDS;
}

/*
 * Whether an advertisement that passed all other checks is new: COUNTER_KINDS,
 * and it is remembered; or else the counter of its refusal.  With an
 * authentication header its number is to be larger than any that was heard or
 * sent, as keepalived has it; but two that become Active at the same moment
 * send the same number, again and again, and would never hear each other.
 */
static enum counter
auth_fresh(struct daemon *d, struct vr *vr, const struct packet *packet,
    const struct advert *advert, struct speaker *speaker, usec_t now)
{
	uint64_t sequence;

	if (vr->conf->auth_type != AUTH_AH && advert->trailer == NULL)
		return COUNTER_KINDS;
	sequence = advert_sequence(packet, advert);
	if (vr->conf->auth_type != AUTH_AH)
		return hmac_fresh(d, vr, speaker, sequence, now);
	if (sequence < vr->auth->sequence || sequence <= vr->auth->heard)
		return COUNT_auth_failed;
	vr->auth->sequence = vr->auth->heard = sequence;
	return COUNTER_KINDS;
}

/* -- advertisements out -- */

/* The interface below a link that we make; any other is its own. */
static uint16_t
interface_base(const struct conf *conf, uint16_t index)
{
	const struct conf_link *link = index == NONE ? NULL :
	    conf->interfaces[index].link;

	return link == NULL ? index : link->base;
}

/* The virtual MAC that advertisements come from (RFC 9568 7.2), or NULL. */
static const uint8_t *
vr_sender_mac(const struct conf_vr *conf)
{
	return conf->vmac == NULL || conf->vmac->kind != LINK_MACVLAN ||
	    conf->xmit_base || conf->unicast ? NULL : conf->vmac->mac;
}

/*
 * The next number of a virtual router's authentication: one more than the last,
 * or with auth_hmac the time, if that is more.  By the time alone, a last one
 * further ahead than the window is given up: the clock was set back.
 */
static uint64_t
auth_next(const struct daemon *d, struct vr *vr, usec_t now)
{
	const struct conf_hmac *conf = &vr->conf->hmac;
	struct auth *auth = vr->auth;
	uint64_t time = auth_time(d, now);
	uint64_t next = auth->sequence + 1;

	if (conf->keys.count > 0 && (next == 1 || (int64_t)(next - time) < 0 ||
	    (conf->replay == REPLAY_TIME &&
	    sequence_ahead_s(next, time) > conf->window_s)))
		next = time;
	auth->sequence = next;
	return next;
}

/*
 * Writes the message of an advertisement to whole[size], over IPv4 behind its
 * IP header, with all authentication that is configured.  Returns the length; 0
 * when it does not fit.
 */
static size_t
vr_encode(struct vr *vr, uint8_t priority, const struct ip *destination,
    uint8_t hop_limit, uint64_t sequence, uint8_t *whole, size_t size)
{
	const struct conf_vr *conf = vr->conf;
	uint8_t buffer[AH_HEADER + MESSAGE_MAX], icv[DIGEST_MAX];
	uint8_t *message = buffer + AH_HEADER;
	bool ah = conf->auth_type == AUTH_AH;
	struct packet packet = { .source = vr->source,
	    .destination = *destination, .hop_limit = hop_limit,
	    .protocol = ah ? IPPROTO_AH_ : IPPROTO_VRRP_,
	    .message = ah ? buffer : message };
	size_t length = advert_encode(conf, priority, &vr->source,
	    conf->old_checksum == OLD_SENT && conf->family == 4 ?
	    &ip_vrrp_group4 : destination, vr->checksum_plain, message,
	    MESSAGE_MAX);

	if (conf->hmac.keys.count > 0 && conf->hmac.mode != HMAC_RECEIVE_ONLY)
		length = advert_sign(&conf->hmac, sequence, &vr->source,
		    destination, message, length, MESSAGE_MAX);
	if (length > size)
		return 0;
	if (conf->family == 6) {
		memcpy(whole, message, length);
		return length;
	}
	packet.length = length + (ah ? AH_HEADER : 0);
	if (ah)
		ah_encode(&vr->source, (uint32_t)sequence, buffer);
	if (++vr->ip_id == 0)
		vr->ip_id = 1;		/* 0 would be filled by the kernel */
	length = ip4_encode(&packet, vr->ip_id, whole, size);
	if (ah && length > 0) {
		ah_icv(conf, whole, IP4_HEADER, length, icv);
		memcpy(whole + IP4_HEADER + AH_ICV, icv, AH_HEADER - AH_ICV);
	}
	return length;
}

/* Sends one advertisement of `priority` to `destination`. */
static void
vr_send_to(struct daemon *d, struct vr *vr, uint8_t priority,
    const struct ip *destination, uint64_t sequence)
{
	uint8_t whole[MESSAGE_MAX], frame[MESSAGE_MAX];
	uint16_t by = vr->conf->interface != NONE ? vr->conf->interface :
	    vr->conf->vrf;
	struct effect effect = { .kind = EFFECT_SEND,
	    .index = vr_index(d, vr), .source = vr->source,
	    .destination = *destination, .hop_limit = vr->conf->unicast ?
	    vr->conf->unicast_ttl : VRRP_TTL };
	const uint8_t *bytes = whole, *mac = vr_sender_mac(vr->conf);
	size_t length = vr_encode(vr, priority, destination, effect.hop_limit,
	    sequence, whole, sizeof(whole));

	if (by != NONE)
		effect.ifindex = d->interfaces[by].ifindex;
	if (mac != NULL && length > 0) {
		struct packet packet = { .source = vr->source,
		    .destination = *destination, .protocol = IPPROTO_VRRP_,
		    .hop_limit = effect.hop_limit, .message = whole,
		    .length = length };

		length = multicast_frame_encode(mac, &packet, frame,
		    sizeof(frame));
		bytes = frame;
		effect.value = 1;
	}
	if (length > 0)
		effect_add(d->out, &effect, bytes, length);
}

/*
 * Sends an advertisement to the group, or one copy to each peer.  Copies with
 * an authentication header have one number: who has heard the first of them may
 * send the next.  Nothing is sent without a source or, by another interface,
 * without its own.
 */
static void
vr_send_advert(struct daemon *d, struct vr *vr, uint8_t priority, usec_t now)
{
	const struct conf_vr *conf = vr->conf;
	uint16_t copies = conf->unicast ? conf->peer_count : 1;
	uint64_t sequence = 0;

	if (vr->source.family == 0 ||
	    (conf->interface != NONE &&
	    d->interfaces[conf->interface].ifindex == 0))
		return;
	for (uint16_t i = 0; i < copies; i++) {
		if (vr->auth != NULL && (i == 0 || conf->auth_type != AUTH_AH))
			sequence = auth_next(d, vr, now);
		vr_send_to(d, vr, priority, conf->unicast ?
		    &conf->peers[i].ip : &conf->destination, sequence);
	}
	counter_add(d, vr, COUNT_sent);
	if (priority == PRIORITY_ZERO)
		counter_add(d, vr, COUNT_zero_sent);
}

/*
 * Announces an address from an interface: gratuitous ARP, or an unsolicited
 * neighbour advertisement.  For one on a link of ours it leaves by the base,
 * from the link's MAC.  Nothing leaves an interface that is absent, not
 * Ethernet, or that does without ARP.  Returns whether a frame was sent.
 */
static bool
announce_ip(struct daemon *d, uint16_t index, const struct ip *ip)
{
	const struct conf_link *link = d->conf->interfaces[index].link;
	const struct interface *interface =
	    &d->interfaces[interface_base(d->conf, index)];
	const uint8_t *mac = link != NULL && link->vmac->kind == LINK_MACVLAN ?
	    link->vmac->mac : interface->mac;
	struct effect effect = { .kind = EFFECT_ETHERNET,
	    .ifindex = interface->ifindex };
	uint8_t frame[128];
	size_t length;

	if (interface->ifindex == 0 || interface->type != ARPHRD_ETHERNET ||
	    (interface->flags & IFF_NOARP))
		return false;
	length = ip->family == 4 ?
	    garp_encode(ip, mac, frame, sizeof(frame)) :
	    unsolicited_na_encode(ip, mac, frame, sizeof(frame));
	effect_add(d->out, &effect, frame, length);
	return true;
}

/* -- telling users -- */

/* Appends a line to both notify FIFOs, if there are any. */
static void
fifo_line(struct daemon *d, const char *what, const char *name,
    const char *state, unsigned priority)
{
	char line[LINE_MAX_LOG];
	struct text t = text_over(line, sizeof(line));

	text_format(&t, "%s \"%s\" %s %u", what, name, state, priority);
	for (uint32_t i = 0; i < COUNT_OF(d->conf->global.fifo); i++) {
		struct effect effect = { .kind = EFFECT_FIFO, .index = i };

		if (d->conf->global.fifo[i].path != NULL)
			effect_add(d->out, &effect, line,
			    (size_t)(t.at - t.start));
	}
}

/* The same about a virtual router. */
static void
vr_fifo(struct daemon *d, const struct vr *vr, const char *state)
{
	fifo_line(d, "INSTANCE", vr->conf->name, state, vr->machine.priority);
}

/* The scripts of the instance or group that a notifier serves. */
static const struct conf_notify *
notifier_conf(const struct daemon *d, const struct notifier *notifier)
{
	return notifier->is_group ? d->conf->groups[notifier->owner].notify :
	    d->conf->vrs[notifier->owner].notify;
}

/* The name of the instance or group that a notifier serves. */
static const char *
notifier_name(const struct daemon *d, const struct notifier *notifier)
{
	return notifier->is_group ? d->conf->groups[notifier->owner].name :
	    d->conf->vrs[notifier->owner].name;
}

/* The number of a process that is to run, of which none has 0: idle. */
static uint32_t
token_next(struct daemon *d)
{
	d->last_token += d->last_token == UINT32_MAX;
	return ++d->last_token;
}

/*
 * Starts the script of one notice.  The generic one gets what happened behind
 * its own arguments: INSTANCE or GROUP, name, state, priority (C-148).
 */
static void
notice_run(struct daemon *d, struct notifier *notifier,
    const struct notice *notice)
{
	char arguments[LINE_MAX_LOG];
	struct text t = text_over(arguments, sizeof(arguments));
	struct effect effect = { .kind = EFFECT_RUN, .value = 1,
	    .token = token_next(d) };

	effect.index = notifier_conf(d, notifier)->command[notice->kind];
	if (notice->kind == NOTIFY_ANY)
		text_format(&t, "%s%c%s%c%s%c%u%c",
		    notifier->is_group ? "GROUP" : "INSTANCE", 0,
		    notifier_name(d, notifier), 0,
		    state_name((enum vr_state)notice->state), 0,
		    notice->priority, 0);
	notifier->token = effect.token;
	effect_add(d->out, &effect, arguments, (size_t)(t.at - t.start));
}

/* Takes the oldest notice out of a queue that has one. */
static struct notice
notice_take(struct notifier *notifier)
{
	struct notice notice = notifier->queue[0];

	notifier->count--;
	memmove(notifier->queue, notifier->queue + 1,
	    notifier->count * sizeof(notice));
	return notice;
}

/*
 * Starts the next script in the queue unless one is running.  One that hangs
 * holds up the next for NOTIFY_HOLD_US and is then left alone.
 */
static void
notifier_next(struct daemon *d, struct notifier *notifier, usec_t now)
{
	struct notice notice;

	if (notifier->token != 0 || notifier->count == 0)
		return;
	notice = notice_take(notifier);
	notice_run(d, notifier, &notice);
	timer_set(d, &notifier->timer, now + NOTIFY_HOLD_US);
}

/* Starts all scripts in the queue: nobody will be there to wait for any. */
static void
notifier_flush(struct daemon *d, struct notifier *notifier, usec_t now)
{
	while (notifier->count > 0) {
		notifier->token = 0;
		notifier_next(d, notifier, now);
	}
}

/*
 * Queues the script of this kind, if there is one.  A full queue loses its
 * oldest entry: the newest state is always told.  That a weaker one spoke up,
 * which may go on for hours, does not wait behind others: it would drive out
 * states.
 */
static void
notifier_queue(struct daemon *d, uint16_t index, enum notify_kind kind,
    enum vr_state state, uint8_t priority, usec_t now)
{
	struct notice notice = { (uint8_t)kind, (uint8_t)state, priority };
	struct notifier *notifier;

	if (index == NONE)
		return;
	notifier = &d->notifiers[index];
	if (notifier_conf(d, notifier)->command[kind] == NONE ||
	    (kind == NOTIFY_MASTER_RX_LOWER_PRI && notifier->count > 0))
		return;
	if (notifier->count == NOTICES_MAX)
		notice_take(notifier);
	notifier->queue[notifier->count++] = notice;
	notifier_next(d, notifier, now);
}

/* Queues the script of a state, and the generic one behind it (C-149). */
static void
notifier_tell(struct daemon *d, uint16_t index, enum vr_state state,
    uint8_t priority, usec_t now)
{
	enum notify_kind kind = state == VR_MASTER ? NOTIFY_MASTER :
	    state == VR_BACKUP ? NOTIFY_BACKUP : state == VR_STOP ?
	    NOTIFY_STOP : state == VR_DELETED ? NOTIFY_DELETED : NOTIFY_FAULT;

	notifier_queue(d, index, kind, state, priority, now);
	notifier_queue(d, index, NOTIFY_ANY, state, priority, now);
}

/*
 * What a tracker says: pending while it has no result, or the kernel was not
 * asked for the interface yet (C-134, C-135, C-140, C-141).
 */
static enum check_status
track_status(const struct daemon *d, const struct conf_track *track)
{
	const struct interface *interface;
	const struct file_state *file;

	if (track->kind == TRACK_SCRIPT)
		return (enum check_status)d->scripts[track->index].status;
	if (track->kind == TRACK_INTERFACE) {
		interface = &d->interfaces[track->index];
		return !interface->known ? CHECK_PENDING :
		    interface_works(interface) ? CHECK_GOOD : CHECK_FAILED;
	}
	if (track->kind == TRACK_PROCESS)
		return (enum check_status)d->processes[track->index].status;
	if (track->kind == TRACK_BFD)
		return (enum check_status)d->bfds[track->index].status;
	file = &d->files[track->index];
	return !file->known ? CHECK_PENDING :
	    file->value == 0 ? CHECK_GOOD : CHECK_FAILED;
}

/* What a tracker without weight means for who tracks it. */
static uint32_t
track_fault(const struct daemon *d, const struct conf_track *track)
{
	enum check_status status = track_status(d, track);

	if (status == CHECK_PENDING)
		return FAULT_PENDING;
	return (status == CHECK_GOOD) == track->reverse ? FAULT_TRACKED : 0;
}

/*
 * What a tracked file adds to the priority: its value times the weight, within
 * 253; less than that is a fault (C-140).
 */
static int
track_file_weight(const struct daemon *d, const struct conf_track *track,
    uint32_t *faults)
{
	int64_t sum = (int64_t)d->files[track->index].value * track->weight;

	if (track->reverse)
		sum = -sum;
	if (sum <= -254)
		*faults |= FAULT_TRACKED;
	return sum > 253 ? 253 : sum < -253 ? -253 : (int)sum;
}

/*
 * What a tracker with weight adds to the priority: a positive weight while it
 * is good, a negative one while it is not, and the opposite with reverse
 * (C-137).  One without a result adds nothing.
 */
static int
track_weight(const struct daemon *d, const struct conf_track *track,
    uint32_t *faults)
{
	enum check_status status = track_status(d, track);

	if (track->kind == TRACK_FILE)
		return track_file_weight(d, track, faults);
	if (status == CHECK_PENDING ||
	    (status == CHECK_GOOD) != (track->weight > 0))
		return 0;
	return track->reverse ? -track->weight : track->weight;
}

/* The first static entry of its track_group that is not there, or NULL. */
static const struct conf_entry *
missing_static(const struct daemon *d, const struct vr *vr)
{
	for (uint32_t i = 0; i < d->conf->static_count; i++) {
		const struct conf_entry *entry = &d->conf->entries[i];
		uint8_t state = d->entries[i].state;

		if (entry->group == NONE || state == VIP_PRESENT ||
		    state == VIP_ASKED)
			continue;
		for (uint16_t k = 0; k <
		    d->conf->track_groups[entry->group].member_count; k++) {
			if (vr == &d->vrs[d->conf->track_groups[
			    entry->group].members[k]])
				return entry;
		}
	}
	return NULL;
}

/* The tracker, or the static entry, that puts a virtual router in FAULT. */
static const char *
faulty_tracker(const struct daemon *d, const struct vr *vr)
{
	const struct conf_track *track = vr->conf->tracks;
	const struct conf_entry *missing;
	uint32_t faults = 0;

	for (; track < vr->conf->tracks + vr->conf->track_count; track++) {
		if (track->weight == 0)
			faults = track_fault(d, track) & FAULT_TRACKED;
		else if (track->kind == TRACK_FILE)
			track_file_weight(d, track, &faults);
		if (faults != 0)
			return track_name(d->conf, track);
	}
	missing = missing_static(d, vr);
	return missing == NULL ? "" : missing->text;
}

/*
 * The interface that a virtual router needs: of 0 the one that it sends by, or
 * its VRF; of i that of its i-th address, counted from 1.  NONE: none, or one
 * that does not matter or was named before.
 */
static uint16_t
needed_interface(const struct conf *conf, const struct conf_vr *vr, uint32_t i)
{
	const struct conf_address *address;
	uint16_t index;

	if (i == 0)
		return vr->interface != NONE ? vr->interface : vr->vrf;
	address = &vr->addresses[i - 1];
	index = interface_base(conf, address->interface);
	return index == vr->interface || (address->flags & ADDRESS_NO_TRACK) ?
	    NONE : index;
}

/*
 * What is wrong with the i-th interface that a virtual router needs
 * (needed_interface).  Nothing is before the kernel has been asked about it.
 */
static uint32_t
interface_fault(const struct daemon *d, const struct conf_vr *conf, uint32_t i)
{
	uint16_t index = needed_interface(d->conf, conf, i);
	const struct interface *interface;

	if (index == NONE)
		return 0;
	interface = &d->interfaces[index];
	if (!interface->known)
		return FAULT_STARTUP;
	if (interface->ifindex == 0)
		return FAULT_INTERFACE_ABSENT;
	return interface_works(interface) || (i == 0 &&
	    (conf->dont_track_primary || conf->interface == NONE)) ? 0 :
	    FAULT_INTERFACE_DOWN;
}

/* The first link of a virtual router that the kernel refuses us, or NONE. */
static uint16_t
refused_link(const struct daemon *d, const struct conf_vr *conf)
{
	for (uint16_t i = conf->link; i < conf->link + conf->link_count; i++) {
		if (d->links[i].refused)
			return d->conf->links[i].interface;
	}
	return NONE;
}

/* The first interface that has this fault and that a virtual router needs. */
static const char *
faulty_interface(const struct daemon *d, const struct vr *vr, uint32_t fault)
{
	const struct conf_vr *conf = vr->conf;
	uint16_t index = NONE;

	for (uint32_t i = 0; i <= vr_vip_count(vr); i++) {
		if (index == NONE && interface_fault(d, conf, i) == fault)
			index = needed_interface(d->conf, conf, i);
	}
	if (fault == FAULT_LINK)
		index = refused_link(d, conf);
	return index == NONE ? "" : d->conf->interfaces[index].name;
}

/* Appends why a virtual router is at fault, as a list. */
static void
faults_text(struct text *t, const struct daemon *d, const struct vr *vr,
    uint32_t which)
{
	/* in the order of enum fault */
	static const char reasons[] = "interface does not exist\0"
	    "interface is down\0"
	    "its link cannot be made as configured\0"
	    "there is no address to send from\0"
	    "a tracked check failed\0"
	    "it has no unicast peer\0"
	    "another member of its sync group is at fault\0"
	    "it is stopping\0"
	    "a check has no result yet\0"
	    "another member of its sync group has no result yet\0"
	    "its startup delay\0"
	    "maintenance";
	const char *separator = "";

	for (unsigned i = 0; 1U << i <= FAULT_MAINTENANCE; i++) {
		uint32_t fault = vr->faults & which & 1U << i;

		if (fault == 0)
			continue;
		text_format(t, "%s%s", separator, list_item(reasons, i));
		separator = ", ";
		if (fault <= FAULT_LINK)
			text_format(t, " (%s)", faulty_interface(d, vr, fault));
		else if (fault == FAULT_TRACKED)
			text_format(t, " (%s)", faulty_tracker(d, vr));
	}
}

/*
 * Appends why a virtual router changed its state.  Who was silent, or left, is
 * forgotten once another one was heard since.
 */
static void
cause_text(struct text *t, const struct daemon *d, const struct vr *vr,
    usec_t now)
{
	/* in the order of enum cause; "": there is more to tell */
	static const char causes[] = "starting\0it owns the address\0"
	    "\0\0\0\0nothing is wrong any more\0stalled for too long\0\0\0"
	    "stopping\0removed from the configuration";

	switch ((enum cause)vr->cause) {
	case CAUSE_SILENCE:
		if (vr->active.family == 0 || now <= vr->last_advert)
			text_string(t, "no other router was heard");
		else
			text_format(t, "nothing heard from %p for %jd s",
			    IP(vr->active),
			    span_ms(now - vr->last_advert));
		break;
	case CAUSE_RESIGNED:
		if (now < vr->last_advert)
			text_string(t, "the MASTER before it left");
		else
			text_format(t, "%p left", IP(vr->active));
		break;
	case CAUSE_BETTER:
	case CAUSE_WEAKER:
		text_format(t, "%p has priority %u, we have %u%s",
		    IP(vr->active), vr->active_priority, vr->machine.priority,
		    vr->active_priority == vr->machine.priority &&
		    ip_compare(&vr->source, &vr->active) < 0 ?
		    " and a lower address" : "");
		break;
	case CAUSE_GROUP:
		if (vr->conf->group == NONE)	/* a reload took it out */
			text_string(t, "with its former sync group");
		else
			text_format(t, "with sync group %s",
			    d->conf->groups[vr->conf->group].name);
		break;
	case CAUSE_FAULT:
		faults_text(t, d, vr, ~(uint32_t)FAULTS_WAITING);
		break;
	default:
		text_string(t, list_item(causes, vr->cause));
	}
}

/* Logs a change of state in one line with its cause, and tells the users. */
static void
vr_announce_state(struct daemon *d, struct vr *vr, enum vr_state state,
    usec_t now)
{
	char why[256];
	struct text t = text_over(why, sizeof(why));

	cause_text(&t, d, vr, now);
	effect_log(d->out, LOG_LEVEL_NOTICE, "%s: %s -> %s: %s",
	    vr->conf->name, state_name((enum vr_state)vr->told),
	    state_name(state), text_end(&t));
	vr_fifo(d, vr, state_name(state));
	notifier_tell(d, vr->notifier, state, vr->machine.priority, now);
}

/* Tells a change of a sync group's state; its priority is told as 0. */
static void
group_announce_state(struct daemon *d, struct sync_group *group,
    enum vr_state state, usec_t now)
{
	const char *name = d->conf->groups[group - d->groups].name;

	effect_log(d->out, LOG_LEVEL_NOTICE, "sync group %s: %s -> %s", name,
	    state_name((enum vr_state)group->told), state_name(state));
	fifo_line(d, "GROUP", name, state_name(state), 0);
	notifier_tell(d, group->notifier, state, 0, now);
	group->told = (uint8_t)state;
}

/*
 * Tells the state of a sync group if it is another than was told: MASTER or
 * BACKUP when all members are, FAULT when none takes part and one is at fault.
 * What lies between is the way from one to another, and not told.
 */
static void
group_tell(struct daemon *d, uint16_t index, usec_t now)
{
	struct sync_group *group = &d->groups[index];
	const struct vr *vr;
	uint32_t seen = 0;
	enum vr_state state = VR_INIT;

	for (uint16_t i = 0; (vr = vr_of_group(d, index, i)) != NULL; i++)
		seen |= 1U << vr_state(vr);
	if (seen == 1U << VR_MASTER)
		state = VR_MASTER;
	else if (seen == 1U << VR_BACKUP)
		state = VR_BACKUP;
	else if ((seen & ~(1U << VR_INIT)) == 1U << VR_FAULT)
		state = VR_FAULT;
	if (state != group->told && state != VR_INIT)
		group_announce_state(d, group, state, now);
}

/*
 * Tells users a state that they have not been told, once.  INIT is nobody's
 * business: a router that waits is silent (C-135), one whose FAULT gives way to
 * waiting is still known as FAULT, and after STOP there is nothing more to say.
 */
static void
vr_tell(struct daemon *d, struct vr *vr, usec_t now)
{
	enum vr_state state = vr_state(vr);

	if (state == vr->told || (state == VR_INIT && vr->told == VR_FAULT))
		return;
	if (state == VR_MASTER)
		counter_add(d, vr, COUNT_became_master);
	else if (vr->told == VR_MASTER)
		counter_add(d, vr, COUNT_released_master);
	vr->changed_at = now;
	speakers_forget(d, vr);
	vr->conflict_at = LONG_AGO;
	if (!d->stopping)
		vr_announce_state(d, vr, state, now);
	vr->told = (uint8_t)state;
	if (vr->conf->group != NONE && !d->stopping)
		group_tell(d, vr->conf->group, now);
}

/* -- the machine's actions -- */

/*
 * How long the addresses outlive the Active state (D-20): a router that leaves
 * on purpose keeps them until its successor speaks, one that bows until the
 * winner's announcement, but not with the MAC that the winner has now; one at
 * fault drops them at once (vr_apply).  The successor's Skew_Time is not known,
 * but it is no longer than that of priority 1.
 */
static usec_t
linger_span(const struct vr *vr, enum machine_event event)
{
	struct machine weakest = vr->machine;

	if (event != MACHINE_SHUTDOWN)
		return vr_sender_mac(vr->conf) != NULL ? 0 : LINGER_YIELD_US;
	weakest.priority = 1;
	return usec_min(skew_time(&weakest) + LINGER_EXTRA_US, LINGER_MAX_US);
}

/* Frames of as many rounds over the addresses, as far as they are countable. */
static uint32_t
announce_frames(uint32_t rounds, uint32_t addresses)
{
	uint32_t most = UINT32_MAX / addresses - 1;

	return (rounds < most ? rounds : most) * addresses;
}

/*
 * Begins a burst of announcements: `repeat` rounds over all addresses.  The
 * round that is under way ends first, lest the last ones never have their turn.
 */
static void
announce_start(struct daemon *d, struct vr *vr, uint32_t repeat)
{
	uint32_t addresses = vr_vip_count(vr);

	if (addresses == 0)
		return;
	vr->announce_left = vr->announce_left % addresses +
	    announce_frames(repeat, addresses);
	vr_touch(d, vr);
}

/* Ends all announcements, those to come too. */
static void
announce_stop(struct vr *vr)
{
	vr->announce_left = 0;
	vr->has_turn = false;
	vr->announce_at = vr->again_at = vr->refresh_at = NEVER;
	vr->claim_at = NEVER;
}

/*
 * Begins the bursts after a takeover: now, once more after garp_master_delay
 * (of 0: the two are one), and then every garp_master_refresh (D-15).
 */
static void
announce_takeover(struct daemon *d, struct vr *vr, usec_t now)
{
	const struct conf_vr *conf = vr->conf;

	announce_start(d, vr, conf->garp_repeat);
	vr->again_repeat = conf->garp_repeat;
	vr->again_at = now + conf->garp_delay_us;
	vr->refresh_at = conf->garp_refresh_us == 0 ? NEVER :
	    now + conf->garp_delay_us + conf->garp_refresh_us;
}

/*
 * Begins the bursts after a weaker router spoke up (C-089), to one of its sync
 * group perhaps; once a second at most (T5).
 */
static void
announce_weaker(struct daemon *d, struct vr *vr, usec_t now)
{
	const struct conf_vr *conf = vr->conf;

	if (conf->garp_lower_prio_repeat == 0 ||
	    now - vr->reminded_at < SECOND_US)
		return;
	vr->reminded_at = now;
	announce_start(d, vr, conf->garp_lower_prio_repeat);
	if (conf->garp_lower_prio_delay_us == 0)
		return;
	vr->again_repeat = conf->garp_lower_prio_repeat;
	vr->again_at = now + conf->garp_lower_prio_delay_us;
}

/* Ends the lingering: the addresses go, unless they are to stay (-V). */
static void
addresses_drop(struct daemon *d, struct vr *vr)
{
	vr->linger_until = NEVER;
	vr->wanted = vr->keep_addresses && vr->wanted;
	vr_touch(d, vr);
}

/* Puts one event through the machine and carries out its actions. */
static void
vr_step(struct daemon *d, struct vr *vr, enum machine_event event, usec_t now)
{
	unsigned actions = machine_step(&vr->machine, event, now);

	if (actions & ACT_IMPOSSIBLE)
		effect_log(d->out, LOG_LEVEL_ERROR, "%s: defect: event %u in "
		    "state %u", vr->conf->name, event, vr->machine.state);
	if (actions & ACT_SEND_ADVERT)
		vr_send_advert(d, vr, vr->machine.priority, now);
	if ((actions & ACT_SEND_ZERO) && !vr->keep_addresses)
		vr_send_advert(d, vr, PRIORITY_ZERO, now);
	if (actions & ACT_TAKE_ADDRESSES) {
		vr->wanted = true;
		/* what was refused before is tried at once */
		vr->restore_at = vr->linger_until = vr->preempt_at = NEVER;
		vr->backs_off = false;
		vr_touch(d, vr);
	}
	if (actions & ACT_DROP_ADDRESSES) {
		announce_stop(vr);
		vr->linger_until = now + linger_span(vr, event);
	}
	if (actions & ACT_ANNOUNCE)
		announce_takeover(d, vr, now);
	if (actions & ACT_ANNOUNCE_WEAKER)
		announce_weaker(d, vr, now);
	vr_arm(d, vr);
}

/* -- priorities and faults -- */

/*
 * Works out what the trackers of a virtual router say: the faults are
 * returned, *priority is the effective one, within 1 to 254 (C-138).  An
 * owner's is 255 whatever they say.
 */
static uint32_t
vr_trackers(const struct daemon *d, const struct vr *vr, uint8_t *priority)
{
	const struct conf_vr *conf = vr->conf;
	uint32_t faults = 0;
	int sum = vr_base_priority(vr);

	for (uint16_t i = 0; i < conf->track_count; i++) {
		const struct conf_track *track = &conf->tracks[i];

		if (track->weight == 0)
			faults |= track_fault(d, track);
		else
			sum += track_weight(d, track, &faults);
	}
	*priority = (uint8_t)(sum < 1 ? 1 : sum > 254 ? 254 : sum);
	if (conf->priority == PRIORITY_OWNER)
		*priority = PRIORITY_OWNER;
	return faults;
}

/*
 * Works out the faults of a virtual router that are its own (C-143).  One that
 * takes part already waits for nothing that a reload brought; of an interface
 * that a reload brought, the addresses are not known yet either.
 */
static uint32_t
vr_own_faults(const struct daemon *d, const struct vr *vr, uint32_t tracked)
{
	const struct conf_vr *conf = vr->conf;
	uint32_t faults = tracked | (vr->faults &
	    (FAULT_STOPPING | FAULT_MAINTENANCE));

	if (!d->dumped || d->start_at != NEVER)
		return faults | FAULT_STARTUP;
	for (uint32_t i = 0; i <= vr_vip_count(vr); i++)
		faults |= interface_fault(d, conf, i);
	if (refused_link(d, conf) != NONE)
		faults |= FAULT_LINK;
	if (missing_static(d, vr) != NULL)
		faults |= FAULT_TRACKED;
	if ((vr->source.family == 0 && (faults & FAULT_STARTUP) == 0) ||
	    vr->source_lost)
		faults |= FAULT_NO_ADDRESS;
	if (conf->unicast && conf->peer_count == 0 &&
	    conf->unicast_fault_no_peer)
		faults |= FAULT_NO_PEER;
	if (vr->machine.state != MACHINE_INITIALIZE)
		faults &= ~(uint32_t)(FAULT_PENDING | FAULT_STARTUP);
	return faults;
}

/*
 * Starts a virtual router that has no fault left, stops one that has got one.
 * Owners start as Active (RFC 9568 6.4.1), but within a sync group only if all
 * members are owners.
 */
static void
vr_apply(struct daemon *d, struct vr *vr, bool as_owner, usec_t now)
{
	bool initialize = vr->machine.state == MACHINE_INITIALIZE;

	if (vr->faults == 0 && initialize) {
		vr->cause = as_owner ? CAUSE_OWNER :
		    vr->told == VR_FAULT ? CAUSE_RECOVERED : CAUSE_START;
		vr->active.family = 0;
		vr->wants_active = false;
		vr->preempt_at = NEVER;
		if (vr->conf->unicast && vr->conf->interface != NONE)
			announce_ip(d, vr->conf->interface, &vr->source);
		vr_step(d, vr, as_owner ? MACHINE_STARTUP_OWNER :
		    MACHINE_STARTUP, now);
	} else if (vr->faults != 0) {
		if ((vr->faults & FAULT_STOPPING) == 0)
			vr->cause = vr->faults & ~(uint32_t)FAULTS_WAITING ?
			    CAUSE_FAULT : CAUSE_START;
		if (!initialize)
			vr_step(d, vr, MACHINE_SHUTDOWN, now);
		if (vr->linger_until != NEVER && (vr->faults & FAULTS_HARD))
			addresses_drop(d, vr);	/* a fault ends lingering */
	}
	vr_tell(d, vr, now);
}

/*
 * Applies the faults of a sync group's members to all of them: one at fault
 * faults all, one that waits makes those wait that do not take part yet
 * (C-147).
 */
static void
group_review(struct daemon *d, uint16_t index, usec_t now)
{
	uint32_t own = ~(uint32_t)(FAULT_GROUP | FAULT_GROUP_PENDING);
	uint32_t all = 0;
	bool owners = true;
	struct vr *vr;

	for (uint16_t i = 0; (vr = vr_of_group(d, index, i)) != NULL; i++) {
		all |= vr->faults & own;
		owners = owners && vr_is_owner(vr);
	}
	for (uint16_t i = 0; (vr = vr_of_group(d, index, i)) != NULL; i++) {
		vr->faults &= own;
		if (vr->faults == 0 && (all & ~(uint32_t)FAULTS_WAITING))
			vr->faults |= FAULT_GROUP;
		else if (vr->faults == 0 && all != 0 &&
		    vr->machine.state == MACHINE_INITIALIZE)
			vr->faults |= FAULT_GROUP_PENDING;
		vr_apply(d, vr, owners, now);
	}
}

/* Tells the users of a changed priority, if they want to know (C-152). */
static void
vr_tell_priority(struct daemon *d, struct vr *vr)
{
	const struct conf_vr *conf = vr->conf;
	bool wanted = conf->notify_priority_changes;

	effect_log(d->out, LOG_LEVEL_INFO, "%s: priority %u -> %u", conf->name,
	    vr->told_priority, vr->machine.priority);
	if (conf->group != NONE)
		wanted |= d->conf->groups[conf->group].notify_priority_changes;
	if (wanted)
		vr_fifo(d, vr, vr_state(vr) == VR_MASTER ? "MASTER_PRIORITY" :
		    "BACKUP_PRIORITY");
	vr->told_priority = vr->machine.priority;
}

/*
 * Looks at one virtual router anew: works out its faults and its priority from
 * what is known and draws the consequences, for its sync group too.
 */
static void
vr_review(struct daemon *d, struct vr *vr, usec_t now)
{
	uint8_t priority;
	uint32_t group = FAULT_GROUP | FAULT_GROUP_PENDING;
	uint32_t own = vr_own_faults(d, vr, vr_trackers(d, vr, &priority));

	if (priority != vr->machine.priority) {
		machine_set_priority(&vr->machine, priority);
		vr_tell_priority(d, vr);
		vr_arm(d, vr);
	}
	if (vr->conf->group == NONE) {
		vr->faults = own;
		vr_apply(d, vr, vr_is_owner(vr), now);
	} else if ((vr->faults & ~group) != own) {
		vr->faults = own;
		group_review(d, vr->conf->group, now);
	}
}

/* -- tracking scripts -- */

/*
 * Takes one result of a check into its counter: rise successes in a row make
 * it good, fall failures make it bad, and the very first decides alone.  It is
 * good while the counter is rise or more.  Returns whether its status changed.
 */
static bool
check_count(struct script *script, const struct conf_script *conf, bool good)
{
	uint8_t before = script->status;
	uint32_t best = conf->rise + conf->fall - 1;

	if (before == CHECK_PENDING)
		script->result = good ? best : 0;
	else if (good)
		script->result = script->result + 1 < conf->rise ?
		    script->result + 1 : best;
	else
		script->result = script->result > conf->rise ?
		    script->result - 1 : 0;
	script->status = script->result < conf->rise ? CHECK_FAILED :
	    CHECK_GOOD;
	return script->status != before;
}

/* Reviews every virtual router that tracks this. */
static void
tracked_changed(struct daemon *d, enum track_kind kind, uint32_t index,
    usec_t now)
{
	for (uint32_t i = 0; i < d->conf->vr_count; i++) {
		const struct conf_vr *conf = &d->conf->vrs[i];

		for (uint16_t k = 0; k < conf->track_count; k++) {
			if (conf->tracks[k].kind == kind &&
			    conf->tracks[k].index == index) {
				vr_review(d, &d->vrs[i], now);
				break;
			}
		}
	}
}

/* Appends why a run of the script failed. */
static void
script_why(struct text *t, const struct conf_script *conf,
    const struct script *script)
{
	/* in the order of enum finding */
	static const char findings[] = "\0the status of the answer is\0"
	    "connection refused\0"
	    "it cannot be reached\0the connection was closed\0"
	    "the answer is not HTTP\0the file cannot be read: \0"
	    "there is no number in the file\0there is no process\0"
	    "there is no such route\0";
	unsigned finding = script->last_exit & 0xff;
	int value = script->last_exit >> 8;

	if (script->timed_out) {
		text_string(t, "it timed out");
	} else if (conf->check.kind == CHECK_COMMAND) {
		text_format(t, "it ended with %s %d", finding & 0x7f ?
		    "signal" : "status", finding & 0x7f ?
		    (int)finding & 0x7f : value);
	} else {
		text_string(t, list_item(findings, finding));
		if (finding == FOUND_NO_FILE || finding == FOUND_ERROR)
			text_error(t, value);
		else if (value != 0)
			text_format(t, " %d", value);
	}
}

/* Whether a run of the script that ended with this value was good. */
static bool
script_succeeds(const struct conf_script *conf, int32_t value)
{
	int32_t status = value >> 8;

	if (conf->check.kind != CHECK_HTTP || (value & 0xff) != FOUND_STATUS)
		return value == 0;
	return conf->check.status == 0 ? status >= 200 && status < 400 :
	    status == conf->check.status;
}

/* Takes a result of the script, and logs it if it changes anything. */
static void
script_result(struct daemon *d, struct script *script, bool good, usec_t now)
{
	uint32_t index = (uint32_t)(script - d->scripts);
	const struct conf_script *conf = &d->conf->scripts[index];
	char why[80];
	struct text t = text_over(why, sizeof(why));

	if (!check_count(script, conf, good))
		return;
	if (!good)
		script_why(&t, conf, script);
	effect_log(d->out, LOG_LEVEL_NOTICE, "script %s: %s%s%s", conf->name,
	    good ? "good" : "failed", good ? "" : ": ", text_end(&t));
	tracked_changed(d, TRACK_SCRIPT, index, now);
}

/* Wakes a script for its next run or for the end of its patience. */
static void
script_arm(struct daemon *d, struct script *script)
{
	timer_set(d, &script->timer, script->token == 0 ? script->next_run :
	    script->deadline);
}

/*
 * A check that cannot be run counts as failed, loudly: a check that cannot run
 * is not healthy (D-6).
 */
static void
script_unusable(struct daemon *d, struct script *script)
{
	const struct conf_script *conf = &d->conf->scripts[script - d->scripts];
	const struct conf_command *command = &d->conf->commands[conf->command];

	effect_log(d->out, LOG_LEVEL_ERROR, "script %s: cannot be run and "
	    "counts as failed: %s: %s", conf->name, command->argv[0],
	    command->why);
	script->status = CHECK_FAILED;
	script->result = 0;
}

/* Has the world begin a built-in check, with all that it needs for it. */
static void
check_run(struct daemon *d, const struct conf_check *check, uint32_t token)
{
	char bytes[CHECK_REQUEST];
	struct text t = text_over(bytes, sizeof(bytes));
	struct effect effect = { .kind = EFFECT_CHECK, .index = check->kind,
	    .token = token, .destination = check->ip,
	    .value = check->kind == CHECK_ROUTE ? check->prefix : check->port };

	if (check->interface != NONE)
		effect.ifindex = d->interfaces[check->interface].ifindex;
	if (check->kind == CHECK_HTTP)
		http_request(&t, check);
	else if (check->kind == CHECK_PIDFILE)
		text_format(&t, "%s%c", check->path, 0);
	effect_add(d->out, &effect, bytes, (size_t)(t.at - t.start));
}

/* Starts a run of a tracking script. */
static void
script_run(struct daemon *d, struct script *script, usec_t now)
{
	const struct conf_script *conf = &d->conf->scripts[script - d->scripts];
	struct effect effect = { .kind = EFFECT_RUN, .index = conf->command,
	    .token = token_next(d) };

	script->token = effect.token;
	script->timed_out = script->killed = false;
	script->deadline = now + (conf->timeout_us > 0 ? conf->timeout_us :
	    conf->interval_us);
	script->next_run += conf->interval_us;
	if (conf->check.kind == CHECK_COMMAND)
		effect_add(d->out, &effect, NULL, 0);
	else
		check_run(d, &conf->check, effect.token);
	script_arm(d, script);
}

/* Ends a run that took too long: TERM to its group, and KILL 2 s later. */
static void
script_overdue(struct daemon *d, struct script *script, usec_t now)
{
	bool first = !script->timed_out;

	effect_plain(d->out, EFFECT_SIGNAL, script->token,
	    first ? SIGNAL_TERM : SIGNAL_KILL);
	script->killed = script->timed_out;
	script->timed_out = true;
	script->deadline = now + SCRIPT_KILL_US;
	script_arm(d, script);
	if (first)
		script_result(d, script, false, now);
}

/* The timer of a script: the next run, or the end of its patience. */
static void
script_wake(struct daemon *d, struct script *script, usec_t now)
{
	if (script->token == 0)
		script_run(d, script, now);
	else
		script_overdue(d, script, now);
}

/*
 * A run of a script ended with this wait status, or a check found this.  Runs
 * never overlap: one that took longer than its interval delays the next to the
 * following beat.
 */
static void
script_ended(struct daemon *d, struct script *script, int32_t status,
    usec_t now)
{
	const struct conf_script *conf = &d->conf->scripts[script - d->scripts];
	usec_t late = now - script->next_run;

	script->token = 0;
	script->last_exit = status;
	if (late > 0)
		script->next_run += (late + conf->interval_us - 1) /
		    conf->interval_us * conf->interval_us;
	if (d->stopping)
		return;			/* our own TERM is no failure */
	script_arm(d, script);
	if (!script->timed_out)
		script_result(d, script, script_succeeds(conf, status), now);
}

/* A process that the core started ended: whose it was finds out the token. */
static void
process_ended(struct daemon *d, uint32_t token, int32_t status, usec_t now)
{
	for (uint32_t i = 0; i < d->conf->script_count; i++) {
		if (d->scripts[i].token == token) {
			script_ended(d, &d->scripts[i], status, now);
			return;
		}
	}
	for (uint32_t i = 0; i < d->notifier_count; i++) {
		struct notifier *notifier = &d->notifiers[i];

		if (notifier->token != token)
			continue;
		if (status != 0)
			effect_log(d->out, LOG_LEVEL_WARNING, "%s: its notify "
			    "script ended with %s %d",
			    notifier_name(d, notifier), status & 0x7f ?
			    "signal" : "status", status & 0x7f ?
			    status & 0x7f : status >> 8);
		notifier->token = 0;
		timer_stop(d, &notifier->timer);
		notifier_next(d, notifier, now);
		return;
	}
}

/* -- tracked processes -- */

#define PROCESS_NAME_MAX 15		/* as long as the kernel keeps them */

/*
 * Finds the name in what /proc/PID/stat says, "1 (name) S ..."; it may have
 * parentheses of its own.  NULL: the process has ended, though its parent does
 * not know yet, or that is no such text.
 */
static const char *
process_name(const char *stat, size_t length, size_t *name_length)
{
	const char *start = byte_find(stat, length, '(');
	const char *end = stat + length - 1;

	/* NOLINTNEXTLINE(clang-analyzer-*) within length */
	while (start != NULL && end > start && *end != ')')
		end--;
	if (start == NULL || end == start || stat + length - end < 3 ||
	    end[1] != ' ' || end[2] == 'Z' || end[2] == 'X')
		return NULL;
	*name_length = (size_t)(end - start - 1);
	return start + 1;
}

/*
 * Whether a process is one that a vrrp_track_process is about: text[length] is
 * its name, or its command as in /proc/PID/cmdline (process_by_command).
 */
static bool
process_matches(const struct conf_process *conf, const char *text,
    size_t length)
{
	size_t wanted = conf->param_match == PARAMS_ANY ?
	    strlen(conf->words) + 1 : conf->length;

	if (!process_by_command(conf)) {
		wanted = wanted - 1 < PROCESS_NAME_MAX ? wanted - 1 :
		    PROCESS_NAME_MAX;
		return (length == wanted || (length > wanted &&
		    wanted == PROCESS_NAME_MAX)) &&
		    memcmp(text, conf->words, wanted) == 0;
	}
	if (conf->param_match == PARAMS_EXACT && length != wanted)
		return false;
	if (conf->param_match == PARAMS_INITIAL)
		wanted--;
	return length >= wanted && memcmp(text, conf->words, wanted) == 0;
}

/* Whether as many run as shall; quorum_max 0: none may. */
static bool
process_suffices(const struct conf_process *conf, uint32_t count)
{
	if (conf->quorum_max == 0)
		return count == 0;
	return count >= conf->quorum && (count <= conf->quorum_max ||
	    conf->quorum_max == QUORUM_MAX);
}

/* Draws the consequences of how many of a tracked process there are. */
static void
process_judge(struct daemon *d, struct process_state *process, usec_t now)
{
	uint32_t index = (uint32_t)(process - d->processes);
	const struct conf_process *conf = &d->conf->processes[index];
	bool good = process_suffices(conf, process->count);
	uint8_t status = good ? CHECK_GOOD : CHECK_FAILED;

	timer_stop(d, &process->timer);
	if (status == process->status)
		return;
	process->status = status;
	effect_log(d->out, LOG_LEVEL_NOTICE, "process %s: %s: %u running",
	    conf->name, good ? "good" : "failed", (unsigned)process->count);
	tracked_changed(d, TRACK_PROCESS, index, now);
}

/*
 * There are `count` of a tracked process now.  What more of them change waits
 * for fork_delay, what fewer change for terminate_delay; if it is undone by
 * then, nothing was.
 */
static void
process_counted(struct daemon *d, struct process_state *process,
    uint32_t count, usec_t now)
{
	const struct conf_process *conf =
	    &d->conf->processes[process - d->processes];
	uint32_t before = process->count;

	process->count = count;
	if (process->status == CHECK_PENDING || process_suffices(conf, count) ==
	    (process->status == CHECK_GOOD))
		process_judge(d, process, now);
	else if (process->timer.slot == NO_SLOT)
		timer_wake(d, &process->timer, now + (count > before ?
		    conf->fork_delay_us : conf->terminate_delay_us));
}

/* -- sync groups and timers of the machine -- */

/* Has a virtual router change its state for a cause, and users know. */
static void
vr_change(struct daemon *d, struct vr *vr, enum machine_event event,
    enum cause cause, usec_t now)
{
	vr->cause = (uint8_t)cause;
	vr_step(d, vr, event, now);
	vr_tell(d, vr, now);
}

/* Why a Backup whose timer fired takes over, from what it heard last. */
static enum cause
takeover_cause(const struct vr *vr, usec_t now)
{
	if (vr->active.family == 0)
		return CAUSE_SILENCE;
	if (vr->active_priority == PRIORITY_ZERO)
		return CAUSE_RESIGNED;
	return vr->active_priority < vr->machine.priority &&
	    now - vr->last_advert < 2 * counted_interval(&vr->machine) ?
	    CAUSE_WEAKER : CAUSE_SILENCE;
}

/*
 * Makes every member of a sync group Active, `first` before the others, once
 * all of them want it (C-145).
 */
static void
group_promote(struct daemon *d, struct vr *first, usec_t now)
{
	uint16_t group = first->conf->group;
	struct vr *vr;

	vr_change(d, first, MACHINE_TIMER, takeover_cause(first, now), now);
	for (uint16_t i = 0; (vr = vr_of_group(d, group, i)) != NULL; i++) {
		vr->wants_active = false;
		if (vr->machine.state == MACHINE_BACKUP)
			vr_change(d, vr, MACHINE_TIMER, CAUSE_GROUP, now);
	}
}

/* Whether all members but this one are Active or want to be. */
static bool
group_is_ready(const struct daemon *d, const struct vr *except)
{
	uint16_t group = except->conf->group;
	const struct vr *vr;

	for (uint16_t i = 0; (vr = vr_of_group(d, group, i)) != NULL; i++) {
		if (vr != except && !vr->wants_active &&
		    vr->machine.state != MACHINE_ACTIVE)
			return false;
	}
	return true;
}

/*
 * One member lost its election: the others go back with it (C-146), also when
 * it never was Active but came to an Active group by a reload.  Where each of
 * two groups has a member that is better than the other's, both may step back,
 * and would come again, at one moment: that of the lower address comes later.
 */
static void
group_step_back(struct daemon *d, const struct vr *loser, usec_t now)
{
	uint16_t group = loser->conf->group;
	bool waits = ip_compare(&loser->source, &loser->active) < 0;
	struct vr *vr;

	for (uint16_t i = 0; (vr = vr_of_group(d, group, i)) != NULL; i++) {
		if (vr->machine.state != MACHINE_ACTIVE)
			continue;
		vr_change(d, vr, MACHINE_STEP_BACK, CAUSE_GROUP, now);
		if (waits)
			vr->machine.timer += vr->machine.interval_us;
	}
}

/*
 * Whether an Active was stalled for so long that a router of the priority that
 * timer_expired_backup names has taken over: Active_Down_Interval after the
 * last advertisement, which was sent an interval before the timer was due.
 */
static bool
vr_is_stale(const struct vr *vr, usec_t now)
{
	struct machine other = vr->machine;

	other.priority = vr->conf->expired_backup;
	return other.priority > 0 && now - other.timer + other.interval_us >
	    active_down_interval(&other);
}

/* The machine's timer fired: advertise, or take over if the group agrees. */
static void
vr_machine_timer(struct daemon *d, struct vr *vr, usec_t now)
{
	if (vr->machine.state == MACHINE_ACTIVE && vr_is_stale(vr, now)) {
		vr_change(d, vr, MACHINE_STEP_BACK, CAUSE_STALLED, now);
		group_step_back(d, vr, now);
		return;
	}
	if (vr->machine.state == MACHINE_ACTIVE) {
		vr_step(d, vr, MACHINE_TIMER, now);
		return;
	}
	if (vr->conf->group == NONE) {
		vr_change(d, vr, MACHINE_TIMER, takeover_cause(vr, now), now);
	} else if (group_is_ready(d, vr)) {
		group_promote(d, vr, now);
	} else {
		vr->wants_active = true;
		vr_step(d, vr, MACHINE_HOLD, now);
	}
}

/* -- advertisements in -- */

/*
 * Follows the checksum form of v3 over IPv4 (D-1): a Backup copies that of the
 * Active it follows; an Active changes after three of the other form in a row,
 * from one source, for three intervals in which it has spoken itself.  No other
 * advertisement is ever of the plain form.
 */
static void
checksum_follow(struct vr *vr, const struct packet *packet,
    const struct advert *advert, usec_t now)
{
	bool active = vr->machine.state == MACHINE_ACTIVE;

	if (vr->conf->checksum_form != CHECKSUM_AUTO)
		return;
	if (advert->plain == vr->checksum_plain ||
	    !ip_equal(&vr->active, &packet->source))
		vr->other_form = 0;
	if (advert->plain == vr->checksum_plain)
		return;
	if (vr->other_form == 0)
		vr->form_at = now;
	if (vr->other_form < 3)
		vr->other_form++;
	if (active && (vr->other_form < 3 ||
	    now - vr->form_at < 3 * (usec_t)vr->machine.interval_us))
		return;
	vr->checksum_plain = advert->plain;
	vr->other_form = 0;
}

/*
 * Decides whether a Backup may preempt now (preempt_delay): from the first
 * weaker advertisement on, the delay runs, and until its end weaker ones are
 * followed; one that is not weaker cancels it.  Without any, there is no delay.
 */
static void
preempt_update(struct vr *vr, const struct advert *advert, usec_t now)
{
	const struct conf_vr *conf = vr->conf;

	vr->machine.preempt = vr_is_owner(vr) || !conf->no_preempt;
	if (conf->preempt_delay_us == 0 || !vr->machine.preempt ||
	    vr->machine.state != MACHINE_BACKUP || advert->priority == 0)
		return;
	if (advert->priority >= vr->machine.priority) {
		vr->preempt_at = NEVER;
		return;
	}
	if (vr->preempt_at == NEVER)
		vr->preempt_at = now + conf->preempt_delay_us;
	vr->machine.preempt = now >= vr->preempt_at;
}

/*
 * Whether another router may still be answered: the first at once, then at
 * most ANSWERS_MAX a second (T5), so that nobody can use us as an amplifier.
 * *left of these are left of the second that began at *since.
 */
static bool
answer_allowed(usec_t *since, uint8_t *left, usec_t now)
{
	if (now - *since >= SECOND_US) {
		*since = now;
		*left = ANSWERS_MAX;
	}
	if (*left == 0)
		return false;
	--*left;
	return true;
}

/*
 * How long a conflict goes on without another sign of it.  Two that claim the
 * address in turn, a second apart, see one every two seconds.
 */
static usec_t
conflict_span(const struct vr *vr)
{
	return 3 * ((usec_t)vr->machine.interval_us + SECOND_US);
}

/* Whether another machine is known to be MASTER too. */
static bool
vr_has_conflict(const struct vr *vr, usec_t now)
{
	return vr->conflicts_told > 0 &&
	    now - vr->conflict_at <= conflict_span(vr);
}

/*
 * When a conflict under way is told: after half an interval, then 1, 4, 16
 * minutes after its begin and so on to eleven days, and every eleven days.
 */
static usec_t
conflict_due(const struct vr *vr)
{
	unsigned told = vr->conflicts_told, times = 1;

	if (told == 0)
		return vr->conflict_since + vr->machine.interval_us / 2;
	if (told > CONFLICTS_TOLD_MAX) {
		times = told - CONFLICTS_TOLD_MAX + 1;
		told = CONFLICTS_TOLD_MAX;
	}
	return vr->conflict_since + (CONFLICT_AGAIN_US << 2 * (told - 1)) *
	    times;
}

/*
 * While we are Active, another one was seen to be: it advertised, or claimed
 * our address.  One sign is nothing, as a router that yields may have spoken
 * just before.  What goes on for half an interval is a conflict.
 */
static void
vr_conflict_seen(struct daemon *d, struct vr *vr, usec_t now)
{
	char line[LINE_MAX_LOG];
	struct text t = text_over(line, sizeof(line));

	if (now - vr->conflict_at > conflict_span(vr)) {
		vr->conflict_since = now;
		vr->conflicts_told = 0;
	}
	vr->conflict_at = now;
	if (now < conflict_due(vr) || vr->conflicts_told == UINT8_MAX)
		return;
	vr->conflicts_told++;
	counter_add(d, vr, COUNT_conflicts);
	if (now - vr->last_advert > conflict_span(vr) || vr->active.family == 0)
		text_string(&t, "another machine has our addresses");
	else
		text_format(&t, "%p is MASTER too, and does not yield to us",
		    IP(vr->active));
	effect_log(d->out, LOG_LEVEL_WARNING, "%s: conflict: %s (for %jd s)",
	    vr->conf->name, text_end(&t),
	    span_ms(now - vr->conflict_since));
	vr_fifo(d, vr, "MASTER_CONFLICT");
}

/*
 * A weaker router spoke up while we are Active: answer, announce again, and
 * tell, which is done once a second at most (T5).  Sync group members announce
 * theirs too.
 */
static void
vr_hear_weaker(struct daemon *d, struct vr *vr, usec_t now)
{
	struct vr *other;

	vr_step(d, vr, vr->conf->lower_prio_no_advert ? MACHINE_WEAKER_QUIET :
	    MACHINE_WEAKER, now);
	if (now - vr->weaker_at < SECOND_US)
		return;
	vr->weaker_at = now;
	vr_fifo(d, vr, "MASTER_RX_LOWER_PRI");
	notifier_queue(d, vr->notifier, NOTIFY_MASTER_RX_LOWER_PRI, VR_MASTER,
	    vr->machine.priority, now);
	for (uint16_t i = 0; (other = vr_of_group(d, vr->conf->group, i)) !=
	    NULL; i++) {
		if (other->machine.state == MACHINE_ACTIVE) {
			announce_weaker(d, other, now);
			vr_arm(d, other);
		}
	}
}

/* Bows to a better router: the machine steps, and so does the group. */
static void
vr_yield(struct daemon *d, struct vr *vr, usec_t now)
{
	bool was_active = vr->machine.state == MACHINE_ACTIVE;

	vr->wants_active = false;
	if (was_active)
		vr->cause = CAUSE_BETTER;
	if (was_active && vr->conf->higher_prio_send_advert)
		vr_send_advert(d, vr, vr->machine.priority, now);
	vr_step(d, vr, MACHINE_YIELD, now);
	vr_tell(d, vr, now);
	group_step_back(d, vr, now);
}

/*
 * An advertisement passed all checks: judge it and draw the consequences.  One
 * that comes while we linger is our successor's: the addresses go (D-20).
 */
static void
vr_hear(struct daemon *d, struct vr *vr, const struct packet *packet,
    const struct advert *advert, usec_t now)
{
	enum machine_event event;
	int order = ip_compare(&packet->source, &vr->source);

	checksum_follow(vr, packet, advert, now);
	vr->active = packet->source;
	vr->active_priority = advert->priority;
	vr->last_advert = now;
	vr->machine.heard_interval_us = advert->interval_us;
	preempt_update(vr, advert, now);
	event = judge_advert(&vr->machine, advert->priority, order);
	if (vr->machine.state == MACHINE_ACTIVE && event == MACHINE_WEAKER) {
		counter_add(d, vr, COUNT_lower_received);
		vr_conflict_seen(d, vr, now);
	}
	if (event == MACHINE_YIELD)
		vr_yield(d, vr, now);
	else if (vr->machine.state == MACHINE_BACKUP)
		vr_step(d, vr, event, now);
	else if (answer_allowed(&vr->answered_at, &vr->answers, now)) {
		if (event == MACHINE_ZERO)
			vr_step(d, vr, event, now);
		else
			vr_hear_weaker(d, vr, now);
	}
}

/* ==== 7. Router ==== */
/*
 * The whole daemon as a value: daemon_event takes one event and appends
 * effects, daemon_deadline is the only source of wake-ups.  Here news from the
 * kernel becomes a picture of its interfaces and addresses, packets find their
 * virtual router, and the reconciler asks for the difference between what
 * should exist and what does.
 *
 * Promises: what the kernel has is believed only from the kernel's own reports;
 * a refused packet costs one counter and touches no timer; advertisements leave
 * before addresses are set, addresses before announcements, and long bursts are
 * cut so that no advertisement waits for them.  Nothing is allocated after
 * daemon_build.
 */

#define EARLY_MAX_US	(20 * MS_US) /* an advert may join a batch this early */
#define RESTORE_WAIT_US	SECOND_US	/* D-16: after too many episodes */
#define EPISODE_US	(50 * MS_US)	/* what is lost within is one episode */
#define EPISODES_US	(10 * SECOND_US)
#define EPISODES_MAX	5
#define CLAIM_WAIT_US	(50 * MS_US)	/* D-15 */
#define RETRY_US	SECOND_US
#define STOP_WAIT_US	SECOND_US	/* notify scripts at the end */
#define STOP_REMOVE_US	(2 * SECOND_US)	/* after that, for the kernel */
#define STOP_RETRY_US	(100 * MS_US)
#define LINK_GROUP_END	0x56525250U	/* VRRP: of links that we remove */
#define WORK_EFFECTS	512		/* addresses and announcements a turn */
#define ANY_PREFIX	255 /* of vip_find */
#define LOCALS_EXTRA	1024 /* foreign addresses that are remembered, */
#define LOCALS_EACH	8	/* and those of each interface on average */
#define NO_LOCAL	UINT32_MAX
#define LINK_NUMBER	0x80000000U /* of a request about our first link */
#define REMAINDER_NUMBER (LINK_NUMBER - 1) /* of all about remainders */

/* -- finding things -- */

/* The index of the configured interface with this ifindex, or NONE. */
static uint16_t
interface_find(const struct daemon *d, uint32_t ifindex)
{
	for (uint16_t i = 0; i < d->conf->interface_count; i++) {
		if (d->interfaces[i].ifindex == ifindex && ifindex != 0)
			return i;
	}
	return NONE;
}

/*
 * The index of the interface with this name, or NONE.  Where it may stand is
 * looked at first, then what is behind that: thousands of links are mostly
 * asked for in their order.
 */
static uint16_t
interface_by_name(const struct conf *conf, const char *name, uint16_t start)
{
	for (uint32_t i = 0; i < conf->interface_count; i++) {
		uint32_t k = (start + i) % conf->interface_count;

		if (strncmp(conf->interfaces[k].name, name,
		    sizeof(conf->interfaces[k].name)) == 0)
			return (uint16_t)k;
	}
	return NONE;
}

/* What packets are told apart by; one without interface sorts first. */
static uint32_t
wire_key(uint16_t interface, uint8_t family, uint8_t vrid)
{
	return (uint32_t)(uint16_t)(interface + 1) << 16 |
	    (uint32_t)family << 8 | vrid;
}

/* The key of the n-th virtual router in order of keys. */
static uint32_t
wire_key_at(const struct daemon *d, uint32_t n)
{
	const struct conf_vr *conf = &d->conf->vrs[d->by_key[n]];

	return wire_key(conf->interface, conf->family, conf->vrid);
}

/* Sorts daemon.by_key (Shell's method: no memory, quick enough). */
static void
wire_keys_sort(struct daemon *d)
{
	uint32_t count = d->conf->vr_count, gap = 1;

	for (uint32_t i = 0; i < count; i++)
		d->by_key[i] = (uint16_t)i;
	while (gap < count / 3)
		gap = 3 * gap + 1;
	for (; gap > 0; gap /= 3) {
		for (uint32_t i = gap; i < count; i++) {
			uint32_t k = i;

			while (k >= gap &&
			    wire_key_at(d, k - gap) > wire_key_at(d, k)) {
				uint16_t swap = d->by_key[k];

				d->by_key[k] = d->by_key[k - gap];
				d->by_key[k - gap] = swap;
				k -= gap;
			}
		}
	}
}

/* The first place in daemon.by_key whose key is not below this one. */
static uint32_t
wire_key_lower(const struct daemon *d, uint32_t key)
{
	uint32_t low = 0, high = d->conf->vr_count;

	while (low < high) {
		uint32_t middle = (low + high) / 2;

		if (wire_key_at(d, middle) < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Whether the n-th virtual router in order of keys is on this interface. */
static bool
wire_key_is_on(const struct daemon *d, uint32_t n, uint16_t interface)
{
	return n < d->conf->vr_count &&
	    d->conf->vrs[d->by_key[n]].interface == interface;
}

/*
 * The virtual router with this key that a packet is for: one of its own kind,
 * multicast or unicast, and where several share a VRID with its sender as peer,
 * best with its destination as source.  Without any of the kind, another one,
 * which will count it.
 */
static struct vr *
vr_find_key(struct daemon *d, uint32_t key, const struct packet *packet)
{
	bool unicast = !ip_is_multicast(&packet->destination);
	struct vr *found = NULL, *other = NULL;

	for (uint32_t i = wire_key_lower(d, key); i < d->conf->vr_count &&
	    wire_key_at(d, i) == key; i++) {
		struct vr *vr = &d->vrs[d->by_key[i]];

		if (vr->conf->unicast != unicast)
			other = vr;
		else if (!unicast ||
		    (peer_find(vr->conf, &packet->source) != NULL &&
		    ip_equal(&vr->source, &packet->destination)))
			return vr;
		else if (found == NULL ||
		    peer_find(vr->conf, &packet->source) != NULL)
			found = vr;
	}
	return found != NULL ? found : other;
}

/* The virtual router that a packet from this interface is for, or NULL. */
static struct vr *
vr_find(struct daemon *d, uint16_t interface, uint8_t vrid,
    const struct packet *packet)
{
	uint8_t family = packet->source.family;
	struct vr *vr = NULL;

	if (interface != NONE)
		vr = vr_find_key(d, wire_key(interface, family, vrid), packet);
	return vr != NULL ? vr :
	    vr_find_key(d, wire_key(NONE, family, vrid), packet);
}

/* The configured address of a vip. */
static const struct conf_address *
vip_address(const struct daemon *d, const struct vip *vip)
{
	return &d->conf->vrs[vip->vr].addresses[vip->address];
}

/* The prefix length that the kernel reports for a configured address. */
static uint8_t
address_prefix(const struct conf_address *address)
{
	return address->flags & ADDRESS_PEER ? address->more->peer_prefix :
	    address->prefix;
}

/* The first vip of a chain, from the i-th on, with this address; or NULL. */
static struct vip *
vip_chain(const struct daemon *d, uint32_t i, const struct ip *ip)
{
	while (i != NO_SLOT && !ip_equal(&vip_address(d, &d->vips[i])->ip, ip))
		i = d->vips[i].next;
	return i == NO_SLOT ? NULL : &d->vips[i];
}

/* The first vip with this address, on whatever interface and prefix. */
static struct vip *
vip_first(const struct daemon *d, const struct ip *ip)
{
	return vip_chain(d, d->vip_hash[ip_hash(ip) & d->vip_hash_mask], ip);
}

/* The next one with the same address, or NULL. */
static struct vip *
vip_next(const struct daemon *d, const struct vip *vip)
{
	return vip_chain(d, vip->next, &vip_address(d, vip)->ip);
}

/* The first vip of those with its address, from it on, on this interface. */
static struct vip *
vip_on(const struct daemon *d, struct vip *vip, uint8_t prefix,
    uint32_t ifindex)
{
	for (; vip != NULL; vip = vip_next(d, vip)) {
		const struct conf_address *address = vip_address(d, vip);

		if (d->interfaces[address->interface].ifindex == ifindex &&
		    (address_prefix(address) == prefix || prefix == ANY_PREFIX))
			break;
	}
	return vip;
}

/* The first vip that is this address on this interface, or NULL. */
static struct vip *
vip_find(const struct daemon *d, const struct ip *ip, uint8_t prefix,
    uint32_t ifindex)
{
	return vip_on(d, vip_first(d, ip), prefix, ifindex);
}

/* The next one behind it that is the same for the kernel, or NULL. */
static struct vip *
vip_twin(const struct daemon *d, const struct vip *vip)
{
	const struct conf_address *address = vip_address(d, vip);

	return vip_on(d, vip_next(d, vip), address_prefix(address),
	    d->interfaces[address->interface].ifindex);
}

/* Whether one that is the same for the kernel shall be there. */
static bool
vip_shared(const struct daemon *d, const struct vip *vip)
{
	const struct conf_address *address = vip_address(d, vip);
	const struct vip *twin = vip_find(d, &address->ip,
	    address_prefix(address),
	    d->interfaces[address->interface].ifindex);

	while (twin != NULL && (twin == vip || !d->vrs[twin->vr].wanted))
		twin = vip_twin(d, twin);
	return twin != NULL;
}

/* -- addresses that the kernel has beside ours -- */

/*
 * The link of an interface's list that leads to a remembered address; where it
 * would be appended, *link being NO_LOCAL, when it is unknown.
 */
static uint32_t *
local_link(struct daemon *d, struct interface *interface,
    const struct nl_address *news)
{
	uint32_t *link = &interface->first_address;

	while (*link != NO_LOCAL &&
	    (d->locals[*link].news.prefix != news->prefix ||
	    !ip_equal(&d->locals[*link].news.ip, &news->ip)))
		link = &d->locals[*link].next;
	return link;
}

/* A free slot for an address, or NO_LOCAL: given back ones come first. */
static uint32_t
local_take(struct daemon *d)
{
	uint32_t slot = d->local_free;

	if (slot != NO_LOCAL)
		d->local_free = d->locals[slot].next;
	else if (d->local_used < d->local_capacity)
		slot = d->local_used++;
	return slot;
}

/* Remembers an address of an interface; says so once when there is no room. */
static void
local_add(struct daemon *d, struct interface *interface,
    const struct nl_address *news)
{
	uint32_t *link = local_link(d, interface, news);
	struct local_address *local;

	if (*link == NO_LOCAL) {
		*link = local_take(d);
		if (*link == NO_LOCAL) {
			if (d->locals_lost++ == 0)
				effect_log(d->out, LOG_LEVEL_WARNING,
				    "interfaces have more addresses than are "
				    "remembered (%u)", d->local_capacity);
			return;
		}
		d->locals[*link].next = NO_LOCAL;
	}
	local = &d->locals[*link];
	local->news = *news;
	local->seen = true;
}

/* Forgets the address of an interface that *link leads to. */
static void
local_unlink(struct daemon *d, uint32_t *link)
{
	uint32_t slot = *link;

	*link = d->locals[slot].next;
	d->locals[slot].news.ip.family = 0;	/* it is nobody's */
	d->locals[slot].next = d->local_free;
	d->local_free = slot;
}

/* Forgets an address of an interface, if it is known. */
static void
local_remove(struct daemon *d, struct interface *interface,
    const struct nl_address *news)
{
	uint32_t *link = local_link(d, interface, news);

	if (*link != NO_LOCAL)
		local_unlink(d, link);
}

/*
 * Whether what has an address on interface a is who has it on b, or anywhere,
 * NONE: a link-local one is of a link, and others are of a VRF (C-014).
 */
static bool
ip_is_same(const struct daemon *d, const struct ip *ip, uint16_t a, uint16_t b)
{
	a = interface_base(d->conf, a);
	b = interface_base(d->conf, b);
	return a == b || b == NONE || (!ip_is_link_local(ip) &&
	    d->interfaces[a].master == d->interfaces[b].master);
}

/* Whether it is a virtual address there, or one that the kernel has. */
static bool
ip_is_virtual(const struct daemon *d, const struct ip *ip, uint16_t on,
    bool present)
{
	const struct vip *vip = vip_first(d, ip);

	while (vip != NULL && ((present && vip->state != VIP_PRESENT) ||
	    !ip_is_same(d, ip, vip_address(d, vip)->interface, on)))
		vip = vip_next(d, vip);
	return vip != NULL;
}

/* Whether it is an address of ours there, beside virtual ones. */
static bool
ip_is_own(const struct daemon *d, const struct ip *ip, uint16_t on)
{
	for (uint32_t i = 0; i < d->local_used; i++) {
		const struct nl_address *news = &d->locals[i].news;

		if (ip_equal(&news->ip, ip) && ip_is_same(d, ip,
		    interface_find(d, news->ifindex), on))
			return true;
	}
	return false;
}

/*
 * Whether a remembered address can be sent from: IPv4 any but a virtual one,
 * IPv6 a link-local one that is neither tentative nor a duplicate (C-014), or
 * for peers beyond the link one that is not link-local.
 */
static bool
local_is_source(const struct daemon *d, const struct vr *vr,
    const struct nl_address *local)
{
	const struct conf_vr *conf = vr->conf;
	bool beyond = conf->unicast && conf->peer_count > 0 &&
	    !ip_is_link_local(&conf->peers[0].ip);

	if (local->ip.family != conf->family ||
	    ip_is_virtual(d, &local->ip, conf->interface, false))
		return false;
	if (conf->family == 4)
		return true;
	return (local->flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED)) == 0 &&
	    ip_is_link_local(&local->ip) != beyond;
}

/*
 * Primary_IP_Address of a virtual router: the one it has as long as that is
 * there, else the interface's first that will do, preferring one that the
 * kernel does not call secondary.  An owner without another address sends from
 * its virtual one, which is its own.  Family 0: there is none.
 */
static struct ip
vr_choose_source(struct daemon *d, const struct vr *vr)
{
	const struct conf_vr *conf = vr->conf;
	const struct nl_address *best = NULL;
	uint32_t i = conf->interface == NONE ? NO_LOCAL :
	    d->interfaces[conf->interface].first_address;
	struct ip none = { { 0 }, 0 };

	for (; i != NO_LOCAL; i = d->locals[i].next) {
		const struct nl_address *local = &d->locals[i].news;

		if (!local_is_source(d, vr, local))
			continue;
		if (ip_equal(&local->ip, &vr->source))
			return vr->source;
		if (best == NULL || ((best->flags & IFA_F_SECONDARY) != 0 &&
		    (local->flags & IFA_F_SECONDARY) == 0))
			best = local;
	}
	if (best != NULL)
		return best->ip;
	for (uint16_t k = 0; vr_is_owner(vr) && k < conf->address_count; k++) {
		if (vr->wanted ||
		    d->vips[vr->first_vip + k].state == VIP_PRESENT)
			return conf->addresses[k].ip;
	}
	return none;
}

/*
 * Sets the source of a virtual router and reviews it.  A configured source is
 * used whether it is there or not, unless track_src_ip watches it.  A fault for
 * want of a source resigns from the old one first (C-131).
 */
static void
vr_update_source(struct daemon *d, struct vr *vr, usec_t now)
{
	struct ip source = vr->conf->source;
	uint16_t on = vr->conf->interface;

	if (source.family == 0)
		source = vr_choose_source(d, vr);
	else if (vr->conf->track_source && !ip_is_own(d, &source, on) &&
	    !ip_is_virtual(d, &source, on, true))
		source.family = 0;
	vr->source_lost = source.family == 0 && vr->source.family != 0;
	if (vr->source_lost)
		vr_review(d, vr, now);	/* while it can be sent from */
	vr->source_lost = false;
	vr->source = source;
	vr_review(d, vr, now);
}

/*
 * Updates the sources of all virtual routers on an interface, and of those that
 * have none, which sort first; NONE: of all.
 */
static void
sources_update(struct daemon *d, uint16_t interface, usec_t now)
{
	uint32_t i = 0;

	for (; interface == NONE ? i < d->conf->vr_count :
	    wire_key_is_on(d, i, NONE); i++)
		vr_update_source(d, &d->vrs[d->by_key[i]], now);
	if (interface == NONE)
		return;
	i = wire_key_lower(d, wire_key(interface, 0, 0));
	for (; wire_key_is_on(d, i, interface); i++)
		vr_update_source(d, &d->vrs[d->by_key[i]], now);
}

/* -- settings of interfaces, and the links that we make -- */

/*
 * Has the kernel asked; number: for its answer.  False: there is nothing to ask
 * for, its length is 0.
 */
static bool
request_send(struct daemon *d, const uint8_t *request, size_t length,
    uint32_t number, uint32_t ifindex)
{
	struct effect effect = { .kind = EFFECT_NETLINK, .ifindex = ifindex,
	    .index = number };

	if (length > 0)
		effect_add(d->out, &effect, request, length);
	return length > 0;
}

/* Begins a request about a link, by its ifindex or, that being 0, its name. */
static struct packer
link_begin(struct daemon *d, uint16_t type, uint32_t number, uint32_t ifindex,
    const char *name)
{
	return nl_link_begin(d->request, NETLINK_MAX, type, number, ifindex,
	    name, 0, 0);
}

/* Sends a finished request about a link. */
static void
link_request(struct daemon *d, struct packer *p, uint32_t number)
{
	(void)request_send(d, p->start, nl_finish(p), number, 0);
}

/*
 * Brings the settings of an interface to what we need while we run, or back to
 * what they were, unless others have changed them since.
 */
static void
interface_settle(struct daemon *d, uint16_t index, bool stop)
{
	struct interface *interface = &d->interfaces[index];

	for (int i = 0; i < SETTINGS4 && interface->ifindex != 0; i++) {
		int8_t *is = &interface->settings[i];
		int8_t *before = &interface->before[i];
		bool wants = interface->wants[i] && !stop;
		uint8_t pair[2] = { settings4[i].number, settings4[i].value };
		struct packer p;

		if (wants ? *is <= UNKNOWN || *is >= pair[1] :
		    *is != pair[1] || *before <= UNKNOWN)
			continue;
		if (!wants)
			pair[1] = (uint8_t)*before;
		*before = wants ? *is : UNKNOWN;
		*is = (int8_t)pair[1];
		p = link_begin(d, RTM_NEWLINK, 0, interface->ifindex, NULL);
		nl_link_settings4(&p, pair, 1);
		link_request(d, &p, 0);
	}
}

/* Has a file below /proc/sys/net/ipv6/conf of a link written. */
static void
link_sysctl(struct daemon *d, const char *name, const char *file, int value)
{
	char path[64];
	struct text t = text_over(path, sizeof(path));
	struct effect effect = { .kind = EFFECT_SYSCTL, .value = value };

	text_format(&t, "/proc/sys/net/ipv6/conf/%s/%s%c", name, file, 0);
	effect_add(d->out, &effect, path, (size_t)(t.at - t.start));
}

/* Whether a link that is there has another MAC or mode than it should have. */
static bool
link_lacks(const struct conf_vmac *vmac, const struct nl_link *news)
{
	return vmac->kind == LINK_MACVLAN && (news->mode != MACVLAN_MODE_VEPA ||
	    memcmp(news->mac, vmac->mac, 6) != 0);
}

/*
 * Asks for everything about a link that is there: our mark if we made it, its
 * MAC and mode if it has others, the base's VRF, and that it answers for its
 * own addresses alone, takes packets from wherever a route leads to (the
 * interface's own rp_filter would not count where that of `all' is larger), and
 * speaks no IPv6 of its own accord.
 */
static void
link_setup(struct daemon *d, uint16_t i, const struct nl_link *news)
{
	static const uint8_t settings[] = { IPV4_DEVCONF_ARP_IGNORE, 1,
	    IPV4_DEVCONF_RP_FILTER, 2, IPV4_DEVCONF_ACCEPT_LOCAL, 1,
	    IPV4_DEVCONF_PROMOTE_SECONDARIES, 1 };
	const struct conf_link *conf = &d->conf->links[i];
	const struct conf_vmac *vmac = conf->vmac;
	const struct interface *base = &d->interfaces[conf->base];
	uint32_t ifindex = news == NULL ? 0 : news->ifindex;
	uint8_t mark[sizeof(link_mark) - 1 + SETTINGS_MARKED];
	struct packer p = link_begin(d, RTM_NEWLINK, 0, ifindex, vmac->name);

	memcpy(mark, link_mark, sizeof(link_mark) - 1);
	for (int k = 0; k < SETTINGS_MARKED; k++) {
		int8_t before = base->before[k] > UNKNOWN ? base->before[k] :
		    base->settings[k];

		mark[sizeof(link_mark) - 1 + (size_t)k] = (uint8_t)('0' +
		    (before > UNKNOWN ? before & 7 : 0));
	}
	if (news == NULL)
		nl_attribute(&p, IFLA_IFALIAS, mark, sizeof(mark));
	if (base->master != 0)
		nl_attribute(&p, IFLA_MASTER, &base->master,
		    sizeof(base->master));
	nl_link_settings4(&p, settings, COUNT_OF(settings) / 2);
	link_request(d, &p, 0);
	if (news != NULL && link_lacks(vmac, news)) {
		p = link_begin(d, RTM_NEWLINK, LINK_NUMBER + i, ifindex,
		    vmac->name);
		nl_attribute(&p, IFLA_ADDRESS, vmac->mac, 6);
		nl_link_describe(&p, vmac);
		link_request(d, &p, LINK_NUMBER + i);
	}
	p = link_begin(d, RTM_NEWLINK, 0, ifindex, vmac->name);
	nl_link_no_eui64(&p);
	link_request(d, &p, 0);
	link_sysctl(d, vmac->name, "disable_ipv6", !conf->ip6);
	if (conf->ip6)
		link_sysctl(d, vmac->name, "accept_ra", 0);
}

/* Asks the kernel to remove a link. */
static void
link_remove(struct daemon *d, uint32_t ifindex, uint32_t number)
{
	struct packer p = link_begin(d, RTM_DELLINK, number, ifindex, NULL);

	link_request(d, &p, number);
}

/*
 * Asks the kernel for all links and addresses, and for routes and rules if any
 * are configured.
 */
static void
dump_ask(struct daemon *d)
{
	effect_plain(d->out, EFFECT_DUMP, 0, d->conf->entry_count > 0);
}

/* Asks the kernel to have a link of ours up, or down. */
static void
link_turn(struct daemon *d, uint16_t i, bool up)
{
	const struct conf_link *conf = &d->conf->links[i];
	struct packer p = nl_link_begin(d->request, NETLINK_MAX, RTM_NEWLINK,
	    LINK_NUMBER + i, d->interfaces[conf->interface].ifindex,
	    conf->vmac->name, up ? IFF_UP : 0, IFF_UP);

	link_request(d, &p, LINK_NUMBER + i);
}

/*
 * Asks for what a link of a virtual router lacks: it is made, down, as soon as
 * its base is there and no other has its name, and up while the addresses are
 * wanted, so that nothing can leave a Backup with the virtual MAC.  Returns
 * whether it goes down, which may take the kernel 20 ms.
 */
static bool
link_reconcile(struct daemon *d, uint16_t i, bool up)
{
	const struct conf_link *conf = &d->conf->links[i];
	struct link *link = &d->links[i];
	uint32_t base = d->interfaces[conf->base].ifindex;
	struct packer p = packer_over(d->request, NETLINK_MAX);

	if (!d->dumped || base == 0 || (!link->there && (d->stopping ||
	    d->interfaces[conf->interface].ifindex != 0)))
		return false;
	if (!link->there) {
		p.at += nl_link_create(d->request, NETLINK_MAX, conf->vmac,
		    base, LINK_NUMBER + i);
		link_request(d, &p, LINK_NUMBER + i);
		link_setup(d, i, NULL);
		*link = (struct link){ .there = true, .ours = true,
		    .refused = link->refused };
	}
	if (link->up == up)
		return false;
	link->up = up;
	link_turn(d, i, up);
	return !up;
}

/*
 * Looks again at the links that were refused.  Whether one that could not go up
 * can now, only trying tells: it goes down at once where it is not wanted.
 */
static void
links_retry(struct daemon *d, const struct conf_vr *conf)
{
	bool look = false;

	for (uint16_t i = conf->link; i < conf->link + conf->link_count; i++) {
		if (!d->links[i].refused ||
		    d->interfaces[d->conf->links[i].interface].ifindex == 0)
			continue;
		if (d->links[i].stuck)
			link_turn(d, i, true);
		else
			look = true;
	}
	if (look)
		dump_ask(d);
}

/*
 * Removes what we made and puts back what we changed, at the end.  The kernel
 * waits some 20 ms for each request that removes a link, so that one removes
 * them all: a group's that nobody else has.
 */
static void
links_release(struct daemon *d)
{
	static const uint32_t group = LINK_GROUP_END;
	bool any = false;

	for (uint16_t i = 0; i < d->conf->link_count; i++) {
		const struct conf_link *conf = &d->conf->links[i];
		struct packer p;

		if (!d->links[i].there || !d->links[i].ours)
			continue;
		p = link_begin(d, RTM_NEWLINK, 0,
		    d->interfaces[conf->interface].ifindex, conf->vmac->name);
		nl_attribute(&p, IFLA_GROUP, &group, sizeof(group));
		link_request(d, &p, 0);
		any = true;
	}
	if (any) {
		struct packer p = link_begin(d, RTM_DELLINK, 0, 0, NULL);

		nl_attribute(&p, IFLA_GROUP, &group, sizeof(group));
		link_request(d, &p, 0);
	}
	for (uint16_t i = 0; i < d->conf->interface_count; i++)
		interface_settle(d, i, true);
}

/* -- the reconciler -- */

/* Asks the kernel to add an address, with a mark or 0, or to remove it. */
static void
address_request(struct daemon *d, bool add, const struct conf_address *address,
    uint32_t ifindex, uint32_t number, uint8_t mark)
{
	(void)request_send(d, d->request, nl_address_request(d->request,
	    NETLINK_MAX, add, address, ifindex, number, mark), number,
	    ifindex);
}

/*
 * Asks for what one vip lacks: added when wanted, removed when not, unless
 * another virtual router wants it too.  One that others put there stays, until
 * we have held it ourselves; an owner's own address stays for ever, and is put
 * back without our mark (D-3).  Returns whether it asked for an addition.
 */
static bool
vip_reconcile(struct daemon *d, struct vip *vip, bool wanted)
{
	const struct vr *vr = &d->vrs[vip->vr];
	const struct conf_address *address = vip_address(d, vip);
	uint32_t ifindex = d->interfaces[address->interface].ifindex;
	bool there = vip->state == VIP_PRESENT || vip->state == VIP_ASKED ||
	    (vip->state == VIP_LEFT && (address->flags & ADDRESS_NO_TRACK));

	if (ifindex == 0)
		return false;
	if (wanted && !vr_is_owner(vr))
		vip->foreign = false;
	if (wanted == there || (there && ((vip->foreign && !(d->release_all &&
	    !vr_is_owner(vr))) || vip_shared(d, vip))))
		return false;
	vip->state = wanted ? VIP_ASKED : VIP_REMOVING;
	address_request(d, wanted, address, ifindex,
	    (uint32_t)(vip - d->vips) + 1, vip->foreign ? 0 : ADDRESS_PROTOCOL);
	return wanted;
}

/*
 * Brings the links of a virtual router to what they should be; ip6: those with
 * IPv6 addresses alone.  At the end those that go with us need not go down.
 */
static bool
vr_reconcile_links(struct daemon *d, const struct vr *vr, bool ip6)
{
	const struct conf_vr *conf = vr->conf;
	bool closed = false;

	for (uint16_t i = conf->link; i < conf->link + conf->link_count; i++) {
		if (ip6 ? d->conf->links[i].ip6 : !d->stopping ||
		    !d->links[i].ours)
			closed = link_reconcile(d, i, vr->wanted) || closed;
	}
	return closed;
}

/*
 * Brings a virtual router's addresses to what they should be.  Additions are
 * announced.  A link goes up before its addresses come.  It goes down in a
 * later turn, so that those of all others are gone by then; but before its
 * addresses over IPv6, where the kernel would report their groups' end, from a
 * MAC that another router has now.  Returns whether a link went down.
 */
static bool
vr_reconcile(struct daemon *d, struct vr *vr)
{
	bool added = false, changed = false, closed;

	closed = vr_reconcile_links(d, vr, !vr->wanted);
	for (uint32_t i = 0; i < vr_vip_count(vr); i++) {
		struct vip *vip = &d->vips[vr->first_vip + i];
		uint8_t before = vip->state;

		if (!vr->wanted && vip->state >= VIP_REFUSED)
			vip->state = VIP_ABSENT;
		added = vip_reconcile(d, vip, vr->wanted) || added;
		changed = changed || vip->state != before;
	}
	if (added && vr->announce_left == 0)
		announce_start(d, vr, vr->conf->garp_repeat);
	if (changed && !vr->wanted && vr->conf->link_count > 0)
		vr_touch(d, vr);
	else if (!vr->wanted)
		closed = vr_reconcile_links(d, vr, false) || closed;
	return closed;
}

/* The virtual router that an entry belongs to; NULL: it is static. */
static struct vr *
entry_vr(const struct daemon *d, uint32_t i)
{
	uint16_t vr = d->conf->entries[i].vr;

	return vr == NONE ? NULL : &d->vrs[vr];
}

/* Whether an entry shall be there. */
static bool
entry_wanted(const struct daemon *d, uint32_t i)
{
	const struct vr *vr = entry_vr(d, i);

	return vr == NULL ? !d->stopping : vr->wanted;
}

/* Has the daemon look at the static entries at a moment. */
static void
statics_wake(struct daemon *d, usec_t when)
{
	d->statics_at = usec_min(when, d->statics_at);
	timer_wake(d, &d->timer, when);
}

/* Has whoever an entry belongs to look at it, at once or a while later. */
static void
entry_touch(struct daemon *d, uint32_t i, usec_t when)
{
	struct vr *vr = entry_vr(d, i);

	if (vr == NULL) {
		statics_wake(d, when);
	} else if (when == 0) {
		vr_touch(d, vr);
	} else {
		vr->restore_at = when;
		vr_arm(d, vr);
	}
}

/* Makes the request that adds or removes an entry; its length, 0: it cannot. */
static size_t
entry_write(const struct daemon *d, uint32_t i, bool add, uint32_t number)
{
	return nl_entry_request(d->request, NETLINK_MAX, add,
	    &d->conf->entries[i], d->interfaces, number);
}

/* Asks the kernel to add or remove an entry; false: it cannot be asked. */
static bool
entry_request(struct daemon *d, uint32_t i, bool add, uint32_t number)
{
	return request_send(d, d->request, entry_write(d, i, add, number),
	    number, 0);
}

/* The first entry from the i-th on that a request would remove, or NO_SLOT. */
static uint32_t
entry_find(const struct daemon *d, uint32_t i, const uint8_t *request,
    size_t length)
{
	uint8_t other[NETLINK_MAX];
	struct cursor c = cursor_over(request, length);
	struct nl_message message;
	enum entry_kind kind;
	uint32_t hash;

	if (!nl_next(&c, &message))
		return NO_SLOT;
	kind = message.type == RTM_DELADDR ? ENTRY_ADDRESS :
	    message.type == RTM_DELROUTE ? ENTRY_ROUTE : ENTRY_RULE;
	hash = nl_entry_hash(kind, message.body);
	for (; i < d->conf->entry_count; i++) {
		const struct conf_entry *conf = &d->conf->entries[i];

		if (d->entries[i].hash == hash &&
		    nl_entry_request(other, sizeof(other), false, conf,
		    d->interfaces, 0) == length && memcmp(other, request,
		    length) == 0)
			return i;
	}
	return NO_SLOT;
}

/* Whether an entry shall be there since another that is the same shall be. */
static bool
entry_shared(const struct daemon *d, uint32_t i)
{
	size_t length = entry_write(d, i, false, 0);
	uint32_t k = entry_find(d, 0, d->request, length);

	while (k != NO_SLOT && (k == i || !entry_wanted(d, k)))
		k = entry_find(d, k + 1, d->request, length);
	return k != NO_SLOT;
}

/*
 * Asks for what an entry lacks, as vip_reconcile.  The nexthops of an IPv6
 * route come and go one by one: what is left of it goes before it comes anew.
 */
static void
entry_reconcile(struct daemon *d, uint32_t i, bool wanted)
{
	const struct conf_entry *conf = &d->conf->entries[i];
	struct entry *entry = &d->entries[i];
	bool there = entry->state == VIP_PRESENT ||
	    entry->state == VIP_ASKED ||
	    (entry->state == VIP_LEFT && conf->no_track);

	if (!wanted && entry->state >= VIP_REFUSED)
		entry->state = VIP_ABSENT;
	if (wanted == there || (there && (entry->foreign ||
	    entry_shared(d, i))))
		return;
	if (wanted && conf->renew)
		(void)entry_request(d, i, false, 0);
	if (entry_request(d, i, wanted, ENTRY_REQUESTS + i))
		entry->state = wanted ? VIP_ASKED : VIP_REMOVING;
	else
		entry->state = VIP_ABSENT;
}

/* Brings entries to what they should be: they come in order, go in reverse. */
static void
entries_reconcile(struct daemon *d, uint32_t first, uint32_t count, bool wanted)
{
	for (uint32_t i = 0; i < count; i++)
		entry_reconcile(d, first + (wanted ? i : count - 1 - i),
		    wanted);
}

/*
 * The same for those that belong to no virtual router; they go at the end.
 * Before the first dump is complete it is not known what others put there.
 */
static void
statics_reconcile(struct daemon *d)
{
	d->statics_at = NEVER;
	if (d->dumped && !d->stopping)
		entries_reconcile(d, 0, d->conf->static_count, true);
}

/*
 * When an announcement may leave an interface: now, or at the place in its
 * queue that it takes hereby (vrrp_garp_interval, vrrp_gna_interval).  Those of
 * a garp_group have the queue of its first one.
 */
static usec_t
announce_pace(struct daemon *d, uint16_t index, uint8_t family, usec_t now)
{
	uint16_t group = d->conf->interfaces[index].garp_group;
	uint32_t gap = family == 6 ? d->conf->global.gna_interval_us :
	    d->conf->global.garp_interval_us;
	usec_t *free_at, when;

	if (group > 0) {
		const struct conf_garp *garp = &d->conf->garps[group - 1];

		index = garp->interfaces[0];
		gap = family == 6 ? garp->gna_interval_us :
		    garp->garp_interval_us;
	}
	free_at = &d->interfaces[index].announce_at[family == 6];
	if (gap == 0)
		return now;
	when = usec_max(now, *free_at);
	*free_at = when + gap;
	return when;
}

/*
 * Sends one round of a virtual router's burst: every address once, as far as
 * pacing allows.  What is left goes on in a later turn.
 */
static void
vr_announce_round(struct daemon *d, struct vr *vr, usec_t now)
{
	uint32_t count = vr_vip_count(vr);

	vr->announce_at = NEVER;
	do {
		uint32_t i = (count - vr->announce_left % count) % count;
		const struct conf_address *address = &vr->conf->addresses[i];
		usec_t when = vr->has_turn ? now : announce_pace(d,
		    interface_base(d->conf, address->interface),
		    address->ip.family, now);

		vr->has_turn = false;
		if (when > now) {
			vr->announce_at = when;
			vr_arm(d, vr);
			return;
		}
		if (announce_ip(d, address->interface, &address->ip))
			counter_add(d, vr, COUNT_announced);
		vr->announce_left--;
	} while (vr->announce_left % count != 0);
	if (vr->announce_left > 0)
		vr_touch(d, vr);
}

/*
 * Brings all that a virtual router has to what it should be.  Routes come after
 * addresses and announcements, and go before addresses.  Additions wait while
 * restoring backs off; while it lingers all stays as it is (D-20).  Returns
 * whether a link went down.
 */
static bool
vr_work(struct daemon *d, struct vr *vr, usec_t now)
{
	const struct conf_vr *conf = vr->conf;
	bool waits = vr->linger_until != NEVER || (vr->wanted &&
	    vr->backs_off);
	bool closed = false;

	if (!waits && !vr->wanted)
		entries_reconcile(d, conf->first_entry, conf->entry_count,
		    false);
	if (!waits)
		closed = vr_reconcile(d, vr);
	if (vr->announce_left > 0 && vr->announce_at == NEVER && vr->wanted)
		vr_announce_round(d, vr, now);
	if (!waits && vr->wanted)
		entries_reconcile(d, conf->first_entry, conf->entry_count,
		    true);
	return closed;
}

/*
 * Works on the virtual routers whose addresses want care, oldest first, until
 * about WORK_EFFECTS are out, or a link goes down: the loop then looks at the
 * timers and comes back.  What was due before leaves before we think of them.
 */
static void
daemon_work(struct daemon *d, usec_t now)
{
	uint32_t budget = WORK_EFFECTS;

	if (d->work_count > 0 && d->out->drain != NULL)
		d->out->drain(d->out);
	while (d->work_count > 0 && budget > 0) {
		struct vr *vr = &d->vrs[d->work[d->work_head]];
		uint32_t cost = 1 + vr_vip_count(vr) + vr->conf->entry_count;

		d->work_head = (d->work_head + 1) % d->conf->vr_count;
		d->work_count--;
		vr->dirty = false;
		if (vr_work(d, vr, now))
			cost = budget;
		budget -= cost < budget ? cost : budget;
	}
}

/* -- news from the kernel -- */

/*
 * Addresses of a virtual router were removed by others (D-16): they are put
 * back at once, but once a second when that happens again and again; which is
 * told again when it has happened twice as often, and no more after 128 times.
 */
static void
vr_restore(struct daemon *d, struct vr *vr, usec_t now)
{
	usec_t since = now - vr->episode_at;

	counter_add(d, vr, COUNT_restored);
	vr_touch(d, vr);
	if (vr->episodes > 0 && since < EPISODE_US)
		return;
	if (since > EPISODES_US)
		vr->episodes = 0;
	if (vr->episodes < UINT8_MAX)
		vr->episodes++;
	vr->episode_at = now;
	if (vr->episodes < EPISODES_MAX) {
		effect_log(d->out, LOG_LEVEL_WARNING, "%s: somebody removed "
		    "its addresses; they are put back", vr->conf->name);
		return;
	}
	if (vr->episodes == EPISODES_MAX ||
	    (vr->episodes & (vr->episodes - 1)) == 0)
		effect_log(d->out, LOG_LEVEL_WARNING, "%s: somebody keeps "
		    "removing its addresses (%u times); they are put back once "
		    "a second", vr->conf->name, vr->episodes);
	vr->backs_off = true;
	vr->restore_at = now + RESTORE_WAIT_US;
	vr_arm(d, vr);
}

/* Logs that others set a virtual address on a router that does not hold it. */
static void
vip_foreign(struct daemon *d, const struct vip *vip)
{
	struct vr *vr = &d->vrs[vip->vr];

	if (!vr_is_owner(vr) && !vr->wanted && vr_says(vr, COUNT_restored))
		effect_log(d->out, LOG_LEVEL_WARNING, "%s: %p: somebody else "
		    "set this virtual address here", vr->conf->name,
		    IP(vip_address(d, vip)->ip));
}

/*
 * Removes an address as the kernel reports it: with our mark, and no virtual
 * router has it, since an earlier run left it behind; or of another prefix.
 */
static void
remainder_remove(struct daemon *d, const struct nl_address *news)
{
	struct conf_address address = { .ip = news->ip,
	    .prefix = news->prefix };

	address_request(d, false, &address, news->ifindex, REMAINDER_NUMBER,
	    0);
}

/*
 * The kernel reports a virtual address.  One that nobody asked for is a
 * remainder of an earlier run, known by its mark or, where the kernel knows no
 * marks, by the configuration (C-121); else it is foreign and only logged.  One
 * that goes with another prefix than we asked for goes as it is.
 */
static void
vip_appeared(struct daemon *d, struct vip *vip, const struct nl_address *news)
{
	struct vr *vr = &d->vrs[vip->vr];
	bool marked = news->protocol == ADDRESS_PROTOCOL ||
	    news->protocol == KEEPALIVED_PROTOCOL;

	vip->seen = true;
	if (vip->state == VIP_REMOVING) {
		if (news->prefix != vip_address(d, vip)->prefix) {
			vip->state = VIP_ABSENT;
			remainder_remove(d, news);
		}
		return;
	}
	if (vip->state == VIP_ABSENT || vip->state >= VIP_REFUSED) {
		vip->foreign = !marked && (d->kernel_tags || vr_is_owner(vr));
		vr_touch(d, vr);
		if (vip->foreign)
			vip_foreign(d, vip);
	}
	vip->state = VIP_PRESENT;
	if ((news->flags & IFA_F_DADFAILED) && vr_says(vr, COUNT_restored))
		effect_log(d->out, LOG_LEVEL_WARNING, "%s: %p: duplicate "
		    "address detection failed for this address",
		    vr->conf->name, IP(news->ip));
}

/*
 * The kernel reports that a virtual address is gone.  While it was asked for,
 * this is about one before it.
 */
static void
vip_vanished(struct daemon *d, struct vip *vip, usec_t now)
{
	struct vr *vr = &d->vrs[vip->vr];
	bool was_there = vip->state == VIP_PRESENT;

	vip->foreign = vip->foreign && vr_is_owner(vr);
	if (vip->state == VIP_ASKED)
		return;
	if ((was_there || vip->state == VIP_LEFT) && vr->wanted &&
	    (vip_address(d, vip)->flags & ADDRESS_NO_TRACK)) {
		vip->state = VIP_LEFT;			/* C-123 */
		return;
	}
	vip->state = VIP_ABSENT;
	if (vr->wanted && vr->linger_until == NEVER) {
		if (was_there)
			vr_restore(d, vr, now);
		else
			vr_touch(d, vr);
	}
}

/* Reviews the instances of an entry's track_group. */
static void
entry_review(struct daemon *d, uint32_t i, usec_t now)
{
	uint16_t group = d->conf->entries[i].group;
	const struct conf_group *conf = group == NONE ? NULL :
	    &d->conf->track_groups[group];

	for (uint16_t k = 0; conf != NULL && k < conf->member_count; k++)
		vr_review(d, &d->vrs[conf->members[k]], now);
}

/*
 * The kernel reports an entry.  One that nobody asked for is left of an
 * earlier run; but of addresses, only with our mark.
 */
static void
entry_appeared(struct daemon *d, uint32_t i, bool marked, usec_t now)
{
	struct entry *entry = &d->entries[i];
	uint8_t before = entry->state;

	entry->seen = true;
	if (before == VIP_REMOVING)
		return;
	if (before == VIP_ABSENT)
		entry->foreign = !marked;
	entry->state = VIP_PRESENT;
	entry->told = false;
	if (before == VIP_ABSENT || before >= VIP_REFUSED)
		entry_touch(d, i, 0);
	if (before == VIP_REFUSED)
		entry_review(d, i, now);
}

/*
 * The kernel reports that an entry is gone.  While it was asked for, this is
 * about one before it.  Static ones are put back at most once a second.
 */
static void
entry_vanished(struct daemon *d, uint32_t i, usec_t now)
{
	struct entry *entry = &d->entries[i];
	struct vr *vr = entry_vr(d, i);
	uint8_t before = entry->state;

	if (before == VIP_ASKED)
		return;
	entry->foreign = false;
	if ((before == VIP_PRESENT || before == VIP_LEFT) &&
	    entry_wanted(d, i) && d->conf->entries[i].no_track) {
		entry->state = VIP_LEFT;
		return;
	}
	entry->state = VIP_ABSENT;
	if (!entry_wanted(d, i))
		return;
	if (vr == NULL) {
		statics_wake(d, usec_max(now, d->statics_restored + RETRY_US));
		d->statics_restored = d->statics_at;
	} else if (vr->linger_until == NEVER && before == VIP_PRESENT) {
		vr_restore(d, vr, now);
	}
}

/* Whether a message, whose hash is given, is about entry i. */
static bool
entry_is(const struct daemon *d, uint32_t i, enum entry_kind kind,
    uint32_t hash, const struct nl_message *message)
{
	size_t length;

	if (d->entries[i].hash != hash || d->conf->entries[i].kind != kind)
		return false;
	length = entry_write(d, i, true, 0);
	return length > 0 && nl_entry_matches(kind, d->request, length,
	    message->body);
}

/*
 * A message about what may be entries of ours; more than one may be alike.
 * What one of them wants is not left behind by one whose line says less of it:
 * that would remove it, for ever.  Returns whether one is.
 */
static bool
entry_news(struct daemon *d, enum entry_kind kind,
    const struct nl_message *message, bool added, bool marked, usec_t now)
{
	uint32_t hash = nl_entry_hash(kind, message->body);
	bool found = false, wanted = false;

	for (uint32_t i = 0; i < d->conf->entry_count; i++) {
		if (entry_is(d, i, kind, hash, message)) {
			found = true;
			wanted |= entry_wanted(d, i);
		}
	}
	for (uint32_t i = 0; found && i < d->conf->entry_count; i++) {
		if (!entry_is(d, i, kind, hash, message))
			continue;
		if (!added)
			entry_vanished(d, i, now);
		else if (!wanted || entry_wanted(d, i) ||
		    d->entries[i].state != VIP_ABSENT || entry_shared(d, i))
			entry_appeared(d, i, marked, now);
	}
	return found;
}

/* Whether a removal was refused because there is nothing to remove. */
static bool
is_gone(int error)
{
	return error == EADDRNOTAVAIL || error == ENODEV || error == ESRCH ||
	    error == ENOENT;
}

/*
 * What a refusal leaves of what was asked for, or to be removed.  That it is
 * there already, or is gone already, is as good as done.  Returns whether it is
 * to be asked for again.
 */
static bool
refusal_take(uint8_t *state, int error)
{
	bool adding = *state == VIP_ASKED;
	bool done = adding ? error == EEXIST : is_gone(error);

	if (!adding && *state != VIP_REMOVING)
		return false;		/* it was before a reload, or is gone */
	*state = done == adding ? VIP_PRESENT : adding ? VIP_REFUSED :
	    VIP_ABSENT;
	return !done;
}

/* The kernel refused to add an entry, or to remove it; as daemon_refused. */
static void
entry_refused(struct daemon *d, uint32_t i, int error, usec_t now)
{
	const struct conf_entry *conf = &d->conf->entries[i];
	struct entry *entry = &d->entries[i];
	bool adding = entry->state == VIP_ASKED;

	if (!refusal_take(&entry->state, error))
		return;
	entry_touch(d, i, now + RETRY_US);
	if (!entry->told)
		effect_log(d->out, LOG_LEVEL_WARNING, "%s: the kernel refuses "
		    "to %s '%s': %i", conf->vr == NONE ? "static" :
		    d->conf->vrs[conf->vr].name, adding ? "add" : "remove",
		    conf->text, error);
	entry->told = true;
	entry_review(d, i, now);
}

/*
 * A dump is complete: which entries it did not show.  Of routes with a
 * protocol of their own nothing is reported.
 */
static void
entries_dumped(struct daemon *d, usec_t now)
{
	for (uint32_t i = 0; i < d->conf->entry_count; i++) {
		struct entry *entry = &d->entries[i];

		if (d->conf->entries[i].unheard)
			entry->seen = entry->state == VIP_PRESENT ||
			    entry->state == VIP_ASKED;
		if (!entry->seen && entry->state == VIP_ASKED)
			entry->state = VIP_ABSENT;
		else if (!entry->seen && entry->state != VIP_ABSENT)
			entry_vanished(d, i, now);
		else if (entry->state == VIP_REMOVING)
			entry->state = VIP_PRESENT;	/* it is seen */
	}
	statics_reconcile(d);
}

/*
 * Whether what has our mark and is not configured is of an earlier run: once,
 * and not if it may be of another daemon that runs here.
 */
static bool
seeks_remainders(const struct daemon *d)
{
	return (!d->dumped || d->cleaning) && !d->shared;
}

/* Logs that an address came or went (-a). */
static void
address_log(struct daemon *d, uint16_t index, const struct nl_address *news,
    bool added)
{
	effect_log(d->out, LOG_LEVEL_NOTICE, "interface %s: %p/%u %s",
	    d->conf->interfaces[index].name, IP(news->ip), news->prefix,
	    added ? "came" : "went");
}

/*
 * The vip that a report is about, or NULL.  The kernel has an IPv6 address once
 * on an interface, of whatever length: one that others set stands for ours.
 * Of IPv4 it has both, and answers ARP for either.
 */
static struct vip *
vip_reported(struct daemon *d, const struct nl_address *news, bool added)
{
	struct vip *vip = vip_find(d, &news->ip, news->prefix, news->ifindex);

	if (vip != NULL || (added && news->protocol == ADDRESS_PROTOCOL))
		return vip;
	vip = vip_find(d, &news->ip, ANY_PREFIX, news->ifindex);
	if (vip == NULL || (news->ip.family == 6 &&
	    (added || vip->state == VIP_PRESENT)))
		return vip;
	if (added && d->kernel_tags && news->protocol != KEEPALIVED_PROTOCOL)
		vip_foreign(d, vip);
	return NULL;
}

/* A message about a virtual address, of which this vip is the first. */
static void
vips_news(struct daemon *d, struct vip *vip, const struct nl_address *news,
    bool added, usec_t now)
{
	for (; vip != NULL; vip = vip_twin(d, vip)) {
		if (added)
			vip_appeared(d, vip, news);
		else
			vip_vanished(d, vip, now);
	}
}

/* A message about an address. */
static void
address_news(struct daemon *d, struct nl_message *message, bool added,
    usec_t now)
{
	const struct nl_message report = *message;
	struct nl_address news;
	struct vip *vip;
	uint16_t index;
	bool configured;

	if (!nl_address_parse(message, &news))
		return;
	d->kernel_tags = d->kernel_tags || news.has_protocol;
	index = interface_find(d, news.ifindex);
	if (index == NONE)
		return;
	if (d->log_addresses)
		address_log(d, index, &news, added);
	configured = entry_news(d, ENTRY_ADDRESS, &report, added,
	    news.has_protocol ? news.protocol == ADDRESS_PROTOCOL :
	    !d->kernel_tags, now);
	vip = vip_reported(d, &news, added);
	if (!added && d->dumped && d->conf->entry_count > 0 &&
	    (vip == NULL || vip->state != VIP_REMOVING ||
	    d->conf->static_count > 0))
		dump_ask(d);	/* the kernel drops its routes in silence */
	if (vip != NULL)
		vips_news(d, vip, &news, added, now);
	else if (added && !configured && news.protocol == ADDRESS_PROTOCOL &&
	    seeks_remainders(d))
		remainder_remove(d, &news);
	else if (added)
		local_add(d, &d->interfaces[index], &news);
	else
		local_remove(d, &d->interfaces[index], &news);
	if (d->dumped && (vip == NULL || d->tracks_sources ||
	    vr_is_owner(&d->vrs[vip->vr])))
		sources_update(d, index, now);
}

/* Joins the groups of all virtual routers on an interface, or leaves them. */
static void
groups_change(struct daemon *d, uint16_t index, enum effect_kind kind)
{
	struct effect effect = { .kind = (uint16_t)kind,
	    .ifindex = d->interfaces[index].ifindex };

	for (uint32_t i = wire_key_lower(d, wire_key(index, 0, 0));
	    effect.ifindex != 0 && wire_key_is_on(d, i, index); i++) {
		const struct conf_vr *conf = &d->conf->vrs[d->by_key[i]];

		effect.destination = conf->destination;
		if (!conf->unicast)
			effect_add(d->out, &effect, NULL, 0);
	}
}

/* Reviews all that an interface matters to: its own and who tracks it. */
static void
interface_review(struct daemon *d, uint16_t index, usec_t now)
{
	for (uint32_t i = 0; i < d->vip_count; i++) {
		struct vr *vr = &d->vrs[d->vips[i].vr];

		if (interface_base(d->conf, vip_address(d, &d->vips[i])
		    ->interface) == index && vr->conf->interface != index)
			vr_review(d, vr, now);
	}
	sources_update(d, index, now);
	tracked_changed(d, TRACK_INTERFACE, index, now);
}

/*
 * Forgets the entries that need an interface, which had `ifindex` and has 0
 * now.  One that still is there gives them back; so does the table of a VRF,
 * which outlives it.
 */
static void
entries_forget(struct daemon *d, struct interface *interface, uint32_t ifindex,
    bool there)
{
	for (uint32_t i = d->conf->entry_count; i-- > 0; ) {
		const struct conf_entry *conf = &d->conf->entries[i];
		struct entry *entry = &d->entries[i];

		if (entry->state == VIP_ABSENT ||
		    entry_write(d, i, false, 0) > 0)
			continue;
		interface->ifindex = there || conf->vrf ? ifindex : 0;
		if (!entry->foreign)
			(void)entry_request(d, i, false, 0);
		interface->ifindex = 0;
		entry->state = VIP_ABSENT;
		entry_touch(d, i, 0);
	}
}

/*
 * An interface is gone, or bears another name now: all that was known of it is
 * forgotten, and so are its memberships (C-132, C-133).  One that may still be
 * there gives back our addresses: others will have them soon.
 */
static void
interface_forget(struct daemon *d, uint16_t index, bool there)
{
	struct interface *interface = &d->interfaces[index];
	uint32_t ifindex = interface->ifindex;

	groups_change(d, index, EFFECT_LEAVE);
	while (interface->first_address != NO_LOCAL)
		local_unlink(d, &interface->first_address);
	for (uint32_t i = 0; i < d->vip_count; i++) {
		struct vip *vip = &d->vips[i];
		const struct conf_address *address = vip_address(d, vip);

		if (address->interface != index)
			continue;
		if (there && !vip->foreign && vip->state != VIP_ABSENT)
			address_request(d, false, address, interface->ifindex,
			    0, 0);
		vip->state = VIP_ABSENT;
	}
	timer_stop(d, &interface->timer);
	interface->flags = 0;
	for (int i = 0; i < SETTINGS4; i++)
		interface->settings[i] = interface->before[i] = UNKNOWN;
	interface->ifindex = 0;
	entries_forget(d, interface, ifindex, there);
}

/*
 * A link of ours was removed by others: it is made again (C-128).  One that was
 * renamed, ifindex, goes first: no other can be up with its MAC.
 */
static void
link_gone(struct daemon *d, uint16_t i, uint32_t ifindex, usec_t now)
{
	struct vr *vr = &d->vrs[d->conf->links[i].vr];

	if (ifindex != 0 && d->links[i].ours)
		link_remove(d, ifindex, 0);
	d->links[i] = (struct link){ .refused = d->links[i].refused };
	if (!d->dumped || d->stopping)
		return;
	if (vr->wanted && vr->linger_until == NEVER) {
		vr_restore(d, vr, now);
		return;
	}
	vr->restore_at = now + RETRY_US;
	vr_arm(d, vr);
}

/* An interface of ours is gone: forget it, and draw the consequences. */
static void
interface_gone(struct daemon *d, uint16_t index, bool there, usec_t now)
{
	const struct conf_link *link = d->conf->interfaces[index].link;
	uint32_t ifindex = there ? d->interfaces[index].ifindex : 0;

	effect_log(d->out, LOG_LEVEL_WARNING, "interface %s is gone",
	    d->conf->interfaces[index].name);
	interface_forget(d, index, there);
	if (link != NULL)
		link_gone(d, (uint16_t)(link - d->conf->links), ifindex, now);
	else
		interface_review(d, index, now);
}

/* Whether the kernel refused us a link, which is a fault, or no longer. */
static void
link_refuse(struct daemon *d, uint16_t i, bool refused, usec_t now)
{
	struct vr *vr = &d->vrs[d->conf->links[i].vr];

	if (d->links[i].refused == refused)
		return;
	d->links[i].refused = refused;
	vr_review(d, vr, now);
}

/*
 * Learns from the mark of a link of an earlier run how the base was set before:
 * where we want it otherwise or, that run being over, in any case.
 */
static void
marked_settings(struct interface *base, const struct nl_link *news, bool over)
{
	for (int i = 0; i < SETTINGS_MARKED; i++) {
		if (base->before[i] <= UNKNOWN && (over || base->wants[i]))
			base->before[i] = news->before[i];
	}
}

/*
 * The kernel reports a link with the name of one of ours.  One that others made
 * is used if it is of the kind that we need and above the same interface.
 * `was_up` is what was reported before.
 */
static void
link_seen(struct daemon *d, uint16_t i, const struct nl_link *news, bool fresh,
    bool was_up, usec_t now)
{
	const struct conf_link *conf = &d->conf->links[i];
	struct interface *base = &d->interfaces[conf->base];
	struct vr *vr = &d->vrs[conf->vr];
	struct link *link = &d->links[i];
	bool up = news->flags & IFF_UP;
	bool lacks = link_lacks(conf->vmac, news);

	if (news->kind != conf->vmac->kind || (base->ifindex != 0 &&
	    news->lower != base->ifindex)) {
		link->there = false;
		if (news->before[0] > UNKNOWN)
			link_remove(d, news->ifindex, LINK_NUMBER + i);
		else if (!link->refused)
			effect_log(d->out, LOG_LEVEL_ERROR, "%s: interface %s "
			    "is there, but no %s of %s", vr->conf->name,
			    conf->vmac->name, link_kinds[conf->vmac->kind],
			    d->conf->interfaces[conf->base].name);
		link_refuse(d, i, link->refused || news->before[0] <= UNKNOWN,
		    now);
		return;
	}
	if ((fresh && !link->there) || lacks)
		link_setup(d, i, news);
	link->there = true;
	link->ours = link->ours || news->before[0] > UNKNOWN;
	marked_settings(base, news, false);
	if (!up && was_up && link->up && vr->wanted &&
	    vr->linger_until == NEVER)
		vr_restore(d, vr, now);
	if (up || was_up)
		link->up = up;
	if (fresh || link->up != vr->wanted)
		vr_touch(d, vr);
	link->stuck = link->stuck && !up;
	link_refuse(d, i, link->refused && (lacks || link->stuck), now);
}

/*
 * A link with our mark that is not configured, above an interface of ours: an
 * earlier run left it behind.
 */
static void
link_remainder(struct daemon *d, const struct nl_link *news)
{
	uint16_t base = interface_find(d, news->lower);

	if (news->kind == 0 || news->before[0] <= UNKNOWN || base == NONE)
		return;
	link_remove(d, news->ifindex, REMAINDER_NUMBER);
	marked_settings(&d->interfaces[base], news, true);
}

/* The kernel refused a request about a link of ours. */
static void
link_refused(struct daemon *d, uint16_t i, int error, usec_t now)
{
	const struct conf_link *conf = &d->conf->links[i];
	struct vr *vr = &d->vrs[conf->vr];
	struct link *link = &d->links[i];

	if (error == ENODEV || (error == EEXIST && link->ours &&
	    d->interfaces[conf->interface].ifindex != 0))
		return;
	if (d->interfaces[conf->interface].ifindex == 0)
		link->there = link->ours = false;
	link->stuck = link->stuck || (error == EADDRINUSE && link->up);
	link->up = false;
	if (!link->refused)
		effect_log(d->out, LOG_LEVEL_ERROR, "%s: the kernel refuses "
		    "the link %s: %i%s", vr->conf->name, conf->vmac->name,
		    error, error == EOPNOTSUPP ?
		    ", it may lack such links" : error == EADDRINUSE ?
		    ", another link has its MAC" : "");
	link_refuse(d, i, true, now);
	vr->restore_at = now + RETRY_US;
	vr_arm(d, vr);
}

/*
 * An interface of ours has another link address now, as a bond that failed over
 * may, or was down: what is Active on it tells the neighbours (RFC 5227 section
 * 3), who may have been told otherwise meanwhile.
 */
static void
interface_moved(struct daemon *d, uint16_t index)
{
	for (uint32_t i = 0; i < d->vip_count; i++) {
		struct vr *vr = &d->vrs[d->vips[i].vr];

		if (vip_address(d, &d->vips[i])->interface == index &&
		    vr->machine.state == MACHINE_ACTIVE)
			announce_start(d, vr, vr->conf->garp_repeat);
	}
}

/*
 * Takes the flags that the kernel reports.  A change between up and down that
 * interface_up_down_delays holds back counts later, if it is not undone.
 */
static void
interface_flags(struct daemon *d, uint16_t index, uint32_t flags, usec_t now)
{
	struct interface *interface = &d->interfaces[index];
	const struct conf_global *global = &d->conf->global;
	struct interface next = { .flags = flags };
	bool works = interface_works(&next);
	usec_t delay = 0;

	for (uint16_t i = 0; i < global->delay_count; i++) {
		if (global->delays[i].interface == index)
			delay = works ? global->delays[i].up_us :
			    global->delays[i].down_us;
	}
	if (delay == 0 || !d->dumped || !interface->known ||
	    works == interface_works(interface)) {
		timer_stop(d, &interface->timer);
		interface->flags = flags;
		return;
	}
	interface->next_flags = flags;
	if (interface->timer.slot == NO_SLOT)
		timer_wake(d, &interface->timer, now + delay);
}

/* Says whether an interface is up now, and draws the consequences. */
static void
interface_turned(struct daemon *d, uint16_t index, usec_t now)
{
	effect_log(d->out, LOG_LEVEL_NOTICE, "interface %s is %s",
	    d->conf->interfaces[index].name,
	    interface_works(&d->interfaces[index]) ? "up" : "down");
	interface_review(d, index, now);
}

/* A change of an interface has lasted for its delay. */
static void
interface_wake(struct daemon *d, struct interface *interface, usec_t now)
{
	interface->flags = interface->next_flags;
	interface_turned(d, (uint16_t)(interface - d->interfaces), now);
}

/*
 * The kernel reports an interface with the name of one of ours.  Reports of
 * wireless events come without its link address and MTU.  One that got the name
 * just now may have had its addresses before: they are asked for.
 */
static void
interface_set(struct daemon *d, uint16_t index, const struct nl_link *link,
    usec_t now)
{
	struct interface *interface = &d->interfaces[index];
	struct interface next = { .flags = link->flags };
	bool worked = interface_works(interface);
	bool works = interface_works(&next);	/* or will, in a while */
	bool fresh = interface->ifindex != link->ifindex;
	bool moved = !fresh && link->mac_length > 0 &&
	    memcmp(interface->mac, link->mac, sizeof(interface->mac)) != 0;
	bool back = works && (!worked || interface->timer.slot != NO_SLOT);
	bool regained = link->mtu >= IP6_MTU_MIN &&
	    interface->mtu < IP6_MTU_MIN;

	interface->seen = true;
	if (fresh)
		interface_forget(d, index, true);
	else if (regained)
		groups_change(d, index, EFFECT_LEAVE);
	interface->ifindex = link->ifindex;
	interface_flags(d, index, link->flags, now);
	interface->type = link->type;
	if (fresh || link->mtu != 0)
		interface->mtu = link->mtu;
	if (fresh || moved)
		memcpy(interface->mac, link->mac, sizeof(interface->mac));
	interface->master = link->master;
	interface->table = link->table;
	for (int i = 0; i < SETTINGS4; i++) {
		if (link->settings[i] > UNKNOWN)
			interface->settings[i] = link->settings[i];
	}
	if (moved || back)
		interface_moved(d, index);
	for (uint16_t i = 0; fresh && i < d->conf->link_count; i++) {
		if (d->conf->links[i].base == index)
			vr_touch(d, &d->vrs[d->conf->links[i].vr]);
	}
	if (fresh || regained)
		groups_change(d, index, EFFECT_JOIN);
	if (!d->dumped || !interface->known ||
	    d->conf->interfaces[index].link != NULL)
		return;
	interface_settle(d, index, false);
	if (fresh || (d->conf->entry_count > 0 && worked != works))
		dump_ask(d);	/* the kernel drops its routes in silence */
	if (fresh || worked != interface_works(interface))
		interface_turned(d, index, now);
}

/* A message about an interface. */
static void
link_news(struct daemon *d, struct nl_message *message, bool there, usec_t now)
{
	struct nl_link link;
	uint16_t named, was;

	if (!nl_link_parse(message, &link) || link.ifindex == 0)
		return;
	was = interface_find(d, link.ifindex);
	named = interface_by_name(d->conf, link.name, was != NONE ? was :
	    d->last_new);
	if (was == NONE && named != NONE)
		d->last_new = named;
	if (was != NONE && (!there || was != named))
		interface_gone(d, was, there, now);
	if (there && named != NONE) {
		const struct conf_link *ours = d->conf->interfaces[named].link;
		const struct interface *before = &d->interfaces[named];
		bool fresh = before->ifindex != link.ifindex;
		bool was_up = !fresh && (before->flags & IFF_UP) != 0;

		interface_set(d, named, &link, now);
		if (ours != NULL)
			link_seen(d, (uint16_t)(ours - d->conf->links), &link,
			    fresh, was_up, now);
	} else if (there && seeks_remainders(d)) {
		link_remainder(d, &link);
	}
}

/* A dump of the links, and then of the addresses, begins. */
static void
dump_begins(struct daemon *d, bool addresses, usec_t now)
{
	for (uint16_t i = 0; i < d->conf->interface_count; i++) {
		struct interface *interface = &d->interfaces[i];
		uint32_t k = interface->first_address;

		if (!addresses) {
			interface->seen = false;
			continue;
		}
		if (interface->ifindex != 0 && !interface->seen)
			interface_gone(d, i, false, now);
		for (; k != NO_LOCAL; k = d->locals[k].next)
			d->locals[k].seen = false;
	}
	for (uint32_t i = 0; addresses && i < d->vip_count; i++)
		d->vips[i].seen = false;
	for (uint32_t i = 0; addresses && i < d->conf->entry_count; i++)
		d->entries[i].seen = false;
}

/*
 * A dump is complete: what it did not show is gone.  A request under way is
 * asked again, since its answer may have been lost.
 */
static void
dump_ends(struct daemon *d, usec_t now)
{
	for (uint32_t i = 0; i < d->vip_count; i++) {
		struct vip *vip = &d->vips[i];

		if (!vip->seen && vip->state == VIP_ASKED)
			vip->state = VIP_ABSENT;
		else if (!vip->seen)
			vip_vanished(d, vip, now);
		else if (vip->state == VIP_REMOVING)
			vip->state = VIP_PRESENT;	/* it is seen */
	}
	for (uint32_t i = 0; i < d->conf->vr_count; i++)
		vr_touch(d, &d->vrs[i]);
	for (uint16_t i = 0; i < d->conf->interface_count; i++) {
		uint32_t *link = &d->interfaces[i].first_address;

		d->interfaces[i].known = true;
		while (*link != NO_LOCAL) {
			if (d->locals[*link].seen)
				link = &d->locals[*link].next;
			else
				local_unlink(d, link);
		}
	}
	d->dumped = true;
	d->cleaning = false;
	for (uint16_t i = 0; i < d->conf->interface_count; i++)
		interface_settle(d, i, false);
	for (uint16_t i = 0; i < d->conf->link_count; i++) {
		const struct conf_link *conf = &d->conf->links[i];
		const struct interface *own = &d->interfaces[conf->interface];

		d->links[i].there = d->links[i].there && own->ifindex != 0;
		d->links[i].up = own->flags & IFF_UP;
	}
	entries_dumped(d, now);
	sources_update(d, NONE, now);
}

/* One datagram of the listening socket, or a mark in a dump (length 0). */
static void
daemon_netlink(struct daemon *d, const struct event *event, usec_t now)
{
	struct cursor datagram;
	struct nl_message message;

	if (event->length == 0) {
		if (event->value == DUMP_DONE)
			dump_ends(d, now);
		else
			dump_begins(d, event->value == DUMP_ADDRESSES, now);
		return;
	}
	datagram = cursor_over(event->bytes, event->length);
	while (nl_next(&datagram, &message)) {
		bool added = message.type % 2 == 0;	/* RTM_DEL* is next */

		switch (message.type - !added) {
		case RTM_NEWLINK:
			link_news(d, &message, added, now);
			break;
		case RTM_NEWADDR:
			address_news(d, &message, added, now);
			break;
		case RTM_NEWROUTE:
		case RTM_NEWRULE:
			(void)entry_news(d, message.type - !added ==
			    RTM_NEWROUTE ? ENTRY_ROUTE : ENTRY_RULE, &message,
			    added, true, now);
		}
		if (message.body.failed)
			d->counters.netlink_bad++;
	}
	if (datagram.failed)
		d->counters.netlink_bad++;
}

/*
 * The kernel refused to remove an orphan: it is asked again, at the end more
 * often but not for ever.
 */
static void
orphan_refused(struct daemon *d, struct orphan *orphan, int error, usec_t now)
{
	struct cursor c = cursor_over(orphan->request, orphan->length);
	struct nl_message message;
	struct nl_address address = { .ifindex = 0 };

	if (!orphan->refused && nl_next(&c, &message) &&
	    nl_address_parse(&message, &address))
		effect_log(d->out, LOG_LEVEL_WARNING, "the kernel refuses to "
		    "remove %p: %i", IP(address.ip), error);
	else if (!orphan->refused)
		effect_log(d->out, LOG_LEVEL_WARNING, "the kernel refuses to "
		    "remove a link or a route that is configured no longer: "
		    "%i", error);
	orphan->refused = true;
	if (d->stopping && now >= d->stop_at + STOP_REMOVE_US)
		return;
	orphan->remove_at = now + (d->stopping ? STOP_RETRY_US : RETRY_US);
	timer_wake(d, &d->timer, orphan->remove_at);
}

/*
 * The kernel refused to remove a remainder, of which nothing was kept: the
 * addresses are listed once more.
 */
static void
remainder_refused(struct daemon *d, int error, usec_t now)
{
	if (!d->clean_refused)
		effect_log(d->out, LOG_LEVEL_WARNING, "the kernel refuses to "
		    "remove what an earlier run left: %i; it is tried once a "
		    "second", error);
	d->clean_refused = true;
	d->clean_at = now + RETRY_US;
	timer_wake(d, &d->timer, d->clean_at);
}

/* The kernel refused request `index`: event.value is its errno. */
static void
daemon_refused(struct daemon *d, const struct event *event, usec_t now)
{
	bool gone = is_gone(event->value);
	/* a number below those of a kind wraps around, beyond all of them */
	uint32_t number = event->index - 1, entry = event->index -
	    ENTRY_REQUESTS, link = event->index - LINK_NUMBER;
	uint32_t orphan = number - d->vip_count;
	struct vip *vip;
	struct vr *vr;
	bool adding;

	if (entry < d->conf->entry_count)
		entry_refused(d, entry, event->value, now);
	if (event->index == REMAINDER_NUMBER && !gone)
		remainder_refused(d, event->value, now);
	else if (orphan < d->orphan_count && !gone)
		orphan_refused(d, &d->orphans[orphan], event->value, now);
	else if (link < d->conf->link_count)
		link_refused(d, (uint16_t)link, event->value, now);
	if (number >= d->vip_count)
		return;
	vip = &d->vips[number];
	vr = &d->vrs[vip->vr];
	adding = vip->state == VIP_ASKED;
	if (vip->state == VIP_REMOVING && event->value == EADDRNOTAVAIL &&
	    vip_address(d, vip)->ip.family == 6) {
		dump_ask(d);	/* it may be there with another prefix */
		return;
	}
	if (!refusal_take(&vip->state, event->value))
		return;
	vr->restore_at = now + (d->stopping ? STOP_RETRY_US : RETRY_US);
	vr_arm(d, vr);
	if (vr_says(vr, COUNT_announced))
		effect_log(d->out, LOG_LEVEL_WARNING, "%s: %p: the kernel "
		    "refuses to %s this address: %i", vr->conf->name,
		    IP(vip_address(d, vip)->ip), adding ? "add" : "remove",
		    event->value);
}

/* -- packets -- */

/* What each counter counts: a list. */
static const char counter_help[] =
#define COUNTER_HELP(member, key, help) help "\0"
    COUNTERS(COUNTER_HELP);
#undef COUNTER_HELP

/*
 * Counts what is wrong with an advertisement, notes it of its sender, and tells
 * of it now and then, in the log and on the FIFO (C-076).
 */
static void
vr_trouble(struct daemon *d, struct vr *vr, struct speaker *speaker,
    enum counter counter, usec_t now)
{
	char often[32] = "";
	struct text t = text_over(often, sizeof(often));
	uint32_t *count = counter_of(d, vr, counter);

	++*count;
	speaker->troubles |= (uint64_t)1 << counter;
	if (!speaker_says(speaker, counter, now))
		return;
	if (*count > 1)
		text_format(&t, " (%u so far)", *count);
	effect_log(d->out, LOG_LEVEL_WARNING, "%s: %p: advertisement %s%s",
	    vr->conf->name, IP(speaker->source),
	    list_item(counter_help, counter), text_end(&t));
	vr_fifo(d, vr, "PEER_TROUBLE");
}

/*
 * What an accepted advertisement may still be suspected of: another interval
 * (R18), another address list (R19), and that we own the address (R20).  False:
 * it is refused after all, which only strict version 2 does (RFC 3768 7.1).
 */
static bool
advert_suspect(struct daemon *d, struct vr *vr, struct speaker *speaker,
    const struct advert *advert, usec_t now)
{
	const struct conf_vr *conf = vr->conf;

	if (advert->interval_us != conf->interval_us)
		vr_trouble(d, vr, speaker, COUNT_interval_differs, now);
	if (!(conf->skip_check_advert_addresses &&
	    vr->machine.state == MACHINE_BACKUP &&
	    ip_equal(&vr->active, &speaker->source)) &&
	    !advert_addresses_match(conf, advert)) {
		vr_trouble(d, vr, speaker, COUNT_address_list, now);
		if (conf->strict && conf->version == 2 &&
		    advert->priority != PRIORITY_OWNER)
			return false;
	}
	if (vr_is_owner(vr))
		vr_trouble(d, vr, speaker, COUNT_owner_heard, now);
	return true;
}

/*
 * A router that lingers hears its successor: the addresses go (D-20).  Only the
 * lingering of one that left is meant; one that bowed waits for the winner's
 * announcement.
 */
static void
vr_succeeded(struct daemon *d, struct vr *vr, const struct advert *advert)
{
	if (vr->linger_until != NEVER && advert->priority != PRIORITY_ZERO &&
	    vr->machine.state == MACHINE_INITIALIZE)
		addresses_drop(d, vr);
}

/* A VRRP packet for a virtual router: the checks of protocol.md 3, in order. */
static void
vr_packet(struct daemon *d, struct vr *vr, const struct packet *packet,
    usec_t now)
{
	struct speaker *speaker;
	struct advert advert;
	enum counter refused;

	if (ip_equal(&packet->source, &vr->source) ||
	    ip_is_own(d, &packet->source, vr->conf->interface)) {
		counter_add(d, vr, COUNT_own_source);
		return;
	}
	speaker = speaker_find(d, &vr->first_speaker, SPEAKERS_MOST +
	    vr->conf->peer_count, packet);
	refused = advert_check(vr->conf, packet, &advert);
	speaker_note(speaker, &advert, now);
	if (refused == COUNTER_KINDS)
		refused = auth_fresh(d, vr, packet, &advert, speaker, now);
	if (refused != COUNTER_KINDS) {
		speaker->refused++;
		vr_trouble(d, vr, speaker, refused, now);
		return;
	}
	speaker->plain = advert.plain;
	vr_succeeded(d, vr, &advert);
	if (vr->machine.state == MACHINE_INITIALIZE ||
	    (vr_is_owner(vr) && vr->conf->owner_ignore_adverts)) {
		counter_add(d, vr, COUNT_ignored);
		return;
	}
	if (!advert_suspect(d, vr, speaker, &advert, now)) {
		speaker->refused++;
		return;
	}
	counter_add(d, vr, COUNT_received);
	if (advert.priority == PRIORITY_ZERO)
		counter_add(d, vr, COUNT_zero_received);
	vr_hear(d, vr, packet, &advert, now);
}

/*
 * Logs now and then that somebody advertises a VRID that is not configured
 * (log_unknown_vrids).
 */
static void
unknown_log(struct daemon *d, const struct packet *packet, usec_t now)
{
	struct speaker *speaker = speaker_find(d, &d->first_stranger,
	    STRANGERS_MOST, packet);
	struct advert advert;

	advert_decode(packet, &advert);
	speaker_note(speaker, &advert, now);
	if (speaker_says(speaker, COUNT_received, now))
		effect_log(d->out, LOG_LEVEL_NOTICE, "%p advertises VRID %u, "
		    "which is not configured", IP(packet->source),
		    packet_vrid(packet));
}

/* A VRRP packet came: find whose it is.  Foreign ones are only counted. */
static void
daemon_frame(struct daemon *d, const struct event *event, usec_t now)
{
	struct packet packet;
	struct vr *vr;
	uint16_t index;

	d->counters.packets++;
	if (packet_open(event, &packet) != COUNTER_KINDS) {
		d->counters.short_packets++;
		return;
	}
	index = interface_base(d->conf, interface_find(d, event->ifindex));
	vr = vr_find(d, index, packet_vrid(&packet), &packet);
	if (vr != NULL) {
		vr_packet(d, vr, &packet, now);
		return;
	}
	if (index == NONE)
		d->counters.unknown_interface++;
	else
		d->counters.unknown_vrid++;
	if (d->conf->global.log_unknown_vrids)
		unknown_log(d, &packet, now);
}

/*
 * Somebody claims an address by ARP or neighbour advertisement.  If it is ours
 * and we linger, our successor has it now; if we are Active, it is judged
 * CLAIM_WAIT_US later (D-15), and while a conflict goes on a second later.
 */
static void
daemon_neighbour(struct daemon *d, const struct event *event, usec_t now)
{
	uint16_t index = interface_base(d->conf,
	    interface_find(d, event->ifindex));
	struct ip ip;
	uint8_t mac[6];

	if (index == NONE || !claim_decode(event, &ip, mac) ||
	    memcmp(mac, d->interfaces[index].mac, sizeof(mac)) == 0)
		return;
	for (const struct vip *vip = vip_first(d, &ip); vip != NULL;
	    vip = vip_next(d, vip)) {
		struct vr *vr = &d->vrs[vip->vr];
		uint16_t on = vip_address(d, vip)->interface;

		if (interface_base(d->conf, on) != index ||
		    memcmp(mac, d->interfaces[on].mac, sizeof(mac)) == 0)
			continue;
		if (vr->linger_until != NEVER) {
			addresses_drop(d, vr);
		} else if (vr->machine.state == MACHINE_ACTIVE &&
		    vr->claim_at == NEVER) {
			/* two that claim in turn are to be slow about it */
			vr->claimed = vip->address;
			memcpy(vr->claimed_by, mac, sizeof(mac));
			vr->claimed_at = now;
			vr->claim_at = now + (now - vr->conflict_at <=
			    conflict_span(vr) ? SECOND_US : CLAIM_WAIT_US);
			vr_arm(d, vr);
		}
	}
}

/* A foreign claim is judged: we are still Active, so we announce again. */
static void
vr_judge_claim(struct daemon *d, struct vr *vr, usec_t now)
{
	char mac[20];
	struct text t = text_over(mac, sizeof(mac));

	vr->claim_at = NEVER;
	counter_add(d, vr, COUNT_claimed);
	text_mac(&t, vr->claimed_by);
	if (vr_says(vr, COUNT_claimed))
		effect_log(d->out, LOG_LEVEL_WARNING, "%s: %p: %s claims our "
		    "address by ARP or neighbour discovery", vr->conf->name,
		    IP(vr->conf->addresses[vr->claimed].ip), text_end(&t));
	vr_conflict_seen(d, vr, vr->claimed_at);
	if (answer_allowed(&vr->answered_at, &vr->answers, now))
		announce_start(d, vr, 1);
}

/* -- time -- */

/* How much earlier than due an advertisement may join a batch. */
static usec_t
early_span(const struct vr *vr)
{
	return usec_min(vr->machine.interval_us / 100, EARLY_MAX_US);
}

/* The timers of a virtual router beside the machine's. */
static void
vr_wake_rest(struct daemon *d, struct vr *vr, usec_t now)
{
	if (now >= vr->linger_until)
		addresses_drop(d, vr);
	if (now >= vr->claim_at)
		vr_judge_claim(d, vr, now);
	if (now >= vr->restore_at) {
		vr->restore_at = NEVER;
		vr->backs_off = false;
		links_retry(d, vr->conf);
		vr_touch(d, vr);
	}
	if (now >= vr->announce_at) {
		vr->announce_at = NEVER;
		vr->has_turn = true;
		vr_touch(d, vr);
	}
	if (now >= vr->again_at) {
		vr->again_at = NEVER;
		announce_start(d, vr, vr->again_repeat);
	}
	if (now >= vr->refresh_at) {
		vr->refresh_at = now + vr->conf->garp_refresh_us;
		announce_start(d, vr, vr->conf->garp_refresh_repeat);
	}
}

/*
 * Keeps a timer that was taken out of the heap for the end of this turn; once,
 * though it may have been woken and taken out again.
 */
static void
timer_defer(struct daemon *d, struct timer *timer)
{
	if (timer->deferred)
		return;
	timer->deferred = true;
	d->deferred[d->deferred_count++] = timer;
}

/*
 * The timer of a virtual router woke.  A Backup's down timer waits until the
 * packets that came before it have been read (drained); the Active's own
 * advertisement waits for nothing.  Returns whether one was sent.
 */
static bool
vr_wake(struct daemon *d, struct vr *vr, usec_t now, bool drained)
{
	bool active = vr->machine.state == MACHINE_ACTIVE;
	bool due = now >= vr->machine.timer;

	vr_wake_rest(d, vr, now);
	if (!due)
		vr_arm(d, vr);
	else if (active || drained)
		vr_machine_timer(d, vr, now);
	else
		timer_defer(d, &vr->timer);
	return due && active;
}

/*
 * The daemon's own timer: startup delay, what a reload or an earlier run left,
 * the end, which waits for answers about what a reload left.
 */
static void
daemon_wake(struct daemon *d, usec_t now)
{
	usec_t due = d->stop_at > now ? d->stop_at : NEVER;

	if (now >= d->clean_at) {
		d->clean_at = NEVER;
		d->cleaning = true;
		dump_ask(d);
	}
	if (now >= d->start_at) {
		d->start_at = NEVER;
		for (uint32_t i = 0; i < d->conf->vr_count; i++)
			vr_review(d, &d->vrs[i], now);
	}
	due = usec_min(due, usec_min(d->start_at, d->clean_at));
	for (uint32_t i = 0; i < d->orphan_count; i++) {
		struct orphan *orphan = &d->orphans[i];
		uint32_t number;

		if (now >= orphan->remove_at) {
			number = d->vip_count + 1 + i;
			memcpy(orphan->request + offsetof(struct nlmsghdr,
			    nlmsg_seq), &number, sizeof(number));
			(void)request_send(d, orphan->request, orphan->length,
			    number, 0);
			orphan->remove_at = NEVER;
			d->answer_at = now + STOP_RETRY_US;
		}
		due = usec_min(due, orphan->remove_at);
	}
	if (now >= d->statics_at)
		statics_reconcile(d);
	due = usec_min(due, d->statics_at);
	timer_wake(d, &d->timer, due);
}

/* -- BFD sessions -- */

/*
 * The next random number, which is never 0 (Marsaglia's xorshift); the first is
 * World's.
 */
static uint32_t
daemon_random(struct daemon *d)
{
	uint32_t random = d->random == 0 ? 1 : d->random;

	random ^= random << 13;
	random ^= random >> 17;
	random ^= random << 5;
	d->random = random;
	return random;
}

/* Makes the session's timer wake for what comes first. */
static void
bfd_arm(struct daemon *d, struct bfd *b)
{
	timer_wake(d, &b->timer, usec_min(b->send_at, b->detect_at));
}

/* Sends a control packet; flags: BFD_FINAL, or 0. */
static void
bfd_send(struct daemon *d, struct bfd *b, unsigned flags)
{
	const struct conf_bfd *conf = b->conf;
	struct effect effect = { .kind = EFFECT_UDP, .source = b->source,
	    .destination = conf->neighbor, .hop_limit = conf->hop_limit };
	struct bfd_packet packet = { .state = b->state, .mine = b->mine,
	    .yours = b->yours, .diagnostic = b->diagnostic,
	    .multiplier = conf->multiplier, .min_tx_us = bfd_desired_tx(b),
	    .min_rx_us = conf->min_rx_us };
	uint8_t buffer[IP4_HEADER + BFD_DATAGRAM];

	/* never both at once (RFC 5880 6.5) */
	packet.flags = (uint8_t)(flags != 0 ? flags : b->polling ? BFD_POLL :
	    0);
	effect_add(d->out, &effect, buffer, bfd_encode(conf, &b->source,
	    &packet, buffer, sizeof(buffer)));
	d->counters.bfd[BFD_SENT]++;
}

/* Plans the next packet of our own accord. */
static void
bfd_plan(struct daemon *d, struct bfd *b, usec_t now)
{
	usec_t interval = bfd_interval(b);

	b->send_at = interval == NEVER ? NEVER : now +
	    bfd_jittered(b, interval, daemon_random(d));
}

/*
 * What follows from a step of the machine: the neighbour is told at once, and
 * those who track it.  Where packets are doubled or overtake each other the two
 * sides could go on changing each other's state for ever, and faster and
 * faster; so only some are told at once, and the others when it is time.  That
 * it was told to stop is no failure of it (RFC 5882 3.2): what was good remains
 * so.
 */
static void
bfd_follow(struct daemon *d, struct bfd *b, uint8_t before, usec_t now)
{
	uint8_t status = b->state == BFD_UP ? CHECK_GOOD :
	    b->state == BFD_INIT || b->remote_state == BFD_ADMIN_DOWN ?
	    b->status : CHECK_FAILED;

	if (b->state == before)
		return;
	if (bfd_interval(b) != NEVER && answer_allowed(&b->answered_at,
	    &b->answers, now))
		bfd_send(d, b, 0);
	bfd_plan(d, b, now);
	if (before == BFD_UP || b->state == BFD_UP)
		effect_log(d->out, LOG_LEVEL_NOTICE, "bfd_instance %s: %s",
		    b->conf->name, b->state == BFD_UP ? "up" :
		    b->diagnostic == BFD_SILENCE ? "down: it is silent" :
		    b->remote_state == BFD_ADMIN_DOWN ?
		    "down: it was told to stop" : "down: it says so");
	if (status == b->status)
		return;
	b->status = status;
	tracked_changed(d, TRACK_BFD, (uint32_t)(b - d->bfds), now);
}

/* The timer of a session woke: to send, or because the neighbour is silent. */
static void
bfd_wake(struct daemon *d, struct bfd *b, usec_t now, bool drained)
{
	uint8_t before = b->state;

	if (now >= b->send_at) {
		bfd_send(d, b, 0);
		bfd_plan(d, b, now);
	}
	if (now >= b->detect_at && !drained) {
		timer_defer(d, &b->timer);	/* it may have been heard */
		return;
	}
	if (now >= b->detect_at) {
		bfd_forget(b);
		bfd_follow(d, b, before, now);
	}
	bfd_arm(d, b);
}

/* The session that a packet is for (RFC 5880 6.8.6), or NULL. */
static struct bfd *
bfd_find(struct daemon *d, const struct event *event, uint32_t yours)
{
	for (uint16_t i = 0; i < d->conf->bfd_count; i++) {
		struct bfd *b = &d->bfds[i];

		if (b->mine != 0 && b->conf->multihop == (event->index != 0) &&
		    (yours != 0 ? b->mine == yours :
		    ip_equal(&b->conf->neighbor, &event->source)))
			return b;
	}
	return NULL;
}

/*
 * Takes a control packet.  The order of checks is that of RFC 5880 6.8.6; then
 * comes how far it has travelled (RFC 5881 section 5).
 */
static void
bfd_receive(struct daemon *d, const struct event *event, usec_t now)
{
	struct bfd_packet packet;
	enum bfd_counter result = bfd_decode(event->bytes, event->length,
	    &packet);
	struct bfd *b = NULL;
	usec_t interval;
	uint8_t before;

	if (result == BFD_TAKEN) {
		b = bfd_find(d, event, packet.yours);
		result = b == NULL ? BFD_NO_SESSION :
		    packet.flags & BFD_AUTHENTICATED ? BFD_AUTH :
		    b->conf->max_hops >= 0 && event->hop_limit <
		    255 - b->conf->max_hops ? BFD_TTL :
		    b->state == BFD_ADMIN_DOWN ? BFD_STOPPING : BFD_TAKEN;
	}
	d->counters.bfd[result]++;
	if (b == NULL || result != BFD_TAKEN)
		return;
	interval = bfd_interval(b);
	before = b->state;
	if (b->source.family == 0)
		b->source = event->destination;
	bfd_hear(b, &packet, now);
	if (packet.flags & BFD_POLL)
		bfd_send(d, b, BFD_FINAL);
	if (interval != bfd_interval(b))
		bfd_plan(d, b, now);
	bfd_follow(d, b, before, now);
	bfd_arm(d, b);
}

/* Begins the sessions that have not begun; their trackers fail until then. */
static void
bfds_start(struct daemon *d, usec_t now)
{
	for (uint16_t i = 0; i < d->conf->bfd_count; i++) {
		struct bfd *b = &d->bfds[i];
		uint16_t k;

		if (b->mine != 0 || d->no_bfd)
			continue;
		do {	/* no two have one discriminator, or one port */
			b->mine = daemon_random(d);
			for (k = 0; k < d->conf->bfd_count && (k == i ||
			    (d->bfds[k].mine ^ b->mine) % BFD_SOURCE_PORTS !=
			    0); k++)
				;
		} while (k < d->conf->bfd_count);
		b->state = BFD_DOWN;
		b->answered_at = -SECOND_US;
		bfd_forget(b);
		b->send_at = b->conf->passive ? NEVER : now;
		bfd_arm(d, b);
	}
}

/* Tells the neighbour that we stop, and that nothing has failed. */
static void
bfd_stop(struct daemon *d, struct bfd *b)
{
	if (b->mine == 0 || b->state == BFD_ADMIN_DOWN)
		return;
	bfd_enter(b, BFD_ADMIN_DOWN, BFD_STOPPED);
	if (b->yours != 0)
		bfd_send(d, b, 0);
}

/* The session of another configuration that is the same one, or NULL. */
static struct bfd *
bfd_successor(struct daemon *d, const struct conf_bfd *conf)
{
	for (uint16_t i = 0; i < d->conf->bfd_count; i++) {
		const struct conf_bfd *to = &d->conf->bfds[i];

		if (ip_equal(&to->neighbor, &conf->neighbor) &&
		    ip_equal(&to->source, &conf->source) &&
		    to->multihop == conf->multihop)
			return &d->bfds[i];
	}
	return NULL;
}

/*
 * Takes over the sessions that go on.  A neighbour is told at once of what is
 * asked of it otherwise now, and is to confirm it (RFC 5880 6.8.3).
 */
static void
bfds_inherit(struct daemon *d, const struct daemon *old, usec_t now)
{
	const size_t start = offsetof(struct conf_bfd, multiplier);

	for (uint16_t i = 0; i < old->conf->bfd_count; i++) {
		const struct bfd *from = &old->bfds[i];
		struct bfd *to = bfd_successor(d, from->conf);
		struct bfd next = *from;

		if (to == NULL)
			continue;
		next.conf = to->conf;
		next.timer = to->timer;
		if (memcmp((const char *)next.conf + start,
		    (const char *)from->conf + start, sizeof(*from->conf) -
		    start) != 0 && bfd_interval(&next) != NEVER) {
			next.polling = true;
			next.send_at = now;
		}
		*to = next;
		bfd_arm(d, to);
	}
}

/* What a timer is part of. */
#define TIMER_OWNER(type, timer) \
	((struct type *)(void *)((char *)(timer) - \
	    offsetof(struct type, timer)))

/* A timer of the heap woke.  Returns whether an advertisement was sent. */
static bool
timer_fire(struct daemon *d, struct timer *timer, usec_t now, bool drained)
{
	struct notifier *notifier;
	struct script *script;

	switch ((enum timer_kind)timer->kind) {
	case TIMER_VR:
		return vr_wake(d, TIMER_OWNER(vr, timer), now, drained);
	case TIMER_SCRIPT:
		script = TIMER_OWNER(script, timer);
		if (script->token != 0 && !drained)
			timer_defer(d, timer);	/* it may have ended */
		else
			script_wake(d, script, now);
		break;
	case TIMER_PROCESS:
		process_judge(d, TIMER_OWNER(process_state, timer), now);
		break;
	case TIMER_BFD:
		bfd_wake(d, TIMER_OWNER(bfd, timer), now, drained);
		break;
	case TIMER_INTERFACE:
		interface_wake(d, TIMER_OWNER(interface, timer), now);
		break;
	case TIMER_NOTIFIER:
		notifier = TIMER_OWNER(notifier, timer);
		effect_log(d->out, LOG_LEVEL_WARNING, "%s: its notify script "
		    "still runs after 10 s; the next one does not wait for it",
		    notifier_name(d, notifier));
		notifier->token = 0;
		notifier_next(d, notifier, now);
		break;
	case TIMER_DAEMON:
		daemon_wake(d, now);
		break;
	}
	return false;
}

/*
 * Sends advertisements that are due soon together with those that were due:
 * one batch instead of many, never late, at most early_span early.
 */
static void
adverts_join(struct daemon *d, usec_t now)
{
	while (d->heap_count > 0 && d->heap[0]->due <= now + EARLY_MAX_US) {
		struct timer *timer = d->heap[0];
		struct vr *vr = TIMER_OWNER(vr, timer);

		timer_stop(d, timer);
		if (timer->kind == TIMER_VR &&
		    vr->machine.state == MACHINE_ACTIVE &&
		    vr->machine.timer - early_span(vr) <= now)
			vr_machine_timer(d, vr, now);
		else
			timer_defer(d, timer);
	}
}

/* Carries out what time brings: every timer that is due. */
static void
daemon_time(struct daemon *d, usec_t now, bool drained)
{
	bool sent = false;

	while (d->heap_count > 0 && d->heap[0]->due <= now) {
		struct timer *timer = d->heap[0];

		timer_stop(d, timer);
		sent = timer_fire(d, timer, now, drained) || sent;
	}
	if (sent)
		adverts_join(d, now);
	while (d->deferred_count > 0) {
		struct timer *timer = d->deferred[--d->deferred_count];

		timer->deferred = false;
		timer_wake(d, timer, timer->due);
	}
}

/* -- start, reload, stop -- */

/* The initial state of one virtual router, whose memory is zeroed. */
static void
vr_init(struct vr *vr)
{
	vr->machine.state = MACHINE_INITIALIZE;
	vr->machine.timer = NEVER;
	vr->timer.slot = NO_SLOT;
	vr->preempt_at = vr->linger_until = vr->restore_at = NEVER;
	announce_stop(vr);
	vr->answered_at = vr->weaker_at = vr->reminded_at = vr->episode_at =
	    -EPISODES_US;
	vr->conflict_at = vr->unsent_at = LONG_AGO;
	vr->faults = FAULT_STARTUP;
	vr->notifier = NONE;
}

/*
 * Takes over from the configuration what may change at a reload.  A Backup's
 * timer moves by as much as what it measures: after a goodbye that is the skew.
 */
static void
vr_configure(struct vr *vr, const struct conf_vr *conf)
{
	struct machine *m = &vr->machine;
	usec_t (*measured)(const struct machine *) = vr->active.family != 0 &&
	    vr->active_priority == PRIORITY_ZERO ? skew_time :
	    active_down_interval;
	usec_t before = measured(m);

	vr->conf = conf;
	if (m->state == MACHINE_ACTIVE)
		m->active_interval_us = conf->interval_us;
	m->interval_us = conf->interval_us;
	m->version = conf->version;
	m->down_adverts = conf->down_timer_adverts;
	m->preempt = !conf->no_preempt || conf->priority == PRIORITY_OWNER;
	if (m->state == MACHINE_BACKUP)
		m->timer += measured(m) - before;
	if (m->priority == 0)
		m->priority = vr->told_priority = conf->priority;
	if (vr_is_owner(vr))
		vr->set_priority = 0;
	if (conf->checksum_form != CHECKSUM_AUTO)
		vr->checksum_plain = conf->checksum_form == CHECKSUM_PLAIN;
}

/* How many senders' latest trailers a virtual router remembers. */
static uint16_t
marks_of(const struct conf_vr *conf)
{
	if (conf->hmac.keys.count == 0)
		return 0;
	return conf->unicast ? conf->peer_count : MARKS_MULTICAST;
}

/* Gives a virtual router what its authentication has to remember, if any. */
static void
auth_build(struct vr *vr, struct arena *arena)
{
	uint16_t count = marks_of(vr->conf);

	if (count == 0 && vr->conf->auth_type != AUTH_AH)
		return;
	vr->auth = arena_array(arena, 1, sizeof(*vr->auth));
	if (vr->auth == NULL)
		return;
	vr->auth->mark_count = count;
	vr->auth->marks = arena_array(arena, count, sizeof(*vr->auth->marks));
}

/*
 * Takes over what a virtual router's authentication remembers, if it still is
 * of the same kind.  The latest mark is taken last.
 */
static void
auth_inherit(struct vr *vr, const struct vr *from)
{
	const struct auth *old = from->auth;

	if (vr->auth == NULL || old == NULL ||
	    vr->conf->auth_type != from->conf->auth_type)
		return;
	vr->auth->sequence = old->sequence;
	vr->auth->heard = old->heard;
	for (uint16_t i = old->mark_count; i-- > 0;) {
		const struct ip *source = &old->marks[i].source;

		if (source->family != 0 && (!vr->conf->unicast ||
		    peer_find(vr->conf, source) != NULL))
			mark_store(vr->auth, source, old->marks[i].sequence);
	}
}

/* Links every vip into the hash table. */
static void
vips_build(struct daemon *d)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i <= d->vip_hash_mask; i++)
		d->vip_hash[i] = NO_SLOT;
	for (uint32_t i = 0; i < d->conf->vr_count; i++) {
		struct vr *vr = &d->vrs[i];

		vr->first_vip = n;
		for (uint32_t k = 0; k < vr_vip_count(vr); k++, n++) {
			const struct ip *ip = &vr->conf->addresses[k].ip;
			uint32_t *head =
			    &d->vip_hash[ip_hash(ip) & d->vip_hash_mask];

			d->vips[n].vr = i;
			d->vips[n].address = (uint16_t)k;
			d->vips[n].next = *head;
			*head = n;
		}
	}
}

/* Gives a notifier to every instance and group that has scripts. */
static void
notifiers_build(struct daemon *d)
{
	uint16_t n = 0;

	for (uint32_t i = 0; i < d->conf->vr_count; i++) {
		if (d->conf->vrs[i].notify == NULL)
			continue;
		d->notifiers[n].owner = (uint16_t)i;
		d->vrs[i].notifier = n++;
	}
	for (uint32_t i = 0; i < d->conf->group_count; i++) {
		d->groups[i].notifier = NONE;
		if (d->conf->groups[i].notify == NULL)
			continue;
		d->notifiers[n].owner = (uint16_t)i;
		d->notifiers[n].is_group = true;
		d->groups[i].notifier = n++;
	}
	for (uint16_t i = 0; i < n; i++) {
		d->notifiers[i].timer.kind = TIMER_NOTIFIER;
		d->notifiers[i].timer.slot = NO_SLOT;
	}
}

/*
 * Sets up the tracking scripts, of which init_fail ones start as failed
 * (C-136), the tracked processes and the BFD sessions.
 */
static void
checks_build(struct daemon *d)
{
	for (uint32_t i = 0; i < d->conf->script_count; i++) {
		struct script *script = &d->scripts[i];

		script->timer.kind = TIMER_SCRIPT;
		script->timer.slot = NO_SLOT;
		script->deadline = NEVER;
		script->status = d->conf->scripts[i].init_fail ? CHECK_FAILED :
		    CHECK_PENDING;
	}
	for (uint32_t i = 0; i < d->conf->process_count; i++) {
		d->processes[i].timer.kind = TIMER_PROCESS;
		d->processes[i].timer.slot = NO_SLOT;
	}
	for (uint32_t i = 0; i < d->conf->bfd_count; i++) {
		struct bfd *b = &d->bfds[i];

		b->conf = &d->conf->bfds[i];
		b->timer.kind = TIMER_BFD;
		b->timer.slot = NO_SLOT;
		b->send_at = b->detect_at = NEVER;
		b->status = CHECK_FAILED;
	}
}

/* Counts what arrays of a daemon must hold. */
static void
daemon_count(struct daemon *d)
{
	const struct conf *conf = d->conf;

	for (uint32_t i = 0; i < conf->vr_count; i++) {
		d->vip_count += (uint32_t)conf->vrs[i].address_count +
		    conf->vrs[i].excluded_count;
		d->notifier_count += conf->vrs[i].notify != NULL;
		d->tracks_sources |= conf->vrs[i].track_source;
	}
	for (uint32_t i = 0; i < conf->group_count; i++)
		d->notifier_count += conf->groups[i].notify != NULL;
	d->vip_hash_mask = 15;
	while (d->vip_hash_mask < d->vip_count)
		d->vip_hash_mask = 2 * d->vip_hash_mask + 1;
	d->heap_capacity = (uint32_t)conf->vr_count + conf->script_count +
	    conf->process_count + conf->bfd_count + conf->interface_count +
	    d->notifier_count + 1;
	d->local_capacity = LOCALS_EXTRA + LOCALS_EACH *
	    (uint32_t)conf->interface_count;
	d->speaker_capacity = STRANGERS_MOST + 2 * (uint32_t)conf->vr_count;
	for (uint32_t i = 0; i < conf->vr_count; i++)
		d->speaker_capacity += conf->vrs[i].peer_count;
}

/* Takes the arrays of a daemon from an arena; false without memory. */
static bool
daemon_take(struct daemon *d, struct arena *arena)
{
	const struct conf *conf = d->conf;

#define TAKE(member, count) \
	d->member = arena_array(arena, count, sizeof(*d->member))
	TAKE(vrs, conf->vr_count);
	TAKE(counts, conf->vr_count * (size_t)COUNTER_KINDS);
	TAKE(groups, conf->group_count);
	TAKE(scripts, conf->script_count);
	TAKE(files, conf->file_count);
	TAKE(processes, conf->process_count);
	TAKE(bfds, conf->bfd_count);
	TAKE(interfaces, conf->interface_count);
	TAKE(links, conf->link_count);
	TAKE(notifiers, d->notifier_count);
	TAKE(vips, d->vip_count);
	TAKE(entries, conf->entry_count);
	TAKE(vip_hash, d->vip_hash_mask + 1);
	TAKE(locals, d->local_capacity);
	TAKE(heap, d->heap_capacity);
	TAKE(deferred, d->heap_capacity);
	TAKE(speakers, d->speaker_capacity + 1);
	TAKE(by_key, conf->vr_count);
	TAKE(work, conf->vr_count);
	TAKE(request, NETLINK_MAX);
#undef TAKE
	return !arena->failed;
}

/* Sets up the interfaces, and how we need them set. */
static void
interfaces_build(struct daemon *d)
{
	const struct conf *conf = d->conf;

	for (uint16_t i = 0; i < conf->interface_count; i++) {
		struct interface *interface = &d->interfaces[i];

		interface->first_address = NO_LOCAL;
		interface->timer.kind = TIMER_INTERFACE;
		interface->timer.slot = NO_SLOT;
		for (int k = 0; k < SETTINGS4; k++)
			interface->settings[k] = interface->before[k] = UNKNOWN;
	}
	for (uint16_t i = 0; i < conf->link_count; i++) {
		const struct conf_link *link = &conf->links[i];

		for (int k = 0; k < SETTINGS_MARKED && link->ip4 &&
		    link->vmac->kind == LINK_MACVLAN; k++)
			d->interfaces[link->base].wants[k] = true;
	}
	for (uint32_t i = 0; i < conf->vr_count; i++) {
		const struct conf_vr *vr = &conf->vrs[i];

		if (vr->promote_secondaries && vr->interface != NONE)
			d->interfaces[vr->interface].wants[SET_PROMOTE] = true;
	}
}

/*
 * Makes a daemon of a configuration, in memory from arena; nothing happens
 * yet.  False without memory.
 */
static bool
daemon_build(struct daemon *d, struct arena *arena, const struct conf *conf,
    struct effects *out)
{
	memset(d, 0, sizeof(*d));
	d->conf = conf;
	d->out = out;
	d->start_at = d->stop_at = d->statics_at = d->clean_at = NEVER;
	d->timer.kind = TIMER_DAEMON;
	d->timer.slot = NO_SLOT;
	daemon_count(d);
	if (!daemon_take(d, arena))
		return false;
	d->local_free = NO_LOCAL;
	interfaces_build(d);
	for (uint32_t i = 0; i < conf->vr_count; i++) {
		vr_init(&d->vrs[i]);
		vr_configure(&d->vrs[i], &conf->vrs[i]);
		auth_build(&d->vrs[i], arena);
	}
	if (arena->failed)
		return false;
	wire_keys_sort(d);
	vips_build(d);
	for (uint32_t i = 0; i < conf->entry_count; i++)
		d->entries[i].hash = nl_entry_hash(
		    (enum entry_kind)conf->entries[i].kind, cursor_over(
		    conf->entries[i].body, conf->entries[i].length));
	notifiers_build(d);
	checks_build(d);
	return true;
}

/* Starts the first run of every tracking script that somebody tracks. */
static void
scripts_start(struct daemon *d, usec_t now)
{
	for (uint32_t i = 0; i < d->conf->script_count; i++) {
		const struct conf_script *conf = &d->conf->scripts[i];
		struct script *script = &d->scripts[i];

		if (!conf->used || script->token != 0)
			continue;
		if (conf->command != NONE &&
		    d->conf->commands[conf->command].path == NULL) {
			script_unusable(d, script);
		} else if (script->timer.slot == NO_SLOT) {
			script->next_run = usec_max(script->next_run, now);
			script_arm(d, script);
		}
	}
}

/*
 * Starts a daemon: asks the kernel what there is, and begins the startup delay.
 * uptime_us is the time since the machine booted (vrrp_delay_after_boot).
 */
static void
daemon_start(struct daemon *d, usec_t now, usec_t uptime_us)
{
	const struct conf_global *global = &d->conf->global;
	usec_t delay = usec_max(global->startup_delay_us,
	    global->delay_after_boot_us - uptime_us);

	if (delay > 0) {
		d->start_at = now + delay;
		timer_wake(d, &d->timer, d->start_at);
	}
	for (uint32_t i = 0; i < d->conf->vr_count; i++)
		d->vrs[i].changed_at = now;
	dump_ask(d);
	scripts_start(d, now);
	bfds_start(d, now);
}

/* The new index of an interface by its name, or NONE. */
static uint16_t
interface_translate(const struct conf *from, uint16_t index,
    const struct conf *to)
{
	return index == NONE ? NONE : interface_by_name(to,
	    from->interfaces[index].name, index);
}

/*
 * Whether b is a in another configuration: it sends in the same manner.  Of
 * unicast ones, it has a's name, or its source and one of its peers.
 */
static bool
vr_is_same(const struct conf_vr *a, const struct conf_vr *b)
{
	if (a->unicast != b->unicast)
		return false;
	if (!a->unicast)
		return ip_equal(&a->destination, &b->destination);
	if (strcmp(a->name, b->name) == 0)
		return true;
	for (uint16_t i = 0; ip_equal(&a->source, &b->source) &&
	    i < a->peer_count; i++) {
		if (peer_find(b, &a->peers[i].ip) != NULL)
			return true;
	}
	return false;
}

/*
 * The virtual router of `to` that continues one of `from`: the same interface,
 * family, VRID and manner of sending.  Names matter little.  NULL: none.
 */
static struct vr *
vr_successor(struct daemon *to, const struct conf *from,
    const struct conf_vr *conf)
{
	uint16_t interface = interface_translate(from, conf->interface,
	    to->conf);
	uint32_t key = wire_key(interface, conf->family, conf->vrid);

	if (interface == NONE && conf->interface != NONE)
		return NULL;
	for (uint32_t i = wire_key_lower(to, key); i < to->conf->vr_count &&
	    wire_key_at(to, i) == key; i++) {
		struct vr *vr = &to->vrs[to->by_key[i]];

		if (vr_is_same(conf, vr->conf))
			return vr;
	}
	return NULL;
}

/*
 * Says goodbye for every virtual router that the next configuration does not
 * have: priority 0, notify, and their addresses linger (D-20, C-159).  So it
 * does for BFD sessions.
 */
static void
daemon_retire(struct daemon *d, struct daemon *next, usec_t now)
{
	for (uint32_t i = 0; i < d->conf->vr_count; i++) {
		struct vr *vr = &d->vrs[i];
		enum vr_state state;

		if (vr_successor(next, d->conf, vr->conf) != NULL)
			continue;
		state = vr->conf->notify_deleted ? VR_DELETED : VR_FAULT;
		vr->cause = CAUSE_REMOVED;
		if (vr->told != state && vr->told != VR_INIT)
			vr_announce_state(d, vr, state, now);
		if (vr->notifier != NONE)
			notifier_flush(d, &d->notifiers[vr->notifier], now);
		if (vr->machine.state != MACHINE_INITIALIZE)
			vr_step(d, vr, MACHINE_SHUTDOWN, now);
	}
	for (uint16_t i = 0; i < d->conf->bfd_count; i++) {
		if (bfd_successor(next, d->bfds[i].conf) == NULL)
			bfd_stop(d, &d->bfds[i]);
	}
}

/* Takes over what is known of the interfaces and their foreign addresses. */
static void
interfaces_inherit(struct daemon *d, struct daemon *old)
{
	for (uint16_t i = 0; i < old->conf->interface_count; i++) {
		uint16_t to = interface_translate(old->conf, i, d->conf);
		uint32_t k = old->interfaces[i].first_address;
		struct timer timer = old->interfaces[i].timer;

		if (to == NONE) {
			interface_settle(old, i, true);
			continue;
		}
		memcpy(old->interfaces[i].wants, d->interfaces[to].wants,
		    sizeof(d->interfaces[to].wants));
		d->interfaces[to] = old->interfaces[i];
		d->interfaces[to].first_address = NO_LOCAL;
		d->interfaces[to].timer.slot = NO_SLOT;
		if (timer.slot != NO_SLOT)
			timer_wake(d, &d->interfaces[to].timer, timer.due);
		for (; k != NO_LOCAL; k = old->locals[k].next)
			local_add(d, &d->interfaces[to], &old->locals[k].news);
		groups_change(d, to, EFFECT_JOIN);
	}
}

/*
 * Takes over a queue of notify scripts, with the one that is running, as far as
 * there still are such scripts.
 */
static void
notifier_inherit(struct daemon *d, uint16_t to, const struct daemon *old,
    uint16_t from)
{
	struct notifier *notifier = &d->notifiers[to];
	const struct notifier *before = &old->notifiers[from];

	if (to == NONE || from == NONE)
		return;
	notifier->token = before->token;
	for (uint8_t i = 0; i < before->count; i++) {
		if (notifier_conf(d, notifier)->command[before->queue[i].kind]
		    != NONE)
			notifier->queue[notifier->count++] = before->queue[i];
	}
	if (notifier->token != 0)
		timer_wake(d, &notifier->timer, before->timer.due);
}

/* Takes over what is known of the routers of a list; returns its new head. */
static uint32_t
speakers_inherit(struct daemon *d, const struct daemon *old, uint32_t from)
{
	uint32_t head = 0, *link = &head;

	for (; from != 0 && d->speaker_count < d->speaker_capacity;
	    from = old->speakers[from].next) {
		*link = ++d->speaker_count;
		d->speakers[*link] = old->speakers[from];
		link = &d->speakers[*link].next;
		*link = 0;
	}
	return head;
}

/* Takes over the counters that have counted anything. */
static void
counters_inherit(struct daemon *d, const struct vr *vr,
    const struct daemon *old, const struct vr *from)
{
	for (unsigned i = 0; i < COUNTER_KINDS; i++) {
		uint32_t count = *counter_of(old, from, i);

		if (count > 0)
			*counter_of(d, vr, i) = count;
	}
}

/*
 * Takes over the state of a virtual router that goes on.  Who becomes the owner
 * waits for nobody, as if it started (RFC 9568 6.4.1).  A shorter interval has
 * an Active advertise sooner; a longer one counts from its next advertisement
 * on, since others wait for that by the one that they were told (6.1).
 */
static void
vr_continue(struct daemon *d, struct vr *vr, const struct daemon *old,
    const struct vr *from, usec_t now)
{
	const struct conf_vr *conf = vr->conf;
	uint16_t notifier = vr->notifier;
	uint32_t first_vip = vr->first_vip;
	uint32_t count = vr_vip_count(vr), before = vr_vip_count(from);
	struct auth *auth = vr->auth;

	auth_inherit(vr, from);
	*vr = *from;
	vr->auth = auth;
	vr->timer.slot = NO_SLOT;
	vr->notifier = notifier;
	vr->first_vip = first_vip;
	vr->first_speaker = speakers_inherit(d, old, from->first_speaker);
	counters_inherit(d, vr, old, from);
	vr->dirty = false;
	vr_configure(vr, conf);
	if (!ip_equal(&conf->source, &from->conf->source))
		vr->source.family = 0;		/* chosen anew, as at a start */
	if (vr_is_owner(vr) && !vr_is_owner(from) &&
	    vr->machine.state == MACHINE_BACKUP)
		vr->machine.timer = now;
	if (vr->conf->group == NONE) {
		vr->faults &= ~(uint32_t)(FAULT_GROUP | FAULT_GROUP_PENDING);
		vr->wants_active = false;
	}
	if (vr->claimed >= count)
		vr->claim_at = NEVER;		/* it is ours no more */
	if (count == 0)
		announce_stop(vr);
	else if (vr->announce_left > 0 && count != before)
		vr->announce_left = announce_frames(1 +
		    (vr->announce_left - 1) / before, count);
	if (vr->machine.state == MACHINE_ACTIVE) {
		vr->machine.timer = usec_min(vr->machine.timer,
		    usec_max(now, vr->machine.timer + conf->interval_us -
		    from->machine.interval_us));
		vr->refresh_at = conf->garp_refresh_us == 0 ? NEVER :
		    usec_min(vr->refresh_at, now + conf->garp_refresh_us);
	}
	if (vr->preempt_at != NEVER)
		vr->preempt_at = usec_min(vr->preempt_at,
		    now + conf->preempt_delay_us);
	notifier_inherit(d, notifier, old, from->notifier);
	vr_arm(d, vr);
	vr_touch(d, vr);
}

/* Keeps the request that removes what nothing in the configuration has. */
static void
orphan_add(struct daemon *d, struct arena *arena, const uint8_t *request,
    size_t length, usec_t remove_at)
{
	struct orphan *orphan = &d->orphans[d->orphan_count];

	orphan->request = arena_take(arena, length);
	if (orphan->request == NULL || length == 0)
		return;
	memcpy(orphan->request, request, length);
	orphan->length = (uint16_t)length;
	orphan->remove_at = remove_at;
	d->orphan_count++;
}

/*
 * Takes over the links.  Whoever gets one that was refused tries again.  One
 * that nobody has any more becomes an orphan, before its addresses do: it goes
 * with all of them, and without a word.
 */
static void
links_inherit(struct daemon *d, struct daemon *old, struct arena *arena,
    usec_t now)
{
	struct packer p;

	for (uint16_t i = 0; i < old->conf->link_count; i++) {
		const struct conf_link *conf = &old->conf->links[i];
		const struct link *link = &old->links[i];
		uint16_t to = interface_translate(old->conf, conf->interface,
		    d->conf);
		usec_t linger = old->vrs[conf->vr].linger_until;
		uint32_t ifindex = old->interfaces[conf->interface].ifindex;
		const struct conf_link *next = to == NONE ? NULL :
		    d->conf->interfaces[to].link;

		if (next != NULL) {
			d->links[next - d->conf->links] = *link;
			if (link->refused) {
				d->vrs[next->vr].restore_at = now;
				vr_arm(d, &d->vrs[next->vr]);
			}
		} else if (link->there && link->ours) {
			p = link_begin(d, RTM_DELLINK, 0, ifindex,
			    conf->vmac->name);
			orphan_add(d, arena, d->request, nl_finish(&p),
			    linger == NEVER ? now : linger);
		}
	}
}

/*
 * Whether an address of ours that is there, `from', shall have other details,
 * as a label: the kernel changes them of none that is there.
 */
static bool
vip_is_other(const struct daemon *d, const struct vip *to,
    const struct vip *from, const struct conf_address *address)
{
	uint8_t is[NETLINK_MAX], shall[NETLINK_MAX];
	size_t length = nl_address_request(is, sizeof(is), true, address, 0,
	    0, 0);

	if (from->foreign || (from->state != VIP_PRESENT &&
	    from->state != VIP_ASKED))
		return false;
	while (to != NULL && (nl_address_request(shall, sizeof(shall), true,
	    vip_address(d, to), 0, 0, 0) != length ||
	    memcmp(is, shall, length) != 0))
		to = vip_twin(d, to);
	return to == NULL;
}

/*
 * Takes over what the kernel has of the addresses.  One that no virtual router
 * has any more becomes an orphan: it is removed when its router has ceased to
 * linger, at once if it did not.  One with other details comes anew.
 */
static void
vips_inherit(struct daemon *d, struct daemon *old, struct arena *arena,
    usec_t now)
{
	for (uint32_t i = 0; i < old->vip_count; i++) {
		const struct vip *from = &old->vips[i];
		const struct conf_address *address = vip_address(old, from);
		uint32_t ifindex = old->interfaces[address->interface].ifindex;
		struct vip *to = vip_find(d, &address->ip,
		    address_prefix(address), ifindex);
		usec_t linger = old->vrs[from->vr].linger_until;

		if (to != NULL && vip_is_other(d, to, from, address)) {
			address_request(d, false, address, ifindex, 0, 0);
		} else if (to != NULL) {
			to->state = from->state;
			to->foreign = from->foreign;
		} else if (ifindex != 0 && !from->foreign &&
		    from->state != VIP_ABSENT) {
			orphan_add(d, arena, d->request, nl_address_request(
			    d->request, NETLINK_MAX, false, address, ifindex,
			    0, 0), linger == NEVER ? now : linger);
		}
	}
}

/* As vips_inherit, for entries; those that come last go first. */
static void
entries_inherit(struct daemon *d, struct daemon *old, struct arena *arena,
    usec_t now)
{
	for (uint32_t i = old->conf->entry_count; i-- > 0; ) {
		const struct entry *from = &old->entries[i];
		const struct vr *vr = entry_vr(old, i);
		size_t length = entry_write(old, i, false, 0);
		uint32_t to = entry_find(d, 0, old->request, length);

		if (from->state == VIP_ABSENT)
			continue;
		if (to != NO_SLOT) {
			d->entries[to].state = from->state;
			d->entries[to].foreign = from->foreign;
			d->entries[to].told = from->told;
			entry_touch(d, to, 0);
		} else if (!from->foreign) {
			orphan_add(d, arena, old->request, length, vr == NULL ||
			    vr->linger_until == NEVER ? now :
			    vr->linger_until);
		}
	}
}

/*
 * Takes over orphans of an earlier reload that have not gone yet.  One that
 * belongs to somebody again is what the kernel has of them.
 */
static void
orphans_inherit(struct daemon *d, const struct daemon *old, struct arena *arena)
{
	size_t head = sizeof(struct nlmsghdr);

	for (uint32_t i = 0; i < old->orphan_count; i++) {
		const struct orphan *from = &old->orphans[i];
		struct nl_message message = { .body = cursor_over(
		    from->request + head, from->length - head) };
		struct nl_address address = { .ifindex = 0 };
		struct vip *vip = NULL;
		uint32_t number;

		if (from->remove_at == NEVER)
			continue;
		memset(from->request + offsetof(struct nlmsghdr, nlmsg_seq), 0,
		    sizeof(number));
		number = entry_find(d, 0, from->request, from->length);
		if (nl_address_parse(&message, &address))
			vip = vip_find(d, &address.ip, address.prefix,
			    address.ifindex);
		if (number != NO_SLOT) {
			d->entries[number].state = VIP_PRESENT;
			entry_touch(d, number, 0);
		} else if (vip != NULL) {
			vip->state = VIP_PRESENT;
			vr_touch(d, &d->vrs[vip->vr]);
		} else {
			orphan_add(d, arena, from->request, from->length,
			    from->remove_at);
		}
	}
}

/*
 * Takes over all that the kernel has of us.  Entries go before addresses; both
 * before anything comes.
 */
static void
present_inherit(struct daemon *d, struct daemon *old, struct arena *arena,
    usec_t now)
{
	d->orphans = arena_array(arena, old->vip_count + old->conf->link_count +
	    old->conf->entry_count + old->orphan_count, sizeof(*d->orphans));
	if (d->orphans == NULL)
		return;
	entries_inherit(d, old, arena, now);
	links_inherit(d, old, arena, now);
	vips_inherit(d, old, arena, now);
	orphans_inherit(d, old, arena);
	if (d->orphan_count > 0)
		timer_wake(d, &d->timer, 0);
	if (d->dumped)
		statics_wake(d, now);
}

/* Whether two commands are the same, for the same user. */
static bool
command_is_same(const struct conf_command *a, const struct conf_command *b)
{
	size_t i = 0;

	while (a->argv[i] != NULL && b->argv[i] != NULL &&
	    strcmp(a->argv[i], b->argv[i]) == 0)
		i++;
	return a->argv[i] == b->argv[i] && a->uid == b->uid &&
	    a->gid == b->gid && a->supplementary == b->supplementary;
}

/* Whether two scripts are one: the same name, and the same command or check. */
static bool
script_is_same(const struct conf *a, const struct conf_script *one,
    const struct conf *b, const struct conf_script *two)
{
	char texts[2][CHECK_REQUEST];
	struct text t = text_over(texts[0], sizeof(texts[0]));

	if (strcmp(one->name, two->name) != 0 ||
	    one->check.kind != two->check.kind)
		return false;
	if (one->check.kind == CHECK_COMMAND)
		return command_is_same(&a->commands[one->command],
		    &b->commands[two->command]);
	print_check(&t, a, &one->check);
	text_end(&t);
	t = text_over(texts[1], sizeof(texts[1]));
	print_check(&t, b, &two->check);
	text_end(&t);
	return strcmp(texts[0], texts[1]) == 0;
}

/* Makes what a script has counted and planned fit its new configuration. */
static void
script_adapt(struct script *script, const struct conf_script *conf, usec_t now)
{
	uint32_t least = script->status == CHECK_GOOD ? conf->rise : 0;
	uint32_t most = script->status == CHECK_GOOD ? conf->rise + conf->fall :
	    conf->rise;

	if (script->result < least)
		script->result = least;
	if (script->result >= most)
		script->result = most - 1;
	script->next_run = usec_min(script->next_run, now + conf->interval_us);
}

/*
 * Takes over the results of scripts that go on; ends runs of the others, with
 * KILL, as nobody will be there to see whether TERM is heeded.
 */
static void
scripts_inherit(struct daemon *d, struct daemon *old, usec_t now)
{
	for (uint32_t i = 0; i < old->conf->script_count; i++) {
		const struct conf_script *conf = &old->conf->scripts[i];
		struct script *from = &old->scripts[i];
		uint16_t k = block_named(d->conf, IN_SCRIPT, conf->name);

		if (k < d->conf->script_count && d->conf->scripts[k].used &&
		    script_is_same(old->conf, conf, d->conf,
		    &d->conf->scripts[k])) {
			d->scripts[k] = *from;
			d->scripts[k].timer.slot = NO_SLOT;
			script_adapt(&d->scripts[k], &d->conf->scripts[k], now);
			if (from->token != 0)
				script_arm(d, &d->scripts[k]);
		} else if (from->token != 0) {
			effect_plain(d->out, EFFECT_SIGNAL, from->token,
			    SIGNAL_KILL);
		}
	}
}

/* Takes over what sync groups were told, by their names. */
static void
groups_inherit(struct daemon *d, const struct daemon *old)
{
	for (uint32_t i = 0; i < d->conf->group_count; i++) {
		uint16_t k = block_named(old->conf, IN_GROUP,
		    d->conf->groups[i].name);

		if (k == old->conf->group_count)
			continue;
		d->groups[i].told = old->groups[k].told;
		notifier_inherit(d, d->groups[i].notifier, old,
		    old->groups[k].notifier);
	}
}

/* Takes over the values of tracked files, by their paths. */
static void
files_inherit(struct daemon *d, const struct daemon *old)
{
	for (uint32_t i = 0; i < d->conf->file_count; i++) {
		for (uint32_t k = 0; k < old->conf->file_count; k++) {
			if (strcmp(d->conf->files[i].path,
			    old->conf->files[k].path) == 0)
				d->files[i] = old->files[k];
		}
	}
}

/* Takes over what is known of tracked processes, by what they are. */
static void
processes_inherit(struct daemon *d, const struct daemon *old)
{
	for (uint32_t i = 0; i < d->conf->process_count; i++) {
		const struct conf_process *to = &d->conf->processes[i];
		uint16_t k = block_named(old->conf, IN_PROCESS, to->name);

		if (k == old->conf->process_count ||
		    old->conf->processes[k].length != to->length ||
		    memcmp(old->conf->processes[k].words, to->words,
		    to->length) != 0)
			continue;
		d->processes[i] = old->processes[k];
		d->processes[i].timer.slot = NO_SLOT;
		if (old->processes[k].timer.slot != NO_SLOT)
			timer_wake(d, &d->processes[i].timer,
			    old->processes[k].timer.due);
	}
}

#define HERITAGE_VIP	80	/* a request that removes an IPv6 address */

/* How much memory daemon_inherit takes: what must be there before it begins. */
static size_t
daemon_heritage(const struct daemon *old)
{
	size_t asked = (size_t)old->vip_count + old->conf->link_count;
	size_t count = asked + old->conf->entry_count + old->orphan_count + 1;
	size_t bytes = asked * HERITAGE_VIP;

	for (uint32_t i = 0; i < old->conf->entry_count; i++)
		bytes += sizeof(struct nlmsghdr) +
		    old->conf->entries[i].length + 15;
	for (uint32_t i = 0; i < old->orphan_count; i++)
		bytes += (size_t)old->orphans[i].length + 15;
	return bytes + count * sizeof(*old->orphans);
}

/* Writes the state of everything to the FIFOs, as if it had just changed. */
static void
fifo_states(struct daemon *d)
{
	for (uint32_t i = 0; i < d->conf->vr_count; i++) {
		const struct vr *vr = &d->vrs[i];

		if (vr->told != VR_INIT)
			vr_fifo(d, vr, state_name((enum vr_state)vr->told));
	}
	for (uint32_t i = 0; i < d->conf->group_count; i++) {
		if (d->groups[i].told != VR_INIT)
			fifo_line(d, "GROUP", d->conf->groups[i].name,
			    state_name((enum vr_state)d->groups[i].told), 0);
	}
}

/*
 * Tells what would become of a running daemon if another one, which was built,
 * succeeded it: which instances go on, changed or not, which go, which are new.
 */
static void
daemon_compare(struct comparison *c, struct daemon *d, struct daemon *next)
{
	block_compare(c, IN_GLOBAL, d->conf, 0, next->conf, 0);
	for (int block = IN_SCRIPT; block < IN_INSTANCE; block++)
		blocks_compare(c, (enum block)block, d->conf, next->conf);
	for (uint32_t i = 0; i < d->conf->vr_count; i++) {
		const struct vr *vr = vr_successor(next, d->conf,
		    &d->conf->vrs[i]);

		if (vr == NULL)
			block_alone(c, IN_INSTANCE, d->conf, i,
			    "goes: it hands over, its addresses are removed");
		else
			block_compare(c, IN_INSTANCE, d->conf, i, next->conf,
			    vr_index(next, vr));
	}
	for (uint32_t i = 0; i < next->conf->vr_count; i++) {
		if (vr_successor(d, next->conf, &next->conf->vrs[i]) == NULL)
			block_alone(c, IN_INSTANCE, next->conf, i, "is new");
	}
	if (!c->any)
		text_string(c->out, "nothing changes\n");
}

/*
 * Makes a built daemon the successor of a running one (reload): whatever both
 * have goes on without losing a timer, a counter or an address (C-157, C-158).
 * The arena has room for daemon_heritage.
 */
static void
daemon_inherit(struct daemon *d, struct daemon *old, struct arena *arena,
    usec_t now)
{
	d->dumped = old->dumped;
	d->kernel_tags = old->kernel_tags;
	d->counters = old->counters;
	d->last_token = old->last_token;
	d->random = old->random;
	d->no_bfd = old->no_bfd;
	d->start_at = old->start_at;
	d->wall_us = old->wall_us;
	d->heard_wall_us = old->heard_wall_us;
	d->keep_addresses = old->keep_addresses;
	d->release_all = old->release_all;
	d->log_addresses = old->log_addresses;
	d->shared = old->shared;
	d->clean_refused = old->clean_refused;
	d->cleaning = old->cleaning || old->clean_at != NEVER;
	timer_wake(d, &d->timer, d->start_at);
	interfaces_inherit(d, old);
	for (uint32_t i = 0; i < d->conf->vr_count; i++)
		d->vrs[i].changed_at = now;
	for (uint32_t i = 0; i < old->conf->vr_count; i++) {
		struct vr *vr = vr_successor(d, old->conf, old->vrs[i].conf);

		if (vr != NULL && !vr->dirty)	/* the first, if two merge */
			vr_continue(d, vr, old, &old->vrs[i], now);
	}
	d->first_stranger = speakers_inherit(d, old, old->first_stranger);
	present_inherit(d, old, arena, now);
	scripts_inherit(d, old, now);
	groups_inherit(d, old);
	files_inherit(d, old);
	processes_inherit(d, old);
	bfds_inherit(d, old, now);
	scripts_start(d, now);
	bfds_start(d, now);
	sources_update(d, NONE, now);
	for (uint16_t i = 0; i < d->conf->group_count; i++) {
		group_review(d, i, now);	/* members may have gone */
		group_tell(d, i, now);		/* or come as they are */
	}
	if (d->conf->global.fifo_states_on_reload)
		fifo_states(d);
	dump_ask(d);
}

/* Sends a signal to every run of a tracking script under way. */
static void
scripts_signal(struct daemon *d, int32_t number)
{
	for (uint32_t i = 0; i < d->conf->script_count; i++) {
		if (d->scripts[i].token != 0)
			effect_plain(d->out, EFFECT_SIGNAL,
			    d->scripts[i].token, number);
	}
}

/*
 * TERM: every virtual router says goodbye, and its addresses linger until the
 * successor speaks (D-20).  With -V nothing is said and nothing removed.  A
 * second one ends the lingering.
 */
static void
daemon_shutdown(struct daemon *d, usec_t now)
{
	bool again = d->stopping;

	d->stopping = true;
	d->stop_at = again ? now : now + STOP_WAIT_US;
	timer_wake(d, &d->timer, d->stop_at);
	for (uint32_t i = 0; again && i < d->orphan_count; i++) {
		if (d->orphans[i].remove_at != NEVER)
			d->orphans[i].remove_at = now;
	}
	for (uint32_t i = 0; i < d->conf->vr_count; i++) {
		struct vr *vr = &d->vrs[i];

		if (again) {
			addresses_drop(d, vr);
			continue;
		}
		vr->keep_addresses = d->keep_addresses;
		vr->cause = CAUSE_STOP;
		vr_announce_state(d, vr, VR_STOP, now);
		vr->faults |= FAULT_STOPPING;
		vr_apply(d, vr, false, now);
		vr_touch(d, vr);	/* a refused removal: once more */
	}
	for (uint32_t i = 0; !again && i < d->conf->group_count; i++)
		group_announce_state(d, &d->groups[i], VR_STOP, now);
	for (uint32_t i = 0; i < d->conf->script_count; i++)
		timer_stop(d, &d->scripts[i].timer);
	for (uint32_t i = 0; i < d->conf->bfd_count; i++)
		bfd_stop(d, &d->bfds[i]);
	if (!again)
		scripts_signal(d, SIGNAL_TERM);
}

/*
 * Whether the kernel has not confirmed yet that an address is removed, or has
 * refused it and is to be asked again.
 */
static bool
daemon_removes(const struct daemon *d)
{
	for (uint32_t i = 0; i < d->vip_count; i++) {
		const struct vip *vip = &d->vips[i];

		if (vip->state == VIP_REMOVING || (vip->state == VIP_PRESENT &&
		    d->vrs[vip->vr].restore_at != NEVER))
			return true;
	}
	return false;
}

/*
 * Ends a daemon that is stopping once nothing is left to do: no address
 * lingers or waits for its removal, and the scripts had their time.
 */
static void
daemon_finish(struct daemon *d, usec_t now)
{
	bool busy = d->work_count > 0;

	if (!d->stopping || d->stopped)
		return;
	for (uint32_t i = 0; i < d->conf->vr_count; i++)
		busy = busy || d->vrs[i].linger_until != NEVER;
	for (uint32_t i = 0; i < d->orphan_count; i++)
		busy = busy || d->orphans[i].remove_at != NEVER;
	busy = busy || now < d->answer_at ||
	    (now < d->stop_at + STOP_REMOVE_US && daemon_removes(d));
	for (uint32_t i = 0; now < d->stop_at && i < d->notifier_count; i++)
		busy = busy || d->notifiers[i].token != 0;
	for (uint32_t i = 0; now < d->stop_at && i < d->conf->script_count; i++)
		busy = busy || d->scripts[i].token != 0;
	if (busy) {
		timer_wake(d, &d->timer, now < d->stop_at ? d->stop_at :
		    now < d->answer_at ? d->answer_at :
		    usec_max(now, d->stop_at + STOP_REMOVE_US));
		return;
	}
	for (uint32_t i = 0; i < d->notifier_count; i++)
		notifier_flush(d, &d->notifiers[i], now);
	if (!d->keep_addresses)
		entries_reconcile(d, 0, d->conf->static_count, false);
	scripts_signal(d, SIGNAL_KILL);
	if (!d->keep_addresses)
		links_release(d);
	d->stopped = true;
	effect_plain(d->out, EFFECT_STOPPED, 0, 0);
}

/* -- the two ways in -- */

/* Takes a tracked file's new value. */
static void
daemon_file(struct daemon *d, const struct event *event, usec_t now)
{
	struct file_state *file = &d->files[event->index];

	if (file->known && file->value == event->value)
		return;
	file->known = true;
	file->value = event->value;
	tracked_changed(d, TRACK_FILE, event->index, now);
}

/*
 * The kernel refused an advertisement.  That an interface is down or gone is
 * told elsewhere, and so is a fault: who resigns because of one may have no
 * route or address left.  Anything else, as by a firewall (EPERM), makes others
 * take over although we are alive, and is said once.  Who hands over says so
 * once more, or its addresses are nowhere until the others miss it.
 */
static void
vr_unsent(struct daemon *d, struct vr *vr, int32_t error, usec_t now)
{
	bool leaves = vr->machine.state == MACHINE_INITIALIZE;

	counter_add(d, vr, COUNT_send_errors);
	vr->unsent_at = now;
	if (error == ENETDOWN || error == ENODEV || error == ENXIO ||
	    (leaves && vr->linger_until == NEVER) ||
	    !vr_says(vr, COUNT_send_errors))
		return;
	effect_log(d->out, LOG_LEVEL_WARNING, "%s: %p: the kernel refuses to "
	    "send advertisements: %i%s", vr->conf->name, IP(vr->source),
	    error, error == EPERM ? ", by a firewall?" : "");
	if (leaves)
		vr_send_advert(d, vr, PRIORITY_ZERO, now);
}

/*
 * Does what an operator asks for.  Maintenance gives up what it holds as a stop
 * does (D-20), and is for all members of a sync group: at once, lest the others
 * be at fault because one is.  An owner has no other priority than 255.
 */
static void
vr_operate(struct daemon *d, struct vr *vr, enum operation what, int32_t value,
    usec_t now)
{
	uint16_t group = vr->conf->group, i = 0;

	if (what == OPERATION_PRIORITY) {
		if (!vr_is_owner(vr))
			vr->set_priority = (uint8_t)value;
		vr_review(d, vr, now);
		return;
	}
	/* it may have no group; in one, it is among the members once more */
	for (struct vr *member = vr; member != NULL;
	    member = vr_of_group(d, group, i++)) {
		member->faults &= ~(uint32_t)FAULT_MAINTENANCE;
		if (value != 0)
			member->faults |= FAULT_MAINTENANCE;
	}
	if (group == NONE)
		vr_review(d, vr, now);
	else
		group_review(d, group, now);
}

/*
 * Takes one event at the moment `now` and appends what follows from it to
 * d->out.  It never waits, never fails and never allocates.
 */
static void
daemon_event(struct daemon *d, usec_t now, const struct event *event)
{
	switch (event->kind) {
	case EVENT_TIME:
		d->wall_us = event->wall_us;
		if (clock_is_set(d, now))	/* and falls to 1970 later */
			d->heard_wall_us = d->wall_us;
		daemon_time(d, now, event->drained);
		daemon_work(d, now);
		break;
	case EVENT_FRAME:
		daemon_frame(d, event, now);
		break;
	case EVENT_NEIGHBOUR:
		daemon_neighbour(d, event, now);
		break;
	case EVENT_BFD:
		bfd_receive(d, event, now);
		break;
	case EVENT_NETLINK:
		daemon_netlink(d, event, now);
		break;
	case EVENT_NETLINK_ERROR:
		daemon_refused(d, event, now);
		break;
	case EVENT_NETLINK_LOST:
		d->counters.netlink_overruns++;
		dump_ask(d);
		break;
	case EVENT_PROCESS:
		process_ended(d, event->token, event->value, now);
		break;
	case EVENT_FILE:
		if (event->index < d->conf->file_count)
			daemon_file(d, event, now);
		break;
	case EVENT_COUNT:
		if (event->index < d->conf->process_count)
			process_counted(d, &d->processes[event->index],
			    (uint32_t)event->value, now);
		break;
	case EVENT_RESEND:
		if (event->index < d->conf->vr_count)
			vr_unsent(d, &d->vrs[event->index], event->value, now);
		break;
	case EVENT_OPERATOR:
		if (event->index < d->conf->vr_count)
			vr_operate(d, &d->vrs[event->index],
			    (enum operation)event->token, event->value, now);
		break;
	case EVENT_SHUTDOWN:
		daemon_shutdown(d, now);
		break;
	case EVENT_KINDS:
		break;
	}
	daemon_finish(d, now);
}

/* When the daemon wants EVENT_TIME at the latest; NEVER: not at all. */
static usec_t
daemon_deadline(const struct daemon *d)
{
	if (d->work_count > 0)
		return 0;
	return d->heap_count > 0 ? d->heap[0]->due : NEVER;
}

/* ==== 8. Status ==== */
/*
 * What the daemon does, as text: answers to operators, piece by piece
 * (report_piece), and the three dumps of keepalived, so that whatever reads
 * them goes on reading them: statistics (status_stats), JSON of both versions
 * (status_json), configuration and state (status_data).
 *
 * Promises: it reads and changes nothing; every counter of vrrpd.h is in the
 * statistics or, when it is only ours, in the state dump; what keepalived has
 * and we have not (mail) is printed as keepalived prints it when it is not in
 * use.  A key or heading of keepalived keeps its spelling, its place and its
 * type.
 *
 * It never prints a password, and never a configured string unescaped into
 * JSON.  Moments are of CLOCK_MONOTONIC and become dates by adding wall_us,
 * the real time less the monotonic one when the dump is made.
 */

/* The names of the counters: a list. */
static const char counter_names[] =
#define COUNTER_NAME(member, key, help) #member "\0"
    COUNTERS(COUNTER_NAME);
#undef COUNTER_NAME

/* The keys that keepalived's JSON has for them: a list, "" for ours. */
static const char counter_keys[] =
#define COUNTER_KEY(member, key, help) key "\0"
    COUNTERS(COUNTER_KEY);
#undef COUNTER_KEY

/* The counters of the whole daemon: a list of names and one of meanings. */
#define GLOBAL_NAME(member, help) #member "\0"
#define GLOBAL_HELP(member, help) help "\0"
static const char global_names[] = GLOBAL_COUNTERS(GLOBAL_NAME);
static const char global_helps[] = GLOBAL_COUNTERS(GLOBAL_HELP);
#define GLOBAL_KINDS	((unsigned)offsetof(struct global_counters, bfd) / 4)
#undef GLOBAL_NAME
#undef GLOBAL_HELP

/*
 * keepalived.stats: the statistics of every instance, in keepalived's format
 * (protocol 2.13).  Nothing is cleared by reading.
 */
static void
status_stats(struct text *t, const struct daemon *d)
{
	static const uint8_t order[] = { COUNT_received, COUNT_sent,
	    COUNT_became_master, COUNT_released_master, COUNT_length,
	    COUNT_ttl, COUNT_type, COUNT_interval, COUNT_address_list,
	    COUNT_auth_type, COUNT_auth_mismatch, COUNT_auth_failed,
	    COUNT_hmac_missing, COUNT_hmac_malformed, COUNT_hmac_key,
	    COUNT_hmac_failed, COUNT_hmac_stale, COUNT_hmac_replay,
	    COUNT_zero_received, COUNT_zero_sent };
	static const char titles[] = "  Advertisements:\n    Received\0"
	    "    Sent\0  Became master\0  Released master\0"
	    "  Packet Errors:\n    Length\0    TTL\0    Invalid Type\0"
	    "    Advertisement Interval\0    Address List\0"
	    "  Authentication Errors:\n    Invalid Type\0"
	    "    Type Mismatch\0    Failure\0"
	    "  Authentication Extension Errors:\n    Missing\0"
	    "    Malformed\0    Unknown Key\0    Invalid HMAC\0    Stale\0"
	    "    Replay\0  Priority Zero:\n    Received\0    Sent";

	for (uint32_t i = 0; i < d->conf->vr_count; i++) {
		text_format(t, "VRRP Instance: %s\n", d->conf->vrs[i].name);
		for (unsigned k = 0; k < COUNT_OF(order); k++)
			text_format(t, "%s: %u\n", list_item(titles, k),
			    *counter_of(d, &d->vrs[i], order[k]));
	}
}

/* -- what JSON and the state dump both print -- */

/* Appends a moment as seconds of real time with six decimals. */
static void
text_moment(struct text *t, usec_t moment, int64_t wall_us)
{
	int64_t wall = moment + wall_us;

	text_format(t, "%lld.%06lld", (long long)(wall / SECOND_US),
	    (long long)(wall % SECOND_US));
}

/* The name of the interface that a virtual router uses; NULL: any. */
static const char *
vr_interface_name(const struct daemon *d, const struct vr *vr)
{
	uint16_t index = vr->conf->interface;

	return index == NONE ? NULL : d->conf->interfaces[index].name;
}

/* Whether the kernel has this address (by its index) of a virtual router. */
static bool
vr_has_address(const struct daemon *d, const struct vr *vr, uint32_t index)
{
	return d->vips[vr->first_vip + index].state == VIP_PRESENT;
}

/* How many of its addresses the kernel has. */
static uint32_t
vr_present_count(const struct daemon *d, const struct vr *vr)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < vr_vip_count(vr); i++)
		count += vr_has_address(d, vr, i);
	return count;
}

/* Whether the kernel has every address, and there is one. */
static bool
vr_has_all(const struct daemon *d, const struct vr *vr)
{
	return vr->wanted && vr_vip_count(vr) > 0 &&
	    vr_present_count(d, vr) == vr_vip_count(vr);
}

/* The state that a virtual router makes for, as keepalived tells it. */
static enum vr_state
vr_wanted_state(const struct vr *vr)
{
	return vr->wants_active ? VR_MASTER : vr_state(vr);
}

/* Appends a scope of an address by its name in iproute2, or its number. */
static void
text_scope(struct text *t, uint8_t scope)
{
	for (unsigned i = 0; i < COUNT_OF(scopes); i++) {
		if (scopes[i] == scope) {
			text_string(t, list_item(scope_names, i));
			return;
		}
	}
	text_format(t, "%u", (unsigned)scope);
}

/* Appends the preferred lifetime of an IPv6 address. */
static void
text_preferred(struct text *t, const struct conf_address *address)
{
	text_string(t, address->preferred_s == 0 ? " deprecated" :
	    " preferred_lft");
	if (address->preferred_s > 0)
		print_option(t, OPTION_PREFERRED, address);
}

/*
 * Appends a virtual address (by its index) as configured, in keepalived's
 * words, and whether the kernel has it.
 */
static void
text_address(struct text *t, const struct daemon *d, const struct vr *vr,
    uint32_t index)
{
	static const char words[] = "home\0-nodad\0mngtmpaddr\0noprefixroute\0"
	    "autojoin";
	static const uint16_t flags[] = { ADDRESS_HOME, ADDRESS_DAD,
	    ADDRESS_MNGTMPADDR, ADDRESS_NOPREFIXROUTE, ADDRESS_AUTOJOIN };
	const struct conf_address *address = &vr->conf->addresses[index];
	const struct conf_address_more *more = address->more;
	const uint16_t brd = ADDRESS_BROADCAST | ADDRESS_BROADCAST_ONES |
	    ADDRESS_BROADCAST_ZEROS;

	text_ip(t, &address->ip);
	if (address->prefix != 8 * ip_size(address->ip.family))
		text_format(t, "/%u", (unsigned)address->prefix);
	if (address->flags & ADDRESS_PEER) {
		text_string(t, " peer");
		print_option(t, OPTION_PEER, address);
	}
	if (address->flags & brd) {
		text_string(t, " brd");
		print_option(t, OPTION_BROADCAST, address);
	}
	text_format(t, " dev %s scope ",
	    d->conf->interfaces[address->interface].name);
	text_scope(t, address->scope);
	if (more != NULL && more->label != NULL)
		text_format(t, " label %s", more->label);
	for (unsigned i = 0; i < COUNT_OF(flags); i++) {
		if (address->flags & flags[i])
			text_format(t, " %s", list_item(words, i));
	}
	if (address->ip.family == 6)
		text_preferred(t, address);
	if (address->flags & ADDRESS_NO_TRACK)
		text_string(t, " no_track");
	if (vr_has_address(d, vr, index))
		text_string(t, " set");
}

/* -- JSON -- */

/*
 * The length of the UTF-8 sequence (RFC 3629 4) at the head of a string that
 * is not empty, or 0 when none stands there; the NUL at its end belongs to
 * none.
 */
static size_t
utf8_length(const char *string)
{
	const uint8_t *s = (const uint8_t *)string;
	size_t n = s[0] < 0x80 ? 1 : s[0] < 0xc2 ? 0 : s[0] < 0xe0 ? 2 :
	    s[0] < 0xf0 ? 3 : s[0] < 0xf5 ? 4 : 0;

	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	}
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
	    (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	return n;
}

/*
 * Appends what goes between the quotes of a JSON string (RFC 8259 7).  A slash
 * is escaped as keepalived does; what is no UTF-8 becomes U+FFFD.
 */
static void
json_escaped(struct text *t, const char *string)
{
	for (size_t n; *string != '\0'; string += n == 0 ? 1 : n) {
		n = utf8_length(string);
		if (n == 0)
			text_string(t, "\\ufffd");
		else if (*string == '"' || *string == '\\' || *string == '/')
			text_format(t, "\\%c", *string);
		else if (n == 1 && *string < 0x20)
			text_format(t, "\\u%04x", (unsigned)*string);
		else
			text_bytes(t, string, n);
	}
}

/* Appends what stands before a string, and the string in its quotes. */
static void
json_string(struct text *t, const char *before, const char *string)
{
	text_string(t, before);
	text_char(t, '"');
	json_escaped(t, string);
	text_char(t, '"');
}

/* The same with a command as one string, each word in single quotes. */
static void
json_command(struct text *t, const char *before,
    const struct conf_command *command)
{
	text_string(t, before);
	for (size_t i = 0; command->argv[i] != NULL; i++) {
		text_string(t, i > 0 ? " '" : "\"'");
		json_escaped(t, command->argv[i]);
		text_char(t, '\'');
	}
	text_char(t, '"');
}

/* The scripts that tell of a change, those that there are. */
static void
json_scripts(struct text *t, const struct daemon *d,
    const struct conf_notify *notify)
{
	static const char keys[] = "backup\0master\0fault\0stop\0deleted\0"
	    "\0master_rx_lower_pri";
	static const uint8_t kinds[] = { NOTIFY_BACKUP, NOTIFY_MASTER,
	    NOTIFY_FAULT, NOTIFY_STOP, NOTIFY_DELETED, NOTIFY_ANY,
	    NOTIFY_MASTER_RX_LOWER_PRI };

	for (unsigned i = 0; notify != NULL && i < COUNT_OF(kinds); i++) {
		const char *key = list_item(keys, i);
		uint16_t command = notify->command[kinds[i]];

		if (command == NONE)
			continue;
		text_format(t, ",\"script%s%s\":", *key == '\0' ? "" : "_",
		    key);
		json_command(t, "", &d->conf->commands[command]);
	}
}

/* The addresses first..end-1 of a virtual router, if there are any. */
static void
json_addresses(struct text *t, const char *before, const struct daemon *d,
    const struct vr *vr, uint32_t first, uint32_t end)
{
	char line[LINE_MAX_LOG];

	if (first == end)
		return;
	for (uint32_t i = first; i < end; i++) {
		struct text one = text_over(line, sizeof(line));

		text_address(&one, d, vr, i);
		json_string(t, i == first ? before : ",", text_end(&one));
	}
	text_char(t, ']');
}

/* Whether the kernel has route or rule i of a virtual router. */
static bool
vr_has_entry(const struct daemon *d, const struct vr *vr, uint32_t i)
{
	return d->entries[vr->conf->first_entry + i].state == VIP_PRESENT;
}

/* The routes or rules of an instance as an array, if there are any. */
static void
json_entries(struct text *t, const char *before, const struct daemon *d,
    const struct conf_vr *conf, enum entry_kind kind)
{
	const char *between = before;

	for (uint32_t i = 0; i < conf->entry_count; i++) {
		const struct conf_entry *entry =
		    &d->conf->entries[conf->first_entry + i];

		if (entry->kind != kind)
			continue;
		json_string(t, between, entry->text);
		between = ",";
	}
	if (between != before)
		text_char(t, ']');
}

/* What a script does, as its words in quotes, or as a file has it. */
static void
json_script(struct text *t, const char *before, const struct daemon *d,
    const struct conf_script *script)
{
	char buffer[CHECK_REQUEST];
	struct text line = text_over(buffer, sizeof(buffer));

	if (script->check.kind == CHECK_COMMAND) {
		json_command(t, before, &d->conf->commands[script->command]);
		return;
	}
	text_string(&line, list_item(check_wishes,
	    2U * script->check.kind));
	print_check(&line, d->conf, &script->check);
	json_string(t, before, text_end(&line));
}

/* What a virtual router tracks of one kind, if it tracks any. */
static void
json_tracks(struct text *t, const char *before, const struct daemon *d,
    const struct conf_vr *c, enum track_kind kind)
{
	bool open = false;

	for (uint32_t i = 0; i < c->track_count; i++) {
		uint16_t index = c->tracks[i].index;

		if (c->tracks[i].kind != kind)
			continue;
		if (kind != TRACK_SCRIPT)
			json_string(t, open ? "," : before,
			    track_name(d->conf, &c->tracks[i]));
		else
			json_script(t, open ? "," : before, d,
			    &d->conf->scripts[index]);
		open = true;
	}
	if (open)
		text_char(t, ']');
}

/* The first half of "data": who it is and what it is told. */
static void
json_settings(struct text *t, const struct daemon *d, const struct vr *vr,
    int64_t wall_us)
{
	const struct conf_vr *c = vr->conf;
	const char *interface = vr_interface_name(d, vr);

	json_string(t, "{\"data\":{\"iname\":", c->name);
	text_format(t, ",\"dont_track_primary\":%u,"
	    "\"skip_check_adv_addr\":%u,\"strict_mode\":%u",
	    c->dont_track_primary, c->skip_check_advert_addresses, c->strict);
	json_string(t, ",\"vmac_ifname\":", c->vmac == NULL ? "" :
	    c->vmac->name);
	if (interface != NULL)
		json_string(t, ",\"ifp_ifname\":", interface);
	text_format(t, ",\"master_priority\":%u,\"last_transition\":",
	    vr_state(vr) == VR_BACKUP ? vr->active_priority : 0U);
	text_moment(t, vr->changed_at, wall_us);
	text_format(t, ",\"garp_delay\":%jd,\"garp_refresh\":%jd,"
	    "\"garp_rep\":%u,\"garp_refresh_rep\":%u,"
	    "\"garp_lower_prio_delay\":%jd,\"garp_lower_prio_rep\":%u,"
	    "\"lower_prio_no_advert\":%u,\"higher_prio_send_advert\":%u,"
	    "\"vrid\":%u,\"base_priority\":%u,\"effective_priority\":%u,"
	    "\"vipset\":%X,\"promote_secondaries\":%X",
	    (usec_t)c->garp_delay_us, (usec_t)c->garp_refresh_us,
	    c->garp_repeat, c->garp_refresh_repeat,
	    (usec_t)c->garp_lower_prio_delay_us, c->garp_lower_prio_repeat,
	    c->lower_prio_no_advert, c->higher_prio_send_advert, c->vrid,
	    c->priority, vr->machine.priority, vr_has_all(d, vr),
	    c->promote_secondaries);
}

/* The second half of "data": how it stands, and what hangs on it. */
static void
json_state(struct text *t, const struct daemon *d, const struct vr *vr)
{
	const struct conf_vr *c = vr->conf;
	uint32_t addresses = c->address_count;

	text_format(t, ",\"adver_int\":%jd,\"master_adver_int\":%jd,"
	    "\"accept\":%u,\"nopreempt\":%X,\"preempt_delay\":%jd,"
	    "\"state\":%u,\"wantstate\":%u,\"version\":%u,"
	    "\"smtp_alert\":false,\"notify_deleted\":%X",
	    (usec_t)vr->machine.interval_us,
	    (usec_t)vr->machine.active_interval_us, c->accept,
	    c->no_preempt, (usec_t)c->preempt_delay_us,
	    vr_state(vr), vr_wanted_state(vr), c->version,
	    c->notify_deleted);
	json_scripts(t, d, c->notify);
	json_addresses(t, ",\"vips\":[", d, vr, 0, addresses);
	json_addresses(t, ",\"evips\":[", d, vr, addresses, vr_vip_count(vr));
	json_entries(t, ",\"vroutes\":[", d, c, ENTRY_ROUTE);
	json_entries(t, ",\"vrules\":[", d, c, ENTRY_RULE);
	json_tracks(t, ",\"track_ifp\":[", d, c, TRACK_INTERFACE);
	json_tracks(t, ",\"track_script\":[", d, c, TRACK_SCRIPT);
	json_tracks(t, ",\"track_process\":[", d, c, TRACK_PROCESS);
	text_format(t, ",\"auth_type\":%u%s}", c->auth_type,
	    c->auth_type == AUTH_NONE ? "" : ",\"auth_data\":\"********\"");
}

/* "stats": the statistics. */
static void
json_stats(struct text *t, const struct daemon *d, const struct vr *vr)
{
	static const uint8_t order[] = { COUNT_received, COUNT_sent,
	    COUNT_became_master, COUNT_released_master, COUNT_length,
	    COUNT_interval, COUNT_ttl, COUNT_type, COUNT_address_list,
	    COUNT_auth_type, COUNT_auth_mismatch, COUNT_auth_failed,
	    COUNT_hmac_missing, COUNT_hmac_malformed, COUNT_hmac_key,
	    COUNT_hmac_failed, COUNT_hmac_stale, COUNT_hmac_replay,
	    COUNT_zero_received, COUNT_zero_sent };

	text_string(t, ",\"stats\":");
	for (unsigned i = 0; i < COUNT_OF(order); i++)
		text_format(t, "%c\"%s\":%u", i == 0 ? '{' : ',',
		    list_item(counter_keys, order[i]),
		    *counter_of(d, vr, order[i]));
	text_string(t, "}}");
}

/*
 * keepalived.json: every instance with its state and its statistics
 * (protocol 2.13), as an array or, with json_version 2, in an object.  Nothing
 * at all when there is no instance.
 */
static void
status_json(struct text *t, const struct daemon *d, int64_t wall_us)
{
	bool wrapped = d->conf->global.json_version == 2;

	if (d->conf->vr_count == 0)
		return;
	text_string(t, wrapped ? "{\"vrrp\":" : "");
	for (uint32_t i = 0; i < d->conf->vr_count; i++) {
		text_char(t, i == 0 ? '[' : ',');
		json_settings(t, d, &d->vrs[i], wall_us);
		json_state(t, d, &d->vrs[i]);
		json_stats(t, d, &d->vrs[i]);
	}
	text_string(t, wrapped ? "],\"track_process\":[" : "]\n");
	for (uint32_t i = 0; wrapped && i < d->conf->process_count; i++) {
		const struct process_state *process = &d->processes[i];

		json_string(t, i == 0 ? "{\"name\":" : ",{\"name\":",
		    d->conf->processes[i].name);
		text_format(t, ",\"count\":%u,\"good\":%X}",
		    (unsigned)process->count,
		    process->status == CHECK_GOOD);
	}
	text_string(t, wrapped ? "]}\n" : "");
}

/* -- the state dump -- */

/*
 * A line with a moment: the date in seconds, and how far it is from now.
 * Titles, here and below, are keepalived's wherever it has one.
 */
static void
data_moment(struct text *t, const char *title, usec_t moment, usec_t now,
    int64_t wall_us)
{
	text_format(t, "   %s = ", title);
	if (moment == NEVER) {
		text_string(t, "DISABLED\n");
		return;
	}
	text_moment(t, moment, wall_us);
	if (moment < now)
		text_format(t, " (%jd s ago)\n", now - moment);
	else
		text_format(t, " (in %jd s)\n", moment - now);
}

/* The words of a command, each in single quotes, and who runs it. */
static void
data_command(struct text *t, const struct conf_command *command)
{
	text_string(t, " =");
	for (size_t i = 0; command->argv[i] != NULL; i++)
		text_format(t, " '%s'", command->argv[i]);
	text_format(t, ", uid:gid %u:%u\n", (unsigned)command->uid,
	    (unsigned)command->gid);
	if (command->path == NULL)
		text_format(t, "   Cannot be run = %s\n", command->why);
}

/* The scripts that run when the state changes, those that there are. */
static void
data_scripts(struct text *t, const struct daemon *d,
    const struct conf_notify *notify)
{
	/* in the order of enum notify_kind */
	static const char titles[] = "Master\0Backup\0Fault\0Stop\0Generic\0"
	    "Master rx lower pri\0Deleted";

	for (unsigned i = 0; notify != NULL && i < NOTIFY_KINDS; i++) {
		if (notify->command[i] == NONE)
			continue;
		text_format(t, "   %s%s script", list_item(titles, i),
		    i == NOTIFY_MASTER_RX_LOWER_PRI ? "" : " state transition");
		data_command(t, &d->conf->commands[notify->command[i]]);
	}
}

/* The state of a virtual router and what it knows of the Active. */
static void
data_state(struct text *t, const struct daemon *d, const struct vr *vr,
    usec_t now, int64_t wall_us)
{
	const struct conf_vr *c = vr->conf;
	const struct machine *m = &vr->machine;
	enum vr_state state = vr_state(vr);

	text_format(t, " VRRP Instance = %s\n   VRRP Version = %u\n", c->name,
	    c->version);
	if (c->group != NONE)
		text_format(t, "   Sync group = %s\n",
		    d->conf->groups[c->group].name);
	text_format(t, "   State = %s\n", state_name(state));
	if (state == VR_BACKUP && vr->active.family != 0)
		text_format(t, "   Master router = %p\n"
		    "   Master priority = %u\n"
		    "   Master advert int = %jd sec\n", IP(vr->active),
		    vr->active_priority, (usec_t)m->active_interval_us);
	text_format(t, "   Wantstate = %s\n",
	    state_name(vr_wanted_state(vr)));
	text_format(t, "   Faults = %s", vr->faults == 0 ? "none" : "");
	faults_text(t, d, vr, ~0U);
	text_char(t, '\n');
	data_moment(t, "Last transition", vr->changed_at, now, wall_us);
	data_moment(t, "Read timeout", m->timer, now, wall_us);
	text_format(t, "   Master down timer = %lld usecs\n",
	    (long long)active_down_interval(m));
	if (vr->linger_until != NEVER)
		data_moment(t, "Addresses kept until", vr->linger_until, now,
		    wall_us);
}

/* What a virtual router is configured to send, and from where. */
static void
data_sending(struct text *t, const struct daemon *d, const struct vr *vr)
{
	const struct conf_vr *c = vr->conf;
	const char *interface = vr_interface_name(d, vr);

	text_format(t, "   Interface = %s\n   Using src_ip = %p%s\n",
	    interface == NULL ? "(none)" : interface, IP(vr->source),
	    c->source.family != 0 ? " (from configuration)" : "");
	if (!c->unicast)
		text_format(t, "   Multicast address %p\n",
		    IP(c->destination));
	text_format(t, "   Gratuitous ARP delay = %jd\n"
	    "   Gratuitous ARP repeat = %u\n"
	    "   Gratuitous ARP refresh = %jd\n"
	    "   Gratuitous ARP refresh repeat = %u\n"
	    "   Gratuitous ARP lower priority delay = %jd\n"
	    "   Gratuitous ARP lower priority repeat = %u\n"
	    "   Down timer adverts = %u\n"
	    "   Send advert after receive lower priority advert = %X\n"
	    "   Send advert after receive higher priority advert = %X\n",
	    (usec_t)c->garp_delay_us, c->garp_repeat,
	    (usec_t)c->garp_refresh_us, c->garp_refresh_repeat,
	    (usec_t)c->garp_lower_prio_delay_us, c->garp_lower_prio_repeat,
	    c->down_timer_adverts,
	    !c->lower_prio_no_advert,
	    c->higher_prio_send_advert);
}

/* What else a virtual router is configured to do. */
static void
data_settings(struct text *t, const struct vr *vr)
{
	const struct conf_vr *c = vr->conf;

	text_format(t, "   Virtual Router ID = %u\n   Priority = %u\n"
	    "   Effective priority = %u\n   Advert interval = %jd sec\n"
	    "   Accept = %s\n   Preempt = %s\n", c->vrid, c->priority,
	    vr->machine.priority, (usec_t)vr->machine.interval_us,
	    c->accept ? "enabled" : "disabled",
	    c->no_preempt ? "disabled" : "enabled");
	if (c->preempt_delay_us > 0)
		text_format(t, "   Preempt delay = %jd secs\n",
		    (usec_t)c->preempt_delay_us);
	if (c->version == 2)
		text_format(t, "   Authentication type = %s\n",
		    c->auth_type == AUTH_AH ? "IPSEC_AH" :
		    c->auth_type == AUTH_PASS ? "SIMPLE_PASSWORD" : "none");
	else if (c->family == 4)
		text_format(t, "   Checksum with pseudo-header = %s\n",
		    vr->checksum_plain ? "no" : "yes");
}

/* The addresses first..end-1 of a virtual router, one line each. */
static void
data_addresses(struct text *t, const struct daemon *d, const struct vr *vr,
    uint32_t first, uint32_t end)
{
	for (uint32_t i = first; i < end; i++) {
		text_string(t, "     ");
		text_address(t, d, vr, i);
		text_char(t, '\n');
	}
}

/* The routes or rules of a virtual router below their title, if any. */
static void
data_entries(struct text *t, const struct daemon *d, const struct vr *vr,
    enum entry_kind kind, const char *title)
{
	for (uint32_t i = 0; i < vr->conf->entry_count; i++) {
		const struct conf_entry *entry =
		    &d->conf->entries[vr->conf->first_entry + i];

		if (entry->kind != kind)
			continue;
		text_format(t, "%s     %s%s\n", title, entry->text,
		    vr_has_entry(d, vr, i) ? " set" : "");
		title = "";
	}
}

/* The lists of a virtual router: addresses, routes, rules and peers. */
static void
data_lists(struct text *t, const struct daemon *d, const struct vr *vr)
{
	const struct conf_vr *c = vr->conf;
	uint32_t addresses = c->address_count;

	if (addresses > 0)
		text_format(t, "   Virtual IP (%u):\n", (unsigned)addresses);
	data_addresses(t, d, vr, 0, addresses);
	if (c->excluded_count > 0)
		text_string(t, "   Virtual IP Excluded :\n");
	data_addresses(t, d, vr, addresses, vr_vip_count(vr));
	data_entries(t, d, vr, ENTRY_ROUTE, "   Virtual Routes :\n");
	data_entries(t, d, vr, ENTRY_RULE, "   Virtual Rules :\n");
	if (c->peer_count > 0) {
		text_format(t, "   Check unicast src : %s\n"
		    "   Unicast Peer :\n",
		    c->check_unicast_source ? "yes" : "no");
	}
	for (uint32_t i = 0; i < c->peer_count; i++) {
		text_format(t, "     %p min_ttl %u max_ttl %u\n",
		    IP(c->peers[i].ip), (unsigned)c->peers[i].ttl_min,
		    (unsigned)c->peers[i].ttl_max);
	}
}

/* What a virtual router tracks of one kind: its name and what it is worth. */
static void
data_tracks(struct text *t, const struct daemon *d, const struct conf_vr *c,
    enum track_kind kind)
{
	/* in the order of enum track_kind */
	static const char titles[] = "interfaces\0scripts\0BFD instances\0"
	    "files\0processes";
	bool open = false;

	for (uint32_t i = 0; i < c->track_count; i++) {
		const struct conf_track *track = &c->tracks[i];

		if (track->kind != kind)
			continue;
		if (!open)
			text_format(t, "   Tracked %s :\n", list_item(titles,
			    kind));
		open = true;
		text_format(t, "     %s weight %d%s\n",
		    track_name(d->conf, track),
		    (int)track->weight, track->reverse ? " reverse" : "");
	}
}

/* The counters that keepalived lacks; the others are in the statistics. */
static void
data_counters(struct text *t, const struct daemon *d, const struct vr *vr)
{
	text_string(t, "   Counters :\n");
	for (unsigned i = 0; i < COUNTER_KINDS; i++) {
		if (*list_item(counter_keys, i) == '\0')
			text_format(t, "     %s = %u (%s)\n",
			    list_item(counter_names, i), *counter_of(d, vr, i),
			    list_item(counter_help, i));
	}
}

/* In the order of enum check_status. */
static const char status_words[] = "INIT\0BAD\0GOOD";

/* Every script that is tracked, its settings and its last result. */
static void
data_vrrp_scripts(struct text *t, const struct daemon *d)
{
	if (d->conf->script_count > 0)
		text_string(t, "------< VRRP Scripts >------\n");
	for (uint32_t i = 0; i < d->conf->script_count; i++) {
		const struct conf_script *c = &d->conf->scripts[i];
		const struct script *s = &d->scripts[i];

		text_format(t, " VRRP Script = %s\n", c->name);
		if (c->check.kind == CHECK_COMMAND) {
			text_string(t, "   Command");
			data_command(t, &d->conf->commands[c->command]);
		} else {
			text_format(t, "   Check = %s",
			    list_item(check_wishes,
			    2U * c->check.kind));
			print_check(t, d->conf, &c->check);
			text_char(t, '\n');
		}
		text_format(t, "   Interval = %jd sec\n   Timeout = %jd sec\n"
		    "   Weight = %d%s\n   Rise = %u\n   Fall = %u\n"
		    "   Result = %u\n   Last exit = %d\n   Status = %s\n"
		    "   State = %s\n", (usec_t)c->interval_us,
		    (usec_t)c->timeout_us, (int)c->weight,
		    c->reverse ? " reverse" : "", (unsigned)c->rise,
		    (unsigned)c->fall, (unsigned)s->result, (int)s->last_exit,
		    list_item(status_words, s->status), s->token == 0 ? "idle" :
		    s->killed ? "forcing termination" :
		    s->timed_out ? "requested termination" : "running");
	}
}

/* Every file that is tracked, and the number that it holds. */
static void
data_files(struct text *t, const struct daemon *d)
{
	if (d->conf->file_count > 0)
		text_string(t, "------< VRRP Track files >------\n");
	for (uint32_t i = 0; i < d->conf->file_count; i++) {
		const struct conf_file *c = &d->conf->files[i];

		text_format(t, " Track file = %s\n   File = %s\n"
		    "   Status = %d%s\n   Weight = %d%s\n", c->name, c->path,
		    (int)d->files[i].value,
		    d->files[i].known ? "" : " (not read yet)", (int)c->weight,
		    c->reverse ? " reverse" : "");
	}
}

/* Every process that is tracked, and how many of it there are. */
static void
data_processes(struct text *t, const struct daemon *d)
{
	if (d->conf->process_count > 0)
		text_string(t, "------< VRRP Track processes >------\n");
	for (uint32_t i = 0; i < d->conf->process_count; i++) {
		const struct conf_process *c = &d->conf->processes[i];

		text_format(t, " Track process = %s\n   Process =", c->name);
		print_process(t, c);
		text_format(t, "\n   Min processes = %u\n"
		    "   Max processes = %u\n   Fork delay = %jd sec\n"
		    "   Terminate delay = %jd sec\n   Weight = %d%s\n"
		    "   Current processes = %u\n   Status = %s\n",
		    (unsigned)c->quorum, (unsigned)c->quorum_max,
		    (usec_t)c->fork_delay_us, (usec_t)c->terminate_delay_us,
		    (int)c->weight, c->reverse ? " reverse" : "",
		    (unsigned)d->processes[i].count,
		    list_item(status_words, d->processes[i].status));
	}
}

/* Every BFD session, how it stands, and what became of packets. */
static void
data_bfds(struct text *t, const struct daemon *d)
{
	static const char states[] = "AdminDown\0Down\0Init\0Up";
	/* in the order of enum bfd_counter */
	static const char counters[] = "refused: other version\0"
	    "refused: too short\0refused: cut off\0refused: multiplier 0\0"
	    "refused: multipoint\0refused: no discriminator of its own\0"
	    "refused: no discriminator of ours\0refused: of no session\0"
	    "refused: authenticated\0refused: TTL or hop limit\0"
	    "ignored: stopping\0accepted\0sent";

	if (d->conf->bfd_count == 0)
		return;
	text_string(t, "------< BFD Instances >------\n");
	for (uint32_t i = 0; i < d->conf->bfd_count; i++) {
		const struct conf_bfd *c = &d->conf->bfds[i];
		const struct bfd *b = &d->bfds[i];

		text_format(t, " BFD Instance = %s\n   Neighbor IP = %p\n"
		    "   Source IP = %p\n   Weight = %d%s\n   State = %s\n"
		    "   Remote state = %s\n   Diagnostic = %u\n"
		    "   Discriminator = 0x%08x\n"
		    "   Remote discriminator = 0x%08x\n   Status = %s\n",
		    c->name, IP(c->neighbor), IP(b->source), (int)c->weight,
		    c->reverse ? " reverse" : "", list_item(states, b->state),
		    list_item(states, b->remote_state),
		    (unsigned)b->diagnostic, (unsigned)b->mine,
		    (unsigned)b->yours, list_item(status_words, b->status));
	}
	for (unsigned i = 0; i < BFD_COUNTERS; i++)
		text_format(t, "   Packets %s = %u\n", list_item(counters, i),
		    (unsigned)d->counters.bfd[i]);
}

/* Every sync group with its members. */
static void
data_groups(struct text *t, const struct daemon *d)
{
	if (d->conf->group_count > 0)
		text_string(t, "------< VRRP Sync groups >------\n");
	for (uint32_t i = 0; i < d->conf->group_count; i++) {
		const struct conf_group *c = &d->conf->groups[i];
		uint8_t told = d->groups[i].told;

		text_format(t, " VRRP Sync Group = %s, %s\n"
		    "   VRRP member instances :\n", c->name,
		    state_name((enum vr_state)told));
		for (uint32_t n = 0; n < c->member_count; n++)
			text_format(t, "     %s\n",
			    d->conf->vrs[c->members[n]].name);
		data_scripts(t, d, c->notify);
	}
}

/* Every interface that the configuration names, as the kernel reports it. */
static void
data_interfaces(struct text *t, const struct daemon *d)
{
	text_string(t, "------< Interfaces >------\n");
	for (uint32_t i = 0; i < d->conf->interface_count; i++) {
		const struct interface *n = &d->interfaces[i];

		text_format(t, " Name = %s\n", d->conf->interfaces[i].name);
		if (n->ifindex == 0) {
			text_string(t, "   State = absent\n");
			continue;
		}
		text_format(t, "   index = %u\n   MAC = ",
		    (unsigned)n->ifindex);
		text_mac(t, n->mac);
		text_format(t, "\n   State = %s, %s\n   MTU = %u\n",
		    n->flags & IFF_UP ? "UP" : "DOWN", n->flags & IFF_RUNNING ?
		    "RUNNING" : "NOT RUNNING", (unsigned)n->mtu);
	}
}

/* What concerns the whole daemon: settings first, counters at the end. */
static void
data_global(struct text *t, const struct conf *c, bool refused)
{
	const struct conf_global *g = &c->global;

	text_format(t, "------< Global definitions >------\n"
	    " Version = vrrpd " VRRPD_VERSION "\n Network namespace = %s\n",
	    g->net_namespace == NULL ? "(default)" : g->net_namespace);
	if (g->instance != NULL)
		text_format(t, " Instance name = %s\n", g->instance);
	if (g->router_id != NULL)
		text_format(t, " Router ID = %s\n", g->router_id);
	text_format(t, " VRRP IPv4 mcast group = %p\n"
	    " VRRP IPv6 mcast group = %p\n Script security %s\n"
	    " Configuration lines not taken = %u\n Last reload = %s\n",
	    IP(g->group4), IP(g->group6),
	    g->script_security ? "enabled" : "disabled", (unsigned)c->errors,
	    refused ? "refused, the configuration before it runs" : "good");
}

/*
 * keepalived.data: configuration and state, in keepalived's layout wherever
 * something reads it (State, Wantstate, Interface, Virtual IP, the scripts'
 * Status and State), with what only we know beside it.
 */
static void
status_data(struct text *t, const struct daemon *d, usec_t now,
    int64_t wall_us)
{
	static const uint8_t tracks[] = { TRACK_INTERFACE, TRACK_SCRIPT,
	    TRACK_FILE, TRACK_PROCESS, TRACK_BFD };

	data_global(t, d->conf, d->reload_refused);
	text_string(t, "------< VRRP Topology >------\n");
	for (uint32_t i = 0; i < d->conf->vr_count; i++) {
		const struct vr *vr = &d->vrs[i];

		data_state(t, d, vr, now, wall_us);
		data_sending(t, d, vr);
		data_settings(t, vr);
		data_lists(t, d, vr);
		for (size_t k = 0; k < COUNT_OF(tracks); k++)
			data_tracks(t, d, vr->conf,
			    (enum track_kind)tracks[k]);
		data_scripts(t, d, vr->conf->notify);
		data_counters(t, d, vr);
	}
	data_vrrp_scripts(t, d);
	data_files(t, d);
	data_processes(t, d);
	data_bfds(t, d);
	data_groups(t, d);
	data_interfaces(t, d);
	text_string(t, "------< Counters >------\n");
	for (unsigned i = 0; i < GLOBAL_KINDS; i++)
		text_format(t, " %s = %u (%s)\n", list_item(global_names, i),
		    ((const uint32_t *)&d->counters)[i],
		    list_item(global_helps, i));
}

/* -- answers to the operator -- */

/*
 * The numbers of a virtual router that an answer has, beside its counters: a
 * list of names and one of meanings.  From state_seconds on they are times.
 */
#define NUMBERS(X) \
	X(state, "0 INIT, 1 BACKUP, 2 MASTER, 3 FAULT, 4 maintenance") \
	X(priority, "priority in force") \
	X(base_priority, "priority without what trackers add") \
	X(master_priority, "priority of the MASTER that it follows, 0: none") \
	X(addresses, "virtual addresses") \
	X(addresses_present, "virtual addresses that the kernel has") \
	X(lingering, "1 while it keeps addresses until another has them") \
	X(conflict, "1 while another machine is MASTER too") \
	X(peers, "other routers heard in the last 5 minutes") \
	X(peers_troubled, "those of them whose last packet was not right") \
	X(state_seconds, "time in this state") \
	X(advert_age_seconds, "time since another router was heard, -1: never")\
	X(advert_interval_seconds, "time between its own advertisements") \
	X(master_interval_seconds, "time between those of the MASTER") \
	X(timer_seconds, "time until it advertises, or takes over") \
	X(preempt_delay_seconds, "time until it may preempt, 0: it may")

#define NUMBER_OF(name, help) NUMBER_##name,
enum number { NUMBERS(NUMBER_OF) NUMBER_KINDS };
#undef NUMBER_OF
#define NUMBER_NAME(name, help) #name "\0"
#define NUMBER_HELP(name, help) help "\0"
static const char number_names[] = NUMBERS(NUMBER_NAME);
static const char number_helps[] = NUMBERS(NUMBER_HELP);
#undef NUMBER_NAME
#undef NUMBER_HELP

/* How long until a moment; 0 if it is past or will never be. */
static usec_t
span_until(usec_t moment, usec_t now)
{
	return moment == NEVER || moment < now ? 0 : moment - now;
}

#define PEER_RECENT_US	(300 * SECOND_US)

/* How many other routers were heard lately, or only those with troubles. */
static uint32_t
peers_count(const struct daemon *d, const struct vr *vr, bool troubled,
    usec_t now)
{
	const struct speaker *speaker;
	uint32_t i = vr->first_speaker, count = 0;

	for (; i != 0; i = speaker->next) {
		speaker = &d->speakers[i];
		count += now - speaker->heard_at < PEER_RECENT_US &&
		    (!troubled || speaker->troubles != 0);
	}
	return count;
}

/* One of the numbers; a time in microseconds. */
static int64_t
vr_number(const struct daemon *d, const struct vr *vr, enum number which,
    usec_t now)
{
	switch (which) {
	case NUMBER_state:
		return vr_in_maintenance(vr) ? 4 : (int64_t)vr_state(vr);
	case NUMBER_priority:
		return vr->machine.priority;
	case NUMBER_base_priority:
		return vr_base_priority(vr);
	case NUMBER_master_priority:
		return vr_state(vr) == VR_BACKUP ? vr->active_priority : 0;
	case NUMBER_addresses:
		return vr_vip_count(vr);
	case NUMBER_addresses_present:
		return vr_present_count(d, vr);
	case NUMBER_lingering:
		return vr->linger_until != NEVER;
	case NUMBER_conflict:
		return vr_has_conflict(vr, now);
	case NUMBER_peers:
	case NUMBER_peers_troubled:
		return peers_count(d, vr, which == NUMBER_peers_troubled,
		    now);
	case NUMBER_state_seconds:
		return now - vr->changed_at;
	case NUMBER_advert_age_seconds:
		return vr->active.family == 0 ? -SECOND_US :
		    now - vr->last_advert;
	case NUMBER_advert_interval_seconds:
		return vr->machine.interval_us;
	case NUMBER_master_interval_seconds:
		return vr->machine.active_interval_us;
	case NUMBER_timer_seconds:
		return span_until(vr->machine.timer, now);
	default:
		return span_until(vr->preempt_at, now);
	}
}

/* The state, in which maintenance is one of its own. */
static const char *
vr_state_word(const struct vr *vr)
{
	return vr_in_maintenance(vr) ? "MAINT" : state_name(vr_state(vr));
}

/* Appends one of the numbers, a time in seconds. */
static void
text_number(struct text *t, const struct daemon *d, const struct vr *vr,
    unsigned which, usec_t now)
{
	int64_t number = vr_number(d, vr, (enum number)which, now);

	if (which >= NUMBER_state_seconds)
		text_seconds(t, number);
	else
		text_format(t, "%lld", (long long)number);
}

/* Appends a time as people write it: 3d04h, 04:05:06, 7.250. */
static void
text_age(struct text *t, usec_t span)
{
	unsigned s = (unsigned)(span / SECOND_US);

	if (s >= 86400)
		text_format(t, "%ud%02uh", s / 86400, s / 3600 % 24);
	else if (s >= 60)
		text_format(t, "%02u:%02u:%02u", s / 3600, s / 60 % 60, s % 60);
	else
		text_format(t, "%u.%03us", s, (unsigned)(span / MS_US % 1000));
}

/*
 * Appends cells, each with a tab behind it, to a line that began at `line`: so
 * that the next one begins in the next of columns, but at least a blank away;
 * behind the last column, 0, or with NULL, just that.
 */
static void
text_cells(struct text *t, const char *line, const char *cells,
    const uint8_t *columns)
{
	for (; *cells != '\0'; cells++) {
		size_t column = *cells == '\t' && columns != NULL ?
		    *columns : 0;

		if (column > 0)
			columns++;
		do {
			text_char(t, *cells == '\t' ? ' ' : *cells);
		} while (!t->truncated && (size_t)(t->at - line) < column);
	}
}

/* Address i of a virtual router, with a blank between two. */
static void
report_address(struct text *t, const struct vr *vr, uint32_t i)
{
	const struct conf_address *address = &vr->conf->addresses[i];

	text_format(t, "%s%p/%u", i > 0 ? " " : "", IP(address->ip),
	    address->prefix);
}

/*
 * A line about a virtual router; brief: for programs, without columns, and
 * without its addresses and its end, of which there may be many.
 */
static void
report_line(struct text *t, const struct daemon *d, const struct vr *vr,
    usec_t now, bool brief)
{
	static const uint8_t columns[] = { 16, 27, 32, 39, 49, 58, 79, 0 };
	const char *line = t->at, *interface = vr_interface_name(d, vr);
	char cells[256];
	struct text c = text_over(cells, sizeof(cells));

	text_string(t, vr->conf->name);
	text_format(&c, "\t%s\t%u\t%s\t", interface == NULL ? "-" : interface,
	    vr->conf->vrid, vr_state_word(vr));
	text_age(&c, now - vr->changed_at);
	text_format(&c, "\t%u/%u\t", vr->machine.priority,
	    vr_base_priority(vr));
	if (vr_state(vr) == VR_BACKUP && vr->active.family != 0)
		text_format(&c, "%p/%u\t", IP(vr->active),
		    vr->active_priority);
	else
		text_string(&c, "-\t");
	text_cells(t, line, text_end(&c), brief ? NULL : columns);
	if (brief)
		return;
	for (uint32_t i = 0; i < vr_vip_count(vr) && i < 3; i++)
		report_address(t, vr, i);
	if (vr_vip_count(vr) > 3)
		text_format(t, " and %u more", vr_vip_count(vr) - 3);
	text_char(t, '\n');
}

/* The word for what a tracker is about: names are told apart by it. */
static const char *
track_kind(const struct conf_track *track)
{
	return list_item("interface\0script\0bfd\0file\0process\0",
	    track->kind);
}

/* The word for how a tracker stands. */
static const char *
track_word(const struct daemon *d, const struct conf_track *track)
{
	static const char words[] = "unknown\0failed\0good";

	return list_item(words, track_status(d, track));
}

/* Appends the name of a tracker and how it stands, a file by its number. */
static void
text_track(struct text *t, const struct daemon *d,
    const struct conf_track *track)
{
	text_format(t, "%s (", track_name(d->conf, track));
	if (track->kind == TRACK_FILE && d->files[track->index].known)
		text_format(t, "%d)", d->files[track->index].value);
	else
		text_format(t, "%s)", track_word(d, track));
}

/* Appends what auth_hmac does without a clock, if that is so. */
static void
text_no_clock(struct text *t, const struct daemon *d, const struct vr *vr,
    usec_t now)
{
	if (vr->conf->hmac.keys.count > 0 && !clock_is_set(d, now))
		text_format(t, "  The clock is not set: auth_hmac %s.\n",
		    now + d->heard_wall_us >= CLOCK_SET_US ?
		    "goes by the time that it was told" : "waits to hear the "
		    "time from others, who refuse what it sends if they know "
		    "better");
}

/* A tracker of a virtual router, for people. */
static void
report_track(struct text *t, const struct daemon *d,
    const struct conf_track *track)
{
	text_string(t, "  tracks ");
	text_track(t, d, track);
	text_format(t, ", weight %d%s\n", track->weight,
	    track->reverse ? " reverse" : "");
}

/* All about a virtual router but its trackers, for people. */
static void
report_verbose(struct text *t, const struct daemon *d, const struct vr *vr,
    usec_t now)
{
	text_format(t, "  %s: ", state_name(vr_state(vr)));
	cause_text(t, d, vr, vr->changed_at);
	text_char(t, '\n');
	text_no_clock(t, d, vr, now);
	for (unsigned i = 0; i < NUMBER_KINDS; i++) {
		text_format(t, "  %s ", list_item(number_names, i));
		text_number(t, d, vr, i, now);
		text_format(t, " (%s)\n", list_item(number_helps, i));
	}
	for (unsigned i = 0; i < COUNTER_KINDS; i++) {
		uint32_t count = *counter_of(d, vr, i);

		if (count > 0)
			text_format(t, "  %s %u (%s)\n", list_item(
			    counter_names, i), count, list_item(counter_help,
			    i));
	}
}

/* The beginning of a virtual router as a JSON object. */
static void
report_json_head(struct text *t, const struct daemon *d, const struct vr *vr,
    usec_t now)
{
	const struct conf_vr *conf = vr->conf;
	const char *interface = vr_interface_name(d, vr);
	char why[512];
	struct text cause = text_over(why, sizeof(why));

	json_string(t, "{\"name\":", conf->name);
	if (interface != NULL)
		json_string(t, ",\"interface\":", interface);
	text_format(t, ",\"vrid\":%u,\"family\":%u,\"version\":%u", conf->vrid,
	    conf->family, conf->version);
	json_string(t, ",\"state\":", vr_state_word(vr));
	cause_text(&cause, d, vr, vr->changed_at);
	json_string(t, ",\"cause\":", text_end(&cause));
	if (vr->active.family != 0)
		text_format(t, ",\"heard\":\"%p\"", IP(vr->active));
	for (unsigned i = NUMBER_priority; i < NUMBER_KINDS; i++) {
		text_format(t, ",\"%s\":", list_item(number_names, i));
		text_number(t, d, vr, i, now);
	}
	for (unsigned i = 0; i < COUNTER_KINDS; i++)
		text_format(t, "%s\"%s\":%u", i == 0 ? ",\"counters\":{" : ",",
		    list_item(counter_names, i), *counter_of(d, vr, i));
	text_string(t, "},\"trackers\":[");
}

/* Tracker i of a virtual router in JSON. */
static void
report_json_track(struct text *t, const struct daemon *d, const struct vr *vr,
    uint32_t i)
{
	const struct conf_track *track = &vr->conf->tracks[i];

	json_string(t, i == 0 ? "{\"name\":" : ",{\"name\":",
	    track_name(d->conf, track));
	text_format(t, ",\"kind\":\"%s\",\"status\":\"%s\",\"weight\":%d}",
	    track_kind(track), track_word(d, track), track->weight);
}

/* Address i of a virtual router in JSON. */
static void
report_json_address(struct text *t, const struct daemon *d,
    const struct vr *vr, uint32_t i)
{
	const struct conf_address *address = &vr->conf->addresses[i];

	text_format(t, "%s{\"address\":\"%p\",\"prefix\":%u", i > 0 ? "," : "",
	    IP(address->ip), address->prefix);
	json_string(t, ",\"interface\":",
	    d->conf->interfaces[address->interface].name);
	text_format(t, ",\"present\":%X}",
	    vr_has_address(d, vr, i));
}

/* Route or rule i of a virtual router in JSON. */
static void
report_json_entry(struct text *t, const struct daemon *d, const struct vr *vr,
    uint32_t i)
{
	const struct conf_entry *entry =
	    &d->conf->entries[vr->conf->first_entry + i];

	json_string(t, i > 0 ? ",{\"words\":" : "{\"words\":", entry->text);
	text_format(t, ",\"kind\":\"%s\",\"present\":%X}",
	    entry->kind == ENTRY_ROUTE ? "route" : "rule",
	    vr_has_entry(d, vr, i));
}

/*
 * Appends the next piece of an answer in JSON: the head of an object, one of
 * its trackers, addresses, routes and rules, what is between, its end.  False:
 * it was the last.
 */
static bool
report_json(struct text *t, struct report *r, const struct daemon *d,
    usec_t now)
{
	const struct vr *vr = &d->vrs[r->at];
	uint32_t i = r->item++, tracks, addresses;

	if (r->at >= d->conf->vr_count) {
		text_string(t, r->any ? "]\n" : "[]\n");
		return false;
	}
	tracks = vr->conf->track_count;
	addresses = tracks + 1 + vr_vip_count(vr);
	if (i == 0) {
		text_char(t, r->any ? ',' : '[');
		report_json_head(t, d, vr, now);
		r->any = true;
	} else if (i <= tracks) {
		report_json_track(t, d, vr, i - 1);
	} else if (i == tracks + 1) {
		text_string(t, "],\"virtual_addresses\":[");
	} else if (i <= addresses) {
		report_json_address(t, d, vr, i - tracks - 2);
	} else if (i == addresses + 1) {
		text_string(t, "],\"routes_and_rules\":[");
	} else if (i <= addresses + 1 + vr->conf->entry_count) {
		report_json_entry(t, d, vr, i - addresses - 2);
	} else {
		text_string(t, "]}");
		r->item = 0;
		r->at++;
	}
	return true;
}

/*
 * Appends what goes between the quotes of a label's value (Prometheus), which
 * is UTF-8 in one line; what is none becomes U+FFFD.
 */
static void
label_escaped(struct text *t, const char *string)
{
	for (size_t n; *string != '\0'; string += n == 0 ? 1 : n) {
		n = utf8_length(string);
		if (*string == '"' || *string == '\\')
			text_char(t, '\\');
		if (n == 1 && *string < ' ')
			text_char(t, '?');
		else
			text_bytes(t, n == 0 ? "\xef\xbf\xbd" : string,
			    n == 0 ? 3 : n);
	}
}

/* Whether a report is about a virtual router: about all, or this one. */
static bool
report_is_of(const struct report *r, const struct conf_vr *conf)
{
	return r->name[0] == '\0' || strcmp(r->name, conf->name) == 0;
}

/* Of what a metric has a sample each. */
enum metric_kind {
	METRIC_UP, METRIC_STATE, METRIC_EXCLUDED, METRIC_DELAY, METRIC_SCRIPT,
	METRIC_RUN, METRIC_COUNTER, METRIC_GLOBAL, METRIC_NUMBER, METRIC_TRACKER
};

/* A metric in the text format of Prometheus, as it is listed. */
struct metric {
	const char	*name, *help;
	uint8_t		kind;		/* enum metric_kind */
	uint8_t		what;		/* which number or counter */
};

/*
 * The n-th metric under the name that the common exporter for keepalived gives;
 * false: no more.
 */
static bool
metric_compatible(unsigned n, struct metric *m)
{
	static const char names[] = "up\0vrrp_state\0vrrp_excluded_state\0"
	    "gratuitous_arp_delay\0script_status\0script_state\0"
	    "advertisements_received\0advertisements_sent\0become_master\0"
	    "release_master\0priority_zero_received\0priority_zero_sent\0"
	    "packet_length_errors\0advertisements_interval_errors\0"
	    "ip_ttl_errors\0invalid_type_received\0address_list_errors\0"
	    "authentication_invalid\0authentication_mismatch\0"
	    "authentication_failure";
	/* in the order of enum metric_kind */
	static const char helps[] = "1 while vrrpd runs\0"
	    "0 INIT, 1 BACKUP, 2 MASTER, 3 FAULT\0"
	    "0 INIT, 1 BACKUP, 2 MASTER, 3 FAULT\0"
	    "garp_master_delay\0" "0 BAD, 1 GOOD\0" "0 idle, 1 running";
	static const uint8_t counters[] = { COUNT_received, COUNT_sent,
	    COUNT_became_master, COUNT_released_master, COUNT_zero_received,
	    COUNT_zero_sent, COUNT_length, COUNT_interval, COUNT_ttl,
	    COUNT_type, COUNT_address_list, COUNT_auth_type,
	    COUNT_auth_mismatch, COUNT_auth_failed };
	bool counter = n >= METRIC_COUNTER;

	if (n >= METRIC_COUNTER + COUNT_OF(counters))
		return false;
	m->name = list_item(names, n);
	m->kind = (uint8_t)(counter ? METRIC_COUNTER : n);
	m->what = counter ? counters[n - METRIC_COUNTER] : 0;
	m->help = counter ? list_item(counter_help, m->what) :
	    list_item(helps, n);
	return true;
}

/* The n-th metric under our own name; false: no more. */
static bool
metric_own(unsigned n, struct metric *m)
{
	if (n == 0)
		return metric_compatible(0, m);
	if ((n -= 1) < GLOBAL_KINDS) {
		*m = (struct metric){ list_item(global_names, n),
		    list_item(global_helps, n), METRIC_GLOBAL, (uint8_t)n };
	} else if ((n -= GLOBAL_KINDS) < NUMBER_KINDS) {
		*m = (struct metric){ list_item(number_names, n),
		    list_item(number_helps, n), METRIC_NUMBER, (uint8_t)n };
	} else if ((n -= NUMBER_KINDS) < COUNTER_KINDS) {
		*m = (struct metric){ list_item(counter_names, n),
		    list_item(counter_help, n), METRIC_COUNTER, (uint8_t)n };
	} else {
		*m = (struct metric){ "tracker_good", "1 while it is as it "
		    "should be", METRIC_TRACKER, 0 };
		return n == COUNTER_KINDS;
	}
	return true;
}

/* How many samples of a metric a virtual router has. */
static uint32_t
metric_samples(const struct metric *m, const struct conf_vr *conf)
{
	return m->kind == METRIC_TRACKER ? conf->track_count :
	    m->kind == METRIC_STATE ? conf->address_count :
	    m->kind == METRIC_EXCLUDED ? conf->excluded_count : 1;
}

/* Appends what stands before a sample: what its metric is, and its name. */
static void
metric_head(struct text *t, struct report *r, const struct metric *m)
{
	const char *prefix = r->format == REPORT_COMPATIBLE ? "keepalived" :
	    "vrrpd";
	bool counter = m->kind == METRIC_GLOBAL || m->kind == METRIC_COUNTER;
	const char *end = counter || m->kind == METRIC_DELAY ? "_total" : "";

	if (!r->any)
		text_format(t, "# HELP %s_%s%s %s\n# TYPE %s_%s%s %s\n",
		    prefix, m->name, end, m->help, prefix, m->name, end,
		    counter ? "counter" : "gauge");
	text_format(t, "%s_%s%s", prefix, m->name, end);
	r->any = true;
}

/* Appends a label: a name with its equals sign and what precedes, a value. */
static void
metric_label(struct text *t, const char *name, const char *value)
{
	text_format(t, "%s\"", name);
	label_escaped(t, value);
	text_char(t, '"');
}

/* Appends sample i of a metric of a virtual router. */
static void
metric_vr(struct text *t, const struct report *r, const struct metric *m,
    const struct daemon *d, const struct vr *vr, uint32_t i, usec_t now)
{
	const struct conf_vr *conf = vr->conf;
	const char *interface = vr_interface_name(d, vr);
	bool compat = r->format == REPORT_COMPATIBLE;
	const struct conf_address *address = &conf->addresses[i +
	    (m->kind == METRIC_EXCLUDED ? conf->address_count : 0U)];

	metric_label(t, compat ? "{iname=" : "{name=", conf->name);
	metric_label(t, compat ? ",intf=" : ",interface=",
	    interface == NULL ? "" : interface);
	text_format(t, ",vrid=\"%u\"", conf->vrid);
	if (!compat)
		text_format(t, ",family=\"%u\"", conf->family);
	if (m->kind == METRIC_TRACKER) {
		metric_label(t, ",tracker=", track_name(d->conf,
		    &conf->tracks[i]));
		metric_label(t, ",kind=", track_kind(&conf->tracks[i]));
	}
	if (m->kind == METRIC_STATE || m->kind == METRIC_EXCLUDED) {
		text_format(t, ",ip_address=\"%p\"", IP(address->ip));
		if (address->interface != conf->interface)
			metric_label(t, ",device=", d->conf->interfaces[
			    address->interface].name);
	}
	text_string(t, "} ");
	if (m->kind == METRIC_NUMBER)
		text_number(t, d, vr, m->what, now);
	else if (m->kind == METRIC_DELAY)
		text_seconds(t, conf->garp_delay_us);
	else
		text_format(t, "%u", m->kind == METRIC_COUNTER ?
		    *counter_of(d, vr, m->what) :
		    m->kind == METRIC_TRACKER ?
		    track_status(d, &conf->tracks[i]) == CHECK_GOOD :
		    (unsigned)vr_state(vr));
	text_char(t, '\n');
}

/* Appends a sample about tracking script i, if anything tracks it. */
static void
metric_script(struct text *t, struct report *r, const struct metric *m,
    const struct daemon *d, uint32_t i)
{
	const struct script *script = &d->scripts[i];

	if (!d->conf->scripts[i].used)
		return;
	metric_head(t, r, m);
	metric_label(t, "{name=", d->conf->scripts[i].name);
	text_format(t, "} %u\n", m->kind == METRIC_RUN ? script->token != 0 :
	    script->status == CHECK_GOOD);
}

/* Appends the next sample of a metric; false: there is no other. */
static bool
metric_sample(struct text *t, struct report *r, const struct metric *m,
    const struct daemon *d, usec_t now)
{
	if (m->kind == METRIC_UP || m->kind == METRIC_GLOBAL) {
		if (r->at++ > 0)
			return false;
		metric_head(t, r, m);
		text_format(t, " %u\n", m->kind == METRIC_UP ? 1 :
		    ((const uint32_t *)&d->counters)[m->what]);
		return true;
	}
	if (m->kind == METRIC_SCRIPT || m->kind == METRIC_RUN) {
		if (r->at >= d->conf->script_count)
			return false;
		metric_script(t, r, m, d, r->at++);
		return true;
	}
	while (r->at < d->conf->vr_count) {
		const struct vr *vr = &d->vrs[r->at];

		if (r->part < metric_samples(m, vr->conf) &&
		    report_is_of(r, vr->conf)) {
			metric_head(t, r, m);
			metric_vr(t, r, m, d, vr, r->part++, now);
			return true;
		}
		r->part = 0;
		r->at++;
	}
	return false;
}

/*
 * Appends the next piece of an answer in the text format of Prometheus: one
 * sample, and before the first of a metric what it is.  A metric's samples
 * stand together.  False: it was the last.
 */
static bool
report_metrics(struct text *t, struct report *r, const struct daemon *d,
    usec_t now)
{
	struct metric m;

	if (!(r->format == REPORT_COMPATIBLE ? metric_compatible(r->item, &m) :
	    metric_own(r->item, &m)))
		return false;
	if (!metric_sample(t, r, &m, d, now)) {
		r->item++;
		r->at = r->part = 0;
		r->any = false;
	}
	return true;
}

/* The virtual router of this name; NULL: there is none. */
static const struct vr *
vr_named(const struct daemon *d, const char *name)
{
	uint16_t i = block_named(d->conf, IN_INSTANCE, name);

	return i < d->conf->vr_count ? &d->vrs[i] : NULL;
}

/* Appends what makes the priority of a virtual router. */
static void
explain_priority(struct text *t, const struct daemon *d, const struct vr *vr)
{
	const struct conf_vr *conf = vr->conf;

	text_format(t, "  Its priority is %u: %u %s", vr->machine.priority,
	    vr_base_priority(vr), vr->set_priority > 0 ?
	    "set by an operator" : "configured");
	for (uint16_t i = 0; i < conf->track_count; i++) {
		const struct conf_track *track = &conf->tracks[i];
		uint32_t faults = 0;

		if (track->weight == 0)
			continue;
		text_format(t, ", %d from ", track_weight(d, track, &faults));
		text_track(t, d, track);
	}
	text_string(t, ".\n");
}

/* Appends why a Backup is one, and what would change it. */
static void
explain_backup(struct text *t, const struct vr *vr, usec_t now)
{
	usec_t left = span_until(vr->machine.timer, now);
	usec_t wait = span_until(vr->preempt_at, now);

	if (vr->active.family == 0)
		text_string(t, "  It has heard no MASTER.\n");
	else
		text_format(t, "  %p has priority %u and was heard %jd s "
		    "ago.\n", IP(vr->active), vr->active_priority,
		    span_ms(now - vr->last_advert));
	text_format(t, "  It takes over if nothing is heard for another "
	    "%jd s.\n", span_ms(left));
	if (vr->wants_active)
		text_string(t, "  It waits until all members of its sync "
		    "group can take over.\n");
	else if (vr->active.family == 0 ||
	    vr->active_priority == PRIORITY_OWNER)
		return;
	else if (vr->conf->no_preempt && !vr_is_owner(vr))
		text_string(t, "  nopreempt: it lets a weaker MASTER go on.\n");
	else if (vr->active_priority >= vr->machine.priority)
		text_format(t, "  It would take over with a priority above "
		    "%u.\n", vr->active_priority);
	else if (wait > 0)
		text_format(t, "  preempt_delay: it takes over in %jd s.\n",
		    span_ms(wait));
}

/* Appends how an Active stands, and what would change it. */
static void
explain_active(struct text *t, const struct daemon *d, const struct vr *vr,
    usec_t now)
{
	uint32_t missing = vr_vip_count(vr) - vr_present_count(d, vr);

	if (vr->active.family != 0)
		text_format(t, "  %p with priority %u was last heard %jd s "
		    "ago.\n", IP(vr->active), vr->active_priority,
		    span_ms(now - vr->last_advert));
	if (vr_has_conflict(vr, now))
		text_format(t, "  Another machine was seen to be MASTER too: "
		    "first %jd s, last %jd s ago.\n",
		    span_ms(now - vr->conflict_since),
		    span_ms(now - vr->conflict_at));
	if (now - vr->unsent_at <= conflict_span(vr))
		text_format(t, "  The kernel refused to send an advertisement "
		    "%jd s ago.\n", span_ms(now - vr->unsent_at));
	if (missing > 0)
		text_format(t, "  %u of %u addresses are missing.\n", missing,
		    vr_vip_count(vr));
	if (!vr_is_owner(vr))
		text_format(t, "  It yields to a priority above %u, or to the "
		    "same with an address above %p.\n", vr->machine.priority,
		    IP(vr->source));
	else if (!vr->conf->owner_ignore_adverts)
		text_format(t, "  It yields to an owner with an address above "
		    "%p.\n", IP(vr->source));
}

/* Appends what is wrong with a router's last packet, in words: "a, b". */
static void
text_troubles(struct text *t, const struct speaker *speaker)
{
	const char *between = "";

	for (unsigned i = 0; i < COUNTER_KINDS; i++) {
		if (speaker->troubles >> i & 1) {
			text_format(t, "%s%s", between,
			    list_item(counter_help, i));
			between = ", ";
		}
	}
}

#define EXPLAINED_PEERS	4	/* more say nothing new */

/* Appends which routers send what is not right. */
static void
explain_peers(struct text *t, const struct daemon *d, const struct vr *vr,
    usec_t now)
{
	const struct speaker *speaker;
	unsigned left = EXPLAINED_PEERS;

	for (uint32_t i = vr->first_speaker; i != 0 && left > 0;
	    i = speaker->next) {
		speaker = &d->speakers[i];
		if (speaker->troubles == 0 ||
		    now - speaker->heard_at >= PEER_RECENT_US)
			continue;
		text_format(t, "  The last advertisement of %p was ",
		    IP(speaker->source));
		text_troubles(t, speaker);
		text_string(t, ".\n");
		left--;
	}
}

/* Appends in sentences why a virtual router is in its state. */
static void
explain(struct text *t, const struct daemon *d, const struct vr *vr,
    usec_t now)
{
	enum vr_state state = vr_state(vr);

	text_format(t, "%s is %s since ", vr->conf->name, vr_state_word(vr));
	text_age(t, now - vr->changed_at);
	text_string(t, ": ");
	cause_text(t, d, vr, vr->changed_at);
	text_string(t, ".\n");
	explain_priority(t, d, vr);
	text_no_clock(t, d, vr, now);
	if (vr_in_maintenance(vr))
		text_format(t, "  An operator has put it into maintenance: "
		    "vrrpd maint %s off\n", vr->conf->name);
	if (vr->linger_until != NEVER)
		text_string(t, "  It keeps its addresses until another router "
		    "has them.\n");
	if (vr->faults != 0) {
		text_string(t, "  Nothing else counts until this is over: ");
		faults_text(t, d, vr, ~0U);
		text_string(t, ".\n");
	} else if (state == VR_MASTER) {
		explain_active(t, d, vr, now);
	} else {
		explain_backup(t, vr, now);
	}
	explain_peers(t, d, vr, now);
}

/* A row of `peers'. */
struct peer_row {
	const struct vr	*vr;		/* NULL: of VRIDs not configured */
	const struct speaker *speaker;	/* NULL: configured, never heard */
	const uint8_t	*mac;		/* NULL: not seen */
	struct ip	ip;
	uint8_t		vrid;
};

/*
 * The next row of a virtual router, or of the strangers behind the last of
 * them: the routers that were heard, then the peers that were not.  *next
 * begins with 0 and counts both; false: there is none.
 */
static bool
peer_row(const struct daemon *d, uint32_t at, uint32_t *next,
    struct peer_row *row)
{
	const struct vr *vr = at < d->conf->vr_count ? &d->vrs[at] : NULL;
	uint32_t first = vr == NULL ? d->first_stranger : vr->first_speaker, i;
	uint32_t n = (*next)++;

	*row = (struct peer_row){ .vr = vr };
	for (i = first; i != 0 && n > 0; i = d->speakers[i].next)
		n--;
	if (i != 0) {
		row->speaker = &d->speakers[i];
		row->ip = row->speaker->source;
		row->vrid = row->speaker->vrid;
		return true;
	}
	for (; vr != NULL && n < vr->conf->peer_count; n++, ++*next) {
		row->vrid = vr->conf->vrid;
		row->ip = vr->conf->peers[n].ip;
		if (speaker_of(d, first, &row->ip) == NULL)
			return true;
	}
	return false;
}

/* Whether a row is about whom a Backup follows, or who contends with us. */
static bool
peer_is_master(const struct peer_row *row, usec_t now)
{
	return row->vr != NULL && row->speaker != NULL &&
	    ip_equal(&row->vr->active, &row->ip) &&
	    (vr_state(row->vr) == VR_BACKUP || vr_has_conflict(row->vr, now));
}

/* What a router is to us; NULL: nothing. */
static const char *
peer_role(const struct peer_row *row, usec_t now)
{
	if (row->vr == NULL)
		return "its VRID is not configured";
	if (row->speaker == NULL)
		return "configured, never heard";
	if (!peer_is_master(row, now))
		return NULL;
	return vr_state(row->vr) == VR_BACKUP ? "MASTER" : "MASTER too";
}

/* A row of `peers', for people. */
static void
report_peer(struct text *t, const struct peer_row *row, bool macs, usec_t now)
{
	static const uint8_t columns[] = { 16, 21, 42, 47, 50, 59, 69, 77, 85,
	    103, 0 };
	const struct speaker *speaker = row->speaker;
	const char *line = t->at, *role = peer_role(row, now);
	char cells[256];
	struct text c = text_over(cells, sizeof(cells));

	text_string(t, row->vr == NULL ? "-" : row->vr->conf->name);
	text_format(&c, "\t%u\t%p\t", row->vrid, IP(row->ip));
	if (speaker != NULL) {
		text_format(&c, "%u\t%u\t%jd\t", speaker->priority,
		    speaker->version, (usec_t)speaker->interval_us);
		text_age(&c, now - speaker->heard_at);
		text_format(&c, "\t%u\t%u\t", speaker->heard,
		    speaker->refused);
	} else {
		text_string(&c, "-\t-\t-\t-\t-\t-\t");
	}
	if (row->mac != NULL)
		text_mac(&c, row->mac);
	if (macs)
		text_string(&c, row->mac != NULL ? "\t" : "-\t");
	text_cells(t, line, text_end(&c), columns);
	text_string(t, role == NULL ? "" : role);
	if (speaker != NULL && speaker->plain)
		text_format(t, "%splain checksum", role == NULL ? "" : ", ");
	if (speaker != NULL && speaker->troubles != 0) {
		text_string(t, role == NULL && !speaker->plain ? "" : ", ");
		text_troubles(t, speaker);
	}
	text_char(t, '\n');
}

/* A row of `peers' in JSON. */
static void
report_json_peer(struct text *t, const struct peer_row *row, usec_t now)
{
	const struct speaker *speaker = row->speaker;
	const char *between = "";

	text_char(t, '{');
	if (row->vr != NULL)
		json_string(t, "\"name\":", row->vr->conf->name);
	text_format(t, "%s\"vrid\":%u,\"peer\":\"%p\",\"master\":%X",
	    row->vr != NULL ? "," : "", row->vrid, IP(row->ip),
	    peer_is_master(row, now));
	if (speaker != NULL) {
		text_format(t, ",\"priority\":%u,\"version\":%u,"
		    "\"plain_checksum\":%X,\"interval_seconds\":",
		    speaker->priority, speaker->version,
		    speaker->plain);
		text_seconds(t, speaker->interval_us);
		text_string(t, ",\"age_seconds\":");
		text_seconds(t, now - speaker->heard_at);
	}
	if (row->mac != NULL) {
		text_string(t, ",\"mac\":\"");
		text_mac(t, row->mac);
		text_char(t, '"');
	}
	text_format(t, ",\"adverts\":%u,\"refused\":%u,\"troubles\":[",
	    speaker == NULL ? 0 : speaker->heard,
	    speaker == NULL ? 0 : speaker->refused);
	for (unsigned i = 0; speaker != NULL && i < COUNTER_KINDS; i++) {
		if (speaker->troubles >> i & 1) {
			text_format(t, "%s\"%s\"", between,
			    list_item(counter_names, i));
			between = ",";
		}
	}
	text_string(t, "]}");
}

/* Whether a MAC address is one: not the one of zeros alone. */
static bool
mac_is_known(const uint8_t mac[6])
{
	return memcmp(mac, zero_bytes, 6) != 0;
}

/* Appends the next row of `peers', and what stands around them. */
static bool
report_peers(struct text *t, struct report *r, const struct daemon *d,
    usec_t now)
{
	bool json = r->format == REPORT_JSON;
	struct peer_row row;

	if (r->at > d->conf->vr_count || (r->at == d->conf->vr_count &&
	    r->name[0] != '\0')) {
		if (json)
			text_string(t, r->any ? "]\n" : "[]\n");
		return false;
	}
	if (!peer_row(d, r->at, &r->item, &row)) {
		r->item = 0;
		r->at++;
		return true;
	}
	if (r->macs != NULL && row.speaker != NULL &&
	    mac_is_known(r->macs[row.speaker - d->speakers]))
		row.mac = r->macs[row.speaker - d->speakers];
	if (json)
		text_char(t, r->any ? ',' : '[');
	else if (!r->any)
		text_format(t, "NAME            VRID PEER                 PRIO "
		    "V  INTERVAL AGE       ADVERTS REFUSED %sREMARKS\n",
		    r->macs == NULL ? "" : "MAC               ");
	r->any = true;
	if (json)
		report_json_peer(t, &row, now);
	else
		report_peer(t, &row, r->macs != NULL, now);
	return true;
}

/*
 * Appends the next piece of an answer for people or for scripts: about a
 * virtual router, or one of its trackers or addresses.  False: it was the last.
 */
static bool
report_text(struct text *t, struct report *r, const struct daemon *d,
    usec_t now)
{
	const struct vr *vr = &d->vrs[r->at];
	bool brief = r->format == REPORT_BRIEF;
	uint32_t i = r->item++, tracks, last = 0;

	if (!r->any && r->format <= REPORT_VERBOSE &&
	    r->command == COMMAND_STATUS)
		text_string(t, "NAME            INTERFACE  VRID STATE  FOR"
		    "       PRIORITY MASTER               ADDRESSES\n");
	r->any = true;
	if (r->at >= d->conf->vr_count)
		return false;
	tracks = vr->conf->track_count;
	if (brief)
		last = vr_vip_count(vr);
	else if (r->format == REPORT_VERBOSE)
		last = tracks + vr->conf->entry_count;
	if (i > 0 && brief)
		report_address(t, vr, i - 1);
	else if (i > tracks)
		text_format(t, "  %s: %s\n", d->conf->entries[
		    vr->conf->first_entry + i - tracks - 1].text,
		    vr_has_entry(d, vr, i - tracks - 1) ? "set" : "not set");
	else if (i > 0)
		report_track(t, d, &vr->conf->tracks[i - 1]);
	else if (r->command == COMMAND_EXPLAIN)
		explain(t, d, vr, now);
	else if (r->format == REPORT_STATES)
		text_format(t, "%s\n", vr_state_word(vr));
	else
		report_line(t, d, vr, now, brief);
	if (i == 0 && r->format == REPORT_VERBOSE)
		report_verbose(t, d, vr, now);
	if (i < last)
		return true;
	if (brief)
		text_char(t, '\n');
	r->item = 0;
	r->at++;
	return true;
}

/*
 * Appends the next piece of an answer, at most REPORT_PIECE bytes unless a name
 * is absurdly long; false: it was the last.  Between two pieces anything may
 * happen but a reload.
 */
static bool
report_piece(struct text *t, struct report *r, const struct daemon *d,
    usec_t now)
{
	if (r->format >= REPORT_METRICS)
		return report_metrics(t, r, d, now);
	if (r->at < d->conf->vr_count && r->item == 0 &&
	    !report_is_of(r, &d->conf->vrs[r->at])) {
		r->at++;
		return true;
	}
	if (r->command == COMMAND_PEERS)
		return report_peers(t, r, d, now);
	if (r->format == REPORT_JSON)
		return report_json(t, r, d, now);
	return report_text(t, r, d, now);
}

/* ==== 9. World ==== */
/*
 * Everything that touches the outside: clock, memory, sockets, the kernel's
 * packet filters, programs, files and the log.  Effects of the core are carried
 * out here, and what comes in is made an event.  How to wait and whom to feed
 * is Loop's; which options there are is Main's.
 *
 * Promises: descriptors do not grow with virtual routers (joiners alone grow
 * with interfaces).  No call waits for anybody but world_wait, and for a
 * millisecond the system's log.  Effects that the network sees are
 * carried out in their order and in batches; programs and lines of the log come
 * after them and for a short while at a time, so that no packet waits for them.
 * Carrying out effects never feeds the core: what goes wrong is kept and told
 * by world_pending.
 *
 * Never: a shell, stdio, malloc, a wait for a lock, a write through a symbolic
 * link, or a file with a predictable name in a directory of others.
 */
#ifndef VRRPD_PURE

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include <termios.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <netinet/in.h>
#include <netinet/icmp6.h>
#include <netpacket/packet.h>
#include <linux/capability.h>
#include <linux/filter.h>

#define BATCH_MAX	64	/* packets, or requests, sent at once */
#define INBOX_MAX	16	/* packets received at once */
#define INBOX_ROUNDS	4	/* batches received before others have a turn */
#define NETLINK_ROUNDS	8
#define NETLINK_DATAGRAM 32768	/* the largest that the kernel makes */
#define EFFECTS_BYTES	16384
#define LATE_US		MS_US	/* a turn of programs and lines of the log */
#define LATE_BYTES	(1 << 18) /* of those that wait, */
#define LATE_KEPT	(1 << 14) /* and what is kept of it after a burst */
#define PENDING_MAX	1024	/* events that wait to be fed */
#define PROCESSES_MAX	4096	/* running at once */
#define ARGUMENTS_MAX	256	/* of one command */
#define GROUPS_MAX	256	/* that one user is in */
#define CLIENTS_MAX	8	/* of the control socket, at once */
#define CLIENT_US	(2 * SECOND_US)	/* without progress, then dropped, */
#define CLIENT_IDLE_US	(SECOND_US / 10) /* or so, if others wait */
#define CLIENTS_WAITING	64
#define CLIENT_WAIT_MS	5000	/* for a daemon that does not answer */
#define REQUEST_MAX	512
#define ANSWER_MAX	(8 * REPORT_PIECE)
#define RECORDS_MAX	256
#define RECORD_LINE	200
#define JOINERS_MAX	512	/* with checks and all less than FD_SETSIZE */
#define MEMBERSHIPS_MAX	(JOINERS_MAX * 20) /* igmp_max_memberships is 20 */
#define PID_FILES	4
#define SIGNALS_MAX	65
#define PATH_SIZE	1024
#define LINKS_MAX	40	/* symbolic links in one path, as in Linux */
#define FILE_MAX_SIZE	(1U << 20)
#define CHUNK_BYTES	65536	/* arenas grow by this, at least */
#define RANGES_MAX	256	/* more would not fit sysctl optmem_max */
#define FILTER_MAX	(RANGES_MAX * 6 + 8) /* 8: before the ranges */
#define LOG_BURST	100	/* lines at once */
#define LOG_REFILL_US	(SECOND_US / 20)
#define LOG_WAIT_MS	1
#define SELECT_AGAIN_MS	1	/* after it failed */
#define PACKET_BUFFER	(1 << 20)	/* of packets that wait */
#define NETLINK_BUFFER	(4 << 20)
#define LAST_US		400	/* the longest last step of a wait */
#define EXIT_NOT_RUN	127		/* as the shell: could not be started */
#define FIFOS		2
#define SIGHTINGS_MAX	65536	/* tracked processes that run at once */
#define SIGHTINGS_ROUNDS 64	/* news of them before others have a turn */
#define SCAN_US		SECOND_US	/* all of /proc is looked through, */
#define SCAN_KNOWN_US	(SECOND_US / 5)	/* and what was found there */
#define SCAN_RARELY_US	(10 * SECOND_US) /* when the kernel tells */

/*
 * Calls by number where libc's function brings more than the call: care of
 * other threads, of which we have none.  The first ids had 16 bits.
 */
#ifdef SYS_setgroups32
#define SETGROUPS	SYS_setgroups32
#define SETGID		SYS_setgid32
#define SETUID		SYS_setuid32
#define FCHOWN		SYS_fchown32
#else
#define SETGROUPS	SYS_setgroups
#define SETGID		SYS_setgid
#define SETUID		SYS_setuid
#define FCHOWN		SYS_fchown
#endif
#ifndef SYS_rt_sigtimedwait	/* of time with 64 bits only */
#define SYS_rt_sigtimedwait SYS_rt_sigtimedwait_time64
#endif
#ifdef SYS_fcntl64
#define FCNTL		SYS_fcntl64
#else
#define FCNTL		SYS_fcntl
#endif

#ifdef SYS_socketcall		/* there these have numbers since Linux 4.3 */
#define SOCKET(...)	socket(__VA_ARGS__)
#define ACCEPT4(...)	accept4(__VA_ARGS__)
#else
#define SOCKET(...)	syscall(SYS_socket, __VA_ARGS__)
#define ACCEPT4(...)	syscall(SYS_accept4, __VA_ARGS__)
#endif

#ifndef CLOCK		/* libc's reads it without a call, and takes 1 KB */
#ifdef SYS_clock_gettime64	/* where time has 32 bits in the other one */
#define CLOCK(...)	clock_gettime(__VA_ARGS__)
#else
#define CLOCK(...)	syscall(SYS_clock_gettime, __VA_ARGS__)
#endif
#endif

/* The descriptors that stay: those that are waited for first. */
enum world_socket {
	SOCKET_VRRP4, SOCKET_AH, SOCKET_VRRP6,
	SOCKET_BFD4, SOCKET_BFD4_HOPS, SOCKET_BFD6, SOCKET_BFD6_HOPS,
	SOCKET_ARP, SOCKET_ND,
	SOCKET_NETLINK,		/* reports, and dumps in order with them */
	SOCKET_COMMAND,		/* requests */
	SOCKET_SIGNAL,		/* signalfd */
	SOCKET_FILES,		/* inotify */
	SOCKET_PROCESSES,	/* connector(7): processes come and go */
	SOCKET_CONTROL,		/* where operators connect */
	SOCKET_WAITED,
	SOCKET_SEND4 = SOCKET_WAITED, SOCKET_SEND6, SOCKET_SEND_UDP6,
	SOCKET_FIREWALL,	/* nf_tables, once it is wanted */
	SOCKET_KINDS
};

union endpoint {
	struct sockaddr		any;
	struct sockaddr_in	in4;
	struct sockaddr_in6	in6;
	struct sockaddr_ll	packet;
	struct sockaddr_nl	netlink;
};

/* Room for what goes beside a packet: the interface and the hop limit. */
union control {
	size_t		aligned;
	uint8_t		bytes[CMSG_SPACE(sizeof(struct in6_pktinfo)) +
			    CMSG_SPACE(sizeof(int))];
};

/* Where packets are received. */
struct inbox {
	uint8_t		bytes[INBOX_MAX][MESSAGE_MAX];
	struct mmsghdr	messages[INBOX_MAX];
	struct iovec	vectors[INBOX_MAX];
	union endpoint	senders[INBOX_MAX];
	union control	controls[INBOX_MAX];
};

/* Effects that go out by one system call; their bytes stay in the queue. */
struct batch {
	enum world_socket socket;
	uint16_t	count;
	const struct effect *effects[BATCH_MAX];
	struct mmsghdr	messages[BATCH_MAX];
	struct iovec	vectors[BATCH_MAX];
	union endpoint	receivers[BATCH_MAX];
	union control	controls[BATCH_MAX];
};

/* An event without bytes that waits to be fed. */
struct pending {
	enum event_kind	kind;
	uint32_t	index, token;
	int32_t		value;
};

enum process_kind {
	PROCESS_CHECK, PROCESS_NOTIFY, PROCESS_FIFO,
	PROCESS_ONCE /* we wait for its end */
};

struct process {
	pid_t		pid;		/* 0: free */
	uint32_t	token;		/* PROCESS_FIFO: which one */
	uint8_t		kind;		/* enum process_kind */
	bool		signalled;	/* its group is killed when it ends */
};

/* A group that is to be heard on an interface; ifindex 0: free. */
struct membership {
	struct ip	group;
	bool		left;		/* unless it is joined again */
	uint32_t	ifindex;
	int		fd;		/* of the joiner; -1: to be tried */
};

/* A socket that is never read: it holds memberships for the receiver. */
struct joiner {
	int		fd;
	uint8_t		family;		/* 0: not open */
};

/* A built-in check under way; token 0: free. */
struct check {
	uint32_t	token;
	int		fd;		/* -1: it has ended, to be told */
	int32_t		value;		/* what it found, then */
	uint8_t		kind;		/* enum check_kind */
	uint8_t		prefix;		/* ROUTE */
	bool		ready;		/* its descriptor is */
	bool		connected;
	uint16_t	sent, length;	/* of the request */
	uint16_t	got;		/* of the answer */
	struct ip	ip;
	uint8_t		answer[16];
	uint8_t		request[CHECK_REQUEST];
};

struct fifo {
	int		fd;
	bool		made;		/* by us: removed at the end */
	bool		full;		/* the last line was lost */
	bool		unread;		/* its reader does not run */
	char		path[PATH_SIZE];
};

#define WATCH_FAILED	(-2)	/* which was said */

/* A tracked file; its directory is watched, so that it may come and go. */
struct watched {
	int		watch;		/* -1: none yet; WATCH_FAILED */
	bool		changed;	/* its value is to be told */
	bool		failed;		/* it could not be read; tried again */
	bool		linked;		/* a link: read once a second, too */
	const char	*path, *name;	/* name: the last part of path */
};

/* A process that a vrrp_track_process is about. */
struct sighting {
	uint32_t	pid;
	uint16_t	tracker;	/* index in conf.processes */
	bool		seen;		/* in the look at /proc under way */
};

/* What is known of tracked processes. */
struct sightings {
	unsigned	count;
	bool		listening;	/* the kernel was asked to tell */
	bool		told_of;	/* and does: seldom look */
	bool		complete;	/* all of /proc was looked through */
	bool		blind;		/* or not all of it could be */
	bool		changed;	/* counts are to be told */
	int		proc;		/* being looked through; -1: not now */
	usec_t		scan_at, known_at; /* to look; NEVER: nothing */
	uint32_t	told[TRACKED_PROCESSES]; /* counts; UINT32_MAX: none */
	struct sighting *all;		/* SIGHTINGS_MAX; NULL: not needed */
};

struct pid_file {
	const char	*path;
	int		fd;
};

/* Who is connected to the control socket; fd 0: nobody. */
struct client {
	int		fd;
	usec_t		until;		/* it is dropped then */
	bool		trusted;	/* root, or who runs us */
	bool		answering;	/* the request was read */
	bool		done;		/* all of the answer is in the buffer */
	bool		ready;		/* to be read or written */
	uint16_t	got;		/* bytes of the request */
	uint16_t	start, end;	/* of what is to be sent */
	struct report	report;
	char		request[REQUEST_MAX];
	char		answer[ANSWER_MAX];
};

/* A line of the log that `events' gives again. */
struct record {
	usec_t		wall_us;	/* when it was written */
	uint8_t		level;
	uint8_t		length;
	char		line[RECORD_LINE];
};

struct log_options {
	const char	*ident;
	const char	*file;		/* NULL: none */
	int		facility;	/* number of syslog(3), not shifted */
	uint32_t	detail;		/* 1: info too; 2: debug too */
	bool		syslog, console;
};

struct log {
	struct log_options options;
	int		syslog, console, file, kmsg;	/* -1: not open */
	unsigned	tokens;		/* lines that may be written now */
	usec_t		refilled_at;
	uint64_t	suppressed;	/* lines that were not */
	bool		stuck;		/* the system's log takes nothing */
	uint8_t		stream;		/* 1: it takes a NUL behind a line */
};

/* The dump of links and addresses under way. */
struct world_dump {
	uint16_t	type;		/* RTM_GETLINK, RTM_GETADDR; 0: none */
	uint32_t	seq;
	bool		wanted;		/* another one, when this has ended */
	bool		interrupted;	/* the kernel says: begin again */
	bool		doubtful;	/* it may tell what was before */
	bool		entries;	/* routes and rules, too */
	usec_t		not_before;	/* the last one failed */
};

struct world {
	int		fd[SOCKET_KINDS];	/* -1: not open */
	void		*loop;		/* Loop's own */
	const struct conf *conf;	/* in force; NULL: none yet */
	struct effects	out;		/* the daemon's */
	struct effects	late;		/* what need not be done at once */
	uint8_t		*late_at;	/* the first of them */
	bool		stopped;	/* EFFECT_STOPPED was carried out */
	bool		looks_on;	/* only what changes nothing is done */
	bool		children;	/* SIGCHLD came */
	int		once_status;	/* of a program run once; -1: none */
	cpu_set_t	cpus;		/* that programs may run on, */
	struct rlimit	descriptors;	/* and how many of these they get */
	bool		umask_asked;	/* then they have it too */
	bool		outlives;	/* others end if memory is short */
	bool		netlink_full;	/* overrun, and not emptied since */
	bool		netlink_lost;	/* errors of requests were lost */
	bool		bfd_deaf;	/* a socket of BFD was refused */
	bool		unfiltered;	/* the firewall was refused */
	int		frame_error;	/* why announcements fail; 0: nothing */
	unsigned	pending_first, pending_count;
	struct world_dump dump;
	struct log	log;
	struct arena	memory;		/* lives as long as we do */
	char		**environment;	/* of programs */
	struct watched	*files;		/* as conf.files */
	uint16_t	file_count, file_room;
	usec_t		again_at;	/* to try what failed; NEVER: nothing */
	unsigned	membership_count;	/* of those that were used */
	struct membership memberships[MEMBERSHIPS_MAX];
	struct fifo	fifos[FIFOS];
	struct pid_file	pid_files[PID_FILES];
	struct utsname	machine;	/* holds its host name */
	char		error[ERROR_SIZE];	/* text of one without words */
	struct joiner	joiners[JOINERS_MAX];
	const char	*control;	/* path of our socket; NULL: none */
	char		control_lock[PATH_SIZE]; /* who may have it */
	mode_t		control_mode;	/* who may ask there */
	bool		crowded;	/* nobody can be let in; tried again */
	unsigned	client_count;
	uint64_t	record_count;	/* of all that were ever made */
	struct client	clients[CLIENTS_MAX];
	struct record	records[RECORDS_MAX];
	struct pending	pending[PENDING_MAX];
	struct process	processes[PROCESSES_MAX];
	struct sightings sightings;
	unsigned	check_count;	/* of those under way */
	struct check	*checks;	/* CHECKS_MAX; NULL: not needed */
	struct batch	batch;
	struct inbox	inbox;
	uint64_t	queue[EFFECTS_BYTES / sizeof(uint64_t)];
	_Alignas(4096) uint8_t late_queue[LATE_BYTES];
};

/* -- clock -- */

/* A clock of the system, in microseconds. */
static usec_t
clock_us(struct world *w, clockid_t clock)
{
	struct timespec now = { 0, 0 };

	(void)w;
	CLOCK(clock, &now);
	return (usec_t)now.tv_sec * SECOND_US + (usec_t)now.tv_nsec / 1000;
}

/* Now: a clock that nobody sets. */
static usec_t
world_now(struct world *w)
{
	return clock_us(w, CLOCK_MONOTONIC);
}

/* Has world_again called at a moment, unless that is to be before. */
static void
world_retry(struct world *w, usec_t at)
{
	w->again_at = usec_min(w->again_at, at);
}

/* The same for what is tried once a second. */
static void
world_retry_soon(struct world *w)
{
	world_retry(w, world_now(w) + SECOND_US);
}

/* What to add to a moment of world_now for the time of day (UTC). */
static usec_t
world_wall_offset(struct world *w)
{
	return clock_us(w, CLOCK_REALTIME) - world_now(w);
}

/* How long ago the machine was started, its sleep included. */
static usec_t
world_uptime(struct world *w)
{
	return clock_us(w, CLOCK_BOOTTIME);
}

/* -- errors -- */

/* What the error of the call that has just failed says. */
static const char *
error_last(struct world *w)
{
	return error_text(w->error, errno);
}

/*
 * Opens a file: never waiting for it, taking no terminal, and closed when a
 * program runs.  musl's open would ask for the last a second time.
 */
static int
file_open(struct world *w, const char *path, int flags, mode_t mode)
{
	(void)w;
	return (int)syscall(SYS_openat, AT_FDCWD, path, flags | O_CLOEXEC |
	    O_NONBLOCK | O_NOCTTY | O_LARGEFILE, mode);
}

/* What kind of file is open, whose it is and how large: as fstat. */
static int
file_status(struct world *w, int fd, struct stat *status)
{
	(void)w;
	return fstatat(fd, "", status, AT_EMPTY_PATH);
}

/* Closes a descriptor, if it is one, and notes that it is none any more. */
static void
world_close_fd(struct world *w, int *fd)
{
	(void)w;
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* Opens a socket that is closed when a program runs; -1, with errno set. */
static int
socket_new(struct world *w, int family, int type, int protocol)
{
	(void)w;
	return (int)SOCKET(family, type | SOCK_CLOEXEC, protocol);
}

/* The address of a socket with this path; false: it is too long. */
static bool
unix_address(struct sockaddr_un *address, const char *path)
{
	*address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	errno = ENAMETOOLONG;
	if (strlen(path) >= sizeof(address->sun_path))
		return false;
	memcpy(address->sun_path, path, strlen(path) + 1);
	return true;
}

/*
 * Connects to a socket with this path; the one of sd_notify(3), which is for
 * datagrams, has an abstract name if that begins with @.  -1, with errno set,
 * when nobody listens there, or when so many wait there already that none was
 * let in for CLIENT_WAIT_MS.
 */
static int
unix_connect(struct world *w, int type, const char *path)
{
	const struct timeval patience = { CLIENT_WAIT_MS / 1000, 0 };
	struct sockaddr_un to;
	int fd = unix_address(&to, path) ? socket_new(w, AF_UNIX, type, 0) : -1;

	if (path[0] == '@' && type == SOCK_DGRAM)
		to.sun_path[0] = '\0';
	if (fd >= 0)
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience,
		    sizeof(patience));
	if (fd >= 0 && connect(fd, (struct sockaddr *)&to, (socklen_t)(
	    offsetof(struct sockaddr_un, sun_path) + strlen(path))) != 0)
		world_close_fd(w, &fd);
	return fd;
}

/* -- memory -- */

/* What stands at the head of each piece of memory of an arena. */
struct chunk {
	struct chunk	*next;
	size_t		size;
};

/* Gives an arena memory for at least size bytes more; NULL: there is none. */
static void *
world_arena_grow(struct world *w, struct arena *a, size_t size)
{
	size_t room = size + 64;
	struct chunk *chunk;

	(void)w;
	if (room < CHUNK_BYTES)
		room = CHUNK_BYTES;
	chunk = mmap(NULL, room, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (chunk == MAP_FAILED)
		return NULL;
	chunk->next = a->chunks;
	chunk->size = room;
	a->chunks = chunk;
	a->at = (uint8_t *)chunk + 32;		/* aligned for anything */
	a->end = (uint8_t *)chunk + room;
	return a->at;
}

/* arena.more of our arenas. */
static void *
arena_more(struct arena *a, size_t size)
{
	return world_arena_grow(a->context, a, size);
}

/* Makes an arena that has no memory yet and takes it from the system. */
static void
world_arena_open(struct world *w, struct arena *a)
{
	*a = (struct arena){ .more = arena_more, .context = w };
}

/* Gives all memory of an arena back; it may be used again after that. */
static void
world_arena_close(struct world *w, struct arena *a)
{
	struct chunk *chunk = a->chunks;

	while (chunk != NULL) {
		struct chunk *next = chunk->next;

		munmap(chunk, chunk->size);
		chunk = next;
	}
	world_arena_open(w, a);
}

/* -- the log -- */

/*
 * Sends a line to the system's log, to a stream with the NUL behind it,
 * connecting anew if it was restarted.  False when there is none.  It may keep
 * 10 lines only (max_dgram_qlen): so one that it has no room for waits
 * LOG_WAIT_MS.  If that does not help, lines are lost at once until there is
 * room again.
 */
static bool
log_to_syslog(struct world *w, const char *line, size_t length)
{
	struct pollfd room;
	ssize_t whole, sent;

	for (int attempt = 0; attempt < 2; attempt++) {
		if (w->log.syslog < 0) {
			w->log.stream = 0;
			w->log.syslog = unix_connect(w, SOCK_DGRAM |
			    SOCK_NONBLOCK, "/dev/log");
		}
		if (w->log.syslog < 0 && errno == EPROTOTYPE) {
			w->log.stream = 1;
			w->log.syslog = unix_connect(w, SOCK_STREAM |
			    SOCK_NONBLOCK, "/dev/log");
		}
		if (w->log.syslog < 0)
			return false;
		whole = (ssize_t)(length + w->log.stream);
		room = (struct pollfd){ w->log.syslog, POLLOUT, 0 };
		if (!w->log.stuck)
			poll(&room, 1, LOG_WAIT_MS);
		sent = send(w->log.syslog, line, (size_t)whole, MSG_NOSIGNAL);
		if (sent == whole) {
			w->log.stuck = false;
			return true;
		}
		if (sent < 0 && (errno == EAGAIN || errno == ENOBUFS)) {
			w->log.stuck = true;
			w->log.suppressed++;
			return true;
		}
		close(w->log.syslog);
		w->log.syslog = -1;
	}
	return false;
}

/*
 * Writes to a stream that somebody else made, and may have made blocking: only
 * when there is room.  A line without room is lost.
 */
static void
log_to_stream(struct world *w, int fd, const char *line, size_t length)
{
	struct pollfd room = { .fd = fd, .events = POLLOUT };

	if (poll(&room, 1, 0) != 1 || !(room.revents & POLLOUT) ||
	    write(fd, line, length) < 0)
		w->log.suppressed++;
}

/*
 * Opens stderr for the log, or -1: of a terminal, which may have room for a
 * byte and not for a line, an open file of our own, which blocks nobody.  A
 * regular file that was opened once more would be written from its start.
 */
static int
console_open(struct world *w)
{
	struct stat status;
	int fd = -1;

	if (file_status(w, STDERR_FILENO, &status) == 0 &&
	    S_ISCHR(status.st_mode))
		fd = file_open(w, "/proc/self/fd/2", O_WRONLY, 0);
	return fd >= 0 ? fd : (int)syscall(FCNTL, STDERR_FILENO,
	    F_DUPFD_CLOEXEC, 3);
}

/*
 * Writes to the kernel's log: all there is in an initramfs.  False if it cannot
 * be opened, as in a container.
 */
static bool
log_to_kernel(struct world *w, const char *line, size_t length)
{
	if (w->log.kmsg < 0)
		w->log.kmsg = file_open(w, "/dev/kmsg", O_WRONLY, 0);
	if (w->log.kmsg >= 0 && write(w->log.kmsg, line, length) < 0)
		w->log.suppressed++;
	return w->log.kmsg >= 0;
}

/*
 * Appends a moment as ISO 8601 says, in UTC: 2026-11-27T15:20:01Z, or precise,
 * with milliseconds: 2026-11-27T15:20:01.250Z.
 */
static void
text_date(struct text *t, usec_t wall_us, bool precise)
{
	int64_t s = wall_us / SECOND_US, days = s / 86400 + 719468;
	int64_t era = days / 146097, day = days % 146097;
	int64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
	int64_t month;

	day -= 365 * year + year / 4 - year / 100;
	month = (5 * day + 2) / 153;
	day -= (153 * month + 2) / 5;
	text_format(t, "%04lld-%02u-%02uT%02u:%02u:%02u",
	    (long long)(year + era * 400 + (month >= 10)),
	    (unsigned)(month + (month >= 10 ? -9 : 3)), (unsigned)day + 1,
	    (unsigned)(s / 3600 % 24), (unsigned)(s / 60 % 60),
	    (unsigned)(s % 60));
	if (precise)
		text_format(t, ".%03u", (unsigned)(wall_us / MS_US % 1000));
	text_char(t, 'Z');
}

/* Appends a line to the file of -g, with the time before it. */
static void
log_to_file(struct world *w, const char *line, size_t length)
{
	char stamp[32];
	struct text t = text_over(stamp, sizeof(stamp));
	struct iovec parts[2];

	text_date(&t, clock_us(w, CLOCK_REALTIME), false);
	text_char(&t, ' ');
	parts[0] = (struct iovec){ stamp, (size_t)(t.at - t.start) };
	parts[1] = (struct iovec){ (void *)(uintptr_t)line, length };
	if (writev(w->log.file, parts, 2) < 0)
		w->log.suppressed++;
}

/*
 * Writes a line wherever the options say; to the kernel's log, else to stderr,
 * if the system's is wanted and nobody would see the line otherwise.  It has no
 * newline, and errno is left alone.
 */
static void
log_write(struct world *w, enum log_level level, const char *line,
    size_t length)
{
	char buffer[LINE_MAX_LOG + 64];
	struct text t = text_over(buffer, sizeof(buffer));
	const struct log_options *options = &w->log.options;
	size_t whole;
	char *start;
	int saved = errno;
	bool told;

	text_format(&t, "<%d>%.*s[%d]: ", options->facility << 3 | (int)level,
	    32, options->ident, (int)getpid());
	start = t.at;
	text_bytes(&t, line, length < LINE_MAX_LOG ? length : LINE_MAX_LOG);
	whole = (size_t)(t.at - t.start);
	*t.at = '\0';
	told = options->syslog && log_to_syslog(w, buffer, whole);
	*t.at++ = '\n';
	length = (size_t)(t.at - start);
	if (options->console)
		log_to_stream(w, w->log.console, start, length);
	if (w->log.file >= 0)
		log_to_file(w, start, length);
	if (options->syslog && !told && !options->console && w->log.file < 0 &&
	    !log_to_kernel(w, buffer, whole + 1))
		log_to_stream(w, STDERR_FILENO, start, length);
	errno = saved;
}

/* Keeps a line for `events', in the place of the oldest. */
static void
record_add(struct world *w, enum log_level level, const char *line,
    size_t length)
{
	struct record *record = &w->records[w->record_count++ % RECORDS_MAX];

	if (length > RECORD_LINE)
		length = RECORD_LINE;
	record->wall_us = clock_us(w, CLOCK_REALTIME);
	record->level = (uint8_t)level;
	record->length = (uint8_t)length;
	memcpy(record->line, line, length);
}

/*
 * Writes a line to the log.  More than LOG_BURST lines at once, or one every
 * LOG_REFILL_US for long, are only counted; the next line tells how many.
 */
static void
world_log_line(struct world *w, enum log_level level, const char *line,
    size_t length)
{
	struct log *log = &w->log;
	usec_t now = world_now(w);
	uint32_t shown = LOG_LEVEL_NOTICE + log->options.detail;
	usec_t earned = (now - log->refilled_at) / LOG_REFILL_US;
	char buffer[64];
	struct text t = text_over(buffer, sizeof(buffer));

	if (level <= LOG_LEVEL_NOTICE)
		record_add(w, level, line, length);
	if (level > shown)
		return;
	if (earned >= LOG_BURST - (usec_t)log->tokens) {
		log->tokens = LOG_BURST;
		log->refilled_at = now;
	} else {
		log->tokens += (unsigned)earned;
		log->refilled_at += earned * LOG_REFILL_US;
	}
	if (log->tokens == 0) {
		log->suppressed++;
		return;
	}
	log->tokens--;
	if (log->suppressed > 0) {
		text_format(&t, "lines suppressed: %llu",
		    (unsigned long long)log->suppressed);
		log->suppressed = 0;
		log_write(w, LOG_LEVEL_WARNING, buffer,
		    (size_t)(t.at - t.start));
	}
	log_write(w, level, line, length);
}

/* Writes a line to the log, made as text_format makes it; no newline. */
static void __attribute__((format(printf, 3, 4)))
world_log(struct world *w, enum log_level level, const char *format, ...)
{
	char line[LINE_MAX_LOG];
	struct text t = text_over(line, sizeof(line));
	va_list arguments;

	va_start(arguments, format);
	text_vformat(&t, format, &arguments);
	va_end(arguments);
	world_log_line(w, level, line, (size_t)(t.at - t.start));
}

/*
 * Opens the log's file, if there is to be one, or opens it anew: whoever turns
 * logs over has moved it (logrotate(8)).  NULL, or why it cannot be opened; one
 * that is open then stays.
 */
static const char *
log_open_file(struct world *w)
{
	struct log *log = &w->log;
	int file;

	if (log->options.file == NULL)
		return NULL;
	file = file_open(w, log->options.file, O_WRONLY | O_APPEND | O_CREAT |
	    O_NOFOLLOW, 0600);
	if (file < 0)
		return error_last(w);
	world_close_fd(w, &log->file);
	log->file = file;
	return NULL;
}

/*
 * Opens the log, or opens it anew with other options, which must live on.
 * Returns NULL, or why the file or the console cannot be written; the rest then
 * works.
 */
static const char *
world_log_open(struct world *w, const struct log_options *options)
{
	struct log *log = &w->log;
	const char *why = NULL;

	world_close_fd(w, &log->syslog);
	world_close_fd(w, &log->console);
	world_close_fd(w, &log->file);
	log->options = *options;
	if (options->console) {
		log->console = console_open(w);
		if (log->console < 0)
			why = error_last(w);
	}
	return why != NULL ? why : log_open_file(w);
}

/* -- the kernel's packet filters: classic BPF -- */

#define FILTER_ALL	0xffffffffU	/* a packet whole */
#define FILTER_NONE	0U

/* A program for SO_ATTACH_FILTER. */
struct filter {
	struct sock_filter code[FILTER_MAX];
	unsigned	length;
};

/* Values from low to high, both included. */
struct range {
	uint32_t	low, high;
};

/* Sorted ranges that do not touch each other. */
struct ranges {
	struct range	range[RANGES_MAX];
	unsigned	count;
	bool		overflow;	/* there were more */
};

/* Adds a value; one next to a range makes that longer. */
static void
ranges_add(struct ranges *r, uint32_t value)
{
	unsigned at = 0;

	while (at < r->count && r->range[at].high < value)
		at++;
	if (at < r->count && r->range[at].low <= value)
		return;
	if (at > 0 && r->range[at - 1].high == value - 1) {
		r->range[at - 1].high = value;
		if (at < r->count && r->range[at].low == value + 1) {
			r->range[at - 1].high = r->range[at].high;
			r->count--;
			memmove(&r->range[at], &r->range[at + 1],
			    (r->count - at) * sizeof(r->range[0]));
		}
	} else if (at < r->count && r->range[at].low == value + 1) {
		r->range[at].low = value;
	} else if (r->count < RANGES_MAX) {
		memmove(&r->range[at + 1], &r->range[at],
		    (r->count - at) * sizeof(r->range[0]));
		r->range[at] = (struct range){ value, value };
		r->count++;
	} else {
		r->overflow = true;
	}
}

/*
 * Appends instructions, for which FILTER_MAX has room; a jump counts from the
 * instruction behind it.  Returns where they stand, to put in what they lack.
 */
static struct sock_filter *
filter_add(struct filter *f, const struct sock_filter *code, unsigned count)
{
	struct sock_filter *start = f->code + f->length;

	memcpy(start, code, count * sizeof(*code));
	f->length += count;
	return start;
}

/* Ends the program: takes every packet that comes here, or none. */
static void
filter_verdict(struct filter *f, uint32_t verdict)
{
	static const struct sock_filter end = BPF_STMT(BPF_RET | BPF_K, 0);

	filter_add(f, &end, 1)->k = verdict;
}

/*
 * Ends the program: takes a packet when A is in one of range[count].  They are
 * halved at each step; a jump over a half may be longer than a conditional
 * one reaches, hence BPF_JA.
 */
static void
filter_ranges(struct filter *f, const struct range *range, unsigned count)
{
	static const struct sock_filter within[] = {
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0, 0, 2),
		BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, 0, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, FILTER_ALL),
		BPF_STMT(BPF_RET | BPF_K, FILTER_NONE),
	};
	static const struct sock_filter halve[] = {
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0, 0, 1),
		BPF_STMT(BPF_JMP | BPF_JA, 0),
	};
	unsigned half = count / 2, behind;
	struct sock_filter *code;

	if (count == 0) {
		filter_verdict(f, FILTER_NONE);
		return;
	}
	if (count == 1) {
		code = filter_add(f, within, COUNT_OF(within));
		code[0].k = range->low;
		code[1].k = range->high;
		return;
	}
	code = filter_add(f, halve, COUNT_OF(halve));
	behind = f->length;
	code[0].k = range[half].low;
	filter_ranges(f, range, half);
	code[1].k = f->length - behind;
	filter_ranges(f, range + half, count - half);
}

/*
 * A program for reports of the kernel, which takes of routes those with our
 * mark: where a routing daemon has a million of them, we are not woken.  What
 * is part of a dump may begin with another.
 */
static void
filter_routes(struct filter *f)
{
	const struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 4),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htons(RTM_NEWROUTE), 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htons(RTM_DELROUTE), 0, 4),
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 6),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, htons(NLM_F_MULTI), 2, 0),
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, sizeof(struct nlmsghdr) +
		    offsetof(struct rtmsg, rtm_protocol)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, KEEPALIVED_PROTOCOL, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, FILTER_ALL),
		BPF_STMT(BPF_RET | BPF_K, FILTER_NONE),
	};

	f->length = 0;
	filter_add(f, code, COUNT_OF(code));
}

/* A program that takes every packet, or none. */
static void
filter_constant(struct filter *f, uint32_t verdict)
{
	f->length = 0;
	filter_verdict(f, verdict);
}

/*
 * A program that takes VRRP packets of these VRIDs, which stand `offset` bytes
 * behind the IP header, if the receiver sees one (IPv4), or the start (IPv6).
 * A packet that is too short to have a VRID is taken: it shall be counted.
 */
static void
filter_vrids(struct filter *f, const struct ranges *vrids, bool ip_header,
    uint32_t offset)
{
	static const struct sock_filter vrid[] = {
		BPF_STMT(BPF_LDX | BPF_W | BPF_IMM, 0),
		BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0),
		BPF_STMT(BPF_ALU | BPF_SUB | BPF_X, 0),
		BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, 0, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, FILTER_ALL),
		BPF_STMT(BPF_LD | BPF_B | BPF_IND, 0),
	};
	struct sock_filter *code;

	f->length = 0;
	code = filter_add(f, vrid, COUNT_OF(vrid));
	if (ip_header)
		code[0].code = BPF_LDX | BPF_B | BPF_MSH;
	code[3].k = code[5].k = offset;
	filter_ranges(f, vrids->range, vrids->count);
}

/*
 * A program that takes ARP frames whose sender claims one of these addresses;
 * if they are too many, those that claim any: replies and announcements.
 */
static void
filter_arp(struct filter *f, const struct ranges *addresses)
{
	static const struct sock_filter sender =
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 14 + 14);
	static const struct sock_filter claims[] = {
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 14 + 6),	/* opcode */
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 2, 4, 0),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 14 + 24),	/* target */
		BPF_STMT(BPF_MISC | BPF_TAX, 0),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 14 + 14),	/* sender */
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_X, 0, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, FILTER_ALL),
		BPF_STMT(BPF_RET | BPF_K, FILTER_NONE),
	};

	f->length = 0;
	if (addresses->overflow) {
		filter_add(f, claims, COUNT_OF(claims));
		return;
	}
	filter_add(f, &sender, 1);
	filter_ranges(f, addresses->range, addresses->count);
}

/*
 * A program that takes what connector(7) tells of processes that fork, begin,
 * are renamed or end, and of nothing at all: its first answer.  False: none.
 * What concerns threads, which is most, is left out: pid and tgid differ.
 */
static void
filter_processes(struct filter *f, bool any)
{
	enum { WHAT = NLMSG_HDRLEN + CN_HEADER, DATA = WHAT + CN_EVENT_HEADER };
	static const struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, WHAT),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 8, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 9, 0),	/* FORK */
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 2, 0),	/* EXEC */
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0),	/* NAMED */
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 5),	/* ENDED */
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, DATA),
		BPF_STMT(BPF_MISC | BPF_TAX, 0),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, DATA + 4),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_X, 0, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, FILTER_ALL),
		BPF_STMT(BPF_RET | BPF_K, FILTER_NONE),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, DATA + 8),	/* child */
		BPF_STMT(BPF_MISC | BPF_TAX, 0),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, DATA + 12),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_X, 0, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, FILTER_ALL),
		BPF_STMT(BPF_RET | BPF_K, FILTER_NONE),
	};
	static const uint32_t what[] = { PROCESS_FORK, PROCESS_EXEC,
	    PROCESS_NAMED, PROCESS_ENDED };

	f->length = 0;
	if (!any) {
		filter_verdict(f, FILTER_NONE);
		return;
	}
	filter_add(f, code, COUNT_OF(code));
	for (unsigned i = 0; i < COUNT_OF(what); i++)
		f->code[2 + i].k = htonl(what[i]);
}

/*
 * A program that takes neighbour advertisements whose target ends in the same
 * 32 bits as one of our addresses; if those are too many, all.
 */
static void
filter_na(struct filter *f, const struct ranges *addresses)
{
	static const struct sock_filter target =
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 8 + 12);

	if (addresses->overflow) {
		filter_constant(f, FILTER_ALL);
		return;
	}
	f->length = 0;
	filter_add(f, &target, 1);
	filter_ranges(f, addresses->range, addresses->count);
}

/* The VRIDs that the configuration has for one family. */
static void
vrids_of(const struct conf *conf, uint8_t family, struct ranges *vrids)
{
	vrids->count = 0;
	vrids->overflow = false;
	for (uint32_t i = 0; i < conf->vr_count; i++) {
		if (conf->vrs[i].family == family)
			ranges_add(vrids, conf->vrs[i].vrid);
	}
}

/* The last 32 bits of all virtual addresses of one family, as numbers. */
static void
addresses_of(const struct conf *conf, uint8_t family, struct ranges *r)
{
	r->count = 0;
	r->overflow = false;
	for (uint32_t i = 0; i < conf->vr_count; i++) {
		const struct conf_vr *vr = &conf->vrs[i];

		for (int n = 0; n < vr->address_count + vr->excluded_count;
		    n++) {
			const struct ip *ip = &vr->addresses[n].ip;
			struct cursor c = cursor_over(ip->bytes +
			    ip_size(family) - 4, 4);

			if (ip->family == family)
				ranges_add(r, cursor_u32(&c));
		}
	}
}

/* -- sockets -- */

/* A socket option that is an int. */
static bool
option_set(struct world *w, int fd, int level, int name, int value)
{
	(void)w;
	return setsockopt(fd, level, name, &value, sizeof(value)) == 0;
}

/*
 * Attaches a program to a socket, in place of the one before.  Should the
 * kernel have no memory for it, everything is received instead.
 */
static void
filter_attach(struct world *w, enum world_socket which, struct filter *f)
{
	struct sock_fprog program = { (unsigned short)f->length, f->code };

	if (w->fd[which] < 0 || setsockopt(w->fd[which], SOL_SOCKET,
	    SO_ATTACH_FILTER, &program, sizeof(program)) == 0)
		return;
	world_log(w, LOG_LEVEL_WARNING, "cannot attach a packet filter: %i; "
	    "receiving everything", errno);
	filter_constant(f, FILTER_ALL);
	program.len = (unsigned short)f->length;
	setsockopt(w->fd[which], SOL_SOCKET, SO_ATTACH_FILTER, &program,
	    sizeof(program));
}

/*
 * Makes the kernel drop what nobody counts: VRIDs that are not configured,
 * unless they are to be logged, and claims to the addresses of others.
 */
static void
world_filter(struct world *w, const struct conf *conf)
{
	static const struct {
		enum world_socket which;
		uint8_t		family, offset;	/* of the VRID */
	} rows[] = {
		{ SOCKET_VRRP4, 4, 1 }, { SOCKET_AH, 4, 24 + 1 },
		{ SOCKET_VRRP6, 6, 1 },
	};
	struct filter f;
	struct ranges r;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		vrids_of(conf, rows[i].family, &r);
		filter_vrids(&f, &r, rows[i].family == 4, rows[i].offset);
		if (conf->global.log_unknown_vrids)
			filter_constant(&f, FILTER_ALL);
		filter_attach(w, rows[i].which, &f);
	}
	addresses_of(conf, 4, &r);
	filter_arp(&f, &r);
	filter_attach(w, SOCKET_ARP, &f);
	addresses_of(conf, 6, &r);
	filter_na(&f, &r);
	filter_attach(w, SOCKET_ND, &f);
}

/* The sockets: what they are. */
static const struct socket_row {
	uint8_t		which, family, protocol;
} socket_rows[] = {
	{ SOCKET_VRRP4, AF_INET, IPPROTO_VRRP_ },
	{ SOCKET_AH, AF_INET, IPPROTO_AH_ },
	{ SOCKET_SEND4, AF_INET, IPPROTO_RAW },
	{ SOCKET_VRRP6, AF_INET6, IPPROTO_VRRP_ },
	{ SOCKET_SEND6, AF_INET6, IPPROTO_VRRP_ },
	{ SOCKET_ND, AF_INET6, IPPROTO_ICMPV6 },
	{ SOCKET_ARP, AF_PACKET, 0 },
	{ SOCKET_NETLINK, AF_NETLINK, NETLINK_ROUTE },
	{ SOCKET_COMMAND, AF_NETLINK, NETLINK_ROUTE },
};

#ifndef NETLINK_GET_STRICT_CHK	/* Linux 4.20 */
#define NETLINK_GET_STRICT_CHK 12
#endif
#ifndef NETLINK_CAP_ACK		/* Linux 4.3 */
#define NETLINK_CAP_ACK	10
#endif

/*
 * Options of the sockets.  Those that only improve things may fail: on an old
 * kernel, or without CAP_NET_ADMIN in the first user namespace.
 */
static const struct socket_option {
	uint8_t		which;		/* enum world_socket */
	bool		needed;
	int16_t		level, name;
	int32_t		value;
} socket_options[] = {
	{ SOCKET_VRRP4, true, IPPROTO_IP, IP_PKTINFO, 1 },
	{ SOCKET_AH, true, IPPROTO_IP, IP_PKTINFO, 1 },
	{ SOCKET_VRRP6, true, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1 },
	{ SOCKET_VRRP6, true, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1 },
	{ SOCKET_ND, true, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1 },
	{ SOCKET_ND, true, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1 },
	{ SOCKET_SEND4, true, IPPROTO_IP, IP_MULTICAST_LOOP, 0 },
	{ SOCKET_SEND6, true, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 0 },
	{ SOCKET_SEND6, true, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, VRRP_TTL },
	{ SOCKET_SEND6, true, IPPROTO_IPV6, IPV6_UNICAST_HOPS, VRRP_TTL },
	{ SOCKET_SEND6, true, IPPROTO_IPV6, IPV6_TCLASS, VRRP_TOS },
	/* TC_PRIO_CONTROL; above 6 it takes CAP_NET_ADMIN */
	{ SOCKET_SEND4, false, SOL_SOCKET, SO_PRIORITY, 7 },
	{ SOCKET_SEND6, false, SOL_SOCKET, SO_PRIORITY, 7 },
	{ SOCKET_ARP, false, SOL_SOCKET, SO_PRIORITY, 7 },
	/* as much as everybody may have, then as much as root may have */
	{ SOCKET_SEND4, false, SOL_SOCKET, SO_SNDBUF, PACKET_BUFFER },
	{ SOCKET_SEND6, false, SOL_SOCKET, SO_SNDBUF, PACKET_BUFFER },
	{ SOCKET_ARP, false, SOL_SOCKET, SO_SNDBUF, PACKET_BUFFER },
	{ SOCKET_NETLINK, false, SOL_SOCKET, SO_RCVBUF, NETLINK_BUFFER },
	{ SOCKET_SEND4, false, SOL_SOCKET, SO_SNDBUFFORCE, PACKET_BUFFER },
	{ SOCKET_SEND6, false, SOL_SOCKET, SO_SNDBUFFORCE, PACKET_BUFFER },
	{ SOCKET_ARP, false, SOL_SOCKET, SO_SNDBUFFORCE, PACKET_BUFFER },
	{ SOCKET_NETLINK, false, SOL_SOCKET, SO_RCVBUFFORCE, NETLINK_BUFFER },
	/* Linux 4.20: a dump of routes is one of ours alone */
	{ SOCKET_NETLINK, false, SOL_NETLINK, NETLINK_GET_STRICT_CHK, 1 },
	/* errors without the request that they are about */
	{ SOCKET_COMMAND, false, SOL_NETLINK, NETLINK_CAP_ACK, 1 },
};

/* Writes what is missing when `what` cannot be done for reason `error`. */
static void
socket_why(struct text *why, const struct socket_row *row, int error)
{
	/* in the order of socket_rows */
	static const char uses[] = "receive VRRP over IPv4\0"
	    "receive VRRP in AH\0send VRRP over IPv4\0"
	    "receive VRRP over IPv6\0send VRRP over IPv6\0"
	    "receive neighbour advertisements\0send and receive ARP\0"
	    "hear of links and addresses\0set addresses";
	const char *what = list_item(uses, (unsigned)(row - socket_rows));

	text_format(why, "cannot open a socket to %s: %i", what, error);
	if (error == EPERM || error == EACCES)
		text_string(why, "; CAP_NET_RAW is missing (not root?)");
	else if (error == EAFNOSUPPORT || error == EPROTONOSUPPORT ||
	    error == ESOCKTNOSUPPORT)
		text_format(why, "; the kernel lacks CONFIG_%s",
		    row->family == AF_INET ? "INET" :
		    row->family == AF_INET6 ? "IPV6" :
		    row->family == AF_PACKET ? "PACKET" : "NET");
}

/*
 * Opens one socket, deaf until there is a configuration.  IPv6 may be absent.
 * False, and *why, when it cannot be opened.
 */
static bool
socket_open(struct world *w, const struct socket_row *row, struct text *why)
{
	int fd = socket_new(w, row->family, SOCK_RAW | SOCK_NONBLOCK,
	    row->protocol);
	struct filter f;

	if (fd < 0 && errno == EAFNOSUPPORT && row->family == AF_INET6)
		return true;
	if (fd < 0) {
		socket_why(why, row, errno);
		return false;
	}
	w->fd[row->which] = fd;
	if (row->which == SOCKET_NETLINK)
		filter_routes(&f);
	else
		filter_constant(&f, FILTER_NONE);
	if (row->family != AF_NETLINK || row->which == SOCKET_NETLINK)
		filter_attach(w, row->which, &f);
	return true;
}

/* Binds the sockets that would else hear nothing, or too much. */
static bool
sockets_bind(struct world *w, struct text *why)
{
	union endpoint arp = { .packet = { .sll_family = AF_PACKET,
	    .sll_protocol = htons(ETHERTYPE_ARP_) } };
	union endpoint reports = { .netlink = { .nl_family = AF_NETLINK,
	    .nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR |
	    RTMGRP_IPV6_IFADDR | RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE |
	    RTMGRP_IPV4_RULE | 1U << (RTNLGRP_IPV6_RULE - 1) } };
	struct icmp6_filter types;

	if (bind(w->fd[SOCKET_ARP], &arp.any, sizeof(arp.packet)) != 0 ||
	    bind(w->fd[SOCKET_NETLINK], &reports.any,
	    sizeof(reports.netlink)) != 0) {
		text_format(why, "cannot bind a socket: %i", errno);
		return false;
	}
	if (w->fd[SOCKET_ND] >= 0) {
		memset(&types, 0xff, sizeof(types));	/* blocked */
		types.icmp6_filt[ICMP6_NA / 32] &= ~(1U << ICMP6_NA % 32);
		setsockopt(w->fd[SOCKET_ND], IPPROTO_ICMPV6, ICMP6_FILTER,
		    &types, sizeof(types));
	}
	return true;
}

/* Whether we may set addresses: CAP_NET_ADMIN is in effect. */
static bool
world_may_administer(struct world *w)
{
	struct __user_cap_header_struct header = {
	    .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3];

	(void)w;
	if (syscall(SYS_capget, &header, sets) != 0)
		return true;		/* cannot tell: let the kernel say */
	return sets[0].effective & 1U << CAP_NET_ADMIN;
}

/*
 * Opens all sockets.  False when one is missing that is needed: *why is then a
 * sentence that names the capability or the kernel's option.
 */
static bool
world_open_sockets(struct world *w, struct text *why)
{
	if (!world_may_administer(w)) {
		text_string(why, "CAP_NET_ADMIN is missing (not root?): "
		    "addresses could not be set");
		return false;
	}
	for (size_t i = 0; i < COUNT_OF(socket_rows); i++) {
		if (!socket_open(w, &socket_rows[i], why))
			return false;
	}
	for (size_t i = 0; i < COUNT_OF(socket_options); i++) {
		const struct socket_option *row = &socket_options[i];
		int fd = w->fd[row->which];

		if (fd >= 0 && !option_set(w, fd, row->level, row->name,
		    row->value) && row->needed) {
			text_format(why, "cannot set up a socket: option "
			    "%d/%d: %i", row->level, row->name, errno);
			return false;
		}
	}
	return sockets_bind(w, why);
}

/*
 * Sets the room for packets that wait: what the configuration asks for, if it
 * is more than our own.  Without CAP_NET_ADMIN the system's limit holds.
 */
static void
world_set_buffers(struct world *w, const struct conf *conf)
{
	static const enum world_socket receivers[] = { SOCKET_VRRP4, SOCKET_AH,
	    SOCKET_VRRP6, SOCKET_ARP, SOCKET_ND };
	uint32_t size = PACKET_BUFFER;

	for (uint32_t i = 0; i < conf->vr_count; i++) {
		if (conf->vrs[i].kernel_rx_buf_size > size)
			size = conf->vrs[i].kernel_rx_buf_size;
	}
	if (size > INT32_MAX / 2)
		size = INT32_MAX / 2;
	for (size_t i = 0; i < COUNT_OF(receivers); i++) {
		int fd = w->fd[receivers[i]];

		if (fd >= 0 && !option_set(w, fd, SOL_SOCKET, SO_RCVBUFFORCE,
		    (int)size))
			option_set(w, fd, SOL_SOCKET, SO_RCVBUF, (int)size);
	}
}

/* -- frames -- */

#define ETH_P_ALL_	3		/* every protocol */

/*
 * Listens to whatever VRRP passes by on an interface, or ("") comes to us; -1,
 * with errno set.  The filter is for the first of many, as other traffic would
 * leave no room: it knows the protocol at its place in IPv4 or in IPv6.
 */
static int
vrrp_listen(struct world *w, const char *interface)
{
	static const struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 9),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_VRRP_, 4, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_AH_, 3, 0),
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 6),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_VRRP_, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_AH_, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, FILTER_ALL),
		BPF_STMT(BPF_RET | BPF_K, FILTER_NONE),
	};
	const struct sock_fprog filter = { COUNT_OF(code),
	    (struct sock_filter *)(uintptr_t)code };
	struct sockaddr_ll link = { .sll_family = AF_PACKET,
	    .sll_protocol = htons(ETH_P_ALL_) };
	struct packet_mreq all = { .mr_type = PACKET_MR_ALLMULTI };
	struct ifreq request = { .ifr_ifindex = 0 };
	size_t length = strlen(interface);
	/* without a protocol it hears nothing before it is bound */
	int fd = socket_new(w, AF_PACKET, SOCK_DGRAM, 0);

	memcpy(request.ifr_name, interface, length < IFNAMSIZ ? length : 0);
	if (fd < 0 || (length > 0 && ioctl(fd, SIOCGIFINDEX, &request) != 0)) {
		world_close_fd(w, &fd);
		return -1;
	}
	link.sll_ifindex = all.mr_ifindex = request.ifr_ifindex;
	setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof(filter));
	if (bind(fd, (struct sockaddr *)&link, sizeof(link)) != 0 ||
	    (length > 0 && setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP,
	    &all, sizeof(all)) != 0))
		world_close_fd(w, &fd);
	return fd;
}

/*
 * The next frame of such a socket, at most bytes[MESSAGE_MAX], and who sent it;
 * 0: none came until that moment.
 */
static size_t
frame_next(struct world *w, int fd, usec_t until, uint8_t *bytes,
    struct sockaddr_ll *from)
{
	for (usec_t now; (now = world_now(w)) < until;) {
		struct pollfd wait = { .fd = fd, .events = POLLIN };
		socklen_t length = sizeof(*from);
		ssize_t got = poll(&wait, 1, (int)((until - now) / MS_US) + 1) >
		    0 ? recvfrom(fd, bytes, MESSAGE_MAX, MSG_DONTWAIT,
		    (struct sockaddr *)from, &length) : 0;

		if (got > 0)
			return (size_t)got;
	}
	return 0;
}

/* -- sockets of BFD -- */

/*
 * Opens a socket of BFD.  Those that receive hold the port, so that the kernel
 * refuses nothing; the raw one that sends can send from any.
 */
static bool
bfd_open(struct world *w, enum world_socket which)
{
	bool sends = which == SOCKET_SEND_UDP6, ip4 = which < SOCKET_BFD6;
	uint16_t port = htons((which - SOCKET_BFD4) & 1 ? BFD_PORT_HOPS :
	    BFD_PORT);
	union endpoint here = { .in6 = { .sin6_family = AF_INET6,
	    .sin6_port = port } };
	int fd = socket_new(w, ip4 ? AF_INET : AF_INET6, (sends ? SOCK_RAW :
	    SOCK_DGRAM) | SOCK_NONBLOCK, IPPROTO_UDP);
	struct filter f;

	w->fd[which] = fd;
	filter_constant(&f, FILTER_NONE);
	if (fd < 0)
		return false;
	if (sends) {
		filter_attach(w, which, &f);
		return option_set(w, fd, IPPROTO_IPV6, IPV6_CHECKSUM,
		    UDP_CHECKSUM) && option_set(w, fd, IPPROTO_IPV6,
		    IPV6_TCLASS, VRRP_TOS);
	}
	if (ip4) {
		here = (union endpoint){ .in4 = { .sin_family = AF_INET,
		    .sin_port = port } };
		return option_set(w, fd, IPPROTO_IP, IP_PKTINFO, 1) &&
		    option_set(w, fd, IPPROTO_IP, IP_RECVTTL, 1) &&
		    bind(fd, &here.any, sizeof(here.in4)) == 0;
	}
	return option_set(w, fd, IPPROTO_IPV6, IPV6_V6ONLY, 1) &&
	    option_set(w, fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1) &&
	    option_set(w, fd, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1) &&
	    bind(fd, &here.any, sizeof(here.in6)) == 0;
}

/*
 * Opens the sockets that the sessions of a configuration need, no others.  What
 * fails is said once and tried again once a second.
 */
static void
bfds_configure(struct world *w, const struct conf *conf)
{
	uint32_t wanted = 0;
	bool told = w->bfd_deaf;

	w->bfd_deaf = false;

	for (uint16_t i = 0; i < conf->bfd_count; i++) {
		bool ip4 = conf->bfds[i].neighbor.family == 4;

		wanted |= 1U << ((ip4 ? SOCKET_BFD4 : SOCKET_BFD6) +
		    conf->bfds[i].multihop);
		if (!ip4)
			wanted |= 1U << SOCKET_SEND_UDP6;
	}
	for (unsigned i = SOCKET_BFD4; i < SOCKET_KINDS; i++) {
		if (i > SOCKET_BFD6_HOPS && i != SOCKET_SEND_UDP6)
			continue;
		if ((wanted >> i & 1) == 0)
			world_close_fd(w, &w->fd[i]);
		else if (w->fd[i] < 0 && !bfd_open(w, (enum world_socket)i)) {
			if (!told)
				world_log(w, LOG_LEVEL_ERROR, "BFD needs a "
				    "socket that cannot be opened: %i; is "
				    "there another daemon that speaks it?",
				    errno);
			world_close_fd(w, &w->fd[i]);
			w->bfd_deaf = true;
			world_retry_soon(w);
		}
	}
}

/* -- groups -- */

/* Where a membership is noted, or may be noted; NULL: there is no room. */
static struct membership *
membership_find(struct world *w, const struct ip *group, uint32_t ifindex)
{
	struct membership *m = w->memberships, *free = NULL;

	for (; m < w->memberships + w->membership_count; m++) {
		if (m->ifindex == ifindex && ip_equal(&m->group, group))
			return m;
		if (m->ifindex == 0)
			free = m;
	}
	if (free != NULL || w->membership_count == MEMBERSHIPS_MAX)
		return free;
	return &w->memberships[w->membership_count++];
}

/* Joins or leaves a group through a joiner: 0, or an errno value. */
static int
membership_change(struct world *w, const struct membership *m, int fd,
    bool join)
{
	struct ip_mreqn request4 = { .imr_ifindex = (int)m->ifindex };
	struct ipv6_mreq request6 = { .ipv6mr_interface = m->ifindex };
	int result;

	(void)w;
	if (m->group.family == 4) {
		memcpy(&request4.imr_multiaddr, m->group.bytes, 4);
		result = setsockopt(fd, IPPROTO_IP,
		    join ? IP_ADD_MEMBERSHIP : IP_DROP_MEMBERSHIP,
		    &request4, sizeof(request4));
	} else {
		memcpy(&request6.ipv6mr_multiaddr, m->group.bytes, 16);
		result = setsockopt(fd, IPPROTO_IPV6,
		    join ? IPV6_ADD_MEMBERSHIP : IPV6_DROP_MEMBERSHIP,
		    &request6, sizeof(request6));
	}
	return result == 0 || errno == EADDRINUSE ? 0 : errno;
}

/*
 * Joins through the last joiner that takes one more, a new one if need be: 0,
 * or an errno value.  The receiver hears what any socket of this machine has
 * joined (IP_MULTICAST_ALL), so memberships are spread over sockets, since
 * igmp_max_memberships allows one only so many.
 */
static int
membership_join(struct world *w, struct membership *m)
{
	struct joiner *fresh = NULL;
	int error = ENOBUFS, fd;

	for (size_t i = JOINERS_MAX; i-- > 0 && (error == ENOBUFS ||
	    error == ENOMEM);) {
		if (w->joiners[i].family == 0)
			fresh = &w->joiners[i];
		if (w->joiners[i].family != m->group.family)
			continue;
		error = membership_change(w, m, w->joiners[i].fd, true);
		if (error == 0)
			m->fd = w->joiners[i].fd;
	}
	if (fresh == NULL || (error != ENOBUFS && error != ENOMEM))
		return error;
	fd = socket_new(w, m->group.family == 4 ? AF_INET : AF_INET6,
	    SOCK_DGRAM, 0);
	error = fd < 0 ? errno : membership_change(w, m, fd, true);
	if (error != 0) {
		world_close_fd(w, &fd);
		return error;
	}
	*fresh = (struct joiner){ fd, m->group.family };
	m->fd = fd;
	return 0;
}

/*
 * Joins a group that is noted: 0, or an errno value.  What fails is tried again
 * a second later, for whoever is deaf takes over; but not for an interface that
 * is gone: its end is reported anyway.
 */
static int
membership_try(struct world *w, struct membership *m)
{
	int error = membership_join(w, m);

	if (error == ENODEV)
		m->ifindex = 0;
	else if (error != 0)
		world_retry_soon(w);
	return error == ENODEV ? 0 : error;
}

/* Tries once more to join what could not be joined. */
static void
memberships_try(struct world *w)
{
	for (unsigned i = 0; i < w->membership_count; i++) {
		struct membership *m = &w->memberships[i];

		if (m->ifindex != 0 && m->fd < 0)
			membership_try(w, m);
	}
}

/* EFFECT_JOIN.  Joining twice is joining once. */
static void
effect_join(struct world *w, const struct effect *effect, const uint8_t *bytes)
{
	const struct ip *group = &effect->destination;
	struct membership *m = membership_find(w, group, effect->ifindex);
	int error = ENOBUFS;

	(void)bytes;
	if (m != NULL && m->ifindex != 0 && m->fd >= 0) {
		m->left = false;
		return;
	}
	if (m != NULL) {
		*m = (struct membership){ *group, false, effect->ifindex, -1 };
		error = membership_try(w, m);
	}
	if (error != 0)
		world_log(w, LOG_LEVEL_ERROR, "cannot join %p on interface %u: "
		    "%i%s", IP(*group), effect->ifindex, error,
		    m != NULL ? "; it is tried once a second" : "");
}

/* Leaves the groups that are to be left. */
static void
memberships_leave(struct world *w)
{
	struct membership *m = w->memberships;

	for (; m < w->memberships + w->membership_count; m++) {
		if (m->ifindex == 0 || !m->left)
			continue;
		if (m->fd >= 0)
			membership_change(w, m, m->fd, false);
		m->ifindex = 0;
	}
}

/* EFFECT_LEAVE: forgets a membership, also of an interface that is gone. */
static void
effect_leave(struct world *w, const struct effect *effect, const uint8_t *bytes)
{
	struct membership *m = membership_find(w, &effect->destination,
	    effect->ifindex);

	(void)bytes;
	if (m != NULL)
		m->left = true;
	memberships_leave(w);
}

/* -- sending -- */

/* Keeps an event to be fed later; false when there is no room. */
static bool
pending_add(struct world *w, enum event_kind kind, uint32_t index,
    uint32_t token, int32_t value)
{
	unsigned at = (w->pending_first + w->pending_count) % PENDING_MAX;

	if (w->pending_count == PENDING_MAX)
		return false;
	w->pending[at] = (struct pending){ kind, index, token, value };
	w->pending_count++;
	return true;
}

/* Keeps the kernel's answer to a request; if it must be lost, that too. */
static void
pending_refusal(struct world *w, uint32_t seq, int error)
{
	if (!pending_add(w, EVENT_NETLINK_ERROR, seq, 0, error))
		w->netlink_lost = true;
}

/* Appends a control message to control[], of which *used bytes are taken. */
static void
control_add(union control *control, size_t *used, int level, int type,
    const void *data, size_t size)
{
	struct cmsghdr header = { 0 };

	header.cmsg_len = (socklen_t)CMSG_LEN(size);
	header.cmsg_level = level;
	header.cmsg_type = type;
	memcpy(control->bytes + *used, &header, sizeof(header));
	memcpy(control->bytes + *used + CMSG_LEN(0), data, size);
	*used += CMSG_SPACE(size);
}

/*
 * Copies the first control message of this kind into data[size].  False when
 * there is none, or it has another size.
 */
static bool
control_find(const union control *control, size_t length, int level, int type,
    void *data, size_t size)
{
	struct cmsghdr header;

	for (size_t at = 0; at + sizeof(header) <= length;) {
		memcpy(&header, control->bytes + at, sizeof(header));
		if (header.cmsg_len < CMSG_LEN(0) ||
		    header.cmsg_len > length - at)
			return false;
		if (header.cmsg_level == level && header.cmsg_type == type &&
		    header.cmsg_len == CMSG_LEN(size)) {
			memcpy(data, control->bytes + at + CMSG_LEN(0), size);
			return true;
		}
		at += CMSG_SPACE(header.cmsg_len - CMSG_LEN(0));
	}
	return false;
}

/* Through which socket an effect leaves; SOCKET_KINDS: through none. */
static enum world_socket
effect_socket(const struct effect *effect)
{
	static const uint8_t sockets[][2] = {	/* IPv4, IPv6 */
		[EFFECT_SEND] = { SOCKET_SEND4, SOCKET_SEND6 },
		[EFFECT_UDP] = { SOCKET_SEND4, SOCKET_SEND_UDP6 },
		[EFFECT_ETHERNET] = { SOCKET_ARP, SOCKET_ARP },
		[EFFECT_NETLINK] = { SOCKET_COMMAND, SOCKET_COMMAND },
	};

	if (effect->kind >= COUNT_OF(sockets))
		return SOCKET_KINDS;
	if (effect->kind == EFFECT_SEND && effect->value != 0)
		return SOCKET_ARP;
	return (enum world_socket)sockets[effect->kind][
	    effect->destination.family == 6];
}

/* Addresses the n-th message of the batch as an IPv4 packet with its header. */
static void
batch_address4(struct batch *batch, unsigned n)
{
	const struct effect *effect = batch->effects[n];
	struct msghdr *message = &batch->messages[n].msg_hdr;
	struct in_pktinfo info = { .ipi_ifindex = (int)effect->ifindex };
	struct sockaddr_in *to = &batch->receivers[n].in4;
	size_t used = 0;

	to->sin_family = AF_INET;
	memcpy(&to->sin_addr, effect->destination.bytes, 4);
	memcpy(&info.ipi_spec_dst, effect->source.bytes, 4);
	control_add(&batch->controls[n], &used, IPPROTO_IP, IP_PKTINFO, &info,
	    sizeof(info));
	message->msg_namelen = sizeof(*to);
	message->msg_control = &batch->controls[n];
	message->msg_controllen = (socklen_t)used;
}

/* Addresses the n-th message of the batch as an IPv6 payload. */
static void
batch_address6(struct batch *batch, unsigned n)
{
	const struct effect *effect = batch->effects[n];
	struct msghdr *message = &batch->messages[n].msg_hdr;
	struct in6_pktinfo info = { .ipi6_ifindex = effect->ifindex };
	struct sockaddr_in6 *to = &batch->receivers[n].in6;
	int hop_limit = effect->hop_limit;
	size_t used = 0;

	to->sin6_family = AF_INET6;
	memcpy(&to->sin6_addr, effect->destination.bytes, 16);
	if (ip_is_link_local(&effect->destination) ||
	    ip_is_multicast(&effect->destination))
		to->sin6_scope_id = effect->ifindex;
	memcpy(&info.ipi6_addr, effect->source.bytes, 16);
	control_add(&batch->controls[n], &used, IPPROTO_IPV6, IPV6_PKTINFO,
	    &info, sizeof(info));
	control_add(&batch->controls[n], &used, IPPROTO_IPV6, IPV6_HOPLIMIT,
	    &hop_limit, sizeof(hop_limit));
	message->msg_namelen = sizeof(*to);
	message->msg_control = &batch->controls[n];
	message->msg_controllen = (socklen_t)used;
}

/* Addresses the n-th message of the batch as an Ethernet frame. */
static void
batch_address_frame(struct batch *batch, unsigned n)
{
	const struct effect *effect = batch->effects[n];
	struct sockaddr_ll *to = &batch->receivers[n].packet;

	to->sll_family = AF_PACKET;
	to->sll_ifindex = (int)effect->ifindex;
	if (batch->vectors[n].iov_len >= 14) {
		const uint8_t *frame = batch->vectors[n].iov_base;

		to->sll_halen = 6;
		memcpy(to->sll_addr, frame, 6);
		memcpy(&to->sll_protocol, frame + 12, 2);
	}
	batch->messages[n].msg_hdr.msg_namelen = sizeof(*to);
}

/* Puts an effect, and its bytes in the queue, into the batch. */
static void
batch_add(struct batch *batch, enum world_socket socket,
    const struct effect *effect, const uint8_t *bytes)
{
	unsigned n = batch->count++;
	struct msghdr *message = &batch->messages[n].msg_hdr;

	batch->socket = socket;
	batch->effects[n] = effect;
	batch->vectors[n] = (struct iovec){ (void *)(uintptr_t)bytes,
	    effect->length };
	memset(message, 0, sizeof(*message));
	memset(&batch->receivers[n], 0, sizeof(batch->receivers[n]));
	message->msg_name = &batch->receivers[n];
	message->msg_namelen = sizeof(batch->receivers[n].netlink);
	message->msg_iov = &batch->vectors[n];
	message->msg_iovlen = 1;
	if (socket == SOCKET_SEND4)
		batch_address4(batch, n);
	else if (socket == SOCKET_SEND6 || socket == SOCKET_SEND_UDP6)
		batch_address6(batch, n);
	else if (socket == SOCKET_ARP)
		batch_address_frame(batch, n);
	else
		batch->receivers[n].netlink.nl_family = AF_NETLINK;
}

/*
 * Notes that the kernel did not send an effect.  The core is told of a request
 * and of an advertisement.  A BFD session sees what it loses.  Lost
 * announcements are repeated by refreshes, so they are only logged, once; an
 * interface that is down or gone is reported as such.
 */
static void
batch_refused(struct world *w, const struct effect *effect, int error)
{
	if (effect->kind == EFFECT_SEND) {
		if (w->pending_count < PENDING_MAX / 2)
			pending_add(w, EVENT_RESEND, effect->index, 0, error);
	} else if (effect->kind == EFFECT_NETLINK) {
		pending_refusal(w, effect->index, error);
	} else if (effect->kind == EFFECT_ETHERNET && error != ENETDOWN &&
	    error != ENXIO && error != ENODEV && w->frame_error != error) {
		w->frame_error = error;
		world_log(w, LOG_LEVEL_WARNING, "interface %u: announcements "
		    "are refused: %i", effect->ifindex, error);
	}
}

/*
 * Sends the packets of the batch.  One that fails does not keep back those
 * behind it, unless there is no room for any.  The system call itself is used
 * since musl's sendmmsg makes one of each message; batch_add zeroes what musl
 * has between the fields.
 */
static void
batch_send(struct world *w, struct batch *batch)
{
	unsigned at = 0;
	bool failed = false;

	while (at < batch->count) {
		int sent = w->fd[batch->socket] < 0 ? -1 :
		    (int)syscall(SYS_sendmmsg, w->fd[batch->socket],
		    batch->messages + at, batch->count - at, MSG_NOSIGNAL);
		int error = w->fd[batch->socket] < 0 ? EAFNOSUPPORT : errno;

		if (sent > 0) {
			at += (unsigned)sent;
		} else if (error != EINTR) {
			failed = true;
			do {
				batch_refused(w, batch->effects[at++], error);
			} while (error == EAGAIN && at < batch->count);
		}
	}
	if (!failed && batch->socket == SOCKET_ARP)
		w->frame_error = 0;
}

/*
 * Reads what the kernel has to say about requests: only errors, as none asks
 * for an acknowledgement, and at once, as it handles them while they are sent.
 */
static void
command_errors(struct world *w)
{
	uint8_t buffer[1024];
	struct nl_message message;

	for (;;) {
		ssize_t length = recv(w->fd[SOCKET_COMMAND], buffer,
		    sizeof(buffer), MSG_DONTWAIT);
		struct cursor c = cursor_over(buffer,
		    length < 0 ? 0 : (size_t)length);

		if (length < 0 && errno == ENOBUFS)
			w->netlink_lost = true;
		else if (length < 0 && errno != EINTR)
			return;
		while (nl_next(&c, &message)) {
			int error = message.type == NLMSG_ERROR ?
			    nl_error_parse(&message) : 0;

			if (error > 0)
				pending_refusal(w, message.seq, error);
		}
	}
}

/* Sends what the batch holds, and empties it. */
static void
batch_flush(struct world *w)
{
	struct batch *batch = &w->batch;

	if (batch->count > 0)
		batch_send(w, batch);
	if (batch->count > 0 && batch->socket == SOCKET_COMMAND)
		command_errors(w);
	batch->count = 0;
}

/* -- files -- */

/*
 * Reads a regular file whole into the arena, a NUL behind it.  Nothing waits
 * for a FIFO or a device.  NULL, with *why set, when it cannot be read or is
 * larger than FILE_MAX_SIZE; *length is not 0 if it is a file that has much.
 * Those of /proc, which tell no size, may be up to CHUNK_BYTES long.
 */
static const char *
file_read(struct world *w, struct arena *a, const char *path, size_t *length,
    const char **why)
{
	int fd = file_open(w, path, O_RDONLY, 0);
	struct stat status;
	size_t room;
	char *bytes = NULL;
	ssize_t n = 0;

	*length = 0;
	if (fd < 0 || file_status(w, fd, &status) != 0) {
		*why = error_last(w);
	} else if (!S_ISREG(status.st_mode)) {
		*why = "not a regular file";
	} else if (status.st_size > FILE_MAX_SIZE) {
		*why = "larger than 1 MiB";
		*length = FILE_MAX_SIZE;
	} else {
		room = status.st_size > 0 ? (size_t)status.st_size + 1 :
		    CHUNK_BYTES;
		bytes = arena_take(a, room + 1);
		while (bytes != NULL && *length < room &&
		    (n = read(fd, bytes + *length, room - *length)) > 0)
			*length += (size_t)n;
		*why = bytes == NULL ? "out of memory" : n < 0 ?
		    error_last(w) : "grows while it is read";
		if (n < 0 || (bytes != NULL && *length == room))
			bytes = NULL;
	}
	world_close_fd(w, &fd);
	return bytes;
}

/*
 * Whether another VRRP daemon runs in this network namespace, before we have
 * sockets: it has one for protocol 112.
 */
static bool
world_shared(struct world *w)
{
	struct arena scratch;
	const char *text, *why;
	size_t length;
	bool shared = false;

	world_arena_open(w, &scratch);
	text = file_read(w, &scratch, "/proc/net/raw", &length, &why);
	shared = text != NULL && text_holds(text, ":0070 ");
	world_arena_close(w, &scratch);
	return shared;
}

/* Writes bytes[length] whole: 0, or an errno value. */
static int
file_write(struct world *w, int fd, const char *bytes, size_t length)
{
	(void)w;
	while (length > 0) {
		ssize_t n = write(fd, bytes, length);

		if (n < 0 && errno != EINTR)
			return errno;
		if (n == 0)
			return ENOSPC;
		if (n > 0) {
			bytes += n;
			length -= (size_t)n;
		}
	}
	return 0;
}

/* Whether the path still leads to the file that is open, by no link. */
static bool
file_is(struct world *w, int fd, const char *path)
{
	struct stat open_file, named;

	return file_status(w, fd, &open_file) == 0 &&
	    lstat(path, &named) == 0 && open_file.st_dev == named.st_dev &&
	    open_file.st_ino == named.st_ino;
}

/* Removes a file of ours, if the path still leads to it; says when it stays. */
static void
file_remove(struct world *w, int fd, const char *path)
{
	errno = 0;
	if ((!file_is(w, fd, path) || unlink(path) != 0) && errno != 0 &&
	    errno != ENOENT)
		world_log(w, LOG_LEVEL_WARNING, "%s: is not removed: %i", path,
		    errno);
}

/* Makes the directory of a path, one level: /run may be empty at boot. */
static void
file_make_directory(struct world *w, const char *path)
{
	const char *slash = text_find_last(path, '/');
	char directory[PATH_SIZE];
	size_t length = slash == NULL ? 0 : (size_t)(slash - path);
	mode_t before;

	(void)w;
	if (length == 0 || length >= sizeof(directory))
		return;
	memcpy(directory, path, length);
	directory[length] = '\0';
	before = umask(022);
	mkdir(directory, 0755);
	umask(before);
}

/*
 * The number at the start of a file, behind blanks; 0 when there is none, and
 * when it cannot be read, errno then being other than 0.
 */
static int32_t
file_number(struct world *w, int fd)
{
	char text[32] = "";
	ssize_t length;
	size_t start, end;
	int64_t number;

	(void)w;
	do {
		errno = 0;
		length = read(fd, text, sizeof(text) - 1);
	} while (length < 0 && errno == EINTR);
	text[length > 0 ? length : 0] = '\0';
	start = span_of(text, " \t\r\n");
	end = start + span_of(text + start, "+-");
	end += span_of(text + end, "0123456789");
	text[end] = '\0';
	if (!number_parse(text + start, &number))
		return 0;
	if (number > INT32_MAX)
		return INT32_MAX;
	return number < INT32_MIN ? INT32_MIN : (int32_t)number;
}

/* Reads the start of /proc/PID/NAME: its length, 0 when it is gone. */
static size_t
process_read(struct world *w, uint32_t pid, const char *name, char *buffer,
    size_t size)
{
	char path[40];
	struct text t = text_over(path, sizeof(path));
	ssize_t length = -1;
	int fd;

	text_format(&t, "/proc/%u/%s", (unsigned)pid, name);
	fd = file_open(w, text_end(&t), O_RDONLY, 0);
	if (fd >= 0)
		length = read(fd, buffer, size);
	world_close_fd(w, &fd);
	return length < 0 ? 0 : (size_t)length;
}

/* A writer to a file descriptor: its flush.  What fails is cut. */
static void
output_flush(struct text *t)
{
	int fd = (int)(intptr_t)t->context;
	const char *at = t->start;

	while (at < t->at && !t->truncated) {
		ssize_t n = write(fd, at, (size_t)(t->at - at));

		if (n > 0)
			at += n;
		else if (n == 0 || errno != EINTR)
			t->truncated = true;
	}
	t->at = t->start;
}

/* A text that goes to a file descriptor through buffer[size]. */
static struct text
output_over(struct world *w, int fd, char *buffer, size_t size)
{
	struct text t = text_over(buffer, size);

	(void)w;
	t.flush = output_flush;
	t.context = (void *)(intptr_t)fd;
	return t;
}

/* Writes a number and a newline: 0, or an errno value. */
static int
file_write_number(struct world *w, int fd, int number)
{
	char buffer[24];
	struct text t = text_over(buffer, sizeof(buffer));

	text_format(&t, "%d\n", number);
	return file_write(w, fd, buffer, (size_t)(t.at - t.start));
}

/* -- pid files -- */

enum pid_result { PID_WRITTEN, PID_RUNNING, PID_FAILED };

/*
 * Opens a pid file and locks it for ourselves: its descriptor, or -1 with an
 * errno value in *error, EAGAIN when another process has the lock.  The file
 * that was locked may have been removed by its owner meanwhile.  The lock is
 * one of the open file: it survives a fork, and one can ask who has it without
 * taking it.  One to read is of no daemon but of whoever may read the file, and
 * would keep us from starting again: the file goes, and he keeps that.
 */
static int
pid_lock(struct world *w, const char *path, int *error)
{
	for (int attempt = 0; attempt < 16; attempt++) {
		struct flock lock = { .l_type = F_WRLCK,
		    .l_whence = SEEK_SET };
		int fd = file_open(w, path, O_RDWR | O_CREAT | O_NOFOLLOW,
		    0644);

		*error = errno;
		if (fd < 0 && errno == ENOENT && attempt == 0) {
			file_make_directory(w, path);
			continue;
		}
		if (fd < 0)
			return -1;
		*error = syscall(FCNTL, fd, F_OFD_SETLK, &lock) != 0 ? errno :
		    file_is(w, fd, path) ? 0 : EBUSY;
		if (*error == 0)
			return fd;
		if (*error == EAGAIN)
			syscall(FCNTL, fd, F_OFD_GETLK, &lock);
		if (lock.l_type == F_RDLCK)
			file_remove(w, fd, path);
		close(fd);
		if (*error != EBUSY && lock.l_type == F_WRLCK)
			return -1;
	}
	return -1;
}

/*
 * The pid of the living process that holds the lock of a pid file, whatever
 * the file says when nobody holds it (T13): 0.
 */
static pid_t
world_pid_running(struct world *w, const char *path)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int fd = file_open(w, path, O_RDONLY | O_NOFOLLOW, 0);
	pid_t pid = 0;

	if (fd >= 0 && syscall(FCNTL, fd, F_OFD_GETLK, &lock) == 0 &&
	    lock.l_type != F_UNLCK)
		pid = file_number(w, fd);
	world_close_fd(w, &fd);
	return pid > 0 ? pid : 0;
}

/*
 * Creates a pid file, locks it as long as we live, and writes our pid into it.
 * RUNNING: *other has it (0: it does not say).  FAILED: *why says why not.  The
 * path must live on.  One that we hold already counts as written.
 */
static enum pid_result
world_pid_open(struct world *w, const char *path, pid_t *other,
    const char **why)
{
	struct pid_file *file = w->pid_files;
	int fd, error;

	while (file < w->pid_files + PID_FILES && file->path != NULL &&
	    strcmp(file->path, path) != 0)
		file++;
	if (file == w->pid_files + PID_FILES) {
		*why = "too many pid files";
		return PID_FAILED;
	}
	if (file->path != NULL)
		return PID_WRITTEN;
	fd = pid_lock(w, path, &error);
	if (fd < 0 && error == EAGAIN) {
		*other = world_pid_running(w, path);
		return PID_RUNNING;
	}
	if (fd >= 0 && ftruncate(fd, 0) != 0) {
		error = errno;		/* as of a device, which stays */
	} else if (fd >= 0) {
		error = file_write_number(w, fd, getpid());
		if (error != 0)
			file_remove(w, fd, path);
	}
	if (fd < 0 || error != 0) {
		*why = error_text(w->error, error);
		world_close_fd(w, &fd);
		return PID_FAILED;
	}
	*file = (struct pid_file){ path, fd };
	return PID_WRITTEN;
}

/* Empties and removes our pid files. */
static void
pid_files_remove(struct world *w)
{
	for (size_t i = 0; i < PID_FILES; i++) {
		struct pid_file *file = &w->pid_files[i];

		if (file->path == NULL)
			continue;
		if (ftruncate(file->fd, 0) != 0)
			world_log(w, LOG_LEVEL_WARNING, "%s: is not emptied: "
			    "%i", file->path, errno);
		file_remove(w, file->fd, file->path);
		world_close_fd(w, &file->fd);
		file->path = NULL;
	}
}

/*
 * Whether the kernel tells who set an address: since Linux 5.18.  It does not
 * do so of those that nobody marked, so a dump need not show it.
 */
static bool
world_tags(struct world *w)
{
	const char *release = uname(&w->machine) == 0 ? w->machine.release : "";
	size_t dot = span_to(release, ".");
	const char *rest = release + dot + (release[dot] == '.');
	int64_t major = 0, minor = 0;

	number_parse_base(release, dot, 10, &major);
	number_parse_base(rest, span_of(rest, "0123456789"), 10, &minor);
	return major * 1000 + minor >= 5018;
}

/* -- dump files -- */

/* A file that takes its name only when it is whole. */
struct dump {
	struct text	text;		/* write here */
	struct world	*world;
	int		fd, error;	/* error: an errno value, 0: none */
	char		buffer[2048];
	char		path[PATH_SIZE], temporary[PATH_SIZE];
};

/* Writes to the file what the text holds; flush of its text. */
static void
dump_flush(struct text *t)
{
	struct dump *dump = t->context;

	/* NOLINTNEXTLINE(clang-analyzer-*) it is set with flush */
	if (dump->error == 0)
		dump->error = file_write(dump->world, dump->fd, t->start,
		    (size_t)(t->at - t->start));
	t->at = t->start;
}

/* Some bits that nobody can guess, without waiting for them. */
static uint32_t
world_random(struct world *w)
{
	uint32_t bits = 0;

	if (getrandom(&bits, sizeof(bits), GRND_NONBLOCK) != sizeof(bits))
		bits = (uint32_t)world_now(w) * 2654435761U ^
		    (uint32_t)getpid();
	return bits;
}

/* The value of a variable in our environment, or NULL. */
static const char *
environment_value(const char *name)
{
	size_t length = strlen(name);

	for (char **at = environ; at != NULL && *at != NULL; at++) {
		if (strncmp(*at, name, length) == 0 && (*at)[length] == '=')
			return *at + length + 1;
	}
	return NULL;
}

/*
 * Where a dump goes by default: keepalived.NAME in $TMPDIR, if that is
 * absolute, or in /tmp.
 */
static const char *
world_dump_path(struct world *w, char *buffer, size_t size, const char *name)
{
	const struct conf_global *global = &w->conf->global;
	struct text t = text_over(buffer, size);
	const char *directory = environment_value("TMPDIR");

	if (directory == NULL || directory[0] != '/')
		directory = "/tmp";
	text_format(&t, "%s/keepalived", directory);
	if (global->data_use_instance && global->net_namespace != NULL)
		text_format(&t, "_%s", global->net_namespace);
	if (global->data_use_instance && global->instance != NULL)
		text_format(&t, "_%s", global->instance);
	text_format(&t, ".%s", name);
	return text_end(&t);
}

/*
 * Begins a file at `path`, to be written through dump->text: under another
 * name, which nobody can guess or have made before, for the directory may be
 * /tmp (T12).  NULL, or what is wrong: it would also take the place of
 * /dev/null.  What stdout or stderr goes to is no name to take: /dev/stdout.
 */
static const char *
world_dump_open(struct world *w, struct dump *dump, const char *path)
{
	struct stat status, own;

	if (strlen(path) + 16 > sizeof(dump->path))
		return error_text(w->error, ENAMETOOLONG);
	dump->fd = -1;
	if (stat(path, &status) != 0)
		status.st_ino = 0;
	else if (!S_ISREG(status.st_mode))
		return "not a regular file";
	dump->text = text_over(dump->buffer, sizeof(dump->buffer));
	dump->text.flush = dump_flush;
	dump->text.context = dump;
	dump->world = w;
	dump->error = 0;
	memcpy(dump->path, path, strlen(path) + 1);
	dump->temporary[0] = '\0';
	for (int i = STDOUT_FILENO; dump->fd < 0 && i <= STDERR_FILENO; i++) {
		if (file_status(w, i, &own) == 0 &&
		    own.st_ino == status.st_ino && own.st_dev == status.st_dev)
			dump->fd = (int)syscall(FCNTL, i, F_DUPFD_CLOEXEC, 3);
	}
	for (int attempt = 0; dump->fd < 0 && attempt < 8; attempt++) {
		struct text t = text_over(dump->temporary,
		    sizeof(dump->temporary));

		text_format(&t, "%s.%08x", path, (unsigned)world_random(w));
		dump->fd = file_open(w, text_end(&t), O_WRONLY | O_CREAT |
		    O_EXCL | O_NOFOLLOW, 0600);
		if (dump->fd < 0 && errno != EEXIST)
			break;
	}
	return dump->fd >= 0 ? NULL : error_last(w);
}

/*
 * Ends a file: it takes the place of the one before, be that a link, unless it
 * was open already.  NULL, or why that one stands as it was.
 */
static const char *
world_dump_close(struct world *w, struct dump *dump)
{
	dump_flush(&dump->text);
	world_close_fd(w, &dump->fd);
	if (dump->error == 0 && dump->temporary[0] != '\0' &&
	    syscall(SYS_renameat2, AT_FDCWD,
	    dump->temporary, AT_FDCWD, dump->path, 0U) != 0)
		dump->error = errno;
	if (dump->error == 0)
		return NULL;
	unlink(dump->temporary);
	return error_text(w->error, dump->error);
}

/*
 * Appends a path, made absolute by the directory that we are in.  NULL, or why
 * that cannot be done.
 */
static const char *
text_absolute(struct world *w, struct text *t, const char *path)
{
	char directory[PATH_SIZE];

	if (path[0] != '/') {
		if (syscall(SYS_getcwd, directory, sizeof(directory)) < 0)
			return error_last(w);
		text_format(t, "%s/", directory);
	}
	text_string(t, path);
	text_end(t);
	return t->truncated ? error_text(w->error, ENAMETOOLONG) : NULL;
}

/* -- users and groups: /etc/passwd and /etc/group, whatever libc says -- */

/* One field of a line; it is not terminated. */
struct field {
	const char	*start;
	size_t		length;
};

/* Whether a field is this string. */
static bool
field_is(const struct field *field, const char *string)
{
	return strlen(string) == field->length &&
	    memcmp(field->start, string, field->length) == 0;
}

/* Reads a field as an id; false when it is none. */
static bool
field_id(const struct field *field, uint32_t *id)
{
	int64_t number;

	if (!number_parse_base(field->start, field->length, 10, &number) ||
	    number >= UINT32_MAX)
		return false;
	*id = (uint32_t)number;
	return true;
}

/*
 * Splits the next line of a text that ends with a NUL into fields[count] at
 * colons; what it lacks is empty.  False at the end.
 */
static bool
fields_next(const char **text, struct field *fields, size_t count)
{
	size_t line = span_to(*text, "\n"), at = 0;
	const char *start = *text;

	if (*start == '\0')
		return false;
	for (size_t i = 0; i < count; i++) {
		size_t length = 0;

		while (at + length < line && start[at + length] != ':')
			length++;
		fields[i] = (struct field){ start + at, length };
		at += length < line - at ? length + 1 : length;
	}
	*text = start + line + (start[line] == '\n');
	return true;
}

/*
 * Reads /etc/passwd or /etc/group; "" when there is none, as in an initramfs.
 * NULL, and *why, when it cannot be read.
 */
static const char *
accounts_read(struct world *w, struct arena *a, const char *path,
    const char **why)
{
	const char *text, *failure;
	size_t length;

	errno = 0;
	text = file_read(w, a, path, &length, &failure);
	if (text == NULL && errno == ENOENT)
		return "";
	if (text == NULL)
		*why = failure;
	return text;
}

/* A user: name, and primary group. */
struct account {
	char		name[64];
	uint32_t	uid, gid;
};

/*
 * Looks a user up by name or, without one, by account->uid; or a group, whose
 * number stands in the same place.  NULL, or why there is none: NO_SUCH_USER,
 * the like, or /etc/passwd cannot be read.
 */
static const char *
account_find(struct world *w, bool group, const char *name,
    struct account *account)
{
	struct arena scratch;
	struct field fields[4];
	const char *text, *why = group ? "no such group" : NO_SUCH_USER;
	bool found = false;

	world_arena_open(w, &scratch);
	text = accounts_read(w, &scratch, group ? "/etc/group" : "/etc/passwd",
	    &why);
	while (text != NULL && !found && fields_next(&text, fields, 4)) {
		uint32_t uid, gid = 0;

		if (!field_id(&fields[2], &uid) ||
		    (!group && !field_id(&fields[3], &gid)) ||
		    fields[0].length >= sizeof(account->name))
			continue;
		found = name != NULL ? field_is(&fields[0], name) :
		    uid == account->uid;
		if (!found)
			continue;
		memcpy(account->name, fields[0].start, fields[0].length);
		account->name[fields[0].length] = '\0';
		account->uid = uid;
		account->gid = gid;
	}
	world_arena_close(w, &scratch);
	return found ? NULL : why;
}

/* Whether a name is in a list with commas. */
static bool
field_lists(const struct field *list, const char *name)
{
	size_t at = 0;

	while (at < list->length) {
		struct field item = { list->start + at, 0 };

		while (at + item.length < list->length &&
		    item.start[item.length] != ',')
			item.length++;
		if (field_is(&item, name))
			return true;
		at += item.length + 1;
	}
	return false;
}

/*
 * The groups of a user, `gid` first, into groups[GROUPS_MAX]; their number, or
 * 0 and *why when it cannot be told.
 */
static size_t
groups_of(struct world *w, uint32_t uid, uint32_t gid, gid_t *groups,
    const char **why)
{
	struct account account = { .uid = uid };
	struct arena scratch;
	struct field fields[4];
	const char *text;
	size_t count = 1;

	groups[0] = gid;
	*why = account_find(w, false, NULL, &account);
	if (*why != NULL)
		return strcmp(*why, NO_SUCH_USER) == 0 ? count : 0;
	world_arena_open(w, &scratch);
	text = accounts_read(w, &scratch, "/etc/group", why);
	if (text == NULL)
		count = 0;
	while (text != NULL && count < GROUPS_MAX &&
	    fields_next(&text, fields, 4)) {
		uint32_t id;

		if (field_id(&fields[2], &id) && id != gid &&
		    field_lists(&fields[3], account.name))
			groups[count++] = id;
	}
	world_arena_close(w, &scratch);
	return count;
}

/* -- who may run, and who could replace, a program -- */

/* The way along a path: what has been resolved, and what is left. */
struct walk {
	char		done[PATH_SIZE];	/* without links; "": / */
	char		rest[PATH_SIZE];
	uint32_t	uid;			/* who is to run it */
	const gid_t	*groups;
	size_t		group_count;
	unsigned	links;
	bool		insecure;	/* others than root could change it */
};

/* Whether the walk's user may execute a file, or search a directory. */
static bool
walk_may_pass(const struct walk *walk, const struct stat *status)
{
	if (walk->uid == 0)
		return S_ISDIR(status->st_mode) || status->st_mode & 0111;
	if (status->st_uid == walk->uid)
		return status->st_mode & S_IXUSR;
	for (size_t i = 0; i < walk->group_count; i++) {
		if (status->st_gid == walk->groups[i])
			return status->st_mode & S_IXGRP;
	}
	return status->st_mode & S_IXOTH;
}

/* Puts a link's target before what is left of the path. */
static const char *
walk_link(struct world *w, struct walk *walk)
{
	char target[PATH_SIZE];
	ssize_t length = readlink(walk->done, target, sizeof(target));
	size_t rest = strlen(walk->rest);
	char *slash = text_find_last(walk->done, '/');

	if (length < 0)
		return error_last(w);
	if (++walk->links > LINKS_MAX)
		return error_text(w->error, ELOOP);
	if ((size_t)length + rest + 1 >= sizeof(target))
		return error_text(w->error, ENAMETOOLONG);
	memmove(walk->rest + length + 1, walk->rest, rest + 1);
	memcpy(walk->rest, target, (size_t)length);
	walk->rest[length] = '/';
	if (target[0] == '/')
		walk->done[0] = '\0';
	else if (slash != NULL)
		*slash = '\0';
	return NULL;
}

/*
 * Looks at what has been resolved: goes on behind a link, and notes who could
 * change a file or directory.  NULL, or why the way ends here.
 */
static const char *
walk_look(struct world *w, struct walk *walk)
{
	struct stat status;
	bool more = walk->rest[span_of(walk->rest, "/")] != '\0';

	if (lstat(walk->done[0] == '\0' ? "/" : walk->done, &status) != 0)
		return error_last(w);
	if (S_ISLNK(status.st_mode))
		return walk_link(w, walk);
	if (status.st_uid != 0 || status.st_mode & (S_IWGRP | S_IWOTH))
		walk->insecure = true;
	if (more && !S_ISDIR(status.st_mode))
		return error_text(w->error, ENOTDIR);
	if (!more && !S_ISREG(status.st_mode))
		return "not a regular file";
	if (!walk_may_pass(walk, &status))
		return more ? "a directory above it may not be searched" :
		    "not executable";
	return NULL;
}

/* Moves the next part of the path from what is left to what is resolved. */
static const char *
walk_step(struct walk *walk)
{
	size_t skip = span_of(walk->rest, "/");
	size_t length = span_to(walk->rest + skip, "/");
	const char *part = walk->rest + skip;
	size_t done = strlen(walk->done);
	char *slash = text_find_last(walk->done, '/');

	if (length == 2 && memcmp(part, "..", 2) == 0) {
		if (slash != NULL)
			*slash = '\0';
	} else if (length > 0 && !(length == 1 && *part == '.')) {
		if (done + length + 2 > sizeof(walk->done))
			return "path too long";
		walk->done[done] = '/';
		memcpy(walk->done + done + 1, part, length);
		walk->done[done + 1 + length] = '\0';
	}
	memmove(walk->rest, part + length, strlen(part + length) + 1);
	return NULL;
}

/*
 * Whether an absolute path leads to a program that uid and these groups may
 * run: NULL, or why not.  *insecure tells that somebody else than root could
 * put another in its place: he owns it, a directory on the way, or one on the
 * way of a symbolic link, or may write there (T10).
 */
static const char *
path_walk(struct world *w, const char *path, uint32_t uid,
    const gid_t *groups, size_t group_count, bool *insecure)
{
	struct walk walk = { .uid = uid, .groups = groups,
	    .group_count = group_count };
	const char *why = NULL;

	*insecure = false;
	/* NOLINTNEXTLINE(clang-analyzer-*) it has a path */
	if (strlen(path) >= sizeof(walk.rest))
		return error_text(w->error, ENAMETOOLONG);
	memcpy(walk.rest, path, strlen(path) + 1);
	why = walk_look(w, &walk);
	while (why == NULL && walk.rest[span_of(walk.rest, "/")] != '\0') {
		why = walk_step(&walk);
		if (why == NULL)
			why = walk_look(w, &walk);
	}
	*insecure = walk.insecure;
	return why;
}

/*
 * The next candidate for a name without slash, from a list of directories with
 * colons: the path in buffer[PATH_SIZE], and *list moved on.  False at the end.
 */
static bool
path_search(const char **list, const char *name, char *buffer)
{
	while (**list != '\0') {
		size_t length = span_to(*list, ":");
		struct text t = text_over(buffer, PATH_SIZE);

		text_format(&t, "%.*s/%s", (int)length, *list, name);
		text_end(&t);
		*list += length + ((*list)[length] == ':');
		if (length > 0 && buffer[0] == '/' && !t.truncated)
			return true;
	}
	return false;
}

#define PATH_DEFAULT "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin" \
	":/sbin:/bin"

/* reader.script: see there.  Only what root runs can be insecure. */
static const char *
reader_script(const struct reader *reader, struct arena *arena,
    const char *path, uint32_t uid, uint32_t gid, const char **resolved,
    bool *insecure)
{
	struct world *w = reader->context;
	const char *list = environment_value("PATH");
	const char *why = "not found in $PATH";
	char candidate[PATH_SIZE];
	gid_t groups[GROUPS_MAX];
	const char *unknown = NULL;
	size_t count = uid == 0 ? 0 :
	    groups_of(w, uid, gid, groups, &unknown);
	struct text t = text_over(candidate, sizeof(candidate));

	*insecure = false;
	if (uid != 0 && count == 0)
		return unknown;
	if (list == NULL)
		list = PATH_DEFAULT;
	if (text_find(path, '/') != NULL) {
		why = text_absolute(w, &t, path);
		if (why == NULL)
			why = path_walk(w, candidate, uid, groups, count,
			    insecure);
	} else {
		while (why != NULL && path_search(&list, path, candidate)) {
			if (path_walk(w, candidate, uid, groups, count,
			    insecure) == NULL)
				why = NULL;
		}
	}
	*insecure = *insecure && uid == 0;
	*resolved = why == NULL ? arena_string(arena, candidate,
	    strlen(candidate)) : NULL;
	if (why == NULL && *resolved == NULL)
		why = "out of memory";
	return why;
}

/* -- patterns of file names: glob(3) would bring stdio and malloc -- */

/*
 * Whether a set in brackets, whose text starts behind '[', has the character.
 * *end is then behind its ']', or NULL: there is none, and '[' is itself.
 */
static bool
set_has(const char *set, char c, const char **end)
{
	bool others = *set == '!' || *set == '^', found = false;
	const char *start = set += others;

	while (*set != '\0' && (*set != ']' || set == start)) {
		char low = *set++, high = low;

		if (set[0] == '-' && set[1] != ']' && set[1] != '\0') {
			high = set[1];
			set += 2;
		}
		if (low <= c && c <= high)
			found = true;
	}
	*end = *set == ']' ? set + 1 : NULL;
	return found != others;
}

/*
 * Whether one character matches what stands at *pattern, which is moved behind
 * it: ?, [set], or a character, with \ for itself.
 */
static bool
pattern_takes(const char **pattern, const char *stop, char c)
{
	const char *at = *pattern, *end;

	if (*at == '?') {
		*pattern = at + 1;
		return true;
	}
	if (*at == '[') {
		bool has = set_has(at + 1, c, &end);

		if (end != NULL && end <= stop) {
			*pattern = end;
			return has;
		}
	}
	if (*at == '\\' && at + 1 < stop)
		at++;
	*pattern = at + 1;
	return *at == c;
}

/* Whether a name matches one part of a path, up to stop; * is any text. */
static bool
pattern_matches(const char *pattern, const char *stop, const char *name)
{
	while (pattern < stop && *pattern != '*') {
		if (*name == '\0' || !pattern_takes(&pattern, stop, *name))
			return false;
		name++;
	}
	if (pattern == stop)
		return *name == '\0';
	for (;; name++) {
		if (pattern_matches(pattern + 1, stop, name))
			return true;
		if (*name == '\0')
			return false;
	}
}

/* Paths in order. */
struct match {
	struct match	*next;
	const char	*path;
};

/*
 * Puts DIRECTORY/name[length] into a sorted list; the \ of a pattern are taken
 * from it.  False: out of memory.
 */
static bool
match_add(struct arena *arena, struct match **list, const char *directory,
    const char *name, size_t length, bool pattern)
{
	size_t start = strlen(directory);
	struct match *new = arena_take(arena, sizeof(*new));
	char *path = arena_take(arena, start + length + 2);

	if (new == NULL || path == NULL)
		return false;
	memcpy(path, directory, start);
	if (start > 0 && directory[start - 1] != '/')
		path[start++] = '/';
	for (size_t i = 0; i < length; i++) {
		if (pattern && name[i] == '\\' && i + 1 < length)
			i++;
		path[start++] = name[i];
	}
	while (*list != NULL && strcmp((*list)->path, path) < 0)
		list = &(*list)->next;
	*new = (struct match){ *list, path };
	*list = new;
	return true;
}

/*
 * Reads the name of the next entry from what getdents64(2) gave: inode 8,
 * offset 8, length 2, type 1, name with NUL.  NULL at the end.
 */
static const char *
directory_next(struct cursor *c)
{
	const uint8_t *rest;
	size_t length;

	cursor_bytes(c, 16);
	length = cursor_u16_native(c);
	if (length < 20)
		return NULL;
	rest = cursor_bytes(c, length - 18);
	return rest == NULL ? NULL : (const char *)rest + 1;
}

/* Whether errno says that a file is not there, and not that who knows. */
static bool
errno_is_absent(void)
{
	return errno == ENOENT || errno == ENOTDIR;
}

/*
 * Finds the entries of one directory whose names match pattern[length], those
 * that begin with a dot only if it does too.  False: out of memory, or it
 * cannot be read.
 */
static bool
directory_search(struct world *w, struct arena *arena, const char *directory,
    const char *pattern, size_t length, struct match **list)
{
	uint8_t buffer[2048];
	int fd = file_open(w, directory[0] == '\0' ? "." : directory,
	    O_RDONLY | O_DIRECTORY, 0);
	bool good = fd >= 0 || errno_is_absent();
	long got = 0;

	while (fd >= 0 && good && (got = syscall(SYS_getdents64, fd, buffer,
	    sizeof(buffer))) > 0) {
		struct cursor c = cursor_over(buffer, (size_t)got);
		const char *name;

		while (good && (name = directory_next(&c)) != NULL) {
			if ((name[0] != '.' || pattern[0] == '.') &&
			    pattern_matches(pattern, pattern + length, name))
				good = match_add(arena, list, directory, name,
				    strlen(name), false);
		}
	}
	world_close_fd(w, &fd);
	return good && got >= 0;
}

/*
 * Replaces the directories in *list by what matches the next part of a pattern
 * in them.  What has no wildcard is only appended: it may not exist.  False:
 * as directory_search.
 */
static bool
matches_descend(struct world *w, struct arena *arena, struct match **list,
    const char *part, size_t length)
{
	struct match *next = NULL;
	bool good = true;

	for (struct match *f = *list; good && f != NULL; f = f->next) {
		if (span_to(part, "*?[") < length)
			good = directory_search(w, arena, f->path, part,
			    length, &next);
		else
			good = match_add(arena, &next, f->path, part, length,
			    true);
	}
	*list = next;
	return good;
}

/* reader.glob: see there.  A path without wildcard is found if it exists. */
static int
reader_glob(const struct reader *reader, struct arena *arena,
    const char *pattern, const char ***paths)
{
	struct world *w = reader->context;
	struct arena scratch;
	struct match *list = NULL;
	struct stat status;
	int count = 0, room = 0;
	bool good;

	world_arena_open(w, &scratch);
	good = match_add(&scratch, &list, *pattern == '/' ? "/" : "", "", 0,
	    true);
	while (good && *pattern != '\0') {
		size_t length = span_to(pattern, "/");

		if (length > 0)
			good = matches_descend(w, &scratch, &list, pattern,
			    length);
		pattern += length + (pattern[length] == '/');
	}
	for (struct match *f = list; f != NULL; f = f->next)
		room++;
	*paths = arena_array(arena, (size_t)room + 1, sizeof(**paths));
	good = good && *paths != NULL;
	for (struct match *f = list; good && f != NULL; f = f->next) {
		if (lstat(f->path, &status) != 0) {
			good = errno_is_absent();
			continue;
		}
		(*paths)[count] = arena_string(arena, f->path,
		    strlen(f->path));
		good = (*paths)[count++] != NULL;
	}
	world_arena_close(w, &scratch);
	return good ? count : -1;
}

/* -- the rest of struct reader -- */

/* reader.open: see there.  keepalived skips what has an execute bit. */
static const char *
reader_open(const struct reader *reader, struct arena *arena,
    const char *path, size_t *length, const char **why)
{
	struct stat status;

	if (stat(path, &status) == 0 && S_ISREG(status.st_mode) &&
	    status.st_mode & 0111) {
		*why = "has an execute bit; keepalived skips such files";
		return NULL;
	}
	return file_read(reader->context, arena, path, length, why);
}

/* reader.environment: see there. */
static const char *
reader_environment(const struct reader *reader, const char *name)
{
	(void)reader;
	return environment_value(name);
}

/* reader.exposed: see there. */
static bool
reader_exposed(const struct reader *reader, const char *path)
{
	struct stat status;

	(void)reader;
	return stat(path, &status) == 0 && (status.st_mode & 066) != 0;
}

/* reader.host_name: see there; "" when the machine has none. */
static const char *
reader_host_name(const struct reader *reader)
{
	struct world *w = reader->context;

	return uname(&w->machine) == 0 ? w->machine.nodename : "";
}

/* reader.random: see there. */
static uint32_t
reader_random(const struct reader *reader)
{
	return world_random(reader->context);
}

/*
 * reader.user: see there.  A number need not be in /etc/passwd, which an
 * initramfs may not have; its group is then the same number.
 */
static const char *
reader_user(const struct reader *reader, const char *name, uint32_t *uid,
    uint32_t *gid)
{
	struct account account;
	struct field number = { name, strlen(name) };
	const char *why;

	if (name[0] == '\0') {
		*uid = geteuid();
		*gid = getegid();
		return NULL;
	}
	why = account_find(reader->context, false, name, &account);
	if (why != NULL && !field_id(&number, &account.uid))
		return why;
	if (why != NULL) {
		account.gid = account.uid;
		why = account_find(reader->context, false, NULL, &account);
	}
	/* NOLINTNEXTLINE(clang-analyzer-*) why says if it is set */
	*uid = account.uid;
	*gid = account.gid;
	return why != NULL && strcmp(why, NO_SUCH_USER) == 0 ? NULL : why;
}

/* reader.group: see there.  A number need not be in /etc/group. */
static const char *
reader_group(const struct reader *reader, const char *name, uint32_t *gid)
{
	struct account account;
	struct field number = { name, strlen(name) };
	const char *why = account_find(reader->context, true, name, &account);

	if (why != NULL)
		return field_id(&number, gid) ? NULL : why;
	/* NOLINTNEXTLINE(clang-analyzer-*) it was found */
	*gid = account.uid;
	return NULL;
}

/* reader.interfaces: see there. */
static int
reader_interfaces(const struct reader *reader, struct arena *arena,
    const char ***names)
{
	struct world *w = reader->context;
	struct arena scratch;
	struct field field;
	const char *text, *why;
	size_t length;
	int count = 0;
	bool told;

	world_arena_open(w, &scratch);
	text = file_read(w, &scratch, "/proc/net/dev", &length, &why);
	told = text != NULL;
	*names = arena_array(arena, length / 16 + 1, sizeof(**names));
	while (text != NULL && *names != NULL &&
	    fields_next(&text, &field, 1)) {
		size_t blanks = span_of(field.start, " ");

		if (field.start[field.length] != ':' || blanks >= field.length)
			continue;		/* the heading */
		(*names)[count] = arena_string(arena, field.start + blanks,
		    field.length - blanks);
		if ((*names)[count++] == NULL)
			*names = NULL;
	}
	world_arena_close(w, &scratch);
	return told && *names != NULL ? count : -1;
}

/* Fills in a reader that reads the machine's own files. */
static void
world_reader(struct world *w, struct reader *reader)
{
	*reader = (struct reader){
		.context = w, .open = reader_open, .glob = reader_glob,
		.environment = reader_environment,
		.host_name = reader_host_name, .random = reader_random,
		.exposed = reader_exposed,
		.user = reader_user, .group = reader_group,
		.script = reader_script, .interfaces = reader_interfaces,
	};
}

/* -- programs -- */

/* Whether programs get this variable, "NAME=value", of our environment. */
static bool
environment_passes(const char *variable)
{
	const char *name = "IFS=\0LD_PRELOAD=\0LD_LIBRARY_PATH=\0"
	    "NOTIFY_SOCKET=\0WATCHDOG_USEC=\0WATCHDOG_PID=\0";

	while (*name != '\0' && strncmp(variable, name, strlen(name)) != 0)
		name = list_next(name);
	return *name == '\0';
}

/*
 * Copies what programs get of an environment into to[], which has room for two
 * more than `from` has, and adds a PATH if there is none.
 */
static void
environment_clean(char *const *from, char **to)
{
	static char path[] = "PATH=" PATH_DEFAULT;
	bool has_path = false;

	for (; *from != NULL; from++) {
		if (!environment_passes(*from))
			continue;
		if (strncmp(*from, "PATH=", 5) == 0)
			has_path = true;
		*to++ = *from;
	}
	if (!has_path)
		*to++ = path;
	*to = NULL;
}

/*
 * Lays out the arguments of a command: its own, then those in extra[length],
 * each of which ends with a NUL.  False when they are more than ARGUMENTS_MAX.
 */
static bool
arguments_fill(const struct conf_command *command, const char *extra,
    size_t length, const char **argv)
{
	size_t count = 0, at = 0;

	while (command->argv[count] != NULL) {
		argv[count] = command->argv[count];
		if (++count == ARGUMENTS_MAX)
			return false;
	}
	while (at < length &&
	    byte_find(extra + at, length - at, '\0') != NULL) {
		argv[count] = extra + at;
		at += strlen(extra + at) + 1;
		if (++count == ARGUMENTS_MAX)
			return false;
	}
	argv[count] = NULL;
	return true;
}

/*
 * In the child: becomes the user that the command names.  NULL, or what
 * failed.  Who runs as that user already, stays as he is.
 */
static const char *
process_become(struct world *w, const struct conf_command *command)
{
	gid_t groups[GROUPS_MAX] = { command->gid };
	const char *why = NULL;
	size_t count = 1;

	if (command->uid == geteuid() && command->gid == getegid() &&
	    !command->supplementary)
		return NULL;
	if (command->supplementary)
		count = groups_of(w, command->uid, command->gid, groups, &why);
	if (count == 0)
		return why;
	if (syscall(SETGROUPS, count, groups) != 0 ||
	    syscall(SETGID, command->gid) != 0 ||
	    syscall(SETUID, command->uid) != 0)
		return error_last(w);
	return NULL;
}

/*
 * Makes another process, as fork does, which in libc takes locks against
 * threads that we do not have.
 */
static pid_t
process_fork(struct world *w)
{
	(void)w;
#ifdef SYS_fork
	return (pid_t)syscall(SYS_fork);
#else
	return (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
#endif
}

/* Sets how likely the kernel ends us when memory is short; whether it did. */
static bool
oom_set(struct world *w, int value)
{
	int fd = file_open(w, "/proc/self/oom_score_adj", O_WRONLY, 0);
	bool good = fd >= 0 && file_write_number(w, fd, value) == 0;

	world_close_fd(w, &fd);
	return good;
}

/*
 * In the child: signals, priority, session and directory as a program wants
 * them: NULL, or what failed.  What signals do, world_signals has made plain.
 */
static const char *
process_settle(struct world *w)
{
	struct sched_param param = { .sched_priority = 0 };
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	syscall(SYS_sched_setaffinity, 0, sizeof(w->cpus), &w->cpus);
	/* by number: musl's function only says ENOSYS */
	syscall(SYS_sched_setscheduler, 0, SCHED_OTHER, &param);
	setpriority(PRIO_PROCESS, 0, 0);
	prlimit(0, RLIMIT_NOFILE, &w->descriptors, NULL);
	if (w->outlives)
		oom_set(w, 0);
	syscall(SYS_prctl, PR_SET_TIMERSLACK, 50000UL, 0UL, 0UL, 0UL);
	setsid();
	if (!w->umask_asked)
		umask(022);
	return chdir("/") == 0 ? NULL : error_last(w);
}

/*
 * In the child: /dev/null for the standard files, and nothing else once the
 * program runs.  Descriptors of ours close by themselves; what Main was started
 * with need not.
 */
static void
process_close_files(struct world *w)
{
	int null = file_open(w, "/dev/null", O_RDWR, 0);
	long result = -1;

	for (int fd = 0; fd < 3; fd++) {
		if (null < 0 || dup2(null, fd) < 0)
			close(fd);
	}
#ifdef SYS_close_range
	result = syscall(SYS_close_range, 3, ~0U, 4U);	/* close on exec */
#endif
	for (int fd = 3; result != 0 && fd < FD_SETSIZE; fd++)
		syscall(FCNTL, fd, F_SETFD, FD_CLOEXEC);
}

/* In the child: TERM comes when the parent dies, however.  False: it has. */
static bool
process_tie(struct world *w, pid_t parent)
{
	(void)w;
	return syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGTERM, 0UL, 0UL,
	    0UL) != 0 || getppid() == parent;
}

/*
 * In the child: turns into the command.  A program that root runs is looked at
 * once more, if the configuration wants it (T10).  What is `tied` gets TERM
 * when we die, however that comes.
 */
static void __attribute__((noreturn))
process_run(struct world *w, const struct conf_command *command,
    const char *const *argv, bool tied, pid_t parent)
{
	bool insecure = false;
	const char *why = process_settle(w);

	if (why == NULL && command->uid == 0 &&
	    w->conf->global.script_security)
		why = path_walk(w, command->path, 0, NULL, 0, &insecure);
	if (insecure)
		why = "others than root could replace it";
	process_close_files(w);
	if (why == NULL)
		why = process_become(w, command);
	if (tied && !process_tie(w, parent))
		_exit(EXIT_NOT_RUN);
	if (why == NULL) {
		/* NOLINTNEXTLINE(clang-analyzer-*) it has a path */
		execve(command->path, (char *const *)(uintptr_t)argv,
		    w->environment);
		why = error_last(w);
	}
	world_log(w, LOG_LEVEL_ERROR, "%s: cannot be run: %s", command->path,
	    why);
	_exit(EXIT_NOT_RUN);
}

/*
 * Starts a command with more arguments, and keeps it in the table.  False when
 * it cannot be started; what happens in the child, its exit status tells.
 */
static bool
process_start(struct world *w, uint32_t index, uint32_t token,
    enum process_kind kind, const uint8_t *extra, size_t length)
{
	const struct conf_command *command;
	const char *argv[ARGUMENTS_MAX];
	const char *why = NULL;
	struct process *process = w->processes;
	pid_t parent = getpid(), pid;

	if (w->conf == NULL || index >= w->conf->command_count)
		return false;
	command = &w->conf->commands[index];
	while (process < w->processes + PROCESSES_MAX && process->pid != 0)
		process++;
	if (command->path == NULL)
		why = command->why;
	else if (process == w->processes + PROCESSES_MAX)
		why = "too many programs are running";
	else if (!arguments_fill(command, (const char *)extra, length, argv))
		why = "too many arguments";
	if (why == NULL) {
		pid = process_fork(w);
		if (pid == 0)
			process_run(w, command, argv, kind != PROCESS_NOTIFY,
			    parent);
		if (pid > 0) {
			*process = (struct process){ .pid = pid,
			    .token = token, .kind = (uint8_t)kind };
			return true;
		}
		why = error_last(w);
	}
	world_log(w, LOG_LEVEL_ERROR, "%s: cannot be run: %s",
	    command->argv[0], why);
	return false;
}

/*
 * Sends a signal to the program with this token, the reader of a FIFO or
 * another, and to all that it started; to it alone if it is new.  Returns
 * whether it runs.
 */
static bool
processes_signal(struct world *w, bool reader, uint32_t token, int number)
{
	bool runs = false;

	for (size_t i = 0; i < PROCESSES_MAX; i++) {
		struct process *process = &w->processes[i];

		if (process->pid == 0 || process->token != token ||
		    (process->kind == PROCESS_FIFO) != reader)
			continue;
		if (kill(-process->pid, number) != 0)
			kill(process->pid, number);
		process->signalled = runs = true;
		w->children = true;	/* it may have ended untold */
	}
	return runs;
}

/* EFFECT_RUN: where there is no room for its end, effect_signal tells it. */
static void
effect_run(struct world *w, const struct effect *effect, const uint8_t *bytes)
{
	if (!process_start(w, effect->index, effect->token, effect->value == 0 ?
	    PROCESS_CHECK : PROCESS_NOTIFY, bytes, effect->length))
		pending_add(w, EVENT_PROCESS, 0, effect->token,
		    EXIT_NOT_RUN << 8);
}

/* -- built-in checks -- */

#define CHECK_GOES_ON	(-1)	/* it has found nothing yet */
#define CHECK_ROUNDS	4	/* packets read before others have a turn */
#define OTHERS_READY	(1U << SOCKET_WAITED)	/* clients or checks are */

/* What it means for a check that a call failed. */
static int32_t
check_error(int error)
{
	switch (error) {
	case ECONNREFUSED:
		return FOUND_REFUSED;
	case ENETUNREACH:
	case EHOSTUNREACH:
	case ENETDOWN:
	case ETIMEDOUT:
		return FOUND_NO_WAY;
	case ECONNRESET:
	case EPIPE:
		return FOUND_CLOSED;
	case EAGAIN:
	case EINTR:
		return CHECK_GOES_ON;
	}
	/* NOLINTNEXTLINE(clang-analyzer-*) an errno is positive */
	return FOUND_ERROR | error << 8;
}

/* Connects the socket of a check to an address: what came of it so far. */
static int32_t
check_connect(struct world *w, struct check *check,
    const struct effect *effect)
{
	union endpoint to = { .in4 = { .sin_family = AF_INET,
	    .sin_port = htons((uint16_t)effect->value) } };
	bool ipv6 = check->ip.family == 6;
	int result;

	(void)w;
	memcpy(&to.in4.sin_addr, check->ip.bytes, 4);
	if (ipv6) {
		to.in6 = (struct sockaddr_in6){ .sin6_family = AF_INET6,
		    .sin6_port = htons((uint16_t)effect->value),
		    .sin6_scope_id = effect->ifindex };
		memcpy(&to.in6.sin6_addr, check->ip.bytes, 16);
	}
	result = connect(check->fd, &to.any, ipv6 ? sizeof(to.in6) :
	    sizeof(to.in4));
	return result == 0 || errno == EINPROGRESS ? CHECK_GOES_ON :
	    check_error(errno);
}

/* tcp, http: begins to connect. */
static int32_t
tcp_begin(struct world *w, struct check *check, const struct effect *effect)
{
	check->fd = socket_new(w, check->ip.family == 6 ? AF_INET6 : AF_INET,
	    SOCK_STREAM | SOCK_NONBLOCK, 0);
	return check->fd < 0 ? check_error(errno) :
	    check_connect(w, check, effect);
}

/*
 * Whether a connection has come about.  One to itself, which the kernel makes
 * when it chooses the port that nobody listens on, is none.
 */
static int32_t
tcp_connected(struct world *w, struct check *check)
{
	union endpoint ours = { .in4 = { 0 } }, theirs = { .in4 = { 0 } };
	socklen_t length = sizeof(int), size = sizeof(ours);
	socklen_t their_size = sizeof(theirs);
	int error = 0;

	(void)w;
	if (getsockopt(check->fd, SOL_SOCKET, SO_ERROR, &error, &length) != 0)
		error = errno;
	if (error != 0)
		return check_error(error);
	if (getsockname(check->fd, &ours.any, &size) == 0 &&
	    getpeername(check->fd, &theirs.any, &their_size) == 0 &&
	    size == their_size && memcmp(&ours, &theirs, size) == 0)
		return FOUND_REFUSED;
	check->connected = true;
	return check->kind == CHECK_TCP ? FOUND_GOOD : CHECK_GOES_ON;
}

/* tcp, http: goes on.  Of an answer no more is read than its status. */
static int32_t
tcp_go_on(struct world *w, struct check *check)
{
	ssize_t n;
	int status;

	if (!check->connected) {
		int32_t found = tcp_connected(w, check);

		if (found != CHECK_GOES_ON)
			return found;
	}
	if (check->sent < check->length) {
		n = send(check->fd, check->request + check->sent,
		    (size_t)(check->length - check->sent), MSG_NOSIGNAL);
		if (n < 0)
			return check_error(errno);
		check->sent = (uint16_t)(check->sent + n);
		return CHECK_GOES_ON;
	}
	n = recv(check->fd, check->answer + check->got,
	    sizeof(check->answer) - check->got, 0);
	if (n <= 0)
		return n == 0 ? FOUND_CLOSED : check_error(errno);
	check->got = (uint16_t)(check->got + n);
	status = http_status(check->answer, check->got);
	return status < 0 ? CHECK_GOES_ON : status == 0 ? FOUND_NO_HTTP :
	    FOUND_STATUS | status << 8;
}

/* ping: sends the request. */
static int32_t
ping_begin(struct world *w, struct check *check, const struct effect *effect)
{
	bool ipv6 = check->ip.family == 6;
	uint32_t others = ~1U;		/* than answers, of type 0 */
	struct icmp6_filter types;
	struct effect no_port = *effect;
	int32_t found;

	no_port.value = 0;
	check->fd = socket_new(w, ipv6 ? AF_INET6 : AF_INET, SOCK_RAW |
	    SOCK_NONBLOCK, ipv6 ? IPPROTO_ICMP6_ : IPPROTO_ICMP4_);
	if (check->fd < 0)
		return check_error(errno);
	memset(&types, 0xff, sizeof(types));	/* blocked */
	types.icmp6_filt[(ICMP6_ECHO + 1) / 32] &= ~(1U << (ICMP6_ECHO + 1) %
	    32);
	if (ipv6)
		setsockopt(check->fd, IPPROTO_ICMPV6, ICMP6_FILTER, &types,
		    sizeof(types));
	else
		setsockopt(check->fd, SOL_RAW, 1, &others, sizeof(others));
	found = check_connect(w, check, &no_port);
	if (found != CHECK_GOES_ON)
		return found;
	ping_encode(check->ip.family, (uint32_t)getpid(), check->token,
	    check->request);
	if (send(check->fd, check->request, PING_LENGTH, 0) < 0)
		return check_error(errno == EAGAIN ? ENOBUFS : errno);
	return CHECK_GOES_ON;
}

/* ping: looks for the answer in what came. */
static int32_t
ping_go_on(struct world *w, struct check *check)
{
	for (int round = 0; round < CHECK_ROUNDS; round++) {
		uint8_t packet[256];
		ssize_t n = recv(check->fd, packet, sizeof(packet), 0);

		(void)w;
		if (n < 0)
			return check_error(errno);
		if (ping_answers(check->ip.family, packet, (size_t)n,
		    check->request))
			return FOUND_GOOD;
	}
	return CHECK_GOES_ON;
}

/* route: asks for all routes; a kernel that can, tells of one table alone. */
static int32_t
route_begin(struct world *w, struct check *check, const struct effect *effect)
{
	check->prefix = (uint8_t)effect->value;
	check->length = (uint16_t)nl_routes_request(check->request,
	    sizeof(check->request), check->ip.family);
	check->fd = socket_new(w, AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK,
	    NETLINK_ROUTE);
	if (check->fd < 0)
		return check_error(errno);
	option_set(w, check->fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, 1);
	if (send(check->fd, check->request, check->length, 0) < 0)
		return check_error(errno);
	return CHECK_GOES_ON;
}

/* Looks for the route in a datagram. */
static int32_t
route_search(const struct check *check, struct cursor *c)
{
	struct nl_message message;

	while (nl_next(c, &message)) {
		int error;

		if (message.type == RTM_NEWROUTE && nl_route_serves(&message,
		    &check->ip, check->prefix))
			return FOUND_GOOD;
		if (message.type != NLMSG_DONE && message.type != NLMSG_ERROR)
			continue;
		error = nl_error_parse(&message);
		return error == 0 || error == ENOENT ? FOUND_NO_ROUTE :
		    check_error(error);
	}
	return CHECK_GOES_ON;
}

/* route: reads a part of the answer; what is behind the route is not read. */
static int32_t
route_go_on(struct world *w, struct check *check)
{
	for (int round = 0; round < CHECK_ROUNDS; round++) {
		ssize_t n = recv(check->fd, w->inbox.bytes, NETLINK_DATAGRAM,
		    0);
		struct cursor c = cursor_over(w->inbox.bytes[0], n < 0 ? 0 :
		    (size_t)n);
		int32_t found = n < 0 ? check_error(errno) :
		    route_search(check, &c);

		if (found != CHECK_GOES_ON || n < 0)
			return found;
	}
	return CHECK_GOES_ON;
}

/* pidfile: looks at once.  A process that is not collected has ended. */
static int32_t
pidfile_begin(struct world *w, struct check *check,
    const struct effect *effect)
{
	int fd = file_open(w, (const char *)check->request, O_RDONLY, 0);
	int32_t pid = fd < 0 ? 0 : file_number(w, fd);
	int error = fd < 0 || pid == 0 ? errno : 0;
	char stat[128];
	size_t length, name_length;

	(void)effect;
	world_close_fd(w, &fd);
	if (error != 0)
		return FOUND_NO_FILE | error << 8;
	if (pid <= 0)
		return FOUND_NO_NUMBER;
	length = process_read(w, (uint32_t)pid, "stat", stat, sizeof(stat));
	if (length > 0 ? process_name(stat, length, &name_length) != NULL :
	    kill(pid, 0) == 0 || errno == EPERM)
		return FOUND_GOOD;
	return FOUND_NO_PROCESS | (pid < INT32_MAX >> 8 ? pid << 8 : 0);
}

/* How checks begin, and go on when their descriptor is ready. */
static const struct {
	int32_t		(*begin)(struct world *, struct check *,
			    const struct effect *);
	int32_t		(*go_on)(struct world *, struct check *);
} check_rows[CHECK_KINDS] = {
	[CHECK_PIDFILE] = { pidfile_begin, NULL },
	[CHECK_TCP] = { tcp_begin, tcp_go_on },
	[CHECK_HTTP] = { tcp_begin, tcp_go_on },
	[CHECK_PING] = { ping_begin, ping_go_on },
	[CHECK_ROUTE] = { route_begin, route_go_on },
};

/* Ends a check with what it found; nothing of it is left once that is told. */
static void
check_finish(struct world *w, struct check *check, int32_t found)
{
	world_close_fd(w, &check->fd);
	check->value = found;
	if (!pending_add(w, EVENT_PROCESS, 0, check->token, found))
		return;			/* checks_go_on tries again */
	check->token = 0;
	w->check_count--;
}

/* EFFECT_CHECK */
static void
effect_check(struct world *w, const struct effect *effect,
    const uint8_t *bytes)
{
	struct check *check = w->checks;
	int32_t found;

	while (check < w->checks + CHECKS_MAX && check->token != 0)
		check++;
	if (check == w->checks + CHECKS_MAX) {
		pending_add(w, EVENT_PROCESS, 0, effect->token,
		    check_error(EMFILE));
		return;
	}
	memset(check, 0, offsetof(struct check, request));
	check->token = effect->token;
	check->fd = -1;
	check->kind = (uint8_t)effect->index;
	check->ip = effect->destination;
	check->length = effect->length;
	memcpy(check->request, bytes, effect->length);
	w->check_count++;
	found = check_rows[check->kind].begin(w, check, effect);
	if (found != CHECK_GOES_ON)
		check_finish(w, check, found);
}

/* Whether a check waits until it can send, rather than for an answer. */
static bool
check_sends(const struct check *check)
{
	return (check->kind == CHECK_TCP || check->kind == CHECK_HTTP) &&
	    (!check->connected || check->sent < check->length);
}

/* Goes on with the checks whose descriptors are ready. */
static void
checks_go_on(struct world *w)
{
	for (unsigned i = 0; w->check_count > 0 && i < CHECKS_MAX; i++) {
		struct check *check = &w->checks[i];
		int32_t found = check->value;

		if (check->token == 0 || (check->fd >= 0 && !check->ready))
			continue;
		check->ready = false;
		if (check->fd >= 0)
			found = check_rows[check->kind].go_on(w, check);
		if (found != CHECK_GOES_ON)
			check_finish(w, check, found);
	}
}

/* Ends the check with this token before it has found anything; is there one? */
static bool
checks_cancel(struct world *w, uint32_t token)
{
	for (unsigned i = 0; w->check_count > 0 && i < CHECKS_MAX; i++) {
		if (w->checks[i].token != token)
			continue;
		if (w->checks[i].fd >= 0)
			check_finish(w, &w->checks[i], check_error(ECANCELED));
		return true;
	}
	return false;
}

/*
 * EFFECT_SIGNAL.  What does not run has ended, and there may have been no room
 * to tell so: it is told now.  Of two ends only the first counts.
 */
static void
effect_signal(struct world *w, const struct effect *effect,
    const uint8_t *bytes)
{
	(void)bytes;
	if (!checks_cancel(w, effect->token) &&
	    !processes_signal(w, false, effect->token, effect->value))
		pending_add(w, EVENT_PROCESS, 0, effect->token,
		    EXIT_NOT_RUN << 8);
}

/* Notes that a program has ended. */
static void
process_collected(struct world *w, struct process *process, int status)
{
	if (process->kind == PROCESS_FIFO && !process->signalled) {
		w->fifos[process->token].unread = true;
		world_log(w, LOG_LEVEL_ERROR, "the reader of %s has ended: "
		    "events are not acted upon", w->fifos[process->token].path);
	} else if (process->kind == PROCESS_ONCE) {
		w->once_status = status;
	} else if (process->kind != PROCESS_FIFO) {
		pending_add(w, EVENT_PROCESS, 0, process->token, status);
	}
	process->pid = 0;
}

/*
 * The pid of a program that has ended and is not collected; 0: there is none,
 * or the kernel does not say, and is asked again at the next SIGCHLD or when
 * one is sent a signal because it seems to hang.
 */
static pid_t
process_ended_pid(struct world *w)
{
	siginfo_t ended;
	int result;

	(void)w;
	do {
		ended.si_pid = 0;
		result = waitid(P_ALL, 0, &ended, WEXITED | WNOHANG | WNOWAIT);
	} while (result != 0 && errno == EINTR);
	return result == 0 ? ended.si_pid : 0;
}

/*
 * Collects programs that have ended, as many as events may wait.  When one was
 * sent a signal, those that it started get KILL: while it is not collected, its
 * number is not given to others.  One whose status nobody knows has failed.
 */
static void
processes_reap(struct world *w)
{
	while (w->pending_count < PENDING_MAX) {
		struct process *process = w->processes;
		pid_t pid = process_ended_pid(w), got;
		int status = 0;

		if (pid == 0) {
			w->children = false;
			return;
		}
		while (process < w->processes + PROCESSES_MAX &&
		    process->pid != pid)
			process++;
		if (process < w->processes + PROCESSES_MAX &&
		    process->signalled)
			kill(-pid, SIGKILL);
		do {
			got = waitpid(pid, &status, 0);
		} while (got < 0 && errno == EINTR);
		if (got < 0)
			status = EXIT_NOT_RUN << 8;
		if (process < w->processes + PROCESSES_MAX)
			process_collected(w, process, status);
		if (got < 0)
			return;
	}
}

/* -- notify FIFOs -- */

/* Opens the FIFO of a configuration, made if need be; -1, and *why. */
static int
fifo_open(struct world *w, const struct conf *conf,
    const struct conf_fifo *fifo, bool *made, const char **why)
{
	mode_t before = umask(conf->global.umask_set ? conf->global.umask :
	    0177);
	struct stat status;
	int fd;

	*made = mkfifo(fifo->path, 0666) == 0;
	umask(before);
	fd = *made || errno == EEXIST ?
	    file_open(w, fifo->path, O_RDWR | O_NOFOLLOW, 0) : -1;
	*why = NULL;
	if (fd < 0 || file_status(w, fd, &status) != 0)
		*why = error_last(w);
	else if (!S_ISFIFO(status.st_mode))
		*why = "not a FIFO";
	else if (status.st_uid != geteuid() && status.st_uid != fifo->uid)
		*why = "belongs to another user";
	else if (*made &&
	    (fifo->uid != geteuid() || fifo->gid != getegid()) &&
	    syscall(FCHOWN, fd, fifo->uid, fifo->gid) != 0)
		*why = error_last(w);
	if (*why != NULL)
		world_close_fd(w, &fd);
	return fd;
}

/* Closes a FIFO, and removes it if we made it. */
static void
fifo_close(struct world *w, struct fifo *fifo)
{
	if (fifo->fd >= 0 && fifo->made)
		file_remove(w, fifo->fd, fifo->path);
	world_close_fd(w, &fifo->fd);
	fifo->path[0] = '\0';
}

/* Whether two FIFOs have the same reader, or none, in two configurations. */
static bool
fifo_same_reader(const struct conf *a, uint16_t in_a, const struct conf *b,
    uint16_t in_b)
{
	return in_a == NONE || in_b == NONE ? in_a == in_b :
	    command_is_same(&a->commands[in_a], &b->commands[in_b]);
}

/* Opens what the configuration wants in place of another FIFO, or of none. */
static void
fifo_replace(struct world *w, struct fifo *fifo, const struct conf_fifo *conf)
{
	const char *why = error_text(w->error, ENAMETOOLONG);

	fifo_close(w, fifo);
	if (conf->path == NULL)
		return;
	if (strlen(conf->path) < sizeof(fifo->path)) {
		memcpy(fifo->path, conf->path, strlen(conf->path) + 1);
		fifo->fd = fifo_open(w, w->conf, conf, &fifo->made, &why);
	}
	if (fifo->fd < 0)
		world_log(w, LOG_LEVEL_ERROR, "%s: no events are written: %s",
		    conf->path, why);
}

/*
 * Opens the FIFOs of the configuration in force, and starts their readers.  One
 * that was there before stays, with what is in it; so does its reader, if it
 * has not ended.
 */
static void
fifos_configure(struct world *w, const struct conf *old)
{
	for (uint32_t i = 0; i < FIFOS; i++) {
		const struct conf_fifo *conf = &w->conf->global.fifo[i];
		uint16_t script = w->conf->global.script[i];
		struct fifo *fifo = &w->fifos[i];
		bool same = conf->path != NULL && fifo->fd >= 0 &&
		    strcmp(conf->path, fifo->path) == 0;
		bool same_reader = same && old != NULL && !fifo->unread &&
		    fifo_same_reader(old, old->global.script[i], w->conf,
		    script);

		if (!same_reader)
			processes_signal(w, true, i, SIGTERM);
		if (!same)
			fifo_replace(w, fifo, conf);
		if (!same_reader && fifo->fd >= 0 && script != NONE)
			fifo->unread = !process_start(w, script, i,
			    PROCESS_FIFO, (const uint8_t *)fifo->path,
			    strlen(fifo->path) + 1);
	}
}

/* EFFECT_FIFO: one write, so that lines do not mix.  Nobody may be reading. */
static void
effect_fifo(struct world *w, const struct effect *effect, const uint8_t *bytes)
{
	char line[LINE_MAX_LOG + 1];
	struct fifo *fifo = &w->fifos[effect->index % FIFOS];
	size_t length = effect->length < LINE_MAX_LOG ? effect->length :
	    LINE_MAX_LOG;
	bool full;

	if (fifo->fd < 0)
		return;
	memcpy(line, bytes, length);
	line[length] = '\n';
	full = write(fifo->fd, line, length + 1) < 0;
	if (full && !fifo->full)
		world_log(w, LOG_LEVEL_WARNING, "%s: events are lost: %i",
		    fifo->path, errno);
	fifo->full = full;
}

/* -- tracked files -- */

/* Gives a tracked file its first value, if that is wanted (not by doctor). */
static void
file_initialize(struct world *w, const struct conf_file *conf, bool start)
{
	int fd, error;

	if (!conf->init || w->looks_on)
		return;
	fd = file_open(w, conf->path, O_WRONLY | O_CREAT | O_NOFOLLOW |
	    (conf->init_overwrite && start ? O_TRUNC : O_EXCL), 0644);
	if (fd < 0 && errno == EEXIST)
		return;
	error = fd < 0 ? errno : file_write_number(w, fd, conf->init_value);
	world_close_fd(w, &fd);
	if (error != 0)
		world_log(w, LOG_LEVEL_ERROR, "%s: cannot be written: %i",
		    conf->path, error);
}

/*
 * Watches the directory of a tracked file, and those above it, lest one is
 * moved away.  If that cannot be, as while it does not exist, the file is read
 * once a second, which is said once; and so is one that a symbolic link leads
 * to, or to one of its directories.
 */
static void
file_watch(struct world *w, struct watched *file)
{
	char directory[PATH_SIZE], first;
	size_t length = (size_t)(file->name - file->path);
	int before = file->watch, *fd = &w->fd[SOCKET_FILES];

	file->linked = false;
	for (size_t i = 0; i < sizeof(directory); i++) {
		directory[i] = '\0';
		if (file->path[i] == '/' || file->path[i] == '\0')
			file->linked |= readlink(directory, &first, 1) > 0;
		if (file->path[i] == '\0')
			break;
		directory[i] = file->path[i];
	}
	if (file->linked)
		world_retry_soon(w);
	if (before >= 0 || length >= sizeof(directory))
		return;
	directory[0] = length == 0 ? '.' : file->path[0];
	directory[length + (length == 0)] = '\0';
	if (*fd < 0)
		*fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	for (size_t i = 1; *fd >= 0 && i < length; i++) {
		if (directory[i] != '/')
			continue;
		directory[i] = '\0';
		inotify_add_watch(*fd, directory, IN_MOVE_SELF | IN_MASK_ADD);
		directory[i] = '/';
	}
	if (*fd >= 0)
		file->watch = inotify_add_watch(*fd, directory, IN_CLOSE_WRITE |
		    IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_MOVE_SELF);
	if (file->watch >= 0)
		return;
	file->watch = WATCH_FAILED;
	world_retry_soon(w);
	if (before != WATCH_FAILED)
		world_log(w, LOG_LEVEL_WARNING, "%s: is only read once a "
		    "second: %s: %i", file->path, directory, errno);
}

/* Room for `count` objects that live as long as World, if *there is none. */
static bool
room_take(struct world *w, void *there, bool wanted, size_t count, size_t size)
{
	void *room;

	memcpy(&room, there, sizeof(room));
	if (!wanted || room != NULL)
		return true;
	room = arena_array(&w->memory, count, size);
	w->memory.failed = false;	/* the next time there may be some */
	memcpy(there, &room, sizeof(room));
	return room != NULL;
}

/*
 * Makes room for what a configuration will need of World, so that putting it
 * into force cannot fail.  False: out of memory.
 */
static bool
world_prepare(struct world *w, const struct conf *conf)
{
	struct watched *files = NULL;
	size_t room = 2 * (size_t)conf->file_count;
	bool checks = false;

	for (uint16_t i = 0; i < conf->script_count; i++)
		checks = checks || conf->scripts[i].check.kind != CHECK_COMMAND;
	if (!room_take(w, &w->checks, checks, CHECKS_MAX, sizeof(*w->checks)) ||
	    !room_take(w, &w->sightings.all, conf->process_count > 0,
	    SIGHTINGS_MAX, sizeof(*w->sightings.all)))
		return false;
	if (conf->file_count <= w->file_room)
		return true;
	if (room > UINT16_MAX)
		room = UINT16_MAX;
	if (!room_take(w, &files, true, room, sizeof(*files)))
		return false;
	if (w->file_count > 0)
		/* NOLINTNEXTLINE(clang-analyzer-*) taken above */
		memcpy(files, w->files, w->file_count * sizeof(*files));
	w->files = files;
	w->file_room = (uint16_t)room;
	return true;
}

/*
 * Watches the tracked files of the configuration in force, and none else.
 * Their values are told by world_pending.
 */
static void
files_configure(struct world *w, bool start)
{
	const struct conf *conf = w->conf;

	world_close_fd(w, &w->fd[SOCKET_FILES]);
	w->file_count = conf->file_count;
	for (uint16_t i = 0; i < conf->file_count; i++) {
		const char *path = conf->files[i].path;

		w->files[i] = (struct watched){ .watch = -1, .changed = true,
		    .path = path, .name = path_name(path) };
		file_initialize(w, &conf->files[i], start);
	}
}

/*
 * Notes that something happened to `name` in a watched directory.  If that one
 * is gone or has another name, or events were lost, all of them are looked for
 * anew.
 */
static void
files_changed(struct world *w, int watch, const char *name, uint32_t mask)
{
	bool all = mask & (IN_IGNORED | IN_MOVE_SELF | IN_Q_OVERFLOW);

	if (all)
		world_close_fd(w, &w->fd[SOCKET_FILES]);
	for (uint16_t i = 0; i < w->file_count; i++) {
		struct watched *file = &w->files[i];

		if (all || (file->watch == watch && name != NULL &&
		    strcmp(file->name, name) == 0))
			file->changed = true;
		if (all && file->watch >= 0)
			file->watch = -1;
	}
}

/*
 * Reads a part of what inotify has to tell: who writes into a directory without
 * end holds up nothing else.
 */
static void
files_receive(struct world *w)
{
	uint8_t buffer[4096];
	ssize_t got = read(w->fd[SOCKET_FILES], buffer, sizeof(buffer));
	struct cursor c = cursor_over(buffer, got < 0 ? 0 : (size_t)got);

	while (cursor_left(&c) > 0) {
		int watch = (int)cursor_u32_native(&c);
		uint32_t mask = cursor_u32_native(&c), length;
		const uint8_t *name;

		cursor_u32_native(&c);			/* cookie */
		length = cursor_u32_native(&c);
		name = cursor_bytes(&c, length);
		if (name == NULL)
			break;
		files_changed(w, watch, length == 0 ? NULL :
		    (const char *)name, mask);
	}
}

/*
 * Reads the value of a tracked file, 0 when there is none, and watches it.  One
 * that cannot be read has no new value: false, a message, and it is tried again
 * a while later.
 */
static bool
file_value(struct world *w, struct watched *file, int32_t *value)
{
	bool before = file->failed;
	int fd;

	file_watch(w, file);
	fd = file_open(w, file->path, O_RDONLY, 0);
	*value = 0;
	if (fd < 0 && errno_is_absent())
		errno = 0;
	else if (fd >= 0)
		*value = file_number(w, fd);
	file->changed = false;
	file->failed = errno != 0;
	if (file->failed)
		world_retry_soon(w);
	if (file->failed && !before)
		world_log(w, LOG_LEVEL_WARNING, "%s: cannot be read: %i; what "
		    "it was before counts", file->path, errno);
	before = !file->failed;
	world_close_fd(w, &fd);
	return before;
}

/* Feeds the values of tracked files that have changed; whether there were. */
static bool
files_feed(struct world *w, void (*feed)(struct world *, const struct event *))
{
	bool any = false;

	for (uint16_t i = 0; i < w->file_count; i++) {
		struct event event = { .kind = EVENT_FILE, .index = i };

		if (w->files[i].changed &&
		    file_value(w, &w->files[i], &event.value)) {
			feed(w, &event);
			any = true;
		}
	}
	return any;
}

/* -- tracked processes -- */

/*
 * They are found by looking through /proc, a part of it in each turn, so that
 * no packet waits for that.  Where the kernel tells of processes that begin and
 * end (connector(7): CONFIG_PROC_EVENTS, and only to who is root of the first
 * namespaces) that is done seldom, to mend what was lost; elsewhere often.
 */

/* Opens the connector, before we may leave the first network namespace. */
static void
processes_open(struct world *w)
{
	int *fd = &w->fd[SOCKET_PROCESSES];
	struct filter f;

	if (*fd >= 0)
		return;
	*fd = socket_new(w, AF_NETLINK, SOCK_DGRAM | SOCK_NONBLOCK,
	    NETLINK_CONNECTOR);
	filter_constant(&f, FILTER_NONE);
	filter_attach(w, SOCKET_PROCESSES, &f);
}

/* Asks the kernel to tell of processes, or no longer to. */
static void
processes_listen(struct world *w, bool listen)
{
	union endpoint group = { .netlink = { .nl_family = AF_NETLINK,
	    .nl_groups = CN_PROCESSES } };
	uint8_t request[NETLINK_MAX];
	size_t length = nl_process_request(request, sizeof(request),
	    listen ? CN_LISTEN : CN_IGNORE);
	struct filter f;
	int fd = w->fd[SOCKET_PROCESSES];

	if (fd < 0 || listen == w->sightings.listening)
		return;
	filter_processes(&f, listen);
	filter_attach(w, SOCKET_PROCESSES, &f);
	if (listen && !option_set(w, fd, SOL_SOCKET, SO_RCVBUFFORCE,
	    PACKET_BUFFER))
		option_set(w, fd, SOL_SOCKET, SO_RCVBUF, PACKET_BUFFER);
	w->sightings.listening = listen;
	bind(fd, &group.any, sizeof(group.netlink));	/* once is for ever */
	send(fd, request, length, 0);	/* what it tells, will show */
}

/* Notes whether a process is one that a tracker is about. */
static void
sighting_set(struct world *w, uint32_t pid, uint16_t tracker, bool is_one)
{
	struct sightings *s = &w->sightings;
	unsigned i = 0;

	while (i < s->count && (s->all[i].pid != pid ||
	    s->all[i].tracker != tracker))
		i++;
	if (i < s->count && is_one) {
		s->all[i].seen = true;
		return;
	}
	if (i == s->count && (!is_one || s->count == SIGHTINGS_MAX))
		return;
	if (is_one)
		s->all[s->count++] = (struct sighting){ pid, tracker, true };
	else
		s->all[i] = s->all[--s->count];
	s->changed = true;
}

/* Whether errno says that who asked got no answer, as there was no room. */
static bool
errno_is_scarce(void)
{
	return errno == ENOMEM || errno == EMFILE || errno == ENFILE;
}

/*
 * Looks at a process: which trackers is it one of?  None if it has ended; as
 * before if it cannot be seen.
 */
static void
process_look(struct world *w, uint32_t pid)
{
	char stat[128], command[CMDLINE_MAX];
	size_t name_length = 0, command_length = SIZE_MAX, length;
	const char *name;

	errno = 0;
	length = process_read(w, pid, "stat", stat, sizeof(stat));
	name = process_name(stat, length, &name_length);
	for (uint16_t i = 0; i < w->conf->process_count; i++) {
		const struct conf_process *conf = &w->conf->processes[i];
		bool by_command = process_by_command(conf);

		if (!conf->used)
			continue;
		if (by_command && name != NULL && command_length == SIZE_MAX)
			command_length = process_read(w, pid, "cmdline",
			    command, sizeof(command));
		if (errno_is_scarce()) {
			w->sightings.blind = true;
			return;
		}
		sighting_set(w, pid, i, name != NULL && (by_command ?
		    process_matches(conf, command, command_length) :
		    process_matches(conf, name, name_length)));
	}
}

/* Looks again at the processes that were found before: have they ended? */
static void
sightings_look(struct world *w)
{
	struct sightings *s = &w->sightings;

	for (unsigned i = s->count; i > 0; i--) {
		if (i <= s->count)
			process_look(w, s->all[i - 1].pid);
	}
}

/*
 * All of /proc was looked through: what did not stand there is gone.  If not
 * all could be seen, what was known before counts.
 */
static void
scan_end(struct world *w)
{
	struct sightings *s = &w->sightings;

	for (unsigned i = s->count; i > 0 && !s->blind; i--) {
		if (s->all[i - 1].seen)
			continue;
		s->all[i - 1] = s->all[--s->count];
		s->changed = true;
	}
	s->changed = s->changed || !s->complete;
	s->complete = s->complete || !s->blind;
	world_close_fd(w, &s->proc);
	s->scan_at = world_now(w) + (s->told_of && !s->blind ? SCAN_RARELY_US :
	    SCAN_US);
}

/* Begins to look through /proc, or looks through another part of it. */
static void
processes_scan(struct world *w)
{
	struct sightings *s = &w->sightings;
	uint8_t buffer[1024];		/* some 40 processes */
	const char *name;
	int64_t pid;
	struct cursor c;
	long got;

	if (s->proc < 0) {
		for (unsigned i = 0; i < s->count; i++)
			s->all[i].seen = false;
		s->proc = file_open(w, "/proc", O_RDONLY | O_DIRECTORY, 0);
		s->blind = s->proc < 0 && errno_is_scarce();
	}
	got = syscall(SYS_getdents64, s->proc, buffer, sizeof(buffer));
	if (got <= 0) {
		s->blind |= got < 0 && errno_is_scarce();
		scan_end(w);
		return;
	}
	c = cursor_over(buffer, (size_t)got);
	while ((name = directory_next(&c)) != NULL) {
		if (number_parse(name, &pid) && pid > 0 && pid <= INT32_MAX)
			process_look(w, (uint32_t)pid);
	}
}

/* When there is a look at processes to be taken; NEVER: nothing to look for. */
static usec_t
processes_due(struct world *w)
{
	struct sightings *s = &w->sightings;

	if (s->proc >= 0 || (s->changed && s->complete))
		return 0;
	return usec_min(s->scan_at, s->told_of || s->count == 0 ? NEVER :
	    s->known_at);
}

/* Takes what the kernel tells of one process. */
static void
process_told(struct world *w, const struct process_news *news)
{
	struct sightings *s = &w->sightings;
	bool known = news->what == PROCESS_EXEC || news->what == PROCESS_NAMED;
	uint32_t kin = news->what == PROCESS_FORK ? news->parent : news->pid;

	for (unsigned i = 0; i < s->count && !known; i++)
		known = s->all[i].pid == kin;
	if (!known)
		return;
	if (news->what != PROCESS_ENDED) {
		process_look(w, news->pid);
		return;
	}
	for (uint16_t i = 0; i < w->conf->process_count; i++)
		sighting_set(w, news->pid, i, false);
}

/*
 * Receives what the kernel tells of processes; that anything comes shows that
 * it does.  When something was lost, /proc is looked through.
 */
static void
processes_receive(struct world *w)
{
	struct sightings *s = &w->sightings;

	for (int round = 0; round < SIGHTINGS_ROUNDS; round++) {
		uint8_t datagram[512];
		union endpoint sender = { .netlink = { .nl_pid = 1 } };
		socklen_t size = sizeof(sender.netlink);
		ssize_t length = recvfrom(w->fd[SOCKET_PROCESSES], datagram,
		    sizeof(datagram), MSG_DONTWAIT, &sender.any, &size);
		struct cursor c = cursor_over(datagram, length < 0 ? 0 :
		    (size_t)length);
		struct nl_message message;

		if (length < 0 && errno == ENOBUFS)
			s->scan_at = world_now(w);
		else if (length < 0)
			return;
		while (sender.netlink.nl_pid == 0 && nl_next(&c, &message)) {
			struct process_news news = nl_process_parse(&message);

			s->told_of = true;
			process_told(w, &news);
		}
	}
}

/* Looks for the processes of the configuration in force, and none else. */
static void
processes_configure(struct world *w)
{
	struct sightings *s = &w->sightings;
	bool wanted = false;

	for (uint16_t i = 0; i < w->conf->process_count; i++)
		wanted = wanted || w->conf->processes[i].used;
	memset(s->told, 0xff, sizeof(s->told));
	s->count = 0;
	s->complete = s->changed = false;
	world_close_fd(w, &s->proc);
	s->scan_at = wanted ? 0 : NEVER;
	s->known_at = 0;
	if (wanted)
		processes_open(w);
	processes_listen(w, wanted);
	s->told_of = s->told_of && wanted;
}

/*
 * Looks at processes if it is time to, and feeds how many there are of those
 * whose number has changed; whether there were.
 */
static bool
processes_feed(struct world *w, usec_t now,
    void (*feed)(struct world *, const struct event *))
{
	struct sightings *s = &w->sightings;
	uint32_t counts[TRACKED_PROCESSES] = { 0 };
	bool any = false;

	if (s->proc >= 0 || s->scan_at <= now) {
		processes_scan(w);
	} else if (!s->told_of && s->known_at <= now) {
		sightings_look(w);
		s->known_at = now + SCAN_KNOWN_US;
	}
	if (!s->complete || !s->changed)
		return false;
	s->changed = false;
	for (unsigned i = 0; i < s->count; i++)
		counts[s->all[i].tracker]++;
	for (uint16_t i = 0; i < w->conf->process_count; i++) {
		struct event event = { .kind = EVENT_COUNT, .index = i,
		    .value = (int32_t)counts[i] };

		if (!w->conf->processes[i].used || s->told[i] == counts[i])
			continue;
		s->told[i] = counts[i];
		feed(w, &event);
		any = true;
	}
	return any;
}

/* -- carrying out -- */

/* EFFECT_DUMP: begun by world_pending, since its marks must be fed. */
static void
effect_dump(struct world *w, const struct effect *effect, const uint8_t *bytes)
{
	(void)bytes;
	w->dump.wanted = true;
	w->dump.entries = effect->value != 0;
}

/* EFFECT_SYSCTL: what is not there, as IPv6 in some kernels, needs none. */
static void
effect_sysctl(struct world *w, const struct effect *effect,
    const uint8_t *bytes)
{
	const char *path = (const char *)bytes;
	int fd = file_open(w, path, O_WRONLY, 0);
	char value = (char)('0' + effect->value);

	if ((fd < 0 && errno != ENOENT) || (fd >= 0 &&
	    write(fd, &value, 1) < 0))
		world_log(w, LOG_LEVEL_WARNING, "cannot set %s: %i", path,
		    errno);
	world_close_fd(w, &fd);
}

/* EFFECT_LOG */
static void
effect_line(struct world *w, const struct effect *effect, const uint8_t *bytes)
{
	world_log_line(w, (enum log_level)effect->value, (const char *)bytes,
	    effect->length);
}

/* EFFECT_STOPPED */
static void
effect_stopped(struct world *w, const struct effect *effect,
    const uint8_t *bytes)
{
	(void)effect;
	(void)bytes;
	w->stopped = true;
}

/*
 * What carries out effects that do not go into a batch.  Those from EFFECT_RUN
 * on wait until the network has got its own: a fork takes its time.
 */
static void (*const carriers[EFFECT_KINDS])(struct world *,
    const struct effect *, const uint8_t *) = {
	[EFFECT_DUMP] = effect_dump, [EFFECT_JOIN] = effect_join,
	[EFFECT_LEAVE] = effect_leave, [EFFECT_SYSCTL] = effect_sysctl,
	[EFFECT_RUN] = effect_run, [EFFECT_CHECK] = effect_check,
	[EFFECT_SIGNAL] = effect_signal, [EFFECT_FIFO] = effect_fifo,
	[EFFECT_LOG] = effect_line, [EFFECT_STOPPED] = effect_stopped,
};

/* Whether an effect leaves the machine and its links as they are (doctor). */
static bool
effect_looks_on(const struct effect *effect)
{
	const uint32_t harmless = 1U << EFFECT_DUMP | 1U << EFFECT_JOIN |
	    1U << EFFECT_LEAVE | 1U << EFFECT_CHECK | 1U << EFFECT_SIGNAL |
	    1U << EFFECT_STOPPED;

	return harmless >> effect->kind & 1 ||
	    (effect->kind == EFFECT_RUN && effect->value == 0);
}

/* Puts an effect into the batch, or carries it out, or keeps it for later. */
static void
effect_carry(struct world *w, const struct effect *effect, const uint8_t *bytes)
{
	enum world_socket socket = effect_socket(effect);
	struct batch *batch = &w->batch;

	if (effect->kind >= EFFECT_KINDS ||
	    (w->looks_on && !effect_looks_on(effect)))
		return;
	if (effect->kind >= EFFECT_RUN) {
		effect_add(&w->late, effect, bytes, effect->length);
		return;
	}
	if (batch->count > 0 && (socket != batch->socket ||
	    batch->count == BATCH_MAX))
		batch_flush(w);
	if (socket != SOCKET_KINDS)
		batch_add(batch, socket, effect, bytes);
	else
		carriers[effect->kind](w, effect, bytes);
}

/*
 * Carries out late effects until a moment; NEVER: all of them.  Memory that a
 * burst of them took goes back when they are done.
 */
static void
late_carry(struct world *w, usec_t until)
{
	const struct effect *effect;
	const uint8_t *bytes;

	while ((effect = effect_next(&w->late, &w->late_at, &bytes)) != NULL) {
		carriers[effect->kind](w, effect, bytes);
		if (until != NEVER && world_now(w) >= until)
			break;
	}
	if (w->late_at < w->late.at)
		return;
	if (w->late.at > w->late.start + LATE_KEPT)
		madvise(w->late.start + LATE_KEPT, LATE_BYTES - LATE_KEPT,
		    MADV_DONTNEED);
	w->late_at = w->late.at = w->late.start;
}

/* effects.drain of the late ones: they have become too many. */
static void
late_drain(struct effects *late)
{
	late_carry(late->context, NEVER);
}

/* Empties the queue: carries out what concerns the network, keeps the rest. */
static void
queue_carry(struct world *w, struct effects *out)
{
	const struct effect *effect;
	const uint8_t *bytes;
	uint8_t *at = out->start;

	while ((effect = effect_next(out, &at, &bytes)) != NULL)
		effect_carry(w, effect, bytes);
	batch_flush(w);
	out->at = out->start;
}

/* effects.drain of the daemon's queue. */
static void
world_drain(struct effects *out)
{
	queue_carry(out->context, out);
}

/*
 * Carries out everything in the queue and empties it: in order, and at once,
 * what concerns the network; then, in order, the rest, as far as it goes in
 * LATE_US.  World_pending goes on with it.  The core is not fed.
 */
static void
world_carry_out(struct world *w, struct effects *out)
{
	queue_carry(w, out);
	if (w->late.at > w->late.start)
		late_carry(w, world_now(w) + LATE_US);
}

/* -- receiving -- */

/*
 * Makes an event of the n-th packet received.  False when it is not for the
 * core: an outgoing or not Ethernet frame, or an advertisement of a neighbour
 * that a router forwarded (RFC 4861 7.1.2).
 */
static bool
inbox_event(const struct inbox *inbox, unsigned n, enum world_socket which,
    struct event *event)
{
	const struct msghdr *message = &inbox->messages[n].msg_hdr;
	const union control *control = &inbox->controls[n];
	const union endpoint *sender = &inbox->senders[n];
	size_t length = message->msg_controllen;
	struct in_pktinfo info4;
	struct in6_pktinfo info6;
	int hop_limit = 0;

	*event = (struct event){ .kind = which == SOCKET_ARP ||
	    which == SOCKET_ND ? EVENT_NEIGHBOUR : EVENT_FRAME, .family = 4,
	    .protocol = which == SOCKET_AH ? IPPROTO_AH_ : IPPROTO_VRRP_,
	    .bytes = inbox->bytes[n], .length = inbox->messages[n].msg_len };
	if (which == SOCKET_ARP) {
		event->ifindex = (uint32_t)sender->packet.sll_ifindex;
		return sender->packet.sll_hatype == ARPHRD_ETHERNET &&
		    sender->packet.sll_pkttype != PACKET_OUTGOING;
	}
	if (which >= SOCKET_BFD4 && which <= SOCKET_BFD6_HOPS) {
		event->kind = EVENT_BFD;
		event->index = (which - SOCKET_BFD4) & 1;
	}
	if (which < SOCKET_BFD6 && which != SOCKET_VRRP6) {
		ip_set(&event->source, 4,
		    (const uint8_t *)&sender->in4.sin_addr);
		if (control_find(control, length, IPPROTO_IP, IP_PKTINFO,
		    &info4, sizeof(info4))) {
			event->ifindex = (uint32_t)info4.ipi_ifindex;
			ip_set(&event->destination, 4,
			    (const uint8_t *)&info4.ipi_addr);
		}
		if (control_find(control, length, IPPROTO_IP, IP_TTL,
		    &hop_limit, sizeof(hop_limit)))
			event->hop_limit = (uint8_t)hop_limit;
		return true;
	}
	event->family = 6;
	ip_set(&event->source, 6, sender->in6.sin6_addr.s6_addr);
	if (control_find(control, length, IPPROTO_IPV6, IPV6_PKTINFO, &info6,
	    sizeof(info6))) {
		event->ifindex = info6.ipi6_ifindex;
		ip_set(&event->destination, 6, info6.ipi6_addr.s6_addr);
	}
	if (control_find(control, length, IPPROTO_IPV6, IPV6_HOPLIMIT,
	    &hop_limit, sizeof(hop_limit)))
		event->hop_limit = (uint8_t)hop_limit;
	return which != SOCKET_ND || hop_limit == 255;
}

/* Receives up to INBOX_MAX packets; their number, 0: none, -1: an error. */
static int
inbox_receive(struct world *w, enum world_socket which)
{
	struct inbox *inbox = &w->inbox;

	for (unsigned i = 0; i < INBOX_MAX; i++) {
		struct msghdr *message = &inbox->messages[i].msg_hdr;

		inbox->vectors[i] = (struct iovec){ inbox->bytes[i],
		    MESSAGE_MAX };
		memset(message, 0, sizeof(*message));
		message->msg_name = &inbox->senders[i];
		message->msg_namelen = sizeof(inbox->senders[i]);
		message->msg_iov = &inbox->vectors[i];
		message->msg_iovlen = 1;
		message->msg_control = &inbox->controls[i];
		message->msg_controllen = sizeof(inbox->controls[i]);
	}
	return recvmmsg(w->fd[which], inbox->messages, INBOX_MAX, MSG_DONTWAIT,
	    NULL);
}

/* Notes that a dump has failed: it is tried again a second later. */
static void
dump_failed(struct world *w, int error)
{
	world_log(w, LOG_LEVEL_ERROR, "the kernel does not list links and "
	    "addresses: %i", error);
	w->dump.type = 0;
	w->dump.wanted = true;
	w->dump.not_before = world_now(w) + SECOND_US;
}

/* Notes that something changed while a dump was under way. */
static void
dump_doubt(struct world *w)
{
	if (!w->dump.doubtful)
		world_retry_soon(w);
	w->dump.doubtful = true;
}

/* Asks for a dump of links or of addresses, and feeds the mark of its begin. */
static void
dump_begin(struct world *w, uint16_t type,
    void (*feed)(struct world *, const struct event *))
{
	struct event mark = { .kind = EVENT_NETLINK, .value =
	    type == RTM_GETLINK ? DUMP_LINKS : DUMP_ADDRESSES };
	uint8_t request[NETLINK_MAX];
	size_t length = nl_dump_request(request, sizeof(request), type,
	    ++w->dump.seq);

	w->dump.type = type;
	w->dump.interrupted = false;
	if (type < RTM_GETROUTE)
		feed(w, &mark);
	if (send(w->fd[SOCKET_NETLINK], request, length, 0) < 0)
		dump_failed(w, errno);
}

/*
 * When a dump is to begin; NEVER: none is wanted, or one is under way.  After
 * an overrun the kernel goes on dropping reports, without another word, until
 * its queue is empty: only a dump that begins later shows them.
 */
static usec_t
dump_due(struct world *w)
{
	return w->dump.wanted && w->dump.type == 0 && !w->netlink_full ?
	    w->dump.not_before : NEVER;
}

/* One part of a dump has ended: goes on with the next one, or tells so. */
static void
dump_ended(struct world *w,
    void (*feed)(struct world *, const struct event *))
{
	struct event mark = { .kind = EVENT_NETLINK, .value = DUMP_DONE };

	if (w->dump.interrupted || w->dump.wanted) {
		w->dump.wanted = true;
		w->dump.type = 0;
	} else if (w->dump.type == RTM_GETLINK) {
		dump_begin(w, RTM_GETADDR, feed);
	} else if (w->dump.type < RTM_GETRULE && w->dump.entries) {
		dump_begin(w, w->dump.type == RTM_GETADDR ? RTM_GETROUTE :
		    RTM_GETRULE, feed);
	} else {
		w->dump.type = 0;
		feed(w, &mark);
	}
}

/*
 * Feeds a datagram of the kernel, and looks in it for the end of a dump.  The
 * kernel lets go of its locks between reading what is and queueing that, so a
 * report that comes in the middle of a dump may be newer than what comes behind
 * it: a second later all is asked for once more.
 */
static void
netlink_feed(struct world *w, const struct event *event,
    void (*feed)(struct world *, const struct event *))
{
	struct cursor c = cursor_over(event->bytes, event->length);
	struct nl_message message;

	feed(w, event);
	while (nl_next(&c, &message)) {
		int error;

		if (w->dump.type == 0)
			continue;
		if (message.seq != w->dump.seq) {
			if (message.type < RTM_NEWROUTE)
				dump_doubt(w);
			continue;
		}
		if (message.flags & NLM_F_DUMP_INTR)
			w->dump.interrupted = true;
		if (message.type != NLMSG_DONE && message.type != NLMSG_ERROR)
			continue;
		error = nl_error_parse(&message);
		if (error > 0 && w->dump.type < RTM_GETROUTE)
			dump_failed(w, error);
		else
			dump_ended(w, feed);
	}
}

/*
 * Receives reports and dumps.  What others than the kernel send is dropped
 * (T14); what could not be received whole is reported as lost.
 */
static bool
netlink_receive(struct world *w,
    void (*feed)(struct world *, const struct event *))
{
	struct event lost = { .kind = EVENT_NETLINK_LOST };

	for (int round = 0; round < NETLINK_ROUNDS; round++) {
		union endpoint sender = { .netlink = { .nl_pid = 1 } };
		socklen_t size = sizeof(sender.netlink);
		struct event event = { .kind = EVENT_NETLINK,
		    .bytes = w->inbox.bytes[0] };
		/* MSG_TRUNC: its whole length, whatever there is room for */
		ssize_t length = recvfrom(w->fd[SOCKET_NETLINK],
		    w->inbox.bytes, NETLINK_DATAGRAM,
		    MSG_DONTWAIT | MSG_TRUNC, &sender.any, &size);

		if (length < 0 && errno != ENOBUFS && errno != EINTR) {
			w->netlink_full = false;
			return true;
		}
		event.length = (size_t)length;
		if (length < 0 && errno == ENOBUFS)
			w->netlink_full = true;
		if ((length < 0 && errno == ENOBUFS) ||
		    length > NETLINK_DATAGRAM)
			feed(w, &lost);
		else if (length > 0 && sender.netlink.nl_pid == 0)
			netlink_feed(w, &event, feed);
	}
	return false;
}

/*
 * Receives what has come on one socket, at most so much that others have their
 * turn, and feeds it.  Returns whether the socket was emptied.
 */
static bool
world_receive(struct world *w, enum world_socket which,
    void (*feed)(struct world *, const struct event *))
{
	if (w->fd[which] < 0)
		return true;
	if (which == SOCKET_NETLINK)
		return netlink_receive(w, feed);
	if (which == SOCKET_COMMAND)
		command_errors(w);
	if (which == SOCKET_FILES)
		files_receive(w);
	if (which == SOCKET_PROCESSES)
		processes_receive(w);
	if (which > SOCKET_ND)
		return true;
	for (int round = 0; round < INBOX_ROUNDS; round++) {
		int count = inbox_receive(w, which);

		if (count < 0 && errno == EAGAIN)
			return true;
		for (int i = 0; i < count; i++) {
			struct event event;

			if (inbox_event(&w->inbox, (unsigned)i, which, &event))
				feed(w, &event);
		}
		if (count >= 0 && count < INBOX_MAX)
			return true;
	}
	return false;
}

/* -- the firewall -- */

/*
 * Sends a batch to nf_tables, which carries it out before send(2) returns, and
 * reads what became of it: 0, or an errno value.  It answers one message for
 * certain, and each that failed.
 */
static int
firewall_send(struct world *w, const uint8_t *batch, size_t length)
{
	_Alignas(4) uint8_t answers[4096];
	struct nl_message message;
	ssize_t got;
	int error = -1;			/* no answer */

	if (length == 0)
		return ENOBUFS;
	if (send(w->fd[SOCKET_FIREWALL], batch, length, 0) < 0)
		return errno;
	while ((got = recv(w->fd[SOCKET_FIREWALL], answers, sizeof(answers),
	    MSG_DONTWAIT)) > 0) {
		struct cursor c = cursor_over(answers, (size_t)got);

		while (error <= 0 && nl_next(&c, &message)) {
			if (message.type == NLMSG_ERROR)
				error = nl_error_parse(&message);
		}
	}
	return error < 0 ? EPROTO : error;
}

/* Removes our table: before Linux 5.12 it does not go with its socket. */
static void
firewall_remove(struct world *w, const struct conf *conf)
{
	struct conf nothing = { .vr_count = 0 };
	uint8_t batch[1024];

	if (w->fd[SOCKET_FIREWALL] < 0)
		return;
	nothing.global.nft_table = conf->global.nft_table;
	firewall_send(w, batch, nft_request(batch, sizeof(batch), &nothing,
	    false));
}

/*
 * Has nf_tables drop what is sent to and from the addresses of instances with
 * no_accept.  That depends on no state: who is not MASTER has no such address.
 * Nor does what is not to leave with a virtual MAC.
 * The table goes with our socket, where the kernel knows that.  What fails is
 * said once and tried again.
 */
static void
firewall_configure(struct world *w, const struct conf *conf,
    const struct conf *old)
{
	uint32_t count = nft_count(conf);
	int *fd = &w->fd[SOCKET_FIREWALL], size, error;
	bool told = w->unfiltered;
	uint8_t *batch;
	size_t room;

	w->unfiltered = false;
	if (count == 0 && *fd < 0)
		return;
	room = (NFT_MESSAGES + count) * (NFT_MESSAGE_BYTES +
	    strlen(conf->global.nft_table));
	size = (int)room;
	if (*fd < 0)
		*fd = socket_new(w, AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK,
		    NETLINK_NETFILTER);
	batch = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_PRIVATE |
	    MAP_ANONYMOUS, -1, 0);
	if (*fd < 0 || batch == MAP_FAILED) {
		error = errno;
	} else {
		setsockopt(*fd, SOL_SOCKET, SO_SNDBUFFORCE, &size,
		    sizeof(size));
		error = firewall_send(w, batch, nft_request(batch, room, conf,
		    true));
		if (error == EINVAL || error == EOPNOTSUPP)
			error = firewall_send(w, batch, nft_request(batch,
			    room, conf, false));
	}
	if (batch != MAP_FAILED)
		munmap(batch, room);
	/* of another name: not before this one is there */
	if (old != NULL && nft_count(old) > 0 && strcmp(old->global.nft_table,
	    conf->global.nft_table) != 0)
		firewall_remove(w, old);
	if (error != 0 && !told)
		world_log(w, LOG_LEVEL_ERROR, "no firewall for no_accept and "
		    "virtual MACs: nf_tables: %i; %s", error, error == EPERM ?
		    "another process has this table: name "
		    "another by nftables" : "load its module");
	if (count == 0) {
		world_close_fd(w, fd);
	} else if (error != 0) {
		w->unfiltered = true;
		world_retry_soon(w);
	}
}

/* -- waiting -- */

/*
 * Tries again what failed a while ago: to join groups, read files, listen, have
 * sockets for BFD and a firewall.
 */
static void
world_again(struct world *w)
{
	w->again_at = NEVER;
	w->crowded = false;
	w->dump.wanted |= w->dump.doubtful;
	w->dump.doubtful = false;
	memberships_try(w);
	if (w->bfd_deaf)
		bfds_configure(w, w->conf);
	if (w->unfiltered)
		firewall_configure(w, w->conf, NULL);
	for (uint16_t i = 0; i < w->file_count; i++)
		w->files[i].changed |= w->files[i].failed ||
		    w->files[i].linked || w->files[i].watch < 0;
}

/* Whether a follower of the log has not been sent all of it. */
static bool
clients_have_work(struct world *w)
{
	bool any = false;

	for (unsigned i = 0; i < CLIENTS_MAX; i++) {
		const struct client *client = &w->clients[i];

		any = any || (client->fd > 0 && client->answering &&
		    client->end == client->start && !client->done &&
		    (!client->report.follow ||
		    client->report.at < w->record_count));
	}
	return any;
}

/* When world_pending has something to do; 0: it has, NEVER: nothing. */
static usec_t
world_due(struct world *w)
{
	bool pending = w->pending_count > 0 || w->children ||
	    (w->client_count > 0 && clients_have_work(w)) ||
	    w->late.at > w->late.start || w->netlink_lost || w->netlink_full;
	usec_t due = usec_min(usec_min(dump_due(w), processes_due(w)),
	    w->again_at);

	for (uint16_t i = 0; i < w->file_count; i++)
		pending = pending || w->files[i].changed;
	for (unsigned i = 0; w->client_count > 0 && i < CLIENTS_MAX; i++) {
		if (w->clients[i].fd > 0)
			due = usec_min(due, w->clients[i].until);
	}
	return pending ? 0 : due;
}

/*
 * Feeds what World itself has to tell: answers to requests, programs that have
 * ended, advertisements that were refused, tracked files.  Begins a dump that
 * is wanted, and goes on with late effects.  An overrun queue is read on, since
 * no wait tells of one that the last round emptied.  Returns whether anything
 * was fed.
 */
static bool
world_pending(struct world *w,
    void (*feed)(struct world *, const struct event *))
{
	bool any = w->netlink_lost;
	struct event lost = { .kind = EVENT_NETLINK_LOST };
	usec_t now = world_now(w);

	if (w->late.at > w->late.start)
		late_carry(w, now + LATE_US);
	if (w->children)
		processes_reap(w);
	checks_go_on(w);
	for (unsigned left = w->pending_count; left > 0; left--) {
		const struct pending *p = &w->pending[w->pending_first];
		struct event event = { .kind = p->kind, .index = p->index,
		    .token = p->token, .value = p->value };

		w->pending_first = (w->pending_first + 1) % PENDING_MAX;
		w->pending_count--;
		feed(w, &event);
		any = true;
	}
	if (w->netlink_lost) {
		w->netlink_lost = false;
		feed(w, &lost);
	}
	if (w->netlink_full)
		netlink_receive(w, feed);
	if (dump_due(w) <= now) {
		w->dump.wanted = false;
		dump_begin(w, RTM_GETLINK, feed);
		any = true;
	}
	if (w->again_at <= now)
		world_again(w);
	any = processes_feed(w, now, feed) || any;
	return files_feed(w, feed) || any;
}

/*
 * How long to ask select for, of the time that is left.  It may be late by a
 * thousandth of what it was asked for: 2 ms in 2 s.  So what is long is waited
 * for in steps, all but the last of which end early.  The last is short, as
 * a processor that is to sleep for longer takes longer to wake, and has
 * forgotten more.
 */
static usec_t
wait_span(usec_t left)
{
	if (left <= LAST_US)
		return left;
	return left - usec_max(left / 512, LAST_US / 2);
}

/* Puts a descriptor into a set; which is the highest so far. */
static int
wait_add(fd_set *set, int fd, int highest)
{
	if (fd < 0)
		return highest;
	FD_SET((unsigned)fd, set);
	return fd > highest ? fd : highest;
}

/*
 * Puts the descriptors that are waited for into sets[2], to read from and to
 * write to; the highest of them.  Of clients and of checks, each is waited for
 * as its turn is.
 */
static int
wait_sets(struct world *w, fd_set *sets)
{
	int highest = -1;

	FD_ZERO(&sets[0]);
	FD_ZERO(&sets[1]);
	for (int i = 0; i < SOCKET_WAITED; i++) {
		if (i != SOCKET_CONTROL || !w->crowded)
			highest = wait_add(&sets[0], w->fd[i], highest);
	}
	for (unsigned i = 0; w->client_count > 0 && i < CLIENTS_MAX; i++) {
		const struct client *client = &w->clients[i];

		if (client->fd != 0)
			highest = wait_add(&sets[client->end > client->start],
			    client->fd, highest);
	}
	for (unsigned i = 0; w->check_count > 0 && i < CHECKS_MAX; i++) {
		if (w->checks[i].token != 0)
			highest = wait_add(&sets[check_sends(&w->checks[i])],
			    w->checks[i].fd, highest);
	}
	return highest;
}

/* Notes which checks can go on; OTHERS_READY if there are any. */
static uint32_t
checks_note(struct world *w, const fd_set *sets)
{
	uint32_t ready = 0;

	for (unsigned i = 0; w->check_count > 0 && i < CHECKS_MAX; i++) {
		struct check *check = &w->checks[i];

		check->ready = check->token != 0 && check->fd >= 0 && FD_ISSET(
		    (unsigned)check->fd, &sets[check_sends(check)]);
		if (check->ready)
			ready = OTHERS_READY;
	}
	return ready;
}

/*
 * Waits until a moment (NEVER: for ever), until something comes, or not at all
 * while world_pending has something to tell.  Returns a bit, 1 << enum
 * world_socket, for each descriptor that can be read, and OTHERS_READY; one
 * without had nothing to read after the wait, whatever signals interrupted it.
 * Should the kernel not say, all may have: it is asked again 1 ms later.
 */
static uint32_t
world_wait(struct world *w, usec_t until)
{
	uint32_t ready = 0;
	usec_t left, span;
	fd_set sets[2];
	int count;

	do {
		int highest = wait_sets(w, sets);
		struct timespec timeout;

		left = usec_min(usec_max(usec_min(until, world_due(w)) -
		    world_now(w), 0), 3600 * SECOND_US);
		span = wait_span(left);
		timeout.tv_sec = (time_t)(span / SECOND_US);
		timeout.tv_nsec = (long)(span % SECOND_US) * 1000;
		count = pselect(highest + 1, &sets[0], &sets[1], NULL, &timeout,
		    NULL);
	} while ((count == 0 && span < left) ||
	    (count < 0 && errno == EINTR));
	if (count < 0) {
		poll(NULL, 0, SELECT_AGAIN_MS);
		return (1U << SOCKET_WAITED) - 1;
	}
	for (int i = 0; count > 0 && i < SOCKET_WAITED; i++) {
		if (w->fd[i] >= 0 && FD_ISSET((unsigned)w->fd[i], &sets[0]))
			ready |= 1U << i;
	}
	for (unsigned i = 0; count > 0 && w->client_count > 0 &&
	    i < CLIENTS_MAX; i++) {
		struct client *client = &w->clients[i];

		client->ready = client->fd > 0 &&
		    (FD_ISSET((unsigned)client->fd, &sets[0]) ||
		    FD_ISSET((unsigned)client->fd, &sets[1]));
		if (client->ready)
			ready |= OTHERS_READY;
	}
	return count > 0 ? ready | checks_note(w, sets) : ready;
}

/* -- signals -- */

/*
 * Has the kernel run us before others: real-time priority `priority`, which our
 * children do not inherit.  NULL, or what is wrong.
 */
static const char *
world_hurry(struct world *w, int priority)
{
	struct sched_param param = { .sched_priority = priority };

	return syscall(SYS_sched_setscheduler, 0, SCHED_RR |
	    SCHED_RESET_ON_FORK, &param) == 0 ? NULL : error_last(w);
}

/*
 * Has us run on the processors of a configuration alone, if it names any.
 * False, with errno set: we do not.
 */
static bool
world_pin(struct world *w, const struct conf_global *global)
{
	static const uint32_t any[CPUS_MAX / 32];
	unsigned long words[CPUS_MAX / (8 * sizeof(long))] = { 0 };
	const unsigned bits = 8 * sizeof(long);

	(void)w;
	if (memcmp(global->cpus, any, sizeof(any)) == 0)
		return true;
	for (unsigned i = 0; i < CPUS_MAX; i++) {
		if (global->cpus[i / 32] >> i % 32 & 1)
			words[i / bits] |= 1UL << i % bits;
	}
	return syscall(SYS_sched_setaffinity, 0, sizeof(words), words) == 0;
}

/*
 * Has the kernel end others when memory is short: to end us would free little,
 * and leave the addresses with nobody.  What whoever started us chose, stays.
 * It takes CAP_SYS_RESOURCE, and is no loss without.
 */
static void
world_outlive(struct world *w)
{
	int fd = file_open(w, "/proc/self/oom_score_adj", O_RDONLY, 0);

	w->outlives = fd >= 0 && file_number(w, fd) == 0 && errno == 0 &&
	    oom_set(w, -1000);
	world_close_fd(w, &fd);
}

/* Says what keeps the kernel from treating us as a keyword wants it. */
static void
schedule_step(struct world *w, const char *word, bool done)
{
	if (!done)
		world_log(w, LOG_LEVEL_ERROR, "%s: %i", word, errno);
}

/*
 * Sets how the kernel treats this process: its timers are exact, else it is as
 * global_defs want it.  What a reload takes out of them stays until we end.
 */
static void
world_schedule(struct world *w, const struct conf_global *global)
{
	struct rlimit limit = { global->rt_limit_us, global->rt_limit_us };

	syscall(SYS_prctl, PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
	schedule_step(w, "vrrp_priority", global->priority == 0 ||
	    setpriority(PRIO_PROCESS, 0, global->priority) == 0);
	schedule_step(w, "vrrp_rlimit_rttime", global->rt_limit_us == 0 ||
	    prlimit(0, RLIMIT_RTTIME, &limit, NULL) == 0);
	schedule_step(w, "vrrp_rt_priority", global->rt_priority == 0 ||
	    world_hurry(w, global->rt_priority) == NULL);
	schedule_step(w, "vrrp_cpu_affinity", world_pin(w, global));
	schedule_step(w, "vrrp_no_swap", !global->no_swap ||
	    mlockall(MCL_CURRENT | MCL_FUTURE) == 0);
}

/* Puts a signal into a set, also one that the libc keeps for itself. */
static void
signal_add(sigset_t *set, int number)
{
	unsigned long *words = (unsigned long *)(void *)set;
	int bits = 8 * (int)sizeof(*words);

	words[(number - 1) / bits] |= 1UL << (number - 1) % bits;
}

/*
 * From now on signals are kept for world_next_signal: those that mean something
 * and those of real time, as they would end us (D-10).  musl's functions leave
 * 32 to 34 alone, of which 34 is what `kill -RTMIN' means elsewhere.  A client
 * keeps those, too, before which it must put its terminal in order.  All
 * signals do what they do by default, whatever our parent ignored: so a program
 * that we start need not change them.
 */
static bool
world_signals(struct world *w, bool client)
{
	/* After SIGCONT select would wait for what was left at SIGSTOP. */
	static const uint8_t kept[] = { SIGTSTP, SIGQUIT, SIGHUP, SIGINT,
	    SIGTERM, SIGUSR1, SIGUSR2, SIGPIPE, SIGXFSZ, SIGCHLD, SIGCONT,
	    SIGWINCH };
	static unsigned long plain[16];	/* zero, in the kernel's layout */
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = client ? 0 : 2; i < COUNT_OF(kept); i++)
		signal_add(&set, kept[i]);
	for (int i = 32; i < SIGNALS_MAX; i++)
		signal_add(&set, i);
	sigprocmask(SIG_SETMASK, &set, NULL);
	for (int i = 1; i < SIGNALS_MAX; i++)
		syscall(SYS_rt_sigaction, i, plain, NULL, _NSIG / 8);
	w->fd[SOCKET_SIGNAL] = (int)syscall(SYS_signalfd4, -1, &set, _NSIG / 8,
	    SFD_CLOEXEC | SFD_NONBLOCK);
	return w->fd[SOCKET_SIGNAL] >= 0;
}

/*
 * The next signal that came, 0: none.  SIGCHLD is for world_pending.  The
 * kernel gives the one with the lowest number: TERM would wait for the last HUP
 * of who sends them all the time.  So it comes instead of one.
 */
static int
world_next_signal(struct world *w)
{
	struct signalfd_siginfo signal;
	const struct timespec none = { 0, 0 };
	sigset_t end;

	sigemptyset(&end);
	signal_add(&end, SIGTERM);
	while (read(w->fd[SOCKET_SIGNAL], &signal, sizeof(signal)) > 0) {
		if (signal.ssi_signo == SIGHUP && syscall(SYS_rt_sigtimedwait,
		    &end, NULL, &none, _NSIG / 8) > 0)
			return SIGTERM;
		if (signal.ssi_signo != SIGCHLD)
			return (int)signal.ssi_signo;
		w->children = true;
	}
	return 0;
}

/*
 * Waits for a program that runs once, until a moment; signals that came
 * meanwhile are added to *others, a bit each.  Ends early at INT and TERM.
 */
static void
once_wait(struct world *w, usec_t until, uint64_t *others)
{
	const uint64_t ends = 1U << SIGINT | 1U << SIGTERM;
	struct pollfd signals = { .fd = w->fd[SOCKET_SIGNAL],
	    .events = POLLIN };
	int number;

	while (w->once_status < 0 && (*others & ends) == 0) {
		usec_t left = until - world_now(w);

		if (left <= 0)
			break;
		poll(&signals, 1, (int)(left / MS_US) + 1);
		while ((number = world_next_signal(w)) != 0)
			*others |= (uint64_t)1 << number % 64;
		w->pending_count = 0;	/* of others who wait for no answer */
		processes_reap(w);
	}
}

/*
 * Runs startup_script or shutdown_script, if there is one, and waits for its
 * end.  One that takes longer than limit_s seconds is killed, with what it
 * started.  Signals that came meanwhile come again; INT and TERM end it.
 */
static void
world_run_once(struct world *w, enum global_script which, const char *word,
    uint32_t limit_s)
{
	uint64_t others = 0;
	uint16_t command = w->conf->global.script[which];

	w->once_status = -1;
	if (command == NONE || !process_start(w, command, 0, PROCESS_ONCE, NULL,
	    0))
		return;
	once_wait(w, world_now(w) + limit_s * SECOND_US, &others);
	if (w->once_status < 0) {
		world_log(w, LOG_LEVEL_ERROR, "%s: killed %s", word, others == 0
		    ? "as it took too long" : "as a signal ends vrrpd");
		processes_signal(w, false, 0, SIGKILL);
	} else if (w->once_status > 0) {
		world_log(w, LOG_LEVEL_ERROR, "%s: it failed (status %d)", word,
		    WIFEXITED(w->once_status) ? WEXITSTATUS(w->once_status) :
		    128 + WTERMSIG(w->once_status));
	}
	for (int i = 1; i < 64; i++) {
		if (others >> i & 1)
			kill(getpid(), i);
	}
}

/* -- who started us -- */

/*
 * Tells a supervisor of sd_notify(3), if there is one, lines about us.  That it
 * cannot be told changes nothing: it will notice.
 */
static void __attribute__((format(printf, 2, 3)))
supervisor_tell(struct world *w, const char *format, ...)
{
	const char *path = environment_value("NOTIFY_SOCKET");
	int fd = path == NULL ? -1 : unix_connect(w, SOCK_DGRAM, path);
	char buffer[256];
	struct text t = text_over(buffer, sizeof(buffer));
	va_list arguments;

	va_start(arguments, format);
	text_vformat(&t, format, &arguments);
	va_end(arguments);
	if (fd >= 0)
		send(fd, buffer, (size_t)(t.at - t.start), MSG_NOSIGNAL |
		    MSG_DONTWAIT);
	world_close_fd(w, &fd);
}

/*
 * When a supervisor is to hear that we live, before half the time is over after
 * which it takes us for dead; NEVER: it waits.
 */
static usec_t
supervisor_due(struct world *w, usec_t now)
{
	const char *span = environment_value("WATCHDOG_USEC"), *pid =
	    environment_value("WATCHDOG_PID");
	int64_t number, whose = getpid();

	(void)w;
	if (span == NULL || !number_parse(span, &number) || number < 1000 ||
	    (pid != NULL && (!number_parse(pid, &whose) || whose != getpid())))
		return NEVER;
	return now + number / 2;
}

/* -- the control socket -- */

/*
 * Removes what stands at the path of a control socket, if that is one that
 * nobody listens at any more.  False: somebody does.
 */
static bool
control_remove(struct world *w, const char *path)
{
	struct stat status;
	int fd = unix_connect(w, SOCK_STREAM | SOCK_NONBLOCK, path);
	/* EAGAIN: more wait there than it has taken in */
	bool answers = fd >= 0 || errno == EAGAIN;

	if (!answers && errno == ECONNREFUSED && lstat(path, &status) == 0 &&
	    S_ISSOCK(status.st_mode))
		unlink(path);
	world_close_fd(w, &fd);
	return !answers;
}

/*
 * Opens the control socket, unless another daemon answers there, or is about to
 * do so: it has the lock.  NULL, or what is wrong.  What was left by one that
 * was killed goes.  The socket is made with its mode: who owns the directory
 * could put a link in its place before one is changed.
 */
static const char *
control_open(struct world *w)
{
	const char *path = w->control;
	struct text t = text_over(w->control_lock, PATH_SIZE);
	struct sockaddr_un to;
	const char *why = NULL;
	enum pid_result lock;
	mode_t before;
	pid_t other;
	int fd;

	world_close_fd(w, &w->fd[SOCKET_CONTROL]);
	if (!unix_address(&to, path))
		return error_last(w);
	text_format(&t, "%s.lock", path);
	text_end(&t);
	lock = world_pid_open(w, w->control_lock, &other, &why);
	if (lock == PID_RUNNING || (lock == PID_WRITTEN &&
	    !control_remove(w, path)))
		why = "another daemon answers there; give --control PATH";
	if (why != NULL)
		return why;
	fd = socket_new(w, AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
	before = umask(~w->control_mode & 0777);
	if (fd < 0 || bind(fd, (struct sockaddr *)&to, sizeof(to)) != 0 ||
	    listen(fd, CLIENTS_WAITING) != 0)
		why = error_last(w);
	umask(before);
	if (why != NULL)
		world_close_fd(w, &fd);
	w->fd[SOCKET_CONTROL] = fd;
	return why;
}

/*
 * Opens the control socket at its path, unless it stands there.  Without it
 * nobody can ask, but all else works: that it cannot be is worth a message.
 */
static void
control_renew(struct world *w)
{
	const char *why = NULL;

	if (w->fd[SOCKET_CONTROL] < 0 || access(w->control, F_OK) != 0)
		why = control_open(w);
	if (why != NULL)
		world_log(w, LOG_LEVEL_WARNING, "%s: nobody can ask there: %s",
		    w->control, why);
}

/* Lets go of a client. */
static void
client_drop(struct world *w, struct client *client)
{
	close(client->fd);
	client->fd = 0;
	w->client_count--;
	w->crowded = false;
}

/* Lets go of those in the middle of an answer that a reload makes untrue. */
static void
clients_cut(struct world *w)
{
	for (unsigned i = 0; i < CLIENTS_MAX; i++) {
		struct client *client = &w->clients[i];

		if (client->fd > 0 && client->answering && !client->done &&
		    client->report.command != COMMAND_EVENTS)
			client_drop(w, client);
	}
}

/*
 * A place for a new client: a free one, that of one who has been idle while
 * others wait, or, if nobody else is there, a follower's.  NULL: none before
 * the first is idle, or goes; until then who waits need not wake us.
 */
static struct client *
client_place(struct world *w, usec_t now)
{
	struct client *place = w->clients;

	for (unsigned i = 0; i < CLIENTS_MAX; i++) {
		if (w->clients[i].fd == 0)
			return &w->clients[i];
		if (w->clients[i].until < place->until)
			place = &w->clients[i];
	}
	if (place->until != NEVER &&
	    place->until > now + CLIENT_US - CLIENT_IDLE_US) {
		w->crowded = true;
		world_retry(w, place->until - CLIENT_US + CLIENT_IDLE_US);
		return NULL;
	}
	client_drop(w, place);
	return place;
}

/* Takes in one who waits to connect, if there is a place. */
static void
client_accept(struct world *w, usec_t now)
{
	struct ucred who = { .uid = (uid_t)-1 };
	socklen_t length = sizeof(who);
	struct client *client = client_place(w, now);
	int fd;

	if (client == NULL)
		return;
	fd = (int)ACCEPT4(w->fd[SOCKET_CONTROL], NULL, NULL,
	    SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd < 0) {
		w->crowded = errno != EAGAIN;
		if (w->crowded)			/* who waits would wake us */
			world_retry(w, now + SECOND_US);
		return;
	}
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &length) != 0) {
		close(fd);
		return;
	}
	memset(client, 0, offsetof(struct client, request));
	client->fd = fd;
	client->until = now + CLIENT_US;
	client->trusted = who.uid == 0 || who.uid == geteuid();
	client->ready = true;
	w->client_count++;
}

/*
 * Reads more of a request, words that end with a NUL and a newline at the end
 * of all: whether it is whole now.  Who sends too much is dropped, and who
 * closes, unless an answer to him is under way.
 */
static bool
client_read(struct world *w, struct client *client, usec_t now)
{
	ssize_t got = recv(client->fd, client->request + client->got,
	    REQUEST_MAX - client->got, 0);

	if (got <= 0) {
		if (got == 0 ? !client->answering || client->report.follow :
		    errno != EAGAIN)
			client_drop(w, client);
		return false;
	}
	client->until = now + CLIENT_US;
	client->got = (uint16_t)(client->got + got);
	if (client->answering)
		client->got = 0;	/* nothing more is wanted */
	else if (client->request[client->got - 1] == '\n')
		return true;
	else if (client->got == REQUEST_MAX)
		client_drop(w, client);
	return false;
}

/* Sends what is in the buffer of a client; who has got all is let go of. */
static void
client_send(struct world *w, struct client *client, usec_t now)
{
	ssize_t sent = 0;

	if (client->end > client->start)
		sent = send(client->fd, client->answer + client->start,
		    (size_t)(client->end - client->start), MSG_NOSIGNAL);
	if (sent < 0 && errno != EAGAIN) {
		client_drop(w, client);
		return;
	}
	if (sent > 0) {
		client->until = now + CLIENT_US;
		client->start = (uint16_t)(client->start + sent);
	}
	if (client->start < client->end)
		return;
	client->start = client->end = 0;
	if (client->done)
		client_drop(w, client);
}

/* -- start, configuration, end -- */

/*
 * Opens what is closed of the standard files, lest a socket get its number and
 * somebody else's message (T25).  Without /dev/null, "/" keeps the place.
 */
static bool
standard_files_open(struct world *w)
{
	(void)w;
	for (int fd = 0; fd < 3; fd++) {
		if (syscall(FCNTL, fd, F_GETFD) < 0 && errno == EBADF &&
		    syscall(SYS_openat, AT_FDCWD, "/dev/null", O_RDWR) < 0 &&
		    syscall(SYS_openat, AT_FDCWD, "/", O_PATH) < 0)
			return false;
	}
	return true;
}

/*
 * Makes a world that has opened nothing yet, of memory that is zero; before
 * anything else.  False, with errno set, when not even that can be done.
 */
static bool
world_start(struct world *w)
{
	size_t count = 0;
	bool good = standard_files_open(w);
	struct rlimit few;

	for (size_t i = 0; i < SOCKET_KINDS; i++)
		w->fd[i] = -1;
	for (size_t i = 0; i < FIFOS; i++)
		w->fifos[i].fd = -1;
	w->log = (struct log){ .options = { .ident = "vrrpd",
	    .facility = 3 }, .syslog = -1, .console = -1, .file = -1,
	    .kmsg = -1, .tokens = LOG_BURST };
	syscall(SYS_sched_getaffinity, 0, sizeof(w->cpus), &w->cpus);
	prlimit(0, RLIMIT_NOFILE, NULL, &w->descriptors);
	few = w->descriptors;
	few.rlim_cur = few.rlim_max > FD_SETSIZE ? FD_SETSIZE :
	    few.rlim_max;			/* select takes no others */
	prlimit(0, RLIMIT_NOFILE, &few, NULL);
	world_arena_open(w, &w->memory);
	w->again_at = w->sightings.scan_at = NEVER;
	w->sightings.proc = -1;
	while (environ != NULL && environ[count] != NULL)
		count++;
	w->environment = arena_array(&w->memory, count + 2, sizeof(char *));
	if (w->environment != NULL && environ != NULL)
		environment_clean(environ, w->environment);
	w->out = effects_over((uint8_t *)w->queue, sizeof(w->queue),
	    world_drain, w);
	w->late = effects_over(w->late_queue, sizeof(w->late_queue),
	    late_drain, w);
	w->late_at = w->late.start;
	return good && w->environment != NULL;
}

/* Enters a network namespace of ip-netns(8): NULL, or what is wrong. */
static const char *
world_enter_namespace(struct world *w, const char *name)
{
	static const char *const places[] = { "/run/netns/",
	    "/var/run/netns/" };
	const char *why = "not a name of ip-netns(8)";

	for (size_t i = 0; i < COUNT_OF(places); i++) {
		char path[PATH_SIZE];
		struct text t = text_over(path, sizeof(path));
		int fd, result;

		if (text_find(name, '/') != NULL)
			break;
		text_format(&t, "%s%s", places[i], name);
		fd = file_open(w, text_end(&t), O_RDONLY, 0);
		result = fd < 0 ? -1 : setns(fd, CLONE_NEWNET);
		why = result == 0 ? NULL : error_last(w);
		world_close_fd(w, &fd);
		if (result == 0)
			break;
	}
	return why;
}

/*
 * Puts a configuration into force: filters, buffers, FIFOs with their readers,
 * tracked files.  The one before may be thrown away after that.
 */
static void
world_configure(struct world *w, const struct conf *conf)
{
	const struct conf *old = w->conf;

	late_carry(w, NEVER);		/* what runs is the old one's */
	w->conf = conf;
	for (unsigned i = 0; i < w->membership_count; i++)
		w->memberships[i].left = true;
	world_schedule(w, &conf->global);
	world_filter(w, conf);
	world_set_buffers(w, conf);
	firewall_configure(w, conf, old);
	fifos_configure(w, old);
	files_configure(w, old == NULL);
	processes_configure(w);
	bfds_configure(w, conf);
}

/* Ends everything that we began, and removes our files. */
static void
world_close(struct world *w)
{
	bool asked = w->fd[SOCKET_CONTROL] >= 0;

	for (uint32_t i = 0; i < FIFOS; i++) {
		processes_signal(w, true, i, SIGTERM);
		fifo_close(w, &w->fifos[i]);
	}
	processes_listen(w, false);
	for (unsigned i = 0; i < CLIENTS_MAX; i++) {
		if (w->clients[i].fd > 0)
			client_drop(w, &w->clients[i]);
	}
	for (unsigned i = 0; w->check_count > 0 && i < CHECKS_MAX; i++) {
		if (w->checks[i].token != 0)
			world_close_fd(w, &w->checks[i].fd);
	}
	firewall_remove(w, w->conf);
	world_close_fd(w, &w->fd[SOCKET_FIREWALL]);
	for (size_t i = 0; i < SOCKET_KINDS; i++)
		world_close_fd(w, &w->fd[i]);
	if (asked)
		control_remove(w, w->control);
	for (size_t i = 0; i < JOINERS_MAX; i++) {
		if (w->joiners[i].family != 0)
			close(w->joiners[i].fd);
		w->joiners[i].family = 0;
	}
	pid_files_remove(w);		/* who waits for that finds all free */
}
/* ==== 10. Loop ==== */
/*
 * Waits, feeds events to the core, has the world carry out the effects, and
 * answers signals: reload, dumps, the end.  It knows no protocol; it knows in
 * which order to look at things.
 *
 * One turn: advertisements that are due go out first; then the sockets are
 * read, and programs that have ended are collected; only then, when nothing
 * that came before is unread, may a Backup's timer fire or a check be overdue.
 * So a process that was asleep hears before it speaks.
 */

#define WAKE_LATE_US		SECOND_US	/* a wake-up this late is one */
#define FLOOD_TURNS	16	/* passes after which sockets count as read */

/* What a signal writes, and where. */
enum dump_kind { DUMP_STATE, DUMP_STATS, DUMP_JSON, DUMP_KINDS };

/* A running daemon with the memory that its configuration lives in. */
struct incarnation {
	struct daemon	daemon;
	struct arena	arena;
	const struct conf *conf;
	uint32_t	*errors;	/* hashes of the errors found in it */
	uint32_t	error_count;
};

/* Everything that Loop holds; world.loop points to it. */
struct service {
	struct incarnation *current, *spare;
	struct conf_input input;	/* what to read again at HUP */
	usec_t		now;		/* of this turn */
	usec_t		check_at; /* reload_time_file is looked at; NEVER */
	usec_t		alive_at; /* the supervisor wants a sign; NEVER */
	uint64_t	told_count;	/* lines of the log when it was told */
	int64_t		checked_s;	/* wall time when it was last */
	uint32_t	unread_turns;	/* in which sockets were not emptied */
	int32_t		rt_priority;	/* raised when we were late; 0: none */
	bool		strict;		/* --strict-config */
	bool		ignore_int;
	bool		bad_schedule;	/* it was said of reload_time_file */
};

/* The feed of World: hands one event to the running daemon. */
static void
loop_feed(struct world *w, const struct event *event)
{
	struct service *service = w->loop;

	daemon_event(&service->current->daemon, service->now, event);
}

/* Tells the daemon what time it is. */
static void
loop_time(struct world *w, bool drained)
{
	const struct service *service = w->loop;
	struct event event = { .kind = EVENT_TIME, .drained = drained,
	    .wall_us = clock_us(w, CLOCK_REALTIME) - service->now };

	loop_feed(w, &event);
	world_carry_out(w, &w->out);
}

/* Writes each finding about a configuration as one line to the log. */
static void
log_diagnostics(struct world *w, const struct diagnostics *found)
{
	/* in the order of enum severity */
	static const uint8_t levels[] = { LOG_LEVEL_NOTICE, LOG_LEVEL_WARNING,
	    LOG_LEVEL_ERROR, LOG_LEVEL_ERROR };
	char line[LINE_MAX_LOG];

	for (const struct diagnostic *one = found->first; one != NULL;
	    one = one->next) {
		struct text t = text_over(line, sizeof(line));

		diagnostic_print(&t, one);
		world_log_line(w, (enum log_level)levels[one->severity], line,
		    (size_t)(t.at - t.start));
	}
}

/*
 * Appends each finding as one line to a file that an administrator named
 * (reload_check_config).
 */
static void
file_diagnostics(struct world *w, const char *path,
    const struct diagnostics *found)
{
	int fd = file_open(w, path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW,
	    0600);
	char buffer[LINE_MAX_LOG];
	struct text t = output_over(w, fd, buffer, sizeof(buffer));

	if (fd < 0) {
		world_log(w, LOG_LEVEL_WARNING, "%s: %i", path, errno);
		return;
	}
	diagnostics_print(&t, found);
	output_flush(&t);
	close(fd);
}

/* Spreads a finding's file and text over 32 bits; where it stands may move. */
static uint32_t
finding_hash(const struct diagnostic *one)
{
	const char *const parts[] = { one->file, one->text };
	uint32_t hash = 0;

	for (size_t i = 0; i < COUNT_OF(parts); i++) {
		for (const char *c = parts[i]; c != NULL && *c != '\0'; c++)
			hash = (hash ^ (unsigned char)*c) * 16777619U;
	}
	return hash;
}

/* Notes the errors of a configuration, to compare the next one's with. */
static void
errors_note(struct incarnation *next, const struct diagnostics *found)
{
	next->errors = arena_array(&next->arena,
	    found->counts[SEVERITY_ERROR], sizeof(*next->errors));
	next->error_count = 0;
	for (const struct diagnostic *one = found->first; one != NULL &&
	    next->errors != NULL; one = one->next) {
		if (one->severity == SEVERITY_ERROR &&
		    next->error_count < found->counts[SEVERITY_ERROR])
			next->errors[next->error_count++] = finding_hash(one);
	}
}

/* Whether a configuration has an error that the running one has not. */
static bool
errors_are_new(const struct incarnation *next,
    const struct incarnation *running)
{
	for (uint32_t i = 0; i < next->error_count; i++) {
		uint32_t k = 0;

		while (k < running->error_count &&
		    running->errors[k] != next->errors[i])
			k++;
		if (k == running->error_count)
			return true;
	}
	return false;
}

/* Warns that a reload changes nothing of what only a start can settle. */
static void
complain_settled(struct diagnostics *found, const struct conf_global *is,
    const struct conf_global *shall)
{
	if (!string_same(is->net_namespace, shall->net_namespace) ||
	    !string_same(is->instance, shall->instance) ||
	    is->use_pid_dir != shall->use_pid_dir)
		complain(found, SEVERITY_WARNING, NULL, "a reload does not "
		    "change net_namespace, instance and use_pid_dir; a restart "
		    "does");
}

/*
 * Reads the configuration into a fresh incarnation, with all the memory that it
 * takes to follow an old one (or NULL).  False when it must not run: nothing of
 * it is left then.  Findings go into *found.
 */
static bool
incarnation_read(struct world *w, struct incarnation *next,
    const struct incarnation *old, const struct conf_input *input,
    struct diagnostics *found, struct arena *scratch)
{
	world_arena_open(w, &next->arena);
	next->conf = conf_parse(&next->arena, scratch, input, found);
	if (next->conf != NULL && old != NULL)
		complain_settled(found, &old->conf->global,
		    &next->conf->global);
	if (next->conf != NULL && daemon_build(&next->daemon, &next->arena,
	    next->conf, &w->out))
		errors_note(next, found);
	if (next->conf != NULL && !next->arena.failed &&
	    world_prepare(w, next->conf) && (old == NULL ||
	    arena_reserve(&next->arena, daemon_heritage(&old->daemon))))
		return true;
	if (next->conf != NULL)
		complain(found, SEVERITY_FATAL, NULL, "out of memory");
	world_arena_close(w, &next->arena);
	next->conf = NULL;
	return false;
}

/*
 * Replaces the running daemon by the one in service->spare: whoever has gone
 * says goodbye, the others go on as they were.
 */
static void
loop_swap(struct world *w, struct service *service)
{
	struct incarnation *old = service->current, *next = service->spare;

	clients_cut(w);
	daemon_retire(&old->daemon, &next->daemon, service->now);
	world_carry_out(w, &w->out);
	world_configure(w, next->conf);
	daemon_inherit(&next->daemon, &old->daemon, &next->arena,
	    service->now);
	service->current = next;
	service->spare = old;
	service->check_at = 0;
	world_carry_out(w, &w->out);
	memberships_leave(w);		/* what was not joined again */
	world_arena_close(w, &old->arena);
	old->conf = NULL;
}

/*
 * Reads the configuration anew, unless we are stopping.  One with a fatal
 * finding, or with an error that the running one has not, is refused, and the
 * running one stays (D-12, design 5).  What was found goes to `said` too, if
 * that is not NULL.  Whether the new one is used.
 */
static bool
loop_reload(struct world *w, struct service *service, struct text *said)
{
	struct arena scratch;
	struct diagnostics found;
	const char *why;
	bool good;

	if (service->current->daemon.stopping)
		return false;
	why = log_open_file(w);
	if (why != NULL)
		world_log(w, LOG_LEVEL_WARNING, "%s: %s; the log goes on where "
		    "it was", w->log.options.file, why);
	if (w->control != NULL)
		control_renew(w);
	supervisor_tell(w, "RELOADING=1\nMONOTONIC_USEC=%lld",
	    (long long)world_now(w));
	world_arena_open(w, &scratch);
	diagnostics_start(&found, &scratch);
	good = incarnation_read(w, service->spare, service->current,
	    &service->input, &found, &scratch);
	log_diagnostics(w, &found);
	if (said != NULL)
		diagnostics_print(said, &found);
	if (service->current->conf->global.reload_check_log != NULL)
		file_diagnostics(w,
		    service->current->conf->global.reload_check_log, &found);
	if (good && errors_are_new(service->spare, service->current)) {
		world_arena_close(w, &service->spare->arena);
		good = false;
	}
	service->now = world_now(w);
	if (good)
		loop_swap(w, service);
	service->current->daemon.reload_refused = !good;
	world_arena_close(w, &scratch);
	world_log(w, good ? LOG_LEVEL_NOTICE : LOG_LEVEL_ERROR, good ?
	    "the configuration was reloaded" :
	    "the new configuration is not used; the running one stays");
	supervisor_tell(w, "READY=1");
	return good;
}

/*
 * Seconds since 1970 of "[[YY]YY-MM-DD ]HH:MM:SSZ"; without a date, on the day
 * of now_s.  -1: it is none of these.  Local time would take a data base.
 */
static int64_t
schedule_parse(const char *text, int64_t now_s)
{
	static const char form[] = "0000-00-00 00:00:00Z";
	int64_t value[6] = { 0 }, days, year, month;
	size_t length = strlen(text), skip = sizeof(form) - 1 - length;
	unsigned field = length == 9 ? 3 : 0;

	if (length != 9 && length != 18 && length != 20)
		return -1;
	for (size_t i = 0; i < length; i++) {
		bool is_digit = text[i] >= '0' && text[i] <= '9';

		if (form[skip + i] == '0' ? !is_digit :
		    text[i] != form[skip + i])
			return -1;
		if (is_digit)
			value[field] = value[field] * 10 + text[i] - '0';
		else
			field++;
	}
	if (length != 9 && (value[1] < 1 || value[1] > 12 || value[2] < 1 ||
	    value[2] > 31))
		return -1;
	if (value[3] > 23 || value[4] > 59 || value[5] > 60)
		return -1;
	/* Years begin in March, so that a leap day is the last one. */
	year = value[0] + (length == 18 ? 2000 : 0) - (value[1] <= 2);
	month = (value[1] + 9) % 12;
	days = length == 9 ? now_s / 86400 : 365 * year + year / 4 -
	    year / 100 + year / 400 + (153 * month + 2) / 5 + value[2] - 719469;
	return days * 86400 + value[3] * 3600 + value[4] * 60 + value[5];
}

/*
 * Once a second: reloads when the wall clock has just passed the time in
 * reload_time_file, and removes the file unless it is for every day.  What was
 * missed by more than a minute was for a time when we did not run.
 */
static void
loop_schedule(struct world *w, struct service *service)
{
	const struct conf_global *global = &service->current->conf->global;
	int64_t now_s, at_s, before = service->checked_s;
	char line[24] = "";
	int fd;

	if (service->now < service->check_at)
		return;
	service->check_at = NEVER;
	if (global->reload_time_file == NULL)
		return;
	service->check_at = service->now + SECOND_US;
	now_s = (service->now + world_wall_offset(w)) / SECOND_US;
	service->checked_s = now_s;
	fd = file_open(w, global->reload_time_file, O_RDONLY, 0);
	if (fd >= 0 && read(fd, line, sizeof(line) - 1) < 0)
		line[0] = '\0';
	world_close_fd(w, &fd);
	line[span_to(line, "\r\n")] = '\0';
	at_s = schedule_parse(line, now_s);
	if (at_s < 0 && line[0] != '\0' && !service->bad_schedule)
		world_log(w, LOG_LEVEL_ERROR, "%s: '%s' is no time: "
		    "[YYYY-MM-DD ]HH:MM:SSZ, in UTC",
		    global->reload_time_file, line);
	service->bad_schedule = at_s < 0 && line[0] != '\0';
	if (before == 0 || at_s <= before || at_s > now_s ||
	    at_s < now_s - 60)
		return;
	if (!global->reload_repeat || strlen(line) > 9)
		unlink(global->reload_time_file);
	world_log(w, LOG_LEVEL_NOTICE, "%s: it is %s",
	    global->reload_time_file, line);
	loop_reload(w, service, NULL);
}

/* Writes one of keepalived's dump files, where it is asked for. */
static void
loop_dump(struct world *w, struct service *service, enum dump_kind kind)
{
	const struct conf_global *global = &service->current->conf->global;
	const char *const configured[DUMP_KINDS] = { global->state_dump_file,
	    global->stats_dump_file, global->json_dump_file };
	const struct daemon *d = &service->current->daemon;
	char path[PATH_SIZE];
	struct dump dump;
	const char *where = configured[kind], *why;

	if (where == NULL)
		where = world_dump_path(w, path, sizeof(path),
		    list_item("data\0stats\0json", kind));
	why = world_dump_open(w, &dump, where);
	if (why == NULL) {
		if (kind == DUMP_STATE)
			status_data(&dump.text, d, service->now,
			    world_wall_offset(w));
		else if (kind == DUMP_STATS)
			status_stats(&dump.text, d);
		else
			status_json(&dump.text, d, world_wall_offset(w));
		why = world_dump_close(w, &dump);
	}
	if (why != NULL)
		world_log(w, LOG_LEVEL_WARNING, "%s: %s", where, why);
}

/* Sets the counters of every virtual router to zero. */
static void
loop_clear(struct service *service)
{
	struct daemon *d = &service->current->daemon;

	for (uint32_t i = 0; i < d->conf->vr_count * COUNTER_KINDS; i++) {
		if (d->counts[i] > 0)	/* what is not touched costs nothing */
			d->counts[i] = 0;
	}
}

/* -- what operators ask for -- */

/*
 * How an answer begins: with one of these as a digit, the exit status.  It ends
 * with a NUL: who is dropped before that, as one who did not read on, knows it.
 */
enum answer { ANSWER_GOOD, ANSWER_USAGE, ANSWER_REFUSED, ANSWER_FAULT };

/* Gives a client its whole answer. */
static void __attribute__((format(printf, 3, 4)))
client_answer(struct client *client, enum answer status, const char *format,
    ...)
{
	struct text t = text_over(client->answer, ANSWER_MAX);
	va_list arguments;

	text_char(&t, (char)('0' + status));
	va_start(arguments, format);
	text_vformat(&t, format, &arguments);
	va_end(arguments);
	text_char(&t, '\0');
	client->end = (uint16_t)(t.at - t.start);
	client->answering = client->done = true;
}

/*
 * Appends the next line of the log that is kept, of an instance if one is
 * named.  False: there is none yet.
 */
static bool
record_piece(struct world *w, struct text *t, struct report *r)
{
	size_t name = strlen(r->name);
	const struct record *record;
	char line[RECORD_LINE + 1];

	if (w->record_count > RECORDS_MAX &&
	    r->at < w->record_count - RECORDS_MAX)
		r->at = (uint32_t)(w->record_count - RECORDS_MAX);
	if (r->at >= w->record_count)
		return false;
	record = &w->records[r->at++ % RECORDS_MAX];
	memcpy(line, record->line, record->length);
	line[record->length] = '\0';
	if (name > 0 && (strncmp(line, r->name, name) != 0 ||
	    line[name] != ':'))
		return true;
	if (r->format == REPORT_JSON) {
		text_string(t, r->follow ? "" : r->any ? "," : "[");
		text_string(t, "{\"time\":");
		text_seconds(t, record->wall_us);
		text_format(t, ",\"level\":%u", record->level);
		json_string(t, ",\"line\":", line);
		text_string(t, r->follow ? "}\n" : "}");
	} else {
		text_date(t, record->wall_us, true);
		text_format(t, " %s\n", line);
	}
	r->any = true;
	return true;
}

/* Fills the buffer of a client with more of its answer. */
static void
client_fill(struct world *w, struct service *service, struct client *client)
{
	struct report *r = &client->report;

	while (!client->done && client->end + REPORT_PIECE * 4 < ANSWER_MAX) {
		struct text t = text_over(client->answer + client->end,
		    (size_t)(ANSWER_MAX - client->end));
		bool more = r->command == COMMAND_EVENTS ?
		    record_piece(w, &t, r) : report_piece(&t, r,
		    &service->current->daemon, service->now);

		if (!more && r->command == COMMAND_EVENTS && !r->follow &&
		    r->format == REPORT_JSON)
			text_string(&t, r->any ? "]\n" : "[]\n");
		client->done = !more && !r->follow;
		if (client->done)
			text_char(&t, '\0');
		client->end = (uint16_t)(client->end + (t.at - t.start));
		if (!more)
			break;
	}
	if (r->follow && client->end == client->start)
		client->until = NEVER;
}

/* Takes a word of a question; false: it means nothing. */
static bool
report_word(struct report *r, const char *word)
{
	/* in the order of enum report_format, behind REPORT_TEXT */
	int format = 1 + list_index("-v\0-b\0-s\0-j\0--prometheus\0"
	    "--prometheus-compat\0", word);

	if (format > 0 && (r->command == COMMAND_STATUS ||
	    (format == REPORT_JSON && r->command != COMMAND_EXPLAIN)))
		r->format = (uint8_t)format;
	else if (strcmp(word, "-f") == 0 && r->command == COMMAND_EVENTS)
		r->follow = true;
	else if (strcmp(word, "-m") == 0 && r->command == COMMAND_PEERS)
		r->listens = true;
	else if (word[0] == '-' || r->name[0] != '\0' ||
	    strlen(word) >= REPORT_NAME)
		return false;
	else
		memcpy(r->name, word, strlen(word) + 1);
	return true;
}

#define CHILD_LIMIT_S	30
#define LISTEN_US	(5 * SECOND_US)

/*
 * Leaves a client to a child, which has a copy of all that we know and no timer
 * to keep.  True: we are the child, and may block.
 */
static bool
client_child(struct world *w, struct client *client)
{
	static const struct itimerval limit = {
	    .it_value.tv_sec = CHILD_LIMIT_S };
	pid_t pid = process_fork(w);

	if (pid < 0)
		client_answer(client, ANSWER_REFUSED, "no process for it: %i\n",
		    errno);
	else if (pid > 0)
		client_drop(w, client);
	if (pid != 0)
		return false;
	for (int fd = 3; fd < FD_SETSIZE; fd++) {
		if (fd != client->fd)
			close(fd);
	}
	setitimer(ITIMER_REAL, &limit, NULL);
	process_settle(w);
	syscall(FCNTL, client->fd, F_SETFL, 0);
	return true;
}

/*
 * Notes the MAC address that a packet came from on a link, of the router that
 * sent it; how many of those that were heard have none yet.
 */
static uint32_t
macs_note(struct daemon *d, uint8_t (*macs)[6], const struct packet *packet,
    const struct sockaddr_ll *from)
{
	uint16_t index = interface_base(d->conf, interface_find(d,
	    (uint32_t)from->sll_ifindex));
	uint8_t vrid = packet_vrid(packet);
	const struct vr *vr = vr_find(d, index, vrid, packet);
	uint32_t at = vr == NULL ? d->first_stranger : vr->first_speaker;
	uint32_t missing = 0;

	for (; at != 0; at = d->speakers[at].next) {
		if (d->speakers[at].vrid == vrid &&
		    ip_equal(&d->speakers[at].source, &packet->source))
			memcpy(macs[at], from->sll_addr, sizeof(*macs));
	}
	for (uint32_t i = 1; i <= d->speaker_count; i++)
		missing += !mac_is_known(macs[i]);
	return missing;
}

/*
 * In a child: answers peers -m when every router that was ever heard has been
 * heard again, or LISTEN_US later.
 */
static void __attribute__((noreturn))
peers_answer(struct world *w, struct daemon *d, struct client *client)
{
	usec_t until = world_now(w) + LISTEN_US;
	char buffer[REPORT_PIECE];
	struct text t = output_over(w, client->fd, buffer, sizeof(buffer));
	uint8_t frame[MESSAGE_MAX], (*macs)[6];
	int fd = vrrp_listen(w, "");
	uint32_t missing = d->speaker_count;
	struct sockaddr_ll from;
	struct packet packet;
	struct event event;
	struct arena arena;
	size_t length;

	/* at once: who asked does not wait for ever until it begins */
	text_char(&t, (char)('0' + ANSWER_GOOD));
	output_flush(&t);
	world_arena_open(w, &arena);
	macs = arena_take(&arena, (d->speaker_count + 1) * sizeof(*macs));
	while (macs != NULL && fd >= 0 && missing > 0 &&
	    (length = frame_next(w, fd, until, frame, &from)) > 0) {
		if (frame_event(frame, length, &event) &&
		    packet_open(&event, &packet) == COUNTER_KINDS)
			missing = macs_note(d, macs, &packet, &from);
	}
	client->report.macs = macs;
	while (report_piece(&t, &client->report, d, world_now(w)))
		continue;
	text_char(&t, '\0');
	output_flush(&t);
	_exit(0);
}

/* Reads the words of a request for a report; false after a complaint. */
static bool
report_words(const struct daemon *d, struct client *client,
    const char *const *words)
{
	struct report *r = &client->report;

	for (; *words != NULL; words++) {
		if (!report_word(r, *words)) {
			client_answer(client, ANSWER_USAGE, "'%s' is not "
			    "understood; see vrrpd help\n", *words);
			return false;
		}
	}
	if (r->name[0] == '\0' || vr_named(d, r->name) != NULL)
		return true;
	client_answer(client, ANSWER_USAGE, "there is no instance %s\n",
	    r->name);
	return false;
}

/* Has a report given to a client piece by piece, its status before it. */
static void
report_begin(struct client *client, enum answer status)
{
	client->answer[client->end++] = (char)('0' + status);
	client->answering = true;
}

/* status, explain and events: what steers nothing, and comes piece by piece. */
static void
request_report(struct world *w, struct service *service,
    struct client *client, const char *const *words)
{
	const struct daemon *d = &service->current->daemon;
	const struct report *r = &client->report;
	enum answer status = ANSWER_GOOD;

	(void)w;
	if (!report_words(d, client, words))
		return;
	for (uint32_t i = 0; i < d->conf->vr_count; i++) {
		if (r->command < COMMAND_EVENTS &&
		    vr_state(&d->vrs[i]) == VR_FAULT &&
		    report_is_of(r, &d->conf->vrs[i]))
			status = ANSWER_FAULT;
	}
	report_begin(client, status);
}

/* peers [-j] [-m] [NAME] */
static void
request_peers(struct world *w, struct service *service,
    struct client *client, const char *const *words)
{
	struct daemon *d = &service->current->daemon;

	if (!report_words(d, client, words))
		return;
	if (!client->report.listens)
		report_begin(client, ANSWER_GOOD);
	else if (!client->trusted)
		client_answer(client, ANSWER_REFUSED, "-m: only root and the "
		    "user that vrrpd runs as may do this\n");
	else if (client_child(w, client))
		peers_answer(w, d, client);
}

/* maint NAME|all on|off, prio NAME N|reset */
static void
request_operate(struct world *w, struct service *service,
    struct client *client, const char *const *words)
{
	bool maint = client->report.command == COMMAND_MAINT;
	struct event event = { .kind = EVENT_OPERATOR,
	    .token = maint ? OPERATION_MAINTENANCE : OPERATION_PRIORITY };
	const struct daemon *d = &service->current->daemon;
	const struct vr *vr = vr_named(d, words[0]);
	bool all = maint && strcmp(words[0], "all") == 0;
	/* NOLINTNEXTLINE(clang-analyzer-*) two words */
	bool reset = !maint && strcmp(words[1], "reset") == 0;
	int64_t value = maint ? bool_parse(words[1]) : reset ? 0 :
	    number_of(words[1]);

	if (vr == NULL && !all) {
		client_answer(client, ANSWER_USAGE, "there is no instance "
		    "%s\n", words[0]);
		return;
	}
	if (value < 0 || value > 254 || (!maint && value == 0 && !reset)) {
		client_answer(client, ANSWER_USAGE, maint ? "on or off, not "
		    "'%s'\n" : "a priority of 1-254 or reset, not '%s'\n",
		    words[1]);
		return;
	}
	if (!maint && vr_is_owner(vr)) {
		client_answer(client, ANSWER_REFUSED, "%s owns its addresses: "
		    "its priority is always 255\n", words[0]);
		return;
	}
	event.value = (int32_t)value;
	for (uint32_t i = 0; i < d->conf->vr_count; i++) {
		event.index = i;
		if (all || vr == &d->vrs[i])
			loop_feed(w, &event);
	}
	world_log(w, LOG_LEVEL_NOTICE, "%s: an operator asks for %s %s",
	    words[0], maint ? "maintenance" : "priority", words[1]);
	client_answer(client, ANSWER_GOOD, "%s", "");
}

/* reload: as HUP, with what was found as the answer. */
static void
request_reload(struct world *w, struct service *service,
    struct client *client, const char *const *words)
{
	struct text t = text_over(client->answer + 1, ANSWER_MAX - 2);
	bool good = loop_reload(w, service, &t);

	(void)words;
	if (service->current->daemon.stopping)
		text_string(&t, "vrrpd is stopping\n");
	client->answer[0] = (char)('0' + (good ? ANSWER_GOOD :
	    ANSWER_REFUSED));
	*t.at = '\0';
	client->end = (uint16_t)(2 + (t.at - t.start));
	client->answering = client->done = true;
}

#define COMPARED_MAX	((size_t)1 << 18)	/* bytes of a block */

/*
 * In a child: reads a configuration as a reload would, and tells a client what
 * would change.
 */
static void __attribute__((noreturn))
check_answer(struct world *w, struct service *service, int fd,
    struct conf_input *input)
{
	struct incarnation *next = service->spare, *now = service->current;
	char buffer[4096];
	struct text t = output_over(w, fd, buffer, sizeof(buffer));
	struct comparison c = { .out = &t, .size = COMPARED_MAX };
	struct arena scratch;
	struct diagnostics found;
	bool good;

	world_arena_open(w, &scratch);
	diagnostics_start(&found, &scratch);
	good = incarnation_read(w, next, now, input, &found, &scratch);
	for (unsigned i = 0; good && i < COUNT_OF(c.sides); i++)
		good = (c.sides[i] = arena_take(&scratch, c.size)) != NULL;
	if (good)
		good = !errors_are_new(next, now);
	text_char(&t, (char)('0' + (good ? ANSWER_GOOD : ANSWER_REFUSED)));
	diagnostics_print(&t, &found);
	if (good)
		daemon_compare(&c, &now->daemon, &next->daemon);
	else
		text_string(&t, "a reload would not use it; the running "
		    "configuration would stay\n");
	text_char(&t, '\0');
	output_flush(&t);
	_exit(0);
}

/* check [FILE]: what a reload, with another file, would change. */
static void
request_check(struct world *w, struct service *service,
    struct client *client, const char *const *words)
{
	struct conf_input input = service->input;

	if (words[0] != NULL) {
		input.path = words[0];
		input.flag_count = 0;
	}
	if (client_child(w, client))
		check_answer(w, service, client->fd, &input);
}

/* stop: as TERM. */
static void
request_stop(struct world *w, struct service *service, struct client *client,
    const char *const *words)
{
	(void)w;
	(void)service;
	(void)words;
	client_answer(client, ANSWER_GOOD, "%s", "");
	kill(getpid(), SIGTERM);
}

/* The words that a request begins with: a list in the order of enum request. */
static const char request_words[] = "status\0explain\0events\0peers\0maint\0"
    "prio\0reload\0stop\0check\0";

/* How many words may follow, who answers. */
static const struct request_row {
	uint8_t		least, most;
	bool		steers;		/* only for root and who runs us */
	bool		paths;		/* what follows names files */
	void		(*answer)(struct world *, struct service *,
			    struct client *, const char *const *words);
} request_rows[COMMANDS] = {
	[COMMAND_STATUS] = { 0, 5, false, false, request_report },
	[COMMAND_EXPLAIN] = { 0, 1, false, false, request_report },
	[COMMAND_EVENTS] = { 0, 4, false, false, request_report },
	[COMMAND_PEERS] = { 0, 3, false, false, request_peers },
	[COMMAND_MAINT] = { 2, 2, true, false, request_operate },
	[COMMAND_PRIO] = { 2, 2, true, false, request_operate },
	[COMMAND_RELOAD] = { 0, 0, true, false, request_reload },
	[COMMAND_STOP] = { 0, 0, true, false, request_stop },
	[COMMAND_CHECK] = { 0, 1, true, true, request_check },
};

/* The row of a word; NULL: it is no request. */
static const struct request_row *
request_find(const char *word)
{
	int index = list_index(request_words, word);

	return index < 0 ? NULL : &request_rows[index];
}

/* Does what a whole request asks for, or begins to answer it. */
static void
loop_request(struct world *w, struct service *service, struct client *client)
{
	const char *words[8] = { NULL };
	char *at = client->request, *end = at + client->got - 1;
	const struct request_row *row;
	unsigned count = 0;

	*end = '\0';
	for (; at < end && count < COUNT_OF(words) - 1; at += strlen(at) + 1)
		words[count++] = at;
	row = count == 0 ? NULL : request_find(words[0]);
	if (row == NULL) {
		client_answer(client, ANSWER_USAGE, "no such command; see "
		    "vrrpd help\n");
	} else if (count - 1 < row->least || count - 1 > row->most) {
		client_answer(client, ANSWER_USAGE, "%s: too %s words; see "
		    "vrrpd help\n", words[0], count - 1 < row->least ?
		    "few" : "many");
	} else if (row->steers && !client->trusted) {
		client_answer(client, ANSWER_REFUSED, "%s: only root and the "
		    "user that vrrpd runs as may do this\n", words[0]);
	} else {
		client->report.command = (uint8_t)(row - request_rows);
		row->answer(w, service, client, words + 1);
	}
}

/* Gives every client its turn: a piece of work each. */
static void
loop_clients(struct world *w, struct service *service, bool waiting)
{
	if (waiting)
		client_accept(w, service->now);
	for (unsigned i = 0; w->client_count > 0 && i < CLIENTS_MAX; i++) {
		struct client *client = &w->clients[i];

		if (client->fd > 0 && client->ready &&
		    client->end == client->start &&
		    client_read(w, client, service->now)) {
			loop_request(w, service, client);
			world_carry_out(w, &w->out);
		}
		if (client->fd > 0 && client->answering) {
			client_fill(w, service, client);
			client_send(w, client, service->now);
		}
		if (client->fd > 0 && service->now >= client->until)
			client_drop(w, client);
	}
}

/*
 * Tells the supervisor that we live, when it wants to know, and how we are,
 * when there was something to log.
 */
static void
loop_supervisor(struct world *w, struct service *service)
{
	const struct daemon *d = &service->current->daemon;
	unsigned count[VR_STATES] = { 0 };

	if (service->now >= service->alive_at) {
		service->alive_at = supervisor_due(w, service->now);
		supervisor_tell(w, "WATCHDOG=1");
	}
	if (service->told_count == w->record_count)
		return;
	service->told_count = w->record_count;
	if (environment_value("NOTIFY_SOCKET") == NULL)
		return;
	for (uint32_t i = 0; i < d->conf->vr_count; i++)
		count[vr_state(&d->vrs[i])]++;
	supervisor_tell(w, "STATUS=%u MASTER, %u BACKUP, %u FAULT, %u INIT",
	    count[VR_MASTER], count[VR_BACKUP], count[VR_FAULT],
	    count[VR_INIT]);
}

/* Does what a signal asks for. */
static void
loop_signal(struct world *w, struct service *service, int signal_number)
{
	struct event event = { .kind = EVENT_SHUTDOWN };

	switch (signal_number) {
	case SIGHUP:
		loop_reload(w, service, NULL);
		break;
	case SIGINT:
	case SIGTERM:
		if (signal_number == SIGINT && service->ignore_int)
			break;
		supervisor_tell(w, "STOPPING=1");
		loop_feed(w, &event);
		break;
	case SIGUSR1:
		loop_dump(w, service, DUMP_STATE);
		break;
	case SIGUSR2:
		loop_dump(w, service, DUMP_STATS);
		break;
	case SIGNAL_JSON_GLIBC:
	case SIGNAL_JSON_MUSL:
		loop_dump(w, service, DUMP_JSON);
		break;
	case SIGNAL_STATS_CLEAR:
		loop_dump(w, service, DUMP_STATS);
		loop_clear(service);
		break;
	}
}

/*
 * Reads every socket that has something.  Returns whether all that carry
 * advertisements are empty now, or have been read so often without becoming so
 * that a flood must not hold up a Backup any longer.
 */
static bool
loop_receive(struct world *w, struct service *service, uint32_t readable)
{
	bool emptied = true;

	for (int i = 0; i < SOCKET_WAITED; i++) {
		bool empty;

		if ((readable & 1U << i) == 0 || i == SOCKET_SIGNAL)
			continue;
		empty = world_receive(w, (enum world_socket)i, loop_feed);
		if (i < SOCKET_ARP)
			emptied = emptied && empty;
	}
	service->unread_turns = emptied ? 0 : service->unread_turns + 1;
	return emptied || service->unread_turns > FLOOD_TURNS;
}

/*
 * Tells of a wake-up that came a second too late, and raises our real-time
 * priority by one, up to max_auto_priority, so that it may be the last.
 */
static void
loop_late(struct world *w, struct service *service, usec_t deadline)
{
	struct daemon *d = &service->current->daemon;
	int late_ms = (int)((service->now - deadline) / MS_US);
	const char *why;

	if (deadline == 0 || deadline > service->now - WAKE_LATE_US)
		return;
	d->counters.late_wakeups++;
	if (service->rt_priority < d->conf->global.rt_priority)
		service->rt_priority = d->conf->global.rt_priority;
	if (service->rt_priority >= d->conf->global.max_auto_priority) {
		world_log(w, LOG_LEVEL_WARNING, "woken %d ms late", late_ms);
		return;
	}
	why = world_hurry(w, ++service->rt_priority);
	world_log(w, LOG_LEVEL_WARNING, "woken %d ms late; real-time priority "
	    "%d: %s", late_ms, (int)service->rt_priority,
	    why == NULL ? "set" : why);
}

/* Waits for something to happen and deals with it, as the head says. */
static void
serve_turn(struct world *w, struct service *service)
{
	usec_t deadline = daemon_deadline(&service->current->daemon);
	uint32_t readable = world_wait(w, usec_min(deadline,
	    usec_min(service->check_at, service->alive_at)));
	bool drained = readable == 0;

	service->now = world_now(w);
	loop_late(w, service, deadline);
	loop_time(w, drained);
	if (readable != 0)
		drained = loop_receive(w, service, readable);
	/* one a turn: those who reload all the time hold up nothing else */
	if (readable & 1U << SOCKET_SIGNAL)
		loop_signal(w, service, world_next_signal(w));
	world_pending(w, loop_feed);
	world_carry_out(w, &w->out);
	if (readable != 0)
		loop_time(w, drained);
	loop_schedule(w, service);
	loop_clients(w, service, readable & 1U << SOCKET_CONTROL);
	loop_supervisor(w, service);
}

/* ==== 11. Main ==== */
/*
 * The command line, daemonising, and the exit status.  keepalived's options
 * keep their letters and meaning; every other long option is a keyword of the
 * configuration, and every other word an address (Configuration reads those).
 *
 * Promises: the process that was called returns only when the configuration is
 * good, the sockets are open and the pid file is written and locked.  Its exit
 * status is then the truth.
 */

enum exit_status {
	EXIT_GOOD = 0, EXIT_USAGE = 1, EXIT_CONFIG = 2, EXIT_PERMISSION = 4,
	EXIT_NO_CONFIG = 6
};

#define VRRPD_CONF	"/etc/vrrpd.conf"
#define KEEPALIVED_CONF	"/etc/keepalived/keepalived.conf"

/* The command line, understood. */
struct options {
	const char	*file, *test_log, *log_file, *facility, *umask;
	const char	*pid, *vrrp_pid, *unused, *namespace, *config_id;
	const char	*signal_name, *control, *control_mode;
	const char	*ready_fd;
	int		ready;		/* what that is; -1: nothing open */
	mode_t		mode, mask;	/* what control_mode and umask are */
	uint32_t	foreground, console, detail, flush, no_syslog;
	uint32_t	dump_conf;
	uint32_t	release_all, keep_addresses, addresses, all_includes;
	uint32_t	ignore_int, core_dump, test, print_config, strict;
	uint32_t	keywords, version, help, check_only, vrrp_only, no_bfd;
	uint32_t	log_to_file;	/* -g */
	uint32_t	given;		/* of those without effect */
	uint32_t	bad_flags;	/* that no keyword has */
	bool		as_keepalived;
	bool		examines;	/* doctor, before the options */
	struct conf_flag *flags;
	size_t		flag_count;
};

/*
 * The options: where each goes, and its line in the help, from which its
 * letter, its name and what it takes are read: "f use-file=FILE what it does"
 * is -f, "  name[=VALUE] ..." has no letter and an optional value.
 */
#define OPTIONS(FLAG, VALUE, MAYBE) \
	VALUE(file, "f use-file=FILE read this configuration") \
	FLAG(foreground, "n dont-fork stay in the foreground") \
	FLAG(console, "l log-console log to stderr too (with -n)") \
	FLAG(detail, "D log-detail log more") \
	VALUE(facility, "S log-facility=N syslog facility: 0-7 are " \
	    "local0-7, or local0-7, user, daemon") \
	MAYBE(log_to_file, log_file, "g log-file[=FILE] log to a file too") \
	FLAG(flush, "  flush-log-file ignored") \
	FLAG(no_syslog, "G no-syslog do not log to syslog") \
	VALUE(umask, "u umask=MASK mask for files and scripts") \
	FLAG(dump_conf, "d dump-conf log the configuration at start") \
	VALUE(pid, "p pid=FILE pid file") \
	VALUE(vrrp_pid, "r vrrp_pid=FILE a second pid file") \
	VALUE(unused, "c checkers_pid=FILE ignored") \
	VALUE(unused, "b bfd_pid=FILE ignored") \
	FLAG(release_all, "X release-vips on leaving MASTER, remove " \
	    "addresses that others set, too") \
	FLAG(keep_addresses, "V dont-release-vrrp at the end, leave the " \
	    "addresses and say nothing") \
	FLAG(given, "I dont-release-ipvs ignored") \
	FLAG(given, "R dont-respawn ignored") \
	FLAG(addresses, "a address-monitoring log address changes") \
	VALUE(namespace, "s namespace=NAME run in this network namespace") \
	FLAG(all_includes, "e all-config a missing include is an error") \
	VALUE(config_id, "i config-id=ID lines that begin with @ID count") \
	MAYBE(test, test_log, "t config-test[=LOG] check the configuration " \
	    "and exit") \
	FLAG(print_config, "  print-config print the effective " \
	    "configuration and exit") \
	VALUE(control, "  control=PATH socket for operators; none: no such " \
	    "socket") \
	VALUE(control_mode, "  control-mode=MODE who may ask there, as an " \
	    "octal number (0666)") \
	VALUE(ready_fd, "  ready-fd=N write a line there when it serves") \
	FLAG(strict, "  strict-config refuse a configuration with errors") \
	FLAG(vrrp_only, "P vrrp ignored") \
	FLAG(check_only, "C check refused: there is no LVS checker") \
	FLAG(no_bfd, "B no_bfd run no bfd_instance: all of them count as " \
	    "down") \
	FLAG(given, "  all ignored") \
	VALUE(unused, "  config-fd=FD ignored") \
	FLAG(core_dump, "m core-dump allow a core dump") \
	MAYBE(given, unused, "M core-dump-pattern[=PATTERN] ignored") \
	VALUE(signal_name, "  signum=NAME print a signal's number: STOP " \
	    "RELOAD DATA STATS STATS_CLEAR JSON") \
	FLAG(ignore_int, "  ignore-sigint INT does not end the daemon") \
	FLAG(given, "x snmp ignored") \
	VALUE(unused, "A snmp-agent-socket=SOCKET ignored") \
	FLAG(given, "  debug ignored") \
	FLAG(keywords, "  keywords list the keywords and exit") \
	FLAG(version, "v version print the version and exit") \
	FLAG(help, "h help print this and exit")

#define OPTION_NAME	2		/* where in the line the name begins */
#define HELP_COLUMN	29		/* where the help shows what it does */

/* Where in struct options an option adds one, and puts its argument. */
static const struct option_row {
	uint16_t	count, value;
} option_rows[] = {
#define ROW(count, value) \
	{ offsetof(struct options, count), offsetof(struct options, value) },
#define FLAG(member, line)		ROW(member, unused)
#define VALUE(member, line)		ROW(given, member)
#define MAYBE(count, member, line)	ROW(count, member)
	OPTIONS(FLAG, VALUE, MAYBE)
#undef ROW
#undef FLAG
#undef VALUE
#undef MAYBE
};

/* Their lines: a list. */
#define LINE(member, line)		line "\0"
#define LINE_MAYBE(count, member, line)	line "\0"
static const char option_lines[] = OPTIONS(LINE, LINE, LINE_MAYBE);
#undef LINE
#undef LINE_MAYBE

/* The line of an option. */
static const char *
option_line(const struct option_row *row)
{
	return list_item(option_lines, (unsigned)(row - option_rows));
}

/* The length of an option's name. */
static size_t
option_length(const struct option_row *row)
{
	return span_to(option_line(row) + OPTION_NAME, "=[ ");
}

/* What stands behind an option's name: ' ', '=' it needs a value, or '['. */
static char
option_takes(const struct option_row *row)
{
	return option_line(row)[OPTION_NAME + option_length(row)];
}

/* What the options say of where to log, once they are known. */
static bool
logs_to_console(const struct options *options)
{
	return options->console > 0 && options->foreground > 0;
}

/*
 * Tells whoever called us, on stderr with the program's name before it, why we
 * do not start; once there is a log (options: how it is; or NULL), there too,
 * for whoever called may not see it.
 */
static void __attribute__((format(printf, 3, 4)))
say_failure(struct world *w, const struct options *options,
    const char *format, ...)
{
	char line[LINE_MAX_LOG];
	struct text t = output_over(w, STDERR_FILENO, line, sizeof(line));
	size_t before;
	va_list arguments;

	text_string(&t, "vrrpd: ");
	before = (size_t)(t.at - t.start);
	va_start(arguments, format);
	text_vformat(&t, format, &arguments);
	va_end(arguments);
	if (options != NULL)
		world_log_line(w, LOG_LEVEL_ERROR, line + before,
		    (size_t)(t.at - t.start) - before);
	text_char(&t, '\n');
	if (options == NULL || !logs_to_console(options))
		output_flush(&t);
}

/* The same before there is a log. */
#define say(w, ...)	say_failure(w, NULL, __VA_ARGS__)

/* Writes the rest of an output: the exit status, 1 if not all was written. */
static int
output_end(struct world *w, struct text *t, int status)
{
	output_flush(t);
	if (!t->truncated)
		return status;
	say(w, "standard output: %i", errno);
	return EXIT_USAGE;
}

/* Prints the options. */
static void
print_help(struct text *t)
{
	text_string(t, "usage: vrrpd [options] [-f FILE]\n"
	    "       vrrpd [options] --KEYWORD VALUE ... ADDRESS[/LEN] ...\n\n");
	for (size_t i = 0; i < COUNT_OF(option_rows); i++) {
		const char *line = option_line(&option_rows[i]);
		size_t name = OPTION_NAME + span_to(line + OPTION_NAME, " ");

		if (line[0] == ' ')
			text_string(t, "      --");
		else
			text_format(t, "  -%c, --", line[0]);
		text_bytes(t, line + OPTION_NAME, name - OPTION_NAME);
		for (size_t column = name; column < HELP_COLUMN; column++)
			text_char(t, ' ');
		text_format(t, "%s\n", line + name);
	}
	text_string(t, "\nEvery keyword of a vrrp_instance that takes one "
	    "value is a flag too, with - or _:\n"
	    "  vrrpd --interface eth0 --vrid 51 --prio 150 10.0.0.3/24\n"
	    "A running daemon takes commands: vrrpd help\n");
}

/*
 * Prints the version: the first line so that tools which parse keepalived's
 * find what they look for.
 */
static void
print_version(struct text *t, bool as_keepalived)
{
	if (as_keepalived)
		text_string(t, "Keepalived v" COMPATIBLE_WITH " (vrrpd "
		    VRRPD_VERSION ") - vrrpd compatible\n");
	else
		text_string(t, "vrrpd " VRRPD_VERSION ", takes keepalived "
		    COMPATIBLE_WITH "'s configuration (VRRP)\n");
}

/* Prints the number of a signal by keepalived's name for it; exit status. */
static int
print_signal(struct world *w, struct text *t, const char *name)
{
	static const char names[] =
	    "STOP\0RELOAD\0DATA\0STATS\0STATS_CLEAR\0JSON";
	static const uint8_t numbers[] = { SIGTERM, SIGHUP, SIGUSR1, SIGUSR2,
	    SIGNAL_STATS_CLEAR, SIGNAL_JSON_GLIBC };

	for (unsigned i = 0; i < COUNT_OF(numbers); i++) {
		if (strcmp(list_item(names, i), name) == 0) {
			text_format(t, "%d\n", numbers[i]);
			return EXIT_GOOD;
		}
	}
	say(w, "there is no signal %s; see vrrpd --help", name);
	return EXIT_USAGE;
}

/* Notes an option and its argument (NULL: none) in the options. */
static void
option_take(struct options *options, const struct option_row *row,
    const char *argument)
{
	uint32_t *count = (uint32_t *)(void *)((char *)options + row->count);
	const char **value =
	    (const char **)(void *)((char *)options + row->value);

	++*count;
	if (argument != NULL)
		*value = argument;
}

/* Where the words of the command line are read. */
struct words {
	char		**argv;
	int		count, at;
};

/*
 * A bundle of letters: -nlD, -fFILE, -f FILE.  False, with a message, for an
 * unknown letter or a missing argument.
 */
static bool
option_letters(struct world *w, struct options *options, struct words *words)
{
	const char *letters = words->argv[words->at] + 1;

	for (; *letters != '\0'; letters++) {
		const struct option_row *row = option_rows;
		const char *rest = letters[1] != '\0' ? letters + 1 : NULL;

		while (row < option_rows + COUNT_OF(option_rows) &&
		    (*option_line(row) != *letters || *letters == ' '))
			row++;
		if (row == option_rows + COUNT_OF(option_rows)) {
			say(w, "there is no option -%c; see vrrpd --help",
			    *letters);
			return false;
		}
		if (option_takes(row) == ' ') {
			option_take(options, row, NULL);
			continue;
		}
		if (option_takes(row) == '=' && rest == NULL &&
		    ++words->at >= words->count) {
			say(w, "option -%c needs a value; see vrrpd --help",
			    *letters);
			return false;
		}
		option_take(options, row, rest != NULL ? rest :
		    option_takes(row) == '=' ? words->argv[words->at] : NULL);
		break;
	}
	return true;
}

/* Whether two names of this length are the same, - and _ being alike. */
static bool
name_is(const char *name, const char *word, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (name[i] != word[i] && (name[i] != '_' || word[i] != '-') &&
		    (name[i] != '-' || word[i] != '_'))
			return false;
	}
	return true;
}

/* A long option of keepalived's or ours; NULL: it is none of them. */
static const struct option_row *
option_find(const char *word, size_t length)
{
	for (size_t i = 0; i < COUNT_OF(option_rows); i++) {
		if (option_length(&option_rows[i]) == length &&
		    name_is(option_line(&option_rows[i]) + OPTION_NAME, word,
		    length))
			return &option_rows[i];
	}
	return NULL;
}

/*
 * A word that begins with --: an option, or else a flag of the configuration,
 * which is noted for it.  False, with a message, when an argument is missing.
 */
static bool
option_word(struct world *w, struct options *options, struct words *words)
{
	char *word = words->argv[words->at] + 2;
	char *equals = text_find(word, '=');
	size_t length = equals == NULL ? strlen(word) :
	    (size_t)(equals - word);
	const struct option_row *row = option_find(word, length);
	const char *value = equals == NULL ? NULL : equals + 1;
	struct conf_flag *flag = &options->flags[options->flag_count];
	bool needs = row != NULL ? option_takes(row) == '=' :
	    flag_needs_value(word, length);

	if (row == NULL)
		flag->argument = (uint32_t)words->at;
	if (needs && value == NULL && ++words->at < words->count)
		value = words->argv[words->at];
	if (row != NULL && needs && value == NULL) {
		say(w, "option --%s needs a value; see vrrpd --help", word);
		return false;
	}
	if (row != NULL && option_takes(row) == ' ' && value != NULL) {
		say(w, "option --%.*s takes no value", (int)length, word);
		return false;
	}
	if (row != NULL) {
		option_take(options, row, value);
		return true;
	}
	if (equals != NULL)
		*equals = '\0';
	options->bad_flags += !flag_exists(word);
	flag->name = word;
	flag->value = value;
	options->flag_count++;
	return true;
}

/* The number of a syslog facility by its word or digit; -1: there is none. */
static int
facility_number(const char *word)
{
	int64_t n;

	if (word == NULL || strcmp(word, "daemon") == 0)
		return 3;
	if (strcmp(word, "user") == 0)
		return 1;
	if (strncmp(word, "local", 5) == 0)
		word += 5;
	return number_parse(word, &n) && n >= 0 && n <= 7 ? 16 + (int)n : -1;
}

/*
 * Whether the options agree with each other, and those that are numbers are
 * such, which go to options->ready, mode and mask; if not, says why.
 */
static bool
options_agree(struct world *w, struct options *options)
{
	const char *mode = options->control_mode;
	const char *mask = options->umask;
	int64_t fd = -1, bits = 0666, masked = 0;

	if (options->log_to_file > 0 && options->log_file == NULL)
		say(w, "-g needs a file, without a blank: -gFILE");
	else if (options->check_only > 0 && options->vrrp_only == 0)
		say(w, "-C asks for LVS checkers only: vrrpd has none");
	else if (options->file != NULL && options->flag_count > 0)
		say(w, "-f and flags of an instance exclude each other: put "
		    "the flags into the file, or leave -f out");
	else if (options->ready_fd != NULL && (!number_parse(options->ready_fd,
	    &fd) || fd < 3 || fd > INT32_MAX))
		say(w, "--ready-fd needs the number of a descriptor, from 3 "
		    "on");
	else if (mode != NULL && (!number_parse_base(mode, strlen(mode), 8,
	    &bits) || bits > 0777))
		say(w, "--control-mode needs a mode, as 0660");
	else if (mask != NULL && (!number_parse_c(mask, &masked) ||
	    masked < 0 || masked > 0777))
		say(w, "-u needs an octal number, as 022, up to 0777");
	else if (facility_number(options->facility) < 0)
		say(w, "-S %s: a facility is 0-7, local0-7, user or daemon",
		    options->facility);
	else {
		options->ready = (int)fd;
		options->mode = (mode_t)bits;
		options->mask = (mode_t)masked;
		return true;
	}
	return false;
}

/* Understands the command line; false, with a message, when it cannot. */
static bool
options_parse(struct world *w, struct options *options, struct arena *arena,
    int argc, char **argv)
{
	struct words words = { argv, argc, 1 + options->examines };

	options->flags = arena_array(arena, (size_t)argc + 1,
	    sizeof(*options->flags));
	if (options->flags == NULL) {
		say(w, "out of memory");
		return false;
	}
	for (; words.at < argc; words.at++) {
		char *word = argv[words.at];
		struct conf_flag *flag = &options->flags[options->flag_count];

		if (word[0] == '-' && word[1] == '-' && word[2] != '\0') {
			if (!option_word(w, options, &words))
				return false;
		} else if (word[0] == '-' && word[1] != '\0') {
			if (!option_letters(w, options, &words))
				return false;
		} else {
			flag->value = word;
			flag->argument = (uint32_t)words.at;
			options->flag_count++;
		}
	}
	return options_agree(w, options);
}

/*
 * Copies the flags, and hides secrets in the command line that other users can
 * see: a password's letters are overwritten (design 4).  The path of a file
 * with one will mean the same from /.
 */
static void
flags_keep(struct world *w, struct options *options, struct arena *arena)
{
	for (size_t i = 0; i < options->flag_count; i++) {
		struct conf_flag *flag = &options->flags[i];
		char path[PATH_SIZE];
		struct text t = text_over(path, sizeof(path));
		char *seen = (char *)(uintptr_t)flag->value;

		if (flag->value == NULL)
			continue;
		flag->value = arena_string(arena, seen, strlen(seen));
		if (flag->name == NULL || !flag_is_secret(flag->name))
			continue;
		if (seen[0] != '@') {
			memset(seen, '*', strlen(seen));
			continue;
		}
		text_char(&t, '@');
		if (text_absolute(w, &t, seen + 1) == NULL)
			flag->value = arena_string(arena, path,
			    (size_t)(t.at - t.start));
	}
}

/*
 * Prints every finding; for -t what comes of them (summary) and, of a file of
 * keepalived's, what differs from it (migration).
 */
static void
print_diagnostics(struct world *w, int fd, const struct diagnostics *found,
    bool summary, bool migration)
{
	char buffer[LINE_MAX_LOG];
	struct text t = output_over(w, fd, buffer, sizeof(buffer));
	uint32_t warnings = found->counts[SEVERITY_WARNING];
	uint32_t errors = found->counts[SEVERITY_ERROR] +
	    found->counts[SEVERITY_FATAL];

	diagnostics_print(&t, found);
	if (summary && found->first != NULL)
		text_format(&t, "%u error%s, %u warning%s; would run: %s\n",
		    errors, errors == 1 ? "" : "s", warnings,
		    warnings == 1 ? "" : "s",
		    found->counts[SEVERITY_FATAL] > 0 ? "no" : "yes");
	if (summary && migration)
		migration_print(&t, found);
	output_flush(&t);
}

/*
 * Options that print something and end: the exit status, or -1 to go on.  As
 * keepalived we have its manners: help and version go to stderr.
 */
static int
print_and_leave(struct world *w, const struct options *options)
{
	char buffer[LINE_MAX_LOG];
	int status = EXIT_GOOD;
	bool aside = options->as_keepalived && options->help +
	    options->version > 0;
	struct text t = output_over(w, aside ? STDERR_FILENO : STDOUT_FILENO,
	    buffer, sizeof(buffer));

	if (options->help > 0)
		print_help(&t);
	else if (options->version > 0)
		print_version(&t, options->as_keepalived);
	else if (options->keywords > 0)
		keywords_print(&t);
	else if (options->signal_name != NULL)
		status = print_signal(w, &t, options->signal_name);
	else
		return -1;
	return output_end(w, &t, status);
}

/*
 * The file to read: the one that -f names, else the first default that there
 * is.  As keepalived it is keepalived's alone.
 */
static const char *
default_file(struct world *w, const struct options *options)
{
	(void)w;
	if (options->flag_count > 0)
		return NULL;
	if (options->file != NULL)
		return options->file;
	if (options->as_keepalived || (access(VRRPD_CONF, F_OK) != 0 &&
	    access(KEEPALIVED_CONF, F_OK) == 0))
		return KEEPALIVED_CONF;
	return VRRPD_CONF;
}

/* -t and --print-config: reads, prints, and gives the exit status. */
static int
test_configuration(struct world *w, const struct options *options,
    const struct conf_input *input)
{
	struct arena keep, scratch;
	struct diagnostics found;
	const struct conf *conf;
	char buffer[LINE_MAX_LOG];
	int log = STDERR_FILENO;
	struct text t = output_over(w, STDOUT_FILENO, buffer, sizeof(buffer));

	world_arena_open(w, &keep);
	world_arena_open(w, &scratch);
	diagnostics_start(&found, &scratch);
	if (options->test_log != NULL)
		log = file_open(w, options->test_log, O_WRONLY | O_CREAT |
		    O_APPEND, 0644);
	if (log < 0) {
		say(w, "%s: %i", options->test_log, errno);
		return EXIT_USAGE;
	}
	conf = conf_parse(&keep, &scratch, input, &found);
	print_diagnostics(w, log, &found, options->test > 0, found.used !=
	    NULL && input->path != NULL && strcmp(path_name(input->path),
	    "keepalived.conf") == 0);
	if (options->print_config > 0 && conf != NULL)
		conf_print(&t, conf, true);
	return output_end(w, &t, conf_exit_code(&found));
}

#define UMASK_START	022	/* pid files are for everybody to read */
#define UMASK_SERVING	0177	/* keepalived's: dumps and FIFOs are not */

/* Sets what the process has from the system: core dumps, and a umask. */
static void
process_limits(struct world *w, const struct options *options,
    const struct conf_global *global)
{
	struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };

	if (options->core_dump > 0)
		prlimit(0, RLIMIT_CORE, &unlimited, NULL);
	w->umask_asked = global->umask_set || options->umask != NULL;
	umask(options->umask != NULL ? options->mask : global->umask_set ?
	    (mode_t)global->umask : UMASK_START);
}

/*
 * A path that means the same from wherever we are, since the daemon goes to /
 * and reads the file again at HUP.  In the arena, unless it is absolute.  One
 * that cannot be made so stays as it is: NULL only for NULL.
 */
static const char *
absolute_path(struct world *w, struct arena *arena, const char *path)
{
	const char *absolute;
	char buffer[PATH_SIZE];
	struct text t = text_over(buffer, sizeof(buffer));

	if (path == NULL || text_absolute(w, &t, path) != NULL)
		return path;
	absolute = arena_string(arena, buffer, (size_t)(t.at - t.start));
	return absolute == NULL ? path : absolute;
}

/* Appends a name and, if this process has one, that of its instance. */
static const char *
text_instance(struct text *t, const char *name,
    const struct conf_global *global)
{
	text_string(t, name);
	if (global->instance != NULL)
		text_format(t, "_%s", global->instance);
	return text_end(t);
}

/* The path of a file of this process below /run; NULL: out of memory. */
static const char *
run_path(struct arena *arena, const struct conf_global *global,
    const char *name, const char *ending)
{
	char buffer[256];
	struct text t = text_over(buffer, sizeof(buffer));

	text_string(&t, "/run/");
	text_instance(&t, name, global);
	text_string(&t, ending);
	return arena_string(arena, buffer, (size_t)(t.at - t.start));
}

/*
 * Writes and locks the pid files, whose paths outlive this configuration.
 * False when another daemon runs, and when one cannot be written; in the
 * foreground, where whoever started us knows our pid, that is only worth a
 * message (T25).
 */
static bool
pid_files(struct world *w, const struct options *options,
    const struct conf_global *global)
{
	const char *name = options->as_keepalived ? "keepalived/keepalived" :
	    "keepalived/vrrpd";
	const char *paths[] = { options->pid, options->vrrp_pid };

	if (!global->use_pid_dir)
		name += strlen("keepalived/");
	if (paths[0] == NULL)
		paths[0] = run_path(&w->memory, global, name, ".pid");
	if (paths[1] == NULL && options->as_keepalived)
		paths[1] = "/run/vrrp.pid";
	if (paths[0] == NULL) {
		say_failure(w, options, "out of memory");
		return false;
	}
	for (size_t i = 0; i < COUNT_OF(paths) && paths[i] != NULL; i++) {
		const char *path = absolute_path(w, &w->memory, paths[i]);
		const char *why = NULL;
		pid_t other = 0;
		enum pid_result result = world_pid_open(w, path, &other,
		    &why);

		if (result == PID_RUNNING)
			say_failure(w, options, "%s: a daemon is running "
			    "already (pid %d); give another file with -p",
			    paths[i], (int)other);
		if (result == PID_FAILED)
			say_failure(w, options, "%s: %s", paths[i], why);
		if (result == PID_RUNNING ||
		    (result == PID_FAILED && options->foreground == 0))
			return false;
	}
	return true;
}

/* Logs the lines that a text holds; the beginning of another one stays. */
static void
log_lines(struct text *t)
{
	char *line = t->start;

	for (char *at = line; at < t->at; at++) {
		if (*at != '\n')
			continue;
		log_write(t->context, LOG_LEVEL_INFO, line,
		    (size_t)(at - line));
		line = at + 1;
	}
	if (line == t->start)			/* longer than all of it */
		line = t->at;
	memmove(t->start, line, (size_t)(t->at - line));
	t->at -= line - t->start;
}

/* Writes the effective configuration to the log, a line each (-d). */
static void
log_configuration(struct world *w, const struct conf *conf)
{
	char buffer[16 * LINE_MAX_LOG];
	struct text t = text_over(buffer, sizeof(buffer));

	t.flush = log_lines;
	t.context = w;
	conf_print(&t, conf, false);
	log_lines(&t);
}

/* Opens the log as the options say; false, with a message, if it cannot. */
static bool
open_log(struct world *w, const struct options *options,
    const struct conf_global *global)
{
	static char ident[64];
	struct text t = text_over(ident, sizeof(ident));
	struct log_options log = { .ident = ident,
	    .file = absolute_path(w, &w->memory, options->log_file),
	    .facility = facility_number(options->facility),
	    .syslog = options->no_syslog == 0, .detail = options->detail,
	    .console = logs_to_console(options) };
	const char *why;

	text_instance(&t, options->as_keepalived ? "Keepalived_vrrp" : "vrrpd",
	    global);
	why = world_log_open(w, &log);
	if (why != NULL)
		say(w, "%s: %s", options->log_file != NULL ?
		    options->log_file : "the log on stderr", why);
	return why == NULL;
}

/* Opens the control socket, unless there is to be none. */
static void
open_control(struct world *w, const struct options *options,
    const struct conf_global *global, struct arena *arena)
{
	const char *path = options->control;

	if (path == NULL)
		path = run_path(arena, global, "vrrpd", ".sock");
	if (path == NULL || strcmp(path, "none") == 0)
		return;
	w->control = absolute_path(w, arena, path);
	w->control_mode = options->mode;
	control_renew(w);
}

/* Goes to a network namespace; false, with a message, if it cannot. */
static bool
enter_namespace(struct world *w, const struct options *options,
    const char *name)
{
	const char *why;

	processes_open(w);
	why = world_enter_namespace(w, name);
	if (why != NULL)
		say_failure(w, options, "network namespace %s: %s", name, why);
	return why == NULL;
}

/*
 * Everything between a good configuration and the first event, in the process
 * that will serve.  Returns EXIT_GOOD, or the status to leave with.
 */
static int
start_up(struct world *w, struct service *service,
    const struct options *options)
{
	struct incarnation *now = service->current;
	const struct conf_global *global = &now->conf->global;
	char reason[256];
	struct text t = text_over(reason, sizeof(reason));

	if (options->namespace == NULL && global->net_namespace != NULL &&
	    !enter_namespace(w, options, global->net_namespace))
		return EXIT_CONFIG;
	process_limits(w, options, global);
	if (!pid_files(w, options, global))
		return EXIT_USAGE;
	if (!w->umask_asked)
		umask(UMASK_SERVING);
	now->daemon.shared = world_shared(w);
	now->daemon.kernel_tags = world_tags(w);
	if (!world_open_sockets(w, &t)) {
		say_failure(w, options, "%s", text_end(&t));
		return EXIT_PERMISSION;
	}
	if (!world_signals(w, false)) {
		say_failure(w, options, "cannot be told of signals: %i",
		    errno);
		return EXIT_PERMISSION;
	}
	open_control(w, options, global, &w->memory);
	world_configure(w, now->conf);
	world_outlive(w);
	now->daemon.keep_addresses = options->keep_addresses > 0;
	now->daemon.release_all = options->release_all > 0;
	now->daemon.log_addresses = options->addresses > 0;
	now->daemon.no_bfd = options->no_bfd > 0;
	now->daemon.random = world_random(w);
	return EXIT_GOOD;
}

/* Waits for the status of the process in the background, and leaves with it. */
static void __attribute__((noreturn))
wait_background(struct world *w, int status_pipe)
{
	uint8_t status = EXIT_USAGE;
	ssize_t got;

	do {
		got = read(status_pipe, &status, 1);
	} while (got < 0 && errno == EINTR);
	if (got != 1)
		say(w, "the process in the background does not say that it "
		    "serves: %s", got < 0 ? error_last(w) : "it has ended");
	_exit(status);
}

/*
 * Goes to the background.  The calling process waits until the other one has
 * started, and leaves with its status: it never returns.  Returns the pipe that
 * the status goes to, or -1 without memory for a process.
 */
static int
go_background(struct world *w)
{
	int ends[2];
	pid_t pid;

	if (pipe(ends) < 0)	/* closed before a program runs */
		return -1;
	pid = process_fork(w);
	if (pid < 0)
		return -1;
	if (pid > 0) {
		close(ends[1]);
		wait_background(w, ends[0]);
	}
	close(ends[0]);
	setsid();
	return ends[1];
}

/* Tells the waiting process that we serve now, and lets go of the terminal. */
static void
finish_background(struct world *w, int status_pipe)
{
	char status = EXIT_GOOD;
	int null = file_open(w, "/dev/null", O_RDWR, 0);
	bool free = null >= 0;

	for (int fd = 0; fd <= 2; fd++)
		free = free && dup2(null, fd) >= 0;
	free = chdir("/") == 0 && free;
	if (!free)
		world_log(w, LOG_LEVEL_WARNING, "cannot let go of the terminal "
		    "and the directory: %i", errno);
	if (null > 2)
		close(null);
	file_write(w, status_pipe, &status, 1);
	close(status_pipe);
}

/* Tells who started us that we serve: sd_notify(3), or a line (s6). */
static void
tell_ready(struct world *w, struct service *service,
    const struct options *options)
{
	service->alive_at = supervisor_due(w, service->now);
	supervisor_tell(w, "READY=1");
	if (options->ready_fd != NULL && write(options->ready, "\n", 1) != 1)
		world_log(w, LOG_LEVEL_WARNING, "--ready-fd %s: cannot be "
		    "written", options->ready_fd);
	if (options->ready >= 0)
		close(options->ready);
}

/* Serves with a good configuration, and gives the exit status. */
static int
run(struct world *w, struct service *service, const struct options *options)
{
	int status, status_pipe = -1;

	if (options->foreground == 0) {
		status_pipe = go_background(w);
		if (status_pipe < 0) {
			say(w, "no process for the background: %i", errno);
			return EXIT_USAGE;
		}
	}
	status = start_up(w, service, options);
	if (status != EXIT_GOOD) {
		char byte = (char)status;

		world_close(w);
		if (status_pipe >= 0)
			file_write(w, status_pipe, &byte, 1);
		return status;
	}
	world_run_once(w, SCRIPT_STARTUP, "startup_script",
	    w->conf->global.startup_limit_s);
	service->now = world_now(w);
	daemon_start(&service->current->daemon, service->now, world_uptime(w));
	world_carry_out(w, &w->out);
	world_log(w, LOG_LEVEL_NOTICE, "vrrpd " VRRPD_VERSION " serves %u "
	    "instance%s", service->current->conf->vr_count,
	    service->current->conf->vr_count == 1 ? "" : "s");
	if (status_pipe >= 0)
		finish_background(w, status_pipe);
	tell_ready(w, service, options);
	while (!w->stopped)
		serve_turn(w, service);
	world_run_once(w, SCRIPT_SHUTDOWN, "shutdown_script",
	    w->conf->global.shutdown_limit_s);
	world_log(w, LOG_LEVEL_NOTICE, "vrrpd " VRRPD_VERSION " ends");
	world_close(w);
	return EXIT_GOOD;
}

/* Whether a configuration can be read from here; NULL: it need not. */
static bool
file_readable(struct world *w, const char *path)
{
	struct stat status;

	(void)w;
	return path == NULL || (stat(path, &status) == 0 &&
	    S_ISREG(status.st_mode) && access(path, R_OK) == 0);
}

/*
 * Reads the configuration and reports on it; EXIT_GOOD when it can run.  What
 * is found goes to stderr, and to the log where that is another place.
 */
static int
read_configuration(struct world *w, struct service *service,
    const struct options *options)
{
	struct conf_global none = { .instance = NULL };
	struct diagnostics found;
	struct arena scratch;
	bool good;

	world_arena_open(w, &scratch);
	diagnostics_start(&found, &scratch);
	good = incarnation_read(w, service->current, NULL, &service->input,
	    &found, &scratch);
	if (!open_log(w, options, good ? &service->current->conf->global :
	    &none))
		return EXIT_USAGE;
	if (!logs_to_console(options))
		print_diagnostics(w, STDERR_FILENO, &found, false, false);
	log_diagnostics(w, &found);
	if (good && options->strict > 0 && found.counts[SEVERITY_ERROR] > 0) {
		say_failure(w, options, "the configuration has errors "
		    "(--strict-config)");
		good = false;
	}
	if (good && options->dump_conf > 0)
		log_configuration(w, service->current->conf);
	world_arena_close(w, &scratch);
	if (good)
		return EXIT_GOOD;
	if (options->bad_flags > 0)
		return EXIT_USAGE;
	return file_readable(w, service->input.path) ? EXIT_CONFIG :
	    EXIT_NO_CONFIG;
}

/* -- the operator's side -- */

#define CUT		"the daemon went away before the end of its answer"
#define CONTROL_PATH	"/run/vrrpd.sock"

/* Exit statuses of commands; those up to FAULT are what the daemon answers. */
enum client_status { CLIENT_NO_DAEMON = 4 };

/* Commands that are more than one question. */
static const char client_words[] = "watch\0wait\0scan\0help\0";
enum client_word { CLIENT_WATCH, CLIENT_WAIT, CLIENT_SCAN, CLIENT_HELP };

/* What the command line asks of a daemon. */
struct query {
	const char	*path;
	bool		pretty;
	int		word;		/* enum client_word; -1: none of them */
	const struct request_row *row;	/* then it is this one's */
	const char	*file;		/* for the metrics; NULL: stdout */
	bool		compatible;	/* they have keepalived's names */
	char		state[16];	/* that wait waits for */
	int64_t		limit_s;	/* and how long; -1: for ever */
	char		*const *command; /* what it runs then; NULL: nothing */
	bool		too_long;	/* there was no room for its words */
	size_t		length;		/* of the request */
	char		request[REQUEST_MAX];
};

/* Appends a word to a request, which ends with a newline behind its length. */
static void
query_word(struct query *q, const char *word)
{
	size_t length = strlen(word) + 1;

	q->too_long = q->too_long || q->length + length >= sizeof(q->request);
	if (q->too_long)
		return;
	memcpy(q->request + q->length, word, length);
	q->length += length;
	q->request[q->length] = '\n';
}

/*
 * Sends a request and returns where the answer comes from; -1, with errno set,
 * when there is no daemon.
 */
static int
query_open(struct world *w, const struct query *q)
{
	int fd = unix_connect(w, SOCK_STREAM, q->path);

	if (fd >= 0 && send(fd, q->request, q->length + 1, MSG_NOSIGNAL) !=
	    (ssize_t)q->length + 1)
		world_close_fd(w, &fd);
	return fd;
}

/* More of an answer, into buffer[size]; 0 at its end, or when none comes. */
static size_t
query_read(struct world *w, int fd, char *buffer, size_t size)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	ssize_t got = 0;

	(void)w;
	if (poll(&wait, 1, CLIENT_WAIT_MS) > 0)
		got = read(fd, buffer, size);
	else
		errno = ETIMEDOUT;
	return got > 0 ? (size_t)got : 0;
}

/* Where a printer of JSON for people stands. */
struct pretty {
	unsigned	depth;
	bool		quoted, escaped, empty;
};

/* Appends a byte of JSON, with the lines and indents that people want. */
static void
pretty_byte(struct text *t, struct pretty *p, char c)
{
	bool opens = !p->quoted && (c == '{' || c == '[');
	bool closes = !p->quoted && (c == '}' || c == ']');

	if (p->quoted) {
		p->quoted = c != '"' || p->escaped;
		p->escaped = c == '\\' && !p->escaped;
	} else if (c == '"') {
		p->quoted = true;
	}
	p->depth -= closes;
	if (p->depth > 0 || closes) {
		if ((p->empty && !closes) || (closes && !p->empty)) {
			text_char(t, '\n');
			for (unsigned i = 0; i < p->depth; i++)
				text_string(t, "    ");
		}
	}
	p->empty = opens || (!p->quoted && c == ',');
	p->depth += opens;
	text_char(t, c);
	if (c == ':' && !p->quoted)
		text_char(t, ' ');
}

/* Prints an answer, on stderr if its status says so: what to exit with. */
static int
query_copy(struct world *w, const struct query *q, int from, char status)
{
	char bytes[4096], buffer[4096];
	struct text t = output_over(w, status == '1' || status == '2' ?
	    STDERR_FILENO : STDOUT_FILENO, buffer, sizeof(buffer));
	struct pretty p = { .depth = 0 };
	bool whole = false;
	ssize_t got;

	while (!whole && !t.truncated &&
	    (got = read(from, bytes, sizeof(bytes))) > 0) {
		whole = bytes[got - 1] == '\0';
		got -= whole;
		if (!q->pretty)
			text_bytes(&t, bytes, (size_t)got);
		for (ssize_t i = 0; q->pretty && i < got; i++)
			pretty_byte(&t, &p, bytes[i]);
		output_flush(&t);
	}
	if (whole || t.truncated)
		return output_end(w, &t, status - '0');
	say(w, "%s: %s", q->path, CUT);
	return CLIENT_NO_DAEMON;
}

/* Says that no daemon answers; the status to leave with. */
static int
client_alone(struct world *w, const struct query *q)
{
	say(w, "%s: no daemon answers: %i", q->path, errno);
	return CLIENT_NO_DAEMON;
}

/*
 * Puts what a daemon answers into the file where a collector looks for it: a
 * new one that replaces the old, or if there is no daemon (-1) what says so.
 */
static int
client_file(struct world *w, const struct query *q, int fd)
{
	struct dump dump = { .fd = -1 };
	char bytes[4096];
	const char *why = world_dump_open(w, &dump, q->file);
	bool whole = fd < 0;
	size_t got;

	if (why == NULL) {
		if (fd < 0)
			text_format(&dump.text, "%s_up 0\n", q->compatible ?
			    "keepalived" : "vrrpd");
		while (!whole &&
		    (got = query_read(w, fd, bytes, sizeof(bytes))) > 0) {
			whole = bytes[got - 1] == '\0';
			text_bytes(&dump.text, bytes, got - whole);
		}
		if (!whole || (dump.temporary[0] != '\0' &&
		    syscall(SYS_fchmod, dump.fd, 0644) != 0))
			dump.error = whole ? errno : EIO;
		why = world_dump_close(w, &dump);
		if (!whole)
			why = CUT;
	}
	if (why == NULL)
		return ANSWER_GOOD;
	say(w, "%s: %s", q->file, why);
	return ANSWER_REFUSED;
}

/* Asks one question and prints the answer; gives its exit status. */
static int
client_ask(struct world *w, const struct query *q)
{
	int fd = query_open(w, q);
	char status;

	if (fd < 0) {
		int alone = client_alone(w, q);

		return q->file != NULL && client_file(w, q, fd) ==
		    ANSWER_REFUSED ? ANSWER_REFUSED : alone;
	}
	errno = ECONNREFUSED;
	if (query_read(w, fd, &status, 1) != 1)
		return client_alone(w, q);
	if (q->file != NULL && status != '1' && status != '2') {
		int result = client_file(w, q, fd);

		close(fd);
		return result;
	}
	return query_copy(w, q, fd, status);
}

/* Makes a question of our own to the daemon that another one is for. */
static struct query
query_begin(const struct query *q, const char *word)
{
	struct query own = { .path = q->path };

	query_word(&own, word);
	return own;
}

/* Reads the answer to a question whole, cut to the buffer; ends with a NUL. */
static size_t
query_all(struct world *w, const struct query *q, char *buffer, size_t size)
{
	int fd = query_open(w, q);
	size_t used = 0, got;

	while (fd >= 0 && used < size - 1 && (got = query_read(w, fd,
	    buffer + used, size - 1 - used)) > 0)
		used += got;
	world_close_fd(w, &fd);
	used -= used > 0 && buffer[used - 1] == '\0';
	buffer[used] = '\0';
	return used;
}

/*
 * Asks for the log and what will happen: where it comes from, or -1.  From now
 * on client_pause takes the signals.
 */
static int
query_follow(struct world *w, const struct query *q)
{
	struct query follow = query_begin(q, "events");

	query_word(&follow, "-f");
	return world_signals(w, true) ? query_open(w, &follow) : -1;
}

/* Prints lines, at most so many, cut to the width of a screen; how many. */
static size_t
screen_lines(struct text *t, const char *lines, size_t most, size_t columns)
{
	size_t count = 0;

	for (; *lines != '\0' && count < most; count++) {
		size_t length = span_to(lines, "\n");

		text_bytes(t, lines, length < columns ? length : columns);
		text_string(t, "\033[K\r\n");
		lines += length + (lines[length] == '\n');
	}
	return count;
}

/* Where the last lines of a text begin, at most so many. */
static const char *
last_lines(const char *text, size_t most)
{
	const char *at = text + strlen(text);

	for (size_t count = 0; at > text; at--) {
		count += at[-1] == '\n';
		if (count > most)
			break;
	}
	return at;
}

/* Draws what watch shows: the status, below it the end of the log. */
static void
screen_draw(struct world *w, const char *status, const char *log)
{
	struct winsize size = { .ws_row = 0 };
	char buffer[1024];
	struct text t = output_over(w, STDOUT_FILENO, buffer, sizeof(buffer));
	size_t rows, columns;

	ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	rows = (size.ws_row > 0 ? size.ws_row : 24) - 1U;
	columns = (size.ws_col > 0 ? size.ws_col : 80) - 1U;
	text_string(&t, "\033[H");
	rows -= screen_lines(&t, status, rows, columns);
	rows -= screen_lines(&t, "\n", rows, columns);
	screen_lines(&t, last_lines(log, rows), rows, columns);
	text_bytes(&t, "q quits", columns < 7 ? columns : 7);
	text_string(&t, "\033[J");
	output_flush(&t);
}

/* The signal that watch or wait comes to an end by; 0: none. */
static int client_signal;

/* How watch found its terminal. */
static struct termios client_terminal;

/* Stops as SIGTSTP does, the terminal, if there is one, as it was before. */
static void
client_stop(int terminal)
{
	sigset_t stop;

	tcsetattr(terminal, TCSANOW, &client_terminal);
	sigemptyset(&stop);
	signal_add(&stop, SIGTSTP);
	kill(getpid(), SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &stop, NULL);
	sigprocmask(SIG_BLOCK, &stop, NULL);
}

/*
 * Waits for news of the daemon, a key, a signal, or at most so long; q and the
 * end of the terminal are a signal, too.  No news come, and *follow is -1, once
 * the daemon has ended, or let somebody else follow.
 */
static void
client_pause(struct world *w, int *follow, int keys, int ms)
{
	struct pollfd wait[] = { { .fd = *follow, .events = POLLIN },
	    { .fd = keys, .events = POLLIN },
	    { .fd = w->fd[SOCKET_SIGNAL], .events = POLLIN } };
	char drain[1024], key;
	int number;

	poll(wait, 3, ms);
	/* now, as once we have stopped it would wait for a line */
	if ((wait[1].revents & POLLHUP) || (wait[1].revents != 0 &&
	    read(keys, &key, 1) == 1 && key == 'q'))
		client_signal = SIGHUP;
	while ((number = world_next_signal(w)) != 0) {
		if (number == SIGTSTP)
			client_stop(keys);
		else if (number == SIGQUIT || number == SIGINT ||
		    number == SIGTERM || number == SIGHUP)
			client_signal = number;
	}
	if (wait[0].revents != 0 && read(*follow, drain, sizeof(drain)) <= 0)
		world_close_fd(w, follow);
}

/*
 * watch [NAME]: the status and the log, drawn again on every change.  What ends
 * it but the user is what status says, too.
 */
static int
client_watch(struct world *w, const struct query *q)
{
	static char status[32768], log[65536];
	const struct query ask_log = query_begin(q, "events");
	struct termios raw;
	int follow = query_follow(w, q);

	if (follow < 0)
		return client_alone(w, q);
	if (tcgetattr(STDIN_FILENO, &client_terminal) != 0) {
		say(w, "watch needs a terminal; events -f does not");
		return ANSWER_USAGE;
	}
	raw = client_terminal;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	raw.c_cc[VMIN] = 0;
	raw.c_cc[VTIME] = 0;
	do {
		size_t n = query_all(w, q, status, sizeof(status));
		size_t m = query_all(w, &ask_log, log, sizeof(log));

		if (n > 0 ? status[0] == '0' + ANSWER_USAGE : follow < 0)
			break;
		/* each time, as who stopped us may have set it */
		tcsetattr(STDIN_FILENO, TCSANOW, &raw);
		/* behind the exit status that each begins with */
		screen_draw(w, status + (n > 0), log + (m > 0));
		client_pause(w, &follow, STDIN_FILENO, 1000);
	} while (client_signal == 0);
	tcsetattr(STDIN_FILENO, TCSANOW, &client_terminal);
	return client_signal != 0 ? ANSWER_GOOD : client_ask(w, q);
}

/*
 * Whether every instance that is asked for is in the state; -1: no daemon; -2,
 * after a message: it has no such instance.
 */
static int
awaited_holds(struct world *w, const struct query *q)
{
	static char answer[VRS_MAX * 8];	/* "MASTER\n" and less */
	size_t n = query_all(w, q, answer, sizeof(answer));
	size_t length = strlen(q->state);

	if (n == 0)
		return -1;
	if (answer[0] == '0' + ANSWER_USAGE) {
		answer[span_to(answer, "\n")] = '\0';
		say(w, "wait: %s", answer + 1);
		return -2;
	}
	for (size_t i = 1; i < n; i += span_to(answer + i, "\n") + 1) {
		if (strncmp(answer + i, q->state, length) != 0 ||
		    answer[i + length] != '\n')
			return 0;
	}
	return n > 1;
}

/*
 * In the child: turns into the command, which is looked for as a shell does,
 * and which gets TERM when we die, too.
 */
static void __attribute__((noreturn))
awaited_become(struct world *w, char *const *command, pid_t parent)
{
	const char *list = environment_value("PATH");
	char path[PATH_SIZE];
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	prlimit(0, RLIMIT_NOFILE, &w->descriptors, NULL);
	if (!process_tie(w, parent))
		_exit(EXIT_NOT_RUN);
	if (list == NULL)
		list = PATH_DEFAULT;
	if (text_find(command[0], '/') != NULL)
		execve(command[0], command, environ);
	else
		while (path_search(&list, command[0], path))
			execve(path, command, environ);
	say(w, "%s: %i", command[0], errno);
	_exit(EXIT_NOT_RUN);
}

/*
 * Runs the command as long as the state holds: it gets TERM when it does not,
 * and KILL 10 s later.  Its exit status, or -1: it was ended by us.
 */
static int
awaited_run(struct world *w, const struct query *q, int *follow)
{
	pid_t parent = getpid(), pid = process_fork(w);
	int status = 0, result = 0;
	usec_t kill_at = NEVER;

	if (pid == 0)
		awaited_become(w, q->command, parent);
	if (pid < 0) {
		say(w, "%s: %i", q->command[0], errno);
		return EXIT_NOT_RUN;
	}
	while ((result = waitpid(pid, &status, WNOHANG)) == 0) {
		bool holds = client_signal == 0 && awaited_holds(w, q) == 1;

		if (kill_at == NEVER && !holds) {
			kill(pid, SIGTERM);
			kill_at = world_now(w) + 10 * SECOND_US;
		}
		if (world_now(w) >= kill_at)
			kill(pid, SIGKILL);
		client_pause(w, follow, -1, 100);
	}
	if (kill_at != NEVER || result < 0)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* wait [--state S] [-t SECONDS] [NAME] [-- COMMAND...] */
static int
client_wait(struct world *w, const struct query *q)
{
	usec_t until = q->limit_s < 0 ? NEVER :
	    world_now(w) + q->limit_s * SECOND_US;
	int follow, holds, status;

	if (list_index("INIT\0BACKUP\0MASTER\0FAULT\0MAINT\0", q->state) < 0 ||
	    q->limit_s < -1 || q->limit_s > UINT32_MAX) {
		say(w, "wait [--state INIT|BACKUP|MASTER|FAULT|MAINT] "
		    "[-t SECONDS] [NAME] [-- COMMAND ...]");
		return ANSWER_USAGE;
	}
	follow = query_follow(w, q);
	if (follow < 0)
		return client_alone(w, q);
	while ((holds = awaited_holds(w, q)) >= 0 && client_signal == 0) {
		if (holds && q->command == NULL)
			return ANSWER_GOOD;
		if (holds && (status = awaited_run(w, q, &follow)) >= 0)
			return status;
		if (world_now(w) >= until)
			return ANSWER_FAULT;
		if (!holds)
			client_pause(w, &follow, -1, 200);
	}
	return client_signal != 0 ? 128 + client_signal :
	    holds == -2 ? ANSWER_USAGE : client_alone(w, q);
}

/* Copies a state in capital letters. */
static void
state_copy(char state[16], const char *word)
{
	size_t i = 0;

	for (; i < 15 && *word != '\0'; i++, word++)
		state[i] = (char)(*word >= 'a' && *word <= 'z' ?
		    *word - 'a' + 'A' : *word);
	state[i] = '\0';
}

/*
 * The value of the option argv[*at], if it is the one of that name: behind '='
 * or in the next word, where *at then is, "" if there is none; NULL: it is not.
 */
static const char *
query_value(char **argv, int *at, const char *name)
{
	const char *word = argv[*at];
	size_t length = strlen(name);

	if (strncmp(word, name, length) != 0)
		return NULL;
	if (word[length] == '=')
		return word + length + 1;
	if (word[length] != '\0')
		return NULL;
	return argv[*at + 1] == NULL ? "" : argv[++*at];
}

/* -- who speaks VRRP on a link -- */

#define SIGHTED_MAX	1024
#define SCAN_SECONDS	4		/* three intervals, and some */

/* A router that was heard for a VRID, as its last advertisement had it. */
struct sighted {
	struct ip	source;
	uint8_t		mac[6];
	uint8_t		vrid, version, priority, hop_limit, auth_type;
	uint8_t		count;		/* addresses in its list, */
	uint8_t		first[16];	/* and the first of them */
	bool		authenticated_header, is_signed, to_group;
	const char	*checksum;
	uint32_t	interval_us, list;	/* list: a hash of all */
	uint32_t	heard;
};

struct sight_result {
	uint32_t	count, bad;	/* bad: no whole advertisement */
	struct sighted	routers[SIGHTED_MAX];
};

/* What kind of checksum an advertisement has. */
static const char *
sight_checksum(const struct packet *packet, struct advert *advert)
{
	const struct conf_vr none = { .family = packet->source.family };
	const struct advert_case a = { .conf = &none, .packet = packet,
	    .advert = advert };

	if (advert_sum_good(&a, &packet->destination, false))
		return advert->version == 2 ? "good" : "pseudo";
	if (advert->version != 2 && packet->source.family == 4 &&
	    advert_sum_good(&a, &packet->destination, true))
		return "plain";
	return packet->source.family == 4 && advert_sum_good(&a,
	    &ip_vrrp_group4, false) ? "old" : "BAD";
}

/* The place of a router in the result, a new one at need; NULL: it is full. */
static struct sighted *
sight_place(struct sight_result *result, const struct ip *source, uint8_t vrid)
{
	for (uint32_t i = 0; i < result->count; i++) {
		if (result->routers[i].vrid == vrid &&
		    ip_equal(&result->routers[i].source, source))
			return &result->routers[i];
	}
	return result->count == SIGHTED_MAX ? NULL :
	    &result->routers[result->count++];
}

/* Takes a packet, as the link gave it from behind its own header. */
static void
sight_packet(struct sight_result *result, const uint8_t *bytes, size_t length,
    const uint8_t *mac)
{
	struct event event;
	struct packet packet;
	struct advert advert;
	struct sighted *one;
	size_t list;

	if (!frame_event(bytes, length, &event))
		return;
	if (packet_open(&event, &packet) != COUNTER_KINDS) {
		result->bad++;
		return;
	}
	advert_decode(&packet, &advert);
	list = advert.count * ip_size(event.family);
	if (advert.length > packet.length) {
		result->bad++;
		return;
	}
	one = sight_place(result, &packet.source, advert.vrid);
	if (one == NULL)
		return;
	one->source = packet.source;
	memcpy(one->mac, mac, 6);
	one->vrid = advert.vrid;
	one->version = advert.version;
	one->priority = advert.priority;
	one->hop_limit = packet.hop_limit;
	one->auth_type = advert.auth_type;
	one->authenticated_header = packet.authenticated_header;
	one->is_signed = advert.trailer != NULL;
	one->to_group = ip_is_multicast(&packet.destination);
	one->interval_us = advert.interval_us;
	one->checksum = sight_checksum(&packet, &advert);
	one->count = advert.count;
	one->list = checksum_add(advert.count, advert.addresses, list);
	if (list > 0)
		memcpy(one->first, advert.addresses, ip_size(event.family));
	one->heard++;
}

/* The words for how a router authenticates itself. */
static const char *
sighted_auth(const struct sighted *one)
{
	return one->authenticated_header ? "AH" : one->is_signed ? "HMAC" :
	    one->auth_type == AUTH_PASS ? "PASS" : one->auth_type == AUTH_NONE
	    ? "none" : "other";
}

/* Appends what is wrong between two routers; nothing if all is well. */
static void
sight_compare(struct text *t, const struct sighted *a, const struct sighted *b)
{
	static const char format[] = "VRID %u: %p and %p %s\n";

	if (a->vrid != b->vrid || a->source.family != b->source.family ||
	    a->priority == PRIORITY_ZERO || b->priority == PRIORITY_ZERO)
		return;			/* another one, or one that has left */
	text_format(t, format, a->vrid, IP(a->source), IP(b->source),
	    "are both MASTER");
	if (a->list != b->list)
		text_format(t, format, a->vrid, IP(a->source), IP(b->source),
		    "have other addresses: strangers with one VRID?");
	if (a->version != b->version)
		text_format(t, format, a->vrid, IP(a->source), IP(b->source),
		    "have other versions");
	if (a->interval_us != b->interval_us)
		text_format(t, format, a->vrid, IP(a->source), IP(b->source),
		    "have other intervals");
}

/* Appends what is wrong with what was heard, and which VRIDs are free. */
static void
sight_judge(struct text *t, const struct sight_result *result)
{
	bool used[256] = { true };

	for (uint32_t i = 0; i < result->count; i++) {
		const struct sighted *one = &result->routers[i];

		used[one->vrid] = true;
		if (one->hop_limit != VRRP_TTL)
			text_format(t, "VRID %u: %p sends with TTL %u: others "
			    "refuse it\n", one->vrid, IP(one->source),
			    one->hop_limit);
		if (one->checksum[0] == 'B')
			text_format(t, "VRID %u: %p sends a wrong checksum\n",
			    one->vrid, IP(one->source));
		for (uint32_t k = 0; k < i; k++)
			sight_compare(t, &result->routers[k], one);
	}
	if (result->bad > 0)
		text_format(t, "%u packets of VRRP were cut or malformed\n",
		    result->bad);
	text_string(t, "free VRIDs:");
	for (int i = 1; i < 256; i++) {
		int from = i;

		while (i < 256 && !used[i])
			i++;
		if (i - 1 > from)
			text_format(t, " %d-%d", from, i - 1);
		else if (i > from)
			text_format(t, " %d", from);
	}
	text_char(t, '\n');
}

/* Prints what was heard, for people or as JSON: what to exit with. */
static int
sight_print(struct world *w, const struct sight_result *result, bool json)
{
	char buffer[1024];
	struct text t = output_over(w, STDOUT_FILENO, buffer, sizeof(buffer));

	text_string(&t, json ? "[" : "VRID\tVERSION\tPRIO\tEVERY\tAUTH\tTTL\t"
	    "SUM\tHEARD\tMAC\t\t\tSOURCE\tADDRESSES\n");
	for (uint32_t i = 0; i < result->count; i++) {
		const struct sighted *one = &result->routers[i];
		struct ip first;

		ip_set(&first, one->source.family, one->first);
		text_format(&t, json ? "%s{\"vrid\":%u,\"version\":%u,"
		    "\"priority\":%u,\"interval_seconds\":%jd,\"auth\":\"%s\","
		    "\"ttl\":%u,\"checksum\":\"%s\",\"heard\":%u,"
		    "\"mac\":\"" :
		    "%s%u\t%u\t%u\t%jd\t%s\t%u\t%s\t%u\t",
		    json && i > 0 ? "," : "", one->vrid, one->version,
		    one->priority, (usec_t)one->interval_us, sighted_auth(one),
		    one->hop_limit, one->checksum, one->heard);
		text_mac(&t, one->mac);
		text_format(&t, json ? "\",\"source\":\"%p\",\"addresses\":%u" :
		    "\t%p\t%u", IP(one->source), one->count);
		if (one->count > 0)
			text_format(&t, json ? ",\"first\":\"%p\"" :
			    " from %p", IP(first));
		text_string(&t, json ? "}" : "\n");
	}
	if (json)
		text_string(&t, "]\n");
	else
		sight_judge(&t, result);
	return output_end(w, &t, ANSWER_GOOD);
}

/* scan IFACE [SECONDS] [-j]: needs no daemon. */
static int
client_scan(struct world *w, const struct query *q)
{
	static struct sight_result result;
	static uint8_t bytes[MESSAGE_MAX];
	const char *interface = NULL;
	int64_t seconds = 0;
	usec_t until;
	bool json = false, good = true;
	struct sockaddr_ll from;
	size_t length;
	int fd;

	for (const char *word = q->request; word < q->request + q->length;
	    word += strlen(word) + 1) {
		if (strcmp(word, "-j") == 0)
			json = true;
		else if (interface == NULL)
			interface = word;
		else
			good = good && seconds == 0 &&
			    number_parse(word, &seconds) && seconds > 0;
	}
	if (interface == NULL || !good || seconds > 3600) {
		say(w, "scan INTERFACE [SECONDS] [-j]: 1 to 3600 seconds");
		return ANSWER_USAGE;
	}
	fd = vrrp_listen(w, interface);
	if (fd < 0) {
		say(w, "%s: cannot listen: %i", interface, errno);
		return ANSWER_REFUSED;
	}
	until = world_now(w) + (seconds > 0 ? seconds : SCAN_SECONDS) *
	    SECOND_US;
	while ((length = frame_next(w, fd, until, bytes, &from)) > 0)
		sight_packet(&result, bytes, length, from.sll_addr);
	return sight_print(w, &result, json);
}

/* -- what is wrong with this machine -- */

#define DOCTOR_LEAST_S	4
#define DOCTOR_MOST_S	30
#define DOCTOR_LINKS	512	/* that are listened to; joiners take others */

/* What a look at the machine has found. */
struct examination {
	struct world	*world;
	struct text	*out;
	const struct daemon *daemon;
	usec_t		now;
	unsigned	bad;		/* findings that need a remedy */
	unsigned	others;		/* daemons that run already */
	bool		deaf[256];	/* a VRID that does not reach us */
};

/* Prints the beginning of a finding: whether it is bad, and of what. */
static void
finding_begin(struct examination *v, bool bad, const char *of)
{
	text_format(v->out, "%s  %s: ", bad ? "bad " : "note", of);
	v->bad += bad;
}

/* Prints what keeps a virtual router from taking part, with the remedies. */
static void
examine_faults(struct examination *v, const struct vr *vr)
{
	/* in the order of enum fault; what follows these passes by itself */
	static const char remedies[] =
	    "create it or correct the name; until then it is waited for\0"
	    "set it up; without a carrier look at the cable and the switch\0"
	    "another may have its name or MAC, or the kernel lacks the kind\0"
	    "give the interface an address of this family\0"
	    "mend what is checked, or run the check by hand, as its user\0"
	    "name the others in unicast_peer\0";
	uint32_t faults = vr->faults & FAULT_INTERFACE_ABSENT ?
	    vr->faults & ~(uint32_t)FAULT_NO_ADDRESS : vr->faults;

	for (unsigned i = 0; 1U << i < FAULT_GROUP; i++) {
		if ((faults >> i & 1) == 0)
			continue;
		finding_begin(v, true, vr->conf->name);
		faults_text(v->out, v->daemon, vr, 1U << i);
		text_format(v->out, ": %s\n", list_item(remedies, i));
	}
}

/* Prints what is wrong with those that a virtual router hears, or does not. */
static void
examine_peers(struct examination *v, const struct vr *vr)
{
	struct peer_row row;
	uint32_t n = 0;

	while (peer_row(v->daemon, (uint32_t)(vr - v->daemon->vrs), &n,
	    &row)) {
		if (row.speaker == NULL) {
			finding_begin(v, false, vr->conf->name);
			text_format(v->out, "%p was not heard: it is BACKUP, "
			    "or down, or protocol 112 is dropped on the way\n",
			    IP(row.ip));
		} else if (row.speaker->troubles != 0) {
			finding_begin(v, true, vr->conf->name);
			text_format(v->out, "what %p advertises is ",
			    IP(row.ip));
			text_troubles(v->out, row.speaker);
			text_string(v->out, ": give both the same settings\n");
		}
	}
}

/* Prints how it stands about a virtual router. */
static void
examine_vr(struct examination *v, const struct vr *vr)
{
	const struct daemon *d = v->daemon;
	const char *name = vr->conf->name, *interface;
	unsigned before = v->bad;

	examine_faults(v, vr);
	examine_peers(v, vr);
	for (uint32_t i = 0; i < vr_vip_count(vr); i++) {
		uint8_t state = d->vips[vr->first_vip + i].state;
		struct ip ip = vr->conf->addresses[i].ip;
		uint16_t on = vr->conf->addresses[i].interface;

		if ((state != VIP_PRESENT && state != VIP_REMOVING &&
		    !ip_is_own(d, &ip, on)) || vr_is_owner(vr) || v->others > 0)
			continue;
		finding_begin(v, false, name);
		text_format(v->out, "%p is set on this machine, not by vrrpd: "
		    "take it out of the network's configuration\n", IP(ip));
	}
	if (vr->conf->hmac.keys.count > 0 && !clock_is_set(d, v->now)) {
		finding_begin(v, true, name);
		text_string(v->out, "the clock is not set, which auth_hmac "
		    "goes by: set it, as with NTP\n");
	}
	if (v->bad > before || v->deaf[vr->conf->vrid])
		return;
	interface = vr_interface_name(d, vr);
	text_format(v->out, "good  %s: %s, from %p; ", name,
	    interface == NULL ? "-" : interface, IP(vr->source));
	if (vr->active.family != 0)
		text_format(v->out, "%p is MASTER, with priority %u\n",
		    IP(vr->active), vr->active_priority);
	else
		text_string(v->out, "no other MASTER was heard\n");
}

/* Whether a virtual router has an address that another one advertises first. */
static bool
sighted_has_ours(const struct sighted *one, const struct conf_vr *conf)
{
	struct ip ip = one->source;

	memcpy(ip.bytes, one->first, sizeof(ip.bytes));
	for (uint32_t i = 0; one->count > 0 && i < conf->address_count; i++) {
		if (ip_equal(&conf->addresses[i].ip, &ip))
			return true;
	}
	return false;
}

/*
 * Whether a virtual router on an interface has heard what passed there, if it
 * should; prints which peer sends to a group, and where another id has ours.
 */
static bool
examine_heard(struct examination *v, uint16_t interface,
    const struct sighted *one)
{
	const struct daemon *d = v->daemon;
	bool ours = false;

	if (ip_is_own(d, &one->source, interface))
		return true;
	for (uint32_t i = 0; i < d->conf->vr_count; i++) {
		const struct conf_vr *conf = &d->conf->vrs[i];
		bool same = conf->vrid == one->vrid;

		if (conf->interface != interface ||
		    conf->family != one->source.family)
			continue;
		if (same ? conf->unicast && one->to_group &&
		    peer_find(conf, &one->source) != NULL :
		    sighted_has_ours(one, conf)) {
			v->deaf[conf->vrid] = true;
			finding_begin(v, true, conf->name);
			text_format(v->out, "%p advertises VRID %u %s: give "
			    "both the same settings\n", IP(one->source),
			    one->vrid, same ? "to a group, not to its peers" :
			    "with our addresses");
		} else if (same && !(conf->unicast && one->to_group)) {
			ours = true;
			if (speaker_of(d, d->vrs[i].first_speaker,
			    &one->source) != NULL)
				return true;
		}
	}
	return !ours;
}

/* Prints what is wrong with an interface, to which fd has listened. */
static void
examine_interface(struct examination *v, uint16_t interface, int fd)
{
	static struct sight_result passed;
	const struct daemon *d = v->daemon;
	const char *name = d->conf->interfaces[interface].name;
	uint8_t bytes[MESSAGE_MAX];
	struct sockaddr_ll from;
	socklen_t length = sizeof(from);
	ssize_t got;

	passed.count = 0;
	while ((got = recvfrom(fd, bytes, sizeof(bytes), MSG_DONTWAIT,
	    (struct sockaddr *)&from, &length)) > 0)
		sight_packet(&passed, bytes, (size_t)got, from.sll_addr);
	for (uint32_t i = 0; i < passed.count; i++) {
		if (examine_heard(v, interface, &passed.routers[i]))
			continue;
		v->deaf[passed.routers[i].vrid] = true;
		finding_begin(v, true, name);
		text_format(v->out, "VRID %u of %p arrives, but no program "
		    "gets it: let protocol 112 in by the firewall, and look at "
		    "rp_filter\n", passed.routers[i].vrid,
		    IP(passed.routers[i].source));
	}
	if (d->interfaces[interface].master != 0) {
		finding_begin(v, false, name);
		text_string(v->out, "it belongs to a bridge, a bond or a VRF: "
		    "unless that is a VRF, use it instead\n");
	}
}

/* Prints who else keeps addresses in this network namespace. */
static void
examine_others(struct examination *v)
{
	struct arena scratch;
	struct reader reader;
	const char **paths, *why, *name;
	char own[64], other[64], link[64];
	size_t length;
	int count;

	world_arena_open(v->world, &scratch);
	world_reader(v->world, &reader);
	count = reader.glob(&reader, &scratch, "/proc/[1-9]*/comm", &paths);
	if (readlink("/proc/self/ns/net", own, sizeof(own)) < 0)
		count = 0;
	for (int i = 0; i < count; i++) {
		struct text t = text_over(link, sizeof(link));
		int64_t pid = 0;

		number_parse_base(paths[i] + 6, span_to(paths[i] + 6, "/"), 10,
		    &pid);
		text_format(&t, "/proc/%lld/ns/net", (long long)pid);
		name = file_read(v->world, &scratch, paths[i], &length, &why);
		if (name == NULL || pid == getpid() ||
		    (strncmp(name, "keepalived\n", 11) != 0 &&
		    strncmp(name, "vrrpd\n", 6) != 0) ||
		    readlink(text_end(&t), other, sizeof(other)) < 0 ||
		    memcmp(own, other, span_to(own, "]")) != 0)
			continue;
		v->others++;
		finding_begin(v, false, "this machine");
		text_format(v->out, "process %lld is %.*s: two with the same "
		    "addresses disturb each other\n", (long long)pid,
		    (int)span_to(name, "\n"), name);
	}
	world_arena_close(v->world, &scratch);
}

/* How long is listened: three intervals and a second, within limits. */
static usec_t
examine_span(const struct conf *conf)
{
	usec_t span = DOCTOR_LEAST_S * SECOND_US;

	for (uint32_t i = 0; i < conf->vr_count; i++)
		span = usec_max(span, 3 * (usec_t)conf->vrs[i].interval_us +
		    SECOND_US);
	return usec_min(span, DOCTOR_MOST_S * SECOND_US);
}

/*
 * doctor: runs the configuration for some seconds, with everything left undone
 * that would change something, and prints what is wrong, with a remedy.
 */
static int
doctor(struct world *w, struct service *service, const struct options *options)
{
	struct daemon *d = &service->current->daemon;
	const struct conf *conf = d->conf;
	int *fds = arena_array(&w->memory, conf->interface_count + 1U,
	    sizeof(*fds));
	char buffer[1024], why[256];
	struct text t = output_over(w, STDOUT_FILENO, buffer, sizeof(buffer));
	struct text reason = text_over(why, sizeof(why));
	struct examination v = { .world = w, .out = &t, .daemon = d };

	if (options->namespace == NULL && conf->global.net_namespace != NULL &&
	    !enter_namespace(w, options, conf->global.net_namespace))
		return EXIT_CONFIG;
	w->looks_on = true;
	if (fds == NULL || !world_open_sockets(w, &reason) ||
	    !world_signals(w, false)) {
		say_failure(w, options, "%s", text_end(&reason));
		return EXIT_PERMISSION;
	}
	examine_others(&v);		/* before there are children of ours */
	w->conf = conf;
	world_filter(w, conf);
	world_set_buffers(w, conf);
	files_configure(w, true);
	processes_configure(w);
	for (uint16_t i = 0; i < conf->interface_count; i++)
		fds[i] = i < DOCTOR_LINKS ? vrrp_listen(w,
		    conf->interfaces[i].name) : -1;
	for (uint16_t i = 0; i < conf->bfd_count && !options->no_bfd; i++) {
		d->bfds[i].status = CHECK_GOOD;
		finding_begin(&v, false, conf->bfds[i].name);
		text_string(v.out, "not tried here; it counts as up\n");
	}
	d->no_bfd = true;
	d->random = world_random(w);
	service->now = world_now(w);
	service->check_at = NEVER;
	service->alive_at = v.now = service->now + examine_span(conf);
	daemon_start(d, service->now, world_uptime(w));
	world_carry_out(w, &w->out);
	while (!w->stopped && service->now < v.now)
		serve_turn(w, service);
	for (uint16_t i = 0; i < conf->interface_count; i++) {
		if (fds[i] >= 0)
			examine_interface(&v, i, fds[i]);
	}
	for (uint32_t i = 0; i < conf->vr_count; i++)
		examine_vr(&v, &d->vrs[i]);
	return output_end(w, &t, v.bad > 0 ? ANSWER_FAULT : ANSWER_GOOD);
}

/* Lists the commands. */
static int
client_help(struct world *w)
{
	char buffer[512];
	struct text t = output_over(w, STDOUT_FILENO, buffer, sizeof(buffer));

	text_string(&t,
	    "vrrpd status [-b | -j | -p | -s | -v] [NAME]\n"
	    "vrrpd status --prometheus[-compat] [--prometheus-file PATH]\n"
	    "vrrpd explain [NAME]               why it is in its state\n"
	    "vrrpd events [-f] [-j] [NAME]      what happened; -f: what does\n"
	    "vrrpd peers [-j | -p] [-m] [NAME]  every other router heard\n"
	    "vrrpd watch [NAME]                 status and events on a screen\n"
	    "vrrpd maint NAME|all on|off        hand over and stay out\n"
	    "vrrpd prio NAME NUMBER|reset       another base priority\n"
	    "vrrpd reload                       read the configuration again\n"
	    "vrrpd check [FILE]                 what a reload would change\n"
	    "vrrpd stop                         end the daemon\n"
	    "vrrpd scan INTERFACE [SECONDS] [-j] who speaks VRRP on a link\n"
	    "vrrpd doctor [OPTION ...]          what is wrong here, and why\n"
	    "vrrpd wait [--state STATE] [-t SECONDS] [NAME] [-- COMMAND ...]\n"
	    "all: --control PATH, the daemon's socket (" CONTROL_PATH ")\n");
	return output_end(w, &t, ANSWER_GOOD);
}

/* Does what the command line asks of a running daemon; the exit status. */
static int
client_run(struct world *w, const struct query *q)
{
	if (q->too_long) {
		say(w, "what is asked is too long");
		return ANSWER_USAGE;
	}
	if (*q->path == '\0' || (q->file != NULL && *q->file == '\0')) {
		say(w, "--control and --prometheus-file need a value");
		return ANSWER_USAGE;
	}
	switch (q->word) {
	case CLIENT_HELP:
		return client_help(w);
	case CLIENT_WATCH:
		return client_watch(w, q);
	case CLIENT_WAIT:
		return client_wait(w, q);
	case CLIENT_SCAN:
		return client_scan(w, q);
	}
	return client_ask(w, q);
}

/*
 * Takes one word of a command, and its value, which may be the next word: an
 * option of ours, or what the daemon is sent, the name of a file made absolute.
 */
static void
query_argument(struct world *w, struct query *q, char **argv, int *at)
{
	const char *word = argv[*at], *value;
	char path[PATH_SIZE];
	struct text t = text_over(path, sizeof(path));

	if ((value = query_value(argv, at, "--control")) != NULL) {
		q->path = value;
	} else if ((value = query_value(argv, at, "--prometheus-file")) !=
	    NULL) {
		q->file = value;
	} else if (q->word == CLIENT_WAIT &&
	    (value = query_value(argv, at, "--state")) != NULL) {
		state_copy(q->state, value);
	} else if (q->word == CLIENT_WAIT &&
	    (value = query_value(argv, at, "-t")) != NULL) {
		q->limit_s = number_of(value);
	} else if (list_index("-h\0--help\0", word) >= 0) {
		q->word = CLIENT_HELP;
	} else if (strcmp(word, "-p") == 0) {
		q->pretty = true;
		query_word(q, "-j");
	} else if (q->row != NULL && q->row->paths && word[0] != '-' &&
	    text_absolute(w, &t, word) == NULL) {
		query_word(q, path);
	} else {
		q->compatible = q->compatible ||
		    strcmp(word, "--prometheus-compat") == 0;
		query_word(q, word);
	}
}

/*
 * Reads the words of a command line as a command to a running daemon.  False:
 * they are something else, for Main.
 */
static bool
query_parse(struct world *w, struct query *q, int argc, char **argv)
{
	int at = 1, command;

	while (at < argc && argv[at][0] == '-' && (query_value(argv, &at,
	    "--control") != NULL || list_index("-j\0-b\0-p\0-v\0",
	    argv[at]) >= 0))
		at++;
	if (at >= argc)
		return false;
	command = at;
	q->word = list_index(client_words, argv[at]);
	q->row = request_find(argv[at]);
	if (q->word < 0 && q->row == NULL)
		return false;
	q->path = CONTROL_PATH;
	q->limit_s = -1;
	state_copy(q->state, "MASTER");
	if (q->word != CLIENT_SCAN)
		query_word(q, q->row != NULL ? argv[at] : "status");
	if (q->word == CLIENT_WAIT)
		query_word(q, "-s");
	for (at = 1; at < argc && strcmp(argv[at], "--") != 0; at++) {
		if (at != command)
			query_argument(w, q, argv, &at);
	}
	if (at + 1 < argc)
		q->command = argv + at + 1;
	if (q->file != NULL && !q->compatible)
		query_word(q, "--prometheus");
	return true;
}

/* Runs vrrpd: see vrrpd(8). */
int
main(int argc, char **argv)
{
	static struct world w;
	static struct incarnation incarnations[2];
	static struct service service;
	static struct options options;
	static struct query query;
	struct arena arena;
	struct reader reader;
	int status;

	if (!world_start(&w)) {
		say(&w, "cannot start: %i", errno);
		return EXIT_USAGE;
	}
	if (query_parse(&w, &query, argc, argv))
		return client_run(&w, &query);
	world_arena_open(&w, &arena);
	options.as_keepalived = argc > 0 && strcmp(path_name(argv[0]),
	    "keepalived") == 0;
	options.examines = argc > 1 && strcmp(argv[1], "doctor") == 0;
	if (!options_parse(&w, &options, &arena, argc, argv))
		return EXIT_USAGE;
	status = print_and_leave(&w, &options);
	if (status >= 0)
		return status;
	/* before we open others, of which one might get its number */
	if (options.ready >= 0 && syscall(FCNTL, options.ready, F_GETFD) < 0)
		options.ready = -1;
	flags_keep(&w, &options, &arena);
	if (arena.failed) {
		say(&w, "out of memory");
		return EXIT_USAGE;
	}
	world_reader(&w, &reader);
	service.input = (struct conf_input){ .reader = &reader,
	    .path = default_file(&w, &options), .flags = options.flags,
	    .flag_count = options.flag_count, .config_id = options.config_id,
	    .all_includes = options.all_includes > 0,
	    .keep_origins = options.print_config + options.dump_conf > 0 };
	if (options.namespace != NULL &&
	    !enter_namespace(&w, &options, options.namespace))
		return EXIT_CONFIG;
	if (options.test > 0 || options.print_config > 0)
		return test_configuration(&w, &options, &service.input);
	service.current = &incarnations[0];
	service.spare = &incarnations[1];
	service.ignore_int = options.ignore_int > 0;
	w.loop = &service;
	/* by this name from now on, or what is found again would look new */
	service.input.path = absolute_path(&w, &arena, service.input.path);
	status = read_configuration(&w, &service, &options);
	if (status != EXIT_GOOD)
		return status;
	return options.examines ? doctor(&w, &service, &options) :
	    run(&w, &service, &options);
}

#endif /* VRRPD_PURE */
