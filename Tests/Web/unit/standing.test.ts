import assert from "node:assert/strict";
import test from "node:test";
import type { Finding, SeriesHealth, StoredSeries } from "api-types";
import { checkName, countsInWords, findingTime, openWithin } from "../../../Sources/Web/src/lib/data/checks";
import { behindInWords, coverageInWords, standingOf } from "../../../Sources/Web/src/lib/data/standing";
import { parseTime } from "../../../Sources/Web/src/lib/time";

const day = (text: string): number => parseTime(text)!;

const stored: StoredSeries = {
    symbol: "AAPL",
    name: "Apple Inc.",
    assetType: "EQUITY",
    interval: "1d",
    first: day("2013-01-02"),
    last: day("2023-09-21"),
    bars: 2_699,
    revision: 1,
    provider: "file",
    adjustment: "split",
    updatedAt: 0,
    findings: { error: 0, warning: 0, info: 0 },
    priceBasisDate: null,
    isOutOfScale: false,
    tradesUntil: null,
    expectedBars: 2_699,
    missingBars: 0,
    checkedAt: 0,
    isChecked: true,
    findingsShown: [],
};

const health: SeriesHealth = {
    symbol: "AAPL",
    assetType: "EQUITY",
    interval: "1d",
    status: "ok",
    last: stored.last,
    ageS: 0,
    barsBehind: 0,
    isStale: false,
    isChecked: true,
    coverage: 1,
    findings: stored.findings,
};

const finding = (change: Partial<Finding>): Finding => ({
    id: 1,
    check: "spike",
    severity: "info",
    from: day("2020-03-01"),
    to: day("2020-03-03"),
    count: 1,
    detail: "The price moved.",
    isDismissed: false,
    ...change,
});

test("a series stands in one line, and says what to do where it does not stand well", () => {
    const late: SeriesHealth = { ...health, barsBehind: 2, isStale: true };
    const found: StoredSeries = {
        ...stored,
        findings: { error: 1, warning: 2, info: 0 },
        findingsShown: [finding({ severity: "error" })],
    };
    const table: readonly [StoredSeries, SeriesHealth | null, string, string, number][] = [
        [stored, health, "good OK", "Up to date · no bar missing · no findings", 0],
        [stored, late, "note Behind", "2 trading days behind · no bar missing · no findings", 1],
        [found, late, "bad Error", "2 trading days behind · no bar missing · 1 error, 2 warnings", 1],
        [{ ...stored, missingBars: 7 }, health, "good OK", "Up to date · 7 of 2,699 bars missing · no findings", 0],
        [
            { ...stored, isOutOfScale: true },
            health,
            "warning Set aside",
            "Set aside · up to date · no bar missing · no findings",
            1,
        ],
        [
            { ...stored, tradesUntil: day("2023-09-20") },
            health,
            "warning Set aside",
            "Set aside · up to date · no bar missing · no findings",
            1,
        ],
        [{ ...stored, isChecked: false }, health, "note Not checked", "Up to date · no bar missing · no findings", 1],
        [
            { ...stored, checkedAt: null, missingBars: null, expectedBars: null, isChecked: false },
            null,
            "note Not checked",
            "Not checked yet",
            1,
        ],
    ];
    for (const [series, known, state, line, remarks] of table) {
        const standing = standingOf({ stored: series, health: known });
        assert.deepEqual([`${standing.tone} ${standing.word}`, standing.line, standing.remarks.length], [state, line, remarks]);
    }
});

test("who rests on some days hears of those days only, and who has a result not of today", () => {
    const series: StoredSeries = {
        ...stored,
        findings: { error: 1, warning: 0, info: 1 },
        findingsShown: [finding({ severity: "error", from: day("2015-01-02"), to: day("2015-01-02") }), finding({ id: 2 })],
    };
    const late: SeriesHealth = { ...health, barsBehind: 1, isStale: true };
    const days = { from: day("2020-03-03"), to: day("2021-01-01") };
    const form = standingOf({ stored: series, health: late }, days);
    assert.deepEqual([form.tone, form.line], ["note", "1 trading day behind · 1 note on these days"]);
    assert.deepEqual(form.findings.map(({ id }) => id), [2]);
    assert.match(form.remarks[0]!, /1 trading day has passed since/);
    const result = standingOf({ stored: series, health: late }, { ...days, isPast: true });
    assert.deepEqual([result.tone, result.line, result.remarks], ["good", "Prices: 1 note on these days", []]);
    const aside = standingOf({ stored: { ...stored, symbol: "BTC-USD", interval: "1h", isOutOfScale: true }, health });
    assert.match(aside.remarks[0]!, /^The daily prices of BTC-USD were restated, as after a split, and the hourly ones were not yet/);
    const split = { ...stored, tradesUntil: day("2023-09-20") };
    assert.match(standingOf({ stored: split, health }).remarks[0]!, /^What came after the bar of 20 Sep 2023 looks like prices after/);
    assert.deepEqual(standingOf({ stored: split, health }, { ...days, isPast: true }).remarks, []);
});

test("findings that an answer had no room for are never none", () => {
    const early = finding({ severity: "error", from: day("2015-01-02"), to: day("2015-01-02") });
    const series: StoredSeries = {
        ...stored,
        findings: { error: 1, warning: 0, info: 50 },
        findingsShown: [early, finding({ id: 2, isDismissed: true })],
    };
    const days = (from: string) => standingOf({ stored: series, health }, { from: day(from), to: day("2021-01-01"), isPast: true });
    const late = days("2020-03-03");
    assert.deepEqual([late.tone, late.line], ["note", "Prices: 50 notes on days not listed"]);
    assert.deepEqual(late.unlisted, { error: 0, warning: 0, info: 50 });
    assert.equal(days("2014-01-01").line, "Prices: 1 error on these days, 50 notes on days not listed");
    assert.match(standingOf({ stored: series, health }).line, /1 error, 50 notes$/);
});

test("bars are counted as their market has them", () => {
    const words = (change: Partial<SeriesHealth>): string => behindInWords({ ...health, barsBehind: 1_302, ...change });
    assert.equal(words({}), "1,302 trading days behind");
    assert.equal(words({ assetType: "CRYPTO" }), "1,302 days behind");
    assert.equal(words({ assetType: "CRYPTO", interval: "1h", barsBehind: 1 }), "1 hour behind");
});

test("a share is all only where nothing is missing", () => {
    assert.deepEqual([1, 0.99999, 0.9986, 0.5].map(coverageInWords), ["100%", "99.99%", "99.86%", "50.00%"]);
});

test("findings have names, times and counts", () => {
    assert.equal(checkName("split_suspect"), "Looks like a split");
    assert.equal(checkName("odd_thing"), "Odd thing");
    assert.equal(findingTime(finding({}), "1d"), "1 Mar 2020 to 3 Mar 2020");
    assert.equal(findingTime(finding({ to: day("2020-03-01") }), "1h"), "1 Mar 2020 00:00 UTC");
    assert.equal(countsInWords({ error: 0, warning: 0, info: 0 }), null);
    assert.equal(countsInWords({ error: 1, warning: 0, info: 4 }), "1 error, 4 notes");
    const all = [finding({}), finding({ id: 2, isDismissed: true })];
    assert.deepEqual(openWithin(all, day("2020-03-03"), Infinity).map(({ id }) => id), [1]);
    assert.deepEqual(openWithin(all, day("2020-03-04"), Infinity), []);
});
