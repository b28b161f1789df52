#!/bin/sh
# Goal: the dashboard and the alert rules of test/examples ask for metrics that
# there are, and miss no reason for which an advertisement is refused.
# Method: their names against what daemons print, a MASTER, a Backup and one at
# fault; how the dashboard is laid out, by python.  52-prometheus.sh goes on.
. "$(dirname "$0")/lib.sh"
lab_begin
ours || skip 'keepalived has no such metrics'
machine r1 1
machine r2 2
EXAMPLES=$LAB_SOURCE/../examples
RULES=$EXAMPLES/prometheus-rules.yml
TESTS=$EXAMPLES/prometheus-tests.yml
DASHBOARD=$EXAMPLES/grafana-vrrpd.json

{
	instance VI_1 150
	VRID=52 instance ABSENT 100 | sed 's/eth0/nix/'
} | conf r1
{
	instance VI_1 100
	VRID=52 instance ABSENT 100 | sed 's/eth0/nix/'
} | conf r2
start_vrrpd r1
wait_for 3 'has_addr r1 10.10.1.3'
start_vrrpd r2
wait_for 5 'on r2 "$VRRPD" status -b | grep -q "10.10.1.1/[1-9]"'
for each in r1 r2; do
	on "$each" "$VRRPD" status --prometheus
done >"$LAB/printed"

names() { # [FILE...]: the metrics in it, each once
	grep -o 'vrrpd_[a-z0-9_]*' "$@" | sort -u
}

grep -v '^#' "$LAB/printed" | names >"$LAB/there"

# What is wanted and not printed is a line.
absent() { # FILE
	sed 's/^ *#.*//' "$1" | names >"$LAB/wanted"
	[ "$(wc -l <"$LAB/wanted")" -gt 5 ] || echo 'no metrics'
	comm -13 "$LAB/there" "$LAB/wanted"
}

check 'there is something to compare' [ "$(wc -l <"$LAB/there")" -gt 40 ]
for file in "$RULES" "$TESTS" "$DASHBOARD"; do
	check "${file##*/}: metrics there are" equal "$(absent "$file")" ''
done
sed 's/vrrpd_conflict\b/vrrpd_quarrel/' "$RULES" >"$LAB/wrong"
check 'one that is not is found' equal "$(absent "$LAB/wrong")" vrrpd_quarrel

# Nobody but a machine that reflects packets counts in own_source.
awk '$2 == "HELP" && $4 == "refused:" && $3 != "vrrpd_own_source_total" {
	print $3 }' "$LAB/printed" | sort -u >"$LAB/refused"
check 'each reason to refuse is in the alert' equal "$(
	awk '/alert:/ { on = /VrrpdRefused/ } on' "$RULES" | names |
	    comm -13 - "$LAB/refused"
)" ''
check 'and in its test' equal "$(names "$TESTS" |
    comm -13 - "$LAB/refused")" ''
check 'each reason to refuse is on the dashboard' equal \
    "$(names "$DASHBOARD" | comm -13 - "$LAB/refused")" ''
check 'each alert is tested' equal "$(
	sed -n 's/.*- alert: //p' "$RULES" | while read -r alert; do
		grep -q "alertname=\"$alert\"" "$TESTS" || echo "$alert"
	done
)" ''

# Panels that cover each other, or share what has to be their own.
check 'the dashboard is laid out' equal "$("$PYTHON" -c "
import json
board = json.load(open('$DASHBOARD'))
panels, cells = board['panels'], set()
for p in panels:
    g = p['gridPos']
    own = {(x, y) for x in range(g['x'], g['x'] + g['w'])
           for y in range(g['y'], g['y'] + g['h'])}
    if own & cells or g['x'] + g['w'] > 24 or not p['targets']:
        print(p['title'])
    cells |= own
if len({p['id'] for p in panels}) < len(panels) or len(panels) < 10:
    print('ids')
known = {'\$' + v['name'] for v in board['templating']['list']}
text = json.dumps(board)
for name in known:
    if name not in text and '\${' + name[1:] not in text:
        print(name, 'is not used')
")" ''

# ---- a name that Prometheus would refuse ----
machine client 9
NAME=$(printf 'caf\351\001x\\ \303\251\t,')
WANTED=$(printf 'caf\357\277\275?x\\\\ \303\251?,')
start_vrrpd client -n -l --vrrp-instance "$NAME" --interface eth0 --vrid 53 \
    10.10.1.7/24
wait_for 5 'on client "$VRRPD" status --prometheus >"$LAB/printed"'
check 'what is no UTF-8 is U+FFFD, what is no letter a ?' equal \
    "$(sed -n 's/^vrrpd_state{name="\(.*\)",interface.*/\1/p' \
    "$LAB/printed")" "$WANTED"
