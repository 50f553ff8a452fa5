import "../shared";
import { jobStatusWords } from "api-types";
import { useState } from "react";
import { isOver, listBacktests, type ListedBacktest, type RunFilter, runsKey } from "../api/backtests";
import { statusWords } from "../lib/run-words";
import { comparePath, newBacktestPath } from "../lib/routes";
import { Link, navigate, PageHeading, useQuery } from "../ui/navigation";
import { EmptyNotice, FailureNotice, Skeleton } from "../ui/notices";
import { useCommands } from "../ui/commands";
import { Button, Card } from "../ui/parts";
import { useResource } from "../ui/use-resource";
import { RunTable } from "./backtests/run-table";

const mostCompared = 6;

/** Every run of the user, newest first. */
export default function Backtests(): JSX.Element {
    const query = useQuery();
    const filter = filterOf(query);
    const [chosen, setChosen] = useState<readonly string[]>([]);
    useCommands([
        {
            id: "new backtest",
            label: "New backtest",
            group: "Backtests",
            keys: "n",
            run: () => navigate(newBacktestPath()),
        },
    ]);
    const set = (name: string, value: string): void => {
        const next = new URLSearchParams(query);
        if (value === "") next.delete(name);
        else next.set(name, value);
        navigate(`/backtests?${next}`.replace(/\?$/, ""));
    };
    return (
        <div className="page page-workspace">
            <div className="page-head">
                <div>
                    <PageHeading title="Backtests · BitStockerz">Backtests</PageHeading>
                    <p className="sub">Every run counts as a try. The best of many tries is often luck.</p>
                </div>
                <div className="card-actions">
                    <label className="inline-field">
                        Status
                        <select value={filter.status ?? ""} onChange={(event) => set("status", event.target.value)}>
                            <option value="">All</option>
                            {jobStatusWords.map((status) => (
                                <option key={status} value={status}>
                                    {statusWords[status]}
                                </option>
                            ))}
                        </select>
                    </label>
                    {chosen.length > 0 && (
                        <Button
                            disabled={chosen.length < 2 || chosen.length > mostCompared}
                            onClick={() => navigate(comparePath(chosen))}
                        >
                            {chosen.length < 2 ? "Choose one more" : `Compare ${chosen.length}`}
                        </Button>
                    )}
                    <Link href={newBacktestPath()} className="button button-primary">
                        New backtest
                    </Link>
                </div>
            </div>
            <Runs filter={filter} chosen={chosen} choose={setChosen} key={runsKey(filter, 0)} />
        </div>
    );
}

function filterOf(query: string): RunFilter {
    const parameters = new URLSearchParams(query);
    return {
        strategyID: parameters.get("strategy"),
        symbol: parameters.get("symbol"),
        status: jobStatusWords.find((status) => status === parameters.get("status")) ?? null,
    };
}

interface RunsProps {
    readonly filter: RunFilter;
    readonly chosen: readonly string[];
    readonly choose: (ids: readonly string[]) => void;
}

function Runs({ filter, chosen, choose }: RunsProps): JSX.Element {
    const [first, retry] = useResource(runsKey(filter, 0), () => listBacktests(filter), {
        poll: ({ runs }) => runs.some(({ status }) => !isOver(status)),
    });
    const [older, setOlder] = useState<readonly ListedBacktest[]>([]);
    const [hasMore, setHasMore] = useState<boolean | null>(null);
    const [failure, setFailure] = useState<unknown>(null);
    if (first.state === "loading") return <Skeleton label="Loading your backtests" lines={8} className="card" />;
    if (first.state === "failed")
        return <FailureNotice what="Your backtests could not be loaded." error={first.error} retry={retry} />;
    const { runs } = first.value;
    const isFiltered = Object.values(filter).some((value) => value !== null);
    if (runs.length === 0) {
        return isFiltered ? (
            <EmptyNotice title="No such runs.">
                <Link href="/backtests">Show all</Link>
            </EmptyNotice>
        ) : (
            <EmptyNotice title="No backtests yet.">
                <Link href={newBacktestPath()}>Run the first</Link> on prices that are stored here.
            </EmptyNotice>
        );
    }
    // A run that began meanwhile moves the pages: what came with the first one is not shown twice.
    const all = [...runs, ...older.filter(({ id }) => runs.every((run) => run.id !== id))];
    const loadOlder = async (): Promise<void> => {
        setFailure(null);
        try {
            const page = await listBacktests(filter, all.length);
            setOlder((before) => [...before, ...page.runs]);
            setHasMore(page.hasMore);
        } catch (error) {
            setFailure(error);
        }
    };
    return (
        <Card isFlush>
            <RunTable runs={all} chosen={chosen} choose={choose} />
            {(hasMore ?? first.value.hasMore) && (
                <p className="table-note">
                    <Button onClick={() => void loadOlder()}>Load older runs</Button>
                </p>
            )}
            {failure !== null && <FailureNotice what="Older runs could not be loaded." error={failure} />}
        </Card>
    );
}
