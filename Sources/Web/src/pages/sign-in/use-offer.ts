import type { Profile } from "api-types";
import { useEffect } from "react";
import { ApiError } from "../../api/http";
import { canOfferByItself, codeOf, signIn } from "../../api/passkeys";

/** A challenge is good for five minutes; one that waits in the field is replaced before. */
const renewal = 240_000;

/**
 * Lets the browser offer this site's passkeys in the email field. There is one such request at a time, and none while
 * another ceremony runs.
 */
export function useOffer(isOn: boolean, done: (profile: Profile) => void, failed: (error: unknown) => void): void {
    useEffect(() => {
        if (!isOn) return;
        let ending = new AbortController();
        let isSecondChance = false;
        const offer = async (): Promise<void> => {
            ending.abort();
            const own = (ending = new AbortController());
            try {
                if (!(await canOfferByItself()) || own.signal.aborted) return;
                done(await signIn(null, { mediation: "conditional", signal: own.signal }));
            } catch (error) {
                if (own.signal.aborted) return;
                // A computer that slept over the challenge: ask once with a new one.
                if (codeOf(error) === "PASSKEY_EXPIRED" && !isSecondChance) {
                    isSecondChance = true;
                    void offer();
                }
                // Nobody asked for this request: only a passkey that was used and refused is worth words.
                else if (error instanceof ApiError && (error.status === 401 || error.status === 403)) failed(error);
            }
        };
        void offer();
        const timer = setInterval(() => void offer(), renewal);
        return () => {
            clearInterval(timer);
            ending.abort();
        };
        // The callbacks mean the same at every render.
    }, [isOn]);
}
