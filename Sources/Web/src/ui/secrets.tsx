/* What is shown once: recovery codes and API keys. */
import { useEffect, useRef, useState } from "react";
import { saveFile } from "./save-file";
import { DownloadIcon } from "./icons";
import { useGuard } from "./navigation";

interface CopyProps {
    readonly text: string;
    readonly label: string;
    readonly copied?: () => void;
}

export function CopyButton({ text, label, copied: tell }: CopyProps): JSX.Element {
    const [outcome, setOutcome] = useState<"" | "Copied" | "Copying is blocked here. Select the text instead.">("");
    const copy = (): void => {
        // Where the page is not served securely there is no clipboard.
        const copied = navigator.clipboard?.writeText(text) ?? Promise.reject();
        copied.then(
            () => {
                setOutcome("Copied");
                tell?.();
            },
            () => setOutcome("Copying is blocked here. Select the text instead."),
        );
    };
    return (
        <>
            <button type="button" onClick={copy}>
                {label}
            </button>
            <span role="status" className="dim">
                {outcome}
            </span>
        </>
    );
}

interface CodesProps {
    readonly codes: readonly string[];
    /** For the file: whose codes these are. */
    readonly account: string;
    readonly done: () => void;
}

/** Ten codes, once. They can be lost by one careless click, so it takes a word that they are kept to go on. */
export function RecoveryCodes({ codes, account, done }: CodesProps): JSX.Element {
    const [isKept, setKept] = useState(false);
    const [isReminded, setReminded] = useState(false);
    const heading = useRef<HTMLHeadingElement>(null);
    useEffect(() => heading.current?.focus(), []);
    useGuard(!isKept, "These codes will not be shown again. Save them before you leave.");
    const save = (): void => {
        const words = [
            `BitStockerz recovery codes of ${account} at ${location.host}`,
            "Each works once and lets you add a new passkey if you lose all of yours.",
            "",
            ...codes,
            "",
        ];
        saveFile("bitstockerz-recovery-codes.txt", "text/plain", words.join("\n"));
    };
    return (
        <section className="card form" aria-labelledby="codes-heading">
            <h2 id="codes-heading" ref={heading} tabIndex={-1}>
                Your recovery codes
            </h2>
            <p>
                If you ever lose all your passkeys, one of these codes gets you back in. Each works once. You will <b>not see them again</b>: print them, or store them somewhere safe.
            </p>
            <ol className="codes">
                {codes.map((code) => (
                    <li key={code}>
                        <code>{code}</code>
                    </li>
                ))}
            </ol>
            <p className="row">
                <button type="button" onClick={save}>
                    <DownloadIcon /> Download
                </button>
                <CopyButton text={codes.join("\n")} label="Copy" />
            </p>
            <div className="field">
                <label className="check">
                    <input
                        type="checkbox"
                        checked={isKept}
                        aria-invalid={isReminded && !isKept}
                        aria-describedby={isReminded && !isKept ? "codes-fault" : undefined}
                        onChange={(event) => setKept(event.target.checked)}
                    />
                    I have saved these codes
                </label>
                {isReminded && !isKept && (
                    <span id="codes-fault" role="alert" className="field-fault">
                        Save them first: they will not be shown again.
                    </span>
                )}
            </div>
            <p className="row">
                <button type="button" className="button-primary" onClick={() => (isKept ? done() : setReminded(true))}>
                    Continue
                </button>
            </p>
        </section>
    );
}
