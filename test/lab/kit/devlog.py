"""A syslog daemon of a few lines: what comes to /dev/log goes to a file.

    devlog.py SOCKET FILE [stream]

From a stream: only what a NUL ends.
"""
import os
import socket
import sys

stream = sys.argv[3:] == ["stream"]
log = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM if stream
                    else socket.SOCK_DGRAM)
log.bind(sys.argv[1])
os.chmod(sys.argv[1], 0o666)
with open(sys.argv[2], "ab", buffering=0) as out:
    if stream:
        log.listen()
        log = log.accept()[0]
        lines = [b""]
        while got := log.recv(65536):
            lines = (lines[-1] + got).split(b"\0")
            out.write(b"".join(line + b"\n" for line in lines[:-1]))
            lines = lines[-1:]
    while not stream:
        out.write(log.recv(65536).rstrip(b"\n\0") + b"\n")
