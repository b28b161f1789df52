#!/bin/sh
# Goal: announcements: how many, when, in what order, and how they look.
# Method: count and time them on the wire; tshark reads the frames.
. "$(dirname "$0")/lib.sh"
lab_begin tshark
machine r1 1
machine client 9

VIPS='10.10.1.3/24 10.10.1.4/24'
gratuitous='$3 == $4 && $3 ~ /^10\.10\.1\.[345]$/'

instance VI_1 100 'garp_master_repeat 3' 'garp_master_delay 1' \
    'virtual_ipaddress_excluded {
		10.10.1.5/24
	}' | conf r1
t=$(now)
start_vrrpd r1
check 'MASTER' wait_for 3 'has_addr r1 10.10.1.4'
check 'C-110: the second burst comes' wait_for 3 \
    '[ $(count arp "$t" "$gratuitous") -ge 18 ]'
advert=$(first vrrp "$t")
check 'C-110: V1 V2 E1, V1 V2 E1, ...' equal "$(wire arp "$t" "$gratuitous" |
    awk 'NR <= 9 { printf "%s ", substr($3, 9) }')" '3 4 5 3 4 5 3 4 5 '
nth() { # NUMBER: when that announcement was made
	wire arp "$t" "$gratuitous" | awk -v n="$1" 'NR == n { print $1 }'
}
check 'C-110: 3 times, within 20 ms of the advert' took 0 20 "$advert" \
    "$(nth 9)"
check 'C-110: again after garp_master_delay' took 990 1020 "$advert" \
    "$(nth 10)"
check 'C-110: and not a third time' stays 1.2 \
    '[ $(count arp "$t" "$gratuitous") -eq 18 ]'
check 'C-111: the frame, by tshark' equal "$(tshark_fields \
    'arp.isgratuitous == 1 && arp.src.proto_ipv4 == 10.10.1.3' \
    eth.dst eth.src arp.opcode arp.hw.type arp.proto.type arp.src.hw_mac \
    arp.src.proto_ipv4 arp.dst.hw_mac arp.dst.proto_ipv4 frame.len |
    sort -u | tr '\t' ' ')" "ff:ff:ff:ff:ff:ff 02:00:00:00:00:01 1 1 0x0800 \
02:00:00:00:00:01 10.10.1.3 ff:ff:ff:ff:ff:ff 10.10.1.3 42"
renew r1
VIPS=10.10.1.3/24

# ---- refresh ----
instance VI_1 100 'garp_master_repeat 1' 'garp_master_delay 0' \
    'garp_master_refresh 1' 'garp_master_refresh_repeat 2' | conf r1
t=$(now)
start_vrrpd r1
wait_for 3 'has_addr r1 10.10.1.3'
check 'C-114: refreshed' wait_for 4 \
    '[ $(count arp "$t" "$gratuitous") -ge 5 ]'
check 'C-114: once, then twice a second' equal \
    "$(wire arp "$t" "$gratuitous" | awk 'NR == 1 { start = $1 }
    { printf "%.0f ", $1 - start }' | cut -c 1-9)" '0 1 1 2 2'
renew r1

# ---- spacing ----
VIPS='10.10.1.3/24 10.10.1.4/24'
{
	printf 'global_defs {\n\tvrrp_garp_interval 0.1\n}\n'
	instance VI_1 100 'garp_master_repeat 3' 'garp_master_delay 0'
} | conf r1
t=$(now)
start_vrrpd r1
wait_for 4 '[ $(count arp "$t" "$gratuitous") -ge 6 ]'
check 'C-115: vrrp_garp_interval spaces them' regular arp "$t" \
    "$gratuitous" 95 200
if ours; then
	check 'C-115: and loses none' equal \
	    "$(count arp "$t" "$gratuitous")" 6
fi
renew r1
VIPS=10.10.1.3/24

# ---- weaker advert, stale neighbours ----
instance VI_1 100 'garp_master_repeat 1' 'garp_master_delay 0' \
    'garp_lower_prio_repeat 2' 'garp_lower_prio_delay 1' | conf r1
t=$(now)
start_vrrpd r1
wait_for 3 'has_addr r1 10.10.1.3'
wait_for 3 'seen arp "$t" "$gratuitous"'
t=$(now)
forge priority=50
check 'C-089: a weaker advert: garp_lower_prio_repeat' wait_for 2 \
    '[ $(count arp "$t" "$gratuitous") -ge 4 ]'
check 'C-089: at once and after garp_lower_prio_delay' equal \
    "$(wire arp "$t" "$gratuitous" | awk 'NR == 1 { start = $1 }
    { printf "%.0f ", $1 - start }')" '0 0 1 1 '
if ours; then
	t=$(now)
	forge arp=10.10.1.3
	check 'D-15: a claim of our address' wait_for 1 \
	    'seen arp "$t" "\$6 ~ /09\$/ && $gratuitous"'
	check 'D-15: is answered by an announcement' wait_for 1 \
	    'seen arp "$t" "\$6 ~ /01\$/ && $gratuitous"'
	t=$(now)
	forge arp=10.10.1.3 times=100 every=0.01
	check 'D-15: at a bounded rate' equal "$(wire arp "$t" "$gratuitous" |
	    awk '$6 ~ /09$/ { if (!start) start = $1; end = $1 }
		$6 ~ /01$/ { n++ }
		END { if (n >= 20 * (end - start)) print n, end - start }')" ''

	# D-15: the default refresh is there, a minute is too long to wait.
	check 'D-15: garp_master_refresh defaults to 60 s' equal "$(on r1 \
	    "$VRRPD" -f "$LAB/r1/conf" --print-config |
	    awk '$1 == "garp_master_refresh" { print $2 }')" 60
fi
renew r1

# ---- IPv6 ----
VIPS='fe80::51/64 2001:db8::3/64'
instance VI_6 100 'garp_master_repeat 2' 'garp_master_delay 1' | conf r1
t=$(now)
start_vrrpd r1
wait_for 3 'has_addr r1 2001:db8::3'
check 'C-110: NA, the second burst comes' wait_for 3 \
    '[ $(count na "$t" "\$7 ~ /01\$/") -ge 8 ]'
check 'C-110: NA, in order' equal "$(wire na "$t" | awk 'NR <= 4 {
    printf "%s ", $4 }')" 'fe80::51 2001:db8::3 fe80::51 2001:db8::3 '
check 'C-112: the frame, by tshark' equal "$(tshark_fields \
    'icmpv6.type == 136 && ipv6.src == 2001:db8::3' eth.dst eth.src \
    ipv6.dst ipv6.hlim icmpv6.checksum.status icmpv6.nd.na.flag.s \
    icmpv6.nd.na.flag.o icmpv6.nd.na.target_address \
    icmpv6.opt.linkaddr icmpv6.opt.type frame.len |
    sort -u | tr '\t' ' ')" "33:33:00:00:00:01 02:00:00:00:00:01 ff02::1 255 \
1 0 1 2001:db8::3 02:00:00:00:00:01 2 86"
if ours; then
	t=$(now)
	forge na=2001:db8::3
	check 'D-15: a claim by NA is answered' wait_for 1 \
	    'seen na "$t" "\$4 == \"2001:db8::3\" && \$7 ~ /01\$/"'
fi
lab_end
