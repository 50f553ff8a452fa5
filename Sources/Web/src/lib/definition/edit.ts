/*
 * Changes of a definition, each giving a new one. What a change does not touch keeps its identity: rows of the form that
 * show it need not be drawn again.
 */
import type { Indicator } from "api-types";
import { type Catalog, indicatorFields, levels, operandKind, type Side, sides } from "./grammar";
import { uses } from "./names";
import {
    type Condition,
    type Definition,
    type Group,
    type IndicatorNode,
    isGroup,
    type Level,
    type Operand,
    type Values,
} from "./tree";

type Part = Condition | Group;

const initialValues = (fields: readonly { readonly name: string; readonly initial: string }[]): Values =>
    Object.fromEntries(fields.map((field) => [field.name, field.initial]));

// MARK: Indicators

export function addIndicator(definition: Definition, entry: Indicator): Definition {
    const { indicators, next } = definition;
    const taken = new Set(indicators.map((one) => one.id));
    let number = 1;
    while (taken.has(`${entry.type.toLowerCase()}${number}`)) number++;
    const added: IndicatorNode = {
        key: `n${next}`,
        id: `${entry.type.toLowerCase()}${number}`,
        type: entry.type,
        params: initialValues(indicatorFields(entry)),
        source: entry.sources.find((source) => source === "close") ?? entry.sources[0]!,
    };
    return { ...definition, indicators: [...indicators, added], next: next + 1 };
}

/** Parameters and source that the other type has as well are kept. */
export function changeType(definition: Definition, key: string, entry: Indicator): Definition {
    return changeIndicator(definition, key, (one) => ({
        ...one,
        type: entry.type,
        params: { ...initialValues(indicatorFields(entry)), ...common(one.params, entry) },
        source: entry.sources.find((source) => source === one.source) ?? entry.sources[0]!,
    }));
}

const common = (params: Values, entry: Indicator): Values =>
    Object.fromEntries(Object.entries(params).filter(([name]) => entry.params.some((param) => param.name === name)));

export const changeParam = (definition: Definition, key: string, name: string, text: string): Definition =>
    changeIndicator(definition, key, (one) => ({ ...one, params: { ...one.params, [name]: text } }));

export const changeSource = (definition: Definition, key: string, source: string): Definition =>
    changeIndicator(definition, key, (one) => ({ ...one, source }));

function changeIndicator(
    definition: Definition,
    key: string,
    change: (one: IndicatorNode) => IndicatorNode,
): Definition {
    return { ...definition, indicators: definition.indicators.map((one) => (one.key === key ? change(one) : one)) };
}

export const moveIndicator = (definition: Definition, key: string, by: number): Definition => {
    const indicators = moved(definition.indicators, key, by);
    return indicators === definition.indicators ? definition : { ...definition, indicators };
};

/** Its conditions go with it: without it they would say nothing. */
export function removeIndicator(definition: Definition, key: string): Definition {
    const gone = definition.indicators.find((one) => one.key === key);
    if (!gone) return definition;
    const keep = (part: Part): Part | null => (isGroup(part) ? part : uses(part, gone.id) ? null : part);
    return {
        ...definition,
        indicators: definition.indicators.filter((one) => one !== gone),
        entry: mapped(definition.entry, keep),
        exit: mapped(definition.exit, keep),
    };
}

// MARK: Conditions

export function addCondition(definition: Definition, groupKey: string, catalog: Catalog): Definition {
    const key = `n${definition.next}`;
    const side = isInside(definition.entry, groupKey) ? "entry" : "exit";
    const added = { ...likely(definition, side, catalog), key };
    return {
        ...changeGroup(definition, groupKey, (group) => ({ ...group, parts: [...group.parts, added] })),
        next: definition.next + 1,
    };
}

/** A group with one condition in it, to begin with. */
export function addGroup(
    definition: Definition,
    groupKey: string,
    logic: string,
    catalog: Catalog,
): Definition {
    const inner: Group = { key: `n${definition.next}`, logic, parts: [] };
    const withGroup = changeGroup(definition, groupKey, (group) => ({ ...group, parts: [...group.parts, inner] }));
    return addCondition({ ...withGroup, next: definition.next + 1 }, inner.key, catalog);
}

