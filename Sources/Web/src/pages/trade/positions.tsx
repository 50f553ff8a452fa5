import type { Position } from "api-types";
import { useMemo } from "react";
import { difference, trimmed } from "../../lib/amounts";
import { decimal, direction, noValue, signedPercent } from "../../lib/format";
import { symbolPath } from "../../lib/routes";
import { dayOfClose, isoDay } from "../../lib/time";
import { emptyTicket, type Ticket } from "../../lib/trading/ticket";
import { EmptyNotice } from "../../ui/notices";
import { Button, Card } from "../../ui/parts";
import { SymbolName } from "../../ui/spark";
import { type Column, Table } from "../../ui/table/table";
import type { Reload, Resource } from "../../ui/use-resource";
import { Gain, gainColumn, moneyColumn, priceColumn, quantityColumn } from "../../ui/amount-columns";
import { Reading } from "./reading";

/** Begins another ticket. */
export type Fill = (ticket: Partial<Ticket>) => void;

interface Props {
    readonly found: Resource<readonly Position[]>;
    readonly reload: Reload;
    readonly fill: Fill;
}

export const Positions = ({ found, reload, fill }: Props): JSX.Element => (
    <Card title="Positions" isFlush={found.state === "ready"}>
        <Reading found={found} reload={reload} what="your positions">
            {(positions) =>
                positions.length === 0 ? (
                    <EmptyNotice title="You hold nothing yet.">Buy something with the ticket: it is simulated money.</EmptyNotice>
                ) : (
                    <PositionTable positions={positions} fill={fill} />
                )
            }
        </Reading>
    </Card>
);

function PositionTable({ positions, fill }: { positions: readonly Position[]; fill: Fill }): JSX.Element {
    const columns = useMemo(() => columnsOf(positions, fill), [positions, fill]);
    return (
        <Table
            label="What you hold"
            rows={positions}
            columns={columns}
            rowKey={({ symbolId }) => String(symbolId)}
            rowHref={({ symbol, isActive }) => (isActive ? symbolPath(symbol) : null)}
            csvName="positions"
            noun="position"
            testID="positions"
        />
    );
}

const percent = (value: number | null): string => (value === null ? noValue : signedPercent(value / 100));

function columnsOf(rows: readonly Position[], fill: Fill): readonly Column<Position>[] {
    return [
        {
            key: "symbol",
            title: "Symbol",
            isPrimary: true,
            value: ({ symbol }) => symbol,
            cell: ({ symbol, name, isActive }) => (
                <SymbolName symbol={symbol} name={isActive ? (name === symbol ? null : name) : "no longer traded"} />
            ),
        },
        quantityColumn(rows, "quantity", "Quantity", ({ quantity }) => quantity),
        priceColumn(rows, "cost", "Average cost", ({ avgCost }) => avgCost, {
            explain: "What a unit cost on average. Sales do not change it; fees are not in it.",
        }),
        priceColumn(rows, "last", "Last", ({ lastPrice }) => lastPrice, { explain: "The newest stored close." }),
        {
            key: "as-of",
            title: "As of",
            kind: "number",
            isHidden: true,
            value: ({ priceAsOf }) => (priceAsOf === null ? null : isoDay(dayOfClose(priceAsOf))),
            cell: ({ priceAsOf, isStale }) => (
                <span className={isStale ? "stale" : "dim"}>{priceAsOf === null ? "no price" : isoDay(dayOfClose(priceAsOf))}</span>
            ),
        },
        moneyColumn("value", "Value", ({ value }) => value),
        gainColumn("unrealised", "Unrealised", ({ unrealizedPnl }) => unrealizedPnl, {
            cell: ({ unrealizedPnl, unrealizedPct }) => (
                <>
                    <Gain amount={unrealizedPnl} isInColumn />
                    <small className={direction(unrealizedPct ?? 0)}>{percent(unrealizedPct)}</small>
                </>
            ),
        }),
        gainColumn("day", "Day", ({ dayChange }) => dayChange, {
            explain: "How much the position moved since the close before.",
            isMinor: true,
            cell: ({ dayChange, dayChangePct }) => (
                <>
                    <Gain amount={dayChange} isInColumn />
                    <small className={direction(dayChangePct ?? 0)}>{percent(dayChangePct)}</small>
                </>
            ),
        }),
        {
            key: "share",
            title: "Share",
            kind: "number",
            explain: "Its value in percent of the equity.",
            isMinor: true,
            value: ({ equityPct }) => equityPct,
            cell: ({ equityPct }) => (equityPct === null ? noValue : `${decimal(equityPct, 2)}%`),
        },
        moneyColumn("basis", "Cost", ({ costBasis }) => costBasis, { isHidden: true }),
        quantityColumn(rows, "promised", "Promised", ({ promisedQuantity }) => promisedQuantity, {
            isHidden: true,
            explain: "What resting sales would sell, and what runners hold.",
        }),
        {
            key: "do",
            title: "Actions",
            isControl: true,
            value: () => null,
            cell: (position) => <Actions position={position} fill={fill} />,
        },
    ];
}

function Actions({ position, fill }: { position: Position; fill: Fill }): JSX.Element {
    const { symbol, isActive, quantity, promisedQuantity } = position;
    const free = difference(quantity, promisedQuantity);
    const symbolId = isActive ? "" : String(position.symbolId);
    return (
        <span className="row-actions">
            {isActive && (
                <Button aria-label={`Buy more ${symbol}`} onClick={() => fill({ ...emptyTicket, symbol })}>
                    Buy
                </Button>
            )}
            <Button
                aria-label={`Sell ${symbol}`}
                title={Number(free) > 0 ? undefined : "All of it is promised to resting sales, or a runner holds it"}
                onClick={() => fill({ ...emptyTicket, symbol, symbolId, side: "SELL", size: Number(free) > 0 ? trimmed(free) : "" })}
            >
                Sell
            </Button>
        </span>
    );
}
