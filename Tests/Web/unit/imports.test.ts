import assert from "node:assert/strict";
import test from "node:test";
import type { Job, PriceProvider, StoredBars } from "api-types";
import {
    answered,
    asked,
    formatOptions,
    isAboutReading,
    optionField,
    parseOptions,
} from "../../../Sources/Web/src/lib/data/import-options";
import { hearOf } from "../../../Sources/Web/src/lib/data/job-news";
import {
    endInWords,
    jobName,
    jobSubject,
    jobUpload,
    resultInWords,
} from "../../../Sources/Web/src/lib/data/job-words";
import {
    isNothingNew,
    isNothingToStore,
    isTooMuchForALook,
    outcomeInWords,
    refusalInWords,
    seriesInWords,
} from "../../../Sources/Web/src/lib/data/outcome";
import { standingOfSource } from "../../../Sources/Web/src/lib/data/source-words";
import { sizeInWords } from "../../../Sources/Web/src/lib/format";
import { parseTime } from "../../../Sources/Web/src/lib/time";

test("what is said of a file is an address, and only what can be said", () => {
    const said = "?symbol=AAPL&provider=My+broker&date_order=day-first&zone=%2B02%3A00&skip_invalid=true";
    const options = parseOptions(said);
    assert.equal(formatOptions(options), said);
    assert.deepEqual(asked(options), {
        symbol: "AAPL",
        provider: "My broker",
        date_order: "day-first",
        zone: "+02:00",
        skip_invalid: true,
    });
    for (const wrong of ["?date_order=year-first", "?format=excel", "?replace=yes", "?timeframe=5m", "?x=1", ""])
        assert.equal(formatOptions(parseOptions(wrong)), "", wrong);
});

test("every question that is answered by more than a yes has its field", () => {
    for (const asks of ["symbol", "ticker", "format", "timeframe", "zone", "name", "exchange", "currency", "provider", "price_basis_date"] as const)
        assert.ok(optionField(asks), asks);
    for (const asks of ["date_order", "decimal_mark", "asset_type"] as const)
        assert.ok((optionField(asks)?.choices?.length ?? 0) >= 2, asks);
    assert.equal(optionField("replace"), undefined);
    assert.deepEqual([isAboutReading("date_order"), isAboutReading("symbol"), isAboutReading(null)], [true, false, false]);
});

test("the day that prices are adjusted as of is asked of adjusted ones", () => {
    const isAsked = (query: string): boolean | undefined => optionField("price_basis_date")?.isFor?.(parseOptions(query));
    assert.deepEqual(["", "?adjustment=split", "?price_basis_date=2026-01-31"].map(isAsked), [false, true, true]);
    const said = parseOptions("?adjustment=split&price_basis_date=2026-01-31");
    assert.equal(formatOptions(answered(said, { adjustment: "total" })), "?adjustment=total&price_basis_date=2026-01-31");
    assert.equal(formatOptions(answered(said, { adjustment: "" })), "");
});

test("a yes to replacing a series does not follow to another", () => {
    const options = parseOptions("?symbol=AAPL&replace=true&skip_invalid=true");
    const table = [
        [{ symbol: "MSFT" }, "?symbol=MSFT&skip_invalid=true"],
        [{ symbol: "AAPL" }, "?symbol=AAPL&replace=true&skip_invalid=true"],
        [{ timeframe: "1h" }, "?symbol=AAPL&timeframe=1h&skip_invalid=true"],
        [{ name: "Apple" }, "?symbol=AAPL&name=Apple&replace=true&skip_invalid=true"],
        [{ provider: "x", replace: true }, "?symbol=AAPL&provider=x&replace=true&skip_invalid=true"],
        [{ skip_invalid: false }, "?symbol=AAPL&replace=true"],
    ] as const;
    for (const [part, said] of table)
        assert.deepEqual(answered(options, part), parseOptions(said), said);
});

const stored: StoredBars = {
    symbol: "AAPL",
    newSymbol: false,
    added: 0,
    changed: 0,
    unchanged: 0,
    removed: 0,
    bars: 2_699,
    revision: 2,
    first: parseTime("2013-01-02")!,
    last: parseTime("2023-09-21")!,
};

