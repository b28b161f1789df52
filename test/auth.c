/* SPDX-License-Identifier: ISC */
/*
 * Goal: who has the key is heard, once; who has not, or repeats what was said,
 * changes a counter and nothing else; no clock locks a router out.
 * Method: the vectors of RFC 1321, 2202, 4231, 6234 and of keepalived 2.4.3;
 * every bit of an authentic packet changed; daemons on a bench whose clocks are
 * right, never set, or set forward and back.
 */
#define VRRPD_PURE
#include "../vrrpd.c"

#include "check.h"
#include "core.h"
#include "hex.h"
#include "ip.h"

#define TODAY_S	1795500000	/* some day in 2026 */

/* -- digests -- */

static void
check_digest(const struct digest_kind *kind, const char *text, size_t times,
    const char *want)
{
	uint8_t got[DIGEST_MAX], bytes[DIGEST_MAX];
	struct digest digest;

	digest_begin(&digest, kind);
	while (times-- > 0)
		digest_add(&digest, text, strlen(text));
	digest_end(&digest, got);
	CHECK_INT(unhex(want, bytes), kind->words * 4);
	CHECK_BYTES(got, bytes, kind->words * 4U);
}

static void
test_digests(void)
{
	static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz";
	static const char all[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789";

	/* RFC 1321 A.5 */
	check_digest(&md5, "", 1, "d41d8cd98f00b204e9800998ecf8427e");
	check_digest(&md5, "a", 1, "0cc175b9c0f1b6a831c399e269772661");
	check_digest(&md5, "abc", 1, "900150983cd24fb0d6963f7d28e17f72");
	check_digest(&md5, "message digest", 1,
	    "f96b697d7cb7938d525a2f31aaf161d0");
	check_digest(&md5, alphabet, 1, "c3fcd3d76192e4007dfb496cca67e13b");
	check_digest(&md5, all, 1, "d174ab98d277d9f5a5611c2c9f419d9f");
	check_digest(&md5, "1234567890", 8, "57edf4a22be3c955ac49da2e2107b67a");
	/* RFC 6234 8.5 */
	check_digest(&sha256, "", 1, "e3b0c44298fc1c149afbf4c8996fb924"
	    "27ae41e4649b934ca495991b7852b855");
	check_digest(&sha256, "abc", 1, "ba7816bf8f01cfea414140de5dae2223"
	    "b00361a396177a9cb410ff61f20015ad");
	check_digest(&sha256, "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmno"
	    "mnopnopq", 1, "248d6a61d20638b8e5c026930c3e6039"
	    "a33ce45964ff2167f6ecedd419db06c1");
	check_digest(&sha256, "a", 1000000, "cdc76e5c9914fb9281a1c7e284d73e67"
	    "f1809a48a497200e046d39ccc7112cd0");
	check_digest(&sha256, "01234567012345670123456701234567012345670123456"
	    "70123456701234567", 10, "594847328451bdfa85056225462cc1d8"
	    "67d877fb388df0ce35f25ab5562bfbb5");
}

/* Cases 1 to 5 of RFC 2202 2 and RFC 4231 4: those whose keys fit a block. */
static void
test_hmacs(void)
{
	static const struct {
		uint8_t	key, first;	/* byte; 0: "Jefe", 1: 1 to 25 */
		size_t	md5_key, sha256_key;
		const char *text;	/* NULL: 50 times `first' */
		const char *md5, *sha256;
	} rows[] = {
		{ 0x0b, 0, 16, 20, "Hi There",
		  "9294727a3638bb1c13f48ef8158bfc9d",
		  "b0344c61d8db38535ca8afceaf0bf12b"
		  "881dc200c9833da726e9376c2e32cff7" },
		{ 0, 0, 4, 4, "what do ya want for nothing?",
		  "750c783e6ab0b503eaa86e310a5db738",
		  "5bdcc146bf60754e6a042426089575c7"
		  "5a003f089d2739839dec58b964ec3843" },
		{ 0xaa, 0xdd, 16, 20, NULL, "56be34521d144c88dbb8c733f0e8b3f6",
		  "773ea91e36800e46854db8ebd09181a7"
		  "2959098b3ef8c122d9635514ced565fe" },
		{ 1, 0xcd, 25, 25, NULL, "697eaf0aca3a3aea3a75164746ffaa79",
		  "82558a389a443c0ea4cc819899f2083a"
		  "85f0faa3e578f8077a2e3ff46729665b" },
		{ 0x0c, 0, 16, 20, "Test With Truncation",
		  "56461ef2342edc00f9bab995690efd4c",
		  "a3b6167473100ee06e0c796c2955552b" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		uint8_t key[32], text[50], got[DIGEST_MAX], want[DIGEST_MAX];
		size_t length = rows[i].text == NULL ? 50 :
		    strlen(rows[i].text), n;
		struct piece pieces[2] = { { text, length / 3 },
		    { text + length / 3, length - length / 3 } };

		memset(key, rows[i].key, sizeof(key));
		for (uint8_t k = 0; rows[i].key == 1 && k < 25; k++)
			key[k] = (uint8_t)(k + 1);
		if (rows[i].key == 0)
			memcpy(key, "Jefe", 4);
		memset(text, rows[i].first, sizeof(text));
		if (rows[i].text != NULL)
			memcpy(text, rows[i].text, length);
		hmac(&md5, key, rows[i].md5_key, pieces, 2, got);
		n = unhex(rows[i].md5, want);
		CHECK_BYTES(got, want, n);
		hmac(&sha256, key, rows[i].sha256_key, pieces, 2, got);
		n = unhex(rows[i].sha256, want);
		CHECK_BYTES(got, want, n);
	}
}

/* -- a bench whose instances authenticate themselves -- */

static struct conf_key keys[2];

/* A bench of one instance; AH with a password, or keys 7 and 9. */
static void
auth_conf(struct bench *b, bool ah)
{
	bench_conf(b, 1);
	b->addresses[0][1] = b->addresses[0][0];
	b->addresses[0][1].ip.bytes[3]++;
	b->vrs[0].address_count = 2;
	for (uint8_t i = 0; i < 2; i++) {
		keys[i] = (struct conf_key){ .id = i == 0 ? 7 : 9,
		    .length = 32 };
		for (uint8_t k = 0; k < 32; k++)
			keys[i].bytes[k] = (uint8_t)(k + i);
	}
	if (ah) {
		b->vrs[0].auth_type = AUTH_AH;
		memcpy(b->vrs[0].auth_pass, "abcdefgh", 8);
		return;
	}
	b->vrs[0].version = 3;
	b->vrs[0].hmac = (struct conf_hmac){ .keys = { keys, 2 },
	    .active = 7, .window_s = 5, .mode = HMAC_ENFORCE,
	    .replay = REPLAY_TIME };
}

/* Lets time pass with the real time being wall_us ahead. */
static void
wall_run(struct bench *b, usec_t span, usec_t wall_us)
{
	struct event event = { .kind = EVENT_TIME, .drained = true,
	    .wall_us = wall_us };

	b->wall_us = wall_us;
	bench_feed(b, &event);
	bench_run(b, span);
}

/* Starts the daemon; its clock shows so many seconds. */
static void
auth_start(struct bench *b, int64_t clock_s)
{
	b->wall_us = clock_s * SECOND_US - b->now;
	bench_start(b);
	wall_run(b, 0, b->wall_us);
}

/* What the clock shows, as the first half of a sequence. */
static uint64_t
clock_of(const struct bench *b)
{
	return (uint64_t)((b->now + b->wall_us) / SECOND_US) << 32;
}

/* An advertisement as 10.0.0.`host` makes it with instance 0's keys. */
static size_t
auth_packet(const struct conf_vr *conf, uint8_t host, uint8_t priority,
    uint64_t sequence, uint8_t *whole)
{
	struct vr peer = { .conf = conf, .source = bench_ip("10.0.0.0") };
	struct ip to = conf->unicast ? bench_ip("10.0.0.1") :
	    conf->destination;

	peer.source.bytes[3] = host;
	return vr_encode(&peer, priority, &to, 255, sequence, whole,
	    MESSAGE_MAX);
}

/* Gives bytes from the wire to the daemon; which counter grew, or none. */
static enum counter
auth_feed(struct bench *b, const uint8_t *bytes, size_t length)
{
	struct event event = { .kind = EVENT_FRAME, .family = 4,
	    .ifindex = 2, .bytes = bytes, .length = length };
	uint32_t before[COUNTER_KINDS];
	enum counter grown = COUNTER_KINDS;
	struct vr vr = b->d.vrs[0];
	struct auth auth = *vr.auth;

	for (unsigned i = 0; i < COUNTER_KINDS; i++)
		before[i] = *counter_of(&b->d, &b->d.vrs[0], i);
	bench_feed(b, &event);
	for (unsigned i = 0; i < COUNTER_KINDS; i++) {
		if (*counter_of(&b->d, &b->d.vrs[0], i) != before[i] &&
		    grown != COUNT_received && i != COUNT_interval_differs &&
		    i != COUNT_address_list)
			grown = (enum counter)i;
	}
	if (grown == COUNT_received)
		return grown;
	vr.first_speaker = b->d.vrs[0].first_speaker;
	CHECK_BYTES(&vr, &b->d.vrs[0], sizeof(vr));	/* D-19 */
	CHECK_INT(auth.sequence, vr.auth->sequence);
	return grown;
}

/* Hears an advertisement from 10.0.0.`host`: what grew. */
static enum counter
auth_hear(struct bench *b, uint8_t host, uint8_t priority, uint64_t sequence)
{
	uint8_t whole[MESSAGE_MAX];
	size_t length = auth_packet(b->d.vrs[0].conf, host, priority, sequence,
	    whole);

	CHECK(length > 0);
	return auth_feed(b, whole, length);
}

/* The sequence in the n-th advertisement since bench_watch; 0: none. */
static uint64_t
sequence_sent(const struct bench *b, int n)
{
	const struct noted *noted = bench_find(b, EFFECT_SEND, n);
	struct cursor c;
	uint64_t high;

	if (noted == NULL)
		return 0;
	if (b->vrs[0].auth_type == AUTH_AH) {
		c = cursor_over(noted->bytes + 28, 4);
		return cursor_u32(&c);
	}
	c = cursor_over(noted->bytes + noted->effect.length - 24, 8);
	high = cursor_u32(&c);
	return high << 32 | cursor_u32(&c);
}

static struct bench bench, second;

/* -- vectors of keepalived 2.4.3 -- */

static const char ah_packet[] =
    "45c00044 00010000 ff33d0b2 0a000001 e0000012"
    "70040000 0a000001 00000001 f68c9d1994ca5bcad771a230"
    "2133c80202010000 0a000064 0a000065 0000000000000000";
static const char hmac_message[] = "3133c80200640709 0a000064 0a000065"
    "01070000 6b03b4cb 4b180000 f0c07ff7552e7f62bf8cb6155749b5e9";

/* C-025: the header of keepalived; C-027: its trailer; bit for bit. */
static void
test_vectors(void)
{
	struct bench *b = &bench;
	uint8_t want[128], got[MESSAGE_MAX];
	size_t length = unhex(ah_packet, want);

	auth_conf(b, true);
	CHECK_INT(auth_packet(&b->vrs[0], 1, 200, 1, got), length);
	CHECK_BYTES(got, want, length);
	length = unhex(hmac_message, want);
	auth_conf(b, false);
	CHECK_INT(auth_packet(&b->vrs[0], 1, 200, 0x6b03b4cb4b180000, got),
	    20 + length);
	CHECK_BYTES(got + 20, want, length);
	for (size_t size = 0; size < 20 + length; size++) {
		struct vr vr = { .conf = &b->vrs[0],
		    .source = bench_ip("10.0.0.1") };

		CHECK_INT(vr_encode(&vr, 200, &b->vrs[0].destination, 255, 1,
		    got, size), 0);
		CHECK_INT(advert_sign(&b->vrs[0].hmac, 1, &vr.source,
		    &vr.source, want, 16, size < 44 ? size : 43), 0);
	}
}

/* What does not fit writes nothing past the room that there is. */
static void
test_room(void)
{
	struct bench *b = &bench;
	static struct conf_address many[255];

	for (int kind = 0; kind < 3; kind++) {
		struct vr vr = { .conf = &b->vrs[0],
		    .source = bench_ip(kind == 2 ? "fe80::1" : "10.0.0.1") };
		struct ip to = bench_ip(kind == 2 ? "ff02::12" : "224.0.0.18");
		uint8_t whole[MESSAGE_MAX];
		size_t length;

		auth_conf(b, kind == 1);
		if (kind == 2) {
			b->vrs[0].family = 6;
			b->addresses[0][0].ip = bench_ip("fe80::100");
		}
		length = vr_encode(&vr, 200, &to, 255, 1, whole,
		    sizeof(whole));
		CHECK(length > 20);
		for (size_t size = 0; size < length; size++) {
			memset(whole, 0xa5, sizeof(whole));
			CHECK_INT(vr_encode(&vr, 200, &to, 255, 1, whole,
			    size), 0);
			for (size_t i = size; i < sizeof(whole); i++)
				CHECK(whole[i] == 0xa5);
		}
		CHECK_INT(vr_encode(&vr, 200, &to, 255, 1, whole, length),
		    length);
		/* the longest that there is has room */
		b->vrs[0].addresses = many;
		b->vrs[0].address_count = COUNT_OF(many);
		for (size_t i = 0; i < COUNT_OF(many); i++)
			many[i].ip = bench_ip("2001:db8::1");
		CHECK_INT(vr_encode(&vr, 200, &to, 255, 1, whole,
		    sizeof(whole)), kind == 0 ? 20 + 8 + 255 * 4 + 28 :
		    kind == 1 ? 20 + 24 + 8 + 255 * 4 + 8 :
		    8 + 255 * 16 + 28);
	}
}

/* Whether a changed bit of an IPv4 packet with AH may go unnoticed. */
static bool
ah_mutable(size_t at, bool unicast)
{
	return at == 1 || at == 6 || at == 7 || at == 10 || at == 11 ||
	    (at == 8 && unicast);
}

/* C-056: each bit that counts; C-057: no header, and no number heard before. */
static void
test_ah_bits(bool unicast)
{
	struct bench *b = &bench;
	uint8_t whole[MESSAGE_MAX];
	size_t length;
	unsigned accepted = 0;

	auth_conf(b, true);
	if (unicast) {
		b->vrs[0].unicast = b->vrs[0].check_unicast_source = true;
		b->vrs[0].peer_count = 1;
		b->peers[0][0] = (struct conf_peer){ bench_ip("10.0.0.9"), 0,
		    255 };
	}
	auth_start(b, TODAY_S);
	length = auth_packet(&b->vrs[0], 9, 200, 1, whole);
	for (size_t bit = 0; bit < 8 * length; bit++) {
		enum counter counter;

		whole[bit / 8] ^= (uint8_t)(1 << bit % 8);
		b->d.vrs[0].auth->sequence = b->d.vrs[0].auth->heard = 0;
		counter = auth_feed(b, whole, length);
		accepted += counter == COUNT_received;
		if (counter == COUNT_received &&
		    !CHECK(ah_mutable(bit / 8, unicast)))
			printf("\tbit %zu\n", bit);
		whole[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	CHECK_INT(accepted, (unicast ? 8 : 0) + 8 + 2 + 16);
	b->d.vrs[0].auth->sequence = b->d.vrs[0].auth->heard = 0;
	CHECK_INT(auth_feed(b, whole, length), COUNT_received);
	CHECK_INT(auth_feed(b, whole, length), COUNT_auth_failed);
	CHECK_INT(b->d.vrs[0].auth->sequence, 1);
	b->vrs[0].auth_type = AUTH_NONE;
	length = auth_packet(&b->vrs[0], 9, 200, 2, whole);
	b->vrs[0].auth_type = AUTH_AH;
	CHECK_INT(auth_feed(b, whole, length), COUNT_auth_mismatch);
}

/* C-056: an SPI that is not the source, though its ICV is right. */
static void
test_ah_spi(void)
{
	struct bench *b = &bench;
	uint8_t whole[MESSAGE_MAX], icv[DIGEST_MAX];
	size_t length;

	auth_conf(b, true);
	auth_start(b, TODAY_S);
	length = auth_packet(&b->vrs[0], 9, 200, 1, whole);
	whole[24 + 3] ^= 1;
	ah_icv(&b->vrs[0], whole, 20, length, icv);
	memcpy(whole + 32, icv, 12);
	CHECK_INT(auth_feed(b, whole, length), COUNT_auth_failed);
	whole[24 + 3] ^= 1;
	ah_icv(&b->vrs[0], whole, 20, length, icv);
	memcpy(whole + 32, icv, 12);
	CHECK_INT(auth_feed(b, whole, length), COUNT_received);
	/* the number behind the SPI may be any */
	CHECK_INT(auth_hear(b, 9, 200, UINT32_MAX - 1), COUNT_received);
}

/* C-026: 1, 2, 3; but more than what was heard, so that others listen. */
static void
test_ah_sequence(void)
{
	struct bench *b = &bench;

	auth_conf(b, true);
	auth_start(b, TODAY_S);
	bench_watch(b);
	bench_run(b, 6 * SECOND_US);
	CHECK_INT(bench_count(b, EFFECT_SEND), 3);
	for (int i = 0; i < 3; i++)
		CHECK_INT(sequence_sent(b, i), i + 1);
	CHECK_INT(auth_hear(b, 9, 50, 2), COUNT_auth_failed);
	bench_watch(b);
	CHECK_INT(auth_hear(b, 9, 50, 1000), COUNT_received);
	bench_run(b, SECOND_US);
	CHECK_INT(sequence_sent(b, 0), 1001);		/* the answer */
	CHECK_INT(sequence_sent(b, 1), 1002);
	CHECK_INT(auth_hear(b, 9, 200, 1001), COUNT_auth_failed);
	CHECK_INT(b->d.vrs[0].machine.state, MACHINE_ACTIVE);
	CHECK_INT(auth_hear(b, 9, 200, 1003), COUNT_received);
	CHECK_INT(b->d.vrs[0].machine.state, MACHINE_BACKUP);
	/* a replay does not keep a Backup quiet (D-19) */
	for (int i = 0; i < 50; i++) {
		bench_run(b, SECOND_US / 10);
		(void)auth_hear(b, 9, 200, 1003);
	}
	CHECK_INT(b->d.vrs[0].machine.state, MACHINE_ACTIVE);
}

/* Copies of one advertisement for several peers have one number. */
static void
test_ah_copies(void)
{
	struct bench *b = &bench;

	auth_conf(b, true);
	b->vrs[0].unicast = true;
	b->vrs[0].peer_count = 2;
	b->peers[0][0] = (struct conf_peer){ bench_ip("10.0.0.8"), 0, 255 };
	b->peers[0][1] = (struct conf_peer){ bench_ip("10.0.0.9"), 0, 255 };
	auth_start(b, TODAY_S);
	bench_watch(b);
	bench_run(b, 5 * SECOND_US);
	CHECK(bench_count(b, EFFECT_SEND) >= 4);
	for (int i = 0; i < 4; i++)
		CHECK_INT(sequence_sent(b, i), 1 + i / 2);
}

/*
 * Two of one priority that heard the same Active fall silent take over at the
 * same moment, with the same number: one yields all the same, and what it heard
 * cannot be played to it again.
 */
static void
test_ah_tie(void)
{
	struct bench *b = &bench;

	auth_conf(b, true);
	auth_start(b, TODAY_S);
	bench_run(b, 6 * SECOND_US);
	CHECK_INT(b->d.vrs[0].machine.state, MACHINE_ACTIVE);
	CHECK_INT(b->d.vrs[0].auth->sequence, 3);
	CHECK_INT(auth_hear(b, 9, 100, 2), COUNT_auth_failed);
	CHECK_INT(b->d.vrs[0].machine.state, MACHINE_ACTIVE);
	CHECK_INT(auth_hear(b, 9, 100, 3), COUNT_received);
	CHECK_INT(b->d.vrs[0].machine.state, MACHINE_BACKUP);
	CHECK_INT(auth_hear(b, 9, 100, 3), COUNT_auth_failed);
	auth_conf(&second, true);
	second.wall_us = b->wall_us;
	bench_reload(b, &second);
	CHECK_INT(auth_hear(&second, 9, 100, 3), COUNT_auth_failed);
	CHECK_INT(auth_hear(&second, 9, 100, 4), COUNT_received);
}

/* -- auth_hmac -- */

/*
 * C-060: each bit of the source, the message and the trailer, with the checksum
 * made right again, which the HMAC does not cover.
 */
static void
test_hmac_bits(void)
{
	struct bench *b = &bench;
	uint8_t whole[MESSAGE_MAX];
	size_t length;
	uint64_t sequence;

	auth_conf(b, false);
	auth_start(b, TODAY_S);
	sequence = clock_of(b);
	length = auth_packet(&b->vrs[0], 9, 200, sequence, whole);
	for (size_t bit = 8 * 12; bit < 8 * length; bit++) {
		const struct ip source = ip_from(4, whole + 12);
		const struct ip group = ip_from(4, whole + 16);

		if (bit / 8 == 26 || bit / 8 == 27)
			continue;
		whole[bit / 8] ^= (uint8_t)(1 << bit % 8);
		whole[26] = whole[27] = 0;
		checksum_store(whole + 26, advert_sum(3, false, &source,
		    &group, whole + 20, length - 48));
		if (!CHECK(auth_feed(b, whole, length) != COUNT_received))
			printf("\tbit %zu\n", bit);
		whole[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_received), 0);
	CHECK(*counter_of(&b->d, &b->d.vrs[0], COUNT_hmac_failed) > 8 * 16);
	length = auth_packet(&b->vrs[0], 9, 200, sequence, whole);
	CHECK_INT(auth_feed(b, whole, length), COUNT_received);
}

/* What each kind of refusal is counted as. */
static void
test_hmac_refusals(void)
{
	struct bench *b = &bench;
	uint8_t whole[MESSAGE_MAX];
	uint64_t sequence;
	size_t length;

	auth_conf(b, false);
	auth_start(b, TODAY_S);
	sequence = clock_of(b);
	length = auth_packet(&b->vrs[0], 9, 200, sequence, whole);
	/* C-058: without trailer; C-045: other lengths */
	whole[3] = (uint8_t)(length - 28);
	CHECK_INT(auth_feed(b, whole, length - 28), COUNT_hmac_missing);
	whole[3] = (uint8_t)(length - 1);
	CHECK_INT(auth_feed(b, whole, length - 1), COUNT_length);
	whole[3] = (uint8_t)length;
	for (size_t i = 0; i < 4; i++) {
		static const enum counter want[] = { COUNT_hmac_malformed,
		    COUNT_hmac_key, COUNT_hmac_malformed,
		    COUNT_hmac_malformed };

		whole[length - 28 + i] ^= 1;
		CHECK_INT(auth_feed(b, whole, length), want[i]);
		whole[length - 28 + i] ^= 1;
	}
	/* C-061: a key that we have not, C-064: any that we have */
	b->vrs[0].hmac.keys.count = 1;
	b->vrs[0].hmac.active = 7;
	length = auth_packet(&b->vrs[0], 9, 200, sequence + 1, whole);
	CHECK_INT(auth_feed(b, whole, length), COUNT_received);
	b->vrs[0].hmac.keys.count = 2;
	b->vrs[0].hmac.active = 9;
	length = auth_packet(&b->vrs[0], 9, 200, sequence + 2, whole);
	b->vrs[0].hmac.keys.count = 1;
	CHECK_INT(auth_feed(b, whole, length), COUNT_hmac_key);
	b->vrs[0].hmac.keys.count = 2;
	CHECK_INT(auth_feed(b, whole, length), COUNT_received);
	/* C-063: the same again, and one before it; from another, it is new */
	CHECK_INT(auth_feed(b, whole, length), COUNT_hmac_replay);
	CHECK_INT(auth_hear(b, 9, 200, sequence + 1), COUNT_hmac_replay);
	CHECK_INT(auth_hear(b, 8, 200, sequence + 1), COUNT_received);
	CHECK_INT(auth_hear(b, 9, 200, sequence + 3), COUNT_received);
}

/* C-062: the window, to the second, on both sides; it is told how far. */
static void
test_hmac_window(void)
{
	struct bench *b = &bench;

	auth_conf(b, false);
	auth_start(b, TODAY_S);
	CHECK_INT(auth_hear(b, 9, 200, (uint64_t)(TODAY_S - 6) << 32),
	    COUNT_hmac_stale);
	CHECK_INT(auth_hear(b, 9, 200, (uint64_t)(TODAY_S - 5) << 32),
	    COUNT_received);
	CHECK_INT(auth_hear(b, 9, 200, (uint64_t)(TODAY_S + 5) << 32),
	    COUNT_received);
	bench_watch(b);
	b->d.speakers[b->d.vrs[0].first_speaker].said = 0;
	CHECK_INT(auth_hear(b, 9, 200, (uint64_t)(TODAY_S + 6) << 32),
	    COUNT_hmac_stale);
	CHECK_INT(auth_hear(b, 9, 200, (uint64_t)(TODAY_S - 3600) << 32),
	    COUNT_hmac_stale);
	bench_run(b, 0);
	CHECK_STR(bench_line(b, EFFECT_LOG, 0), "VI_1: 10.0.0.9: advertisement "
	    "refused: its clock is 6 seconds ahead of ours");
	CHECK_STR(bench_line(b, EFFECT_LOG, 1), "");
	bench_watch(b);
	b->d.speakers[b->d.vrs[0].first_speaker].said = 0;
	CHECK_INT(auth_hear(b, 9, 200, (uint64_t)(TODAY_S - 3600) << 32),
	    COUNT_hmac_stale);
	bench_run(b, 0);
	CHECK_STR(bench_line(b, EFFECT_LOG, 0), "VI_1: 10.0.0.9: advertisement "
	    "refused: its clock is 3600 seconds behind ours");
	/* all of which matters little to the order alone */
	auth_conf(b, false);
	b->vrs[0].hmac.replay = REPLAY_MONOTONIC;
	auth_start(b, TODAY_S);
	CHECK_INT(auth_hear(b, 9, 200, (uint64_t)1 << 32), COUNT_received);
	CHECK_INT(auth_hear(b, 9, 200, (uint64_t)TODAY_S << 32),
	    COUNT_received);
	CHECK_INT(auth_hear(b, 9, 200, (uint64_t)(TODAY_S + 99) << 32),
	    COUNT_received);
	CHECK_INT(auth_hear(b, 9, 200, (uint64_t)TODAY_S << 32),
	    COUNT_hmac_replay);
}

/* C-028, C-058, C-059: who signs, and who may leave it. */
static void
test_hmac_modes(void)
{
	struct bench *b = &bench;
	uint8_t whole[MESSAGE_MAX];
	size_t length;

	for (uint8_t mode = HMAC_ENFORCE; mode <= HMAC_RECEIVE_ONLY; mode++) {
		size_t trailer = mode == HMAC_RECEIVE_ONLY ? 0 : 28;

		auth_conf(b, false);
		b->vrs[0].hmac.mode = mode;
		auth_start(b, TODAY_S);
		bench_watch(b);
		bench_run(b, 5 * SECOND_US);
		CHECK(bench_count(b, EFFECT_SEND) > 0);
		CHECK_INT(bench_find(b, EFFECT_SEND, 0)->effect.length,
		    20 + 16 + trailer);
		length = auth_packet(&b->vrs[0], 9, 90, clock_of(b), whole);
		whole[3] = 36;
		CHECK_INT(auth_feed(b, whole, 36), mode == HMAC_ENFORCE ?
		    COUNT_hmac_missing : COUNT_received);
		if (trailer == 0)
			b->vrs[0].hmac.mode = HMAC_PERMISSIVE;
		length = auth_packet(&b->vrs[0], 9, 90, clock_of(b), whole);
		b->vrs[0].hmac.mode = mode;
		CHECK_INT(length, 64);
		whole[63] ^= 1;
		CHECK_INT(auth_feed(b, whole, length), COUNT_hmac_failed);
		whole[63] ^= 1;
		CHECK_INT(auth_feed(b, whole, length), COUNT_received);
		CHECK_INT(auth_feed(b, whole, length), COUNT_hmac_replay);
	}
}

/*
 * The first number is the time in whatever year, with one key as with two; one
 * that is just as far ahead as the window is long goes on.
 */
static void
test_hmac_first_numbers(void)
{
	struct bench *b = &bench;
	uint64_t last;

	for (uint8_t n = 1; n <= 2; n++) {
		auth_conf(b, false);
		b->vrs[0].hmac.keys.count = n;
		b->vrs[0].hmac.replay = n == 1 ? REPLAY_TIME :
		    REPLAY_MONOTONIC;
		auth_start(b, (int64_t)3 << 30);	/* 2072 */
		bench_watch(b);
		bench_run(b, 5 * SECOND_US);
		CHECK(sequence_sent(b, 0) >> 32 >= (uint64_t)3 << 30);
	}
	auth_conf(b, false);
	auth_start(b, TODAY_S);
	last = auth_next(&b->d, &b->d.vrs[0], b->now);
	CHECK_INT(last, auth_time(&b->d, b->now));
	b->d.wall_us -= b->vrs[0].hmac.window_s * SECOND_US;
	CHECK_INT(auth_next(&b->d, &b->d.vrs[0], b->now), last + 1);
	b->d.wall_us -= SECOND_US;
	CHECK_INT(auth_next(&b->d, &b->d.vrs[0], b->now),
	    auth_time(&b->d, b->now));
}

/*
 * C-029: what is sent grows, by the clock; when that stands still or is set
 * back within the window, by one; further back, it is the clock again.
 */
static void
test_hmac_sequence(void)
{
	struct bench *b = &bench;
	uint64_t last, next;

	auth_conf(b, false);
	auth_start(b, TODAY_S);
	bench_watch(b);
	bench_run(b, 5 * SECOND_US);
	last = sequence_sent(b, 0);
	CHECK(last >> 32 == TODAY_S + 3 && (uint32_t)last != 0);
	next = sequence_sent(b, 1);
	CHECK(next - last == (uint64_t)1 << 32);
	bench_watch(b);
	wall_run(b, SECOND_US, b->wall_us - 3 * SECOND_US);
	CHECK_INT(sequence_sent(b, 0) - next, 1);
	next = sequence_sent(b, 0);
	bench_watch(b);
	wall_run(b, SECOND_US, b->wall_us - 100 * SECOND_US);
	last = sequence_sent(b, 0);
	CHECK(last < next && last >> 32 >= (clock_of(b) >> 32) - 1);
	/* by the order alone it never falls back */
	b->vrs[0].hmac.replay = REPLAY_MONOTONIC;
	bench_watch(b);
	wall_run(b, SECOND_US, b->wall_us - 1000 * SECOND_US);
	CHECK_INT(sequence_sent(b, 0) - last, 1);
	/* the fraction of a second, in parts of 2^16 */
	CHECK_INT(auth_time(&(struct daemon){ .wall_us = TODAY_S * SECOND_US },
	    SECOND_US / 2), ((uint64_t)TODAY_S << 32) + 0x80000000);
	CHECK_INT(auth_time(&(struct daemon){ .wall_us = TODAY_S * SECOND_US },
	    SECOND_US - 1), ((uint64_t)TODAY_S << 32) + 0xffff0000);
	test_hmac_first_numbers();
	/* 2106: the seconds begin anew, and go on (RFC 1982) */
	auth_conf(b, false);
	auth_start(b, UINT32_MAX - 4LL);
	bench_run(b, 4 * SECOND_US);
	bench_watch(b);
	bench_run(b, 10 * SECOND_US);
	CHECK(sequence_sent(b, 0) > sequence_sent(b, 9));
	for (int i = 0; i < 9; i++)
		CHECK_INT(sequence_ahead_s(sequence_sent(b, i + 1),
		    sequence_sent(b, i)), 1);
	CHECK_INT(auth_hear(b, 9, 90, clock_of(b)), COUNT_received);
}

/* A clock of ours that is set back takes no peer's mark for the future. */
static void
test_hmac_clock_back(void)
{
	struct bench *b = &bench;

	auth_conf(b, false);
	auth_start(b, TODAY_S);
	CHECK_INT(auth_hear(b, 9, 200, clock_of(b)), COUNT_received);
	wall_run(b, 0, b->wall_us - 1000 * SECOND_US);
	CHECK_INT(auth_hear(b, 9, 200, clock_of(b)), COUNT_received);
	CHECK_INT(auth_hear(b, 9, 200, clock_of(b)), COUNT_hmac_replay);
	wall_run(b, 0, b->wall_us - 5 * SECOND_US);
	CHECK_INT(auth_hear(b, 9, 200, clock_of(b)), COUNT_hmac_replay);
	/* one that is set back before 2024 has lost the time, not the marks */
	auth_conf(b, false);
	auth_start(b, TODAY_S);
	CHECK_INT(auth_hear(b, 9, 200, clock_of(b)), COUNT_received);
	wall_run(b, 0, 30 * SECOND_US - b->now);
	CHECK_INT(auth_hear(b, 9, 200, (uint64_t)TODAY_S << 32),
	    COUNT_hmac_replay);
	/* nor are they lost by one that was set back within reason first */
	auth_conf(b, false);
	auth_start(b, TODAY_S);
	CHECK_INT(auth_hear(b, 9, 200, clock_of(b)), COUNT_received);
	wall_run(b, 0, b->wall_us - 1000 * SECOND_US);
	wall_run(b, 0, 30 * SECOND_US - b->now);
	CHECK_INT(auth_hear(b, 9, 200, (uint64_t)TODAY_S << 32),
	    COUNT_hmac_replay);
}

/* Multicast: four senders are remembered, those that spoke last. */
static void
test_hmac_marks(void)
{
	struct bench *b = &bench;
	uint64_t sequence;

	auth_conf(b, false);
	auth_start(b, TODAY_S);
	sequence = clock_of(b);
	for (uint8_t host = 10; host < 14; host++)
		CHECK_INT(auth_hear(b, host, 200, sequence), COUNT_received);
	for (uint8_t host = 10; host < 14; host++)
		CHECK_INT(auth_hear(b, host, 200, sequence), COUNT_hmac_replay);
	/* one that is remembered takes no other's place */
	CHECK_INT(auth_hear(b, 12, 200, sequence + 1), COUNT_received);
	CHECK_INT(auth_hear(b, 10, 200, sequence), COUNT_hmac_replay);
	CHECK_INT(auth_hear(b, 10, 200, sequence + 1), COUNT_received);
	CHECK_INT(auth_hear(b, 14, 200, sequence), COUNT_received);
	CHECK_INT(auth_hear(b, 10, 200, sequence + 1), COUNT_hmac_replay);
	CHECK_INT(auth_hear(b, 12, 200, sequence), COUNT_hmac_replay);
	CHECK_INT(auth_hear(b, 13, 200, sequence), COUNT_hmac_replay);
	CHECK_INT(auth_hear(b, 11, 200, sequence), COUNT_received);
}

/* Unicast: each peer has its own, and nobody else is heard. */
static void
test_hmac_unicast(void)
{
	struct bench *b = &bench;
	uint64_t sequence;

	auth_conf(b, false);
	b->vrs[0].unicast = true;
	b->vrs[0].peer_count = 2;
	b->peers[0][0] = (struct conf_peer){ bench_ip("10.0.0.8"), 0, 255 };
	b->peers[0][1] = (struct conf_peer){ bench_ip("10.0.0.9"), 0, 255 };
	auth_start(b, TODAY_S);
	CHECK_INT(b->d.vrs[0].auth->mark_count, 2);
	sequence = clock_of(b);
	for (uint8_t host = 8; host < 10; host++) {
		CHECK_INT(auth_hear(b, host, 200, sequence), COUNT_received);
		CHECK_INT(auth_hear(b, host, 200, sequence), COUNT_hmac_replay);
	}
	CHECK_INT(auth_hear(b, 8, 200, sequence), COUNT_hmac_replay);
	CHECK_INT(auth_hear(b, 7, 200, sequence), COUNT_not_peer);
	bench_watch(b);
	bench_run(b, 4 * SECOND_US);
	/* a copy each */
	CHECK(sequence_sent(b, 1) > sequence_sent(b, 0));
}

/* A reload forgets no mark and no number; a key may come or go with it. */
static void
test_reload(bool ah)
{
	struct bench *b = &bench, *next = &second;
	uint64_t sequence, last;

	auth_conf(b, ah);
	auth_start(b, TODAY_S);
	bench_run(b, 5 * SECOND_US);
	sequence = ah ? 77 : clock_of(b);
	CHECK_INT(auth_hear(b, 9, 90, sequence), COUNT_received);
	last = b->d.vrs[0].auth->sequence;
	auth_conf(next, ah);
	next->vrs[0].hmac.active = ah ? 0 : 9;
	next->wall_us = b->wall_us;
	bench_reload(b, next);
	CHECK_INT(auth_hear(next, 9, 90, sequence), ah ? COUNT_auth_failed :
	    COUNT_hmac_replay);
	bench_watch(next);
	bench_run(next, 2 * SECOND_US);
	CHECK(sequence_sent(next, 0) > last);
	/* from one kind to the other, and to none */
	auth_conf(b, !ah);
	b->wall_us = next->wall_us;
	bench_reload(next, b);
	CHECK_INT(b->d.vrs[0].auth->sequence, 0);
	auth_conf(next, ah);
	next->vrs[0].auth_type = AUTH_NONE;
	next->vrs[0].hmac.keys.count = 0;
	next->wall_us = b->wall_us;
	bench_reload(b, next);
	CHECK(next->d.vrs[0].auth == NULL);
	CHECK_INT(next->d.vrs[0].machine.state, MACHINE_ACTIVE);
}

/* What is sent while a reload is carried out has the right time. */
static void
test_reload_clock(void)
{
	struct bench *b = &bench, *next = &second;

	auth_conf(b, false);
	auth_start(b, TODAY_S);
	b->d.heard_wall_us = 7;
	auth_conf(next, false);
	next->out = effects_over(next->queue, sizeof(next->queue), NULL, NULL);
	CHECK(daemon_build(&next->d, &next->arena, &next->conf, &next->out));
	daemon_inherit(&next->d, &b->d, &next->arena, b->now);
	CHECK_INT(next->d.wall_us, b->wall_us);
	CHECK_INT(next->d.heard_wall_us, 7);
}

/* -- a clock that was never set -- */

/* Gives the packets that one bench sent since bench_watch to another. */
static void
exchange(struct bench *from, struct bench *to)
{
	const struct noted *noted;

	for (int i = 0; (noted = bench_find(from, EFFECT_SEND, i)) != NULL;
	    i++) {
		(void)auth_feed(to, noted->bytes, noted->effect.length);
	}
	bench_watch(from);
	bench_run(to, 0);
}

/*
 * Two routers for some seconds, 100 ms at a time.  Both benches are 10.0.0.1;
 * they send from 10.0.0.10 and from 10.0.0.20.
 */
static void
both_run(struct bench *a, struct bench *b, int tenths)
{
	for (; tenths > 0; tenths--) {
		wall_run(a, SECOND_US / 10, a->wall_us);
		wall_run(b, SECOND_US / 10, b->wall_us);
		exchange(a, b);
		exchange(b, a);
	}
}

/* Starts two routers with the given clocks and priorities. */
static void
both_start(int64_t clock_a, int64_t clock_b, uint8_t replay,
    uint8_t priority_b)
{
	struct bench *a = &bench, *b = &second;

	auth_conf(a, false);
	auth_conf(b, false);
	a->vrs[0].hmac.replay = b->vrs[0].hmac.replay = replay;
	a->vrs[0].source = bench_ip("10.0.0.10");
	b->vrs[0].source = bench_ip("10.0.0.20");
	b->vrs[0].priority = priority_b;
	auth_start(a, clock_a);
	auth_start(b, clock_b);
	bench_watch(a);
	bench_watch(b);
}

static void
check_one_active(const struct bench *a, const struct bench *b, bool b_active)
{
	CHECK_INT(a->d.vrs[0].machine.state, b_active ? MACHINE_BACKUP :
	    MACHINE_ACTIVE);
	CHECK_INT(b->d.vrs[0].machine.state, b_active ? MACHINE_ACTIVE :
	    MACHINE_BACKUP);
}

/*
 * One clock is right, the other begins in 1970, in both modes and whoever is
 * the better one: there is one Active, and it is the better one.
 */
static void
test_clock_unset(void)
{
	struct bench *a = &bench, *b = &second;
	uint32_t changes;

	for (uint8_t replay = REPLAY_TIME; replay <= REPLAY_MONOTONIC;
	    replay++) {
		both_start(TODAY_S, 30, replay, 50);
		both_run(a, b, 80);
		check_one_active(a, b, false);
		CHECK_INT(*counter_of(&b->d, &b->d.vrs[0], COUNT_became_master),
		    0);
		/* the one in 1970 takes over, and the other hears it */
		both_start(TODAY_S, 30, replay, 150);
		both_run(a, b, 80);
		check_one_active(a, b, true);
		CHECK(*counter_of(&a->d, &a->d.vrs[0], COUNT_received) > 0);
		/* its clock is set at last: nobody notices */
		changes = *counter_of(&a->d, &a->d.vrs[0], COUNT_became_master);
		wall_run(b, 0, a->wall_us);
		both_run(a, b, 80);
		check_one_active(a, b, true);
		CHECK_INT(*counter_of(&a->d, &a->d.vrs[0], COUNT_became_master),
		    changes);
		/* both begin in 1970, one long after the other */
		both_start(5000, 30, replay, 150);
		both_run(a, b, 120);
		check_one_active(a, b, true);
	}
}

/*
 * A router that ran for long comes back in 1970, and its peers remember what it
 * sent before: they hear it again as soon as it has heard one of them.
 */
static void
test_clock_lost(void)
{
	struct bench *a = &bench, *b = &second;

	for (uint8_t replay = REPLAY_TIME; replay <= REPLAY_MONOTONIC;
	    replay++) {
		both_start(TODAY_S, TODAY_S, replay, 150);
		both_run(a, b, 80);
		check_one_active(a, b, true);
		auth_conf(b, false);
		b->vrs[0].hmac.replay = replay;
		b->vrs[0].source = bench_ip("10.0.0.20");
		b->vrs[0].priority = 150;
		auth_start(b, 5);
		bench_watch(b);
		both_run(a, b, 120);
		check_one_active(a, b, true);
	}
}

/*
 * Both clocks fall to 1970 while the daemons run: they go on from the time that
 * they had, and nobody notices.
 */
static void
test_clock_falls(void)
{
	struct bench *a = &bench, *b = &second;

	for (uint8_t replay = REPLAY_TIME; replay <= REPLAY_MONOTONIC;
	    replay++) {
		both_start(TODAY_S, TODAY_S, replay, 150);
		both_run(a, b, 80);
		wall_run(a, 0, 30 * SECOND_US - a->now);
		wall_run(b, 0, 30 * SECOND_US - b->now);
		both_run(a, b, 120);
		check_one_active(a, b, true);
		CHECK_INT(*counter_of(&a->d, &a->d.vrs[0],
		    COUNT_hmac_replay), 0);
		/* set again, and wrong by a little: still */
		wall_run(b, 0, (TODAY_S + 22) * SECOND_US - b->now);
		wall_run(a, 0, (TODAY_S + 21) * SECOND_US - a->now);
		both_run(a, b, 120);
		check_one_active(a, b, true);
	}
}

/* Whether `explain' says so. */
static bool
explains(const struct bench *b, const char *text)
{
	char buffer[2048];
	struct text t = text_over(buffer, sizeof(buffer));

	explain(&t, &b->d, &b->d.vrs[0], b->now);
	return strstr(text_end(&t), text) != NULL;
}

/* An operator is told what auth_hmac does without a clock. */
static void
test_clock_explained(void)
{
	struct bench *b = &bench;

	auth_conf(b, false);
	auth_start(b, 30);
	CHECK(explains(b, "waits to hear the time from others"));
	CHECK_INT(auth_hear(b, 9, 200, (uint64_t)2000 << 32), COUNT_received);
	CHECK(explains(b, "waits to hear the time from others"));
	CHECK_INT(auth_hear(b, 9, 200, (uint64_t)TODAY_S << 32),
	    COUNT_received);
	CHECK(explains(b, "goes by the time that it was told"));
	wall_run(b, 0, TODAY_S * SECOND_US - b->now);
	CHECK(!explains(b, "clock"));
	auth_conf(b, true);
	auth_start(b, 30);
	CHECK(!explains(b, "clock"));
}

/* What was recorded long ago is not heard once something newer was. */
static void
test_clock_unset_replay(void)
{
	struct bench *b = &bench;

	auth_conf(b, false);
	auth_start(b, 30);
	CHECK_INT(auth_hear(b, 9, 200, (uint64_t)(TODAY_S - 100) << 32),
	    COUNT_received);
	CHECK_INT(auth_hear(b, 9, 200, (uint64_t)(TODAY_S - 100) << 32),
	    COUNT_hmac_replay);
	CHECK_INT(auth_hear(b, 9, 200, (uint64_t)TODAY_S << 32),
	    COUNT_received);
	CHECK_INT(auth_hear(b, 9, 200, (uint64_t)(TODAY_S - 50) << 32),
	    COUNT_hmac_stale);
	CHECK_INT(auth_hear(b, 9, 200, (uint64_t)(TODAY_S - 5) << 32),
	    COUNT_hmac_replay);
	CHECK_INT(auth_hear(b, 8, 200, (uint64_t)(TODAY_S - 6) << 32),
	    COUNT_hmac_stale);
	/* time goes on without being heard of */
	bench_run(b, 100 * SECOND_US);
	CHECK_INT(auth_hear(b, 8, 200, (uint64_t)(TODAY_S + 94) << 32),
	    COUNT_hmac_stale);
	CHECK_INT(auth_hear(b, 8, 200, (uint64_t)(TODAY_S + 96) << 32),
	    COUNT_received);
	/* 2024 is the first year that a clock may be in */
	CHECK(!clock_is_set(&(struct daemon){
	    .wall_us = 1704067200 * SECOND_US - 1 }, 0));
	CHECK(clock_is_set(&(struct daemon){
	    .wall_us = 1704067200 * SECOND_US }, 0));
}

int
main(void)
{
	test_digests();
	test_hmacs();
	test_vectors();
	test_room();
	test_ah_bits(false);
	test_ah_bits(true);
	test_ah_spi();
	test_ah_sequence();
	test_ah_copies();
	test_ah_tie();
	test_hmac_bits();
	test_hmac_refusals();
	test_hmac_window();
	test_hmac_modes();
	test_hmac_sequence();
	test_hmac_clock_back();
	test_hmac_marks();
	test_hmac_unicast();
	test_reload(true);
	test_reload(false);
	test_reload_clock();
	test_clock_unset();
	test_clock_lost();
	test_clock_falls();
	test_clock_unset_replay();
	test_clock_explained();
	return check_end("auth");
}
