"""Break the core of vrrpd.c one place at a time and see whether a test notices.

    mutate.py [PATTERN,...]     functions, or chapters, that match
                                (Machine,Policy)

All mutants go into one scratch copy of vrrpd.c: a function with mutants gets a
copy for each, and calls the one that the environment names (MUTANT=number).
Thus each test program is built once and run once a mutant; it ends at the first
check that fails, and the one that found the last mutant runs first.  What does
not compile is no mutant.  Prints the survivors and the figures; the exit status
tells whether a survivor is left that mutate.equal does not explain.

Mutants: comparisons, arithmetic, bits, constants, enumerators, conditions
replaced by their outcome, branches swapped, statements left out; in the table
of transitions every next state and every action.
"""
import fnmatch
import glob
import itertools
import os
import re
import resource
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

BUILD = "build/mutate"
# What is broken in which chapter, and the tests that must notice.
CHAPTERS = {
    "Wire": ("*", ["wire", "bfd", "auth", "policy", "router"]),
    "Netlink": ("*", ["netlink", "entries", "router", "vmac"]),
    "Machine": ("*", ["machine", "bfd", "policy", "router"]),
    "Policy": ("*", ["policy", "router", "edges", "auth", "status", "vmac",
                     "trackers", "peers"]),
    "Router": ("*", ["margins", "turns", "links", "interfaces", "dumps",
                     "entries", "sources", "works", "building", "ending",
                     "reload", "policy", "router", "edges", "rare", "vmac",
                     "bfd", "auth", "status", "trackers", "netlink", "peers",
                     "simfound"]),
}
COPY = BUILD + "/vrrpd.c"
COMPILER = ["gcc", "-std=gnu11", "-D_GNU_SOURCE", "-w", "-O0",
            "-fmax-errors=0", "-include", "stdlib.h"]
SANITIZED = ".sanitized"
SANITIZE = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
DEFAULT = "Machine,Policy"
SECONDS = 2                 # of processor time that a run may take
# Their sentences are for people; what they say is not judged word by word.
SPOKEN = {"effect_log", "text_format", "text_string"}
# check.h: the first check that fails is the last.
QUIET, QUITS = "\treturn good;\n", "\tif (!good)\n\t\texit(1);\n\treturn 1;\n"
CLOCK = itertools.count(1)
FOUND = {}                  # when each test last found a mutant

TOKEN = re.compile(r"""
    (?P<blank>\s+|/\*.*?\*/)
  | (?P<text>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')
  | (?P<number>0[xX][0-9a-fA-F]+[uUlL]*|[0-9]+[uUlL]*)
  | (?P<name>[A-Za-z_]\w*)
  | (?P<sign><<=|>>=|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|.)
  """, re.X | re.S)

# A binary operator and what may stand there in its place.
OPERATORS = {
    "<": ["<=", ">="], "<=": ["<", ">"], ">": [">=", "<="], ">=": [">", "<"],
    "==": ["!="], "!=": ["=="], "+": ["-"], "-": ["+"], "*": ["/"],
    "/": ["*"], "%": ["*"], "<<": [">>"], ">>": ["<<"], "&": ["|"],
    "|": ["&"], "+=": ["-="], "-=": ["+="], "|=": ["&=", "="],
    "&=": ["|=", "="], "++": ["--"], "--": ["++"],
}
NAMES = {
    "true": ["false"], "false": ["true"], "NEVER": ["0"], "NONE": ["0"],
    "usec_min": ["usec_max"], "usec_max": ["usec_min"],
    "SECOND_US": ["MS_US"], "MS_US": ["SECOND_US"],
}
TYPES = {"struct", "const", "enum", "bool", "int", "char", "size_t", "usec_t",
         "static", "unsigned", "uint8_t", "uint16_t", "uint32_t", "uint64_t",
         "int16_t", "int32_t", "int64_t", "va_list", "union", "long"}
BOUNDS = {"&&", "||", "?", ":", ",", ";", "=", "return", "{", "}"}


class Token:
    def __init__(self, kind, text, start):
        self.kind, self.text, self.start = kind, text, start
        self.end = start + len(text)
        self.partner = None     # index of the bracket that belongs to this one


