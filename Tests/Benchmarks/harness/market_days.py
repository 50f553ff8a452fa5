"""Coins that have one made-up day after another, imported while people trade them."""

import datetime
import random
import time
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from stack import Stack
from traders import bars, series

FIRST = datetime.date(2024, 1, 30)
"""The last day that is there from the beginning; it closes at 100."""


@dataclass
class Day:
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal

    @classmethod
    def after(cls, close: Decimal, random: random.Random) -> "Day":
        """Prices from 80 to 130, and not far from the last one."""
        def step(most: int) -> Decimal:
            return Decimal(random.randint(0, most)) / 100

        open = min(max(close + step(400) - 2, Decimal(90)), Decimal(120))
        close = open + step(400) - 2
        return cls(open, max(open, close) + step(300), min(open, close) - step(300), close)


class Coin:
    def __init__(self, stack: Stack, work: Path, symbol: str):
        self.stack, self.work, self.symbol = stack, work, symbol
        self.close = Decimal(100)
        self.days: list[Day] = []
        """After ``FIRST``. The last may not be stored yet."""
        self.stored = 0
        """How many of them are, for certain."""
        series(stack, work, symbol, FIRST)

    def store(self, day: Day, patience: float = 0) -> None:
        """Imports one more day; an import that fails is tried again for so many seconds."""
        self.days.append(day)
        date = FIRST + datetime.timedelta(days=len(self.days))
        prices = tuple(str(price) for price in (day.open, day.high, day.low, day.close))
        deadline = time.monotonic() + patience
        while True:
            try:
                bars(self.stack, self.work, self.symbol, {date: prices})
                break
            except RuntimeError:
                if time.monotonic() > deadline:
                    raise
        self.stored, self.close = len(self.days), day.close
