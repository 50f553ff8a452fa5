import { object, oneOf, optionalNumber, optionalString } from "./decode";
import { get } from "./http";
import { read } from "./reading";

export type CheckStatus = "up" | "down" | "not_configured";

export interface Check {
    readonly name: string;
    readonly status: CheckStatus;
    readonly latencyMilliseconds: number | null;
    /** Why it is not up, in words. */
    readonly detail: string | null;
}

export interface Health {
    readonly status: "ok" | "unavailable" | "draining";
    readonly checks: readonly Check[];
}

/** Readiness of the whole service. A service that is not ready says so with 503 and the same body. */
export async function readHealth(): Promise<Health> {
    const answer = await get("/api/health/ready", {}, { accept: [503] });
    return read(answer, (body) => {
        const fields = object(body, "health");
        const checks = object(fields["checks"], "health.checks");
        return {
            status: oneOf(fields["status"], ["ok", "unavailable", "draining"], "health.status"),
            checks: Object.entries(checks).map(([name, value]) => check(name, value)),
        };
    });
}

function check(name: string, value: unknown): Check {
    const place = `health.checks.${name}`;
    const fields = object(value, place);
    return {
        name,
        status: oneOf(fields["status"], ["up", "down", "not_configured"], `${place}.status`),
        latencyMilliseconds: optionalNumber(fields, "latency_ms", place),
        detail: optionalString(fields, "detail", place),
    };
}
