/* SPDX-License-Identifier: ISC */
/*
 * Goal: who asks `vrrpd scan' is told what is wrong between the routers of a
 * link, and which VRIDs are free, and nothing of what is no VRRP.
 * Method: packets as a link gives them, one of them sound, the others spoilt in
 * one place; the judgement is compared word by word.
 */
#define main vrrpd_main
static int main(int, char **);	/* unused */
#include "../vrrpd.c"
#undef main

#include "check.h"
#include "ip.h"

static struct sight_result result;
static struct conf_address address = { .ip = { { 10, 0, 0, 100 }, 4 } };
static struct conf_vr conf;

/* What conf makes of an advertisement from 10.0.0.HOST is heard. */
static void
hear(uint8_t host, uint8_t priority, uint8_t ttl, bool plain, uint8_t spoilt,
    size_t cut)
{
	uint8_t packet[128] = { [0] = 0x45, [8] = ttl, [9] = 112,
	    [12] = 10, [15] = host, [16] = 224, [19] = 18 };
	struct ip source = ip_from(4, packet + 12);
	struct ip group = ip_from(4, packet + 16);
	size_t length = 20 + advert_encode(&conf, priority, &source, &group,
	    plain, packet + 20, sizeof(packet) - 20);

	CHECK(length > 20);
	packet[3] = (uint8_t)(length - cut);
	packet[27] ^= spoilt;
	sight_packet(&result, packet, length - cut,
	    (const uint8_t *)"\2mac56");
}

/* What is said of all that was heard since the last time. */
static void
judged(const char *want)
{
	static char got[4096];
	struct text t = text_over(got, sizeof(got));

	sight_judge(&t, &result);
	CHECK_STR(text_end(&t), want);
	memset(&result, 0, sizeof(result));
	conf = (struct conf_vr){ .family = 4, .vrid = 51, .version = 3,
	    .interval_us = SECOND_US, .addresses = &address,
	    .address_count = 1 };
}

int
main(void)
{
	judged("free VRIDs: 1-255\n");

	hear(1, 150, 255, false, 0, 0);
	hear(1, 150, 255, false, 0, 0);
	CHECK_INT(result.count, 1);
	CHECK_INT(result.routers[0].heard, 2);
	CHECK_STR(result.routers[0].checksum, "pseudo");
	CHECK_STR(sighted_auth(&result.routers[0]), "none");
	judged("free VRIDs: 1-50 52-255\n");

	hear(1, 150, 255, true, 0, 0);
	CHECK_STR(result.routers[0].checksum, "plain");
	conf.vrid = 53;
	hear(1, 150, 64, false, 1, 0);
	CHECK_STR(result.routers[1].checksum, "BAD");
	judged("VRID 53: 10.0.0.1 sends with TTL 64: others refuse it\n"
	    "VRID 53: 10.0.0.1 sends a wrong checksum\n"
	    "free VRIDs: 1-50 52 54-255\n");

	hear(1, 150, 255, false, 0, 0);		/* whole, and cut twice */
	hear(1, 150, 255, false, 0, 4);
	hear(1, 150, 255, false, 0, 14);
	CHECK_INT(result.count, 1);
	judged("2 packets of VRRP were cut or malformed\n"
	    "free VRIDs: 1-50 52-255\n");

	hear(1, 150, 255, false, 0, 0);
	hear(2, 0, 255, false, 0, 0);		/* who has left disagrees not */
	hear(3, 150, 255, false, 0, 0);
	judged("VRID 51: 10.0.0.1 and 10.0.0.3 are both MASTER\n"
	    "free VRIDs: 1-50 52-255\n");

	hear(1, 150, 255, false, 0, 0);
	conf.version = 2;
	conf.interval_us = 2 * SECOND_US;
	conf.auth_type = AUTH_PASS;
	address.ip.bytes[3] = 101;
	hear(2, 150, 255, false, 0, 0);
	CHECK_STR(result.routers[1].checksum, "good");
	CHECK_STR(sighted_auth(&result.routers[1]), "PASS");
	judged("VRID 51: 10.0.0.1 and 10.0.0.2 are both MASTER\n"
	    "VRID 51: 10.0.0.1 and 10.0.0.2 have other addresses: strangers "
	    "with one VRID?\n"
	    "VRID 51: 10.0.0.1 and 10.0.0.2 have other versions\n"
	    "VRID 51: 10.0.0.1 and 10.0.0.2 have other intervals\n"
	    "free VRIDs: 1-50 52-255\n");

	/* more routers than there is room for: the first ones are kept */
	for (unsigned i = 0; i <= SIGHTED_MAX; i++) {
		conf.vrid = (uint8_t)(1 + i % 255);
		hear((uint8_t)(i / 255), 0, 255, false, 0, 0);
	}
	CHECK_INT(result.count, SIGHTED_MAX);
	return check_end("sight");
}
