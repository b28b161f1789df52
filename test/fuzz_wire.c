/* SPDX-License-Identifier: ISC */
/*
 * The parsers of received packets alone, and what we send against them.  The
 * first byte of an input says which: a packet to be opened and judged, an ARP
 * frame or neighbour advertisement, an advertisement of ours made of the bytes
 * that follow, an announcement of ours, an authentic advertisement of ours, a
 * control packet of BFD.
 *
 * What is received is read within its bounds (the copy ends at its memory's
 * end) and what is accepted is what it says; what we send is accepted with what
 * was put into it, and no longer when a bit of it has changed.
 */
#include "fuzz_conf.h"
#include "ip.h"

/* Configurations that packets are held against. */
static const char wire_text[] =
    "vrrp_instance none {\n interface eth0\n virtual_router_id 1\n"
    " virtual_ipaddress {\n 10.0.0.1\n 10.0.0.2\n }\n}\n"
    "vrrp_instance pass {\n interface eth0\n virtual_router_id 2\n"
    " authentication {\n auth_pass secret\n }\n"
    " virtual_ipaddress {\n 10.0.0.3\n }\n}\n"
    "vrrp_instance third {\n interface eth0\n virtual_router_id 3\n"
    " version 3\n virtual_ipaddress {\n 10.0.0.1\n 10.0.0.4\n }\n}\n"
    "vrrp_instance sixth {\n interface eth0\n virtual_router_id 4\n"
    " virtual_ipaddress {\n fe80::1\n 2001:db8::1\n }\n}\n"
    "vrrp_instance peers {\n interface eth0\n virtual_router_id 5\n"
    " version 3\n unicast_peer {\n 10.0.0.8 min_ttl 2 max_ttl 250\n"
    " 10.0.0.9\n }\n virtual_ipaddress {\n 10.0.0.5\n }\n}\n"
    "vrrp_instance peers6 {\n interface eth0\n virtual_router_id 6\n"
    " unicast_peer {\n 2001:db8::8\n }\n"
    " virtual_ipaddress {\n fe80::6\n }\n}\n"
    "vrrp_instance ah {\n interface eth0\n virtual_router_id 7\n"
    " authentication {\n auth_type AH\n auth_pass 01234567\n }\n"
    " virtual_ipaddress {\n 10.0.0.7\n }\n}\n"
    "vrrp_instance hmac {\n interface eth0\n virtual_router_id 8\n"
    " version 3\n auth_hmac {\n key 1 " FUZZ_KEY "\n active_key 1\n"
    " mode permissive\n }\n virtual_ipaddress {\n 10.0.0.8\n }\n}\n"
    "vrrp_instance hmac6 {\n interface eth0\n virtual_router_id 9\n"
    " auth_hmac {\n key 1 " FUZZ_KEY "\n active_key 1\n }\n"
    " virtual_ipaddress {\n fe80::9\n }\n}\n";

#define WIRE_PLAIN	6	/* how many of them have neither AH nor HMAC */

static const struct conf *
wire_conf(void)
{
	static struct fuzz_conf fc;

	return fc.conf != NULL ? fc.conf : fuzz_good_text(&fc, wire_text);
}

/* Puts the right checksum into a message, so that more than that is judged. */
static void
mend_checksum(uint8_t *message, const struct packet *packet, bool plain)
{
	uint8_t version = message[0] >> 4;

	checksum_store(message + VRRP_CHECKSUM, advert_sum(version, plain,
	    &packet->source, &packet->destination, message, packet->length));
}

/* Makes a packet authentic, and its checksum right: over IPv4 of the rest. */
static void
wire_authenticate(const struct packet *packet, uint8_t *message)
{
	struct packet rest = *packet;

	if (packet->source.family == 4 && !packet->authenticated_header &&
	    packet->length >= VRRP_HEADER + HMAC_TRAILER)
		rest.length -= HMAC_TRAILER;
	memset(message + VRRP_CHECKSUM, 0, 2);
	fuzz_authenticate(packet, message);
	mend_checksum(message, &rest, false);
	if (packet->authenticated_header)
		fuzz_authenticate(packet, message);
}

