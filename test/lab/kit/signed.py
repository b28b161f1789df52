"""What is authentic of the advertisements that crossed the switch.

    signed.py PCAP [ah=PASSWORD] [ID=HEX...]

Computed with hashlib and hmac alone, from the captured bytes.  One line for
each, with `good` or `bad`:

    TIME SOURCE PRIORITY none
    TIME SOURCE PRIORITY ah SEQUENCE good
    TIME SOURCE PRIORITY hmac ID SEQUENCE SECONDS good
"""
import hashlib
import hmac
import socket
import struct
import sys


def frames(path):
    """Time and bytes of each frame of a capture as wire.py writes it."""
    with open(path, "rb") as pcap:
        data = pcap.read()
    at = 24
    while at + 16 <= len(data):
        seconds, fraction, length, _ = struct.unpack_from("=IIII", data, at)
        yield (seconds + fraction / 1e9, data[at + 16:at + 16 + length])
        at += 16 + length


def sealed(packet, password):
    """RFC 2402 with HMAC-MD5-96, as keepalived does it for multicast."""
    header = bytearray(packet[:20])
    header[1] = header[6] = header[7] = header[10] = header[11] = 0
    if packet[16] >> 4 != 14:
        header[8] = 0
    whole = bytes(header) + packet[20:32] + bytes(12) + packet[44:]
    key = password.encode().ljust(8, b"\0")[:8]
    good = hmac.new(key, whole, hashlib.md5).digest()[:12]
    return good == packet[32:44] and packet[24:28] == packet[12:16]


def signature(family, source, message, trailer, key):
    """keepalived's auth_hmac: the first half of an HMAC-SHA256."""
    pseudo = bytes([family, message[0] >> 4, message[1], 0]) + \
        source.ljust(16, b"\0")
    covered = message[:6] + b"\0\0" + message[8:]
    return hmac.new(key, pseudo + covered + trailer[:12] + bytes(16),
                    hashlib.sha256).digest()[:16]


def judge(family, source, payload, keys):
    """What there is to say about a message and what is behind it."""
    size = 8 + payload[3] * (4 if family == 4 else 16) + \
        (8 if payload[0] >> 4 == 2 else 0)
    message, trailer = payload[:size], payload[size:]
    if len(trailer) != 28:
        return "none" if not trailer else "bad"
    number, = struct.unpack("!Q", trailer[4:12])
    key = keys.get(trailer[1])
    good = key is not None and trailer[0] == 1 and \
        trailer[2:4] == b"\0\0" and \
        signature(family, source, message, trailer, key) == trailer[12:]
    return "hmac %d %d %d %s" % (trailer[1], number, number >> 32,
                                 "good" if good else "bad")


def main():
    password, keys = "", {}
    for argument in sys.argv[2:]:
        name, value = argument.split("=", 1)
        if name == "ah":
            password = value
        else:
            keys[int(name)] = bytes.fromhex(value)
    for when, frame in frames(sys.argv[1]):
        kind, = struct.unpack("!H", frame[12:14])
        if kind == 0x0800 and frame[23] in (51, 112):
            total, = struct.unpack("!H", frame[16:18])
            packet = frame[14:14 + total]
            family, source, payload = 4, packet[12:16], packet[20:]
            if packet[9] == 51:
                print("%.6f %s %d ah %d %s" % (
                    when, socket.inet_ntop(socket.AF_INET, source),
                    packet[46], struct.unpack("!I", packet[28:32])[0],
                    "good" if sealed(packet, password) else "bad"))
                continue
        elif kind == 0x86DD and frame[20] == 112:
            length, = struct.unpack("!H", frame[18:20])
            family, source, payload = 6, frame[22:38], frame[54:54 + length]
        else:
            continue
        text = socket.inet_ntop(socket.AF_INET if family == 4 else
                                socket.AF_INET6, source)
        print("%.6f %s %d %s" % (when, text, payload[2],
                                 judge(family, source, payload, keys)))


main()
