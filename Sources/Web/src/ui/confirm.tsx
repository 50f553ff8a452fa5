import { useEffect, useRef, useState } from "react";

interface Props {
    readonly label: string;
    /** For screen readers, where the label alone does not say of what. */
    readonly about: string;
    readonly question: string;
    readonly yes: string;
    readonly isRunning: boolean;
    readonly run: () => void;
}

/** A button that asks once more, in its own place, before it does something that cannot be taken back. */
export function ConfirmButton({ label, about, question, yes, isRunning, run }: Props): JSX.Element {
    const [isAsking, setAsking] = useState(false);
    const trigger = useRef<HTMLButtonElement>(null);
    const no = useRef<HTMLButtonElement>(null);
    const wasAsking = useRef(false);
    useEffect(() => {
        if (isAsking) no.current?.focus();
        else if (wasAsking.current) trigger.current?.focus();
        wasAsking.current = isAsking;
    }, [isAsking]);
    if (!isAsking) {
        return (
            <button
                ref={trigger}
                type="button"
                aria-label={about === "" ? undefined : `${label} ${about}`}
                disabled={isRunning}
                onClick={() => setAsking(true)}
            >
                {label}
            </button>
        );
    }
    return (
        <span
            className="confirm"
            role="group"
            aria-label={question}
            onKeyDown={(event) => event.key === "Escape" && setAsking(false)}
        >
            <span>{question}</span>
            <button
                type="button"
                className="button-danger"
                disabled={isRunning}
                onClick={() => {
                    setAsking(false);
                    run();
                }}
            >
                {yes}
            </button>
            <button ref={no} type="button" onClick={() => setAsking(false)}>
                Cancel
            </button>
        </span>
    );
}
