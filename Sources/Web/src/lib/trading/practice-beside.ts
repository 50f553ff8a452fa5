/* What practice came to beside a strategy: the same days, the same money, the same fee. */
import type { Backtest, Order, Replay, ReplayResult } from "api-types";
import type { RunRequest } from "../../api/backtests";
import { whole } from "../format";
import { allTimes, atTimes, type Curve, curveOf, rebased } from "../results/curve";
import { isoDay, secondsPerDay } from "../time";
import { lastWholeDay, namedTogether } from "./practice";

/** What a strategy is tried on: whole days that are behind the clock. Null while no day is. */
export function besideDays(replay: Replay): { readonly start: string; readonly end: string } | null {
    const end = lastWholeDay(replay);
    return end === null ? null : { start: isoDay(replay.firstBar), end: isoDay(end) };
}

/** The run of the newest version over these days; all but money and fee is as a new backtest proposes it. */
export const besideRequest = (
    { timeframe, startingBalance, feeBps }: Replay,
    strategy: string,
    symbol: string,
    { start, end }: { readonly start: string; readonly end: string },
): RunRequest => ({
    strategy_id: strategy,
    symbol,
    timeframe,
    start_date: start,
    end_date: end,
    initial_equity: startingBalance,
    simulation: { commission_bps: feeBps, slippage_bps: 0, execution_timing: "next_open", allocation_pct: 100 },
});

/** One of the two. */
export interface Side {
    readonly name: string;
    /** Fractions. */
    readonly change: number | null;
    /** From 0 down. */
    readonly drawdown: number | null;
    readonly sales: number;
    readonly curve: Curve;
    readonly initial: number;
}

export interface Beside {
    readonly sides: readonly [practice: Side, strategy: Side];
    /** Times of the points of both, ascending. */
    readonly times: readonly number[];
    /** Growth of each at those times, as fractions. */
    readonly growth: readonly (readonly number[])[];
}

/** What both are told with: figures of every bar, in percent, and a curve of fewer points. */
interface Told {
    readonly change: number | null | undefined;
    readonly drawdown: number | null | undefined;
    readonly sales: number;
    readonly equity: Backtest["equity"];
    readonly initial: string;
}

const sideOf = (name: string, { change, drawdown, sales, equity, initial }: Told): Side => ({
    name,
    change: typeof change === "number" ? change / 100 : null,
    drawdown: typeof drawdown === "number" ? 0 - drawdown / 100 : null,
    sales,
    curve: curveOf(equity),
    initial: Number(initial),
});

/** The newest sale that a result up to the end of the run counts: where another is the newest, the result is another one. */
export function newestSale(orders: readonly Order[], { endDate }: Pick<Backtest, "endDate">): string {
    const end = endDate + secondsPerDay;
    const isCounted = ({ side, status, priceAsOf }: Order): boolean =>
        side === "SELL" && status === "FILLED" && priceAsOf !== null && priceAsOf <= end;
    return orders.find(isCounted)?.id ?? "";
}

/** Practice, as it had come out by the end of the days of a finished run, beside that run. */
export function besideOf(practice: ReplayResult, { startingBalance }: Pick<Replay, "startingBalance">, run: Backtest): Beside {
    const sides = [
        sideOf("Practice", {
            change: practice.returnPct,
            drawdown: practice.maxDrawdownPct,
            sales: practice.sales,
            equity: practice.equity,
            initial: startingBalance,
        }),
        sideOf("Strategy", {
            change: run.results?.totalReturnPct,
            drawdown: run.results?.maxDrawdownPct,
            sales: run.results?.numTrades ?? 0,
            equity: run.equity,
            initial: run.initialEquity,
        }),
    ] as const;
    const times = allTimes(sides.map(({ curve }) => curve));
    return { sides, times, growth: sides.map(({ curve, initial }) => rebased(atTimes(curve, times), initial)) };
}

/** What is unlike where practice has several symbols and the strategy ran on one; null where both have the one. */
export function unlikeInWords({ symbols, sales }: Pick<ReplayResult, "symbols" | "sales">, symbol: string): string | null {
    if (symbols.length < 2) return null;
    const own = symbols.find((one) => one.symbol === symbol)?.sales ?? 0;
    const all = namedTogether(symbols.map((one) => one.symbol));
    return (
        `The practice is all of it, with ${all}; the strategy ran on ${symbol} alone. ` +
        `Sales of ${symbol} in the practice: ${whole(own)} of ${whole(sales)}.`
    );
}
