import { type AssetType, assetTypeWords, postStrategiesBounds, type Timeframe } from "api-types";
import { timeframesOf } from "../../lib/definition/grammar";
import { type StrategyDraft, withAssetType } from "../../lib/definition/strategy";
import { assetTypeNames, timeframeNames } from "../../lib/kinds";
import { faultOf, TextArea, TextField } from "../../ui/form";
import { Card, Segmented } from "../../ui/parts";

interface Props {
    readonly draft: StrategyDraft;
    readonly error: unknown;
    readonly change: (change: (draft: StrategyDraft) => StrategyDraft, of?: string) => void;
}

/** What a strategy is called, and which bars it is for. */
export function AboutFields({ draft, error, change }: Props): JSX.Element {
    const { name, description, assetType, timeframe } = draft;
    const kindFault = faultOf(error, "asset_type") ?? faultOf(error, "timeframe");
    return (
        <Card label="What it is" className="about-fields">
            <TextField
                label="Name"
                value={name}
                maxLength={postStrategiesBounds.name.maxLength}
                autoComplete="off"
                placeholder="e.g. NVDA dip buyer"
                fault={faultOf(error, "name")}
                change={(text) => change((now) => ({ ...now, name: text }), "name")}
            />
            <div className="about-bars">
                <Segmented<AssetType>
                    label="Asset type"
                    options={assetTypeWords.map((value) => ({ value, label: assetTypeNames[value] }))}
                    value={assetType}
                    change={(next) => change((now) => withAssetType(now, next))}
                />
                <Segmented<Timeframe>
                    label="Timeframe"
                    options={timeframesOf[assetType].map((value) => ({ value, label: timeframeNames[value] }))}
                    value={timeframe}
                    change={(next) => change((now) => ({ ...now, timeframe: next }))}
                />
                {kindFault !== null && <span className="field-fault">{kindFault}</span>}
            </div>
            <details className="about-more" open={faultOf(error, "description") !== null}>
                <summary>
                    Description{description !== "" && <span className="about-begin"> {description}</span>}
                </summary>
                <TextArea
                    label="Description"
                    isLabelHidden
                    value={description}
                    maxLength={postStrategiesBounds.description.maxLength}
                    rows={6}
                    placeholder="Why it should work, and what you want to find out"
                    fault={faultOf(error, "description")}
                    change={(text) => change((now) => ({ ...now, description: text }), "description")}
                />
            </details>
        </Card>
    );
}
