import assert from "node:assert/strict";
import test from "node:test";
import { periodFault } from "../../../Sources/Web/src/lib/overlays";
import {
    backtestPath,
    comparePath,
    jobPath,
    newBacktestPath,
    placeOf,
    strategyPath,
    strategyVersionsPath,
    symbolPath,
    uploadPath,
} from "../../../Sources/Web/src/lib/routes";
import { marked } from "../../../Sources/Web/src/lib/search-text";
import { sparkline } from "../../../Sources/Web/src/lib/sparkline";

test("addresses lead to their pages", () => {
    const id = "01985d3a-0000-7000-8000-00000000000a";
    const places: readonly [string, string, Readonly<Record<string, string>>][] = [
        ["/", "home", {}],
        ["/markets/", "markets", {}],
        ["/markets/btc-usd", "symbol", { symbol: "BTC-USD" }],
        [symbolPath("A/B"), "symbol", { symbol: "A/B" }],
        ["/strategies/new", "new-strategy", {}],
        [strategyPath(id.toUpperCase()), "strategy", { id }],
        [strategyVersionsPath(id), "strategy-versions", { id }],
        [newBacktestPath({ strategy: id, symbol: "" }).split("?")[0]!, "new-backtest", {}],
        [backtestPath(id), "backtest", { id }],
        [comparePath([id]).split("?")[0]!, "compare", {}],
        ["/settings", "settings", {}],
        ["/data/series/btc-usd", "data-series", { symbol: "BTC-USD" }],
        ["/data/import", "data-import", {}],
        [uploadPath(id, "?symbol=AAPL").split("?")[0]!, "data-upload", { id }],
        [jobPath(id), "data-job", { id }],
        ["/settings/passkeys", "settings", { section: "passkeys" }],
        ["/join", "sign-up", {}],
    ];
    for (const [path, page, params] of places) assert.deepEqual(placeOf(path), { page, params }, path);
    const wrong = ["/market", "/markets/AAPL/x", "/markets/%E0%A4%A", "/strategies/7", "/backtests/x", "/settings/x"];
    for (const path of wrong) assert.deepEqual(placeOf(path), { page: "not-found", params: {} }, path);
});

test("the part of a text that was searched for is marked, whatever its case", () => {
    assert.deepEqual(marked("BTC-USD", "usd"), [
        { text: "BTC-", isMatch: false },
        { text: "USD", isMatch: true },
    ]);
    assert.deepEqual(marked("Apple", ""), [{ text: "Apple", isMatch: false }]);
    assert.deepEqual(marked("Apple", "x"), [{ text: "Apple", isMatch: false }]);
});

test("a small chart fills its box and is a line in the middle when the price is flat", () => {
    assert.equal(sparkline([1, 3, 2], 10, 4), "M0.0 4.0L5.0 0.0L10.0 2.0");
    assert.equal(sparkline([2, 2], 10, 4), "M0.0 2.0L10.0 2.0");
    assert.equal(sparkline([2], 10, 4), "");
});

test("a period outside the catalog's bounds is told in words", () => {
    assert.equal(periodFault("rsi", "100"), null);
    for (const wrong of ["", "1", "101", "2.5", "-3", "1e2"]) {
        assert.equal(periodFault("rsi", wrong), "RSI takes a whole number from 2 to 100", wrong);
    }
});
