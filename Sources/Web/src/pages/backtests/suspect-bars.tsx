/* A run over bars with errors says so above everything that came of it. */
import type { BacktestRun } from "api-types";
import { type KnownSeries, symbolSeries, symbolSeriesKey } from "../../api/market-data";
import { type Days, standingOf } from "../../lib/data/standing";
import { secondsPerDay } from "../../lib/time";
import { Findings } from "../../ui/findings";
import { Notice } from "../../ui/parts";
import { type Resource, useResource } from "../../ui/use-resource";

/** What is known of the bars that a run went over; asked for before the result is drawn, which would move under it. */
export const useRunSeries = ({ symbol }: BacktestRun): Resource<readonly KnownSeries[]> =>
    useResource(symbolSeriesKey(symbol), () => symbolSeries(symbol))[0];

export const daysOfRun = ({ startDate, endDate }: BacktestRun): Days => ({
    from: startDate,
    to: endDate + secondsPerDay - 1,
    isPast: true,
});

interface Props {
    readonly run: BacktestRun;
    readonly known: Resource<readonly KnownSeries[]>;
}

export function SuspectBars({ run, known }: Props): JSX.Element | null {
    const series = known.state === "ready" && known.value.find(({ stored }) => stored.interval === run.timeframe);
    if (!series) return null;
    const { revision } = series.stored;
    const errors = standingOf(series, daysOfRun(run)).findings.filter(({ severity }) => severity === "error");
    if (errors.length === 0) return null;
    const isChanged = run.barRevision !== null && run.barRevision !== revision;
    return (
        <Notice tone="warning" title={`The prices of ${run.symbol} have errors on these days: do not trust this result.`}>
            <Findings findings={errors} interval={run.timeframe} />
            {isChanged && (
                <p>
                    The prices were changed since this run (revision {run.barRevision} then, {revision} now): run it
                    again once they are right.
                </p>
            )}
        </Notice>
    );
}
