/* Requests to /api and the one error type that everything above sees. */
import { type ErrorCode, type FieldError, Problem } from "api-types";
import { DecodeError, type Decoder, nothing } from "./decode";
import type { Answer, Operation } from "./operation";
import { untilSeen } from "./waiting";

export type Failure =
    /** No answer: the network, or nginx itself, is not there. */
    | "unreachable"
    /** The server refused or failed, and said so. */
    | "refused"
    /** An answer that is not what the API promises. */
    | "unreadable";

/** A request that gave no usable answer, with words for the reader and the request id for who operates the server. */
export class ApiError extends Error {
    constructor(
        readonly failure: Failure,
        message: string,
        readonly status: number | null = null,
        readonly code: ErrorCode | null = null,
        readonly requestID: string | null = null,
        readonly fieldErrors: readonly FieldError[] = [],
        /** Seconds after which the server may be asked again, where it says so. */
        readonly retryAfter: number | null = null,
    ) {
        super(message);
        this.name = "ApiError";
    }

    get isNotFound(): boolean {
        return this.status === 404;
    }
}

/** What a request brings along: whatever the operation says, and nothing else. */
interface Parts {
    readonly path?: Readonly<Record<string, string | number>>;
    readonly query?: Readonly<Record<string, string | number | boolean | null>>;
    readonly headers?: Readonly<Record<string, string | null>>;
    readonly body?: unknown;
}

/** Nothing need be given where everything may be left away. */
type Arguments<Input> = [Partial<Input>] extends [Input]
    ? [input?: Input, signal?: AbortSignal | undefined]
    : [input: Input, signal?: AbortSignal | undefined];

const defaultTimeout = 20_000;
/** A file takes as long as its way up: at least 50 kB a second. */
const timeoutOf = (body: unknown): number => defaultTimeout + (body instanceof Blob ? body.size / 50 : 0);

/** Until when nothing kept is taken, neither by the browser nor on the way. */
let asksAnewUntil = 0;
/** Fresh for a minute, and for five more an old answer may be given while a new one is fetched. */
export const keptOnTheWay = 360_000;

/** Prices were changed from here: what is kept of them for some minutes is not what there is. */
export function askAnew(): void {
    asksAnewUntil = Date.now() + keptOnTheWay;
}

/** As long nginx has to fetch what it has just given an old answer of, in milliseconds. */
const whileFetched = 500;

let tellTrouble = (): void => undefined;

/** Calls it whenever the server could not do what was asked, for a reason of its own. */
export function onTrouble(hear: () => void): void {
    tellTrouble = hear;
}

/** Asks, and reads the answer. Throws ApiError, or the AbortError of the signal. */
export async function call<Input, Answered>(
    operation: Operation<Input, Answered>,
    ...[input, signal]: Arguments<Input>
): Promise<Answered> {
    const { path, query, headers, body }: Parts = input ?? {};
    const ending = new AbortController();
    const stop = (): void => ending.abort();
    signal?.addEventListener("abort", stop);
    if (signal?.aborted) stop();
    const timer = setTimeout(stop, timeoutOf(body));
    try {
        const ask = (isAnew: boolean): Promise<Response> =>
            fetch(addressOf(operation, path, query), {
                method: operation.method,
                headers: {
                    Accept: "application/json",
                    ...(body !== undefined && {
                        "Content-Type": body instanceof Blob ? "application/octet-stream" : "application/json",
                    }),
                    ...present(headers),
                },
                signal: ending.signal,
                ...(isAnew && { cache: "reload" as const }),
                ...(body !== undefined && { body: body instanceof Blob ? body : JSON.stringify(body) }),
            });
        const isAnew = Date.now() < asksAnewUntil;
        const response = await ask(isAnew);
        try {
            return (await answerOf(response, operation.answers)) as Answered;
        } catch (error) {
            // One that was kept on the way may be of the release before, which knew less. Who asks has it fetched.
            const isOld = error instanceof ApiError && error.failure === "unreadable" && response.headers.has("X-Cache");
            if (isAnew || !isOld) throw error;
            askAnew();
            await new Promise((done) => setTimeout(done, whileFetched));
            return (await answerOf(await ask(true), operation.answers)) as Answered;
        }
    } catch (error) {
        if (error instanceof ApiError && (error.status ?? 0) > 500) tellTrouble();
        if (error instanceof ApiError || signal?.aborted) throw error;
        throw new ApiError(
            "unreachable",
            ending.signal.aborted ? "The server did not answer in time." : "The server could not be reached.",
        );
    } finally {
        clearTimeout(timer);
        signal?.removeEventListener("abort", stop);
    }
}

