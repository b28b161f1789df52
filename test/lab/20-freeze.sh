#!/bin/sh
# Goal: a daemon that was frozen comes back without harm.
# Method: STOP and CONT to a MASTER, alone and with a rival that takes over.
. "$(dirname "$0")/lib.sh"
lab_begin
ours || skip 'keepalived has two processes'
machine r1 1
machine r2 2
machine client 9

from_r1='$3 == "10.10.1.1"'
from_r2='$3 == "10.10.1.2"'

# ---- alone ----
instance VI_1 150 | conf r1
start_vrrpd r1
wait_for 3 'has_addr r1 10.10.1.3'
signal r1 STOP
t=$(now)
check 'frozen for ten intervals' stays 2 '! seen vrrp "$t"'
t=$(now)
woken=$(wake r1)
check 'the log tells of it' wait_for 1 \
    'grep -q "woken [0-9]* ms late$" "$LAB/r1/router.log"'
check 'C-103: it wakes' wait_for 1 '[ $(count vrrp "$t") -ge 3 ]'
check 'C-103: at once' took -5000 50 "$woken" "$(first vrrp "$t")"
check 'C-103: with one advert, then every interval' regular vrrp "$t" 1 \
    195 200

# ---- a weaker rival took over meanwhile ----
instance VI_1 100 | conf r2
start_vrrpd r2
wait_for 3 'listens r2'
signal r1 STOP
check 'r2 takes over' wait_for 2 'has_addr r2 10.10.1.3'
t=$(now)
signal r1 CONT
check 'r1 wakes and is MASTER' wait_for 2 '! has_addr r2 10.10.1.3'
check 'one of them holds it' equal "$(holders 10.10.1.3)" r1
check 'the neighbours are told' wait_for 1 \
    'seen arp "$t" "\$6 ~ /01\$/ && \$3 == \"10.10.1.3\" && \$3 == \$4"'

# ---- a better rival took over meanwhile ----
# Its own timer waits for nothing (C-103), nor do the answers to what the
# weaker one had said before, ten a second at most; then it has read on.
signal r1 STOP
wait_for 2 'has_addr r2 10.10.1.3'
forge_on priority=200
wait_for 2 '! has_addr r2 10.10.1.3'
t=$(now)
woken=$(wake r1)
check 'it yields' wait_for 1 '! has_addr r1 10.10.1.3'
check 'after eleven adverts at most' \
    [ "$(count vrrp "$t" "$from_r1")" -le 11 ]
check 'within 20 ms' took -5000 20 "$woken" "$(last vrrp "$t" "$from_r1")"
forge_off
wait_for 2 'has_addr r1 10.10.1.3'

# ---- a frozen BACKUP ----
wait_for 2 '! has_addr r2 10.10.1.3'
signal r2 STOP
check 'a BACKUP frozen beyond its timer' stays 1.5 'has_addr r1 10.10.1.3'
t=$(now)
signal r2 CONT
check 'does not claim the address when it wakes' stays 1 \
    '! seen vrrp "$t" "$from_r2"'
lab_end
