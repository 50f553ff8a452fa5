import { useEffect, useState } from "react";

/**
 * What a form sends may still be on its way when somebody sends it: `act` waits until all of it `isThere`, and then does what
 * it would do now. Whether somebody waits, and what begins it.
 */
export function useAwaited(isThere: boolean, act: () => void): [boolean, () => void] {
    const [isWaiting, setWaiting] = useState(false);
    useEffect(() => {
        if (!isWaiting || !isThere) return;
        setWaiting(false);
        act();
    });
    return [isWaiting, () => setWaiting(true)];
}
