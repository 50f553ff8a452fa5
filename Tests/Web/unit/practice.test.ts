import assert from "node:assert/strict";
import test from "node:test";
import type { Backtest, Order, Replay, ReplayPosition, ReplayResult } from "api-types";
import { parseTime } from "../../../Sources/Web/src/lib/time";
import {
    afterStep,
    averageCost,
    barOf,
    endedBetween,
    fillMarks,
    lastWholeDay,
    namedTogether,
    openProfit,
    pauseBefore,
    type PractisedDetail,
} from "../../../Sources/Web/src/lib/trading/practice";
import { besideDays, besideOf, besideRequest, newestSale, unlikeInWords } from "../../../Sources/Web/src/lib/trading/practice-beside";
import {
    maximumSymbols,
    practiceAddress,
    practiceFaults,
    practiceFieldOf,
    practiceFormIn,
    practiceSent,
    proposedFor,
    storedOfAll,
} from "../../../Sources/Web/src/lib/trading/practice-form";

const day = (text: string): number => parseTime(text)!;

const order = (id: string, status: string, more: object = {}): Order =>
    ({ id, status, side: "BUY", quantity: "10.00000000", priceAsOf: null, ...more } as unknown as Order);

test("a backtest beside practice ends with the last day that the clock is past", () => {
    const last = (timeframe: string, clock: string): number | null =>
        lastWholeDay({ timeframe, firstBar: day("2024-01-30"), clock: parseTime(clock)! } as Replay);
    assert.equal(last("1d", "2024-01-30"), day("2024-01-30"));
    assert.equal(last("1d", "2024-02-05"), day("2024-02-05"));
    // Its hours after the clock are still to come.
    assert.equal(last("1h", "2024-01-30T22:00:00Z"), null);
    assert.equal(last("1h", "2024-01-30T23:00:00Z"), day("2024-01-30"));
    assert.equal(last("1h", "2024-02-01T10:00:00Z"), day("2024-01-31"));
});

test("what a step does to orders is told: fills, refusals and ends, and nothing that was known", () => {
    const before = [order("a", "PENDING"), order("b", "PENDING"), order("c", "FILLED"), order("d", "PENDING"), order("e", "PENDING")];
    const after = [
        order("exit", "FILLED"),
        order("other exit", "CANCELLED"),
        order("a", "FILLED"),
        order("b", "PENDING"),
        order("c", "FILLED"),
        order("d", "EXPIRED"),
        order("e", "REJECTED"),
    ];
    assert.deepEqual(endedBetween(before, after).map(({ id }) => id), ["exit", "a", "d", "e"]);
    assert.deepEqual(endedBetween(after, after), []);
});

test("what a step has brought is added to what was there", () => {
    const detail = (bars: number, orders: readonly Order[]): PractisedDetail =>
        ({ replay: { bars }, orders }) as unknown as PractisedDetail;
    const before = detail(1, [order("b", "PENDING"), order("a", "FILLED")]);
    const now = afterStep(before, detail(3, [order("exit", "PENDING"), order("b", "FILLED")]));
    assert.deepEqual(now, detail(3, [order("exit", "PENDING"), order("b", "FILLED"), order("a", "FILLED")]));
});

test("a fill stands at the bar whose price it has", () => {
    const times = ["2024-01-29", "2024-01-30", "2024-01-31"].map(day);
    const marks = fillMarks(
        [
            // The close of a session, the end of a coin's day, and one of before the bars that are here.
            order("a", "FILLED", { priceAsOf: day("2024-01-29T21:00:00Z") }),
            order("b", "FILLED", { priceAsOf: day("2024-01-31"), side: "SELL", quantity: "0.50000000" }),
            order("c", "FILLED", { priceAsOf: day("2024-01-02T21:00:00Z") }),
            order("d", "PENDING"),
        ],
        times,
    );
    assert.deepEqual(marks, [
        { index: 0, side: "buy", text: "Bought 10" },
        { index: 1, side: "sell", text: "Sold 0.5" },
    ]);
});

test("steps begin no faster than they may, and at once where the last one took longer", () => {
    assert.equal(pauseBefore(4, 1_000, 1_100), 150);
    assert.equal(pauseBefore(4, 1_000, 1_400), 0);
    assert.equal(pauseBefore(1, 0, 1_000_000), 0);
});

