#!/bin/sh
# Goal: what is refused changes a counter and nothing else: no timer, no state
# (D-19).
# Method: the client forges adverts that are wrong in one way each but would
# win if they were believed, to a MASTER and to a BACKUP.
. "$(dirname "$0")/lib.sh"
lab_begin
ours || skip 'keepalived believes some of these, and counts few of them'
machine r1 1
machine r2 2
machine client 9
watch_events r1

from_r1='$12 == "02:00:00:00:00:01"'
STATS=/tmp/keepalived.stats

# A number of r1's statistics, by its heading and its name under it; the
# first of that name if there is no heading.
statistic() { # HEADING NAME
	on r1 rm -f "$STATS"
	signal r1 USR2
	wait_for 2 "on r1 grep -q 'Priority Zero' $STATS" || return
	whole_stats
	on r1 awk -v heading="$1:" -v name="$2:" '
		/^  [A-Z]/ { on = index($0, heading) > 0 }
		on { at = index($0, name)
			if (at) {
				print substr($0, at + length(name)) + 0
				exit
			}
		}' "$STATS"
}

# The last line of the file is there, so all of it is.
whole_stats() {
	wait_for 1 "on r1 tail -n 2 $STATS | grep -q 'Sent:\|Received:'"
}

# r1's adverts since then keep their schedule: neither late nor early.
schedule() { # SINCE
	regular vrrp "$1" "$from_r1" 195 200
}

# What has this heading and name has grown by so many since it was $before.
counted() { # COUNT
	wait_for 3 "[ \$((\$(statistic '$heading' '$name') - before)) -ge $1 ]"
	equal $(($(statistic "$heading" "$name") - before)) "$1"
}

# To a MASTER: 20 of them within 0.4 s, at a priority that would win.
refused() { # TEXT HEADING NAME FIELD...
	lab_title=$1 heading=$2 name=$3
	shift 3
	before=
	[ -z "$name" ] || before=$(statistic "$heading" "$name")
	t=$(now)
	forge priority=200 times=20 every=0.02 "$@"
	check "$lab_title: still MASTER" has_addr r1 10.10.1.3
	check "$lab_title: the schedule is kept" schedule "$t"
	if [ -n "$name" ]; then
		check "$lab_title: counted" counted 20
	fi
}

instance VI_1 100 | conf r1
start_vrrpd r1
wait_for 3 'has_addr r1 10.10.1.3'
PACKET='Packet Errors' AUTH='Authentication Errors'
refused 'C-038 TTL 254' "$PACKET" TTL ttl=254
refused 'C-041 wrong checksum' '' '' checksum=bad
refused 'C-039 version 2' '' '' version=2 interval=1
refused 'C-039 version 7' '' '' version=7
refused 'C-040 type 2' "$PACKET" 'Invalid Type' type=2
refused 'C-044 too short' "$PACKET" Length count=3
refused 'C-045 too long' "$PACKET" Length extra=4
refused 'C-050 interval 0' '' '' interval=0
refused 'C-051 no address' '' '' addresses= extra=4 count=0
refused 'C-047 another VRID' '' '' vrid=52
refused 'C-069 unicast' '' '' destination=10.10.1.1 mac=02:00:00:00:00:01
refused 'C-070 our own address' '' '' source=10.10.1.1
refused 'C-075 a fragment' '' '' fragment=8192
refused 'C-075 a later fragment' '' '' fragment=185
refused 'C-075 7 bytes of VRRP' '' '' addresses= extra=-1
refused 'C-075 truncated below its header' '' '' total=24
check 'C-076: each kind was logged once or twice, not every time' \
    [ "$(wc -l <"$LAB/r1/router.log")" -lt 80 ]

