#!/bin/sh
# Goal: IPv6 from the first advert to the hand-over.
# Method: as 02 and 03, with a client that asks a global virtual address.
. "$(dirname "$0")/lib.sh"
lab_begin tshark
machine r1 1
machine r2 2
machine client 9

VIPS='fe80::51/64 2001:db8::3/64'
instance VI_6 150 'virtual_ipaddress_excluded {
		2001:db8:1::1
	}' | conf r1
instance VI_6 100 'virtual_ipaddress_excluded {
		2001:db8:1::1
	}' | conf r2
t=$(now)
start_vrrpd r1
check 'r1 becomes MASTER' wait_for 3 'has_addr r1 2001:db8::3'
start_vrrpd r2
wait_for 3 'listens r2'
wait_for 2 '[ $(count vrrp) -ge 5 ]'
check 'C-011 C-014: from the link-local address to ff02::12, hop limit 255' \
    equal "$(wire vrrp | awk '{ print $3, $4, $5 }' | sort -u)" \
    'fe80::1 ff02::12 255'
check 'C-007 C-037: 40 bytes, link-local address first' equal \
    "$(tshark_fields vrrp vrrp.ipv6_addr ipv6.plen ipv6.tclass | sort -u)" \
    'fe80::51,2001:db8::3	40	0xc0'
check 'C-035: to the multicast MAC' equal \
    "$(tshark_fields vrrp eth.dst | sort -u)" 33:33:00:00:00:12
check 'C-017: checksum with the pseudo-header' equal \
    "$(tshark_fields vrrp vrrp.checksum.status | sort -u)" 1
report='icmpv6.mldr.mar.multicast_address == ff02::12'
check 'C-036: MLD reports the group' wait_for 3 \
    '[ -n "$(tshark_fields "$report" frame.number)" ]'

ipn r1 -6 addr show dev eth0 >"$LAB/r1/addresses"
check 'C-107: never tentative' not grep -q tentative "$LAB/r1/addresses"
check 'C-107: no duplicate address detection' equal \
    "$(grep -c '\(fe80::51\|2001:db8::3\|2001:db8:1::1\).*nodad' \
    "$LAB/r1/addresses")" 3
check 'C-106 C-108: a /128 is deprecated' grep -q \
    '2001:db8:1::1/128 .*deprecated' "$LAB/r1/addresses"
check 'C-118: the solicited-node groups are joined' equal \
    "$(ipn r1 -6 maddr show dev eth0 | grep -c 'ff02::1:ff00:\(51\|3\)\>')" 2
check 'C-118: but not by the BACKUP' equal \
    "$(ipn r2 -6 maddr show dev eth0 | grep -c 'ff02::1:ff00:\(51\|3\)\>')" 0
check 'C-110: five announcements of each address' wait_for 1 '[ "$(wire na |
    awk "\$1 < $(first na) + 4 { print \$4 }" | sort | uniq -c |
    tr -s " " | tr "\n" ";")" = \
    " 5 2001:db8:1::1; 5 2001:db8::3; 5 fe80::51;" ]'
if ours; then
	flags=5
else
	flags=1
fi
check 'C-112: router and override set, solicited not' equal \
    "$(wire na | awk '{ print $5 }' | sort -u)" "$flags"
check 'C-112: from the address itself, to all nodes' equal \
    "$(wire na 0 '$3 != $4 || $6 != "ff02::1"')" ''
check 'C-112: MAC in the frame and in the option' equal \
    "$(wire na | awk '{ print $7, $8 }' | sort -u)" \
    '02:00:00:00:00:01 02:00:00:00:00:01'
check 'C-112: tshark finds checksum and hop limit good' equal \
    "$(tshark_fields 'icmpv6.type == 136' icmpv6.checksum.status ipv6.hlim |
    sort -u)" '1	255'

