#!/bin/sh
# /usr/lib/dracut/modules.d/90vrrpd/module-setup.sh
# shellcheck disable=SC2154 # moddir is dracut's

check() {
	# dracut itself does not search there.
	require_binaries /usr/local/sbin/vrrpd || return 1
	return 255		# only when it is asked for
}

depends() {
	echo network
}

install() {
	inst_binary /usr/local/sbin/vrrpd /usr/sbin/vrrpd
	inst_simple /etc/vrrpd.flags
	inst_hook initqueue/online 50 "$moddir/vrrpd-start.sh"
	inst_hook cleanup 50 "$moddir/vrrpd-stop.sh"
}
