import type { EquitySnapshot, PortfolioSummary } from "api-types";
import type { Part } from "../../api/dashboard";
import { direction } from "../../lib/format";
import { tradePath } from "../../lib/routes";
import { dayOfClose, writtenDay } from "../../lib/time";
import { cash } from "../../lib/trading/words";
import { Gain } from "../../ui/amount-columns";
import { Link } from "../../ui/navigation";
import { Stat, Stats } from "../../ui/parts";
import { EquityOutline } from "./equity-outline";
import { Widget, type WidgetProps } from "./widget";

interface Props extends WidgetProps<PortfolioSummary> {
    readonly equity: Part<readonly EquitySnapshot[]>;
}

function toneOf(amount: string | null): "up" | "down" | undefined {
    const way = direction(Number(amount ?? 0));
    return way === "flat" ? undefined : way;
}

/** What the simulated money has become. */
export const PaperAccount = ({ equity, ...props }: Props): JSX.Element => (
    <Widget
        {...props}
        title="Paper account"
        fault="Your paper account did not load."
        actions={<Link href={tradePath()}>Trade</Link>}
    >
        {({ totalEquity, cashBalance, dayPnl, unrealizedPnlTotal, asOf, isStale }) => (
            <>
                <Stats>
                    <Stat
                        label="Equity"
                        value={cash(totalEquity)}
                        detail="Simulated money"
                        explain="Cash plus every position at its newest stored close. It is never real money, and backtests do not touch it."
                    />
                    <Stat label="Cash" value={cash(cashBalance)} />
                    {(asOf !== null || Number(dayPnl) !== 0) && (
                        <Stat
                            label="Day"
                            value={<Gain amount={dayPnl} />}
                            tone={toneOf(dayPnl)}
                            detail={
                                asOf !== null && (
                                    <span className={isStale ? "stale" : undefined}>
                                        Prices as of {writtenDay(dayOfClose(asOf))}
                                    </span>
                                )
                            }
                            explain="What your symbols gained since the close before, together: what you hold, and what you sold since then. Fees apart."
                        />
                    )}
                    {asOf !== null && (
                        <Stat
                            label="Unrealised"
                            value={<Gain amount={unrealizedPnlTotal} />}
                            tone={toneOf(unrealizedPnlTotal)}
                            explain="Value of the positions less what they cost, at average cost."
                        />
                    )}
                </Stats>
                <EquityOutline part={equity} worth={totalEquity} retry={props.retry} />
            </>
        )}
    </Widget>
);
