#!/bin/sh
# Goal: an operator sees every other router that speaks, and what is wrong with
# what it says; nobody can flood the log.
# Method: keepalived, a vrrpd with another address list and one with another
# password beside a Backup; peers, status, explain and the log are read.
. "$(dirname "$0")/lib.sh"
lab_begin keepalived setpriv
ours || skip 'keepalived has no such commands'
for id in 1 2 4 5; do
	machine r$id "$id"
done
VERSION=2 ADVERT=1

password() { # TEXT
	printf 'authentication {\n auth_type PASS\n auth_pass %s\n}\n' "$1"
}

ask() { # COMMAND...: of r1
	on r1 "$VRRPD" "$@" 2>&1
}

# What python makes of the rows of peers, a dictionary by their addresses.
judge() { # PYTHON
	ask peers -j | "$PYTHON" -c "
import json, sys
peer = {x['peer']: x for x in json.load(sys.stdin)}
print($1)"
}

heard() { # ADDRESS COUNT: so many advertisements at least
	[ "$(judge "'$1' in peer and peer['$1']['adverts'] >= $2")" = True ]
}

{
	echo "global_defs { vrrp_notify_fifo $LAB/r1/fifo }"
	instance VI_1 100 "$(password secret)"
} | conf r1
read_fifo r1
instance VI_1 200 "$(password secret)" | conf r2
instance VI_1 150 "$(password another)" | conf r5
VIPS=10.10.1.77/24 instance VI_1 240 "$(password secret)" | conf r4
start_vrrpd r1
check 'nobody was heard: no row' equal "$(ask peers; ask peers -j)" '[]'
start_keepalived r2
start_vrrpd r5
wait_for 10 'heard 10.10.1.2 3 && heard 10.10.1.5 3'
check 'keepalived: MASTER, and as it should be' equal "$(judge \
    "[peer['10.10.1.2'][x] for x in ('name', 'vrid', 'master', 'priority',
    'version', 'interval_seconds', 'refused', 'troubles')]")" \
    "['VI_1', 51, True, 200, 2, 1, 0, []]"
check 'another password: refused, each time' equal "$(judge \
    "peer['10.10.1.5']['troubles'], peer['10.10.1.5']['master'],
    peer['10.10.1.5']['refused'] == peer['10.10.1.5']['adverts']")" \
    "['auth_failed'] False True"
check 'the rows for people' sh -c "[ \$(printf %s \"\$1\" | awk '
	/^VI_1 +51 +10\.10\.1\.2 +200 +2 +1 .* 0 +MASTER\$/ ||
	/^VI_1 +51 +10\.10\.1\.5 +150 +2 .*refused: wrong password/' |
	wc -l) = 2 ]" - "$(ask peers VI_1)"
check 'the FIFO has it' wait_for 5 \
    'grep -q "INSTANCE \"VI_1\" PEER_TROUBLE 100" $LAB/r1/fifo.log'
check 'the MAC address that each one sends from' equal "$(ask peers -m -j |
    "$PYTHON" -c "
import json, sys
print(*sorted(x['peer'] + ' ' + x.get('mac', '') for x in json.load(sys.stdin)),
    sep=', ')")" '10.10.1.2 02:00:00:00:00:02, 10.10.1.5 02:00:00:00:00:05'
check 'for people, too' sh -c "[ \$(printf %s \"\$1\" | awk '
	/^NAME .* REFUSED MAC  / ||
	/^VI_1 .* 10\.10\.1\.2 .* 0 +02:00:00:00:00:02 /' |
	wc -l) = 2 ]" - "$(ask peers -m VI_1)"
on r1 setpriv --reuid 65534 --clear-groups "$VRRPD" peers -m 2>"$LAB/err"
check 'not for everyone' equal "$? $(cat "$LAB/err")" \
    "2 -m: only root and the user that vrrpd runs as may do this"
check 'explain names who is refused, and why' \
    grep -q '10.10.1.5 was refused: wrong password' <<-END
	$(ask explain VI_1)
END
check 'status counts them' equal "$(ask status --prometheus |
    sed -n 's/^vrrpd_peers.*} //p' | tr '\n' ' ')" '2 1 '
before=$(judge "peer['10.10.1.5']['adverts']")
ask reload >/dev/null
check 'a reload forgets nobody' [ "$(judge "peer['10.10.1.5']['adverts']")" \
    -ge "$before" ]
check 'and counts on' wait_for 5 "heard 10.10.1.5 $((before + 1))"

start_vrrpd r4
wait_for 10 'heard 10.10.1.4 10'
check 'a list that differs: accepted, and noted of who sent it' equal \
    "$(judge "peer['10.10.1.4']['troubles'], peer['10.10.1.4']['refused']")" \
    "['address_list'] 0"
# A change of state has it said again; a loaded machine may bring one.
check 'a line now and then, not one for each of the ten' [ \
    "$(grep -c 'address list differs' "$LAB/r1/router.log")" -le 3 ]
stop r4 >/dev/null
check 'peers -m: one who is silent does not make it seem dead' equal \
    "$(on r1 "$PYTHON" -c '
import socket, time
s = socket.socket(socket.AF_UNIX)
s.connect("/run/vrrpd.sock")
begin = time.monotonic()
s.send(b"peers\0-m\0\n")
print(s.recv(1), time.monotonic() - begin < 4)')" "b'0' True"
lab_end
