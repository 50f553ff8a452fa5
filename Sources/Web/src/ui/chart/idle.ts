/* Work that can wait until the browser has nothing better to do; not every browser has a word for that. */
const hasIdle = typeof requestIdleCallback === "function";

export const whenIdle = (work: () => void): number =>
    hasIdle ? requestIdleCallback(work, { timeout: 1_500 }) : window.setTimeout(work, 200);

export const cancelIdle = (handle: number): void => (hasIdle ? cancelIdleCallback(handle) : clearTimeout(handle));
