/* The chart of a symbol with everything around it that reads or changes the same bars. */
import { useMemo } from "react";
import type { SymbolDetails } from "../../api/symbols";
import type { Interval } from "../../lib/bars";
import { shownSpan } from "../../lib/chart-view";
import { priceDigits } from "../../lib/format";
import { formatOverlays } from "../../lib/overlays";
import { Chart } from "../../ui/chart/chart";
import { overlayLines, symbolPanes } from "./panes";
import { EmptyNotice, FailureNotice, Skeleton } from "../../ui/notices";
import { BarsTable } from "./bars-table";
import { ChartToolbar } from "./chart-toolbar";
import { OverlayEditor } from "./overlay-editor";
import { Quote, SourceLine, StaleBanner } from "./quote";
import { useBars } from "./use-bars";
import { useChartView } from "./use-chart-view";

export function SymbolChart({ details }: { details: SymbolDetails }): JSX.Element {
    const [view, change] = useChartView(details.intervals);
    const [history, loader] = useBars(details, view);
    const { bars, isComplete, isLoading, error } = history;
    const count = bars.time.length;
    const digits = priceDigits(bars.close[count - 1] ?? 1);
    const lines = useMemo(
        () => overlayLines(bars, view.overlays, isComplete),
        // By what they are and not by identity: moving the chart changes the address, not the lines.
        [formatOverlays(view.overlays), bars, isComplete],
    );
    const panes = useMemo(
        () => symbolPanes(details.symbol, bars, lines, view.isLog),
        [details.symbol, bars, lines, view.isLog],
    );
    const series = details.series.find((stored) => stored.interval === view.interval);

    return (
        <>
            <Quote details={details} bars={bars} interval={view.interval} digits={digits} />
            <StaleBanner bars={bars} interval={view.interval} />
            <section className="card chart-card" aria-label="Chart">
                <ChartToolbar intervals={details.intervals} view={view} change={change} />
                <OverlayEditor overlays={view.overlays} change={change} />
                {count > 0 ? (
                    <Chart
                        key={`${details.symbol} ${view.interval}`}
                        label={`${details.symbol}, ${intervalWord(view.interval)} candles with volume`}
                        times={bars.time}
                        interval={view.interval}
                        panes={panes}
                        shown={shownSpan(view, bars.time)}
                        onMoved={(span) => change({ span }, { replace: true })}
                        onNearStart={() => error === null && void loader.loadMore()}
                    />
                ) : isComplete ? (
                    <EmptyNotice title={`No ${intervalWord(view.interval)} bars are stored yet.`}>
                        Import them with{" "}
                        <code>
                            bitstockerz import --symbol {details.symbol} --timeframe {view.interval}
                        </code>
                        .
                    </EmptyNotice>
                ) : (
                    error === null && <Skeleton label="Loading the chart" lines={1} className="chart-skeleton" />
                )}
                {error !== null && (
                    <FailureNotice
                        what={count > 0 ? "Older bars could not be loaded." : "The bars could not be loaded."}
                        error={error}
                        retry={() => void loader.loadMore()}
                    />
                )}
                <SourceLine bars={bars} series={series} interval={view.interval} isLoading={isLoading && count > 0} />
            </section>
            {count > 0 && <BarsTable {...{ details, history, loader, view, change, digits }} />}
        </>
    );
}

const intervalWord = (interval: Interval): string => (interval === "1d" ? "daily" : "hourly");