def tokens_of(text):
    """The tokens without blanks and comments, brackets joined in pairs."""
    found, opened = [], []
    for match in TOKEN.finditer(text):
        if match.lastgroup == "blank":
            continue
        found.append(Token(match.lastgroup, match.group(), match.start()))
        if match.group() in ("(", "[", "{"):
            opened.append(len(found) - 1)
        elif match.group() in (")", "]", "}"):
            partner = opened.pop()
            found[-1].partner = partner
            found[partner].partner = len(found) - 1
    return found


class Mutant:
    """One change: `text` instead of what stands from start to end."""

    def __init__(self, where, body, start, end, text):
        before = body[start:end]
        line_start = body.rfind("\n", 0, start) + 1
        line_end = body.find("\n", end)
        if line_end < 0:
            line_end = len(body)
        self.body = body[:start] + text + body[end:]
        nth = body.count(before, line_start, start) + 1
        line = " ".join(body[line_start:line_end].split())
        before = " ".join(before.split())
        self.name = "%s: %s -> %s @%d %s" % (
            where, before, " ".join(text.split()) or "nothing", nth, line)
        rows = [" ".join(row.split()) for row in
                body[:line_start].splitlines()]
        if line in rows:        # the same once more: which
            self.name += " (%d)" % (rows.count(line) + 1)
        self.where = where
        self.number = 0
        self.tests = []


def operand(tokens, at, step):
    """The index of the last token of the operand beside operator `at`."""
    i = at + step
    while 0 <= i < len(tokens):
        token = tokens[i]
        if token.partner is not None:
            inward = token.text in "([{" if step > 0 else token.text in ")]}"
            if not inward:
                break
            i = token.partner
        elif token.text in BOUNDS:
            break
        i += step
    return i - step


def declared(tokens, i):
    """Whether token i is in a declaration, before its initial value."""
    while i >= 0 and tokens[i].text not in (";", "{", "}"):
        if tokens[i].text in ("=", "("):
            return False
        i -= 1
    return tokens[i + 1].text in TYPES


def swaps(tokens, i, siblings):
    """What may replace token i by itself."""
    token = tokens[i]
    last = tokens[i - 1] if i > 0 else None
    if token.kind == "name":
        if token.text in NAMES:
            return NAMES[token.text]
        return [siblings[token.text]] if token.text in siblings else []
    if token.kind == "number":
        if declared(tokens, i):
            return []
        value = int(token.text.rstrip("uUlL"), 0)
        return [str(v) for v in (value + 1, value - 1) if v >= 0]
    binary = last and (last.kind in ("name", "number") or
                       last.text in (")", "]")) and last.text != "return"
    if token.text in ("!", "~") or (token.text == "-" and not binary):
        return [""]
    if token.text in ("++", "--"):
        return OPERATORS[token.text]
    if binary and token.text == "*" and declared(tokens, i):
        return []
    return OPERATORS.get(token.text, []) if binary else []


def conditions(tokens, body):
    """(start, end, text) of operands of && and || replaced by an outcome, of
    conditions turned round, and of the branches of ?: alone."""
    for i, token in enumerate(tokens):
        if token.text in ("&&", "||"):
            text = "1" if token.text == "&&" else "0"
            for step in (-1, 1):
                last = operand(tokens, i, step)
                first, last = min(i + step, last), max(i + step, last)
                yield tokens[first].start, tokens[last].end, text
        elif token.text == "if":
            first, last = tokens[i + 1], tokens[tokens[i + 1].partner]
            inside = body[first.start:last.end]
            if not re.search(r"==|!=|&&|\|\||[^-<>][<>][^<>]", inside):
                yield first.start, last.end, "(!%s)" % inside
        elif token.text == "?":
            colon = operand(tokens, i, 1) + 1
            if tokens[colon].text != ":":
                continue
            last = colon
            while tokens[last].text in (":", "?"):
                last = operand(tokens, last, 1) + 1
            middle = body[tokens[i].end:tokens[colon].start]
            other = body[tokens[colon].end:tokens[last].start]
            yield token.start, tokens[last].start, "? (%s) : (%s)" % (
                other, middle)


