#!/bin/sh
# Goal: tracked processes: what comes and goes is noticed on kernels that do not
# tell of processes, or not to us, and counts as the configuration says.  Links
# that fail, and processes that end, for less than their delay do not count.
# Method: shells that call themselves something else, in namespaces that the
# proc connector is not for; haproxy itself, if there is one.
. "$(dirname "$0")/lib.sh"
lab_begin pgrep

said() { # PATTERN: whether r1 has logged it
	grep -q "$1" "$LAB/r1/router.log"
}
machine r1 1

priority() { # of the last advert
	wire vrrp | awk 'END { print $8 }'
}

process_block() { # NAME LINE...
	printf 'vrrp_track_process %s {\n' "$1"
	shift
	printf '\t%s\n' "$@"
	printf '}\n'
}

# Processes that do nothing, under a name of their own.
begin() { # NAME
	[ -e "$LAB/tools/$1" ] || cp "$(command -v sleep)" "$LAB/tools/$1"
	on r1 "$LAB/tools/$1" 1000 &
	wait_for 5 "on r1 pgrep -x '$(printf %.15s "$1")'" >/dev/null
}

end() { # NAME
	on r1 pkill -x "$1"
}

master() {
	has_addr r1 10.10.1.3
}

# ---- one process without weight, and its delays ----
{
	process_block p 'process worker'
	process_block slow 'process worker' 'weight 7' 'delay 4'
	instance VI_1 100 'track_process {
		p
		slow
	}'
} | conf r1
start_vrrpd r1
check 'a process that does not run is a fault' wait_for 3 \
    'said "process p: failed: 0 running"'
check 'and no address is taken' stays 0.5 'not master'
t=$(now)
begin worker
check 'it begins: the fault is gone' wait_for 3 master
check 'its weight counts in the end' wait_for 5 '[ "$(priority)" = 107 ]'
check 'but not before' seen vrrp "$t" '$8 == 100'
check 'it waits for the delay' at_least 4000 "$t" \
    "$(first vrrp "$t" '$8 == 107')"
end worker
check 'it ends: a fault' wait_for 2 'not master'
begin worker
check 'it comes back' wait_for 3 master
check 'a restart within the delay goes unnoticed' equal "$(priority)" 107
check 'it was never told' not said 'process slow: good: [^1]'
stop r1

# ---- quorums, arguments ----
renew r1
begin worker
begin worker
begin worker
{
	process_block two 'process worker' 'quorum 2' 'quorum_max 2' 'weight 1'
	process_block args "process $LAB/tools/worker 10" \
	    'param_match initial' 'weight 2'
	process_block exact "process $LAB/tools/worker 10" 'weight 4'
	process_block none 'process nobody' 'quorum_max 0' 'weight 8'
	process_block long 'process a_name_of_more_than_15' 'weight 16'
	instance VI_1 100 'track_process {
		two
		args
		exact
		none
		long
	}'
} | conf r1
start_vrrpd r1
check 'three where two may run, the arguments begin so, nobody is there' \
    wait_for 5 '[ "$(priority)" = 110 ]'
on r1 pkill -o -x worker
check 'two of them' wait_for 3 '[ "$(priority)" = 111 ]'
begin a_name_of_more_than_15
check 'a name that the kernel cuts' wait_for 3 '[ "$(priority)" = 127 ]'
on r1 pkill -o -x worker
check 'one of them is too few' wait_for 3 '[ "$(priority)" = 126 ]'
stop r1

# ---- flags, and what users track most ----
if command -v haproxy >/dev/null; then
	renew r1
	printf 'defaults\n\ttimeout connect 1s\n\ttimeout client 1s\n%s\n' \
	    '	timeout server 1s' >"$LAB/r1/haproxy.cfg"
	printf 'listen a\n\tmode tcp\n\tbind 127.0.0.1:8080\n' \
	    >>"$LAB/r1/haproxy.cfg"
	on r1 haproxy -D -p /run/haproxy.pid -f "$LAB/r1/haproxy.cfg"
	on r1 "$VRRPD" -n --interface eth0 --vrid 51 --track-process haproxy \
	    10.10.1.3/24 >>"$LAB/r1/router.log" 2>&1 &
	check '--track-process haproxy' wait_for 5 master
	on r1 pkill -KILL -x haproxy
	check 'haproxy dies: the address goes' wait_for 2 'not master'
	on r1 haproxy -D -p /run/haproxy.pid -f "$LAB/r1/haproxy.cfg"
	check 'haproxy is back: so is the address' wait_for 5 master
	on r1 pkill -TERM -x vrrpd
fi

# ---- interface_up_down_delays ----
renew r1
ADVERT=1
{
	printf 'interface_up_down_delays {\n\teth0 3 1\n}\n'
	instance VI_1 100
} | conf r1
start_vrrpd r1
wait_for 5 master
link_down r1
link_up r1
check 'a link that fails shortly does not count' stays 3.5 master
check 'and nothing is said' not said 'interface eth0 is down'
link_down r1
check 'one that stays down does' wait_for 5 'said "interface eth0 is down"'
check 'the address goes' wait_for 2 'not master'
t=$(now)
link_up r1
check 'it is up again' wait_for 5 'said "interface eth0 is up"'
check 'after its delay' at_least 950 "$t" "$(now)"
check 'the address is back' wait_for 3 master
lab_end
