"""Record every frame that crosses the lab's switch.

    wire.py INTERFACE PCAP TEXT

PCAP is for tshark, which judges; TEXT is for the tests, which wait: one line
a frame of interest, written at once, with the kernel's time stamp.

    TIME vrrp SOURCE DESTINATION TTL VERSION VRID PRIORITY COUNT INTERVAL_MS
         LENGTH SOURCE_MAC
    TIME arp SENDER_IP TARGET_IP OPCODE SENDER_MAC TARGET_MAC DESTINATION_MAC
    TIME na SOURCE TARGET FLAGS DESTINATION SOURCE_MAC LINK_LAYER_OPTION
    TIME join SOURCE GROUP

A line to TEXT.ask is answered by one in TEXT.told once all frames that had
arrived are in both files.
"""
import select
import socket
import struct
import sys

from sync import Sync

ETH_P_ALL = 3
SO_TIMESTAMPNS = 35
SOL_PACKET, PACKET_ADD_MEMBERSHIP, PACKET_MR_PROMISC = 263, 1, 1
PACKET_OUTGOING = 4


def mac(data):
    return ":".join("%02x" % byte for byte in data)


def ip4(data):
    return socket.inet_ntop(socket.AF_INET, data)


def ip6(data):
    return socket.inet_ntop(socket.AF_INET6, data)


def vrrp(source, destination, ttl, message, source_mac):
    if len(message) < 8:
        return "short %s %s" % (source, destination)
    version = message[0] >> 4
    if version == 2:
        interval = message[5] * 1000
    else:
        interval = (struct.unpack("!H", message[4:6])[0] & 0xFFF) * 10
    return "vrrp %s %s %d %d %d %d %d %d %d %s" % (
        source, destination, ttl, version, message[1], message[2],
        message[3], interval, len(message), source_mac)


def joined(source, record):
    """The first group record of an IGMPv3 or MLDv2 report: who joins what."""
    if len(record) < 8 or record[0] not in (2, 4):
        return None
    group = ip4(record[4:8]) if "." in source else ip6(record[4:20])
    return "join %s %s" % (source, group)


def describe(frame):
    """One line about a frame, or None if nobody asks for it."""
    destination_mac, source_mac = mac(frame[:6]), mac(frame[6:12])
    kind = struct.unpack("!H", frame[12:14])[0]
    if kind == 0x0806 and len(frame) >= 42:
        opcode = struct.unpack("!H", frame[20:22])[0]
        return "arp %s %s %d %s %s %s" % (
            ip4(frame[28:32]), ip4(frame[38:42]), opcode, mac(frame[22:28]),
            mac(frame[32:38]), destination_mac)
    if kind == 0x0800 and len(frame) >= 34 and frame[23] in (51, 112):
        header = (frame[14] & 15) * 4
        total = struct.unpack("!H", frame[16:18])[0]
        message = frame[14 + header:14 + total]
        if frame[23] == 51:
            message = message[24:]
        return vrrp(ip4(frame[26:30]), ip4(frame[30:34]), frame[22], message,
                    source_mac)
    if kind == 0x0800 and len(frame) >= 46 and frame[23] == 2:
        report = frame[14 + (frame[14] & 15) * 4:]
        return joined(ip4(frame[26:30]), report[8:]) \
            if report[0] == 0x22 else None
    if kind == 0x86DD and len(frame) >= 54:
        source, destination = ip6(frame[22:38]), ip6(frame[38:54])
        if frame[20] == 112:
            length = struct.unpack("!H", frame[18:20])[0]
            return vrrp(source, destination, frame[21],
                        frame[54:54 + length], source_mac)
        if frame[20] == 58 and len(frame) >= 78 and frame[54] == 136:
            option = mac(frame[80:86]) if len(frame) >= 86 else "none"
            return "na %s %s %x %s %s %s" % (
                source, ip6(frame[62:78]), frame[58] >> 5, destination,
                source_mac, option)
        if frame[20] == 0 and len(frame) >= 90 and frame[62] == 143:
            return joined(source, frame[70:])
    return None


def record(tap, pcap, text):
    """Write down one frame that has arrived; False: there is none."""
    try:
        frame, control, _, address = tap.recvmsg(65535, 256)
    except BlockingIOError:
        return False
    if address[2] == PACKET_OUTGOING:
        return True
    seconds, nanoseconds = struct.unpack("ll", control[0][2][:16])
    pcap.write(struct.pack("=IIII", seconds, nanoseconds, len(frame),
                           len(frame)) + frame)
    line = describe(frame)
    if line is not None:
        text.write("%d.%06d %s\n" % (seconds, nanoseconds // 1000, line))
    return True


def main():
    interface, pcap_path, text_path = sys.argv[1:]
    tap = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                        socket.htons(ETH_P_ALL))
    tap.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    tap.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    tap.bind((interface, ETH_P_ALL))
    index = socket.if_nametoindex(interface)
    tap.setsockopt(SOL_PACKET, PACKET_ADD_MEMBERSHIP,
                   struct.pack("IHH8x", index, PACKET_MR_PROMISC, 0))
    tap.setblocking(False)
    sync = Sync(text_path)
    with open(pcap_path, "wb", buffering=0) as pcap, \
            open(text_path, "w", buffering=1, encoding="ascii") as text:
        pcap.write(struct.pack("=IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 65535, 1))
        while True:
            select.select([tap, sync.ask], [], [])
            asked = sync.asked()
            while record(tap, pcap, text):
                pass
            if asked:
                sync.tell()


main()
