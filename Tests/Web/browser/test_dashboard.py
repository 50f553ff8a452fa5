import re

from axe import AxeTest
from harness import BASE, expect, problem
from passkeys import Authenticator, PasskeyTest
from strategies import CROSS


class DashboardTest(PasskeyTest):
    def send(self, page, method: str, path: str, body):
        """Asks the API as the user of the page does."""
        answer = page.context.request.fetch(
            BASE + path, method=method, data=body, headers={"Origin": BASE}
        )
        self.assertTrue(answer.ok, answer.text())
        return answer.json()

    def furnish(self, page) -> None:
        """A strategy with a run, one without, and a watchlist."""
        names = ("Ride the trend", "<b>Not yet tried</b>")
        strategies = [
            self.send(
                page,
                "POST",
                "/api/strategies",
                {"name": name, "asset_type": "EQUITY", "timeframe": "1d", "definition": CROSS},
            )
            for name in names
        ]
        self.send(
            page,
            "POST",
            "/api/backtests",
            {
                "strategy_id": strategies[0]["id"],
                "symbol": "AAPL",
                "timeframe": "1d",
                "start_date": "2015-01-02",
                "end_date": "2023-09-21",
            },
        )
        self.send(page, "PUT", "/api/me/watchlist", {"symbols": ["NVDA", "BTC-USD"]})
        for order in ({"symbol": "AAPL", "quantity": "10"}, {"symbol": "BTC-USD", "quantity": "0.5"}):
            self.send(page, "POST", "/api/trading/orders", {"side": "BUY", **order})
        # On a busy machine the engine may still be at it when the answer comes.
        self.wait_for(lambda: self.newest_run(page)["status"] == "completed", "the run has ended")
        self.run_of_it = self.newest_run(page)

    def newest_run(self, page) -> dict:
        return self.send(page, "GET", "/api/backtests?limit=1", None)["backtests"][0]

    def card(self, page, title: str):
        return page.get_by_role("region", name=title)


class DashboardTests(DashboardTest):
    def test_a_new_user_is_told_the_first_steps(self):
        page, _ = self.user("/")
        expect(page).to_have_title("Dashboard · BitStockerz")
        steps = self.card(page, "Get started")
        expect(steps).to_contain_text("0 of 4 done")
        for name, path in (
            ("Create a strategy", "/strategies/new"),
            ("Run a backtest", "/backtests/new"),
            ("Watch a symbol", "/markets"),
            ("Add a second passkey", "/settings/passkeys"),
        ):
            expect(steps.get_by_role("link", name=name)).to_have_attribute("href", path)
        expect(page.get_by_text("No strategies yet.")).to_be_visible()
        expect(page.get_by_text("No backtests yet.")).to_be_visible()
        expect(self.card(page, "Watchlist")).to_contain_text("Nothing here yet.")
        expect(self.card(page, "Paper account")).to_contain_text("$100,000.00")
        expect(self.card(page, "Paper account")).to_contain_text("Its equity curve begins with your first trade.")
        expect(self.card(page, "Positions")).to_contain_text("Nothing yet.")
        expect(self.card(page, "Recent trades")).to_contain_text("No trades yet.")
        steps.get_by_role("button", name="Hide").click()
        expect(steps).to_have_count(0)
        page.reload()
        expect(self.card(page, "Paper account")).to_be_visible()
        expect(steps).to_have_count(0)

    def test_the_first_steps_know_of_a_passkey_that_was_just_added(self):
        page, _ = self.user("/")
        steps = self.card(page, "Get started")
        expect(steps).to_contain_text("0 of 4 done")
        # Another device: this one holds a passkey of the account already.
        Authenticator(page, transport="usb")
        steps.get_by_role("link", name="Add a second passkey").click()
        page.get_by_role("button", name="Add a passkey").click()
        expect(page.get_by_text("Passkey added")).to_be_attached()
        page.get_by_role("link", name="Dashboard").first.click()
        expect(steps).to_contain_text("1 of 4 done")

    def test_shows_what_is_the_users_in_one_round_trip(self):
        # Without a page before it: an answer to that one could come once this one is listened to.
        page, _ = self.user()
        self.furnish(page)
        asked = []
        page.on("request", lambda request: asked.append(request.url.removeprefix(BASE)))
        page.on("response", lambda answer: asked.append("answer") if answer.url.endswith("/summary") else None)
        page.goto(self.url("/"))
        expect(self.card(page, "Get started")).to_contain_text("3 of 4 done")
        strategies = self.card(page, "Strategies")
        row = strategies.get_by_role("row").filter(has_text="Ride the trend")
        total = self.run_of_it["results"]["total_return_pct"]
        figure = f"{total:+,.2f}%".replace("-", "\u2212")
        expect(row).to_contain_text("AAPL")
        expect(row).to_contain_text(figure)
        # What people write stays text.
        untried = strategies.get_by_role("row").filter(has_text="<b>Not yet tried</b>")
        expect(untried).to_contain_text("Not tested yet")
        expect(row.get_by_role("link", name="Edit Ride the trend")).to_have_attribute(
            "href", re.compile("^/strategies/[0-9a-f-]{36}$")
        )
        expect(row.get_by_role("link", name="Backtest Ride the trend")).to_have_attribute(
            "href", re.compile(r"^/backtests/new\?strategy=[0-9a-f-]{36}$")
        )
        runs = self.card(page, "Recent backtests")
        expect(runs.get_by_role("link", name="Ride the trend")).to_have_attribute(
            "href", f"/backtests/{self.run_of_it['id']}"
        )
        expect(runs).to_contain_text(figure)
        watched = self.card(page, "Watchlist")
        expect(watched.get_by_role("link").nth(1)).to_contain_text("NVDA")
        expect(watched.get_by_role("link").nth(2)).to_contain_text("BTC-USD")
        expect(watched.get_by_test_id("prices-as-of")).to_contain_text("Prices end between")
        paper = self.card(page, "Paper account")
        expect(paper).to_contain_text("$100,000.00")
        expect(paper).to_contain_text("Prices as of 30 Sep 2019")
        summary = page.context.request.get(self.url("/api/dashboard/summary")).json()
        unrealised = summary["portfolio"]["data"]["unrealized_pnl_total"]
        expect(paper.locator(".stat").filter(has_text="Unrealised")).to_contain_text(f"{abs(float(unrealised)):,.2f}")
        self.assertEqual(len(summary["equity"]["data"]["points"]), 3)
        curve = paper.get_by_test_id("equity-outline")
        # Its beginning, two fills, and now.
        expect(curve).to_have_attribute("data-points", "4")
        expect(curve).to_contain_text("since the account began")
        gain = float(summary["portfolio"]["data"]["total_equity"]) - 100_000
        expect(curve).to_contain_text(f"{abs(gain):,.2f}")
        curve.get_by_role("button", name="1D").click()
        expect(curve.get_by_role("button", name="1D")).to_have_attribute("aria-pressed", "true")
        plot = curve.get_by_role("img")
        expect(plot).to_have_accessible_name(re.compile(r"^Equity from .*from \$100,000\.00 to "))
        box = plot.bounding_box()
        page.mouse.move(box["x"] + 1, box["y"] + 20)
        expect(curve).to_contain_text(re.compile(r"\$100,000\.00 .*UTC"))
        page.mouse.move(0, 0)
        expect(curve).to_contain_text("since the account began")
        held = self.card(page, "Positions").get_by_role("listitem")
        expect(held).to_have_count(2)
        # Those worth most come first.
        expect(held.first).to_contain_text("BTC-USD")
        trades = self.card(page, "Recent trades").locator("tbody tr")
        expect(trades).to_have_count(2)
        expect(trades.last).to_contain_text("Bought AAPL")
        expect(self.card(page, "Runners")).to_contain_text("No strategy is running.")
        calls = [path for path in asked if path.startswith("/api/") or path == "answer"]
        # Runners and the bell have answers of their own, which wait for nothing.
        others = {"/api/trading/runners?limit=100&offset=0", "/api/notifications/unread"}
        self.assertEqual([path for path in calls if path not in others], ["/api/auth/me", "/api/dashboard/summary", "answer"])
        self.assertEqual(sorted(path for path in calls[: calls.index("answer")] if path in others), sorted(others))

    def test_who_signs_out_is_a_visitor_again(self):
        page, _ = self.user("/")
        self.sign_out(page)
        expect(page.get_by_role("heading", level=1)).to_contain_text("costs you money")


