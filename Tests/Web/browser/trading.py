"""Somebody who trades on paper, for tests."""

import re

from harness import Traffic, expect
from strategies import StrategyTest
from test_imports import ImportTest as PriceImport


class TradeTest(StrategyTest):
    def trader(self, path: str = "/trade", **options):
        page, _ = self.user(path, **options)
        return page

    def ticket(self, page):
        return page.get_by_role("form", name="Order ticket")

    def field(self, page, label: str):
        return self.ticket(page).get_by_label(label, exact=True)

    def choose(self, page, symbol: str) -> None:
        field = self.ticket(page).get_by_role("combobox", name="Symbol")
        field.fill(symbol)
        self.ticket(page).get_by_role("option", name=symbol).click()
        expect(field).to_have_value(symbol)

    def submit(self, page):
        return self.ticket(page).get_by_role("button", name=re.compile("on paper$"))

    def outcome(self, page):
        return page.get_by_test_id("outcome")

    def rows(self, page, table: str):
        return page.get_by_test_id(table).locator("tbody tr")

    def stat(self, page, label: str):
        return page.locator(".trade-summary .stat").filter(has_text=re.compile(f"^{label}"))

    def place(self, page, **ticket) -> dict:
        """An order, beside the page."""
        body = {"symbol": "AAPL", "side": "BUY", "quantity": "10", **ticket}
        return self.call(page, "POST", "/api/trading/orders", body)["order"]

    def orders(self, page) -> list[dict]:
        return self.call(page, "GET", "/api/trading/orders")["orders"]

    def below(self, share: float) -> str:
        """A price so much under the last close of AAPL."""
        return f"{float(self.last_close('AAPL').replace(',', '')) * share:.2f}"


class LaterBarTest(TradeTest, PriceImport):
    """Somebody whose bars come one after another."""

    def bring(self, page, symbol: str, *bars: str) -> None:
        """Lines of date, open, high, low, close and volume."""
        page.goto(self.url("/data/import"))
        self.drop_texts(page, [["bars.csv", "Date,Open,High,Low,Close,Volume\n" + "\n".join(bars) + "\n"]])
        self.name_symbol(page, symbol)
        self.store(page, symbol)

    def bring_beside(self, page, symbol: str, *bars: str) -> None:
        """From another tab."""
        other = page.context.new_page()
        self.traffic[other] = Traffic(other)
        self.bring(other, symbol, *bars)
        other.close()
