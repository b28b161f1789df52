/* SPDX-License-Identifier: ISC */
/*
 * Received packets through a whole daemon: VRRP over IPv4 and IPv6, protocol
 * 51, ARP frames and neighbour advertisements, BFD, one after the other, with
 * time between them.  A packet that is refused changes counters, nothing else.
 *
 * Each begins with a byte that says what it is and one with its length; that
 * byte may ask for the right checksum, without which little would be accepted.
 */
#include "fuzz_lab.h"
#include "ip.h"

#define FRAME_END	(1030 * SECOND_US)	/* no input waits beyond */

static const char frame_text[] =
    "bfd_instance near {\n neighbor_ip 10.0.0.9\n}\n"
    "bfd_instance far {\n neighbor_ip 2001:db8::9\n multihop\n passive\n"
    " multiplier 1\n}\n"
    "vrrp_instance a {\n interface eth0\n virtual_router_id 1\n"
    " virtual_ipaddress {\n 10.0.0.1/24\n 10.0.0.2/24\n }\n}\n"
    "vrrp_instance b {\n interface eth0\n virtual_router_id 2\n"
    " preempt_delay 3\n authentication {\n auth_pass secret\n }\n"
    " track_bfd {\n near\n far weight 5\n }\n"
    " virtual_ipaddress {\n 10.0.0.3/24\n }\n}\n"
    "vrrp_instance c {\n interface eth0\n virtual_router_id 3\n version 3\n"
    " advert_int 0.5\n virtual_ipaddress {\n 10.0.0.4/24\n }\n}\n"
    "vrrp_instance d {\n interface eth0\n virtual_router_id 4\n version 3\n"
    " virtual_ipaddress {\n fe80::1/64\n 2001:db8::1/64\n }\n}\n"
    "vrrp_instance e {\n interface eth0\n virtual_router_id 5\n version 3\n"
    " unicast_peer {\n 10.0.0.8\n 10.0.0.9\n }\n"
    " virtual_ipaddress {\n 10.0.0.5/24\n }\n}\n"
    "vrrp_instance f {\n interface eth1\n virtual_router_id 1\n strict\n"
    " priority 255\n virtual_ipaddress {\n 10.0.1.1/24\n }\n}\n"
    "vrrp_instance g {\n interface eth1\n virtual_router_id 2\n version 3\n"
    " nopreempt\n virtual_ipaddress {\n 10.0.1.2/24\n }\n}\n"
    "vrrp_instance h {\n interface eth0\n virtual_router_id 6\n"
    " authentication {\n auth_type AH\n auth_pass 01234567\n }\n"
    " virtual_ipaddress {\n 10.0.0.6/24\n }\n}\n"
    "vrrp_instance i {\n interface eth0\n virtual_router_id 7\n version 3\n"
    " auth_hmac {\n key 1 " FUZZ_KEY "\n active_key 1\n }\n"
    " virtual_ipaddress {\n 10.0.0.7/24\n }\n}\n"
    "vrrp_instance j {\n interface eth1\n virtual_router_id 7\n"
    " auth_hmac {\n key 1 " FUZZ_KEY "\n active_key 1\n mode permissive\n"
    " anti_replay monotonic\n }\n virtual_ipaddress {\n fe80::7/64\n }\n"
    "}\n";

/* Whether a message is just as long as one with a trailer. */
static bool
frame_has_trailer(const struct packet *packet)
{
	struct advert advert;

	advert_decode(packet, &advert);
	return advert.trailer != NULL;
}

/*
 * Puts the right checksum into a copy of a VRRP packet, and makes one authentic
 * that has an AH, or whose length has room for a trailer.
 */
static void
frame_mend(const struct event *event, uint8_t *bytes)
{
	struct packet packet;
	uint8_t *message;

	if (packet_open(event, &packet) != COUNTER_KINDS)
		return;
	message = bytes + (packet.message - event->bytes);
	memset(message + VRRP_CHECKSUM, 0, 2);
	if (frame_has_trailer(&packet)) {
		fuzz_authenticate(&packet, message);
		packet.length -= packet.source.family == 4 ? HMAC_TRAILER : 0;
	}
	checksum_store(message + VRRP_CHECKSUM, advert_sum(message[0] >> 4,
	    false, &packet.source, &packet.destination, message,
	    packet.length));
	if (packet.authenticated_header)
		fuzz_authenticate(&packet, message);
}

/* One packet, as the bits of `how` say. */
static void
frame_feed(struct lab *l, struct cursor *input, uint8_t how)
{
	static const uint8_t group[16] = { 0xff, 2, [15] = 0x12 };
	static const uint8_t peer[16] = { 0xfe, 0x80, [15] = 9 };
	struct event event = {
		.kind = how & 1 ? EVENT_NEIGHBOUR : EVENT_FRAME,
		.family = how & 2 ? 6 : 4, .ifindex = how & 4 ? 3 : 2,
		.protocol = how & 8 ? 51 : 112, .hop_limit = 255,
		.source = ip_from(6, peer), .destination = ip_from(6, group)
	};
	uint8_t *bytes = fuzz_take(input, cursor_u8(input), &event.length);

	event.bytes = bytes;
	if ((how & 0x11) == 0x10)
		frame_mend(&event, bytes);
	lab_feed(l, &event);
	free(bytes);
}

/*
 * A control packet of BFD from the neighbour of a session, its bytes behind a
 * version and a length that are right; how: which one, and whether it knows us.
 */
static void
frame_bfd(struct lab *l, struct cursor *input, uint8_t how)
{
	const struct bfd *b = &l->d->bfds[how & 1];
	uint8_t packet[BFD_LENGTH] = { 0x20, cursor_u8(input),
	    cursor_u8(input), BFD_LENGTH };
	struct packer p = packer_over(packet + 8, 4);
	struct event event = { .kind = EVENT_BFD, .bytes = packet,
	    .family = b->conf->neighbor.family, .length = sizeof(packet),
	    .hop_limit = how & 4 ? 254 : 255, .index = b->conf->multihop,
	    .source = b->conf->neighbor };

	for (size_t i = 4; i < sizeof(packet); i += 3)
		packet[i] = cursor_u8(input);
	if (how & 2)
		packer_u32(&p, b->mine);
	lab_feed(l, &event);
}

static void
fuzz_frame(const uint8_t *bytes, size_t length)
{
	static struct fuzz_conf fc;
	static struct lab_saved saved[4];
	static struct lab l;
	static struct sight_result sights;
	struct cursor input = cursor_over(bytes, length);
	uint8_t how;

	sights.count = 0;
	sight_packet(&sights, bytes, length, (const uint8_t *)"\2mac56");

	if (fc.conf == NULL)
		fuzz_good_text(&fc, frame_text);
	how = cursor_u8(&input) & 3;
	if (saved[how].lab == NULL) {
		lab_start(&l, fc.conf, 1000 * SECOND_US);
		l.wall_us = how & 2 ? CLOCK_SET_US : 0;
		lab_dump(&l);
		lab_run(&l, how & 1 ? 10 * SECOND_US : 0);
		lab_save(&saved[how], &l);
	}
	lab_restore(&l, &saved[how]);
	while (cursor_left(&input) > 0) {
		how = cursor_u8(&input);
		if ((how & 0xe0) == 0xe0)
			lab_wait(&l, (how & 0x1f) * 64 * MS_US, FRAME_END);
		else if ((how & 0xe0) == 0xc0)
			frame_bfd(&l, &input, how);
		else
			frame_feed(&l, &input, how);
	}
	lab_run(&l, 5 * SECOND_US);
	lab_stop(&l);
}

FUZZER(frame)
