#!/bin/sh
# Goal: scripts: what their results do, what becomes of those that hang, how
# and with what the notify scripts are called.
# Method: scripts that obey files and write down every call.
. "$(dirname "$0")/lib.sh"
lab_begin tshark ps pgrep
machine r1 1
machine client 9

script_block() { # NAME LINE...
	printf 'vrrp_script %s {\n' "$1"
	shift
	printf '\t%s\n' "$@"
	printf '}\n'
}

tool() { # NAME <TEXT: an executable
	cat >"$LAB/tools/$1"
	chmod +x "$LAB/tools/$1"
}

priority() { # of the last advert
	wire vrrp | awk 'END { print $8 }'
}

# How often it ran from $1 to the first line of a file.
runs_until() { # SINCE FILE
	awk -v from="$1" -v to="$(awk '{ print $1; exit }' "$2")" \
	    '$1 >= from && $1 <= to { n++ } END { print n + 0 }' "$LAB/r1/runs"
}

noted() { # FILE: whether a script has written something to it
	[ -s "$LAB/r1/$1" ]
}

afresh() {
	renew r1
	cd "$LAB/r1" && rm -f runs good faults backups hang slow fifo fifo.log
}

security=enable_script_security
! rootless || security=
GLOBAL="global_defs {
	$security
	script_user root
	vrrp_notify_fifo $LAB/r1/fifo
}"
TRACK='track_script {
		chk
	}'
NOTIFY="notify_fault \"$NOTE $LAB/r1/faults\"
	notify_backup \"$NOTE $LAB/r1/backups\""

# Exits 0 if the file r1/good exists; writes down each run.
GOOD="script $LAB/tools/good"
tool good <<EOF
#!/bin/sh
$NOTE $LAB/r1/runs
[ -e $LAB/r1/good ]
EOF

# Debian's keepalived has whole seconds only.
INTERVAL=1
ours && INTERVAL=0.2
# keepalived calls a script failed when it has ended, 2 s after its timeout.
TIMED_OUT=3050
ours && TIMED_OUT=1050

# ---- weights ----
read_fifo r1
{
	echo "$GLOBAL"
	script_block plus "$GOOD" "interval $INTERVAL" 'weight 10'
	script_block minus "$GOOD" "interval $INTERVAL" 'weight -20'
	instance VI_1 100 notify_priority_changes 'track_script {
		plus
		minus
	}'
} | conf r1
: >"$LAB/r1/good"
start_vrrpd r1
wait_for 3 'has_addr r1 10.10.1.3'
check 'C-137: +w is added on success' wait_for 2 '[ "$(priority)" = 110 ]'
rm "$LAB/r1/good"
check 'C-137: -w is subtracted on failure' wait_for 2 '[ "$(priority)" = 80 ]'
: >"$LAB/r1/good"
check 'C-137: and back' wait_for 2 '[ "$(priority)" = 110 ]'
check 'C-020: the checksum followed' equal "$(tshark_fields vrrp \
    vrrp.checksum.status | sort -u)" 1
check 'C-152: the FIFO tells the new priority' wait_for 1 \
    'grep -q "^INSTANCE \"VI_1\" MASTER_PRIORITY 110" $LAB/r1/fifo.log'

# ---- weight 0, rise and fall ----
afresh
{
	echo "$GLOBAL"
	script_block chk "$GOOD" "interval $INTERVAL" 'rise 3' 'fall 4'
	instance VI_1 100 "$TRACK" "$NOTIFY"
} | conf r1
: >"$LAB/r1/good"
start_vrrpd r1
wait_for 3 'has_addr r1 10.10.1.3'
rm "$LAB/r1/good"
t=$(now)
check 'C-134: a failing script makes FAULT' wait_for 6 \
    'not has_addr r1 10.10.1.3'
wait_for 1 'noted faults'
check 'C-134: after the fourth failure' equal \
    "$(runs_until "$t" "$LAB/r1/faults")" 4
check 'C-144: with priority 0' seen vrrp "$t" '$8 == 0'
rm "$LAB/r1/backups"
: >"$LAB/r1/good"
t=$(now)
check 'C-134: a good one ends it' wait_for 5 'noted backups'
check 'C-134: after the third success' equal \
    "$(runs_until "$t" "$LAB/r1/backups")" 3