def statements(tokens):
    """(start, end) of every simple statement but declarations and returns of
    a value."""
    i = 0
    while i < len(tokens):
        token = tokens[i]
        if token.text in ("if", "for", "while", "switch"):
            i = tokens[i + 1].partner + 1
            continue
        if token.text in ("{", "}", ";", "else", "do"):
            i += 1
            continue
        last = i
        while tokens[last].text not in (";", "{", "}"):
            if tokens[last].text in "([":
                last = tokens[last].partner
            elif tokens[last].text == ":" and token.text in ("case",
                                                             "default"):
                break
            last += 1
        if tokens[last].text == ";" and token.text not in TYPES | SPOKEN and (
                token.text != "return" or last == i + 1):
            yield token.start, tokens[last].start
        i = last + 1


def mutants_of(where, body, siblings, whole=True):
    """Every mutant of a piece of code."""
    tokens = tokens_of(body)
    for i, token in enumerate(tokens):
        if token.kind == "text":
            continue
        for text in swaps(tokens, i, siblings):
            yield Mutant(where, body, token.start, token.end, text)
    for start, end, text in conditions(tokens, body):
        yield Mutant(where, body, start, end, text)
    if whole:
        for start, end in statements(tokens):
            yield Mutant(where, body, start, end, "")


def siblings_of(header):
    """Each enumerator's next neighbour."""
    found = {}
    for match in re.finditer(r"\benum\s+\w+\s*\{(.*?)\}", header, re.S):
        inside = re.sub(r"/\*.*?\*/|=[^,}]*", "", match.group(1), flags=re.S)
        names = re.findall(r"\b[A-Z]\w+\b", inside)
        names = [n for n in names if not re.search(r"(KINDS|STATES|EVENTS)$",
                                                   n)]
        for one, two in zip(names, names[1:] + names[:1]):
            if one != two and not one.startswith("LOG_LEVEL"):
                found[one] = two
    return found


