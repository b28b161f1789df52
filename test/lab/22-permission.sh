#!/bin/sh
# Goal: without permission it says what is missing, and does nothing.
# Method: take capabilities away one by one.
. "$(dirname "$0")/lib.sh"
lab_begin
ours || skip 'it is about vrrpd'
machine r1 1
machine client 9
instance VI_1 100 | conf r1

# Run it in r1 without CAPABILITIES (as setpriv has them).
without() { # CAPABILITIES ARGUMENT...
	lab_caps=$1
	shift
	on r1 timeout 10 setpriv --bounding-set "$lab_caps" \
	    --inh-caps "$lab_caps" "$VRRPD" "$@" >"$LAB/both" 2>&1
	lab_status=$?
	cat "$LAB/both"
	return $lab_status
}

for mode in -n ''; do
	for capability in net_raw net_admin; do
		# shellcheck disable=SC2086 # no mode, no argument
		without "-$capability" $mode -l -f "$LAB/r1/conf"
		check "without CAP_$capability ($mode): status 4" equal $? 4
		check 'the message names it' grep -qi "cap_$capability" \
		    "$LAB/both"
		check 'one line is enough' [ "$(wc -l <"$LAB/both")" -le 2 ]
	done
done
check 'C-164: nothing was sent' not seen vrrp
check 'C-164: no address was set' equal "$(holders 10.10.1.3)" ''
check 'no pid file was left' not on r1 test -e /run/vrrpd.pid
on r1 setpriv --bounding-set -net_raw --inh-caps -net_raw sh -c '
	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		"$0" -p "/run/$i.pid" -f "$1" 2>/dev/null
		[ ! -e "/run/$i.pid" ] || echo "$i"
	done' "$VRRPD" "$LAB/r1/conf" >"$LAB/left"
check 'nor is one when the status is told' equal "$(cat "$LAB/left")" ''
without -net_raw,-net_admin -t -f "$LAB/r1/conf"
check '-t needs no permission' equal $? 0
without -net_raw,-net_admin --print-config -f "$LAB/r1/conf" >/dev/null
check 'nor does --print-config' equal $? 0
lab_end
