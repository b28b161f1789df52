#!/bin/sh
# Goal: version 2 with a password beside keepalived, in both roles.
# Method: kit/interop.sh.
. "$(dirname "$0")/lib.sh"
# shellcheck source=kit/interop.sh
. "$KIT/interop.sh"
lab_begin tshark keepalived
VERSION=2 ADVERT=1 SHOWN=10.10.1.3 VIPS='10.10.1.3/24 10.10.1.4/24'
SENDER_r1=10.10.1.1 SENDER_r2=10.10.1.2
EXTRA_r1='authentication {
		auth_type PASS
		auth_pass abc12
	}'
EXTRA_r2=$EXTRA_r1
interop 'C-001 C-002 C-004 C-005 C-006 C-008 C-010 C-012 C-024 C-035' C-016 \
    '01:00:5e:00:00:12 224.0.0.18 255 0xc0 44 2 1 51 2 1 1 abc12 '\
'10.10.1.3,10.10.1.4' eth.dst ip.dst ip.ttl ip.dsfield ip.len vrrp.version \
    vrrp.type vrrp.virt_rtr_id vrrp.addr_count vrrp.auth_type \
    vrrp.adver_int vrrp.auth_string vrrp.ip_addr
lab_end
