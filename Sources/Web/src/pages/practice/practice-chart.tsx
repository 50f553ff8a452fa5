import type { Order, Timeframe } from "api-types";
import { useMemo, useState } from "react";
import { type Bars, firstIndexAtOrAfter } from "../../lib/bars";
import { inSentence } from "../../lib/kinds";
import { fillMarks } from "../../lib/trading/practice";
import { Chart, type Pane, type ShownSpan } from "../../ui/chart/chart";
import { guidesOf } from "../symbol/own-trades";

interface Props {
    readonly timeframe: Timeframe;
    readonly symbol: string;
    readonly bars: Bars;
    /** Of this symbol. */
    readonly orders: readonly Order[];
}

/** Bars in view at first. */
const barsInView = 120;

/** Candles up to the clock, which stays in view: own fills at their bars, orders that rest at their prices. */
export function PracticeChart({ timeframe, symbol, bars, orders }: Props): JSX.Element {
    const [view, setView] = useState<{ readonly count: number; readonly pinned: ShownSpan | null }>(asAtFirst);
    const newest = bars.time.length - 1;
    const panes = useMemo<readonly Pane[]>(
        () => [
            {
                id: "prices",
                label: symbol,
                weight: 1,
                scale: "price",
                guides: guidesOf(orders),
                series: [
                    { kind: "candles", bars },
                    { kind: "volume", bars },
                ],
            },
        ],
        [symbol, bars, orders],
    );
    const markers = useMemo(() => fillMarks(orders, bars.time), [orders, bars]);
    // Whoever looks at bars of before keeps them in view; whoever looks at the newest sees those that come.
    const moved = (span: ShownSpan | null): void => {
        if (span === null) setView(asAtFirst);
        else if (span.to < bars.time[newest]!) setView(({ count }) => ({ count, pinned: span }));
        else setView({ count: newest + 1 - firstIndexAtOrAfter(bars.time, span.from), pinned: null });
    };
    const shown = view.pinned ?? { from: bars.time[Math.max(0, newest + 1 - view.count)]!, to: bars.time[newest]! };
    return (
        <Chart
            label={`${symbol}, ${inSentence(timeframe)} candles up to the clock`}
            times={bars.time}
            interval={timeframe}
            panes={panes}
            markers={markers}
            shown={shown}
            onMoved={moved}
        />
    );
}

const asAtFirst = { count: barsInView, pinned: null };
