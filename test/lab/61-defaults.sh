#!/bin/sh
# Goal: keywords of global_defs that say what all instances do, or what becomes
# of packets that are for none of them.
# Method: two routers with many instances that say nothing of it themselves; the
# client forges, asks, and the wire, FIFOs, logs and statistics tell.
. "$(dirname "$0")/lib.sh"
lab_begin tshark busybox nft
ours || skip 'it is about keywords of vrrpd'
machine r1 1
machine r2 2
machine client 9
watch_events r1

arps() { # VRID SINCE: whole seconds since the first, in one line
	wire arp "$2" "\$3 == \"10.10.1.$1\"" | awk '
		NR == 1 { start = $1 }
		{ printf "%.0f ", $1 - start }'
}
held() { # VRID SECONDS: r1 has the address all the time
	stays "$2" "! went r1 10.10.1.$1 '$t'"
}
lost() { # VRID: r1 gave it up since $t
	wait_for 2 "went r1 10.10.1.$1 '$t'"
}
forged() { # VRID NAME=VALUE...
	lab_vrid=$1
	shift
	forge "vrid=$lab_vrid" "addresses=10.10.1.$lab_vrid" "$@"
}
answers() { # ADDRESS
	on client busybox ping -c 1 -W 1 "$1" >/dev/null 2>&1
}

# Reads a FIFO, its last argument, into the file that is its first.
cat >"$LAB/tools/reader" <<'END'
#!/bin/sh
exec cat <"$2" >"$1"
END
chmod +x "$LAB/tools/reader"

echo 0 >"$LAB/r1/level"
{
	cat <<-END
	global_defs {
		script_user root
		vrrp_garp_master_repeat 1
		vrrp_garp_master_delay 0
		vrrp_garp_lower_prio_repeat 3
		vrrp_garp_lower_prio_delay 1
		vrrp_gna_interval 0.2
		vrrp_down_timer_adverts 6
		vrrp_lower_prio_no_advert
		vrrp_higher_prio_send_advert
		vrrp_owner_ignore_adverts
		vrrp_check_unicast_src off
		vrrp_skip_check_adv_addr
		vrrp_mcast_group6 ff02::99
		v3_checksum_as_v2
		log_unknown_vrids
		vrrp_notify_priority_changes
		notify_fifo $LAB/r1/fifo.all
		notify_fifo_script "$LAB/tools/reader $LAB/r1/all"
		vrrp_notify_fifo $LAB/r1/fifo.vrrp
		vrrp_notify_fifo_script "$LAB/tools/reader $LAB/r1/vrrp"
	}
	track_file level {
		file $LAB/r1/level
	}
	END
	router 61 100 'track_file {' level '}'
	ADVERT=40 router 62 254
	router 63 255
	router 64 100 'unicast_src_ip 10.10.1.1' 'unicast_peer {' 10.10.1.2 '}'
	VRID=65 VIPS='fe80::65/64 2001:db8::65/64' instance V65 100
} | conf r1
{
	cat <<-END
	global_defs {
		vrrp_strict
		vrrp_min_garp
		vrrp_vmac_garp_intvl 1
	}
	END
	router 71 100
	router 72 255
} | conf r2

t=$(now)
start_vrrpd r1
start_vrrpd r2
wait_for 3 'listens r1'
forged 62 priority=0
wait_for 3 'has_addr r1 10.10.1.61 && has_addr r1 10.10.1.62'
check 'vrrp_down_timer_adverts: six of them, and Skew_Time' elapsed \
    $(($(down_ms 100) + 600)) $(($(down_ms 100) + 600)) "$t" \
    "$(first join "$t" '$4 == "224.0.0.18"')" "$(first vrrp "$t" '$7 == 61')"
check 'v3_checksum_as_v2: no pseudo-header in any checksum' equal \
    "$(dissector -o vrrp.v3_checksum_as_in_v2:true \
    -Y "vrrp && ip.src == 10.10.1.1" -T fields -e vrrp.checksum.status |
    sort -u)" 1
check 'vrrp_mcast_group6' wait_for 3 \
    '[ "$(wire vrrp "$t" "\$7 == 65" | awk "{ print \$4 }" | sort -u)" = \
    ff02::99 ]'
wait_for 3 '[ "$(count na "$t" "\$4 ~ /::65\$/")" = 2 ]'
check 'vrrp_gna_interval' regular na "$t" '$4 ~ /::65$/' 195 250
check 'vrrp_min_garp: one; vrrp_vmac_garp_intvl: and one a second' \
    wait_for 4 'arps 71 "$t" | grep -q "^0 1 2 "'

# ---- who speaks ----
wait_for 3 '[ -s "$LAB/r1/all" ] && [ -s "$LAB/r1/vrrp" ]'
echo 7 >"$LAB/r1/level"
for fifo in all vrrp; do
	check "vrrp_notify_priority_changes: in the FIFO ($fifo)" wait_for 2 \
	    "grep -q 'INSTANCE \"V61\" MASTER_PRIORITY 107' $LAB/r1/$fifo"
done
t=$(now)
forged 61 priority=50
check 'vrrp_garp_lower_prio_repeat, vrrp_garp_lower_prio_delay' wait_for 3 \
    '[ "$(arps 61 "$t")" = "0 0 0 1 1 1 " ]'
check 'vrrp_strict: nobody uses the address' not answers 10.10.1.71
check 'but an owner does' answers 10.10.1.72
t=$(now)
forged 62 priority=50
forge vrid=99
check 'log_unknown_vrids' wait_for 2 \
    'grep -q "10.10.1.9 advertises VRID 99, " "$LAB/r1/router.log"'
check 'vrrp_lower_prio_no_advert: no answer' stays 0.3 \
    'not seen vrrp "$t" "\$7 == 62 && \$3 == \"10.10.1.1\""'
forged 62 priority=255 interval=4000
check 'vrrp_higher_prio_send_advert: obeyed' lost 62
check 'after one more' equal \
    "$(count vrrp "$t" '$7 == 62 && $3 == "10.10.1.1"')" 1
t=$(now)
forged 63 priority=255
check 'vrrp_owner_ignore_adverts' held 63 0.3
forged 64 priority=200 destination=10.10.1.1 mac=02:00:00:00:00:01
check 'vrrp_check_unicast_src off: whoever speaks is heard' lost 64
forge vrid=61 priority=200 source=10.10.1.8 addresses=10.10.1.9 times=5
check 'it is heard' lost 61
statistics=/tmp/keepalived.stats
signal r1 USR2
wait_for 2 "on r1 grep -q 'Priority Zero' $statistics"
check 'vrrp_skip_check_adv_addr: one list of five was compared' equal \
    "$(on r1 awk '/Address List/ { print $3; exit }' $statistics)" 1
stop r1
check 'the FIFOs have gone' not ls "$LAB/r1/fifo.all" "$LAB/r1/fifo.vrrp" \
    2>/dev/null
lab_end
