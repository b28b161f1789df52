#!/bin/sh
# Goal: what the outermost block and global_defs say about the process: where it
# runs, the modes and names of its files, its priority when it is late, programs
# at its end, static items, and what becomes of a configuration that is wrong.
# Method: the kernel's view of the process, files, exit statuses.
. "$(dirname "$0")/lib.sh"
lab_begin ps
ours || skip 'it is about keywords of vrrpd'
machine r1 1

pid() {
	cat "$LAB/r1/router.pid"
}
mode() { # FILE
	on r1 stat -c %a "$1"
}
defs() { # LINE...
	printf 'global_defs {\n'
	printf '\t%s\n' "$@" '}'
}
tested() { # prints the exit status of -t; reads the configuration
	conf r1
	on r1 "$VRRPD" -t -f "$LAB/r1/conf" >"$LAB/r1/found" 2>&1
	echo $?
}

# The most room that a raw socket of VRRP has in a process: we take a copy of
# each descriptor and ask the kernel.
cat >"$LAB/tools/room.py" <<'END'
import ctypes, os, socket, sys
PIDFD_GETFD, SO_PROTOCOL = 438, 38
pid = int(sys.argv[1])
held, most = os.pidfd_open(pid), 0
for number in os.listdir("/proc/%d/fd" % pid):
    if "socket" not in os.readlink("/proc/%d/fd/%s" % (pid, number)):
        continue
    copy = ctypes.CDLL(None).syscall(PIDFD_GETFD, held, int(number), 0)
    with socket.socket(fileno=copy) as each:
        if each.getsockopt(socket.SOL_SOCKET, SO_PROTOCOL) == 112:
            most = max(most, each.getsockopt(socket.SOL_SOCKET,
                                             socket.SO_RCVBUF))
print(most)
END

# ---- another namespace, other names, another mask ----
on r1 ip netns add inner
on r1 ip link add e0 type veth peer name eth1 netns inner
on r1 ip -n inner link set lo up
on r1 ip -n inner link set eth1 up
on r1 ip -n inner addr add 10.10.2.1/24 dev eth1
ipn r1 link set e0 up
{
	printf 'net_namespace inner\ninstance left\nuse_pid_dir\n'
	defs 'umask 0137' 'default_interface eth1' \
	    "notify_fifo $LAB/r1/fifo" "max_auto_priority 3"
	cat <<-END
	static_ipaddress {
		10.10.2.70/24
		10.10.2.71/24 dev absent0 track_group LAME
	}
	track_group LAME {
		group {
			LAME
		}
	}
	END
	VIPS=10.10.2.3/24 instance SOUND 100 'interface eth1' \
	    'kernel_rx_buf_size 3000000' \
	    "notify_master \"/bin/sh -c 'umask >$LAB/r1/umask'\""
	VRID=52 VIPS=10.10.2.4/24 instance LAME 100 'interface eth1'
} | conf r1
start_vrrpd r1
inner() { # ADDRESS
	on r1 ip -n inner -o addr show to "$1" | grep -q "$1"
}
check 'net_namespace: there is the address' wait_for 5 'inner 10.10.2.3'
check 'and there the process is' equal \
    "$(on r1 stat -Lc %i "/proc/$(pid)/ns/net")" \
    "$(on r1 stat -Lc %i /run/netns/inner)"
file=/run/keepalived/vrrpd_left.pid
check 'use_pid_dir and instance: the pid file' equal \
    "$(on r1 cat $file)" "$(pid)"
check 'umask: its mode' equal "$(mode $file)" 640
check 'and that of a FIFO' equal "$(mode "$LAB/r1/fifo")" 640
check 'and that of scripts' wait_for 5 'grep -qsx 0137 "$LAB/r1/umask"'
check 'default_interface: a static address without dev' \
    wait_for 2 'inner 10.10.2.70'
check 'track_group: one that cannot be set is a fault' \
    stays 0.5 '! inner 10.10.2.4'
check 'kernel_rx_buf_size, which the kernel doubles' equal \
    "$(on r1 "$PYTHON" "$LAB/tools/room.py" "$(pid)")" 6000000
if ! rootless; then
	check 'max_auto_priority: none yet' equal \
	    "$(on r1 ps -o cls= -p "$(pid)" | xargs)" TS
	signal r1 STOP
	t=$(now)
	wait_for 3 '[ "$(ms "$t" "$(now)")" -ge 1400 ]'
	signal r1 CONT
	kill -CONT 0 # nsenter, which has stopped with it
	check 'max_auto_priority: woken late it is raised' wait_for 3 \
	    '[ "$(on r1 ps -o cls=,rtprio= -p "$(pid)" | xargs)" = "RR 1" ]'
fi
stop r1
renew r1

# ---- programs, and a configuration that is wrong ----
cat >"$LAB/tools/groups" <<END
#!/bin/sh
id -G >$LAB/r1/groups
END
cat >"$LAB/tools/hang" <<END
#!/bin/sh
date +%s.%6N >$LAB/r1/hangs
exec sleep 100
END
chmod +x "$LAB/tools/groups" "$LAB/tools/hang"
chmod 777 "$LAB/r1"
{
	defs "startup_script $LAB/tools/groups nobody" \
	    set_supplementary_groups "shutdown_script $LAB/tools/hang root" \
	    'shutdown_script_timeout 1' "reload_check_config $LAB/r1/findings"
	instance VI_1 100
} | conf r1
if ! rootless; then
	{
		cat /etc/group
		echo 'extra:x:4242:nobody'
	} >"$LAB/r1/group"
	on r1 mount -n --bind "$LAB/r1/group" /etc/group
fi
start_vrrpd r1
wait_for 3 'listens r1'
rootless || check 'set_supplementary_groups: a script has them' \
    grep -qw 4242 "$LAB/r1/groups"
instance VI_1 nonsense | conf r1
signal r1 HUP
check 'reload_check_config: findings go to the file' wait_for 3 \
    'grep -q "/conf:4:.*nonsense" "$LAB/r1/findings"'
signal r1 TERM
wait_for 20 'ended r1'
check 'shutdown_script_timeout: it waits for no longer' within 900 \
    "$(ms "$(cat "$LAB/r1/hangs")" "$(stat -c %.6Y "$LAB/r1/router.rc")")" 5000

# ---- what is refused ----
check 'include_check: a file that is not there' equal "$({
	defs 'include_check read'
	echo 'include /nonexistent'
	instance VI_1 100
} | tested)" 4
check 'it is named' grep -q /nonexistent "$LAB/r1/found"
check 'and without it nobody cares' equal "$({
	echo 'include /nonexistent'
	instance VI_1 100
} | tested)" 0
lab_end
