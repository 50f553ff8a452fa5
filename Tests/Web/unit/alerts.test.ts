import assert from "node:assert/strict";
import test from "node:test";
import { deliveryWords, headingOf, kindFor, placeOf, priceAlertWords } from "../../../Sources/Web/src/lib/alert-words";

const id = "00000000-0000-4000-8000-000000000001";

test("what was told leads to what it is about", () => {
    assert.equal(placeOf({ kind: "order_filled", symbol: "AAPL", subjectId: id }), `/trade/orders/${id}`);
    assert.equal(placeOf({ kind: "backtest_done", symbol: "AAPL", subjectId: id }), `/backtests/${id}`);
    assert.equal(placeOf({ kind: "price_above", symbol: "^GSPC", subjectId: id }), "/markets/%5EGSPC");
    assert.equal(placeOf({ kind: "data_stale", symbol: "AAPL", subjectId: null }), "/markets/AAPL");
    assert.equal(placeOf({ kind: "webhook_disabled", symbol: null, subjectId: id }), null);
});

test("a kind that a later server tells is told by its name", () => {
    assert.deepEqual([headingOf("order_filled"), headingOf("comet_seen"), headingOf("toString")], ["Order filled", "comet seen", "toString"]);
});

test("an alert is said as it was set, and its direction follows the price", () => {
    assert.equal(priceAlertWords({ kind: "price_below", symbol: "BTC-USD", level: "9500.000000000000" }), "BTC-USD falls to 9,500.00");
    assert.deepEqual([kindFor(1, 2), kindFor(3, 2), kindFor(2, 2)], ["price_below", "price_above", "price_above"]);
});

test("how a message stands is told with why", () => {
    const one = { id, kind: "webhook_test", createdAt: 0, finishedAt: null, responseStatus: null, error: null, attempts: 0 };
    assert.equal(deliveryWords({ ...one, status: "pending" }), "Waiting");
    assert.equal(deliveryWords({ ...one, status: "pending", attempts: 1, error: "Nobody is there." }), "Trying again: Nobody is there.");
    assert.equal(deliveryWords({ ...one, status: "delivered", attempts: 1, responseStatus: 204 }), "Delivered (204)");
    assert.equal(deliveryWords({ ...one, status: "failed" }), "Not delivered");
});
