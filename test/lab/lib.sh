# shellcheck shell=sh
# lib.sh: the kit of the lab tests, read by each of them with `. lib.sh`.
#
# A test runs inside namespaces of its own: user (without root), mount, PID and
# network.  When its first process ends, for whatever reason, the kernel ends
# everything in it, so nothing can be left behind.  The network namespace of
# the test itself is the switch, a bridge.  A machine is a mount, PID and
# network namespace below it, with its own /run and /tmp and an interface eth0
# on that bridge:
#
#	r1 10.10.1.1  fe80::1 2001:db8::1  02:00:00:00:00:01
#	r2 10.10.1.2  ...     and so on, client 10.10.1.9
#
# Everything that a test writes stands in $LAB, seen alike by all machines.
# Every frame is recorded ($LAB/wire.txt to wait for, $LAB/wire.pcap for
# tshark).  Nothing sleeps and hopes: wait_for asks again and again, with a
# limit that only a failure reaches.
#
# A machine may be busy with other things.  So a time is judged between two
# frames or events, by the time stamps of those who saw them, and `took` allows
# what those under test then waited for the machine (kit/late.py).  What a time
# of the test's own (now) begins or ends includes its processes: such a time has
# a strict lower bound only.
#
#	VRRPD=FILE	the program under test, ./vrrpd if not set; may be
#			keepalived, which shows what the kit is worth
#	PEER=FILE	the other party, keepalived
#	LAB_KEEP=DIR	copy $LAB there at the end
#	LAB_SLACK_MS=N	what a time may exceed its bound by, beyond what this
#			machine was seen to be late meanwhile (kit/late.py)
#	LAB_PATIENCE=N	how many times its limit wait_for waits
#
# Exit status: 0 passed, 1 failed, 77 skipped (the last line says why).

