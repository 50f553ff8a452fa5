import { useCallback, useEffect, useRef, useState } from "react";
import { forget, isBelow, onInvalidated, peek } from "../api/cache";
import { ApiError } from "../api/http";
import { whenSeen } from "../api/waiting";

export type Resource<T> =
    | { readonly state: "loading" }
    | { readonly state: "ready"; readonly value: T }
    | { readonly state: "failed"; readonly error: unknown };

/** `isQuiet` leaves what is there on the screen until the new answer comes. */
export type Reload = (options?: { readonly isQuiet?: boolean }) => void;

interface Options<T> {
    /** While this is true of the value and the page is seen, it is read again: soon at first, every two seconds in the end. */
    readonly poll?: (value: T) => boolean;
    /** In the end only once in so many milliseconds: for what changes seldom. */
    readonly slowest?: number;
}

/** What may be over in a moment: no network, a restart of the server, too many requests. */
const isPassing = (error: unknown): boolean =>
    error instanceof ApiError &&
    (error.failure === "unreachable" || (error.status ?? 0) >= 500 || error.status === 429);

const loading = { state: "loading" } as const;
const firstPoll = 250;
const slowestPoll = 2_000;

interface Held<T> {
    readonly key: string;
    readonly resource: Resource<T>;
}

const known = <T>(key: string): Held<T> => {
    const found = peek<T>(key);
    return { key, resource: found ? { state: "ready", value: found.value } : loading };
};

/**
 * What `load` gives, which may be an answer kept under `key`. `reload` forgets it and asks the server again; so do
 * coming back online after a failure, and a change that makes the key stale. `load` belongs to the key: it is called
 * again only when the key changes. A quiet reading that fails for a moment leaves the value that is there.
 */
export function useResource<T>(key: string, load: () => Promise<T>, options: Options<T> = {}): [Resource<T>, Reload] {
    const [attempt, setAttempt] = useState(0);
    const [held, setHeld] = useState<Held<T>>(() => known<T>(key));
    // A key that is new shows what is kept of it in its very first frame.
    const shown = held.key === key ? held : known<T>(key);
    const isQuiet = useRef(false);
    const polls = useRef(0);
    // Whoever asked for the value last, and may have it on the screen.
    const latest = useRef(shown);
    latest.current = shown;

    useEffect(() => {
        let isCurrent = true;
        const wasQuiet = isQuiet.current;
        isQuiet.current = false;
        const hold = (resource: Resource<T>): void => {
            if (isCurrent) setHeld({ key, resource });
        };
        load().then(
            (value) => hold({ state: "ready", value }),
            (error: unknown) => {
                const before = latest.current;
                if (wasQuiet && isPassing(error) && before.key === key && before.resource.state === "ready")
                    hold({ ...before.resource });
                else hold({ state: "failed", error });
            },
        );
        return () => {
            isCurrent = false;
        };
        // `load` is a new function at every render and means the same for the same key.
    }, [key, attempt]);

    const reload = useCallback<Reload>(
        (asked) => {
            forget(key);
            isQuiet.current = asked?.isQuiet === true;
            if (!isQuiet.current) setHeld({ key, resource: loading });
            setAttempt((count) => count + 1);
        },
        [key],
    );
    useEffect(() => onInvalidated((prefix) => isBelow(key, prefix) && reload({ isQuiet: true })), [key, reload]);

    const { resource } = shown;
    const hasFailed = resource.state === "failed";
    useEffect(() => {
        if (!hasFailed) return;
        const again = (): void => reload();
        window.addEventListener("online", again);
        return () => window.removeEventListener("online", again);
    }, [hasFailed, reload]);

    const { slowest = slowestPoll } = options;
    const isPolling = resource.state === "ready" && options.poll?.(resource.value) === true;
    useEffect(() => {
        if (!isPolling) {
            polls.current = 0;
            return;
        }
        const pause = Math.min(firstPoll * 1.4 ** polls.current, slowest);
        return whenSeen(pause, () => {
            polls.current++;
            reload({ isQuiet: true });
        });
    }, [isPolling, resource, reload, slowest]);
    return [resource, reload];
}
