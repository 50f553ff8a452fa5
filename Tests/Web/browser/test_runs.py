"""What becomes of a form, a run on its way and a list of runs when something is odd: see test_backtests for the rest."""

import json
import re

from axe import AxeTest
from harness import expect, problem
from strategies import StrategyTest

RESULT = re.compile(r"/backtests/[0-9a-f-]{36}$")


class RunTest(StrategyTest):
    def trader(self, path="", **options):
        """Somebody with a strategy."""
        page, _ = self.user(**options)
        strategy = self.make(page)
        if path:
            page.goto(self.url(path.format(strategy["id"])))
        return page, strategy

    def button(self, page):
        return page.get_by_role("button", name="Run backtest")

    def as_state(self, page, run, **changes):
        """Has the page believe that a run is in another state."""
        nothing = {"results": None, "statistics": None, "equity": [], "finished_at": None}
        trades = {"trades": [], "limit": 100, "offset": 0, "has_more": False}
        body = json.dumps({**self.call(page, "GET", f"/api/backtests/{run['id']}"), **nothing, "trades": trades, **changes})
        page.unroute_all()
        page.route(
            re.compile(rf"/api/backtests/{run['id']}\?"),
            lambda route: route.fulfill(content_type="application/json", body=body),
        )


class FormTests(RunTest):
    def test_only_symbols_of_the_strategys_kind_are_offered(self):
        page, _ = self.trader("/backtests/new?strategy={}")
        symbol = page.get_by_role("combobox", name="Symbol")
        symbol.fill("bit")
        expect(page.get_by_text("No such symbol")).to_be_visible()
        symbol.fill("nvi")
        page.get_by_role("option", name=re.compile("NVDA")).click()
        expect(symbol).to_have_value("NVDA")
        expect(page.get_by_text(re.compile("Prices from .* to replay"))).to_be_visible()

    def test_days_are_written_as_in_tables_whatever_the_language_of_the_browser(self):
        page, _ = self.trader("/backtests/new?strategy={}&symbol=AAPL&start=2018-01-02&end=2020-01-02")
        first = page.get_by_label("First day", exact=True)
        expect(first).to_have_value("2018-01-02")
        expect(first).to_have_attribute("type", "text")
        expect(page.get_by_role("button", name="Calendar: First day")).to_be_visible()
        # A day that is chosen in the browser's calendar stands in the field.
        page.locator(".field-calendar").first.fill("2019-03-04", force=True)
        expect(first).to_have_value("2019-03-04")
        # Its "Clear" empties the field.
        page.locator(".field-calendar").first.fill("", force=True)
        expect(first).to_have_value("")
        first.fill("2019-02-30")
        self.button(page).click()
        expect(first).to_be_focused()
        expect(first).to_have_accessible_description("A day, such as 2020-01-02.")

    def test_a_strategy_that_is_gone_is_said_to_be(self):
        page, strategy = self.trader()
        self.make(page, name="Other")
        self.call(page, "DELETE", f"/api/strategies/{strategy['id']}")
        page.goto(self.url(f"/backtests/new?strategy={strategy['id']}"))
        expect(page.get_by_text("That strategy is not there any more.")).to_be_visible()
        expect(page.get_by_label("Strategy", exact=True).locator("option")).to_have_text(["Other"])

    def test_nobody_without_a_strategy_is_left_before_an_empty_form(self):
        page, _ = self.user("/backtests")
        expect(page.get_by_text("No backtests yet.")).to_be_visible()
        page.get_by_role("link", name="Run the first").click()
        expect(page.get_by_text("A backtest needs a strategy.")).to_be_visible()
        expect(page.get_by_role("link", name="build your own")).to_have_attribute("href", "/strategies/new")
        page.locator("main").get_by_role("link", name="RSI dip").first.click()
        expect(page.get_by_label("Name", exact=True)).to_have_value("RSI dip")


