/* Signals of a preview, as marks on a chart. */
import { numberIn } from "./grammar";
import { uses } from "./names";
import { conditionsOf, type Definition } from "./tree";

export interface Turn {
    /** In the times of the chart. */
    readonly index: number;
    readonly side: "buy" | "sell";
}

/**
 * The first buy signal, the first sell signal after it, and so on by turns: rules that hold on many bars would cover a
 * chart with marks that nobody could act on. Never two on one bar. All times are in ascending order.
 */
export function turns(
    times: readonly number[],
    buys: readonly number[],
    sells: readonly number[],
): readonly Turn[] {
    const isBuy = new Set(buys);
    const isSell = new Set(sells);
    const found: Turn[] = [];
    let isHolding = false;
    times.forEach((time, index) => {
        if (!(isHolding ? isSell : isBuy).has(time)) return;
        found.push({ index, side: isHolding ? "sell" : "buy" });
        isHolding = !isHolding;
    });
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
