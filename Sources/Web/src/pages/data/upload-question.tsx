/* Why a file is not stored as it is, and what answers it: a choice, a word, or a yes. */
import type { ImportRefusal } from "api-types";
import type { ReactNode } from "react";
import { type ImportOptions, optionField } from "../../lib/data/import-options";
import { refusalInWords } from "../../lib/data/outcome";
import { Button, Notice } from "../../ui/parts";
import { OptionInput } from "./option-fields";

interface Props {
    readonly refusal: ImportRefusal;
    readonly options: ImportOptions;
    readonly change: (part: Partial<ImportOptions>) => void;
    readonly error: unknown;
    /** What can be done without an answer. */
    readonly children?: ReactNode;
}

export function UploadQuestion({ refusal, options, change, error, children }: Props): JSX.Element {
    const { asks } = refusal;
    const title = asks !== null ? "One question first." : children ? "This file is too much for a look." : "This file cannot be stored as it is.";
    return (
        <div data-testid="refusal">
            <Notice tone="warning" title={title}>
                {refusalInWords(refusal)}
                <Answer {...{ asks, options, change, error }} />
                {children}
            </Notice>
        </div>
    );
}

interface AnswerProps extends Pick<Props, "options" | "change" | "error"> {
    readonly asks: ImportRefusal["asks"];
}

function Answer({ asks, options, change, error }: AnswerProps): JSX.Element | null {
    if (asks === null) return null;
    if (asks === "replace")
        return (
            <p className="answers">
                <Button onClick={() => change({ replace: true })}>Put this file in the place of what is stored</Button>
            </p>
        );
    if (asks === "skip_invalid")
        return (
            <p className="answers">
                <Button onClick={() => change({ skip_invalid: true })}>Leave these lines out</Button>
            </p>
        );
    const field = optionField(asks);
    if (!field) return null;
    if (!field.choices) return <OptionInput {...{ field, options, change, error }} isQuestion />;
    return (
        <p className="answers" role="group" aria-label={field.label}>
            {field.choices.map(({ value, label }) => (
                <Button key={value} onClick={() => change({ [field.name]: value })}>
                    {label}
                </Button>
            ))}
        </p>
    );
}
