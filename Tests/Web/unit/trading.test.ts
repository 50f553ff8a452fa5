import assert from "node:assert/strict";
import test from "node:test";
import type { EquitySnapshot, Execution, Order } from "api-types";
import { difference, exactly, positive, trimmed } from "../../../Sources/Web/src/lib/amounts";
import { curveOf } from "../../../Sources/Web/src/lib/trading/curve";
import { type EquityOutline, type EquityRange, nearestTo, outlineOf } from "../../../Sources/Web/src/lib/trading/equity-outline";
import { answered, begun, edited, intentFrom, takenBefore } from "../../../Sources/Web/src/lib/trading/intent";
import { changeable, changeFormOf, changesOf, faultyField } from "../../../Sources/Web/src/lib/trading/order-change";
import { consistent, emptyTicket, faultsOf, filledIn, sentOf, type Ticket } from "../../../Sources/Web/src/lib/trading/ticket";
import { conditionOf, inWords, limitRoom, outcomeInWords, refusalInWords } from "../../../Sources/Web/src/lib/trading/words";
import { guidesOf, markersOf } from "../../../Sources/Web/src/pages/symbol/own-trades";

const ticket: Ticket = { ...emptyTicket, symbol: "AAPL", size: "10" };

const order: Order = {
    id: "00000000-0000-0000-0000-000000000001",
    symbol: "AAPL",
    side: "BUY",
    orderType: "MARKET",
    timeInForce: "GTC",
    status: "FILLED",
    quantity: "12.50000000",
    limitPrice: null,
    stopPrice: null,
    stopLoss: null,
    takeProfit: null,
    reduceOnly: false,
    role: null,
    entryOrderId: null,
    avgFillPrice: "187.440000000000",
    notional: "2343.00",
    fee: "0.00",
    realizedPnl: null,
    priceAsOf: 0,
    rejectReason: null,
    detail: "Bought 12.5 AAPL at 187.44, the close of 21 Sep 2023.",
    heldCash: "0.00",
    clientOrderId: null,
    runnerId: null,
    generation: 1,
    requestedAt: 0,
    filledAt: 0,
    endedAt: 0,
    expiresAt: null,
};

test("amounts lose no digit on their way", () => {
    for (const [text, digits, amount] of [
        ["10", 8, "10"],
        [" 1,234.50 ", 2, "1234.50"],
        ["0.00000001", 8, "0.00000001"],
        ["0.000000001", 8, null],
        ["1.005", 2, null],
        ["0", 2, null],
        ["0.00", 2, null],
        ["-1", 2, null],
        ["1e5", 2, null],
        ["1,5", 2, null],
        ["1.", 2, null],
        ["", 2, null],
    ] as const)
        assert.equal(positive(text, digits), amount, text);
    assert.deepEqual(["12.50000000", "100000.00", "0.10"].map((text) => trimmed(text)), ["12.5", "100000", "0.1"]);
    assert.deepEqual([trimmed("187.440000000000", 2), trimmed("180", 2), trimmed("0.012300000000", 2)], ["187.44", "180.00", "0.0123"]);
    assert.deepEqual([exactly("1234567.50000000"), exactly("-1234.5"), exactly("999")], ["1,234,567.5", "\u22121,234.5", "999"]);
    assert.equal(difference("0.30000000", "0.10000000"), "0.2");
    assert.equal(difference("123456789012.12345678", "0.00000001"), "123456789012.12345677");
    assert.equal(difference("1", "1.5"), "-0.5");
    assert.equal(difference("7", "7.00"), "0");
});

test("a ticket is filled in by what can be meant, and by nothing else", () => {
    const given = { symbol: "NVDA", side: "SELL", size: 7, type: "constructor", reduceOnly: true, other: "x", stop: "1".repeat(99) };
    assert.deepEqual(filledIn(ticket, given), { ...ticket, symbol: "NVDA", side: "SELL", reduceOnly: true });
});

