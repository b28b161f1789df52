/* SPDX-License-Identifier: ISC */
/*
 * Goal: requests to the kernel are what rtnetlink(7) says, and its messages
 * are read rightly, however they are broken.
 * Method: requests against bytes put together by hand; messages recorded from
 * Linux 6.18 (little-endian), cut at every byte, in memory that ends there;
 * attributes and messages whose length leads nowhere.
 */
#define VRRPD_PURE
#include "../vrrpd.c"

#include <stdlib.h>

#include "check.h"
#include "hex.h"

/* -- bytes by hand, in the order of this machine -- */

static uint8_t want[NETLINK_MAX];
static size_t want_length;

static void
put(const void *bytes, size_t length)
{
	memcpy(want + want_length, bytes, length);
	want_length += length;
}

static void
put8(uint8_t value)
{
	put(&value, 1);
}

static void
put16(uint16_t value)
{
	put(&value, 2);
}

static void
put32(uint32_t value)
{
	put(&value, 4);
}

/* The header; its length is put in by want_end. */
static void
put_header(uint16_t type, uint16_t flags, uint32_t seq)
{
	want_length = 0;
	put32(0);
	put16(type);
	put16(flags);
	put32(seq);
	put32(0);
}

static void
put_address(uint8_t family, uint8_t prefix, uint8_t scope, uint32_t ifindex)
{
	put8(family);
	put8(prefix);
	put8(0);
	put8(scope);
	put32(ifindex);
}

static void
put_attribute(uint16_t type, const void *value, size_t length)
{
	put16((uint16_t)(4 + length));
	put16(type);
	put(value, length);
	while (want_length % 4 != 0)
		put8(0);
}

static void
put_ip(uint16_t type, const char *text)
{
	struct ip ip;

	CHECK(ip_parse(text, strlen(text), &ip));
	put_attribute(type, ip.bytes, ip_size(ip.family));
}

static void
put_u32(uint16_t type, uint32_t value)
{
	put_attribute(type, &value, 4);
}

static void
put_lifetime(uint32_t preferred_s)
{
	uint32_t value[4] = { preferred_s, UINT32_MAX, 0, 0 };

	put_attribute(6, value, sizeof(value));
}

/* The request is what was put together, and nothing when there is no room. */
static void
check_request(const uint8_t *got, size_t length)
{
	uint32_t total = (uint32_t)want_length;

	memcpy(want, &total, 4);
	CHECK_INT(length, want_length);
	CHECK_BYTES(got, want, want_length);
}

/* -- requests -- */

#define NEW_ADDRESS	20, 0x0601	/* REQUEST, EXCL, CREATE */
#define OLD_ADDRESS	21, 0x0001

static struct conf_address
address_of(const char *text, uint8_t prefix, unsigned flags)
{
	struct conf_address address = { .prefix = prefix,
	    .flags = (uint16_t)flags };

	CHECK(ip_parse(text, strlen(text), &address.ip));
	return address;
}

static void
check_address(bool add, const struct conf_address *address, uint8_t protocol)
{
	uint8_t got[NETLINK_MAX];

	check_request(got, nl_address_request(got, sizeof(got), add, address,
	    7, 99, protocol));
	for (size_t size = 0; size < want_length; size++)
		CHECK_INT(nl_address_request(got, size, add, address, 7, 99,
		    protocol), 0);
}

/* A host address, with and without the mark that it is ours. */
static void
test_address4(void)
{
	struct conf_address address = address_of("10.0.0.100", 32, 0);

	put_header(NEW_ADDRESS, 99);
	put_address(2, 32, 0, 7);
	put_ip(2, "10.0.0.100");
	put_ip(1, "10.0.0.100");
	put_u32(8, 0);
	put_attribute(11, "p", 1);
	check_address(true, &address, 'p');

	put_header(NEW_ADDRESS, 99);
	put_address(2, 32, 0, 7);
	put_ip(2, "10.0.0.100");
	put_ip(1, "10.0.0.100");
	put_u32(8, 0);
	check_address(true, &address, 0);

	put_header(OLD_ADDRESS, 99);
	put_address(2, 32, 0, 7);
	put_ip(2, "10.0.0.100");
	put_ip(1, "10.0.0.100");
	check_address(false, &address, 'p');
}

/* C-109: label, brd, scope, noprefixroute, peer, and the rest. */
static void
test_address4_options(void)
{
	struct conf_address_more more = { .label = "eth0:vip",
	    .peer_prefix = 24 };
	struct conf_address address = address_of("10.0.0.100", 20,
	    ADDRESS_BROADCAST | ADDRESS_SCOPE | ADDRESS_NOPREFIXROUTE |
	    ADDRESS_AUTOJOIN | ADDRESS_PREFERRED);

	address.more = &more;
	address.scope = 253;
	address.preferred_s = 300;
	CHECK(ip_parse("10.0.7.255", 10, &more.broadcast));
	CHECK(ip_parse("10.9.9.9", 8, &more.peer));
	put_header(NEW_ADDRESS, 99);
	put_address(2, 20, 253, 7);
	put_ip(2, "10.0.0.100");
	put_ip(1, "10.0.0.100");
	put_ip(4, "10.0.7.255");
	put_attribute(3, "eth0:vip", 9);
	put_u32(8, 0x600);
	put_lifetime(300);
	put_attribute(11, "p", 1);
	check_address(true, &address, 'p');

	more.label = NULL;			/* a peer; scope not set */
	address.flags = ADDRESS_PEER | ADDRESS_BROADCAST_ONES |
	    ADDRESS_PREFERRED;
	address.preferred_s = UINT32_MAX;
	put_header(NEW_ADDRESS, 99);
	put_address(2, 24, 0, 7);
	put_ip(2, "10.0.0.100");
	put_ip(1, "10.9.9.9");
	put_ip(4, "10.9.9.255");
	put_u32(8, 0);
	check_address(true, &address, 0);
	put_header(OLD_ADDRESS, 99);
	put_address(2, 24, 0, 7);
	put_ip(2, "10.0.0.100");
	put_ip(1, "10.9.9.9");
	check_address(false, &address, 0);
}

/* "brd +" and "brd -" for networks that have such addresses, and others. */
static void
test_broadcast(void)
{
	static const struct {
		uint8_t		prefix;
		unsigned	flag;
		const char	*broadcast;	/* NULL: none */
	} rows[] = {
		{ 24, ADDRESS_BROADCAST_ONES, "10.1.2.255" },
		{ 24, ADDRESS_BROADCAST_ZEROS, "10.1.2.0" },
		{ 20, ADDRESS_BROADCAST_ONES, "10.1.15.255" },
		{ 20, ADDRESS_BROADCAST_ZEROS, "10.1.0.0" },
		{ 8, ADDRESS_BROADCAST_ONES, "10.255.255.255" },
		{ 0, ADDRESS_BROADCAST_ONES, "255.255.255.255" },
		{ 30, ADDRESS_BROADCAST_ONES, "10.1.2.7" },
		{ 30, ADDRESS_BROADCAST_ZEROS, "10.1.2.4" },
		{ 31, ADDRESS_BROADCAST_ONES, NULL },
		{ 32, ADDRESS_BROADCAST_ONES, NULL },
		{ 32, ADDRESS_BROADCAST_ZEROS, NULL },
		{ 24, 0, NULL },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct conf_address address = address_of("10.1.2.5",
		    rows[i].prefix, rows[i].flag);

		put_header(NEW_ADDRESS, 99);
		put_address(2, rows[i].prefix, 0, 7);
		put_ip(2, "10.1.2.5");
		put_ip(1, "10.1.2.5");
		if (rows[i].broadcast != NULL)
			put_ip(4, rows[i].broadcast);
		put_u32(8, 0);
		check_address(true, &address, 0);
	}
}