/** What somebody would most likely add next, so that a new row is a whole sentence wherever it can be. */
function likely({ indicators }: Definition, side: Side, catalog: Catalog): Omit<Condition, "key"> {
    const cross = sides.find((row) => row.side === side)!.cross;
    const [first, second] = indicators;
    const number = newOperand("literal");
    if (!first) return { left: newOperand("price"), op: cross, right: number };
    if (second && first.type === second.type) return { left: of(first), op: cross, right: of(second) };
    // A price never meets an indicator that has a scale of its own.
    const isPrice = catalog.some((entry) => entry.type === first.type && entry.scale === "price");
    if (isPrice) return { left: newOperand("price"), op: cross, right: of(first) };
    return { left: of(first), op: side === "entry" ? "lt" : "gt", right: number };
}

const of = (indicator: IndicatorNode): Operand => ({ kind: "indicator", values: { indicator: indicator.id } });

export const newOperand = (kind: string): Operand => ({ kind, values: initialValues(operandKind(kind).fields) });

export function changeOperand(
    definition: Definition,
    key: string,
    side: "left" | "right",
    operand: Operand,
): Definition {
    return changePart(definition, key, (part) => (isGroup(part) ? part : { ...part, [side]: operand }));
}

export const changeOperator = (definition: Definition, key: string, op: string): Definition =>
    changePart(definition, key, (part) => (isGroup(part) ? part : { ...part, op }));

export const changeLogic = (definition: Definition, key: string, logic: string): Definition =>
    changeGroup(definition, key, (group) => ({ ...group, logic }));

export const removePart = (definition: Definition, key: string): Definition => changePart(definition, key, () => null);

/** A copy stands right behind what it is a copy of. */
export function copyCondition(definition: Definition, key: string): Definition {
    const copy = (group: Group): Group => {
        const index = group.parts.findIndex((part) => part.key === key);
        const found = group.parts[index];
        if (!found || isGroup(found)) return mapped(group, (part) => (isGroup(part) ? copy(part) : part));
        const parts = [...group.parts];
        parts.splice(index + 1, 0, { ...found, key: `n${definition.next}` });
        return { ...group, parts };
    };
    const { entry, exit, next } = definition;
    return { ...definition, entry: copy(entry), exit: copy(exit), next: next + 1 };
}

/** Up or down among its siblings. At the end of them nothing changes. */
export function movePart(definition: Definition, key: string, by: number): Definition {
    const move = (group: Group): Group => {
        const parts = moved(group.parts, key, by);
        return parts === group.parts ? mapped(group, (part) => (isGroup(part) ? move(part) : part)) : { ...group, parts };
    };
    return withSides(definition, move(definition.entry), move(definition.exit));
}

// MARK: Levels

export function setLevel(definition: Definition, name: string, level: Level | null): Definition {
    const { [name]: _, ...rest } = definition.risk;
    return { ...definition, risk: level === null ? rest : { ...rest, [name]: level } };
}

export function newLevel(name: string, kind?: string): Level {
    const { kinds } = levels.find((row) => row.name === name)!;
    const row = kinds.find((one) => one.kind === kind) ?? kinds[0]!;
    return { kind: row.kind, values: initialValues(row.fields) };
}

// MARK: Walking

function moved<Node extends { readonly key: string }>(list: readonly Node[], key: string, by: number): readonly Node[] {
    const from = list.findIndex((one) => one.key === key);
    const to = from + by;
    if (from < 0 || to < 0 || to >= list.length) return list;
    const result = [...list];
    result.splice(to, 0, ...result.splice(from, 1));
    return result;
}

/** The group with its parts changed; itself, when none was. Null takes a part away. */
function mapped(group: Group, change: (part: Part) => Part | null): Group {
    let isChanged = false;
    const parts = group.parts.flatMap((part) => {
        const inner = change(part);
        const result = inner !== null && isGroup(inner) && inner === part ? mapped(inner, change) : inner;
        if (result !== part) isChanged = true;
        return result === null ? [] : [result];
    });
    return isChanged ? { ...group, parts } : group;
}

const withSides = (definition: Definition, entry: Group, exit: Group): Definition =>
    entry === definition.entry && exit === definition.exit ? definition : { ...definition, entry, exit };

function changePart(definition: Definition, key: string, change: (part: Part) => Part | null): Definition {
    const only = (part: Part): Part | null => (part.key === key ? change(part) : part);
    return withSides(definition, mapped(definition.entry, only), mapped(definition.exit, only));
}

function changeGroup(definition: Definition, key: string, change: (group: Group) => Group): Definition {
    const within = (group: Group): Group =>
        group.key === key ? change(group) : mapped(group, (part) => (isGroup(part) ? within(part) : part));
    return withSides(definition, within(definition.entry), within(definition.exit));
}

const isInside = (group: Group, key: string): boolean =>
    group.key === key || group.parts.some((part) => isGroup(part) && isInside(part, key));
