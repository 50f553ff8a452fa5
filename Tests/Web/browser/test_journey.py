"""From no account to a result that is understood: the way of a new user, who knows nothing."""

import re

from harness import expect
from passkeys import PasskeyTest, new_email


class JourneyTests(PasskeyTest):
    def test_a_visitor_finds_out_whether_an_idea_would_have_worked(self):
        page, _ = self.visitor("/")
        clicks = 0

        def click(locator) -> None:
            nonlocal clicks
            locator.click()
            clicks += 1

        # The one button of the visitor's home.
        click(page.locator("main .button-primary").first)
        page.get_by_label("Email").fill(new_email())
        click(page.get_by_role("button", name="Create account with a passkey"))
        expect(page.locator(".codes code")).to_have_count(10)
        click(page.get_by_label("I have saved these codes"))
        click(page.get_by_role("button", name="Continue"))
        click(page.locator("main").get_by_role("link", name="Create a strategy"))
        click(page.locator("main").get_by_text("RSI dip", exact=True))
        expect(page.get_by_label("Name", exact=True)).to_have_value("RSI dip")
        click(page.get_by_role("button", name="Save and backtest"))
        symbol = page.get_by_role("combobox", name="Symbol", exact=True)
        symbol.fill("NVDA")
        click(page.locator("main").get_by_role("option", name="NVDA"))
        expect(page.get_by_text(re.compile("bars to replay"))).to_be_visible()
        click(page.get_by_role("button", name="Run backtest"))
        expect(page.get_by_role("heading", level=1)).to_contain_text("NVDA")
        main = page.locator("main")
        expect(main.get_by_text("Total return").first).to_be_visible()
        expect(main.get_by_text("Could it be luck?")).to_be_visible()
        self.assertLessEqual(clicks, 9, "every click more loses a visitor")

    def test_the_symbol_that_a_new_user_came_for_is_the_one_that_is_tested(self):
        for symbol, kind, template in (("NVDA", "EQUITY", "RSI dip"), ("BTC-USD", "CRYPTO", "SMA cross")):
            page, _ = self.user(f"/markets/{symbol}")
            page.get_by_role("link", name=f"Test a strategy on {symbol}").click()
            page.locator("main").get_by_text(template, exact=True).click()
            expect(page.get_by_role("combobox", name="Symbol of the preview")).to_have_value(symbol)
            expect(page.get_by_test_id("signals")).to_contain_text(f"On {symbol} the buy rules hold")
            page.get_by_role("button", name="Save and backtest").click()
            expect(page.get_by_role("combobox", name="Symbol", exact=True)).to_have_value(symbol)
            page.get_by_role("button", name="Run backtest").click()
            expect(page.get_by_role("heading", level=1)).to_contain_text(f"on {symbol}")
            strategies = page.context.request.get(self.url("/api/strategies")).json()["strategies"]
            self.assertEqual([one["asset_type"] for one in strategies], [kind])

    def test_a_visitor_is_told_why_to_sign_up_and_gets_what_they_came_for(self):
        page, _ = self.visitor("/markets/NVDA", offers=False)
        page.get_by_role("link", name="Test a strategy on NVDA").click()
        purpose = page.get_by_test_id("purpose")
        expect(purpose).to_have_text("Sign in or create an account to test a strategy on NVDA.")
        for door in ("Create an account", "Sign in"):
            page.locator("main").get_by_role("link", name=door, exact=True).click()
            expect(page.get_by_role("heading", level=1, name=door)).to_be_visible()
            expect(purpose).to_contain_text("to test a strategy on NVDA.")
        purpose.get_by_role("link", name="create an account").click()
        page.get_by_label("Email").fill(new_email())
        page.get_by_role("button", name="Create account with a passkey").click()
        page.get_by_label("I have saved these codes").check()
        page.get_by_role("button", name="Continue").click()
        expect(page).to_have_url(self.url("/backtests/new?symbol=NVDA"))
        # Another way there than the one that is offered: what they came for is still NVDA.
        page.get_by_role("link", name="Dashboard").click()
        page.locator("main").get_by_role("link", name="Create a strategy").click()
        page.locator("main").get_by_text("RSI dip", exact=True).click()
        expect(page.get_by_role("combobox", name="Symbol of the preview")).to_have_value("NVDA")
        page.get_by_role("button", name="Save and backtest").click()
        expect(page.get_by_role("combobox", name="Symbol", exact=True)).to_have_value("NVDA")
        page.get_by_role("button", name="Run backtest").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("on NVDA")
        # That is done: the next strategy begins with no symbol.
        page.goto(self.url("/strategies/new"))
        expect(page.get_by_role("combobox", name="Symbol of the preview")).to_be_visible()
        expect(page).to_have_url(self.url("/strategies/new"))

    def test_the_symbol_in_mind_is_none_of_another_kind(self):
        page, _ = self.user("/markets/BTC-USD")
        self.chart_ready(page)
        page.get_by_role("link", name="Strategies").click()
        page.locator("main").get_by_role("link", name="New strategy").click()
        expect(page).to_have_url(self.url("/strategies/new?symbol=BTC-USD"))
        expect(page.get_by_role("button", name="Crypto")).to_have_attribute("aria-pressed", "true")
        page.get_by_role("button", name="Stock", exact=True).click()
        expect(page).not_to_have_url(re.compile("BTC-USD"))
        shown = page.get_by_role("combobox", name="Symbol of the preview").input_value()
        expect(page).to_have_url(re.compile(rf"symbol={shown}\b"))

    def test_every_closed_room_says_why_it_is_closed(self):
        page, _ = self.visitor(offers=False)
        for path, words in (
            ("/trade?symbol=AAPL", "to trade AAPL on paper."),
            ("/strategies", "to build strategies."),
            ("/markets?view=watchlist", "to keep a watchlist."),
        ):
            page.goto(self.url(path))
            if path.startswith("/markets"):
                page.locator("main").get_by_role("link", name="Sign in", exact=True).first.click()
            expect(page.get_by_test_id("purpose")).to_have_text(f"Sign in or create an account {words}")
        self.ways(page, registration="closed")
        page.goto(self.url("/strategies"))
        expect(page.get_by_test_id("purpose")).to_have_text("Sign in to build strategies.")
        # Whoever came by themselves knows why.
        page.goto(self.url("/sign-in"))
        expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_visible()
        expect(page.get_by_test_id("purpose")).to_have_count(0)

    def tab_to(self, page, locator) -> None:
        """From wherever the focus is, by Tab alone."""
        expect(locator).to_be_visible()
        for _ in range(120):
            if locator.evaluate("node => node === document.activeElement"):
                return
            page.keyboard.press("Tab")
        self.fail("Tab never came to it")

    def command(self, page, words: str, name: str) -> None:
        """By Ctrl-K, from wherever the focus is."""
        page.keyboard.press("Control+k")
        page.keyboard.type(words)
        chosen = page.locator(".search-panel").get_by_role("option", selected=True)
        expect(chosen).to_contain_text(name)
        expect(page.locator(".search-panel").get_by_role("option", name=name)).to_have_count(1)
        page.keyboard.press("Enter")

    def test_a_run_is_reached_by_keys_alone(self):
        page, _ = self.user("/")
        expect(page.get_by_role("heading", level=1, name="Dashboard")).to_be_visible()
        page.keyboard.press("g")
        page.keyboard.press("s")
        expect(page.get_by_role("heading", level=1, name="Strategies")).to_be_focused()
        page.keyboard.press("n")
        expect(page.get_by_role("heading", level=1, name="New strategy")).to_be_focused()
        self.tab_to(page, page.locator("main").get_by_role("link", name="SMA cross"))
        page.keyboard.press("Enter")
        expect(page.get_by_text("Complete")).to_be_visible()
        page.keyboard.press("Control+s")
        expect(page).to_have_url(re.compile("/strategies/[0-9a-f-]{36}"))
        self.command(page, "new backtest", "New backtest")
        expect(page.get_by_role("heading", level=1, name="New backtest")).to_be_focused()
        self.tab_to(page, page.get_by_role("combobox", name="Symbol", exact=True))
        page.keyboard.type("aapl")
        expect(page.locator("main").get_by_role("option", name="AAPL")).to_be_visible()
        page.keyboard.press("Enter")
        expect(page.get_by_text(re.compile("bars to replay"))).to_be_visible()
        self.tab_to(page, page.get_by_role("button", name="Run backtest"))
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("/backtests/[0-9a-f-]{36}"))
        expect(page.locator("main").get_by_text("Total return").first).to_be_visible()

    def test_what_is_begun_and_decided_is_found_by_its_name(self):
        page, _ = self.user("/about")
        expect(page.get_by_role("button", name=re.compile("^Account:"))).to_be_visible()
        for words, name, room in (
            ("new str", "New strategy", "New strategy"),
            ("new order", "New order", "Trade"),
            ("import", "Import prices", "Import"),
            ("passkey", "Settings: Passkeys", "Settings"),
            ("api key", "Settings: API keys", "Settings"),
            ("session", "Settings: Sessions", "Settings"),
        ):
            self.command(page, words, name)
            expect(page.get_by_role("heading", level=1, name=room)).to_be_focused()
        # In its room it is there once, and does what the room's key does.
        page.keyboard.press("g")
        page.keyboard.press("t")
        expect(page.get_by_role("heading", level=1, name="Trade")).to_be_focused()
        self.command(page, "new order", "New order")
        expect(page.get_by_role("form", name="Order ticket").get_by_role("combobox", name="Symbol")).to_be_focused()
        self.at_rest(page)
        self.command(page, "sign out", "Sign out")
        expect(page.get_by_role("banner").get_by_role("link", name="Sign in")).to_be_visible()

    def test_a_slow_network_shows_what_is_coming(self):
        page, _ = self.user("/")
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        # A bad mobile line: 400 kbit a second, 400 ms there and back.
        session.send(
            "Network.emulateNetworkConditions",
            {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 20_000},
        )
        page.get_by_role("navigation", name="Main").get_by_role("link", name="Strategies").click()
        expect(page.locator(".skeleton-line").first).to_be_visible()
        expect(page.get_by_role("heading", level=1, name="Strategies")).to_be_visible()
        expect(page.locator(".skeleton-line")).to_have_count(0)

    def test_saving_and_backtesting_leaves_nothing_unsaved_behind(self):
        page, _ = self.user("/strategies/new?template=sma-cross")
        expect(page.get_by_text("Complete")).to_be_visible()
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page).to_have_url(re.compile("/strategies/[0-9a-f-]{36}"))
        address = page.url
        page.get_by_label("Name", exact=True).fill("Another name")
        page.get_by_role("button", name="Save and backtest").click()
        expect(page.get_by_role("heading", level=1, name="New backtest")).to_be_visible()
        page.goto(address)
        expect(page.get_by_label("Name", exact=True)).to_have_value("Another name")
        expect(page.get_by_text(re.compile("saved$"))).to_be_visible()
        expect(page.get_by_text("Your draft is back")).to_have_count(0)
        # A run of it is one of the newest version, whatever the form was last sent with.
        page.get_by_role("button", name="Backtest", exact=True).click()
        expect(page.get_by_label("Version", exact=True)).to_have_value("newest")

    def test_a_symbol_is_only_changed_by_who_means_to(self):
        page, _ = self.user("/strategies/new?template=sma-cross")
        expect(page.get_by_text("Complete")).to_be_visible()
        page.get_by_role("button", name="Save and backtest").click()
        field = page.get_by_role("combobox", name="Symbol", exact=True)
        field.fill("NVDA")
        page.locator("main").get_by_role("option", name="NVDA").click()
        expect(field).to_have_value("NVDA")
        field.click()
        expect(page.locator(".symbol-field").get_by_role("option").first).to_contain_text("NVDA")
        page.keyboard.press("Enter")
        expect(field).to_have_value("NVDA")
        # Enter before the answer, and away: what was typed is chosen once it is known, and until then nothing is.
        held = []
        page.route("**/api/symbols/search*", lambda route: held.append(route))
        field.fill("meta")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        expect(field).to_have_value("meta")
        self.wait_for(lambda: held, "the search was asked")
        page.unroute("**/api/symbols/search*")
        expect(field).to_have_value("META")

    def test_signing_out_asks_before_it_ends_what_is_not_saved(self):
        page, _ = self.user("/strategies/new?template=sma-cross")
        expect(page.get_by_text("Complete")).to_be_visible()
        page.get_by_label("Name", exact=True).fill("Unsaved")
        ended = []
        page.on("request", lambda one: ended.append(one.url) if one.url.endswith("/logout") else None)
        page.get_by_role("button", name=re.compile("^Account:")).click()
        page.get_by_role("button", name="Sign out", exact=True).click()
        question = page.get_by_role("dialog", name="Leave this page?")
        expect(question.get_by_role("button", name="Stay")).to_be_focused()
        question.get_by_role("button", name="Stay").click()
        expect(page.get_by_label("Name", exact=True)).to_have_value("Unsaved")
        self.assertEqual(ended, [])

    def test_the_dashboard_knows_what_was_just_made(self):
        page, _ = self.user("/")
        expect(page.get_by_text("0 of 4 done")).to_be_visible()
        page.locator("main").get_by_role("link", name="Create a strategy").click()
        page.locator("main").get_by_text("RSI dip", exact=True).click()
        expect(page.get_by_text("Complete")).to_be_visible()
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page).to_have_url(re.compile("/strategies/[0-9a-f-]{36}"))
        page.get_by_role("navigation", name="Main").get_by_role("link", name="Dashboard").click()
        expect(page.get_by_text("1 of 4 done")).to_be_visible()
