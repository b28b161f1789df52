#!/bin/sh
# Goal: bfd_instance beside FRR's bfdd, over one hop and over a router, IPv4 and
# IPv6: sessions come up, each side sees the other fail, what is tracked
# follows, and neither takes the other's stop for a failure.
# Method: r1 is ours, r2 FRR's; the client routes between two more addresses of
# each.  vtysh says what FRR sees, tshark what was on the wire.
. "$(dirname "$0")/lib.sh"
FRR=${FRR:-/usr/lib/frr}
[ -x "$FRR/bfdd" ] || skip 'no bfdd of FRR on this machine'
lab_begin tshark
machine r1 1
machine r2 2
machine client 9

# What is one hop away from each other is so by the client.
far() { # MACHINE NUMBER OTHER
	ipn "$1" addr add "10.99.0.$2/32" dev lo
	ipn "$1" addr add "2001:db8:99::$2/128" dev lo
	ipn "$1" route add "10.99.0.$3" via 10.10.1.9 src "10.99.0.$2"
	ipn "$1" route add "2001:db8:99::$3" via 2001:db8::9 \
	    src "2001:db8:99::$2"
	ipn client route add "10.99.0.$2" via "10.10.1.$2"
	ipn client route add "2001:db8:99::$2" via "2001:db8::$2"
}
far r1 1 2
far r2 2 1
on client sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward
	echo 1 >/proc/sys/net/ipv6/conf/all/forwarding
	echo 0 >/proc/sys/net/ipv4/conf/all/send_redirects
	echo 0 >/proc/sys/net/ipv4/conf/eth0/send_redirects'

peer() { # WORDS...
	printf ' peer %s\n  receive-interval 100\n  transmit-interval 100\n' \
	    "$*"
	printf '  detect-multiplier 3\n'
}

frr() {
	on r2 sh -c 'mkdir -p /run/frr && chown frr:frr /run/frr'
	{
		echo bfd
		peer 10.10.1.1 local-address 10.10.1.2 interface eth0
		peer 2001:db8::1 local-address 2001:db8::2 interface eth0
		peer 10.99.0.1 multihop local-address 10.99.0.2
		peer 2001:db8:99::1 multihop local-address 2001:db8:99::2
	} >"$LAB/r2/bfdd.conf"
	: >"$LAB/r2/zebra.conf"
	launch r2 zebra "$FRR/zebra" -u frr -g frr -f "$LAB/r2/zebra.conf" \
	    -z /run/frr/zserv.api -i /run/frr/zebra.pid --vty_socket /run/frr
	wait_for 5 'on r2 [ -S /run/frr/zserv.api ]'
	launch r2 bfdd "$FRR/bfdd" -u frr -g frr -f "$LAB/r2/bfdd.conf" \
	    -z /run/frr/zserv.api -i /run/frr/bfdd.pid --vty_socket /run/frr
	wait_for 5 'frr_says "show bfd peers" >/dev/null'
}

frr_says() { # COMMAND...
	for lab_each; do
		set -- "$@" -c "$lab_each"
		shift
	done
	on r2 vtysh --vty_socket /run/frr "$@" 2>/dev/null
}

frr_up() { # COUNT: so many sessions are up there
	[ "$(frr_says 'show bfd peers' | grep -c 'Status: up')" = "$1" ]
}

