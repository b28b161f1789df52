"""What vrrpd can log, and DIAGNOSTICS of its manual: each has all of the other.

    diagnostics.py vrrpd.c vrrpd.h vrrpd.8

Called by man.sh.  Each call in vrrpd.c that writes to the log, or to standard
error before there is one, is a message; a condition in it makes several.  What
a message is completed with (%s, %u) is a hole, in the manual one of the words
HOLES.  Where the hole is a text that the same function composed, or a word of
a list, its parts are fragments: a reason, or the end of a message.

A message without its .It -diag, a fragment that the section does not quote, an
item or a quotation that no code has: each is a line, and status 1.
Findings about a configuration are not here: test/conf has all of them.
"""
import itertools
import re
import sys

# The functions that log, with the place of the format among their arguments.
EMITTERS = {"effect_log": 2, "world_log": 2, "say": 1, "say_failure": 2}
# Others that take a format, and make something else of it: a text, a finding,
# an answer.
FORMATS = """text_vformat text_format scan_format complain supervisor_tell
    client_answer""".split()
# It logs a text that it has just composed: there is no format.
WRITER = "world_log_line"
COMPOSERS = {"text_format": 1, "text_string": 1}
# What a text to append to is called.
TEXTS = ["t"], ["&", "t"], ["why"]
# Messages without a word of their own, FILE: why, cannot be told apart; so the
# functions that log one are counted here.
PLAIN = set("""schedule_step file_diagnostics loop_dump pid_files open_log
    test_configuration awaited_run awaited_become client_file""".split())
HOLES = """ADDRESS BASE COMMAND DIRECTORY FIFO FILE GROUP INTERFACE KEYWORD
    KIND LENGTH LINK NAME N PATH REASON SPAN STATE TEXT TIME VERSION WORD X
    why on|off""".split()
HOLE = re.compile(r"(?<![A-Za-z|])(?:%s)(?![A-Za-z|])"
                  % "|".join(re.escape(h) for h in HOLES))
TOKEN = re.compile(r"""\s*("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|/\*.*?\*/
    |[A-Za-z_0-9]+|->|[-+*/%<>=!&|^~]=|[<>&|]{2}|.)""", re.X | re.S)
CONVERSION = re.compile(r"%(?:\.\*)?(?:ll|j|z)?[a-z]|%%")


def tokens(code):
    """The code as a list of tokens, without comments."""
    return [t for t in TOKEN.findall(code) if t[:2] != "/*" and t.strip()]


def functions(code):
    """Yields name, line and text of each function's body."""
    for match in re.finditer(r"^(\w+)\(.*?\)\n\{\n(.*?)^\}\n", code,
                             re.M | re.S):
        line = code.count("\n", 0, match.start(2)) + 1
        yield match[1], line, match[2]


def split(words, mark):
    """Cuts a list of tokens at a mark that no bracket encloses."""
    parts, depth = [[]], 0
    for word in words:
        depth += (word in "([{") - (word in ")]}")
        if word == mark and depth == 0:
            parts.append([])
        else:
            parts[-1].append(word)
    return parts


def calls(body, names):
    """Yields name, line within the body and arguments of calls to names."""
    for match in re.finditer(r"\b(\w+)\(", body):
        if match[1] not in names:
            continue
        words, depth = [], 1
        for found in TOKEN.finditer(body, match.end()):
            word = found[1]
            depth += (word == "(") - (word == ")")
            if depth == 0:
                break
            if word[:2] != "/*" and word.strip():
                words.append(word)
        yield match[1], body.count("\n", 0, match.start()), split(words, ",")


def conditions(words):
    """What decides about an expression: the conditions of all its ?:."""
    if words and words[0] == "(" and matching(words) == len(words) - 1:
        return conditions(words[1:-1])
    three = ternary(words)
    if not three:
        return []
    test, good, bad = three
    return [" ".join(test)] + conditions(good) + conditions(bad)


def matching(words):
    """Where the bracket that opens the list closes."""
    depth = 0
    for i, word in enumerate(words):
        depth += (word == "(") - (word == ")")
        if depth == 0:
            return i
    return len(words)


def ternary(words):
    """Cuts `test ? good : bad' in three; None if it is something else."""
    head = split(words, "?")
    if len(head) < 2:
        return None
    rest, depth = words[len(head[0]) + 1:], 0
    for i, word in enumerate(rest):
        depth += (word in ("?", "(")) - (word in (":", ")"))
        if depth < 0:
            return head[0], rest[:i], rest[i + 1:]
    return None