PATH=$PATH:/usr/sbin:/sbin
unset TMPDIR				# a daemon would write its dumps there
LAB=/run/lab
LAB_SCRIPT=$(cd "$(dirname "$0")" && pwd)/${0##*/}
LAB_SOURCE=${LAB_SCRIPT%/*}
LAB_NAME=${LAB_SCRIPT##*/}
LAB_NAME=${LAB_NAME%.sh}
KIT=$LAB_SOURCE/kit
: "${VRRPD:=$LAB_SOURCE/../../vrrpd}"
: "${PEER:=$(command -v keepalived)}"
: "${LAB_LIMIT_S:=600}"
: "${LAB_SLACK_MS:=60}"
: "${LAB_PATIENCE:=5}"
PYTHON=/usr/bin/python3
[ -x "$PYTHON" ] || PYTHON=python3

skip() { # REASON
	trap - EXIT
	echo "SKIP: $1"
	exit 77
}

# Whether we are root only in our own namespace, where nobody else exists and
# the directories of the system belong to strangers.
rootless() {
	[ "$(awk '{ print $3 }' /proc/self/uid_map)" = 1 ]
}

# Whether the program under test is vrrpd, not keepalived in its place.
ours() {
	[ "${VRRPD##*/}" != keepalived ]
}

# Whether it was built with a sanitizer, which needs much memory and makes calls
# of its own.
sanitized() {
	grep -q __asan_init "$VRRPD"
}

# What outlives the shell that starts the test must not outlive the test:
# `setpriv --pdeathsig` and `unshare --kill-child` make a chain of it.
lab_outside() { # TOOL...
	for tool in ip unshare nsenter setpriv timeout "$PYTHON" "$@"; do
		command -v "$tool" >/dev/null || skip "no $tool on this machine"
	done
	[ -x "$VRRPD" ] || skip "no $VRRPD yet: run make"
	VRRPD=$(cd "$(dirname "$VRRPD")" && pwd)/${VRRPD##*/}
	user=-m
	[ "$(id -u)" -eq 0 ] || user=-Urm
	unshare "$user" -npf --mount-proc true 2>/dev/null ||
		skip 'this kernel lets us make no namespaces'
	export VRRPD PEER LAB_SLACK_MS LAB_PATIENCE
	LAB_INSIDE=$LAB_NAME LAB_PREFIX=vrrpdlab-$LAB_NAME-$$- \
	    setpriv --pdeathsig KILL timeout -s KILL "$LAB_LIMIT_S" \
	    setpriv --pdeathsig KILL \
	    unshare "$user" -npf --kill-child --mount-proc \
	    sh "$LAB_SCRIPT" &
	trap 'kill -KILL $! 2>/dev/null; exit 1' INT TERM HUP
	wait $!
	exit $?
}

# Called first by every test with the tools that it needs.
lab_begin() { # TOOL...
	[ "${LAB_INSIDE:-}" = "$LAB_NAME" ] || lab_outside "$@"
	set -u
	trap 'lab_end' EXIT
	FAILED=1 CHECKED=0 MACHINES=
	mount -n -t tmpfs -o mode=755 lab /run
	mkdir -p "$LAB/tools" /run/netns
	cp "$KIT"/*.py "$LAB/tools"
	mkdir "$LAB/bin"
	cp "$VRRPD" "$LAB/bin"
	VRRPD=$LAB/bin/${VRRPD##*/}
	# A script that adds a line to file $1: the time and its arguments.
	NOTE=$LAB/tools/note
	cat >"$NOTE" <<-'EOF'
		#!/bin/sh
		file=$1
		shift
		echo "$(date +%s.%6N) $*" >>"$file"
	EOF
	chmod +x "$NOTE"
	# Where a build with sanitizers writes what it finds, whatever becomes
	# of its stderr (make asan).  It has no heap that could leak.
	export ASAN_OPTIONS="detect_leaks=0:log_path=$LAB/sanitizer"
	export UBSAN_OPTIONS="print_stacktrace=1:log_path=$LAB/sanitizer"
	# Where one that counts what runs puts its counts (make cover).
	if [ -n "${COVER:-}" ]; then
		mkdir "$LAB/cover"
		mount -n --bind "$COVER" "$LAB/cover"
		export COVER="$LAB/cover"
	fi
	echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6
	ip link set lo up
	ip link add br0 type bridge mcast_snooping 0
	ip link set br0 up
	"$PYTHON" "$LAB/tools/wire.py" br0 "$LAB/wire.pcap" "$LAB/wire.txt" &
	"$PYTHON" "$LAB/tools/late.py" "$LAB/late" vrrpd keepalived events \
	    "${VRRPD##*/}" &
	wait_for 5 '[ -e "$LAB/wire.txt" ] && [ -s "$LAB/late" ]' || exit 1
	FAILED=0
}

# What every test ends with.  A trap's `exit' alone would have the status that
# the test had before: that of its last check.
lab_end() {
	status=$?
	trap - EXIT
	[ "$status" -eq 0 ] || FAILED=$((FAILED + 1))
	for lab_each in "$LAB"/sanitizer.*; do
		[ -e "$lab_each" ] || continue
		FAILED=$((FAILED + 1))
		cat "$lab_each"
	done
	if [ "$FAILED" -gt 0 ]; then
		for log in "$LAB"/*/*.log; do
			[ -s "$log" ] || continue
			echo "--- ${log#"$LAB"/}, last lines"
			tail -n 15 "$log"
		done
		echo '--- wire.txt, last lines'
		tail -n 20 "$LAB/wire.txt"
	fi
	if [ -n "${LAB_KEEP:-}" ]; then
		mkdir -p "$LAB_KEEP/$LAB_NAME"
		cp -R "$LAB"/. "$LAB_KEEP/$LAB_NAME" 2>/dev/null
	fi
	echo "$LAB_NAME: $CHECKED checks, $FAILED failed"
	exit $((FAILED > 0))
}

# ---- judging ----

check() { # TEXT COMMAND...
	lab_text=$1
	shift
	CHECKED=$((CHECKED + 1))
	if "$@"; then
		echo "ok $lab_text"
	else
		FAILED=$((FAILED + 1))
		echo "FAIL $lab_text"
		return 1
	fi
}

now() {
	date +%s.%6N
}

# Asks until CONDITION holds; fails after LIMIT seconds (n or n.d), times
# LAB_PATIENCE.
wait_for() { # LIMIT_S CONDITION
	lab_wait "$1" "$LAB_PATIENCE" "$2"
}

# Whether CONDITION stays true for LIMIT seconds.
stays() { # LIMIT_S CONDITION
	! lab_wait "$1" 1 "! { $2; }"
}

# The last time it is asked is after the limit.
lab_wait() { # LIMIT_S FACTOR CONDITION
	case $1 in
	*.*) lab_limit=$((${1%.*} * 100 + ${1#*.} * 10)) ;;
	*) lab_limit=$(($1 * 100)) ;;
	esac
	read -r lab_up lab_rest </proc/uptime
	lab_end_cs=$((${lab_up%.*}${lab_up#*.} + lab_limit * $2))
	while :; do
		read -r lab_up lab_rest </proc/uptime
		lab_polling=1
		if eval "$3"; then
			lab_polling=
			return 0
		fi
		lab_polling=
		[ "${lab_up%.*}${lab_up#*.}" -lt "$lab_end_cs" ] || return 1
		sleep 0.05
	done
}

# The difference of two times in whole milliseconds; 999999 if one is missing.
ms() { # FROM TO
	awk -v from="${1:-}" -v to="${2:-}" 'BEGIN {
		if (from == "" || to == "") print 999999
		else printf "%.0f\n", (to - from) * 1000 }'
}

# What a time may be over its bound: those measured waited for the machine from
# shortly before FROM until shortly after TO, the last ten seconds if not told.
# Begin and end are late by a wait or two each, not by all between them, so the
# four tenths of a second with the longest ones count.
slack() { # [FROM [TO]]
	lab_to=${2:-}
	[ -n "$lab_to" ] || lab_to=$(now)
	lab_wait 20 1 'tail -n 1 "$LAB/late" |
	    awk -v to="$lab_to" "{ exit (\$1 < to + 0.15) }"'
	awk -v from="${1:-}" -v to="$lab_to" -v base="$LAB_SLACK_MS" '
		BEGIN { if (from == "") from = to - 10 }
		{ begin = end; end = $1 }
		end <= from - 0.2 || begin >= to + 0.3 { next }
		$2 > late { late = $2 }
		{ wait = $3 }
		{ for (i = 1; i <= 4; i++) if (wait > most[i]) {
			less = most[i]; most[i] = wait; wait = less } }
		END {
			for (i = 1; i <= 4; i++)
				base += most[i]
			print base + 2 * late
		}' "$LAB/late"
}

# LOW <= VALUE <= HIGH + slack, in milliseconds; says what it was.  The begin
# can be late too, and what was due then is not: by what was measured as late
# the value can be below LOW.
within() { # LOW VALUE HIGH [FROM [TO]]
	lab_more=$(slack "${4:-}" "${5:-}")
	lab_less=$((lab_more - LAB_SLACK_MS))
	echo "   $2 ms, wanted $1..$3, allowed $lab_more more, $lab_less less"
	[ "$2" -ge $(($1 - lab_less)) ] && [ "$2" -le $(($3 + lab_more)) ]
}

# From FROM to TO it was LOW to HIGH ms, and slack.
took() { # LOW HIGH FROM TO
	within "$1" "$(ms "$3" "$4")" "$2" "$3" "$4"
}

# Not less than LOW, without an upper bound: FROM or TO is the test's own time.
at_least() { # LOW FROM TO
	lab_value=$(ms "$2" "$3")
	echo "   $lab_value ms, wanted $1 or more"
	[ "$lab_value" -ge "$1" ] && [ "$lab_value" -ne 999999 ]
}

# What the test did after BEFORE was seen at CAUSE and had its EFFECT LOW to
# HIGH ms later, and slack.  Who sees it can be late, so the lower bound is
# counted from BEFORE.
elapsed() { # LOW HIGH BEFORE CAUSE EFFECT
	at_least "$1" "$3" "$5" && took -100 "$2" "$4" "$5"
}

equal() { # GOT WANTED
	[ "$1" = "$2" ] && return
	echo "   got '$1', wanted '$2'"
	return 1
}

not() { # COMMAND...
	! "$@"
}

# ---- machines ----

# A new machine on the switch: .NUMBER in every one of its addresses.
machine() { # NAME NUMBER
	mkdir -p "$LAB/$1"
	unshare -mnpf --kill-child --mount-proc sh -c '
		mount -n -t tmpfs -o mode=755 run "$1" && mkdir "$1/lab" &&
		mount -n --rbind /run/lab "$1/lab" &&
		mount -n --move "$1" /run &&
		mount -n -t tmpfs -o mode=1777 tmp /tmp && ip link set lo up &&
		echo 0 >/proc/sys/net/ipv6/conf/default/disable_ipv6 &&
		: >"$2/up" && exec 2>/dev/null
		# As its init: reap whatever is left to us.
		while :; do sleep 3600 & wait $!; done' \
	    sh /mnt "$LAB/$1" &
	lab_pid=$!
	eval "lab_pid_$1=\$lab_pid lab_number_$1=\$2"
	MACHINES="$MACHINES $1"
	wait_for 5 "[ -e $LAB/$1/up ]" || exit 1
	ip netns attach "$LAB_PREFIX$1" "$lab_pid"
	plug "$1"
}

# The network cable of a machine, with eth0 at its end and the usual addresses.
plug() { # MACHINE
	eval "lab_n=\$lab_number_$1"
	ip link add "$1" master br0 type veth peer name eth0 \
	    address "02:00:00:00:00:0$lab_n" netns "$LAB_PREFIX$1"
	ip link set "$1" up
	ip -n "$LAB_PREFIX$1" link set eth0 addrgenmode none
	ip -n "$LAB_PREFIX$1" link set eth0 up
	address "$1"
}

address() { # MACHINE: the usual addresses and no others
	eval "lab_n=\$lab_number_$1"
	ip -n "$LAB_PREFIX$1" addr flush dev eth0
	ip -n "$LAB_PREFIX$1" addr add "10.10.1.$lab_n/24" brd + dev eth0
	ip -n "$LAB_PREFIX$1" addr add "fe80::$lab_n/64" dev eth0 nodad
	ip -n "$LAB_PREFIX$1" addr add "2001:db8::$lab_n/64" dev eth0 nodad
}

on() { # MACHINE COMMAND...
	eval "lab_ns=/proc/\$lab_pid_$1/ns"
	shift
	nsenter --mount="$lab_ns/mnt" --net="$lab_ns/net" \
	    --pid="$lab_ns/pid_for_children" "$@"
}

ipn() { # MACHINE IP-ARGUMENTS...
	lab_machine=$1
	shift
	ip -n "$LAB_PREFIX$lab_machine" "$@"
}

link_down() { # MACHINE: pull its cable out of the switch
	ip link set "$1" down
}

link_up() { # MACHINE
	ip link set "$1" up
}

has_addr() { # MACHINE ADDRESS
	[ -n "$(ipn "$1" -o addr show to "$2" 2>/dev/null)" ]
}

# The machines that hold ADDRESS, in one line.
holders() { # ADDRESS
	lab_list=
	for lab_each in $MACHINES; do
		has_addr "$lab_each" "$1" && lab_list="$lab_list $lab_each"
	done
	echo ${lab_list:+"${lab_list# }"}
}

# ---- processes of a machine ----

# Start COMMAND in the background; $LAB/MACHINE/NAME.pid is its process there,
# NAME.log its output, NAME.rc its exit status once it has ended.
launch() { # MACHINE NAME COMMAND...
	lab_base=$LAB/$1/$2
	lab_machine=$1
	shift 2
	rm -f "$lab_base.pid" "$lab_base.rc"
	(
		on "$lab_machine" sh -c 'echo $$ >"$0"; exec "$@"' \
		    "$lab_base.pid" "$@" >>"$lab_base.log" 2>&1
		echo $? >"$lab_base.rc"
	) 2>/dev/null &
	wait_for 5 '[ -s "$lab_base.pid" ]'
}

conf() { # MACHINE <TEXT
	cat >"$LAB/$1/conf"
}

# Without arguments: in the foreground, with $LAB/MACHINE/conf.
start_vrrpd() { # MACHINE [ARGUMENT...]
	start_router "$VRRPD" "$@"
}

start_keepalived() { # MACHINE [ARGUMENT...]
	start_router "$PEER" "$@"
}

start_router() { # PROGRAM MACHINE [ARGUMENT...]
	lab_program=$1 lab_machine=$2
	shift 2
	[ $# -gt 0 ] || set -- -n -l -D -f "$LAB/$lab_machine/conf"
	launch "$lab_machine" router "$lab_program" "$@"
}

signal() { # MACHINE SIGNAL [NAME]
	on "$1" sh -c 'kill -"$1" "$2"' sh "$2" \
	    "$(cat "$LAB/$1/${3:-router}.pid")"
}

# Wakes what was stopped; prints the time at once after that.
wake() { # MACHINE
	on "$1" sh -c 'kill -CONT "$0" && exec date +%s.%6N' \
	    "$(cat "$LAB/$1/router.pid")"
}

ended() { # MACHINE [NAME]: its status is there, too
	[ -s "$LAB/$1/${2:-router}.rc" ]
}

exit_status() { # MACHINE [NAME]
	cat "$LAB/$1/${2:-router}.rc" 2>/dev/null || echo none
}

# Whether somebody there has a raw socket open for protocol 112.
listens() { # MACHINE
	on "$1" grep -q ':0070 ' /proc/net/raw /proc/net/raw6
}

stop() { # MACHINE [NAME]
	signal "$1" TERM "${2:-router}" 2>/dev/null
	wait_for 5 "ended $1 ${2:-router}"
}

# End every process of a machine at once, as a power cut does; returns when
# what was launched there has ended, and holds no lock any more.
kill_all() { # MACHINE
	on "$1" sh -c 'kill -KILL -1' 2>/dev/null
	for lab_each in "$LAB/$1"/*.pid; do
		[ ! -e "$lab_each" ] || wait_for 5 "[ -s '${lab_each%pid}rc' ]"
	done
}

# As after a boot: no process, no file, the usual addresses, the link up.
renew() { # MACHINE
	kill_all "$1"
	wait_for 2 "! [ -e $LAB/$1/router.pid ] || ended $1"
	on "$1" sh -c 'rm -rf /tmp/* /run/*.pid /run/*.sock /run/keepalived'
	link_up "$1"
	address "$1"
}

# ---- the usual configuration ----

VERSION=3 ADVERT=0.2 VRID=51 VIPS=10.10.1.3/24

# A vrrp_instance; LINES are added to it.
instance() { # NAME PRIORITY [LINE...]
	printf 'vrrp_instance %s {\n\tinterface eth0\n' "$1"
	printf '\tvirtual_router_id %s\n\tpriority %s\n' "$VRID" "$2"
	printf '\tversion %s\n\tadvert_int %s\n' "$VERSION" "$ADVERT"
	printf '\tvirtual_ipaddress {\n'
	# An address may have words with it: ADDRESS_dev_IF
	# shellcheck disable=SC2086
	printf '\t\t%s\n' $VIPS | tr _ ' '
	printf '\t}\n'
	shift 2
	[ $# -eq 0 ] || printf '\t%s\n' "$@"
	printf '}\n'
}

# The same, whose virtual router id is the end of its address and of its name.
router() { # VRID PRIORITY [LINE...]
	lab_vrid=$1
	shift
	VRID=$lab_vrid VIPS=10.10.1.$lab_vrid/24 instance "V$lab_vrid" "$@"
}

# Active_Down_Interval of the usual configuration, in milliseconds.
down_ms() { # PRIORITY
	awk -v p="$1" -v a="$ADVERT" -v v="$VERSION" 'BEGIN {
		skew = (256 - p) / 256 * (v == 3 ? a : 1)
		printf "%.0f\n", (3 * a + skew) * 1000 }'
}

skew_ms() { # PRIORITY
	awk -v p="$1" -v a="$ADVERT" -v v="$VERSION" 'BEGIN {
		printf "%.0f\n", (256 - p) / 256 * (v == 3 ? a : 1) * 1000 }'
}

# r1 and r2 with the usual configuration at these priorities; r1 is MASTER.
pair() { # PRIORITY_1 PRIORITY_2 [LINE...]
	lab_first=$1 lab_second=$2
	shift 2
	instance VI_1 "$lab_first" "$@" | conf r1
	instance VI_1 "$lab_second" "$@" | conf r2
	start_vrrpd r1
	wait_for 5 'has_addr r1 10.10.1.3'
	start_vrrpd r2
	wait_for 5 'listens r2'
}

# A reader of the FIFO $LAB/MACHINE/fifo: lines arrive in fifo.log.
read_fifo() { # MACHINE
	mkfifo "$LAB/$1/fifo"
	launch "$1" fifo sh -c 'exec cat <>"$1"' sh "$LAB/$1/fifo"
}

# ---- the wire ----

# Waits until a recorder (kit/sync.py) has written all there was so far.
lab_sync() { # FILE
	echo >"$1.ask"
	read -r lab_told <"$1.told"
}

# Lines of wire.txt of one KIND at or after SINCE that fulfil an awk CONDITION;
# the fields are named in wire.py.  Outside wait_for none is missing.
wire() { # KIND [SINCE [CONDITION]]
	[ -n "${lab_polling:-}" ] || lab_sync "$LAB/wire.txt"
	awk -v kind="$1" -v since="${2:-0}" \
	    '$2 == kind && $1 >= since && ('"${3:-1}"')' "$LAB/wire.txt"
}

seen() { # KIND [SINCE [CONDITION]]
	[ -n "$(wire "$@")" ]
}

count() { # KIND [SINCE [CONDITION]]
	wire "$@" | wc -l
}

# When the first such frame went by; it may still be on its way.
first() { # KIND [SINCE [CONDITION]]
	lab_turns=100
	while [ $lab_turns -gt 0 ]; do
		lab_time=$(wire "$@" | awk 'NR == 1 { print $1 }')
		[ -z "$lab_time" ] || break
		lab_turns=$((lab_turns - 1))
		sleep 0.05
	done
	echo "$lab_time"
}

# When the last such frame did.
last() { # KIND [SINCE [CONDITION]]
	wire "$@" | awk 'END { if (NR) print $1 }'
}

# Whether TO, which has this priority, took over in time from FROM, a keepalived
# that was stopped: Skew_Time after its priority 0, or, if a busy machine held
# that up for too long, Active_Down_Interval after its last advert.
succeeded() { # SINCE FROM TO PRIORITY
	lab_zero=$(first vrrp "$1" "$2 && \$8 == 0")
	lab_taken=$(first vrrp "$1" "$3 && \$8 > 0")
	if [ "$(ms "$lab_zero" "$lab_taken")" -ge 0 ]; then
		took $(($(skew_ms "$4") - 5)) "$(skew_ms "$4")" "$lab_zero" \
		    "$lab_taken"
	else
		echo '   priority 0 came after the takeover'
		took $(($(down_ms "$4") - 5)) "$(down_ms "$4")" \
		    "$(last vrrp 0 "$2 && \$8 > 0 && \$1 < $lab_taken")" \
		    "$lab_taken"
	fi
}

# Whether such frames followed each other in LOW to HIGH ms; says which did not.
# What the daemon waited for the machine delays one and brings it nearer to the
# next.
regular() { # KIND SINCE CONDITION LOW HIGH
	lab_gaps=$(wire "$1" "$2" "$3" | awk -v low="$4" -v high="$5" \
	    -v base="$LAB_SLACK_MS" '
		late { at[++n] = $1; more[n] = 2 * $2 + $3; next }
		frames++ {
			while (begin < n && at[begin + 1] < last - 0.2)
				begin++
			more_ms = 0
			for (i = begin + 1; i <= n && at[i - 1] < $1 + 0.2; i++)
				more_ms += more[i]
			gap = ($1 - last) * 1000
			if (gap < low - more_ms || gap > high + base + more_ms)
				printf "%.0f (%.0f) ", gap, more_ms
		}
		{ last = $1 }
		END { if (frames < 2) print "no frames" }' \
	    late=1 "$LAB/late" late=0 -)
	[ -z "$lab_gaps" ] || echo "   $lab_gaps, wanted $4..$5 ms"
	[ -z "$lab_gaps" ]
}

# What tshark says of the frames on the wire, the same with each release: a flag
# is 0 or 1, 0xc0 and 0x0800 have no more zeros, and in version 3 over IPv4 the
# pseudo-header belongs to the checksum (D-1) unless an OPTION says otherwise.
dissector() { # OPTION...
	HOME=/tmp tshark -o vrrp.v3_checksum_as_in_v2:false \
	    -r "$LAB/wire.pcap" "$@" 2>/dev/null |
	    sed 's/\<True\>/1/g; s/\<False\>/0/g; s/\<0x0*\(c0\|0800\)\>/0x\1/g'
}

# Fields of all frames that a tshark FILTER selects, separated by tabs.
tshark_fields() { # FILTER FIELD...
	lab_filter=$1
	shift
	lab_sync "$LAB/wire.txt"
	lab_args=
	for lab_each; do
		lab_args="$lab_args -e $lab_each"
	done
	# shellcheck disable=SC2086 # a list of options
	dissector -Y "$lab_filter" -T fields $lab_args
}

# Address and link changes of a machine go to $LAB/MACHINE/events (events.py).
watch_events() { # MACHINE
	eval "lab_ns=/proc/\$lab_pid_$1/ns"
	nsenter --net="$lab_ns/net" "$PYTHON" "$LAB/tools/events.py" \
	    "$LAB/$1/events" &
	wait_for 5 "[ -e $LAB/$1/events ]"
}

# What was read at or after SINCE and matches.
events() { # MACHINE PATTERN [SINCE]
	lab_sync "$LAB/$1/events"
	awk -v since="${3:-0}" '$1 >= since' "$LAB/$1/events" | grep -e "$2"
}

# When the first of them was read.
event_time() { # MACHINE PATTERN [SINCE]
	events "$@" | awk 'NR == 1 { print $1 }'
}

# Whether ADDRESS was removed there since then, if only for a moment.
went() { # MACHINE ADDRESS SINCE
	[ -n "$(events "$1" "Deleted address [^ ]* $2/" "$3")" ]
}

event_count() { # MACHINE PATTERN [SINCE]
	events "$@" | wc -l
}

# ---- the client ----

# What the client holds ADDRESS's MAC to be.
neighbour() { # ADDRESS
	ipn client neigh show to "$1" |
	    sed -n 's/.*lladdr \([0-9a-f:]*\).*/\1/p'
}

forge() { # NAME=VALUE...
	on client "$PYTHON" "$LAB/tools/forge.py" eth0 "$@"
}

# The same every 100 ms from then on, until forge_off.
forge_on() { # NAME=VALUE...
	launch client forge "$PYTHON" "$LAB/tools/forge.py" eth0 times=100000 \
	    every=0.1 "$@"
}

forge_off() {
	stop client forge
}

# Ask ADDRESS every 2 ms until probe_end; each has its own NAME.
probe() { # ADDRESS [NAME]
	rm -f "$LAB/client/${2:-probe}.gaps"
	launch client "${2:-probe}" "$PYTHON" "$LAB/tools/probe.py" "$1" 2 \
	    "$LAB/client/${2:-probe}.gaps"
	wait_for 5 "[ -e $LAB/client/${2:-probe}.gaps ]"
}

# Ends it; prints the longest time without an answer, in whole milliseconds.
probe_end() { # [NAME]
	stop client "${1:-probe}" >/dev/null
	awk '$1 == "total" { printf "%.0f\n", $4 }' \
	    "$LAB/client/${1:-probe}.gaps"
}
