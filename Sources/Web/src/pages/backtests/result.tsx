import type { Backtest } from "api-types";
import { signedPercent } from "../../lib/format";
import { Card, Stat, Stats } from "../../ui/parts";
import { RunHeading } from "./run-heading";

/** A finished run. */
export function Result({ run }: { run: Backtest }): JSX.Element {
    return (
        <>
            <RunHeading run={run} />
            <Card label="Headline figures">
                <Stats>
                    <Stat
                        label="Total return"
                        value={signedPercent((run.results?.totalReturnPct ?? 0) / 100)}
                        detail={`Holding ${signedPercent((run.results?.benchmarkReturnPct ?? 0) / 100)}`}
                    />
                </Stats>
            </Card>
        </>
    );
}
