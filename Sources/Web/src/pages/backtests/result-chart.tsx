/* Prices with the trades in them, the equity beside holding, and how far it was below its peak: one axis of time. */
import type { Backtest, Trade } from "api-types";
import { forwardRef, useEffect, useImperativeHandle, useMemo, useRef, useState } from "react";
import { type Bars, firstIndexAtOrAfter } from "../../lib/bars";
import { runFileName } from "../../lib/file-name";
import { counted, decimal, direction, directionMark, priceDigits, signedPercent, whole } from "../../lib/format";
import { atTimes, type Curve, drawdowns } from "../../lib/results/curve";
import { growth, manyfold } from "../../lib/results/growth";
import { exitWords } from "../../lib/results/words";
import { writtenTime } from "../../lib/time";
import { Chart, type ChartHandle, type Marker, type Pane } from "../../ui/chart/chart";
import { DownIcon, DownloadIcon, UpIcon } from "../../ui/icons";
import { EmptyNotice, FailureNotice, Skeleton } from "../../ui/notices";
import { Button, Card, IconButton, Notice, Segmented } from "../../ui/parts";
import { saveFile } from "../../ui/save-file";
import type { Loaded, RunBars } from "./result-data";

export interface ResultChartHandle {
    /** Comes into view, takes the focus and shows the trade with some bars around it. */
    visit(trade: Trade): void;
    showAll(): void;
}

interface Props {
    readonly run: Backtest;
    readonly bars: RunBars;
    readonly curve: Loaded<Curve>;
    /** The equity of holding, one value a bar. */
    readonly holding: readonly number[];
    readonly trades: readonly Trade[];
    readonly chosen: Trade | null;
    readonly choose: (number: number) => void;
    /** Away from the chosen trade, to all of the run. */
    readonly leave: () => void;
    /** To the chosen trade in its table. */
    readonly back: () => void;
    /** The trade that was open at that time, or the next one. */
    readonly tradeAt: (time: number) => Trade | null;
}

type Scale = "linear" | "log";
const scales = [
    { value: "linear", label: "Linear" },
    { value: "log", label: "Log" },
] as const;

export const ResultChart = forwardRef<ResultChartHandle, Props>(function ResultChart(props, handle) {
    const { run, bars, curve, holding, trades, chosen, choose, leave, back, tradeAt } = props;
    const chart = useRef<ChartHandle>(null);
    const card = useRef<HTMLDivElement>(null);
    /** The trade that is in view before it is named. */
    const placed = useRef<Trade | null>(null);
    const [chosenScale, setScale] = useState<Scale | null>(null);
    // Where prices grew manyfold, years of small moves would be a flat line.
    const scale = chosenScale ?? (growth(bars.value.close) > manyfold ? "log" : "linear");
    const { time: times } = bars.value;
    const panes = useMemo(
        () => panesOf(run, bars.value, curve.value, holding, scale === "log"),
        [run, bars.value, curve.value, holding, scale],
    );
    const markers = useMemo(() => markersOf(trades, times), [trades, times]);
    const show = (trade: Trade): void => {
        const [entry, exit] = [trade.entryTime, trade.exitTime].map((time) => firstIndexAtOrAfter(times, time));
        const around = Math.max(12, Math.round((exit! - entry!) * 0.75));
        chart.current?.show(Math.max(0, entry! - around), Math.min(times.length - 1, exit! + around));
        // The crosshair is placed by the bars on the screen: those shown now are there with the next frame.
        requestAnimationFrame(() => requestAnimationFrame(() => chart.current?.point(entry!)));
    };
    const savePicture = async (): Promise<void> => {
        const picture = await chart.current?.picture();
        if (picture) saveFile(runFileName(run, "chart", "png"), "image/png", picture);
    };
    useImperativeHandle(handle, () => ({
        visit: (trade) => {
            card.current?.scrollIntoView({ block: "start" });
            card.current?.querySelector<HTMLElement>(".chart-canvas")?.focus({ preventScroll: true });
            placed.current = trade;
            show(trade);
        },
        showAll: () => chart.current?.reset(),
    }));
    const isReady = bars.isComplete && times.length > 0;
    // Whatever else the address comes to name is gone to once it is there.
    useEffect(() => {
        if (isReady && chosen && chosen !== placed.current) show(chosen);
        placed.current = null;
    }, [isReady, chosen]);

    const step = (by: number): void => {
        const next = chosen && trades[chosen.tradeNo - 1 + by];
        if (next) choose(next.tradeNo);
    };
    const isOther = curve.isComplete && isReady && !hasSameTimes(curve.value.times, times);
    return (
        <div ref={card} className="result-part">
            <Card
                title="Prices, equity and drawdown"
                isFlush
                className="result-chart"
                actions={
                    <>
                        <Segmented label="Scale" options={scales} value={scale} change={setScale} />
                        <Button kind="quiet" disabled={!isReady} onClick={() => void savePicture()}>
                            <DownloadIcon /> Save chart
                        </Button>
                    </>
                }
            >
                {chosen && (
                    <ChosenTrade
                        trade={chosen}
                        run={run}
                        isFirst={trades[0] === chosen}
                        isLast={trades[trades.length - 1] === chosen}
                        step={step}
                        back={back}
                        close={leave}
                    />
                )}
                {isOther && (
                    <Notice tone="warning">
                        The stored bars are not those of this run any more. The equity is the run’s own; the prices and
                        holding are those of today. “Verify” tells more.
                    </Notice>
                )}
                {isReady ? (
                    <Chart
                        ref={chart}
                        label={`${run.strategyName} on ${run.symbol}: prices with trades, equity and drawdown`}
                        times={times}
                        interval={run.timeframe}
                        panes={panes}
                        markers={markers}
                        onPick={(index) => {
                            const trade = tradeAt(times[index]!);
                            if (!trade || trade === chosen || trade.entryTime > times[index]!) return;
                            placed.current = trade;
                            choose(trade.tradeNo);
                        }}
                    />
                ) : bars.isComplete ? (
                    <EmptyNotice title="No bars of this range are stored any more.">
                        The figures are those of the run; there is nothing left to draw.
                    </EmptyNotice>
                ) : (
                    bars.error === null && (
                        <Skeleton
                            label={`Loading the bars: ${whole(bars.count)} so far`}
                            lines={1}
                            className="chart-skeleton"
                        />
                    )
                )}
                {bars.error !== null && (
                    <FailureNotice what="The bars could not be loaded." error={bars.error} retry={bars.retry} />
                )}
                {curve.error !== null && (
                    <FailureNotice
                        what="Every point of the equity could not be loaded; what is drawn is thinned."
                        error={curve.error}
                        retry={curve.retry}
                    />
                )}
            </Card>
        </div>
    );
});

