/* What the first page of a signed-in user shows, in one answer whose parts fail one by one. */
import {
    type Checklist,
    type Dashboard,
    type EquitySnapshot,
    type Execution,
    getDashboardSummary,
    type PortfolioSummary,
    type Position,
    type RecentStrategies,
} from "api-types";
import { forget, isBelow, onInvalidated } from "./cache";
import { ApiError, call } from "./http";
import { type Watched, watchedOf } from "./watchlist";

/** What a part holds, or why it could not be had. */
export type Part<T> = { readonly value: T } | { readonly error: unknown };

type Runs = NonNullable<Dashboard["backtests"]["data"]>["backtests"];

export interface Summary {
    readonly strategies: Part<RecentStrategies>;
    readonly backtests: Part<Runs>;
    readonly watchlist: Part<readonly Watched[]>;
    readonly portfolio: Part<PortfolioSummary>;
    /** What the paper account was worth, oldest first. */
    readonly equity: Part<readonly EquitySnapshot[]>;
    /** Those worth most. */
    readonly positions: Part<readonly Position[]>;
    /** Newest first. */
    readonly executions: Part<readonly Execution[]>;
    readonly checklist: Part<Checklist>;
}

export const dashboardKey = "dashboard";
// It tells of all these: what was kept of it is old once one of them has changed.
onInvalidated((prefix) => {
    if (["strategies", "backtests", "watchlist", "passkeys", "trading"].some((kind) => isBelow(prefix, kind))) forget(dashboardKey);
});

export async function readDashboard(): Promise<Summary> {
    const { body, header } = await call(getDashboardSummary);
    const part = <T, Read = T>(
        { data, error }: { readonly data: T | null; readonly error: Dashboard["checklist"]["error"] },
        read: (data: T) => Read,
    ): Part<Read> => {
        if (data !== null) return { value: read(data) };
        const message = error?.message ?? "The server did not say why.";
        return { error: new ApiError("refused", message, null, error?.code ?? null, header("X-Request-Id")) };
    };
    return {
        strategies: part(body.strategies, (strategies) => strategies),
        backtests: part(body.backtests, ({ backtests }) => backtests),
        watchlist: part(body.watchlist, watchedOf),
        portfolio: part(body.portfolio, (portfolio) => portfolio),
        equity: part(body.equity, ({ points }) => points),
        positions: part(body.positions, ({ positions }) => positions),
        executions: part(body.executions, ({ executions }) => executions),
        checklist: part(body.checklist, (checklist) => checklist),
    };
}
