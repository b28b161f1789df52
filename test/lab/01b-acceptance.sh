#!/bin/sh
# Goal: two HAProxy servers behind one address, as an administrator wrote it:
# vrrpd on server 1, keepalived on server 2.
# Method: the eight points of the acceptance README, with a real haproxy; each
# check begins with its point.
. "$(dirname "$0")/lib.sh"
# shellcheck source=kit/haproxy.sh
. "$KIT/haproxy.sh"
lab_begin haproxy curl pidof keepalived
! rootless || skip 'keepalived runs no script in a namespace of users'
acceptance "$VRRPD" "$PEER"
lab_end
