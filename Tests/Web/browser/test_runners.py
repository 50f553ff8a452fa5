"""Strategies that trade forward on paper: starting one, watching it, ending it."""

import math
import re
import unittest
from datetime import date, timedelta

from axe import AxeTest
from harness import expect, written_day
from passkeys import DATABASE
from trading import LaterBarTest


def rule(op: str, level: float) -> dict:
    condition = {"left": {"price": "close"}, "op": op, "right": {"literal": level}}
    return {"logic": "AND", "conditions": [condition]}


def above(**risk) -> dict:
    """Buys when a bar closes above 100, sells when one closes below 95."""
    return {"indicators": [], "entry": rule("gt", 100), "exit": rule("lt", 95), "risk": risk}


# Weekdays of which all are trading days.
FIRST_DAY = date(2015, 1, 5)
NEXT_DAYS = ("2015-07-06", "2015-07-07", "2015-07-08", "2015-07-09", "2015-07-10")


def bar(day: str, price: float) -> str:
    return f"{day},{price},{price + 1},{price - 1},{price},1000"


def history() -> list[str]:
    """Half a year of weekdays around 97, some above 100, that ends below it."""
    days = [FIRST_DAY + timedelta(days=number) for number in range(179)]
    weekdays = [day for day in days if day.weekday() < 5]
    return [bar(str(day), round(97 + 6 * math.sin(number / 7), 2)) for number, day in enumerate(weekdays[:-1])] + [
        bar(str(weekdays[-1]), 98)
    ]


class RunnerTest(LaterBarTest):
    def runner_trader(self, **options):
        """Somebody with prices of their own, and a strategy for them."""
        page = self.operator(**options)
        symbol = self.symbol()
        self.bring(page, symbol, *history())
        return page, symbol, self.make(page, definition=above())

    def form(self, page):
        return page.get_by_role("form", name="Start a strategy on paper")

    def field(self, page, label: str):
        return self.form(page).get_by_label(label, exact=True)

    def submit(self, page):
        return self.form(page).get_by_role("button", name="Start on paper")

    def begin(self, page, strategy: dict, symbol: str, **more) -> dict:
        """A runner, beside the page."""
        body = {
            "strategy_version_id": strategy["version_id"],
            "symbol": symbol,
            "timeframe": strategy["timeframe"],
            "capital": "10000.00",
            **more,
        }
        return self.call(page, "POST", "/api/trading/runners", body)["runner"]

    def runner(self, page, identifier: str) -> dict:
        return self.call(page, "GET", f"/api/trading/runners/{identifier}")["runner"]

    def see(self, page, runner: dict, symbol: str, *bars: str) -> None:
        """Bars come, and the runner has seen them."""
        self.bring_beside(page, symbol, *bars)
        day = bars[-1].split(",")[0]
        self.wait_for(
            lambda: self.runner(page, runner["id"])["seen_bar"].startswith(day), "the worker has shown it the bar"
        )

    def told(self, page):
        return page.locator("main").get_by_role("note").first

    def figure(self, page, label: str):
        return page.get_by_role("region", name="Headline figures").locator(".stat").filter(has_text=re.compile(f"^{label}"))


