#!/bin/sh
# Goal: every field of every frame that leaves is as the RFCs have it.
# Method: one router goes through versions, families, unicast, passwords and
# announcements; what it sent is read by tshark's dissector alone, and each
# field has one value in all frames of a kind.  The last advert has priority 0.
. "$(dirname "$0")/lib.sh"
lab_begin tshark
machine r1 1
machine r2 2

ADVERTS='eth.dst eth.src ip.src ip.dst ip.proto ip.ttl ip.dsfield ip.len
    ip.flags.df ip.checksum.status ipv6.src ipv6.dst ipv6.nxt ipv6.hlim
    ipv6.tclass ipv6.plen vrrp.version vrrp.type vrrp.virt_rtr_id vrrp.prio
    vrrp.addr_count vrrp.auth_type vrrp.auth_string vrrp.adver_int
    vrrp.reserved_mbz vrrp.short_adver_int vrrp.ip_addr vrrp.ipv6_addr
    vrrp.checksum.status _ws.malformed'
ARP='eth.dst eth.src arp.hw.type arp.proto.type arp.hw.size arp.proto.size
    arp.opcode arp.src.hw_mac arp.src.proto_ipv4 arp.dst.hw_mac
    arp.dst.proto_ipv4 frame.len _ws.malformed'
NA='eth.dst eth.src ipv6.src ipv6.dst ipv6.nxt ipv6.hlim ipv6.plen icmpv6.code
    icmpv6.checksum.status icmpv6.nd.na.flag.r icmpv6.nd.na.flag.s
    icmpv6.nd.na.flag.o icmpv6.nd.na.target_address icmpv6.opt.type
    icmpv6.opt.length icmpv6.opt.linkaddr frame.len _ws.malformed'
NOT_QUOTED='!icmp && !icmpv6'	# inside of somebody's complaint

# The frames since $t that a filter selects become $LAB/table, a column each
# field; PREFERENCE is tshark's.
dissect() { # FILTER FIELDS [PREFERENCE]
	# shellcheck disable=SC2046,SC2086 # a list of options
	dissector -o ip.check_checksum:TRUE ${3:+-o "$3"} \
	    -Y "($1) && frame.time_epoch >= $t" -T fields -E header=y \
	    $(printf ' -e %s' $2) >"$LAB/table"
	# All of them are there, and tshark could read them.
	check "$title: there are frames to judge" \
	    [ "$(wc -l <"$LAB/table")" -ge 3 ]
	check "$title: nothing malformed" equal "$(values _ws.malformed)" ''
}

# Each value of a field in the table, once, in the order of their coming.
values() { # FIELD
	awk -F '\t' -v field="$1" '
		NR == 1 { for (i = 1; i <= NF; i++) if ($i == field) at = i }
		NR > 1 && at && !seen[$at]++ { printf "%s%s", gap, $at
			gap = " " }' "$LAB/table"
}

# A field has these values and no others.
field() { # ITEMS FIELD VALUES
	check "$1 $title: $2 is $3, by tshark" equal "$(values "$2")" "$3"
}

# r1 becomes MASTER, sends some adverts, and one of priority 0 at its end.
perform() { # TITLE PRIORITY [LINE...]
	title=$1 priority=$2
	shift
	renew r1
	instance VI_1 "$@" | conf r1
	t=$(now)
	start_vrrpd r1
	check "$title: it sends" wait_for 6 \
	    "[ \$(count vrrp $t '\$8 > 0') -ge 3 ]"
	finish
}

finish() {
	signal r1 TERM
	signal r1 TERM
	check "$title: it ends with priority 0" wait_for 4 \
	    "ended r1 && seen vrrp $t '\$8 == 0'"
}

# The fields that no configuration changes; and the checksum, whose form is a
# matter of the item.
common() { # ITEM
	field C-001 vrrp.version "$VERSION"
	field C-001 vrrp.type 1
	field C-002 vrrp.virt_rtr_id "$VRID"
	field C-003 vrrp.prio "$priority 0"
	field "$1 C-020" vrrp.checksum.status 1
	field C-023 eth.src 02:00:00:00:00:01
}

common4() {
	field C-010 ip.proto 112
	field C-012 ip.dsfield 0xc0
	field C-010 ip.checksum.status 1
	field C-010 ip.flags.df 0
}

# What the version says of lengths and intervals, for so many addresses.
version2() { # ADDRESSES
	field C-006 ip.len $((20 + 16 + 4 * $1))
	field C-008 vrrp.adver_int 1
	field C-004 vrrp.addr_count "$1"
}

version3() { # ADDRESSES BYTES-OF-ONE
	field C-009 vrrp.reserved_mbz 0
	field C-009 vrrp.short_adver_int 20
	field C-004 vrrp.addr_count "$1"
	case $2 in
	4) field C-007 ip.len $((20 + 8 + 4 * $1)) ;;
	*) field C-007 ipv6.plen $((8 + 16 * $1)) ;;
	esac
}

