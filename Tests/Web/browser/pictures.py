"""Takes the pictures of the README anew, of a stack with the demo prices:

    BITSTOCKERZ_URL=http://localhost:8080 .build/venv/bin/python Tests/Web/browser/pictures.py Sources/Web/screenshots
"""

import json
import sys
from pathlib import Path

from harness import BASE, CHROMIUM, FLAGS
from passkeys import SIGN_UP, Authenticator, new_email
from playwright.sync_api import Page, sync_playwright
from strategies import crossing

TREND = crossing(20, 50, stop_loss={"type": "percent", "value": 8})


def call(page: Page, method: str, path: str, body: dict | None = None) -> dict:
    answer = page.context.request.fetch(
        BASE + path, method=method, data=None if body is None else json.dumps(body),
        headers={"Content-Type": "application/json", "Origin": BASE})
    if not answer.ok:
        raise SystemExit(f"{path}: {answer.status} {answer.text()}")
    return answer.json()


def take(page: Page, path: str, shows: str, folder: Path, name: str) -> None:
    page.goto(BASE + path)
    page.get_by_text(shows).first.wait_for(timeout=20_000)
    page.locator("canvas").first.wait_for(timeout=20_000)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=folder / f"{name}.png")


def main(folder: Path) -> None:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme="dark").new_page()
        page.goto(BASE + "/about")
        Authenticator(page)
        page.evaluate(SIGN_UP, {"email": new_email(), "display_name": "Ada"})
        strategy = call(
            page, "POST", "/api/strategies",
            {"name": "Trend with two averages", "asset_type": "EQUITY", "timeframe": "1d", "definition": TREND})
        run = call(page, "POST", "/api/backtests", {
            "strategy_id": strategy["id"], "symbol": "NVDA", "timeframe": "1d", "start_date": "2014-01-02",
            "end_date": "2023-09-21",
            "simulation": {"execution_timing": "next_open", "commission_bps": 5, "slippage_bps": 5},
        })
        take(page, f"/backtests/{run['id']}", "Could it be luck?", folder, "result")
        take(page, f"/strategies/{strategy['id']}?symbol=NVDA", "the buy rules hold on", folder, "builder")
        take(page, "/markets/NVDA", "trading days behind", folder, "symbol")
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
