#!/bin/sh
# Goal: what the commands print with -j, and the dump of signal 36, is as
# test/schema says: no key more, none less, whatever the state and the names.
# Method: test/schema/validate.py judges what real daemons print; at the end
# each key of the schemas has to have come up.  That it can refuse is shown
# first, with what a daemon printed and a change in it.
. "$(dirname "$0")/lib.sh"
[ -n "${LAB_INSIDE:-}" ] || "$PYTHON" -c 'import jsonschema' 2>/dev/null ||
	skip 'python has no jsonschema on this machine'
lab_begin
ours || skip 'keepalived has no such commands'
machine r1 1
machine r2 2
machine client 9
SCHEMA=$LAB_SOURCE/../schema

validate() { # SCHEMA ARGUMENT...: standard input
	lab_schema=$1
	shift
	"$PYTHON" "$SCHEMA/validate.py" "$SCHEMA/$lab_schema.json" "$@"
}

# Whether what a command prints is as a schema says; status is not its own.
valid() { # SCHEMA MACHINE COMMAND...
	lab_schema=$1 lab_machine=$2
	shift 2
	on "$lab_machine" "$VRRPD" "$@" >"$LAB/printed"
	validate "$lab_schema" --seen "$LAB/seen.$lab_schema" <"$LAB/printed"
}

# The same with a change by python to the value that was printed last.
refuses() { # SCHEMA PYTHON
	"$PYTHON" -c "
import json
v = json.load(open('$LAB/printed'))
$2
print(json.dumps(v))" >"$LAB/changed"
	not validate "$1" <"$LAB/changed" >"$LAB/refused" &&
	    [ -s "$LAB/refused" ]
}

dumped() { # MACHINE
	rm -f "$LAB/dump"
	signal "$1" 36
	# It is renamed to its name when it is whole.
	wait_for 3 "on $1 mv /tmp/keepalived.json $LAB/dump 2>/dev/null"
	validate dump --seen "$LAB/seen.dump" <"$LAB/dump"
}

state_is() { # MACHINE NAME STATE
	[ "$(on "$1" "$VRRPD" status -s "$2" 2>/dev/null)" = "$3" ]
}

# Names in UTF-8 and not, with all that JSON or a shell could trip over.
# shellcheck disable=SC2016 # they are letters
UTF8='Zoë'\''s \ / {%s} $(x) <b> '$(printf '\360\237\230\200')
LATIN1=$(printf 'caf\351\001x\t,')

# Everything that an instance can have, and instances in all states.
everything() { # GLOBAL_LINE...
	printf 'global_defs {\n'
	printf '\t%s\n' "$@"
	printf '}\n'
	cat <<-END
	vrrp_script "it's" {
		script "/bin/echo 'a b' c\\\\d"
		interval 1
	}
	vrrp_script pid {
		pidfile /run/none
		weight 2
	}
	vrrp_track_process shells {
		process sh
	}
	track_file level {
		file $LAB/r1/level
	}
	END
	instance ALL 150 'virtual_ipaddress_excluded {
		10.10.1.30/24
	}' 'virtual_routes {
		10.50.0.0/16 via 10.10.1.9
	}' 'virtual_rules {
		from 10.50.0.0/16 table 100 preference 300
	}' 'track_interface {
		lo weight 3
	}' 'track_script {
		"it'\''s"
		pid
	}' 'track_process {
		shells weight 1
	}' 'track_file {
		level weight 1
	}' 'notify "/bin/true \"a b\""' 'notify_deleted /bin/true' \
	    "$(printf 'notify_%s /bin/true\n' backup master fault stop \
		master_rx_lower_pri)"
	VERSION=2 ADVERT=1 VRID=52 VIPS=10.10.1.4 instance V2 100 \
	    'authentication {
		auth_type PASS
		auth_pass secret
	}'
	VRID=53 VIPS=2001:db8::3/64 instance V6 100 'use_vmac v\6'
	VRID=54 VIPS=10.10.1.5 instance ABSENT 100 |
	    sed 's/eth0/nix/'
	VRID=55 VIPS=10.10.1.6 instance "\"$UTF8\"" 100
	VRID=57 VIPS=10.10.1.8_dev_eth0 instance NOWHERE 100 'unicast_peer {
		10.10.1.2
	}' 'unicast_src_ip 10.10.1.77' | sed '/interface eth0/d'
}

