#!/bin/sh
# Goal: HUP changes what the file changes and nothing else.
# Method: the kernel's address events and the adverts on the wire, before and
# after; every case on a MASTER that serves.
. "$(dirname "$0")/lib.sh"
lab_begin
machine r1 1
machine client 9

from_r1='$3 == "10.10.1.1"'

# Whether r1's adverts since then came no later than they should have.
none_missed() { # SINCE
	regular vrrp "$1" "$from_r1" 0 200
}

# Reload and see adverts go on.
reload() {
	t=$(now)
	signal r1 HUP
	wait_for 2 '[ $(count vrrp "$t" "$from_r1") -ge 5 ]'
}

# Vrrpd's answer to SIGUSR2: the number after a word in the statistics.
statistic() { # WORD
	on r1 rm -f /tmp/keepalived.stats
	signal r1 USR2
	wait_for 2 'on r1 grep -q "Priority Zero" /tmp/keepalived.stats' &&
	    on r1 awk -v word="$1:" '$0 ~ word { print $NF; exit }' \
	    /tmp/keepalived.stats
}

read_fifo r1
GLOBAL="global_defs {
	vrrp_notify_fifo $LAB/r1/fifo
}"
VIPS='10.10.1.3/24 10.10.1.4/24'
{
	echo "$GLOBAL"
	instance VI_1 100
} | conf r1
start_vrrpd r1
wait_for 3 'has_addr r1 10.10.1.4'
watch_events r1
wait_for 2 'grep -q MASTER $LAB/r1/fifo.log'
lines=$(wc -l <"$LAB/r1/fifo.log")

# ---- nothing changed ----
before=$(statistic Sent)
reload
check 'C-157: adverts go on' none_missed "$t"
check 'C-157: no address was touched' equal "$(event_count r1 10.10.1)" 0
check 'C-157: no priority 0' not seen vrrp "$t" '$8 == 0'
check 'C-157: no notify' equal "$(wc -l <"$LAB/r1/fifo.log")" "$lines"
check 'C-161: statistics survive' [ "$(statistic Sent)" -gt "$before" ]
if ours; then
	check 'C-157: adverts keep their schedule' regular vrrp "$t" \
	    "$from_r1" 195 200
	t=$(now)
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		signal r1 HUP
	done
	wait_for 2 '[ $(count vrrp "$t" "$from_r1") -ge 5 ]'
	check 'a storm of reloads misses no advert' none_missed "$t"
	check 'and touches no address' equal "$(event_count r1 10.10.1)" 0
fi

# ---- addresses ----
VIPS='10.10.1.3/24 10.10.1.5/24'
{
	echo "$GLOBAL"
	instance VI_1 100
} | conf r1
reload
check 'C-158: the new address comes' wait_for 2 'has_addr r1 10.10.1.5'
check 'C-158: the old one goes' wait_for 2 '! has_addr r1 10.10.1.4'
check 'C-158: the third is not touched' equal \
    "$(event_count r1 '10\.10\.1\.3')" 0
check 'C-158: the new one is announced' wait_for 1 \
    'seen arp "$t" "\$3 == \"10.10.1.5\""'
check 'C-158: adverts go on' none_missed "$t"
check 'C-158: with the new list' wait_for 1 \
    'dissector -Y vrrp -T fields -e vrrp.ip_addr | tail -n 1 |
    grep -q "10.10.1.3,10.10.1.5"'

# ---- priority, name, tracker ----
{
	echo "$GLOBAL"
	instance VI_ONE 120
} | conf r1
reload
check 'a new priority is used at once' wait_for 1 \
    'seen vrrp "$t" "\$8 == 120"'
check 'a new name moves nothing' equal "$(event_count r1 '10\.10\.1\.3')" 0

# ---- an instance more, an instance less ----
{
	echo "$GLOBAL"
	instance VI_ONE 120
	VRID=52
	VIPS=10.10.1.6/24
	instance VI_2 120
} | conf r1
reload
check 'a new instance starts' wait_for 3 'has_addr r1 10.10.1.6'
check 'beside the old one' equal "$(event_count r1 '10\.10\.1\.3')" 0
{
	echo "$GLOBAL"
	instance VI_ONE 120
} | conf r1
reload
check 'C-159: an instance that goes removes its address' wait_for 2 \
    '! has_addr r1 10.10.1.6'
check 'C-159: it sends priority 0' seen vrrp "$t" '$7 == 52 && $8 == 0'
check 'C-159: and notifies FAULT' wait_for 1 \
    'grep -q "^INSTANCE \"VI_2\" FAULT" $LAB/r1/fifo.log'
check 'C-159: the other stays' equal "$(event_count r1 '10\.10\.1\.3')" 0

# ---- what cannot be used ----
if ours; then
	for mistake in 'virtual_router_id 300' 'interface' \
	    'no_such_keyword 1' '}' 'priority'; do
		{
			echo "$GLOBAL"
			instance VI_ONE 150 "$mistake"
		} | conf r1
		reload
		check "C-160: '$mistake': adverts go on" none_missed "$t"
		check 'C-160: as before' equal "$(wire vrrp "$t" "$from_r1" |
		    awk '{ print $8 }' | sort -u)" 120
	done
	rm "$LAB/r1/conf"
	reload
	check 'C-160: no file: adverts go on' none_missed "$t"
	check 'C-160: the address is untouched' equal \
	    "$(event_count r1 '10\.10\.1\.3')" 0
	check 'C-160: the log says why' grep -q 'no_such_keyword' \
	    "$LAB/r1/router.log"
	{
		echo "$GLOBAL"
		instance VI_ONE 130
	} | conf r1
	reload
	check 'C-160: a good file is taken again' wait_for 1 \
	    'seen vrrp "$t" "\$8 == 130"'
	{
		echo 'net_namespace other'
		echo "$GLOBAL"
		instance VI_ONE 130
	} | conf r1
	reload
	check 'what only a restart changes is told' wait_for 1 \
	    'grep -q "a restart does" "$LAB/r1/router.log"'
fi
check 'it still runs' not ended r1
lab_end
