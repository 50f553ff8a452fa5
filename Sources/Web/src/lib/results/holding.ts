/*
 * Buying at the start and holding to the end, by the run's own fill rule, allocation and costs: what the server reports
 * the return of, computed here bar by bar to be drawn and measured beside the run.
 */
import type { BacktestRun } from "api-types";
import type { Bars } from "../bars";

type Settings = Pick<BacktestRun, "simulation" | "initialEquity">;

/**
 * One value a bar; empty for fewer than two bars, which leave no time to hold anything, and for a run of another release
 * that does not tell how it trades.
 */
export function holdingCurve(bars: Bars, { simulation, initialEquity }: Settings): number[] {
    const last = bars.close.length - 1;
    if (last < 1) return [];
    const { allocationPct, commissionBps, slippageBps, executionTiming } = simulation;
    if (allocationPct === undefined || commissionBps === undefined || slippageBps === undefined) return [];
    const cash = Number(initialEquity);
    const isAtClose = executionTiming === "signal_close";
    const [commission, slippage] = [commissionBps / 1e4, slippageBps / 1e4];
    const price = (isAtClose ? bars.close[0]! : bars.open[1]!) * (1 + slippage);
    const quantity = (cash * (allocationPct / 100)) / (price * (1 + commission));
    const rest = cash - quantity * price * (1 + commission);
    const sold = rest + quantity * bars.close[last]! * (1 - slippage) * (1 - commission);
    return bars.close.map((close, index) =>
        index === last ? sold : index === 0 && !isAtClose ? cash : rest + quantity * close,
    );
}
