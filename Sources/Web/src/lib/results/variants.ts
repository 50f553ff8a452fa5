/* The same run again with one thing changed: each says something about the result. */
import type { BacktestRun } from "api-types";
import { plainly } from "../format";
import type { RunForm } from "../run-form";
import { timingWords } from "./words";

export interface Variant {
    /** Reads on from "Run again with…". */
    readonly label: string;
    readonly change: Partial<RunForm>;
}

const usualCosts = { commission: "5", slippage: "5" };

export function variantsOf({ simulation }: Pick<BacktestRun, "simulation">): readonly Variant[] {
    const { commissionBps = 0, slippageBps = 0, executionTiming } = simulation;
    const [commission, slippage] = [2 * commissionBps, 2 * slippageBps].map(plainly);
    const other = executionTiming === "next_open" ? "signal_close" : "next_open";
    return [
        { label: "The same settings", change: {} },
        commissionBps + slippageBps > 0
            ? {
                  label: `Twice the costs (${commission} and ${slippage} bps)`,
                  change: { commission: String(2 * commissionBps), slippage: String(2 * slippageBps) },
              }
            : { label: "Costs of 5 and 5 bps", change: usualCosts },
        { label: `Fills ${timingWords[other]}`, change: { timing: other } },
        { label: "Another symbol", change: { symbol: "" } },
        { label: "The newest version", change: { version: "" } },
    ];
}
