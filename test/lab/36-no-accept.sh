#!/bin/sh
# Goal: no_accept: nobody reaches the MASTER by a virtual address, and everybody
# finds the address (RFC 9568 6.1, 8.2.2).
# Method: nft lists what the kernel has; a client pings, and asks who has it.
. "$(dirname "$0")/lib.sh"
lab_begin nft busybox tshark
ours || skip 'its table has another name'
machine r1 1
machine r2 2
machine client 9

answers() { # ADDRESS
	on client busybox ping -c 1 -W 1 "$1" >/dev/null 2>&1
}

found() { # ADDRESS: the client knows its link address
	ipn client neigh show to "$1" | grep -q 'lladdr 02:00:00:00:00:0'
}

rules() { # MACHINE
	on "$1" nft list ruleset
}

nft_holds() { # MACHINE ADDRESS
	rules "$1" | tr -d '\n\t' | grep -q "elements = {[^}]*$2[,} ]"
}

VIPS='10.10.1.3/24 10.10.1.4/24'
pair 150 100 no_accept 'virtual_ipaddress_excluded {
		2001:db8::3/64
	}'
check 'the table is there before the MASTER is, on both' nft_holds r2 10.10.1.3
check 'its addresses are those of the instance, excluded ones too' \
    nft_holds r1 2001:db8::3
check 'C-119: no answer from a virtual address' not answers 10.10.1.3
check 'C-119: but who has it is told' wait_for 2 'found 10.10.1.3'
check 'C-119: no answer over IPv6' not answers 2001:db8::3
check 'C-119: neighbour discovery goes on' wait_for 2 'found 2001:db8::3'
check 'its own address answers' answers 10.10.1.1
asked='icmp.type == 8 && ip.src == 10.10.1.3'
on r1 busybox ping -c 1 -W 1 -I 10.10.1.3 10.10.1.9 >/dev/null 2>&1
check 'nothing leaves from a virtual address' equal \
    "$(tshark_fields "$asked" frame.number)" ''
on r1 nft flush ruleset >/dev/null 2>&1
check 'a firewall that is loaded anew leaves the table alone' \
    nft_holds r1 10.10.1.3
check 'and nobody else may delete it' not on r1 nft delete table inet vrrpd

instance VI_1 150 | conf r1
signal r1 HUP
check 'a reload without no_accept: answers at once' \
    wait_for 5 'answers 10.10.1.3'
check 'and no table is left' equal "$(rules r1)" ''
on r1 busybox ping -c 1 -W 1 -I 10.10.1.3 10.10.1.9 >/dev/null 2>&1
check 'what leaves from it has an answer' equal $? 0
check 'and is seen' wait_for 3 \
    '[ -n "$(tshark_fields "$asked" frame.number)" ]'
VIPS=10.10.1.4/24 instance VI_1 150 no_accept | {
	printf '%s\n' 'global_defs {' 'nftables other' \
	    'nftables_priority 7' nftables_counters '}'
	cat
} | conf r1
signal r1 HUP
check 'back, with a name, a priority and counters' wait_for 5 \
    'nft_holds r1 10.10.1.4'
answers 10.10.1.4
check 'which nft shows' wait_for 2 "rules r1 | tr -d '\n\t' | grep -q \
    'table inet other.*priority filter + 7;.*daddr @ip4 counter packets 1'"
signal r1 KILL
check 'killed: the table goes with it' wait_for 5 '[ -z "$(rules r1)" ]'
stop r2
check 'stopped: no table is left' equal "$(rules r2)" ''

VIPS=10.10.1.3/24 instance VI_1 255 no_accept | conf r2
start_vrrpd r2
check 'an owner is never filtered' wait_for 5 'answers 10.10.1.3'
stop r2