class RefusedFormTests(RunTest):
    expects_failed_requests = True

    def test_what_the_server_refuses_lands_on_its_field_and_survives_leaving(self):
        page, _ = self.trader("/backtests/new?strategy={}&symbol=AAPL&start=2013-01-02&end=2013-01-08")
        expect(page.get_by_text(re.compile(r"About \d bars to replay\."))).to_be_visible()
        page.get_by_role("textbox", name="Slippage").fill("2000")
        self.button(page).click()
        slippage = page.get_by_role("textbox", name="Slippage")
        expect(slippage).to_be_focused()
        expect(slippage).to_have_attribute("aria-invalid", "true")
        page.get_by_role("link", name="Backtests").first.click()
        expect(page.get_by_role("heading", level=1, name="Backtests")).to_be_visible()
        page.go_back()
        expect(slippage).to_have_value("2000")
        expect(slippage).to_have_attribute("aria-invalid", "true")
        # A refusal that names no field lands where it can be mended.
        slippage.fill("5")
        self.button(page).click()
        expect(page.get_by_label("First day", exact=True)).to_be_focused()
        expect(page.get_by_text(re.compile("this strategy needs at least 32.*Choose a later last day"))).to_be_visible()
        page.reload()
        expect(page.get_by_label("Last day", exact=True)).to_have_value("2013-01-08")

    def test_a_lost_answer_is_found_again_with_the_same_key(self):
        page, _ = self.trader("/backtests/new?strategy={}&symbol=AAPL")
        expect(page.get_by_label("First day", exact=True)).to_have_value("2013-01-02")
        keys = []

        def lose(route):
            if route.request.method != "POST":
                route.fallback()
                return
            keys.append(route.request.headers["idempotency-key"])
            if len(keys) == 1:
                self.assertEqual(route.fetch().status, 200)
                route.abort()
            else:
                route.continue_()

        page.route("**/api/backtests", lose)
        self.button(page).click()
        expect(page.get_by_role("alert")).to_contain_text("The backtest could not be started.")
        self.button(page).click()
        expect(page).to_have_url(RESULT)
        self.assertEqual(len(set(keys)), 1, "one intended run has one key")
        self.assertEqual(len(self.call(page, "GET", "/api/backtests")["backtests"]), 1)

    def test_an_ended_session_keeps_what_was_typed(self):
        page, _ = self.trader("/backtests/new?strategy={}&symbol=AAPL")
        page.get_by_role("textbox", name="Allocation").fill("37.5")
        page.route("**/api/backtests", lambda route: problem(route, 401, code="UNAUTHORIZED", detail="Sign in first."))
        self.button(page).click()
        expect(page).to_have_url(re.compile(r"/sign-in\?return="))
        page.unroute_all()
        page.get_by_role("button", name="Sign in with a passkey").click()
        expect(page.get_by_role("textbox", name="Allocation")).to_have_value("37.5")


class RunningTests(RunTest):
    def test_a_run_that_ends_shows_its_result_by_itself(self):
        page, strategy = self.trader()
        run = self.make_run(page, strategy)
        self.as_state(page, run, status="running", progress=0.9)
        page.goto(self.url(f"/backtests/{run['id']}"))
        expect(page.get_by_text("Replaying the bars")).to_be_visible()
        page.unroute_all()
        expect(page.get_by_text("Total return").first).to_be_visible()

    def test_a_page_that_nobody_sees_asks_nothing_and_a_room_that_was_left_neither(self):
        page, strategy = self.trader()
        run = self.make_run(page, strategy)
        self.as_state(page, run, status="running", progress=0.4)
        asked = []
        page.on("request", lambda one: asked.append(one.url) if f"/api/backtests/{run['id']}" in one.url else None)
        page.clock.install()
        page.goto(self.url(f"/backtests/{run['id']}"))
        expect(page.get_by_text("Replaying the bars")).to_be_visible()
        self.wait_for(lambda: len(asked) > 2, "a run on its way is asked for")
        self.is_seen(page, False)
        self.at_rest(page)
        before = len(asked)
        elapsed = page.locator(".run-progress .dim").first.inner_text()
        page.clock.run_for(60_000)
        self.assertEqual(len(asked), before, "a hidden page asks nothing")
        self.assertEqual(page.locator(".run-progress .dim").first.inner_text(), elapsed, "its clock stands still")
        self.is_seen(page, True)
        expect(page.locator(".run-progress .dim").first).not_to_have_text(elapsed)
        self.wait_for(lambda: len(asked) > before + 1, "it goes on when it is seen")
        page.get_by_role("navigation", name="Main").get_by_role("link", name="Backtests").click()
        expect(page.get_by_role("heading", level=1, name="Backtests")).to_be_visible()
        self.at_rest(page)
        before = len(asked)
        page.clock.run_for(60_000)
        self.assertEqual(len(asked), before, "a room that was left asks nothing")

    def is_seen(self, page, is_seen):
        """Has the page believe that its tab is in front, or behind another."""
        page.evaluate(
            """state => {
                Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
                document.dispatchEvent(new Event("visibilitychange"));
            }""",
            "visible" if is_seen else "hidden",
        )

    def test_an_end_without_a_result_says_why_and_what_to_do(self):
        page, strategy = self.trader()
        run = self.make_run(page, strategy)
        message = "<b>12</b> bars"
        for status, code, text in (
            ("failed", "BACKTEST_INSUFFICIENT_BARS", "Choose an earlier first day"),
            ("failed", "SOMETHING_NEW", "Run it again; if it fails once more"),
            ("timed_out", "BACKTEST_TIMEOUT", "It took too long."),
        ):
            with self.subTest(status=status, code=code):
                self.as_state(page, run, status=status, error={"code": code, "message": message})
                page.goto(self.url(f"/backtests/{run['id']}"))
                alert = page.get_by_role("alert")
                expect(alert).to_contain_text(text)
                expect(alert).to_contain_text(message)

