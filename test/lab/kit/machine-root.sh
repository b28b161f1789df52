#!/bin/sh
# Gives the machine that it runs in another root directory, like the old one but
# for /sbin, /dev and /keepalived; processes that enter afterwards see it.
#
#	machine-root.sh FILES
set -eu
files=$1
root=/mnt
mount -n -t tmpfs -o mode=755 root "$root"
for entry in /*; do
	if [ -L "$entry" ]; then
		[ "$entry" = /sbin ] || cp -P "$entry" "$root$entry"
		continue
	elif [ ! -d "$entry" ]; then
		continue
	fi
	mkdir "$root$entry"
	case $entry in
	/sbin | /dev | /mnt) ;;
	*) mount -n --rbind "$entry" "$root$entry" ;;
	esac
done

mkdir -p "$root/sbin"
ln -s /usr/sbin/* "$root/sbin"
rm -f "$root/sbin/keepalived" "$root/sbin/pidof"
cp "$files/program" "$root/sbin/keepalived"
cp -P "$files/pidof" "$root/sbin/pidof"

for device in null zero full random urandom; do
	: >"$root/dev/$device"
	mount -n --bind "/dev/$device" "$root/dev/$device"
done
ln -s /proc/self/fd "$root/dev/fd"

mkdir -p "$root/keepalived/keepalived/etc/keepalived" \
    "$root/keepalived/keepalived/etc/sysconfig"
cp "$files/keepalived.conf" "$root/keepalived/keepalived/etc/keepalived"
cp "$files/sysconfig" "$root/keepalived/keepalived/etc/sysconfig/keepalived"

mount -n --rbind "$root" /