# ---- before the first result ----
tool slow <<EOF
#!/bin/sh
$NOTE $LAB/r1/slow
sleep 0.7
[ -e $LAB/r1/good ]
EOF
afresh
{
	echo "$GLOBAL"
	script_block chk "script $LAB/tools/slow" 'interval 5' 'rise 3' \
	    'fall 3'
	instance VI_1 100 "$TRACK" "$NOTIFY"
} | conf r1
: >"$LAB/r1/good"
start_vrrpd r1
wait_for 2 'noted slow'
check 'C-135: silent before the first result' stays 0.5 \
    '! noted backups && ! noted faults'
check 'C-135: the first success makes BACKUP' wait_for 1 'noted backups'
check 'C-135: and then MASTER' wait_for 2 'has_addr r1 10.10.1.3'
afresh
start_vrrpd r1
check 'C-135: the first failure makes FAULT' wait_for 2 'noted faults'
check 'C-135: no BACKUP before' not noted backups

# ---- a script that hangs ----
tool hang <<EOF
#!/bin/sh
[ -e $LAB/r1/good ] && exit 0
trap '$NOTE $LAB/r1/hang TERM' TERM
$NOTE $LAB/r1/hang START \$\$
sh -c 'trap "" TERM; exec sleep 60' &
$NOTE $LAB/r1/hang CHILD \$!
while :; do wait; done
EOF
hang_time() { # WORD
	awk -v word="$1" '$2 == word { print $1; exit }' "$LAB/r1/hang"
}
gone() { # WORD: the process noted with it
	on r1 sh -c '! kill -0 "$1" 2>/dev/null' sh \
	    "$(awk -v word="$1" '$2 == word { print $3; exit }' "$LAB/r1/hang")"
}
afresh
{
	echo "$GLOBAL"
	script_block chk "script $LAB/tools/hang" 'interval 1' 'timeout 1'
	instance VI_1 100 "$TRACK" "$NOTIFY"
} | conf r1
: >"$LAB/r1/good"
start_vrrpd r1
wait_for 3 'has_addr r1 10.10.1.3'
rm "$LAB/r1/good"
check 'C-139: a hanging script is a failing one' wait_for 5 'noted faults'
check 'C-139: at its timeout' within 950 "$(ms "$(hang_time START)" \
    "$(awk '{ print $1; exit }' "$LAB/r1/faults")")" "$TIMED_OUT"
check 'C-139: it gets TERM' within 950 \
    "$(ms "$(hang_time START)" "$(hang_time TERM)")" 1050
check 'C-139: then KILL' wait_for 6 'gone START && gone CHILD'
if ours; then
	check 'C-139: 2 s later, with its children' within 2900 \
	    "$(ms "$(hang_time START)" "$(now)")" 3100
fi
check 'it is run again' wait_for 3 \
    '[ $(grep -c START "$LAB/r1/hang") -ge 2 ]'
signal r1 TERM
check 'TERM to the daemon' wait_for 5 'ended r1'
if ours; then
	check 'never two runs of one script at once' equal "$(awk '
		$2 == "START" && last && $1 - last < 2.9 { print $1 - last }
		$2 == "START" { last = $1 }' "$LAB/r1/hang")" ''
	check 'it leaves no script behind' wait_for 3 \
	    '! on r1 pgrep -f tools/hang >/dev/null'
fi

# ---- notify scripts ----
# What ls lists beyond 0 1 2 is the directory it reads.  The shell itself reads
# its status: while it forks it blocks signals.
tool called <<EOF
#!/bin/sh
exec >$LAB/r1/called.\$\$
echo "arguments: \$*"
echo "user: \$(id -u)"
echo "descriptors: \$(ls /proc/self/fd | xargs)"
echo "group: \$((\$(ps -o pgid= -p \$\$) - \$\$))"
while read -r word; do
	case \$word in SigBlk*) echo "\$word" ;; esac
done </proc/\$\$/status
mv $LAB/r1/called.\$\$ $LAB/r1/called
EOF
afresh
read_fifo r1
who=nobody
! rootless || who=root
chmod 777 "$LAB/r1"
{
	echo "$GLOBAL"
	instance VI_1 100 "notify_master \"$NOTE $LAB/r1/order master 'a b'\"" \
	    "notify_backup \"$NOTE $LAB/r1/order backup\"" \
	    "notify_stop \"$NOTE $LAB/r1/order stop\"" \
	    "notify_master_rx_lower_pri \"$NOTE $LAB/r1/order lower\"" \
	    "notify \"$LAB/tools/called x 'y z'\" $who"
} | conf r1
start_vrrpd r1
wait_for 3 'has_addr r1 10.10.1.3'
check 'C-148: the arguments of notify' wait_for 2 \
    'grep -qx "arguments: x y z INSTANCE VI_1 MASTER 100" $LAB/r1/called'
