/* What is stored of prices, how fresh it is and what was found in it. Open to everybody, as the prices are. */
import {
    type Finding,
    getMarketDataHealth,
    getMarketDataSeries,
    getMarketDataSeriesBounds,
    type MarketHealth,
    type SeriesHealth,
    type StoredSeries,
} from "api-types";
import type { Interval } from "../lib/bars";
import { remembered } from "./cache";
import { call } from "./http";

export type { Finding, MarketHealth, SeriesHealth, StoredSeries };

/** Everything below it is read again when prices have come or gone. */
export const marketDataKey = "market-data";

/** The most of them in one answer. */
const seriesInAnAnswer = getMarketDataSeriesBounds.limit.maximum;

export interface KnownSeries {
    readonly stored: StoredSeries;
    /** Null where it came between two questions. */
    readonly health: SeriesHealth | null;
}

const healthPage = (offset: number): Promise<MarketHealth> =>
    remembered(`${marketDataKey}/health/${offset}`, async () => {
        return (await call(getMarketDataHealth, { query: { limit: seriesInAnAnswer, offset } })).body;
    });

export const sourcesKey = `${marketDataKey}/sources`;

/** Who may be asked for prices, and how they answer. */
export const readProviders = async (): Promise<MarketHealth["providers"]> => (await healthPage(0)).providers;

const storedPage = async (offset: number): Promise<{ series: readonly StoredSeries[]; hasMore: boolean }> =>
    (await call(getMarketDataSeries, { query: { limit: seriesInAnAnswer, offset } })).body;

export const symbolSeriesKey = (symbol: string): string => `${marketDataKey}/series/${symbol}`;

/** The series of one symbol, each with as many findings as one answer tells, and how fresh they are. */
export const symbolSeries = (symbol: string): Promise<readonly KnownSeries[]> =>
    remembered(symbolSeriesKey(symbol), async () => {
        const [{ body: stored }, { body: health }] = await Promise.all([
            call(getMarketDataSeries, { query: { symbol } }),
            call(getMarketDataHealth, { query: { symbol } }),
        ]);
        return known(stored.series, health.worst.items);
    });

export interface Catalog {
    readonly health: MarketHealth;
    readonly series: readonly KnownSeries[];
}

export const catalogKey = `${marketDataKey}/catalog`;

/** Every stored series. */
export const readCatalog = (): Promise<Catalog> =>
    remembered(catalogKey, async () => {
        const stored: StoredSeries[] = [];
        const health: SeriesHealth[] = [];
        const first = healthPage(0);
        for (let offset = 0, hasMore = true; hasMore; offset += seriesInAnAnswer) {
            const page = await storedPage(offset);
            stored.push(...page.series);
            hasMore = page.hasMore;
        }
        for (let offset = 0, hasMore = true; hasMore; offset += seriesInAnAnswer) {
            const { worst } = await (offset === 0 ? first : healthPage(offset));
            health.push(...worst.items);
            hasMore = worst.hasMore;
        }
        return { health: await first, series: known(stored, health) };
    });

function known(stored: readonly StoredSeries[], health: readonly SeriesHealth[]): readonly KnownSeries[] {
    const name = (one: { readonly symbol: string; readonly interval: Interval }): string => `${one.symbol} ${one.interval}`;
    const found = new Map(health.map((one) => [name(one), one]));
    return stored.map((one) => ({ stored: one, health: found.get(name(one)) ?? null }));
}
