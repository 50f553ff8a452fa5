import type { StrategyPreview, Timeframe } from "api-types";
import { memo, useMemo } from "react";
import type { Bars } from "../../lib/bars";
import { indicatorLabels } from "../../lib/definition/names";
import { levelsOf, spread, turns } from "../../lib/definition/signals";
import type { Definition } from "../../lib/definition/tree";
import { Chart, lineColour, type Marker, type Pane, type Series } from "../../ui/chart/chart";

interface Props {
    readonly label: string;
    readonly symbol: string;
    readonly bars: Bars;
    readonly timeframe: Timeframe;
    /** Of the signals: names and levels. */
    readonly definition: Definition;
    readonly signals: StrategyPreview | null;
}

/** Candles with the indicators, those with a scale of their own below, and buy and sell by turns. */
function SignalChart({ label, symbol, bars, timeframe, definition, signals }: Props): JSX.Element {
    // The definition may be ahead of the signals while somebody types: what is drawn is what was answered.
    const panes = useMemo(() => panesOf(symbol, bars, definition, signals), [symbol, bars, signals]);
    const markers = useMemo(() => markersOf(bars.time, signals), [bars, signals]);
    return <Chart {...{ label, panes, markers }} times={bars.time} interval={timeframe} />;
}

/** A chart costs more than a sentence: it is not drawn again for a definition whose signals are still on the way. */
export default memo(
    SignalChart,
    (before, now) => before.signals === now.signals && before.bars === now.bars && before.label === now.label,
);

function panesOf(
    symbol: string,
    bars: Bars,
    definition: Definition,
    signals: StrategyPreview | null,
): readonly Pane[] {
    const prices: Pane = {
        id: "prices",
        label: symbol,
        weight: 3,
        scale: "price",
        series: [{ kind: "candles", bars }],
    };
    if (!signals) return [prices];
    const labels = indicatorLabels(definition.indicators);
    const { times, indicators } = signals.overlays;
    const line = (index: number): Series => {
        const { id, values } = indicators[index]!;
        const place = definition.indicators.findIndex((one) => one.id === id);
        return {
            kind: "line",
            name: labels.get(id) ?? id,
            values: spread(bars.time, times, values),
            colour: lineColour(place < 0 ? index : place),
        };
    };
    const places = indicators.map((_, index) => index);
    const isOnPrices = (index: number): boolean => indicators[index]!.scale === "price";
    const own = places.filter((index) => !isOnPrices(index));
    const below: readonly Pane[] =
        own.length === 0
            ? []
            : [
                  {
                      id: "own",
                      label: "",
                      weight: 1,
                      scale: "unit",
                      range: [0, 100],
                      guides: [...new Set(own.flatMap((index) => levelsOf(definition, indicators[index]!.id)))].map((at) => ({ at })),
                      series: own.map(line),
                  },
              ];
    return [{ ...prices, series: [...prices.series, ...places.filter(isOnPrices).map(line)] }, ...below];
}

const texts = { buy: "Buy", sell: "Sell" } as const;

const markersOf = (times: readonly number[], signals: StrategyPreview | null): readonly Marker[] =>
    signals === null
        ? []
        : turns(times, signals.entry.times, signals.exit.times).map((turn) => ({ ...turn, text: texts[turn.side] }));
