#!/bin/sh
# Goal: use_vmac beside keepalived with use_vmac, in both roles: versions 2 and
# 3 over IPv4, and IPv6.
# Method: kit/interop.sh, three times; tshark says from which MAC.
. "$(dirname "$0")/lib.sh"
# shellcheck source=kit/interop.sh
. "$KIT/interop.sh"
lab_begin tshark keepalived
machine r1 1
machine r2 2
EXTRA_r1=use_vmac EXTRA_r2=use_vmac

# What a crash left of either would be used by the other.
clear_links() {
	for each in r1 r2; do
		ipn "$each" link del vrrp.51 2>/dev/null
		ipn "$each" link del vrrp6.51 2>/dev/null
	done
	:
}

both() { # TEXT SINCE MAC
	arrangement "$1: vrrpd on r1" "$VRRPD" "$PEER"
	clear_links
	arrangement "$1: keepalived on r1" "$PEER" "$VRRPD"
	clear_links
	check "$1: all advertisements of both come from the virtual MAC" equal \
	    "$(tshark_fields "vrrp && !icmp && frame.time_epoch >= $2" \
	    eth.src vrrp.checksum.status | sort -u)" "$3	1"
}

t=$(now)
VERSION=3 SENDER_r1=10.10.1.1 SENDER_r2=10.10.1.2 SHOWN=10.10.1.3
both 'C-021, version 3' "$t" 00:00:5e:00:01:33
t=$(now)
VERSION=2 ADVERT=1
both 'C-021, version 2' "$t" 00:00:5e:00:01:33
t=$(now)
VERSION=3 ADVERT=0.2 SENDER_r1=fe80::1 SENDER_r2=fe80::2 SHOWN=2001:db8::3
VIPS='fe80::51/64 2001:db8::3/64'
both 'C-022, IPv6' "$t" 00:00:5e:00:02:33
lab_end
