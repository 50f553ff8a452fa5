import type { StrategyPreview, Timeframe } from "api-types";
import { useEffect, useState } from "react";
import { preview } from "../../api/strategies";
import type { Json } from "../../lib/definition/tree";

export interface Asked {
    readonly definition: Json;
    readonly symbol: string;
    readonly timeframe: Timeframe;
    readonly first: number;
    readonly last: number;
}

interface Signals {
    /** The newest ones known of the same bars. */
    readonly signals: StrategyPreview | null;
    readonly error: unknown;
    /** They are of rules that have changed since. */
    readonly isOld: boolean;
    readonly again: () => void;
}

/** A preview costs the server a run over the bars: it is asked for when the keys have been still for a while. */
const pause = 500;

export function useSignals(asked: Asked | null): Signals {
    const [held, setHeld] = useState<{ key: string; bars: string; signals: StrategyPreview } | null>(null);
    const [failed, setFailed] = useState<{ key: string; error: unknown } | null>(null);
    const [attempt, setAttempt] = useState(0);
    const key = asked && JSON.stringify(asked);
    const bars = asked && `${asked.symbol} ${asked.timeframe} ${asked.first} ${asked.last}`;
    useEffect(() => {
        if (!asked || key === null || bars === null || held?.key === key) return;
        const ending = new AbortController();
        const timer = setTimeout(
            () => {
                preview(asked.definition, asked.symbol, asked.timeframe, asked, ending.signal).then(
                    (signals) => {
                        if (ending.signal.aborted) return;
                        setHeld({ key, bars, signals });
                        setFailed(null);
                    },
                    (error: unknown) => {
                        if (!ending.signal.aborted) setFailed({ key, error });
                    },
                );
            },
            held === null || held.bars !== bars ? 0 : pause,
        );
        return () => {
            clearTimeout(timer);
            ending.abort();
        };
    }, [key, attempt]);
    const isOfTheseBars = held !== null && (bars === null || held.bars === bars);
    return {
        signals: isOfTheseBars ? held.signals : null,
        error: failed !== null && failed.key === key ? failed.error : null,
        isOld: isOfTheseBars && held.key !== key,
        again: () => {
            setFailed(null);
            setAttempt((count) => count + 1);
        },
    };
}
