/*
 * A definition while somebody works on it: every part has a key that stays its own through all changes, and numbers are
 * the text that was typed. Read from and written to the API's JSON by the tables of the grammar.
 */
import {
    type FieldRow,
    levels,
    logics,
    numberIn,
    operandKinds,
    operators,
} from "./grammar";

export type Values = Readonly<Record<string, string>>;

export interface IndicatorNode {
    readonly key: string;
    readonly id: string;
    readonly type: string;
    readonly params: Values;
    readonly source: string;
}

export interface Operand {
    readonly kind: string;
    readonly values: Values;
}

export interface Condition {
    readonly key: string;
    readonly left: Operand;
    readonly op: string;
    readonly right: Operand;
}

export interface Group {
    readonly key: string;
    readonly logic: string;
    readonly parts: readonly (Condition | Group)[];
}

export interface Level {
    readonly kind: string;
    readonly values: Values;
}

export interface Definition {
    readonly indicators: readonly IndicatorNode[];
    readonly entry: Group;
    readonly exit: Group;
    /** By the name of the level; what is not there does not exist. */
    readonly risk: Readonly<Record<string, Level>>;
    /** The number of the next key. */
    readonly next: number;
}

export type Json = Readonly<Record<string, unknown>>;

export const isGroup = (part: Condition | Group): part is Group => "parts" in part;

/** A document that this page cannot show whole. The message says where and why. */
export class UnreadableDefinition extends Error {}

export const emptyDefinition: Definition = {
    indicators: [],
    entry: { key: "entry", logic: "AND", parts: [] },
    exit: { key: "exit", logic: "AND", parts: [] },
    risk: {},
    next: 1,
};

/** Every condition of a group, those of groups inside it too. */
export const conditionsOf = (group: Group): readonly Condition[] =>
    group.parts.flatMap((part) => (isGroup(part) ? conditionsOf(part) : [part]));

// MARK: Reading

/** Nothing is dropped: what the page has no place for is refused, so that saving never loses a part. */
export function readDefinition(value: unknown): Definition {
    let next = 1;
    const key = (): string => `n${next++}`;
    const members = object(value, "the definition", ["indicators", "entry", "exit", "risk"]);
    const indicators = array(members["indicators"], "indicators").map((one, index): IndicatorNode => {
        const place = `indicators[${index}]`;
        const found = object(one, place, ["id", "type", "params", "source"]);
        const params = object(found["params"], `${place}.params`);
        return {
            key: key(),
            id: text(found["id"], `${place}.id`),
            type: text(found["type"], `${place}.type`),
            params: Object.fromEntries(
                Object.entries(params).map(([name, param]) => [name, numeric(param, `${place}.params.${name}`)]),
            ),
            source: text(found["source"], `${place}.source`),
        };
    });
    const condition = (found: Json, place: string): Condition => ({
        key: key(),
        left: operandIn(found["left"], `${place}.left`),
        op: oneOf(operators.map((row) => row.op), found["op"], `${place}.op`),
        right: operandIn(found["right"], `${place}.right`),
    });
    const group = (one: unknown, place: string, own: string): Group => {
        const found = object(one, place, ["logic", "conditions"]);
        const logic = oneOf(logics.map((row) => row.logic), found["logic"], `${place}.logic`);
        const parts = array(found["conditions"], `${place}.conditions`).map((part, index) => {
            const inner = `${place}.conditions[${index}]`;
            return "conditions" in object(part, inner)
                ? group(part, inner, key())
                : condition(object(part, inner, ["left", "op", "right"]), inner);
        });
        return { key: own, logic, parts };
    };
    const entry = group(members["entry"], "entry", "entry");
    const exit = group(members["exit"], "exit", "exit");
    const risk = object(members["risk"], "risk", [], levels.map((level) => level.name));
    const found = levels.flatMap((level) => {
        const written = risk[level.name];
        if (written === undefined) return [];
        const place = `risk.${level.name}`;
        const kindName = oneOf(level.kinds.map((row) => row.kind), object(written, place)["type"], `${place}.type`);
        const { fields } = level.kinds.find((row) => row.kind === kindName)!;
        const one = object(written, place, ["type", ...fields.map((field) => field.name)]);
        return [[level.name, { kind: kindName, values: valuesIn(fields, one, place) }] as const];
    });
    return { indicators, entry, exit, risk: Object.fromEntries(found), next };
}

