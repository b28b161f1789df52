#!/bin/sh
# Goal: vrrpd is right on machines of the other byte order and of 32 bits.
# Method: vrrpd and the unit tests are built for big-endian machines of 64 and
# of 32 bits and a little-endian one of 32, with the warnings of every build;
# qemu-user runs the tests, and vrrpd -t over the golden files.
#
#	sh test/cross.sh [TEST...]	as `make cross'; all tests if none
#	MACHINES=arm			of s390x, ppc and arm
#
# qemu passes system calls on to this kernel, but not all that sockets can do:
# what it cannot says SKIP and why, and is repeated here.
set -u
cd "$(dirname "$0")/.." || exit 1
PATH=$PATH:/usr/sbin:/sbin
flags=$(echo "${TEST:-cc -std=c11 -D_GNU_SOURCE}" |
    sed 's/^[^ ]* //; s/-isystem [^ ]*//')
log=build/cross
good=0
bad=0
if [ $# -eq 0 ]; then
	for file in test/*.c; do
		grep -q '"outside.h"' "$file" && continue
		case $file in
		# No tests of their own, and those that take too long here;
		# above, those that need a LAN.
		*/fuzz* | */sim.c | */model.c | */sweep.c) ;;
		*) set -- "$@" "$(basename "$file" .c)" ;;
		esac
	done
fi

verdict() { # NAME LOG STATUS
	if [ "$3" = 0 ]; then
		good=$((good + 1))
		echo "pass  $1"
		sed -n 's/.*SKIP/      skipped:/p' "$2"
	else
		bad=$((bad + 1))
		echo "FAIL  $1"
		tail -n 20 "$2"
	fi
}

: "${MACHINES:=s390x ppc arm}"
for name in $MACHINES; do
	case $name in
	s390x) cc=s390x-linux-gnu-gcc ;;
	ppc) cc=powerpc-linux-gnu-gcc ;;
	arm) cc=arm-linux-gnueabihf-gcc ;;
	*) echo "cross: no machine $name" >&2; exit 2 ;;
	esac
	out=$log/$name
	mkdir -p "$out"
	# The words are options.
	# shellcheck disable=SC2086
	$cc $flags -O1 -static -o "$out/vrrpd" vrrpd.c >"$out/vrrpd.log" 2>&1
	verdict "$name: vrrpd is built" "$out/vrrpd.log" $?
	printf '#!/bin/sh\nexec qemu-%s "%s" "$@"\n' "$name" \
	    "$PWD/$out/vrrpd" >"$out/run"
	chmod +x "$out/run"
	VRRPD=$PWD/$out/run sh test/golden.sh >"$out/golden.log" 2>&1
	verdict "$name: golden" "$out/golden.log" $?
	for test; do
		# shellcheck disable=SC2086
		$cc $flags -O1 -static -o "$out/$test" "test/$test.c" \
		    >"$out/$test.log" 2>&1 &&
		    timeout 300 "qemu-$name" "$out/$test" \
		    >>"$out/$test.log" 2>&1
		verdict "$name: $test" "$out/$test.log" $?
	done
done
echo "cross: $good passed, $bad failed"
[ "$bad" -eq 0 ]
