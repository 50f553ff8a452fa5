/* Bars as the API writes them for charts (`format=columns`): whole numbers in one array a column. */
import type { CandleColumns } from "api-types";
import type { Bars } from "./bars";

type Raw = Readonly<Record<string, unknown>>;

/** The bars of an answer, or what is wrong with it. Half a million numbers are looked at once each. */
export function barsOfColumns(value: unknown): Bars | string {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return "candles are no columns";
    const raw = value as Raw;
    const width = raw.seconds_per_bar;
    const steps = raw.bars_since_1970;
    if (typeof width !== "number" || !(width > 0) || !Array.isArray(steps)) return "candles have no times";
    const time: number[] = [];
    let place = 0;
    for (const [index, step] of steps.entries()) {
        if (!Number.isInteger(step) || (index > 0 && step < 1)) return `bars_since_1970[${index}] is not after the one before it`;
        time.push((place += step as number) * width);
    }
    const column = (name: keyof CandleColumns & keyof Bars, decimals: unknown): number[] | string => {
        const numbers = raw[name];
        if (!Array.isArray(numbers) || numbers.length !== time.length) return `${name} is not as long as the times`;
        if (!Number.isInteger(decimals)) return `the decimals of ${name} are no number`;
        // Divided, not multiplied: the nearest double to a decimal is what division by a power of ten gives.
        const unit = 10 ** (decimals as number);
        const read: number[] = [];
        for (const number of numbers) {
            if (typeof number !== "number") return `${name}[${read.length}] is not a number`;
            read.push(number / unit);
        }
        return read;
    };
    const open = column("open", raw.price_decimals);
    const high = column("high", raw.price_decimals);
    const low = column("low", raw.price_decimals);
    const close = column("close", raw.price_decimals);
    const volume = column("volume", raw.volume_decimals);
    for (const one of [open, high, low, close, volume]) if (typeof one === "string") return one;
    return { time, open, high, low, close, volume } as Bars;
}
