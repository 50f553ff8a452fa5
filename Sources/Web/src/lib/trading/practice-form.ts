/* What somebody wants to practise on, as its form holds it: texts, until the server reads them. */
import { type ErrorCode, postTradingReplaysBounds, type Series, type Timeframe } from "api-types";
import type { ReplaySent } from "../../api/replays";
import { positive } from "../amounts";
import { isoDay, monthsBefore, parseDay } from "../time";

export interface PracticeForm {
    /** At least one; empty ones are still to be chosen. */
    readonly symbols: readonly string[];
    /** Empty: the first that all the symbols have. */
    readonly timeframe: Timeframe | "";
    /** A day, `2023-09-21`; empty until one is proposed or typed. */
    readonly from: string;
    readonly balance: string;
}

/** As many symbols as one practice may have. */
export const maximumSymbols = postTradingReplaysBounds.symbols.maxItems;

/** The longest ticker, with the comma before the next. */
const longestSymbol = 32 + 1;
/** All symbols together; what else an address says is shorter. */
const longest = maximumSymbols * longestSymbol;

/** What an address says, as far as it can be meant: symbols with commas between them. */
export function practiceFormIn(given: Readonly<Record<string, unknown>>): PracticeForm {
    const text = (name: string, unsaid = ""): string => {
        const value = given[name];
        return typeof value === "string" && value.length <= longest ? value : unsaid;
    };
    const timeframe = text("timeframe");
    return {
        symbols: text("symbol").toUpperCase().split(",").slice(0, maximumSymbols),
        timeframe: timeframe === "1d" || timeframe === "1h" ? timeframe : "",
        from: text("from"),
        balance: text("balance", "100000.00"),
    };
}

/** The form as its address says it. */
export const practiceAddress = ({ symbols, ...others }: PracticeForm): Readonly<Record<string, string>> => ({
    symbol: symbols.join(","),
    ...others,
});

type Stored = Pick<Series, "interval" | "first" | "last">;

/** Intervals that all symbols have at the same time, and from when to when. */
export function storedOfAll(series: readonly (readonly Stored[])[]): readonly Stored[] {
    const [first = [], ...others] = series;
    return others.reduce<readonly Stored[]>(
        (common, own) =>
            common.flatMap((one) => {
                const other = own.find(({ interval }) => interval === one.interval);
                if (!other) return [];
                const both = { ...one, first: Math.max(one.first, other.first), last: Math.min(one.last, other.last) };
                return both.first <= both.last ? [both] : [];
            }),
        first,
    );
}

/** Months of bars that are left to practise on, by how far apart they are. */
const monthsLeft: Readonly<Record<Timeframe, number>> = { "1d": 12, "1h": 1 };

/** The form with what follows from the stored bars of its symbols where nothing was said. */
export function proposedFor(form: PracticeForm, series: readonly Stored[]): PracticeForm {
    const chosen = series.find(({ interval }) => interval === form.timeframe) ?? series[0];
    if (!chosen) return form;
    const { interval, first, last } = chosen;
    const from = form.from || isoDay(Math.max(first, monthsBefore(last, monthsLeft[interval])));
    return { ...form, timeframe: interval, from };
}

/** A field of the form; of symbols each has one. */
export type PracticeField = "timeframe" | "from" | "balance" | `symbols[${number}]`;
export type PracticeFaults = Readonly<Partial<Record<PracticeField, string>>>;

/** Faults that nobody need ask the server about, by field; the rest is the server's to say. */
export function practiceFaults({ symbols, from, balance }: PracticeForm): PracticeFaults {
    const ofSymbols = symbols.flatMap((symbol, place): [PracticeField, string][] => {
        if (symbol === "") return [[`symbols[${place}]`, symbols.length > 1 ? "Choose a symbol, or remove this one." : "Choose a symbol."]];
        return symbols.indexOf(symbol) < place ? [[`symbols[${place}]`, "It is chosen already."]] : [];
    });
    return {
        ...Object.fromEntries(ofSymbols),
        ...(parseDay(from) === null && { from: "A day, such as 2023-09-21." }),
        ...(positive(balance, 2) === null && { balance: "An amount, such as 100000 or 2500.50." }),
    };
}

/** For a form without faults. */
export const practiceSent = ({ symbols, timeframe, from, balance }: PracticeForm): ReplaySent => ({
    symbols,
    timeframe: timeframe || "1d",
    from: from.trim(),
    starting_balance: positive(balance, 2)!,
});

/** The field of the form that shows a fault of a field of the request. */
export const practiceFieldOf: Readonly<Record<string, PracticeField>> = {
    ...Object.fromEntries(
        Array.from({ length: maximumSymbols }, (_, place): [string, PracticeField] => [`symbols[${place}]`, `symbols[${place}]`]),
    ),
    symbols: "symbols[0]",
    timeframe: "timeframe",
    from: "from",
    starting_balance: "balance",
};

/** The field of the request that can mend a refusal which names none. */
export const practiceFieldOfCode: Readonly<Partial<Record<ErrorCode, string>>> = {
    BACKTEST_INSUFFICIENT_BARS: "from",
};
