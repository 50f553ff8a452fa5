import assert from "node:assert/strict";
import test from "node:test";
import type { BacktestResults, BacktestRun, RunStatistics } from "api-types";
import { holdingsOf, idsIn, letterOf, oldestFirst } from "../../../Sources/Web/src/lib/results/compared";
import { allTimes, atTimes, drawdowns, parseCurve, rebased } from "../../../Sources/Web/src/lib/results/curve";
import { binned } from "../../../Sources/Web/src/lib/results/distribution";
import {
    figures,
    type Format,
    reasonOf,
    toneOf,
    valueOf,
    written,
    writtenDifference,
    figureOf,
} from "../../../Sources/Web/src/lib/results/figures";
import { holdingCurve } from "../../../Sources/Web/src/lib/results/holding";
import { measured } from "../../../Sources/Web/src/lib/results/measures";
import { returnsByYear, strength } from "../../../Sources/Web/src/lib/results/periods";
import { definitionDifferences, differingSettings } from "../../../Sources/Web/src/lib/results/settings";
import { variantsOf } from "../../../Sources/Web/src/lib/results/variants";
import { outcomeInWords, verdictInWords } from "../../../Sources/Web/src/lib/results/verdict";
import { missingInWords, noticeInWords } from "../../../Sources/Web/src/lib/results/words";
import { parseTime } from "../../../Sources/Web/src/lib/time";

const day = (text: string): number => parseTime(text)!;
const near = (actual: number | null, expected: number, within = 1e-9): void =>
    assert.ok(actual !== null && Math.abs(actual - expected) <= within, `${actual} is not ${expected}`);

/** The golden vector of the statistics: ten returns, one a day. */
const returns = [0.01, -0.02, 0.015, 0.003, -0.007, 0.012, -0.004, 0.02, -0.011, 0.006];
const golden = {
    times: [0, ...returns].map((_, index) => day("2020-01-02") + index * 86_400),
    values: returns.reduce((found, change) => [...found, found[found.length - 1]! * (1 + change)], [10_000]),
};

test("a curve falls from its highest value so far, and from the start", () => {
    const table: readonly [readonly number[], number, readonly number[]][] = [
        [[], 100, []],
        [[100], 100, [0]],
        [[90], 100, [-0.1]],
        [[110, 99, 121, 60.5], 100, [0, -0.1, 0, -0.5]],
        [[0, 0], 100, [-1, -1]],
        [[NaN, 50], 100, [NaN, -0.5]],
    ];
    for (const [values, initial, expected] of table)
        drawdowns(values, initial).forEach((fall, index) =>
            Number.isNaN(expected[index]) ? assert.ok(Number.isNaN(fall)) : near(fall, expected[index]!),
        );
    assert.deepEqual(rebased([100, 150, 50], 100), [0, 0.5, -0.5]);
    assert.ok(Number.isNaN(rebased([1], 0)[0]));
});

test("the file of a curve is read as it is written, and nothing else is", () => {
    assert.deepEqual(parseCurve("time,equity\n2013-01-02,10000\n2013-01-03,9999.5\n"), {
        times: [day("2013-01-02"), day("2013-01-03")],
        values: [10_000, 9_999.5],
    });
    assert.deepEqual(parseCurve("time,equity\r\n2019-10-01T01:00:00Z,1e-3\r\n").values, [0.001]);
    assert.deepEqual(parseCurve("time,equity\n"), { times: [], values: [] });
    for (const wrong of ["", "time,value\n", "time,equity\n2013-13-02,1", "time,equity\n2013-01-02,", "time,equity\n2013-01-02,NaN"])
        assert.throws(() => parseCurve(wrong), wrong);
});

test("a thinned curve holds its last known value between its points, and has none outside them", () => {
    const curve = { times: [20, 40], values: [2, 4] };
    assert.deepEqual(atTimes(curve, [10, 20, 30, 40, 50]), [NaN, 2, 2, 4, NaN]);
    assert.deepEqual(atTimes({ times: [], values: [] }, [1]), [NaN]);
    assert.deepEqual(allTimes([curve, { times: [10, 40], values: [1, 1] }]), [10, 20, 40]);
});

