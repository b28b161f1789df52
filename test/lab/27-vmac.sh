#!/bin/sh
# Goal: the virtual MAC over IPv4, as RFC 9568 has it (D-8).
# Method: two routers and a client; what leaves is tshark's word, what is set
# is that of `ip -d -j link` and of /proc/sys.
. "$(dirname "$0")/lib.sh"
# shellcheck source=kit/vmac.sh
. "$KIT/vmac.sh"
lab_begin tshark
machine r1 1
machine r2 2
machine client 9
MAC=00:00:5e:00:01:33

from_r1='$3 == "10.10.1.1" && $8 > 0'
from_r2='$3 == "10.10.1.2" && $8 > 0'

instance VI_1 150 use_vmac | conf r1
instance VI_1 100 use_vmac | conf r2

# ---- what is made, and what leaves ----
start_vrrpd r2
wait_for 3 'listens r2'
check 'C-124: a Backup has its link' wait_for 1 'link_is r2 vrrp.51 True'
wait_for 3 'has_addr r2 10.10.1.3'
check 'C-124: a macvlan of eth0 that nobody gives an address' \
    link_is r2 vrrp.51 '(info["info_kind"], link["link"], link["address"],
    link["inet6_addr_gen_mode"]) == ("macvlan", "eth0", "'$MAC'", "none")'
check 'C-124: the virtual address is on it' equal \
    "$(ipn r2 -o addr show dev vrrp.51 | awk '{ print $3, $4 }')" \
    'inet 10.10.1.3/24'
check 'C-124: sysctls of the link, and of its base' equal \
    "$(for file in ipv4/conf/vrrp.51/arp_ignore ipv4/conf/vrrp.51/rp_filter \
    ipv4/conf/vrrp.51/accept_local ipv4/conf/vrrp.51/promote_secondaries \
    ipv6/conf/vrrp.51/disable_ipv6 ipv4/conf/eth0/arp_ignore \
    ipv4/conf/eth0/arp_announce; do setting r2 $file; done |
    tr '\n' ' ')" '1 2 1 1 1 1 2 '
ipn r2 link set eth0 mtu 1300
check 'its MTU goes with that of its base' wait_for 2 \
    'ipn r2 link show vrrp.51 | grep -q "mtu 1300"'
ipn r2 link set eth0 mtu 1500
check 'and comes back with it' wait_for 2 \
    'ipn r2 link show vrrp.51 | grep -q "mtu 1500"'
t=$(now)
start_vrrpd r1
check 'C-091: an Active hears who has the same MAC, and yields' wait_for 3 \
    'has_addr r1 10.10.1.3 && ! has_addr r2 10.10.1.3'
check 'D-8: then its link is down' wait_for 1 'link_is r2 vrrp.51 \
    "\"UP\" not in link[\"flags\"]"'
wait_for 3 '[ "$(count vrrp "$t" "$from_r1")" -ge 4 ]'
check 'RFC 9568 6.4.3: it sends no more' took -5000 50 \
    "$(first vrrp "$t" "$from_r1")" "$(last vrrp "$t" "$from_r2")"
check 'C-021: all advertisements come from the virtual MAC' equal \
    "$(tshark_fields vrrp eth.src | sort -u)" $MAC
check 'C-113: so do all announcements, outside and inside' equal \
    "$(tshark_fields 'arp.isgratuitous && arp.src.proto_ipv4 == 10.10.1.3' \
    eth.src arp.src.hw_mac | sort -u)" "$MAC	$MAC"

# ---- who answers ----
probe 10.10.1.3
check 'the client is answered' wait_for 2 'neighbour 10.10.1.3 | grep -q .'
check 'C-117: at the virtual MAC' equal "$(neighbour 10.10.1.3)" $MAC
ipn client neigh flush to 10.10.1.1 dev eth0
probe 10.10.1.1 own
wait_for 2 'neighbour 10.10.1.1 | grep -q .'
check 'C-117: the own address keeps its own MAC' equal \
    "$(neighbour 10.10.1.1)" 02:00:00:00:00:01
probe_end own >/dev/null
signal r1 TERM
check 'C-074: r2 takes over' wait_for 3 'has_addr r2 10.10.1.3'
wait_for 3 'ended r1'
lost=$(probe_end)
check "D-20: the client lost ${lost} ms" [ "$lost" -le $((50 + $(slack))) ]
check 'C-117: nobody answers for it with another MAC' equal \
    "$(tshark_fields 'arp.opcode == 2 && arp.src.proto_ipv4 == 10.10.1.3' \
    eth.src arp.src.hw_mac | sort -u)" "$MAC	$MAC"
