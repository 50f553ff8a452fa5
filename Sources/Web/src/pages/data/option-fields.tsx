/* What can be said about a file, field by field. A choice counts at once, a text when the field is left or Enter pressed. */
import type { ImportOption } from "api-types";
import { useEffect, useState } from "react";
import type { ImportOptions, OptionField } from "../../lib/data/import-options";
import { faultOf, SelectField, TextField } from "../../ui/form";
import { Button, Checkbox } from "../../ui/parts";

interface Props {
    readonly fields: readonly OptionField[];
    readonly options: ImportOptions;
    readonly change: (part: Partial<ImportOptions>) => void;
    /** The one that is asked for above. */
    readonly asks: ImportOption | null;
    /** Why the server did not take what was said. */
    readonly error: unknown;
}

export const OptionFields = ({ fields, options, change, asks, error }: Props): JSX.Element => (
    <div className="form-grid">
        {fields
            .filter(({ name, isFor }) => name !== asks && (isFor?.(options) ?? true))
            .map((field) => (
                <OptionInput key={field.name} {...{ field, options, change, error }} />
            ))}
    </div>
);

/** What was answered by a yes, to be taken back. */
export const Agreed = ({ options: { replace, skip_invalid }, change }: Pick<Props, "options" | "change">): JSX.Element => (
    <>
        {replace && (
            <p>
                <Checkbox
                    label="Put this file in the place of what is stored"
                    isChecked
                    change={() => change({ replace: false })}
                />
            </p>
        )}
        {skip_invalid && (
            <p>
                <Checkbox
                    label="Leave out the lines that are no bars"
                    isChecked
                    change={() => change({ skip_invalid: false })}
                />
            </p>
        )}
    </>
);

interface InputProps extends Pick<Props, "options" | "change" | "error"> {
    readonly field: OptionField;
    /** It stands alone, as a question: there is a button that answers it. */
    readonly isQuestion?: boolean;
}

export function OptionInput({ field, options, change, error, isQuestion = false }: InputProps): JSX.Element {
    const { name, label, explain, choices, placeholder, unsaid = "as the file says" } = field;
    const value = options[name];
    const [typed, setTyped] = useState<string>(value);
    // The address changed under the field, by the back button for instance.
    useEffect(() => setTyped(value), [value]);
    if (choices) {
        return (
            <SelectField
                label={label}
                explain={explain}
                options={[{ value: "", label: unsaid }, ...choices]}
                value={value}
                change={(chosen) => change({ [name]: chosen })}
                fault={faultOf(error, name)}
            />
        );
    }
    const commit = (): void => {
        if (typed.trim() !== value) change({ [name]: typed.trim() });
    };
    const input = (
        <TextField
            label={label}
            explain={explain}
            placeholder={placeholder}
            autoComplete="off"
            spellCheck={false}
            value={typed}
            change={setTyped}
            fault={faultOf(error, name)}
            onBlur={commit}
            onKeyDown={(event) => event.key === "Enter" && commit()}
        />
    );
    if (!isQuestion) return input;
    return (
        <div className="answers answers-text">
            {input}
            <Button onClick={commit}>Go on</Button>
        </div>
    );
}
