/*
 * The indicators of the engine's catalog, computed for drawing. Same definitions as the engine: the first values, the
 * warm-up and the edge cases of RSI; only the exactness of ties, which decides trades, is the engine's alone.
 */
import { EMAIndicatorBounds, RSIIndicatorBounds, SMAIndicatorBounds } from "api-types";

export type IndicatorType = "sma" | "ema" | "rsi";

interface CatalogEntry {
    readonly name: string;
    readonly description: string;
    readonly minimum: number;
    readonly maximum: number;
    readonly initial: number;
}

export const catalog: Readonly<Record<IndicatorType, CatalogEntry>> = {
    sma: { name: "SMA", description: "Simple moving average", ...SMAIndicatorBounds.params.period, initial: 20 },
    ema: { name: "EMA", description: "Exponential moving average", ...EMAIndicatorBounds.params.period, initial: 20 },
    rsi: { name: "RSI", description: "Relative strength index", ...RSIIndicatorBounds.params.period, initial: 14 },
};

/** `SMA(10)`, and `SMA(10) of high` when it is not of the close: on charts, in sentences, and in the server's. */
export const indicatorTitle = (name: string, parameters: string, source: string): string =>
    `${name}(${parameters})${source === "close" ? "" : ` of ${source}`}`;

/** One value a bar; NaN where there is none yet. */
export type Values = Float64Array;

/** Mean of the last `period` values; none before there are that many. */
export function simpleAverage(input: readonly number[], period: number): Values {
    const output = new Float64Array(input.length).fill(NaN);
    // Neumaier's compensation: thousands of additions and subtractions leave no drift in the line.
    let sum = 0;
    let lost = 0;
    const add = (value: number): void => {
        const next = sum + value;
        lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
        sum = next;
    };
    for (let index = 0; index < input.length; index++) {
        add(input[index]!);
        if (index >= period) add(-input[index - period]!);
        if (index >= period - 1) output[index] = (sum + lost) / period;
    }
    return output;
}

/** Starts as the mean of the first `period` values; then moves to each value by 2 / (period + 1) of the distance. */
export function exponentialAverage(input: readonly number[], period: number): Values {
    const output = new Float64Array(input.length).fill(NaN);
    if (input.length < period) return output;
    const weight = 2 / (period + 1);
    let average = simpleAverage(input.slice(0, period), period)[period - 1]!;
    output[period - 1] = average;
    for (let index = period; index < input.length; index++) {
        average += weight * (input[index]! - average);
        output[index] = average;
    }
    return output;
}

/** Wilder's RSI: first value at index `period`; only gains 100, only losses 0, neither 50. */
export function relativeStrength(input: readonly number[], period: number): Values {
    const output = new Float64Array(input.length).fill(NaN);
    if (input.length <= period) return output;
    let gains = 0;
    let losses = 0;
    for (let index = 1; index < input.length; index++) {
        const change = input[index]! - input[index - 1]!;
        const gain = Math.max(change, 0);
        const loss = Math.max(-change, 0);
        if (index <= period) {
            gains += gain / period;
            losses += loss / period;
        } else {
            gains = (gains * (period - 1) + gain) / period;
            losses = (losses * (period - 1) + loss) / period;
        }
        if (index >= period) output[index] = strength(gains, losses);
    }
    return output;
}

function strength(gains: number, losses: number): number {
    if (losses === 0) return gains === 0 ? 50 : 100;
    return 100 - 100 / (1 + gains / losses);
}

/** Bars that must come before a value before it no longer depends on where the loaded history begins. */
export function warmUp(type: IndicatorType, period: number): number {
    switch (type) {
        case "sma":
            return period;
        case "ema":
            return 12 * period;
        case "rsi":
            return 25 * period;
    }
}

/**
 * The line to draw. When the first bar here is the first that is stored (`isWholeHistory`), values begin as soon as
 * they exist. When older bars are still unread, an average seeded at an arbitrary bar would differ from the true one,
 * so values inside the warm-up are left out until the older bars have come.
 */
export function indicator(
    type: IndicatorType,
    input: readonly number[],
    period: number,
    isWholeHistory: boolean,
): Values {
    const compute = { sma: simpleAverage, ema: exponentialAverage, rsi: relativeStrength }[type];
    const values = compute(input, period);
    if (!isWholeHistory) values.fill(NaN, 0, Math.min(values.length, warmUp(type, period) - 1));
    return values;
}
