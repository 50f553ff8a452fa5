/* One job: how far it is, and what it came to. */
import "../shared";
import { useEffect } from "react";
import { ApiError } from "../api/http";
import { cancelJob, importReport, isOver, type Job, jobKey, readJob, watchJobs } from "../api/jobs";
import { endInWords, isOfBacktests, jobName, jobSubject, jobUpload, resultInWords } from "../lib/data/job-words";
import { formatOptions } from "../lib/data/import-options";
import { outcomeInWords, seriesInWords } from "../lib/data/outcome";
import { dataSeriesPath, type RoomProps, symbolPath, uploadPath } from "../lib/routes";
import { statusWords } from "../lib/run-words";
import { Link, PageHeading } from "../ui/navigation";
import { EmptyNotice, FailureNotice, Skeleton } from "../ui/notices";
import { Button, Card, Notice, Progress } from "../ui/parts";
import { useResource } from "../ui/use-resource";
import { useWork } from "../ui/use-work";
import { When } from "../ui/when";

export default function JobRoom({ params }: RoomProps): JSX.Element {
    const id = params["id"]!;
    const [job, reload] = useResource<Job>(jobKey(id), () => readJob(id), { poll: ({ status }) => !isOver(status) });
    const name = job.state === "ready" ? jobName(job.value) : "Job";
    useEffect(() => {
        if (job.state === "ready") watchJobs([job.value]);
    }, [job]);
    return (
        <div className="page data-job">
            <nav aria-label="Breadcrumb" className="breadcrumb">
                <Link href="/data/jobs">Jobs</Link> <span aria-hidden="true">/</span> <span aria-current="page">{name}</span>
            </nav>
            <PageHeading title={`${name} · BitStockerz`}>
                {name} {job.state === "ready" && <small>{jobSubject(job.value)}</small>}
            </PageHeading>
            {job.state === "loading" && <Skeleton label="Loading the job" lines={4} className="card" />}
            {job.state === "failed" &&
                (job.error instanceof ApiError && job.error.isNotFound ? (
                    <EmptyNotice title="There is no such job.">
                        It ended some days ago, or belongs to somebody else. <Link href="/data/jobs">All jobs</Link>
                    </EmptyNotice>
                ) : (
                    <FailureNotice what="The job did not load." error={job.error} retry={reload} />
                ))}
            {job.state === "ready" && (isOver(job.value.status) ? <Ended job={job.value} /> : <Under job={job.value} />)}
        </div>
    );
}

function Under({ job }: { job: Job }): JSX.Element {
    const [work, run] = useWork();
    const isWaiting = job.status === "pending";
    return (
        <Card label="Progress" className="run-progress">
            <p role="status">
                <strong>{isWaiting ? "Waiting for its turn" : "Under way"}</strong>{" "}
                <span className="dim">
                    {isWaiting ? (
                        job.notBefore !== null && (
                            <>
                                It is tried again at <When at={job.notBefore} />.
                            </>
                        )
                    ) : (
                        `${Math.floor(job.progress * 100)}%`
                    )}
                </span>
            </p>
            <Progress label="Progress of the job" value={isWaiting ? null : job.progress} />
            <div className="card-head">
                <p className="dim">
                    You can leave this page: it goes on, and <Link href="/data/jobs">Jobs</Link> shows when it is done.
                </p>
                <Button isBusy={work.isRunning} onClick={() => void run(() => cancelJob(job.id))}>
                    Cancel
                </Button>
            </div>
            {work.error !== null && <FailureNotice what="It was not cancelled." error={work.error} />}
        </Card>
    );
}

function Ended({ job }: { job: Job }): JSX.Element {
    const report = importReport(job);
    const symbol = report?.stored?.symbol ?? job.symbol;
    const isDone = job.status === "completed";
    const upload = jobUpload(job);
    return (
        <>
            {isDone ? (
                <Notice tone="good" title="Done.">
                    {report?.stored ? (
                        <>
                            {outcomeInWords(report.stored, report.timeframe)}{" "}
                            {seriesInWords(report.stored, report.timeframe, "now")}
                        </>
                    ) : (
                        resultInWords(job)
                    )}
                </Notice>
            ) : (
                <Notice tone={job.status === "cancelled" ? "note" : "bad"} title={`${statusWords[job.status]}.`}>
                    {endInWords(job)}
                </Notice>
            )}
            {report && report.remarks.length > 0 && (
                <Card title="Line by line" className="upload-lines">
                    <ul className="bullets">
                        {report.remarks.map((remark) => (
                            <li key={remark}>{remark.charAt(0).toUpperCase() + remark.slice(1)}.</li>
                        ))}
                    </ul>
                </Card>
            )}
            <p className="form-actions">
                {isDone && symbol !== null && (
                    <>
                        <Link href={symbolPath(symbol)} className="button button-primary">
                            Chart of {symbol}
                        </Link>
                        <Link href={dataSeriesPath(symbol)} className="button">
                            What was found in it
                        </Link>
                    </>
                )}
                {isOfBacktests(job) && (
                    <Link href="/backtests" className="button">
                        All backtests
                    </Link>
                )}
                {!isDone && upload !== null && (
                    <Link href={uploadPath(upload.id, formatOptions(upload.options))} className="button button-primary">
                        Back to the file
                    </Link>
                )}
                {job.jobType === "import_bars" && (
                    <Link href="/data/import" className="button">
                        Import {isDone ? "another" : "a"} file
                    </Link>
                )}
            </p>
            <p className="dim">
                Asked for <When at={job.createdAt} />
                {job.finishedAt !== null && (
                    <>
                        , over <When at={job.finishedAt} />
                    </>
                )}
                .
            </p>
        </>
    );
}
