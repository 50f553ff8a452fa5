/* How numbers are written, in one place: true minus signs, thousands separators, digits that line up. */

const minus = (text: string): string => text.replace("-", "\u2212");
const fixed = new Map<number, Intl.NumberFormat>();
const plainFormat = new Intl.NumberFormat("en-US", { maximumFractionDigits: 6 });
const compactFormat = new Intl.NumberFormat("en-US", {
    notation: "compact",
    maximumFractionDigits: 2,
    useGrouping: true,
});

/** What stands where there is no value. */
export const noValue = "\u2013";

export function decimal(value: number, digits: number): string {
    let format = fixed.get(digits);
    if (!format) {
        format = new Intl.NumberFormat("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
        fixed.set(digits, format);
    }
    const text = format.format(value);
    // A value that rounds to zero has no sign.
    return minus(/^-0(\.0*)?$/.test(text) ? text.slice(1) : text);
}

/** A number with as many digits as it has, up to six behind the point. */
export const plainly = (value: number): string => minus(plainFormat.format(value));

export const whole = (value: number): string => decimal(value, 0);

/** `560.52M`, for volumes and axes. */
export const compact = (value: number): string => minus(compactFormat.format(value));

const compactFixedFormat = new Intl.NumberFormat("en-US", {
    notation: "compact",
    minimumFractionDigits: 2,
    maximumFractionDigits: 2,
});

/** `53.00M`: with as many decimals as its neighbours in a column have. */
export const compactFixed = (value: number): string => minus(compactFixedFormat.format(value));

/** A fraction as percent: 0.0123 is `+1.23%`. */
export function signedPercent(fraction: number, digits = 2): string {
    const text = decimal(fraction * 100, digits);
    return `${/[1-9]/.test(text) && fraction > 0 ? "+" : ""}${text}%`;
}

/**
 * Decimals that a price of this size is shown with: cents from a dollar up, and more below, so that a coin of a
 * fraction of a cent still has four digits that say something.
 */
export function priceDigits(price: number): number {
    if (!(price > 0) || price >= 1) return 2;
    return Math.min(10, 3 - Math.floor(Math.log10(price)));
}

/** Decimals for a column of prices: those that its smallest price needs, so that all of them line up. */
export const columnPriceDigits = (prices: readonly number[]): number =>
    prices.reduce((maximum, price) => Math.max(maximum, priceDigits(price)), 2);

/** Decimals for a column of quantities: as few as write all of them in full, eight at most. */
export const columnDigits = (values: readonly number[]): number =>
    values.reduce((maximum, value) => Math.max(maximum, decimalsOf(value)), 0);

function decimalsOf(value: number): number {
    let digits = 0;
    while (digits < 8 && Math.abs(Number(value.toFixed(digits)) - value) > Math.abs(value) * 1e-12) digits++;
    return digits;
}

export type Direction = "up" | "down" | "flat";

export const direction = (change: number): Direction => (change > 0 ? "up" : change < 0 ? "down" : "flat");

/** The sign that goes with the colour, so that nothing is said by colour alone. */
export const directionMark = { up: "\u25B2", down: "\u25BC", flat: "\u2022" } as const;

/** `1 bar`, `2,699 bars`, `2 strategies`, `2 series` */
export const counted = (count: number, noun: string): string =>
    `${whole(count)} ${count === 1 || noun.endsWith("s") ? noun : noun.replace(/([^aeiou])y$/, "$1ie") + "s"}`;

/** `512 B`, `3.4 kB`, `64.0 MB` */
export function sizeInWords(bytes: number): string {
    if (bytes < 1_000) return `${whole(bytes)} B`;
    return bytes < 1e6 ? `${decimal(bytes / 1e3, 1)} kB` : `${decimal(bytes / 1e6, 1)} MB`;
}

const moneyFormats = new Map<string, Intl.NumberFormat>();

/** An amount as the API gives it, a decimal in a text: `$100,000.00`. */
export function money(amount: string, currency: string): string {
    let format = moneyFormats.get(currency);
    if (!format) {
        format = new Intl.NumberFormat("en-US", { style: "currency", currency });
        moneyFormats.set(currency, format);
    }
    return minus(format.format(Number(amount)));
}

/** Without the characters by which a name turns round what is written beside it; where markup can, a `bdi` does it. */
export const unturned = (text: string): string => text.replace(/[\u202A-\u202E\u2066-\u2069]/g, "");

/** A name that the API gives with underscores, for people. */
export const spelled = (name: string): string => name.replace(/_/g, " ");

const adjustments: Readonly<Record<string, string>> = {
    raw: "not adjusted",
    split: "adjusted for splits",
    total: "adjusted for splits and dividends",
};

/** What was done to the prices of a series. */
export const adjustmentInWords = (adjustment: string): string => adjustments[adjustment] ?? spelled(adjustment);

/** From here on a column has no room for all digits. */
const longest = 1e9;

/** `+$12.35T` for `+$12,345,678,901,234.56`, whose number is `value`; what is not as long stays as it is. */
export const shortened = (text: string, value: number): string =>
    Math.abs(value) < longest ? text : text.replace(/[\d,.]+/, compact(Math.abs(value)));
