/* Runs: begun, watched, read, compared, verified, deleted. Everything is the signed-in user's own. */
import {
    type Backtest,
    type BacktestRun,
    BacktestVerification,
    deleteBacktestsById,
    getBacktests,
    getBacktestsBounds,
    getBacktestsById,
    getBacktestsByIdBounds,
    getBacktestsByIdEquityCsv,
    getBacktestsByIdReportJson,
    getBacktestsByIdTradesCsv,
    getBacktestsCompare,
    getBacktestsCompareBounds,
    getJobsById,
    type JobStatus,
    type ListedBacktest,
    postBacktests,
    postBacktestsByIdCancel,
    postBacktestsByIdVerify,
    type Trade,
} from "api-types";
import { type Curve, curveOf, parseCurve } from "../lib/results/curve";
import { invalidate, remember, remembered } from "./cache";
import { nothing } from "./decode";
import { ApiError, call, linkTo, unreadable } from "./http";
import { type BodyFound, type BodySent, readAs } from "./operation";
import { asUser } from "./session";
import { untilSeen } from "./waiting";

export type { Backtest, BacktestRun, ListedBacktest, Trade };
export type Comparison = BodyFound<typeof getBacktestsCompare>;
/** What a run is asked for with, as the API takes it. */
export type RunRequest = BodySent<typeof postBacktests>;

export const backtestKey = (id: string): string => `backtests/${id}`;

/** As many as one answer brings. */
const tradesInAnAnswer = getBacktestsByIdBounds.trades_limit.maximum;
export const runsInAnAnswer = getBacktestsBounds.limit.maximum;
/** Beside others, too. */
const pointsOfACurve = getBacktestsCompareBounds.points.maximum;

export const isOver = (status: JobStatus): boolean => status !== "pending" && status !== "running";

/** A run that has ended never changes; one that has not is asked for anew every time. */
export const readBacktest = (id: string): Promise<Backtest> =>
    remembered(backtestKey(id), async () => {
        const query = { trades_limit: tradesInAnAnswer, points: pointsOfACurve };
        return (await asUser(() => call(getBacktestsById, { path: { id }, query }))).body;
    });

/** The trades after those that came with the run. */
export async function readMoreTrades(id: string, offset: number): Promise<readonly Trade[]> {
    const query = { trades_limit: tradesInAnAnswer, trades_offset: offset, points: 2 };
    return (await asUser(() => call(getBacktestsById, { path: { id }, query }))).body.trades.trades;
}

export const curveKey = (id: string): string => `backtests/${id}/curve`;

/** The equity at every bar: what came with the run where that is all of it, else the file of the whole curve. */
export const readCurve = (run: Backtest): Promise<Curve> =>
    remembered(curveKey(run.id), async () => {
        // Returns lie between points.
        if (run.equity.length >= (run.results?.returnsCount ?? 0) + 1) return curveOf(run.equity);
        const file = readAs(getBacktestsByIdEquityCsv, nothing);
        const { text } = await asUser(() => call(file, { path: { id: run.id } }));
        try {
            return parseCurve(text);
        } catch {
            throw unreadable("it is no equity curve");
        }
    });

export interface RunFilter {
    readonly strategyID?: string | null;
    readonly symbol?: string | null;
    readonly status?: JobStatus | null;
}

export const runsKey = ({ strategyID, symbol, status }: RunFilter, offset: number): string =>
    `backtests/list/${strategyID ?? ""}/${symbol ?? ""}/${status ?? ""}/${offset}`;

export interface RunPage {
    readonly runs: readonly ListedBacktest[];
    readonly hasMore: boolean;
}

/** Newest first, a hundred at a time. */
export const listBacktests = (filter: RunFilter = {}, offset = 0): Promise<RunPage> =>
    remembered(runsKey(filter, offset), async () => {
        const { strategyID = null, symbol = null, status = null } = filter;
        const query = { strategy_id: strategyID, symbol, status, limit: runsInAnAnswer, offset };
        const { body } = await asUser(() => call(getBacktests, { query }));
        return { runs: body.backtests, hasMore: body.hasMore };
    });

/**
 * Begins a run, or finds the one that this key has begun already: a repeated request is no second run. What has ended
 * in time is kept as its own page's answer. Returns the run's id.
 */
export async function startBacktest(body: RunRequest, key: string): Promise<string> {
    const answer = await asUser(() => call(postBacktests, { body, headers: { "Idempotency-Key": key } }));
    invalidate("backtests");
    // With the first of its trades: the page reads the rest, as it does of every run with many.
    if (answer.status === 200) remember(backtestKey(answer.body.id), answer.body);
    return answer.body.id;
}

export async function cancelBacktest(id: string): Promise<void> {
    await asUser(() => call(postBacktestsByIdCancel, { path: { id } }));
    invalidate("backtests");
}

/** `leave` is called once the run is gone, before anybody reads again: its own page would find nothing. */
export async function deleteBacktest(id: string, leave: () => void): Promise<void> {
    await asUser(() => call(deleteBacktestsById, { path: { id } }));
    leave();
    invalidate("backtests");
}

/**
 * Computed again from what is stored, and compared bit by bit; nothing is stored. What takes longer is waited for until
 * `signal` says that nobody wants to know.
 */
export async function verifyBacktest(id: string, signal: AbortSignal): Promise<BacktestVerification> {
    const answer = await asUser(() => call(postBacktestsByIdVerify, { path: { id } }));
    if (answer.status === 200) return answer.body;
    for (let pause = firstPause; ; pause = Math.min(pause * 1.4, longestPause)) {
        await untilSeen(pause, signal);
        const { body: job } = await asUser(() => call(getJobsById, { path: { id: answer.body.id } }));
        if (!isOver(job.status)) continue;
        if (job.result !== null && job.status === "completed") return BacktestVerification(job.result, "result");
        throw new ApiError("refused", job.error?.message ?? "The run could not be computed again.");
    }
}

const firstPause = 250;
const longestPause = 2_000;

export const compareKey = (ids: readonly string[]): string => `backtests/compare/${ids.join(",")}`;
export const compareBacktests = (ids: readonly string[]): Promise<Comparison> =>
    remembered(
        compareKey(ids),
        async () => (await asUser(() => call(getBacktestsCompare, { query: { ids: ids.join(","), points: pointsOfACurve } }))).body,
    );

/** Files that the browser fetches by itself. */
export const filesOf = (id: string): Readonly<Record<"trades" | "equity" | "report", string>> => ({
    trades: linkTo(getBacktestsByIdTradesCsv, { path: { id } }),
    equity: linkTo(getBacktestsByIdEquityCsv, { path: { id }, query: { columns: "all" } }),
    report: linkTo(getBacktestsByIdReportJson, { path: { id } }),
});
