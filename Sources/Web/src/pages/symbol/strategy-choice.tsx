import type { Strategy } from "api-types";
import type { Reload, Resource } from "../../ui/use-resource";
import type { ChangeView } from "./use-chart-view";

interface Props {
    readonly strategies: Resource<readonly Strategy[]>;
    readonly reload: Reload;
    readonly chosen: string | null;
    readonly change: ChangeView;
}

/** Draws the indicators of one of the reader's strategies beside their own. */
export function StrategyChoice({ strategies, reload, chosen, change }: Props): JSX.Element | null {
    if (strategies.state === "failed") {
        return (
            <button type="button" className="button-quiet" onClick={() => reload()}>
                Strategies could not be loaded. Try again
            </button>
        );
    }
    if (strategies.state === "loading" || strategies.value.length === 0) return null;
    return (
        <select
            className="strategy-choice"
            aria-label="Indicators of a strategy"
            value={chosen ?? ""}
            onChange={(event) => change({ strategy: event.target.value || null })}
        >
            <option value="">{chosen === null ? "Of a strategy…" : "Of no strategy"}</option>
            {strategies.value.map(({ id, name }) => (
                <option key={id} value={id}>
                    {name}
                </option>
            ))}
        </select>
    );
}
