/* SPDX-License-Identifier: ISC */
/*
 * Goal: what World does with files, programs and the kernel's filters is safe
 * and exact, and needs no root to be shown.
 * Method: filters are run by an interpreter over all VRIDs; paths are walked in
 * a tree of our own, as root of a mount namespace; files are fought over by two
 * processes; programs are started and judged by what they tell; glob(3) and
 * gmtime(3) judge what stands in for them.  What the kernel here does not allow
 * is said and left out.
 */
#define main vrrpd_main
static int main(int, char **);	/* unused: it and what it calls go */
#include "../vrrpd.c"
#undef main

#include <glob.h>
#include <sys/ioctl.h>
#include <sys/mount.h>

#include "check.h"
#include "ip.h"

static struct world w;
static char directory[64];		/* of this run; the current one */

/* -- packet filters -- */

/* The bytes that a filter reads; 0 in *good, as in the kernel: none there. */
static uint32_t
filter_load(const uint8_t *bytes, size_t length, size_t at, size_t n, int *good)
{
	uint32_t value = 0;

	if (at > length || n > length - at) {
		*good = 0;
		return 0;
	}
	for (size_t i = 0; i < n; i++)
		value = value << 8 | bytes[at + i];
	return value;
}

/* Runs a filter as bpf(4) says; false for a packet that it drops. */
static bool
filter_passes(const struct filter *f, const uint8_t *bytes, size_t length)
{
	uint32_t a = 0, x = 0;
	int good = 1;

	for (size_t at = 0; good; at++) {
		const struct sock_filter *i = &f->code[at];
		uint32_t k = i->k;

		if (at >= f->length) {
			check(0, "a filter ran behind its end");
			return false;
		}
		switch (i->code) {
		case BPF_LDX | BPF_B | BPF_MSH:
			x = (filter_load(bytes, length, k, 1, &good) & 15) * 4;
			break;
		case BPF_LDX | BPF_W | BPF_IMM:
			x = k;
			break;
		case BPF_LD | BPF_W | BPF_LEN:
			a = (uint32_t)length;
			break;
		case BPF_LD | BPF_B | BPF_IND:
			a = filter_load(bytes, length, x + k, 1, &good);
			break;
		case BPF_LD | BPF_H | BPF_ABS:
			a = filter_load(bytes, length, k, 2, &good);
			break;
		case BPF_LD | BPF_W | BPF_ABS:
			a = filter_load(bytes, length, k, 4, &good);
			break;
		case BPF_ALU | BPF_SUB | BPF_X:
			a -= x;
			break;
		case BPF_MISC | BPF_TAX:
			x = a;
			break;
		case BPF_JMP | BPF_JA:
			at += k;
			break;
		case BPF_JMP | BPF_JGE | BPF_K:
			at += a >= k ? i->jt : i->jf;
			break;
		case BPF_JMP | BPF_JGT | BPF_K:
			at += a > k ? i->jt : i->jf;
			break;
		case BPF_JMP | BPF_JEQ | BPF_K:
			at += a == k ? i->jt : i->jf;
			break;
		case BPF_JMP | BPF_JEQ | BPF_X:
			at += a == x ? i->jt : i->jf;
			break;
		case BPF_RET | BPF_K:
			return k > 0;
		default:
			check(0, "a filter has an unknown instruction");
			return false;
		}
	}
	return false;
}

static struct filter filter;
static struct ranges vrid_ranges;

/* All 256 VRIDs against a filter made of these. */
static void
check_vrids(const bool *wanted, size_t header, uint32_t offset, bool ip)
{
	uint8_t packet[128] = { 0 };
	int wrong = 0;

	vrid_ranges.count = 0;
	vrid_ranges.overflow = false;
	for (unsigned i = 0; i < 256; i++) {
		if (wanted[(i * 167) % 256])		/* in no order */
			ranges_add(&vrid_ranges, (i * 167) % 256);
	}
	CHECK(!vrid_ranges.overflow);
	filter_vrids(&filter, &vrid_ranges, ip, offset);
	CHECK(filter.length < FILTER_MAX);
	packet[0] = (uint8_t)(0x40 | header / 4);
	for (unsigned i = 0; i < 256; i++) {
		packet[header + offset] = (uint8_t)i;
		wrong += filter_passes(&filter, packet, header + offset + 7) !=
		    wanted[i];
	}
	CHECK_INT(wrong, 0);
	/* too short for a VRID: to be counted, hence taken */
	CHECK(filter_passes(&filter, packet, header + offset));
	CHECK(filter_passes(&filter, packet, header));
}

static void
test_filter_vrids(void)
{
	bool wanted[256] = { false };
	uint32_t seed = 1;

	for (int set = 0; set < 60; set++) {
		for (unsigned i = 0; i < 256; i++) {
			seed = seed * 1664525 + 1013904223;
			wanted[i] = set == 1 || (set == 2 && i % 2 == 1) ||
			    (set == 3 && i == 255) || (set == 4 && i == 0) ||
			    (set > 4 && seed >> 16 < 0x8000U >> set % 12);
		}
		check_vrids(wanted, 20, 1, true);
		check_vrids(wanted, 60, 1, true);
		check_vrids(wanted, 24, 25, true);	/* AH */
		check_vrids(wanted, 0, 1, false);
	}
}

/* A frame of ARP: opcode, sender's address, target's. */
static bool
arp_passes(uint16_t opcode, uint32_t sender, uint32_t target)
{
	uint8_t frame[42];
	struct packer p = packer_over(frame, sizeof(frame));

	memset(frame, 0, sizeof(frame));
	p.at += 20;
	packer_u16(&p, opcode);
	p.at += 6;
	packer_u32(&p, sender);
	p.at += 6;
	packer_u32(&p, target);
	return filter_passes(&filter, frame, sizeof(frame));
}

static void
test_filter_claims(void)
{
	uint8_t na[32] = { 136 };
	struct packer p = packer_over(na, sizeof(na));

	vrid_ranges.count = 0;
	vrid_ranges.overflow = false;
	for (uint32_t i = 0; i < 256; i++)
		ranges_add(&vrid_ranges, 0x0a000000 + i * 2);
	filter_arp(&filter, &vrid_ranges);
	CHECK(arp_passes(1, 0x0a000000, 0x0a000000));
	CHECK(arp_passes(2, 0x0a0001fe, 0));
	CHECK(arp_passes(1, 0x0a000002, 0x0a000001));
	CHECK(!arp_passes(1, 0x0a000001, 0x0a000001));
	CHECK(!arp_passes(2, 0x0a000200, 0x0a000000));
	CHECK(!arp_passes(1, 0, 0x0a000000));
	CHECK(!filter_passes(&filter, na, 20));
	filter_na(&filter, &vrid_ranges);
	p.at += 20;
	packer_u32(&p, 0x0a000004);
	CHECK(filter_passes(&filter, na, sizeof(na)));
	na[23] = 5;
	CHECK(!filter_passes(&filter, na, sizeof(na)));
	ranges_add(&vrid_ranges, 0x0b000000);
	CHECK(vrid_ranges.overflow);
	filter_arp(&filter, &vrid_ranges);
	CHECK(arp_passes(2, 0x0c000001, 0x0c000002));	/* any reply */
	CHECK(arp_passes(1, 0x0c000001, 0x0c000001));	/* announcement */
	CHECK(!arp_passes(1, 0x0c000001, 0x0c000002));	/* question */
	filter_na(&filter, &vrid_ranges);
	CHECK(filter_passes(&filter, na, sizeof(na)));
}

/* Ranges against a set of bits, at both ends of the numbers. */
static void
test_ranges(void)
{
	static const uint32_t bases[] = { 0, 0x7fffff80, 0xffffff00 };
	uint32_t seed = 7;

	for (size_t b = 0; b < COUNT_OF(bases); b++) {
		bool set[256] = { false };
		unsigned at = 0, held = 0, wrong = 0;

		vrid_ranges.count = 0;
		vrid_ranges.overflow = false;
		for (int i = 0; i < 300; i++) {
			seed = seed * 1664525 + 1013904223;
			set[seed >> 24] = true;
			ranges_add(&vrid_ranges, bases[b] + (seed >> 24));
		}
		for (unsigned i = 0; i < vrid_ranges.count; i++) {
			const struct range *r = &vrid_ranges.range[i];

			wrong += i > 0 && r->low <= r[-1].high + 1;
			for (uint32_t v = r->low;; v++) {
				wrong += !set[v - bases[b]];
				held++;
				if (v == r->high)
					break;
			}
		}
		for (unsigned i = 0; i < 256; i++)
			at += set[i];
		CHECK_INT(held, at);
		CHECK_INT(wrong, 0);
	}
}

/* -- files -- */

static void
write_file(const char *path, const char *text, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		printf("%s: %s\n", path, strerror(errno));
	fchmod(fd, mode);
	close(fd);
}

/* What a file holds, with a NUL; "" when it cannot be read. */
static const char *
read_file(const char *path)
{
	static char text[65536];
	int fd = open(path, O_RDONLY);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	text[n > 0 ? n : 0] = '\0';
	close(fd);
	return text;
}

static void
wait_for(pid_t pid, int want)
{
	int status = -1;

	waitpid(pid, &status, 0);
	CHECK_INT(status, want);
}

static void
test_pid_file(void)
{
	int up[2], down[2];
	const char *why = NULL;
	pid_t pid, other = 0;
	char byte;

	CHECK(pipe(up) == 0 && pipe(down) == 0);
	pid = fork();
	if (pid == 0) {
		byte = (char)world_pid_open(&w, "new/pid", &other, &why);
		if (write(up[1], &byte, 1) == 1 && read(down[0], &byte, 1) == 1)
			world_close(&w);
		_exit(0);
	}
	CHECK(read(up[0], &byte, 1) == 1 && byte == PID_WRITTEN);
	CHECK_INT(world_pid_running(&w, "new/pid"), pid);
	CHECK_INT(atoi(read_file("new/pid")), pid);
	CHECK_INT(world_pid_open(&w, "new/pid", &other, &why), PID_RUNNING);
	CHECK_INT(other, pid);
	CHECK(write(down[1], "", 1) == 1);
	wait_for(pid, 0);
	CHECK(access("new/pid", F_OK) != 0);

	write_file("forged", "1\n", 0666);		/* T13: nobody's lock */
	CHECK_INT(world_pid_running(&w, "forged"), 0);
	CHECK_INT(world_pid_open(&w, "forged", &other, &why), PID_WRITTEN);
	CHECK_INT(world_pid_open(&w, "forged", &other, &why), PID_WRITTEN);
	CHECK_INT(atoi(read_file("forged")), getpid());

	write_file("victim", "precious\n", 0644);	/* T12: links */
	CHECK(symlink("victim", "link") == 0);
	CHECK_INT(world_pid_open(&w, "link", &other, &why), PID_FAILED);
	CHECK_STR(why, strerror(ELOOP));
	CHECK(mkfifo("fifo", 0600) == 0);
	CHECK_INT(world_pid_open(&w, "fifo", &other, &why), PID_FAILED);
	CHECK(access("fifo", F_OK) == 0);		/* as /dev/null */
	CHECK_STR(read_file("victim"), "precious\n");
	CHECK(unlink("forged") == 0);			/* no longer ours */
	write_file("forged", "another's\n", 0644);
	pid_files_remove(&w);
	CHECK_STR(read_file("forged"), "another's\n");
	unlink("fifo");
	unlink("link");
}

