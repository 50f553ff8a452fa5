/* Curves as lines in a box, for paper and for pictures: no interaction, so plain geometry does. */
import { writtenMonth } from "../time";

export interface Box {
    readonly width: number;
    readonly height: number;
}

export type Point = readonly [x: number, y: number];

/** Something written at a place along an axis. */
export interface Mark {
    readonly at: number;
    readonly label: string;
}

export interface Plot {
    /** One a column, in their order. */
    readonly lines: readonly (readonly Point[])[];
    readonly levels: readonly Mark[];
    readonly times: readonly Mark[];
}

interface Options {
    readonly isLog: boolean;
    /** How a level is written. */
    readonly write: (value: number) => string;
    /** Pixels that a label along the times needs. */
    readonly apart: number;
}

/** `columns` hold a value a time, NaN where there is none. */
export function plotted(
    times: readonly number[],
    columns: readonly (readonly number[])[],
    box: Box,
    { isLog, write, apart }: Options,
): Plot {
    // Zero has no place on a logarithmic scale.
    const drawn = isLog ? columns.map((values) => values.map((value) => (value > 0 ? value : NaN))) : columns;
    const [low, high] = extent(drawn);
    const scale = (value: number): number => (isLog ? Math.log10(value) : value);
    const [bottom, top] = [scale(low), scale(high)];
    const y = (value: number): number => box.height * (1 - (scale(value) - bottom) / (top - bottom));
    const x = (index: number): number => (times.length < 2 ? box.width / 2 : (box.width * index) / (times.length - 1));
    return {
        lines: drawn.map((values) => thinned(values, box.width).map((index) => [x(index), y(values[index]!)] as const)),
        levels: levelsWithin(low, high, isLog, Math.max(2, Math.round(box.height / pixelsPerLevel))).map((value) => ({ at: y(value), label: write(value) })),
        times: datesOf(times, box.width, apart).map(([index, label]) => ({ at: x(index), label })),
    };
}

/** The lowest and the highest value; with room between them where they are the same. */
function extent(columns: readonly (readonly number[])[]): [number, number] {
    let [low, high] = [Infinity, -Infinity];
    for (const values of columns)
        for (const value of values) {
            if (!Number.isFinite(value)) continue;
            low = Math.min(low, value);
            high = Math.max(high, value);
        }
    if (low > high) return [1, 2];
    const room = low < high ? 0 : Math.abs(low) * 0.05 || 1;
    return [low - room, high + room];
}

/** Indexes that draw the same line: in every pixel's breadth the first, the lowest, the highest and the last value. */
export function thinned(values: readonly number[], width: number): readonly number[] {
    const indexes = [...values.keys()].filter((index) => Number.isFinite(values[index]!));
    if (indexes.length <= 4 * width) return indexes;
    const kept: number[] = [];
    const breadth = indexes.length / width;
    for (let column = 0; column < width; column++) {
        const part = indexes.slice(Math.round(column * breadth), Math.round((column + 1) * breadth));
        const by = (isBeyond: (one: number, other: number) => boolean): number =>
            part.reduce((found, index) => (isBeyond(values[index]!, values[found]!) ? index : found));
        const chosen = [part[0]!, by((one, other) => one < other), by((one, other) => one > other), part[part.length - 1]!];
        kept.push(...[...new Set(chosen)].sort((left, right) => left - right));
    }
    return kept;
}

/** Labels of levels nearer than this are hard to read. */
const pixelsPerLevel = 28;

/** Round values between two others, `maximum` of them or about as many. */
export function levelsWithin(low: number, high: number, isLog: boolean, maximum: number): readonly number[] {
    if (isLog) {
        for (const steps of [[1, 2, 5], [1, 3], [1]]) {
            const found = powersWithin(low, high, steps);
            if (found.length >= 2 && found.length <= maximum) return found;
        }
    }
    const wanted = (high - low) / maximum;
    const power = 10 ** Math.floor(Math.log10(wanted));
    const step = power * ([1, 2, 5, 10].find((part) => part * power >= wanted) ?? 10);
    const first = Math.ceil(low / step - 1e-9);
    const count = Math.floor(high / step + 1e-9) - first + 1;
    return Array.from({ length: count }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

function powersWithin(low: number, high: number, steps: readonly number[]): number[] {
    const found: number[] = [];
    for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++)
        for (const step of steps) {
            const value = Number((step * 10 ** power).toPrecision(12));
            if (value >= low && value <= high) found.push(value);
        }
    return found;
}

/** Where years begin, or months in less than two years; so many that their labels stand apart. */
function datesOf(times: readonly number[], width: number, apart: number): readonly (readonly [number, string])[] {
    const dates = times.map((time) => new Date(time * 1000));
    const [first, last] = [dates[0], dates[dates.length - 1]];
    if (!first || !last) return [];
    const isByYear = last.getUTCFullYear() - first.getUTCFullYear() >= 2;
    const partOf = (date: Date): number => date.getUTCFullYear() * 12 + (isByYear ? 0 : date.getUTCMonth());
    const starts = [...dates.keys()].filter((index) => index > 0 && partOf(dates[index]!) !== partOf(dates[index - 1]!));
    const every = Math.max(1, Math.ceil(starts.length / Math.max(1, Math.floor(width / apart))));
    return starts
        .filter((_, position) => position % every === 0)
        .map((index) => [index, isByYear ? String(dates[index]!.getUTCFullYear()) : writtenMonth(times[index]!)] as const);
}
