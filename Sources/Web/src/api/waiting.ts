/* Waiting for what the server is still at: asked for again while somebody can see the answer, and not otherwise. */

const isSeen = (): boolean => document.visibilityState !== "hidden";

/**
 * Calls `work` once: after so many milliseconds, but in a hidden page only when it is seen again, and then at once.
 * Returns what calls that off.
 */
export function whenSeen(pause: number, work: () => void): () => void {
    const end = (): void => {
        clearTimeout(timer);
        document.removeEventListener("visibilitychange", look);
    };
    const look = (): void => {
        if (!isSeen()) return;
        end();
        work();
    };
    const timer = setTimeout(look, pause);
    document.addEventListener("visibilitychange", look);
    return end;
}

/** The same as a promise, which is refused when `signal` says that nobody waits any more. */
export const untilSeen = (pause: number, signal?: AbortSignal): Promise<void> =>
    new Promise((done, fail) => {
        const leave = (): void => {
            stop();
            fail(new DOMException("Nobody waits any more.", "AbortError"));
        };
        const stop = whenSeen(pause, () => {
            signal?.removeEventListener("abort", leave);
            done();
        });
        signal?.addEventListener("abort", leave, { once: true });
        if (signal?.aborted) leave();
    });