/* Whoever may read a pid file can lock it, too: that keeps nobody out. */
static void
test_pid_reader(void)
{
	struct flock lock = { .l_type = F_RDLCK };
	const char *why;
	pid_t other;
	int reader;

	write_file("read", "1\n", 0644);
	reader = open("read", O_RDONLY);
	CHECK(fcntl(reader, F_OFD_SETLK, &lock) == 0);
	CHECK_INT(world_pid_open(&w, "read", &other, &why), PID_WRITTEN);
	CHECK_INT(world_pid_running(&w, "read"), getpid());
	close(reader);
	pid_files_remove(&w);
	CHECK(access("read", F_OK) != 0);
}

/* A full disk: no file of no bytes is left, which would say that we run. */
static void
test_pid_full(void)
{
	const struct rlimit none = { 0, 0 };
	const char *why = NULL;
	pid_t other;

	signal(SIGXFSZ, SIG_IGN);
	CHECK(setrlimit(RLIMIT_FSIZE, &none) == 0);
	CHECK_INT(world_pid_open(&w, "full", &other, &why), PID_FAILED);
	CHECK(access("full", F_OK) != 0);
}

/* Two that take turns: nobody ever runs beside the other (T12). */
static void
test_pid_race(void)
{
	enum { TAKERS = 4, TURNS = 200 };
	pid_t takers[TAKERS];

	for (int i = 0; i < TAKERS; i++) {
		takers[i] = fork();
		for (int n = 0; takers[i] == 0 && n < TURNS; n++) {
			const char *why;
			pid_t other;
			int mark;

			if (world_pid_open(&w, "race", &other, &why) !=
			    PID_WRITTEN)
				continue;
			mark = open("alone", O_CREAT | O_EXCL, 0600);
			if (mark < 0)
				_exit(1);
			close(mark);
			unlink("alone");
			pid_files_remove(&w);
		}
		if (takers[i] == 0)
			_exit(0);
	}
	for (int i = 0; i < TAKERS; i++)
		wait_for(takers[i], 0);
}

static struct dump dump;

static void
test_dump(void)
{
	struct stat status;
	size_t length = 0;

	write_file("target", "precious\n", 0644);
	CHECK(symlink("target", "out") == 0);
	CHECK(world_dump_open(&w, &dump, "out") == NULL);
	for (int i = 0; i < 3000; i++)
		text_format(&dump.text, "%d\n", i);
	CHECK_STR(read_file("out"), "precious\n");	/* not before the end */
	CHECK(world_dump_close(&w, &dump) == NULL);
	CHECK_STR(read_file("target"), "precious\n");
	CHECK(lstat("out", &status) == 0 && S_ISREG(status.st_mode));
	CHECK_INT(status.st_mode & 07777, 0600);
	length = strlen(read_file("out"));
	CHECK_INT(length, 13890);
	CHECK_STR(read_file("out") + length - 5, "2999\n");
	CHECK_STR(world_dump_open(&w, &dump, "none/out"), strerror(ENOENT));
	CHECK(mkfifo("pipe", 0600) == 0 && symlink("pipe", "device") == 0);
	CHECK_STR(world_dump_open(&w, &dump, "pipe"), "not a regular file");
	CHECK_STR(world_dump_open(&w, &dump, "device"), "not a regular file");
	unlink("pipe");
	unlink("device");
	CHECK(world_dump_open(&w, &dump, "busy") == NULL);
	CHECK(mkdir("busy", 0700) == 0);
	CHECK_STR(world_dump_close(&w, &dump), strerror(EISDIR));
	CHECK(access(dump.temporary, F_OK) != 0);
	CHECK(world_dump_open(&w, &dump, "out") == NULL);
	world_close_fd(&w, &dump.fd);			/* a full disk */
	dump.fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
	text_string(&dump.text, "half");
	CHECK_STR(world_dump_close(&w, &dump), strerror(ENOSPC));
	CHECK_INT(strlen(read_file("out")), length);	/* the one before */
}

/* Where stdout goes, by a link as /dev/stdout, is written to as it is. */
static void
test_dump_stdout(void)
{
	int saved = dup(STDOUT_FILENO);
	int fd = open("redirected", O_WRONLY | O_CREAT, 0640);
	struct stat status;

	CHECK(symlink("/proc/self/fd/1", "link") == 0);
	CHECK(write(fd, "before\n", 7) == 7 && dup2(fd, STDOUT_FILENO) == 1);
	CHECK(world_dump_open(&w, &dump, "link") == NULL);
	text_string(&dump.text, "dump\n");
	CHECK(world_dump_close(&w, &dump) == NULL);
	CHECK(write(STDOUT_FILENO, "behind\n", 7) == 7);
	dup2(saved, STDOUT_FILENO);
	CHECK(lstat("link", &status) == 0 && S_ISLNK(status.st_mode));
	CHECK_STR(read_file("redirected"), "before\ndump\nbehind\n");
	unlink("link");
	close(saved);
	close(fd);
}

/* Somebody puts a link to a file of ours where the dump is to be (T12). */
static void
test_dump_race(void)
{
	struct stat status;
	pid_t attacker = fork();

	while (attacker == 0) {
		unlink("raced");
		if (symlink("target", "raced") != 0 && errno != EEXIST)
			_exit(1);
	}
	for (int i = 0; i < 2000; i++) {
		CHECK(world_dump_open(&w, &dump, "raced") == NULL);
		text_string(&dump.text, "dump\n");
		CHECK(world_dump_close(&w, &dump) == NULL);
	}
	kill(attacker, SIGKILL);
	wait_for(attacker, SIGKILL);
	CHECK_STR(read_file("target"), "precious\n");
	CHECK(stat("target", &status) == 0 && S_ISREG(status.st_mode));
}

static void
test_read(void)
{
	struct reader reader;
	struct arena arena;
	const char *why = NULL, *text;
	size_t length = 0;

	world_reader(&w, &reader);
	world_arena_open(&w, &arena);
	write_file("plain", "a\nb", 0644);
	text = reader.open(&reader, &arena, "plain", &length, &why);
	CHECK_STR(text, "a\nb");
	CHECK_INT(length, 3);
	write_file("empty", "", 0644);
	CHECK_STR(reader.open(&reader, &arena, "empty", &length, &why), "");
	write_file("program", "x", 0755);
	CHECK(!reader.open(&reader, &arena, "program", &length, &why));
	CHECK_STR(why, "has an execute bit; keepalived skips such files");
	CHECK(mkfifo("pipe", 0600) == 0);
	CHECK(!reader.open(&reader, &arena, "pipe", &length, &why));
	CHECK_STR(why, "not a regular file");
	CHECK(!reader.open(&reader, &arena, "/dev/zero", &length, &why));
	CHECK(!reader.open(&reader, &arena, ".", &length, &why));
	CHECK(!reader.open(&reader, &arena, "absent", &length, &why));
	CHECK_STR(why, strerror(ENOENT));
	CHECK(truncate("empty", FILE_MAX_SIZE) == 0);
	CHECK(reader.open(&reader, &arena, "empty", &length, &why) != NULL);
	CHECK_INT(length, FILE_MAX_SIZE);
	length = 0;
	CHECK(truncate("empty", FILE_MAX_SIZE + 1) == 0);
	CHECK(!reader.open(&reader, &arena, "empty", &length, &why));
	CHECK(length > 0);		/* it is there */
	CHECK_STR(why, "larger than 1 MiB");
	world_arena_close(&w, &arena);
}

/* What reader.glob finds is what glob(3) finds, in the same order. */
static void
test_glob(void)
{
	static const char *const files[] = { "g/a.conf", "g/b.conf",
	    "g/.c.conf", "g/ab", "g/a[1]", "g/*", "g/x/1.conf",
	    "g/x/2.conf", "g/x-y/1.conf",
	    "g/y/3.conf", "g/]", "g/-", "g/back\\slash.conf" };
	static const char *const patterns[] = { "g/*.conf", "g/*", "g/?.conf",
	    "g/[ab].conf", "g/[!a].conf", "g/[a-b]*", "g/*/*.conf", "g/x*/1*",
	    "g/a\\[1]", "g/a[[]1]", "g/\\*", "g/.*.conf", "g/a.conf", "g/none",
	    "g/none*", "g/[", "g/[]]", "g/[a-]", "*/a.conf", "g//a*", "./g/a*",
	    "g/**", "g/*a*b*", "g/[]-a]", "g/a\\.conf", "g/back\\\\*",
	    "g/back\\\\slash.conf" };
	struct reader reader;
	struct arena arena;
	const char **paths;

	world_reader(&w, &reader);
	world_arena_open(&w, &arena);
	CHECK(!mkdir("g", 0700) && !mkdir("g/x", 0700) &&
	    !mkdir("g/x-y", 0700) && !mkdir("g/y", 0700));
	for (size_t i = 0; i < COUNT_OF(files); i++)
		write_file(files[i], "", 0644);
	for (size_t i = 0; i < COUNT_OF(patterns); i++) {
		int count = reader.glob(&reader, &arena, patterns[i], &paths);
		glob_t want = { 0 };
		char path[PATH_SIZE];

		/* glob(3) keeps "//" and "./"; a path is one all the same */
		CHECK(realpath("g", path) != NULL);
		glob(patterns[i], 0, NULL, &want);
		CHECK_INT(count, want.gl_pathc);
		for (int n = 0; n < count && (size_t)n < want.gl_pathc; n++) {
			const char *one = want.gl_pathv[n];

			if (strstr(one, "//") != NULL)
				continue;
			CHECK_STR(paths[n], one);
		}
		globfree(&want);
	}
	/* a directory that cannot be read may hold what we look for */
	CHECK(symlink("around", "g/around") == 0);
	CHECK_INT(reader.glob(&reader, &arena, "g/around/*", &paths), -1);
	CHECK_INT(reader.glob(&reader, &arena, "g/gone/*", &paths), 0);
	world_arena_close(&w, &arena);
}

/* -- who could replace a program -- */

/* Runs a test in a child, which may shut itself in; a skip is said there. */
static void
in_child(void (*test)(void))
{
	pid_t pid;
	int status = 0;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		check_bad = 0;
		check_good = 1;		/* a skip is no failure */
		test();
		fflush(stdout);
		_exit(check_bad > 0);
	}
	waitpid(pid, &status, 0);
	CHECK_INT(status, 0);
}

/* Becomes root of namespaces of our own; false, and said, if we may not. */
static bool
shut_in(int namespaces, const char *what)
{
	char map[32];
	uid_t uid = geteuid();
	gid_t gid = getegid();

	if (unshare(namespaces | (uid == 0 ? 0 : CLONE_NEWUSER)) != 0) {
		printf("not shown: %s: %s\n", what, strerror(errno));
		return false;
	}
	if (uid == 0)
		return true;
	write_file("/proc/self/setgroups", "deny", 0644);
	snprintf(map, sizeof(map), "0 %u 1\n", uid);
	write_file("/proc/self/uid_map", map, 0644);
	snprintf(map, sizeof(map), "0 %u 1\n", gid);
	write_file("/proc/self/gid_map", map, 0644);
	return true;
}

/* One step of a layout: d MODE, f MODE, l TARGET; o: owned by user 1000. */
struct layout {
	const char	*path;		/* which way to go */
	const char	*steps[5][3];	/* kind, path, mode or target */
	const char	*why;		/* NULL: can be run */
	bool		insecure;
};

