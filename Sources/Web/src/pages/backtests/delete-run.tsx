/* Asks before a run is deleted, from wherever that is wanted. */
import type { BacktestRun } from "api-types";
import { deleteBacktest } from "../../api/backtests";
import { writtenDay } from "../../lib/time";
import { FailureNotice } from "../../ui/notices";
import { Question, toast } from "../../ui/parts";
import { useWork } from "../../ui/use-work";

interface Props<Run extends BacktestRun> {
    /** Null while nobody wants to. */
    readonly run: Run | null;
    readonly close: () => void;
    /** It is gone, and will be read by nobody who is led away here. */
    readonly deleted: (run: Run) => void;
}

export function DeleteRun<Run extends BacktestRun>({ run, close, deleted }: Props<Run>): JSX.Element {
    const [work, remove] = useWork();
    const end = (): void => {
        work.clear();
        close();
    };
    const agree = async (one: Run): Promise<void> => {
        if (!(await remove(() => deleteBacktest(one.id, () => deleted(one))))) return;
        toast("The backtest is deleted.");
        end();
    };
    return (
        <Question
            title="Delete this backtest?"
            isOpen={run !== null}
            yes="Delete it"
            isBusy={work.isRunning}
            agree={() => run && void agree(run)}
            decline={end}
        >
            {run && (
                <p className="run-named">
                    <bdi>{run.strategyName}</bdi> v{run.versionNumber} on {run.symbol}, {writtenDay(run.startDate)} to{" "}
                    {writtenDay(run.endDate)}. It cannot be brought back. As a try it stays counted: deleting what failed
                    makes nothing else look better.
                </p>
            )}
            {work.error !== null && <FailureNotice what="It could not be deleted." error={work.error} />}
        </Question>
    );
}
