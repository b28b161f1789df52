#!/bin/sh
# Goal: of two holders one remains, and it is the right one.
# Method: split the switch so that both become MASTER, then heal it.
. "$(dirname "$0")/lib.sh"
lab_begin
machine r1 1
machine r2 2
machine client 9
watch_events r2

split() {
	ip link set r1 type bridge_slave isolated on
	ip link set r2 type bridge_slave isolated on
}

heal() { # r2 hears first; t is a time before it
	t=$(now)
	ip link set r1 type bridge_slave mcast_flood off isolated off
	ip link set r2 type bridge_slave isolated off
	healed=$(now)
	wait_for 2 'seen vrrp "$healed" "\$12 ~ /01\$/"'
	ip link set r1 type bridge_slave mcast_flood on
}

# r2 alone, MASTER, and its next advert is forty seconds away.
lone() { # [LINE...]
	renew r1
	renew r2
	ADVERT=40
	instance VI_1 254 "$@" | conf r2
	ADVERT=0.2
	start_vrrpd r2
	wait_for 3 'listens r2'
	forge priority=0
	wait_for 3 'has_addr r2 10.10.1.3'
}

both() { # ADDRESS
	has_addr r1 "$1" && has_addr r2 "$1"
}

from_r1='$3 == "10.10.1.1"'
from_r2='$3 == "10.10.1.2"'
split
instance VI_1 100 | conf r1
instance VI_1 100 | conf r2
start_vrrpd r1
start_vrrpd r2
check 'both are MASTER while the switch is split' wait_for 3 'both 10.10.1.3'
heal
check 'C-085: equal priority, the smaller address yields' wait_for 2 \
    'not has_addr r1 10.10.1.3'
check 'C-085: without priority 0' not seen vrrp "$t" '$8 == 0'
check 'C-086: the greater address stays' has_addr r2 10.10.1.3
check 'C-086: and stays' stays 1 \
    'has_addr r2 10.10.1.3 && not has_addr r1 10.10.1.3'
check 'C-089 D-15: and tells the neighbours again' wait_for 2 \
    'seen arp "$t" "\$3 == \"10.10.1.3\" && \$6 ~ /02\$/"'
# Whatever the client believed, it now asks the right one.
probe 10.10.1.3
check 'the client finds it' wait_for 1 \
    '[ "$(neighbour 10.10.1.3)" = 02:00:00:00:00:02 ]'
probe_end >/dev/null

# The better one has heard nobody: it is told that the neighbours were misled.
# r2 sleeps until half a second after an advert of r1's, so that r1 is the next.
if ours; then
	renew r1
	renew r2
	split
	ADVERT=1
	for id in 1 2; do
		instance VI_1 $((200 - 50 * id)) 'garp_master_delay 0' |
		    conf r$id
	done
	start_vrrpd r1
	wait_for 10 'has_addr r1 10.10.1.3'
	probe 10.10.1.3
	start_vrrpd r2
	wait_for 10 'both 10.10.1.3'
	check 'D-15: the client is misled' wait_for 3 \
	    '[ "$(neighbour 10.10.1.3)" = 02:00:00:00:00:02 ]'
	signal r2 STOP
	t=$(now)
	wait_for 3 'seen vrrp "$t" "$from_r1"'
	t=$(first vrrp "$t" "$from_r1")
	wait_for 3 '[ "$(ms "$t" "$(now)")" -ge 450 ]'
	signal r2 CONT
	wait_for 3 'seen vrrp "$t" "$from_r2"'
	t=$(now)
	ip link set r1 type bridge_slave isolated off
	ip link set r2 type bridge_slave isolated off
	check 'D-15: the weaker one yields' wait_for 3 \
	    'not has_addr r2 10.10.1.3'
	check 'D-15: the better one tells the neighbours then' wait_for 1 \
	    'seen arp "$t" "\$3 == \"10.10.1.3\" && \$6 ~ /01\$/"'
	check 'D-15: the client finds it' wait_for 1 \
	    '[ "$(neighbour 10.10.1.3)" = 02:00:00:00:00:01 ]'
	check 'D-15: told by one advert of the weaker one' equal \
	    "$(count vrrp "$t" "$from_r2")" 1
	probe_end >/dev/null
	ADVERT=0.2
fi

# C-087: a weaker advert is answered at once, not at the next interval; C-088:
# or not.
lone
t=$(now)
forge priority=50
check 'C-087: a weaker advert is answered' wait_for 1 \
    'seen vrrp "$(first vrrp "$t" "\$8 == 50")" "$from_r2"'
weak=$(first vrrp "$t" '$8 == 50')
check 'C-087: at once' took 0 10 "$weak" \
    "$(first vrrp "$weak" "$from_r2")"
check 'C-089: and the address announced' wait_for 1 \
    'seen arp "$weak" "\$3 == \"10.10.1.3\" && \$6 ~ /02\$/"'

# C-083: so is a priority 0.
t=$(now)
forge priority=0
wait_for 1 'seen vrrp "$t" "\$8 == 0"'
zero=$(first vrrp "$t" '$8 == 0')
check 'C-083: priority 0 is answered' wait_for 1 \
    'seen vrrp "$zero" "$from_r2"'
check 'C-083: at once' took 0 10 "$zero" \
    "$(first vrrp "$zero" "$from_r2")"
renew r2
instance VI_1 100 lower_prio_no_advert | conf r2
start_vrrpd r2
wait_for 3 'has_addr r2 10.10.1.3'
t=$(now)
forge priority=50 times=15 every=0.05
check 'C-088: lower_prio_no_advert keeps the schedule' regular \
    vrrp "$t" "$from_r2" 195 200

# A better one is obeyed, after one last word if so configured (C-090).
t=$(now)
forge priority=200 times=2 every=0.1
check 'C-084: a better advert is obeyed' wait_for 1 \
    'went r2 10.10.1.3 "$t"'
lone higher_prio_send_advert
t=$(now)
forge priority=255 interval=4000
wait_for 1 'went r2 10.10.1.3 "$t"'
better=$(first vrrp "$t" '$8 == 255')
check 'C-090: one advert more before it yields' equal \
    "$(count vrrp "$better" "$from_r2")" 1

# C-102: two owners elect by address, or each ignores the other.
if ours; then
	renew r1
	renew r2
	split
	instance VI_1 255 | conf r1
	instance VI_1 255 | conf r2
	start_vrrpd r1
	start_vrrpd r2
	check 'two owners' wait_for 2 'both 10.10.1.3'
	heal
	check 'C-102: the smaller address yields' wait_for 2 \
	    'not has_addr r1 10.10.1.3'
	check 'C-102: and not the other' has_addr r2 10.10.1.3
	renew r1
	renew r2
	instance VI_1 255 owner_ignore_adverts | conf r1
	instance VI_1 255 owner_ignore_adverts | conf r2
	start_vrrpd r1
	start_vrrpd r2
	wait_for 2 'both 10.10.1.3'
	check 'C-102: owner_ignore_adverts keeps both' stays 0.7 \
	    'both 10.10.1.3'
fi

# The same over IPv6, where the link-local addresses decide.
renew r1
renew r2
split
VIPS='fe80::3/64 2001:db8::3/64'
instance VI_6 100 | conf r1
instance VI_6 100 | conf r2
start_vrrpd r1
start_vrrpd r2
check 'IPv6: both are MASTER' wait_for 3 'both 2001:db8::3'
heal
check 'C-085: IPv6, the smaller address yields' wait_for 2 \
    'not has_addr r1 2001:db8::3'
check 'C-086: IPv6, the greater one stays' has_addr r2 2001:db8::3
lab_end
