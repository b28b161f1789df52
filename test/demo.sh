#!/bin/sh
# Goal: show what vrrpd does for a client when a router dies, returns, is
# stopped.
# Method: two routers and a client on a switch, in network namespaces; vrrpd
# with flags only, VRRP version 2, an advertisement a second.  The client asks
# the virtual address every millisecond.  The longest it had to wait is judged
# by the protocol's bound: exit status 1 if one is broken.
#
#	sh test/demo.sh		the show, 15 seconds
#	sh test/demo.sh shell	the same two routers and a shell to torment them
#
# VRRPD=FILE is the program to show, NO_COLOR=1 does without colours.

cd "$(dirname "$0")/.." || exit 1
. test/bench/net.sh
VRRPD=${VRRPD:-./vrrpd}
if [ -z "${NET_INSIDE:-}" ]; then
	[ -x "$VRRPD" ] || { echo "demo: no $VRRPD yet: run make" >&2; exit 1; }
	net_build echo
fi
net_begin test/demo.sh "$@"

vip=10.10.1.3
skew=$(((256 - 100) * 1000 / 256))	# Skew_Time of priority 100, in ms
master_down=$((3 * 1000 + skew))	# its Master_Down_Interval

plain='' red='' green='' bold=''
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ] && [ "${TERM:-dumb}" != dumb ]; then
	plain=$(printf '\033[0m') red=$(printf '\033[31m')
	green=$(printf '\033[32m') bold=$(printf '\033[1m')
fi

# ---- the timeline ----

# Reads what `echo ask` writes, `SECONDS WHO TEXT', and shows it to a person:
# the time, in which state the routers are from then on, what happened.
timeline() {
	state_r1=- state_r2=-
	while read -r time who text; do
		state='' colour='' name="$who: "
		case $who,$text in
		wait,*) judge "$text"; continue ;;
		act,*) colour=$bold name='' && echo ;;
		client,nobody*) colour=$red ;;
		r?,*' -> '*:*) state=${text#* -> } && state=${state%%:*} ;;
		esac
		case $who,$text in
		act,'r1 dies'*) state_r1=dead ;;
		act,'r1 is back'*) state_r1=- ;;
		r1,*) state_r1=${state:-$state_r1} ;;
		r2,*) state_r2=${state:-$state_r2} ;;
		esac
		printf '%9.3f s  ' "$time"
		column "$state_r1"
		column "$state_r2"
		printf '%s%s%s\n' "$colour" "$name$text" "$plain"
	done
}

column() { # STATE
	case $1 in
	MASTER) printf '%s%-8s%s' "$green" "$1" "$plain" ;;
	dead | FAULT) printf '%s%-8s%s' "$red" "$1" "$plain" ;;
	*) printf '%-8s' "$1" ;;
	esac
}

