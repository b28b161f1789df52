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

# The next runs of the script `planned` end with these; the one after them
# waits for more, and when it has begun the daemon knows all of them.
plan() { # STATUS...
	printf '%s\n' "$@" >"$LAB/r1/plan.new"
	mv "$LAB/r1/plan.new" "$LAB/r1/plan"
	wait_for 20 '[ ! -s "$LAB/r1/plan" ] && [ -e "$LAB/r1/waits" ]'
}

between() { # LOW HIGH VALUE, in milliseconds
	echo "   $3 ms, wanted $1..$2"
	[ "$3" -ge "$1" ] && [ "$3" -le "$2" ]
}

noted() { # FILE: whether a script has written something to it
	[ -s "$LAB/r1/$1" ]
}

afresh() {
	renew r1
	cd "$LAB/r1" && rm -f plan waits good faults backups hang fifo fifo.log
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

# Exits 0 if the file r1/good exists.
GOOD="script $LAB/tools/good"
tool good <<EOF
#!/bin/sh
[ -e $LAB/r1/good ]
EOF

# Exits with the next status of the plan.
PLANNED="script $LAB/tools/planned"
tool planned <<EOF
#!/bin/sh
cd $LAB/r1
until [ -s plan ]; do
	: >waits
	sleep 0.05
done
rm -f waits
read -r status <plan
sed -i 1d plan
exit "\$status"
EOF

# Debian's keepalived has whole seconds only.
INTERVAL=1
ours && INTERVAL=0.2
# What a script may be late when it writes down that it was called.
LATE_MS=2000
# keepalived calls a script failed when it has ended, 2 s after its timeout.
TIMED_OUT=3000
ours && TIMED_OUT=1000

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
	script_block chk "$PLANNED" "interval $INTERVAL" 'timeout 60' \
	    'rise 3' 'fall 4'
	instance VI_1 100 "$TRACK" "$NOTIFY"
} | conf r1
start_vrrpd r1
plan 0
wait_for 3 'has_addr r1 10.10.1.3 && noted backups'
t=$(now)
plan 1 1 1
check 'C-134: three failures are not enough' stays 0.3 \
    'has_addr r1 10.10.1.3 && ! noted faults'
plan 0 1 1 1
check 'C-134: nor are they after a success' stays 0.3 \
    'has_addr r1 10.10.1.3 && ! noted faults'
plan 1
check 'C-134: the fourth makes FAULT' wait_for 2 'noted faults'
check 'C-134: the address goes' wait_for 1 'not has_addr r1 10.10.1.3'
check 'C-144: with priority 0' seen vrrp "$t" '$8 == 0'
rm "$LAB/r1/backups"
plan 0 0
check 'C-134: two successes are not enough' stays 0.3 '! noted backups'
plan 0
check 'C-134: the third ends it' wait_for 2 'noted backups'

# ---- before the first result ----
afresh
{
	echo "$GLOBAL"
	script_block chk "$PLANNED" 'interval 5' 'timeout 60' 'rise 3' 'fall 3'
	instance VI_1 100 "$TRACK" "$NOTIFY"
} | conf r1
start_vrrpd r1
wait_for 2 '[ -e "$LAB/r1/waits" ]'
check 'C-135: silent before the first result' stays 0.5 \
    '! noted backups && ! noted faults'
echo 0 >"$LAB/r1/plan"
check 'C-135: the first success makes BACKUP' wait_for 1 'noted backups'
check 'C-135: and then MASTER' wait_for 2 'has_addr r1 10.10.1.3'
afresh
echo 1 >"$LAB/r1/plan"
start_vrrpd r1
check 'C-135: the first failure makes FAULT' wait_for 2 'noted faults'
check 'C-135: no BACKUP before' not noted backups

# ---- a script that hangs ----
# Times are in seconds since the boot, as the kernel tells when a process was
# started: that is when the daemon did it.  Its time of the run is the one it
# woke at, so on a busy machine what begins with a start is shorter.
EARLY_MS=250
tool hang <<EOF
#!/bin/sh
[ -e $LAB/r1/good ] && exit 0
uptime() {
	read -r seconds rest </proc/uptime
	echo "\$seconds \$*" >>$LAB/r1/hang
}
trap 'uptime TERM' TERM
awk '{ print \$22 / 100, "START", \$1 }' /proc/\$\$/stat >>$LAB/r1/hang
sh -c 'trap "" TERM; exec sleep 60' &
uptime CHILD \$!
while :; do wait; done
EOF
tool hung <<EOF
#!/bin/sh
read -r seconds rest </proc/uptime
echo "\$seconds FAULT" >>$LAB/r1/hang
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
	instance VI_1 100 "$TRACK" "notify_fault \"$LAB/tools/hung\""
} | conf r1
: >"$LAB/r1/good"
start_vrrpd r1
wait_for 3 'has_addr r1 10.10.1.3'
rm "$LAB/r1/good"
check 'C-139: a hanging script is a failing one' wait_for 5 \
    'grep -q FAULT "$LAB/r1/hang"'
check 'C-139: at its timeout' between $((1000 - EARLY_MS)) \
    $((TIMED_OUT + LATE_MS)) "$(ms "$(hang_time START)" "$(hang_time FAULT)")"
check 'C-139: it gets TERM' between $((1000 - EARLY_MS)) \
    $((1000 + LATE_MS)) "$(ms "$(hang_time START)" "$(hang_time TERM)")"
check 'C-139: then KILL, with its children' wait_for 6 \
    'gone START && gone CHILD'
check 'it is run again' wait_for 3 \
    '[ $(grep -c START "$LAB/r1/hang") -ge 2 ]'
if ours; then
	check 'C-139: KILL was 2 s later, the next interval runs it again' \
	    within $((3000 - EARLY_MS)) "$(awk '
		$2 == "START" { at[++n] = $1 }
		END { printf "%.0f\n", (at[2] - at[1]) * 1000 }' \
	    "$LAB/r1/hang")" 4000
fi
signal r1 TERM
check 'TERM to the daemon' wait_for 5 'ended r1'
if ours; then
	check 'never two runs of one script at once' equal "$(awk '
		$2 == "START" && last && $1 - last < 2.75 { print $1 - last }
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
wait_for 3 '[ $(grep -c master "$LAB/r1/order") -eq 2 ]'
signal r1 TERM
check 'TERM' wait_for 3 'ended r1'
check 'C-149: each change ran its script once, in order' wait_for 1 \
    '[ "$(awk "{ printf \"%s \", \$2 }" "$LAB/r1/order")" = \
    "backup master lower backup master stop " ]'
check 'C-148: notify_master has its own arguments only' grep -q \
    'master a b$' "$LAB/r1/order"
wait_for 2 'grep -q STOP "$LAB/r1/fifo.log"'
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
		script_block chk "$PLANNED" 'interval 0.2' 'timeout 60' \
		    'rise 3' init_fail
		instance VI_1 100 "$TRACK" "$NOTIFY"
	} | conf r1
	start_vrrpd r1
	check 'C-136: init_fail starts in FAULT' wait_for 1 'noted faults'
	plan 0 0
	check 'C-136: two successes are not enough' stays 0.3 '! noted backups'
	plan 0
	check 'C-136: three are' wait_for 2 'noted backups'

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
