"""What holds in every room: whatever has the focus is seen, and no name is too long for it."""

import re

from axe import AxeTest
from harness import expect
from rooms import RoomTest

# Looks at what has the focus whenever a key has moved it: null when it is seen, its name when it is not; `end` when the
# page has been gone through.
WATCH_FOCUS = """() => {
    const look = () => {
        const active = document.activeElement;
        if (!active || active === document.body) return 'end';
        const box = active.getBoundingClientRect();
        const words = active.getAttribute('aria-label') ?? active.textContent.slice(0, 40);
        const name = `${active.tagName} ${active.className} ${words}`;
        if (!active.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return name;
        if (box.width < 8 || box.height < 8) return name;
        const [left, right] = [Math.max(box.left, 0), Math.min(box.right, innerWidth)];
        const [top, bottom] = [Math.max(box.top, 0), Math.min(box.bottom, innerHeight)];
        if (right - left < 4 || bottom - top < 4) return `${name} is outside the window`;
        // Somewhere in it nothing lies over it.
        for (const x of [0.5, 0.1, 0.9])
            for (const y of [0.5, 0.15, 0.85]) {
                const found = document.elementFromPoint(left + x * (right - left), top + y * (bottom - top));
                if (found && (active.contains(found) || found.contains(active) && found.matches('label'))) return null;
            }
        const over = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
        return `${name} is covered by ${over?.outerHTML.slice(0, 80)}`;
    };
    window.focused = [];
    document.activeElement.blur();
    window.addEventListener('keyup', () => window.focused.push(look()), true);
}"""
# Texts that are written from the right to the left, because a name beside them has turned them round.
TURNED = """() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const turned = [];
    const range = document.createRange();
    const boxOf = (node, at) => {
        range.setStart(node, at);
        range.setEnd(node, at + 1);
        return range.getBoundingClientRect();
    };
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const text = node.nodeValue;
        const at = text.search(/[a-z0-9][a-z0-9]/i);
        if (at < 0 || text.includes('\\u202e') || !node.parentElement.checkVisibility()) continue;
        const [first, second] = [boxOf(node, at), boxOf(node, at + 1)];
        if (first.top === second.top && first.left > second.left) turned.push(text);
    }
    return turned;
}"""
MOST_CONTROLS = 400
# So many keys are pressed between two questions for what they found.
AT_ONCE = 8
PHONE = {"width": 390, "height": 844, "has_touch": True, "is_mobile": True}


