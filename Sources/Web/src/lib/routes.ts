/* Every address of the page, said once: which room it opens, and how it is written. */

export const sections = ["profile", "passkeys", "sessions", "api-keys", "activity", "data", "users"] as const;
export type Section = (typeof sections)[number];

export const sectionNames: Readonly<Record<Section, string>> = {
    profile: "Profile",
    passkeys: "Passkeys",
    sessions: "Sessions",
    "api-keys": "API keys",
    activity: "Activity",
    data: "Your data",
    users: "Users",
};

/** The first pattern that fits wins; `:name` stands for one part of the address. */
const patterns = [
    ["home", "/"],
    ["markets", "/markets"],
    ["symbol", "/markets/:symbol"],
    ["strategies", "/strategies"],
    ["new-strategy", "/strategies/new"],
    ["strategy", "/strategies/:id"],
    ["strategy-versions", "/strategies/:id/versions"],
    ["backtests", "/backtests"],
    ["new-backtest", "/backtests/new"],
    ["compare", "/backtests/compare"],
    ["backtest", "/backtests/:id"],
    ["trade", "/trade"],
    ["order", "/trade/orders/:id"],
    ["alerts", "/alerts"],
    ["new-runner", "/trade/runners/new"],
    ["runner", "/trade/runners/:id"],
    ["new-practice", "/trade/practice/new"],
    ["practice", "/trade/practice/:id"],
    ["data", "/data"],
    ["data-series", "/data/series/:symbol"],
    ["data-import", "/data/import"],
    ["data-upload", "/data/import/:id"],
    ["data-jobs", "/data/jobs"],
    ["data-job", "/data/jobs/:id"],
    ["data-sources", "/data/sources"],
    ["settings", "/settings"],
    ["settings", "/settings/:section"],
    ["sign-in", "/sign-in"],
    ["sign-up", "/sign-up"],
    // Where invitations lead.
    ["sign-up", "/join"],
    ["recover", "/recover"],
    ["about", "/about"],
    ["parts", "/about/parts"],
] as const;

export type PageName = (typeof patterns)[number][0] | "not-found";

export type Params = Readonly<Record<string, string>>;

export interface Place {
    readonly page: PageName;
    /** The parts of the address that its pattern names, decoded. */
    readonly params: Params;
}

/** What every room is given. */
export interface RoomProps {
    readonly params: Params;
}

/** A part of an address as a room takes it; null for what can be none. */
const readers: Readonly<Record<string, (text: string) => string | null>> = {
    // It may be written small; the canonical form is in capitals.
    symbol: (text) => text.toUpperCase(),
    id: (text) => (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text) ? text.toLowerCase() : null),
    section: (text) => sections.find((name) => name === text) ?? null,
};

const nowhere: Place = { page: "not-found", params: {} };

export function placeOf(path: string): Place {
    const parts = path.split("/").filter((part) => part !== "");
    for (const [page, pattern] of patterns) {
        const params = fitted(pattern.split("/").slice(1), parts);
        if (params) return { page, params };
    }
    return nowhere;
}

function fitted(pattern: readonly string[], parts: readonly string[]): Params | null {
    const names = pattern.filter((name) => name !== "");
    if (names.length !== parts.length) return null;
    const params: Record<string, string> = {};
    for (const [index, name] of names.entries()) {
        const text = decoded(parts[index]!);
        if (text === null) return null;
        if (!name.startsWith(":")) {
            if (name !== text) return null;
            continue;
        }
        const value = readers[name.slice(1)]!(text);
        if (value === null) return null;
        params[name.slice(1)] = value;
    }
    return params;
}

/** Rooms that show what a user made: a visitor signs in first and comes back. */
const personal = [
    "strategies",
    "new-strategy",
    "strategy",
    "strategy-versions",
    "backtests",
    "new-backtest",
    "compare",
    "backtest",
    "trade",
    "order",
    "alerts",
    "new-runner",
    "runner",
    "new-practice",
    "practice",
    "data",
    "data-series",
    "data-import",
    "data-upload",
    "data-jobs",
    "data-job",
    "data-sources",
    "settings",
] as const;
export type PersonalPage = (typeof personal)[number];
export const isPersonalPage = (page: PageName): page is PersonalPage =>
    (personal as readonly PageName[]).includes(page);
export const isPersonal = (place: Place): boolean => isPersonalPage(place.page);

export const symbolPath = (symbol: string): string => `/markets/${encodeURIComponent(symbol)}`;
export const settingsPath = (section: Section): string =>
    section === "profile" ? "/settings" : `/settings/${section}`;
