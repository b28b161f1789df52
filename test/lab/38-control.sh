#!/bin/sh
# Goal: an operator sees what the daemon does, and steers it.
# Method: the commands as a person or a program would give them; python judges
# the JSON, the wire and a client what maintenance costs.
. "$(dirname "$0")/lib.sh"
lab_begin tmux
ours || skip 'keepalived has no such commands'
machine r1 1
machine r2 2
machine client 9

from_r1='$3 == "10.10.1.1"'
SOCKET=/run/vrrpd.sock

ask() { # MACHINE COMMAND...
	lab_machine=$1
	shift
	on "$lab_machine" "$VRRPD" "$@" 2>&1
}

status_of() { # MACHINE COMMAND...: the exit status alone
	ask "$@" >/dev/null
	echo $?
}

field() { # MACHINE INSTANCE FIELD: of its line
	ask "$1" status -b "$2" | cut -d ' ' -f "$3"
}

says() { # MACHINE TEXT COMMAND...
	lab_pattern=$2
	lab_machine=$1
	shift 2
	ask "$lab_machine" "$@" | grep -qe "$lab_pattern"
}

# Runs python on what a command prints, as `found`.
judge() { # MACHINE PYTHON COMMAND...
	lab_python=$2
	lab_machine=$1
	shift 2
	ask "$lab_machine" "$@" | "$PYTHON" -c "
import json, sys
found = json.load(sys.stdin)
print($lab_python)"
}

mkdir "$LAB/r1/one" "$LAB/r1/two"
echo 7 >"$LAB/r1/one/level"
echo 3 >"$LAB/r1/two/level"
swap() { # DIRECTORY: current leads there, at once
	ln -s "$1" "$LAB/r1/next"
	mv -T "$LAB/r1/next" "$LAB/r1/current"
}
swap one
TRACK="track_file {
		level weight 1
	}"
{
	printf 'track_file level {\n\tfile %s\n}\n' "$LAB/r1/current/level"
	instance VI_1 143 "$TRACK"
	VRID=52 VIPS=10.10.1.4/24 instance OTHER 100
} | conf r1
{
	instance VI_1 100
	VRID=52 VIPS=10.10.1.4/24 instance OTHER 50
} | conf r2
check 'no daemon: said, with its own status' equal "$(status_of r1 status)" 4
start_vrrpd r1
wait_for 3 'has_addr r1 10.10.1.3 && has_addr r1 10.10.1.4'
start_vrrpd r2
wait_for 3 'says r2 10.10.1.1 status VI_1'

# ---- looking ----
check 'status: a line for each, below its heading' equal \
    "$(ask r1 status | cut -c 1-38 | sed 's/ *$//')" \
    "NAME            INTERFACE  VRID STATE
VI_1            eth0       51   MASTER
OTHER           eth0       52   MASTER"
check 'status -b: name, interface, VRID, state' equal \
    "$(ask r1 status -b | cut -d ' ' -f 1-4)" "VI_1 eth0 51 MASTER
OTHER eth0 52 MASTER"
check 'and priorities, addresses' equal \
    "$(ask r1 status -b VI_1 | cut -d ' ' -f 6-)" '150/143 - 10.10.1.3/24'
check 'the master that a Backup follows' equal "$(field r2 VI_1 7)" \
    10.10.1.1/150
check 'status -s' equal "$(ask r2 status -s)" "BACKUP
BACKUP"
check 'status -j' equal "$(judge r1 '[(x["name"], x["state"], x["vrid"],
    x["priority"], x["base_priority"], x["virtual_addresses"][0]["address"],
    x["virtual_addresses"][0]["present"]) for x in found][0]' status -j)" \
    "('VI_1', 'MASTER', 51, 150, 143, '10.10.1.3', True)"
check 'its counters are the true ones' equal "$(judge r1 \
    'found[0]["counters"]["became_master"], len(found[0]["trackers"])' \
    status -j VI_1)" '1 1'
check 'status -p is the same with lines' equal \
    "$(judge r1 'found[0]["name"], len(found)' status -p)" 'VI_1 2'
