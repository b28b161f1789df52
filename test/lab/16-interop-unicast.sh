#!/bin/sh
# Goal: unicast peers beside keepalived, in both roles.
# Method: kit/interop.sh.
. "$(dirname "$0")/lib.sh"
# shellcheck source=kit/interop.sh
. "$KIT/interop.sh"
lab_begin tshark keepalived
SHOWN=10.10.1.3
SENDER_r1=10.10.1.1 SENDER_r2=10.10.1.2
EXTRA_r1='unicast_src_ip 10.10.1.1
	unicast_peer {
		10.10.1.2
	}'
EXTRA_r2='unicast_src_ip 10.10.1.2
	unicast_peer {
		10.10.1.1
	}'
interop 'C-030 C-031' C-032 \
    '10.10.1.1 10.10.1.2 02:00:00:00:00:02 255 32 3 1 51 1 20 10.10.1.3
10.10.1.2 10.10.1.1 02:00:00:00:00:01 255 32 3 1 51 1 20 10.10.1.3' \
    ip.src ip.dst eth.dst ip.ttl ip.len vrrp.version vrrp.type \
    vrrp.virt_rtr_id vrrp.addr_count vrrp.short_adver_int vrrp.ip_addr
lab_end
