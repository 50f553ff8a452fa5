"""What is typed into a field for a symbol is what is meant, or nothing is."""

import re

from harness import expect
from trading import TradeTest


class SymbolFieldTests(TradeTest):
    def symbol(self, page):
        return page.get_by_role("form").get_by_role("combobox", name="Symbol")

    def sent(self, page, path: str) -> list:
        found = []
        page.on("request", lambda one: found.append(one) if one.method == "POST" and one.url.endswith(path) else None)
        return found

    def test_a_ticker_that_was_typed_out_is_chosen_when_the_field_is_left(self):
        page, _ = self.user()
        strategy = self.make(page)
        page.goto(self.url(f"/backtests/new?strategy={strategy['id']}&symbol=AAPL&start=2018-01-02&end=2020-12-31"))
        expect(page.get_by_text("to replay")).to_be_visible()
        self.symbol(page).fill("nvda")
        page.keyboard.press("Tab")
        expect(self.symbol(page)).to_have_value("NVDA")
        # Without waiting for what the server finds.
        self.symbol(page).fill("meta")
        page.get_by_role("button", name="Run backtest").focus()
        expect(self.symbol(page)).to_have_value("META")
        page.get_by_role("button", name="Run backtest").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Cross on META")

    def test_what_is_no_symbol_stays_and_nothing_is_run(self):
        page, _ = self.user()
        strategy = self.make(page)
        page.goto(self.url(f"/backtests/new?strategy={strategy['id']}&symbol=AAPL"))
        expect(page.get_by_text("to replay")).to_be_visible()
        sent = self.sent(page, "/api/backtests")
        form = page.get_by_role("form", name="New backtest")
        for typed, words in (("ZZNOPE", "There is no symbol “ZZNOPE” to choose here."), ("App", "“App” is no symbol")):
            self.symbol(page).fill(typed)
            page.get_by_role("button", name="Run backtest").click()
            expect(form).to_contain_text(words)
            expect(self.symbol(page)).to_have_value(typed)
            expect(self.symbol(page)).to_have_attribute("aria-invalid", "true")
        self.assertEqual(sent, [])
        # An emptied field means none other.
        self.symbol(page).fill("AAPL")
        page.keyboard.press("Tab")
        expect(page.get_by_text("to replay")).to_be_visible()
        self.symbol(page).fill("")
        page.keyboard.press("Tab")
        expect(self.symbol(page)).to_have_value("AAPL")

    def test_a_ticket_for_what_is_no_symbol_buys_nothing(self):
        page = self.trader()
        self.choose(page, "NVDA")
        self.field(page, "Quantity").fill("1")
        expect(page.get_by_test_id("preview")).to_contain_text("NVDA")
        sent = self.sent(page, "/api/trading/orders")
        field = self.ticket(page).get_by_role("combobox", name="Symbol")
        field.fill("TSLA")
        page.keyboard.press("Tab")
        expect(self.ticket(page)).to_contain_text("There is no symbol “TSLA” to choose here.")
        expect(page.get_by_test_id("preview")).not_to_contain_text("NVDA")
        self.submit(page).click()
        expect(field).to_be_focused()
        self.assertEqual(sent, [])
        # What is held fills the ticket again, whatever was typed.
        field.fill("nvda")
        page.keyboard.press("Tab")
        expect(field).to_have_value("NVDA")

    def test_a_strategy_that_can_trade_the_symbol_is_proposed(self):
        page, _ = self.user()
        self.make(page, name="By the day")
        hourly = self.make(page, name="By the hour", asset_type="CRYPTO", timeframe="1h")
        for symbol, name in (("NVDA", "By the day"), ("BTC-USD", "By the hour")):
            page.goto(self.url(f"/backtests/new?symbol={symbol}"))
            expect(page.get_by_text("to replay")).to_be_visible()
            expect(page.get_by_label("Strategy", exact=True).locator("option:checked")).to_have_text(name)
            expect(self.symbol(page)).to_have_value(symbol)
        # Prices that are not there are a fault of the symbol, and not of the days.

        def without_hours(route):
            answer = route.fetch()
            series = [one for one in answer.json()["series"] if one["interval"] != "1h"]
            route.fulfill(response=answer, json={**answer.json(), "series": series})

        page.route("**/api/symbols/EOS-USD", without_hours)
        page.goto(self.url(f"/backtests/new?strategy={hourly['id']}&symbol=EOS-USD"))
        expect(page.get_by_text("EOS-USD has no hourly prices here.")).to_be_visible()
        page.get_by_role("button", name="Run backtest").click()
        expect(self.symbol(page)).to_be_focused()
        expect(page.get_by_text("choose another symbol or strategy")).to_be_visible()
        expect(page.get_by_label("First day", exact=True)).not_to_have_attribute("aria-invalid", "true")

    def test_a_refusal_says_nothing_of_what_is_asked_next(self):
        self.expects_failed_requests = True
        page, _ = self.user()
        strategy = self.make(page)
        page.goto(
            self.url(f"/backtests/new?strategy={strategy['id']}&symbol=AAPL&start=2023-09-21&end=2023-09-21")
        )
        expect(page.get_by_text(re.compile("About 1 bar to replay"))).to_be_visible()
        page.get_by_role("button", name="Run backtest").click()
        first = page.get_by_label("First day", exact=True)
        expect(first).to_have_attribute("aria-invalid", "true")
        first.fill("2020-01-02")
        expect(first).not_to_have_attribute("aria-invalid", "true")
        first.fill("2023-09-21")
        # It is what was refused again.
        expect(first).to_have_attribute("aria-invalid", "true")
        page.get_by_role("button", name="5Y").click()
        expect(first).not_to_have_attribute("aria-invalid", "true")

    def test_a_preview_keeps_its_chart_until_there_is_another(self):
        page, _ = self.opened()
        field = page.get_by_role("combobox", name="Symbol of the preview")
        before = field.input_value()
        field.fill("ZZNOPE")
        page.keyboard.press("Tab")
        expect(page.get_by_text("There is no symbol “ZZNOPE” to choose here.")).to_be_visible()
        expect(page.get_by_test_id("signals")).to_contain_text(f"On {before}")
        field.fill("nvda")
        page.keyboard.press("Tab")
        expect(page.get_by_test_id("signals")).to_contain_text("On NVDA")
