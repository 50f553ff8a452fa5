"""Measures the page in headless Chromium and prints its figures as JSON.

usage: measure.py URL HOURLY-SYMBOL DAILY-SYMBOL ROUNDS [SAMPLE]

HOURLY-SYMBOL has 87,600 hourly bars, DAILY-SYMBOL 2,500 daily ones or more. Needs the page's browser environment
(Tests/Web/requirements.txt). Every load begins with an empty cache; times are medians of ROUNDS, taken by the browser's
own clock.

SAMPLE is the address of another page, which shows as many bars on one chart as soon as it is there: what can be measured
of it is printed as `sample`.
"""

import json
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Web/browser"))
from harness import CHROMIUM, FLAGS  # noqa: E402
from passkeys import Authenticator, new_email  # noqa: E402
from playwright.sync_api import Page, sync_playwright  # noqa: E402

HOURS = 87_600
LINES = "sma.20.close,sma.50.close,ema.50.close,ema.200.close,rsi.14.close"
SCRIPTS = "performance.getEntriesByType('resource').filter(one => one.name.endsWith('.js')).map(one => one.encodedBodySize)"
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]"
# When a chart was first drawn, and when so many bars are there: looked at in every frame. A bar is a filled rectangle:
# a canvas with many of them shows some.
WATCH = """
    window.seen = {};
    const fillRect = CanvasRenderingContext2D.prototype.fillRect;
    let rectangles = 0;
    CanvasRenderingContext2D.prototype.fillRect = function (...box) {
        fillRect.apply(this, box);
        if (this.canvas.isConnected && ++rectangles === 100)
            requestAnimationFrame(() => { seen.chart = performance.now(); });
    };
    const look = () => {
        const chart = document.querySelector('[data-testid="chart"]');
        const now = performance.now();
        if (chart && Number(chart.dataset.bars) >= window.wanted && !seen.all) seen.all = now;
        if (location.pathname.match(/^\\/backtests\\/[0-9a-f-]{36}/) && document.querySelector('.stat-value') && !seen.result)
            seen.result = now;
        requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
"""


class Browser:
    def __init__(self, chromium, base: str) -> None:
        self.chromium, self.base = chromium, base

    def open(self, path: str, wanted: int = 1) -> Page:
        context = self.chromium.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
        context.set_default_timeout(60_000)
        page = context.new_page()
        page.add_init_script(f"window.wanted = {wanted};" + WATCH)
        if path:
            page.goto(self.base + path)
        return page

    def seen(self, page: Page, name: str) -> float:
        end = time.monotonic() + 60
        while (found := page.evaluate(f"window.seen.{name} ?? null")) is None:
            if time.monotonic() > end:
                raise RuntimeError(f"{name} was never seen at {page.url}")
            page.wait_for_timeout(20)
        return found


def loads(browser: Browser, hourly: str, rounds: int) -> dict:
    paints, firsts, alls = [], [], []
    scripts = charts = 0
    for _ in range(rounds):
        page = browser.open("/")
        page.get_by_role("heading", level=1).wait_for()
        # The heading can be there a frame before it is painted.
        page.wait_for_function(f"{PAINTED} !== undefined")
        paints.append(page.evaluate(f"{PAINTED}.startTime"))
        page.wait_for_load_state("networkidle")
        scripts = sum(page.evaluate(SCRIPTS))
        page.context.close()
        page = browser.open(f"/markets/{hourly}?range=All", wanted=HOURS)
        firsts.append(browser.seen(page, "chart"))
        alls.append(browser.seen(page, "all"))
        page.wait_for_load_state("networkidle")
        charts = sum(page.evaluate(SCRIPTS))
        page.context.close()
    return {
        "scripts_kb": scripts / 1e3,
        "scripts_with_charts_kb": charts / 1e3,
        "first_contentful_paint_s": statistics.median(paints) / 1e3,
        "first_chart_s": statistics.median(firsts) / 1e3,
        "all_bars_s": statistics.median(alls) / 1e3,
    }


def heap(page: Page) -> float:
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    session.send("Performance.enable")
    metrics = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    session.detach()
    return metrics["JSHeapUsedSize"] / 1e6


def memory(browser: Browser, hourly: str, daily: str) -> dict:
    page = browser.open(f"/markets/{hourly}?range=All&overlays={LINES}", wanted=HOURS)
    browser.seen(page, "all")
    page.wait_for_load_state("networkidle")
    full = heap(page)
    for number in range(20):
        # As a reader moves on: inside the page, and not by loading it anew.
        page.evaluate(
            "path => { history.pushState({ step: 1 }, '', path); dispatchEvent(new PopStateEvent('popstate', { state: { step: 1 } })); }",
            f"/markets/{daily if number % 2 == 0 else hourly}?range=1M",
        )
        page.get_by_role("heading", level=1, name=daily if number % 2 == 0 else hourly).wait_for()
        page.wait_for_load_state("networkidle")
    after = heap(page)
    page.context.close()
    return {"heap_all_bars_mb": full, "heap_after_20_symbols": after / full}


def panning(browser: Browser, hourly: str) -> dict:
    page = browser.open(f"/markets/{hourly}?range=All", wanted=HOURS)
    browser.seen(page, "all")
    page.wait_for_load_state("networkidle")
    found = dragged(page, ".chart-canvas")
    page.context.close()
    return found


