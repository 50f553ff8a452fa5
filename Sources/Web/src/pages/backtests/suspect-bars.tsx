/* A run over suspect bars says so above everything that came of it. */
import type { Backtest, BacktestRun, Severity } from "api-types";
import { counted } from "../../lib/format";
import type { Days } from "../../lib/data/standing";
import { dataSeriesPath } from "../../lib/routes";
import { secondsPerDay } from "../../lib/time";
import { Findings } from "../../ui/findings";
import { Link } from "../../ui/navigation";
import { Notice } from "../../ui/parts";

export const daysOfRun = ({ startDate, endDate }: BacktestRun): Days => ({
    from: startDate,
    to: endDate + secondsPerDay - 1,
    isPast: true,
});

/** Whether bars of its series have come or changed since: those of its own days need not be among them. */
export const isImportedSince = ({ barRevision, storedRevision }: Backtest): boolean =>
    barRevision !== null && storedRevision !== null && barRevision !== storedRevision;

/** So many are told here; the file of the run has more of them, the Data room what is known now. */
const shown = 3;

const titles: Readonly<Record<Severity, (symbol: string) => string>> = {
    error: (symbol) => `The prices of ${symbol} have errors on these days: do not trust this result.`,
    warning: (symbol) =>
        `The prices of ${symbol} are suspect on some of these days: see what of this result comes from them.`,
    info: (symbol) => `Some prices of ${symbol} are missing on these days.`,
};

export function SuspectBars({ run }: { run: Backtest }): JSX.Element | null {
    const { warnings, barRevision, storedRevision } = run;
    if (warnings.length === 0) return null;
    const worst = warnings[0]!.severity;
    const told = warnings.slice(0, shown).map((warning, id) => ({ ...warning, id, isDismissed: false }));
    const rest = warnings.length - told.length + run.warningsOmitted;
    return (
        <Notice tone={worst === "info" ? "note" : "warning"} title={titles[worst](run.symbol)}>
            <Findings findings={told} interval={run.timeframe} />
            {rest > 0 && (
                <p>
                    {counted(rest, "more warning")}: <Link href={dataSeriesPath(run.symbol)}>what was found</Link>.
                </p>
            )}
            {isImportedSince(run) && (
                <p>
                    The prices were changed since this run (revision {barRevision} then, {storedRevision} now): run it
                    again once they are right.
                </p>
            )}
        </Notice>
    );
}