/* C-107, C-108: no duplicate detection; a /128 is deprecated; unless asked. */
static void
test_address6(void)
{
	struct conf_address_more more = { .label = "not for IPv6",
	    .peer_prefix = 128 };
	static const struct {
		uint8_t		prefix;
		unsigned	flags;
		uint32_t	preferred_s;	/* UINT32_MAX: none sent */
		uint32_t	kernel_flags;
	} rows[] = {
		{ 128, 0, 0, 0x02 },
		{ 64, 0, UINT32_MAX, 0x02 },
		{ 128, ADDRESS_DAD, 0, 0 },
		{ 128, ADDRESS_PREFERRED, UINT32_MAX, 0x02 },
		{ 128, ADDRESS_PREFERRED, 77, 0x02 },
		{ 64, ADDRESS_PREFERRED, 0, 0x02 },
		{ 64, ADDRESS_HOME, UINT32_MAX, 0x12 },
		{ 64, ADDRESS_MNGTMPADDR | ADDRESS_DAD, UINT32_MAX, 0x100 },
		{ 64, ADDRESS_NOPREFIXROUTE, UINT32_MAX, 0x202 },
		{ 64, ADDRESS_AUTOJOIN, UINT32_MAX, 0x402 },
		{ 64, ADDRESS_BROADCAST_ONES | ADDRESS_NO_TRACK, UINT32_MAX,
		  0x02 },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct conf_address address = address_of("2001:db8::51",
		    rows[i].prefix, rows[i].flags);

		address.more = &more;
		address.preferred_s = rows[i].preferred_s;
		put_header(NEW_ADDRESS, 99);
		put_address(10, rows[i].prefix, 0, 7);
		put_ip(2, "2001:db8::51");
		put_ip(1, "2001:db8::51");
		put_u32(8, rows[i].kernel_flags);
		if (rows[i].preferred_s != UINT32_MAX)
			put_lifetime(rows[i].preferred_s);
		put_attribute(11, "p", 1);
		check_address(true, &address, 'p');
		put_header(OLD_ADDRESS, 99);
		put_address(10, rows[i].prefix, 0, 7);
		put_ip(2, "2001:db8::51");
		put_ip(1, "2001:db8::51");
		check_address(false, &address, 'p');
	}
}

static void
test_dumps(void)
{
	static const struct {
		uint16_t	type;
		size_t		body;
	} rows[] = { { 18, 16 }, { 22, 8 } };
	static const uint8_t zeros[16];
	uint8_t got[NETLINK_MAX];

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		put_header(rows[i].type, 0x0301, 4711);
		put(zeros, rows[i].body);
		check_request(got, nl_dump_request(got, sizeof(got),
		    rows[i].type, 4711));
		for (size_t size = 0; size < want_length; size++)
			CHECK_INT(nl_dump_request(got, size, rows[i].type, 1),
			    0);
	}
}

/* -- recorded messages -- */

/* A label, a peer, a deprecated /128, and the kernel's own link-local. */
static const char recorded_addresses[] =
    "6400000014000200090000009c0a00000218800002000000080001000a000065"
    "080002000a000065080004000a0000ff0e00030076657468313a766970000000"
    "05000b0070000000080008008002000014000600ffffffffffffffffa22d0400"
    "a22d04005800000014000200090000009c0a0000022080000200000008000100"
    "0a090909080002000a0100010a000300766574683100000005000b0070000000"
    "080008008000000014000600ffffffffffffffffa22d0400a22d040050000000"
    "14000200090000009c0a00000a80a200020000001400010020010db800000000"
    "00000000000000511400060000000000ffffffffa22d0400a22d040008000800"
    "a200000005000b00700000005000000014000200090000009c0a00000a40c0fd"
    "0200000014000100fe80000000000000000000fffe00000214000600ffffffff"
    "ffffffff962d0400962d040008000800c000000005000b0003000000";

/* A macvlan over interface 4. */
static const char recorded_link[] =
    "94040000100002004d0000006a29000000000100050000000210000000000000"
    "0c000300767272702e35310008000d00e8030000050010000200000005001100"
    "00000000050043000000000008000400dc050000080032004400000008003300"
    "ffff000008001b000000000008001e000000000008003d000000000008001f00"
    "0100000008002800ffff0000080029000000010008003a000000010008003f00"
    "00000100080040000000010008003b00f8ff070008003c00ffff000008004200"
    "0000000008002000010000000500210001000000080023000000000008002f00"
    "0000000008003000000000000600440000000000060045000000000005002700"
    "000000000a00010000005e00013300000a000200ffffffffffff0000cc001700"
    "0000000000000000000000000000000000000000000000000000000000000000"
    "0000000000000000000000000000000000000000000000000000000000000000"
    "0000000000000000000000000000000000000000000000000000000000000000"
    "0000000000000000000000000000000000000000000000000000000000000000"
    "0000000000000000000000000000000000000000000000000000000000000000"
    "0000000000000000000000000000000000000000000000000000000000000000"
    "0000000000000000640007000000000000000000000000000000000000000000"
    "0000000000000000000000000000000000000000000000000000000000000000"
    "0000000000000000000000000000000000000000000000000000000000000000"
    "0000000000000000000000000c002b0005000200000000003c0012000c000100"
    "6d6163766c616e002c0002000800010001000000060002000000000008000600"
    "0000000008000700e803000008000800e8030000080005000300000009000600"
    "6e6f6f7000000000c0011a008c00020088000100000000000000000000000000"
    "0100000001000000010000000100000000000000010000000000000000000000"
    "0000000000000000000000000000000000000000000000000000000000000000"
    "0000000000000000000000000000000000000000000000000000000010270000"
    "e8030000000000000000000000000000000000000100000030010a0008000100"
    "0000000014000500ffff000036670400d8970000e8030000f400020000000000"
    "40000000dc05000001000000010000000100000001000000ffffffffa00f0000"
    "e803000000000000803a09008051010003000000580200001000000000000000"
    "01000000010000000100000060ea000000000000000000000000000000000000"
    "000000000000000001000000000000000000000010270000e803000001000000"
    "0000000000000000010000000000000000000000010000000000000000000000"
    "000000000000000080ee36000000000000000000010000000000000000000000"
    "0000000000000000000000000004000000000000ffff0000ffffffff01000000"
    "0000000000000000000000001400070000000000000000000000000000000000"
    "050008000000000024000e000000000000000000000000000000000000000000"
    "00000000000000000000000004003e8004004180";

/* A port has left its bridge: RTM_DELLINK, though the link is still there. */
static const char recorded_port[] =
    "5800000011000000000000000000000007000100040000004310010000000000"
    "0a000300766574683000000008000a000200000008000400dc05000005001000"
    "060000000a00010002000000000100000800050003000000";

/* The answer to a request to remove what was not there: EADDRNOTAVAIL. */
static const char recorded_error[] =
    "3400000002000000671200006a2900009dffffff200000001500010067120000"
    "000000000220000003000000080002000a090909";

static const char recorded_done[] =
    "14000000030002004d0000006a29000000000000";

/* Hexadecimal digits to bytes in memory of just that size. */
static uint8_t *
unhex_exact(const char *text, size_t *length)
{
	uint8_t *bytes = malloc(strlen(text) / 2);

	*length = unhex(text, bytes);
	return bytes;
}

static bool
is_little_endian(void)
{
	uint16_t one = 1;

	return *(uint8_t *)&one == 1;
}

