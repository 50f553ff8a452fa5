/* Short messages about what has just happened, in a corner of the window. They say nothing that is nowhere else. */
import { useSyncExternalStore } from "react";
import { unturned } from "../../lib/format";

interface Message {
    readonly id: number;
    readonly text: string;
}

const shownFor = 6_000;
const maximum = 3;
let messages: readonly Message[] = [];
let last = 0;
const listeners = new Set<() => void>();

function set(next: readonly Message[]): void {
    messages = next;
    listeners.forEach((listener) => listener());
}

function subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
}

export function toast(text: string): void {
    const id = ++last;
    set([...messages, { id, text: unturned(text) }].slice(-maximum));
    setTimeout(() => set(messages.filter((message) => message.id !== id)), shownFor);
}

export function Toasts(): JSX.Element {
    const shown = useSyncExternalStore(subscribe, () => messages);
    return (
        <div className="toasts" role="status">
            {shown.map((message) => (
                <p key={message.id}>
                    <span>{message.text}</span>
                </p>
            ))}
        </div>
    );
}