@unittest.skipUnless(DATABASE, "BITSTOCKERZ_DATABASE is not set")
class RunnerTests(RunnerTest):
    def test_a_strategy_is_started_watched_paused_and_stopped(self):
        page, symbol, strategy = self.runner_trader()
        page.goto(self.url(f"/strategies/{strategy['id']}"))
        page.locator("summary", has_text="More").click()
        page.get_by_role("link", name="Run version 1 on paper").click()
        expect(page.get_by_text("Paper", exact=True)).to_have_count(1)
        expect(self.field(page, "Timeframe")).to_have_value("1d")
        self.form(page).get_by_role("combobox", name="Symbol").fill(symbol)
        self.form(page).get_by_role("option", name=symbol).click()
        # A tenth of the cash, which the limits have room for.
        expect(self.field(page, "Capital")).to_have_value("10000.00")
        expect(self.form(page)).to_contain_text("$100,000.00 of your cash is free")
        # The version has no stop: nothing says what would be at risk.
        expect(self.form(page).get_by_role("button", name="Risk")).to_have_count(0)
        self.submit(page).click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(f"Cross v1 on {symbol}")
        expect(self.told(page)).to_contain_text("Running. Waits for the next bar.")
        expect(self.figure(page, "Equity")).to_contain_text("$10,000.00")
        expect(self.figure(page, "Next")).to_contain_text("Waits for its entry")
        expect(page.get_by_text("No orders yet.")).to_be_visible()
        self.chart_ready(page)
        expect(page.get_by_test_id("forecast")).to_contain_text("no promise")
        # Before its first bar a comparison is not missed.
        expect(page.get_by_text("There is no backtest to compare with.")).to_have_count(0)
        runner = {"id": page.url.rpartition("/")[2]}

        # Whoever watches sees what comes without asking.
        self.see(page, runner, symbol, bar(NEXT_DAYS[0], 101))
        expect(self.told(page)).to_contain_text("It buys at the open of the next bar.")
        expect(self.figure(page, "Next")).to_contain_text("Buys at the next open")
        self.see(page, runner, symbol, bar(NEXT_DAYS[1], 102))
        expect(self.told(page)).to_contain_text(f"at 102.00, the open of {written_day(NEXT_DAYS[1])}")
        orders = self.rows(page, "runner-orders")
        expect(orders).to_have_count(1)
        expect(orders).to_contain_text("102.00")
        expect(self.figure(page, "Next")).to_contain_text(f"Holds 98.03921568 {symbol}")
        expect(page.get_by_test_id("forecast")).to_contain_text("2 bars so far")
        difference = page.get_by_test_id("difference")
        expect(difference.locator("tr").filter(has_text="Missed trades")).to_contain_text("$0.00")
        expect(difference).to_contain_text("$10,000.00")

        page.get_by_role("button", name="Pause").click()
        expect(self.told(page)).to_contain_text("Paused; what it holds has neither stop nor target meanwhile.")
        expect(page.get_by_role("button", name="Resume")).to_be_focused()
        # It would have sold at the open of the day after.
        self.bring_beside(page, symbol, bar(NEXT_DAYS[2], 94), bar(NEXT_DAYS[3], 93))
        page.get_by_role("button", name="Resume").click()
        expect(self.told(page)).to_contain_text("Running. Goes on with the next bar.")
        self.assertEqual(self.runner(page, runner["id"])["fills"], 1)

        page.get_by_role("button", name="Stop…").click()
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
        dialog.get_by_role("button", name="Stop and sell it").click()
        expect(dialog).to_have_count(0)
        expect(self.told(page)).to_contain_text(f"Stopped; 98.03921568 {symbol} were sold.")
        expect(orders).to_have_count(2)
        expect(page.get_by_role("button", name="Stop…")).to_have_count(0)
        self.wait_for(lambda: page.evaluate("document.activeElement !== document.body"), "the focus is kept")
        self.assertEqual(self.call(page, "GET", "/api/trading/positions")["positions"], [])
        orders.first.get_by_role("link").first.click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(f"Sell 98.03921568 {symbol}")
        page.get_by_role("main").get_by_role("link", name="a runner").first.click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(f"Cross v1 on {symbol}")

    def test_a_runner_that_is_stopped_may_leave_what_it_holds(self):
        page, symbol, strategy = self.runner_trader()
        runner = self.begin(page, strategy, symbol)
        self.see(page, runner, symbol, bar(NEXT_DAYS[0], 101), bar(NEXT_DAYS[1], 102))
        page.goto(self.url("/trade"))
        row = self.rows(page, "runners")
        expect(row).to_contain_text("Waits for its exit")
        expect(self.rows(page, "orders")).to_contain_text("a runner")
        # What it holds nobody else sells.
        expect(page.get_by_role("button", name=f"Sell {symbol}")).to_have_attribute("title", re.compile("a runner holds it"))
        row.get_by_role("link").first.click()
        page.get_by_role("button", name="Stop…").click()
        page.get_by_role("dialog").get_by_role("button", name="Stop and keep it").click()
        expect(self.told(page)).to_contain_text("stayed in the account")
        self.assertEqual(
            [one["symbol"] for one in self.call(page, "GET", "/api/trading/positions")["positions"]], [symbol]
        )


