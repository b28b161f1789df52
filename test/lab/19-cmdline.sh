#!/bin/sh
# Goal: the command line: background and foreground, pid files, exit statuses,
# flags instead of a file, network namespaces; and by the name of keepalived.
# Method: run it as init scripts and administrators do; ask the kernel who runs.
. "$(dirname "$0")/lib.sh"
lab_begin
ours || skip 'it is about vrrpd'
machine r1 1
machine client 9
ln -s vrrpd "$LAB/bin/keepalived"
AS_KEEPALIVED=$LAB/bin/keepalived

# Run it in r1; $OUT has what it printed, on either channel; for its status.
run() { # ARGUMENT...
	on r1 timeout 10 "$VRRPD" "$@" >"$LAB/out" 2>"$LAB/err" </dev/null
	lab_status=$?
	cat "$LAB/out" "$LAB/err" >"$LAB/both"
	return $lab_status
}
status() { # WANTED ARGUMENT...
	lab_wanted=$1
	shift
	run "$@"
	lab_status=$?
	[ "$lab_status" -eq "$lab_wanted" ] && return
	echo "   status $lab_status, wanted $lab_wanted"
	cat "$LAB/both"
	return 1
}
said() { # PATTERN
	grep -q -- "$1" "$LAB/both" && return
	cat "$LAB/both"
	return 1
}
alive() { # PIDFILE
	on r1 sh -c 'kill -0 "$(cat "$1")" 2>/dev/null' sh "$1"
}
proc() { # PIDFILE FILE-IN-PROC
	on r1 sh -c 'cat "/proc/$(cat "$1")/$2"' sh "$1" "$2"
}
end() { # PIDFILE
	on r1 sh -c 'kill "$(cat "$1")"' sh "$1"
	wait_for 3 "! on r1 test -e $1"
}

# ---- in the background ----
CONF=$LAB/r1/conf
instance VI_1 100 | conf r1
check 'the parent returns 0' status 0 -f "$CONF"
check 'the daemon runs under the pid in its file' alive /run/vrrpd.pid
check 'as a session of its own, child of init' equal \
    "$(proc /run/vrrpd.pid stat | awk '{ print $4, $6 == $1 }')" '1 1'
check 'without our descriptors' equal "$(on r1 sh -c \
    'readlink /proc/$(cat /run/vrrpd.pid)/fd/[012] | sort -u')" /dev/null
check 'without our directory' equal "$(on r1 sh -c \
    'readlink /proc/$(cat /run/vrrpd.pid)/cwd')" /
check 'it works' wait_for 3 'has_addr r1 10.10.1.3'
check 'a second one is refused' status 1 -f "$CONF"
check 'and says why' said 'running'
check 'the first one goes on' alive /run/vrrpd.pid
check 'in the foreground, too' status 1 -n -f "$CONF"
end /run/vrrpd.pid
check 'the pid file is removed' not on r1 test -e /run/vrrpd.pid
check 'and the address' not has_addr r1 10.10.1.3

on r1 sh -c 'echo 1 >/run/vrrpd.pid'
check 'a stale pid file does no harm' status 0 -f "$CONF"
check 'it is ours then' not on r1 grep -qx 1 /run/vrrpd.pid
end /run/vrrpd.pid

check '-p -r -c -b' status 0 -p /run/a.pid -r /run/b.pid -c /run/c.pid \
    -b /run/d.pid -f "$CONF"
check 'both pid files hold the same pid' equal "$(on r1 cat /run/a.pid)" \
    "$(on r1 cat /run/b.pid)"
check 'of a process that runs' alive /run/a.pid
check 'the default one is not written' not on r1 test -e /run/vrrpd.pid
end /run/a.pid
check 'both are removed' not on r1 test -e /run/b.pid
check 'a pid file that cannot be written' status 1 -p /proc/nowhere/a.pid \
    -f "$CONF"
check 'is named' said /proc/nowhere/a.pid
on r1 sh -c 'mkdir /run/full && mount -n -t tmpfs -o size=4k full /run/full &&
    head -c 4096 /dev/zero >/run/full/all'
