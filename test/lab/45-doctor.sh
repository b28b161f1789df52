#!/bin/sh
# Goal: doctor finds what keeps an instance from working, says what to do, and
# changes nothing itself.
# Method: each trouble is made beside a machine where all is well; what doctor
# prints, and what the kernel has before and after, are compared.
. "$(dirname "$0")/lib.sh"
lab_begin nft
ours || skip 'keepalived has no such command'
machine r1 1
machine r2 2
VERSION=2 ADVERT=1

visit() { # ARGUMENT...
	on r1 "$VRRPD" doctor "$@" 2>&1
}

# Several visits at once, as each takes its time: begins one.
begin() { # NAME ARGUMENT...
	lab_name=$1
	shift
	{
		visit "$@"
		echo "status $?"
	} >"$LAB/visit.$lab_name" &
	begun="$begun $!"
}

# Whether one that has ended found this, as a whole line, and fails with 3.
found() { # NAME LINE
	grep -qxF "$2" "$LAB/visit.$1" &&
	    grep -qx 'status 3' "$LAB/visit.$1" && return 0
	cat "$LAB/visit.$1"
	return 1
}

finds() { # LINE: with the file of r1
	begun=
	begin one -f "$LAB/r1/conf"
	wait "$!"
	found one "$1"
}

state() { # what the kernel has of r1
	ipn r1 -o addr show | sed 's/valid_lft.*//'
	ipn r1 -o link show
	ipn r1 route show table all
	on r1 nft list ruleset
}

instance VI_1 100 | conf r1
instance VI_1 150 | conf r2
before=$(state)
check 'alone: good, and nobody is MASTER' equal "$(visit -f "$LAB/r1/conf")" \
    'good  VI_1: eth0, from 10.10.1.1; no other MASTER was heard'
start_vrrpd r2
wait_for 5 'has_addr r2 10.10.1.3'
check 'beside a MASTER: good' equal "$(visit -f "$LAB/r1/conf"; echo $?)" \
    'good  VI_1: eth0, from 10.10.1.1; 10.10.1.2 is MASTER, with priority 150
0'
{
	printf 'track_file level {\n\tfile %s\n}\n' "$LAB/r1/level"
	printf 'track_file made {\n\tfile %s\n\tinit_file 1\n}\n' \
	    "$LAB/r1/made"
	instance VI_1 100 'track_file {
		level weight 0
		made weight 1
	}'
} >"$LAB/r1/file.conf"
echo 3 >"$LAB/r1/level"
{
	printf 'bfd_instance b1 {\n\tneighbor_ip 10.10.1.2\n}\n'
	instance VI_1 100 'track_bfd {
		b1
	}'
} >"$LAB/r1/bfd.conf"
flags='--interface eth0 --vrid 51'
begun=
# shellcheck disable=SC2086 # words
{
	begin flags $flags 10.10.1.3/24
	begin interval $flags --advert-int 2 10.10.1.3/24
	begin vrid --interface eth0 --vrid 52 10.10.1.3/24
	begin group $flags --peer 10.10.1.2 10.10.1.3/24
	begin list $flags 10.10.1.4/24
	begin script $flags --track-script /bin/false 10.10.1.3/24
	begin peer $flags --peer 10.10.1.9 10.10.1.3/24
	begin file -f "$LAB/r1/file.conf"
	begin bfd -f "$LAB/r1/bfd.conf"
	begin no_bfd -B -f "$LAB/r1/bfd.conf"
	begin absent --interface eth7 --vrid 51 10.10.1.3/24
	wait $begun
}
check 'with flags alone' grep -qx "good  VI_1: eth0, from 10.10.1.1; 10.10.1.2 \
is MASTER, with priority 150" "$LAB/visit.flags"
check 'another interval' found interval "bad   VI_1: what 10.10.1.2 \
advertises is refused: other interval, or 0: give both the same settings"
check 'our addresses under another VRID' found vrid "bad   VI_1: 10.10.1.2 \
advertises VRID 51 with our addresses: give both the same settings"
check 'which is then not said to be good' not grep -q '^good' \
    "$LAB/visit.vrid"
check 'a peer that sends to a group' found group "bad   VI_1: 10.10.1.2 \
advertises VRID 51 to a group, not to its peers: give both the same settings"
check 'for which no firewall is blamed' not grep -q 'no program' \
    "$LAB/visit.group"
check 'another address list' found list "bad   VI_1: what 10.10.1.2 \
advertises is accepted: address list differs: give both the same settings"
check 'a check that fails' found script "bad   VI_1: a tracked check failed \
(false): mend what is checked, or run the check by hand, as its user"
check 'a file with a number that is a fault' found file "bad   VI_1: a \
tracked check failed (level): mend what is checked, or run the check by hand, \
as its user"
check 'none is made' not test -e "$LAB/r1/made"
check 'a BFD session is not begun: said' equal \
    "$(grep -v 'this machine' "$LAB/visit.bfd")" \
    "note  b1: not tried here; it counts as up
good  VI_1: eth0, from 10.10.1.1; 10.10.1.2 is MASTER, with priority 150
status 0"
check 'with -B it is down' found no_bfd "bad   VI_1: a tracked check failed \
(b1): mend what is checked, or run the check by hand, as its user"
check 'peers that are not heard' grep -q "^note  VI_1: 10.10.1.9 was not \
heard: it is BACKUP, or down" "$LAB/visit.peer"
check 'no interface' found absent "bad   VI_1: interface does not exist \
(eth7): create it or correct the name; until then it is waited for"
check 'and nothing that follows from that' equal \
    "$(grep -c '^bad' "$LAB/visit.absent")" 1
on r1 nft -f - <<-END
	table inet wall {
		chain input {
			type filter hook input priority 0;
			ip protocol 112 drop
		}
	}
END
check 'a firewall' finds "bad   eth0: VRID 51 of 10.10.1.2 arrives, but no \
program gets it: let protocol 112 in by the firewall, and look at rp_filter"
on r1 nft delete table inet wall
ipn r1 addr add 10.10.1.3/24 dev eth0
check 'an address that is there already' sh -c 'echo "$1" | grep -qx "note  \
VI_1: 10.10.1.3 is set on this machine, not by vrrpd: take it out of the \
network.s configuration"' - "$(visit -f "$LAB/r1/conf")"
ipn r1 addr del 10.10.1.3/24 dev eth0
check 'it changes nothing' equal "$(state)" "$before"
ipn r1 addr flush dev eth0
ipn r1 addr add 10.10.1.2/24 dev eth0
check 'the address of another machine' finds "bad   eth0: VRID 51 arrives \
from our address 10.10.1.2: another machine has it, or the link is a loop"
ipn r1 addr flush dev eth0
check 'no address' finds "bad   VI_1: there is no address to send from: give \
the interface an address of this family"
ipn r1 addr add 10.10.1.1/24 dev eth0
start_vrrpd r1
wait_for 5 'on r1 "$VRRPD" status >/dev/null'
check 'another daemon on the same machine' sh -c 'echo "$1" | grep -q \
    "^note  this machine: process [0-9]* is vrrpd: two with the same"' - \
    "$(visit -f "$LAB/r1/conf")"
check 'which it does not disturb' [ "$(on r1 "$VRRPD" status -s)" = BACKUP ]
ipn r1 link set eth0 down
check 'an interface that is down' finds "bad   VI_1: interface is down \
(eth0): set it up; without a carrier look at the cable and the switch"
echo 'vrrp_instance X {' >"$LAB/r1/conf"
check 'a configuration that cannot run' equal "$(visit -f "$LAB/r1/conf" \
    >/dev/null; echo $?)" 2
lab_end