static const struct layout layouts[] = {
	{ "/s/good", { { "d", "/s", "755" }, { "f", "/s/good", "755" } },
	    NULL, false },
	{ "//s/./../s//good", { { "d", "/s", "755" },
	    { "f", "/s/good", "755" } }, NULL, false },
	{ "/s/good", { { "d", "/s", "700" }, { "f", "/s/good", "700" } },
	    NULL, false },
	{ "/s/plain", { { "d", "/s", "755" }, { "f", "/s/plain", "644" } },
	    "not executable", false },
	{ "/s/world", { { "d", "/s", "755" }, { "f", "/s/world", "757" } },
	    NULL, true },
	{ "/s/group", { { "d", "/s", "755" }, { "f", "/s/group", "775" } },
	    NULL, true },
	{ "/s/good", { { "d", "/s", "777" }, { "f", "/s/good", "755" } },
	    NULL, true },
	{ "/s/good", { { "d", "/s", "1777" }, { "f", "/s/good", "755" } },
	    NULL, true },
	{ "/s/t/good", { { "d", "/s", "775" }, { "d", "/s/t", "755" },
	    { "f", "/s/t/good", "755" } }, NULL, true },
	{ "/s", { { "d", "/s", "755" } }, "not a regular file", false },
	{ "/s/none", { { "d", "/s", "755" } }, "No such file or directory",
	    false },
	{ "/s/good/more", { { "d", "/s", "755" }, { "f", "/s/good", "755" } },
	    "Not a directory", false },
	/* links: the way to the target counts, not the link's own mode */
	{ "/l", { { "d", "/s", "755" }, { "f", "/s/good", "755" },
	    { "l", "/l", "/s/good" } }, NULL, false },
	{ "/l", { { "d", "/s", "755" }, { "f", "/s/good", "755" },
	    { "l", "/l", "s/good" } }, NULL, false },
	{ "/s/l", { { "d", "/s", "755" }, { "f", "/good", "755" },
	    { "l", "/s/l", "../good" } }, NULL, false },
	{ "/s/l", { { "d", "/s", "777" }, { "f", "/good", "755" },
	    { "l", "/s/l", "/good" } }, NULL, true },
	{ "/l", { { "d", "/s", "755" }, { "f", "/s/bad", "777" },
	    { "l", "/l", "/s/bad" } }, NULL, true },
	{ "/l", { { "d", "/s", "777" }, { "f", "/s/good", "755" },
	    { "l", "/l", "/s/good" } }, NULL, true },
	{ "/l/good", { { "d", "/s", "777" }, { "f", "/s/good", "755" },
	    { "l", "/l", "/s" } }, NULL, true },
	{ "/l/good", { { "d", "/s", "755" }, { "f", "/s/good", "755" },
	    { "l", "/l", "s/" } }, NULL, false },
	/* one link leads through a directory of others, and back */
	{ "/l", { { "d", "/s", "777" }, { "d", "/t", "755" },
	    { "f", "/t/good", "755" }, { "l", "/s/m", "/t/good" },
	    { "l", "/l", "/s/m" } }, NULL, true },
	{ "/l", { { "d", "/s", "777" }, { "f", "/good", "755" },
	    { "l", "/l", "/s/../good" } }, NULL, true },
	{ "/l", { { "l", "/l", "/l" } },
	    "Too many levels of symbolic links", false },
	{ "/l", { { "l", "/l", "/m" }, { "l", "/m", "/l" } },
	    "Too many levels of symbolic links", false },
	{ "/l", { { "l", "/l", "/none" } }, "No such file or directory",
	    false },
	{ "/s/p", { { "d", "/s", "755" }, { "p", "/s/p", "755" } },
	    "not a regular file", false },
	{ "/", { { NULL } }, "not a regular file", false },
	/* owned by somebody else: root alone can make these */
	{ "/s/his", { { "d", "/s", "755" }, { "of", "/s/his", "755" } },
	    NULL, true },
	{ "/s/good", { { "od", "/s", "755" }, { "f", "/s/good", "755" } },
	    NULL, true },
	{ "/l", { { "od", "/s", "755" }, { "f", "/s/good", "755" },
	    { "l", "/l", "/s/good" } }, NULL, true },
	{ "/l", { { "f", "/good", "755" }, { "ol", "/l", "/good" } },
	    NULL, false },			/* "/" is root's */
	{ "/s/l", { { "od", "/s", "755" }, { "f", "/good", "755" },
	    { "l", "/s/l", "/good" } }, NULL, true },
};

/* Makes a layout; false when only the first root could. */
static bool
layout_make(const struct layout *layout)
{
	bool good = true;

	for (size_t i = 0; i < 5 && layout->steps[i][0] != NULL; i++) {
		const char *kind = layout->steps[i][0];
		const char *path = layout->steps[i][1];
		const char *what = layout->steps[i][2];
		mode_t mode = (mode_t)strtoul(what, NULL, 8);
		bool others = *kind == 'o';

		kind += others;
		if (*kind == 'd') {
			mkdir(path, 0755);
			chmod(path, mode);
		} else if (*kind == 'f') {
			write_file(path, "#!/bin/sh\n", mode);
		} else if (*kind == 'p') {
			mkfifo(path, mode);
		} else if (symlink(what, path) != 0) {
			return false;
		}
		good = good && (!others || lchown(path, 1000, 1000) == 0);
	}
	return good;
}

/* Puts us into an empty file system, whose "/" is root's alone. */
static bool
into_empty_root(const char *what)
{
	return shut_in(CLONE_NEWNS, what) &&
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	    mount("none", directory, "tmpfs", 0, "mode=755") == 0 &&
	    chroot(directory) == 0 && chdir("/") == 0;
}

/* T10: the tree of layouts. */
static void
test_walk(void)
{
	size_t skipped = 0;

	if (!into_empty_root("the walk to a program"))
		return;
	for (size_t i = 0; i < COUNT_OF(layouts); i++) {
		const struct layout *layout = &layouts[i];
		bool insecure = !layout->insecure;
		const char *why;
		static const char *const names[] = { "/l", "/m", "/good",
		    "/s/l", "/s/m", "/s/good", "/s/bad", "/s/his", "/s/plain",
		    "/s/world", "/s/group", "/s/p", "/s/t/good", "/t/good" };

		if (layout_make(layout)) {
			why = path_walk(&w, layout->path, 0, NULL, 0,
			    &insecure);
			if (!check((why == NULL) == (layout->why == NULL) &&
			    (why == NULL || strcmp(why, layout->why) == 0),
			    "why") ||
			    !check(why != NULL || insecure == layout->insecure,
			    "insecure"))
				printf("\tlayout %zu, %s: %s%s\n", i,
				    layout->path, why == NULL ? "" : why,
				    insecure ? " insecure" : "");
		} else {
			skipped++;
		}
		for (size_t n = 0; n < COUNT_OF(names); n++)
			unlink(names[n]);
		rmdir("/s/t");
		rmdir("/s");
		rmdir("/t");
	}
	if (skipped > 0)
		printf("not shown: %zu layouts that need two users\n", skipped);
}

/* Who cannot be looked up might exist, and has groups that nobody knows. */
static void
test_users_unknown(const struct reader *reader)
{
	gid_t groups[GROUPS_MAX];
	uint32_t uid = 0, gid = 0;
	const char *why = NULL;

	CHECK(rename("/etc/group", "/etc/g") == 0 &&
	    mkdir("/etc/group", 0755) == 0);
	CHECK_INT(groups_of(&w, 1000, 1001, groups, &why), 0);
	CHECK_STR(why, "not a regular file");
	CHECK_STR(reader->group(reader, "wheel", &gid), "not a regular file");
	CHECK(rename("/etc/passwd", "/etc/p") == 0 &&
	    mkdir("/etc/passwd", 0755) == 0);
	CHECK_STR(reader->user(reader, "max", &uid, &gid),
	    "not a regular file");
	CHECK_STR(reader->user(reader, "1000", &uid, &gid),
	    "not a regular file");
	CHECK(rmdir("/etc/group") == 0 && rmdir("/etc/passwd") == 0);
	CHECK(rename("/etc/g", "/etc/group") == 0 &&
	    rename("/etc/p", "/etc/passwd") == 0);
}

/* Who else than root may run it; and the users, from files of our own. */
static void
test_users(void)
{
	struct reader reader;
	struct arena arena;
	gid_t groups[GROUPS_MAX];
	uint32_t uid = 0, gid = 0;
	const char *resolved = NULL, **names, *why;
	bool insecure = true;

	if (!into_empty_root("users and groups"))
		return;
	world_reader(&w, &reader);
	world_arena_open(&w, &arena);
	CHECK_STR(reader.user(&reader, "max", &uid, &gid), "no such user");
	CHECK(reader.user(&reader, "77", &uid, &gid) == NULL);
	CHECK(uid == 77 && gid == 77);		/* without /etc/passwd */
	CHECK(mkdir("/etc", 0755) == 0 && mkdir("/bin", 0755) == 0);
	write_file("/etc/passwd", "root:x:0:0::/:/bin/sh\nbroken\n:::\n"
	    "max:x:1000:1001:M:/home:/bin/sh\nmaxim:x:7:7::/:", 0644);
	write_file("/etc/group", "root:x:0:\nstaff:x:50:eva,max\n"
	    "no:x:51:maxim\nmax:x:1001:\nwheel:x:52:max", 0644);
	CHECK(reader.user(&reader, "max", &uid, &gid) == NULL);
	CHECK(uid == 1000 && gid == 1001);
	CHECK(reader.user(&reader, "1000", &uid, &gid) == NULL);
	CHECK(uid == 1000 && gid == 1001);
	CHECK(reader.user(&reader, "ma", &uid, &gid) != NULL);
	CHECK(reader.user(&reader, "", &uid, &gid) == NULL);	/* ourselves */
	CHECK(uid == geteuid() && gid == getegid());
	CHECK(reader.user(&reader, "-1", &uid, &gid) != NULL);
	CHECK(reader.user(&reader, "4294967295", &uid, &gid) != NULL);
	CHECK(reader.group(&reader, "wheel", &gid) == NULL && gid == 52);
	CHECK(reader.group(&reader, "whee", &gid) != NULL);
	CHECK(reader.group(&reader, "99", &gid) == NULL && gid == 99);
	CHECK_INT(groups_of(&w, 1000, 1001, groups, &why), 3);
	CHECK(groups[0] == 1001 && groups[1] == 50 && groups[2] == 52);
	CHECK_INT(groups_of(&w, 4711, 9, groups, &why), 1);
	test_users_unknown(&reader);

	write_file("/bin/mine", "", 0700);
	CHECK_STR(reader.script(&reader, &arena, "/bin/mine", 1000, 1001,
	    &resolved, &insecure), "not executable");
	chmod("/bin/mine", 0755);
	CHECK(!reader.script(&reader, &arena, "/bin/mine", 1000, 1001,
	    &resolved, &insecure));
	chmod("/bin/mine", 0757);
	CHECK(!reader.script(&reader, &arena, "/bin/mine", 1000, 1001,
	    &resolved, &insecure) && !insecure);	/* not run by root */
	CHECK(!reader.script(&reader, &arena, "/bin/mine", 0, 0, &resolved,
	    &insecure) && insecure);
	chmod("/bin", 0700);
	CHECK_STR(reader.script(&reader, &arena, "/bin/mine", 1000, 1001,
	    &resolved, &insecure), "a directory above it may not be searched");
	chmod("/bin", 0755);
	groups[0] = 77;
	groups[1] = 0;				/* the file's group */
	chmod("/bin/mine", 0750);
	CHECK(!path_walk(&w, "/bin/mine", 1000, groups, 2, &insecure));
	CHECK(path_walk(&w, "/bin/mine", 1000, groups, 1, &insecure) != NULL);
	chmod("/bin/mine", 0705);		/* forbidden to that one only */
	CHECK(path_walk(&w, "/bin/mine", 1000, groups, 2, &insecure) != NULL);
	CHECK(!path_walk(&w, "/bin/mine", 1000, groups, 1, &insecure));
	setenv("PATH", "relative::/none:/bin:/", 1);
	CHECK(!reader.script(&reader, &arena, "mine", 0, 0, &resolved,
	    &insecure));
	CHECK_STR(resolved, "/bin/mine");
	CHECK(chdir("/bin") == 0);
	CHECK(!reader.script(&reader, &arena, "./mine", 0, 0, &resolved,
	    &insecure));
	CHECK_STR(resolved, "/bin/./mine");
	CHECK_STR(reader.script(&reader, &arena, "absent", 0, 0, &resolved,
	    &insecure), "not found in $PATH");
	CHECK(resolved == NULL);
	CHECK_INT(reader.interfaces(&reader, &arena, &names), -1);
	world_arena_close(&w, &arena);
}

