#!/bin/sh
# Goal: the virtual MAC over IPv6, as RFC 9568 has it.
# Method: as 27, for what is other there.
. "$(dirname "$0")/lib.sh"
# shellcheck source=kit/vmac.sh
. "$KIT/vmac.sh"
lab_begin tshark nft
machine r1 1
machine r2 2
machine client 9
MAC=00:00:5e:00:02:33
VIPS='fe80::51/64 2001:db8::3/64'
for m in r1 r2; do
	on $m sh -c 'echo 1 >/proc/sys/net/ipv6/conf/all/forwarding
		echo 1 >/proc/sys/net/ipv6/conf/default/forwarding'
done
from_r1='$3 == "fe80::1" && $8 > 0'
from_r2='$3 == "fe80::2" && $8 > 0'

instance VI_6 150 use_vmac | conf r1
instance VI_6 100 use_vmac | conf r2
start_vrrpd r2
wait_for 3 'has_addr r2 2001:db8::3'
t=$(now)
start_vrrpd r1
check 'C-091: an Active hears who has the same MAC, and yields' wait_for 3 \
    'has_addr r1 2001:db8::3 && ! has_addr r2 2001:db8::3'
check 'D-8: then its link is down' wait_for 1 '! up r2 vrrp.51'
wait_for 3 '[ "$(count vrrp "$t" "$from_r1")" -ge 4 ]'
check 'RFC 9568 6.4.3: it sends no more' took -5000 50 \
    "$(first vrrp "$t" "$from_r1")" "$(last vrrp "$t" "$from_r2")"
check 'C-022: all advertisements come from the virtual MAC' equal \
    "$(tshark_fields vrrp eth.src eth.dst ipv6.hlim ipv6.tclass | sort -u)" \
    "$MAC	33:33:00:00:00:12	255	0xc0"
check 'C-125: and from the link-local address of their bases' equal \
    "$(tshark_fields vrrp ipv6.src | sort -u | tr '\n' ' ')" \
    'fe80::1 fe80::2 '
check 'C-017: their checksum is good' equal \
    "$(tshark_fields vrrp vrrp.checksum.status | sort -u)" 1
check 'C-125: no address but the virtual ones is on the link' equal \
    "$(ipn r1 -6 -o addr show dev vrrp.51 | awk '{ print $4 }' | sort |
    tr '\n' ' ')" '2001:db8::3/64 fe80::51/64 '
check 'C-113: announcements carry it outside and inside' equal \
    "$(tshark_fields 'icmpv6.nd.na.flag.s == 0' eth.src \
    icmpv6.opt.linkaddr | sort -u)" "$MAC	$MAC"
probe 2001:db8::3
check 'the client is answered' wait_for 2 'neighbour 2001:db8::3 | grep -q .'
check 'C-117: at the virtual MAC' equal "$(neighbour 2001:db8::3)" $MAC
signal r1 TERM
check 'C-074: r2 takes over' wait_for 3 'has_addr r2 2001:db8::3'
wait_for 3 'ended r1'
lost=$(probe_end)
check "D-20: the client lost ${lost} ms" [ "$lost" -le $((50 + $(slack))) ]
check 'C-117: nobody answers for it with another MAC' equal \
    "$(tshark_fields 'icmpv6.nd.na.flag.s == 1 &&
    icmpv6.nd.na.target_address == 2001:db8::3' eth.src \
    icmpv6.opt.linkaddr | sort -u)" "$MAC	$MAC"
check 'C-127: the link is gone' not link_is r1 vrrp.51 True
t=$(now)
ipn r2 link set vrrp.51 down
check 'D-16: set down, the kernel forgets its addresses; they come back' \
    wait_for 2 'up r2 vrrp.51 && has_addr r2 2001:db8::3 &&
    has_addr r2 fe80::51'
wait_for 2 '[ "$(count vrrp "$t" "$from_r2")" -ge 3 ]'
check 'all the while it was MASTER' regular vrrp "$t" "$from_r2" 150 210
on r2 nft list table inet vrrpd >"$LAB/rules"
check 'D-8: nft has the link among those with a virtual MAC' \
    grep -q 'elements = { "vrrp.51" }' "$LAB/rules"
stop r2
check 'C-126: no RS and no MLD from the virtual MAC' equal "$(tshark_fields \
    "eth.src == $MAC && (icmpv6.type == 131 || icmpv6.type == 132 ||
    icmpv6.type == 133 || icmpv6.type == 143)" frame.number)" ''
check 'the table is gone' equal "$(on r2 nft list ruleset)" ''
lab_end