class RoomTests(RoomTest, AxeTest):
    def test_whatever_has_the_focus_is_seen_on_a_phone(self):
        page = self.operator(**PHONE)
        for name, path in self.rooms(page).items():
            with self.subTest(room=name):
                page.goto(self.url(path))
                self.at_rest(page)
                page.evaluate(WATCH_FOCUS)
                for _ in range(MOST_CONTROLS // AT_ONCE):
                    for _ in range(AT_ONCE):
                        page.keyboard.press("Tab")
                    found = page.evaluate("window.focused")
                    if "end" in found:
                        break
                seen = found[:found.index("end")] if "end" in found else found
                self.assertEqual([one for one in seen if one is not None], [])
                self.assertGreater(len(seen), 8)

    maxDiff = None

    def test_no_table_is_cut_off_on_a_laptop(self):
        page, _ = self.user()
        strategy = self.make(page, name="A name that is a little longer than those of most")
        for symbol in ("AAPL", "NVDA", "META"):
            self.make_run(page, strategy, symbol)
        self.place(page)
        for path in ("/", "/trade", "/trade?view=executions", "/backtests", "/about"):
            page.goto(self.url(path))
            for width in (1280, 1366, 1440):
                with self.subTest(path=path, width=width):
                    page.set_viewport_size({"width": width, "height": 900})
                    self.at_rest(page)
                    cut = page.locator(".table-scroll").evaluate_all(
                        """all => all.filter(one => one.scrollWidth > one.clientWidth)
                            .map(one => `${one.ariaLabel} ${one.scrollWidth} in ${one.clientWidth}`)"""
                    )
                    self.assertEqual(cut, [])
                    # Whatever the name, the number of the version is whole.
                    for version in page.locator(".run-name > :not(bdi)").all():
                        self.assertLess(version.bounding_box()["height"], 24)

    def test_amounts_of_very_many_digits_cut_off_no_table(self):
        """They are told in short there, and whole by their button."""
        page, _ = self.user()
        self.place(page)

        def grown(value):
            if isinstance(value, dict):
                return {name: grown(one) for name, one in value.items()}
            if isinstance(value, list):
                return [grown(one) for one in value]
            # Money, and prices of units.
            is_amount = isinstance(value, str) and re.fullmatch(r"-?\d+\.(\d{2}|\d{12})", value)
            return re.sub(r"\d+", "9876543210\\g<0>", value, count=1) if is_amount else value

        def answer(route):
            found = route.fetch()
            route.fulfill(response=found, json=grown(found.json()))

        page.route(re.compile("/api/(trading/(positions|orders|executions)|dashboard/summary)"), answer)
        for path in ("/", "/trade", "/trade?view=executions"):
            page.goto(self.url(path))
            self.at_rest(page)
            for width in (1280, 1366, 1440):
                with self.subTest(path=path, width=width):
                    page.set_viewport_size({"width": width, "height": 900})
                    cut = page.locator(".table-scroll").evaluate_all(
                        "all => all.filter(one => one.scrollWidth > one.clientWidth).map(one => one.ariaLabel)"
                    )
                    self.assertEqual(cut, [])
        short = page.locator(".table-scroll").get_by_role("button", name=re.compile("in full .*9,876,543,210")).first
        expect(short).to_have_text(re.compile(r"^\$?[\d,.]+T$"))

    def test_runs_stand_side_by_side_on_a_phone_and_four_of_them_on_a_desktop(self):
        page, _ = self.user()
        names = ("A name that is longer than a cell of a comparison on any phone is wide, and goes on for lines", "Short")
        runs = [
            self.make_run(page, strategy, symbol)["id"]
            for strategy in [self.make(page, name=name) for name in names]
            for symbol in ("AAPL", "NVDA")
        ]
        for chosen, width in ((runs[1:3], 390), (runs, 1440)):
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(self.url(f"/backtests/compare?ids={','.join(chosen)}"))
            self.at_rest(page)
            for table in page.locator(".table-scroll:has(.compared-table)").all():
                self.assertTrue(table.evaluate("node => node.scrollWidth <= node.clientWidth"), width)
            for row in page.get_by_test_id("compared").locator("tr[data-figure]").all():
                # Every figure on one line, and the difference below it in every column.
                tops = row.locator("td").evaluate_all(
                    """cells => cells.map(cell => {
                        const range = document.createRange();
                        range.selectNodeContents(cell.firstChild);
                        return [range.getClientRects().length, Math.round(range.getBoundingClientRect().top)];
                    })"""
                )
                self.assertEqual({lines for lines, _ in tops}, {1})
                self.assertEqual(len({top for _, top in tops}), 1)
            for value in page.locator(".compared-value").all() if width == 390 else ():
                self.assertLess(value.bounding_box()["height"], 48)

    def test_an_indicator_and_a_new_condition_take_one_line(self):
        page, _ = self.user()
        strategy = self.make(page)
        page.goto(self.url(f"/strategies/{strategy['id']}"))
        self.at_rest(page)
        page.get_by_role("button", name="condition").first.click()
        page.locator(".operand .inline-select").nth(3).select_option(label="number")
        for width in (1440, 720):
            page.set_viewport_size({"width": width, "height": 900})
            for words in page.locator(".line-words").all():
                self.assertLess(words.bounding_box()["height"], 40, words.inner_text())
        page.set_viewport_size({"width": 390, "height": 900})
        for end in page.locator(".line-end").all():
            field, about = end.locator("label").bounding_box(), end.locator(".explained").bounding_box()
            self.assertLess(abs(field["y"] + field["height"] / 2 - about["y"] - about["height"] / 2), 4)

    def test_titles_of_cards_side_by_side_stand_in_line(self):
        page, _ = self.user()
        self.make_run(page, self.make(page), "AAPL")
        self.place(page)
        for path in ("/", "/trade"):
            page.goto(self.url(path))
            self.at_rest(page)
            above = page.locator(".card:not(.ticket):has(> .card-head)").evaluate_all(
                """cards => cards.map(card => Math.round(card.querySelector('h2').getBoundingClientRect().top
                    - card.getBoundingClientRect().top))"""
            )
            self.assertGreater(len(above), 3)
            self.assertLessEqual(max(above) - min(above), 1, above)

    def test_the_longest_name_which_turns_round_at_its_end_leaves_every_room_as_it_is(self):
        page = self.operator()
        rooms = self.rooms(page, called="W" * 241 + " turned \u202eround")
        for room, path in rooms.items():
            page.goto(self.url(path))
            for width, height in ((390, 844), (1440, 900)):
                with self.subTest(room=room, width=width):
                    page.set_viewport_size({"width": width, "height": height})
                    self.at_rest(page)
                    self.assert_fits(page, width)
                    self.assertEqual(page.evaluate(TURNED), [])
                    self.assertNotIn("\u202e", page.title())
                    heading = page.get_by_role("heading", level=1).bounding_box()
                    self.assertLess(heading["height"], height / 3 if room in ("result", "versions") else height)
        # In a comparison a name stands in a cell: the other runs stay beside it.
        page.goto(self.url(rooms["compare"]))
        self.at_rest(page)
        for table in page.locator(".table-scroll:has(.compared-table)").all():
            self.assertTrue(table.evaluate("node => node.scrollWidth <= node.clientWidth"))
        page.goto(self.url(rooms["strategy"]))
        page.locator("summary", has_text="More").last.click()
        page.get_by_role("button", name="Delete", exact=True).click()
        expect(page.get_by_role("dialog")).to_be_visible()
        self.assertEqual(page.evaluate(TURNED), [])
