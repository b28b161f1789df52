"""How long those that a test measures had to wait for a processor.

    late.py FILE NAME...

Every 100 ms a line goes to FILE:

    TIME LATE_MS WAITED_MS

LATE is by how much the worst of its own naps in that time was too long, which
shows a machine that stood still.  WAITED is how long all processes of these
NAMEs together were ready to run but did not, as the kernel counted it
(/proc/PID/schedstat): so much of what was measured is not theirs.
"""
import os
import sys
import time

NAP = 0.02
NAPS = 5


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


def main():
    names = sys.argv[2:]
    before = {}
    with open(sys.argv[1], "w", buffering=1, encoding="ascii") as out:
        while True:
            worst = worst_nap()
            counted = {pid: waited_ns(pid, names) for pid in os.listdir("/proc")
                       if pid.isdigit()}
            waited = sum(max(0, now - before.get(pid, 0))
                         for pid, now in counted.items())
            before = counted
            out.write("%.6f %d %d\n" % (time.time(), worst * 1000,
                                        waited // 1000000))


main()
