/*
 * Where something is wrong. The server names a place by its path in the document that was sent; faults are kept by the
 * key of the part, so that they stay with it when rows are moved before the next answer comes.
 */
import {
    type Catalog,
    type FieldRow,
    indicatorFields,
    levels,
    numberIn,
    operandKind,
} from "./grammar";
import { type Condition, conditionsOf, type Definition, type Group, isGroup, type Values } from "./tree";

/** By the name of the field inside the part: `period`, `left.literal`; `` is the part as a whole. */
export type PartFaults = Readonly<Record<string, string>>;
/** By the key of the part: of indicators, conditions and groups; `risk.NAME`; `` is the definition as a whole. */
export type Faults = ReadonlyMap<string, PartFaults>;

export const noFaults: PartFaults = {};

export interface PathFault {
    readonly path: string;
    readonly message: string;
}

interface Place {
    readonly key: string;
    readonly field: string;
}

export function placeIn(definition: Definition, path: string): Place {
    const [first, ...steps] = path.match(/[^.[\]]+/g) ?? [];
    switch (first) {
        case "indicators": {
            const found = definition.indicators[Number(steps[0])];
            const field = steps.slice(1).filter((step) => step !== "params");
            return found ? { key: found.key, field: field.join(".") } : { key: "indicators", field: "" };
        }
        case "entry":
        case "exit":
            return placeInGroup(definition[first], steps);
        case "risk":
            return { key: steps[0] === undefined ? "risk" : `risk.${steps[0]}`, field: steps.slice(1).join(".") };
        default:
            return { key: "", field: path };
    }
}

function placeInGroup(group: Group, steps: readonly string[]): Place {
    const part: Condition | Group | undefined = steps[0] === "conditions" ? group.parts[Number(steps[1])] : undefined;
    if (!part) return { key: group.key, field: "" };
    const inner = steps.slice(2);
    return isGroup(part) ? placeInGroup(part, inner) : { key: part.key, field: inner.join(".") };
}

/** The faults that the server found in what was sent of `definition`. One message a field: the first. */
export function faultsOf(definition: Definition, errors: readonly PathFault[]): Faults {
    const found = new Map<string, Record<string, string>>();
    for (const { path, message } of errors) {
        const { key, field } = placeIn(definition, path);
        const part = found.get(key) ?? {};
        if (part[field] === undefined) part[field] = message;
        found.set(key, part);
    }
    return found;
}

/** What can be told while typing, without the server: a field with no number in it, or one out of its range. */
export function typingFaults(definition: Definition, catalog: Catalog): Faults {
    const found = new Map<string, Record<string, string>>();
    const look = (key: string, fields: readonly FieldRow[], values: Values, prefix = ""): void => {
        for (const field of fields) {
            const message = field.kind === "number" ? numberFault(field, values[field.name] ?? "") : null;
            if (message !== null) found.set(key, { ...found.get(key), [prefix + field.name]: message });
        }
    };
    for (const one of definition.indicators) {
        const entry = catalog.find((row) => row.type === one.type);
        if (entry) look(one.key, indicatorFields(entry), one.params);
    }
    for (const group of [definition.entry, definition.exit]) {
        if (conditionsOf(group).length === 0) found.set(group.key, { "": "Add at least one condition." });
        for (const { key, left, right } of conditionsOf(group)) {
            look(key, operandKind(left.kind).fields, left.values, "left.");
            look(key, operandKind(right.kind).fields, right.values, "right.");
        }
    }
    for (const { name, kinds } of levels) {
        const level = definition.risk[name];
        const fields = level && kinds.find((row) => row.kind === level.kind)?.fields;
        if (fields) look(`risk.${name}`, fields, level.values);
    }
    return found;
}

function numberFault({ minimum, maximum, unit = "", isWhole, label }: FieldRow, text: string): string | null {
    if (text.trim() === "") return label === "number" ? "Write a number." : `Write the ${label}.`;
    const value = numberIn(text);
    if (value === null) return `\u201C${text.trim()}\u201D is not a number.`;
    if (isWhole && !Number.isInteger(value)) return "Write a whole number.";
    const isInside = (minimum === undefined || value >= minimum) && (maximum === undefined || value <= maximum);
    return isInside ? null : `From ${minimum}${unit} to ${maximum}${unit}.`;
}

/** What is told at each place: one's own words first, for they are about what stands there now. */
export function joined(first: Faults, second: Faults): Faults {
    if (second.size === 0) return first;
    const result = new Map(second);
    for (const [key, part] of first) result.set(key, { ...result.get(key), ...part });
    return result;
}

export const countOf = (faults: Faults): number =>
    [...faults.values()].reduce((sum, part) => sum + Object.keys(part).length, 0);