t=$(now)
probe 2001:db8::3
check 'the client is answered' wait_for 2 \
    '[ "$(neighbour 2001:db8::3)" = 02:00:00:00:00:01 ]'
check 'C-116: by the holder alone' equal "$(tshark_fields \
    "icmpv6.type == 136 && icmpv6.nd.na.flag.s == 1 && frame.time_epoch >= $t \
    && icmpv6.nd.na.target_address == 2001:db8::3" eth.src | sort -u)" \
    02:00:00:00:00:01
t=$(now)
signal r1 TERM
check 'TERM: r2 takes over' wait_for 2 'has_addr r2 2001:db8::3'
check 'r1 is gone' wait_for 3 'ended r1'
zero=$(first vrrp "$t" '$8 == 0')
check 'C-082: after Skew_Time' took $(($(skew_ms 100) - 5)) \
    "$(skew_ms 100)" "$zero" "$(first vrrp "$t" '$3 == "fe80::2"')"
check 'the client asks r2 now' wait_for 2 \
    '[ "$(neighbour 2001:db8::3)" = 02:00:00:00:00:02 ]'
outage=$(probe_end)
if ours; then
	check 'D-20: the client does not notice' within 0 "$outage" 2 "$t"
fi
check 'C-118: the solicited-node groups are left' equal \
    "$(ipn r1 -6 maddr show dev eth0 | grep -c 'ff02::1:ff00:\(51\|3\)\>')" 0

start_vrrpd r1
check 'C-091: r1 preempts' wait_for 3 \
    'has_addr r1 2001:db8::3 && not has_addr r2 2001:db8::3'
t=$(now)
link_down r1
kill_all r1
check 'r2 takes over from the dead' wait_for 3 'has_addr r2 2001:db8::3'
check 'within Active_Down_Interval' took $(($(down_ms 100) - 5)) \
    "$(down_ms 100)" "$(last vrrp 0 '$3 == "fe80::1"')" \
    "$(first vrrp "$t" '$3 == "fe80::2"')"

# RFC 4862 5.4.5: another machine has an address that is to be none's: it is
# not used here until it has come anew, when the other one has given it up.
renew r1
renew r2
ipn client addr add 2001:db8::77/64 dev eth0 nodad
VIPS='fe80::51/64 2001:db8::77/64_-nodad'
instance VI_6 150 | conf r1
start_vrrpd r1
check 'a duplicate is said to be one' wait_for 10 \
    'grep -q "VI_6: 2001:db8::77: duplicate address" "$LAB/r1/router.log"'
check 'and counts as missing' wait_for 2 \
    'on r1 "$VRRPD" explain VI_6 | grep -q "1 of 2 addresses"'
ipn client addr del 2001:db8::77/64 dev eth0
probe 2001:db8::77
check 'once the other one has given it up, it is reached' wait_for 30 \
    '[ "$(neighbour 2001:db8::77)" = 02:00:00:00:00:01 ]'
probe_end >/dev/null
check 'and there' equal \
    "$(on r1 "$VRRPD" explain VI_6 | grep -c 'addresses are missing')" 0

# C-074: the same VRID over IPv4 is another virtual router.
renew r1
renew r2
VIPS='fe80::51/64 2001:db8::3/64'
{
	instance VI_6 150
	VIPS=10.10.1.3/24
	instance VI_4 100
} | conf r1
{
	VIPS='fe80::51/64 2001:db8::3/64'
	instance VI_6 100
	VIPS=10.10.1.3/24
	instance VI_4 150
} | conf r2
start_vrrpd r1
start_vrrpd r2
check 'C-074: IPv6 here, IPv4 there, same VRID' wait_for 3 \
    '[ "$(holders 2001:db8::3) $(holders 10.10.1.3)" = "r1 r2" ]'
check 'C-074: and both stay' stays 1 \
    '[ "$(holders 2001:db8::3) $(holders 10.10.1.3)" = "r1 r2" ]'
lab_end
