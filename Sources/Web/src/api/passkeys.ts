/* Ceremonies from the first question to the last answer, and the list of a user's passkeys. */
import {
    ceremonyError,
    ceremonyErrorOf,
    creationOptions,
    credentialJSON,
    type OptionsJSON,
    requestOptions,
} from "../lib/passkeys";
import { type PasskeySignal, type Profile, profileOf, signalOf } from "./account";
import { boolean, list, object, optionalString, optionalTime, string, strings, time } from "./decode";
import { ApiError, get, send } from "./http";
import { read } from "./reading";

export interface Passkey {
    readonly id: string;
    readonly name: string;
    /** Synced by its maker, so that it outlives the device. */
    readonly isBackedUp: boolean;
    readonly attachment: string | null;
    readonly createdAt: number;
    readonly lastUsedAt: number | null;
}

export interface Registered {
    readonly profile: Profile;
    /** Only for a new account, and never again. */
    readonly recoveryCodes: readonly string[] | null;
}

/** Throws what is wrong with this browser; nothing if passkeys can work here. */
export function checkSupport(): void {
    if (!window.isSecureContext) throw ceremonyError("insecure");
    if (!window.PublicKeyCredential || !navigator.credentials) throw ceremonyError("unsupported");
}

/** Whether the browser can offer passkeys in the email field by itself. */
export async function canOfferByItself(): Promise<boolean> {
    type Conditional = { isConditionalMediationAvailable?: () => Promise<boolean> };
    const { isConditionalMediationAvailable } = (window.PublicKeyCredential ?? {}) as Conditional;
    if (!window.isSecureContext || !isConditionalMediationAvailable) return false;
    return isConditionalMediationAvailable.call(window.PublicKeyCredential).catch(() => false);
}

async function ask(path: string, body: unknown): Promise<OptionsJSON> {
    const answer = await send("POST", path, body);
    return read(answer, (body) => {
        const options = object(object(body, "answer")["public_key"], "public_key");
        string(options, "challenge", "public_key");
        return options as unknown as OptionsJSON;
    });
}

async function prove(
    path: string,
    body: unknown,
    answerPath: string,
    options: { mediation?: "conditional"; signal?: AbortSignal } = {},
): Promise<Profile> {
    checkSupport();
    const question = await ask(path, body);
    if (options.signal?.aborted) throw new DOMException("", "AbortError");
    const request = { publicKey: requestOptions(question), ...options } as unknown as CredentialRequestOptions;
    const credential = await navigator.credentials.get(request).catch((error: unknown) => {
        throw options.signal?.aborted ? new DOMException("", "AbortError") : ceremonyErrorOf(error);
    });
    if (!credential) throw ceremonyError("cancelled");
    try {
        const answer = await send("POST", answerPath, {
            credential: credentialJSON(credential as PublicKeyCredential),
        });
        return read(answer, (body) => profileOf(object(body, "answer")["user"], "user"));
    } catch (error) {
        // A password manager that still offers a passkey nobody here has may forget it.
        if (codeOf(error) === "PASSKEY_UNKNOWN" && question.rpId !== undefined)
            void signal("signalUnknownCredential", { rpId: question.rpId, credentialId: credential.id });
        throw error;
    }
}

/** The stable code of a ceremony that the server refused; null for any other failure. */
export const codeOf = (error: unknown): string | null =>
    error instanceof ApiError ? (error.fieldErrors.find((one) => one.field === "credential")?.code ?? null) : null;

/** With an email any passkey of it; without, whichever the browser offers. */
export const signIn = (
    email: string | null,
    options: { mediation?: "conditional"; signal?: AbortSignal } = {},
): Promise<Profile> =>
    prove("/api/auth/webauthn/login/options", email ? { email } : {}, "/api/auth/webauthn/login/verify", options);

/** "It is still me": counts for five minutes. */
export const confirmIdentity = (): Promise<Profile> =>
    prove("/api/auth/reauthenticate/options", {}, "/api/auth/reauthenticate/verify");

export interface NewUser {
    readonly email: string;
    readonly display_name?: string;
    readonly invitation?: string;
}

/** A new account; with null, a further passkey of whoever is signed in. */
export async function register(user: NewUser | null): Promise<Registered> {
    checkSupport();
    const question = await ask("/api/auth/webauthn/register/options", user ?? {});
    const publicKey = creationOptions(question);
    const credential = await navigator.credentials.create({ publicKey }).catch((error: unknown) => {
        throw ceremonyErrorOf(error);
    });
    if (!credential) throw ceremonyError("cancelled");
    const body = { credential: credentialJSON(credential as PublicKeyCredential) };
    const answer = await send("POST", "/api/auth/webauthn/register/verify", body);
    return read(answer, (body) => {
        const fields = object(body, "answer");
        return {
            profile: profileOf(fields["user"], "user"),
            recoveryCodes: fields["recovery_codes"] ? strings(fields, "recovery_codes", "answer") : null,
        };
    });
}

/** A recovery code or the token of a link, for a session that may only add a passkey. */
export const recover = async (code: string): Promise<Profile> =>
    read(await send("POST", "/api/auth/recover", { code }), (body) =>
        profileOf(object(body, "answer")["user"], "user"),
    );

export const makeRecoveryCodes = async (): Promise<string[]> =>
    read(await send("POST", "/api/me/recovery-codes"), (body) =>
        strings(object(body, "answer"), "recovery_codes", "answer"),
    );

export interface Passkeys {
    readonly passkeys: readonly Passkey[];
    readonly signal: PasskeySignal;
}

const path = (id: string): string => `/api/me/passkeys/${encodeURIComponent(id)}`;

export const listPasskeys = async (): Promise<Passkeys> => read(await get("/api/me/passkeys", {}), passkeysOf);

export async function renamePasskey(id: string, name: string): Promise<Passkeys> {
    const left = read(await send("PATCH", path(id), { name }), passkeysOf);
    tellName(left.signal);
    return left;
}

export async function removePasskey(id: string): Promise<Passkeys> {
    const left = read(await send("DELETE", path(id)), passkeysOf);
    const { rpID, userID, acceptedIDs } = left.signal;
    void signal("signalAllAcceptedCredentials", { rpId: rpID, userId: userID, allAcceptedCredentialIds: acceptedIDs });
    return left;
}

/** Tells password managers under which name to show this account's passkeys. */
export function tellName({ rpID, userID, name, displayName }: PasskeySignal): void {
    void signal("signalCurrentUserDetails", { rpId: rpID, userId: userID, name, displayName });
}

/** The browser's Signal API, where there is one. It is a courtesy: nothing depends on it. */
async function signal(name: string, details: Readonly<Record<string, unknown>>): Promise<void> {
    try {
        const api = window.PublicKeyCredential as unknown as Record<string, (details: unknown) => Promise<void>>;
        if (details["rpId"] !== null) await api[name]?.(details);
    } catch {
        // Not every password manager takes it.
    }
}

function passkeysOf(body: unknown): Passkeys {
    const fields = object(body, "answer");
    return {
        passkeys: list(fields["passkeys"], "passkeys", (value, place) => {
            const passkey = object(value, place);
            return {
                id: string(passkey, "id", place),
                name: string(passkey, "name", place),
                isBackedUp: boolean(passkey, "is_backed_up", place),
                attachment: optionalString(passkey, "attachment", place),
                createdAt: time(passkey, "created_at", place),
                lastUsedAt: optionalTime(passkey, "last_used_at", place),
            };
        }),
        signal: signalOf(object(fields["signal"], "signal"), "signal"),
    };
}