check 'status -v: what is tracked' says r1 'tracks level (7), weight 1' \
    status -v VI_1
metric() { # MACHINE NAME: of VI_1
	ask "$1" status --prometheus | sed -n "s/^vrrpd_$2{name=\"VI_1\",\
interface=\"eth0\",vrid=\"51\",family=\"4\"} //p"
}
check 'status --prometheus: a number' equal "$(metric r1 priority)" 150
check 'and a counter' equal "$(metric r1 became_master_total)" 1
check 'each metric is explained once, and its samples stand together' equal \
    "$(ask r1 status --prometheus | awk '
	/^# HELP/ { help[$3]++; name = $3; next }
	/^# TYPE/ { type[$3] = $4; next }
	{ sub(/\{.*/, "") }
	$1 != name || help[name] != 1 || type[name] == "" { print }')" ''
check 'the names of the exporter for keepalived' equal \
    "$(ask r1 status --prometheus-compat VI_1 | grep -e '^keepalived_up' \
    -e '^keepalived_vrrp_state' -e 'become_master_total{' | sed \
    's/{iname="VI_1",intf="eth0",vrid="51"/{/')" 'keepalived_up 1
keepalived_vrrp_state{,ip_address="10.10.1.3"} 2
keepalived_become_master_total{} 1'
steady() { # what is the same a moment later: no time, no number of a counter
	grep -v _seconds | sed 's/\(_total{.*}\) .*/\1/'
}
echo old >"$LAB/r1/v.prom"
check 'into a file' equal "$(status_of r1 status --prometheus-file \
    "$LAB/r1/v.prom")" 0
check 'which holds what the answer is, for everyone to read' equal \
    "$(steady <"$LAB/r1/v.prom"; stat -c %a "$LAB/r1/v.prom")" \
    "$(ask r1 status --prometheus | steady; echo 644)"
check 'and nothing is left beside it' equal "$(echo "$LAB"/r1/v.prom*)" \
    "$LAB/r1/v.prom"
check 'without a daemon it says so' sh -c "[ \$1 = 4 ] && [ \"\$(cat \
    $LAB/r1/v.prom)\" = 'keepalived_up 0' ]" - "$(status_of r1 status \
    --prometheus-compat --prometheus-file "$LAB/r1/v.prom" --control /none)"
check 'a file that cannot be written' says r1 '/none/v: No such file' \
    status --prometheus-file /none/v
check 'an instance that there is not' equal "$(status_of r1 status X)" 1
check 'a command that there is not' says r1 'nor a command' statos
check 'too many words' equal "$(status_of r1 maint VI_1)" 1
check 'explain: the priority, with the trackers' says r1 \
    'priority is 150: 143 configured, 7 from level (7)' explain VI_1
check 'explain: a Backup' says r2 '10.10.1.1 has priority 150 and was heard' \
    explain VI_1
check 'explain: what would change it' says r2 'a priority above 150' \
    explain VI_1
check 'events: with the date of today' says r1 \
    "^$(date -u +%F)T.*VI_1: BACKUP -> MASTER: no other" events VI_1
check 'events of one instance alone' equal \
    "$(ask r1 events OTHER | grep -c VI_1)" 0
check 'events -j' equal "$(judge r1 'found[0]["level"]' events -j)" 5

swap two
check 'a link to the directory of what is tracked may be swapped' wait_for 3 \
    '[ "$(field r1 VI_1 6)" = 146/143 ]'
swap one
check 'and back' wait_for 3 '[ "$(field r1 VI_1 6)" = 150/143 ]'

# ---- a screen ----
screen() {
	on r1 tmux -L lab capture-pane -p
}
on r1 env TERM=vt100 tmux -L lab new-session -d -x 90 -y 20 \
    "$VRRPD watch; echo left >$LAB/r1/left"
check 'watch shows the status' wait_for 5 'screen | grep -q "^VI_1.*MASTER"'
check 'and the log' wait_for 2 'screen | grep -q "VI_1: BACKUP -> MASTER"'
ask r1 prio VI_1 120
check 'and what happens' wait_for 3 'screen | grep -q "127/120"'
check 'without a line too much' equal "$(screen | grep -c '^NAME')" 1
on r1 tmux -L lab send-keys q
check 'q leaves it' wait_for 3 '[ -s "$LAB/r1/left" ]'
check 'watch without a terminal' equal "$(status_of r1 watch </dev/null)" 1
for i in 1 2 3 4 5 6 7 8 9; do
	ask r1 prio VI_1 120
	ask r1 prio VI_1 121
done
on r1 "$PYTHON" "$KIT/screen.py" "$VRRPD" watch >"$LAB/screen" 2>&1
check 'a screen of any size, left as it was found' equal \
    "$(cat "$LAB/screen")" 'X: ended 1 echo, lines
there is no instance X
24 80 - 24 lines of 79
q: ended 0 echo, lines
4 80 - 4 lines of 79
q: ended 0 echo, lines
3 80 - 3 lines of 79
q: ended 0 echo, lines
2 80 - 2 lines of 79
q: ended 0 echo, lines
1 80 - 1 lines of 7
q: ended 0 echo, lines
0 0 - 24 lines of 79
q: ended 0 echo, lines
6 5 - 6 lines of 4
q: ended 0 echo, lines
SIGTSTP stopped echo, lines
again: silent, keys
^Z stopped echo, lines
again: silent, keys
SIGSTOP stopped silent, keys
again: silent, keys
alone: silent, keys
^C ended 0 echo, lines
^\ ended 0 echo, lines
SIGQUIT ended 0 echo, lines
SIGTERM ended 0 echo, lines
SIGHUP ended 0 echo, lines'
ask r1 prio VI_1 reset

# ---- more who wait than may follow the log ----
check 'nobody takes the loss of his place for the end of the daemon' equal \
    "$(on r1 sh -c 'for i in 1 2 3 4 5 6 7 8 9 10; do
		{ "$0" wait --state FAULT -t 2 OTHER; echo $?; } &
	done
	wait' "$VRRPD" 2>&1 | sort | uniq -c | tr -s ' ')" ' 10 3'

# ---- maintenance ----
probe 10.10.1.3
t=$(now)
launch r1 follow "$VRRPD" events -f VI_1
check 'maint on' equal "$(status_of r1 maint VI_1 on)" 0
check 'the other one takes over' wait_for 3 'has_addr r2 10.10.1.3'
check 'the address goes' wait_for 3 'not has_addr r1 10.10.1.3'
wait_for 1 'seen arp "$t" "\$3 == \"10.10.1.3\" && \$6 ~ /02\$/"'
outage=$(probe_end)
check 'D-20: the client does not notice' within 0 "$outage" 2 "$t"
check 'with one priority 0' equal \
    "$(count vrrp "$t" "$from_r1 && \$7 == 51 && \$8 == 0")" 1
check 'its state is MAINT' equal "$(ask r1 status -s VI_1)" MAINT
check 'which a status tells' equal "$(status_of r1 status VI_1)" 3
check 'the other instance goes on' equal "$(field r1 OTHER 4)" MASTER
check 'events -f told it at once' wait_for 2 \
    'grep -q "VI_1: MASTER -> FAULT: maintenance" "$LAB/r1/follow.log"'
stop r1 follow >/dev/null
check 'reload' equal "$(status_of r1 reload)" 0
check 'it outlasts a reload' equal "$(ask r1 status -s VI_1)" MAINT
ask r1 maint all off
check 'maint off: it takes it back' wait_for 3 'has_addr r1 10.10.1.3'
check 'explain says why' says r1 'has priority 100, we have 150' explain VI_1

# ---- priority ----
ask r1 prio VI_1 20
check 'prio: below the other one, it yields' wait_for 3 \
    'has_addr r2 10.10.1.3 && not has_addr r1 10.10.1.3'
check 'trackers add to it' equal "$(field r1 VI_1 6)" 27/20
check 'explain: set by an operator' says r1 '20 set by an operator' \
    explain VI_1
check 'a priority that there is not' equal "$(status_of r1 prio VI_1 255)" 1
check 'nor this' equal "$(status_of r1 prio VI_1 0)" 1
ask r1 prio VI_1 reset
check 'prio reset' wait_for 3 'has_addr r1 10.10.1.3'

# ---- waiting ----
check 'wait for a state that is' equal "$(status_of r1 wait VI_1)" 0
check 'wait no longer than told' equal \
    "$(status_of r1 wait --state backup -t 1 VI_1)" 3
cat >"$LAB/tools/service" <<EOF
#!/bin/sh
trap 'echo ended >>$LAB/r1/service; exit 0' TERM
echo began >>$LAB/r1/service
while :; do sleep 0.05; done
EOF
chmod +x "$LAB/tools/service"
launch r1 wait "$VRRPD" wait VI_1 -- "$LAB/tools/service"
check 'wait -- COMMAND: it runs' wait_for 3 'grep -q began "$LAB/r1/service"'
ask r1 maint VI_1 on
check 'and is ended with the state' wait_for 3 \
    'grep -q ended "$LAB/r1/service"'
ask r1 maint VI_1 off
check 'and begins again' wait_for 5 \
    '[ "$(grep -c began "$LAB/r1/service")" = 2 ]'
stop r1 wait >/dev/null
check 'a signal ends both' wait_for 3 \
    '[ "$(grep -c ended "$LAB/r1/service")" = 2 ]'
launch r1 wait "$VRRPD" wait VI_1 -- "$LAB/tools/service"
wait_for 5 '[ "$(grep -c began "$LAB/r1/service")" = 3 ]'
signal r1 KILL wait
check 'and KILL does, too' wait_for 3 \
    '[ "$(grep -c ended "$LAB/r1/service")" = 3 ]'

# ---- who is on the link ----
check 'scan: another router, as it sends' equal "$(judge r2 \
    '[(x["version"], x["priority"], x["interval_seconds"], x["checksum"],
    x["ttl"], x["mac"], x["source"], x["first"]) for x in found
    if x["vrid"] == 51]' scan eth0 1 -j)" \
    "[(3, 150, 0.2, 'pseudo', 255, '02:00:00:00:00:01', '10.10.1.1', \
'10.10.1.3')]"
forge_on priority=7 ttl=9 addresses=10.10.1.77
ask r1 scan eth0 2 >"$LAB/scan"
forge_off
check 'two that send for one VRID' grep -q \
    'VRID 51: .* are both MASTER' "$LAB/scan"
