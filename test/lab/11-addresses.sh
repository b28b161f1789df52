#!/bin/sh
# Goal: the addresses are those configured, whatever others do to them, and the
# daemon's own are known again after a crash.
# Method: `ip addr` from outside; the kernel's events and the wire.
. "$(dirname "$0")/lib.sh"
lab_begin
machine r1 1
machine r2 2
machine client 9
watch_events r1

from_r1='$3 == "10.10.1.1"'

show() { # ADDRESS: how the kernel has it, in one line
	ipn r1 -o addr show to "$1" | head -n 1
}

# ---- as configured ----
VIPS='10.10.1.3 10.10.1.4/24_brd_10.10.1.255_label_eth0:v 10.10.1.5/24_dev_t0
    10.40.1.6/24_scope_link 10.20.1.1/16_brd_+'
ipn r1 link add t0 type veth peer name t1
ipn r1 link set t0 up
ipn r1 link set t1 up
instance VI_1 150 'virtual_ipaddress_excluded {
		10.30.1.1/24
		2001:db8::7/64
	}' | conf r1
start_vrrpd r1
check 'MASTER' wait_for 3 'has_addr r1 10.30.1.1 && has_addr r1 2001:db8::7'
for address in 10.10.1.3 10.10.1.4 10.10.1.5 10.40.1.6 10.20.1.1 10.30.1.1 \
    2001:db8::7; do
	check "C-105: $address 50 ms after the advert" took 0 50 \
	    "$(first vrrp)" "$(event_time r1 "New address .* $address/")"
done
check 'C-106: without a mask it is a /32' grep -q 'inet 10.10.1.3/32 ' <<X
$(show 10.10.1.3)
X
check 'C-109: brd and label' grep -q \
    'inet 10.10.1.4/24 brd 10.10.1.255 .* eth0:v' <<X
$(show 10.10.1.4)
X
check 'C-109: dev' grep -q ' t0 .*inet 10.10.1.5/24' <<X
$(show 10.10.1.5)
X
check 'C-109: scope' grep -q 'scope link' <<X
$(show 10.40.1.6)
X
check 'C-109: brd +' grep -q 'brd 10.20.255.255' <<X
$(show 10.20.1.1)
X
check 'C-004 C-005: advertised in order, excluded ones not' equal \
    "$(dissector -Y vrrp -T fields -e vrrp.ip_addr | tail -n 1)" \
    10.10.1.3,10.10.1.4,10.10.1.5,10.40.1.6,10.20.1.1
check 'C-013: sent from the real address' equal \
    "$(wire vrrp | awk '{ print $3 }' | sort -u)" 10.10.1.1
signal r1 TERM
wait_for 3 'ended r1'
check 'C-120: all of them go' equal "$(ipn r1 -o addr show |
    grep -c '10.10.1.[3-5]/\|10.20\|10.30\|10.40\|2001:db8::7')" 0
VIPS=10.10.1.3/24

# ---- taken away by others ----
if ours; then
	pair 150 100
	t=$(now)
	ipn r1 addr del 10.10.1.3/24 dev eth0
	check 'C-122 D-16: a deleted address is put back' wait_for 1 \
	    'has_addr r1 10.10.1.3'
	check 'C-122 D-16: within 50 ms' took 0 50 \
	    "$(event_time r1 'Deleted.*10\.10\.1\.3' "$t")" \
	    "$(event_time r1 'New.*10\.10\.1\.3' "$t")"
	check 'D-16: and announced' wait_for 1 \
	    'seen arp "$t" "\$3 == \"10.10.1.3\""'
	check 'C-122 D-16: without leaving MASTER' not seen vrrp "$t" '$8 == 0'
	check 'D-16: nor losing it to r2' stays 0.5 '! has_addr r2 10.10.1.3'

	# Deleting over and over, in episodes more than 50 ms apart: no storm,
	# no missed advert, and it ends well.
	t=$(now)
	for _ in 1 2 3 4 5 6 7 8; do
		sleep 0.06
		wait_for 2 'has_addr r1 10.10.1.3'
		ipn r1 addr del 10.10.1.3/24 dev eth0
	done
	check 'D-16: and converges' wait_for 1.5 'has_addr r1 10.10.1.3'
	check 'D-16: after five episodes it is put back once a second' equal \
	    "$(events r1 '10\.10\.1\.3/' "$t" | awk '
		$2 == "Deleted" { gone = $1; n++ }
		$2 == "New" && n > 5 && $1 - gone < 0.9 { print $1 - gone }
		END { if (n != 8) print n, "episodes" }')" ''
	check 'D-16: adverts went on' regular vrrp "$t" "$from_r1" 0 200
	check 'D-16: never priority 0' not seen vrrp "$t" '$8 == 0'
	renew r1
	renew r2

	# One deletion can take others with it: secondaries of its subnet.
	VIPS='10.20.0.1/24 10.20.0.2/24 10.20.0.3/24'
	instance VI_1 150 | conf r1
	start_vrrpd r1
	wait_for 3 'has_addr r1 10.20.0.3'
	echo 0 | on r1 tee /proc/sys/net/ipv4/conf/eth0/promote_secondaries \
	    >/dev/null
	t=$(now)
	ipn r1 addr del 10.20.0.1/24 dev eth0
	check 'C-122 D-16: three lost at once are back' wait_for 1 \
	    'has_addr r1 10.20.0.1 && has_addr r1 10.20.0.2 &&
	    has_addr r1 10.20.0.3'
	check 'D-16: within 50 ms' took 0 50 \
	    "$(event_time r1 'Deleted.*10\.20\.0\.1/' "$t")" \
	    "$(events r1 'New.*10\.20\.0' "$t" | awk 'END { print $1 }')"
	renew r1
	VIPS=10.10.1.3/24

	# The whole interface flushed: no source address is a fault, then
	# everything comes back with it.
	instance VI_1 150 | conf r1
	start_vrrpd r1
	wait_for 3 'has_addr r1 10.10.1.3'
	ipn r1 addr flush dev eth0
	wait_for 1 '! has_addr r1 10.10.1.3'
	address r1
	check 'C-131: an interface flushed and addressed again recovers' \
	    wait_for 3 'has_addr r1 10.10.1.3'
	renew r1
