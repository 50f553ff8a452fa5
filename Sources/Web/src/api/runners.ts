/* Strategies that trade forward on paper: the signed-in user's own runners, and what becomes of them. */
import {
    getTradingOrders,
    getTradingRunners,
    getTradingRunnersById,
    type Order,
    postTradingRunners,
    postTradingRunnersByIdPause,
    postTradingRunnersByIdResume,
    postTradingRunnersByIdStop,
    type Runner,
    type RunnerPerformance,
} from "api-types";
import { call } from "./http";
import type { BodySent } from "./operation";
import { asUser } from "./session";
import { changed, type PageOf, pageSize, tradingKey } from "./trading";

export type { Runner, RunnerPerformance };
export type RunnerSent = BodySent<typeof postTradingRunners>;
/** What becomes of what a runner holds when it is stopped. */
export type LeftPosition = BodySent<typeof postTradingRunnersByIdStop>["position"];

export const runnersKey = `${tradingKey}/runners`;
export const runnerKey = (id: string): string => `${tradingKey}/runner/${id}`;
export const runnerOrdersKey = (id: string): string => `${tradingKey}/runner/${id}/orders`;

/** Those that are active first, then the newest. */
export async function readRunners(offset = 0): Promise<PageOf<Runner>> {
    const query = { limit: pageSize, offset };
    const { runners, hasMore } = (await asUser(() => call(getTradingRunners, { query }))).body;
    return { rows: runners, hasMore };
}

/** The runner and what it has come to, bar by bar. */
export const readRunner = async (id: string): Promise<RunnerPerformance> =>
    (await asUser(() => call(getTradingRunnersById, { path: { id } }))).body;

/** Newest first. */
export async function readRunnerOrders(id: string, offset = 0): Promise<PageOf<Order>> {
    const query = { runner_id: id, limit: pageSize, offset };
    const { orders, hasMore } = (await asUser(() => call(getTradingOrders, { query }))).body;
    return { rows: orders, hasMore };
}

export const startRunner = (body: RunnerSent): Promise<Runner> =>
    changed(async () => (await call(postTradingRunners, { body })).body.runner);

/** One version trades a series once: the runner that does; null when it is not among the first. */
export const runnerOf = async ({ strategy_version_id, symbol, timeframe }: RunnerSent): Promise<Runner | null> =>
    (await readRunners()).rows.find(
        (one) =>
            one.status !== "STOPPED" &&
            one.strategyVersionId === strategy_version_id &&
            one.symbol === symbol &&
            one.timeframe === timeframe,
    ) ?? null;

export const pauseRunner = (id: string): Promise<Runner> =>
    changed(async () => (await call(postTradingRunnersByIdPause, { path: { id } })).body.runner);

export const resumeRunner = (id: string): Promise<Runner> =>
    changed(async () => (await call(postTradingRunnersByIdResume, { path: { id } })).body.runner);

export const stopRunner = (id: string, position: LeftPosition): Promise<Runner> =>
    changed(async () => (await call(postTradingRunnersByIdStop, { path: { id }, body: { position } })).body.runner);
