/* Ceremonies from the first question to the last answer, and the list of a user's passkeys. */
import {
    deleteMePasskeysById,
    getMePasskeys,
    patchMePasskeysById,
    postAuthReauthenticateOptions,
    postAuthReauthenticateVerify,
    postAuthRecover,
    postAuthWebauthnLoginOptions,
    postAuthWebauthnLoginVerify,
    postAuthWebauthnRegisterOptions,
    postAuthWebauthnRegisterVerify,
    postMeRecoveryCodes,
    postTradingOrdersSigning,
    type PasskeyUseOptions,
    type Profile,
} from "api-types";
import {
    ceremonyError,
    ceremonyErrorOf,
    creationOptions,
    credentialJSON,
    requestOptions,
} from "../lib/passkeys";
import type { Fields } from "./decode";
import { ApiError, call } from "./http";
import type { Answer, BodyFound, BodySent, Operation } from "./operation";

export type Passkeys = BodyFound<typeof getMePasskeys>;
export type Passkey = Passkeys["passkeys"][number];

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

type Question = Answer<200, { readonly publicKey: PasskeyUseOptions }>;
type Proof = Operation<{ readonly body: { readonly credential: Fields } }, Answer<200, { readonly user: Profile }>>;

async function prove(
    ask: () => Promise<Question>,
    proof: Proof,
    options: { mediation?: "conditional"; signal?: AbortSignal } = {},
): Promise<Profile> {
    checkSupport();
    const question = (await ask()).body.publicKey;
    const found = await answerTo(question, options);
    try {
        return (await call(proof, { body: { credential: credentialJSON(found) } })).body.user;
    } catch (error) {
        // A password manager that still offers a passkey nobody here has may forget it.
        if (codeOf(error) === "PASSKEY_UNKNOWN")
            void signal("signalUnknownCredential", { rpId: question.rpId, credentialId: found.id });
        throw error;
    }
}

/** What a passkey makes of a question of the server's. */
async function answerTo(
    question: PasskeyUseOptions,
    options: { mediation?: "conditional"; signal?: AbortSignal } = {},
): Promise<PublicKeyCredential> {
    if (options.signal?.aborted) throw new DOMException("", "AbortError");
    const request = { publicKey: requestOptions(question), ...options } as unknown as CredentialRequestOptions;
    const found = await navigator.credentials.get(request).catch((error: unknown) => {
        throw options.signal?.aborted ? new DOMException("", "AbortError") : ceremonyErrorOf(error);
    });
    if (!found) throw ceremonyError("cancelled");
    return found as PublicKeyCredential;
}

/** What a passkey signs for a ticket: what the server asks, which need not be what the screen shows. */
export async function signTicket(body: BodySent<typeof postTradingOrdersSigning>): Promise<Fields> {
    checkSupport();
    return credentialJSON(await answerTo((await call(postTradingOrdersSigning, { body })).body.publicKey));
}

/** The stable code of a ceremony that the server refused; null for any other failure. */
export const codeOf = (error: unknown): string | null =>
    error instanceof ApiError ? (error.fieldErrors.find((one) => one.field === "credential")?.code ?? null) : null;

/** With an email any passkey of it; without, whichever the browser offers. */
export const signIn = (
    email: string | null,
    options: { mediation?: "conditional"; signal?: AbortSignal } = {},
): Promise<Profile> =>
    prove(() => call(postAuthWebauthnLoginOptions, { body: { email } }), postAuthWebauthnLoginVerify, options);

/** "It is still me": counts for five minutes. */
export const confirmIdentity = (): Promise<Profile> =>
    prove(() => call(postAuthReauthenticateOptions, { body: {} }), postAuthReauthenticateVerify);

/**
 * A new account; with null, a further passkey of whoever is signed in. After a recovery the account's other sessions and
 * its API keys end unless they are kept.
 */
export async function register(
    user: BodySent<typeof postAuthWebauthnRegisterOptions> | null,
    { keepsSessions = false, keepsKeys = false } = {},
): Promise<BodyFound<typeof postAuthWebauthnRegisterVerify>> {
    checkSupport();
    const question = await call(postAuthWebauthnRegisterOptions, { body: user ?? {} });
    const publicKey = creationOptions(question.body.publicKey);
    const credential = await navigator.credentials.create({ publicKey }).catch((error: unknown) => {
        throw ceremonyErrorOf(error);
    });
    if (!credential) throw ceremonyError("cancelled");
    const body = {
        credential: credentialJSON(credential as PublicKeyCredential),
        end_other_sessions: !keepsSessions,
        end_api_keys: !keepsKeys,
    };
    return (await call(postAuthWebauthnRegisterVerify, { body })).body;
}

/** A recovery code or the token of a link, for a session that may only add a passkey. */
export const recover = async (code: string): Promise<Profile> =>
    (await call(postAuthRecover, { body: { code } })).body.user;

export const makeRecoveryCodes = async (): Promise<readonly string[]> =>
    (await call(postMeRecoveryCodes)).body.recoveryCodes;

/** Whoever tells of passkeys or recovery codes reads again when this is invalidated. */
export const passkeysKey = "passkeys";

export const listPasskeys = async (): Promise<Passkeys> => (await call(getMePasskeys)).body;

export async function renamePasskey(id: string, name: string): Promise<Passkeys> {
    const left = (await call(patchMePasskeysById, { path: { id }, body: { name } })).body;
    tellName(left.signal);
    return left;
}

export async function removePasskey(id: string): Promise<Passkeys> {
    const left = (await call(deleteMePasskeysById, { path: { id } })).body;
    const { rpId, userId, acceptedCredentialIds } = left.signal;
    void signal("signalAllAcceptedCredentials", { rpId, userId, allAcceptedCredentialIds: acceptedCredentialIds });
    return left;
}

/** Tells password managers under which name to show this account's passkeys. */
export function tellName({ rpId, userId, name, displayName }: Passkeys["signal"]): void {
    void signal("signalCurrentUserDetails", { rpId, userId, name, displayName });
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
