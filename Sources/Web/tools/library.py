"""Turns the standalone chart library into a module. usage: library.py STANDALONE.js MODULE.js EXPORT...

The standalone file is one closure that puts everything on `window`, so a bundler can leave nothing out. Without the
closure, and with only the named parts exported, the bundler drops the series types and plugins that the page does not
use: an eighth of the library. The file's sum is pinned, so its shape is known; a different shape stops the build.
"""

import re
import sys

OPENING = '!function(){"use strict";'
TABLE = re.compile(r"var (\w+)=Object\.freeze\(\{__proto__:null,")


def value_at(text: str, start: int) -> str:
    """The JavaScript value that begins at `start` in an object literal: up to the comma or brace that ends it."""
    depth = 0
    for position in range(start, len(text)):
        character = text[position]
        if character in "([{":
            depth += 1
        elif character in ")]}":
            if depth == 0:
                return text[start:position]
            depth -= 1
        elif character == "," and depth == 0:
            return text[start:position]
    raise ValueError("the value has no end")


def main(source: str, target: str, *names: str) -> None:
    with open(source, encoding="utf-8") as file:
        text = file.read()
    table = TABLE.search(text)
    if OPENING not in text or table is None or not text.rstrip().endswith(f"window.LightweightCharts={table[1]}}}();"):
        sys.exit(f"library.py: {source} has not the shape this script knows")
    exports = []
    for name in names:
        entry = re.compile(rf"[,{{]{name}:").search(text, table.start())
        if entry is None:
            sys.exit(f"library.py: {source} exports no {name}")
        exports.append(f"export const {name}={value_at(text, entry.end())};")
    body = text[: table.start()].replace(OPENING, "", 1)
    with open(target, "w", encoding="utf-8") as file:
        file.write(body + "\n" + "\n".join(exports) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
