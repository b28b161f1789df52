#!/bin/sh
# Goal: keywords of global_defs whose effect no other test shows: defaults of
# all instances, the names of dump files, names of tables.
# Method: the wire, the kernel and the dump files of one router.
. "$(dirname "$0")/lib.sh"
lab_begin
ours || skip 'it is about keywords of vrrpd'
machine r1 1

plain() { # LINE...: an instance with nothing that has a default of its own
	printf 'vrrp_instance VI_1 {\ninterface eth0\nvirtual_router_id 51\n'
	printf 'priority 150\nadvert_int 0.2\n'
	printf 'virtual_ipaddress {\n10.10.1.3/24\n}\n'
	[ $# -eq 0 ] || printf '%s\n' "$@"
	printf '}\n'
}
globals() { # LINE...
	printf 'global_defs {\n'
	printf '%s\n' "$@"
	printf '}\n'
}
begin() { # starts r1 and waits until it is MASTER
	start_vrrpd r1
	wait_for 5 'has_addr r1 10.10.1.3'
}
bursts() { # of announcements: when each began, and of how many it was
	wire arp "$t" '$3 == "10.10.1.3"' | awk '
		n && $1 - last > 0.25 { print begin, n; n = 0 }
		!n { begin = $1 }
		{ n++; last = $1 }
		END { if (n) print begin, n }'
}
sizes() { # of so many bursts, the first ones
	bursts | awk -v n="$1" 'NR <= n { printf "%s ", $2 }'
}
began() { # NUMBER: of a burst
	bursts | awk -v n="$1" 'NR == n { print $1 }'
}
data() { # LINE: the state dump has it
	signal r1 USR1
	wait_for 2 "on r1 grep -q -- '$1' /run/state"
}

# What all instances do.
t=$(now)
{
	globals 'router_id left' 'vrrp_version 3' \
	    'vrrp_mcast_group4 224.0.0.99' 'state_dump_file /run/state' \
	    'stats_dump_file /run/stats' 'json_dump_file /run/json' \
	    'vrrp_garp_master_repeat 2' 'vrrp_garp_master_delay 0.5' \
	    'vrrp_garp_master_refresh 1' \
	    'vrrp_garp_master_refresh_repeat 3' \
	    'vrrp_garp_lower_prio_delay 7' 'vrrp_garp_lower_prio_repeat 9' \
	    'vrrp_rlimit_rtime 123456' 'vrrp_rt_priority 1'
	plain
} | conf r1
begin
check 'vrrp_version and vrrp_mcast_group4' wait_for 2 \
    '[ "$(count vrrp "$t" "\$4 == \"224.0.0.99\" && \$6 == 3")" -gt 0 ]'
wait_for 5 '[ "$(bursts | wc -l)" -ge 5 ]'
check 'vrrp_garp_master_repeat, vrrp_garp_master_refresh_repeat' \
    equal "$(sizes 4)" '2 2 3 3 '
check 'vrrp_garp_master_delay' took 495 520 "$(began 1)" "$(began 2)"
check 'vrrp_garp_master_refresh' took 995 1020 "$(began 3)" "$(began 4)"
check 'vrrp_garp_lower_prio_delay is told' data 'lower priority delay = 7'
check 'vrrp_garp_lower_prio_repeat too' data 'lower priority repeat = 9'
check 'state_dump_file' on r1 test -s /run/state
check 'router_id' data 'Router ID = left'
signal r1 USR2
check 'stats_dump_file' wait_for 2 'on r1 test -s /run/stats'
signal r1 36
check 'json_dump_file' wait_for 2 'on r1 test -s /run/json'
check 'vrrp_rlimit_rtime' on r1 grep -q 'realtime timeout  *123456 ' \
    "/proc/$(cat "$LAB/r1/router.pid")/limits"
stop r1

# Other names of the same, and what is looked up elsewhere.
on r1 sh -c 'mkdir /run/etc /run/usr
	echo 777 special >/run/etc/rt_tables
	echo 778 other >/run/usr/rt_tables'
# The time since the boot may be more than a keyword can have: then the daemon
# is given another one, by kernels that can do it.
up=$(awk '{ print int($1) }' /proc/uptime)
since=
if [ "$up" -ge 4290 ]; then
	since="unshare -T --boottime -$((up - 100))"
	up=$($since awk '{ print int($1) }' /proc/uptime) ||
		since='' up=4290
fi
boot=$((up < 4290 ? up + 3 : 4294))
{
	globals 'state_file_location /run/state' \
	    'stats_file_location /run/stats2' \
	    'json_file_location /run/json2' 'vrrp_garp_extra_if 1' \
	    'vrrp_garp_master_delay 0' \
	    vrrp_higher_prio_send_advert 'iproute_etc_dir /run/etc' \
	    'vrrp_version 3' \
	    "vrrp_delay_after_boot $boot"
	plain 'virtual_routes {' '192.0.2.0/24 via 10.10.1.9 table special' '}'
} | conf r1
on r1 rm /run/state
t=$(now)
# shellcheck disable=SC2086 # a command, or nothing
launch r1 router $since "$VRRPD" -n -l -f "$LAB/r1/conf"
check 'vrrp_delay_after_boot: the address comes' \
    wait_for 5 'has_addr r1 10.10.1.3'
# What the time since the boot was at the first advertisement.
t_up=$(now)
up=$($since awk '{ print $1 }' /proc/uptime)
check 'but not before' at_least 0 "$boot" "$(echo "$up $(first vrrp "$t")" |
    awk -v t="$t_up" '{ printf "%.3f\n", $1 + $2 - t }')"
check 'iproute_etc_dir: a table by its name' wait_for 2 \
    'ipn r1 route show table 777 | grep -q 192.0.2.0'
check 'state_file_location; vrrp_higher_prio_send_advert' data \
    'receive higher priority advert = true'
wait_for 4 '[ "$(bursts | wc -l)" -ge 4 ]'
check 'vrrp_garp_extra_if: one more every second' equal "$(sizes 3)" '5 1 1 '
check 'by its time' took 995 1020 "$(began 2)" "$(began 3)"
signal r1 USR2
check 'stats_file_location' wait_for 2 'on r1 test -s /run/stats2'
signal r1 36
check 'json_file_location' wait_for 2 'on r1 test -s /run/json2'
stop r1
{
	globals 'iproute_usr_dir /run/usr' 'vrrp_version 3'
	printf 'vrrp_track_file drain {\nfile /run/drain\nweight 1\n'
	printf 'init_file 7\n}\n'
	plain 'track_file {' drain '}' 'virtual_routes {' \
	    '192.0.2.0/24 via 10.10.1.9 table other' '}'
} | conf r1
begin
check 'iproute_usr_dir: a table by its name' wait_for 2 \
    'ipn r1 route show table 778 | grep -q 192.0.2.0'
check 'vrrp_track_file and init_file: 7 more than 150' wait_for 2 \
    'seen vrrp "" "\$8 == 157"'
stop r1

# What chance decides can be repeated.
{
	globals 'random_seed 5'
	plain 'preempt_delay ${_RANDOM 1 900}'
} | conf r1
on r1 "$VRRPD" --print-config -f "$LAB/r1/conf" >"$LAB/one" 2>&1
on r1 "$VRRPD" --print-config -f "$LAB/r1/conf" >"$LAB/two" 2>&1
check 'random_seed: twice the same' cmp "$LAB/one" "$LAB/two"
lab_end
