/* SPDX-License-Identifier: ISC */
/*
 * Goal: what vrrpd puts on the wire is what RFC 3768, RFC 9568 and keepalived
 * 2.4.3 put there, byte for byte, and each check of what it hears refuses its
 * own kind of packet, with its own counter, and nothing else.
 * Method: vectors taken from keepalived, encoded and decoded; one sound packet
 * per version, spoilt in one place at a time with the checksum made right
 * again; every truncation, in memory that ends where the packet does.
 */
#define VRRPD_PURE
#include "../vrrpd.c"

#include <stdlib.h>

#include "check.h"
#include "hex.h"

#define PACKET_MAX	8192

static const uint8_t some_mac[6] = { 2, 0, 0, 0, 0, 0x51 };

static struct ip
ip_of(const char *text)
{
	struct ip ip;

	CHECK(ip_parse(text, strlen(text), &ip));
	return ip;
}

/* The checksum by its definition: one word at a time, the carry at once. */
static unsigned
reference_sum(unsigned sum, const uint8_t *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		sum += i % 2 == 0 ? (unsigned)bytes[i] << 8 : bytes[i];
		if (sum > 0xffff)
			sum -= 0xffff;
	}
	return sum;
}

static unsigned
reference_pseudo(const struct ip *source, const struct ip *destination,
    uint8_t protocol, size_t length)
{
	uint8_t header[40] = { 0 };
	size_t size = ip_size(source->family);

	memcpy(header, source->bytes, size);
	memcpy(header + size, destination->bytes, size);
	if (size == 4) {
		header[9] = protocol;
		header[10] = (uint8_t)(length >> 8);
		header[11] = (uint8_t)length;
		return reference_sum(0, header, 12);
	}
	header[34] = (uint8_t)(length >> 8);
	header[35] = (uint8_t)length;
	header[39] = protocol;
	return reference_sum(0, header, 40);
}

/* -- a virtual router, and packets to it -- */

struct scene {
	struct conf_vr	conf;
	struct conf_address addresses[ADDRESSES_MAX];
	struct conf_peer peers[2];
	struct ip	source, destination;
	uint8_t		hop_limit;
	bool		plain;
	uint8_t		message[PACKET_MAX];
	size_t		length;
	struct event	event;
	struct packet	packet;
	struct advert	advert;
};

static void
scene_addresses(struct scene *s, const char *const *addresses)
{
	for (s->conf.address_count = 0; *addresses != NULL; addresses++)
		s->addresses[s->conf.address_count++].ip = ip_of(*addresses);
}

/* VRID 51, priority 200, 1 s; sent by 10.0.0.1 or fe80::ff:fe00:a. */
static void
scene_start(struct scene *s, uint8_t version, uint8_t family)
{
	static const char *const four[] = { "10.0.0.100", "10.0.0.101", NULL };
	static const char *const six[] = { "fe80::51", "2001:db8::51",
	    "2001:db8::52", NULL };

	memset(s, 0, sizeof(*s));
	s->conf.addresses = s->addresses;
	s->conf.peers = s->peers;
	s->conf.family = family;
	s->conf.version = version;
	s->conf.vrid = 51;
	s->conf.interval_us = SECOND_US;
	s->conf.check_unicast_source = true;
	s->conf.destination = ip_of(family == 6 ? "ff02::12" : "224.0.0.18");
	scene_addresses(s, family == 6 ? six : four);
	s->source = ip_of(family == 6 ? "fe80::ff:fe00:a" : "10.0.0.1");
	s->destination = s->conf.destination;
	s->hop_limit = 255;
}

/* Unicast to 10.0.0.2 from a peer, and from another who may hop. */
static void
scene_unicast(struct scene *s)
{
	s->conf.unicast = true;
	s->conf.peer_count = 2;
	s->peers[0] = (struct conf_peer){ ip_of("10.0.0.1"), 0, 255 };
	s->peers[1] = (struct conf_peer){ ip_of("10.0.0.7"), 60, 64 };
	s->destination = ip_of("10.0.0.2");
}

static void
scene_encode(struct scene *s, uint8_t priority)
{
	s->length = advert_encode(&s->conf, priority, &s->source,
	    &s->destination, s->plain, s->message, sizeof(s->message));
}

/* Makes the checksum of the message right again, by the reference. */
static void
scene_seal(struct scene *s)
{
	unsigned sum = 0;

	s->message[6] = s->message[7] = 0;
	if (s->message[0] >> 4 != 2 && !s->plain)
		sum = reference_pseudo(&s->source, &s->destination, 112,
		    s->length);
	sum = reference_sum(sum, s->message, s->length) ^ 0xffff;
	s->message[6] = (uint8_t)(sum >> 8);
	s->message[7] = (uint8_t)sum;
}

/*
 * Opens and judges bytes[length] as an event would bring them, in memory of
 * just that size.
 */
static enum counter
scene_hear_bytes(struct scene *s, const uint8_t *bytes, size_t length)
{
	uint8_t *exact = malloc(length + 1);
	enum counter counter;

	memcpy(exact + 1, bytes, length);	/* at an odd address, too */
	s->event.kind = EVENT_FRAME;
	s->event.family = s->source.family;
	s->event.bytes = exact + 1;
	s->event.length = length;
	if (s->event.family == 6) {
		s->event.protocol = 112;
		s->event.hop_limit = s->hop_limit;
		s->event.source = s->source;
		s->event.destination = s->destination;
	}
	counter = packet_open(&s->event, &s->packet);
	if (counter == COUNTER_KINDS) {
		CHECK_INT(packet_vrid(&s->packet), s->packet.message[1]);
		counter = advert_check(&s->conf, &s->packet, &s->advert);
	}
	if (counter == COUNTER_KINDS) {
		CHECK(s->advert.addresses + s->advert.count *
		    ip_size(s->conf.family) <= exact + 1 + length);
		advert_addresses_match(&s->conf, &s->advert);
	}
	free(exact);
	return counter;
}

/* Sends the message as it stands in an IP packet of protocol 112. */
static enum counter
scene_hear(struct scene *s)
{
	struct packet packet = { s->source, s->destination, s->hop_limit, 112,
	    false, s->message, s->length, NULL };
	uint8_t bytes[PACKET_MAX];
	size_t length;

	if (s->source.family == 6)
		return scene_hear_bytes(s, s->message, s->length);
	length = ip4_encode(&packet, 1, bytes, sizeof(bytes));
	CHECK_INT(length, 20 + s->length);
	return scene_hear_bytes(s, bytes, length);
}

/* -- vectors of keepalived 2.4.3 -- */

