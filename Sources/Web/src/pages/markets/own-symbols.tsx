import { useEffect, useMemo, useRef, useState } from "react";
import { shifted } from "../../lib/order";
import { symbolPath } from "../../lib/routes";
import { DownIcon, UpIcon } from "../../ui/icons";
import { Link } from "../../ui/navigation";
import { EmptyNotice, FailureNotice, Skeleton } from "../../ui/notices";
import { Card, IconButton } from "../../ui/parts";
import { PricesSlot } from "../../ui/prices-as-of";
import { type Column, Table } from "../../ui/table/table";
import type { Watchlist } from "../../ui/use-watchlist";
import { isLoading, newestDays } from "./all-symbols";
import { columns, type Row } from "./columns";
import { starColumn } from "./star-column";

interface OwnRow extends Row {
    /** From 0. */
    readonly place: number;
}

/** What the user watches, in their own order. */
export function OwnSymbols({ watchlist }: { watchlist: Watchlist }): JSX.Element {
    const { list, symbols, reload } = watchlist;
    if (list.state === "loading") return <Skeleton label="Loading your watchlist" lines={6} className="card" />;
    if (list.state === "failed" || symbols === null) {
        const error = list.state === "failed" ? list.error : null;
        return <FailureNotice what="Your watchlist did not load." error={error} retry={reload} />;
    }
    if (symbols.length === 0) {
        return (
            <EmptyNotice title="Your watchlist is empty.">
                Press the star beside a symbol in <Link href="/markets">the list of all symbols</Link>.
            </EmptyNotice>
        );
    }
    const known = new Map(list.value.map((one) => [one.symbol, one]));
    const rows: readonly OwnRow[] = symbols.map((symbol, place) => {
        const { name = null, assetType = "EQUITY", prices } = known.get(symbol) ?? {};
        return { symbol, name, assetType, recent: prices ? { state: "ready", prices } : { state: "loading" }, place };
    });
    return <OwnTable rows={rows} symbols={symbols} watchlist={watchlist} />;
}

interface TableProps {
    readonly rows: readonly OwnRow[];
    readonly symbols: readonly string[];
    readonly watchlist: Watchlist;
}

function OwnTable({ rows, symbols, watchlist }: TableProps): JSX.Element {
    const [said, setSaid] = useState("");
    const frame = useRef<HTMLDivElement>(null);
    // A row that moves in the document loses the focus that a button in it had.
    const held = useRef<{ symbol: string; step: number } | null>(null);
    useEffect(() => {
        const { symbol, step } = held.current ?? {};
        held.current = null;
        if (symbol === undefined) return;
        const buttons = [step, -step!].map((way) =>
            frame.current?.querySelector<HTMLButtonElement>(`[data-move="${CSS.escape(`${symbol} ${way}`)}"]:enabled`),
        );
        buttons.find(Boolean)?.focus();
    }, [symbols]);
    const all = useMemo((): readonly Column<OwnRow>[] => {
        const move = (from: number, step: number): void => {
            const symbol = symbols[from]!;
            held.current = { symbol, step };
            setSaid(`${symbol} is now ${from + step + 1} of ${symbols.length}.`);
            watchlist.change((now) => shifted(now, symbol, step));
        };
        return [
            ...columns,
            {
                key: "order",
                title: "Order",
                kind: "number",
                explain: "Your own order, which the dashboard uses. The arrows move a symbol up and down.",
                value: ({ place }) => place + 1,
                cell: ({ symbol, place }) => (
                    <span className="moves">
                        {[-1, 1].map((step) => (
                            <IconButton
                                key={step}
                                label={`Move ${symbol} ${step < 0 ? "up" : "down"}`}
                                data-move={`${symbol} ${step}`}
                                disabled={symbols[place + step] === undefined}
                                onClick={() => move(place, step)}
                            >
                                {step < 0 ? <UpIcon /> : <DownIcon />}
                            </IconButton>
                        ))}
                    </span>
                ),
            },
            starColumn(watchlist),
        ];
    }, [symbols, watchlist]);
    return (
        <>
            <PricesSlot newest={newestDays(rows)} isLoading={isLoading(rows)} />
            <div ref={frame}>
                <Card isFlush className="markets">
                    <Table
                        label="Watchlist"
                        testID="watchlist"
                        rows={rows}
                        columns={all}
                        rowKey={({ symbol }) => symbol}
                        rowHref={({ symbol }) => symbolPath(symbol)}
                        initialSort={{ key: "order", isDescending: false }}
                        pageSize={100}
                        noun="symbol"
                        csvName="watchlist"
                    />
                </Card>
            </div>
            <p role="status" className="visually-hidden">
                {said}
            </p>
        </>
    );
}
