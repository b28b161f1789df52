# shellcheck shell=sh
# interop.sh: vrrpd beside keepalived, in both roles.
#
# The caller sets VERSION, ADVERT, VIPS and, if need be, EXTRA_r1 and EXTRA_r2,
# lines for the instance of each machine.  SHOWN is the address to look for.

# What r1 or r2 sends from, as it stands on the wire.
sender() { # MACHINE
	eval "printf '\$3 == \"%s\"' \"\$SENDER_$1\""
}

# One arrangement: LEFT, the better one, on r1 and RIGHT on r2.
arrangement() { # NAME LEFT RIGHT
	lab_name=$1 lab_left=$2 lab_right=$3
	instance VI_1 150 "$EXTRA_r1" | conf r1
	instance VI_1 100 "$EXTRA_r2" | conf r2
	start_router "$lab_left" r1
	check "$lab_name: r1 takes the address" wait_for 6 "has_addr r1 $SHOWN"
	start_router "$lab_right" r2
	wait_for 3 'listens r2'
	check "$lab_name: r2 leaves it there" stays 1 \
	    "! has_addr r2 $SHOWN && has_addr r1 $SHOWN"

	t=$(now)
	signal r1 TERM
	check "$lab_name: stopped, r2 takes over" wait_for 3 \
	    "has_addr r2 $SHOWN"
	check "$lab_name: C-082 after Skew_Time" \
	    succeeded "$t" "$(sender r1)" "$(sender r2)" 100
	wait_for 3 'ended r1'
	check "$lab_name: r1 let go" not has_addr r1 "$SHOWN"

	t=$(now)
	start_router "$lab_left" r1
	check "$lab_name: C-091 back, r1 preempts" wait_for 6 \
	    "has_addr r1 $SHOWN"
	check "$lab_name: C-084 and r2 yields" wait_for 2 \
	    "! has_addr r2 $SHOWN"
	check "$lab_name: C-084 without priority 0" not seen vrrp "$t" \
	    '$8 == 0'

	t=$(now)
	link_down r1
	kill_all r1
	check "$lab_name: dead, r2 takes over" wait_for 6 "has_addr r2 $SHOWN"
	check "$lab_name: within Active_Down_Interval" \
	    took $(($(down_ms 100) - 5)) "$(down_ms 100)" \
	    "$(last vrrp 0 "$(sender r1) && \$8 > 0")" \
	    "$(first vrrp "$t" "$(sender r2)")"
	grep -iE 'checksum|invalid|mismatch|incorrect' \
	    "$LAB/r1/router.log" "$LAB/r2/router.log" >"$LAB/complaints"
	cat "$LAB/complaints"
	check "$lab_name: neither complained of the other" \
	    not [ -s "$LAB/complaints" ]
	renew r1
	renew r2
	rm -f "$LAB"/r?/router.log
}

# Both arrangements; then tshark on everything that was sent.  FIELDS and
# WANTED are what its dissector shall say of every advert, which shows ITEMS,
# and CHECKSUMS are those that their sums show.
interop() { # ITEMS CHECKSUMS WANTED FIELD...
	machine r1 1
	machine r2 2
	arrangement 'vrrpd on r1' "$VRRPD" "$PEER"
	arrangement 'keepalived on r1' "$PEER" "$VRRPD"
	lab_items=$1 lab_sums=$2 lab_wanted=$3
	shift 3
	check "$lab_items, tshark: the same fields in all adverts" equal \
	    "$(tshark_fields 'vrrp && !icmp' "$@" | sort -u |
	    tr '\t' ' ')" "$lab_wanted"
	check "$lab_sums, tshark: every checksum is good" equal \
	    "$(tshark_fields 'vrrp && !icmp' vrrp.checksum.status | sort -u)" 1
	check 'tshark: nothing malformed' equal \
	    "$(tshark_fields 'vrrp && _ws.malformed' frame.number)" ''
}
