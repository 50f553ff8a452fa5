/*
 * Everything that can be set on a chart page, and its form in the address, so that a link shows what its sender saw
 * and the back button undoes one step. A value that is the default is left out of the address.
 */
import type { Interval } from "./bars";
import { formatOverlays, type Overlay, parseOverlays } from "./overlays";
import { barTime, monthsBefore, parseTime } from "./time";

export const ranges = ["1M", "3M", "6M", "1Y", "5Y", "All"] as const;
export type RangeName = (typeof ranges)[number];

/** A stretch of the chart that the reader moved to by hand: Unix seconds of its first and last bar. */
export interface Span {
    readonly from: number;
    readonly to: number;
}

export interface ChartView {
    readonly interval: Interval;
    readonly range: RangeName;
    /** Wins over `range` when it is there. */
    readonly span: Span | null;
    readonly isLog: boolean;
    readonly overlays: readonly Overlay[];
    /** Id of the strategy whose indicators are drawn, too. */
    readonly strategy: string | null;
    /** Page of the table of bars, from 1, newest first. */
    readonly page: number;
}

const monthsOf: Readonly<Record<Exclude<RangeName, "All">, number>> = { "1M": 1, "3M": 3, "6M": 6, "1Y": 12, "5Y": 60 };

const defaultRange = (interval: Interval): RangeName => (interval === "1d" ? "1Y" : "1M");

export function parseView(query: URLSearchParams, intervals: readonly Interval[]): ChartView {
    const asked = query.get("interval");
    const interval = intervals.find((known) => known === asked) ?? intervals[0] ?? "1d";
    const range = ranges.find((known) => known === query.get("range")) ?? defaultRange(interval);
    const from = parseTime(query.get("from") ?? "");
    const to = parseTime(query.get("to") ?? "");
    const page = Number(query.get("page"));
    return {
        interval,
        range,
        span: from !== null && to !== null && from < to ? { from, to } : null,
        isLog: query.get("scale") === "log",
        overlays: parseOverlays(query.get("overlays") ?? ""),
        strategy: /^[0-9a-f-]{36}$/.test(query.get("strategy") ?? "") ? query.get("strategy") : null,
        page: Number.isInteger(page) && page >= 1 && page <= 1_000_000 ? page : 1,
    };
}

export function formatView(view: ChartView, intervals: readonly Interval[]): string {
    const query = new URLSearchParams();
    if (view.interval !== intervals[0]) query.set("interval", view.interval);
    if (view.span) {
        query.set("from", barTime(view.span.from, view.interval));
        query.set("to", barTime(view.span.to, view.interval));
    }
    // Kept beside a stretch: a reset of the chart comes back to it.
    if (view.range !== defaultRange(view.interval)) query.set("range", view.range);
    if (view.isLog) query.set("scale", "log");
    if (view.overlays.length > 0) query.set("overlays", formatOverlays(view.overlays));
    if (view.strategy !== null) query.set("strategy", view.strategy);
    if (view.page > 1) query.set("page", String(view.page));
    // Colons and commas are allowed in a query; escaped they only make the address hard to read.
    const text = query.toString().replace(/%2C/g, ",").replace(/%3A/g, ":");
    return text && `?${text}`;
}

/** Unix seconds of the first bar that a range shows, counted back from the last stored bar. */
export function rangeStart(range: RangeName, last: number): number {
    return range === "All" ? -Infinity : monthsBefore(last, monthsOf[range]);
}

/** What the address asks to see of the bars at these times; the range where its stretch lies beside all of them. */
export function shownSpan({ span, range }: ChartView, times: readonly number[]): Span {
    const first = times[0] ?? 0;
    const last = times[times.length - 1] ?? 0;
    const isHere = span !== null && span.from < last && span.to > first;
    return isHere ? span : { from: rangeStart(range, last), to: last };
}

/** Whether the bars at these times are all that the range asks for, or all there are, or the rest is on its way. */
export function isRangeHere({ span, range }: ChartView, times: readonly number[], isOnItsWay: boolean): boolean {
    const last = times[times.length - 1];
    return span === null && (isOnItsWay || last === undefined || (times[0] ?? 0) <= rangeStart(range, last));
}
