import assert from "node:assert/strict";
import test from "node:test";
import {
    exponentialAverage,
    indicator,
    relativeStrength,
    simpleAverage,
    warmUp,
} from "../../../Sources/Web/src/lib/indicators";

const near = (actual: number, expected: number, tolerance: number): void =>
    assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected} within ${tolerance}`);

test("a simple average waits for a full window, then is the mean of it", () => {
    assert.deepEqual([...simpleAverage([1, 2, 3, 4, 6], 3)], [NaN, NaN, 2, 3, 13 / 3]);
    assert.deepEqual([...simpleAverage([1, 2], 3)], [NaN, NaN]);
});

test("a simple average does not drift after ten thousand bars of very different size", () => {
    const input = Array.from({ length: 10_000 }, (_, index) => (index === 100 ? 1e15 : 0.1));
    near(simpleAverage(input, 5)[9_999]!, 0.1, 1e-12);
});

test("an exponential average starts as a plain mean and then moves by 2 / (n + 1)", () => {
    assert.deepEqual([...exponentialAverage([2, 4, 6, 10, 4], 3)], [NaN, NaN, 4, 7, 5.5]);
    assert.deepEqual([...exponentialAverage([1, 2], 3)], [NaN, NaN]);
});

test("an exponential average of a flat price stays flat", () => {
    exponentialAverage(new Array(500).fill(27.44), 20)
        .slice(19)
        .forEach((value) => near(value, 27.44, 1e-13));
});

test("RSI agrees with the published worked example of Wilder's method", () => {
    const closes = [
        44.3389, 44.0902, 44.1497, 43.6124, 44.3278, 44.8264, 45.0955, 45.4245, 45.8433, 46.0826, 45.8931, 46.0328,
        45.614, 46.282, 46.282, 46.0028, 46.0328, 46.4116, 46.2222, 45.6439,
    ];
    const values = relativeStrength(closes, 14);
    assert.ok(values.slice(0, 14).every(Number.isNaN), "no value before index 14");
    [70.53, 66.32, 66.55, 69.41, 66.36, 57.97].forEach((expected, step) => near(values[14 + step]!, expected, 0.01));
});

test("RSI is 100 with gains only, 0 with losses only, 50 with neither", () => {
    const last = (input: number[]): number => relativeStrength(input, 3)[input.length - 1]!;
    assert.equal(last([1, 2, 3, 4, 5]), 100);
    assert.equal(last([5, 4, 3, 2, 1]), 0);
    assert.equal(last([5, 5, 5, 5, 5]), 50);
});

test("the warm-up of each indicator is the engine's", () => {
    assert.deepEqual([warmUp("sma", 20), warmUp("ema", 20), warmUp("rsi", 14)], [20, 240, 350]);
});

test("values inside the warm-up are left out while older bars are still unread", () => {
    const input = Array.from({ length: 300 }, (_, index) => 100 + Math.sin(index));
    const firstOf = (isWhole: boolean): number =>
        indicator("ema", input, 20, isWhole).findIndex((value) => !Number.isNaN(value));
    assert.equal(firstOf(true), 19);
    assert.equal(firstOf(false), 239);
    assert.ok(indicator("rsi", input, 14, false).every(Number.isNaN), "300 bars are fewer than the warm-up of RSI 14");
});
