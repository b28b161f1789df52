/* SPDX-License-Identifier: ISC */
/*
 * tap.c: when what went over the wire.
 *
 *	tap record FILE			appends a line for each frame that any
 *					interface here sees, until SIGTERM
 *	tap exec FILE PROGRAM [ARG...]	appends a line and becomes PROGRAM
 *
 * Every line begins with the time of day in seconds, to a nanosecond, which for
 * frames is the kernel's time stamp; they are read much later, so as not to
 * disturb what is measured.
 *
 *	TIME advert IFINDEX SOURCE VRID PRIORITY
 *	TIME garp IFINDEX ADDRESS MAC	gratuitous ARP
 *	TIME answer IFINDEX ADDRESS	of echo.c, the first after QUIET_NS
 *	TIME lost NUMBER		frames that did not fit, before the end
 *	TIME exec
 */
#include <sys/socket.h>
#include <arpa/inet.h>
#include <net/ethernet.h>
#include <netpacket/packet.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SECOND_NS	1000000000LL
#define QUIET_NS	(SECOND_NS / 200)
#define NAP_NS		(SECOND_NS / 20)
#define BUFFER		(64 << 20)
#define BATCH		64
#define SNAP		64		/* bytes of a frame that we look at */
#define ECHO_PORT	7007		/* of echo.c */

/* linux/filter.h and what else of the kernel's headers is not the libc's. */
struct instruction {
	uint16_t	code;
	uint8_t		yes, no;	/* how many to leave out */
	uint32_t	k;
};
struct program {
	uint16_t	length;
	const struct instruction *start;
};
enum { LOAD_16 = 0x28, LOAD_8 = 0x30, IF_EQUAL = 0x15, RETURN = 0x06 };
#define PACKET_STATISTICS_	6

/* Without options in the IP header, as VRRP and our client send it. */
static const struct instruction filter[] = {
	{ LOAD_16, 0, 0, 12 },			/* EtherType */
	{ IF_EQUAL, 6, 0, ETHERTYPE_ARP },
	{ IF_EQUAL, 0, 4, ETHERTYPE_IP },
	{ LOAD_8, 0, 0, 23 },			/* protocol */
	{ IF_EQUAL, 3, 0, 112 },
	{ LOAD_16, 0, 0, 34 },			/* UDP's source port */
	{ IF_EQUAL, 1, 0, ECHO_PORT },
	{ RETURN, 0, 0, 0 },
	{ RETURN, 0, 0, SNAP },
};

static volatile sig_atomic_t stopped;

static void
stop(int number)
{
	(void)number;
	stopped = 1;
}

static void
die(const char *what)
{
	perror(what);
	exit(1);
}

static int64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec * SECOND_NS + t.tv_nsec;
}

static void
line_start(FILE *out, int64_t at)
{
	fprintf(out, "%lld.%09lld ", (long long)(at / SECOND_NS),
	    (long long)(at % SECOND_NS));
}

/* Four bytes as an IPv4 address. */
static const char *
dotted(const uint8_t *bytes)
{
	static char text[INET_ADDRSTRLEN];

	return inet_ntop(AF_INET, bytes, text, sizeof(text));
}

