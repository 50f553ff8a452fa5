import assert from "node:assert/strict";
import test from "node:test";
import { type ChartView, formatView, parseView, rangeStart } from "../../../Sources/Web/src/lib/chart-view";
import { parseTime } from "../../../Sources/Web/src/lib/time";

const both = ["1d", "1h"] as const;
const parse = (text: string): ChartView => parseView(new URLSearchParams(text), both);

test("an empty address is the default view, and the default view an empty address", () => {
    assert.deepEqual(parse(""), { interval: "1d", range: "1Y", span: null, isLog: false, overlays: [], page: 1 });
    assert.equal(formatView(parse(""), both), "");
    assert.equal(formatView(parse("interval=1h&range=1M"), both), "?interval=1h");
});

test("every setting survives the way into the address and back", () => {
    for (const text of [
        "?range=5Y&scale=log&overlays=sma.20.close,ema.50.high,rsi.14.close&page=3",
        "?interval=1h&from=2019-01-01T05:00:00Z&to=2019-02-01T00:00:00Z",
        "?from=2020-01-02&to=2020-06-30",
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

test("a range counts back from the last stored bar, not from today", () => {
    assert.equal(rangeStart("1M", parseTime("2023-09-21")!), parseTime("2023-08-21"));
    assert.equal(rangeStart("All", 0), -Infinity);
});
