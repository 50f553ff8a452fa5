import type { BacktestRun } from "api-types";
import type { RunForm } from "../../lib/run-form";
import type { RunnerForm } from "../../lib/trading/runner-form";
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

/** The form that lets the run's version go on, on paper: from now, and not from its first day. */
export const runnerFormOf = (run: BacktestRun): Readonly<Partial<Record<keyof RunnerForm, string | undefined>>> => ({
    strategy: run.strategyId,
    version: String(run.strategyVersionId),
    symbol: run.symbol,
    size: run.simulation.allocationPct?.toString(),
});
