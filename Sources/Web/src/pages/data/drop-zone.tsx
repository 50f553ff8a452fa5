/* Where a file is dropped, or chosen by a button. */
import { type DragEvent, useEffect, useRef, useState } from "react";
import { Button, joined, Progress, toast } from "../../ui/parts";
import { sizeInWords } from "../../lib/format";

interface Props {
    /** The file that is on its way; null: none. */
    readonly sending: File | null;
    readonly take: (file: File) => void;
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
        const { files } = event.dataTransfer;
        if (sending !== null || files.length > 1) toast("One file at a time.");
        else if (files[0]) take(files[0]);
    };
    return (
        <section
            className={joined("card drop-zone", isOver && "drop-zone-over")}
            aria-label="A file of prices"
            data-testid="drop-zone"
            onDragOver={() => setOver(true)}
            onDragLeave={() => setOver(false)}
            onDrop={drop}
        >
            {sending === null ? (
                <>
                    <p>
                        <strong>Drop a file of prices here</strong>, or choose one.
                    </p>
                    <Button kind="primary" onClick={() => input.current?.click()}>
                        Choose a file
                    </Button>
                    <p className="dim">
                        CSV as Yahoo, Stooq, Nasdaq, TradingView and others write it, JSON of Coinbase, Binance or
                        Kraken, plain or in gzip, zip or zstd. It is looked at first: nothing is stored before you say
                        so.
                    </p>
                </>
            ) : (
                <>
                    <p role="status">
                        <strong>Sending {sending.name}</strong> <span className="dim">{sizeInWords(sending.size)}</span>
                    </p>
                    <Progress label={`Sending ${sending.name}`} value={null} />
                    <Button onClick={cancel}>Cancel</Button>
                </>
            )}
            <input
                ref={input}
                type="file"
                aria-label="A file of prices"
                hidden
                onChange={(event) => {
                    const file = event.target.files?.[0];
                    // The same file may be chosen again, after it was mended.
                    event.target.value = "";
                    if (file) take(file);
                }}
            />
        </section>
    );
}
