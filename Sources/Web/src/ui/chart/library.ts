/*
 * TradingView Lightweight Charts. The one place that knows how it arrives: build.sh makes a module of its standalone
 * file (tools/library.py). It comes without types; these are our own, for the part of the interface that we use.
 */
// @ts-expect-error There is no declaration of this module; it is given its type below.
import * as charts from "lightweight-charts";

/** Unix seconds; the library shows them in UTC. */
export type Time = number;

export interface LogicalRange {
    readonly from: number;
    readonly to: number;
}
/** A time without a value: the axis has it all the same. */
export interface Blank {
    readonly time: Time;
}
export interface CandlePoint extends Blank {
    readonly open: number;
    readonly high: number;
    readonly low: number;
    readonly close: number;
}
export interface ValuePoint extends Blank {
    readonly value: number;
    readonly color?: string;
}
export interface PriceScale {
    applyOptions(options: object): void;
    options(): { readonly autoScale: boolean };
}
export interface Series {
    setData(points: readonly (CandlePoint | ValuePoint | Blank)[]): void;
    applyOptions(options: object): void;
    priceScale(): PriceScale;
    createPriceLine(options: object): PriceLine;
    getPane(): Pane;
}
export interface PriceLine {
    applyOptions(options: object): void;
}
export interface CrosshairMove {
    readonly logical?: number;
    readonly point?: { readonly x: number; readonly y: number };
}
export interface TimeScale {
    setVisibleLogicalRange(range: LogicalRange): void;
    getVisibleLogicalRange(): LogicalRange | null;
    subscribeVisibleLogicalRangeChange(listener: (range: LogicalRange | null) => void): void;
    applyOptions(options: object): void;
}
export interface Pane {
    setStretchFactor(factor: number): void;
    getHTMLElement(): HTMLElement | null;
    paneIndex(): number;
    moveTo(index: number): void;
}
export interface Chart {
    addSeries(type: SeriesType, options: object, pane?: number): Series;
    removeSeries(series: Series): void;
    timeScale(): TimeScale;
    panes(): readonly Pane[];
    applyOptions(options: object): void;
    subscribeCrosshairMove(listener: (move: CrosshairMove) => void): void;
    setCrosshairPosition(price: number, time: Time, series: Series): void;
    clearCrosshairPosition(): void;
    takeScreenshot(addTopLayer?: boolean, includeCrosshair?: boolean): HTMLCanvasElement;
    remove(): void;
}
export interface MarkerPoint extends Blank {
    readonly position: "aboveBar" | "belowBar";
    readonly shape: "arrowUp" | "arrowDown" | "circle";
    readonly color: string;
    readonly text?: string;
    readonly size?: number;
}
export interface Markers {
    setMarkers(markers: readonly MarkerPoint[]): void;
    detach(): void;
}
/** Only the library makes these. */
export interface SeriesType {
    readonly type: string;
}

interface Library {
    createChart(container: HTMLElement, options: object): Chart;
    createSeriesMarkers(series: Series, markers: readonly MarkerPoint[]): Markers;
    readonly AreaSeries: SeriesType;
    readonly BaselineSeries: SeriesType;
    readonly CandlestickSeries: SeriesType;
    readonly HistogramSeries: SeriesType;
    readonly LineSeries: SeriesType;
}

export const {
    createChart,
    createSeriesMarkers,
    AreaSeries,
    BaselineSeries,
    CandlestickSeries,
    HistogramSeries,
    LineSeries,
} = charts as Library;
