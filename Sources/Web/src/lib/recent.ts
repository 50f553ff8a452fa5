/*
 * The newest prices of a symbol, as lists show them. The small chart, the change beside it and the words above it are
 * about the same bars: there is one span, and it is said.
 */
import type { Bars, Interval } from "./bars";
import { counted } from "./format";
import { tableTime, writtenTime } from "./time";

/** Bars in a list's chart, and in its change. The watchlist of the API has as many. */
export const recentCount = 30;

export interface RecentPrices {
    readonly interval: Interval;
    /** Oldest first. */
    readonly closes: readonly number[];
    /** The newest close; null without bars. */
    readonly last: number | null;
    /** The day or hour of the newest bar. */
    readonly asOf: number | null;
    /** From the first of the closes to the last, as a fraction; null for fewer than two. */
    readonly change: number | null;
}

export function recentPrices(interval: Interval, closes: readonly number[], asOf: number | null): RecentPrices {
    const last = closes[closes.length - 1] ?? null;
    const first = closes[0];
    const change = closes.length < 2 || last === null || first === undefined ? null : last / first - 1;
    return { interval, closes, last, asOf, change };
}

export function recentOfBars(interval: Interval, { time, close }: Bars): RecentPrices {
    const from = Math.max(0, close.length - recentCount);
    return recentPrices(interval, close.slice(from), time[time.length - 1] ?? null);
}

/** The newest bar in a list, which has daily ones as well as hourly ones: an hour names its own zone. */
export const asOfInWords = (asOf: number, interval: Interval): string =>
    interval === "1d" ? tableTime(asOf, interval) : writtenTime(asOf, interval);

/** `30 days`, `12 hours`: how many bars a change goes over. */
export const spanInWords = (interval: Interval, count: number): string =>
    counted(count, interval === "1d" ? "day" : "hour");

/** What the heading of a list says; only rows that go over another span say theirs. */
export const usualSpan = spanInWords("1d", recentCount);
