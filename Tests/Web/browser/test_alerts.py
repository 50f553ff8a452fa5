"""Alerts: what is set and told, the bell in the header, and webhooks."""

import re
import unittest

from axe import AxeTest
from harness import expect
from passkeys import DATABASE, sql
from test_imports import ImportTest as PriceImport
from trading import TradeTest


class AlertTest(TradeTest):
    def told(self, page):
        return page.get_by_test_id("told").get_by_role("listitem")

    def price_alerts(self, page):
        return page.get_by_test_id("price-alert")

    def form(self, page):
        return page.get_by_role("form", name="New price alert")

    def bell(self, page):
        return page.get_by_role("banner").get_by_role("link", name=re.compile("^Alerts"))


class AlertTests(AlertTest):
    def test_what_happens_to_an_order_is_told_counted_and_read(self):
        page = self.trader("/alerts")
        expect(page.get_by_text("Nothing yet.")).to_be_visible()
        box = page.get_by_role("checkbox", name="An order is filled")
        box.check()
        expect(box).to_be_checked()
        # It is checked before the server knows.
        self.at_rest(page)
        page.reload()
        expect(box).to_be_checked()
        order = self.place(page)
        self.place(page, quantity="2")
        page.goto(self.url("/markets"))
        expect(self.bell(page)).to_have_accessible_name("Alerts, 2 unread")
        self.bell(page).click()
        expect(self.told(page)).to_have_count(2)
        expect(self.told(page).first).to_contain_text("Order filled, unread")
        expect(self.told(page).first).to_contain_text("Bought 2 AAPL at")
        # Whoever follows it has read it.
        self.told(page).last.get_by_role("link").click()
        expect(page).to_have_url(self.url(f"/trade/orders/{order['id']}"))
        expect(self.bell(page)).to_have_accessible_name("Alerts, 1 unread")
        page.go_back()
        page.get_by_role("button", name="Mark all as read").click()
        expect(self.bell(page)).to_have_accessible_name("Alerts")
        expect(page.get_by_role("button", name=re.compile("^Mark"))).to_have_count(0)
        box.uncheck()
        expect(box).not_to_be_checked()
        self.at_rest(page)
        self.place(page)
        page.reload()
        expect(self.told(page)).to_have_count(2)

    def test_a_price_alert_is_set_from_the_chart_and_removed(self):
        page = self.trader("/markets/AAPL")
        page.get_by_role("link", name="Set an alert").click()
        form = self.form(page)
        expect(form.get_by_role("combobox", name="When")).to_have_value("AAPL")
        last = self.last_close("AAPL")
        expect(form).to_contain_text(f"Last close {last}")
        form.get_by_label("Price", exact=True).fill("1")
        expect(form.get_by_label("Direction")).to_have_value("price_below")
        form.get_by_label("Price", exact=True).fill("9,999.5")
        expect(form.get_by_label("Direction")).to_have_value("price_above")
        form.get_by_role("button", name="Set alert").click()
        expect(self.price_alerts(page)).to_have_count(1)
        expect(form.get_by_role("button", name="Set alert")).to_be_focused()
        expect(self.price_alerts(page)).to_contain_text("AAPL rises to 9,999.50")
        expect(self.price_alerts(page)).to_contain_text("Waiting")
        expect(form.get_by_label("Price", exact=True)).to_have_value("")
        self.price_alerts(page).get_by_role("button", name="Remove: AAPL rises to 9,999.50").click()
        expect(page.get_by_text("No price alerts.")).to_be_visible()
        expect(page.locator(".kept-focus", has_text="No price alerts.")).to_be_focused()

    def test_what_is_no_alert_is_said_at_its_field(self):
        page = self.trader("/alerts")
        form = self.form(page)
        form.get_by_role("button", name="Set alert").click()
        expect(form).to_contain_text("Choose a symbol.")
        form.get_by_role("combobox", name="When").fill("AAPL")
        form.get_by_role("option", name="AAPL").click()
        form.get_by_label("Price", exact=True).fill("much")
        page.keyboard.press("Enter")
        expect(form).to_contain_text("A price, such as 150 or 0.25.")
        expect(form.get_by_label("Price", exact=True)).to_be_focused()

    def test_a_part_that_does_not_load_says_so_and_can_be_asked_for_again(self):
        self.expects_failed_requests = True
        page = self.trader("")
        page.route("**/api/webhooks", lambda route: route.abort())
        page.goto(self.url("/alerts"))
        expect(page.get_by_text("Your webhooks did not load.")).to_be_visible()
        expect(page.get_by_text("No price alerts.")).to_be_visible()
        page.unroute("**/api/webhooks")
        page.get_by_role("button", name="Try again").click()
        expect(page.get_by_text("No webhooks.")).to_be_visible()


