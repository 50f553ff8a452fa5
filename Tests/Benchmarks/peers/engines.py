"""Other backtest engines on the bench's bars and strategy: SMA 10 and 30 cross below an RSI 14 of 70, stop 2, target 4.

usage: engines.py numba|vectorbt|vectorbt-rust|raptorbt|backtesting COUNT FILE   then one measurement for every line on standard input

FILE has five columns of doubles, open high low close volume. Every answer is a line of JSON.
"""

import json
import sys
import time
import warnings

import numpy as np

warnings.filterwarnings("ignore")
CASH = 10_000.0


def numba_loop(opens, highs, lows, closes, volumes):
    from numba_engine import run

    def go():
        equity, bought, _ = run(opens, highs, lows, closes, CASH)
        return len(bought), equity[-1] / CASH

    return go


def signals(closes):
    import talib

    fast, slow, strength = talib.SMA(closes, 10), talib.SMA(closes, 30), talib.RSI(closes, 14)
    fast_before, slow_before = np.r_[np.nan, fast[:-1]], np.r_[np.nan, slow[:-1]]
    return (fast_before <= slow_before) & (fast > slow) & (strength < 70), (fast_before >= slow_before) & (fast < slow)


def vectorbt_portfolio(opens, highs, lows, closes, volumes, engine="numba"):
    import vectorbt

    def go():
        entries, exits = signals(closes)
        portfolio = vectorbt.Portfolio.from_signals(
            closes, entries, exits, open=opens, high=highs, low=lows, sl_stop=0.02, tp_stop=0.04, init_cash=CASH,
            freq="1h", engine=engine)
        portfolio.max_drawdown(), portfolio.sharpe_ratio()
        return int(portfolio.trades.count()), float(np.asarray(portfolio.value())[-1]) / CASH

    return go


def vectorbt_in_rust(*columns):
    return vectorbt_portfolio(*columns, engine="rust")


def raptorbt_run(opens, highs, lows, closes, volumes):
    import raptorbt

    hours = np.arange(len(closes), dtype=np.int64) * 3_600_000_000_000
    settings = raptorbt.BacktestConfig(initial_capital=CASH, fees=0.0)
    settings.set_fixed_stop(0.02)
    settings.set_fixed_target(0.04)

    def go():
        entries, exits = signals(closes)
        found = raptorbt.run_single_backtest(
            hours, opens, highs, lows, closes, volumes, entries, exits, config=settings).metrics
        return found.total_trades, found.end_value / CASH

    return go


def backtesting_strategy(opens, highs, lows, closes, volumes):
    import backtesting
    import pandas
    import talib

    # Its progress bar would be measured, too.
    backtesting.backtesting._tqdm = lambda bars=None, *_, **__: bars
    cash = 1e12  # it trades whole units: with this much, what is rounded away does not show
    frame = pandas.DataFrame(
        {"Open": opens, "High": highs, "Low": lows, "Close": closes, "Volume": volumes},
        index=pandas.date_range("2014-01-01", periods=len(closes), freq="h"))

    class Crosses(backtesting.Strategy):
        def init(self):
            self.fast = self.I(talib.SMA, self.data.Close, 10)
            self.slow = self.I(talib.SMA, self.data.Close, 30)
            self.strength = self.I(talib.RSI, self.data.Close, 14)

        def next(self):
            fast, slow = self.fast, self.slow
            if self.position:
                if fast[-2] >= slow[-2] and fast[-1] < slow[-1]:
                    self.position.close()
            elif fast[-2] <= slow[-2] and fast[-1] > slow[-1] and self.strength[-1] < 70:
                # None on the bar of an exit.
                if not self.closed_trades or self.closed_trades[-1].exit_bar != len(self.data) - 1:
                    price = self.data.Close[-1]
                    self.buy(sl=price * 0.98, tp=price * 1.04)

    def go():
        found = backtesting.Backtest(frame, Crosses, cash=cash, trade_on_close=True, finalize_trades=True).run()
        return int(found["# Trades"]), found["Equity Final [$]"] / cash

    return go


def main() -> None:
    name, count, path = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    columns = np.fromfile(path, dtype="<f8").reshape(5, count)
    engine = {
        "numba": numba_loop, "vectorbt": vectorbt_portfolio, "vectorbt-rust": vectorbt_in_rust, "raptorbt": raptorbt_run,
        "backtesting": backtesting_strategy,
    }[name]
    go = engine(*(np.ascontiguousarray(column) for column in columns))
    go()  # compiles
    for _ in sys.stdin:
        times, begin = [], time.process_time()
        # As our own: the lower quartile of several, of processor time.
        while len(times) < 3 or time.process_time() - begin < 0.3:
            start = time.process_time()
            trades, growth = go()
            times.append(time.process_time() - start)
        print(json.dumps({"seconds": sorted(times)[len(times) // 4], "trades": trades, "growth": growth}), flush=True)


main()
