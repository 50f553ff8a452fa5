"""Results that are not as results usually are."""

import json
import re

from harness import expect, problem
from strategies import crossing
from test_results import ResultTest, signed


class OddResultTests(ResultTest):
    def test_a_run_without_trades_says_so(self):
        page, _ = self.user()
        never = {"logic": "AND", "conditions": [{"left": {"price": "close"}, "op": "gt", "right": {"literal": 1e9}}]}
        definition = {"indicators": [], "entry": never, "exit": never, "risk": {}}
        run = self.make_run(page, self.make(page, definition=definition))
        self.assertEqual(run["results"]["num_trades"], 0)
        self.show(page, run)
        expect(page.get_by_text("It never bought.")).to_be_visible()
        expect(page.get_by_role("heading", name="Too little to tell")).to_be_visible()
        expect(page.get_by_text("It made no trade at all.")).to_be_visible()
        self.assert_axe_silent(page)

    def test_ten_thousand_trades_stay_usable(self):
        page, _ = self.user()
        run = self.make_run(page, self.make(page))
        self.with_ten_thousand_trades(page, run)
        self.show(page, run)
        table = page.get_by_test_id("trades")
        expect(table.locator(".table-count")).to_have_text("10,000 trades")
        expect(table.get_by_text("Page 1 of 834")).to_be_visible()
        table.get_by_role("button", name="Next").click()
        expect(table.locator("tbody th").first).to_have_text("13")
        expect(page.locator(".distribution-sum")).to_contain_text("5,000 lost")

    def test_an_amount_told_in_short_is_there_in_full_by_key_and_by_touch(self):
        for options in ({}, {"width": 390, "height": 844, "has_touch": True, "is_mobile": True}):
            page, _ = self.user(**options)
            run = self.make_run(page, self.make(page), initial_equity="50000000000.00")
            self.show(page, run)
            short = page.get_by_test_id("trades").get_by_role("button", name=re.compile("in full"))
            name = re.fullmatch(r"([+−][\d.]+B), in full ([+−][\d,]+\.\d\d)", short.first.get_attribute("aria-label"))
            expect(short.first).to_have_text(name[1])
            if options:
                short.first.tap()
            else:
                short.first.focus()
                page.keyboard.press("Enter")
            expect(page.locator(".explained-panel")).to_have_text(name[2])
            self.assert_axe_silent(page)

    def test_more_trades_than_there_is_room_for_do_not_hide_the_prices(self):
        page, _ = self.user()
        run = self.make_run(page, self.make(page, definition=crossing(2, 3)))
        self.assertGreater(run["results"]["num_trades"], 200)
        self.show(page, run)
        crowd = page.get_by_text("Too many trades to mark here: zoom in to see them.")
        expect(crowd).to_be_visible()
        for _ in range(4):
            page.locator(".chart").first.get_by_role("button", name="Zoom in").click()
        expect(crowd).to_have_count(0)

    def test_a_run_whose_prices_were_imported_since_says_what_to_do(self):
        page, _ = self.user()
        run = self.make_run(page, self.make(page))
        self.show(page, run)
        words = page.get_by_text("Prices of AAPL were imported since this run")
        expect(page.get_by_role("button", name="Verify")).to_be_visible()
        expect(words).to_have_count(0)

        def later(route):
            answer = route.fetch()
            route.fulfill(response=answer, json={**answer.json(), "stored_revision": run["bar_revision"] + 1})

        page.route(re.compile(f"/api/backtests/{run['id']}(\\?|$)"), later)
        self.show(page, run)
        expect(words).to_contain_text("Verify tells whether those of its days are still the same")

    def test_a_late_trade_is_opened_and_a_page_that_failed_is_asked_for_again(self):
        page, _ = self.user()
        run = self.make_run(page, self.make(page))
        self.expects_failed_requests = True
        asked = self.with_ten_thousand_trades(page, run, failing={5000})
        self.show(page, run, query="?trade=3456")
        chosen = page.get_by_role("group", name="The chosen trade")
        expect(chosen).to_contain_text("Trade 3,456")
        expect(page.get_by_text("The other trades could not be loaded.")).to_be_visible()
        page.get_by_role("button", name="Try again").click()
        expect(page.get_by_test_id("trades").locator(".table-count")).to_have_text("10,000 trades")
        self.assertEqual(asked, [*range(1000, 6000, 1000), *range(5000, 10_000, 1000)], "it goes on where it stood")
        expect(chosen).to_contain_text("Trade 3,456")

    def with_ten_thousand_trades(self, page, run, failing=()):
        """Has the page get as many; the pages it asks for. Those in `failing` fail once."""
        count = 10_000
        pattern = run["trades"]["trades"][0]
        failing = set(failing)
        asked = []

        def fulfil(route):
            found = re.search(r"trades_offset=(\d+)", route.request.url)
            offset = int(found[1]) if found else 0
            if found:
                asked.append(offset)
            if offset in failing:
                failing.remove(offset)
                return problem(route, 503)
            numbers = range(offset, min(offset + 1000, count))
            trades = [{**pattern, "trade_no": n + 1, "pnl_pct": n % 40 - 19.5, "pnl_abs": n % 40 - 19.5} for n in numbers]
            part = {"trades": trades, "limit": 1000, "offset": offset, "has_more": offset + 1000 < count}
            body = {**run, "results": {**run["results"], "num_trades": count}, "trades": part}
            return route.fulfill(content_type="application/json", body=json.dumps(body))

        page.route(re.compile(f"/api/backtests/{run['id']}[?]"), fulfil)
        return asked

    def test_names_are_text_and_may_be_long(self):
        page, _ = self.user()
        script = "<img src=x onerror=alert(1)><script>alert(1)</script>"
        run = self.make_run(page, self.make(page, name=script + "n" * (255 - len(script))))
        page.set_viewport_size({"width": 390, "height": 844})
        page.on("dialog", lambda dialog: self.errors.append(dialog.message))
        self.show(page, run)
        expect(page.get_by_role("heading", level=1)).to_contain_text(script)
        self.assert_fits(page, 390)

    def test_no_equity_and_one_bar_are_results_too(self):
        page, _ = self.user()
        run = self.make_run(page, self.make(page))

        def empty(body, _):
            body["equity"] = []
            body["trades"]["trades"] = []
            body["results"].update(num_trades=0, returns_count=0)

        self.answer(page, run, empty)
        page.route("**/equity.csv", lambda route: route.fulfill(content_type="text/csv", body="time,equity\n"))
        self.show(page, run)
        expect(page.get_by_text("There is no equity to tell of.")).to_be_visible()
        page.unroute_all()

        def one_bar(body, url):
            empty(body, url)
            body.update(start_date="2023-09-21", end_date="2023-09-21")
            body["equity"] = [{"time": "2023-09-21", "equity": 10000}]

        self.answer(page, run, one_bar)
        page.goto(self.url("/backtests"))
        self.show(page, run, query="?again")
        self.assertEqual(self.bars(page), 1)
        expect(page.get_by_test_id("returns")).to_contain_text("2023")

    def test_the_result_of_a_deleted_strategy_stays(self):
        page, run = self.opened()
        page.route(
            re.compile("/api/strategies/.*version="),
            lambda route: route.fulfill(
                status=404,
                content_type="application/problem+json",
                body=json.dumps(
                    {"type": "about:blank", "title": "No such strategy", "status": 404, "code": "STRATEGY_NOT_FOUND"}
                ),
            ),
        )
        self.expects_failed_requests = True
        self.show(page, run, query="?again")
        expect(page.get_by_text("The strategy has been deleted since.")).to_be_visible()

    def test_bars_that_do_not_come_are_asked_for_again(self):
        page, _ = self.user()
        run = self.make_run(page, self.make(page))
        self.expects_failed_requests = True
        page.route("**/api/market-data/*/candles?*", lambda route: route.abort())
        self.show(page, run, has_chart=False)
        expect(page.get_by_text("The bars could not be loaded.")).to_be_visible()
        expect(self.figure(page, "totalReturnPct").first).to_have_text(signed(run["results"]["total_return_pct"]))
        page.unroute("**/api/market-data/*/candles?*")
        page.get_by_role("button", name="Try again").click()
        self.chart_ready(page)
