#!/bin/sh
# Goal: vrrpd.8 and vrrpd say the same.
# Method: the keyword table, the options and what can be logged against the
# page, both ways; every example that configures an instance, in the page and
# in README, passes -t.

set -u
cd "$(dirname "$0")/.." || exit 1
: "${VRRPD:=$PWD/vrrpd}"
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM
failed=0

fail() {
	echo "$*"
	failed=1
}

# A comparison with nothing would always pass.
some() { # LIST
	[ -s "$dir/$1" ] || fail "vrrpd.8:1: found no $1 to compare"
}

# The arguments of a macro in the page: "LINE WORD", of .It lines or of all.
arguments() { # MACRO .It|.
	awk -v macro="$1" -v start="$2" '
	index($0, start) == 1 {
		gsub(/\\&|"/, "")
		gsub(/\\-/, "-")
		on = 0
		for (i = 1; i <= NF; i++) {
			word = $i
			sub(/^\./, "", word)
			if (word ~ /^[A-Z][a-z]$/)
				on = word == macro
			else if (on && word ~ /^[-A-Za-z_0-9@~$]/)
				print FNR, (macro == "Fl" ? "-" : "") word
		}
	}' vrrpd.8
}

# Lines "PLACE WORD" of one list whose word is not in the other.
absent() { # FROM IN
	awk 'NR == FNR { known[$2] = 1; next } !known[$2]' "$2" "$1"
}

"$VRRPD" --keywords >"$dir/keywords" || fail "vrrpd --keywords: status $?"
awk -F '\t' '$3 == "taken" { print $1, $2 }' "$dir/keywords" >"$dir/taken"
awk -F '\t' '{ print $1, $2 }' "$dir/keywords" >"$dir/known"
arguments Ic .It >"$dir/items"
arguments Ic . >"$dir/mentioned"
some taken
some items

absent "$dir/taken" "$dir/items" >"$dir/lost"
while read -r block word; do
	fail "vrrpd.8:1: no .It Ic $word ($block)"
done <"$dir/lost"
absent "$dir/known" "$dir/mentioned" >"$dir/lost"
while read -r block word; do
	fail "vrrpd.8:1: $word ($block) is nowhere an Ic"
done <"$dir/lost"
absent "$dir/items" "$dir/known" >"$dir/lost"
while read -r line word; do
	fail "vrrpd.8:$line: keyword $word is unknown to vrrpd"
done <"$dir/lost"

# Help prints an option as `  -f, --use-file=FILE  what it does'.
"$VRRPD" --help >"$dir/help" 2>&1 || fail "vrrpd --help: status $?"
awk '/^ +-/ {
	sub(/^ +/, "")
	sub(/  .*/, "")
	for (i = 1; i <= NF; i++) {
		sub(/[],=[].*/, "", $i)
		if ($i ~ /^-/)
			print FNR, $i
	}
}' "$dir/help" >"$dir/options"
arguments Fl .It >"$dir/flags"
some options
some flags
absent "$dir/options" "$dir/flags" >"$dir/lost"
while read -r line word; do
	fail "vrrpd.8:1: no .It Fl for $word (--help, line $line)"
done <"$dir/lost"
absent "$dir/flags" "$dir/options" >"$dir/lost"
while read -r line word; do
	fail "vrrpd.8:$line: option $word is not in --help"
done <"$dir/lost"

# The rows of two tables in the source: what a number or a counter means.
awk '/^#define (NUMBERS|COUNTERS)\(X\)/ { on = 1 }
on && match($0, /X\([a-z0-9_]+,/) {
	print FNR, substr($0, RSTART + 2, RLENGTH - 3)
}
!/\\$/ { on = 0 }' vrrpd.c vrrpd.h >"$dir/rows"
arguments Li .It >"$dir/named"
some rows
absent "$dir/rows" "$dir/named" >"$dir/lost"
while read -r line word; do
	fail "vrrpd.8:1: no .It Li $word (the source, line $line)"
done <"$dir/lost"

# What help lists, each with a line of its own.
"$VRRPD" help | awk '$1 == "vrrpd" { print FNR, $2 }' >"$dir/commands"
awk '/^\.Sh/ { on = $2 == "COMMANDS" } on' vrrpd.8 >"$dir/page"
awk '/^\.It Xo/ { getline } /^\.(It )?Cm [a-z]+/ {
	sub(/^\.It /, ".")
	print FNR, $2
}' "$dir/page" >"$dir/asked"
some commands
absent "$dir/commands" "$dir/asked" >"$dir/lost"
while read -r line word; do
	fail "vrrpd.8:1: no .It Cm $word (help, line $line)"
done <"$dir/lost"

# An example: a display of the page, an indented block of README, that holds a
# vrrp_instance.
awk -v dir="$dir" '
function finish() {
	if (text ~ /(^|\n)[ \t]*vrrp_instance [^\n]*\{/)
		printf "%s", text >(dir "/" FILENAME ":" line ".conf")
	text = ""
	on = 0
}
FILENAME == "vrrpd.8" && /^\.Ed/ || FILENAME == "README" && /^[^ \t]/ {
	finish()
}
on {
	gsub(/\\&/, "")
	gsub(/\\-/, "-")
	gsub(/\\\(dq/, "\"")
	gsub(/\\e/, "\\")
	text = text $0 "\n"
}
FILENAME == "README" && !on && /^[ \t]+[^ \t]/ {
	on = line = FNR
	text = $0 "\n"
}
/^\.Bd/ {
	on = 1
	line = FNR + 1
}
END {
	finish()
}' vrrpd.8 README
for file in vrrpd.8 README; do
	ls "$dir/$file":*.conf >/dev/null 2>&1 ||
	    fail "$file:1: no example of a vrrp_instance"
done
for example in "$dir"/*.conf; do
	[ -e "$example" ] || continue
	place=$(basename "$example" .conf)
	"$VRRPD" -t -f "$example" >"$dir/said" 2>&1 || {
		fail "$place: this example does not pass -t, status $?:"
		cat "$dir/said"
	}
done
python3 test/diagnostics.py vrrpd.c vrrpd.h vrrpd.8 || failed=1
exit "$failed"
