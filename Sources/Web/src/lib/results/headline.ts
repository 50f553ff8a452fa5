/* The figures that stand on top of a result, each with what belongs beside it: on the screen, on paper, in a picture. */
import type { Backtest } from "api-types";
import { counted, whole } from "../format";
import { type Figure, headline, reasonOf, valueOf, written } from "./figures";
import type { CurveFigures } from "./measures";

export type Way = "up" | "down" | undefined;

export interface Headlined {
    readonly figure: Figure;
    readonly value: string;
    /** The same of holding, or what else says more of it. */
    readonly detail: string;
    readonly tone: Way;
}

/** `held`: what was computed of holding from the bars; null until they are here. */
export const headlined = (run: Backtest, held: CurveFigures | null): readonly Headlined[] =>
    headline.map((figure) => {
        const value = valueOf(figure, run);
        return {
            figure,
            value: written(value, figure.format),
            detail:
                figure.holding === undefined
                    ? beside(figure, run)
                    : `Holding ${written(heldValue(figure, run, held), figure.format)}`,
            tone: wayOf(figure, value),
        };
    });

/** What the server knows of holding comes with the run; the rest is computed from its bars. */
export function heldValue(figure: Figure, { results }: Backtest, held: CurveFigures | null): number | null {
    if (figure.key === "totalReturnPct") return results?.benchmarkReturnPct ?? null;
    if (figure.key === "maxDrawdownPct") return results?.benchmarkMaxDrawdownPct ?? null;
    return figure.holding === undefined ? null : held?.[figure.holding] ?? null;
}

const signed = new Set<Figure["format"]>(["change", "points"]);

/** Gain or loss, where the figure is one. */
export const wayOf = (figure: Figure, value: number | null): Way =>
    !signed.has(figure.format) || value === null || value === 0 ? undefined : value > 0 ? "up" : "down";

/** How it is computed, and why there is none. */
export const explained = (figure: Figure, run: Backtest): string =>
    valueOf(figure, run) === null ? `${figure.explain} Here: ${reasonOf(figure, run)}` : figure.explain;

/** Where holding has no such figure, what else belongs beside it; of no trades there is nothing to say. */
function beside({ key }: Figure, { results }: Backtest): string {
    if (results?.numTrades === 0) return "";
    const percent = (value: number | null | undefined): string => written(value ?? null, "change");
    if (key === "profitFactor") return `Average trade ${percent(results?.expectancyPct)}`;
    if (key === "winRatePct") return `${percent(results?.avgWinPct)} / ${percent(results?.avgLossPct)} each`;
    if (key === "numTrades") {
        const held = results?.avgBarsHeld ?? null;
        return `${written(held, "bars")} ${held === 1 ? "bar" : "bars"} each`;
    }
    // Returns lie between bars.
    const bars = (results?.returnsCount ?? 0) + 1;
    const exposure = results?.exposurePct ?? null;
    return exposure === null ? "" : `${whole((exposure / 100) * bars)} of ${counted(bars, "bar")}`;
}
