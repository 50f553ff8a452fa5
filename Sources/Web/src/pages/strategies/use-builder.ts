/* The work on one strategy: its draft, what the server has of it, and saving. */
import type { Strategy } from "api-types";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { invalidate } from "../../api/cache";
import { historyOf } from "../../lib/draft";
import { changeStrategy, createStrategy, readStrategy, strategyKey } from "../../api/strategies";
import {
    type Base,
    baseOf,
    changedParts,
    draftFrom,
    draftOf,
    isChanged,
    isOvertaken,
    rebased,
    type StrategyDraft,
    written,
} from "../../lib/definition/strategy";
import { savedDraftKey } from "../../lib/definition/unfinished";
import { faultOf, mistake } from "../../ui/form";
import { toast } from "../../ui/parts";
import { type DraftWork, keptDraft, useDraft } from "../../ui/use-draft";
import { useWork, type Work } from "../../ui/use-work";

/** What a kept draft was made from: null for nothing, undefined for what cannot be read. */
function baseFrom(value: unknown): Base | null | undefined {
    if (value === null) return null;
    const found = draftFrom(value);
    const { version, savedAt } = value as Partial<Base>;
    return found ? { ...found, version: Number(version), savedAt: Number(savedAt) } : undefined;
}

export interface Builder {
    readonly work: DraftWork<StrategyDraft>;
    readonly draft: StrategyDraft;
    /** Null for a strategy that was never saved. */
    readonly base: Base | null;
    readonly isUnsaved: boolean;
    /** The draft was here before the page was opened. */
    readonly isRestored: boolean;
    /** What was saved elsewhere since this draft was begun, if this draft would go over it. */
    readonly overtaking: Base | null;
    readonly saving: Work;
    /**
     * `over`: saves although something newer is there; `leaves`: the room is left for another when that is done. Gives
     * the strategy when it is saved.
     */
    readonly save: (options?: { readonly over?: boolean; readonly leaves?: boolean }) => Promise<Strategy | null>;
    /** Gives up the changes for what is saved, or what a new one begins with; undo brings them back. */
    readonly discard: () => void;
}

interface Options {
    readonly user: string;
    /** Of the draft, in the browser. */
    readonly draftKey: string;
    /** The saved strategy as it is now; null for a new one. */
    readonly saved: Strategy | null;
    /** What a new strategy begins with. */
    readonly initial: StrategyDraft;
}

export function useBuilder({ user, draftKey, saved, initial }: Options): Builder {
    const [kept] = useState(() => keptDraft(user, draftKey, draftFrom, baseFrom));
    const current = useMemo(() => saved && baseOf(saved), [saved]);
    const [base, setBase] = useState<Base | null>(() => kept?.base ?? current);
    const [asked, setAsked] = useState<Base | null>(null);
    const [saving, run] = useWork();
    const start = base ?? initial;
    const isWorth = useCallback((draft: StrategyDraft) => isChanged(start, draft), [start]);
    const [begin] = useState(() => kept?.history ?? historyOf(current ? draftOf(current) : initial));
    const work = useDraft({ user, key: draftKey, begin, base, isWorth });
    const draft = work.value;
    const isUnsaved = isChanged(start, draft);
    const { change } = work;

    // Saved elsewhere: what was not touched here follows at once, and so does all of it when nothing was.
    const newer = current && base && current.version >= base.version ? current : null;
    useEffect(() => {
        if (!newer || !base || newer === base || isOvertaken(base, draft, newer)) return;
        if (!isChanged(base, newer) && newer.version === base.version) return;
        change((mine) => rebased(base, mine, newer));
        setBase(newer);
        if (newer.version !== base.version) toast(`Version ${newer.version} was saved elsewhere. It is here now.`);
    }, [newer]);
    const overtaking =
        [newer, asked]
            .flatMap((one) => (one && base && isOvertaken(base, draft, one) ? [one] : []))
            .sort((left, right) => right.version - left.version)[0] ?? null;

    // Another tab may have saved meanwhile.
    const id = saved?.id ?? null;
    useEffect(() => {
        if (id === null) return;
        const look = (): void => {
            if (document.visibilityState === "visible") invalidate(strategyKey(id));
        };
        document.addEventListener("visibilitychange", look);
        window.addEventListener("focus", look);
        return () => {
            document.removeEventListener("visibilitychange", look);
            window.removeEventListener("focus", look);
        };
    }, [id]);

    const latest = useRef({ draft, base });
    latest.current = { draft, base };
    const save: Builder["save"] = async ({ over = false, leaves = false } = {}) => {
        let answer: Strategy | null = null;
        await run(async () => {
            const mine = latest.current.draft;
            if (mine.name.trim() === "") throw mistake("name", "Write a name.");
            if (id === null || base === null) {
                const made = await createStrategy(written(mine));
                answer = made;
                // What was typed meanwhile goes on as a change of what is saved now.
                if (latest.current.draft === mine) work.end();
                else work.move(savedDraftKey(made.id), baseOf(made));
                return;
            }
            for (;;) {
                const now = baseOf(await readStrategy(id));
                // Who saves over another version saves over the one that was shown, and no later one.
                if (over ? now.version !== overtaking?.version : isOvertaken(base, mine, now)) {
                    invalidate(strategyKey(id));
                    setAsked(now);
                    return;
                }
                try {
                    answer = await changeStrategy(id, changedParts(base, mine), now.version);
                    break;
                } catch (error) {
                    // Somebody else has saved since it was read.
                    if (faultOf(error, "base_version") === null) throw error;
                }
            }
            const after = baseOf(answer);
            // Nothing is left to keep, unless somebody has typed meanwhile.
            if (leaves && latest.current.draft === mine) {
                work.end();
                return;
            }
            change((draftNow) => rebased(base, draftNow, after));
            setBase(after);
            setAsked(null);
        });
        return answer;
    };
    const discard = (): void => {
        const to = overtaking ?? base;
        if (to) setBase(to);
        setAsked(null);
        change(() => (to ? draftOf(to) : initial));
    };
    return {
        work,
        draft,
        base,
        isUnsaved,
        isRestored: kept !== null,
        overtaking,
        saving,
        save,
        discard,
    };
}
