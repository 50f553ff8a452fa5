/* Keys of commands: `g s` is one after the other, `Ctrl+S` both at once (Cmd on a Mac), `?` what the keyboard gives. */

export interface Pressed {
    readonly key: string;
    readonly ctrlKey: boolean;
    readonly metaKey: boolean;
    readonly altKey: boolean;
    readonly shiftKey: boolean;
}

export interface Binding {
    readonly keys: string;
    readonly index: number;
}

/** The keys pressed so far of a sequence. */
export type KeyState = readonly string[];
export const noKeys: KeyState = [];

/** `Ctrl+Shift+Z`, `g`, `?`: as bindings write it. */
export function keyName({ key, ctrlKey, metaKey, altKey, shiftKey }: Pressed): string {
    const isLetter = /^[a-z]$/i.test(key);
    const name = isLetter && (ctrlKey || metaKey) ? key.toUpperCase() : isLetter ? key.toLowerCase() : key;
    return [
        (ctrlKey || metaKey) && "Ctrl",
        altKey && "Alt",
        // Other characters say by themselves that Shift is held.
        shiftKey && (isLetter || key.length > 1) && "Shift",
        name,
    ]
        .filter(Boolean)
        .join("+");
}

/** Which binding this key completes, and what has been pressed of others. While typing only Ctrl means a command. */
export function keyPressed(
    state: KeyState,
    event: Pressed,
    isTyping: boolean,
    bindings: readonly Binding[],
): { readonly state: KeyState; readonly index: number | null } {
    const name = keyName(event);
    if (isTyping && !name.startsWith("Ctrl+")) return { state: noKeys, index: null };
    for (const sequence of state.length > 0 ? [[...state, name], [name]] : [[name]]) {
        const text = sequence.join(" ");
        const found = bindings.find(({ keys }) => keys === text);
        if (found) return { state: noKeys, index: found.index };
        if (bindings.some(({ keys }) => keys.startsWith(`${text} `))) return { state: sequence, index: null };
    }
    return { state: noKeys, index: null };
}
