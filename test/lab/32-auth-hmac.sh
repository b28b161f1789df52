#!/bin/sh
# Goal: auth_hmac between two vrrpd: what is forged or replayed is not heard,
# keys can be changed one by one, and no clock locks a router out.
# Method: signatures are computed anew from the capture by kit/signed.py; the
# real time of a vrrpd is moved by kit/clock.h.
. "$(dirname "$0")/lib.sh"
[ -n "${LAB_INSIDE:-}" ] || command -v cc >/dev/null ||
	skip 'no C compiler on this machine'
lab_begin
ours || skip 'keepalived 2.2 has no auth_hmac'
VERSION=3 ADVERT=0.2
K7=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
K9=ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1eff
CLOCKED=$LAB/bin/vrrpd-clock
cc -std=c11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -w -O0 \
    -include "$KIT/clock.h" -o "$CLOCKED" "$LAB_SOURCE/../../vrrpd.c" || exit 1
machine r1 1
machine r2 2
machine client 9

# The block of an instance: the keys that are known, the active one, more.
hmac() { # KEYS ACTIVE [LINE...]
	echo 'auth_hmac {'
	for lab_each in $1; do
		eval "echo \"key $lab_each hex:\$K$lab_each\""
	done
	echo "active_key $2"
	shift 2
	[ $# -eq 0 ] || printf '%s\n' "$@"
	echo '}'
}

# What the advertisements since then are, by their signatures.
signed() { # [SINCE]
	lab_sync "$LAB/wire.txt"
	"$PYTHON" "$LAB/tools/signed.py" "$LAB/wire.pcap" 7=$K7 9=$K9 |
	    awk -v since="${1:-0}" '$1 >= since'
}

# Whether the sequence of each sender grows with every advertisement.  It has
# 64 bits, of which awk's numbers hold 53: compared as text of one length.
grows() { # SINCE
	signed "$1" | awk '$4 == "hmac" {
		number = sprintf("%020s", $6)
		while (length(number) < 20) number = "0" number
		if ($2 in last && number "" <= last[$2] "") { print; bad = 1 }
		last[$2] = number; n++ }
		END { exit bad || n == 0 }'
}

statistic() { # MACHINE NAME
	on "$1" rm -f /tmp/keepalived.stats
	signal "$1" USR2
	wait_for 2 "on $1 grep -q '^    Sent' /tmp/keepalived.stats &&
	    on $1 grep -q 'Priority Zero' /tmp/keepalived.stats"
	on "$1" awk -v name="$2:" '{ at = index($0, "  " name)
		if (at) print $NF }' /tmp/keepalived.stats | tail -n 1
}

# Such a number has grown by 20 since it was that.
counted() { # MACHINE NAME BEFORE
	wait_for 3 "[ \$((\$(statistic $1 $2) - $3)) -ge 20 ]"
	equal $(($(statistic "$1" "$2") - $3)) 20
}