session() { # NAME NEIGHBOUR [LINE...]
	printf 'bfd_instance %s {\n' "$1"
	printf '\t%s\n' "neighbor_ip $2" 'min_rx 100' 'min_tx 100' \
	    'multiplier 3'
	shift 2
	[ $# -eq 0 ] || printf '\t%s\n' "$@"
	printf '}\n'
}

ours() { # PRIORITY
	session four 10.10.1.2
	session six 2001:db8::2 'weight -20'
	session far 10.99.0.2 multihop 'source_ip 10.99.0.1' 'weight 30'
	session far6 2001:db8:99::2 multihop 'source_ip 2001:db8:99::1' \
	    'max_hops 1' 'weight -5'
	instance VI_1 "$1" 'track_bfd {' four six far far6 '}'
}

status() { # ARGUMENT...
	on r1 "$VRRPD" status "$@" 2>/dev/null
}

tracks() { # NAME STATUS
	status -v | grep -q "tracks $1 ($2)"
}

in_state() { # STATE
	status -j | grep -q "\"state\":\"$1\""
}

priority() { # NUMBER: of the last advert
	[ "$(wire vrrp | awk 'END { print $8 }')" = "$1" ]
}

bfd_fields() { # FILTER FIELD...
	lab_which=$1
	shift
	tshark_fields "bfd && !icmp && !icmpv6 && $lab_which" "$@" | sort -u |
	    tr '\t' ' '
}

ours 100 | conf r1
start_vrrpd r1
check 'no neighbour yet: FAULT' wait_for 3 'in_state FAULT'
check 'and so it stays' stays 1 'in_state FAULT'
frr
check 'FRR: four sessions are up' wait_for 15 'frr_up 4'
for name in four six far far6; do
	check "ours: $name is up" wait_for 5 "tracks $name good"
done
check 'what is tracked is good: MASTER' wait_for 5 'has_addr r1 10.10.1.3'
check 'with the weight of the one that has one' wait_for 3 'priority 130'

t=$(now)
check 'both stay up' stays 2 'frr_up 4 && in_state MASTER'
check 'tshark: our packets' equal "$(bfd_fields 'ip.src == 10.10.1.1' \
    bfd.version ip.ttl ip.dsfield.dscp udp.dstport bfd.detect_time_multiplier \
    bfd.message_length)" '1 255 48 3784 3 24'
check 'tshark: over IPv6' equal "$(bfd_fields 'ipv6.src == 2001:db8::1' \
    bfd.version ipv6.hlim ipv6.tclass.dscp udp.dstport)" '1 255 48 3784'
check 'tshark: by a router, as it came from us' equal "$(bfd_fields \
    'ip.src == 10.99.0.1 && eth.src == 02:00:00:00:00:01' ip.ttl \
    udp.dstport)" '255 4784'
check 'tshark: by a router, over IPv6' equal "$(bfd_fields \
    'ipv6.src == 2001:db8:99::1 && eth.src == 02:00:00:00:00:01' ipv6.hlim \
    udp.dstport)" '255 4784'
check 'tshark: each from a port of its own, 49152 or above' equal \
    "$(bfd_fields 'eth.src == 02:00:00:00:00:01' udp.srcport |
    awk '$1 >= 49152 { n++ } END { print n + 0 }')" 4
check 'tshark: no bad checksum' equal "$(dissector \
    -o udp.check_checksum:TRUE -Y \
    'bfd && eth.src == 02:00:00:00:00:01 && udp.checksum.status == 0' |
    wc -l)" 0
check 'tshark: polls, each with its answer, none with both' equal \
    "$(bfd_fields 'eth.src == 02:00:00:00:00:01 && ip.dst == 10.10.1.2' \
    bfd.flags.p bfd.flags.f | sort)" '0 0
0 1
1 0'
gaps() { # between our packets to FRR since $t, in ms: less than 70, over 125
	dissector -Y "bfd && ip.src == 10.10.1.1 &&
	    bfd.flags.f == 0 && frame.time_epoch > $t" -T fields \
	    -e frame.time_epoch |
	    awk 'NR > 1 { gap = ($1 - last) * 1000
		n++; if (gap < 70) few++; if (gap <= 101) good++ }
		{ last = $1 }
		END { print (n > 10 && few < n / 10 && good > n / 2) }'
}
check 'they come 75 to 100 ms apart' equal "$(gaps)" 1

before=$(bfd_fields 'eth.src == 02:00:00:00:00:01' bfd.my_discriminator)
ours 110 | conf r1
signal r1 HUP
check 'reloaded: the new priority' wait_for 3 'priority 140'
check 'and the sessions go on' stays 1 'frr_up 4 && tracks four good'
check 'as the same ones' equal "$(bfd_fields 'eth.src == 02:00:00:00:00:01' \
    bfd.my_discriminator)" "$before"

ipn r2 addr del 2001:db8::2/64 dev eth0
check 'one with a weight fails: less priority' wait_for 3 'priority 120'
check 'and MASTER all the same' in_state MASTER
ipn r2 addr add 2001:db8::2/64 dev eth0 nodad
check 'it is back: so is the priority' wait_for 10 'priority 140'

