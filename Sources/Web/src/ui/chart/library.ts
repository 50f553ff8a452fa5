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
export interface CandlePoint {
    readonly time: Time;
    readonly open: number;
    readonly high: number;
    readonly low: number;
    readonly close: number;
}
export interface ValuePoint {
    readonly time: Time;
    readonly value: number;
    readonly color?: string;
}
export interface PriceScale {
    applyOptions(options: object): void;
}
export interface Series<Point> {
    setData(points: readonly Point[]): void;
    applyOptions(options: object): void;
    priceScale(): PriceScale;
    createPriceLine(options: object): unknown;
    priceToCoordinate(price: number): number | null;
}
export interface CrosshairMove {
    readonly time?: Time;
    readonly logical?: number;
    readonly point?: { readonly x: number; readonly y: number };
}
export interface TimeScale {
    setVisibleLogicalRange(range: LogicalRange): void;
    getVisibleLogicalRange(): LogicalRange | null;
    subscribeVisibleLogicalRangeChange(listener: (range: LogicalRange | null) => void): void;
    applyOptions(options: object): void;
    width(): number;
}
export interface Pane {
    setStretchFactor(factor: number): void;
    getHTMLElement(): HTMLElement | null;
}
export interface Chart {
    addSeries<Point>(type: SeriesType<Point>, options: object, pane?: number): Series<Point>;
    removeSeries(series: Series<never>): void;
    timeScale(): TimeScale;
    panes(): readonly Pane[];
    applyOptions(options: object): void;
    subscribeCrosshairMove(listener: (move: CrosshairMove) => void): void;
    setCrosshairPosition(price: number, time: Time, series: Series<never>): void;
    clearCrosshairPosition(): void;
    remove(): void;
}
/** A series type of the library; the phantom member ties it to its points. */
export interface SeriesType<Point> {
    readonly points?: Point;
}

interface Library {
    createChart(container: HTMLElement, options: object): Chart;
    readonly CandlestickSeries: SeriesType<CandlePoint>;
    readonly HistogramSeries: SeriesType<ValuePoint>;
    readonly LineSeries: SeriesType<ValuePoint>;
}

export const { createChart, CandlestickSeries, HistogramSeries, LineSeries } = charts as Library;
