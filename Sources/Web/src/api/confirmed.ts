import { confirmIdentity } from "./passkeys";
import { ApiError } from "./http";
import { account, asUser, signedIn } from "./session";

/**
 * Runs what needs a session, and perhaps a recent sign-in: if the server asks for one, the user confirms with a passkey
 * and it is tried once more. Nothing has happened before that, so nothing happens twice.
 */
export async function asConfirmedUser<T>(work: () => Promise<T>): Promise<T> {
    return asUser(async () => {
        try {
            return await work();
        } catch (error) {
            if (!(error instanceof ApiError) || error.code !== "REAUTHENTICATION_REQUIRED") throw error;
            const now = account();
            // Without a passkey there is nothing to confirm with: a new sign-in is as good.
            if (now.state === "signed-in" && now.profile.passkeyCount === 0)
                throw new ApiError("refused", "Sign out and in again first, so that we know it is you.", error.status);
            signedIn(await confirmIdentity());
            return await work();
        }
    });
}
