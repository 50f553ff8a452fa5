/* The form around fields: its failure, and the focus after it. */
import { type ReactNode, useEffect, useRef } from "react";
import { ApiError } from "../api/http";
import { wordsFor } from "../lib/code-words";
import { atField } from "../lib/field-words";
import { FailureNotice } from "./notices";
import type { Work } from "./use-work";

export {
    DateField,
    MoneyField,
    NumberField,
    PercentField,
    SelectField,
    TextArea,
    TextField,
} from "./fields";

/** A fault that the page finds itself, in the form of the server's. */
export const mistake = (field: string, message: string): ApiError =>
    new ApiError("refused", message, null, "VALIDATION_ERROR", null, [{ field, code: "INVALID", message }]);

export const faultOf = (error: unknown, field: string): string | null =>
    error instanceof ApiError ? wordsOf(error.fieldErrors.find((one) => one.field === field)) : null;

const wordsOf = (found: ApiError["fieldErrors"][number] | undefined): string | null =>
    found ? atField(found.field, found.message) : null;

/** What the server says of fields of the request, by the fields of the form that show them. */
export function faultsByField<Name extends string>(
    error: unknown,
    fieldOf: Readonly<Record<string, Name>>,
): ReadonlyMap<Name, string> {
    const faults = new Map<Name, string>();
    if (!(error instanceof ApiError)) return faults;
    for (const { field, message } of error.fieldErrors) {
        const name = fieldOf[field];
        if (name !== undefined && !faults.has(name)) faults.set(name, atField(field, message));
    }
    return faults;
}

/** A refusal that names no field lands on the one that can mend it; `adviceOf` adds what to do there. */
export function landed(
    error: unknown,
    fieldOfCode: Readonly<Record<string, string>>,
    adviceOf: (code: string) => string = () => "",
): unknown {
    if (!(error instanceof ApiError) || error.fieldErrors.length > 0 || error.code === null) return error;
    const field = wordsFor(fieldOfCode, error.code);
    if (field === undefined) return error;
    const message = `${error.message} ${adviceOf(error.code)}`.trim();
    const faults = [{ field, code: error.code, message }];
    return new ApiError(error.failure, error.message, error.status, error.code, error.requestID, faults);
}

interface FormProps {
    readonly work: Work;
    readonly submit: () => void;
    /** What could not be done, as a sentence. */
    readonly what: string;
    /** The fields that show their own faults. */
    readonly fields?: readonly string[];
    readonly label?: string;
    /** Counts attempts that the page itself has refused: their first fault gets the focus, too. */
    readonly refused?: number;
    readonly children: ReactNode;
}

/** After a failure the first invalid field has the focus; what no field shows stands above them. */
export function Form({ work, submit, what, fields = [], label, refused = 0, children }: FormProps): JSX.Element {
    const form = useRef<HTMLFormElement>(null);
    const { error } = work;
    const isShown = fields.some((field) => faultOf(error, field) !== null);
    useEffect(() => {
        if (error === null && refused === 0) return;
        form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
    }, [error, refused]);
    return (
        <form
            ref={form}
            className="form"
            noValidate
            aria-label={label}
            // A refusal is of what was sent: it says nothing of what is in the fields now.
            onChange={work.clear}
            onSubmit={(event) => {
                event.preventDefault();
                submit();
            }}
        >
            {error !== null && !isShown && <FailureNotice what={what} error={error} />}
            {children}
        </form>
    );
}
