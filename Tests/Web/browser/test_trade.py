"""Trading on paper: the ticket, what comes of it in words, and everything that is shown of the account."""

import re
import unittest

from axe import AxeTest
from harness import BASE, expect
from passkeys import DATABASE, sql
from trading import LaterBarTest, TradeTest


class TicketTests(TradeTest):
    def test_a_purchase_at_market_is_previewed_filled_held_and_sold(self):
        page = self.trader()
        expect(self.stat(page, "Equity")).to_contain_text("$100,000.00")
        self.choose(page, "AAPL")
        self.field(page, "Quantity").fill("10")
        preview = page.get_by_test_id("preview")
        close = self.last_close("AAPL")
        expect(preview).to_contain_text(close)
        expect(preview).to_contain_text("21 Sep 2023")
        expect(preview).to_contain_text("Within every limit")
        self.assertEqual(self.orders(page), [], "looking moves nothing")
        # Nobody has to scroll for the one button that sends it.
        expect(self.submit(page)).to_be_in_viewport(ratio=1)
        self.submit(page).click()
        expect(self.outcome(page)).to_contain_text("Filled for $1,739.")
        # What came of it stands above that button, not behind it.
        told, button = self.outcome(page).bounding_box(), self.submit(page).bounding_box()
        self.assertLessEqual(told["y"] + told["height"], button["y"])
        row = self.rows(page, "positions")
        expect(row).to_have_count(1)
        expect(row).to_contain_text(close)
        expect(page.get_by_role("note").filter(has_text="Prices as of 21 Sep 2023.")).to_be_visible()
        # The next ticket is another order: what it is of stays, and how much does not.
        expect(self.field(page, "Quantity")).to_have_value("")
        row.get_by_role("button", name="Sell AAPL").click()
        expect(self.field(page, "Quantity")).to_be_focused()
        expect(self.field(page, "Quantity")).to_have_value("10")
        expect(self.submit(page)).to_have_text("Sell AAPL on paper")
        page.keyboard.press("Enter")
        expect(self.outcome(page)).to_contain_text("Sold 10 AAPL")
        expect(page.get_by_text("You hold nothing yet.")).to_be_visible()
        expect(self.stat(page, "Equity")).to_contain_text("$100,000.00")
        self.chart_ready(page)
        page.get_by_role("tab", name="Executions").click()
        expect(self.rows(page, "executions")).to_have_count(2)
        for name in ("All executions", "Realised by year"):
            link = page.get_by_role("link", name=name)
            answer = page.context.request.get(BASE + link.get_attribute("href"))
            self.assertIn("text/csv", answer.headers["content-type"])
        page.get_by_role("tab", name="Activity").click()
        expect(page.get_by_test_id("activity").get_by_role("listitem")).to_have_count(2)

    def test_what_cannot_be_sent_is_said_at_its_field_and_what_is_refused_in_words(self):
        page = self.trader()
        self.submit(page).click()
        expect(page.get_by_text("Choose a symbol.")).to_be_visible()
        expect(self.ticket(page).get_by_role("combobox", name="Symbol")).to_be_focused()
        self.choose(page, "AAPL")
        self.field(page, "Quantity").fill("1000")
        expect(page.get_by_test_id("preview")).to_contain_text("It would be refused: The order is too large.")
        self.submit(page).click()
        expect(self.outcome(page)).to_contain_text("Refused: The order is too large.")
        expect(self.outcome(page)).to_contain_text("at most")
        expect(self.field(page, "Quantity")).to_have_value("1000")
        # By an amount, as much as is allowed.
        self.ticket(page).get_by_role("button", name="Amount").click()
        self.field(page, "Amount").fill("1,000")
        self.submit(page).click()
        expect(self.outcome(page)).to_contain_text("Bought 5.")
        expect(self.rows(page, "orders")).to_have_count(2)
        page.get_by_role("group", name="Which orders").get_by_label("Status").select_option("REJECTED")
        expect(self.rows(page, "orders")).to_have_count(1)
        expect(page).to_have_url(re.compile("status=REJECTED"))
        page.go_back()
        expect(self.rows(page, "orders")).to_have_count(2)

    def test_a_limit_order_rests_is_changed_and_cancelled(self):
        self.expects_failed_requests = True
        page = self.trader()
        self.choose(page, "AAPL")
        self.field(page, "Quantity").fill("10")
        self.field(page, "Type").select_option("LIMIT")
        self.field(page, "Limit price").fill(self.below(0.9))
        self.submit(page).click()
        expect(self.outcome(page)).to_contain_text("Resting: Buy 10 AAPL at ")
        row = self.rows(page, "open-orders")
        expect(row).to_contain_text(self.below(0.9))
        expect(self.stat(page, "Cash")).not_to_contain_text("$0.00 reserved")
        row.get_by_role("button", name=re.compile("^Change: ")).click()
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_label("Quantity", exact=True)).to_be_focused()
        dialog.get_by_label("Limit price", exact=True).fill(self.below(2))
        dialog.get_by_role("button", name="Change the order").click()
        expect(dialog.get_by_role("alert")).to_contain_text("The order stays as it was.")
        dialog.get_by_label("Limit price", exact=True).fill(self.below(0.8))
        dialog.get_by_label("Quantity", exact=True).fill("7")
        dialog.get_by_role("button", name="Change the order").click()
        expect(dialog).to_have_count(0)
        expect(row).to_contain_text("Buy 7 AAPL")
        expect(row).to_contain_text(self.below(0.8))
        row.get_by_role("link", name="Buy 7 AAPL").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Buy 7 AAPL at ")
        expect(page.get_by_role("note")).to_contain_text("Resting")
        page.go_back()
        row.get_by_role("button", name=re.compile("^Cancel: ")).click()
        expect(page.get_by_text("Nothing is waiting.")).to_be_visible()
        self.wait_for(lambda: page.evaluate("document.activeElement !== document.body"), "the focus is kept")
        expect(self.stat(page, "Cash")).to_contain_text("$0.00 reserved")
        self.assertEqual([order["status"] for order in self.orders(page)], ["CANCELLED"])

    def test_a_bracket_is_sized_by_risk_and_brings_its_exits(self):
        page = self.trader()
        self.choose(page, "AAPL")
        self.ticket(page).get_by_role("button", name="Risk").click()
        self.field(page, "Risk").fill("0.1")
        stop, target = self.below(0.95), self.below(1.1)
        self.field(page, "Stop loss").fill(target)
        expect(page.get_by_test_id("preview")).to_contain_text("An exit is on the wrong side.")
        self.field(page, "Stop loss").fill(stop)
        self.field(page, "Take profit").fill(target)
        expect(page.get_by_test_id("preview")).to_contain_text("Lost at the stop")
        self.submit(page).click()
        expect(self.outcome(page)).to_contain_text("Bought 1")
        expect(self.rows(page, "open-orders")).to_have_count(2)
        self.outcome(page).get_by_role("link", name="View order").click()
        bracket = page.get_by_test_id("bracket").get_by_role("listitem")
        expect(bracket).to_have_count(2)
        expect(bracket.filter(has_text="Stop loss")).to_contain_text(stop)
        expect(bracket.filter(has_text="Take profit")).to_contain_text(target)
        expect(page.get_by_text(re.compile("the price of the daily bar of"))).to_be_visible()
        bracket.filter(has_text="Take profit").get_by_role("link").click()
        expect(page.get_by_test_id("bracket").get_by_role("listitem")).to_have_count(2)
        page.get_by_role("button", name=re.compile("^Cancel: ")).click()
        expect(page.get_by_role("note")).to_contain_text("Cancelled: Sell 1")
        self.wait_for(lambda: page.evaluate("document.activeElement !== document.body"), "the focus is kept")

    def test_a_double_click_sends_once(self):
        page = self.trader()
        self.choose(page, "AAPL")
        self.field(page, "Quantity").fill("1")
        sent = []
        page.on("request", lambda request: sent.append(request) if request.url.endswith("/trading/orders") else None)
        self.submit(page).dblclick()
        expect(self.outcome(page)).to_contain_text("Bought 1 AAPL")
        # Nor does the second click find fault with the ticket that the first has emptied.
        expect(page.locator(".field-fault")).to_have_count(0)
        self.at_rest(page)
        self.assertEqual([request.method for request in sent if request.method == "POST"], ["POST"])
        self.assertEqual(len(self.orders(page)), 1)


