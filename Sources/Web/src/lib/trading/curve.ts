import type { EquitySnapshot } from "api-types";

export interface EquityCurve {
    /** Unix seconds, ascending, each once. */
    readonly times: readonly number[];
    readonly equity: readonly number[];
    readonly cash: readonly number[];
}

/** An axis has room for one point a second: fills of the same one are drawn a second apart. */
export function curveOf(points: readonly EquitySnapshot[]): EquityCurve {
    let before = -Infinity;
    return {
        times: points.map(({ at }) => (before = Math.max(at, before + 1))),
        equity: points.map(({ equity }) => Number(equity)),
        cash: points.map(({ cash }) => Number(cash)),
    };
}
