/* SPDX-License-Identifier: ISC */
/*
 * peer.c: another router, which falls silent now and then.
 *
 *	peer VRIDS INTERVAL_MS SPEAK SILENT_MS ROUNDS INTERFACE...
 *
 * In each round it speaks SPEAK times, every INTERVAL_MS: one version 3
 * advertisement, priority 200, for each of VRIDS virtual routers on each
 * INTERFACE, all in one burst.  The second burst also claims their addresses
 * by gratuitous ARP for a MAC that nobody has, so that clients look for them
 * where nobody is.  SILENT_MS after the last burst the next round begins.
 *
 * On the interface that stands at place K from 0, the router is 10.K.0.2 and
 * the address of virtual router V is 10.K.1.V.
 */
#include <sys/socket.h>
#include <arpa/inet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netpacket/packet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SECOND_NS	1000000000LL
#define MS_NS		1000000LL
#define BATCH		256
#define ADVERT		46		/* 14 + 20 + 12 bytes */
#define GARP		42

struct plan {
	int		vrids, interfaces;
	long		interval_ms;
	char		**names;
};

static const uint8_t nobody[6] = { 0x02, 0, 0, 0, 0, 0x99 };

/* The one's complement sum of 16-bit words, on top of another. */
static uint16_t
internet_sum(uint32_t sum, const uint8_t *bytes, int length)
{
	for (int i = 0; i < length; i += 2)
		sum += (uint32_t)(bytes[i] << 8 | bytes[i + 1]);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

static void
put_16(uint8_t *at, unsigned int value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

/* An advertisement in its Ethernet frame (RFC 9568 5.1, 5.2). */
static void
make_advert(uint8_t *frame, int k, int vrid, long interval_ms)
{
	static const uint8_t ethernet[14] = { 0x01, 0x00, 0x5e, 0x00, 0x00,
	    0x12, 0x02, 0, 0, 0, 0, 0x02, 0x08, 0x00 };
	uint8_t ip[20] = { 0x45, 0xc0, 0, 32, 0, 0, 0, 0, 255, 112, 0, 0,
	    10, (uint8_t)k, 0, 2, 224, 0, 0, 18 };
	uint8_t message[12] = { 0x31, (uint8_t)vrid, 200, 1, 0, 0, 0, 0,
	    10, (uint8_t)k, 1, (uint8_t)vrid };

	put_16(message + 4, (unsigned int)(interval_ms / 10));
	/* The pseudo-header: both addresses, protocol, length. */
	put_16(message + 6, 0xffffU - internet_sum(internet_sum(112 + 12,
	    ip + 12, 8), message, 12));
	put_16(ip + 10, 0xffffU - internet_sum(0, ip, 20));
	memcpy(frame, ethernet, 14);
	memcpy(frame + 14, ip, 20);
	memcpy(frame + 34, message, 12);
}

/* A gratuitous ARP that leads astray. */
static void
make_garp(uint8_t *frame, int k, int vrid)
{
	uint8_t body[30] = { 0x08, 0x06, 0, 1, 0x08, 0x00, 6, 4, 0, 1,
	    [16] = 10, (uint8_t)k, 1, (uint8_t)vrid,
	    [26] = 10, (uint8_t)k, 1, (uint8_t)vrid };

	memset(frame, 0xff, 6);
	memcpy(frame + 6, nobody, 6);
	memcpy(body + 10, nobody, 6);
	memcpy(frame + 12, body, 30);
}

/* One frame for every virtual router of one interface. */
static void
send_all(int fd, const struct plan *plan, int k, int length)
{
	static uint8_t frames[BATCH][ADVERT];
	struct sockaddr_ll to = { .sll_family = AF_PACKET };
	struct iovec parts[BATCH];
	struct mmsghdr m[BATCH];
	int done = 0, n;

	to.sll_ifindex = (int)if_nametoindex(plan->names[k]);
	memset(m, 0, sizeof(m));
	for (int i = 0; i < plan->vrids; i++) {
		if (length == ADVERT)
			make_advert(frames[i], k, i + 1, plan->interval_ms);
		else
			make_garp(frames[i], k, i + 1);
		parts[i].iov_base = frames[i];
		parts[i].iov_len = (size_t)length;
		m[i].msg_hdr.msg_iov = &parts[i];
		m[i].msg_hdr.msg_iovlen = 1;
		m[i].msg_hdr.msg_name = &to;
		m[i].msg_hdr.msg_namelen = sizeof(to);
	}
	while (done < plan->vrids) {
		n = sendmmsg(fd, m + done, (unsigned int)(plan->vrids - done),
		    0);
		if (n <= 0) {
			perror("sendmmsg");
			exit(1);
		}
		done += n;
	}
}

static void
sleep_until(int64_t moment)
{
	struct timespec t = { moment / SECOND_NS, moment % SECOND_NS };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) != 0)
		;
}

static void
play_round(int fd, const struct plan *plan, int64_t start, long speak)
{
	for (long i = 0; i < speak; i++) {
		sleep_until(start + i * plan->interval_ms * MS_NS);
		for (int k = 0; k < plan->interfaces; k++)
			send_all(fd, plan, k, ADVERT);
		for (int k = 0; i == 1 && k < plan->interfaces; k++)
			send_all(fd, plan, k, GARP);
	}
}

int
main(int argc, char **argv)
{
	struct timespec t;
	struct plan plan;
	long speak, silent_ms, rounds;
	int64_t start;
	int fd;

	if (argc < 7) {
		fprintf(stderr, "usage: peer VRIDS INTERVAL_MS SPEAK SILENT_MS "
		    "ROUNDS INTERFACE...\n");
		return 1;
	}
	plan.vrids = atoi(argv[1]);
	plan.interval_ms = atol(argv[2]);
	speak = atol(argv[3]);
	silent_ms = atol(argv[4]);
	rounds = atol(argv[5]);
	plan.names = argv + 6;
	plan.interfaces = argc - 6;
	fd = socket(AF_PACKET, SOCK_RAW, 0);
	if (fd < 0 || plan.vrids < 1 || plan.vrids > 255) {
		perror("peer");
		return 1;
	}
	clock_gettime(CLOCK_MONOTONIC, &t);
	start = t.tv_sec * SECOND_NS + t.tv_nsec;
	while (rounds-- > 0) {
		play_round(fd, &plan, start, speak);
		start += ((speak - 1) * plan.interval_ms + silent_ms) * MS_NS;
		sleep_until(start);
	}
	return 0;
}
