/* The symbols a user watches, in their own order, each with its recent closes. */
import { AssetType, Timeframe } from "api-types";
import { type RecentPrices, recentPrices } from "../lib/recent";
import { list, number, object, orNull, text, time } from "./decode";
import { call } from "./http";
import type { Answer, Operation } from "./operation";

/** As the API answers it. */
export interface WatchedAnswer {
    readonly symbol: string;
    readonly name: string;
    readonly assetType: AssetType;
    readonly interval: Timeframe | null;
    readonly asOf: number | null;
    readonly spark: readonly number[];
}
export const WatchedAnswer = object<WatchedAnswer>({
    symbol: text,
    name: text,
    asset_type: AssetType,
    interval: orNull(Timeframe),
    as_of: orNull(time),
    spark: list(number),
});
type Answered = Answer<200, { readonly symbols: readonly WatchedAnswer[] }>;
const answers = { 200: object<Answered["body"]>({ symbols: list(WatchedAnswer) }) };
const getMeWatchlist: Operation<undefined, Answered> = { method: "GET", path: "/api/me/watchlist", answers };
const putMeWatchlist: Operation<{ readonly body: { readonly symbols: readonly string[] } }, Answered> = {
    method: "PUT",
    path: "/api/me/watchlist",
    answers,
};

export interface Watched {
    readonly symbol: string;
    /** Null for an instrument that is called by its ticker. */
    readonly name: string | null;
    readonly assetType: AssetType;
    readonly prices: RecentPrices;
}

export const watchlistKey = "watchlist";
/** The most symbols that a list holds. */
export const longestWatchlist = 100;

export const watchedOf = (answered: readonly WatchedAnswer[]): readonly Watched[] =>
    answered.map(({ symbol, name, assetType, interval, asOf, spark }) => ({
        symbol,
        name: name === symbol ? null : name,
        assetType,
        prices: recentPrices(interval ?? "1d", spark, asOf),
    }));

export const readWatchlist = async (): Promise<readonly Watched[]> =>
    watchedOf((await call(getMeWatchlist)).body.symbols);

/** Replaces the list; the answer is the new one. */
export const writeWatchlist = async (symbols: readonly string[]): Promise<readonly Watched[]> =>
    watchedOf((await call(putMeWatchlist, { body: { symbols } })).body.symbols);
