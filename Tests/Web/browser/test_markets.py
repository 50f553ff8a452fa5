import csv
import re

from axe import LOOKS, AxeTest
from harness import PageTest, candles, expect, money, problem
from passkeys import PasskeyTest

SPAN = 30


def is_kept(response) -> bool:
    """The answer to a list that was sent; one is read before."""
    return response.url.endswith("/api/me/watchlist") and response.request.method == "PUT"


def change(symbol: str) -> str:
    """What the page says of the newest closes of a symbol: from the first of them to the last."""
    closes = [bar["close"] for bar in candles(symbol, limit=SPAN)]
    percent = (closes[-1] / closes[0] - 1) * 100
    return f"{percent:+.2f}%".replace("-", "\u2212")


class MarketsTest(PageTest):
    def row(self, page, symbol: str, table: str = "symbols"):
        return page.get_by_test_id(table).get_by_role("row").filter(
            has=page.get_by_role("rowheader", name=re.compile(rf"^{symbol}\b"))
        )

    def symbols(self, page, table: str) -> list[str]:
        """The tickers in the order of the rows."""
        names = page.get_by_test_id(table).locator("tbody th b").all_inner_texts()
        return [name.strip(", ") for name in names]


class MarketsTests(MarketsTest):
    def test_chart_and_change_of_a_symbol_go_over_the_span_that_the_heading_names(self):
        page = self.open("/markets")
        expect(page.get_by_role("columnheader", name=re.compile(f"{SPAN} days"))).to_be_visible()
        for symbol in ("AAPL", "BTC-USD"):
            row = self.row(page, symbol)
            expect(row).to_contain_text(money(candles(symbol, limit=1)[0]["close"]))
            expect(row).to_contain_text(change(symbol))
            points = row.locator(".spark path").get_attribute("d")
            self.assertEqual(len(re.findall("[ML]", points)), SPAN)
        page.get_by_role("button", name=f"About {SPAN} days").click()
        expect(page.get_by_text("from the first to the last of the newest 30 daily closes")).to_be_visible()

    def test_says_how_old_the_prices_are(self):
        page = self.open("/markets?view=stocks")
        day = candles("AAPL", limit=1)[0]["date"]
        expect(page.get_by_test_id("prices-as-of")).to_contain_text(f"Prices end on {int(day[8:])}")
        expect(page.get_by_test_id("prices-as-of")).to_contain_text(day[:4])

    def test_the_whole_row_leads_to_the_chart_and_back(self):
        page = self.open("/markets")
        # Two things to a screen reader, and not one long word.
        expect(page.get_by_role("link", name="AAPL, Apple Inc.")).to_be_visible()
        self.row(page, "AAPL").locator("td").nth(1).click()
        expect(page).to_have_url(self.url("/markets/AAPL"))
        page.go_back()
        expect(self.row(page, "AAPL")).to_be_visible()

    def test_is_filtered_by_keyboard_and_sorted_by_its_headings(self):
        page = self.open("/markets")
        expect(self.row(page, "XRP-USD")).to_contain_text("%")
        page.get_by_role("searchbox", name="Filter by ticker or name").press_sequentially("bitc")
        expect(self.row(page, "AAPL")).to_have_count(0)
        expect(page.get_by_test_id("symbols")).to_contain_text("1 of ")
        page.keyboard.press("Tab")
        self.wait_for(lambda: self.symbols(page, "symbols") == ["BTC-USD"], "only Bitcoin")
        page.get_by_role("link", name="BTC-USD, Bitcoin").press("Enter")
        expect(page).to_have_url(self.url("/markets/BTC-USD"))
        page.go_back()
        page.get_by_role("searchbox", name="Filter by ticker or name").fill("")
        expect(page.get_by_test_id("symbols").locator(".skeleton-line")).to_have_count(0)
        page.get_by_role("button", name="Last", exact=True).click()
        prices = page.get_by_test_id("symbols").locator("td[data-label=Last]").all_inner_texts()
        values = [float(price.replace(",", "")) for price in prices]
        self.assertEqual(values, sorted(values, reverse=True))

    def test_is_found_again_as_it_was_left(self):
        page = self.open("/markets")
        steps = page.evaluate("history.length")
        field = page.get_by_role("searchbox", name="Filter by ticker or name")
        heading = page.get_by_role("columnheader", name="Last", exact=True)
        heading.get_by_role("button").click()
        heading.get_by_role("button").click()
        field.press_sequentially("usd")
        expect(page.get_by_test_id("symbols")).to_contain_text(re.compile(r"[0-9] of "))
        left = self.symbols(page, "symbols")
        self.assertGreater(len(left), 1)
        # No step for each key.
        self.assertEqual(page.evaluate("history.length"), steps)
        for come_back in (page.go_back, page.reload):
            if come_back == page.go_back:
                page.get_by_test_id("symbols").get_by_role("link").first.click()
                self.chart_ready(page)
            come_back()
            expect(field).to_have_value("usd")
            expect(heading).to_have_attribute("aria-sort", "ascending")
            self.wait_for(lambda: self.symbols(page, "symbols") == left, "the rows in their order")
        # Whoever comes by a link finds what everybody does.
        page.get_by_role("link", name="About").first.click()
        page.get_by_role("link", name="Markets").first.click()
        expect(field).to_have_value("")

    def test_cards_are_sorted_and_explained_without_headings(self):
        page = self.open("/markets", width=390, height=844, has_touch=True, is_mobile=True)
        table = page.get_by_test_id("symbols")

        def values() -> list[float]:
            prices = table.locator("td[data-label=Last] b").all_inner_texts()
            return [float(price.replace(",", "")) for price in prices]

        self.wait_for(lambda: len(values()) == table.locator("tbody tr").count() > 0, "every price")
        expect(table.locator("thead")).to_be_hidden()
        sort = table.get_by_label("Sort by")
        expect(sort).to_have_value("")
        sort.select_option("Last")
        self.assertEqual(values(), sorted(values(), reverse=True))
        table.get_by_role("button", name="Largest or last first").tap()
        self.assertEqual(values(), sorted(values()))
        about = table.get_by_role("button", name="About 30 days").first
        about.tap()
        panel = table.locator(".explained-panel")
        expect(panel).to_contain_text("daily closes")
        # As wide as it may be, wherever its button stands.
        self.assertGreaterEqual(panel.bounding_box()["width"], 300)
        # On a desktop the headings do both.
        page.set_viewport_size({"width": 1440, "height": 900})
        expect(sort).to_be_hidden()
        expect(table.get_by_role("button", name="About 30 days")).to_have_count(1)

    def test_kinds_have_addresses(self):
        page = self.open("/markets")
        page.get_by_role("button", name="Crypto", exact=True).click()
        expect(page).to_have_url(self.url("/markets?view=crypto"))
        expect(self.row(page, "BTC-USD")).to_be_visible()
        expect(self.row(page, "AAPL")).to_have_count(0)
        page.go_back()
        expect(self.row(page, "AAPL")).to_be_visible()

    def test_visitors_see_prices_and_are_told_of_the_watchlist(self):
        page = self.open("/markets")
        expect(self.row(page, "AAPL")).to_contain_text("%")
        expect(page.get_by_role("button", name="Watch AAPL")).to_have_count(0)
        page.goto(self.url("/markets?view=watchlist"))
        expect(page.get_by_text("A watchlist needs an account.")).to_be_visible()
        page.locator(".notice").get_by_role("link", name="Sign in").click()
        expect(page).to_have_url(self.url("/sign-in?return=%2Fmarkets%3Fview%3Dwatchlist"))


