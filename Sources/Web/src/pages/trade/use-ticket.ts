/* The ticket that somebody works on in this tab, sent under one id until it is answered. */
import type { Order } from "api-types";
import { useCallback, useEffect, useRef, useState } from "react";
import { account } from "../../api/session";
import { isTakenBefore, isUncertain, type TicketSent } from "../../api/trading";
import { answered, begun, edited, intentFrom, type Intent, takenBefore } from "../../lib/trading/intent";
import { consistent, faultsOf, sentOf, type Ticket } from "../../lib/trading/ticket";
import { useWork, type Work } from "../../ui/use-work";

/** What came of the last attempt. */
export type Outcome =
    | { readonly kind: "answered"; readonly order: Order }
    /** An attempt before it had reached the server: that order is there, and this one was not placed. */
    | { readonly kind: "before"; readonly order: Order | null };

export interface TicketWork {
    readonly ticket: Ticket;
    readonly change: (part: Partial<Ticket>) => void;
    readonly send: () => Promise<void>;
    readonly work: Work;
    readonly outcome: Outcome | null;
    /** Counts attempts that the page itself has refused. */
    readonly refused: number;
    readonly orderHref: Desk["orderHref"];
}

/** Whoever takes the orders of a ticket. */
export interface Desk {
    /** What its ticket is kept under, beside the user. */
    readonly name: string;
    /** How a ticket begins here. */
    readonly empty: Ticket;
    /** What stands in the ticket, whatever was kept of it. */
    readonly given: Ticket | null;
    readonly place: (ticket: TicketSent, clientOrderID: string) => Promise<Order>;
    /** The order that an attempt has placed whose answer was lost; null where it is not found. */
    readonly placedAs: (clientOrderID: string) => Promise<Order | null>;
    /** Where an order has a page of its own. */
    readonly orderHref?: (id: string) => string;
}

const newID = (): string => crypto.randomUUID();

/** In the tab, so that a reload sends nothing twice; another tab is another ticket. */
function nameOf(desk: Desk): string | null {
    const now = account();
    return now.state === "signed-in" ? `${desk.name}:${now.profile.id}` : null;
}

function kept(desk: Desk): Intent | null {
    try {
        const name = nameOf(desk);
        const text = name === null ? null : sessionStorage.getItem(name);
        return text === null ? null : intentFrom(JSON.parse(text));
    } catch {
        return null;
    }
}

function keep(desk: Desk, intent: Intent): void {
    try {
        const name = nameOf(desk);
        if (name !== null) sessionStorage.setItem(name, JSON.stringify(intent));
    } catch {
        // Storage is forbidden or full: the ticket lasts as long as the page.
    }
}

function initial(desk: Desk): Intent {
    const before = kept(desk);
    if (desk.given === null) return before ?? begun(desk.empty, newID);
    // An attempt whose answer was lost may stand behind the id: it is kept with the new ticket, too.
    return before ? edited(before, desk.given) : begun(desk.given, newID);
}

/** The desk stays the same one as long as the ticket is there. */
export function useTicket(desk: Desk): TicketWork {
    const [intent, setIntent] = useState(() => initial(desk));
    const [outcome, setOutcome] = useState<Outcome | null>(null);
    const [refused, setRefused] = useState(0);
    const [own, run] = useWork();
    // Whether an order was placed is still to be known, whatever is asked for next.
    const clear = (): void => {
        if (!isUncertain(own.error)) own.clear();
    };
    const work: Work = { ...own, clear };
    const latest = useRef(intent);
    const hold = useCallback(
        (next: Intent): void => {
            latest.current = next;
            keep(desk, next);
            setIntent(next);
        },
        [desk],
    );
    useEffect(() => keep(desk, latest.current), [desk]);

    const clearing = useRef(clear);
    clearing.current = clear;
    const change = useCallback(
        (part: Partial<Ticket>): void => {
            clearing.current();
            hold(edited(latest.current, consistent({ ...latest.current.ticket, ...part })));
        },
        [hold],
    );
    const send = async (): Promise<void> => {
        const sent = latest.current;
        if (Object.keys(faultsOf(sent.ticket)).length > 0) {
            setRefused((count) => count + 1);
            return;
        }
        setRefused(0);
        await run(async () => {
            setOutcome(null);
            /** What was typed meanwhile is the next ticket as it stands. */
            const next = (after: Intent): void =>
                hold(latest.current === sent ? after : edited(after, latest.current.ticket));
            try {
                const order = await desk.place(sentOf(sent.ticket), sent.clientOrderID);
                next(answered(sent, order.status, newID));
                setOutcome({ kind: "answered", order });
            } catch (error) {
                if (!isTakenBefore(error)) throw error;
                next(takenBefore(sent, newID));
                const order = await desk.placedAs(sent.clientOrderID).catch(() => null);
                setOutcome({ kind: "before", order });
            }
        });
    };
    return { ticket: intent.ticket, change, send, work, outcome, refused, orderHref: desk.orderHref };
}