/* What a message says, in one line. */
static const char *
message_text(struct nl_message *message)
{
	static char line[256];
	struct text t = text_over(line, sizeof(line));
	struct nl_address address;
	struct nl_link link;

	text_format(&t, "%u: ", message->type);
	if ((message->type == 20 || message->type == 21) &&
	    nl_address_parse(message, &address)) {
		text_ip(&t, &address.ip);
		text_format(&t, "/%u on %u, flags %x, protocol %u%s",
		    address.prefix, address.ifindex, address.flags,
		    address.protocol, address.has_protocol ? "" : " unsaid");
	} else if ((message->type == 16 || message->type == 17) &&
	    nl_link_parse(message, &link)) {
		text_format(&t, "%s is %u on %u in %u, type %u, flags %x, "
		    "mtu %u, mac", link.name, link.ifindex, link.lower,
		    link.master, link.type, link.flags, link.mtu);
		for (int i = 0; i < 6; i++)
			text_format(&t, "%c%02x", i == 0 ? ' ' : ':',
			    link.mac[i]);
		text_format(&t, " of %u", link.mac_length);
	} else if (message->type == 2 || message->type == 3) {
		text_format(&t, "%d for %u", nl_error_parse(message),
		    message->seq);
	} else {
		text_string(&t, message->body.failed ? "broken" : "other");
	}
	return text_end(&t);
}

static void
test_recorded(const char *hex, const char *const *lines)
{
	size_t length;
	uint8_t *bytes = unhex_exact(hex, &length);
	struct cursor c = cursor_over(bytes, length);
	struct nl_message message;

	while (nl_next(&c, &message)) {
		if (!CHECK(*lines != NULL))
			break;
		CHECK_STR(message_text(&message), *lines++);
	}
	CHECK(!c.failed);
	CHECK(*lines == NULL);
	free(bytes);
}

/* A datagram that ends too early: what is whole is read, the rest is broken. */
static void
test_cut_datagram(const char *hex)
{
	size_t length;
	uint8_t *bytes = unhex_exact(hex, &length), *exact;
	struct nl_message message;

	for (size_t size = 0; size < length; size++) {
		size_t count = 0, at = 0;
		struct cursor c;

		exact = malloc(size + 1);
		memcpy(exact + 1, bytes, size);
		c = cursor_over(exact + 1, size);
		while (nl_next(&c, &message)) {
			message_text(&message);
			CHECK(!message.body.failed);
			count++;
		}
		while (count-- > 0)
			at += (size_t)bytes[at] | (size_t)bytes[at + 1] << 8;
		CHECK(at <= size);
		CHECK_INT(c.failed, at != size);
		free(exact);
	}
	free(bytes);
}

/*
 * A message that states to end at any byte: broken unless an attribute ends
 * there, with or without its padding.
 */
static void
test_cut_message(const char *hex, size_t header)
{
	size_t length, at = 16 + header, end = at;
	uint8_t *bytes = unhex_exact(hex, &length), *exact;
	struct nl_message message;

	length = (size_t)bytes[0] | (size_t)bytes[1] << 8;
	for (size_t size = 16; size < length; size++) {
		struct cursor c;

		while (at < size) {
			end = at + ((size_t)bytes[at] |
			    (size_t)bytes[at + 1] << 8);
			at = (end + 3) / 4 * 4;
		}
		exact = malloc(size);
		memcpy(exact, bytes, size);
		exact[0] = (uint8_t)size;
		exact[1] = (uint8_t)(size >> 8);
		c = cursor_over(exact, size);
		CHECK(nl_next(&c, &message));
		message_text(&message);
		CHECK_INT(message.body.failed, size < 16 + header ||
		    (size < end));
		free(exact);
	}
	free(bytes);
}

/* -- messages by hand -- */

/* Reads want[] as one datagram; the text of its first message. */
static const char *
read_want(void)
{
	uint32_t length = (uint32_t)want_length;
	struct nl_message message;
	uint8_t *exact = malloc(want_length);
	struct cursor c = cursor_over(exact, want_length);
	const char *line = "no message";

	memcpy(want, &length, 4);
	memcpy(exact, want, want_length);
	if (nl_next(&c, &message))
		line = message_text(&message);
	free(exact);
	return line;
}

static void
put_link(uint8_t family)
{
	put_header(16, 0, 0);
	put8(family);
	put8(0);
	put16(1);
	put32(5);
	put32(0x11043);
	put32(0);
}

static void
test_link_attributes(void)
{
	static const uint8_t long_address[300];
	const char *bare = "16:  is 5 on 0 in 0, type 1, flags 11043, mtu 0, "
	    "mac 00:00:00:00:00:00 of 0";

	put_link(0);
	CHECK_STR(read_want(), bare);
	put_attribute(4711, "?", 1);			/* one we do not know */
	put_attribute(3, "", 0);
	put_attribute(1, "", 0);
	CHECK_STR(read_want(), bare);

	put_link(0);
	put_attribute(3 | 0x8000, "eth0", 5);		/* flags of the type */
	put_attribute(1, "\2\0\0\0\0\1", 6);
	put_attribute(16, "\6", 1);
	put_u32(4, 9000);
	put_u32(5 | 0x4000, 3);
	put_u32(10, 8);
	CHECK_STR(read_want(), "16: eth0 is 5 on 3 in 8, type 1, flags 11043, "
	    "mtu 9000, mac 02:00:00:00:00:01 of 6");

	put_link(0);			/* a name and an address too long */
	put_attribute(3, "0123456789abcdefgh", 18);
	put_attribute(1, "abcdefghijklmnopqrst", 20);
	CHECK_STR(read_want(), "16: 0123456789abcde is 5 on 0 in 0, type 1, "
	    "flags 11043, mtu 0, mac 61:62:63:64:65:66 of 20");
	put_link(0);
	put_attribute(3, "0123456789abcdef", 16);
	put_attribute(1, long_address, sizeof(long_address));
	CHECK_STR(read_want(), "16: 0123456789abcde is 5 on 0 in 0, type 1, "
	    "flags 11043, mtu 0, mac 00:00:00:00:00:00 of 255");
	put_link(0);			/* without its NUL, and a short MAC */
	put_attribute(3, "eth", 3);
	put_attribute(1, "ab", 2);
	CHECK_STR(read_want(), "16: eth is 5 on 0 in 0, type 1, "
	    "flags 11043, mtu 0, mac 61:62:00:00:00:00 of 2");

	put_link(7);			/* of a bridge: no news of the link */
	CHECK_STR(read_want(), "16: other");
}

/* Values shorter than their attribute wants, and lengths that lead nowhere. */
static void
test_broken_attributes(void)
{
	static const uint16_t numbers[] = { 4, 5, 10 };
	static const uint8_t zeros[300];

	for (size_t i = 0; i < COUNT_OF(numbers); i++) {
		for (size_t length = 0; length < 4; length++) {
			put_link(0);
			put_attribute(numbers[i], "abc", length);
			put_attribute(3, "eth0", 5);
			CHECK_STR(read_want(), "16: broken");
		}
	}
	put_link(0);				/* longer than the message */
	put_attribute(1, zeros, 250);
	put_attribute(3, "eth0", 5);
	want_length -= 9;
	CHECK_STR(read_want(), "16: broken");
	for (uint16_t length = 0; length < 4; length++) {
		put_link(0);
		put16(length);
		put16(3);
		put32(0);
		CHECK_STR(read_want(), "16: broken");
	}
	for (size_t rest = 1; rest < 4; rest++) {	/* no whole header */
		put_link(0);
		put(zeros, rest);
		CHECK_STR(read_want(), "16: broken");
	}
}