class StartTests(RunnerTest):
    """On the demo prices."""

    def starter(self, path: str = "", **options):
        page = self.trader("", **options)
        strategy = self.make(page)
        page.goto(self.url(path or f"/trade/runners/new?strategy={strategy['id']}&symbol=AAPL"))
        expect(self.field(page, "Capital")).to_have_value("10000.00")
        return page, strategy

    def runners(self, page) -> list[dict]:
        return self.call(page, "GET", "/api/trading/runners")["runners"]

    def test_a_backtest_goes_on_from_its_result(self):
        page = self.trader("/trade")
        expect(page.get_by_text("No strategy trades here yet.")).to_be_visible()
        run = self.make_run(page, self.make(page))
        page.goto(self.url(f"/backtests/{run['id']}"))
        page.get_by_role("link", name="Run on paper").click()
        expect(self.form(page).get_by_role("combobox", name="Symbol")).to_have_value("AAPL")
        self.submit(page).click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Cross v1 on AAPL")
        self.chart_ready(page)
        page.goto(self.url("/"))
        expect(page.get_by_role("region", name="Runners", exact=True)).to_contain_text("$10,000.00")
        page.goto(self.url("/settings/activity"))
        expect(page.get_by_text("Strategy started on paper")).to_be_visible()

    def test_what_cannot_be_started_is_said_at_its_field(self):
        self.expects_failed_requests = True
        page, _ = self.starter("/trade/runners/new?symbol=AAPL")
        form = self.form(page)
        self.field(page, "Capital").fill("some")
        self.field(page, "Share for a purchase").fill("101")
        self.submit(page).click()
        expect(self.field(page, "Capital")).to_be_focused()
        expect(form.locator(".field-fault")).to_have_count(2)
        self.field(page, "Share for a purchase").fill("50")
        self.field(page, "Capital").fill("100,001")
        self.submit(page).click()
        expect(form.locator(".field-fault")).to_contain_text("100,001.00 are to be set aside, and 100,000.00 is free.")
        expect(self.field(page, "Capital")).to_be_focused()
        self.field(page, "Capital").fill("60,000")
        self.submit(page).click()
        expect(form.locator(".field-fault")).to_contain_text("at most")
        # The address says what is typed.
        page.reload()
        expect(self.field(page, "Capital")).to_have_value("60,000")
        self.field(page, "Capital").fill("50,000")
        self.submit(page).click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("on AAPL")
        self.assertEqual([(one["capital"], one["allocation_pct"]) for one in self.runners(page)], [("50000.00", 50)])

    def test_a_version_with_a_stop_is_sized_by_its_risk(self):
        page = self.trader("")
        strategy = self.make(page, definition=above(stop_loss={"type": "percent", "value": 8}))
        page.goto(self.url(f"/trade/runners/new?strategy={strategy['id']}&symbol=AAPL"))
        self.form(page).get_by_role("button", name="Risk", exact=True).click()
        self.field(page, "Risk of a purchase").fill("2")
        self.submit(page).click()
        expect(page.get_by_text("25% of its equity, so that 2% is at risk")).to_be_visible()

    def test_who_starts_before_a_capital_is_proposed_starts_with_it(self):
        page = self.trader("")
        strategy = self.make(page)
        held = []
        page.route("**/api/trading/orders/preview", lambda route: route.fallback() if held else held.append(route))
        page.goto(self.url(f"/trade/runners/new?strategy={strategy['id']}&symbol=AAPL"))
        self.wait_for(lambda: held, "the limits are on their way")
        self.submit(page).click()
        expect(self.form(page).get_by_role("button", name="Starting…")).to_be_visible()
        self.assertEqual(self.runners(page), [])
        held[0].continue_()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Cross v1 on AAPL")
        self.assertEqual([one["capital"] for one in self.runners(page)], ["10000.00"])

    def test_who_goes_on_typing_while_a_start_waits_starts_nothing_by_it(self):
        page = self.trader("")
        strategy = self.make(page)
        held = []
        page.route("**/api/trading/orders/preview", lambda route: held.append(route))
        page.goto(self.url(f"/trade/runners/new?strategy={strategy['id']}&symbol=AAPL"))
        self.submit(page).click()
        expect(self.form(page).get_by_role("button", name="Starting…")).to_be_visible()
        self.field(page, "Capital").press_sequentially("5000")
        expect(self.submit(page)).to_be_enabled()
        self.assertEqual(self.runners(page), [])
        self.submit(page).click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Cross v1 on AAPL")
        self.assertEqual([one["capital"] for one in self.runners(page)], ["5000.00"])
        page.unroute("**/api/trading/orders/preview")

    def test_a_double_click_starts_once_and_the_same_again_leads_to_the_first(self):
        self.expects_failed_requests = True
        page, _ = self.starter()
        address = page.url
        sent = []
        page.on("request", lambda one: sent.append(one.method) if one.url.endswith("/trading/runners") else None)
        self.submit(page).dblclick()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Cross v1 on AAPL")
        self.at_rest(page)
        self.assertEqual(sent, ["POST"])
        first = page.url
        page.goto(address)
        self.submit(page).click()
        taken = page.get_by_role("alert")
        expect(taken).to_contain_text("This version is on this series already. Running, with a capital of $")
        taken.get_by_role("link", name="Cross v1 on AAPL").click()
        expect(page).to_have_url(first)
        self.assertEqual(len(self.runners(page)), 1)

    def test_a_lost_answer_starts_once_however_often_it_is_sent(self):
        self.expects_failed_requests = True
        page, _ = self.starter()
        lost = []

        def lose(route):
            if route.request.method != "POST" or lost:
                return route.fallback()
            lost.append(route.fetch().status)
            route.abort("connectionreset")

        page.route("**/api/trading/runners", lose)
        self.submit(page).click()
        expect(page.get_by_role("alert")).to_contain_text("Nobody knows yet whether it was started.")
        self.assertEqual(lost, [201])
        self.submit(page).click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Cross v1 on AAPL")
        self.assertEqual(len(self.runners(page)), 1)


@unittest.skipUnless(DATABASE, "BITSTOCKERZ_DATABASE is not set")
class RunnerLookTests(RunnerTest, AxeTest):
    def test_axe_finds_nothing_and_a_phone_never_scrolls_sideways(self):
        page, symbol, strategy = self.runner_trader()
        runner = self.begin(page, strategy, symbol)
        self.see(page, runner, symbol, *(bar(day, 101 + number) for number, day in enumerate(NEXT_DAYS)))
        for path in (f"/trade/runners/{runner['id']}", f"/trade/runners/new?strategy={strategy['id']}&symbol=AAPL", "/trade"):
            page.goto(self.url(path))
            self.at_rest(page)
            self.assert_good_looks(page, path)
        page.goto(self.url(f"/trade/runners/{runner['id']}"))
        page.get_by_role("button", name="Stop…").click()
        self.assert_good_looks(page, "the question")
        page.goto(self.url("/trade/runners/00000000-0000-0000-0000-000000000000"))
        self.expects_failed_requests = True
        expect(page.get_by_text("There is no such runner.")).to_be_visible()
