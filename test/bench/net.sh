# shellcheck shell=sh
# net.sh: machines to try a daemon on, for the demo and the benchmarks.
#
# net_begin runs the script anew inside network, mount and PID namespaces of
# its own: when its first process ends, for whatever reason, the kernel ends
# all others and takes every interface away.  Without root it does so in a user
# namespace.  $NET (/run/net) is for files, which vanish with it.
#
# A machine is a named network namespace in there; the script's own namespace
# holds the switch that `plug` connects machines to.

PATH=$PATH:/usr/sbin:/sbin
NET=/run/net

# SOURCE is the script, the rest its arguments, as both were when it began.
net_begin() { # SOURCE [ARGUMENT...]
	if [ -z "${NET_INSIDE:-}" ]; then
		net_outside "$@"
	fi
	set -u
	trap 'exit 1' HUP INT TERM
	mount -n -t tmpfs -o mode=755 net /run
	mkdir -p "$NET" /run/netns
	ip link set lo up
}

# `setpriv --pdeathsig` and `unshare --kill-child` pass a death on.
net_outside() { # SOURCE [ARGUMENT...]
	for net_tool in ip unshare nsenter setpriv; do
		command -v "$net_tool" >/dev/null || {
			echo "${1##*/}: no $net_tool on this machine" >&2
			exit 1
		}
	done
	net_user=-m
	[ "$(id -u)" -eq 0 ] || net_user=-Urm
	unshare "$net_user" -npf --mount-proc true 2>/dev/null || {
		echo "${1##*/}: this kernel or container lets us make no" \
		    "network namespaces; try it as root" >&2
		exit 1
	}
	exec 3<&0
	NET_INSIDE=1 setpriv --pdeathsig KILL unshare "$net_user" -npf \
	    --kill-child --mount-proc sh "$@" <&3 3<&- &
	trap 'kill -KILL $!; exit 1' HUP INT TERM
	wait $!
	exit $?
}

# Compiles the C programs of test/bench that are named, into build/bench.
net_build() { # PROGRAM...
	mkdir -p build/bench
	net_cc=${HOSTCC:-gcc}
	echo '#include <stdio.h>' | $net_cc -E - >/dev/null 2>&1 ||
		net_cc=musl-gcc
	for net_program; do
		$net_cc -std=c11 -D_GNU_SOURCE -O2 -Wall -Wextra \
		    -o "build/bench/$net_program" \
		    "test/bench/$net_program.c" || exit
	done
}

# ---- machines ----

machine() { # NAME
	ip netns add "$1"
	ip -n "$1" link set lo up
}

# The cable of a machine: eth0 at its end, an interface of the machine's name
# at the switch br0.
plug() { # NAME ADDRESS/LENGTH
	[ -e /sys/class/net/br0 ] || ip link show br0 >/dev/null 2>&1 || {
		ip link add br0 type bridge mcast_snooping 0
		ip link set br0 up
	}
	ip link add "$1" master br0 type veth peer name eth0 netns "$1"
	ip link set "$1" up
	ip -n "$1" addr add "$2" brd + dev eth0
	ip -n "$1" link set eth0 up
}

# Everything is exec'ed: in the background, $! is the command itself.  It sees
# a /run of its own, where nothing but $NET is shared.
on() { # NAME COMMAND...
	net_name=$1
	shift
	# shellcheck disable=SC2016 # expands in there
	exec nsenter --net="/run/netns/$net_name" unshare -m sh -c '
		mount -n -t tmpfs -o mode=755 run /mnt &&
		mkdir /mnt/net && mount -n --bind /run/net /mnt/net &&
		mount -n --move /mnt /run && exec "$@"' sh "$@"
}

# Asks every 20 ms until CONDITION holds; fails after LIMIT_S whole seconds.
wait_for() { # LIMIT_S CONDITION
	net_rounds=$(($1 * 50))
	until eval "$2"; do
		net_rounds=$((net_rounds - 1))
		[ "$net_rounds" -gt 0 ] || return 1
		sleep 0.02
	done
}

has_addr() { # NAME ADDRESS
	[ -n "$(ip -n "$1" -o addr show to "$2" 2>/dev/null)" ]
}
