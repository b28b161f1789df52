/* SPDX-License-Identifier: ISC */
/*
 * echo.c: a server and its client, who notices when nobody answers.
 *
 *	echo serve ADDRESS NAME		answers every question from ADDRESS,
 *					which need not exist yet, as NAME
 *	echo ask ADDRESS INTERVAL_US	asks ADDRESS and tells, see below
 *
 * The questions are UDP datagrams.  The asking socket is connected: what does
 * not come from ADDRESS itself, errors too, is no answer.  The longest wait is
 * the most that an answer let the client wait, counted from the first question
 * that had gone unanswered: a lost address shows as long as it is lost, a late
 * turn of the client's own does not show at all.
 *
 * On standard output, each with seconds since the start before it:
 *
 *	client NAME answers after MS	at first, after a silence, or another
 *	client nobody answers		for SILENCE_NS
 *	WHO TEXT			a line of standard input, as it came
 *	wait MS BOUND_MS TEXT		after "wait BOUND_MS TEXT" was read
 *
 * The last tells the longest wait since the last such line.  After a line
 * "end", or at the end of standard input, it ends; status 1 if a wait was
 * longer than its bound, where 0 is none.
 */
#include <sys/prctl.h>
#include <sys/socket.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PORT		7007
#define SECOND_NS	1000000000LL
#define SILENCE_NS	(SECOND_NS / 10)
#define RING		(1U << 20)	/* questions whose time is remembered */
#define NAME_SIZE	16

/* A question; the answer is the same with the name filled in. */
struct question {
	uint32_t	number;
	char		name[NAME_SIZE];
};

struct client {
	int64_t		start;
	int64_t		asked[RING];	/* when each question was asked */
	uint32_t	last_asked, last_answered;	/* from 1; 0: none */
	int64_t		waiting_since;	/* 0: every question is answered */
	int64_t		heard;		/* when the last answer came */
	int64_t		longest;
	char		name[NAME_SIZE];	/* who answers; empty: nobody */
	char		input[4096];
	size_t		input_length;
	bool		broken;		/* a bound */
};

/* The time of day, on which the kernel's time stamps count, in ns. */
static int64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec * SECOND_NS + t.tv_nsec;
}

static void
die(const char *what)
{
	perror(what);
	exit(2);
}

/* A socket of UDP; address and port are filled in. */
static int
udp_socket(const char *address, struct sockaddr_in *to)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	memset(to, 0, sizeof(*to));
	to->sin_family = AF_INET;
	to->sin_port = htons(PORT);
	if (fd < 0 || inet_pton(AF_INET, address, &to->sin_addr) != 1)
		die(address);
	return fd;
}

static void
serve(const char *address, const char *name)
{
	struct sockaddr_in here, from;
	struct question q;
	int fd = udp_socket(address, &here), on = 1;

	setsockopt(fd, IPPROTO_IP, IP_FREEBIND, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&here, sizeof(here)) < 0)
		die("bind");
	for (;;) {
		socklen_t size = sizeof(from);

		if (recvfrom(fd, &q, sizeof(q), 0, (struct sockaddr *)&from,
		    &size) != sizeof(q))
			continue;
		snprintf(q.name, sizeof(q.name), "%s", name);
		sendto(fd, &q, sizeof(q), 0, (struct sockaddr *)&from, size);
	}
}

/* Begins a line that happened at a moment. */
static void
tell(const struct client *c, int64_t at)
{
	printf("%.6f ", (double)(at - c->start) / 1e9);
}

/* Takes a wait into account that ended, or has not ended, at a moment. */
static void
waited(struct client *c, int64_t until)
{
	if (c->waiting_since > 0 && until - c->waiting_since > c->longest)
		c->longest = until - c->waiting_since;
}

static void
ask(struct client *c, int fd)
{
	struct question q = { .number = c->last_asked + 1 };
	int64_t now = now_ns();

	c->last_asked = q.number;
	c->asked[q.number % RING] = now;
	if (c->waiting_since == 0)
		c->waiting_since = now;
	send(fd, &q, sizeof(q), 0);	/* one that is lost goes unanswered */
	if (c->name[0] && now - c->heard > SILENCE_NS) {
		tell(c, now);
		printf("client nobody answers\n");
		c->name[0] = '\0';
	}
}

