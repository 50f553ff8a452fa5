"""
The page in a browser, against what web users are promised.

BENCH_SAMPLE_PAGE may be the address of another page to be measured beside it, which shows 87,600 bars on one chart.
"""

import json
import os
import subprocess
from pathlib import Path

import bars
from stack import Stack
from table import Table

# The figure, what it is, its unit and the most it may be.
GOALS = [
    ("scripts_kb", "scripts of the first view, compressed", "kB", 95),
    ("scripts_with_charts_kb", "... with a chart", "kB", 165),
    ("first_contentful_paint_s", "first contentful paint, cold", "s", 0.4),
    ("first_chart_s", "first chart of 87,600 hourly bars, cold", "s", 0.7),
    ("all_bars_s", "... all of them", "s", 1.6),
    ("heap_all_bars_mb", "... heap with five indicators", "MB", 120),
    ("heap_after_20_symbols", "... after 20 symbols more, against that", "x", 1.2),
    ("pan_frame_p95_ms", "panning all of them, p95 of frames", "ms", 20),
    ("builder_next_paint_ms", "builder with 20 indicators and 20 conditions, slowest key to next paint", "ms", 100),
    ("run_to_result_ms", "click on Run to the result of 2,600 days", "ms", 250),
]
PROGRAM = Path(__file__).resolve().parents[1] / "page/measure.py"


def measure(stack: Stack, python: str, table: Table, rounds: int, say) -> None:
    if not python:
        return table.skip("the page in Chromium", "its Python environment could not be made")
    say("the page in Chromium, cold caches")
    hourly, daily = stack.work / "page-hourly.csv", stack.work / "page-daily.csv"
    bars.hourly(hourly, 87_600, year=2012)
    bars.daily(daily, 2_600, year=2012)
    stack.command("import", "--symbol", "HOURS-USD", "--asset-type", "CRYPTO", "--timeframe", "1h", str(hourly))
    stack.command("import", "--symbol", "DAYS", "--asset-type", "EQUITY", "--timeframe", "1d", str(daily))
    done = subprocess.run(
        [python, str(PROGRAM), f"http://localhost:{stack.port}", "HOURS-USD", "DAYS", str(rounds),
         *filter(None, [os.environ.get("BENCH_SAMPLE_PAGE")])],
        capture_output=True, text=True,
    )
    if done.returncode != 0:
        raise RuntimeError(f"the page could not be measured: {done.stderr[-2000:]}")
    found = json.loads(done.stdout.splitlines()[-1])
    sample = found.get("sample", {})
    for name, what, unit, most in GOALS:
        digits = 2 if most < 10 else 1
        beside = f"the sample page {sample[name]:.{digits}f} {unit}" if name in sample else ""
        table.bound(what, found[name], unit, most, digits, beside)
