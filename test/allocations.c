/* SPDX-License-Identifier: ISC */
/*
 * Goal: whichever piece of memory there is not, a configuration is refused and
 * says so, at start and at reload; the running one is not touched; and nothing
 * is read or written where there is none.
 * Method: the files of test/conf are read through World and built into a daemon
 * again and again.  The n-th request for memory fails, alone or with all behind
 * it, for every n.  In the first half every piece is a request, with a malloc
 * of its own, so that sanitizers see where it ends; in the second the requests
 * are those that the daemon makes of the system.  What becomes of calls that
 * fail in a running daemon is told by test/faults.sh.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

static unsigned requests;		/* made */
static unsigned failing;		/* which one fails; 0: none */
static int alone;			/* and those behind it do not */

/* Whether this request is refused. */
static int
refused(void)
{
	requests++;
	return failing != 0 && (alone ? requests == failing :
	    requests >= failing);
}

static void *
request(void *at, size_t size, int protection, int flags, int fd, off_t offset)
{
	if (refused()) {
		errno = ENOMEM;
		return MAP_FAILED;
	}
	return mmap(at, size, protection, flags, fd, offset);
}

#define mmap request
#define main vrrpd_main
static int main(int, char **);	/* unused: it and what it calls go */
#include "../vrrpd.c"
#undef main
#undef mmap
#include "check.h"

static struct world w;
static struct reader reader;

/* arena.more: exactly what is asked for. */
static void *
piece(struct arena *a, size_t size)
{
	void **memory = refused() ? NULL : calloc(1, size + 16);

	if (memory == NULL)
		return NULL;
	*memory = a->chunks;
	a->chunks = memory;
	a->at = (uint8_t *)memory + 16;
	a->end = a->at + size;
	return memory;
}

static void
pieces_open(struct arena *a)
{
	*a = (struct arena){ .more = piece };
}

static void
pieces_free(struct arena *a)
{
	while (a->chunks != NULL) {
		void *next = *(void **)a->chunks;

		free(a->chunks);
		a->chunks = next;
	}
}

/* A directory that cannot be read may lack memory to be read. */
static bool
says_so(const struct diagnostics *found)
{
	const struct diagnostic *one = found->first;

	while (one != NULL && strstr(one->text, "out of memory") == NULL &&
	    strstr(one->text, "cannot be listed") == NULL)
		one = one->next;
	return one != NULL && found->counts[SEVERITY_FATAL] > 0;
}

/* Parses and builds once; whether no request was refused. */
static bool
build(const struct conf_input *input, bool runs)
{
	struct arena keep, scratch;
	struct diagnostics found;
	const struct conf *conf;
	struct daemon d;

	requests = 0;
	pieces_open(&keep);
	pieces_open(&scratch);
	diagnostics_start(&found, &scratch);
	conf = conf_parse(&keep, &scratch, input, &found);
	if (conf == NULL && runs)
		check(says_so(&found), input->path);
	if (conf != NULL && !daemon_build(&d, &keep, conf, &w.out))
		check(keep.failed, input->path);
	pieces_free(&keep);
	pieces_free(&scratch);
	return failing == 0 || requests < failing;
}

/* Every n, each alone and with all behind it. */
static void
sweep_pieces(const char *path, bool runs)
{
	struct conf_input input = { .reader = &reader, .path = path,
	    .keep_origins = true };
	unsigned built = 0;

	for (alone = 0; alone < 2; alone++) {
		for (failing = 1; !build(&input, runs); failing++)
			built++;
	}
	failing = 0;
	printf("%s: %u pieces, %u times without one\n", path, requests, built);
	check(built > 20, path);
}

/* Starts, or is told to reload while `old` runs; whether it would serve. */
static bool
read_again(const struct incarnation *old, struct diagnostics *found)
{
	static struct incarnation next;
	struct conf_input input = { .reader = &reader, .path =
	    "60-everything.conf" };
	struct arena scratch;
	bool good;

	requests = 0;
	world_arena_open(&w, &scratch);
	diagnostics_start(found, &scratch);
	good = incarnation_read(&w, &next, old, &input, found, &scratch);
	CHECK(good || says_so(found));
	CHECK(good == (next.conf != NULL));
	CHECK(good || next.arena.chunks == NULL);
	if (good)
		world_arena_close(&w, &next.arena);
	world_arena_close(&w, &scratch);
	return good;
}

/* The same as the daemon does it, with what it takes from the system. */
static void
sweep_requests(const struct incarnation *old)
{
	struct diagnostics found;
	struct incarnation before;
	unsigned refusals = 0;

	if (old != NULL)
		before = *old;
	for (alone = 0; alone < 2; alone++) {
		failing = 1;
		while (!read_again(old, &found) || requests >= failing) {
			refusals++;
			failing++;
		}
	}
	failing = 0;
	CHECK(old == NULL || memcmp(&before, old, sizeof(before)) == 0);
	printf("%s: %u requests, %u times without one\n", old == NULL ?
	    "start" : "reload", requests, refusals);
	CHECK(refusals > 10);
}

int
main(void)
{
	static struct incarnation running;
	struct conf_input input = { .reader = &reader, .path =
	    "33-given-twice.conf" };
	struct diagnostics found;
	struct arena scratch;

	if (chdir("test/conf") != 0 || !world_start(&w))
		return 1;
	world_reader(&w, &reader);
	sweep_pieces("25-sample.conf", true);
	sweep_pieces("32-sync-weights.conf", true);
	sweep_pieces("43-no-closing-brace.conf", false);
	sweep_pieces("53-other-file.conf", false);
	sweep_pieces("60-everything.conf", true);
	sweep_requests(NULL);
	world_arena_open(&w, &scratch);
	diagnostics_start(&found, &scratch);
	CHECK(incarnation_read(&w, &running, NULL, &input, &found, &scratch));
	sweep_requests(&running);
	world_arena_close(&w, &running.arena);
	world_arena_close(&w, &scratch);
	return check_end("allocations");
}
