/* Fields with their labels, hints, faults and explanations. What is typed stays text until the form reads it. */
import { type InputHTMLAttributes, type ReactNode, type TextareaHTMLAttributes, useId, useRef } from "react";
import { isoDay, parseDay } from "../lib/time";
import { CalendarIcon } from "./icons";
import { IconButton } from "./parts/button";
import type { Option } from "./parts/choice";
import { Explained } from "./parts/explained";

export interface Frame {
    readonly label: string;
    readonly hint?: ReactNode;
    readonly fault?: string | null;
    /** What the field means, in a sentence or two. */
    readonly explain?: string | undefined;
    /** The label is for those who hear the page only: a heading or sentence around it says it to the eye. */
    readonly isLabelHidden?: boolean;
}

/** Puts label, hint and fault around a control, which is given what ties it to them. */
export function Field(props: Frame & { children: (ties: Ties) => ReactNode }): JSX.Element {
    const { label, hint, fault = null, explain, isLabelHidden = false, children } = props;
    const id = useId();
    const described = [hint && `${id}-hint`, fault !== null && `${id}-fault`].filter(Boolean).join(" ");
    return (
        <div className="field">
            <span className={isLabelHidden ? "visually-hidden" : "field-label"}>
                <label id={`${id}-label`} htmlFor={id}>
                    {label}
                </label>
                {explain !== undefined && <Explained label={label} text={explain} />}
            </span>
            {children({ id, "aria-invalid": fault !== null, "aria-describedby": described || undefined })}
            {fault !== null && (
                <span id={`${id}-fault`} className="field-fault">
                    {fault}
                </span>
            )}
            {hint && (
                <span id={`${id}-hint`} className="field-hint">
                    {hint}
                </span>
            )}
        </div>
    );
}

interface Ties {
    readonly id: string;
    readonly "aria-invalid": boolean;
    readonly "aria-describedby": string | undefined;
}

const framed = ({ label, hint, fault = null, explain, isLabelHidden = false }: Frame): Frame => ({
    label,
    hint,
    fault,
    explain,
    isLabelHidden,
});

type InputProps = Omit<InputHTMLAttributes<HTMLInputElement>, "onChange">;

export interface TextFieldProps extends InputProps, Frame {
    readonly value: string;
    readonly change: (text: string) => void;
    /** Stands in the field before and behind what is typed: `$`, `%`. */
    readonly prefix?: string;
    readonly suffix?: string;
}

export function TextField(props: TextFieldProps): JSX.Element {
    const { label, hint, fault, explain, isLabelHidden, value, change, prefix, suffix, ...rest } = props;
    return (
        <Field {...framed(props)}>
            {(ties) => {
                const input = (
                    <input
                        {...ties}
                        type="text"
                        value={value}
                        onChange={(event) => change(event.target.value)}
                        {...rest}
                    />
                );
                if (prefix === undefined && suffix === undefined) return input;
                return (
                    <span className="field-affixed">
                        {prefix !== undefined && <span aria-hidden="true">{prefix}</span>}
                        {input}
                        {suffix !== undefined && <span aria-hidden="true">{suffix}</span>}
                    </span>
                );
            }}
        </Field>
    );
}

/** Digits line up on the right, and phones show their number pad. */
const numeric = { inputMode: "decimal", autoComplete: "off", spellCheck: false } as const;

export const NumberField = (props: TextFieldProps): JSX.Element => (
    <TextField {...numeric} className="number" {...props} />
);
export const MoneyField = (props: TextFieldProps): JSX.Element => <NumberField prefix="$" {...props} />;
export const PercentField = (props: TextFieldProps): JSX.Element => <NumberField suffix="%" {...props} />;
/**
 * A day as every field and table writes it, `2023-09-21`, with the browser's calendar behind a button: a field of the
 * browser's own would write it the way of its language, which is another one than the page's.
 */
export function DateField(props: TextFieldProps): JSX.Element {
    const { label, hint, fault, explain, isLabelHidden, value, change, min, max, disabled, ...rest } = props;
    const calendar = useRef<HTMLInputElement>(null);
    // What is half typed is no day yet: the browser would complain of it.
    const day = parseDay(value);
    return (
        <Field {...framed(props)}>
            {(ties) => (
                <span className="field-affixed field-date">
                    <input
                        {...ties}
                        type="text"
                        placeholder="YYYY-MM-DD"
                        autoComplete="off"
                        spellCheck={false}
                        {...{ value, disabled }}
                        onChange={(event) => change(event.target.value)}
                        {...rest}
                    />
                    <IconButton
                        label={`Calendar: ${label}`}
                        disabled={disabled}
                        onClick={() => calendar.current?.showPicker()}
                    >
                        <CalendarIcon />
                    </IconButton>
                    <input
                        ref={calendar}
                        type="date"
                        className="field-calendar"
                        tabIndex={-1}
                        aria-hidden="true"
                        value={day === null ? "" : isoDay(day)}
                        {...{ min, max, disabled }}
                        onChange={(event) => change(event.target.value)}
                    />
                </span>
            )}
        </Field>
    );
}

interface SelectFieldProps<Value extends string> extends Frame {
    readonly options: readonly Option<Value>[];
    readonly value: Value | "";
    readonly change: (value: Value) => void;
    /** What stands there while nothing is chosen. */
    readonly placeholder?: string;
    readonly disabled?: boolean;
}

export function SelectField<Value extends string>(props: SelectFieldProps<Value>): JSX.Element {
    const { options, value, change, placeholder, disabled } = props;
    return (
        <Field {...framed(props)}>
            {(ties) => (
                <select
                    {...ties}
                    value={value}
                    disabled={disabled}
                    onChange={(event) => change(event.target.value as Value)}
                >
                    {placeholder !== undefined && (
                        <option value="" disabled>
                            {placeholder}
                        </option>
                    )}
                    {options.map((option) => (
                        <option key={option.value} value={option.value}>
                            {option.label}
                        </option>
                    ))}
                </select>
            )}
        </Field>
    );
}

interface TextAreaProps extends Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, "onChange">, Frame {
    readonly value: string;
    readonly change: (text: string) => void;
}

export function TextArea(props: TextAreaProps): JSX.Element {
    const { label, hint, fault, explain, isLabelHidden, value, change, ...rest } = props;
    return (
        <Field {...framed(props)}>
            {(ties) => (
                <textarea {...ties} value={value} onChange={(event) => change(event.target.value)} {...rest} />
            )}
        </Field>
    );
}
