import type { Runner } from "api-types";
import { timeframeNames } from "../../lib/kinds";
import { direction, noValue, signedPercent } from "../../lib/format";
import { runnerPath } from "../../lib/routes";
import { isoDay, isoTime } from "../../lib/time";
import { nextInWords, runnerStatusWords } from "../../lib/trading/runner-words";
import { moneyColumn } from "../../ui/amount-columns";
import { type Column, Table } from "../../ui/table/table";

export const RunnerTable = ({ runners }: { runners: readonly Runner[] }): JSX.Element => (
    <Table
        label="Strategies on paper"
        rows={runners}
        columns={columns}
        rowKey={({ id }) => id}
        rowHref={({ id }) => runnerPath(id)}
        csvName="runners"
        noun="runner"
        testID="runners"
    />
);

const columns: readonly Column<Runner>[] = [
    {
        key: "runner",
        title: "Strategy",
        isPrimary: true,
        value: ({ strategyName, versionNumber }) => `${strategyName} v${versionNumber}`,
        cell: ({ strategyName, versionNumber }) => (
            <span className="run-name">
                <bdi title={strategyName}>{strategyName}</bdi> <span className="dim">v{versionNumber}</span>
            </span>
        ),
    },
    {
        key: "symbol",
        title: "Symbol",
        value: ({ symbol }) => symbol,
        cell: ({ symbol, timeframe }) => (
            <>
                {symbol} <small className="dim">{timeframeNames[timeframe]}</small>
            </>
        ),
    },
    { key: "timeframe", title: "Timeframe", isHidden: true, value: ({ timeframe }) => timeframeNames[timeframe] },
    {
        key: "status",
        title: "Status",
        value: ({ status }) => runnerStatusWords[status],
        cell: (runner) => (
            <>
                {runnerStatusWords[runner.status]} <small className="dim">{nextInWords(runner)}</small>
            </>
        ),
    },
    { key: "next", title: "Next", isHidden: true, value: nextInWords },
    moneyColumn("capital", "Capital", ({ capital }) => capital, { explain: "Set aside for it at its start." }),
    moneyColumn("equity", "Equity", ({ equity }) => equity, { explain: "At the close of the last bar that it has seen." }),
    {
        key: "return",
        title: "Return",
        kind: "number",
        explain: "Of its capital, since its start.",
        value: ({ returnPct }) => returnPct,
        cell: ({ returnPct }) => (returnPct === null ? noValue : <Return percent={returnPct} />),
    },
    { key: "bars", title: "Bars", kind: "number", explain: "That it has seen since its start.", value: ({ bars }) => bars },
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

const Return = ({ percent }: { percent: number }): JSX.Element => (
    <span className={direction(percent)}>{signedPercent(percent / 100)}</span>
);
