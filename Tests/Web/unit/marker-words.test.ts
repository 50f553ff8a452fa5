import assert from "node:assert/strict";
import test from "node:test";
import { isCut, worded, type Worded } from "../../../Sources/Web/src/lib/marker-words";

const buy = (index: number, text = "Buy 1"): Worded => ({ index, side: "buy", text });
const sell = (index: number, text = "Sell +2.0%"): Worded => ({ index, side: "sell", text });

// "Buy 1" takes 32 pixels and "Sell +2.0%" 64, about the middle of their bar.
const cases: readonly [string, readonly Worded[], readonly number[]][] = [
    ["one by itself", [buy(200)], [200]],
    ["two of a side that would touch", [sell(200), sell(230)], [200]],
    ["two of a side with room between them", [sell(200), sell(280)], [200, 280]],
    ["a sale before the purchase beside it", [buy(200), sell(210)], [210]],
    ["a purchase between two sales", [sell(200), buy(260), sell(320)], [200, 260, 320]],
    ["a purchase too close to the later sale", [sell(200), buy(280), sell(320)], [200, 320]],
    ["one at the left edge", [buy(10), buy(60)], [60]],
    ["one at the right edge", [buy(900), buy(990)], [900]],
    ["one out of sight, which comes into it with its words", [buy(-40), buy(1040)], [-40, 1040]],
    ["a note takes its room as a sale does", [{ index: 200, side: "note", text: "Sell +2.0%" }, sell(230)], [200]],
];

for (const [name, markers, expected] of cases) {
    test(`words of markers: ${name}`, () => {
        const found = worded(markers, { from: 0, spacing: 1, width: 1000 });
        assert.deepEqual([...found].map(({ index }) => index).sort((left, right) => left - right), expected);
    });
}

test("words of markers follow the window", () => {
    const at = (from: number): boolean => isCut(buy(10), { from, spacing: 1, width: 1000 });
    assert.deepEqual([at(-100), at(0), at(20), at(100)], [false, true, true, false]);
});
