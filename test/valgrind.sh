#!/bin/sh
# Goal: vrrpd reads no memory that nobody wrote, and loses none.
# Method: valgrind's memcheck watches it check every golden file, and serve in
# network namespaces: both families, scripts, FIFO, foreign and forged packets,
# a virtual MAC, reloads, dumps, commands, a fault, the end.  First the static
# binary that users run, with symbols: whatever does not come from a malloc that
# valgrind knows is watched there, and vrrpd has no other; then one against
# glibc, whose malloc valgrind replaces.  Arenas are mappings, which count as
# written once the kernel has made them: what the code says of them is for the
# sanitizers.
#
#	sh test/valgrind.sh [musl] [glibc]	as part of `make analyse'
#	VALGRIND_GOLDEN='0*'			only these golden files
set -u
cd "$(dirname "$0")/.." || exit 1
PATH=$PATH:/usr/sbin:/sbin
[ $# -gt 0 ] || set -- musl glibc
bad=0

if [ -z "${VALGRIND_INSIDE:-}" ]; then
	user=
	[ "$(id -u)" -eq 0 ] || user=-Ur
	if ! unshare $user -mnpf --mount-proc true 2>/dev/null; then
		echo 'SKIP: this kernel lets us make no namespaces'
		exit 77
	fi
	for libc; do
		case $libc in
		musl) set -- ;;
		glibc) set -- CC=gcc STATIC= CFLAGS=-O1 ;;
		esac
		# ?: make hands its variables down.
		MAKEFLAGS='' make O="build/valgrind/$libc" CPPFLAGS=-g \
		    LDFLAGS= BUDGET= "$@" "build/valgrind/$libc/vrrpd" \
		    >"build/valgrind.$libc" 2>&1 ||
		    { cat "build/valgrind.$libc"; exit 1; }
		VALGRIND_INSIDE=$libc unshare $user -mnpf --mount-proc \
		    --kill-child sh test/valgrind.sh || bad=1
	done
	exit $bad
fi

# -- inside --

libc=$VALGRIND_INSIDE
here=$PWD
mount -n -t tmpfs -o mode=755 run /run && mount -n -t tmpfs tmp /tmp &&
    mkdir /run/netns && ip link set lo up || exit 1
cp "build/valgrind/$libc/vrrpd" /run/vrrpd
cat >/run/watched <<'END'
#!/bin/sh
exec valgrind --quiet --error-exitcode=99 --leak-check=full \
    --show-leak-kinds=all --errors-for-leak-kinds=definite,indirect,possible \
    --num-callers=30 --log-file=/run/log.%p /run/vrrpd "$@"
END
chmod +x /run/watched

# Waits for a command to succeed, 60 s at most.
until_so() { # WHAT COMMAND...
	what=$1
	shift
	n=0
	until "$@" >/dev/null 2>&1; do
		sleep 0.1
		n=$((n + 1))
		[ $n -lt 600 ] && continue
		echo "valgrind, $libc: not within 60 s: $what"
		tail -n 20 /run/said
		exit 1
	done
}
# shellcheck disable=SC2317,SC2329 # called by until_so
said() { # TEXT [TIMES]
	[ "$(grep -c "$1" /run/said)" -ge "${2:-1}" ]
}

# The golden files.
cases=0
cd test/conf || exit 1
option=-t
[ "$libc" = musl ] || option=--print-config
for file in ${VALGRIND_GOLDEN:-*.conf}; do
	/run/watched $option -f "$file" >/dev/null 2>&1 </dev/null
	[ $? -ne 99 ] || { echo "valgrind, $libc: $option $file"; bad=1; }
	cases=$((cases + 1))
done
cd "$here" || exit 1

# A service: eth0 to eth2 end in lan0 to lan2.
ip netns add r1
for i in 0 1; do
	ip link add lan$i type veth peer name eth$i netns r1
	ip link set lan$i up
	ip -n r1 link set eth$i up
	ip -n r1 addr add "10.10.$((i + 1)).1/24" dev eth$i
done
ip -n r1 link set lo up
ip -n r1 addr add fe80::1/64 dev eth0 nodad
ip addr add 10.10.1.9/24 dev lan0
printf '#!/bin/sh\n[ -e /run/good ]\n' >/run/check
printf '#!/bin/sh\necho "$@" >>/run/notes\n' >/run/note
chmod 755 /run/check /run/note
: >/run/good
: >/run/notes
echo 0 >/run/number

