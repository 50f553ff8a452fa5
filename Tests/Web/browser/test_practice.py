"""Practice on past days: a clock that is moved on bar by bar, and nothing of what comes after it."""

import re
from datetime import datetime, timezone

from axe import AxeTest
from harness import candles, expect
from trading import TradeTest

# A trading day of AAPL, after which the price falls, and rises.
FIRST_DAY = "2018-10-01"
MANY = 1_000
MANY_SYMBOLS = ("AAPL", "AMZN", "GOOG", "META", "NFLX", "NVDA", "BTC-USD", "ETH-USD", "LTC-USD", "XRP-USD")


class PracticeTest(TradeTest):
    def practice(self, *symbols: str, start: str = FIRST_DAY, **options):
        """Somebody who practises on AAPL, or on what is named, from a day on."""
        page = self.trader("", **options)
        body = {"symbols": symbols or ["AAPL"], "timeframe": "1d", "from": start, "starting_balance": "10000"}
        replay = self.call(page, "POST", "/api/trading/replays", body)["replay"]
        self.heard = []
        page.on("response", lambda answer: self.heard.append(answer))
        page.goto(self.url(f"/trade/practice/{replay['id']}"))
        self.chart_ready(page)
        return page, replay["id"]

    def days(self) -> list[dict]:
        """The bars from the first day on."""
        return candles("AAPL", start=FIRST_DAY, limit=MANY)

    def replay(self, page, identifier: str) -> dict:
        return self.call(page, "GET", f"/api/trading/replays/{identifier}")["replay"]

    def button(self, page, name: str):
        return page.get_by_role("group", name="Clock").get_by_role("button", name=name, exact=True)

    def figure(self, page, label: str):
        return page.get_by_role("region", name="Practice account").locator(".stat").filter(has_text=re.compile(f"^{label}"))

    def clock_stands(self, page, bar: dict) -> None:
        day = datetime.fromisoformat(bar["date"])
        expect(self.figure(page, "Clock")).to_contain_text(f"{day.day} {day:%b %Y}")

    def symbol(self, page, name: str):
        return page.get_by_role("group", name="Symbol", exact=True).get_by_role("button", name=name, exact=True)

    def position(self, page, symbol: str):
        return self.rows(page, "practice-positions").filter(has_text=re.compile(f"^{symbol}"))

    def beside(self, page):
        return page.get_by_role("region", name="Beside a strategy", exact=True)

    def run_beside(self, page) -> None:
        self.beside(page).get_by_role("button", name="Run it on these days").click()
        expect(page.get_by_test_id("beside")).to_be_visible()

    def news(self, page):
        return page.get_by_test_id("practice-news")

    def picture(self, page) -> bytes:
        self.at_rest(page)
        return page.locator(".chart-canvas").screenshot()

    def assert_nothing_later(self) -> None:
        """No answer had a bar after the clock that was told next before or after it: they are asked for side by side."""
        clock, bars = None, []
        for answer in self.heard:
            self.assertNotIn("/market-data/", answer.url, "bars are asked for by the clock only")
            if "/api/trading/replays/" not in answer.url or not answer.ok or answer.status == 204:
                continue
            body = answer.json()
            if "bars_since_1970" in body:
                start = sum(body["bars_since_1970"]) * body["seconds_per_bar"]
                bars.append(datetime.fromtimestamp(start, timezone.utc).date().isoformat())
            elif "replay" in body:
                clock = body["replay"]["clock"]
                while bars:
                    self.assertLessEqual(bars.pop(), clock[:10])
        for bar in bars:
            self.assertLessEqual(bar, (clock or "")[:10])
        self.assertIsNotNone(clock)