class AccountTests(TradeTest):
    def test_fees_are_set_and_the_account_is_reset_after_a_second_question(self):
        page = self.trader("/trade?view=account")
        page.get_by_label("Fee", exact=True).fill("10")
        page.get_by_label("At least", exact=True).fill("five")
        page.get_by_role("button", name="Save the fees").click()
        expect(page.get_by_label("At least", exact=True)).to_be_focused()
        page.get_by_label("At least", exact=True).fill("5")
        page.get_by_role("button", name="Save the fees").click()
        expect(page.get_by_text("They count from the next fill on.")).to_be_visible()
        self.choose(page, "AAPL")
        self.field(page, "Quantity").fill("10")
        expect(page.get_by_test_id("preview")).to_contain_text("$5.00")
        self.submit(page).click()
        expect(self.outcome(page)).to_contain_text("$5.00 in fees")
        expect(self.stat(page, "Fees")).to_contain_text("$5.00")
        page.get_by_role("tab", name="Activity").click()
        expect(page.get_by_test_id("activity").get_by_role("listitem")).to_contain_text("$5.00 in fees")
        page.get_by_role("tab", name="Account").click()
        page.get_by_role("button", name="Reset the account…").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("button", name="Reset the account").click()
        expect(dialog.get_by_label("Type RESET to confirm")).to_be_focused()
        self.assertEqual(len(self.orders(page)), 1)
        dialog.get_by_label("Starting balance").fill("50,000")
        dialog.get_by_label("Type RESET to confirm").fill("RESET")
        dialog.get_by_role("button", name="Reset the account").click()
        expect(self.stat(page, "Equity")).to_contain_text("$50,000.00")
        expect(page.get_by_text("You hold nothing yet.")).to_be_visible()
        before = self.rows(page, "generations").nth(1)
        expect(before).to_contain_text("$5.00")
        before.get_by_role("link", name="1").click()
        expect(page.get_by_role("heading", name="Equity of account 1")).to_be_visible()
        self.chart_ready(page)
        page.get_by_role("link", name="Back to the running account").click()
        expect(page.get_by_text("The curve begins with your first trade.")).to_be_visible()

    def test_a_symbols_page_shows_what_was_traded_and_leads_to_the_ticket(self):
        page = self.trader("")
        page.set_viewport_size({"width": 1440, "height": 900})
        self.place(page)
        self.place(page, order_type="LIMIT", limit_price=self.below(0.98))
        page.goto(self.url("/markets/AAPL?range=1M"))
        self.chart_ready(page)
        self.at_rest(page)
        own = page.locator(".chart").screenshot()
        page.route("**/api/trading/**", lambda route: route.fulfill(status=503))
        self.expects_failed_requests = True
        page.reload()
        self.chart_ready(page)
        self.at_rest(page)
        self.assertNotEqual(page.locator(".chart").screenshot(), own, "fills and levels are drawn")
        # The chart is whole without them, and says nothing of it.
        expect(page.get_by_role("alert")).to_have_count(0)
        page.unroute_all()
        page.get_by_role("link", name="Trade on paper").click()
        expect(self.ticket(page).get_by_role("combobox", name="Symbol")).to_have_value("AAPL")
        # The ticket keeps it: the address is that of the room.
        expect(page).to_have_url(self.url("/trade"))
        visitor = self.open("/markets/AAPL")
        self.chart_ready(visitor)
        expect(visitor.get_by_role("link", name="Trade on paper")).to_have_count(0)

    def test_an_order_is_placed_by_keys_alone(self):
        page = self.trader("/")
        expect(page.get_by_role("heading", level=1, name="Dashboard")).to_be_visible()
        page.keyboard.press("g")
        page.keyboard.press("t")
        expect(page.get_by_role("heading", level=1, name="Trade")).to_be_focused()
        page.keyboard.press("n")
        symbol = self.ticket(page).get_by_role("combobox", name="Symbol")
        expect(symbol).to_be_focused()
        page.keyboard.type("nvda")
        expect(self.ticket(page).get_by_role("option", name="NVDA")).to_be_visible()
        page.keyboard.press("Enter")
        expect(symbol).to_have_value("NVDA")
        for _ in range(8):
            page.keyboard.press("Tab")
            if self.field(page, "Quantity").evaluate("one => one === document.activeElement"):
                break
        page.keyboard.type("2")
        page.keyboard.press("Enter")
        expect(self.outcome(page)).to_contain_text("Bought 2 NVDA")
        expect(self.outcome(page)).to_be_focused()


