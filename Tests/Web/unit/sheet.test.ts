import assert from "node:assert/strict";
import test from "node:test";
import type { Backtest, BacktestResults } from "api-types";
import { growth } from "../../../Sources/Web/src/lib/results/growth";
import { headlined } from "../../../Sources/Web/src/lib/results/headline";
import { monthReturn, tintOf } from "../../../Sources/Web/src/lib/results/periods";
import { levelsWithin, plotted, thinned } from "../../../Sources/Web/src/lib/results/plot";
import { plotsOf, sheetOf } from "../../../Sources/Web/src/lib/results/sheet";
import { wrapped } from "../../../Sources/Web/src/lib/results/wrap";
import { parseTime } from "../../../Sources/Web/src/lib/time";

const day = (text: string): number => parseTime(text)!;
const box = { width: 100, height: 50 };
const options = { isLog: false, write: String, apart: 30 };

test("curves fill their box, with round levels beside them", () => {
    const plot = plotted([0, 1, 2], [[0, 5, 10], [NaN, 10, 10]], box, options);
    assert.deepEqual(plot.lines[0], [[0, 50], [50, 25], [100, 0]]);
    assert.deepEqual(plot.lines[1], [[50, 0], [100, 0]], "where there is no value there is no point");
    assert.deepEqual(plot.levels, [{ at: 50, label: "0" }, { at: 25, label: "5" }, { at: 0, label: "10" }]);
});

test("what cannot be scaled is still drawn somewhere in the box", () => {
    for (const [times, values] of [[[], []], [[0], [7]], [[0, 1], [7, 7]], [[0, 1], [NaN, NaN]], [[0, 1], [0, 0]]] as const)
        for (const isLog of [false, true]) {
            const { lines, levels } = plotted(times, [values], box, { ...options, isLog });
            for (const [x, y] of lines[0]!) assert.ok(x >= 0 && x <= 100 && y >= 0 && y <= 50, `${x} ${y}`);
            for (const { at } of levels) assert.ok(Number.isFinite(at));
        }
});

test("levels are round and few, by powers where the scale is logarithmic", () => {
    const table: readonly [number, number, boolean, readonly number[]][] = [
        [0, 10, false, [0, 2, 4, 6, 8, 10]],
        [-0.48, 0, false, [-0.4, -0.3, -0.2, -0.1, 0]],
        [6_000, 1_300_000, true, [10_000, 30_000, 100_000, 300_000, 1_000_000]],
        [1_000, 4_000, true, [1_000, 2_000]],
        [11_000, 14_000, true, [11_000, 12_000, 13_000, 14_000]],
    ];
    for (const [low, high, isLog, expected] of table) assert.deepEqual(levelsWithin(low, high, isLog, 5), expected);
});

test("a long curve keeps its peaks and falls when it is thinned", () => {
    const values = Array.from({ length: 100_000 }, (_, index) => (index === 50_001 ? 9 : index === 50_003 ? -9 : index % 2));
    const kept = thinned(values, 100);
    assert.ok(kept.length <= 400);
    assert.ok([0, 50_001, 50_003, 99_999].every((index) => kept.includes(index)));
    assert.ok(kept.every((index, place) => place === 0 || index > kept[place - 1]!));
});

test("years are named along the axis, months in a short range, apart from each other", () => {
    const daily = (from: string, count: number): number[] =>
        Array.from({ length: count }, (_, index) => day(from) + index * 86_400);
    const labels = (times: number[], width: number): readonly string[] =>
        plotted(times, [times], { width, height: 50 }, options).times.map(({ label }) => label);
    assert.deepEqual(labels(daily("2013-06-01", 1_200), 300), ["2014", "2015", "2016"]);
    assert.deepEqual(labels(daily("2013-06-01", 1_200), 60), ["2014", "2016"]);
    assert.deepEqual(labels(daily("2013-11-20", 60), 300), ["Dec 2013", "Jan 2014"]);
});

