/*
 * Answers kept for a minute, as long as nginx lets them be reused: going back to a page shows it at once, and a page's
 * data can be asked for before its code has arrived. Keys are paths (`strategies/ID`); a change makes everything below
 * a prefix stale, and whoever shows it reads it again.
 */
interface Kept {
    readonly promise: Promise<unknown>;
    readonly at: number;
    /** Once it is there. */
    answer?: { readonly value: unknown };
}

const lifetime = 60_000;
const largest = 200;
const kept = new Map<string, Kept>();
const readers = new Set<(prefix: string) => void>();

const isFresh = (entry: Kept | undefined): entry is Kept => entry !== undefined && Date.now() - entry.at < lifetime;

/** The kept answer of `key`, or what `load` gives now. A failure is not kept. */
export function remembered<T>(key: string, load: () => Promise<T>): Promise<T> {
    const found = kept.get(key);
    if (isFresh(found)) return found.promise as Promise<T>;
    const promise = load();
    const entry = keep(key, promise);
    promise.then(
        (value) => {
            entry.answer = { value };
        },
        () => {
            if (kept.get(key)?.promise === promise) kept.delete(key);
        },
    );
    return promise;
}

/** Keeps what is known already: the answer to a change is the next answer to the question, too. */
export function remember<T>(key: string, value: T): void {
    keep(key, Promise.resolve(value)).answer = { value };
}

/** What is kept under `key` and is there without waiting. */
export function peek<T>(key: string): { readonly value: T } | null {
    const found = kept.get(key);
    return isFresh(found) && found.answer ? (found.answer as { readonly value: T }) : null;
}

export const forget = (key: string): boolean => kept.delete(key);

/** After a change: `prefix` and every key below it is forgotten, and read again by whoever shows it. */
export function invalidate(prefix: string): void {
    for (const key of kept.keys()) if (isBelow(key, prefix)) kept.delete(key);
    readers.forEach((reader) => reader(prefix));
}

/** Another user, or none: nothing that was read for the one before may be shown. */
export function forgetEverything(): void {
    kept.clear();
}

export const isBelow = (key: string, prefix: string): boolean => key === prefix || key.startsWith(`${prefix}/`);

/** Calls `reader` with every prefix that is invalidated. Returns what ends that. */
export function onInvalidated(reader: (prefix: string) => void): () => void {
    readers.add(reader);
    return () => readers.delete(reader);
}

function keep(key: string, promise: Promise<unknown>): Kept {
    const entry: Kept = { promise, at: Date.now() };
    kept.delete(key);
    kept.set(key, entry);
    for (const oldest of kept.keys()) {
        if (kept.size <= largest) break;
        kept.delete(oldest);
    }
    return entry;
}
