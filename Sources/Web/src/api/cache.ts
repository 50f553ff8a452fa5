/*
 * Answers kept for a minute, as long as nginx lets them be reused: going back to a page shows it at once, and a page's
 * data can be asked for before its code has arrived.
 */
interface Kept {
    readonly promise: Promise<unknown>;
    readonly at: number;
}

const lifetime = 60_000;
const largest = 200;
const kept = new Map<string, Kept>();

/** The kept answer of `key`, or what `load` gives now. A failure is not kept. */
export function remembered<T>(key: string, load: () => Promise<T>): Promise<T> {
    const found = kept.get(key);
    if (found && Date.now() - found.at < lifetime) return found.promise as Promise<T>;
    const promise = load();
    kept.delete(key);
    kept.set(key, { promise, at: Date.now() });
    promise.catch(() => {
        if (kept.get(key)?.promise === promise) kept.delete(key);
    });
    for (const oldest of kept.keys()) {
        if (kept.size <= largest) break;
        kept.delete(oldest);
    }
    return promise;
}

export const forget = (key: string): boolean => kept.delete(key);