test("texts are wrapped, and cut where there is no room", () => {
    const lines = (text: string, maximum = 9): readonly string[] => wrapped(text, 10, maximum, (part) => part.length);
    assert.deepEqual(lines(""), []);
    assert.deepEqual(lines("one two three four"), ["one two", "three four"]);
    assert.deepEqual(lines("a W".replace("W", "W".repeat(23))), ["a", "W".repeat(10), "W".repeat(10), "WWW"]);
    assert.deepEqual(lines("one two three four five", 2), ["one two", "three fou…"]);
});

test("months are tinted beside the largest of them", () => {
    const tint = tintOf([{ year: 2020, months: [0.2, -0.1, null, 0], whole: 0.08 }]);
    assert.deepEqual(tint(0.2), { way: "up", strength: 4 });
    assert.deepEqual(tint(-0.1), { way: "down", strength: 2 });
    assert.deepEqual([tint(null), tint(0)].map(({ way }) => way), [null, null]);
    assert.deepEqual([monthReturn(0.0421), monthReturn(null)], ["+4.2", "–"]);
});

const run = {
    strategyName: "RSI dip",
    versionNumber: 2,
    symbol: "NVDA",
    timeframe: "1d",
    startDate: day("2020-01-02"),
    endDate: day("2020-01-06"),
    createdAt: day("2026-11-28"),
    initialEquity: "10000.00",
    simulation: { allocationPct: 100, commissionBps: 5, slippageBps: 5, executionTiming: "next_open" },
    barRevision: 1,
    engineVersion: "2",
    contentHash: "c0ffee",
    resultHash: null,
    barsHash: "ba55",
    results: {
        totalReturnPct: -5,
        benchmarkReturnPct: 900,
        maxDrawdownPct: 8,
        benchmarkMaxDrawdownPct: 20,
        exposurePct: 40,
        numTrades: 3,
        returnsCount: 4,
        notices: ["RUINED"],
        nullReasons: {},
    } as unknown as BacktestResults,
    statistics: null,
} as unknown as Backtest;

test("every headline figure stands beside holding, or beside what says more of it", () => {
    const found = new Map(headlined(run, null).map(({ figure, value, detail, tone }) => [figure.key, [value, detail, tone]]));
    assert.deepEqual(found.get("totalReturnPct"), ["−5.00%", "Holding +900.00%", "down"]);
    assert.deepEqual(found.get("maxDrawdownPct"), ["−8.00%", "Holding −20.00%", undefined]);
    assert.deepEqual(found.get("exposurePct"), ["40.00%", "2 of 5 bars", undefined]);
    const held = (avgBarsHeld: number): string | undefined =>
        headlined({ ...run, results: { ...run.results!, avgBarsHeld } }, null).find(({ figure }) => figure.key === "numTrades")?.detail;
    assert.deepEqual([held(1), held(2), held(1.5)], ["1 bar each", "2 bars each", "1.5 bars each"]);
});

test("a sheet says what was run, what came of it and what it rests on", () => {
    const times = [0, 1, 2].map((index) => run.startDate + index * 86_400);
    const sheet = sheetOf(run, {
        equity: { times, values: [10_000, 9_900, 9_500] },
        holding: { times: times.slice(1), values: [11_000, 100_000] },
        held: null,
        rules: "Buy low. Sell high.",
    });
    assert.equal(sheet.title, "RSI dip on NVDA");
    assert.match(sheet.detail, /^Version 2 on daily bars, 2 Jan 2020 to 6 Jan 2020\. Run on 28 Nov 2026\.$/);
    assert.match(sheet.assumptions.join(" "), /below 0\.01.*Buy low\..*Commission 5 bps a side.*No dividends/);
    assert.deepEqual(sheet.hashes, ["Content c0ffee", "Result none", "Bars ba55"]);
    assert.deepEqual(sheet.holding, [NaN, 11_000, 100_000]);
    const [equity, falls] = plotsOf(sheet, box, box, 30);
    assert.equal(equity.lines.length, 2);
    assert.equal(falls.levels[falls.levels.length - 1]?.label, "0%");
    assert.equal(growth([0, NaN, 10, 50]), 5);
});
