import { runnerPath } from "../../lib/routes";
import { cash } from "../../lib/trading/words";
import { runnerStatusWords } from "../../lib/trading/runner-words";
import { Link } from "../../ui/navigation";
import { FailureNotice } from "../../ui/notices";
import { Notice } from "../../ui/parts";
import { RunnerName } from "./runner-name";
import type { StartOutcome } from "./use-start";

interface Props {
    /** What no field shows. */
    readonly error: unknown;
    readonly outcome: StartOutcome | null;
}

/** Why nothing was started, and what to do about it. */
export function StartTrouble({ error, outcome }: Props): JSX.Element | null {
    if (outcome?.kind === "uncertain") {
        return (
            <Notice tone="bad" title="Nobody knows yet whether it was started.">
                {error instanceof Error && error.message} Start it again: one version runs once on a series, however often that
                is asked.
            </Notice>
        );
    }
    if (outcome?.kind === "taken") {
        const { runner } = outcome;
        return (
            <Notice tone="bad" title="This version is on this series already.">
                {runner ? (
                    <>
                        {runnerStatusWords[runner.status]}, with a capital of {cash(runner.capital)}:{" "}
                        <Link href={runnerPath(runner.id)}>
                            <RunnerName runner={runner} />
                        </Link>
                        . Stop that one first, or start another
                        version.
                    </>
                ) : (
                    <>
                        Stop that one first, or start another version. <Link href="/trade">Your runners</Link>
                    </>
                )}
            </Notice>
        );
    }
    return error === null ? null : <FailureNotice what="The strategy was not started." error={error} />;
}
