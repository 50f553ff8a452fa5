/* A runner's equity over time, beside the backtest of the same bars and the forecast of its start. */
import { type AssetType, type RunnerPerformance, RunnerPerformanceBounds, type Timeframe } from "api-types";
import { intervalSeconds, secondsPerDay } from "../time";

export interface RunnerCurve {
    /** Unix seconds, ascending: the bar before the start, those since, and those to come as far as the forecast reaches. */
    readonly times: readonly number[];
    /** Index of the last bar that has come. */
    readonly newest: number;
    /** Index of the last that is worth showing at first: what is still to come is no more than what has come. */
    readonly end: number;
    /** One value a time; NaN where there is none. */
    readonly equity: readonly number[];
    readonly backtest: readonly number[];
    /** Null where there is no forecast, or none that reaches the bars that are shown. */
    readonly band: { readonly low: readonly number[]; readonly middle: readonly number[]; readonly high: readonly number[] } | null;
}

/** As many bars as the API tells, the newest: with so many they may not begin at the start. */
const maximumPoints = RunnerPerformanceBounds.points.maxItems;
/** Bars to come beside a runner that has just begun. */
const minimumToCome = 20;

export function runnerCurve({ runner, points, forecast, trouble }: RunnerPerformance): RunnerCurve {
    const known = [runner.afterBar, ...points.map(({ time }) => time)];
    const capital = Number(runner.capital);
    // Without the backtest the bars that it did not see are missing, and nobody can count from the start.
    const reached = forecast !== null && trouble === null && points.length < maximumPoints ? forecast : null;
    const left = reached === null || runner.status === "STOPPED" ? 0 : reached.middle.length - points.length;
    const times = [...known, ...timesToCome(known[known.length - 1]!, left, runner.assetType, runner.timeframe)];
    const laid = (values: readonly (number | null)[]): readonly number[] =>
        times.map((_, index) => (index === 0 ? capital : (values[index - 1] ?? NaN)));
    return {
        times,
        newest: known.length - 1,
        end: Math.min(times.length, known.length + Math.max(minimumToCome, known.length)) - 1,
        equity: laid(points.map(({ equity }) => (equity === null ? null : Number(equity)))),
        backtest: laid(points.map(({ backtest }) => backtest)),
        band: reached && { low: laid(reached.low), middle: laid(reached.middle), high: laid(reached.high) },
    };
}

/** Where bars may come: on every day but the weekend's for stocks. Nobody here knows the hours of an exchange. */
function timesToCome(last: number, count: number, assetType: AssetType, timeframe: Timeframe): readonly number[] {
    const times: number[] = [];
    if (assetType === "EQUITY" && timeframe !== "1d") return times;
    for (let time = last; times.length < count; ) {
        time += intervalSeconds(timeframe);
        if (assetType === "CRYPTO" || !isWeekend(time)) times.push(time);
    }
    return times;
}

/** Unix time began on a Thursday. */
const isWeekend = (time: number): boolean => [2, 3].includes(Math.floor(time / secondsPerDay) % 7);
