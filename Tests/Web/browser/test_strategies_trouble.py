import json
import re

from harness import expect, problem
from strategies import CROSS, StrategyTest


class StrategyTroubleTests(StrategyTest):
    expects_failed_requests = True

    def test_a_server_that_fails_takes_nothing_away(self):
        page, identifier = self.opened()
        self.period(page).fill("12")
        address = f"**/api/strategies/{identifier}"
        page.route(
            address, lambda route: problem(route, 503) if route.request.method == "PUT" else route.fallback()
        )
        self.save(page).click()
        alert = page.get_by_role("alert")
        expect(alert).to_contain_text("What you typed is still here.")
        expect(alert).to_contain_text("test-request-7")
        expect(self.period(page, "SMA(12)")).to_have_value("12")
        page.unroute(address)
        self.save(page).click()
        expect(self.state(page)).to_have_text("Version 2, saved")
        expect(alert).to_have_count(0)

    def test_a_name_that_is_taken_is_told_at_the_name(self):
        page, _ = self.user()
        self.make(page, "RSI dip")
        page.goto(self.url("/strategies/new?template=rsi-dip"))
        expect(self.sentence(page)).to_contain_text("RSI(14)")
        page.get_by_label("Name").fill("RSI dip")
        self.save(page).click()
        expect(page.get_by_label("Name")).to_be_focused()
        expect(page.get_by_text("You already have a strategy of this name.")).to_be_visible()
        page.get_by_label("Name").fill("")
        self.save(page).click()
        expect(page.get_by_text("Write a name.")).to_be_visible()
        page.get_by_label("Name").fill("Another")
        self.save(page).click()
        expect(self.state(page)).to_have_text("Version 1, saved")

    def test_two_tabs_never_overwrite_each_other_in_silence(self):
        page, identifier = self.opened()
        self.period(page).fill("12")
        expect(self.sentence(page)).to_contain_text("SMA(12)")
        changed = json.loads(json.dumps(CROSS).replace("30", "50"))
        self.call(page, "PUT", f"/api/strategies/{identifier}", {"definition": changed})
        self.save(page).click()
        warning = page.get_by_role("note").filter(has_text="Version 2 was saved elsewhere just now; yours was made from version 1.")
        expect(warning).to_contain_text("SMA(50) became SMA(30)")
        expect(warning.get_by_role("link", name="Look at version 2")).to_have_attribute(
            "href", f"/strategies/{identifier}/versions"
        )
        self.assertEqual(self.call(page, "GET", f"/api/strategies/{identifier}")["version_number"], 2)
        warning.get_by_role("button", name="Save mine as version 3").click()
        expect(self.state(page)).to_have_text("Version 3, saved")
        expect(warning).to_have_count(0)
        self.call(page, "PUT", f"/api/strategies/{identifier}", {"definition": changed})
        self.period(page, "SMA(12)").fill("13")
        self.save(page).click()
        page.get_by_role("button", name="Take what is saved").click()
        expect(self.state(page)).to_have_text("Version 4, saved")
        expect(self.period(page, "SMA(50)")).to_be_visible()

    def test_a_version_that_was_saved_in_the_very_moment_is_seen_before_it_is_overtaken(self):
        page, identifier = self.opened()
        address = f"**/api/strategies/{identifier}"
        slower, slowest = (json.loads(json.dumps(CROSS).replace("30", period)) for period in ("50", "60"))
        others = [slower]

        def somebody_is_faster(route):
            if route.request.method == "PUT" and others:
                self.call(page, "PUT", f"/api/strategies/{identifier}", {"definition": others.pop()})
            route.fallback()

        page.route(address, somebody_is_faster)
        self.period(page).fill("12")
        self.save(page).click()
        warning = page.get_by_role("note").filter(has_text="was saved elsewhere")
        expect(warning).to_contain_text("Version 2 was saved elsewhere")
        # Once more, while the reader agrees to save over the one that is shown.
        others.append(slowest)
        warning.get_by_role("button", name="Save mine as version 3").click()
        expect(warning).to_contain_text("Version 3 was saved elsewhere")
        self.assertEqual(self.call(page, "GET", f"/api/strategies/{identifier}")["version_number"], 3)
        warning.get_by_role("button", name="Save mine as version 4").click()
        expect(self.state(page)).to_have_text("Version 4, saved")

    def test_a_session_that_ends_keeps_the_draft_and_comes_back_to_it(self):
        page, identifier = self.opened()
        self.period(page).fill("17")
        expect(self.sentence(page)).to_contain_text("SMA(17)")
        page.context.clear_cookies()
        self.period(page, "SMA(17)").fill("18")
        expect(page).to_have_url(re.compile("/sign-in"))
        page.get_by_role("button", name="Sign in with a passkey").click()
        expect(page).to_have_url(self.url(f"/strategies/{identifier}"))
        expect(self.period(page, "SMA(18)")).to_have_value("18")
        expect(self.sentence(page)).to_contain_text("SMA(18)")

    def test_a_strategy_that_is_gone_leads_to_those_that_are_there(self):
        page, identifier = self.opened()
        self.call(page, "DELETE", f"/api/strategies/{identifier}")
        for path in ("", "/versions"):
            page.goto(self.url(f"/strategies/{identifier}{path}"))
            expect(page.get_by_text("This strategy is not here.")).to_be_visible()
        page.get_by_role("link", name="All strategies").click()
        expect(page.get_by_text("No strategies yet.")).to_be_visible()

    def test_rules_that_this_page_does_not_know_are_not_opened_and_not_lost(self):
        page, identifier = self.opened()
        stored = self.call(page, "GET", f"/api/strategies/{identifier}")
        stored["definition"]["risk"] = {"max_bars_held": 5}
        page.route(
            f"**/api/strategies/{identifier}",
            lambda route: route.fulfill(content_type="application/json", body=json.dumps(stored)),
        )
        page.reload()
        expect(page.get_by_role("alert")).to_contain_text("risk has max_bars_held, which this page does not know")
        expect(self.save(page)).to_have_count(0)

    def test_what_cannot_be_loaded_comes_on_retry(self):
        page, identifier = self.opened()
        for path in ("/strategies", f"/strategies/{identifier}", f"/strategies/{identifier}/versions"):
            with self.subTest(path=path):
                page.route(re.compile(r"/api/strategies(/[0-9a-f-]{36}.*)?(\?.*)?$"), lambda route: problem(route, 503))
                page.goto(self.url(path))
                alert = page.get_by_role("alert")
                expect(alert).to_contain_text("test-request-7")
                page.unroute_all()
                alert.get_by_role("button", name="Try again").click()
                expect(alert).to_have_count(0)
                expect(page.get_by_text("Cross").first).to_be_visible()
