/* What a result is drawn from beside the run itself: its bars, its whole equity curve, the rest of its trades. */
import type { Strategy } from "api-types";
import { useEffect, useMemo, useSyncExternalStore } from "react";
import { type Backtest, type BacktestRun, curveKey, readCurve, readMoreTrades, type Trade } from "../../api/backtests";
import { barPage, symbolDetails, symbolKey } from "../../api/resources";
import { readStrategy, strategyKey } from "../../api/strategies";
import { BarHistory } from "../../lib/bar-history";
import { type AssetType, type Bars, firstIndexAtOrAfter, noBars } from "../../lib/bars";
import { type Curve, curveOf } from "../../lib/results/curve";
import { TradeHistory } from "../../lib/results/trade-history";
import { secondsPerDay } from "../../lib/time";
import { type Reload, type Resource, useResource } from "../../ui/use-resource";

export interface Loaded<T> {
    readonly value: T;
    readonly isComplete: boolean;
    readonly error: unknown;
    readonly retry: () => void;
}

export interface RunBars extends Loaded<Bars> {
    readonly assetType: AssetType | null;
    /** How many have been read so far. */
    readonly count: number;
}

/** The bars of the run's range; none until they are all here. */
export function useRunBars(run: BacktestRun): RunBars {
    const [details, reload] = useResource(symbolKey(run.symbol), () => symbolDetails(run.symbol));
    const assetType = details.state === "ready" ? details.value.assetType : null;
    const after = run.endDate + secondsPerDay;
    const history = useMemo(
        () =>
            new BarHistory((before, page) =>
                assetType === null
                    ? Promise.resolve({ bars: noBars, hasOlder: true })
                    : barPage(run.symbol, assetType, run.timeframe, before ?? after, page),
            ),
        [assetType, run.symbol, run.timeframe, after],
    );
    const state = useSyncExternalStore(history.subscribe, history.state);
    useEffect(() => {
        if (assetType !== null) void history.loadBack(run.startDate, 0);
        return () => history.stop();
    }, [history, assetType, run.startDate]);
    // On a long way back not every page is told of, but the last one is.
    const isReaching = state.isComplete || (state.bars.time[0] ?? Infinity) <= run.startDate;
    const value = useMemo(
        () => (isReaching ? within(state.bars, run.startDate, after) : noBars),
        [state.bars, isReaching, run.startDate, after],
    );
    return {
        value,
        assetType,
        isComplete: isReaching,
        count: state.bars.time.length,
        error: details.state === "failed" ? details.error : state.error,
        retry: () => (details.state === "failed" ? reload() : history.retry()),
    };
}

function within(bars: Bars, from: number, to: number): Bars {
    const [first, end] = [firstIndexAtOrAfter(bars.time, from), firstIndexAtOrAfter(bars.time, to)];
    const cut = (column: readonly number[]): readonly number[] => column.slice(first, end);
    const { time, open, high, low, close, volume } = bars;
    return {
        time: cut(time),
        open: cut(open),
        high: cut(high),
        low: cut(low),
        close: cut(close),
        volume: cut(volume),
    };
}

/** The version that was run, as its strategy keeps it. */
export const useRunVersion = (run: Backtest): [Resource<Strategy>, Reload] =>
    useResource(`${strategyKey(run.strategyId)}/versions/${run.versionNumber}`, () =>
        readStrategy(run.strategyId, run.versionNumber),
    );

/** Every point of the equity; the thinned curve that came with the run until they are here. */
export function useRunCurve(run: Backtest): Loaded<Curve> {
    const [curve, reload] = useResource(curveKey(run.id), () => readCurve(run));
    const thinned = useMemo(() => curveOf(run.equity), [run.equity]);
    return {
        value: curve.state === "ready" ? curve.value : thinned,
        isComplete: curve.state === "ready",
        error: curve.state === "failed" ? curve.error : null,
        retry: reload,
    };
}

/** All trades: those that came with the run, and the others as they arrive; `wanted` is told of as soon as it is there. */
export function useRunTrades(run: Backtest, wanted: number | null): Loaded<readonly Trade[]> {
    const history = useMemo(() => {
        const { trades: first, hasMore } = run.trades;
        const total = hasMore ? run.results?.numTrades ?? Infinity : first.length;
        return new TradeHistory({ first, total, readPage: (offset) => readMoreTrades(run.id, offset) }, wanted);
        // Which trade is waited for matters while they are read only.
    }, [run]);
    const { trades, isComplete, error } = useSyncExternalStore(history.subscribe, history.state);
    useEffect(() => {
        void history.load();
        return () => history.stop();
    }, [history]);
    return { value: trades, isComplete, error, retry: () => void history.load() };
}
