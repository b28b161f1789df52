#!/bin/sh
# Goal: what the tests never run is known, and is not more than it was.
# Method: the unit tests, the golden files and the lab tests with gcov's
# counters in vrrpd.c; what one of them ran has run.  Without -Wno-format gcc 12
# falls over an array in test/conf.c.
#
#	sh test/cover.sh		all, and the goals for all
#	sh test/cover.sh unit golden	some of it: no goals, only the figures
#
# build/cover/missing has what never ran.
set -u
cd "$(dirname "$0")/.." || exit 1
cover=$PWD/build/cover
: "${TEST:=gcc -std=c11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64}"
flags='-O0 -g --coverage -fkeep-static-functions -w -Wno-format'
goals=test/cover.goals
if [ $# -gt 0 ]; then
	goals=$cover/no-goals
else
	set -- unit golden lab
fi

# Compiles FILE with vrrpd.c in it to build/cover/NAME/NAME.
compile() { # FILE NAME [OPTION]
	rm -rf "${cover:?}/$2"
	mkdir -p "$cover/$2"
	chmod 777 "$cover/$2"			# for whom the lab runs it as
	# shellcheck disable=SC2086 # lists of options
	$TEST $flags ${3:-} -include test/cover.h \
	    "-DCOVER_DIRECTORY=\"$cover/$2\"" -o "$cover/$2/$2" "$1"
}

# One unit test, with vrrpd.c in it.
unit() { # FILE
	name=$(basename "$1" .c)
	compile "$1" "$name" || return 255
	"$cover/$name/$name" >"$cover/$name/log" 2>&1 ||
	    tail -n 3 "$cover/$name/log"
}

if [ "${1:-}" = --unit ]; then
	unit "$2"
	exit
fi
mkdir -p "$cover"
awk '/^[^#]/ { print $1, 0, 0 }' test/cover.goals >"$cover/no-goals"
ran='' daemon=
for what; do
	case $what in
	unit)
		files=$(grep -l check_end test/*.c)
		echo "$files" | TEST=$TEST xargs -n 1 -P "$(nproc)" \
		    sh test/cover.sh --unit || exit
		for file in $files; do
			name=$(basename "$file" .c)
			ran="$ran $(echo "$cover/$name"/*.gcda)"
		done ;;
	golden | lab)
		# Who may not write the counters keeps quiet about it.  Static,
		# as 24-failing-calls counts what ld.so would call.
		[ -n "$daemon" ] || compile vrrpd.c vrrpd -static || exit
		daemon=yes
		GCOV_ERROR_FILE=/dev/null COVER=$cover/vrrpd \
		    VRRPD=$cover/vrrpd/vrrpd sh test/run "$what" | tail -n 40
		ran="$ran $(echo "$cover/vrrpd"/*.gcda)" ;;
	*) echo "cover: $what is not known" >&2; exit 1 ;;
	esac
done
# shellcheck disable=SC2086 # a list of files
exec python3 test/cover.py vrrpd.c "$goals" "$cover/missing" $ran