/* -- programs -- */

static void
test_environment(void)
{
	static const char *const from[] = { "IFS= ", "A=1", "LD_PRELOAD=/x.so",
	    "IFSX=2", "LD_LIBRARY_PATH=/x", "LD_LIBRARY_PATHS=3", "I=4",
	    "ODD", NULL };
	static const char *const path[] = { "PATH=/bin", NULL };
	char *none_at_all = NULL, *to[10];

	environment_clean((char *const *)(uintptr_t)from, to);
	CHECK_STR(to[0], "A=1");
	CHECK_STR(to[1], "IFSX=2");
	CHECK_STR(to[2], "LD_LIBRARY_PATHS=3");
	CHECK_STR(to[3], "I=4");
	CHECK_STR(to[4], "ODD");
	CHECK_STR(to[5], "PATH=" PATH_DEFAULT);
	CHECK(to[6] == NULL);
	environment_clean((char *const *)(uintptr_t)path, to);
	CHECK_STR(to[0], "PATH=/bin");
	CHECK(to[1] == NULL);
	environment_clean(&none_at_all, to);
	CHECK_STR(to[0], "PATH=" PATH_DEFAULT);
	CHECK(to[1] == NULL);
}

static void
test_arguments(void)
{
	const char *own[] = { "/x", "one two", NULL }, *argv[ARGUMENTS_MAX];
	struct conf_command command = { .argv = own };
	char many[2 * ARGUMENTS_MAX];

	CHECK(arguments_fill(&command, "INSTANCE\0VI 1\0\0cut", 18, argv));
	CHECK_STR(argv[1], "one two");
	CHECK_STR(argv[2], "INSTANCE");
	CHECK_STR(argv[3], "VI 1");
	CHECK_STR(argv[4], "");
	CHECK(argv[5] == NULL);
	memset(many, 0, sizeof(many));
	CHECK(arguments_fill(&command, many, ARGUMENTS_MAX - 3, argv));
	CHECK(argv[ARGUMENTS_MAX - 1] == NULL);
	CHECK(!arguments_fill(&command, many, ARGUMENTS_MAX - 2, argv));
}

#define TOKENS 8
static int ended[TOKENS];		/* wait status + 1, by token */
static int32_t values[TOKENS];		/* of tracked files */
static int32_t counts[TOKENS];		/* of tracked processes */
static int events[EVENT_KINDS], marks[DUMP_DONE + 1], reports[UINT16_MAX + 1];
static int last_index, last_value;
static struct event last_frame;

static void
feed(struct world *world, const struct event *event)
{
	CHECK(world == &w);
	events[event->kind]++;
	if (event->kind == EVENT_PROCESS && event->token < TOKENS)
		ended[event->token] = event->value + 1;
	if (event->kind == EVENT_FILE && event->index < TOKENS)
		values[event->index] = event->value;
	if (event->kind == EVENT_COUNT && event->index < TOKENS)
		counts[event->index] = event->value;
	if (event->kind == EVENT_FRAME)
		last_frame = *event;
	if (event->kind == EVENT_NETLINK && event->length == 0)
		marks[event->value]++;
	if (event->kind == EVENT_NETLINK && event->length > 0) {
		struct cursor c = cursor_over(event->bytes + 4, 2);

		reports[cursor_u16_native(&c)]++;
	}
	last_index = (int)event->index;
	last_value = event->value;
}

/* Serves until a counter has a value, at most 20 s; whether it has. */
static bool
serve_until(const int *counter, int value)
{
	usec_t end = world_now(&w) + 20 * SECOND_US;

	while (*counter < value && world_now(&w) < end) {
		uint32_t ready = world_wait(&w, end);

		for (int i = 0; i < SOCKET_WAITED; i++) {
			if (ready & 1U << i && i != SOCKET_SIGNAL)
				world_receive(&w, (enum world_socket)i, feed);
		}
		world_next_signal(&w);
		world_pending(&w, feed);
	}
	return *counter >= value;
}

/* Appends an effect that is all filled in. */
static void
add_effect(const struct effect *effect, const void *bytes, size_t length)
{
	struct effect *added = effect_add(&w.out,
	    (enum effect_kind)effect->kind, bytes, length);

	*added = *effect;
	added->length = (uint16_t)length;
}

static void
run_command(uint32_t index, uint32_t token, const char *extra, size_t length)
{
	struct effect effect = { .kind = EFFECT_RUN, .index = index,
	    .token = token, .value = 1 };

	add_effect(&effect, extra, length);
}

static void
send_signal(uint32_t token, int number)
{
	struct effect effect = { .kind = EFFECT_SIGNAL, .token = token,
	    .value = number };

	add_effect(&effect, NULL, 0);
}

/* What a program finds when it starts, told by itself (T16). */
static const char *const tell[] = { "/bin/sh", "-c", "exec 3>$WORLD_TEST/told;"
    "{ echo \"$0.$1\"; pwd; umask; ls /proc/self/fd | tr '\\n' ' '; echo;"
    "readlink /proc/self/fd/0; grep Sig[BI] /proc/self/status;"
    "cut -d' ' -f6 /proc/self/stat; echo $$; } >&3 3>&-", NULL };
static const char *const fail[] = { "/bin/sh", "-c", "exit 3", NULL };
static const char *const none[] = { "/none", NULL };
/* Ends at TERM; what it started does not. */
static const char *const stubborn[] = { "/bin/sh", "-c", "trap 'exit 5' TERM;"
    "(trap '' TERM; exec sleep 60) & echo $! >$WORLD_TEST/child;"
    "while :; do sleep 0.05; done", NULL };
/* Copies what it reads from the FIFO that it is given. */
static const char *const copy[] = { "/bin/sh", "-c",
    "while read line; do echo \"$line\" >>$WORLD_TEST/copied; done <$0", NULL };
static struct conf_command commands[] = {
	{ .argv = tell, .path = "/bin/sh" },
	{ .argv = fail, .path = "/bin/sh" },
	{ .argv = none, .path = "/none" },
	{ .argv = none, .path = NULL, .why = "does not exist" },
	{ .argv = stubborn, .path = "/bin/sh" },
	{ .argv = copy, .path = "/bin/sh" },
};
static struct conf_file files[] = { { .name = "a", .path = "tracked/a",
    .init = true, .init_value = 7 }, { .name = "b", .path = "tracked/b" } };
/* With our number, for the same test may run elsewhere on this machine. */
static char tracked_name[16], tracked_command[32];
static struct conf_process processes[] = {
	{ .name = "a", .words = tracked_name, .used = true },
	{ .name = "b", .words = tracked_name },
	{ .name = "c", .words = tracked_command, .length = 17,
	    .used = true, .param_match = PARAMS_INITIAL },
};
static struct conf_script scripts[] = { { .check = { .kind = CHECK_TCP } } };
static struct conf conf = { .scripts = scripts, .script_count = 1,
    .commands = commands, .files = files,
    .processes = processes, .command_count = COUNT_OF(commands),
    .file_count = COUNT_OF(files), .process_count = COUNT_OF(processes) };

/* Waits up to 10 s until a file holds some text; what it holds. */
static const char *
wait_file(const char *path, const char *text)
{
	for (int i = 0; i < 1000 && strstr(read_file(path), text) == NULL; i++)
		usleep(10000);
	return read_file(path);
}

/* Waits up to 10 s until a process is gone, or gone but for its number. */
static bool
gone(int pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	for (int i = 0; i < 1000; i++) {
		const char *text = read_file(path);

		if (*text == '\0' || strstr(text, ") Z") != NULL)
			return true;
		usleep(10000);
	}
	return false;
}

static void
test_programs(void)
{
	const char *told;
	int child, running = 0, leak = dup(1);	/* Main may be given such */

	umask(077);
	run_command(0, 1, "GROUP\0G 1\0", 10);
	run_command(1, 2, NULL, 0);
	run_command(2, 3, NULL, 0);
	run_command(3, 4, NULL, 0);
	run_command(99, 5, NULL, 0);
	world_carry_out(&w, &w.out);
	CHECK(serve_until(&events[EVENT_PROCESS], 5));
	umask(022);
	close(leak);
	CHECK_INT(ended[1], 1);
	CHECK_INT(ended[2], (3 << 8) + 1);
	CHECK_INT(ended[3], (EXIT_NOT_RUN << 8) + 1);
	CHECK_INT(ended[4], (EXIT_NOT_RUN << 8) + 1);
	CHECK_INT(ended[5], (EXIT_NOT_RUN << 8) + 1);
	told = read_file("told");
	CHECK(strncmp(told, "GROUP.G 1\n/\n0022\n0 1 2 3 \n", 26) == 0);
	CHECK(strstr(told, "/dev/null\nSigBlk:\t0000000000000000\n") != NULL);
	told = strstr(told, "SigIgn:\t") + 8;
	/* 32 belongs to the threads of libc, or of the emulator */
	CHECK_INT(strtoull(told, NULL, 16) & ~(1ULL << 31), 0);
	told += 17;				/* its session is its own */
	CHECK(atoi(told) > 0 && atoi(told) == atoi(strchr(told, '\n')));

	run_command(4, 6, NULL, 0);
	world_carry_out(&w, &w.out);
	child = atoi(wait_file("child", "\n"));
	CHECK(child > 0 && kill(child, 0) == 0);
	send_signal(6, SIGTERM);
	world_carry_out(&w, &w.out);
	CHECK(serve_until(&ended[6], (5 << 8) + 1));
	CHECK(gone(child));			/* T18: the group, by KILL */
	for (size_t i = 0; i < PROCESSES_MAX; i++)	/* but for the reader */
		running += w.processes[i].pid != 0;
	CHECK_INT(running, 1);
}

/* Effects keep their order; programs are those of the configuration then. */
static void
test_late(void)
{
	static struct conf other = { .command_count = 0 };
	struct effect stopped = { .kind = EFFECT_STOPPED };

	for (int i = 0; i < GLOBAL_SCRIPTS; i++)
		other.global.script[i] = NONE;
	ended[7] = events[EVENT_PROCESS] = 0;
	/* more than the queue holds; the last of them take time */
	for (int i = 0; i < 2000; i++)
		run_command(i < 1700 ? 3 : 1, 7, NULL, 0);
	add_effect(&stopped, NULL, 0);
	world_carry_out(&w, &w.out);
	CHECK(!w.stopped);
	world_configure(&w, &other);
	CHECK(w.stopped);
	CHECK(serve_until(&events[EVENT_PROCESS], PENDING_MAX));
	w.stopped = false;
}

