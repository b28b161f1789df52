#!/bin/sh
# Goal: what global_defs says about the process, and the programs that it runs
# once at its start and at its end.
# Method: the kernel's own view of the process, scripts that write down when
# they ran, and a program that hangs.
. "$(dirname "$0")/lib.sh"
lab_begin ps taskset tshark
from_r1='$3 == "10.10.1.1"'
machine r1 1
watch_events r1

tool() { # NAME <TEXT: an executable
	cat >"$LAB/tools/$1"
	chmod +x "$LAB/tools/$1"
}

defs() { # LINE...
	printf 'global_defs {\n\tscript_user root\n'
	printf '\t%s\n' "$@"
	printf '}\n'
}

pid() {
	cat "$LAB/r1/router.pid"
}

of_process() { # PS-FIELD
	on r1 ps -o "$1=" -p "$(pid)" | tr -d ' '
}

limit() { # of the real-time priority, in microseconds
	on r1 sed -n 's/^Max realtime timeout *\([^ ]*\).*/\1/p' \
	    "/proc/$(pid)/limits"
}

locked() { # KB that cannot be swapped out
	on r1 sed -n 's/^VmLck:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$(pid)/status"
}

# Writes down when it ran, how it is run, and what addresses are there then.
tool once <<EOF
#!/bin/sh
cd $LAB/r1
{
	echo "\$1 \$(ip -o addr show to 10.10.1.3 | wc -l)"
	echo "\$(ps -o ni=,cls= -p \$\$ | xargs)"
	taskset -p \$\$ | sed 's/.*: //'
} >"once.\$1"
EOF

# ---- how it runs ----
if ! rootless; then
	{
		defs 'vrrp_priority -7' 'vrrp_rt_priority 11' \
		    'vrrp_rlimit_rttime 50000' 'vrrp_cpu_affinity 0' \
		    vrrp_no_swap "startup_script \"$LAB/tools/once start\""
		instance VI_1 100
	} | conf r1
	start_vrrpd r1
	wait_for 3 'has_addr r1 10.10.1.3'
	check 'vrrp_rt_priority' equal \
	    "$(of_process cls),$(of_process rtprio)" RR,11
	check 'vrrp_rlimit_rttime' equal "$(limit)" 50000
	check 'vrrp_cpu_affinity' equal \
	    "$(on r1 taskset -p "$(pid)" | sed 's/.*: //')" 1
	# A sanitizer's shadow is more than can be locked.
	sanitized || check 'vrrp_no_swap' [ "$(locked)" -gt 100 ]
	check 'a script has none of it' equal "$(sed 1d "$LAB/r1/once.start" |
	    xargs)" "0 TS $(taskset -p $$ | sed 's/.*: //')"
	renew r1
	{
		defs 'vrrp_priority -7'
		instance VI_1 100
	} | conf r1
	start_vrrpd r1
	wait_for 3 'has_addr r1 10.10.1.3'
	check 'vrrp_priority' equal "$(of_process ni)" -7
	renew r1
fi

# ---- programs that run once ----
{
	defs "startup_script \"$LAB/tools/once start\"" \
	    "shutdown_script \"$LAB/tools/once stop\""
	instance VI_1 100
} | conf r1
rm -f "$LAB/r1/once.start"
start_vrrpd r1
wait_for 3 'has_addr r1 10.10.1.3'
check 'startup_script ran before anything else' equal \
    "$(sed -n 1p "$LAB/r1/once.start")" 'start 0'
check 'shutdown_script has not run' not test -e "$LAB/r1/once.stop"
check 'it ends' stop r1
check 'shutdown_script ran when all was undone' equal \
    "$(sed -n 1p "$LAB/r1/once.stop")" 'stop 0'
renew r1

# One that hangs holds up the start for its time and no longer.
tool hang <<EOF
#!/bin/sh
sleep 100 &
echo \$! >$LAB/r1/child
wait
EOF
{
	defs "startup_script $LAB/tools/hang" 'startup_script_timeout 1'
	instance VI_1 100
} | conf r1
t=$(now)
start_vrrpd r1
wait_for 3 '[ -s "$LAB/r1/child" ]'
check 'startup_script_timeout: it goes on without it' wait_for 4 \
    'has_addr r1 10.10.1.3'