interface ChosenProps {
    readonly trade: Trade;
    readonly run: Backtest;
    readonly isFirst: boolean;
    readonly isLast: boolean;
    readonly step: (by: number) => void;
    readonly back: () => void;
    readonly close: () => void;
}

/** The trade that the chart shows, in a line over it. */
function ChosenTrade({ trade, run, isFirst, isLast, step, back, close }: ChosenProps): JSX.Element {
    const way = direction(trade.pnlPct);
    const price = (value: number): string => decimal(value, priceDigits(value));
    const at = (time: number): string => writtenTime(time, run.timeframe);
    return (
        <div className="chosen-trade" role="group" aria-label="The chosen trade">
            <IconButton label="Previous trade" disabled={isFirst} onClick={() => step(-1)}>
                <UpIcon />
            </IconButton>
            <IconButton label="Next trade" disabled={isLast} onClick={() => step(1)}>
                <DownIcon />
            </IconButton>
            <p role="status">
                <strong>Trade {whole(trade.tradeNo)}</strong> bought {at(trade.entryTime)} at {price(trade.entryPrice)}, sold{" "}
                {at(trade.exitTime)} at {price(trade.exitPrice)}: {exitWords[trade.exitReason].toLowerCase()}
                {trade.gap ? " on a gap" : ""}, {counted(trade.barsHeld, "bar")}.{" "}
                <b className={way}>
                    <span aria-hidden="true">{directionMark[way]}</span> {signedPercent(trade.pnlPct / 100)}
                </b>
            </p>
            <span className="chosen-actions">
                <Button onClick={back}>Back to the trade</Button>
                <Button kind="quiet" onClick={close}>
                    Show all
                </Button>
            </span>
        </div>
    );
}

/** The curves of the run laid on the bars of the chart. */
function panesOf(run: Backtest, bars: Bars, curve: Curve, holding: readonly number[], isLog: boolean): readonly Pane[] {
    const equity = atTimes(curve, bars.time);
    // Beside thousands cents are noise, and make the axis wider than a phone can spare.
    const digits = Number(run.initialEquity) >= 1_000 ? 0 : 2;
    const prices: Pane = {
        id: "prices",
        label: run.symbol,
        weight: 52,
        scale: "price",
        isLog,
        series: [{ kind: "candles", bars }],
    };
    const money: Pane = {
        id: "equity",
        label: "Equity",
        weight: 28,
        scale: "price",
        isLog,
        series: [
            { kind: "line", name: "This run", values: equity, colour: 4, digits },
            ...(holding.length === 0
                ? []
                : [{ kind: "line", name: "Holding", values: holding, colour: "muted", isDashed: true, digits } as const]),
        ],
    };
    const falls: Pane = {
        id: "drawdown",
        label: "Drawdown",
        weight: 20,
        scale: "percent",
        series: [
            { kind: "area", name: "below the peak", values: drawdowns(equity, Number(run.initialEquity)), colour: "down" },
        ],
    };
    return [prices, money, falls];
}

function markersOf(trades: readonly Trade[], times: readonly number[]): readonly Marker[] {
    return trades.flatMap((trade): Marker[] => {
        const [entry, exit] = [trade.entryTime, trade.exitTime].map((time) => firstIndexAtOrAfter(times, time));
        // Bars that are stored no more have no place on the chart.
        if (times[entry!] !== trade.entryTime || times[exit!] !== trade.exitTime) return [];
        return [
            { index: entry!, side: "buy", text: `Buy #${trade.tradeNo}` },
            { index: exit!, side: "sell", text: `Sell ${signedPercent(trade.pnlPct / 100, 1)}` },
        ];
    });
}

const hasSameTimes = (left: readonly number[], right: readonly number[]): boolean =>
    left.length === right.length && left.every((time, index) => time === right[index]);
