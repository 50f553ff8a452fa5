import type { Execution } from "api-types";
import { orderPath, tradePath } from "../../lib/routes";
import { isoDay, isoTime } from "../../lib/time";
import { doneWords } from "../../lib/trading/words";
import { gainColumn, moneyColumn, priceColumn, quantityColumn } from "../../ui/amount-columns";
import { Link } from "../../ui/navigation";
import { EmptyNotice } from "../../ui/notices";
import { type Column, Table } from "../../ui/table/table";
import { Widget, type WidgetProps } from "./widget";

export const RecentTrades = (props: WidgetProps<readonly Execution[]>): JSX.Element => (
    <Widget
        {...props}
        title="Recent trades"
        fault="Your trades did not load."
        isFlush
        actions={"value" in props.part && props.part.value.length > 0 && <Link href="/trade?view=executions">All trades</Link>}
    >
        {(executions) =>
            executions.length === 0 ? (
                <EmptyNotice title="No trades yet.">
                    <Link href={tradePath()}>Place an order</Link> with simulated money.
                </EmptyNotice>
            ) : (
                <Table
                    label="Newest trades"
                    rows={executions}
                    columns={columnsOf(executions)}
                    rowKey={({ id }) => id}
                    rowHref={({ orderId }) => orderPath(orderId)}
                />
            )
        }
    </Widget>
);

const columnsOf = (rows: readonly Execution[]): readonly Column<Execution>[] => [
    { key: "what", title: "Trade", isPrimary: true, value: ({ side, symbol }) => `${doneWords[side]} ${symbol}` },
    quantityColumn(rows, "quantity", "Quantity", ({ quantity }) => quantity),
    priceColumn(rows, "price", "Price", ({ price }) => price),
    moneyColumn("value", "Value", ({ notional }) => notional),
    gainColumn("realised", "Realised", ({ realizedPnl }) => realizedPnl),
    {
        key: "when",
        title: "Traded on",
        kind: "number",
        value: ({ executedAt }) => isoTime(executedAt),
        cell: ({ executedAt }) => <span className="dim">{isoDay(executedAt)}</span>,
    },
];