test("what belongs to purchases is not asked of a sale, nor the other way round", () => {
    const bought: Ticket = { ...ticket, sizing: "risk_pct", hasBracket: true, stopLoss: "170" };
    const sold = consistent({ ...bought, side: "SELL" });
    assert.deepEqual([sold.sizing, sold.size, sold.hasBracket], ["quantity", "", false]);
    assert.equal(consistent({ ...ticket, reduceOnly: true }).reduceOnly, false);
    assert.equal(consistent({ ...ticket, side: "SELL", reduceOnly: true }).reduceOnly, true);
});

test("what can be no order is said before the server is asked", () => {
    assert.deepEqual(faultsOf(ticket), {});
    const table: readonly [Partial<Ticket>, readonly (keyof Ticket)[]][] = [
        [{ symbol: "" }, ["symbol"]],
        [{ size: "" }, ["size"]],
        [{ size: "0" }, ["size"]],
        [{ size: "1.123456789" }, ["size"]],
        [{ sizing: "notional", size: "10.001" }, ["size"]],
        [{ sizing: "risk_pct", size: "101", stopLoss: "170" }, ["size"]],
        [{ sizing: "risk_pct", size: "1" }, ["stopLoss"]],
        [{ type: "LIMIT" }, ["limit"]],
        [{ type: "STOP" }, ["stop"]],
        [{ type: "STOP_LIMIT", stop: "1", limit: "x" }, ["limit"]],
        [{ hasBracket: true }, ["stopLoss"]],
        [{ hasBracket: true, takeProfit: "200" }, []],
        [{ hasBracket: true, stopLoss: "170", takeProfit: "2 00" }, ["takeProfit"]],
        [{ side: "SELL", hasBracket: true }, []],
        [{ limit: "x", stop: "y" }, []],
    ];
    for (const [part, names] of table) assert.deepEqual(Object.keys(faultsOf({ ...ticket, ...part })), names, JSON.stringify(part));
});

test("a ticket without faults is an order in the API's words", () => {
    assert.deepEqual(sentOf(ticket), { symbol: "AAPL", side: "BUY", order_type: "MARKET", quantity: "10" });
    const full: Ticket = {
        ...ticket,
        type: "STOP_LIMIT",
        sizing: "risk_pct",
        size: "0.5",
        stop: "1,190",
        limit: "1191.25",
        timeInForce: "DAY",
        stopLoss: "1180",
        takeProfit: "",
    };
    assert.deepEqual(sentOf(full), {
        symbol: "AAPL",
        side: "BUY",
        order_type: "STOP_LIMIT",
        risk_pct: 0.5,
        limit_price: "1191.25",
        stop_price: "1190",
        time_in_force: "DAY",
        stop_loss: "1180",
    });
    const sold: Ticket = { ...ticket, side: "SELL", sizing: "notional", size: "1,000.50", reduceOnly: true, limit: "9" };
    assert.deepEqual(sentOf(sold), {
        symbol: "AAPL",
        side: "SELL",
        order_type: "MARKET",
        notional: "1000.50",
        reduce_only: true,
    });
    const retired: Ticket = { ...ticket, side: "SELL", symbolId: "17" };
    assert.equal(sentOf(consistent(retired)).symbol_id, 17);
    assert.equal(sentOf(consistent({ ...retired, side: "BUY" })).symbol_id, undefined, "only a sale is of what is held");
});

test("one intended order has one id until it is answered", () => {
    let made = 0;
    const newID = (): string => `0000000${++made}-0000-4000-8000-000000000000`;
    const first = begun(ticket, newID);
    const again = edited(first, { ...ticket, size: "11" });
    assert.equal(again.clientOrderID, first.clientOrderID);
    assert.equal(made, 1);
    for (const status of ["FILLED", "PENDING"] as const) {
        const next = answered(again, status, newID);
        assert.notEqual(next.clientOrderID, first.clientOrderID);
        assert.deepEqual([next.ticket.symbol, next.ticket.size], ["AAPL", ""]);
    }
    const refused = answered(again, "REJECTED", newID);
    assert.notEqual(refused.clientOrderID, first.clientOrderID);
    assert.equal(refused.ticket, again.ticket);
    const taken = takenBefore(again, newID);
    assert.notEqual(taken.clientOrderID, first.clientOrderID);
    assert.equal(taken.ticket, again.ticket);
    // As it was kept by the browser.
    assert.deepEqual(intentFrom(JSON.parse(JSON.stringify(again))), again);
    for (const kept of [null, 7, {}, { clientOrderID: "x", ticket }, { clientOrderID: first.clientOrderID, ticket: null }])
        assert.equal(intentFrom(kept), null, JSON.stringify(kept));
});

