import { useCallback, useEffect, useState } from "react";
import { onInvalidated } from "../../api/cache";
import { type OrderPreview, previewOrder, tradingKey } from "../../api/trading";
import { faultsOf, sentOf, type Ticket } from "../../lib/trading/ticket";

export interface Preview {
    /** The newest that is known; null before there is one, and for a ticket that says too little. */
    readonly found: OrderPreview | null;
    readonly error: unknown;
    /** It is of a ticket that has changed since, or of an account that has. */
    readonly isOld: boolean;
    readonly again: () => void;
}

/** After the last key. */
const pause = 300;

/** What the ticket would come to, asked a moment after each change and after every trade. */
export function usePreview(ticket: Ticket): Preview {
    const isWhole = Object.keys(faultsOf(ticket)).length === 0;
    const sent = isWhole ? JSON.stringify(sentOf(ticket)) : null;
    const [attempt, setAttempt] = useState(0);
    const key = sent === null ? null : `${attempt} ${sent}`;
    const [held, setHeld] = useState<{ key: string; found: OrderPreview | null; error: unknown } | null>(null);
    const again = useCallback(() => setAttempt((count) => count + 1), []);
    useEffect(() => onInvalidated((prefix) => prefix === tradingKey && again()), [again]);
    useEffect(() => {
        if (key === null) {
            setHeld(null);
            return;
        }
        const ending = new AbortController();
        const timer = setTimeout(() => {
            previewOrder(sentOf(ticket), ending.signal).then(
                (found) => !ending.signal.aborted && setHeld({ key, found, error: null }),
                (error: unknown) => !ending.signal.aborted && setHeld({ key, found: null, error }),
            );
        }, pause);
        return () => {
            clearTimeout(timer);
            ending.abort();
        };
        // What is asked follows from the text alone.
    }, [key]);
    const isCurrent = key !== null && held?.key === key;
    return {
        found: key === null ? null : held?.found ?? null,
        error: isCurrent ? held.error : null,
        isOld: key !== null && !isCurrent,
        again,
    };
}
