import json

from axe import AxeTest
from harness import expect
from strategies import CROSS, StrategyTest


class StrategyLookTests(StrategyTest, AxeTest):
    def rooms(self, page, identifier):
        """Every room in the states it has, one after the other."""
        page.goto(self.url("/strategies"))
        expect(page.get_by_role("rowheader")).to_have_count(1)
        yield "list"
        page.goto(self.url("/strategies/new"))
        expect(page.get_by_role("link", name="SMA cross")).to_be_visible()
        expect(page.get_by_text("Add at least one condition.")).to_have_count(0)
        yield "new"
        page.goto(self.url("/strategies/new?template=rsi2-dip"))
        expect(page.get_by_test_id("signals")).to_contain_text("the buy rules hold on")
        yield "template"
        self.open_builder(page, identifier)
        self.period(page).fill("x")
        expect(page.get_by_text("“x” is not a number.")).to_be_visible()
        expect(page.locator(".skeleton-line")).to_have_count(0)
        yield "builder with a fault"
        page.keyboard.press("Control+z")
        expect(self.state(page)).to_have_text("Version 2, saved")
        page.goto(self.url(f"/strategies/{identifier}/versions"))
        expect(page.get_by_text("No two backtests")).to_be_visible()
        yield "versions"

    def prepared(self, **options):
        page, identifier = self.opened(**options)
        changed = json.loads(json.dumps(CROSS).replace("30", "50"))
        self.call(page, "PUT", f"/api/strategies/{identifier}", {"definition": changed})
        return page, identifier

    def test_axe_finds_nothing_on_a_desktop(self):
        page, identifier = self.prepared(color_scheme="dark")
        for room in self.rooms(page, identifier):
            with self.subTest(room=room):
                self.assert_axe_silent(page)

    def test_a_phone_has_room_for_every_part(self):
        page, identifier = self.prepared(width=390, height=844, has_touch=True, is_mobile=True, color_scheme="light")
        for room in self.rooms(page, identifier):
            with self.subTest(room=room):
                self.assert_axe_silent(page)
                self.assert_fits(page, 390)
                self.assert_large_enough(page)
        self.open_builder(page, identifier)
        expect(page.get_by_test_id("chart")).to_be_visible()
        page.get_by_role("button", name="Hide chart").click()
        expect(page.get_by_test_id("chart")).to_have_count(0)

    def test_what_is_said_of_signals_begins_on_one_line(self):
        for width in (1440, 390):
            page, _ = self.user("/strategies/new?template=rsi-dip", width=width)
            words = page.get_by_test_id("signals")
            expect(words).to_contain_text("the buy rules hold on")
            picture = page.get_by_test_id("prices-as-of").locator("svg").bounding_box()
            padding = words.evaluate("node => parseFloat(getComputedStyle(node).paddingLeft)")
            self.assertEqual(picture["x"], words.bounding_box()["x"] + padding)

    def test_the_longest_name_pushes_nothing_out(self):
        page, _ = self.user()
        names = ["W" * 255, "a long name " * 21, "Short"]
        for name in names:
            self.make(page, name)
        page.goto(self.url("/strategies"))
        for width, height in ((1440, 900), (1280, 720), (1000, 600), (761, 500), (720, 450), (390, 844)):
            with self.subTest(width=width):
                page.set_viewport_size({"width": width, "height": height})
                expect(page.get_by_role("rowheader")).to_have_count(3)
                self.assert_fits(page, width)
                for control in page.locator(".row-actions > *").all():
                    self.assert_in_window(page, control, width)
        page.get_by_role("button", name="Duplicate W").click()
        toast = page.locator(".toasts p")
        expect(toast).to_contain_text("Copied as")
        self.assert_in_window(page, toast, 390)
        self.assertLess(toast.bounding_box()["height"], 200)

    def assert_in_window(self, page, part, width):
        """Drawn, and nothing lies over it: neither an edge that cuts it off nor another cell."""
        part.scroll_into_view_if_needed()
        box = part.bounding_box()
        self.assertGreaterEqual(box["x"], 0)
        self.assertLessEqual(box["x"] + box["width"], width)
        if part.evaluate("node => node.closest('table') !== null"):
            self.assertTrue(
                part.evaluate(
                    """node => {
                        const { left, right, top, bottom } = node.getBoundingClientRect();
                        const y = (top + bottom) / 2;
                        return [left + 2, right - 2].every(x => node.contains(document.elementFromPoint(x, y)));
                    }"""
                ),
                "something lies over it",
            )
