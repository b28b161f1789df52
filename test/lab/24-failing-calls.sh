#!/bin/sh
# Goal: a system call that fails is retried, reported or refused: a few of them;
# `make faults' has them all.
# Method: test/faults.py in the namespaces of the test.
. "$(dirname "$0")/lib.sh"
lab_begin strace
ours || skip 'it is about vrrpd'
! sanitized ||
	skip 'the calls of a sanitizer would fail before those of vrrpd'
"$PYTHON" "$LAB_SOURCE/../faults.py" "$VRRPD" --short >"$LAB/faults"
check 'every fault was judged' equal $? 0
cat "$LAB/faults"
check 'no call is assumed done' not grep -q FAILED "$LAB/faults"
check 'at least 20 calls failed' \
    [ "$(grep -vc missed "$LAB/faults")" -ge 20 ]
lab_end
