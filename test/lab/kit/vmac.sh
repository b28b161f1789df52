# shellcheck shell=sh
# vmac.sh: what the links of use_vmac are like.

# Whether MACHINE's LINK is there and EXPRESSION holds of it: in Python, link
# being what `ip -d -j link` says and info its linkinfo.
link_is() { # MACHINE LINK EXPRESSION
	ipn "$1" -d -j link show dev "$2" 2>/dev/null | "$PYTHON" -c '
import json, sys
try:
    link = json.load(sys.stdin)[0]
except (ValueError, IndexError):
    sys.exit(1)
info = link.get("linkinfo", {})
sys.exit(not eval("(%s)" % sys.argv[1]))' "$3"
}

up() { # MACHINE LINK
	link_is "$1" "$2" '"UP" in link["flags"]'
}

setting() { # MACHINE FILE below /proc/sys/net
	on "$1" cat "/proc/sys/net/$2"
}

settings() { # MACHINE: those of eth0 that we change
	echo "$(setting "$1" ipv4/conf/eth0/arp_ignore):$(setting "$1" \
	    ipv4/conf/eth0/arp_announce)"
}
