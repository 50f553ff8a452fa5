"""`make bench`: starts the product and its peers, measures in turns, prints one table, leaves nothing behind."""

import argparse
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import backtests
import backups
import bars
import engines
import imports
import kills
import market
import page
import passkeys
import processes
import races
import readers
import sequences
import servers
import sharing
import signins
import simulations
import sizing
import trading
from peers import NumericText
from stack import Stack
from table import Table

RESPONDERS = 4


def say(line: str) -> None:
    print(f"bench: {line}", file=sys.stderr, flush=True)


def memory(stack: Stack, table: Table) -> None:
    """What the largest of the responders keeps, first as they were started, so before any other part."""

    def resident() -> float:
        return max(processes.resident_megabytes(pid) for pid in stack.pids("responder"))

    table.bound("resident memory of a responder after its start", resident(), "MB", 12)
    for number in range(1_000):
        path = servers.CANDLES if number % 10 == 0 else (
            "/api/symbols/BENCH", servers.LIVE, "/api/symbols/search?q=b")[number % 3]
        status, _ = stack.request("GET", path, port=stack.ports["uncached"])
        if status != 200:
            raise RuntimeError(f"{path} was answered {status}")
    busy = resident()
    # What they have freed is given back in the next moment of rest, which comes after 5 s.
    time.sleep(6)
    table.bound("... after 1,000 requests, 100 of them 5,000 candles, and a rest", resident(), "MB", 12)
    table.tell("... before the rest", f"{busy:.1f} MB")


def installation(work: Path, table: Table) -> None:
    """What a server gets, and how long its admin tool takes to say what it can."""
    tool = work / "tree/usr/bin/bitstockerz"
    files = [path for path in (work / "tree").rglob("*") if path.is_file() and not path.is_symlink()]
    total = sum(path.stat().st_size for path in files if path.name != "bitstockerz-dev")
    table.bound("size of an installation", total / 1e6, "MB", 60)
    table.tell("... of it a responder and the admin tool", " and ".join(
        f"{path.stat().st_size / 1e6:.1f}" for path in (work / "tree/usr/libexec/bitstockerz/responder", tool)) + " MB")
    times = []
    for _ in range(20):
        start = time.perf_counter()
        subprocess.run([tool, "--help"], stdout=subprocess.DEVNULL, check=True)
        times.append((time.perf_counter() - start) * 1e3)
    table.bound("bitstockerz --help, from start to end, median", statistics.median(times), "ms", 50)


def prices(stack: Stack, options) -> list[str]:
    """The days that BENCH has; BENCH-USD has hours."""
    hourly, daily = options.work / "hourly.csv", options.work / "daily.csv"
    bars.hourly(hourly, 17_600)
    days = bars.daily(daily, 600)
    stack.command("import", "--symbol", "BENCH-USD", "--asset-type", "CRYPTO", "--timeframe", "1h", str(hourly))
    stack.command("import", "--symbol", "BENCH", "--asset-type", "EQUITY", "--timeframe", "1d", str(daily))
    return days


def shares(stack: Stack, days: list[str], table: Table, options) -> None:
    shared = sharing.measure(stack, "BENCH", days[-252], days[-1], say)
    table.bound("1,000 queued runs of 10 users: the longest wait of a user, in fair shares", shared.worst_user, "x", 2)
    table.bound("... and the latest place of a run", shared.worst_place, "x", 2)
    table.bound("... p95 of other requests meanwhile, against none queued", shared.slower, "x", 1.3)
    table.tell("... those p95, and runs", f"{shared.loaded_p95:.1f} and {shared.quiet_p95:.1f} ms, {shared.runs_per_second:.0f} /s")
    table.bound("cancelling a run of 149,000 hours at any moment, p95", sharing.p95(shared.cancels), "ms", 100)


