/* Work that outlasts its request: listed, looked at until it is over, cancelled. An operator sees everybody's. */
import {
    getJobs,
    getJobsBounds,
    getJobsById,
    ImportReport,
    type Job,
    type JobStatus,
    postJobsByIdCancel,
} from "api-types";
import { forgetEverything, invalidate } from "./cache";
import { marketDataKey } from "./market-data";
import { DecodeError } from "./decode";
import { hearOf, type Heard } from "../lib/data/job-news";
import { askAnew, call, keptOnTheWay } from "./http";
import type { BodyFound } from "./operation";
import { asUser } from "./session";

export type { Job };

export const jobsKey = "jobs";
export const jobKey = (id: string): string => `${jobsKey}/${id}`;
const jobsInAnAnswer = getJobsBounds.limit.maximum;

export const isOver = (status: JobStatus): boolean => status !== "pending" && status !== "running";

export type JobPage = BodyFound<typeof getJobs>;

/** Newest first, as many as one answer brings. */
export const readJobs = async (): Promise<JobPage> =>
    (await asUser(() => call(getJobs, { query: { limit: jobsInAnAnswer } }))).body;

export const readJob = async (id: string): Promise<Job> => (await asUser(() => call(getJobsById, { path: { id } }))).body;

export async function cancelJob(id: string): Promise<void> {
    await asUser(() => call(postJobsByIdCancel, { path: { id } }));
    invalidate(jobsKey);
}

/** Prices have come or gone: whatever was read of them may be old. */
export function pricesChanged(): void {
    askAnew();
    forgetEverything();
    invalidate(marketDataKey);
}

const heard: Heard = { running: new Set(), told: new Set() };

/** Other rooms read prices again when a job that somebody watched has changed them. */
export function watchJobs(jobs: readonly Job[]): void {
    if (hearOf(heard, jobs, (Date.now() - keptOnTheWay) / 1_000)) pricesChanged();
}

/** What an import came to; null for a job that tells something else, or nothing. */
export function importReport({ result }: Job): ImportReport | null {
    if (result === null) return null;
    try {
        return ImportReport(result, "result");
    } catch (error) {
        if (error instanceof DecodeError) return null;
        throw error;
    }
}
