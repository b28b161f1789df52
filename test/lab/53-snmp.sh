#!/bin/sh
# Goal: test/examples/snmp/vrrpd-snmp gives snmpd what the daemon says, by the
# numbers of KEEPALIVED-MIB and of RFC 6527, with the shell and awk of Debian
# and of busybox.
# Method: kit/passed.py asks as snmpd does.  54-snmpd.sh goes on.
. "$(dirname "$0")/lib.sh"
lab_begin busybox shellcheck
ours || skip 'keepalived has no such commands'
machine r1 1
machine r2 2
SAMPLE=$LAB_SOURCE/../examples/snmp/vrrpd-snmp
KEEPALIVED=.1.3.6.1.4.1.9586.100.5.2
RFC6527=.1.3.6.1.2.1.207.1

check 'shellcheck, as POSIX has sh' shellcheck -s sh "$SAMPLE"
{
	instance VI_1 150 'virtual_ipaddress_excluded {
		2001:db8::1:3/64
	}'
	VRID=52 VIPS='fe80::1:52/64 2001:db8:0:0:1::/128' instance '"a \ b"' 9
	VRID=53 VIPS=10.10.1.5/32 instance ABSENT 100 | sed 's/eth0/nix/'
	VRID=54 VIPS=10.10.1.6/32 instance OUT 100
} | conf r1
{
	instance VI_1 100
	VRID=52 VIPS='fe80::1:52/64 2001:db8:0:0:1::/128' instance SIX 250
} | conf r2
start_vrrpd r2
wait_for 5 'on r2 "$VRRPD" status -b SIX | grep -q MASTER'
start_vrrpd r1
on r1 "$VRRPD" maint OUT on
wait_for 5 'on r1 "$VRRPD" status -b VI_1 | grep -q MASTER'
wait_for 5 'on r1 "$VRRPD" status | grep -q "fe80::2/250"'


# The sample as snmpd would start it; in busybox all tools are its own.
cp "$SAMPLE" "$LAB/tools"
mkdir "$LAB/busybox"
busybox --install -s "$LAB/busybox"
wrap() { # NAME SHELL [PATH]
	cat >"$LAB/tools/$1" <<-END
	#!/bin/sh
	export VRRPD=$VRRPD PATH=${3:-$PATH}
	exec $2 $LAB/tools/vrrpd-snmp
	END
	chmod +x "$LAB/tools/$1"
}
wrap plain sh
wrap small "$LAB/busybox/sh" "$LAB/busybox"

passed() { # NAME REQUEST...
	lab_name=$1
	shift
	on r1 "$PYTHON" "$LAB/tools/passed.py" "$LAB/tools/$lab_name" "$@"
}

