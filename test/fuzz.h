/* SPDX-License-Identifier: ISC */
/*
 * What the fuzzers share.  Each test/fuzz_NAME.c defines fuzz_NAME, which takes
 * one input, ends with FUZZER(NAME), and becomes
 *
 *	a libFuzzer target, with clang -fsanitize=fuzzer -DLIBFUZZER
 *	(make fuzz T=NAME);
 *	a program that replays the files or directories it is told, without any
 *	test/corpus/NAME (make unit T=fuzz_NAME);
 *	a part of test/corpus.c, which is all of them in one program.
 *
 * A harness ends in abort() when a promise is broken; the sanitizers see the
 * rest.  Memory is given piece by piece, so that each has an end that they
 * guard.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Between JUDGES and JUDGES_END no branch is counted: it would cost time, and
 * an input that is new to a judge alone is none to keep.
 */
#ifdef LIBFUZZER
#define FUZZ_PRAGMA(...) _Pragma(#__VA_ARGS__)
#define JUDGES FUZZ_PRAGMA(clang attribute push( \
    __attribute__((no_sanitize("coverage"))), apply_to = function))
#define JUDGES_END FUZZ_PRAGMA(clang attribute pop)

JUDGES
/*
 * As strcmp.  libFuzzer's own notes what is compared, which takes more time
 * than all else; what it could learn from that is in the dictionary.
 */
static int
fuzz_strcmp(const char *a, const char *b)
{
	while (*a == *b && *a != '\0') {
		a++;
		b++;
	}
	return (unsigned char)*a - (unsigned char)*b;
}
JUDGES_END
#define strcmp fuzz_strcmp
#else
#define JUDGES
#define JUDGES_END
#endif

#define main vrrpd_main
static int main(int, char **);	/* unused: it and what it calls go */
#include "../vrrpd.c"
#undef main

#define FUZZ_TEXT_(x)	#x
#define FUZZ_LINE_(x)	FUZZ_TEXT_(x)
#define FUZZ_CHECK(condition) \
	fuzz_check((condition), __FILE__ ":" FUZZ_LINE_(__LINE__) \
	    ": broken: " #condition)

#define FUZZ_MEMORY_MAX	(96UL << 20)	/* no arena grows beyond */

JUDGES

static const char *fuzz_file;		/* being replayed */
static bool fuzz_trace;			/* FUZZ_TRACE=1: say what happens */

/* Says what was being replayed when the end came. */
static void
fuzz_last_words(void)
{
	if (fuzz_file != NULL)
		fprintf(stderr, "replaying %s\n", fuzz_file);
}

static void
fuzz_check(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "%s\n", what);
	fuzz_last_words();
	abort();
}

/* -- memory -- */

struct fuzz_chunk {
	struct fuzz_chunk *next;
	size_t		size;		/* of what is behind this */
};

/* Memory for an arena: a chunk of its own for each piece. */
static void *
fuzz_more(struct arena *a, size_t size)
{
	struct fuzz_chunk *chunk;

	FUZZ_CHECK(a->taken + size <= FUZZ_MEMORY_MAX);
	chunk = calloc(1, sizeof(*chunk) + size);
	FUZZ_CHECK(chunk != NULL);
	*chunk = (struct fuzz_chunk){ a->chunks, size };
	a->chunks = chunk;
	a->at = (uint8_t *)(chunk + 1);
	a->end = a->at + size;
	return chunk;
}

static struct arena
fuzz_arena(void)
{
	return (struct arena){ .more = fuzz_more };
}

/* Gives back the chunks that are newer than `last'; all: NULL. */
static void
fuzz_arena_cut(struct arena *a, const void *last)
{
	while (a->chunks != last) {
		struct fuzz_chunk *chunk = a->chunks;

		a->chunks = chunk->next;
		free(chunk);
	}
}

static void
fuzz_arena_free(struct arena *a)
{
	fuzz_arena_cut(a, NULL);
	*a = fuzz_arena();
}

/* A copy of what is in all chunks; to be freed. */
static uint8_t *
fuzz_arena_save(const struct arena *a)
{
	uint8_t *copy = NULL;
	size_t length = 0;

	for (const struct fuzz_chunk *chunk = a->chunks;
	    chunk != NULL; chunk = chunk->next) {
		copy = realloc(copy, length + chunk->size);
		FUZZ_CHECK(copy != NULL);
		memcpy(copy + length, chunk + 1, chunk->size);
		length += chunk->size;
	}
	return copy;
}

