import type { Order } from "api-types";
import { type ReactNode, useMemo } from "react";
import { orderPath, runnerPath } from "../../lib/routes";
import { nameOf, statusWords, typeWords } from "../../lib/trading/words";
import { Link } from "../../ui/navigation";
import { type Column, Table } from "../../ui/table/table";
import { timeColumn } from "../../ui/table/time-column";
import { gainColumn, moneyColumn, priceColumn, quantityColumn } from "../../ui/amount-columns";

interface Props {
    readonly label: string;
    readonly orders: readonly Order[];
    /** Those that rest are all alike, and have come to nothing yet. */
    readonly isOpen?: boolean;
    /** All are of one runner: nobody has to be told so row by row. */
    readonly isOfOne?: boolean;
    /** What can be done with each. */
    readonly actions?: (order: Order) => ReactNode;
    readonly csvName: string;
    readonly testID: string;
}

export function OrderTable({ label, orders, isOpen = false, isOfOne = false, actions, csvName, testID }: Props): JSX.Element {
    const columns = useMemo(() => columnsOf(orders, isOpen, isOfOne, actions), [orders, isOpen, isOfOne, actions]);
    return (
        <Table
            label={label}
            rows={orders}
            columns={columns}
            rowKey={({ id }) => id}
            rowHref={({ id }) => orderPath(id)}
            csvName={csvName}
            noun="order"
            testID={testID}
        />
    );
}

const placedBy: Column<Order> = {
    key: "by",
    title: "By",
    value: ({ runnerId }) => (runnerId === null ? "you" : "a runner"),
    cell: ({ runnerId }) => (runnerId === null ? <span className="dim">you</span> : <Link href={runnerPath(runnerId)}>a runner</Link>),
};

function columnsOf(
    rows: readonly Order[],
    isOpen: boolean,
    isOfOne: boolean,
    actions: Props["actions"],
): readonly Column<Order>[] {
    const asked: readonly Column<Order>[] = [
        { key: "order", title: "Order", isPrimary: true, value: nameOf },
        ...(!isOfOne && rows.some(({ runnerId }) => runnerId !== null) ? [placedBy] : []),
        { key: "type", title: "Type", value: ({ orderType }) => typeWords[orderType] },
        quantityColumn(rows, "quantity", "Quantity", ({ quantity }) => quantity, { isHidden: true }),
        priceColumn(rows, "stop", "Stop", ({ stopPrice }) => stopPrice, { isHidden: !isOpen }),
        priceColumn(rows, "limit", "Limit", ({ limitPrice }) => limitPrice, { isHidden: !isOpen }),
    ];
    const ended: readonly Column<Order>[] = [
        {
            key: "status",
            title: "Status",
            value: ({ status }) => statusWords[status],
            cell: ({ status }) => <span className={status === "REJECTED" ? "bad" : undefined}>{statusWords[status]}</span>,
        },
        priceColumn(rows, "price", "Fill price", ({ avgFillPrice }) => avgFillPrice),
        moneyColumn("value", "Value", ({ notional }) => notional),
        moneyColumn("fee", "Fee", ({ fee }) => fee, { isHidden: true }),
        gainColumn("realised", "Realised", ({ realizedPnl }) => realizedPnl),
    ];
    const open: readonly Column<Order>[] = [
        moneyColumn("held", "Promised", ({ heldCash }) => heldCash, {
            explain: "Cash that a resting purchase keeps back, its fee included.",
        }),
        timeColumn("until", "Until", ({ expiresAt }) => expiresAt),
    ];
    return [
        ...asked,
        ...(isOpen ? open : ended),
        timeColumn("requested", "Placed", ({ requestedAt }) => requestedAt, { isHidden: isOpen }),
        { key: "detail", title: "What it says", isHidden: true, value: ({ detail }) => detail },
        ...(actions ? [{ key: "do", title: "Actions", isControl: true, value: () => null, cell: actions }] : []),
    ];
}
