"""Runs: begun from the form, listed, watched, cancelled, and told why they failed."""

import json
import re

from axe import AxeTest
from harness import expect, problem
from strategies import StrategyTest


class BacktestTests(StrategyTest, AxeTest):
    def test_a_run_goes_from_the_form_to_its_result_and_into_the_list(self):
        page, _ = self.user()
        self.make(page)
        page.goto(self.url("/backtests"))
        expect(page.get_by_text("No backtests yet.")).to_be_visible()
        page.keyboard.press("n")
        expect(page).to_have_url(self.url("/backtests/new"))
        page.get_by_role("combobox", name="Symbol").fill("nvd")
        page.get_by_role("option", name="NVDA").click()
        expect(page.get_by_label("First day", exact=True)).to_have_value("2013-01-02")
        page.get_by_role("button", name="5Y").click()
        expect(page.get_by_label("First day", exact=True)).to_have_value("2018-09-21")
        expect(page.get_by_text(re.compile("About 1,2.. bars to replay."))).to_be_visible()
        requests = []
        page.on("request", lambda one: requests.append(one) if one.method == "POST" else None)
        page.get_by_role("button", name="Run backtest").dblclick()
        expect(page).to_have_url(re.compile("/backtests/[0-9a-f-]{36}$"))
        expect(page.get_by_role("heading", level=1)).to_have_text("Cross on NVDA")
        self.assertEqual(len(requests), 1, "a double click sends once")
        self.assertTrue(requests[0].headers["idempotency-key"])
        run = self.call(page, "GET", "/api" + page.url.removeprefix(self.url("")))
        self.assertEqual(run["simulation"]["commission_bps"], 5)
        self.assertEqual(run["simulation"]["execution_timing"], "next_open")
        page.get_by_role("navigation", name="Main").get_by_role("link", name="Backtests").click()
        row = page.get_by_test_id("backtests").get_by_role("row", name="NVDA")
        expect(row).to_contain_text(f"{run['results']['total_return_pct']:,.2f}%".replace("-", "\u2212"))
        # The form is as it was last sent.
        page.keyboard.press("n")
        expect(page.get_by_label("First day", exact=True)).to_have_value("2018-09-21")
        expect(page.get_by_role("combobox", name="Symbol")).to_have_value("NVDA")

    def test_an_address_fills_in_the_form(self):
        page, _ = self.user()
        strategy = self.make(page)
        page.goto(
            self.url(
                f"/backtests/new?strategy={strategy['id']}&symbol=AAPL&start=2020-01-02&end=2021-12-31"
                "&equity=2500.50&commission=1.5&slippage=0&timing=signal_close&allocation=50"
            )
        )
        expect(page.get_by_label("First day", exact=True)).to_have_value("2020-01-02")
        expect(page.get_by_label("Starting equity", exact=True)).to_have_value("2500.50")
        expect(page.get_by_label("Orders fill", exact=True)).to_have_value("signal_close")
        page.get_by_role("button", name="Run backtest").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Cross on AAPL")
        run = self.call(page, "GET", "/api" + page.url.removeprefix(self.url("")))
        self.assertEqual(run["initial_equity"], "2500.50")
        self.assertEqual(
            run["simulation"],
            {"allocation_pct": 50, "commission_bps": 1.5, "slippage_bps": 0, "execution_timing": "signal_close"},
        )

    def test_who_runs_before_the_days_are_known_runs_on_all_of_them(self):
        page, _ = self.user()
        strategy = self.make(page)
        held = []
        page.route("**/api/symbols/AAPL", lambda route: held.append(route))
        page.goto(self.url(f"/backtests/new?strategy={strategy['id']}&symbol=AAPL"))
        self.wait_for(lambda: held, "the symbol's prices are on their way")
        page.get_by_role("button", name="Run backtest").click()
        expect(page.get_by_role("button", name="Running…")).to_be_visible()
        page.unroute("**/api/symbols/AAPL")
        expect(page.get_by_role("heading", level=1)).to_have_text("Cross on AAPL")
        run = self.call(page, "GET", "/api" + page.url.removeprefix(self.url("")))
        self.assertEqual(run["start_date"], "2013-01-02")

    def test_mistakes_stand_at_their_fields_and_what_was_typed_stays(self):
        self.expects_failed_requests = True
        page, _ = self.user()
        self.make(page)
        page.goto(self.url("/backtests/new"))
        page.get_by_role("button", name="Run backtest").click()
        expect(page.get_by_role("combobox", name="Symbol")).to_be_focused()
        expect(page.get_by_text("Choose a symbol.")).to_be_visible()
        page.get_by_role("combobox", name="Symbol").fill("aapl")
        page.get_by_role("option", name="AAPL").click()
        expect(page.get_by_label("First day", exact=True)).to_have_value("2013-01-02")
        page.get_by_label("Commission", exact=True).fill("5000")
        page.get_by_role("button", name="Run backtest").click()
        commission = page.get_by_label("Commission", exact=True)
        expect(commission).to_have_attribute("aria-invalid", "true")
        expect(commission).to_be_focused()
        expect(commission).to_have_value("5000")
        # A server that cannot, and then can: one run.
        commission.fill("5")
        page.route("**/api/backtests", lambda route: problem(route, 503))
        page.get_by_role("button", name="Run backtest").click()
        expect(page.get_by_role("alert")).to_contain_text("The backtest could not be started.")
        page.unroute("**/api/backtests")
        page.get_by_role("button", name="Run backtest").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Cross on AAPL")

    def test_a_run_that_is_under_way_is_watched_and_cancelled(self):
        page, _ = self.user()
        strategy = self.make(page)
        run = self.make_run(page, strategy)
        # As it is while the daemon works on it: no test knows when that is.
        body = {**run, "status": "running", "progress": 0.4, "results": None, "statistics": None, "equity": []}
        body["trades"] = {"trades": [], "limit": 1000, "offset": 0, "has_more": False}
        state = {"now": body, "asked": 0}

        def answer(route):
            state["asked"] += 1
            route.fulfill(content_type="application/json", body=json.dumps(state["now"]))

        page.route(f"**/api/backtests/{run['id']}?*", answer)

        def cancelled(route):
            state["now"] = {**body, "status": "cancelled"}
            route.fulfill(content_type="application/json", body=json.dumps(run_of(state["now"])))

        page.route("**/cancel", cancelled)
        page.goto(self.url(f"/backtests/{run['id']}"))
        expect(page.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "40")
        state["now"] = {**body, "progress": 0.75}
        expect(page.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "75")
        self.assertGreater(state["asked"], 1)
        page.get_by_role("button", name="Cancel").click()
        expect(page.get_by_role("note")).to_contain_text("Cancelled.")
        page.get_by_role("link", name="Change and run again").click()
        expect(page.get_by_label("First day", exact=True)).to_have_value("2018-01-02")
        expect(page.get_by_role("combobox", name="Symbol")).to_have_value("AAPL")

    def test_a_run_that_failed_says_why_and_what_to_do(self):
        page, _ = self.user()
        run = self.make_run(page, self.make(page))
        body = {**run, "status": "failed", "results": None, "statistics": None, "equity": []}
        body["error"] = {"code": "BACKTEST_INSUFFICIENT_BARS", "message": "12 bars are too few."}
        body["trades"] = {"trades": [], "limit": 1000, "offset": 0, "has_more": False}
        text = json.dumps(body)
        page.route(
            f"**/api/backtests/{run['id']}?*", lambda route: route.fulfill(content_type="application/json", body=text)
        )
        page.goto(self.url(f"/backtests/{run['id']}"))
        expect(page.get_by_role("alert")).to_contain_text("Not enough history. 12 bars are too few.")
        page.get_by_role("button", name="Delete").click()
        page.get_by_role("dialog").get_by_role("button", name="Delete").click()
        expect(page).to_have_url(self.url("/backtests"))
        expect(page.get_by_text("No backtests yet.")).to_be_visible()

    def test_a_run_that_is_not_there_and_one_of_somebody_else_look_the_same(self):
        self.expects_failed_requests = True
        owner, _ = self.user()
        run = self.make_run(owner, self.make(owner))
        page, _ = self.user(f"/backtests/{run['id']}")
        expect(page.get_by_text("There is no such backtest.")).to_be_visible()

    def test_the_list_is_filtered_sorted_and_compared(self):
        page, _ = self.user()
        strategy = self.make(page, name="<b>Bold</b> & brave")
        for symbol in ("AAPL", "NVDA", "META"):
            self.make_run(page, strategy, symbol)
        page.goto(self.url("/backtests"))
        rows = page.get_by_test_id("backtests").locator("tbody tr")
        expect(rows).to_have_count(3)
        expect(rows.first).to_contain_text("<b>Bold</b> & brave")
        page.get_by_role("searchbox", name="Filter backtests").fill("nvda")
        expect(rows).to_have_count(1)
        page.get_by_role("searchbox", name="Filter backtests").fill("")
        page.get_by_role("button", name="Symbol").click()
        expect(rows.first).to_contain_text("AAPL")
        for symbol in ("AAPL", "NVDA"):
            rows.filter(has_text=symbol).get_by_role("checkbox").check()
        page.get_by_role("button", name="Compare 2").click()
        expect(page).to_have_url(re.compile("/backtests/compare\\?ids="))
        page.go_back()
        page.get_by_role("combobox", name="Status").select_option("failed")
        expect(page.get_by_text("No such runs.")).to_be_visible()
        self.assertIn("status=failed", page.url)

    def test_what_is_refused_is_said_in_the_words_of_the_page(self):
        page, _ = self.user()
        self.make(page)
        self.expects_failed_requests = True
        page.goto(self.url("/backtests/new?symbol=AAPL"))
        expect(page.get_by_text(re.compile("bars to replay"))).to_be_visible()
        for label, wrong, words in (
            ("Commission", "5000", "From 0 to 1,000."),
            ("Allocation", "0", "From 0.01 to 100."),
        ):
            field = page.get_by_label(label, exact=True)
            field.fill(wrong)
            page.get_by_role("button", name="Run backtest").click()
            expect(field).to_be_focused()
            expect(field).to_have_accessible_description(words)
            field.fill("5")
        for start, end, words in (
            ("1990-01-02", "1991-01-02", "Choose later days."),
            ("2013-01-02", "2013-01-08", "Choose a later last day, or shorter periods in the strategy’s indicators."),
        ):
            page.get_by_label("First day", exact=True).fill(start)
            page.get_by_label("Last day", exact=True).fill(end)
            page.get_by_role("button", name="Run backtest").click()
            expect(page.get_by_label("First day", exact=True)).to_have_accessible_description(re.compile(re.escape(words) + "$"))

    def test_a_result_says_which_bars_it_had(self):
        page, _ = self.user()
        strategy = self.make(page)
        wide = self.make_run(page, strategy, start_date="1900-01-01", end_date="2100-01-01")
        page.goto(self.url(f"/backtests/{wide['id']}"))
        expect(page.get_by_text("1 Jan 1900 to 1 Jan 2100 (bars of 2 Jan 2013 to 21 Sep 2023)")).to_be_visible()
        page.goto(self.url(f"/backtests/{self.make_run(page, strategy)['id']}"))
        expect(page.locator(".run-heading .sub")).to_contain_text("2 Jan 2018 to 21 Sep 2023")
        expect(page.get_by_text("bars of")).to_have_count(0)

    def test_no_column_is_cut_off_on_a_laptop(self):
        page, _ = self.user()
        self.make_run(page, self.make(page, name="Trend following"))
        page.goto(self.url("/backtests"))
        self.at_rest(page)
        for width in (1280, 1366, 1440):
            page.set_viewport_size({"width": width, "height": 800})
            row = page.get_by_test_id("backtests").locator("tbody tr").first
            expect(row.locator('td[data-label="Run (UTC)"]')).to_contain_text(re.compile(r"\d\d:\d\d$"))
            edges = row.locator("th, td").evaluate_all(
                "cells => cells.map(cell => cell.getBoundingClientRect()).map(({ left, right }) => [left, right])"
            )
            for (_, right), (left, _) in zip(edges, edges[1:]):
                self.assertLessEqual(right, left + 0.5, f"a cell lies over another at {width}")

    def test_axe_finds_nothing_and_a_phone_never_scrolls_sideways(self):
        page, _ = self.user()
        run = self.make_run(page, self.make(page, name="W" * 255))
        for path in ("/backtests", "/backtests/new"):
            page.goto(self.url(path))
            self.at_rest(page)
            self.assert_good_looks(page, path)


def run_of(backtest: dict) -> dict:
    """The run alone, as the answer to a cancellation has it."""
    extra = ("results", "statistics", "equity", "trades")
    return {name: value for name, value in backtest.items() if name not in extra}
