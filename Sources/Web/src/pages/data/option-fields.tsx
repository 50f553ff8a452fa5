/* What can be said about a file, field by field. A choice counts at once, a text when the field is left or Enter pressed. */
import type { ImportOption } from "api-types";
import { useEffect, useState } from "react";
import type { ImportOptions, OptionField } from "../../lib/data/import-options";
import { SelectField, TextField } from "../../ui/form";

interface Props {
    readonly fields: readonly OptionField[];
    readonly options: ImportOptions;
    readonly change: (part: Partial<ImportOptions>) => void;
    /** The one that is asked for above. */
    readonly asks: ImportOption | null;
}

export const OptionFields = ({ fields, options, change, asks }: Props): JSX.Element => (
    <div className="form-grid">
        {fields
            .filter(({ name }) => name !== asks)
            .map((field) => (
                <OptionInput key={field.name} field={field} options={options} change={change} />
            ))}
    </div>
);

interface InputProps extends Pick<Props, "options" | "change"> {
    readonly field: OptionField;
}

export function OptionInput({ field, options, change }: InputProps): JSX.Element {
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
            />
        );
    }
    const commit = (): void => {
        if (typed.trim() !== value) change({ [name]: typed.trim() });
    };
    return (
        <TextField
            label={label}
            explain={explain}
            placeholder={placeholder}
            autoComplete="off"
            spellCheck={false}
            value={typed}
            change={setTyped}
            onBlur={commit}
            onKeyDown={(event) => event.key === "Enter" && commit()}
        />
    );
}
