import type { Replay } from "api-types";
import { useState } from "react";
import { deleteReplay } from "../../api/replays";
import { tradePath } from "../../lib/routes";
import { namedTogether, symbolsOf } from "../../lib/trading/practice";
import { navigate } from "../../ui/navigation";
import { FailureNotice } from "../../ui/notices";
import { Button, Question, toast } from "../../ui/parts";
import { useWork } from "../../ui/use-work";

export function DeletePractice({ replay }: { replay: Replay }): JSX.Element {
    const [isAsking, setAsking] = useState(false);
    const [work, run] = useWork();
    const end = (): void => {
        work.clear();
        setAsking(false);
    };
    const agree = async (): Promise<void> => {
        if (!(await run(() => deleteReplay(replay.id)))) return;
        toast("The practice is deleted.");
        navigate(tradePath(), { replace: true });
    };
    return (
        <>
            <Button onClick={() => setAsking(true)}>Delete…</Button>
            <Question
                title="Delete this practice?"
                isOpen={isAsking}
                yes="Delete it"
                isBusy={work.isRunning}
                agree={() => void agree()}
                decline={end}
            >
                <p>Its orders and its result on {namedTogether(symbolsOf(replay))} go with it, and cannot be brought back.</p>
                {work.error !== null && <FailureNotice what="It could not be deleted." error={work.error} />}
            </Question>
        </>
    );
}
