"""Made-up bars, the same every time, in files that `bitstockerz import` takes."""

import datetime
import random
from pathlib import Path


def rows(count: int, seed: int):
    """Ticks of a cent, volumes with eight decimals as exchanges of coins give them."""
    numbers = random.Random(seed)
    close = 500_000
    for index in range(count):
        open_ = max(10_000, close + numbers.randint(-20, 20))
        close = max(10_000, open_ + (60 if index // 40 % 2 == 0 else -55) + numbers.randint(-2_500, 2_500))
        high = max(open_, close) + numbers.randint(0, 900)
        low = max(5_000, min(open_, close) - numbers.randint(0, 900))
        yield [f"{price / 100:.2f}" for price in (open_, high, low, close)] + [f"{numbers.uniform(0, 5_000):.8f}"]


def hourly(path: Path, count: int, year: int = 2020) -> None:
    start = datetime.datetime(year, 1, 1)
    times = (f"{(start + datetime.timedelta(hours=hour)).isoformat()}Z" for hour in range(count))
    write(path, times, rows(count, 1))


def daily(path: Path, count: int, year: int = 2018) -> list[str]:
    """Returns the days, which are no week-ends."""
    day, days = datetime.date(year, 1, 1), []
    while len(days) < count:
        if day.weekday() < 5:
            days.append(day.isoformat())
        day += datetime.timedelta(days=1)
    write(path, days, rows(count, 2))
    return days


def write(path: Path, times, lines) -> None:
    text = "timestamp,open,high,low,close,volume\n"
    path.write_text(text + "".join(f"{time},{','.join(line)}\n" for time, line in zip(times, lines)))
