"""Make every system call of vrrpd fail, one at a time, and judge what follows.

    faults.py VRRPD [--part I/N] [--only PHASE[/CALL]] [--short] [--verbose]

Called by faults.sh inside namespaces of its own.  A phase is something that
happens to the daemon: it starts, a better router comes and goes, it is told to
reload.  Each is played once under strace without faults, and what was seen is
the list of calls to fail: nothing of it is kept by hand, but for the errors
that a call can have (ERRORS) and the calls that cannot fail (NEVER).  Then it
is played again for each of them and each error.

Every play ends in one of these:

    done      everything happened, as if there had been no fault
    reported  something did not happen, or later, and the log says so
    refused   it did not start, with a message and an exit status; or the new
              configuration is not used, with a message
    FAILED    a crash, a hang, a busy loop, an address or advertisements that
              are missing in the end, or something lost without a word

One line for each goes to standard output: phase, call, its place, error, what
became of it.
"""
import argparse
import collections
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
FORGE = os.path.join(HERE, "lab", "kit", "forge.py")
HOME = "/run/faults"
SPACE = "vrrpdfaults-r1"
LIMIT = 6.0                     # seconds for a state to come about
EXIT_LIMIT = 8.0
INTERVAL = 0.1                  # of advertisements
# What `make check' has time for.
SHORT = {"start/socket", "start/signalfd4", "start/mmap", "reload/mmap",
         "scripts/waitid", "scripts/wait4"}

# What the manual pages give, and what is plausible for every call.
PLAUSIBLE = ("EINTR", "ENOMEM", "EPERM")
ERRORS = {
    "socket": ("EMFILE", "ENOBUFS", "EPERM"),
    "setsockopt": ("ENOBUFS", "ENOMEM", "EPERM"),
    "bind": ("EADDRINUSE", "ENOMEM", "EPERM"),
    "connect": ("EINTR", "ECONNREFUSED", "EPERM"),
    "sendmmsg": ("EINTR", "EAGAIN", "ENOBUFS", "EPERM"),
    "sendmsg": ("EINTR", "EAGAIN", "ENOBUFS", "ENOMEM"),
    "sendto": ("EINTR", "EAGAIN", "ENOBUFS", "EPERM"),
    "recvmmsg": ("EINTR", "EAGAIN", "ENOMEM"),
    "recvmsg": ("EINTR", "EAGAIN", "ENOBUFS", "ENOMEM"),
    "recvfrom": ("EINTR", "EAGAIN", "ENOBUFS", "ENOMEM"),
    "open": ("EINTR", "EMFILE", "ENOMEM", "EACCES"),
    "openat": ("EINTR", "EMFILE", "ENOMEM", "EACCES"),
    "read": ("EINTR", "EAGAIN", "EIO"),
    "write": ("EINTR", "EAGAIN", "ENOSPC"),
    "writev": ("EINTR", "EAGAIN", "ENOSPC"),
    "close": ("EINTR", "EIO", "ENOSPC"),
    "mmap": ("EAGAIN", "ENOMEM", "EPERM"),
    "brk": ("ENOMEM", "EAGAIN", "EPERM"),
    "fork": ("EAGAIN", "ENOMEM", "ENOSYS"),
    "clone": ("EAGAIN", "ENOMEM", "EPERM"),
    "execve": ("EAGAIN", "EMFILE", "ENOMEM", "EACCES"),
    "select": ("EINTR", "ENOMEM", "EBADF"),
    "poll": ("EINTR", "EAGAIN", "ENOMEM"),
    "waitid": ("EINTR", "ECHILD", "ENOMEM"),
    "wait4": ("EINTR", "ECHILD", "ENOMEM"),
    "fcntl": ("EINTR", "EAGAIN", "EMFILE", "ENOLCK"),
    "pipe2": ("EMFILE", "ENFILE", "ENOMEM"),
    "inotify_init1": ("EMFILE", "ENFILE", "ENOMEM"),
    "inotify_add_watch": ("ENOSPC", "ENOMEM", "EACCES"),
    "unlink": ("EINTR", "EBUSY", "EACCES"),
    "lstat": ("EINTR", "ENOMEM", "EACCES"),
    "stat": ("EINTR", "ENOMEM", "EACCES"),
    "getrandom": ("EINTR", "EAGAIN", "ENOSYS"),
    "sched_setscheduler": ("EINVAL", "ENOSYS", "EPERM"),
    "dup2": ("EINTR", "EBUSY", "EMFILE"),
    "kill": ("EINTR", "EPERM", "ESRCH"),
}