def chosen(words, truth):
    """What is left of an expression once each condition is true or not."""
    while True:
        if words and words[0] == "(" and matching(words) == len(words) - 1:
            words = words[1:-1]
            continue
        three = ternary(words)
        if not three:
            return words
        words = three[1] if truth.get(" ".join(three[0])) else three[2]


def unescaped(text):
    """A C string as the characters that it is."""
    text = re.sub(r"\\([0-7]{1,3})", lambda m: chr(int(m[1], 8)), text)
    return re.sub(r"\\(.)", r"\1", text)


def literal(words, defines):
    """The string that the words are, or None."""
    out = ""
    for word in words:
        word = defines.get(word, word)
        if word[0] != '"':
            return None
        out += unescaped(word[1:-1])
    return out if words else None


class Source:
    """vrrpd.c: its messages and fragments."""

    def __init__(self, code, header):
        self.code = code
        self.defines = dict(re.findall(r'^#define (\w+)\s+(".*?")', header +
                                       code, re.M))
        # Without it a message names no version that the manual could have.
        self.defines["VRRPD_VERSION"] = '"\1"'
        # Of an advertisement, which is what the log has about counters.
        self.counters = re.findall(
            r'X\((?!own_source)\w+, "\w*", "(refused: |accepted: )(.*?)"',
            header)
        self.bodies = {name: (line, body)
                       for name, line, body in functions(code)}
        # A new one could log what nobody looks for, an old one be called else.
        takes = re.findall(r"format\(printf, .*\n(\w+)\(", code)
        self.unknown = set(takes) ^ set(EMITTERS) ^ set(FORMATS) ^ {"say"}
        self.messages = {}      # line and shape: fragments
        self.fragments = {}     # shape: line
        self.plain = []         # functions with a message without words
        for name, (line, body) in self.bodies.items():
            if name not in EMITTERS:
                self.function(name, line, body)

    def shapes(self, form, arguments):
        """Each shape of a format: \\0 for a hole, \\2 for a composed text."""
        wanted = sum((conditions(a) for a in [form] + arguments), [])
        wanted = list(dict.fromkeys(wanted))
        for bits in itertools.product((True, False), repeat=len(wanted)):
            truth = dict(zip(wanted, bits))
            text = literal(chosen(form, truth), self.defines)
            if text is None:
                continue
            values = iter(arguments)
            out = CONVERSION.sub(
                lambda m: self.value(m[0], values, truth), text)
            yield out.replace("\1", "\0")

    def value(self, conversion, values, truth):
        """What stands in the place of a conversion."""
        if conversion == "%%":
            return "%"
        if ".*" in conversion:
            next(values, None)
        words = chosen(next(values, []), truth)
        text = literal(words, self.defines)
        if text is not None:
            return text
        return "\2" if words and words[0] in ("text_end", "list_item") \
            else "\0"

    def composed(self, body, line, known=()):
        """Yields line and shape of all that a function appends to a text."""
        for name, at, arguments in calls(body, COMPOSERS):
            if arguments[0] not in TEXTS:
                continue
            for shape in self.shapes(arguments[1], arguments[2:]):
                yield line + at, shape
            for words in arguments[1:]:
                yield from self.listed(body, line + at, words)
        for name, at, arguments in calls(body, self.bodies):
            if name not in known and not name.startswith("text_") and any(
                    a in TEXTS for a in arguments):
                start, inner = self.bodies[name]
                yield from self.composed(inner, start, (*known, name))

    def listed(self, body, line, words):
        """Yields line and text of each entry of a list that is used."""
        if words[:2] != ["list_item", "("]:
            return
        name = words[2]
        if name == "counter_help":
            for entry in sum(self.counters, ()):
                yield line, entry
            return
        found = re.search(r"char %s\[\] =((?:\s*\"(?:\\.|[^\"\\])*\")+);"
                          % name, body)
        text = literal(tokens(found[1]), self.defines)
        for entry in filter(None, text.split("\0")):
            yield line, entry

    def function(self, name, line, body):
        """Adds the messages and fragments of a function."""
        for emitter, at, arguments in calls(body, EMITTERS):
            form = EMITTERS[emitter]
            words = arguments[form + 1:]
            parts = [p for w in words for p in self.listed(body, line + at, w)]
            for shape in self.shapes(arguments[form], words):
                if "\2" in shape and not parts:
                    parts = list(self.composed(body, line))
                self.add(name, line + at, shape,
                         parts)
        if name == WRITER:
            parts = list(self.composed(body, line))
            self.add(name, line, "\2", parts)

    def add(self, name, line, shape, parts):
        """Adds a message of a function, with the fragments it may have."""
        shape = shape_of(shape)
        parts = [(where, shape_of(part)) for where, part in parts]
        self.messages[line, shape] = {part for _, part in parts}
        for where, part in parts:
            self.fragments.setdefault(part, where)
        if not re.search("[a-z\2]", shape):
            self.plain.append(name)


