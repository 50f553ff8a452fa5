import type { Trade } from "api-types";
import { navigate, usePath, useQuery } from "../../ui/navigation";

/** The trade that the address names (`?trade=12`), and how to name another. */
export function useChosenTrade(trades: readonly Trade[]): [Trade | null, (number: number | null) => void] {
    const path = usePath();
    const query = new URLSearchParams(useQuery());
    const number = Number(query.get("trade") ?? NaN);
    const choose = (next: number | null): void => {
        if (next === null) query.delete("trade");
        else query.set("trade", String(next));
        const text = query.toString();
        navigate(`${path}${text && `?${text}`}`, { replace: true });
    };
    return [trades.find(({ tradeNo }) => tradeNo === number) ?? null, choose];
}
