#!/bin/sh
# Goal: vrrpd does its work where it is meant to live: an initramfs with busybox
# and nothing else, on machines that die, lose their cable and stand still; and
# on links of kinds that the lab's kernel may not have.
# Method: two virtual machines on a switch, Debian's kernel, flags in inittab;
# a client on the switch asks the virtual address.  Commands go in by a serial
# line, and what the kernel and the daemon say comes out by another.
#
#	sh test/appliance.sh		as `make appliance'; 2 minutes
#	KERNEL=linux-image-5.10.0-32-cloud-amd64_5.10.223-1_amd64.deb
#					another kernel than this Debian's; of
#					several packages: "linux-binary-*.deb
#					linux-modules-*.deb"
#
# All runs in namespaces of its own and ends with them.  The kernel is fetched
# as a package and unpacked below build/, not installed.

set -u
cd "$(dirname "$0")/.." || exit 1
PATH=$PATH:/usr/sbin:/sbin
build=$PWD/build/appliance
VRRPD=${VRRPD:-$PWD/vrrpd}

if [ -z "${APPLIANCE_INSIDE:-}" ]; then
	[ "$(uname -m)" = x86_64 ] || { echo 'SKIP: for x86-64'; exit 77; }
	for tool in qemu-system-x86_64 ip dpkg apt-get cpio python3; do
		command -v $tool >/dev/null && continue
		echo "SKIP: no $tool"
		exit 77
	done
	mkdir -p "$build"
	if [ ! -e "$build/kernel" ] || [ ! -e "$build/busybox" ]; then
		name=$(apt-cache depends linux-image-cloud-amd64 |
		    sed -n 's/.*Depends: \(linux-image-.*\)/\1/p' | head -n 1)
		(cd "$build" && apt-get -q download "$name" busybox-static &&
		    dpkg -x linux-image-*.deb kernel &&
		    dpkg -x busybox-static_*.deb busybox) || {
			rm -rf "$build/kernel" "$build/busybox"
			echo 'SKIP: no kernel to be had'
			exit 77
		}
	fi
	user=-m
	[ "$(id -u)" -eq 0 ] || user=-Urm
	APPLIANCE_INSIDE=1 exec unshare $user -npf --kill-child --mount-proc \
	    sh "$PWD/test/appliance.sh"
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
good=0
bad=0
kernel=$build/kernel
if [ "${KERNEL:-}" ]; then
	kernel=$work/kernel
	for package in $KERNEL; do
		dpkg -x "$package" "$kernel" || exit
	done
fi
busybox=$(find "$build/busybox" -path '*/bin/busybox')

# ---- the machine that all have in their initramfs ----

root=$work/root
mkdir -p "$root/bin" "$root/dev" "$root/etc" "$root/lib" "$root/proc" \
    "$root/sbin" "$root/sys"
cp "$busybox" "$root/bin/busybox"
cp "$VRRPD" "$root/sbin/vrrpd"

# A module and what it needs, in the order in which they are loaded.
module() { # NAME
	grep -qx "$1.ko" "$root/etc/modules" 2>/dev/null && return
	set -- "$1" "$(find "$kernel" -name "$1.ko" -o -name "$1.ko.xz")"
	[ -n "$2" ] || return
	case $2 in *.xz)
		"$busybox" unxz -c "$2" >"$work/$1.ko"
		set -- "$1" "$work/$1.ko" ;;
	esac
	for needed in $(grep -a -o 'depends=[a-z0-9_,-]*' "$2" | head -n 1 |
	    sed 's/depends=//; s/,/ /g'); do
		module "$needed"
	done
	cp "$2" "$root/lib"
	echo "$1.ko" >>"$root/etc/modules"
}
# What judges there: ip(8) with the libraries that it wants.
mkdir -p "$root/judge"
cp "$(command -v ip)" "$root/judge"
ldd "$(command -v ip)" | grep -o '/[^ ]*' | while read -r library; do
	mkdir -p "$root${library%/*}"
	cp -L "$library" "$root$library"
done

for name in virtio_pci virtio_net macvlan ipvlan vrf dummy bonding 8021q \
    crc32c_generic nf_tables; do
	module $name
done