# No error that these can have is possible with the arguments they are given,
# or they return none.
NEVER = {
    "exit", "exit_group", "getpid", "getppid", "geteuid", "getegid", "getuid",
    "getgid", "umask", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn",
    "arch_prctl", "set_tid_address", "set_thread_area", "restart_syscall",
    "clock_gettime", "gettid", "getcwd", "uname",
}
# From here on it is a program that the daemon has started.
FOREIGN_AFTER = "execve"

# Of what we do to it so often, not of a fault.
HARMLESS = {"VN: somebody keeps removing its addresses (%d times); they are "
            "put back once a second" % n for n in (5, 8, 16, 32, 64, 128)}

CONF = """global_defs {
	script_user root
	%(security)s
	vrrp_notify_fifo %(home)s/fifo
}
vrrp_script chk {
	script %(home)s/check
	interval 0.2
	timeout 2
	weight -10
	%(user)s
}
track_file number {
	file %(home)s/number
	weight 1
}
vrrp_instance V4 {
	interface eth0
	virtual_router_id 51
	priority 100
	version 3
	advert_int 0.1
	garp_master_delay 1
	track_script {
		chk
	}
	track_file {
		number
	}
	notify "%(home)s/note V4"
	virtual_ipaddress {
		10.10.1.3/24
	}
}
vrrp_instance V6 {
	interface eth0
	virtual_router_id 52
	priority 100
	version 3
	advert_int 0.1
	virtual_ipaddress {
		fe80::3/64
		2001:db8::3/64
	}
}
"""
MORE = """vrrp_instance V3 {
	interface eth1
	virtual_router_id 53
	priority 90
	version 3
	advert_int 0.1
	notify "%(home)s/note V3"
	virtual_ipaddress {
		10.10.2.5/24
	}
}
"""
VIPS = ("10.10.1.3", "fe80::3", "2001:db8::3")
VRIDS = (51, 52)


def run(*words):
    return subprocess.run(words, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False, text=True)


def must(*words):
    result = run(*words)
    if result.returncode:
        sys.exit("%s: %s" % (" ".join(words), result.stdout))
    return result.stdout


def inside(*words):
    return must("ip", "netns", "exec", SPACE, *words)


def wait_for(condition, limit=LIMIT):
    """Ask every 10 ms until it holds; whether it did within the limit."""
    end = time.monotonic() + limit
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def text_of(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def plain(line):
    """A line of the log without what is new each time."""
    return re.sub(r"\d+", "N", re.sub(r"^\S+T\S+Z ", "", line))


def place(name, text, mode=0o644):
    """Put a file into HOME in one step."""
    path = os.path.join(HOME, name)
    with open(path + ".new", "w", encoding="ascii") as file:
        file.write(text)
    os.chmod(path + ".new", mode)
    os.rename(path + ".new", path)


class Lan(threading.Thread):
    """The other end of the cable: sees what the daemon sends, and when."""

    def __init__(self):
        super().__init__(daemon=True)
        must("ip", "netns", "add", SPACE)
        for number, name in enumerate(("lan", "other")):
            inner = "eth%d" % number
            must("ip", "link", "add", name, "type", "veth", "peer", "name",
                 inner, "netns", SPACE)
            for words in (("set", inner, "addrgenmode", "none"),
                          ("set", inner, "up")):
                must("ip", "-n", SPACE, "link", *words)
            must("ip", "link", "set", name, "addrgenmode", "none")
            must("ip", "link", "set", name, "up")
        for words in (("10.10.1.1/24", "dev", "eth0"),
                      ("fe80::1/64", "dev", "eth0", "nodad"),
                      ("10.10.2.1/24", "dev", "eth1")):
            must("ip", "-n", SPACE, "addr", "add", *words)
        must("ip", "-n", SPACE, "link", "set", "lo", "up")
        must("ip", "addr", "add", "10.10.1.9/24", "dev", "lan")
        self.adverts = collections.deque(maxlen=4096)
        self.claims = collections.deque(maxlen=4096)
        self.taps = [self.tap("lan"), self.tap("other")]
        self.start()

    @staticmethod
    def tap(name):
        tap = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                            socket.htons(3))
        tap.bind((name, 3))
        return tap

    def run(self):
        import select
        while True:
            for tap in select.select(self.taps, [], [])[0]:
                try:
                    frame, address = tap.recvfrom(2048)
                except OSError:                 # the cable is pulled
                    continue
                if address[2] != 4:             # PACKET_OUTGOING: forged
                    self.note(time.monotonic(), frame)

    def note(self, when, frame):
        kind = frame[12:14]
        if kind == b"\x08\x00" and frame[23] == 112:
            self.adverts.append((when, frame[35], frame[36]))
        elif kind == b"\x86\xdd" and frame[20] == 112:
            self.adverts.append((when, frame[55], frame[56]))
        elif kind == b"\x08\x06":
            self.claims.append((when, socket.inet_ntoa(frame[28:32])))
        elif kind == b"\x86\xdd" and frame[20] == 58 and frame[54] == 136:
            self.claims.append((when, socket.inet_ntop(
                socket.AF_INET6, frame[62:78])))

    def heard(self, vrid, since, priority=None):
        """How many advertisements of a virtual router since then."""
        return sum(1 for when, one, value in list(self.adverts)
                   if one == vrid and when >= since and
                   (value == priority or priority is None and value > 0))

    def claimed(self, since):
        return {address for when, address in list(self.claims)
                if when >= since}


