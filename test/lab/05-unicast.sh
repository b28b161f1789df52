#!/bin/sh
# Goal: unicast peers: who gets adverts, whose are taken.
# Method: three routers, of which r1 and r2 know each other; the client forges.
. "$(dirname "$0")/lib.sh"
lab_begin tshark
machine r1 1
machine r2 2
machine r3 4
machine client 9
watch_events r1

unicast() { # OWN PEER...
	printf 'unicast_src_ip 10.10.1.%s\n\tunicast_peer {\n' "$1"
	shift
	printf '\t\t10.10.1.%s\n' "$@"
	printf '\t}\n'
}

from_r1='$3 == "10.10.1.1"'
from_r2='$3 == "10.10.1.2"'
instance VI_1 150 "$(unicast 1 2 4)" | conf r1
instance VI_1 100 "$(unicast 2 1 4)" | conf r2
start_vrrpd r1
check 'r1 becomes MASTER' wait_for 3 'has_addr r1 10.10.1.3'
start_vrrpd r2
wait_for 3 'listens r2'
check 'r2 stays BACKUP' stays 1 'not has_addr r2 10.10.1.3'
check 'C-030: one copy for each peer at a time' equal "$(wire vrrp 0 \
    "$from_r1" | awk 'NR <= 10 { printf "%s", substr($4, 9) }
    $4 == last { print "twice" } { last = $4 }')" 2424242424
check 'C-030: every interval' regular vrrp 0 \
    "$from_r1 && \$4 == \"10.10.1.2\"" 180 200
check 'C-030: none to the group' not seen vrrp 0 '$4 == "224.0.0.18"'
check 'C-031: TTL 255' equal \
    "$(wire vrrp 0 | awk '{ print $5 }' | sort -u)" 255
check 'C-032: checksum over the real destination' equal "$(tshark_fields \
    'vrrp' vrrp.checksum.status | sort -u)" 1

# C-069: what comes by multicast is not for it; C-068: nor what strangers send.
forge priority=200 times=3
check 'C-069: multicast is discarded' stays 0.5 'has_addr r1 10.10.1.3'
if ours; then
	forge priority=200 destination=10.10.1.1 mac=02:00:00:00:00:01 times=3
	check 'C-068 D-9: a stranger is discarded' stays 0.5 \
	    'has_addr r1 10.10.1.3'
fi
t=$(now)
forge priority=200 destination=10.10.1.1 mac=02:00:00:00:00:01 \
    source=10.10.1.4
check 'a peer is heard' wait_for 1 'went r1 10.10.1.3 "$t"'
check 'and forgotten after Active_Down_Interval' wait_for 2 \
    'has_addr r1 10.10.1.3'
wait_for 2 'not has_addr r2 10.10.1.3'

probe 10.10.1.3
t=$(now)
signal r1 TERM
check 'TERM: r2 takes over' wait_for 2 'has_addr r2 10.10.1.3'
zero=$(first vrrp "$t" "$from_r1 && \$8 == 0")
check 'C-082: after Skew_Time' took $(($(skew_ms 100) - 5)) \
    "$(skew_ms 100)" "$zero" "$(first vrrp "$t" "$from_r2")"
wait_for 3 'ended r1'
wait_for 1 'seen arp "$t" "\$3 == \"10.10.1.3\" && \$6 ~ /02\$/"'
outage=$(probe_end)
if ours; then
	check 'D-20: the client does not notice' within 0 "$outage" 2 "$t"
fi

# C-067, C-031: the peers' TTL, and ours.
renew r1
renew r2
instance VI_1 150 'unicast_ttl 7' 'unicast_src_ip 10.10.1.1' \
    'unicast_peer {
		10.10.1.2 min_ttl 100 max_ttl 200
	}' | conf r1
t=$(now)
start_vrrpd r1
wait_for 3 'has_addr r1 10.10.1.3'
wait_for 1 '[ $(count vrrp "$t" "\$5 == 7") -ge 2 ]'
check 'C-031: unicast_ttl' equal \
    "$(wire vrrp "$t" | awk '{ print $5 }' | sort -u)" 7
forge priority=200 source=10.10.1.2 destination=10.10.1.1 \
    mac=02:00:00:00:00:01 ttl=99 times=2
forge priority=200 source=10.10.1.2 destination=10.10.1.1 \
    mac=02:00:00:00:00:01 ttl=201 times=2
check 'C-067: TTL below min_ttl or above max_ttl is discarded' \
    stays 0.3 'has_addr r1 10.10.1.3'
t=$(now)
forge priority=200 source=10.10.1.2 destination=10.10.1.1 \
    mac=02:00:00:00:00:01 ttl=100
check 'C-067: TTL in the range is taken' wait_for 1 \
    'went r1 10.10.1.3 "$t"'

# The same over IPv6.
renew r1
VIPS=2001:db8::3/64
instance VI_6 150 'unicast_src_ip 2001:db8::1' \
    'unicast_peer {
		2001:db8::2
	}' | conf r1
instance VI_6 100 'unicast_src_ip 2001:db8::2' \
    'unicast_peer {
		2001:db8::1
	}' | conf r2
t=$(now)
start_vrrpd r1
check 'IPv6: r1 becomes MASTER' wait_for 3 'has_addr r1 2001:db8::3'
start_vrrpd r2
wait_for 3 'listens r2'
check 'IPv6: r2 stays BACKUP' stays 1 'not has_addr r2 2001:db8::3'
check 'C-030: IPv6 goes to the peer' equal \
    "$(wire vrrp "$t" | awk '{ print $3, $4 }' | sort -u)" \
    '2001:db8::1 2001:db8::2'
if ours; then
	check 'C-031: IPv6 hop limit 255' equal \
	    "$(wire vrrp "$t" | awk '{ print $5 }' | sort -u)" 255
fi
signal r1 TERM
check 'IPv6: r2 takes over' wait_for 2 'has_addr r2 2001:db8::3'
lab_end
