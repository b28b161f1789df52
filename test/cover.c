/* SPDX-License-Identifier: ISC */
/*
 * The daemon with gcov's counters, which it writes wherever it ends: a child
 * by _exit, and anybody once a second while it waits, as the lab kills.
 */
#include <sys/select.h>
#include <time.h>
#include <unistd.h>

void __gcov_dump(void);
void __gcov_reset(void);

/* Writes the counters out; the next time only what is counted from here on. */
static void
cover_dump(void)
{
	__gcov_dump();
	__gcov_reset();
}

static void __attribute__((noreturn))
cover_exit(int status)
{
	cover_dump();
	_exit(status);
}

static int
cover_select(int count, fd_set *readers, fd_set *writers, fd_set *others,
    struct timeval *wait)
{
	static time_t last;

	if (time(NULL) != last) {
		last = time(NULL);
		cover_dump();
	}
	return select(count, readers, writers, others, wait);
}

#define _exit	cover_exit
#define select	cover_select
#include "../vrrpd.c"
