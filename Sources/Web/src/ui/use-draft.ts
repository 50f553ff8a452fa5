/*
 * Work that is not saved yet, with undo and redo. It is kept in this browser under its user and its key, so that it
 * survives a reload and a session that ends; another user of the browser never sees it.
 */
import { useCallback, useEffect, useRef, useState } from "react";
import { changed, type History, historyOf, redone, undone } from "../lib/draft";

export interface DraftWork<T> {
    readonly value: T;
    /** False when the browser keeps nothing: its storage is full or forbidden. */
    readonly isKept: boolean;
    readonly canUndo: boolean;
    readonly canRedo: boolean;
    /** `of` names the field that is typed in, whose changes are one step of undo. */
    readonly change: (change: (value: T) => T, of?: string) => void;
    readonly undo: () => void;
    readonly redo: () => void;
    /** The work has come to its end: nothing of it is kept, now or later. */
    readonly end: () => void;
}

interface Options<T> {
    readonly user: string;
    readonly key: string;
    readonly initial: T;
    /** What is worth keeping of a value; null for nothing. A new function keeps anew. */
    readonly toKeep: (value: T) => unknown;
}

/** After the last change; leaving the page keeps it at once. */
const delay = 300;
const placeOf = (user: string, key: string): string => `draft ${user} ${key}`;

/** What was kept, read by `read`, which throws or gives null for what it cannot use. */
export function keptDraft<T>(user: string, key: string, read: (kept: unknown) => T | null): T | null {
    try {
        const text = localStorage.getItem(placeOf(user, key));
        return text === null ? null : read(JSON.parse(text));
    } catch {
        return null;
    }
}

/** False when it could not be kept. Null is forgotten. */
function keep(user: string, key: string, value: unknown): boolean {
    try {
        if (value === null) localStorage.removeItem(placeOf(user, key));
        else localStorage.setItem(placeOf(user, key), JSON.stringify(value));
        return true;
    } catch {
        return value === null;
    }
}

/** User and key stay the same while the part that works is mounted. */
export function useDraft<T>({ user, key, initial, toKeep }: Options<T>): DraftWork<T> {
    const [history, setHistory] = useState<History<T>>(() => historyOf(initial));
    const [isKept, setKept] = useState(true);
    const { present } = history;

    const pending = useRef<(() => boolean) | null>(null);
    const hasEnded = useRef(false);
    const started = useRef({ present, toKeep });
    useEffect(() => {
        if (hasEnded.current || (started.current.present === present && started.current.toKeep === toKeep)) return;
        started.current = { present, toKeep };
        const write = (): boolean => {
            pending.current = null;
            return keep(user, key, toKeep(present));
        };
        pending.current = write;
        const timer = setTimeout(() => setKept(write()), delay);
        return () => clearTimeout(timer);
    }, [user, key, present, toKeep]);

    useEffect(() => {
        const flush = (): void => void pending.current?.();
        window.addEventListener("pagehide", flush);
        document.addEventListener("visibilitychange", flush);
        return () => {
            window.removeEventListener("pagehide", flush);
            document.removeEventListener("visibilitychange", flush);
            flush();
        };
    }, []);

    const change = useCallback((work: (value: T) => T, of?: string): void => {
        setHistory((before) => changed(before, work(before.present), of ?? null, Date.now()));
    }, []);
    const undo = useCallback(() => setHistory(undone), []);
    const redo = useCallback(() => setHistory(redone), []);
    const end = useCallback(() => {
        hasEnded.current = true;
        pending.current = null;
        keep(user, key, null);
    }, [user, key]);
    const { past, future } = history;
    return { value: present, isKept, canUndo: past.length > 0, canRedo: future.length > 0, change, undo, redo, end };
}
