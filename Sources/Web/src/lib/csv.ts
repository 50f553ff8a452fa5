import type { Bars, Interval } from "./bars";
import { fileName } from "./file-name";
import { barTime } from "./time";

/**
 * The bars as the file that `bitstockerz import` reads. Prices are written in full, as the server sent them, not as
 * the table rounds them.
 */
export function barsToCSV(bars: Bars, interval: Interval): string {
    const lines = ["timestamp,open,high,low,close,volume"];
    bars.time.forEach((time, index) => {
        const values = [bars.open[index], bars.high[index], bars.low[index], bars.close[index], bars.volume[index]];
        lines.push(`${barTime(time, interval)},${values.map(plain).join(",")}`);
    });
    return lines.join("\n") + "\n";
}

/** Shortest digits that read back as the same number, never with an exponent. */
function plain(value: number | undefined): string {
    const text = String(value);
    if (!text.includes("e") || value === undefined) return text;
    return Number.isInteger(value) ? BigInt(value).toString() : value.toFixed(20).replace(/\.?0+$/, "");
}

export function csvName(symbol: string, interval: Interval, bars: Bars): string {
    const day = (index: number): string => barTime(bars.time[index] ?? 0, "1d");
    return fileName([symbol, interval, day(0), day(bars.time.length - 1)], "csv");
}

/**
 * Rows under their titles, after RFC 4180. A text that a spreadsheet would take for a formula gets an apostrophe;
 * numbers stay numbers.
 */
export function tableToCSV(titles: readonly string[], rows: readonly (readonly (string | number | null)[])[]): string {
    const cell = (value: string | number | null): string => {
        if (value === null || Number.isNaN(value)) return "";
        if (typeof value === "number") return plain(value);
        const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
        return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
    };
    return [titles, ...rows].map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
}
