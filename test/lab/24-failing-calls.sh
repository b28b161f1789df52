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

# ---- who asks a daemon that ends just then ----
"$PYTHON" -c '
import socket, sys
s = socket.socket(socket.AF_UNIX)
s.bind(sys.argv[1])
s.listen()
s.accept()[0].close()' "$LAB/ends" &
wait_for 5 '[ -S "$LAB/ends" ]'
strace -qq -o /dev/null -e trace=writev,sendto \
    -e inject=writev,sendto:delay_enter=500000 \
    "$VRRPD" --control "$LAB/ends" status 2>"$LAB/said"
check 'it is told so, not ended by SIGPIPE' equal $? 4
check 'with words' grep -q 'no daemon answers' "$LAB/said"
lab_end
