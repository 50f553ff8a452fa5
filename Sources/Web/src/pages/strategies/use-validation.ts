import { useCallback, useEffect, useMemo, useState } from "react";
import { validate } from "../../api/strategies";
import { type Faults, faultsOf, joined, typingFaults } from "../../lib/definition/faults";
import type { Catalog } from "../../lib/definition/grammar";
import { type Definition, writeDefinition } from "../../lib/definition/tree";

export interface Verdict {
    /** `failed`: the server could not be asked. */
    readonly state: "checking" | "valid" | "invalid" | "failed";
    readonly faults: Faults;
    /** The server's sentence of the newest definition that was valid. */
    readonly summary: string | null;
    readonly error: unknown;
    readonly again: () => void;
}

interface Answer {
    readonly json: string;
    readonly faults: Faults;
    readonly isValid: boolean;
    readonly error: unknown;
}

const none: Faults = new Map();
/** After the last key. */
const pause = 250;

/** What the server says of a definition, asked a moment after each change. Its word is the last one. */
export function useValidation(definition: Definition, catalog: Catalog): Verdict {
    const json = useMemo(() => JSON.stringify(writeDefinition(definition)), [definition]);
    const [answer, setAnswer] = useState<Answer | null>(null);
    const [summary, setSummary] = useState<string | null>(null);
    const [attempt, setAttempt] = useState(0);
    useEffect(() => {
        const ending = new AbortController();
        const timer = setTimeout(
            () => {
                validate(writeDefinition(definition), ending.signal).then(
                    ({ isValid, errors, summary: sentence }) => {
                        if (ending.signal.aborted) return;
                        setAnswer({ json, isValid, faults: faultsOf(definition, errors), error: null });
                        if (sentence !== null) setSummary(sentence);
                    },
                    (error: unknown) => {
                        if (!ending.signal.aborted) setAnswer({ json, isValid: false, faults: none, error });
                    },
                );
            },
            attempt === 0 && answer === null ? 0 : pause,
        );
        return () => {
            clearTimeout(timer);
            ending.abort();
        };
        // What is asked follows from the text alone: a number that is typed in another way asks nothing.
    }, [json, attempt]);
    const typing = useMemo(() => typingFaults(definition, catalog), [definition, catalog]);
    const found = answer?.faults ?? none;
    const faults = useMemo(() => joined(typing, found), [typing, found]);
    const isCurrent = answer?.json === json;
    const state = !isCurrent ? "checking" : answer.error !== null ? "failed" : answer.isValid ? "valid" : "invalid";
    const failure = isCurrent ? answer.error : null;
    const again = useCallback(() => {
        setAnswer(null);
        setAttempt((count) => count + 1);
    }, []);
    const hasFailed = failure !== null;
    useEffect(() => {
        if (!hasFailed) return;
        window.addEventListener("online", again);
        return () => window.removeEventListener("online", again);
    }, [hasFailed, again]);
    // The same object as long as it says the same: parts of the page that show it need not be drawn again.
    return useMemo(
        () => ({ state, faults, summary, error: failure, again }),
        [state, faults, summary, failure, again],
    );
}
