import { useState } from "react";
import { type Unfinished, unfinishedOf } from "../../lib/definition/unfinished";
import { agoInWords } from "../../lib/time";
import { draftsOf, forgetDraft } from "../../ui/kept-drafts";
import { Link } from "../../ui/navigation";
import { Button, Card, Question, toast } from "../../ui/parts";

interface Props {
    readonly user: string;
    /** The ids of the strategies that are saved. */
    readonly saved: readonly string[];
}

/** What was begun in this browser and not saved, with the way back to it. Nothing where there is nothing. */
export function UnfinishedWork({ user, saved }: Props): JSX.Element | null {
    const [drafts, setDrafts] = useState(() => draftsOf(user));
    const [leaving, setLeaving] = useState<Unfinished | null>(null);
    const rows = unfinishedOf(drafts, (id) => saved.includes(id));
    const discard = (): void => {
        if (!leaving) return;
        forgetDraft(user, leaving.key);
        setDrafts(draftsOf(user));
        setLeaving(null);
        toast("Discarded.");
    };
    const question = leaving && (leaving.isNew ? "It was never saved, and is kept in this browser only." : "What is saved of it stays.");
    return (
        <>
            {rows.length > 0 && (
                <Card title="Unfinished" className="unfinished">
                    <ul className="plain-list">
                        {rows.map((row) => (
                            <li key={row.key}>
                                <span className="unfinished-name">
                                    <b title={row.name}>
                                        <bdi>{row.name}</bdi>
                                    </b>
                                    <span className="dim">
                                        {row.isNew ? "not saved yet" : "changes not saved"}, edited{" "}
                                        {agoInWords(row.at / 1000, Date.now() / 1000)}
                                    </span>
                                </span>
                                <span className="row-actions">
                                    <Link href={row.path} className="button" aria-label={`Continue ${row.name}`}>
                                        Continue
                                    </Link>
                                    <Button kind="quiet" aria-label={`Discard ${row.name}`} onClick={() => setLeaving(row)}>
                                        Discard
                                    </Button>
                                </span>
                            </li>
                        ))}
                    </ul>
                </Card>
            )}
            <Question
                title={leaving ? `Discard \u201C${leaving.name}\u201D?` : ""}
                isOpen={leaving !== null}
                yes="Discard it"
                isBusy={false}
                agree={discard}
                decline={() => setLeaving(null)}
            >
                <p>{question}</p>
            </Question>
        </>
    );
}
