/* What of an account is drawn on a symbol's chart: orders that wait as levels, fills at their bars. */
import type { Execution, Order } from "api-types";
import type { Guide, Marker } from "../../ui/chart/model";
import { firstIndexAtOrAfter, type Interval } from "../../lib/bars";
import { intervalSeconds } from "../../lib/time";
import { doneWords, nameOf, quantityText, roleWords } from "../../lib/trading/words";

/** A stop-limit order waits for its stop. */
export const guidesOf = (orders: readonly Order[]): readonly Guide[] =>
    orders.flatMap((order): Guide[] => {
        const price = order.stopPrice ?? order.limitPrice;
        if (order.status !== "PENDING" || price === null) return [];
        const isExit = order.role === "STOP_LOSS" || order.role === "TAKE_PROFIT";
        const label = isExit ? roleWords[order.role!] : nameOf(order);
        return [{ at: Number(price), label, side: order.side === "BUY" ? "buy" : "sell" }];
    });

/** A fill by a day's close stands at the last of its hours, one by an hour's bar on its day. */
export const markersOf = (
    executions: readonly Execution[],
    times: readonly number[],
    interval: Interval,
): readonly Marker[] =>
    executions.flatMap(({ side, quantity, barStart, barInterval }): Marker[] => {
        const length = intervalSeconds(interval);
        const at = barStart + Math.max(0, intervalSeconds(barInterval) - length);
        const index = firstIndexAtOrAfter(times, at + 1) - 1;
        const start = times[index];
        // Bars that are not read yet, or are stored no more, have no place on the chart.
        if (start === undefined || at - start >= length) return [];
        return [{ index, side: side === "BUY" ? "buy" : "sell", text: `${doneWords[side]} ${quantityText(quantity)}` }];
    });
