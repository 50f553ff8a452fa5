/* A run that is waiting or under way. It may be left, and goes on. */
import type { BacktestRun } from "api-types";
import { useEffect, useState } from "react";
import { cancelBacktest } from "../../api/backtests";
import { lookAtService } from "../../api/service";
import { durationInWords } from "../../lib/time";
import { Link } from "../../ui/navigation";
import { FailureNotice } from "../../ui/notices";
import { Button, Card, Progress } from "../../ui/parts";
import { useWork } from "../../ui/use-work";
import { RunHeading } from "./run-heading";

export function Running({ run }: { run: BacktestRun }): JSX.Element {
    const [work, cancel] = useWork();
    const isWaiting = run.status === "pending";
    const elapsed = useElapsed(run.startedAt ?? run.createdAt);
    useEffect(() => {
        // Work on the server may begin at any time that it waits; looking again within moments does nothing.
        if (isWaiting && elapsed >= 3) lookAtService();
    }, [isWaiting, elapsed]);
    const percent = Math.floor(run.progress * 100);
    return (
        <>
            <RunHeading run={run} />
            <Card label="Progress" className="run-progress">
                <p role="status">
                    <strong>{isWaiting ? "Waiting for its turn" : "Replaying the bars"}</strong>{" "}
                    <span className="dim">
                        {isWaiting ? "" : `${percent}% · `}
                        {durationInWords(elapsed)}
                    </span>
                </p>
                <Progress label="Progress of the backtest" value={isWaiting ? null : run.progress} />
                <div className="card-head">
                    <p className="dim">
                        You can leave this page: the run goes on, and <Link href="/backtests">Backtests</Link> shows
                        when it is done.
                    </p>
                    <Button isBusy={work.isRunning} onClick={() => void cancel(() => cancelBacktest(run.id))}>
                        Cancel
                    </Button>
                </div>
                {work.error !== null && <FailureNotice what="It could not be cancelled." error={work.error} />}
            </Card>
        </>
    );
}

/** Whole seconds since then, counted while somebody looks; the server's clock may be a little ahead of this one. */
function useElapsed(since: number): number {
    const [now, setNow] = useState(() => Date.now());
    useEffect(() => {
        let timer: ReturnType<typeof setInterval> | undefined;
        const begin = (): void => {
            clearInterval(timer);
            if (document.visibilityState === "hidden") return;
            setNow(Date.now());
            timer = setInterval(() => setNow(Date.now()), 1_000);
        };
        begin();
        document.addEventListener("visibilitychange", begin);
        return () => {
            clearInterval(timer);
            document.removeEventListener("visibilitychange", begin);
        };
    }, []);
    return Math.max(0, Math.floor(now / 1_000 - since));
}
