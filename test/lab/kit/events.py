"""Write down what becomes of the links and addresses of a network namespace.

    events.py FILE

One line each, with the time at which the kernel's report was read:

    TIME New|Deleted address INTERFACE ADDRESS/LENGTH
    TIME New|Deleted link INTERFACE up|down

A link is up when it has a carrier as well.  FILE.ask and FILE.told are as in
wire.py.
"""
import select
import socket
import struct
import sys
import time

from sync import Sync

RTMGRP_LINK, RTMGRP_IPV4_IFADDR, RTMGRP_IPV6_IFADDR = 0x1, 0x10, 0x100
RTM_NEWLINK, RTM_DELLINK, RTM_NEWADDR, RTM_DELADDR = 16, 17, 20, 21
IFLA_IFNAME, IFA_ADDRESS, IFA_LOCAL = 3, 1, 2
IFF_UP, IFF_LOWER_UP = 0x1, 0x10000


def attributes(data):
    found = {}
    while len(data) >= 4:
        length, kind = struct.unpack("=HH", data[:4])
        if length < 4:
            break
        found[kind] = data[4:length]
        data = data[(length + 3) & ~3:]
    return found


class Events:
    """The reports, and the names that the links bore last."""

    def __init__(self, out):
        self.out = out
        self.names = dict(socket.if_nameindex())

    def link(self, word, body):
        index, flags = struct.unpack("=4xiI", body[:12])
        name = attributes(body[16:]).get(IFLA_IFNAME, b"?\0")
        self.names[index] = name[:-1].decode()
        works = flags & IFF_UP and flags & IFF_LOWER_UP
        return "%s link %s %s" % (word, self.names[index],
                                  "up" if works else "down")

    def address(self, word, body):
        family, length, index = struct.unpack("=BBxxI", body[:8])
        found = attributes(body[8:])
        text = socket.inet_ntop(family, found.get(IFA_LOCAL) or
                                found[IFA_ADDRESS])
        return "%s address %s %s/%d" % (word, self.names.get(index, "?"),
                                        text, length)

    def read(self, data, when):
        while len(data) >= 16:
            length, kind = struct.unpack("=IH", data[:6])
            body = data[16:length]
            word = "Deleted" if kind in (RTM_DELLINK, RTM_DELADDR) else "New"
            if kind in (RTM_NEWLINK, RTM_DELLINK):
                line = self.link(word, body)
            elif kind in (RTM_NEWADDR, RTM_DELADDR):
                line = self.address(word, body)
            else:
                line = "other %d" % kind
            self.out.write("%.6f %s\n" % (when, line))
            data = data[(length + 3) & ~3:]


def main():
    reports = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
    reports.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    reports.bind((0, RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR))
    reports.setblocking(False)
    with open("/proc/self/comm", "w", encoding="ascii") as comm:
        comm.write("events")
    sync = Sync(sys.argv[1])
    with open(sys.argv[1], "w", buffering=1, encoding="ascii") as out:
        events = Events(out)
        while True:
            select.select([reports, sync.ask], [], [])
            asked = sync.asked()
            while True:
                try:
                    data = reports.recv(1 << 17)
                except BlockingIOError:
                    break
                events.read(data, time.time())
            if asked:
                sync.tell()


main()
