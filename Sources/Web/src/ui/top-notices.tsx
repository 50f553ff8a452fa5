/* The top line's place for what must not be overlooked, whichever part of a room is in view. */
import { type RefObject, useEffect, useRef, useSyncExternalStore } from "react";
import { isServiceDraining, onService } from "../api/service";
import type { PageName, Place } from "../lib/routes";
import { useIsOnline } from "./notices";

/** Where something trades: nobody takes it for real money. */
const paperRooms: ReadonlySet<PageName> = new Set<PageName>([
    "trade",
    "order",
    "new-runner",
    "runner",
    "new-practice",
    "practice",
]);

/** How old the prices of a room are, of what says so and is out of sight. */
let ages: readonly { readonly words: string }[] = [];
const listeners = new Set<() => void>();

function setAges(next: typeof ages): void {
    ages = next;
    listeners.forEach((listener) => listener());
}

function subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
}

/** For the note that tells how old prices are: while it is out of sight, the top line does. Null: they are not old. */
export function useAgeAbove(words: string | null): RefObject<HTMLParagraphElement> {
    const note = useRef<HTMLParagraphElement>(null);
    useEffect(() => {
        if (words === null || !note.current) return;
        const age = { words };
        const others = (): typeof ages => ages.filter((one) => one !== age);
        const observer = new IntersectionObserver(
            (seen) => setAges(seen[seen.length - 1]!.isIntersecting ? others() : [...others(), age]),
            // What lies under the top line is not seen.
            { rootMargin: "-52px 0px 0px" },
        );
        observer.observe(note.current);
        return () => {
            observer.disconnect();
            setAges(others());
        };
    }, [words]);
    return note;
}

export function TopNotices({ place }: { place: Place }): JSX.Element {
    const isOnline = useIsOnline();
    const isDraining = useSyncExternalStore(onService, isServiceDraining);
    const age = useSyncExternalStore(subscribe, () => ages[0]?.words);
    return (
        <div className="top-notices">
            {!isOnline && <span className="top-notice">Offline</span>}
            <span role="status">
                {isDraining && (
                    <span className="top-notice" title="New runs start when the work on this server is done.">
                        Maintenance<span className="top-notice-more">: new runs are on hold</span>
                    </span>
                )}
            </span>
            {age !== undefined && <span className="top-notice top-notice-more">{age}</span>}
            {paperRooms.has(place.page) && (
                <span className="paper-mark" title="Simulated money. No order leaves this server.">
                    Paper
                </span>
            )}
        </div>
    );
}
