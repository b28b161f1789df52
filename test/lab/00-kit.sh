#!/bin/sh
# Goal: a check that fails is the failure of its test, wherever it stands and
# however the test ends.
# Method: tests of a few lines, whose exit status is that of their process.
. "$(dirname "$0")/lib.sh"
[ -x "$VRRPD" ] || skip "no $VRRPD yet: run make"
VRRPD=$(cd "$(dirname "$VRRPD")" && pwd)/${VRRPD##*/}
export VRRPD
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
ln -s "$LAB_SOURCE/lib.sh" "$LAB_SOURCE/kit" "$dir"
FAILED=0 CHECKED=0

status_of() { # LINE...: of a test that has them
	printf '%s\n' '. "$(dirname "$0")/lib.sh"' lab_begin "$@" \
	    >"$dir/00-inner.sh"
	sh "$dir/00-inner.sh" >"$dir/said" 2>&1
	echo $?
}

for end in lab_end ''; do
	check "all is well ($end)" equal \
	    "$(status_of 'check one true' 'check two true' $end)" 0
	check "the first check fails ($end)" equal \
	    "$(status_of 'check one false' 'check two true' $end)" 1
	check "the last one does ($end)" equal \
	    "$(status_of 'check one true' 'check two false' $end)" 1
	check "what is no check may fail before one ($end)" equal \
	    "$(status_of false 'check two true' $end)" 0
done
check 'the test gives up' equal "$(status_of 'check one true' 'exit 1')" 1
check 'a tool is not there: the test is skipped' equal \
    "$(printf '%s\n' '. "$(dirname "$0")/lib.sh"' 'lab_begin no-such-tool' \
    >"$dir/00-inner.sh"; sh "$dir/00-inner.sh" >/dev/null 2>&1; echo $?)" 77
echo "$LAB_NAME: $CHECKED checks, $FAILED failed"
[ "$FAILED" -eq 0 ]