# The clock of a machine, in seconds from the right one; nothing: right.
clock() { # MACHINE [SECONDS]
	if [ $# -gt 1 ]; then
		echo "$2" | on "$1" sh -c 'cat >/tmp/clock.new &&
		    mv /tmp/clock.new /tmp/clock'
	else
		on "$1" rm -f /tmp/clock
	fi
}

only() { # MACHINE: it alone has the address
	wait_for 6 "[ \"\$(holders 10.10.1.3)\" = $1 ]"
}

routers() { # PRIORITY_1 PRIORITY_2 [LINE...]
	renew r1
	renew r2
	lab_first=$1 lab_second=$2
	shift 2
	instance VI_1 "$lab_first" "$(hmac '7' 7 "$@")" | conf r1
	instance VI_1 "$lab_second" "$(hmac '7' 7 "$@")" | conf r2
}

# ---- signed, and heard ----
routers 150 100
t=$(now)
start_router "$CLOCKED" r1
check 'r1 takes the address' only r1
start_router "$CLOCKED" r2
wait_for 3 'listens r2'
check 'r2 hears it' stays 1 '! has_addr r2 10.10.1.3'
check 'C-027 signed: every advert has a good trailer' equal \
    "$(signed "$t" | awk '{ print $2, $4, $5, $8 }' | sort -u)" \
    '10.10.1.1 hmac 7 good'
check 'the frames are as long as they say' equal \
    "$(wire vrrp "$t" | awk '{ print $11 }' | sort -u)" 40

# ---- forged, replayed ----
before=$(statistic r1 Missing)
forge priority=200 times=20 every=0.02
check 'C-058 unsigned: still MASTER' only r1
check 'C-058 unsigned: counted in the statistics' counted r1 Missing \
    "$before"
instance VI_1 200 "$(hmac '7' 7)" | conf r2
signal r2 HUP
check 'r2 is the better one now' only r2
stop r2
check 'r2 has gone' only r1
before=$(statistic r1 Replay)
on client "$PYTHON" "$LAB/tools/replay.py" eth0 "$LAB/wire.pcap" 10.10.1.2 20 \
    0.02
check 'C-063 replayed at once: still MASTER' only r1
check 'C-063 replayed at once: counted in the statistics' counted r1 Replay \
    "$before"
# The window is 5 s; a wait until they are older is the test's own.
t=$(now)
wait_for 7 '[ "$(ms "$t" "$(now)")" -ge 6500 ]'
before=$(statistic r1 Stale)
on client "$PYTHON" "$LAB/tools/replay.py" eth0 "$LAB/wire.pcap" 10.10.1.2 20 \
    0.02
check 'C-062 replayed later: still MASTER' only r1
check 'C-062 replayed later: counted in the statistics' counted r1 Stale \
    "$before"

# ---- keys are changed one by one ----
instance VI_1 100 "$(hmac '7' 7)" | conf r2
start_router "$CLOCKED" r2
wait_for 3 'listens r2'
t=$(now)
changed() { # KEYS_1 ACTIVE_1 KEYS_2 ACTIVE_2
	instance VI_1 150 "$(hmac "$1" "$2")" | conf r1
	signal r1 HUP
	instance VI_1 100 "$(hmac "$3" "$4")" | conf r2
	signal r2 HUP
	t_changed=$(now)
	wait_for 3 "signed $t_changed | grep -q ' hmac $2 '" &&
	    stays 1 '[ "$(holders 10.10.1.3)" = r1 ]'
}
check 'C-064 both have a new key' changed '7 9' 7 '7 9' 7
check 'C-064 r1 signs with it' changed '7 9' 9 '7 9' 7
check 'C-064 the old one is taken away' changed '9' 9 '9' 9
check 'C-064 signed: all was good meanwhile' equal \
    "$(signed "$t" | awk '{ print $2, $4, $8 }' | sort -u)" \
    '10.10.1.1 hmac good'

# ---- clocks ----
t=$(now)
check 'C-029 r1: the clock set back by 3 s' eval \
    'clock r1 -3; stays 1 "[ \"\$(holders 10.10.1.3)\" = r1 ]"'
clock r1
stop r1
check 'r1 is stopped, r2 takes over' only r2
start_router "$CLOCKED" r1
check 'C-029 r1 comes back' only r1
check 'C-029 signed: the sequence has grown all the time' grows "$t"

for mode in time monotonic; do
	# 1970, and better than the one whose clock is right
	routers 100 200 "anti_replay $mode"
	t=$(now)
	start_router "$CLOCKED" r1
	check "$mode: r1 is alone" only r1
	clock r2 -$(($(date +%s) - 30))
	start_router "$CLOCKED" r2
	check "$mode: r2, in 1970, takes over and r1 hears it" only r2
	check "$mode: r1 stays a backup" stays 1 \
	    '[ "$(holders 10.10.1.3)" = r2 ]'
	check "$mode: signed: r2 has the time of r1" equal \
	    "$(signed "$(now | awk '{ printf "%.6f", $1 - 1 }')" | awk '{
		d = $7 - $1; print $2, $8, (d > -4 && d < 4) }' | sort -u)" \
	    '10.10.1.2 good 1'
	clock r2
	check "$mode: its clock is set: nobody notices" stays 1 \
	    '[ "$(holders 10.10.1.3)" = r2 ]'
	# both in 1970, r1 since long; r2 loses power and comes back
	clock r1 -$(($(date +%s) - 90000))
	stop r1
	kill_all r2
	clock r2 -$(($(date +%s) - 30))
	address r2
	start_router "$CLOCKED" r1
	check "$mode: r1, in 1970, is alone" only r1
	start_router "$CLOCKED" r2
	check "$mode: r2, younger, takes over" only r2
done

# A clock that is set, but wrong: two masters, and each says why.
routers 150 100
start_router "$CLOCKED" r1
only r1
clock r2 3600
start_router "$CLOCKED" r2
check 'C-062 one hour ahead: not heard, as the manual says' wait_for 3 \
    '[ "$(holders 10.10.1.3)" = "r1 r2" ]'
check 'C-062 one hour ahead: the log says it' wait_for 2 \
    'grep -q "its clock is 36[0-9][0-9] seconds ahead of ours" \
    "$LAB/r1/router.log"'
clock r2
check 'its clock is set right: there is one master' only r1

# Within the window that is allowed, there is one.
routers 150 100 'time_window 90'
start_router "$CLOCKED" r1
only r1
clock r2 60
start_router "$CLOCKED" r2
wait_for 3 'listens r2'
check 'C-062 time_window: one minute ahead, and heard' stays 1.5 \
    '[ "$(holders 10.10.1.3)" = r1 ]'
clock r2

# Who asks for an order alone does not look at the clock.
routers 150 100 'anti_replay monotonic'
start_router "$CLOCKED" r1
only r1
clock r2 3600
start_router "$CLOCKED" r2
wait_for 3 'listens r2'
check 'anti_replay monotonic: one hour ahead, and heard' stays 1.5 \
    '[ "$(holders 10.10.1.3)" = r1 ]'
clock r2

# ---- modes ----
routers 150 100
instance VI_1 150 "$(hmac '7' 7 'mode receive-only')" | conf r1
instance VI_1 100 "$(hmac '7' 7 'mode permissive')" | conf r2
t=$(now)
start_router "$CLOCKED" r1
only r1
start_router "$CLOCKED" r2
wait_for 3 'listens r2'
check 'C-059 permissive: hears one that does not sign' stays 1 \
    '[ "$(holders 10.10.1.3)" = r1 ]'
check 'C-028 signed: receive-only sends no trailer' equal \
    "$(signed "$t" | awk '{ print $2, $4 }' | sort -u)" '10.10.1.1 none'

# ---- IPv6, which has the trailer in its checksum ----
VIPS='fe80::3/64 2001:db8::3/64'
routers 150 100
t=$(now)
start_router "$VRRPD" r1
wait_for 5 'has_addr r1 2001:db8::3'
start_router "$VRRPD" r2
wait_for 3 'listens r2'
check 'IPv6: r2 hears r1' stays 1 '! has_addr r2 2001:db8::3'
check 'C-027 IPv6, signed: every advert has a good trailer' equal \
    "$(signed "$t" | awk '{ print $2, $4, $5, $8 }' | sort -u)" \
    'fe80::1 hmac 7 good'
lab_end
