#!/bin/sh
# Goal: the unit of test/examples/systemd does under systemd what its comments
# say: it is ready when it serves, and is reloaded, watched and restarted; a
# wrong configuration stays down.
# Method: a systemd of its own as process 1 of namespaces, which sees that unit
# and empty targets, no other.
. "$(dirname "$0")/lib.sh"
if [ -z "${LAB_INSIDE:-}" ]; then
	[ "$(id -u)" = 0 ] || skip 'systemd wants a cgroup, and to be root'
	[ -x /lib/systemd/systemd ] || skip 'no systemd on this machine'
fi
lab_begin systemctl
ours || skip 'the unit is for vrrpd'
machine r1 1
UNIT=$LAB_SOURCE/../examples/systemd/vrrpd.service

cp "$UNIT" "$LAB"
sed "s|^ExecStart=/usr/local/sbin/vrrpd|ExecStart=$VRRPD -f $LAB/r1/conf|
    s|^WatchdogSec=.*|WatchdogSec=2|" "$UNIT" >"$LAB/vrrpd.service"
cat >"$LAB/tools/boot" <<'END'
#!/bin/sh
# Hides the units of this machine, and all that would touch it.
lab=$1
mount --make-rprivate /
for place in /lib/systemd/system /lib/systemd/system-generators \
    /etc/systemd/system /sys/fs/cgroup; do
	mount -n -t tmpfs -o mode=755 lab $place || exit
done
mount -n -t cgroup2 cgroup /sys/fs/cgroup || exit
cp "$lab/vrrpd.service" /etc/systemd/system
for target in basic sysinit shutdown network-pre lab; do
	printf '[Unit]\nDefaultDependencies=no\n' \
	    >/lib/systemd/system/$target.target
done
exec env container=lab /lib/systemd/systemd --system --unit=lab.target
END
chmod +x "$LAB/tools/boot"

inside() { # COMMAND...: where systemd is process 1
	nsenter -t "$booted" -m -n -p -C "$@"
}

systemctl() {
	inside systemctl "$@"
}

quiet() { # COMMAND...
	"$@" >"$LAB/said" 2>&1
}

property() { # NAME
	systemctl show -p "$1" --value vrrpd
}

serves() {
	[ "$(property ActiveState)" = active ] && has_addr r1 10.10.1.3
}

instance VI_1 100 | conf r1
launch r1 systemd unshare -mpfC --kill-child --mount-proc \
    "$LAB/tools/boot" "$LAB"
wait_for 5 'booted=$(pgrep -f "systemd --system --unit=lab.target")'
wait_for 5 'quiet systemctl is-active lab.target' ||
    skip 'systemd does not start in these namespaces'

# ---- ready, reloaded ----
check 'start' systemctl start vrrpd
check 'it is active as soon as that returns' equal "$(property ActiveState)" \
    active
check 'and answers where its commands ask' quiet inside "$VRRPD" status
check 'it takes the address' wait_for 3 serves
check 'its pid file stands where the manual says' equal \
    "$(inside cat /run/vrrpd.pid)" "$(property MainPID)"
check 'it may do what it needs and no more' equal "$(inside sed -n \
    's/^NoNewPrivs:.//p; s/^Seccomp:.//p' "/proc/$(property MainPID)/status" |
    tr '\n' ' ')" '1 2 '
before=$(property MainPID)
instance VI_1 100 | sed 's|10.10.1.3/24|&\n10.10.1.4/24|' | conf r1
check 'reload' systemctl reload vrrpd
check 'the new configuration is used' wait_for 3 'has_addr r1 10.10.1.4'
check 'by the same process' equal "$(property MainPID)" "$before"

# ---- killed, hung, wrong ----
systemctl kill -s KILL vrrpd
check 'one that was killed is started again' wait_for 5 \
    '[ "$(property MainPID)" != "$before" ] && serves'
check 'once' equal "$(property NRestarts)" 1
before=$(property MainPID)
systemctl kill -s STOP vrrpd
check 'one that hangs is, too' wait_for 10 \
    '[ "$(property MainPID)" != "$before" ] && serves'
check 'by the watchdog' equal "$(property NRestarts)" 2
check 'stop' systemctl stop vrrpd
check 'is no failure' equal "$(property Result)" success
check 'it takes its address along' not has_addr r1 10.10.1.3
check 'priority 0 went out' seen vrrp 0 '$3 == "10.10.1.1" && $8 == 0'
echo 'vrrp_instance V {' | conf r1
check 'a wrong configuration does not start' not quiet systemctl start vrrpd
check 'as systemd knows' equal "$(property ExecMainStatus)" 2
check 'and stays down' stays 3 '[ "$(property ActiveState)" = failed ]'
signal r1 KILL systemd
wait_for 5 'ended r1 systemd'
