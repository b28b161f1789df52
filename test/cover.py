"""How much of vrrpd.c ran: lines and branches, by chapter.

    cover.py SOURCE GOALS MISSING OBJECT...

OBJECT is what gcov calls an object file, compiled with SOURCE in it; what any
of them ran has run.  GOALS has a line a chapter: its name, the least share of
lines and of branches, in percent.  What never ran is listed in MISSING.
"""
import gzip
import json
import re
import subprocess
import sys


def records(source, objects):
    """For each object gcov's list of lines of the source."""
    for path in objects:
        # Each object has a directory of its own, or gcov mixes them up.
        run = subprocess.run(["gcov", "-b", "-j", "-t", path],
                             capture_output=True, check=True)
        text = run.stdout
        if text[:2] == b"\x1f\x8b":
            text = gzip.decompress(text)
        for document in text.decode().splitlines():
            for file in json.loads(document)["files"]:
                if file["file"].split("/")[-1] == source:
                    yield file["lines"]


def merge(source, objects):
    """Lines: number to count; branches: (number, n) to count."""
    lines, branches = {}, {}
    for listed in records(source, objects):
        seen = {}
        for line in listed:
            number = line["line_number"]
            lines[number] = lines.get(number, 0) + line["count"]
            for branch in line["branches"]:
                n = seen[number] = seen.get(number, 0) + 1
                key = number, n
                branches[key] = branches.get(key, 0) + branch["count"]
    return lines, branches


def chapters(source):
    """The chapter of each line, and the text of all lines."""
    found, name, text = {}, None, []
    with open(source, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            heading = re.match(r"/\* ==== \d+\. (\w+) ==== \*/$", line)
            if heading:
                name = heading.group(1)
            found[number] = name
            text.append(line.rstrip())
    return found, text


def share(counts):
    """Percent of what is not zero; all of nothing is all."""
    if not counts:
        return 100.0
    return 100.0 * sum(1 for count in counts if count) / len(counts)


def main():
    source, goals, missing = sys.argv[1:4]
    chapter, text = chapters(source)
    lines, branches = merge(source, sys.argv[4:])
    with open(missing, "w", encoding="utf-8") as out:
        for number in sorted(lines):
            never = [str(n) for (at, n), count in sorted(branches.items())
                     if at == number and not count]
            if not lines[number]:
                out.write("%s:%d: never:%s\n" % (source, number,
                                                 text[number - 1]))
            elif never:
                out.write("%s:%d: branch %s:%s\n" % (
                    source, number, " ".join(never), text[number - 1]))
    bad = 0
    print("%-14s %7s %8s %9s %9s" % ("", "lines", "", "branches", ""))
    with open(goals, encoding="utf-8") as wanted:
        rows = [line.split() for line in wanted if line[0] not in "#\n"]
    for name, least_lines, least_branches in rows:
        ran = [count for at, count in lines.items()
               if name in ("all", chapter[at])]
        took = [count for (at, _), count in branches.items()
                if name in ("all", chapter[at])]
        low = share(ran) < float(least_lines) or \
            share(took) < float(least_branches)
        bad += low
        print("%-14s %7.2f%% of %5d %7.2f%% of %5d%s" % (
            name, share(ran), len(ran), share(took), len(took),
            "  wanted %s%% and %s%%" % (least_lines, least_branches)
            if low else ""))
    sys.exit(bad > 0)


main()
