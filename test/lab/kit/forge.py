"""Send VRRP advertisements that are wrong in one way, or right.

    forge.py INTERFACE [NAME=VALUE...] [and NAME=VALUE...]...

Everything below the Ethernet header is made here, so that every field can lie.
The defaults are a correct version 3 advertisement for the lab's usual virtual
router; `python3 forge.py eth0 ttl=254 priority=250` changes two fields.

arp=ADDRESS and na=ADDRESS send a gratuitous ARP or an unsolicited neighbour
advertisement instead, which claim that address.  What stands after an `and` is
sent as well each time; the fields that it does not name are as before.

SIGTERM ends it, with a message of the priority last=N if that was asked for.
"""
import signal
import socket
import struct
import sys
import time

DEFAULTS = {
    "source": "10.10.1.9", "destination": "224.0.0.18",
    "addresses": "10.10.1.3",
    "version": "3", "type": "1", "vrid": "51", "priority": "100",
    "count": "",            # of addresses; empty: as many as there are
    "interval": "20",       # as on the wire: centiseconds, v2 seconds
    "reserved": "0",        # the four bits before a v3 interval
    "auth": "0", "password": "",
    "ttl": "255",
    "checksum": "pseudo",   # pseudo, plain, bad
    "extra": "0",           # bytes more (or less) than the count asks for
    "options": "0",         # words of IP options
    "fragment": "0",        # the 16 bits of flags and fragment offset
    "total": "",            # IP total length; empty: the true one
    "protocol": "112",
    "mac": "",              # Ethernet destination; empty: of the group
    "times": "1", "every": "0.05", "last": "",
    "arp": "", "na": "",
}


def ones_sum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def address(text):
    family = socket.AF_INET6 if ":" in text else socket.AF_INET
    return socket.inet_pton(family, text)


def message(want):
    """The VRRP message: header, addresses, version 2's authentication."""
    version = int(want["version"])
    packed = [address(text) for text in want["addresses"].split(",") if text]
    count = int(want["count"] or len(packed))
    head = bytes([version << 4 | int(want["type"]), int(want["vrid"]),
                  int(want["priority"]), count])
    if version == 2:
        head += bytes([int(want["auth"]), int(want["interval"])])
    else:
        head += struct.pack("!H", int(want["reserved"]) << 12 |
                            int(want["interval"]))
    tail = b"".join(packed)
    if version == 2:
        tail += want["password"].encode().ljust(8, b"\0")[:8]
    extra = int(want["extra"])
    tail = tail + b"\0" * extra if extra >= 0 else tail[:extra]

    whole = head + b"\0\0" + tail
    pseudo = b""
    if ":" in want["source"] or (version == 3 and want["checksum"] != "plain"):
        source, destination = (address(want["source"]),
                               address(want["destination"]))
        form = "!I3xB" if ":" in want["source"] else "!xBH"
        rest = (len(whole), 112) if ":" in want["source"] else (112,
                                                               len(whole))
        pseudo = source + destination + struct.pack(form, *rest)
    total = ~ones_sum(pseudo + whole) & 0xFFFF
    if want["checksum"] == "bad":
        total ^= 0x1234
    return head + struct.pack("!H", total) + tail


def packet(want):
    """The IP packet around it."""
    body = message(want)
    ttl, protocol = int(want["ttl"]), int(want["protocol"])
    source, destination = address(want["source"]), address(want["destination"])
    if len(source) == 16:
        return struct.pack("!IHBB", 0x6C000000, len(body), protocol,
                           ttl) + source + destination + body
    if protocol == 51:      # an authentication header that nobody can check
        body = b"\x70\x04\0\0" + source + b"\0\0\0\x01" + b"\0" * 12 + body
    options = b"\x01" * 4 * int(want["options"])
    size = int(want["total"] or 20 + len(options) + len(body))
    header = struct.pack("!BBHHHBBH", 0x45 + len(options) // 4, 0xC0, size, 1,
                         int(want["fragment"]), ttl, protocol, 0)
    header += source + destination + options
    header_sum = struct.pack("!H", ~ones_sum(header) & 0xFFFF)
    return header[:10] + header_sum + header[12:] + body


def group_mac(destination):
    if len(destination) == 16:
        return b"\x33\x33" + destination[-4:]
    return b"\x01\x00\x5e" + bytes([destination[1] & 0x7F]) + destination[2:]


def claim_arp(claimed, source_mac):
    every = b"\xff" * 6
    return every + source_mac + struct.pack("!HHHBBH", 0x0806, 1, 0x0800, 6, 4,
                                            1) + \
        source_mac + claimed + every + claimed


def claim_na(claimed, source_mac):
    everybody = address("ff02::1")
    body = struct.pack("!BBHI", 136, 0, 0, 0x20000000) + claimed + \
        b"\x02\x01" + source_mac
    pseudo = claimed + everybody + struct.pack("!I3xB", len(body), 58)
    total = struct.pack("!H", ~ones_sum(pseudo + body) & 0xFFFF)
    return group_mac(everybody) + source_mac + struct.pack(
        "!HIHBB", 0x86DD, 6 << 28, len(body), 58, 255) + claimed + everybody + \
        body[:2] + total + body[4:]


def frame(want, source_mac):
    if want["arp"]:
        return claim_arp(address(want["arp"]), source_mac)
    if want["na"]:
        return claim_na(address(want["na"]), source_mac)
    destination = address(want["destination"])
    target = bytes.fromhex(want["mac"].replace(":", "")) or \
        group_mac(destination)
    kind = 0x86DD if len(destination) == 16 else 0x0800
    whole = target + source_mac + struct.pack("!H", kind) + packet(want)
    return whole.ljust(60, b"\0")


def wanted(arguments):
    """The fields of each message that is to be sent."""
    first = dict(DEFAULTS)
    want, every = first, [first]
    for argument in arguments:
        if argument == "and":
            want = dict(first)
            every.append(want)
            continue
        name, value = argument.split("=", 1)
        if name not in want:
            sys.exit("forge.py: no field named " + name)
        want[name] = value
    return every


def main():
    every = wanted(sys.argv[2:])
    want = every[0]
    out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    out.bind((sys.argv[1], 0))
    own_mac = out.getsockname()[4]
    frames = [frame(each, own_mac) for each in every]

    def end(*_):
        if want["last"]:
            out.send(frame(dict(want, priority=want["last"]), own_mac))
        sys.exit(0)

    signal.signal(signal.SIGTERM, end)
    due = time.monotonic()
    for turn in range(int(want["times"])):
        if turn:
            due += float(want["every"])
            time.sleep(max(0, due - time.monotonic()))
        for whole in frames:
            out.send(whole)


main()
