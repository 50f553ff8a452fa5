/* Where a series stands: how late its last bar is, what is missing, what was found. In one line, and in sentences. */
import type { AssetType, Finding, SeriesHealth, Severity, StoredSeries } from "api-types";
import type { Interval } from "../bars";
import { counted, decimal, whole } from "../format";
import { inSentence } from "../kinds";
import { writtenTime } from "../time";
import { type Counts, countsInWords, countsOf, openWithin, severityNames, sumOf, worstOf } from "./checks";

export type Tone = "good" | "note" | "warning" | "bad";

interface Known {
    readonly stored: StoredSeries;
    readonly health: SeriesHealth | null;
}

/** The bars that somebody rests on, where those are not all: Unix seconds. */
export interface Days {
    readonly from: number;
    readonly to: number;
    /** What was made of them is there already: how late the newest bar is does not matter to it. */
    readonly isPast?: boolean;
}

export interface Standing {
    readonly tone: Tone;
    /** Where it stands, in a word. */
    readonly word: string;
    readonly line: string;
    /** What is to be known besides the findings, with what to do. */
    readonly remarks: readonly string[];
    /** Of these bars, those that nobody has dismissed, worst first. */
    readonly findings: readonly Finding[];
    /** Those of the series that the answer had no room for: of which bars they are is not known. */
    readonly unlisted: Counts;
}

export function standingOf(series: Known, days?: Days): Standing {
    const { stored, health } = series;
    const findings = openWithin(stored.findingsShown, days?.from ?? -Infinity, days?.to ?? Infinity);
    const unlisted = unlistedOf(stored);
    const counts = days ? countsOf(findings) : stored.findings;
    const isLate = health?.isStale === true && days?.isPast !== true;
    const found = countsInWords(counts) ?? (stored.checkedAt === null ? null : "no findings");
    const foundThen = sumOf(unlisted) === 0 ? found && `${found} on these days` : partlyInWords(counts, unlisted);
    // What was made of them is of prices that were right then.
    const aside = days?.isPast === true ? null : whySetAside(stored);
    const parts = [
        aside !== null && "set aside",
        health && days?.isPast !== true && behindInWords(health),
        days ? null : missingInWords(stored),
        days ? foundThen : found,
    ];
    const line = parts.filter(Boolean).join(" · ") || "not checked yet";
    const worst = worstOf(counts);
    const [tone, word]: readonly [Tone, string] =
        worst === "error"
            ? ["bad", severityNames.error]
            : aside !== null
              ? ["warning", "Set aside"]
              : worst === "warning"
                ? ["warning", severityNames.warning]
                : isLate
                  ? ["note", "Behind"]
                  : days && sumOf(unlisted) > 0
                    ? ["note", "Not all listed"]
                    : stored.isChecked
                      ? ["good", "OK"]
                      : ["note", "Not checked"];
    return {
        tone,
        word,
        line: days?.isPast === true ? `Prices: ${line}` : line.charAt(0).toUpperCase() + line.slice(1),
        remarks: [aside, isLate && lateness(stored, health), uncheckedness(stored)].filter(
            (one): one is string => !!one,
        ),
        findings,
        unlisted,
    };
}

function unlistedOf({ findings, findingsShown }: StoredSeries): Counts {
    const shown = countsOf(openWithin(findingsShown, -Infinity, Infinity));
    const rest = (severity: Severity): number => Math.max(0, findings[severity] - shown[severity]);
    return { error: rest("error"), warning: rest("warning"), info: rest("info") };
}

function partlyInWords(counts: Counts, unlisted: Counts): string {
    const found = countsInWords(counts);
    return `${found ? `${found} on these days, ` : ""}${countsInWords(unlisted)} on days not listed`;
}

/** The bars of a stock are counted in trading days, as its exchange has them. */
const barNoun = (assetType: AssetType, interval: Interval): string =>
    interval === "1h" ? "hour" : assetType === "EQUITY" ? "trading day" : "day";

/** `up to date`, `2 trading days behind`. */
export const behindInWords = ({ assetType, interval, barsBehind }: SeriesHealth): string =>
    barsBehind === 0 ? "up to date" : `${counted(barsBehind, barNoun(assetType, interval))} behind`;

/** `no bar missing`, `7 of 17,520 bars missing`. */
export function missingInWords({ missingBars, expectedBars }: StoredSeries): string {
    if (missingBars === null || expectedBars === null) return "not checked yet";
    return missingBars === 0 ? "no bar missing" : `${whole(missingBars)} of ${counted(expectedBars, "bar")} missing`;
}

/** The share of the bars that are there, never written as all of them where one is missing. */
export function coverageInWords(coverage: number): string {
    const percent = coverage === 1 ? 100 : Math.min(99.99, coverage * 100);
    return `${decimal(percent, percent === 100 ? 0 : 2)}%`;
}

function lateness({ assetType, interval, last }: StoredSeries, { barsBehind }: SeriesHealth): string {
    const passed = `${counted(barsBehind, barNoun(assetType, interval))} ${barsBehind === 1 ? "has" : "have"} passed since`;
    return (
        `The last bar is of ${writtenTime(last, interval)}; ${passed}. A backtest ends there, and no signal of today ` +
        "can be seen. Operators can bring newer bars."
    );
}

/** Whether nothing is traded by the prices, or by the newest of them. */
export const isSetAside = ({ isOutOfScale, tradesUntil }: StoredSeries): boolean => isOutOfScale || tradesUntil !== null;

function whySetAside(stored: StoredSeries): string | null {
    if (stored.isOutOfScale) return outOfScale(stored);
    return stored.tradesUntil === null ? null : held(stored, stored.tradesUntil);
}

function held({ symbol, interval }: StoredSeries, last: number): string {
    return (
        `What came after the bar of ${writtenTime(last, interval)} looks like prices after a split, and those before were not ` +
        `restated: until they are, paper orders in ${symbol} are neither priced nor filled by it, and runners wait. ` +
        "Operators can fetch or import the series anew, or dismiss the finding where it was none."
    );
}

function outOfScale({ symbol, interval }: StoredSeries): string {
    const [own, other] = [interval, interval === "1d" ? "1h" : "1d"].map((one) => inSentence(one as Interval));
    return (
        `The ${other} prices of ${symbol} were restated, as after a split, and the ${own} ones were not yet: until they are, ` +
        "paper orders are neither priced nor filled by them, and runners wait. Operators can fetch or import them anew."
    );
}

function uncheckedness({ checkedAt, isChecked }: StoredSeries): string | null {
    if (checkedAt === null) return "These bars have not been checked yet. That happens by itself.";
    return isChecked ? null : "The bars have changed since they were checked: what is said here may be out of date.";
}
