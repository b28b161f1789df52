#!/bin/sh
# Goal: every keyword that is taken has a test which shows what it does.
# Method: vrrpd --keywords against test/keywords.items, both ways; the test that
# stands there is there, and has the keyword.  Counted are those that a test of
# machines shows, and those that only a unit test or a golden file does.
set -u
cd "$(dirname "$0")/.." || exit 1
: "${VRRPD:=$PWD/vrrpd}"
items=test/keywords.items
failed=0
count=0
outside=0

fail() {
	echo "$*"
	failed=1
}

# The file of a test, as test/run and test/golden.sh call it.
file_of() { # NAME
	for file in "test/lab/$1.sh" "test/conf/$1.conf" "test/$1.c" \
	    "test/$1.sh"; do
		[ ! -e "$file" ] || echo "$file"
	done
}

taken=$("$VRRPD" --keywords | awk -F '\t' '$3 == "taken" { print $1, $2 }' |
    sort -u)
listed=$(grep -v '^#' "$items")
[ -n "$taken" ] || fail 'vrrpd --keywords: nothing is taken'
while read -r block word; do
	count=$((count + 1))
	echo "$listed" | grep -q "^$block $word [^ ]" ||
		fail "$items: no test of $word ($block)"
done <<END
$taken
END
while read -r block word tests; do
	shown=0
	echo "$taken" | grep -qx -- "$block $word" ||
		fail "$items: $word ($block) is no keyword"
	for name in $tests; do
		file=$(file_of "$name")
		if [ -z "$file" ]; then
			fail "$items: no test $name"
		elif ! echo "$file" | xargs grep -qw -- "$word"; then
			fail "test $name: nothing of $word ($block)"
		fi
		case $file in test/lab/* | test/appliance.sh) shown=1 ;; esac
	done
	outside=$((outside + shown))
done <<END
$listed
END
[ "$failed" -ne 0 ] ||
	echo "keywords: $count, each with a test: $outside shown from" \
	    "outside, $((count - outside)) by a unit test or golden file only"
exit "$failed"
