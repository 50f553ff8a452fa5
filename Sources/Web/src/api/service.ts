/*
 * Whether the host is being emptied for work on it. The page polls nothing: it asks when the server could not do what
 * was asked of it, or a run waits for long, and goes on asking only while there is something to tell.
 */
import { readHealth } from "./health";
import { onTrouble } from "./http";
import { whenSeen } from "./waiting";

/** Between two questions, in milliseconds. */
const pause = 15_000;
let isDraining = false;
let askedAt = -Infinity;
/** Calls off the question that waits to be asked. */
let stop = (): void => undefined;
const listeners = new Set<() => void>();

async function ask(): Promise<void> {
    askedAt = performance.now();
    try {
        isDraining = (await readHealth()).draining;
    } catch {
        // Whoever gave occasion to ask has told already that the server is not there.
        isDraining = false;
    }
    listeners.forEach((listener) => listener());
    // Whoever comes back to the page asks, too: there is never more than one that waits.
    stop();
    if (isDraining) stop = whenSeen(pause, () => void ask());
}

/** Asks, unless that was done a moment ago. */
export function lookAtService(): void {
    if (performance.now() - askedAt >= pause) void ask();
}

onTrouble(lookAtService);
window.addEventListener("focus", () => isDraining && void ask());

export function onService(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
}

export const isServiceDraining = (): boolean => isDraining;
