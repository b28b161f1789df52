#!/bin/sh
# Goal: two MASTERs are told of, and do not shout each other down.
# Method: passwords that differ; then a switch that carries one way only, and a
# weaker MASTER that goes on.
. "$(dirname "$0")/lib.sh"
lab_begin nft
ours || skip 'keepalived says nothing'
machine r1 1
machine r2 2
machine client 9
VERSION=2 ADVERT=1

password() { # TEXT
	printf 'authentication {\n auth_type PASS\n auth_pass %s\n}\n' "$1"
}

status_of() { # MACHINE
	on "$1" "$VRRPD" status -j --control /run/control
}

for id in 1 2; do
	{
		echo "global_defs {
			vrrp_notify_fifo $LAB/r$id/fifo
		}"
		instance VI_1 $((150 - 10 * id)) "$(password secret$id)"
	} | conf r$id
	start_vrrpd r$id -n -l -D -f "$LAB/r$id/conf" --control /run/control
	read_fifo r$id
done
check 'both are MASTER, since their passwords differ' wait_for 10 \
    '[ "$(holders 10.10.1.3)" = "r1 r2" ]'
check 'each tells of it, within a few seconds' wait_for 10 \
    'grep -q "conflict: another machine has our addresses" $LAB/r1/router.log &&
    grep -q "conflict: another machine has our addresses" $LAB/r2/router.log'
check 'on the FIFO' wait_for 2 \
    'grep -q "INSTANCE \"VI_1\" MASTER_CONFLICT 140" $LAB/r1/fifo.log'
check 'status has it' grep -q '"conflict":1' <<-END
	$(status_of r1)
END
t=$(now)
wait_for 7 '[ "$(ms "$t" "$(now)")" -ge 5000 ]'
announced() { # how often in these five seconds, by whoever
	count arp "$t" '$3 == $4 && $3 == "10.10.1.3" && $1 < '"$t"' + 5'
}
check 'they announce the address all the while' [ "$(announced)" -ge 5 ]
check 'twice a second at most, each of them' [ "$(announced)" -le 24 ]
check 'and say no more about it' equal \
    "$(grep -c 'conflict:' "$LAB/r1/router.log")" 1

# What r1 sends does not reach r2: r2 takes over, and r1 hears that.
stop r1
stop r2
for id in 1 2; do
	instance VI_1 $((150 - 10 * id)) | conf r$id
done
on r2 nft -f - <<-END
	table netdev deaf {
		chain in {
			type filter hook ingress device eth0 priority 0;
			ip protocol 112 drop
		}
	}
END
start_vrrpd r1 -n -l -D -f "$LAB/r1/conf" --control /run/control
wait_for 10 'has_addr r1 10.10.1.3'
start_vrrpd r2
check 'the deaf one takes over' wait_for 10 'has_addr r2 10.10.1.3'
check 'the better one says who does not yield' wait_for 10 'grep -q \
    "conflict: 10.10.1.2 is MASTER too, and does not yield" \
    $LAB/r1/router.log'
on r2 nft delete table netdev deaf
check 'it hears again, and yields' wait_for 5 'not has_addr r2 10.10.1.3'
check 'status shows no conflict soon after' wait_for 10 \
    'status_of r1 | grep -q "\"conflict\":0"'
lab_end
