#!/bin/sh
# Goal: settings that change what is sent, from where and when.
# Method: one router, the wire, tshark for the checksums.
. "$(dirname "$0")/lib.sh"
lab_begin tshark
machine r1 1
machine client 9
watch_events r1

# ---- the source ----
ipn r1 addr add 10.10.1.7/24 dev eth0
instance VI_1 100 'mcast_src_ip 10.10.1.7' | conf r1
t=$(now)
start_vrrpd r1
check 'C-015: mcast_src_ip' wait_for 3 'seen vrrp "$t"'
check 'C-015: is the source of all' equal \
    "$(wire vrrp "$t" | awk '{ print $3 }' | sort -u)" 10.10.1.7
wait_for 3 'has_addr r1 10.10.1.3'
# What the client sends is padded to 60 bytes.
t=$(now)
forge priority=200
check 'C-046: the padding of a frame is no part of the message' wait_for 1 \
    'went r1 10.10.1.3 "$t"'
renew r1

# ---- the checksum ----
if ours; then
	instance VI_1 100 v3_checksum_as_v2 | conf r1
	t=$(now)
	start_vrrpd r1
	wait_for 3 'seen vrrp "$t"'
	check 'C-019: no pseudo-header in the checksum' equal \
	    "$(dissector -o vrrp.v3_checksum_as_in_v2:true \
	    -Y "vrrp && frame.time_epoch >= $t" -T fields \
	    -e vrrp.checksum.status | sort -u)" 1
	forge priority=200 checksum=bad times=3
	check 'C-043: a wrong one is discarded all the same' stays 0.3 \
	    'has_addr r1 10.10.1.3'
	renew r1
fi

# ---- a changed priority in BACKUP ----
ADVERT=1
echo 0 >"$LAB/r1/value"
{
	printf 'track_file level {\n\tfile %s\n}\n' "$LAB/r1/value"
	instance VI_1 10 'track_file {
		level weight 1
	}'
} | conf r1
t=$(now)
start_vrrpd r1
wait_for 2 'listens r1'
echo 200 >"$LAB/r1/value"
wait_for 6 'seen vrrp "$t"'
check 'C-142: a better priority brings the takeover nearer' elapsed \
    "$(down_ms 210)" "$(down_ms 210)" "$t" \
    "$(first join "$t" '$4 == "224.0.0.18"')" "$(first vrrp "$t")"
check 'C-003: and is what it says' equal \
    "$(wire vrrp "$t" | awk '{ print $8; exit }')" 210
echo 9999 >"$LAB/r1/value"
check 'C-138: 254 at most' wait_for 2 'seen vrrp "$t" "\$8 == 254"'
renew r1
ADVERT=0.2

# ---- an owner ----
if ours; then
	{
		printf 'track_file level {\n\tfile %s\n}\n' "$LAB/r1/value"
		instance VI_1 255 'track_file {
			level weight 1
		}'
	} | conf r1
	echo -100 >"$LAB/r1/value"
	t=$(now)
	start_vrrpd r1
	wait_for 3 '[ $(count vrrp "$t") -ge 4 ]'
	check "C-138: an owner's priority never changes" equal \
	    "$(wire vrrp "$t" | awk '{ print $8 }' | sort -u)" 255
	renew r1
fi

# ---- a delayed start ----
{
	printf 'global_defs {\n\tvrrp_startup_delay 1\n}\n'
	instance VI_1 100
} | conf r1
t=$(now)
start_vrrpd r1
wait_for 4 'seen vrrp "$t"'
check 'C-099: vrrp_startup_delay, then the usual time' elapsed \
    $((1000 + $(down_ms 100))) $((1000 + $(down_ms 100))) "$t" \
    "$(first join "$t" '$4 == "224.0.0.18"')" "$(first vrrp "$t")"
renew r1

# ---- the same VRID on two interfaces ----
ip link add r1b type veth peer name eth1 netns "$LAB_PREFIX"r1
ip link add client2 type veth peer name eth1 netns "$LAB_PREFIX"client
ip link add br1 type bridge mcast_snooping 0
for port in r1b client2; do
	ip link set "$port" master br1 up
done
ip link set br1 up
ipn r1 link set eth1 up
ipn client link set eth1 up
ipn r1 addr add 10.10.2.1/24 dev eth1
{
	instance VI_1 100
	VIPS=10.10.2.3/24
	instance VI_2 100 'interface eth1'
} | conf r1
start_vrrpd r1
check 'C-073: one VRID on two interfaces' wait_for 3 \
    'has_addr r1 10.10.1.3 && has_addr r1 10.10.2.3'
t=$(now)
on client "$PYTHON" "$LAB/tools/forge.py" eth1 priority=200 times=3 \
    addresses=10.10.2.3 source=10.10.2.9
check 'C-073: an advert on one of them' wait_for 1 'went r1 10.10.2.3 "$t"'
check 'C-073: does not concern the other' not went r1 10.10.1.3 "$t"
renew r1
lab_end
