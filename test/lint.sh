#!/bin/sh
# Goal: what can be counted about the source keeps to the rules.
# Method: one line per finding, `file:line: what'; none is a pass.

set -u
cd "$(dirname "$0")/.." || exit 1

sources='vrrpd.c vrrpd.h'
texts="$sources README Makefile"
tests=$(find test -name '*.[ch]' -o -name '*.awk' -o -name '*.py' | sort)
scripts=".ci/run test/deps test/run test/bench/run
$(find test -name '*.sh' | sort)"

# What stands at the top level and should not, or the reverse.
shape() {
	for name in .[!.]* *; do
		case $name in
		vrrpd.[ch8] | Makefile | README | test) ;;
		.git | .ci | .gitignore | .editorconfig | build | vrrpd) ;;
		*) echo "$name:1: not of the fixed shape" ;;
		esac
	done
	for name in vrrpd.c vrrpd.h vrrpd.8 Makefile README test .ci/run; do
		[ -e $name ] || echo "$name:1: missing"
	done
}

# Files that are to stay short.
lengths() {
	while read -r file limit; do
		lines=$(wc -l <"$file") && [ "$lines" -gt "$limit" ] &&
		    echo "$file:$lines: longer than $limit lines"
	done <<-END
	Makefile 150
	README 120
	test/check.h 60
	END
}

# Marks of unfinished work, wide lines, blanks at the end of a line.
typography() {
	awk '
	{ wide = $0 }
	/\t/ { for (wide = ""; i = index($0, "\t"); $0 = substr($0, i + 1)) {
		wide = wide substr($0, 1, i - 1)
		wide = wide substr("        ", length(wide) % 8 + 1) }
		wide = wide $0 }
	length(wide) > 80 {
		print FILENAME ":" FNR ": " length(wide) " columns" }
	wide ~ /[ \t]$/ { print FILENAME ":" FNR ": blank at the end" }
	' "$@"
	marks='TO[D]O|FIX[M]E|X[X]X|HA[C]K'
	grep -nE "(^|[^A-Za-z_])($marks)([^A-Za-z_]|\$)" "$@" |
	    sed 's/^\([^:]*:[0-9]*\):.*/\1: mark of unfinished work/'
}

tool() {
	command -v "$1" >/dev/null || echo "$1:1: not here; see test/deps"
}

findings=$(
	exec 2>&1
	shape
	lengths
	# No name here holds a blank.
	# shellcheck disable=SC2086
	typography $texts $tests $scripts
	for file in $sources; do
		awk -f test/lint.awk "$file"
	done
	tool shellcheck
	# In a call with a file, those who source it have it checked with each.
	# shellcheck disable=SC2046
	shellcheck -f gcc $(echo "$scripts" | grep '/lab/[0-9]')
	# shellcheck disable=SC2046
	shellcheck -f gcc $(echo "$scripts" | grep -v '/lab/[0-9]')
	tool mandoc
	# Which manuals are installed here is not the page's fault.
	mandoc -T lint -W style vrrpd.8 2>&1 |
	    sed -n '/referenced manual/d; s/^mandoc: \(vrrpd\.8:\)/\1/p'
)
[ -z "$findings" ] && exit 0
echo "$findings"
echo "lint: $(echo "$findings" | wc -l) findings" >&2
exit 1
