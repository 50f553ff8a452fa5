/* Colours of the chart, read from the style sheet's tokens, so that a theme is defined in one place. */

const token = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export const lineColours = 8;

export interface Look {
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
    readonly lines: readonly string[];
}

export const readLook = (): Look => ({
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
    lines: Array.from({ length: lineColours }, (_, index) => token(`--line-${index + 1}`)),
});

export const chartOptions = (look: Look): object => ({
    layout: { textColor: look.text, panes: { separatorColor: look.border, separatorHoverColor: look.hover } },
    grid: { vertLines: { color: look.grid }, horzLines: { color: look.grid } },
    crosshair: {
        vertLine: { color: look.crosshair, labelBackgroundColor: look.label },
        horzLine: { color: look.crosshair, labelBackgroundColor: look.label },
    },
    rightPriceScale: { borderColor: look.border },
    timeScale: { borderColor: look.border },
});
