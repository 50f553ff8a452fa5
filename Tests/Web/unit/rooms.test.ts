import assert from "node:assert/strict";
import test from "node:test";
import { crossings } from "../../../Sources/Web/src/lib/crossings";
import { firstSteps } from "../../../Sources/Web/src/lib/first-steps";
import { heroOf, niceStep } from "../../../Sources/Web/src/lib/hero";
import { excluding, including, moved, shifted } from "../../../Sources/Web/src/lib/order";
import { ageOfPrices, dayOfPrices } from "../../../Sources/Web/src/lib/price-age";
import { asOfInWords, recentOfBars, recentPrices, spanInWords } from "../../../Sources/Web/src/lib/recent";
import { parseTime, setClock } from "../../../Sources/Web/src/lib/time";

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
        "Prices end on 21 Sep 2023, 3 years ago.",
    );
    assert.equal(
        ageOfPrices([day("2023-09-21"), day("2019-09-30")], now),
        "Prices end between 30 Sep 2019 and 21 Sep 2023, depending on the symbol.",
    );
    assert.equal(dayOfPrices([], "1d", now), null);
    assert.equal(dayOfPrices([day("2026-11-27")], "1d", now), null);
    assert.equal(dayOfPrices([day("2023-09-21"), day("2023-09-21")], "1d", now), "Prices as of 21 Sep 2023");
    assert.equal(dayOfPrices([day("2023-09-21"), day("2019-09-30")], "1d", now), "Old prices");
    // An hour's bar ends sooner than a day's.
    const sevenDays = now - 7 * 86_400 - 7_200;
    assert.equal(dayOfPrices([sevenDays], "1d", now), null);
    assert.notEqual(dayOfPrices([sevenDays], "1h", now), null);
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

test("an item of a list moves, and nothing else does", () => {
    const list = ["a", "b", "c"];
    assert.deepEqual(moved(list, 0, 2), ["b", "c", "a"]);
    assert.deepEqual(moved(list, 2, 1), ["a", "c", "b"]);
    for (const [from, to] of [
        [0, 3],
        [0, -1],
        [3, 0],
        [1, 1],
    ] as const)
        assert.equal(moved(list, from, to), list);
    assert.deepEqual(shifted(list, "b", 1), ["a", "c", "b"]);
    assert.deepEqual(shifted(list, "b", -9), ["b", "a", "c"]);
    for (const [item, steps] of [["a", -1], ["c", 1], ["d", 1], ["b", 0]] as const) assert.equal(shifted(list, item, steps), list);
    assert.deepEqual(excluding(list, "b"), ["a", "c"]);
    assert.equal(excluding(list, "d"), list);
    assert.deepEqual(including(list, "d"), ["a", "b", "c", "d"]);
    assert.equal(including(list, "b"), list);
});

test("the picture of a rule lies in its box and marks each crossing of its averages", () => {
    const count = 900;
    const close = Array.from({ length: count }, (_, index) => 100 + 20 * Math.sin(index / 80));
    const time = close.map((_, index) => day("2020-01-01") + index * 86_400);
    const hero = heroOf({ time, open: close, high: close, low: close, close, volume: close }, 800, 400)!;
    assert.equal(hero.firstTime, time[199]);
    assert.equal(hero.last, close[count - 1]);
    assert.ok(hero.marks.length >= 2);
    for (const { x, y } of hero.marks) assert.ok(x >= 0 && x <= 1 && y > 0 && y < 1);
    assert.deepEqual(hero.years.map(({ text }) => text), ["2021", "2022"]);
    assert.ok(hero.prices.length >= 3 && hero.prices.every(({ at }) => at > 0 && at < 1));
    // Too few bars for the slow average to be a line.
    const few = close.slice(0, 300);
    assert.equal(heroOf({ time, open: few, high: few, low: few, close: few, volume: few }, 800, 400), null);
});

test("a scale has steps that people count in", () => {
    assert.deepEqual([0.3, 1, 1.1, 4, 7, 37].map(niceStep), [0.5, 1, 2, 5, 10, 50]);
});

test("a first step is done when there is what it makes", () => {
    const none = { passkeys: 1, recoveryCodesLeft: 10, strategies: 0, backtests: 0, watchlist: 0 };
    const done = (change: Partial<typeof none>): string[] =>
        firstSteps({ ...none, ...change }).flatMap(({ title, isDone }) => (isDone ? [title] : []));
    assert.deepEqual(done({}), []);
    assert.deepEqual(done({ strategies: 2 }), ["Create a strategy"]);
    assert.deepEqual(done({ backtests: 1, watchlist: 3 }), ["Run a backtest", "Watch a symbol"]);
    assert.deepEqual(done({ passkeys: 2 }), ["Add a second passkey"]);
});

test("the newest bar of a list names the zone of its hour, and a day has none", () => {
    assert.equal(asOfInWords(day("2019-11-08"), "1d"), "2019-11-08");
    assert.equal(asOfInWords(day("2019-11-08T05:00:00Z"), "1h"), "8 Nov 2019 05:00 UTC");
    try {
        setClock("own");
        assert.equal(asOfInWords(day("2019-11-08"), "1d"), "2019-11-08");
        assert.match(asOfInWords(day("2019-11-08T05:00:00Z"), "1h"), / (18:00 UTC\+13|21:00 UTC\u22128)$/);
    } finally {
        setClock("utc");
    }
});
