import {
    type AssetType,
    getSymbolsBySymbol,
    getSymbolsSearch,
    type Symbol,
    type SymbolDetail,
    timeframeWords,
} from "api-types";
import { call } from "./http";

export interface SymbolSummary extends Omit<Symbol, "name"> {
    /** Null for an instrument that is called by its ticker. */
    readonly name: string | null;
}

export type SymbolDetails = SymbolSummary & Pick<SymbolDetail, "series">;

export interface SymbolList {
    readonly symbols: readonly SymbolSummary[];
    readonly hasMore: boolean;
}

/** Ranked by the server; an empty query lists every symbol in ticker order. At most `limit` (100) of them. */
export async function searchSymbols(
    query: string,
    options: { assetType?: AssetType | null; limit?: number; signal?: AbortSignal } = {},
): Promise<SymbolList> {
    const { assetType = null, limit = 20, signal } = options;
    const { body } = await call(getSymbolsSearch, { query: { q: query.trim(), asset_type: assetType, limit } }, signal);
    return { symbols: body.symbols.map(named), hasMore: body.hasMore };
}

/** Daily bars first where there are any. */
export async function readSymbol(symbol: string): Promise<SymbolDetails> {
    const { body } = await call(getSymbolsBySymbol, { path: { symbol } });
    const place = (series: (typeof body.series)[number]): number => timeframeWords.indexOf(series.interval);
    return { ...named(body), series: [...body.series].sort((left, right) => place(left) - place(right)) };
}

const named = <Known extends Symbol>(symbol: Known): Omit<Known, "name"> & SymbolSummary => ({
    ...symbol,
    name: symbol.name === symbol.symbol ? null : symbol.name,
});
