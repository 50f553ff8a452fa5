import { type KeyboardEvent, type ReactNode, useId, useRef } from "react";
import { Explained } from "./explained";

export interface Option<Value extends string> {
    readonly value: Value;
    readonly label: string;
}

interface SegmentedProps<Value extends string> {
    readonly label: string;
    readonly options: readonly Option<Value>[];
    readonly value: Value | null;
    readonly change: (value: Value) => void;
    readonly isDisabled?: boolean;
}

/** A few choices side by side, one of which holds. */
export function Segmented<Value extends string>(props: SegmentedProps<Value>): JSX.Element {
    const { label, options, value, change, isDisabled = false } = props;
    return (
        <div className="segment" role="group" aria-label={label}>
            {options.map((option) => (
                <button
                    key={option.value}
                    type="button"
                    aria-pressed={option.value === value}
                    disabled={isDisabled}
                    onClick={() => change(option.value)}
                >
                    {option.label}
                </button>
            ))}
        </div>
    );
}

interface CheckboxProps {
    readonly label: ReactNode;
    readonly isChecked: boolean;
    readonly change: (isChecked: boolean) => void;
    readonly isDisabled?: boolean;
    /** Read out in the place of a label that does not say of what. */
    readonly spoken?: string | undefined;
    readonly explain?: string;
}

export const Checkbox = (props: CheckboxProps): JSX.Element => {
    const { label, isChecked, change, isDisabled = false, spoken, explain } = props;
    return (
        <span className="checkbox">
            <label>
                <input
                    type="checkbox"
                    checked={isChecked}
                    disabled={isDisabled}
                    aria-label={spoken}
                    onChange={(event) => change(event.target.checked)}
                />
                {label}
            </label>
            {explain !== undefined && typeof label === "string" && <Explained label={label} text={explain} />}
        </span>
    );
};

interface TabsProps<Value extends string> extends SegmentedProps<Value> {
    readonly value: Value;
    /** What the chosen tab shows. */
    readonly children: ReactNode;
}

/** Views of one thing, after the ARIA practices: one tab stop, arrows between the tabs. */
export function Tabs<Value extends string>({ label, options, value, change, children }: TabsProps<Value>): JSX.Element {
    const id = useId();
    const list = useRef<HTMLDivElement>(null);
    const press = (event: KeyboardEvent): void => {
        const at = options.findIndex((option) => option.value === value);
        const to: Record<string, number> = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: options.length - 1 };
        const index = to[event.key];
        const next = index === undefined ? undefined : options[(index + options.length) % options.length];
        if (!next) return;
        event.preventDefault();
        change(next.value);
        list.current?.querySelector<HTMLElement>(`#${CSS.escape(`${id}-${next.value}`)}`)?.focus();
    };
    return (
        <div className="tabs">
            <div ref={list} role="tablist" aria-label={label} onKeyDown={press}>
                {options.map((option) => (
                    <button
                        key={option.value}
                        id={`${id}-${option.value}`}
                        type="button"
                        role="tab"
                        aria-selected={option.value === value}
                        aria-controls={option.value === value ? `${id}-panel` : undefined}
                        tabIndex={option.value === value ? 0 : -1}
                        onClick={() => change(option.value)}
                    >
                        {option.label}
                    </button>
                ))}
            </div>
            <div id={`${id}-panel`} role="tabpanel" aria-labelledby={`${id}-${value}`} tabIndex={0}>
                {children}
            </div>
        </div>
    );
}
