from axe import AxeTest
from harness import expect

PAGES = {
    "home": "/",
    "markets": "/markets",
    "about": "/about",
    "daily chart": "/markets/AAPL?overlays=sma.20.close,ema.50.close,rsi.14.close",
    "hourly chart": "/markets/BTC-USD?interval=1h",
    "unknown page": "/no/such/page",
    "sign in": "/sign-in",
    "sign in, refused": "/sign-in?error=SIGN_IN_EXPIRED",
    "sign up": "/sign-up",
    "recovery": "/recover",
}


class LookTests(AxeTest):
    def settle(self, page, path):
        if path.startswith("/markets/"):
            self.chart_ready(page)
        self.at_rest(page)

    def test_axe_finds_nothing_in_any_theme_and_palette(self):
        page = self.open("")
        for name, path in PAGES.items():
            page.goto(self.url(path))
            self.settle(page, path)
            for theme in ("dark", "light"):
                with self.subTest(page=name, theme=theme):
                    page.emulate_media(color_scheme=theme)
                    self.assert_axe_silent(page)
        # Only prices have the other palette's colours.
        page.goto(self.url("/markets"))
        page.get_by_label("Up / down").select_option("green-red")
        self.settle(page, "/markets")
        for theme in ("dark", "light"):
            with self.subTest(page="markets in green and red", theme=theme):
                page.emulate_media(color_scheme=theme)
                self.assert_axe_silent(page)

    def test_axe_finds_nothing_in_the_open_search(self):
        page = self.open("/markets")
        page.get_by_role("combobox", name="Search").fill("a")
        expect(page.locator(".search-panel").get_by_role("option").first).to_be_visible()
        self.assert_axe_silent(page)

    def test_a_phone_never_scrolls_sideways(self):
        page = self.open("", width=390, height=844, has_touch=True, is_mobile=True)
        for name, path in PAGES.items():
            page.goto(self.url(path))
            self.settle(page, path)
            for width in (390, 320):
                with self.subTest(page=name, width=width):
                    page.set_viewport_size({"width": width, "height": 844})
                    self.assert_fits(page, width)

    def test_the_search_works_on_a_phone(self):
        page = self.open("/", width=390, height=844, has_touch=True, is_mobile=True)
        page.get_by_role("combobox", name="Search").tap()
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
        self.assert_large_enough(page)

    def test_scripts_stay_small_without_charts_and_with_them(self):
        for path, most in (("/", 95_000), ("/markets/AAPL", 165_000)):
            with self.subTest(path=path):
                page = self.open(path)
                self.settle(page, path)
                sizes = page.evaluate("""() => performance.getEntriesByType('resource')
                    .filter(one => one.name.endsWith('.js')).map(one => one.encodedBodySize)""")
                self.assertGreater(len(sizes), 2)
                self.assertTrue(0 < sum(sizes) <= most, f"{sum(sizes)} bytes of scripts")
                self.assertGreater(page.evaluate("performance.getEntriesByType('navigation')[0].encodedBodySize"), 0)
