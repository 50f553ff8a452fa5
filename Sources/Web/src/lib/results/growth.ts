/** From this growth on years of small moves would be a flat line, were the scale not logarithmic. */
export const manyfold = 8;

/** How many times the lowest value the highest is. */
export function growth(values: readonly number[]): number {
    let [low, high] = [Infinity, 0];
    for (const value of values) {
        if (!(value > 0)) continue;
        low = Math.min(low, value);
        high = Math.max(high, value);
    }
    return high / low;
}
