#!/bin/sh
# Goal: each of the 168 items of test/conformance.items is shown by a test whose
# judge fits it, or is listed with the reason why it is not.
# Method: test/conformance.awk joins the items with the citations in the tests,
# and with the logs of their last run.
#
#	sh test/conformance.sh		the table and the count
#	sh test/conformance.sh --brief	the count, and what is wrong
set -u
cd "$(dirname "$0")/.." || exit 1
brief=
[ "${1:-}" != --brief ] || brief=1
set -- test/conformance.items test/*.c test/lab/*.sh
# No log before the first run.
for log in build/log/*.count build/log/*.log; do
	[ ! -s "$log" ] || set -- "$@" "$log"
done
exec awk -v brief="$brief" -f test/conformance.awk "$@"
