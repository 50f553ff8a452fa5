/* A run that ended without a result: why, and what to do. */
import type { BacktestRun } from "api-types";
import { useState } from "react";
import { symbolDetails, symbolKey } from "../../api/resources";
import { endInWords } from "../../lib/run-words";
import { newBacktestPath } from "../../lib/routes";
import { Link, navigate } from "../../ui/navigation";
import { Button, Notice } from "../../ui/parts";
import { useResource } from "../../ui/use-resource";
import { DeleteRun } from "./delete-run";
import { formOf } from "./form-of";
import { RunHeading } from "./run-heading";

export function Unfinished({ run }: { run: BacktestRun }): JSX.Element {
    const [isAsking, setAsking] = useState(false);
    const [details] = useResource(symbolKey(run.symbol), () => symbolDetails(run.symbol));
    const known = details.state === "ready" ? details.value.series : [];
    const stored = known.find(({ interval }) => interval === run.timeframe);
    const days = stored ? { start: run.startDate, end: run.endDate, stored } : null;
    const { title, advice } = endInWords(run.status, run.error?.code ?? null, days);
    return (
        <>
            <RunHeading run={run} />
            <Notice tone={run.status === "cancelled" ? "note" : "bad"} title={title}>
                {run.error?.message} {advice}
            </Notice>
            <p className="form-actions">
                <Link href={newBacktestPath(formOf(run))} className="button button-primary">
                    Change and run again
                </Link>
                <Button onClick={() => setAsking(true)}>Delete</Button>
            </p>
            <DeleteRun
                run={isAsking ? run : null}
                close={() => setAsking(false)}
                deleted={() => navigate("/backtests", { replace: true })}
            />
        </>
    );
}
