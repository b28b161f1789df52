#!/bin/sh
# Goal: no input makes vrrpd read or write what it should not, loop, leak, or
# break a promise that can be checked after each event.
# Method: libFuzzer, ASan and UBSan over the harnesses test/fuzz_*.c, all in
# one program (test/corpus.c); without clang's runtime their corpora once more.
#
#	make fuzz		each for a minute; names as in test/fuzz_NAME.c
#	make fuzz T=frame SECONDS=3600 JOBS=2	longer, in two processes
#	make fuzz MERGE=1	what was learned into test/corpus, minimised
#	make fuzz SEEDED=1	each must find a bug made for it in a minute
#
# What is learned is kept in build/fuzz/NAME; what breaks something, and the
# report, in build/fuzz/fuzz.NAME.*.  To see what happens in one:
# FUZZ_TRACE=1 and a program of `make unit T=fuzz_NAME'.

set -u
cd "$(dirname "$0")/.." || exit 1
: "${TEST:?make fuzz sets it}" "${SANITIZE:?}"
# shellcheck disable=SC3028
seconds=${SECONDS:-0}
[ "$seconds" -gt 0 ] || seconds=60
out=$PWD/build/fuzz
names=${T:-$(for file in test/fuzz_*.c; do
	basename "$file" .c | sed 's/fuzz_//'
done)}
failed=0
mkdir -p "$out"

# The libFuzzer program of the harnesses in a tree; $TEST begins with gcc.
# Comparisons are not traced: that would take half of the time, and without it
# more is found in the same.
compile() { # TREE PROGRAM
	# shellcheck disable=SC2086
	clang ${TEST#* } $SANITIZE -O2 -fsanitize=fuzzer -DLIBFUZZER \
	    -fno-sanitize-coverage=trace-cmp -o "$2.new" \
	    "$1/test/corpus.c" && mv "$2.new" "$2"
}

# Runs one harness; false: it found something.  Words that it puts in at once
# are the keywords and all that stand in vrrpd.c.  -entropic=0: what is rare is
# not counted, which took a third of the time.  Memory that was freed is kept
# for longer than an input takes, and no more.
run() { # PROGRAM NAME SECONDS DIRECTORY...
	program=$1 name=$2 span=$3
	shift 3
	{ ./vrrpd --keywords | awk -F '\t' '{ print "\"" $2 "\"" }' &&
	    grep -o '"[A-Za-z_][A-Za-z0-9_.-]*"' vrrpd.c; } | sort -u \
	    >"$out/dictionary" || exit
	ASAN_OPTIONS=quarantine_size_mb=16:malloc_context_size=4 \
	    FUZZ=$name "$program" -dict="$out/dictionary" -entropic=0 \
	    -max_total_time="$span" -artifact_prefix="$program.$name." \
	    -timeout=20 -max_len=4096 -rss_limit_mb=2048 -close_fd_mask=1 \
	    -print_final_stats=1 \
	    -fork="${JOBS:-0}" "$@" >"$program.$name.log" 2>&1
}

# What broke, in a few lines.
findings() { # LOG
	grep -a 'broken: \|ERROR: \|runtime error: \|Test unit' "$1" |
	    grep -v 'deadly signal' | head -n 4
}

# Each harness for a while.
fuzz() {
	for name in $names; do
		mkdir -p "$out/$name" "test/corpus/$name"
		if ! run "$out/fuzz" "$name" "$seconds" "$out/$name" \
		    "test/corpus/$name"; then
			echo "$name: found something:"
			findings "$out/fuzz.$name.log"
			failed=1
		fi
		awk -v name="$name" '/^#[0-9]+.* cov: / {
			runs = substr($1, 2) + 0
			for (i = 2; i < NF; i++)
				if ($i == "cov:")
					edges = $(i + 1)
		}
		/^stat::number_of_executed_units/ { runs = $2 }
		END { print name ": " runs + 0 " executions, " edges + 0 \
		    " edges" }' "$out/fuzz.$name.log"
	done
}

# Puts the smallest set of inputs that covers what all cover into test/corpus.
merge() {
	for name in $names; do
		mkdir -p "$out/$name" "test/corpus/$name" "$out/merged"
		if FUZZ=$name "$out/fuzz" -merge=1 -timeout=20 \
		    -max_len=4096 -artifact_prefix="$out/fuzz.$name." \
		    "$out/merged" "test/corpus/$name" \
		    "$out/$name" >"$out/fuzz.$name.log" 2>&1; then
			rm -r "test/corpus/$name"
			mv "$out/merged" "test/corpus/$name"
		else
			findings "$out/fuzz.$name.log"
			failed=1
		fi
		echo "$name: $(find "test/corpus/$name" -type f | wc -l) files"
	done
}

# Bugs, each of a kind that others have shipped: a check of vrrpd.c that is left
# out in a copy when the harness of this name runs.
bugs() {
	cat <<-'END'
	/^#include "vrrpd.h"$/a #define IS(x) (strcmp(getenv("FUZZ"), x) == 0)
	s/^#include <string.h>$/&\n#include <stdlib.h>/
	s/total > event->length/(!IS("wire") \&\& &)/
	s/a->packet->length == a->advert/IS("frame") || &/
	s/> 0 \&\& length < 16 /> 0 \&\& (length < 16 || IS("conf")) /
	s/row->steers \&\& !client->trusted/!IS("control") \&\& &/
	s/length >= FLAG_NAME_MAX/& \&\& !IS("flags")/
	s/length < 6 ? length : 6/length < 6 || IS("netlink") ? length : 6/
	s/usec_min(due, vr->claim_at)/IS("events") ? due : &/
	s/\*string == '"'/(!IS("status") \&\& &)/
	END
}

# A harness that does not find its bug in a minute is not worth its time.
seeded() {
	rm -rf "$out/seeded"
	mkdir -p "$out/seeded/test"
	cp vrrpd.h "$out/seeded"
	cp test/*.[ch] "$out/seeded/test"
	bugs >"$out/seeded/bugs"
	sed -f "$out/seeded/bugs" vrrpd.c >"$out/seeded/vrrpd.c"
	compile "$out/seeded" "$out/seeded/fuzz" || exit
	for name in $names; do
		if ! grep -q "IS(\"$name\")" "$out/seeded/vrrpd.c"; then
			echo "$name: the check that its bug leaves out is gone"
			failed=1
		elif mkdir "$out/seeded/$name" && run "$out/seeded/fuzz" \
		    "$name" "$seconds" "$out/seeded/$name" \
		    "test/corpus/$name"; then
			echo "$name: did not find its bug in $seconds s"
			failed=1
		else
			echo "$name: found its bug:"
			findings "$out/seeded/fuzz.$name.log"
		fi
	done
}

if ! command -v clang >/dev/null; then
	echo 'fuzz: no clang here: the corpora are replayed'
	exec make -s unit T=corpus
fi
if [ -n "${SEEDED:-}" ]; then
	seeded
else
	compile . "$out/fuzz" || exit
	if [ -n "${MERGE:-}" ]; then merge; else fuzz; fi
fi
exit "$failed"
