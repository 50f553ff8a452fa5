import { postStrategiesBounds } from "api-types";

/** As many characters as the API takes. */
const longest = postStrategiesBounds.name.maxLength;

/** `name`, or the first of `name 2`, `name 3`, ... that is not taken; capitals make no other name. */
export function freeName(name: string, taken: readonly string[]): string {
    const small = new Set(taken.map((one) => one.trim().toLowerCase()));
    const wanted = name.trim();
    if (wanted === "" || !small.has(wanted.toLowerCase())) return wanted;
    // What already ends in a number counts on.
    const [, stem = wanted, number = "1"] = /^(.*\S) (\d{1,6})$/.exec(wanted) ?? [];
    for (let next = Number(number) + 1; ; next++) {
        const end = ` ${next}`;
        const found = stem.slice(0, longest - end.length).trimEnd() + end;
        if (!small.has(found.toLowerCase())) return found;
    }
}