class ListTests(RunTest):
    def rows(self, page):
        return page.get_by_test_id("backtests").locator("tbody tr")

    def filter(self, page, name):
        return page.get_by_role("group", name="Which runs").get_by_role("combobox", name=name)

    def test_runs_are_listed_filtered_chosen_and_deleted(self):
        page, strategy = self.trader()
        other = self.make(page, name="<img src=x onerror=alert(1)> " + "W" * 220)
        runs = [
            self.make_run(page, strategy),
            self.make_run(page, strategy, symbol="NVDA"),
            self.make_run(page, other, symbol="NVDA", end_date="2021-12-31"),
        ]
        page.goto(self.url("/backtests"))
        expect(self.rows(page)).to_have_count(3)
        # The newest first, with the API's figures.
        first = self.rows(page).first
        expect(first).to_contain_text("<img src=x onerror=alert(1)>")
        found = runs[2]["results"]
        expect(first).to_contain_text(f"\u2212{found['max_drawdown_pct']:,.2f}%")
        expect(first).to_contain_text(f"{found['sharpe_ratio']:,.2f}".replace("-", "\u2212"))
        self.filter(page, "Symbol").select_option("NVDA")
        expect(page).to_have_url(re.compile(r"\?symbol=NVDA$"))
        expect(self.rows(page)).to_have_count(2)
        self.filter(page, "Strategy").select_option(strategy["id"])
        expect(self.rows(page)).to_have_count(1)
        self.filter(page, "Status").select_option("failed")
        expect(page.get_by_text("No such runs.")).to_be_visible()
        page.go_back()
        expect(self.rows(page)).to_have_count(1)
        page.get_by_role("link", name="Show all").click()
        expect(self.rows(page)).to_have_count(3)
        boxes = page.get_by_role("checkbox")
        boxes.nth(1).check()
        expect(page.get_by_role("button", name="Choose one more to compare")).to_be_disabled()
        boxes.nth(2).check()
        page.get_by_role("button", name="Delete Cross on AAPL").click()
        page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
        expect(self.rows(page)).to_have_count(3)
        page.get_by_role("button", name="Delete Cross on AAPL").click()
        page.get_by_role("dialog").get_by_role("button", name="Delete it").click()
        expect(self.rows(page)).to_have_count(2)
        expect(page.get_by_role("button", name="Choose one more to compare")).to_be_visible()
        boxes.nth(0).check()
        page.get_by_role("button", name="Compare 2 runs").click()
        expect(page).to_have_url(re.compile(rf"/backtests/compare\?ids={runs[1]['id']},{runs[2]['id']}"))

    def test_no_more_than_six_are_compared(self):
        page, strategy = self.trader()
        for month in range(1, 8):
            self.make_run(page, strategy, start_date=f"2016-{month:02}-01")
        page.goto(self.url("/backtests"))
        boxes = page.get_by_role("checkbox")
        expect(boxes).to_have_count(7)
        for place in range(6):
            boxes.nth(place).check()
        expect(boxes.nth(6)).to_be_disabled()
        expect(page.get_by_role("button", name="Compare 6 runs")).to_be_enabled()
        page.get_by_role("button", name="Choose none").click()
        expect(boxes.nth(6)).to_be_enabled()

    def test_runs_of_a_deleted_strategy_stay(self):
        page, strategy = self.trader()
        self.make_run(page, strategy)
        self.call(page, "DELETE", f"/api/strategies/{strategy['id']}")
        page.goto(self.url("/backtests"))
        expect(self.rows(page)).to_contain_text(["Cross"])
        self.filter(page, "Strategy").select_option(label="Cross")
        expect(self.rows(page)).to_have_count(1)


class RunLookTests(RunTest, AxeTest):
    def test_axe_finds_nothing_and_a_phone_never_scrolls_sideways(self):
        page, strategy = self.trader()
        name = "<b>" + "W" * 252
        run = self.make_run(page, self.make(page, name=name))
        self.make_run(page, strategy, symbol="NVDA")
        self.as_state(page, run, status="running", progress=0.3)
        places = {
            "list": ("/backtests", lambda: page.get_by_test_id("backtests")),
            "form": (f"/backtests/new?strategy={strategy['id']}&symbol=AAPL", lambda: page.get_by_text("to replay")),
            "running": (f"/backtests/{run['id']}", lambda: page.get_by_role("progressbar")),
        }
        for name, (path, sign) in places.items():
            page.goto(self.url(path))
            expect(sign()).to_be_visible()
            self.assert_good_looks(page, name)
            page.set_viewport_size({"width": 320, "height": 844})
            self.assert_fits(page, 320)
