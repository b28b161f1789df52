#!/bin/sh
# Goal: an initramfs that Debian's initramfs-tools or dracut builds with the
# samples has vrrpd, its flags and its scripts where they are looked for, and
# needs no more than that to hold the address.
# Method: the image is unpacked, its scripts run in it by chroot.  The machine
# has the host's /etc and /usr/lib with the samples laid over them, and a kernel
# that there is not.  sh test/deps examples installs both.
. "$(dirname "$0")/lib.sh"
[ -n "${LAB_INSIDE:-}" ] || command -v mkinitramfs >/dev/null ||
	command -v dracut >/dev/null ||
	skip 'neither mkinitramfs nor dracut on this machine'
lab_begin cpio depmod chroot
ours || skip 'the samples are for vrrpd'
machine r1 1
machine r2 2
EXAMPLES=$LAB_SOURCE/../examples
KERNEL=9.9.9-lab

# Files that stand at another place when they are installed.
cp -R "$EXAMPLES/initramfs-tools" "$LAB/tools"
cp -R "$EXAMPLES/dracut" "$LAB/tools"
echo '--interface eth0 --vrid 51 --prio 150 10.10.1.3/24' >"$LAB/tools/flags"
cat >"$LAB/tools/prepare" <<END
set -e
over() { # DIRECTORY NAME
	mkdir /run/\$2 /run/\$2-work
	mount -n -t overlay lab \$1 \
	    -o lowerdir=\$1,upperdir=/run/\$2,workdir=/run/\$2-work
}
over /usr/lib lib
over /etc etc
mount -n -t tmpfs -o mode=755 lab /boot
mount -n -t tmpfs -o mode=755 lab /usr/local/sbin
mount -n -t tmpfs -o mode=1777 lab /var/tmp
cp $VRRPD /usr/local/sbin/vrrpd
echo CONFIG_RD_GZIP=y >/boot/config-$KERNEL
mkdir -p /lib/modules/$KERNEL
: >/lib/modules/$KERNEL/modules.builtin
: >/lib/modules/$KERNEL/modules.order
depmod $KERNEL
cd $LAB/tools
cp flags /etc/vrrpd.flags
if [ -d /etc/initramfs-tools ]; then
	cp flags /etc/initramfs-tools/vrrpd.flags
	mkdir -p /etc/initramfs-tools/hooks
	cp initramfs-tools/hook /etc/initramfs-tools/hooks/vrrpd
	for stage in init-premount init-bottom; do
		mkdir -p /etc/initramfs-tools/scripts/\$stage
		cp initramfs-tools/\$stage \
		    /etc/initramfs-tools/scripts/\$stage/vrrpd
	done
	sed -i 's/^MODULES=.*/MODULES=list/; s/^COMPRESS=.*/COMPRESS=gzip/' \
	    /etc/initramfs-tools/initramfs.conf
fi
[ ! -d /usr/lib/dracut ] || cp -R dracut/90vrrpd /usr/lib/dracut/modules.d
END
on r1 sh "$LAB/tools/prepare" >"$LAB/r1/prepare.log" 2>&1 ||
	skip 'this kernel lets us lay nothing over /usr/lib'

built() { # NAME COMMAND...: an image, unpacked to $LAB/NAME
	lab_tree=$LAB/$1
	shift
	on r1 "$@" >"$lab_tree.log" 2>&1 && [ -s "$lab_tree.img" ] &&
	    mkdir "$lab_tree" &&
	    gzip -dc "$lab_tree.img" | (cd "$lab_tree" && cpio -id 2>/dev/null)
	status=$?
	rm -f "$lab_tree.img"
	[ $status -eq 0 ] || cat "$lab_tree.log"
	return $status
}

# A script of the image, as its init runs it.
booted() { # NAME SCRIPT [VARIABLE=VALUE...]
	lab_tree=$LAB/$1 lab_script=$2
	shift 2
	on r1 env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@" \
	    timeout 20 chroot "$lab_tree" sh "$lab_script" \
	    >"$lab_tree.log" 2>&1 && return
	cat "$lab_tree.log"
	return 1
}

# What both do once their scripts have started it.
holds() { # NAME
	check "$1: it takes the address" wait_for 9 'has_addr r1 10.10.1.3'
	check "$1: it runs there" [ -s "$LAB/$1/run/vrrpd-initramfs.pid" ]
	check "$1: it advertises" wait_for 3 \
	    'seen vrrp "$t" "\$3 == \"10.10.1.1\" && \$8 == 150"'
}

leaves() { # NAME
	check "$1: the address goes" wait_for 5 'not has_addr r1 10.10.1.3'
	check "$1: it says so" seen vrrp "$t" '$3 == "10.10.1.1" && $8 == 0'
	check "$1: it has ended" wait_for 5 \
	    "! [ -s '$LAB/$1/run/vrrpd-initramfs.pid' ]"
}

if command -v mkinitramfs >/dev/null; then
	t=$(now)
	check 'initramfs-tools: it builds an image' built debian \
	    mkinitramfs -o "$LAB/debian.img" $KERNEL
	check 'with vrrpd as it is' cmp "$VRRPD" "$LAB/debian/sbin/vrrpd"
	check 'its flags' cmp "$LAB/tools/flags" "$LAB/debian/etc/vrrpd.flags"
	for stage in init-premount init-bottom; do
		check "and a place in $stage" grep -q \
		    "^/scripts/$stage/vrrpd " \
		    "$LAB/debian/scripts/$stage/ORDER"
	done
	# As after an ip= of the kernel's command line.
	: >"$LAB/debian/run/net-eth0.conf"
	check 'it starts' booted debian /scripts/init-premount/vrrpd quiet=n \
	    DEVICE=eth0
	holds debian
	check 'init-bottom ends it' booted debian /scripts/init-bottom/vrrpd
	leaves debian
fi

if command -v dracut >/dev/null; then
	modules='base vrrpd'
	# It is a package of its own, and without it there is no network.
	on r1 [ -d /usr/lib/dracut/modules.d/40network ] ||
		skip 'dracut without dracut-network'
	t=$(now)
	check 'dracut: it builds an image' built dracut dracut --no-kernel \
	    --no-hostonly --gzip --force -m "$modules network network-legacy" \
	    "$LAB/dracut.img" $KERNEL
	# dracut strips what is not.
	strip -o "$LAB/stripped" "$VRRPD"
	strip "$LAB/dracut/usr/sbin/vrrpd"
	check 'with vrrpd as it is' cmp "$LAB/stripped" \
	    "$LAB/dracut/usr/sbin/vrrpd"
	check 'its flags' cmp "$LAB/tools/flags" "$LAB/dracut/etc/vrrpd.flags"
	hooks=/usr/lib/dracut/hooks
	check 'it starts' booted dracut \
	    $hooks/initqueue/online/50-vrrpd-start.sh
	holds dracut
	check 'once' booted dracut $hooks/initqueue/online/50-vrrpd-start.sh
	check 'cleanup ends it' booted dracut $hooks/cleanup/50-vrrpd-stop.sh
	leaves dracut
fi
