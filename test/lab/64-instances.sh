#!/bin/sh
# Goal: keywords of vrrp_instance whose effect no other test shows: where
# advertisements go, who is heard, what is a fault, what is announced.
# Method: one router with an instance for each; the client forges and asks; the
# wire, the kernel and the dump tell.
. "$(dirname "$0")/lib.sh"
lab_begin busybox nft
ours || skip 'it is about keywords of vrrpd'
machine r1 1
machine client 9
watch_events r1

holds() { # VRID
	has_addr r1 "10.10.1.$1"
}
sends() { # VRID FIELD VALUE: in all advertisements of r1
	wait_for 3 "[ \"\$(wire vrrp '' '\$7 == $1 && \$12 ~ /01\$/' |
	    awk '{ print \$$2 }' | sort -u)\" = $3 ]"
}
refreshed() { # VRID: announced every second
	wait_for 4 "[ \"\$(wire arp '' '\$3 == \"10.10.1.$1\"' |
	    awk 'NR == 1 { t = \$1 } { printf \"%.0f \", \$1 - t }' |
	    sed 's/^\(0 \)*//' | cut -c 1-3)\" = '1 2' ]"
}
answers() { # ADDRESS
	on client busybox ping -c 1 -W 1 "$1" >/dev/null 2>&1
}
setting=/proc/sys/net/ipv4/conf/eth0/promote_secondaries

# Nobody has that address, but packets to it are sent.
ipn r1 neigh add 10.10.1.2 lladdr 02:00:00:00:00:02 dev eth0
ipn r1 addr add 10.10.1.6/24 dev eth0
ipn r1 addr add 10.10.1.7/24 dev eth0
on r1 sh -c "echo 0 >$setting"
{
	router 61 100 'mcast_dst_ip 224.0.0.77' promote_secondaries
	router 62 150 nopreempt preempt
	router 63 150 nopreempt
	router 64 0 'state MASTER' | sed '/priority 0/d'
	router 65 100 'mcast_src_ip 10.10.1.7' track_src_ip
	router 66 100 unicast_fault_no_peer 'unicast_src_ip 10.10.1.1'
	router 67 100 'unicast_src_ip 10.10.1.6' 'check_unicast_src off' \
	    'unicast_peer {' 10.10.1.2 '}'
	router 68 100 skip_check_adv_addr
	router 69 100 strict_mode
	router 70 100 strict_mode accept
	router 71 100 'garp_extra_if 1' 'garp_master_delay 0'
	router 72 100 'vmac_garp_intvl 1' 'garp_master_delay 0'
	VERSION=2 ADVERT=1 router 74 255 no_virtual_ipaddress |
	    sed '/virtual_ipaddress {/,/}/d'
	ADVERT=0.37 router 75 123
} | conf r1
tested() { # STATUS: what -t exits with
	on r1 "$VRRPD" -t -f "$LAB/r1/conf" >"$LAB/r1/found" 2>&1
	equal $? "$1"
}
check 'all that is right' tested 0
check 'no_virtual_ipaddress: no warning' not grep V74 "$LAB/r1/found"
forge_on vrid=62 addresses=10.10.1.62 priority=100 interval=100 \
    and vrid=63 addresses=10.10.1.63
start_vrrpd r1
check 'preempt: takes over from a weaker one' wait_for 3 'holds 62'
check 'mcast_dst_ip' sends 61 4 224.0.0.77
check 'unicast_src_ip' sends 67 3 10.10.1.6
check 'promote_secondaries: the setting of the interface' equal \
    "$(on r1 cat $setting)" 1
check 'state MASTER alone: the priority of an owner' sends 64 8 255
check 'virtual_router_id and priority' sends 75 8 123
check 'advert_int' sends 75 10 370
check 'garp_extra_if' refreshed 71
check 'vmac_garp_intvl, its older name' refreshed 72
check 'unicast_fault_no_peer: no peer, no address' not holds 66
check 'and no advertisement' not seen vrrp '' '$7 == 66'
check 'strict_mode: nobody uses the address' not answers 10.10.1.69
check 'accept: but if that is said' answers 10.10.1.70
check 'nopreempt alone: lets it be' not holds 63
forge_off

wait_for 3 'holds 65 && holds 67 && holds 68'
t=$(now)
ipn r1 addr del 10.10.1.7/24 dev eth0
check 'track_src_ip: the source is lost, a fault' wait_for 3 \
    "went r1 10.10.1.65 '$t' && ! holds 65"
forge vrid=67 addresses=10.10.1.67 priority=200 destination=10.10.1.6 \
    mac=02:00:00:00:00:01
check 'check_unicast_src off: whoever speaks is heard' wait_for 3 \
    "went r1 10.10.1.67 '$t'"
forge vrid=68 addresses=10.10.1.99 priority=200 times=5
check 'it is heard' wait_for 3 "went r1 10.10.1.68 '$t'"
signal r1 36
wait_for 3 'on r1 test -e /tmp/keepalived.json'
check 'skip_check_adv_addr: one list of five was compared' equal \
    "$(on r1 cat /tmp/keepalived.json | "$PYTHON" -c '
import json, sys
print([one["stats"]["addr_list_err"] for one in json.load(sys.stdin)
       if one["data"]["iname"] == "V68"])')" '[1]'
stop r1
check 'promote_secondaries: as it was' equal "$(on r1 cat $setting)" 0

alone() { # LINE...: an instance without addresses
	printf '%s\n' 'vrrp_instance V73 {' 'interface eth0' \
	    'virtual_router_id 73' no_virtual_ipaddress "$@" '}' | conf r1
}
alone
check 'without an address it is for IPv4, where it needs none' tested 0
alone native_ipv6
check 'native_ipv6: it is for IPv6, where it needs one' tested 4
lab_end