test("the figures of a curve are those of the statistics' golden vector", () => {
    for (const [periods, sharpe] of [
        [252, 3.009469249],
        [365, 3.621896801],
        [8_760, 17.743598128],
    ] as const)
        near(measured(golden, 10_000, periods).sharpeRatio, sharpe, 1e-8);
    const found = measured(golden, 10_000, 252);
    near(found.finalEquity, 10_235.238529813, 1e-8);
    near(found.sortinoRatio, 4.976943426, 1e-8);
    near(found.maxDrawdownPct, 2, 1e-9);
    near(found.longestUnderwaterDays, 5);
    assert.equal(found.cagrPct, null, "not under 90 days");
});

test("figures that do not exist are none, never infinite", () => {
    const flat = measured({ times: [0, 86_400 * 400], values: [100, 100] }, 100, 252);
    assert.deepEqual(
        [flat.sharpeRatio, flat.sortinoRatio, flat.calmarRatio, flat.maxDrawdownPct, flat.longestUnderwaterDays],
        [null, null, null, 0, 0],
    );
    near(flat.cagrPct, 0);
    assert.deepEqual(Object.values(measured({ times: [], values: [] }, 100, 252)).filter((one) => one !== null), []);
    assert.equal(measured({ times: [0], values: [100] }, 100, 252).volatilityPct, null);
});

test("holding is bought by the run's own rule and costs, and sold at the last close", () => {
    const bars = { time: [0, 1, 2], open: [10, 11, 12], high: [], low: [], close: [10.5, 11.5, 13], volume: [] };
    const settings = (timing: "signal_close" | "next_open", bps: number, allocation: number) => ({
        initialEquity: "1000.00",
        simulation: { allocationPct: allocation, commissionBps: bps, slippageBps: bps, executionTiming: timing },
    });
    const table: readonly [Parameters<typeof holdingCurve>[1], readonly number[]][] = [
        [settings("next_open", 0, 100), [1_000, (1_000 / 11) * 11.5, (1_000 / 11) * 13]],
        [settings("signal_close", 0, 100), [1_000, (1_000 / 10.5) * 11.5, (1_000 / 10.5) * 13]],
        [settings("next_open", 0, 50), [1_000, 500 + (500 / 11) * 11.5, 500 + (500 / 11) * 13]],
        [
            settings("next_open", 100, 100),
            [1_000, (1_000 / (11 * 1.01 * 1.01)) * 11.5, (1_000 / (11 * 1.01 * 1.01)) * 13 * 0.99 * 0.99],
        ],
    ];
    for (const [given, expected] of table)
        holdingCurve(bars, given).forEach((value, index) => near(value, expected[index]!, 1e-9));
    const one = { time: [0], open: [10], high: [], low: [], close: [10], volume: [] };
    assert.deepEqual(holdingCurve(one, settings("next_open", 0, 100)), [], "one bar leaves no time to hold");
    assert.deepEqual(holdingCurve(bars, { initialEquity: "1000.00", simulation: { allocationPct: 100 } }), []);
});

test("months and years run from the last value before them, in UTC", () => {
    const curve = {
        times: ["2020-11-30", "2020-12-31", "2021-02-01", "2021-02-26"].map(day),
        values: [110, 99, 120, 148.5],
    };
    const [first, second] = returnsByYear(curve, 100);
    near(first!.months[10]!, 0.1);
    near(first!.months[11]!, -0.1);
    assert.equal(first!.months[0], null);
    near(first!.whole, -0.01);
    assert.equal(second!.months[0], null, "a month without a bar has no return");
    near(second!.months[1]!, 0.5);
    near(second!.whole, 0.5);
    assert.deepEqual(returnsByYear({ times: [], values: [] }, 100), []);
    const hours = { times: [day("2020-01-31T23:00:00Z"), day("2020-02-01T00:00:00Z")], values: [50, 100] };
    assert.deepEqual(returnsByYear(hours, 100)[0]!.months.slice(0, 2), [-0.5, 1]);
    assert.deepEqual(
        [strength(0, 1), strength(0.01, 1), strength(0.5, 1), strength(-1, 1), strength(1, 0)],
        [0, 1, 2, 4, 0],
    );
});

