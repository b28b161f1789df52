/* SPDX-License-Identifier: ISC */
/*
 * Goal: no length that a header states makes a parser read what is not there
 * (T3, T14).
 * Method: every length of input and every value of every field that is like a
 * length: of IPv4, of VRRP, of the authentication header, of ARP, of neighbour
 * advertisements, of netlink messages and their attributes.  The last byte of
 * each input is the last one before a page that cannot be read.  What a parser
 * says is compared with arithmetic on the lengths alone.
 */
#include <sys/mman.h>

#define VRRPD_PURE
#include "../vrrpd.c"
#include "check.h"

#define SWEEP_PAGES	4
#define PAGE		4096

static uint8_t *guard;			/* the page that cannot be read */
static unsigned long cases;

/* Where bytes[length] begin that end at the guard page; they are zero. */
static uint8_t *
input_of(size_t length)
{
	cases++;
	memset(guard - length, 0, length);
	return guard - length;
}

/* Fails once for each kind of disagreement, not for every case. */
static void
agree(long got, long want, const char *what, size_t length, unsigned field)
{
	static const char *said;

	if (got == want)
		return;
	if (said != what)
		printf("%s: length %zu, field %u: got %ld, want %ld\n", what,
		    length, field, got, want);
	said = what;
	check_bad++;
}

/* -- VRRP -- */

/* What the fields of a packet are set to. */
struct sweep {
	size_t		length;		/* received, IP header and all */
	unsigned	header;		/* IHL, in words */
	unsigned	total;
	unsigned	version, count, words;
	bool		authenticated;	/* an AH before the message */
};

/* Sets a byte, if there is one. */
static void
put(uint8_t *bytes, size_t length, size_t at, unsigned value)
{
	if (at < length)
		bytes[at] = (uint8_t)value;
}

/* An IPv4 packet with these fields, right in all else as far as it goes. */
static struct event
sweep_packet(const struct sweep *s)
{
	uint8_t *bytes = input_of(s->length);
	size_t at = (size_t)s->header * 4;
	struct event event = { .kind = EVENT_FRAME, .family = 4,
	    .bytes = bytes, .length = s->length };

	put(bytes, s->length, 0, 4 << 4 | s->header);
	put(bytes, s->length, 2, s->total >> 8);
	put(bytes, s->length, 3, s->total);
	put(bytes, s->length, 8, 255);
	put(bytes, s->length, 9, s->authenticated ? 51 : 112);
	put(bytes, s->length, 12, 10);
	put(bytes, s->length, 16, 224);
	put(bytes, s->length, 19, 18);
	if (at < IP4_HEADER)
		return event;
	if (s->authenticated) {
		put(bytes, s->length, at, 112);
		put(bytes, s->length, at + 1, s->words);
		at += AH_HEADER;
	}
	put(bytes, s->length, at, s->version << 4 | 1);
	put(bytes, s->length, at + 1, 51);
	put(bytes, s->length, at + 2, 100);
	put(bytes, s->length, at + 3, s->count);
	put(bytes, s->length, at + 5, s->version == 2 ? 1 : 100);
	return event;
}

/* How long the message is, by the lengths alone; -1: it is not one. */
static long
sweep_message(const struct sweep *s)
{
	long header = (long)s->header * 4 + (s->authenticated ? 24 : 0);

	if (s->length < 20 || s->header < 5 || s->total > s->length ||
	    s->total < s->header * 4 || (long)s->total - header < 8 ||
	    (s->authenticated && s->words != 4))
		return -1;
	return (long)s->total - header;
}

/* One packet through all that reads it. */
static void
sweep_one(const struct sweep *s)
{
	static const struct conf_address address;
	struct conf_vr conf = { .destination = { { 224, 0, 0, 18 }, 4 },
	    .family = 4, .version = s->version == 2 ? 2 : 3,
	    .interval_us = 1000000, .addresses = &address,
	    .address_count = 1 };
	struct event event = sweep_packet(s);
	long message = sweep_message(s);
	long want = 8 + 4 * (long)s->count + (s->version == 2 ? 8 : 0);
	struct packet packet;
	struct advert advert;
	bool opened = packet_open(&event, &packet) == COUNTER_KINDS;
	enum counter counter;

	agree(opened ? (long)packet.length : -1, message, "packet_open",
	    s->length, s->total);
	if (!opened)
		return;
	if (s->authenticated)
		conf.auth_type = AUTH_AH;
	checksum_store((uint8_t *)(uintptr_t)packet.message + VRRP_CHECKSUM,
	    advert_sum((uint8_t)s->version, false, &packet.source,
	    &packet.destination, packet.message, packet.length));
	counter = advert_check(&conf, &packet, &advert);
	if (s->version == 2 || s->version == 3)
		agree(counter != COUNT_length, message == want,
		    "advert_check", s->length, s->count);
	if (counter == COUNTER_KINDS)
		advert_addresses_match(&conf, &advert);
}

