/* What the dashboard's small curve of the account shows: a range that ends now. */
import type { EquitySnapshot } from "api-types";
import { monthsBefore, secondsPerDay } from "../time";
import { curveOf } from "./curve";

export const equityRanges = ["1D", "1W", "1M", "3M", "1Y", "All"] as const;
export type EquityRange = (typeof equityRanges)[number];

/** As the end of a sentence: `+$12.00 in the last week`. */
export const equityRangeWords: Readonly<Record<EquityRange, string>> = {
    "1D": "in the last 24 hours",
    "1W": "in the last 7 days",
    "1M": "in the last month",
    "3M": "in the last 3 months",
    "1Y": "in the last year",
    All: "since the account began",
};

export interface EquityOutline {
    /** Unix seconds, ascending, each once; the last is now. */
    readonly times: readonly number[];
    readonly equity: readonly number[];
    /** Each point's place across the picture, 0 to 1, as its time says. */
    readonly across: readonly number[];
    readonly gain: number;
    /** Part of what the range began with; null where that was nothing. */
    readonly change: number | null;
    /** Whether the range begins with the account: it is no older. */
    readonly isWhole: boolean;
}

const startOf: Readonly<Record<EquityRange, (now: number) => number>> = {
    "1D": (now) => now - secondsPerDay,
    "1W": (now) => now - 7 * secondsPerDay,
    "1M": (now) => monthsBefore(now, 1),
    "3M": (now) => monthsBefore(now, 3),
    "1Y": (now) => monthsBefore(now, 12),
    All: () => -Infinity,
};

/**
 * The points of a range and what the account is worth now. A range begins with what was known at its first moment, so
 * that what was gained since the last point before it counts.
 */
export function outlineOf(points: readonly EquitySnapshot[], worth: number, now: number, range: EquityRange): EquityOutline {
    const curve = curveOf(points);
    const times = [...curve.times, Math.max(now, (curve.times[curve.times.length - 1] ?? -Infinity) + 1)];
    const equity = [...curve.equity, worth];
    const start = startOf[range](times[times.length - 1]!);
    const inside = times.findIndex((time) => time >= start);
    if (inside > 0) {
        times.splice(0, inside, start);
        equity.splice(0, inside, equity[inside - 1]!);
        // A point of the very moment is the newer truth.
        if (times[1] === start) {
            times.shift();
            equity.shift();
        }
    }
    const [first, last] = [equity[0]!, equity[equity.length - 1]!];
    const span = times[times.length - 1]! - times[0]!;
    return {
        times,
        equity,
        across: times.map((time) => (span === 0 ? 1 : (time - times[0]!) / span)),
        // Cents: what is left of binary fractions is no gain.
        gain: Math.round((last - first) * 100) / 100,
        change: first > 0 ? last / first - 1 : null,
        isWhole: inside <= 0,
    };
}

/** The point nearest to a place across the picture, 0 to 1. */
export function nearestTo(place: number, { across }: EquityOutline): number {
    let nearest = 0;
    for (let index = 1; index < across.length; index++) {
        if (Math.abs(across[index]! - place) <= Math.abs(across[nearest]! - place)) nearest = index;
    }
    return nearest;
}
