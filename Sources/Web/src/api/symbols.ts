import type { AssetType, Interval } from "../lib/bars";
import { list, number, object, oneOf, optionalString, string, time } from "./decode";
import { get } from "./http";
import { read } from "./reading";

export interface SymbolSummary {
    readonly symbol: string;
    /** Null for an instrument that is called by its ticker. */
    readonly name: string | null;
    readonly assetType: AssetType;
    readonly exchange: string | null;
    readonly currency: string | null;
    /** Finest last: daily bars first where there are any. */
    readonly intervals: readonly Interval[];
}

/** What is stored of one symbol in one interval. */
export interface Series {
    readonly interval: Interval;
    /** Start of the first and of the last bar, Unix seconds. */
    readonly first: number;
    readonly last: number;
    readonly bars: number;
    readonly revision: number;
    readonly provider: string | null;
    readonly adjustment: string | null;
}

export interface SymbolDetails extends SymbolSummary {
    readonly series: readonly Series[];
}

export interface SymbolList {
    readonly symbols: readonly SymbolSummary[];
    readonly hasMore: boolean;
}

const knownIntervals: readonly Interval[] = ["1d", "1h"];

/** Ranked by the server; an empty query lists every symbol in ticker order. At most `limit` (100) of them. */
export async function searchSymbols(
    query: string,
    options: { assetType?: AssetType | null; limit?: number; offset?: number; signal?: AbortSignal } = {},
): Promise<SymbolList> {
    const parameters = {
        q: query.trim(),
        asset_type: options.assetType ?? null,
        limit: options.limit ?? 20,
        offset: options.offset || null,
    };
    const answer = await get("/api/symbols/search", parameters, { signal: options.signal });
    return read(answer, (body) => {
        const fields = object(body, "answer");
        return { symbols: list(fields["symbols"], "symbols", summary), hasMore: fields["has_more"] === true };
    });
}

export async function readSymbol(symbol: string): Promise<SymbolDetails> {
    const answer = await get(`/api/symbols/${encodeURIComponent(symbol)}`, {});
    return read(answer, (body) => ({
        ...summary(body, "symbol"),
        series: list(object(body, "symbol")["series"], "series", series).sort(
            (left, right) => knownIntervals.indexOf(left.interval) - knownIntervals.indexOf(right.interval),
        ),
    }));
}

function summary(value: unknown, place: string): SymbolSummary {
    const fields = object(value, place);
    const symbol = string(fields, "symbol", place);
    const name = optionalString(fields, "name", place);
    const offered = list(fields["intervals"], `${place}.intervals`, (name) => name);
    return {
        symbol,
        name: name === symbol ? null : name,
        assetType: oneOf(fields["asset_type"], ["EQUITY", "CRYPTO"], `${place}.asset_type`),
        exchange: optionalString(fields, "exchange", place),
        currency: optionalString(fields, "currency", place) ?? optionalString(fields, "quote_asset", place),
        // An interval that a later server adds is not this page's to show.
        intervals: knownIntervals.filter((known) => offered.includes(known)),
    };
}

function series(value: unknown, place: string): Series {
    const fields = object(value, place);
    return {
        interval: oneOf(fields["interval"], knownIntervals, `${place}.interval`),
        first: time(fields, "first", place),
        last: time(fields, "last", place),
        bars: number(fields, "bars", place),
        revision: number(fields, "revision", place),
        provider: optionalString(fields, "provider", place),
        adjustment: optionalString(fields, "adjustment", place),
    };
}
