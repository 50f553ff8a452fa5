/* The ticket that somebody works on in this tab, sent under one id until it is answered. */
import type { Order } from "api-types";
import { useCallback, useEffect, useRef, useState } from "react";
import { account } from "../../api/session";
import { isTakenBefore, orderPlacedAs, placeOrder } from "../../api/trading";
import { answered, begun, edited, intentFrom, type Intent, takenBefore } from "../../lib/trading/intent";
import { consistent, emptyTicket, faultsOf, filledIn, sentOf, type Ticket } from "../../lib/trading/ticket";
import { navigate } from "../../ui/navigation";
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
}

const newID = (): string => crypto.randomUUID();

/** In the tab, so that a reload sends nothing twice; another tab is another ticket. */
function nameOf(): string | null {
    const now = account();
    return now.state === "signed-in" ? `ticket:${now.profile.id}` : null;
}

function kept(): Intent | null {
    try {
        const name = nameOf();
        const text = name === null ? null : sessionStorage.getItem(name);
        return text === null ? null : intentFrom(JSON.parse(text));
    } catch {
        return null;
    }
}

function keep(intent: Intent): void {
    try {
        const name = nameOf();
        if (name !== null) sessionStorage.setItem(name, JSON.stringify(intent));
    } catch {
        // Storage is forbidden or full: the ticket lasts as long as the page.
    }
}

/** The fields of a ticket that an address fills in. */
const fields = Object.keys(emptyTicket);

function initial(): Intent {
    const before = kept();
    const query = new URLSearchParams(location.search);
    const given = Object.fromEntries([...query].filter(([name]) => fields.includes(name)));
    if (given["symbol"] === undefined) return before ?? begun(emptyTicket, newID);
    const ticket = filledIn(emptyTicket, { ...given, symbol: given["symbol"].toUpperCase() });
    // An attempt whose answer was lost may stand behind the id: it is kept with the new ticket, too.
    return before ? edited(before, ticket) : begun(ticket, newID);
}

export function useTicket(): TicketWork {
    const [intent, setIntent] = useState(initial);
    const [outcome, setOutcome] = useState<Outcome | null>(null);
    const [refused, setRefused] = useState(0);
    const [work, run] = useWork();
    const latest = useRef(intent);
    const hold = useCallback((next: Intent): void => {
        latest.current = next;
        keep(next);
        setIntent(next);
    }, []);
    useEffect(() => {
        keep(latest.current);
        // Taken once: after a reload the ticket is what counts.
        const query = new URLSearchParams(location.search);
        fields.forEach((name) => query.delete(name));
        navigate(`${location.pathname}?${query}`.replace(/\?$/, ""), { replace: true });
    }, []);

    const change = useCallback(
        (part: Partial<Ticket>): void => hold(edited(latest.current, consistent({ ...latest.current.ticket, ...part }))),
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
                const order = await placeOrder(sentOf(sent.ticket), sent.clientOrderID);
                next(answered(sent, order.status, newID));
                setOutcome({ kind: "answered", order });
            } catch (error) {
                if (!isTakenBefore(error)) throw error;
                next(takenBefore(sent, newID));
                const order = await orderPlacedAs(sent.clientOrderID).catch(() => null);
                setOutcome({ kind: "before", order });
            }
        });
    };
    return { ticket: intent.ticket, change, send, work, outcome, refused };
}
