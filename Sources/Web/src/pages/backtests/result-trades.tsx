/* Every trade, with what it came to and why it ended. A row leads to its place on the chart. */
import type { Backtest, Trade } from "api-types";
import { useMemo, useState } from "react";
import { filesOf } from "../../api/backtests";
import { columnDigits, columnPriceDigits, decimal, direction, signedPercent, whole } from "../../lib/format";
import { exitWords } from "../../lib/results/words";
import { DownloadIcon } from "../../ui/icons";
import { EmptyNotice } from "../../ui/notices";
import { Card, Segmented } from "../../ui/parts";
import { Short } from "../../ui/short";
import { type Column, Table } from "../../ui/table/table";
import { timeColumn } from "../../ui/table/time-column";
import type { Loaded } from "./result-data";

interface Props {
    readonly run: Backtest;
    readonly trades: Loaded<readonly Trade[]>;
    readonly chosen: Trade | null;
    readonly jump: (number: number) => void;
}

type Kept = "all" | "won" | "lost";
const choices = [
    { value: "all", label: "All" },
    { value: "won", label: "Won" },
    { value: "lost", label: "Lost" },
] as const;

export function Trades({ run, trades, chosen, jump }: Props): JSX.Element {
    const [kept, keep] = useState<Kept>("all");
    const columns = useMemo(() => columnsOf(run, trades.value), [run, trades.value]);
    const rows = useMemo(
        () =>
            kept === "all"
                ? trades.value
                : trades.value.filter(({ pnlAbs }) => (kept === "won" ? pnlAbs > 0 : pnlAbs < 0)),
        [trades.value, kept],
    );
    return (
        <Card
            title="Trades"
            isFlush
            className="trades-card"
            actions={
                trades.value.length > 0 && (
                    <a className="button button-quiet" href={filesOf(run.id).trades} download>
                        <DownloadIcon /> CSV
                    </a>
                )
            }
        >
            {trades.value.length === 0 ? (
                <EmptyNotice title="It never bought.">
                    The entry rule never came true in this range. Loosen it, or choose more years.
                </EmptyNotice>
            ) : (
                <>
                    <Table
                        label="Every trade"
                        rows={rows}
                        columns={columns}
                        rowKey={({ tradeNo }) => String(tradeNo)}
                        onRow={({ tradeNo }) => jump(tradeNo)}
                        isChosen={({ tradeNo }) => tradeNo === chosen?.tradeNo}
                        filter="Filter trades"
                        noun="trade"
                        pageSize={12}
                        testID="trades"
                        controls={<Segmented label="Which trades" options={choices} value={kept} change={keep} />}
                    />
                    {rows.length === 0 && (
                        <p className="table-note" role="status">
                            {kept === "won" ? "No trade made money." : "No trade lost money."}
                        </p>
                    )}
                </>
            )}
        </Card>
    );
}

function columnsOf(run: Backtest, trades: readonly Trade[]): readonly Column<Trade>[] {
    const bar = { kind: "text", isTime: run.timeframe !== "1d", interval: () => run.timeframe } as const;
    const number = (
        key: string,
        title: string,
        value: (trade: Trade) => number,
        cell: (trade: Trade) => JSX.Element | string,
        more: Partial<Column<Trade>> = {},
    ): Column<Trade> => ({ key, title, kind: "number", value, cell, ...more });
    const priceDigits = columnPriceDigits(trades.flatMap(({ entryPrice, exitPrice }) => [entryPrice, exitPrice]));
    const price = (value: number): JSX.Element => <Short text={decimal(value, priceDigits)} value={value} />;
    const quantityDigits = columnDigits(trades.map(({ quantity }) => quantity));
    const count = (value: number): JSX.Element => <Short text={decimal(value, quantityDigits)} value={value} />;
    return [
        number("number", "Trade", ({ tradeNo }) => tradeNo, ({ tradeNo }) => whole(tradeNo), { isPrimary: true }),
        timeColumn("entry", "Bought", ({ entryTime }) => entryTime, bar),
        timeColumn("exit", "Sold", ({ exitTime }) => exitTime, bar),
        number("held", "Bars held", ({ barsHeld }) => barsHeld, ({ barsHeld }) => whole(barsHeld)),
        number("entry-price", "Entry price", ({ entryPrice }) => entryPrice, ({ entryPrice }) => price(entryPrice), {
            explain: "The price paid, slippage included.",
        }),
        number("exit-price", "Exit price", ({ exitPrice }) => exitPrice, ({ exitPrice }) => price(exitPrice), {
            explain: "The price got, slippage included.",
        }),
        number("quantity", "Quantity", ({ quantity }) => quantity, ({ quantity }) => count(quantity), { isHidden: true }),
        number("result", "Result", ({ pnlAbs }) => pnlAbs, ({ pnlAbs }) => signed(pnlAbs, decimal(pnlAbs, 2)), {
            explain: "Quantity times the difference of the prices, less both commissions.",
        }),
        number("return", "Return", ({ pnlPct }) => pnlPct, ({ pnlPct }) => signed(pnlPct, signedPercent(pnlPct / 100)), {
            explain: "The result in percent of what was paid for the position.",
        }),
        {
            key: "reason",
            title: "Why it ended",
            value: ({ exitReason, gap }) => `${exitWords[exitReason]}${gap ? ", on a gap" : ""}`,
            cell: ({ exitReason, gap }) => (
                <span className="trade-end">
                    {exitWords[exitReason]}
                    {gap && (
                        <span className="tag" title="The bar opened beyond the level, so it filled at the open.">
                            gap
                        </span>
                    )}
                </span>
            ),
        },
    ];
}

/** With its sign, so that nothing is said by colour alone. */
const signed = (value: number, text: string): JSX.Element => (
    <span className={direction(value)}>
        <Short text={value > 0 && !text.startsWith("+") ? `+${text}` : text} value={value} />
    </span>
);