test("returns of trades fall into bins of one width, with an edge at zero", () => {
    assert.deepEqual(binned([]), []);
    const bins = binned([-3, -0.5, 0, 0.5, 5.2]);
    assert.equal(bins.reduce((sum, { count }) => sum + count, 0), 5);
    assert.ok(bins.some(({ from }) => from === 0));
    assert.ok(bins.every(({ from, isLoss }) => isLoss === from! < 0));
    const width = bins[0]!.to! - bins[0]!.from!;
    for (const { from, to } of bins) near(to! - from!, width, 1e-9);
    assert.equal(bins.find(({ from }) => from === 0)!.count, 1, "a break-even trade is no loss");
    for (const same of [0, 2, -2]) assert.equal(binned([same, same]).reduce((sum, { count }) => sum + count, 0), 2);
    const many = binned([...Array.from({ length: 198 }, (_, index) => (index % 20) - 10), 4_000, -900]);
    assert.ok(many.length < 80, `${many.length} bins`);
    assert.equal(many[0]!.from, null);
    assert.equal(many[many.length - 1]!.to, null);
    assert.equal(many.reduce((sum, { count }) => sum + count, 0), 200);
});

const results = {
    totalReturnPct: 12.5,
    sharpeRatio: 0.9,
    sharpePerBar: 0.9 / Math.sqrt(252),
    numTrades: 40,
    profitFactor: null,
    nullReasons: { profit_factor: "NO_LOSSES" },
} as unknown as BacktestResults;
const statistics = {
    verdict: "SURVIVES_DEFLATION",
    trials: 14,
    dsr: 0.97,
    dsrExcess: 0.96,
    expectedMaxSharpePerBar: 0.6 / Math.sqrt(252),
    nullReasons: {},
} as unknown as RunStatistics;

test("every figure is named and explained once", () => {
    assert.equal(new Set(figures.map(({ key }) => key)).size, figures.length);
    assert.equal(new Set(figures.map(({ label }) => label)).size, figures.length);
    for (const { explain } of figures) assert.match(explain, /[.?]$/);
});

test("a figure that is not there says why", () => {
    const factor = figureOf("profitFactor");
    assert.equal(valueOf(factor, { results, statistics }), null);
    assert.match(reasonOf(factor, { results, statistics }), /No trade lost/);
    assert.equal(valueOf(figureOf("dsr"), { results, statistics }), 0.97);
    assert.equal(valueOf(figureOf("dsr"), { results: null, statistics: null }), null);
    assert.equal(missingInWords("constructor"), "It is not known for this run.");
    assert.equal(noticeInWords("A_LATER_ONE"), "a later one");
});

test("figures are written in their own units", () => {
    const table: readonly [number | null, Format, string][] = [
        [null, "ratio", "–"],
        [Infinity, "ratio", "–"],
        [1_234.567, "money", "1,234.57"],
        [12.345, "percent", "12.35%"],
        [-12.345, "change", "−12.35%"],
        [12.3, "change", "+12.30%"],
        [18.3, "fall", "−18.30%"],
        [0, "fall", "0.00%"],
        [-4.5, "points", "−4.50 pp"],
        [0.9999999, "chance", "> 99.99%"],
        [0.00000001, "chance", "< 0.01%"],
        [0.5, "chance", "50.00%"],
        [1, "days", "1 day"],
        [1_179, "days", "1,179 days"],
        [30.7, "bars", "30.7"],
        [0.06302, "small", "0.0630"],
    ];
    for (const [value, format, expected] of table) assert.equal(written(value, format), expected);
    assert.equal(writtenDifference(3, 1, "ratio"), "+2.00");
    assert.equal(writtenDifference(1, 3, "ratio"), "−2.00");
    assert.equal(writtenDifference(3, 3, "count"), "0");
    assert.equal(writtenDifference(0.95, 0.9, "chance"), "+5.00 pp");
    assert.equal(writtenDifference(10, 12, "percent"), "−2.00 pp");
    assert.equal(writtenDifference(10, 12, "fall"), "+2.00 pp");
    assert.equal(writtenDifference(null, 12, "percent"), "");
    assert.equal(toneOf(figureOf("maxDrawdownPct"), 10, 20), "better");
    assert.equal(toneOf(figureOf("sharpeRatio"), 1, 2), "worse");
    assert.equal(toneOf(figureOf("numTrades"), 1, 2), "same");
    assert.equal(toneOf(figureOf("finalEquity"), 2_000, 1_000), "same", "it may have begun with more");
    assert.equal(toneOf(figureOf("sharpeRatio"), null, 2), "same");
    assert.equal(toneOf(figureOf("sharpeRatio"), 1.0001, 1), "same", "what reads alike is no better");
    assert.equal(toneOf(figureOf("dsr"), 0.95, 0.9), "better");
    assert.equal(written(412.7, figureOf("minTrackRecordBars").format), "413", "there is no part of a bar");
});

