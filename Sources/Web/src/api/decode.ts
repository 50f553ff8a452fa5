/*
 * Reading answers. The generated types describe what the API promises; these functions, put together by the generated
 * tables, check it, so that a broken answer becomes one clear error and never an undefined somewhere in a page. On the
 * way `created_at` becomes `createdAt`, and times and days become Unix seconds. Members that a later server adds are
 * not looked at.
 */
import { parseTime } from "../lib/time";

export class DecodeError extends Error {}

/** Makes a `T` of a value, or throws a DecodeError that names the place. */
export type Decoder<T> = (value: unknown, place: string) => T;

export type Fields = Readonly<Record<string, unknown>>;

const checked =
    <T>(isRight: (value: unknown) => boolean, fault: string): Decoder<T> =>
    (value, place) => {
        if (isRight(value)) return value as T;
        throw new DecodeError(`${place} is ${fault}`);
    };

export const text = checked<string>((value) => typeof value === "string", "not a text");
export const number = checked<number>(Number.isFinite, "not a number");
export const flag = checked<boolean>((value) => typeof value === "boolean", "neither true nor false");
const array = checked<readonly unknown[]>(Array.isArray, "not a list");
/** An object as it stands: its members are not this page's. */
export const fields = checked<Fields>(
    (value) => typeof value === "object" && value !== null && !Array.isArray(value),
    "not an object",
);
export const anything: Decoder<unknown> = (value) => value;
/** Of an answer without a body. */
export const nothing: Decoder<undefined> = () => undefined;

export const time: Decoder<number> = (value, place) => {
    const seconds = typeof value === "string" ? parseTime(value) : null;
    if (seconds !== null) return seconds;
    throw new DecodeError(`${place} is not a time`);
};

export const words = <T extends string>(words: readonly T[]): Decoder<T> =>
    checked((value) => words.includes(value as T), `none of ${words.join(", ")}`);

/** Of a list of words those that this page knows, in their own order: a later server may have more. */
export const known =
    <T extends string>(words: readonly T[]): Decoder<readonly T[]> =>
    (value, place) => {
        const found = array(value, place);
        return words.filter((word) => found.includes(word));
    };

/** What is not there is null, too. */
export const orNull =
    <T>(decode: Decoder<T>): Decoder<T | null> =>
    (value, place) =>
        value === undefined || value === null ? null : decode(value, place);

export const list =
    <T>(item: Decoder<T>): Decoder<readonly T[]> =>
    (value, place) =>
        array(value, place).map((member, index) => item(member, `${place}[${index}]`));

/** A list, or a document that says the same otherwise. */
export const listOr =
    <Row, Whole>(rows: Decoder<Row>, whole: Decoder<Whole>): Decoder<Row | Whole> =>
    (value, place) =>
        Array.isArray(value) ? rows(value, place) : whole(value, place);

export const dictionary =
    <T>(item: Decoder<T>): Decoder<Readonly<Record<string, T>>> =>
    (value, place) =>
        Object.fromEntries(
            Object.entries(fields(value, place)).map(([name, member]) => [name, item(member, `${place}.${name}`)]),
        );

/** Members by their names in the API, with `?` behind the name of one that need not be there. */
export function object<T>(members: Readonly<Record<string, Decoder<unknown>>>): Decoder<T> {
    const table = Object.entries(members).map(([key, decode]) => {
        const name = key.replace("?", "");
        const made = name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
        return [name, made, decode, name !== key] as const;
    });
    return (value, place) => {
        const found = fields(value, place);
        const result: Record<string, unknown> = {};
        for (const [name, made, decode, isOptional] of table)
            if (!isOptional || found[name] !== undefined) result[made] = decode(found[name], `${place}.${name}`);
        return result as T;
    };
}
