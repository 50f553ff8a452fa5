/* Refusals, as they stand at their fields. */
import assert from "node:assert/strict";
import test from "node:test";
import { atField } from "../../../Sources/Web/src/lib/field-words";
import { coveredDays } from "../../../Sources/Web/src/lib/results/curve";
import { endInWords } from "../../../Sources/Web/src/lib/run-words";
import { parseTime } from "../../../Sources/Web/src/lib/time";

test("no message at a field names the field of the request", () => {
    const cases: readonly (readonly [field: string, said: string, shown: string])[] = [
        ["simulation.commission_bps", "must be 0 to 1000.", "From 0 to 1,000."],
        ["initial_equity", "must be 0.01 to 1000000000000.", "From 0.01 to 1,000,000,000,000."],
        ["fee_bps", "must be from 0 to 100, with at most four decimals.", "From 0 to 100, with at most four decimals."],
        ["limit", "must be a whole number from 1 to 500.", "From 1 to 500."],
        ["start_date", "must be a day such as 2023-09-21.", "Must be a day such as 2023-09-21."],
        ["symbol", "is required.", "This is needed."],
    ];
    for (const [field, said, shown] of cases) assert.equal(atField(field, `${field} ${said}`), shown);
    assert.equal(atField("symbol", "No active symbol X is stored."), "No active symbol X is stored.");
});

const day = (text: string): number => parseTime(text)!;
const stored = { first: day("2013-01-02"), last: day("2023-09-21") };

test("what gives a run more bars depends on where the days lie", () => {
    const advice = (start: string, end: string): string =>
        endInWords("failed", "BACKTEST_INSUFFICIENT_BARS", { start: day(start), end: day(end), stored }).advice;
    assert.match(advice("1900-01-01", "1901-01-01"), /^Choose later days\.$/);
    assert.match(advice("2024-01-01", "2024-06-01"), /^Choose earlier days\.$/);
    assert.match(advice("2018-01-02", "2018-01-03"), /Choose more days, or shorter periods/);
    assert.match(advice("2023-09-20", "2023-09-21"), /Choose an earlier first day, or/);
    assert.match(advice("2012-01-01", "2013-01-05"), /Choose a later last day, or/);
    assert.match(advice("1900-01-01", "2100-01-01"), /Choose shorter periods/);
    // Where nothing is known of the stored days it says what may help.
    assert.match(endInWords("failed", "BACKTEST_INSUFFICIENT_BARS").advice, /earlier first day/);
});

test("a result says which bars it had, where it was asked for more days", () => {
    const times = [stored.first, stored.last];
    const asked = (start: string, end: string) => coveredDays(times, { startDate: day(start), endDate: day(end) });
    assert.deepEqual(asked("1900-01-01", "2100-01-01"), times);
    assert.deepEqual(asked("2013-01-01", "2024-01-01"), times);
    assert.equal(asked("2013-01-01", "2023-09-24"), null);
    assert.equal(coveredDays([], { startDate: 0, endDate: 1 }), null);
});
