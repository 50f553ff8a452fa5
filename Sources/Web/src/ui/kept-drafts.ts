/* Where drafts are kept: in this browser, each under its user and its key. */
import { bounded, type History } from "../lib/draft";

export interface KeptDraft {
    readonly key: string;
    /** Unix milliseconds: when it was last changed. */
    readonly at: number;
    readonly history: unknown;
    readonly base: unknown;
}

/** Steps of undo that are kept, fewer where they would fill the browser's storage. */
const steps = [40, 10, 0];
const longest = 400_000;

const beginOf = (user: string): string => `draft ${user} `;

/** False when it could not be kept. */
export function keepDraft(user: string, key: string, history: History<unknown>, base: unknown): boolean {
    for (const maximum of steps) {
        const text = JSON.stringify({ at: Date.now(), history: bounded(history, maximum), base });
        if (maximum > 0 && text.length > longest) continue;
        try {
            localStorage.setItem(beginOf(user) + key, text);
            return true;
        } catch {
            // Full: with fewer steps it may find room.
        }
    }
    return false;
}

export function forgetDraft(user: string, key: string): void {
    try {
        localStorage.removeItem(beginOf(user) + key);
    } catch {
        // Storage is forbidden: nothing was kept either.
    }
}

export function readDraft(user: string, key: string): KeptDraft | null {
    try {
        const text = localStorage.getItem(beginOf(user) + key);
        const value: unknown = text === null ? null : JSON.parse(text);
        if (typeof value !== "object" || value === null) return null;
        const { at, history, base } = value as { readonly [Part in keyof KeptDraft]?: unknown };
        return { key, at: typeof at === "number" ? at : 0, history, base };
    } catch {
        return null;
    }
}

/** Every draft of a user, the newest first. */
export function draftsOf(user: string): readonly KeptDraft[] {
    const begin = beginOf(user);
    try {
        return Object.keys(localStorage)
            .filter((name) => name.startsWith(begin))
            .flatMap((name) => readDraft(user, name.slice(begin.length)) ?? [])
            .sort((one, other) => other.at - one.at);
    } catch {
        return [];
    }
}
