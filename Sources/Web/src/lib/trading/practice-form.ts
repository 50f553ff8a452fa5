/* What somebody wants to practise on, as its form holds it: texts, until the server reads them. */
import type { ErrorCode, Series, Timeframe } from "api-types";
import type { ReplaySent } from "../../api/replays";
import { positive } from "../amounts";
import { isoDay, monthsBefore, parseDay } from "../time";

export interface PracticeForm {
    readonly symbol: string;
    /** Empty: the first that the symbol has. */
    readonly timeframe: Timeframe | "";
    /** A day, `2023-09-21`; empty until one is proposed or typed. */
    readonly from: string;
    readonly balance: string;
}

const empty: PracticeForm = { symbol: "", timeframe: "", from: "", balance: "100000.00" };
const longest = 64;

/** What an address says, as far as it can be meant. */
export function practiceFormIn(given: Readonly<Record<string, unknown>>): PracticeForm {
    const text = (name: keyof PracticeForm): string => {
        const value = given[name];
        return typeof value === "string" && value.length <= longest ? value : empty[name];
    };
    const timeframe = text("timeframe");
    return {
        symbol: text("symbol").toUpperCase(),
        timeframe: timeframe === "1d" || timeframe === "1h" ? timeframe : "",
        from: text("from"),
        balance: text("balance"),
    };
}

type Stored = Pick<Series, "interval" | "first" | "last">;

/** Months of bars that are left to practise on, by how far apart they are. */
const monthsLeft: Readonly<Record<Timeframe, number>> = { "1d": 12, "1h": 1 };

/** The form with what follows from the stored bars of its symbol where nothing was said. */
export function proposedFor(form: PracticeForm, series: readonly Stored[]): PracticeForm {
    const chosen = series.find(({ interval }) => interval === form.timeframe) ?? series[0];
    if (!chosen) return form;
    const { interval, first, last } = chosen;
    const from = form.from || isoDay(Math.max(first, monthsBefore(last, monthsLeft[interval])));
    return { ...form, timeframe: interval, from };
}

export type PracticeFaults = Readonly<Partial<Record<keyof PracticeForm, string>>>;

/** Faults that nobody need ask the server about, by field; the rest is the server's to say. */
export function practiceFaults({ symbol, from, balance }: PracticeForm): PracticeFaults {
    return {
        ...(symbol === "" && { symbol: "Choose a symbol." }),
        ...(parseDay(from) === null && { from: "A day, such as 2023-09-21." }),
        ...(positive(balance, 2) === null && { balance: "An amount, such as 100000 or 2500.50." }),
    };
}

/** For a form without faults. */
export const practiceSent = ({ symbol, timeframe, from, balance }: PracticeForm): ReplaySent => ({
    symbol,
    timeframe: timeframe || "1d",
    from: from.trim(),
    starting_balance: positive(balance, 2)!,
});

/** The field of the form that shows a fault of a field of the request. */
export const practiceFieldOf: Readonly<Record<string, keyof PracticeForm>> = {
    symbol: "symbol",
    timeframe: "timeframe",
    from: "from",
    starting_balance: "balance",
};

/** The field of the request that can mend a refusal which names none. */
export const practiceFieldOfCode: Readonly<Partial<Record<ErrorCode, string>>> = {
    BACKTEST_INSUFFICIENT_BARS: "from",
};