function operandIn(value: unknown, place: string): Operand {
    const members = object(value, place);
    const row = operandKinds.find(({ kind }) => kind in members);
    if (!row) throw new UnreadableDefinition(`${place} is none of ${operandKinds.map(({ kind }) => kind).join(", ")}`);
    const known = object(value, place, row.fields.map((field) => field.name));
    return { kind: row.kind, values: valuesIn(row.fields, known, place) };
}

const valuesIn = (fields: readonly FieldRow[], found: Json, place: string): Values =>
    Object.fromEntries(
        fields.map(({ name, kind }) => [
            name,
            (kind === "number" ? numeric : text)(found[name], `${place}.${name}`),
        ]),
    );

function object(value: unknown, place: string, required?: readonly string[], optional: readonly string[] = []): Json {
    if (typeof value !== "object" || value === null || Array.isArray(value))
        throw new UnreadableDefinition(`${place} is not an object`);
    const missing = required?.find((name) => !(name in value));
    if (missing !== undefined) throw new UnreadableDefinition(`${place} has no ${missing}`);
    const extra = required && Object.keys(value).find((name) => !required.includes(name) && !optional.includes(name));
    if (extra !== undefined) throw new UnreadableDefinition(`${place} has ${extra}, which this page does not know`);
    return value as Json;
}

function array(value: unknown, place: string): readonly unknown[] {
    if (Array.isArray(value)) return value;
    throw new UnreadableDefinition(`${place} is not a list`);
}

function text(value: unknown, place: string): string {
    if (typeof value === "string") return value;
    throw new UnreadableDefinition(`${place} is not a text`);
}

/** A number, or the text that somebody typed in its place. */
function numeric(value: unknown, place: string): string {
    if (typeof value === "number") return String(value);
    if (typeof value === "string") return value;
    throw new UnreadableDefinition(`${place} is not a number`);
}

function oneOf(words: readonly string[], value: unknown, place: string): string {
    if (typeof value === "string" && words.includes(value)) return value;
    throw new UnreadableDefinition(`${place} is none of ${words.join(", ")}`);
}

// MARK: Writing

/** What the API takes. A text that is no number stays a text, for the server to refuse at its place. */
export function writeDefinition({ indicators, entry, exit, risk }: Definition): Json {
    return {
        indicators: indicators.map(({ id, type, params, source }) => ({
            id,
            type,
            params: Object.fromEntries(Object.entries(params).map(([name, value]) => [name, written(value)])),
            source,
        })),
        entry: writeGroup(entry),
        exit: writeGroup(exit),
        risk: Object.fromEntries(
            levels.flatMap(({ name, kinds }) => {
                const level = risk[name];
                if (!level) return [];
                const { fields } = kinds.find((row) => row.kind === level.kind)!;
                return [[name, { type: level.kind, ...writeValues(fields, level.values) }]];
            }),
        ),
    };
}

const writeGroup = ({ logic, parts }: Group): Json => ({
    logic,
    conditions: parts.map((part) => (isGroup(part) ? writeGroup(part) : writeCondition(part))),
});

export const writeCondition = ({ left, op, right }: Condition): Json => ({
    left: writeOperand(left),
    op,
    right: writeOperand(right),
});

const writeOperand = ({ kind, values }: Operand): Json =>
    writeValues(operandKinds.find((row) => row.kind === kind)!.fields, values);

const writeValues = (fields: readonly FieldRow[], values: Values): Json =>
    Object.fromEntries(
        fields.map(({ name, kind }) => [name, kind === "number" ? written(values[name] ?? "") : values[name]]),
    );

const written = (value: string): number | string => numberIn(value) ?? value;

/** Whether two say the same, however their numbers were typed. */
export const isSameDefinition = (left: Definition, right: Definition): boolean =>
    left === right || JSON.stringify(writeDefinition(left)) === JSON.stringify(writeDefinition(right));
