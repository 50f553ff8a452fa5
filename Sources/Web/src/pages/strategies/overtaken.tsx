import { differences } from "../../lib/definition/differences";
import type { Base, StrategyDraft } from "../../lib/definition/strategy";
import { strategyVersionsPath } from "../../lib/routes";
import { agoInWords } from "../../lib/time";
import { Button, Notice } from "../../ui/parts";
import { DifferenceList } from "./difference-list";

interface Props {
    readonly id: string;
    readonly base: Base;
    readonly draft: StrategyDraft;
    readonly current: Base;
    readonly isBusy: boolean;
    readonly saveMine: () => void;
    readonly takeTheirs: () => void;
}

/** Somebody saved in the meantime, in another tab or on another machine. Nothing is overwritten without a word. */
export function Overtaken({ id, base, draft, current, isBusy, saveMine, takeTheirs }: Props): JSX.Element {
    const isNewer = current.version !== base.version;
    const when = agoInWords(current.savedAt, Date.now() / 1000);
    const changes = differences(current.definition, draft.definition);
    return (
        <Notice
            tone="warning"
            title={
                isNewer
                    ? `Version ${current.version} was saved elsewhere ${when}; yours was made from version ${base.version}.`
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
                        <bdi>{current.name}</bdi>
                        {"\u201D"} there.
                    </p>
                )}
                <p className="row">
                    <Button isBusy={isBusy} onClick={saveMine}>
                        {changes.length > 0 ? `Save mine as version ${current.version + 1}` : "Save mine"}
                    </Button>
                    <Button onClick={takeTheirs}>Take what is saved</Button>
                    {isNewer && (
                        <a href={strategyVersionsPath(id)} target="_blank" rel="noreferrer">
                            Look at version {current.version} (new tab)
                        </a>
                    )}
                </p>
            </div>
        </Notice>
    );
}
