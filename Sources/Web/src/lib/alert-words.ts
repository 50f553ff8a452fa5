/* Alerts and what they told, for people. */
import type { Alert, AlertKind, Notification, WebhookDelivery } from "api-types";
import { exactly } from "./amounts";
import { wordsFor } from "./code-words";
import { backtestPath, orderPath, runnerPath, symbolPath } from "./routes";

/** What happened, in two or three words. */
const headings: Readonly<Record<AlertKind | "position_rescaled" | "webhook_disabled" | "webhook_test", string>> = {
    price_above: "Price reached",
    price_below: "Price reached",
    order_filled: "Order filled",
    order_rejected: "Order refused",
    order_expired: "Order expired",
    runner_signalled: "Runner signalled",
    runner_stopped: "Runner stopped",
    backtest_done: "Backtest done",
    data_stale: "Data stale",
    position_rescaled: "Split",
    webhook_disabled: "Webhook switched off",
    webhook_test: "Test",
};

/** One that a later server tells is still told by its name. */
export const headingOf = (kind: string): string => wordsFor(headings, kind) ?? kind.replace(/_/g, " ");

/** The events of an account that can be told, in the order of their list. */
export const eventKinds = [
    "order_filled",
    "order_rejected",
    "order_expired",
    "runner_signalled",
    "runner_stopped",
    "backtest_done",
    "data_stale",
] as const;
export type EventKind = (typeof eventKinds)[number];

export const eventWords: Readonly<Record<EventKind, string>> = {
    order_filled: "An order is filled",
    order_rejected: "An order is refused",
    order_expired: "An order expires",
    runner_signalled: "A runner is about to buy or sell",
    runner_stopped: "A runner ends",
    backtest_done: "A backtest ends",
    data_stale: "Prices of a symbol you watch or hold stop coming",
};

export type PriceKind = "price_above" | "price_below";

/** `AAPL rises to 200` */
export const priceAlertWords = ({ kind, symbol, level }: Pick<Alert, "kind" | "symbol" | "level">): string =>
    `${symbol ?? ""} ${kind === "price_above" ? "rises" : "falls"} to ${exactly(level ?? "", 2)}`;

export const isPriceAlert = ({ symbol }: Pick<Alert, "symbol">): boolean => symbol !== null;

/** Where what is told can be seen; null where that is nowhere. */
export function placeOf({ kind, symbol, subjectId }: Pick<Notification, "kind" | "symbol" | "subjectId">): string | null {
    if (subjectId !== null && kind.startsWith("order_")) return orderPath(subjectId);
    if (subjectId !== null && kind === "backtest_done") return backtestPath(subjectId);
    if (subjectId !== null && kind.startsWith("runner_")) return runnerPath(subjectId);
    return symbol === null ? null : symbolPath(symbol);
}

/** A level above the last price can only be risen to. */
export const kindFor = (level: number, last: number): PriceKind => (level < last ? "price_below" : "price_above");

/** `Delivered (204)`, `Waiting: The server answered 503, and not 2xx.` */
export function deliveryWords({ status, responseStatus, error, attempts }: WebhookDelivery): string {
    if (status === "delivered") return `Delivered (${responseStatus})`;
    const first = status === "failed" ? "Not delivered" : attempts === 0 ? "Waiting" : "Trying again";
    return error === null ? first : `${first}: ${error}`;
}
