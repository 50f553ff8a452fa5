/* Which strategy, which version of it, and on what. */
import type { Strategy, StrategyVersion } from "api-types";
import { versions, versionsKey } from "../api/strategies";
import { SelectField } from "./form";
import { SymbolField } from "./symbol-field";
import { useResource } from "./use-resource";

/** Ids as texts. An empty version is the newest. */
export interface StrategyChoice {
    readonly strategy: string;
    readonly version: string;
    readonly symbol: string;
}

interface Props {
    readonly strategies: readonly Strategy[];
    readonly form: StrategyChoice;
    readonly change: (part: Partial<StrategyChoice>) => void;
    readonly fault: (name: keyof StrategyChoice) => string | null;
    /** What it means that a version is chosen. */
    readonly aboutVersion: string;
}

/** Newest first; null while they are on their way, none where they cannot be had. */
export function useVersions(strategy: Strategy | undefined): readonly StrategyVersion[] | null {
    const [found] = useResource(strategy ? versionsKey(strategy.id) : "", async () =>
        strategy ? versions(strategy.id) : [],
    );
    if (found.state === "loading") return null;
    return found.state === "ready" ? found.value : [];
}

export function StrategyFields({ strategies, form, change, fault, aboutVersion }: Props): JSX.Element {
    const strategy = strategies.find(({ id }) => id === form.strategy);
    const older = (useVersions(strategy) ?? []).filter((one) => one.versionId !== strategy?.versionId);
    const choose = (id: string): void => {
        const next = strategies.find((one) => one.id === id);
        // Another kind of strategy trades other symbols.
        const isSameKind = next?.assetType === strategy?.assetType && next?.timeframe === strategy?.timeframe;
        change({ strategy: id, version: "", ...(!isSameKind && { symbol: "" }) });
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
                explain={aboutVersion}
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
