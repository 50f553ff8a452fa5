/* One series of a pane as the library draws it. */
import * as library from "./library";
import { axisFormat } from "./figures";
import { colourIn, type Look, translucent } from "./look";
import type { Pane, Series } from "./model";

/** Points of a line that are drawn one by one however little room they have. */
const mostUnmerged = 6_000;

const types = {
    candles: library.CandlestickSeries,
    volume: library.HistogramSeries,
    line: library.LineSeries,
    area: library.AreaSeries,
    hanging: library.BaselineSeries,
} as const;

/** What the library draws a series as. An area that hangs from zero is filled up to there, and not to the top. */
export const formOf = (series: Series): keyof typeof types =>
    series.kind === "area" && hangsFromZero(series.values) ? "hanging" : series.kind;

export class DrawnSeries {
    readonly api: library.Series;
    private guides: library.PriceLine[] = [];

    constructor(
        chart: library.Chart,
        pane: Pane,
        private series: Series,
        paneIndex: number,
        private readonly look: () => Look,
    ) {
        // Volume lies under the candles on a scale of its own.
        const isUnder = series.kind === "volume" && pane.series.some(({ kind }) => kind === "candles");
        this.api = chart.addSeries(
            types[formOf(series)],
            { priceLineVisible: series.kind === "candles", ...(isUnder ? { priceScaleId: "volume" } : {}) },
            paneIndex,
        );
        if (isUnder) this.api.priceScale().applyOptions({ scaleMargins: { top: 0.84, bottom: 0 } });
    }

    /** Options that follow from what the pane says. */
    configure(pane: Pane, series: Series): void {
        const isLine = series.kind === "line" || series.kind === "area";
        const { range } = pane;
        this.api.applyOptions({
            priceFormat: { type: "custom", ...axisFormat(pane, series) },
            lastValueVisible: series.kind === "candles" || (isLine && !hasCandles(pane)),
            ...(range && { autoscaleInfoProvider: () => ({ priceRange: { minValue: range[0], maxValue: range[1] } }) }),
            ...(isLine && {
                lineWidth: 2,
                crosshairMarkerVisible: false,
                // Merging points leaves out a line's newest ones, so its end would not be where its label is. It is
                // worth that only where drawing every point would make the chart slow to move.
                conflationThresholdFactor: series.values.length > mostUnmerged ? 1 : 0,
            }),
            ...(formOf(series) === "hanging" && { baseValue: { type: "price", price: 0 } }),
        });
        this.series = series;
    }

    setGuides(levels: readonly number[]): void {
        while (this.guides.length < levels.length) {
            const style = { lineWidth: 1, lineStyle: 2, axisLabelVisible: false };
            this.guides.push(this.api.createPriceLine({ price: levels[this.guides.length], ...style }));
        }
        this.guides.forEach((guide, index) =>
            guide.applyOptions({ lineVisible: index < levels.length, ...(index < levels.length && { price: levels[index] }) }),
        );
    }

    /** Draws the points from an index on. */
    draw(times: readonly number[], first: number): void {
        this.api.setData(this.points(times, first));
    }

    /** Colours, after the theme has changed; `draw` has to follow for those that belong to points. */
    paint(): void {
        const look = this.look();
        const { series } = this;
        this.guides.forEach((guide) => guide.applyOptions({ color: look.crosshair }));
        if (series.kind === "candles") {
            // Rising candles are hollow: which way a bar went can be seen without its colour.
            this.api.applyOptions({
                upColor: "transparent",
                downColor: look.down,
                borderUpColor: look.up,
                borderDownColor: look.down,
                wickUpColor: look.up,
                wickDownColor: look.down,
                priceLineColor: look.crosshair,
            });
        } else if (series.kind !== "volume") {
            const colour = colourIn(look, series.colour);
            const [near, far] = [translucent(colour, 0.28), translucent(colour, 0.03)];
            this.api.applyOptions(
                series.kind === "line"
                    ? { color: colour }
                    : formOf(series) === "hanging"
                      ? { ...sides("top", colour, far, near), ...sides("bottom", colour, far, near) }
                      : { lineColor: colour, topColor: near, bottomColor: far },
            );
        }
    }

    private points(times: readonly number[], first: number): (library.CandlePoint | library.ValuePoint | library.Blank)[] {
        const { series } = this;
        const count = times.length;
        if (series.kind === "candles") {
            const { open, high, low, close } = series.bars;
            const points: library.CandlePoint[] = [];
            for (let at = first; at < count; at++) {
                points.push({ time: times[at]!, open: open[at]!, high: high[at]!, low: low[at]!, close: close[at]! });
            }
            return points;
        }
        if (series.kind === "volume") {
            const { volumeUp, volumeDown } = this.look();
            const { open, close, volume } = series.bars;
            const points: library.ValuePoint[] = [];
            for (let at = first; at < count; at++) {
                const color = close[at]! >= open[at]! ? volumeUp : volumeDown;
                points.push({ time: times[at]!, value: volume[at]!, color });
            }
            return points;
        }
        const points: (library.ValuePoint | library.Blank)[] = [];
        for (let at = first; at < count; at++) {
            const value = series.values[at] ?? NaN;
            // A blank keeps the axis whole: the index of a bar is its place on it, whichever series begins late.
            points.push(Number.isNaN(value) ? { time: times[at]! } : { time: times[at]!, value });
        }
        return points;
    }
}

/** A baseline's colours on one side of it. */
const sides = (side: "top" | "bottom", line: string, near: string, far: string): object => ({
    [`${side}LineColor`]: line,
    [`${side}FillColor1`]: near,
    [`${side}FillColor2`]: far,
});

const hasCandles = (pane: Pane): boolean => pane.series.some(({ kind }) => kind === "candles");

/** Drawdowns: below zero or at it. */
function hangsFromZero(values: ArrayLike<number>): boolean {
    let isBelow = false;
    for (let at = 0; at < values.length; at++) {
        if (values[at]! > 0) return false;
        isBelow ||= values[at]! < 0;
    }
    return isBelow;
}
