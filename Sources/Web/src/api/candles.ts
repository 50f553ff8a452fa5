import { getMarketDataCryptoCandles, getMarketDataCryptoCandlesBounds, getMarketDataEquitiesCandles } from "api-types";
import type { BarPage } from "../lib/bar-history";
import type { AssetType, Bars, Interval } from "../lib/bars";
import { barsOfColumns } from "../lib/candle-columns";
import { intervalSeconds, isoDay } from "../lib/time";
import { DecodeError, type Decoder } from "./decode";
import { call } from "./http";
import { readAs } from "./operation";

/** The most bars the API gives in one answer. */
export const largestPage = getMarketDataCryptoCandlesBounds.limit.maximum;

/**
 * The newest `limit` bars, or the newest before a bar that starts at `before` (Unix seconds), oldest first. The API
 * ends at whole days: hours of that day which are not before `before` may come along.
 */
export async function readCandles(
    symbol: string,
    assetType: AssetType,
    interval: Interval,
    before: number | null,
    limit: number,
): Promise<BarPage> {
    const end = before === null ? null : isoDay(before - intervalSeconds(interval));
    // Each written out: what a spread brings along is not held against the API's description.
    const { body, header } = await (assetType === "CRYPTO"
        ? call(readAs(getMarketDataCryptoCandles, barColumns), { query: { symbol, interval, end, limit, format: "columns" } })
        : call(readAs(getMarketDataEquitiesCandles, barColumns), { query: { symbol, end, limit, format: "columns" } }));
    return { bars: body, hasOlder: header("X-Has-More") === "true" };
}

/** Thousands of bars at once, straight into columns. */
export const barColumns: Decoder<Bars> = (value, place) => {
    const found = barsOfColumns(value);
    if (typeof found === "string") throw new DecodeError(`${place}: ${found}`);
    return found;
};
