"""What every browser test stands on: one Chromium, a fresh context a test, no console error left unseen."""

import json
import os
import re
import time
import unittest
import urllib.request
from datetime import date
from pathlib import Path

from playwright.sync_api import Browser, Page, Request, Route, expect, sync_playwright

BASE = os.environ.get("BITSTOCKERZ_URL", "").rstrip("/")
FAILURES = Path(__file__).resolve().parents[3] / ".build" / "web" / "failures"
CHROMIUM = "/usr/bin/chromium-headless-shell"
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--no-first-run"]
# A loaded machine of two cores may need long; a page that works never waits for this.
PATIENCE = 20_000

# Whether all is drawn, below its one title. Whoever asks for more when something has come does so within these frames.
DRAWN = """async () => {
    await document.fonts.ready;
    for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
    // The page of parts shows lines that wait for ever.
    const waits = document.querySelector(".skeleton-line:not(.parts-column *)");
    const titles = [...document.querySelectorAll("h1")].filter(one => one.checkVisibility({ visibilityProperty: true }));
    return waits === null && titles.length === 1;
}"""

expect.set_options(timeout=PATIENCE)


class Chromium:
    """The one browser of a run, started when the first test asks for it."""

    browser: Browser | None = None
    driver = None

    @classmethod
    def get(cls) -> Browser:
        if cls.browser is None:
            cls.driver = sync_playwright().start()
            cls.browser = cls.driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        return cls.browser

    @classmethod
    def close(cls) -> None:
        if cls.browser is not None:
            cls.browser.close()
            cls.driver.stop()


def api(path: str):
    """The API's own answer, parsed: what the page must agree with."""
    request = urllib.request.Request(BASE + path, headers={"Accept": "application/json"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)


def candles(symbol: str, **query) -> list[dict]:
    kind = "crypto" if "-" in symbol else "equities"
    text = "&".join(f"{name}={value}" for name, value in {"symbol": symbol, **query}.items())
    return api(f"/api/market-data/{kind}/candles?{text}")


def series(symbol: str, interval: str) -> dict:
    return next(one for one in api(f"/api/symbols/{symbol}")["series"] if one["interval"] == interval)


def money(value: float, digits: int = 2) -> str:
    """A price as the page writes it."""
    return f"{value:,.{digits}f}"


def written_day(text: str) -> str:
    """A day as sentences and charts write it."""
    day = date.fromisoformat(text)
    return f"{day.day} {day:%b %Y}"


def problem(
    route: Route,
    status: int,
    request_id: str = "test-request-7",
    detail: str = "The database is not there.",
    code: str = "SERVICE_UNAVAILABLE",
) -> None:
    """Answers a request as the API would when it cannot."""
    route.fulfill(
        status=status,
        content_type="application/problem+json",
        body=json.dumps(
            {
                "type": "https://bitstockerz.dev/errors/service-unavailable",
                "title": "Service unavailable",
                "status": status,
                "detail": detail,
                "instance": "/api/somewhere",
                "code": code,
                "request_id": request_id,
            }
        ),
    )


class Traffic:
    """What a page asks for."""

    def __init__(self, page: Page) -> None:
        self.begun = 0
        # Not answered yet.
        self.waiting: set[Request] = set()
        page.on("request", self._begins)
        for end in ("requestfinished", "requestfailed"):
            page.on(end, lambda request: self.waiting.discard(request))

    def _begins(self, request: Request) -> None:
        self.begun += 1
        self.waiting.add(request)


class PageTest(unittest.TestCase):
    """A test with pages. Set `expects_failed_requests` where the test makes requests fail on purpose."""

    expects_failed_requests = False

    def setUp(self) -> None:
        self.contexts = []
        self.errors: list[str] = []
        self.traffic: dict[Page, Traffic] = {}

    def open(self, path: str, *, width: int = 1440, height: int = 900, **options) -> Page:
        settings = {"locale": "en-US", "color_scheme": "dark", "reduced_motion": "reduce", **options}
        context = Chromium.get().new_context(viewport={"width": width, "height": height}, **settings)
        context.set_default_timeout(PATIENCE)
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: self._heard(message.type, message.text))
        page.on("pageerror", lambda error: self._heard("error", str(error)))
        self.traffic[page] = Traffic(page)
        if path:
            page.goto(BASE + path)
        return page

    def open_chart(self, path: str, **options) -> Page:
        page = self.open(path, **options)
        self.chart_ready(page)
        return page

    def chart_ready(self, page: Page) -> None:
        expect(page.get_by_test_id("legend")).to_be_visible()
        expect(page.locator(".chart-canvas canvas").first).to_be_attached()

    def at_rest(self, page: Page) -> None:
        """All is there: nothing is loading, nothing asked for is still to come, and no request follows on the last."""
        traffic = self.traffic[page]

        def is_at_rest() -> bool:
            begun = traffic.begun
            return not traffic.waiting and page.evaluate(DRAWN) and traffic.begun == begun

        self.wait_for(is_at_rest, "all is there and drawn, and requests came to an end")

    def url(self, path: str) -> str:
        return BASE + path

    def last_close(self, symbol: str) -> str:
        return money(candles(symbol, limit=1)[0]["close"])

    def wait_for(self, what, message: str) -> None:
        """Asks until it is so. Playwright's own way evaluates text in the page, which the content policy refuses."""
        end = time.monotonic() + PATIENCE / 1000
        while not what():
            self.assertLess(time.monotonic(), end, message)
            self.contexts[-1].pages[-1].wait_for_timeout(50)

    def bars(self, page: Page) -> int:
        return int(page.get_by_test_id("chart").get_attribute("data-bars"))

    def legend(self, page: Page) -> str:
        return re.sub(r"\s+", " ", page.get_by_test_id("legend").inner_text())

    def _heard(self, kind: str, text: str) -> None:
        # A test that counts pixels reads a canvas back; the page itself never does.
        if text.startswith("Canvas2D: Multiple readback"):
            return
        is_expected = self.expects_failed_requests and text.startswith(
            ("Failed to load resource", "TypeError: Failed to fetch")
        )
        if kind in ("error", "warning") and not is_expected:
            self.errors.append(text)

    def tearDown(self) -> None:
        for number, context in enumerate(self.contexts):
            if not self._outcome.success:
                FAILURES.mkdir(parents=True, exist_ok=True)
                for page in context.pages:
                    page.screenshot(path=FAILURES / f"{self.id().rsplit('.', 1)[-1]}-{number}.png")
            context.close()
        self.assertEqual(self.errors, [], "the console stays silent")