/* What is accepted is what the checks promise; bytes have all been there. */
static void
check_accepted(const struct conf_vr *conf, const struct packet *packet,
    const struct advert *advert)
{
	size_t size = ip_size(packet->source.family);

	FUZZ_CHECK(advert->version == conf->version);
	FUZZ_CHECK(advert->length + (advert->trailer == NULL ? 0 :
	    HMAC_TRAILER) == packet->length);
	FUZZ_CHECK(advert->trailer == NULL || conf->hmac.keys.count > 0);
	FUZZ_CHECK(advert->trailer != NULL ||
	    conf->hmac.mode != HMAC_ENFORCE || conf->hmac.keys.count == 0);
	FUZZ_CHECK(packet->authenticated_header ==
	    (conf->auth_type == AUTH_AH));
	if (advert->trailer != NULL || conf->auth_type == AUTH_AH)
		advert_sequence(packet, advert);
	FUZZ_CHECK(advert->addresses == packet->message + VRRP_HEADER);
	FUZZ_CHECK(advert->length == VRRP_HEADER + advert->count * size +
	    (advert->version == 2 ? VRRP_AUTH_DATA : 0));
	FUZZ_CHECK(advert->interval_us > 0);
	FUZZ_CHECK(conf->unicast || packet->hop_limit == VRRP_TTL);
	FUZZ_CHECK(conf->unicast ||
	    ip_equal(&packet->destination, &conf->destination));
}

/* A packet for every one of the configurations. */
static void
wire_packet(struct cursor *input)
{
	const struct conf *conf = wire_conf();
	uint8_t how = cursor_u8(input);
	struct event event = { .kind = EVENT_FRAME,
	    .family = how & 1 ? 6 : 4, .protocol = how & 2 ? 51 : 112,
	    .hop_limit = how & 4 ? cursor_u8(input) : 255 };
	struct packet packet;
	struct advert advert;
	uint8_t *bytes;

	if (event.family == 6) {
		event.source = ip_from(6, (const uint8_t *)
		    "\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\x09");
		event.destination = conf->vrs[3].destination;
	}
	event.bytes = bytes = fuzz_take(input, cursor_left(input),
	    &event.length);
	if (packet_open(&event, &packet) == COUNTER_KINDS) {
		size_t at = (size_t)(packet.message - event.bytes);

		FUZZ_CHECK(packet.length >= VRRP_HEADER);
		FUZZ_CHECK(at + packet.length <= event.length);
		packet_vrid(&packet);
		if (how & 8)
			mend_checksum(bytes + at, &packet, how & 16);
		if (how & 32)
			wire_authenticate(&packet, bytes + at);
		for (uint16_t i = 0; i < conf->vr_count; i++) {
			if (advert_check(&conf->vrs[i], &packet, &advert) !=
			    COUNTER_KINDS)
				continue;
			check_accepted(&conf->vrs[i], &packet, &advert);
			if (conf->vrs[i].family == packet.source.family)
				advert_addresses_match(&conf->vrs[i], &advert);
		}
	}
	free(bytes);
}

/* An ARP frame, or the message of a neighbour advertisement. */
static void
wire_claim(struct cursor *input)
{
	uint8_t how = cursor_u8(input), mac[6] = { 0 };
	struct event event = { .kind = EVENT_NEIGHBOUR,
	    .family = how & 1 ? 6 : 4, .hop_limit = how & 2 ? 254 : 255 };
	struct ip ip = { .family = 0 };
	uint8_t *bytes = fuzz_take(input, cursor_left(input), &event.length);

	event.bytes = bytes;
	if (claim_decode(&event, &ip, mac)) {
		FUZZ_CHECK(ip.family == event.family);
		FUZZ_CHECK(event.family == 4 || event.hop_limit == 255);
	}
	free(bytes);
}

/* Fills a virtual router with what an input says. */
static void
wire_vr(struct cursor *input, bool authentic, struct conf_vr *vr,
    struct conf_address addresses[ADDRESSES_MAX])
{
	uint8_t how = cursor_u8(input);

	*vr = wire_conf()->vrs[authentic ? WIRE_PLAIN + how % 3 :
	    how % WIRE_PLAIN];
	vr->vrid = cursor_u8(input);
	vr->address_count = cursor_u8(input);
	if (vr->version == 3 && vr->address_count == 0)
		vr->address_count = 1;
	vr->interval_us = vr->version == 2 ?
	    (1 + cursor_u8(input) % 255U) * (uint32_t)SECOND_US :
	    (1 + cursor_u16(input) % INTERVAL_CS_MAX) * (uint32_t)CS_US;
	for (uint16_t i = 0; i < vr->address_count; i++) {
		uint8_t bytes[16] = { cursor_u8(input), cursor_u8(input),
		    [3] = (uint8_t)i };

		addresses[i] = (struct conf_address){ .ip = ip_from(vr->family,
		    bytes) };
	}
	vr->addresses = addresses;
}

