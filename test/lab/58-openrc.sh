#!/bin/sh
# Goal: OpenRC starts, reloads and stops vrrpd by test/examples/openrc/vrrpd,
# and does not start it with a wrong configuration.
# Method: rc-service of Debian's openrc, with a service localmount that does
# nothing.  Where sysvinit is in use that package changes how the machine boots,
# so test/deps does not install it.
. "$(dirname "$0")/lib.sh"
lab_begin rc-service openrc
ours || skip 'the sample is for vrrpd'
machine r1 1

cat >"$LAB/tools/prepare" <<END
mount -n -t tmpfs -o mode=755 init /etc/init.d &&
cp $LAB/tools/localmount $LAB/tools/vrrpd /etc/init.d &&
mkdir /run/openrc && cd /run/openrc && echo default >softlevel &&
mkdir daemons exclusive failed hotplugged inactive options scheduled started \
    starting stopping tmp wasinactive
END
printf '#!/sbin/openrc-run\nstart() {\n\treturn 0\n}\n' \
    >"$LAB/tools/localmount"
sed "s|/usr/local/sbin/vrrpd|$VRRPD|; s|/etc/vrrpd.conf|$LAB/r1/conf|" \
    "$LAB_SOURCE/../examples/openrc/vrrpd" >"$LAB/tools/vrrpd"
chmod +x "$LAB/tools/localmount" "$LAB/tools/vrrpd"
on r1 sh "$LAB/tools/prepare"

service() { # COMMAND
	on r1 rc-service vrrpd "$@"
}

instance VI_1 100 | conf r1
cp "$LAB/r1/conf" "$LAB/r1/good"
check 'start' service start
check 'it answers when that returns' on r1 "$VRRPD" status
check 'it takes the address' wait_for 3 'has_addr r1 10.10.1.3'
check 'status' service status
instance VI_1 100 | sed 's|10.10.1.3/24|&\n10.10.1.4/24|' | conf r1
check 'reload' service reload
check 'the new configuration is used' wait_for 3 'has_addr r1 10.10.1.4'
echo 'vrrp_instance V {' | conf r1
check 'a wrong one is not' not service reload
check 'nor by a restart' not service restart
check 'which leaves the old one alone' equal \
    "$(on r1 "$VRRPD" status -s)" MASTER
cp "$LAB/r1/good" "$LAB/r1/conf"
before=$(on r1 cat /run/vrrpd.pid)
check 'restart, with a good one' service restart
check 'another process serves' wait_for 5 'has_addr r1 10.10.1.3 &&
    [ "$(on r1 cat /run/vrrpd.pid)" != "$before" ]'
check 'without the address that is not in it' not has_addr r1 10.10.1.4
t=$(now)
check 'stop' service stop
check 'it takes its address along' not has_addr r1 10.10.1.3
check 'priority 0 went out' seen vrrp "$t" '$3 == "10.10.1.1" && $8 == 0'
check 'status of a stopped one' not service status
echo 'vrrp_instance V {' | conf r1
check 'a wrong configuration does not start' not service start
check 'nothing runs' not on r1 "$VRRPD" status
