import assert from "node:assert/strict";
import test from "node:test";
import type { AssetType, Series } from "api-types";
import {
    daysOf,
    estimatedBars,
    faultsOf,
    filledIn,
    initialForm,
    isWithin,
    proposed,
    requestOf,
    spanOf,
    spansWithin,
} from "../../../Sources/Web/src/lib/run-form";
import { endInWords } from "../../../Sources/Web/src/lib/run-words";
import { durationInWords, parseTime } from "../../../Sources/Web/src/lib/time";

const series: Series = {
    interval: "1d",
    first: parseTime("2013-01-02")!,
    last: parseTime("2023-09-21")!,
    bars: 2_699,
    revision: 1,
    provider: "test",
    adjustment: "split",
    updatedAt: 0,
};
const form = { ...proposed, strategy: "s", symbol: "AAPL", start: "2020-01-02", end: "2020-12-31" };

test("a form is filled in from what is kept and what an address says, and from nothing else", () => {
    const given = { symbol: "NVDA", timing: "signal_close", equity: 7, other: "x", start: "1".repeat(300) };
    assert.deepEqual(filledIn(proposed, given), { ...proposed, symbol: "NVDA", timing: "signal_close" });
    assert.equal(filledIn(proposed, { timing: "yesterday" }).timing, "next_open");
});

test("what can be no run is said before the server is asked", () => {
    assert.deepEqual(faultsOf(form), {});
    const table: readonly [Partial<typeof form>, keyof typeof form][] = [
        [{ strategy: "" }, "strategy"],
        [{ symbol: "" }, "symbol"],
        [{ start: "2020-02-30" }, "start"],
        [{ end: "" }, "end"],
        [{ end: "2020-12-31T00:00:00Z" }, "end"],
        [{ end: "2019-12-31" }, "end"],
        [{ commission: "five" }, "commission"],
        [{ slippage: "-1" }, "slippage"],
        [{ allocation: "" }, "allocation"],
        [{ equity: "1.005" }, "equity"],
        [{ equity: "1e5" }, "equity"],
    ];
    for (const [part, name] of table)
        assert.deepEqual(Object.keys(faultsOf({ ...form, ...part })), [name], JSON.stringify(part));
});

test("a form without faults is a request in the API's words", () => {
    assert.deepEqual(requestOf({ ...form, version: "7", equity: " 25,000.50 ", commission: "2.5" }, "1d"), {
        strategy_id: "s",
        strategy_version_id: 7,
        symbol: "AAPL",
        timeframe: "1d",
        start_date: "2020-01-02",
        end_date: "2020-12-31",
        initial_equity: "25000.50",
        simulation: { commission_bps: 2.5, slippage_bps: 5, execution_timing: "next_open", allocation_pct: 100 },
    });
    assert.ok(!("strategy_version_id" in requestOf(form, "1d")));
    const spaced = { ...form, start: " 2020-01-02", end: "2020-12-31 " };
    assert.deepEqual(faultsOf(spaced), {});
    assert.deepEqual(requestOf(spaced, "1d"), requestOf(form, "1d"));
});

test("spans end with the series and never begin before it", () => {
    assert.deepEqual(daysOf("1Y", series), { start: "2022-09-21", end: "2023-09-21" });
    assert.deepEqual(daysOf("All", series), { start: "2013-01-02", end: "2023-09-21" });
    assert.deepEqual(spansWithin(series), ["1Y", "3Y", "5Y", "10Y", "All"]);
    assert.deepEqual(spansWithin({ ...series, first: parseTime("2020-06-01")! }), ["1Y", "3Y", "All"]);
    assert.equal(spanOf({ ...form, ...daysOf("3Y", series) }, series), "3Y");
    assert.equal(spanOf(form, series), null);
});