check 'not earlier than told' at_least $((1000 + $(down_ms 100))) "$t" \
    "$(first vrrp "$t")"
check 'and not later' took 0 $((1200 + $(down_ms 100))) \
    "$(stat -c %.6Y "$LAB/r1/child")" "$(first vrrp "$t")"
check 'what it started is ended' wait_for 3 \
    'not on r1 kill -0 "$(cat "$LAB/r1/child")" 2>/dev/null'
check 'the log says so' grep -q 'startup_script: killed as it took too long' \
    "$LAB/r1/router.log"
renew r1

# TERM does not wait for it.
{
	defs "startup_script $LAB/tools/hang" 'startup_script_timeout 60'
	instance VI_1 100
} | conf r1
rm -f "$LAB/r1/child"
start_vrrpd r1
wait_for 3 '[ -s "$LAB/r1/child" ]'
signal r1 TERM
check 'TERM meanwhile ends both' wait_for 3 'ended r1'
check 'with a good status' equal "$(exit_status r1)" 0
renew r1

# One that fails is told of, and changes nothing.
{
	defs 'startup_script /bin/false'
	instance VI_1 100
} | conf r1
start_vrrpd r1
check 'a startup_script that fails changes nothing' wait_for 3 \
    'has_addr r1 10.10.1.3'
check 'but is told of' grep -q 'startup_script: it failed (status 1)' \
    "$LAB/r1/router.log"
renew r1

# ---- FIFO and files ----
read_fifo r1
{
	echo 'instance left'
	defs "vrrp_notify_fifo $LAB/r1/fifo" fifo_write_vrrp_states_on_reload \
	    data_use_instance
	instance VI_1 100
} | conf r1
start_vrrpd r1
wait_for 3 'has_addr r1 10.10.1.3'
wait_for 2 'grep -q MASTER $LAB/r1/fifo.log'
signal r1 HUP
check 'fifo_write_vrrp_states_on_reload' wait_for 3 \
    '[ "$(grep -c "\"VI_1\" MASTER 100" $LAB/r1/fifo.log)" = 2 ]'
signal r1 USR2
check 'data_use_instance' wait_for 3 \
    'on r1 test -s /tmp/keepalived_left.stats'
renew r1

# ---- a reload at a time ----
reloads() {
	grep -c 'the configuration was reloaded' "$LAB/r1/router.log"
}
# Times are whole seconds, so that two ahead are at least one.  One that was
# over before the daemon could read it is of no use: then there is another.
in_two_seconds() { # DATE-FORMAT
	lab_before=$(reloads)
	for _ in 1 2 3 4 5 6; do
		date -u -d '+2 seconds' "+$1" >"$LAB/r1/when.new"
		mv "$LAB/r1/when.new" "$LAB/r1/when"
		stays 4 '[ "$(reloads)" = "$lab_before" ]' || return 0
	done
	return 1
}
{
	defs "reload_time_file $LAB/r1/when"
	instance VI_1 100
} | conf r1
start_vrrpd r1
wait_for 3 'has_addr r1 10.10.1.3'
check 'reload_time_file: it reloads at its time' in_two_seconds '%F %TZ'
check 'and removes the file' not test -e "$LAB/r1/when"
date -u '+%F %T' >"$LAB/r1/when"
check 'local time is refused' wait_for 3 \
    'grep -q "is no time" "$LAB/r1/router.log"'
{
	defs "reload_time_file $LAB/r1/when" reload_repeat
	instance VI_1 100
} | conf r1
before=$(reloads)
signal r1 HUP
wait_for 3 '[ "$(reloads)" -gt "$before" ]'
check 'reload_repeat: it reloads' in_two_seconds '%TZ'
check 'and keeps the file' test -e "$LAB/r1/when"
renew r1

# ---- supervisors ----
cat >"$LAB/tools/supervisor.py" <<'EOF'
import os, socket, sys
told = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
told.bind("\0supervisor" if sys.argv[1] == "@supervisor" else sys.argv[1])
while True:
    print(told.recv(1024).decode().replace("\n", " "), flush=True)