/* One bit changes: it is refused, or it is the sum in its other form. */
static void
check_flipped(const struct conf_vr *vr, const struct packet *packet,
    uint8_t *message, size_t bit, bool plain)
{
	struct advert advert;
	enum counter counter;

	bit %= 8 * packet->length;
	message[bit / 8] ^= (uint8_t)(1 << bit % 8);
	counter = advert_check(vr, packet, &advert);
	FUZZ_CHECK(counter != COUNTER_KINDS || (vr->version == 3 &&
	    vr->family == 4 && (vr->unicast || advert.plain != plain)));
}

/* An advertisement of ours is accepted by our like, and says what it should. */
static void
wire_encode(struct cursor *input)
{
	static struct conf_address addresses[ADDRESSES_MAX];
	uint8_t message[MESSAGE_MAX], how = cursor_u8(input);
	uint8_t priority = cursor_u8(input);
	size_t bit = cursor_u16(input);
	struct conf_vr vr;
	struct packet packet = { .hop_limit = 255, .protocol = 112 };
	struct advert advert;
	bool plain = how & 1;
	uint8_t *copy;

	wire_vr(input, false, &vr, addresses);
	packet.source = vr.unicast ? vr.peers[0].ip : ip_from(vr.family,
	    (const uint8_t *)"\x0a\0\0\x63\0\0\0\0\0\0\0\0\0\0\0\x01");
	packet.destination = vr.unicast ? vr.peers[0].ip : vr.destination;
	if (vr.unicast)
		packet.hop_limit = 64;
	packet.length = advert_encode(&vr, priority, &packet.source,
	    &packet.destination, plain, message, sizeof(message));
	FUZZ_CHECK(packet.length > 0);
	packet.message = copy = fuzz_copy(message, packet.length);
	FUZZ_CHECK(advert_check(&vr, &packet, &advert) == COUNTER_KINDS);
	check_accepted(&vr, &packet, &advert);
	FUZZ_CHECK(advert.vrid == vr.vrid && advert.priority == priority);
	FUZZ_CHECK(advert.interval_us == vr.interval_us);
	FUZZ_CHECK(advert_addresses_match(&vr, &advert));
	check_flipped(&vr, &packet, copy, bit, advert.plain);
	free(copy);
}

/* Whether a bit may change on the way: routers change it, or no sum has it. */
static bool
is_mutable(const struct conf_vr *vr, size_t at)
{
	if (vr->family == 4 && vr->auth_type == AUTH_AH)
		return at == 1 || at == 6 || at == 7 || at == 10 || at == 11;
	return vr->family == 4 && (at < 8 || (at > 8 && at < 12) ||
	    (at > 15 && at < IP4_HEADER) || at == IP4_HEADER + 6 ||
	    at == IP4_HEADER + 7);
}

/*
 * An authentic advertisement is accepted, with the number that it was given;
 * with another bit it is not.
 */
static void
wire_authentic(struct cursor *input)
{
	static struct conf_address addresses[ADDRESSES_MAX];
	uint8_t whole[MESSAGE_MAX], *copy, priority = cursor_u8(input);
	uint64_t sequence = (uint64_t)cursor_u32(input) << 32;
	size_t bit = cursor_u16(input);
	struct conf_vr conf;
	struct vr vr = { .conf = &conf };
	struct event event = { .kind = EVENT_FRAME, .protocol = 112,
	    .hop_limit = 255 };
	struct packet packet;
	struct advert advert;

	sequence |= cursor_u32(input);
	wire_vr(input, true, &conf, addresses);
	event.family = conf.family;
	event.source = vr.source = ip_from(conf.family, (const uint8_t *)
	    "\x0a\0\0\x63\0\0\0\0\0\0\0\0\0\0\0\x01");
	event.destination = conf.destination;
	event.length = vr_encode(&vr, priority, &conf.destination, 255,
	    sequence, whole, sizeof(whole));
	FUZZ_CHECK(event.length > 0);
	event.bytes = copy = fuzz_copy(whole, event.length);
	FUZZ_CHECK(packet_open(&event, &packet) == COUNTER_KINDS);
	FUZZ_CHECK(advert_check(&conf, &packet, &advert) == COUNTER_KINDS);
	check_accepted(&conf, &packet, &advert);
	FUZZ_CHECK(advert_sequence(&packet, &advert) ==
	    (conf.auth_type == AUTH_AH ? (uint32_t)sequence : sequence));
	bit %= 8 * event.length;
	copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
	FUZZ_CHECK(is_mutable(&conf, bit / 8) ||
	    packet_open(&event, &packet) != COUNTER_KINDS ||
	    advert_check(&conf, &packet, &advert) != COUNTER_KINDS);
	free(copy);
}

