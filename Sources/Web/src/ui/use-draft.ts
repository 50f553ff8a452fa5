/*
 * Work that is not saved yet, with undo and redo. It is kept in this browser under its user and its key, so that it
 * survives a reload and a session that ends; another user of the browser never sees it.
 */
import { useCallback, useEffect, useRef, useState } from "react";
import { changed, type History, historyFrom, redone, undone } from "../lib/draft";
import { forgetDraft, keepDraft, readDraft } from "./kept-drafts";

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
    /** The work goes on elsewhere, under another key and from another beginning: it is kept there, and here no more. */
    readonly move: (key: string, base: unknown) => void;
}

interface Options<T, Base> {
    readonly user: string;
    readonly key: string;
    readonly begin: History<T>;
    /** What the work was begun from, which is kept with it. */
    readonly base: Base;
    /** Whether a value is worth keeping. A new function keeps anew. */
    readonly isWorth: (value: T) => boolean;
}

/** After the last change; leaving the page keeps it at once. */
const delay = 300;

export interface Found<T, Base> {
    readonly history: History<T>;
    readonly base: Base;
}

/** What was kept; null when there is nothing, or nothing that can be read. */
export function keptDraft<T, Base>(
    user: string,
    key: string,
    read: (value: unknown) => T | null,
    readBase: (value: unknown) => Base | undefined,
): Found<T, Base> | null {
    const kept = readDraft(user, key);
    const history = kept && historyFrom(kept.history, read);
    const base = kept ? readBase(kept.base) : undefined;
    return history && base !== undefined ? { history, base } : null;
}

/** User and key stay the same while the part that works is mounted. */
export function useDraft<T, Base>({ user, key, begin, base, isWorth }: Options<T, Base>): DraftWork<T> {
    const [history, setHistory] = useState(begin);
    const [isKept, setKept] = useState(true);
    const { present, past, future } = history;

    const latest = useRef(history);
    latest.current = history;
    const pending = useRef<(() => boolean) | null>(null);
    const hasEnded = useRef(false);
    const started = useRef({ history, isWorth });
    useEffect(() => {
        if (hasEnded.current || (started.current.history === history && started.current.isWorth === isWorth)) return;
        started.current = { history, isWorth };
        const write = (): boolean => {
            pending.current = null;
            if (isWorth(history.present)) return keepDraft(user, key, history, base);
            forgetDraft(user, key);
            return true;
        };
        pending.current = write;
        const timer = setTimeout(() => setKept(write()), delay);
        return () => clearTimeout(timer);
    }, [user, key, history, base, isWorth]);

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
        forgetDraft(user, key);
    }, [user, key]);
    const move = useCallback(
        (to: string, from: unknown) => {
            end();
            keepDraft(user, to, latest.current, from);
        },
        [user, end],
    );
    const [canUndo, canRedo] = [past.length > 0, future.length > 0];
    return { value: present, isKept, canUndo, canRedo, change, undo, redo, end, move };
}
