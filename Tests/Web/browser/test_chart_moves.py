"""Moving, scaling and keeping a chart: nothing that a reader does to it may lose the bars."""

import re
from datetime import date, datetime, timedelta

from harness import PageTest, candles, expect, money, problem, series
from passkeys import PasskeyTest
from strategies import Maker
from test_chart import PIXELS

SHIFTS = """new PerformanceObserver(list => {
    for (const shift of list.getEntries()) if (!shift.hadRecentInput) window.shifted = (window.shifted ?? 0) + shift.value;
}).observe({ type: 'layout-shift', buffered: true })"""


# Pixels of candles in the left fifth of the chart.
CANDLES_AT_LEFT = """() => {
    const canvas = document.querySelector('.chart-canvas canvas');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width / 5, canvas.height * 0.8);
    let found = 0;
    for (let at = 0; at < data.length; at += 4) {
        const [red, green, blue, alpha] = data.slice(at, at + 4);
        if (alpha > 250 && Math.max(red, green, blue) - Math.min(red, green, blue) > 60) found++;
    }
    return found;
}"""


class MovesTests(PageTest):
    def press(self, page, name: str, times: int) -> None:
        button = page.locator(".chart-move").get_by_role("button", name=name)
        for _ in range(times):
            button.click()

    def span(self, page) -> tuple[str, str]:
        """The first and last day in view, which the address has when the chart has come to rest."""
        expect(page).to_have_url(re.compile(r"from=[\dT:Z-]+&to="))
        seen = None
        while seen != (seen := re.search(r"from=([\dT:Z-]+)&to=([\dT:Z-]+)", page.url).groups()):
            page.wait_for_timeout(600)
        return seen

    def pane(self, page, number: int) -> bytes:
        """The picture of a pane's right half with its axis, without crosshair and buttons."""
        page.mouse.move(5, 5)
        page.evaluate("document.fonts.ready.then(() => document.activeElement.blur())")
        box = page.locator(".chart-canvas tr").nth(2 * number).bounding_box()
        page.wait_for_timeout(100)
        return page.screenshot(clip={**box, "x": box["x"] + box["width"] / 2, "width": box["width"] / 2})

    def test_zooming_out_shows_all_bars_and_no_less(self):
        page = self.open_chart("/markets/AAPL")
        stored = series("AAPL", "1d")
        self.press(page, "Zoom out", 14)
        self.assertEqual(self.span(page), (stored["first"], stored["last"]))
        self.assertGreater(page.evaluate(PIXELS)["down"], 300)

    def test_panning_and_dragging_end_at_the_bars(self):
        page = self.open_chart("/markets/AAPL?range=3M")
        stored = series("AAPL", "1d")
        self.press(page, "Forward in time", 4)
        first, last = self.span(page)
        self.assertEqual(last, stored["last"])
        self.assertGreater((date.fromisoformat(last) - date.fromisoformat(first)).days, 60)
        box = page.locator(".chart-canvas").bounding_box()
        middle = box["y"] + box["height"] / 3
        for _ in range(3):
            page.mouse.move(box["x"] + 900, middle)
            page.mouse.down()
            page.mouse.move(box["x"] + 20, middle, steps=4)
            page.mouse.up()
        first, last = self.span(page)
        self.assertEqual(last, stored["last"])
        self.assertGreater((date.fromisoformat(last) - date.fromisoformat(first)).days, 60)

    def test_the_wheel_never_leaves_the_bars(self):
        page = self.open_chart("/markets/AAPL")
        stored = series("AAPL", "1d")
        box = page.locator(".chart-canvas").bounding_box()
        page.mouse.move(box["x"] + 300, box["y"] + 200)
        for _ in range(30):
            page.mouse.wheel(0, 400)
        self.assertEqual(self.span(page), (stored["first"], stored["last"]))

    def test_a_long_history_is_drawn_wherever_the_reader_goes(self):
        page = self.open_chart("/markets/BTC-USD?interval=1h&range=All")
        stored = series("BTC-USD", "1h")
        expect(page.get_by_test_id("chart")).to_have_attribute("data-bars", str(stored["bars"]))
        box = page.locator(".chart-canvas").bounding_box()
        left, middle = box["x"] + 300, box["y"] + box["height"] / 3
        page.mouse.move(left, middle)
        for _ in range(40):
            page.mouse.wheel(0, -400)
        first, last = self.span(page)
        self.assertLess(date.fromisoformat(last[:10]) - date.fromisoformat(first[:10]), timedelta(days=20))
        # More than the screens that are drawn beside the one in view.
        for _ in range(8):
            page.mouse.move(left, middle)
            page.mouse.down()
            page.mouse.move(left + 600, middle, steps=5)
            page.mouse.up()
            self.wait_for(lambda: page.evaluate(CANDLES_AT_LEFT) > 0, "candles where the reader has come to")
        earlier, _ = self.span(page)
        self.assertLess(earlier, first)
        # What was one block from afar is its bars again.
        page.mouse.move(left, middle)
        legend = page.get_by_test_id("legend")
        expect(legend).to_contain_text("UTC")
        shown = legend.inner_text()
        day = datetime.strptime(re.search(r"\d+ \w{3} \d{4}", shown)[0], "%d %b %Y").date().isoformat()
        hour = re.search(r"(\d\d:\d\d) UTC", shown)[1]
        bars = candles("BTC-USD", interval="1h", start=day, end=day)
        bar = next(one for one in bars if one["timestamp"] == f"{day}T{hour}:00Z")
        for name, value in {"O": bar["open"], "H": bar["high"], "L": bar["low"], "C": bar["close"]}.items():
            self.assertIn(f"{name} {money(value)}", " ".join(shown.split()))

    def test_reset_comes_back_to_the_range_by_button_and_key(self):
        page = self.open_chart("/markets/AAPL?range=6M")
        before = self.pane(page, 0)
        for reset in (
            lambda: page.get_by_role("button", name="Reset the chart").click(),
            lambda: page.locator(".chart-canvas").press("0"),
        ):
            self.press(page, "Back in time", 2)
            # Until the address says where the reader has come to: what it said before is not forgotten.
            self.span(page)
            self.assertNotEqual(self.pane(page, 0), before)
            reset()
            self.wait_for(lambda: self.pane(page, 0) == before, "the chart as it was")

    def test_a_dragged_price_axis_scales_itself_again_by_a_button(self):
        page = self.open_chart("/markets/AAPL")
        fit = page.get_by_role("group", name="Scale", exact=True).get_by_role("button").first
        expect(fit).to_have_attribute("aria-pressed", "true")
        before = self.pane(page, 0)
        box = page.locator(".chart-canvas").bounding_box()
        page.mouse.move(box["x"] + box["width"] - 20, box["y"] + 200)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] - 20, box["y"] + 330, steps=5)
        page.mouse.up()
        expect(fit).to_have_attribute("aria-pressed", "false")
        self.assertNotEqual(self.pane(page, 0), before)
        fit.click()
        expect(fit).to_have_attribute("aria-pressed", "true")
        self.wait_for(lambda: self.pane(page, 0) == before, "prices scaled to fit")

    def test_rsi_is_never_logarithmic(self):
        pictures = []
        for scale in ("", "scale=log&"):
            page = self.open_chart(f"/markets/AAPL?{scale}overlays=rsi.14.close")
            expect(page.locator(".legend-pane")).to_be_visible()
            pictures.append(self.pane(page, 1))
        self.assertEqual(pictures[0], pictures[1])
        before = self.pane(page, 0)
        page.get_by_role("button", name="Log", exact=True).click()
        self.wait_for(lambda: self.pane(page, 0) != before, "linear prices")
        self.assertEqual(self.pane(page, 1), pictures[0])

    def test_a_chart_is_saved_as_a_picture(self):
        page = self.open_chart("/markets/AAPL?overlays=sma.20.close,rsi.14.close")
        with page.expect_download() as download:
            page.get_by_role("button", name="Save image").click()
        self.assertEqual(download.value.suggested_filename, f"aapl-1d-{series('AAPL', '1d')['last']}-chart.png")
        picture = download.value.path().read_bytes()
        self.assertEqual(picture[:8], b"\x89PNG\r\n\x1a\n")
        self.assertGreater(len(picture), 20_000)

    def test_twenty_symbols_leave_nothing_behind(self):
        page = self.open_chart("/markets/AAPL?range=All&overlays=sma.20.close,rsi.14.close")
        names = ["AAPL", "BTC-USD", "ETH-USD", "NVDA"]
        tools = page.context.new_cdp_session(page)
        tools.send("Performance.enable")

        def open_in_place(symbol: str) -> None:
            page.evaluate(
                """path => {
                    history.pushState({ step: 1 }, '', path);
                    dispatchEvent(new PopStateEvent('popstate', { state: { step: 1 } }));
                }""",
                f"/markets/{symbol}?range=All&overlays=sma.20.close,rsi.14.close",
            )
            expect(page.get_by_role("group", name=re.compile(f"^{symbol}, daily"))).to_be_visible()
            expect(page.locator(".legend-pane")).to_be_visible()

        def measure() -> tuple[float, float]:
            for _ in range(3):
                tools.send("HeapProfiler.collectGarbage")
            found = {one["name"]: one["value"] for one in tools.send("Performance.getMetrics")["metrics"]}
            return found["JSHeapUsedSize"], found["Nodes"]

        for symbol in names:
            open_in_place(symbol)
        heap, nodes = measure()
        for number in range(20):
            open_in_place(names[number % len(names)])
        heap_after, nodes_after = measure()
        self.assertLess(heap_after, heap * 1.3 + 2_000_000)
        self.assertLess(nodes_after, nodes * 1.3 + 200)
        self.assertEqual(page.locator(".chart-canvas").count(), 1)


