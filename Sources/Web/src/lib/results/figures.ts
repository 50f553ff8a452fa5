/*
 * Every figure of a result, said once: its name, how it is computed, how it is written, and which way is better. The
 * headline, the full list and the comparison of runs are made of this.
 */
import type { BacktestResults, RunStatistics } from "api-types";
import { counted, decimal, noValue, signedPercent, whole } from "../format";
import type { CurveFigures } from "./measures";
import { missingInWords } from "./words";

export interface Found {
    readonly results: BacktestResults | null;
    readonly statistics: RunStatistics | null;
}

/**
 * `change`: percent with a sign. `fall`: percent that the API counts as positive, and that is written as the loss it is.
 * `points`: percentage points. `chance`: a probability.
 */
export type Format =
    | "money"
    | "percent"
    | "change"
    | "fall"
    | "points"
    | "ratio"
    | "small"
    | "count"
    | "bars"
    | "days"
    | "chance";

type Numbers<T> = { [Key in keyof T]: T[Key] extends number | null ? Key : never }[keyof T];
export type FigureKey = Numbers<BacktestResults> | Numbers<RunStatistics>;

export const groups = ["Return", "Risk", "Trades", "Against holding", "Luck"] as const;

export interface Figure {
    readonly key: FigureKey;
    readonly label: string;
    readonly group: (typeof groups)[number];
    readonly explain: string;
    readonly format: Format;
    readonly better: "up" | "down" | "none";
    /** The same figure of buying and holding. */
    readonly holding?: keyof CurveFigures;
}

const figure = (
    group: Figure["group"],
    key: FigureKey,
    label: string,
    format: Format,
    better: Figure["better"],
    explain: string,
    holding?: keyof CurveFigures,
): Figure => ({ key, label, group, explain, format, better, ...(holding && { holding }) });

