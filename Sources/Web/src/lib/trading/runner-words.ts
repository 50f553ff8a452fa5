/* Strategies that trade on paper, and what they come to, for people. */
import type { OrderSide, Runner, RunnerComparison, RunnerStatus } from "api-types";
import { counted, decimal, whole } from "../format";

export const runnerStatusWords: Readonly<Record<RunnerStatus, string>> = {
    RUNNING: "Running",
    PAUSED: "Paused",
    STOPPED: "Stopped",
};

/** `Cross v2 on AAPL` */
export const runnerName = ({
    strategyName,
    versionNumber,
    symbol,
}: Pick<Runner, "strategyName" | "versionNumber" | "symbol">): string => `${strategyName} v${versionNumber} on ${symbol}`;

const moves: Readonly<Record<OrderSide, string>> = { BUY: "Buys at the next open", SELL: "Sells at the next open" };

/** What comes next; null of one that does nothing until somebody says so. */
export function nextInWords({ status, next, quantity }: Pick<Runner, "status" | "next" | "quantity">): string | null {
    if (status !== "RUNNING") return null;
    if (next !== null) return moves[next];
    return Number(quantity) > 0 ? "Waits for its exit" : "Waits for its entry";
}

/** So many paths of a hundred lie within the band at a bar. */
export const bandShare = 90;

/** How the bars so far lie to the forecast, in a sentence. */
export function insideInWords(inside: number, bars: number): string {
    if (bars === 0) return "No bar has come yet that could be held against the forecast.";
    const share = `${decimal((100 * inside) / bars, 0)}%`;
    const found =
        inside === bars
            ? `All of ${counted(bars, "bar")} so far lie`
            : `${whole(inside)} of ${counted(bars, "bar")} so far, ${share}, lie`;
    const one = bars === 1 ? `The one bar so far lies ${inside === 1 ? "within" : "outside"}` : `${found} within`;
    return `${one} the band, in which ${bandShare} of 100 paths lie at each bar.`;
}

export type DifferencePart = Extract<keyof RunnerComparison, "missed" | "timing" | "price" | "cost">;

/** In the order in which one is turned into the other: their sum is the whole difference. */
export const differenceParts: readonly { readonly part: DifferencePart; readonly title: string; readonly help: string }[] = [
    {
        part: "missed",
        title: "Missed trades",
        help: "Trades of the backtest that the runner did not take: it was paused, it waited for sound prices, or the purchase was refused.",
    },
    {
        part: "timing",
        title: "Timing",
        help: "Trades that began or ended at another bar, as after a pause, or because you stopped it.",
    },
    {
        part: "price",
        title: "Price",
        help: "Bars that were corrected after the fill. The backtest reads them as they are now; a fill keeps its price.",
    },
    {
        part: "cost",
        title: "Cost",
        help: "Least fees, a fee changed since the start, and what rounding to cents and units takes.",
    },
];
