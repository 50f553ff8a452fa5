/* Where files are dropped, or chosen by a button. */
import { type DragEvent, useEffect, useRef, useState } from "react";
import { Button, joined, Progress, toast } from "../../ui/parts";
import { sizeInWords } from "../../lib/format";

/** The file that is on its way, and which of them it is. */
export interface Sending {
    readonly file: File;
    readonly number: number;
    readonly count: number;
}

interface Props {
    /** Null: none is on its way. */
    readonly sending: Sending | null;
    readonly take: (files: readonly File[]) => void;
    readonly cancel: () => void;
}

export function DropZone({ sending, take, cancel }: Props): JSX.Element {
    const input = useRef<HTMLInputElement>(null);
    const [isOver, setOver] = useState(false);
    // A file that misses the place would be opened by the browser, and the page be gone.
    useEffect(() => {
        const stop = (event: Event): void => event.preventDefault();
        window.addEventListener("dragover", stop);
        window.addEventListener("drop", stop);
        return () => {
            window.removeEventListener("dragover", stop);
            window.removeEventListener("drop", stop);
        };
    }, []);
    const drop = (event: DragEvent): void => {
        event.preventDefault();
        setOver(false);
        const files = [...event.dataTransfer.files];
        if (sending !== null) toast("Wait until the files before have been sent.");
        else if (files.length > 0) take(files);
    };
    return (
        <section
            className={joined("card drop-zone", isOver && "drop-zone-over")}
            aria-label="Files of prices"
            data-testid="drop-zone"
            onDragOver={() => setOver(true)}
            onDragLeave={() => setOver(false)}
            onDrop={drop}
        >
            {sending === null ? (
                <>
                    <p>
                        <strong>Drop files of prices here</strong>, or choose them.
                    </p>
                    <Button kind="primary" onClick={() => input.current?.click()}>
                        Choose files
                    </Button>
                    <p className="dim">
                        CSV as Yahoo, Stooq, Nasdaq, TradingView and others write it, JSON of Coinbase, Binance or
                        Kraken, plain or in gzip, zip or zstd. They are looked at first: nothing is stored before you
                        say so.
                    </p>
                </>
            ) : (
                <>
                    <p role="status">
                        <strong>Sending {sending.file.name}</strong>{" "}
                        <span className="dim">
                            {sizeInWords(sending.file.size)}
                            {sending.count > 1 && `, ${sending.number} of ${sending.count}`}
                        </span>
                    </p>
                    <Progress label={`Sending ${sending.file.name}`} value={null} />
                    <Button onClick={cancel}>Cancel</Button>
                </>
            )}
            <input
                ref={input}
                type="file"
                aria-label="Files of prices"
                multiple
                hidden
                onChange={(event) => {
                    const files = [...(event.target.files ?? [])];
                    // The same file may be chosen again, after it was mended.
                    event.target.value = "";
                    if (files.length > 0) take(files);
                }}
            />
        </section>
    );
}
