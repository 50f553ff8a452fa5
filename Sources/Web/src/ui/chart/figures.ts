/* How the values of a pane are written, on its axis and in its legend. */
import { compact, decimal, noValue, priceDigits, signedPercent } from "../../lib/format";
import type { Pane, Series } from "./model";

/** Decimals of a pane's prices: one precision for all of them, by the newest close. */
export function paneDigits(pane: Pane): number {
    for (const series of pane.series) {
        if (series.kind === "candles") return priceDigits(series.bars.close[series.bars.close.length - 1] ?? 1);
        if (series.kind !== "volume" && series.digits !== undefined) return series.digits;
    }
    return pane.scale === "unit" ? 1 : 2;
}

/** A value of a series in that pane. */
export function written(value: number, pane: Pane, series: Series): string {
    if (Number.isNaN(value)) return noValue;
    if (series.kind === "volume") return compact(value);
    const digits = (series.kind !== "candles" ? series.digits : undefined) ?? paneDigits(pane);
    return pane.scale === "percent" ? signedPercent(value, digits) : decimal(value, digits);
}

/** What stands on a pane's axis. Percent need fewer decimals there. */
export function axisFormat(pane: Pane, series: Series): { minMove: number; formatter: (value: number) => string } {
    if (series.kind === "volume") return { minMove: 1, formatter: compact };
    const digits = paneDigits(pane);
    if (pane.scale === "percent") {
        return { minMove: 0.0001, formatter: (value) => signedPercent(value, Math.abs(value) < 0.1 ? 1 : 0) };
    }
    // The room under the candles and that of the legend reach where no value can be.
    const [minimum, maximum] = pane.range ?? [series.kind === "candles" ? 0 : -Infinity, Infinity];
    return {
        minMove: 10 ** -digits,
        formatter: (value) => (value < minimum || value > maximum ? "" : decimal(value, digits)),
    };
}

/** The value that stands for a series at a bar; NaN where it has none. */
export function figureAt(series: Series, index: number): number {
    switch (series.kind) {
        case "candles":
            return series.bars.close[index] ?? NaN;
        case "volume":
            return series.bars.volume[index] ?? NaN;
        default:
            return series.values[index] ?? NaN;
    }
}