check 'with other addresses' grep -q 'VRID 51: .* other addresses' "$LAB/scan"
check 'a TTL that is refused' grep -q \
    'VRID 51: 10.10.1.9 sends with TTL 9' "$LAB/scan"
check 'the VRIDs that are free' grep -qx 'free VRIDs: 1-50 53-255' "$LAB/scan"
check 'an interface that there is not' equal "$(status_of r1 scan nix)" 2

# ---- a reload that is refused ----
cp "$LAB/r1/conf" "$LAB/r1/good"
sed 's/priority 143/priority 999/' "$LAB/r1/good" >"$LAB/r1/conf"
check 'reload: what is wrong, with its place' says r1 \
    'conf:[0-9]*:[0-9]*: error: priority must be' reload
check 'and that it is not used' equal "$(status_of r1 reload)" 2
cp "$LAB/r1/good" "$LAB/r1/conf"
check 'reload of the good one' equal "$(status_of r1 reload)" 0

# ---- those who may not, and those who mean no good ----
if ! rootless; then
	as_nobody() {
		on r1 setpriv --reuid 65534 --clear-groups "$VRRPD" "$@" \
		    >/dev/null 2>&1
		echo $?
	}
	check 'everybody may look' equal "$(as_nobody status)" 0
	check 'but not steer' equal "$(as_nobody maint VI_1 on)" 2
	check 'nor stop' equal "$(as_nobody stop)" 2
	check 'nothing has changed' equal "$(field r1 VI_1 4)" MASTER