static void
test_address_attributes(void)
{
	put_header(20, 0, 0);			/* without IFA_LOCAL */
	put_address(2, 24, 0, 7);
	put_ip(1, "10.0.0.1");
	CHECK_STR(read_want(), "20: 10.0.0.1/24 on 7, flags 0, "
	    "protocol 0 unsaid");
	put_ip(2, "10.0.0.2");			/* in either order */
	CHECK_STR(read_want(), "20: 10.0.0.2/24 on 7, flags 0, "
	    "protocol 0 unsaid");
	put_header(21, 0, 0);
	put_address(10, 64, 253, 7);
	want[18] = 0x80;			/* the flags of old kernels */
	put_ip(2, "fe80::2");
	put_ip(1, "fe80::1");
	CHECK_STR(read_want(), "21: fe80::2/64 on 7, flags 80, "
	    "protocol 0 unsaid");
	put_u32(8, 0x12345);
	put_attribute(11, "", 0);
	CHECK_STR(read_want(), "21: broken");

	put_header(20, 0, 0);			/* no address in it */
	put_address(2, 24, 0, 7);
	CHECK_STR(read_want(), "20: other");
	put_header(20, 0, 0);			/* of another family */
	put_address(28, 24, 0, 7);
	put_ip(1, "10.0.0.1");
	CHECK_STR(read_want(), "20: other");
	for (uint16_t type = 1; type <= 2; type++) {
		put_header(20, 0, 0);		/* too short for its family */
		put_address(10, 24, 0, 7);
		put_ip(type, "10.0.0.1");
		CHECK_STR(read_want(), "20: broken");
	}
	put_header(20, 0, 0);
	put_address(2, 24, 0, 7);
	put_ip(1, "10.0.0.1");
	put_attribute(8, "abc", 3);
	CHECK_STR(read_want(), "20: broken");
}

/* A route as the kernel tells it; of hops, each has its flags. */
static bool
route_serves(const char *to, uint8_t prefix, struct rtmsg body,
    uint32_t table, const uint8_t *hops, size_t hop_count)
{
	uint8_t bytes[256], nested[64];
	struct packer p = packer_over(bytes, sizeof(bytes));
	struct packer n = packer_over(nested, sizeof(nested));
	struct nl_message message;
	struct cursor c;
	struct ip ip;
	bool serves;

	ip_parse(to, strlen(to), &ip);
	nl_begin(&p, RTM_NEWROUTE, 0, 1);
	packer_bytes(&p, &body, sizeof(body));
	if (body.rtm_dst_len > 0)
		nl_attribute(&p, RTA_DST, ip.bytes, ip_size(ip.family));
	if (table != 0)
		nl_attribute(&p, RTA_TABLE, &table, sizeof(table));
	for (size_t i = 0; i < hop_count; i++) {
		struct rtnexthop hop = { .rtnh_len = sizeof(hop),
		    .rtnh_flags = hops[i] };

		packer_bytes(&n, &hop, sizeof(hop));
	}
	if (hop_count > 0)
		nl_attribute(&p, RTA_MULTIPATH, nested, packer_length(&n));
	c = cursor_over(bytes, nl_finish(&p));
	CHECK(nl_next(&c, &message));
	serves = nl_route_serves(&message, &ip, prefix);
	for (size_t cut = 0; cut < packer_length(&p) - 16; cut++) {
		uint8_t *copy = malloc(cut + 1);	/* for the sanitizer */

		memcpy(copy, bytes + 16, cut);
		message.body = cursor_over(copy, cut);
		CHECK(!nl_route_serves(&message, &ip, prefix) || cut >= 20);
		free(copy);
	}
	return serves;
}

/* An IPv4 route whose destination has 16 bytes, of which 4 would be right. */
static bool
wide_route_serves(void)
{
	static const uint8_t wide[16] = { 10, 1, 2, 0 };
	const struct rtmsg m = { .rtm_family = 2, .rtm_dst_len = 24,
	    .rtm_table = RT_TABLE_MAIN, .rtm_type = RTN_UNICAST };
	struct ip ip = { { 10, 1, 2, 0 }, 4 };
	struct nl_message message = { .type = RTM_NEWROUTE };
	uint8_t bytes[64];
	struct packer p = packer_over(bytes, sizeof(bytes));

	packer_bytes(&p, &m, sizeof(m));
	nl_attribute(&p, RTA_DST, wide, sizeof(wide));
	message.body = cursor_over(bytes, packer_length(&p));
	return nl_route_serves(&message, &ip, 24);
}

static void
test_routes(void)
{
	static const uint8_t dead[] = { RTNH_F_DEAD, RTNH_F_LINKDOWN };
	static const uint8_t mixed[] = { RTNH_F_DEAD, 0 };
	struct rtmsg base = { .rtm_family = 2, .rtm_dst_len = 24,
	    .rtm_table = RT_TABLE_MAIN, .rtm_type = RTN_UNICAST };
	struct rtmsg m = base;
	uint8_t request[64];

	CHECK(route_serves("10.1.2.0", 24, m, RT_TABLE_MAIN, NULL, 0));
	CHECK(route_serves("10.1.2.0", 24, m, 0, NULL, 0));
	CHECK(!route_serves("10.1.2.0", 23, m, 0, NULL, 0));
	CHECK(!route_serves("10.1.2.0", 24, m, 1000, NULL, 0));
	CHECK(route_serves("10.1.2.0", 24, m, 0, mixed, 2));
	CHECK(!route_serves("10.1.2.0", 24, m, 0, dead, 2));
	m.rtm_type = RTN_BLACKHOLE;
	CHECK(!route_serves("10.1.2.0", 24, m, 0, NULL, 0));
	m = base;
	m.rtm_flags = RTNH_F_LINKDOWN;
	CHECK(!route_serves("10.1.2.0", 24, m, 0, NULL, 0));
	m.rtm_flags = RTM_F_CLONED;
	CHECK(!route_serves("10.1.2.0", 24, m, 0, NULL, 0));
	m = base;
	m.rtm_family = 10;
	CHECK(!route_serves("10.1.2.0", 24, m, 0, NULL, 0));
	CHECK(route_serves("2001:db8::", 24, m, 0, NULL, 0));
	m = base;
	m.rtm_dst_len = 0;
	CHECK(route_serves("0.0.0.0", 0, m, 0, NULL, 0));
	CHECK(!route_serves("10.0.0.0", 0, m, 0, NULL, 0));
	CHECK(!wide_route_serves());
	CHECK_INT(nl_routes_request(request, sizeof(request), 6),
	    sizeof(struct nlmsghdr) + sizeof(m));
	CHECK_INT(request[16], 10);
	CHECK_INT(nl_routes_request(request, 20, 4), 0);
}

/* connector(7), as the kernel sends it; news of threads are none. */
static void
test_processes(void)
{
	static const struct {
		uint32_t	words[6];	/* what, and 4 of its data */
		uint32_t	want, pid, parent;
	} rows[] = {
		{ { PROCESS_FORK, 7, 7, 9, 9 }, PROCESS_FORK, 9, 7 },
		{ { PROCESS_FORK, 8, 7, 9, 9 }, PROCESS_FORK, 9, 7 },
		{ { PROCESS_FORK, 7, 7, 9, 7 }, 0, 7, 7 },
		{ { PROCESS_EXEC, 5, 5, 0, 0 }, PROCESS_EXEC, 5, 0 },
		{ { PROCESS_NAMED, 6, 5, 0, 0 }, 0, 5, 0 },
		{ { PROCESS_ENDED, 5, 5, 0, 0 }, PROCESS_ENDED, 5, 0 },
		{ { 0, 0, 0, 0, 0 }, 0, 0, 0 },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		uint8_t bytes[128] = { 0 };
		struct packer p = packer_over(bytes, sizeof(bytes));
		struct nl_message message = { .type = NLMSG_DONE };
		struct process_news news;

		p.at += CN_HEADER;
		packer_bytes(&p, &rows[i].words[0], 4);
		p.at += CN_EVENT_HEADER - 4;
		packer_bytes(&p, &rows[i].words[1], 16);
		message.body = cursor_over(bytes, packer_length(&p));
		news = nl_process_parse(&message);
		CHECK_INT(news.what, rows[i].want);
		CHECK_INT(news.pid, rows[i].pid);
		CHECK_INT(news.parent, rows[i].parent);
		for (size_t n = 0; n < CN_HEADER + CN_EVENT_HEADER + 8; n++) {
			message.body = cursor_over(bytes, n);
			CHECK_INT(nl_process_parse(&message).what, 0);
		}
	}
}