t=$(now)
signal r2 STOP bfdd
check 'FRR is frozen: FAULT' wait_for 3 'in_state FAULT'
check 'without the address' wait_for 1 'not has_addr r1 10.10.1.3'
check 'within the detection time, 300 ms' took 0 400 "$(tshark_fields \
    "bfd && ip.src == 10.10.1.2" frame.time_epoch | tail -n 1)" \
    "$(first vrrp "$t" '$8 == 0')"
check 'tshark: we say why' equal "$(bfd_fields "ip.src == 10.10.1.1 &&
    bfd.sta == 1 && frame.time_epoch > $t" bfd.diag)" 0x01
signal r2 CONT bfdd
check 'FRR is awake: MASTER' wait_for 10 'in_state MASTER && frr_up 4'

signal r1 STOP
check 'we are frozen: FRR sees it' wait_for 3 'frr_up 0'
signal r1 CONT
check 'we are awake: all is up' wait_for 10 'frr_up 4 && in_state MASTER'

t=$(now)
frr_says 'configure terminal' bfd \
    'peer 10.10.1.1 local-address 10.10.1.2 interface eth0' shutdown
check 'FRR is told to stop: its session is down' wait_for 3 'frr_up 3'
check 'tshark: AdminDown' wait_for 3 \
    '[ -n "$(bfd_fields "ip.src == 10.10.1.2 && bfd.sta == 0" bfd.sta)" ]'
check 'which is no failure' stays 1 'in_state MASTER && tracks four good'
frr_says 'configure terminal' bfd \
    'peer 10.10.1.1 local-address 10.10.1.2 interface eth0' 'no shutdown'
check 'and it comes back' wait_for 10 'frr_up 4'
check 'MASTER all the time' not seen vrrp "$t" '$8 == 0'

t=$(now)
signal r1 TERM
check 'we stop' wait_for 5 'tail -n 1 "$LAB/r1/router.log" | grep -q " ends$"'
check 'tshark: we stop as AdminDown, by order' equal "$(bfd_fields \
    "eth.src == 02:00:00:00:00:01 && frame.time_epoch > $t && bfd.sta == 0" \
    bfd.diag bfd.your_discriminator | awk '$2 != "0x00000000" { print $1 }' |
    uniq -c | tr -s ' ')" ' 4 0x07'
check 'FRR heard it' equal "$(frr_says 'show bfd peers' |
    grep -c 'Remote diagnostics: admin')" 4

ours 100 | sed 's/multiplier 3/&\n\tpassive/' | conf r1
signal r2 KILL bfdd
wait_for 3 '! frr_says "show bfd peers" | grep -q Status'
t=$(now)
start_vrrpd r1
check 'passive: FAULT' wait_for 3 'in_state FAULT'
stays 1.5 'true'
check 'passive: we say nothing first' equal "$(bfd_fields \
    "eth.src == 02:00:00:00:00:01 && frame.time_epoch > $t" bfd.sta)" ''
stop r2 zebra
frr
check 'passive: it spoke, all is up' wait_for 15 'frr_up 4'
check 'passive: MASTER' wait_for 5 'in_state MASTER'
stop r1
check 'exit status 0' equal "$(exit_status r1)" 0

start_vrrpd r1 -n -l -B -f "$LAB/r1/conf"
t=$(now)
check '-B: FAULT' wait_for 3 'in_state FAULT'
stays 1 true
check '-B: not a packet' equal "$(bfd_fields \
    "eth.src == 02:00:00:00:00:01 && frame.time_epoch > $t" bfd.sta)" ''
stop r1
stop r2 bfdd
stop r2 zebra

# ---- a port that another daemon holds until it ends ----
launch r1 holder "$PYTHON" -c '
import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("", 3784))
time.sleep(600)'
bound() { # PORT
	on r1 grep -q ": 00000000:$(printf %04X "$1") " /proc/net/udp
}
wait_for 5 'bound 3784'
start_vrrpd r1
refused() {
	grep -c 'BFD needs a socket' "$LAB/r1/router.log"
}
check 'a port that another holds: said' wait_for 5 '[ "$(refused)" -gt 0 ]'
said=$(refused)
stays 2.5 true
check 'said once' equal "$(refused)" "$said"
signal r1 KILL holder
check 'it ends: the port is ours without a reload' wait_for 5 'bound 3784'
stop r1
lab_end
