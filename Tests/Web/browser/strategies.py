"""Somebody who works on strategies and runs them, for tests."""

import json

from harness import expect
from passkeys import PasskeyTest


def crossing(fast: int, slow: int, **risk) -> dict:
    """In when the average of the last `fast` days crosses above that of the last `slow`, out when it crosses below."""

    def rules(way: str) -> dict:
        condition = {"left": {"indicator": "fast"}, "op": way, "right": {"indicator": "slow"}}
        return {"logic": "AND", "conditions": [condition]}

    return {
        "indicators": [
            {"id": name, "type": "SMA", "params": {"period": period}, "source": "close"}
            for name, period in (("fast", fast), ("slow", slow))
        ],
        "entry": rules("crosses_above"),
        "exit": rules("crosses_below"),
        "risk": risk,
    }


CROSS = crossing(10, 30)


class Maker:
    """What a signed-in browser can ask the API for, beside the page."""

    def call(self, page, method: str, path: str, body=None):
        answer = page.context.request.fetch(
            self.url(path),
            method=method,
            data=None if body is None else json.dumps(body),
            headers={"Content-Type": "application/json", "Origin": self.url("").rstrip("/")},
        )
        self.assertLess(answer.status, 300, answer.text())
        return answer.json() if answer.text() else None

    def make(self, page, name="Cross", **changes) -> dict:
        """A strategy."""
        body = {"name": name, "asset_type": "EQUITY", "timeframe": "1d", "definition": CROSS, **changes}
        return self.call(page, "POST", "/api/strategies", body)

    def make_run(self, page, strategy: dict, symbol="AAPL", **changes) -> dict:
        """A finished run of it."""
        body = {
            "strategy_id": strategy["id"],
            "symbol": symbol,
            "timeframe": strategy["timeframe"],
            "start_date": "2018-01-02",
            "end_date": "2023-09-21",
            "simulation": {"execution_timing": "next_open", "commission_bps": 5, "slippage_bps": 5},
        }
        run = self.call(page, "POST", "/api/backtests", {**body, **changes})

        def is_over() -> bool:
            # On a busy machine the answer comes before the run has ended.
            nonlocal run
            if run["status"] in ("pending", "running"):
                run = self.call(page, "GET", f"/api/backtests/{run['id']}")
            return run["status"] not in ("pending", "running")

        self.wait_for(is_over, "the run came to an end")
        return run


class StrategyTest(Maker, PasskeyTest):
    def opened(self, **options):
        """Somebody with a strategy, in the builder."""
        page, _ = self.user(**options)
        strategy = self.make(page)
        self.open_builder(page, strategy["id"])
        return page, strategy["id"]

    def open_builder(self, page, identifier):
        page.goto(self.url(f"/strategies/{identifier}"))
        expect(self.sentence(page)).to_contain_text("Buy when")

    def sentence(self, page):
        return page.get_by_test_id("sentence")

    def state(self, page):
        return page.get_by_test_id("save-state")

    def save(self, page):
        return page.get_by_role("button", name="Save", exact=True)

    def period(self, page, name="SMA(10)"):
        return page.get_by_label(f"period of {name}", exact=True)

    def conditions(self, page, side="Buy when"):
        card = page.get_by_role("region", name=side, exact=True)
        return card.get_by_role("listitem")
