import type { ListedBacktest } from "api-types";
import { backtestPath } from "../../lib/routes";
import type { ReactNode } from "react";
import { isOver } from "../../api/backtests";
import { maximumCompared } from "../../lib/results/compared";
import { statusWords } from "../../lib/run-words";
import { isoDay } from "../../lib/time";
import { figureColumn } from "../../ui/figure-column";
import { TrashIcon } from "../../ui/icons";
import { Pair } from "../../ui/pair";
import { Checkbox, IconButton, Progress } from "../../ui/parts";
import { type Column, Table } from "../../ui/table/table";
import { timeColumn } from "../../ui/table/time-column";

interface Props {
    readonly runs: readonly ListedBacktest[];
    readonly chosen: readonly ListedBacktest[];
    readonly choose: (runs: readonly ListedBacktest[]) => void;
    readonly remove: (run: ListedBacktest) => void;
    /** Beside the table's own. */
    readonly controls: ReactNode;
}

/** Runs with their figures; a box before each that may be compared, and a way to delete each that is over. */
export function RunTable({ runs, chosen, choose, remove, controls }: Props): JSX.Element {
    const isChosen = ({ id }: ListedBacktest): boolean => chosen.some((one) => one.id === id);
    const toggle = (run: ListedBacktest): void =>
        choose(isChosen(run) ? chosen.filter(({ id }) => id !== run.id) : [...chosen, run]);
    const columns: readonly Column<ListedBacktest>[] = [
        {
            key: "choose",
            title: "Choose",
            isControl: true,
            value: () => null,
            cell: (run) => (
                <Checkbox
                    label=""
                    spoken={`Compare ${run.strategyName} on ${run.symbol}`}
                    isChecked={isChosen(run)}
                    isDisabled={run.status !== "completed" || (chosen.length >= maximumCompared && !isChosen(run))}
                    change={() => toggle(run)}
                />
            ),
        },
        {
            key: "strategy",
            title: "Strategy",
            isPrimary: true,
            value: (run) => `${run.strategyName} v${run.versionNumber}`,
            cell: (run) => (
                <span className="run-name">
                    <bdi title={run.strategyName}>{run.strategyName}</bdi>{" "}
                    <span className="dim">v{run.versionNumber}</span>
                </span>
            ),
        },
        { key: "symbol", title: "Symbol", value: (run) => run.symbol },
        {
            key: "range",
            title: "Range",
            value: (run) => `${isoDay(run.startDate)} to ${isoDay(run.endDate)}`,
            cell: (run) => <Pair first={`${isoDay(run.startDate)} to`} second={isoDay(run.endDate)} />,
        },
        { key: "status", title: "Status", value: (run) => statusWords[run.status], cell: status },
        figureColumn("totalReturnPct"),
        figureColumn("benchmarkReturnPct"),
        figureColumn("maxDrawdownPct"),
        figureColumn("sharpeRatio"),
        figureColumn("numTrades", true),
        timeColumn("created", "Run", ({ createdAt }) => createdAt),
        {
            key: "do",
            title: "Actions",
            isControl: true,
            value: () => null,
            cell: (run) =>
                isOver(run.status) && (
                    <IconButton
                        label={`Delete ${run.strategyName} on ${run.symbol}`}
                        title="Delete"
                        onClick={() => remove(run)}
                    >
                        <TrashIcon />
                    </IconButton>
                ),
        },
    ];
    return (
        <Table
            label="Your backtests"
            rows={runs}
            columns={columns}
            rowKey={(run) => run.id}
            rowHref={(run) => backtestPath(run.id)}
            isChosen={isChosen}
            filter="Filter backtests"
            noun="run"
            csvName="backtests"
            controls={controls}
            testID="backtests"
        />
    );
}

const status = (run: ListedBacktest): JSX.Element =>
    run.status === "running" ? (
        <Progress label={`Progress of ${run.strategyName} on ${run.symbol}`} value={run.progress} />
    ) : (
        <span className={run.status === "failed" || run.status === "timed_out" ? "bad" : undefined}>
            {statusWords[run.status]}
        </span>
    );
