/*
 * Whether the host is being emptied for work on it. The page polls nothing: it asks when the server could not do what
 * was asked of it, or a run waits for long, and goes on asking only while there is something to tell.
 */
import { useSyncExternalStore } from "react";
import { readHealth } from "./health";
import { onTrouble } from "./http";
import { whenSeen } from "./waiting";

/** Between two questions, in milliseconds. */
const pause = 15_000;
let isDraining = false;
let askedAt = -Infinity;
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
    if (isDraining) whenSeen(pause, () => void ask());
}

export function lookAtService(): void {
    if (performance.now() - askedAt >= pause) void ask();
}

onTrouble(lookAtService);
window.addEventListener("focus", () => isDraining && void ask());

function subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
}

export const useIsDraining = (): boolean => useSyncExternalStore(subscribe, () => isDraining);