configure() { # a second instance: on which interface, with which keyword
	cat >/run/conf.new <<-END
	global_defs {
		script_user root
		enable_script_security
		vrrp_notify_fifo /run/fifo
	}
	vrrp_script chk {
		script /run/check
		interval 1
		timeout 10
		weight -10
	}
	vrrp_track_file number {
		file /run/number
	}
	vrrp_sync_group G {
		group {
			V6
			MORE
		}
		notify "/run/note group"
	}
	vrrp_instance V4 {
		interface eth0
		virtual_router_id 51
		priority 100
		version 3
		advert_int 0.5
		track_script {
			chk
		}
		track_file {
			number weight 1
		}
		track_interface {
			eth1 weight 1
		}
		notify "/run/note instance"
		virtual_ipaddress {
			10.10.1.3/24
			10.10.1.4/24 dev eth1
		}
	}
	vrrp_instance V6 {
		interface eth0
		virtual_router_id 52
		priority 100
		version 3
		advert_int 0.5
		virtual_ipaddress {
			fe80::3/64
			2001:db8::3/64
		}
	}
	vrrp_instance MORE {
		interface eth1
		virtual_router_id 53
		priority 90
		advert_int 1
		$2
		authentication {
			auth_type PASS
			auth_pass secret
		}
		virtual_ipaddress {
			10.10.2.$1/24
		}
	}
	END
	mv /run/conf.new /run/conf
}

configure 5 ''
ip netns exec r1 /run/watched -n -l -D -a -f /run/conf -p /run/pid \
    --control=/run/control >/run/said 2>&1 </dev/null &
daemon=$!
trap 'kill -KILL $daemon 2>/dev/null' EXIT
trap 'exit 1' INT TERM HUP
for name in V4 V6 MORE; do
	until_so "$name is MASTER" said "$name: .*-> MASTER"
done
until_so 'a pid file' test -s /run/pid
pid=$(cat /run/pid)
python3 test/lab/kit/forge.py lan0 priority=50 interval=50
for wrong in ttl=254 version=4 type=2 checksum=bad extra=-9 count=200 \
    vrid=99 options=1 auth=1 addresses= total=21; do
	python3 test/lab/kit/forge.py lan0 priority=250 "$wrong"
done
python3 test/lab/kit/forge.py lan0 arp=10.10.1.3 and na=2001:db8::3
python3 test/lab/kit/forge.py lan0 priority=250 interval=50 times=20 last=0
until_so 'V4 yielded' said 'V4: .*-> BACKUP' 2
until_so 'V4 is MASTER again' said 'V4: .*-> MASTER' 2
echo 5 >/run/number
rm /run/good
until_so 'the check failed' said "script chk: failed"
: >/run/good
n=0
for more in 6:'' 7:use_vmac 8:nopreempt; do
	n=$((n + 1))
	configure "${more%:*}" "${more#*:}"
	kill -HUP "$pid"
	until_so 'a reload' said 'was reloaded' $n
	until_so 'the new address' sh -c "ip -n r1 -o addr |
	    grep -q '10.10.2.${more%:*}/'"
done
echo '{' >/run/conf
kill -HUP "$pid"
until_so 'a refused reload' said 'running one stays'
for number in 10 12 36 37; do
	kill -$number "$pid"
done
until_so 'the dump files' sh -c 'cd /tmp && grep -q V6 keepalived.data &&
    grep -q V6 keepalived.stats && grep -q V6 keepalived.json'
for words in status 'status -b V4' 'status -j'; do
	# The words are options.
	# shellcheck disable=SC2086
	ip netns exec r1 /run/watched $words --control=/run/control \
	    >/run/answer 2>&1
	[ $? -ne 99 ] || { echo "valgrind, $libc: $words"; bad=1; }
done
until_so 'an address to take away' ip -n r1 addr del 10.10.1.3/24 dev eth0
until_so 'the address is back' said 'put back'
ip link set lan0 down
until_so 'a fault' said 'V4: .*-> FAULT'
ip link set lan0 up
until_so 'V4 is MASTER once more' said 'V4: .*-> MASTER' 3
kill -TERM "$pid"
wait $daemon
status=$?
[ $status -eq 0 ] || { echo "valgrind, $libc: exit status $status"; bad=1; }
if ip -n r1 -o addr | grep -qE '10\.10\.1\.[34]/|::3/'; then
	echo "valgrind, $libc: addresses were left"
	bad=1
fi
cat /run/log.* >/run/found
grep -v '^$' /run/found && bad=1
echo "valgrind, $libc: $cases runs over golden files, one service, $(
    grep -c '' /run/notes) notifies: $( [ $bad -eq 0 ] &&
    echo no errors, nothing lost || echo ERRORS)"
exit $bad
