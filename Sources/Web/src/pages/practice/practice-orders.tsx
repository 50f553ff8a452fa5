import type { Order, Timeframe } from "api-types";
import { useMemo, useRef } from "react";
import { barOf } from "../../lib/trading/practice";
import { inWords, nameOf, roleWords, statusWords, typeWords } from "../../lib/trading/words";
import { gainColumn, moneyColumn, priceColumn } from "../../ui/amount-columns";
import { EmptyNotice } from "../../ui/notices";
import { Button, Card, toast } from "../../ui/parts";
import { type Column, Table } from "../../ui/table/table";
import { timeColumn } from "../../ui/table/time-column";
import { useKeptFocus } from "../../ui/use-kept-focus";
import { useWork } from "../../ui/use-work";

interface Props {
    readonly orders: readonly Order[];
    readonly timeframe: Timeframe;
    readonly cancel: (order: string) => Promise<Order>;
}

/** Everything that was ordered here, newest first. */
export function PracticeOrders({ orders, timeframe, cancel }: Props): JSX.Element {
    const columns = useMemo(() => columnsOf(orders, timeframe, cancel), [orders, timeframe, cancel]);
    const place = useRef<HTMLDivElement>(null);
    // The button goes with what it could still do.
    useKeptFocus(place, orders.filter(({ status }) => status === "PENDING").length);
    return (
        <Card title="Orders" isFlush>
            <div ref={place} tabIndex={-1} className="kept-focus">
                {orders.length === 0 ? (
                    <EmptyNotice title="No orders yet.">Buy something with the ticket, or move the clock on.</EmptyNotice>
                ) : (
                    <Table
                        label="Orders of this practice"
                        rows={orders}
                        columns={columns}
                        rowKey={({ id }) => id}
                        csvName="practice-orders"
                        noun="order"
                        testID="practice-orders"
                    />
                )}
            </div>
        </Card>
    );
}

function columnsOf(
    rows: readonly Order[],
    timeframe: Timeframe,
    cancel: Props["cancel"],
): readonly Column<Order>[] {
    return [
        { key: "order", title: "Order", isPrimary: true, value: nameOf },
        {
            key: "type",
            title: "Type",
            value: ({ orderType, role }) => (role === null || role === "ENTRY" ? typeWords[orderType] : roleWords[role]),
        },
        priceColumn(rows, "stop", "Stop", ({ stopPrice }) => stopPrice),
        priceColumn(rows, "limit", "Limit", ({ limitPrice }) => limitPrice),
        {
            key: "status",
            title: "Status",
            value: ({ status }) => statusWords[status],
            cell: ({ status }) => <span className={status === "REJECTED" ? "bad" : undefined}>{statusWords[status]}</span>,
        },
        timeColumn("bar", "Bar", (order) => barOf(order, timeframe), {
            isTime: timeframe !== "1d",
            explain: "The bar that filled it.",
            interval: () => timeframe,
        }),
        priceColumn(rows, "price", "Fill price", ({ avgFillPrice }) => avgFillPrice),
        moneyColumn("value", "Value", ({ notional }) => notional),
        moneyColumn("fee", "Fee", ({ fee }) => fee, { isHidden: true }),
        gainColumn("realised", "Realised", ({ realizedPnl }) => realizedPnl),
        { key: "detail", title: "What it says", isHidden: true, value: ({ detail }) => detail },
        ...(rows.some(({ status }) => status === "PENDING")
            ? [
                  {
                      key: "do",
                      title: "Actions",
                      isControl: true,
                      value: () => null,
                      cell: (order: Order) => order.status === "PENDING" && <Cancel order={order} cancel={cancel} />,
                  },
              ]
            : []),
    ];
}

function Cancel({ order, cancel }: { order: Order; cancel: Props["cancel"] }): JSX.Element {
    const [work, run] = useWork();
    const name = inWords(order);
    const end = async (): Promise<void> => {
        try {
            await cancel(order.id);
            toast(`Cancelled: ${name}.`);
        } catch (error) {
            toast(`Not cancelled: ${name}. ${error instanceof Error ? error.message : ""}`.trim());
        }
    };
    return (
        <span className="row-actions">
            <Button aria-label={`Cancel: ${name}`} isBusy={work.isRunning} onClick={() => void run(end)}>
                Cancel
            </Button>
        </span>
    );
}
