import { DecodeError } from "./decode";
import { type Answer, unreadable } from "./http";

/** Runs a decoder over an answer; what it finds wrong becomes an ApiError with the answer's request id. */
export function read<T>(answer: Answer, decode: (body: unknown) => T): T {
    try {
        return decode(answer.body);
    } catch (error) {
        if (error instanceof DecodeError) throw unreadable(error.message, answer.header("X-Request-Id"));
        throw error;
    }
}
