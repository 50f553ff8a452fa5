import type { Order, Replay } from "api-types";
import { useRef } from "react";
import { inSentence } from "../../lib/kinds";
import { counted, decimal, direction, noValue, priceDigits, signedPercent } from "../../lib/format";
import { newBacktestPath, symbolPath } from "../../lib/routes";
import { isoDay, writtenTime } from "../../lib/time";
import { positionOf } from "../../lib/trading/practice";
import { cash, inWords, outcomeInWords, priceText, quantityText, statusWords } from "../../lib/trading/words";
import { Gain } from "../../ui/amount-columns";
import { Link, PageHeading } from "../../ui/navigation";
import { Card, Notice, Stat, Stats } from "../../ui/parts";
import { useRoomBelow } from "../../ui/use-room-below";
import { ClockControls } from "./clock-controls";
import { DeletePractice } from "./delete-practice";
import { PracticeChart } from "./practice-chart";
import { PracticeOrders } from "./practice-orders";
import { PracticeTicket } from "./practice-ticket";
import type { Practised, ReplayWork } from "./use-replay";

interface Props {
    readonly held: ReplayWork;
    readonly practised: Practised;
}

export function PracticeView({ held, practised }: Props): JSX.Element {
    const { detail, bars, ended } = practised;
    const { replay, orders } = detail;
    const { id, symbol, timeframe } = replay;
    const ticket = useRef<HTMLDivElement>(null);
    useRoomBelow(ticket);
    return (
        <>
            <div className="page-head">
                <div>
                    <PageHeading title={`Practice on ${symbol} · BitStockerz`}>Practice on {symbol}</PageHeading>
                    <p className="sub">
                        <Link href={symbolPath(symbol)}>{symbol}</Link> · {inSentence(timeframe)} bars · this
                        is practice: nothing of it is the paper account’s. Bars end where stored prices end.
                    </p>
                </div>
                <div className="row">
                    <Link href={besideStrategyPath(replay)} className="button">
                        Beside a strategy
                    </Link>
                    <DeletePractice replay={replay} />
                </div>
            </div>
            <Card label="Practice account" className="practice-summary">
                <Figures replay={replay} />
            </Card>
            <div className="trade-columns">
                <div className="trade-main">
                    <Card label="Chart" className="practice-chart">
                        <ClockControls held={held} practised={practised} />
                        <PracticeChart key={id} replay={replay} bars={bars} orders={orders} />
                        <div role="status" data-testid="practice-news">
                            {replay.isOver && (
                                <Notice tone="note" title="Stored prices end here.">
                                    The clock stays. You can still trade at this close.
                                </Notice>
                            )}
                            {ended.map((order) => (
                                <News key={order.id} order={order} />
                            ))}
                        </div>
                    </Card>
                </div>
                <div ref={ticket} className="trade-ticket">
                    <PracticeTicket key={id} id={id} symbol={symbol} place={held.place} />
                </div>
            </div>
            <PracticeOrders orders={orders} times={bars.time} timeframe={timeframe} cancel={held.cancel} />
        </>
    );
}

/** A backtest of the same days, with the same money. */
const besideStrategyPath = ({ symbol, firstBar, clock, startingBalance }: Replay): string =>
    newBacktestPath({ symbol, start: isoDay(firstBar), end: isoDay(clock), equity: startingBalance });

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
    const { clock, timeframe, bars, firstBar, equity, returnPct, startingBalance, quantity, lastPrice } = replay;
    const position = positionOf(replay);
    const way = direction(returnPct ?? 0);
    return (
        <Stats>
            <Stat
                label="Clock"
                value={<span className="practice-clock">{writtenTime(clock, timeframe)}</span>}
                detail={`${counted(bars, "bar")} after ${writtenTime(firstBar, timeframe)}`}
            />
            <Stat
                label="Equity"
                value={equity === null ? noValue : cash(equity)}
                detail={`Began with ${cash(startingBalance)}`}
                explain="Cash and what is held, at the clock’s close."
            />
            <Stat
                label="Return"
                value={returnPct === null ? noValue : signedPercent(returnPct / 100)}
                tone={way === "flat" ? undefined : way}
                detail="Of the starting balance"
            />
            <Stat label="Cash" value={cash(replay.cash)} detail={`Last close ${priceText(lastPrice)}`} />
            <Stat
                label="Position"
                value={quantityText(quantity)}
                detail={
                    position
                        ? `Average cost ${decimal(position.averageCost, priceDigits(position.averageCost))}`
                        : "Nothing is held"
                }
            />
            <Stat
                label="Open profit"
                value={<Gain amount={position?.profit ?? null} />}
                explain="The value of the position at the clock’s close, less what it cost."
            />
        </Stats>
    );
}