/* reload_time_file and dates of events: every day to 2099, as libc counts. */
static void
test_schedule(void)
{
	static const char *const wrong[] = { "", "12:00:00", "12:00:00z",
	    "24:00:00Z", "12:60:00Z", "12:00:61Z", "2026-00-10 12:00:00Z",
	    "2026-13-10 12:00:00Z", "2026-01-00 12:00:00Z",
	    "2026-01-32 12:00:00Z", "2026-01-02T12:00:00Z",
	    "2026-01-02  12:00:00Z", "026-01-02 12:00:00Z",
	    "2026-01-02 12:00:00Z ", "2x26-01-02 12:00:00Z", " 2:00:00Z" };

	for (int64_t day = 0; day < 130 * 365; day++) {
		time_t want = (time_t)(day * 86400 + day * 77 % 86400);
		struct tm tm;
		struct text date;
		char text[32], back[32];

		gmtime_r(&want, &tm);
		strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%SZ", &tm);
		CHECK_INT(schedule_parse(text, 0), want);
		if (tm.tm_year >= 100)
			CHECK_INT(schedule_parse(text + 2, 0), want);
		CHECK_INT(schedule_parse(text + 11, day * 86400 + 7), want);
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S.012Z", &tm);
		date = text_over(back, sizeof(back));
		text_date(&date, want * SECOND_US + 12345, true);
		CHECK_STR(text_end(&date), text);
	}
	for (size_t i = 0; i < COUNT_OF(wrong); i++)
		CHECK_INT(schedule_parse(wrong[i], 1000000000), -1);
}

/* -- FIFOs and tracked files -- */

static void
test_fifo(void)
{
	static struct conf next;
	struct effect line = { .kind = EFFECT_FIFO };
	struct stat status;

	CHECK(stat("events", &status) == 0 && S_ISFIFO(status.st_mode));
	CHECK_INT(status.st_mode & 07777, 0600);
	CHECK(w.fifos[1].fd < 0);		/* a file stands in its place */
	CHECK_STR(read_file("victim"), "precious\n");
	add_effect(&line, "INSTANCE \"VI_1\" MASTER 100", 26);
	world_carry_out(&w, &w.out);
	next = conf;
	world_configure(&w, &next);		/* a reload loses nothing */
	add_effect(&line, "second", 6);
	world_carry_out(&w, &w.out);
	CHECK_STR(wait_file("copied", "second\n"),
	    "INSTANCE \"VI_1\" MASTER 100\nsecond\n");
	next.global.fifo[0] = (struct conf_fifo){ .path = NULL };
	next.global.script[SCRIPT_FIFO] = NONE;
	world_configure(&w, &next);
	CHECK(stat("events", &status) != 0);
	CHECK(mkfifo("his", 0640) == 0);	/* one of an administrator */
	conf.global.fifo[0].path = "his";
	conf.global.script[SCRIPT_FIFO] = NONE;
	next = conf;
	world_configure(&w, &next);
	for (int i = 0; i < 3000; i++)		/* nobody reads: never waits */
		add_effect(&line, "INSTANCE \"VI_1\" MASTER 100", 26);
	world_carry_out(&w, &w.out);
	CHECK(w.fifos[0].full);
	next.global.fifo[0].path = NULL;
	world_configure(&w, &next);
	CHECK(stat("his", &status) == 0);
	CHECK_INT(status.st_mode & 07777, 0640);
	conf.global.fifo[0].path = NULL;
}

/* What cannot be read has no new value, and is read once it can be. */
static void
test_tracked_unreadable(void)
{
	write_file("tracked/b", "45", 0644);
	events[EVENT_FILE] = 0;
	CHECK(serve_until(&events[EVENT_FILE], 1));
	events[EVENT_FILE] = 0;
	CHECK(!mkdir("tracked/d", 0700) && !unlink("tracked/b") &&
	    !rename("tracked/d", "tracked/b"));
	world_receive(&w, SOCKET_FILES, feed);
	world_pending(&w, feed);
	CHECK_INT(events[EVENT_FILE], 0);
	CHECK_INT(values[1], 45);
	CHECK(!w.files[1].changed && w.again_at > world_now(&w));
	w.again_at = 1;			/* what is due earlier, stays so */
	w.files[1].changed = true;
	CHECK(!files_feed(&w, feed));
	CHECK_INT(w.again_at, 1);
	CHECK(rmdir("tracked/b") == 0);
	write_file("tracked/b", "46", 0644);
	w.again_at = 0;
	CHECK(world_due(&w) == 0);
	world_pending(&w, feed);		/* notes it */
	world_pending(&w, feed);
	CHECK_INT(values[1], 46);
	CHECK_INT(w.again_at, NEVER);
}

/* Who writes next to it without end is read in parts, as others have a turn. */
static void
test_tracked_flood(void)
{
	struct pollfd more = { .fd = w.fd[SOCKET_FILES], .events = POLLIN };
	int parts = 0;

	for (int i = 0; i < 500; i++)
		write_file(i % 2 == 0 ? "tracked/x" : "tracked/y", "", 0644);
	for (; poll(&more, 1, 0) == 1; parts++)
		world_receive(&w, SOCKET_FILES, feed);
	CHECK(parts > 1);
}

/* A directory that takes the place of another is the one that counts. */
static void
test_tracked_moved(void)
{
	events[EVENT_FILE] = 0;
	CHECK(mkdir("next", 0700) == 0);
	write_file("next/b", "50", 0644);
	CHECK(!rename("tracked", "before") && !rename("next", "tracked"));
	CHECK(serve_until(&events[EVENT_FILE], 1));
	CHECK_INT(values[1], 50);
	write_file("tracked/b", "51", 0644);
	CHECK(serve_until(&events[EVENT_FILE], events[EVENT_FILE] + 1));
	CHECK_INT(values[1], 51);
}

/* The same of one above that. */
static void
test_tracked_above(void)
{
	files[1].path = "above/within/b";
	CHECK(!mkdir("above", 0700) && !mkdir("above/within", 0700) &&
	    !mkdir("next", 0700) && !mkdir("next/within", 0700));
	write_file(files[1].path, "60", 0644);
	write_file("next/within/b", "61", 0644);
	world_configure(&w, &conf);
	events[EVENT_FILE] = 0;
	CHECK(serve_until(&events[EVENT_FILE], 2));
	CHECK_INT(values[1], 60);
	CHECK(!rename("above", "aside") && !rename("next", "above"));
	CHECK(serve_until(&events[EVENT_FILE], events[EVENT_FILE] + 1));
	CHECK_INT(values[1], 61);
	write_file("above/within/b", "62", 0644);
	CHECK(serve_until(&events[EVENT_FILE], events[EVENT_FILE] + 1));
	CHECK_INT(values[1], 62);
}

static void
test_tracked(void)
{
	static const struct { const char *text; int32_t value; } numbers[] = {
		{ "12\n", 12 }, { " -3 ", -3 }, { "+4x", 4 }, { "x", 0 },
		{ "", 0 }, { "99999999999", INT32_MAX },
		{ "-99999999999", INT32_MIN }, { "--1", 0 }, { "0x10", 0 },
	};

	CHECK_STR(read_file("tracked/a"), "7\n");	/* init_file */
	CHECK(serve_until(&events[EVENT_FILE], 2));
	CHECK_INT(values[0], 7);
	CHECK_INT(values[1], 0);
	for (size_t i = 0; i < COUNT_OF(numbers); i++) {
		events[EVENT_FILE] = 0;
		values[1] = -1;
		write_file("tracked/b", numbers[i].text, 0644);
		CHECK(serve_until(&events[EVENT_FILE], 1));
		CHECK_INT(values[1], numbers[i].value);
	}
	events[EVENT_FILE] = 0;
	write_file("tracked/new", "44", 0644);
	CHECK(rename("tracked/new", "tracked/b") == 0);
	CHECK(serve_until(&events[EVENT_FILE], 1));
	CHECK_INT(values[1], 44);
	events[EVENT_FILE] = 0;
	unlink("tracked/b");
	CHECK(serve_until(&events[EVENT_FILE], 1));
	CHECK_INT(values[1], 0);
	CHECK_INT(values[0], 7);
	test_tracked_unreadable();
	test_tracked_flood();
	test_tracked_moved();
	test_tracked_above();
}

/* -- the control socket -- */

/* Nobody is let in while eight others speak, and who waits wakes us not. */
static void
test_crowd(void)
{
	usec_t now = world_now(&w);
	int pair[2], fd;
	CHECK(control_open(&w) == NULL);
	fd = unix_connect(&w, SOCK_STREAM, "control");
	CHECK(world_wait(&w, now) & 1U << SOCKET_CONTROL);
	for (int i = 0; i < CLIENTS_MAX; i++) {
		CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
		w.clients[i].fd = pair[0];
		w.clients[i].until = now + CLIENT_US;
		w.client_count++;
	}
	client_accept(&w, now);
	CHECK_INT(w.client_count, CLIENTS_MAX);
	CHECK_INT(world_wait(&w, now) & 1U << SOCKET_CONTROL, 0);
	CHECK(w.again_at <= now + CLIENT_IDLE_US);
	client_drop(&w, &w.clients[3]);
	CHECK(world_wait(&w, now) & 1U << SOCKET_CONTROL);
	client_accept(&w, now);
	CHECK_INT(w.client_count, CLIENTS_MAX);
	close(fd);
}

/* Who cannot ask whether a daemon answers there, takes no socket from it. */
static void
test_control_asked(void)
{
	struct rlimit few = { 3, 3 };

	CHECK(control_open(&w) == NULL);
	setrlimit(RLIMIT_NOFILE, &few);
	control_remove(&w, "control");
	CHECK(access("control", F_OK) == 0);
}

/* A socket that somebody removed is made anew; one that stands there stays. */
static void
test_control_renewed(void)
{
	struct stat before, after;

	CHECK(control_open(&w) == NULL && stat("control", &before) == 0);
	control_renew(&w);
	CHECK(stat("control", &after) == 0 && before.st_ino == after.st_ino);
	unlink("control");
	control_renew(&w);
	CHECK(stat("control", &after) == 0 && (after.st_mode & 0777) == 0600);
	CHECK(!control_remove(&w, "control"));		/* it answers */
	w.control = "nowhere/control";
	control_renew(&w);
	CHECK_INT(w.fd[SOCKET_CONTROL], -1);
	w.control = "control";			/* what was ours is stale */
	control_renew(&w);
	CHECK(w.fd[SOCKET_CONTROL] >= 0);
}

/* Who began to open it, but does not listen yet, keeps it. */
static void
test_control_race(void)
{
	struct sockaddr_un here = { .sun_family = AF_UNIX,
	    .sun_path = "control" };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), error, lock;
	struct stat before, after;

	unlink("control");
	lock = pid_lock(&w, "control.lock", &error);
	CHECK(bind(fd, (struct sockaddr *)&here, sizeof(here)) == 0);
	CHECK(stat("control", &before) == 0);
	CHECK_STR(control_open(&w),
	    "another daemon answers there; give --control PATH");
	CHECK(stat("control", &after) == 0 && before.st_ino == after.st_ino);
	close(lock);				/* killed then */
	CHECK(control_open(&w) == NULL);
	CHECK(unix_connect(&w, SOCK_STREAM, "control") >= 0);
	world_close(&w);
	CHECK(access("control", F_OK) != 0);
	CHECK(access("control.lock", F_OK) != 0);
}

/* A name that begins with @ is one of a file, too. */
static void
test_control_at(void)
{
	w.control = "@control";
	CHECK(control_open(&w) == NULL);
	CHECK(unix_connect(&w, SOCK_STREAM, "@control") >= 0);
}

/* A command does not wait for ever for a daemon that stands still. */
static void
test_control_still(void)
{
	struct query q = { .path = "control", .length = 1, .request = "?\n" };

	alarm(60);
	CHECK(control_open(&w) == NULL);
	while (unix_connect(&w, SOCK_STREAM | SOCK_NONBLOCK, q.path) >= 0)
		continue;
	CHECK_INT(errno, EAGAIN);
	errno = 0;
	CHECK_INT(query_open(&w, &q), -1);
	CHECK_INT(errno, EAGAIN);
}

