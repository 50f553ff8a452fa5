import type { BacktestRun } from "api-types";
import type { RunForm } from "../../lib/run-form";
import { isoDay } from "../../lib/time";

/** The form that asks for the same run again. */
export const formOf = (run: BacktestRun): Readonly<Record<keyof RunForm, string>> => ({
    strategy: run.strategyId,
    version: String(run.strategyVersionId),
    symbol: run.symbol,
    start: isoDay(run.startDate),
    end: isoDay(run.endDate),
    equity: run.initialEquity,
    commission: String(run.simulation.commissionBps),
    slippage: String(run.simulation.slippageBps),
    timing: run.simulation.executionTiming,
    allocation: String(run.simulation.allocationPct),
});
