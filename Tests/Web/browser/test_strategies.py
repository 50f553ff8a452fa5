import csv
import json
import re
import tempfile
from pathlib import Path

from harness import api, expect
from strategies import CROSS, StrategyTest


class BuilderTests(StrategyTest):
    def test_a_first_strategy_comes_from_a_template(self):
        page, _ = self.user("/strategies")
        expect(page.get_by_text("No strategies yet.")).to_be_visible()
        page.get_by_role("link", name="SMA cross").click()
        expect(self.sentence(page)).to_have_text(
            "Buy when SMA(10) crosses above SMA(30). Sell when SMA(10) crosses below SMA(30)."
        )
        expect(page.get_by_role("region", name="About SMA cross")).to_contain_text("Brock, Lakonishok and LeBaron")
        expect(page.get_by_test_id("signals")).to_contain_text("the buy rules hold on")
        self.assertGreater(int(page.get_by_test_id("chart").get_attribute("data-bars")), 200)
        self.save(page).click()
        expect(page).to_have_url(re.compile(r"/strategies/[0-9a-f-]{36}$"))
        expect(self.state(page)).to_have_text("Version 1, saved")
        page.get_by_role("link", name="Strategies").first.click()
        row = page.get_by_role("row").filter(has_text="SMA cross")
        expect(row).to_contain_text("Stock")
        expect(row).to_contain_text("Daily")
        row.get_by_role("button", name="Duplicate SMA cross").click()
        expect(page.get_by_role("rowheader")).to_have_count(2)
        page.get_by_role("button", name="Delete SMA cross", exact=True).click()
        page.get_by_role("button", name="Delete it").click()
        expect(page.get_by_role("rowheader")).to_have_count(1)

    def test_the_list_is_a_file_with_the_columns_that_are_chosen(self):
        page, _ = self.user()
        self.make(page, name="=Cross", description="To find out.")
        self.make(page, name="Another")
        page.goto(self.url("/strategies"))
        table = page.get_by_role("region", name="Your strategies")
        expect(table.get_by_role("columnheader", name="Description")).to_have_count(0)
        page.locator("main summary", has_text="Columns").click()
        page.get_by_label("Description", exact=True).check()
        page.keyboard.press("Escape")
        expect(table).to_contain_text("To find out.")
        with page.expect_download() as download:
            page.get_by_role("button", name="CSV").click()
        self.assertEqual(download.value.suggested_filename, "strategies.csv")
        with download.value.path().open(newline="") as file:
            lines = {line["Name"]: line for line in csv.DictReader(file)}
        # A spreadsheet computes nothing of it.
        self.assertEqual(sorted(lines), ["'=Cross", "Another"])
        self.assertEqual(lines["'=Cross"]["Description"], "To find out.")

    def test_an_edit_makes_a_version_and_only_when_the_rules_differ(self):
        page, identifier = self.opened()
        self.period(page).fill("12")
        expect(self.sentence(page)).to_contain_text("Buy when SMA(12) crosses above SMA(30).")
        expect(self.state(page)).to_contain_text("Version 1 with changes")
        self.save(page).click()
        expect(self.state(page)).to_have_text("Version 2, saved")
        page.get_by_label("Name").fill("Renamed")
        page.keyboard.press("Control+s")
        expect(self.state(page)).to_have_text("Version 2, saved")
        expect(page.get_by_role("heading", level=1)).to_have_text("Renamed")
        stored = self.call(page, "GET", f"/api/strategies/{identifier}")
        self.assertEqual((stored["name"], stored["version_number"]), ("Renamed", 2))
        page.get_by_text("More", exact=True).click()
        page.get_by_role("link", name="Versions").click()
        expect(page.get_by_role("region", name="In words").get_by_role("listitem")).to_have_text(
            re.compile(r"SMA\(10\) became SMA\(12\)")
        )
        page.get_by_role("link", name="Go on from version 1").click()
        expect(self.sentence(page)).to_contain_text("Buy when SMA(10) crosses above SMA(30).")
        expect(self.state(page)).to_contain_text("Version 2 with changes")
        expect(page).to_have_url(self.url(f"/strategies/{identifier}"))

    def test_changes_are_undone_and_done_again(self):
        page, _ = self.opened()
        self.period(page).press("End")
        page.keyboard.type("0")
        expect(self.period(page, "SMA(100)")).to_be_visible()
        page.get_by_role("button", name="Buy when: add a condition").click()
        expect(self.conditions(page)).to_have_count(2)
        page.keyboard.press("Control+z")
        expect(self.conditions(page)).to_have_count(1)
        page.get_by_role("button", name="Undo").click()
        expect(self.period(page)).to_be_visible()
        expect(self.state(page)).to_have_text("Version 1, saved")
        page.keyboard.press("Control+Shift+z")
        expect(self.period(page, "SMA(100)")).to_be_visible()
        page.get_by_role("button", name="Redo").click()
        expect(self.conditions(page)).to_have_count(2)

    def test_a_draft_survives_a_reload_and_is_nobody_elses(self):
        page, _ = self.opened()
        self.period(page).fill("1x")
        expect(page.get_by_text("“1x” is not a number.")).to_be_visible()
        expect(self.state(page)).to_contain_text("kept as a draft")
        page.on("dialog", lambda dialog: dialog.accept())
        page.reload()
        expect(page.get_by_text("Your draft is back.")).to_be_visible()
        expect(page.get_by_label("period of SMA(1x)")).to_have_value("1x")
        page.get_by_role("button", name="Discard it").click()
        expect(self.period(page)).to_have_value("10")
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_label("period of SMA(1x)")).to_be_visible()
        page.goto(self.url("/strategies/new"))
        page.get_by_label("Name").fill("Mine alone")
        expect(self.state(page)).to_contain_text("kept as a draft")
        page.goto(self.url("/markets"))
        self.sign_out(page)
        self.sign_up(page, name="Bea Other")
        page.goto(self.url("/strategies/new"))
        expect(page.get_by_label("Name")).to_have_value("")
        expect(page.get_by_text("Your draft is back.")).to_have_count(0)

    def test_a_strategy_is_built_with_the_keyboard_alone(self):
        page, _ = self.user("/strategies/new")
        expect(page.get_by_label("Name")).to_be_visible()
        self.tab_to(page, page.get_by_label("Name"))
        page.keyboard.type("By hand")
        self.tab_to(page, page.get_by_role("button", name="Add Relative strength index"))
        page.keyboard.press("Enter")
        expect(page.get_by_label("Kind of indicator 1")).to_be_focused()
        self.tab_to(page, page.get_by_label("period of RSI(14)"))
        page.keyboard.press("Control+a")
        page.keyboard.type("3")
        for side, number in (("Buy when", "20"), ("Sell when", "70")):
            self.tab_to(page, page.get_by_role("button", name=f"{side}: add a condition"))
            page.keyboard.press("Enter")
            row = self.conditions(page, side)
            expect(row.get_by_label("Left side")).to_be_focused()
            self.tab_to(page, row.get_by_label("Right side: number"))
            page.keyboard.type(number)
        expect(self.sentence(page)).to_have_text("Buy when RSI(3) is below 20. Sell when RSI(3) is above 70.")
        self.tab_to(page, page.get_by_role("checkbox", name="Stop loss"))
        page.keyboard.press("Space")
        expect(self.sentence(page)).to_contain_text("Stop loss 5%.")
        page.keyboard.press("Control+s")
        expect(self.state(page)).to_have_text("Version 1, saved")

    def tab_to(self, page, target):
        for _ in range(80):
            if target.evaluate("one => one === document.activeElement"):
                return
            page.keyboard.press("Tab")
        self.fail(f"the keyboard never reaches {target}")

    def test_indicators_and_comparisons_are_explained_by_key_and_by_touch(self):
        page, _ = self.user("/strategies/new?template=sma-cross")
        catalog = api("/api/strategies/indicators")["indicators"]
        sma = next(one for one in catalog if one["type"] == "SMA")
        panel = page.locator(".explained-panel")
        about = page.get_by_role("button", name=f"About {sma['name']}").first
        about.focus()
        page.keyboard.press("Enter")
        expect(panel).to_contain_text(sma["summary"])
        page.keyboard.press("Escape")
        expect(panel).to_have_count(0)
        page.get_by_role("button", name="About crosses above").first.click()
        expect(panel).to_contain_text("was not on the bar before")
        page.get_by_label("Comparison", exact=True).first.select_option("gt")
        expect(page.get_by_role("button", name="About is above")).to_have_count(1)
        touch, _ = self.user("/strategies/new?template=rsi-dip", width=390, height=844, has_touch=True, is_mobile=True)
        touch.get_by_role("button", name="About Relative strength index").first.tap()
        expect(touch.locator(".explained-panel")).to_contain_text("Wilder")

    def test_rows_move_with_the_keyboard_and_keep_the_focus(self):
        page, _ = self.opened()
        page.get_by_role("button", name="Buy when: add a condition").click()
        rows = self.conditions(page)
        expect(rows).to_have_count(2)
        rows.nth(1).get_by_label("Comparison").select_option("lt")
        comparison = rows.nth(1).get_by_label("Comparison")
        comparison.focus()
        page.keyboard.press("Alt+ArrowUp")
        expect(rows.nth(0).get_by_label("Comparison")).to_have_value("lt")
        expect(rows.nth(0).get_by_label("Comparison")).to_be_focused()
        expect(rows.nth(0).locator("> [role=status]")).to_have_text("1 of 2")
        page.keyboard.press("Alt+ArrowUp")
        page.keyboard.press("Alt+ArrowDown")
        expect(rows.nth(1).get_by_label("Comparison")).to_be_focused()
        rows.nth(1).get_by_role("button", name=re.compile("^Remove")).press("Enter")
        expect(rows).to_have_count(1)
        expect(rows.get_by_label("Left side")).to_be_focused()

    def test_a_new_row_is_not_told_to_be_wrong_before_anybody_was_in_it(self):
        # Saving half a rule is refused.
        self.expects_failed_requests = True
        page, _ = self.user("/strategies/new")
        faults = page.locator(".field-fault, [aria-invalid=true], [data-invalid=true]")
        page.get_by_role("button", name="Buy when: add a condition").click()
        number = page.get_by_label("Right side: number")
        state = page.locator(".sentence-state")
        expect(state).to_contain_text("Not complete yet")
        expect(faults).to_have_count(0)
        # Another row takes the focus out of this one, and says nothing either.
        page.get_by_role("button", name="Buy when: add a condition").click()
        expect(number).to_have_count(2)
        expect(faults).to_have_count(0)
        # Whoever was in the field and left it empty is told.
        number.last.focus()
        number.last.blur()
        expect(number.last).to_have_attribute("aria-invalid", "true")
        expect(page.get_by_text("Write a number.")).to_have_count(1)
        expect(number.first).to_have_attribute("aria-invalid", "false")
        expect(state).to_contain_text("to fix")
        # Saving is refused, and shows where.
        page.get_by_label("Name", exact=True).fill("Half a rule")
        page.keyboard.press("Control+s")
        expect(number.first).to_have_attribute("aria-invalid", "true")
        expect(number.first).to_be_focused()
        expect(page.get_by_text("Write a number.")).to_have_count(2)
        expect(page.get_by_text("Add at least one condition.")).to_have_count(1)
        expect(page).to_have_url(self.url("/strategies/new"))

    def test_what_is_missing_is_shown_to_whoever_asks(self):
        page, _ = self.user("/strategies/new")
        page.get_by_role("button", name="Sell when: add a condition").click()
        expect(page.locator(".sentence-state")).to_contain_text("Not complete yet")
        page.get_by_role("button", name="Show me").click()
        expect(page.get_by_role("button", name="Buy when: add a condition")).to_be_focused()
        expect(page.get_by_text("Add at least one condition.")).to_have_count(1)
        expect(page.get_by_label("Right side: number")).to_have_attribute("aria-invalid", "true")

    def test_an_indicator_in_use_says_so_before_it_goes(self):
        page, _ = self.opened()
        page.get_by_role("button", name="Remove SMA(30)").click()
        question = page.get_by_role("dialog")
        expect(question).to_contain_text("SMA(10) crosses above SMA(30)")
        question.get_by_role("button", name="Cancel").click()
        expect(self.period(page, "SMA(30)")).to_be_visible()
        page.get_by_role("button", name="Remove SMA(30)").click()
        question.get_by_role("button", name="Remove it and 2 conditions").click()
        expect(self.conditions(page)).to_have_count(0)
        expect(page.get_by_text("Add at least one condition.")).to_have_count(2)
        page.get_by_role("button", name="Show me").click()
        expect(page.get_by_role("button", name="Buy when: add a condition")).to_be_focused()

    def test_leaving_with_changes_is_asked_about(self):
        page, _ = self.opened()
        self.period(page).fill("15")
        page.get_by_role("link", name="Markets").click()
        page.get_by_role("button", name="Stay").click()
        expect(self.period(page, "SMA(15)")).to_be_visible()
        page.get_by_role("link", name="Markets").click()
        page.get_by_role("button", name="Leave", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Markets")
        page.go_back()
        expect(self.period(page, "SMA(15)")).to_be_visible()

    def test_a_double_click_saves_once(self):
        page, _ = self.user("/strategies/new?template=rsi-dip")
        expect(self.sentence(page)).to_contain_text("RSI(14)")
        sent = []

        def count(route):
            if route.request.method == "POST":
                sent.append(route.request.post_data)
            route.continue_()

        page.route("**/api/strategies", count)
        self.save(page).dblclick()
        expect(self.state(page)).to_have_text("Version 1, saved")
        self.assertEqual(len(sent), 1)

    def test_a_strategy_leaves_as_a_file_and_comes_back(self):
        page, _ = self.opened()
        page.get_by_text("More", exact=True).click()
        with page.expect_download() as download:
            page.get_by_role("button", name="Export JSON").click()
        self.assertEqual(download.value.suggested_filename, "cross-strategy.json")
        text = Path(download.value.path()).read_text(encoding="utf-8")
        self.assertEqual(json.loads(text)["definition"], CROSS)
        with tempfile.TemporaryDirectory() as folder:
            wrong = Path(folder, "prices.csv")
            wrong.write_text("day;close\n", encoding="utf-8")
            right = Path(folder, "right.json")
            right.write_text(text.replace("Cross", "From a file").replace("30", "40"), encoding="utf-8")
            page.locator("input[type=file]").set_input_files(wrong)
            expect(page.get_by_role("dialog")).to_contain_text("“prices.csv” is no strategy: it is not JSON.")
            page.get_by_role("dialog").get_by_role("button", name="Close").last.click()
            expect(self.state(page)).to_have_text("Version 1, saved")
            # Its name is taken by now: two strategies of one name could not be told apart in a list.
            self.make(page, "From a file")
            page.goto(self.url("/strategies"))
            expect(page.get_by_role("rowheader")).to_have_count(2)
            page.locator("input[type=file]").set_input_files(right)
            expect(page.get_by_label("Name")).to_have_value("From a file 2")
            expect(self.sentence(page)).to_contain_text("SMA(40)")
        self.save(page).click()
        expect(self.state(page)).to_have_text("Version 1, saved")

    def test_a_name_is_text_whatever_it_holds(self):
        page, _ = self.user(width=390, height=844)
        script = "<img src=x onerror=alert(1)>"
        for name in (script, "W" * 255):
            strategy = self.make(page, name)
            self.open_builder(page, strategy["id"])
            expect(page.get_by_role("heading", level=1)).to_have_text(name)
            self.assertLessEqual(page.evaluate("document.documentElement.scrollWidth"), 390)
        page.goto(self.url("/strategies"))
        expect(page.get_by_role("link", name=script, exact=True)).to_be_visible()
        self.assertLessEqual(page.evaluate("document.documentElement.scrollWidth"), 390)

    def test_versions_stand_side_by_side_in_numbers(self):
        page, identifier = self.opened()
        changed = json.loads(json.dumps(CROSS).replace("30", "50"))
        self.call(page, "PUT", f"/api/strategies/{identifier}", {"definition": changed})
        page.goto(self.url(f"/strategies/{identifier}/versions"))
        expect(page.get_by_text("No two backtests of these versions")).to_be_visible()
        listed = self.call(page, "GET", f"/api/strategies/{identifier}/versions")["versions"]
        for version in listed:
            run = self.call(
                page,
                "POST",
                "/api/backtests",
                {
                    "strategy_id": identifier,
                    "strategy_version_id": version["version_id"],
                    "symbol": "AAPL",
                    "timeframe": "1d",
                    "start_date": "2020-01-02",
                    "end_date": "2022-12-30",
                },
            )
            self.wait_for(
                lambda: self.call(page, "GET", f"/api/backtests/{run['id']}")["status"] == "completed", "the run"
            )
        page.reload()
        table = page.get_by_role("region", name=re.compile("^AAPL"))
        expect(table.get_by_role("row").filter(has_text="Return")).to_contain_text("pp")
        figures = [one["results"]["total_return_pct"] for one in self.call(page, "GET", "/api/backtests")["backtests"]]
        for figure in figures:
            expect(table).to_contain_text(f"{figure:,.2f}%".replace("-", "\u2212"))
