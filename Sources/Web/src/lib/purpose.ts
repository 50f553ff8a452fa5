/* What a visitor wants who is asked to sign in first: told from where they come back to. */
import { isPersonalPage, type PersonalPage, placeOf } from "./routes";
import { tickerIn } from "./ticker";

/** What follows "Sign in or create an account"; `symbol` is empty, or the one that the address names. */
const purposes: Readonly<Record<PersonalPage, (symbol: string) => string>> = {
    strategies: () => "to build strategies",
    "new-strategy": (symbol) => `to build a strategy${on(symbol, "for")}`,
    strategy: () => "to open this strategy",
    "strategy-versions": () => "to open this strategy",
    backtests: () => "to see your backtests",
    "new-backtest": (symbol) => `to test a strategy${on(symbol)}`,
    compare: () => "to compare your backtests",
    backtest: () => "to open this backtest",
    trade: (symbol) => `to trade${symbol && ` ${symbol}`} on paper`,
    order: () => "to open this paper order",
    alerts: (symbol) => `to set alerts${on(symbol)}`,
    "new-runner": (symbol) => `to run a strategy on paper${on(symbol)}`,
    runner: () => "to see this strategy trade on paper",
    "new-practice": (symbol) => `to practise on past days${on(symbol, "of")}`,
    practice: () => "to open this practice session",
    data: () => "to see the stored prices",
    "data-series": (symbol) => `to see the stored prices${on(symbol, "of")}`,
    "data-import": () => "to import prices",
    "data-upload": () => "to open this import",
    "data-jobs": () => "to see data jobs",
    "data-job": () => "to open this job",
    "data-sources": () => "to see the sources of prices",
    settings: () => "to see your settings",
};

const on = (symbol: string, word = "on"): string => symbol && ` ${word} ${symbol}`;

/** Null where nothing needs an account. */
export function purposeOf(path: string): string | null {
    const [address = "", search] = path.split("?");
    const { page, params } = placeOf(address);
    const query = new URLSearchParams(search);
    if (page === "markets" && query.get("view") === "watchlist") return "to keep a watchlist";
    if (!isPersonalPage(page)) return null;
    // Whoever made the link wrote this: anything else than a symbol is not shown.
    return purposes[page](tickerIn(params["symbol"] ?? query.get("symbol") ?? "") ?? "");
}
