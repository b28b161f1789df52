#!/bin/sh
# Goal: every decision of the core is defended by a test.
# Method: mutate.py breaks the transition table cell by cell and bit by bit, and
# chapters Machine and Policy operator by operator, statement by statement; each
# mutant must fail one of the unit tests.  Mutants that change nothing stand in
# mutate.equal with the reason; any other survivor is a failure.
#
#	make mutate
#	make mutate ONLY=PATTERN,...	functions or chapters that match: Router
#					and vr_* are some

set -u
cd "$(dirname "$0")/.." || exit 1
exec nice -n 15 python3 test/mutate.py ${ONLY:+"$ONLY"}
