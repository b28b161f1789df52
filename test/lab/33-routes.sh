#!/bin/sh
# Goal: routes, rules and static items are there exactly while they shall be,
# whatever others do to them, and are known again after a crash.
# Method: the kernel's tables (`ip route show table all`, `ip rule`) from
# outside; the same file given to keepalived as independent judge.
. "$(dirname "$0")/lib.sh"
lab_begin
machine r1 1
machine r2 2

# All that the kernel has of our protocol, in one order.
routes() { # MACHINE
	for family in -4 -6; do
		ipn "$1" -d $family route show table all proto 18
		ipn "$1" -d $family rule show | grep -v 'proto kernel'
	done | sed 's/ *$//; s/ proto keepalived\| proto 18//' | sort
}

has() { # MACHINE WORDS
	routes "$1" | grep -q -- "$2"
}

none() { # MACHINE
	[ -z "$(routes "$1")" ]
}

whole() { # MACHINE: all that a MASTER has, neither more nor less
	[ "$(routes "$1")" = "$all" ]
}

LINES='virtual_ipaddress_excluded {
		2001:db8::3/64
	}
	virtual_routes {
		10.50.0.0/16 via 10.10.1.9 src 10.10.1.3 metric 7
		10.51.0.0/16 via 10.10.1.9 dev eth0 table 100 mtu lock 1400
		10.52.0.0/16 dev eth0 scope link hoplimit 9 realms 5/6
		blackhole 10.53.0.0/16
		unreachable 10.54.0.0/16 metric 9
		10.5.0.0/16 nexthop via 10.10.1.8 weight 3 nexthop via 10.10.1.9
		src 10.10.1.3 to 10.56.0.0/16 via 10.10.1.9 onlink dev eth0
		2001:db8:50::/48 via 2001:db8::9 dev eth0 metric 5
		2001:db8:51::/48 via fe80::9 dev eth0 table 100 pref high
	}
	virtual_rules {
		from 10.50.0.0/16 to 10.51.0.0/16 table 100 preference 300
		fwmark 0x10/0xff iif eth0 table 100 preference 301
		not from 10.57.0.0/16 table 100 preference 302
		from 10.57.0.0/16 prohibit preference 304
		from 2001:db8:50::/48 table 100 preference 303
	}'
VIPS=10.10.1.3/24

# ---- what keepalived sets for the same file ----
instance VI_1 150 "$LINES" | conf r2
start_keepalived r2
check 'keepalived is MASTER' wait_for 10 'has r2 ^303:'
all=$(routes r2)
signal r2 TERM
wait_for 10 'ended r2'
# Its version 2.3.4 leaves a route behind.
wait_for 2 'none r2' || ipn r2 -6 route flush table 100
check 'nothing is left of it' none r2

# ---- Active, Backup ----
instance VI_1 150 "$LINES" | conf r1
instance VI_1 100 "$LINES" | conf r2
start_vrrpd r1
check 'a MASTER has what keepalived has' wait_for 5 'whole r1'
start_vrrpd r2
wait_for 3 'listens r2'
check 'a BACKUP has none' stays 1 'none r2'
told() { # MACHINE STATE COMMAND...: how many lines tell of a route or rule
	lab_machine=$1 lab_text=$2
	shift 2
	on "$lab_machine" "$VRRPD" "$@" | grep -cE "$lab_text"
}
routed='^  .*(10\.5|2001:db8:5|fwmark)'
check 'status -v tells what is set' equal "$(told r1 "$routed.*: set$" \
    status -v) $(told r2 "$routed.*: not set$" status -v)" '14 14'
check 'status -j too' equal "$(on r1 "$VRRPD" status -j | "$PYTHON" -c "
import json, sys
told = json.load(sys.stdin)[0]['routes_and_rules']
print(sum(x['present'] for x in told), [x['kind'] for x in told].count('rule'),
    told[0]['words'])")" \
    '14 5 10.50.0.0/16 via 10.10.1.9 src 10.10.1.3 metric 7'

