/* What the generated files say of an operation of the API. */
import type { Decoder } from "./decode";

/** An answer of one status. `header` reads a field of its head. */
export interface Answer<Status extends number, Body> {
    readonly status: Status;
    readonly body: Body;
    /** The body as it came. */
    readonly text: string;
    readonly header: (name: string) => string | null;
}

export interface Operation<Input, Answered, Code extends string = string> {
    readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
    /** With `{name}` where the request has a value of its own. */
    readonly path: string;
    /** By status: how the body is read. */
    readonly answers: Readonly<Record<number, Decoder<unknown>>>;
    /** For the compiler alone: there is no such value. */
    readonly types?: (input: Input) => { readonly answer: Answered; readonly code: Code };
}

/** The body that a request of the operation has. */
export type BodySent<Known> = Known extends Operation<infer Input extends { readonly body?: unknown }, unknown>
    ? Input["body"]
    : never;

/** The body of the operation's answer. */
export type BodyFound<Known> = Known extends Operation<never, infer Answered extends { readonly body: unknown }>
    ? Answered["body"]
    : never;

/** The operation with another reader for what it answers with 200. */
export const readAs = <Input, Body>(
    { method, path }: Operation<Input, unknown>,
    decode: Decoder<Body>,
): Operation<Input, Answer<200, Body>> => ({ method, path, answers: { 200: decode } });
