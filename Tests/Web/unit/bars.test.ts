import assert from "node:assert/strict";
import test from "node:test";
import { BarHistory, type BarPage } from "../../../Sources/Web/src/lib/bar-history";
import { type Bars, firstIndexAtOrAfter, joined } from "../../../Sources/Web/src/lib/bars";
import { barsToCSV, csvName } from "../../../Sources/Web/src/lib/csv";
import { parseTime } from "../../../Sources/Web/src/lib/time";

const barsAt = (...time: number[]): Bars => ({ time, open: time, high: time, low: time, close: time, volume: time });

/** A server with a bar at every second from 0 to 9, three a page; fails the calls whose number is in `failing`. */
function server(failing: number[] = []): { history: BarHistory; asked: (number | null)[] } {
    const asked: (number | null)[] = [];
    const read = (before: number | null): Promise<BarPage> => {
        asked.push(before);
        if (failing.includes(asked.length)) return Promise.reject(new Error("down"));
        const end = before ?? 10;
        const first = Math.max(0, end - 3);
        const bars = barsAt(...Array.from({ length: end - first }, (_, index) => first + index));
        return Promise.resolve({ bars, hasOlder: first > 0 });
    };
    return { history: new BarHistory(read), asked };
}

test("older bars are joined in front, without the ones that are already there", () => {
    assert.deepEqual(joined(barsAt(1, 2, 3, 4), barsAt(4, 5)).time, [1, 2, 3, 4, 5]);
    assert.deepEqual(joined(barsAt(), barsAt(4)).close, [4]);
    assert.deepEqual(joined(barsAt(1, 2), barsAt()).volume, [1, 2]);
});

test("the first bar at or after a time is found", () => {
    assert.deepEqual(
        [0, 3, 4, 9, 10].map((time) => firstIndexAtOrAfter([3, 5, 9], time)),
        [0, 0, 1, 2, 3],
    );
});

test("history reads the newest page, then back to a time and the bars before it that are asked for", async () => {
    const { history, asked } = server();
    await history.loadMore();
    assert.deepEqual(history.state().bars.time, [7, 8, 9]);
    assert.equal(await history.loadBack(6, 1), true);
    assert.deepEqual(asked, [null, 7]);
    assert.equal(await history.loadBack(6, 3), true);
    assert.deepEqual(asked, [null, 7, 4]);
    assert.deepEqual(history.state().bars.time, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert.equal(history.state().isComplete, false);
    assert.equal(await history.loadBack(-Infinity, 0), true);
    assert.equal(history.state().isComplete, true);
    await history.loadMore();
    assert.equal(asked.length, 4, "a complete history asks for nothing more");
});

test("calls at the same time share one request", async () => {
    const { history, asked } = server();
    await Promise.all([history.loadMore(), history.loadMore(), history.loadMore()]);
    assert.equal(asked.length, 1);
});

test("a failure keeps the bars that are there, and the next call goes on", async () => {
    const { history } = server([2]);
    await history.loadMore();
    assert.equal(await history.loadBack(-Infinity, 0), false);
    assert.equal((history.state().error as Error).message, "down");
    assert.deepEqual(history.state().bars.time, [7, 8, 9]);
    assert.equal(await history.loadBack(-Infinity, 0), true);
    assert.equal(history.state().error, null);
    assert.equal(history.state().bars.time.length, 10);
});

test("a long way back tells of bars when they have doubled, and at its end", async () => {
    const { history } = server();
    await history.loadMore();
    const told: number[] = [];
    history.subscribe(() => {
        const count = history.state().bars.time.length;
        if (told[told.length - 1] !== count) told.push(count);
    });
    await history.loadBack(-Infinity, 0);
    assert.deepEqual(told, [3, 6, 10]);
});

test("a failure on a long way back tells of what was read, and retry goes on to where it was going", async () => {
    const { history, asked } = server([4]);
    await history.loadMore();
    assert.equal(await history.loadBack(-Infinity, 0), false);
    assert.equal(history.state().bars.time.length, 9);
    history.retry();
    await history.loadMore();
    assert.equal(history.state().isComplete, true);
    assert.deepEqual(asked, [null, 7, 4, 1, 1]);
});

test("retry goes on to what could not be read, though something nearer was asked for since", async () => {
    const { history, asked } = server([3]);
    await history.loadMore();
    assert.equal(await history.loadBack(-Infinity, 0), false);
    assert.equal(await history.loadBack(8, 0), true);
    assert.equal((history.state().error as Error).message, "down", "nothing was read since");
    history.retry();
    await history.loadBack(-Infinity, 0);
    assert.equal(history.state().error, null);
    assert.deepEqual(asked, [null, 7, 4, 4, 1]);
});

test("retry asks again for one page more, where nothing else was wanted", async () => {
    const { history, asked } = server([2]);
    await history.loadBack(8, 0);
    await history.loadMore();
    history.retry();
    await history.loadMore();
    assert.equal(history.state().error, null);
    assert.deepEqual(asked, [null, 7, 7]);
});

test("a server that promises more but gives nothing new is not asked for ever", async () => {
    let calls = 0;
    const history = new BarHistory(() => {
        calls += 1;
        return Promise.resolve({ bars: barsAt(5), hasOlder: true });
    });
    await history.loadBack(-Infinity, 0);
    assert.equal(calls, 2);
});

test("a file of bars holds prices in full, and never an exponent", () => {
    const bars: Bars = {
        time: [parseTime("2013-01-02")!, parseTime("2013-01-03")!],
        open: [19.779285, 1],
        high: [19.821428, 2],
        low: [19.343929, 0.0000001],
        close: [19.608213, 1.5],
        volume: [560518000, 0],
    };
    assert.equal(
        barsToCSV(bars, "1d"),
        "timestamp,open,high,low,close,volume\n" +
            "2013-01-02,19.779285,19.821428,19.343929,19.608213,560518000\n2013-01-03,1,2,0.0000001,1.5,0\n",
    );
    assert.match(barsToCSV(bars, "1h"), /\n2013-01-03T00:00:00Z,1,/);
    assert.equal(csvName("AAPL", "1d", bars), "aapl-1d-2013-01-02-2013-01-03.csv");
});
