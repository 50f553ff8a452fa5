import assert from "node:assert/strict";
import test from "node:test";
import type { Trade } from "api-types";
import { TradeHistory } from "../../../Sources/Web/src/lib/results/trade-history";

const tradesFrom = (first: number, count: number): Trade[] =>
    Array.from({ length: count }, (_, index) => ({ tradeNo: first + index }) as Trade);

/** A server of pages of ten; `failing` offsets fail once. */
function served(total: number, failing: readonly number[] = []) {
    const asked: number[] = [];
    const broken = new Set(failing);
    const readPage = async (offset: number): Promise<readonly Trade[]> => {
        asked.push(offset);
        if (broken.delete(offset)) throw new Error("No.");
        return tradesFrom(offset + 1, Math.min(10, total - offset));
    };
    return { asked, source: { first: tradesFrom(1, Math.min(10, total)), total, readPage } };
}

test("all trades are read, in order, and told of as they double", async () => {
    const { asked, source } = served(95);
    const history = new TradeHistory(source, null);
    const told: number[] = [];
    history.subscribe(() => told.push(history.state().trades.length));
    await Promise.all([history.load(), history.load()]);
    assert.deepEqual(asked, [10, 20, 30, 40, 50, 60, 70, 80, 90], "each page once");
    assert.deepEqual(told, [20, 40, 80, 95]);
    assert.ok(history.state().trades.every(({ tradeNo }, index) => tradeNo === index + 1));
    assert.equal(history.state().isComplete, true);
});

test("a trade that is waited for is told of as soon as it is there", async () => {
    const { source } = served(95);
    const history = new TradeHistory(source, 55);
    const told: number[] = [];
    history.subscribe(() => told.push(history.state().trades.length));
    await history.load();
    assert.deepEqual(told, [20, 40, 60, 95]);
});

test("after a failure it goes on where it stood", async () => {
    const { asked, source } = served(45, [30]);
    const history = new TradeHistory(source, null);
    await history.load();
    assert.equal(history.state().trades.length, 30, "what came before the failure is there");
    assert.match(String(history.state().error), /No/);
    await history.load();
    assert.deepEqual(asked, [10, 20, 30, 30, 40]);
    assert.deepEqual([history.state().error, history.state().trades.length], [null, 45]);
});

test("it stops where nobody looks, and where nothing more comes", async () => {
    const { asked, source } = served(95);
    const left = new TradeHistory(source, null);
    const reading = left.load();
    left.stop();
    await reading;
    assert.deepEqual(asked, [10]);
    const short = served(20);
    const promised = new TradeHistory({ ...short.source, total: 40 }, null);
    await promised.load();
    assert.deepEqual(short.asked, [10, 20]);
    assert.equal(promised.state().isComplete, true);
});
