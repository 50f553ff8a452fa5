/* Small things that a browser remembers of a user, such as what a form was last sent with. */
import { account } from "../api/session";

function nameOf(name: string): string | null {
    const now = account();
    return now.state === "signed-in" ? `${name}:${now.profile.id}` : null;
}

/** Null where nothing is kept, or nothing readable. Whoever uses the browser next finds nothing of it. */
export function keptOf(name: string): Readonly<Record<string, unknown>> | null {
    const key = nameOf(name);
    try {
        const text = key === null ? null : localStorage.getItem(key);
        const value: unknown = text === null ? null : JSON.parse(text);
        return typeof value === "object" ? (value as Readonly<Record<string, unknown>> | null) : null;
    } catch {
        return null;
    }
}

export function keep(name: string, value: object): void {
    const key = nameOf(name);
    try {
        if (key !== null) localStorage.setItem(key, JSON.stringify(value));
    } catch {
        // Storage is forbidden or full: the next form begins as the first did.
    }
}
