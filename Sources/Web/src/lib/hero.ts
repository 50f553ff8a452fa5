/* The picture on the visitor's home: closes with two averages and where they cross, as shapes in a box. */
import type { Bars } from "./bars";
import { type Crossing, crossings } from "./crossings";
import { simpleAverage } from "./indicators";
import { isoDay } from "./time";

export const fastPeriod = 50;
export const slowPeriod = 200;

/** Places are parts of the box, from its left and its top. */
export interface Mark extends Crossing {
    readonly x: number;
    readonly y: number;
}

export interface Tick {
    readonly at: number;
    readonly text: string;
}

export interface Hero {
    readonly first: number;
    readonly last: number;
    readonly firstTime: number;
    readonly lastTime: number;
    /** Paths in a box of that size. */
    readonly close: string;
    readonly fast: string;
    readonly slow: string;
    readonly marks: readonly Mark[];
    readonly prices: readonly Tick[];
    readonly years: readonly Tick[];
}

/** Null where there are too few bars for both averages. */
export function heroOf(bars: Bars, width: number, height: number): Hero | null {
    const from = slowPeriod - 1;
    const count = bars.close.length - from;
    if (count < slowPeriod) return null;
    const [fast, slow] = [fastPeriod, slowPeriod].map((period) => simpleAverage(bars.close, period).slice(from));
    const close = bars.close.slice(from);
    const time = bars.time.slice(from);
    const low = Math.min(...close, ...fast!, ...slow!);
    const high = Math.max(...close, ...fast!, ...slow!);
    const pad = (high - low) * 0.06 || 1;
    const x = (index: number): number => index / (count - 1);
    const y = (price: number): number => (high + pad - price) / (high - low + 2 * pad);
    const path = (values: ArrayLike<number>): string =>
        Array.from(values, (value, index) => {
            const point = `${(x(index) * width).toFixed(1)} ${(y(value) * height).toFixed(1)}`;
            return `${index ? "L" : "M"}${point}`;
        }).join("");
    const step = niceStep((high - low) / 4);
    const prices: Tick[] = [];
    for (let price = Math.ceil(low / step) * step; price <= high; price += step)
        prices.push({ at: y(price), text: String(Number(price.toPrecision(6))) });
    const years: Tick[] = [];
    for (let index = 1; index < count; index++) {
        const year = isoDay(time[index]!).slice(0, 4);
        if (year !== isoDay(time[index - 1]!).slice(0, 4)) years.push({ at: x(index), text: year });
    }
    return {
        first: close[0]!,
        last: close[count - 1]!,
        firstTime: time[0]!,
        lastTime: time[count - 1]!,
        close: path(close),
        fast: path(fast!),
        slow: path(slow!),
        marks: crossings(fast!, slow!).map((one) => ({ ...one, x: x(one.index), y: y(fast![one.index]!) })),
        prices,
        years,
    };
}

/** 1, 2 or 5 times a power of ten, the next above. */
export function niceStep(about: number): number {
    const power = 10 ** Math.floor(Math.log10(about));
    return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= about * (1 - 1e-9))!;
}
