"""`POST /api/backtests`: how long a trader waits for a year of days, and where the time goes."""

import http.client
import json
import statistics
import time
from dataclasses import dataclass

from processes import Meter
from stack import Stack

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


@dataclass
class Waits:
    p50: float
    p99: float
    """Milliseconds, of the client."""
    in_queue: float
    running: float
    """Milliseconds, medians: from the run's row until the daemon has it, and from then until it is stored."""
    cpu: dict[str, float]
    """Milliseconds a request by part."""


def measure(stack: Stack, symbol: str, first: str, last: str, count: int) -> Waits:
    stack.command("user", "create", "--email", "bench@example.org")
    key = stack.command("api-key", "create", "--user", "bench@example.org", "--name", "bench")
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    draft = {"name": "bench", "asset_type": "EQUITY", "timeframe": "1d", "definition": DEFINITION}
    status, body = stack.request("POST", "/api/strategies", draft, headers)
    if status != 201:
        raise RuntimeError(f"the strategy was refused: {body[:300]!r}")
    strategy = json.loads(body)["id"]
    connection = http.client.HTTPConnection("127.0.0.1", stack.port, timeout=30)

    def run(number: int) -> tuple[float, dict]:
        order = {
            "strategy_id": strategy, "symbol": symbol, "timeframe": "1d", "start_date": first, "end_date": last,
            # No two runs are the same, so none is answered from an earlier one.
            "initial_equity": f"{10_000 + number}.00",
        }
        begin = time.perf_counter()
        connection.request("POST", "/api/backtests", json.dumps(order), headers)
        answer = connection.getresponse()
        body = answer.read()
        elapsed = (time.perf_counter() - begin) * 1000
        if answer.status != 200:
            raise RuntimeError(f"a backtest was answered {answer.status}: {body[:300]!r}")
        return elapsed, json.loads(body)

    for number in range(20):
        run(number)
    meters = {name: Meter(stack.pids(name)) for name in ("nginx", "responder", "backtestd", "postgres")}
    done = [run(20 + number) for number in range(count)]
    cpu = {name: meter.spent() / count for name, meter in meters.items()}
    connection.close()
    waits = sorted(elapsed for elapsed, _ in done)
    runs = [run for _, run in done]
    return Waits(
        statistics.median(waits), waits[int(len(waits) * 0.99)],
        statistics.median(between(run["created_at"], run["started_at"]) for run in runs),
        statistics.median(between(run["started_at"], run["finished_at"]) for run in runs), cpu,
    )


def between(earlier: str, later: str) -> float:
    """Milliseconds between two of the API's times."""
    return (seconds(later) - seconds(earlier)) * 1000


def seconds(text: str) -> float:
    clock, _, fraction = text.removesuffix("Z").partition(".")
    return time.mktime(time.strptime(clock, "%Y-%m-%dT%H:%M:%S")) + float(f"0.{fraction or 0}")
