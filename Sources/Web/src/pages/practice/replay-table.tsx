import type { Replay } from "api-types";
import { useMemo } from "react";
import { timeframeNames } from "../../lib/kinds";
import { direction, noValue, signedPercent } from "../../lib/format";
import { practicePath } from "../../lib/routes";
import { namedTogether, symbolsOf } from "../../lib/trading/practice";
import { moneyColumn } from "../../ui/amount-columns";
import { type Column, Table } from "../../ui/table/table";
import { timeColumn } from "../../ui/table/time-column";

export const ReplayTable = ({ replays }: { replays: readonly Replay[] }): JSX.Element => (
    <Table
        label="Practice on past days"
        rows={replays}
        columns={useMemo(() => columnsOf(replays), [replays])}
        rowKey={({ id }) => id}
        rowHref={({ id }) => practicePath(id)}
        csvName="practice"
        noun="practice"
        testID="replays"
    />
);

function columnsOf(replays: readonly Replay[]): readonly Column<Replay>[] {
    const isTime = replays.some(({ timeframe }) => timeframe !== "1d");
    const bar = (key: string, title: string, explain: string, of: (replay: Replay) => number): Column<Replay> =>
        timeColumn(key, title, of, { explain, isTime, interval: ({ timeframe }) => timeframe });
    return [
        {
            key: "symbols",
            title: "Symbols",
            isPrimary: true,
            value: (replay) => symbolsOf(replay).join(", "),
            cell: (replay) => namedTogether(symbolsOf(replay)),
        },
        { key: "timeframe", title: "Timeframe", value: ({ timeframe }) => timeframeNames[timeframe] },
        bar("from", "From", "The bar at whose close it began.", ({ firstBar }) => firstBar),
        bar("clock", "Clock", "The newest bar that you have seen.", ({ clock }) => clock),
        moneyColumn("equity", "Equity", ({ equity }) => equity, {
            explain: "Cash and what is held, at the clock’s close.",
        }),
        {
            key: "return",
            title: "Return",
            kind: "number",
            explain: "Of the starting balance.",
            value: ({ returnPct }) => returnPct,
            cell: ({ returnPct }) =>
                returnPct === null ? (
                    noValue
                ) : (
                    <span className={direction(returnPct)}>{signedPercent(returnPct / 100)}</span>
                ),
        },
        {
            key: "bars",
            title: "Bars",
            kind: "number",
            isHidden: true,
            explain: "Seen since its beginning.",
            value: ({ bars }) => bars,
        },
    ];
}
