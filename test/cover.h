/* SPDX-License-Identifier: ISC */
/*
 * What `make cover` has the compiler put before a file with vrrpd.c in it: then
 * the counters are written wherever a process ends, turns into another program,
 * or waits, as the lab kills.
 *
 * They go into the directory $COVER, or COVER_DIRECTORY, which is held open
 * from the start: a process may have another root, other mounts, and nothing
 * below /tmp by the time it ends.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include <sys/select.h>
#include <sys/stat.h>

#define COVER_FD	900	/* out of the way of what is tested */

void __gcov_dump(void);
void __gcov_reset(void);

/* Before main, when the directory can still be seen. */
static void __attribute__((constructor))
cover_start(void)
{
	const char *path = getenv("COVER");
	int fd = open(path != NULL ? path : COVER_DIRECTORY,
	    O_PATH | O_DIRECTORY);

	if (fd < 0)
		return;
	fcntl(fd, F_DUPFD_CLOEXEC, COVER_FD);
	close(fd);
}

/* Writes the counters out, which libgcov does once until they are reset. */
static void
cover_dump(void)
{
	int back = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	mode_t mask = umask(0);

	if (fchdir(COVER_FD) == 0) {
		setenv("GCOV_PREFIX", ".", 1);
		setenv("GCOV_PREFIX_STRIP", "99", 1);
		__gcov_dump();
	}
	umask(mask);
	if (back >= 0 && fchdir(back) == 0)
		close(back);
}

/* Before libgcov does it, which knows the directory by its name only. */
static void __attribute__((destructor))
cover_end(void)
{
	cover_dump();
}

static void __attribute__((noreturn))
cover_exit(int status)
{
	cover_dump();
	_exit(status);
}

static int
cover_execve(const char *path, char *const *argv, char *const *environment)
{
	cover_dump();
	__gcov_reset();
	return execve(path, argv, environment);
}

/* Once a second. */
static int
cover_pselect(int count, fd_set *readers, fd_set *writers, fd_set *others,
    const struct timespec *wait, const sigset_t *signals)
{
	static time_t last;

	if (time(NULL) != last) {
		last = time(NULL);
		cover_dump();
		__gcov_reset();
	}
	return pselect(count, readers, writers, others, wait, signals);
}

/* The counters' directory outlives a child's closing of all but its own. */
static int
cover_close(int fd)
{
	return fd == COVER_FD ? 0 : close(fd);
}

#define _exit	cover_exit
#define close(fd)	cover_close(fd)
#define execve	cover_execve
#define pselect	cover_pselect
