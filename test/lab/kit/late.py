"""How long those that a test measures had to wait for the machine.

    late.py FILE NAME...

Every 100 ms a line goes to FILE:

    TIME LATE_MS WAITED_MS

LATE is by how much the worst of its own naps in that time was too long, which
shows a machine that stood still, or how long the kernel kept it waiting for the
lock of links and addresses, if that was longer: all namespaces share it, and
the end of any of them holds it.  WAITED is how long all processes of these
NAMEs together were ready to run but did not, as the kernel counted it
(/proc/PID/schedstat): so much of what was measured is not theirs.
"""
import os
import socket
import struct
import sys
import time

NAP = 0.02
NAPS = 5
# RTM_SETLINK of lo that changes nothing, with an answer; it takes the lock.
SET_NOTHING = struct.pack("=IHHII", 32, 19, 5, 0, 0) + \
    struct.pack("=BxHiII", 0, 0, 1, 0, 0)


def waited_ns(pid, names):
    """What the kernel has counted for a process of one of the names, or 0."""
    try:
        with open("/proc/%s/comm" % pid, encoding="utf-8") as comm:
            if comm.read().strip() not in names:
                return 0
        with open("/proc/%s/schedstat" % pid, encoding="ascii") as stat:
            return int(stat.read().split()[1])
    except (OSError, IndexError):
        return 0


def worst_nap():
    worst = 0
    for _ in range(NAPS):
        due = time.monotonic() + NAP
        time.sleep(NAP)
        worst = max(worst, time.monotonic() - due)
    return worst


def locked(kernel):
    """How long the lock of links and addresses was not to be had."""
    begin = time.monotonic()
    kernel.send(SET_NOTHING)
    kernel.recv(4096)
    return time.monotonic() - begin


def main():
    names = sys.argv[2:]
    kernel = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
    kernel.bind((0, 0))
    before = {}
    with open(sys.argv[1], "w", buffering=1, encoding="ascii") as out:
        while True:
            worst = max(worst_nap(), locked(kernel))
            counted = {pid: waited_ns(pid, names) for pid in os.listdir("/proc")
                       if pid.isdigit()}
            waited = sum(max(0, now - before.get(pid, 0))
                         for pid, now in counted.items())
            before = counted
            out.write("%.6f %d %d\n" % (time.time(), worst * 1000,
                                        waited // 1000000))


main()
