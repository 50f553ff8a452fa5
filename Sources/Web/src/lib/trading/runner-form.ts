/* What somebody wants traded on paper, as its form holds it: texts, until the server reads them. */
import type { ErrorCode, OrderLimit, Runner, Timeframe } from "api-types";
import type { RunnerSent } from "../../api/runners";
import { positive } from "../amounts";

export const runnerSizings = ["allocation_pct", "risk_pct"] as const;
/** What a purchase is sized by: a share of the runner's equity, or the share of it that the stop loss may lose. */
export type RunnerSizing = (typeof runnerSizings)[number];

export interface RunnerForm {
    readonly strategy: string;
    /** Id of the version; empty for the newest. */
    readonly version: string;
    readonly symbol: string;
    /** Empty until something is proposed or typed. */
    readonly capital: string;
    readonly sizing: RunnerSizing;
    readonly size: string;
}

const empty: RunnerForm = { strategy: "", version: "", symbol: "", capital: "", sizing: "allocation_pct", size: "100" };
const longest = 64;

/** What an address says, as far as it can be meant; without a strategy the first there is. */
export function runnerFormIn(
    given: Readonly<Record<string, unknown>>,
    strategies: readonly { readonly id: string }[],
): RunnerForm {
    const form: Record<string, string> = { ...empty };
    for (const name of Object.keys(empty)) {
        const value = given[name];
        if (typeof value === "string" && value.length <= longest) form[name] = value;
    }
    const sizing = runnerSizings.find((one) => one === form["sizing"]) ?? empty.sizing;
    const isThere = strategies.some(({ id }) => id === form["strategy"]);
    const other = {
        strategy: strategies[0]?.id ?? "",
        version: "",
        // What was to be traded by a strategy that is gone need not be what this one trades.
        ...(form["strategy"] !== "" && { symbol: "" }),
    };
    return { ...(form as unknown as RunnerForm), ...(!isThere && other), sizing };
}

/** Whether the version says where a loss ends; without that nothing says what is at risk. */
export function hasStopLoss(definition: unknown): boolean {
    const { risk } = (definition ?? {}) as { readonly risk?: unknown };
    return typeof risk === "object" && risk !== null && (risk as { readonly stop_loss?: unknown }).stop_loss != null;
}

/** A version without a stop is sized by a share of the equity, whatever the form said before. */
export const sizedFor = (form: RunnerForm, hasStop: boolean): RunnerForm =>
    hasStop || form.sizing === "allocation_pct" ? form : { ...form, sizing: "allocation_pct", size: empty.size };

/** Part of the free cash, and of the largest purchase: there is room for others, and for what it earns. */
const [partOfCash, partOfLimit] = [0.1, 0.5];

/** What a purchase may be worth at most, by the limits that one of `probe` was judged by; null where they are not known. */
export function purchaseRooms(limits: readonly RoomOfLimit[], probe: number): PurchaseRooms | null {
    const room = (isCash: boolean): number =>
        Math.min(
            ...limits
                // What a purchase is worth at least leaves no less room for a larger one.
                .filter(({ code, unit }) => unit === "MONEY" && code !== "MIN_NOTIONAL" && (code === "INSUFFICIENT_CASH") === isCash)
                .map(({ room }) => (Number(room) > 0 ? Number(room) + probe : 0)),
        );
    const [cash, purchase] = [room(true), room(false)];
    return Number.isFinite(cash) && Number.isFinite(purchase) ? { cash, purchase } : null;
}

type RoomOfLimit = Pick<OrderLimit, "code" | "room" | "unit">;

export interface PurchaseRooms {
    /** That nobody else was promised. */
    readonly cash: number;
    readonly purchase: number;
}

/** A round number that there is room for, such as 10000.00 or 2500.00; empty where there is none. */
export function proposedCapital({ cash, purchase }: PurchaseRooms): string {
    const maximum = Math.min(cash * partOfCash, purchase * partOfLimit);
    if (maximum < 1) return "";
    const step = 10 ** Math.floor(Math.log10(maximum)) / 2;
    return (Math.floor(maximum / step) * step).toFixed(2);
}

export type RunnerFaults = Readonly<Partial<Record<keyof RunnerForm, string>>>;

/** Faults that nobody need ask the server about, by field; the rest is the server's to say. */
export function runnerFaults(form: RunnerForm): RunnerFaults {
    return {
        ...(form.strategy === "" && { strategy: "Choose a strategy." }),
        ...(form.symbol === "" && { symbol: "Choose a symbol." }),
        ...(positive(form.capital, 2) === null && { capital: "An amount, such as 10000 or 2500.50." }),
        ...(percentIn(form.size) === null && { size: "A percentage up to 100, such as 50 or 1.5." }),
    };
}

function percentIn(text: string): number | null {
    const found = positive(text, 4);
    return found === null || Number(found) > 100 ? null : Number(found);
}

/** For a form without faults. */
export function runnerSent(form: RunnerForm, newest: number, timeframe: Timeframe): RunnerSent {
    const size = percentIn(form.size)!;
    return {
        strategy_version_id: form.version === "" ? newest : Number(form.version),
        symbol: form.symbol,
        timeframe,
        capital: positive(form.capital, 2)!,
        ...(form.sizing === "risk_pct" ? { risk_pct: size } : { allocation_pct: size }),
    };
}

/** Whether a runner is what was asked for: then the request that nobody answered has started it. */
export const isStartOf = (runner: Runner, sent: RunnerSent): boolean =>
    Number(runner.capital) === Number(sent.capital) &&
    (sent.risk_pct === undefined
        ? runner.riskPct === null && runner.allocationPct === sent.allocation_pct
        : runner.riskPct === sent.risk_pct);

/** The field of the form that shows a fault of a field of the request. */
export const runnerFieldOf: Readonly<Record<string, keyof RunnerForm>> = {
    strategy_version_id: "version",
    symbol: "symbol",
    timeframe: "strategy",
    capital: "capital",
    allocation_pct: "size",
    risk_pct: "size",
};

/** The field of the request that can mend a refusal which names none. */
export const runnerFieldOfCode: Readonly<Partial<Record<ErrorCode, string>>> = {
    TRADING_INSUFFICIENT_CASH: "capital",
    TRADING_RISK_LIMIT: "capital",
    TRADING_NO_MARKET_PRICE: "symbol",
    BACKTEST_INSUFFICIENT_BARS: "symbol",
    BACKTEST_INVALID_DEFINITION: "strategy_version_id",
    STRATEGY_VERSION_NOT_FOUND: "strategy_version_id",
};
