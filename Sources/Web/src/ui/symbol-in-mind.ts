/* The symbol that a reader has come for, in this tab: whatever is begun next is begun with it, until a run is. */

const name = "symbol-in-mind";

export function symbolInMind(): string | null {
    try {
        return sessionStorage.getItem(name);
    } catch {
        return null;
    }
}

/** Null: what they came for is done. */
export function bearInMind(symbol: string | null): void {
    try {
        if (symbol === null) sessionStorage.removeItem(name);
        else sessionStorage.setItem(name, symbol);
    } catch {
        // Storage is forbidden: the address carries it as far as its links go.
    }
}
