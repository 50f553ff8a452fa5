/* What pages read, each under the key it is kept by. */
import type { BarPage } from "../lib/bar-history";
import type { AssetType, Interval } from "../lib/bars";
import { recentCount } from "../lib/recent";
import { remembered } from "./cache";
import { largestPage, readCandles } from "./candles";
import { readSymbol, searchSymbols, type SymbolDetails, type SymbolList } from "./symbols";

export const symbolKey = (symbol: string): string => `symbol ${symbol}`;
export const symbolDetails = (symbol: string): Promise<SymbolDetails> =>
    remembered(symbolKey(symbol), () => readSymbol(symbol));

export const listKey = (query: string, assetType: AssetType | null): string => `symbols ${assetType ?? "*"} ${query}`;
export const symbolList = (query: string, assetType: AssetType | null): Promise<SymbolList> =>
    remembered(listKey(query, assetType), () => searchSymbols(query, { assetType, limit: 100 }));

/** Bars of the first answers; later ones are as large as the API allows. */
const firstPages: Readonly<Record<Interval, readonly number[]>> = { "1d": [5_000, 20_000], "1h": [2_000, 20_000] };

/**
 * A page of bars. The first is small: what is on the screen is there sooner. Whoever goes back further soon has all.
 *
 * @param number which page it is, from 0.
 */
export function barPage(
    symbol: string,
    assetType: AssetType,
    interval: Interval,
    before: number | null,
    number: number,
): Promise<BarPage> {
    const limit = firstPages[interval][number] ?? largestPage;
    return remembered(`bars ${symbol} ${interval} ${before ?? "newest"}`, () =>
        readCandles(symbol, assetType, interval, before, limit),
    );
}

/** As many bars as a list shows, of a symbol's coarsest interval. */
export const recentBars = (symbol: string, assetType: AssetType, interval: Interval): Promise<BarPage> =>
    remembered(`bars/${symbol}/${interval}/recent`, () =>
        readCandles(symbol, assetType, interval, null, recentCount),
    );

/** Some years of days, for the one large chart of the visitor's home. */
export const yearsKey = (symbol: string): string => `bars/${symbol}/1d/years`;
export const yearsOfDays = (symbol: string, assetType: AssetType): Promise<BarPage> =>
    remembered(yearsKey(symbol), () => readCandles(symbol, assetType, "1d", null, 1_460));
