/* How old prices are: one sentence, the same wherever prices are shown. */
import { ageInWords, isoDay, isStale, writtenDay } from "./time";

/** What is said of prices whose newest bars are from these days; null while they are of this week. */
export function ageOfPrices(newest: readonly number[], now: number): string | null {
    if (newest.length === 0) return null;
    const first = Math.min(...newest);
    const last = Math.max(...newest);
    if (!isStale(first, "1d", now)) return null;
    const isOneDay = isoDay(first) === isoDay(last);
    const days = isOneDay ? writtenDay(last) : `${writtenDay(first)} to ${writtenDay(last)}`;
    const age = isOneDay ? `, ${ageInWords(last, now)}` : ", depending on the symbol";
    return `Prices as of ${days}${age}: good for research, not for today\u2019s market.`;
}
