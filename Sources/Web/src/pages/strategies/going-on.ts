/*
 * A new strategy gets an address of its own when it is saved, and with it a builder of its own. Whoever types meanwhile
 * goes on in the same field there.
 */

interface Typing {
    /** Of the draft that the work goes on with. */
    readonly key: string;
    /** Which of the builder's fields has the focus; -1 for none. */
    readonly field: number;
    readonly caret: readonly [number, number] | null;
}

let typing: Typing | null = null;

const fieldsOf = (builder: HTMLElement): readonly HTMLElement[] => [
    ...builder.querySelectorAll<HTMLElement>(".builder-rules :is(input, select, textarea, button, summary)"),
];

/** Before the builder is left for the one of the draft `key`. */
export function goOnAt(key: string, builder: HTMLElement | null): void {
    const active = document.activeElement;
    const field = builder && active instanceof HTMLElement ? fieldsOf(builder).indexOf(active) : -1;
    const hasCaret = active instanceof HTMLInputElement || active instanceof HTMLTextAreaElement;
    const caret = hasCaret && active.selectionStart !== null ? ([active.selectionStart, active.selectionEnd!] as const) : null;
    typing = { key, field, caret };
}

/** Whether the builder of this draft only goes on with what was shown until now. */
export const isGoingOn = (key: string): boolean => typing?.key === key;

/** Where the work was, if it goes on in this builder; asked once. */
export function goOn(key: string, builder: HTMLElement | null): void {
    if (typing?.key !== key || !builder) return;
    const { field, caret } = typing;
    typing = null;
    const target = fieldsOf(builder)[field];
    target?.focus({ preventScroll: true });
    if (caret && (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement))
        target.setSelectionRange(...caret);
}