static void
test_errors(void)
{
	static const struct {
		int32_t		code;
		const char	*text;
	} rows[] = {
		{ 0, "2: 0 for 42" }, { -1, "2: 1 for 42" },
		{ -17, "2: 17 for 42" }, { -4095, "2: 4095 for 42" },
		{ -4096, "2: -1 for 42" }, { 1, "2: -1 for 42" },
		{ INT32_MIN, "2: -1 for 42" }, { INT32_MAX, "2: -1 for 42" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		put_header(2, 0, 42);
		put(&rows[i].code, 4);
		CHECK_STR(read_want(), rows[i].text);
	}
	put_header(2, 0, 42);
	CHECK_STR(read_want(), "2: -1 for 42");
	put16(0);
	CHECK_STR(read_want(), "2: -1 for 42");
}

/* Headers: fields, lengths that cannot be, and padding that is not there. */
static void
test_datagrams(void)
{
	uint8_t bytes[64] = { 0 };
	struct nl_message message;
	struct cursor c;
	uint32_t length;

	put_header(0x1234, 0x5678, 0x9abcdef0);
	want_length = 12;
	put32(0x13572468);
	put(bytes, 5);
	length = 21;
	memcpy(want, &length, 4);
	memcpy(bytes, want, 21);
	memcpy(bytes + 24, want, 21);
	c = cursor_over(bytes, 45);		/* the last one unpadded */
	for (int i = 0; i < 2; i++) {
		CHECK(nl_next(&c, &message));
		CHECK_INT(message.type, 0x1234);
		CHECK_INT(message.flags, 0x5678);
		CHECK_INT(message.seq, 0x9abcdef0);
		CHECK_INT(message.port, 0x13572468);
		CHECK_INT(cursor_left(&message.body), 5);
		CHECK(message.body.at == bytes + 24 * i + 16);
	}
	CHECK(!nl_next(&c, &message));
	CHECK(!c.failed);
	c = cursor_over(bytes, 45);
	length = UINT32_MAX;
	for (uint32_t wrong = 0; wrong < 17; wrong++) {
		memcpy(bytes + 24, &length, 4);
		c = cursor_over(bytes, 45);
		CHECK(nl_next(&c, &message));
		CHECK(!nl_next(&c, &message));
		CHECK(c.failed);
		CHECK(message.body.failed);
		CHECK(!nl_next(&c, &message));
		length = wrong < 16 ? wrong : 22;
	}
}

/*
 * The batch of no_accept: messages that fill it, one a message for each address
 * of who wants it; too little room is noticed whatever is missing.
 */
static void
test_firewall(void)
{
	static uint8_t batch[16384];
	struct conf_address addresses[3] = { { .ip = { { 10, 0, 0, 1 }, 4 } },
	    { .ip = { { 0xfe, 0x80 }, 6 } }, { .ip = { { 10, 0, 0, 2 }, 4 } } };
	struct conf_interface interface = { .name = "eth0" };
	struct conf_vr vrs[3] = {
		{ .addresses = addresses, .address_count = 2,
		  .excluded_count = 1, .priority = 100 },
		{ .addresses = addresses, .address_count = 3, .accept = true },
		{ .addresses = addresses, .address_count = 3,
		  .priority = PRIORITY_OWNER } };
	struct conf conf = { .vrs = vrs, .vr_count = 3,
	    .interfaces = &interface,
	    .global = { .nft_table = "t", .nft_priority = -1 } };
	size_t length = nft_request(batch, sizeof(batch), &conf, true);
	struct cursor c = cursor_over(batch, length);
	struct nl_message message;
	unsigned kinds[32] = { 0 }, asked = 0;

	CHECK(length > 0 && length < (NFT_MESSAGES + 3) *
	    (NFT_MESSAGE_BYTES + 1));
	CHECK_INT(nft_count(&conf), 3);
	while (nl_next(&c, &message)) {
		kinds[message.type & 31]++;
		asked += message.type == (NFNL_SUBSYS_NFTABLES << 8 |
		    NFT_MSG_DELTABLE);
	}
	CHECK_INT(cursor_left(&c), 0);
	CHECK_INT(asked, 1);
	CHECK_INT(kinds[NFT_MSG_NEWTABLE], 2);
	CHECK_INT(kinds[NFT_MSG_NEWCHAIN], 2);
	CHECK_INT(kinds[NFT_MSG_NEWSET], 4);
	CHECK_INT(kinds[NFT_MSG_NEWSETELEM], 3);
	CHECK_INT(kinds[NFT_MSG_NEWRULE], 11);
	for (size_t size = 0; size < length; size++)
		CHECK_INT(nft_request(batch, size, &conf, true), 0);
	/* nobody wants it: what is there is removed */
	vrs[0].accept = true;
	length = nft_request(batch, sizeof(batch), &conf, true);
	c = cursor_over(batch, length);
	memset(kinds, 0, sizeof(kinds));
	while (nl_next(&c, &message))
		kinds[message.type & 31]++;
	CHECK_INT(kinds[NFT_MSG_NEWTABLE], 1);
	CHECK_INT(kinds[NFT_MSG_DELTABLE], 1);
	CHECK_INT(kinds[NFT_MSG_NEWCHAIN] + kinds[NFT_MSG_NEWSET], 0);
}

/* Whether bytes are attributes and nothing else. */
static bool
is_nest(struct cursor c)
{
	struct cursor value;
	uint16_t type;
	bool any = false;

	while (nl_attribute_next(&c, &type, &value))
		any = true;
	return any && !c.failed && cursor_left(&c) == 0;
}

/* Whether bytes are the letters of a string with one NUL behind them. */
static bool
is_string(const uint8_t *bytes, size_t length)
{
	for (size_t i = 0; i + 1 < length; i++) {
		if (bytes[i] <= ' ' || bytes[i] > '~')
			return false;
	}
	return length > 1 && bytes[length - 1] == 0;
}

/*
 * Writes attributes as TYPE=VALUE or TYPE(ATTRIBUTES).  What can be read as
 * attributes, or as a string, is taken for that: no other value here can.
 */
static void
show_attributes(struct text *t, struct cursor c)
{
	struct cursor value;
	uint16_t type;

	while (nl_attribute_next(&c, &type, &value)) {
		text_char(t, ' ');
		if (is_nest(value)) {
			text_format(t, "%u(", type);
			show_attributes(t, value);
			text_char(t, ')');
			continue;
		}
		text_format(t, "%u=", type);
		if (is_string(value.at, cursor_left(&value)))
			text_string(t, (const char *)cursor_bytes(&value,
			    cursor_left(&value)));
		while (cursor_left(&value) > 0)
			text_format(t, "%02x", cursor_u8(&value));
	}
}

/* The next message in words of numbers; so many bytes before attributes. */
static const char *
show_message(struct cursor *batch, int fixed)
{
	static char line[512];
	struct text t = text_over(line, sizeof(line));
	struct nl_message message;

	if (!nl_next(batch, &message))
		return "end";
	text_format(&t, "%x %x %x ", message.type, message.flags,
	    message.seq);
	for (int i = 0; i < fixed; i++)
		text_format(&t, "%02x", cursor_u8(&message.body));
	if (message.body.failed)
		return "too short";
	show_attributes(&t, message.body);
	return text_end(&t);
}

/*
 * Rules in the words of nft(8), as show_message has them; numbers are those of
 * linux/netfilter/nf_tables.h, all with register 1, and BEHIND with 2.
 */
#define RULE(chain)	"a06 c01 0 01000000 1=t 2=" chain " 4("
#define META(key)	" 1( 1=meta 2( 1=00000001 2=000000" key "))"
#define BEHIND(key)	" 1( 1=meta 2( 1=00000002 2=000000" key "))"
#define COMPARE(how, byte) " 1( 1=cmp 2( 1=00000001 2=000000" how \
	" 3( 1=" byte ")))"
#define PAYLOAD(base, at, length) " 1( 1=payload 2( 1=00000001 2=000000" base \
	" 3=000000" at " 4=000000" length "))"
#define LOOKUP(set)	" 1( 1=lookup 2( 2=00000001 1=" set "))"
#define COUNTER		" 1( 1=counter 2=)"
#define VERDICT(code)	" 1( 1=immediate 2( 1=00000000 2( 2( 1=000000" code \
	")))))"
#define DISCOVERY	META("10") COMPARE("00", "3a") \
	PAYLOAD("02", "00", "01") COMPARE("05", "87") COMPARE("03", "88") \
	VERDICT("01")
#define DROP4(at)	META("0f") COMPARE("00", "02") \
	PAYLOAD("01", at, "04") LOOKUP("ip4") COUNTER VERDICT("00")
#define DROP6(at)	META("0f") COMPARE("00", "0a") \
	PAYLOAD("01", at, "10") LOOKUP("ip6") COUNTER VERDICT("00")
#define ZONE6(at, key)	META("0f") COMPARE("00", "0a") \
	PAYLOAD("01", at, "10") BEHIND(key) LOOKUP("zone6") \
	COUNTER VERDICT("00")
#define HOLD(protocol)	META("07") LOOKUP("vmac") META("10") \
	COMPARE("00", protocol)
#define TYPES(first, last) PAYLOAD("02", "00", "01") COMPARE("05", first) \
	COMPARE("03", last)

/* Neighbour discovery is let through; IGMP, MLD and router solicitations from a
 * virtual MAC are not. */
static const char *const firewall[] = {
	"10 1 0 0000000a",
	"a00 401 0 01000000 1=t",
	"a02 5 0 01000000 1=t",
	"a00 401 0 01000000 1=t 2=00000002",
	"a09 401 0 01000000 1=t 2=ip4 4=00000007 5=00000004 10=00000001",
	"a09 401 0 01000000 1=t 2=ip6 4=00000008 5=00000010 10=00000002",
	"a09 401 0 01000000 1=t 2=zone6 4=00000229 5=00000020 10=00000003",
	"a0c 401 0 01000000 1=t 2=ip4 3( 1( 1( 1=0a000001)))",
	"a0c 401 0 01000000 1=t 2=zone6 3( 1( 1( 1=fe8000000000000000000000"
	    "0000000065746831000000000000000000000000)))",
	"a0c 401 0 01000000 1=t 2=ip6 3( 1( 1( 1=20010db800000000000000000000"
	    "0000)))",
	"a03 401 0 01000000 1=t 3=input 4( 1=00000001 2=ffffffff) 7=filter",
	RULE("input") DISCOVERY,
	RULE("input") DROP4("10"),
	RULE("input") DROP6("18"),
	RULE("input") ZONE6("18", "06"),
	"a03 401 0 01000000 1=t 3=output 4( 1=00000003 2=ffffffff) 7=filter",
	RULE("output") DISCOVERY,
	RULE("output") DROP4("0c"),
	RULE("output") DROP6("08"),
	RULE("output") ZONE6("08", "07"),
	"a09 401 0 01000000 1=t 2=vmac 4=00000029 5=00000010 10=00000004 "
	    "13=000401000000",
	"a0c 401 0 01000000 1=t 2=vmac 3( 1( 1( 1=767272702e353100000000000000"
	    "0000)))",
	"a0c 401 0 01000000 1=t 2=vmac 3( 1( 1( 1=vrrp.1234567890)))",
	RULE("output") HOLD("3a") TYPES("83", "85") COUNTER VERDICT("00"),
	RULE("output") HOLD("3a") TYPES("8f", "8f") COUNTER VERDICT("00"),
	RULE("output") HOLD("02") COUNTER VERDICT("00"),
	"11 1 0 0000000a",
	"end"
};

/* What is said of the room that a batch needs: how many, and how long. */
static void
check_room(const struct conf *conf)
{
	static uint8_t batch[16384];
	struct cursor c = cursor_over(batch, nft_request(batch, sizeof(batch),
	    conf, true));
	size_t longest = 0, left = cursor_left(&c);
	unsigned count = 0;
	struct nl_message message;

	for (; nl_next(&c, &message); count++) {
		if (left - cursor_left(&c) > longest)
			longest = left - cursor_left(&c);
		left = cursor_left(&c);
	}
	CHECK_INT(count, NFT_MESSAGES + nft_count(conf));
	CHECK_INT(longest, NFT_MESSAGE_BYTES + strlen(conf->global.nft_table));
}

/*
 * The batch byte for byte, for an address of one virtual router and two that it
 * does not advertise, and for the two links of three that have a MAC of
 * their own.
 */
static void
test_firewall_bytes(void)
{
	static uint8_t batch[16384];
	struct conf_address addresses[3] = { { .ip = { { 10, 0, 0, 1 }, 4 } },
	    { .ip = { { 0xfe, 0x80 }, 6 }, .interface = 1 },
	    { .ip = { { 0x20, 0x01, 0x0d, 0xb8 }, 6 }, .interface = 1 } };
	struct conf_interface interfaces[5] = { { .name = "eth0" },
	    { .name = "eth1" }, { .name = "vrrp.51" },
	    { .name = "vrrp.1234567890" }, { .name = "vrrp.53" } };
	struct conf_vr vrs[2] = { { .accept = true }, { .addresses = addresses,
	    .address_count = 1, .excluded_count = 2, .priority = 254 } };
	struct conf_vmac vmacs[2] = { { .kind = LINK_MACVLAN },
	    { .kind = LINK_IPVLAN } };
	struct conf_link links[3] = {
	    { .interface = 2, .vmac = &vmacs[0], .ip6 = true },
	    { .interface = 3, .vmac = &vmacs[0], .ip6 = true },
	    { .interface = 4, .vmac = &vmacs[1], .ip6 = true } };
	struct conf conf = { .vrs = vrs, .vr_count = 2, .links = links,
	    .link_count = 3, .interfaces = interfaces, .global = {
	    .nft_table = "t", .nft_priority = -1, .nft_counters = true } };
	struct cursor c = cursor_over(batch, nft_request(batch, sizeof(batch),
	    &conf, true));

	CHECK_INT(nft_count(&conf), 5);
	for (size_t i = 0; i < COUNT_OF(firewall); i++)
		CHECK_STR(show_message(&c, 4), firewall[i]);
	conf.global.nft_counters = false;
	c = cursor_over(batch, nft_request(batch, sizeof(batch), &conf, false));
	for (size_t i = 0; i < 4; i++)
		CHECK_STR(show_message(&c, 4), i == 3 ?
		    "a00 401 0 01000000 1=t 2=00000000" : firewall[i]);
	conf.global.nft_counters = true;
	conf.global.nft_table = "four";
	check_room(&conf);
	vrs[1].excluded_count = 0;		/* a single one is enough */
	links[0].ip6 = links[1].ip6 = false;
	CHECK_INT(nft_count(&conf), 1);
	CHECK(nft_request(batch, sizeof(batch), &conf, true) > 1000);
}

/* The links of use_vmac and of use_ipvlan, byte for byte. */
static void
test_link_create(void)
{
	static const char *const made[] = {
		"10 601 11223344 00000000000000000000000000000000 3=vrrp.51 "
		    "5=03000000 1=00005e000133 18( 1=macvlan 2( 1=02000000))",
		"10 601 11223344 00000000000000000000000000000000 3=vrrp.51 "
		    "5=03000000 27=07000000 18( 1=ipvlan 2( 1=0000 2=0200))" };
	struct conf_vmac vmac = { .name = "vrrp.51", .kind = LINK_MACVLAN,
	    .mac = { 0, 0, 0x5e, 0, 1, 0x33 }, .mac_length = 6, .mode = 2 };
	uint8_t bytes[256];

	for (int i = 0; i < 2; i++) {
		size_t length = nl_link_create(bytes, sizeof(bytes), &vmac, 3,
		    0x11223344);
		struct cursor c = cursor_over(bytes, length);

		CHECK_STR(show_message(&c, 16), made[i]);
		CHECK_STR(show_message(&c, 16), "end");
		for (size_t n = 16; n < length; n++)
			CHECK_INT(nl_link_create(bytes, n, &vmac, 3, 1), 0);
		vmac.kind = LINK_IPVLAN;
		vmac.group = 7;
	}
}

#define SETTINGS(spec) "10 1 7 00000000050000000100000003000000 " spec

/* Requests about links, and those for all of a kind, byte for byte. */
static void
test_requests(void)
{
	static const uint8_t pairs[] = { IPV4_DEVCONF_ARP_IGNORE, 1,
	    IPV4_DEVCONF_ARP_ANNOUNCE, 2 };
	static const char *const want_text[] = {
		"10 1 7 00000000050000000100000003000000",
		"10 1 7 00000000000000000100000003000000 3=eth0",
		"10 1 7 00000000000000000100000003000000",
		SETTINGS("26( 2( 1( 19=01000000)))"),
		SETTINGS("26( 10( 8=01))"),
		"1a 301 9 000000000012000000000000",
		"22 301 9 000000000000000000000000",
		"1a 301 1 0a000000fe00000000000000",
		"3 1 0 010000000100000000000000000000000400000006000000", "end"
	};
	uint8_t bytes[256];
	size_t length;

	for (int i = 0; i < 9; i++) {
		struct packer p = nl_link_begin(bytes, sizeof(bytes),
		    RTM_NEWLINK, 7, i == 1 || i == 2 ? 0 : 5, i == 2 ? NULL :
		    "eth0", 1, 3);
		struct cursor c;

		if (i == 3)
			nl_link_settings4(&p, pairs, 1);
		if (i == 4)
			nl_link_no_eui64(&p);
		length = i < 5 ? nl_finish(&p) :
		    i < 7 ? nl_dump_request(bytes, sizeof(bytes), i == 5 ?
		    RTM_GETROUTE : RTM_GETRULE, 9) :
		    i == 7 ? nl_routes_request(bytes, sizeof(bytes), 6) :
		    nl_process_request(bytes, sizeof(bytes), 6);
		c = cursor_over(bytes, length);
		CHECK_STR(show_message(&c, i < 5 ? 16 : i < 8 ? 12 : 24),
		    want_text[i]);
		CHECK_STR(show_message(&c, 0), "end");
	}
	for (size_t n = 0; n < length; n++)
		CHECK_INT(nl_process_request(bytes, n, 6), 0);
}

/* The ends of a network that is no whole number of bytes; one that is given. */
static void
test_broadcast_bits(void)
{
	static const uint8_t ones[] = { 8, 0, 4, 0, 10, 0x5f, 0xff, 0xff },
	    zeros[] = { 8, 0, 4, 0, 10, 0x40, 0, 0 },
	    given[] = { 8, 0, 4, 0, 10, 1, 2, 3 };
	struct conf_address_more more = { .broadcast = { { 10, 1, 2, 3 }, 4 } };
	struct conf_address address = { .more = &more };
	struct ip remote = { { 10, 0x55, 0x55, 0x55 }, 4 };
	uint8_t bytes[32];

	for (int i = 0; i < 3; i++) {
		struct packer p = packer_over(bytes, sizeof(bytes));

		address.flags = i == 0 ? ADDRESS_BROADCAST_ONES : i == 1 ?
		    ADDRESS_BROADCAST_ZEROS : ADDRESS_BROADCAST |
		    ADDRESS_BROADCAST_ONES;
		nl_address_broadcast(&p, &address, &remote, 11);
		CHECK_INT(packer_length(&p), 8);
		CHECK_BYTES(bytes, i == 0 ? ones : i == 1 ? zeros : given, 8);
	}
}

/* What want[] says of a link, which is sound. */
static struct nl_link
read_link(void)
{
	uint32_t length = (uint32_t)want_length;
	struct nl_message message;
	struct nl_link link = { .ifindex = 0 };
	uint8_t *exact = malloc(want_length);
	struct cursor c = cursor_over(exact, want_length);

	memcpy(want, &length, 4);
	memcpy(exact, want, want_length);
	CHECK(nl_next(&c, &message) && nl_link_parse(&message, &link));
	free(exact);
	return link;
}

/* Our mark in an alias, and what others write there. */
static void
test_link_alias(void)
{
	static const struct { const char *text; int first, second; } rows[] = {
		{ "vrrpd arp_ignore,arp_announce=12", 1, 2 },
		{ "vrrpd arp_ignore,arp_announce=70", 7, 0 },
		{ "vrrpd arp_ignore,arp_announce=12 and more", 1, 2 },
		{ "vrrpd arp_ignore,arp_announce:12", UNKNOWN, UNKNOWN },
		{ "Vrrpd arp_ignore,arp_announce=12", UNKNOWN, UNKNOWN },
		{ "vrrpd arp_ignore,arp_announce=1", UNKNOWN, UNKNOWN },
		{ "vrrpd arp_ignore,arp_announce=", UNKNOWN, UNKNOWN },
		{ "to Berlin", UNKNOWN, UNKNOWN }, { "", UNKNOWN, UNKNOWN },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct nl_link link;

		put_link(0);
		put_attribute(IFLA_IFALIAS, rows[i].text,
		    strlen(rows[i].text));
		put_attribute(IFLA_IFNAME, "eth0", 5);
		link = read_link();
		CHECK_INT(link.before[0], rows[i].first);
		CHECK_INT(link.before[1], rows[i].second);
		CHECK_STR(link.name, "eth0");
	}
}

/* A port of a bridge or a bond is told from an interface of a VRF. */
static void
test_link_port(void)
{
	static const struct { const char *kind; bool port; } rows[] = {
		{ "bridge", true }, { "bond", true }, { "vrf", false },
		{ "", true }, { NULL, false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct nl_link link = { .port = !rows[i].port };
		uint8_t info[64];
		struct packer p = packer_over(info, sizeof(info));
		struct cursor c;

		if (rows[i].kind != NULL)
			nl_attribute(&p, IFLA_INFO_SLAVE_KIND, rows[i].kind,
			    strlen(rows[i].kind) + 1);
		c = cursor_over(info, packer_length(&p));
		nl_link_info(&c, &link);
		CHECK_INT(link.port, rows[i].port);
	}
}

/* Of a macvlan that does not say its mode, or half of it, it is 0. */
static void
test_link_mode(void)
{
	static const uint16_t cut[] = { 5, 1, 2, 0 };	/* its value */
	struct nl_link link = { .mode = 9 };
	uint8_t info[64];
	struct packer p = packer_over(info, sizeof(info));
	struct cursor c;

	nl_attribute(&p, IFLA_INFO_KIND, "macvlan", 8);
	c = cursor_over(info, packer_length(&p));
	nl_link_info(&c, &link);
	CHECK_INT(link.mode, 0);
	link.mode = 9;
	nl_attribute(&p, IFLA_INFO_DATA, cut, sizeof(cut));
	c = cursor_over(info, packer_length(&p));
	nl_link_info(&c, &link);
	CHECK_INT(link.mode, 0);
}

/*
 * Kinds of links; a macvlan says its mode, before its kind or behind it, and a
 * VRF its table.
 */
static void
test_link_kinds(void)
{
	static const struct {
		const char	*kind;
		bool		first;		/* data before the kind */
		uint8_t		want, mode, table;
	} rows[] = {
		{ "macvlan", false, LINK_MACVLAN, 2, 0 },
		{ "macvlan", true, LINK_MACVLAN, 2, 0 },
		{ "vrf", false, LINK_VRF, 0, 2 },
		{ "vrf", true, LINK_VRF, 0, 2 },
		{ "ipvlan", false, LINK_IPVLAN, 0, 0 },
		{ "macvlax", false, 0, 0, 0 }, { "macvla", false, 0, 0, 0 },
		{ NULL, false, 0, 0, 0 },
	};
	static const struct {
		uint16_t length, type;
		uint32_t value;
	} mode = { 8, 1, 2 };
	uint8_t info[64];

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct packer p = packer_over(info, sizeof(info));
		struct nl_link link;

		if (rows[i].first)
			nl_attribute(&p, IFLA_INFO_DATA, &mode, sizeof(mode));
		if (rows[i].kind != NULL)
			nl_attribute(&p, IFLA_INFO_KIND, rows[i].kind,
			    strlen(rows[i].kind) + 1);
		if (!rows[i].first)
			nl_attribute(&p, IFLA_INFO_DATA, &mode, sizeof(mode));
		put_link(0);
		put_attribute(IFLA_LINKINFO, info, packer_length(&p));
		link = read_link();
		CHECK_INT(link.kind, rows[i].want);
		CHECK_INT(link.mode, rows[i].mode);
		CHECK_INT(link.table, rows[i].table);
	}
	test_link_port();
	test_link_mode();
}

/* Settings: those that are said, if they are such as we could put back. */
static void
test_link_settings(void)
{
	uint32_t array[64];
	uint8_t spec[512];

	for (size_t count = 0; count <= 64; count++) {
		struct packer p = packer_over(spec, sizeof(spec));
		uint8_t *inet = nl_nest(&p, NL_FAMILY_4);
		struct nl_link link;

		for (size_t i = 0; i < 64; i++)
			array[i] = 64;
		array[IPV4_DEVCONF_ARP_IGNORE - 1] = 127;
		array[IPV4_DEVCONF_ARP_ANNOUNCE - 1] = 128;
		nl_attribute(&p, IFLA_INET_CONF, array, 4 * count);
		nl_nest_end(&p, inet);
		put_link(0);
		put_attribute(IFLA_AF_SPEC, spec, packer_length(&p));
		link = read_link();
		CHECK_INT(link.settings[SET_ARP_IGNORE], count >=
		    IPV4_DEVCONF_ARP_IGNORE ? 127 : UNKNOWN);
		CHECK_INT(link.settings[SET_ARP_ANNOUNCE], UNKNOWN);
		CHECK_INT(link.settings[SET_PROMOTE], count >=
		    IPV4_DEVCONF_PROMOTE_SECONDARIES ? 64 : UNKNOWN);
	}
}

/* Readers write what they read and nothing beside it; zeros at the end. */
static void
test_readers(void)
{
	static const uint8_t letters[] = "0123456789abcdefghijkl";
	static const struct ip nobody;
	struct nl_link link = { .kind = 77 };
	struct cursor c = cursor_over(letters, 1);
	struct ip ip;
	char name[17];

	CHECK_INT(cursor_u16_native(&c), 0);
	c = cursor_over(letters, 3);
	CHECK_INT(cursor_u32_native(&c), 0);
	c = cursor_over(letters, 3);
	nl_ip(&c, 4, &ip);
	CHECK(memcmp(&ip, &nobody, sizeof(nobody)) == 0);
	c = cursor_over(letters, 0);
	c = nl_attribute_find(&c, 1);
	CHECK_INT(cursor_left(&c), 0);
	for (size_t n = 0; n <= 20; n++) {
		memset(name, 'x', sizeof(name));
		c = cursor_over(letters, n);
		nl_link_name(&c, name);
		for (size_t i = 0; i < 16; i++)
			CHECK_INT(name[i], i < n && i < 15 ? letters[i] : 0);
		CHECK_INT(name[16], 'x');
		memset(link.mac, 0, 6);
		c = cursor_over(letters, n);
		nl_link_mac(&c, &link);
		for (size_t i = 0; i < 6; i++)
			CHECK_INT(link.mac[i], i < n ? letters[i] : 0);
		CHECK_INT(link.mac_length, n);
		CHECK_INT(link.kind, 77);
	}
}

/* One next hop that works is enough, wherever it stands. */
static void
test_hops(void)
{
	static const struct { const char *hex; bool want; } rows[] = {
		{ "0800000002000000", true }, { "0800010002000000", false },
		{ "0800000002000000 0800010002000000", true },
		{ "0800010002000000 0800000002000000", true },
		/* with a gateway, whose bytes are no hop */
		{ "1000010002000000 0800050000000000", false },
		{ "1000010002000000 0800050000000000 0800000003000000", true },
		{ "1000000002000000 080005000a0000", false },
		{ "0900000002000000", false }, { "08000000020000", false },
		{ "0700000002000000", false }, { "", false }, { "08", false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		size_t length;
		uint8_t *bytes = unhex_exact(rows[i].hex, &length);
		struct cursor c = cursor_over(bytes, length);

		CHECK_INT(nl_hops_work(&c), rows[i].want);
		free(bytes);
	}
}

int
main(void)
{
	static const char *const addresses[] = {
		"20: 10.0.0.101/24 on 2, flags 280, protocol 112",
		"20: 10.1.0.1/32 on 2, flags 80, protocol 112",
		"20: 2001:db8::51/128 on 2, flags a2, protocol 112",
		"20: fe80::ff:fe00:2/64 on 2, flags c0, protocol 3",
		NULL
	};
	static const char *const link[] = {
		"16: vrrp.51 is 5 on 3 in 0, type 1, flags 1002, mtu 1500, "
		"mac 00:00:5e:00:01:33 of 6", NULL
	};
	static const char *const port[] = { "17: other", NULL };
	static const char *const error[] = { "2: 99 for 4711", NULL };
	static const char *const done[] = { "3: 0 for 77", NULL };

	test_address4();
	test_address4_options();
	test_broadcast();
	test_address6();
	test_dumps();
	if (is_little_endian()) {
		test_recorded(recorded_addresses, addresses);
		test_recorded(recorded_link, link);
		test_recorded(recorded_port, port);
		test_recorded(recorded_error, error);
		test_recorded(recorded_done, done);
		test_cut_datagram(recorded_addresses);
		test_cut_datagram(recorded_link);
		test_cut_message(recorded_addresses, 8);
		test_cut_message(recorded_link, 16);
	} else {
		printf("netlink: SKIP recorded messages: little-endian\n");
	}
	test_link_attributes();
	test_broken_attributes();
	test_address_attributes();
	test_routes();
	test_processes();
	test_errors();
	test_datagrams();
	test_firewall();
	if (is_little_endian()) {
		test_firewall_bytes();
		test_link_create();
		test_requests();
		test_broadcast_bits();
		test_hops();
	}
	test_link_alias();
	test_link_kinds();
	test_link_settings();
	test_readers();
	return check_end("netlink");
}
