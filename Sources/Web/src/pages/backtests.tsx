import "../shared";
import { useState } from "react";
import type { ListedBacktest } from "../api/backtests";
import { counted } from "../lib/format";
import { comparePath, newBacktestPath } from "../lib/routes";
import { maximumCompared, minimumCompared, oldestFirst } from "../lib/results/compared";
import { useCommands } from "../ui/commands";
import { Link, navigate, PageHeading, useQuery } from "../ui/navigation";
import { Button } from "../ui/parts";
import { DeleteRun } from "./backtests/delete-run";
import { filterIn, RunFilters } from "./backtests/run-filters";
import { RunList } from "./backtests/run-list";

/** Every run of the user, newest first; those that are chosen can be compared. */
export default function Backtests(): JSX.Element {
    const filter = filterIn(useQuery());
    const [chosen, setChosen] = useState<readonly ListedBacktest[]>([]);
    const [leaving, setLeaving] = useState<ListedBacktest | null>(null);
    const [gone, setGone] = useState<readonly string[]>([]);
    useCommands([
        {
            id: "new backtest",
            label: "New backtest",
            group: "Backtests",
            keys: "n",
            run: () => navigate(newBacktestPath()),
        },
    ]);
    return (
        <div className="page page-workspace">
            <div className="page-head">
                <div>
                    <PageHeading title="Backtests · BitStockerz">Backtests</PageHeading>
                    <p className="sub">Every run counts as a try. The best of many tries is often luck.</p>
                </div>
                <Link href={newBacktestPath()} className="button button-primary">
                    New backtest
                </Link>
            </div>
            <RunFilters filter={filter} />
            {/* Another filter is another list: what was read of the one before goes with it. */}
            <RunList
                key={JSON.stringify(filter)}
                {...{ filter, chosen, gone }}
                choose={setChosen}
                remove={setLeaving}
                controls={chosen.length > 0 && <Compare chosen={chosen} clear={() => setChosen([])} />}
            />
            <DeleteRun
                run={leaving}
                close={() => setLeaving(null)}
                deleted={({ id }) => {
                    setGone((before) => [...before, id]);
                    setChosen((before) => before.filter((one) => one.id !== id));
                }}
            />
        </div>
    );
}

const Compare = ({ chosen, clear }: { chosen: readonly ListedBacktest[]; clear: () => void }): JSX.Element => (
    <>
        <Button kind="primary" disabled={chosen.length < minimumCompared} onClick={() => navigate(comparePath(oldestFirst(chosen)))}>
            {chosen.length < minimumCompared ? "Choose one more to compare" : `Compare ${counted(chosen.length, "run")}`}
        </Button>
        <Button kind="quiet" onClick={clear}>
            Choose none
        </Button>
        {chosen.length === maximumCompared && <span className="dim">No more than {maximumCompared} at a time.</span>}
    </>
);