/* Who waits for the end of the pid file, can have the socket. */
static void
test_close_order(void)
{
	int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	union { struct inotify_event event; char bytes[4096]; } gone;
	const char *why;
	pid_t other;

	CHECK(control_open(&w) == NULL);
	CHECK(world_pid_open(&w, "own.pid", &other, &why) == PID_WRITTEN);
	inotify_add_watch(fd, ".", IN_DELETE);
	w.fd[SOCKET_FIREWALL] = -1;
	world_close(&w);
	CHECK(read(fd, &gone, sizeof(gone)) > 0);
	CHECK_STR(gone.event.name, "control");
	CHECK(access("own.pid", F_OK) != 0);
}

/* -- tracked processes -- */

/* A process with the name, or the command, that is tracked. */
static pid_t
tracked_start(bool command)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL);
	if (command)
		execlp("sleep", "sleep", tracked_command + 6, "0",
		    (char *)NULL);
	syscall(SYS_prctl, PR_SET_NAME, tracked_name);
	for (;;)
		pause();
}

/* Serves until the count of a tracked process is that. */
static void
counts_to(uint16_t tracker, int value)
{
	usec_t end = world_now(&w) + 20 * SECOND_US;

	while (counts[tracker] != value && world_now(&w) < end)
		serve_until(&events[EVENT_COUNT], events[EVENT_COUNT] + 1);
	CHECK_INT(counts[tracker], value);
}

/* Comes, forks, ends while nobody collects it, ends and comes at once. */
static void
test_processes_follow(const char *how)
{
	pid_t pid;
	usec_t start;

	printf("world: tracked processes, %s\n", how);
	pid = tracked_start(false);
	counts_to(0, 1);
	counts_to(2, 0);
	kill(pid, SIGKILL);		/* a zombie from now on */
	start = world_now(&w);
	counts_to(0, 0);
	CHECK(world_now(&w) - start < 15 * SECOND_US);
	waitpid(pid, NULL, 0);
	pid = tracked_start(true);
	counts_to(2, 1);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	counts_to(2, 0);
	CHECK_INT(counts[1], -1);	/* nobody tracks it */
}

/* Who cannot look, as no file can be opened, does not say that all ended. */
static void
test_processes_unseen(void)
{
	struct sightings *s = &w.sightings;
	struct rlimit before, no_files = { 0, 0 };
	pid_t pid = tracked_start(false), other = tracked_start(true);
	int turns = 0;

	counts_to(0, 1);
	counts_to(2, 1);
	CHECK(getrlimit(RLIMIT_NOFILE, &before) == 0);
	no_files.rlim_max = before.rlim_max;
	world_close_fd(&w, &s->proc);
	CHECK(setrlimit(RLIMIT_NOFILE, &no_files) == 0);
	for (; turns < 8; turns++) {		/* known ones, and all */
		s->scan_at = turns % 2 == 0 ? 0 : NEVER;
		s->known_at = 0;
		CHECK(!processes_feed(&w, world_now(&w), feed));
	}
	CHECK(setrlimit(RLIMIT_NOFILE, &before) == 0);
	s->scan_at = 0;			/* in the midst of a look */
	while (s->proc < 0 || turns++ < 10)
		processes_feed(&w, world_now(&w), feed);
	CHECK(setrlimit(RLIMIT_NOFILE, &no_files) == 0);
	while (s->proc >= 0)
		CHECK(!processes_feed(&w, world_now(&w), feed));
	CHECK(setrlimit(RLIMIT_NOFILE, &before) == 0);
	CHECK_INT(counts[0], 1);
	CHECK_INT(counts[2], 1);
	kill(pid, SIGKILL);
	kill(other, SIGKILL);
	waitpid(pid, NULL, 0);
	waitpid(other, NULL, 0);
	counts_to(0, 0);
	counts_to(2, 0);
}

/* The kernel tells of a process that begins now. */
static void
test_processes_told(void)
{
	pid_t pid = fork();

	w.sightings.told_of = false;
	if (pid == 0)
		_exit(0);
	wait_for(pid, 0);
	for (int i = 0; i < 1000 && !w.sightings.told_of; i++) {
		processes_receive(&w);
		usleep(1000);
	}
	CHECK(w.sightings.told_of);
}

/* Whether this kernel tells of processes, over a socket of our own. */
static bool
kernel_tells(void)
{
	const struct sockaddr_nl group = { .nl_family = AF_NETLINK,
	    .nl_groups = CN_PROCESSES };
	const struct timeval patience = { 5, 0 };
	int fd = socket(AF_NETLINK, SOCK_DGRAM, NETLINK_CONNECTOR);
	uint8_t bytes[NETLINK_MAX];
	size_t length = nl_process_request(bytes, sizeof(bytes), CN_LISTEN);
	bool tells = false;
	pid_t pid;

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (bind(fd, (const struct sockaddr *)&group, sizeof(group)) == 0 &&
	    send(fd, bytes, length, 0) > 0) {
		pid = fork();
		if (pid == 0)
			_exit(0);
		wait_for(pid, 0);
		tells = recv(fd, bytes, sizeof(bytes), 0) > 0;
		length = nl_process_request(bytes, sizeof(bytes), CN_IGNORE);
		CHECK(send(fd, bytes, length, 0) > 0);
	}
	close(fd);
	return tells;
}

static void
test_processes(void)
{
	struct sightings *s = &w.sightings;

	snprintf(tracked_name, sizeof(tracked_name), "x (%d", (int)getpid());
	memcpy(tracked_command, "sleep", 6);
	snprintf(tracked_command + 6, 20, "60.%07d", (int)getpid());
	for (int i = 0; i < TOKENS; i++)
		counts[i] = -1;
	processes_configure(&w);
	counts_to(0, 0);
	CHECK_INT(s->told_of, kernel_tells());
	if (s->told_of) {
		processes_listen(&w, false);	/* a reload, and another one */
		processes_listen(&w, true);
		test_processes_told();
		test_processes_follow("as the kernel tells");
	} else
		printf("world: SKIP the kernel tells us of no processes\n");
	if (s->told_of) {		/* the news are lost, and mended */
		struct process_news news = { PROCESS_FORK, 1, 1 };

		s->all[s->count++] = (struct sighting){ 1, 0, true };
		process_told(&w, &news);
		CHECK_INT(s->count, 0);
		s->scan_at = world_now(&w) + 3600 * SECOND_US;
	}
	world_close_fd(&w, &w.fd[SOCKET_PROCESSES]);
	s->listening = s->told_of = false;
	s->scan_at = 0;
	test_processes_follow("as /proc shows");
	test_processes_unseen();
	conf.process_count = 0;
	processes_configure(&w);
	CHECK_INT(s->scan_at, NEVER);
	CHECK_INT(processes_due(&w), NEVER);
}

/* -- built-in checks -- */

static int checks_ended, last_found;

/* What checks_feed is told of checks with tokens from 1000 on. */
static void
checks_feed(struct world *world, const struct event *event)
{
	(void)world;
	if (event->kind != EVENT_PROCESS || event->token < 1000)
		return;
	checks_ended++;
	last_found = event->value;
}

/* Begins a check of this machine. */
static void
begin_check(enum check_kind kind, uint16_t port, uint32_t token)
{
	struct effect effect = { .kind = EFFECT_CHECK, .index = kind,
	    .token = token, .value = port,
	    .destination = { { 127, 0, 0, 1 }, 4 } };

	add_effect(&effect, "GET", 3);
	world_carry_out(&w, &w.out);
}

/* Serves until so many checks have ended. */
static void
checks_serve(int count)
{
	usec_t end = world_now(&w) + 20 * SECOND_US;

	while (checks_ended < count && world_now(&w) < end) {
		world_wait(&w, end);
		world_next_signal(&w);
		world_pending(&w, checks_feed);
	}
	CHECK_INT(checks_ended, count);
}

/* An end for which there was no room is told to who loses patience. */
static void
test_end_lost(void)
{
	ended[6] = 0;
	while (pending_add(&w, EVENT_RESEND, 0, 0, 0))
		continue;
	run_command(99, 6, NULL, 0);
	world_carry_out(&w, &w.out);
	world_pending(&w, feed);
	CHECK_INT(ended[6], 0);
	send_signal(6, SIGTERM);
	world_carry_out(&w, &w.out);
	world_pending(&w, feed);
	CHECK_INT(ended[6], (EXIT_NOT_RUN << 8) + 1);
}

