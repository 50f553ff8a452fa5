import re

from harness import PageTest, api, candles, expect, money, series, written_day

# Counts opaque pixels of a colour (candles) and translucent ones of it (volume) on all canvases of the chart.
PIXELS = """() => {
    const token = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    const parse = hex => [1, 3, 5].map(at => parseInt(hex.slice(at, at + 2), 16));
    const colours = { up: parse(token('--up')), down: parse(token('--down')) };
    const found = { up: 0, down: 0, volumeUp: 0, volumeDown: 0 };
    for (const canvas of document.querySelectorAll('.chart-canvas canvas')) {
        if (!canvas.width || !canvas.height) continue;
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        for (let at = 0; at < data.length; at += 4) {
            for (const [name, [red, green, blue]] of Object.entries(colours)) {
                const apart = [red, green, blue].map((value, part) => Math.abs(data[at + part] - value));
                const distance = apart[0] + apart[1] + apart[2];
                if (distance >= 12) continue;
                if (data[at + 3] > 250) found[name]++;
                else if (data[at + 3] > 60) found[name === 'up' ? 'volumeUp' : 'volumeDown']++;
            }
        }
    }
    return found;
}"""


class ChartTests(PageTest):
    def test_draws_candles_and_volume_of_what_the_api_holds(self):
        page = self.open_chart("/markets/AAPL")
        stored = series("AAPL", "1d")
        self.assertEqual(self.bars(page), min(stored["bars"], 5000))
        self.wait_for(lambda: page.evaluate(PIXELS)["up"] > 500, "candles on the canvas")
        pixels = page.evaluate(PIXELS)
        for name in ("up", "down", "volumeUp", "volumeDown"):
            self.assertGreater(pixels[name], 500, name)
        self.assertIn("AAPL", page.title())

    def test_legend_price_and_table_are_the_apis_figures(self):
        page = self.open_chart("/markets/AAPL")
        before, last = candles("AAPL", limit=2)
        legend = self.legend(page)
        for name, value in (("O", last["open"]), ("H", last["high"]), ("L", last["low"]), ("C", last["close"])):
            self.assertIn(f"{name} {money(value)}", legend)
        self.assertIn(written_day(last["date"]), legend)
        expect(page.get_by_test_id("last-price")).to_contain_text(money(last["close"]))
        rows = page.get_by_test_id("bars").locator("tbody tr")
        for number, bar in enumerate([last, before]):
            cells = [bar["date"], *(money(bar[name]) for name in ("open", "high", "low", "close"))]
            self.assertEqual(rows.nth(number).locator("th, td").all_inner_texts()[:5], cells)

    def test_a_volume_is_short_and_told_in_full_at_a_press(self):
        page = self.open_chart("/markets/AAPL")
        whole = f"{candles('AAPL', limit=1)[0]['volume']:,.0f}"
        for place in (page.get_by_test_id("bars").locator("tbody tr").first, page.get_by_test_id("legend")):
            button = place.get_by_role("button")
            short = button.inner_text()
            self.assertRegex(short, r"^\d+\.\d\d[KMB]$")
            expect(button).to_have_attribute("aria-label", f"{short}, in full {whole}")
            button.click()
            expect(page.locator(".explained-panel")).to_have_text(whole)
            page.keyboard.press("Escape")
            expect(page.locator(".explained-panel")).to_have_count(0)

    def test_the_legend_follows_the_mouse_and_the_keyboard(self):
        page = self.open_chart("/markets/AAPL?range=1M")
        newest = int(page.get_by_test_id("legend").get_attribute("data-index"))
        box = page.locator(".chart-canvas").bounding_box()
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        legend = page.get_by_test_id("legend")
        expect(legend).not_to_have_attribute("data-index", str(newest))
        index = int(legend.get_attribute("data-index"))
        bar = candles("AAPL")[index]
        self.assertIn(written_day(bar["date"]), self.legend(page))
        self.assertIn(f"C {money(bar['close'])}", self.legend(page))
        page.mouse.move(5, 5)
        expect(legend).to_have_attribute("data-index", str(newest))
        page.locator(".chart-canvas").focus()
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("ArrowLeft")
        expect(legend).to_have_attribute("data-index", str(newest - 1))
        bar = candles("AAPL", limit=2)[0]
        expect(page.locator(".chart > [role=status]")).to_contain_text(
            f"close {money(bar['close'])}, volume {bar['volume']:,.0f}"
        )

    def test_says_how_old_and_whose_the_prices_are(self):
        page = self.open_chart("/markets/AAPL")
        stored = series("AAPL", "1d")
        ended = f"Prices end on {written_day(stored['last'])}"
        expect(page.get_by_test_id("age-note")).to_have_text(re.compile(rf"^{ended}, \d+ (months|years) ago\.$"))
        source = page.locator(".source-line")
        expect(source).to_contain_text(f"{stored['bars']:,} daily bars")
        expect(source).to_contain_text(f"revision {stored['revision']}")
        expect(source.get_by_role("link", name="TradingView")).to_be_visible()

    def test_a_day_is_the_same_day_in_every_time_zone(self):
        last = written_day(series("AAPL", "1d")["last"])
        for zone in ("America/Los_Angeles", "Pacific/Auckland"):
            page = self.open_chart("/markets/AAPL", timezone_id=zone)
            self.assertIn(last, self.legend(page))
            expect(page.get_by_test_id("bars").locator("tbody th").first).to_have_text(series("AAPL", "1d")["last"])

    def test_intervals_switch_and_hours_are_utc(self):
        page = self.open_chart("/markets/BTC-USD", timezone_id="Asia/Tokyo")
        self.assertEqual(self.bars(page), min(series("BTC-USD", "1d")["bars"], 5000))
        page.get_by_role("button", name="Hourly").click()
        # What is in view stays in view: a year, as before.
        expect(page).to_have_url(self.url("/markets/BTC-USD?interval=1h&range=1Y"))
        expect(page.get_by_role("button", name="1 year")).to_have_attribute("aria-pressed", "true")
        last = candles("BTC-USD", interval="1h", limit=1)[0]
        time = last["timestamp"][11:16]
        expect(page.get_by_test_id("legend")).to_contain_text(f"{time} UTC")
        expect(page.get_by_test_id("bars").locator("thead th").first).to_have_text("Time (UTC)")
        expect(page.get_by_test_id("bars").locator("tbody th").first).to_have_text(
            last["timestamp"][:16].replace("T", " ")
        )
        page.go_back()
        expect(page.get_by_role("button", name="Daily")).to_have_attribute("aria-pressed", "true")
        expect(page.get_by_test_id("legend")).not_to_contain_text("UTC")

    def test_older_bars_come_when_the_reader_goes_back(self):
        page = self.open_chart("/markets/BTC-USD?interval=1h")
        first = self.bars(page)
        total = series("BTC-USD", "1h")["bars"]
        self.assertLess(first, total)
        back = page.get_by_role("button", name="Back in time")
        for _ in range(12):
            back.click()
        self.wait_for(lambda: self.bars(page) > first, "older bars")
        expect(page).to_have_url(re.compile(r"from=\d{4}-\d\d-\d\dT\d\d:00:00Z&to="))
        page.get_by_role("button", name="All bars").click()
        self.wait_for(lambda: self.bars(page) == total, "all bars")

    def test_every_state_is_a_link_and_the_back_button_undoes_one_step(self):
        path = "/markets/BTC-USD?interval=1h&range=3M&scale=log&overlays=ema.50.high,rsi.14.close&page=2"
        page = self.open_chart(path)
        for name in ("Hourly", "3 months", "Log"):
            expect(page.get_by_role("button", name=name, exact=True)).to_have_attribute("aria-pressed", "true")
        expect(page.get_by_label("EMA period")).to_have_value("50")
        expect(page.get_by_label("EMA source")).to_have_value("high")
        expect(page.get_by_label("RSI period")).to_have_value("14")
        expect(page.locator(".pager [role=status]")).to_contain_text("Page 2 of")
        page.get_by_role("button", name="1 month").click()
        page.get_by_role("button", name="Log", exact=True).click()
        expect(page).to_have_url(re.compile(r"\?interval=1h&overlays="))
        page.go_back()
        expect(page.get_by_role("button", name="Log", exact=True)).to_have_attribute("aria-pressed", "true")
        page.go_back()
        expect(page).to_have_url(self.url(path))
        expect(page.get_by_role("button", name="3 months")).to_have_attribute("aria-pressed", "true")

    def test_a_link_to_a_stretch_of_time_shows_it(self):
        page = self.open_chart("/markets/AAPL?from=2020-03-02&to=2020-03-31")
        for button in page.get_by_role("group", name="Range").get_by_role("button").all():
            expect(button).to_have_attribute("aria-pressed", "false")
        box = page.locator(".chart-canvas").bounding_box()
        page.mouse.move(box["x"] + 8, box["y"] + box["height"] / 2)
        expect(page.get_by_test_id("legend")).to_contain_text("2 Mar 2020")

    def test_the_table_turns_its_pages_and_gives_a_file_of_all_bars(self):
        page = self.open_chart("/markets/AAPL")
        bars = candles("AAPL")
        page.get_by_role("button", name="Last", exact=True).click()
        expect(page.get_by_test_id("bars").locator("tbody th").last).to_have_text(bars[0]["date"])
        with page.expect_download() as download:
            page.get_by_role("button", name="Download CSV").click()
        name = f"aapl-1d-{bars[0]['date']}-{bars[-1]['date']}.csv"
        self.assertEqual(download.value.suggested_filename, name)
        lines = download.value.path().read_text().splitlines()
        self.assertEqual(lines[0], "timestamp,open,high,low,close,volume")
        self.assertEqual(len(lines), len(bars) + 1)
        for line, bar in ((lines[1], bars[0]), (lines[-1], bars[-1])):
            values = line.split(",")
            self.assertEqual(values[0], bar["date"])
            self.assertEqual(
                [float(value) for value in values[1:]], [bar[n] for n in ("open", "high", "low", "close", "volume")]
            )

    def test_the_table_of_bars_is_the_table_of_every_list(self):
        """Sorted over all bars, those included that were not read yet; on a phone every row is a card."""
        page = self.open_chart("/markets/BTC-USD?interval=1h")
        table = page.get_by_test_id("bars")
        expect(table.locator(".table-count")).to_have_text(f"{series('BTC-USD', '1h')['bars']:,} bars")
        table.get_by_role("button", name="Low", exact=True).click()
        table.get_by_role("button", name="Low", exact=True).click()
        every = api("/api/market-data/crypto/candles?symbol=BTC-USD&interval=1h&format=columns&limit=100000")
        lowest = min(every["low"]) / 10 ** every["price_decimals"]
        expect(table.locator("tbody tr").first).to_contain_text(money(lowest))
        page.set_viewport_size({"width": 390, "height": 844})
        for number in range(3):
            box = table.locator("tbody tr").nth(number).bounding_box()
            self.assertLessEqual(box["x"] + box["width"], 390)
            for cell in table.locator("tbody tr").nth(number).locator("th, td").all():
                box = cell.bounding_box()
                self.assertTrue(0 <= box["x"] and box["x"] + box["width"] <= 390, box)
        expect(table.get_by_label("Sort by")).to_have_value("low")


