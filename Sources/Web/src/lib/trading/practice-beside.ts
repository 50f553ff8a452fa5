/* What practice came to beside a strategy: the same days, the same money, the same fee. */
import type { Backtest, Order, Replay, ReplayDetail } from "api-types";
import type { RunRequest } from "../../api/backtests";
import { allTimes, atTimes, type Curve, curveOf, drawdowns, rebased } from "../results/curve";
import { isoDay, secondsPerDay } from "../time";
import { lastWholeDay } from "./practice";

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
    /** Sales. */
    readonly trades: number;
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

const sideOf = (name: string, curve: Curve, initial: number, trades: number): Side => ({
    name,
    change: rebased(curve.values.slice(-1), initial)[0] ?? null,
    drawdown: curve.values.length === 0 ? null : Math.min(0, ...drawdowns(curve.values, initial)),
    trades,
    curve,
    initial,
});

const isSaleBefore =
    (end: number) =>
    ({ side, status, priceAsOf }: Order): boolean =>
        side === "SELL" && status === "FILLED" && priceAsOf !== null && priceAsOf <= end;

/** Practice up to the end of the days of a finished run, beside that run. */
export function besideOf({ replay, orders, points }: ReplayDetail, run: Backtest): Beside {
    const end = run.endDate + secondsPerDay;
    const known = points.flatMap(({ time, equity }) => (time < end && equity !== null ? [{ time, equity: Number(equity) }] : []));
    const practice = sideOf("Practice", curveOf(known), Number(replay.startingBalance), orders.filter(isSaleBefore(end)).length);
    const strategy = sideOf("Strategy", curveOf(run.equity), Number(run.initialEquity), run.results?.numTrades ?? 0);
    const sides = [practice, strategy] as const;
    const times = allTimes(sides.map(({ curve }) => curve));
    return { sides, times, growth: sides.map(({ curve, initial }) => rebased(atTimes(curve, times), initial)) };
}
