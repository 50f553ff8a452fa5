"""`POST /api/backtests`: how long a trader waits until the result is stored and told, and where the time goes."""

import json
import re
import statistics
import subprocess
import time
from dataclasses import dataclass, field

from processes import Meter
from stack import Stack
from table import Table
from wire import Wire

DEFINITION = {
    "indicators": [
        {"id": "fast", "type": "SMA", "params": {"period": 10}, "source": "close"},
        {"id": "slow", "type": "SMA", "params": {"period": 30}, "source": "close"},
        {"id": "rsi", "type": "RSI", "params": {"period": 14}, "source": "close"},
    ],
    "entry": {
        "logic": "AND",
        "conditions": [
            {"left": {"indicator": "fast"}, "op": "crosses_above", "right": {"indicator": "slow"}},
            {"left": {"indicator": "rsi"}, "op": "lt", "right": {"literal": 70}},
        ],
    },
    "exit": {
        "logic": "AND",
        "conditions": [{"left": {"indicator": "fast"}, "op": "crosses_below", "right": {"indicator": "slow"}}],
    },
    "risk": {"stop_loss": {"type": "percent", "value": 2}, "take_profit": {"type": "percent", "value": 4}},
}


HOURS = ("2020-01-02", "2021-12-30")


@dataclass
class Waits:
    """Milliseconds of the client, in order of size."""
    all: list[float]
    stages: dict[str, float]
    """Medians, milliseconds, from the responder's `Server-Timing` and the daemon's log."""
    cpu: dict[str, float]
    """Milliseconds a request by part."""

    @property
    def p50(self) -> float:
        return statistics.median(self.all)

    @property
    def p99(self) -> float:
        return self.all[int(len(self.all) * 0.99)]

    @property
    def places(self) -> str:
        return ", ".join(f"{name} {milliseconds:.2f}" for name, milliseconds in self.stages.items()) + " ms"

    @property
    def spent(self) -> str:
        return ", ".join(f"{name} {milliseconds:.1f}" for name, milliseconds in self.cpu.items()) + " ms"