@unittest.skipUnless(DATABASE, "BITSTOCKERZ_DATABASE is not set")
class LaterBarTests(LaterBarTest):
    def test_a_bar_that_comes_later_fills_what_waits_for_it(self):
        page = self.operator()
        symbol = self.symbol()
        self.bring(page, symbol, "2015-01-05,100,102,99,101,1000", "2015-01-06,101,103,100,102,1000")
        order = self.place(page, symbol=symbol, quantity="10", order_type="LIMIT", limit_price="98", take_profit="105")
        self.assertEqual(order["status"], "PENDING")
        self.bring(page, symbol, "2015-01-07,100,101,97,99,1000")
        self.wait_for(
            lambda: self.call(page, "GET", f"/api/trading/orders/{order['id']}")["order"]["status"] == "FILLED",
            "the worker has looked at it",
        )
        page.goto(self.url(f"/trade/orders/{order['id']}"))
        expect(page.get_by_role("note")).to_contain_text(f"Filled for $980.00. Bought 10 {symbol} at 98.00")
        expect(page.get_by_text("the price of the daily bar of 7 Jan 2015")).to_be_visible()
        expect(page.get_by_test_id("bracket").get_by_role("listitem")).to_have_count(1)
        # Who comes back to a room that was left open sees it, too.
        page.goto(self.url("/trade"))
        expect(self.rows(page, "positions")).to_contain_text(symbol)
        expect(self.rows(page, "open-orders")).to_contain_text("105.00")
        self.reach_target(page, symbol)
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        expect(page.get_by_text("You hold nothing yet.")).to_be_visible()
        expect(self.stat(page, "Realised")).to_contain_text("+$70.00")

    def test_what_is_held_of_a_symbol_that_is_no_longer_traded_is_sold(self):
        page = self.operator()
        symbol = self.symbol()
        self.bring(page, symbol, "2015-01-05,100,102,99,101,1000", "2015-01-06,101,103,100,102,1000")
        self.place(page, symbol=symbol, quantity="10")
        sql(f"UPDATE symbols SET is_active = false WHERE symbol = '{symbol}'")
        # Its ticker is another symbol's by now.
        self.bring(page, symbol, "2015-01-05,7,8,6,7,1000")
        page.goto(self.url("/trade"))
        row = self.rows(page, "positions")
        expect(row).to_contain_text("no longer traded")
        expect(row.get_by_role("button", name=f"Buy more {symbol}")).to_have_count(0)
        row.get_by_role("button", name=f"Sell {symbol}").click()
        expect(page.get_by_test_id("preview")).to_contain_text("Sells 10")
        expect(page.get_by_test_id("preview")).to_contain_text("102")
        self.submit(page).click()
        expect(self.outcome(page)).to_contain_text(f"Sold 10 {symbol} at 102")
        expect(page.get_by_text("You hold nothing yet.")).to_be_visible()

    def reach_target(self, page, symbol: str) -> None:
        self.bring_beside(page, symbol, "2015-01-08,100,106,99,104,1000")
        self.wait_for(
            lambda: self.call(page, "GET", "/api/trading/positions")["positions"] == [], "the worker has looked at it"
        )


