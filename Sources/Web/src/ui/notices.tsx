/* What a page shows instead of data: still loading, failed, nothing there, offline. */
import { type ReactNode, useSyncExternalStore } from "react";
import { ApiError } from "../api/http";

/** Grey bars in the place of what is coming. `label` says to a screen reader what that is. */
export function Skeleton({
    label,
    lines = 3,
    className = "",
}: {
    label: string;
    lines?: number;
    className?: string;
}): JSX.Element {
    return (
        <div role="status" className={`skeleton ${className}`}>
            <span className="visually-hidden">{label}</span>
            {Array.from({ length: lines }, (_, index) => (
                <span key={index} className="skeleton-line" aria-hidden="true" />
            ))}
        </div>
    );
}

/** The button goes with its notice: what holds the two takes the focus, which would fall to the document's start. */
function keepFocusNear(button: HTMLElement): void {
    const holder = button.closest<HTMLElement>("section, figure, main");
    if (holder?.hasAttribute("tabindex") === false) holder.tabIndex = -1;
    holder?.focus({ preventScroll: true });
}

interface FailureProps {
    /** What could not be done, as a sentence. */
    readonly what: string;
    readonly error: unknown;
    readonly retry?: (() => void) | undefined;
}

export function FailureNotice({ what, error, retry }: FailureProps): JSX.Element {
    const requestID = error instanceof ApiError ? error.requestID : null;
    return (
        <div role="alert" className="notice notice-failure">
            <div>
                <strong>{what}</strong> {error instanceof Error ? error.message : "Something unexpected happened."}
                {requestID !== null && (
                    <p className="request-id">
                        Request <code>{requestID}</code>
                    </p>
                )}
            </div>
            {retry && (
                <button
                    type="button"
                    onClick={(event) => {
                        keepFocusNear(event.currentTarget);
                        retry();
                    }}
                >
                    Try again
                </button>
            )}
        </div>
    );
}

export function EmptyNotice({ title, children }: { title: string; children: ReactNode }): JSX.Element {
    return (
        <div className="notice notice-empty">
            <strong>{title}</strong>
            <div>{children}</div>
        </div>
    );
}

function subscribeToOnline(listener: () => void): () => void {
    window.addEventListener("online", listener);
    window.addEventListener("offline", listener);
    return () => {
        window.removeEventListener("online", listener);
        window.removeEventListener("offline", listener);
    };
}

export const useIsOnline = (): boolean => useSyncExternalStore(subscribeToOnline, () => navigator.onLine);

/** A line at the foot of the window while the browser has no network; the live region is always there to be heard. */
export function OfflineNotice(): JSX.Element {
    const isOnline = useIsOnline();
    return (
        <div role="status" className="offline">
            {!isOnline && (
                <p>You are offline. What is on the screen stays; new prices load when the connection is back.</p>
            )}
        </div>
    );
}
