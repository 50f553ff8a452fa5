/* The figures of the bar under the crosshair, over the corner of every pane. One write a frame, whatever moves. */
import { type ReactNode, useSyncExternalStore } from "react";
import type { Bars, Interval } from "../../lib/bars";
import { decimal, direction, directionMark, plainly, signedPercent } from "../../lib/format";
import { timeframeNames } from "../../lib/kinds";
import { writtenTime } from "../../lib/time";
import { Volume } from "../short";
import { figureAt, paneDigits, written } from "./figures";
import type { Pane, Series } from "./model";

/** The index of the bar that the legend tells of; null: the newest. */
export class HoveredBar {
    private index: number | null = null;
    private frame = 0;
    private readonly listeners = new Set<() => void>();

    readonly value = (): number | null => this.index;

    readonly subscribe = (listener: () => void): (() => void) => {
        this.listeners.add(listener);
        return () => this.listeners.delete(listener);
    };

    set(index: number | null): void {
        if (index === this.index) return;
        this.index = index;
        if (this.frame) return;
        this.frame = requestAnimationFrame(() => {
            this.frame = 0;
            this.listeners.forEach((listener) => listener());
        });
    }
}

interface LegendProps {
    readonly times: readonly number[];
    readonly interval: Interval;
    readonly panes: readonly Pane[];
    readonly hovered: HoveredBar;
    /** Where each pane begins, in pixels from the top of the chart. */
    readonly tops: readonly number[];
    /** The bar that is told of while none is hovered. */
    readonly newest: number;
}

export function Legend({ times, interval, panes, hovered, tops, newest }: LegendProps): JSX.Element | null {
    const index = Math.min(useSyncExternalStore(hovered.subscribe, hovered.value) ?? newest, times.length - 1);
    if (index < 0) return null;
    return (
        <>
            {panes.map((pane, position) => {
                const top = position === 0 ? 0 : tops[position];
                if (top === undefined) return null;
                return (
                    <div
                        key={pane.id}
                        className={position === 0 ? "legend" : "legend legend-pane"}
                        style={{ top: `${top}px` }}
                        data-testid={position === 0 ? "legend" : `legend-${pane.id}`}
                        data-legend={pane.id}
                        data-index={index}
                    >
                        <PaneLegend
                            pane={pane}
                            index={index}
                            time={position === 0 ? writtenTime(times[index]!, interval) : null}
                            interval={interval}
                        />
                    </div>
                );
            })}
        </>
    );
}

interface PaneLegendProps {
    readonly pane: Pane;
    readonly index: number;
    /** Said once, in the first pane. */
    readonly time: string | null;
    readonly interval: Interval;
}

function PaneLegend({ pane, index, time, interval }: PaneLegendProps): JSX.Element {
    const candles = pane.series.find(({ kind }) => kind === "candles");
    const lines = pane.series.filter(({ kind }) => kind === "line" || kind === "area");
    const volume = pane.series.find(({ kind }) => kind === "volume");
    const readings = lines.map((series, position) => <Reading key={position} {...{ series, pane, index }} />);
    if (time === null) {
        return (
            <div className="legend-row">
                {pane.label !== "" && <strong>{pane.label}</strong>}
                {readings}
            </div>
        );
    }
    return (
        <>
            <div className="legend-row">
                <strong>{pane.label}</strong>
                {candles && <span>{timeframeNames[interval]}</span>}
                <span className="legend-time">{time}</span>
                {!candles && readings}
            </div>
            {candles?.kind === "candles" && (
                <div className="legend-row">
                    <Prices
                        bars={candles.bars}
                        index={index}
                        digits={paneDigits(pane)}
                        hasVolume={volume !== undefined}
                    />
                </div>
            )}
            {candles && readings.length > 0 && <div className="legend-row">{readings}</div>}
        </>
    );
}

interface PricesProps {
    readonly bars: Bars;
    readonly index: number;
    readonly digits: number;
    readonly hasVolume: boolean;
}

function Prices({ bars, index, digits, hasVolume }: PricesProps): JSX.Element {
    const close = bars.close[index]!;
    const previous = bars.close[index - 1];
    const change = previous === undefined ? null : close / previous - 1;
    const way = direction(change ?? 0);
    const figure = (name: string, value: ReactNode): JSX.Element => (
        <span className="legend-figure">
            {name} <b>{value}</b>
        </span>
    );
    return (
        <>
            {figure("O", decimal(bars.open[index]!, digits))}
            {figure("H", decimal(bars.high[index]!, digits))}
            {figure("L", decimal(bars.low[index]!, digits))}
            {figure("C", decimal(close, digits))}
            {change !== null && (
                <b className={way}>
                    {directionMark[way]} {signedPercent(change)}
                </b>
            )}
            {hasVolume && figure("Vol", <Volume value={bars.volume[index]!} />)}
        </>
    );
}

interface ReadingProps {
    readonly series: Series;
    readonly pane: Pane;
    readonly index: number;
}

const Reading = ({ series, pane, index }: ReadingProps): JSX.Element | null =>
    series.kind === "line" || series.kind === "area" ? (
        <span className={`legend-figure legend-line line-${series.colour} ${series.isDashed ? "legend-dashed" : ""}`}>
            {series.name} <b>{written(figureAt(series, index), pane, series)}</b>
        </span>
    ) : null;

/** The same figures as one sentence, for who hears the chart. */
export function spokenBar(time: string, panes: readonly Pane[], index: number): string {
    const parts = panes.flatMap((pane) =>
        pane.series.flatMap((series) => {
            if (series.kind === "volume") return [`volume ${plainly(figureAt(series, index))}`];
            if (series.kind !== "candles") return [`${series.name} ${written(figureAt(series, index), pane, series)}`];
            const digits = paneDigits(pane);
            const { open, high, low, close } = series.bars;
            return Object.entries({ open, high, low, close }).map(
                ([name, column]) => `${name} ${decimal(column[index]!, digits)}`,
            );
        }),
    );
    return `${time}: ${parts.join(", ")}`;
}