check 'nor one on a full disk' status 1 -p /run/full/a.pid -f "$CONF"
check 'is named, with why' said '/run/full/a.pid: No space left'
check 'and not left behind, empty' not on r1 test -e /run/full/a.pid

# ---- what the parent's status tells ----
echo 'vrrp_instance VI_1 {
	interface eth0
}' >"$LAB/fatal"
t=$(now)
check 'C-164: fatal configuration: 2' status 2 -f "$LAB/fatal"
check 'C-164: it says what is missing' said 'fatal:.*virtual_router_id'
check 'C-164: and did nothing' equal "$(holders 10.10.1.3)$(wire vrrp "$t")" ''
check 'no file: 6' status 6 -f "$LAB/absent"
check 'a directory: 6' status 6 -f /etc
check 'unknown option: 1' status 1 --no-such-option
check 'an option without its argument: 1' status 1 -f
check '-C alone is refused' not status 0 -C -f "$CONF"
renew r1

# ---- -t ----
: >"$LAB/empty"
{
	instance VI_1 100
	echo 'no_such_keyword 1'
} >"$LAB/error"
mkdir -m 777 "$LAB/open"
cp /bin/true "$LAB/open/script"
{
	echo 'global_defs {
		script_user root
		enable_script_security
	}
	vrrp_script chk {
		script /run/lab/open/script
	}'
	instance VI_1 100 'track_script {
		chk
	}'
} >"$LAB/security"
t=$(now)
check 'C-163 -t: clean: 0' status 0 -t -f "$CONF"
check 'C-163 -t: an error: 5' status 5 -t -f "$LAB/error"
check 'C-163 -t: its place' said 'error:11:1: error: .*no_such_keyword'
check 'C-163 -t: fatal: 4' status 4 -t -f "$LAB/fatal"
check 'C-163 -t: script security: 6' status 6 -t -f "$LAB/security"
for file in absent empty; do
	check "-t: $file file: not 0" not status 0 -t -f "$LAB/$file"
done
check '-tLOG' status 5 "-t$LAB/log" -f "$LAB/error"
check '-tLOG: the findings are there' grep -q no_such_keyword "$LAB/log"
check '-tLOG: and not here' equal "$(cat "$LAB/both")" ''
check '--config-test=LOG appends' status 5 "--config-test=$LAB/log" \
    -f "$LAB/error"
check 'to it' equal "$(grep -c no_such_keyword "$LAB/log")" 2
check 'C-163: -t sends and changes nothing' equal \
    "$(holders 10.10.1.3)$(wire vrrp "$t")" ''

check '--strict-config: an error is enough to refuse' status 2 \
    --strict-config -f "$LAB/error"

# ---- what programs ask it ----
for pair in STOP=15 RELOAD=1 DATA=10 STATS=12 STATS_CLEAR=63 JSON=36; do
	check "--signum=${pair%=*}" equal \
	    "$(on r1 "$VRRPD" "--signum=${pair%=*}")" "${pair#*=}"
done
check '--signum=NONSENSE: 1' status 1 --signum=NONSENSE
check '-v: 0' status 0 -v
check '-v: on standard output' [ -s "$LAB/out" ]
check '-v: names itself' grep -q '^vrrpd ' "$LAB/out"
on r1 "$AS_KEEPALIVED" --version >"$LAB/out" 2>"$LAB/err"
check 'as keepalived: the line that Ansible reads' grep -q -m 1 \
    '^Keepalived v2\.[0-9.]* (' "$LAB/err"
check '-h: 0' status 0 -h

# ---- by the name of keepalived ----
on r1 sh -c "\"$AS_KEEPALIVED\" -D -S 3 -f \"$CONF\"" >"$LAB/both" 2>&1
check 'as keepalived: its pid file' alive /run/keepalived.pid
check 'as keepalived: the other one' alive /run/vrrp.pid
check 'as keepalived: beside none of vrrpd' not on r1 test -e /run/vrrpd.pid
end /run/keepalived.pid

renew r1
# Bundled and repeated options, as the containers have them.
t=$(now)
launch r1 router "$VRRPD" -nlD -n -l -G --dont-fork --log-console -P -d \
    --vrrp -I -R -x -m --all -p /run/x.pid -f "$CONF"
