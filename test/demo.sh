#!/bin/sh
# Goal: show what vrrpd does for a client when a router dies, returns, is
# stopped.
# Method: two routers and a client on a switch, in network namespaces; vrrpd
# with flags only, VRRP version 2, an advertisement a second.  The client asks
# the virtual address every millisecond.  The longest it had to wait is judged
# by the protocol's bound: exit status 1 if one is broken.
#
#	sh test/demo.sh		the show, 14 seconds
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
priority_r1=150 priority_r2=100
skew=$(((256 - priority_r2) * 1000 / 256))	# Skew_Time of r2, in ms
master_down=$((3 * 1000 + skew))		# its Master_Down_Interval

black='' red='' green='' bold=''
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ] && [ "${TERM:-dumb}" != dumb ]; then
	black=$(printf '\033[0m') red=$(printf '\033[31m')
	green=$(printf '\033[32m') bold=$(printf '\033[1m')
fi

# ---- the timeline ----

# Reads what `echo ask` writes, `SECONDS WHO TEXT', and shows it to a person:
# the time, who is in which state from then on, what happened.
timeline() {
	state_r1=- state_r2=-
	while read -r time who text; do
		colour='' name=$who:
		case $who in
		r1 | r2)
			case $text in *' -> '*:*)
				state=${text#* -> }
				eval "state_$who=\${state%%:*}"
			esac ;;
		act)
			colour=$bold name=''
			case $text in "r1 "* | "r2 "*)
				[ "${text#r? dies}" = "$text" ] ||
					eval "state_${text%% *}=dead"
			esac
			echo ;;
		client) [ "$text" != 'nobody answers' ] || colour=$red ;;
		wait)
			judge "$text"
			continue ;;
		esac
		printf '%9.3f s  ' "$time"
		column "$state_r1"
		column "$state_r2"
		printf '%s%s%s\n' "$colour" "${name:+$name }$text" "$black"
	done
}

column() { # STATE
	case $1 in
	MASTER) printf '%s%-8s%s' "$green" "$1" "$black" ;;
	dead | FAULT) printf '%s%-8s%s' "$red" "$1" "$black" ;;
	*) printf '%-8s' "$1" ;;
	esac
}

# How long the client waited in an act; no bound, no verdict.
judge() { # "MS BOUND_MS TEXT"
	rest=${1#* } ms=${1%% *}
	bound=${rest%% *} colour=$bold$green
	[ "$bound" != 0 ] || return
	[ "${ms%.*}" -lt "$bound" ] || colour=$bold$red
	printf '%29s%soutage %.0f ms (bound %s ms%s)%s\n' '' "$colour" "$ms" \
	    "$bound" "${rest#"$bound"}" "$black"
}

say() { # WHO TEXT...
	echo "$*" >&4
}

# ---- the machines ----

# A router as it is after its boot, with vrrpd and the service that the client
# wants.
boot() { # NAME ADDRESS
	machine "$1"
	plug "$1" "$2/24"
	on "$1" "$PWD/build/bench/echo" serve $vip "$1" &
	eval "server_$1=\$!"
	rm -f "$NET/$1"
	mkfifo "$NET/$1"
	while IFS= read -r line; do
		echo "$1 $line"
	done <"$NET/$1" >&4 &
	eval "priority=\$priority_$1"
	on "$1" "$VRRPD" -n -l --interface eth0 --vrid 51 \
	    --prio "$priority" $vip/24 >"$NET/$1" 2>&1 4>&- &
	eval "$1=\$!"
}

# The end of a machine: its processes get no time to say a word.
die() { # NAME
	ip link set "$1" down
	eval "kill -KILL \$$1 \$server_$1"
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

finish() { # [STATUS]
	exec 4>&-
	kill "$r1" "$r2" 2>/dev/null
	wait "$show"
	[ "$(cat "$NET/status")" = 0 ] && [ "${1:-0}" = 0 ] || {
		echo "${bold}${red}demo: a bound was broken$black"
		exit 1
	}
	exit 0
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
Two routers, r1 (priority $priority_r1) and r2 (priority $priority_r2), and a client who asks $vip
every millisecond.  On each router, with no file at all:

    vrrpd -n -l --interface eth0 --vrid 51 --prio ... $vip/24

     time    r1      r2
END
say act 'r1 and r2 start, and listen whether somebody is there'
boot r2 10.10.1.2
boot r1 10.10.1.1
holds r1 6 1.2
say wait 0

if [ "${1:-}" = shell ]; then
	cat <<-END

	The daemons are processes \$r1 and \$r2.  Try: kill -KILL \$r1,
	kill \$r1, kill -STOP \$r1, kill -CONT \$r1, ip link set r1 down,
	ip netns exec r2 ip addr, ip netns exec r1 ip addr del ..., exit
	END
	r1=$r1 r2=$r2 PS1='demo# ' sh -i 4>&-
	finish
fi

say act 'r1 dies: killed by SIGKILL, its cable pulled'
die r1
holds r2 6 0.4
say wait $master_down ': Master_Down_Interval of r2'

say act 'r1 is back, and has the higher priority'
boot r1 10.10.1.1
holds r1 6 0.4
say wait 50 ': no timer runs when it takes over'

say act 'r1 is stopped by SIGTERM'
kill -TERM "$r1"
holds r2 3 0.4
say wait $skew ': Skew_Time of r2'
finish
