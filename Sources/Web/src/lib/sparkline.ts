/** An SVG path through the values, the lowest at the bottom and the highest at the top of a box of that size. */
export function sparkline(values: readonly number[], width: number, height: number): string {
    if (values.length < 2) return "";
    let low = Infinity;
    let high = -Infinity;
    for (const value of values) {
        low = Math.min(low, value);
        high = Math.max(high, value);
    }
    const step = width / (values.length - 1);
    const y = (value: number): number => (high === low ? height / 2 : height - ((value - low) / (high - low)) * height);
    return values
        .map((value, index) => `${index ? "L" : "M"}${(index * step).toFixed(1)} ${y(value).toFixed(1)}`)
        .join("");
}
