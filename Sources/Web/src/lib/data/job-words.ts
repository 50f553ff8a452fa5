/* What a job does and of what, for people. */
import type { Job } from "api-types";
import { counted, spelled, whole } from "../format";
import { wordsFor } from "../code-words";
import { parseTime, writtenTime } from "../time";
import { type ImportOptions, optionsOf } from "./import-options";

const names: Readonly<Record<string, string>> = {
    import_bars: "Import of a file",
    ingest_bars: "Fetching prices",
    plan_ingestion: "Finding what is behind",
    check_bars: "Check of bars",
    backtest: "Backtest",
    verify: "Verification",
    maintenance: "Maintenance",
};

/** A job that a later server does is still told by its name. */
export const jobName = ({ jobType }: Job): string =>
    wordsFor(names, jobType) ?? jobType.replace(/_/g, " ").replace(/^./, (first) => first.toUpperCase());

/** What it was told, as far as people care: `AAPL, 1d, from coinbase`. */
export function jobSubject({ payload }: Job): string {
    if (typeof payload !== "object" || payload === null) return "";
    const said = payload as Readonly<Record<string, unknown>>;
    const options = said["options"];
    const from = typeof options === "object" && options !== null ? { ...said, ...options } : said;
    const word = (name: string): string | null => {
        const value = (from as Readonly<Record<string, unknown>>)[name];
        return typeof value === "string" ? value : null;
    };
    const provider = word("provider");
    return [word("symbol"), word("interval") ?? word("timeframe"), provider && `from ${provider}`]
        .filter(Boolean)
        .join(", ");
}

/** The file that it stores, with what was said of it; null: it stores none. */
export function jobUpload({ payload }: Job): { readonly id: string; readonly options: ImportOptions } | null {
    const { upload, options } = payload as Readonly<Record<string, unknown>>;
    if (typeof upload !== "string" || typeof options !== "object" || options === null) return null;
    const said = options as Readonly<Record<string, unknown>>;
    return { id: upload, options: optionsOf((name) => (said[name] === undefined ? null : String(said[name]))) };
}

/** Of a backtest, or of whether it still comes out the same: its own room tells of it. */
export const isOfBacktests = ({ jobType }: Job): boolean => jobType === "backtest" || jobType === "verify";

type Numbers = Readonly<Record<string, number>>;

const listed = (parts: readonly (string | false | undefined)[]): string => parts.filter(Boolean).join(", ");

/** Bars of the source's that cannot be: told, because they are missing. */
function impossibleInWords(count: number, first: unknown): string {
    if (count === 0) return "";
    const label = typeof first === "string" ? first : "";
    const time = parseTime(label);
    const written = time === null ? "" : writtenTime(time, label.includes("T") ? "1h" : "1d");
    return ` ${counted(count, "impossible bar")} left out${written && ` (${count > 1 ? "first " : ""}${written})`}.`;
}

/** Why a whole series was fetched again. */
function anewInWords(reason: unknown, ratio: number | undefined): string {
    if (typeof reason !== "string") return "";
    if (ratio === undefined) return "Prices differ from the stored ones by more than one ratio, so all were fetched again. ";
    // Four digits are more than any split has.
    return `A ${reason}: prices became ${Number(ratio.toFixed(4))} times the stored ones, so all were fetched again. `;
}

function fetchedInWords({ added = 0, changed = 0, removed = 0, ...others }: Numbers, result: Job["result"]): string {
    const leftOut = others["left_out"] ?? 0;
    const parts = listed([
        added > 0 && counted(added, "new bar"),
        changed > 0 && (added > 0 ? `${whole(changed)} changed` : counted(changed, "changed bar")),
        removed > 0 && `${whole(removed)} removed`,
        leftOut > 0 && `${whole(leftOut)} left out that begin at no hour or day`,
    ]);
    const anew = anewInWords(result?.["fetched_anew"], others["split_ratio"]);
    return `${anew}${parts || "Nothing new"}.${impossibleInWords(others["impossible"] ?? 0, result?.["first_impossible"])}`;
}

function planInWords({ series = 0, stale = 0, queued = 0, ...resting }: Numbers): string {
    if (series === 0) return "No series comes from a source.";
    if (stale === 0) return `${counted(series, "series")} from sources, none behind.`;
    const lately = resting["asked_lately"] ?? 0;
    const paused = resting["provider_open"] ?? 0;
    const unset = resting["provider_not_configured"] ?? 0;
    const parts = listed([
        queued > 0 && `${whole(queued)} to be fetched now`,
        lately > 0 && `${whole(lately)} asked for lately`,
        paused > 0 && `${whole(paused)} whose source is paused`,
        unset > 0 && `${whole(unset)} whose source is not set up`,
    ]);
    return `${whole(stale)} of ${counted(series, "series")} behind${parts && `: ${parts}`}.`;
}

/** What it came to, where it says so in numbers: `120 bars added, 2 changed.` */
export function resultInWords({ jobType, result }: Job): string {
    const numbers = Object.fromEntries(
        Object.entries(result ?? {}).filter((entry): entry is [string, number] => typeof entry[1] === "number"),
    );
    if (jobType === "ingest_bars") return fetchedInWords(numbers, result);
    if (jobType === "plan_ingestion") return planInWords(numbers);
    const parts = Object.entries(numbers).map(
        ([name, value]) =>
            value !== 0 && (name === "bars" ? counted(value, "bar") : `${whole(value)} ${spelled(value === 1 ? name.replace(/s$/, "") : name)}`),
    );
    return listed(parts) && `${listed(parts)}.`;
}

/** Why it did not come to its end, and what there is of it, beside its status. */
export function endInWords({ jobType, error }: Job): string {
    if (error !== null && !/^cancelled/i.test(error.message)) return error.message;
    if (jobType === "import_bars") return "Nothing was stored.";
    return jobType === "ingest_bars" ? "What came before that is kept." : "";
}
