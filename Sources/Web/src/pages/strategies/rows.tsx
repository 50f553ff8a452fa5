/* Rows that read as sentences: what they share, whatever they are of. */
import { type KeyboardEvent, type ReactNode, useCallback, useLayoutEffect, useRef, useState } from "react";
import type { FieldRow } from "../../lib/definition/grammar";
import type { PartFaults } from "../../lib/definition/faults";
import type { Definition } from "../../lib/definition/tree";
import { CopyIcon, DownIcon, TrashIcon, UpIcon } from "../../ui/icons";
import { IconButton, joined } from "../../ui/parts";

/** Changes the definition. `of` names the field that is typed in, whose keys are one step of undo. */
export type Edit = (change: (definition: Definition) => Definition, of?: string) => void;

interface RowProps {
    /** Of what, for those who hear the row's buttons. */
    readonly name: string;
    readonly position: number;
    readonly count: number;
    readonly faults: PartFaults;
    /** Where the messages of the faults stand, for the fields. */
    readonly faultID: string;
    readonly move: (by: number) => void;
    readonly copy?: (() => void) | undefined;
    readonly remove: () => void;
    readonly children: ReactNode;
}

/** Alt with an arrow moves the row from wherever the focus is in it. */
export function SentenceRow(props: RowProps): JSX.Element {
    const { name, position, count, faults, faultID, move, copy, remove, children } = props;
    const messages = [...new Set(Object.values(faults))];
    const press = (event: KeyboardEvent): void => {
        const by = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
        if (by === 0 || !event.altKey) return;
        // It would open the list of a select.
        event.preventDefault();
        moveBy(by);
    };
    const isFirst = position === 0;
    const isLast = position === count - 1;
    // Told only after a move by hand: not when a row above goes away.
    const [isMoved, setMoved] = useState(false);
    const moveBy = (by: number): void => {
        setMoved(true);
        move(by);
    };
    return (
        <li className={joined("line", messages.length > 0 && "line-wrong")} onKeyDownCapture={press}>
            <div className="line-words">{children}</div>
            <div className="line-tools">
                {count > 1 && (
                    <>
                        <IconButton
                            label={`Move ${name} up`}
                            title="Move up (Alt+\u2191)"
                            aria-disabled={isFirst}
                            onClick={() => moveBy(-1)}
                        >
                            <UpIcon />
                        </IconButton>
                        <IconButton
                            label={`Move ${name} down`}
                            title="Move down (Alt+\u2193)"
                            aria-disabled={isLast}
                            onClick={() => moveBy(1)}
                        >
                            <DownIcon />
                        </IconButton>
                    </>
                )}
                {copy && (
                    <IconButton label={`Copy ${name}`} title="Copy" onClick={copy}>
                        <CopyIcon />
                    </IconButton>
                )}
                <IconButton label={`Remove ${name}`} title="Remove" onClick={remove}>
                    <TrashIcon />
                </IconButton>
            </div>
            <span className="visually-hidden" role="status">
                {isMoved && `${position + 1} of ${count}`}
            </span>
            {messages.length > 0 && (
                <p id={faultID} className="field-fault">
                    {messages.join(" ")}
                </p>
            )}
        </li>
    );
}

interface NumberProps {
    readonly field: FieldRow;
    readonly value: string;
    readonly label: string;
    /** Where it is: the key of its part, and the names by which faults know it there. */
    readonly at: string;
    readonly isWrong: boolean;
    readonly faultID: string;
    readonly change: (text: string) => void;
}

/** A number inside a sentence. It stays the text that is typed. */
export const InlineNumber = ({ field, value, label, at, isWrong, faultID, change }: NumberProps): JSX.Element => (
    <span className="inline-number">
        <input
            type="text"
            inputMode="decimal"
            autoComplete="off"
            spellCheck={false}
            aria-label={label}
            data-at={at}
            aria-invalid={isWrong}
            aria-describedby={isWrong ? faultID : undefined}
            maxLength={24}
            value={value}
            onChange={(event) => change(event.target.value)}
        />
        {field.unit !== undefined && <span aria-hidden="true">{field.unit}</span>}
    </span>
);

interface SelectProps {
    readonly value: string;
    readonly label: string;
    /** Where it is: the key of its part, and the names by which faults know it there. */
    readonly at: string;
    readonly isWrong: boolean;
    readonly faultID: string;
    readonly change: (value: string) => void;
    readonly children: ReactNode;
}

export const InlineSelect = ({ value, label, at, isWrong, faultID, change, children }: SelectProps): JSX.Element => (
    <select
        className="inline-select"
        aria-label={label}
        data-at={at}
        aria-invalid={isWrong}
        aria-describedby={isWrong ? faultID : undefined}
        value={value}
        onChange={(event) => change(event.target.value)}
    >
        {children}
    </select>
);

interface RowList {
    readonly list: (element: HTMLElement | null) => void;
    /** Called before a row is added by hand: the focus goes into it. */
    readonly willAdd: () => void;
}

/** Keeps the focus in a list of rows: with a row that moves, in one that is new, beside one that goes. */
export function useRowFocus(count: number): RowList {
    const element = useRef<HTMLElement | null>(null);
    const focused = useRef<{ readonly node: HTMLElement; readonly index: number } | null>(null);
    const isAdding = useRef(false);
    const before = useRef(count);
    const note = useCallback((event: Event): void => {
        const node = event.target as HTMLElement;
        const rows = [...(element.current?.children ?? [])];
        focused.current = { node, index: rows.findIndex((row) => row.contains(node)) };
    }, []);
    const forget = useCallback((event: FocusEvent): void => {
        // A node that is moved or removed loses the focus to nothing; one that the reader leaves, to another.
        if (event.relatedTarget !== null) focused.current = null;
    }, []);
    const list = useCallback(
        (next: HTMLElement | null): void => {
            element.current?.removeEventListener("focusin", note);
            element.current?.removeEventListener("focusout", forget);
            element.current = next;
            next?.addEventListener("focusin", note);
            next?.addEventListener("focusout", forget);
        },
        [note, forget],
    );
    useLayoutEffect(() => {
        const rows = element.current?.children;
        const first = (row: Element | undefined): HTMLElement | null =>
            row?.querySelector<HTMLElement>("select, input, button") ?? null;
        if (isAdding.current && count > before.current && rows) first(rows[rows.length - 1])?.focus();
        else if (document.activeElement === document.body && focused.current) {
            const { node, index } = focused.current;
            if (node.isConnected) node.focus();
            else if (count < before.current && rows)
                (first(rows[Math.min(index, rows.length - 1)]) ??
                    element.current?.parentElement?.querySelector<HTMLElement>("[data-add]"))?.focus();
        }
        isAdding.current = false;
        before.current = count;
    });
    return {
        list,
        willAdd: useCallback(() => {
            isAdding.current = true;
        }, []),
    };
}
