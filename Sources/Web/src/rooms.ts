/* The rooms of the page, each in a script of its own that is fetched when the room is first opened. */
import type { PageName } from "./lib/routes";
import type { LoadRoom } from "./ui/room";

/** Set by build.sh: false in what is installed. */
declare const DEVELOPMENT: boolean;

export const rooms: Readonly<Record<PageName, LoadRoom>> = {
    home: () => import("./pages/home"),
    markets: () => import("./pages/markets"),
    symbol: () => import("./pages/symbol"),
    strategies: () => import("./pages/strategies"),
    "new-strategy": () => import("./pages/strategies-builder"),
    strategy: () => import("./pages/strategies-builder"),
    "strategy-versions": () => import("./pages/strategies-versions"),
    backtests: () => import("./pages/backtests"),
    "new-backtest": () => import("./pages/backtests-new"),
    backtest: () => import("./pages/backtest"),
    compare: () => import("./pages/backtests/compare"),
    trade: () => import("./pages/trade"),
    order: () => import("./pages/trade-order"),
    alerts: () => import("./pages/alerts"),
    "new-runner": () => import("./pages/trade-runner-new"),
    runner: () => import("./pages/trade-runner"),
    "new-practice": () => import("./pages/trade-practice-new"),
    practice: () => import("./pages/trade-practice"),
    data: () => import("./pages/data"),
    "data-series": () => import("./pages/data-series"),
    "data-import": () => import("./pages/data-import"),
    "data-upload": () => import("./pages/data-upload"),
    "data-jobs": () => import("./pages/data-jobs"),
    "data-job": () => import("./pages/data-job"),
    "data-sources": () => import("./pages/data-sources"),
    "sign-in": () => import("./pages/sign-in"),
    "sign-up": () => import("./pages/sign-up"),
    recover: () => import("./pages/recover"),
    settings: () => import("./pages/settings"),
    parts: DEVELOPMENT ? () => import("./pages/parts") : () => import("./pages/not-found"),
    about: () => import("./pages/about"),
    "not-found": () => import("./pages/not-found"),
};