class TradeLookTests(TradeTest, AxeTest):
    def test_axe_finds_nothing_and_a_phone_never_scrolls_sideways(self):
        page = self.trader("")
        self.place(page)
        self.place(page, symbol="BTC-USD", quantity="0.5")
        resting = self.place(page, order_type="LIMIT", limit_price=self.below(0.9), stop_loss=self.below(0.8))
        page.goto(self.url("/trade?symbol=AAPL&size=2000"))
        expect(page.get_by_test_id("preview")).to_contain_text("It would be refused")
        self.chart_ready(page)
        self.at_rest(page)
        self.assert_good_looks(page, "trade")
        for path in ("/trade?view=executions", "/trade?view=activity", "/trade?view=account", f"/trade/orders/{resting['id']}"):
            page.goto(self.url(path))
            self.at_rest(page)
            self.assert_good_looks(page, path)

    def test_an_order_is_placed_on_a_phone(self):
        page = self.trader(width=390, height=844, has_touch=True, is_mobile=True)
        self.choose(page, "AAPL")
        self.field(page, "Quantity").fill("1")
        self.submit(page).tap()
        expect(self.outcome(page)).to_contain_text("Bought 1 AAPL")
        expect(self.rows(page, "positions")).to_have_count(1)
        self.assert_fits(page, 390)
        expect(page.get_by_role("navigation", name="Main").get_by_role("link", name="Trade")).to_be_visible()
