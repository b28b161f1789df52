#!/bin/sh
# Goal: s6 supervises vrrpd by the files of test/examples/s6: up and ready when
# vrrpd says so, started again when it was killed, down for good with a wrong
# configuration.
# Method: s6-supervise of Debian's s6, in a machine of the lab.
. "$(dirname "$0")/lib.sh"
lab_begin s6-supervise s6-svc s6-svstat s6-svwait
ours || skip 'the sample is for vrrpd'
machine r1 1
SERVICE=$LAB/r1/vrrpd

mkdir -p "$SERVICE"
for file in run finish notification-fd; do
	sed "s|/usr/local/sbin/vrrpd|$VRRPD|; s|/etc/vrrpd.conf|$LAB/r1/conf|" \
	    "$LAB_SOURCE/../examples/s6/$file" >"$SERVICE/$file"
done
chmod +x "$SERVICE/run" "$SERVICE/finish"

stat() { # FIELD
	on r1 s6-svstat -o "$1" "$SERVICE"
}

instance VI_1 100 | conf r1
launch r1 s6 s6-supervise "$SERVICE"
check 'it is up and ready' wait_for 5 'on r1 s6-svwait -U -t 1000 "$SERVICE" \
    2>/dev/null'
check 'then it answers' equal "$(stat ready)" true
check 'and takes the address' wait_for 5 'has_addr r1 10.10.1.3'
before=$(stat pid)
on r1 kill -KILL "$before"
check 'one that was killed is started again, and ready' wait_for 5 \
    '[ "$(stat pid)" != "$before" ] && [ "$(stat ready)" = true ]'
wait_for 5 '[ "$(on r1 "$VRRPD" status -s 2>/dev/null)" = MASTER ]'
t=$(now)
check 's6-svc -d' on r1 s6-svc -wD -T 7000 -d "$SERVICE"
check 'it takes its address along' not has_addr r1 10.10.1.3
check 'priority 0 went out' seen vrrp "$t" '$3 == "10.10.1.1" && $8 == 0'

# Ready is said by vrrpd, not by its start.
sed 's/--ready-fd=3 //' "$SERVICE/run" >"$LAB/run"
cp "$SERVICE/run" "$LAB/good"
cat "$LAB/run" >"$SERVICE/run"
on r1 s6-svc -u "$SERVICE"
wait_for 5 'has_addr r1 10.10.1.3'
check 'without --ready-fd it is up, and never ready' equal \
    "$(stat up) $(stat ready)" 'true false'
on r1 s6-svc -wD -T 7000 -d "$SERVICE"
cat "$LAB/good" >"$SERVICE/run"

cp "$LAB/r1/conf" "$LAB/r1/good"
echo 'vrrp_instance V {' | conf r1
on r1 s6-svc -u "$SERVICE"
check 'a wrong configuration is told' wait_for 5 \
    'grep -q "conf:1:.*: fatal" "$LAB/r1/s6.log"'
check 'and leaves it down' wait_for 5 '[ "$(stat wantedup)" = false ]'
tried=$(grep -c 'conf:1:.*: fatal' "$LAB/r1/s6.log")
check 'without another try' stays 3 \
    '[ "$(grep -c "conf:1:.*: fatal" "$LAB/r1/s6.log")" = "$tried" ]'
cp "$LAB/r1/good" "$LAB/r1/conf"
check 's6-svc -u, with a good one' on r1 s6-svc -wU -T 7000 -u "$SERVICE"
on r1 s6-svc -dx "$SERVICE"
check 's6-svc -dx ends both' wait_for 5 'ended r1 s6'