def roff(text):
    """A line of the manual as it reads."""
    text = text.replace("\\(dq", '"').replace("\\e", "\\")
    return text.replace("\\&", "").replace("\\-", "-")


class Manual:
    """The section DIAGNOSTICS: items and quotations."""

    def __init__(self, page):
        self.items, self.quotations = [], []
        inside = False
        for number, line in enumerate(page.split("\n"), 1):
            if line.startswith(".Sh "):
                inside = line == ".Sh DIAGNOSTICS"
            elif not inside:
                continue
            elif line.startswith(".It "):
                text = line[4:].strip().removeprefix('"').removesuffix('"')
                self.items.append((number, shape_of(roff(text))))
            elif line.startswith(".Dq "):
                text = re.sub(r' [.,;:)]$', "", line[4:])
                self.quotations.append((number, shape_of(roff(text))))


def shape_of(text):
    """A text of the manual, with its holes as the source has them."""
    return HOLE.sub("\0", text)


def pattern(shape, parts):
    """A message as what its item has to match; fragments may follow."""
    choice = "|".join(re.escape(p) for p in sorted(parts, key=len)[::-1])
    return re.escape(shape).replace("\2", "(?:\0|%s)*" % choice) \
        .replace("\\\0", "\0")


def undocumented(source, manual):
    """Yields line, complaint and text of what the manual lacks."""
    texts = {shape for _, shape in manual.items}
    known = texts | {shape for _, shape in manual.quotations}
    shapes = {shape for _, shape in source.messages}
    for (line, shape), parts in source.messages.items():
        made = re.compile(pattern(shape, parts))
        if not any(made.fullmatch(t) for t in texts) and \
                shape.strip("\2") and shape + "s" not in shapes:
            yield line, "is no item of DIAGNOSTICS", shape
    for part, line in source.fragments.items():
        bare = stripped(part)
        whole = re.compile("(^|[:;] |advertisement )%s([:; ]|$)" %
                           re.escape(bare))
        if re.search("[a-z]", bare) and not any(map(whole.search, known)):
            yield line, "is not quoted in DIAGNOSTICS", part
    for name in source.unknown:
        yield 1, "takes a format; does it log?", name
    for name in set(source.plain) ^ PLAIN:
        yield source.bodies[name][0] if name in source.bodies else 1, \
            "has a message without words, or PLAIN names it in vain", name


def unsaid(source, manual):
    """Yields line, complaint and text of what only the manual has."""
    made = [re.compile(pattern(shape, parts))
            for (_, shape), parts in source.messages.items()]
    for line, shape in manual.items:
        if not any(m.fullmatch(shape) for m in made):
            yield line, "is no message of vrrpd.c", shape
    made = re.compile(pattern("\2", source.fragments))
    for line, shape in manual.quotations:
        if not made.fullmatch(shape) and shape not in {
                stripped(f) for f in source.fragments}:
            yield line, "is no text of vrrpd.c", shape


def stripped(part):
    """A fragment without what joins it to others."""
    return part.replace("\2", "").strip(" ;,")


def main():
    code, header, page = (open(name).read() for name in sys.argv[1:4])
    source, manual = Source(code, header), Manual(page)
    found = [("vrrpd.c", *f) for f in undocumented(source, manual)] + \
        [("vrrpd.8", *f) for f in unsaid(source, manual)]
    for file, line, what, shape in found:
        print("%s:%d: `%s' %s" % (file, line, shape.translate(
            {0: "%", 2: "%s"}), what))
    if len(source.messages) < 80 or len(manual.items) < 80:
        sys.exit("diagnostics: found nothing to compare")
    print("diagnostics: %d messages, %d fragments, %d items" % (len(
        source.messages), len(source.fragments), len(manual.items)))
    sys.exit(bool(found))


main()
