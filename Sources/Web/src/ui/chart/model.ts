/* What a chart shows, as a page says it: panes of series over one axis of times. */
import type { Bars } from "../../lib/bars";

/** One of the line colours of the theme. */
export type LineColour = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** A line colour, or a colour with a meaning. */
export type SeriesColour = LineColour | "up" | "down" | "muted";

/** Columns hold one value a time of the chart, in the same order. */
export type Series = BarSeries<"candles"> | BarSeries<"volume"> | ValueSeries<"line"> | ValueSeries<"area">;

export interface BarSeries<Kind> {
    readonly kind: Kind;
    readonly bars: Bars;
}

export interface ValueSeries<Kind> {
    readonly kind: Kind;
    readonly name: string;
    /** NaN where there is none. An area of values that are never above zero hangs from zero. */
    readonly values: ArrayLike<number>;
    readonly colour: SeriesColour;
    /** What the others are measured by: told from them without its colour. */
    readonly isDashed?: boolean;
    /** What the others lie in: thin, and without a mark at the axis. */
    readonly isFaint?: boolean;
    /** Decimals in the legend and on the axis. */
    readonly digits?: number;
}

export interface Guide {
    readonly at: number;
    /** Stands at the axis, with the level. */
    readonly label?: string;
    /** Its colour says which way it trades. */
    readonly side?: "buy" | "sell";
}

export interface Pane {
    readonly id: string;
    /** Stands first in the pane's legend. */
    readonly label: string;
    /** Height beside that of the other panes. */
    readonly weight: number;
    /** `percent`: values are fractions. `unit`: an indicator's own scale. */
    readonly scale: "price" | "percent" | "unit";
    /** Only prices can be drawn on a logarithmic scale. */
    readonly isLog?: boolean;
    /** Levels with a dashed line. */
    readonly guides?: readonly Guide[];
    /** The axis always spans this, whatever the values in view are. */
    readonly range?: readonly [number, number];
    readonly series: readonly Series[];
}

/** Something that happened at a bar. `pane`: id of the pane it is drawn in, the first one unless given. */
export interface Marker {
    readonly index: number;
    readonly side: "buy" | "sell" | "note";
    readonly text: string;
    readonly pane?: string;
}

/** Unix seconds of the first and last bar to show. `-Infinity` begins at the first bar there is. */
export interface ShownSpan {
    readonly from: number;
    readonly to: number;
}

export interface ChartHandle {
    /** Goes to the bars from one index to another; `reset` comes back. */
    show(from: number, to: number): void;
    /** Moves by a part of what is visible; negative is back in time. */
    pan(part: number): void;
    /** Shows this many times as many bars. */
    zoom(factor: number): void;
    /** Back to the span that the page shows, prices scaled to fit. */
    reset(): void;
    /** Puts the crosshair on a bar and brings it into view; null takes it away. */
    point(index: number | null): void;
    /** The whole chart as a PNG. */
    picture(): Promise<Blob>;
}

export const lineColours = 8;

/** The colour of a line by its place in a list. */
export const lineColour = (position: number): LineColour => ((position % lineColours) + 1) as LineColour;
