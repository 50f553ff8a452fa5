/*
 * What a run is asked for with, as its form holds it: texts, until the server reads them. The same names stand in an
 * address that fills the form in.
 */
import { type AssetType, type ErrorCode, type ExecutionTiming, executionTimingWords, type Series } from "api-types";
import type { RunRequest } from "../api/backtests";
import { withoutCommas } from "./amounts";
import { isoDay, monthsBefore, parseDay, secondsPerDay } from "./time";

export interface RunForm {
    readonly strategy: string;
    /** Empty for the newest. */
    readonly version: string;
    readonly symbol: string;
    /** Days, `2023-09-21`. */
    readonly start: string;
    readonly end: string;
    readonly equity: string;
    /** Basis points of every fill. */
    readonly commission: string;
    readonly slippage: string;
    readonly timing: ExecutionTiming;
    /** Percent of the equity that a position takes. */
    readonly allocation: string;
}

/** What is proposed to somebody who has run nothing yet: costs are counted, and nothing is known before its bar ends. */
export const proposed: RunForm = {
    strategy: "",
    version: "",
    symbol: "",
    start: "",
    end: "",
    equity: "10000.00",
    commission: "5",
    slippage: "5",
    timing: "next_open",
    allocation: "100",
};

const names = Object.keys(proposed) as readonly (keyof RunForm)[];

/** A form as it was kept or stands in an address; what is no text, or no timing, is left as `base` has it. */
export function filledIn(base: RunForm, given: Readonly<Record<string, unknown>>): RunForm {
    const form: Record<string, string> = { ...base };
    for (const name of names) {
        const value = given[name];
        if (typeof value === "string" && value.length <= longest) form[name] = value;
    }
    if (!executionTimingWords.includes(form["timing"] as ExecutionTiming)) form["timing"] = base.timing;
    return form as unknown as RunForm;
}

interface Kind {
    readonly id: string;
    readonly assetType: string;
    readonly timeframe: string;
}

/**
 * How the form begins: as it was last sent, under what the address says. An address that names a strategy and no
 * version means the newest; a strategy of another kind trades other symbols.
 */
export function initialForm(
    kept: Readonly<Record<string, unknown>>,
    address: Readonly<Record<string, unknown>>,
    strategies: readonly Kind[],
): RunForm {
    const before = filledIn(proposed, kept);
    const find = (id: unknown): Kind | undefined => strategies.find((one) => one.id === id);
    const [named, held] = [find(address["strategy"]), find(before.strategy)];
    const chosen = named ?? held ?? strategies[0];
    const isSameKind = held?.assetType === chosen?.assetType && held?.timeframe === chosen?.timeframe;
    const isSame = held !== undefined && held === chosen && address["strategy"] === undefined;
    const base = {
        ...before,
        ...(!isSame && { version: "" }),
        ...(!isSameKind && { symbol: "", start: "", end: "" }),
    };
    const form = filledIn(base, address);
    return named || isSame ? form : { ...form, strategy: chosen?.id ?? "", version: "" };
}

const longest = 200;

/** The field of the form that shows a fault of a field of the request. */
export const fieldOf: Readonly<Record<string, keyof RunForm>> = {
    strategy_id: "strategy",
    strategy_version_id: "version",
    symbol: "symbol",
    timeframe: "strategy",
    start_date: "start",
    end_date: "end",
    initial_equity: "equity",
    "simulation.commission_bps": "commission",
    "simulation.slippage_bps": "slippage",
    "simulation.execution_timing": "timing",
    "simulation.allocation_pct": "allocation",
};

/** The field of the request that can mend a refusal which names none. */
export const fieldOfCode: Readonly<Partial<Record<ErrorCode, string>>> = {
    BACKTEST_INSUFFICIENT_BARS: "start_date",
    BACKTEST_BAR_LIMIT_EXCEEDED: "start_date",
    BACKTEST_RESOURCE_LIMIT_EXCEEDED: "start_date",
    BACKTEST_INVALID_DEFINITION: "strategy_id",
    STRATEGY_NOT_FOUND: "strategy_id",
    STRATEGY_VERSION_NOT_FOUND: "strategy_version_id",
};