export const figures: readonly Figure[] = [
    figure("Return", "totalReturnPct", "Total return", "change", "up",
        "Equity after the last bar divided by the equity at the start, less one. After commission and slippage.",
        "totalReturnPct"),
    figure("Return", "cagrPct", "Annual return", "change", "up",
        "The steady yearly return (CAGR) that gives the same total: growth to the power of one over the years, by the " +
            "calendar from the first to the last bar. Not given under 90 days.",
        "cagrPct"),
    // Runs may have begun with different amounts: which did better, the return says.
    figure("Return", "finalEquity", "Final equity", "money", "none",
        "Cash plus the position at the last close, after that bar’s fills and costs.", "finalEquity"),
    figure("Risk", "maxDrawdownPct", "Max drawdown", "fall", "down",
        "The largest fall from a peak of the equity to a later low, at bar closes. The first peak is " +
            "the equity at the start.",
        "maxDrawdownPct"),
    figure("Risk", "longestUnderwaterDays", "Longest drawdown", "days", "down",
        "The longest time, in calendar days, from a peak of the equity until it was reached again. A fall that has not " +
            "recovered counts up to the last bar.",
        "longestUnderwaterDays"),
    figure("Risk", "volatilityPct", "Annual volatility", "percent", "down",
        "Standard deviation of the returns from bar to bar, times the square root of the bars in a year.",
        "volatilityPct"),
    figure("Risk", "sharpeRatio", "Sharpe ratio", "ratio", "up",
        "Mean return per bar divided by its standard deviation, times the square root of the bars in a year. The " +
            "risk-free rate is taken as 0, and all bars count, those without a position too.",
        "sharpeRatio"),
    figure("Risk", "sharpePerBar", "Sharpe ratio per bar", "small", "up",
        "Mean return per bar divided by its standard deviation, not scaled to a year."),
    figure("Risk", "sortinoRatio", "Sortino ratio", "ratio", "up",
        "Like the Sharpe ratio, but only falls count as risk: the divisor is the root of the mean square of the " +
            "negative returns, over all bars.",
        "sortinoRatio"),
    figure("Risk", "calmarRatio", "Calmar ratio", "ratio", "up", "Annual return divided by max drawdown, taken as positive.",
        "calmarRatio"),
    figure("Trades", "numTrades", "Trades", "count", "none",
        "Closed trades. One that was open at the end is closed at the last bar’s close."),
    figure("Trades", "winRatePct", "Win rate", "percent", "up",
        "Trades that made money after costs, of all trades. A high rate says little without the sizes: see profit factor."),
    figure("Trades", "profitFactor", "Profit factor", "ratio", "up",
        "Money made by the winning trades divided by money lost by the losing ones. Below 1 the run lost."),
    figure("Trades", "expectancyPct", "Average trade", "change", "up",
        "Mean return of the trades, each after costs and in percent of what was put in."),
    figure("Trades", "avgWinPct", "Average win", "change", "up", "Mean return of the trades that made money."),
    figure("Trades", "avgLossPct", "Average loss", "change", "up", "Mean return of the trades that lost money."),
    figure("Trades", "bestTradePct", "Best trade", "change", "up", "The largest return of one trade."),
    figure("Trades", "worstTradePct", "Worst trade", "change", "up", "The smallest return of one trade."),
    figure("Trades", "avgBarsHeld", "Average bars held", "bars", "none", "Mean number of bars from entry to exit."),
    figure("Trades", "exposurePct", "Time in the market", "percent", "none",
        "Exposure: bars that end with a position, of all bars."),
    figure("Trades", "sqn", "System quality (SQN)", "ratio", "up",
        "Mean of the trades’ results in units of what was risked, divided by their standard deviation, times the root " +
            "of their number, at most 100. It needs a stop loss, which says what was risked."),
    figure("Trades", "fillsWithoutVolume", "Fills without volume", "count", "down",
        "Purchases and sales on bars in which nothing was traded: nobody could have had them."),
    figure("Against holding", "benchmarkReturnPct", "Holding return", "change", "none",
        "Bought at the first price this run could have had, with the same costs and allocation, and sold at the last " +
            "close. Price only: no dividends."),
    figure("Against holding", "benchmarkMaxDrawdownPct", "Holding max drawdown", "fall", "none",
        "The largest fall from a peak to a later low of buying and holding."),
    figure("Against holding", "excessReturnPct", "Return above holding", "points", "up",
        "Total return less that of holding, in percentage points."),
    figure("Against holding", "beta", "Beta", "ratio", "none",
        "How much of the symbol’s own moves the equity went along with: covariance of the two divided by the variance " +
            "of holding."),
    figure("Against holding", "alphaAnnualPct", "Annual alpha", "change", "up",
        "What is left of the return once beta times that of holding is taken away, scaled to a year (Jensen)."),
    figure("Luck", "dsrExcess", "Chance it beats luck, market taken out (DSR)", "chance", "up",
        "The probability that what is left of its returns after beta times those of holding beats luck, all tries " +
            "counted."),
    figure("Luck", "dsr", "Chance its Sharpe ratio beats luck, all tries (DSR)", "chance", "up",
        "The probability that its true Sharpe ratio is above what the luckiest of all variants tried here would show " +
            "by chance (deflated Sharpe ratio, Bailey and López de Prado). Gains that came from the symbol itself are included."),
    figure("Luck", "psrExcess", "Chance it is above 0, market taken out (PSR)", "chance", "up",
        "The probability that what is left of its returns after beta times those of holding has a Sharpe ratio " +
            "above 0."),
    figure("Luck", "psr", "Chance its Sharpe ratio is above 0, one try (PSR)", "chance", "up",
        "The probability that its true Sharpe ratio is above 0, as if this were the only thing ever tried " +
            "(probabilistic Sharpe ratio)."),
    figure("Luck", "minTrackRecordBars", "Bars needed", "count", "down",
        "Bars of such returns that it takes to be 95% sure that the Sharpe ratio is above 0. Information only."),
    figure("Luck", "trials", "Variants tried", "count", "none",
        "Different settings of this strategy and its copies whose result was shown on this symbol and interval. " +
            "Running the same again adds nothing; deleting takes nothing away."),
    figure("Luck", "symbolsTried", "Symbols tried", "count", "none",
        "Symbols that this strategy and its copies were run on. Picking the best of them is trying, too."),
    figure("Luck", "ownerTrials", "Everything you tried", "count", "none", "Variants of every strategy you have run here."),
    figure("Luck", "ownerDsr", "DSR, after everything you tried", "chance", "up",
        "The deflated Sharpe ratio against the luckiest of everything that you have tried, not of this strategy alone."),
];

