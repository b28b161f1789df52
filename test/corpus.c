/* SPDX-License-Identifier: ISC */
/*
 * Goal: what the fuzzers have found stays mended, and what they have learned is
 * not lost.
 * Method: all fuzzers in one program, which replays test/corpus; or, built for
 * libFuzzer (test/fuzz.sh), runs the one that FUZZ names.
 */
#define FUZZ_ALL
#include "fuzz_conf.c"
#include "fuzz_control.c"
#include "fuzz_events.c"
#include "fuzz_flags.c"
#include "fuzz_frame.c"
#include "fuzz_netlink.c"
#include "fuzz_status.c"
#include "fuzz_wire.c"

static const struct {
	const char	*name;
	fuzz_function	*one;
} fuzzers[] = {
	{ "conf", fuzz_conf }, { "control", fuzz_control },
	{ "events", fuzz_events }, { "flags", fuzz_flags },
	{ "frame", fuzz_frame }, { "netlink", fuzz_netlink },
	{ "status", fuzz_status }, { "wire", fuzz_wire }
};

#ifdef LIBFUZZER
int LLVMFuzzerInitialize(int *, char ***);
int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static fuzz_function *chosen;

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *name = getenv("FUZZ");

	(void)argc;
	(void)argv;
	for (size_t i = 0; name != NULL && i < COUNT_OF(fuzzers); i++) {
		if (strcmp(fuzzers[i].name, name) == 0)
			chosen = fuzzers[i].one;
	}
	FUZZ_CHECK(chosen != NULL);
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	chosen(bytes, length);
	return 0;
}
#else
int
main(void)
{
	int bad = 0;

	for (size_t i = 0; i < COUNT_OF(fuzzers); i++)
		bad += fuzz_corpus(fuzzers[i].name, fuzzers[i].one, 0, NULL);
	return bad > 0;
}
#endif
