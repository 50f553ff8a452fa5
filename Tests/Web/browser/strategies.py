"""Somebody who works on strategies, for tests."""

from harness import expect
from passkeys import PasskeyTest

CROSS = {
    "indicators": [
        {"id": "fast", "type": "SMA", "params": {"period": 10}, "source": "close"},
        {"id": "slow", "type": "SMA", "params": {"period": 30}, "source": "close"},
    ],
    "entry": {
        "logic": "AND",
        "conditions": [{"left": {"indicator": "fast"}, "op": "crosses_above", "right": {"indicator": "slow"}}],
    },
    "exit": {
        "logic": "AND",
        "conditions": [{"left": {"indicator": "fast"}, "op": "crosses_below", "right": {"indicator": "slow"}}],
    },
    "risk": {},
}
CALL = """async ([method, path, body]) => {
    const answer = await fetch(path, {
        method,
        headers: { "Content-Type": "application/json", Accept: "application/json" },
        ...(body && { body: JSON.stringify(body) }),
    });
    return answer.status === 204 ? null : answer.json();
}"""


class StrategyTest(PasskeyTest):
    def call(self, page, method, path, body=None):
        """Asks the API with the page's own session."""
        return page.evaluate(CALL, [method, path, body])

    def make(self, page, name="Cross", **changes):
        body = {"name": name, "asset_type": "EQUITY", "timeframe": "1d", "definition": CROSS, **changes}
        return self.call(page, "POST", "/api/strategies", body)

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
