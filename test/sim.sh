#!/bin/sh
# Goal: whatever goes wrong in a network, the invariants hold (test/sim.c).
# Method: simulated clusters, each of a seed; what fails is printed with the
# events before it and the line that shows it again.
#
#	make sim			a sanitized run, then two fast ones
#					of 500,000 router-hours each
#	make sim SEED=7			that seed alone, sanitized
#	make sim SEED=7 ROUTERS=40	with so many routers
#	make sim SEED=7 HOURS=1000	seeds from 7 on for so many router-hours
#	make sim SEED=7 HOURS=1000 HOW=-e
#					even clusters only
#	make sim SEED=7 HOURS=1000 HOW=-c
#					these, with leaps and without, compared
#
# A run without SEED is the same every time.

set -eu
cd "$(dirname "$0")/.."
mkdir -p build/test
sanitized=build/test/sim-sanitized
fast=build/test/sim

build() { # PROGRAM FLAG...
	program=$1
	shift
	# shellcheck disable=SC2086 # a command and its flags
	$TEST "$@" -o "$program" test/sim.c
}

# Better compiled it would run faster, by less than that takes.
slow() {
	# shellcheck disable=SC2086 # flags
	build $sanitized $SANITIZE -O0
}

if [ -n "${SEED:-}" ] && [ -z "${HOURS:-}" ]; then
	slow
	exec $sanitized -s "$SEED" -n "${ROUTERS:-0}"
elif [ -n "${HOURS:-}" ]; then
	build $fast -O3
	# shellcheck disable=SC2086 # a flag, or none
	exec $fast ${HOW:-} -s "${SEED:-1}" -n "${ROUTERS:-0}" -t "$HOURS"
fi
slow
build $fast -O3
# Of the even ones those are taken that go by fast: one seed can take a minute.
half() { # SEED EVEN
	$fast -s "$1" -t 100000 && $fast -e -s "$2" -t 400000 &&
	    $fast -c -s "$1" -t 500
}
$sanitized -s 1 -t 5000
half 1 1000000000 &
first=$!
failed=0
half 20000000 1000030000 >build/test/sim.other || failed=1
wait $first || failed=1
cat build/test/sim.other
exit $failed
