/* What the server has been doing: everybody's for operators, else one's own. */
import "../shared";
import { useEffect } from "react";
import { cancelJob, isOver, type Job, type JobPage, jobsKey, readJobs, watchJobs } from "../api/jobs";
import { jobName, jobSubject } from "../lib/data/job-words";
import { noValue } from "../lib/format";
import { jobPath } from "../lib/routes";
import { statusWords } from "../lib/run-words";
import { durationInWords } from "../lib/time";
import { CloseIcon } from "../ui/icons";
import { EmptyNotice, FailureNotice, Skeleton } from "../ui/notices";
import { Card, IconButton, Progress } from "../ui/parts";
import { type Column, Table } from "../ui/table/table";
import { timeColumn } from "../ui/table/time-column";
import { useResource } from "../ui/use-resource";
import { useWork } from "../ui/use-work";
import { DataHead, useMayImport } from "./data/data-head";

export default function JobsRoom(): JSX.Element {
    const [jobs, reload] = useResource<JobPage>(jobsKey, readJobs, {
        // What waits for a later time may do so for hours.
        poll: ({ jobs: list }) =>
            list.some(({ status, notBefore }) => !isOver(status) && (notBefore ?? 0) * 1_000 <= Date.now()),
    });
    useEffect(() => {
        if (jobs.state === "ready") watchJobs(jobs.value.jobs);
    }, [jobs]);
    const seesAll = useMayImport();
    const [work, run] = useWork();
    return (
        <div className="page">
            <DataHead title="Jobs">
                {seesAll ? "What this server does by itself or because somebody asked." : "What this server does because you asked."}
            </DataHead>
            {work.error !== null && <FailureNotice what="It was not cancelled." error={work.error} />}
            {jobs.state === "loading" && <Skeleton label="Loading the jobs" lines={8} className="card" />}
            {jobs.state === "failed" && <FailureNotice what="The jobs did not load." error={jobs.error} retry={reload} />}
            {jobs.state === "ready" && jobs.value.jobs.length === 0 && (
                <EmptyNotice title="No jobs.">A backtest or an import makes one; it is kept here for some days.</EmptyNotice>
            )}
            {jobs.state === "ready" && jobs.value.jobs.length > 0 && (
                <Card isFlush>
                    <Table
                        label="Jobs"
                        testID="jobs"
                        rows={jobs.value.jobs}
                        columns={columns((job) => void run(() => cancelJob(job.id)), work.isRunning)}
                        rowKey={({ id }) => id}
                        rowHref={({ id }) => jobPath(id)}
                        pageSize={25}
                        filter="Filter jobs"
                        noun="job"
                    />
                    {jobs.value.hasMore && <p className="table-note">These are the newest ones; older ones are not listed.</p>}
                </Card>
            )}
        </div>
    );
}

const columns = (cancel: (job: Job) => void, isBusy: boolean): readonly Column<Job>[] => [
    { key: "what", title: "What", isPrimary: true, value: jobName },
    { key: "subject", title: "Details", isFiller: true, value: jobSubject, cell: (job) => jobSubject(job) || noValue },
    {
        key: "status",
        title: "Status",
        value: ({ status }) => statusWords[status],
        cell: ({ status, progress, error }) => (
            <span className="run-status" title={error?.message}>
                {statusWords[status]}
                {status === "running" && <Progress label="Progress" value={progress} />}
            </span>
        ),
    },
    timeColumn("begun", "Asked for", ({ createdAt }) => createdAt),
    {
        key: "took",
        title: "Took",
        kind: "number",
        value: ({ startedAt, finishedAt }) => (startedAt !== null && finishedAt !== null ? finishedAt - startedAt : null),
        cell: ({ startedAt, finishedAt }) =>
            startedAt !== null && finishedAt !== null ? durationInWords(Math.max(0, finishedAt - startedAt)) : noValue,
    },
    {
        key: "cancel",
        title: "Cancel",
        isControl: true,
        value: () => null,
        cell: (job) =>
            !isOver(job.status) && (
                <IconButton label={`Cancel: ${jobName(job)} ${jobSubject(job)}`} disabled={isBusy} onClick={() => cancel(job)}>
                    <CloseIcon />
                </IconButton>
            ),
    },
];
