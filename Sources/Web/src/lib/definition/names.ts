/* Parts of a definition in the words that people use: `SMA(10) crosses above the close`. */
import { indicatorTitle } from "../indicators";
import { levels, logicRow, numberIn, operatorRow } from "./grammar";
import { type Condition, type Definition, type Group, type IndicatorNode, isGroup, type Level, type Operand } from "./tree";

export const indicatorName = ({ type, params, source }: IndicatorNode): string =>
    indicatorTitle(type, Object.values(params).map(numberText).join(", "), source);

/** By id. Two that would read alike are told apart by a number. */
export function indicatorLabels(indicators: readonly IndicatorNode[]): ReadonlyMap<string, string> {
    const seen = new Map<string, number>();
    const labels = new Map<string, string>();
    for (const one of indicators) {
        const name = indicatorName(one);
        const count = (seen.get(name) ?? 0) + 1;
        seen.set(name, count);
        labels.set(one.id, count === 1 ? name : `${name} no. ${count}`);
    }
    return labels;
}

export type Labels = ReadonlyMap<string, string>;

function operandWords({ kind, values }: Operand, labels: Labels): string {
    switch (kind) {
        case "indicator":
            return labels.get(values["indicator"]!) ?? "a removed indicator";
        case "price":
            return `the ${values["price"]!}`;
        default:
            return numberText(values[kind] ?? "");
    }
}

export function conditionWords({ left, op, right }: Condition, labels: Labels): string {
    return `${operandWords(left, labels)} ${operatorRow(op).words} ${operandWords(right, labels)}`;
}

export const partWords = (part: Condition | Group, labels: Labels): string =>
    isGroup(part)
        ? `(${part.parts.map((one) => partWords(one, labels)).join(` ${logicRow(part.logic).word} `)})`
        : conditionWords(part, labels);

/** `2%` */
export function levelWords(name: string, { kind, values }: Level): string {
    const { fields } = levels.find((row) => row.name === name)!.kinds.find((row) => row.kind === kind)!;
    return fields.map((field) => `${numberText(values[field.name] ?? "")}${field.unit ?? ""}`).join(" ");
}

/** The shortest way to write a number; what is none stands as it was typed, and nothing as a gap. */
function numberText(text: string): string {
    const value = numberIn(text);
    return value === null ? text.trim() || "\u2026" : String(value).replace("-", "\u2212");
}

/** The conditions that use an indicator, in words. */
export function usesOf(definition: Definition, id: string): readonly string[] {
    const labels = indicatorLabels(definition.indicators);
    const inGroup = (group: Group): readonly string[] =>
        group.parts.flatMap((part) =>
            isGroup(part) ? inGroup(part) : uses(part, id) ? [conditionWords(part, labels)] : [],
        );
    return [...inGroup(definition.entry), ...inGroup(definition.exit)];
}

export const uses = ({ left, right }: Condition, id: string): boolean =>
    [left, right].some(({ kind, values }) => kind === "indicator" && values["indicator"] === id);
