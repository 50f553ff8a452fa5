"""Storing new bars in a series that is already long, against storing them in an empty one."""

import json
import subprocess

from table import Table


def measure(program: str, table: Table) -> None:
    done = subprocess.run([program, "10000000"], capture_output=True, text=True, timeout=600)
    if done.returncode != 0:
        raise RuntimeError(f"imports: {done.stderr[-800:]}")
    found = json.loads(done.stdout)
    table.bound("1,000 new bars into a series of 10 million, against an empty one", found["ratio"], "x", 1.5, digits=2)
    table.tell("... those imports, p50", f"{found['long']:.1f} and {found['empty']:.1f} ms")
    table.tell("... and the first after a correction, which looks at all bars", f"{found['corrected']:,.0f} ms")