/** Faults that nobody need ask the server about, by field; the rest is the server's to say. */
export function faultsOf(form: RunForm): Readonly<Partial<Record<keyof RunForm, string>>> {
    const faults: Partial<Record<keyof RunForm, string>> = {};
    if (form.strategy === "") faults.strategy = "Choose a strategy.";
    if (form.symbol === "") faults.symbol = "Choose a symbol.";
    const [start, end] = [parseDay(form.start), parseDay(form.end)];
    // Days come with a symbol.
    const hasSymbol = form.symbol !== "";
    if (start === null && (hasSymbol || form.start !== "")) faults.start = "A day, such as 2020-01-02.";
    if (end === null && (hasSymbol || form.end !== "")) faults.end = "A day, such as 2023-12-29.";
    if (start !== null && end !== null && end < start) faults.end = "Ends before it starts.";
    for (const name of ["commission", "slippage", "allocation"] as const)
        if (numberIn(form[name]) === null) faults[name] = "A number, such as 5 or 2.5.";
    if (!/^\d{1,13}(\.\d{1,2})?$/.test(withoutCommas(form.equity))) faults.equity = "An amount, such as 10000 or 2500.50.";
    return faults;
}

function numberIn(text: string): number | null {
    const trimmed = text.trim();
    return /^\d{1,9}(\.\d{1,9})?$/.test(trimmed) ? Number(trimmed) : null;
}

/** For a form without faults. */
export const requestOf = (form: RunForm, timeframe: RunRequest["timeframe"]): RunRequest => ({
    strategy_id: form.strategy,
    ...(form.version !== "" && { strategy_version_id: Number(form.version) }),
    symbol: form.symbol,
    timeframe,
    start_date: form.start.trim(),
    end_date: form.end.trim(),
    initial_equity: withoutCommas(form.equity),
    simulation: {
        commission_bps: numberIn(form.commission)!,
        slippage_bps: numberIn(form.slippage)!,
        execution_timing: form.timing,
        allocation_pct: numberIn(form.allocation)!,
    },
});

export const spans = ["1Y", "3Y", "5Y", "10Y", "All"] as const;
export type Span = (typeof spans)[number];
const yearsOf: Readonly<Record<Exclude<Span, "All">, number>> = { "1Y": 1, "3Y": 3, "5Y": 5, "10Y": 10 };

/** The days of a span that ends with the series, never before it begins. */
export function daysOf(span: Span, series: Series): Pick<RunForm, "start" | "end"> {
    const back = span === "All" ? -Infinity : monthsBefore(series.last, 12 * yearsOf[span]);
    return { start: isoDay(Math.max(series.first, back)), end: isoDay(series.last) };
}

/** Spans that show less than all there is, and all. */
export const spansWithin = (series: Series): readonly Span[] =>
    spans.filter((span) => span === "All" || monthsBefore(series.last, 12 * yearsOf[span]) > series.first);

/** The span whose days these are; null for days of one's own. */
export const spanOf = (form: RunForm, series: Series): Span | null =>
    spansWithin(series).find((span) => {
        const days = daysOf(span, series);
        return days.start === form.start && days.end === form.end;
    }) ?? null;

/** Whether both are days, and the series has some of those between them. */
export function isWithin({ start, end }: Pick<RunForm, "start" | "end">, series: Series): boolean {
    const [from, to] = [parseDay(start), parseDay(end)];
    return from !== null && to !== null && from <= series.last && to >= dayOf(series.first);
}

/** How many bars of the series lie within the days, about: days without trading beside weekends are spread evenly. */
export function estimatedBars(form: RunForm, series: Series, assetType: AssetType): number | null {
    const [start, end] = [parseDay(form.start), parseDay(form.end)];
    if (start === null || end === null || end < start) return null;
    const [from, to] = [Math.max(start, dayOf(series.first)), Math.min(end, dayOf(series.last))];
    if (to < from) return 0;
    const days = assetType === "EQUITY" ? weekdays : allDays;
    const whole = days(dayOf(series.first), dayOf(series.last));
    return whole === 0 ? series.bars : Math.round((series.bars * days(from, to)) / whole);
}

const dayOf = (time: number): number => Math.floor(time / secondsPerDay) * secondsPerDay;

/** From one midnight to another, both days counted. */
const allDays = (from: number, to: number): number => (to - from) / secondsPerDay + 1;

/** Of these the days from Monday to Friday. */
const weekdays = (from: number, to: number): number => weekdaysUntil(to) - weekdaysUntil(from - secondsPerDay);

/** From some Monday before 1970 until the end of that day; what counts is the difference of two. */
function weekdaysUntil(midnight: number): number {
    // The day that Unix time begins with was a Thursday.
    const days = midnight / secondsPerDay + 3;
    const weeks = Math.floor(days / 7);
    return weeks * 5 + Math.min(days - weeks * 7 + 1, 5);
}
