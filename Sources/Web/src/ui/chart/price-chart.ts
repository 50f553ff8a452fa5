/*
 * One price chart on the page: candles, volume, lines over the price, RSI in a pane of its own. React owns the element;
 * this class owns what is drawn in it. Bars are addressed by their index in the bars it was last given.
 */
import type { Bars, Interval } from "../../lib/bars";
import { compact, decimal } from "../../lib/format";
import type { Values } from "../../lib/indicators";
import type { Overlay } from "../../lib/overlays";
import { writtenTime } from "../../lib/time";
import * as library from "./library";
import { chartOptions, type Look, lineColours, readLook } from "./look";

export interface Line {
    readonly overlay: Overlay;
    readonly values: Values;
}

/** Indexes of the first and last bar shown in full; fractions and overhang on both sides are possible. */
export interface Window {
    readonly from: number;
    readonly to: number;
}

/** Whole indexes of the bars in a window, among `count` bars. The hundredth is what layout arithmetic may be off. */
export const barsIn = (window: Window, count: number): [number, number] => [
    Math.max(0, Math.ceil(window.from - 0.01)),
    Math.min(count - 1, Math.floor(window.to + 0.01)),
];

export interface PriceChartEvents {
    /** The bar under the crosshair; null when there is none. */
    readonly hover: (index: number | null) => void;
    /** What is visible has changed. `isByHand` when the reader moved it, not the program. */
    readonly move: (window: Window, isByHand: boolean) => void;
}

/** Bars of empty space right of the newest one. */
const rightMargin = 3;
/** Points of a line that are drawn one by one however little room they have. */
const mostUnmerged = 6_000;

export class PriceChart {
    private readonly chart: library.Chart;
    private readonly candles: library.Series<library.CandlePoint>;
    private readonly volume: library.Series<library.ValuePoint>;
    private lines: library.Series<library.ValuePoint>[] = [];
    private look: Look = readLook();
    private bars: Bars;
    private target: Window | null = null;
    private isByHand = false;
    private readonly observer: ResizeObserver;

    constructor(
        private readonly host: HTMLElement,
        bars: Bars,
        interval: Interval,
        digits: number,
        private readonly events: PriceChartEvents,
    ) {
        this.bars = bars;
        this.chart = library.createChart(host, {
            autoSize: true,
            layout: {
                // The library's own mark brings an inline style sheet, which the content policy refuses: the page
                // shows the mark itself.
                attributionLogo: false,
                background: { type: "solid", color: "transparent" },
                fontFamily: "Inter, system-ui, sans-serif",
                fontSize: 12,
            },
            localization: { locale: "en-US", timeFormatter: (time: number) => writtenTime(time, interval) },
            crosshair: { mode: 0 },
            // A finger that moves up or down scrolls the page, not the chart.
            handleScroll: { vertTouchDrag: false },
            rightPriceScale: { minimumWidth: 64 },
            timeScale: {
                enableConflation: true,
                minBarSpacing: 0.01,
                rightOffset: rightMargin,
                secondsVisible: false,
                timeVisible: interval === "1h",
            },
        });
        this.candles = this.chart.addSeries(library.CandlestickSeries, {
            priceFormat: {
                type: "custom",
                minMove: 10 ** -digits,
                formatter: (price: number) => decimal(price, digits),
            },
        });
        this.placeUnderLegend();
        this.volume = this.chart.addSeries(library.HistogramSeries, {
            priceScaleId: "volume",
            priceFormat: { type: "custom", minMove: 1, formatter: compact },
            lastValueVisible: false,
            priceLineVisible: false,
        });
        this.volume.priceScale().applyOptions({ scaleMargins: { top: 0.84, bottom: 0 } });
        this.chart.subscribeCrosshairMove((move) => this.hovered(move));
        this.chart.timeScale().subscribeVisibleLogicalRangeChange((range) => {
            if (range) this.events.move(range, this.isByHand);
        });
        for (const kind of ["wheel", "pointerdown", "touchstart"]) {
            host.addEventListener(kind, this.touched, { passive: true });
        }
        this.observer = new ResizeObserver(() => this.resized());
        this.observer.observe(host);
        this.draw();
        this.paint();
        this.remeasureWhenFontIsIn();
    }

