import assert from "node:assert/strict";
import test from "node:test";
import { crossings } from "../../../Sources/Web/src/lib/crossings";
import { ageOfPrices } from "../../../Sources/Web/src/lib/price-age";
import { recentOfBars, recentPrices, spanInWords } from "../../../Sources/Web/src/lib/recent";
import { parseTime } from "../../../Sources/Web/src/lib/time";

const day = (text: string): number => parseTime(text)!;

test("a change goes over the very closes that are drawn", () => {
    const recent = recentPrices("1d", [100, 150, 110], day("2023-09-21"));
    assert.equal(recent.last, 110);
    assert.ok(Math.abs(recent.change! - 0.1) < 1e-12);
    const close = Array.from({ length: 40 }, (_, index) => index + 1);
    const found = recentOfBars("1d", { time: close, open: close, high: close, low: close, close, volume: close });
    assert.deepEqual([found.closes.length, found.closes[0], found.last, found.asOf], [30, 11, 40, 40]);
    assert.ok(Math.abs(found.change! - (40 / 11 - 1)) < 1e-12);
});

test("one bar has a price and no change, none has neither", () => {
    assert.deepEqual([recentPrices("1d", [7], 0).last, recentPrices("1d", [7], 0).change], [7, null]);
    assert.deepEqual([recentPrices("1d", [], null).last, recentPrices("1d", [], null).change], [null, null]);
});

test("a span is told in days or hours", () => {
    assert.deepEqual(
        [spanInWords("1d", 30), spanInWords("1h", 30), spanInWords("1d", 1)],
        ["30 days", "30 hours", "1 day"],
    );
});

test("old prices are told with their day, those of this week are not", () => {
    const now = day("2026-11-28");
    assert.equal(ageOfPrices([], now), null);
    assert.equal(ageOfPrices([day("2026-11-27")], now), null);
    assert.equal(
        ageOfPrices([day("2023-09-21"), day("2023-09-21")], now),
        "Prices as of 21 Sep 2023, 3 years ago: good for research, not for today\u2019s market.",
    );
    assert.equal(
        ageOfPrices([day("2023-09-21"), day("2019-09-30")], now),
        "Prices as of 30 Sep 2019 to 21 Sep 2023, depending on the symbol: good for research, not for today\u2019s market.",
    );
});

test("a crossing is a bar beyond after one that was not, as in the engine", () => {
    assert.deepEqual(crossings([1, 2, 3, 1], [2, 2, 2, 2]), [
        { index: 2, side: "above" },
        { index: 3, side: "below" },
    ]);
    // A line that touches and turns back has crossed, after that rule; values that are not there yet are on no side.
    assert.deepEqual(crossings([1, 2, 1], [2, 2, 2]), [{ index: 2, side: "below" }]);
    assert.deepEqual(crossings([NaN, 3, 1], [NaN, 2, 2]), [{ index: 2, side: "below" }]);
});
