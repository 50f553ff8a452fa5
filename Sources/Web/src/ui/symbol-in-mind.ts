/*
 * The symbol that a reader has come for, in this tab: a new strategy whose address names none is begun for it, until a
 * backtest is started. It goes along with a visitor who signs in, and with no user to the next one.
 */
import { useEffect, useRef } from "react";
import { account } from "../api/session";
import { keepSymbol, symbolKept } from "../lib/in-mind";
import { useAccount } from "./use-account";

function user(): string | null {
    const now = account();
    return now.state === "signed-in" ? now.profile.id : null;
}

export function symbolInMind(): string | null {
    try {
        return symbolKept(sessionStorage, user());
    } catch {
        return null;
    }
}

/** Null: what they came for is done. */
export function bearInMind(symbol: string | null): void {
    try {
        keepSymbol(sessionStorage, user(), symbol);
    } catch {
        // Storage is forbidden: the address carries it as far as its links go.
    }
}

/** Bears the symbol of a room in mind, once it is known for whom; null where there is none (yet). */
export function useBearInMind(symbol: string | null): void {
    const { state } = useAccount();
    const borne = useRef<string | null>(null);
    const isKnown = state === "signed-in" || state === "visitor";
    useEffect(() => {
        // Once: whoever signs out in this room leaves nothing of it to visitors.
        if (symbol === null || !isKnown || borne.current === symbol) return;
        borne.current = symbol;
        bearInMind(symbol);
    }, [symbol, isKnown]);
}