class DashboardInTroubleTests(DashboardTest):
    expects_failed_requests = True

    def test_a_part_that_fails_takes_nothing_from_the_others(self):
        page, _ = self.user()
        self.furnish(page)

        def without_watchlist(route):
            answer = route.fetch()
            body = answer.json()
            for part in ("watchlist", "equity", "positions"):
                body[part] = {"data": None, "error": {"code": "SERVICE_UNAVAILABLE", "message": "It is busy."}}
            route.fulfill(response=answer, json=body)

        page.route("**/api/dashboard/summary", without_watchlist)
        page.goto(self.url("/"))
        watched = self.card(page, "Watchlist")
        expect(watched.get_by_role("alert")).to_contain_text("Your watchlist did not load. It is busy.")
        expect(watched.get_by_role("alert")).to_contain_text("Request")
        expect(self.card(page, "Positions").get_by_role("alert")).to_contain_text("Your positions did not load.")
        account = self.card(page, "Paper account")
        expect(account.get_by_role("alert")).to_contain_text("The equity curve did not load. It is busy.")
        expect(account).to_contain_text("$100,000.00")
        expect(self.card(page, "Recent trades")).to_contain_text("Bought AAPL")
        expect(self.card(page, "Recent backtests")).to_contain_text("Ride the trend")
        page.unroute("**/api/dashboard/summary")
        watched.get_by_role("button", name="Try again").press("Enter")
        expect(watched).to_contain_text("NVDA")
        expect(watched).to_be_focused()
        expect(page.get_by_role("alert")).to_have_count(0)

    def test_a_dashboard_that_did_not_load_is_asked_for_again(self):
        page, _ = self.user("/")
        page.route("**/api/dashboard/summary", lambda route: problem(route, 503))
        page.goto(self.url("/"))
        expect(page.get_by_role("alert")).to_contain_text("Your dashboard did not load.")
        expect(page.get_by_role("alert")).to_contain_text("test-request-7")
        page.unroute("**/api/dashboard/summary")
        page.get_by_role("button", name="Try again").click()
        expect(self.card(page, "Paper account")).to_be_visible()

    def test_a_session_that_ended_leads_to_the_visitors_home(self):
        page, _ = self.user("/")
        page.context.clear_cookies()
        page.reload()
        expect(page.get_by_role("heading", level=1)).to_contain_text("costs you money")


class DashboardLookTests(AxeTest, DashboardTest):
    def test_fits_every_screen_and_axe_finds_nothing(self):
        page, _ = self.user("/")
        for state in ("new", "furnished"):
            if state == "furnished":
                self.furnish(page)
            page.goto(self.url("/"))
            expect(self.card(page, "Paper account")).to_be_visible()
            self.at_rest(page)
            self.assert_good_looks(page, state)
