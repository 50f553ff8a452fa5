/* Which of the runs are listed: said by the address, so that a link or the back button shows the same ones. */
import { jobStatusWords } from "api-types";
import { listBacktests, type RunFilter, runsKey } from "../../api/backtests";
import { statusWords } from "../../lib/run-words";
import { tickerIn } from "../../lib/ticker";
import { Link, navigate } from "../../ui/navigation";
import { useResource } from "../../ui/use-resource";

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** What an address says that can be meant; the rest of it is left aside. */
export function filterIn(query: string): RunFilter {
    const written = new URLSearchParams(query);
    const [strategy, symbol] = [written.get("strategy") ?? "", written.get("symbol") ?? ""];
    return {
        strategyID: uuid.test(strategy) ? strategy.toLowerCase() : null,
        symbol: tickerIn(symbol),
        status: jobStatusWords.find((status) => status === written.get("status")) ?? null,
    };
}

export const isFiltered = (filter: RunFilter): boolean => Object.values(filter).some((value) => value != null);

function addressOf({ strategyID, symbol, status }: RunFilter): string {
    const query = new URLSearchParams();
    if (strategyID) query.set("strategy", strategyID);
    if (symbol) query.set("symbol", symbol);
    if (status) query.set("status", status);
    return `/backtests?${query}`.replace(/\?$/, "");
}

interface Choice {
    readonly value: string;
    readonly label: string;
}

/** Strategies and symbols of the newest runs are there to choose from, deleted strategies among them. */
export function RunFilters({ filter }: { filter: RunFilter }): JSX.Element | null {
    const [newest] = useResource(runsKey({}, 0), () => listBacktests());
    const runs = newest.state === "ready" ? newest.value.runs : [];
    if (runs.length === 0 && !isFiltered(filter)) return null;
    const strategies = new Map(runs.map(({ strategyId, strategyName }) => [strategyId, strategyName]));
    const symbols = [...new Set(runs.map(({ symbol }) => symbol))].sort();
    const set = (part: RunFilter): void => navigate(addressOf({ ...filter, ...part }));
    return (
        <div className="run-filters" role="group" aria-label="Which runs">
            <Filter
                label="Strategy"
                value={filter.strategyID ?? ""}
                choices={[...strategies].map(([value, label]) => ({ value, label }))}
                change={(value) => set({ strategyID: value || null })}
            />
            <Filter
                label="Symbol"
                value={filter.symbol ?? ""}
                choices={symbols.map((value) => ({ value, label: value }))}
                change={(value) => set({ symbol: value || null })}
            />
            <Filter
                label="Status"
                value={filter.status ?? ""}
                choices={jobStatusWords.map((value) => ({ value, label: statusWords[value] }))}
                change={(value) => set({ status: jobStatusWords.find((status) => status === value) ?? null })}
            />
            {isFiltered(filter) && <Link href="/backtests">Show all</Link>}
        </div>
    );
}

interface FilterProps {
    readonly label: string;
    readonly value: string;
    readonly choices: readonly Choice[];
    readonly change: (value: string) => void;
}

/** What the address names is a choice, too, when none of the newest runs has it. */
const Filter = ({ label, value, choices, change }: FilterProps): JSX.Element => (
    <label className="inline-field">
        {label}
        <select value={value} onChange={(event) => change(event.target.value)}>
            <option value="">All</option>
            {value !== "" && choices.every((choice) => choice.value !== value) && (
                <option value={value}>{uuid.test(value) ? "Another" : value}</option>
            )}
            {choices.map((choice) => (
                <option key={choice.value} value={choice.value}>
                    {choice.label}
                </option>
            ))}
        </select>
    </label>
);
