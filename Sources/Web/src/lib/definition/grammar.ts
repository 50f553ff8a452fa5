/*
 * What a definition may say, as tables: the tree, the form, the words and the differences all follow them, so that a
 * further kind of operand, operator or level is a row here. What belongs to indicators comes from the server's catalog.
 */
import {
    type AssetType,
    type Indicator,
    priceSourceWords,
    RuleBounds,
    StopLossBounds,
    StrategyDefinitionBounds,
    TakeProfitBounds,
    type Timeframe,
} from "api-types";

/** One value inside a part of a definition. Its text is kept as it was typed. */
export interface FieldRow {
    /** Its key in the API's JSON. */
    readonly name: string;
    /** `indicator` is the id of one that the definition has. */
    readonly kind: "number" | "choice" | "indicator";
    readonly label: string;
    readonly initial: string;
    readonly options?: readonly string[];
    readonly unit?: string;
    readonly minimum?: number;
    readonly maximum?: number;
    readonly isWhole?: boolean;
}

interface Kind {
    readonly kind: string;
    readonly title: string;
    readonly fields: readonly FieldRow[];
}

/** In JSON an operand is known by the key of its first field, which is also the name of its kind. */
export const operandKinds: readonly Kind[] = [
    {
        kind: "indicator",
        title: "Indicators",
        fields: [{ name: "indicator", kind: "indicator", label: "indicator", initial: "" }],
    },
    {
        kind: "price",
        title: "Price",
        fields: [{ name: "price", kind: "choice", label: "price", initial: "close", options: priceSourceWords }],
    },
    {
        kind: "literal",
        title: "Number",
        fields: [{ name: "literal", kind: "number", label: "number", initial: "" }],
    },
];

export interface OperatorRow {
    readonly op: string;
    readonly words: string;
    /** When it holds, in a sentence. */
    readonly explain: string;
    /** Of two numbers there is nothing to cross. */
    readonly isCross?: boolean;
}

export const operators: readonly OperatorRow[] = [
    {
        op: "crosses_above",
        words: "crosses above",
        explain: "On the bar at which the left side is above the right one, and was not on the bar before.",
        isCross: true,
    },
    {
        op: "crosses_below",
        words: "crosses below",
        explain: "On the bar at which the left side is below the right one, and was not on the bar before.",
        isCross: true,
    },
    { op: "gt", words: "is above", explain: "On every bar with the left side above the right one." },
    { op: "gte", words: "is at or above", explain: "On every bar with the left side above the right one or equal." },
    { op: "lt", words: "is below", explain: "On every bar with the left side below the right one." },
    { op: "lte", words: "is at or below", explain: "On every bar with the left side below the right one or equal." },
    { op: "eq", words: "equals", explain: "On every bar at which both sides are the same, to the last digit." },
];

export interface LogicRow {
    readonly logic: string;
    readonly word: string;
    readonly title: string;
}

export const logics: readonly LogicRow[] = [{ logic: "AND", word: "and", title: "all of these hold" }];

/** Groups inside `entry` and `exit`, themselves counted. */
export const maximumDepth = 1;
export const maximumConditions = RuleBounds.conditions.maxItems;
export const maximumIndicators = StrategyDefinitionBounds.indicators.maxItems;

export interface SideRow {
    readonly side: Side;
    readonly title: string;
    /** Before its conditions, in a list of differences. */
    readonly verb: string;
    /** What a new condition between two averages says. */
    readonly cross: string;
}

export type Side = "entry" | "exit";
export const sides: readonly SideRow[] = [
    { side: "entry", title: "Buy when", verb: "Buy", cross: "crosses_above" },
    { side: "exit", title: "Sell when", verb: "Sell", cross: "crosses_below" },
];

/** A level of the position, and the ways to say where it lies. */
export interface LevelRow {
    readonly name: string;
    readonly title: string;
    readonly hint: string;
    /** Behind its number, in the form. */
    readonly place: string;
    readonly kinds: readonly Kind[];
}

interface Range {
    readonly minimum: number;
    readonly maximum: number;
}

const percent = ({ minimum, maximum }: Range, initial: string): Kind => ({
    kind: "percent",
    title: "percent",
    fields: [{ name: "value", kind: "number", label: "percent", unit: "%", minimum, maximum, initial }],
});

export const levels: readonly LevelRow[] = [
    {
        name: "stop_loss",
        title: "Stop loss",
        hint: "Sells when the price has fallen this far below the entry.",
        place: "below the entry",
        kinds: [percent(StopLossBounds.value, "5")],
    },
    {
        name: "take_profit",
        title: "Take profit",
        hint: "Sells when the price has risen this far above the entry.",
        place: "above the entry",
        kinds: [percent(TakeProfitBounds.value, "10")],
    },
];

/** The timeframes there are bars of. */
export const timeframesOf: Readonly<Record<AssetType, readonly Timeframe[]>> = {
    EQUITY: ["1d"],
    CRYPTO: ["1d", "1h"],
};

export type Catalog = readonly Indicator[];

/** The number that a text is; null for what is none. */
export function numberIn(text: string): number | null {
    const written = text.trim().replace(/^\u2212/, "-");
    if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(written)) return null;
    const value = Number(written);
    return Number.isFinite(value) ? value : null;
}

/** What the rows of an indicator's form are, by the server's catalog. */
export const indicatorFields = (entry: Indicator): readonly FieldRow[] =>
    entry.params.map((param) => ({
        name: param.name,
        kind: "number",
        label: param.name.replace(/_/g, " "),
        initial: String(param.default),
        minimum: param.minimum,
        maximum: param.maximum,
        isWhole: true,
    }));

export const operandKind = (kind: string): Kind => operandKinds.find((row) => row.kind === kind)!;
export const operatorRow = (op: string): OperatorRow => operators.find((row) => row.op === op)!;
export const logicRow = (logic: string): LogicRow => logics.find((row) => row.logic === logic)!;