class MarketsInTroubleTests(MarketsTest):
    expects_failed_requests = True

    def test_prices_that_did_not_load_are_asked_for_again(self):
        page = self.open("")
        page.route("**/api/market-data/equities/candles?symbol=AAPL*", lambda route: problem(route, 503))
        page.goto(self.url("/markets"))
        expect(self.row(page, "AAPL")).to_contain_text("Did not load")
        expect(self.row(page, "NVDA")).to_contain_text("%")
        page.unroute("**/api/market-data/equities/candles?symbol=AAPL*")
        page.get_by_role("alert").get_by_role("button", name="Try again").press("Enter")
        expect(self.row(page, "AAPL")).to_contain_text(change("AAPL"))
        expect(page.get_by_role("alert")).to_have_count(0)
        expect(page.get_by_role("main")).to_be_focused()

    def test_a_list_that_did_not_load_names_the_request_and_comes_on_retry(self):
        page = self.open("")
        page.route("**/api/symbols/search*", lambda route: problem(route, 503))
        page.goto(self.url("/markets"))
        expect(page.get_by_role("alert")).to_contain_text("test-request-7")
        page.unroute("**/api/symbols/search*")
        page.get_by_role("button", name="Try again").click()
        expect(self.row(page, "AAPL")).to_be_visible()


