#!/bin/sh
# Goal: the interface goes, comes, is renamed, recreated, loses its address.
# Method: two routers; what happens to r1's eth0 and what both do then.
. "$(dirname "$0")/lib.sh"
lab_begin
machine r1 1
machine r2 2
machine client 9

from_r1='$3 == "10.10.1.1"'
from_r2='$3 == "10.10.1.2"'

noted() { # WORD: r1's scripts have seen this state since the last `forget`
	grep -q " $1\$" "$LAB/r1/notes" 2>/dev/null
}

# Scripts run one after the other and can be late, so what shall be forgotten
# must have been told: WORD, the state that r1 has reached, comes last.
forget() { # WORD
	wait_for 5 "tail -n 1 $LAB/r1/notes | grep -q ' $1\$'"
	: >"$LAB/r1/notes"
}

# As `renew r1`, and what its scripts had told is forgotten.
afresh() {
	renew r1
	rm -f "$LAB/r1/notes"
}

NOTIFY="notify_fault \"$NOTE $LAB/r1/notes FAULT\"
	notify_backup \"$NOTE $LAB/r1/notes BACKUP\"
	notify_master \"$NOTE $LAB/r1/notes MASTER\""

# ---- carrier ----
instance VI_1 150 "$NOTIFY" | conf r1
instance VI_1 100 | conf r2
start_vrrpd r1
wait_for 3 'has_addr r1 10.10.1.3'
start_vrrpd r2
wait_for 3 'listens r2'
check 'r1 is MASTER' equal "$(holders 10.10.1.3)" r1
forget MASTER
watch_events r1
t=$(now)
link_down r1
check 'C-129: carrier loss makes FAULT' wait_for 1 'noted FAULT'
check 'C-129: the address is removed' wait_for 1 '! has_addr r1 10.10.1.3'
check 'C-129: at once' took 0 50 "$(event_time r1 'link eth0 down' "$t")" \
    "$(event_time r1 'Deleted.*10\.10\.1\.3' "$t")"
check 'C-129: r2 takes over' wait_for 2 'has_addr r2 10.10.1.3'
forget FAULT
t=$(now)
link_up r1
check 'C-129: carrier back makes BACKUP' wait_for 1 'noted BACKUP'
check 'C-091: then it preempts' wait_for 3 'has_addr r1 10.10.1.3'
check 'C-129: after a full Active_Down_Interval' elapsed "$(down_ms 150)" \
    "$(down_ms 150)" "$t" "$(event_time r1 'link eth0 up' "$t")" \
    "$(first vrrp "$t" "$from_r1")"
wait_for 1 '! has_addr r2 10.10.1.3'

# ---- the administrator's hand ----
forget MASTER
ipn r1 link set eth0 down
check 'link set down makes FAULT' wait_for 1 'noted FAULT'
check 'r2 takes over' wait_for 2 'has_addr r2 10.10.1.3'
check 'that nothing can be sent there is not news' \
    not grep -q 'refuses to send' "$LAB/r1/router.log"
ipn r1 link set eth0 up
address r1
check 'link set up: r1 comes back' wait_for 3 'has_addr r1 10.10.1.3'
wait_for 1 '! has_addr r2 10.10.1.3'

# ---- deleted and recreated ----
forget MASTER
ipn r1 link del eth0
check 'C-132: deletion makes FAULT' wait_for 1 'noted FAULT'
check 'C-132: r2 takes over' wait_for 2 'has_addr r2 10.10.1.3'
check 'C-143: r1 waits in FAULT' stays 0.5 '! noted BACKUP'
plug r1
check 'C-132: recreation makes BACKUP' wait_for 2 'noted BACKUP'
check 'C-132: and MASTER' wait_for 3 'has_addr r1 10.10.1.3'
check 'C-132: r2 hears it' wait_for 2 '! has_addr r2 10.10.1.3'

# ---- renamed and back ----
forget MASTER
ipn r1 link set eth0 down
ipn r1 link set eth0 name other0
ipn r1 link set other0 up
check 'C-133: a rename makes FAULT' wait_for 1 'noted FAULT'
check 'C-133: r2 takes over' wait_for 2 'has_addr r2 10.10.1.3'
ipn r1 link set other0 down
ipn r1 link set other0 name eth0
ipn r1 link set eth0 up
address r1
check 'C-133: renaming back recovers' wait_for 3 'has_addr r1 10.10.1.3'
wait_for 2 '! has_addr r2 10.10.1.3'

