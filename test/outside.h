/* SPDX-License-Identifier: ISC */
/*
 * The whole daemon, main() and all, in a process of its own, and all that is
 * outside of it in a test's hands.  It is included in place of vrrpd.c.
 *
 * The clock is the test's: where the daemon would wait, it jumps to the moment
 * that the daemon waits for, or to the next step of the test, whichever comes
 * first.  While a program of the daemon runs it stands still, so that nothing
 * depends on how busy the machine is.  Each call of the system can be told to
 * fail.  The kernel is the real one, in a network namespace: eth0 is what the
 * daemon serves, p0 the other end of its cable, where frames are put in and
 * what the daemon says is read.
 */
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/icmp6.h>
#include <netpacket/packet.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <sys/wait.h>

#define OUTSIDE_TURNS	20000	/* of waiting: a daemon that spins is ended */
#define OUTSIDE_SPUN	99	/* the status that it is ended with */
#define OUTSIDE_BEGIN	1000000000000	/* of the clock, in us */

/* What a test does to a daemon at a moment, in ms from its start. */
struct step {
	int64_t		at_ms;
	void		(*act)(void);
};

/* How one daemon is played; static, so each process has its own copy. */
static struct {
	const struct step *steps;	/* in order; the last has no act */
	int64_t		now;		/* us since the start */
	unsigned	turns;
	bool		expects;	/* a frame was put in: wait for it */
	bool		impatient;	/* programs are not waited for, */
	bool		patient;	/* or however long they take */
	bool		real;		/* a client: time is that of all */
	/* which calls fail: the n-th of all, or of one name; how */
	unsigned	calls, failing, times;
	const char	*name;		/* NULL: any */
	int		error;
	unsigned	short_write;	/* write takes no more than this */
	const char	*moved, *to;	/* open one file in place of another */
	void		(*opens)(const char *path);	/* before a file is */
	void		(*before)(void); /* main(), in its process */
} play;

#define OUTSIDE_CALLS	4096

/* What the process under test tells, seen by the test too. */
static struct outside {
	unsigned	failed;		/* calls that were made to */
	const char	*name;		/* the first of them */
	unsigned	calls;		/* made by the daemon until its end */
	const char	*names[OUTSIDE_CALLS];	/* the n-th of them, from 1 */
	int		notes[16];	/* of the test's own */
} *outside;

/* Whether this call is to fail, errno being set then. */
static bool
fault(const char *name)
{
	bool counts = play.name == NULL || strcmp(play.name, name) == 0;

	play.calls += counts;
	if (play.failing == 0 && play.calls < OUTSIDE_CALLS)
		outside->names[play.calls] = name;
	if (!counts || play.failing == 0 || play.calls < play.failing ||
	    play.calls - play.failing >= play.times)
		return false;
	if (outside->failed++ == 0)
		outside->name = name;
	errno = play.error;
	return true;
}

