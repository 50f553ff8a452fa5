import assert from "node:assert/strict";
import test from "node:test";
import type { Bars } from "../../../Sources/Web/src/lib/bars";
import {
    barsOf,
    blockCount,
    blockOf,
    candleOf,
    type Detail,
    detailFor,
    lineOf,
    serves,
    toBars,
    toBlocks,
} from "../../../Sources/Web/src/lib/detail";
import { clamped, wholeWindow } from "../../../Sources/Web/src/lib/viewport";

const counts = [1, 2, 3, 7, 250, 2_699, 87_600, 1_000_000];
const widths = [1, 320, 1_200, 2_500];

/** Windows of every width at every place. */
function* windows(count: number): Generator<{ from: number; to: number }> {
    for (const part of [1, 0.5, 0.1, 0.01, 0.0005]) {
        for (const place of [0, 0.3, 0.77, 1]) {
            const span = count * part;
            yield clamped({ from: (count - span) * place, to: (count - span) * place + span }, count);
        }
    }
    yield wholeWindow(count);
}

test("what is drawn holds the window and does not grow with the history", () => {
    for (const count of counts) {
        for (const pixels of widths) {
            for (const window of windows(count)) {
                const detail = detailFor(window, count, pixels);
                const told = JSON.stringify({ count, pixels, window, detail });
                assert.ok(serves(detail, window, count, pixels), told);
                assert.ok(blockCount(detail) <= 7.5 * Math.max(pixels, 9) + 40, told);
                assert.ok(blockCount(detail) >= 1, told);
                if (window.to - window.from <= pixels) assert.equal(detail.step, 1, told);
            }
        }
    }
});

test("every bar that is drawn lies in one block, and blocks in their order", () => {
    for (const count of counts.filter((one) => one <= 87_600)) {
        for (const window of windows(count)) {
            const detail = detailFor(window, count, 300);
            let next = Math.max(detail.from, 0);
            for (let block = 0; block < blockCount(detail); block++) {
                const [first, end] = barsOf(detail, block);
                assert.equal(first, next);
                assert.ok(end > first);
                assert.equal(blockOf(detail, first), block);
                assert.equal(blockOf(detail, end - 1), block);
                next = end;
            }
            assert.equal(next, detail.to);
        }
    }
});

test("older bars that arrive leave the blocks as they are", () => {
    const before = detailFor({ from: 10_000, to: 20_000 }, 20_000, 1_000);
    for (const added of [1, 777, 67_600]) {
        const after = detailFor({ from: 10_000 + added, to: 20_000 + added }, 20_000 + added, 1_000);
        assert.equal(after.step, before.step);
        assert.equal(Math.abs(after.from - before.from - added) % after.step, 0, `${added}`);
    }
});

test("a place among the blocks and one among the bars are the same place", () => {
    const detail = detailFor({ from: 0, to: 87_600 }, 87_600, 1_000);
    assert.ok(detail.step > 1);
    for (const index of [0, 1, 17.5, 40_000, 87_599]) {
        assert.ok(Math.abs(toBars(detail, toBlocks(detail, index)) - index) < 1e-6);
        assert.ok(Math.round(toBlocks(detail, Math.floor(index))) - blockOf(detail, Math.floor(index)) === 0);
    }
});

test("a small move draws nothing anew, a far or a near one does", () => {
    const window = { from: 40_000, to: 42_000 };
    const detail = detailFor(window, 87_600, 1_000);
    assert.ok(serves(detail, { from: 41_900, to: 43_900 }, 87_600, 1_000));
    assert.ok(!serves(detail, { from: 60_000, to: 62_000 }, 87_600, 1_000));
    assert.ok(!serves(detail, { from: 40_500, to: 40_600 }, 87_600, 1_000));
    assert.ok(!serves(detail, { from: 0, to: 87_600 }, 87_600, 1_000));
});

test("a block of candles has the extremes of its bars and the volume of the busiest", () => {
    const bars: Bars = {
        time: [0, 1, 2],
        open: [10, 12, 9],
        high: [13, 15, 11],
        low: [9, 11, 5],
        close: [12, 11, 6],
        volume: [5, 70, 6],
    };
    assert.deepEqual(candleOf(bars, 0, 3), { open: 10, high: 15, low: 5, close: 6, volume: 70, isVolumeUp: false });
    assert.deepEqual(candleOf(bars, 0, 1), { open: 10, high: 13, low: 9, close: 12, volume: 5, isVolumeUp: true });
});

test("a line keeps every peak and trough, where it begins and where it ends", () => {
    const whole = (values: readonly number[], step: number): Detail => {
        const cut = values.length % step;
        return { step, from: cut === 0 ? 0 : cut - step, to: values.length };
    };
    let seed = 1;
    const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
    for (const length of [1, 2, 5, 64, 1_000, 4_097]) {
        for (const blanks of [0, 1, length >> 1].filter((one) => one < length)) {
            const values = Array.from({ length }, (_, at) => (at < blanks ? NaN : random()));
            const known = values.filter((value) => !Number.isNaN(value));
            for (const step of [1, 2, 8, 256]) {
                const line = [...lineOf(values, whole(values, step))];
                const drawn = line.filter((value) => !Number.isNaN(value));
                const told = `${length} values, ${blanks} blank, by ${step}`;
                assert.equal(line.length, Math.ceil(length / step), told);
                assert.equal(line.at(-1), values.at(-1), told);
                assert.ok(drawn.every((value) => known.includes(value)), told);
                assert.ok(Math.abs(line.findIndex((value) => !Number.isNaN(value)) - Math.ceil(blanks / step)) <= 1, told);
            }
        }
    }
    // A single day's crash among thousands of quiet ones.
    const quiet = Array.from({ length: 9_000 }, (_, at) => (at === 4_321 ? -0.5 : at === 6_789 ? 2 : 1));
    const line = lineOf(quiet, whole(quiet, 16));
    assert.equal(Math.min(...line), -0.5);
    assert.equal(Math.max(...line), 2);
});

test("a line without any value is blank", () => {
    assert.deepEqual([...lineOf([NaN, NaN, NaN, NaN], { step: 2, from: 0, to: 4 })], [NaN, NaN]);
});
