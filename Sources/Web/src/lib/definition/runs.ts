/* Runs of two versions of a strategy that differ in nothing but the version: their figures can be held side by side. */
import type { ListedBacktest } from "api-types";

export interface RunPair {
    readonly key: string;
    readonly before: ListedBacktest;
    readonly after: ListedBacktest;
}

/** The newest such runs, by what they were run on. `runs` are newest first. */
export function runPairs(runs: readonly ListedBacktest[], before: number, after: number): readonly RunPair[] {
    const found = new Map<string, { before?: ListedBacktest; after?: ListedBacktest }>();
    for (const run of runs) {
        const side = run.versionNumber === before ? "before" : run.versionNumber === after ? "after" : null;
        if (side === null) continue;
        const key = conditions(run);
        const pair = found.get(key) ?? {};
        pair[side] ??= run;
        found.set(key, pair);
    }
    return [...found].flatMap(([key, pair]) =>
        pair.before && pair.after ? [{ key, before: pair.before, after: pair.after }] : [],
    );
}

/**
 * Bars that were corrected between two runs, or another engine, make them two questions. (The hash of the bars tells
 * nothing here: it covers the warm-up, which another period makes longer.)
 */
const conditions = (run: ListedBacktest): string =>
    JSON.stringify([
        run.symbol,
        run.timeframe,
        run.startDate,
        run.endDate,
        run.initialEquity,
        run.simulation,
        run.barRevision,
        run.engineVersion,
    ]);
