import json
import re

from harness import PageTest, api, expect, problem


class AboutTests(PageTest):
    def test_says_what_is_assumed_and_which_version_answers(self):
        page = self.open("/about")
        expect(page).to_have_title("About · BitStockerz")
        for title in ("What the engine assumes", "What it leaves out", "What the figures mean"):
            expect(page.get_by_role("heading", name=title)).to_be_visible()
        expect(page.get_by_test_id("version")).to_have_text(api("/api/openapi.json")["info"]["version"])
        page.get_by_role("navigation", name="On this page").get_by_role("link", name="Where the prices").click()
        expect(page).to_have_url(self.url("/about#prices"))
        expect(page.get_by_role("heading", name="Where the prices come from")).to_be_in_viewport()

    def test_lists_what_is_stored_as_the_api_has_it(self):
        page = self.open("/about")
        table = page.get_by_test_id("stored")
        stored = {one["interval"]: one for one in api("/api/symbols/BTC-USD")["series"]}
        rows = table.locator("tr", has=page.get_by_role("link", name="BTC-USD", exact=True))
        expect(rows).to_have_count(len(stored))
        for number, (interval, word) in enumerate({"1d": "Daily", "1h": "Hourly"}.items()):
            expect(rows.nth(number)).to_contain_text(word)
            expect(rows.nth(number)).to_contain_text(f"{stored[interval]['bars']:,}")
            expect(rows.nth(number)).to_contain_text(stored[interval]["provider"])

    def test_says_that_every_part_works(self):
        page = self.open("/about")
        health = page.get_by_test_id("health")
        checks = api("/api/health/ready")["checks"]
        self.assertIn("database", checks)
        words = {"up": "Up", "down": "Down", "not_configured": "Not configured"}
        for name, check in checks.items():
            part = re.sub("_(.)", lambda match: match[1].upper(), name)
            expect(health.locator(f"[data-check={part}]")).to_contain_text(words[check["status"]])
        if all(check["status"] == "up" for check in checks.values()):
            expect(health.locator(".health-summary")).to_have_text("Everything works.")


class AboutInTroubleTests(PageTest):
    expects_failed_requests = True

    def test_names_the_part_that_is_down(self):
        page = self.open("")
        parts = ["database", "schema", "backtest_daemon", "market_data", "server_secret"]
        checks = {name: {"status": "not_configured", "latency_ms": None, "detail": None} for name in parts}
        checks["database"] = {"status": "down", "latency_ms": 1.5, "detail": "It is not reachable."}
        body = json.dumps({"status": "unavailable", "checks": checks, "draining": False})
        page.route(
            "**/api/health/ready", lambda route: route.fulfill(status=503, content_type="application/json", body=body)
        )
        page.goto(self.url("/about"))
        health = page.get_by_test_id("health")
        expect(health.locator(".health-summary")).to_have_text("The service is down.")
        expect(health.locator("[data-check=database]")).to_contain_text("Down")
        expect(health.locator("[data-check=database]")).to_contain_text("It is not reachable.")
        expect(health.locator("[data-check=backtestDaemon]")).to_contain_text("Not configured")
        page.unroute("**/api/health/ready")
        health.get_by_role("button", name="Check again").click()
        expect(health.locator("[data-check=database]")).to_contain_text("Up")

    def test_a_drained_host_is_not_called_down(self):
        page = self.open("")
        part = {"status": "up", "latency_ms": 1.5, "detail": None}
        checks = dict.fromkeys(["database", "schema", "market_data", "server_secret"], part)
        checks["backtest_daemon"] = {"status": "down", "latency_ms": 1.5, "detail": "It takes no run."}
        body = json.dumps({"status": "unavailable", "checks": checks, "draining": True})
        page.route(
            "**/api/health/ready", lambda route: route.fulfill(status=503, content_type="application/json", body=body)
        )
        page.goto(self.url("/about"))
        health = page.get_by_test_id("health")
        expect(health.locator(".health-summary")).to_have_text(
            "This host is drained for work on it, and takes no new runs.")
        expect(health.locator("[data-check=backtestDaemon]")).to_contain_text("It takes no run.")

    def test_every_part_shows_the_request_id_and_recovers_by_itself(self):
        page = self.open("")
        page.route("**/api/**", lambda route: problem(route, 503))
        page.goto(self.url("/about"))
        health = page.get_by_test_id("health")
        expect(health.get_by_role("alert")).to_contain_text("The database is not there.")
        expect(health.get_by_role("alert")).to_contain_text("test-request-7")
        expect(page.get_by_text("The list of stored prices did not load.")).to_be_visible()
        expect(page.get_by_text("The version did not load.")).to_be_visible()
        page.unroute("**/api/**")
        health.get_by_role("button", name="Try again").click()
        expect(health.locator("[data-check=database]")).to_contain_text("Up")
        expect(page.get_by_text("The version did not load.")).to_be_visible()
