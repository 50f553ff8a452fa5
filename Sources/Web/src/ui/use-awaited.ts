import { useEffect, useState } from "react";

interface Awaited {
    /** Whether somebody waits. */
    readonly isWaiting: boolean;
    /** Does it, now or as soon as all is there. */
    readonly ask: () => void;
    /** Who goes on to fill in the form wants it no more. */
    readonly giveUp: () => void;
}

/**
 * What a form sends may still be on its way when somebody sends it: `act` waits until all of it `isThere`, and then does what
 * it would do now.
 */
export function useAwaited(isThere: boolean, act: () => void): Awaited {
    const [isWaiting, setWaiting] = useState(false);
    useEffect(() => {
        if (!isWaiting || !isThere) return;
        setWaiting(false);
        act();
    });
    return { isWaiting, ask: () => setWaiting(true), giveUp: () => setWaiting(false) };
}
