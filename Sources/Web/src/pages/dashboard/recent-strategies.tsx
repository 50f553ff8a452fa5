import type { RecentStrategies as Found, RecentStrategy } from "api-types";
import { counted, direction, directionMark, signedPercent } from "../../lib/format";
import { backtestPath, newBacktestPath, newStrategyPath, strategyPath } from "../../lib/routes";
import { isoDay, isoTime } from "../../lib/time";
import { statusWords } from "../../lib/run-words";
import { Link } from "../../ui/navigation";
import { EmptyNotice } from "../../ui/notices";
import { type Column, Table } from "../../ui/table/table";
import { Widget, type WidgetProps } from "./widget";

const columns: readonly Column<RecentStrategy>[] = [
    {
        key: "name",
        title: "Strategy",
        isPrimary: true,
        value: ({ name }) => name,
        cell: ({ name, versionNumber }) => (
            <span className="run-name">
                <bdi>{name}</bdi> <small className="dim">v{versionNumber}</small>
            </span>
        ),
    },
    {
        key: "last-run",
        title: "Last result",
        kind: "number",
        explain: "The total return of the newest backtest of this strategy, whichever version it was of.",
        value: ({ lastRun }) => lastRun?.totalReturnPct ?? null,
        cell: ({ lastRun }) => (lastRun ? <LastRun run={lastRun} /> : <span className="dim">Not tested yet</span>),
    },
    {
        key: "updated",
        title: "Changed",
        kind: "number",
        value: ({ updatedAt }) => isoTime(updatedAt),
        cell: ({ updatedAt }) => <span className="dim">{isoDay(updatedAt)}</span>,
    },
    {
        key: "actions",
        title: "Actions",
        isControl: true,
        value: () => null,
        cell: ({ id, name }) => (
            <span className="dashboard-actions">
                <Link href={strategyPath(id)} className="button" aria-label={`Edit ${name}`}>
                    Edit
                </Link>
                <Link href={newBacktestPath({ strategy: id })} className="button" aria-label={`Backtest ${name}`}>
                    Backtest
                </Link>
            </span>
        ),
    },
];

export const RecentStrategies = (props: WidgetProps<Found>): JSX.Element => (
    <Widget
        {...props}
        title="Strategies"
        fault="Your strategies did not load."
        isFlush
        actions={
            "value" in props.part &&
            props.part.value.total > 0 && (
                <Link href="/strategies">
                    {props.part.value.total > props.part.value.strategies.length
                        ? `All ${counted(props.part.value.total, "strategy")}`
                        : "All strategies"}
                </Link>
            )
        }
    >
        {({ strategies }) =>
            strategies.length === 0 ? (
                <EmptyNotice title="No strategies yet.">
                    <Link href={newStrategyPath()}>Start from a template</Link> and change it to your idea.
                </EmptyNotice>
            ) : (
                <Table
                    label="Newest strategies"
                    rows={strategies}
                    columns={columns}
                    rowKey={({ id }) => id}
                    rowHref={({ id }) => strategyPath(id)}
                />
            )
        }
    </Widget>
);

function LastRun({ run }: { run: NonNullable<RecentStrategy["lastRun"]> }): JSX.Element {
    const { id, symbol, status, totalReturnPct } = run;
    const way = direction(totalReturnPct ?? 0);
    return (
        <Link href={backtestPath(id)} className="plain-link">
            <small className="dim">{symbol}</small>{" "}
            {totalReturnPct === null ? (
                statusWords[status]
            ) : (
                <span className={way}>
                    {directionMark[way]} {signedPercent(totalReturnPct / 100)}
                </span>
            )}
        </Link>
    );
}
