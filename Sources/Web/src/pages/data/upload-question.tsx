/* Why a file is not stored as it is, and what answers it: a choice, a word, or a yes. */
import type { ImportRefusal } from "api-types";
import { type ImportOptions, optionField } from "../../lib/data/import-options";
import { refusalInWords } from "../../lib/data/outcome";
import { Button, Notice } from "../../ui/parts";
import { OptionInput } from "./option-fields";

interface Props {
    readonly refusal: ImportRefusal;
    readonly options: ImportOptions;
    readonly change: (part: Partial<ImportOptions>) => void;
}

export function UploadQuestion({ refusal, options, change }: Props): JSX.Element {
    const { asks } = refusal;
    return (
        <div data-testid="refusal">
            <Notice tone="warning" title={asks === null ? "This file cannot be stored as it is." : "One question first."}>
                {refusalInWords(refusal)}
                <Answer asks={asks} options={options} change={change} />
            </Notice>
        </div>
    );
}

function Answer({ asks, options, change }: Omit<Props, "refusal"> & { asks: ImportRefusal["asks"] }): JSX.Element | null {
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
    if (!field.choices)
        return (
            <div className="answers answers-text">
                <OptionInput field={field} options={options} change={change} />
            </div>
        );
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
