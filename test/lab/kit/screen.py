"""A command that draws on a terminal, with a shell above it.

    screen.py COMMAND...

The command takes another word, which X is none of that it knows.  Prints what
it did, a line each: how much it draws on terminals of some sizes,
and in which state the terminal is left when it stops and when it ends.
"""
import fcntl
import os
import re
import select
import signal
import struct
import sys
import termios
import time

PATIENCE_S = 20


class Screen:
    """The command with a terminal; `alone`: nobody could make it go on."""

    def __init__(self, command, alone=False, size=(24, 80)):
        self.master, self.slave = os.openpty()
        self.resize(*size)
        self.told, tell = os.pipe()
        self.bytes = b""
        self.shell = os.fork()
        if self.shell == 0:
            os.setsid()
            fcntl.ioctl(self.slave, termios.TIOCSCTTY, 0)
            for fd in 0, 1, 2:
                os.dup2(self.slave, fd)
            if alone:
                os.write(tell, b"pid %d\n" % os.getpid())
                os.execv(command[0], command)
            signal.signal(signal.SIGTTOU, signal.SIG_IGN)
            self.be_shell(command, tell)
        self.pid = int(self.hear().split()[1])

    @staticmethod
    def be_shell(command, tell):
        pid = os.fork()
        if pid == 0:
            os.setpgid(0, 0)
            os.tcsetpgrp(0, os.getpid())
            signal.signal(signal.SIGTTOU, signal.SIG_DFL)
            os.execv(command[0], command)
        os.write(tell, b"pid %d\n" % pid)
        while True:
            _, status = os.waitpid(pid, os.WUNTRACED)
            if os.WIFSTOPPED(status):
                os.write(tell, b"stopped\n")
            else:
                os.write(tell, b"ended %d\n" %
                         os.waitstatus_to_exitcode(status))
                time.sleep(3600)        # our end would hang the terminal up

    def until(self, told):
        """Reads what is drawn until this tells something, or for too long."""
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            ready, _, _ = select.select([self.told, self.master], [], [], 1)
            if self.master in ready:
                self.bytes += os.read(self.master, 65536)
            found = told(self.told in ready)
            if found:
                return found
        return "nothing"

    def hear(self):
        """The line that the shell tells next; it may have told more."""
        line = b""

        def whole(ready):
            nonlocal line
            line += os.read(self.told, 1) if ready else b""
            return line[:-1].decode() if line.endswith(b"\n") else None
        return self.until(whole)

    def frame(self):
        """A whole picture that begins from now on: its lines, its width."""
        self.bytes = b""

        def whole(_):
            found = re.search(rb"\x1b\[H(.*?)\x1b\[J", self.bytes, re.S)
            if not found:
                return None
            lines = found[1].replace(b"\x1b[K", b"").split(b"\r\r\n")
            return f"{len(lines)} lines of {max(map(len, lines))}"
        return self.until(whole)

    def resize(self, lines, columns):
        size = struct.pack("HHHH", lines, columns, 0, 0)
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, size)

    def settings(self):
        local = termios.tcgetattr(self.master)[3]
        return ("echo" if local & termios.ECHO else "silent") + (
            ", lines" if local & termios.ICANON else ", keys")

    def settle(self):
        """As a shell does when what it ran has stopped, all of it drawn.

        A terminal gives its bytes later than it took them, but in order.
        """
        os.write(self.slave, b"settled")
        self.until(lambda _: self.bytes.endswith(b"settled"))
        attributes = termios.tcgetattr(self.master)
        attributes[3] |= termios.ECHO | termios.ICANON
        termios.tcsetattr(self.master, termios.TCSANOW, attributes)

    def do(self, what):
        """Types a key, ^C as people write it, or sends a signal."""
        if what.startswith("SIG"):
            os.kill(self.pid, signal.Signals[what])
        else:
            os.write(self.master, what.encode() if len(what) == 1 else
                     bytes([ord(what[1]) - 64]))

    def end(self):
        os.kill(self.shell, signal.SIGKILL)
        os.waitpid(self.shell, 0)
        for fd in self.master, self.slave, self.told:
            os.close(fd)


def main():
    command = sys.argv[1:]
    screen = Screen(command + ["X"])
    print("X:", screen.hear(), screen.settings())
    screen.settle()
    print(screen.bytes.decode().replace("settled", "").strip())
    screen.end()
    for size in (24, 80), (4, 80), (3, 80), (2, 80), (1, 80), (0, 0), (6, 5):
        screen = Screen(command, size=size)
        print(*size, "-", screen.frame())
        screen.do("q")
        print("q:", screen.hear(), screen.settings())
        screen.end()
    screen = Screen(command)
    screen.frame()
    for what in "SIGTSTP", "^Z", "SIGSTOP":
        screen.do(what)
        print(what, screen.hear(), screen.settings())
        screen.settle()
        screen.do("SIGCONT")
        screen.frame()
        print("again:", screen.settings())
    screen.do("SIGKILL")
    screen.hear()
    screen.end()
    screen = Screen(command, alone=True)
    screen.frame()
    screen.do("^Z")
    screen.frame()
    screen.frame()
    print("alone:", screen.settings())
    screen.end()
    for what in "^C", "^\\", "SIGQUIT", "SIGTERM", "SIGHUP":
        screen = Screen(command)
        screen.frame()
        screen.do(what)
        print(what, screen.hear(), screen.settings())
        screen.end()


main()
