/* The paper account: its orders, what they came to, and what it is worth. Everything is the signed-in user's own. */
import {
    type ActivityEntry,
    type Correction,
    deleteTradingOrdersById,
    type EquitySnapshot,
    type Execution,
    type Generation,
    getPaperAccount,
    getPaperAccountSigning,
    getTradingActivity,
    getTradingCorrections,
    getTradingEquityCurve,
    getTradingExecutions,
    getTradingExecutionsCsv,
    getTradingGenerations,
    getTradingOrders,
    getTradingOrdersBounds,
    getTradingOrdersById,
    getTradingPortfolioSummary,
    getTradingPositions,
    getTradingRealizedPnlCsv,
    type Order,
    type OrderPreview,
    type OrderSigning,
    type OrderStatus,
    type PaperAccount,
    patchPaperAccount,
    patchTradingOrdersById,
    type PortfolioSummary,
    type Position,
    postTradingOrders,
    postTradingOrdersPreview,
    postTradingReset,
    putPaperAccountSigning,
} from "api-types";
import { invalidate } from "./cache";
import { asConfirmedUser } from "./confirmed";
import { ApiError, call } from "./http";
import type { BodySent } from "./operation";
import { signTicket } from "./passkeys";
import { asUser } from "./session";

export type { ActivityEntry, Correction, EquitySnapshot, Execution, Generation, Order, OrderPreview, OrderSigning, PaperAccount, PortfolioSummary, Position };
/** A ticket as the API takes it. */
export type TicketSent = BodySent<typeof postTradingOrdersPreview>;
export type OrderChange = BodySent<typeof patchTradingOrdersById>;

/** Everything below it is read again when something was traded. Nothing is kept: bars that come may fill orders. */
export const tradingKey = "trading";
export const accountKey = `${tradingKey}/account`;
export const summaryKey = `${tradingKey}/summary`;
export const positionsKey = `${tradingKey}/positions`;
export const ordersKey = ({ status, symbol }: OrderFilter): string => `${tradingKey}/orders/${status ?? ""}/${symbol ?? ""}`;
export const orderKey = (id: string): string => `${tradingKey}/order/${id}`;
export const relatedKey = (id: string): string => `${tradingKey}/order/${id}/related`;
export const executionsKey = (symbol: string | null): string => `${tradingKey}/executions/${symbol ?? ""}`;
export const curveKey = (generation: number | null): string => `${tradingKey}/equity/${generation ?? ""}`;
export const activityKey = `${tradingKey}/activity`;
export const generationsKey = `${tradingKey}/generations`;
export const correctionsKey = `${tradingKey}/corrections`;
export const signingKey = `${tradingKey}/signing`;

export interface OrderFilter {
    readonly status: OrderStatus | null;
    readonly symbol: string | null;
}

export interface PageOf<Row> {
    readonly rows: readonly Row[];
    readonly hasMore: boolean;
}

/** As many as one answer of any list brings. */
export const pageSize = getTradingOrdersBounds.limit.maximum;

export const readAccount = async (): Promise<PaperAccount> => (await asUser(() => call(getPaperAccount))).body;

export const readSummary = async (): Promise<PortfolioSummary> =>
    (await asUser(() => call(getTradingPortfolioSummary))).body;

export const readPositions = async (): Promise<readonly Position[]> =>
    (await asUser(() => call(getTradingPositions))).body.positions;

/** Newest first. */
export async function readOrders({ status, symbol }: OrderFilter, offset = 0): Promise<PageOf<Order>> {
    const query = { status, symbol, limit: pageSize, offset };
    const { orders, hasMore } = (await asUser(() => call(getTradingOrders, { query }))).body;
    return { rows: orders, hasMore };
}

export const readOrder = async (id: string): Promise<Order> =>
    (await asUser(() => call(getTradingOrdersById, { path: { id } }))).body.order;

/** Newest first. */
export async function readExecutions(symbol: string | null, offset = 0): Promise<PageOf<Execution>> {
    const query = { symbol, limit: pageSize, offset };
    const { executions, hasMore } = (await asUser(() => call(getTradingExecutions, { query }))).body;
    return { rows: executions, hasMore };
}

/** Oldest first; of the running generation unless another is named. */
export const readCurve = async (generation: number | null): Promise<readonly EquitySnapshot[]> =>
    (await asUser(() => call(getTradingEquityCurve, { query: { generation } }))).body.points;

/** Newest first. */
export async function readActivity(offset = 0): Promise<PageOf<ActivityEntry>> {
    const { activity, hasMore } = (await asUser(() => call(getTradingActivity, { query: { limit: pageSize, offset } }))).body;
    return { rows: activity, hasMore };
}

export const readGenerations = async (): Promise<readonly Generation[]> =>
    (await asUser(() => call(getTradingGenerations))).body.generations;

