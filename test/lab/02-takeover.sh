#!/bin/sh
# Goal: the address finds its holder: start, death of the holder within
# Active_Down_Interval, preemption and its variants, in the protocol's times.
# Method: two routers and a client that asks every 2 ms; times are those of the
# frames on the switch.  A daemon begins to wait when it joins its group, which
# the kernel reports up to 100 ms later.
. "$(dirname "$0")/lib.sh"
lab_begin
machine r1 1
machine r2 2
machine client 9

from_r1='$3 == "10.10.1.1"'
from_r2='$3 == "10.10.1.2"'

# From r1's start since then, when it joined the group, to its first advert.
waited() { # LOW HIGH SINCE
	elapsed "$1" "$2" "$3" "$(first join "$3" '$4 == "224.0.0.18"')" \
	    "$(first vrrp "$3" "$from_r1")"
}

# C-077, C-079, C-097: state MASTER below 255 waits as any Backup does.
instance VI_1 150 'state MASTER' | conf r1
watch_events r1
t=$(now)
start_vrrpd r1
check 'r1 becomes MASTER' wait_for 3 'has_addr r1 10.10.1.3'
check 'C-077 C-079 C-097: not before Active_Down_Interval' \
    waited "$(down_ms 150)" "$(down_ms 150)" "$t"
wait_for 2 'seen arp "$t"'
check 'C-104: the advert is the first frame' equal \
    "$(awk '$4 == "10.10.1.3" || $2 == "vrrp" { print $2; exit }' \
    "$LAB/wire.txt")" vrrp
check 'C-105: the address is there 50 ms later' took 0 50 \
    "$(first vrrp "$t")" "$(event_time r1 '10\.10\.1\.3' "$t")"

instance VI_1 100 | conf r2
start_vrrpd r2
wait_for 3 'listens r2'
check 'a weaker router stays BACKUP' stays 1 'not has_addr r2 10.10.1.3'
t=$(now)
probe 10.10.1.3
check 'C-116: only the holder answers ARP' wait_for 2 \
    '[ "$(neighbour 10.10.1.3)" = 02:00:00:00:00:01 ]'
probe_end >/dev/null
check 'C-116: nobody else did meanwhile' equal "$(wire arp "$t" \
    '$3 == "10.10.1.3" && $5 == 2' | awk '{ print $6 }' | sort -u)" \
    02:00:00:00:00:01

t=$(now)
link_down r1
kill_all r1
check 'r2 takes over from the dead' wait_for 3 'has_addr r2 10.10.1.3'
check 'within Active_Down_Interval of the last advert' \
    took "$(($(down_ms 100) - 5))" "$(down_ms 100)" \
    "$(last vrrp 0 "$from_r1")" "$(first vrrp "$t" "$from_r2")"
check 'and tells the neighbours' wait_for 1 \
    'seen arp "$t" "\$3 == \"10.10.1.3\" && \$6 == \"02:00:00:00:00:02\""'

# C-091: the better one returns.
renew r1
probe 10.10.1.3
t=$(now)
start_vrrpd r1
check 'C-091: the better router preempts' wait_for 3 'has_addr r1 10.10.1.3'
check 'C-091: after Active_Down_Interval' \
    waited "$(down_ms 150)" "$(down_ms 150)" "$t"
check 'the weaker one yields' wait_for 2 'not has_addr r2 10.10.1.3'
check 'C-084: without priority 0' not seen vrrp "$t" '$8 == 0'
outage=$(probe_end)
if ours; then
	check 'D-20: the client does not notice' within 0 "$outage" 2 "$t"
fi

# C-092, C-093: nopreempt keeps the holder until it is silent.
renew r1
renew r2
instance VI_1 150 nopreempt | conf r1
start_vrrpd r2
wait_for 3 'has_addr r2 10.10.1.3'
start_vrrpd r1
wait_for 3 'listens r1'
check 'C-092: nopreempt waits' stays 1.5 'not has_addr r1 10.10.1.3'
t=$(now)
link_down r2
kill_all r2
check 'C-093: until adverts stop' wait_for 3 'has_addr r1 10.10.1.3'
check 'C-093: for Active_Down_Interval' took "$(($(down_ms 150) - 5))" \
    "$(down_ms 150)" "$(last vrrp 0 "$from_r2")" \
    "$(first vrrp "$t" "$from_r1")"

# C-094, C-095: preempt_delay.
renew r1
renew r2
instance VI_1 150 'preempt_delay 1000' | conf r1
t=$(now)
start_vrrpd r1
check 'C-095: preempt_delay does not matter when nobody speaks' \
    wait_for 3 'has_addr r1 10.10.1.3'
check 'C-095: MASTER after the usual time' \
    waited "$(down_ms 150)" "$(down_ms 150)" "$t"
renew r1
instance VI_1 150 'preempt_delay 1' | conf r1
start_vrrpd r2
wait_for 3 'has_addr r2 10.10.1.3'
t=$(now)
start_vrrpd r1
check 'C-094: it preempts in the end' wait_for 4 'has_addr r1 10.10.1.3'
# It begins with the first advert that it hears, of which we know only that it
# is one of the first two after the join.
joined=$(first join "$t" '$4 == "224.0.0.18"')
taken=$(first vrrp "$t" "$from_r1")
check 'C-094: not before the delay' at_least 1000 "$t" "$taken"
check 'C-094: at most one down interval later' took 0 \
    $((1000 + $(down_ms 150) + 400)) "$joined" "$taken"

# C-096: the owner of the address starts at once.
renew r1
renew r2
t=$(now)
instance VI_1 255 | conf r1
start_vrrpd r1
check 'C-096: priority 255 is MASTER at once' wait_for 2 'seen vrrp "$t"'
check 'C-096: within 100 ms' waited 0 100 "$t"

# C-098
renew r1
instance VI_1 150 'down_timer_adverts 5' | conf r1
t=$(now)
start_vrrpd r1
wait_for 3 'has_addr r1 10.10.1.3'
expected=$(($(down_ms 150) + 400))
check 'C-098: down_timer_adverts 5' waited "$expected" "$expected" "$t"

# C-080, C-081, C-049: a Backup goes by the Active's interval, then its own.
renew r1
ADVERT=0.4
instance VI_1 150 | conf r1
ADVERT=0.2			# its first down interval holds one of r1's
instance VI_1 100 | conf r2
start_vrrpd r1
wait_for 4 'has_addr r1 10.10.1.3'
start_vrrpd r2
wait_for 3 'listens r2'
check 'C-049: another interval is accepted' \
    stays 1.5 'not has_addr r2 10.10.1.3'
t=$(now)
link_down r1
kill_all r1
wait_for 4 'has_addr r2 10.10.1.3'
ADVERT=0.4
check 'C-080: takes over after the three intervals of the Active' \
    took $(($(down_ms 100) - 5)) "$(down_ms 100)" \
    "$(last vrrp 0 "$from_r1")" "$(first vrrp "$t" "$from_r2")"
wait_for 2 '[ $(count vrrp "$t" "$from_r2") -ge 8 ]'
check 'C-081: then advertises at its own' equal \
    "$(wire vrrp "$t" "$from_r2" | awk '{ print $10 }' | sort -u)" 200
ADVERT=0.2

check 'C-033: every 200 ms' regular vrrp "$t" "$from_r2" 195 200
lab_end
