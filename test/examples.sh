#!/bin/sh
# Goal: the files of test/examples work as they are, but for paths.
# Method: shellcheck in their dialect; then each is run: by its own supervisor
# where this machine has it, else by a stand-in for what it calls, and what it
# would start is started, in a network namespace with an eth0.
set -u
cd "$(dirname "$0")/examples" || exit 1
VRRPD=${VRRPD:-$PWD/../../vrrpd}
if [ -z "${EXAMPLES_INSIDE:-}" ]; then
	user=-m
	[ "$(id -u)" -eq 0 ] || user=-Urm
	unshare $user -npf true 2>/dev/null || {
		echo 'SKIP: this kernel lets us make no namespaces'
		exit 77
	}
	EXAMPLES_INSIDE=1 VRRPD=$VRRPD exec unshare $user -npf --kill-child \
	    --mount-proc sh "$PWD/../examples.sh"
fi
mount -n -t tmpfs -o mode=755 run /run
# Both may stand below what is covered next.
mkdir /run/bin /run/samples
mount -n --bind "$PWD" /run/samples
cp "$VRRPD" /run/bin/vrrpd
VRRPD=/run/bin/vrrpd
cd /run/samples || exit 1
mount -n -t tmpfs -o mode=1777 tmp /tmp
ip link set lo up
ip link add eth0 type veth peer name other
ip link set other up
ip link set eth0 up
ip addr add 10.10.1.1/24 dev eth0
good=0
bad=0

check() { # WHAT COMMAND...
	what=$1
	shift
	if "$@" >/tmp/said 2>&1; then
		good=$((good + 1))
	else
		bad=$((bad + 1))
		echo "FAIL $what"
		cat /tmp/said
	fi
}

until_so() { # COMMAND...
	for _ in $(seq 200); do
		"$@" >/dev/null 2>&1 && return
		sleep 0.05
	done
	return 1
}

# A copy with the paths of this test.
here() { # FILE
	sed "s|/usr/local/sbin/vrrpd|$VRRPD|g; s|/usr/sbin/vrrpd|$VRRPD|g
	    s|/sbin/vrrpd|$VRRPD|g; s|/etc/vrrpd|/tmp/vrrpd|g
	    s|/etc/initramfs-tools/vrrpd|/tmp/vrrpd|g
	    s|/lib/functions/network.sh|/dev/null|" "$1" >"/tmp/${1##*/}"
	chmod +x "/tmp/${1##*/}"
}

ended() {
	! pidof vrrpd
}

printf 'vrrp_instance VI_1 {\n interface eth0\n virtual_router_id 51
 virtual_ipaddress {\n 10.10.1.3/24\n }\n}\n' >/tmp/vrrpd.conf
echo '--interface eth0 --vrid 51 10.10.1.3/24' >/tmp/vrrpd.flags

