/* One file of prices: what it was understood as, what is in the way, and what storing it would do. */
import "../shared";
import { useRef } from "react";
import { confirmUpload, lookAt, lookKey, removeUpload, type UploadLook } from "../api/imports";
import { ApiError } from "../api/http";
import { formatOptions, type ImportOptions, isAboutReading, parseOptions, readingFields, targetFields } from "../lib/data/import-options";
import { isNothingNew } from "../lib/data/outcome";
import { sizeInWords } from "../lib/format";
import { jobPath, type RoomProps, symbolPath } from "../lib/routes";
import { Link, navigate, PageHeading, useQuery } from "../ui/navigation";
import { EmptyNotice, FailureNotice, Skeleton } from "../ui/notices";
import { Button, Card, Notice } from "../ui/parts";
import { useResource } from "../ui/use-resource";
import { useWork } from "../ui/use-work";
import { OperatorsOnly, useMayImport } from "./data/data-head";
import { OptionFields } from "./data/option-fields";
import { Outcome } from "./data/upload-outcome";
import { UploadQuestion } from "./data/upload-question";
import { Lines, Sample, Understood } from "./data/upload-parts";

export default function UploadRoom({ params }: RoomProps): JSX.Element {
    const mayImport = useMayImport();
    return <div className="page upload">{mayImport ? <Upload id={params["id"]!} /> : <OperatorsOnly />}</div>;
}

function Upload({ id }: { id: string }): JSX.Element {
    const options = parseOptions(useQuery());
    const [found, reload] = useResource<UploadLook>(lookKey(id, options), () => lookAt(id, options));
    // While the file is read in another way, what it said before stays.
    const latest = useRef<UploadLook | null>(null);
    if (found.state === "ready") latest.current = found.value;
    const look = latest.current;
    const change = (part: Partial<ImportOptions>): void => {
        // Read again from the address: two changes in one tick must both count.
        navigate(location.pathname + formatOptions({ ...parseOptions(location.search), ...part }));
    };
    return (
        <>
            <nav aria-label="Breadcrumb" className="breadcrumb">
                <Link href="/data/import">Import</Link> <span aria-hidden="true">/</span>{" "}
                <span aria-current="page">{look?.fileName ?? "File"}</span>
            </nav>
            <PageHeading title="Import a file · BitStockerz">{look?.fileName ?? "Import a file"}</PageHeading>
            {found.state === "failed" ? (
                found.error instanceof ApiError && found.error.isNotFound ? (
                    <EmptyNotice title="This file is not here.">
                        It was stored, removed, or kept for a day and no longer.{" "}
                        <Link href="/data/import">Bring another</Link>.
                    </EmptyNotice>
                ) : (
                    <FailureNotice what="The file could not be looked at." error={found.error} retry={reload} />
                )
            ) : look === null ? (
                <Skeleton label="Reading the file" lines={10} className="card" />
            ) : (
                <Look look={look} options={options} change={change} isBusy={found.state === "loading"} />
            )}
        </>
    );
}

interface LookProps {
    readonly look: UploadLook;
    readonly options: ImportOptions;
    readonly change: (part: Partial<ImportOptions>) => void;
    /** It is being read in another way. */
    readonly isBusy: boolean;
}

function Look({ look, options, change, isBusy }: LookProps): JSX.Element {
    const { id, report, refusal, jobId } = look;
    const [work, run] = useWork();
    const symbol = report?.stored?.symbol ?? null;
    const confirm = async (): Promise<void> => {
        if (symbol === null) return;
        const job = await confirmUpload(id, options.symbol || symbol, options);
        navigate(jobPath(job.id));
    };
    if (jobId !== null)
        return (
            <Notice>
                It is being stored. <Link href={jobPath(jobId)}>See how far it is</Link>.
            </Notice>
        );
    return (
        <div className="upload-parts" aria-busy={isBusy}>
            {refusal ? (
                <UploadQuestion refusal={refusal} options={options} change={change} />
            ) : (
                <Outcome report={report!}>
                    {report!.stored && isNothingNew(report!.stored) ? (
                        <Link href={symbolPath(report!.stored.symbol)} className="button button-primary">
                            Chart of {symbol}
                        </Link>
                    ) : (
                        <Button kind="primary" isBusy={work.isRunning || isBusy} onClick={() => void run(confirm)}>
                            {options.replace ? "Replace the series" : "Store the bars"}
                        </Button>
                    )}
                    <Remove id={id} />
                </Outcome>
            )}
            {work.error !== null && <FailureNotice what="Nothing was stored." error={work.error} />}
            <Card title="Where the bars go">
                <OptionFields fields={targetFields} {...{ options, change }} asks={refusal?.asks ?? null} />
            </Card>
            {look.points.length > 0 && <Sample look={look} title={symbol ?? options.symbol} />}
            <details className="card upload-reading" open={isAboutReading(refusal?.asks ?? null)}>
                <summary>
                    <h2>How the file is read</h2>
                </summary>
                {report && <Understood report={report} />}
                <OptionFields fields={readingFields} {...{ options, change }} asks={refusal?.asks ?? null} />
            </details>
            {report && <Lines report={report} />}
            <p className="dim">
                {sizeInWords(look.bytes)}
                {refusal !== null && (
                    <>
                        {" "}
                        · <Remove id={id} />
                    </>
                )}
            </p>
        </div>
    );
}

function Remove({ id }: { id: string }): JSX.Element {
    const [work, run] = useWork();
    const remove = async (): Promise<void> => {
        await removeUpload(id);
        navigate("/data/import", { replace: true });
    };
    return (
        <>
            <Button kind="quiet" isBusy={work.isRunning} onClick={() => void run(remove)}>
                Remove the file
            </Button>
            {work.error !== null && <FailureNotice what="The file was not removed." error={work.error} />}
        </>
    );
}
