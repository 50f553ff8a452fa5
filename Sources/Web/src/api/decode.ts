/*
 * Reading answers. The types of this app describe what the API promises; these functions check it, so that a broken
 * answer becomes one clear error and never an undefined somewhere in a page.
 */

import { parseTime } from "../lib/time";

export class DecodeError extends Error {}

export type Fields = Readonly<Record<string, unknown>>;

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

export function boolean(fields: Fields, name: string, place: string): boolean {
    const value = fields[name];
    if (typeof value === "boolean") return value;
    throw new DecodeError(`${place}.${name} is neither true nor false`);
}

/** Unix seconds. */
export function time(fields: Fields, name: string, place: string): number {
    const seconds = parseTime(string(fields, name, place));
    if (seconds !== null) return seconds;
    throw new DecodeError(`${place}.${name} is not a time`);
}

export function optionalTime(fields: Fields, name: string, place: string): number | null {
    return fields[name] === undefined || fields[name] === null ? null : time(fields, name, place);
}

export function strings(fields: Fields, name: string, place: string): string[] {
    return list(fields[name], `${place}.${name}`, (value, itemPlace) => {
        if (typeof value === "string") return value;
        throw new DecodeError(`${itemPlace} is not a text`);
    });
}

export function oneOf<T extends string>(value: unknown, known: readonly T[], place: string): T {
    const found = known.find((name) => name === value);
    if (found !== undefined) return found;
    throw new DecodeError(`${place} is none of ${known.join(", ")}`);
}

/** One mistake in one place of a request. */
export interface FieldError {
    readonly field: string;
    readonly code: string;
    readonly message: string;
}

interface Problem {
    readonly title: string;
    readonly detail?: string;
    readonly code?: string;
    readonly request_id?: string;
    readonly field_errors?: readonly FieldError[];
}

/** RFC 9457 problem details, as every error of this API is. */
export function isProblem(body: unknown, contentType: string): body is Problem {
    if (!contentType.includes("application/problem+json") || typeof body !== "object" || body === null) return false;
    const { title, detail, code, request_id, field_errors } = body as Record<string, unknown>;
    const isText = (value: unknown): boolean => value === undefined || typeof value === "string";
    const isFieldError = (value: Record<string, unknown> | null): boolean =>
        typeof value?.["field"] === "string" &&
        typeof value["code"] === "string" &&
        typeof value["message"] === "string";
    return (
        typeof title === "string" &&
        [detail, code, request_id].every(isText) &&
        (field_errors === undefined || (Array.isArray(field_errors) && field_errors.every(isFieldError)))
    );
}
