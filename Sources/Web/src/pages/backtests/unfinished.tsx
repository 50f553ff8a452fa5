/* A run that ended without a result: why, and what to do. */
import type { BacktestRun } from "api-types";
import { useState } from "react";
import { deleteBacktest } from "../../api/backtests";
import { endInWords } from "../../lib/run-words";
import { newBacktestPath } from "../../lib/routes";
import { Link, navigate } from "../../ui/navigation";
import { FailureNotice } from "../../ui/notices";
import { Button, Notice, Question } from "../../ui/parts";
import { useWork } from "../../ui/use-work";
import { formOf } from "./form-of";
import { RunHeading } from "./run-heading";

export function Unfinished({ run }: { run: BacktestRun }): JSX.Element {
    const [isAsking, setAsking] = useState(false);
    const [work, remove] = useWork();
    const { title, advice } = endInWords(run.status, run.error?.code ?? null);
    return (
        <>
            <RunHeading run={run} />
            <Notice tone={run.status === "cancelled" ? "note" : "bad"} title={title}>
                {run.error?.message} {advice}
            </Notice>
            <p className="actions">
                <Link href={newBacktestPath(formOf(run))} className="button button-primary">
                    Change and run again
                </Link>
                <Button onClick={() => setAsking(true)}>Delete</Button>
            </p>
            {work.error !== null && <FailureNotice what="It could not be deleted." error={work.error} />}
            <Question
                title="Delete this run?"
                isOpen={isAsking}
                yes="Delete"
                isBusy={work.isRunning}
                agree={async () => {
                    if (await remove(() => deleteBacktest(run.id))) navigate("/backtests", { replace: true });
                }}
                decline={() => setAsking(false)}
            >
                <p>It cannot be brought back.</p>
            </Question>
        </>
    );
}