/** With the template that it begins with, and the symbol that is to be tested. */
export const newStrategyPath = (template?: string | null, symbol?: string | null): string =>
    `/strategies/new${queryOf({ template, symbol })}`;
/** With the symbol that its signals are shown on, where there is one to go on with. */
export const strategyPath = (id: string, symbol?: string): string =>
    `/strategies/${id}${symbol === undefined ? "" : `?symbol=${encodeURIComponent(symbol)}`}`;
export const strategyVersionsPath = (id: string): string => `/strategies/${id}/versions`;
export const backtestPath = (id: string): string => `/backtests/${id}`;
export const orderPath = (id: string): string => `/trade/orders/${id}`;
export const runnerPath = (id: string): string => `/trade/runners/${id}`;
/** With the symbol that is shown, where it is not the first. */
export const practicePath = (id: string, symbol?: string): string => `/trade/practice/${id}${queryOf({ symbol })}`;
/** The ticket, filled in with what is given, by the names of its fields. */
export const tradePath = (filled: Readonly<Record<string, string>> = {}): string =>
    `/trade?${new URLSearchParams(filled)}`.replace(/\?$/, "");
/** The form for a price alert, with a symbol and the price that its level is compared with. */
export const newAlertPath = (symbol: string, last: string): string => `/alerts?${new URLSearchParams({ symbol, last })}`;
/** What is known of the stored bars of a symbol. */
export const dataSeriesPath = (symbol: string): string => `/data/series/${encodeURIComponent(symbol)}`;
/** A file that was brought, with what was said of it as a query. */
export const uploadPath = (id: string, query = ""): string => `/data/import/${id}${query}`;
export const jobPath = (id: string): string => `/data/jobs/${id}`;
/** The job that was begun, or all of them where it is not one. */
export const jobsPath = (begun: readonly { readonly id: string }[]): string =>
    begun.length === 1 ? jobPath(begun[0]!.id) : "/data/jobs";
export const comparePath = (ids: readonly string[]): string => `/backtests/compare?ids=${ids.join(",")}`;

type Filled = Readonly<Record<string, string | null | undefined>>;

/** The form for a run, filled in with these: a strategy's id, a version's id, a symbol, and what else the form reads. */
export const newBacktestPath = (filled: Filled = {}): string => `/backtests/new${queryOf(filled)}`;
/** The form that starts a strategy on paper, filled in likewise. */
export const newRunnerPath = (filled: Filled = {}): string => `/trade/runners/new${queryOf(filled)}`;
/** The form that opens practice on past days, likewise. */
export const newPracticePath = (filled: Filled = {}): string => `/trade/practice/new${queryOf(filled)}`;

function queryOf(filled: Filled): string {
    const query = new URLSearchParams();
    // An empty value is one: it stands against what the form was last sent with.
    for (const [name, value] of Object.entries(filled)) if (value != null) query.set(name, value);
    const text = query.toString();
    return text && `?${text}`;
}

/** The way to sign in and back here. */
export const signInPath = (from: string): string => `/sign-in${returnQuery(from)}`;
/** Likewise, for whoever has no account yet. */
export const signUpPath = (from: string): string => `/sign-up${returnQuery(from)}`;
/** Likewise, for whoever has lost every passkey. */
export const recoverPath = (from: string): string => `/recover${returnQuery(from)}`;

/** What whoever is back in again looks at first: the passkeys, one of which is lost. It is no way back to itself. */
export function recoveredPath(from: string): string {
    const path = settingsPath("passkeys");
    const isThere = from.split(/[?#]/)[0] === path;
    return `${path}?recovered${isThere ? "" : returnQuery(from).replace("?", "&")}`;
}

/** Everybody comes to the home by themselves, and from the rooms of the door nobody comes back to them. */
const returnQuery = (from: string): string => (isWayBack(from) ? `?return=${encodeURIComponent(from)}` : "");

function isWayBack(path: string): boolean {
    const { page } = placeOf(path.split(/[?#]/)[0]!);
    return !["home", "not-found", "sign-in", "sign-up", "recover"].includes(page);
}

/** Where to go after signing in: only ever to an address of this app, whatever the query says. */
export function returnPath(query: string): string {
    const written = new URLSearchParams(query).get("return") ?? "/";
    // Anything but one slash and then a path could lead to another site.
    return /^\/(?![/\\])[^\\]*$/.test(written) && isWayBack(written) ? written : "/";
}

/** Where somebody comes back to who signs in from here; at the door that is where they were going already. */
export const wayBackFrom = ({ pathname, search }: { readonly pathname: string; readonly search: string }): string =>
    isWayBack(pathname) ? pathname + search : returnPath(search);

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
