/* Requests to /api and the one error type that everything above sees. */
import { isProblem, type FieldError } from "./decode";

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
        readonly code: string | null = null,
        readonly requestID: string | null = null,
        readonly fieldErrors: readonly FieldError[] = [],
    ) {
        super(message);
        this.name = "ApiError";
    }

    get isNotFound(): boolean {
        return this.status === 404;
    }
}

export interface Answer {
    readonly status: number;
    readonly body: unknown;
    /** The body as it came. */
    readonly text: string;
    readonly header: (name: string) => string | null;
}

interface Options {
    readonly signal?: AbortSignal | undefined;
    /** Statuses besides those of success whose body is an answer and not a problem. */
    readonly accept?: readonly number[];
}

const defaultTimeout = 20_000;

/** Throws ApiError, or the AbortError of `signal`. */
export const get = (
    path: string,
    query: Record<string, string | number | null>,
    options: Options = {},
): Promise<Answer> => request("GET", path + searchOf(query), undefined, options);

/** A request that may change something. Throws ApiError. */
export const send = (
    method: "POST" | "PATCH" | "PUT" | "DELETE",
    path: string,
    body?: unknown,
    options: Options = {},
): Promise<Answer> => request(method, path, body, options);

async function request(method: string, url: string, body: unknown, options: Options): Promise<Answer> {
    const ending = new AbortController();
    const stop = (): void => ending.abort();
    options.signal?.addEventListener("abort", stop);
    if (options.signal?.aborted) stop();
    const timer = setTimeout(stop, defaultTimeout);
    try {
        const response = await fetch(url, {
            method,
            headers: { Accept: "application/json", ...(body !== undefined && { "Content-Type": "application/json" }) },
            signal: ending.signal,
            ...(body !== undefined && { body: JSON.stringify(body) }),
        });
        return await answerOf(response, options.accept ?? []);
    } catch (error) {
        if (error instanceof ApiError || options.signal?.aborted) throw error;
        throw new ApiError(
            "unreachable",
            ending.signal.aborted ? "The server did not answer in time." : "The server could not be reached.",
        );
    } finally {
        clearTimeout(timer);
        options.signal?.removeEventListener("abort", stop);
    }
}

async function answerOf(response: Response, accept: readonly number[]): Promise<Answer> {
    const header = (name: string): string | null => response.headers.get(name);
    const type = header("Content-Type") ?? "";
    const text = await response.text();
    const body = /\bjson\b/.test(type) ? parsed(text) : undefined;
    if (isProblem(body, type)) {
        const { title, detail, code, request_id, field_errors } = body;
        throw new ApiError(
            "refused",
            detail ?? title,
            response.status,
            code ?? null,
            request_id ?? header("X-Request-Id"),
            field_errors ?? [],
        );
    }
    if (!response.ok && !accept.includes(response.status)) {
        throw new ApiError(
            "refused",
            `The server answered with status ${response.status}.`,
            response.status,
            null,
            header("X-Request-Id"),
        );
    }
    if (body === undefined && response.status !== 204) throw unreadable("it is not JSON", header("X-Request-Id"));
    return { status: response.status, body, text, header };
}

export const unreadable = (reason: string, requestID: string | null): ApiError =>
    new ApiError("unreadable", `The server's answer could not be read: ${reason}.`, null, null, requestID);

function parsed(text: string): unknown {
    try {
        return JSON.parse(text) as unknown;
    } catch {
        return undefined;
    }
}

function searchOf(query: Record<string, string | number | null>): string {
    const pairs = Object.entries(query).filter((pair): pair is [string, string | number] => pair[1] !== null);
    const text = new URLSearchParams(pairs.map(([name, value]) => [name, String(value)])).toString();
    return text && `?${text}`;
}