cat >"$root/init" <<'END'
#!/bin/busybox sh
/bin/busybox mkdir -p /usr/bin /usr/sbin
/bin/busybox --install
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
while read -r name; do insmod /lib/$name; done </etc/modules
for word in $(cat /proc/cmdline); do
	case $word in id=*) id=${word#id=} ;; prio=*) prio=${word#prio=} ;; esac
done
hostname m$id
ip link set lo up
ip link set eth0 up
ip addr add 10.77.0.$id/24 dev eth0
echo "exec /sbin/vrrpd -n -l --interface eth0 --vrid 51 --prio $prio \
--vrrp-version 3 10.77.0.100/24 >/dev/console 2>&1" >/etc/vrrp
chmod +x /etc/vrrp
exec /sbin/init
END
cat >"$root/etc/inittab" <<'END'
::respawn:/bin/sh /etc/vrrp
ttyS1::respawn:/etc/commands
END
# One command a line; its output ends with a line of its exit status.  What is
# sent before the line is raw would be lost.
cat >"$root/etc/commands" <<'END'
#!/bin/sh
stty -echo raw
echo ready
while read -r line; do
	sh -c "$line" 2>&1
	echo "=$?="
done
END
chmod +x "$root/init" "$root/etc/commands"
(cd "$root" && find . | cpio -o -H newc --quiet) | gzip -1 >"$work/initrd"
echo "initramfs: $(wc -c <"$work/initrd") bytes, vrrpd $(wc -c <"$VRRPD")"

# ---- the switch, the client, and the machines on it ----

ip link set lo up
ip link add switch type bridge mcast_snooping 0
ip link set switch up
ip addr add 10.77.0.9/24 dev switch
for id in 1 2; do
	for tap in tap$id tap1$id; do
		ip tuntap add "$tap" mode tap
		ip link set "$tap" master switch up
	done
	mkfifo "$work/mon$id.in" "$work/mon$id.out" "$work/sh$id.in" \
	    "$work/sh$id.out"
done

# Boots a machine; what it says goes to console.ID.
boot() { # ID PRIORITY [OPTION...]
	m=$1 prio=$2
	shift 2
	: >"$work/console.$m"
	: >"$work/answers.$m"
	qemu-system-x86_64 -accel tcg,thread=single,tb-size=32 -M q35 \
	    -cpu max -m 128 -smp 1 -nodefaults -no-reboot -display none \
	    -kernel "$(find "$kernel" -name 'vmlinuz*')" \
	    -initrd "$work/initrd" \
	    -append "console=ttyS0 quiet panic=-1 no_timer_check id=$m \
	    prio=$prio" \
	    -serial "file:$work/console.$m" -serial "pipe:$work/sh$m" \
	    -monitor "pipe:$work/mon$m" \
	    -netdev "tap,id=n,ifname=tap$m,script=no,downscript=no" \
	    -device "virtio-net-pci,netdev=n,mac=52:54:00:00:00:0$m,romfile=" \
	    -netdev "tap,id=o,ifname=tap1$m,script=no,downscript=no" \
	    -device "virtio-net-pci,netdev=o,mac=52:54:00:00:00:1$m,romfile=" \
	    "$@" >"$work/qemu.$m" 2>&1 &
	eval "pid$m=$!"
	cat "$work/sh$m.out" >>"$work/answers.$m" &
	cat "$work/mon$m.out" >/dev/null &
}

# Ends a machine as a power cut does.
cut() { # ID
	eval "kill -KILL \$pid$1; wait \$pid$1" 2>/dev/null
}

monitor() { # ID COMMAND
	echo "$2" >"$work/mon$1.in"
}

# Waits for a command; false after so many seconds.
# The body is a subshell: one within another has an end of its own.
until_so() ( # SECONDS COMMAND...
	end=$(($(date +%s) + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$(date +%s)" -lt $end ] || exit 1
		sleep 0.05
	done
)

# Runs a command in a machine, prints its output; its exit status is ours.
inside() { # ID COMMAND
	until_so 60 grep -q '^ready' "$work/answers.$1" || return 99
	echo ready >"$work/answers.$1"
	echo "$2" | tr '\n' ' ' | sed 's/$/\n/' >"$work/sh$1.in"
	until_so 20 grep -q '^=[0-9]*=' "$work/answers.$1" || return 99
	tr -d '\r' <"$work/answers.$1" | sed '1d; /^=[0-9]*=$/d'
	return "$(tr -d '\r' <"$work/answers.$1" |
	    sed -n 's/^=\([0-9]*\)=$/\1/p')"
}

said() { # ID TEXT
	grep -q -e "$2" "$work/console.$1"
}

holder() { # [ADDRESS]: the MAC that the client has for it
	ip neigh show to "${1:-10.77.0.100}" dev switch |
	    sed -n 's/.*lladdr \([0-9a-f:]*\).*/\1/p'
}

held_by() { # ID
	[ "$(holder)" = "52:54:00:00:00:0$1" ]
}

has() { # ID: whether the virtual address is on eth0
	inside "$1" 'ip addr show dev eth0' | grep -q 10.77.0.100/24
}

lacks() { # ID
	! has "$1"
}

masters() { # ID: how often it became MASTER
	grep -c 'BACKUP -> MASTER' "$work/console.$1"
}

more_masters() { # ID THAN
	[ "$(masters "$1")" -gt "$2" ]
}

check() { # WHAT COMMAND...
	what=$1
	shift
	if "$@"; then
		good=$((good + 1))
		echo "pass  $what"
	else
		bad=$((bad + 1))
		echo "FAIL  $what"
		for m in 1 2; do
			sed "s/^/  m$m: /" "$work/console.$m" | tail -n 5
		done
	fi
}

# Asks the address every 20 ms until told to end; prints when answers came.
cat >"$work/ask.py" <<'END'
import select, socket, struct, time
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
message = struct.pack("!BBHHH", 8, 0, 0xf7fe - 0x0001, 1, 1)
while True:
    try:
        s.sendto(message, ("10.77.0.100", 0))
    except OSError:
        pass
    end = time.monotonic() + 0.02
    while (left := end - time.monotonic()) > 0:
        if select.select([s], [], [], left)[0]:
            bytes, sender = s.recvfrom(2048)
            if sender[0] == "10.77.0.100" and bytes[20] == 0:
                print(f"{time.monotonic():.4f}", flush=True)
END
python3 "$work/ask.py" >>"$work/asked" &

# The longest time without an answer, in ms, since the file was emptied.
longest() {
	awk 'NR > 1 && $1 - last > most { most = $1 - last } { last = $1 }
	    END { printf "%d\n", most * 1000 }' "$work/asked"
}

lines() {
	wc -l <"$work/asked"
}

more_lines() { # THAN
	[ "$(lines)" -gt "$1" ]
}

# Whether the client, which has an answer now, waited less than so many ms.
waited() { # MS
	until_so 20 more_lines "$(lines)" || return
	ms=$(longest)
	echo "      a client waited $ms ms of $1"
	[ "$ms" -lt "$1" ]
}

asking_anew() {
	: >"$work/asked"
	until_so 10 test -s "$work/asked"
}

# ---- what is to be seen ----

boot 1 150
boot 2 100
check 'two machines boot, the better one is MASTER' \
    until_so 60 said 1 'BACKUP -> MASTER'
check 'the other one is BACKUP' until_so 30 said 2 'VI_1: .* -> BACKUP'
check 'a client finds the address there' until_so 20 held_by 1
inside 1 'vrrpd status' >"$work/status"
check 'status says so in the machine' grep -q 'VI_1 .* MASTER ' "$work/status"
sed 's/^/      /' "$work/status"

asking_anew
cut 1
check 'a power cut: the other one takes over' \
    until_so 20 said 2 'BACKUP -> MASTER'
check 'the client follows' until_so 5 held_by 2
check 'within 3 s and Skew_Time, and what the emulator needs' waited 4200

asking_anew
boot 1 150
check 'the first one returns and takes the address back' \
    until_so 60 said 1 'BACKUP -> MASTER'
check 'the client follows again' until_so 5 held_by 1
check 'and misses nothing to speak of' waited 300

asking_anew
monitor 1 'set_link n off'
check 'its cable is pulled: FAULT' \
    until_so 10 said 1 'MASTER -> FAULT: interface is down (eth0)'
check 'the other one takes over' until_so 20 held_by 2
monitor 1 'set_link n on'
check 'the cable is back, and so is the address' until_so 30 held_by 1
check 'the client waited for the protocol alone' waited 4200

monitor 1 stop
check 'it stands still: the other one takes over' until_so 20 held_by 2
monitor 1 cont
check 'it goes on, and is MASTER again' until_so 30 held_by 1
check 'the other one gave the address up' until_so 10 lacks 2

before=$(masters 1)
# The machine expands what stands in single quotes.
# shellcheck disable=SC2016
inside 1 'kill -KILL $(pidof vrrpd)' >/dev/null
check 'killed: init starts it anew, and it is MASTER again' \
    until_so 30 more_masters 1 "$before"
# shellcheck disable=SC2016
check 'with one address, its own' inside 1 \
    '[ $(ip addr show dev eth0 | grep -c 10.77.0.100/24) = 1 ]'

# ---- links that not every kernel has ----

# Gives a machine a file.
give() { # ID FILE <TEXT
	inside "$1" "echo $(base64 -w 0) | base64 -d >$2"
}

# Starts another daemon with a file; what it says goes to the console.
start() { # ID FILE
	inside "$1" "rm -f /run.log &&
	    vrrpd -f $2 -p /run.pid --control /run.sock -g/run.log
	    && (tail -f /run.log >/dev/console 2>&1 </dev/null &)"
}

instance() { # VRID ADDRESS LINE...
	printf 'vrrp_instance V%s {\nvirtual_router_id %s\n' "$1" "$1"
	printf 'version 3\n'
	printf 'virtual_ipaddress {\n%s\n}\n' "$2"
	shift 2
	printf '%s\n' "$@" '}'
}

answers() { # ADDRESS
	until_so 15 ping_once "$1"
}

ping_once() { # ADDRESS
	"$busybox" ping -c 1 -W 1 "$1"
}

gone() { # ID WORD
	! inside "$1" '/judge/ip link' | grep -q "$2"
}

hears() { # ID ADDRESS: whether that is the MASTER of the Backup there
	inside "$1" 'vrrpd status -b --control /run.sock' >"$work/hears"
	grep -q "BACKUP.* $2/" "$work/hears"
}

ended() { # ID
	inside "$1" "kill \$(cat /run.pid)" && until_so 10 inside "$1" \
	    '! test -e /run.pid'
}

for kind in use_vmac use_ipvlan; do
	instance 52 10.77.0.101/24 'interface eth0' 'priority 200' \
	    "$kind v52" 'mcast_src_ip 10.77.0.1' | give 1 /etc/$kind
	check "$kind: it starts" start 1 /etc/$kind
	check "$kind: a client finds the address" answers 10.77.0.101
	inside 1 '/judge/ip -d link show v52' >"$work/link"
	check "$kind: the kernel has the link" grep -q \
	    "$(echo $kind | sed 's/use_vmac/macvlan/; s/use_//')" "$work/link"
	check "$kind: stopped" ended 1
	check "$kind: the link is gone" until_so 10 gone 1 v52
done

# The interface is in a VRF; then one that sends from a VRF, without interface.
for id in 1 2; do
	inside $id '/judge/ip link add red type vrf table 10 &&
	    /judge/ip link set red up && killall vrrpd && rm /etc/vrrp &&
	    echo "exec sleep 99999" >/etc/vrrp &&
	    /judge/ip link set eth0 master red' >"$work/vrf.$id" 2>&1
	instance 53 10.77.0.103/24 'interface eth0' \
	    "priority $((150 - 50 * id))" 'virtual_routes {' \
	    '10.90.0.0/24 via 10.77.0.9 dev eth0 vrf red' \
	    'blackhole 10.91.0.0/24 vrf blue' '}' |
	    give $id /etc/in
	instance 54 '10.77.0.104/24 dev eth0' 'vrf red' \
	    "unicast_src_ip 10.77.0.$id" "unicast_peer {" \
	    "10.77.0.$((3 - id))" '}' "priority $((150 - 50 * id))" |
	    give $id /etc/from
done

# How many routes of ours the tables of the VRFs on m1 have.
routed() { # COUNT
	# The machine expands what stands in single quotes.
	# shellcheck disable=SC2016
	inside 1 "[ \$(for t in 10 20 21; do /judge/ip route show table \$t;
	    done | grep -c 'proto \(112\|18\|keepalived\)') = $1 ]"
}

