/* Returns by calendar month and year, in UTC. */
import { noValue, signedPercent } from "../format";
import type { Curve } from "./curve";

export interface Year {
    readonly year: number;
    /** January first, as fractions; null where the run has no bar. */
    readonly months: readonly (number | null)[];
    readonly whole: number;
}

/**
 * Each month from the last value before it, or the initial equity, to its own last value. The first and last may be
 * parts of months, and of years.
 */
export function returnsByYear({ times, values }: Curve, initial: number): readonly Year[] {
    const ends = new Map<number, Map<number, number>>();
    times.forEach((time, index) => {
        const date = new Date(time * 1000);
        const year = date.getUTCFullYear();
        const months = ends.get(year) ?? new Map<number, number>();
        ends.set(year, months.set(date.getUTCMonth(), values[index]!));
    });
    let before = initial;
    return [...ends].map(([year, found]) => {
        const start = before;
        const months = Array.from({ length: 12 }, (_, month): number | null => {
            const end = found.get(month);
            if (end === undefined) return null;
            const change = before > 0 ? end / before - 1 : null;
            before = end;
            return change;
        });
        return { year, months, whole: start > 0 ? before / start - 1 : 0 };
    });
}

/** How strongly to tint a return, 0 to 4, beside the largest of its table. */
export function strength(value: number, largest: number): number {
    if (value === 0 || !(largest > 0)) return 0;
    return Math.max(1, Math.min(4, Math.ceil((Math.abs(value) / largest) * 4)));
}

interface Tint {
    readonly way: "up" | "down" | null;
    readonly strength: number;
}

/** How a month of these years is tinted: the larger beside the largest of them, the darker. */
export function tintOf(years: readonly Year[]): (value: number | null) => Tint {
    const largest = Math.max(...years.flatMap(({ months }) => months.map((one) => Math.abs(one ?? 0))), 0);
    return (value) =>
        value === null || value === 0
            ? { way: null, strength: 0 }
            : { way: value > 0 ? "up" : "down", strength: strength(value, largest) };
}

/** In line with the others, and short: percent without its sign, `+4.2`. */
export const monthReturn = (value: number | null): string =>
    value === null ? noValue : signedPercent(value, 1).replace("%", "");
