/* Signals of a preview, as marks on a chart. */
import { numberIn } from "./grammar";
import { uses } from "./names";
import { conditionsOf, type Definition } from "./tree";

/**
 * Indices in `times` of those of `signals` that begin a stretch: a rule that holds on many bars in a row would cover
 * them all with marks, and only the first is where a position could begin or end. Both are in ascending order.
 */
export function firstOfStretches(times: readonly number[], signals: readonly number[]): readonly number[] {
    const found: number[] = [];
    let before = -2;
    let index = 0;
    for (const signal of signals) {
        while (index < times.length && times[index]! < signal) index++;
        if (times[index] !== signal) continue;
        if (index !== before + 1) found.push(index);
        before = index;
    }
    return found;
}

/** The values given at some of the times, at all of them: none where none was given. */
export function spread(
    times: readonly number[],
    given: readonly number[],
    values: readonly (number | null)[],
): Float64Array {
    const result = new Float64Array(times.length).fill(NaN);
    let index = 0;
    given.forEach((time, position) => {
        while (index < times.length && times[index]! < time) index++;
        if (times[index] === time) result[index] = values[position] ?? NaN;
    });
    return result;
}

/** The numbers that an indicator is compared with: lines across its pane. */
export function levelsOf(definition: Definition, id: string): readonly number[] {
    const all = [...conditionsOf(definition.entry), ...conditionsOf(definition.exit)];
    const found = all
        .filter((condition) => uses(condition, id))
        .flatMap(({ left, right }) => [left, right])
        .filter(({ kind }) => kind === "literal")
        .map(({ values }) => numberIn(values["literal"] ?? ""));
    return [...new Set(found)].filter((value): value is number => value !== null);
}
