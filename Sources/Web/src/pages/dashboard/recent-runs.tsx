import type { ListedBacktest } from "api-types";
import { decimal, direction, directionMark, noValue, signedPercent } from "../../lib/format";
import { backtestPath, newBacktestPath } from "../../lib/routes";
import { isoTime, writtenDay } from "../../lib/time";
import { statusWords } from "../../lib/run-words";
import { Link } from "../../ui/navigation";
import { EmptyNotice } from "../../ui/notices";
import { type Column, Table } from "../../ui/table/table";
import { Widget, type WidgetProps } from "./widget";

const returnCell = (percent: number | null | undefined): JSX.Element | string => {
    if (percent === null || percent === undefined) return noValue;
    const way = direction(percent);
    return (
        <span className={way}>
            {directionMark[way]} {signedPercent(percent / 100)}
        </span>
    );
};

const columns: readonly Column<ListedBacktest>[] = [
    {
        key: "run",
        title: "Strategy",
        isPrimary: true,
        value: ({ strategyName }) => strategyName,
        cell: ({ strategyName, versionNumber }) => (
            <>
                {strategyName} <small className="dim">v{versionNumber}</small>
            </>
        ),
    },
    { key: "symbol", title: "Symbol", value: ({ symbol }) => symbol },
    {
        key: "return",
        title: "Return",
        kind: "number",
        explain: "What the run made, after costs, as a percentage of the cash it started with.",
        value: ({ results }) => results?.totalReturnPct ?? null,
        cell: ({ status, results }) =>
            status === "completed" ? returnCell(results?.totalReturnPct) : <span>{statusWords[status]}</span>,
    },
    {
        key: "holding",
        title: "Holding",
        kind: "number",
        explain: "What buying at the start and holding to the end made, at the same costs.",
        value: ({ results }) => results?.benchmarkReturnPct ?? null,
        cell: ({ results }) => returnCell(results?.benchmarkReturnPct),
    },
    {
        key: "drawdown",
        title: "Drawdown",
        kind: "number",
        explain: "The deepest fall from a high of the run to a later low.",
        value: ({ results }) => results?.maxDrawdownPct ?? null,
        cell: ({ results }) =>
            typeof results?.maxDrawdownPct === "number" ? `${decimal(-results.maxDrawdownPct, 2)}%` : noValue,
    },
    {
        key: "when",
        title: "Run on",
        kind: "number",
        value: ({ createdAt }) => isoTime(createdAt),
        cell: ({ createdAt }) => <span className="dim">{writtenDay(createdAt)}</span>,
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