# ---- MASTER, FAULT, and names ----
echo 0 >"$LAB/r1/level"
everything 'vrrp_startup_delay 2' | conf r1
instance ALL 100 | conf r2
start_vrrpd r1
wait_for 3 'state_is r1 ALL INIT'
check 'status -j at the start' valid status r1 status -j
check 'which was INIT' grep -q '"INIT"' "$LAB/printed"
wait_for 9 'state_is r1 ALL MASTER'
start_vrrpd r2
wait_for 5 'on r2 "$VRRPD" status -b | grep -q "10.10.1.1/[1-9]"'
check 'status -j: all instances' valid status r1 status -j
check 'one is MASTER' grep -q '"MASTER"' "$LAB/printed"
check 'one at FAULT' grep -q '"FAULT"' "$LAB/printed"
check 'one without an interface' equal "$("$PYTHON" -c "
import json
print(sum('interface' not in v for v in json.load(open('$LAB/printed'))))")" 1
check 'a name in UTF-8 as it is' equal "$("$PYTHON" -c "
import json
print(json.load(open('$LAB/printed'))[4]['name'])")" "$UTF8"
check 'a key more is refused' refuses status 'v[0]["more"] = 1'
check 'a key less' refuses status 'del v[0]["timer_seconds"]'
check 'a counter more' refuses status 'v[0]["counters"]["more"] = 1'
check 'a tracker with more' refuses status 'v[0]["trackers"][0]["more"] = 1'
check 'an address that is none' refuses status \
    'v[0]["virtual_addresses"][0]["address"] = "10.10.1.300"'
check 'a text for a number' refuses status 'v[0]["vrid"] = "51"'
check 'a state that there is not' refuses status 'v[0]["state"] = "Master"'
echo '[] []' >"$LAB/twice"
check 'what is no JSON' not validate status <"$LAB/twice"

check 'status -j: one instance' valid status r1 status -j ALL
check 'status -j: the hostile name' valid status r1 status -j \
    "$UTF8"
check 'status -p' valid status r1 status -p
check 'status -j of a Backup' valid status r2 status -j
check 'which has heard another' refuses status 'v[0]["heard"] = ""'
check 'peers -j' valid peers r2 peers -j
check 'peers -j -m' valid peers r2 peers -j -m
check 'which has one' grep -q '"master":true' "$LAB/printed"
check 'a key more is refused' refuses peers 'v[0]["more"] = 0'
check 'a trouble that there is not' refuses peers 'v[0]["troubles"] = ["x"]'
check 'peers -j of one that was never heard' valid peers r1 peers -j
check 'which stands there' grep -q '"adverts":0' "$LAB/printed"
check 'events -j' valid events r1 events -j
check 'a line more is refused' refuses events 'v[0]["file"] = ""'
check 'events -j of one instance' valid events r1 events -j ABSENT
check 'scan -j' valid scan r2 scan eth0 2 -j
check 'a key more is refused' refuses scan 'v[0]["more"] = ""'
check 'keepalived.json' dumped r1
cp "$LAB/dump" "$LAB/printed"
check 'a key more is refused' refuses dump 'v[0]["data"]["more"] = ""'
check 'a counter less' refuses dump 'del v[0]["stats"]["advert_sent"]'
check 'keepalived.json of a Backup' dumped r2

# A file cannot give such a name, but a flag can.
start_vrrpd client -n -l --vrrp-instance "$LATIN1" --interface eth0 --vrid 56 \
    10.10.1.7/24
wait_for 9 '[ "$(on client "$VRRPD" status -s)" = MASTER ]'
check 'a name that is no UTF-8' valid status client status -j
check 'has U+FFFD there' equal "$("$PYTHON" -c "
import json
print(ascii(json.load(open('$LAB/printed'))[0]['name']))")" \
    "'caf\\ufffd\\x01x\\t,'"
check 'status -p' valid status client status -p
check 'events -j' valid events client events -j
check 'keepalived.json' dumped client

# ---- changes ----
launch r1 follow "$VRRPD" events -f -j
on r1 "$VRRPD" maint ALL on
wait_for 5 'state_is r1 ALL MAINT'
check 'status -j in maintenance' valid status r1 status -j
check 'which has its own state' grep -q '"MAINT"' "$LAB/printed"
check 'keepalived.json then' dumped r1
on r1 "$VRRPD" maint ALL off
on r1 "$VRRPD" prio ALL 50
wait_for 5 'state_is r1 ALL BACKUP'
check 'status -j with a priority that was set' valid status r1 status -j ALL
wait_for 3 'grep -q "asks for priority" "$LAB/r1/follow.log"'
stop r1 follow >/dev/null
grep -v '^Terminated$' "$LAB/r1/follow.log" >"$LAB/lines"
check 'events -f -j' validate event --lines --seen "$LAB/seen.event" \
    <"$LAB/lines"
check 'of more lines than one' [ "$(wc -l <"$LAB/lines")" -gt 3 ]

# ---- json_version 2, and what is not there ----
everything 'json_version 2' | conf r1
check 'reload' on r1 "$VRRPD" reload
check 'keepalived.json, version 2' dumped r1
cp "$LAB/dump" "$LAB/printed"
check 'is an object of both lists' equal "$("$PYTHON" -c "
import json
print(*json.load(open('$LAB/dump')))")" 'vrrp track_process'
check 'with nothing more' refuses dump 'v["more"] = []'
check 'scan -j on a link where nobody speaks' valid scan r1 scan lo 1 -j
check 'is []' equal "$(cat "$LAB/printed")" '[]'
for schema in status peers events event scan dump; do
	check "every key of $schema.json came up" validate "$schema" \
	    --unseen "$LAB/seen.$schema"
done
