/* One clean sheet of a result: what stands on it, in words and figures. Paper and picture lay out the same. */
import type { Backtest } from "api-types";
import { compact, signedPercent } from "../format";
import { inSentence } from "../kinds";
import { writtenDay } from "../time";
import { atTimes, type Curve, drawdowns } from "./curve";
import { growth, manyfold } from "./growth";
import { type Headlined, headlined } from "./headline";
import type { CurveFigures } from "./measures";
import { returnsByYear, type Year } from "./periods";
import { type Box, type Plot, plotted } from "./plot";
import { settingsOf } from "./settings";
import { outcomeInWords, type OutcomeInWords, verdictInWords, type VerdictInWords } from "./verdict";
import { noticeInWords } from "./words";

export interface Sheet {
    readonly title: string;
    readonly detail: string;
    readonly outcome: OutcomeInWords | null;
    readonly verdict: VerdictInWords | null;
    readonly figures: readonly Headlined[];
    /** Newest first. */
    readonly years: readonly Year[];
    /** What the result assumes and leaves out, in sentences. */
    readonly assumptions: readonly string[];
    readonly hashes: readonly string[];
    readonly equity: Curve;
    /** At the times of the equity; NaN where nothing is known of it. */
    readonly holding: readonly number[];
    readonly initial: number;
}

interface Drawn {
    readonly equity: Curve;
    readonly holding: Curve;
    readonly held: CurveFigures | null;
    /** The definition in a sentence, once it is read. */
    readonly rules: string | null;
}

/** What the engine leaves out, wherever it is said. */
export const leftOut =
    "Long only, one position at a time, filled whole at one price. Within a bar a stop comes before a target. No " +
    "dividends, taxes, interest or market impact.";

export function sheetOf(run: Backtest, { equity, holding, held, rules }: Drawn): Sheet {
    const { results, statistics } = run;
    const initial = Number(run.initialEquity);
    const said = new Set(["Strategy", "Symbol", "Bars", "Range"]);
    const settings = settingsOf(run)
        .filter(({ label }) => !said.has(label))
        .map(({ label, value }) => `${label} ${value}`);
    const hash = (name: string, value: string | null): string => `${name} ${value ?? "none"}`;
    return {
        title: `${run.strategyName} on ${run.symbol}`,
        detail:
            `Version ${run.versionNumber} on ${inSentence(run.timeframe)} bars, ` +
            `${writtenDay(run.startDate)} to ${writtenDay(run.endDate)}. Run on ${writtenDay(run.createdAt)}.`,
        outcome: results && outcomeInWords(results, run.symbol),
        verdict: results && statistics && verdictInWords(results, statistics, run.symbol),
        figures: headlined(run, held),
        years: [...returnsByYear(equity, initial)].reverse(),
        assumptions: [
            ...(results?.notices ?? []).map(noticeInWords),
            ...(rules === null ? [] : [rules]),
            `${settings.join(". ")}.`,
            leftOut,
        ],
        hashes: [hash("Content", run.contentHash), hash("Result", run.resultHash), hash("Bars", run.barsHash)],
        equity,
        holding: atTimes(holding, equity.times),
        initial,
    };
}

/** The equity beside holding, and below it how far the equity was under its peak. */
export function plotsOf({ equity, holding, initial }: Sheet, tall: Box, flat: Box, apart: number): [Plot, Plot] {
    const columns = [holding, equity.values];
    const isLog = Math.max(...columns.map(growth)) > manyfold;
    return [
        plotted(equity.times, columns, tall, { isLog, write: compact, apart }),
        plotted(equity.times, [drawdowns(equity.values, initial)], flat, {
            isLog: false,
            write: (value) => signedPercent(value, 0),
            apart,
        }),
    ];
}

/** As many years as a table of months has room for; of more, whole years are told. */
export const maximumYears = 14;
