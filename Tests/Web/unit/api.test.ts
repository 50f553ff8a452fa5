import assert from "node:assert/strict";
import test, { afterEach } from "node:test";
import { forget, remembered } from "../../../Sources/Web/src/api/cache";
import { readCandles } from "../../../Sources/Web/src/api/candles";
import { readHealth } from "../../../Sources/Web/src/api/health";
import { ApiError, whenFree } from "../../../Sources/Web/src/api/http";
import { readSymbol, searchSymbols } from "../../../Sources/Web/src/api/symbols";
import { parseTime } from "../../../Sources/Web/src/lib/time";

const realFetch = globalThis.fetch;
afterEach(() => {
    globalThis.fetch = realFetch;
});

/** Answers every request in this way, and keeps what was asked. */
function answer(
    body: unknown,
    options: { status?: number; type?: string; headers?: Record<string, string> } = {},
): string[] {
    const asked: string[] = [];
    globalThis.fetch = (input) => {
        asked.push(String(input));
        const headers = { "Content-Type": options.type ?? "application/json", ...options.headers };
        const text = typeof body === "string" ? body : JSON.stringify(body);
        return Promise.resolve(new Response(text, { status: options.status ?? 200, headers }));
    };
    return asked;
}

const failure = async (work: Promise<unknown>): Promise<ApiError> => {
    const error: unknown = await work.then(
        () => assert.fail("no error"),
        (reason: unknown) => reason,
    );
    assert.ok(error instanceof ApiError, String(error));
    return error;
};

/** An answer of columns: bars of a day or an hour, the first so many of them after 1970. */
const columns = (seconds: number, bars: readonly number[]): Record<string, unknown> => ({
    bars_per_point: 1,
    seconds_per_bar: seconds,
    price_decimals: 2,
    volume_decimals: 0,
    bars_since_1970: bars,
    open: bars.map(() => 100),
    high: bars.map(() => 250),
    low: bars.map(() => 50),
    close: bars.map(() => 1_723),
    volume: bars.map(() => 10),
});
const day = 86_400;

test("a server that is busy is asked again, a few times, and no other", async () => {
    const turns = (failures: number, status: number, retryAfter: number | null = null): (() => Promise<number>) => {
        let turn = 0;
        return () => {
            turn += 1;
            return turn > failures
                ? Promise.resolve(turn)
                : Promise.reject(new ApiError("refused", `${turn}`, status, null, null, [], retryAfter));
        };
    };
    const pauses: number[] = [];
    const wait = (pause: number): Promise<void> => {
        pauses.push(pause);
        return Promise.resolve();
    };
    assert.equal(await whenFree(turns(3, 503), undefined, wait), 4);
    assert.equal((await failure(whenFree(turns(4, 503), undefined, wait))).message, "4");
    assert.equal((await failure(whenFree(turns(1, 404), undefined, wait))).message, "1");
    assert.deepEqual(pauses, [3_000, 3_000, 3_000, 3_000, 3_000, 3_000]);
    assert.equal(await whenFree(turns(1, 503, 5), undefined, wait), 2);
    assert.equal(pauses.at(-1), 5_000);
    // Nobody waits for an hour.
    assert.equal((await failure(whenFree(turns(1, 503, 3_600), undefined, wait))).message, "1");
});

test("an answer that was kept by the release before is asked for once more", async () => {
    const asked: (RequestCache | undefined)[] = [];
    const known = { symbol: "AAPL", name: "Apple", asset_type: "EQUITY", exchange: null, is_active: true };
    const answers = (first: Record<string, string>): void => {
        asked.length = 0;
        globalThis.fetch = (_, options) => {
            asked.push(options?.cache);
            const isFirst = asked.length === 1;
            const headers = { "Content-Type": "application/json", ...(isFirst && first) };
            return Promise.resolve(new Response(isFirst ? "{}" : JSON.stringify(body), { headers }));
        };
    };
    const body = { symbols: [known] };
    answers({});
    assert.equal((await failure(searchSymbols("A"))).failure, "unreadable");
    assert.deepEqual(asked, [undefined]);
    answers({ "X-Cache": "STALE" });
    const found = await searchSymbols("B").catch((error: unknown) => error);
    assert.deepEqual(asked, [undefined, "reload"], String(found));
});

test("daily and hourly candles are read from their own endpoints", async () => {
    const first = parseTime("2023-09-20")! / day;
    const daily = answer(columns(day, [first, 1]), { headers: { "X-Has-More": "true" } });
    const page = await readCandles("AAPL", "EQUITY", "1d", parseTime("2023-09-22"), 5000);
    assert.deepEqual(daily, ["/api/market-data/equities/candles?symbol=AAPL&end=2023-09-21&limit=5000&format=columns"]);
    assert.deepEqual(page.bars.time, [parseTime("2023-09-20"), parseTime("2023-09-21")]);
    assert.deepEqual([page.bars.open[0], page.bars.high[0], page.bars.low[0], page.bars.close[0]], [1, 2.5, 0.5, 17.23]);
    assert.deepEqual(page.bars.volume, [10, 10]);
    assert.equal(page.hasOlder, true);

    const hourly = answer(columns(3_600, [parseTime("2019-10-01T00:00:00Z")! / 3_600]));
    const hours = await readCandles("BTC-USD", "CRYPTO", "1h", parseTime("2019-10-01T01:00:00Z"), 10);
    assert.match(
        decodeURIComponent(hourly[0]!),
        /crypto\/candles\?symbol=BTC-USD&interval=1h&end=2019-10-01&limit=10&format=columns$/,
    );
    assert.deepEqual(hours.bars.time, [parseTime("2019-10-01T00:00:00Z")]);
    assert.equal(hours.hasOlder, false);
});