fi

# C-123: an address that nobody need track.
instance VI_1 150 'virtual_ipaddress_excluded {
		10.30.1.1/24 no_track
	}' | conf r1
start_vrrpd r1
wait_for 3 'has_addr r1 10.30.1.1'
t=$(now)
ipn r1 addr del 10.30.1.1/24 dev eth0
check 'C-123: losing a no_track address changes nothing' stays 0.5 \
    '! has_addr r1 10.30.1.1 && has_addr r1 10.10.1.3 &&
    ! seen vrrp "$t" "\$8 == 0"'
renew r1

# ---- after a crash ----
pair 150 100
kill_all r1
check 'a killed daemon leaves its address' has_addr r1 10.10.1.3
wait_for 2 'has_addr r2 10.10.1.3'
on r1 sh -c 'rm -f /run/*.pid'
t=$(now)
start_vrrpd r1
check 'C-121: the next one removes it at its start' wait_for 1 \
    'went r1 10.10.1.3 "$t"'
check 'C-168: comes back as MASTER' wait_for 3 'has_addr r1 10.10.1.3'
check 'C-168: with one such address' equal \
    "$(ipn r1 -o addr show to 10.10.1.3 | wc -l)" 1
check 'C-121: never sent from it' not seen vrrp 0 '$3 == "10.10.1.3"'
check 'C-168: and r2 let go' wait_for 1 '! has_addr r2 10.10.1.3'
renew r1
renew r2

# A stale address that the kernel lists first is no source either.
VIPS=10.10.1.3
ipn r1 addr flush dev eth0
ipn r1 addr add 10.10.1.3/32 dev eth0
ipn r1 addr add 10.10.1.1/24 dev eth0
t=$(now)
instance VI_1 150 | conf r1
start_vrrpd r1
wait_for 3 'seen vrrp "$t"'
check 'C-013 C-121: the source is the real address' equal \
    "$(wire vrrp "$t" | awk '{ print $3 }' | sort -u)" 10.10.1.1
renew r1

# One that somebody else set is not ours to remove, with whatever priority.
# Linux tells since 5.18 who set it.
if uname -r | awk -F . '{ exit $1 * 1000 + $2 < 5018 }'; then
	ipn r1 addr add 10.10.1.3/24 dev eth0
	start_vrrpd r1
	check 'D-3: an address of others is told of' wait_for 3 \
	    'grep -q "10.10.1.3: somebody else set" "$LAB/r1/router.log"'
	check 'D-3: and stays' stays 1 'has_addr r1 10.10.1.3'
	stop r1
	check 'D-3: in the end, too' has_addr r1 10.10.1.3
	renew r1
fi

# ---- an owner's own address ----
if ours; then
	VIPS=10.10.1.1/24
	instance VI_1 255 | conf r1
	t=$(now)
	start_vrrpd r1
	wait_for 2 'seen vrrp "$t" "\$8 == 255"'
	signal r1 TERM
	check 'D-3: an owner stops' wait_for 3 'ended r1'
	check "D-3: its own address was never ours to remove" \
	    has_addr r1 10.10.1.1
fi
lab_end
