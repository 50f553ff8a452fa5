import json
import re

from harness import PageTest, expect, problem
from passkeys import PasskeyTest


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


class NoticesTests(PasskeyTest):
    expects_failed_requests = True

    def test_notices_of_different_kinds_do_not_lie_over_one_another(self):
        page, _ = self.user("/about")
        self.at_rest(page)
        page.context.set_offline(True)
        offline = page.get_by_text("You are offline.")
        expect(offline).to_be_visible()
        # What cannot be done now is told in a corner.
        page.keyboard.press("Control+k")
        page.keyboard.type("sign out")
        expect(page.locator(".search-panel").get_by_role("option", selected=True)).to_contain_text("Sign out")
        page.keyboard.press("Enter")
        toast = page.locator(".toasts p")
        expect(toast).to_contain_text("could not be reached")
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 844})
            upper, lower = toast.bounding_box(), offline.bounding_box()
            self.assertLessEqual(upper["y"] + upper["height"], lower["y"], width)
            for box in (upper, lower):
                self.assertTrue(0 <= box["x"] and box["x"] + box["width"] <= width, box)

    def test_what_must_not_be_overlooked_stands_in_the_top_line(self):
        page, _ = self.user("/trade")
        top = page.get_by_role("banner")
        expect(top.get_by_text("Paper", exact=True)).to_be_visible()
        expect(page.get_by_text("Paper", exact=True)).to_have_count(1)
        page.emulate_media(media="print")
        expect(page.get_by_text("Paper", exact=True)).to_be_visible()
        expect(top.get_by_role("combobox")).to_be_hidden()
        page.emulate_media(media="screen")
        page.goto(self.url("/markets/AAPL"))
        # What the page says itself is said above once it is out of sight.
        age = top.get_by_text(re.compile(r"^Prices as of \d+ \w+ \d{4}$"))
        expect(page.get_by_test_id("age-note")).to_be_in_viewport()
        expect(age).to_have_count(0)
        page.get_by_test_id("bars").scroll_into_view_if_needed()
        page.mouse.wheel(0, 2_000)
        expect(age).to_be_visible()
        expect(top.get_by_text("Paper", exact=True)).to_have_count(0)
        bell = top.get_by_role("link", name=re.compile("Alerts|happened", re.I)).first.bounding_box()
        page.context.set_offline(True)
        expect(top.get_by_text("Offline", exact=True)).to_be_visible()
        self.assertEqual(top.get_by_role("link", name=re.compile("Alerts|happened", re.I)).first.bounding_box(), bell)
        page.context.set_offline(False)
        expect(top.get_by_text("Offline", exact=True)).to_have_count(0)

    def test_work_on_the_server_is_told_when_something_has_to_wait_for_it(self):
        page, _ = self.user("/about")
        self.at_rest(page)
        asked = []
        part = {"status": "up", "latency_ms": 0.1, "detail": None}
        names = ("database", "schema", "backtest_daemon", "market_data", "server_secret")
        health = {"status": "unavailable", "checks": dict.fromkeys(names, part), "draining": True}

        def answer(route):
            asked.append(route)
            status = 503 if health["draining"] else 200
            route.fulfill(status=status, content_type="application/json", body=json.dumps(health))

        page.route("**/api/health/ready", answer)
        page.route("**/api/strategies*", lambda route: problem(route, 503))
        notice = page.get_by_role("banner").get_by_text("Maintenance: new runs are on hold")
        expect(notice).to_have_count(0)
        self.assertEqual(asked, [], "nobody is asked without an occasion")
        page.get_by_role("navigation", name="Main").get_by_role("link", name="Strategies").click()
        expect(page.get_by_role("alert")).to_contain_text("Your strategies could not be loaded.")
        expect(notice).to_be_visible()
        health.update(status="ok", draining=False)
        page.evaluate("() => { window.dispatchEvent(new Event('focus')) }")
        expect(notice).to_have_count(0)
