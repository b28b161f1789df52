"""Whether what vrrpd prints is as a schema says.

    validate.py SCHEMA [--lines] [--seen FILE]	JSON on standard input
    validate.py SCHEMA --unseen FILE

Prints a line for each way in which it is not, and has status 1; status 0: it
is.  With --lines each line is judged alone.  --seen adds to FILE which of the
schema's keys there were; --unseen prints those that FILE has not, and has
status 1 if there is one.  Status 77: this python has no jsonschema.
"""
import argparse
import json
import sys

try:
    import jsonschema
except ImportError:
    print("SKIP: python has no jsonschema, see test/deps")
    sys.exit(77)


def once(pairs):
    """An object; a key that comes twice is an error, as parsers differ."""
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("a key twice: %s" % [key for key, _ in pairs])
    return made


def never(word):
    """NaN and Infinity are no JSON, but python takes them."""
    raise ValueError("no JSON: " + word)


def keys(schema, root, path=""):
    """Yields each key that the schema has, with the path to it."""
    if isinstance(schema, list):
        for below in schema:
            yield from keys(below, root, path)
    if not isinstance(schema, dict):
        return
    for key, below in schema.get("properties", {}).items():
        yield path + "/" + key
        yield from keys(below, root, path + "/" + key)
    if "$ref" in schema:
        yield from keys(root["$defs"][schema["$ref"].split("/")[-1]], root,
                        path)
    for word in ("items", "anyOf"):
        yield from keys(schema.get(word), root, path)


def present(value, path=""):
    """Yields each key that a value has, with the path to it."""
    for key, below in value.items() if isinstance(value, dict) else ():
        yield path + "/" + key
        yield from present(below, path + "/" + key)
    for below in value if isinstance(value, list) else ():
        yield from present(below, path)


def faults(validator, text):
    """Yields what is wrong with a text, and at last what it is."""
    try:
        value = json.loads(text, object_pairs_hook=once, parse_constant=never)
    except ValueError as error:
        yield str(error), None
        return
    for error in validator.iter_errors(value):
        place = "".join("/%s" % step for step in error.absolute_path)
        yield "%s: %s" % (place, error.message), None
    yield None, value


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("schema")
    parser.add_argument("--lines", action="store_true")
    parser.add_argument("--seen")
    parser.add_argument("--unseen")
    options = parser.parse_args()
    with open(options.schema) as file:
        schema = json.load(file)
    # An older jsonschema knows all that ours say, under an older name.
    kind = getattr(jsonschema, "Draft202012Validator",
                   jsonschema.Draft7Validator)
    kind.check_schema(schema)
    if options.unseen:
        with open(options.unseen) as file:
            seen = set(file.read().split())
        unseen = sorted(set(keys(schema, schema)) - seen)
        for key in unseen:
            print(key)
        sys.exit(bool(unseen))
    text = sys.stdin.buffer.read().decode("utf-8")
    parts = text.splitlines() if options.lines else [text]
    found, seen = 0, set()
    validator = kind(schema, format_checker=jsonschema.FormatChecker())
    for what, value in (f for part in parts for f in faults(validator, part)):
        found += what is not None
        if what:
            print(what[:300])
        seen.update(present(value))
    if options.seen:
        with open(options.seen, "a") as file:
            file.write("".join(key + "\n" for key in sorted(seen)))
    sys.exit(found > 0 or not parts)


main()