class PracticeTests(PracticeTest):
    def test_practice_is_begun_from_the_trading_room_and_deleted(self):
        page = self.trader("/trade")
        section = page.get_by_role("region", name="Practise on past days", exact=True)
        expect(section).to_contain_text("No practice yet.")
        section.get_by_role("link", name="Practise").click()
        form = page.get_by_role("form", name="Practise on past days")
        field = form.get_by_role("combobox", name="Symbol")
        field.fill("AAPL")
        form.get_by_role("option", name="AAPL").click()
        timeframe = form.get_by_label("Timeframe", exact=True)
        expect(timeframe).to_have_value("1d")
        expect(timeframe.locator("option")).to_have_text(["Daily"])
        day = form.get_by_label("First day", exact=True)
        expect(day).to_have_value("2022-09-21")
        day.fill(FIRST_DAY)
        form.get_by_label("Starting balance", exact=True).fill("25,000")
        form.get_by_role("button", name="Begin").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Practice on AAPL")
        expect(page.get_by_role("banner").get_by_text("Paper", exact=True)).to_be_visible()
        self.clock_stands(page, {"date": FIRST_DAY})
        expect(self.figure(page, "Clock")).to_contain_text("Where it begins")
        expect(self.figure(page, "Equity")).to_contain_text("$25,000.00")
        expect(page.get_by_text("nothing of it is the paper account’s")).to_be_visible()
        page.goto(self.url("/trade"))
        row = self.rows(page, "replays")
        expect(row).to_contain_text(FIRST_DAY)
        row.get_by_role("link").first.click()
        expect(self.beside(page)).to_contain_text("You have no strategy for daily bars of AAPL.")
        page.get_by_role("button", name="Delete…").click()
        question = page.get_by_role("dialog")
        expect(question.get_by_role("button", name="Cancel")).to_be_focused()
        question.get_by_role("button", name="Delete it").click()
        expect(section).to_contain_text("No practice yet.")
        self.assertEqual(self.call(page, "GET", "/api/trading/replays")["replays"], [])

    def test_what_cannot_be_practised_on_is_said_at_its_field(self):
        self.expects_failed_requests = True
        page = self.trader("/trade/practice/new?symbol=AAPL&from=2023-09-21&balance=some")
        form = page.get_by_role("form", name="Practise on past days")
        expect(form.get_by_label("Timeframe", exact=True)).to_have_value("1d")
        form.get_by_role("button", name="Begin").click()
        expect(form.get_by_label("Starting balance", exact=True)).to_be_focused()
        form.get_by_label("Starting balance", exact=True).fill("10")
        form.get_by_role("button", name="Begin").click()
        expect(form.locator(".field-fault")).to_have_count(1)
        form.get_by_label("Starting balance", exact=True).fill("1000")
        form.get_by_role("button", name="Begin").click()
        expect(form.get_by_label("First day", exact=True)).to_be_focused()
        expect(form.locator(".field-fault")).to_contain_text("fewer than two")

    def test_bars_come_one_by_one_and_a_purchase_is_seen(self):
        page, identifier = self.practice()
        days = self.days()
        bars = self.bars(page)
        before = self.picture(page)
        self.field(page, "Quantity").fill("10")
        self.submit(page).click()
        expect(self.outcome(page)).to_contain_text("Filled for $")
        expect(self.position(page, "AAPL")).to_contain_text("10")
        expect(self.figure(page, "Open profit")).to_contain_text("$0.00")
        expect(self.rows(page, "practice-orders")).to_contain_text(FIRST_DAY)
        self.assertNotEqual(self.picture(page), before, "the fill is marked")
        self.button(page, "Next bar").click()
        self.clock_stands(page, days[1])
        page.keyboard.press("ArrowRight")
        self.clock_stands(page, days[2])
        page.keyboard.press("n")
        self.clock_stands(page, days[3])
        self.button(page, "5 bars").click()
        self.clock_stands(page, days[8])
        self.button(page, "20 bars").click()
        self.clock_stands(page, days[28])
        self.assertEqual(self.bars(page), bars + 28)
        held = 10 * (days[28]["close"] - days[0]["close"])
        expect(self.figure(page, "Open profit")).to_contain_text(f"{abs(held):.2f}")
        # Nothing of it is the paper account's.
        self.assertEqual(self.orders(page), [])
        self.assert_nothing_later()

    def test_a_limit_rests_until_a_bar_fills_it_and_play_stops_there(self):
        page, identifier = self.practice()
        days = self.days()
        limit = round(days[0]["close"] * 0.95, 2)
        filling = next(index for index, bar in enumerate(days[1:], 1) if bar["low"] < limit)
        self.assertGreater(filling, 2)
        self.ticket(page).get_by_label("Type", exact=True).select_option("LIMIT")
        self.field(page, "Quantity").fill("5")
        self.field(page, "Limit price").fill(f"{limit}")
        self.submit(page).click()
        expect(self.outcome(page)).to_contain_text("Resting")
        row = self.rows(page, "practice-orders")
        expect(row).to_contain_text("Resting")
        page.get_by_role("button", name="4", exact=True).click()
        self.button(page, "Play").click()
        expect(self.news(page)).to_contain_text("Filled: Buy 5 AAPL")
        expect(self.button(page, "Play")).to_be_visible()
        self.at_rest(page)
        self.clock_stands(page, days[filling])
        self.assertEqual(self.replay(page, identifier)["bars"], filling)
        expect(row).to_contain_text(days[filling]["date"])
        self.assert_nothing_later()

    def test_an_order_that_rests_is_cancelled(self):
        page, _ = self.practice()
        self.ticket(page).get_by_label("Type", exact=True).select_option("LIMIT")
        self.field(page, "Quantity").fill("5")
        self.field(page, "Limit price").fill("20")
        self.submit(page).click()
        page.get_by_role("button", name=re.compile("^Cancel: Buy 5 AAPL")).click()
        expect(self.rows(page, "practice-orders")).to_contain_text("Cancelled")
        expect(page.get_by_role("button", name=re.compile("^Cancel: "))).to_have_count(0)

    def test_a_double_click_moves_one_bar_and_play_pauses(self):
        page, identifier = self.practice()
        days = self.days()
        self.button(page, "Next bar").dblclick()
        self.clock_stands(page, days[1])
        self.at_rest(page)
        self.assertEqual(self.replay(page, identifier)["bars"], 1)
        self.button(page, "Play").click()
        expect(self.figure(page, "Clock")).to_contain_text("3 bars after")
        self.button(page, "Pause").click()
        self.at_rest(page)
        stood = self.replay(page, identifier)["bars"]
        expect(self.figure(page, "Clock")).to_contain_text(f"{stood} bars after")
        steps = [one for one in self.heard if one.url.endswith("/step")]
        self.assertEqual((len(steps), {one.status for one in steps}), (stood, {200}))

    def test_a_clock_that_was_moved_elsewhere_is_looked_up(self):
        self.expects_failed_requests = True
        page, identifier = self.practice()
        days = self.days()
        self.call(page, "POST", f"/api/trading/replays/{identifier}/step", {"bars": 3, "clock": FIRST_DAY})
        self.button(page, "Next bar").click()
        self.clock_stands(page, days[3])
        self.button(page, "Next bar").click()
        self.clock_stands(page, days[4])
        self.assert_nothing_later()

    def test_a_lost_answer_buys_once(self):
        self.expects_failed_requests = True
        page, identifier = self.practice()
        lost = []

        def lose(route):
            if lost:
                return route.fallback()
            lost.append(route.fetch().status)
            route.abort("connectionreset")

        page.route("**/orders", lose)
        self.field(page, "Quantity").fill("10")
        self.submit(page).click()
        expect(self.ticket(page).get_by_role("alert")).to_contain_text("Nobody knows yet")
        self.submit(page).click()
        expect(self.outcome(page)).to_contain_text("Filled for $")
        self.assertEqual(self.replay(page, identifier)["positions"][0]["quantity"], "10.00000000")

    def test_several_symbols_are_chosen_in_the_form(self):
        self.expects_failed_requests = True
        page = self.trader("/trade/practice/new?symbol=AAPL")
        form = page.get_by_role("form", name="Practise on past days")
        add = form.get_by_role("button", name="Add a symbol")
        for place, symbol in ((2, "AAPL"), (3, "EOS-USD")):
            add.click()
            field = form.get_by_role("combobox", name=f"Symbol {place}", exact=True)
            field.fill(symbol)
            form.get_by_role("option", name=symbol).click()
            expect(field).to_have_value(symbol)
        expect(form.get_by_text("All are stored from")).to_be_visible()
        day = form.get_by_label("First day", exact=True)
        day.fill("2018-10-05")
        form.get_by_role("button", name="Begin").click()
        expect(form.locator(".field-fault")).to_have_text("It is chosen already.")
        form.get_by_role("button", name="Remove AAPL").nth(1).click()
        expect(form.get_by_role("combobox", name="Symbol 2", exact=True)).to_have_value("EOS-USD")
        expect(day).to_have_value("2018-10-05")
        form.get_by_role("button", name="Begin").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Practice on AAPL and EOS-USD")
        self.clock_stands(page, {"date": "2018-10-05"})
        page.goto(self.url("/trade"))
        expect(self.rows(page, "replays")).to_contain_text("AAPL and EOS-USD")

    def test_several_symbols_share_a_clock_and_the_cash(self):
        # A Friday.
        page, identifier = self.practice("AAPL", "EOS-USD", start="2018-10-05")
        expect(self.symbol(page, "AAPL")).to_have_attribute("aria-pressed", "true")
        self.field(page, "Quantity").fill("10")
        self.submit(page).click()
        expect(self.outcome(page)).to_contain_text("Filled for $")
        before = self.picture(page)
        self.symbol(page, "EOS-USD").click()
        expect(page.get_by_role("group", name="EOS-USD, daily candles up to the clock")).to_be_visible()
        expect(page).to_have_url(re.compile("symbol=EOS-USD"))
        self.assertNotEqual(self.picture(page), before)
        self.field(page, "Quantity").fill("100")
        expect(self.submit(page)).to_have_text("Buy EOS-USD on paper")
        self.submit(page).click()
        expect(self.outcome(page)).to_contain_text("Filled for $")
        self.button(page, "Next bar").click()
        self.clock_stands(page, {"date": "2018-10-06"})
        # Shares rest at the weekend.
        expect(self.position(page, "AAPL")).to_contain_text("2018-10-05")
        expect(self.position(page, "EOS-USD")).to_contain_text("2018-10-06")
        self.button(page, "5 bars").click()
        self.clock_stands(page, {"date": "2018-10-11"})
        replay = self.replay(page, identifier)
        held = {one["symbol"]: one for one in replay["positions"]}
        self.assertEqual([held["AAPL"]["quantity"], held["EOS-USD"]["quantity"]], ["10.00000000", "100.00000000"])
        profit = sum(float(one["unrealized_pnl"]) for one in held.values())
        expect(self.figure(page, "Open profit")).to_contain_text(f"{abs(profit):.2f}")
        self.assertAlmostEqual(float(replay["equity"]), 10_000 + profit, places=2)
        expect(self.beside(page)).to_contain_text("You have no strategy for daily bars of EOS-USD.")
        self.position(page, "AAPL").get_by_role("button", name="AAPL").click()
        expect(page.get_by_role("group", name="AAPL, daily candles up to the clock")).to_be_visible()
        self.at_rest(page)
        self.assert_nothing_later()
        self.symbol(page, "EOS-USD").click()
        page.reload()
        self.chart_ready(page)
        expect(self.symbol(page, "EOS-USD")).to_have_attribute("aria-pressed", "true")

    def test_how_fast_it_plays_is_kept(self):
        page, identifier = self.practice()
        speed = page.get_by_role("group", name="Bars a second")
        expect(speed.get_by_role("button", name="4")).to_have_attribute("aria-pressed", "true")
        self.button(page, "Play").click()
        expect(self.figure(page, "Clock")).to_contain_text("2 bars after")
        speed.get_by_role("button", name="1").click()
        self.button(page, "Pause").click()
        self.at_rest(page)
        self.assertEqual(self.replay(page, identifier)["speed"], 1)
        page.reload()
        self.chart_ready(page)
        expect(speed.get_by_role("button", name="1")).to_have_attribute("aria-pressed", "true")

    def test_it_ends_where_stored_prices_end(self):
        page = self.trader("")
        last = candles("AAPL", limit=3)
        body = {"symbol": "AAPL", "timeframe": "1d", "from": last[0]["date"]}
        replay = self.call(page, "POST", "/api/trading/replays", body)["replay"]
        page.goto(self.url(f"/trade/practice/{replay['id']}"))
        self.button(page, "Play").click()
        expect(self.news(page)).to_contain_text("Stored prices end here.")
        self.clock_stands(page, last[2])
        expect(self.button(page, "Next bar")).to_have_attribute("aria-disabled", "true")


class PracticeLookTests(PracticeTest, AxeTest):
    def test_axe_finds_nothing_and_a_phone_never_scrolls_sideways(self):
        page, _ = self.practice()
        self.make(page)
        page.reload()
        self.chart_ready(page)
        self.field(page, "Quantity").fill("10")
        self.submit(page).click()
        expect(self.outcome(page)).to_contain_text("Filled for $")
        self.button(page, "5 bars").click()
        expect(self.figure(page, "Clock")).to_contain_text("5 bars after")
        self.run_beside(page)
        self.at_rest(page)
        self.assert_good_looks(page, "a practice")
        page, _ = self.practice(*MANY_SYMBOLS, start="2018-10-05")
        self.symbol(page, MANY_SYMBOLS[-1]).click()
        self.at_rest(page)
        self.assert_good_looks(page, "a practice on many symbols")
        for path in ("/trade/practice/new?symbol=AAPL", "/trade"):
            page.goto(self.url(path))
            self.at_rest(page)
            self.assert_good_looks(page, path)
        self.expects_failed_requests = True
        page.goto(self.url("/trade/practice/00000000-0000-0000-0000-000000000000"))
        expect(page.get_by_text("There is no such practice.")).to_be_visible()
