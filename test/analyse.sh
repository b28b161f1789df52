#!/bin/sh
# Goal: four analysers have nothing to say about vrrpd.
# Method: cppcheck, clang-tidy with the checks below, gcc -fanalyzer, and for
# what it does valgrind (valgrind.sh).  What one of them is wrong about is
# answered where it stands, by a comment that it reads, or below for a whole
# kind, with the reason.
#
#	sh test/analyse.sh [cppcheck] [tidy] [gcc] [valgrind]	all if none
#
# On one idle core: 20 s, 5 min, 5 min and 5 min, and 2 GB for gcc.
set -u
cd "$(dirname "$0")/.." || exit 1
flags=$(echo "${TEST:-cc -std=c11 -D_GNU_SOURCE}" | sed 's/^[^ ]* //')
out=build/analyse
mkdir -p "$out"
[ $# -gt 0 ] || set -- cppcheck tidy gcc valgrind
bad=0

# Left out of cppcheck's: ctuuninitvar, since it takes what is handed out to be
# filled in for what is read.  Left out of clang-tidy's:
#  bugprone-easily-swappable-parameters	every (w, fd), (now, due) is one
#  bugprone-narrowing-conversions	-Wconversion says the same of C
#  bugprone-implicit-widening-of-multiplication-result, ...-too-small-loop-
#		variable	products and counts here are small constants
#  bugprone-sizeof-expression	arrays of pointers, and pointers copied
#  bugprone-branch-clone	two conditions may have one consequence
#  bugprone-signed-char-misuse, cert-str34-c	an int8_t is a number
#  bugprone-misplaced-widening-cast	int64_t is long, %lld is not
#  bugprone-reserved-identifier, cert-dcl37-c, cert-dcl51-cpp	_GNU_SOURCE
#  bugprone-assignment-in-if-condition	while ((n = next()) != 0) is the idiom
#  clang-analyzer-security.insecureAPI.DeprecatedOrUnsafeBufferHandling
#		wants memcpy_s, which no libc here has
#  cert-err33-c	results that do not matter, such as close's
checks='-*,bugprone-*,cert-*,clang-analyzer-*
-bugprone-easily-swappable-parameters,-bugprone-narrowing-conversions
-cert-dcl37-c,-cert-dcl51-cpp,-bugprone-reserved-identifier
-bugprone-assignment-in-if-condition,-cert-err33-c
-bugprone-implicit-widening-of-multiplication-result
-bugprone-too-small-loop-variable,-bugprone-sizeof-expression
-bugprone-branch-clone,-bugprone-signed-char-misuse,-cert-str34-c
-bugprone-misplaced-widening-cast
-clang-analyzer-security.insecureAPI.DeprecatedOrUnsafeBufferHandling'
checks=$(echo "$checks" | tr '\n' ,)

for tool; do
	if [ "$tool" = valgrind ]; then
		sh test/valgrind.sh || bad=1
		continue
	fi
	# The words are options.
	# shellcheck disable=SC2086
	case $tool in
	cppcheck)
		cppcheck --quiet --std=c11 --enable=warning,portability \
		    --inline-suppr --suppress=ctuuninitvar --template=gcc \
		    vrrpd.c ;;
	tidy)
		clang-tidy --quiet --checks="$checks" vrrpd.c -- $flags \
		    -Wno-unknown-warning-option ;;
	gcc)
		gcc $flags -O1 -fanalyzer -Wno-analyzer-too-complex -c \
		    -o "$out/vrrpd.o" vrrpd.c ;;
	esac >"$out/$tool" 2>&1
	found=$(grep -E '^[^ ]*vrrpd\.[ch]:[0-9]+:[0-9]+: (warning|error)' \
	    "$out/$tool")
	[ -z "$found" ] || { echo "$found"; bad=1; }
	echo "$tool: $(echo "$found" | grep -c .) findings"
done
exit $bad
