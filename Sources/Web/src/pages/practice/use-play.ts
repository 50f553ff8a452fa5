import { useEffect, useRef, useState } from "react";
import { pauseBefore } from "../../lib/trading/practice";
import type { Practised, ReplayWork } from "./use-replay";

export interface Play {
    readonly isPlaying: boolean;
    readonly toggle: () => void;
    readonly stop: () => void;
}

/**
 * One bar after another, none asked for before the one before it is there. It stops where an order has ended, where bars
 * end, where a bar did not come, and when nobody looks.
 */
export function usePlay({ step, work }: Pick<ReplayWork, "step" | "work">, { detail, ended }: Practised, speed: number): Play {
    const [isPlaying, setPlaying] = useState(false);
    const begunAt = useRef(0);
    // What happened before it began does not stop it.
    const begunWith = useRef({ ended, error: work.error });
    const hasNews = ended.length > 0 && ended !== begunWith.current.ended;
    const hasFailed = work.error !== null && work.error !== begunWith.current.error;
    const mustStop = detail.replay.isOver || hasNews || hasFailed;
    useEffect(() => {
        if (isPlaying && mustStop) setPlaying(false);
    }, [isPlaying, mustStop]);
    useEffect(() => {
        if (!isPlaying || mustStop || work.isRunning) return;
        const timer = setTimeout(
            () => {
                begunAt.current = performance.now();
                step(1);
            },
            pauseBefore(speed, begunAt.current, performance.now()),
        );
        return () => clearTimeout(timer);
    }, [isPlaying, mustStop, work.isRunning, detail, speed, step]);
    useEffect(() => {
        if (!isPlaying) return;
        const look = (): void => {
            if (document.visibilityState === "hidden") setPlaying(false);
        };
        document.addEventListener("visibilitychange", look);
        return () => document.removeEventListener("visibilitychange", look);
    }, [isPlaying]);
    const toggle = (): void => {
        begunWith.current = { ended, error: work.error };
        setPlaying((is) => !is && !detail.replay.isOver);
    };
    return { isPlaying, toggle, stop: () => setPlaying(false) };
}
