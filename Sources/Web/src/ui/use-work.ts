import { useCallback, useEffect, useRef, useState } from "react";

export interface Work {
    readonly isRunning: boolean;
    /** Why the last attempt failed; null while one runs and after one that worked. */
    readonly error: unknown;
    /** What was refused is another thing once it is changed. */
    readonly clear: () => void;
}

/** Something that a button begins: one at a time, its failure kept until the next attempt. True when it worked. */
export function useWork(): [Work, (work: () => Promise<unknown>) => Promise<boolean>] {
    const [state, setState] = useState({ isRunning: false, error: null as unknown });
    const isRunning = useRef(false);
    const isMounted = useRef(true);
    useEffect(() => {
        isMounted.current = true;
        return () => {
            isMounted.current = false;
        };
    }, []);
    const run = useCallback(async (work: () => Promise<unknown>): Promise<boolean> => {
        if (isRunning.current) return false;
        isRunning.current = true;
        setState({ isRunning: true, error: null });
        const error: unknown = await work().then(
            () => null,
            (reason: unknown) => reason ?? new Error("It failed."),
        );
        isRunning.current = false;
        if (isMounted.current) setState({ isRunning: false, error });
        return error === null;
    }, []);
    const clear = useCallback(() => {
        if (!isRunning.current) setState((now) => (now.error === null ? now : { isRunning: false, error: null }));
    }, []);
    return [{ ...state, clear }, run];
}
