#!/usr/bin/env python3
"""Finds ``symbols`` of doc comments that nothing is called. usage: references.py FILE.swift...

Every name on the way to a symbol must be one of ours, and a function, initializer or case with labels must be there with
exactly these. To whom it belongs is not looked at. Prints a line for each that is dead; ends with 1 when there is one.
"""

import re
import sys
from pathlib import Path

NAMED = re.compile(r"\b(?:struct|class|enum|actor|protocol|typealias|associatedtype|let|var|extension)\s+`?(\w+)")
CALLED = re.compile(r"\b(?:func\s+`?(\w+)`?|(init)[?!]?|(subscript)|case\s+`?(\w+)`?)\s*\(")
CASES = re.compile(r"\bcase\s+(?!\.|let\b)([\w`, =\"]+)")
TUPLE = re.compile(r"\b(?:let|var)\s+\(?(\w+(?:\s*:\s*[^,=]+)?(?:,\s*\w+)+)")
MODULES = re.compile(r'name: "([\w-]+)"')


def labels(code: str, start: int) -> str:
    """Of what stands in the parenthesis that has just been opened: `from:_:`."""
    parts, depth, begin, index = [], 1, start, start
    while depth and index < len(code):
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(code[index], 0)
        if depth == 0 or depth == 1 and code[index] == ",":
            parts.append(code[begin:index].strip())
            begin = index + 1
        index += 1
    names = [re.match(r"(?:@\w+\s+)*`?(\w+)`?(?:\s+`?\w+`?)?\s*:", part) for part in parts if part]
    return "".join(f"{name[1]}:" if name else "_:" for name in names)


def declared(texts: list[str]) -> tuple[set[str], set[str]]:
    """Names, and those of calls with their labels."""
    names: set[str] = set()
    calls: set[str] = set()
    for text in texts:
        code = re.sub(r"//[^\n]*", "", text)
        names.update(NAMED.findall(code))
        for found in [*CASES.finditer(code), *TUPLE.finditer(code)]:
            names.update(re.findall(r"\w+", found[1]))
        # Generic arguments have commas, too.
        plain = re.sub(r"<[^<>()]*>", "", code)
        for found in CALLED.finditer(plain):
            name = next(group for group in found.groups() if group)
            names.add(name)
            calls.add(f"{name}({labels(plain, found.end())})")
    return names, calls


def main(files: list[str]) -> int:
    texts = {file: Path(file).read_text(encoding="utf-8") for file in files}
    names, calls = declared(list(texts.values()))
    names |= {"Swift", *MODULES.findall(Path("Package.swift").read_text(encoding="utf-8"))}
    dead = 0
    for file, text in texts.items():
        for number, line in enumerate(text.split("\n"), 1):
            if not line.lstrip().startswith("///"):
                continue
            for symbol in re.findall(r"``([^`]+)``", line):
                *way, last = symbol.split("/")
                bare = last.partition("(")[0]
                if not all(name in names for name in [*way, bare]) or ("(" in last and last not in calls):
                    print(f"{file}:{number}: {symbol}")
                    dead += 1
    return 1 if dead else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
