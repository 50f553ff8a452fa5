import assert from "node:assert/strict";
import test from "node:test";
import type { Runner, RunnerPerformance } from "api-types";
import { parseTime } from "../../../Sources/Web/src/lib/time";
import { runnerCurve } from "../../../Sources/Web/src/lib/trading/runner-curve";
import {
    hasStopLoss,
    isStartOf,
    proposedCapital,
    purchaseRooms,
    runnerFaults,
    type RunnerForm,
    runnerFormIn,
    runnerSent,
    sizedFor,
} from "../../../Sources/Web/src/lib/trading/runner-form";
import { insideInWords, nextInWords, runnerName } from "../../../Sources/Web/src/lib/trading/runner-words";

const day = (text: string): number => parseTime(text)!;

const runner: Runner = {
    id: "00000000-0000-0000-0000-000000000001",
    strategyId: "00000000-0000-0000-0000-000000000002",
    strategyName: "Cross",
    strategyVersionId: 7,
    versionNumber: 2,
    summary: null,
    symbol: "AAPL",
    assetType: "EQUITY",
    timeframe: "1d",
    status: "RUNNING",
    detail: "Waits for the next bar.",
    next: null,
    capital: "10000.00",
    allocationPct: 100,
    riskPct: null,
    commissionBps: 0,
    cash: "10000.00",
    quantity: "0.00000000",
    equity: "10000.00",
    returnPct: 0,
    bars: 2,
    fills: 0,
    refused: 0,
    afterBar: day("2023-09-20"),
    seenBar: day("2023-09-22"),
    startedAt: 0,
    stoppedAt: null,
};

const performance: RunnerPerformance = {
    runner,
    points: [
        { time: day("2023-09-21"), equity: "10100.00", backtest: 10_100 },
        // Paused meanwhile.
        { time: day("2023-09-22"), equity: null, backtest: 10_050 },
    ],
    forecast: { low: [9_900, 9_800, 9_700, 9_600], middle: [1, 2, 3, 4], high: [5, 6, 7, 8], barsInside: 1, bars: 1 },
    comparison: null,
    trouble: null,
};

const form: RunnerForm = { strategy: "s", version: "", symbol: "AAPL", capital: "10,000", sizing: "allocation_pct", size: "100" };

test("a curve begins with the capital at the bar before the start, and its forecast goes on over weekdays", () => {
    const curve = runnerCurve(performance);
    const days = ["2023-09-20", "2023-09-21", "2023-09-22", "2023-09-25", "2023-09-26"];
    assert.deepEqual(curve.times, days.map(day));
    assert.deepEqual(curve.equity, [10_000, 10_100, NaN, NaN, NaN]);
    assert.deepEqual(curve.backtest, [10_000, 10_100, 10_050, NaN, NaN]);
    assert.deepEqual(curve.band?.low, [10_000, 9_900, 9_800, 9_700, 9_600]);
    assert.deepEqual([curve.newest, curve.end], [2, 4]);
});

test("nothing is to come for one that has ended, and crypto has no weekend", () => {
    assert.equal(runnerCurve({ ...performance, runner: { ...runner, status: "STOPPED" } }).times.length, 3);
    const crypto = runnerCurve({ ...performance, runner: { ...runner, assetType: "CRYPTO" } });
    assert.deepEqual(crypto.times.slice(3), [day("2023-09-23"), day("2023-09-24")]);
});

test("a band whose bars cannot be counted from the start is not drawn", () => {
    const points = Array.from({ length: 5_000 }, (_, index) => ({ time: index * 86_400, equity: "1.00", backtest: 1 }));
    for (const one of [{ ...performance, forecast: null }, { ...performance, trouble: "No." }, { ...performance, points }]) {
        const curve = runnerCurve(one);
        assert.equal(curve.band, null);
        assert.equal(curve.times.length, one.points.length + 1);
    }
});

test("the first bars are shown with as many to come, and the rest is there to be moved to", () => {
    const long = Array.from({ length: 252 }, (_, index) => index);
    const forecast = { ...performance.forecast!, low: long, middle: long, high: long };
    const curve = runnerCurve({ ...performance, forecast });
    assert.equal(curve.times.length, 253);
    assert.equal(curve.end, 22);
});

test("a form takes from an address what can be meant", () => {
    const strategies = [{ id: "a" }, { id: "b" }];
    const of = (given: object): RunnerForm => runnerFormIn(given as Record<string, unknown>, strategies);
    assert.deepEqual(of({}), { strategy: "a", version: "", symbol: "", capital: "", sizing: "allocation_pct", size: "100" });
    assert.deepEqual([of({ symbol: "NVDA" }).strategy, of({ symbol: "NVDA" }).symbol], ["a", "NVDA"]);
    assert.deepEqual(of({ strategy: "b", version: "3", symbol: "X", sizing: "constructor", size: 7 }), {
        ...of({}),
        strategy: "b",
        version: "3",
        symbol: "X",
    });
    const gone = of({ strategy: "c", version: "3", symbol: "X" });
    assert.deepEqual([gone.strategy, gone.version, gone.symbol], ["a", "", ""]);
});

