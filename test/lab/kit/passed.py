"""Speak with a program as snmpd does with one of pass_persist.

    passed.py PROGRAM [REQUEST...]

A request is PING, get=NUMBER, getnext=NUMBER, set=NUMBER or walk=NUMBER, which
asks for the next ones as long as they are below NUMBER.  An answer is a line:
number, type and value, with blanks between.  Each request waits for its answer,
so a program that keeps one back makes this run out of time, with status 1.
"""
import signal
import subprocess
import sys


class Passed:
    def __init__(self, program):
        self.program = subprocess.Popen([program], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)

    def ask(self, *lines):
        """The answer's lines: one, or the three of an object."""
        self.program.stdin.write("".join(line + "\n" for line in lines))
        self.program.stdin.flush()
        first = self.program.stdout.readline().rstrip("\n")
        if not first.startswith("."):
            return [first]
        return [first] + [self.program.stdout.readline().rstrip("\n")
                          for _ in range(2)]

    def walk(self, below):
        """Yields each object below a number; none may come twice."""
        at, seen = below, set()
        while True:
            answer = self.ask("getnext", at)
            if not answer[0].startswith(below + "."):
                return
            at = answer[0]
            if at in seen:
                sys.exit("%s came twice" % at)
            seen.add(at)
            yield answer

    def end(self):
        """What snmpd does at its end: the status of the program."""
        self.program.stdin.close()
        return self.program.wait()


def main():
    signal.alarm(60)
    passed = Passed(sys.argv[1])
    for request in sys.argv[2:]:
        word, _, number = request.partition("=")
        if word == "walk":
            answers = passed.walk(number)
        elif word == "set":
            answers = [passed.ask(word, number, "integer 1")]
        else:
            answers = [passed.ask(word, number) if number else
                       passed.ask(word)]
        for answer in answers:
            print(*answer, flush=True)
    sys.exit(passed.end())


main()
