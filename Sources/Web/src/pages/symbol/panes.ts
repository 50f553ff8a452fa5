/* The panes of a symbol's chart: prices with volume and averages, then what has a scale of its own. */
import type { Bars } from "../../lib/bars";
import { indicator } from "../../lib/indicators";
import { type Overlay, overlayName } from "../../lib/overlays";
import { type Guide, lineColour, type Pane, type Series } from "../../ui/chart/chart";

/** A line over the prices, or one with a scale of its own. */
export interface OverlayLine {
    readonly isStrength: boolean;
    readonly series: Series;
}

/**
 * The lines to draw, each in the colour of its place among the overlays, as in their editor. `isComplete`: the first
 * bar here is the first that is stored.
 */
export const overlayLines = (bars: Bars, overlays: readonly Overlay[], isComplete: boolean): OverlayLine[] =>
    overlays.map((overlay, position) => ({
        isStrength: overlay.type === "rsi",
        series: {
            kind: "line",
            name: overlayName(overlay),
            values: indicator(overlay.type, bars[overlay.source], overlay.period, isComplete),
            colour: lineColour(position),
        },
    }));

export function symbolPanes(
    symbol: string,
    bars: Bars,
    lines: readonly OverlayLine[],
    isLog: boolean,
    guides: readonly Guide[],
): Pane[] {
    const over = lines.filter(({ isStrength }) => !isStrength).map(({ series }) => series);
    const strengths = lines.filter(({ isStrength }) => isStrength).map(({ series }) => series);
    const prices: Pane = {
        id: "prices",
        label: symbol,
        weight: 76,
        scale: "price",
        isLog,
        guides,
        series: [{ kind: "candles", bars }, { kind: "volume", bars }, ...over],
    };
    if (strengths.length === 0) return [prices];
    const strength: Pane = {
        id: "strength",
        label: "",
        weight: 24,
        scale: "unit",
        range: [0, 100],
        guides: [{ at: 30 }, { at: 70 }],
        series: strengths,
    };
    return [prices, strength];
}
