/* What a new user does first, and what of it is done. */
import type { Checklist } from "api-types";
import { newBacktestPath, newStrategyPath, settingsPath } from "./routes";

export interface Step {
    readonly title: string;
    readonly detail: string;
    readonly href: string;
    readonly isDone: boolean;
}

export const firstSteps = (progress: Checklist): readonly Step[] => [
    {
        title: "Create a strategy",
        detail: "Start from a template; you can change everything.",
        href: newStrategyPath(),
        isDone: progress.strategies > 0,
    },
    {
        title: "Run a backtest",
        detail: "See what it would have made, next to holding.",
        href: newBacktestPath(),
        isDone: progress.backtests > 0,
    },
    {
        title: "Watch a symbol",
        detail: "Press the star beside one in Markets.",
        href: "/markets",
        isDone: progress.watchlist > 0,
    },
    {
        title: "Add a second passkey",
        detail: "On another device, so that losing one does not lock you out.",
        href: settingsPath("passkeys"),
        isDone: progress.passkeys > 1,
    },
];