# ---- the source address ----
forget MASTER
ipn r1 addr flush dev eth0 to 10.10.1.1
check 'C-131: no source address makes FAULT' wait_for 2 'noted FAULT'
check 'C-131: without the virtual address' wait_for 1 \
    '! has_addr r1 10.10.1.3'
check 'C-131: r2 takes over' wait_for 2 'has_addr r2 10.10.1.3'
forget FAULT
t=$(now)
ipn r1 addr add 10.10.1.7/24 brd + dev eth0
check 'C-131: another one makes BACKUP' wait_for 2 'noted BACKUP'
check 'C-131: and is used' wait_for 3 \
    'seen vrrp "$t" "\$3 == \"10.10.1.7\""'
wait_for 1 '! has_addr r2 10.10.1.3'
ipn r1 addr del 10.10.1.7/24 dev eth0
wait_for 2 '! has_addr r1 10.10.1.3'
afresh
renew r2

# ---- dont_track_primary ----
instance VI_1 150 dont_track_primary "$NOTIFY" | conf r1
start_vrrpd r1
wait_for 3 'has_addr r1 10.10.1.3'
forget MASTER
link_down r1
check 'C-130: dont_track_primary keeps MASTER' stays 0.7 \
    '! noted FAULT && has_addr r1 10.10.1.3'
t=$(now)
link_up r1
check 'C-130: and goes on' wait_for 2 'seen vrrp "$t" "$from_r1"'
afresh

# ---- tracked interfaces ----
ipn r1 link add t0 type veth peer name t1
ipn r1 link set t0 up
ipn r1 link set t1 up
instance VI_1 150 "$NOTIFY" 'track_interface {
		t0
	}' | conf r1
start_vrrpd r1
wait_for 3 'has_addr r1 10.10.1.3'
forget MASTER
t=$(now)
ipn r1 link set t1 down
check 'C-141: a tracked interface without carrier makes FAULT' wait_for 1 \
    'noted FAULT'
check 'C-144: with priority 0' wait_for 1 'seen vrrp "$t" "\$8 == 0"'
ipn r1 link set t1 up
check 'C-141: and back' wait_for 3 'has_addr r1 10.10.1.3'
signal r1 TERM
wait_for 3 'ended r1'
instance VI_1 150 'track_interface {
		t0 weight -30
	}' | conf r1
start_vrrpd r1
wait_for 3 'has_addr r1 10.10.1.3'
t=$(now)
ipn r1 link set t1 down
check 'C-141: with a weight it changes the priority' wait_for 2 \
    'seen vrrp "$t" "\$8 == 120"'
check 'and no more' has_addr r1 10.10.1.3
afresh

# ---- a bridge takes it ----
instance VI_1 150 | conf r1
start_vrrpd r1
wait_for 3 'has_addr r1 10.10.1.3'
ipn r1 link add br7 type bridge
ipn r1 link set eth0 master br7
if ours; then
	check 'a port of a bridge is said to be deaf' wait_for 3 \
	    'grep -q "interface eth0: a bridge or bond" "$LAB/r1/router.log"'
fi
ipn r1 link del br7
afresh

# ---- absent at the start ----
if ours; then
	ipn r1 link del eth0
	instance VI_1 150 "$NOTIFY" | conf r1
	start_vrrpd r1
	check 'D-17: an absent interface is waited for' wait_for 2 \
	    'noted FAULT'
	check 'D-17: and the daemon runs' not ended r1
	t=$(now)
	plug r1
	check 'D-17: it comes, MASTER follows' wait_for 3 \
	    'has_addr r1 10.10.1.3'
	check 'D-17: after Active_Down_Interval' elapsed "$(down_ms 150)" \
	    "$(down_ms 150)" "$t" \
	    "$(event_time r1 'New address eth0 10\.10\.1\.1/' "$t")" \
	    "$(first vrrp "$t")"
fi
lab_end
