/* One series of a pane as the library draws it. */
import { type Bars } from "../../lib/bars";
import { barsOf, blockCount, type Candle, candleOf, type Detail, lineOf } from "../../lib/detail";
import * as library from "./library";
import { axisFormat, figureAt } from "./figures";
import { colourIn, type Look, styleIn, translucent } from "./look";
import type { Guide, Pane, Series } from "./model";

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
    private lines: library.PriceLine[] = [];
    private guides: readonly Guide[] = [];
    /** Marks the newest value, which need not be among those that are drawn. */
    private readonly newest: library.PriceLine | null;

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
            { priceLineVisible: false, lastValueVisible: false, ...(isUnder ? { priceScaleId: "volume" } : {}) },
            paneIndex,
        );
        this.newest = isMarked(pane, series) ? this.api.createPriceLine({ price: 0, lineWidth: 1, lineStyle: 2 }) : null;
        if (isUnder) this.api.priceScale().applyOptions({ scaleMargins: { top: 0.84, bottom: 0 } });
    }

    /** Options that follow from what the pane says. */
    configure(pane: Pane, series: Series): void {
        const isLine = series.kind === "line" || series.kind === "area";
        const { range } = pane;
        this.api.applyOptions({
            priceFormat: { type: "custom", ...axisFormat(pane, series) },
            ...(range && { autoscaleInfoProvider: () => ({ priceRange: { minValue: range[0], maxValue: range[1] } }) }),
            ...(isLine && { lineWidth: series.isFaint ? 1 : 2, crosshairMarkerVisible: false }),
            ...(formOf(series) === "hanging" && { baseValue: { type: "price", price: 0 } }),
        });
        this.series = series;
    }

    /** `paint` has to follow for their colours. */
    setGuides(guides: readonly Guide[]): void {
        this.guides = guides;
        while (this.lines.length < guides.length)
            this.lines.push(this.api.createPriceLine({ price: guides[this.lines.length]!.at, lineWidth: 1, lineStyle: 2 }));
        this.lines.forEach((line, index) => {
            const guide = guides[index];
            line.applyOptions({
                lineVisible: guide !== undefined,
                axisLabelVisible: guide?.label !== undefined,
                title: guide?.label ?? "",
                ...(guide && { price: guide.at }),
            });
        });
    }

    /** Draws so much of the series. */
    draw(times: readonly number[], detail: Detail): void {
        this.api.setData(this.points(times, detail));
    }

    /** Colours, after the theme has changed; `draw` has to follow for those that belong to points. */
    paint(): void {
        const look = this.look();
        const { series } = this;
        this.lines.forEach((line, index) => {
            const side = this.guides[index]?.side;
            const colour = side ? look[side] : look.crosshair;
            line.applyOptions({ color: colour, axisLabelColor: colour, axisLabelTextColor: look.surface });
        });
        this.markNewest(look);
        if (series.kind === "candles") {
            // Rising candles are hollow: which way a bar went can be seen without its colour.
            this.api.applyOptions({
                upColor: "transparent",
                downColor: look.down,
                borderUpColor: look.up,
                borderDownColor: look.down,
                wickUpColor: look.up,
                wickDownColor: look.down,
            });
        } else if (series.kind !== "volume") {
            const colour = colourIn(look, series.colour);
            const [near, far] = [translucent(colour, 0.28), translucent(colour, 0.03)];
            this.api.applyOptions(
                series.kind === "line"
                    ? { color: colour, lineStyle: styleIn(look, series) }
                    : formOf(series) === "hanging"
                      ? { ...sides("top", colour, far, near), ...sides("bottom", colour, far, near) }
                      : { lineColor: colour, topColor: near, bottomColor: far },
            );
        }
    }

    private markNewest(look: Look): void {
        const { series } = this;
        if (!this.newest) return;
        const at = newestIn("bars" in series ? series.bars.close : series.values);
        const price = figureAt(series, at);
        const isThere = at >= 0;
        const isCandle = series.kind === "candles";
        this.newest.applyOptions({
            ...(isThere && { price }),
            lineVisible: isThere && isCandle,
            axisLabelVisible: isThere,
            color: look.crosshair,
            axisLabelColor: isCandle
                ? series.bars.close[at]! >= series.bars.open[at]!
                    ? look.up
                    : look.down
                : series.kind === "volume"
                  ? look.crosshair
                  : colourIn(look, series.colour),
        });
    }

    private points(times: readonly number[], detail: Detail): (library.CandlePoint | library.ValuePoint | library.Blank)[] {
        const { series } = this;
        if (series.kind === "candles") {
            return candles(times, series.bars, detail, (time, { open, high, low, close }) => ({
                time,
                open,
                high,
                low,
                close,
            }));
        }
        if (series.kind === "volume") {
            const { volumeUp, volumeDown } = this.look();
            return candles(times, series.bars, detail, (time, { volume, isVolumeUp }) => ({
                time,
                value: volume,
                color: isVolumeUp ? volumeUp : volumeDown,
            }));
        }
        // A blank keeps the axis whole: the number of a block is its place on it, whichever series begins late.
        return Array.from(lineOf(series.values, detail), (value, block) => {
            const time = times[barsOf(detail, block)[0]]!;
            return Number.isNaN(value) ? { time } : { time, value };
        });
    }
}

const candles = <Point>(
    times: readonly number[],
    bars: Bars,
    detail: Detail,
    point: (time: number, candle: Candle) => Point,
): Point[] =>
    Array.from({ length: blockCount(detail) }, (_, block) => {
        const [first, end] = barsOf(detail, block);
        return point(times[first]!, candleOf(bars, first, end));
    });

/** A baseline's colours on one side of it. */
const sides = (side: "top" | "bottom", line: string, near: string, far: string): object => ({
    [`${side}LineColor`]: line,
    [`${side}FillColor1`]: near,
    [`${side}FillColor2`]: far,
});

/** Prices have their newest one marked, and lines where there are no prices. */
const isMarked = (pane: Pane, series: Series): boolean =>
    series.kind === "candles" ||
    (series.kind !== "volume" && !series.isFaint && !pane.series.some((other) => other.kind === "candles"));

/** Index of the last value that there is; -1 where there is none. */
function newestIn(values: ArrayLike<number>): number {
    let at = values.length - 1;
    while (at >= 0 && Number.isNaN(values[at]!)) at--;
    return at;
}

/** Drawdowns: below zero or at it. */
function hangsFromZero(values: ArrayLike<number>): boolean {
    let isBelow = false;
    for (let at = 0; at < values.length; at++) {
        if (values[at]! > 0) return false;
        isBelow ||= values[at]! < 0;
    }
    return isBelow;
}