check 'C-117: nor asks with another MAC' equal \
    "$(tshark_fields 'arp.opcode == 1 && arp.src.proto_ipv4 == 10.10.1.3' \
    arp.src.hw_mac | sort -u)" "$MAC"
check 'C-117: nor for the own one with the virtual MAC' equal \
    "$(tshark_fields 'arp.opcode == 2 && arp.src.proto_ipv4 == 10.10.1.1' \
    eth.src | sort -u)" 02:00:00:00:00:01
check 'C-127: the link is gone' not link_is r1 vrrp.51 True
check 'C-127: sysctls of the base are as before' equal "$(settings r1)" 0:0

# ---- others at work ----
t=$(now)
ipn r2 link del vrrp.51
check 'C-128: deleted while MASTER, it is made again' wait_for 1 \
    'up r2 vrrp.51 && has_addr r2 10.10.1.3'
ipn r2 link set vrrp.51 down
check 'D-16: set down, it is up again' wait_for 2 \
    'up r2 vrrp.51 && has_addr r2 10.10.1.3'
wait_for 2 '[ "$(count vrrp "$t" "$from_r2")" -ge 3 ]'
check 'C-128: all the while it was MASTER' regular vrrp "$t" "$from_r2" 150 210
on r2 sh -c 'echo 1 >/proc/sys/net/ipv4/conf/all/rp_filter'
on r2 sh -c 'echo 1 >/proc/sys/net/ipv4/conf/eth0/rp_filter'
probe 10.10.1.3
sleep 0.5
check 'a strict rp_filter of all interfaces does not matter' [ \
    "$(probe_end)" -lt 300 ]
ipn r2 link del eth0
wait_for 2 '! link_is r2 vrrp.51 True'
plug r2
check 'C-132: with its base it comes again' wait_for 3 \
    'up r2 vrrp.51 && has_addr r2 10.10.1.3'

# ---- crashes ----
crash() { # MACHINE
	kill_all "$1"
	wait_for 2 "ended $1"
}

crash r2
check 'C-168: after a crash the link is still there' link_is r2 vrrp.51 True
# What is so for a moment only is read afterwards; lo shows that it listens.
launch r2 news ip -o monitor link address
wait_for 3 'ipn r2 link set lo alias "$(date +%N)"
	grep -q "alias" "$LAB/r2/news.log"'
start_vrrpd r2
check 'C-168: the next run takes it down first' wait_for 3 \
    'grep -q "vrrp.51@.* state DOWN" "$LAB/r2/news.log" &&
	grep -q "Deleted.*vrrp.51.* 10.10.1.3/" "$LAB/r2/news.log"'
stop r2 news
check 'C-168: and uses it' wait_for 3 'has_addr r2 10.10.1.3'
check 'C-168: there is one link alone' equal \
    "$(ipn r2 -o link show type macvlan | wc -l)" 1
crash r2
instance VI_1 100 | conf r2
start_vrrpd r2
check 'C-168: a run without use_vmac removes it' wait_for 2 \
    '! link_is r2 vrrp.51 True'
check 'C-127: and knows what its base was like' wait_for 1 \
    '[ "$(settings r2)" = 0:0 ]'
stop r2

# ---- reload ----
instance VI_1 100 use_vmac | conf r2
start_vrrpd r2
wait_for 3 'has_addr r2 10.10.1.3'
t=$(now)
instance VI_1 100 | conf r2
signal r2 HUP
check 'a reload without use_vmac removes the link' wait_for 2 \
    '! link_is r2 vrrp.51 True'
check 'and moves the address' wait_for 2 \
    'ipn r2 -o addr show dev eth0 | grep -q 10.10.1.3/'
check 'and its base is as before' wait_for 1 \
    '[ "$(settings r2)" = 0:0 ]'
instance VI_1 100 use_vmac | conf r2
signal r2 HUP
check 'a reload with use_vmac makes it' wait_for 2 \
    'up r2 vrrp.51 && ipn r2 -o addr show dev vrrp.51 | grep -q 10.10.1.3/'
check 'C-157: without another state' not seen vrrp "$t" '$8 == 0'
stop r2

# ---- links of others ----
# The processor's time that the daemon has used, in hundredths of a second.
ticks() {
	on r2 awk '{ print $14 + $15 }' "/proc/$(cat "$LAB/r2/router.pid")/stat"
}

on r2 sh -c 'echo 2 >/proc/sys/net/ipv4/conf/eth0/arp_ignore
	echo 1 >/proc/sys/net/ipv4/conf/eth0/arp_announce'
