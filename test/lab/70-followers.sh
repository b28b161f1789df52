#!/bin/sh
# Goal: whoever follows the log, for ever, keeps nobody from asking; who cannot
# be let in costs the daemon no time.
# Method: as many followers as there are places, each of them idle; then others
# ask, and the processor time of the daemon is looked at; the same when it may
# open no more descriptors.
. "$(dirname "$0")/lib.sh"
lab_begin prlimit
ours || skip 'keepalived has no such commands'
machine r1 1

ticks() { # of the processor, 100 a second, that the daemon has used
	on r1 awk '{ print $14 + $15 }' "/proc/$(cat "$LAB/r1/router.pid")/stat"
}
# Every follower has this line.
followed() {
	for i in 1 2 3 4 5 6 7 8; do
		grep -q 'was reloaded' "$LAB/r1/follow$i.log" || return 1
	done
}
# What has been sent is idle when the daemon has looked at its clients again.
turns() { # SINCE
	wait_for 5 "[ \$(count vrrp $1) -ge 2 ]"
}

instance VI_1 100 | conf r1
start_vrrpd r1
wait_for 5 'has_addr r1 10.10.1.3'
for i in 1 2 3 4 5 6 7 8; do
	launch r1 "follow$i" "$VRRPD" events -f
done
wait_for 5 "[ \$(cat $LAB/r1/follow?.log | grep -c 'BACKUP -> MASTER') = 8 ]"
signal r1 HUP
check 'eight follow' wait_for 5 followed
turns "$(now)"
signal r1 TERM follow8
wait_for 5 'ended r1 follow8'
turns "$(now)"
check 'who goes takes no other along' stays 1 '! ended r1 follow1'
launch r1 follow8 "$VRRPD" events -f
check 'and may come back' wait_for 5 \
    "[ \$(grep -c 'was reloaded' $LAB/r1/follow8.log) = 2 ]"
turns "$(now)"
before=$(ticks)
check 'somebody else is answered' on r1 timeout 5 "$VRRPD" status
check 'who is the first that must give way' wait_for 5 'ended r1 follow1'
check 'and steers' on r1 timeout 5 "$VRRPD" maint VI_1 on
used=$(($(ticks) - before))
echo "   $used ticks"
check 'without haste' [ "$used" -lt 50 ]
check 'the others follow still' wait_for 5 "[ \$(cat $LAB/r1/follow?.log |
    grep -c 'MASTER -> FAULT: maintenance') = 7 ]"

# ---- no descriptor left ----
descriptors() { # NUMBER: of the daemon's are the limit
	on r1 prlimit -p "$(cat "$LAB/r1/router.pid")" --nofile="$1:"
}
free=$(on r1 sh -c 'i=0; while [ -L "$0/$i" ]; do i=$((i + 1)); done; echo $i' \
    "/proc/$(cat "$LAB/r1/router.pid")/fd")
descriptors "$free"
before=$(ticks)
launch r1 status "$VRRPD" status
check 'nobody can be let in' stays 3 '! ended r1 status'
used=$(($(ticks) - before))
echo "   $used ticks"
check 'which costs no time' [ "$used" -lt 50 ]
descriptors 1024
check 'then somebody can' wait_for 5 'ended r1 status'
stop r1

# ---- who asks, and says that he has nothing more to say ----
cat >"$LAB/tools/asks.py" <<'END'
import json, socket
s = socket.socket(socket.AF_UNIX)
s.connect("/run/vrrpd.sock")
s.sendall(b"status\0-j\0\n")
s.shutdown(socket.SHUT_WR)
print("asked", flush=True)
got = b"".join(iter(lambda: s.recv(4096), b""))
print(len(json.loads(got[1:-1])[0]["virtual_addresses"]), "addresses")
END
VIPS=$(seq -s ' ' -f '10.20.1.%g/32' 1 250) instance VI_1 100 | conf r1
start_vrrpd r1
wait_for 5 'on r1 "$VRRPD" status >/dev/null'
signal r1 STOP
launch r1 asks "$PYTHON" "$LAB/tools/asks.py"
wait_for 5 "grep -q asked $LAB/r1/asks.log"
signal r1 CONT
wait_for 5 'ended r1 asks'
check 'gets all of a long answer' grep -q '^250 addresses' "$LAB/r1/asks.log"
stop r1

# ---- who does not read on, as a pager that waits for a key ----
for i in $(seq 1 250); do
	VRID=$i VIPS=10.20.1.$i/32 instance "VI_$i" 100
done | conf r1
start_vrrpd r1
wait_for 5 'on r1 "$VRRPD" status -b | grep -q VI_250'
open_files() {
	on r1 sh -c 'ls "/proc/$0/fd" | wc -l' "$(cat "$LAB/r1/router.pid")"
}
before=$(open_files)
launch r1 pager sh -c '{ "$1" status --prometheus; echo $? >"$0/status"; } |
    { until [ -e "$0/key" ]; do sleep 0.05; done; wc -l; }' "$LAB/r1" "$VRRPD"
wait_for 5 "[ \$(open_files) -gt $before ]"
check 'is let go' wait_for 5 "[ \$(open_files) = $before ]"
touch "$LAB/r1/key"
check 'and told so' wait_for 5 '[ "$(cat "$LAB/r1/status")" = 4 ]'
check 'with words' grep -q 'before the end of its answer' \
    "$LAB/r1/pager.log"
check 'nor is a file replaced by a part' equal "$(on r1 "$VRRPD" status \
    --prometheus-file "$LAB/r1/prom"; echo $?; tail -c 1 "$LAB/r1/prom" |
    od -An -c | tr -d ' ')" '0
\n'
lab_end
