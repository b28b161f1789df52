#!/bin/sh
# Goal: checks that need no program: tcp, http, ping, route and pidfile, over
# IPv4 and IPv6, against servers that are good, bad, slow, mad or gone.
# Method: each check has a weight of its own, so that the priority tells which
# of them are good; kit/serve.py is what one hopes never to meet.
. "$(dirname "$0")/lib.sh"
lab_begin pgrep
machine r1 1
machine client 9

CHECKS=

priority() { # of the last advert
	wire vrrp | awk 'END { print $8 }'
}

# A check in the next configuration; its name is that of its weight.
checks() { # WEIGHT WORDS...
	CHECKS="$CHECKS w$1"
	weight=$1
	shift
	printf 'vrrp_script w%s {\n\t%s\n\tweight %s\n' "$weight" "$*" "$weight"
	printf '\tinterval 0.3\n\ttimeout 1.5\n}\n'
}

# The instance that tracks all of them.
tracked() {
	instance VI_1 100 "track_script {
		$(echo "$CHECKS" | tr ' ' '\n')
	}"
	CHECKS=
}

serve() { # MODE PORT [ADDRESS]
	on r1 "$PYTHON" "$LAB/tools/serve.py" "$@" &
	SERVED="$SERVED $2"
}

# Until all servers listen.
served() {
	for port in $SERVED; do
		port=$(printf ':%04X 0*:0000 0A' "$port")
		wait_for 10 "on r1 grep -q '$port' /proc/net/tcp*" ||
		    echo "no server on $port"
	done
	SERVED=
}

# As `renew r1`, with a log that has nothing of what was before.
afresh() {
	renew r1
	: >"$LAB/r1/router.log"
}

said() { # PATTERN: r1 logs it, or has
	wait_for 3 "grep -q '$1' $LAB/r1/router.log"
}

good() { # PRIORITY
	wait_for 4 "[ \"\$(priority)\" = $1 ]" || {
		echo "   priority $(priority), wanted $1"
		return 1
	}
}

descriptors() {
	on r1 sh -c 'ls /proc/$(cat "$0")/fd | wc -l' "$LAB/r1/router.pid"
}

SERVED=

# ---- http ----
mkdir "$LAB/r1/www"
echo yes >"$LAB/r1/www/health"
www() {
	on r1 "$PYTHON" -m http.server -d "$LAB/r1/www" 8000 >/dev/null 2>&1 &
	SERVED="$SERVED 8000"
	served
}
www
serve 503 8001
serve garbage 8002
serve half 8003
serve hang 8004
serve huge 8005
serve slow 8006
served
{
	checks 1 http 127.0.0.1 8000 /health
	checks 2 http 127.0.0.1 8001 /
	checks 4 http 127.0.0.1 8002 /
	checks 8 http 127.0.0.1 8003 /
	checks 16 http 127.0.0.1 8004 /
	checks 32 http 127.0.0.1 8005 /
	checks 64 http 127.0.0.1 8006 /
	tracked
} | conf r1
start_vrrpd r1
check 'a good answer, a huge one and a slow one are good' good 197
check 'a wrong status is not' \
    said 'script w2: failed: the status of the answer is 503'
check 'nor what is not HTTP' \
    said 'script w4: failed: the answer is not HTTP'
check 'nor half an answer' said 'script w8: failed: it timed out'
check 'nor a server that hangs' said 'script w16: failed: it timed out'
t=$(now)
on r1 pkill -f http.server
check 'its process dies' good 196
check 'and is told of' said 'script w1: failed: connection refused'
www
check 'it comes back' good 197
rm "$LAB/r1/www/health"
check 'its file goes' good 196
check 'as the status tells' \
    said 'script w1: failed: the status of the answer is 404'
check 'no advert waited for any of them' regular vrrp "$t" '$8 > 0' 150 250
check 'nothing was forked' not on r1 sh -c 'pgrep -P "$(cat "$0")"' \
    "$LAB/r1/router.pid"
check 'descriptors are closed' [ "$(descriptors)" -lt 40 ]
stop r1
check 'it stops while checks hang' equal "$(exit_status r1)" 0

# ---- the rest of http, and tcp ----
afresh
serve cut 8001
serve endless 8002
serve 204 8003
serve hang 8004
serve 200 8005 ::1
served
{
	checks 1 http 127.0.0.1 8001 /
	checks 2 http 127.0.0.1 8002 /
	checks 4 http 127.0.0.1 8003 / 200
	checks 8 http 127.0.0.1 8003 / 204
	checks 16 tcp 127.0.0.1 8004
	checks 32 tcp ::1 8005
	checks 64 http ::1 8005 /
	tracked
} | conf r1
start_vrrpd r1
check 'a status that is asked for, IPv6, a server that only takes' good 220
check 'an answer that ends too early' \
    said 'script w1: failed: the connection was closed'