static void
tell_arp(FILE *out, int64_t at, int ifindex, const uint8_t *frame)
{
	const uint8_t *mac = frame + 22, *sender = frame + 28;

	if (memcmp(sender, frame + 38, 4) != 0)
		return;
	line_start(out, at);
	fprintf(out, "garp %d %s %02x:%02x:%02x:%02x:%02x:%02x\n", ifindex,
	    dotted(sender), mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
}

static void
tell_frame(FILE *out, int64_t at, int ifindex, const uint8_t *frame)
{
	static int64_t last_answer;

	if (frame[12] == 0x08 && frame[13] == 0x06) {
		tell_arp(out, at, ifindex, frame);
	} else if (frame[23] == 112) {
		line_start(out, at);
		fprintf(out, "advert %d %s %d %d\n", ifindex,
		    dotted(frame + 26), frame[35], frame[36]);
	} else {
		if (at - last_answer > QUIET_NS) {
			line_start(out, at);
			fprintf(out, "answer %d %s\n", ifindex,
			    dotted(frame + 26));
		}
		last_answer = at;
	}
}

/* Reads all frames that wait. */
static void
drain(FILE *out, int fd)
{
	static uint8_t frames[BATCH][SNAP];
	static uint64_t controls[BATCH][8];	/* aligned for cmsghdr */
	struct sockaddr_ll from[BATCH];
	struct iovec parts[BATCH];
	struct mmsghdr m[BATCH];
	struct timespec stamp;
	int n;

	do {
		memset(m, 0, sizeof(m));
		for (int i = 0; i < BATCH; i++) {
			parts[i].iov_base = frames[i];
			parts[i].iov_len = SNAP;
			m[i].msg_hdr.msg_iov = &parts[i];
			m[i].msg_hdr.msg_iovlen = 1;
			m[i].msg_hdr.msg_name = &from[i];
			m[i].msg_hdr.msg_namelen = sizeof(from[i]);
			m[i].msg_hdr.msg_control = controls[i];
			m[i].msg_hdr.msg_controllen = sizeof(controls[i]);
		}
		n = recvmmsg(fd, m, BATCH, MSG_DONTWAIT, NULL);
		for (int i = 0; i < n; i++) {
			if (m[i].msg_len < 42 ||
			    CMSG_FIRSTHDR(&m[i].msg_hdr) == NULL)
				continue;
			memcpy(&stamp, CMSG_DATA(CMSG_FIRSTHDR(&m[i].msg_hdr)),
			    sizeof(stamp));
			tell_frame(out, stamp.tv_sec * SECOND_NS +
			    stamp.tv_nsec, from[i].sll_ifindex, frames[i]);
		}
	} while (n == BATCH);
	fflush(out);
}

static void
record(FILE *out)
{
	struct program program = { sizeof(filter) / sizeof(filter[0]), filter };
	struct timespec nap = { 0, NAP_NS };
	uint32_t statistics[2];
	socklen_t size = sizeof(statistics);
	int fd, on = 1, buffer = BUFFER;

	/* Protocol 0: nothing comes in before the filter stands. */
	fd = socket(AF_PACKET, SOCK_RAW, 0);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program,
	    sizeof(program)) < 0 || setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS,
	    &on, sizeof(on)) < 0)
		die("packet socket");
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &buffer,
	    sizeof(buffer)) < 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof(buffer));
	if (bind(fd, (struct sockaddr *)&(struct sockaddr_ll){
	    .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL) },
	    sizeof(struct sockaddr_ll)) < 0)
		die("bind");
	signal(SIGTERM, stop);
	while (!stopped) {
		drain(out, fd);
		nanosleep(&nap, NULL);
	}
	drain(out, fd);
	if (getsockopt(fd, SOL_PACKET, PACKET_STATISTICS_, statistics,
	    &size) == 0 && statistics[1] > 0) {
		line_start(out, now_ns());
		fprintf(out, "lost %u\n", statistics[1]);
	}
}

int
main(int argc, char **argv)
{
	FILE *out = argc > 2 ? fopen(argv[2], "ae") : NULL;

	if (argc == 3 && out != NULL && strcmp(argv[1], "record") == 0) {
		record(out);
		return fclose(out) != 0;
	}
	if (argc > 3 && out != NULL && strcmp(argv[1], "exec") == 0) {
		line_start(out, now_ns());
		fputs("exec\n", out);
		fflush(out);
		execvp(argv[3], argv + 3);
		die(argv[3]);
	}
	fprintf(stderr, "usage: tap record FILE\n"
	    "       tap exec FILE PROGRAM [ARG...]\n");
	return 1;
}
