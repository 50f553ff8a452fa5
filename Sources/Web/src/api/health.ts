import { type CheckStatus, getHealthReady, type Readiness } from "api-types";
import { call } from "./http";

export type { CheckStatus, Readiness };

/** Readiness of the whole service. A service that is not ready says so with 503 and the same body. */
export const readHealth = async (): Promise<Readiness> => (await call(getHealthReady)).body;
