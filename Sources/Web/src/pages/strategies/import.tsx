import { postStrategiesBounds } from "api-types";
import { useRef, useState } from "react";
import { draftInFile, type StrategyDraft } from "../../lib/definition/strategy";
import { Button, Dialog } from "../../ui/parts";

/** What is larger the API would not take either. */
const largestFile = postStrategiesBounds.body.maxBytes;

/** What was read from a file in another room, for the builder that opens next. */
let handed: StrategyDraft | null = null;

export function handOver(draft: StrategyDraft): void {
    handed = draft;
}

export function takeHanded(): StrategyDraft | null {
    const draft = handed;
    handed = null;
    return draft;
}

interface Props {
    readonly className?: string;
    readonly take: (draft: StrategyDraft) => void;
}

/** Reads a file that was exported here. A wrong one is told as such, and nothing changes. */
export function ImportButton({ className, take }: Props): JSX.Element {
    const input = useRef<HTMLInputElement>(null);
    const [fault, setFault] = useState<string | null>(null);
    const read = async (file: File): Promise<void> => {
        try {
            if (file.size > largestFile) throw new Error("it is too large");
            take(draftInFile(await file.text()));
        } catch (error) {
            const reason = error instanceof Error ? error.message : "it could not be read";
            setFault(`\u201C${file.name}\u201D is no strategy: ${reason}. Nothing was changed.`);
        }
    };
    return (
        <>
            <Button className={className} onClick={() => input.current?.click()}>
                Import JSON
            </Button>
            <input
                ref={input}
                type="file"
                accept=".json,application/json"
                aria-label="A strategy as a JSON file"
                hidden
                onChange={(event) => {
                    const file = event.target.files?.[0];
                    // The same file may be chosen again, after it was mended.
                    event.target.value = "";
                    if (file) void read(file);
                }}
            />
            <Dialog
                title="That file cannot be imported"
                isOpen={fault !== null}
                close={() => setFault(null)}
                actions={<Button onClick={() => setFault(null)}>Close</Button>}
            >
                <p>{fault}</p>
            </Dialog>
        </>
    );
}
