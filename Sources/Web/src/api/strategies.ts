/* Strategies of the signed-in user: what is read, each under the key it is kept by, and what changes them. */
import {
    deleteStrategiesById,
    getBacktests,
    getStrategies,
    getStrategiesBounds,
    getStrategiesById,
    getStrategiesByIdVersions,
    getStrategiesIndicators,
    type ListedBacktest,
    postStrategies,
    postStrategiesByIdDuplicate,
    postStrategiesPreview,
    postStrategiesValidate,
    putStrategiesById,
    type Strategy,
    type StrategyPreview,
    type StrategyVersion,
    type Timeframe,
} from "api-types";
import type { Catalog } from "../lib/definition/grammar";
import type { Written } from "../lib/definition/strategy";
import type { Json } from "../lib/definition/tree";
import { isoDay } from "../lib/time";
import { invalidate, remember, remembered } from "./cache";
import { call } from "./http";
import type { BodyFound } from "./operation";
import { asUser } from "./session";

export type Validation = BodyFound<typeof postStrategiesValidate>;

export const strategiesKey = "strategies";
export const strategyKey = (id: string): string => `strategies/${id}`;
export const versionsKey = (id: string): string => `strategies/${id}/versions`;
export const strategyRunsKey = (id: string): string => `backtests/of/${id}`;
export const catalogKey = "indicators";

/** The largest page of a list. */
const page = getStrategiesBounds.limit.maximum;
/** Lists are read whole, so that they can be sorted and searched; nobody has this many pages of them. */
const maximumPages = 50;

async function everything<Row>(
    read: (offset: number) => Promise<{ readonly rows: readonly Row[]; readonly hasMore: boolean }>,
): Promise<readonly Row[]> {
    const all: Row[] = [];
    for (let number = 0; number < maximumPages; number++) {
        const { rows, hasMore } = await read(number * page);
        all.push(...rows);
        if (!hasMore) break;
    }
    return all;
}

export const catalog = (): Promise<Catalog> =>
    remembered(catalogKey, async () => (await call(getStrategiesIndicators)).body.indicators);

export const strategyList = (): Promise<readonly Strategy[]> =>
    remembered(strategiesKey, () =>
        asUser(() =>
            everything(async (offset) => {
                const { body } = await call(getStrategies, { query: { limit: page, offset } });
                return { rows: body.strategies, hasMore: body.hasMore };
            }),
        ),
    );

/** As it is now, whatever is kept. */
export const readStrategy = (id: string, version: number | null = null): Promise<Strategy> =>
    asUser(async () => (await call(getStrategiesById, { path: { id }, query: { version } })).body);

export const strategy = (id: string): Promise<Strategy> => remembered(strategyKey(id), () => readStrategy(id));

/** Newest first. */
export const versions = (id: string): Promise<readonly StrategyVersion[]> =>
    remembered(versionsKey(id), () =>
        asUser(() =>
            everything(async (offset) => {
                const query = { limit: page, offset };
                const { body } = await call(getStrategiesByIdVersions, { path: { id }, query });
                return { rows: body.versions, hasMore: body.hasMore };
            }),
        ),
    );

/** Finished runs of a strategy, newest first. */
export const finishedRuns = (id: string): Promise<readonly ListedBacktest[]> =>
    remembered(strategyRunsKey(id), () =>
        asUser(() =>
            everything(async (offset) => {
                const query = { strategy_id: id, status: "completed", limit: page, offset } as const;
                const { body } = await call(getBacktests, { query });
                return { rows: body.backtests, hasMore: body.hasMore };
            }),
        ),
    );

export const validate = (definition: Json, signal?: AbortSignal): Promise<Validation> =>
    asUser(async () => (await call(postStrategiesValidate, { body: { definition } }, signal)).body);

export const preview = (
    definition: Json,
    symbol: string,
    timeframe: Timeframe,
    days: { readonly first: number; readonly last: number },
    signal?: AbortSignal,
): Promise<StrategyPreview> => {
    const range = { start_date: isoDay(days.first), end_date: isoDay(days.last) };
    return asUser(
        async () => (await call(postStrategiesPreview, { body: { definition, symbol, timeframe, range } }, signal)).body,
    );
};

/** What a change answers is what the next reader is given; lists and versions are read again. */
async function changed(work: () => Promise<Strategy>): Promise<Strategy> {
    const now = await asUser(work);
    invalidate(strategiesKey);
    remember(strategyKey(now.id), now);
    return now;
}

export const createStrategy = (written: Written): Promise<Strategy> =>
    changed(async () => (await call(postStrategies, { body: written })).body);

/** `base`: the newest version that whoever changes it has seen; where there is a newer one nothing is changed. */
export const changeStrategy = (id: string, changes: Partial<Written>, base: number): Promise<Strategy> =>
    changed(async () => (await call(putStrategiesById, { path: { id }, body: { ...changes, base_version: base } })).body);

export const duplicateStrategy = (id: string): Promise<Strategy> =>
    changed(async () => (await call(postStrategiesByIdDuplicate, { path: { id } })).body);

export async function deleteStrategy(id: string): Promise<void> {
    await asUser(() => call(deleteStrategiesById, { path: { id } }));
    invalidate(strategiesKey);
}