fi
before=$(on r1 sh -c 'ls /proc/"$0"/fd | wc -l' "$(cat "$LAB/r1/router.pid")")
t=$(now)
on r1 "$PYTHON" "$KIT/crowd.py" $SOCKET 1000 >"$LAB/crowd"
check 'a thousand clients that mean no good' [ "$(cat "$LAB/crowd")" -gt 200 ]
check 'do not move an advertisement' regular vrrp "$t" \
    "$from_r1 && \$7 == 51" 190 210
check 'who means well is answered after them' wait_for 5 \
    '[ "$(ask r1 status -s VI_1)" = MASTER ]'
descriptors() {
	on r1 sh -c 'ls /proc/"$0"/fd | wc -l' "$(cat "$LAB/r1/router.pid")"
}
check 'and nothing is left of them' wait_for 5 '[ "$(descriptors)" = $before ]'

# ---- the socket ----
launch r1 second "$VRRPD" -n -l -p /run/second.pid --vrid 9 \
    --interface eth0 10.10.1.9/24
check 'a second daemon does without' wait_for 3 \
    'grep -q "another daemon answers there" "$LAB/r1/second.log"'
stop r1 second >/dev/null
on r1 rm $SOCKET $SOCKET.lock
launch r1 second "$VRRPD" -n -l -p /run/second.pid --vrid 9 \
    --interface eth0 10.10.1.9/24
