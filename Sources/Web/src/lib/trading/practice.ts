/* Practice on past days: what has happened between two looks at it, and where that stands on a chart. */
import type { Order, Replay, ReplayDetail } from "api-types";
import { difference } from "../amounts";
import { firstIndexAtOrAfter } from "../bars";
import { doneWords, quantityText } from "./words";

/** Bars a second while it plays. Each is two requests, and a user has 600 a minute: faster play would be stopped by that. */
export const speeds = ["1", "2", "4"] as const;
export type Speed = (typeof speeds)[number];

/** How long the next step waits: `speed` of them begin in a second, and none before the one before it has ended. */
export const pauseBefore = (speed: Speed, begunAt: number, now: number): number =>
    Math.max(0, begunAt + 1_000 / Number(speed) - now);

/** What there is once a step has told what is new: orders newest first, points oldest first. */
export function afterStep(before: ReplayDetail, step: ReplayDetail): ReplayDetail {
    const known = new Set(before.orders.map(({ id }) => id));
    const changed = new Map(step.orders.map((order) => [order.id, order]));
    const came = step.orders.filter(({ id }) => !known.has(id));
    return {
        replay: step.replay,
        orders: [...came, ...before.orders.map((order) => changed.get(order.id) ?? order)],
        points: [...before.points, ...step.points],
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

export interface HeldPosition {
    readonly averageCost: number;
    /** Its value at the clock's close, less what it cost. */
    readonly profit: string | null;
}

/** Null while nothing is held. */
export function positionOf({ quantity, costBasis, equity, cash }: Replay): HeldPosition | null {
    const held = Number(quantity);
    if (held === 0) return null;
    return {
        averageCost: Number(costBasis) / held,
        profit: equity === null ? null : difference(difference(equity, cash), costBasis),
    };
}
