import assert from "node:assert/strict";
import test from "node:test";
import { barsIn, clamped, Viewport, wholeWindow, type Window } from "../../../Sources/Web/src/lib/viewport";

const counts = [1, 2, 7, 30, 2_699, 87_600];

/** How many bars of a chart of `count` a window shows. */
function inView(window: Window, count: number): number {
    const [from, to] = barsIn(window, count);
    return to - from + 1;
}

const isNear = (left: number, right: number): void => assert.ok(Math.abs(left - right) < 1e-6, `${left} is ${right}`);

test("zooming out shows all bars and stays there", () => {
    for (const count of counts) {
        const viewport = new Viewport(count);
        viewport.show(Math.max(0, count - 250), count - 1);
        for (const factor of [1.6, 1.7, 2]) {
            for (let press = 0; press < 14; press++) viewport.zoom(factor);
            assert.equal(inView(viewport.window, count), count, `${count} bars by ${factor}`);
            isNear(viewport.window.from, wholeWindow(count).from);
            isNear(viewport.window.to, wholeWindow(count).to);
            viewport.show(Math.max(0, count - 250), count - 1);
        }
    }
});

test("panning to either side ends at the data", () => {
    for (const count of counts) {
        for (const part of [-3, -0.3, 0.3, 3]) {
            const viewport = new Viewport(count);
            viewport.show(Math.max(0, count - 60), count - 1);
            const width = Math.min(60, count);
            for (let press = 0; press < 6_000; press++) viewport.pan(part);
            assert.ok(inView(viewport.window, count) >= Math.floor(width * 0.8), `${count} bars, ${part}`);
            const [first, last] = barsIn(viewport.window, count);
            assert.equal(part < 0 ? first : last, part < 0 ? 0 : count - 1);
        }
    }
});

test("zooming in ends at a few bars", () => {
    const viewport = new Viewport(500);
    for (let press = 0; press < 50; press++) viewport.zoom(0.5);
    const { from, to } = viewport.window;
    isNear(to - from, 8);
    assert.ok(inView(viewport.window, 500) >= 5);
});

test("zoom keeps the place of the newest bar when it is in view, else of the middle", () => {
    const viewport = new Viewport(1_000);
    const placeOf = (index: number): number => {
        const { from, to } = viewport.window;
        return (index - from) / (to - from);
    };
    viewport.show(800, 999);
    const newest = placeOf(999);
    for (const factor of [0.5, 0.6, 1.6, 2]) {
        viewport.zoom(factor);
        isNear(placeOf(999), newest);
    }
    viewport.show(400, 500);
    viewport.zoom(0.5);
    assert.deepEqual(viewport.window, { from: 425, to: 475 });
    viewport.zoom(2);
    assert.deepEqual(viewport.window, { from: 400, to: 500 });
});

test("a window beside or around the data is brought back", () => {
    const table: [Window, number][] = [
        [{ from: -500, to: -400 }, 1_000],
        [{ from: 2_000, to: 2_100 }, 1_000],
        [{ from: 990, to: 1_090 }, 1_000],
        [{ from: -1e9, to: 1e9 }, 1_000],
        [{ from: 50, to: 40 }, 1_000],
        [{ from: NaN, to: 3 }, 1_000],
        [{ from: -Infinity, to: Infinity }, 5],
    ];
    for (const [asked, count] of table) {
        const window = clamped(asked, count);
        const width = window.to - window.from;
        assert.ok(width > 0, JSON.stringify(asked));
        assert.ok(inView(window, count) >= Math.min(count, 5), JSON.stringify([asked, window]));
        const again = clamped(window, count);
        isNear(again.from, window.from);
        isNear(again.to, window.to);
    }
});

test("a window within the data is left as it is", () => {
    assert.deepEqual(clamped({ from: 10.25, to: 90.5 }, 1_000), { from: 10.25, to: 90.5 });
});

test("reset comes back to what the program showed last, and forgets the reader's moves", () => {
    const viewport = new Viewport(1_000);
    viewport.show(700, 999);
    const { window } = viewport;
    assert.equal(viewport.isMovedByHand, false);
    viewport.pan(-2);
    viewport.zoom(3);
    viewport.visit(100, 140);
    assert.deepEqual(viewport.window, { from: 100, to: 140 });
    assert.equal(viewport.isMovedByHand, true);
    viewport.reset();
    assert.deepEqual(viewport.window, window);
    assert.equal(viewport.isMovedByHand, false);
});

test("older bars in front leave the same bars in view, also for reset", () => {
    const viewport = new Viewport(100);
    viewport.show(20, 60);
    viewport.pan(0.1);
    viewport.resize(5_100, 5_000);
    assert.deepEqual(viewport.window, { from: 5_024, to: 5_064 });
    viewport.reset();
    assert.deepEqual(viewport.window, { from: 5_020, to: 5_060 });
});

test("a bar outside is brought into view and one inside moves nothing", () => {
    const viewport = new Viewport(1_000);
    viewport.show(500, 600);
    viewport.reveal(550);
    assert.deepEqual(viewport.window, { from: 500, to: 600 });
    for (const index of [0, 320, 601, 999]) {
        viewport.reveal(index);
        assert.ok(viewport.window.from <= index && index <= viewport.window.to, String(index));
        isNear(viewport.window.to - viewport.window.from, 100);
    }
});

test("the newest bar has room beside it, and so has a single one", () => {
    const viewport = new Viewport(300);
    viewport.show(0, 299);
    assert.ok(viewport.window.to >= 302);
    const { from, to } = wholeWindow(1);
    assert.ok(from < -2 && to > 2, "in the middle");
});
