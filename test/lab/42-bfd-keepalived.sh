#!/bin/sh
# Goal: bfd_instance beside keepalived's, with the same file but for addresses:
# each sees the other, and its end, in both versions of IP.
# Method: both track both sessions, in instances of their own; who is MASTER is
# asked of the addresses.
. "$(dirname "$0")/lib.sh"
"${PEER:-false}" --version 2>&1 | grep -q '^Config.* BFD' ||
	skip 'no keepalived with BFD on this machine'
lab_begin
machine r1 1
machine r2 2

both() { # NUMBER OTHER VRID [MIN_TX]
	printf 'bfd_instance four {\n\tneighbor_ip 10.10.1.%s\n' "$2"
	printf '\tsource_ip 10.10.1.%s\n\tmin_rx 50\n\tmin_tx %s\n}\n' "$1" \
	    "${4:-50}"
	printf 'bfd_instance six {\n\tneighbor_ip 2001:db8::%s\n' "$2"
	printf '\t%s\n' "source_ip 2001:db8::$1" 'hoplimit 255'
	printf '\tmin_rx 50\n\tmin_tx %s\n}\n' "${4:-50}"
	VRID=$3 VIPS=10.10.1.$3/24
	instance VI_1 100 'track_bfd {' four six '}'
}

both 1 2 51 | conf r1
both 2 1 52 | conf r2
start_vrrpd r1
start_keepalived r2
check 'both sessions are up: we are MASTER' wait_for 15 'has_addr r1 10.10.1.51'
check 'and keepalived is' wait_for 10 'has_addr r2 10.10.1.52'
check 'so it stays' stays 2 \
    'has_addr r1 10.10.1.51 && has_addr r2 10.10.1.52'
# What the neighbour answers to us at a moment: the final bit of RFC 5880 6.5.
finals() { # SINCE
	tshark_fields "frame.time_epoch >= $1 && bfd.flags.f == 1 &&
	    ip.src == 10.10.1.2" frame.number
}
t=$(now)
both 1 2 51 200 | conf r1
signal r1 HUP
check 'we send less often from now on, which keepalived confirms' wait_for 5 \
    '[ -n "$(finals $t)" ]'
check 'and neither session fails' stays 2 \
    'has_addr r1 10.10.1.51 && has_addr r2 10.10.1.52'
check 'which the wire shows' equal "$(tshark_fields "frame.time_epoch >= $t &&
    bfd && (bfd.sta != 3 || bfd.diag != 0)" frame.number)" ''
ipn r1 addr del 2001:db8::1/64 dev eth0
check 'one session fails: keepalived sees it' wait_for 5 \
    '! has_addr r2 10.10.1.52'
check 'and we do' wait_for 5 '! has_addr r1 10.10.1.51'
ipn r1 addr add 2001:db8::1/64 dev eth0 nodad
check 'it is back' wait_for 10 \
    'has_addr r1 10.10.1.51 && has_addr r2 10.10.1.52'
link_down r2
check 'a cable is pulled: we are not MASTER' wait_for 3 \
    '! has_addr r1 10.10.1.51'
link_up r2
check 'and plugged in: both are' wait_for 15 \
    'has_addr r1 10.10.1.51 && has_addr r2 10.10.1.52'
stop r1
check 'we stop, which keepalived takes for no failure' stays 2 \
    'has_addr r2 10.10.1.52'
check 'but it heard it' grep -q 'Remote.*Administratively Down' \
    "$LAB/r2/router.log"
start_vrrpd r1
check 'and that we are back' wait_for 15 \
    'has_addr r1 10.10.1.51 && has_addr r2 10.10.1.52'
stop r1
stop r2
lab_end
