#!/bin/sh
# Goal: IPv6 beside keepalived, in both roles.
# Method: kit/interop.sh.
. "$(dirname "$0")/lib.sh"
# shellcheck source=kit/interop.sh
. "$KIT/interop.sh"
lab_begin tshark keepalived
SHOWN=2001:db8::3 VIPS='fe80::51/64 2001:db8::3/64'
SENDER_r1=fe80::1 SENDER_r2=fe80::2 EXTRA_r1='' EXTRA_r2=''
interop 'C-001 C-002 C-004 C-005 C-007 C-009 C-011 C-012 C-035 C-037' C-017 \
    '33:33:00:00:00:12 ff02::12 255 0xc0 40 3 1 51 2 20 '\
'fe80::51,2001:db8::3' eth.dst ipv6.dst ipv6.hlim ipv6.tclass ipv6.plen \
    vrrp.version vrrp.type vrrp.virt_rtr_id vrrp.addr_count \
    vrrp.short_adver_int vrrp.ipv6_addr
lab_end
