import {
    boolean,
    DecodeError,
    type Fields,
    list,
    number,
    object,
    oneOf,
    optionalString,
    string,
    strings,
    time,
} from "./decode";
import { get, send } from "./http";
import { read } from "./reading";

export type Role = "user" | "operator" | "admin";
export type Provider = "google" | "apple";
export const roles: readonly Role[] = ["user", "operator", "admin"];
export const providerNames: Readonly<Record<Provider, string>> = { google: "Google", apple: "Apple" };
const providers = Object.keys(providerNames) as Provider[];

/** What password managers may be told, so that they offer the passkeys that are still good under the right name. */
export interface PasskeySignal {
    readonly rpID: string | null;
    readonly userID: string;
    readonly name: string;
    readonly displayName: string;
    readonly acceptedIDs: readonly string[];
}

export interface Profile {
    readonly id: string;
    readonly role: Role;
    readonly email: string | null;
    readonly displayName: string | null;
    readonly baseCurrency: string;
    readonly createdAt: number;
    readonly linkedProviders: readonly Provider[];
    readonly passkeyCount: number;
    readonly recoveryCodesLeft: number;
    /** What a key of this user may be allowed. */
    readonly scopes: readonly string[];
    /** `recovery` may add a passkey and nothing else. */
    readonly sessionKind: "full" | "recovery";
    readonly signal: PasskeySignal;
}

/** In which ways one can sign in and up here. */
export interface Ways {
    readonly passkeys: boolean;
    readonly providers: readonly Provider[];
    readonly registration: "open" | "invite" | "closed";
}

export async function readWays(): Promise<Ways> {
    return read(await get("/api/auth/providers", {}), (body) => {
        const fields = object(body, "providers");
        return {
            passkeys: boolean(fields, "passkeys", "providers"),
            providers: providers.filter((name) => boolean(fields, name, "providers")),
            registration: oneOf(fields["registration"], ["open", "invite", "closed"], "providers.registration"),
        };
    });
}

export const readProfile = async (): Promise<Profile> =>
    read(await get("/api/auth/me", {}), (body) => profileOf(body, "profile"));

export const changeProfile = async (change: { email?: string; display_name?: string }): Promise<Profile> =>
    read(await send("PATCH", "/api/me", change), (body) => profileOf(body, "profile"));

export async function endThisSession(): Promise<void> {
    await send("POST", "/api/auth/logout");
}

/** Everything that the user made, as the file to keep. */
export const exportAccount = async (): Promise<string> => (await get("/api/me/export", {})).text;

/** For good, with everything that the user made. The email has to be the account's. */
export async function deleteAccount(email: string): Promise<void> {
    await send("DELETE", "/api/me", { email });
}

export function profileOf(value: unknown, place: string): Profile {
    const fields = object(value, place);
    const session = fields["session"] ? object(fields["session"], `${place}.session`) : {};
    return {
        id: string(fields, "id", place),
        role: oneOf(fields["role"], roles, `${place}.role`),
        email: optionalString(fields, "email", place),
        displayName: optionalString(fields, "display_name", place),
        baseCurrency: string(fields, "base_currency", place),
        createdAt: time(fields, "created_at", place),
        linkedProviders: list(fields["linked_providers"], `${place}.linked_providers`, (name, itemPlace) =>
            oneOf(name, providers, itemPlace),
        ),
        passkeyCount: number(fields, "passkey_count", place),
        recoveryCodesLeft: number(fields, "recovery_codes_left", place),
        scopes: strings(fields, "scopes", place),
        sessionKind: oneOf(session["kind"], ["full", "recovery"], `${place}.session.kind`),
        signal: signalOf(object(fields["signal"], `${place}.signal`), `${place}.signal`),
    };
}

export const signalOf = (fields: Fields, place: string): PasskeySignal => ({
    rpID: optionalString(fields, "rp_id", place),
    userID: string(fields, "user_id", place),
    name: string(fields, "name", place),
    displayName: string(fields, "display_name", place),
    acceptedIDs: strings(fields, "accepted_credential_ids", place),
});

/** The address to send the browser to. */
export const linkProvider = async (provider: Provider, returnTo: string): Promise<string> =>
    read(await send("POST", `/api/me/oauth/${provider}`, { return_to: returnTo }), (body) => {
        const address = string(object(body, "answer"), "authorization_url", "answer");
        // It comes from our server, but nothing except a web page is ever worth going to.
        if (!/^https?:\/\//.test(address)) throw new DecodeError("authorization_url is not an address");
        return address;
    });

export async function unlinkProvider(provider: Provider): Promise<void> {
    await send("DELETE", `/api/me/oauth/${provider}`);
}