test("a fill is of the bar that its price belongs to, whatever else the clock passes", () => {
    const at = (priceAsOf: number | null, interval: "1d" | "1h"): number | null => barOf({ priceAsOf }, interval);
    assert.equal(at(day("2024-01-29T21:00:00Z"), "1d"), day("2024-01-29"));
    assert.equal(at(day("2024-01-31"), "1d"), day("2024-01-30"));
    assert.equal(at(day("2024-01-31T05:00:00Z"), "1h"), day("2024-01-31T04:00:00Z"));
    assert.equal(at(null, "1d"), null);
});

test("positions have a cost of their own, and a profit together that is exact", () => {
    const position = (quantity: string, costBasis: string, unrealizedPnl: string | null): ReplayPosition =>
        ({ quantity, costBasis, unrealizedPnl }) as unknown as ReplayPosition;
    assert.equal(averageCost(position("10", "995.00", "-45.00")), 99.5);
    assert.equal(averageCost(position("0", "0.00", "0.00")), null);
    const all = (...positions: ReplayPosition[]): Replay => ({ positions }) as unknown as Replay;
    assert.equal(openProfit(all(position("1", "1.00", "-45.10"), position("1", "1.00", "0.05"))), "-45.05");
    assert.equal(openProfit(all(position("1", "1.00", "-45.10"), position("1", "1.00", null))), null);
    assert.equal(openProfit(all(position("0", "0.00", "0.00"))), "0");
});

test("few symbols are named, and many are counted", () => {
    assert.equal(namedTogether(["A"]), "A");
    assert.equal(namedTogether(["A", "B"]), "A and B");
    assert.equal(namedTogether(["A", "B", "C"]), "A, B and C");
    assert.equal(namedTogether(["A", "B", "C", "D", "E"]), "A, B and 3 more");
});

const daily = { interval: "1d", first: day("2014-01-02"), last: day("2023-09-21") } as const;
const hourly = { interval: "1h", first: day("2019-09-10T00:00:00Z"), last: day("2019-09-30T23:00:00Z") } as const;

test("a form is filled in from its address and from what is stored", () => {
    const form = practiceFormIn({ symbol: "aapl", timeframe: "1w", balance: "5000" });
    assert.deepEqual(form, { symbols: ["AAPL"], timeframe: "", from: "", balance: "5000" });
    assert.deepEqual(practiceFormIn({}), { symbols: [""], timeframe: "", from: "", balance: "100000.00" });
    const several = practiceFormIn({ symbol: "aapl,btc-usd," });
    assert.deepEqual(several.symbols, ["AAPL", "BTC-USD", ""]);
    assert.deepEqual(practiceFormIn(practiceAddress(several)), several);
    assert.deepEqual(proposedFor(form, [daily]), { ...form, timeframe: "1d", from: "2022-09-21" });
    // Hours that are kept for less than a month are practised on from their first.
    assert.deepEqual(proposedFor({ ...form, timeframe: "1h" }, [daily, hourly]), { ...form, timeframe: "1h", from: "2019-09-10" });
    // What is said stays, and of nothing that is stored nothing is proposed.
    assert.equal(proposedFor({ ...form, from: "2020-02-03" }, [daily]).from, "2020-02-03");
    assert.deepEqual(proposedFor(form, []), form);
});

test("an address has room for the most symbols with the longest tickers", () => {
    const symbols = Array.from({ length: maximumSymbols }, (_, at) => `${at}`.padStart(32, "X"));
    assert.deepEqual(practiceFormIn(practiceAddress({ ...practiceFormIn({}), symbols })).symbols, symbols);
});