#define CALL(type, name, parameters, arguments) \
static type \
outside_##name parameters \
{ \
	return fault(#name) ? -1 : name arguments; \
}
CALL(int, socket, (int a, int b, int c), (a, b, c))
CALL(int, bind, (int fd, const struct sockaddr *a, socklen_t n), (fd, a, n))
CALL(int, setsockopt, (int fd, int level, int name, const void *value,
    socklen_t n), (fd, level, name, value, n))
CALL(ssize_t, send, (int fd, const void *b, size_t n, int flags),
    (fd, b, n, flags))
CALL(ssize_t, recv, (int fd, void *b, size_t n, int flags), (fd, b, n, flags))
CALL(ssize_t, recvfrom, (int fd, void *b, size_t n, int flags,
    struct sockaddr *a, socklen_t *s), (fd, b, n, flags, a, s))
CALL(int, recvmmsg, (int fd, struct mmsghdr *m, unsigned n, int flags,
    struct timespec *t), (fd, m, n, flags, t))
CALL(ssize_t, read, (int fd, void *b, size_t n), (fd, b, n))
CALL(ssize_t, writev, (int fd, const struct iovec *v, int n), (fd, v, n))
CALL(int, waitid, (idtype_t type, id_t id, siginfo_t *info, int options),
    (type, id, info, options))
CALL(pid_t, waitpid, (pid_t pid, int *status, int options),
    (pid, status, options))
CALL(int, kill, (pid_t pid, int number), (pid, number))
CALL(int, mkfifo, (const char *path, mode_t mode), (path, mode))
CALL(int, inotify_init1, (int flags), (flags))
CALL(int, inotify_add_watch, (int fd, const char *path, uint32_t mask),
    (fd, path, mask))
CALL(int, fstatat, (int fd, const char *path, struct stat *s, int flags),
    (fd, path, s, flags))
CALL(int, stat, (const char *path, struct stat *s), (path, s))
CALL(int, lstat, (const char *path, struct stat *s), (path, s))
CALL(int, access, (const char *path, int mode), (path, mode))
CALL(int, unlink, (const char *path), (path))
CALL(int, ftruncate, (int fd, off_t size), (fd, size))
CALL(int, mkdir, (const char *path, mode_t mode), (path, mode))
CALL(ssize_t, readlink, (const char *path, char *b, size_t n), (path, b, n))
CALL(ssize_t, getrandom, (void *b, size_t n, unsigned flags), (b, n, flags))
CALL(int, uname, (struct utsname *u), (u))
CALL(int, setns, (int fd, int type), (fd, type))
CALL(int, chdir, (const char *path), (path))
CALL(int, dup2, (int from, int to), (from, to))
CALL(int, pipe, (int *ends), (ends))
CALL(int, listen, (int fd, int backlog), (fd, backlog))
CALL(int, accept4, (int fd, struct sockaddr *a, socklen_t *n, int flags),
    (fd, a, n, flags))
CALL(int, setpriority, (int which, id_t who, int value), (which, who, value))
CALL(int, mlockall, (int flags), (flags))
CALL(int, execve, (const char *path, char *const *argv, char *const *env),
    (path, argv, env))
#undef CALL

static void *
outside_mmap(void *at, size_t n, int protection, int flags, int fd,
    off_t offset)
{
	return fault("mmap") ? MAP_FAILED :
	    mmap(at, n, protection, flags, fd, offset);
}

static ssize_t
outside_write(int fd, const void *bytes, size_t n)
{
	if (fault("write"))
		return play.error == 0 ? 0 : -1;
	if (play.short_write > 0 && n > play.short_write)
		n = play.short_write;
	return write(fd, bytes, n);
}

/* The system's log is a socket in the directory of the test. */
static int
outside_connect(int fd, const struct sockaddr *address, socklen_t length)
{
	struct sockaddr_un log = { .sun_family = AF_UNIX, .sun_path = "log" };

	if (fault("connect"))
		return -1;
	if (strcmp(((const struct sockaddr_un *)(const void *)address)->
	    sun_path, "/dev/log") != 0)
		return connect(fd, address, length);
	return connect(fd, (const struct sockaddr *)(const void *)&log,
	    sizeof(log));
}

/* The names of calls that are made by number. */
static const char *
call_name(long number)
{
	static const struct { long number; const char *name; } names[] = {
		{ SYS_openat, "openat" }, { SYS_capget, "capget" },
		{ SYS_socket, "socket" }, { SYS_accept4, "accept4" },
		{ SYS_sendmmsg, "sendmmsg" }, { SYS_fcntl, "fcntl" },
		{ SYS_renameat2, "renameat2" }, { SYS_getcwd, "getcwd" },
		{ SYS_getdents64, "getdents64" },
		{ SYS_setgroups, "setgroups" },
		{ SYS_setgid, "setgid" }, { SYS_setuid, "setuid" },
		{ SYS_fchown, "fchown" }, { SYS_prctl, "prctl" },
		{ SYS_sched_setscheduler, "sched_setscheduler" },
		{ SYS_signalfd4, "signalfd4" }, { SYS_clone, "fork" },
#ifdef SYS_fork
		{ SYS_fork, "fork" },
#endif
#ifdef SYS_close_range
		{ SYS_close_range, "close_range" },
#endif
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (names[i].number == number)
			return names[i].name;
	}
	return "syscall";
}

/* What a call by number takes is of the size of a register; 0 is added. */
static long
outside_syscall(long number, ...)
{
	long a[6];
	va_list arguments;

	va_start(arguments, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(arguments, long);
	va_end(arguments);
	if (fault(call_name(number)))
		return -1;
	if (number == SYS_openat && play.opens != NULL)
		play.opens((const char *)a[1]);
	if (number == SYS_openat && play.moved != NULL &&
	    strcmp((const char *)a[1], play.moved) == 0)
		a[1] = (long)play.to;
	else if (number == SYS_openat &&
	    strcmp((const char *)a[1], "/dev/kmsg") == 0)
		a[1] = (long)"/run/outside/kmsg";
	return syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

static int
outside_clock_gettime(clockid_t clock, struct timespec *now)
{
	int64_t us = OUTSIDE_BEGIN + play.now;

	if (play.real)
		return clock_gettime(clock, now);
	if (clock == CLOCK_REALTIME)
		us += 1700000000000000 - OUTSIDE_BEGIN;
	now->tv_sec = (time_t)(us / 1000000);
	now->tv_nsec = (long)(us % 1000000) * 1000;
	return 0;
}

/* Whether a program of the daemon runs. */
static bool
programs_run(void)
{
	siginfo_t ended = { 0 };

	return !play.impatient && waitid(P_ALL, 0, &ended,
	    WEXITED | WNOHANG | WNOWAIT) == 0 && ended.si_pid == 0;
}

/* Lets time pass, up to a moment: does the next step, if it comes first. */
static bool
step_comes(int64_t until)
{
	const struct step *step = play.steps;

	if (step == NULL || step->act == NULL || step->at_ms * 1000 > until)
		return false;
	if (step->at_ms * 1000 > play.now)
		play.now = step->at_ms * 1000;
	play.steps++;
	step->act();
	return true;
}

/* Counts what waits, for ever if nothing else ends it. */
static void
turn(void)
{
	if (++play.turns > OUTSIDE_TURNS) {
		fprintf(stderr, "spins\n");
		_exit(OUTSIDE_SPUN);
	}
	outside->calls = play.calls;
}

static int
outside_pselect(int count, fd_set *readers, fd_set *writers, fd_set *others,
    const struct timespec *timeout, const sigset_t *signals)
{
	fd_set wanted = *readers;
	struct timespec patience = { play.patient ? 300 : 5, 0 };
	struct timespec none = { 0, 0 };
	int64_t span = (int64_t)timeout->tv_sec * 1000000 +
	    timeout->tv_nsec / 1000;
	int64_t until = play.now + span;
	int ready;

	if (fault("pselect"))
		return -1;
	do {
		bool waits = play.expects || (span > 0 && programs_run());

		turn();
		play.expects = false;
		*readers = wanted;
		ready = pselect(count, readers, writers, others,
		    waits ? &patience : &none, signals);
		if (ready != 0)
			return ready;
	} while (step_comes(until));
	play.now = until;
	return 0;
}

/* For a program that runs once; with no descriptor a pause after a failure. */
static int
outside_poll(struct pollfd *fds, nfds_t count, int timeout_ms)
{
	int64_t until = play.now + (int64_t)timeout_ms * 1000;
	int ready;

	if (fault("poll"))
		return -1;
	if (play.real)		/* an answer may take its time */
		return poll(fds, count, timeout_ms < 5000 ? timeout_ms :
		    300000);
	do {
		turn();
		ready = poll(fds, count, programs_run() ? 5000 : 0);
		if (ready != 0)
			return ready;
	} while (step_comes(until));
	play.now = until;
	return 0;
}

#define socket(...)		outside_socket(__VA_ARGS__)
#define bind(...)		outside_bind(__VA_ARGS__)
#define connect(...)		outside_connect(__VA_ARGS__)
#define setsockopt(...)		outside_setsockopt(__VA_ARGS__)
#define send(...)		outside_send(__VA_ARGS__)
#define recv(...)		outside_recv(__VA_ARGS__)
#define recvfrom(...)		outside_recvfrom(__VA_ARGS__)
#define recvmmsg(...)		outside_recvmmsg(__VA_ARGS__)
#define read(...)		outside_read(__VA_ARGS__)
#define write(...)		outside_write(__VA_ARGS__)
#define writev(...)		outside_writev(__VA_ARGS__)
#define waitid(...)		outside_waitid(__VA_ARGS__)
#define waitpid(...)		outside_waitpid(__VA_ARGS__)
#define kill(...)		outside_kill(__VA_ARGS__)
#define mkfifo(...)		outside_mkfifo(__VA_ARGS__)
#define inotify_init1(...)	outside_inotify_init1(__VA_ARGS__)
#define inotify_add_watch(...)	outside_inotify_add_watch(__VA_ARGS__)
#define fstatat(...)		outside_fstatat(__VA_ARGS__)
#define stat(...)		outside_stat(__VA_ARGS__)
#define lstat(...)		outside_lstat(__VA_ARGS__)
#define access(...)		outside_access(__VA_ARGS__)
#define unlink(...)		outside_unlink(__VA_ARGS__)
#define ftruncate(...)		outside_ftruncate(__VA_ARGS__)
#define mkdir(...)		outside_mkdir(__VA_ARGS__)
#define readlink(...)		outside_readlink(__VA_ARGS__)
#define getrandom(...)		outside_getrandom(__VA_ARGS__)
#define uname(...)		outside_uname(__VA_ARGS__)
#define setns(...)		outside_setns(__VA_ARGS__)
#define chdir(...)		outside_chdir(__VA_ARGS__)
#define dup2(...)		outside_dup2(__VA_ARGS__)
#define pipe(...)		outside_pipe(__VA_ARGS__)
#define listen(...)		outside_listen(__VA_ARGS__)
#define accept4(...)		outside_accept4(__VA_ARGS__)
#define setpriority(...)	outside_setpriority(__VA_ARGS__)
#define mlockall(...)		outside_mlockall(__VA_ARGS__)
#undef execve
#define execve(...)		outside_execve(__VA_ARGS__)
#define mmap(...)		outside_mmap(__VA_ARGS__)
#define syscall(...) \
	outside_syscall(__VA_ARGS__, 0L, 0L, 0L, 0L, 0L, 0L)
#define CLOCK(...)		outside_clock_gettime(__VA_ARGS__)
#undef pselect
#define pselect(...)		outside_pselect(__VA_ARGS__)
#define poll(...)		outside_poll(__VA_ARGS__)
#define main vrrpd_main
#include "../vrrpd.c"
#undef main
#undef socket
#undef bind
#undef connect
#undef setsockopt
#undef send
#undef recv
#undef recvfrom
#undef recvmmsg
#undef read
#undef write
#undef writev
#undef waitid
#undef waitpid
#undef kill
#undef mkfifo
#undef inotify_init1
#undef inotify_add_watch
#undef fstatat
#undef stat
#undef lstat
#undef access
#undef unlink
#undef ftruncate
#undef mkdir
#undef readlink
#undef getrandom
#undef uname
#undef setns
#undef chdir
#undef dup2
#undef pipe
#undef listen
#undef accept4
#undef setpriority
#undef mlockall
#undef execve
#undef mmap
#undef syscall
#undef CLOCK
#undef pselect
#undef poll

#include "check.h"

static int lan;				/* p0 */
static int daemon_status;		/* of one that went to the background */

static void
write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		printf("%s: %s\n", path, strerror(errno));
	close(fd);
}

/* What a file holds, with a NUL; "" when it cannot be read. */
static const char *
read_file(const char *path)
{
	static char text[1 << 18];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n, length = 0;

	while (fd >= 0 && (n = read(fd, text + length,
	    sizeof(text) - 1 - (size_t)length)) > 0)
		length += n;
	text[length] = '\0';
	close(fd);
	return text;
}

/* Whether a file holds a text; says what it holds instead. */
static bool
holds(const char *path, const char *text)
{
	const char *all = read_file(path);

	if (strstr(all, text) != NULL)
		return true;
	printf("%s: no \"%s\" in:\n%s", path, text, all);
	return false;
}

/* Becomes root of namespaces of our own; false, and said, if we may not. */
static bool
outside_alone(void)
{
	char map[32];
	uid_t uid = geteuid();
	gid_t gid = getegid();

	if (unshare(CLONE_NEWNET | CLONE_NEWNS |
	    (uid == 0 ? 0 : CLONE_NEWUSER)) != 0) {
		printf("not shown: no namespaces: %s\n", strerror(errno));
		return false;
	}
	if (uid == 0)
		return true;
	write_file("/proc/self/setgroups", "deny");
	snprintf(map, sizeof(map), "0 %u 1\n", uid);
	write_file("/proc/self/uid_map", map);
	snprintf(map, sizeof(map), "0 %u 1\n", gid);
	write_file("/proc/self/gid_map", map);
	return true;
}

/*
 * Makes the namespace, with the machine's own files, and goes to a directory
 * in it.  False, and said, when that cannot be done here.
 */
static bool
outside_begin(void)
{
	struct sockaddr_ll p0 = { .sll_family = AF_PACKET,
	    .sll_protocol = htons(3) };	/* all */

	outside = mmap(NULL, sizeof(*outside), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (outside == MAP_FAILED || !outside_alone())
		return false;
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("none", "/run", "tmpfs", 0, "mode=755") != 0 ||
	    mount("none", "/etc", "tmpfs", 0, "mode=755") != 0 ||
	    mkdir("/run/outside", 0755) != 0 || chdir("/run/outside") != 0) {
		printf("not shown: no mounts: %s\n", strerror(errno));
		return false;
	}
	write_file("/etc/passwd", "root:x:0:0::/:/bin/sh\n"
	    "max:x:1000:1001::/:/bin/sh\n");
	write_file("/etc/group", "root:x:0:\nmax:x:1001:\nlog:x:1002:max\n");
	write_file("/proc/sys/net/ipv6/conf/default/addr_gen_mode", "1");
	setenv("PATH", "/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin", 1);
	if (system("ip link add eth0 type veth peer name p0 && "
	    "ip link set lo up && ip link set p0 up && "
	    "ip link set eth0 address 02:00:00:00:00:01 up && "
	    "ip addr add 10.0.0.1/24 dev eth0 && "
	    "ip addr add fe80::1/64 dev eth0 nodad && "
	    "ip addr add 2001:db8::1/64 dev eth0 nodad") != 0) {
		printf("not shown: no veth\n");
		return false;
	}
	lan = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    htons(3));
	p0.sll_ifindex = (int)if_nametoindex("p0");
	return bind(lan, (const struct sockaddr *)(const void *)&p0,
	    sizeof(p0)) == 0;
}

/* -- the LAN -- */

/* The Internet checksum of bytes[length], on top of a sum. */
static uint16_t
lan_sum(const uint8_t *bytes, size_t length, uint32_t sum)
{
	for (size_t i = 0; i < length; i++)
		sum += (uint32_t)bytes[i] << (i % 2 == 0 ? 8 : 0);
	while (sum > 0xffff)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

/* Puts a frame on the LAN; the daemon is to see it before time goes on. */
static void
lan_put(const uint8_t *frame, size_t length)
{
	if (send(lan, frame, length, 0) != (ssize_t)length)
		abort();
	play.expects = true;
}

/* What stands before a packet: of a group, from another router. */
static uint8_t *
lan_ethernet(uint8_t *at, const uint8_t *group, uint16_t type)
{
	static const uint8_t from[] = { 2, 0, 0, 0, 0, 2 };

	memcpy(at, group, 6);
	memcpy(at + 6, from, 6);
	at[12] = (uint8_t)(type >> 8);
	at[13] = (uint8_t)type;
	return at + 14;
}

/* An advertisement of version 3 from 10.0.0.2 for 10.0.0.100. */
static void
lan_advert4(uint8_t vrid, uint8_t priority)
{
	static const uint8_t group[] = { 1, 0, 0x5e, 0, 0, 18 };
	const uint8_t ip[] = { 0x45, 0xc0, 0, 32, 0, 1, 0, 0, 255, 112, 0, 0,
	    10, 0, 0, 2, 224, 0, 0, 18, 0x31, vrid, priority, 1, 0, 100, 0, 0,
	    10, 0, 0, 100 };
	uint8_t frame[64];
	uint8_t *at = lan_ethernet(frame, group, 0x0800);
	uint16_t sum;

	memcpy(at, ip, sizeof(ip));
	sum = lan_sum(at, 20, 0);
	at[10] = (uint8_t)(sum >> 8);
	at[11] = (uint8_t)sum;
	/* both addresses, the protocol and the length come on top */
	sum = lan_sum(at + 12, sizeof(ip) - 12, 112 + 12);
	at[26] = (uint8_t)(sum >> 8);
	at[27] = (uint8_t)sum;
	lan_put(frame, 14 + sizeof(ip));
}

/* A packet of IPv6 from fe80::2; its checksum goes to body[at]. */
static void
lan_ipv6(const char *to, uint8_t protocol, const uint8_t *body, size_t length,
    size_t sum_at)
{
	uint8_t frame[256], group[6] = { 0x33, 0x33 };
	uint8_t *ip = lan_ethernet(frame, group, 0x86dd);
	uint16_t sum;

	memset(ip, 0, 8);
	ip[0] = 0x60;
	ip[5] = (uint8_t)length;
	ip[6] = protocol;
	ip[7] = 255;
	inet_pton(AF_INET6, "fe80::2", ip + 8);
	inet_pton(AF_INET6, to, ip + 24);
	memcpy(frame + 2, ip + 24 + 12, 4);
	memcpy(ip + 40, body, length);
	sum = lan_sum(ip + 8, 32 + length, protocol + (uint32_t)length);
	ip[40 + sum_at] = (uint8_t)(sum >> 8);
	ip[40 + sum_at + 1] = (uint8_t)sum;
	lan_put(frame, 14 + 40 + length);
}

/* The same as lan_advert4 for fe80::100. */
static void
lan_advert6(uint8_t vrid, uint8_t priority)
{
	uint8_t body[24] = { 0x31, vrid, priority, 1, 0, 100, 0, 0 };

	inet_pton(AF_INET6, "fe80::100", body + 8);
	lan_ipv6("ff02::12", 112, body, sizeof(body), 6);
}

/* Somebody says that 10.0.0.100 and fe80::100 are his. */
static void
lan_claim4(void)
{
	static const uint8_t all[] = { 255, 255, 255, 255, 255, 255 };
	static const uint8_t arp[] = { 0, 1, 8, 0, 6, 4, 0, 2,
	    2, 0, 0, 0, 0, 2, 10, 0, 0, 100, 2, 0, 0, 0, 0, 2, 10, 0, 0, 100 };
	uint8_t frame[64] = { 0 };

	memcpy(lan_ethernet(frame, all, 0x0806), arp, sizeof(arp));
	lan_put(frame, 60);
}

static void
lan_claim6(void)
{
	uint8_t body[32] = { 136, 0, 0, 0, 0x20 };

	inet_pton(AF_INET6, "fe80::100", body + 8);
	body[24] = 2;			/* his MAC */
	body[25] = 1;
	body[26] = body[31] = 2;
	lan_ipv6("ff02::1", 58, body, sizeof(body), 2);
}

/* What was heard of the daemon: advertisements and announcements. */
struct heard {
	int		advert4, zero4, advert6, zero6, arp, na;
};

/* Reads all that has come; that of the test itself does not count. */
static struct heard
lan_heard(void)
{
	struct heard h = { 0 };
	uint8_t frame[2048];
	struct sockaddr_ll from;
	socklen_t size = sizeof(from);

	while (recvfrom(lan, frame, sizeof(frame), 0,
	    (struct sockaddr *)(void *)&from, &size) > 0) {
		unsigned type = (unsigned)frame[12] << 8 | frame[13];

		if (from.sll_pkttype == PACKET_OUTGOING)
			continue;
		h.arp += type == 0x0806;
		if (type == 0x0800 && frame[23] == 112)
			++*(frame[14 + 20 + 2] > 0 ? &h.advert4 : &h.zero4);
		if (type == 0x86dd && frame[20] == 112)
			++*(frame[14 + 40 + 2] > 0 ? &h.advert6 : &h.zero6);
		h.na += type == 0x86dd && frame[20] == 58 &&
		    frame[14 + 40] == 136;
	}
	return h;
}

/* Whether eth0 has an address. */
static bool
has_address(const char *text)
{
	struct ifaddrs *all = NULL;
	uint8_t want[16], v6 = strchr(text, ':') != NULL;
	bool found = false;

	inet_pton(v6 ? AF_INET6 : AF_INET, text, want);
	getifaddrs(&all);
	for (struct ifaddrs *one = all; one != NULL; one = one->ifa_next) {
		const struct sockaddr *a = one->ifa_addr;

		if (a == NULL || strcmp(one->ifa_name, "eth0") != 0)
			continue;
		if (v6 && a->sa_family == AF_INET6)
			found |= memcmp(&((const struct sockaddr_in6 *)
			    (const void *)a)->sin6_addr, want, 16) == 0;
		if (!v6 && a->sa_family == AF_INET)
			found |= memcmp(&((const struct sockaddr_in *)
			    (const void *)a)->sin_addr, want, 4) == 0;
	}
	freeifaddrs(all);
	return found;
}

/* -- playing -- */

/* Its process: stdout goes to the file out, stderr to err. */
static void __attribute__((noreturn))
play_process(char *words, const char *out)
{
	char *argv[64] = { NULL }, *save = NULL;
	int argc = 0, fd;

	fd = open(out, O_WRONLY | O_CREAT | O_APPEND, 0644);
	dup2(fd, STDOUT_FILENO);
	close(fd);
	fd = open("err", O_WRONLY | O_CREAT | O_APPEND, 0644);
	dup2(fd, STDERR_FILENO);
	close(fd);
	for (char *word = strtok_r(words, " ", &save); word != NULL &&
	    argc < 63; word = strtok_r(NULL, " ", &save))
		argv[argc++] = word;
	if (play.before != NULL)
		play.before();
	exit(vrrpd_main(argc, argv));
}

/*
 * Runs a command line, "vrrpd -n -f conf", until the end of all its processes;
 * its exit status, 128 and the number of the signal that ended it.  What is to
 * fail and to happen was put into `play`, which is empty again after that.
 */
static int
play_run(const char *line, const char *out)
{
	char words[1024];
	int status = -1, other;
	pid_t pid, one;

	snprintf(words, sizeof(words), "%s", line);
	unlink("out");
	unlink("err");
	memset(outside, 0, sizeof(*outside));
	lan_heard();
	fflush(stdout);
	pid = fork();
	if (pid == 0)
		play_process(words, out);
	daemon_status = 0;
	while ((one = waitpid(-1, &other, 0)) > 0) {
		other = WIFEXITED(other) ? WEXITSTATUS(other) :
		    128 + WTERMSIG(other);
		*(one == pid ? &status : &daemon_status) = other;
	}
	memset(&play, 0, sizeof(play));
	if (strstr(read_file("err"), "Sanitizer") != NULL ||
	    strstr(read_file("err"), "runtime error") != NULL) {
		check(0, line);
		printf("%s", read_file("err"));
	}
	return status;
}

/* The same with steps. */
static int
play_steps(const char *line, const struct step *steps)
{
	play.steps = steps;
	return play_run(line, "out");
}

/* Steps that many need. */
static void
step_term(void)
{
	kill(getpid(), SIGTERM);
}

static void
step_hup(void)
{
	kill(getpid(), SIGHUP);
}

/* Whether both have their addresses. */
static void
step_addresses(void)
{
	outside->notes[0] += has_address("10.0.0.100");
	outside->notes[1] += has_address("fe80::100");
}

static const struct step serves[] = {
	{ 8000, step_addresses }, { 9000, step_term }, { 0, NULL }
};

/* Both are Active and say so; at the end both say goodbye. */
static void
check_served(void)
{
	struct heard h = lan_heard();

	CHECK_INT(outside->notes[0], 1);
	CHECK_INT(outside->notes[1], 1);
	CHECK(h.advert4 >= 3 && h.advert6 >= 3);
	CHECK(h.zero4 >= 1 && h.zero6 >= 1);
	CHECK(h.arp >= 5 && h.na >= 5);
	CHECK(!has_address("10.0.0.100") && !has_address("fe80::100") &&
	    !has_address("2001:db8::100"));
}

static const char outside_conf[] =
    "vrrp_instance V4 {\n"
    "	interface eth0\n"
    "	virtual_router_id 51\n"
    "	version 3\n"
    "	priority 100\n"
    "	virtual_ipaddress {\n"
    "		10.0.0.100/24\n"
    "	}\n"
    "}\n"
    "vrrp_instance V6 {\n"
    "	interface eth0\n"
    "	virtual_router_id 52\n"
    "	version 3\n"
    "	priority 100\n"
    "	virtual_ipaddress {\n"
    "		fe80::100\n"
    "		2001:db8::100/64\n"
    "	}\n"
    "}\n";
