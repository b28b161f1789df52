#!/bin/sh
# Runs before the real root: its own vrrpd takes over.
[ ! -s /run/vrrpd-initramfs.pid ] || kill "$(cat /run/vrrpd-initramfs.pid)"