test("bars before 1970 and none at all are read, too", async () => {
    answer(columns(day, [-7_305, 1]));
    assert.deepEqual((await readCandles("AAPL", "EQUITY", "1d", null, 10)).bars.time, [-7_305 * day, -7_304 * day]);
    answer(columns(day, []));
    assert.deepEqual((await readCandles("AAPL", "EQUITY", "1d", null, 10)).bars.time, []);
});

test("a broken answer is one clear error that names the place", async () => {
    for (const [body, place] of [
        [[], "candles are no columns"],
        [null, "candles are no columns"],
        [{}, "candles have no times"],
        [{ ...columns(day, [1]), seconds_per_bar: 0 }, "candles have no times"],
        [{ ...columns(day, [1]), seconds_per_bar: "1" }, "candles have no times"],
        [columns(day, [1, 0]), "bars_since_1970[1] is not after the one before it"],
        [columns(day, [1.5]), "bars_since_1970[0] is not after the one before it"],
        [{ ...columns(day, [1]), close: ["1.5"] }, "close[0] is not a number"],
        [{ ...columns(day, [1]), low: [] }, "low is not as long as the times"],
        [{ ...columns(day, [1]), volume: null }, "volume is not as long as the times"],
        [{ ...columns(day, [1]), price_decimals: null }, "the decimals of open are no number"],
        ["<html>", "it is not JSON"],
    ] as const) {
        answer(body, { headers: { "X-Request-Id": "r-1" } });
        const error = await failure(readCandles("AAPL", "EQUITY", "1d", null, 10));
        assert.equal(error.failure, "unreadable");
        assert.match(error.message, new RegExp(place.replace(/[[\]]/g, "\\$&")));
        assert.equal(error.requestID, "r-1");
    }
});

test("a problem gives its detail, code and request id", async () => {
    const problem = {
        type: "about:blank",
        title: "Not found",
        status: 404,
        detail: "There is no ZZZ.",
        instance: "/api/symbols/ZZZ",
        code: "NOT_FOUND",
        request_id: "r-2",
    };
    answer(problem, { status: 404, type: "application/problem+json" });
    const error = await failure(readSymbol("ZZZ"));
    assert.deepEqual(
        [error.failure, error.message, error.code, error.requestID],
        ["refused", "There is no ZZZ.", "NOT_FOUND", "r-2"],
    );
    assert.ok(error.isNotFound);
});

test("an error that is no problem document still names its status", async () => {
    answer("bad gateway", { status: 502, type: "text/html", headers: { "X-Request-Id": "r-3" } });
    const error = await failure(searchSymbols("a"));
    assert.deepEqual([error.status, error.requestID], [502, "r-3"]);
});

test("no network is told as such", async () => {
    globalThis.fetch = () => Promise.reject(new TypeError("failed"));
    assert.equal((await failure(searchSymbols("a"))).failure, "unreachable");
});

test("a service that is not ready is an answer, not an error", async () => {
    const database = { status: "down", latency_ms: null, detail: "It is not reachable." };
    const other = { status: "not_configured", latency_ms: 1.5, detail: null };
    const checks = { database, schema: other, backtest_daemon: other, market_data: other, server_secret: other };
    const body = { status: "unavailable", checks, draining: false };
    answer(body, { status: 503 });
    const health = await readHealth();
    assert.equal(health.status, "unavailable");
    assert.deepEqual(health.checks.database, { status: "down", latencyMs: null, detail: "It is not reachable." });
    assert.deepEqual(health.checks.backtestDaemon, { status: "not_configured", latencyMs: 1.5, detail: null });
    answer({}, { status: 503, type: "application/problem+json", headers: { "X-Request-Id": "r-4" } });
    assert.equal((await failure(readHealth())).requestID, "r-4");
});

test("symbols are read with the intervals this page knows, daily first", async () => {
    const symbol = {
        symbol: "BTC-USD",
        name: "BTC-USD",
        asset_type: "CRYPTO",
        exchange: null,
        currency: "USD",
        base_asset: "BTC",
        quote_asset: "USD",
        intervals: ["1h", "5m", "1d"],
    };
    const asked = answer({ symbols: [symbol], limit: 20, offset: 0, has_more: true });
    const list = await searchSymbols(" btc ", { assetType: "CRYPTO" });
    assert.deepEqual(asked, ["/api/symbols/search?q=btc&asset_type=CRYPTO&limit=20"]);
    assert.equal(list.hasMore, true);
    assert.deepEqual(list.symbols[0], {
        symbol: "BTC-USD",
        name: null,
        assetType: "CRYPTO",
        exchange: null,
        currency: "USD",
        baseAsset: "BTC",
        quoteAsset: "USD",
        intervals: ["1d", "1h"],
    });
});

test("an answer is asked for once while it is kept, and again after a failure", async () => {
    let calls = 0;
    const load = (): Promise<number> => (calls++ === 0 ? Promise.reject(new Error("down")) : Promise.resolve(calls));
    await assert.rejects(remembered("key", load));
    assert.equal(await remembered("key", load), 2);
    assert.equal(await remembered("key", load), 2);
    forget("key");
    assert.equal(await remembered("key", load), 3);
});
