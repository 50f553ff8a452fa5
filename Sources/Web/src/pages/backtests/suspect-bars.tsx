/* A run over bars with errors says so above everything that came of it. */
import type { BacktestRun } from "api-types";
import { type StoredSeries, storedSeries, storedSeriesKey } from "../../api/market-data";
import { countsInWords } from "../../lib/data/checks";
import { type Days, standingOf } from "../../lib/data/standing";
import { dataSeriesPath } from "../../lib/routes";
import { secondsPerDay } from "../../lib/time";
import { Findings } from "../../ui/findings";
import { Link } from "../../ui/navigation";
import { Notice } from "../../ui/parts";
import { type Resource, useResource } from "../../ui/use-resource";

/** What is known of the bars that a run went over; asked for before the result is drawn, which would move under it. */
export const useRunSeries = ({ symbol }: BacktestRun): Resource<readonly StoredSeries[]> =>
    useResource(storedSeriesKey(symbol), () => storedSeries(symbol))[0];

export const daysOfRun = ({ startDate, endDate }: BacktestRun): Days => ({
    from: startDate,
    to: endDate + secondsPerDay - 1,
    isPast: true,
});

interface Props {
    readonly run: BacktestRun;
    readonly known: Resource<readonly StoredSeries[]>;
}

export function SuspectBars({ run, known }: Props): JSX.Element | null {
    const stored = known.state === "ready" && known.value.find(({ interval }) => interval === run.timeframe);
    if (!stored) return null;
    const { revision } = stored;
    const { findings, unlisted } = standingOf({ stored, health: null }, daysOfRun(run));
    const errors = findings.filter(({ severity }) => severity === "error");
    if (errors.length === 0 && unlisted.error === 0) return null;
    const title =
        errors.length === 0
            ? `The prices of ${run.symbol} have errors, some perhaps on these days: do not trust this result.`
            : `The prices of ${run.symbol} have errors on these days: do not trust this result.`;
    const isChanged = run.barRevision !== null && run.barRevision !== revision;
    return (
        <Notice tone="warning" title={title}>
            {errors.length > 0 && <Findings findings={errors} interval={run.timeframe} />}
            {unlisted.error > 0 && (
                <p>
                    {countsInWords({ ...unlisted, warning: 0, info: 0 })} of the series cannot be listed:{" "}
                    <Link href={dataSeriesPath(run.symbol)}>what was found in it</Link>.
                </p>
            )}
            {isChanged && (
                <p>
                    The prices were changed since this run (revision {run.barRevision} then, {revision} now): run it
                    again once they are right.
                </p>
            )}
        </Notice>
    );
}
