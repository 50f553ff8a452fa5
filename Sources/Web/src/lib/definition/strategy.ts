/* A whole strategy while somebody works on it, and what of it the server has to be told. */
import { type AssetType, type Strategy, type Timeframe } from "api-types";
import { timeframesOf } from "./grammar";
import {
    type Definition,
    emptyDefinition,
    isSameDefinition,
    type Json,
    readDefinition,
    UnreadableDefinition,
    writeDefinition,
} from "./tree";

export interface StrategyDraft {
    readonly name: string;
    readonly description: string;
    readonly assetType: AssetType;
    readonly timeframe: Timeframe;
    readonly definition: Definition;
}

/** What the server had when the work on a draft began. */
export interface Base extends StrategyDraft {
    readonly version: number;
    /** Unix seconds. */
    readonly savedAt: number;
}

export const emptyDraft: StrategyDraft = {
    name: "",
    description: "",
    assetType: "EQUITY",
    timeframe: "1d",
    definition: emptyDefinition,
};

export const baseOf = (strategy: Strategy): Base => ({
    name: strategy.name,
    description: strategy.description,
    assetType: strategy.assetType,
    timeframe: strategy.timeframe,
    definition: readDefinition(strategy.definition),
    version: strategy.versionNumber,
    savedAt: strategy.updatedAt,
});

export const draftOf = ({ version: _, savedAt: __, ...draft }: Base): StrategyDraft => draft;

/** The timeframe goes with the kind of asset: not all of them have bars of every kind. */
export function withAssetType(draft: StrategyDraft, assetType: AssetType): StrategyDraft {
    const timeframes = timeframesOf[assetType];
    const timeframe = timeframes.includes(draft.timeframe) ? draft.timeframe : timeframes[0]!;
    return { ...draft, assetType, timeframe };
}

export interface Written {
    readonly name: string;
    readonly description: string;
    readonly asset_type: AssetType;
    readonly timeframe: Timeframe;
    readonly definition: Json;
}

export const written = ({ name, description, assetType, timeframe, definition }: StrategyDraft): Written => ({
    name: name.trim(),
    description,
    asset_type: assetType,
    timeframe,
    definition: writeDefinition(definition),
});

/**
 * What differs from what the server has. A definition that means the same is not among it, for it would make a version;
 * and what was not touched is not sent, so that it overwrites nothing.
 */
export function changedParts(base: StrategyDraft, draft: StrategyDraft): Partial<Written> {
    const [before, now] = [written(base), written(draft)];
    return {
        ...(before.name !== now.name && { name: now.name }),
        ...(before.description !== now.description && { description: now.description }),
        ...(before.asset_type !== now.asset_type && { asset_type: now.asset_type }),
        ...(before.timeframe !== now.timeframe && { timeframe: now.timeframe }),
        ...(!isSameDefinition(base.definition, draft.definition) && { definition: now.definition }),
    };
}

export const isChanged = (base: StrategyDraft, draft: StrategyDraft): boolean =>
    base !== draft && Object.keys(changedParts(base, draft)).length > 0;

/** Whether saving `draft` would put something of its own over what was saved elsewhere since `base`. */
export function isOvertaken(base: Base, draft: StrategyDraft, current: Base): boolean {
    const mine = changedParts(base, draft);
    if (mine.definition && current.version !== base.version) return true;
    const theirs = changedParts(base, current);
    return (["name", "description", "asset_type", "timeframe"] as const).some(
        (part) => mine[part] !== undefined && theirs[part] !== undefined && mine[part] !== theirs[part],
    );
}

/** The draft as if it had been begun from `current`: what was not touched since `base` is what stands there now. */
export function rebased(base: StrategyDraft, draft: StrategyDraft, current: StrategyDraft): StrategyDraft {
    const mine = changedParts(base, draft);
    return {
        name: mine.name === undefined ? current.name : draft.name,
        description: mine.description === undefined ? current.description : draft.description,
        assetType: mine.asset_type ?? current.assetType,
        timeframe: mine.timeframe ?? current.timeframe,
        definition: mine.definition === undefined ? current.definition : draft.definition,
    };
}

/** A draft that was kept in the browser: whatever stands there may be anything. Null when it cannot be read. */
export function draftFrom(value: unknown): StrategyDraft | null {
    const draft = value as Partial<StrategyDraft> | null;
    if (typeof draft !== "object" || draft === null || typeof draft.name !== "string") return null;
    if (typeof draft.description !== "string" || !isKind(draft.assetType, draft.timeframe)) return null;
    try {
        // Read anew, so that what an earlier build of this page kept is in the form of this one.
        const definition = readDefinition(writeDefinition(draft.definition!));
        const { name, description, assetType, timeframe } = draft as StrategyDraft;
        return { name, description, assetType, timeframe, definition };
    } catch {
        return null;
    }
}

const isKind = (assetType: unknown, timeframe: unknown): boolean =>
    Object.entries(timeframesOf).some(
        ([kind, timeframes]) => kind === assetType && (timeframes as readonly unknown[]).includes(timeframe),
    );

/** What a strategy in a file says. The message of a fault is for whoever chose the file. */
export function draftInFile(text: string): StrategyDraft {
    let value: unknown;
    try {
        value = JSON.parse(text);
    } catch {
        throw new UnreadableDefinition("it is not JSON");
    }
    if (typeof value !== "object" || value === null || Array.isArray(value))
        throw new UnreadableDefinition("it is not an object");
    const file = value as Readonly<Record<string, unknown>>;
    // A definition alone is taken as well: it is what the API's users have at hand.
    if (!("definition" in file)) return { ...emptyDraft, definition: readDefinition(file) };
    const { name, description = "", asset_type: assetType, timeframe } = file;
    if (typeof name !== "string") throw new UnreadableDefinition("name is not a text");
    if (typeof description !== "string") throw new UnreadableDefinition("description is not a text");
    if (!isKind(assetType, timeframe))
        throw new UnreadableDefinition("asset_type and timeframe are not ones that there are bars of");
    return {
        name,
        description,
        assetType: assetType as AssetType,
        timeframe: timeframe as Timeframe,
        definition: readDefinition(file["definition"]),
    };
}

export const fileText = (draft: StrategyDraft): string => `${JSON.stringify(written(draft), null, 2)}\n`;
