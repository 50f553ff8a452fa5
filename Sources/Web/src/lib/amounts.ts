/* Decimals as people type them and as the API takes and gives them: texts, so that no digit is lost on the way. */

/** Commas between thousands are how people write money; anywhere else one may be a decimal comma, and is a fault. */
export function withoutCommas(text: string): string {
    const trimmed = text.trim();
    return /^\d{1,3}(,\d{3})+(\.\d*)?$/.test(trimmed) ? trimmed.replace(/,/g, "") : trimmed;
}

/** As the API takes it; null for what is no number above zero, or has more decimals than it may. */
export function positive(text: string, decimals: number): string | null {
    const plain = withoutCommas(text);
    const [, fraction = ""] = /^\d{1,13}(?:\.(\d+))?$/.exec(plain) ?? [];
    const isNumber = /^\d{1,13}(\.\d+)?$/.test(plain) && fraction.length <= decimals;
    return isNumber && /[1-9]/.test(plain) ? plain : null;
}

/** `1234.50000000` as `1234.5`, with `minimum` decimals at least: what a field begins with. */
export function trimmed(amount: string, minimum = 0): string {
    const [whole = "", fraction = ""] = amount.split(".");
    const kept = fraction.replace(/0+$/, "").padEnd(minimum, "0");
    return kept === "" ? whole : `${whole}.${kept}`;
}

const scale = 12;

/** Of two amounts with twelve decimals at most: exact, as the ledger's own. */
export function difference(left: string, right: string): string {
    const units = (text: string): bigint => {
        const [whole = "", fraction = ""] = text.split(".");
        return BigInt(whole + fraction.padEnd(scale, "0"));
    };
    const result = units(left) - units(right);
    const digits = String(result < 0n ? -result : result).padStart(scale + 1, "0");
    return trimmed(`${result < 0n ? "-" : ""}${digits.slice(0, -scale)}.${digits.slice(-scale)}`);
}

/** The same for reading: `1,234.5`, with a true minus sign. */
export const exactly = (amount: string, minimum = 0): string =>
    trimmed(amount, minimum)
        .replace(/^-/, "\u2212")
        .replace(/\d+/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, ","));
