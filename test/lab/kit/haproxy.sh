# shellcheck shell=sh
# haproxy.sh: two HAProxy servers behind one address, by an administrator's own
# files, which are used unchanged: two configurations, a systemd unit and its
# EnvironmentFile.  What systemd does with them is done here by hand.
#
# A server is a machine with a root of its own, in which /sbin/keepalived is
# the program under test, /keepalived holds the files, and /dev/log is read by
# somebody.  It sees only its own processes, hence only its own haproxy.

VIP=10.10.1.3
VERSION=2 ADVERT=1
# What the check of a service may take to come to its end.
SCRIPT_MS=1000

# The administrator's files, beside the project if they are there.
ADMIN=$LAB_SOURCE/../../../shared/acceptance/haproxy
[ -d "$ADMIN" ] || ADMIN=$LAB_SOURCE/haproxy

unit() { # KEY: its value in the unit file
	sed -n "s/^$1=//p" "$ADMIN/keepalived.service"
}

# keepalived, 2.2.7 as well as 2.4.3, ignores a script that is defined below the
# instance that tracks it: it would say 100 for ever.  So that point 2 can be
# shown with it, it gets the same file with that block moved to the top.
admin_conf() { # FILE PROGRAM
	if [ "${2##*/}" = keepalived ] && [ -z "${UNCHANGED:-}" ]; then
		sed -n '/^vrrp_script/,$p' "$1"
		sed '/^vrrp_script/,$d' "$1"
	else
		cat "$1"
	fi
}

server() { # MACHINE NUMBER PROGRAM CONFIGURATION
	machine "$1" "$2"
	mkdir "$LAB/$1/files"
	admin_conf "$ADMIN/$4" "$3" >"$LAB/$1/files/keepalived.conf"
	cp "$ADMIN/keepalived.sysconfig" "$LAB/$1/files/sysconfig"
	cp "$3" "$LAB/$1/files/program"
	# Debian's pidof is a link to killall5, which goes by its name; vrrpd
	# must call it by the name that the administrator wrote.  keepalived
	# calls it by the last name of the chain, so it gets no link.
	if [ "${3##*/}" = keepalived ]; then
		printf '#!/bin/sh\nexec pidof "$@"\n' >"$LAB/$1/files/pidof"
		chmod +x "$LAB/$1/files/pidof"
	else
		ln -s "$(command -v pidof)" "$LAB/$1/files/pidof"
	fi
	cp "$KIT/machine-root.sh" "$LAB/tools"
	on "$1" sh "$LAB/tools/machine-root.sh" "$LAB/$1/files" || exit 1
	launch "$1" devlog "$PYTHON" "$LAB/tools/devlog.py" /dev/log \
	    "$LAB/$1/syslog.log"
	cat >"$LAB/$1/haproxy.cfg" <<-EOF
		defaults
			mode http
			timeout connect 1s
			timeout client 1s
			timeout server 1s
		frontend page
			bind :80
			http-request return status 200 content-type \
			    text/plain string "this is $1"
	EOF
	haproxy_start "$1"
}

haproxy_start() { # MACHINE
	launch "$1" haproxy haproxy -db -f "$LAB/$1/haproxy.cfg"
	wait_for 5 "on $1 /sbin/pidof haproxy >/dev/null"
}

# Type=forking: started when the program returns, and PIDFile says who runs.
service_start() { # MACHINE
	lab_environment=$(unit EnvironmentFile)
	on "$1" timeout 10 sh -c ". ${lab_environment#-}
		exec $(unit ExecStart)" </dev/null >>"$LAB/$1/service.log" 2>&1
}

service_pid() { # MACHINE
	on "$1" cat "$(unit PIDFile)" 2>/dev/null
}

service_reload() { # MACHINE
	on "$1" sh -c "MAINPID=$(service_pid "$1"); exec $(unit ExecReload)"
}

# KillMode=process: SIGTERM to the main process only.
service_stop() { # MACHINE
	on "$1" sh -c "kill -TERM $(service_pid "$1")"
}

service_runs() { # MACHINE
	lab_service=$(service_pid "$1")
	[ -n "$lab_service" ] && on "$1" kill -0 "$lab_service"
}

