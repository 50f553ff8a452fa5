import { useCallback, useEffect, useState } from "react";
import { forget } from "../api/cache";

export type Resource<T> =
    | { readonly state: "loading" }
    | { readonly state: "ready"; readonly value: T }
    | { readonly state: "failed"; readonly error: unknown };

/** `isQuiet` leaves what is there on the screen until the new answer comes. */
type Reload = (options?: { readonly isQuiet?: boolean }) => void;

const loading = { state: "loading" } as const;

/**
 * What `load` gives, which may be an answer kept under `key`. `retry` forgets it and asks the server again; so does
 * coming back online after a failure. `load` belongs to the key: it is called again only when the key changes.
 */
export function useResource<T>(key: string, load: () => Promise<T>): [Resource<T>, Reload] {
    const [attempt, setAttempt] = useState(0);
    const [held, setHeld] = useState<{ key: string; resource: Resource<T> }>({ key, resource: loading });

    useEffect(() => {
        let isCurrent = true;
        const hold = (resource: Resource<T>): void => {
            if (isCurrent) setHeld({ key, resource });
        };
        load().then(
            (value) => hold({ state: "ready", value }),
            (error: unknown) => hold({ state: "failed", error }),
        );
        return () => {
            isCurrent = false;
        };
        // `load` is a new function at every render and means the same for the same key.
    }, [key, attempt]);

    const retry = useCallback<Reload>(
        (options) => {
            forget(key);
            if (options?.isQuiet !== true) setHeld({ key, resource: loading });
            setAttempt((count) => count + 1);
        },
        [key],
    );

    const resource = held.key === key ? held.resource : loading;
    const hasFailed = resource.state === "failed";
    useEffect(() => {
        if (!hasFailed) return;
        const again = (): void => retry();
        window.addEventListener("online", again);
        return () => window.removeEventListener("online", again);
    }, [hasFailed, retry]);
    return [resource, retry];
}
