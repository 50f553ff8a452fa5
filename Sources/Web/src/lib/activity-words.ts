/* What an account's events tell beside their names. */
import { spelled } from "./format";
import { priceText, quantityText, refusalInWords, sideWords } from "./trading/words";
import { wordsFor } from "./code-words";

/** Ids say nothing to people; they stand in the data that a user may take along. */
const isID = (name: string): boolean => name === "id" || name.endsWith("_id");

function valueInWords(name: string, value: unknown): string {
    if (Array.isArray(value)) return value.map((one) => valueInWords(name, one)).join(", ");
    if (value === true) return "yes";
    if (typeof value === "number") return String(value);
    if (typeof value !== "string") return "";
    if (name === "price") return priceText(value);
    if (name.startsWith("quantity")) return quantityText(value);
    if (name === "reason" && /^[A-Z_]+$/.test(value)) return refusalInWords(value).replace(/\.$/, "");
    return wordsFor(sideWords, value)?.toLowerCase() ?? spelled(value);
}

/** The details of an event in one line: `device: Chrome on Linux, method: passkey`. */
export function detailsInWords(details: Readonly<Record<string, unknown>> | null): string {
    const parts = Object.entries(details ?? {}).flatMap(([name, value]) => {
        const text = isID(name) ? "" : valueInWords(name, value);
        return text === "" ? [] : [`${spelled(name)}: ${text}`];
    });
    return parts.join(" \u00B7 ");
}
