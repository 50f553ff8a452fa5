import type { Order } from "api-types";
import { useCallback, useRef } from "react";
import { ordersKey, type PageOf, readOrders } from "../../api/trading";
import { EmptyNotice } from "../../ui/notices";
import { Card } from "../../ui/parts";
import { useKeptFocus } from "../../ui/use-kept-focus";
import { useResource } from "../../ui/use-resource";
import { OrderActions } from "./order-actions";
import { OrderTable } from "./order-table";
import { Reading } from "./reading";

const filter = { status: "PENDING", symbol: null } as const;

/** Orders that wait for a bar. */
export function OpenOrders(): JSX.Element {
    const [found, reload] = useResource<PageOf<Order>>(ordersKey(filter), () => readOrders(filter));
    const place = useRef<HTMLDivElement>(null);
    useKeptFocus(place, found.state === "ready" ? found.value.rows.length : 0);
    const actions = useCallback((order: Order) => <OrderActions order={order} />, []);
    return (
        <Card title="Open orders" isFlush={found.state === "ready"}>
            <div ref={place} tabIndex={-1} className="kept-focus">
                <Reading found={found} reload={reload} what="your open orders" lines={3}>
                    {({ rows }) =>
                        rows.length === 0 ? (
                            <EmptyNotice title="Nothing is waiting.">
                                Limit and stop orders rest here until a bar fills them, or you cancel them.
                            </EmptyNotice>
                        ) : (
                            <OrderTable
                                label="Orders that wait"
                                orders={rows}
                                isOpen
                                actions={actions}
                                csvName="open-orders"
                                testID="open-orders"
                            />
                        )
                    }
                </Reading>
            </div>
        </Card>
    );
}
