"""Runs a first backtest of a real strategy on real prices through the API, and prints it as a table.

usage: first_backtest.py BASE_URL KEY_FILE

The strategy is made once and found by its name afterwards; each call is a new run of it.
"""

import json
import pathlib
import sys
import time
import urllib.error
import urllib.request

STRATEGY = {
    "name": "SMA cross with RSI filter",
    "description": "Follows the trend of the last months, and does not buy what has already run hot.",
    "asset_type": "EQUITY",
    "timeframe": "1d",
    "definition": {
        "indicators": [
            {"id": "fast", "type": "SMA", "params": {"period": 20}, "source": "close"},
            {"id": "slow", "type": "SMA", "params": {"period": 50}, "source": "close"},
            {"id": "heat", "type": "RSI", "params": {"period": 14}, "source": "close"},
        ],
        "entry": {
            "logic": "AND",
            "conditions": [
                {"left": {"indicator": "fast"}, "op": "crosses_above", "right": {"indicator": "slow"}},
                {"left": {"indicator": "heat"}, "op": "lt", "right": {"literal": 75}},
            ],
        },
        "exit": {
            "logic": "AND",
            "conditions": [{"left": {"indicator": "fast"}, "op": "crosses_below", "right": {"indicator": "slow"}}],
        },
        "risk": {"stop_loss": {"type": "percent", "value": 8}},
    },
}
RUN = {
    "symbol": "AAPL", "timeframe": "1d", "start_date": "2014-01-02", "end_date": "2023-09-21", "initial_equity": "10000.00",
    "simulation": {"execution_timing": "next_open", "commission_bps": 5, "slippage_bps": 5},
}
FIGURES = (
    ("Final equity", "final_equity", "{:,.2f} USD"), ("Total return", "total_return_pct", "{:+.2f} %"),
    ("Buy and hold", "benchmark_return_pct", "{:+.2f} %"), ("Annual return", "cagr_pct", "{:+.2f} %"),
    ("Max drawdown", "max_drawdown_pct", "{:.2f} %"), ("Sharpe ratio", "sharpe_ratio", "{:.2f}"),
    ("Trades", "num_trades", "{:.0f}"), ("Won", "win_rate_pct", "{:.1f} %"), ("Time invested", "exposure_pct", "{:.1f} %"),
)


class API:
    def __init__(self, base, key):
        self.base, self.key = base, key

    def call(self, method, path, body=None):
        request = urllib.request.Request(
            self.base + path, json.dumps(body).encode() if body else None, method=method,
            headers={"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            sys.exit(f"error: {method} {path} answered {error.code}: {error.read().decode(errors='replace')[:500]}")
        except (urllib.error.URLError, TimeoutError) as error:
            sys.exit(f"error: {method} {path} got no answer: {error}")


def finished(api):
    strategies = api.call("GET", "/api/strategies?limit=100")["strategies"]
    strategy = next((one for one in strategies if one["name"] == STRATEGY["name"]), None)
    strategy = strategy or api.call("POST", "/api/strategies", STRATEGY)
    run = api.call("POST", "/api/backtests", RUN | {"strategy_id": strategy["id"]})
    deadline = time.monotonic() + 60
    while run["status"] in ("pending", "queued", "running") and time.monotonic() < deadline:
        time.sleep(0.2)
        run = api.call("GET", f"/api/backtests/{run['id']}")
    if run["status"] != "completed":
        sys.exit(f"error: the first backtest ended as {run['status']}: {run.get('error')}")
    return strategy, api.call("GET", f"/api/backtests/{run['id']}")


def table(rows):
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        yield "  " + "  ".join(cell.ljust(width) if at == 0 else cell.rjust(width) for at, (cell, width) in enumerate(zip(row, widths)))


def main(base, key_file):
    strategy, run = finished(API(base, pathlib.Path(key_file).read_text().strip()))
    results, trades = run["results"], run["trades"]["trades"]
    print(f"\n{strategy['name']} on {run['symbol']}, {run['start_date']} to {run['end_date']}")
    print(f"{strategy['summary']}\n")
    print("\n".join(table([(label, "-" if results[name] is None else form.format(results[name])) for label, name, form in FIGURES])))
    rows = [("#", "bought", "at", "sold", "at", "result", "why")]
    for trade in trades[-5:]:
        rows.append((
            str(trade["trade_no"]), trade["entry_time"], f"{trade['entry_price']:.2f}", trade["exit_time"],
            f"{trade['exit_price']:.2f}", f"{trade['pnl_pct']:+.2f} %", trade["exit_reason"]))
    print("\nThe last trades:\n" + "\n".join(table(rows)))
    shown = pathlib.Path(key_file)
    shown = shown.relative_to(pathlib.Path.cwd()) if shown.is_relative_to(pathlib.Path.cwd()) else shown
    print(f"\nThe same from the API:\n  curl -H \"Authorization: Bearer $(cat {shown})\" '{base}/api/backtests/{run['id']}?points=100'")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: first_backtest.py BASE_URL KEY_FILE")
    main(*sys.argv[1:])
