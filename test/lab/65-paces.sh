#!/bin/sh
# Goal: the interfaces of a garp_group announce at one pace together; what
# bfd_instance sends is as it says, and what it takes.
# Method: a router with two interfaces on the switch, another one as neighbour;
# the times and fields of frames, by the kernel's clock and by tshark.
. "$(dirname "$0")/lib.sh"
lab_begin tshark
ours || skip 'it is about keywords of vrrpd'
machine r1 1
machine r2 2

# A second cable between a machine and the switch.
ip link add r1b master br0 type veth peer name eth1 netns "$LAB_PREFIX"r1
ip link set r1b up
ipn r1 link set eth1 addrgenmode none
ipn r1 link set eth1 up
ipn r1 addr add 10.10.2.1/24 dev eth1
ipn r1 addr add fe80::21/64 dev eth1 nodad
ipn r1 addr add 10.10.1.7/24 dev eth0
# Nobody has that address, but packets to it are sent.
ipn r1 neigh add 2001:db8::8 lladdr 02:00:00:00:00:08 dev eth0

{
	cat <<-END
	garp_group {
		garp_interval 0.15
		gna_interval 0.25
		interface eth0
		interfaces {
			eth1
		}
	}
	bfd_instance hops {
		neighbour_ip 10.10.1.2
		source_ip 10.10.1.7
		max_hops 1
		min_tx 110
		min_rx 120
		weight 10
	}
	bfd_instance none {
		neighbor_ip 2001:db8::8
		hoplimit 66
		idle_tx 3000
		weight 20
	}
	END
	VIPS='10.10.1.61/24' instance FOUR 100 'track_bfd {' hops none '}'
	VRID=52 VIPS='10.10.1.62/24' instance FOUR_OF_1 100 'interface eth1'
	VRID=53 VIPS=fe80::63/64 instance SIX 100
	VRID=54 VIPS=fe80::64/64 instance SIX_OF_1 100 'interface eth1'
} | conf r1
{
	cat <<-END
	bfd_instance hops {
		neighbor_ip 10.10.1.7
		ttl 254
	}
	END
	VRID=55 VIPS=10.10.1.65/24 instance OTHER 100 'track_bfd {' hops '}'
} | conf r2
start_vrrpd r1
check 'source_ip, of who speaks first' wait_for 3 '[ "$(tshark_fields \
    "ip && bfd.sta == 1 && eth.src == 02:00:00:00:00:01" ip.src | sort -u)" = \
    10.10.1.7 ]'
start_vrrpd r2
check 'neighbour_ip, max_hops: the session is up, the weight counts' \
    wait_for 5 'seen vrrp "" "\$7 == 51 && \$8 == 110"'
wait_for 5 'seen vrrp "" "\$7 == 55"'
fields='bfd && bfd.sta == 3 && eth.src'
check 'source_ip, min_tx, min_rx' wait_for 3 '[ "$(tshark_fields \
    "$fields == 02:00:00:00:00:01" ip.src bfd.desired_min_tx_interval \
    bfd.required_min_rx_interval | sort -u | xargs)" = \
    "10.10.1.7 110000 120000" ]'
check 'ttl' equal "$(tshark_fields "$fields == 02:00:00:00:00:02" ip.ttl |
    sort -u)" 254

both='$3 ~ /\.6[12]$/'
wait_for 5 '[ "$(count arp "" "$both")" -ge 10 ]'
check 'garp_interval, of both interfaces together' regular arp '' \
    "$both && ++arps <= 10" 149 250
check 'gna_interval' wait_for 5 '[ "$(count na "" "\$4 ~ /:6/")" -ge 10 ]'
check 'of both interfaces together' regular na '' \
    '$4 ~ /:6[34]/ && ++nas <= 10' 249 350
idle='ipv6.dst == 2001:db8::8 && bfd'
check 'idle_tx: packets come' wait_for 10 \
    '[ "$(tshark_fields "$idle" frame.number | wc -l)" -ge 2 ]'
check 'at most every 3 s, less a quarter' eval '[ -z "$(tshark_fields "$idle" \
    frame.time_epoch | awk "NR > 1 && \$1 - last < 2.2 { print }
    { last = \$1 }")" ]'
check 'hoplimit' equal "$(tshark_fields "$idle" ipv6.hlim | sort -u)" 66
stop r1
stop r2
lab_end