group4() {
	field C-010 ip.dst 224.0.0.18
	field C-010 ip.ttl 255
	field C-035 eth.dst 01:00:5e:00:00:12
}

# How many adverts the bytes from an offset on are so; offsets are VRRP's.
with_bytes() { # OFFSET:LENGTH BYTES
	tshark_fields "vrrp[$1] == $2 && frame.time_epoch >= $t" \
	    frame.number | wc -l
}

EXCLUDED='virtual_ipaddress_excluded {
		10.10.1.99/24
	}'

# ---- version 2 ----
VERSION=2 ADVERT=1 VRID=7 VIPS='10.10.1.4/24 10.10.1.3/24'
perform 'version 2' 254 "$EXCLUDED"
dissect "vrrp" "$ADVERTS"
common C-016
common4
group4
version2 2
field C-013 ip.src 10.10.1.1
field C-005 vrrp.ip_addr 10.10.1.4,10.10.1.3
field C-006 vrrp.auth_type 0
check 'C-006: the last eight bytes are zero, by tshark' equal \
    "$(with_bytes 16:8 00:00:00:00:00:00:00:00)" "$(count vrrp "$t")"

VRID=255
perform 'PASS' 255 'authentication {
		auth_type PASS
		auth_pass abc12
	}'
dissect 'vrrp' "$ADVERTS"
common C-016
version2 2
field C-024 vrrp.auth_type 1
field C-024 vrrp.auth_string abc12
check 'C-024: padded with zeros, by tshark' equal \
    "$(with_bytes 16:8 61:62:63:31:32:00:00:00)" "$(count vrrp "$t")"

PEERS='unicast_src_ip 10.10.1.1
	unicast_peer {
		10.10.1.2
	}'
perform 'version 2, unicast' 255 "$PEERS"
dissect "vrrp && $NOT_QUOTED" "$ADVERTS"
common C-016
common4
version2 2
field C-030 ip.dst 10.10.1.2
field C-030 eth.dst 02:00:00:00:00:02
field C-031 ip.ttl 255

# ---- version 3 over IPv4 ----
VERSION=3 ADVERT=0.2 VRID=51
perform 'version 3' 150 "$EXCLUDED" 'garp_master_repeat 3' \
    'garp_master_delay 0'
dissect 'vrrp' "$ADVERTS"
common C-018
common4
group4
version3 2 4
field C-013 ip.src 10.10.1.1
field C-005 vrrp.ip_addr 10.10.1.4,10.10.1.3
check 'C-036: IGMP reports the group from the interface, by tshark' \
    [ -n "$(tshark_fields "igmp.maddr == 224.0.0.18 && igmp.type == 0x22 &&
    eth.src == 02:00:00:00:00:01 && frame.time_epoch >= $t" frame.number)" ]
check 'C-104: the first frame is the advert, by tshark' equal \
    "$(tshark_fields "(vrrp || arp.isgratuitous == 1) &&
    frame.time_epoch >= $t" frame.protocols | head -n 1)" eth:ethertype:ip:vrrp
dissect 'arp.isgratuitous == 1' "$ARP"
field C-111 eth.dst ff:ff:ff:ff:ff:ff
field C-111 eth.src 02:00:00:00:00:01
field C-111 arp.hw.type 1
field C-111 arp.proto.type 0x0800
field C-111 arp.hw.size 6
field C-111 arp.proto.size 4
field C-111 arp.opcode 1
field C-111 arp.src.hw_mac 02:00:00:00:00:01
field C-111 arp.src.proto_ipv4 '10.10.1.4 10.10.1.3 10.10.1.99'
field C-111 arp.dst.hw_mac ff:ff:ff:ff:ff:ff
field C-111 arp.dst.proto_ipv4 '10.10.1.4 10.10.1.3 10.10.1.99'
field C-111 frame.len 42
check 'C-110: three of each, by tshark' equal \
    "$(sed 1d "$LAB/table" | cut -f 9 | sort | uniq -c | tr -s ' ' | xargs)" \
    '3 10.10.1.3 3 10.10.1.4 3 10.10.1.99'

if ours; then
	perform 'no pseudo-header' 150 v3_checksum_as_v2
	dissect vrrp "$ADVERTS" vrrp.v3_checksum_as_in_v2:true
	common C-019
fi

ipn r2 addr add 10.10.1.9/24 dev eth0
perform 'version 3, unicast' 150 "$(echo "$PEERS" |
    sed '3s/$/\n10.10.1.9/')"
dissect "vrrp && $NOT_QUOTED" "$ADVERTS"
common C-032
common4
version3 2 4
field C-030 ip.dst '10.10.1.2 10.10.1.9'
field C-030 eth.dst 02:00:00:00:00:02
check 'C-030: as many to one as to the other, by tshark' equal \
    "$(cut -f 4 "$LAB/table" | grep -c '10.10.1.2$')" \
    "$(cut -f 4 "$LAB/table" | grep -c '10.10.1.9$')"
