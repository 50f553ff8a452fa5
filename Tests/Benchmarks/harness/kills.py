"""Two hundred orders, while the processes that have a part in them are killed: each order is there once or not at all, and
the client's name for it answers the same one.

usage: kills.py --work FOLDER --orders N      the folder holds an installation, in tree/"""

import argparse
import datetime
import http.client
import itertools
import os
import random
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import processes
from ledger import Ledger, settle
from market_days import FIRST, Coin, Day
from stack import Stack
from table import Table
from traders import Trader

CLIENTS, COINS, ORDERS = 8, 4, 200
ORDERS_A_BLOW, ORDERS_A_DAY = 5, 10
PATIENCE = 60
"""Seconds in which a stack that was struck has to be back."""
BLOWS = ("a responder", "the worker", "part of Postgres", "all responders", "Postgres")
LAST = Day(Decimal(100), Decimal(140), Decimal(70), Decimal(100))
"""The day that reaches every order but those that are too far away."""


@dataclass
class Sent:
    """An order as its client knows it."""

    ticket: dict
    coin: Coin
    first_day: int
    """The first that it may have met: so many were stored for certain before it was sent."""
    last_day: int | None = None
    """And after it was answered; nil: never."""
    ids: set[str] = field(default_factory=set)
    was_resting: bool = False
    asked_at = 0.0
    """For the last time, Unix seconds."""

    def hear(self, order: dict) -> None:
        self.ids.add(order["id"])
        self.was_resting |= order["status"] == "PENDING"
        if self.last_day is None:
            self.last_day = len(self.coin.days)

    def fills(self) -> set[tuple[int, Decimal] | None]:
        """As which day's bar and at which price it may have filled, by when it was placed; nil: not at all."""
        limit, is_purchase = Decimal(self.ticket["limit_price"]), self.ticket["side"] == "BUY"
        # Through the limit, not only to it; what opens better fills at the open.
        met = [
            (number, min(day.open, limit) if is_purchase else max(day.open, limit))
            for number, day in enumerate(self.coin.days)
            if (day.low < limit if is_purchase else day.high > limit)]
        return {next((fill for fill in met if fill[0] >= first), None) for first in range(self.first_day, self.last_day + 1)}


