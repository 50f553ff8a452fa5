/* The equity of a run over time: read whole, laid on the bars of a chart, and what falls out of it. */
import type { EquityPoint } from "api-types";
import { parseTime, secondsPerDay } from "../time";

/** One value a bar of the run, oldest first. Times are Unix seconds. */
export interface Curve {
    readonly times: readonly number[];
    readonly values: readonly number[];
}

export const curveOf = (points: readonly EquityPoint[]): Curve => ({
    times: points.map(({ time }) => time),
    values: points.map(({ equity }) => equity),
});

/** The file `equity.csv`: a heading, then a time and an amount a line. Throws at anything else. */
export function parseCurve(csv: string): Curve {
    const times: number[] = [];
    const values: number[] = [];
    const lines = csv.split(/\r?\n/);
    if (lines[0] !== "time,equity") throw new Error("The equity curve could not be read.");
    for (const line of lines.slice(1)) {
        if (line === "") continue;
        const comma = line.indexOf(",");
        const time = parseTime(line.slice(0, comma));
        const amount = line.slice(comma + 1);
        if (time === null || amount.trim() === "" || !Number.isFinite(Number(amount)))
            throw new Error("The equity curve could not be read.");
        times.push(time);
        values.push(Number(amount));
    }
    return { times, values };
}

/** How far below its highest value so far the curve is, as fractions from 0 down. The first peak is `initial`. */
export function drawdowns(values: readonly number[], initial: number): number[] {
    let peak = initial;
    return values.map((value) => {
        if (!Number.isFinite(value)) return NaN;
        peak = Math.max(peak, value);
        return peak > 0 ? value / peak - 1 : 0;
    });
}

/** Growth since `initial`, as fractions. */
export const rebased = (values: readonly number[], initial: number): number[] =>
    values.map((value) => (initial > 0 ? value / initial - 1 : NaN));

/**
 * The curve at these times, ascending. Where it has no point of that very time the last one before holds; NaN before
 * the first point, and after the last.
 */
export function atTimes({ times, values }: Curve, wanted: readonly number[]): number[] {
    const last = times[times.length - 1] ?? -Infinity;
    let at = -1;
    return wanted.map((time) => {
        while (at + 1 < times.length && times[at + 1]! <= time) at++;
        return at < 0 || time > last ? NaN : values[at]!;
    });
}

/** All times of several curves, each once, ascending. */
export const allTimes = (curves: readonly Curve[]): number[] =>
    [...new Set(curves.flatMap(({ times }) => times))].sort((left, right) => left - right);

/** More than a weekend and its holidays. */
const noticed = 7 * secondsPerDay;

/** The first and the last of the bars, where the days that were asked for go beyond them; else null. */
export function coveredDays(
    times: readonly number[],
    asked: { readonly startDate: number; readonly endDate: number },
): readonly [number, number] | null {
    const [first, last] = [times[0], times[times.length - 1]];
    if (first === undefined || last === undefined) return null;
    return first - asked.startDate > noticed || asked.endDate - last > noticed ? [first, last] : null;
}
