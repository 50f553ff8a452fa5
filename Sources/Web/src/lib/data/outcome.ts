/* What storing bars does to a series, in words. */
import type { ImportRefusal, StoredBars, Timeframe, UploadLook } from "api-types";
import { counted, whole } from "../format";
import { inSentence } from "../kinds";
import { writtenTime } from "../time";
import type { ImportOptions } from "./import-options";

const bars = (count: number, timeframe: Timeframe, what: string): string =>
    `${counted(count, `${what} ${inSentence(timeframe)} bar`)}`;

/** No bar would be another. */
export const isNothingNew = ({ added, changed, removed }: StoredBars): boolean => added + changed + removed === 0;

/** Nor would what is known of the symbol: there is nothing to store. */
export const isNothingToStore = (stored: StoredBars, said: ImportOptions): boolean =>
    isNothingNew(stored) && !said.replace && !said.name && !said.exchange && !said.currency && !said.price_basis_date;

/** The file is more than a look may cost, and the worker, who has more time, can still store it. */
export const isTooMuchForALook = ({ report, refusal }: Pick<UploadLook, "report" | "refusal">): boolean =>
    report === null && refusal !== null && refusal.asks === null && refusal.reason.includes(", or confirm it as it is");

/** `20 new daily bars of AAPL, 3 changed, 17 the same.` */
export function outcomeInWords(stored: StoredBars, timeframe: Timeframe): string {
    const { symbol, added, changed, unchanged, removed } = stored;
    if (isNothingNew(stored))
        return `Nothing new: ${counted(unchanged, "bar")} of ${symbol} ${unchanged === 1 ? "is" : "are"} here already.`;
    const parts = [
        added > 0 && `${bars(added, timeframe, "new")} of ${symbol}`,
        changed > 0 && (added > 0 ? `${changed} changed` : `${bars(changed, timeframe, "changed")} of ${symbol}`),
        removed > 0 && `${removed} removed`,
        unchanged > 0 && `${unchanged} the same`,
    ];
    return `${parts.filter(Boolean).join(", ")}.`;
}

/** `A new symbol. The series has 20 bars then, 5 Jan 2015 to 30 Jan 2015.`: then before it is done, now after. */
export function seriesInWords(stored: StoredBars, timeframe: Timeframe, when: "then" | "now"): string {
    const { newSymbol, bars: count, first, last } = stored;
    const span = `${writtenTime(first, timeframe)} to ${writtenTime(last, timeframe)}`;
    return `${newSymbol ? "A new symbol. " : ""}The series has ${counted(count, "bar")} ${when}, ${span}.`;
}

/** Why a file is not stored, as a sentence. What the API calls the answer is said by the control beside it. */
export function refusalInWords({ line, reason }: ImportRefusal): string {
    const words = reason
        .replace(/, or confirm it as it is.*$/, "")
        .replace(/: say [a-z_]+ .*$/, "")
        .replace(/ unless with [a-z_]+/, "")
        .replace(/; [a-z_]+ puts (these|these bars) in the place of all stored ones$/, "");
    const sentence = words.charAt(0).toUpperCase() + words.slice(1) + (/[.?!]$/.test(words) ? "" : ".");
    return line === null || reason.includes(`line ${line}`) ? sentence : `Line ${whole(line)}: ${words}.`;
}