/* Every length, header length and version, with totals around the truth. */
static void
test_lengths(void)
{
	static const unsigned versions[] = { 0, 2, 3, 15 };

	for (size_t length = 0; length <= 320; length++) {
		const unsigned totals[] = { 0, 19, 20, (unsigned)length - 1,
		    (unsigned)length, (unsigned)length + 1, UINT16_MAX };

		for (unsigned i = 0; i < 16 * COUNT_OF(totals) * 4 * 2; i++) {
			struct sweep s = { .length = length, .header = i % 16,
			    .version = versions[i / 16 % 4], .words = 4,
			    .authenticated = i / 64 % 2,
			    .total = totals[i / 128] & UINT16_MAX };
			long message = sweep_message(&s);

			for (s.count = 0; s.count < 40; s.count++)
				sweep_one(&s);
			s.count = (unsigned)(message - 8) / 4 % 256;
			sweep_one(&s);
		}
	}
}

/* Each field through all its values, with inputs of a few lengths. */
static void
test_fields(void)
{
	static const size_t lengths[] = { 20, 28, 32, 36, 40, 56, 60, 1048,
	    1056, MESSAGE_MAX };

	for (size_t i = 0; i < COUNT_OF(lengths); i++) {
		struct sweep s = { .length = lengths[i], .header = 5,
		    .version = 2, .words = 4 };

		for (s.total = 0; s.total <= UINT16_MAX; s.total++)
			sweep_one(&s);
		s.total = (unsigned)s.length;
		for (s.version = 0; s.version < 16; s.version++) {
			for (s.count = 0; s.count < 256; s.count++)
				sweep_one(&s);
		}
		s.version = 2;
		s.count = 0;
		s.authenticated = true;
		for (s.words = 0; s.words < 256; s.words++)
			sweep_one(&s);
	}
}

/* Every length up to the largest buffer, with the count that belongs to it. */
static void
test_long(void)
{
	for (size_t length = 0; length <= MESSAGE_MAX; length++) {
		struct sweep s = { .length = length, .header = 5,
		    .total = (unsigned)length, .version = 3 };

		s.count = length < 28 ? 0 : (unsigned)(length - 28) / 4;
		s.count = s.count > 255 ? 255 : s.count;
		sweep_one(&s);
		s.version = 2;
		s.count -= s.count > 1 ? 2 : 0;
		sweep_one(&s);
	}
}

/* -- ARP and neighbour advertisements -- */

static void
test_arp(void)
{
	static const uint8_t good[GARP_FRAME] = { [12] = 8, 6, 0, 1, 8, 0, 6,
	    4, 0, 1, [28] = 10 };

	for (size_t length = 0; length <= 64; length++) {
		size_t known = length < sizeof(good) ? length : sizeof(good);

		for (unsigned sizes = 0; sizes <= UINT16_MAX; sizes++) {
			uint8_t *bytes = input_of(length), mac[6];
			struct event event = { .family = 4, .bytes = bytes,
			    .length = length };
			struct ip ip;

			memcpy(bytes, good, known);
			put(bytes, length, 18, sizes >> 8);
			put(bytes, length, 19, sizes);
			agree(claim_decode(&event, &ip, mac), length >= 42 &&
			    sizes == 0x0604, "ARP", length, sizes);
		}
	}
}

/*
 * Whether options of which the first says `units` hold a link address: by
 * arithmetic, all behind the first being of type 2 and one unit.
 */
static bool
na_claims(size_t left, unsigned type, unsigned units)
{
	if (left < 2 || units == 0 || left < 8 * (size_t)units)
		return false;
	return (type == 2 && units == 1) || left - 8 * (size_t)units >= 8;
}

