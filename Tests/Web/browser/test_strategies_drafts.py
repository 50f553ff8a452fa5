import re

from harness import expect
from strategies import StrategyTest


class DraftTests(StrategyTest):
    def test_a_new_strategy_that_was_left_is_found_again(self):
        page, _ = self.user("/strategies/new?template=rsi-dip")
        page.get_by_label("Name").fill("My dip")
        self.period(page, "RSI(14)").fill("7")
        expect(self.state(page)).to_contain_text("kept as a draft")
        page.get_by_role("link", name="Strategies").first.click()
        page.get_by_role("button", name="Leave").click()
        unfinished = page.get_by_role("region", name="Unfinished")
        expect(unfinished).to_contain_text("My dip")
        expect(unfinished).to_contain_text("not saved yet, edited just now")
        unfinished.get_by_role("link", name="Continue My dip").click()
        expect(page).to_have_url(self.url("/strategies/new?template=rsi-dip"))
        expect(self.period(page, "RSI(7)")).to_have_value("7")
        # What was undone and done before is still known.
        page.get_by_role("button", name="Undo").click()
        expect(self.period(page, "RSI(14)")).to_have_value("14")
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_label("Name")).to_have_value("RSI dip")
        page.keyboard.press("Control+Shift+z")
        expect(page.get_by_label("Name")).to_have_value("My dip")
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto(self.url("/strategies"))
        page.get_by_role("button", name="Discard My dip").click()
        page.get_by_role("button", name="Discard it").click()
        expect(unfinished).to_have_count(0)
        page.reload()
        expect(page.get_by_text("No strategies yet.")).to_be_visible()
        expect(unfinished).to_have_count(0)

    def test_changes_of_a_saved_strategy_are_found_again(self):
        page, identifier = self.opened()
        self.period(page).fill("12")
        expect(self.state(page)).to_contain_text("kept as a draft")
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto(self.url("/strategies"))
        unfinished = page.get_by_role("region", name="Unfinished")
        expect(unfinished).to_contain_text("changes not saved")
        unfinished.get_by_role("link", name="Continue Cross").click()
        expect(page).to_have_url(self.url(f"/strategies/{identifier}"))
        expect(self.period(page, "SMA(12)")).to_have_value("12")

    def test_a_template_can_be_used_again_and_keeps_its_warning(self):
        page, _ = self.user("/strategies/new?template=rsi-dip")
        for name in ("RSI dip", "RSI dip 2", "RSI dip 3"):
            expect(page.get_by_label("Name")).to_have_value(name)
            self.save(page).click()
            expect(self.state(page)).to_have_text("Version 1, saved")
            page.get_by_text("Description", exact=False).first.click()
            expect(page.get_by_label("Description")).to_have_value(re.compile("When it fails: In a long decline"))
            page.goto(self.url("/strategies/new?template=rsi-dip"))

    def test_steps_that_the_browser_takes_by_itself_mislead_no_guard(self):
        page, _ = self.user("/strategies")
        page.get_by_role("link", name="New strategy").click()
        name = page.get_by_label("Name")
        name.fill("Mine")
        page.evaluate("() => { location.hash = 'part'; }")
        expect(page).to_have_url(self.url("/strategies/new#part"))
        page.go_back()
        expect(page).to_have_url(self.url("/strategies/new"))
        leaving = page.get_by_role("dialog", name="Leave this page?")
        expect(leaving).to_have_count(0)
        page.go_back()
        leaving.get_by_role("button", name="Stay").click()
        expect(page).to_have_url(self.url("/strategies/new"))
        expect(name).to_have_value("Mine")
        # To the content, without a step to go back over.
        page.get_by_role("link", name="Skip to content").press("Enter")
        expect(page.get_by_role("main")).to_be_focused()
        page.go_back()
        leaving.get_by_role("button", name="Leave").click()
        expect(page).to_have_url(self.url("/strategies"))

    def test_signals_stay_on_the_symbol_that_was_chosen(self):
        page, identifier = self.opened()
        preview = page.get_by_role("combobox", name="Symbol of the preview")
        expect(preview).to_have_value("AAPL")
        page.goto(self.url(f"/strategies/{identifier}?symbol=NVDA"))
        expect(preview).to_have_value("NVDA")
        page.goto(self.url("/strategies/new?template=rsi-dip"))
        expect(preview).to_have_value("NVDA")
        page.get_by_role("button", name="Crypto").click()
        expect(preview).not_to_have_value("NVDA")

    def test_what_is_typed_while_a_new_strategy_is_saved_stays(self):
        page, _ = self.user("/strategies/new?template=sma-cross")
        expect(self.sentence(page)).to_contain_text("SMA(10)")
        held = []
        page.route("**/api/strategies", lambda route: held.append(route) if route.request.method == "POST" else route.fallback())
        name = page.get_by_label("Name")
        name.fill("Before")
        page.keyboard.press("Control+s")
        self.wait_for(lambda: held, "it is never sent")
        name.press("End")
        page.keyboard.type(" and after")
        held[0].continue_()
        expect(page).to_have_url(re.compile(r"/strategies/[0-9a-f-]{36}$"))
        expect(self.state(page)).to_contain_text("Version 1 with changes")
        expect(name).to_have_value("Before and after")
        expect(name).to_be_focused()
        page.keyboard.type("!")
        expect(name).to_have_value("Before and after!")
        page.keyboard.press("Control+s")
        expect(self.state(page)).to_have_text("Version 1, saved")
        names = [one["name"] for one in self.call(page, "GET", "/api/strategies")["strategies"]]
        self.assertEqual(names, ["Before and after!"])
        page.get_by_role("link", name="Strategies").first.click()
        expect(page.get_by_role("rowheader")).to_have_count(1)
        expect(page.get_by_role("region", name="Unfinished")).to_have_count(0)
