import type { AssetType, Timeframe } from "api-types";

/** OHLCV bars of one series in columns, oldest first. Times are Unix seconds, UTC, the start of the bar. */
export interface Bars {
    readonly time: readonly number[];
    readonly open: readonly number[];
    readonly high: readonly number[];
    readonly low: readonly number[];
    readonly close: readonly number[];
    readonly volume: readonly number[];
}

export type { AssetType, Timeframe as Interval };

export const noBars: Bars = { time: [], open: [], high: [], low: [], close: [], volume: [] };

/** `older` before `newer`. Bars of `older` that are not before the first of `newer` are left out. */
export function joined(older: Bars, newer: Bars): Bars {
    const first = newer.time[0];
    const keep = first === undefined ? older.time.length : firstIndexAtOrAfter(older.time, first);
    if (keep === 0) return newer;
    const column = (name: keyof Bars): number[] => older[name].slice(0, keep).concat(newer[name]);
    return {
        time: column("time"),
        open: column("open"),
        high: column("high"),
        low: column("low"),
        close: column("close"),
        volume: column("volume"),
    };
}

/** Index of the first time that is not before `time`; the length when there is none. */
export function firstIndexAtOrAfter(times: readonly number[], time: number): number {
    let low = 0;
    let high = times.length;
    while (low < high) {
        const middle = (low + high) >> 1;
        if ((times[middle] ?? 0) < time) low = middle + 1;
        else high = middle;
    }
    return low;
}

/** How many bars have come in front of those that were there; null where these are bars of something else. */
export function shiftOf(before: readonly number[], after: readonly number[]): number | null {
    const first = before[0];
    if (first === undefined) return 0;
    const shift = firstIndexAtOrAfter(after, first);
    return after[shift] === first ? shift : null;
}
