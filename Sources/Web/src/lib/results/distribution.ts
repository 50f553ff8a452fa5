/* How the returns of trades are spread, in bins of one width with an edge at zero. */
export interface Bin {
    /** Percent. Null: everything below `to`. */
    readonly from: number | null;
    /** Null: everything from `from` up. */
    readonly to: number | null;
    readonly count: number;
    readonly isLoss: boolean;
}

const wantedBins = 32;
/** From so many trades on the outermost hundredths share a bin at each end: one outlier does not flatten the rest. */
const manyTrades = 100;

export function binned(returns: readonly number[]): readonly Bin[] {
    const ordered = returns.filter(Number.isFinite).sort((left, right) => left - right);
    const count = ordered.length;
    if (count === 0) return [];
    const cut = count >= manyTrades ? Math.floor(count / 100) : 0;
    const low = Math.min(ordered[cut]!, 0);
    const high = Math.max(ordered[count - 1 - cut]!, 0);
    const step = niceStep((high - low) / wantedBins);
    const first = Math.floor(low / step + rounding);
    const after = Math.max(Math.floor(high / step + rounding) + 1, first + 1);
    const counts = new Array<number>(after - first).fill(0);
    for (const value of ordered) {
        const bin = Math.floor(value / step + rounding) - first;
        counts[Math.max(0, Math.min(bin, counts.length - 1))]!++;
    }
    const edge = (index: number): number => Number(((first + index) * step).toPrecision(12));
    return counts.map((found, index) => ({
        from: index === 0 && ordered[0]! < edge(0) ? null : edge(index),
        to: index === counts.length - 1 && ordered[count - 1]! >= edge(index + 1) ? null : edge(index + 1),
        count: found,
        isLoss: first + index < 0,
    }));
}

/** A value on an edge belongs to the bin above it, whatever the division made of it. */
const rounding = 1e-9;

/** 1, 2 or 5 times a power of ten, at least `wanted`. */
function niceStep(wanted: number): number {
    if (!(wanted > 0)) return 1;
    const power = 10 ** Math.floor(Math.log10(wanted));
    const step = [1, 2, 5, 10].find((part) => part * power >= wanted * (1 - rounding)) ?? 10;
    return Number((step * power).toPrecision(12));
}
