import type { Execution } from "api-types";
import { useMemo } from "react";
import { executionsFile, executionsKey, profitFile, readExecutions } from "../../api/trading";
import { orderPath } from "../../lib/routes";
import { doneWords } from "../../lib/trading/words";
import { DownloadIcon } from "../../ui/icons";
import { EmptyNotice } from "../../ui/notices";
import { type Column, Table } from "../../ui/table/table";
import { timeColumn } from "../../ui/table/time-column";
import { gainColumn, moneyColumn, priceColumn, quantityColumn } from "../../ui/amount-columns";
import { LoadMore } from "./load-more";
import { Reading } from "./reading";
import { usePages } from "./use-pages";

/** Every fill, and all of them as files. */
export function Executions(): JSX.Element {
    const pages = usePages<Execution>(executionsKey(null), (offset) => readExecutions(null, offset));
    return (
        <>
            <Reading found={pages.found} reload={pages.reload} what="your executions">
                {() =>
                    pages.rows.length === 0 ? (
                        <EmptyNotice title="Nothing was traded yet.">Every fill is listed here, with its bar.</EmptyNotice>
                    ) : (
                        <ExecutionTable rows={pages.rows} />
                    )
                }
            </Reading>
            <LoadMore pages={pages} noun="executions" />
        </>
    );
}

function ExecutionTable({ rows }: { rows: readonly Execution[] }): JSX.Element {
    const columns = useMemo(() => executionColumns(rows), [rows]);
    return (
        <Table
            label="Executions"
            rows={rows}
            columns={columns}
            rowKey={({ id }) => String(id)}
            rowHref={({ orderId }) => orderPath(orderId)}
            noun="execution"
            testID="executions"
            controls={
                <>
                    <a className="button button-quiet" href={executionsFile} download>
                        <DownloadIcon /> All executions
                    </a>
                    <a className="button button-quiet" href={profitFile} download>
                        <DownloadIcon /> Realised by year
                    </a>
                </>
            }
        />
    );
}

export const executionColumns = (rows: readonly Execution[]): readonly Column<Execution>[] => [
    {
        key: "what",
        title: "Execution",
        isPrimary: true,
        value: ({ side, symbol }) => `${doneWords[side]} ${symbol}`,
    },
    timeColumn("at", "Time", ({ executedAt }) => executedAt),
    quantityColumn(rows, "quantity", "Quantity", ({ quantity }) => quantity),
    priceColumn(rows, "price", "Price", ({ price }) => price),
    moneyColumn("value", "Value", ({ notional }) => notional),
    moneyColumn("fee", "Fee", ({ fee }) => fee),
    gainColumn("realised", "Realised", ({ realizedPnl }) => realizedPnl, {
        explain: "Of a sale: what it brought above average cost. The fee is not taken off.",
    }),
    timeColumn("bar", "Bar", ({ barStart }) => barStart, {
        explain: "The stored bar whose price it is.",
        isMinor: true,
        isTime: rows.some(({ barInterval }) => barInterval !== "1d"),
        interval: ({ barInterval }) => barInterval,
    }),
];
