/*
 * What files that are saved are called: by what they hold, from the general to the particular, with the server's own rule:
 * `nvda-1d-2015-01-02-2024-12-31-dip-buyer-v2-equity.csv`.
 */
import { isoDay } from "./time";

/** Code points of one part: one such part of any script leaves room for the others in the 255 bytes of a name. */
const longest = 40;

/** Letters and digits of every script, in small letters; what lies between them becomes a dash. */
const slug = (part: string): string =>
    [...part.toLowerCase().replace(/[^\p{L}\p{M}\p{N}]+/gu, "-").replace(/^-/, "")].slice(0, longest).join("").replace(/-$/, "");

export const fileName = (parts: readonly string[], extension: string): string =>
    `${parts.map(slug).filter(Boolean).join("-")}.${extension}`;

/** Of it the days that were asked for, in Unix seconds. */
interface Run {
    readonly symbol: string;
    readonly timeframe: string;
    readonly startDate: number;
    readonly endDate: number;
    readonly strategyName: string;
    readonly versionNumber: number;
}

/** Of a run, `what` being what the file has of it. */
export const runFileName = (run: Run, what: string, extension: string): string =>
    fileName(
        [run.symbol, run.timeframe, isoDay(run.startDate), isoDay(run.endDate), run.strategyName, `v${run.versionNumber}`, what],
        extension,
    );
