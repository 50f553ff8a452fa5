import { Candle, getMarketDataCryptoCandles, getMarketDataEquitiesCandles } from "api-types";
import type { BarPage } from "../lib/bar-history";
import type { AssetType, Bars, Interval } from "../lib/bars";
import { intervalSeconds, isoDay, parseTime } from "../lib/time";
import { DecodeError, type Decoder } from "./decode";
import { call } from "./http";
import { readAs } from "./operation";

/** The most bars the API gives in one answer. */
export const largestPage = 5_000;

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
    const { body, header } = await (assetType === "CRYPTO"
        ? call(readAs(getMarketDataCryptoCandles, columnsOf(interval)), { query: { symbol, interval, end, limit } })
        : call(readAs(getMarketDataEquitiesCandles, columnsOf(interval)), { query: { symbol, end, limit } }));
    return { bars: body, hasOlder: header("X-Has-More") === "true" };
}

const prices: readonly (keyof Candle & keyof Bars)[] = ["open", "high", "low", "close", "volume"];

/** Thousands of bars at once, straight into columns. The generated decoder is asked only where one is wrong. */
const columnsOf =
    (interval: Interval): Decoder<Bars> =>
    (value) => {
        if (!Array.isArray(value)) throw new DecodeError("candles is not a list");
        const bars = { time: [], open: [], high: [], low: [], close: [], volume: [] } as Record<keyof Bars, number[]>;
        const timeName: keyof Candle = interval === "1d" ? "date" : "timestamp";
        let previous = -Infinity;
        for (let index = 0; index < value.length; index++) {
            const candle = value[index] as Readonly<Record<keyof Candle, unknown>> | null;
            const stamp = candle?.[timeName];
            const start = typeof stamp === "string" ? parseTime(stamp) : null;
            let isWhole = start !== null;
            for (const name of prices) {
                const price = candle?.[name] as number;
                isWhole &&= Number.isFinite(price);
                bars[name].push(price);
            }
            if (!isWhole || start! <= previous) {
                const where = `candles[${index}]`;
                Candle(candle, where);
                throw new DecodeError(`${where}.${timeName} is not a time after the bar before it`);
            }
            bars.time.push((previous = start!));
        }
        return bars;
    };
