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
# tshark).  Nothing sleeps and hopes: wait_for asks every 20 ms, with a limit.
#
#	VRRPD=FILE	the program under test, ./vrrpd if not set; may be
#			keepalived, which shows what the kit is worth
#	PEER=FILE	the other party, keepalived
#	LAB_KEEP=DIR	copy $LAB there at the end
#	LAB_SLACK_MS=N	what a time may exceed its bound by, beyond what this
#			machine was seen to be late meanwhile (kit/late.py)
#
# Exit status: 0 passed, 1 failed, 77 skipped (the last line says why).

PATH=$PATH:/usr/sbin:/sbin
LAB=/run/lab
LAB_SCRIPT=$(cd "$(dirname "$0")" && pwd)/${0##*/}
LAB_SOURCE=${LAB_SCRIPT%/*}
LAB_NAME=${LAB_SCRIPT##*/}
LAB_NAME=${LAB_NAME%.sh}
KIT=$LAB_SOURCE/kit
: "${VRRPD:=$LAB_SOURCE/../../vrrpd}"
: "${PEER:=$(command -v keepalived)}"
: "${LAB_LIMIT_S:=150}"
: "${LAB_SLACK_MS:=60}"
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
	export VRRPD PEER LAB_SLACK_MS
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
	echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6
	ip link set lo up
	ip link add br0 type bridge mcast_snooping 0
	ip link set br0 up
	"$PYTHON" "$LAB/tools/wire.py" br0 "$LAB/wire.pcap" "$LAB/wire.txt" &
	"$PYTHON" "$LAB/tools/late.py" "$LAB/late" &
	wait_for 5 '[ -e "$LAB/wire.txt" ] && [ -e "$LAB/late" ]' || exit 1
	FAILED=0
}

# The last line of every test.
lab_end() {
	status=$?
	trap - EXIT
	[ "$status" -eq 0 ] || FAILED=$((FAILED + 1))
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
	[ "$FAILED" -eq 0 ]
	exit
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

# Asks every 20 ms until CONDITION holds; fails after LIMIT seconds (n or n.d).
wait_for() { # LIMIT_S CONDITION
	case $1 in
	*.*) lab_limit=$((${1%.*} * 100 + ${1#*.} * 10)) ;;
	*) lab_limit=$(($1 * 100)) ;;
	esac
	read -r lab_up lab_rest </proc/uptime
	lab_end_cs=$((${lab_up%.*}${lab_up#*.} + lab_limit))
	until eval "$2"; do
		read -r lab_up lab_rest </proc/uptime
		[ "${lab_up%.*}${lab_up#*.}" -lt "$lab_end_cs" ] || return 1
		sleep 0.02
	done
}

# Whether CONDITION stays true for LIMIT seconds.
stays() { # LIMIT_S CONDITION
	! wait_for "$1" "! { $2; }"
}

# The difference of two times in whole milliseconds; 999999 if one is missing.
ms() { # FROM TO
	awk -v from="${1:-}" -v to="${2:-}" 'BEGIN {
		if (from == "" || to == "") print 999999
		else printf "%.0f\n", (to - from) * 1000 }'
}

# What a time may be over its bound here and now.
slack() {
	echo $((LAB_SLACK_MS + 2 * $(cat "$LAB/late")))
}

# LOW <= VALUE <= HIGH + slack, in milliseconds; says what it was.
within() { # LOW VALUE HIGH
	echo "   $2 ms, wanted $1..$3, allowed $(slack) more"
	[ "$2" -ge "$1" ] && [ "$2" -le $(($3 + $(slack))) ]
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
		mount -n --bind /run/lab "$1/lab" &&
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

ended() { # MACHINE [NAME]
	[ -e "$LAB/$1/${2:-router}.rc" ]
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

# End every process of a machine at once, as a power cut does.
kill_all() { # MACHINE
	on "$1" sh -c 'kill -KILL -1' 2>/dev/null
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

# Lines of wire.txt of one KIND at or after SINCE that fulfil an awk CONDITION;
# the fields are named in wire.py.
wire() { # KIND [SINCE [CONDITION]]
	awk -v kind="$1" -v since="${2:-0}" \
	    '$2 == kind && $1 >= since && ('"${3:-1}"')' "$LAB/wire.txt"
}

seen() { # KIND [SINCE [CONDITION]]
	[ -n "$(wire "$@")" ]
}

count() { # KIND [SINCE [CONDITION]]
	wire "$@" | wc -l
}

# When the first such frame went by.  What shows by other means may not have
# reached the record yet, so a frame that is not there gets a second.
first() { # KIND [SINCE [CONDITION]]
	for lab_turn in 1 2 3 4 5 6 7 8 9 10; do
		lab_time=$(wire "$@" | awk 'NR == 1 { print $1 }')
		[ -z "$lab_time" ] || break
		sleep 0.1
	done
	echo "$lab_time"
}

# When the last such frame did.
last() { # KIND [SINCE [CONDITION]]
	wire "$@" | awk 'END { if (NR) print $1 }'
}

# Whether such frames followed each other in LOW to HIGH ms (and slack); says
# which did not.
regular() { # KIND SINCE CONDITION LOW HIGH
	lab_gaps=$(wire "$1" "$2" "$3" |
	    awk -v low="$4" -v high=$(($5 + $(slack))) '
		{ gap = ($1 - last) * 1000 }
		NR > 1 && (gap < low || gap > high) { printf "%.0f ", gap }
		{ last = $1 }
		END { if (NR < 2) print "no frames" }')
	[ -z "$lab_gaps" ] || echo "   $lab_gaps, wanted $4..$5 ms"
	[ -z "$lab_gaps" ]
}

# Fields of all frames that a tshark FILTER selects, separated by tabs.
tshark_fields() { # FILTER FIELD...
	lab_filter=$1
	shift
	lab_args=
	for lab_each; do
		lab_args="$lab_args -e $lab_each"
	done
	# shellcheck disable=SC2086 # a list of options
	HOME=/tmp tshark -r "$LAB/wire.pcap" -Y "$lab_filter" -T fields \
	    $lab_args 2>/dev/null
}

# Address and link changes of a machine go to $LAB/MACHINE/events.
watch_events() { # MACHINE
	ipn "$1" -ts monitor address link >"$LAB/$1/events" 2>/dev/null &
	# It listens once it has seen a change of our making.
	wait_for 5 "ipn $1 addr add 127.9.9.9/32 dev lo 2>/dev/null
		ipn $1 addr del 127.9.9.9/32 dev lo 2>/dev/null
		grep -q 127.9.9.9 $LAB/$1/events"
}

# When the first matching event at or after SINCE was read.
event_time() { # MACHINE PATTERN [SINCE]
	sed -n "/$2/s/^\[\([^]]*\)\].*/\1/p" "$LAB/$1/events" |
	    while read -r lab_stamp; do
		date -d "$lab_stamp" +%s.%6N
	done | awk -v since="${3:-0}" '$1 >= since { print; exit }'
}

events() { # MACHINE PATTERN: number of matching lines
	grep -c "$2" "$LAB/$1/events"
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
