"""Orders that a passkey signs, and prices that were corrected after they had filled an order."""

import unittest

from axe import AxeTest
from harness import expect
from passkeys import DATABASE
from trading import LaterBarTest, TradeTest


class SigningTests(TradeTest):
    def test_a_large_order_is_signed_by_whoever_wants_it_so(self):
        page, authenticator = self.user("/trade?view=account")
        box = page.get_by_label("Sign orders above $10,000.00 with a passkey")
        expect(box).not_to_be_checked()
        box.click()
        expect(box).to_be_checked()
        page.reload()
        expect(box).to_be_checked()
        self.choose(page, "AAPL")
        self.field(page, "Quantity").fill("10")
        preview = page.get_by_test_id("preview")
        expect(preview).to_contain_text("Within every limit")
        expect(preview).not_to_contain_text("A passkey signs this order")
        self.submit(page).click()
        expect(self.outcome(page)).to_contain_text("Bought 10 AAPL")
        self.field(page, "Quantity").fill("100")
        expect(preview).to_contain_text("A passkey signs this order: what the server asks it, not what the screen shows.")
        # Whoever does not consent has placed nothing.
        authenticator.is_verified(False)
        self.submit(page).click()
        expect(self.ticket(page).get_by_role("alert")).to_contain_text("The order was not placed.")
        self.assertEqual(len(self.orders(page)), 1)
        authenticator.is_verified(True)
        self.submit(page).click()
        expect(self.outcome(page)).to_contain_text("Bought 100 AAPL")
        self.outcome(page).get_by_role("link", name="View order").click()
        expect(page.locator("dt", has_text="Signed with a passkey")).to_be_visible()
        self.assertEqual([order["signed_at"] is not None for order in self.orders(page)], [True, False])

    def test_a_signed_order_whose_answer_was_lost_is_placed_once(self):
        page, _ = self.user("/trade?view=account")
        page.get_by_label("Sign orders above $10,000.00 with a passkey").click()
        expect(page.get_by_label("Sign orders above $10,000.00 with a passkey")).to_be_checked()
        self.choose(page, "AAPL")
        self.field(page, "Quantity").fill("100")
        expect(page.get_by_test_id("preview")).to_contain_text("A passkey signs this order")

        def lose(route):
            # The one with the signature reaches the server; its answer does not reach the page.
            if "credential" not in (route.request.post_data_json or {}):
                return route.continue_()
            route.fetch()
            route.abort("connectionreset")

        page.route("**/api/trading/orders", lose)
        self.submit(page).click()
        expect(self.ticket(page)).to_contain_text("Nobody knows yet whether the order was placed.")
        page.unroute("**/api/trading/orders")
        self.submit(page).click()
        expect(self.outcome(page)).to_contain_text("Bought 100 AAPL")
        self.assertEqual(len(self.orders(page)), 1)
        self.errors.clear()


@unittest.skipUnless(DATABASE, "BITSTOCKERZ_DATABASE is not set")
class CorrectionTests(LaterBarTest, AxeTest):
    def test_a_price_that_is_corrected_is_told_and_moves_nothing(self):
        page = self.operator()
        symbol = self.symbol()
        self.bring(page, symbol, "2015-01-05,100,102,99,101,1000", "2015-01-06,101,103,100,102,1000")
        self.place(page, symbol=symbol, quantity="2")
        page.goto(self.url("/trade"))
        expect(self.rows(page, "positions")).to_have_count(1)
        told = page.get_by_test_id("corrections")
        expect(told).to_have_count(0)
        self.bring_beside(page, symbol, "2015-01-06,101,101.75,100,101.5,1000")
        page.reload()
        expect(told.get_by_role("listitem")).to_have_text(
            f"Bought 2 {symbol} at 102.00: the daily bar of 6 Jan 2015, revision 1 of its series "
            "opens at 101.00 now, runs from 100.00 to 101.75, and closes at 101.50."
        )
        self.assert_axe_silent(page)
        told.get_by_role("link").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(symbol)


if __name__ == "__main__":
    unittest.main()
