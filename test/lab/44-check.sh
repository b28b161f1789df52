#!/bin/sh
# Goal: an operator learns what a reload would do, before it does it.
# Method: check, with another file and with the one in use; the running daemon
# must not change, nor be late, and a reload must do what was said.
. "$(dirname "$0")/lib.sh"
lab_begin setpriv
ours || skip 'keepalived has no such commands'
machine r1 1
VERSION=2 ADVERT=1

ask() { # COMMAND...
	on r1 "$VRRPD" "$@" 2>&1
}

status_of() { # COMMAND...: the exit status alone
	ask "$@" >/dev/null
	echo $?
}

password() { # TEXT
	printf 'authentication {\n auth_type PASS\n auth_pass %s\n}\n' "$1"
}

{
	printf 'vrrp_script good {\n\tscript /bin/true\n}\n'
	instance STAYS 100
	VRID=52 VIPS=10.10.1.4/24 instance CHANGES 100 "$(password secret)"
	VRID=53 VIPS=10.10.1.5/24 instance GOES 100
} | conf r1
next=$LAB/r1/next
{
	printf 'vrrp_script good {\n\tscript /bin/true\n\tinterval 7\n}\n'
	instance STAYS 100
	VRID=52 VIPS='10.10.1.4/24 10.10.1.6/24' instance CHANGES 120 \
	    "$(password another)"
	VRID=54 VIPS=10.10.1.7/24 instance COMES 100
} >"$next"
start_vrrpd r1
wait_for 10 'has_addr r1 10.10.1.3 && has_addr r1 10.10.1.4 &&
    has_addr r1 10.10.1.5'
check 'the file in use: nothing' equal "$(ask check | grep -v warning
    status_of check)" 'nothing changes
0'
told=$(ask check "$next" | grep -v warning)
check 'another file: what goes on, changes, goes and comes' equal "$told" \
    'vrrp_script good changes:
  - 	interval 1
  + 	interval 7
vrrp_instance CHANGES changes:
  - 	priority 100
  - 		auth_pass ********
  + 	priority 120
  + 		10.10.1.6/24 dev eth0
  + 		auth_pass ********
vrrp_instance GOES goes: it hands over, its addresses are removed
vrrp_instance COMES is new'
check 'its path may be relative' equal "$(on r1 sh -c '
    cd "$1" && "$2" check next' \
    - "$LAB/r1" "$VRRPD" 2>&1 | grep -v warning)" "$told"
check 'the running one is as it was' equal "$(ask status -b |
    cut -d ' ' -f 1,3,4)" 'STAYS 51 MASTER
CHANGES 52 MASTER
GOES 53 MASTER'
echo 'vrrp_instance X {' >"$LAB/r1/bad"
check 'what a reload refuses, is refused' equal "$(status_of check \
    "$LAB/r1/bad")" 2
check 'and why is said' sh -c 'echo "$1" | grep -q "bad:1:.*X.*" &&
    echo "$1" | grep -q "^a reload would not use it"' - \
    "$(ask check "$LAB/r1/bad")"
check 'a file that there is not' sh -c 'echo "$1" |
    grep -q "cannot read .*/none.: No such file"' - "$(ask check /none)"
on r1 setpriv --reuid 65534 --clear-groups "$VRRPD" check 2>/dev/null
check 'only for who may steer' [ $? = 2 ]
check 'nobody is left behind' wait_for 3 \
    '[ -z "$(on r1 ps -o pid= --ppid "$(cat "$LAB/r1/router.pid")")" ]'

# A hundred in a row, while it advertises.
start=$(now)
for _ in 1 2 3 4 5 6 7 8 9 10; do
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		ask check "$next" >/dev/null
	done
done
wait_for 3 '[ "$(count vrrp "$start" "\$7 == 53")" -ge 3 ]'
for vrid in 51 52 53; do
	check "a hundred hold up no advertisement of $vrid" regular vrrp \
	    "$start" "\$7 == $vrid" 900 1000
done
cp "$next" "$LAB/r1/conf"
check 'a reload does it' equal "$(status_of reload)" 0
check 'as was said' wait_for 10 '[ "$(ask status -b | cut -d " " -f 1,3)" = \
    "STAYS 51
CHANGES 52
COMES 54" ] && has_addr r1 10.10.1.6 && ! has_addr r1 10.10.1.5'
check 'and then nothing is to change' sh -c 'echo "$1" |
    grep -q "^nothing changes"' - "$(ask check)"
lab_end
