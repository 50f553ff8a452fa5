import { useEffect, useState } from "react";
import { searchSymbols, type SymbolSummary } from "../api/symbols";
import type { AssetType } from "../lib/bars";

export type FoundSymbols =
    | { readonly state: "idle" | "loading" }
    | { readonly state: "ready"; readonly query: string; readonly symbols: readonly SymbolSummary[] }
    | { readonly state: "failed"; readonly query: string; readonly message: string };

/** Whether this is what became of the question: an answer, or that there is none. */
export const isFoundFor = (found: FoundSymbols, query: string): boolean =>
    (found.state === "ready" || found.state === "failed") && found.query === query;

const pauseAfterTyping = 120;
const maximum = 8;

/** What the server finds for the text, asked a moment after the last key; a new key takes back the question before. */
export function useSymbols(text: string, isAsking: boolean, assetType: AssetType | null = null): FoundSymbols {
    const [found, setFound] = useState<FoundSymbols>({ state: "idle" });
    const isFirst = found.state === "idle";
    useEffect(() => {
        if (!isAsking) return;
        const ending = new AbortController();
        const timer = setTimeout(
            () => {
                if (isFirst) setFound({ state: "loading" });
                searchSymbols(text, { limit: maximum, assetType, signal: ending.signal }).then(
                    ({ symbols }) => setFound({ state: "ready", query: text.trim(), symbols }),
                    (error: unknown) => {
                        if (ending.signal.aborted) return;
                        setFound({
                            state: "failed",
                            query: text.trim(),
                            message: error instanceof Error ? error.message : "The search failed.",
                        });
                    },
                );
            },
            text === "" ? 0 : pauseAfterTyping,
        );
        return () => {
            clearTimeout(timer);
            ending.abort();
        };
    }, [text, isAsking, assetType]);
    return found;
}
