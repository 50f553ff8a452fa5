import type { BacktestRun } from "api-types";
import type { RunForm } from "../../lib/run-form";
import { isoDay } from "../../lib/time";

/** What the form that was last sent is kept under. */
export const formName = "backtest-form";

/** The form that asks for the same run again; of what the run does not tell, the form's own. */
export const formOf = (run: BacktestRun): Readonly<Record<keyof RunForm, string | undefined>> => ({
    strategy: run.strategyId,
    version: String(run.strategyVersionId),
    symbol: run.symbol,
    start: isoDay(run.startDate),
    end: isoDay(run.endDate),
    equity: run.initialEquity,
    commission: run.simulation.commissionBps?.toString(),
    slippage: run.simulation.slippageBps?.toString(),
    timing: run.simulation.executionTiming,
    allocation: run.simulation.allocationPct?.toString(),
});
