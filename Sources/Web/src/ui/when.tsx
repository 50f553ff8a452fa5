import { isoTime, writtenTime } from "../lib/time";

/** A moment, in UTC as every time of this app. */
export const When = ({ at }: { at: number }): JSX.Element => (
    <time dateTime={isoTime(at)}>{writtenTime(at, "1h")}</time>
);
