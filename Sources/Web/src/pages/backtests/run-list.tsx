/* The runs that fit a filter, a page at a time, or what to do where there are none. */
import { type ReactNode, useEffect, useState } from "react";
import { isOver, listBacktests, type ListedBacktest, type RunFilter, runsInAnAnswer, runsKey } from "../../api/backtests";
import { olderThan, withNewest } from "../../lib/run-pages";
import { newBacktestPath } from "../../lib/routes";
import { Link } from "../../ui/navigation";
import { EmptyNotice, FailureNotice, Skeleton } from "../../ui/notices";
import { Button, Card } from "../../ui/parts";
import { useResource } from "../../ui/use-resource";
import { useWork } from "../../ui/use-work";
import { isFiltered } from "./run-filters";
import { RunTable } from "./run-table";

interface Props {
    readonly filter: RunFilter;
    readonly chosen: readonly ListedBacktest[];
    /** Deleted since they were read. */
    readonly gone: readonly string[];
    readonly choose: (runs: readonly ListedBacktest[]) => void;
    readonly remove: (run: ListedBacktest) => void;
    readonly controls: ReactNode;
}

export function RunList({ filter, chosen, gone, choose, remove, controls }: Props): JSX.Element {
    const [first, retry] = useResource(runsKey(filter, 0), () => listBacktests(filter), {
        poll: ({ runs }) => runs.some(({ status }) => !isOver(status)),
    });
    const [known, setKnown] = useState<readonly ListedBacktest[]>([]);
    const [hasMore, setHasMore] = useState<boolean | null>(null);
    const [work, load] = useWork();
    const newest = first.state === "ready" ? first.value : null;
    useEffect(() => {
        if (newest) setKnown((before) => withNewest(before, newest));
    }, [newest]);
    if (first.state === "loading") return <Skeleton label="Loading your backtests" lines={8} className="card" />;
    if (first.state === "failed")
        return <FailureNotice what="Your backtests could not be loaded." error={first.error} retry={retry} />;
    const all = withNewest(known, first.value).filter(({ id }) => !gone.includes(id));
    if (all.length === 0) return <NoRuns isAll={!isFiltered(filter)} />;
    const loadOlder = async (): Promise<void> => {
        const page = await olderThan(all, runsInAnAnswer, (offset) => listBacktests(filter, offset));
        setKnown((before) => [...before, ...page.runs]);
        setHasMore(page.hasMore);
    };
    return (
        <Card isFlush>
            <RunTable runs={all} {...{ chosen, choose, remove, controls }} />
            {(hasMore ?? first.value.hasMore) && (
                <p className="table-note">
                    <Button isBusy={work.isRunning} onClick={() => void load(loadOlder)}>
                        Load older runs
                    </Button>
                </p>
            )}
            {work.error !== null && <FailureNotice what="Older runs could not be loaded." error={work.error} />}
        </Card>
    );
}

const NoRuns = ({ isAll }: { isAll: boolean }): JSX.Element =>
    isAll ? (
        <EmptyNotice title="No backtests yet.">
            <Link href={newBacktestPath()}>Run the first</Link> on prices that are stored here.
        </EmptyNotice>
    ) : (
        <EmptyNotice title="No such runs.">
            <Link href="/backtests">Show all</Link> or <Link href={newBacktestPath()}>run one</Link>.
        </EmptyNotice>
    );
