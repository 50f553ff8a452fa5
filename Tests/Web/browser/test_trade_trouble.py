"""A bad line under the ticket: nothing is ever bought twice."""

from harness import expect
from trading import TradeTest


class LostConnectionTests(TradeTest):
    expects_failed_requests = True

    def lose_answers(self, page, *, after: bool) -> list[str]:
        """Loses the next order on its way there or back; the ids that were sent."""
        ids: list[str] = []

        def lose(route):
            if route.request.method != "POST":
                return route.fallback()
            ids.append(route.request.post_data_json["client_order_id"])
            if len(ids) > 1:
                return route.fallback()
            if after:
                route.fetch()
            route.abort("connectionreset")

        page.route("**/api/trading/orders", lose)
        return ids

    def begin(self, page) -> None:
        self.choose(page, "AAPL")
        self.field(page, "Quantity").fill("3")
        self.submit(page).click()
        expect(page.get_by_role("alert")).to_contain_text("Nobody knows yet whether the order was placed.")
        expect(self.field(page, "Quantity")).to_have_value("3")

    def test_a_lost_answer_buys_once_however_often_it_is_sent(self):
        page = self.trader()
        ids = self.lose_answers(page, after=True)
        self.begin(page)
        # Not even a reload forgets what it was sent as.
        page.reload()
        expect(self.field(page, "Quantity")).to_have_value("3")
        self.submit(page).click()
        expect(self.outcome(page)).to_contain_text("Bought 3 AAPL")
        self.assertEqual((len(ids), len(set(ids))), (2, 1))
        self.assertEqual(len(self.orders(page)), 1)
        # What is bought next is bought anew.
        self.field(page, "Quantity").fill("3")
        self.submit(page).click()
        expect(self.rows(page, "positions").get_by_role("cell").first).to_have_text("6")
        self.assertEqual(len(set(ids)), 2)
        self.assertEqual(len(self.orders(page)), 2)

    def test_a_reset_whose_answer_was_lost_resets_once(self):
        page = self.trader("/trade?view=account")

        def lose(route):
            route.fetch()
            route.abort("connectionreset")

        page.route("**/api/trading/reset", lose)
        page.get_by_role("button", name="Reset the account…").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Type RESET to confirm").fill("RESET")
        dialog.get_by_role("button", name="Reset the account").click()
        expect(dialog.get_by_role("alert")).to_be_visible()
        page.unroute("**/api/trading/reset")
        dialog.get_by_role("button", name="Reset the account").click()
        expect(page.get_by_text("A new paper account has begun.")).to_be_visible()
        self.assertEqual(len(self.call(page, "GET", "/api/trading/generations")["generations"]), 2)

    def test_an_order_lost_on_its_way_there_is_placed_by_the_next_attempt(self):
        page = self.trader()
        ids = self.lose_answers(page, after=False)
        self.begin(page)
        self.field(page, "Quantity").fill("4")
        self.submit(page).click()
        expect(self.outcome(page)).to_contain_text("Bought 4 AAPL")
        self.assertEqual(len(set(ids)), 1)
        self.assertEqual(len(self.orders(page)), 1)

    def test_a_ticket_changed_after_a_lost_answer_is_told_of_the_order_that_arrived(self):
        page = self.trader()
        ids = self.lose_answers(page, after=True)
        self.begin(page)
        self.field(page, "Quantity").fill("4")
        self.submit(page).click()
        told = self.outcome(page)
        expect(told).to_contain_text("Your order of before has arrived after all.")
        expect(told).to_contain_text("Bought 3 AAPL")
        self.assertEqual(len(self.orders(page)), 1)
        expect(self.field(page, "Quantity")).to_have_value("4")
        self.submit(page).click()
        expect(told).to_contain_text("Bought 4 AAPL")
        self.assertEqual([len(ids), len(set(ids))], [3, 2])

    def test_parts_fail_alone_and_come_on_retry(self):
        page = self.trader("")
        page.route("**/api/trading/positions", lambda route: route.abort())
        page.goto(self.url("/trade"))
        alert = page.get_by_role("alert")
        expect(alert).to_contain_text("Your positions did not load.")
        expect(self.stat(page, "Equity")).to_contain_text("$100,000.00")
        page.unroute("**/api/trading/positions")
        alert.get_by_role("button", name="Try again").click()
        expect(page.get_by_text("You hold nothing yet.")).to_be_visible()
        page.goto(self.url("/trade/orders/00000000-0000-0000-0000-000000000000"))
        expect(page.get_by_text("There is no such order.")).to_be_visible()
