/* Orders and what became of them, for people. */
import type {
    ActivityEntry,
    Correction,
    Execution,
    Order,
    OrderLimit,
    OrderRefusal,
    OrderRole,
    OrderSide,
    OrderStatus,
    OrderType,
    TimeInForce,
} from "api-types";
import { exactly } from "../amounts";
import { wordsFor } from "../code-words";
import { decimal, money, priceDigits, spelled } from "../format";
import { inSentence } from "../kinds";
import { writtenTime } from "../time";

/** What the ledger is kept in. */
export const currency = "USD";
export const cash = (amount: string): string => money(amount, currency);
/** A price as it was asked for or got: all of its digits. */
export const priceText = (price: string): string => exactly(price, 2);
export const quantityText = (quantity: string): string => exactly(quantity);

export const sideWords: Readonly<Record<OrderSide, string>> = { BUY: "Buy", SELL: "Sell" };
export const doneWords: Readonly<Record<OrderSide, string>> = { BUY: "Bought", SELL: "Sold" };

export const typeWords: Readonly<Record<OrderType, string>> = {
    MARKET: "Market",
    LIMIT: "Limit",
    STOP: "Stop",
    STOP_LIMIT: "Stop limit",
};

export const timeInForceNames: Readonly<Record<TimeInForce, string>> = {
    GTC: "Until cancelled",
    DAY: "For the day",
};

export const statusWords: Readonly<Record<OrderStatus, string>> = {
    PENDING: "Resting",
    FILLED: "Filled",
    CANCELLED: "Cancelled",
    EXPIRED: "Expired",
    REJECTED: "Refused",
};

export const roleWords: Readonly<Record<OrderRole, string>> = {
    ENTRY: "Entry with exits",
    STOP_LOSS: "Stop loss",
    TAKE_PROFIT: "Take profit",
};

type Asked = Pick<Order, "side" | "symbol" | "quantity" | "orderType" | "limitPrice" | "stopPrice">;

/** `Buy 10 AAPL` */
export const nameOf = ({ side, symbol, quantity }: Pick<Order, "side" | "symbol" | "quantity">): string =>
    `${sideWords[side]} ${quantityText(quantity)} ${symbol}`;

/** When and at what price: `at market`, `at 180.00 or less`, `once it rises to 190.00`. */
export function conditionOf({ side, orderType, limitPrice, stopPrice }: Omit<Asked, "symbol" | "quantity">): string {
    const limit = limitPrice === null ? "" : `at ${priceText(limitPrice)} or ${side === "BUY" ? "less" : "more"}`;
    const stop = stopPrice === null ? "" : `once it ${side === "BUY" ? "rises" : "falls"} to ${priceText(stopPrice)}`;
    if (orderType === "MARKET") return "at market";
    return [stop, limit].filter((part) => part !== "").join(", ");
}

export const inWords = (order: Asked): string => `${nameOf(order)} ${conditionOf(order)}`;

const refusals: Readonly<Record<OrderRefusal, string>> = {
    NO_MARKET_PRICE: "There is no price to trade at.",
    MIN_NOTIONAL: "The order is too small.",
    MAX_ORDER_NOTIONAL: "The order is too large.",
    MAX_POSITION_PCT: "The position would be too large.",
    MIN_CASH_REMAINING: "Too little cash would be left.",
    INSUFFICIENT_CASH: "There is not enough cash.",
    INSUFFICIENT_POSITION: "There is not that much to sell.",
    WOULD_FILL_AT_ONCE: "It would fill at once.",
    BRACKET_WRONG_SIDE: "An exit is on the wrong side.",
    TOO_MANY_ORDERS: "There are too many orders.",
    AMOUNT_TOO_LARGE: "The amount is too large.",
    SYMBOL_INACTIVE: "The symbol is no longer traded here.",
    OTHER_CURRENCY: "It is priced in another currency.",
};

/** A code that a later server adds is still told by its name. */
export const refusalInWords = (code: string | null): string =>
    code === null ? "Refused." : wordsFor(refusals, code) ?? `${spelled(code).toLowerCase()}.`;

const limitNames: Readonly<Record<OrderRefusal, string>> = {
    NO_MARKET_PRICE: "Price",
    MIN_NOTIONAL: "Smallest order",
    MAX_ORDER_NOTIONAL: "Largest order",
    MAX_POSITION_PCT: "Largest position",
    MIN_CASH_REMAINING: "Cash that may be spent",
    INSUFFICIENT_CASH: "Free cash",
    INSUFFICIENT_POSITION: "Free to sell",
    WOULD_FILL_AT_ONCE: "Price",
    BRACKET_WRONG_SIDE: "Exits",
    TOO_MANY_ORDERS: "Resting orders",
    AMOUNT_TOO_LARGE: "Amount",
    SYMBOL_INACTIVE: "Symbol",
    OTHER_CURRENCY: "Currency",
};

export const limitName = ({ code }: Pick<OrderLimit, "code">): string =>
    wordsFor(limitNames, code) ?? spelled(code).toLowerCase();
/** `$3,000.00 left of $25,000.00` */
export function limitRoom({ code, unit, allowed, used, room }: OrderLimit): string {
    const amount = unit === "MONEY" ? cash : quantityText;
    return code === "MIN_NOTIONAL" ? `${amount(used)} of at least ${amount(allowed)}` : `${amount(room)} left of ${amount(allowed)}`;
}

export interface OutcomeInWords {
    readonly tone: "good" | "note" | "bad";
    readonly title: string;
    readonly text: string;
}

/** Of a fill; null when it cost none. */
export const feeInWords = (fee: string | null): string | null =>
    fee === null || Number(fee) === 0 ? null : `${cash(fee)} in fees`;

/** What came of an order that was sent. The text is the server's own sentence. */
export function outcomeInWords(order: Order): OutcomeInWords {
    const { status, notional, fee, detail } = order;
    switch (status) {
        case "FILLED": {
            const paid = notional === null ? "" : ` for ${cash(notional)}`;
            const cost = feeInWords(fee);
            return { tone: "good", title: `Filled${paid}${cost === null ? "" : `, ${cost}`}.`, text: detail };
        }
        case "REJECTED":
            return { tone: "bad", title: `Refused: ${refusalInWords(order.rejectReason)}`, text: detail };
        case "PENDING":
            return { tone: "note", title: `Resting: ${inWords(order)}.`, text: detail };
        default:
            return { tone: "note", title: `${statusWords[status]}: ${inWords(order)}.`, text: detail };
    }
}

/** Which stored bar an execution took its price from. */
export const barInWords = ({ barInterval, barStart, barRevision }: Execution): string =>
    `the ${inSentence(barInterval)} bar of ${writtenTime(barStart, barInterval)}, revision ${barRevision} of its series`;

/** What has become of that bar. */
export function barNowInWords({ open, low, high, close }: Correction): string {
    if (open === null || low === null || high === null || close === null) return "is stored no longer.";
    const price = (value: number): string => decimal(value, priceDigits(value));
    return `opens at ${price(open)} now, runs from ${price(low)} to ${price(high)}, and closes at ${price(close)}.`;
}

export const activityWords: Readonly<Record<ActivityEntry["kind"], string>> = {
    ORDER: "Order",
    FILL: "Fill",
    REJECTED: "Refused",
    CANCELLED: "Cancelled",
    EXPIRED: "Expired",
    RESET: "Reset",
    RESCALED: "Split",
};
