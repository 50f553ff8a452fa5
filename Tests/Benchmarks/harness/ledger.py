"""A paper account worked out a second time from its executions, in decimals and as plainly as can be, and held against what
is stored of it; the product's own verification beside it."""

import json
import time
from decimal import ROUND_HALF_UP, Decimal

from stack import Stack
from traders import sql

ZERO, CENT = Decimal(0), Decimal("0.01")


class Ledger:
    """One life of an account, as the database has it at one moment. Times are text."""

    def __init__(self, stack: Stack, email: str):
        self.stack = stack
        rows = json.loads(sql(stack, f"""
            SELECT json_build_object('account', row_to_json(a),
              'orders', (SELECT coalesce(json_agg(o ORDER BY requested_at), '[]') FROM orders o
                         WHERE o.paper_account_id = a.id),
              'executions', (SELECT coalesce(json_agg(e ORDER BY sequence), '[]') FROM executions e
                             WHERE e.paper_account_id = a.id),
              'positions', (SELECT coalesce(json_agg(p), '[]') FROM positions p WHERE p.paper_account_id = a.id),
              'symbols', (SELECT json_object_agg(id, symbol) FROM symbols))
            FROM paper_accounts a JOIN users u ON u.id = a.user_id WHERE u.email = '{email}'"""),
            parse_float=Decimal, parse_int=Decimal)
        self.account, self.orders, self.executions = rows["account"], rows["orders"], rows["executions"]
        self.positions = {row["symbol_id"]: row for row in rows["positions"]}
        self.symbols = {Decimal(id): symbol for id, symbol in rows["symbols"].items()}

    def faults(self) -> list[str]:
        found = self.replayed() + self.counted()
        for command in (["ledger", "verify", "--user", self.account["user_id"]], ["audit", "verify"]):
            try:
                self.stack.command(*command)
            except RuntimeError as error:
                found.append(str(error))
        return found

    def replayed(self) -> list[str]:
        """Executions in their order: what each is worth, and that none takes what is not there."""
        found: list[str] = []
        cash, rate = Decimal(self.account["starting_balance"]), Decimal(self.account["fee_bps"]) / 10_000
        held: dict[Decimal, tuple[Decimal, Decimal]] = {}
        for one in self.executions:
            quantity, price, symbol = one["quantity"], one["price"], one["symbol_id"]
            units, cost = held.get(symbol, (ZERO, ZERO))
            worth = (quantity * price).quantize(CENT, ROUND_HALF_UP)
            fee = max((worth * rate).quantize(CENT, ROUND_HALF_UP), self.account["min_fee"])
            profit = None
            if one["side"] == "BUY":
                cash -= worth + fee
                held[symbol] = (units + quantity, cost + worth)
            else:
                # What is left of a cent goes with the last sale.
                part = cost if quantity == units else (cost * quantity / max(units, CENT)).quantize(CENT, ROUND_HALF_UP)
                cash, profit = cash + worth - fee, worth - part
                held[symbol] = (units - quantity, cost - part)
            if (one["notional"], one["fee"], one["realized_pnl"]) != (worth, fee, profit):
                found.append(f"execution {one} should be {worth}, fee {fee}, profit {profit}")
            if cash < 0 or held[symbol][0] < 0:
                found.append(f"execution {one} leaves {cash} of cash and {held[symbol][0]} units")
        if cash != self.account["cash_balance"]:
            found.append(f"cash is {self.account['cash_balance']} and comes to {cash}")
        stored = {symbol: (row["quantity"], row["cost_basis"]) for symbol, row in self.positions.items()}
        held = {symbol: holding for symbol, holding in held.items() if holding[0] != 0}
        if stored != held:
            found.append(f"positions are {stored} and come to {held}")
        return found

    def counted(self) -> list[str]:
        """No order twice, none filled twice, none filled without money moving; nothing promised that is not there."""
        found: list[str] = []
        fills: dict[str, list[dict]] = {}
        for one in self.executions:
            fills.setdefault(one["order_id"], []).append(one)
        names = [order["client_order_id"] for order in self.orders if order["client_order_id"] is not None]
        if len(names) != len(set(names)):
            found.append(f"{len(names)} orders have {len(set(names))} names")
        promised: dict[Decimal, dict[str, Decimal]] = {}
        for order in self.orders:
            filled = [(one["quantity"], one["price"], one["side"]) for one in fills.get(order["id"], [])]
            due = [(order["quantity"], order["avg_fill_price"], order["side"])] if order["status"] == "FILLED" else []
            if filled != due:
                found.append(f"order {order['id']} is {order['status']} for {due} and its executions are {filled}")
            if order["status"] == "PENDING" and order["side"] == "SELL":
                # The exits of a bracket sell the same units.
                group = promised.setdefault(order["symbol_id"], {})
                name = order["entry_order_id"] or order["id"]
                group[name] = max(group.get(name, ZERO), order["quantity"])
        for symbol, group in promised.items():
            there = self.positions[symbol]["quantity"] if symbol in self.positions else ZERO
            if sum(group.values()) > there:
                found.append(f"{sum(group.values())} units of {self.symbols[symbol]} are promised, and {there} are there")
        waiting = sum((order["held_cash"] for order in self.orders), ZERO)
        if waiting > self.account["cash_balance"]:
            found.append(f"{waiting} of cash is promised, and {self.account['cash_balance']} is there")
        # The trail tells every fill once.
        told = int(sql(self.stack, f"""
            SELECT count(*) FROM audit_events
            WHERE event_type = 'order.filled' AND user_id = '{self.account['user_id']}'"""))
        if told != len(self.executions):
            found.append(f"the audit trail tells of {told} fills, and there are {len(self.executions)}")
        return found


def settle(stack: Stack, seconds: float = 90, kind: str | None = "fill_orders") -> None:
    """Waits until every bar that is stored has been looked at, by jobs of that kind or of any: a lease of a killed worker may
    have to end first."""
    deadline, these = time.monotonic() + seconds, f"job_type = '{kind}'" if kind else "true"
    while int(sql(stack, f"SELECT count(*) FROM jobs WHERE {these} AND finished_at IS NULL")):
        if time.monotonic() > deadline:
            raise RuntimeError(f"jobs do not end: {these}")
        time.sleep(0.02)
