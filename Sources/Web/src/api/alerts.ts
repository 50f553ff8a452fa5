/* What the signed-in user wants to be told of, and what they were told. */
import {
    type Alert,
    type AlertKind,
    deleteAlertsById,
    getAlerts,
    getNotifications,
    getNotificationsUnread,
    type Notification as Told,
    postAlerts,
    postAlertsByIdArm,
    postNotificationsByIdRead,
    postNotificationsRead,
} from "api-types";
import { invalidate, remember } from "./cache";
import { call } from "./http";
import type { BodySent } from "./operation";
import { asUser } from "./session";
import { type PageOf, pageSize } from "./trading";

export type { Alert, AlertKind, Told };

export const alertsKey = "alerts";
export const toldKey = "notifications/list";
export const unreadKey = "notifications/unread";

export const readAlerts = async (): Promise<readonly Alert[]> => (await asUser(() => call(getAlerts))).body.alerts;

async function changed<T>(work: () => Promise<T>): Promise<T> {
    try {
        return await asUser(work);
    } finally {
        invalidate(alertsKey);
    }
}

/** One that is there already is armed again. */
export const setAlert = (body: BodySent<typeof postAlerts>): Promise<Alert> =>
    changed(async () => (await call(postAlerts, { body })).body.alert);

export const armAlert = (id: string): Promise<unknown> => changed(() => call(postAlertsByIdArm, { path: { id } }));

export const removeAlert = (id: string): Promise<unknown> => changed(() => call(deleteAlertsById, { path: { id } }));

/** Newest first. */
export async function readTold(offset = 0): Promise<PageOf<Told>> {
    const query = { limit: pageSize, offset };
    const { notifications, hasMore } = (await asUser(() => call(getNotifications, { query }))).body;
    return { rows: notifications, hasMore };
}

export const readUnread = async (): Promise<number> => (await call(getNotificationsUnread)).body.unread;

/** The answer to a reading is the new count. */
async function read(work: () => Promise<{ readonly body: { readonly unread: number } }>): Promise<void> {
    const { body } = await asUser(work);
    invalidate("notifications");
    remember(unreadKey, body.unread);
}

export const markRead = (id: string): Promise<void> => read(() => call(postNotificationsByIdRead, { path: { id } }));

export const markAllRead = (): Promise<void> => read(() => call(postNotificationsRead));