field C-031 ip.ttl 255
perform 'unicast_ttl' 150 "$PEERS" 'unicast_ttl 9'
dissect "vrrp && $NOT_QUOTED" "$ADVERTS"
field C-031 ip.ttl 9

# ---- a source that is configured, or lost ----
VIPS='10.10.1.4 10.10.1.3'
renew r1
ipn r1 addr add 10.10.7.7/24 dev eth0
title=mcast_src_ip priority=150
instance VI_1 150 'mcast_src_ip 10.10.7.7' | conf r1
t=$(now)
start_vrrpd r1
wait_for 3 '[ $(count vrrp "$t") -ge 3 ]'
finish
dissect 'vrrp' "$ADVERTS"
common C-018
field C-015 ip.src 10.10.7.7

renew r1
ipn r1 addr add 10.10.7.7/24 dev eth0
title='another source'
instance VI_1 150 | conf r1
t=$(now)
start_vrrpd r1
wait_for 3 '[ $(count vrrp "$t") -ge 2 ]'
ipn r1 addr del 10.10.1.1/24 dev eth0
wait_for 2 'seen vrrp "$t" "\$3 == \"10.10.7.7\""'
finish
dissect 'vrrp' "$ADVERTS"
common C-018
field C-013 ip.src '10.10.1.1 10.10.7.7'

# ---- version 3 over IPv6 ----
VIPS='fe80::51/64 2001:db8::3/64'
perform 'IPv6' 150 'virtual_ipaddress_excluded {
		2001:db8:1::1
	}' 'garp_master_repeat 3' 'garp_master_delay 0'
dissect vrrp "$ADVERTS"
common C-017
version3 2 16
field C-011 ipv6.dst ff02::12
field C-011 ipv6.nxt 112
field C-011 ipv6.hlim 255
field C-012 ipv6.tclass 0xc0
field C-014 ipv6.src fe80::1
field C-035 eth.dst 33:33:00:00:00:12
field 'C-005 C-037' vrrp.ipv6_addr fe80::51,2001:db8::3
check 'C-036: MLD reports the group from the interface, by tshark' \
    [ -n "$(tshark_fields "icmpv6.mldr.mar.multicast_address == ff02::12 &&
    eth.src == 02:00:00:00:00:01 && frame.time_epoch >= $t" frame.number)" ]
check 'C-104: the first frame is the advert, by tshark' equal \
    "$(tshark_fields "(vrrp || icmpv6.type == 136) &&
    frame.time_epoch >= $t" frame.protocols | head -n 1)" \
    eth:ethertype:ipv6:vrrp
dissect 'icmpv6.type == 136' "$NA"
field C-112 eth.dst 33:33:00:00:00:01
field C-112 eth.src 02:00:00:00:00:01
field C-112 ipv6.src 'fe80::51 2001:db8::3 2001:db8:1::1'
field C-112 ipv6.dst ff02::1
field C-112 ipv6.nxt 58
field C-112 ipv6.hlim 255
field C-112 ipv6.plen 32
field C-112 icmpv6.code 0
field C-112 icmpv6.checksum.status 1
! ours || field C-112 icmpv6.nd.na.flag.r 1
field C-112 icmpv6.nd.na.flag.s 0
field C-112 icmpv6.nd.na.flag.o 1
field C-112 icmpv6.nd.na.target_address 'fe80::51 2001:db8::3 2001:db8:1::1'
field C-112 icmpv6.opt.type 2
field C-112 icmpv6.opt.length 1
field C-112 icmpv6.opt.linkaddr 02:00:00:00:00:01
field C-112 frame.len 86
check 'C-110: three of each, by tshark' equal \
    "$(sed 1d "$LAB/table" | cut -f 3 | sort | uniq -c | tr -s ' ' | xargs)" \
    '3 2001:db8:1::1 3 2001:db8::3 3 fe80::51'

VIPS=2001:db8::3/64
PEERS='unicast_src_ip 2001:db8::1
	unicast_peer {
		2001:db8::2
	}'
perform 'IPv6, unicast' 150 "$PEERS"
dissect "vrrp && $NOT_QUOTED" "$ADVERTS"
common C-017
version3 1 16
field C-030 ipv6.dst 2001:db8::2
field C-030 eth.dst 02:00:00:00:00:02
! ours || field C-031 ipv6.hlim 255
field C-012 ipv6.tclass 0xc0

# ---- as many as fit, and one more ----
if ours; then
	VIPS='fe80::51/64 ~SEQ(n,1,89)_2001:db8::1:${n}/64'
	perform 'too many' 150 'garp_master_repeat 1'
	dissect vrrp "$ADVERTS"
	common C-017
	version3 89 16
	check 'C-034: none beyond, by tshark' not grep -q ::1:89 "$LAB/table"
	dissect 'icmpv6.type == 136' "$NA"
	check 'C-034: but it is announced, by tshark' grep -q ::1:89 \
	    "$LAB/table"
	check 'C-034: with an error' grep -q 'error: .*89' \
	    "$LAB/r1/router.log"
fi
lab_end