static const struct vector {
	uint8_t		version, family, priority;
	uint8_t		auth_type;
	const char	*password;
	uint32_t	interval_cs;
	bool		plain;
	const char	*unicast;	/* destination; NULL: multicast */
	const char	*bytes;
} vectors[] = {
	/*
	 * C-001, C-002, C-003, C-004, C-005, C-006, C-007, C-008, C-009,
	 * C-016: version 2, without and with PASS (C-024)
	 */
	{ 2, 4, 200, AUTH_NONE, NULL, 100, false, NULL,
	  "2133c80200010200 0a000064 0a000065 0000000000000000" },
	{ 2, 4, 200, AUTH_PASS, "abc12", 100, false, NULL,
	  "2133c80201010a6c 0a000064 0a000065 6162633132000000" },
	/* the message behind keepalived's AH */
	{ 2, 4, 200, AUTH_AH, "abcdefgh", 100, false, NULL,
	  "2133c80202010000 0a000064 0a000065 0000000000000000" },
	/* C-018, C-019, C-032 and C-020: forms P and M, unicast, priority 0 */
	{ 3, 4, 200, AUTH_NONE, NULL, 100, false, NULL,
	  "3133c80200640709 0a000064 0a000065" },
	{ 3, 4, 200, AUTH_NONE, NULL, 100, false, "10.0.0.2",
	  "3133c8020064dd19 0a000064 0a000065" },
	{ 3, 4, 200, AUTH_NONE, NULL, 100, true, NULL,
	  "3133c8020064f19c 0a000064 0a000065" },
	{ 3, 4, 0, AUTH_NONE, NULL, 100, false, NULL,
	  "313300020064cf09 0a000064 0a000065" },
	{ 3, 4, 0, AUTH_NONE, NULL, 100, true, NULL,
	  "313300020064b99d 0a000064 0a000065" },
	/* C-017: IPv6 */
	{ 3, 6, 200, AUTH_NONE, NULL, 50, false, NULL,
	  "3133c8030032ae67 fe800000000000000000000000000051"
	  "20010db8000000000000000000000051 20010db8000000000000000000000052" },
};

static void
vector_scene(struct scene *s, const struct vector *v)
{
	scene_start(s, v->version, v->family);
	s->conf.auth_type = v->auth_type;
	if (v->password != NULL)
		memcpy(s->conf.auth_pass, v->password, strlen(v->password));
	s->conf.interval_us = v->interval_cs * (uint32_t)CS_US;
	s->plain = v->plain;
	if (v->unicast != NULL) {
		scene_unicast(s);
		s->destination = ip_of(v->unicast);
	}
}

static void
test_vectors(void)
{
	static struct scene s;
	uint8_t want[256];

	for (size_t i = 0; i < COUNT_OF(vectors); i++) {
		const struct vector *v = &vectors[i];
		size_t length = unhex(v->bytes, want);

		vector_scene(&s, v);
		scene_encode(&s, v->priority);
		CHECK_INT(s.length, length);
		CHECK_BYTES(s.message, want, length);
		for (size_t size = 0; size < length; size++)
			CHECK_INT(advert_encode(&s.conf, v->priority,
			    &s.source, &s.destination, v->plain, s.message,
			    size), 0);
		if (v->auth_type == AUTH_AH)
			continue;
		memcpy(s.message, want, length);
		CHECK_INT(scene_hear(&s), COUNTER_KINDS);
		CHECK_INT(s.advert.version, v->version);
		CHECK_INT(s.advert.vrid, 51);
		CHECK_INT(s.advert.priority, v->priority);
		CHECK_INT(s.advert.count, s.conf.address_count);
		CHECK_INT(s.advert.auth_type, v->auth_type);
		CHECK_INT(s.advert.interval_us, s.conf.interval_us);
		CHECK_INT(s.advert.plain, v->plain);
		CHECK_INT(s.advert.length, length);
	}
}

/* The trailer of the HMAC extension: nobody asked for it, so it is too long. */
static void
test_hmac_vector(void)
{
	static struct scene s;

	scene_start(&s, 3, 4);
	s.length = unhex("3133c80200640709 0a000064 0a000065 01070000 6b03b4cb"
	    "4b180000 f0c07ff7552e7f62bf8cb6155749b5e9", s.message);
	CHECK_INT(s.length, 16 + 28);
	CHECK_INT(scene_hear(&s), COUNT_length);
}

/* keepalived's packet with an authentication header. */
static const char ah_packet[] =
    "45c00044 00010000 ff33d0b2 0a000001 e0000012"
    "70040000 0a000001 00000001 f68c9d1994ca5bcad771a230"
    "2133c80202010000 0a000064 0a000065 0000000000000000";

static void
test_ah_vector(void)
{
	static struct scene s;
	static uint8_t large[UINT16_MAX], larger[UINT16_MAX + 1];
	uint8_t want[128], got[128], bytes[128];
	size_t length = unhex(ah_packet, want);
	struct packet packet;

	scene_start(&s, 2, 4);
	packet = (struct packet){ s.source, s.destination, 255, 51, true,
	    want + 20, length - 20, NULL };
	CHECK_INT(ip4_encode(&packet, 1, got, sizeof(got)), length);
	CHECK_BYTES(got, want, length);
	for (size_t size = 0; size < length; size++)
		CHECK_INT(ip4_encode(&packet, 1, got, size), 0);
	packet.message = large;
	packet.length = UINT16_MAX - 20;
	CHECK_INT(ip4_encode(&packet, 1, larger, sizeof(larger)), UINT16_MAX);
	packet.length++;
	CHECK_INT(ip4_encode(&packet, 1, larger, sizeof(larger)), 0);

	/* C-057: authentication of one side only */
	CHECK_INT(scene_hear_bytes(&s, want, length), COUNT_auth_mismatch);
	CHECK(s.packet.authenticated_header);
	CHECK_INT(s.packet.protocol, 51);
	CHECK_INT(s.packet.length, 24);
	scene_encode(&s, 200);
	s.conf.auth_type = AUTH_AH;
	CHECK_INT(scene_hear(&s), COUNT_auth_mismatch);

	/* around a message that has no authentication of its own */
	s.conf.auth_type = AUTH_NONE;
	memcpy(bytes, want, 44);
	memcpy(bytes + 44, s.message, 24);
	CHECK_INT(scene_hear_bytes(&s, bytes, length), COUNT_auth_mismatch);

	/* of both sides, but not verified */
	s.conf.auth_type = AUTH_AH;
	CHECK_INT(scene_hear_bytes(&s, want, length), COUNT_auth_failed);
	memcpy(bytes, want, length);
	bytes[20] = 89;				/* around another protocol */
	CHECK_INT(scene_hear_bytes(&s, bytes, length), COUNT_auth_mismatch);
	memcpy(bytes, want, length);
	bytes[21] = 5;				/* a longer ICV */
	CHECK_INT(scene_hear_bytes(&s, bytes, length), COUNT_length);
	memcpy(bytes, want, length);
	for (size_t total = 0; total < length; total++) {
		bytes[3] = (uint8_t)total;
		CHECK_INT(scene_hear_bytes(&s, bytes, total), COUNT_length);
	}
}