class FailingMovesTests(PageTest):
    expects_failed_requests = True

    def test_all_is_pressed_only_when_all_are_there(self):
        page = self.open_chart("/markets/BTC-USD?interval=1h")
        total = series("BTC-USD", "1h")["bars"]
        page.route("**/candles?*end=*", lambda route: problem(route, 503))
        everything = page.get_by_role("button", name="All bars")
        everything.click()
        expect(page.get_by_text("Older bars could not be loaded.")).to_be_visible()
        expect(everything).to_have_attribute("aria-pressed", "false")
        page.unroute("**/candles?*end=*")
        page.get_by_role("button", name="Try again").click()
        self.wait_for(lambda: self.bars(page) == total, "all bars")
        expect(everything).to_have_attribute("aria-pressed", "true")
        # The button is gone, the focus is not.
        self.assertTrue(page.evaluate("document.activeElement.matches('.chart-card')"))

    def test_the_rest_is_read_when_the_network_is_back(self):
        page = self.open_chart("/markets/BTC-USD?interval=1h")
        page.context.set_offline(True)
        page.get_by_role("button", name="All bars").click()
        expect(page.get_by_text("Older bars could not be loaded.")).to_be_visible()
        page.context.set_offline(False)
        self.wait_for(lambda: self.bars(page) == series("BTC-USD", "1h")["bars"], "all bars")


    def test_an_address_that_cannot_be_read_leads_to_words(self):
        for path in ("/markets/%E0%A4%A", "/markets/%E0%A4"):
            page = self.open(path)
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            expect(page.get_by_role("navigation", name="Main")).to_be_visible()
            expect(page.get_by_text("VALIDATION_ERROR")).to_have_count(0)


