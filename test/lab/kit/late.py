"""How late this machine is: what it does to us, it does to those we measure.

    late.py FILE

Wakes every 10 ms and writes to FILE by how many milliseconds the latest wake-up
so far was late.  The lab allows every measured time that much.
"""
import os
import sys
import time

PERIOD = 0.01
worst = 0
due = time.monotonic()
with open(sys.argv[1], "w", encoding="ascii") as out:
    while True:
        due += PERIOD
        time.sleep(max(0, due - time.monotonic()))
        late = int((time.monotonic() - due) * 1000)
        if late > worst:
            worst = late
            os.pwrite(out.fileno(), b"%d\n" % worst, 0)
        if late > 0:
            due = time.monotonic()
