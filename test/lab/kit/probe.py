"""A client that asks an address for an echo every few milliseconds.

    probe.py ADDRESS INTERVAL_MS FILE

FILE is there when it has begun.  SIGTERM ends it: it waits for late answers and
writes `total ASKED ANSWERED LONGEST_MS` to FILE.  LONGEST is how long questions
in a row went unanswered: their number times the interval, so that what the
client itself was late does not count.  Those before the first answer were asked
before anybody held the address; if there is none it is 999999.
"""
import os
import select
import signal
import socket
import struct
import sys
import time


def checksum(data):
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    total = (total & 0xFFFF) + (total >> 16)
    return ~(total + (total >> 16)) & 0xFFFF


class Probe:
    """One client's questions and what became of them."""

    def __init__(self, address, interval):
        self.v6 = ":" in address
        family = socket.AF_INET6 if self.v6 else socket.AF_INET
        protocol = socket.IPPROTO_ICMPV6 if self.v6 else socket.IPPROTO_ICMP
        self.socket = socket.socket(family, socket.SOCK_RAW, protocol)
        self.socket.setblocking(False)
        self.address = address
        self.interval = interval
        self.identity = os.getpid() & 0xFFFF
        self.asked = 0
        self.answered = set()

    def ask(self):
        self.asked += 1
        sequence = self.asked & 0xFFFF
        kind = 128 if self.v6 else 8
        head = struct.pack("!BBHHH", kind, 0, 0, self.identity, sequence)
        if not self.v6:
            head = struct.pack("!BBHHH", kind, 0, checksum(head),
                               self.identity, sequence)
        try:
            self.socket.sendto(head, (self.address, 0))
        except OSError:
            pass

    def hear(self):
        """Take one answer."""
        data = self.socket.recv(2048)
        if not self.v6:
            data = data[(data[0] & 15) * 4:]
        if len(data) < 8:
            return
        kind, _, _, identity, sequence = struct.unpack("!BBHHH", data[:8])
        if kind == (129 if self.v6 else 0) and identity == self.identity:
            self.answered.add(sequence)

    def hear_until(self, due):
        """Take what answers come until then; False: none of ours came."""
        before = len(self.answered)
        while True:
            left = due - time.monotonic()
            if left <= 0 or not select.select([self.socket], [], [], left)[0]:
                return len(self.answered) > before
            self.hear()

    def outage_ms(self):
        if not self.answered:
            return 999999
        longest = run = 0
        for sequence in range(min(self.answered), self.asked + 1):
            run = 0 if sequence in self.answered else run + 1
            longest = max(longest, run)
        return longest * self.interval * 1000


def main():
    interval = float(sys.argv[2]) / 1000
    probe = Probe(sys.argv[1], interval)
    stop = []
    signal.signal(signal.SIGTERM, lambda *_: stop.append(1))
    with open(sys.argv[3], "w", buffering=1, encoding="ascii") as out:
        due = time.monotonic()
        while not stop:
            probe.ask()
            due = max(due + interval, time.monotonic())
            probe.hear_until(due)
        while probe.hear_until(time.monotonic() + 0.3):
            pass
        out.write("total %d %d %.1f\n" % (
            probe.asked, len(probe.answered), probe.outage_ms()))


main()
