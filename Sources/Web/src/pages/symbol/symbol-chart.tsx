/* The chart of a symbol with everything around it that reads or changes the same bars. */
import { useMemo, useRef } from "react";
import type { SymbolDetails } from "../../api/symbols";
import type { Interval } from "../../lib/bars";
import { priceDigits } from "../../lib/format";
import { indicator } from "../../lib/indicators";
import { formatOverlays } from "../../lib/overlays";
import { ChartCanvas, type ChartHandle } from "../../ui/chart/chart-view";
import type { Line } from "../../ui/chart/price-chart";
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
    const chart = useRef<ChartHandle>(null);
    const count = bars.time.length;
    const digits = priceDigits(bars.close[count - 1] ?? 1);
    const lines = useMemo<Line[]>(
        () =>
            view.overlays.map((overlay) => ({
                overlay,
                values: indicator(overlay.type, bars[overlay.source], overlay.period, isComplete),
            })),
        // By what they are and not by identity: moving the chart changes the address, not the lines.
        [formatOverlays(view.overlays), bars, isComplete],
    );
    const moved = (from: number, to: number): void => {
        const first = bars.time[from];
        const last = bars.time[to];
        if (first !== undefined && last !== undefined && first < last) {
            change({ span: { from: first, to: last } }, { replace: true });
        }
    };
    const series = details.series.find((stored) => stored.interval === view.interval);

    return (
        <>
            <Quote details={details} bars={bars} interval={view.interval} digits={digits} />
            <StaleBanner bars={bars} interval={view.interval} />
            <section className="card chart-card" aria-label="Chart">
                <ChartToolbar
                    intervals={details.intervals}
                    view={view}
                    change={change}
                    pan={(part) => chart.current?.pan(part)}
                    zoom={(factor) => chart.current?.zoom(factor)}
                />
                <OverlayEditor overlays={view.overlays} change={change} />
                {count > 0 ? (
                    <ChartCanvas
                        key={`${details.symbol} ${view.interval} ${digits}`}
                        ref={chart}
                        symbol={details.symbol}
                        bars={bars}
                        lines={lines}
                        view={view}
                        digits={digits}
                        onMoved={moved}
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
