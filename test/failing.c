/* SPDX-License-Identifier: ISC */
/*
 * Goal: whichever call of the system fails, the daemon does what it is there
 * for all the same, or says what it did not do, or refuses to start and says
 * why.  It never ends by a signal, never spins, and leaves no address behind.
 * Method: one life of a daemon (outside.h): it starts, takes over, runs
 * scripts, dumps, is reloaded, hears others, ends.  It is lived again for each
 * call that it makes, which fails with one error or another; then for each call
 * by its name, which fails whenever it is made.  What strace sees of the
 * binary, with more errors, is what `make faults' adds.
 *
 *	build/test/failing [N]		the N-th call alone, to look at it
 *
 * FAULTS=all has every call fail with every error; without it those that are
 * made again and again fail now and then, and each call with one error.
 */
#include "outside.h"

static const char conf[] =
    "global_defs {\n"
    "	script_user root\n"
    "	enable_script_security\n"
    "	vrrp_notify_fifo /run/outside/events\n"
    "	state_dump_file /run/outside/dump\n"
    "}\n"
    "track_file file {\n"
    "	file /run/outside/tracked\n"
    "	init_file 0\n"
    "}\n"
    "vrrp_script check {\n"
    "	script \"/bin/true\"\n"
    "	interval 3\n"
    "}\n"
    "include more*\n"
    "vrrp_instance V4 {\n"
    "	interface eth0\n"
    "	virtual_router_id 51\n"
    "	version 3\n"
    "	priority 100\n"
    "	virtual_ipaddress {\n"
    "		10.0.0.100/24\n"
    "	}\n"
    "	track_file {\n"
    "		file weight 1\n"
    "	}\n"
    "	track_script {\n"
    "		check\n"
    "	}\n"
    "	notify_master \"/bin/true\"\n"
    "}\n";

/* -- the life -- */

static void
step_dump(void)
{
	kill(getpid(), SIGUSR1);
}

static void
step_track(void)
{
	write_file("/run/outside/tracked", "3\n");
	play.expects = true;
}

static void
step_claims(void)
{
	lan_claim4();
	lan_claim6();
}

static void
step_lesser(void)
{
	lan_advert4(51, 50);
	lan_advert6(52, 50);
}

static const struct step life[] = {
	{ 1000, step_lesser },
	{ 5000, step_dump },
	{ 5100, step_track },
	{ 5200, step_claims },
	{ 5300, step_hup },
	{ 9000, step_addresses },
	{ 10000, step_term },
	{ 0, NULL }
};

#define WORKERS 8			/* they mostly wait for the kernel */

static char usual[1 << 16];		/* what it says when nothing fails */
static unsigned calls;			/* that it makes then */
static const char *made[OUTSIDE_CALLS];	/* and which these are */
static unsigned counts[4];		/* done, reported, refused, bad */

/* What each of the workers has found. */
static struct share {
	unsigned	counts[4];
	unsigned long	good, bad;
} *shares;

/* Whether a line is about something that went wrong. */
static bool
complains(const char *line, size_t length, int error)
{
	const char *const words[] = { "cannot", "fail", "refused", "lost",
	    "not ", "unnoticed", "suppressed", "memory", "error",
	    strerror(error) };

	for (size_t i = 0; i < COUNT_OF(words); i++) {
		if (memmem(line, length, words[i], strlen(words[i])) != NULL)
			return true;
	}
	return false;
}

/* Whether it complains, and not as it does when nothing fails. */
static bool
says_more(int error)
{
	const char *at = read_file("err");

	while (*at != '\0') {
		size_t length = strcspn(at, "\n");
		const char *same = usual;

		while (*same != '\0' && (strncmp(same, at, length) != 0 ||
		    same[length] != '\n'))
			same += strcspn(same, "\n") + 1;
		if (*same == '\0' && complains(at, length, error))
			return true;
		at += length + (at[length] == '\n');
	}
	return false;
}

