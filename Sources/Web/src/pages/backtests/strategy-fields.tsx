/* Which strategy, which version of it, and on what. */
import type { Strategy } from "api-types";
import { versions, versionsKey } from "../../api/strategies";
import { type RunForm } from "../../lib/run-form";
import { SelectField } from "../../ui/form";
import { SymbolField } from "../../ui/symbol-field";
import { useResource } from "../../ui/use-resource";
import { explain } from "./explain";

interface Props {
    readonly strategies: readonly Strategy[];
    readonly form: RunForm;
    readonly change: (part: Partial<RunForm>) => void;
    readonly fault: (name: keyof RunForm) => string | null;
}

export function StrategyFields({ strategies, form, change, fault }: Props): JSX.Element {
    const strategy = strategies.find(({ id }) => id === form.strategy);
    const [found] = useResource(strategy ? versionsKey(strategy.id) : "", async () =>
        strategy ? versions(strategy.id) : [],
    );
    const older = found.state === "ready" ? found.value.filter((one) => one.versionId !== strategy?.versionId) : [];
    const choose = (id: string): void => {
        const next = strategies.find((one) => one.id === id);
        // Another kind of strategy trades other symbols.
        const isSameKind = next?.assetType === strategy?.assetType && next?.timeframe === strategy?.timeframe;
        change({ strategy: id, version: "", ...(!isSameKind && { symbol: "", start: "", end: "" }) });
    };
    return (
        <>
            <SelectField
                label="Strategy"
                options={strategies.map(({ id, name }) => ({ value: id, label: shortened(name) }))}
                value={form.strategy}
                change={choose}
                fault={fault("strategy")}
            />
            <SelectField
                label="Version"
                options={[
                    { value: "newest", label: `Newest (v${strategy?.versionNumber ?? 1})` },
                    ...older.map(({ versionId, versionNumber }) => ({
                        value: String(versionId),
                        label: `v${versionNumber}`,
                    })),
                ]}
                value={older.some(({ versionId }) => String(versionId) === form.version) ? form.version : "newest"}
                change={(version) => change({ version: version === "newest" ? "" : version })}
                fault={fault("version")}
                explain={explain.version}
            />
            <SymbolField
                label="Symbol"
                assetType={strategy?.assetType ?? "EQUITY"}
                symbol={form.symbol}
                choose={(symbol) => change({ symbol })}
                fault={fault("symbol")}
            />
        </>
    );
}

const longest = 70;
const shortened = (name: string): string => (name.length > longest ? `${name.slice(0, longest)}…` : name);
