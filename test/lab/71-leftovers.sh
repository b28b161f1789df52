#!/bin/sh
# Goal: a reload ends what nobody wants any more, and begins what is wanted and
# is not there.
# Method: a check that heeds no signal but KILL, the groups that the kernel says
# are joined, a reader of a FIFO that has ended, a directory that comes later.
. "$(dirname "$0")/lib.sh"
lab_begin pgrep
ours || skip 'it is about what vrrpd promises'
machine r1 1

cat >"$LAB/tools/hang" <<'END'
#!/bin/sh
trap '' TERM
while :; do sleep 1; done
END
cat >"$LAB/tools/reader" <<'END'
#!/bin/sh
echo $$ >>"$1"
exec cat "$2" >>"$1.lines"
END
chmod +x "$LAB/tools/hang" "$LAB/tools/reader"
configured() { # SCRIPT LINE...
	cat <<-END
	global_defs {
		script_user root
		notify_fifo $LAB/r1/fifo
		notify_fifo_script "$LAB/tools/reader $LAB/r1/readers"
	}
	vrrp_script check {
		script "$LAB/tools/hang $1"
		interval 60
	}
	track_file level {
		file $LAB/r1/later/level
		weight 1
	}
	END
	shift
	instance VI_1 100 'track_script {' 'check weight 2' '}' \
	    'track_file {' level '}' "$@"
}
runs() { # SCRIPT
	on r1 pgrep -f "/hang $1" >/dev/null
}
joined() { # GROUP
	ipn r1 maddr show dev eth0 | grep -q " $1\$"
}
reloaded() { # NUMBER: it was, so often
	wait_for 5 "[ \$(grep -c 'was reloaded' $LAB/r1/router.log) = $1 ]"
}

configured one | conf r1
start_vrrpd r1
wait_for 5 'has_addr r1 10.10.1.3'
check 'a check hangs' wait_for 5 'runs one'
check 'a group is joined' joined 224.0.0.18
check 'a FIFO is read' wait_for 5 "grep -q MASTER $LAB/r1/readers.lines"

mkdir "$LAB/r1/later"
echo 5 >"$LAB/r1/later/level"
check 'the directory of a tracked file may come later' wait_for 5 \
    "seen vrrp '' '\$8 == 105'"
echo 7 >"$LAB/r1/later/level"
check 'and is watched then' wait_for 5 "seen vrrp '' '\$8 == 107'"
mkdir "$LAB/r1/elsewhere"
echo 8 >"$LAB/r1/elsewhere/level"
ln -s ../elsewhere/level "$LAB/r1/later/link"
mv "$LAB/r1/later/link" "$LAB/r1/later/level"
check 'a link may take its place' wait_for 5 "seen vrrp '' '\$8 == 108'"
echo 9 >"$LAB/r1/elsewhere/level"
check 'and what it leads to is looked at' wait_for 5 \
    "seen vrrp '' '\$8 == 109'"

on r1 kill "$(cat "$LAB/r1/readers")"
check 'a reader ends' wait_for 5 "grep -q 'the reader of' $LAB/r1/router.log"
configured two 'unicast_peer {' 10.10.1.2 '}' | conf r1
signal r1 HUP
reloaded 1
check 'a reload starts it again' wait_for 5 "[ \$(wc -l <$LAB/r1/readers) = 2 ]"
check 'what is checked no longer ends, come what may' wait_for 5 \
    '! runs one && runs two'
check 'a group that nobody needs is left' not joined 224.0.0.18
configured two 'mcast_src_ip 10.10.1.1' | conf r1
signal r1 HUP
reloaded 2
check 'and joined when somebody does' joined 224.0.0.18
check 'the reader goes on' equal "$(wc -l <"$LAB/r1/readers")" 2
stop r1
lab_end
