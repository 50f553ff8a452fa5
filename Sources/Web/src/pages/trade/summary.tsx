/* What the account is worth and what it came to. */
import type { PortfolioSummary } from "api-types";
import { readSummary, summaryKey } from "../../api/trading";
import { direction } from "../../lib/format";
import { dayOfClose, writtenDay } from "../../lib/time";
import { cash } from "../../lib/trading/words";
import { InfoIcon } from "../../ui/icons";
import { Card, Stat, Stats } from "../../ui/parts";
import { useResource } from "../../ui/use-resource";
import { useAgeAbove } from "../../ui/top-notices";
import { Gain } from "../../ui/amount-columns";
import { Reading } from "./reading";

export function Summary(): JSX.Element {
    const [found, reload] = useResource<PortfolioSummary>(summaryKey, readSummary);
    return (
        <Card label="Account" className="trade-summary">
            <Reading found={found} reload={reload} what="your account" lines={3}>
                {(summary) => (
                    <>
                        <Figures summary={summary} />
                        <PriceAge summary={summary} />
                    </>
                )}
            </Reading>
        </Card>
    );
}

/** Of what day the figures are. Its line is kept: nothing below moves when it comes. */
function PriceAge({ summary: { asOf, isStale } }: { summary: PortfolioSummary }): JSX.Element {
    const age = asOf === null ? "Old prices" : `Prices as of ${writtenDay(dayOfClose(asOf))}`;
    const note = useAgeAbove(isStale ? age : null);
    return (
        <p ref={note} role="note" className={isStale ? "trade-age prices-as-of" : "trade-age dim"}>
            {isStale && <InfoIcon />}
            <span>
                {(asOf !== null || isStale) && `${age}.`}
                {isStale && " What you hold is worth what it was then; trading at it is practice on past days."}
            </span>
        </p>
    );
}

function Figures({ summary }: { summary: PortfolioSummary }): JSX.Element {
    const way = (amount: string | null): "up" | "down" | undefined => {
        const sign = direction(Number(amount ?? 0));
        return sign === "flat" ? undefined : sign;
    };
    const gain = (label: string, amount: string | null, explain: string, detail?: string): JSX.Element => (
        <Stat label={label} value={<Gain amount={amount} />} tone={way(amount)} explain={explain} detail={detail} />
    );
    return (
        <Stats>
            <Stat
                label="Equity"
                value={cash(summary.totalEquity)}
                detail={`Started with ${cash(summary.startingBalance)}`}
                explain="Cash plus every position at its newest stored close."
            />
            {gain(
                "Day",
                summary.dayPnl,
                "What your symbols gained since the close before, together: what you hold, and what you sold since then. Fees apart.",
                summary.asOf === null ? undefined : `On ${writtenDay(dayOfClose(summary.asOf))}`,
            )}
            <Stat
                label="Cash"
                value={cash(summary.cashBalance)}
                detail={`${cash(summary.promisedCash)} reserved`}
                explain="What resting purchases would cost, and what runners have, is reserved: it cannot be spent twice, and is free again when they end."
            />
            {gain("Unrealised", summary.unrealizedPnlTotal, "Value of the positions less what they cost, at average cost.")}
            {gain("Realised", summary.realizedPnlTotal, "What sales brought above the average cost of what was sold, less every fee.")}
            <Stat label="Fees" value={cash(summary.feesTotal)} explain="Paid on fills so far, as set below under Account. They are part of what was realised." />
        </Stats>
    );
}
