import { differences } from "../../lib/definition/differences";
import type { Base, StrategyDraft } from "../../lib/definition/strategy";
import { Button, Notice } from "../../ui/parts";
import { DifferenceList } from "./difference-list";

interface Props {
    readonly base: Base;
    readonly draft: StrategyDraft;
    readonly current: Base;
    readonly isBusy: boolean;
    readonly saveMine: () => void;
    readonly takeTheirs: () => void;
}

/** Somebody saved in the meantime, in another tab or on another machine. Nothing is overwritten without a word. */
export function Overtaken({ base, draft, current, isBusy, saveMine, takeTheirs }: Props): JSX.Element {
    const isNewer = current.version !== base.version;
    const changes = differences(current.definition, draft.definition);
    return (
        <Notice
            tone="warning"
            title={
                isNewer
                    ? `This strategy has a newer version ${current.version}; yours was made from version ${base.version}.`
                    : "This strategy was changed elsewhere since you began."
            }
        >
            <div className="overtaken">
                {changes.length > 0 ? (
                    <>
                        <p>What yours does differently from version {current.version}:</p>
                        <DifferenceList changes={changes} />
                    </>
                ) : (
                    <p>
                        The rules are the same; name, description or bars differ. It is called {"\u201C"}
                        {current.name}
                        {"\u201D"} there.
                    </p>
                )}
                <p className="row">
                    <Button isBusy={isBusy} onClick={saveMine}>
                        {changes.length > 0 ? `Save mine as version ${current.version + 1}` : "Save mine"}
                    </Button>
                    <Button onClick={takeTheirs}>Take what is saved</Button>
                </p>
            </div>
        </Notice>
    );
}
