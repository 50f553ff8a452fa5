import { useCallback, useEffect, useRef, useState } from "react";

export interface Work {
    readonly isRunning: boolean;
    /** Why the last attempt failed; null while one runs and after one that worked. */
    readonly error: unknown;
}

const idle: Work = { isRunning: false, error: null };

/** Something that a button begins: one at a time, its failure kept until the next attempt. True when it worked. */
export function useWork(): [Work, (work: () => Promise<unknown>) => Promise<boolean>, () => void] {
    const [state, setState] = useState(idle);
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
    const clear = useCallback(() => setState(idle), []);
    return [state, run, clear];
}
