/* What changed from one definition to another, in words. */
import { levels, logicRow, sides } from "./grammar";
import { indicatorLabels, indicatorName, type Labels, levelWords, partWords } from "./names";
import {
    type Condition,
    type Definition,
    type Group,
    type IndicatorNode,
    isGroup,
    writeCondition,
} from "./tree";

export interface Difference {
    readonly kind: "added" | "removed" | "changed";
    readonly text: string;
}

/** Nothing when both mean the same. */
export function differences(before: Definition, after: Definition): readonly Difference[] {
    const pairs = indicatorPairs(before.indicators, after.indicators);
    const names = { before: indicatorLabels(before.indicators), after: indicatorLabels(after.indicators) };
    return [
        ...indicatorDifferences(pairs),
        ...sides.flatMap(({ side, verb }) => groupDifferences(verb, before[side], after[side], pairs, names)),
        ...levels.flatMap(({ name, title }): readonly Difference[] => {
            const [old, now] = [before.risk[name], after.risk[name]];
            const oldWords = old && levelWords(name, old);
            const words = now && levelWords(name, now);
            if (oldWords === words) return [];
            if (oldWords === undefined) return [{ kind: "added", text: `${title} ${words}` }];
            if (words === undefined) return [{ kind: "removed", text: `${title} ${oldWords}` }];
            return [{ kind: "changed", text: `${title} ${oldWords} became ${words}` }];
        }),
    ];
}

interface Pair {
    readonly before: IndicatorNode | null;
    readonly after: IndicatorNode | null;
}

/** Who became whom: by id and type, and what is left by reading alike. */
function indicatorPairs(before: readonly IndicatorNode[], after: readonly IndicatorNode[]): readonly Pair[] {
    const left = new Set(before);
    const partners = new Map<IndicatorNode, IndicatorNode>();
    const match = (isLike: (old: IndicatorNode, now: IndicatorNode) => boolean): void => {
        for (const now of after) {
            const old = partners.has(now) ? undefined : [...left].find((one) => isLike(one, now));
            if (!old) continue;
            partners.set(now, old);
            left.delete(old);
        }
    };
    match((old, now) => old.id === now.id && old.type === now.type);
    match((old, now) => indicatorName(old) === indicatorName(now));
    match((old, now) => old.id === now.id);
    return [
        ...after.map((now) => ({ before: partners.get(now) ?? null, after: now })),
        ...[...left].map((old) => ({ before: old, after: null })),
    ];
}

const indicatorDifferences = (pairs: readonly Pair[]): readonly Difference[] =>
    pairs.flatMap(({ before, after }): readonly Difference[] => {
        const [old, now] = [before && indicatorName(before), after && indicatorName(after)];
        if (old === now) return [];
        if (old === null) return [{ kind: "added", text: `Indicator ${now}` }];
        if (now === null) return [{ kind: "removed", text: `Indicator ${old}` }];
        return [{ kind: "changed", text: `${old} became ${now}` }];
    });

function groupDifferences(
    verb: string,
    before: Group,
    after: Group,
    pairs: readonly Pair[],
    names: { readonly before: Labels; readonly after: Labels },
): readonly Difference[] {
    const ids = new Map(pairs.flatMap((pair) => (pair.before && pair.after ? [[pair.before.id, pair.after.id]] : [])));
    const old = before.parts.map((part) => ({ text: partWords(part, names.before), is: identity(part, ids) }));
    const now = after.parts.map((part) => ({ text: partWords(part, names.after), is: identity(part) }));
    const gone = without(old, now);
    const come = without(now, old);
    const found: Difference[] = [];
    if (before.logic !== after.logic && after.parts.length > 1) {
        const [was, is] = [logicRow(before.logic).title, logicRow(after.logic).title];
        found.push({ kind: "changed", text: `${verb} when ${was} became when ${is}` });
    }
    for (let index = 0; index < Math.max(gone.length, come.length); index++) {
        const [was, is] = [gone[index], come[index]];
        if (was && is) found.push({ kind: "changed", text: `${verb}: ${was.text} became ${is.text}` });
        else if (is) found.push({ kind: "added", text: `${verb}: ${is.text}` });
        else if (was) found.push({ kind: "removed", text: `${verb}: ${was.text}` });
    }
    return found;
}

interface Told {
    readonly text: string;
    readonly is: string;
}

/** Those of `list` that `other` does not have as often. */
function without(list: readonly Told[], other: readonly Told[]): readonly Told[] {
    const left = other.map((one) => one.is);
    return list.filter((one) => {
        const index = left.indexOf(one.is);
        if (index >= 0) left.splice(index, 1);
        return index < 0;
    });
}

/** Equal for parts that mean the same; old ids stand for the indicators they have become. */
function identity(part: Condition | Group, ids?: ReadonlyMap<string, string>): string {
    if (isGroup(part)) return JSON.stringify([part.logic, part.parts.map((one) => identity(one, ids))]);
    return JSON.stringify(writeCondition(part), (name, value: unknown) =>
        name === "indicator" && typeof value === "string" ? (ids ? (ids.get(value) ?? `gone ${value}`) : value) : value,
    );
}
