/** Which page an address is of. The symbol in an address may be written small; the canonical form is in capitals. */
export type Place =
    | { readonly page: "home" }
    | { readonly page: "markets" }
    | { readonly page: "symbol"; readonly symbol: string }
    | { readonly page: "sign-in" }
    | { readonly page: "sign-up" }
    | { readonly page: "recover" }
    | { readonly page: "settings"; readonly section: Section }
    | { readonly page: "not-found" };

export const sections = ["profile", "passkeys", "sessions", "api-keys", "activity", "data", "users"] as const;
export type Section = (typeof sections)[number];

export function placeOf(path: string): Place {
    const [first, second, ...rest] = path.split("/").filter((part) => part !== "");
    if (rest.length > 0) return { page: "not-found" };
    switch (first) {
        case undefined:
            return { page: "home" };
        case "markets": {
            if (second === undefined) return { page: "markets" };
            const symbol = decoded(second);
            return symbol === null ? { page: "not-found" } : { page: "symbol", symbol: symbol.toUpperCase() };
        }
        case "settings": {
            const section = sections.find((name) => name === (second ?? "profile"));
            return section ? { page: "settings", section } : { page: "not-found" };
        }
        // Where invitations lead.
        case "join":
            return second === undefined ? { page: "sign-up" } : { page: "not-found" };
        case "sign-in":
        case "sign-up":
        case "recover":
            return second === undefined ? { page: first } : { page: "not-found" };
        default:
            return { page: "not-found" };
    }
}

export const symbolPath = (symbol: string): string => `/markets/${encodeURIComponent(symbol)}`;
export const settingsPath = (section: Section): string =>
    section === "profile" ? "/settings" : `/settings/${section}`;

/** The way to sign in and back here. */
export const signInPath = (from: string): string =>
    placeOf(from.split("?")[0]!).page === "home" ? "/sign-in" : `/sign-in?return=${encodeURIComponent(from)}`;

/** Where to go after signing in: only ever to an address of this app, whatever the query says. */
export function returnPath(query: string): string {
    const written = new URLSearchParams(query).get("return") ?? "/";
    // Anything but one slash and then a path could lead to another site.
    if (!/^\/(?![/\\])[^\\]*$/.test(written)) return "/";
    const page = placeOf(written.split(/[?#]/)[0]!).page;
    return page === "not-found" || page === "sign-in" || page === "sign-up" || page === "recover" ? "/" : written;
}

/**
 * The secret that a link brings along after its `#`, where it reaches no log: `#name=TOKEN`, or the token alone. A
 * query is read as well, for mail programs that lose what comes after a `#`.
 */
export function linkSecret(name: string, query: string, hash: string): string {
    const text = hash.replace(/^#/, "");
    return (
        new URLSearchParams(text).get(name) ||
        (text.includes("=") ? "" : text) ||
        new URLSearchParams(query).get(name) ||
        ""
    );
}

function decoded(text: string): string | null {
    try {
        return decodeURIComponent(text);
    } catch {
        return null;
    }
}
