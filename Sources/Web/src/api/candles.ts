import type { BarPage } from "../lib/bar-history";
import type { AssetType, Bars, Interval } from "../lib/bars";
import { intervalSeconds, isoDay, parseTime } from "../lib/time";
import { DecodeError, number, object } from "./decode";
import { get } from "./http";
import { read } from "./reading";

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
    const isCrypto = assetType === "CRYPTO";
    const answer = await get(`/api/market-data/${isCrypto ? "crypto" : "equities"}/candles`, {
        symbol,
        interval: isCrypto ? interval : null,
        end: before === null ? null : isoDay(before - intervalSeconds(interval)),
        limit,
    });
    return { bars: read(answer, (body) => barsOf(body, interval)), hasOlder: answer.header("X-Has-More") === "true" };
}

function barsOf(body: unknown, interval: Interval): Bars {
    if (!Array.isArray(body)) throw new DecodeError("candles is not a list");
    const bars = { time: [], open: [], high: [], low: [], close: [], volume: [] } as Record<keyof Bars, number[]>;
    const timeName = interval === "1d" ? "date" : "timestamp";
    let previous = -Infinity;
    for (let index = 0; index < body.length; index++) {
        const place = `candles[${index}]`;
        const fields = object(body[index], place);
        const stamp = fields[timeName];
        const time = typeof stamp === "string" ? parseTime(stamp) : null;
        if (time === null) throw new DecodeError(`${place}.${timeName} is not a time`);
        if (time <= previous) throw new DecodeError(`${place}.${timeName} is not after the bar before it`);
        previous = time;
        bars.time.push(time);
        bars.open.push(number(fields, "open", place));
        bars.high.push(number(fields, "high", place));
        bars.low.push(number(fields, "low", place));
        bars.close.push(number(fields, "close", place));
        bars.volume.push(number(fields, "volume", place));
    }
    return bars;
}