check 'an answer without an end' \
    said 'script w2: failed: the answer is not HTTP'
check 'another status than asked for' \
    said 'script w4: failed: the status of the answer is 204'
stop r1
afresh
{
	checks 1 tcp 127.0.0.1 1
	checks 2 tcp 203.0.113.1 80
	checks 4 tcp 10.10.1.77 80
	checks 8 tcp 10.10.1.9 7000
	checks 16 tcp fe80::9%eth0 7001
	checks 32 tcp 2001:db8::77 80
	tracked
} | conf r1
on client "$PYTHON" "$LAB/tools/serve.py" hang 7000 10.10.1.9 &
on client sh -c "exec $PYTHON $LAB/tools/serve.py hang 7001 ::" &
start_vrrpd r1
check 'another machine over IPv4 and a link-local address' good 124
check 'refused' said 'script w1: failed: connection refused'
check 'without a route' said 'script w2: failed: it cannot be reached'
check 'nobody there' said 'script w4: failed: it timed out'
link_down client
check 'the machine is gone' good 100
link_up client
check 'and back' good 124

# ---- ping ----
afresh
{
	checks 1 ping 10.10.1.9
	checks 2 ping 2001:db8::9
	checks 4 ping fe80::9%eth0
	checks 8 ping 10.10.1.77
	checks 16 ping 203.0.113.1
	checks 32 ping 127.0.0.1
	checks 64 ping fe80::77%eth0
	tracked
} | conf r1
start_vrrpd r1
check 'who answers, is good' good 139
check 'who does not, is not' said 'script w8: failed: it timed out'
check 'without a route' said 'script w16: failed: it cannot be reached'
link_down client
check 'who is gone, is not' good 132
link_up client
check 'and who is back, is' good 139

# ---- route ----
afresh
ipn r1 route add 192.168.77.0/24 via 10.10.1.9
ipn r1 route add blackhole 192.168.78.0/24
ipn r1 route add 192.168.79.0/24 via 10.10.1.9 table 100
ipn r1 route add default nexthop via 10.10.1.9 nexthop via 10.10.1.8
ipn r1 route add 2001:db8:77::/48 via fe80::9 dev eth0
{
	checks 1 route default
	checks 2 route 192.168.77.0/24
	checks 4 route 192.168.78.0/24
	checks 8 route 192.168.79.0/24
	checks 16 route 2001:db8:77::/48
	checks 32 route ::/0
	checks 64 route 192.168.77.0/25
	tracked
} | conf r1
start_vrrpd r1
check 'routes that packets can take' good 119
check 'and none other' said 'script w8: failed: there is no such route'
ipn r1 route del default
ipn r1 route add default via fe80::9 dev eth0
check 'one goes, one of the other family comes' good 150
ipn r1 -6 route flush proto boot
ipn r1 route del 192.168.77.0/24
check 'all go' good 100
i=0
while [ $i -lt 3000 ]; do
	echo "route add 198.18.$((i / 256)).$((i % 256))/32 via 10.10.1.9"
	i=$((i + 1))
done >"$LAB/routes"
echo 'route add 192.168.77.0/24 via 10.10.1.9' >>"$LAB/routes"
ipn r1 -batch "$LAB/routes"
check 'one among thousands' good 102

# ---- pidfile ----
afresh
on r1 sh -c 'echo $$ >"$0"; exec sleep 1000' "$LAB/r1/a.pid" &
wait_for 5 '[ -s "$LAB/r1/a.pid" ]'
echo 99999999 >"$LAB/r1/b.pid"
echo none >"$LAB/r1/c.pid"
# A process that nobody collects.
on r1 sh -c 'sleep 0.01 & echo $! >"$0"; exec sleep 1000' "$LAB/r1/z.pid" &
wait_for 5 '[ -s "$LAB/r1/z.pid" ]'
{
	checks 1 pidfile "$LAB/r1/a.pid"
	checks 2 pidfile "$LAB/r1/b.pid"
	checks 4 pidfile "$LAB/r1/c.pid"
	checks 8 pidfile "$LAB/r1/d.pid"
	checks 16 pidfile "$LAB/r1/z.pid"
	tracked
} | conf r1
start_vrrpd r1
check 'a process that lives' good 101
check 'one that does not' said 'script w2: failed: there is no process'
check 'no number' said 'script w4: failed: there is no number in the file'
check 'no file' said 'script w8: failed: the file cannot be read: No such'
check 'a zombie' said 'script w16: failed: there is no process'
on r1 sh -c 'kill "$(cat "$0")"' "$LAB/r1/a.pid"
check 'it dies' good 100
on r1 sh -c 'echo $$ >"$0.new"; mv "$0.new" "$0"; exec sleep 1000' \
    "$LAB/r1/a.pid" &
check 'it is back with another number' good 101
signal r1 HUP
check 'a reload keeps what is known' stays 0.5 '[ "$(priority)" = 101 ]'
stop r1
lab_end
