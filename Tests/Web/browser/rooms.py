"""Every room of the page, of somebody who has something in each, for tests of what holds in all of them."""

from passkeys import sql
from test_imports import ImportTest as PriceImport
from trading import TradeTest

# Those that need nobody.
VISITORS = {
    "home": "/",
    "markets": "/markets",
    "symbol": "/markets/AAPL?overlays=sma.20.close,rsi.14.close",
    "about": "/about",
    "parts": "/about/parts",
    "sign-in": "/sign-in",
    "sign-up": "/sign-up",
    "recover": "/recover",
    "not-found": "/no/such/page",
}

PRICES = "Date,Open,High,Low,Close,Volume\n" + "".join(
    f"2015-01-{day:02},{day}.1,{day}.9,{day}.0,{day}.5,{1000 * day}\n" for day in (5, 6, 7, 8, 9, 12, 13, 14, 15, 16)
)


class RoomTest(TradeTest, PriceImport):
    def rooms(self, page, called="Two averages") -> dict[str, str]:
        """The addresses of what an operator can see, with a strategy of that name."""
        strategy = self.make(page, name=called)
        for number in range(5):
            self.make(page, name=f"Another {number}")
        second = self.make(page, name=f"{called[:248]} again")
        runs = [self.make_run(page, one, symbol)["id"] for one, symbol in ((strategy, "AAPL"), (second, "NVDA"))]
        for symbol in ("META", "AMZN", "NFLX", "GOOG"):
            self.make_run(page, strategy, symbol)
        version = strategy["version_id"]
        body = {"strategy_version_id": version, "symbol": "AAPL", "timeframe": "1d", "capital": "1000.00"}
        runner = self.call(page, "POST", "/api/trading/runners", body)["runner"]
        order = self.place(page)
        body = {"symbol": "AAPL", "timeframe": "1d", "from": "2018-10-01", "starting_balance": "10000"}
        practice = self.call(page, "POST", "/api/trading/replays", body)["replay"]
        return {
            "dashboard": "/",
            "markets": "/markets",
            "symbol": "/markets/AAPL?overlays=sma.20.close",
            "strategies": "/strategies",
            "new-strategy": "/strategies/new",
            "strategy": f"/strategies/{strategy['id']}",
            "versions": f"/strategies/{strategy['id']}/versions",
            "backtests": "/backtests",
            "new-backtest": f"/backtests/new?strategy={strategy['id']}&symbol=AAPL",
            "result": f"/backtests/{runs[0]}",
            "compare": f"/backtests/compare?ids={','.join(runs)}",
            "trade": "/trade",
            "order": f"/trade/orders/{order['id']}",
            "new-runner": f"/trade/runners/new?strategy={strategy['id']}&version={version}&symbol=AAPL",
            "runner": f"/trade/runners/{runner['id']}",
            "new-practice": "/trade/practice/new",
            "practice": f"/trade/practice/{practice['id']}",
            "alerts": "/alerts",
            "profile": "/settings",
            "passkeys": "/settings/passkeys",
            "sessions": "/settings/sessions",
            "api-keys": "/settings/api-keys",
            "activity": "/settings/activity",
            "your-data": "/settings/data",
            "data": "/data",
            "data-series": "/data/series/EOS-USD",
            "data-import": "/data/import",
            "data-upload": f"/data/import/{self.bring_prices(page)}",
            "data-jobs": "/data/jobs",
            "data-job": f"/data/jobs/{self.call(page, 'GET', '/api/jobs?limit=1')['jobs'][0]['id']}",
            "data-sources": "/data/sources",
            "about": "/about",
        }

    def bring_prices(self, page) -> str:
        """A file that was brought and waits, away again with the test."""
        headers = {"Content-Type": "application/octet-stream", "Origin": self.url("").rstrip("/")}
        where = self.url("/api/market-data/imports?file_name=prices.csv")
        answer = page.context.request.fetch(where, method="POST", data=PRICES.encode(), headers=headers)
        self.assertLess(answer.status, 300, answer.text())
        identifier = answer.json()["id"]
        self.addCleanup(sql, f"DELETE FROM uploads WHERE id = '{identifier}'")
        return identifier