for file in busybox/S60vrrpd runit/run runit/finish s6/run s6/finish \
    initramfs-tools/*; do
	check "$file: shellcheck" shellcheck -s sh "$file"
done
for file in openwrt/vrrpd.init openrc/vrrpd dracut/90vrrpd/*.sh; do
	check "$file: shellcheck" shellcheck -s dash "$file"
done

if command -v systemd-analyze >/dev/null; then
	sed "s|/usr/local/sbin/vrrpd|$VRRPD|" systemd/vrrpd.service \
	    >/tmp/vrrpd.service
	check 'systemd: verify' systemd-analyze verify --man=no \
	    /tmp/vrrpd.service
	check 'systemd: nothing to say' [ ! -s /tmp/said ]
fi

# ---- OpenWrt: UCI and procd are played ----
here openwrt/vrrpd.init
cat >/tmp/procd <<'END'
option() { sed -n "s/^[[:space:]]*option $1 '\(.*\)'/\1/p" "$UCI"; }
config_load() { :; }
config_foreach() { "$1" lan; }
config_get() { eval "$1=\$(option $3)"; }
config_get_bool() { eval "$1=$4"; }
config_list_foreach() {
	for value in $(sed -n "s/^[[:space:]]*list $2 '\(.*\)'/\1/p" "$UCI"); do
		"$3" "$value" ${4:+"$4"}
	done
}
network_get_device() { eval "$1=br-$2"; }
procd_open_instance() { :; }
procd_close_instance() { :; }
procd_set_param() { [ "$1" != command ] || { shift; echo "$@"; }; }
procd_append_param() { shift; echo "$@"; }
. /tmp/vrrpd.init
start_service
END
UCI=$PWD/openwrt/vrrpd.config sh /tmp/procd >/tmp/words
# shellcheck disable=SC2046 # they are words
check 'openwrt: what it starts is understood' \
    $(tr '\n' ' ' </tmp/words) --print-config
cp /tmp/said /tmp/printed
for line in 'interface br-lan' 'virtual_router_id 51' 'priority 150' \
    'version 3' '192.168.1.254/24' 'eth1' 'process dnsmasq'; do
	check "openwrt: $line" grep -q "$line" /tmp/printed
done

# ---- busybox ----
sed -n 's/^::respawn://p' busybox/inittab | sed "s|/sbin/vrrpd|$VRRPD|" \
    >/tmp/words
# shellcheck disable=SC2046 # they are words
check 'inittab: what it starts is understood' $(cat /tmp/words) --print-config
export DAEMON="$VRRPD" PIDFILE=/run/vrrpd.pid
check 'S60vrrpd: start' busybox sh busybox/S60vrrpd start
check 'S60vrrpd: started' test -s /run/vrrpd.pid
check 'S60vrrpd: status' busybox sh busybox/S60vrrpd status
check 'S60vrrpd: stop' busybox sh busybox/S60vrrpd stop
check 'S60vrrpd: stopped' until_so ended
check 'S60vrrpd: anything else' eval \
    'busybox sh busybox/S60vrrpd nonsense; [ $? -eq 2 ]'

# ---- supervisors ----
here runit/run
/tmp/run >/tmp/log 2>&1 &
check 'runit: it serves' until_so grep -q 'serves 1 instance' /tmp/log
kill $!
check 'runit: it ends' until_so ended
here s6/run
: >/tmp/ready
/tmp/run 3>/tmp/ready >/dev/null 2>&1 &
check 's6: it says that it is ready' until_so test -s /tmp/ready
kill $!
check 's6: it ends' until_so ended
check 's6: a wrong configuration stays down' eval \
    'sh s6/finish 2 0; [ $? -eq 125 ] && sh s6/finish 1 0'
here openrc/vrrpd
cat >/tmp/openrc <<'END'
need() { :; }; after() { :; }; use() { :; }; provide() { :; }
ebegin() { :; }; eend() { return "$1"; }
. /tmp/vrrpd
depend && start_pre
END
check 'openrc: a good configuration' sh /tmp/openrc
mv /tmp/vrrpd.conf /tmp/vrrpd.good
echo 'vrrp_instance V {' >/tmp/vrrpd.conf
check 'openrc: a bad one does not start' eval '! sh /tmp/openrc'
mv /tmp/vrrpd.good /tmp/vrrpd.conf

# ---- initramfs ----
cat >/tmp/functions <<'END'
copy_exec() { mkdir -p "$DESTDIR$(dirname "$2")" && cp "$1" "$DESTDIR$2"; }
manual_add_modules() { :; }
configure_networking() { :; }
log_begin_msg() { :; }
log_end_msg() { :; }
END
export DESTDIR=/tmp/tree HOOK_FUNCTIONS=/tmp/functions FUNCTIONS=/tmp/functions
mkdir -p /tmp/tree
for file in hook init-premount init-bottom; do
	here initramfs-tools/$file
	check "initramfs: $file says what it needs" sh /tmp/$file prereqs
done
sed -i "s| $VRRPD\$| /sbin/vrrpd|" /tmp/hook
check 'initramfs: the hook' sh /tmp/hook
check 'initramfs: vrrpd is in it' cmp "$VRRPD" /tmp/tree/sbin/vrrpd
FLAGS=/tmp/vrrpd.flags
export FLAGS
check 'initramfs: it starts' sh /tmp/init-premount
check 'initramfs: it serves' test -s /run/vrrpd-initramfs.pid
check 'initramfs: it ends' sh /tmp/init-bottom
check 'initramfs: it has ended' until_so ended

# ---- dracut ----
cat >/tmp/dracut <<'END'
require_binaries() { :; }
inst_binary() { echo "binary $1"; }
inst_simple() { echo "file $1"; }
inst_hook() { [ -x "$3" ] && echo "hook $1"; }
moddir=dracut/90vrrpd
. dracut/90vrrpd/module-setup.sh
check
[ $? -eq 255 ] && depends && install
END
sh /tmp/dracut >/tmp/installed
printf '%s\n' network 'binary /usr/local/sbin/vrrpd' 'file /etc/vrrpd.flags' \
    'hook initqueue/online' 'hook cleanup' >/tmp/wanted
check 'dracut: what it installs' cmp /tmp/installed /tmp/wanted
here dracut/90vrrpd/vrrpd-start.sh
sed -i "s|^vrrpd |$VRRPD |" /tmp/vrrpd-start.sh
check 'dracut: it starts' sh /tmp/vrrpd-start.sh
check 'dracut: once' sh /tmp/vrrpd-start.sh
check 'dracut: it ends' sh dracut/90vrrpd/vrrpd-stop.sh
check 'dracut: it has ended' until_so ended

echo "examples: $good passed, $bad failed"
[ "$bad" -eq 0 ]
