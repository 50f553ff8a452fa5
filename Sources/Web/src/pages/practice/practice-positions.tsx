import type { ReplayPosition, Timeframe } from "api-types";
import { useMemo } from "react";
import { averageCost } from "../../lib/trading/practice";
import { gainColumn, moneyColumn, priceColumn, quantityColumn } from "../../ui/amount-columns";
import { Card } from "../../ui/parts";
import { type Column, Table } from "../../ui/table/table";
import { timeColumn } from "../../ui/table/time-column";

interface Props {
    readonly positions: readonly ReplayPosition[];
    readonly timeframe: Timeframe;
    /** The symbol on the chart. */
    readonly shown: string;
    readonly show: (symbol: string) => void;
}

/** Every symbol of the practice, and what is held of it; one that is chosen comes onto the chart. */
export function PracticePositions({ positions, timeframe, shown, show }: Props): JSX.Element {
    const columns = useMemo(() => columnsOf(positions, timeframe), [positions, timeframe]);
    return (
        <Card title="Positions" isFlush>
            <Table
                label="Symbols of this practice"
                rows={positions}
                columns={columns}
                rowKey={({ symbol }) => symbol}
                {...(positions.length > 1 && {
                    onRow: ({ symbol }: ReplayPosition) => show(symbol),
                    isChosen: ({ symbol }: ReplayPosition) => symbol === shown,
                })}
                csvName="practice-positions"
                noun="symbol"
                testID="practice-positions"
            />
        </Card>
    );
}

function columnsOf(rows: readonly ReplayPosition[], timeframe: Timeframe): readonly Column<ReplayPosition>[] {
    return [
        { key: "symbol", title: "Symbol", isPrimary: true, value: ({ symbol }) => symbol },
        quantityColumn(rows, "quantity", "Quantity", ({ quantity }) => quantity),
        priceColumn(rows, "cost", "Average cost", averageCost, {
            explain: "What a unit cost on average. Sales do not change it; fees are not in it.",
        }),
        priceColumn(rows, "last", "Last", ({ lastPrice }) => lastPrice, { explain: "The newest close up to the clock." }),
        timeColumn("last-bar", "Close of", ({ lastBar }) => lastBar, {
            isTime: timeframe !== "1d",
            explain: "The bar whose close that is.",
            interval: () => timeframe,
        }),
        moneyColumn("value", "Value", ({ value }) => value),
        gainColumn("open", "Open profit", ({ unrealizedPnl }) => unrealizedPnl),
        moneyColumn("basis", "Cost", ({ costBasis }) => costBasis, { isHidden: true }),
    ];
}