/** Longer than this nobody waits for a server without room, in seconds. */
const longestPause = 30;

/** Asks again, a few times, where the server is busy with others: when it says, or after three seconds. */
export async function whenFree<Answered>(
    ask: () => Promise<Answered>,
    signal?: AbortSignal,
    wait = untilSeen,
): Promise<Answered> {
    for (let left = 3; ; left -= 1) {
        try {
            return await ask();
        } catch (error) {
            const pause = error instanceof ApiError && error.status === 503 ? (error.retryAfter ?? 3) : Infinity;
            if (left === 0 || pause > longestPause) throw error;
            await wait(pause * 1_000, signal);
        }
    }
}

/** Where an operation that a browser opens by itself is found. */
export const linkTo = <Input extends Parts>(operation: Operation<Input, unknown>, { path, query }: Input): string =>
    addressOf(operation, path, query);

const addressOf = (
    { path: template }: { readonly path: string },
    path: Parts["path"],
    query: Parts["query"],
): string => {
    const search = new URLSearchParams(present(query)).toString();
    return (
        template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(path![name]!))) + (search && `?${search}`)
    );
};

const present = (values: Readonly<Record<string, string | number | boolean | null>> = {}): Record<string, string> =>
    Object.fromEntries(
        Object.entries(values)
            .filter(([, value]) => value !== null)
            .map(([name, value]) => [name, String(value)]),
    );

async function answerOf(
    response: Response,
    decoders: Readonly<Record<number, Decoder<unknown>>>,
): Promise<Answer<number, unknown>> {
    const header = (name: string): string | null => response.headers.get(name);
    const { status } = response;
    const requestID = header("X-Request-Id");
    const text = await response.text();
    const type = header("Content-Type") ?? "";
    const parsed = /\bjson\b/.test(type) ? valueOf(text) : undefined;
    if (type.includes("problem+json") || (!response.ok && !decoders[status])) {
        const problem = problemIn(parsed);
        throw new ApiError(
            "refused",
            problem ? (problem.detail ?? problem.title) : `The server answered with status ${status}.`,
            status,
            problem?.code ?? null,
            problem?.requestId ?? requestID,
            problem?.fieldErrors ?? [],
            secondsIn(header("Retry-After")),
        );
    }
    try {
        const decode = decoders[status];
        if (!decode) throw new DecodeError(`its status is ${status}`);
        if (decode !== nothing && parsed === undefined) throw new DecodeError("it is not JSON");
        return { status, body: decode(parsed, "answer"), text, header };
    } catch (error) {
        if (!(error instanceof DecodeError)) throw error;
        throw unreadable(error.message, requestID);
    }
}

/** The header's other form, a date, is none that this API writes. */
const secondsIn = (text: string | null): number | null => (text !== null && /^\d{1,6}$/.test(text) ? Number(text) : null);

export const unreadable = (reason: string, requestID: string | null = null): ApiError =>
    new ApiError("unreadable", `The server's answer could not be read: ${reason}.`, null, null, requestID);

/** RFC 9457 problem details, as every error of this API is; what is none still has its status. */
function problemIn(value: unknown): Problem | null {
    try {
        return Problem(value, "problem");
    } catch {
        return null;
    }
}

function valueOf(text: string): unknown {
    try {
        return JSON.parse(text) as unknown;
    } catch {
        return undefined;
    }
}
