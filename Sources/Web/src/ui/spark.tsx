/* A symbol's last price, change and small chart in a list. */
import { type ReactNode, useCallback, useEffect, useState } from "react";
import { recentBars } from "../api/resources";
import type { SymbolSummary } from "../api/symbols";
import { noBars } from "../lib/bars";
import { decimal, direction, directionMark, noValue, priceDigits, signedPercent } from "../lib/format";
import { asOfInWords, type RecentPrices, recentOfBars, spanInWords, usualSpan } from "../lib/recent";
import { sparkline } from "../lib/sparkline";

export type Recent =
    | { readonly state: "loading" | "failed" }
    | { readonly state: "ready"; readonly prices: RecentPrices };

const loading: Recent = { state: "loading" };

/** As many requests as a browser sends to one server at a time. */
const atOnce = 6;

/** The recent prices of every symbol of a list, and what asks again for those that failed. */
export function useRecentPrices(
    symbols: readonly SymbolSummary[],
): [(symbol: string) => Recent, { readonly hasFailed: boolean; readonly retry: () => void }] {
    const [found, setFound] = useState<ReadonlyMap<string, Recent>>(new Map());
    const [attempt, setAttempt] = useState(0);
    const key = symbols.map(({ symbol }) => symbol).join(" ");
    useEffect(() => {
        let isCurrent = true;
        const waiting = symbols.filter(({ symbol }) => found.get(symbol)?.state !== "ready");
        const hold = (symbol: string, recent: Recent): void => {
            if (isCurrent) setFound((before) => new Map(before).set(symbol, recent));
        };
        const work = async (): Promise<void> => {
            for (let next = waiting.shift(); next && isCurrent; next = waiting.shift()) {
                const { symbol, assetType, intervals } = next;
                const interval = intervals[0];
                await (interval ? recentBars(symbol, assetType, interval) : Promise.resolve({ bars: noBars })).then(
                    ({ bars }) => hold(symbol, { state: "ready", prices: recentOfBars(interval ?? "1d", bars) }),
                    () => hold(symbol, { state: "failed" }),
                );
            }
        };
        for (let index = 0; index < atOnce; index++) void work();
        return () => {
            isCurrent = false;
        };
        // The same symbols make the same list.
    }, [key, attempt]);
    const retry = useCallback(() => {
        setFound((before) => new Map([...before].filter(([, { state }]) => state === "ready")));
        setAttempt((count) => count + 1);
    }, []);
    const hasFailed = [...found.values()].some(({ state }) => state === "failed");
    useEffect(() => {
        if (!hasFailed) return;
        window.addEventListener("online", retry);
        return () => window.removeEventListener("online", retry);
    }, [hasFailed, retry]);
    return [(symbol) => found.get(symbol) ?? loading, { hasFailed, retry }];
}

/** The closes of the span that the change beside it goes over. */
export function Spark({ prices }: { prices: RecentPrices }): JSX.Element {
    return (
        <svg
            className={`spark ${direction(prices.change ?? 0)}`}
            viewBox="0 0 120 32"
            width="120"
            height="32"
            preserveAspectRatio="none"
            aria-hidden="true"
        >
            <path d={sparkline(prices.closes, 118, 28)} transform="translate(1 2)" fill="none" stroke="currentColor" />
        </svg>
    );
}

export function Change({ prices }: { prices: RecentPrices }): JSX.Element {
    const { change, interval, closes } = prices;
    if (change === null) return <>{noValue}</>;
    const way = direction(change);
    const span = spanInWords(interval, closes.length);
    return (
        <span className={way}>
            {span !== usualSpan && <small className="dim">{span} </small>}
            {directionMark[way]} {signedPercent(change)}
        </span>
    );
}

export const Last = ({ prices }: { prices: RecentPrices }): JSX.Element => (
    <b>{prices.last === null ? noValue : decimal(prices.last, priceDigits(prices.last))}</b>
);

export const AsOf = ({ prices }: { prices: RecentPrices }): JSX.Element => (
    <span className="dim">{prices.asOf === null ? noValue : asOfInWords(prices.asOf, prices.interval)}</span>
);

/** Ticker and name. A screen reader needs the comma to hear two things. */
export const SymbolName = ({ symbol, name }: { symbol: ReactNode; name: string | null }): JSX.Element => (
    <span className="symbol-name">
        <b>
            {symbol}
            {name !== null && <span className="spoken">, </span>}
        </b>
        {name !== null && <small>{name}</small>}
    </span>
);
