"""Ten thousand orders of sixteen clients of one account, all at once: never overspent, never oversold, exact to the cent.

The clients want more than there is, of money and of units; they cancel and replace what a bar is about to fill, and say the
same thing at the same moment, while days pass and the worker fills what rests."""

import itertools
import random
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

from ledger import Ledger, settle
from market_days import Coin, Day
from stack import Stack
from table import Table
from traders import Trader

CLIENTS, COINS, ORDERS = 16, 8, 10_000
ORDERS_A_DAY = 50
"""After so many, a coin has another day."""


def quantity(chance: random.Random) -> str:
    """From a hundredth of a unit to two hundred: some is dust, some is more than there is."""
    return str(Decimal(int(20_000 ** chance.random())) / 100)


class Race:
    def __init__(self, stack: Stack, work: Path, orders: int, seed: int):
        self.stack, self.orders, self.seed = stack, orders, seed
        self.trader = Trader.new(stack, f"racer{seed}@example.org")
        self.coins = [Coin(stack, work, f"RACE{number}-USD") for number in range(COINS)]
        self.numbers = itertools.count()
        self.is_over = threading.Event()
        self.lock = threading.Lock()
        # Under the lock.
        self.recent: deque[dict] = deque(maxlen=CLIENTS)
        """Tickets that were sent last, some of them not answered yet."""
        self.resting: deque[str] = deque(maxlen=30)
        self.ids: dict[str, str] = {}
        """By the client's name of an order: which one was answered first."""
        self.cancelled: dict[str, set[int]] = {}
        """By the order: what those were answered who cancelled it."""
        self.outcomes: Counter[str] = Counter()
        self.found: list[str] = []

    def run(self) -> float:
        """Seconds of all orders."""
        self.trader.ask("PATCH", "/api/paper-account", {"fee_bps": 12.5, "min_fee": "0.05"})
        start = time.monotonic()
        with ThreadPoolExecutor(CLIENTS + 2) as pool:
            others = [pool.submit(self.watch, self.trader.again()), pool.submit(self.pass_days)]
            clients = [
                pool.submit(self.trade, self.trader.again(), random.Random(f"{self.seed}/{number}"))
                for number in range(CLIENTS)]
            try:
                for client in clients:
                    client.result()
                seconds = time.monotonic() - start
            finally:
                self.is_over.set()
            for other in others:
                other.result()
        return seconds

    def expect(self, is_so: bool, fault: str) -> None:
        if not is_so:
            with self.lock:
                self.found.append(fault)

    def trade(self, trader: Trader, chance: random.Random) -> None:
        while (number := next(self.numbers)) < self.orders:
            ticket = self.ticket(chance, f"order {number}")
            with self.lock:
                self.recent.append(ticket)
            self.place(trader, ticket)
            if chance.random() < 0.15:
                with self.lock:
                    ticket = chance.choice(self.recent)
                self.place(trader, ticket, is_new=False)
            for what, share in ((self.contradict, 0.02), (self.cancel, 0.4), (self.replace, 0.2)):
                if chance.random() < share:
                    what(trader, chance)

    def ticket(self, chance: random.Random, name: str) -> dict:
        coin, is_purchase = chance.choice(self.coins), chance.random() < 0.55
        ticket = {
            "symbol": coin.symbol, "side": "BUY" if is_purchase else "SELL", "client_order_id": name,
            "quantity": quantity(chance)}
        # On the side on which an order rests, for the most part.
        better = Decimal(chance.randint(-40, 300)) / 100 * (-1 if is_purchase else 1)
        kind = chance.choices(("MARKET", "LIMIT", "STOP"), (6, 3, 1))[0]
        ticket["order_type"] = kind
        if kind == "LIMIT":
            ticket["limit_price"] = str(coin.close + better)
        if kind == "STOP":
            ticket["stop_price"] = str(coin.close - better)
        if is_purchase and chance.random() < 0.05:
            ticket |= {"stop_loss": str(coin.close - 6), "take_profit": str(coin.close + 6)}
        return ticket

    def place(self, trader: Trader, ticket: dict, is_new: bool = True) -> None:
        name = ticket["client_order_id"]
        status, answer = trader.send("POST", "/api/trading/orders", ticket)
        if status != 200:
            return self.expect(False, f"{ticket} was answered {status}: {answer}")
        order = answer["order"]
        with self.lock:
            first = self.ids.setdefault(name, order["id"])
            if is_new:
                self.outcomes[order["reject_reason"] or order["status"]] += 1
            if is_new and order["status"] == "PENDING":
                self.resting.append(order["id"])
        self.expect(first == order["id"], f"{name} was answered as order {first} and as order {order['id']}")

    def contradict(self, trader: Trader, chance: random.Random) -> None:
        with self.lock:
            answered = [ticket for ticket in self.recent if ticket["client_order_id"] in self.ids]
        if answered:
            status, answer = trader.send("POST", "/api/trading/orders", chance.choice(answered) | {"quantity": "0.005"})
            self.expect(status == 409, f"another order of a name that is taken was answered {status}: {answer}")

    def some(self, chance: random.Random) -> str | None:
        with self.lock:
            return chance.choice(self.resting) if self.resting else None

    def cancel(self, trader: Trader, chance: random.Random) -> None:
        if id := self.some(chance):
            status, answer = trader.send("DELETE", f"/api/trading/orders/{id}")
            self.expect(status in (200, 409), f"cancelling was answered {status}: {answer}")
            with self.lock:
                self.cancelled.setdefault(id, set()).add(status)

    def replace(self, trader: Trader, chance: random.Random) -> None:
        if id := self.some(chance):
            status, answer = trader.send("PATCH", f"/api/trading/orders/{id}", {"quantity": quantity(chance)})
            self.expect(status in (200, 409, 422), f"replacing was answered {status}: {answer}")
            with self.lock:
                self.outcomes["replaced"] += status == 200

    def pass_days(self) -> None:
        chance, done = random.Random(self.seed), 0
        while not self.is_over.wait(0.01):
            if len(self.ids) >= done + ORDERS_A_DAY:
                coin, done = chance.choice(self.coins), len(self.ids)
                coin.store(Day.after(coin.close, chance))

    def watch(self, trader: Trader) -> None:
        """What anybody who looks meanwhile is told: at every moment it adds up, and nothing is below zero."""
        while not self.is_over.is_set():
            now = trader.ask("GET", "/api/trading/portfolio-summary")
            cash, promised, positions, equity, start, realised, unrealised = (Decimal(now[name]) for name in (
                "cash_balance", "promised_cash", "total_position_value", "total_equity", "starting_balance",
                "realized_pnl_total", "unrealized_pnl_total"))
            self.expect(
                0 <= promised <= cash and positions >= 0 and cash + positions == equity == start + realised + unrealised,
                f"the summary does not add up: {now}")
            for position in trader.ask("GET", "/api/trading/positions")["positions"]:
                held, promised = Decimal(position["quantity"]), Decimal(position["promised_quantity"])
                self.expect(0 <= promised <= held and held > 0, f"a position promises what is not there: {position}")
            with self.lock:
                self.outcomes["looks"] += 1

    def faults(self) -> list[str]:
        settle(self.stack)
        ledger = Ledger(self.stack, self.trader.email)
        found = self.found + ledger.faults()
        stored = {order["client_order_id"]: order["id"] for order in ledger.orders if order["client_order_id"]}
        if stored != self.ids or len(stored) != self.orders:
            found.append(f"{len(stored)} of {self.orders} orders are stored, {len(self.ids)} were answered")
        states = {order["id"]: order["status"] for order in ledger.orders}
        for id, answers in self.cancelled.items():
            if (200 in answers) != (states[id] == "CANCELLED"):
                found.append(f"order {id} is {states[id]}, and cancelling it was answered {answers}")
        self.outcomes["by bars"] = len(ledger.executions) - self.outcomes["FILLED"]
        self.outcomes["cancelled"] = sum(200 in answers for answers in self.cancelled.values())
        # A race in which nobody comes too late is none.
        for name in ("by bars", "cancelled", "replaced", "INSUFFICIENT_CASH", "INSUFFICIENT_POSITION"):
            if self.outcomes[name] < self.orders / 200:
                found.append(f"too few are {name}: {dict(self.outcomes)}")
        return found


def measure(stack: Stack, work: Path, table: Table, say: Callable[[str], None], orders: int = ORDERS) -> None:
    seed = random.randrange(1 << 32)
    say(f"{orders:,} orders of {CLIENTS} clients of one account (seed {seed})")
    race = Race(stack, work, orders, seed)
    seconds, faults, told = race.run(), race.faults(), race.outcomes
    table.promise(
        f"{orders:,} orders of {CLIENTS} clients at one account", f"{seconds:.0f} s, {len(faults)} faults", faults)
    table.tell(
        "... filled at once, filled by bars, cancelled, replaced",
        ", ".join(f"{told[name]:,}" for name in ("FILLED", "by bars", "cancelled", "replaced")))
    table.tell(
        "... refused for want of cash, of units; looks at the summary meanwhile",
        f"{told['INSUFFICIENT_CASH']:,}, {told['INSUFFICIENT_POSITION']:,}; {told['looks']:,}")
