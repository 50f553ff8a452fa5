/* Files of prices: brought here, and those that wait to be stored. */
import "../shared";
import { useEffect, useRef, useState } from "react";
import { bringFile, readUploads, removeUpload, type Upload, uploadsKey } from "../api/imports";
import { sizeInWords } from "../lib/format";
import { jobPath, uploadPath } from "../lib/routes";
import { TrashIcon } from "../ui/icons";
import { Link, navigate, useGuard } from "../ui/navigation";
import { FailureNotice, Skeleton } from "../ui/notices";
import { Card, IconButton } from "../ui/parts";
import { useResource } from "../ui/use-resource";
import { useWork } from "../ui/use-work";
import { When } from "../ui/when";
import { DataHead, OperatorsOnly, useMayImport } from "./data/data-head";
import { DropZone, type Sending } from "./data/drop-zone";

export default function ImportRoom(): JSX.Element {
    const mayImport = useMayImport();
    return (
        <div className="page">
            <DataHead title="Import">Bring prices in from a file.</DataHead>
            {mayImport ? <Import /> : <OperatorsOnly />}
        </div>
    );
}

interface Refused {
    readonly name: string;
    readonly error: unknown;
}

function Import(): JSX.Element {
    const [sending, setSending] = useState<Sending | null>(null);
    const [refused, setRefused] = useState<readonly Refused[]>([]);
    const leaving = useRef<AbortController | null>(null);
    useGuard(sending !== null, "A file is still on its way. It is not kept if you leave now.");
    useEffect(() => () => leaving.current?.abort(), []);
    /** One after the other: each has all of the way up. */
    const take = async (files: readonly File[]): Promise<void> => {
        const left = (leaving.current = new AbortController());
        const taken: string[] = [];
        setRefused([]);
        for (const [index, file] of files.entries()) {
            setSending({ file, number: index + 1, count: files.length });
            try {
                taken.push(await bringFile(file, left.signal));
            } catch (error) {
                if (left.signal.aborted) break;
                setRefused((before) => [...before, { name: file.name, error }]);
            }
        }
        setSending(null);
        // Several wait below to be looked at.
        if (files.length === 1 && taken.length === 1) navigate(uploadPath(taken[0]!), { force: true });
    };
    return (
        <>
            <DropZone sending={sending} take={(files) => void take(files)} cancel={() => leaving.current?.abort()} />
            {refused.map(({ name, error }, index) => (
                <FailureNotice key={index} what={`${name} was not taken.`} error={error} />
            ))}
            <Waiting />
        </>
    );
}

function Waiting(): JSX.Element | null {
    const [uploads, reload] = useResource<readonly Upload[]>(uploadsKey, readUploads);
    const [work, run] = useWork();
    if (uploads.state === "loading") return <Skeleton label="Loading your files" lines={2} className="card" />;
    if (uploads.state === "failed")
        return <FailureNotice what="Your files did not load." error={uploads.error} retry={reload} />;
    if (uploads.value.length === 0) return null;
    return (
        <Card title="Not stored yet">
            {work.error !== null && <FailureNotice what="The file was not removed." error={work.error} />}
            <ul className="rows">
                {uploads.value.map(({ id, fileName, bytes, createdAt, expiresAt, jobId }) => (
                    <li key={id}>
                        <span>
                            <Link href={jobId === null ? uploadPath(id) : jobPath(jobId)}>{fileName}</Link>
                            <small>
                                {sizeInWords(bytes)} · brought <When at={createdAt} /> ·{" "}
                                {jobId === null ? (
                                    <>
                                        kept until <When at={expiresAt} />
                                    </>
                                ) : (
                                    "being stored"
                                )}
                            </small>
                        </span>
                        {jobId === null && (
                            <IconButton
                                label={`Remove ${fileName}`}
                                disabled={work.isRunning}
                                onClick={() => void run(() => removeUpload(id))}
                            >
                                <TrashIcon />
                            </IconButton>
                        )}
                    </li>
                ))}
            </ul>
        </Card>
    );
}
