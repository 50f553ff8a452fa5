import type { Interval } from "../../lib/bars";
import { noValue } from "../../lib/format";
import { barTime, tableTime } from "../../lib/time";
import { TimePair } from "../pair";
import type { Column } from "./table";

interface More<Row> extends Partial<Column<Row>> {
    /** Of the bar that is told; without one it is a moment, told as an hour. */
    readonly interval?: (row: Row) => Interval;
}

/**
 * A moment, or the bar that starts then. Readers see it by their clock, whose zone the title names; it is sorted as the
 * moment that it is, for an hour that a clock repeats is written twice alike; a file says what the API says.
 */
export function timeColumn<Row>(
    key: string,
    title: string,
    of: (row: Row) => number | null,
    { interval = () => "1h", ...more }: More<Row> = {},
): Column<Row> {
    const told = (row: Row, write: (seconds: number, interval: Interval) => string): string | null => {
        const at = of(row);
        return at === null ? null : write(at, interval(row));
    };
    return {
        key,
        title,
        isTime: true,
        kind: "number",
        value: (row) => told(row, tableTime),
        sortBy: of,
        inFile: (row) => told(row, barTime),
        cell: (row) => {
            const time = told(row, tableTime);
            return time === null ? noValue : <TimePair time={time} />;
        },
        ...more,
    };
}
