/*
 * What can be done here by name or key. The palette, the keyboard and the help all read this one list, so that no key
 * does what the help does not say. A command is there while the part of the page that registered it is on the screen.
 */
import { useEffect, useRef, useSyncExternalStore } from "react";
import { keyPressed, type KeyState, noKeys } from "../lib/keys";

export interface Command {
    readonly id: string;
    readonly label: string;
    /** Heading in palette and help: `Go to`, `Strategy`. */
    readonly group: string;
    /**
     * Keys pressed one after the other, `g s`, or one with modifiers, `Ctrl+S`; several where each does it. None are
     * read while somebody types, except with Ctrl.
     */
    readonly keys?: string | readonly string[];
    /** The part that has the focus reads these keys itself: help lists them, and nobody else acts on them. */
    readonly isLocal?: boolean;
    readonly run: () => void;
}

let registered: readonly (readonly Command[])[] = [];
let flat: readonly Command[] = [];
const listeners = new Set<() => void>();

function set(next: readonly (readonly Command[])[]): void {
    registered = next;
    flat = next.flat();
    listeners.forEach((listener) => listener());
}

function subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
}

/** Registers these while the caller is on the screen; what they do may change with every render. */
export function useCommands(commands: readonly Command[]): void {
    const latest = useRef(commands);
    latest.current = commands;
    const signature = commands.map(({ id, label, group, keys }) => [id, label, group, keys].join("\t")).join("\n");
    useEffect(() => {
        const list = latest.current.map((command, index) => ({
            ...command,
            run: () => latest.current[index]?.run(),
        }));
        set([...registered, list]);
        return () => set(registered.filter((one) => one !== list));
    }, [signature]);
}

/** Every way to run it by key. */
export const keysOf = ({ keys }: Command): readonly string[] =>
    keys === undefined ? [] : typeof keys === "string" ? [keys] : keys;

export const useCommandList = (): readonly Command[] => useSyncExternalStore(subscribe, () => flat);

const pauseBetweenKeys = 1_200;

/** Reads the keyboard for every registered command; used once, by the shell. */
export function useCommandKeys(): void {
    useEffect(() => {
        let state: KeyState = noKeys;
        let timer: ReturnType<typeof setTimeout> | undefined;
        const press = (event: KeyboardEvent): void => {
            if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) return;
            const bindings = flat.flatMap((command, index) =>
                command.isLocal ? [] : keysOf(command).map((keys) => ({ keys, index })),
            );
            // The newest registration wins: a room's own command before the shell's.
            const found = keyPressed(state, event, isTyping(event.target), bindings.reverse());
            state = found.state;
            clearTimeout(timer);
            timer = setTimeout(() => (state = noKeys), pauseBetweenKeys);
            if (found.index === null) return;
            event.preventDefault();
            flat[found.index]?.run();
        };
        document.addEventListener("keydown", press);
        return () => {
            clearTimeout(timer);
            document.removeEventListener("keydown", press);
        };
    }, []);
}

const isTyping = (target: EventTarget | null): boolean =>
    target instanceof HTMLElement &&
    (target.isContentEditable ||
        /^(SELECT|TEXTAREA)$/.test(target.tagName) ||
        (target.tagName === "INPUT" && !/^(checkbox|radio|button)$/.test((target as HTMLInputElement).type)));
