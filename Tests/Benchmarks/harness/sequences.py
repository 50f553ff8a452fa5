"""Thousands of made-up days of a trader, each step held against a plain ledger: the same tests as `make test`, optimised and
with more sequences."""

import os
import subprocess
import time

from table import Table

SEQUENCES = 5_000


def measure(tests: str, table: Table, say) -> None:
    """`tests`: where the optimised tests of the application were built."""
    say(f"{SEQUENCES:,} sequences of orders, bars, cancels and resets")
    start = time.monotonic()
    done = subprocess.run(
        ["swift", "test", "-c", "release", "--skip-build", "--scratch-path", tests, "--filter", "PaperOracleTests"],
        env={**os.environ, "OPTIMISED_TESTS": "AppTests", "PAPER_SEQUENCES": str(SEQUENCES)},
        capture_output=True, text=True, errors="replace", timeout=3_600)
    seconds = time.monotonic() - start
    faults = [line for line in done.stdout.splitlines() if "✘" in line]
    # Where a filter finds nothing, nothing fails.
    if not faults and (done.returncode != 0 or "Suite PaperOracleTests passed" not in done.stdout):
        faults = [f"the tests end with {done.returncode}: {done.stderr[-500:]}"]
    table.promise(
        f"{SEQUENCES:,} sequences of orders, bars, cancels and resets against a plain ledger", f"{seconds:.0f} s", faults)
