#!/bin/sh
# Goal: version 2 with an authentication header beside keepalived, in both
# roles; what is replayed is not heard.
# Method: kit/interop.sh; the headers are computed anew from the capture by
# kit/signed.py.
. "$(dirname "$0")/lib.sh"
# shellcheck source=kit/interop.sh
. "$KIT/interop.sh"
lab_begin tshark keepalived
VERSION=2 ADVERT=1 SHOWN=10.10.1.3 VIPS='10.10.1.3/24 10.10.1.4/24'
SENDER_r1=10.10.1.1 SENDER_r2=10.10.1.2
EXTRA_r1='authentication {
		auth_type AH
		auth_pass abcdefgh
	}'
EXTRA_r2=$EXTRA_r1
interop 'C-025' C-016 \
    '01:00:5e:00:00:12 224.0.0.18 255 68 51 4 112 2 1 51 2 2 1 '\
'10.10.1.3,10.10.1.4' eth.dst ip.dst ip.ttl ip.len ip.proto ah.length \
    ah.next_header vrrp.version vrrp.type vrrp.virt_rtr_id vrrp.addr_count \
    vrrp.auth_type vrrp.adver_int vrrp.ip_addr

signed() {
	lab_sync "$LAB/wire.txt"
	"$PYTHON" "$LAB/tools/signed.py" "$LAB/wire.pcap" ah=abcdefgh
}

check 'C-025 signed: every header is good, of both programs' equal \
    "$(signed | awk '{ print $4, $6 }' | sort -u)" 'ah good'
check 'tshark: the SPI is the source' equal \
    "$(tshark_fields vrrp ah.spi | sort -u | tr '\n' ' ')" \
    '0x0a0a0101 0x0a0a0102 '

# Alone from the start: 1, 2, 3.
t=$(now)
instance VI_1 150 "$EXTRA_r1" | conf r1
start_vrrpd r1
wait_for 6 'has_addr r1 10.10.1.3'
wait_for 6 '[ "$(count vrrp "$t")" -ge 4 ]'
check 'C-026 tshark: sequence numbers from 1, one more for each' equal \
    "$(tshark_fields "vrrp && frame.time_epoch >= $t" ah.sequence |
    head -n 4 | tr '\n' ' ')" '1 2 3 4 '

# What r2 sent while it was the better one is not heard a second time.
machine client 9
instance VI_1 200 "$EXTRA_r1" | conf r2
start_vrrpd r2
wait_for 6 'has_addr r2 10.10.1.3 && ! has_addr r1 10.10.1.3'
stop r2
wait_for 3 'has_addr r1 10.10.1.3'
t=$(now)
on client "$PYTHON" "$LAB/tools/replay.py" eth0 "$LAB/wire.pcap" 10.10.1.2 20 \
    0.1
check 'C-056 replayed: still MASTER, and on schedule' stays 0.5 \
    'has_addr r1 10.10.1.3'
check 'C-056 replayed: 20 were seen' equal \
    "$(count vrrp "$t" '$3 == "10.10.1.2"')" 20
failures() {
	on r1 rm -f /tmp/keepalived.stats
	signal r1 USR2
	wait_for 2 'on r1 test -s /tmp/keepalived.stats'
	on r1 awk '$1 == "Failure:" { print $2 }' /tmp/keepalived.stats
}
wait_for 3 '[ "$(failures)" -ge 20 ]'
check 'C-056 statistics: 20 failures counted' equal "$(failures)" 20
lab_end
