/* What a signed-in user sees and ends of their own: sessions, API keys, events. And what an admin sees of users. */
import { type Role, roles } from "./account";
import { boolean, list, number, object, oneOf, optionalString, optionalTime, string, strings, time } from "./decode";
import { get, send } from "./http";
import { read } from "./reading";

export interface Session {
    readonly id: string;
    readonly isCurrent: boolean;
    readonly device: string;
    /** How it began: `passkey`, `google`, `apple`, `recovery_code`, `recovery_link`. */
    readonly method: string;
    readonly createdAt: number;
    readonly lastSeenAt: number;
}

export const listSessions = async (): Promise<Session[]> =>
    read(await get("/api/me/sessions", {}), (body) =>
        list(object(body, "answer")["sessions"], "sessions", (value, place) => {
            const fields = object(value, place);
            return {
                id: string(fields, "id", place),
                isCurrent: boolean(fields, "is_current", place),
                device: string(fields, "device", place),
                method: string(fields, "method", place),
                createdAt: time(fields, "created_at", place),
                lastSeenAt: time(fields, "last_seen_at", place),
            };
        }),
    );

export async function endSession(id: string): Promise<void> {
    await send("DELETE", `/api/me/sessions/${id}`);
}

export async function endOtherSessions(): Promise<void> {
    await send("DELETE", "/api/me/sessions");
}

export interface Key {
    readonly id: string;
    readonly name: string;
    /** What stays readable of it. */
    readonly prefix: string;
    readonly scopes: readonly string[];
    readonly expiresAt: number | null;
    readonly lastUsedAt: number | null;
    readonly createdAt: number;
}

export const listKeys = async (): Promise<Key[]> =>
    read(await get("/api/me/api-keys", {}), (body) =>
        list(object(body, "answer")["api_keys"], "api_keys", (value, place) => {
            const fields = object(value, place);
            return {
                id: string(fields, "id", place),
                name: string(fields, "name", place),
                prefix: string(fields, "prefix", place),
                scopes: strings(fields, "scopes", place),
                expiresAt: optionalTime(fields, "expires_at", place),
                lastUsedAt: optionalTime(fields, "last_used_at", place),
                createdAt: time(fields, "created_at", place),
            };
        }),
    );

/** The key itself, which no later answer holds. */
export const makeKey = async (name: string, scopes: readonly string[], days: number): Promise<string> =>
    read(await send("POST", "/api/me/api-keys", { name, scopes, expires_in_days: days }), (body) =>
        string(object(body, "answer"), "key", "answer"),
    );

export async function revokeKey(id: string): Promise<void> {
    await send("DELETE", `/api/me/api-keys/${id}`);
}

export interface AuditEvent {
    readonly id: number;
    readonly type: string;
    readonly createdAt: number;
    readonly requestID: string | null;
    /** What happened, as the server wrote it down; null after erasure. */
    readonly details: Readonly<Record<string, unknown>> | null;
}

export interface Page<T> {
    readonly items: readonly T[];
    readonly hasMore: boolean;
}

export const listEvents = async (offset: number): Promise<Page<AuditEvent>> =>
    read(await get("/api/me/audit", { limit: 25, offset }), (body) => ({
        hasMore: boolean(object(body, "answer"), "has_more", "answer"),
        items: list(object(body, "answer")["events"], "events", (value, place) => {
            const fields = object(value, place);
            return {
                id: number(fields, "id", place),
                type: string(fields, "type", place),
                createdAt: time(fields, "created_at", place),
                requestID: optionalString(fields, "request_id", place),
                details: fields["details"] ? object(fields["details"], `${place}.details`) : null,
            };
        }),
    }));

export interface User {
    readonly id: string;
    readonly role: Role;
    readonly email: string | null;
    readonly displayName: string | null;
    readonly isDisabled: boolean;
    readonly createdAt: number;
    readonly lastSeenAt: number | null;
    readonly passkeyCount: number;
}

export const listUsers = async (offset: number): Promise<Page<User>> =>
    read(await get("/api/users", { limit: 50, offset }), (body) => ({
        hasMore: boolean(object(body, "answer"), "has_more", "answer"),
        items: list(object(body, "answer")["users"], "users", user),
    }));

export const changeUser = async (id: string, change: { role?: Role; disabled?: boolean }): Promise<User> =>
    read(await send("PATCH", `/api/users/${id}`, change), (body) => user(body, "user"));

function user(value: unknown, place: string): User {
    const fields = object(value, place);
    return {
        id: string(fields, "id", place),
        role: oneOf(fields["role"], roles, `${place}.role`),
        email: optionalString(fields, "email", place),
        displayName: optionalString(fields, "display_name", place),
        isDisabled: boolean(fields, "disabled", place),
        createdAt: time(fields, "created_at", place),
        lastSeenAt: optionalTime(fields, "last_seen_at", place),
        passkeyCount: number(fields, "passkey_count", place),
    };
}
