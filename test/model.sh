#!/bin/sh
# Goal: routers that run the table of transitions settle on the right Active,
# judged twice and in two languages.
# Method: model.c visits every state of two- and three-router systems; then spin
# verifies model.pml, which has the table from model.c and the rest from the
# RFC, if spin is there.
#
#	make model

set -u
cd "$(dirname "$0")/.." || exit 1
work=build/model
mkdir -p $work
: "${CC:=gcc}"

$CC -std=c11 -D_GNU_SOURCE -DVRRPD_PURE -O2 -w -o $work/model test/model.c ||
    exit
$work/model full || exit
command -v spin >/dev/null || { echo 'model: no spin here' >&2; exit 0; }
$work/model promela $work/table.pml || exit

# One verification: no error, and no state left out.
verify() { # NAME [-D...]
	name=$1
	shift
	dir=$work/$name
	mkdir -p "$dir"
	$CC -E -P -x c -I$work "$@" test/model.pml >"$dir/model.pml" &&
	    (cd "$dir" && spin -a model.pml >spin.log &&
		$CC -O2 -w -DNOREDUCE -DCOLLAPSE -DMEMLIM=4000 -o pan pan.c &&
		./pan -a -m1000000 >pan.log) || exit
	if ! grep -q 'errors: 0$' "$dir/pan.log" ||
	    grep -q 'max search depth too small' "$dir/pan.log"; then
		cat "$dir/pan.log"
		echo "model: spin found an error; see $dir" >&2
		exit 1
	fi
	awk -v name="$name" '/states, stored/ { states = $1 }
	    /transitions \(/ { steps = $1 }
	    END { print "spin: " name ": no error in", states, "states,",
	    steps, "transitions" }' "$dir/pan.log"
}

verify two
verify three -DA=192 -DB=128 -DC=64
verify ties -DA=192 -DB=192 -DC=192
verify owner -DA=255 -DB=128 -DC=128