check 'it runs as the user named' grep -qx "user: $(id -u "$who")" \
    "$LAB/r1/called"
if ours; then
	check 'with no descriptor of the daemon' grep -qx \
	    'descriptors: 0 1 2 3' "$LAB/r1/called"
fi
check 'in a process group of its own' grep -qx 'group: 0' "$LAB/r1/called"
check 'with no signal blocked' grep -qx 'SigBlk:	0*' "$LAB/r1/called"
forge priority=50
check 'C-151: notify_master_rx_lower_pri' wait_for 1 \
    'grep -q lower "$LAB/r1/order"'
check 'C-151: and in the FIFO' wait_for 1 \
    'grep -q "VI_1\" MASTER_RX_LOWER_PRI 100" $LAB/r1/fifo.log'
forge priority=200
wait_for 1 'not has_addr r1 10.10.1.3'
wait_for 3 'has_addr r1 10.10.1.3'
wait_for 1 '[ $(grep -c master "$LAB/r1/order") -eq 2 ]'
signal r1 TERM
check 'TERM' wait_for 3 'ended r1'
check 'C-149: each change ran its script once, in order' wait_for 1 \
    '[ "$(awk "{ printf \"%s \", \$2 }" "$LAB/r1/order")" = \
    "backup master lower backup master stop " ]'
check 'C-148: notify_master has its own arguments only' grep -q \
    'master a b$' "$LAB/r1/order"
check 'C-150 C-154: the FIFO, in order' equal \
    "$(sed 's/ *$//' "$LAB/r1/fifo.log" | tr '\n' ';')" \
    "$(for state in BACKUP MASTER MASTER_RX_LOWER_PRI BACKUP MASTER STOP; do
	printf 'INSTANCE "VI_1" %s 100;' "$state"
done)"

# C-153: a FIFO that nobody reads holds nothing up.
afresh
{
	echo "$GLOBAL"
	instance VI_1 100
} | conf r1
start_vrrpd r1
check 'C-153: MASTER without a reader' wait_for 3 'has_addr r1 10.10.1.3'
forge priority=50 times=100 every=0.005
t=$(now)
check 'C-153: and goes on' wait_for 1 'seen vrrp "$t" "\$8 == 100"'
check 'the FIFO is private' equal "$(stat -c %a "$LAB/r1/fifo")" 600
stop r1
check 'the FIFO that it made is gone' not [ -e "$LAB/r1/fifo" ]

# ---- tracked files ----
afresh
echo 0 >"$LAB/r1/value"
{
	echo "$GLOBAL"
	printf 'track_file level {\n\tfile %s\n}\n' "$LAB/r1/value"
	instance VI_1 100 'track_file {
		level weight 2
	}'
} | conf r1
start_vrrpd r1
wait_for 3 'has_addr r1 10.10.1.3'
echo 20 >"$LAB/r1/value"
check 'C-140: value times weight is added' wait_for 1 \
    '[ "$(priority)" = 140 ]'
echo -127 >"$LAB/r1/value"
check 'C-140: -254 is a fault' wait_for 1 'not has_addr r1 10.10.1.3'
echo 0 >"$LAB/r1/value"
check 'C-140: and 0 none' wait_for 2 'has_addr r1 10.10.1.3'

# ---- where keepalived does otherwise ----
if ours; then
	afresh
	{
		echo "$GLOBAL"
		script_block chk "$GOOD" 'interval 0.3' \
		    'rise 3' init_fail
		instance VI_1 100 "$TRACK" "$NOTIFY"
	} | conf r1
	: >"$LAB/r1/good"
	start_vrrpd r1
	check 'C-136: init_fail starts in FAULT' wait_for 1 'noted faults'
	check 'C-136: and recovers' wait_for 3 'noted backups'
	check 'C-136: after three successes' equal \
	    "$(runs_until 0 "$LAB/r1/backups")" 3

	afresh
	{
		echo "$GLOBAL"
		instance VI_1 100 "$TRACK" "$NOTIFY"
		script_block chk "script $LAB/tools/absent" 'interval 1'
	} | conf r1
	start_vrrpd r1
	check 'C-166 D-6: a script that cannot run counts as failed' \
	    wait_for 2 'noted faults'
	check 'C-166 D-6: and no address is taken' stays 1.2 \
	    'not has_addr r1 10.10.1.3'
	check 'C-166 D-6: loudly' grep -q 'tools/absent' "$LAB/r1/router.log"
fi
lab_end
