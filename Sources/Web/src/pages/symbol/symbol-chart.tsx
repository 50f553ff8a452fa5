/* The chart of a symbol with everything around it that reads or changes the same bars. */
import { useMemo, useRef } from "react";
import type { SymbolDetails } from "../../api/symbols";
import { isRangeHere, shownSpan } from "../../lib/chart-view";
import { fileName } from "../../lib/file-name";
import { priceDigits } from "../../lib/format";
import { inSentence } from "../../lib/kinds";
import { formatOverlays, overlaysOf } from "../../lib/overlays";
import { isoDay } from "../../lib/time";
import { Chart, type ChartHandle } from "../../ui/chart/chart";
import { useCommands } from "../../ui/commands";
import { Link } from "../../ui/navigation";
import { EmptyNotice, FailureNotice, Skeleton } from "../../ui/notices";
import { saveFile } from "../../ui/save-file";
import { Standing } from "../../ui/standing";
import { BarsTable } from "./bars-table";
import { ChartToolbar } from "./chart-toolbar";
import { OverlayEditor } from "./overlay-editor";
import { guidesOf, markersOf } from "./own-trades";
import { overlayLines, symbolPanes } from "./panes";
import { Quote, SourceLine } from "./quote";
import { StrategyChoice } from "./strategy-choice";
import { BarsFrame } from "./symbol-frame";
import { useBars } from "./use-bars";
import { useChartView } from "./use-chart-view";
import { useOwnStrategies } from "./use-own-strategies";
import { useOwnTrades } from "./use-own-trades";

export function SymbolChart({ details }: { details: SymbolDetails }): JSX.Element {
    const [view, change] = useChartView(details.intervals);
    const [strategies, reloadStrategies] = useOwnStrategies();
    const chosen = strategies.state === "ready" && strategies.value.find(({ id }) => id === view.strategy);
    const overlays = [...view.overlays, ...(chosen ? overlaysOf(chosen.definition) : [])];
    const [history, loader] = useBars(details, view, overlays);
    const { bars, isComplete, isLoading, error } = history;
    const chart = useRef<ChartHandle>(null);
    const card = useRef<HTMLElement>(null);
    const count = bars.time.length;
    const digits = priceDigits(bars.close[count - 1] ?? 1);
    const lines = useMemo(
        () => overlayLines(bars, overlays, isComplete),
        // By what they are and not by identity: moving the chart changes the address, not the lines.
        [formatOverlays(overlays), bars, isComplete],
    );
    const { orders, executions } = useOwnTrades(details.symbol);
    const panes = useMemo(
        () => symbolPanes(details.symbol, bars, lines, view.isLog, guidesOf(orders)),
        [details.symbol, bars, lines, view.isLog, orders],
    );
    const markers = useMemo(() => markersOf(executions, bars.time, view.interval), [executions, bars.time, view.interval]);
    const series = details.series.find((stored) => stored.interval === view.interval);
    const savePicture = async (): Promise<void> => {
        const picture = await chart.current?.picture();
        const name = fileName([details.symbol, view.interval, isoDay(bars.time[count - 1] ?? 0), "chart"], "png");
        if (picture) saveFile(name, "image/png", picture);
    };
    useCommands([
        {
            id: "chart log",
            label: view.isLog ? "Linear prices" : "Logarithmic prices",
            group: "Chart",
            run: () => change({ isLog: !view.isLog }),
        },
        { id: "chart picture", label: "Save the chart as an image", group: "Chart", run: () => void savePicture() },
    ]);

    return (
        <>
            <Quote details={details} bars={bars} interval={view.interval} digits={digits} />
            <section ref={card} className="card chart-card" aria-label="Chart" tabIndex={-1}>
                <ChartToolbar
                    intervals={details.intervals}
                    view={view}
                    change={change}
                    range={isRangeHere(view, bars.time, isComplete || error === null) ? view.range : null}
                    savePicture={() => void savePicture()}
                >
                    <OverlayEditor overlays={view.overlays} change={change}>
                        <StrategyChoice
                            strategies={strategies}
                            kind={{ assetType: details.assetType, timeframe: view.interval }}
                            reload={reloadStrategies}
                            chosen={chosen ? chosen.id : null}
                            change={change}
                        />
                    </OverlayEditor>
                </ChartToolbar>
                {count > 0 ? (
                    <Chart
                        key={`${details.symbol} ${view.interval}`}
                        ref={chart}
                        label={`${details.symbol}, ${inSentence(view.interval)} candles with volume`}
                        times={bars.time}
                        interval={view.interval}
                        panes={panes}
                        markers={markers}
                        shown={shownSpan(view, bars.time)}
                        onMoved={(span) => change({ span }, { replace: true })}
                        onNearStart={() => error === null && void loader.loadMore()}
                    />
                ) : isComplete ? (
                    <EmptyNotice title={`No ${inSentence(view.interval)} bars are stored yet.`}>
                        An operator can <Link href="/data/import">import a file</Link> of them.
                    </EmptyNotice>
                ) : (
                    error === null && <Skeleton label="Loading the chart" lines={1} className="chart-skeleton" />
                )}
                {error !== null && (
                    <FailureNotice
                        what={count > 0 ? "Older bars could not be loaded." : "The bars could not be loaded."}
                        error={error}
                        retry={() => {
                            // The button goes with its notice; the focus stays at the chart.
                            card.current?.focus({ preventScroll: true });
                            loader.retry();
                        }}
                    />
                )}
                <SourceLine bars={bars} series={series} interval={view.interval} isLoading={isLoading && count > 0} />
                <Standing symbol={details.symbol} interval={view.interval} />
            </section>
            {count > 0 ? (
                <BarsTable {...{ details, history, loader, view, change, digits }} />
            ) : (
                !isComplete && <BarsFrame />
            )}
        </>
    );
}
