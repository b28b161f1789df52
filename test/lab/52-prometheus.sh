#!/bin/sh
# Goal: Prometheus itself reads what vrrpd prints, takes the rules and the
# dashboard's queries of test/examples, and raises the alerts when it should.
# Method: promtool's checks and the unit tests of the rules; then a Prometheus
# that scrapes a daemon.  Needs Debian's prometheus: sh test/deps examples.
. "$(dirname "$0")/lib.sh"
lab_begin promtool prometheus
ours || skip 'keepalived has no such metrics'
machine r1 1
machine r2 2
EXAMPLES=$LAB_SOURCE/../examples
RULES=$EXAMPLES/prometheus-rules.yml
SITE=127.0.0.1:9090

check 'the rules are rules' promtool check rules "$RULES"
check 'their tests pass' promtool test rules "$EXAMPLES/prometheus-tests.yml"
# They tell whether an alert is raised when it should not be, or is not.
for expr in 'vrrpd_state == 7' vrrpd_state; do
	cp "$EXAMPLES/prometheus-tests.yml" "$LAB"
	sed "s/expr: 'vrrpd_state == 3'/expr: '$expr'/" "$RULES" \
	    >"$LAB/prometheus-rules.yml"
	check "but not with $expr for FAULT" not \
	    promtool test rules "$LAB/prometheus-tests.yml" >"$LAB/said" 2>&1
done

{
	instance VI_1 150
	VRID=52 VIPS=10.10.1.4 instance '"a b\ {é}"' 100
} | conf r1
start_vrrpd r1
wait_for 5 'has_addr r1 10.10.1.3 && has_addr r1 10.10.1.4'
on r1 "$VRRPD" status --prometheus >"$LAB/printed"
check 'promtool takes what is printed, and has no advice' equal \
    "$(promtool check metrics <"$LAB/printed" 2>&1)" ''

# What the dashboard asks, with its variables as All: as rules, and to ask.
"$PYTHON" - "$EXAMPLES/grafana-vrrpd.json" "$LAB" <<'END'
import json
import sys

with open(sys.argv[1]) as file:
    board = json.load(file)
asked = [t["expr"] for p in board["panels"] for t in p["targets"]]
asked += [note["expr"] for note in board["annotations"]["list"]]
for name, value in (("$router", ".*"), ("$name", ".*"),
                    ("$__rate_interval", "10s")):
    asked = [expr.replace(name, value) for expr in asked]
with open(sys.argv[2] + "/asked.yml", "w") as file:
    rules = [{"record": "asked:%d" % i, "expr": expr}
             for i, expr in enumerate(asked)]
    json.dump({"groups": [{"name": "asked", "rules": rules}]}, file)
with open(sys.argv[2] + "/asked", "w") as file:
    file.write("\n".join(asked) + "\n")
END
check "the dashboard's queries are queries" promtool check rules \
    "$LAB/asked.yml"

# ---- a Prometheus that is in more of a hurry than ours ----
sed 's/for: .*/for: 1s/' "$RULES" >"$LAB/rules.yml"
cat >"$LAB/prometheus.yml" <<END
global:
  scrape_interval: 500ms
  scrape_timeout: 500ms
  evaluation_interval: 500ms
rule_files: [ $LAB/rules.yml ]
scrape_configs:
  - job_name: vrrpd
    static_configs: [ targets: [ '127.0.0.1:9100' ] ]
END
cat >"$LAB/tools/metrics.py" <<'END'
import http.server
import subprocess
import sys


class Metrics(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        text = subprocess.run([sys.argv[1], "status", "--prometheus"],
                              capture_output=True).stdout
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.end_headers()
        self.wfile.write(text)


http.server.HTTPServer(("127.0.0.1", 9100), Metrics).serve_forever()
END
launch r1 metrics "$PYTHON" "$LAB/tools/metrics.py" "$VRRPD"
launch r1 prometheus prometheus --config.file="$LAB/prometheus.yml" \
    --storage.tsdb.path="$LAB/r1/tsdb" --web.listen-address=$SITE

query() { # EXPRESSION
	on r1 promtool query instant http://$SITE "$1" 2>&1
}

firing() { # ALERT
	query "ALERTS{alertname=\"$1\",alertstate=\"firing\"}" | grep -q '=> 1'
}

check 'Prometheus has the metrics' wait_for 10 \
    'query vrrpd_state | grep -q "name=\"VI_1\".*=> 2 "'
query 'vrrpd_state{vrid="52"}' >"$LAB/named"
check 'a name as it is configured' grep -qF 'name="a b\\ {é}"' "$LAB/named"
check 'an alert: nobody would take over' wait_for 5 'firing VrrpdNoBackup'
check 'others are not raised' equal "$(for alert in NoMaster TwoMasters \
    Conflict Fault Maintenance AddressMissing AddressRemoved SendError \
    Refused Gone; do
	firing Vrrpd$alert && echo "$alert"
done)" ''
check 'the dashboard is answered' equal "$(while read -r expr; do
	query "$expr" >"$LAB/said" || cat "$LAB/said"
	# A rate above 0, a Backup's silence: there is none here.
	case $expr in *'> 0'* | *'== 1') continue ;; esac
	grep -q '=>' "$LAB/said" || echo "nothing: $expr"
done <"$LAB/asked")" ''
on r1 "$VRRPD" maint VI_1 on
check 'maintenance is an alert' wait_for 5 'firing VrrpdMaintenance'
check 'and that there is no MASTER' wait_for 5 'firing VrrpdNoMaster'
on r1 "$VRRPD" maint VI_1 off
check 'which ends' wait_for 10 '! firing VrrpdNoMaster'
stop r1
check 'a daemon that is gone is an alert' wait_for 10 'firing VrrpdGone'
stop r1 prometheus
stop r1 metrics >/dev/null
