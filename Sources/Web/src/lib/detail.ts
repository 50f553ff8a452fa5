/*
 * Level of detail: which part of the bars a chart draws, and how many of them as one. A screen has some thousand
 * columns of pixels; a chart of 87,600 bars draws about as many blocks, each with the extremes of its bars, and when
 * the reader comes nearer, the bars themselves. What is drawn does not grow with the history. Pure: it knows no library.
 */
import type { Bars } from "./bars";
import type { Window } from "./viewport";

/** A stretch of the bars, cut into blocks of `step` bars each. */
export interface Detail {
    /** Bars in a block: a power of two. */
    readonly step: number;
    /** Index of the first bar of the first block; below zero when that block is not whole. */
    readonly from: number;
    /** One past the last bar drawn. */
    readonly to: number;
}

/** Blocks to a pixel before two become one. */
const densest = 1.5;
/** Blocks to a pixel below which bars are drawn finer. */
const coarsest = 0.5;
/** Screens that are drawn on either side of the one in view, so that a drag does not end in emptiness. */
const beside = 2;

/** What to draw of `count` bars when `window` is in view on so many pixels. */
export function detailFor(window: Window, count: number, pixels: number): Detail {
    const span = window.to - window.from;
    const maximum = densest * Math.max(pixels, 1);
    let step = 1;
    while (span / step > maximum) step *= 2;
    // Blocks are cut from the newest bar backwards: older bars that arrive leave them as they are.
    const cut = count % step;
    const down = (index: number): number => cut + Math.floor((index - cut) / step) * step;
    const from = Math.max(down(0), down(window.from - beside * span));
    const to = Math.min(count, down(window.to + beside * span) + step);
    return { step, from, to: Math.max(to, Math.min(count, from + step)) };
}

/** Whether what is drawn still serves: the window lies within it, and its blocks are neither too fine nor too coarse. */
export function serves(detail: Detail, window: Window, count: number, pixels: number): boolean {
    const blocks = (window.to - window.from) / detail.step / Math.max(pixels, 1);
    if (blocks > densest || (blocks < coarsest && detail.step > 1)) return false;
    return (
        Math.max(window.from, 0) >= Math.max(detail.from, 0) && Math.min(window.to, count - 1) <= detail.to - 1
    );
}

export const blockCount = ({ step, from, to }: Detail): number => Math.ceil((to - from) / step);

/** Where a bar's index lies among the blocks; the middle of a block is a whole number. */
export const toBlocks = (detail: Detail, index: number): number =>
    (index - detail.from - (detail.step - 1) / 2) / detail.step;

/** Place among the blocks back to an index among the bars. */
export const toBars = (detail: Detail, place: number): number =>
    place * detail.step + detail.from + (detail.step - 1) / 2;

/** The block that a bar is in. */
export const blockOf = ({ step, from }: Detail, index: number): number => Math.floor((index - from) / step);

/** First bar of a block, and one past its last. */
export const barsOf = ({ step, from, to }: Detail, block: number): [first: number, end: number] => [
    Math.max(0, from + block * step),
    Math.min(to, from + (block + 1) * step),
];

/** One candle: of a bar, or of a block of them. `volume` is the largest of a bar, so that the axis means one bar's. */
export interface Candle {
    readonly open: number;
    readonly high: number;
    readonly low: number;
    readonly close: number;
    readonly volume: number;
    /** Whether the bar with that volume closed at its open or above. */
    readonly isVolumeUp: boolean;
}

export function candleOf(bars: Bars, first: number, end: number): Candle {
    let [high, low, busiest] = [bars.high[first]!, bars.low[first]!, first];
    for (let at = first + 1; at < end; at++) {
        high = Math.max(high, bars.high[at]!);
        low = Math.min(low, bars.low[at]!);
        if (bars.volume[at]! > bars.volume[busiest]!) busiest = at;
    }
    return {
        open: bars.open[first]!,
        high,
        low,
        close: bars.close[end - 1]!,
        volume: bars.volume[busiest]!,
        isVolumeUp: bars.close[busiest]! >= bars.open[busiest]!,
    };
}

/**
 * A line's value for every block; NaN where it has none. Two blocks together show the lowest and the highest value of
 * both in the order they came, so that no peak and no trough is lost; the newest block ends at the newest value.
 */
export function lineOf(values: ArrayLike<number>, detail: Detail): Float64Array {
    const count = blockCount(detail);
    const line = new Float64Array(count);
    if (detail.step === 1) {
        for (let block = 0; block < count; block++) line[block] = values[detail.from + block] ?? NaN;
        return line;
    }
    /** The newest of a block's values. */
    const newest = (block: number): number => {
        const [first, end] = barsOf(detail, block);
        for (let at = end - 1; at >= first; at--) if (!Number.isNaN(values[at])) return values[at]!;
        return NaN;
    };
    for (let block = 0; block < count; block++) line[block] = newest(block);
    for (let block = count - 2; block > 0; block -= 2) {
        // A line that begins or ends between the two has nothing to spread over both.
        if (Number.isNaN(line[block]) || Number.isNaN(line[block - 1])) continue;
        const [low, high] = extremes(values, barsOf(detail, block - 1)[0], barsOf(detail, block)[1]);
        line[block - 1] = values[Math.min(low, high)]!;
        line[block] = values[Math.max(low, high)]!;
    }
    return line;
}

/** Indexes of the lowest and the highest value of a stretch that has some. */
function extremes(values: ArrayLike<number>, first: number, end: number): [lowest: number, highest: number] {
    let [low, high] = [-1, -1];
    for (let at = first; at < end; at++) {
        const value = values[at]!;
        if (Number.isNaN(value)) continue;
        if (low < 0 || value < values[low]!) low = at;
        if (high < 0 || value >= values[high]!) high = at;
    }
    return [low, high];
}
