#!/bin/sh
# Goal: whichever system call of vrrpd fails, it is retried, reported or
# refused, and never assumed done.
# Method: faults.py, several at once, each in namespaces of its own; here what
# they found is put together.
#
#	sh test/faults.sh		all
#	ONLY=reload/mmap		of one phase, or of one call in it
#	JOBS=4				at once; they mostly wait
set -u
cd "$(dirname "$0")/.." || exit 1
PATH=$PATH:/usr/sbin:/sbin
: "${VRRPD:=$PWD/vrrpd}"
: "${JOBS:=4}"
: "${ONLY:=}"
results=build/faults
PYTHON=/usr/bin/python3
[ -x "$PYTHON" ] || PYTHON=python3
user=
[ "$(id -u)" -eq 0 ] || user=-Ur
if ! unshare $user -mnpf --mount-proc true 2>/dev/null; then
	echo 'SKIP: this kernel lets us make no namespaces'
	exit 77
fi

rm -rf "$results"
mkdir -p "$results"
part=0
pids=
trap 'kill -KILL $pids 2>/dev/null' EXIT
trap 'exit 1' INT TERM HUP
while [ "$part" -lt "$JOBS" ]; do
	part=$((part + 1))
	unshare $user -mnpf --mount-proc --kill-child sh -c '
		mount -n -t tmpfs -o mode=755 run /run &&
		mount -n -t tmpfs -o mode=1777 tmp /tmp &&
		mkdir /run/netns && ip link set lo up && exec "$@"' sh \
	    "$PYTHON" test/faults.py "$VRRPD" --part "$part/$JOBS" \
	    --only "$ONLY" >"$results/$part" 2>"$results/$part.error" &
	pids="$pids $!"
done
bad=0
for pid in $pids; do
	wait "$pid" || bad=1
done
pids=
cat "$results"/*.error

cat "$results"/[0-9] | sort >"$results/all"
awk '{
	calls[$1 " " $2]
	n[$1 " " $2, $5]++
	total[$5]++
	injected += $5 != "missed"
}
END {
	printf "%-12s %-20s %8s %8s %8s %8s %8s\n", "phase", "call", "done", \
	    "reported", "refused", "missed", "FAILED"
	for (c in calls) {
		split(c, word, " ")
		printf "%-12s %-20s %8d %8d %8d %8d %8d\n", word[1], word[2], \
		    n[c, "done"], n[c, "reported"], n[c, "refused"], \
		    n[c, "missed"], n[c, "FAILED"] | "sort"
	}
	close("sort")
	printf "%d faults: %d done, %d reported, %d refused, %d failed; " \
	    "%d calls were not reached\n", injected, total["done"], \
	    total["reported"], total["refused"], total["FAILED"], \
	    total["missed"]
}' "$results/all"
grep FAILED "$results/all" && bad=1
[ -s "$results/all" ] && exit $bad