class Scratch:
    """The copy of vrrpd.c that holds all mutants."""

    def __init__(self, source, header, pattern):
        self.siblings = siblings_of(header)
        self.header = header
        self.pattern = pattern
        # A macro in a table must stay a constant.
        self.constant = set(re.findall(r"\w+", " ".join(re.findall(
            r"^\s*static const [^;]*;", source, re.M))))
        self.pieces = []        # text, or (piece of code, its mutants)
        self.mutants = []
        chapter, at = "", 0
        for match in re.finditer(
                r"/\* ==== \d+\. (?P<chapter>\w+) ==== \*/"
                r"|^#define[ \t]+(?P<macro>\w+)[ \t]+"
                r"(?P<value>(?:[^\n\\/]|\\\n|/(?!\*))*)"
                r"|^static const struct transition transitions.*?^\};\n"
                r"|^static [^;{}=#]*?^(?P<name>\w+)\([^{};]*\)\n\{.*?^\}\n",
                source, re.S | re.M):
            if match.group("chapter"):
                chapter = match.group("chapter")
            elif chapter not in CHAPTERS:
                continue
            else:
                self.pieces.append(source[at:match.start()])
                self.pieces.append(self.piece(match, chapter))
                at = match.end()
        self.pieces.append(source[at:])
        for number, mutant in enumerate(self.mutants, 1):
            mutant.number = number

    def piece(self, match, chapter):
        """One definition with its mutants."""
        text = match.group()
        names, tests = CHAPTERS[chapter]
        name = match.group("name") or match.group("macro") or "transitions"
        mutants = []
        if names == "*" and name == "transitions":
            mutants = list(self.table(text))
        elif match.group("macro"):
            value = match.group("value").rstrip()
            if names == "*" and name not in self.constant:
                mutants = list(mutants_of(name, value, self.siblings, False))
        elif fnmatch.fnmatch(name, names) and "..." not in text:
            body = text.index("\n{") + 1
            mutants = list(mutants_of(name, text[body:], self.siblings))
        if not any(fnmatch.fnmatch(one, pattern) for one in (name, chapter)
                   for pattern in self.pattern.split(",")):
            mutants = []
        for mutant in mutants:
            mutant.tests = tests
        self.mutants += mutants
        return (match, name, mutants)

    def table(self, text):
        """Every next state and every action bit of every cell."""
        present = {}
        for state, cells in re.findall(r"\n\t\[(\w+)\] = \{(.*?)\n\t\},", text,
                                       re.S):
            for event, then in re.findall(r"\[(\w+)\] = \{ (\w+),", cells):
                present[state, event] = then

        def names(prefix):
            inside = re.search(r"enum %s \{(.*?)\};" % prefix, self.header,
                               re.S).group(1)
            inside = re.sub(r"/\*.*?\*/", "", inside, flags=re.S)
            return re.findall(r"\b(?:MACHINE|ACT)_\w+", inside)
        states = names("machine_state")[:-1]
        for state in states:
            for event in names("machine_event")[:-1]:
                cell = "mutated[%s][%s]" % (state, event)
                then = present.get((state, event), "0")
                for other in ["0"] + states:
                    if other != then:
                        yield self.change(cell, "next = %s" % other)
                for action in names("machine_action") * (then != "0"):
                    yield self.change(cell, "actions ^= %s" % action)

    @staticmethod
    def change(cell, what):
        mutant = Mutant("transitions", cell, 0, 0, "")
        mutant.body = "%s.%s" % (cell, what)
        mutant.name = "transitions: " + mutant.body.replace("mutated", "")
        return mutant

    def write(self, path):
        """Writes the copy with self.mutants.  Returns for every line of it the
        mutant's number, or 0."""
        kept = set(self.mutants)
        out = ["int mutant;\n"]
        lines = [0]

        def emit(text, number=0):
            out.append(text)
            lines.extend([number] * text.count("\n"))
        for piece in self.pieces:
            if isinstance(piece, str):
                emit(piece)
                continue
            match, name, mutants = piece
            mutants = [m for m in mutants if m in kept]
            if match.group("macro"):
                emit(self.macro(match, mutants))
            elif name == "transitions":
                self.emit_table(emit, match.group(), mutants)
            else:
                self.emit_function(emit, match, mutants)
        with open(path, "w", encoding="utf-8") as file:
            file.write("".join(out))
        return lines

    @staticmethod
    def macro(match, mutants):
        text = match.group()
        value = match.group("value").rstrip()
        if not mutants:
            return text
        chosen = "(%s)" % value
        for mutant in mutants:
            chosen = "(mutant == %d ? (%s) : %s)" % (mutant.number,
                                                     mutant.body, chosen)
        return text[:match.start("value") - match.start()] + chosen

    @staticmethod
    def emit_table(emit, text, mutants):
        emit(text)
        emit("static struct transition mutated[MACHINE_STATES]"
             "[MACHINE_EVENTS];\n"
             "extern char *getenv(const char *);\n"
             "extern int atoi(const char *);\n"
             "__attribute__((constructor)) static void\n"
             "mutant_start(void)\n{\n"
             "const char *number = getenv(\"MUTANT\");\n"
             "mutant = number == NULL ? 0 : atoi(number);\n"
             "memcpy(mutated, transitions, sizeof(mutated));\n"
             "switch (mutant) {\n")
        for mutant in mutants:
            emit("case %d: %s; break;\n" % (mutant.number, mutant.body))
        emit("}\n}\n#define transitions mutated\n")

    @staticmethod
    def emit_function(emit, match, mutants):
        text, name = match.group(), match.group("name")
        if not mutants:
            emit(text)
            return
        body = text.index("\n{") + 1
        head = text[:body]
        parameters = head[head.rindex("\n%s(" % name) + len(name) + 2:]
        parameters = parameters[:parameters.rindex(")")]
        arguments = ", ".join(
            re.search(r"(\w+)(?:\[\w*\])?$", p.strip()).group(1)
            for p in parameters.split(",") if parameters.strip() != "void")
        returns = re.match(r"static\s+void\s+\w+\(", head) is None
        cases = []
        emit(head.rstrip() + ";\n")     # it may call itself
        for mutant in mutants:
            copy = "%s_%d" % (name, mutant.number)
            emit(head.replace("\n%s(" % name, "\n%s(" % copy) + mutant.body,
                 mutant.number)
            cases.append("case %d: %s%s(%s);%s" % (
                mutant.number, "return " if returns else "", copy, arguments,
                "" if returns else " return;"))
        emit(head + "{\nswitch (mutant) {\n%s\n}\n" % "\n".join(cases))
        emit(text[body + 2:])


