/* Which of somebody's strategies can trade a symbol. */

interface Kind {
    readonly id: string;
    readonly assetType: string;
    readonly timeframe: string;
}

interface Stored {
    readonly assetType: string;
    readonly series: readonly { readonly interval: string }[];
}

/** One of the symbol's kind whose bars are stored: the one of that id where it is such a one, else the first. */
export function fittingStrategy<One extends Kind>(strategies: readonly One[], symbol: Stored, last: unknown): One | undefined {
    const fitting = strategies.filter(
        ({ assetType, timeframe }) =>
            assetType === symbol.assetType && symbol.series.some(({ interval }) => interval === timeframe),
    );
    return fitting.find(({ id }) => id === last) ?? fitting[0];
}
