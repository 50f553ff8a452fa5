/* The ticket of the paper account, which an address may fill in. */
import { useEffect, useState } from "react";
import { orderPlacedAs, placeOrder } from "../../api/trading";
import { orderPath } from "../../lib/routes";
import { emptyTicket, filledIn, type Ticket } from "../../lib/trading/ticket";
import { navigate } from "../../ui/navigation";
import { type Desk, type TicketWork, useTicket } from "./use-ticket";

/** The fields of a ticket that an address fills in. */
const fields = Object.keys(emptyTicket);

function givenIn(query: string): Ticket | null {
    const given = Object.fromEntries([...new URLSearchParams(query)].filter(([name]) => fields.includes(name)));
    return given["symbol"] === undefined
        ? null
        : filledIn(emptyTicket, { ...given, symbol: given["symbol"].toUpperCase() });
}

export function usePaperTicket(): TicketWork {
    const [desk] = useState<Desk>(() => ({
        name: "ticket",
        empty: emptyTicket,
        given: givenIn(location.search),
        place: placeOrder,
        placedAs: orderPlacedAs,
        orderHref: orderPath,
    }));
    useEffect(() => {
        // Taken once: after a reload the ticket is what counts.
        const query = new URLSearchParams(location.search);
        fields.forEach((name) => query.delete(name));
        navigate(`${location.pathname}?${query}`.replace(/\?$/, ""), { replace: true });
    }, []);
    return useTicket(desk);
}
