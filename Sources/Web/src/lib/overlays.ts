/* The indicators on the chart, as the address names them: `sma.20.close,rsi.14.close`. */
import { type PriceSource, priceSourceWords } from "api-types";
import { catalog, type IndicatorType, indicatorTitle, warmUp } from "./indicators";

export interface Overlay {
    readonly type: IndicatorType;
    readonly period: number;
    readonly source: PriceSource;
}

/** More lines than this cannot be told apart. */
export const maximumOverlays = 8;

const isType = (text: string): text is IndicatorType => Object.prototype.hasOwnProperty.call(catalog, text);
const isSource = (text: string): text is PriceSource => (priceSourceWords as readonly string[]).includes(text);

/** Overlays named in an address. Whatever is not one is left out: a mistyped address still shows its chart. */
export function parseOverlays(text: string): Overlay[] {
    const found: Overlay[] = [];
    for (const part of text.split(",")) {
        const [type = "", period = "", source = "close"] = part.split(".");
        if (!isType(type) || !isSource(source) || !/^\d{1,3}$/.test(period)) continue;
        if (periodFault(type, period) === null) found.push({ type, period: Number(period), source });
    }
    return found.slice(0, maximumOverlays);
}

/** The indicators that a strategy's definition names, each once; what this chart cannot draw is left out. */
export function overlaysOf(definition: unknown): Overlay[] {
    const { indicators } = (definition ?? {}) as { readonly indicators?: unknown };
    if (!Array.isArray(indicators)) return [];
    const written = indicators.map((one: unknown) => {
        const { type, params, source } = (one ?? {}) as Readonly<Record<string, unknown>>;
        const { period } = (params ?? {}) as Readonly<Record<string, unknown>>;
        return `${String(type).toLowerCase()}.${String(period)}.${String(source ?? "close")}`;
    });
    return parseOverlays([...new Set(written)].join(","));
}

export const formatOverlays = (overlays: readonly Overlay[]): string =>
    overlays.map((overlay) => `${overlay.type}.${overlay.period}.${overlay.source}`).join(",");

/** What is wrong with a typed period, in words; null when nothing is. */
export function periodFault(type: IndicatorType, text: string): string | null {
    const { minimum, maximum, name } = catalog[type];
    const value = Number(text);
    if (/^\d+$/.test(text.trim()) && value >= minimum && value <= maximum) return null;
    return `${name} takes a whole number from ${minimum} to ${maximum}`;
}

export const overlayName = ({ type, period, source }: Overlay): string =>
    indicatorTitle(catalog[type].name, String(period), source);

/** Bars before the first one shown that the overlays need to be right. */
export const longestWarmUp = (overlays: readonly Overlay[]): number =>
    overlays.reduce((longest, { type, period }) => Math.max(longest, warmUp(type, period)), 0);