test("what storing does is said before it is done", () => {
    const table: readonly [Partial<StoredBars>, string][] = [
        [{ added: 20 }, "20 new daily bars of AAPL."],
        [{ added: 1, changed: 3, unchanged: 17 }, "1 new daily bar of AAPL, 3 changed, 17 the same."],
        [{ changed: 3, unchanged: 17 }, "3 changed daily bars of AAPL, 17 the same."],
        [{ added: 5, removed: 2 }, "5 new daily bars of AAPL, 2 removed."],
        [{ unchanged: 20 }, "Nothing new: 20 bars of AAPL are here already."],
    ];
    for (const [change, words] of table) assert.equal(outcomeInWords({ ...stored, ...change }, "1d"), words);
    assert.ok(isNothingNew({ ...stored, unchanged: 3 }) && !isNothingNew({ ...stored, changed: 1 }));
    assert.equal(
        seriesInWords({ ...stored, newSymbol: true }, "1d", "then"),
        "A new symbol. The series has 2,699 bars then, 2 Jan 2013 to 21 Sep 2023.",
    );
});

test("bars that are here already bar no new name", () => {
    const same = { ...stored, unchanged: 3 };
    assert.ok(isNothingToStore(same, parseOptions("?symbol=AAPL&provider=x")));
    for (const said of ["?name=Apple", "?exchange=NASDAQ", "?currency=USD", "?price_basis_date=2026-01-31", "?replace=true"])
        assert.ok(!isNothingToStore(same, parseOptions(said)), said);
    assert.ok(!isNothingToStore({ ...same, added: 1 }, parseOptions("")));
});

test("only what takes too long to look at is stored without a look", () => {
    const is = (reason: string): boolean =>
        isTooMuchForALook({ report: null, refusal: { line: null, asks: null, reason } });
    const long = "reading the file takes more than 8 s, or confirm it as it is, for the worker takes its time; so does bitstockerz import";
    assert.ok(is(long) && !is("no line is a bar"));
    assert.equal(
        refusalInWords({ line: null, reason: long, asks: null }),
        "Reading the file takes more than 8 s.",
    );
});

test("a refusal is a sentence without the names that programs answer with", () => {
    const said = (reason: string, line: number | null = null): string => refusalInWords({ line, reason, asks: null });
    assert.equal(
        said('whether "01/05/2015" is day/month or month/day cannot be known: say date_order day-first or month-first', 2),
        'Line 2: whether "01/05/2015" is day/month or month/day cannot be known.',
    );
    assert.equal(
        said("1 line is no bar, so nothing is stored unless with skip_invalid; line 3: the time is out of order", 3),
        "1 line is no bar, so nothing is stored; line 3: the time is out of order.",
    );
    assert.equal(
        said("a series of two sources is no series; replace puts these in the place of all stored ones"),
        "A series of two sources is no series.",
    );
    assert.equal(said("the days are those of LSE: say zone with their place, such as Europe/London"), "The days are those of LSE.");
    assert.equal(said("no line is a bar"), "No line is a bar.");
});

test("jobs are told by what they do and of what", () => {
    const job = (jobType: string, payload: object): Job => ({ jobType, payload }) as Job;
    const fetching = job("ingest_bars", { symbol: "BTC-USD", interval: "1h", provider: "coinbase", asset_type: "CRYPTO" });
    assert.deepEqual(
        [jobName(fetching), jobSubject(fetching)],
        ["Fetching prices", "BTC-USD, 1h, from coinbase"],
    );
    const stored = job("import_bars", { upload: "x", options: { symbol: "AAPL", timeframe: "1d", replace: false } });
    assert.equal(jobSubject(stored), "AAPL, 1d");
    assert.deepEqual([jobName(job("odd_work", {})), jobSubject(job("odd_work", {}))], ["Odd work", ""]);
    assert.equal(formatOptions(jobUpload(stored)!.options), "?symbol=AAPL&timeframe=1d");
    assert.equal(jobUpload(fetching), null);
});

