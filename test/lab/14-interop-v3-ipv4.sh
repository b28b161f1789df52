#!/bin/sh
# Goal: version 3 over IPv4 beside keepalived, in both roles.
# Method: kit/interop.sh, and forged ones.
. "$(dirname "$0")/lib.sh"
# shellcheck source=kit/interop.sh
. "$KIT/interop.sh"
lab_begin tshark keepalived
SHOWN=10.10.1.3 VIPS='10.10.1.3/24 10.10.1.4/24'
SENDER_r1=10.10.1.1 SENDER_r2=10.10.1.2 EXTRA_r1='' EXTRA_r2=''
interop 'C-001 C-002 C-004 C-005 C-007 C-009 C-010 C-012 C-035' C-018 \
    '01:00:5e:00:00:12 224.0.0.18 255 0xc0 36 3 1 51 2 20 '\
'10.10.1.3,10.10.1.4' eth.dst ip.dst ip.ttl ip.dsfield ip.len vrrp.version \
    vrrp.type vrrp.virt_rtr_id vrrp.addr_count vrrp.short_adver_int \
    vrrp.ip_addr

# D-1: others send the checksum without the pseudo-header, as keepalived does
# with v3_checksum_as_v2, which Debian's does not know in an instance.
if ours; then
	machine client 9
	instance VI_1 100 | conf r2
	forge_on priority=200 checksum=plain last=0 \
	    addresses=10.10.1.3,10.10.1.4
	wait_for 3 'seen vrrp 0 "\$8 == 200"'
	start_vrrpd r2
	wait_for 3 'listens r2'
	check 'C-042: no pseudo-header is understood' \
	    stays 1.5 "not has_addr r2 $SHOWN"
	t=$(now)
	forge_off
	check 'C-042: with priority 0 too' wait_for 2 "has_addr r2 $SHOWN"
	check 'C-082: after Skew_Time' took $(($(skew_ms 100) - 5)) \
	    "$(skew_ms 100)" "$(first vrrp "$t" '$8 == 0')" \
	    "$(first vrrp "$t" "$(sender r2)")"
	check 'D-1: a Backup adopts the form of its Active' equal \
	    "$(dissector -o vrrp.v3_checksum_as_in_v2:true \
	    -Y "vrrp && frame.time_epoch >= $t" -T fields \
	    -e vrrp.checksum.status | sort -u)" 1
fi
lab_end
