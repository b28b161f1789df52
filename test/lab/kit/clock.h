/* SPDX-License-Identifier: ISC */
/*
 * For a vrrpd whose real time a test sets: CLOCK_REALTIME plus the seconds that
 * stand in /tmp/clock of its machine.  Compiled in by -include.
 */
#include <stdio.h>
#include <time.h>

static inline int
lab_clock_gettime(clockid_t clock, struct timespec *t)
{
	FILE *file = clock == CLOCK_REALTIME ? fopen("/tmp/clock", "r") : NULL;
	long long seconds = 0;
	int status = clock_gettime(clock, t);

	if (file == NULL)
		return status;
	if (fscanf(file, "%lld", &seconds) == 1)
		t->tv_sec += (time_t)seconds;
	fclose(file);
	return status;
}

#define CLOCK(clock, now) lab_clock_gettime(clock, now)
