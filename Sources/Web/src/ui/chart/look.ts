/*
 * Colours of the chart, read from the style sheet's tokens, so that a theme is defined in one place. They are read at
 * the chart's own element: where the system forces its colours, chart.css gives the chart system ones.
 */
import { lineColours, type SeriesColour, type ValueSeries } from "./model";

export interface Look {
    readonly surface: string;
    readonly ink: string;
    readonly up: string;
    readonly down: string;
    readonly volumeUp: string;
    readonly volumeDown: string;
    readonly text: string;
    readonly grid: string;
    readonly border: string;
    readonly hover: string;
    readonly crosshair: string;
    readonly label: string;
    readonly buy: string;
    readonly sell: string;
    readonly lines: readonly string[];
    /** The system forces its few colours: lines differ in how they are dashed as well. */
    readonly isForced: boolean;
}

export function readLook(host: HTMLElement): Look {
    const probe = document.createElement("span");
    probe.hidden = true;
    host.append(probe);
    const token = (name: string): string => {
        probe.style.color = `var(${name})`;
        // Computed: whatever way a colour is written in the style sheet, the canvas gets rgb().
        return getComputedStyle(probe).color;
    };
    const look = {
        surface: token("--surface"),
        ink: token("--ink"),
        up: token("--up"),
        down: token("--down"),
        volumeUp: token("--volume-up"),
        volumeDown: token("--volume-down"),
        text: token("--muted"),
        grid: token("--grid"),
        border: token("--line"),
        hover: token("--raised"),
        crosshair: token("--crosshair"),
        label: token("--crosshair-label"),
        buy: token("--up-text"),
        sell: token("--down-text"),
        lines: Array.from({ length: lineColours }, (_, index) => token(`--line-${index + 1}`)),
        isForced: matchMedia("(forced-colors: active)").matches,
    };
    probe.remove();
    return look;
}

export function colourIn(look: Look, colour: SeriesColour): string {
    switch (colour) {
        case "up":
        case "down":
            return look[colour];
        case "muted":
            return look.text;
        default:
            return look.lines[colour - 1]!;
    }
}

/** How a line is dashed, by the library's numbers: not, by points, short, long. */
const [solid, dotted, dashed, longDashed] = [0, 1, 2, 3] as const;
const forcedStyles = [solid, longDashed, dotted] as const;

export function styleIn(look: Look, { colour, isDashed = false }: ValueSeries<unknown>): number {
    if (isDashed) return dashed;
    return look.isForced && typeof colour === "number" ? forcedStyles[(colour - 1) % forcedStyles.length]! : solid;
}

/** A computed `rgb(…)` colour, seen through. */
export const translucent = (colour: string, alpha: number): string =>
    colour.replace(/^rgba?\(([^,]+),([^,]+),([^,)]+).*$/, `rgba($1,$2,$3,${alpha})`);

export const chartOptions = (look: Look): object => ({
    layout: { textColor: look.text, panes: { separatorColor: look.border, separatorHoverColor: look.hover } },
    grid: { vertLines: { color: look.grid }, horzLines: { color: look.grid } },
    crosshair: {
        vertLine: { color: look.crosshair, labelBackgroundColor: look.label },
        horzLine: { color: look.crosshair, labelBackgroundColor: look.label },
    },
    timeScale: { borderColor: look.border },
});
