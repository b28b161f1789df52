/* SPDX-License-Identifier: ISC */
/*
 * The command line: options, flags and addresses, as words that a newline
 * ends.  Main's pure parts only: nothing is started, opened or set.  What can
 * run round-trips as a file does; secrets leave the words that others can see.
 *
 * Messages of Main go to stderr, where libFuzzer can be told to close it.
 */
#include "fuzz_conf.h"

#define FLAGS_WORDS	64

/* Cuts an input into words; words[0] is the program. */
static int
flags_cut(char *text, char *words[FLAGS_WORDS + 1])
{
	int count = 0;

	words[count++] = text;
	for (char *c = text; *c != '\0' && count < FLAGS_WORDS; c++) {
		if (*c != '\n')
			continue;
		*c = '\0';
		words[count++] = c + 1;
	}
	words[count] = NULL;
	return count;
}

/* No byte of a password is left in the words. */
static void
check_hidden(const struct options *options, const struct conf_flag *seen)
{
	for (size_t i = 0; i < options->flag_count; i++) {
		const struct conf_flag *flag = &options->flags[i];
		const char *word = seen[i].value;

		if (flag->value == NULL || flag->name == NULL ||
		    !flag_is_secret(flag->name) || flag->value[0] == '@')
			continue;
		FUZZ_CHECK(strlen(word) == strlen(flag->value));
		FUZZ_CHECK(strspn(word, "*") == strlen(word));
	}
}

/* What would be printed and done with the options, without doing it. */
static void
flags_use(struct options *options)
{
	struct fuzz_page page;
	struct text *t = fuzz_page_open(&page);

	if (options->help > 0)
		print_help(t);
	print_version(t, options->as_keepalived);
	facility_number(options->facility);
	fuzz_page_end(&page);
	free(page.bytes);
}

/* The configuration that the flags make. */
static void
flags_configure(const struct options *options)
{
	static const char password[] = "secret\r\nrest\xff" "1";
	struct fuzz_conf fc = { .files = { (const uint8_t *)password,
	    sizeof(password) - 1, false, 0 } };
	struct conf_input input = { .flags = options->flags,
	    .flag_count = options->flag_count, .keep_origins = true,
	    .config_id = options->config_id,
	    .all_includes = options->all_includes > 0 };

	if (fuzz_parse(&fc, &input) != NULL)
		fuzz_round_trip(&fc, false);
	fuzz_conf_free(&fc);
}

static void
fuzz_flags(const uint8_t *bytes, size_t length)
{
	static struct world w;
	struct arena arena = fuzz_arena();
	struct options options = { .file = NULL };
	struct conf_flag *seen;
	char *words[FLAGS_WORDS + 1], *text = malloc(length + 1);
	int count;

	FUZZ_CHECK(text != NULL);
	memcpy(text, bytes, length);
	text[length] = '\0';
	count = flags_cut(text, words);
	if (options_parse(&w, &options, &arena, count, words)) {
		FUZZ_CHECK(options.flag_count < (size_t)count);
		seen = fuzz_copy(options.flags, options.flag_count *
		    sizeof(*seen));
		flags_keep(&w, &options, &arena);
		check_hidden(&options, seen);
		free(seen);
		flags_use(&options);
		flags_configure(&options);
	}
	fuzz_arena_free(&arena);
	free(text);
}

FUZZER(flags)