def dragged(page: Page, chart: str) -> dict:
    box = page.locator(chart).bounding_box()
    page.evaluate("""() => {
        window.frames_ = []; let before = performance.now();
        const next = now => { frames_.push(now - before); before = now; requestAnimationFrame(next); };
        requestAnimationFrame(next);
    }""")
    x, y = box["x"] + box["width"] * 0.7, box["y"] + box["height"] * 0.4
    page.mouse.move(x, y)
    page.mouse.down()
    for index in range(90):
        page.mouse.move(x - (index % 45) * 8, y)
    page.mouse.up()
    frames = sorted(page.evaluate("frames_"))
    return {"pan_frame_p95_ms": frames[int(len(frames) * 0.95) - 1]}


def sign_up(browser: Browser) -> Page:
    page = browser.open("")
    Authenticator(page)
    page.goto(browser.base + "/sign-up")
    page.get_by_label("Email").fill(new_email())
    page.get_by_role("button", name="Create account with a passkey").click()
    page.locator(".codes code").first.wait_for()
    page.get_by_label("I have saved these codes").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("heading", level=1, name="Dashboard").wait_for()
    return page


def ask(page: Page, base: str, method: str, path: str, body: dict) -> dict:
    headers = {"Content-Type": "application/json", "Origin": base}
    answer = page.context.request.fetch(base + path, method=method, data=json.dumps(body), headers=headers)
    if not answer.ok:
        raise RuntimeError(f"{path}: {answer.status} {answer.text()[:300]}")
    return answer.json()


def definition(indicators: int, conditions: int) -> dict:
    made = [
        {"id": f"i{number}", "type": ("SMA", "EMA")[number % 2], "params": {"period": 5 + number}, "source": "close"}
        for number in range(indicators)
    ]

    def side(operator: str, count: int) -> dict:
        return {
            "logic": "AND",
            "conditions": [
                {"left": {"indicator": f"i{number % indicators}"}, "op": operator, "right": {"price": "close"}}
                for number in range(count)
            ],
        }

    return {"indicators": made, "entry": side("lt", conditions), "exit": side("gt", conditions), "risk": {}}


def builder(page: Page, base: str) -> dict:
    """The longest that the builder takes from a key to the next paint, with all that a strategy may hold."""
    body = {"name": "Everything", "description": "", "asset_type": "EQUITY", "timeframe": "1d"}
    strategy = ask(page, base, "POST", "/api/strategies", {**body, "definition": definition(20, 10)})
    page.goto(f"{base}/strategies/{strategy['id']}")
    field = page.get_by_label("Name", exact=True)
    field.wait_for()
    page.wait_for_load_state("networkidle")
    page.evaluate("""() => {
        window.paints = [];
        new PerformanceObserver(list => list.getEntries().forEach(one => paints.push(one.duration)))
            .observe({ type: 'event', durationThreshold: 16 });
    }""")
    field.focus()
    page.keyboard.type("ten letters", delay=30)
    number = page.get_by_role("spinbutton").or_(page.locator("input[inputmode]")).first
    number.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.type("7", delay=30)
    page.keyboard.press("Control+z")
    page.wait_for_load_state("networkidle")
    return {"builder_next_paint_ms": max(page.evaluate("paints"), default=16)}


def running(page: Page, browser: Browser, daily: str, rounds: int) -> dict:
    """From the click on Run to the result's figures."""
    base = browser.base
    body = {"name": "Cross", "description": "", "asset_type": "EQUITY", "timeframe": "1d"}
    ask(page, base, "POST", "/api/strategies", {**body, "definition": definition(2, 1)})
    times = []
    for number in range(rounds):
        page.goto(f"{base}/backtests/new?symbol={daily}&equity={10_000 + number}")
        page.get_by_text("to replay").wait_for()
        page.wait_for_load_state("networkidle")
        page.evaluate("""() => {
            seen.result = null;
            addEventListener('click', () => { window.clicked = performance.now(); }, { capture: true, once: true });
        }""")
        page.get_by_role("button", name="Run backtest").click()
        times.append(browser.seen(page, "result") - page.evaluate("clicked"))
    return {"run_to_result_ms": statistics.median(times)}


def sampled(browser: Browser, rounds: int) -> dict:
    """The same of a page that is one chart with all of its bars from the first."""
    paints, firsts = [], []
    for _ in range(rounds):
        page = browser.open("/")
        firsts.append(browser.seen(page, "chart"))
        paints.append(page.evaluate(f"{PAINTED}.startTime"))
        page.wait_for_load_state("networkidle")
        scripts = sum(page.evaluate(SCRIPTS))
        if len(firsts) < rounds:
            page.context.close()
    page.get_by_role("button", name="All", exact=True).click()
    page.wait_for_load_state("networkidle")
    full = heap(page)
    return {
        "scripts_with_charts_kb": scripts / 1e3,
        "first_contentful_paint_s": statistics.median(paints) / 1e3,
        "first_chart_s": statistics.median(firsts) / 1e3,
        "all_bars_s": statistics.median(firsts) / 1e3,
        "heap_all_bars_mb": full,
        **dragged(page, ".chart"),
    }


def main(base: str, hourly: str, daily: str, rounds: str, sample: str = "") -> None:
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        browser = Browser(chromium, base.rstrip("/"))
        found = loads(browser, hourly, int(rounds))
        found |= memory(browser, hourly, daily) | panning(browser, hourly)
        page = sign_up(browser)
        found |= builder(page, browser.base) | running(page, browser, daily, int(rounds))
        if sample:
            found["sample"] = sampled(Browser(chromium, sample.rstrip("/")), int(rounds))
        chromium.close()
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