class Attack:
    def __init__(self, stack: Stack, work: Path, orders: int, seed: int):
        self.stack, self.orders, self.chance = stack, orders, random.Random(seed)
        self.trader = Trader.new(stack, f"survivor{seed}@example.org")
        self.coins = [Coin(stack, work, f"KILL{number}-USD") for number in range(COINS)]
        # Each kind as often as any other.
        numbers = self.chance.sample(range(orders), orders // ORDERS_A_BLOW)
        self.blows = {number: BLOWS[place % len(BLOWS)] for place, number in enumerate(numbers)}
        self.numbers = itertools.count()
        self.sent: list[Sent] = []
        self.told: Counter[str] = Counter()
        self.found: list[str] = []
        self.seconds_an_order = 0.0
        """While nothing is killed."""
        self.one_blow = threading.Lock()
        self.is_over = threading.Event()

    def run(self) -> float:
        """Seconds until all that was ordered and all days are dealt with."""
        start = time.monotonic()
        for coin in self.coins:
            self.trader.ask("POST", "/api/trading/orders", {"symbol": coin.symbol, "side": "BUY", "quantity": "100"})
        self.seconds_an_order = (time.monotonic() - start) / len(self.coins)
        with ThreadPoolExecutor(CLIENTS + 1) as pool:
            days = pool.submit(self.pass_days, random.Random(self.chance.random()))
            clients = [
                pool.submit(self.trade, self.trader.again(), random.Random(self.chance.random())) for _ in range(CLIENTS)]
            try:
                for client in clients:
                    client.result()
            finally:
                self.is_over.set()
            days.result()
        # What fills the orders that still rest falls while it does. The database first: all that follows needs it back.
        for coin, blow in zip(self.coins, ("Postgres", "part of Postgres", "the worker", "the worker")):
            coin.store(LAST, PATIENCE)
            self.strike(self.victims(blow, self.chance), blow, self.chance)
        self.await_readiness()
        settle(self.stack)
        return time.monotonic() - start

    def trade(self, trader: Trader, chance: random.Random) -> None:
        while (number := next(self.numbers)) < self.orders:
            coin = chance.choice(self.coins)
            one = Sent(ticket(coin, chance, f"order {number}"), coin, coin.stored)
            self.sent.append(one)
            blow = self.blows.get(number)
            is_heard = self.ask_under(blow, one, trader, chance) if blow else self.ask(one, trader)
            if blow and not is_heard and chance.random() < 0.5:
                continue  # nobody asks again: it may be there or not
            deadline = time.monotonic() + PATIENCE
            while not is_heard and time.monotonic() < deadline:
                time.sleep(0.02)
                is_heard = self.ask(one, trader)
            if not is_heard:
                self.found.append(f"order {number} is not answered in {PATIENCE} s")

    def ask(self, one: Sent, trader: Trader, meanwhile: Callable[[], None] = lambda: None) -> bool:
        """Sends an order; false: it may be there or not."""
        one.asked_at = time.time()
        try:
            trader.begin("POST", "/api/trading/orders", one.ticket)
            meanwhile()
            status, answer = trader.end()
        except (OSError, http.client.HTTPException, ValueError):
            trader.connection.close()
            status = 0
        if status == 200:
            one.hear(answer["order"])
        elif status not in (0, 502, 503, 504):
            self.found.append(f"{one.ticket} was answered {status}: {answer}")
        self.told["unanswered"] += status != 200
        return status == 200

    def ask_under(self, blow: str, one: Sent, trader: Trader, chance: random.Random) -> bool:
        """The same while something is killed: not before the stack has got over the last blow."""
        with self.one_blow:
            self.await_readiness()
            victims = self.victims(blow, chance)
            return self.ask(one, trader, lambda: self.strike(victims, blow, chance))

    def await_readiness(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                if self.stack.request("GET", "/api/health/ready")[0] == 200:
                    return
            except (OSError, http.client.HTTPException):
                pass
            if time.monotonic() > deadline:
                raise RuntimeError(f"the stack is not back after {PATIENCE} s")
            time.sleep(0.02)

    def victims(self, blow: str, chance: random.Random) -> list[int]:
        deadline = time.monotonic() + PATIENCE
        while True:
            pids = self.stack.pids({"a": "responder", "all": "responder", "the": "worker"}.get(blow.split()[0], "postgres"))
            if blow == "part of Postgres":
                pids = [child for pid in pids for child in processes.family(pid)[1:]]
            if pids:
                return [chance.choice(pids)] if blow in ("a responder", "part of Postgres") else pids
            if time.monotonic() > deadline:
                raise RuntimeError(f"there is no such process: {blow}")
            time.sleep(0.02)

    def strike(self, victims: list[int], blow: str, chance: random.Random) -> None:
        # At any point of the order under way, and of what comes of it.
        time.sleep(chance.uniform(0, 1.5 * self.seconds_an_order))
        for pid in victims:
            try:
                os.kill(pid, signal.SIGKILL)
                self.told["killed"] += 1
            except ProcessLookupError:
                pass  # a session that has ended by itself
        self.told[blow] += 1

    def pass_days(self, chance: random.Random) -> None:
        done = 0
        while not self.is_over.wait(0.01):
            if len(self.sent) >= done + ORDERS_A_DAY:
                coin, done = chance.choice(self.coins), len(self.sent)
                coin.store(Day.after(coin.close, chance), PATIENCE)

    def faults(self) -> list[str]:
        """What is wrong with all that is there now."""
        found, ledger = self.found, Ledger(self.stack, self.trader.email)
        found += ledger.faults()
        trader = self.trader.again()
        stored = {order["client_order_id"]: order for order in ledger.orders if order["client_order_id"]}
        fills = {one["order_id"]: one for one in ledger.executions}
        for one in self.sent:
            name = one.ticket["client_order_id"]
            there = stored.get(name)
            if there is None and one.ids:
                found.append(f"{name} was acknowledged and is not there")
            self.told["never answered"] += not one.ids
            # Stored before the client asked for it the last time: an earlier asking did that, which was not answered.
            self.told["by name"] += there is not None and seconds(there["requested_at"]) < one.asked_at
            self.told["... and there"] += there is not None and not one.ids
            if not self.ask(one, trader):
                found.append(f"{name} is not answered any more")
            if len(one.ids) != 1 or there and one.ids != {there["id"]}:
                found.append(f"{name} is {there and there['id']} and was answered as {one.ids}")
            if there:
                found += self.misfilled(one, there, fills.get(there["id"]))
        found += self.torn_brackets(ledger)
        return found

    def misfilled(self, one: Sent, order: dict, fill: dict | None) -> list[str]:
        """Whether an order has come to what the days make of it."""
        if one.ticket["order_type"] == "MARKET" or order["status"] == "REJECTED":
            resting = [f"{order} rested and is {order['status']}"] if one.was_resting else []
            return resting if order["status"] in ("FILLED", "REJECTED") else [f"{order} is {order['status']}"]
        due, done = one.fills(), None
        if fill:
            done = (days_after_first(fill["bar_start"]), fill["price"])
            self.told["by bars"] += 1
        return [] if done in due else [f"{order} has filled as {done} and should have as one of {due}"]

    def torn_brackets(self, ledger: Ledger) -> list[str]:
        """Of the exits of every entry that has filled the last day has filled one, and so ended the other."""
        exits: dict[str, list[str]] = {}
        for order in ledger.orders:
            if order["entry_order_id"]:
                exits.setdefault(order["entry_order_id"], []).append(order["status"])
        due = {order["id"] for order in ledger.orders if order["role"] == "ENTRY" and order["status"] == "FILLED"}
        self.told["brackets"] = len(due)
        return [
            f"the exits of {entry} are {exits.get(entry)}" for entry in due | exits.keys()
            if entry not in due or sorted(exits.get(entry, [])) != ["CANCELLED", "FILLED"]]


def seconds(text: str) -> float:
    return datetime.datetime.fromisoformat(text).timestamp()


def days_after_first(text: str) -> int:
    return (datetime.date.fromisoformat(text[:10]) - FIRST).days - 1


def ticket(coin: Coin, chance: random.Random, name: str) -> dict:
    is_purchase, close = chance.random() < 0.5, coin.close
    made = {
        "symbol": coin.symbol, "side": "BUY" if is_purchase else "SELL", "client_order_id": name,
        "quantity": str(Decimal(chance.randint(1, 200)) / 100), "order_type": chance.choice(("MARKET", "LIMIT"))}
    if made["order_type"] == "LIMIT":
        # Some are too far away for every day.
        away = 60 if chance.random() < 0.2 else Decimal(chance.randint(20, 300)) / 100
        made["limit_price"] = str(close - away if is_purchase else close + away)
    elif is_purchase and chance.random() < 0.3:
        made |= {"stop_loss": str(close - 8), "take_profit": str(close + 8)}
    return made


def measure(stack: Stack, work: Path, table: Table, say: Callable[[str], None], orders: int = ORDERS) -> None:
    seed = random.randrange(1 << 32)
    say(f"{orders} orders of {CLIENTS} clients while processes are killed (seed {seed})")
    attack = Attack(stack, work, orders, seed)
    seconds, faults, told = attack.run(), attack.faults(), attack.told
    table.promise(
        f"{orders} orders, SIGKILL for {', '.join(f'{blow} {told[blow]}' for blow in BLOWS)} times",
        f"{seconds:.0f} s, {len(faults)} faults", faults)
    table.tell(
        "... requests without an answer; orders that nobody asked for again, and those of them that are there",
        f"{told['unanswered']}; {told['never answered']}, {told['... and there']}")
    table.tell("... orders that were stored without an answer, and found by their names", f"{told['by name']}")
    table.tell("... orders that bars have filled, brackets", f"{told['by bars']}, {told['brackets']}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="kills.py")
    parser.add_argument("--work", type=Path, required=True, help="a folder with an installation in tree/")
    parser.add_argument("--orders", type=int, default=ORDERS)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    stack, table = Stack(options.work, 4), Table()
    try:
        stack.start()
        measure(stack, options.work, table, print, options.orders)
    finally:
        stack.stop()
    print(table.markdown())
    sys.exit(1 if table.broken else 0)


if __name__ == "__main__":
    main()
