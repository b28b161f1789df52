"""Clients of the control socket that mean no good.

    crowd.py SOCKET COUNT

COUNT clients in all, forty at once: some say nothing, some send garbage, half a
request or far too much, some ask for everything and never read, some hang up at
once.  Prints how many connected.
"""
import os
import random
import socket
import sys
import time

random.seed(1)
WORDS = [b"status", b"-j", b"-v", b"events", b"--prometheus", b"explain",
         b"\xff" * 9]
try:
    os.setgroups([])
    os.setuid(65534)
    WORDS += [b"maint", b"all", b"on", b"prio", b"stop", b"reload"]
except OSError:
    pass                # without root nobody else exists, and we could steer


def request():
    """A request, or what looks like one."""
    words = random.sample(WORDS, random.randrange(1, 5))
    return b"".join(w + b"\0" for w in words) + random.choice([b"\n", b""])


def misbehave(client):
    """What one of them does; whether it stays connected."""
    kind = random.randrange(6)
    if kind == 0:
        return True                                 # says nothing
    if kind == 1:
        client.send(os.urandom(random.randrange(1, 400)))
    elif kind == 2:
        client.send(b"A" * 4096)
    elif kind == 3:
        client.send(b"status\0-j\0\n")              # never reads
        return True
    elif kind == 4:
        client.send(request())
        client.recv(1)
    return kind == 1


def main():
    connected = 0
    crowd = []
    for _ in range(int(sys.argv[2])):
        client = socket.socket(socket.AF_UNIX)
        client.settimeout(0.2)
        try:
            client.connect(sys.argv[1])
            connected += 1
            if misbehave(client):
                crowd.append(client)
            else:
                client.close()
        except (OSError, socket.timeout):
            client.close()
        if len(crowd) > 40:
            crowd.pop(0).close()
        time.sleep(0.001)
    print(connected)


main()
