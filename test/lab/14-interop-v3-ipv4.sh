#!/bin/sh
# Goal: version 3 over IPv4 beside keepalived, in both roles.
# Method: kit/interop.sh.  Shows C-001, C-007, C-009, C-010, C-012 and C-018 by
# tshark's dissector, C-019, C-042 with v3_checksum_as_v2 on one side.
. "${0%/*}/lib.sh"
# shellcheck source=kit/interop.sh
. "$KIT/interop.sh"
lab_begin tshark keepalived
SHOWN=10.10.1.3 VIPS='10.10.1.3/24 10.10.1.4/24'
SENDER_r1=10.10.1.1 SENDER_r2=10.10.1.2 EXTRA_r1='' EXTRA_r2=''
interop '01:00:5e:00:00:12 224.0.0.18 255 0xc0 36 3 1 51 2 20 '\
'10.10.1.3,10.10.1.4' eth.dst ip.dst ip.ttl ip.dsfield ip.len vrrp.version \
    vrrp.type vrrp.virt_rtr_id vrrp.addr_count vrrp.short_adver_int \
    vrrp.ip_addr

# D-1: a keepalived that sends the other form is understood, and followed.
if ours; then
	{
		printf 'global_defs {\n\tvrrp_version 3\n}\n'
		instance VI_1 150 v3_checksum_as_v2
	} | conf r1
	instance VI_1 100 | conf r2
	start_keepalived r1
	check 'C-042: keepalived without the pseudo-header' wait_for 3 \
	    "has_addr r1 $SHOWN"
	start_vrrpd r2
	wait_for 3 'listens r2'
	check 'C-042: is heard' stays 1.5 "! has_addr r2 $SHOWN"
	t=$(now)
	signal r1 TERM
	check 'C-042: also its priority 0' wait_for 2 "has_addr r2 $SHOWN"
	check 'C-042: after Skew_Time' within $(($(skew_ms 100) - 5)) \
	    "$(ms "$(first vrrp "$t" '$8 == 0')" \
	    "$(first vrrp "$t" "$(sender r2)")")" "$(skew_ms 100)"
	check 'D-1: a Backup adopts the form of its Active' equal \
	    "$(HOME=/tmp tshark -o vrrp.v3_checksum_as_in_v2:true \
	    -r "$LAB/wire.pcap" -Y "vrrp && frame.time_epoch >= $t" -T fields \
	    -e vrrp.checksum.status 2>/dev/null | sort -u)" 1
fi
lab_end
