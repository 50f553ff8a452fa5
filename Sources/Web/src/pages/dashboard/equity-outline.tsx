import type { EquitySnapshot } from "api-types";
import { type PointerEvent, useMemo, useState } from "react";
import type { Part } from "../../api/dashboard";
import { direction, directionMark, signedPercent } from "../../lib/format";
import { writtenDay, writtenTime } from "../../lib/time";
import {
    type EquityOutline as Outline,
    type EquityRange,
    equityRanges,
    equityRangeWords,
    nearestTo,
    outlineOf,
} from "../../lib/trading/equity-outline";
import { cash } from "../../lib/trading/words";
import { Gain } from "../../ui/amount-columns";
import { FailureNotice } from "../../ui/notices";
import { Segmented } from "../../ui/parts";

interface Props {
    readonly part: Part<readonly EquitySnapshot[]>;
    /** What the account is worth now. */
    readonly worth: string;
    readonly retry: () => void;
}

const options = equityRanges.map((value) => ({ value, label: value }));
const height = 110;

/** How the worth of the account went, in one range of its life. */
export function EquityOutline({ part, worth, retry }: Props): JSX.Element {
    if ("error" in part) {
        return <FailureNotice what="The equity curve did not load." error={part.error} retry={retry} />;
    }
    // An account that never traded has its beginning and nothing else.
    if (part.value.length < 2) return <p className="sub">Its equity curve begins with your first trade.</p>;
    return <Curve points={part.value} worth={Number(worth)} />;
}

function Curve({ points, worth }: { points: readonly EquitySnapshot[]; worth: number }): JSX.Element {
    const [range, setRange] = useState<EquityRange>("All");
    const [pointed, setPointed] = useState<number | null>(null);
    const outline = useMemo(() => outlineOf(points, worth, Math.floor(Date.now() / 1000), range), [points, worth, range]);
    const { times, equity, across } = outline;
    const [low, high] = [Math.min(...equity), Math.max(...equity)];
    const y = (value: number): number => (high === low ? height / 2 : ((high - value) / (high - low)) * height);
    const path = equity
        .map((value, index) => `${index ? "L" : "M"}${(across[index]! * 100).toFixed(2)} ${y(value).toFixed(2)}`)
        .join("");
    const point = ({ clientX, currentTarget }: PointerEvent<HTMLElement>): void => {
        const box = currentTarget.getBoundingClientRect();
        setPointed(nearestTo((clientX - box.left) / box.width, outline));
    };
    const choose = (chosen: EquityRange): void => {
        setPointed(null);
        setRange(chosen);
    };
    const span = `${writtenDay(times[0]!)} to ${writtenDay(times[times.length - 1]!)}`;
    const amount = (value: number): string => cash(value.toFixed(2));
    return (
        <div className="equity-outline" data-testid="equity-outline" data-points={times.length}>
            <Segmented label="Range of the equity curve" options={options} value={range} change={choose} />
            <p className="equity-reading">
                {pointed === null || pointed >= times.length ? (
                    <Reading {...{ range, outline }} />
                ) : (
                    <>
                        <b>{amount(equity[pointed]!)}</b>{" "}
                        <span className="dim">{writtenTime(times[pointed]!, "1h")}</span>
                    </>
                )}
            </p>
            <div
                className="equity-plot"
                role="img"
                aria-label={
                    `Equity from ${span}: from ${amount(equity[0]!)} to ${amount(worth)}, ` +
                    `lowest ${amount(low)}, highest ${amount(high)}`
                }
                onPointerMove={point}
                onPointerDown={point}
                onPointerLeave={() => setPointed(null)}
            >
                <svg viewBox={`0 0 100 ${height}`} preserveAspectRatio="none" aria-hidden="true">
                    <path className="equity-start" d={`M0 ${y(equity[0]!).toFixed(2)}H100`} />
                    <path className="equity-area" d={`${path}V${height}H0Z`} />
                    <path className="equity-line" d={path} />
                </svg>
                {pointed !== null && pointed < times.length && (
                    <i style={{ left: `${across[pointed]! * 100}%`, top: y(equity[pointed]!) }} />
                )}
            </div>
            <p className="equity-ends dim" aria-hidden="true">
                <span>{writtenDay(times[0]!)}</span>
                <span>Today</span>
            </p>
        </div>
    );
}

function Reading({ range, outline: { gain, change, isWhole } }: { range: EquityRange; outline: Outline }): JSX.Element {
    const way = direction(gain);
    return (
        <>
            <b className={way}>
                {directionMark[way]} <Gain amount={gain.toFixed(2)} />
                {change !== null && ` (${signedPercent(change)})`}
            </b>{" "}
            <span className="dim">{equityRangeWords[isWhole ? "All" : range]}</span>
        </>
    );
}
