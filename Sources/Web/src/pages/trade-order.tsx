/* One order: everything about it in words, what filled it, and the others of its bracket. */
import "../shared";
import { type ReactNode, useRef } from "react";
import { ApiError } from "../api/http";
import { type Order, orderKey, readOrder, readRelated, type Related, relatedKey } from "../api/trading";
import { orderPath, type RoomProps, runnerPath, symbolPath, tradePath } from "../lib/routes";
import {
    barInWords,
    cash,
    conditionOf,
    doneWords,
    inWords,
    nameOf,
    outcomeInWords,
    priceText,
    quantityText,
    roleWords,
    statusWords,
    timeInForceNames,
    typeWords,
} from "../lib/trading/words";
import { type Fact, Facts } from "../ui/facts";
import { Link, PageHeading } from "../ui/navigation";
import { EmptyNotice, FailureNotice, Skeleton } from "../ui/notices";
import { Card, Notice } from "../ui/parts";
import { useKeptFocus } from "../ui/use-kept-focus";
import { useResource } from "../ui/use-resource";
import { When } from "../ui/when";
import { Gain } from "../ui/amount-columns";
import { OrderActions } from "./trade/order-actions";
import { Reading } from "./trade/reading";

export default function OrderRoom({ params }: RoomProps): JSX.Element {
    const id = params["id"]!;
    const [found, reload] = useResource<Order>(orderKey(id), () => readOrder(id));
    const isGone = found.state === "failed" && found.error instanceof ApiError && found.error.isNotFound;
    return (
        <div className="page">
            <nav aria-label="Breadcrumb" className="breadcrumb">
                <Link href={tradePath()}>Trade</Link> <span aria-hidden="true">/</span>{" "}
                <span aria-current="page">{found.state === "ready" ? nameOf(found.value) : "Order"}</span>
            </nav>
            {found.state === "ready" ? (
                <OrderView order={found.value} />
            ) : (
                <>
                    <PageHeading title="Order · BitStockerz">Order</PageHeading>
                    {found.state === "loading" && <Skeleton label="Loading the order" lines={8} className="card" />}
                    {isGone && (
                        <EmptyNotice title="There is no such order.">
                            <Link href="/trade">Your orders</Link>
                        </EmptyNotice>
                    )}
                    {found.state === "failed" && !isGone && (
                        <FailureNotice what="The order did not load." error={found.error} retry={reload} />
                    )}
                </>
            )}
        </div>
    );
}

function OrderView({ order }: { order: Order }): JSX.Element {
    const [related, reload] = useResource<Related>(relatedKey(order.id), () => readRelated(order));
    const name = inWords(order);
    const { tone, title, text } = outcomeInWords(order);
    const told = useRef<HTMLDivElement>(null);
    // The buttons go with what they could still do.
    useKeptFocus(told, order.status === "PENDING" ? 1 : 0);
    return (
        <>
            <div className="page-head">
                <div>
                    <PageHeading title={`${name} · BitStockerz`}>{name}</PageHeading>
                    <p className="sub">
                        <Link href={symbolPath(order.symbol)}>{order.symbol}</Link> · {statusWords[order.status]}
                        {order.runnerId !== null && (
                            <>
                                {" "}
                                · by <Link href={runnerPath(order.runnerId)}>a runner</Link>
                            </>
                        )}
                    </p>
                </div>
                {order.status === "PENDING" && <OrderActions order={order} />}
            </div>
            <div ref={told} tabIndex={-1} className="kept-focus">
                <Notice tone={tone} title={title}>
                    {text}
                </Notice>
            </div>
            <Card title="The order">
                <Facts facts={factsOf(order)} />
            </Card>
            {order.status === "FILLED" && (
                <Card title="What filled it">
                    <Reading found={related} reload={reload} what="the execution" lines={3}>
                        {({ execution }) =>
                            execution ? (
                                <>
                                    <p>
                                        {doneWords[execution.side]} {quantityText(execution.quantity)} {execution.symbol} at{" "}
                                        {priceText(execution.price)}, the price of {barInWords(execution)}. A bar that is corrected
                                        later changes nothing here.
                                    </p>
                                    <Facts
                                        facts={[
                                            ["Value", cash(execution.notional)],
                                            ["Fee", cash(execution.fee)],
                                            ...(execution.realizedPnl === null
                                                ? []
                                                : [["Realised", <Gain key="gain" amount={execution.realizedPnl} />] as const]),
                                            ["Price as of", <When key="as-of" at={execution.priceAsOf} />],
                                            ["Entered into the ledger", <When key="at" at={execution.executedAt} />],
                                        ]}
                                    />
                                </>
                            ) : (
                                <p className="dim">It is too long ago to be looked up here; the file of executions has it.</p>
                            )
                        }
                    </Reading>
                </Card>
            )}
            {order.role !== null && (
                <Card title="Its bracket">
                    <Reading found={related} reload={reload} what="the bracket" lines={2}>
                        {({ bracket }) =>
                            bracket.length === 0 ? (
                                <p className="dim">Its exits rest once the purchase has filled.</p>
                            ) : (
                                <ul className="rows" data-testid="bracket">
                                    {bracket.map((one) => (
                                        <li key={one.id}>
                                            <span>
                                                <Link href={orderPath(one.id)}>{inWords(one)}</Link>
                                                <small>{one.role === null ? "" : roleWords[one.role]}</small>
                                            </span>
                                            <span>{statusWords[one.status]}</span>
                                        </li>
                                    ))}
                                </ul>
                            )
                        }
                    </Reading>
                </Card>
            )}
        </>
    );
}

function factsOf(order: Order): readonly Fact[] {
    const some = <Value,>(name: string, value: Value | null, write: (value: Value) => ReactNode): readonly Fact[] =>
        value === null ? [] : [[name, write(value)]];
    const when = (at: number): ReactNode => <When at={at} />;
    return [
        ["Type", typeWords[order.orderType]],
        ["Fills", conditionOf(order)],
        ["Quantity", quantityText(order.quantity)],
        ...some("Part of a bracket", order.role, (role) => roleWords[role]),
        ...some("Stop loss", order.stopLoss, priceText),
        ...some("Take profit", order.takeProfit, priceText),
        ...(order.orderType === "MARKET" ? [] : [["In force", timeInForceNames[order.timeInForce]] as const]),
        ...(order.reduceOnly ? [["Reduce only", "It never sells more than there is."] as const] : []),
        ...(order.status === "PENDING" ? [["Cash promised", cash(order.heldCash)] as const] : []),
        ["Placed", when(order.requestedAt)],
        ...(order.status === "PENDING" ? some("Until", order.expiresAt, when) : some("Ended", order.endedAt, when)),
        ...some("Signed with a passkey", order.signedAt, when),
        ["Account", `number ${order.generation}`],
        ...some("Placed by", order.runnerId, (id) => <Link href={runnerPath(id)}>a runner</Link>),
        ...some("Number given by who sent it", order.clientOrderId, (id) => <code>{id}</code>),
    ];
}
