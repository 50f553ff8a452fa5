import json

from harness import PageTest, expect


class SearchTests(PageTest):
    def test_finds_a_symbol_by_keyboard_alone(self):
        page = self.open("/")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        page.keyboard.press("Control+k")
        box = page.get_by_role("combobox", name="Search")
        expect(box).to_be_focused()
        expect(box).to_have_attribute("aria-expanded", "true")
        page.keyboard.type("aap")
        option = page.locator(".search-panel").get_by_role("option", name="AAPL")
        expect(option).to_have_attribute("aria-selected", "true")
        self.assertEqual(box.get_attribute("aria-activedescendant"), option.get_attribute("id"))
        page.keyboard.press("Enter")
        expect(page).to_have_url(self.url("/markets/AAPL"))
        self.chart_ready(page)
        expect(page.get_by_role("heading", level=1)).to_contain_text("AAPL")

    def test_arrows_go_round_and_escape_closes(self):
        page = self.open("/markets")
        expect(page.get_by_test_id("symbols")).to_be_visible()
        page.keyboard.press("/")
        box = page.get_by_role("combobox", name="Search")
        expect(box).to_be_focused()
        options = page.locator(".search-panel").get_by_role("option")
        expect(options.filter(has_text="AAPL")).to_have_attribute("aria-selected", "true")
        count = options.count()
        self.assertGreater(count, 2)
        page.keyboard.press("ArrowDown")
        expect(options.nth(1)).to_have_attribute("aria-selected", "true")
        page.keyboard.press("ArrowUp")
        page.keyboard.press("ArrowUp")
        expect(options.nth(count - 1)).to_have_attribute("aria-selected", "true")
        page.keyboard.press("Escape")
        expect(box).to_have_attribute("aria-expanded", "false")
        expect(page.get_by_role("listbox")).to_be_hidden()
        expect(box).to_be_focused()

    def test_enter_waits_for_the_answer_to_what_was_typed(self):
        page = self.open("/")
        box = page.get_by_role("combobox", name="Search")
        box.focus()
        expect(page.locator(".search-panel").get_by_role("option").first).to_be_visible()
        # No pause between the last letter and Enter: the list on the screen is still the one of all symbols.
        page.keyboard.type("btc-usd")
        page.keyboard.press("Enter")
        expect(page).to_have_url(self.url("/markets/BTC-USD"))

    def test_says_when_nothing_matches(self):
        page = self.open("/")
        page.get_by_role("combobox", name="Search").fill("zzqqzz")
        expect(page.locator(".search-state")).to_have_text("Nothing matches \u201czzqqzz\u201d.")

    def test_finds_rooms_and_commands_by_name_and_by_key(self):
        page = self.open("/", color_scheme="dark")
        box = page.get_by_role("combobox", name="Search")
        box.fill("light th")
        page.locator(".search-panel").get_by_role("option", name="Light theme").click()
        expect(page.locator("html")).to_have_attribute("data-theme", "light")
        page.keyboard.press("g")
        page.keyboard.press("m")
        expect(page).to_have_url(self.url("/markets"))
        # The keyboard's help lists what the keyboard does.
        page.keyboard.press("?")
        dialog = page.get_by_role("dialog", name="Keyboard")
        expect(dialog.get_by_text("Markets")).to_be_visible()
        expect(dialog.get_by_text("Search", exact=True)).to_have_count(1)
        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
        # No letter of a word that is typed is a command.
        box.focus()
        page.keyboard.type("gh")
        expect(page).to_have_url(self.url("/markets"))
        expect(box).to_have_value("gh")

    def test_the_help_of_a_chart_tells_its_keys(self):
        page = self.open_chart("/markets/AAPL")
        page.keyboard.press("?")
        chart = page.get_by_role("dialog", name="Keyboard").get_by_role("region", name="Chart, while it has the focus")
        for label in ("Zoom in", "Zoom out", "Back in time", "Forward in time", "Reset the chart"):
            expect(chart.get_by_text(label, exact=True)).to_be_visible()

    def test_text_of_the_server_never_becomes_markup(self):
        page = self.open("")
        name = "<img src=x onerror=document.title='broken'>"
        symbol = {
            "symbol": "EVIL",
            "name": name,
            "asset_type": "EQUITY",
            "exchange": "<b>X</b>",
            "currency": "USD",
            "intervals": ["1d"],
        }
        body = json.dumps({"symbols": [symbol], "limit": 8, "offset": 0, "has_more": False})
        page.route(
            "**/api/symbols/search?q=img*", lambda route: route.fulfill(content_type="application/json", body=body)
        )
        page.goto(self.url("/"))
        page.get_by_role("combobox", name="Search").fill("img")
        expect(page.locator(".search-panel").get_by_role("option")).to_contain_text(name)
        self.assertEqual(page.locator(".search-panel img, .search-panel li b b").count(), 0)
