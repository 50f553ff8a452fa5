"""Storing new bars in a series that is already long, against storing them in an empty one; and a file of a million bars,
against a bare COPY of its rows."""

import json
import subprocess
from collections.abc import Callable

from table import Table


def run(program: str, *arguments: str) -> dict[str, float]:
    done = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=900)
    if done.returncode != 0:
        raise RuntimeError(f"imports: {done.stderr[-800:]}")
    return json.loads(done.stdout)


def measure(program: str, table: Table, say: Callable[[str], None]) -> None:
    say("imports into an empty series and into one of 10 million bars")
    found = run(program, "series", "10000000")
    table.bound("1,000 new bars into a series of 10 million, against an empty one", found["ratio"], "x", 1.5, digits=2)
    table.tell("... those imports, p50", f"{found['long']:.1f} and {found['empty']:.1f} ms")
    table.tell("... and the first after a correction, which looks at all bars", f"{found['corrected']:,.0f} ms")
    found = run(program, "file", "1000000")
    rate = {name: f"{found[name]:,.0f} bars/s" for name in ("copy", "first", "again")}
    table.ratio("a file of 1,000,000 bars", rate["first"], "psql \\copy " + rate["copy"], found["first"] / found["copy"], 0.5)
    table.ratio("... again, nothing changed", rate["again"], "the first time", found["again"] / found["first"], 2)
    table.bound("... memory of an import", found["megabytes"], "MB", 64)
    table.bound("... and of one whose lines come newest first", found["turnedMegabytes"], "MB", 64)