/* Whether everything happened that was to happen. */
static bool
happened(const struct heard *h)
{
	const char *fifo = read_file("seen");

	return outside->notes[0] == 1 && outside->notes[1] == 1 &&
	    h->advert4 >= 5 && h->advert6 >= 5 && h->zero4 == 1 &&
	    h->zero6 == 1 && h->arp >= 6 && h->na >= 6 &&
	    access("/run/outside/dump", F_OK) == 0 &&
	    strstr(fifo, "\"V4\" MASTER 100") != NULL &&
	    strstr(fifo, "\"V6\" MASTER") != NULL &&
	    strstr(fifo, "\"V4\" STOP") != NULL;
}

/* What is left of the one before must not matter. */
static void
clean(void)
{
	static const char *const files[] = { "dump", "tracked", "seen" };

	for (size_t i = 0; i < COUNT_OF(files); i++)
		unlink(files[i]);
	if (has_address("10.0.0.100") || has_address("fe80::100") ||
	    has_address("2001:db8::100")) {
		if (system("ip addr flush dev eth0 && "
		    "ip addr add 10.0.0.1/24 dev eth0 && "
		    "ip addr add fe80::1/64 dev eth0 nodad && "
		    "ip addr add 2001:db8::1/64 dev eth0 nodad") != 0)
			abort();
	}
}

/* Keeps what came through the FIFO, which the daemon removes at its end. */
static void
drain(int fifo)
{
	char text[8192];
	ssize_t n = read(fifo, text, sizeof(text) - 1);

	text[n > 0 ? n : 0] = '\0';
	write_file("seen", text);
}

