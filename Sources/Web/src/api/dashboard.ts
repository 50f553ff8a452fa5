/* What the first page of a signed-in user shows, in one answer whose parts fail one by one. */
import { AssetType, ErrorCode, JobStatus, ListedBacktest, Timeframe } from "api-types";
import { type Decoder, list, number, object, orNull, text, time } from "./decode";
import { ApiError, call } from "./http";
import type { Answer, Operation } from "./operation";
import { type Watched, WatchedAnswer, watchedOf } from "./watchlist";

export interface RecentStrategy {
    readonly id: string;
    readonly name: string;
    readonly assetType: AssetType;
    readonly timeframe: Timeframe;
    readonly versionNumber: number;
    readonly updatedAt: number;
    readonly lastRun: {
        readonly id: string;
        readonly status: JobStatus;
        readonly symbol: string;
        readonly timeframe: Timeframe;
        readonly createdAt: number;
        readonly totalReturnPct: number | null;
    } | null;
}
const RecentStrategy = object<RecentStrategy>({
    id: text,
    name: text,
    asset_type: AssetType,
    timeframe: Timeframe,
    version_number: number,
    updated_at: time,
    last_run: orNull(
        object({
            id: text,
            status: JobStatus,
            symbol: text,
            timeframe: Timeframe,
            created_at: time,
            total_return_pct: orNull(number),
        }),
    ),
});

export interface Checklist {
    readonly passkeys: number;
    readonly recoveryCodesLeft: number;
    readonly strategies: number;
    readonly backtests: number;
    readonly watchlist: number;
}
const Checklist = object<Checklist>({
    passkeys: number,
    recovery_codes_left: number,
    strategies: number,
    backtests: number,
    watchlist: number,
});

interface PartAnswer<T> {
    readonly data: T | null;
    readonly error: { readonly code: ErrorCode; readonly message: string } | null;
}
const partOf = <T>(data: Decoder<T>): Decoder<PartAnswer<T>> =>
    object({ data: orNull(data), error: orNull(object({ code: ErrorCode, message: text })) });

interface DashboardAnswer {
    readonly strategies: PartAnswer<{ readonly strategies: readonly RecentStrategy[]; readonly total: number }>;
    readonly backtests: PartAnswer<{ readonly backtests: readonly ListedBacktest[] }>;
    readonly watchlist: PartAnswer<{ readonly symbols: readonly WatchedAnswer[] }>;
    readonly paperAccount: PartAnswer<{ readonly baseCurrency: string; readonly cashBalance: string }>;
    readonly checklist: PartAnswer<Checklist>;
}
const getDashboardSummary: Operation<undefined, Answer<200, DashboardAnswer>> = {
    method: "GET",
    path: "/api/dashboard/summary",
    answers: {
        200: object<DashboardAnswer>({
            strategies: partOf(object({ strategies: list(RecentStrategy), total: number })),
            backtests: partOf(object({ backtests: list(ListedBacktest) })),
            watchlist: partOf(object({ symbols: list(WatchedAnswer) })),
            paper_account: partOf(object({ base_currency: text, cash_balance: text })),
            checklist: partOf(Checklist),
        }),
    },
};

/** What a part holds, or why it could not be had. */
export type Part<T> = { readonly value: T } | { readonly error: unknown };

export interface Summary {
    readonly strategies: Part<{ readonly items: readonly RecentStrategy[]; readonly total: number }>;
    readonly backtests: Part<readonly ListedBacktest[]>;
    readonly watchlist: Part<readonly Watched[]>;
    readonly paperAccount: Part<{ readonly baseCurrency: string; readonly cashBalance: string }>;
    readonly checklist: Part<Checklist>;
}

export const dashboardKey = "dashboard";

export async function readDashboard(): Promise<Summary> {
    const { body, header } = await call(getDashboardSummary);
    const part = <T, Read>({ data, error }: PartAnswer<T>, read: (data: T) => Read): Part<Read> =>
        data !== null
            ? { value: read(data) }
            : {
                  error: new ApiError(
                      "refused",
                      error?.message ?? "The server did not say why.",
                      null,
                      error?.code ?? null,
                      header("X-Request-Id"),
                  ),
              };
    return {
        strategies: part(body.strategies, ({ strategies, total }) => ({ items: strategies, total })),
        backtests: part(body.backtests, ({ backtests }) => backtests),
        watchlist: part(body.watchlist, ({ symbols }) => watchedOf(symbols)),
        paperAccount: part(body.paperAccount, (account) => account),
        checklist: part(body.checklist, (checklist) => checklist),
    };
}
