import type { ListedBacktest } from "api-types";
import { backtestPath, newBacktestPath } from "../../lib/routes";
import { isoDay, isoTime } from "../../lib/time";
import { statusWords } from "../../lib/run-words";
import { figureColumn } from "../../ui/figure-column";
import { Link } from "../../ui/navigation";
import { EmptyNotice } from "../../ui/notices";
import { type Column, Table } from "../../ui/table/table";
import { Widget, type WidgetProps } from "./widget";

const totalReturn = figureColumn("totalReturnPct");

const columns: readonly Column<ListedBacktest>[] = [
    {
        key: "run",
        title: "Strategy",
        isPrimary: true,
        value: ({ strategyName }) => strategyName,
        cell: ({ strategyName, versionNumber }) => (
            <span className="run-name">
                <bdi>{strategyName}</bdi> <small className="dim">v{versionNumber}</small>
            </span>
        ),
    },
    { key: "symbol", title: "Symbol", value: ({ symbol }) => symbol },
    {
        ...totalReturn,
        cell: (run) => (run.status === "completed" ? totalReturn.cell?.(run) : <span>{statusWords[run.status]}</span>),
    },
    figureColumn("benchmarkReturnPct"),
    figureColumn("maxDrawdownPct"),
    {
        key: "when",
        title: "Run on",
        isMinor: true,
        kind: "number",
        value: ({ createdAt }) => isoTime(createdAt),
        cell: ({ createdAt }) => <span className="dim">{isoDay(createdAt)}</span>,
    },
];

export const RecentRuns = (props: WidgetProps<readonly ListedBacktest[]>): JSX.Element => (
    <Widget
        {...props}
        title="Recent backtests"
        fault="Your backtests did not load."
        isFlush
        actions={"value" in props.part && props.part.value.length > 0 && <Link href="/backtests">All backtests</Link>}
    >
        {(runs) =>
            runs.length === 0 ? (
                <EmptyNotice title="No backtests yet.">
                    <Link href={newBacktestPath()}>Run one</Link> to see what a strategy would have made.
                </EmptyNotice>
            ) : (
                <Table
                    label="Newest backtests"
                    rows={runs}
                    columns={columns}
                    rowKey={({ id }) => id}
                    rowHref={({ id }) => backtestPath(id)}
                />
            )
        }
    </Widget>
);