/* More than there is room for, against a server that says nothing. */
static void
test_checks(void)
{
	struct sockaddr_in here = { .sin_family = AF_INET,
	    .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t size = sizeof(here);
	int listener = socket(AF_INET, SOCK_STREAM, 0), before, after;
	uint16_t port;

	CHECK(bind(listener, (struct sockaddr *)&here, size) == 0);
	CHECK(listen(listener, 512) == 0);
	getsockname(listener, (struct sockaddr *)&here, &size);
	port = ntohs(here.sin_port);
	before = dup(listener);
	close(before);
	for (uint32_t i = 0; i < CHECKS_MAX; i++)
		begin_check(CHECK_HTTP, port, 1000 + i);
	CHECK_INT(w.check_count, CHECKS_MAX);
	checks_ended = 0;
	begin_check(CHECK_TCP, port, 5000);
	checks_serve(1);
	CHECK_INT(last_found, FOUND_ERROR | EMFILE << 8);
	for (uint32_t i = 0; i < CHECKS_MAX; i++) {
		send_signal(1000 + i, SIGTERM);
		send_signal(1000 + i, SIGTERM);	/* that it ended, again */
	}
	world_carry_out(&w, &w.out);
	checks_serve(1 + 2 * CHECKS_MAX);
	CHECK_INT(w.check_count, 0);
	after = dup(listener);
	close(after);
	CHECK_INT(after, before);	/* every descriptor was closed */

	/* One that ends when no more events can be kept is told later. */
	checks_ended = 0;
	while (pending_add(&w, EVENT_RESEND, 0, 0, 0))
		continue;
	begin_check(CHECK_PIDFILE, 0, 2000);	/* "GET" is no file */
	CHECK_INT(w.check_count, 1);
	checks_serve(1);
	CHECK_INT(last_found, FOUND_NO_FILE | ENOENT << 8);
	CHECK_INT(w.check_count, 0);

	begin_check(CHECK_TCP, port, 2001);
	checks_serve(2);
	CHECK_INT(last_found, FOUND_GOOD);
	close(listener);
	begin_check(CHECK_TCP, port, 2002);
	checks_serve(3);
	CHECK_INT(last_found, FOUND_REFUSED);
}

/* A connection to itself is none. */
static void
test_check_self(void)
{
	struct sockaddr_in here = { .sin_family = AF_INET,
	    .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t size = sizeof(here);
	struct check self = { .kind = CHECK_TCP };

	self.fd = socket(AF_INET, SOCK_STREAM, 0);
	CHECK(bind(self.fd, (struct sockaddr *)&here, size) == 0);
	getsockname(self.fd, (struct sockaddr *)&here, &size);
	CHECK(connect(self.fd, (struct sockaddr *)&here, size) == 0);
	CHECK_INT(tcp_connected(&w, &self), FOUND_REFUSED);
	close(self.fd);
}

/* -- small things -- */

static void
test_time(void)
{
	static const int64_t moments[] = { 0, 951782399, 951782400, 951868800,
	    1709164799, 1709251199, 4102444800, 4107542399, 4107542400,
	    2147483648 };

	for (size_t i = 0; i < COUNT_OF(moments) + 4000; i++) {
		int64_t moment = i < COUNT_OF(moments) ? moments[i] :
		    (int64_t)(i - COUNT_OF(moments)) * 1234567;
		time_t seconds = (time_t)moment;
		char got[32], want[32];
		struct text t = text_over(got, sizeof(got));

		text_date(&t, moment * SECOND_US, false);
		strftime(want, sizeof(want), "%Y-%m-%dT%H:%M:%SZ",
		    gmtime(&seconds));
		CHECK_STR(text_end(&t), want);
	}
}

/* select may be late by 0.1 %: what is long is waited for in steps. */
static void
test_wait_span(void)
{
	CHECK_INT(wait_span(0), 0);
	CHECK_INT(wait_span(LAST_US), LAST_US);
	for (usec_t left = LAST_US + 1; left < 10000 * SECOND_US;
	    left += left / 3) {
		usec_t span = wait_span(left);

		CHECK(span > 0 && span + span / 1000 < left);
	}
}

static void
test_control(void)
{
	union control control;
	struct in6_pktinfo info = { .ipi6_ifindex = 7 }, back;
	int hops = 255, number = 0;
	size_t used = 0;

	control_add(&control, &used, IPPROTO_IPV6, IPV6_PKTINFO, &info,
	    sizeof(info));
	control_add(&control, &used, IPPROTO_IPV6, IPV6_HOPLIMIT, &hops,
	    sizeof(hops));
	CHECK(used <= sizeof(control));
	CHECK(control_find(&control, used, IPPROTO_IPV6, IPV6_HOPLIMIT,
	    &number, sizeof(number)) && number == 255);
	CHECK(control_find(&control, used, IPPROTO_IPV6, IPV6_PKTINFO, &back,
	    sizeof(back)) && back.ipi6_ifindex == 7);
	CHECK(!control_find(&control, used, IPPROTO_IP, IP_PKTINFO, &back,
	    sizeof(back)));
	CHECK(!control_find(&control, used, IPPROTO_IPV6, IPV6_HOPLIMIT,
	    &number, 1));
	for (size_t cut = 0; cut < CMSG_SPACE(sizeof(info)) +
	    CMSG_LEN(sizeof(hops)); cut++)
		CHECK(!control_find(&control, cut, IPPROTO_IPV6,
		    IPV6_HOPLIMIT, &number, sizeof(number)));
	memset(&control, 0, sizeof(control));		/* length 0: ends */
	CHECK(!control_find(&control, sizeof(control), IPPROTO_IPV6,
	    IPV6_HOPLIMIT, &number, sizeof(number)));
}

/* When the kernel's answers do not fit, all that is known is that. */
static void
test_pending(void)
{
	memset(events, 0, sizeof(events));
	for (uint32_t i = 0; i < PENDING_MAX + 10; i++)
		pending_refusal(&w, i, ENODEV);
	CHECK(world_due(&w) == 0);
	CHECK(world_pending(&w, feed));
	CHECK_INT(events[EVENT_NETLINK_ERROR], PENDING_MAX);
	CHECK_INT(events[EVENT_NETLINK_LOST], 1);
	CHECK(world_due(&w) > 0);
}

/*
 * A report in the middle of a dump may be newer than what comes behind it: one
 * more is begun a second later.  One of a route tells nothing of that.
 */
static void
test_dump_doubt(void)
{
	struct nlmsghdr header = { .nlmsg_len = sizeof(header),
	    .nlmsg_type = RTM_NEWROUTE };
	struct event event = { .kind = EVENT_NETLINK,
	    .bytes = (const uint8_t *)&header, .length = sizeof(header) };

	w.again_at = NEVER;
	w.dump.wanted = false;
	header.nlmsg_seq = w.dump.seq + 1;
	netlink_feed(&w, &event, feed);
	header.nlmsg_type = RTM_DELADDR;	/* none is under way */
	netlink_feed(&w, &event, feed);
	w.dump.type = RTM_GETADDR;
	header.nlmsg_type = RTM_NEWROUTE;
	netlink_feed(&w, &event, feed);
	CHECK(w.again_at == NEVER);
	header.nlmsg_type = RTM_DELADDR;
	netlink_feed(&w, &event, feed);
	CHECK(w.again_at != NEVER && w.again_at > world_now(&w));
	header.nlmsg_type = NLMSG_DONE;
	header.nlmsg_seq = w.dump.seq;
	netlink_feed(&w, &event, feed);
	CHECK(w.dump.type == 0 && !w.dump.wanted);
	w.again_at = 0;
	world_pending(&w, feed);
	CHECK(w.dump.wanted && w.again_at == NEVER);
	w.dump.wanted = false;
}

/* A dump that fails is tried again, not at once, and never counts as told. */
static void
test_dump_fails(void)
{
	struct { struct nlmsghdr header; int error; } done = {
	    { .nlmsg_len = sizeof(done), .nlmsg_type = NLMSG_DONE }, -EBUSY };
	struct event event = { .kind = EVENT_NETLINK,
	    .bytes = (const uint8_t *)&done, .length = sizeof(done) };

	memset(marks, 0, sizeof(marks));
	CHECK(w.fd[SOCKET_NETLINK] < 0);
	w.dump.wanted = true;
	CHECK(world_due(&w) == 0);
	CHECK(world_pending(&w, feed));
	CHECK_INT(marks[DUMP_LINKS], 1);
	CHECK(world_due(&w) > 0 && w.dump.wanted);
	w.dump.type = RTM_GETLINK;
	w.dump.wanted = false;
	done.header.nlmsg_seq = w.dump.seq;
	netlink_feed(&w, &event, feed);
	CHECK_INT(marks[DUMP_ADDRESSES], 0);
	CHECK(w.dump.type == 0 && w.dump.wanted);
	w.dump.type = RTM_GETADDR;
	w.dump.wanted = false;
	done.header.nlmsg_flags = NLM_F_DUMP_INTR;	/* changed meanwhile */
	done.error = 0;
	netlink_feed(&w, &event, feed);
	CHECK_INT(marks[DUMP_DONE], 0);
	CHECK(w.dump.wanted);
	w.dump = (struct world_dump){ .type = RTM_GETADDR,
	    .seq = done.header.nlmsg_seq };
	done.header.nlmsg_flags = 0;
	netlink_feed(&w, &event, feed);
	CHECK_INT(marks[DUMP_DONE], 1);
	CHECK(!w.dump.wanted);
}

/* An overrun queue is found empty even if the last round took the last one. */
static void
test_overrun(void)
{
	int ends[2];

	memset(marks, 0, sizeof(marks));
	CHECK(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends) == 0);
	w.fd[SOCKET_NETLINK] = ends[0];
	w.dump = (struct world_dump){ .wanted = true };
	w.netlink_full = true;
	for (int i = 0; i < NETLINK_ROUNDS; i++)
		CHECK(send(ends[1], "", 1, 0) == 1);
	CHECK(!world_receive(&w, SOCKET_NETLINK, feed));
	CHECK_INT(marks[DUMP_LINKS], 0);
	CHECK(world_due(&w) == 0);
	CHECK(world_pending(&w, feed));
	CHECK_INT(marks[DUMP_LINKS], 1);
	CHECK(!w.netlink_full && !w.dump.wanted);
	w.dump.type = 0;
	world_close_fd(&w, &w.fd[SOCKET_NETLINK]);
	close(ends[1]);
}

/* Lines beyond the burst are counted, and the next line says how many (T22). */
static void
test_log(void)
{
	struct log_options options = { .ident = "t", .file = "log",
	    .facility = 3, .detail = 2 };
	const char *text;
	int lines = 0;

	CHECK(world_log_open(&w, &options) == NULL);
	w.log.tokens = LOG_BURST;
	for (int i = 0; i < LOG_BURST + 50; i++)
		world_log(&w, LOG_LEVEL_NOTICE, "line %d", i);
	w.log.refilled_at -= 3 * LOG_REFILL_US;
	world_log(&w, LOG_LEVEL_NOTICE, "after");
	text = read_file("log");
	for (const char *c = text; *c != '\0'; c++)
		lines += *c == '\n';
	CHECK(lines >= LOG_BURST + 2 && lines < LOG_BURST + 10);
	CHECK(strstr(text, "Z line 0\n") != NULL);
	CHECK(strstr(text, "Z lines suppressed: ") != NULL);
	CHECK(strcmp(text + strlen(text) - 8, "Z after\n") == 0);
	CHECK(symlink("victim", "log2") == 0);
	options.file = "log2";
	CHECK_STR(world_log_open(&w, &options), strerror(ELOOP));
	options.file = NULL;
	CHECK(world_log_open(&w, &options) == NULL);
}

/* A terminal that nobody reads from, as behind a dead ssh, blocks nothing. */
static void
test_console(void)
{
	const struct log_options options = { .ident = "t", .console = true };
	char line[100];
	int terminal = posix_openpt(O_RDWR | O_NOCTTY), end;

	CHECK(grantpt(terminal) == 0 && unlockpt(terminal) == 0);
	end = open(ptsname(terminal), O_RDWR | O_NOCTTY);
	CHECK(end >= 0 && dup2(end, STDERR_FILENO) >= 0);
	CHECK(world_log_open(&w, &options) == NULL);
	w.log.suppressed = 0;
	memset(line, 'x', sizeof(line));
	alarm(30);
	for (int i = 0; i < 3000; i++)
		log_write(&w, LOG_LEVEL_NOTICE, line, 1 + (size_t)i % 99);
	CHECK(w.log.suppressed > 0);
}

/* What a file holds already, as of the shell that started us, stays there. */
static void
test_console_file(void)
{
	const struct log_options options = { .ident = "t", .console = true };
	int fd = open("console", O_WRONLY | O_CREAT, 0600);

	CHECK(fd >= 0 && dup2(fd, STDERR_FILENO) >= 0);
	CHECK_INT(write(STDERR_FILENO, "before\n", 7), 7);
	CHECK(world_log_open(&w, &options) == NULL);
	log_write(&w, LOG_LEVEL_NOTICE, "line", 4);
	CHECK_STR(read_file("console"), "before\nline\n");
}

/* A standard file that is closed becomes /dev/null, not a socket (T25). */
static void
test_standard_files(void)
{
	struct stat status, null;

	close(0);
	close(2);
	standard_files_open(&w);
	CHECK(fstat(0, &status) == 0 && stat("/dev/null", &null) == 0);
	CHECK(status.st_rdev == null.st_rdev);
	CHECK(fstat(2, &status) == 0 && status.st_rdev == null.st_rdev);
}

/* -- sockets, in a network namespace of our own -- */

/* Sends a packet of 28 bytes to ourselves: VRID, ifindex. */
static void
send_self(uint8_t vrid, uint32_t ifindex)
{
	uint8_t packet[28] = { 0x45, 0xc0, 0, 28, 0, 1, 0, 0, 255, 112,
	    0, 0, 127, 0, 0, 1, 127, 0, 0, 1, 0x31, vrid, 100 };
	struct effect effect = { .kind = EFFECT_SEND, .ifindex = ifindex,
	    .index = 41, .source = ip_from(4, packet + 12),
	    .destination = ip_from(4, packet + 16) };

	add_effect(&effect, packet, sizeof(packet));
}

/* A report that does not come from the kernel is not believed (T14). */
static void
forge_report(void)
{
	struct { struct nlmsghdr header; struct ifinfomsg body; } message = {
	    { .nlmsg_len = sizeof(message), .nlmsg_type = RTM_DELLINK },
	    { .ifi_index = 1 } };
	union endpoint to = { .netlink = { .nl_family = AF_NETLINK } };
	socklen_t length = sizeof(to.netlink);
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);

	CHECK(getsockname(w.fd[SOCKET_NETLINK], &to.any, &length) == 0);
	CHECK(sendto(fd, &message, sizeof(message), MSG_DONTWAIT, &to.any,
	    sizeof(to.netlink)) == sizeof(message));
	close(fd);
}