# Everything of an instance: numbers, names and addresses.
cat >"$LAB/wanted" <<END
$KEEPALIVED.3.1.2.1 string VI_1
$KEEPALIVED.3.1.2.2 string a \\ b
$KEEPALIVED.3.1.2.3 string ABSENT
$KEEPALIVED.3.1.2.4 string OUT
$KEEPALIVED.3.1.3.1 gauge 51
$KEEPALIVED.3.1.3.2 gauge 52
$KEEPALIVED.3.1.3.3 gauge 53
$KEEPALIVED.3.1.3.4 gauge 54
$KEEPALIVED.3.1.4.1 integer 2
$KEEPALIVED.3.1.4.2 integer 1
$KEEPALIVED.3.1.4.3 integer 3
$KEEPALIVED.3.1.4.4 integer 3
$KEEPALIVED.3.1.7.1 integer 150
$KEEPALIVED.3.1.7.2 integer 9
$KEEPALIVED.3.1.7.3 integer 100
$KEEPALIVED.3.1.7.4 integer 100
$KEEPALIVED.3.1.8.1 integer 150
$KEEPALIVED.3.1.8.2 integer 9
$KEEPALIVED.3.1.8.3 integer 100
$KEEPALIVED.3.1.8.4 integer 100
$KEEPALIVED.3.1.9.1 integer 1
$KEEPALIVED.3.1.9.2 integer 2
$KEEPALIVED.3.1.9.3 integer 2
$KEEPALIVED.3.1.9.4 integer 2
$KEEPALIVED.3.1.10.1 string eth0
$KEEPALIVED.3.1.10.2 string eth0
$KEEPALIVED.3.1.10.3 string nix
$KEEPALIVED.3.1.10.4 string eth0
$KEEPALIVED.3.1.30.1 integer 3
$KEEPALIVED.3.1.30.2 integer 3
$KEEPALIVED.3.1.30.3 integer 3
$KEEPALIVED.3.1.30.4 integer 3
$KEEPALIVED.6.1.2.1.1 integer 1
$KEEPALIVED.6.1.2.1.2 integer 2
$KEEPALIVED.6.1.2.2.1 integer 2
$KEEPALIVED.6.1.2.2.2 integer 2
$KEEPALIVED.6.1.2.3.1 integer 1
$KEEPALIVED.6.1.2.4.1 integer 1
$KEEPALIVED.6.1.3.1.1 octet 0A 0A 01 03
$KEEPALIVED.6.1.3.1.2 octet 20 01 0D B8 00 00 00 00 00 00 00 00 00 01 00 03
$KEEPALIVED.6.1.3.2.1 octet FE 80 00 00 00 00 00 00 00 00 00 00 00 01 00 52
$KEEPALIVED.6.1.3.2.2 octet 20 01 0D B8 00 00 00 00 00 01 00 00 00 00 00 00
$KEEPALIVED.6.1.3.3.1 octet 0A 0A 01 05
$KEEPALIVED.6.1.3.4.1 octet 0A 0A 01 06
$KEEPALIVED.6.1.5.1.1 gauge 24
$KEEPALIVED.6.1.5.1.2 gauge 64
$KEEPALIVED.6.1.5.2.1 gauge 64
$KEEPALIVED.6.1.5.2.2 gauge 128
$KEEPALIVED.6.1.5.3.1 gauge 32
$KEEPALIVED.6.1.5.4.1 gauge 32
$KEEPALIVED.6.1.8.1.1 string eth0
$KEEPALIVED.6.1.8.1.2 string eth0
$KEEPALIVED.6.1.8.2.1 string eth0
$KEEPALIVED.6.1.8.2.2 string eth0
$KEEPALIVED.6.1.8.3.1 string nix
$KEEPALIVED.6.1.8.4.1 string eth0
$KEEPALIVED.6.1.10.1.1 integer 1
$KEEPALIVED.6.1.10.1.2 integer 1
$KEEPALIVED.6.1.10.2.1 integer 2
$KEEPALIVED.6.1.10.2.2 integer 2
$KEEPALIVED.6.1.10.3.1 integer 2
$KEEPALIVED.6.1.10.4.1 integer 2
END
i=$(on r1 cat /sys/class/net/eth0/ifindex)
six=32.1.13.184.0.0.0.0
cat >"$LAB/wanted.rfc" <<END
$RFC6527.1.1.1.3.$i.52.2 octet FE 80 00 00 00 00 00 00 00 00 00 00 00 00 00 02
$RFC6527.1.1.1.6.$i.51.1 integer 3
$RFC6527.1.1.1.6.$i.52.2 integer 2
$RFC6527.1.1.1.6.$i.54.1 integer 1
$RFC6527.1.1.1.7.$i.51.1 gauge 150
$RFC6527.1.1.1.7.$i.52.2 gauge 9
$RFC6527.1.1.1.7.$i.54.1 gauge 100
$RFC6527.1.1.1.8.$i.51.1 integer 2
$RFC6527.1.1.1.8.$i.52.2 integer 2
$RFC6527.1.1.1.8.$i.54.1 integer 1
$RFC6527.1.1.1.9.$i.51.1 integer 20
$RFC6527.1.1.1.9.$i.52.2 integer 20
$RFC6527.1.1.1.9.$i.54.1 integer 20
$RFC6527.1.1.2.1.2.$i.51.1.4.10.10.1.3 integer 1
$RFC6527.1.1.2.1.2.$i.51.1.16.$six.0.0.0.0.0.1.0.3 integer 1
$RFC6527.1.1.2.1.2.$i.52.2.16.$six.0.1.0.0.0.0.0.0 integer 1
$RFC6527.1.1.2.1.2.$i.52.2.16.254.128.0.0.0.0.0.0.0.0.0.0.0.1.0.82 integer 1
$RFC6527.1.1.2.1.2.$i.54.1.4.10.10.1.6 integer 1
$RFC6527.1.2.5.1.1.$i.51.1 counter 1
$RFC6527.1.2.5.1.1.$i.52.2 counter 0
$RFC6527.1.2.5.1.1.$i.54.1 counter 0
END

for each in plain small; do
	check "$each: PING" equal "$(passed $each PING)" PONG
	passed $each walk=$KEEPALIVED >"$LAB/walked"
	check "$each: a walk of keepalived's tables" \
	    diff "$LAB/wanted" "$LAB/walked"
	passed $each walk=$RFC6527 >"$LAB/walked.rfc"
	check "$each: a walk of RFC 6527" \
	    diff "$LAB/wanted.rfc" "$LAB/walked.rfc"
	check "$each: get" equal "$(passed $each get=$KEEPALIVED.3.1.2.2)" \
	    "$KEEPALIVED.3.1.2.2 string a \\ b"
	check "$each: get of nothing" equal \
	    "$(passed $each get=$KEEPALIVED.3.1.2)" NONE
	check "$each: getnext by number, not by letter" equal \
	    "$(passed $each getnext=$KEEPALIVED.3.1.9.4)" \
	    "$KEEPALIVED.3.1.10.1 string eth0"
	check "$each: getnext of the last" equal \
	    "$(passed $each getnext=$KEEPALIVED.9)" NONE
	check "$each: set" equal "$(passed $each set=$KEEPALIVED.3.1.8.1)" \
	    not-writable
done

# ---- the daemon comes and goes while the sample runs ----
mkfifo "$LAB/ask"
cat >"$LAB/tools/asked" <<END
#!/bin/sh
exec $LAB/tools/plain <$LAB/ask >$LAB/answers
END
chmod +x "$LAB/tools/asked"
launch r1 sample "$LAB/tools/asked"
# Who keeps it open, as snmpd does, so that the sample sees no end.
launch r1 asker sh -c 'exec sleep 999 >"$1"' sh "$LAB/ask"
answered() { # TEXT: the last answer to a question that is asked again
	printf 'get\n%s.3.1.4.1\n' "$KEEPALIVED" >"$LAB/ask"
	sleep 0.2
	[ "$(tail -n 1 "$LAB/answers")" = "$1" ]
}
check 'a MASTER' wait_for 3 'answered 2'
on r1 "$VRRPD" prio VI_1 50
check 'which is none any more' wait_for 5 'answered 1'
stop r1
check 'a daemon that is gone has no objects' wait_for 5 'answered NONE'
start_vrrpd r1
check 'and has them when it is back' wait_for 5 'answered 2'
stop r1 asker
check 'the sample ends with snmpd' wait_for 3 'ended r1 sample'
check 'well' equal "$(exit_status r1 sample)" 0
