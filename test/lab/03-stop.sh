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
check 'C-082: r2 waits for Skew_Time' within $(($(skew_ms 100) - 5)) \
    "$(ms "$zero" "$(first vrrp "$t" "$from_r2")")" "$(skew_ms 100)"
check 'C-120: r1 no longer has the address' not has_addr r1 10.10.1.3
check 'C-155: the address went after priority 0' within 0 "$(ms "$zero" \
    "$(event_time r1 'Deleted.*10\.10\.1\.3' "$t")")" 1000
wait_for 1 'seen arp "$t" "\$3 == \"10.10.1.3\" && \$6 ~ /02\$/"'
outage=$(probe_end)
if ours; then
	check 'D-20: the client does not notice' within 0 "$outage" 2
else
	check 'the client waits for Skew_Time' within 0 "$outage" \
	    $(($(skew_ms 100) + 50))
fi

# C-156: a Backup leaves in silence.
start_vrrpd r1
wait_for 3 'has_addr r1 10.10.1.3 && not has_addr r2 10.10.1.3'
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
	check 'D-20: after the longest Skew_Time + 50 ms' within 0 "$(ms \
	    "$(first vrrp "$t" '$8 == 0')" \
	    "$(event_time r1 'Deleted.*10\.10\.1\.3' "$t")")" \
	    $(($(skew_ms 1) + 50))

	# D-20: the second TERM does not wait.  A long interval shows it.
	ADVERT=2
	instance VI_1 255 | conf r1
	instance VI_1 1 | conf r2
	ADVERT=0.2
	start_vrrpd r2
	start_vrrpd r1
	wait_for 3 'has_addr r1 10.10.1.3 && listens r2'
	t=$(now)
	signal r1 TERM
	wait_for 2 'seen vrrp "$t" "$from_r1 && \$8 == 0"'
	check 'D-20: the address stays for the successor' \
	    stays 0.3 'has_addr r1 10.10.1.3'
	t=$(now)
	signal r1 TERM
	check 'D-20: a second TERM ends it' wait_for 3 'ended r1'
	check 'D-20: at once' within 0 "$(ms "$t" "$(now)")" 100
	check 'D-20: without its address' not has_addr r1 10.10.1.3
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
lab_end
