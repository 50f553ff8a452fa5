/* What a run was asked for, line by line, and what differs between runs. */
import type { BacktestRun, ExecutionTiming } from "api-types";
import { differences } from "../definition/differences";
import { readDefinition } from "../definition/tree";
import { decimal, plainly } from "../format";
import { timeframeNames } from "../kinds";
import { writtenDay } from "../time";
import { timingWords } from "./words";

export interface Setting {
    readonly label: string;
    readonly value: string;
}

const unknown = "not known";

/** Of a run that another release stored, which may tell less, or in words that this page does not know. */
const known = (value: number | undefined, unit: string): string =>
    value === undefined ? unknown : `${plainly(value)}${unit}`;

const timing = (word = unknown): string => (word in timingWords ? timingWords[word as ExecutionTiming] : word);

export const settingsOf = (run: BacktestRun): readonly Setting[] => [
    { label: "Strategy", value: `\u2068${run.strategyName}\u2069, version ${run.versionNumber}` },
    { label: "Symbol", value: run.symbol },
    { label: "Bars", value: timeframeNames[run.timeframe] },
    { label: "Range", value: `${writtenDay(run.startDate)} to ${writtenDay(run.endDate)}` },
    { label: "Starting equity", value: decimal(Number(run.initialEquity), 2) },
    { label: "Commission", value: known(run.simulation.commissionBps, " bps a side") },
    { label: "Slippage", value: known(run.simulation.slippageBps, " bps a side") },
    { label: "Fills", value: timing(run.simulation.executionTiming) },
    { label: "Allocation", value: known(run.simulation.allocationPct, "% of the equity") },
    { label: "Revision of the bars", value: run.barRevision === null ? unknown : String(run.barRevision) },
    { label: "Engine", value: run.engineVersion === null ? unknown : `version ${run.engineVersion}` },
];

export interface DifferingSetting {
    readonly label: string;
    /** One a run, in their order. */
    readonly values: readonly string[];
}

/** The settings that are not the same in all of them. */
export function differingSettings(runs: readonly BacktestRun[]): readonly DifferingSetting[] {
    const all = runs.map(settingsOf);
    return (all[0] ?? [])
        .map(({ label }, row) => ({ label, values: all.map((settings) => settings[row]!.value) }))
        .filter(({ values }) => new Set(values).size > 1);
}

/** What the second definition says otherwise than the first; null when one cannot be read by this page. */
export function definitionDifferences(first: unknown, second: unknown): readonly string[] | null {
    try {
        return differences(readDefinition(first), readDefinition(second)).map(({ kind, text }) =>
            kind === "added" ? `with ${text}` : kind === "removed" ? `without ${text}` : text,
        );
    } catch {
        return null;
    }
}