# How long the client waited in an act; no bound, no verdict.
judge() { # "MS BOUND_MS TEXT"
	ms=${1%% *} rest=${1#* }
	bound=${rest%% *} reason=${rest#* } colour=$bold$green
	[ "$bound" != 0 ] || return
	[ "${ms%.*}" -lt "$bound" ] || colour=$bold$red
	printf '%13s%soutage %.0f ms (bound %s ms: %s)%s\n' '' "$colour" "$ms" \
	    "$bound" "$reason" "$plain"
}

say() { # WHO TEXT...
	echo "$*" >&4
}

# ---- the machines ----

# A router as it is after its boot, with vrrpd and the service that the client
# wants.
boot() { # NAME ADDRESS PRIORITY
	machine "$1"
	plug "$1" "$2/24"
	on "$1" "$PWD/build/bench/echo" serve $vip "$1" 4>&- &
	eval "server_$1=\$!"
	rm -f "$NET/$1"
	mkfifo "$NET/$1"
	while IFS= read -r line; do
		echo "$1 $line"
	done <"$NET/$1" >&4 &
	on "$1" "$VRRPD" -n -l --interface eth0 --vrid 51 --prio "$3" \
	    $vip/24 >"$NET/$1" 2>&1 4>&- &
	eval "daemon_$1=\$!"
}

# What the successor's processes have waited for a processor, in ms, as the
# kernel counts it: so much of an outage is the fault of this machine.
waited() { # NAME
	eval "cat /proc/\$daemon_$1/schedstat /proc/\$server_$1/schedstat" |
	    awk '{ ns += $2 } END { printf "%d\n", ns / 1e6 }'
}

# Has the client's wait judged, who waited for NAME to take over since `before`,
# which takes some ms as well.
bound() { # NAME MS TEXT
	late=$(($(waited "$1") - before + 10))
	say wait $(($2 + late)) "$3: $2, $late for this machine"
}

# The end of a machine: its processes get no time to say a word.
die() { # NAME
	eval "kill -KILL \$daemon_$1 \$server_$1"
	ip link del "$1"
	ip netns del "$1"
}

# Waits until NAME holds the address and the client has seen it for a while.
holds() { # NAME LIMIT_S WHILE_S
	wait_for "$2" "has_addr $1 $vip" || {
		say act "FAILED: $1 did not take the address in $2 s"
		finish 1
	}
	sleep "$3"
}

# What an operator sees, on a machine with a daemon or without.
asks() { # NAME COMMAND...
	eval "pid=\${daemon_$1:-}"
	printf '\n\t%s# vrrpd' "$1"
	printf ' %s' "$@" | sed "s/^ $1//"
	printf '\n'
	name=$1
	shift
	nsenter --net="/run/netns/$name" ${pid:+"--mount=/proc/$pid/ns/mnt"} \
	    "$(realpath "$VRRPD")" "$@"
}

finish() { # [STATUS]
	say end
	wait "$show"
	cat "$NET/asked" 2>/dev/null
	[ "$(cat "$NET/status")${1:-0}" = 00 ] && exit 0
	echo "${bold}${red}demo: a bound was broken$plain"
	exit 1
}

mkfifo "$NET/in"
machine client
plug client 10.10.1.9/24
{
	(on client "$PWD/build/bench/echo" ask $vip 1000 <"$NET/in")
	echo $? >"$NET/status"
} | timeline &
show=$!
exec 4>"$NET/in"

cat <<END
Two routers and a client, who asks $vip every millisecond.  No file at all:

	r1# vrrpd -n -l --interface eth0 --vrid 51 --prio 150 $vip/24
	r2# vrrpd -n -l --interface eth0 --vrid 51 --prio 100 $vip/24

     time    r1      r2
END
say act 'r1 and r2 start, and listen whether somebody is there'
boot r2 10.10.1.2 100
boot r1 10.10.1.1 150
holds r1 60 1.2
say wait 0

if [ "${1:-}" = shell ]; then
	cat <<-END

	The daemons are processes \$r1 and \$r2.  Try: kill -KILL \$r1,
	kill \$r1, kill -STOP \$r1, kill -CONT \$r1, ip link set r1 down,
	ip netns exec r2 ip addr, ip netns exec r1 ip addr del ..., exit
	END
	# shellcheck disable=SC2154 # set by boot
	r1=$daemon_r1 r2=$daemon_r2 PS1='demo# ' sh -i 4>&-
	finish
fi

say act 'r1 dies: killed by SIGKILL, its cable pulled'
die r1
before=$(waited r2)
holds r2 60 0.4
bound r2 $master_down 'Master_Down_Interval of r2'

say act 'r1 is back, and has the higher priority'
boot r1 10.10.1.1 150
asks client scan eth0 2 >"$NET/scanned" 2>&1 &
sleep 2					# its start is no part of it
before=$(waited r1)
holds r1 60 0.4
bound r1 50 'no timer runs then'
{
	asks r1 status
	asks r2 status
	asks r2 explain VI_1
	asks r2 peers
	asks r1 events
	cat "$NET/scanned"
} >"$NET/asked" 2>&1

say act 'r1 is stopped by SIGTERM'
before=$(waited r2)
kill -TERM "$daemon_r1"
holds r2 60 0.4
bound r2 $skew 'Skew_Time of r2'
finish