class WatchlistTests(AxeTest, MarketsTest, PasskeyTest):
    def watch(self, page, *symbols: str) -> None:
        for symbol in symbols:
            star = page.get_by_role("button", name=f"Watch {symbol}", exact=True)
            with page.expect_response(is_kept):
                star.click()
            expect(star).to_have_attribute("aria-pressed", "true")

    def test_a_star_puts_a_symbol_on_the_list_and_takes_it_off(self):
        page, _ = self.user("/markets?view=watchlist")
        expect(page.get_by_text("Your watchlist is empty.")).to_be_visible()
        page.get_by_role("link", name="the list of all symbols").click()
        self.watch(page, "NVDA", "BTC-USD")
        page.get_by_role("button", name="Watchlist", exact=True).click()
        expect(page).to_have_url(self.url("/markets?view=watchlist"))
        expect(self.row(page, "NVDA", "watchlist")).to_contain_text(change("NVDA"))
        self.assertEqual(self.symbols(page, "watchlist"), ["NVDA", "BTC-USD"])
        page.reload()
        expect(self.row(page, "BTC-USD", "watchlist")).to_contain_text(change("BTC-USD"))
        with page.expect_response(is_kept):
            page.get_by_role("button", name="Watch NVDA").click()
        self.wait_for(lambda: self.symbols(page, "watchlist") == ["BTC-USD"], "only Bitcoin is left")
        page.reload()
        expect(self.row(page, "BTC-USD", "watchlist")).to_be_visible()
        self.assertEqual(self.symbols(page, "watchlist"), ["BTC-USD"])

    def test_the_order_is_changed_by_keyboard_and_kept(self):
        page, _ = self.user("/markets")
        self.watch(page, "AAPL", "NVDA", "NFLX")
        page.get_by_role("button", name="Watchlist", exact=True).click()
        down = page.get_by_role("button", name="Move AAPL down")
        down.focus()
        # Kept one after the other: the answer to the second is that of the second.
        with page.expect_response(is_kept):
            page.keyboard.press("Enter")
        self.wait_for(lambda: self.symbols(page, "watchlist") == ["NVDA", "AAPL", "NFLX"], "one down")
        # The focus goes along, and at the end to the way back.
        expect(down).to_be_focused()
        with page.expect_response(is_kept):
            page.keyboard.press("Enter")
        self.wait_for(lambda: self.symbols(page, "watchlist") == ["NVDA", "NFLX", "AAPL"], "two down")
        expect(down).to_be_disabled()
        expect(page.get_by_role("button", name="Move AAPL up")).to_be_focused()
        expect(page.get_by_text("AAPL is now 3 of 3.")).to_be_attached()
        page.reload()
        expect(self.row(page, "AAPL", "watchlist")).to_be_visible()
        self.assertEqual(self.symbols(page, "watchlist"), ["NVDA", "NFLX", "AAPL"])

    def test_a_change_that_was_not_saved_is_taken_back_and_told(self):
        self.expects_failed_requests = True
        page, _ = self.user("/markets")
        self.watch(page, "AAPL")
        page.route("**/api/me/watchlist", lambda route: problem(route, 503))
        star = page.get_by_role("button", name="Watch NVDA")
        star.click()
        expect(page.get_by_role("alert")).to_contain_text("Your watchlist was not saved.")
        expect(star).to_have_attribute("aria-pressed", "false")
        expect(page.get_by_role("button", name="Watch AAPL")).to_have_attribute("aria-pressed", "true")
        page.unroute("**/api/me/watchlist")
        self.watch(page, "NVDA")
        expect(page.get_by_role("alert")).to_have_count(0)

    def test_two_tabs_keep_each_others_changes(self):
        page, _ = self.user("/markets")
        self.watch(page, "AAPL")
        other = page.context.new_page()
        other.goto(self.url("/markets"))
        self.watch(other, "NVDA", "NFLX")
        # This tab has not read the list since; what it changes is one symbol, and no more.
        with page.expect_response(is_kept):
            page.get_by_role("button", name="Watch AAPL").click()
        other.goto(self.url("/markets?view=watchlist"))
        expect(self.row(other, "NFLX", "watchlist")).to_be_visible()
        self.assertEqual(self.symbols(other, "watchlist"), ["NVDA", "NFLX"])
        expect(page.get_by_role("button", name="Watch NVDA")).to_have_attribute("aria-pressed", "true")
        with other.expect_response(is_kept):
            other.get_by_role("button", name="Move NVDA down").click()
        # Coming back to a tab reads anew.
        page.evaluate("() => window.dispatchEvent(new Event('focus'))")
        page.get_by_role("button", name="Watchlist", exact=True).click()
        self.wait_for(lambda: self.symbols(page, "watchlist") == ["NFLX", "NVDA"], "the other tab's order")

    def test_a_list_that_is_not_known_is_not_said_to_be_empty(self):
        self.expects_failed_requests = True
        page, _ = self.user()
        page.route("**/api/me/watchlist", lambda route: route.abort())
        page.goto(self.url("/markets"))
        alert = page.get_by_role("alert")
        expect(alert).to_contain_text("Your watchlist did not load, so no star tells what you watch.")
        star = page.get_by_role("button", name="Watch AAPL: your watchlist did not load")
        expect(star).to_be_disabled()
        self.assertIsNone(star.get_attribute("aria-pressed"))
        page.unroute("**/api/me/watchlist")
        alert.get_by_role("button", name="Try again").click()
        self.watch(page, "AAPL")

    def test_a_symbol_is_watched_and_tested_from_its_own_page(self):
        page, _ = self.user("/markets/NVDA")
        self.chart_ready(page)
        self.watch(page, "NVDA")
        page.reload()
        expect(page.get_by_role("button", name="Watch NVDA")).to_have_attribute("aria-pressed", "true")
        page.get_by_role("link", name="Test a strategy on NVDA").click()
        expect(page).to_have_url(self.url("/backtests/new?symbol=NVDA"))

    def test_the_head_of_a_symbol_takes_one_line_on_a_laptop_whatever_is_said_there(self):
        page, _ = self.user()
        for path in ("/markets/BTC-USD?interval=1h", "/markets/BTC-USD", "/markets/NVDA"):
            for width in (1280, 1366, 1440):
                with self.subTest(path=path, width=width):
                    page.set_viewport_size({"width": width, "height": 800})
                    page.goto(self.url(path))
                    self.chart_ready(page)
                    self.at_rest(page)
                    self.assertLess(page.get_by_test_id("age-note").bounding_box()["y"], 100)
                    self.assertLess(page.locator(".chart-card").bounding_box()["y"], 140)

    def test_the_lists_are_files_and_show_the_columns_that_are_chosen(self):
        page, _ = self.user("/markets")
        self.watch(page, "AAPL", "BTC-USD")
        for path, table in (("/markets", "symbols"), ("/markets?view=watchlist", "watchlist")):
            page.goto(self.url(path))
            expect(self.row(page, "BTC-USD", table)).to_contain_text("%")
            shown = page.get_by_test_id(table)
            shown.locator("summary", has_text="Columns").click()
            shown.get_by_label("Highest close", exact=True).check()
            page.keyboard.press("Escape")
            closes = [bar["close"] for bar in candles("AAPL", limit=30)]
            expect(self.row(page, "AAPL", table)).to_contain_text(money(max(closes)))
            with page.expect_download() as download:
                shown.get_by_role("button", name="CSV").click()
            self.assertEqual(download.value.suggested_filename, f"{table}.csv")
            lines = list(csv.DictReader(download.value.path().open(newline="")))
            line = next(line for line in lines if line["Symbol"].startswith("AAPL"))
            self.assertAlmostEqual(float(line["Highest close"]), max(closes))
            self.assertEqual(len(lines), 2 if table == "watchlist" else len(self.symbols(page, table)))

    def test_the_lists_fit_every_screen_and_axe_finds_nothing(self):
        page, _ = self.user("/markets")
        self.watch(page, "AAPL", "BTC-USD")
        for path, table in (("/markets", "symbols"), ("/markets?view=watchlist", "watchlist")):
            page.goto(self.url(path))
            expect(self.row(page, "BTC-USD", table)).to_contain_text("%")
            self.at_rest(page)
            # Between the widths of a desktop and of a phone columns go and lines become cards.
            self.assert_good_looks(page, path, (*LOOKS, ("dark", 800), ("light", 720)))