/* ASan's: no byte of a piece of memory may be touched until it may again. */
void __asan_poison_memory_region(void const volatile *, size_t)
    __attribute__((weak));
void __asan_unpoison_memory_region(void const volatile *, size_t)
    __attribute__((weak));

/* Forbids what is in all chunks. */
static void
fuzz_arena_forbid(const struct arena *a)
{
	for (const struct fuzz_chunk *chunk = a->chunks;
	    chunk != NULL; chunk = chunk->next) {
		if (__asan_poison_memory_region != NULL)
			__asan_poison_memory_region(chunk + 1, chunk->size);
	}
}

/* Allows it again, and puts back what was saved. */
static void
fuzz_arena_restore(const struct arena *a, const uint8_t *copy)
{
	for (struct fuzz_chunk *chunk = a->chunks; chunk != NULL;
	    chunk = chunk->next) {
		if (__asan_unpoison_memory_region != NULL)
			__asan_unpoison_memory_region(chunk + 1, chunk->size);
		memcpy(chunk + 1, copy, chunk->size);
		copy += chunk->size;
	}
}

/* A copy of bytes[length] that ends where its memory does; to be freed. */
static void *
fuzz_copy(const void *bytes, size_t length)
{
	uint8_t *copy = malloc(length > 0 ? length : 1);

	FUZZ_CHECK(copy != NULL);
	if (length > 0)
		memcpy(copy, bytes, length);
	return copy;
}

/* The next n bytes of an input as such a copy, or as many as there are. */
static uint8_t *
fuzz_take(struct cursor *input, size_t n, size_t *length)
{
	*length = n < cursor_left(input) ? n : cursor_left(input);
	return fuzz_copy(cursor_bytes(input, *length), *length);
}

/* -- replaying -- */

typedef void fuzz_function(const uint8_t *bytes, size_t length);

/* Replays a file, or what is in a directory; how many files there were. */
static unsigned
fuzz_replay(fuzz_function *one, const char *path)
{
	DIR *directory = opendir(path);
	struct dirent *entry;
	char name[1024];
	static uint8_t bytes[1 << 20];
	unsigned count = 0;
	size_t length;
	uint8_t *copy;
	FILE *file;

	while (directory != NULL && (entry = readdir(directory)) != NULL) {
		snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
		if (entry->d_name[0] != '.')
			count += fuzz_replay(one, name);
	}
	if (directory != NULL) {
		closedir(directory);
		return count;
	}
	file = fopen(path, "rb");
	if (file == NULL) {
		perror(path);
		exit(1);
	}
	length = fread(bytes, 1, sizeof(bytes), file);
	fclose(file);
	copy = fuzz_copy(bytes, length);
	fuzz_file = path;
	one(copy, length);
	fuzz_file = NULL;
	free(copy);
	return 1;
}

/* ASan and UBSan end a program without abort(). */
void __sanitizer_set_death_callback(void (*)(void)) __attribute__((weak));

/* Replays a corpus whole; fails when there is none. */
static int
fuzz_corpus(const char *name, fuzz_function *one, int count, char **paths)
{
	char path[64];
	char *all[] = { path };
	unsigned files = 0;

	if (__sanitizer_set_death_callback != NULL)
		__sanitizer_set_death_callback(fuzz_last_words);
	fuzz_trace = getenv("FUZZ_TRACE") != NULL;
	snprintf(path, sizeof(path), "test/corpus/%s", name);
	if (count == 0) {
		paths = all;
		count = 1;
	}
	for (int i = 0; i < count; i++)
		files += fuzz_replay(one, paths[i]);
	printf("fuzz_%s: %u files passed\n", name, files);
	return files == 0;
}

JUDGES_END

#if defined FUZZ_ALL
#define FUZZER(name)
#elif defined LIBFUZZER
#define FUZZER(name) \
	int LLVMFuzzerTestOneInput(const uint8_t *, size_t); \
	int \
	LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) \
	{ \
		fuzz_##name(bytes, length); \
		return 0; \
	}
#else
#define FUZZER(name) \
	int \
	main(int argc, char **argv) \
	{ \
		return fuzz_corpus(#name, fuzz_##name, argc - 1, argv + 1); \
	}
#endif

#endif
