import { useCallback, useEffect, useRef, useState } from "react";
import { invalidate, remember, remembered } from "../api/cache";
import { dashboardKey } from "../api/dashboard";
import { asUser } from "../api/session";
import { readWatchlist, type Watched, watchlistKey, writeWatchlist } from "../api/watchlist";
import { type Resource, useResource } from "./use-resource";

/** What a user wants changed, to be made to whatever the list is by then. */
export type Change = (symbols: readonly string[]) => readonly string[];

export interface Watchlist {
    /** As the server has it. */
    readonly list: Resource<readonly Watched[]>;
    /** As the user wants it, which the server may not know yet; null while nothing is known. */
    readonly symbols: readonly string[] | null;
    /** Why the last change was not kept; the list is what it was before. */
    readonly error: unknown;
    readonly change: (change: Change) => void;
    readonly reload: () => void;
}

const symbolsOf = (list: readonly Watched[]): readonly string[] => list.map(({ symbol }) => symbol);

/** The API takes whole lists only: the change is made to the list of now, not to the one that was on the screen. */
async function changed(changes: readonly Change[]): Promise<readonly Watched[]> {
    const now = await readWatchlist();
    const before = symbolsOf(now);
    const after = changes.reduce((symbols, change) => change(symbols), before);
    return after.join(" ") === before.join(" ") ? now : writeWatchlist(after);
}

/**
 * The user's watchlist. A change shows at once and is sent when the one before has been answered; one that fails is
 * taken back. What other tabs have changed is there when the reader comes back to this one.
 */
export function useWatchlist(): Watchlist {
    const [kept, reload] = useResource(watchlistKey, () => remembered(watchlistKey, () => asUser(readWatchlist)));
    const [answered, setAnswered] = useState<readonly Watched[] | null>(null);
    const [waiting, setWaiting] = useState<readonly Change[]>([]);
    const [error, setError] = useState<unknown>(null);
    const queue = useRef<readonly Change[]>([]);
    const isWriting = useRef(false);
    const isMounted = useRef(true);
    useEffect(() => {
        isMounted.current = true;
        return () => {
            isMounted.current = false;
        };
    }, []);
    // What was read later is newer.
    useEffect(() => setAnswered(null), [kept]);
    useEffect(() => {
        const look = (): void => {
            if (document.visibilityState === "visible" && !isWriting.current) invalidate(watchlistKey);
        };
        document.addEventListener("visibilitychange", look);
        window.addEventListener("focus", look);
        return () => {
            document.removeEventListener("visibilitychange", look);
            window.removeEventListener("focus", look);
        };
    }, []);

    const write = useCallback(async (): Promise<void> => {
        if (isWriting.current) return;
        isWriting.current = true;
        let failure: unknown = null;
        while (queue.current.length > 0 && failure === null) {
            const changes = queue.current;
            queue.current = [];
            await asUser(() => changed(changes)).then(
                (list) => {
                    remember(watchlistKey, list);
                    if (!isMounted.current) return;
                    setAnswered(list);
                    setWaiting(queue.current);
                },
                (reason: unknown) => {
                    failure = reason;
                },
            );
        }
        queue.current = [];
        isWriting.current = false;
        invalidate(dashboardKey);
        if (!isMounted.current) return;
        setError(failure);
        setWaiting([]);
    }, []);
    const change = useCallback(
        (one: Change): void => {
            queue.current = [...queue.current, one];
            setError(null);
            setWaiting((before) => [...before, one]);
            void write();
        },
        [write],
    );
    const list: Resource<readonly Watched[]> = answered ? { state: "ready", value: answered } : kept;
    const symbols =
        list.state === "ready" ? waiting.reduce((now, one) => one(now), symbolsOf(list.value)) : null;
    return { list, symbols, error, change, reload };
}
