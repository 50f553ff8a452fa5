/* What the user was told and has not read, in the header: the way to the room of alerts. */
import { useEffect, useRef } from "react";
import { readUnread, unreadKey } from "../api/alerts";
import { invalidate, remembered } from "../api/cache";
import type { Place } from "../lib/routes";
import { BellIcon } from "./icons";
import { Link } from "./navigation";
import { useAccount } from "./use-account";
import { useResource } from "./use-resource";

export function Bell({ place }: { place: Place }): JSX.Element | null {
    const account = useAccount();
    const isUser = account.state === "signed-in" && account.profile.session?.kind === "full";
    return isUser ? <Count place={place} /> : null;
}

const maximumShown = 99;

function Count({ place }: { place: Place }): JSX.Element {
    // Without the count it is still the way to the room: a failure needs no words here.
    const [found] = useResource<number>(unreadKey, () => remembered(unreadKey, readUnread));
    useEffect(() => {
        const look = (): void => {
            if (document.visibilityState === "visible") invalidate(unreadKey);
        };
        document.addEventListener("visibilitychange", look);
        return () => document.removeEventListener("visibilitychange", look);
    }, []);
    // What was done in the room that is left may have been told; the first room is asked for anyway.
    const room = useRef(place.page);
    useEffect(() => {
        if (room.current === place.page) return;
        room.current = place.page;
        invalidate(unreadKey);
    }, [place.page]);
    const unread = found.state === "ready" ? found.value : 0;
    return (
        <Link
            href="/alerts"
            className="bell"
            aria-label={unread === 0 ? "Alerts" : `Alerts, ${unread} unread`}
            aria-current={place.page === "alerts" ? "page" : undefined}
        >
            <BellIcon />
            {unread > 0 && (
                <span className="bell-count" aria-hidden="true">
                    {unread > maximumShown ? `${maximumShown}+` : unread}
                </span>
            )}
        </Link>
    );
}
