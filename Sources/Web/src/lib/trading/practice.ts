/* Practice on past days: what has happened between two looks at it, and where that stands on a chart. */
import type { Order, Replay, ReplayDetail, ReplayPosition } from "api-types";
import { difference } from "../amounts";
import { firstIndexAtOrAfter, type Interval } from "../bars";
import { intervalSeconds, secondsPerDay } from "../time";
import { doneWords, quantityText } from "./words";

/** Bars a second while it plays, as the server keeps them. */
export const speeds = [1, 2, 3, 4] as const;

/** How long the next step waits: `speed` of them begin in a second, and none before the one before it has ended. */
export const pauseBefore = (speed: number, begunAt: number, now: number): number =>
    Math.max(0, begunAt + 1_000 / speed - now);

/** `AAPL`, `AAPL and NVDA`, `AAPL, NVDA and 3 more`. */
export function namedTogether(symbols: readonly string[]): string {
    const shown = symbols.length > 3 ? [...symbols.slice(0, 2), `${symbols.length - 2} more`] : symbols;
    return shown.length < 2 ? shown.join("") : `${shown.slice(0, -1).join(", ")} and ${shown[shown.length - 1]}`;
}

export const symbolsOf = ({ positions }: Replay): readonly string[] => positions.map(({ symbol }) => symbol);

/** The last day that is all behind the clock: a backtest of a day that is under way shows hours still to come. Null: none is. */
export function lastWholeDay({ firstBar, clock, timeframe }: Pick<Replay, "firstBar" | "clock" | "timeframe">): number | null {
    const end = Math.floor((clock + intervalSeconds(timeframe)) / secondsPerDay) * secondsPerDay;
    return end > firstBar ? end - secondsPerDay : null;
}

/** What is kept of a replay while somebody practises on it. */
export type PractisedDetail = Pick<ReplayDetail, "replay" | "orders">;

/** What there is once a step has told what is new: orders newest first. */
export function afterStep(before: PractisedDetail, step: PractisedDetail): PractisedDetail {
    const known = new Set(before.orders.map(({ id }) => id));
    const changed = new Map(step.orders.map((order) => [order.id, order]));
    const came = step.orders.filter(({ id }) => !known.has(id));
    return {
        replay: step.replay,
        orders: [...came, ...before.orders.map((order) => changed.get(order.id) ?? order)],
    };
}

/** Fills of resting orders, and orders that have ended otherwise by themselves: what somebody who plays wants to know of. */
export function endedBetween(before: readonly Order[], after: readonly Order[]): readonly Order[] {
    const waited = new Set(before.flatMap(({ id, status }) => (status === "PENDING" ? [id] : [])));
    const known = new Set(before.map(({ id }) => id));
    return after.filter(
        ({ id, status }) =>
            // Exits come and may go with the very bar that fills their entry.
            (waited.has(id) || !known.has(id)) && (status === "FILLED" || status === "EXPIRED" || status === "REJECTED"),
    );
}

interface FillMark {
    /** Of the bar with whose prices it was filled. */
    readonly index: number;
    readonly side: "buy" | "sell";
    readonly text: string;
}

/** Fills at their bars; those before the first bar that is here are left out. */
export const fillMarks = (orders: readonly Order[], times: readonly number[]): readonly FillMark[] =>
    orders.flatMap(({ status, side, quantity, priceAsOf }): FillMark[] => {
        if (status !== "FILLED" || priceAsOf === null) return [];
        // Its price is of a moment within the bar or of its end, which the next may begin with.
        const index = firstIndexAtOrAfter(times, priceAsOf) - 1;
        if (index < 0) return [];
        return [{ index, side: side === "BUY" ? "buy" : "sell", text: `${doneWords[side]} ${quantityText(quantity)}` }];
    });

/** Start of the bar that filled an order: its price is of a moment within that bar, or of its end, which the next may begin with. */
export function barOf({ priceAsOf }: Pick<Order, "priceAsOf">, interval: Interval): number | null {
    if (priceAsOf === null) return null;
    const length = intervalSeconds(interval);
    return Math.floor((priceAsOf - 1) / length) * length;
}

/** What a unit of it has cost; null while nothing is held. */
export const averageCost = ({ quantity, costBasis }: ReplayPosition): number | null =>
    Number(quantity) === 0 ? null : Number(costBasis) / Number(quantity);

/** What all that is held is worth above what it cost; null where that cannot be told. */
export const openProfit = ({ positions }: Replay): string | null =>
    positions.reduce<string | null>(
        (sum, { unrealizedPnl }) =>
            sum === null || unrealizedPnl === null ? null : difference(sum, difference("0", unrealizedPnl)),
        "0",
    );