/* An answer came in at a moment, as the kernel saw it. */
static void
answered(struct client *c, const struct question *q, int64_t at)
{
	int64_t since = c->waiting_since;

	if (q->number <= c->last_answered || q->number > c->last_asked)
		return;
	waited(c, at);
	c->heard = at;
	c->last_answered = q->number;
	c->waiting_since = q->number == c->last_asked ? 0 :
	    c->asked[(q->number + 1) % RING];
	if (strncmp(c->name, q->name, sizeof(c->name)) != 0) {
		snprintf(c->name, sizeof(c->name), "%.*s", NAME_SIZE - 1,
		    q->name);
		tell(c, at);
		printf("client %s answers after %.3f ms\n", c->name,
		    (double)(at - since) / 1e6);
	}
}

/* Reads one answer, or one error; false when there is none. */
static bool
hear(struct client *c, int fd)
{
	struct question q;
	struct iovec part = { &q, sizeof(q) };
	uint64_t control[8];		/* aligned for cmsghdr */
	struct msghdr m = { .msg_iov = &part, .msg_iovlen = 1,
	    .msg_control = control, .msg_controllen = sizeof(control) };
	struct cmsghdr *head;
	struct timespec stamp;
	ssize_t n = recvmsg(fd, &m, MSG_DONTWAIT);

	if (n != sizeof(q))
		return false;
	head = CMSG_FIRSTHDR(&m);
	if (head == NULL || head->cmsg_type != SO_TIMESTAMPNS)
		return true;
	memcpy(&stamp, CMSG_DATA(head), sizeof(stamp));
	answered(c, &q, stamp.tv_sec * SECOND_NS + stamp.tv_nsec);
	return true;
}

/*
 * A line of standard input: passed on, or the order to tell the wait, or to
 * end: false.
 */
static bool
take_line(struct client *c, char *line)
{
	int64_t now = now_ns();
	char *text;
	double bound;

	if (strcmp(line, "end") == 0)
		return false;
	tell(c, now);
	if (strncmp(line, "wait ", 5) != 0) {
		printf("%s\n", line);
		return true;
	}
	waited(c, now);
	bound = strtod(line + 5, &text);
	printf("wait %.3f %g%s\n", (double)c->longest / 1e6, bound, text);
	if (bound > 0 && (double)c->longest / 1e6 > bound)
		c->broken = true;
	c->longest = 0;
	return true;
}

/* Reads lines of standard input; false at its end. */
static bool
take_input(struct client *c)
{
	ssize_t n = read(0, c->input + c->input_length,
	    sizeof(c->input) - c->input_length);
	char *end;

	if (n <= 0)
		return false;
	c->input_length += (size_t)n;
	while ((end = memchr(c->input, '\n', c->input_length)) != NULL) {
		*end++ = '\0';
		if (!take_line(c, c->input))
			return false;
		c->input_length -= (size_t)(end - c->input);
		memmove(c->input, end, c->input_length);
	}
	if (c->input_length == sizeof(c->input))
		c->input_length = 0;
	return true;
}

static int
ask_and_tell(const char *address, int64_t interval_ns)
{
	static struct client c;
	struct sockaddr_in there;
	int fd = udp_socket(address, &there), on = 1;
	struct pollfd wait[] = { { fd, POLLIN, 0 }, { 0, POLLIN, 0 } };
	int64_t due;

	if (connect(fd, (struct sockaddr *)&there, sizeof(there)) < 0)
		die("connect");
	if (setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)) < 0)
		die("SO_TIMESTAMPNS");
	prctl(PR_SET_TIMERSLACK, 1);
	c.start = due = now_ns();
	for (;;) {
		int64_t left = due - now_ns();
		struct timespec t = { 0, 0 };

		if (left > 0)
			t.tv_nsec = (long)left;
		if (ppoll(wait, 2, &t, NULL) < 0)
			die("ppoll");
		while (hear(&c, fd))
			;
		if (wait[1].revents != 0 && !take_input(&c))
			return c.broken;
		if (now_ns() >= due) {
			ask(&c, fd);
			due += interval_ns;
			if (due < now_ns())
				due = now_ns();
		}
	}
}

int
main(int argc, char **argv)
{
	long interval_us;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc == 4 && strcmp(argv[1], "serve") == 0)
		serve(argv[2], argv[3]);
	interval_us = argc == 4 ? strtol(argv[3], NULL, 10) : 0;
	if (interval_us > 0 && interval_us < 1000000 &&
	    strcmp(argv[1], "ask") == 0)
		return ask_and_tell(argv[2], interval_us * 1000);
	fprintf(stderr, "usage: echo serve ADDRESS NAME\n"
	    "       echo ask ADDRESS INTERVAL_US\n");
	return 2;
}