    remove(): void {
        this.observer.disconnect();
        for (const kind of ["wheel", "pointerdown", "touchstart"]) this.host.removeEventListener(kind, this.touched);
        this.chart.remove();
    }

    /** Older bars have come in front: the same stretch of time stays in view. */
    setBars(bars: Bars): void {
        if (bars === this.bars) return;
        const added = bars.time.length - this.bars.time.length;
        const visible = this.window();
        this.bars = bars;
        this.draw();
        if (this.target) this.target = { from: this.target.from + added, to: this.target.to + added };
        if (visible) this.setWindow({ from: visible.from + added, to: visible.to + added });
    }

    setLines(lines: readonly Line[]): void {
        for (const series of this.lines) this.chart.removeSeries(series as library.Series<never>);
        let hasGuides = false;
        this.lines = lines.map(({ overlay, values }, index) => {
            const isPane = overlay.type === "rsi";
            const series = this.chart.addSeries(
                library.LineSeries,
                {
                    color: this.look.lines[index % lineColours],
                    lineWidth: 2,
                    lastValueVisible: isPane,
                    priceLineVisible: false,
                    crosshairMarkerVisible: false,
                    // Merging points leaves out a line's newest ones, so its end would not be where its label is.
                    // It is worth that only where drawing every point would make the chart slow to move.
                    conflationThresholdFactor: this.bars.time.length > mostUnmerged ? 1 : 0,
                    ...(isPane ? rsiOptions : {}),
                },
                isPane ? 1 : 0,
            );
            series.setData(this.points(values));
            if (isPane && !hasGuides) {
                hasGuides = true;
                for (const price of [30, 70]) {
                    series.createPriceLine({
                        price,
                        color: this.look.crosshair,
                        lineWidth: 1,
                        lineStyle: 2,
                        axisLabelVisible: false,
                    });
                }
                series.priceScale().applyOptions({ scaleMargins: { top: 0.1, bottom: 0.04 } });
            }
            return series;
        });
        const [prices, strength] = this.chart.panes();
        prices?.setStretchFactor(76);
        strength?.setStretchFactor(24);
    }

    setLog(isLog: boolean): void {
        this.candles.priceScale().applyOptions({ mode: isLog ? 1 : 0 });
    }

    /** Reads the colours again, after the theme has changed. */
    paint(): void {
        this.look = readLook();
        const { up, down, lines } = this.look;
        this.chart.applyOptions(chartOptions(this.look));
        // Rising candles are hollow: which way a bar went can be seen without its colour.
        this.candles.applyOptions({
            upColor: "transparent",
            downColor: down,
            borderUpColor: up,
            borderDownColor: down,
            wickUpColor: up,
            wickDownColor: down,
            priceLineColor: this.look.crosshair,
        });
        this.drawVolume();
        this.lines.forEach((series, index) => series.applyOptions({ color: lines[index % lineColours] }));
    }

    /** Shows the bars from one index to another, and keeps doing so when the chart is resized. */
    show(from: number, to: number): void {
        const margin = Math.max(rightMargin, (to - from) * 0.03);
        const isAtEnd = to >= this.bars.time.length - 1;
        this.target = { from, to: isAtEnd ? to + margin : to };
        this.isByHand = false;
        this.setWindow(this.target);
    }

    /** Moves by a part of what is visible; negative is back in time. */
    pan(part: number): void {
        const visible = this.window();
        if (!visible) return;
        const distance = (visible.to - visible.from) * part;
        this.moveByHand({ from: visible.from + distance, to: visible.to + distance });
    }

    /** Shows this many times as many bars, around the middle. */
    zoom(factor: number): void {
        const visible = this.window();
        if (!visible) return;
        const margin = ((visible.to - visible.from) * (factor - 1)) / 2;
        if (visible.to - visible.from + 2 * margin < 5) return;
        this.moveByHand({ from: visible.from - margin, to: visible.to + margin });
    }

