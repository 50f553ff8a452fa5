/* A value with what it was before and what was taken back. */

export interface History<T> {
    readonly past: readonly T[];
    readonly present: T;
    readonly future: readonly T[];
    /** What the newest change was of, and when; the next one of the same soon after belongs to it. */
    readonly last: { readonly of: string; readonly at: number } | null;
}

const deepest = 200;
/** Keys pressed within this many milliseconds of each other are one step. */
const pause = 1_000;

export const historyOf = <T>(present: T): History<T> => ({ past: [], present, future: [], last: null });

/** `of` names the field that is typed in; null makes a step of its own. */
export function changed<T>(history: History<T>, present: T, of: string | null, at: number): History<T> {
    if (present === history.present) return history;
    const { last, past } = history;
    const belongs = of !== null && last !== null && last.of === of && at - last.at <= pause;
    return {
        past: belongs ? past : [...past, history.present].slice(-deepest),
        present,
        future: [],
        last: of === null ? null : { of, at },
    };
}

export function undone<T>({ past, present, future }: History<T>): History<T> {
    if (past.length === 0) return { past, present, future, last: null };
    return { past: past.slice(0, -1), present: past[past.length - 1]!, future: [present, ...future], last: null };
}

export function redone<T>({ past, present, future }: History<T>): History<T> {
    if (future.length === 0) return { past, present, future, last: null };
    return { past: [...past, present], present: future[0]!, future: future.slice(1), last: null };
}

/** What of a history is kept where room is scarce: the newest steps back and the nearest ones forward. */
export const bounded = <T>({ past, present, future }: History<T>, maximum: number): History<T> => ({
    past: maximum === 0 ? [] : past.slice(-maximum),
    present,
    future: future.slice(0, maximum),
    last: null,
});

/**
 * A history that was kept: whatever stands there may be anything. `read` gives null for what it cannot use; without a
 * present there is none, and steps beyond one that cannot be read are out of reach.
 */
export function historyFrom<T>(value: unknown, read: (value: unknown) => T | null): History<T> | null {
    const { past, present, future } = (value ?? {}) as { readonly [Part in keyof History<T>]?: unknown };
    const now = read(present);
    if (now === null) return null;
    const steps = (kept: unknown): readonly T[] => {
        const found: T[] = [];
        for (const one of Array.isArray(kept) ? kept : []) {
            const step = read(one);
            if (step === null) break;
            found.push(step);
        }
        return found;
    };
    const before = Array.isArray(past) ? [...past].reverse() : [];
    return { past: [...steps(before)].reverse(), present: now, future: steps(future), last: null };
}
