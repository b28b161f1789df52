#!/bin/sh
# Goal: what snmpwalk reads from snmpd with test/examples/snmp/vrrpd-snmp is
# what the sample says, with the types that the MIBs want.
# Method: snmpd with the lines that the sample's head has.  Needs Debian's snmpd
# and snmp: sh test/deps examples.
. "$(dirname "$0")/lib.sh"
lab_begin snmpd snmpwalk
ours || skip 'keepalived has its own'
machine r1 1
SAMPLE=$LAB_SOURCE/../examples/snmp/vrrpd-snmp

VRID=52 VIPS='fe80::1:52/64 2001:db8:0:0:1::/128' instance '"a \ b"' 200 |
    conf r1
start_vrrpd r1
wait_for 5 '[ "$(on r1 "$VRRPD" status -s)" = MASTER ]'
sed "s|:-/usr/local/sbin/vrrpd|:-$VRRPD|" "$SAMPLE" >"$LAB/tools/vrrpd-snmp"
chmod +x "$LAB/tools/vrrpd-snmp"
{
	echo 'rocommunity public'
	sed -n 's/^#	pass_persist/pass_persist/p' "$SAMPLE" |
	    sed "s|/usr/local/lib|$LAB/tools|"
} >"$LAB/snmpd.conf"
check 'the head of the sample has the lines' equal \
    "$(grep -c pass_persist "$LAB/snmpd.conf")" 2
launch r1 snmpd snmpd -f -Lo -r -C -c "$LAB/snmpd.conf" -p /run/snmpd.pid \
    -I system_mib,pass,pass_persist udp:127.0.0.1:161

walk() { # NUMBER
	on r1 snmpwalk -v 2c -c public -On -t 2 127.0.0.1 "$1" 2>&1 |
	    grep -v 'No more variables'
}

value() { # NUMBER: its type and value
	walk "$1" | sed 's/^[^=]*= //; s/ *$//'
}

K=.1.3.6.1.4.1.9586.100.5.2
R=.1.3.6.1.2.1.207.1
i=$(on r1 cat /sys/class/net/eth0/ifindex)
check 'snmpd answers' wait_for 10 'walk $K.3.1.4 | grep -q INTEGER'
check 'a name' equal "$(value $K.3.1.2)" 'STRING: "a \\ b"'
check 'a virtual router id' equal "$(value $K.3.1.3)" 'Gauge32: 52'
check 'a state' equal "$(value $K.3.1.4)" 'INTEGER: 2'
check 'a priority' equal "$(value $K.3.1.8)" 'INTEGER: 200'
check 'addresses' equal "$(value $K.6.1.3)" \
    "Hex-STRING: FE 80 00 00 00 00 00 00 00 00 00 00 00 01 00 52
Hex-STRING: 20 01 0D B8 00 00 00 00 00 01 00 00 00 00 00 00"
check 'a state, by RFC 6527' equal "$(value "$R.1.1.1.6.$i.52.2")" 'INTEGER: 3'
check 'how often it became MASTER' equal "$(value $R.1.2.5.1.1)" 'Counter32: 1'
# All objects, and in the order of the sample.
for table in $K $R; do
	VRRPD=$VRRPD on r1 "$PYTHON" "$LAB/tools/passed.py" \
	    "$LAB/tools/vrrpd-snmp" "walk=$table" | cut -d ' ' -f 1 \
	    >"$LAB/wanted"
	check "a walk of $table has some" [ "$(wc -l <"$LAB/wanted")" -gt 6 ]
	check 'and all' equal "$(walk "$table" | cut -d ' ' -f 1)" \
	    "$(cat "$LAB/wanted")"
done
check 'nothing can be set' not on r1 snmpset -v 2c -c public 127.0.0.1 \
    $K.3.1.8.1 i 7
stop r1 snmpd