/* A group that cannot be joined now is joined later; one that is left, not. */
static void
test_join_again(void)
{
	struct effect effect = { .kind = EFFECT_JOIN, .ifindex = 1,
	    .destination = { { 10, 0, 0, 1 }, 4 } };
	struct ip group = { { 224, 0, 0, 18 }, 4 };
	const struct membership *m = w.memberships;

	effect_join(&w, &effect, NULL);		/* no multicast address */
	effect_join(&w, &effect, NULL);
	CHECK(m[0].ifindex == 1 && m[0].fd == -1 && m[1].ifindex == 0);
	CHECK(w.again_at > world_now(&w) && w.again_at != NEVER);
	effect_leave(&w, &effect, NULL);
	CHECK_INT(m->ifindex, 0);
	effect_join(&w, &effect, NULL);
	w.memberships[0].group = group;
	w.again_at = 0;
	world_pending(&w, feed);
	CHECK(membership_find(&w, &group, 1) == m && m->fd >= 0);
	CHECK_INT(m[1].ifindex, 0);
	CHECK(w.again_at == NEVER);
	w.memberships[0].left = true;		/* a reload */
	effect.destination = group;
	effect_join(&w, &effect, NULL);
	memberships_leave(&w);
	CHECK_INT(m->ifindex, 1);
	w.memberships[0].left = true;
	memberships_leave(&w);
	CHECK_INT(m->ifindex, 0);
}

/*
 * C-036: as many groups are joined as 4,000 interfaces with both families have,
 * though a socket may join 20 only; what one left, another takes.
 */
static void
test_join_many(void)
{
	struct effect effect = { .kind = EFFECT_JOIN, .ifindex = 1,
	    .destination = { { 239, 1 }, 4 } };
	unsigned joined = 0, sockets = 0;

	for (unsigned i = 0; i < 8000; i++) {
		effect.destination.bytes[2] = (uint8_t)(i / 256);
		effect.destination.bytes[3] = (uint8_t)(i % 256);
		effect_join(&w, &effect, NULL);
	}
	for (unsigned i = 0; i < w.membership_count; i++)
		joined += w.memberships[i].fd >= 0;
	for (unsigned i = 0; i < JOINERS_MAX; i++)
		sockets += w.joiners[i].family != 0;
	CHECK_INT(joined, 8000);
	CHECK(sockets <= 8000 / 20);
	effect.destination.bytes[2] = 0;
	effect_leave(&w, &effect, NULL);
	effect.destination.bytes[2] = 255;
	effect_join(&w, &effect, NULL);
	CHECK(membership_find(&w, &effect.destination, 1)->fd >= 0);
	for (unsigned i = 0; i < JOINERS_MAX; i++)
		sockets -= w.joiners[i].family != 0;
	CHECK_INT(sockets, 0);
	for (unsigned i = 0; i < w.membership_count; i++)
		w.memberships[i].left = true;
	memberships_leave(&w);
}

/*
 * Whether the kernel sees what we give it beside a message.  qemu-user of
 * another byte order hands it on as it is (and, of 64 bits, memberships too).
 */
static bool
reaches_kernel(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(9),
	    .sin_addr = { htonl(INADDR_LOOPBACK) } };
	union { struct cmsghdr header; char bytes[CMSG_SPACE(
	    sizeof(struct in_pktinfo))]; } control = { .header = {
	    CMSG_LEN(sizeof(struct in_pktinfo)), IPPROTO_IP, IP_PKTINFO } };
	struct in_pktinfo info = { .ipi_ifindex = 1 };
	char nothing = 0;
	struct iovec byte = { &nothing, 1 };
	struct msghdr message = { .msg_name = &to, .msg_iov = &byte,
	    .msg_namelen = sizeof(to), .msg_iovlen = 1,
	    .msg_control = &control, .msg_controllen = sizeof(control) };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	bool good;

	memcpy(CMSG_DATA(&control.header), &info, sizeof(info));
	good = sendmsg(fd, &message, 0) == 1 || errno != ENODEV;
	close(fd);
	if (!good)
		printf("world: SKIP sending to ourselves: the index of an "
		    "interface does not reach the kernel (qemu-user)\n");
	return good;
}

/* What we send is received, but for what the filter is for. */
static void
test_frames(void)
{
	memset(events, 0, sizeof(events));
	send_self(50, 1);			/* the filter's */
	send_self(51, 1);
	send_self(51, 4711);			/* no such interface */
	send_self(51, 1);
	world_carry_out(&w, &w.out);
	CHECK(serve_until(&events[EVENT_FRAME], 2));
	CHECK_INT(events[EVENT_RESEND], 1);
	CHECK(last_frame.family == 4 && last_frame.protocol == 112 &&
	    last_frame.ifindex == 1 && last_frame.length == 28);
}

static void
test_sockets(void)
{
	static struct conf_vr vr = { .family = 4, .vrid = 51 };
	struct effect effect = { .kind = EFFECT_DUMP };
	struct conf_address address = { .ip = { { 127, 0, 0, 9 }, 4 },
	    .prefix = 32 };
	struct ifreq up = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	uint8_t request[NETLINK_MAX];
	char reason[256];
	struct text why = text_over(reason, sizeof(reason));
	size_t length;

	if (!shut_in(CLONE_NEWNET, "sockets"))
		return;
	if (!check(world_open_sockets(&w, &why), "sockets")) {
		printf("\t%s\n", text_end(&why));
		return;
	}
	CHECK(ioctl(w.fd[SOCKET_SEND4], SIOCSIFFLAGS, &up) == 0);
	conf.vrs = &vr;
	conf.vr_count = 1;
	conf.file_count = 0;
	world_configure(&w, &conf);
	if (reaches_kernel()) {
		test_join_again();
	test_join_many();
		test_frames();
	}
	for (uint32_t seq = 1; seq <= 100; seq++) {
		length = nl_address_request(request, sizeof(request), true,
		    &address, seq % 40 == 0 ? 4711 : 1, seq, 0);
		effect = (struct effect){ .kind = EFFECT_NETLINK,
		    .index = seq };
		add_effect(&effect, request, length);
		address.ip.bytes[3] = (uint8_t)(seq + 10);
	}
	memset(events, 0, sizeof(events));
	world_carry_out(&w, &w.out);
	CHECK(serve_until(&events[EVENT_NETLINK_ERROR], 2));
	CHECK(last_index == 80 && last_value == ENODEV);
	forge_report();
	while (!world_receive(&w, SOCKET_NETLINK, feed))
		continue;
	CHECK(reports[RTM_NEWADDR] >= 98);	/* and those of lo */
	CHECK_INT(reports[RTM_DELLINK], 0);
	memset(marks, 0, sizeof(marks));
	effect = (struct effect){ .kind = EFFECT_DUMP };
	add_effect(&effect, NULL, 0);
	world_carry_out(&w, &w.out);
	CHECK(serve_until(&marks[DUMP_DONE], 1));
	CHECK(marks[DUMP_LINKS] == 1 && marks[DUMP_ADDRESSES] == 1);
	world_close(&w);
}

/* When a supervisor is to hear of us: never, unless it is ours and says so. */
static void
test_supervisor(void)
{
	static const struct {
		const char	*span, *pid;
		usec_t		due;
	} rows[] = {
		{ NULL, NULL, NEVER }, { "x", NULL, NEVER },
		{ "999", NULL, NEVER }, { "1000", NULL, 507 },
		{ "2000000", NULL, 1000007 }, { "2000000", "1", NEVER },
		{ "2000000", "x", NEVER },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		unsetenv("WATCHDOG_USEC");
		unsetenv("WATCHDOG_PID");
		if (rows[i].span != NULL)
			setenv("WATCHDOG_USEC", rows[i].span, 1);
		if (rows[i].pid != NULL)
			setenv("WATCHDOG_PID", rows[i].pid, 1);
		CHECK_INT(supervisor_due(&w, 7), rows[i].due);
	}
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
}

/* As many instances as there can be are awaited, each of them. */
static void
test_wait_many(const char *last, int holds)
{
	static char answer[VRS_MAX * 8];
	const struct query q = { .path = "many", .state = "BACKUP" };
	struct sockaddr_un here;
	int listener = socket(AF_UNIX, SOCK_STREAM, 0);
	size_t length = 1;
	pid_t pid;

	CHECK(unix_address(&here, "many") && bind(listener,
	    (struct sockaddr *)&here, sizeof(here)) == 0);
	CHECK(listen(listener, 1) == 0);
	answer[0] = '0';
	for (int i = 0; i < VRS_MAX; i++, length += 7)
		memcpy(answer + length, "BACKUP\n", 8);
	memcpy(answer + length - 7, last, 6);
	pid = fork();
	while (pid == 0) {
		int fd = accept(listener, NULL, NULL);

		_exit(file_write(&w, fd, answer, length + 1));
	}
	CHECK_INT(awaited_holds(&w, &q), holds);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(listener);
	unlink("many");
}

int
main(void)
{
	int slack;
	char here[] = "/tmp/vrrpd-world-XXXXXX", events_path[64];

	if (mkdtemp(here) == NULL || chdir(here) != 0)
		return 1;
	memcpy(directory, here, sizeof(here));
	setenv("WORLD_TEST", here, 1);
	slack = prctl(PR_GET_TIMERSLACK);
	world_start(&w);
	CHECK_INT(prctl(PR_GET_TIMERSLACK), slack);	/* a client's program */
	test_ranges();
	test_filter_vrids();
	test_filter_claims();
	test_pid_file();
	test_pid_reader();
	in_child(test_pid_full);
	test_pid_race();
	test_dump();
	test_dump_stdout();
	test_dump_race();
	test_read();
	test_glob();
	in_child(test_walk);
	in_child(test_users);
	test_environment();
	test_arguments();
	test_time();
	test_wait_span();
	test_control();
	test_pending();
	test_dump_doubt();
	test_dump_fails();
	test_overrun();
	test_log();
	in_child(test_console);
	in_child(test_console_file);
	in_child(test_standard_files);
	test_schedule();
	test_supervisor();
	test_wait_many("BACKUP", 1);
	test_wait_many("MASTER", 0);

	for (size_t i = 0; i < COUNT_OF(commands); i++) {
		commands[i].uid = geteuid();
		commands[i].gid = getegid();
	}
	snprintf(events_path, sizeof(events_path), "%s/events", here);
	conf.global.fifo[0] = (struct conf_fifo){ .path = events_path,
	    .uid = geteuid(), .gid = getegid() };
	conf.global.fifo[1] = (struct conf_fifo){ .path = "victim",
	    .uid = geteuid(), .gid = getegid() };
	conf.global.script[SCRIPT_FIFO] = conf.global.script[SCRIPT_VRRP_FIFO]
	    = 5;
	conf.global.script[SCRIPT_STARTUP] = NONE;
	conf.global.script[SCRIPT_SHUTDOWN] = NONE;
	mkdir("tracked", 0700);
	w.fd[SOCKET_FILES] = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	signal(SIGUSR1, SIG_IGN);
	CHECK(world_signals(&w, false));
	CHECK(world_prepare(&w, &conf));
	world_configure(&w, &conf);
	CHECK_INT(prctl(PR_GET_TIMERSLACK), 1);
	test_tracked();
	test_programs();
	test_processes();
	test_end_lost();
	test_checks();
	test_check_self();
	test_fifo();
	test_late();
	w.control = "control";
	w.control_mode = 0600;
	in_child(test_crowd);
	in_child(test_control_renewed);
	in_child(test_control_asked);
	in_child(test_control_race);
	in_child(test_control_at);
	in_child(test_control_still);
	in_child(test_close_order);
	world_close(&w);
	in_child(test_sockets);
	if (fork() == 0) {
		execlp("rm", "rm", "-rf", here, (char *)NULL);
		_exit(1);
	}
	while (wait(NULL) > 0)
		continue;
	return check_end("world");
}