# One VRF is there; the other one comes, goes, and comes with another table.
routes() {
	check 'a route of the VRF that is there' until_so 10 routed 1
	for table in 20 21; do
		inside 1 "/judge/ip link add blue type vrf table $table"
		check "that of the other VRF comes with its table, $table" \
		    until_so 10 inside 1 \
		    "/judge/ip route show table $table | grep 10.91.0.0/24"
		check 'and the first one stays' routed 2
		inside 1 '/judge/ip link delete blue'
		check 'it goes with the VRF' until_so 10 routed 1
	done
}

for file in in from; do
	for id in 1 2; do
		check "VRF, $file: m$id starts" start $id /etc/$file
	done
	check "VRF, $file: m1 is MASTER" until_so 15 said 1 \
	    "V5[34]: BACKUP -> MASTER"
	check "VRF, $file: m2 hears it" until_so 15 hears 2 10.77.0.1
	[ $file = from ] || routes
	check "VRF, $file: m1 ends" ended 1
	[ $file = from ] || check 'routes of a VRF are gone' routed 0
	check "VRF, $file: m2 takes over" until_so 15 said 2 \
	    'V5[34]: BACKUP -> MASTER'
	check "VRF, $file: m2 ends" ended 2
	: >"$work/console.1"
	: >"$work/console.2"
