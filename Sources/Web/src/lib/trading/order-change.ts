/* What of a resting order may be changed, and what is to be sent of it. */
import type { Order } from "api-types";
import type { OrderChange } from "../../api/trading";
import { positive, trimmed } from "../amounts";

export const changeFields = ["quantity", "stop_price", "limit_price", "stop_loss", "take_profit"] as const;
export type ChangeField = (typeof changeFields)[number];
export type ChangeForm = Readonly<Record<ChangeField, string>>;

export const changeNames: Readonly<Record<ChangeField, string>> = {
    quantity: "Quantity",
    stop_price: "Stop price",
    limit_price: "Limit price",
    stop_loss: "Stop loss",
    take_profit: "Take profit",
};

const storedOf = (order: Order): Readonly<Record<ChangeField, string | null>> => ({
    quantity: order.quantity,
    stop_price: order.stopPrice,
    limit_price: order.limitPrice,
    stop_loss: order.stopLoss,
    take_profit: order.takeProfit,
});

/** Those that the order has. An exit closes what its entry has bought: its size is not its own. */
export const changeable = (order: Order): readonly ChangeField[] =>
    changeFields.filter(
        (field) => storedOf(order)[field] !== null && (field !== "quantity" || order.entryOrderId === null),
    );

export function changeFormOf(order: Order): ChangeForm {
    const stored = storedOf(order);
    const text = (field: ChangeField): string => {
        const amount = stored[field];
        return amount === null ? "" : trimmed(amount, field === "quantity" ? 0 : 2);
    };
    return {
        quantity: text("quantity"),
        stop_price: text("stop_price"),
        limit_price: text("limit_price"),
        stop_loss: text("stop_loss"),
        take_profit: text("take_profit"),
    };
}

/** The first field that holds no amount. */
export const faultyField = (order: Order, form: ChangeForm): ChangeField | null =>
    changeable(order).find((field) => positive(form[field], field === "quantity" ? 8 : 12) === null) ?? null;

/** Only what is another amount, of a form without faults. */
export function changesOf(order: Order, form: ChangeForm): OrderChange {
    const before = changeFormOf(order);
    return Object.fromEntries(
        changeable(order).flatMap((field) => {
            const amount = positive(form[field], 12)!;
            return trimmed(amount) === trimmed(before[field]) ? [] : [[field, amount]];
        }),
    );
}
