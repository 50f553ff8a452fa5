"""One backtest by itself, of several lengths, beside the same in other engines: in turns, ratios within a turn."""

import json
import os
import statistics
import subprocess
from pathlib import Path

from table import Table

PEERS = Path(__file__).resolve().parents[1] / "peers"
COUNT = 87_600
AT_MOST = {252: 5e3, 87_600: 0.7e6, 1_000_000: 9e6}
PREPARING_AT_MOST = 4
# By the name the program of the peers has for it: what it is called, the module it needs, and how far it is to be behind.
AT_LEAST = {
    "numba": ("numba loop", "numba", 6), "raptorbt": ("raptorbt", "raptorbt", 16),
    "vectorbt-rust": ("vectorbt with its Rust engine", "vectorbt_rust", 25), "vectorbt": ("vectorbt", "vectorbt", 50),
    "backtesting": ("backtesting.py", "backtesting", 900),
}


class Side:
    """A program that measures once for every line it is sent."""

    def __init__(self, command: list[str]):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def turn(self) -> dict:
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.process.args[:3]} ended")
        return json.loads(line)

    def stop(self) -> None:
        self.process.stdin.close()
        self.process.wait(timeout=30)


def sizes(program: str, table: Table) -> None:
    output = subprocess.run([program, "sizes"], check=True, capture_output=True, timeout=300).stdout
    for size in map(json.loads, output.splitlines()):
        bars, spent = size["bars"], size["nanoseconds"]
        name = f"one backtest of {bars:,} bars, {size['trades']:,} trades, {spent / bars:.1f} ns a bar"
        if bars in AT_MOST:
            unit, divisor = ("µs", 1e3) if AT_MOST[bars] < 1e5 else ("ms", 1e6)
            table.bound(name, spent / divisor, unit, AT_MOST[bars] / divisor, digits=2)
        else:
            table.tell(name, f"{spent / 1e6:.2f} ms")
        table.bound(
            "... checking the bars and finding their ticks before", size["preparing_nanoseconds"] / bars, "ns a bar",
            PREPARING_AT_MOST, digits=1)
    one = json.loads(subprocess.run([program, "memory"], check=True, capture_output=True, timeout=60).stdout)
    table.bound(f"memory of a backtest of {COUNT:,} bars beyond the bars", one["bytes"] / 1e6, "MB", 20)


def peers(program: str, work: Path, table: Table, rounds: int, say) -> None:
    python = os.environ.get("BENCH_ENGINES_PYTHON")
    if not python:
        return table.skip(f"one backtest of {COUNT:,} bars elsewhere", "the other engines could not be installed (no network?)")
    bars = work / "bars.f64"
    subprocess.run([program, "bars", str(COUNT), str(bars)], check=True, timeout=60)
    for name, (title, module, least) in AT_LEAST.items():
        # Not every one is built for every Python.
        if subprocess.run([python, "-c", f"import {module}"], capture_output=True).returncode != 0:
            table.skip(f"one backtest of {COUNT:,} bars in {title}", "it is not there for this Python")
            continue
        ours = Side([program, "turns", str(COUNT)])
        other = Side([python, str(PEERS / "engines.py"), name, str(COUNT), str(bars)])
        try:
            other.turn()
            turns = [(ours.turn(), other.turn()) for _ in range(rounds)]
        finally:
            ours.stop()
            other.stop()
        mine, theirs = turns[0]
        # Whole units and ties decided by noise may differ a little; a different strategy would differ a lot.
        if abs(mine["trades"] - theirs["trades"]) > mine["trades"] / 100 or abs(mine["growth"] / theirs["growth"] - 1) > 0.05:
            raise RuntimeError(f"{title} trades otherwise: {theirs}, not {mine}")
        ratio = statistics.median(b["seconds"] / a["seconds"] for a, b in turns)
        say(f"{title}: {ratio:.1f} x")
        table.ratio(
            f"one backtest of {COUNT:,} bars, CPU", f"{statistics.median(a['seconds'] for a, _ in turns) * 1e3:.2f} ms",
            f"{title} {statistics.median(b['seconds'] for _, b in turns) * 1e3:.1f} ms", ratio, at_least=least)
