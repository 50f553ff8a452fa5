/* One file of prices: what it was understood as, what is in the way, and what storing it would do. */
import "../shared";
import type { ImportOption, ImportReport } from "api-types";
import { type RefObject, useEffect, useRef } from "react";
import { confirmUpload, lookAt, lookKey, removeUpload, type UploadLook } from "../api/imports";
import { ApiError } from "../api/http";
import {
    answered,
    formatOptions,
    type ImportOptions,
    isAboutReading,
    parseOptions,
    readingFields,
    targetFields,
} from "../lib/data/import-options";
import { isNothingNew, isNothingToStore, isTooMuchForALook } from "../lib/data/outcome";
import { sizeInWords } from "../lib/format";
import { jobPath, type RoomProps, symbolPath } from "../lib/routes";
import { faultOf } from "../ui/form";
import { Link, navigate, PageHeading, useQuery } from "../ui/navigation";
import { EmptyNotice, FailureNotice, Skeleton } from "../ui/notices";
import { Button, Card, Notice } from "../ui/parts";
import { useResource } from "../ui/use-resource";
import { useWork } from "../ui/use-work";
import { OperatorsOnly, useMayImport } from "./data/data-head";
import { Agreed, OptionFields } from "./data/option-fields";
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
    // While the file is read in another way, or cannot be, what it said before stays.
    const latest = useRef<UploadLook | null>(null);
    if (found.state === "ready") latest.current = found.value;
    const look = latest.current?.id === id ? latest.current : null;
    const error = found.state === "failed" ? found.error : null;
    const isGone = error instanceof ApiError && error.isNotFound;
    // Asking again says the same of what was said wrongly.
    const isMistaken = error instanceof ApiError && error.fieldErrors.length > 0;
    const change = (part: Partial<ImportOptions>): void => {
        // Read again from the address: two changes in one tick must both count.
        navigate(location.pathname + formatOptions(answered(parseOptions(location.search), part)));
    };
    return (
        <>
            <nav aria-label="Breadcrumb" className="breadcrumb">
                <Link href="/data/import">Import</Link> <span aria-hidden="true">/</span>{" "}
                <span aria-current="page">{look?.fileName ?? "File"}</span>
            </nav>
            <PageHeading title="Import a file · BitStockerz">{look?.fileName ?? "Import a file"}</PageHeading>
            {error !== null && !isGone && (
                <FailureNotice
                    what="The file could not be looked at."
                    error={error}
                    retry={isMistaken ? undefined : reload}
                />
            )}
            {isGone ? (
                <EmptyNotice title="This file is not here.">
                    It was stored, removed, or kept for a day and no longer. <Link href="/data/import">Bring another</Link>.
                </EmptyNotice>
            ) : look !== null ? (
                <Look {...{ look, options, change, error }} isBusy={found.state === "loading"} />
            ) : error === null ? (
                <Skeleton label="Reading the file" lines={10} className="card" />
            ) : (
                isMistaken && (
                    <div className="upload-parts">
                        <Target {...{ options, change, error }} asks={null} />
                        <Reading {...{ options, change, error }} asks={null} report={null} />
                    </div>
                )
            )}
        </>
    );
}

interface Said {
    readonly options: ImportOptions;
    readonly change: (part: Partial<ImportOptions>) => void;
    /** Why what was said was not taken; null: it was. */
    readonly error: unknown;
}

interface LookProps extends Said {
    readonly look: UploadLook;
    /** It is being read in another way. */
    readonly isBusy: boolean;
}

function Look({ look, options, change, error, isBusy }: LookProps): JSX.Element {
    const { id, report, refusal, jobId } = look;
    const stored = report?.stored ?? null;
    const [work, run] = useWork();
    const answer = useAnswerFocus(look);
    const symbol = options.symbol || stored?.symbol;
    const confirm = async (): Promise<void> => {
        if (!symbol) return;
        const job = await confirmUpload(id, symbol, options);
        navigate(jobPath(job.id));
    };
    if (jobId !== null)
        return (
            <Notice>
                It is being stored. <Link href={jobPath(jobId)}>See how far it is</Link>.
            </Notice>
        );
    const asks = refusal?.asks ?? null;
    const said = { options, change, error: error ?? work.error, asks };
    // What is shown is not what the fields say: it cannot be stored by that.
    const store = (words: string): JSX.Element => (
        <Button
            kind="primary"
            isBusy={work.isRunning || isBusy}
            disabled={error !== null || !symbol}
            onClick={() => void run(confirm)}
        >
            {words}
        </Button>
    );
    return (
        <div className="upload-parts" aria-busy={isBusy}>
            <div ref={answer} tabIndex={-1}>
                {refusal ? (
                    <UploadQuestion {...{ refusal, ...said }}>
                        {isTooMuchForALook(look) && (
                            <p className="answers">
                                {store("Store it without a look")} {!symbol && "Say below where the bars go."}
                            </p>
                        )}
                    </UploadQuestion>
                ) : (
                    stored && (
                        <Outcome stored={stored} timeframe={report!.timeframe}>
                            {isNothingToStore(stored, options) ? (
                                <Link href={symbolPath(stored.symbol)} className="button button-primary">
                                    Chart of {stored.symbol}
                                </Link>
                            ) : (
                                store(
                                    options.replace
                                        ? "Replace the series"
                                        : isNothingNew(stored)
                                          ? "Store the new details"
                                          : "Store the bars",
                                )
                            )}
                            <Remove id={id} />
                        </Outcome>
                    )
                )}
            </div>
            {work.error !== null && <FailureNotice what="Nothing was stored." error={work.error} />}
            <Target {...said} />
            {look.points.length > 0 && <Sample look={look} title={stored?.symbol ?? options.symbol} />}
            <Reading {...said} report={report} />
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

interface FieldsProps extends Said {
    readonly asks: ImportOption | null;
}

const Target = (said: FieldsProps): JSX.Element => (
    <Card title="Where the bars go">
        <OptionFields fields={targetFields} {...said} />
        <Agreed {...said} />
    </Card>
);

const Reading = ({ report, ...said }: FieldsProps & { report: ImportReport | null }): JSX.Element => (
    <details
        className="card upload-reading"
        open={isAboutReading(said.asks) || readingFields.some(({ name }) => faultOf(said.error, name) !== null)}
    >
        <summary>
            <h2>How the file is read</h2>
        </summary>
        {report && <Understood report={report} />}
        <OptionFields fields={readingFields} {...said} />
    </details>
);

/** What had the focus may be gone with the answer: the next question, or the outcome, takes it. */
function useAnswerFocus(look: UploadLook): RefObject<HTMLDivElement> {
    const place = useRef<HTMLDivElement>(null);
    const before = useRef(look);
    useEffect(() => {
        if (before.current !== look && document.activeElement === document.body) place.current?.focus();
        before.current = look;
    }, [look]);
    return place;
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
