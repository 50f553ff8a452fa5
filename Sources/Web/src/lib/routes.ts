/** Which page an address is of. The symbol in an address may be written small; the canonical form is in capitals. */
export type Place =
    | { readonly page: "home" }
    | { readonly page: "markets" }
    | { readonly page: "symbol"; readonly symbol: string }
    | { readonly page: "not-found" };

export function placeOf(path: string): Place {
    const parts = path.split("/").filter((part) => part !== "");
    if (parts.length === 0) return { page: "home" };
    if (parts[0] !== "markets" || parts.length > 2) return { page: "not-found" };
    if (parts[1] === undefined) return { page: "markets" };
    const symbol = decoded(parts[1]);
    return symbol === null ? { page: "not-found" } : { page: "symbol", symbol: symbol.toUpperCase() };
}

export const symbolPath = (symbol: string): string => `/markets/${encodeURIComponent(symbol)}`;

function decoded(text: string): string | null {
    try {
        return decodeURIComponent(text);
    } catch {
        return null;
    }
}