test("practice stands beside a run over the same days", () => {
    const replay = {
        firstBar: day("2024-01-02"), clock: day("2024-01-05"), timeframe: "1d", startingBalance: "10000.00", feeBps: 5,
    } as unknown as Replay;
    const days = besideDays(replay)!;
    assert.deepEqual(days, { start: "2024-01-02", end: "2024-01-05" });
    // Hours of a day that is not over are still to come.
    assert.deepEqual(besideDays({ ...replay, timeframe: "1h", clock: day("2024-01-05T22:00:00Z") })?.end, "2024-01-04");
    assert.equal(besideDays({ ...replay, timeframe: "1h", clock: day("2024-01-02T22:00:00Z") }), null);
    const request = besideRequest(replay, "7", "AAPL", days);
    assert.deepEqual([request.initial_equity, request.simulation?.commission_bps], ["10000.00", 5]);
    // Figures are of every bar, and the curves of fewer.
    const practice = {
        returnPct: 10, maxDrawdownPct: 25, sales: 612, symbols: [{ symbol: "AAPL", sales: 612 }],
        equity: [
            { time: day("2024-01-02"), equity: 10_000 }, { time: day("2024-01-03"), equity: 9_000 },
            { time: day("2024-01-04"), equity: 11_000 },
        ],
    } as unknown as ReplayResult;
    const run = {
        endDate: day("2024-01-04"), initialEquity: "10000.00",
        results: { numTrades: 3, totalReturnPct: 20, maxDrawdownPct: 0 },
        equity: [{ time: day("2024-01-02"), equity: 10_000 }, { time: day("2024-01-04"), equity: 12_000 }],
    } as unknown as Backtest;
    const { sides, times, growth } = besideOf(practice, replay, run);
    const rounded = (values: readonly number[]): readonly number[] => values.map((value) => Number(value.toFixed(6)));
    assert.deepEqual(sides.map(({ sales }) => sales), [612, 3]);
    assert.deepEqual(rounded(sides.map(({ change }) => change!)), [0.1, 0.2]);
    assert.deepEqual(rounded(sides.map(({ drawdown }) => drawdown!)), [-0.25, 0]);
    assert.equal(times.length, 3);
    assert.deepEqual(growth.map(rounded), [[0, -0.1, 0.1], [0, 0, 0.2]]);
    const unknown = { ...practice, returnPct: null, maxDrawdownPct: null, equity: [] };
    assert.deepEqual(besideOf(unknown, replay, run).sides.map(({ change, drawdown }) => [change, drawdown]), [[null, null], [0.2, 0]]);
});

test("a sale by the end of the run's days makes another result", () => {
    const run = { endDate: day("2024-01-04") };
    const sale = (id: string, time: string): Order => order(id, "FILLED", { side: "SELL", priceAsOf: day(time) });
    const orders = [
        sale("later", "2024-01-05T21:00:00Z"), order("d", "CANCELLED", { side: "SELL" }),
        order("c", "FILLED", { priceAsOf: day("2024-01-03T21:00:00Z") }), sale("newest", "2024-01-05"),
        sale("older", "2024-01-03T21:00:00Z"),
    ];
    assert.equal(newestSale(orders, run), "newest");
    assert.equal(newestSale([], run), "");
});

test("practice on several symbols is not silently beside a strategy on one", () => {
    const symbols = [{ symbol: "AAPL", sales: 1 }, { symbol: "NVDA", sales: 4 }];
    assert.equal(
        unlikeInWords({ symbols, sales: 5 }, "NVDA"),
        "The practice is all of it, with AAPL and NVDA; the strategy ran on NVDA alone. Sales of NVDA in the practice: 4 of 5.",
    );
    assert.equal(unlikeInWords({ symbols: symbols.slice(0, 1), sales: 1 }, "AAPL"), null);
});

test("several symbols are practised on where all of them have prices", () => {
    const later = { interval: "1d", first: day("2017-11-01"), last: day("2019-10-01") } as const;
    assert.deepEqual(storedOfAll([[daily], [hourly, later]]), [{ ...daily, first: later.first, last: later.last }]);
    assert.deepEqual(storedOfAll([[daily, hourly], [hourly]]), [hourly]);
    assert.deepEqual(storedOfAll([[daily]]), [daily]);
    // Where one ends before the other begins there is nothing to practise on.
    assert.deepEqual(storedOfAll([[{ ...daily, last: daily.first }], [{ ...daily, first: daily.first + 1 }]]), []);
    assert.deepEqual(storedOfAll([]), []);
});

test("a form without faults is what the server is sent", () => {
    const form = { symbols: ["AAPL", "NVDA"], timeframe: "1d", from: "2020-02-03", balance: "100,000" } as const;
    assert.deepEqual(practiceFaults(form), {});
    assert.deepEqual(practiceSent(form), {
        symbols: ["AAPL", "NVDA"],
        timeframe: "1d",
        from: "2020-02-03",
        starting_balance: "100000",
    });
    assert.equal(practiceSent({ ...form, from: " 2020-02-03 " }).from, "2020-02-03");
    assert.deepEqual(Object.keys(practiceFaults({ ...form, from: "2020-02-03T00:00:00Z" })), ["from"]);
    assert.deepEqual(Object.keys(practiceFaults({ symbols: [""], timeframe: "", from: "2020-02-30", balance: "some" })), [
        "symbols[0]",
        "from",
        "balance",
    ]);
    assert.deepEqual(practiceFaults({ ...form, symbols: ["AAPL", "", "AAPL"] }), {
        "symbols[1]": "Choose a symbol, or remove this one.",
        "symbols[2]": "It is chosen already.",
    });
    assert.equal(practiceFieldOf["symbols[9]"], "symbols[9]");
});
