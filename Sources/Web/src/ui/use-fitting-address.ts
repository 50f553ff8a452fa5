import type { Strategy } from "api-types";
import { useRef } from "react";
import { symbolDetails, symbolKey } from "../api/resources";
import type { SymbolDetails } from "../api/symbols";
import { fittingStrategy } from "../lib/fitting-strategy";
import { useResource } from "./use-resource";

export type Address = Readonly<Record<string, string>>;

/**
 * An address that names a symbol and no strategy, with one that can trade it: the one used last where that is one, else
 * the first. Null while the symbol is on its way; as it was where it names a strategy, or nothing fits. Once found it stays:
 * a form that is filled in must not go when prices are read again.
 */
export function useFittingAddress(address: Address, strategies: readonly Strategy[] | null, last: unknown): Address | null {
    const { symbol = "", strategy = "" } = address;
    const isNeeded = symbol !== "" && strategy === "";
    const [found] = useResource<SymbolDetails | null>(isNeeded ? symbolKey(symbol) : "", async () =>
        isNeeded ? symbolDetails(symbol) : null,
    );
    const settled = useRef<Address | null>(null);
    if (!isNeeded) return address;
    if (settled.current !== null) return settled.current;
    if (found.state === "loading" || strategies === null) return null;
    const details = found.state === "ready" ? found.value : null;
    const fitting = details && fittingStrategy(strategies, details, last);
    settled.current = fitting ? { ...address, strategy: fitting.id } : address;
    return settled.current;
}
