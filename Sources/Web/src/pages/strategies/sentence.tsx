import { countOf, type Faults } from "../../lib/definition/faults";
import { counted } from "../../lib/format";
import { Button, Card } from "../../ui/parts";
import type { Verdict } from "./use-validation";

interface Props {
    readonly verdict: Verdict;
    /** There is something to say anything of. */
    readonly isBegun: boolean;
    /** Of what is wrong that which is shown where it is. */
    readonly told: Faults;
    readonly goToFault: () => void;
}

/** What the strategy does, in the server's words. The last good ones stay while somebody types. */
export function Sentence({ verdict, isBegun, told, goToFault }: Props): JSX.Element {
    const { state, summary, error, again } = verdict;
    const isOld = summary === null || state === "invalid" || state === "failed";
    return (
        <Card label="In plain English" className="sentence">
            <p data-testid="sentence" className={isOld ? "sentence-text dim" : "sentence-text"}>
                {summary ?? "A plain-English summary appears here once the rules are complete."}
            </p>
            <p className="sentence-state" role="status" data-state={state}>
                {state === "checking" && <span aria-hidden="true">Checking{"\u2026"}</span>}
                {state === "valid" && "\u2713 Complete"}
                {state === "invalid" && isBegun && (
                    <>
                        {told.size > 0 ? (
                            <span className="sentence-faults">{counted(countOf(told), "thing")} to fix</span>
                        ) : (
                            <span className="dim">Not complete yet</span>
                        )}
                        <Button kind="quiet" onClick={goToFault}>
                            Show me
                        </Button>
                    </>
                )}
                {state === "failed" && (
                    <>
                        <span className="sentence-faults">
                            Not checked. {error instanceof Error ? error.message : "Something unexpected happened."}
                        </span>
                        <Button kind="quiet" onClick={again}>
                            Try again
                        </Button>
                    </>
                )}
            </p>
        </Card>
    );
}
