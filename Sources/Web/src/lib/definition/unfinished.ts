/* Drafts of strategies that were left unsaved, each with the way back to it. */
import { newStrategyPath, strategyPath } from "../routes";
import { draftFrom } from "./strategy";

/** How the draft of a strategy is called in the browser: by the template of a new one, by the id of a saved one. */
export const newDraftKey = (template: string | null): string => `new ${template ?? ""}`;
export const savedDraftKey = (id: string): string => `strategy ${id}`;

export interface Unfinished {
    readonly key: string;
    readonly name: string;
    /** Unix milliseconds. */
    readonly at: number;
    readonly path: string;
    /** False for changes of a strategy that is saved. */
    readonly isNew: boolean;
}

interface Kept {
    readonly key: string;
    readonly at: number;
    readonly history: unknown;
}

/** `isThere` tells whether a saved strategy still is: changes of one that is gone lead nowhere. */
export function unfinishedOf(drafts: readonly Kept[], isThere: (id: string) => boolean): readonly Unfinished[] {
    return drafts.flatMap(({ key, at, history }) => {
        const [, kind, rest] = /^(new|strategy) (.*)$/.exec(key) ?? [];
        const draft = draftFrom((history as { readonly present?: unknown } | null)?.present);
        if (draft === null || rest === undefined || (kind === "strategy" && !isThere(rest))) return [];
        const isNew = kind === "new";
        const path = isNew ? newStrategyPath(rest === "" ? undefined : rest) : strategyPath(rest);
        return [{ key, at, path, isNew, name: draft.name.trim() || "A strategy without a name" }];
    });
}
