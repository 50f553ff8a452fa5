import {
    deleteMe,
    deleteMeOauthByProvider,
    getAuthProviders,
    getMeExport,
    type IdentityProvider,
    identityProviderWords,
    patchMe,
    postMeOauthByProvider,
    type Profile,
    type SignUpPolicy,
} from "api-types";
import { call, unreadable } from "./http";
import type { BodySent } from "./operation";

export type { IdentityProvider as Provider };
export const providerNames: Readonly<Record<IdentityProvider, string>> = { google: "Google", apple: "Apple" };

/** In which ways one can sign in and up here. */
export interface Ways {
    readonly passkeys: boolean;
    readonly providers: readonly IdentityProvider[];
    readonly registration: SignUpPolicy;
}

export async function readWays(): Promise<Ways> {
    const { body } = await call(getAuthProviders);
    const { passkeys, registration } = body;
    return { passkeys, registration, providers: identityProviderWords.filter((name) => body[name]) };
}

export const changeProfile = async (body: BodySent<typeof patchMe>): Promise<Profile> =>
    (await call(patchMe, { body })).body;

/** Everything that the user made, as the file to keep. */
export const exportAccount = async (): Promise<string> => (await call(getMeExport)).text;

/** For good, with everything that the user made. The email has to be the account's. */
export const deleteAccount = (email: string): Promise<unknown> => call(deleteMe, { body: { email } });

/** The address to send the browser to. */
export async function linkProvider(provider: IdentityProvider, returnTo: string): Promise<string> {
    const { body } = await call(postMeOauthByProvider, { path: { provider }, body: { return_to: returnTo } });
    // It comes from our server, but nothing except a web page is ever worth going to.
    if (!/^https?:\/\//.test(body.authorizationUrl)) throw unreadable("authorization_url is not an address");
    return body.authorizationUrl;
}

export const unlinkProvider = (provider: IdentityProvider): Promise<unknown> =>
    call(deleteMeOauthByProvider, { path: { provider } });