test("days follow to another series that has some of them, and what is half typed is none", () => {
    const table: readonly [string, string, boolean][] = [
        ["2020-01-02", "2020-12-31", true],
        ["1990-01-01", "2013-01-02", true],
        ["2023-09-21", "2030-01-01", true],
        ["1990-01-01", "2013-01-01", false],
        ["2023-09-22", "2030-01-01", false],
        ["2020-0", "2020-12-31", false],
        ["2020-01-02", "", false],
    ];
    for (const [start, end, is] of table) assert.equal(isWithin({ start, end }, series), is, `${start} ${end}`);
});

test("bars are estimated from how many there are", () => {
    const bars = (days: object, of = series, kind: AssetType = "EQUITY"): number | null =>
        estimatedBars({ ...form, ...days }, of, kind);
    assert.equal(bars(daysOf("All", series)), 2_699);
    assert.equal(bars({}), 252);
    assert.equal(bars({ start: "1990-01-01", end: "1990-12-31" }), 0);
    assert.equal(bars({ start: "" }), null);
    // A weekend has no bars of a stock, and a week has five; coins are traded on every day.
    assert.equal(bars({ start: "2020-02-01", end: "2020-02-02" }), 0);
    assert.equal(bars({ start: "2020-02-01", end: "2020-02-09" }), 5);
    assert.equal(bars({ start: "2020-02-05", end: "2020-02-05" }), 1);
    const daily = { ...series, bars: 3_915 };
    assert.equal(bars({ start: "2020-02-01", end: "2020-02-02" }, daily, "CRYPTO"), 2);
    const one = { ...series, first: series.last, bars: 1 };
    assert.equal(bars(daysOf("All", one), one), 1);
});

test("the end of a run is told with what to do, whatever its code", () => {
    assert.equal(endInWords("failed", "BACKTEST_INSUFFICIENT_BARS").title, "Not enough history.");
    assert.equal(endInWords("failed", "constructor").title, "The run failed.");
    assert.equal(endInWords("failed", null).title, "The run failed.");
    assert.equal(endInWords("timed_out", null).title, "It took too long.");
    assert.equal(endInWords("cancelled", "X").title, "Cancelled.");
});

test("durations are told in the units that matter", () => {
    for (const [seconds, words] of [[0, "0 s"], [59, "59 s"], [125, "2 min 5 s"], [3_780, "1 h 3 min"]] as const)
        assert.equal(durationInWords(seconds), words);
});

test("an address that names a strategy means its newest version, and another kind of it trades other symbols", () => {
    const strategies = [
        { id: "stock", assetType: "EQUITY", timeframe: "1d" },
        { id: "other", assetType: "EQUITY", timeframe: "1d" },
        { id: "coin", assetType: "CRYPTO", timeframe: "1h" },
    ];
    const kept = { ...form, strategy: "stock", version: "12" };
    const begun = (address: object): object => {
        const { strategy, version, symbol, start } = initialForm(kept, { ...address }, strategies);
        return { strategy, version, symbol, start };
    };
    assert.deepEqual(begun({}), { strategy: "stock", version: "12", symbol: "AAPL", start: "2020-01-02" });
    assert.deepEqual(begun({ strategy: "stock" }), { ...begun({}), version: "" });
    assert.deepEqual(begun({ strategy: "other" }), { ...begun({}), strategy: "other", version: "" });
    assert.deepEqual(begun({ strategy: "stock", version: "7" }), { ...begun({}), version: "7" });
    assert.deepEqual(begun({ strategy: "stock", symbol: "" }), { ...begun({}), version: "", symbol: "" });
    assert.deepEqual(begun({ strategy: "coin" }), { strategy: "coin", version: "", symbol: "", start: "" });
    assert.deepEqual(begun({ strategy: "gone", version: "7" }), { ...begun({}), version: "" });
    assert.equal(initialForm({ ...kept, strategy: "gone" }, {}, strategies).symbol, "");
});

test("a comma is one of thousands or a fault", () => {
    for (const equity of ["2500,50", "1,5", "10,00", "1,2345"])
        assert.deepEqual(Object.keys(faultsOf({ ...form, equity })), ["equity"], equity);
    assert.equal(requestOf({ ...form, equity: "1,000,000.5" }, "1d").initial_equity, "1000000.5");
});
