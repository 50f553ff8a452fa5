/* What the fields of a run mean, for who puts a finger on them. */
export const explain = {
    equity: "The cash that the run begins with. Results in percent hardly depend on it.",
    allocation: "How much of the equity a new position takes. At 100 % all of it is bought with.",
    commission: "What every fill costs, in hundredths of a percent of its value. 5 bps are 0.05 %, on both sides.",
    slippage: "How much worse than the price on the screen every fill is, in hundredths of a percent.",
    timing:
        "A rule sees closed bars only. The next open is the first price that anybody could have had; filling at the " +
        "close of the very bar that gave the signal is marked in the result.",
    version: "A run keeps the version it was made with. Later changes of the strategy do not touch its result.",
} as const;
