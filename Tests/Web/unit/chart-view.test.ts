import assert from "node:assert/strict";
import test from "node:test";
import { type ChartView, formatView, isRangeHere, parseView, rangeStart, shownSpan } from "../../../Sources/Web/src/lib/chart-view";
import { formatOverlays, overlaysOf } from "../../../Sources/Web/src/lib/overlays";
import { parseTime } from "../../../Sources/Web/src/lib/time";

const both = ["1d", "1h"] as const;
const parse = (text: string): ChartView => parseView(new URLSearchParams(text), both);

test("an empty address is the default view, and the default view an empty address", () => {
    assert.deepEqual(parse(""), { interval: "1d", range: "1Y", span: null, isLog: false, overlays: [], strategy: null, page: 1 });
    assert.equal(formatView(parse(""), both), "");
    assert.equal(formatView(parse("interval=1h&range=1M"), both), "?interval=1h");
});

test("every setting survives the way into the address and back", () => {
    for (const text of [
        "?range=5Y&scale=log&overlays=sma.20.close,ema.50.high,rsi.14.close&page=3",
        "?interval=1h&from=2019-01-01T05:00:00Z&to=2019-02-01T00:00:00Z",
        "?from=2020-01-02&to=2020-06-30",
        "?from=2020-01-02&to=2020-06-30&range=6M",
        "?overlays=sma.20.close&strategy=01234567-89ab-cdef-0123-456789abcdef",
    ]) {
        assert.equal(formatView(parse(text), both), text);
    }
});

test("what an address cannot mean falls back to the default", () => {
    const wrong =
        "interval=5m&range=9Y&from=2020-06-30&to=2020-01-02&scale=up&page=-1" +
        "&overlays=macd.9.close,sma.1.close,sma.20.mid,sma.x";
    assert.deepEqual(parse(wrong), parse(""));
    assert.equal(parseView(new URLSearchParams("interval=1h"), ["1d"]).interval, "1d");
    assert.equal(parse("page=1e99").page, 1);
});

test("at most eight overlays are drawn", () => {
    assert.equal(parse(`overlays=${new Array(20).fill("sma.20").join(",")}`).overlays.length, 8);
});

test("a strategy's indicators are overlays, each once", () => {
    const one = (type: string, period: unknown, source?: string): object => ({ id: "a", type, params: { period }, source });
    const table: [unknown, string][] = [
        [{ indicators: [one("SMA", 20, "close"), one("EMA", 50), one("SMA", 20, "close")] }, "sma.20.close,ema.50.close"],
        [{ indicators: [one("RSI", 14, "high"), one("MACD", 9, "close"), one("SMA", 1, "close"), null] }, "rsi.14.high"],
        [{ indicators: "none" }, ""],
        [null, ""],
    ];
    for (const [definition, text] of table) assert.equal(formatOverlays(overlaysOf(definition)), text);
});

test("a range counts back from the last stored bar, not from today", () => {
    assert.equal(rangeStart("1M", parseTime("2023-09-21")!), parseTime("2023-08-21"));
    assert.equal(rangeStart("All", 0), -Infinity);
});

test("what is shown is the reader's stretch, and the range where that lies beside all bars", () => {
    const days = ["2020-01-02", "2020-06-30", "2021-01-04", "2021-03-01"].map((day) => parseTime(day)!);
    const last = days[3]!;
    const table: [string, { from: number; to: number }][] = [
        ["from=2020-02-01&to=2020-12-31", { from: parseTime("2020-02-01")!, to: parseTime("2020-12-31")! }],
        ["from=2019-01-01&to=2020-03-01", { from: parseTime("2019-01-01")!, to: parseTime("2020-03-01")! }],
        ["from=2010-01-01&to=2011-01-01&range=1M", { from: parseTime("2021-02-01")!, to: last }],
        ["from=2022-01-01&to=2023-01-01&range=All", { from: -Infinity, to: last }],
        ["range=3M", { from: parseTime("2020-12-01")!, to: last }],
    ];
    for (const [text, shown] of table) assert.deepEqual(shownSpan(parse(text), days), shown, text);
});

test("a range is here when its bars are, or come", () => {
    const days = ["2020-06-30", "2021-03-01"].map((day) => parseTime(day)!);
    const table: [string, boolean, boolean][] = [
        ["range=6M", false, true],
        ["range=1Y", false, false],
        ["range=1Y", true, true],
        ["range=All", false, false],
        ["range=All", true, true],
        ["from=2020-07-01&to=2021-01-01", true, false],
    ];
    for (const [text, isOnItsWay, isHere] of table) {
        assert.equal(isRangeHere(parse(text), days, isOnItsWay), isHere, `${text} ${isOnItsWay}`);
    }
});
