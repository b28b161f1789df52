#!/bin/sh
# Goal: who runs a script, and how often; which processes count as running, and
# from when on.
# Method: scripts that write down their user and time, processes that begin and
# end under names of their own, and the priority on the wire.
. "$(dirname "$0")/lib.sh"
lab_begin pgrep
ours || skip 'it is about keywords of vrrpd'
machine r1 1

cat >"$LAB/tools/who" <<'END'
#!/bin/sh
echo "$(date +%s.%6N) $(id -u)" >>"$1"
END
chmod +x "$LAB/tools/who"
cp "$LAB/tools/who" "$LAB/tools/open"
chmod 777 "$LAB/r1" "$LAB/tools/open"
cp "$(command -v sleep)" "$LAB/tools/worker"

began() { # ARGV0 PROGRAM: it sleeps by that name
	on r1 "$PYTHON" -c 'import os, sys
os.execv(sys.argv[2], [sys.argv[1], "1000"])' "$1" "$2" 2>/dev/null &
}
priority() { # NUMBER: there was one with it
	wait_for 6 "seen vrrp '' '\$7 == 51 && \$8 == $1'"
}
of() { # NUMBER: when it was first advertised
	first vrrp '' "\$7 == 51 && \$8 == $1"
}
ids() { # FILE: who wrote there
	awk '{ print $2 }' "$LAB/r1/$1" | sort -u
}

{
	cat <<-END
	global_defs {
		script_user daemon
		enable_script_security
	}
	vrrp_script often {
		script "$LAB/tools/who $LAB/r1/often"
		interval 0.2
		user nobody
	}
	vrrp_script seldom {
		script "$LAB/tools/who $LAB/r1/seldom"
	}
	vrrp_script open {
		script "$LAB/tools/open $LAB/r1/open"
		user root
	}
	vrrp_track_process forked {
		process worker
		fork_delay 1
		weight 1
	}
	vrrp_track_process ended {
		process worker
		terminate_delay 1
		weight 2
	}
	vrrp_track_process command {
		process elsewhat
		full_command
		weight 4
	}
	END
	instance VI_1 100 'track_script {' often seldom '}' \
	    'track_process {' forked ended 'command' '}'
	VRID=52 VIPS=10.10.1.4/24 instance VI_2 100 'track_script {' open '}'
} | conf r1
if rootless; then
	sed 's/script_user .*/script_user root/; s/user nobody/user root/' \
	    "$LAB/r1/conf" >"$LAB/r1/conf.new"
	mv "$LAB/r1/conf.new" "$LAB/r1/conf"
fi
start_vrrpd r1
check 'it begins without any' priority 100
began elsewhat "$LAB/tools/worker"
check 'full_command: the command is looked at; terminate_delay: no wait' \
    priority 106
check 'fork_delay: a beginning counts later' priority 107
# Processes are looked for once a second; an end is noticed within 0.2 s.
check 'by its time' took 700 1400 "$(of 106)" "$(of 107)"
on r1 pkill -x worker
check 'fork_delay: no wait; the command is gone, too' priority 102
check 'terminate_delay: an end counts later' wait_for 6 \
    'seen vrrp "$(of 102)" "\$7 == 51 && \$8 == 100"'
check 'by its time' took 700 1400 "$(of 102)" \
    "$(first vrrp "$(of 102)" '$7 == 51 && $8 == 100')"

check 'interval: six runs in less than five seconds' eval '
    wait_for 5 "[ \$(wc -l <$LAB/r1/often) -ge 6 ]" &&
    [ "$(ms "$(sed -n "1s/ .*//p" "$LAB/r1/often")" \
    "$(sed -n "6s/ .*//p" "$LAB/r1/often")")" -lt 4500 ]'
if ! rootless; then
	check 'user: who runs it' equal "$(ids often)" "$(id -u nobody)"
	check 'script_user: who else does' equal "$(ids seldom)" \
	    "$(id -u daemon)"
	check 'enable_script_security: what others could change is not run' \
	    not test -e "$LAB/r1/open"
	check 'and counts as failed' not seen vrrp '' '$7 == 52'
fi
stop r1
lab_end