/* Lives once with what is in `play`; the status. */
static int
live(const char *line)
{
	int fifo, status;

	clean();
	unlink("events");
	CHECK(mkfifo("events", 0600) == 0);
	fifo = open("events", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	play.steps = life;
	status = play_run(line, "out");
	drain(fifo);
	close(fifo);
	return status;
}

/* Lives once, with what fails in `play`, and judges that. */
static void
judge(const char *line, const char *what)
{
	const char *name = play.name == NULL ? "" : play.name;
	unsigned failing = play.failing;
	int error = play.error, status = live(line);
	struct heard h = lan_heard();
	bool more = says_more(error), left = has_address("10.0.0.100") ||
	    has_address("fe80::100") || has_address("2001:db8::100");
	int verdict = 3;

	if (status == 0 && happened(&h) && !left)
		verdict = 0;
	else if (status == 0 && more)
		verdict = 1;
	else if ((status == EXIT_USAGE || status == EXIT_CONFIG ||
	    status == EXIT_PERMISSION || status == EXIT_NO_CONFIG) && more &&
	    !left && h.advert4 + h.advert6 == 0)
		verdict = 2;
	counts[verdict]++;
	if (check(verdict < 3, what))
		return;
	printf("\t%s, call %u %s (%s): %s: status %d, addresses %d %d, left "
	    "%d, %d+%d advertisements, %d+%d last ones, %d+%d announcements\n"
	    "%s", line, failing, name, outside->name, strerror(error), status,
	    outside->notes[0], outside->notes[1], left, h.advert4, h.advert6,
	    h.zero4, h.zero6, h.arp, h.na, read_file("err"));
}

/* -- one call fails, once -- */

/*
 * Not ENODEV, ENXIO and ENETDOWN: an advertisement that they refuse is lost
 * without a word, since the kernel tells of a link that is gone or down itself
 * (links.c has these).  Nor ENOENT: what is not there is not removed.
 */
static const int errors[] = { EINTR, ENOMEM, EAGAIN, EPERM, ENOBUFS, EIO,
    EACCES, EINVAL, ENFILE, EEXIST };

/* Whether the n-th call is one of the first of its name, or an eighth one. */
static bool
is_chosen(unsigned n)
{
	unsigned before = 0;

	if (n > calls)
		return true;
	for (unsigned i = 1; i < n; i++)
		before += strcmp(made[i], made[n]) == 0;
	return before < 5 || before % 8 == 0;
}

static void
test_once(unsigned worker, unsigned only)
{
	const char *faults = getenv("FAULTS");
	bool all = faults != NULL && strcmp(faults, "all") == 0;
	unsigned each = all || only > 0 ? COUNT_OF(errors) : 1;

	for (unsigned n = 1; n <= calls + 1; n++) {
		if (only > 0 ? n != only : n % WORKERS != worker)
			continue;
		if (each == 1 && !is_chosen(n))
			continue;
		for (unsigned e = 0; e < each; e++) {
			play.failing = n;
			play.times = 1;
			play.error = errors[(n / WORKERS + n + e) %
			    COUNT_OF(errors)];
			judge("vrrpd -n -l -D -f conf", "once");
		}
	}
}

/* -- one call fails whenever it is made -- */

/*
 * Not those that fetch what the kernel says is there: no kernel says so and
 * never gives it.  Nor write, without which nothing can be reported.
 */
static const char *const names[] = { "socket", "bind", "setsockopt", "send",
    "recv", "writev", "waitid", "kill", "mkfifo", "inotify_init1",
    "inotify_add_watch", "fstatat", "stat", "lstat", "access", "unlink",
    "ftruncate", "mkdir", "getrandom", "uname", "chdir",
    "dup2", "execve", "mmap", "openat", "capget", "sendmmsg", "fcntl",
    "renameat2", "getcwd", "getdents64", "prctl", "sched_setscheduler",
    "signalfd4", "fork", "close_range", "poll", "connect", "listen" };

static void
test_always(unsigned worker)
{
	static const int some[] = { ENOMEM, EPERM, EAGAIN };

	for (unsigned n = 0; n < 2 * COUNT_OF(names); n++) {
		if (n % WORKERS != worker)
			continue;
		play.name = names[n / 2];
		play.failing = n % 2 == 0 ? 1 : 4;
		play.times = 1 << 30;
		play.error = some[n % COUNT_OF(some)];
		judge("vrrpd -n -l -D -f conf", play.name);
	}
}

/* One of those that share the work, each on a LAN of its own. */
static void __attribute__((noreturn))
work(unsigned worker, unsigned only)
{
	char text[4096];
	struct heard h;

	if (!outside_begin())
		_exit(check_bad > 0);
	snprintf(text, sizeof(text), "%s%s", conf,
	    strstr(outside_conf, "vrrp_instance V6"));
	write_file("conf", text);
	write_file("more1", "");
	CHECK_INT(live("vrrpd -n -l -D -f conf"), 0);
	calls = outside->calls;
	memcpy(made, outside->names, sizeof(made));
	h = lan_heard();
	snprintf(usual, sizeof(usual), "%s", read_file("err"));
	if (CHECK(happened(&h))) {
		test_once(worker, only);
		if (only == 0)
			test_always(worker);
	} else {
		printf("%s%s", usual, read_file("seen"));
	}
	memcpy(shares[worker].counts, counts, sizeof(counts));
	shares[worker].good = check_good;
	shares[worker].bad = check_bad;
	fflush(stdout);
	_exit(0);
}

int
main(int argc, char **argv)
{
	unsigned only = argc > 1 ? (unsigned)atoi(argv[1]) : 0;
	unsigned workers = only > 0 ? 1 : WORKERS;
	int status;

	shares = mmap(NULL, WORKERS * sizeof(*shares), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	for (unsigned i = 0; i < workers; i++) {
		if (fork() == 0)
			work(i, only);
	}
	while (wait(&status) > 0)
		CHECK_INT(status, 0);
	for (unsigned i = 0; i < workers; i++) {
		for (size_t k = 0; k < COUNT_OF(counts); k++)
			counts[k] += shares[i].counts[k];
		check_good += shares[i].good;
		check_bad += shares[i].bad;
	}
	printf("%u done, %u reported, %u refused, %u bad\n", counts[0],
	    counts[1], counts[2], counts[3]);
	return check_end("failing");
}