test("the verdict says what was tried and what it means, and never that anything is proven", () => {
    const words = (change: Partial<RunStatistics>, figures: Partial<BacktestResults> = {}) =>
        verdictInWords({ ...results, ...figures }, { ...statistics, ...change }, "NVDA");
    const table: readonly [ReturnType<typeof words>, RegExp][] = [
        [words({}), /at least 14 variants.*N = 14.*about 0\.60.*shows 0\.90/],
        [words({ trials: 1 }), /1 variant here \(N = 1\)/],
        [words({ verdict: "INSUFFICIENT_SAMPLE" }, { numTrades: 12 }), /made 12 trades\. Under 30/],
        [words({ verdict: "INSUFFICIENT_SAMPLE" }, { numTrades: 0 }), /no trade at all/],
        [words({ verdict: "INSUFFICIENT_SAMPLE" }), /half a year/],
        [words({ verdict: "NOT_DISTINGUISHABLE_FROM_LUCK", dsr: 0.4 }), /better than luck is 40\.00%/],
        [words({ verdict: "NOT_DISTINGUISHABLE_FROM_LUCK" }, { sharpeRatio: -0.2 }), /nothing for its risk.*−0\.20/],
        [words({ verdict: "BORDERLINE", dsr: 0.92 }), /92\.00%/],
        [words({ verdict: "EXPLAINED_BY_MARKET", dsrExcess: 0.7 }), /70\.00%.*Owning NVDA/],
        [words({}, { sharpeRatio: null, sharpePerBar: null }), /looks good by chance alone/],
    ];
    for (const [{ title, text, tried }, expected] of table) {
        const all = `${title}. ${text} ${tried}`;
        assert.match(all, expected);
        assert.doesNotMatch(all, /\bproven\b|NaN|null|undefined/);
    }
});

test("what came of it is said before luck is", () => {
    const words = (totalReturnPct: number | null, benchmarkReturnPct: number | null, change: Partial<BacktestResults> = {}) =>
        outcomeInWords({ ...results, totalReturnPct, benchmarkReturnPct, ...change }, "NVDA");
    const table: readonly [ReturnType<typeof words>, string, RegExp][] = [
        [words(-13.25, 12772.66), "It lost money, holding did not", /^It lost 13\.25%, while holding NVDA made 12,772\.66%\./],
        [words(4, 9), "It made less than holding", /made 4\.00%, while/],
        [words(20, -5), "It beat holding", /^It made 20\.00%, where holding NVDA lost 5\.00%\./],
        [words(-6, -5), "It lost more than holding", /lost 6\.00%, while holding NVDA lost/],
        [words(0, 5), "Holding did better", /made nothing, while/],
        [words(-2, -5), "It lost less than holding", /lost 2\.00%, where holding NVDA lost/],
        [words(3, 3), "As much as holding", /made 3\.00%/],
        [words(4, null), "It made money", /^It made 4\.00%\.$/],
        [words(-4, null), "It lost money", /^It lost 4\.00%\.$/],
        [words(0, 3, { numTrades: 0 }), "It never bought", /^So it made nothing; holding NVDA made 3\.00%\.$/],
        [
            words(1, 2, { maxDrawdownPct: 10, benchmarkMaxDrawdownPct: 66.36 }),
            "It made less than holding",
            /On the way it fell 10\.00% from a peak, holding 66\.36%\.$/,
        ],
    ];
    for (const [found, title, text] of table) {
        assert.equal(found?.title, title);
        assert.match(found?.text ?? "", text);
    }
    assert.equal(words(null, 3), null);
});

const run = {
    strategyName: "A",
    versionNumber: 1,
    symbol: "NVDA",
    timeframe: "1d",
    startDate: day("2013-01-02"),
    endDate: day("2020-01-02"),
    initialEquity: "10000.00",
    simulation: { allocationPct: 100, commissionBps: 5, slippageBps: 5, executionTiming: "next_open" },
    barRevision: 1,
    engineVersion: "2",
} as unknown as BacktestRun;

test("what differs between runs is told setting by setting", () => {
    assert.deepEqual(differingSettings([run, run]), []);
    assert.deepEqual(differingSettings([]), []);
    const other = { ...run, symbol: "AAPL", simulation: { ...run.simulation, commissionBps: 7.5 } };
    assert.deepEqual(differingSettings([run, other, run]), [
        { label: "Symbol", values: ["NVDA", "AAPL", "NVDA"] },
        { label: "Commission", values: ["5 bps a side", "7.5 bps a side", "5 bps a side"] },
    ]);
    // Another release stored the second.
    const strange = { ...run, simulation: { ...run.simulation, slippageBps: undefined, executionTiming: "at_noon" } };
    assert.deepEqual(
        differingSettings([run, strange as unknown as BacktestRun]).map(({ values }) => values[1]),
        ["not known", "at_noon"],
    );
});

