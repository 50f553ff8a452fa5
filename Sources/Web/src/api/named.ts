/*
 * The user's things as the search lists them, the newest that fit one answer; fetched, code and all, when the search is
 * first opened.
 */
import { getBacktests, getBacktestsBounds, getStrategies, getStrategiesBounds } from "api-types";
import { kindName } from "../lib/kinds";
import { writtenDay } from "../lib/time";
import { remembered } from "./cache";
import { call } from "./http";

export interface Named {
    readonly id: string;
    readonly name: string;
    /** What tells it from others of that name. */
    readonly detail: string;
}

export const namedStrategies = (): Promise<readonly Named[]> =>
    remembered("strategies/names", async () =>
        (await call(getStrategies, { query: { limit: getStrategiesBounds.limit.maximum } })).body.strategies.map(
            ({ id, name, assetType, timeframe }) => ({ id, name, detail: kindName(assetType, timeframe) }),
        ),
    );

export const namedBacktests = (): Promise<readonly Named[]> =>
    remembered("backtests/names", async () =>
        (await call(getBacktests, { query: { limit: getBacktestsBounds.limit.maximum } })).body.backtests.map(
            ({ id, strategyName, versionNumber, symbol, startDate, endDate }) => ({
                id,
                name: `${strategyName} v${versionNumber} on ${symbol}`,
                detail: `${writtenDay(startDate)} to ${writtenDay(endDate)}`,
            }),
        ),
    );
