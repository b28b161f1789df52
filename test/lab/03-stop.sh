#!/bin/sh
# Goal: a holder that is stopped hands over without anybody noticing.
# Method: TERM, INT, TERM twice, TERM with -V, TERM to a Backup; the wire says
# what was sent when, the kernel's address events what was removed when.
. "$(dirname "$0")/lib.sh"
lab_begin
machine r1 1
machine r2 2
machine client 9

from_r1='$3 == "10.10.1.1"'
from_r2='$3 == "10.10.1.2"'

# With the default interval nobody mistakes a late machine for Skew_Time.
ADVERT=1
pair 150 100
check 'r1 is MASTER' equal "$(holders 10.10.1.3)" r1
watch_events r1
probe 10.10.1.3
t=$(now)
signal r1 TERM
check 'r2 takes over' wait_for 2 'has_addr r2 10.10.1.3'
check 'C-155: r1 ends within 3 s' wait_for 3 'ended r1'
check 'C-155: with exit status 0' equal "$(exit_status r1)" 0
zero=$(first vrrp "$t" "$from_r1 && \$8 == 0")
check 'C-155: it sent one priority 0' equal \
    "$(count vrrp "$t" "$from_r1 && \$8 == 0")" 1
check 'C-082: r2 waits for Skew_Time' took $(($(skew_ms 100) - 5)) \
    "$(skew_ms 100)" "$zero" "$(first vrrp "$t" "$from_r2")"
check 'C-120: r1 no longer has the address' not has_addr r1 10.10.1.3
check 'C-155: the address went after priority 0' took 0 1000 "$zero" \
    "$(event_time r1 'Deleted.*10\.10\.1\.3' "$t")"
wait_for 1 'seen arp "$t" "\$3 == \"10.10.1.3\" && \$6 ~ /02\$/"'
outage=$(probe_end)
if ours; then
	check 'D-20: the client does not notice' within 0 "$outage" 2 "$t"
else
	check 'the client waits for Skew_Time' within 0 "$outage" \
	    $(($(skew_ms 100) + 50)) "$t"
fi
ADVERT=0.2
renew r1
renew r2
pair 150 100

# C-156: a Backup leaves in silence.
t=$(now)
signal r2 INT
check 'INT stops as well' wait_for 3 'ended r2'
check 'INT: exit status 0' equal "$(exit_status r2)" 0
check 'C-156: a Backup sends nothing at its end' not seen vrrp "$t" "$from_r2"

# Nobody there to take over: it leaves all the same.
t=$(now)
signal r1 TERM
check 'a lone holder ends as well' wait_for 3 'ended r1'
check 'and removes its address' not has_addr r1 10.10.1.3
if ours; then
	check 'D-20: after the longest Skew_Time + 50 ms' \
	    took "$(skew_ms 1)" $(($(skew_ms 1) + 50)) \
	    "$(first vrrp "$t" '$8 == 0')" \
	    "$(event_time r1 'Deleted.*10\.10\.1\.3' "$t")"

	# D-20: the second TERM does not wait, as the first one would for two
	# seconds with a long interval.
	ADVERT=2
	instance VI_1 255 | conf r1
	instance VI_1 1 | conf r2
	ADVERT=0.2
	start_vrrpd r2
	start_vrrpd r1
	wait_for 3 'has_addr r1 10.10.1.3 && listens r2'
	t=$(now)
	on r1 sh -c 'kill -TERM "$0"; sleep 0.3; kill -TERM "$0"' \
	    "$(cat "$LAB/r1/router.pid")"
	check 'D-20: a second TERM ends it' wait_for 3 'ended r1'
	check 'D-20: without its address' not has_addr r1 10.10.1.3
	check 'D-20: the address stayed for the successor, but no longer' \
	    took 100 1000 "$(first vrrp "$t" '$8 == 0')" \
	    "$(event_time r1 'Deleted.*10\.10\.1\.3' "$t")"
fi

# -V keeps the addresses and says nothing.
renew r1
renew r2
instance VI_1 150 | conf r1
start_vrrpd r1 -n -l -D -V -f "$LAB/r1/conf"
wait_for 3 'has_addr r1 10.10.1.3'
t=$(now)
signal r1 TERM
check '-V: it ends' wait_for 3 'ended r1'
check '-V: the address stays' has_addr r1 10.10.1.3
check '-V: no priority 0' not seen vrrp "$t" '$8 == 0'

# ---- at a reload another VRID: the old one is left as at a stop ----
if ours; then
	renew r1
	renew r2
	pair 150 100
	watch_events r1
	probe 10.10.1.3
	t=$(now)
	ADVERT=1 VRID=52 instance VI_1 150 | conf r1
	signal r1 HUP
	check 'another VRID: r2 takes over at once' wait_for 3 \
	    'has_addr r2 10.10.1.3'
	check 'then r1 gives the address up' wait_for 3 \
	    'not has_addr r1 10.10.1.3'
	outage=$(probe_end)
	check 'D-20: not before it was heard' at_least 0 \
	    "$(first vrrp "$t" '$3 == "10.10.1.2"')" \
	    "$(event_time r1 'Deleted.*10\.10\.1\.3' "$t")"
	check 'D-20: the client does not notice' within 0 "$outage" 2 "$t"
	stop r1
	stop r2
fi
lab_end
