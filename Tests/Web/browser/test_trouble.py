from harness import PageTest, expect, problem


class NotFoundTests(PageTest):
    def test_an_unknown_address_leads_on(self):
        page = self.open("/no/such/page")
        expect(page).to_have_title("Not found · BitStockerz")
        page.locator("main").get_by_role("link", name="Markets").click()
        expect(page).to_have_url(self.url("/markets"))


class TroubleTests(PageTest):
    expects_failed_requests = True

    def test_an_unknown_symbol_is_told_as_such(self):
        page = self.open("/markets/ZZQQ")
        expect(page.get_by_text("No symbol ZZQQ is stored here.")).to_be_visible()
        page.get_by_role("link", name="all symbols").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Markets")

    def test_bars_that_cannot_be_read_name_the_request_and_come_on_retry(self):
        page = self.open("")
        page.route("**/api/market-data/**", lambda route: problem(route, 503))
        page.goto(self.url("/markets/AAPL"))
        alert = page.get_by_role("alert")
        expect(alert).to_contain_text("The bars could not be loaded.")
        expect(alert).to_contain_text("test-request-7")
        page.unroute("**/api/market-data/**")
        alert.get_by_role("button", name="Try again").click()
        self.chart_ready(page)
        expect(alert).to_have_count(0)

    def test_older_bars_that_cannot_be_read_leave_the_chart_in_place(self):
        page = self.open("")
        page.route("**/api/market-data/**end=*", lambda route: problem(route, 503))
        page.goto(self.url("/markets/BTC-USD?interval=1h&range=All"))
        self.chart_ready(page)
        first = self.bars(page)
        alert = page.get_by_role("alert")
        expect(alert).to_contain_text("Older bars could not be loaded.")
        page.unroute("**/api/market-data/**end=*")
        alert.get_by_role("button", name="Try again").click()
        self.wait_for(lambda: self.bars(page) > first, "older bars")

    def test_an_answer_that_is_no_candles_is_an_error_and_not_a_crash(self):
        page = self.open("")
        page.route(
            "**/api/market-data/**", lambda route: route.fulfill(content_type="application/json", body='{"seconds_per_bar":0}')
        )
        page.goto(self.url("/markets/AAPL"))
        expect(page.get_by_role("alert")).to_contain_text("candles have no times")

    def test_going_offline_moves_nothing(self):
        for width in (390, 1440):
            page = self.open("/about", width=width)
            self.at_rest(page)
            heading = page.get_by_role("heading", level=1)
            before = heading.bounding_box()
            page.context.set_offline(True)
            notice = page.get_by_text("You are offline.")
            expect(notice).to_be_in_viewport(ratio=1)
            self.assertEqual(heading.bounding_box(), before)
            page.context.set_offline(False)
            expect(notice).to_have_count(0)

    def test_says_when_the_browser_is_offline_and_goes_on_after(self):
        page = self.open_chart("/markets/AAPL")
        page.context.set_offline(True)
        expect(page.get_by_text("You are offline.")).to_be_visible()
        # The code of a room that was never opened cannot come now: that is told, and the room comes with the network.
        page.get_by_role("link", name="Home", exact=True).click()
        expect(page.get_by_text("This page could not be loaded.")).to_be_visible()
        page.get_by_role("button", name="Try again").click()
        expect(page.get_by_text("This page could not be loaded.")).to_be_visible()
        page.context.set_offline(False)
        expect(page.get_by_text("You are offline.")).to_have_count(0)
        expect(page.get_by_role("heading", level=1)).to_contain_text("costs you money")
