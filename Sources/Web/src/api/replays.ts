/* Practice on past days: the signed-in user's own accounts whose clock is a stored bar. Nothing of them is the paper account's. */
import {
    deleteTradingReplaysById,
    deleteTradingReplaysByIdOrdersByOrder,
    getTradingReplays,
    getTradingReplaysById,
    getTradingReplaysByIdBars,
    getTradingReplaysByIdResult,
    type Order,
    patchTradingReplaysById,
    postTradingReplays,
    postTradingReplaysByIdOrders,
    postTradingReplaysByIdStep,
    type Replay,
    type ReplayDetail,
    type ReplayResult,
} from "api-types";
import type { Bars } from "../lib/bars";
import { barTime } from "../lib/time";
import { invalidate } from "./cache";
import { barColumns } from "./candles";
import { call } from "./http";
import { type BodySent, readAs } from "./operation";
import { asUser } from "./session";
import { type PageOf, pageSize, type TicketSent } from "./trading";

export type { Replay, ReplayDetail };
export type ReplaySent = BodySent<typeof postTradingReplays>;

const replaysPrefix = "replays";
export const replaysKey = `${replaysPrefix}/list`;
export const replayKey = (id: string): string => `replay/${id}`;

/** Newest first. */
export async function readReplays(offset = 0): Promise<PageOf<Replay>> {
    const query = { limit: pageSize, offset };
    const { replays, hasMore } = (await asUser(() => call(getTradingReplays, { query }))).body;
    return { rows: replays, hasMore };
}

/** Opens practice, or finds the one that this key has opened already: a repeated request is no second practice. */
export async function openReplay(body: ReplaySent, key: string): Promise<Replay> {
    const { replay } = (await asUser(() => call(postTradingReplays, { body, headers: { "Idempotency-Key": key } }))).body;
    invalidate(replaysPrefix);
    return replay;
}

export async function deleteReplay(id: string): Promise<void> {
    await asUser(() => call(deleteTradingReplaysById, { path: { id } }));
    invalidate(replaysPrefix);
}

/** With its newest orders, newest first, and its equity at its newest bars. */
export const readReplay = async (id: string): Promise<ReplayDetail> =>
    (await asUser(() => call(getTradingReplaysById, { path: { id } }))).body;

/** @param newest sale that counts: a result with another one is another. */
export const replayResultKey = (id: string, end: string, newest: string): string => `replay/${id}/result/${end}/${newest}`;

/** What it came to up to a day, over all of its bars. */
export const readReplayResult = async (id: string, end: string): Promise<ReplayResult> =>
    (await asUser(() => call(getTradingReplaysByIdResult, { path: { id }, query: { end } }))).body;

/** The newest bars of one of its symbols up to its clock, oldest first. */
export const readReplayBars = async (id: string, symbol: string, limit: number): Promise<Bars> =>
    (await asUser(() => call(readAs(getTradingReplaysByIdBars, barColumns), { path: { id }, query: { symbol, limit } }))).body;

/** How many bars a second it plays from now on. */
export const setReplaySpeed = async (id: string, speed: number): Promise<Replay> =>
    (await asUser(() => call(patchTradingReplaysById, { path: { id }, body: { speed } }))).body.replay;

/** Moves the clock on from where it stands in `replay`, and tells what is new; refused with 409 where it has been moved from elsewhere. */
export async function stepReplay({ id, clock, timeframe }: Replay, bars: number): Promise<ReplayDetail> {
    const body = { bars, clock: barTime(clock, timeframe) };
    return (await asUser(() => call(postTradingReplaysByIdStep, { path: { id }, body }))).body;
}

/** Filled, resting or refused; the same id with the same content finds the order that it has placed already. */
export async function placeReplayOrder(id: string, ticket: TicketSent, clientOrderID: string): Promise<Order> {
    const body = { ...ticket, client_order_id: clientOrderID };
    return (await asUser(() => call(postTradingReplaysByIdOrders, { path: { id }, body }))).body.order;
}

export const cancelReplayOrder = async (id: string, order: string): Promise<Order> =>
    (await asUser(() => call(deleteTradingReplaysByIdOrdersByOrder, { path: { id, order } }))).body.order;