@unittest.skipUnless(DATABASE, "BITSTOCKERZ_DATABASE is not set")
class LaterPriceTests(AlertTest, PriceImport):
    def test_a_bar_that_comes_later_is_told_once_and_the_alert_armed_again(self):
        page = self.operator()
        symbol = self.symbol()
        self.bring(page, symbol, "2015-01-05,100,102,99,101,1000", "2015-01-06,101,103,100,102,1000")
        self.call(page, "POST", "/api/alerts", {"kind": "price_above", "symbol": symbol, "level": "104"})
        self.bring(page, symbol, "2015-01-07,103,105.5,102,104,1000")
        self.wait_for(
            lambda: self.call(page, "GET", "/api/notifications/unread")["unread"] == 1, "the worker has looked at it"
        )
        page.goto(self.url("/alerts"))
        expect(self.told(page)).to_contain_text(f"{symbol} rose to 104.00: the bar of 7 Jan 2015 went up to 105.50.")
        expect(self.price_alerts(page)).to_contain_text("Told")
        self.price_alerts(page).get_by_role("button", name=re.compile("^Arm again")).click()
        expect(self.price_alerts(page)).to_contain_text("Waiting")
        self.told(page).get_by_role("link").click()
        expect(page).to_have_url(self.url(f"/markets/{symbol}"))

    def bring(self, page, symbol: str, *bars: str) -> None:
        page.goto(self.url("/data/import"))
        self.drop_texts(page, [["bars.csv", "Date,Open,High,Low,Close,Volume\n" + "\n".join(bars) + "\n"]])
        self.name_symbol(page, symbol)
        self.store(page, symbol)


class WebhookTests(AlertTest):
    def add(self, page, url: str) -> None:
        form = page.get_by_role("form", name="New webhook")
        form.get_by_label("Address").fill(url)
        form.get_by_role("button", name="Add webhook").click()

    def test_an_address_of_this_machine_is_refused_at_its_field(self):
        self.expects_failed_requests = True
        page = self.trader("/alerts")
        for url in ("https://127.0.0.1/hook", "https://localhost/", "https://2130706433/", "http://8.8.8.8/"):
            self.add(page, url)
            expect(page.get_by_role("form", name="New webhook")).to_contain_text("Only https to a server")
        expect(page.get_by_label("Address")).to_be_focused()
        self.add(page, "nonsense")
        expect(page.get_by_role("form", name="New webhook")).to_contain_text("Must be an address such as")

    @unittest.skipUnless(DATABASE, "BITSTOCKERZ_DATABASE is not set")
    def test_a_secret_is_shown_once_a_test_is_sent_and_its_failure_told(self):
        page = self.trader("/alerts")
        # Nothing is ever sent there: it is looked up and not connected to.
        self.add(page, "https://8.8.8.8/hook")
        secret = page.get_by_test_id("webhook-secret").inner_text()
        self.assertRegex(secret, r"^whsec_[\w-]{43}$")
        page.get_by_role("button", name="Done").click()
        expect(page.get_by_test_id("webhook-secret")).to_have_count(0)
        [webhook] = self.call(page, "GET", "/api/webhooks")["webhooks"]
        sql(f"UPDATE webhooks SET url = 'https://127.0.0.1:1/hook' WHERE id = '{webhook['id']}'")
        page.reload()
        self.assertNotIn(secret, page.content())
        row = page.get_by_test_id("webhook")
        expect(row).to_contain_text("None yet.")
        row.get_by_role("button", name="Send a test").click()
        expect(row.get_by_test_id("deliveries")).to_contain_text(
            "Test: Trying again: Only https to a server of the public internet is allowed."
        )
        row.get_by_role("button", name=re.compile("^Switch off")).click()
        expect(row.get_by_role("button", name="Send a test")).to_have_count(0)
        row.get_by_role("button", name=re.compile("^Switch on")).click()
        expect(row.get_by_role("button", name="Send a test")).to_be_visible()
        row.get_by_role("button", name=re.compile("^Remove")).click()
        row.get_by_role("button", name="Remove webhook").click()
        expect(page.get_by_text("No webhooks.")).to_be_visible()


class AlertLookTests(AlertTest, AxeTest):
    def test_axe_finds_nothing_and_a_phone_never_scrolls_sideways(self):
        page = self.trader("/alerts")
        self.at_rest(page)
        self.assert_good_looks(page, "empty")
        page.set_viewport_size({"width": 1440, "height": 900})
        for kind in ("order_filled", "order_rejected"):
            self.call(page, "POST", "/api/alerts", {"kind": kind})
        self.call(page, "POST", "/api/alerts", {"kind": "price_above", "symbol": "AAPL", "level": "500"})
        self.place(page)
        self.place(page, quantity="100000")
        page.reload()
        expect(self.told(page)).to_have_count(2)
        self.at_rest(page)
        self.assert_good_looks(page, "full")
