import { useState } from "react";
import { readReplay } from "../../api/replays";
import { emptyTicket } from "../../lib/trading/ticket";
import { TicketForm } from "../trade/ticket";
import { type Desk, useTicket } from "../trade/use-ticket";
import type { ReplayWork } from "./use-replay";

interface Props {
    readonly id: string;
    readonly symbol: string;
    readonly place: ReplayWork["place"];
}

/** The ticket of one symbol of a replay: another one has another. */
export function PracticeTicket({ id, symbol, place }: Props): JSX.Element {
    const [desk] = useState<Desk>(() => ({
        name: `practice:${id}:${symbol}`,
        empty: { ...emptyTicket, symbol },
        given: null,
        place,
        placedAs: async (clientOrderID) =>
            (await readReplay(id)).orders.find((order) => order.clientOrderId === clientOrderID) ?? null,
    }));
    return <TicketForm held={useTicket(desk)} preview={null} isOfOneSymbol />;
}
