/* The figures of the bar under the crosshair, over the chart's corner. One write a frame, whatever the mouse does. */
import { useSyncExternalStore } from "react";
import type { Bars, Interval } from "../../lib/bars";
import { compact, decimal, direction, directionMark, noValue, signedPercent } from "../../lib/format";
import { overlayName } from "../../lib/overlays";
import { writtenTime } from "../../lib/time";
import type { Line } from "./price-chart";
import { lineColours } from "./look";

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
    readonly symbol: string;
    readonly interval: Interval;
    readonly bars: Bars;
    readonly lines: readonly Line[];
    readonly digits: number;
    readonly hovered: HoveredBar;
    /** Where the RSI pane begins, in pixels from the top; null when there is none. */
    readonly paneTop: number | null;
}

export function Legend(props: LegendProps): JSX.Element | null {
    const { symbol, interval, bars, lines, digits, hovered, paneTop } = props;
    const newest = bars.time.length - 1;
    const index = Math.min(useSyncExternalStore(hovered.subscribe, hovered.value) ?? newest, newest);
    if (index < 0) return null;
    const close = bars.close[index]!;
    const previous = bars.close[index - 1];
    const change = previous === undefined ? null : close / previous - 1;
    const way = direction(change ?? 0);
    const numbered = lines.map((line, position) => ({ ...line, position }));
    const readings = (isPane: boolean): JSX.Element[] =>
        numbered
            .filter(({ overlay }) => (overlay.type === "rsi") === isPane)
            .map(({ overlay, values, position }) => (
                <Reading
                    key={position}
                    name={overlayName(overlay)}
                    colour={(position % lineColours) + 1}
                    value={values[index] ?? NaN}
                    digits={isPane ? 1 : digits}
                />
            ));
    const figure = (name: string, value: string, className = ""): JSX.Element => (
        <span className="legend-figure">
            {name} <b className={className}>{value}</b>
        </span>
    );
    return (
        <>
            <div className="legend" data-testid="legend" data-index={index}>
                <div className="legend-row">
                    <strong>{symbol}</strong>
                    <span>{interval}</span>
                    <span className="legend-time">{writtenTime(bars.time[index]!, interval)}</span>
                </div>
                <div className="legend-row">
                    {figure("O", decimal(bars.open[index]!, digits))}
                    {figure("H", decimal(bars.high[index]!, digits))}
                    {figure("L", decimal(bars.low[index]!, digits))}
                    {figure("C", decimal(close, digits))}
                    {change !== null && (
                        <b className={way}>
                            {directionMark[way]} {signedPercent(change)}
                        </b>
                    )}
                    {figure("Vol", compact(bars.volume[index]!))}
                </div>
                <div className="legend-row">{readings(false)}</div>
            </div>
            {paneTop !== null && (
                <div className="legend legend-pane" style={{ top: `${paneTop}px` }}>
                    <div className="legend-row">{readings(true)}</div>
                </div>
            )}
        </>
    );
}

interface ReadingProps {
    readonly name: string;
    readonly colour: number;
    readonly value: number;
    readonly digits: number;
}

const Reading = ({ name, colour, value, digits }: ReadingProps): JSX.Element => (
    <span className={`legend-figure legend-line line-${colour}`}>
        {name} <b>{Number.isNaN(value) ? noValue : decimal(value, digits)}</b>
    </span>
);