done

# ---- a machine without a clock ----

cut 1
cut 2
boot 1 150
boot 2 100 -rtc base=1970-01-02
until_so 60 said 2 'VI_1: .* -> BACKUP'
key=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
for id in 1 2; do
	instance 55 10.77.0.105/24 'interface eth0' "priority $((50 * id))" \
	    'auth_hmac {' "key 1 hex:$key" 'active_key 1' '}' |
	    give $id /etc/hmac
	check "auth_hmac: m$id starts" start $id /etc/hmac
done
inside 2 date | sed 's/^/      m2: /'
check 'auth_hmac: the one in 1970 is the better one and gets the address' \
    until_so 20 said 2 'V55: BACKUP -> MASTER'
check 'auth_hmac: the other one hears it' until_so 10 hears 1 10.77.0.2
inside 2 'vrrpd explain V55 --control /run.sock' | sed 's/^/      /'

# ---- a bond of two cables, and a VLAN above it ----

moved() { # whether the client was told of the other cable's MAC
	[ "$(holder 10.77.0.106)" = 52:54:00:00:00:11 ]
}

# The bond itself tells nobody, and no second burst of ours does.
for id in 1 2; do
	inside $id 'killall vrrpd && rm /etc/vrrp &&
	    echo "exec sleep 99999" >/etc/vrrp' >/dev/null
