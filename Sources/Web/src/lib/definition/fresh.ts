/*
 * Parts that have just been added, and what of them was touched since: a field that nobody has been in yet is not told
 * to be wrong. Whoever tries to save, or asks what is missing, is told everything.
 */
import type { Faults, PartFaults } from "./faults";
import { operandKind } from "./grammar";
import { type Condition, conditionsOf, type Definition, type Group, isGroup } from "./tree";

/** By the key of the part: its fields that were touched. A part that is not here has nothing to hide. */
export type Fresh = ReadonlyMap<string, ReadonlySet<string>>;

export const nothingFresh: Fresh = new Map();
const untouched: ReadonlySet<string> = new Set();

/** A side that has no conditions from the beginning is one that nobody has come to yet. */
export const freshAtFirst = ({ entry, exit }: Definition): Fresh =>
    new Map([entry, exit].flatMap(({ key, parts }) => (parts.length === 0 ? [[key, untouched] as const] : [])));

/** After a change of more than what a field says: what is new in the definition is fresh. */
export function freshAfter(fresh: Fresh, before: Definition, after: Definition): Fresh {
    const known = partsOf(before);
    const next = new Map(fresh);
    for (const [key, part] of partsOf(after)) {
        // What an operand or a level is chosen to be brings fields of its own; those of the other side stay.
        const was = known.get(key);
        const stayed = Object.keys(part).filter((place) => part[place] === was?.[place]);
        if (stayed.length === Object.keys(part).length) continue;
        const names = fresh.get(key);
        const old = stayed.flatMap((place) => fieldsOf(place, part[place]!));
        next.set(key, new Set(old.filter((name) => names?.has(name) ?? true)));
    }
    // A list that was filled once is one that somebody has emptied.
    for (const group of [...groupsOf(after.entry), ...groupsOf(after.exit)])
        if (group.parts.length > 0) next.delete(group.key);
    return next;
}

/** `at` is the key of the part, and after it the names of the field that was touched. */
export function touched(fresh: Fresh, at: string): Fresh {
    const [key = "", ...names] = at.split(" ");
    const fields = fresh.get(key);
    if (!fields || names.every((name) => fields.has(name))) return fresh;
    return new Map(fresh).set(key, new Set([...fields, ...names]));
}

/** Faults of a part as a whole wait until something in it was touched. */
export function told(faults: Faults, fresh: Fresh): Faults {
    const shown = new Map<string, PartFaults>();
    for (const [key, part] of faults) {
        const fields = fresh.get(key);
        const isTold = ([name]: readonly [string, string]): boolean =>
            fields === undefined || (name === "" ? fields.size > 0 : fields.has(name));
        const kept = fields ? Object.fromEntries(Object.entries(part).filter(isTold)) : part;
        if (Object.keys(kept).length > 0) shown.set(key, kept);
    }
    return shown;
}

/** What is chosen in a part, by the place in it; `` where it is the whole part. */
type Choices = Readonly<Record<string, string>>;

/** What can be fresh, by its key, as what tells whether it is another one. */
function partsOf({ indicators, entry, exit, risk }: Definition): ReadonlyMap<string, Choices> {
    const kinds = ({ left, right }: Condition): Choices => ({ left: left.kind, right: right.kind });
    return new Map([
        ...indicators.map(({ key, type }) => [key, { "": type }] as const),
        ...[...conditionsOf(entry), ...conditionsOf(exit)].map((one) => [one.key, kinds(one)] as const),
        ...Object.entries(risk).map(([name, { kind }]) => [`risk.${name}`, { "": kind }] as const),
    ]);
}

/** The fields of a condition that stay with one side of it: that side's, and the comparison. */
const fieldsOf = (side: string, kind: string): readonly string[] => [
    "op",
    side,
    ...operandKind(kind).fields.map(({ name }) => `${side}.${name}`),
];

const groupsOf = (group: Group): readonly Group[] => [
    group,
    ...group.parts.flatMap((part) => (isGroup(part) ? groupsOf(part) : [])),
];
