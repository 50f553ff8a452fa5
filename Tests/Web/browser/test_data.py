"""What is known of stored prices: in the Data room, and where prices are used."""

import json
import re

from axe import AxeTest
from harness import api, expect, problem
from strategies import StrategyTest

# Hours of a coin with some of them missing, as the demo prices have them.
SYMBOL = "EOS-USD"


def stored(symbol: str, interval: str) -> dict:
    found = api(f"/api/market-data/series?symbol={symbol}")["series"]
    return next(one for one in found if one["interval"] == interval)


class DataTest(StrategyTest):
    def with_error(self, page, symbol: str) -> str:
        """Has the page hear of an error in the prices of a symbol; what is said of it."""
        detail = "Prices from 2020-01-02 to 2020-02-03 are about 100 times those before: import them again."
        answer = api(f"/api/market-data/series?symbol={symbol}")
        for one in answer["series"]:
            one["findings"] = {"error": 1, "warning": 0, "info": 0}
            one["findings_shown"] = [
                {
                    "id": 7, "check": "unit_error", "severity": "error", "from": "2020-01-02", "to": "2020-02-03",
                    "count": 22, "detail": detail, "is_dismissed": False,
                }
            ]  # fmt: skip
        body = json.dumps(answer)
        page.route(
            f"**/api/market-data/series?symbol={symbol}",
            lambda route: route.fulfill(content_type="application/json", body=body),
        )
        return detail

    def with_warnings(self, page, run: str, detail: str) -> None:
        """Has the page hear that a run went over prices with that error, and more."""

        def fulfill(route):
            answer = route.fetch()
            body = answer.json()
            body["warnings"] = [
                {
                    "check": "unit_error", "severity": "error", "from": "2020-01-02", "to": "2020-02-03", "count": 22,
                    "detail": detail,
                }
            ]  # fmt: skip
            body["warnings_omitted"] = 2
            route.fulfill(response=answer, json=body)

        page.route(f"**/api/backtests/{run}?*", fulfill)


class DataRoomTests(DataTest):
    def test_every_series_is_listed_worst_first_and_leads_to_what_is_known_of_it(self):
        page, _ = self.user("/data")
        rows = page.get_by_test_id("series").locator("tbody tr")
        expect(rows.first).to_contain_text("Warning")
        shown = " ".join(rows.all_inner_texts())
        for one in api("/api/market-data/series?limit=500")["series"]:
            # Those of tests of imports come and go.
            self.assertTrue(one["symbol"] in shown or one["symbol"].startswith("ZZ"), one["symbol"])
        page.get_by_role("searchbox", name="Filter series").fill(f"{SYMBOL} Hourly")
        expect(rows).to_have_count(1)
        known = stored(SYMBOL, "1h")
        self.assertGreater(known["missing_bars"], 0)
        expect(rows.first).to_contain_text(f"{known['bars']:,}")
        rows.first.click()
        expect(page).to_have_url(self.url(f"/data/series/{SYMBOL}"))
        expect(page.get_by_role("heading", level=1)).to_contain_text(SYMBOL)
        expect(page.get_by_test_id("state-1h")).to_contain_text(f"{known['missing_bars']} of")
        card = page.get_by_role("region", name="Hourly bars")
        findings = card.locator(".finding")
        total = len(known["findings_shown"])
        self.assertGreater(total, 8)
        expect(findings).to_have_count(8)
        card.get_by_role("button", name=f"Show all {total} findings").click()
        expect(findings).to_have_count(total)
        expect(findings.first).to_contain_text(known["findings_shown"][0]["detail"])

    def test_it_is_reached_by_rail_keys_and_menu(self):
        page, _ = self.user("/")
        page.get_by_role("navigation", name="Main").get_by_role("link", name="Data").click()
        expect(page).to_have_url(self.url("/data"))
        page.keyboard.press("g")
        page.keyboard.press("d")
        expect(page.get_by_role("heading", level=1, name="Dashboard")).to_be_visible()
        page.keyboard.press("g")
        page.keyboard.press("p")
        expect(page.get_by_role("heading", level=1, name="Data")).to_be_visible()
        page.goto(self.url("/"))
        page.set_viewport_size({"width": 390, "height": 844})
        page.get_by_role("button", name=re.compile("^Account:")).click()
        page.locator(".account-panel").get_by_role("link", name="Data").click()
        expect(page).to_have_url(self.url("/data"))

    def test_a_visitor_signs_in_first(self):
        page, _ = self.visitor("/data", offers=False)
        expect(page).to_have_url(self.url("/sign-in?return=%2Fdata"))

    def test_what_did_not_load_is_asked_for_again_and_what_is_not_there_said(self):
        self.expects_failed_requests = True
        page, _ = self.user()
        page.route("**/api/market-data/series?*", lambda route: problem(route, 503))
        page.goto(self.url("/data"))
        expect(page.get_by_role("alert")).to_contain_text("The series did not load.")
        expect(page.get_by_role("alert")).to_contain_text("test-request-7")
        page.unroute("**/api/market-data/series?*")
        page.get_by_role("button", name="Try again").click()
        expect(page.get_by_test_id("series")).to_be_visible()
        page.goto(self.url("/data/series/NOTHERE"))
        expect(page.get_by_text("No prices of NOTHERE are stored here.")).to_be_visible()


