from harness import PageTest, candles, expect, problem

# What the picture needs before its slow average is there, and what it asks for.
SLOW = 200
ASKED = 1_460


class HomeTests(PageTest):
    def test_says_what_it_is_and_has_one_button(self):
        page = self.open("/")
        expect(page).to_have_title("BitStockerz · honest backtests on real prices")
        expect(page.get_by_role("heading", level=1)).to_contain_text("before it costs you money")
        expect(page.locator("main .button-primary")).to_have_count(1)
        page.get_by_role("link", name="Try it").click()
        expect(page).to_have_url(self.url("/sign-up"))
        expect(page.get_by_role("heading", level=1)).to_be_focused()
        page.go_back()
        expect(page.get_by_role("heading", level=1)).to_contain_text("costs you money")

    def test_its_chart_tells_what_the_api_has(self):
        page = self.open("/")
        hero = page.get_by_test_id("hero")
        expect(hero).to_contain_text("AAPL")
        closes = [bar["close"] for bar in candles("AAPL", limit=ASKED)]
        averages = [
            [sum(closes[end - period : end]) / period for end in range(SLOW, len(closes) + 1)] for period in (50, SLOW)
        ]
        above = [fast > slow for fast, slow in zip(*averages, strict=True)]
        buys = sum(now and not before for before, now in zip(above, above[1:], strict=False))
        self.assertGreater(buys, 0)
        expect(hero.locator("figcaption")).to_contain_text(f"{buys} buy signal")
        expect(hero.locator(".hero-signal.hero-above")).to_have_count(buys)
        holding = (closes[-1] / closes[SLOW - 1] - 1) * 100
        expect(hero.locator("figcaption")).to_contain_text(f"{holding:+,.0f}%")
        hero.get_by_role("link", name="AAPL, Apple Inc.").click()
        expect(page).to_have_url(self.url("/markets/AAPL"))

    def test_leads_to_the_markets_and_to_what_is_assumed(self):
        page = self.open("/")
        page.get_by_role("link", name="look at the prices").click()
        expect(page).to_have_title("Markets · BitStockerz")
        page.go_back()
        page.get_by_role("link", name="What the engine assumes").click()
        expect(page).to_have_title("About · BitStockerz")
        expect(page.get_by_role("heading", level=1)).to_be_focused()


class HomeInTroubleTests(PageTest):
    expects_failed_requests = True

    def test_a_chart_that_did_not_load_is_asked_for_again(self):
        page = self.open("")
        page.route("**/api/market-data/**", lambda route: problem(route, 503))
        page.goto(self.url("/"))
        hero = page.get_by_test_id("hero")
        expect(hero.get_by_role("alert")).to_contain_text("test-request-7")
        page.unroute("**/api/market-data/**")
        hero.get_by_role("button", name="Try again").press("Enter")
        expect(hero.locator("figcaption")).to_contain_text("buy signal")
        # The button is gone; the focus is where it was, and not at the start of the page.
        expect(hero).to_be_focused()
