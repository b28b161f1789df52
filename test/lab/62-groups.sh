#!/bin/sh
# Goal: what a vrrp_sync_group tracks is a fault of all its members, weights
# count where they are asked for, its scripts run; who is deleted is told so.
# Method: a group for each kind of tracker, all on one router; each of these
# fails; the kernel's addresses, the wire and the notes of scripts tell.
. "$(dirname "$0")/lib.sh"
lab_begin pgrep
ours || skip 'it is about keywords of vrrpd'
machine r1 1

# A group of two of them, one after the other; the first one has TRACK.
group() { # NAME VRID [LINE...]
	printf 'vrrp_sync_group %s {\n\tgroup {\n\t\tV%s V%s\n\t}\n' "$1" "$2" \
	    $(($2 + 1))
	lab_second=$(($2 + 1))
	router "$2" 100 ${TRACK:+"$TRACK"} >"$LAB/r1/members"
	router $lab_second 100 >>"$LAB/r1/members"
	shift 2
	printf '\t%s\n' "$@" '}'
	cat "$LAB/r1/members"
}
both() { # VRID: of the first
	has_addr r1 "10.10.1.$1" && has_addr r1 "10.10.1.$(($1 + 1))"
}
neither() { # VRID: of the first
	! has_addr r1 "10.10.1.$1" && ! has_addr r1 "10.10.1.$(($1 + 1))"
}
noted() { # the notes, without their times
	sed 's/^[^ ]* //' "$LAB/r1/notes" | tr '\n' ';'
}
configuration() {
	cat <<-END
	global_defs {
		script_user root
		vrrp_notify_fifo $LAB/r1/fifo
	}
	vrrp_script good {
		script "/usr/bin/test -e $LAB/r1/good"
		interval 0.2
	}
	track_file broken {
		file $LAB/r1/broken
		weight 0
	}
	track_file level {
		file $LAB/r1/level
		weight 2
	}
	vrrp_track_process worker {
		process worker
	}
	bfd_instance nobody {
		neighbor_ip 10.10.1.8
	}
	END
	says="$NOTE $LAB/r1/notes"
	group SCRIPT 61 'track_script {' good '}' "notify \"$says\"" \
	    "notify_backup \"$says backup\"" "notify_master \"$says master\"" \
	    "notify_fault \"$says fault\"" "notify_stop \"$says stop\""
	group FILE 63 'track_file {' broken '}'
	group INTERFACE 65 'track_interface {' t0 '}'
	group PROCESS 67 'track_process {' worker '}'
	group BFD 69 'track_bfd {' nobody '}'
	TRACK='track_file {
		level
	}'
	group WEIGHT 71 sync_group_tracking_weight notify_priority_changes
	group GLOBAL 73 global_tracking
	group NONE 75
	TRACK=
}

ipn r1 link add t0 type veth peer name t1
ipn r1 link set t0 up
ipn r1 link set t1 up
cp "$(command -v sleep)" "$LAB/tools/worker"
on r1 "$LAB/tools/worker" 1000 2>/dev/null &
: >"$LAB/r1/good"
echo 0 >"$LAB/r1/broken"
echo 5 >"$LAB/r1/level"
read_fifo r1
{
	configuration
	router 77 100 "notify_deleted \"$NOTE $LAB/r1/deleted deleted\"" \
	    "notify \"$NOTE $LAB/r1/deleted\""
	router 78 100 "notify \"$NOTE $LAB/r1/kept\""
} | conf r1
start_vrrpd r1
for vrid in 61 63 65 67 71 73 75; do
	check "V$vrid and its fellow are MASTER" wait_for 5 "both $vrid"
done
check 'track_bfd: without a neighbour none is' neither 69
check 'sync_group_tracking_weight: the weight counts' \
    seen vrrp '' '$7 == 71 && $8 == 110'
check 'global_tracking: so it does' seen vrrp '' '$7 == 73 && $8 == 110'
check 'without either it does not' equal "$(wire vrrp '' '$7 == 75' |
    awk '{ print $8 }' | sort -u)" 100
echo 6 >"$LAB/r1/level"
check 'notify_priority_changes: in the FIFO' wait_for 2 \
    'grep -q "\"V71\" MASTER_PRIORITY 112" "$LAB/r1/fifo.log"'
check 'of no other group' not grep '"V73" MASTER_PRIORITY' "$LAB/r1/fifo.log"

rm "$LAB/r1/good"
echo 1 >"$LAB/r1/broken"
ipn r1 link set t1 down
on r1 pkill -x worker
for fault in script.61 file.63 interface.65 process.67; do
	check "track_${fault%.*}: the fault of all" wait_for 3 \
	    "neither ${fault#*.}"
done
check 'and of no others' eval 'both 71 && both 73 && both 75'

configuration | conf r1
signal r1 HUP
check 'notify_deleted: its own script' wait_for 3 \
    'grep -q " deleted$" "$LAB/r1/deleted"'
check 'and notify tells it' wait_for 3 \
    'grep -q "INSTANCE V77 DELETED 100" "$LAB/r1/deleted"'
check 'without it, it is FAULT' wait_for 3 \
    'grep -q "INSTANCE V78 FAULT 100" "$LAB/r1/kept"'
stop r1
wanted=$(for state in backup master fault stop; do
	upper=$(echo $state | tr '[:lower:]' '[:upper:]')
	printf '%s;GROUP SCRIPT %s 0;' $state "$upper"
done)
wait_for 2 '[ "$(noted)" = "$wanted" ]'
check 'notify, notify_backup, notify_master, notify_fault, notify_stop' \
    equal "$(noted)" "$wanted"
lab_end
