/* A symbol's last price, change and small chart in a list; each row loads on its own, once it is seen. */
import { type RefObject, useEffect, useRef, useState } from "react";
import { recentBars } from "../api/resources";
import type { SymbolSummary } from "../api/symbols";
import { type Bars, noBars } from "../lib/bars";
import { decimal, direction, directionMark, noValue, priceDigits, signedPercent } from "../lib/format";
import { sparkline } from "../lib/sparkline";
import { writtenTime } from "../lib/time";

export type Recent = { readonly state: "loading" | "failed" } | { readonly state: "ready"; readonly bars: Bars };

/** The newest bars of a symbol, asked for when `element` first comes into view. */
export function useRecent(symbol: SymbolSummary, element: RefObject<Element>): Recent {
    const [recent, setRecent] = useState<Recent>({ state: "loading" });
    const interval = symbol.intervals[0];
    useEffect(() => {
        const target = element.current;
        if (!target) return;
        let isCurrent = true;
        const hold = (value: Recent): void => {
            if (isCurrent) setRecent(value);
        };
        const observer = new IntersectionObserver(
            (entries) => {
                if (!entries.some((entry) => entry.isIntersecting)) return;
                observer.disconnect();
                if (!interval) return hold({ state: "ready", bars: noBars });
                recentBars(symbol.symbol, symbol.assetType, interval).then(
                    ({ bars }) => hold({ state: "ready", bars }),
                    () => hold({ state: "failed" }),
                );
            },
            { rootMargin: "200px" },
        );
        observer.observe(target);
        return () => {
            isCurrent = false;
            observer.disconnect();
        };
    }, [symbol.symbol, symbol.assetType, interval, element]);
    return recent;
}

export const useRowElement = (): RefObject<HTMLTableRowElement> => useRef<HTMLTableRowElement>(null);

export function Spark({ bars }: { bars: Bars }): JSX.Element {
    const way = direction((bars.close[bars.close.length - 1] ?? 0) - (bars.close[0] ?? 0));
    return (
        <svg
            className={`spark ${way}`}
            viewBox="0 0 120 32"
            width="120"
            height="32"
            preserveAspectRatio="none"
            aria-hidden="true"
        >
            <path d={sparkline(bars.close, 118, 28)} transform="translate(1 2)" fill="none" stroke="currentColor" />
        </svg>
    );
}

/** Table cells of the recent prices: chart, last close, change since the bar before, day of the last bar. */
export function RecentCells({ symbol, recent }: { symbol: SymbolSummary; recent: Recent }): JSX.Element {
    if (recent.state !== "ready") {
        const isLoading = recent.state === "loading";
        return (
            <td colSpan={4} className="number dim">
                {isLoading ? <span className="skeleton-line" role="presentation" /> : "Prices could not be loaded"}
            </td>
        );
    }
    const { bars } = recent;
    const newest = bars.time.length - 1;
    const last = bars.close[newest];
    const previous = bars.close[newest - 1];
    if (last === undefined) {
        return (
            <td colSpan={4} className="number dim">
                No bars yet
            </td>
        );
    }
    const change = previous === undefined ? null : last / previous - 1;
    const way = direction(change ?? 0);
    return (
        <>
            <td className="spark-cell">
                <Spark bars={bars} />
            </td>
            <td className="number strong">{decimal(last, priceDigits(last))}</td>
            <td className={`number ${way}`}>
                {change === null ? noValue : `${directionMark[way]} ${signedPercent(change)}`}
            </td>
            <td className="number dim as-of">{writtenTime(bars.time[newest]!, symbol.intervals[0] ?? "1d")}</td>
        </>
    );
}