@dataclass
class Trader:
    """Somebody with an API key and a strategy for days and one for hours, whose rate limits and quotas are raised."""
    stack: Stack
    headers: dict = field(default_factory=dict)
    strategies: dict = field(default_factory=dict)
    runs: int = 0

    STAGES = re.compile(rb"\r\nserver-timing: *([^\r]*)\r\n", re.IGNORECASE)

    def __post_init__(self) -> None:
        self.stack.command("user", "create", "--email", "bench@example.org")
        key = self.stack.command("api-key", "create", "--user", "bench@example.org", "--name", "bench")
        self.headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        for timeframe, asset_type in (("1d", "EQUITY"), ("1h", "CRYPTO")):
            draft = {"name": timeframe, "asset_type": asset_type, "timeframe": timeframe, "definition": DEFINITION}
            status, body = self.stack.request("POST", "/api/strategies", draft, self.headers)
            if status != 201:
                raise RuntimeError(f"the strategy was refused: {body[:300]!r}")
            self.strategies[timeframe] = json.loads(body)["id"]
        self.wire = Wire(self.stack.port, self.headers)

    def run(self, symbol: str, timeframe: str, first: str, last: str) -> tuple[float, str, dict[str, float]]:
        """Milliseconds it took, the run's id, and what the responder says of the time."""
        self.runs += 1
        order = {
            "strategy_id": self.strategies[timeframe], "symbol": symbol, "timeframe": timeframe, "start_date": first,
            # No two runs are the same, so none is answered from an earlier one.
            "end_date": last, "initial_equity": f"{10_000 + self.runs}.00",
        }
        request = self.wire.request("POST", "/api/backtests", order)
        begin = time.perf_counter()
        head, body = self.wire.ask(request)
        elapsed = (time.perf_counter() - begin) * 1000
        stages = self.STAGES.search(head)[1].decode().split(",")
        told = dict(entry.strip().split(";dur=") for entry in stages)
        run = json.loads(body)
        if not run["equity"] or not run["trades"]["trades"]:
            raise RuntimeError("a backtest without trades or equity")
        return elapsed, run["id"], {name: float(value) for name, value in told.items()}

    def correct(self, symbol: str) -> None:
        """Raises the revision of a series as an import does: what the daemon has of it in memory counts no more."""
        sql = f"UPDATE bar_series SET revision = revision + 1 FROM symbols s WHERE s.id = symbol_id AND s.symbol = '{symbol}'"
        subprocess.run(["psql", "-qXc", sql, self.stack.status()["database_url"]], check=True, timeout=30)

    def bytes_of(self, run: str) -> tuple[int, int]:
        """What a run takes in the tables: its curve, whole and thinned, and all the rest; indexes are not in it."""
        def bytes_in(table: str, key: str = "backtest_run_id") -> str:
            return f"(SELECT coalesce(sum(pg_column_size(t.*)), 0) FROM {table} t WHERE {key} = '{run}')"
        # A row with long arrays is small itself; they lie beside the table, as long as they are.
        def curve_in(table: str) -> str:
            return (f"(SELECT coalesce(sum(24 + 16 + pg_column_size(ts) + pg_column_size(equity)), 0) FROM {table}"
                    f" WHERE backtest_run_id = '{run}')")
        sql = (f"SELECT {curve_in('backtest_equity_points')} + {curve_in('backtest_equity_thinned')},"
               f" {bytes_in('backtest_runs', 'id')} + {bytes_in('backtest_results')} + {bytes_in('backtest_trades')}")
        done = subprocess.run(
            ["psql", "-qXAtF", " ", "-c", sql, self.stack.status()["database_url"]], check=True, timeout=30,
            capture_output=True, text=True)
        curve, rest = done.stdout.split()
        return int(curve), int(rest)

    def measure(self, count: int, run, before=lambda: None) -> Waits:
        log = self.stack.state / "log" / "backtestd.log"
        meters = {name: Meter(self.stack.pids(name)) for name in ("nginx", "responder", "backtestd", "postgres")}
        done = []
        for _ in range(count):
            before()
            done.append(run())
        cpu = {name: meter.spent() / count for name, meter in meters.items()}
        lines = (json.loads(line) for line in log.read_text().splitlines() if '"run completed"' in line)
        daemon = {line["run"]: line for line in lines}
        stages: dict[str, list[float]] = {}
        for elapsed, run_id, told in done:
            line = daemon[run_id]
            work = {name: line[f"{name}_ms"] for name in ("lease", "load", "compute", "store")}
            parts = {
                "nginx and sign-in": elapsed - sum(told.values()), "check and enqueue": told["order"],
                "wake": told["run"] - sum(work.values()), **work, "read back": told["read"],
            }
            for name, milliseconds in parts.items():
                stages.setdefault(name, []).append(milliseconds)
        return Waits(
            sorted(elapsed for elapsed, _, _ in done),
            {name: statistics.median(values) for name, values in stages.items()}, cpu)


def measure(stack: Stack, table: Table, days: list[str], say) -> None:
    trader = Trader(stack)
    say("400 backtests of 252 days over HTTP, rate limits and quotas raised")
    daily = lambda: trader.run("BENCH", "1d", days[-252], days[-1])
    for _ in range(20):
        daily()
    waits = trader.measure(400, daily)
    table.bound("POST /api/backtests to stored result, 252 days, p50 (rate limits raised)", waits.p50, "ms", 5)
    table.bound("... p99", waits.p99, "ms", 30)
    table.tell("... where the time goes", waits.places)
    table.tell("... CPU of one", waits.spent)
    say("60 backtests of 17,500 hours")
    hourly = lambda: trader.run("BENCH-USD", "1h", *HOURS)
    hourly()
    for name, target, before in (
        ("first", 35, lambda: trader.correct("BENCH-USD")), ("bars in the daemon's memory", 20, lambda: None),
    ):
        waits = trader.measure(30, hourly, before)
        table.bound(f"POST /api/backtests to stored result, 17,500 hours, {name}, p50", waits.p50, "ms", target)
        table.tell("... where the time goes", waits.places)
        table.tell("... CPU of one", waits.spent)
    for name, run in (("252 days", daily), ("17,500 hours", hourly)):
        curve, rest = trader.bytes_of(run()[1])
        table.tell(
            f"bytes of a stored run of {name}", f"{(curve + rest) / 1000:,.1f} kB",
            f"{curve / 1000:,.1f} kB of it the curve")
