/* What a ticket would come to: the price it is measured by, what is left after it, and every limit with its room. */
import type { OrderPreview } from "api-types";
import type { ReactNode } from "react";
import { decimal, noValue } from "../../lib/format";
import { ageInWords, dayOfClose, writtenDay } from "../../lib/time";
import { cash, limitName, limitRoom, priceText, quantityText, refusalInWords } from "../../lib/trading/words";
import { ToneMark } from "../../ui/findings";
import { FailureNotice } from "../../ui/notices";
import { joined, Notice } from "../../ui/parts";
import type { Preview } from "./use-preview";

interface Props {
    readonly preview: Preview;
    /** Faults that stand at fields are said there. */
    readonly isAtField: boolean;
}

export function TicketPreview({ preview, isAtField }: Props): JSX.Element {
    const { found, error, isOld, again } = preview;
    return (
        <div className={joined("ticket-preview", isOld && "ticket-preview-old")} data-testid="preview" aria-busy={isOld}>
            {error !== null && !isAtField ? (
                <FailureNotice what="What it would come to is not known." error={error} retry={again} />
            ) : found ? (
                <Found found={found} />
            ) : (
                <p className="dim">{isOld ? "Asking…" : "Fill in the ticket to see what it would come to."}</p>
            )}
        </div>
    );
}

function Found({ found }: { found: OrderPreview }): JSX.Element {
    const { would, detail, rejectReason, limits, needsSignature } = found;
    const failed = limits.filter(({ isMet }) => !isMet).length;
    return (
        <>
            {would === "REJECT" ? (
                <Notice tone="warning" title={`It would be refused: ${refusalInWords(rejectReason)}`}>
                    {detail}
                </Notice>
            ) : (
                <p role="status">{detail}</p>
            )}
            {needsSignature && (
                <p className="dim">A passkey signs this order: what the server asks it, not what the screen shows.</p>
            )}
            <dl className="ticket-figures">
                {figuresOf(found).map(([label, value]) => (
                    <div key={label}>
                        <dt>{label}</dt>
                        <dd>{value}</dd>
                    </div>
                ))}
            </dl>
            {limits.length > 0 && (
                <details className="ticket-limits" open={failed > 0}>
                    <summary>{failed === 0 ? "Within every limit" : "Limits"}</summary>
                    <ul>
                        {limits.map((limit) => (
                            <li key={limit.code}>
                                <ToneMark tone={limit.isMet ? "good" : "bad"} />
                                <span>
                                    {limitName(limit)}
                                    {!limit.isMet && <span className="visually-hidden"> is exceeded</span>}
                                </span>
                                <span className="dim">{limitRoom(limit)}</span>
                            </li>
                        ))}
                    </ul>
                </details>
            )}
        </>
    );
}

function figuresOf(found: OrderPreview): readonly (readonly [string, ReactNode])[] {
    const { price, lastPrice, priceAsOf, isStale, quantity, notional, fee, cashAfter, positionAfter, equityPctAfter, lossAtStop } = found;
    const amount = (text: string | null): string => (text === null ? noValue : cash(text));
    const many = (text: string | null): string => (text === null ? noValue : quantityText(text));
    const loss: readonly (readonly [string, ReactNode])[] =
        lossAtStop === null ? [] : [["Lost at the stop", cash(lossAtStop)]];
    // A resting order is measured by the price that it waits for.
    const own: readonly (readonly [string, ReactNode])[] =
        price === null || price === lastPrice ? [] : [["Measured at", priceText(price)]];
    return [
        [
            "Last price",
            <span key="price">
                {lastPrice === null ? noValue : priceText(lastPrice)}
                {priceAsOf !== null && (
                    <small className={isStale ? "stale" : "dim"}>
                        {writtenDay(dayOfClose(priceAsOf))}, {ageInWords(priceAsOf, Date.now() / 1000)}
                    </small>
                )}
            </span>,
        ],
        ...own,
        ["Quantity", many(quantity)],
        ["Value", amount(notional)],
        ["Fee", amount(fee)],
        ["Cash after", amount(cashAfter)],
        ["Position after", many(positionAfter)],
        ["Share of equity after", equityPctAfter === null ? noValue : `${decimal(equityPctAfter, 2)}%`],
        ...loss,
    ];
}
