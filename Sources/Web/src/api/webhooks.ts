/* Servers that are told what the signed-in user is told. */
import {
    deleteWebhooksById,
    getWebhooks,
    getWebhooksByIdDeliveries,
    patchWebhooksById,
    postWebhooks,
    postWebhooksByIdTest,
    type Webhook,
    type WebhookDelivery,
} from "api-types";
import { invalidate } from "./cache";
import { asConfirmedUser } from "./confirmed";
import { call } from "./http";
import { asUser } from "./session";

export type { Webhook, WebhookDelivery };

export const webhooksKey = "webhooks";
/** Not below the other: of a webhook that was removed there is nothing to read again. */
export const deliveriesKey = (id: string): string => `deliveries/${id}`;

export const readWebhooks = async (): Promise<readonly Webhook[]> => (await asUser(() => call(getWebhooks))).body.webhooks;

/** The last few, newest first. */
export const readDeliveries = async (id: string): Promise<readonly WebhookDelivery[]> =>
    (await asUser(() => call(getWebhooksByIdDeliveries, { path: { id }, query: { limit: 10 } }))).body.deliveries;

async function changed<T>(work: () => Promise<T>): Promise<T> {
    try {
        return await work();
    } finally {
        invalidate(webhooksKey);
    }
}

/** The secret, which no later answer holds. */
export const addWebhook = (url: string): Promise<string> =>
    changed(() => asConfirmedUser(async () => (await call(postWebhooks, { body: { url } })).body.secret));

export const switchWebhook = (id: string, isActive: boolean): Promise<unknown> =>
    changed(() => asUser(() => call(patchWebhooksById, { path: { id }, body: { is_active: isActive } })));

export const removeWebhook = (id: string): Promise<unknown> =>
    changed(() => asUser(() => call(deleteWebhooksById, { path: { id } })));

export const testWebhook = (id: string): Promise<unknown> =>
    changed(async () => {
        await asUser(() => call(postWebhooksByIdTest, { path: { id } }));
        invalidate(deliveriesKey(id));
    });