# What is unusual but right is believed.
believed() { # TEXT FIELD...
	lab_title=$1
	shift
	wait_for 2 'has_addr r1 10.10.1.3'
	t=$(now)
	forge priority=200 "$@"
	check "$lab_title: is believed" wait_for 1 'went r1 10.10.1.3 "$t"'
}
believed 'C-042 checksum with the pseudo-header' checksum=pseudo
believed 'C-042 checksum without it' checksum=plain
believed 'C-052 reserved bits set' reserved=15
believed 'C-075 IP options' options=2
believed 'C-049 another interval' interval=10
heading=$PACKET name='Address List'
before=$(statistic "$heading" "$name")
believed 'C-065 other addresses' addresses=10.10.1.77
check 'C-065: counted' counted 1
check 'it still runs' not ended r1
renew r1

# ---- a BACKUP's timer ----
# All of them in one stream, faster than its interval, from before its start.
t=$(now)
forge_on ttl=254 priority=200 and ttl=255 checksum=bad \
    and ttl=255 version=2 interval=1 and ttl=255 type=2 \
    and ttl=255 count=3 and ttl=255 extra=4 and ttl=255 interval=0 \
    and ttl=255 vrid=52 and ttl=255 addresses= extra=-1 \
    and ttl=255 fragment=185 \
    and ttl=255 destination=10.10.1.1 mac=02:00:00:00:00:01
wait_for 2 'seen vrrp "$t" "\$7 == 52" && seen vrrp "$t" "\$5 == 254"'
t=$(now)
start_vrrpd r1
check 'C-072: refused adverts do not keep a BACKUP' wait_for 2 \
    'has_addr r1 10.10.1.3'
check 'C-072: its timer was not touched' elapsed "$(down_ms 100)" \
    "$(down_ms 100)" "$t" "$(first join "$t" '$4 == "224.0.0.18"')" \
    "$(first vrrp "$t" "$from_r1")"
check 'C-071: nor that of a MASTER' stays 1 'has_addr r1 10.10.1.3'
check 'C-071: whose schedule is kept' \
    schedule "$(first vrrp "$t" "$from_r1")"
forge_off
renew r1

# ---- version 2: authentication and interval ----
VERSION=2 ADVERT=1
instance VI_1 100 'authentication {
		auth_type PASS
		auth_pass secret
	}' | conf r1
start_vrrpd r1
wait_for 6 'has_addr r1 10.10.1.3'
schedule() { # SINCE: two adverts may not have come yet
	! wire vrrp "$1" "$from_r1" | sed -n 2p | grep -q . ||
	    regular vrrp "$1" "$from_r1" 985 1000
}
v2='version=2 interval=1 auth=1 password=secret'
start=$(now)
# shellcheck disable=SC2086 # lists of fields
{
	refused 'C-055 wrong password' "$AUTH" Failure $v2 password=Secret
	refused 'C-055 longer password' "$AUTH" Failure $v2 password=secrets
	refused 'C-054 no authentication' "$AUTH" 'Type Mismatch' $v2 auth=0
	refused 'C-053 unknown type' "$AUTH" 'Invalid Type' $v2 auth=9
	refused 'C-048 interval 2' "$PACKET" 'Advertisement Interval' $v2 \
	    interval=2
	refused 'C-057 protocol 51' "$AUTH" 'Type Mismatch' $v2 protocol=51
}
check 'version 2: the schedule is kept over all of them' \
    regular vrrp "$start" "$from_r1" 985 1000
check 'the password is not in the log' not grep -q 'secret' \
    "$LAB/r1/router.log"
# shellcheck disable=SC2086
believed 'the right one' $v2
renew r1

# ---- IPv6 ----
VERSION=3 ADVERT=0.2 VIPS=fe80::51/64
instance VI_6 100 | conf r1
start_vrrpd r1
wait_for 3 'has_addr r1 fe80::51'
v6='source=fe80::9 destination=ff02::12 addresses=fe80::51 priority=200'
for fields in ttl=254 checksum=bad type=2 count=2 extra=16 \
    destination=ff02::1 source=fe80::1; do
	# shellcheck disable=SC2086 # lists of fields
	forge $v6 times=5 every=0.02 $fields
	check "IPv6 $fields: still MASTER" has_addr r1 fe80::51
done
t=$(now)
# shellcheck disable=SC2086
forge $v6
check 'IPv6: the right one is believed' wait_for 1 'went r1 fe80::51 "$t"'
lab_end