/* C-020: any priority, source and size give a sum that the reference finds. */
static void
test_checksums(void)
{
	static struct scene s;

	for (unsigned i = 0; i < 3000; i++) {
		scene_start(&s, i % 3 == 0 ? 2 : 3, i % 3 == 2 ? 6 : 4);
		s.plain = i % 2 == 0 && s.source.family == 4;
		s.source.bytes[3] = (uint8_t)(i * 7);
		s.source.bytes[2] = (uint8_t)(i >> 4);
		s.conf.vrid = (uint8_t)(i * 31);
		s.conf.address_count = (uint16_t)(i % 256);
		for (size_t n = 0; n < s.conf.address_count; n++) {
			s.addresses[n].ip = s.source;
			s.addresses[n].ip.bytes[0] = (uint8_t)(n * i);
			s.addresses[n].ip.bytes[1] = (uint8_t)(255 - n);
		}
		scene_encode(&s, (uint8_t)i);
		CHECK_INT(s.length, 8 + i % 256 * ip_size(s.conf.family) +
		    (s.conf.version == 2 ? 8 : 0));
		CHECK_INT(reference_sum(s.conf.version == 2 || s.plain ? 0 :
		    reference_pseudo(&s.source, &s.destination, 112, s.length),
		    s.message, s.length), 0xffff);
	}
	s.conf.address_count = 256;		/* more than fit the count */
	scene_encode(&s, 1);
	CHECK_INT(s.length, 0);
	CHECK_INT(checksum_finish(checksum_add(0, (const uint8_t *)"\1\2\3",
	    3)), 0xffff - 0x0102 - 0x0300);
	CHECK_INT(checksum_finish(0x1ffff), 0xfffe);
}

/* -- each check refuses its own -- */

static void
spoil_nothing(struct scene *s)
{
	(void)s;
}

static void
spoil_group(struct scene *s)
{
	s->destination.bytes[3] ^= 1;
	s->destination.bytes[15] ^= s->destination.family == 6;
}

static void
spoil_ttl(struct scene *s)
{
	s->hop_limit = 254;
}

static void
spoil_version_up(struct scene *s)
{
	s->message[0] += 0x10;
}

static void
spoil_version_down(struct scene *s)
{
	s->message[0] -= 0x10;
}

static void
spoil_type(struct scene *s)
{
	s->message[0] ^= 2;
}

static void
spoil_count_up(struct scene *s)
{
	s->message[3]++;
}

static void
spoil_count_down(struct scene *s)
{
	s->message[3]--;
}

static void
spoil_length_up(struct scene *s)
{
	s->length += 4;
}

static void
spoil_length_by_one(struct scene *s)
{
	s->length++;
}

static void
spoil_length_down(struct scene *s)
{
	s->length -= 4;
}

static void
spoil_short(struct scene *s)
{
	s->length = 7;
}

static void
spoil_auth_unknown(struct scene *s)
{
	s->message[4] = 3;
}

static void
spoil_auth_other(struct scene *s)
{
	s->message[4] ^= 1;
}

static void
spoil_auth_ah(struct scene *s)
{
	s->message[4] = 2;
}

static void
spoil_password_first(struct scene *s)
{
	s->message[s->length - 8] ^= 0x80;
}

static void
spoil_password_last(struct scene *s)
{
	s->message[s->length - 1] ^= 1;
}

static void
spoil_interval(struct scene *s)
{
	s->message[5] = 2;
}

static void
spoil_interval_zero(struct scene *s)
{
	s->message[4] = s->message[5] = 0;
}

static void
spoil_interval_reserved(struct scene *s)
{
	s->message[4] = 0xf0;
}

static void
spoil_interval_zero_reserved(struct scene *s)
{
	s->message[4] = 0xf0;
	s->message[5] = 0;
}

static void
spoil_empty(struct scene *s)
{
	s->message[3] = 0;
	s->length = s->message[0] >> 4 == 2 ? 16 : 8;
}

static void
spoil_address(struct scene *s)
{
	s->message[8] ^= 1;
}

static void
spoil_vrid(struct scene *s)
{
	s->message[1] ^= 1;
}

static void
spoil_to_group(struct scene *s)
{
	s->destination = ip_of("224.0.0.18");
}

static void
spoil_peer(struct scene *s)
{
	s->source = ip_of("10.0.0.3");
}

static void
spoil_peer_allowed(struct scene *s)
{
	s->source = ip_of("10.0.0.3");
	s->hop_limit = 1;
	s->conf.check_unicast_source = false;
}

static void
spoil_far_peer_near(struct scene *s)
{
	s->source = ip_of("10.0.0.7");
}

static void
spoil_far_peer_low(struct scene *s)
{
	s->source = ip_of("10.0.0.7");
	s->hop_limit = 59;
}

static void
spoil_far_peer_good(struct scene *s)
{
	s->source = ip_of("10.0.0.7");
	s->hop_limit = 60;
}

static void
spoil_to_unicast(struct scene *s)
{
	s->destination = ip_of("10.0.0.2");
}

#define V2	1	/* version 2 */
#define PASS	2	/* version 2 with a password */
#define V3	4	/* version 3 over IPv4, form P */
#define PLAIN	8	/* the same, form M */
#define UNI	16	/* the same, form P, unicast */
#define SIX	32	/* version 3 over IPv6 */
#define ALL	63
#define ALL_V2	(V2 | PASS)
#define ALL_V3	(V3 | PLAIN | UNI | SIX)

static const struct {
	void		(*spoil)(struct scene *);
	int		scenes;
	enum counter	counter;
} cases[] = {
	{ spoil_nothing,	ALL,		COUNTER_KINDS },
	{ spoil_group,		ALL & ~UNI,	COUNT_destination },
	/* C-069 */
	{ spoil_to_unicast,	V2 | PASS | V3 | PLAIN, COUNT_destination },
	{ spoil_to_group,	UNI,		COUNT_destination },
	/* C-038 */
	{ spoil_ttl,		ALL & ~UNI,	COUNT_ttl },
	{ spoil_ttl,		UNI,		COUNTER_KINDS },
	/* C-067 */
	{ spoil_far_peer_near,	UNI,		COUNT_ttl },
	{ spoil_far_peer_low,	UNI,		COUNT_ttl },
	{ spoil_far_peer_good,	UNI,		COUNTER_KINDS },
	/* C-039, C-040 */
	{ spoil_version_up,	ALL,		COUNT_version },
	{ spoil_version_down,	ALL,		COUNT_version },
	{ spoil_type,		ALL,		COUNT_type },
	/* C-044, C-045 */
	{ spoil_count_up,	ALL,		COUNT_length },
	{ spoil_count_down,	ALL,		COUNT_length },
	{ spoil_length_up,	ALL,		COUNT_length },
	{ spoil_length_by_one,	ALL,		COUNT_length },
	{ spoil_length_down,	ALL,		COUNT_length },
	{ spoil_short,		ALL,		COUNT_length },
	/* C-053, C-054, C-055; no authentication reads no data */
	{ spoil_auth_unknown,	ALL_V2,		COUNT_auth_type },
	{ spoil_auth_other,	ALL_V2,		COUNT_auth_mismatch },
	{ spoil_auth_ah,	ALL_V2,		COUNT_auth_mismatch },
	{ spoil_password_first,	PASS,		COUNT_auth_failed },
	{ spoil_password_last,	PASS,		COUNT_auth_failed },
	{ spoil_password_first,	V2,		COUNTER_KINDS },
	{ spoil_password_last,	V2,		COUNTER_KINDS },
	/* C-051: version 2 may be empty */
	{ spoil_empty,		ALL_V3,		COUNT_count_zero },
	{ spoil_empty,		V2,		COUNTER_KINDS },
	/* C-048, C-049, C-050, C-052 */
	{ spoil_interval,	ALL_V2,		COUNT_interval },
	{ spoil_interval,	ALL_V3,		COUNTER_KINDS },
	{ spoil_interval_zero,	V2 | ALL_V3,	COUNT_interval },
	{ spoil_interval_reserved, ALL_V3,	COUNTER_KINDS },
	{ spoil_interval_zero_reserved, ALL_V3,	COUNT_interval },
	/* C-068 */
	{ spoil_peer,		UNI,		COUNT_not_peer },
	{ spoil_peer_allowed,	UNI,		COUNTER_KINDS },
	{ spoil_peer,		V2 | PASS | V3 | PLAIN, COUNTER_KINDS },
	/* C-065: another list is accepted, and whose VRID it is, is known */
	{ spoil_address,	ALL,		COUNTER_KINDS },
	{ spoil_vrid,		ALL,		COUNTER_KINDS },
};

