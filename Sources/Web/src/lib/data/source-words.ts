/* How a source of prices stands, for people. */
import type { PriceProvider } from "api-types";
import { writtenTime } from "../time";
import type { Tone } from "./standing";

export function standingOfSource(source: PriceProvider): { readonly tone: Tone; readonly text: string } {
    const { isConfigured, breaker, openUntil, failures, lastSuccessAt, lastErrorCode } = source;
    if (!isConfigured) return { tone: "note", text: "No key" };
    if (failures > 0 && lastErrorCode === "PROVIDER_UNAUTHORIZED") return { tone: "bad", text: "Does not take the key" };
    if (breaker === "open")
        return { tone: "bad", text: openUntil === null ? "Paused" : `Paused until ${writtenTime(openUntil, "1h")}` };
    if (breaker === "half_open") return { tone: "warning", text: "Being tried again" };
    if (failures > 0) return { tone: "warning", text: failures === 1 ? "Failed once" : `Failed ${failures} times` };
    return lastSuccessAt === null ? { tone: "note", text: "Never asked" } : { tone: "good", text: "Answers" };
}
