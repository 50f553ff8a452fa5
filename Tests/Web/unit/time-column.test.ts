import assert from "node:assert/strict";
import test from "node:test";
import type { Interval } from "../../../Sources/Web/src/lib/bars";
import { filtered, sorted } from "../../../Sources/Web/src/lib/table";
import { parseTime, setClock } from "../../../Sources/Web/src/lib/time";
import { timeColumn } from "../../../Sources/Web/src/ui/table/time-column";

interface Row {
    readonly at: number | null;
    readonly interval?: Interval;
}

const rowAt = (text: string): Row => ({ at: parseTime(text)! });
const moment = timeColumn<Row>("at", "At", ({ at }) => at);
const bar = timeColumn<Row>("bar", "Bar", ({ at }) => at, { interval: ({ interval = "1d" }) => interval });

test("a file says a moment as the API does, by whatever clock it is read here", () => {
    const row = rowAt("2019-10-01T00:00:07Z");
    for (const clock of ["utc", "own"] as const) {
        setClock(clock);
        assert.equal(moment.inFile!(row), "2019-10-01T00:00:07Z");
        assert.equal(bar.inFile!(rowAt("2019-10-01")), "2019-10-01");
        assert.equal(bar.inFile!({ ...rowAt("2019-10-01T05:00:00Z"), interval: "1h" }), "2019-10-01T05:00:00Z");
        assert.equal(moment.inFile!({ at: null }), null);
    }
    setClock("utc");
    assert.equal(moment.title, "At");
    assert.equal(moment.isTime, true);
});

test("what is looked for is what is read", () => {
    const rows = [rowAt("2019-10-01T05:00:00Z"), rowAt("2020-01-01T05:00:00Z"), { at: null }];
    assert.deepEqual(filtered(rows, [moment.value], "2019-10-01 05:00"), [rows[0]]);
    assert.deepEqual(filtered(rows, [moment.value], String(rows[0]!.at)), []);
});

test("the hour that a clock repeats is in order on the page, and told apart in a file", () => {
    // Where summer time ended: the second half hour of one is written as that of the other.
    const [first, again] =
        process.env["TZ"] === "Pacific/Auckland"
            ? ["2019-04-06T13:59:00Z", "2019-04-06T14:30:00Z"]
            : ["2019-11-03T08:59:00Z", "2019-11-03T09:30:00Z"];
    const rows = [rowAt(again), rowAt(first)];
    try {
        setClock("own");
        assert.ok(String(moment.value(rows[0]!)) < String(moment.value(rows[1]!)), "by its text it would come first");
        assert.deepEqual(sorted(rows, moment.sortBy!, false), [rows[1], rows[0]]);
        assert.deepEqual(rows.map(moment.inFile!), [again, first]);
    } finally {
        setClock("utc");
    }
});

test("a column that says more of itself keeps that", () => {
    const trade = timeColumn<Row>("entry", "Bought", ({ at }) => at, { kind: "text", isTime: false });
    assert.equal(trade.kind, "text");
    assert.equal(trade.isTime, false);
    assert.equal("interval" in trade, false);
});
