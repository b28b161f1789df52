#!/bin/sh
# Runs when an interface is up; vrrpd waits for its own by itself.
[ ! -s /run/vrrpd-initramfs.pid ] || return 0 2>/dev/null || exit 0
# shellcheck disable=SC2046 # they are words
vrrpd -p /run/vrrpd-initramfs.pid --control none $(cat /etc/vrrpd.flags)