check 'bundled options' wait_for 3 'has_addr r1 10.10.1.3'
check '-l: the log is on standard error' wait_for 1 \
    'grep -q "VI_1.*MASTER" "$LAB/r1/router.log"'
check '-d: with the configuration' grep -q 'virtual_router_id' \
    "$LAB/r1/router.log"
stop r1
awk 'BEGIN { for (i = 0; i < 1200; i++) printf "vrrp_instance V%d {\n" \
    "interface absent%d\nvirtual_router_id %d\nvirtual_ipaddress {\n" \
    "10.2.%d.%d\n}\n}\n", i, i / 200, i % 200 + 1, i / 200, i % 200 + 1 }' \
    >"$LAB/large"
launch r1 router "$VRRPD" -nld -f "$LAB/large"
check '-d: all of it, though more than 1 MB' wait_for 5 \
    'grep -q "vrrp_instance V1199 {" "$LAB/r1/router.log"'
stop r1

# ---- flags instead of a file ----
t=$(now)
launch r1 router "$VRRPD" -n --interface eth0 --vrid 77 --prio=150 \
    --vrrp-version 3 --advert_int 0.2 --auth-pass 1234 \
    --garp-master-delay 1 10.10.1.3/24 10.10.1.4
check 'flags only: MASTER' wait_for 3 \
    'has_addr r1 10.10.1.3 && has_addr r1 10.10.1.4'
check 'flags only: as they say' equal "$(wire vrrp "$t" 1 |
    awk '{ print $6, $7, $8, $9, $10; exit }')" '3 77 150 2 200'
stop r1
check 'flags with -f: an error' not status 0 -f "$CONF" --interface eth0 \
    --vrid 1 10.10.1.3
check 'an unknown flag: near which it is' not status 0 --interfac eth0
check 'says so' said 'interface'

# The password does not show.
launch r1 router "$VRRPD" -n --interface eth0 --vrid 77 \
    --auth-pass geheim --auth-type PASS 10.10.1.3
wait_for 3 'listens r1'
check 'a password in the arguments is overwritten' not on r1 grep -q geheim \
    "/proc/$(cat "$LAB/r1/router.pid")/cmdline"
stop r1

# --print-config is a file that means the same and prints as itself.
run --interface eth0 --vrid 77 --prio 150 --vrrp-version 3 --advert_int 0.2 \
    --track-script '/bin/true' --weight 5 --interval 2 \
    --peer 10.10.1.9 --unicast-src-ip 10.10.1.1 10.10.1.3/24 --print-config
cp "$LAB/out" "$LAB/printed"
check '--print-config prints a file' grep -q 'virtual_router_id 77' \
    "$LAB/printed"
check 'which is a good one' not status 4 -t -f "$LAB/printed"
run -f "$LAB/printed" --print-config
# The origins differ, they are comments.
check 'which prints as itself' equal \
    "$(sed 's/[ 	]*[!#].*//' "$LAB/out")" \
    "$(sed 's/[ 	]*[!#].*//' "$LAB/printed")"
cp "$LAB/printed" "$CONF"
t=$(now)
start_vrrpd r1
check 'and works' wait_for 3 'has_addr r1 10.10.1.3'
check 'the same' wait_for 2 'seen vrrp "$t" "\$4 == \"10.10.1.9\" &&
    \$7 == 77 && \$8 == 155 && \$10 == 200"'
stop r1

# ---- another network namespace ----
instance VI_1 100 | conf r1
on r1 sh -c 'mkdir -p /run/netns && : >/run/netns/other &&
	unshare -n mount -n --bind /proc/self/ns/net /run/netns/other' ||
    echo 'cannot name a namespace'
on r1 sh -c 'ip -n other link set lo up &&
    ip -n other link add eth0 type veth peer name eth1 &&
    ip -n other link set eth1 up && ip -n other link set eth0 up &&
    ip -n other addr add 10.10.1.1/24 dev eth0'
t=$(now)
start_vrrpd r1 -n -l -s other -f "$CONF"
check '-s: it works there' wait_for 3 \
    '[ -n "$(on r1 ip -n other -o addr show to 10.10.1.3)" ]'