    /** Puts the crosshair on a bar, scrolling it into view when it is outside. */
    point(index: number | null): void {
        const time = index === null ? undefined : this.bars.time[index];
        const visible = this.window();
        if (index === null || time === undefined || !visible) {
            this.chart.clearCrosshairPosition();
            return;
        }
        const shift = index < visible.from ? index - visible.from - 1 : index > visible.to ? index - visible.to + 1 : 0;
        if (shift) this.moveByHand({ from: visible.from + shift, to: visible.to + shift });
        this.chart.setCrosshairPosition(this.bars.close[index]!, time, this.candles as library.Series<never>);
        this.events.hover(index);
    }

    /** Whether the reader has moved the chart since it was last told what to show. */
    get isMovedByHand(): boolean {
        return this.isByHand;
    }

    window(): Window | null {
        return this.chart.timeScale().getVisibleLogicalRange();
    }

    /** Distance in pixels from the top of the chart to the top of its pane of that number; null when there is none. */
    paneTop(pane: number): number | null {
        const element = this.chart.panes()[pane]?.getHTMLElement();
        return element ? element.getBoundingClientRect().top - this.host.getBoundingClientRect().top : null;
    }

    private readonly touched = (): void => {
        this.isByHand = true;
        this.target = null;
    };

    private moveByHand(window: Window): void {
        this.touched();
        this.setWindow(window);
    }

    private setWindow(window: Window): void {
        this.chart.timeScale().setVisibleLogicalRange(window);
    }

    private resized(): void {
        requestAnimationFrame(() => {
            if (!this.host.isConnected) return;
            this.placeUnderLegend();
            if (this.target) this.setWindow(this.target);
        });
    }

    /** The legend takes more lines on a phone: the highest candle stays below it. */
    private placeUnderLegend(): void {
        const top = this.host.clientWidth < 600 ? 0.24 : 0.14;
        this.candles.priceScale().applyOptions({ scaleMargins: { top, bottom: 0.2 } });
    }

    private hovered({ logical, point }: library.CrosshairMove): void {
        const isOnBar = logical !== undefined && point !== undefined && logical >= 0 && logical < this.bars.time.length;
        this.events.hover(isOnBar ? logical : null);
    }

    private draw(): void {
        const { time, open, high, low, close } = this.bars;
        this.candles.setData(
            time.map((at, index) => ({
                time: at,
                open: open[index]!,
                high: high[index]!,
                low: low[index]!,
                close: close[index]!,
            })),
        );
        this.drawVolume();
    }

    private drawVolume(): void {
        const { volumeUp, volumeDown } = this.look;
        const { time, open, close, volume } = this.bars;
        this.volume.setData(
            time.map((at, index) => ({
                time: at,
                value: volume[index]!,
                color: close[index]! >= open[index]! ? volumeUp : volumeDown,
            })),
        );
    }

    /** Values exist from the first one on: nothing stands for the bars before it. */
    private points(values: Values): library.ValuePoint[] {
        const first = values.findIndex((value) => !Number.isNaN(value));
        if (first < 0) return [];
        return this.bars.time.slice(first).map((time, index) => ({ time, value: values[first + index]! }));
    }

    /** Text measured with a fallback font would leave the axis too narrow once Inter is there. */
    private remeasureWhenFontIsIn(): void {
        if (document.fonts.check("12px Inter")) return;
        void document.fonts.load("12px Inter").then(() => {
            if (this.host.isConnected)
                this.chart.applyOptions({ layout: { fontFamily: "Inter, system-ui, sans-serif " } });
        });
    }
}

const rsiOptions = {
    priceFormat: { type: "custom", minMove: 0.01, formatter: (value: number) => decimal(value, 1) },
    autoscaleInfoProvider: () => ({ priceRange: { minValue: 0, maxValue: 100 } }),
};