def addresses():
    """What the daemon's machine has."""
    return set(re.findall(r"inet6? ([0-9a-f.:]+)/",
                          run("ip", "-n", SPACE, "-o", "addr").stdout))


def forge(**fields):
    run(sys.executable, FORGE, "lan", *["%s=%s" % pair for pair in
                                        fields.items()])


class Daemon:
    """vrrpd, with its log, and strace around it when asked for."""

    def __init__(self, program, lan):
        self.program, self.lan = program, lan
        self.process = self.tracer = None
        self.pid = 0
        self.log = os.path.join(HOME, "log")
        self.trace = os.path.join(HOME, "trace")
        self.usual = set()

    # -- processes --

    def strace(self, fault):
        """The command; what the daemon starts is left alone by a fault of its
        own."""
        words = ["strace", "-qq", "-o", self.trace, "-e", "signal=none"]
        if fault is None or fault.child:
            words.append("-f")
        if fault is not None:
            words += ["-e", "trace=" + fault.call, "-e",
                      "inject=%s:error=%s:when=%d" % fault[:3]]
        return words

    def start(self, *options, traced=False, fault=None):
        """In the foreground unless it is told --background."""
        words = ["ip", "netns", "exec", SPACE]
        if traced:
            words += self.strace(fault)
        words += [self.program, "-f", HOME + "/conf", "-p", HOME + "/pid"]
        words += options or ("-n", "-l")
        for name in ("log", "notes", "runs", "pid", "fifo", "trace"):
            if os.path.exists(os.path.join(HOME, name)):
                os.unlink(os.path.join(HOME, name))
        place("number", "0\n")
        place("runs", "", 0o666)
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(words, stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log)
        self.pid = 0

    def find(self):
        """The daemon's pid, 0: there is none.  What it has just forked runs
        the same program, but has a later pid."""
        if not self.pid or not self.is_daemon(self.pid):
            self.pid = min((int(name) for name in os.listdir("/proc")
                            if name.isdigit() and self.is_daemon(name)),
                           default=0)
        return self.pid

    def is_daemon(self, pid):
        try:
            return os.readlink("/proc/%s/exe" % pid) == self.program
        except OSError:
            return False

    def alive(self):
        return bool(self.find())

    def attach(self, fault=None):
        """Trace the running daemon from now on."""
        self.tracer = subprocess.Popen(
            self.strace(fault) + ["-p", str(self.pid)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        return wait_for(lambda: not re.search(
            r"TracerPid:\t0$", text_of("/proc/%d/status" % self.pid), re.M))

    def detach(self):
        if self.tracer is not None:
            self.tracer.send_signal(signal.SIGINT)
            self.tracer.wait()
            self.tracer = None

    def gone(self):
        """Whether it will not serve any more; it may not be there yet."""
        ended = self.process is None or self.process.poll() is not None
        return ended and not self.alive()

    def end(self):
        """Whatever its state: nothing of it is left after this."""
        if self.find():
            os.kill(self.pid, signal.SIGKILL)
        self.detach()
        if self.process is not None:
            try:
                self.process.wait(2)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None
        for vip in VIPS + ("10.10.2.5",):
            for name in ("eth0", "eth1"):
                run("ip", "-n", SPACE, "addr", "del", vip, "dev", name)

    # -- judgements --

    def serves(self, since=None, vrids=VRIDS, vips=VIPS):
        """Has its addresses, and advertises at the pace it should."""
        def held():
            return set(vips) <= addresses()

        def spoken():
            now = time.monotonic()
            return all(self.lan.heard(vrid, now - 5 * INTERVAL) >= 3
                       for vrid in vrids)
        if not wait_for(lambda: held() and spoken() or self.gone()):
            return False
        return self.alive()

    def lines(self):
        """Lines of the log that a play without faults does not have."""
        return [line for line in map(plain, text_of(self.log).splitlines())
                if line not in self.usual | HARMLESS]


Verdict = collections.namedtuple("Verdict", "word detail")
# The n-th of this call of a process fails with this error.
Fault = collections.namedtuple("Fault", "call error n child")


class Phase:
    """Something that happens to a daemon that serves."""
    name, restart = "", False

    def prepare(self, d):
        """Before the trace."""

    def act(self, d):
        """Do it; the list of what has not come about after a while."""
        raise NotImplementedError

    def repair(self, d):
        """Without faults now: bring it back; the list of what stays wrong."""
        return []


def missing(**conditions):
    """The names of those that do not come true within the limit."""
    return [name for name, condition in conditions.items()
            if not wait_for(condition, 2.5)]


class Service(Phase):
    """A weaker router speaks, a tracked file changes, an address is stolen."""
    name = "service"

    def act(self, d):
        since = time.monotonic()
        forge(priority=50)
        place("number", "5\n")
        run("ip", "-n", SPACE, "addr", "del", "10.10.1.3/24", "dev", "eth0")
        return missing(
            priority=lambda: d.lan.heard(51, since, 105) > 0,
            address=lambda: "10.10.1.3" in addresses())

    def repair(self, d):
        since = time.monotonic()
        place("number", "0\n")
        return missing(file=lambda: d.lan.heard(51, since, 100) > 0)


class Takeover(Phase):
    """A better router comes and goes; then the cable does."""
    name = "takeover"

    def act(self, d):
        notes = HOME + "/notes"
        os.path.exists(notes) and os.unlink(notes)
        forge(priority=200, interval=10, times=4, every=0.05)
        lost = missing(yielded=lambda: "BACKUP" in text_of(notes))
        since = time.monotonic()
        lost += missing(
            adverts=lambda: d.lan.heard(51, since) > 2,
            claim=lambda: "10.10.1.3" in d.lan.claimed(since),
            notify=lambda: "MASTER" in text_of(notes))
        return lost


class Link(Phase):
    """The cable is pulled, and put back."""
    name = "link"

    def act(self, d):
        notes = HOME + "/notes"
        os.path.exists(notes) and os.unlink(notes)
        run("ip", "link", "set", "lan", "down")
        lost = missing(fault=lambda: "FAULT" in text_of(notes),
                       removed=lambda: "10.10.1.3" not in addresses())
        since = time.monotonic()
        run("ip", "link", "set", "lan", "up")
        lost += missing(
            adverts=lambda: d.lan.heard(51, since) > 2,
            six=lambda: d.lan.heard(52, since) > 2,
            claim=lambda: {"10.10.1.3", "2001:db8::3"} <=
            d.lan.claimed(since),
            notify=lambda: "MASTER" in text_of(notes))
        return lost


class Scripts(Phase):
    """A check fails, and succeeds again."""
    name = "scripts"

    def act(self, d):
        since = time.monotonic()
        os.unlink(HOME + "/good")
        lost = missing(failure=lambda: d.lan.heard(51, since, 90) > 0)
        since = time.monotonic()
        place("good", "")
        return lost + missing(
            success=lambda: d.lan.heard(51, since, 100) > 0)

    def repair(self, d):
        since = time.monotonic()
        return missing(later=lambda: d.lan.heard(51, since, 100) > 0)


class Reload(Phase):
    """An instance on another interface is added."""
    name = "reload"
    conf, wrong = CONF + MORE, CONF

    def prepare(self, d):
        self.configure(d, self.wrong)

    @staticmethod
    def configure(d, text):
        """Have it read this, without faults."""
        place("conf", text % d.fields)
        since = text_of(d.log).count("was reloaded")
        os.kill(d.pid, signal.SIGHUP)
        return wait_for(lambda: text_of(d.log).count("was reloaded") > since)

    def came(self, d):
        since = time.monotonic()
        return missing(
            address=lambda: ("10.10.2.5" in addresses()) ==
            (self.conf != CONF),
            adverts=lambda: self.conf == CONF or
            d.lan.heard(53, since) > 2)

    def act(self, d):
        place("conf", self.conf % d.fields)
        said = "running one stays"
        before = text_of(d.log).count(said)
        good = text_of(d.log).count("was reloaded")
        os.kill(d.pid, signal.SIGHUP)
        wait_for(lambda: text_of(d.log).count(said) > before or
                 text_of(d.log).count("was reloaded") > good)
        if text_of(d.log).count(said) > before:
            return ["REFUSED"]
        return self.came(d)

    def repair(self, d):
        if not self.configure(d, self.conf):
            return ["second reload"]
        return self.came(d)


class Reduce(Reload):
    """That instance is removed."""
    name = "reduce"
    conf, wrong = CONF, CONF + MORE


class Dumps(Phase):
    """It is asked for its state."""
    name = "dumps"
    files = {signal.SIGUSR1: "keepalived.data",
             signal.SIGUSR2: "keepalived.stats", 36: "keepalived.json"}

    def act(self, d):
        lost = []
        for number, name in self.files.items():
            path = os.path.join("/tmp", name)
            os.path.exists(path) and os.unlink(path)
            os.kill(d.pid, number)
            lost += missing(**{name: lambda p=path: "V6" in text_of(p)})
        lost += ["left " + name for name in os.listdir("/tmp")
                 if name.startswith("keepalived.") and
                 name not in self.files.values()]
        for name in os.listdir("/tmp"):
            if name.startswith("keepalived."):
                os.unlink(os.path.join("/tmp", name))
        return lost


class Stop(Phase):
    """It is told to end."""
    name, restart = "stop", True

    def act(self, d):
        since = time.monotonic()
        os.kill(d.pid, signal.SIGTERM)
        if not wait_for(lambda: not d.alive(), EXIT_LIMIT):
            return ["THE END"]
        return missing(
            addresses=lambda: not set(VIPS) & addresses(),
            goodbye=lambda: d.lan.heard(51, since, 0) > 0,
            goodbye6=lambda: d.lan.heard(52, since, 0) > 0,
            pid=lambda: not os.path.exists(HOME + "/pid"),
            fifo=lambda: not os.path.exists(HOME + "/fifo"))


def abilities(d):
    """What a daemon that has started and serves cannot do, of what it should.
    """
    since = time.monotonic()
    place("number", "5\n")
    lost = missing(
        pid=lambda: text_of(HOME + "/pid").strip() == str(d.pid),
        fifo=lambda: os.path.exists(HOME + "/fifo"),
        notify=lambda: "V4 INSTANCE V4 MASTER" in text_of(HOME + "/notes"),
        check=lambda: text_of(HOME + "/runs").count("\n") > 1,
        file=lambda: d.lan.heard(51, since, 105) > 0)
    since = time.monotonic()
    forge(priority=200, interval=10, times=4, every=0.05)
    lost += missing(hears=lambda: "BACKUP" in
                    text_of(HOME + "/notes").split("MASTER", 1)[-1])
    return lost


class Sweep:
    """Plays the phases, without faults and with each."""

    def __init__(self, options, lan):
        self.options, self.lan = options, lan
        self.d = Daemon(options.program, lan)
        self.d.fields = {
            "home": HOME, "security": "enable_script_security",
            "user": "user nobody"}
        if text_of("/proc/self/uid_map").split()[2] == "1":
            self.d.fields.update(security="", user="")
        self.calls = 0              # of the play without faults
        self.seen = set()           # shapes at start

    # -- one play --

    def ready(self):
        """A daemon that serves, has no trace on it, and may still log much:
        the log takes 100 lines at once."""
        d = self.d
        if d.alive() and d.tracer is None and d.serves() and \
                len(d.lines()) < 60:
            return
        d.end()
        place("conf", CONF % d.fields)
        d.start()
        if not d.serves():
            sys.exit("vrrpd does not serve even without faults:\n" +
                     text_of(d.log))
        wait_for(lambda: "MASTER" in text_of(HOME + "/notes"))

    def play(self, phase, fault=None):
        """One phase that happens to a running daemon: the Verdict."""
        d = self.d
        self.ready()
        phase.prepare(d)
        before = len(d.lines())
        if not d.attach(fault):
            return Verdict("FAILED", "strace did not attach")
        lost = phase.act(d)
        d.detach()
        said = d.lines()[before:]
        if phase.restart:
            if d.alive():
                d.end()
                return Verdict("FAILED", "it does not end")
            code = d.process.wait()
            d.end()
            if code:
                return Verdict("FAILED", "exit status %d" % code)
            return self.judge(lost, said)
        if "REFUSED" in lost and not said:
            said = ["running one stays"]
        if not d.serves():
            return Verdict("FAILED", "ended: %s, addresses %s" % (
                d.process.poll(), " ".join(sorted(addresses()))))
        wrong = phase.repair(d)
        if wrong or not d.serves():
            return Verdict("FAILED", "later still wrong: " +
                           " ".join(wrong))
        return self.judge(lost, said)

    def play_start(self, background, fault=None):
        """A daemon started under strace: the Verdict."""
        d = self.d
        d.end()
        place("conf", CONF % d.fields)
        d.start(*(("-G", "-g" + d.log) if background else ()), traced=True,
                fault=fault)
        code = self.started()
        if code is not None and (code or not background):
            said = d.lines()
            left = os.path.exists(HOME + "/pid") and "a pid file is left"
            d.end()
            if code == 0 or code > 6:
                return Verdict("FAILED", "exit status %d: %s" %
                               (code, " ".join(said)))
            if not said:
                return Verdict("FAILED", "no message, status %d" % code)
            return Verdict("refused", "%d %s %s" % (code, said[-1],
                                                    left or ""))
        if not d.serves():
            return Verdict("FAILED", "alive %s, does not serve; log: %s" %
                           (d.alive(), " ".join(d.lines())))
        lost = abilities(d)
        if not d.serves():
            return Verdict("FAILED", "does not serve any more")
        lost += Stop().act(d)
        said = d.lines()                # also what it said of its end
        if "THE END" not in lost and not background and d.process.wait():
            return Verdict("FAILED", "exit status %d of one that serves" %
                           d.process.wait())
        return self.judge(lost, said)

    def started(self):
        """Its exit status, or None once it serves."""
        since = time.monotonic()
        wait_for(lambda: self.d.process.poll() is not None or
                 self.lan.heard(51, since) > 2)
        return self.d.process.poll()

    @staticmethod
    def judge(lost, said):
        if "THE END" in lost:
            return Verdict("FAILED", "it does not end")
        if "REFUSED" in lost:
            return Verdict("refused", said[-1])
        if lost and not said:
            return Verdict("FAILED", "lost silently: " + " ".join(lost))
        if said:
            return Verdict("reported", "%s [%s]" % (said[-1],
                                                    " ".join(lost)))
        return Verdict("done", "")

    # -- the list --

    def entries(self):
        """(process, call, arguments) in order, from the trace."""
        for line in text_of(self.d.trace).splitlines():
            found = re.match(r"(\d+) +(\w+)\((.*)", line)
            if found:
                yield found.groups()

    @staticmethod
    def shape(call, arguments):
        """What makes two calls the same for us."""
        constants = re.findall(r"\b[A-Z][A-Z0-9_]{3,}\b", arguments)
        paths = [re.sub(r"\.[0-9a-f]{8}$", "", path)
                 for path in re.findall(r'"(/[^"]*)"', arguments)]
        number = re.match(r"\d{1,2}\b", arguments)
        return (call, number.group() if number else "", *constants[:6],
                *paths)

    def sites(self, name):
        """[(call, n, child)]: one of each shape, the n-th of its process.  In
        the background, those that it has not in the foreground."""
        counts = collections.Counter()
        seen, foreign, result = set(), set(), []
        main = None
        for process, call, arguments in self.entries():
            started = main is None and call == FOREIGN_AFTER
            main = main or process
            counts[process, call] += 1
            if process in foreign or call in NEVER or started:
                continue
            child = process != main
            if call == FOREIGN_AFTER:
                foreign.add(process)
            shape = (child, self.shape(call, arguments))
            if shape in seen or name == "background" and \
                    shape[1] in self.seen:
                continue
            seen.add(shape)
            if name == "start":
                self.seen.add(shape[1])
            result.append((call, counts[process, call], child))
        return list(dict.fromkeys(result))

    # -- all of it --

    def sweep(self, name, play):
        """Every site of a phase with every error of it."""
        d = self.d
        d.end()                         # its log tells of other faults
        d.usual = set()
        for _ in range(3):              # what is seen now and then is usual
            verdict = play(None)
            d.usual |= set(map(plain, text_of(d.log).splitlines()))
        if verdict.word == "FAILED":
            sys.exit("%s fails without faults: %s" % (name, verdict.detail))
        sites = self.sites(name)
        self.calls = sum(1 for _ in self.entries())
        for call, n, child in sites:
            errors = ERRORS.get(call, PLAUSIBLE)
            if self.options.short and name == "start":
                errors = errors[:1]
            for error in errors:
                if self.wanted(name, call, n, error):
                    self.inject(name, play, Fault(call, error, n, child))

    def wanted(self, name, call, n, error):
        key = "%s/%s" % (name, call)
        if self.options.only and not key.startswith(self.options.only):
            return False
        if self.options.short and key not in SHORT:
            return False
        part, parts = self.options.part
        return zlib.crc32(("%s %d %s" % (key, n, error)).encode()) % \
            parts == part - 1

    def inject(self, name, play, fault):
        verdict = play(fault)
        if verdict.word == "FAILED":
            self.d.end()
        hits = text_of(self.d.trace).count("(INJECTED)")
        count = sum(1 for _ in self.entries())
        if not hits and verdict.word != "FAILED":
            verdict = Verdict("missed", "")
        if count > 3 * self.calls + 500:
            verdict = Verdict("FAILED", "%d calls, %d without fault" %
                              (count, self.calls))
        print(name, fault.call, "%d%s" % (fault.n, "c" * fault.child),
              fault.error, verdict.word, verdict.detail, flush=True)
        if verdict.word == "FAILED" and self.options.verbose:
            print(text_of(self.d.log))
            print("".join(re.findall(r".*INJECTED.*\n",
                                     text_of(self.d.trace))))

    def all(self):
        plays = {"start": lambda fault: self.play_start(False, fault),
                 "background": lambda fault: self.play_start(True, fault)}
        for kind in (Service, Takeover, Link, Scripts, Reload, Reduce, Dumps,
                     Stop):
            plays[kind.name] = lambda fault, phase=kind(): \
                self.play(phase, fault)
        for name, play in plays.items():
            if self.options.only and \
                    name != self.options.only.split("/")[0]:
                continue
            if self.options.short and not any(
                    key.startswith(name + "/") for key in SHORT):
                continue
            self.sweep(name, play)
        self.d.end()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--part", default="1/1")
    parser.add_argument("--only", default="")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    os.makedirs(HOME, exist_ok=True)
    options.program = shutil.copy(options.program, HOME)
    options.part = [int(n) for n in options.part.split("/")]
    place("good", "")
    place("check", "#!/bin/sh\necho x >>%s/runs\n[ -e %s/good ]\n" %
          (HOME, HOME), 0o755)
    place("note", "#!/bin/sh\necho \"$@\" >>%s/notes\n" % HOME, 0o755)
    Sweep(options, Lan()).all()


main()