class StandingTests(DataTest):
    def test_a_chart_says_how_fresh_and_sound_its_prices_are(self):
        page = self.open_chart(f"/markets/{SYMBOL}?interval=1h")
        line = page.get_by_test_id("standing")
        expect(line).to_contain_text(re.compile(r"[\d,]+ hours behind"))
        known = stored(SYMBOL, "1h")
        expect(line).to_contain_text(f"{known['missing_bars']} of")
        first = page.get_by_text(known["findings_shown"][0]["detail"])
        expect(first).to_be_hidden()
        line.locator("summary").click()
        expect(first).to_be_visible()
        expect(line).to_contain_text("Operators can bring newer bars.")

    def test_a_run_over_prices_with_errors_says_so(self):
        page, _ = self.user()
        strategy = self.make(page)
        run = self.make_run(page, strategy)
        before = self.make_run(page, strategy, start_date="2015-01-02", end_date="2019-12-31")
        detail = self.with_error(page, "AAPL")
        page.goto(self.url(f"/backtests/new?strategy={strategy['id']}&symbol=AAPL"))
        line = page.get_by_test_id("standing")
        expect(line).to_contain_text("1 error on these days")
        line.locator("summary").click()
        expect(page.get_by_text(detail)).to_be_visible()
        self.with_warnings(page, run["id"], detail)
        page.goto(self.url(f"/backtests/{run['id']}"))
        warning = page.get_by_role("note").filter(has_text="do not trust this result")
        expect(warning).to_contain_text(detail)
        expect(warning).to_contain_text("2 more warnings")
        page.goto(self.url(f"/backtests/{before['id']}"))
        expect(page.get_by_test_id("standing")).to_have_text("Prices: no findings on these days")
        expect(warning).to_have_count(0)

    def test_checks_that_did_not_load_take_nothing_from_the_chart(self):
        self.expects_failed_requests = True
        page = self.open("")
        page.route("**/api/market-data/series?*", lambda route: problem(route, 503))
        page.goto(self.url("/markets/AAPL"))
        self.chart_ready(page)
        page.unroute("**/api/market-data/series?*")
        page.get_by_text("The checks of these prices did not load.").get_by_role("button").click()
        expect(page.get_by_test_id("standing")).to_contain_text("trading days behind")


class DataLookTests(DataTest, AxeTest):
    def test_axe_finds_nothing_and_a_phone_never_scrolls_sideways(self):
        page, _ = self.user()
        for path in ("/data", f"/data/series/{SYMBOL}"):
            page.goto(self.url(path))
            self.at_rest(page)
            self.assert_good_looks(page, path)
        page.goto(self.url(f"/markets/{SYMBOL}"))
        self.chart_ready(page)
        page.get_by_test_id("standing").locator("summary").click()
        self.assert_good_looks(page, "chart")
