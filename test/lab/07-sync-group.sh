#!/bin/sh
# Goal: the members of a sync group move together.
# Method: two instances on r1 in one group; the client is the rival of one of
# them, a second interface the tracked one of the other.
. "$(dirname "$0")/lib.sh"
lab_begin
machine r1 1
machine client 9

ipn r1 link add t0 type veth peer name t1
ipn r1 link set t0 up
ipn r1 link set t1 up
read_fifo r1
watch_events r1
{
	printf 'global_defs {\n\tvrrp_notify_fifo %s\n}\n' "$LAB/r1/fifo"
	printf 'vrrp_sync_group G {\n\tgroup {\n\t\tVI_1\n\t\tVI_2\n\t}\n'
	printf '\tnotify "%s %s group"\n}\n' "$NOTE" "$LAB/r1/notes"
	instance VI_1 100
	VRID=52
	VIPS=10.10.1.4/24
	instance VI_2 100 'track_interface {
		t0
	}'
} | conf r1

both() { # held or not, by r1
	has_addr r1 10.10.1.3 && has_addr r1 10.10.1.4
}
neither() {
	! has_addr r1 10.10.1.3 && ! has_addr r1 10.10.1.4
}
rival='vrid=52 priority=200 addresses=10.10.1.4'

# C-145: nobody rivals VI_1, but VI_2 cannot become MASTER.
# shellcheck disable=SC2086 # a list of fields
forge_on $rival
wait_for 3 'seen vrrp 0 "\$7 == 52"'
start_vrrpd r1
wait_for 3 'listens r1'
check 'C-145: no member is MASTER before all can be' stays 1.5 neither
forge_off
check 'C-145: when they can, all are' wait_for 3 both

t=$(now)
# shellcheck disable=SC2086 # a list of fields
forge $rival
check 'C-146: one member loses, all go' wait_for 1 \
    'went r1 10.10.1.3 "$t" && went r1 10.10.1.4 "$t"'
check 'C-146: without priority 0' not seen vrrp "$t" '$8 == 0'
check 'the group comes back' wait_for 3 both
t=$(event_time r1 'Deleted address [^ ]* 10.10.1.3' "$t")
# shellcheck disable=SC2046 # two times
check 'C-145: the members follow at once' took 0 20 $({
	first vrrp "$t" '$3 == "10.10.1.1" && $7 == 51'
	first vrrp "$t" '$3 == "10.10.1.1" && $7 == 52'
} | sort)

t=$(now)
ipn r1 link set t1 down
check 'C-147: the fault of one is the fault of all' wait_for 1 neither
wait_for 1 '[ $(count vrrp "$t" "\$8 == 0") -ge 2 ]'
check 'C-144: each of them said priority 0' equal \
    "$(wire vrrp "$t" '$8 == 0' | awk '{ print $7 }' | sort -u | xargs)" \
    '51 52'
check 'C-147: and all stay in FAULT' stays 1 neither
ipn r1 link set t1 up
check 'C-147: until no member is faulted' wait_for 3 both

check 'C-150: the group in the FIFO' wait_for 2 \
    '[ "$(grep -c "\"\(G\|VI_2\)\" MASTER " $LAB/r1/fifo.log)" -eq 6 ]'
check 'C-150: its states in order' equal \
    "$(grep -o '^GROUP "G" [A-Z]* 0' "$LAB/r1/fifo.log" |
    awk '{ printf "%s ", $3 }')" \
    'BACKUP MASTER BACKUP MASTER FAULT BACKUP MASTER '
check 'C-150: the members, each once per change' equal \
    "$(grep -o '^INSTANCE "VI_2" [A-Z]*' "$LAB/r1/fifo.log" |
    awk '{ printf "%s ", $3 }')" \
    'BACKUP MASTER BACKUP MASTER FAULT BACKUP MASTER '
wait_for 2 '[ $(wc -l <"$LAB/r1/notes") -eq 7 ]'
check 'C-148: the group in the script' equal \
    "$(awk '{ $1 = ""; print }' "$LAB/r1/notes" | sort -u | tr '\n' ';')" \
    ' group GROUP G BACKUP 0; group GROUP G FAULT 0; group GROUP G MASTER 0;'

signal r1 TERM
check 'TERM ends it' wait_for 3 'ended r1'
check 'and both addresses are gone' neither
check 'C-155: STOP for all' wait_for 1 \
    '[ "$(grep -c " STOP " "$LAB/r1/fifo.log")" -eq 3 ]'
lab_end
