/* Which of the jobs that somebody looks at have changed what is known of prices, each told once. */
import type { Job } from "api-types";

const kinds: ReadonlySet<string> = new Set(["import_bars", "ingest_bars", "check_bars"]);

export interface Heard {
    /** Seen while they were not over. */
    readonly running: Set<string>;
    readonly told: Set<string>;
}

/** Whether one of them has ended since it was seen last, or just before, at `since` (Unix seconds) or later. */
export function hearOf({ running, told }: Heard, jobs: readonly Job[], since: number): boolean {
    let isNews = false;
    for (const { id, jobType, finishedAt } of jobs) {
        if (!kinds.has(jobType) || told.has(id)) continue;
        if (finishedAt === null) {
            running.add(id);
        } else if (running.has(id) || finishedAt >= since) {
            told.add(id);
            isNews = true;
        }
    }
    return isNews;
}