check '-s: and not here' equal "$(holders 10.10.1.3)$(wire vrrp "$t")" ''
stop r1
check '-s: a namespace that is not there' not status 0 -s nowhere -f "$CONF"
check '-s: is named' said nowhere

# ---- logging ----
on r1 sh -c 'mount -n -t tmpfs dev /mnt && for d in null zero urandom; do
	: >/mnt/$d && mount -n --bind /dev/$d /mnt/$d; done &&
	mount -n --move /mnt /dev'
launch r1 devlog "$PYTHON" "$LAB/tools/devlog.py" /dev/log "$LAB/r1/syslog"
wait_for 2 'on r1 test -S /dev/log'
run -D -S local5 -f "$CONF"
check '-S local5: to syslog with that facility' wait_for 3 \
    'grep -q "^<17[0-5]>.*MASTER" "$LAB/r1/syslog"'
stop r1 devlog
on r1 rm /dev/log
launch r1 devlog "$PYTHON" "$LAB/tools/devlog.py" /dev/log "$LAB/r1/syslog2"
wait_for 2 'on r1 test -S /dev/log'
on r1 sh -c 'kill -HUP $(cat /run/vrrpd.pid)'
check 'a syslog that was restarted is found again' wait_for 3 \
    '[ -s "$LAB/r1/syslog2" ]'
stop r1 devlog
on r1 rm /dev/log
launch r1 devlog "$PYTHON" "$LAB/tools/devlog.py" /dev/log "$LAB/r1/syslog3" \
    stream
wait_for 2 'on r1 test -S /dev/log'
on r1 sh -c 'kill -HUP $(cat /run/vrrpd.pid)'
check 'one that is a stream, too' wait_for 3 \
    'grep -qx "<17[0-5]>.*was reloaded" "$LAB/r1/syslog3"'
end /run/vrrpd.pid
run -D -G "-g$LAB/r1/file.txt" -f "$CONF"
check '-g: to a file' wait_for 3 'grep -q MASTER "$LAB/r1/file.txt"'
mv "$LAB/r1/file.txt" "$LAB/r1/file.1"
on r1 sh -c 'kill -HUP $(cat /run/vrrpd.pid)'
check '-g: moved away, a HUP makes it anew' wait_for 3 \
    'grep -q "was reloaded" "$LAB/r1/file.txt"'
check 'the old one gets no more' not grep -q 'was reloaded' "$LAB/r1/file.1"
mv "$LAB/r1/file.txt" "$LAB/r1/file.2"
mkdir "$LAB/r1/file.txt"
on r1 sh -c 'kill -HUP $(cat /run/vrrpd.pid)'
check '-g: it cannot be made: the old one goes on' wait_for 3 \
    '[ "$(grep -c "was reloaded" "$LAB/r1/file.2")" = 2 ]'
check 'and says why' grep -q 'file.txt: .*directory.*; the log goes on' \
    "$LAB/r1/file.2"
end /run/vrrpd.pid
rmdir "$LAB/r1/file.txt"
on r1 sh -c "cd '$LAB/r1' && '$VRRPD' -D -G -grelative.txt -f '$CONF'"
mv "$LAB/r1/relative.txt" "$LAB/r1/relative.1"
on r1 sh -c 'kill -HUP $(cat /run/vrrpd.pid)'
check '-g: a path from where it was started' wait_for 3 \
    'grep -q "was reloaded" "$LAB/r1/relative.txt"'
end /run/vrrpd.pid
echo secret >"$LAB/r1/pass"
on r1 sh -c "cd '$LAB/r1' && '$VRRPD' -D -G -g'$LAB/r1/flags.txt' --vrid 51 \
    --interface eth0 --vrrp-version 2 --auth-pass @pass 10.10.1.3/24"
on r1 sh -c 'kill -HUP $(cat /run/vrrpd.pid)'
check '--auth-pass @FILE: a path from where it was started' wait_for 3 \
    'grep -q "was reloaded" "$LAB/r1/flags.txt"'
end /run/vrrpd.pid
check '-u: the mode of what it makes' status 0 -u 077 -f "$CONF"
check '-u: is obeyed' equal "$(on r1 stat -c %a /run/vrrpd.pid)" 600
end /run/vrrpd.pid
lab_end
