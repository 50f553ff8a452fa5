"""The promises of the statistics, by simulation with fixed seeds."""

import json
import subprocess
from collections.abc import Callable

from table import Row, Table


def percent(rate: float) -> str:
    return f"{rate * 100:.1f} %"


def measure(program: str, prices: str, table: Table, say: Callable[[str], None]) -> None:
    say("simulations: how often luck and skill survive the verdict")
    done = subprocess.run([program, *([prices] if prices else [])], capture_output=True, timeout=600)
    # 1 says that one is not kept; anything else is an accident.
    if done.returncode not in (0, 1):
        raise RuntimeError(f"the simulations end with {done.returncode}: {done.stderr.decode(errors='replace')[-500:]}")
    outcomes = json.loads(done.stdout)
    for one in outcomes:
        target, verdict = "", ""
        if "at_most" in one:
            target = f"<= {percent(one['at_most'])}"
        elif "at_least" in one:
            target = f">= {percent(one['at_least'])}"
        if target:
            verdict = table.kept(one["is_kept"])
        table.rows.append(Row(one["name"], percent(one["rate"]), one["also"], target=target, verdict=verdict))
    if not prices:
        table.skip("coin-flip entries on the demo stocks", "the demo prices could not be had")
