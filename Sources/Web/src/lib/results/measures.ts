/* Figures of an equity curve alone, by the definitions that the server uses for the run. */
import type { AssetType, Timeframe } from "api-types";
import { secondsPerDay } from "../time";
import { type Curve, drawdowns } from "./curve";

export interface CurveFigures {
    readonly totalReturnPct: number | null;
    readonly cagrPct: number | null;
    readonly maxDrawdownPct: number | null;
    readonly longestUnderwaterDays: number | null;
    readonly volatilityPct: number | null;
    readonly sharpeRatio: number | null;
    readonly sortinoRatio: number | null;
    readonly calmarRatio: number | null;
    readonly finalEquity: number | null;
}

/** Bars that a year counts as. */
export const periodsPerYear = (assetType: AssetType, timeframe: Timeframe): number =>
    assetType === "EQUITY" ? 252 : timeframe === "1d" ? 365 : 8_760;

const daysPerYear = 365.25;
/** Under this nothing is said a year. */
const fewestDays = 90;

export function measured({ times, values }: Curve, initial: number, periods: number): CurveFigures {
    const last = values[values.length - 1];
    const days = ((times[times.length - 1] ?? 0) - (times[0] ?? 0)) / secondsPerDay;
    const growth = last === undefined || !(initial > 0) ? null : last / initial;
    const cagr = growth === null || days < fewestDays ? null : (growth ** (daysPerYear / days) - 1) * 100;
    const deepest = values.length === 0 ? null : drawdowns(values, initial).reduce((low, fall) => Math.min(low, fall), 0);
    const fall = deepest === null ? null : 0 - deepest * 100;
    const returns = values.slice(1).map((value, index) => value / values[index]! - 1);
    const count = returns.length;
    const mean = returns.reduce((sum, part) => sum + part, 0) / count;
    const spread = Math.sqrt(returns.reduce((sum, part) => sum + (part - mean) ** 2, 0) / (count - 1));
    const below = Math.sqrt(returns.reduce((sum, part) => sum + Math.min(0, part) ** 2, 0) / count);
    const ratio = (divisor: number): number | null =>
        count < 2 || !(divisor > 0) || !Number.isFinite(mean) ? null : (mean / divisor) * Math.sqrt(periods);
    return {
        finalEquity: last ?? null,
        totalReturnPct: growth === null ? null : (growth - 1) * 100,
        cagrPct: cagr,
        maxDrawdownPct: fall,
        longestUnderwaterDays: values.length === 0 ? null : longestUnderwater({ times, values }, initial),
        volatilityPct: count < 2 || !Number.isFinite(spread) ? null : spread * Math.sqrt(periods) * 100,
        sharpeRatio: ratio(spread),
        sortinoRatio: ratio(below),
        calmarRatio: cagr === null || fall === null || fall === 0 ? null : cagr / fall,
    };
}

/** In days, from the bar of a peak to the first that reaches it again; what never does runs to the end. */
function longestUnderwater({ times, values }: Curve, initial: number): number {
    let peak = initial;
    let peakTime = times[0]!;
    let longest = 0;
    let isUnder = false;
    values.forEach((value, index) => {
        const time = times[index]!;
        if (value < peak) isUnder = true;
        if (isUnder) longest = Math.max(longest, time - peakTime);
        if (value < peak) return;
        isUnder = false;
        peak = value;
        peakTime = time;
    });
    return longest / secondsPerDay;
}
