/* Who is asked for prices, and asking them. For operators; how they stand is everybody's to see. */
import {
    type AssetType,
    type Job,
    postMarketDataFindingsByIdDismiss,
    postMarketDataFindingsByIdRestore,
    postMarketDataIngestionCrypto,
    postMarketDataIngestionEquity,
    type PriceProvider,
} from "api-types";
import { invalidate } from "./cache";
import { askAnew, call } from "./http";
import { jobsKey } from "./jobs";
import { marketDataKey, readProviders, sourcesKey } from "./market-data";
import { asUser } from "./session";

export { type PriceProvider, readProviders, sourcesKey };

/** Has bars of a symbol fetched, or of all that are behind; the jobs that do it. */
export async function fetchPrices(assetType: AssetType, symbol: string | null): Promise<readonly Job[]> {
    const operation = assetType === "EQUITY" ? postMarketDataIngestionEquity : postMarketDataIngestionCrypto;
    const { body } = await asUser(() => call(operation, { body: { symbol } }));
    invalidate(jobsKey);
    return body.jobs;
}

/** Says that a finding is all right, or is not after all. */
export async function judgeFinding(id: number, isDismissed: boolean): Promise<void> {
    const operation = isDismissed ? postMarketDataFindingsByIdDismiss : postMarketDataFindingsByIdRestore;
    await asUser(() => call(operation, { path: { id } }));
    askAnew();
    invalidate(marketDataKey);
}