/* What does not fit is not written at all. */
static void
check_short(const struct conf_vr *vr, size_t size)
{
	struct ip source = ip_from(vr->family, vr->destination.bytes);
	uint8_t *buffer = malloc(size > 0 ? size : 1);
	size_t length;

	FUZZ_CHECK(buffer != NULL);
	length = advert_encode(vr, 1, &source, &vr->destination, false, buffer,
	    size);
	FUZZ_CHECK(length <= size);
	free(buffer);
}

/* Our announcements are claims, of the address that they are for. */
static void
wire_announce(struct cursor *input)
{
	bool four = cursor_u8(input) & 1;
	size_t size = cursor_u8(input);
	uint8_t bytes[16] = { 0 }, mac[6], heard[6], *frame;
	struct ip ip, got;
	struct event event = { .kind = EVENT_NEIGHBOUR,
	    .family = four ? 4 : 6, .hop_limit = 255 };
	size_t length;

	check_short(&wire_conf()->vrs[size % WIRE_PLAIN], size);
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = cursor_u8(input);
	for (size_t i = 0; i < sizeof(mac); i++)
		mac[i] = cursor_u8(input) & 0xfe;
	ip = ip_from(event.family, bytes);
	frame = malloc(size + 1);
	FUZZ_CHECK(frame != NULL);
	length = four ? garp_encode(&ip, mac, frame, size) :
	    unsolicited_na_encode(&ip, mac, frame, size);
	FUZZ_CHECK(length == (size < (four ? GARP_FRAME : NA_FRAME) ? 0 :
	    four ? GARP_FRAME : NA_FRAME));
	event.bytes = four ? frame : frame + NA_FRAME - NA_LENGTH;
	event.length = four ? length : NA_LENGTH;
	if (length > 0 && claim_decode(&event, &got, heard))
		FUZZ_CHECK(ip_equal(&ip, &got) && memcmp(mac, heard, 6) == 0);
	free(frame);
}

/*
 * A control packet.  One that is accepted is sent on, by IPv4 or IPv6, and is
 * the same when it comes again.
 */
static void
wire_bfd(struct cursor *input)
{
	static struct conf_bfd conf = { .hop_limit = 255, .neighbor = {
	    .family = 4 } };
	bool six = cursor_u8(input) & 1;
	struct ip source = { .family = six ? 6 : 4 };
	struct bfd_packet packet, again;
	uint8_t out[IP4_HEADER + BFD_DATAGRAM];
	size_t length, head = six ? UDP_HEADER : IP4_HEADER + UDP_HEADER;
	uint8_t *bytes = fuzz_take(input, cursor_left(input), &length);

	if (bfd_decode(bytes, length, &packet) == BFD_TAKEN) {
		FUZZ_CHECK(length >= BFD_LENGTH && bytes[3] <= length);
		FUZZ_CHECK(packet.mine != 0 && packet.multiplier > 0);
		FUZZ_CHECK(packet.yours != 0 || packet.state <= BFD_DOWN);
		packet.flags &= (uint8_t)~BFD_AUTHENTICATED;
		conf.neighbor.family = source.family;
		conf.multihop = bytes[2] & 1;
		FUZZ_CHECK(bfd_encode(&conf, &source, &packet, out,
		    sizeof(out)) == head + BFD_LENGTH);
		FUZZ_CHECK(bfd_decode(out + head, BFD_LENGTH, &again) ==
		    BFD_TAKEN);
		FUZZ_CHECK(memcmp(&packet, &again, sizeof(again)) == 0);
	}
	free(bytes);
}

static void
fuzz_wire(const uint8_t *bytes, size_t length)
{
	static void (*const kinds[])(struct cursor *) = {
		wire_packet, wire_claim, wire_encode, wire_announce
	};
	struct cursor input = cursor_over(bytes, length);
	uint8_t kind = cursor_u8(&input);

	if (kind >= 0xf0)
		wire_authentic(&input);
	else if (kind >= 0xe0)
		wire_bfd(&input);
	else
		kinds[kind % COUNT_OF(kinds)](&input);
}

FUZZER(wire)