test("orders are told in words", () => {
    assert.equal(inWords(order), "Buy 12.5 AAPL at market");
    const limit = { ...order, orderType: "LIMIT", limitPrice: "180.500000000000" } as const;
    assert.equal(inWords(limit), "Buy 12.5 AAPL at 180.50 or less");
    assert.equal(conditionOf({ ...limit, side: "SELL" }), "at 180.50 or more");
    const stop = { ...order, orderType: "STOP_LIMIT", limitPrice: "191", stopPrice: "190" } as const;
    assert.equal(conditionOf(stop), "once it rises to 190.00, at 191.00 or less");
    assert.equal(conditionOf({ ...stop, side: "SELL", orderType: "STOP", limitPrice: null }), "once it falls to 190.00");
});

test("what came of an order is told with what it cost, or why it was refused", () => {
    assert.deepEqual(outcomeInWords(order), { tone: "good", title: "Filled for $2,343.00.", text: order.detail });
    assert.equal(outcomeInWords({ ...order, fee: "1.20" }).title, "Filled for $2,343.00, $1.20 in fees.");
    const refused = outcomeInWords({ ...order, status: "REJECTED", rejectReason: "INSUFFICIENT_CASH" });
    assert.deepEqual([refused.tone, refused.title], ["bad", "Refused: There is not enough cash."]);
    assert.equal(outcomeInWords({ ...order, status: "PENDING" }).title, "Resting: Buy 12.5 AAPL at market.");
    assert.equal(outcomeInWords({ ...order, status: "EXPIRED" }).title, "Expired: Buy 12.5 AAPL at market.");
    assert.equal(refusalInWords("SOMETHING_NEW"), "something new.");
    assert.equal(refusalInWords("constructor"), "constructor.");
});

test("of a resting order only what is another amount is changed", () => {
    const resting: Order = { ...order, status: "PENDING", orderType: "LIMIT", limitPrice: "180.000000000000", stopLoss: "170.000000000000" };
    assert.deepEqual(changeable(resting), ["quantity", "limit_price", "stop_loss"]);
    const form = changeFormOf(resting);
    assert.deepEqual([form.quantity, form.limit_price, form.stop_loss], ["12.5", "180.00", "170.00"]);
    assert.deepEqual(changesOf(resting, { ...form, quantity: "12.50", limit_price: "180" }), {});
    assert.deepEqual(changesOf(resting, { ...form, quantity: "1,000", limit_price: "179.5" }), { quantity: "1000", limit_price: "179.5" });
    assert.equal(faultyField(resting, form), null);
    assert.equal(faultyField(resting, { ...form, stop_loss: "" }), "stop_loss");
    assert.deepEqual(changeable({ ...resting, stopLoss: null, entryOrderId: order.id }), ["limit_price"]);
});

test("every point of the equity has its place on the axis, and no two the same", () => {
    const at = (seconds: number): object => ({ at: seconds, kind: "fill", equity: "100000.00", cash: "5.50" });
    const points = [at(7), at(7), at(7), at(8), at(20)] as unknown as Parameters<typeof curveOf>[0];
    assert.deepEqual(curveOf(points).times, [7, 8, 9, 10, 20]);
    assert.equal(curveOf(points).cash[0], 5.5);
});