class StrategyLineTests(Maker, PasskeyTest):
    def test_a_strategys_indicators_are_drawn_beside_ones_own(self):
        page, _ = self.user()
        strategy = self.make(page)
        page.goto(self.url("/markets/AAPL?overlays=rsi.14.close"))
        self.chart_ready(page)
        choice = page.get_by_label("Indicators of a strategy")
        shown = choice.bounding_box()["width"]
        choice.evaluate("node => node.style.maxWidth = 'none'")
        self.assertEqual(shown, choice.bounding_box()["width"], "its own words are not cut off")
        choice.select_option("Cross")
        expect(page).to_have_url(self.url(f"/markets/AAPL?overlays=rsi.14.close&strategy={strategy['id']}"))
        closes = [bar["close"] for bar in candles("AAPL", limit=60)]
        for period in (10, 30):
            words = f"SMA({period}) {sum(closes[-period:]) / period:,.2f}"
            expect(page.get_by_test_id("legend")).to_contain_text(words)
        page.reload()
        expect(page.get_by_test_id("legend")).to_contain_text("SMA(30)")
        page.get_by_label("Indicators of a strategy").select_option("No strategy’s indicators")
        expect(page.get_by_test_id("legend")).not_to_contain_text("SMA")


class PlaceTests(PageTest):
    def test_nothing_moves_while_a_chart_comes(self):
        for path in ("/markets/AAPL?overlays=sma.20.close", "/markets/BTC-USD?interval=1h"):
            for width, height in ((1440, 900), (390, 844)):
                with self.subTest(path=path, width=width):
                    page = self.open("", width=width, height=height)
                    page.add_init_script(SHIFTS)
                    held = []
                    for what in ("**/api/symbols/*", "**/candles?*"):
                        page.route(what, lambda route: held.append(route))
                    page.goto(self.url(path), wait_until="commit")
                    # What is asked for comes one after the other, each when the page before it is on the screen.
                    for name, sign in (("/api/symbols/", ".skeleton-line"), ("/candles", ".quote-age")):
                        expect(page.locator(sign).first).to_be_visible()
                        self.wait_for(lambda: any(name in one.request.url for one in held), name)
                        for one in [one for one in held if name in one.request.url]:
                            held.remove(one)
                            one.continue_()
                        page.unroute("**/api/symbols/*" if name.startswith("/api") else "**/candles?*")
                    self.chart_ready(page)
                    self.at_rest(page)
                    self.assertLessEqual(page.evaluate("window.shifted ?? 0"), 0.02)
                    page.context.close()
                    self.contexts.remove(page.context)

    def test_a_phones_chart_begins_in_the_upper_third(self):
        for symbol in ("AAPL", "BTC-USD"):
            page = self.open_chart(f"/markets/{symbol}", width=390, height=844, has_touch=True, is_mobile=True)
            self.assertLessEqual(page.get_by_test_id("chart").bounding_box()["y"], 844 / 3)

    def test_a_phones_indicators_wait_behind_their_button(self):
        page = self.open_chart("/markets/AAPL", width=390, height=844, has_touch=True, is_mobile=True)
        expect(page.get_by_role("button", name="Add SMA")).to_be_hidden()
        page.get_by_role("button", name="Indicators").tap()
        page.get_by_role("button", name="Add SMA").tap()
        expect(page.get_by_role("button", name="Indicators (1)")).to_have_attribute("aria-expanded", "true")
        expect(page.get_by_test_id("legend")).to_contain_text("SMA(20)")

    def test_a_wide_screen_is_used(self):
        page = self.open_chart("/markets/AAPL", width=2560, height=1440)
        self.assertGreater(page.get_by_test_id("chart").bounding_box()["width"], 2_200)

    def test_the_heading_is_read_with_a_pause(self):
        page = self.open_chart("/markets/AAPL")
        expect(page.get_by_role("heading", level=1)).to_have_accessible_name("AAPL Apple Inc.")

    def test_volumes_of_a_column_have_one_precision(self):
        page = self.open_chart("/markets/AAPL")
        volumes = page.get_by_test_id("bars").locator("tbody tr td:last-child").all_inner_texts()
        self.assertEqual(len(volumes), min(25, len(candles("AAPL"))))
        for volume in volumes:
            self.assertRegex(volume, r"^[\d,]+\.\d\d[KMBT]?$")
