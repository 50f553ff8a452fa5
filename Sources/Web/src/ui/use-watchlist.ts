import { useCallback, useEffect, useRef, useState } from "react";
import { invalidate, remember, remembered } from "../api/cache";
import { dashboardKey } from "../api/dashboard";
import { asUser } from "../api/session";
import { readWatchlist, type Watched, watchlistKey, writeWatchlist } from "../api/watchlist";
import { type Resource, useResource } from "./use-resource";

export interface Watchlist {
    /** As the server has it. */
    readonly list: Resource<readonly Watched[]>;
    /** As the user wants it, which the server may not know yet; null while nothing is known. */
    readonly symbols: readonly string[] | null;
    /** Why the last change was not kept; the list is what it was before. */
    readonly error: unknown;
    readonly change: (symbols: readonly string[]) => void;
    readonly reload: () => void;
}

/**
 * The user's watchlist. A change shows at once and is sent when the one before has been answered, the newest wins; one
 * that fails is taken back.
 */
export function useWatchlist(): Watchlist {
    const [kept, reload] = useResource(watchlistKey, () => remembered(watchlistKey, () => asUser(readWatchlist)));
    const [answered, setAnswered] = useState<readonly Watched[] | null>(null);
    const [wanted, setWanted] = useState<readonly string[] | null>(null);
    const [error, setError] = useState<unknown>(null);
    const next = useRef<readonly string[] | null>(null);
    const isWriting = useRef(false);
    const isMounted = useRef(true);
    useEffect(() => {
        isMounted.current = true;
        return () => {
            isMounted.current = false;
        };
    }, []);

    const write = useCallback(async (): Promise<void> => {
        if (isWriting.current) return;
        isWriting.current = true;
        let failure: unknown = null;
        while (next.current && failure === null) {
            const symbols = next.current;
            next.current = null;
            await asUser(() => writeWatchlist(symbols)).then(
                (list) => {
                    remember(watchlistKey, list);
                    if (isMounted.current) setAnswered(list);
                },
                (reason: unknown) => {
                    failure = reason;
                },
            );
        }
        next.current = null;
        isWriting.current = false;
        invalidate(dashboardKey);
        if (!isMounted.current) return;
        setError(failure);
        setWanted(null);
    }, []);
    const change = useCallback(
        (symbols: readonly string[]): void => {
            next.current = symbols;
            setError(null);
            setWanted(symbols);
            void write();
        },
        [write],
    );
    const list: Resource<readonly Watched[]> = answered ? { state: "ready", value: answered } : kept;
    const symbols = wanted ?? (list.state === "ready" ? list.value.map(({ symbol }) => symbol) : null);
    return { list, symbols, error, change, reload };
}
