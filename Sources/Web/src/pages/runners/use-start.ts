/* Starting a version on a series: once, however often it is asked. */
import type { Runner, Strategy } from "api-types";
import { useRef, useState } from "react";
import { type RunnerSent, runnerOf, startRunner } from "../../api/runners";
import { isTakenBefore, isUncertain } from "../../api/trading";
import { runnerPath } from "../../lib/routes";
import { isStartOf, runnerFieldOfCode, type RunnerForm, runnerSent } from "../../lib/trading/runner-form";
import { landed } from "../../ui/form";
import { navigate } from "../../ui/navigation";
import { useWork, type Work } from "../../ui/use-work";

/** What stands in the way of a start. */
export type StartOutcome =
    /** The version trades the series already. */
    | { readonly kind: "taken"; readonly runner: Runner | null }
    /** Nobody knows whether the request has arrived. */
    | { readonly kind: "uncertain" };

interface Start {
    readonly work: Work;
    readonly outcome: StartOutcome | null;
    /** Of a form without faults. Goes to the runner when it is there. */
    readonly start: (form: RunnerForm, strategy: Strategy) => Promise<void>;
}

export function useStart(): Start {
    const [work, run] = useWork();
    const [outcome, setOutcome] = useState<StartOutcome | null>(null);
    /** A request whose answer was lost may have started one. */
    const isUnanswered = useRef(false);
    const attempt = async (sent: RunnerSent): Promise<void> => {
        setOutcome(null);
        try {
            navigate(runnerPath((await startRunner(sent)).id));
        } catch (error) {
            if (isUncertain(error)) {
                isUnanswered.current = true;
                setOutcome({ kind: "uncertain" });
            }
            if (!isTakenBefore(error)) throw landed(error, runnerFieldOfCode);
            const runner = await runnerOf(sent).catch(() => null);
            if (runner && isUnanswered.current && isStartOf(runner, sent)) navigate(runnerPath(runner.id));
            else setOutcome({ kind: "taken", runner });
        }
    };
    const start = async (form: RunnerForm, { versionId, timeframe }: Strategy): Promise<void> => {
        await run(() => attempt(runnerSent(form, versionId, timeframe)));
    };
    return { work, outcome, start };
}
