"""How a test makes sure that a recorder has written all there was so far.

FILE.ask and FILE.told are FIFOs.  Whoever writes a line to the one reads a line
from the other when all that came before is in FILE.
"""
import os


class Sync:
    """The recorder's ends of both."""

    def __init__(self, path):
        for end in ".ask", ".told":
            os.mkfifo(path + end)
        self.ask = os.open(path + ".ask", os.O_RDWR | os.O_NONBLOCK)
        self.told = os.open(path + ".told", os.O_RDWR)

    def asked(self):
        """How many lines were written."""
        try:
            return os.read(self.ask, 4096).count(b"\n")
        except BlockingIOError:
            return 0

    def tell(self):
        os.write(self.told, b"\n")
