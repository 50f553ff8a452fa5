import type { Runner } from "api-types";
import { useMemo } from "react";
import { timeframeNames } from "../../lib/definition/strategy";
import { direction, noValue, signedPercent } from "../../lib/format";
import { runnerPath } from "../../lib/routes";
import { isoDay, isoTime } from "../../lib/time";
import { nextInWords, runnerStatusWords } from "../../lib/trading/runner-words";
import { moneyColumn } from "../../ui/amount-columns";
import { type Column, Table } from "../../ui/table/table";

interface Props {
    readonly runners: readonly Runner[];
    /** The few columns that a widget has room for. */
    readonly isShort?: boolean;
}

export function RunnerTable({ runners, isShort = false }: Props): JSX.Element {
    const columns = useMemo(() => columnsOf(isShort), [isShort]);
    return (
        <Table
            label="Strategies on paper"
            rows={runners}
            columns={columns}
            rowKey={({ id }) => id}
            rowHref={({ id }) => runnerPath(id)}
            noun="runner"
            testID="runners"
            {...(!isShort && { csvName: "runners" })}
        />
    );
}

function columnsOf(isShort: boolean): readonly Column<Runner>[] {
    const name: Column<Runner> = {
        key: "runner",
        title: "Strategy",
        isPrimary: true,
        value: ({ strategyName, versionNumber }) => `${strategyName} v${versionNumber}`,
        cell: ({ strategyName, versionNumber }) => (
            <span className="run-name">
                <span title={strategyName}>{strategyName}</span> <span className="dim">v{versionNumber}</span>
            </span>
        ),
    };
    const symbol: Column<Runner> = { key: "symbol", title: "Symbol", value: (one) => one.symbol };
    const equity = moneyColumn<Runner>("equity", "Equity", (one) => one.equity, {
        explain: "At the close of the last bar that it has seen.",
    });
    const gain: Column<Runner> = {
        key: "return",
        title: "Return",
        kind: "number",
        explain: "Of its capital, since its start.",
        value: ({ returnPct }) => returnPct,
        cell: ({ returnPct }) =>
            returnPct === null ? noValue : <span className={direction(returnPct)}>{signedPercent(returnPct / 100)}</span>,
    };
    if (isShort) return [name, symbol, equity, gain];
    return [
        name,
        symbol,
        { key: "timeframe", title: "Timeframe", value: ({ timeframe }) => timeframeNames[timeframe] },
        {
            key: "status",
            title: "Status",
            value: ({ status }) => runnerStatusWords[status],
            cell: ({ status }) => (
                <span className={status === "RUNNING" ? undefined : "dim"}>{runnerStatusWords[status]}</span>
            ),
        },
        { key: "next", title: "Next", value: nextInWords },
        moneyColumn("capital", "Capital", ({ capital }) => capital, { explain: "Set aside for it at its start." }),
        equity,
        gain,
        { key: "bars", title: "Bars", kind: "number", explain: "That have come since its start.", value: ({ bars }) => bars },
        { key: "fills", title: "Fills", kind: "number", isHidden: true, value: ({ fills }) => fills },
        {
            key: "started",
            title: "Started",
            kind: "number",
            isHidden: true,
            value: ({ startedAt }) => isoTime(startedAt),
            cell: ({ startedAt }) => <span className="dim">{isoDay(startedAt)}</span>,
        },
        { key: "detail", title: "What it says", isHidden: true, value: ({ detail }) => detail },
    ];
}
