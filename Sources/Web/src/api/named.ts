/* The user's things as the search lists them; fetched, code and all, when the search is first opened. */
import { getBacktests, getStrategies } from "api-types";
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

/** The newest that fit one answer. */
const most = 100;

export const namedStrategies = (): Promise<readonly Named[]> =>
    remembered("strategies/names", async () =>
        (await call(getStrategies, { query: { limit: most } })).body.strategies.map(
            ({ id, name, assetType, timeframe }) => ({ id, name, detail: kindName(assetType, timeframe) }),
        ),
    );

export const namedBacktests = (): Promise<readonly Named[]> =>
    remembered("backtests/names", async () =>
        (await call(getBacktests, { query: { limit: most } })).body.backtests.map(
            ({ id, strategyName, versionNumber, symbol, startDate, endDate }) => ({
                id,
                name: `${strategyName} v${versionNumber} on ${symbol}`,
                detail: `${writtenDay(startDate)} to ${writtenDay(endDate)}`,
            }),
        ),
    );
