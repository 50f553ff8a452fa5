import { useEffect, useMemo, useSyncExternalStore } from "react";
import { barPage } from "../../api/resources";
import type { SymbolDetails } from "../../api/symbols";
import { BarHistory, type HistoryState } from "../../lib/bar-history";
import { type ChartView, rangeStart } from "../../lib/chart-view";
import { longestWarmUp, type Overlay } from "../../lib/overlays";

/** The bars of one symbol and interval, with as many older ones as the view and its indicators need. */
export function useBars(
    details: SymbolDetails,
    view: ChartView,
    overlays: readonly Overlay[],
): [HistoryState, BarHistory] {
    const { symbol, assetType } = details;
    const history = useMemo(
        () => new BarHistory((before, page) => barPage(symbol, assetType, view.interval, before, page)),
        [symbol, assetType, view.interval],
    );
    const state = useSyncExternalStore(history.subscribe, history.state);
    const last = state.bars.time[state.bars.time.length - 1] ?? null;
    const start = last === null ? null : (view.span?.from ?? rangeStart(view.range, last));
    const extra = longestWarmUp(overlays);

    useEffect(() => {
        if (start === null) void history.loadMore();
        else void history.loadBack(start, extra);
    }, [history, start, extra]);

    useEffect(() => () => history.stop(), [history]);

    const hasFailed = state.error !== null;
    useEffect(() => {
        if (!hasFailed) return;
        const again = (): void => history.retry();
        window.addEventListener("online", again);
        return () => window.removeEventListener("online", again);
    }, [history, hasFailed]);
    return [state, history];
}
