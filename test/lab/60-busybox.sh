#!/bin/sh
# Goal: busybox's init runs vrrpd by test/examples/busybox/inittab and starts it
# again when it has ended; its start script does what it says.
# Method: busybox as process 1 of namespaces, whose /etc has nothing else.
. "$(dirname "$0")/lib.sh"
lab_begin busybox
ours || skip 'the samples are for vrrpd'
machine r1 1

sed "s|/sbin/vrrpd|$VRRPD|" "$LAB_SOURCE/../examples/busybox/inittab" \
    >"$LAB/inittab"
check 'the sample has a line for it' grep -q "^::respawn:$VRRPD " \
    "$LAB/inittab"
cat >"$LAB/tools/boot" <<'END'
#!/bin/sh
mount -n -t tmpfs -o mode=755 etc /etc || exit
cp "$1" /etc/inittab
exec busybox init
END
chmod +x "$LAB/tools/boot"
launch r1 init unshare -mpf --kill-child --mount-proc "$LAB/tools/boot" \
    "$LAB/inittab"
check 'it serves' wait_for 9 'has_addr r1 10.10.1.3'
pid_of() {
	pgrep -f "^$VRRPD "
}
before=$(pid_of)
t=$(now)
kill -KILL "$before"
check 'one that was killed is started again' wait_for 9 \
    '[ -n "$(pid_of)" ] && [ "$(pid_of)" != "$before" ]'
check 'and advertises' wait_for 9 'seen vrrp "$t" "\$3 == \"10.10.1.1\""'
signal r1 KILL init
check 'with init it is gone' wait_for 5 'ended r1 init && [ -z "$(pid_of)" ]'

# ---- the script, where there is no supervisor ----
cp "$LAB_SOURCE/../examples/busybox/S60vrrpd" "$LAB/tools"
script() { # COMMAND: in a machine after a boot
	on r1 env DAEMON="$VRRPD" PIDFILE=/run/vrrpd.pid \
	    busybox sh "$LAB/tools/S60vrrpd" "$1"
}
renew r1
check 'start' script start
check 'status, as soon as that returns' script status
check 'it takes the address' wait_for 9 'has_addr r1 10.10.1.3'
t=$(now)
check 'stop' script stop
check 'it takes its address along' not has_addr r1 10.10.1.3
check 'priority 0 went out' seen vrrp "$t" '$3 == "10.10.1.1" && $8 == 0'
check 'status of a stopped one' not script status