class OverlayTests(PageTest):
    def test_adds_changes_and_removes_averages(self):
        page = self.open_chart("/markets/AAPL")
        closes = [bar["close"] for bar in candles("AAPL", limit=60)]
        page.get_by_role("button", name="Add SMA").click()
        expect(page).to_have_url(self.url("/markets/AAPL?overlays=sma.20.close"))
        expect(page.get_by_test_id("legend")).to_contain_text(f"SMA(20) {money(sum(closes[-20:]) / 20)}")
        page.get_by_label("SMA period").fill("50")
        expect(page.get_by_test_id("legend")).to_contain_text(f"SMA(50) {money(sum(closes[-50:]) / 50)}")
        expect(page).to_have_url(self.url("/markets/AAPL?overlays=sma.50.close"))
        page.get_by_role("button", name="Add SMA").click()
        expect(page.get_by_test_id("legend").locator(".legend-line")).to_have_count(2)
        page.get_by_role("button", name="Remove SMA(50)").click()
        expect(page.get_by_test_id("legend")).not_to_contain_text("SMA(50)")
        expect(page.get_by_test_id("legend").locator(".legend-line")).to_have_count(1)

    def test_a_wrong_period_is_told_at_the_field_and_draws_nothing_new(self):
        page = self.open_chart("/markets/AAPL?overlays=sma.20.close")
        field = page.get_by_label("SMA period")
        field.fill("1")
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(page.get_by_text("SMA takes a whole number from 2 to 200")).to_be_visible()
        expect(page).to_have_url(self.url("/markets/AAPL?overlays=sma.20.close"))
        field.blur()
        expect(field).to_have_value("20")

    def test_rsi_has_a_pane_of_its_own_and_stays_between_0_and_100(self):
        page = self.open_chart("/markets/AAPL")
        panes = "document.querySelectorAll('.chart-canvas tr').length"
        before = page.evaluate(panes)
        page.get_by_role("button", name="Add RSI").click()
        pane = page.locator(".legend-pane")
        expect(pane).to_contain_text("RSI(14)")
        self.assertGreater(page.evaluate(panes), before)
        value = float(re.search(r"RSI\(14\)\s+([\d.]+)", pane.inner_text())[1])
        self.assertTrue(0 < value < 100, value)
        page.get_by_role("button", name="Remove RSI(14)").click()
        expect(pane).to_have_count(0)

    def test_an_hourly_average_is_the_one_of_the_whole_history(self):
        page = self.open_chart("/markets/BTC-USD?interval=1h&overlays=ema.200.close")
        average, bars = None, candles("BTC-USD", interval="1h", limit=5000)
        for number, bar in enumerate(bars):
            if number == 199:
                average = sum(one["close"] for one in bars[:200]) / 200
            elif number > 199:
                average += 2 / 201 * (bar["close"] - average)
        expect(page.get_by_test_id("legend")).to_contain_text(f"EMA(200) {money(average)}")
