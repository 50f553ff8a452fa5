/*
 * What somebody intends to trade, under the one id that the server knows it by: made when the ticket is begun, the same
 * for every attempt, whatever is changed in between, and another only once the server has answered with an order. A
 * lost answer therefore never buys twice: the next attempt finds the order, or is told that one was placed.
 */
import type { OrderStatus } from "api-types";
import { emptyTicket, filledIn, type Ticket } from "./ticket";

export interface Intent {
    readonly ticket: Ticket;
    readonly clientOrderID: string;
}

export type NewID = () => string;

export const begun = (ticket: Ticket, newID: NewID): Intent => ({ ticket, clientOrderID: newID() });

export const edited = (intent: Intent, ticket: Ticket): Intent => ({ ...intent, ticket });

/** A refused ticket stays to be mended; of one that was taken only what the next may share does. */
export const answered = ({ ticket }: Intent, status: OrderStatus, newID: NewID): Intent => {
    if (status === "REJECTED") return begun(ticket, newID);
    const { symbol, side, type, sizing, timeInForce } = ticket;
    return begun({ ...emptyTicket, symbol, side, type, sizing, timeInForce }, newID);
};

/** The id stands for another order, placed by an attempt whose answer was lost: what is in the form is a new one. */
export const takenBefore = ({ ticket }: Intent, newID: NewID): Intent => begun(ticket, newID);

/** An intent that was kept: whatever stands there may be anything. */
export function intentFrom(kept: unknown): Intent | null {
    const { ticket, clientOrderID } = (kept ?? {}) as { readonly [Part in keyof Intent]?: unknown };
    if (typeof clientOrderID !== "string" || !/^[0-9a-f-]{36}$/.test(clientOrderID)) return null;
    if (typeof ticket !== "object" || ticket === null) return null;
    return { ticket: filledIn(emptyTicket, ticket as Readonly<Record<string, unknown>>), clientOrderID };
}
