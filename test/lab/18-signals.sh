#!/bin/sh
# Goal: keepalived's signals and the files that they write.
# Method: send each, read what is written as an exporter would.
. "$(dirname "$0")/lib.sh"
lab_begin
machine r1 1
machine client 9

instance VI_1 100 'authentication {
		auth_type PASS
		auth_pass secret
	}' | sed 's/version 3/version 2/; s/advert_int 0.2/advert_int 1/' |
    conf r1
start_vrrpd r1
wait_for 6 'has_addr r1 10.10.1.3'
wait_for 3 '[ $(count vrrp) -ge 2 ]'

written() { # SIGNAL FILE: it is written anew, and whole
	on r1 rm -f "/tmp/$2"
	signal r1 "$1"
	wait_for 3 "on r1 test -s /tmp/$2"
}

check 'USR1 writes keepalived.data' written USR1 keepalived.data
for line in 'VRRP Instance = VI_1' 'State = MASTER' 'Interface = eth0' \
    'Virtual Router ID = 51' 'Priority = 100' 'Advert interval = 1 sec' \
    '10.10.1.3'; do
	check "USR1: $line" wait_for 1 \
	    "on r1 grep -qF '$line' /tmp/keepalived.data"
done
if ours; then
	check 'USR1: no password' not on r1 grep -q secret \
	    /tmp/keepalived.data
fi
check 'USR2 writes keepalived.stats' written USR2 keepalived.stats
wait_for 1 'on r1 grep -A2 "Priority Zero" /tmp/keepalived.stats | grep -q Sent'
extension() { # the lines that keepalived has from 2.4 on
	ours || return 0
	echo '  Authentication Extension Errors:'
	printf '    %s:\n' Missing Malformed 'Unknown Key' 'Invalid HMAC' \
	    Stale Replay
}
check 'C-162: the statistics, line for line' equal \
    "$(on r1 sed 's/: *[0-9]*$/:/' /tmp/keepalived.stats)" \
    "VRRP Instance: VI_1
  Advertisements:
    Received:
    Sent:
  Became master:
  Released master:
  Packet Errors:
    Length:
    TTL:
    Invalid Type:
    Advertisement Interval:
    Address List:
  Authentication Errors:
    Invalid Type:
    Type Mismatch:
    Failure:
$(extension; echo '  Priority Zero:')
    Received:
    Sent:"
sent=$(on r1 awk '/Sent:/ { print $2; exit }' /tmp/keepalived.stats)
check 'C-162: with the true number of adverts' [ "$sent" -ge 2 ]

# The JSON: valid, and with keepalived's keys in keepalived's order.
keys() {
	on r1 "$PYTHON" -c '
import json, sys
found = json.load(open("/tmp/keepalived.json"))
if isinstance(found, dict):
    found = found["vrrp"]
print(len(found), found[0]["data"]["iname"], found[0]["data"]["state"])
print(" ".join(found[0]["data"]))
print(" ".join(found[0]["stats"]))'
}
words() {
	echo "$*"
}
JSON_SIGNALS=36
ours && JSON_SIGNALS='36 37'
if ! ours && ! on r1 "$VRRPD" --signum=JSON >/dev/null 2>&1; then
	JSON_SIGNALS=
fi
for number in $JSON_SIGNALS; do
	check "signal $number writes keepalived.json" written "$number" \
	    keepalived.json
	keys >"$LAB/keys"
	check 'C-162: valid, with the instance and its state' equal \
	    "$(sed -n 1p "$LAB/keys")" '1 VI_1 2'
	if ours; then
		check 'C-162: the keys of data' equal \
		    "$(sed -n 2p "$LAB/keys")" "$(words iname \
		    dont_track_primary skip_check_adv_addr strict_mode \
		    vmac_ifname ifp_ifname master_priority last_transition \
		    garp_delay garp_refresh garp_rep garp_refresh_rep \
		    garp_lower_prio_delay garp_lower_prio_rep \
		    lower_prio_no_advert higher_prio_send_advert vrid \
		    base_priority effective_priority vipset \
		    promote_secondaries adver_int master_adver_int accept \
		    nopreempt preempt_delay state wantstate version \
		    smtp_alert notify_deleted vips auth_type auth_data)"
		check 'C-162: the keys of stats' equal \
		    "$(sed -n 3p "$LAB/keys")" "$(words advert_rcvd \
		    advert_sent become_master release_master packet_len_err \
		    advert_interval_err ip_ttl_err invalid_type_rcvd \
		    addr_list_err invalid_authtype authtype_mismatch \
		    auth_failure auth_ext_missing auth_ext_malformed \
		    auth_ext_unknown_key auth_ext_invalid_hmac \
		    auth_ext_stale auth_ext_replay pri_zero_rcvd \
		    pri_zero_sent)"
		check 'no password in it' not on r1 grep -q secret \
		    /tmp/keepalived.json
		check 'nobody else reads it' equal \
		    "$(on r1 stat -c %a /tmp/keepalived.json)" 600
	fi
done

# 63: the statistics, then zero.
check 'signal 63 writes the statistics' written 63 keepalived.stats
before=$sent
sent=$(on r1 awk '/Sent:/ { print $2; exit }' /tmp/keepalived.stats)
check '63: the true numbers' [ "$sent" -ge "$before" ]
t=$(now)
written USR2 keepalived.stats
# The one that was under way counts as well.
check '63: and clears them' [ "$(on r1 awk '/Sent:/ { print $2; exit }' \
    /tmp/keepalived.stats)" -le $(($(count vrrp "$t") + 1)) ]

if ours; then
	# Others do no harm.  34 is musl's own, which a libc of another kind, or
	# a script that says RTMIN, does not know.
	for number in 35 38 50 62 64 PIPE CHLD WINCH URG; do
		signal r1 "$number"
	done
	t=$(now)
	check 'other signals are ignored' wait_for 2 'seen vrrp "$t"'
	signal r1 34
	t=$(now)
	check 'signal 34 is ignored' wait_for 2 'seen vrrp "$t"' || {
		start_vrrpd r1
		wait_for 6 'has_addr r1 10.10.1.3'
	}

	# Somebody else's link in /tmp is not followed.
	on r1 rm -f /tmp/keepalived.stats
	echo untouched >"$LAB/victim"
	on r1 ln -s "$LAB/victim" /tmp/keepalived.stats
	signal r1 USR2
	signal r1 USR1
	wait_for 2 'on r1 test -s /tmp/keepalived.data'
	check 'a link is not followed' equal "$(cat "$LAB/victim")" untouched
	signal r1 TERM
	wait_for 3 'ended r1'

	# $TMPDIR
	on r1 mkdir /run/elsewhere
	TMPDIR=/run/elsewhere start_vrrpd r1
	wait_for 6 'has_addr r1 10.10.1.3'
	signal r1 USR2
	check 'TMPDIR says where' wait_for 2 \
	    'on r1 test -s /run/elsewhere/keepalived.stats'
fi
lab_end
