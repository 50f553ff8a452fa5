/* What kinds of symbols and of bars are called, wherever one is named; the server's sentences say the same. */
import type { AssetType, Timeframe } from "api-types";

export const assetTypeNames: Readonly<Record<AssetType, string>> = { EQUITY: "Stock", CRYPTO: "Crypto" };

export const timeframeNames: Readonly<Record<Timeframe, string>> = { "1d": "Daily", "1h": "Hourly" };

/** Within a sentence: `daily`. */
export const inSentence = (timeframe: Timeframe): string => timeframeNames[timeframe].toLowerCase();

/** `Stock, Daily` */
export const kindName = (assetType: AssetType, timeframe: Timeframe): string =>
    `${assetTypeNames[assetType]}, ${timeframeNames[timeframe]}`;
