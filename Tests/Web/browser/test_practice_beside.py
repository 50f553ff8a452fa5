"""What practice came to, beside a strategy on the same days."""

from harness import expect
from test_practice import FIRST_DAY, PracticeTest


class PracticeBesideTests(PracticeTest):
    def test_the_result_stands_beside_that_of_a_strategy_on_the_same_days(self):
        page, identifier = self.practice()
        always = {"logic": "AND", "conditions": [{"left": {"price": "close"}, "op": "gt", "right": {"literal": 0}}]}
        never = {"logic": "AND", "conditions": [{"left": {"price": "close"}, "op": "lt", "right": {"literal": 0}}]}
        self.make(page, "Coin", asset_type="CRYPTO")
        self.make(page, "Holder", definition={"indicators": [], "entry": always, "exit": never, "risk": {}})
        # What a page has heard is gone with it.
        self.heard.clear()
        page.reload()
        self.chart_ready(page)
        choice = self.beside(page).get_by_label("Strategy", exact=True)
        expect(choice.locator("option")).to_have_text(["Holder"])
        self.field(page, "Quantity").fill("10")
        self.submit(page).click()
        expect(self.outcome(page)).to_contain_text("Filled for $")
        for _ in range(2):
            self.button(page, "5 bars").click()
        days = self.days()
        self.clock_stands(page, days[10])
        self.run_beside(page)
        replay, run = self.replay(page, identifier), self.call(page, "GET", "/api/backtests?limit=1")["backtests"][0]
        self.assertEqual([run["start_date"], run["end_date"]], [FIRST_DAY, days[10]["date"]])
        self.assertEqual([run["initial_equity"], run["strategy_name"]], ["10000.00", "Holder"])
        run = self.call(page, "GET", f"/api/backtests/{run['id']}")

        def written(percent: float) -> str:
            return f"{percent:+.2f}%".replace("-", "\N{MINUS SIGN}")

        cells = page.get_by_test_id("beside").locator("tbody tr")
        expect(cells.nth(0)).to_have_text(
            f"Total return{written(replay['return_pct'])}{written(run['results']['total_return_pct'])}"
        )
        expect(cells.nth(1)).to_contain_text(written(-run["results"]["max_drawdown_pct"]))
        expect(cells.nth(2)).to_have_text("Sales01")
        self.beside(page).get_by_role("group", name="Growth of the practice and of Holder on the same days")
        self.at_rest(page)
        self.assert_nothing_later()
        # It may go on: what stands beside it is of the days that were asked for.
        told = page.get_by_test_id("beside").inner_text()
        self.button(page, "5 bars").click()
        self.clock_stands(page, days[15])
        self.at_rest(page)
        self.assertEqual(page.get_by_test_id("beside").inner_text(), told)
        self.run_beside(page)
        expect(page.get_by_test_id("beside")).not_to_have_text(told)
        self.beside(page).get_by_role("link", name="The whole result").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Holder on AAPL")