static void
test_na(void)
{
	for (size_t length = 0; length <= 24 + 64; length++) {
		for (unsigned field = 0; field < 256 * 4; field++) {
			uint8_t *bytes = input_of(length), mac[6];
			unsigned units = field % 256, type = field / 256;
			struct event event = { .family = 6, .bytes = bytes,
			    .length = length, .hop_limit = 255 };
			struct ip ip;

			put(bytes, length, 0, 136);
			put(bytes, length, 8, 0xfe);
			for (size_t at = 24; at < length; at += 8) {
				put(bytes, length, at, 2);
				put(bytes, length, at + 1, 1);
			}
			put(bytes, length, 24, type);
			put(bytes, length, 25, units);
			agree(claim_decode(&event, &ip, mac), length >= 24 &&
			    na_claims(length - 24, type, units), "NA", length,
			    field);
		}
	}
}

/* -- netlink -- */

/* A number in the machine's byte order, as far as there is room. */
static void
put_native(uint8_t *bytes, size_t length, size_t at, uint32_t value,
    size_t size)
{
	uint16_t half = (uint16_t)value;
	const uint8_t *from = size == 2 ? (const uint8_t *)&half :
	    (const uint8_t *)&value;

	for (size_t i = 0; i < size; i++)
		put(bytes, length, at + i, from[i]);
}

/* Every reader on every message of a datagram; how many there were. */
static long
netlink_read(const uint8_t *bytes, size_t length, bool *address_good)
{
	struct cursor datagram = cursor_over(bytes, length);
	struct nl_message message, copy;
	struct nl_address address;
	struct nl_link link;
	long count = 0;

	*address_good = false;
	while (nl_next(&datagram, &message)) {
		count++;
		copy = message;
		nl_link_parse(&copy, &link);
		copy = message;
		nl_error_parse(&copy);
		copy = message;
		*address_good = nl_address_parse(&copy, &address);
	}
	return datagram.failed ? -1 : count;
}

/* A message that says that it is `stated` bytes long, zeros behind it. */
static void
sweep_netlink(size_t length, uint32_t stated)
{
	uint8_t *bytes = input_of(length);
	size_t whole = ((size_t)stated + 3) & ~(size_t)3;
	bool address_good;
	long got;

	put_native(bytes, length, 0, stated, 4);
	got = netlink_read(bytes, length, &address_good);
	/* Zeros are no message, so that the first must be the last. */
	agree(got, length == 0 ? 0 : length >= 16 && stated >= 16 &&
	    stated <= length && whole >= length ? 1 : -1, "netlink", length,
	    stated);
}

/* An IPv4 address in an attribute that says that it is `stated` bytes long. */
static void
sweep_attribute(size_t length, unsigned type, unsigned stated)
{
	uint8_t *bytes = input_of(length);
	bool address_good;
	size_t left = length - 24;
	bool whole = stated >= 4 && stated <= left;
	bool last = whole && ((stated + 3U) & ~3U) >= left;

	put_native(bytes, length, 0, (uint32_t)length, 4);
	put_native(bytes, length, 4, RTM_NEWADDR, 2);
	put(bytes, length, 16, NL_FAMILY_4);
	put_native(bytes, length, 24, stated, 2);
	put_native(bytes, length, 26, type, 2);
	netlink_read(bytes, length, &address_good);
	if (type == IFA_ADDRESS || type == IFA_LOCAL)
		agree(address_good, last && stated >= 8, "attribute", length,
		    stated);
}

static void
test_netlink(void)
{
	for (size_t length = 0; length <= 96; length++) {
		for (uint32_t stated = 0; stated < 128; stated++)
			sweep_netlink(length, stated);
		for (uint32_t power = 7; power < 32; power++) {
			sweep_netlink(length, (1U << power) - 1);
			sweep_netlink(length, 1U << power);
			sweep_netlink(length, 0U - (1U << power));
			sweep_netlink(length, 0U - power);
		}
	}
	for (size_t length = 28; length <= 60; length++) {
		for (unsigned type = 0; type < 20; type++) {
			for (unsigned stated = 0; stated < 80; stated++)
				sweep_attribute(length, type, stated);
		}
		for (unsigned stated = 80; stated <= UINT16_MAX; stated++)
			sweep_attribute(length, IFA_LOCAL, stated);
	}
}

int
main(void)
{
	uint8_t *pages = mmap(NULL, (SWEEP_PAGES + 1) * PAGE, PROT_READ |
	    PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (!CHECK(pages != MAP_FAILED))
		return 1;
	guard = pages + SWEEP_PAGES * PAGE;
	CHECK(mprotect(guard, PAGE, PROT_NONE) == 0);
	test_lengths();
	test_fields();
	test_long();
	test_arp();
	test_na();
	test_netlink();
	printf("sweep: %lu cases\n", cases);
	return check_end("sweep");
}
