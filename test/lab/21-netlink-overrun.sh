#!/bin/sh
# Goal: events that the kernel could not deliver are made up for.
# Method: freeze the daemon, overrun its netlink socket, delete its address,
# wake it: the address is back within a second.
. "$(dirname "$0")/lib.sh"
lab_begin
ours || skip 'keepalived never recovers from this'
machine r1 1
machine client 9

ipn r1 link add t0 type veth peer name t1
instance VI_1 100 | conf r1
start_vrrpd r1
wait_for 3 'has_addr r1 10.10.1.3'

# Messages dropped by netlink sockets there, all together.
dropped() {
	on r1 awk 'NR > 1 { n += $9 } END { print n + 0 }' /proc/net/netlink
}

# 2,000 addresses come and go; ip makes one request of each line.
burst() {
	awk 'BEGIN { for (i = 0; i < 2000; i++) {
		a = "10.99." int(i / 250) "." i % 250 + 1 "/32 dev t0"
		print "addr add " a; print "addr del " a } }' |
	    ipn r1 -batch -
}

signal r1 STOP
before=$(dropped)
turns=0
until [ "$(dropped)" -gt "$before" ] || [ "$turns" -ge 30 ]; do
	burst
	turns=$((turns + 1))
done
check 'the socket has overrun' [ "$(dropped)" -gt "$before" ]
ipn r1 addr del 10.10.1.3/24 dev eth0
burst
watch_events r1
t=$(now)
woken=$(wake r1)
check 'the address is back' wait_for 2 'has_addr r1 10.10.1.3'
check 'within a second' took -5000 1000 "$woken" \
    "$(event_time r1 'New.*10\.10\.1\.3/' "$t")"
check 'and adverts go on' wait_for 1 '[ $(count vrrp "$t") -ge 3 ]'
check 'without priority 0' not seen vrrp "$t" '$8 == 0'

# The same with the link: carrier lost while nobody listened.
signal r1 STOP
before=$(dropped)
link_down r1
turns=0
until [ "$(dropped)" -gt "$before" ] || [ "$turns" -ge 30 ]; do
	burst
	turns=$((turns + 1))
done
signal r1 CONT
check 'a lost link is noticed' wait_for 2 '! has_addr r1 10.10.1.3'
link_up r1
check 'and its return' wait_for 3 'has_addr r1 10.10.1.3'
lab_end
