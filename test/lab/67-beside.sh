#!/bin/sh
# Goal: two daemons in one network namespace let each other be; what an earlier
# run left is removed when there is one.
# Method: one with a virtual MAC and one without on each side; the kernel tells
# of what goes, and the log of what was put back.
. "$(dirname "$0")/lib.sh"
lab_begin nft
ours || skip 'keepalived marks no addresses'
machine r1 1

# A second daemon needs a pid file of its own, and another table.
start() { # NAME VRID LINE...
	name=$1 vrid=$2
	shift 2
	{
		printf 'global_defs {\n\tnftables %s\n}\n' "$name"
		router "$vrid" 100 "$@"
		VIPS=10.20.1.$vrid/32 instance "X$vrid" 100 |
		    sed "s/virtual_router_id .*/virtual_router_id 1$vrid/"
	} >"$LAB/r1/$name.conf"
	launch r1 "$name" "$VRRPD" -n -l -D -f "$LAB/r1/$name.conf" \
	    -p "$LAB/r1/$name.lock" --control "$LAB/r1/$name.sock"
}
holds() { # VRID
	has_addr r1 "10.10.1.$1" && has_addr r1 "10.20.1.$1"
}

start one 51 use_vmac
check 'one is MASTER' wait_for 3 'holds 51'
watch_events r1
start two 52 use_vmac
check 'the other one, too' wait_for 3 'holds 52'
check 'nothing of the first one was removed' equal \
    "$(events r1 Deleted)" ''
check 'nor put back' not grep -q 'put back' "$LAB/r1/one.log"
stop r1 one
check 'a stop takes its own' wait_for 2 '! has_addr r1 10.10.1.51 &&
    ! has_addr r1 10.20.1.51 && holds 52'
start one 51 use_vmac
wait_for 3 'holds 51'
signal r1 KILL one
wait_for 2 'ended r1 one'
start one 53
check 'beside another one, what is not configured stays' wait_for 3 \
    'holds 53 && holds 51'
signal r1 KILL one
signal r1 KILL two
wait_for 2 'ended r1 one && ended r1 two'
start one 54
check 'alone it goes' wait_for 3 'holds 54 && ! has_addr r1 10.20.1.51 &&
    ! has_addr r1 10.20.1.52 && ! has_addr r1 10.20.1.53'
check 'links, too' wait_for 2 '! has_addr r1 10.10.1.51'
check 'links, too: both' not ipn r1 link show dev vrrp.52
stop r1 one

lab_end
