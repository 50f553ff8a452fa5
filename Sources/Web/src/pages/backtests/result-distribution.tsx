/* How the trades came out: one bar a stretch of returns, losses left of zero. */
import type { Trade } from "api-types";
import { useMemo } from "react";
import { counted, plainly, whole } from "../../lib/format";
import { type Bin, binned } from "../../lib/results/distribution";
import { Card, Explained } from "../../ui/parts";
import type { Loaded } from "./result-data";

const [width, height, foot] = [360, 200, 24];

export function Distribution({ trades }: { trades: Loaded<readonly Trade[]> }): JSX.Element {
    const bins = useMemo(() => binned(trades.value.map(({ pnlPct }) => pnlPct)), [trades.value]);
    const wins = trades.value.filter(({ pnlPct }) => pnlPct > 0).length;
    const losses = trades.value.filter(({ pnlPct }) => pnlPct < 0).length;
    return (
        <Card
            title={
                <>
                    Returns of trades{" "}
                    <Explained
                        label="Returns of trades"
                        text="How many trades ended with which return, after costs. The outermost bars may hold everything beyond them."
                    />
                </>
            }
            className="distribution-card"
        >
            {bins.length === 0 ? (
                <p className="dim">There were no trades.</p>
            ) : (
                <>
                    <Bars bins={bins} />
                    <p className="distribution-sum">
                        <span>
                            <b className="down">{whole(losses)}</b> lost
                        </span>
                        {losses + wins < trades.value.length && (
                            <span>
                                <b>{whole(trades.value.length - losses - wins)}</b> came out even
                            </span>
                        )}
                        <span>
                            <b className="up">{whole(wins)}</b> won
                        </span>
                    </p>
                </>
            )}
        </Card>
    );
}

function Bars({ bins }: { bins: readonly Bin[] }): JSX.Element {
    const maximum = Math.max(...bins.map(({ count }) => count));
    const step = width / bins.length;
    const room = height - foot - 14;
    const zero = bins.findIndex(({ isLoss }) => !isLoss);
    return (
        <>
            <svg className="distribution" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={inWords(bins)}>
                {bins.map(({ count, isLoss }, index) => {
                    const tall = count === 0 ? 0 : Math.max(2, (count / maximum) * room);
                    return (
                        <g key={index} className={isLoss ? "distribution-loss" : "distribution-win"}>
                            <rect
                                x={index * step + step * 0.08}
                                y={height - foot - tall}
                                width={step * 0.84}
                                height={tall}
                                rx={Math.min(2, step / 6)}
                            >
                                <title>{`${span(bins[index]!)}: ${counted(count, "trade")}`}</title>
                            </rect>
                            {count > 0 && bins.length <= 24 && (
                                <text x={(index + 0.5) * step} y={height - foot - tall - 4} textAnchor="middle">
                                    {whole(count)}
                                </text>
                            )}
                        </g>
                    );
                })}
                <path className="distribution-axis" d={`M0 ${height - foot}H${width}`} />
                {edges(bins, zero).map(([index, value]) => (
                    <text key={index} x={index * step} y={height - 6} textAnchor={anchor(index, bins.length)}>
                        {`${plainly(value)}%`}
                    </text>
                ))}
            </svg>
        </>
    );
}

const anchor = (index: number, count: number): "start" | "middle" | "end" =>
    index === 0 ? "start" : index === count ? "end" : "middle";

/** Edges to name: zero, and what lies an even way from it with room between. */
function edges(bins: readonly Bin[], zero: number): readonly (readonly [number, number])[] {
    const start = zero < 0 ? bins.length : zero;
    const apart = Math.max(1, Math.ceil(bins.length / 6));
    return [...bins, null].flatMap((bin, index) => {
        const value = bin === null ? bins[bins.length - 1]!.to : bin.from;
        return value !== null && (index - start) % apart === 0 ? [[index, value] as const] : [];
    });
}

function span({ from, to }: Bin): string {
    if (from === null) return `below ${plainly(to ?? 0)}%`;
    return to === null ? `${plainly(from)}% and more` : `${plainly(from)}% to ${plainly(to)}%`;
}

const inWords = (bins: readonly Bin[]): string =>
    `Trades by return. ${bins
        .filter(({ count }) => count > 0)
        .map((bin) => `${span(bin)}: ${whole(bin.count)}`)
        .join(", ")}.`;