EOF
told() { # TEXT
	grep -q "$1" "$LAB/r1/supervisor.log"
}
instance VI_1 100 | conf r1
for socket in "$LAB/r1/told" @supervisor; do
	rm -f "$LAB/r1/told" "$LAB/r1/supervisor.log"
	launch r1 supervisor "$PYTHON" "$LAB/tools/supervisor.py" "$socket"
	wait_for 3 'on r1 grep -q -e told -e @supervisor /proc/net/unix'
	launch r1 router env NOTIFY_SOCKET="$socket" WATCHDOG_USEC=400000 \
	    sh -c 'exec "$@" 5>"$0"' "$LAB/r1/ready" \
	    "$VRRPD" -n -l --ready-fd 5 -f "$LAB/r1/conf"
	check "sd_notify: it serves ($socket)" wait_for 3 'told READY=1'
	check 'its states' wait_for 3 'told "STATUS=1 MASTER, 0 BACKUP"'
	check 'a sign of life, twice' wait_for 3 \
	    '[ "$(grep -c WATCHDOG=1 "$LAB/r1/supervisor.log")" -ge 2 ]'
	check '--ready-fd' equal "$(wc -c <"$LAB/r1/ready")" 1
	signal r1 HUP
	check 'a reload, with its time' wait_for 3 \
	    'told "RELOADING=1 MONOTONIC_USEC=[1-9]"'
	check 'and that it has ended' wait_for 3 \
	    '[ "$(grep -c READY=1 "$LAB/r1/supervisor.log")" = 2 ]'
	signal r1 TERM
	check 'that it stops' wait_for 3 'told STOPPING=1'
	wait_for 5 'ended r1'
	stop r1 supervisor >/dev/null
done
renew r1

# ---- a master that was stopped for too long ----
machine r2 2
machine client 9
for machine in r1 r2; do
	priority=100
	[ $machine = r1 ] || priority=50
	{
		instance VI_1 $priority nopreempt timer_expired_backup
		VRID=52 VIPS=10.10.1.4/24 instance VI_2 $priority nopreempt \
		    thread_timer_expired
	} | conf $machine
done
start_vrrpd r1
wait_for 3 'has_addr r1 10.10.1.3 && has_addr r1 10.10.1.4'
start_vrrpd r2
wait_for 5 'listens r2'
signal r1 STOP
wait_for 3 'has_addr r2 10.10.1.3 && has_addr r2 10.10.1.4'
t=$(now)
wake r1 >"$LAB/woken"
kill -CONT 0 # nsenter, which has stopped with it
check 'timer_expired_backup: a stalled one yields' wait_for 3 \
    'grep -q "VI_1: MASTER -> BACKUP" "$LAB/r1/router.log"'
check 'thread_timer_expired, its older name: so it does' wait_for 3 \
    'grep -q "VI_2: MASTER -> BACKUP" "$LAB/r1/router.log"'
check 'without an advertisement' not seen vrrp "$t" "$from_r1"
check 'to the one that took over' equal \
    "$(holders 10.10.1.3) $(holders 10.10.1.4)" 'r2 r2'
renew r1
renew r2

# ---- checksums of keepalived up to 1.3.6 ----
instance VI_1 100 old_unicast_checksum 'unicast_peer {
		10.10.1.2
	}' | conf r1
t=$(now)
start_vrrpd r1
wait_for 3 'seen vrrp "$t" "$from_r1"'
# The pseudo-header has 224.0.0.18 in place of the peer.
check 'old_unicast_checksum: the sum is over the group' equal "$(
    dissector -Y "vrrp && frame.time_epoch >= $t" \
    -T fields -e ip.src -e vrrp.checksum -e vrrp.short_adver_int \
    -e vrrp.prio | head -n 1 | "$PYTHON" -c '
import ipaddress, struct, sys
source, got, cs, priority = sys.stdin.read().split()
message = struct.pack(">BBBBHH", 0x31, 51, int(priority), 1, 20, 0)
message += ipaddress.ip_address("10.10.1.3").packed
whole = (ipaddress.ip_address(source).packed
         + ipaddress.ip_address("224.0.0.18").packed
         + struct.pack(">BBH", 0, 112, len(message)) + message)
total = sum(struct.unpack(">%dH" % (len(whole) // 2), whole))
while total >> 16:
    total = (total & 0xffff) + (total >> 16)
print("good" if int(got, 16) == total ^ 0xffff else "bad %s" % got)
')" good
