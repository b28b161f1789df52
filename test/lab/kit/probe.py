"""A client that asks an address for an echo every few milliseconds.

    probe.py ADDRESS INTERVAL_MS FILE

Each time an answer comes back after one or more unanswered questions, a line
`gap FROM TO MS` goes to FILE: FROM is when the last question that was answered
before had been asked, TO when the first one after it was.  SIGTERM ends it with
`total ASKED ANSWERED LONGEST_MS`; LONGEST is the longest time without an
answered question, up to the end, less one interval; 999999 if none was.
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
        self.asked_at = {}
        self.asked = self.answered = 0
        self.last = None
        self.last_sequence = 0
        self.longest = 0.0

    def ask(self):
        self.asked += 1
        sequence = self.asked & 0xFFFF
        kind = 128 if self.v6 else 8
        head = struct.pack("!BBHHH", kind, 0, 0, self.identity, sequence)
        if not self.v6:
            head = struct.pack("!BBHHH", kind, 0, checksum(head),
                               self.identity, sequence)
        self.asked_at[sequence] = time.time()
        try:
            self.socket.sendto(head, (self.address, 0))
        except OSError:
            pass

    def hear(self):
        """Read one answer; the gap it closes as (from, to), or None."""
        data = self.socket.recv(2048)
        if not self.v6:
            data = data[(data[0] & 15) * 4:]
        if len(data) < 8:
            return None
        kind, _, _, identity, sequence = struct.unpack("!BBHHH", data[:8])
        if kind != (129 if self.v6 else 0) or identity != self.identity:
            return None
        at = self.asked_at.pop(sequence, None)
        if at is None:
            return None
        self.answered += 1
        gap = None
        if self.last is None:
            self.last = at
        elif at > self.last:
            if sequence != (self.last_sequence + 1) & 0xFFFF:
                gap = (self.last, at)
                self.longest = max(self.longest,
                                   at - self.last - self.interval)
            self.last = at
        self.last_sequence = sequence
        return gap

    def outage_ms(self):
        if self.last is None:
            return 999999
        open_end = time.time() - self.last - 2 * self.interval
        return max(self.longest, open_end) * 1000


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
            while True:
                left = due - time.monotonic()
                if left <= 0 or not select.select([probe.socket], [], [],
                                                  left)[0]:
                    break
                gap = probe.hear()
                if gap:
                    out.write("gap %.6f %.6f %.1f\n" % (
                        gap[0], gap[1], (gap[1] - gap[0]) * 1000))
        out.write("total %d %d %.1f\n" % (probe.asked, probe.answered,
                                          probe.outage_ms()))


main()
