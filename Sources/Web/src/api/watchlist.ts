/* The symbols a user watches, in their own order, each with its recent closes. */
import { type AssetType, getMeWatchlist, putMeWatchlist, putMeWatchlistBounds, type Watchlist } from "api-types";
import { type RecentPrices, recentPrices } from "../lib/recent";
import { call } from "./http";

export interface Watched {
    readonly symbol: string;
    /** Null for an instrument that is called by its ticker. */
    readonly name: string | null;
    readonly assetType: AssetType;
    readonly prices: RecentPrices;
}

export const watchlistKey = "watchlist";
/** The most symbols that a list holds. */
export const longestWatchlist = putMeWatchlistBounds.symbols.maxItems;

export const watchedOf = ({ symbols }: Watchlist): readonly Watched[] =>
    symbols.map(({ symbol, name, assetType, interval, asOf, spark }) => ({
        symbol,
        name: name === symbol ? null : name,
        assetType,
        prices: recentPrices(interval ?? "1d", spark, asOf),
    }));

export const readWatchlist = async (): Promise<readonly Watched[]> => watchedOf((await call(getMeWatchlist)).body);

/** Replaces the list; the answer is the new one. */
export const writeWatchlist = async (symbols: readonly string[]): Promise<readonly Watched[]> =>
    watchedOf((await call(putMeWatchlist, { body: { symbols } })).body);
