import type { Order, Replay } from "api-types";
import { useMemo, useRef } from "react";
import { inSentence } from "../../lib/kinds";
import { difference } from "../../lib/amounts";
import { counted, direction, noValue, signedPercent } from "../../lib/format";
import { symbolPath } from "../../lib/routes";
import { writtenTime } from "../../lib/time";
import { namedTogether, openProfit, symbolsOf } from "../../lib/trading/practice";
import { cash, inWords, outcomeInWords, statusWords } from "../../lib/trading/words";
import { Gain } from "../../ui/amount-columns";
import { Link, PageHeading } from "../../ui/navigation";
import { FailureNotice } from "../../ui/notices";
import { Card, Notice, Segmented, Stat, Stats } from "../../ui/parts";
import { useRoomBelow } from "../../ui/use-room-below";
import { ClockControls } from "./clock-controls";
import { DeletePractice } from "./delete-practice";
import { PracticeBeside } from "./practice-beside";
import { PracticeChart } from "./practice-chart";
import { PracticeOrders } from "./practice-orders";
import { PracticePositions } from "./practice-positions";
import { PracticeTicket } from "./practice-ticket";
import type { Practised, ReplayWork } from "./use-replay";

interface Props {
    readonly held: ReplayWork;
    readonly practised: Practised;
}

export function PracticeView({ held, practised }: Props): JSX.Element {
    const { detail, symbol, bars, ended } = practised;
    const { replay, orders } = detail;
    const { id, timeframe, positions } = replay;
    const symbols = symbolsOf(replay);
    const name = namedTogether(symbols);
    const own = useMemo(() => orders.filter((order) => order.symbol === symbol), [orders, symbol]);
    const ticket = useRef<HTMLDivElement>(null);
    useRoomBelow(ticket);
    return (
        <>
            <div className="page-head">
                <div>
                    <PageHeading title={`Practice on ${name} · BitStockerz`}>Practice on {name}</PageHeading>
                    <p className="sub">
                        <Link href={symbolPath(symbol)}>{symbol}</Link> · {inSentence(timeframe)} bars · this
                        is practice: nothing of it is the paper account’s. Bars end where stored prices end.
                    </p>
                </div>
                <div className="row">
                    <DeletePractice replay={replay} />
                </div>
            </div>
            <Card label="Practice account" className="practice-summary">
                <Figures replay={replay} />
            </Card>
            {symbols.length > 1 && (
                <div className="practice-symbols">
                    <Segmented
                        label="Symbol"
                        options={symbols.map((value) => ({ value, label: value }))}
                        value={symbol}
                        change={held.show}
                    />
                </div>
            )}
            {held.unshown !== null && <FailureNotice what="The symbol did not load." error={held.unshown} />}
            <div className="trade-columns">
                <div className="trade-main">
                    <Card label="Chart" className="practice-chart">
                        <ClockControls held={held} practised={practised} />
                        <PracticeChart key={`${id} ${symbol}`} {...{ timeframe, symbol, bars }} orders={own} />
                        <div role="status" data-testid="practice-news">
                            {replay.isOver && (
                                <Notice tone="note" title="Stored prices end here.">
                                    The clock stays. You can still trade at the last close.
                                </Notice>
                            )}
                            {ended.map((order) => (
                                <News key={order.id} order={order} />
                            ))}
                        </div>
                    </Card>
                </div>
                <div ref={ticket} className="trade-ticket">
                    <PracticeTicket key={`${id} ${symbol}`} id={id} symbol={symbol} place={held.place} />
                </div>
            </div>
            <PracticePositions positions={positions} timeframe={timeframe} shown={symbol} show={held.show} />
            <PracticeOrders orders={orders} timeframe={timeframe} cancel={held.cancel} />
            <PracticeBeside key={`beside ${id} ${symbol}`} detail={detail} symbol={symbol} />
        </>
    );
}

/** What a bar has done to an order that rested. */
function News({ order }: { order: Order }): JSX.Element {
    const { tone, text } = outcomeInWords(order);
    return (
        <Notice tone={tone} title={`${statusWords[order.status]}: ${inWords(order)}.`}>
            {text}
        </Notice>
    );
}

function Figures({ replay }: { replay: Replay }): JSX.Element {
    const { clock, timeframe, bars, firstBar, equity, returnPct, startingBalance } = replay;
    const way = direction(returnPct ?? 0);
    return (
        <Stats>
            <Stat
                label="Clock"
                value={<span className="practice-clock">{writtenTime(clock, timeframe)}</span>}
                detail={bars === 0 ? "Where it begins" : `${counted(bars, "bar")} after ${writtenTime(firstBar, timeframe)}`}
            />
            <Stat
                label="Equity"
                value={equity === null ? noValue : cash(equity)}
                detail={`Began with ${cash(startingBalance)}`}
                explain="Cash and what is held, at the newest closes."
            />
            <Stat
                label="Return"
                value={returnPct === null ? noValue : signedPercent(returnPct / 100)}
                tone={way === "flat" ? undefined : way}
                detail="Of the starting balance"
            />
            <Stat label="Cash" value={cash(replay.cash)} />
            <Stat
                label="Held"
                value={equity === null ? noValue : cash(difference(equity, replay.cash))}
                explain="What the positions are worth at their newest closes."
            />
            <Stat
                label="Open profit"
                value={<Gain amount={openProfit(replay)} />}
                explain="What the positions are worth above what they cost."
            />
        </Stats>
    );
}