done
until_so 10 inside 1 '! test -e /run.pid'
until_so 10 inside 2 '! test -e /run.pid'
inside 1 '/judge/ip address flush dev eth0 &&
    /judge/ip link set eth0 down && /judge/ip link add both type bond
    mode active-backup miimon 50 fail_over_mac active num_grat_arp 0
    num_unsol_na 0 && /judge/ip link set eth0 master both &&
    /judge/ip link set eth1 master both && /judge/ip link set both up &&
    /judge/ip address add 10.77.0.1/24 dev both &&
    /judge/ip link add link both name lan type vlan id 5 &&
    /judge/ip link set lan up && /judge/ip address add 10.78.0.1/24 dev lan'
inside 2 '/judge/ip link add link eth0 name lan type vlan id 5 &&
    /judge/ip link set lan up && /judge/ip address add 10.78.0.2/24 dev lan'
{
	instance 56 10.77.0.106/24 'interface both' 'garp_master_delay 0'
	instance 57 10.78.0.107/24 'interface lan' 'priority 200'
} | give 1 /etc/bond
instance 57 10.78.0.107/24 'interface lan' | give 2 /etc/bond
for id in 1 2; do
	check "bond: m$id starts" start $id /etc/bond
done
check 'bond: a client finds the address' answers 10.77.0.106
check 'VLAN: m2 hears m1' until_so 15 hears 2 10.78.0.1
monitor 1 'set_link n off'
check 'bond: a cable is pulled: the client is told of the other MAC' \
    until_so 5 moved
check 'bond: nothing else happened' eval '! said 1 "V5[67]: MASTER ->"'
monitor 1 'set_link o off'
check 'VLAN: the last cable is pulled: FAULT' until_so 10 said 1 \
    'V57: MASTER -> FAULT: interface is down (lan)'
check 'VLAN: m2 takes over' until_so 15 said 2 'V57: BACKUP -> MASTER'
monitor 1 'set_link o on'
check 'bond: a cable is back, and so is the address' answers 10.77.0.106
check 'VLAN: m2 hears m1 again' until_so 15 hears 2 10.78.0.1

echo "appliance: $good passed, $bad failed"
[ "$bad" -eq 0 ]