def compile_all(scratch):
    """Drops what does not compile, and builds the test programs."""
    while True:
        lines = scratch.write(COPY)
        run = subprocess.run(
            COMPILER + ["-fsyntax-only", COPY], text=True, check=False,
            stderr=subprocess.PIPE, env=dict(os.environ, LC_ALL="C"))
        bad = {lines[int(n) - 1] for n in re.findall(
            r"vrrpd\.c:(\d+):\d+: error", run.stderr)}
        if not bad:
            break
        if bad == {0}:
            sys.exit("mutate: the copy does not compile:\n" + run.stderr)
        scratch.mutants = [m for m in scratch.mutants if m.number not in bad]
    build(scratch.mutants, "")


def build(mutants, suffix, *flags):
    """Builds the test programs that these mutants need, and tries them."""
    programs = {t for m in mutants for t in m.tests}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(lambda test: subprocess.run(
            COMPILER + list(flags) + ["-o", BUILD + "/" + test + suffix,
                                      BUILD + "/test/%s.c" % test],
            check=True), programs))
    for test in programs:
        FOUND[test + suffix] = 0
        if not survives(test + suffix, 0):
            sys.exit("mutate: %s fails without any mutant" % test)


def survives(test, number):
    """Whether a test program passes with this mutant."""
    seconds = SECONDS * (10 if SANITIZED in test else 1)
    limits = {resource.RLIMIT_CPU: seconds, resource.RLIMIT_CORE: 0,
              resource.RLIMIT_FSIZE: 1 << 20}

    def limit():
        for which, much in limits.items():
            resource.setrlimit(which, (much, much))
    try:
        return subprocess.run(
            [BUILD + "/" + test], env=dict(os.environ, MUTANT=str(number)),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False,
            timeout=600 * SECONDS, preexec_fn=limit).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def killed(mutant, suffix):
    """Whether a test fails with this mutant; that test is tried first next
    time."""
    for test in sorted((test + suffix for test in mutant.tests),
                       key=FOUND.get, reverse=True):
        if not survives(test, mutant.number):
            FOUND[test] = next(CLOCK)
            return True
    return False


def alive_of(mutants, suffix):
    """Those that no test program with this suffix finds."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = pool.map(lambda mutant: killed(mutant, suffix), mutants)
        return [m for m, dead in zip(mutants, found) if not dead]


def explained(path):
    """The patterns of mutants that change nothing."""
    with open(path, encoding="utf-8") as file:
        return [line.rstrip("\n") for line in file
                if line.strip() and not line.startswith("#")]


def matches(name, pattern):
    """Whether a name is the pattern, in which * stands for anything."""
    return re.fullmatch(".*".join(re.escape(part) for part in
                                  pattern.split("*"))
                        if "*" in pattern else re.escape(pattern),
                        name) is not None


def main():
    start = time.time()
    pattern = sys.argv[1] if len(sys.argv) > 1 else DEFAULT
    os.makedirs(BUILD + "/test", exist_ok=True)
    for path in ["vrrpd.h"] + glob.glob("test/*.[ch]"):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        with open(BUILD + "/" + path, "w", encoding="utf-8") as file:
            file.write(text.replace(QUIET, QUITS))
    with open("vrrpd.c", encoding="utf-8") as file:
        source = file.read()
    with open("vrrpd.h", encoding="utf-8") as file:
        header = file.read()
    scratch = Scratch(source, header, pattern)
    functions = {m.where for m in scratch.mutants}
    compile_all(scratch)
    count = len(scratch.mutants)
    scratch.mutants = alive_of(scratch.mutants, "")
    if scratch.mutants:         # what reads too far, only these see
        scratch.write(COPY)
        build(scratch.mutants, SANITIZED, *SANITIZE)
        scratch.mutants = alive_of(scratch.mutants, SANITIZED)
    equal = explained("test/mutate.equal")
    unused = {p for p in equal if p.split(":")[0] in functions}
    alive = 0
    for mutant in scratch.mutants:
        reasons = [p for p in equal if matches(mutant.name, p)]
        unused.difference_update(reasons)
        if not reasons:
            alive += 1
            print("survived: %s" % mutant.name, flush=True)
    for line in sorted(unused):
        print("mutate.equal: no survivor is `%s'" % line)
    print("%d mutants of %s: %d killed, %d equal, %d survived; %d s" % (
        count, pattern, count - len(scratch.mutants),
        len(scratch.mutants) - alive, alive, time.time() - start))
    sys.exit(1 if alive or unused else 0)


main()
