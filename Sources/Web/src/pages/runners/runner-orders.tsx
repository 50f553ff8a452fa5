import type { Order, Runner } from "api-types";
import { useEffect, useRef } from "react";
import { readRunnerOrders, runnerOrdersKey } from "../../api/runners";
import { EmptyNotice } from "../../ui/notices";
import { Card } from "../../ui/parts";
import { LoadMore } from "../trade/load-more";
import { OrderTable } from "../trade/order-table";
import { Reading } from "../trade/reading";
import { usePages } from "../trade/use-pages";

/** What it has bought and sold, and what was refused. */
export function RunnerOrders({ runner: { id, fills, refused } }: { runner: Runner }): JSX.Element {
    const pages = usePages<Order>(runnerOrdersKey(id), (offset) => readRunnerOrders(id, offset));
    const placed = fills + refused;
    const known = useRef(placed);
    const { reload } = pages;
    // A bar has come that it traded on.
    useEffect(() => {
        if (known.current !== placed) reload({ isQuiet: true });
        known.current = placed;
    }, [placed, reload]);
    return (
        <Card title="Its orders" isFlush={pages.found.state === "ready"}>
            <Reading found={pages.found} reload={reload} what="its orders" lines={2}>
                {() =>
                    pages.rows.length === 0 ? (
                        <EmptyNotice title={placed === 0 ? "No orders yet." : "Its orders are those of an account before a reset."}>
                            {placed === 0
                                ? "Each is placed at the open of a bar, filled at once or refused, and listed here."
                                : "They were put away with it and are not listed."}
                        </EmptyNotice>
                    ) : (
                        <OrderTable label="Orders of the runner" orders={pages.rows} isOfOne csvName="runner-orders" testID="runner-orders" />
                    )
                }
            </Reading>
            <LoadMore pages={pages} noun="orders" />
        </Card>
    );
}
