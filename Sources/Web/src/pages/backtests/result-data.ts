/* What a result is drawn from beside the run itself: its bars, its whole equity curve, the rest of its trades. */
import type { Strategy } from "api-types";
import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { type Backtest, curveKey, readCurve, readMoreTrades, type Trade } from "../../api/backtests";
import { barPage, symbolDetails, symbolKey } from "../../api/resources";
import { readStrategy, strategyKey } from "../../api/strategies";
import { BarHistory } from "../../lib/bar-history";
import { type AssetType, type Bars, firstIndexAtOrAfter, noBars } from "../../lib/bars";
import { type Curve, curveOf } from "../../lib/results/curve";
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
export function useRunBars(run: Backtest): RunBars {
    const [details, reload] = useResource(symbolKey(run.symbol), () => symbolDetails(run.symbol));
    const assetType = details.state === "ready" ? details.value.assetType : null;
    const after = run.endDate + secondsPerDay;
    const history = useMemo(
        () =>
            new BarHistory((before) =>
                assetType === null
                    ? Promise.resolve({ bars: noBars, hasOlder: true })
                    : barPage(run.symbol, assetType, run.timeframe, before ?? after),
            ),
        [assetType, run.symbol, run.timeframe, after],
    );
    const state = useSyncExternalStore(history.subscribe, history.state);
    useEffect(() => {
        if (assetType !== null) void history.loadBack(run.startDate, 0);
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

/** All trades: those that came with the run, and the others as they arrive. */
export function useRunTrades(run: Backtest): Loaded<readonly Trade[]> {
    const [more, setMore] = useState<readonly Trade[]>([]);
    const [error, setError] = useState<unknown>(null);
    const [attempt, setAttempt] = useState(0);
    const { trades: first, hasMore } = run.trades;
    const wanted = run.results?.numTrades ?? first.length;
    const value = useMemo(() => (more.length === 0 ? first : [...first, ...more]), [first, more]);
    useEffect(() => {
        if (!hasMore) return;
        let isCurrent = true;
        const readRest = async (): Promise<void> => {
            const found = [...more];
            while (isCurrent && first.length + found.length < wanted) {
                const next = await readMoreTrades(run.id, first.length + found.length);
                // A server that promises more but gives none would be asked for ever.
                if (next.length === 0) break;
                found.push(...next);
            }
            if (isCurrent) setMore(found);
        };
        setError(null);
        readRest().catch((reason: unknown) => isCurrent && setError(reason ?? new Error("It failed.")));
        return () => {
            isCurrent = false;
        };
        // What has been read so far is where the next attempt goes on.
    }, [run.id, hasMore, attempt]);
    return {
        value,
        isComplete: !hasMore || value.length >= wanted || more.length > 0,
        error,
        retry: () => setAttempt((count) => count + 1),
    };
}
