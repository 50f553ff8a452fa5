/* Whether a result is more than luck, in plain words: what was tried, and what that means. Never "proven". */
import type { BacktestResults, RunStatistics, Verdict } from "api-types";
import { counted, decimal, whole } from "../format";
import { written } from "./figures";

export interface VerdictInWords {
    readonly tone: "good" | "warning" | "bad";
    readonly title: string;
    /** What the title says, with the figures it rests on. */
    readonly text: string;
    /** How many were tried, and what that does to the best of them. */
    readonly tried: string;
}

export interface OutcomeInWords {
    readonly tone: "good" | "bad" | "even";
    /** Whether it worked, beside holding, in a few words. */
    readonly title: string;
    readonly text: string;
}

/** What came of it beside holding, before anything is said of luck; null where there is no return. */
export function outcomeInWords(results: BacktestResults, symbol: string): OutcomeInWords | null {
    const { totalReturnPct: own, benchmarkReturnPct: held } = results;
    if (own === null) return null;
    const came = (percent: number): string =>
        percent === 0 ? "made nothing" : `${percent > 0 ? "made" : "lost"} ${decimal(Math.abs(percent), 2)}%`;
    if (results.numTrades === 0) {
        const text = held === null ? "So it made nothing." : `So it made nothing; holding ${symbol} ${came(held)}.`;
        return { tone: "even", title: "It never bought", text };
    }
    if (held === null) {
        const title = own > 0 ? "It made money" : own < 0 ? "It lost money" : "It made nothing";
        return { tone: own > 0 ? "good" : own < 0 ? "bad" : "even", title, text: `It ${came(own)}.` };
    }
    const contrast = own < held ? "while" : "where";
    const text = `It ${came(own)}, ${contrast} holding ${symbol} ${came(held)}.${fallsInWords(results)}`;
    if (own === held) return { tone: "even", title: "As much as holding", text };
    if (own > held)
        return own > 0
            ? { tone: "good", title: "It beat holding", text }
            : { tone: "even", title: "It lost less than holding", text };
    const title =
        own > 0
            ? "It made less than holding"
            : own === 0
              ? "Holding did better"
              : held < 0
                ? "It lost more than holding"
                : "It lost money, holding did not";
    return { tone: "bad", title, text };
}

/** What one would have had to bear on the way. */
function fallsInWords({ maxDrawdownPct: own, benchmarkMaxDrawdownPct: held }: BacktestResults): string {
    if (own === null || held === null) return "";
    return ` On the way it fell ${decimal(own, 2)}% from a peak, holding ${decimal(held, 2)}%.`;
}

/** What a verdict is called, wherever it is told of. */
export const verdictTitles: Readonly<Record<Verdict, string>> = {
    INSUFFICIENT_SAMPLE: "Too little to tell",
    NOT_DISTINGUISHABLE_FROM_LUCK: "No better than luck",
    BORDERLINE: "Perhaps more than luck",
    EXPLAINED_BY_MARKET: "The market did it",
    SURVIVES_DEFLATION: "Luck alone does not explain it",
};

/** Below this nothing is said of luck (statistics: INSUFFICIENT_SAMPLE). */
const fewestTrades = 30;

export function verdictInWords(results: BacktestResults, statistics: RunStatistics, symbol: string): VerdictInWords {
    const sharpe = results.sharpeRatio;
    const dsr = written(statistics.dsr, "chance");
    const tried = triedInWords(results, statistics);
    const title = verdictTitles[statistics.verdict];
    switch (statistics.verdict) {
        case "INSUFFICIENT_SAMPLE": {
            const trades = results.numTrades ?? 0;
            const why =
                trades === 0
                    ? "It made no trade at all."
                    : trades < fewestTrades
                      ? `It made ${counted(trades, "trade")}. Under ${fewestTrades}, even a good record is mostly chance.`
                      : "It covers less than half a year of bars, or bars that hardly move.";
            const advice =
                trades === 0
                    ? "See in the strategy’s preview whether its buy rule ever comes true."
                    : "Test more years, or more symbols, before you believe it, either way.";
            return { tone: "warning", title, text: `${why} ${advice}`, tried };
        }
        case "NOT_DISTINGUISHABLE_FROM_LUCK": {
            const text =
                sharpe !== null && sharpe <= 0
                    ? `It earned nothing for its risk: its Sharpe ratio is ${decimal(sharpe, 2)}.`
                    : `The chance that it is better than luck is ${dsr}; less than 90% is what luck looks like.`;
            return { tone: "bad", title, text, tried };
        }
        case "BORDERLINE":
            return {
                tone: "warning",
                title,
                text: `The chance that it is better than luck is ${dsr}, short of the 95% needed.`,
                tried,
            };
        case "EXPLAINED_BY_MARKET":
            return {
                tone: "warning",
                title,
                text:
                    `It made money, but what is left once the moves of ${symbol} itself are taken out is better than luck ` +
                    `with a chance of ${written(statistics.dsrExcess, "chance")} only, short of the 95% needed. Owning ` +
                    `${symbol} explains the rest.`,
                tried,
            };
        case "SURVIVES_DEFLATION":
            return {
                tone: "good",
                title,
                text:
                    `The chance that it is better than luck is ${dsr}, and ${written(statistics.dsrExcess, "chance")} once ` +
                    `the moves of ${symbol} itself are taken out. That is the past: no result proves what comes next.`,
                tried,
            };
    }
}

function triedInWords(results: BacktestResults, { trials, expectedMaxSharpePerBar }: RunStatistics): string {
    const { sharpeRatio, sharpePerBar } = results;
    if (trials <= 1) {
        return (
            "You have tried 1 variant here (N = 1), so nothing was picked. Every further variant makes the best of " +
            "them look better by chance alone, and is counted."
        );
    }
    const begin = `You have tried at least ${counted(trials, "variant")} here (N = ${whole(trials)}).`;
    if (sharpeRatio === null || sharpePerBar === null || sharpePerBar === 0)
        return `${begin} The best of many looks good by chance alone.`;
    // What both are scaled to a year by.
    const best = expectedMaxSharpePerBar * (sharpeRatio / sharpePerBar);
    return (
        `${begin} The best of ${whole(trials)} that do nothing but flip coins would show a Sharpe ratio of about ` +
        `${decimal(best, 2)} by chance alone; this one shows ${decimal(sharpeRatio, 2)}.`
    );
}
