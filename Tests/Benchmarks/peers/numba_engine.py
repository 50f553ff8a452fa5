"""What a good Python programmer would write: the loop over the bars, compiled by numba, default fills and no costs."""

import numpy as np
from numba import njit


@njit
def average(prices, period):
    output = np.full(prices.size, np.nan)
    total = 0.0
    for i in range(prices.size):
        total += prices[i]
        if i >= period:
            total -= prices[i - period]
        if i >= period - 1:
            output[i] = total / period
    return output


@njit
def strength(prices, period):
    output = np.full(prices.size, np.nan)
    gain = loss = 0.0
    for i in range(1, prices.size):
        change = prices[i] - prices[i - 1]
        up, down = max(change, 0.0), max(-change, 0.0)
        if i <= period:
            gain += up / period
            loss += down / period
        else:
            gain = (gain * (period - 1) + up) / period
            loss = (loss * (period - 1) + down) / period
        if i >= period:
            output[i] = (50.0 if gain == 0.0 else 100.0) if loss == 0.0 else 100.0 - 100.0 / (1.0 + gain / loss)
    return output


@njit
def trade(opens, highs, lows, closes, fast, slow, filter, most, stop_percent, target_percent, cash):
    """The equity at every close, and entry and exit prices of the trades."""
    equity = np.empty(closes.size)
    bought, sold = np.empty(closes.size), np.empty(closes.size)
    trades = 0
    holds = False
    price = stop = target = quantity = 0.0
    last = closes.size - 1
    for i in range(closes.size):
        exited = False
        if holds:
            out = 0.0
            if opens[i] < stop or opens[i] > target:
                out = opens[i]
            elif lows[i] <= stop:
                out = stop
            elif highs[i] >= target:
                out = target
            elif fast[i - 1] >= slow[i - 1] and fast[i] < slow[i] or i == last:
                out = closes[i]
            if out > 0.0:
                cash = quantity * out
                bought[trades], sold[trades] = price, out
                trades += 1
                holds, exited = False, True
        if not holds and not exited and 0 < i < last:
            if fast[i - 1] <= slow[i - 1] and fast[i] > slow[i] and filter[i] < most:
                price = closes[i]
                quantity = cash / price
                stop, target = price * (1 - stop_percent / 100), price * (1 + target_percent / 100)
                holds = True
        equity[i] = quantity * closes[i] if holds else cash
    return equity, bought[:trades], sold[:trades]


@njit
def measure(equity, bought, sold, cash, periods):
    """Drawdown, Sharpe ratio, share of winners and mean of wins and losses."""
    peak, fall, total = cash, 0.0, 0.0
    for i in range(equity.size):
        peak = max(peak, equity[i])
        fall = max(fall, (peak - equity[i]) / peak)
        if i > 0:
            total += equity[i] / equity[i - 1] - 1
    mean = total / (equity.size - 1)
    squares = 0.0
    for i in range(1, equity.size):
        deviation = equity[i] / equity[i - 1] - 1 - mean
        squares += deviation * deviation
    spread = np.sqrt(squares / (equity.size - 2))
    wins = losses = 0
    won = lost = 0.0
    for i in range(bought.size):
        change = sold[i] / bought[i] - 1
        if change > 0:
            wins, won = wins + 1, won + change
        elif change < 0:
            losses, lost = losses + 1, lost + change
    return (
        fall, mean / spread * np.sqrt(periods) if spread > 1e-15 else np.nan, wins / max(1, bought.size),
        won / max(1, wins), lost / max(1, losses),
    )


@njit
def run(opens, highs, lows, closes, cash):
    equity, bought, sold = trade(
        opens, highs, lows, closes, average(closes, 10), average(closes, 30), strength(closes, 14), 70.0, 2.0, 4.0, cash)
    return equity, bought, measure(equity, bought, sold, cash, 8760.0)
