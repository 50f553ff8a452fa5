/*
 * Reading answers. The types of this app describe what the API promises; these functions check it, so that a broken
 * answer becomes one clear error and never an undefined somewhere in a page.
 */

export class DecodeError extends Error {}

type Fields = Readonly<Record<string, unknown>>;

export function object(value: unknown, place: string): Fields {
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
    throw new DecodeError(`${place} is not an object`);
}

export function list<T>(value: unknown, place: string, item: (value: unknown, place: string) => T): T[] {
    if (!Array.isArray(value)) throw new DecodeError(`${place} is not a list`);
    return value.map((member, index) => item(member, `${place}[${index}]`));
}

export function string(fields: Fields, name: string, place: string): string {
    const value = fields[name];
    if (typeof value === "string") return value;
    throw new DecodeError(`${place}.${name} is not a text`);
}

/** Null when the member is null or absent. */
export function optionalString(fields: Fields, name: string, place: string): string | null {
    return fields[name] === undefined || fields[name] === null ? null : string(fields, name, place);
}

export function number(fields: Fields, name: string, place: string): number {
    const value = fields[name];
    if (typeof value === "number" && Number.isFinite(value)) return value;
    throw new DecodeError(`${place}.${name} is not a number`);
}

export function optionalNumber(fields: Fields, name: string, place: string): number | null {
    return fields[name] === undefined || fields[name] === null ? null : number(fields, name, place);
}

export function oneOf<T extends string>(value: unknown, known: readonly T[], place: string): T {
    const found = known.find((name) => name === value);
    if (found !== undefined) return found;
    throw new DecodeError(`${place} is none of ${known.join(", ")}`);
}

interface Problem {
    readonly title: string;
    readonly detail?: string;
    readonly code?: string;
    readonly request_id?: string;
}

/** RFC 9457 problem details, as every error of this API is. */
export function isProblem(body: unknown, contentType: string): body is Problem {
    if (!contentType.includes("application/problem+json") || typeof body !== "object" || body === null) return false;
    const { title, detail, code, request_id } = body as Record<string, unknown>;
    const isText = (value: unknown): boolean => value === undefined || typeof value === "string";
    return typeof title === "string" && isText(detail) && isText(code) && isText(request_id);
}