static void
scene_choose(struct scene *s, int scene)
{
	scene_start(s, (scene & ALL_V2) != 0 ? 2 : 3, scene == SIX ? 6 : 4);
	if (scene == PASS) {
		s->conf.auth_type = AUTH_PASS;
		memcpy(s->conf.auth_pass, "abc12", 5);
	}
	if (scene == UNI)
		scene_unicast(s);
	s->plain = scene == PLAIN;
	scene_encode(s, 200);
}

static void
test_checks(void)
{
	static struct scene s;

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		for (int scene = 1; scene <= SIX; scene *= 2) {
			if ((cases[i].scenes & scene) == 0)
				continue;
			scene_choose(&s, scene);
			cases[i].spoil(&s);
			scene_seal(&s);
			CHECK_INT(scene_hear(&s), cases[i].counter);
			if (scene_hear(&s) != cases[i].counter)
				printf("\tcase %zu, scene %d\n", i, scene);
		}
	}
}

static void
spoil_checksum(struct scene *s)
{
	scene_seal(s);
	s->message[7] ^= 1;
}

/* A packet that is made worse and worse: the first check in order speaks. */
static void
test_order(void)
{
	static const struct {
		int		scene;		/* 0: go on with the last one */
		void		(*spoil)(struct scene *);
		bool		seal;
		enum counter	counter;
	} worse[] = {
		{ UNI, spoil_peer,		true,  COUNT_not_peer },
		{ 0, spoil_interval_zero,	true,  COUNT_interval },
		{ 0, spoil_empty,		true,  COUNT_count_zero },
		{ PASS, spoil_interval,		true,  COUNT_interval },
		{ 0, spoil_password_last,	true,  COUNT_auth_failed },
		{ 0, spoil_auth_other,		true,  COUNT_auth_mismatch },
		{ 0, spoil_auth_unknown,	true,  COUNT_auth_type },
		{ 0, spoil_checksum,		false, COUNT_checksum },
		{ 0, spoil_length_up,		false, COUNT_length },
		{ 0, spoil_type,		false, COUNT_type },
		{ 0, spoil_version_up,		false, COUNT_version },
		{ 0, spoil_ttl,			false, COUNT_ttl },
		{ 0, spoil_group,		false, COUNT_destination },
	};
	static struct scene s;

	for (size_t i = 0; i < COUNT_OF(worse); i++) {
		if (worse[i].scene != 0)
			scene_choose(&s, worse[i].scene);
		worse[i].spoil(&s);
		if (worse[i].seal)
			scene_seal(&s);
		CHECK_INT(scene_hear(&s), worse[i].counter);
	}
}

/* C-052: the reserved bits change nothing in the interval. */
static void
test_interval_mask(void)
{
	static struct scene s;

	scene_choose(&s, V3);
	for (unsigned i = 0; i <= 0xffff; i += 257) {
		s.message[4] = (uint8_t)(i >> 8);
		s.message[5] = (uint8_t)i;
		scene_seal(&s);
		CHECK_INT(scene_hear(&s), (i & 0xfff) == 0 ? COUNT_interval :
		    COUNTER_KINDS);
		CHECK_INT(s.advert.interval_us, (i & 0xfff) * 10000);
	}
}

/*
 * C-041, C-043: a flipped bit is refused, form chosen or not; nearly always by
 * the checksum.  C-042: both forms are accepted whatever is configured.
 */
static void
test_corruption(void)
{
	static struct scene s;

	for (int scene = 1; scene <= SIX; scene *= 2) {
		for (int form = CHECKSUM_AUTO; form <= CHECKSUM_PLAIN; form++) {
			scene_choose(&s, scene);
			s.conf.checksum_form = (uint8_t)form;
			CHECK_INT(scene_hear(&s), COUNTER_KINDS);
			CHECK_INT(s.advert.plain, scene == PLAIN);
			for (size_t bit = 0; bit < s.length * 8; bit++) {
				uint8_t mask = (uint8_t)(1 << bit % 8);
				enum counter counter;

				s.message[bit / 8] ^= mask;
				counter = scene_hear(&s);
				s.message[bit / 8] ^= mask;
				CHECK(counter == COUNT_checksum ||
				    (bit / 8 == 0 && counter ==
				    (mask & 0xf0 ? COUNT_version :
				    COUNT_type)) ||
				    (bit / 8 == 3 && counter == COUNT_length));
			}
		}
	}
}

/* A wrong source, destination or length is seen through the pseudo-header. */
static void
test_pseudo_header(void)
{
	static struct scene s;
	unsigned sum;

	scene_choose(&s, V3);
	s.source.bytes[3] ^= 4;
	CHECK_INT(scene_hear(&s), COUNT_checksum);
	scene_choose(&s, SIX);
	s.source.bytes[15] ^= 4;
	CHECK_INT(scene_hear(&s), COUNT_checksum);
	scene_choose(&s, UNI);
	s.destination.bytes[3] ^= 4;
	CHECK_INT(scene_hear(&s), COUNT_checksum);

	/* keepalived to 1.3.6: the group in the sum, for unicast only */
	scene_choose(&s, UNI);
	s.destination = ip_of("224.0.0.18");
	scene_seal(&s);
	s.destination = ip_of("10.0.0.2");
	CHECK_INT(scene_hear(&s), COUNTER_KINDS);
	CHECK(!s.advert.plain);
	s.conf.old_checksum = OLD_REFUSED;
	CHECK_INT(scene_hear(&s), COUNT_checksum);
	scene_choose(&s, V3);
	s.conf.destination = s.destination = ip_of("224.0.0.99");
	CHECK_INT(scene_hear(&s), COUNT_checksum);
	/* it is no way around the checksum of version 2 */
	scene_choose(&s, V2);
	scene_unicast(&s);
	s.message[0] = 0x31;
	s.destination = ip_of("224.0.0.18");
	scene_seal(&s);
	s.destination = ip_of("10.0.0.2");
	s.message[0] = 0x21;
	CHECK_INT(scene_hear(&s), COUNT_checksum);
	/* IPv6 has no form without pseudo-header */
	scene_choose(&s, SIX);
	s.plain = true;
	scene_encode(&s, 200);
	CHECK_INT(scene_hear(&s), COUNTER_KINDS);
	CHECK(!s.advert.plain);
	scene_seal(&s);
	CHECK_INT(scene_hear(&s), COUNT_checksum);
	/* nor an old one for unicast */
	scene_choose(&s, SIX);
	s.conf.unicast = true;
	s.conf.check_unicast_source = false;
	s.destination = ip_of("fe80::2");
	scene_encode(&s, 200);
	CHECK_INT(scene_hear(&s), COUNTER_KINDS);
	s.message[6] = s.message[7] = 0;
	sum = reference_sum(0, s.message, s.length);
	sum = reference_sum(sum, s.source.bytes, 16);
	sum = reference_sum(sum, ip_vrrp_group4.bytes, 4);
	sum = (sum + 112 + (unsigned)s.length) % 0xffff ^ 0xffff;
	s.message[6] = (uint8_t)(sum >> 8);
	s.message[7] = (uint8_t)sum;
	CHECK_INT(scene_hear(&s), COUNT_checksum);
}