# Another name for the table: the one before goes, with what it drops.
tables() { # NAME: that one alone is there
	equal "$(on r2 nft list tables)" "table inet $1"
}
VIPS=10.10.1.3/24 instance VI_1 100 no_accept | conf r2
start_vrrpd r2
check 'a table by its usual name' wait_for 5 'tables vrrpd'
printf 'global_defs {\n\tnftables other\n}\n' >>"$LAB/r2/conf"
launch r2 monitor stdbuf -oL nft monitor tables
wait_for 5 'on r2 nft add table inet probe; on r2 nft delete table inet probe
    grep -q probe "$LAB/r2/monitor.log"'
signal r2 HUP
check 'reload: by another name' wait_for 5 'tables other'
wait_for 2 'grep -q "delete table inet vrrpd" "$LAB/r2/monitor.log"'
check 'with no moment without any' equal \
    "$(grep -v probe "$LAB/r2/monitor.log" | grep -n -m 1 \
    'delete table inet vrrpd' | cut -d : -f 1)" \
    "$(grep -vc probe "$LAB/r2/monitor.log")"
stop r2 monitor >/dev/null
stop r2

# A table that another process owns, until that ends.
mkfifo "$LAB/r2/nft"
launch r2 owner sh -c 'exec nft -i <"$0"' "$LAB/r2/nft"
exec 7>"$LAB/r2/nft"
echo 'add table inet vrrpd { flags owner; }' >&7
wait_for 5 'tables vrrpd'
VIPS=10.10.1.3/24 instance VI_1 100 no_accept | conf r2
start_vrrpd r2
refused() {
	grep -c 'another process has this table' "$LAB/r2/router.log"
}
check 'a table that another process has: said' wait_for 5 'refused'
said=$(refused)
check 'no address is in it' stays 2.5 '! nft_holds r2 10.10.1.3'
check 'said once' equal "$(refused)" "$said"
VIPS=10.10.1.3/24 instance VI_1 100 | conf r2
check 'a reload without no_accept' on r2 "$VRRPD" reload
VIPS=10.10.1.3/24 instance VI_1 100 no_accept | conf r2
signal r2 HUP
check 'wanted again: said again' wait_for 5 '[ "$(refused)" -gt "$said" ]'
signal r2 KILL owner
check 'it ends: the table is ours without a reload' wait_for 5 \
    'nft_holds r2 10.10.1.3'
exec 7>&-
stop r2

# Two LANs of a router can have one link-local address (RFC 4291 2.5.6).
ip link add lan2 netns "${LAB_PREFIX}r1" type veth peer name lan2 \
    netns "${LAB_PREFIX}client"
for each in r1 client; do
	ipn "$each" link set lan2 addrgenmode none up
done
ipn r1 addr add fe80::33/64 dev lan2 nodad
ipn client addr add fe80::9/64 dev lan2 nodad
VIPS='fe80::33/64 2001:db8::33/64' instance VI_1 150 no_accept | conf r1
start_vrrpd r1
check 'a link-local address' wait_for 5 \
    'has_addr r1 2001:db8::33 && nft_holds r1 "fe80::33 . \"eth0\""'
check 'does not answer where it is virtual' not answers fe80::33%eth0
check 'but where another has it' wait_for 5 'answers fe80::33%lan2'
check 'the others are not to be had from anywhere' not answers 2001:db8::33
on r1 busybox ping -c 1 -W 1 -I fe80::33%eth0 fe80::9%eth0 >/dev/null 2>&1
check 'nor does anything leave from it there' equal "$(tshark_fields \
    'icmpv6.type == 128 && ipv6.src == fe80::33' frame.number)" ''
stop r1

# Many addresses: the batch is longer than a socket holds by itself.
for vrid in $(seq 1 20); do
	VRID=$vrid VIPS=$(seq -s ' ' -f "10.20.$vrid.%g/32" 1 200)
	instance "V$vrid" 100 no_accept
done | conf r2
start_vrrpd r2
check '4,000 addresses' wait_for 10 'nft_holds r2 10.20.20.200'
check 'each of them' equal "$(rules r2 | grep -o '10\.20\.[0-9.]*' |
    wc -l)" 4000
stop r2

lab_end
