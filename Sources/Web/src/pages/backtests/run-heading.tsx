import type { BacktestRun } from "api-types";
import { inSentence } from "../../lib/kinds";
import { strategyPath, symbolPath } from "../../lib/routes";
import { writtenDay } from "../../lib/time";
import { Link, PageHeading } from "../../ui/navigation";

interface Props {
    readonly run: BacktestRun;
    /** The first and the last bar that it went over, where the days that it was asked for go beyond them. */
    readonly covered?: readonly [first: number, last: number] | null;
}

/** What was run on what, and when: above a run in whatever state. */
export function RunHeading({ run, covered = null }: Props): JSX.Element {
    const name = `${run.strategyName} on ${run.symbol}`;
    return (
        <div className="run-heading">
            <nav aria-label="Breadcrumb" className="breadcrumb">
                <Link href="/backtests">Backtests</Link> <span aria-hidden="true">/</span>{" "}
                <span aria-current="page">Run of {writtenDay(run.createdAt)}</span>
            </nav>
            <PageHeading title={`${name} · BitStockerz`}>
                <bdi title={run.strategyName}>{run.strategyName}</bdi> on {run.symbol}
            </PageHeading>
            <p className="sub">
                <Link href={strategyPath(run.strategyId, run.symbol)}>Strategy, version {run.versionNumber}</Link>
                {" · "}
                <Link href={symbolPath(run.symbol)}>{run.symbol}</Link>
                {`, ${inSentence(run.timeframe)}, ${writtenDay(run.startDate)} to ${writtenDay(run.endDate)}`}
                {covered && ` (bars of ${writtenDay(covered[0])} to ${writtenDay(covered[1])})`}
            </p>
        </div>
    );
}