# A fresh connection each time, given up when it takes long.
page_from() { # MACHINE
	[ "$(on client curl -sf --connect-timeout 0.5 --max-time 3 \
	    "http://$VIP/")" = "this is $1" ]
}

from_r1='$3 == "10.10.1.1"' from_r2='$3 == "10.10.1.2"'

# From the last advert of r1 to the first of r2.
down_passed() { # SINCE PRIORITY
	took $(($(down_ms "$2") - 5)) "$(down_ms "$2")" \
	    "$(last vrrp 0 "$from_r1 && \$8 > 0")" \
	    "$(first vrrp "$1" "$from_r2")"
}

# A gratuitous ARP for the address since then, by that machine.
told() { # MACHINE SINCE
	eval "lab_n=\$lab_number_$1"
	seen arp "$2" '$3 == $4 && $3 == "'"$VIP"'" && $5 == 1 &&
	    $6 == "02:00:00:00:00:0'"$lab_n"'"'
}

# Points 1 to 6 and 8 of the acceptance README, with LEFT on server 1 and RIGHT
# on server 2; point 7 is to choose keepalived for one of them.
acceptance() { # LEFT RIGHT
	server r1 1 "$1" server1.conf
	server r2 2 "$2" server2.conf
	machine client 9

	check '8: the service starts: it forks and returns 0' service_start r1
	# keepalived's parent does not wait for it.
	[ "${1##*/}" != keepalived ] || wait_for 2 'service_runs r1'
	check '8: its pid file is there' service_runs r1
	check '8: and names a process called keepalived' equal \
	    "$(on r1 cat "/proc/$(service_pid r1)/comm")" keepalived
	check '1: server 1 takes the address' wait_for 5 "has_addr r1 $VIP"
	service_start r2
	check '1: server 2 starts' wait_for 2 'service_runs r2 && listens r2'
	check '1: the page comes' wait_for 2 'page_from r1'
	check '1: exactly one holds the address' equal "$(holders "$VIP")" r1
	check '1: the neighbour entry is its MAC' equal \
	    "$(neighbour "$VIP")" 02:00:00:00:00:01
	check '1: the address is a /32 without a label of its own' equal \
	    "$(ipn r1 -o addr show to "$VIP" | awk '{ print $2, $4 }')" \
	    "eth0 $VIP/32"
	check '6: and the neighbours were told' wait_for 1 'told r1 0'
	# keepalived 2.1 forgets its facility when it forks.
	[ "${1##*/}" = keepalived ] ||
		check '8: -D -S 3: it logs to local3' wait_for 2 \
		    'grep -q "^<15[2-9]>" "$LAB/r1/syslog.log"'

	# 2: 100 against 102; the check runs every 5 s, the down timer then
	# runs from the last advert that said 102.
	t=$(now)
	signal r1 KILL haproxy
	killed=$(now)
	check '2: haproxy dies: server 2 takes the address' wait_for 12 \
	    "has_addr r2 $VIP"
	check '2: the page comes again' wait_for 2 'page_from r2'
	check '2: after one script interval and one takeover' took 0 \
	    $((5000 + SCRIPT_MS + $(down_ms 102))) "$killed" \
	    "$(first vrrp "$t" "$from_r2")"
	check '2: server 1 has let go' wait_for 1 "! has_addr r1 $VIP"
	check '6: the neighbours were told' wait_for 1 'told r2 "$t"'

	t=$(now)
	haproxy_start r1
	check '3: haproxy returns: nothing moves' stays 9 \
	    "has_addr r2 $VIP && ! has_addr r1 $VIP &&
	    ! seen vrrp $t '\$3 == \"10.10.1.1\"'"

	# 5: within Skew_Time; server 1 is back at 102.
	t=$(now)
	service_stop r2
	check '5: TERM: server 1 takes the address' wait_for 3 \
	    "has_addr r1 $VIP"
	check '5: the page comes again' wait_for 2 'page_from r1'
	check '5: within Skew_Time' succeeded "$t" "$from_r2" "$from_r1" 102
	check '5: server 2 ends' wait_for 3 '! service_runs r2'
	check '6: its address is removed' not has_addr r2 "$VIP"
	check '6: the neighbours were told' wait_for 1 'told r1 "$t"'
	service_start r2
	check '3: server 2 returns' wait_for 2 'listens r2'
	check '3: and waits' stays 1 "! has_addr r2 $VIP"

	# 8: reload.
	watch_events r1
	t=$(now)
	pid=$(service_pid r1)
	service_reload r1
	check '8: HUP: adverts go on' wait_for 3 \
	    '[ $(count vrrp "$t" "\$3 == \"10.10.1.1\"") -ge 3 ]'
	check '8: HUP: without priority 0' not seen vrrp "$t" '$8 == 0'
	check '8: HUP: the address was not touched' equal \
	    "$(event_count r1 "$VIP")" 0
	check '8: HUP: the same process' equal "$(service_pid r1)" "$pid"
	check '8: HUP: no change of holder' equal "$(holders "$VIP")" r1

	# 4: a power cut.
	t=$(now)
	link_down r1
	kill_all r1
	check '4: the machine dies: server 2 takes the address' wait_for 6 \
	    "has_addr r2 $VIP"
	check '4: the page comes again' wait_for 2 'page_from r2'
	check '4: within Active_Down_Interval' down_passed "$t" 102
	check '6: the neighbours were told' wait_for 1 'told r2 "$t"'
}
