import type { Strategy } from "api-types";
import type { Reload, Resource } from "../../ui/use-resource";
import type { ChangeView } from "./use-chart-view";

interface Props {
    readonly strategies: Resource<readonly Strategy[]>;
    /** What the chart shows: strategies of other bars compute other indicators. */
    readonly kind: Pick<Strategy, "assetType" | "timeframe">;
    readonly reload: Reload;
    readonly chosen: string | null;
    readonly change: ChangeView;
}

/** Draws the indicators of one of the reader's strategies beside their own. */
export function StrategyChoice({ strategies, kind, reload, chosen, change }: Props): JSX.Element | null {
    if (strategies.state === "failed") {
        return (
            <button type="button" className="button-quiet" onClick={() => reload()}>
                Strategies could not be loaded. Try again
            </button>
        );
    }
    if (strategies.state === "loading") return null;
    const fitting = strategies.value.filter(
        ({ id, assetType, timeframe }) => id === chosen || (assetType === kind.assetType && timeframe === kind.timeframe),
    );
    if (fitting.length === 0) return null;
    return (
        <select
            className="strategy-choice"
            aria-label="Indicators of a strategy"
            value={chosen ?? ""}
            onChange={(event) => change({ strategy: event.target.value || null })}
        >
            <option value="">{chosen === null ? "Indicators of a strategy…" : "No strategy’s indicators"}</option>
            {fitting.map((one) => (
                <option key={one.id} value={one.id}>
                    {hasIndicators(one) ? one.name : `${one.name} (uses none)`}
                </option>
            ))}
        </select>
    );
}

function hasIndicators({ definition }: Strategy): boolean {
    const { indicators } = (definition ?? {}) as { readonly indicators?: unknown };
    return Array.isArray(indicators) && indicators.length > 0;
}