# What needs the product alone, by the name that --only knows it by; kills come last, so that all others run undisturbed.
PARTS: dict[str, Callable[[Stack, list[str], Table, argparse.Namespace], None]] = {
    "memory": lambda stack, days, table, options: memory(stack, table),
    "sign-ins": lambda stack, days, table, options: signins.measure(stack, options.sign_ins, table, options.rounds, say),
    "backtests": lambda stack, days, table, options: backtests.measure(stack, table, days, say),
    "page": lambda stack, days, table, options: page.measure(
        stack, os.environ.get("BENCH_PAGE_PYTHON", ""), table, options.rounds, say),
    "sharing": shares,
    "trading": lambda stack, days, table, options: trading.measure(
        stack, options.work, table, options.rounds, options.seconds, say),
    "races": lambda stack, days, table, options: races.measure(stack, options.work, table, say),
    "market": lambda stack, days, table, options: market.measure(stack, table, say),
    "backups": lambda stack, days, table, options: backups.measure(stack, options.work, table, say),
    "kills": lambda stack, days, table, options: kills.measure(stack, options.work, table, say),
    "sizing": lambda stack, days, table, options: sizing.measure(stack, table, say),
}
# By name only: it takes minutes and 6 GB, and compares nothing.
BY_NAME = {"sizing"}


def engine(table: Table, options) -> None:
    say("the engine by itself")
    engines.sizes(options.engine, table)
    engines.peers(options.engine, options.work, table, options.rounds, say)


# What needs no servers.
PROGRAMS: dict[str, Callable[[Table, argparse.Namespace], None]] = {
    "engine": engine,
    "imports": lambda table, options: imports.measure(options.imports, table, say),
    "readers": lambda table, options: readers.measure(options.readers, table, say),
    "passkeys": lambda table, options: passkeys.measure(options.passkeys, options.work, table, options.rounds, say),
    "sequences": lambda table, options: sequences.measure(options.tests, table, say),
    "simulations": lambda table, options: simulations.measure(options.simulations, options.prices, table, say),
}
# `installation` aside, in this order: what responders keep as they were started, then those of `servers`.
NAMES = list(dict.fromkeys(["memory", *servers.PARTS, *PARTS, *PROGRAMS]))


def measure(stack: Stack, lineup: servers.Lineup, names: list[str], table: Table, options) -> None:
    days = prices(stack, options)
    for name in names:
        if name in servers.PARTS:
            servers.PARTS[name][0](stack, lineup.peers, table, options, say)
        elif name in PARTS:
            PARTS[name](stack, days, table, options)


def measure_all(stack: Stack, names: list[str], table: Table, options) -> None:
    if not options.only:
        installation(options.work, table)
    if any(name not in PROGRAMS for name in names):
        lineup = servers.Lineup(stack, [name for name in names if name in servers.PARTS], say)
        try:
            say("starting the product and its peers")
            stack.start()
            lineup.start(stack.status()["database_url"])
            measure(stack, lineup, names, table, options)
        finally:
            lineup.stop()
            stack.stop()
    for name in names:
        if name in PROGRAMS:
            PROGRAMS[name](table, options)


def main() -> None:
    parser = argparse.ArgumentParser(prog="Tests/Benchmarks/run.sh")
    parser.add_argument("--rounds", type=int, default=7, help="how often every comparison is made (default 7)")
    parser.add_argument("--seconds", type=int, default=2, help="how long one load lasts (default 2)")
    parser.add_argument(
        "--only", type=lambda text: text.split(","), default=[], metavar="PART,...",
        help=f"these parts alone of {', '.join(NAMES)}")
    parser.add_argument("--work", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--engine", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--passkeys", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--sign-ins", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--imports", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--simulations", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--numeric-text", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--readers", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--prices", default="", help=argparse.SUPPRESS)
    parser.add_argument("--tests", required=True, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if not (1 <= options.rounds <= 50 and 1 <= options.seconds <= 60):
        parser.error("--rounds is 1 to 50, --seconds 1 to 60")
    if unknown := set(options.only) - set(NAMES):
        parser.error(f"--only does not know {', '.join(sorted(unknown))}: there are {', '.join(NAMES)}")
    # An interrupted measurement takes its servers down like a finished one.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))

    NumericText.program = options.numeric_text
    table = Table()
    stack = Stack(options.work, RESPONDERS)
    stack.add_uncached()
    measure_all(stack, options.only or [name for name in NAMES if name not in BY_NAME], table, options)
    print(f"\n{os.cpu_count()} cores, medians of {options.rounds} rounds of {options.seconds} s in turns, ratios within a round\n")
    print(table.markdown())
    if table.missed:
        print(f"\n{table.missed} missed")
    if table.broken:
        print(f"\n{table.broken} promise{'s' if table.broken > 1 else ''} not kept")
        sys.exit(1)


if __name__ == "__main__":
    main()