# ---- somebody deletes them ----
ipn r1 route del 10.50.0.0/16
check 'a deleted route is put back' wait_for 2 'whole r1'
ipn r1 -6 route del 2001:db8:50::/48
check 'and one of IPv6' wait_for 2 'whole r1'
ipn r1 rule del preference 301
check 'and a rule' wait_for 2 'whole r1'
ipn r1 -6 rule del preference 303
check 'and one of IPv6' wait_for 2 'whole r1'
ipn r1 addr del 10.10.1.3/24 dev eth0
check 'what the loss of an address took is put back' wait_for 3 'whole r1'
check 'it was MASTER all the time' none r2

# ---- reload changes one ----
ipn r1 monitor route >"$LAB/r1/monitor" 2>&1 &
monitor=$!
instance VI_1 150 "$(echo "$LINES" | sed 's/metric 7/metric 8/')" | conf r1
signal r1 HUP
check 'reload changes a route' wait_for 3 'has r1 "10.50.0.0/16.*metric 8"'
check 'the former one goes' wait_for 1 '! has r1 "10.50.0.0/16.*metric 7"'
kill "$monitor"
check 'and touches no other' equal \
    "$(grep -c '10.5[1-6]\|db8:5' "$LAB/r1/monitor")" 0
instance VI_1 150 "$LINES" | conf r1
signal r1 HUP
check 'and back' wait_for 3 'whole r1'

# ---- the interface flaps ----
ipn r1 link set eth0 down
check 'a FAULT has none' wait_for 3 'none r1'
check 'the other one has them' wait_for 5 'whole r2'
ipn r1 link set eth0 up
address r1
check 'after the flap they are back' wait_for 10 'whole r1'
check 'and r2 has none' wait_for 3 'none r2'

# ---- a crash ----
kill_all r1
check 'a killed daemon leaves them' whole r1
start_vrrpd r1
check 'the next run removes them as BACKUP, or has them as MASTER' \
    wait_for 10 'whole r1'
signal r1 TERM
wait_for 3 'ended r1'
check 'it knew them for its own: at the end there are none' none r1
kill_all r2

# ---- static items ----
renew r1
{
	cat <<-END
	static_ipaddress {
		10.77.0.1/24 dev eth0
		2001:db8:77::1/64 dev eth0
	}
	static_routes {
		10.78.0.0/16 via 10.77.0.9 dev eth0
		2001:db8:78::/48 dev eth0
	}
	static_rules {
		from 10.78.0.0/16 table 100 preference 310
	}
	END
	instance VI_1 150
} | conf r1
start_vrrpd r1
check 'static items are there' wait_for 3 'has r1 10.78.0.0/16.*10.77.0.9 &&
    has r1 2001:db8:78::/48 && has r1 ^310: && has_addr r1 10.77.0.1 &&
    has_addr r1 2001:db8:77::1'
ipn r1 addr del 2001:db8:77::1/64 dev eth0
check 'one of IPv6 is put back' wait_for 3 'has_addr r1 2001:db8:77::1'
ipn r1 addr del 10.77.0.1/24 dev eth0
ipn r1 route del 10.78.0.0/16
check 'and put back' wait_for 5 'has_addr r1 10.77.0.1 &&
    has r1 10.78.0.0/16.*10.77.0.9'
signal r1 KILL
wait_for 3 'ended r1'
ipn r1 -o monitor address >"$LAB/r1/addresses" &
monitor=$!
start_vrrpd r1
wait_for 9 'has_addr r1 10.10.1.3'
kill "$monitor"
check 'the next run leaves them alone' equal \
    "$(grep -c '10.77\|db8:77' "$LAB/r1/addresses")" 0
signal r1 TERM
wait_for 3 'ended r1'
check 'and gone at the end' wait_for 1 'none r1 && ! has_addr r1 10.77.0.1 &&
    ! has_addr r1 2001:db8:77::1'

lab_end
