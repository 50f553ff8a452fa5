from importlib.resources import files

from harness import PageTest, expect

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGES = {
    "home": "/",
    "markets": "/markets",
    "daily chart": "/markets/AAPL?overlays=sma.20.close,ema.50.close,rsi.14.close",
    "hourly chart": "/markets/BTC-USD?interval=1h",
    "unknown page": "/no/such/page",
}


class LookTests(PageTest):
    def settle(self, page, path):
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        if path.startswith("/markets/"):
            self.chart_ready(page)
        page.wait_for_load_state("networkidle")
        expect(page.locator(".skeleton-line")).to_have_count(0)

    def test_axe_finds_nothing_in_any_theme_and_palette(self):
        for theme in ("dark", "light"):
            for colours in ("blue-orange", "green-red"):
                page = self.open("", color_scheme=theme)
                page.add_init_script(f"localStorage.setItem('colours', '{colours}')")
                for name, path in PAGES.items():
                    with self.subTest(page=name, theme=theme, colours=colours):
                        page.goto(self.url(path))
                        self.settle(page, path)
                        self.assert_axe_silent(page)
                page.context.close()
                self.contexts.remove(page.context)

    def test_axe_finds_nothing_in_the_open_search(self):
        page = self.open("/markets")
        page.get_by_role("combobox", name="Search symbols").fill("a")
        expect(page.locator(".search-panel").get_by_role("option").first).to_be_visible()
        self.assert_axe_silent(page)

    def assert_axe_silent(self, page):
        page.evaluate(AXE)
        report = page.evaluate("rules => axe.run(document, { runOnly: rules })", RULES)
        self.assertGreater(len(report["passes"]), 10, "axe has looked at something")
        found = [
            (one["id"], node["target"], node.get("failureSummary"))
            for one in report["violations"]
            for node in one["nodes"]
        ]
        self.assertEqual(found, [])

    def test_a_phone_never_scrolls_sideways(self):
        for width in (390, 320):
            for name, path in PAGES.items():
                with self.subTest(page=name, width=width):
                    page = self.open(path, width=width, height=844, has_touch=True, is_mobile=True)
                    self.settle(page, path)
                    self.assertLessEqual(page.evaluate("document.documentElement.scrollWidth"), width)
                    self.assertLessEqual(page.evaluate("window.innerWidth"), width)

    def test_the_search_works_on_a_phone(self):
        page = self.open("/", width=390, height=844, has_touch=True, is_mobile=True)
        page.get_by_role("combobox", name="Search symbols").tap()
        page.keyboard.type("btc")
        page.locator(".search-panel").get_by_role("option", name="BTC-USD").tap()
        expect(page).to_have_url(self.url("/markets/BTC-USD"))
        self.chart_ready(page)

    def test_theme_and_colours_are_chosen_and_kept(self):
        page = self.open_chart("/markets/AAPL", color_scheme="dark")
        ground = "getComputedStyle(document.body).backgroundColor"
        dark = page.evaluate(ground)
        page.get_by_label("Theme").select_option("light")
        light = page.evaluate(ground)
        self.assertNotEqual(dark, light)
        page.get_by_label("Up / down").select_option("green-red")
        up = page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--up')")
        page.reload()
        self.chart_ready(page)
        self.assertEqual(page.evaluate(ground), light)
        self.assertEqual(page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--up')"), up)
        page.get_by_label("Theme").select_option("system")
        self.assertEqual(page.evaluate(ground), dark)

    def test_controls_are_large_enough_to_hit(self):
        page = self.open_chart("/markets/AAPL?overlays=sma.20.close", width=390, height=844)
        boxes = page.evaluate("""() => [...document.querySelectorAll('button, select, input, main a')]
            .filter(one => one.offsetParent && getComputedStyle(one).display !== 'inline')
            .map(one => [one.textContent || one.ariaLabel, one.getBoundingClientRect()])
            .filter(([, box]) => box.width < 24 || box.height < 24)""")
        self.assertEqual(boxes, [])

    def test_the_heaviest_page_stays_light(self):
        page = self.open_chart("/markets/AAPL")
        sizes = page.evaluate("""() => performance.getEntriesByType('resource')
            .filter(one => one.name.endsWith('.js')).map(one => one.encodedBodySize)""")
        self.assertGreater(len(sizes), 3)
        self.assertTrue(0 < sum(sizes) <= 130_000, f"{sum(sizes)} bytes of scripts")
        self.assertGreater(page.evaluate("performance.getEntriesByType('navigation')[0].encodedBodySize"), 0)
