#!/bin/sh
# Goal: what vrrpd says about a configuration, and what it makes of it, is text
# for text what stands in test/conf.
# Method: NN-what.conf is a file, NN-what.flags a command line.  NN-what.want
# is what -t prints, with the exit status as its last line; NN-what.print is
# what --print-config prints.  All runs in a network namespace that has no
# interface but lo, so that it is the same on every machine.
#
#	sh test/golden.sh		compare
#	sh test/golden.sh --renew NN...	write anew what these should say
set -u
cd "$(dirname "$0")/conf" || exit 1
vrrpd=${VRRPD:-../../vrrpd}
case $vrrpd in
../*) ;;
/*) ;;
*) vrrpd=../../$vrrpd ;;
esac
if ! unshare -rn true 2>/dev/null; then
	echo 'SKIP: no network namespace of our own'
	exit 77
fi
GOLDEN=$(mktemp -d) || exit 1
export GOLDEN
trap 'rm -rf "$GOLDEN"' EXIT
trap 'exit 1' INT TERM
# A script that everybody can replace.
printf '#!/bin/sh\nexit 0\n' >"$GOLDEN/check"
chmod 777 "$GOLDEN/check"

say() { # OPTION CASE: what vrrpd prints, and its exit status
	case $2 in
	*.conf) set -- "$1" -f "$2" ;;
	*) set -- "$1" "$2" && eval "set -- $1 $(tr '\n' ' ' <"$2")" ;;
	esac
	timeout 10 unshare -rn "$vrrpd" "$@" 2>&1 </dev/null
	echo "exit $?"
}

one() { # OPTION CASE WANT
	say "$1" "$2" | sed "s|$GOLDEN|GOLDEN|g" >"$GOLDEN/got"
	if [ -n "$renew" ]; then
		cp "$GOLDEN/got" "$3"
	elif diff -u "$3" "$GOLDEN/got" >"$GOLDEN/diff"; then
		echo "ok   $3"
		passed=$((passed + 1))
	else
		echo "FAIL $3"
		cat "$GOLDEN/diff"
		failed=$((failed + 1))
	fi
}

renew=
if [ "${1:-}" = --renew ]; then
	renew=yes
	shift
fi
[ $# -gt 0 ] || set -- ''
passed=0
failed=0
for number; do
	for case in "$number"*.conf "$number"*.flags; do
		what=${case%.*}
		[ -e "$case" ] || continue
		one -t "$case" "$what.want"
		if [ -e "$what.print" ]; then
			one --print-config "$case" "$what.print"
		fi
	done
done
[ -n "$renew" ] && exit
echo "golden: $passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