/** Fills whose bar says something else by now, newest first. */
export const readCorrections = async (): Promise<readonly Correction[]> =>
    (await asUser(() => call(getTradingCorrections))).body.corrections;

/** What a ticket would come to. Nothing is moved by it. */
export async function previewOrder(body: TicketSent, signal?: AbortSignal): Promise<OrderPreview> {
    const found = (await asUser(() => call(postTradingOrdersPreview, { body }, signal))).body;
    toBeSigned = found.needsSignature ? JSON.stringify(body) : null;
    return found;
}

/** The ticket that was previewed last, if a passkey has to sign it. */
let toBeSigned: string | null = null;

/** A change of what the account has. */
export async function changed<T>(work: () => Promise<T>): Promise<T> {
    try {
        return await asUser(work);
    } finally {
        // What failed may have been done: an answer can be lost on its way.
        invalidate(tradingKey);
    }
}

/**
 * Filled, resting or refused; the same id with the same content finds the order that it has placed already. Where the
 * account wants it, a passkey signs the ticket; nothing has happened before that.
 */
export const placeOrder = (ticket: TicketSent, clientOrderID: string): Promise<Order> =>
    changed(async () => {
        const named = { ...ticket, client_order_id: clientOrderID };
        const signed = async () => ({ ...named, credential: await signTicket(ticket) });
        const send = async (body: typeof named) => (await call(postTradingOrders, { body })).body.order;
        try {
            return await send(toBeSigned === JSON.stringify(ticket) ? await signed() : named);
        } catch (error) {
            // The price has moved since, or nobody looked.
            if (!(error instanceof ApiError) || error.code !== "TRADING_SIGNATURE_REQUIRED") throw error;
            return await send(await signed());
        }
    });

export const readSigning = async (): Promise<OrderSigning> => (await asUser(() => call(getPaperAccountSigning))).body;

/** Wants a recent sign-in. */
export async function changeSigning(signsOrders: boolean): Promise<OrderSigning> {
    try {
        return (await asConfirmedUser(() => call(putPaperAccountSigning, { body: { signs_orders: signsOrders } }))).body;
    } finally {
        invalidate(tradingKey);
    }
}

/** The id belongs to an order with another content: an earlier attempt has reached the server after all. */
export const isTakenBefore = (error: unknown): boolean => error instanceof ApiError && error.status === 409;

/** Nobody knows whether the server has done it. */
export const isUncertain = (error: unknown): boolean =>
    error instanceof ApiError && (error.failure !== "refused" || (error.status ?? 0) >= 500);

/** The order that such an attempt has placed; null when it is not among the newest. */
export const orderPlacedAs = async (clientOrderID: string): Promise<Order | null> =>
    (await readOrders({ status: null, symbol: null })).rows.find((order) => order.clientOrderId === clientOrderID) ?? null;

export const changeOrder = (id: string, body: OrderChange): Promise<Order> =>
    changed(async () => (await call(patchTradingOrdersById, { path: { id }, body })).body.order);

export const cancelOrder = (id: string): Promise<Order> =>
    changed(async () => (await call(deleteTradingOrdersById, { path: { id } })).body.order);

/** Ends a generation of the account, once: the same again, after a lost answer, ends no other. */
export const resetAccount = (generation: number, startingBalance: string): Promise<PaperAccount> =>
    changed(
        async () =>
            (await call(postTradingReset, { body: { confirm: "RESET", starting_balance: startingBalance, generation } })).body,
    );

export const changeFees = (body: BodySent<typeof patchPaperAccount>): Promise<PaperAccount> =>
    changed(async () => (await call(patchPaperAccount, { body })).body);

/** What else belongs to an order: the fill, and the other orders of its bracket. */
export interface Related {
    readonly execution: Execution | null;
    readonly bracket: readonly Order[];
}

export async function readRelated(order: Order): Promise<Related> {
    const entry = order.entryOrderId ?? order.id;
    const [execution, orders] = await Promise.all([executionOf(order), ordersOf(order)]);
    return {
        execution,
        bracket: orders.filter(({ id, entryOrderId }) => id !== order.id && (id === entry || entryOrderId === entry)),
    };
}

/** The fill of a very old order is not looked for any longer: the order tells the most of it. */
const maximumPages = 10;

async function executionOf({ id, symbol, status }: Order): Promise<Execution | null> {
    if (status !== "FILLED") return null;
    for (let page = 0; page < maximumPages; page++) {
        const { rows, hasMore } = await readExecutions(symbol, page * pageSize);
        const found = rows.find(({ orderId }) => orderId === id);
        if (found || !hasMore) return found ?? null;
    }
    return null;
}

const ordersOf = async ({ symbol, role }: Order): Promise<readonly Order[]> =>
    role === null ? [] : (await readOrders({ status: null, symbol })).rows;

/** Files that the browser fetches by itself. */
export const executionsFile = getTradingExecutionsCsv.path;
export const profitFile = getTradingRealizedPnlCsv.path;