test("a range of the account's worth ends now, and begins with what was known at its first moment", () => {
    const day = 86_400;
    const now = 100 * day;
    const point = (at: number, equity: string): EquitySnapshot => ({ at, kind: "fill", equity, cash: "0.00" });
    const points = [point(10 * day, "100.00"), point(98 * day, "120.00"), point(99.5 * day, "110.10")];
    const of = (range: EquityRange, worth = 132): EquityOutline => outlineOf(points, worth, now, range);
    assert.deepEqual(of("All").times, [10 * day, 98 * day, 99.5 * day, now]);
    assert.deepEqual([of("All").gain, of("All").change, of("All").isWhole], [32, 132 / 100 - 1, true]);
    assert.deepEqual(of("1D").times, [99 * day, 99.5 * day, now]);
    assert.deepEqual(of("1D").equity, [120, 110.1, 132]);
    assert.deepEqual(of("1D").across, [0, 0.5, 1]);
    assert.deepEqual([of("1D").gain, of("1D").isWhole], [12, false]);
    assert.equal(of("1W", 100.3).gain, 0.3);
    // An account younger than the range shows all of its life.
    assert.deepEqual({ ...of("1Y") }, { ...of("All") });
    // A point of the very moment at which the range begins; one that the clock of this machine has not reached.
    assert.deepEqual(outlineOf([point(1, "1.00"), point(99 * day, "2.00")], 3, now, "1D").equity, [2, 3]);
    assert.deepEqual(outlineOf([point(now + 60, "1.00")], 3, now, "All").times, [now + 60, now + 61]);
    assert.equal(outlineOf([point(1, "0.00")], 3, now, "All").change, null);
    assert.deepEqual([0, 0.2, 0.3, 0.8, 2].map((place) => nearestTo(place, of("1D"))), [0, 0, 1, 2, 2]);
});

test("orders that wait are levels of the chart, and fills stand at their bars", () => {
    const resting: Order = { ...order, status: "PENDING", orderType: "STOP_LIMIT", stopPrice: "190", limitPrice: "191" };
    const exit: Order = { ...resting, side: "SELL", orderType: "LIMIT", stopPrice: null, limitPrice: "200", role: "TAKE_PROFIT" };
    assert.deepEqual(guidesOf([resting, exit, order]), [
        { at: 190, label: "Buy 12.5 AAPL", side: "buy" },
        { at: 200, label: "Take profit", side: "sell" },
    ]);
    const [day, hour] = [86_400, 3_600];
    const fill = (barStart: number, barInterval: "1d" | "1h"): Execution =>
        ({ side: "BUY", quantity: "1.00000000", barStart, barInterval } as Execution);
    const days = [10 * day, 11 * day, 14 * day];
    const at = (execution: Execution, times: readonly number[], interval: "1d" | "1h"): readonly number[] =>
        markersOf([execution], times, interval).map(({ index }) => index);
    assert.deepEqual(at(fill(11 * day, "1d"), days, "1d"), [1]);
    assert.deepEqual(at(fill(14 * day + 5 * hour, "1h"), days, "1d"), [2]);
    // No bar of that day is here.
    assert.deepEqual(at(fill(12 * day, "1d"), days, "1d"), []);
    assert.deepEqual(at(fill(9 * day, "1d"), days, "1d"), []);
    const hours = Array.from({ length: 24 }, (_, index) => 10 * day + index * hour);
    assert.deepEqual(at(fill(10 * day + 7 * hour, "1h"), hours, "1h"), [7]);
    assert.deepEqual(at(fill(10 * day, "1d"), hours, "1h"), [23]);
    assert.equal(markersOf([fill(11 * day, "1d")], days, "1d")[0]!.text, "Bought 1");
});

test("every limit tells its room in its own unit", () => {
    const limit = { allowed: "25000.00", used: "3000.00", room: "22000.00", isMet: true } as const;
    assert.equal(limitRoom({ ...limit, code: "MAX_ORDER_NOTIONAL", unit: "MONEY" }), "$22,000.00 left of $25,000.00");
    assert.equal(limitRoom({ ...limit, code: "MIN_NOTIONAL", unit: "MONEY", allowed: "1.00" }), "$3,000.00 of at least $1.00");
    const count = { allowed: "200", used: "1", room: "199", isMet: true } as const;
    assert.equal(limitRoom({ ...count, code: "TOO_MANY_ORDERS", unit: "ORDERS" }), "199 left of 200");
    assert.equal(limitRoom({ ...count, code: "INSUFFICIENT_POSITION", unit: "UNITS", room: "1.50000000" }), "1.5 left of 200");
});