test("what differs between definitions is told in words, as far as this page can read them", () => {
    const definition = (period: number, risk: object = {}) => ({
        indicators: [{ id: "fast", type: "SMA", params: { period }, source: "close" }],
        entry: {
            logic: "AND",
            conditions: [{ left: { price: "close" }, op: "gt", right: { indicator: "fast" } }],
        },
        exit: {
            logic: "AND",
            conditions: [{ left: { price: "close" }, op: "lt", right: { indicator: "fast" } }],
        },
        risk,
    });
    assert.deepEqual(definitionDifferences(definition(10), definition(10)), []);
    assert.match(definitionDifferences(definition(10), definition(20))!.join(), /20/);
    const stop = { stop_loss: { type: "percent", value: 6 } };
    assert.match(definitionDifferences(definition(10), definition(10, stop))!.join(), /^with .*6/);
    assert.match(definitionDifferences(definition(10, stop), definition(10))!.join(), /^without .*6/);
    assert.equal(definitionDifferences(definition(10), { later: true }), null);
});

test("an address names two to six different runs", () => {
    const id = (number: number): string => `00000000-0000-4000-8000-00000000000${number}`;
    const ids = (count: number): string => Array.from({ length: count }, (_, index) => id(index)).join(",");
    const table: readonly [string, string][] = [
        ["", "few"],
        ["?ids=", "few"],
        [`?ids=${id(1)}`, "few"],
        [`?ids=${ids(2)}`, "right"],
        [`?ids=${ids(6)}`, "right"],
        [`?ids=${ids(7)}`, "many"],
        [`?ids=${id(1)},${id(1)}`, "twice"],
        [`?ids=${id(1)},AAPL`, "malformed"],
        ["?ids=../../etc", "malformed"],
    ];
    for (const [query, state] of table) assert.equal(idsIn(query).state, state, query);
    assert.deepEqual([0, 5].map(letterOf), ["A", "F"]);
});

test("runs are compared from the oldest on, whichever was chosen first", () => {
    const run = (id: string, createdAt: number) => ({ id, createdAt });
    assert.deepEqual(oldestFirst([run("b", 2), run("c", 3), run("a", 1)]), ["a", "b", "c"]);
});

test("runs over the same bars have one holding, others one each that says whose it is", () => {
    const run = (symbol: string, startDate = 1, timeframe = "1d") => ({ symbol, timeframe, startDate, endDate: 9 });
    const named = (...runs: ReturnType<typeof run>[]): [string, readonly number[]][] =>
        holdingsOf(runs).map(({ name, runs }) => [name, runs]);
    assert.deepEqual(named(run("AAPL"), run("AAPL")), [["Holding AAPL", [0, 1]]]);
    assert.deepEqual(named(run("AAPL"), run("NVDA"), run("AAPL")), [
        ["Holding AAPL (A, C)", [0, 2]],
        ["Holding NVDA (B)", [1]],
    ]);
    for (const other of [run("AAPL", 2), run("AAPL", 1, "1h")])
        assert.deepEqual(named(run("AAPL"), other), [
            ["Holding AAPL (A)", [0]],
            ["Holding AAPL (B)", [1]],
        ]);
});

test("what a run is run again with reads as a label, and changes what it says", () => {
    const variants = (simulation: object) => variantsOf({ simulation: { ...run.simulation, ...simulation } });
    const labels = (simulation: object) => variants(simulation).map(({ label }) => label);
    assert.deepEqual(labels({}), [
        "The same settings",
        "Twice the costs (10 and 10 bps)",
        "Fills at the signal’s own close",
        "Another symbol",
        "The newest version",
    ]);
    assert.deepEqual(variants({})[1]!.change, { commission: "10", slippage: "10" });
    const free = { commissionBps: 0, slippageBps: 0, executionTiming: "signal_close" };
    assert.deepEqual(labels(free).slice(1, 3), ["Costs of 5 and 5 bps", "Fills at the next open"]);
    assert.deepEqual(variants(free)[1]!.change, { commission: "5", slippage: "5" });
});
