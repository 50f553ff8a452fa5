"""How long the worst bytes we can make keep a reader of untrusted bytes busy: 256 KiB, or as many as it takes."""

import subprocess
from collections.abc import Callable

from table import Table


def measure(program: str, table: Table, say: Callable[[str], None]) -> None:
    say("the worst bytes for every reader of bytes from outside")
    done = subprocess.run([program, "time", "262144"], capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        raise RuntimeError(f"readers: {done.stderr[-800:]}")
    worst: dict[str, tuple[float, str]] = {}
    for line in done.stdout.splitlines():
        reader, name, milliseconds = line.split("\t")
        worst[reader] = max(worst.get(reader, (0.0, "")), (float(milliseconds), name))
    for reader, (milliseconds, name) in worst.items():
        table.bound(f"CPU of the worst 256 KiB of {reader}: {name}", milliseconds, "ms", 8)