test("risk is asked of a version with a stop alone", () => {
    assert.ok(hasStopLoss({ risk: { stop_loss: { type: "percent", value: 8 } } }));
    for (const definition of [null, undefined, {}, { risk: {} }, { risk: null }, { risk: { take_profit: {} } }])
        assert.ok(!hasStopLoss(definition), JSON.stringify(definition));
    const risky: RunnerForm = { ...form, sizing: "risk_pct", size: "1" };
    assert.equal(sizedFor(risky, true), risky);
    assert.deepEqual(sizedFor(risky, false), form);
    assert.equal(sizedFor({ ...form, size: "50" }, false).size, "50");
});

test("what is proposed leaves room in the cash and in the limits", () => {
    const limit = (code: string, room: string, unit = "MONEY"): never => ({ code, room, unit } as never);
    const rooms = (cash: string, position: string): ReturnType<typeof purchaseRooms> =>
        purchaseRooms([limit("MIN_NOTIONAL", "0.00"), limit("MAX_ORDER_NOTIONAL", "24999.00"), limit("MAX_POSITION_PCT", position), limit("INSUFFICIENT_CASH", cash)], 1);
    assert.deepEqual(rooms("99999.00", "24999.00"), { cash: 100_000, purchase: 25_000 });
    assert.equal(proposedCapital(rooms("99999.00", "24999.00")!), "10000.00");
    assert.equal(proposedCapital(rooms("99999.00", "14963.24")!), "7000.00");
    assert.equal(proposedCapital(rooms("0.00", "24999.00")!), "");
    assert.equal(proposedCapital(rooms("249.00", "24999.00")!), "25.00");
    assert.equal(purchaseRooms([], 1), null);
    assert.equal(purchaseRooms([limit("TOO_MANY_ORDERS", "7", "UNITS")], 1), null);
});

test("what can be no runner is said before the server is asked", () => {
    assert.deepEqual(runnerFaults(form), {});
    const table: readonly [Partial<RunnerForm>, readonly string[]][] = [
        [{ strategy: "" }, ["strategy"]],
        [{ symbol: "" }, ["symbol"]],
        [{ capital: "" }, ["capital"]],
        [{ capital: "10.001" }, ["capital"]],
        [{ size: "0" }, ["size"]],
        [{ size: "100.5" }, ["size"]],
    ];
    for (const [part, names] of table) assert.deepEqual(Object.keys(runnerFaults({ ...form, ...part })), names, JSON.stringify(part));
});

test("a form without faults is a request, and the runner of it is known again", () => {
    const sent = runnerSent(form, 7, "1d");
    assert.deepEqual(sent, { strategy_version_id: 7, symbol: "AAPL", timeframe: "1d", capital: "10000", allocation_pct: 100 });
    assert.ok(isStartOf(runner, sent));
    assert.ok(!isStartOf(runner, { ...sent, capital: "9000" }));
    const risky = runnerSent({ ...form, version: "5", sizing: "risk_pct", size: "2" }, 7, "1d");
    assert.deepEqual([risky.strategy_version_id, risky.risk_pct, risky.allocation_pct], [5, 2, undefined]);
    assert.ok(!isStartOf(runner, risky));
    assert.ok(isStartOf({ ...runner, riskPct: 2, allocationPct: 25 }, risky));
});

test("a runner is told in words", () => {
    assert.equal(runnerName(runner), "Cross v2 on AAPL");
    assert.equal(nextInWords(runner), "Waits for its entry");
    assert.equal(nextInWords({ ...runner, quantity: "1.50000000" }), "Waits for its exit");
    assert.equal(nextInWords({ ...runner, next: "SELL" }), "Sells at the next open");
    assert.equal(nextInWords({ ...runner, status: "PAUSED", next: null }), null);
    const end = "the band, in which 90 of 100 paths lie at each bar.";
    assert.equal(insideInWords(1, 1), `The one bar so far lies within ${end}`);
    assert.equal(insideInWords(0, 1), `The one bar so far lies outside ${end}`);
    assert.equal(insideInWords(20, 20), `All of 20 bars so far lie within ${end}`);
    assert.equal(insideInWords(3, 4), `3 of 4 bars so far, 75%, lie within ${end}`);
    assert.match(insideInWords(0, 0), /^No bar has come yet/);
});
