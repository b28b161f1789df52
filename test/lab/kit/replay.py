"""Send again what crossed the switch before.

    replay.py INTERFACE PCAP SOURCE TIMES EVERY

The last advertisement over IPv4 of a priority above 0 that SOURCE sent, TIMES
times, every EVERY seconds.
"""
import socket
import struct
import sys
import time


def main():
    interface, path, source, times, every = sys.argv[1:]
    wanted = socket.inet_aton(source)
    with open(path, "rb") as pcap:
        data = pcap.read()
    at, last = 24, None
    while at + 16 <= len(data):
        length, = struct.unpack_from("=8xI", data, at)
        frame = data[at + 16:at + 16 + length]
        at += 16 + length
        if frame[12:14] == b"\x08\0" and frame[23] in (51, 112) and \
                frame[26:30] == wanted and \
                frame[36 if frame[23] == 112 else 60] > 0:
            last = frame
    if last is None:
        sys.exit("replay.py: nothing from " + source)
    out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    out.bind((interface, 0))
    for turn in range(int(times)):
        if turn:
            time.sleep(float(every))
        out.send(last)


main()
