#!/bin/sh
# Goal: the acceptance set-up with keepalived on one server and the files
# unchanged on both.  keepalived then ignores the script, as it stands below its
# user, and says 100 for ever: point 2 cannot be, the others can.
# Method: as 01b, vrrpd on server 1, whose address is the smaller one.
. "$(dirname "$0")/lib.sh"
# shellcheck source=kit/haproxy.sh
. "$KIT/haproxy.sh"
lab_begin haproxy curl pidof keepalived
UNCHANGED=1
server r1 1 "$VRRPD" server1.conf
server r2 2 "$PEER" server2.conf
machine client 9

service_start r2
check '1: keepalived alone takes the address' wait_for 5 "has_addr r2 $VIP"
check '1: the page comes' wait_for 2 'page_from r2'
t=$(now)
service_start r1
if ours; then
	check '1: vrrpd at 102 preempts' wait_for 5 "has_addr r1 $VIP"
	check '1: the page comes' wait_for 2 'page_from r1'
	check '1: exactly one holds it' wait_for 1 \
	    '[ "$(holders $VIP)" = r1 ]'
	check '6: the neighbours were told' wait_for 1 'told r1 "$t"'
	signal r1 KILL haproxy
	check '2: haproxy dies: vrrpd says 100' wait_for 7 \
	    'seen vrrp "$t" "\$3 == \"10.10.1.1\" && \$8 == 100"'
	haproxy_start r1
	t=$(now)
	service_stop r1
	check '5: TERM: keepalived takes the address' wait_for 3 \
	    "has_addr r2 $VIP"
	check '5: the page comes again' wait_for 2 'page_from r2'
	check '5: within Skew_Time' succeeded "$t" "$from_r1" "$from_r2" 100
	wait_for 3 '! service_runs r1'
	t=$(now)
	service_start r1
	check '1: vrrpd returns and preempts' wait_for 5 "has_addr r1 $VIP"
	check '1: exactly one holds it' wait_for 1 \
	    '[ "$(holders $VIP)" = r1 ]'
	t=$(now)
	link_down r1
	kill_all r1
	check '4: the machine dies: keepalived takes the address' wait_for 6 \
	    "has_addr r2 $VIP"
	check '4: the page comes again' wait_for 2 'page_from r2'
	check '4: within Active_Down_Interval' down_passed "$t" 100
fi
lab_end
