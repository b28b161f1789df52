"""A syslog daemon of four lines: what comes to /dev/log goes to a file.

    devlog.py SOCKET FILE
"""
import os
import socket
import sys

log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
log.bind(sys.argv[1])
os.chmod(sys.argv[1], 0o666)
with open(sys.argv[2], "ab", buffering=0) as out:
    while True:
        out.write(log.recv(65536).rstrip(b"\n\0") + b"\n")
