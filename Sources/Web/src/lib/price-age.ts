/* How old prices are: one sentence, the same wherever prices are shown. */
import type { Interval } from "./bars";
import { ageInWords, isoDay, isStale, writtenDay } from "./time";

/** What is said of prices whose newest bars are from these days; null while they are of this week. */
export function ageOfPrices(newest: readonly number[], now: number): string | null {
    if (newest.length === 0) return null;
    const first = Math.min(...newest);
    const last = Math.max(...newest);
    if (!isStale(first, "1d", now)) return null;
    if (isoDay(first) === isoDay(last)) return `Prices end on ${writtenDay(last)}, ${ageInWords(last, now)}.`;
    return `Prices end between ${writtenDay(first)} and ${writtenDay(last)}, depending on the symbol.`;
}

/** The same in few words, for the top line. */
export function dayOfPrices(newest: readonly number[], interval: Interval, now: number): string | null {
    if (newest.length === 0 || !isStale(Math.min(...newest), interval, now)) return null;
    const days = new Set(newest.map(isoDay));
    return days.size === 1 ? `Prices as of ${writtenDay(newest[0]!)}` : "Old prices";
}
