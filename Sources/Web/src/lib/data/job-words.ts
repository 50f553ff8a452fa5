/* What a job does and of what, for people. */
import type { Job } from "api-types";
import { counted } from "../format";
import { wordsFor } from "../code-words";

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

/** The symbol it is about; null where it names none. */
export function jobSymbol({ payload }: Job): string | null {
    const symbol = (payload as Readonly<Record<string, unknown>> | null)?.["symbol"];
    return typeof symbol === "string" ? symbol : null;
}

/** What it came to, where it says so in numbers: `120 bars added, 2 changed`. */
export function resultInWords(result: Readonly<Record<string, unknown>> | null): string {
    const parts = Object.entries(result ?? {}).flatMap(([name, value]) =>
        typeof value === "number" ? [name === "bars" ? counted(value, "bar") : `${value} ${name.replace(/_/g, " ")}`] : [],
    );
    return parts.join(", ");
}
