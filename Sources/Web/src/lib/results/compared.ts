/* Which runs an address puts side by side, and what each is called there. */
import { getBacktestsCompareBounds } from "api-types";

export type Wanted =
    | { readonly state: "right"; readonly ids: readonly string[] }
    | { readonly state: "few" | "many" | "twice" | "malformed" };

/** Runs side by side: as many as the API compares. */
export const minimumCompared = getBacktestsCompareBounds.ids.minItems;
export const maximumCompared = getBacktestsCompareBounds.ids.maxItems;
const isID = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);

/** The ids in `?ids=a,b`, in their order. */
export function idsIn(query: string): Wanted {
    const ids = (new URLSearchParams(query).get("ids") ?? "")
        .toLowerCase()
        .split(",")
        .map((id) => id.trim())
        .filter((id) => id !== "");
    if (!ids.every(isID)) return { state: "malformed" };
    if (new Set(ids).size < ids.length) return { state: "twice" };
    if (ids.length < minimumCompared) return { state: "few" };
    return ids.length > maximumCompared ? { state: "many" } : { state: "right", ids };
}

/** Short enough for a legend, whatever the strategies are called. */
export const letterOf = (index: number): string => String.fromCharCode(65 + index);

/** The ids of runs in the order in which they were made: what came later is held against what was there before. */
export const oldestFirst = (runs: readonly { readonly id: string; readonly createdAt: number }[]): readonly string[] =>
    [...runs].sort((left, right) => left.createdAt - right.createdAt).map(({ id }) => id);

interface Held {
    readonly symbol: string;
    readonly timeframe: string;
    readonly startDate: number;
    readonly endDate: number;
}

/** What runs are measured by: one holding for all that went over the same bars. */
export interface Holding {
    /** Indexes of the runs that it stands beside; it is bought and sold as the first of them trades. */
    readonly runs: readonly [number, ...number[]];
    readonly name: string;
}

/** Another symbol or other days are another holding; who has more than one reads which runs each belongs to. */
export function holdingsOf(runs: readonly Held[]): readonly Holding[] {
    const found = new Map<string, [number, ...number[]]>();
    runs.forEach(({ symbol, timeframe, startDate, endDate }, index) => {
        const key = [symbol, timeframe, startDate, endDate].join(" ");
        const same = found.get(key);
        if (same) same.push(index);
        else found.set(key, [index]);
    });
    return [...found.values()].map((indexes) => {
        const name = `Holding ${runs[indexes[0]]!.symbol}`;
        return { runs: indexes, name: found.size === 1 ? name : `${name} (${indexes.map(letterOf).join(", ")})` };
    });
}