/* Every bit of the password counts, and its padding does. */
static void
test_password(void)
{
	static struct scene s;

	scene_choose(&s, PASS);
	for (size_t bit = 0; bit < 64; bit++) {
		s.conf.auth_pass[bit / 8] ^= (uint8_t)(1 << bit % 8);
		CHECK_INT(scene_hear(&s), COUNT_auth_failed);
		s.conf.auth_pass[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	CHECK_INT(scene_hear(&s), COUNTER_KINDS);
}

/* -- the packet around it -- */

/* C-044, C-075: short of any byte, in its frame or in its stated length. */
static void
test_truncation(void)
{
	static struct scene s;
	uint8_t bytes[PACKET_MAX];
	struct packet packet;

	for (int scene = 1; scene <= SIX; scene *= 2) {
		scene_choose(&s, scene);
		packet = (struct packet){ s.source, s.destination, 255, 112,
		    false, s.message, s.length, NULL };
		if (scene == SIX) {
			for (size_t n = 0; n < s.length; n++)
				CHECK_INT(scene_hear_bytes(&s, s.message, n),
				    COUNT_length);
			continue;
		}
		ip4_encode(&packet, 1, bytes, sizeof(bytes));
		for (size_t n = 0; n < s.length + 20; n++)
			CHECK_INT(scene_hear_bytes(&s, bytes, n), COUNT_length);
		for (size_t n = 0; n < s.length + 20; n++) {
			bytes[2] = (uint8_t)(n >> 8);
			bytes[3] = (uint8_t)n;
			CHECK_INT(scene_hear_bytes(&s, bytes, n), COUNT_length);
			CHECK_INT(scene_hear_bytes(&s, bytes, s.length + 20),
			    COUNT_length);
		}
	}
}

/* C-046, C-075: padding of the link, IP options, fragments, bad headers. */
static void
test_ip4_header(void)
{
	static struct scene s;
	static const struct {
		size_t	at;
		uint8_t	value;
		enum counter counter;
	} headers[] = {
		{ 0, 0x45, COUNTER_KINDS },
		{ 0, 0x65, COUNT_length },	/* IP version */
		{ 0, 0x35, COUNT_length },
		{ 0, 0x44, COUNT_length },	/* header length */
		{ 0, 0x40, COUNT_length },
		{ 0, 0x4f, COUNT_length },
		{ 6, 0x40, COUNTER_KINDS },	/* do not fragment */
		{ 6, 0x20, COUNT_length },	/* more fragments */
		{ 6, 0x10, COUNT_length },	/* a later fragment */
		{ 7, 0x01, COUNT_length },
		{ 9, 111, COUNT_auth_mismatch },	/* other protocols */
		{ 9, 1, COUNT_auth_mismatch },
		{ 8, 1, COUNT_ttl },
	};
	uint8_t bytes[PACKET_MAX], options[PACKET_MAX];
	struct packet packet;
	size_t length;

	scene_choose(&s, V3);
	packet = (struct packet){ s.source, s.destination, 255, 112, false,
	    s.message, s.length, NULL };
	length = ip4_encode(&packet, 0x1234, bytes, sizeof(bytes));
	/* C-012, for IPv4 */
	unhex("45c00024 12340000 ff70be8e 0a000001 e0000012", options);
	options[10] = bytes[10];
	options[11] = bytes[11];
	CHECK_BYTES(bytes, options, 20);
	CHECK_INT(reference_sum(0, bytes, 20), 0xffff);

	for (size_t i = 0; i < COUNT_OF(headers); i++) {
		memcpy(options, bytes, length);
		options[headers[i].at] = headers[i].value;
		CHECK_INT(scene_hear_bytes(&s, options, length),
		    headers[i].counter);
	}
	memset(bytes + length, 0xee, 60);
	for (size_t padding = 1; padding < 60; padding++)
		CHECK_INT(scene_hear_bytes(&s, bytes, length + padding),
		    COUNTER_KINDS);
	for (size_t words = 1; words <= 10; words++) {
		memcpy(options, bytes, 20);
		memset(options + 20, 1, words * 4);
		memcpy(options + 20 + words * 4, bytes + 20, length - 20);
		options[0] = (uint8_t)(0x45 + words);
		options[3] = (uint8_t)(length + words * 4);
		CHECK_INT(scene_hear_bytes(&s, options, length + words * 4),
		    COUNTER_KINDS);
	}
	/* a header of options that leaves nothing */
	options[3] = 59;
	CHECK_INT(scene_hear_bytes(&s, options, length + 40), COUNT_length);
	CHECK(ip_equal(&s.packet.source, &(struct ip){ .family = 0 }));
	/* one that is nothing else is judged by its protocol */
	options[0] = 0x45;
	options[3] = 20;
	options[9] = 17;
	CHECK_INT(scene_hear_bytes(&s, options, 20), COUNT_auth_mismatch);
}

/* Over IPv6 the event says what the header said. */
static void
test_ip6_fields(void)
{
	static struct scene s;
	struct event event = { .kind = EVENT_FRAME, .family = 6 };
	struct packet packet;

	scene_choose(&s, SIX);
	event.protocol = 112;
	event.hop_limit = 77;
	event.source = s.source;
	event.destination = s.destination;
	event.bytes = s.message;
	event.length = s.length;
	CHECK_INT(packet_open(&event, &packet), COUNTER_KINDS);
	CHECK(ip_equal(&packet.source, &s.source));
	CHECK(ip_equal(&packet.destination, &s.destination));
	CHECK_INT(packet.hop_limit, 77);
	CHECK_INT(packet.length, s.length);
	CHECK(packet.message == s.message);
	CHECK_INT(packet_vrid(&packet), 51);
	CHECK(!packet.authenticated_header);
	event.protocol = 89;
	CHECK_INT(packet_open(&event, &packet), COUNT_auth_mismatch);
}

/*
 * Of what passes by only IP with VRRP or AH in it is looked at: not an ARP
 * request whose sender's MAC has VRRP's number where IPv4 has its protocol.
 */
static void
test_frames(void)
{
	static const struct {
		const char	*what;
		bool		good;
		size_t		length;
		uint8_t		version, at6, at9;
	} rows[] = {
		{ "VRRP over IPv4", true, 28, 0x45, 0, 112 },
		{ "AH over IPv4", true, 44, 0x45, 0, 51 },
		{ "UDP over IPv4", false, 28, 0x45, 0, 17 },
		{ "ARP from xx:70", false, 28, 0x00, 8, 112 },
		{ "ARP from xx:33", false, 28, 0x00, 8, 51 },
		{ "version 5", false, 60, 0x50, 112, 112 },
		{ "cut before the protocol", false, 9, 0x45, 0, 112 },
		{ "nothing", false, 0, 0x45, 0, 112 },
		{ "VRRP over IPv6", true, 64, 0x60, 112, 0 },
		{ "AH over IPv6", true, 64, 0x6f, 51, 0 },
		{ "ICMPv6", false, 64, 0x60, 58, 112 },
		{ "IPv6 cut", false, 39, 0x60, 112, 0 },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		uint8_t bytes[64] = { [7] = 255 };
		struct event event;

		bytes[0] = rows[i].version;
		bytes[6] = rows[i].at6;
		bytes[9] = rows[i].at9;
		if (!CHECK(frame_event(bytes, rows[i].length, &event) ==
		    rows[i].good))
			printf("\t%s\n", rows[i].what);
		if (!rows[i].good)
			continue;
		CHECK_INT(event.family, rows[i].version >> 4);
		CHECK(event.bytes == bytes + (event.family == 6 ? 40 : 0));
		CHECK_INT(event.length, event.family == 6 ? 24 :
		    rows[i].length);
		CHECK_INT(event.hop_limit, event.family == 6 ? 255 : 0);
	}
}

/* -- lists of addresses -- */

static bool
list_matches(struct scene *s, const uint8_t *list, size_t count)
{
	struct advert advert = { .count = (uint8_t)count, .addresses = list };

	return advert_addresses_match(&s->conf, &advert);
}

/* C-066: any order is the same list; C-065: nothing else is. */
static void
test_address_lists(uint8_t family)
{
	static struct scene s;
	size_t size = ip_size(family);
	uint8_t list[ADDRESSES_MAX * 16 + 16], spare[16];

	scene_start(&s, 3, family);
	for (size_t n = 1; n <= ADDRESSES_MAX; n += n < 8 ? 1 : 19) {
		s.conf.address_count = (uint16_t)n;
		for (size_t i = 0; i < n; i++) {
			s.addresses[i].ip = s.source;
			s.addresses[i].ip.bytes[size - 1] = (uint8_t)i;
			s.addresses[i].ip.bytes[0] = (uint8_t)(i % 3);
			memcpy(list + i * size, s.addresses[i].ip.bytes, size);
		}
		CHECK(list_matches(&s, list, n));
		CHECK(!list_matches(&s, list, n - 1));
		CHECK(!list_matches(&s, list, n + 1));
		for (size_t i = 0; i < n; i++)		/* backwards */
			memcpy(list + (n - 1 - i) * size,
			    s.addresses[i].ip.bytes, size);
		CHECK(list_matches(&s, list, n));
		/* in a long list a few places do, as each takes its square */
		for (size_t i = 0; i < n; i += n < 10 ? 1 : (n - 1) / 3) {
			memcpy(spare, list + i * size, size);
			list[i * size + 1] ^= 0x80;	/* not one of ours */
			CHECK(!list_matches(&s, list, n));
			memcpy(list + i * size, spare, size);
			if (n < 2)
				continue;
			memcpy(list + i * size,		/* one of ours, twice */
			    list + (i + 1) % n * size, size);
			CHECK(!list_matches(&s, list, n));
			memcpy(list + i * size, spare, size);
		}
	}
	/* ours, twice: so must theirs */
	s.conf.address_count = 3;
	s.addresses[1].ip = s.addresses[0].ip;
	memcpy(list, s.addresses[2].ip.bytes, size);
	memcpy(list + size, s.addresses[0].ip.bytes, size);
	memcpy(list + 2 * size, s.addresses[0].ip.bytes, size);
	CHECK(list_matches(&s, list, 3));
	memcpy(list + 2 * size, s.addresses[2].ip.bytes, size);
	CHECK(!list_matches(&s, list, 3));
	s.conf.address_count = 0;
	CHECK(list_matches(&s, list, 0));
}

/* -- announcements and claims -- */

/* What is claimed, or "none": address and MAC. */
static const char *
claim_text(uint8_t family, uint8_t hop_limit, const uint8_t *bytes,
    size_t length)
{
	static char line[80];
	struct text t = text_over(line, sizeof(line));
	uint8_t *exact = malloc(length + 1), mac[6] = { 0 };
	struct event event = { .kind = EVENT_NEIGHBOUR, .family = family,
	    .hop_limit = hop_limit, .bytes = exact + 1, .length = length };
	struct ip address = { .family = 0 };

	memcpy(exact + 1, bytes, length);
	if (claim_decode(&event, &address, mac)) {
		text_ip(&t, &address);
		for (int i = 0; i < 6; i++)
			text_format(&t, "%c%02x", i == 0 ? ' ' : ':', mac[i]);
	} else {
		text_string(&t, "none");
	}
	free(exact);
	return text_end(&t);
}

/* C-111, and what others claim by ARP. */
static void
test_arp(void)
{
	static const struct {
		size_t	at;
		uint8_t	value;
	} wrong[] = {
		{ 12, 0x86 }, { 13, 0 }, { 15, 6 }, { 16, 0x86 }, { 18, 8 },
		{ 19, 16 },
	};
	struct ip ip = ip_of("10.0.0.100");
	uint8_t want[64], frame[64] = { 0 };
	size_t length = unhex("ffffffffffff 020000000051 0806 0001 0800 06 04"
	    "0001 020000000051 0a000064 ffffffffffff 0a000064", want);

	CHECK_INT(length, GARP_FRAME);
	CHECK_INT(garp_encode(&ip, some_mac, frame, GARP_FRAME), length);
	CHECK_BYTES(frame, want, length);
	for (size_t size = 0; size < length; size++) {
		CHECK_INT(garp_encode(&ip, some_mac, want, size), 0);
		CHECK_STR(claim_text(4, 0, frame, size), "none");
	}
	CHECK_STR(claim_text(4, 0, frame, length),
	    "10.0.0.100 02:00:00:00:00:51");
	CHECK_STR(claim_text(4, 0, frame, 60), "10.0.0.100 02:00:00:00:00:51");
	frame[21] = 2;					/* a reply */
	CHECK_STR(claim_text(4, 0, frame, length),
	    "10.0.0.100 02:00:00:00:00:51");
	frame[27] = 0x77;			/* not the frame's MAC */
	CHECK_STR(claim_text(4, 0, frame, length),
	    "10.0.0.100 02:00:00:00:00:77");
	for (size_t i = 0; i < COUNT_OF(wrong); i++) {
		memcpy(want, frame, length);
		want[wrong[i].at] = wrong[i].value;
		CHECK_STR(claim_text(4, 0, want, length), "none");
	}
	memset(frame + 28, 0, 3);			/* is an address */
	CHECK_STR(claim_text(4, 0, frame, length),
	    "0.0.0.100 02:00:00:00:00:77");
	memset(frame + 28, 0, 4);			/* a probe */
	CHECK_STR(claim_text(4, 0, frame, length), "none");
}

/* C-112, and what others claim by neighbour advertisements. */
static void
test_na(void)
{
	struct ip ip = ip_of("2001:db8::51"), nodes = ip_of("ff02::1");
	uint8_t want[128], frame[128], *message = frame + 54;
	size_t length = unhex("333300000001 020000000051 86dd"
	    "60000000 0020 3a ff 20010db8000000000000000000000051"
	    "ff020000000000000000000000000001"
	    "88 00 0000 a0000000 20010db8000000000000000000000051"
	    "02 01 020000000051", want);
	const char *claim = "2001:db8::51 02:00:00:00:00:51";

	CHECK_INT(length, NA_FRAME);
	CHECK_INT(unsolicited_na_encode(&ip, some_mac, frame, NA_FRAME),
	    length);
	memcpy(want + 56, frame + 56, 2);
	CHECK_BYTES(frame, want, length);
	CHECK_INT(reference_sum(reference_pseudo(&ip, &nodes, 58, 32), message,
	    32), 0xffff);
	for (size_t size = 0; size < length; size++)
		CHECK_INT(unsolicited_na_encode(&ip, some_mac, want, size), 0);

	CHECK_STR(claim_text(6, 255, message, 32), claim);
	CHECK_STR(claim_text(6, 254, message, 32), "none");
	for (size_t size = 0; size < 32; size++)
		CHECK_STR(claim_text(6, 255, message, size), "none");
	memcpy(want, message, 32);
	want[0] = 135;				/* a solicitation */
	CHECK_STR(claim_text(6, 255, want, 32), "none");
	memcpy(want, message, 32);
	want[1] = 1;				/* another code */
	CHECK_STR(claim_text(6, 255, want, 32), "none");
	memcpy(want, message, 32);
	want[8] = 0xff;				/* of a group */
	CHECK_STR(claim_text(6, 255, want, 32), "none");
	memcpy(want, message, 32);
	want[24] = 1;				/* the source's MAC only */
	CHECK_STR(claim_text(6, 255, want, 32), "none");
	memcpy(want, message, 24);		/* behind another option */
	memset(want + 24, 0, 16);
	want[24] = 14;
	want[25] = 2;
	memcpy(want + 40, message + 24, 8);
	CHECK_STR(claim_text(6, 255, want, 48), claim);
	CHECK_STR(claim_text(6, 255, want, 47), "none");
	want[25] = 0;				/* would never end */
	CHECK_STR(claim_text(6, 255, want, 48), "none");
	memcpy(want + 24, message + 24, 8);	/* no Ethernet address */
	want[25] = 2;
	memset(want + 32, 0, 8);
	CHECK_STR(claim_text(6, 255, want, 40), "none");
}

/* -- built-in checks -- */

static void
test_http(void)
{
	static const struct { const char *text; int status; } rows[] = {
		{ "HTTP/1.1 200 OK\r\n", 200 }, { "HTTP/1.0 404 Not", 404 },
		{ "HTTP/1.1 503\r\n", 503 }, { "HTTP/1.1 204\n", 204 },
		{ "HTTP/1.1 499 No", 499 }, { "HTTP/1.1 20\r\n", 0 },
		{ "", -1 }, { "H", -1 }, { "HTTP/1.1 20", -1 },
		{ "HTTP/1.1 200", -1 }, { "http/1.1 200 OK", 0 },
		{ "SSH-2.0-OpenSSH", 0 }, { "HTTP/1.1  200 O", 0 },
		{ "HTTP/1.1 2000 OK", 0 }, { "HTTP/x.1 200 OK", 0 },
		{ "HTTP/1.1 2x0 OK", 0 }, { "HTTP/1.1 000 OK", 0 },
		{ "\0\0\0\0", -1 }, { "ICY 200 OK\r\n", 0 },
	};
	struct conf_check conf = { .ip = { { 192, 0, 2, 7 }, 4 },
	    .port = 80, .path = "/health" };
	char buffer[CHECK_REQUEST], path[CHECK_PATH_MAX + 1];
	struct text t = text_over(buffer, sizeof(buffer));

	for (size_t i = 0; i < COUNT_OF(rows); i++)
		CHECK_INT(http_status((const uint8_t *)rows[i].text,
		    strlen(rows[i].text)), rows[i].status);
	CHECK_INT(http_status((const uint8_t *)"\0\0", 2), 0);
	http_request(&t, &conf);
	CHECK_STR(text_end(&t), "GET /health HTTP/1.1\r\n"
	    "Host: 192.0.2.7:80\r\nUser-Agent: vrrpd/" VRRPD_VERSION "\r\n"
	    "Accept: */*\r\nConnection: close\r\n\r\n");
	memset(path, 'x', sizeof(path));
	path[CHECK_PATH_MAX] = '\0';
	conf.path = path;
	conf.port = 65535;
	memset(conf.ip.bytes, 0xab, 16);
	conf.ip.family = 6;
	t = text_over(buffer, sizeof(buffer));
	http_request(&t, &conf);
	CHECK(!t.truncated);
	CHECK(strstr(text_end(&t), "Host: [abab:abab:abab:abab:abab:abab:abab:"
	    "abab]:65535\r\n") != NULL);
}

static void
test_ping(void)
{
	uint8_t request[PING_LENGTH], packet[20 + PING_LENGTH];

	/* by hand: 0800 + 0005 + 0007 + 0001 0005 + 0000 0007 = 0819 */
	ping_encode(4, 0x10005, 7, request);
	CHECK_BYTES(request, ((const uint8_t[]){ 8, 0, 0xf7, 0xe6, 0, 5, 0, 7,
	    0, 1, 0, 5, 0, 0, 0, 7 }), PING_LENGTH);
	memset(packet, 0, sizeof(packet));
	packet[0] = 0x45;
	memcpy(packet + 20, request, PING_LENGTH);
	CHECK(!ping_answers(4, packet, sizeof(packet), request));
	packet[20] = 0;
	CHECK(!ping_answers(4, packet, sizeof(packet), request)); /* sum */
	packet[22] = 0xff;
	CHECK(ping_answers(4, packet, sizeof(packet), request));
	for (size_t n = 0; n < sizeof(packet); n++)
		CHECK(!ping_answers(4, packet, n, request));
	for (size_t i = 20; i < sizeof(packet); i++) {
		packet[i] ^= 1;
		CHECK(!ping_answers(4, packet, sizeof(packet), request));
		packet[i] ^= 1;
	}
	packet[0] = 0x4f;		/* a header longer than the packet */
	CHECK(!ping_answers(4, packet, sizeof(packet), request));
	CHECK(!ping_answers(4, NULL, 0, request));

	ping_encode(6, 0x10005, 7, request);
	CHECK_BYTES(request, ((const uint8_t[]){ 128, 0, 0, 0, 0, 5, 0, 7,
	    0, 1, 0, 5, 0, 0, 0, 7 }), PING_LENGTH);
	memcpy(packet, request, PING_LENGTH);
	CHECK(!ping_answers(6, packet, PING_LENGTH, request));
	packet[0] = 129;
	CHECK(ping_answers(6, packet, PING_LENGTH, request));
	for (size_t i = 4; i < PING_LENGTH; i++) {
		packet[i] ^= 1;
		CHECK(!ping_answers(6, packet, PING_LENGTH, request));
		packet[i] ^= 1;
	}
	packet[1] = 1;
	CHECK(!ping_answers(6, packet, PING_LENGTH, request));
}

/*
 * RFC 9568 5.2.8: over IPv6 the sum covers all of the message, its trailer of
 * auth_hmac too.  Without a key, a message or room nothing is signed.  What is
 * signed is heard, and enforced where there is a key.  No half of the VRID is
 * that of the version, so that each is seen in its place.
 */
static void
test_sign(void)
{
	static const struct conf_key keys[] = { { .id = 7, .length = 3,
	    .bytes = "key" } };
	struct conf_hmac conf = { .keys = { keys, 1 }, .active = 7 };
	static struct scene s;
	struct ip from, to;
	uint8_t message[128] = { 0x31, 0x25, 100, 1, 0, 100, 0xde, 0xad, 0xfe,
	    0x80 }, covered[4 + 16 + 24 + HMAC_TRAILER] = { 6, 3, 0x25 };
	uint8_t tag[DIGEST_MAX];
	size_t length = 24, whole = length + HMAC_TRAILER;
	const struct piece all = { covered, sizeof(covered) };
	uint32_t sum = 112 + (uint32_t)whole;

	CHECK(ip_parse("fe80::1", 7, &from) && ip_parse("ff02::12", 8, &to));
	CHECK_INT(advert_sign(&conf, 1, &from, &to, message, length, whole - 1),
	    0);
	CHECK_INT(advert_sign(&conf, 1, &from, &to, message, 0, whole), 0);
	conf.active = 8;
	CHECK_INT(advert_sign(&conf, 1, &from, &to, message, length, whole), 0);
	CHECK_INT(message[VRRP_CHECKSUM], 0xde);
	conf.active = 7;
	CHECK_INT(advert_sign(&conf, 1, &from, &to, message, length, whole),
	    whole);
	for (size_t i = 0; i < 16; i += 2)
		sum += (uint32_t)from.bytes[i] << 8 | from.bytes[i + 1];
	for (size_t i = 0; i < 16; i += 2)
		sum += (uint32_t)to.bytes[i] << 8 | to.bytes[i + 1];
	for (size_t i = 0; i < whole; i += 2)
		sum += (uint32_t)message[i] << 8 | message[i + 1];
	while (sum > 0xffff)
		sum = (sum & 0xffff) + (sum >> 16);
	CHECK_INT(sum, 0xffff);
	memcpy(covered + 4, from.bytes, 16);
	memcpy(covered + 20, message, 24 + HMAC_TAG);
	memset(covered + 20 + VRRP_CHECKSUM, 0, 2);
	CHECK_BYTES(covered + 28, "\xfe\x80", 2);
	hmac(&sha256, (const uint8_t *)"key", 3, &all, 1, tag);
	CHECK_BYTES(message + whole - HMAC_TAG_LENGTH, tag, HMAC_TAG_LENGTH);

	scene_start(&s, 3, 6);
	s.conf.hmac = conf;
	s.conf.hmac.mode = HMAC_ENFORCE;
	s.conf.vrid = 0x25;
	scene_encode(&s, 200);
	CHECK_INT(scene_hear(&s), COUNT_hmac_missing);
	s.conf.hmac.keys.count = 0;
	CHECK_INT(scene_hear(&s), COUNTER_KINDS);
	s.conf.hmac.keys.count = 1;
	s.length = advert_sign(&s.conf.hmac, 1, &s.source, &s.destination,
	    s.message, s.length, sizeof(s.message));
	CHECK_INT(scene_hear(&s), COUNTER_KINDS);
}

/*
 * RFC 1112 6.4 and RFC 2464 7: the last 23 or 32 bits of the group; over IPv6
 * with its header (RFC 8200 3) and the traffic class of RFC 9568.
 */
static void
test_multicast_frame(void)
{
	static const struct { const char *from, *to, *bytes; } rows[] = {
		{ "10.0.0.1", "224.0.0.18", "01005e000012 020000000051 0800"
		  "6162" },
		{ "10.0.0.1", "239.255.2.3", "01005e7f0203 020000000051 0800"
		  "6162" },
		{ "fe80::1", "ff02::12", "333300000012 020000000051 86dd"
		  "6c000000 0002 70 ff fe800000000000000000000000000001"
		  "ff020000000000000000000000000012 6162" },
		{ "fe80::1", "ff02::a1b2:c3d4", "3333a1b2c3d4 020000000051 86dd"
		  "6c000000 0002 70 ff fe800000000000000000000000000001"
		  "ff0200000000000000000000a1b2c3d4 6162" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		uint8_t want[128], got[128];
		size_t length = unhex(rows[i].bytes, want);
		struct packet packet = { .source = ip_of(rows[i].from),
		    .destination = ip_of(rows[i].to), .protocol = 112,
		    .hop_limit = 255, .length = 2,
		    .message = (const uint8_t *)"ab" };

		CHECK_INT(multicast_frame_encode(some_mac, &packet, got,
		    sizeof(got)), length);
		CHECK_BYTES(got, want, length);
	}
}

/* A frame that does not fit is none; nor is AH good without an IPv4 header. */
static void
test_refusals(void)
{
	static const uint8_t mac[6] = { 0, 0, 0x5e, 0, 1, 51 };
	uint8_t message[AH_HEADER + 8] = { 0 }, frame[64];
	struct packet packet = { .protocol = 112, .hop_limit = 255,
	    .message = message + AH_HEADER, .length = 8 };
	struct conf_vr conf = { .family = 6 };
	struct advert advert = { .version = 2 };
	struct advert_case one = { &conf, &packet, &advert };

	CHECK(ip_parse("fe80::1", 7, &packet.source) &&
	    ip_parse("ff02::12", 8, &packet.destination));
	for (size_t size = 0; size < 14 + 40 + 8; size++)
		CHECK_INT(multicast_frame_encode(mac, &packet, frame, size), 0);
	CHECK_INT(multicast_frame_encode(mac, &packet, frame, 14 + 40 + 8),
	    14 + 40 + 8);
	CHECK(!advert_ah_good(&one));
}

int
main(void)
{
	test_vectors();
	test_hmac_vector();
	test_ah_vector();
	test_checksums();
	test_checks();
	test_order();
	test_interval_mask();
	test_corruption();
	test_pseudo_header();
	test_password();
	test_truncation();
	test_ip4_header();
	test_ip6_fields();
	test_frames();
	test_address_lists(4);
	test_address_lists(6);
	test_arp();
	test_na();
	test_http();
	test_ping();
	test_sign();
	test_multicast_frame();
	test_refusals();
	return check_end("wire");
}