check 'but for one that is lost' wait_for 5 'says r1 MASTER status'
stop r1
check 'who lost it does not take the one of another' says r1 MASTER status
stop r1 second >/dev/null
start_vrrpd r1
wait_for 3 'says r1 MASTER status'
check 'stop' equal "$(status_of r1 stop)" 0
check 'ends it' wait_for 3 'ended r1'
check 'the socket goes with it' not on r1 test -e $SOCKET
start_vrrpd r1
wait_for 3 'says r1 MASTER status'
signal r1 KILL
wait_for 3 'ended r1'
start_vrrpd r1
check 'one left by a daemon that was killed is replaced' wait_for 3 \
    'says r1 MASTER status'
renew r1
start_vrrpd r1 -n -l -f "$LAB/r1/conf" --control none
wait_for 3 'has_addr r1 10.10.1.3'
check '--control none' not on r1 test -e $SOCKET
renew r1
start_vrrpd r1 -n -l -f "$LAB/r1/conf" --control /run/other --control-mode 600
wait_for 3 'has_addr r1 10.10.1.3'
check '--control-mode' equal "$(on r1 stat -c %a /run/other)" 600
check 'a metric of one instance alone' equal "$(ask r1 status --prometheus \
    --control /run/other OTHER | grep -c 'name="VI_1"')" 0
check '--control asks there' says r1 MASTER status --control /run/other
on r1 rm /run/other
signal r1 HUP
check 'a reload makes one anew that somebody removed' wait_for 3 \
    'says r1 MASTER status --control /run/other'
check 'for the same people' equal "$(on r1 stat -c %a /run/other)" 600
renew r1
echo precious >"$LAB/r1/precious"
start_vrrpd r1 -n -l -f "$LAB/r1/conf" --control "$LAB/r1/precious"
wait_for 3 'has_addr r1 10.10.1.3'
check 'a file in the place of the socket is left alone' equal \
    "$(cat "$LAB/r1/precious")" precious
renew r1
renew r2

# ---- a link that is busy ----
cat >"$LAB/tools/flood.py" <<'END'
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for i in range(3000):
    s.sendto(bytes(1400), ("10.10.1.1", 9))
END
launch r1 scan "$VRRPD" scan eth0 8 -j
wait_for 2 '[ "$(on r1 sh -c "wc -l </proc/net/packet")" -gt 1 ]'
signal r1 STOP scan
on r2 "$PYTHON" "$LAB/tools/flood.py"
instance VI_1 100 | conf r2
t=$(now)
start_vrrpd r2
wait_for 5 "[ \$(count vrrp $t) -ge 3 ]"
kill_all r2
signal r1 CONT scan
wait_for 8 'ended r1 scan'
check 'scan: other traffic does not keep VRRP out' \
    grep -q '"source":"10.10.1.2"' "$LAB/r1/scan.log"
