/* A ticket as its form holds it: texts, until the server reads them. */
import { type OrderSide, orderSideWords, type OrderType, orderTypeWords, type TimeInForce, timeInForceWords } from "api-types";
import type { TicketSent } from "../../api/trading";
import { positive } from "../amounts";

export const sizings = ["quantity", "notional", "risk_pct"] as const;
/** What the size is of: units, an amount of money, or the share of the equity that a stop may lose. */
export type Sizing = (typeof sizings)[number];

export interface Ticket {
    readonly symbol: string;
    /** Of what is no longer traded: which of the symbols that had this ticker. Empty: the one that is traded under it. */
    readonly symbolId: string;
    readonly side: OrderSide;
    readonly type: OrderType;
    readonly sizing: Sizing;
    readonly size: string;
    readonly limit: string;
    readonly stop: string;
    readonly timeInForce: TimeInForce;
    /** A purchase that brings its own exits. */
    readonly hasBracket: boolean;
    readonly stopLoss: string;
    readonly takeProfit: string;
    readonly reduceOnly: boolean;
}

export const emptyTicket: Ticket = {
    symbol: "",
    symbolId: "",
    side: "BUY",
    type: "MARKET",
    sizing: "quantity",
    size: "",
    limit: "",
    stop: "",
    timeInForce: "GTC",
    hasBracket: false,
    stopLoss: "",
    takeProfit: "",
    reduceOnly: false,
};

const choices: Readonly<Partial<Record<keyof Ticket, readonly string[]>>> = {
    side: orderSideWords,
    type: orderTypeWords,
    sizing: sizings,
    timeInForce: timeInForceWords,
};
const longest = 64;

/** A ticket as it was kept or stands in an address; what cannot be meant is left as `base` has it. */
export function filledIn(base: Ticket, given: Readonly<Record<string, unknown>>): Ticket {
    const ticket: Record<string, unknown> = { ...base };
    for (const [name, before] of Object.entries(base)) {
        const value = given[name];
        if (typeof value !== typeof before) continue;
        const known = choices[name as keyof Ticket];
        if (typeof value === "string" && (value.length > longest || known?.includes(value) === false)) continue;
        ticket[name] = value;
    }
    return consistent(ticket as unknown as Ticket);
}

/** What belongs to purchases is not asked of a sale, and the other way round. */
export function consistent(ticket: Ticket): Ticket {
    if (ticket.side === "BUY")
        return ticket.reduceOnly || ticket.symbolId !== "" ? { ...ticket, reduceOnly: false, symbolId: "" } : ticket;
    const sizing = ticket.sizing === "risk_pct" ? "quantity" : ticket.sizing;
    return { ...ticket, hasBracket: false, sizing, ...(sizing !== ticket.sizing && { size: "" }) };
}

export const hasLimit = ({ type }: Ticket): boolean => type === "LIMIT" || type === "STOP_LIMIT";
export const hasStop = ({ type }: Ticket): boolean => type === "STOP" || type === "STOP_LIMIT";
/** A share of the equity at risk is measured by the stop that ends it. */
export const hasExits = ({ side, hasBracket, sizing }: Ticket): boolean =>
    side === "BUY" && (hasBracket || sizing === "risk_pct");

/** Decimals that the ledger keeps. */
const [moneyDigits, quantityDigits, priceDigits] = [2, 8, 12] as const;

export type TicketFaults = Readonly<Partial<Record<keyof Ticket, string>>>;

/** Faults that nobody need ask the server about, by field; the rest is the server's to say. */
export function faultsOf(ticket: Ticket): TicketFaults {
    const faults: Partial<Record<keyof Ticket, string>> = {};
    const price = (name: "limit" | "stop" | "stopLoss" | "takeProfit"): void => {
        if (positive(ticket[name], priceDigits) === null) faults[name] = "A price, such as 187.50.";
    };
    if (ticket.symbol === "") faults.symbol = "Choose a symbol.";
    if (ticket.sizing === "quantity" && positive(ticket.size, quantityDigits) === null)
        faults.size = "How many, such as 10 or 0.25.";
    if (ticket.sizing === "notional" && positive(ticket.size, moneyDigits) === null)
        faults.size = "An amount, such as 1000 or 2500.50.";
    if (ticket.sizing === "risk_pct" && riskOf(ticket) === null) faults.size = "A percentage up to 100, such as 1 or 0.5.";
    if (hasLimit(ticket)) price("limit");
    if (hasStop(ticket)) price("stop");
    if (hasExits(ticket)) {
        if (ticket.stopLoss !== "" || ticket.sizing === "risk_pct") price("stopLoss");
        if (ticket.takeProfit !== "") price("takeProfit");
        if (ticket.stopLoss === "" && ticket.takeProfit === "")
            faults.stopLoss = ticket.sizing === "risk_pct" ? "Where the loss ends." : "A stop loss, a take profit, or both.";
    }
    return faults;
}

function riskOf({ size }: Ticket): number | null {
    const text = positive(size, 4);
    return text === null || Number(text) > 100 ? null : Number(text);
}

/** For a ticket without faults. */
export function sentOf(ticket: Ticket): TicketSent {
    const { symbol, symbolId, side, type, sizing, timeInForce, reduceOnly } = ticket;
    const price = (name: string, text: string, isAsked: boolean): object =>
        isAsked && text !== "" ? { [name]: positive(text, priceDigits) } : {};
    const size =
        sizing === "risk_pct"
            ? { risk_pct: riskOf(ticket)! }
            : { [sizing]: positive(ticket.size, sizing === "quantity" ? quantityDigits : moneyDigits)! };
    return {
        symbol,
        ...(symbolId !== "" && { symbol_id: Number(symbolId) }),
        side,
        order_type: type,
        ...size,
        ...price("limit_price", ticket.limit, hasLimit(ticket)),
        ...price("stop_price", ticket.stop, hasStop(ticket)),
        // One that fills at once is in force for no time.
        ...(type !== "MARKET" && { time_in_force: timeInForce }),
        ...(reduceOnly && { reduce_only: true }),
        ...price("stop_loss", ticket.stopLoss, hasExits(ticket)),
        ...price("take_profit", ticket.takeProfit, hasExits(ticket)),
    };
}

/** The field of the form that shows a fault of a field of the request. */
export const fieldOf: Readonly<Record<string, keyof Ticket>> = {
    symbol: "symbol",
    symbol_id: "symbol",
    side: "side",
    order_type: "type",
    quantity: "size",
    notional: "size",
    risk_pct: "size",
    limit_price: "limit",
    stop_price: "stop",
    time_in_force: "timeInForce",
    reduce_only: "reduceOnly",
    stop_loss: "stopLoss",
    take_profit: "takeProfit",
};
