/*
 * Who is signed in with this browser. The session's cookie is not for scripts to read, so a mark beside it remembers
 * whether asking is worth while: a visitor's page asks nothing. The mark also tells other tabs.
 */
import { getAuthMe, postAuthLogout, type Profile } from "api-types";
import { forgetEverything } from "./cache";
import { ApiError, call } from "./http";

export type Account =
    | { readonly state: "loading" }
    /** `hasEnded`: there was a session a moment ago, and its end was not asked for. */
    | { readonly state: "visitor"; readonly hasEnded: boolean }
    | { readonly state: "failed"; readonly error: unknown }
    | { readonly state: "signed-in"; readonly profile: Profile };

const mark = "signed-in";
const listeners = new Set<() => void>();
let current: Account = { state: "visitor", hasEnded: false };
let asked = 0;
let lastUser: string | null = null;

export const account = (): Account => current;

export function subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
}

function set(account: Account): void {
    asked++;
    const user = account.state === "signed-in" ? account.profile.id : null;
    // What was read for one user is never shown to another.
    if (account.state !== "loading" && user !== lastUser) forgetEverything();
    lastUser = account.state === "loading" ? lastUser : user;
    current = account;
    listeners.forEach((listener) => listener());
}

function remember(isSignedIn: boolean): void {
    try {
        if (isSignedIn) localStorage.setItem(mark, "1");
        else localStorage.removeItem(mark);
    } catch {
        // Storage is forbidden: this page knows, the next one asks.
    }
}

export const readProfile = async (): Promise<Profile> => (await call(getAuthMe)).body;

export const endThisSession = (): Promise<unknown> => call(postAuthLogout);

/** Asks the server, when there may be a session. */
export function loadAccount(options: { always?: boolean } = {}): void {
    let isLikely = true;
    try {
        isLikely = options.always === true || localStorage.getItem(mark) !== null;
    } catch {
        // Without storage nothing is known: ask.
    }
    if (!isLikely) return;
    set({ state: "loading" });
    const question = asked;
    readProfile().then(
        (profile) => asked === question && signedIn(profile),
        (error: unknown) => {
            if (asked !== question) return;
            if (isEnded(error)) signedOut({ hasEnded: true });
            else set({ state: "failed", error });
        },
    );
}

/** Called with what the server says of the user, whenever it does. */
export function signedIn(profile: Profile): void {
    remember(true);
    set({ state: "signed-in", profile });
}

export function signedOut({ hasEnded }: { hasEnded: boolean }): void {
    remember(false);
    set({ state: "visitor", hasEnded });
}

/** Before leaving for a provider: whoever comes back may be signed in. */
export const mayComeBackSignedIn = (): void => remember(true);

export const isEnded = (error: unknown): boolean => error instanceof ApiError && error.status === 401;

/** Runs what needs a session; when that has ended, the page knows. */
export async function asUser<T>(work: () => Promise<T>): Promise<T> {
    try {
        return await work();
    } catch (error) {
        if (isEnded(error)) signedOut({ hasEnded: true });
        throw error;
    }
}

/** Other tabs sign in and out, too. */
window.addEventListener("storage", (event) => {
    if (event.key !== mark && event.key !== null) return;
    if (event.newValue === null) set({ state: "visitor", hasEnded: false });
    else loadAccount();
});
