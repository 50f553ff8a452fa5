/* What a signed-in user sees and ends of their own: sessions, API keys, events. And what an admin sees of users. */
import {
    deleteMeApiKeysById,
    deleteMeSessions,
    deleteMeSessionsById,
    getMeApiKeys,
    getMeAudit,
    getMeSessions,
    getUsers,
    patchUsersById,
    postMeApiKeys,
} from "api-types";
import { call } from "./http";
import type { BodyFound, BodySent } from "./operation";

type Item<List> = List extends readonly (infer One)[] ? One : never;
export type Session = Item<BodyFound<typeof getMeSessions>["sessions"]>;
export type Key = Item<BodyFound<typeof getMeApiKeys>["apiKeys"]>;
export type AuditEvent = Item<BodyFound<typeof getMeAudit>["events"]>;
export type User = Item<BodyFound<typeof getUsers>["users"]>;

export interface Page<T> {
    readonly items: readonly T[];
    readonly hasMore: boolean;
}

export const listSessions = async (): Promise<readonly Session[]> => (await call(getMeSessions)).body.sessions;

export const endSession = (id: string): Promise<unknown> => call(deleteMeSessionsById, { path: { id } });

export const endOtherSessions = (): Promise<unknown> => call(deleteMeSessions);

export const listKeys = async (): Promise<readonly Key[]> => (await call(getMeApiKeys)).body.apiKeys;

/** The key itself, which no later answer holds. */
export const makeKey = async (body: BodySent<typeof postMeApiKeys>): Promise<string> =>
    (await call(postMeApiKeys, { body })).body.key;

export const revokeKey = (id: string): Promise<unknown> => call(deleteMeApiKeysById, { path: { id } });

export async function listEvents(offset: number): Promise<Page<AuditEvent>> {
    const { events, hasMore } = (await call(getMeAudit, { query: { limit: 25, offset } })).body;
    return { items: events, hasMore };
}

export async function listUsers(offset: number): Promise<Page<User>> {
    const { users, hasMore } = (await call(getUsers, { query: { limit: 50, offset } })).body;
    return { items: users, hasMore };
}

export const changeUser = (id: string, body: BodySent<typeof patchUsersById>): Promise<unknown> =>
    call(patchUsersById, { path: { id }, body });