ipn r2 link add vrrp.51 link eth0 type macvlan mode private
start_vrrpd r2
check 'a macvlan that is there is used' wait_for 3 \
    'up r2 vrrp.51 && has_addr r2 10.10.1.3'
check 'with the MAC that it needs' link_is r2 vrrp.51 \
    'link["address"] == "'$MAC'"'
stop r2
check 'and stays, down' link_is r2 vrrp.51 '"UP" not in link["flags"]'
check 'C-127: what was right already is left alone' equal \
    "$(settings r2)" 2:1
ipn r2 link del vrrp.51
ipn r2 link add vrrp.51 type bridge
theirs=$(ipn r2 -o link show vrrp.51)
start_vrrpd r2
check 'another kind of link of that name: FAULT' wait_for 2 \
    'grep -q "no macvlan" "$LAB/r2/router.log"'
check 'and no address is set' stays 1 '! has_addr r2 10.10.1.3'
stop r2
check 'it is left alone' equal "$(ipn r2 -o link show vrrp.51)" "$theirs"
start_vrrpd r2
wait_for 2 'on r2 "$VRRPD" status -s | grep -q FAULT'
ipn r2 link del vrrp.51
check 'when it is gone the instance starts' wait_for 5 'has_addr r2 10.10.1.3'
stop r2
ipn r2 link add theirs link eth0 address $MAC type macvlan
on r2 sh -c 'echo 1 >/proc/sys/net/ipv6/conf/theirs/disable_ipv6'
ipn r2 link set theirs up
ipn r2 link add vrrp.51 link eth0 type macvlan
ipn r2 link set vrrp.51 up
start_vrrpd r2
check 'another link has the MAC: FAULT' wait_for 2 \
    'grep -q "another link has its MAC" "$LAB/r2/router.log"'
check 'which explain tells' wait_for 2 'on r2 "$VRRPD" explain VI_1 |
    grep -q "its link cannot be made as configured (vrrp.51)"'
busy=$(ticks)
check 'and no address is set' stays 1 '! has_addr r2 10.10.1.3'
check 'nor is the kernel asked without a pause' test \
    $(($(ticks) - busy)) -lt 30
ipn r2 link del theirs
check 'when it is free the instance starts' wait_for 5 'has_addr r2 10.10.1.3'
stop r2
ipn r2 link del vrrp.51

# ---- vmac_xmit_base, use_vmac_addr, names ----
ipn r2 link add other0 type bridge
ipn r2 link set other0 up
ipn r2 link add port0 type veth peer name port1
ipn r2 link set port0 master other0 up
ipn r2 link set port1 up
{
	printf '%s\n' 'global_defs {' 'vmac_prefix own' \
	    'vmac_addr_prefix addr' '}'
	VIPS='10.10.1.3/24 10.20.1.3/24_dev_other0' instance VI_1 100 \
	    'use_vmac name front 02:00:00:00:aa' use_vmac_addr vmac_xmit_base
	VRID=52 VIPS=10.30.1.3/24 instance VI_2 100 'interface port1' \
	    'mcast_src_ip 10.30.1.1' use_vmac
} | conf r2
t=$(now)
start_vrrpd r2
check 'use_vmac with a name and five bytes' wait_for 3 'link_is r2 front \
    "link[\"address\"] == \"02:00:00:00:aa:33\" and \"UP\" in link[\"flags\"]"'
check 'use_vmac_addr: a link above the other interface' wait_for 1 \
    'ipn r2 -o addr show dev addr.51 | grep -q 10.20.1.3/ &&
    link_is r2 addr.51 "link[\"link\"] == \"other0\""'
check 'vmac_prefix: the name of a link' wait_for 3 \
    'ipn r2 -o addr show dev own.52 | grep -q 10.30.1.3/ &&
    link_is r2 own.52 "link[\"link\"] == \"port1\""'
check 'C-023: vmac_xmit_base sends from the own MAC' wait_for 1 \
    '[ "$(wire vrrp "$t" | awk "{ print \$12 }" | sort -u)" = \
    02:00:00:00:00:02 ]'
check 'but announces the other one' wait_for 1 \
    '[ "$(wire arp "$t" "\$3 == \"10.10.1.3\"" | awk "{ print \$6 }" |
    sort -u)" = 02:00:00:00:aa:33 ]'
stop r2
check 'C-127: both links are gone' equal \
    "$(ipn r2 -o link show type macvlan)" ''

check 'C-126: no IGMP, MLD or RS from a virtual MAC' equal \
    "$(tshark_fields "eth.src == $MAC && !vrrp && !arp && !icmp" \
    frame.protocols)" ''
lab_end
