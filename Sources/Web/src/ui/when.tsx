import { isoTime, writtenTime } from "../lib/time";
import { useClock } from "./preferences";

/** A moment, by the clock that the reader has chosen; it changes where the choice is made. */
export function When({ at }: { at: number }): JSX.Element {
    useClock();
    return <time dateTime={isoTime(at)}>{writtenTime(at, "1h")}</time>;
}