const byKey = new Map(figures.map((one) => [one.key, one]));
export const figureOf = (key: FigureKey): Figure => byKey.get(key)!;

/** What stands on top of a result. */
export const headline: readonly Figure[] = (
    ["totalReturnPct", "cagrPct", "maxDrawdownPct", "sharpeRatio", "profitFactor", "winRatePct", "numTrades", "exposurePct"] as const
).map(figureOf);

/** Null when there is none. */
export function valueOf(figure: Figure, { results, statistics }: Found): number | null {
    const { key } = figure;
    const read = (from: object | null): unknown => (from as Readonly<Record<string, unknown>> | null)?.[key];
    const value = read(results) ?? read(statistics);
    return typeof value === "number" ? value : null;
}

/** The number as it is written, for sorting and for files: a fall is a loss. */
export function shownValue(figure: Figure, found: Found): number | null {
    const value = valueOf(figure, found);
    return value !== null && figure.format === "fall" ? -value : value;
}

/** Why a figure does not exist, as a sentence. */
export function reasonOf({ key }: Figure, { results, statistics }: Found): string {
    const name = key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    return missingInWords(results?.nullReasons[name] ?? statistics?.nullReasons[name] ?? null);
}

export function written(value: number | null, format: Format): string {
    if (value === null || !Number.isFinite(value)) return noValue;
    switch (format) {
        case "money":
        case "ratio":
            return decimal(value, 2);
        case "small":
            return decimal(value, 4);
        case "percent":
            return `${decimal(value, 2)}%`;
        case "fall":
            return `${decimal(-value, 2)}%`;
        case "change":
            return signedPercent(value / 100);
        case "points":
            return `${signedPercent(value / 100).slice(0, -1)} pp`;
        case "count":
            return whole(value);
        case "bars":
            return Number.isInteger(value) ? whole(value) : decimal(value, 1);
        case "days":
            return counted(Math.round(value), "day");
        case "chance":
            // Nothing is certain: what rounds to it is said to be above or below.
            return value > 0.9999 ? "> 99.99%" : value < 0.0001 ? "< 0.01%" : `${decimal(value * 100, 2)}%`;
    }
}

/** How much larger `value` is than `base`, in the figure's own unit; empty when one is missing. */
export function writtenDifference(value: number | null, base: number | null, format: Format): string {
    if (value === null || base === null) return "";
    const change = format === "fall" ? base - value : value - base;
    const isPercent = format === "percent" || format === "change" || format === "fall" || format === "points";
    const text = isPercent
        ? written(change, "points")
        : format === "chance"
          ? written(change * 100, "points")
          : written(change, format);
    return isPercent || format === "chance" || change <= 0 || !/[1-9]/.test(text) ? text : `+${text}`;
}

export type Tone = "better" | "worse" | "same";

/** Whether `value` is better than `base`, where one way is; what reads alike is the same. */
export function toneOf({ better, format }: Figure, value: number | null, base: number | null): Tone {
    if (better === "none" || value === null || base === null) return "same";
    if (!/[1-9]/.test(writtenDifference(value, base, format))) return "same";
    return value > base === (better === "up") ? "better" : "worse";
}
