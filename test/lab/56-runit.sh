#!/bin/sh
# Goal: runit supervises vrrpd by the files of test/examples/runit: it is
# started again when it was killed, and a wrong configuration stays down.
# Method: runsv of Debian's runit, in a machine of the lab.
. "$(dirname "$0")/lib.sh"
lab_begin runsv sv
ours || skip 'the sample is for vrrpd'
machine r1 1
SERVICE=$LAB/r1/sv/vrrpd

mkdir -p "$SERVICE"
for file in run finish; do
	sed "s|/usr/local/sbin/vrrpd|$VRRPD|; s|/etc/vrrpd.conf|$LAB/r1/conf|" \
	    "$LAB_SOURCE/../examples/runit/$file" >"$SERVICE/$file"
	chmod +x "$SERVICE/$file"
done
instance VI_1 100 | conf r1
launch r1 runsv runsv "$SERVICE"

is() { # TEXT: what sv says of it begins so
	case $(on r1 sv status "$SERVICE") in "$1: "*) ;; *) return 1 ;; esac
}

check 'it serves' wait_for 5 'has_addr r1 10.10.1.3'
check 'sv knows' is run
before=$(cat "$SERVICE/supervise/pid")
on r1 kill -KILL "$before"
check 'one that was killed is started again' wait_for 5 \
    '[ -s "$SERVICE/supervise/pid" ] &&
    [ "$(cat "$SERVICE/supervise/pid")" != "$before" ]'
check 'and holds the address' wait_for 5 \
    '[ "$(on r1 "$VRRPD" status -s 2>/dev/null)" = MASTER ]'
t=$(now)
check 'sv down' on r1 sv -w 7 down "$SERVICE"
check 'it takes its address along' not has_addr r1 10.10.1.3
check 'priority 0 went out' seen vrrp "$t" '$3 == "10.10.1.1" && $8 == 0'
mv "$LAB/r1/conf" "$LAB/r1/good"
echo 'vrrp_instance V {' | conf r1
on r1 sv up "$SERVICE" >/dev/null
check 'a wrong configuration is told' wait_for 5 \
    'grep -q "conf:1:.*: fatal" "$LAB/r1/runsv.log"'
check 'and leaves it down' wait_for 5 'is down'
tried=$(grep -c 'conf:1:.*: fatal' "$LAB/r1/runsv.log")
check 'without another try' stays 3 \
    '[ "$(grep -c "conf:1:.*: fatal" "$LAB/r1/runsv.log")" = "$tried" ]'
mv "$LAB/r1/good" "$LAB/r1/conf"
check 'sv up, with a good one' on r1 sv up "$SERVICE"
check 'serves again' wait_for 5 'has_addr r1 10.10.1.3'
on r1 sv -w 7 exit "$SERVICE"
check 'sv exit ends both' wait_for 5 'ended r1 runsv'
check 'and the address is gone' not has_addr r1 10.10.1.3
