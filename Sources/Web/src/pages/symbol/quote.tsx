import type { Series } from "api-types";
import type { SymbolDetails } from "../../api/symbols";
import { type Bars, firstIndexAtOrAfter, type Interval } from "../../lib/bars";
import {
    adjustmentInWords,
    counted,
    decimal,
    direction,
    directionMark,
    signedPercent,
    spelled,
} from "../../lib/format";
import { dayOfPrices } from "../../lib/price-age";
import { assetTypeNames } from "../../lib/kinds";
import { newAlertPath, newBacktestPath, tradePath } from "../../lib/routes";
import { ageInWords, isStale, secondsPerDay, writtenDay, writtenTime, zoneInWords } from "../../lib/time";
import { InfoIcon } from "../../ui/icons";
import { Link, PageHeading } from "../../ui/navigation";
import { useAgeAbove } from "../../ui/top-notices";
import { useAccount } from "../../ui/use-account";
import { OwnStar } from "./own-star";

interface QuoteProps {
    readonly details: SymbolDetails;
    readonly bars: Bars;
    readonly interval: Interval;
    readonly digits: number;
}

/** Name, last close, and its change since the bar before (daily) or since a day before (hourly). */
export function Quote({ details, bars, interval, digits }: QuoteProps): JSX.Element {
    const { symbol, name, exchange, currency, assetType } = details;
    const newest = bars.time.length - 1;
    const last = bars.close[newest];
    return (
        <div className="quote">
            <div className="quote-name">
                <div className="quote-title">
                    <PageHeading title={[symbol, name, "BitStockerz"].filter(Boolean).join(" · ")}>
                        {symbol} {name !== null && <small>{name}</small>}
                    </PageHeading>
                    <OwnStar symbol={symbol} />
                </div>
                <p className="quote-facts">
                    {[assetTypeNames[assetType], exchange].filter(Boolean).join(" · ")}
                    {" · "}
                    <Link href={newBacktestPath({ symbol })}>
                        Test a strategy <span className="quote-test-on">on {symbol}</span>
                    </Link>
                    <OwnLinks symbol={symbol} last={last === undefined ? "" : last.toFixed(digits)} />
                </p>
            </div>
            <AgeNote details={details} interval={interval} />
            {last !== undefined && (
                <div className="quote-price">
                    <p className="quote-last" data-testid="last-price">
                        {decimal(last, digits)}
                        {currency && <small> {currency}</small>}
                    </p>
                    <p className="quote-since">
                        <Change bars={bars} interval={interval} digits={digits} />{" "}
                        <span className="quote-time">
                            Close of {interval === "1h" && "the bar of "}
                            {writtenTime(bars.time[newest]!, interval)}
                        </span>
                    </p>
                </div>
            )}
        </div>
    );
}

/** For whoever has an account. */
function OwnLinks({ symbol, last }: { symbol: string; last: string }): JSX.Element | null {
    const account = useAccount();
    const isUser = account.state === "signed-in" && account.profile.session?.kind === "full";
    return isUser ? (
        <>
            {" · "}
            <Link href={tradePath({ symbol })}>Trade on paper</Link>
            {" · "}
            <Link href={newAlertPath(symbol, last)}>Set an alert</Link>
        </>
    ) : null;
}

function Change({ bars, interval, digits }: Omit<QuoteProps, "details">): JSX.Element | null {
    const newest = bars.time.length - 1;
    const before = interval === "1d" ? newest - 1 : firstIndexAtOrAfter(bars.time, bars.time[newest]! - secondsPerDay);
    const base = bars.close[before];
    if (base === undefined || before >= newest) return null;
    const change = bars.close[newest]! - base;
    const way = direction(change);
    const amount = `${change > 0 ? "+" : ""}${decimal(change, digits)}`;
    return (
        <span className={`quote-change ${way}`}>
            {directionMark[way]} {amount} ({signedPercent(change / base)}){" "}
            <small>{interval === "1d" ? "1 day" : "24 h"}</small>
        </span>
    );
}

/** Says that prices are old, when they are, before anyone takes them for today's. */
function AgeNote({ details, interval }: { details: SymbolDetails; interval: Interval }): JSX.Element | null {
    const last = details.series.find((series) => series.interval === interval)?.last;
    const now = Date.now() / 1000;
    const note = useAgeAbove(last === undefined ? null : dayOfPrices([last], interval, now));
    if (last === undefined || !isStale(last, interval, now)) return null;
    return (
        <p ref={note} className="quote-age" data-testid="age-note">
            <InfoIcon />
            <span>
                Prices end on <strong>{writtenDay(last)}</strong>
                <span className="quote-ago">, {ageInWords(last, now)}</span>.
            </span>
        </p>
    );
}

interface SourceProps {
    readonly bars: Bars;
    readonly series: Series | undefined;
    readonly interval: Interval;
    readonly isLoading: boolean;
}

/** Where the prices come from, how many there are and what was done to them. */
export function SourceLine({ bars, series, interval, isLoading }: SourceProps): JSX.Element {
    const facts = series
        ? [
              counted(series.bars, interval === "1d" ? "daily bar" : "hourly bar"),
              `${writtenDay(series.first)} to ${writtenDay(series.last)}`,
              series.provider && `source ${spelled(series.provider)}`,
              series.adjustment && adjustmentInWords(series.adjustment),
              `revision ${series.revision}`,
              interval === "1h" ? `times in ${zoneInWords()}` : "days are exchange dates",
          ]
        : [counted(bars.time.length, "bar")];
    return (
        <p className="source-line">
            <span>{facts.filter(Boolean).join(" · ")}</span>
            <span>
                {isLoading && <span className="source-loading">Loading older bars… </span>}
                Charts by{" "}
                <a href="https://www.tradingview.com/" target="_blank" rel="noreferrer">
                    TradingView
                </a>
            </span>
        </p>
    );
}
