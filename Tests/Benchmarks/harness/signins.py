"""Signing in over HTTP, through nginx: eight browsers at once, and what looking up a session adds to a request.

Of each the best round counts, for that is the one its neighbours disturbed least.
"""

import json
import subprocess
from collections.abc import Callable

from stack import Stack
from table import Table


def measure(stack: Stack, program: str, table: Table, rounds: int, say: Callable[[str], None]) -> None:
    found = []
    for _ in range(min(rounds, 5)):
        done = subprocess.run([program, str(stack.port), "3"], capture_output=True, text=True, timeout=120)
        if done.returncode != 0:
            raise RuntimeError(f"sign-ins: {done.stderr[-800:]}")
        one = json.loads(done.stdout)
        found.append(one)
        say(
            f"{one['sign_ins']} sign-ins, p50 {one['p50']:.1f} ms, p99 {one['p99']:.1f} ms, "
            f"a session check {one['session_check'] * 1000:.0f} µs")
    table.bound("POST login/verify, 8 browsers, p99", min(one["p99"] for one in found), "ms", 10)
    table.tell("... p50", f"{min(one['p50'] for one in found):.1f} ms")
    table.bound("a session check", min(one["session_check"] for one in found) * 1000, "µs", 200)
