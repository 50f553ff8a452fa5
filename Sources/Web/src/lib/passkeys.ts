/*
 * Passkeys between the API and the browser. The API speaks the standard's JSON, in which bytes are base64url; the
 * browser's own functions for that are younger than passkeys are, so it is done here.
 */
import type { PasskeyCreationOptions, PasskeyUseOptions } from "api-types";

export function bytesOf(base64url: string): Uint8Array {
    const text = atob(base64url.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

export function base64urlOf(bytes: ArrayBuffer): string {
    const text = Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join("");
    return btoa(text).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
}

type Descriptor = PasskeyUseOptions["allowCredentials"][number];

const descriptors = (list: readonly Descriptor[]): PublicKeyCredentialDescriptor[] =>
    list.map((one) => ({ ...one, id: bytesOf(one.id), transports: one.transports as AuthenticatorTransport[] }));

export const creationOptions = (options: PasskeyCreationOptions): PublicKeyCredentialCreationOptions => ({
    ...options,
    pubKeyCredParams: [...options.pubKeyCredParams],
    user: { ...options.user, id: bytesOf(options.user.id) },
    challenge: bytesOf(options.challenge),
    excludeCredentials: descriptors(options.excludeCredentials),
});

export const requestOptions = (options: PasskeyUseOptions): PublicKeyCredentialRequestOptions => ({
    ...options,
    challenge: bytesOf(options.challenge),
    allowCredentials: descriptors(options.allowCredentials),
});

/** What the API reads of a browser's answer, to either kind of question. */
export function credentialJSON(credential: PublicKeyCredential): Record<string, unknown> {
    const response: Record<string, unknown> = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
        const value = (credential.response as unknown as Record<string, unknown>)[name];
        if (value instanceof ArrayBuffer) response[name] = base64urlOf(value);
    }
    const transports = (credential.response as { getTransports?: () => string[] }).getTransports?.();
    if (transports) response["transports"] = transports;
    const attachment = (credential as { authenticatorAttachment?: string | null }).authenticatorAttachment;
    return {
        id: credential.id,
        rawId: base64urlOf(credential.rawId),
        type: credential.type,
        authenticatorAttachment: attachment ?? null,
        clientExtensionResults: credential.getClientExtensionResults(),
        response,
    };
}

export type CeremonyFault = "unsupported" | "insecure" | "cancelled" | "known" | "unable" | "elsewhere" | "failed";

/** A ceremony that ended in the browser, with words for whoever sat before it. */
export class CeremonyError extends Error {
    constructor(
        readonly fault: CeremonyFault,
        message: string,
    ) {
        super(message);
        this.name = "CeremonyError";
    }
}

const words: Record<CeremonyFault, string> = {
    unsupported: "This browser cannot use passkeys. A current Chrome, Edge, Firefox or Safari can.",
    insecure: "Browsers allow passkeys only over https, or on localhost. Open this site at its https address.",
    cancelled: "It was cancelled or took too long, or this device has no passkey for it. You can try again.",
    known: "This device or password manager already has a passkey for this account.",
    unable:
        "This device cannot keep a passkey that asks for your fingerprint, face or PIN. Try a phone, another " +
        "password manager or a newer security key.",
    elsewhere: "Passkeys for this site belong to another address. Open the site at its usual address.",
    failed: "The browser could not do it. Try again, or use another device.",
};

export const ceremonyError = (fault: CeremonyFault): CeremonyError => new CeremonyError(fault, words[fault]);

/** What a browser's refusal means. On purpose it never tells cancelling from having no passkey (WebAuthn 14.5). */
export function ceremonyErrorOf(error: unknown): CeremonyError {
    const faults: Record<string, CeremonyFault> = {
        NotAllowedError: "cancelled",
        InvalidStateError: "known",
        ConstraintError: "unable",
        NotSupportedError: "unable",
        SecurityError: "elsewhere",
    };
    return ceremonyError(faults[(error as { name?: string } | null)?.name ?? ""] ?? "failed");
}