test("what a job came to is a sentence without zeros", () => {
    const plan = { series: 16, stale: 0, queued: 0, asked_lately: 0, provider_open: 0, provider_not_configured: 0 };
    const table: readonly [string, Job["result"], string][] = [
        ["ingest_bars", { added: 1_200, changed: 2, removed: 0, unchanged: 9, bars: 1_300, requests: 3 }, "1,200 new bars, 2 changed."],
        ["ingest_bars", { added: 0, changed: 1, removed: 0, bars: 5 }, "1 changed bar."],
        ["ingest_bars", { added: 3, left_out: 2 }, "3 new bars, 2 left out that begin at no hour or day."],
        [
            "ingest_bars",
            { added: 30, impossible: 1, first_impossible: "2024-01-02" },
            "30 new bars. 1 impossible bar left out (2 Jan 2024).",
        ],
        [
            "ingest_bars",
            { added: 0, impossible: 3, first_impossible: "2024-01-02T05:00:00Z" },
            "Nothing new. 3 impossible bars left out (first 2 Jan 2024 05:00 UTC).",
        ],
        [
            "ingest_bars",
            { added: 1, changed: 250, fetched_anew: "split", split_ratio: 1 / 3 },
            "A split: prices became 0.3333 times the stored ones, so all were fetched again. 1 new bar, 250 changed.",
        ],
        [
            "ingest_bars",
            { added: 0, changed: 250, fetched_anew: "dividend", split_ratio: 0.99 },
            "A dividend: prices became 0.99 times the stored ones, so all were fetched again. 250 changed bars.",
        ],
        [
            "ingest_bars",
            { added: 2, changed: 250, fetched_anew: "other_prices", split_ratio: null },
            "Prices differ from the stored ones by more than one ratio, so all were fetched again. 2 new bars, 250 changed.",
        ],
        ["ingest_bars", { added: 1, fetched_anew: null, split_ratio: null }, "1 new bar."],
        ["ingest_bars", { added: 0, changed: 0, removed: 0, bars: 5, requests: 1 }, "Nothing new."],
        ["plan_ingestion", plan, "16 series from sources, none behind."],
        ["plan_ingestion", { ...plan, stale: 3, queued: 2, provider_open: 1 }, "3 of 16 series behind: 2 to be fetched now, 1 whose source is paused."],
        ["plan_ingestion", { ...plan, series: 0 }, "No series comes from a source."],
        ["odd_work", { added: 120, bars: 1, lost_bars: 0, note: "x" }, "120 added, 1 bar."],
        ["backtest", null, ""],
    ];
    for (const [jobType, result, words] of table) assert.equal(resultInWords({ jobType, result } as Job), words);
});

test("a job that did not come to its end says what there is of it, and its status once", () => {
    const said = (jobType: string, message: string | null): string =>
        endInWords({ jobType, error: message === null ? null : { code: "X", message } } as Job);
    assert.equal(said("ingest_bars", "Coinbase: no answer."), "Coinbase: no answer.");
    assert.equal(said("ingest_bars", null), "What came before that is kept.");
    assert.equal(said("import_bars", "Cancelled on request."), "Nothing was stored.");
    assert.equal(said("backtest", "Cancelled on request."), "");
});

test("prices are read again after a job that was watched to its end, or has just ended, and once", () => {
    const heard = { running: new Set<string>(), told: new Set<string>() };
    const job = (id: string, jobType: string, finishedAt: number | null): Job => ({ id, jobType, finishedAt }) as Job;
    const table: readonly [Job, boolean][] = [
        [job("a", "ingest_bars", null), false],
        [job("a", "ingest_bars", 50), true],
        [job("a", "ingest_bars", 50), false],
        [job("long ago", "import_bars", 99), false],
        [job("just now", "import_bars", 100), true],
        [job("b", "backtest", null), false],
        [job("b", "backtest", 200), false],
    ];
    for (const [one, isNews] of table) assert.equal(hearOf(heard, [one], 100), isNews, one.id);
});

test("a source stands in a word", () => {
    const source: PriceProvider = {
        name: "coinbase",
        title: "Coinbase Exchange",
        isConfigured: true,
        assetTypes: ["CRYPTO"],
        breaker: "closed",
        openUntil: null,
        failures: 0,
        lastSuccessAt: 1,
        lastFailureAt: null,
        lastErrorCode: null,
        series: 2,
    };
    const table: readonly [Partial<PriceProvider>, string][] = [
        [{}, "good Answers"],
        [{ lastSuccessAt: null }, "note Never asked"],
        [{ isConfigured: false }, "note No key"],
        [{ failures: 2 }, "warning Failed 2 times"],
        [{ breaker: "half_open", failures: 5 }, "warning Being tried again"],
        [{ breaker: "open", failures: 5, lastErrorCode: "PROVIDER_UNAUTHORIZED" }, "bad Does not take the key"],
        [{ failures: 0, lastErrorCode: "PROVIDER_UNAUTHORIZED" }, "good Answers"],
        [{ breaker: "open", openUntil: parseTime("2026-11-29T01:00:00Z"), failures: 5 }, "bad Paused until 29 Nov 2026 01:00 UTC"],
    ];
    for (const [change, words] of table) {
        const { tone, text } = standingOfSource({ ...source, ...change });
        assert.equal(`${tone} ${text}`, words);
    }
});

test("sizes of files are short", () => {
    assert.deepEqual([236, 3_400, 64_000_000].map(sizeInWords), ["236 B", "3.4 kB", "64.0 MB"]);
});
