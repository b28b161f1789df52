#!/bin/sh
# Goal: use_vmac beside FRR's vrrpd, which knows nothing but virtual MACs, in
# both roles, version 3 over IPv4 and IPv6, and version 2.
# Method: the usual two machines, r2 with FRR; tshark says from which MAC.
. "$(dirname "$0")/lib.sh"
FRR=${FRR:-/usr/lib/frr}
[ -x "$FRR/vrrpd" ] || skip 'no vrrpd of FRR on this machine'
# shellcheck source=kit/vmac.sh
. "$KIT/vmac.sh"
lab_begin tshark
machine r1 1
machine r2 2
machine client 9

# FRR has its macvlans made, with the addresses, by others.
frr_links() {
	ipn r2 link add four link eth0 \
	    address 00:00:5e:00:01:33 type macvlan mode bridge
	ipn r2 link set four addrgenmode none
	ipn r2 addr add 10.10.1.3/24 dev four
	ipn r2 link set four up
	ipn r2 link add six link eth0 \
	    address 00:00:5e:00:02:33 type macvlan mode bridge
	ipn r2 link set six addrgenmode none
	ipn r2 addr add fe80::d2/64 dev six nodad
	ipn r2 addr add fe80::51/64 dev six nodad
	ipn r2 addr add 2001:db8::3/64 dev six nodad
	ipn r2 link set six up
}

frr() { # VERSION PRIORITY INTERVAL_MS
	on r2 sh -c 'mkdir -p /run/frr && chown frr:frr /run/frr'
	cat >"$LAB/r2/frr.conf" <<-EOF
		interface eth0
		 vrrp 51 version $1
		 vrrp 51 priority $2
		 vrrp 51 advertisement-interval $3
		 vrrp 51 ip 10.10.1.3
	EOF
	[ "$1" = 2 ] || cat >>"$LAB/r2/frr.conf" <<-EOF
		 vrrp 51 ipv6 fe80::51
		 vrrp 51 ipv6 2001:db8::3
	EOF
	: >"$LAB/r2/zebra.conf"
	launch r2 zebra "$FRR/zebra" -u frr -g frr -f "$LAB/r2/zebra.conf" \
	    -z /run/frr/zserv.api -i /run/frr/zebra.pid --vty_socket /run/frr
	wait_for 5 'on r2 [ -S /run/frr/zserv.api ]'
	launch r2 router "$FRR/vrrpd" -u frr -g frr -f "$LAB/r2/frr.conf" \
	    -z /run/frr/zserv.api -i /run/frr/vrrpd.pid --vty_socket /run/frr
}

frr_end() {
	stop r2
	stop r2 zebra
}

ours() { # PRIORITY: our instances
	instance VI_4 "$1" use_vmac
	[ "$VERSION" = 2 ] ||
		VIPS='fe80::51/64 2001:db8::3/64' instance VI_6 "$1" use_vmac
}

# What FRR says of itself, of each family.
frr_is() { # STATUS
	[ "$(on r2 vtysh --vty_socket /run/frr -c 'show vrrp' 2>/dev/null |
	    sed -n 's/^ Status (\(v[46]\)) *\([A-Z][a-z]*\) *$/\2/p' |
	    sort -u | grep -v Initialize)" = "$1" ]
}

we_are() { # up|down: both links
	for lab_link in $LINKS; do
		if [ "$1" = up ]; then
			up r1 "$lab_link" || return 1
		else
			link_is r1 "$lab_link" '"UP" not in link["flags"]' ||
				return 1
		fi
	done
}

roles() { # TEXT INTERVAL_MS
	ours 100 | conf r1
	frr "$VERSION" 200 "$2"
	check "$1: FRR becomes Master" wait_for 8 'frr_is Master'
	start_vrrpd r1
	wait_for 3 'listens r1'
	check "$1: we leave it there" stays 2 'we_are down'
	t=$(now)
	frr_end
	check "$1: FRR stopped, we take over" wait_for 8 'we_are up'
	frr "$VERSION" 200 "$2"
	check "$1: FRR back, we yield" wait_for 8 'frr_is Master && we_are down'
	check "$1: without priority 0" not seen vrrp "$t" \
	    '$8 == 0 && ($3 == "10.10.1.1" || $3 == "fe80::1")'
	frr_end
	wait_for 8 'we_are up'

	ours 150 | conf r1
	signal r1 HUP
	frr "$VERSION" 100 "$2"
	check "$1: FRR becomes Backup" wait_for 8 'frr_is Backup'
	check "$1: and stays" stays 2 'frr_is Backup && we_are up'
	signal r1 TERM
	check "$1: stopped, FRR takes over" wait_for 8 'frr_is Master'
	wait_for 3 'ended r1'
	start_vrrpd r1
	check "$1: back, FRR yields" wait_for 8 'frr_is Backup && we_are up'
	frr_end
	stop r1
}

frr_links
VERSION=3 LINKS='vrrp.51 vrrp6.51'
roles 'version 3' 200
t=$(now)
VERSION=2 ADVERT=1 LINKS=vrrp.51
roles 'version 2' 1000
check 'C-021 C-022, tshark: all of both came from the virtual MACs' equal \
    "$(tshark_fields 'vrrp && !icmp' vrrp.version eth.src eth.dst \
    vrrp.checksum.status | sort -u | tr '\t' ' ')" \
    '2 00:00:5e:00:01:33 01:00:5e:00:00:12 1
3 00:00:5e:00:01:33 01:00:5e:00:00:12 1
3 00:00:5e:00:02:33 33:33:00:00:00:12 1'
lab_end
